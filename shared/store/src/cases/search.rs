//! The words under which a case is found. Written in the transaction that changes what they are taken from.
//!
//! Classes A and B: whoever may open a case may see both. A person's name (class C) is never a word of it. The words
//! are folded by [`domain::words`], so that PostgreSQL's text search vector and SQLite's FTS5 hold the same ones.

use domain::ids::CaseId;
use domain::object::ObjectDescription;
use domain::words::{SearchWords, WordList};
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::{Error, Tx, expect_one, on_tx};

/// The kind of mark that says which types of objects a case has.
const TYPE: &str = "type";

#[derive(FromRow)]
struct Head {
    reference: String,
    title: String,
    typology: Option<Json<Value>>,
}

/// Takes a case's words anew from everything that is stored of it.
pub async fn refresh_words(tx: &mut Tx, case_id: CaseId) -> Result<(), Error> {
    let mut words = WordList::default();
    let head: Head = on_tx!(tx, c => sqlx::query_as("SELECT reference, title, typology FROM cases WHERE id = $1")
        .bind(case_id).fetch_one(c).await)?;
    let types: Vec<String> = on_tx!(tx, c => sqlx::query_scalar("SELECT DISTINCT type FROM objects WHERE case_id = $1")
        .bind(case_id).fetch_all(c).await)?;
    let circumstances: Option<Json<Value>> = on_tx!(tx, c => sqlx::query_scalar("SELECT body FROM case_circumstances WHERE case_id = $1")
            .bind(case_id).fetch_optional(c).await)?;
    let objects: Vec<Json<Value>> = on_tx!(tx, c => sqlx::query_scalar("SELECT description FROM objects WHERE case_id = $1 ORDER BY ordinal")
            .bind(case_id).fetch_all(c).await)?;
    for code in types {
        words.mark(TYPE, &code);
    }
    words.add(&head.reference);
    words.add(&head.title);
    for body in head.typology.iter().chain(&circumstances).chain(&objects) {
        add_texts(&mut words, &body.0);
    }
    store(tx, case_id, &words).await
}

/// Adds the words of objects that joined a case.
pub async fn add_words(tx: &mut Tx, case_id: CaseId, objects: &[ObjectDescription]) -> Result<(), Error> {
    let known: Option<String> = on_tx!(tx, c => sqlx::query_scalar("SELECT words FROM case_words WHERE case_id = $1")
        .bind(case_id).fetch_optional(c).await)?;
    let mut words = WordList::stored(known.as_deref().unwrap_or_default());
    for object in objects {
        words.mark(TYPE, object.object_type.as_str());
        let body = serde_json::to_value(object).expect("a description is plain data and always has a JSON form");
        add_texts(&mut words, &body);
    }
    store(tx, case_id, &words).await
}

async fn store(tx: &mut Tx, case_id: CaseId, words: &WordList) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO case_words (case_id, words) VALUES ($1, $2)
         ON CONFLICT (case_id) DO UPDATE SET words = excluded.words",
    )
    .bind(case_id)
    .bind(words.text())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Every text in a stored body, codes included: whoever looks for "burglary" means it.
fn add_texts(words: &mut WordList, body: &Value) {
    match body {
        Value::String(text) => words.add(text),
        Value::Array(list) => list.iter().for_each(|item| add_texts(words, item)),
        Value::Object(fields) => fields.values().for_each(|field| add_texts(words, field)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Words and marks as PostgreSQL reads a query. A word has letters and digits alone, so it cannot end its quotes.
pub(super) fn tsquery(words: Option<&SearchWords>, object_type: Option<&str>) -> String {
    let words = words.map(SearchWords::as_slice).unwrap_or_default().iter().map(|word| format!("'{word}':*"));
    let marks = object_type.map(|code| format!("'{TYPE}:{code}'"));
    words.chain(marks).collect::<Vec<_>>().join(" & ")
}

/// The same as FTS5 reads it.
pub(super) fn fts5(words: Option<&SearchWords>, object_type: Option<&str>) -> String {
    let words = words.map(SearchWords::as_slice).unwrap_or_default().iter().map(|word| format!("\"{word}\" *"));
    let marks = object_type.map(|code| format!("\"{TYPE}:{code}\""));
    words.chain(marks).collect::<Vec<_>>().join(" AND ")
}
