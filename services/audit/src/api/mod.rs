//! The API: who was told, who was not, evidence with its proofs, the ledger itself.

pub(crate) mod evidence;
pub(crate) mod tiles;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use domain::Timestamp;
use domain::codes::Reading;
use domain::ids::{AccountId, CaseId, EventId};
use domain::text::Line;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use web::{Auditing, Authority, Path, Problem, Query};

use self::evidence::{read, reason};
use crate::export::{not_notified_csv, notified_csv};
use crate::notified::{NotNotifiedView, NotifiedView, not_notified, notified};
use crate::{Deps, prove_inclusion};

/// In which form an answer is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Format {
    #[serde(default)]
    format: Option<String>,
    /// What a copy for use elsewhere is for.
    #[serde(default)]
    reason: Option<String>,
}

impl Format {
    /// The query decides; without it, the first form that `Accept` names.
    fn is_csv(&self, headers: &HeaderMap) -> Result<bool, Problem> {
        match self.format.as_deref() {
            Some("csv") => Ok(true),
            Some("json") => Ok(false),
            Some(_) => Err(Problem::bad_request("The format must be json or csv.")),
            None => {
                let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
                let first = accept.split([',', ';']).next().unwrap_or_default();
                Ok(first.trim().eq_ignore_ascii_case("text/csv"))
            }
        }
    }

    /// What is given and what is recorded about it: a table leaves the system and needs a reason.
    fn asked(&self, headers: &HeaderMap, shown: Reading) -> Result<Asked, Problem> {
        let csv = self.is_csv(headers)?;
        let reason = csv.then(|| reason(self.reason.as_deref())).transpose()?;
        Ok(Asked { csv, what: if csv { Reading::Export } else { shown }, reason })
    }
}

/// A list of a case that somebody wants to see or to take along.
struct Asked {
    csv: bool,
    what: Reading,
    reason: Option<Line>,
}

impl Asked {
    /// Records who asks, then gives the list.
    async fn answer<V: Serialize>(
        self,
        deps: &Deps,
        (by, case_id): (AccountId, CaseId),
        name: &str,
        view: V,
        table: fn(&V) -> Result<Vec<u8>, csv::Error>,
    ) -> Result<Response, Problem> {
        read(deps, by, case_id, self.what, self.reason).await?;
        if self.csv { file(name, table(&view)) } else { Ok(([(VARY, "accept")], axum::Json(view)).into_response()) }
    }
}

/// A table to be kept.
pub(crate) fn file(name: &str, bytes: Result<Vec<u8>, csv::Error>) -> Result<Response, Problem> {
    let bytes = bytes.map_err(|error| Problem::internal(&error))?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
        (VARY, "accept".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Says who was told about a case: when, why, with which outcome.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}/notified", tag = "audit",
    params(
        ("id" = String, Path, description = "The case, such as case_0193…"),
        ("format" = Option<String>, Query, description = "`json` or `csv`; without it, `Accept` decides"),
        ("reason" = Option<String>, Query, description = "What a CSV is for; needed for it, and recorded"),
    ),
    responses(
        (status = 200, description = "Who was told", content(
            (NotifiedView = "application/json"), (String = "text/csv"),
        )),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The caller's role does not allow it"),
        (status = 404, description = "There is no such case"),
    )
)]
pub(crate) async fn told(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<CaseId>,
    Query(format): Query<Format>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = format.asked(&headers, Reading::Notified)?;
    let mut tx = deps.db.read().await?;
    let view = notified(&mut tx, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    tx.commit().await?;
    let name = format!("{}-notified", view.reference);
    asked.answer(&deps, (caller.account_id, id), &name, view, |view| notified_csv(&view.notified)).await
}

/// Says who was not told about a case, and why.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}/not-notified", tag = "audit",
    params(
        ("id" = String, Path, description = "The case, such as case_0193…"),
        ("format" = Option<String>, Query, description = "`json` or `csv`; without it, `Accept` decides"),
        ("reason" = Option<String>, Query, description = "What a CSV is for; needed for it, and recorded"),
    ),
    responses(
        (status = 200, description = "Who was not told", content(
            (NotNotifiedView = "application/json"), (String = "text/csv"),
        )),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The caller's role does not allow it"),
        (status = 404, description = "There is no such case"),
    )
)]
pub(crate) async fn not_told(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<CaseId>,
    Query(format): Query<Format>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = format.asked(&headers, Reading::NotNotified)?;
    let mut tx = deps.db.read().await?;
    let view = not_notified(&mut tx, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    tx.commit().await?;
    let name = format!("{}-not-notified", view.reference);
    asked.answer(&deps, (caller.account_id, id), &name, view, |view| not_notified_csv(&view.not_notified)).await
}

/// The proof that a fact has its place in the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProofView {
    /// The fact.
    #[schema(value_type = String)]
    event_id: EventId,
    /// Its kind.
    #[schema(example = "alert.released.v1")]
    kind: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    /// The case it belongs to.
    #[schema(value_type = Option<String>)]
    case_id: Option<CaseId>,
    /// Its place, from 0.
    position: i64,
    /// The text whose RFC 6962 leaf hash is in the tree.
    line: String,
    /// That hash, in hexadecimal.
    leaf: String,
    /// How many entries the checkpoint speaks of.
    size: u64,
    /// The sibling hashes from the leaf to the root (RFC 6962, 2.1.1), in hexadecimal.
    path: Vec<String>,
    /// The signed root.
    checkpoint: String,
}

