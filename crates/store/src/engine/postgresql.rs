//! `PostgreSQL`: any number of processes share one database.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use postgres::{
    Client, Config, IsolationLevel, NoTls, Statement,
    fallible_iterator::FallibleIterator as _,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use super::{Row, Transact, Value};
use crate::StoreError;

/// Connections to one server.
pub(super) struct Pool {
    config: Config,
    idle: Mutex<Vec<Connection>>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

/// One connection with its prepared statements.
struct Connection {
    client: Client,
    statements: HashMap<String, Statement>,
}

/// Connections that are kept open.
const MOST_IDLE: usize = 16;

/// Statements that each connection keeps prepared.
const STATEMENTS: usize = 256;

impl Pool {
    pub(super) fn connect(address: &str) -> Result<Self, StoreError> {
        let config: Config = address.parse().map_err(StoreError::Connect)?;
        let pool = Self {
            config,
            idle: Mutex::new(Vec::new()),
        };
        let first = pool.open()?;
        pool.keep(first);
        Ok(pool)
    }

    fn open(&self) -> Result<Connection, StoreError> {
        let client = self.config.connect(NoTls).map_err(StoreError::Connect)?;
        Ok(Connection {
            client,
            statements: HashMap::new(),
        })
    }

    fn take(&self) -> Result<Connection, StoreError> {
        loop {
            let kept = lock(&self.idle).pop();
            match kept {
                Some(kept) if kept.client.is_closed() => {}
                Some(kept) => return Ok(kept),
                None => return self.open(),
            }
        }
    }

    fn keep(&self, connection: Connection) {
        let mut idle = lock(&self.idle);
        if idle.len() < MOST_IDLE && !connection.client.is_closed() {
            idle.push(connection);
        }
    }

    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.run(true, work)
    }

    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.run(false, work)
    }

    fn run<T>(
        &self,
        read_only: bool,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.take()?;
        let done = connection.run(read_only, work);
        self.keep(connection);
        done
    }
}

impl Connection {
    fn run<T>(
        &mut self,
        read_only: bool,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.statements.len() > STATEMENTS {
            self.statements.clear();
        }
        let isolation = if read_only {
            IsolationLevel::RepeatableRead
        } else {
            IsolationLevel::ReadCommitted
        };
        let inner = self
            .client
            .build_transaction()
            .isolation_level(isolation)
            .read_only(read_only)
            .start()
            .map_err(|source| refused("BEGIN", source))?;
        let mut transaction = Transaction {
            inner,
            statements: &mut self.statements,
        };
        let done = work(&mut transaction)?;
        let Transaction { inner, .. } = transaction;
        inner.commit().map_err(|source| refused("COMMIT", source))?;
        Ok(done)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running transaction.
pub(super) struct Transaction<'a> {
    inner: postgres::Transaction<'a>,
    statements: &'a mut HashMap<String, Statement>,
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

impl Transaction<'_> {
    fn prepare(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self
            .inner
            .prepare(&dollars(sql))
            .map_err(|source| refused(sql, source))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Transact for Transaction<'_> {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let statement = self.prepare(sql)?;
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|p| p as _).collect();
        self.inner
            .execute(&statement, &parameters)
            .map_err(|source| refused(sql, source))
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.inner
            .batch_execute(sql)
            .map_err(|source| refused(sql, source))
    }

    fn each(
        &mut self,
        sql: &str,
        parameters: &[Value],
        visit: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let refuse = |source| refused(sql, source);
        let statement = self.prepare(sql)?;
        let mut rows = self
            .inner
            .query_raw(&statement, parameters.iter())
            .map_err(refuse)?;
        while let Some(row) = rows.next().map_err(refuse)? {
            visit(owned(&row).map_err(refuse)?)?;
        }
        Ok(())
    }

    fn is_postgres(&self) -> bool {
        true
    }
}

fn refused(sql: &str, source: postgres::Error) -> StoreError {
    StoreError::Postgres {
        statement: super::beginning(sql),
        source,
    }
}

/// `?3` becomes `$3`.
fn dollars(sql: &str) -> String {
    sql.replace('?', "$")
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => match *kind {
                Type::INT4 => i32::try_from(*value)?.to_sql(kind, out),
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a whole number given for a real column"
                )]
                Type::FLOAT8 => (*value as f64).to_sql(kind, out),
                _ => value.to_sql(kind, out),
            },
            Self::Real(value) => value.to_sql(kind, out),
            Self::Text(value) => value.to_sql(kind, out),
            Self::Blob(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT4 | Type::INT8 | Type::FLOAT8 | Type::TEXT | Type::BYTEA | Type::VARCHAR
        )
    }

    to_sql_checked!();
}

fn owned(row: &postgres::Row) -> Result<Row, postgres::Error> {
    let mut values = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        values.push(match *column.type_() {
            Type::INT4 => row
                .try_get::<_, Option<i32>>(index)?
                .map_or(Value::Null, |value| Value::Int(value.into())),
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.into(),
            Type::FLOAT8 => row.try_get::<_, Option<f64>>(index)?.into(),
            Type::BOOL => row.try_get::<_, Option<bool>>(index)?.into(),
            Type::BYTEA => row
                .try_get::<_, Option<Vec<u8>>>(index)?
                .map_or(Value::Null, Value::Blob),
            _ => row
                .try_get::<_, Option<String>>(index)?
                .map_or(Value::Null, Value::Text),
        });
    }
    Ok(Row(values))
}
