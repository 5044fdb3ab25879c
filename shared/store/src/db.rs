//! The two engines behind one handle.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use domain::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Postgres, Sqlite, Transaction};

use crate::Error;

/// A database: PostgreSQL in production, one SQLite file in the embedded form.
#[derive(Clone, Debug)]
pub enum Db {
    /// PostgreSQL 15 or later.
    Postgres(PgPool),
    /// SQLite. Two pools: one connection that writes, so that writers queue here and never meet SQLITE_BUSY, and
    /// a few that can only read.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// Connections that read.
        readers: SqlitePool,
    },
}

/// A transaction of either engine. Dropped without [`Tx::commit`], it rolls back.
#[derive(Debug)]
pub enum Tx {
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
}

/// How to connect.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// Shown by the server beside the connection.
    pub application_name: String,
    /// The most connections to PostgreSQL.
    pub max_connections: u32,
    /// How long to wait for a connection, and how long one statement may take.
    pub timeout: Duration,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self { application_name: "tocsin".to_owned(), max_connections: 16, timeout: Duration::from_secs(10) }
    }
}

impl Db {
    /// Connects to `postgres://…` or `sqlite:PATH`; a SQLite file is created if it is not there.
    pub async fn connect(url: &str, options: &DbOptions) -> Result<Self, Error> {
        match url.strip_prefix("sqlite:") {
            Some(path) => Self::sqlite(Path::new(path.trim_start_matches("//")), options).await,
            None => Self::postgres(url, options).await,
        }
    }

    async fn postgres(url: &str, options: &DbOptions) -> Result<Self, Error> {
        let millis = options.timeout.as_millis().to_string();
        let connect = PgConnectOptions::from_str(url)?.application_name(&options.application_name).options([
            ("statement_timeout", millis.as_str()),
            ("timezone", "UTC"),
            // A process that lost its host inside a transaction holds row locks that everybody waits for.
            ("idle_in_transaction_session_timeout", "60000"),
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(options.timeout)
            .connect_with(connect)
            .await?;
        let db = Self::Postgres(pool);
        db.assert_durable().await?;
        Ok(db)
    }

    async fn sqlite(path: &Path, options: &DbOptions) -> Result<Self, Error> {
        // sqlx leaves both pragmas as the file has them; WAL with FULL keeps a commit through a power cut.
        let connect = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is erased must not stay readable in the file's free pages.
            .pragma("secure_delete", "ON")
            .busy_timeout(options.timeout);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(options.timeout)
            .connect_with(connect.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(options.timeout)
            .connect_with(connect.read_only(true))
            .await?;
        let db = Self::Sqlite { writer, readers };
        db.assert_durable().await?;
        Ok(db)
    }

    /// "Accepted" means "on disk": refuses a server that is set to forget its last commits.
    async fn assert_durable(&self) -> Result<(), Error> {
        match self {
            Self::Postgres(pool) => {
                for setting in ["fsync", "full_page_writes"] {
                    let value: String =
                        sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(pool).await?;
                    if value != "on" {
                        return Err(Error::Unsuitable(format!(
                            "PostgreSQL runs with {setting} = {value}; it must be on"
                        )));
                    }
                }
                let commit: String =
                    sqlx::query_scalar("SELECT current_setting('synchronous_commit')").fetch_one(pool).await?;
                if commit == "off" {
                    return Err(Error::Unsuitable("PostgreSQL runs with synchronous_commit = off".to_owned()));
                }
            }
            Self::Sqlite { writer, .. } => {
                let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(writer).await?;
                let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(writer).await?;
                if synchronous != 2 || journal != "wal" {
                    return Err(Error::Unsuitable(format!(
                        "SQLite runs with synchronous = {synchronous} and journal_mode = {journal}; it must be 2 and wal"
                    )));
                }
            }
        }
        Ok(())
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once: a transaction that begins as a
    /// reader and turns writer fails busy whenever another one wrote meanwhile.
    pub async fn begin(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
        })
    }

    /// Begins a transaction that only reads, over one consistent snapshot.
    pub async fn read(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
        })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut tx = self.read().await?;
        crate::on_tx!(&mut tx, c => sqlx::query("SELECT 1").execute(c).await.map(drop))?;
        tx.commit().await
    }

    /// The time on the database's machine; none on SQLite, which has no other machine.
    pub async fn time(&self) -> Result<Option<Timestamp>, Error> {
        match self {
            Self::Postgres(pool) => Ok(Some(sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(pool).await?)),
            Self::Sqlite { .. } => Ok(None),
        }
    }

    /// Closes the connections, so that a SQLite file is left without a journal beside it.
    pub async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }

    /// `PostgreSQL` or `SQLite`.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "PostgreSQL",
            Self::Sqlite { .. } => "SQLite",
        }
    }
}

impl Tx {
    /// Makes everything done in the transaction durable.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Postgres(inner) => inner.commit().await?,
            Self::Sqlite(inner) => inner.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything done in the transaction.
    pub async fn rollback(self) -> Result<(), Error> {
        match self {
            Self::Postgres(inner) => inner.rollback().await?,
            Self::Sqlite(inner) => inner.rollback().await?,
        }
        Ok(())
    }

    /// What PostgreSQL needs after a `SELECT` to pass over rows another worker has locked. SQLite has one writer at
    /// a time and no such clause.
    pub fn skip_locked(&self) -> &'static str {
        match self {
            Self::Postgres(_) => " FOR UPDATE SKIP LOCKED",
            Self::Sqlite(_) => "",
        }
    }
}
