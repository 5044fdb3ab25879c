//! What a caller can do about a failed statement.

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached or gave up; the same call may succeed later.
    #[error("reach the database")]
    Unavailable(#[source] sqlx::Error),
    /// One statement was cut off at its deadline while the connection lives: it waited for a lock, or it is too slow for
    /// what the tables hold by now. A database that is away looks otherwise, so whoever repeats this for ever may
    /// repeat it in vain.
    #[error("finish a statement in time")]
    TooSlow(#[source] sqlx::Error),
    /// Something with the same key exists already.
    #[error("write a row whose key exists already")]
    Conflict(#[source] sqlx::Error),
    /// A row breaks a rule of the schema: a bug, or a hand that wrote past us.
    #[error("run a statement that the schema refuses")]
    Refused(#[source] sqlx::Error),
    /// A stored value does not fit the domain.
    #[error("read a stored value that does not fit the domain")]
    Inconsistent(#[source] sqlx::Error),
    /// A mail is not kept, or not found, as it was sent.
    #[error("keep a mail whole: {0}")]
    Damaged(&'static str),
    /// A write touched another number of rows than it must.
    #[error("write {expected} rows ({actual} were written)")]
    RowsAffected {
        /// How many rows it must touch.
        expected: u64,
        /// How many it touched.
        actual: u64,
    },
    /// The migrations could not be applied.
    #[error("apply the migrations")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The database is not set up as Tocsin needs it.
    #[error("use this database: {0}")]
    Unsuitable(String),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(db) => match db.kind() {
                ErrorKind::UniqueViolation => Self::Conflict(error),
                ErrorKind::ForeignKeyViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
                    Self::Refused(error)
                }
                // PostgreSQL, query_canceled: by `statement_timeout`, since nobody cancels ours by hand.
                _ if db.code().as_deref() == Some("57014") => Self::TooSlow(error),
                _ if is_transient(db.code().as_deref().unwrap_or_default()) => Self::Unavailable(error),
                _ => Self::Refused(error),
            },
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::TypeNotFound { .. }
            | sqlx::Error::RowNotFound => Self::Inconsistent(error),
            _ => Self::Unavailable(error),
        }
    }
}

/// Whether the same statement may succeed later. A statement that can never succeed must not look like a database
/// that is away, or whoever runs it waits for ever.
fn is_transient(code: &str) -> bool {
    // A missing grant or table is the installation's fault and not the fact's: it must not park everything.
    if matches!(code, "42501" | "42P01") {
        return true;
    }
    match (code.len(), code.parse::<u32>()) {
        // PostgreSQL, appendix A: connection, rollback, resources, state, intervention, system, internal.
        (5, _) => ["08", "25", "40", "53", "55", "57", "58", "XX"].iter().any(|class| code.starts_with(class)),
        // SQLite primary result codes: BUSY, LOCKED, NOMEM, INTERRUPT, IOERR, FULL, CANTOPEN.
        (_, Ok(number)) => matches!(number & 0xff, 5 | 6 | 7 | 9 | 10 | 13 | 14),
        _ => false,
    }
}

/// Checks that a write touched as many rows as it must.
pub(crate) fn expect_rows(expected: usize, actual: u64) -> Result<(), Error> {
    let expected = expected as u64;
    if actual == expected { Ok(()) } else { Err(Error::RowsAffected { expected, actual }) }
}

/// Checks that a write touched exactly one row.
pub fn expect_one(rows: u64) -> Result<(), Error> {
    if rows == 1 { Ok(()) } else { Err(Error::RowsAffected { expected: 1, actual: rows }) }
}
