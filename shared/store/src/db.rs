//! The two engines behind one handle.

use std::io;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use domain::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Postgres, Sqlite, Transaction};

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
    Postgres(PgTx),
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
}

/// A transaction on PostgreSQL that knows how long to wait for an answer.
#[derive(Debug)]
pub struct PgTx {
    inner: Transaction<'static, Postgres>,
    patience: Duration,
}

impl PgTx {
    /// How long to wait for the answer to one statement.
    pub fn patience(&self) -> Duration {
        self.patience
    }
}

impl Deref for PgTx {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.inner
    }
}

impl DerefMut for PgTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}

/// Waits for an answer of PostgreSQL, but not for ever.
///
/// The server cuts a slow statement off by itself, and says so. A server whose machine vanished after it took the
/// question says nothing any more, and whoever waited for that would do nothing else until somebody restarts it.
pub fn answer<T>(
    patience: Duration,
    asked: impl Future<Output = Result<T, sqlx::Error>>,
) -> impl Future<Output = Result<T, sqlx::Error>> {
    // Boxed: what asks is large, and often a part of a part of a large future.
    let answered = tokio::time::timeout(patience, Box::pin(asked));
    async move { answered.await.unwrap_or_else(|_| Err(silent())) }
}

fn silent() -> sqlx::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the database server does not answer any more").into()
}

/// Longer than the server's own limit, so that its answer "too slow" arrives, and a little for the way.
fn patience(pool: &PgPool) -> Duration {
    pool.options().get_acquire_timeout().mul_f64(1.5)
}

/// How long a connection that comes back to the pool may take to say that it lives.
const ALIVE_WITHIN: Duration = Duration::from_secs(2);

/// How to connect.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// Shown by the server beside the connection.
    pub application_name: String,
    /// The most connections to PostgreSQL.
    pub max_connections: u32,
    /// How long to wait for a connection, and how long one statement may take.
    pub timeout: Duration,
    /// Whether PostgreSQL plans a statement once for each connection, whatever its values: right for one that only ever looks
    /// rows up by their keys, where planning costs more than looking, and wrong for one that searches.
    pub steady_plans: bool,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self {
            application_name: "tocsin".to_owned(),
            max_connections: 16,
            timeout: Duration::from_secs(10),
            steady_plans: false,
        }
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
            // Every table is read by its indexes, and the planner's own figure is that of a disk whose head moves: with it, rows
            // that nobody has counted yet are read from one end to the other.
            ("random_page_cost", "1.1"),
            ("plan_cache_mode", if options.steady_plans { "force_generic_plan" } else { "auto" }),
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(options.timeout)
            // A connection to a machine that vanished must not keep its place in the pool: the pool itself asks it
            // whether it lives, and would wait for the answer.
            .after_release(|connection, _| {
                Box::pin(async move { answer(ALIVE_WITHIN, connection.ping()).await.map(|()| true) })
            })
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
                    let asked = sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(pool);
                    let value: String = answer(patience(pool), asked).await?;
                    if value != "on" {
                        return Err(Error::Unsuitable(format!(
                            "PostgreSQL runs with {setting} = {value}; it must be on"
                        )));
                    }
                }
                let asked = sqlx::query_scalar("SELECT current_setting('synchronous_commit')").fetch_one(pool);
                let commit: String = answer(patience(pool), asked).await?;
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
            Self::Postgres(pool) => Self::started(pool, pool.begin()).await?,
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
        })
    }

    /// Begins a transaction that may write what can as well be lost in a crash of the server: claims, which run out; that
    /// somebody has taken what would only be offered again. Its end does not wait for the disk. Whatever is committed for
    /// good after it brings it there too, so nothing durable ever rests on what was lost.
    pub async fn begin_claim(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Postgres(pool) => {
                let begin = pool.begin_with("BEGIN; SET LOCAL synchronous_commit TO OFF");
                Self::started(pool, begin).await?
            }
            Self::Sqlite { .. } => self.begin().await?,
        })
    }

    /// Begins a transaction that only reads, over one consistent snapshot.
    pub async fn read(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Postgres(pool) => {
                let begin = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                Self::started(pool, begin).await?
            }
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
        })
    }

    /// A place in the pool may be waited for as long as its settings say, the statement as long as any other.
    async fn started(
        pool: &PgPool,
        begin: impl Future<Output = Result<Transaction<'static, Postgres>, sqlx::Error>>,
    ) -> Result<Tx, Error> {
        let patience = patience(pool);
        let inner = answer(pool.options().get_acquire_timeout() + patience, begin).await?;
        Ok(Tx::Postgres(PgTx { inner, patience }))
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
            Self::Postgres(pool) => {
                let asked = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(pool);
                Ok(Some(answer(patience(pool), asked).await?))
            }
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
    /// Makes everything done in the transaction durable; of [`Db::begin_claim`], soon after.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Postgres(tx) => answer(tx.patience, tx.inner.commit()).await?,
            Self::Sqlite(inner) => inner.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything done in the transaction.
    pub async fn rollback(self) -> Result<(), Error> {
        match self {
            Self::Postgres(tx) => answer(tx.patience, tx.inner.rollback()).await?,
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
