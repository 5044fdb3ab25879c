//! What has been kept long enough: persons in cases that ended a while ago. Reads what intake and notifier wrote; each
//! erases its own.

use std::collections::BTreeSet;
use std::fmt::Display;

use domain::Timestamp;
use domain::ids::CaseId;
use sqlx::{Database, Encode, FromRow, QueryBuilder, Type};

use crate::{Error, Tx, answer, on_tx};

/// Whose persons are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persons {
    /// Intake's: who reported, who told of a sighting, who has a part in a way back.
    Reported,
    /// The notifier's: who answered by a link, and who wrote back.
    Answered,
}

impl Persons {
    /// Holds where a case still has one. By the offset PostgreSQL looks each case up by its index; without it, it would read
    /// all of such a table to find the persons of a hundred cases.
    fn condition(self) -> &'static str {
        match self {
            Self::Reported => {
                "EXISTS (SELECT 1 FROM case_reporters r WHERE r.case_id = k.id LIMIT 1 OFFSET 0)
                 OR EXISTS (SELECT 1 FROM sightings g WHERE g.case_id = k.id AND g.erased_at IS NULL LIMIT 1 OFFSET 0)
                 OR EXISTS (SELECT 1 FROM restitutions w JOIN restitution_parties p ON p.restitution_id = w.id
                     WHERE w.case_id = k.id AND p.erased_at IS NULL LIMIT 1 OFFSET 0)"
            }
            Self::Answered => {
                "EXISTS (SELECT 1 FROM answers a WHERE a.case_id = k.id AND a.erased_at IS NULL LIMIT 1 OFFSET 0)
                 OR EXISTS (SELECT 1 FROM letters l WHERE l.case_id = k.id AND l.erased_at IS NULL LIMIT 1 OFFSET 0)"
            }
        }
    }
}

/// A case that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Ended {
    /// The case.
    pub id: CaseId,
    /// Since when.
    pub ended_at: Timestamp,
}

/// Cases that ended before `before` and still hold a person, the longest ended first, after one of them. A look that goes
/// on after the last one it got comes to each case once, whatever became of it.
pub async fn due(
    tx: &mut Tx,
    persons: Persons,
    before: Timestamp,
    after: Option<Ended>,
    limit: i64,
) -> Result<Vec<Ended>, Error> {
    Ok(on_tx!(tx, c => query("", persons, before, after, limit).build_query_as().fetch_all(c).await)?)
}

/// How the database goes about [`due`], in its own words.
pub async fn explain_due(
    tx: &mut Tx,
    persons: Persons,
    before: Timestamp,
    after: Option<Ended>,
) -> Result<String, Error> {
    let lines: Vec<String> = match tx {
        Tx::Postgres(inner) => {
            let mut explain = query("EXPLAIN ", persons, before, after, 100);
            let asked = explain.build_query_scalar();
            answer(inner.patience(), asked.fetch_all(&mut **inner)).await?
        }
        Tx::Sqlite(inner) => {
            let mut explain = query("EXPLAIN QUERY PLAN ", persons, before, after, 100);
            let rows: Vec<(i64, i64, i64, String)> = explain.build_query_as().fetch_all(&mut **inner).await?;
            rows.into_iter().map(|row| row.3).collect()
        }
    };
    Ok(lines.join("\n"))
}

fn query<'a, DB>(
    explain: &str,
    persons: Persons,
    before: Timestamp,
    after: Option<Ended>,
    limit: i64,
) -> QueryBuilder<DB>
where
    DB: Database,
    Timestamp: Type<DB> + Encode<'a, DB>,
    CaseId: Type<DB> + Encode<'a, DB>,
    i64: Type<DB> + Encode<'a, DB>,
{
    let mut sql = QueryBuilder::new(explain);
    sql.push("SELECT k.id, k.ended_at FROM cases k WHERE k.ended_at < ").push_bind(before);
    if let Some(after) = after {
        sql.push(" AND (k.ended_at, k.id) > (").push_bind(after.ended_at).push(", ").push_bind(after.id).push(")");
    }
    sql.push(" AND (").push(persons.condition()).push(") ORDER BY k.ended_at, k.id LIMIT ").push_bind(limit);
    sql
}

/// What could not be erased so far. Each is said once, and tried again with every look.
#[derive(Debug, Default)]
pub struct Stuck(BTreeSet<String>);

impl Stuck {
    /// Takes note of how it went with one thing, and says whether it is erased. An error only where going on is in vain:
    /// the database is away.
    pub fn settle<T>(&mut self, what: impl Display, done: Result<T, Error>) -> Result<bool, Error> {
        match done {
            Ok(_) => {
                self.0.remove(&what.to_string());
                Ok(true)
            }
            Err(error @ Error::Unavailable(_)) => Err(error),
            Err(error) => {
                if self.0.insert(what.to_string()) {
                    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                    tracing::error!(%error, cause, %what, "cannot erase what was kept long enough; tried again later");
                }
                Ok(false)
            }
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}