/// Proves that a fact is in the ledger, against the newest checkpoint.
#[utoipa::path(
    get, path = "/api/v1/ledger/proof/{event_id}", tag = "audit",
    params(("event_id" = String, Path, description = "The fact, such as event_0193…")),
    responses(
        (status = 200, description = "The proof", body = ProofView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The caller's role does not allow it"),
        (status = 404, description = "The ledger has no such entry"),
    )
)]
pub(crate) async fn proof(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path(event_id): Path<EventId>,
) -> Result<axum::Json<ProofView>, Problem> {
    let mut tx = deps.db.read().await?;
    let proof = prove_inclusion(&mut tx, event_id).await?;
    tx.commit().await?;
    let proof = proof.ok_or_else(|| Problem::not_found("entry"))?;
    let entry = proof.entry;
    let line = crate::Line::from(&entry);
    Ok(axum::Json(ProofView {
        line: line.text(),
        event_id,
        occurred_at: entry.occurred_at,
        case_id: entry.case_id,
        position: entry.position,
        leaf: hex::encode(&entry.leaf),
        kind: entry.kind,
        size: proof.size,
        path: proof.path.iter().map(hex::encode).collect(),
        checkpoint: proof.checkpoint,
    }))
}

#[derive(OpenApi)]
#[openapi(paths(
    told,
    not_told,
    proof,
    tiles::checkpoint,
    tiles::consistency,
    evidence::of_case,
    evidence::of_notification,
    evidence::of_delivery
))]
struct Document;

/// This service's part of the OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_query_decides_the_form_and_then_accept() {
        let mut headers = HeaderMap::new();
        let wanted = |format: Option<&str>, headers: &HeaderMap| {
            Format { format: format.map(str::to_owned), reason: None }.is_csv(headers).map_err(|problem| problem.status)
        };
        assert_eq!(wanted(None, &headers), Ok(false));
        headers.insert(ACCEPT, HeaderValue::from_static("text/csv; q=0.9, */*"));
        assert_eq!(wanted(None, &headers), Ok(true));
        assert_eq!(wanted(Some("json"), &headers), Ok(false));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/csv"));
        assert_eq!(wanted(None, &headers), Ok(false));
        assert_eq!(wanted(Some("csv"), &headers), Ok(true));
        assert_eq!(wanted(Some("xml"), &headers), Err(400));
    }

    #[test]
    fn the_document_names_every_operation_and_schema() {
        let document = openapi();
        assert_eq!(document.paths.paths.len(), 8);
        let schemas = document.components.expect("schemas of the bodies").schemas;
        for name in [
            "NotifiedView",
            "Notified",
            "Attempt",
            "Returned",
            "VersionView",
            "NotNotifiedView",
            "NotNotified",
            "ProofView",
        ] {
            assert!(schemas.contains_key(name), "{name}");
        }
    }
}
