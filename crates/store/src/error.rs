//! What can go wrong between the service and its database.

use std::path::PathBuf;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot open the database {path}")]
    Open {
        path: PathBuf,
        #[source]
        source: rusqlite::Error,
    },
    #[error("cannot lock {path}")]
    Lock {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(
        "another process serves the database {path}; several can share one in PostgreSQL (`--store \
         postgres://…`)"
    )]
    Served { path: PathBuf },
    #[error("cannot connect to PostgreSQL")]
    Connect(#[source] postgres::Error),
    #[error("`{0}` is no database address; give `sqlite:PATH` or `postgres://USER@HOST/NAME`")]
    Address(String),
    #[error("SQLite refused: {statement}")]
    Sqlite {
        statement: String,
        #[source]
        source: rusqlite::Error,
    },
    #[error("PostgreSQL refused: {statement}")]
    Postgres {
        statement: String,
        #[source]
        source: postgres::Error,
    },
    #[error(
        "the database has schema {found}, this version knows schemas up to {known}; run the newer \
         version"
    )]
    TooNew { found: i64, known: i64 },
    #[error("column {column} does not hold {wanted}")]
    Column { column: usize, wanted: &'static str },
    #[error("{what} in the database cannot be read: {reason}")]
    Corrupt { what: &'static str, reason: String },
    #[error(transparent)]
    Refused(#[from] crate::rules::Refusal),
    #[error("the cursor is not one of this query")]
    Cursor,
    #[error("a worker died while it held the database")]
    Poisoned,
}

impl StoreError {
    /// Whether the same transaction may succeed when it is run again.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Sqlite { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
            ),
            Self::Postgres { source, .. } => source.code().is_some_and(|code| {
                use postgres::error::SqlState;
                *code == SqlState::T_R_SERIALIZATION_FAILURE
                    || *code == SqlState::T_R_DEADLOCK_DETECTED
            }),
            _ => false,
        }
    }
}
