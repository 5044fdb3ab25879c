//! How to reach a PostgreSQL server, own or shared.

use std::{path::PathBuf, process::Command};

use anyhow::{Context as _, Result};

use super::{find::postgres_bin, run::run, unique};

/// A server on which we may create databases.
#[derive(Debug, Clone)]
pub struct PostgresAddress {
    /// `postgres://user@host:port`, nothing after it.
    server: String,
    /// What stood behind `?` in the address we were given, such as `sslmode=disable`.
    options: Option<String>,
    psql: PathBuf,
}

impl PostgresAddress {
    /// From any connection URL of that server; the database it names is not used.
    pub fn parse(url: &str) -> Result<Self> {
        let (url, options) = match url.split_once('?') {
            Some((url, options)) => (url, Some(options.to_owned())),
            None => (url, None),
        };
        let start = url.find("://").context("a PostgreSQL URL begins with postgres://")? + 3;
        let end = url[start..].find('/').map_or(url.len(), |slash| start + slash);
        let psql = postgres_bin()?.join("psql");
        Ok(Self { server: url[..end].to_owned(), options, psql })
    }

    /// The connection URL of the database `name`.
    pub fn url(&self, name: &str) -> String {
        match &self.options {
            Some(options) => format!("{}/{name}?{options}", self.server),
            None => format!("{}/{name}", self.server),
        }
    }

    /// Creates an empty database with a name of its own and returns its URL.
    pub async fn create_database(&self) -> Result<String> {
        // Not from template1: a session somebody has open there would make this fail.
        self.create_database_from("template0").await
    }

    /// Creates a copy of the database `template`, to which nobody may be connected, and returns its URL.
    pub async fn create_database_from(&self, template: &str) -> Result<String> {
        let name = unique("t");
        self.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {template}")).await?;
        Ok(self.url(&name))
    }

    /// Runs statements as superuser in `database` and returns the rows, one a line, columns separated by `|`.
    pub async fn sql(&self, database: &str, statements: &str) -> Result<String> {
        let mut psql = Command::new(&self.psql);
        // -X: whatever the person at this machine has in ~/.psqlrc.
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d"])
            .arg(self.url(database))
            .args(["-c", statements]);
        Ok(run(psql).await?.trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_server_and_options_and_replaces_the_database() {
        let address = |url| PostgresAddress::parse(url).unwrap().url("cases");
        assert_eq!(address("postgres://me@db:5433/postgres"), "postgres://me@db:5433/cases");
        assert_eq!(address("postgres://me@db"), "postgres://me@db/cases");
        assert_eq!(address("postgres://me@db/x?sslmode=a"), "postgres://me@db/cases?sslmode=a");
    }
}
