//! Transactions on SQLite or `PostgreSQL`, with one text of SQL for both.
//!
//! Statements number their parameters `?1`, `?2`, …, as SQLite does; for `PostgreSQL` they become
//! `$1`, `$2`, …. No statement holds a question mark otherwise.

mod explain;
mod postgresql;
mod sqlite;
mod value;

pub use explain::Explained;
pub(crate) use value::kept;
pub use value::{Row, Value};

use crate::{Scope, StoreError, digest::digest};

/// How often a transaction that met another is run again.
const ATTEMPTS: u32 = 20;

/// A database, shared by all threads of a process.
#[derive(Debug)]
pub struct Engine {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Sqlite(sqlite::Pool),
    Postgres(postgresql::Pool),
}

impl Engine {
    /// Opens `sqlite:PATH`, a bare path, or `postgres://…`.
    pub(crate) fn open(address: &str) -> Result<Self, StoreError> {
        let kind = match address.split_once(':') {
            Some(("postgres" | "postgresql", _)) => {
                Kind::Postgres(postgresql::Pool::connect(address)?)
            }
            Some(("sqlite", path)) if !path.is_empty() => {
                Kind::Sqlite(sqlite::Pool::open(path.as_ref())?)
            }
            None if !address.is_empty() => Kind::Sqlite(sqlite::Pool::open(address.as_ref())?),
            _ => return Err(StoreError::Address(address.to_owned())),
        };
        Ok(Self { kind })
    }

    /// Whether the database is one file of this process.
    pub fn is_embedded(&self) -> bool {
        matches!(self.kind, Kind::Sqlite(_))
    }

    /// Declares that this process does the work of the service; says whether it is the only one.
    ///
    /// # Errors
    ///
    /// When the database is a file that another process serves: two would take turns at its one
    /// writer and gain nothing.
    pub fn serve(&self) -> Result<bool, StoreError> {
        match &self.kind {
            Kind::Sqlite(pool) => pool.serve_alone().map(|()| true),
            Kind::Postgres(_) => Ok(false),
        }
    }

    /// Runs `work` on a consistent view; what it writes is refused or undone.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match &self.kind {
            Kind::Sqlite(pool) => pool.read(|tx| work(&mut Tx(tx))),
            Kind::Postgres(pool) => pool.read(|tx| work(&mut Tx(tx))),
        }
    }

    /// Runs `work` and commits all it wrote, or nothing. It runs again if it met another
    /// transaction.
    pub fn write<T>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut attempt = 0;
        loop {
            let done = match &self.kind {
                Kind::Sqlite(pool) => pool.write(|tx| work(&mut Tx(tx))),
                Kind::Postgres(pool) => pool.write(|tx| work(&mut Tx(tx))),
            };
            match done {
                Err(error) if error.is_conflict() && attempt < ATTEMPTS => {
                    attempt += 1;
                    std::thread::sleep(std::time::Duration::from_millis(u64::from(attempt) * 3));
                }
                done => return done,
            }
        }
    }
}

/// What a transaction of either engine does.
trait Transact: std::fmt::Debug {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError>;

    fn batch(&mut self, sql: &str) -> Result<(), StoreError>;

    fn each(
        &mut self,
        sql: &str,
        parameters: &[Value],
        visit: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    fn is_postgres(&self) -> bool;
}

/// A running transaction.
#[derive(Debug)]
pub struct Tx<'a>(&'a mut dyn Transact);

