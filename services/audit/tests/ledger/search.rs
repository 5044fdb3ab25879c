//! Looks for a text in every column of every table.

use sqlx::{AssertSqlSafe, Row as _};
use store::Db;

/// The tables and columns that hold it, as text or as bytes.
pub async fn everything(db: &Db, canary: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (table, column) in columns(db).await {
        let count: i64 = match db {
            Db::Postgres(pool) => {
                // Bytes are compared as bytes: a mail or a hash is no text.
                let sql = format!(
                    "SELECT COUNT(*) FROM \"{table}\" WHERE position($1::bytea IN
                     convert_to(\"{column}\"::text, 'UTF8')) > 0 OR \"{column}\"::text ILIKE '%' || encode($1::bytea, 'hex') || '%'"
                );
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(canary.as_bytes()).fetch_one(pool).await.unwrap()
            }
            Db::Sqlite { readers, .. } => {
                let sql = format!("SELECT COUNT(*) FROM \"{table}\" WHERE instr(CAST(\"{column}\" AS BLOB), $1) > 0");
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(canary.as_bytes()).fetch_one(readers).await.unwrap()
            }
        };
        if count > 0 {
            found.push(format!("{table}.{column}: {count}"));
        }
    }
    found
}

async fn columns(db: &Db) -> Vec<(String, String)> {
    match db {
        Db::Postgres(pool) => sqlx::query_as(
            "SELECT table_name::text, column_name::text FROM information_schema.columns
             WHERE table_schema = 'public' ORDER BY 1, 2",
        )
        .fetch_all(pool)
        .await
        .unwrap(),
        Db::Sqlite { readers, .. } => {
            let tables =
                sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
                    .fetch_all(readers)
                    .await
                    .unwrap();
            let mut all = Vec::new();
            for table in tables {
                let table: String = table.get(0);
                let rows =
                    sqlx::query(AssertSqlSafe(format!("PRAGMA table_info(\"{table}\")"))).fetch_all(readers).await;
                all.extend(rows.unwrap().into_iter().map(|row| (table.clone(), row.get::<String, _>("name"))));
            }
            all
        }
    }
}
