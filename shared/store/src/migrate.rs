//! The migrations of both engines, embedded in the binary.

use sqlx::migrate::Migrator;

use crate::{Db, Error, answer};

static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Applies what is missing. Safe to call from several processes at once.
pub async fn migrate(db: &Db) -> Result<(), Error> {
    match db {
        Db::Postgres(pool) => POSTGRES.run(pool).await,
        Db::Sqlite { writer, .. } => SQLITE.run(writer).await,
    }
    .map_err(Error::Migrate)
}

/// How many migrations the database still lacks.
pub async fn pending_migrations(db: &Db) -> Result<usize, Error> {
    let sql = "SELECT COUNT(*) FROM _sqlx_migrations WHERE success";
    let (applied, known): (Result<i64, sqlx::Error>, usize) = match db {
        Db::Postgres(pool) => {
            let asked = sqlx::query_scalar(sql).fetch_one(pool);
            (answer(pool.options().get_acquire_timeout(), asked).await, POSTGRES.iter().count())
        }
        Db::Sqlite { readers, .. } => (sqlx::query_scalar(sql).fetch_one(readers).await, SQLITE.iter().count()),
    };
    match applied {
        Ok(applied) => Ok(known.saturating_sub(usize::try_from(applied).unwrap_or(0))),
        // No table yet: nothing was ever applied.
        Err(sqlx::Error::Database(_)) => Ok(known),
        Err(error) => Err(error.into()),
    }
}
