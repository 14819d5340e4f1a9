//! SQLite: one writer, several readers, write-ahead log.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior, types::ValueRef};

use super::{Row, Transact, Value};
use crate::StoreError;

/// Connections to one file.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    /// Locked while this process serves the database; the system unlocks it however we end.
    served: OnceLock<File>,
}

/// Readers that are kept open.
const MOST_READERS: usize = 16;

/// Statements that each connection keeps prepared.
const STATEMENTS: usize = 128;

/// `synchronous=NORMAL` with a write-ahead log survives the death of the process at any point; a
/// power cut may lose the last transactions and never damages the file (SQLite, "Write-Ahead
/// Logging", section 2). The service asks for `FULL`, which loses none.
const PRAGMAS: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
                       PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; \
                       PRAGMA mmap_size=1073741824;";

impl Pool {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = Connection::open(path).and_then(|connection| {
            prepare(&connection)?;
            Ok(connection)
        });
        let writer = writer.map_err(|source| StoreError::Open {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            served: OnceLock::new(),
        })
    }

    /// Keeps other processes from serving the same file. They may still read and write it, as the
    /// commands do that manage keys.
    pub(super) fn serve_alone(&self) -> Result<(), StoreError> {
        let mut name = OsString::from(&self.path);
        name.push("-serving");
        let failed = |source| StoreError::Lock {
            path: PathBuf::from(&name),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&name)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                self.served.get_or_init(|| file);
                Ok(())
            }
            Err(TryLockError::WouldBlock) => Err(StoreError::Served {
                path: self.path.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    fn reader(&self) -> Result<Connection, StoreError> {
        if let Some(kept) = lock(&self.readers).pop() {
            return Ok(kept);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(&self.path, flags).and_then(|connection| {
            prepare(&connection)?;
            Ok(connection)
        });
        opened.map_err(|source| StoreError::Open {
            path: self.path.clone(),
            source,
        })
    }

    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.reader()?;
        let done = run(&mut connection, TransactionBehavior::Deferred, work);
        let mut readers = lock(&self.readers);
        if readers.len() < MOST_READERS {
            readers.push(connection);
        }
        done
    }

    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = lock(&self.writer);
        run(&mut connection, TransactionBehavior::Immediate, work)
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(Duration::from_secs(30))?;
    connection.execute_batch(PRAGMAS)
}

/// A panic while the lock was held rolled its transaction back, so the connection is sound.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run<T>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let inner = connection
        .transaction_with_behavior(behavior)
        .map_err(|source| refused("BEGIN", source))?;
    let mut transaction = Transaction { inner };
    let done = work(&mut transaction)?;
    let Transaction { inner } = transaction;
    inner.commit().map_err(|source| refused("COMMIT", source))?;
    Ok(done)
}

/// A running transaction.
#[derive(Debug)]
pub(super) struct Transaction<'a> {
    inner: rusqlite::Transaction<'a>,
}

impl Transact for Transaction<'_> {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let touched = self.inner.prepare_cached(sql).and_then(|mut statement| {
            statement.execute(rusqlite::params_from_iter(parameters.iter().map(Bound)))
        });
        touched
            .map(|rows| u64::try_from(rows).unwrap_or(u64::MAX))
            .map_err(|source| refused(sql, source))
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.inner
            .execute_batch(sql)
            .map_err(|source| refused(sql, source))
    }

    fn each(
        &mut self,
        sql: &str,
        parameters: &[Value],
        visit: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let refuse = |source| refused(sql, source);
        let mut statement = self.inner.prepare_cached(sql).map_err(refuse)?;
        let columns = statement.column_count();
        let mut rows = statement
            .query(rusqlite::params_from_iter(parameters.iter().map(Bound)))
            .map_err(refuse)?;
        while let Some(row) = rows.next().map_err(refuse)? {
            let values = (0..columns).map(|column| row.get_ref(column).map(owned));
            visit(Row(values.collect::<Result<_, _>>().map_err(refuse)?))?;
        }
        Ok(())
    }

    fn is_postgres(&self) -> bool {
        false
    }
}

/// The statement is named by its beginning: the whole may be long.
fn refused(sql: &str, source: rusqlite::Error) -> StoreError {
    StoreError::Sqlite {
        statement: super::beginning(sql),
        source,
    }
}

/// A value as a parameter, without a copy.
struct Bound<'a>(&'a Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        let value = match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Real(value) => ValueRef::Real(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Blob(value) => ValueRef::Blob(value),
        };
        Ok(rusqlite::types::ToSqlOutput::Borrowed(value))
    }
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
        ValueRef::Blob(value) => Value::Blob(value.to_vec()),
    }
}