impl Tx<'_> {
    /// Runs a statement and says how many rows it touched.
    pub fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        self.0.execute(sql, parameters)
    }

    /// Runs statements without parameters, such as a migration.
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.0.batch(sql)
    }

    /// Calls `visit` for each row.
    pub fn each(
        &mut self,
        sql: &str,
        parameters: &[Value],
        mut visit: impl FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.0.each(sql, parameters, &mut visit)
    }

    /// All rows.
    pub fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.each(sql, parameters, |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row, if there is one.
    pub fn first(&mut self, sql: &str, parameters: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    /// Inserts many rows with as few statements as the engines allow.
    ///
    /// `head` ends before the values (`INSERT INTO t (a, b)`), `tail` follows them
    /// (`ON CONFLICT DO NOTHING`). Returns how many rows were inserted.
    pub fn insert_many(
        &mut self,
        head: &str,
        rows: &[Vec<Value>],
        tail: &str,
    ) -> Result<u64, StoreError> {
        let mut inserted = 0;
        self.inserts(head, rows, tail, |tx, sql, parameters| {
            inserted += tx.execute(sql, parameters)?;
            Ok(())
        })?;
        Ok(inserted)
    }

    /// Like [`Self::insert_many`] with a tail that returns rows.
    pub(crate) fn insert_returning(
        &mut self,
        head: &str,
        rows: &[Vec<Value>],
        tail: &str,
        mut visit: impl FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.inserts(head, rows, tail, |tx, sql, parameters| {
            tx.each(sql, parameters, &mut visit)
        })
    }

    fn inserts(
        &mut self,
        head: &str,
        rows: &[Vec<Value>],
        tail: &str,
        mut run: impl FnMut(&mut Self, &str, &[Value]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some(width) = rows.first().map(Vec::len).filter(|width| *width > 0) else {
            return Ok(());
        };
        for rows in rows.chunks((MOST_PARAMETERS / width).max(1)) {
            let sql = format!("{head} VALUES {} {tail}", placeholders(rows.len(), width));
            let parameters: Vec<Value> = rows.iter().flatten().cloned().collect();
            run(self, &sql, &parameters)?;
        }
        Ok(())
    }

    /// The number of this transaction among those that write.
    ///
    /// On PostgreSQL transactions are numbered when they begin, and a later number may be
    /// committed earlier: [`Moment`](crate::listing::Moment) tells which are seen.
    pub(crate) fn version(&mut self) -> Result<i64, StoreError> {
        let row = if self.is_postgres() {
            self.first("SELECT pg_current_xact_id()::text::bigint", &[])?
        } else {
            self.first(
                "UPDATE versions SET number = number + 1 RETURNING number",
                &[],
            )?
        };
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Keeps the suppression rules of the scope from changing until the transaction ends.
    pub(crate) fn hold(&mut self, scope: &Scope) -> Result<(), StoreError> {
        self.advise(scope, "pg_advisory_xact_lock_shared")
    }

    /// Keeps every other transaction from evaluating findings of the scope, or changing its
    /// rules, until this one ends.
    pub(crate) fn hold_exclusively(&mut self, scope: &Scope) -> Result<(), StoreError> {
        self.advise(scope, "pg_advisory_xact_lock")
    }

    /// SQLite has one writer anyway.
    fn advise(&mut self, scope: &Scope, function: &str) -> Result<(), StoreError> {
        if !self.is_postgres() {
            return Ok(());
        }
        let hash = digest([&scope.account, &scope.region]);
        let hash = hash
            .first_chunk()
            .map_or(0, |bytes| i64::from_be_bytes(*bytes));
        self.batch(&format!("SELECT {function}({hash})"))
    }

    /// Takes an advisory lock until the transaction ends; says whether no other has it.
    pub(crate) fn hold_alone(&mut self, lock: i64) -> Result<bool, StoreError> {
        if !self.is_postgres() {
            return Ok(true);
        }
        let row = self.first("SELECT pg_try_advisory_xact_lock(?1)", &[lock.into()])?;
        Ok(row.is_some_and(|row| row.int(0).is_ok_and(|held| held != 0)))
    }

    /// Runs queries that want few rows. PostgreSQL would read a table from its beginning if it
    /// expects many rows to satisfy them, and read all of it if those are at its end; and to start
    /// processes beside its own takes longer than such a query.
    pub(crate) fn by_index<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if !self.is_postgres() {
            return work(self);
        }
        self.batch(
            "SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0",
        )?;
        let done = work(self)?;
        self.batch(
            "SET LOCAL enable_seqscan TO DEFAULT; \
             SET LOCAL max_parallel_workers_per_gather TO DEFAULT",
        )?;
        Ok(done)
    }

    /// What locks the rows of a `SELECT` until the transaction ends: SQLite has one writer anyway.
    pub fn for_update(&self) -> &'static str {
        if self.is_postgres() {
            " FOR UPDATE"
        } else {
            ""
        }
    }

    /// Like [`Self::for_update`], passing over rows that another transaction holds.
    pub fn for_update_skip_locked(&self) -> &'static str {
        if self.is_postgres() {
            " FOR UPDATE SKIP LOCKED"
        } else {
            ""
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.0.is_postgres()
    }
}

/// Parameters in one statement. SQLite allows 32,766, `PostgreSQL` 65,535; longer statements gain
/// nothing.
const MOST_PARAMETERS: usize = 4_000;

/// `(?1, ?2), (?3, ?4)` for 2 rows of 2 columns.
fn placeholders(rows: usize, width: usize) -> String {
    let mut text = String::new();
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=width {
            let comma = if column == 1 { "" } else { ", " };
            text.push_str(comma);
            text.push('?');
            text.push_str(&(row * width + column).to_string());
        }
        text.push(')');
    }
    text
}

/// Keys in one `IN (…)`: a statement of one length is prepared once, and longer ones gain nothing.
pub(crate) const MOST_KEYS: usize = 500;

/// `?3, ?4, ?5` for 3 parameters from 3 on.
pub(crate) fn list_of(from: usize, count: usize) -> String {
    let numbers: Vec<String> = (from..from + count).map(|n| format!("?{n}")).collect();
    numbers.join(", ")
}

/// As much of a statement as an error needs to name it.
fn beginning(sql: &str) -> String {
    let mut text: String = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = text.char_indices().nth(160) {
        text.truncate(cut);
        text.push('…');
    }
    text
}
