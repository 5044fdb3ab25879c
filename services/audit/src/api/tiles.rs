//! The ledger for everybody who wants to mirror it (C2SP tlog-tiles). Public: lines hold no name and no content.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::ledger;
use utoipa::ToSchema;
use web::{Path, Problem, Query};

use crate::layout::{self, Holds, TileName};
use crate::ledger::{HEIGHT, WIDTH};
use crate::{Damaged, Deps, ProveError, prove_consistency};

/// A tile never changes: whoever has it need not ask again.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Gives a tile of hashes or of entries; its name is such as 0/x001/234.p/17 or entries/000.
pub(crate) async fn tile(State(deps): State<Deps>, Path(name): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("tile");
    let name: TileName = name.parse().map_err(|_| missing())?;
    let mut tx = deps.db.read().await?;
    // Never more than a checkpoint covers: what a client cannot check it must not be given.
    let size = ledger::latest_checkpoint(&mut tx).await?.map_or(0, |latest| latest.size);
    if !name.is_within(size) {
        return Err(missing());
    }
    let bytes = name.read(&mut tx).await?;
    tx.commit().await?;
    if let Holds::Hashes(level) = name.holds
        && bytes.len() as u64 != name.width * 32
    {
        return Err(Problem::internal(&Damaged { level: level * HEIGHT, index: name.number * WIDTH }));
    }
    Ok(([(CONTENT_TYPE, BYTES), (CACHE_CONTROL, FOREVER)], bytes).into_response())
}

/// Gives the newest signed root with the signatures of witnesses. Public: it is made to be copied, and says nothing
/// about any case.
#[utoipa::path(
    get, path = "/api/v1/ledger/checkpoint", tag = "audit",
    responses(
        (status = 200, description = "A signed note (C2SP tlog-checkpoint)", body = String, content_type = "text/plain"),
        (status = 404, description = "The ledger has no entry yet"),
    )
)]
pub(crate) async fn checkpoint(State(deps): State<Deps>) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let note = layout::checkpoint(&mut tx).await?.ok_or_else(|| Problem::not_found("checkpoint yet"))?;
    tx.commit().await?;
    Ok(([(CONTENT_TYPE, TEXT)], note).into_response())
}

/// Gives the verifier keys, the newest first, one a line (C2SP signed-note).
pub(crate) async fn keys(State(deps): State<Deps>) -> Response {
    let keys: String = deps.writer.keys.verifiers().iter().map(|key| format!("{key}\n")).collect();
    ([(CONTENT_TYPE, TEXT)], keys).into_response()
}

/// Which two sizes.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Sizes {
    old: u64,
    new: u64,
}

/// The proof that an older ledger is the beginning of a newer one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConsistencyView {
    /// The older size.
    old: u64,
    /// The newer size.
    new: u64,
    /// The hashes (RFC 6962, 2.1.2), in hexadecimal.
    path: Vec<String>,
}

/// Proves that the first entries were not changed since. Public, as the tiles that it is computed from.
#[utoipa::path(
    get, path = "/api/v1/ledger/consistency", tag = "audit",
    params(
        ("old" = u64, Query, description = "The size in the older checkpoint"),
        ("new" = u64, Query, description = "The size in the newer checkpoint"),
    ),
    responses(
        (status = 200, description = "The proof", body = ConsistencyView),
        (status = 404, description = "The ledger has not that many entries"),
    )
)]
pub(crate) async fn consistency(
    State(deps): State<Deps>,
    Query(sizes): Query<Sizes>,
) -> Result<axum::Json<ConsistencyView>, Problem> {
    let mut tx = deps.db.read().await?;
    let proof = prove_consistency(&mut tx, sizes.old, sizes.new).await?;
    tx.commit().await?;
    let proof = proof.ok_or_else(|| Problem::not_found("ledger of that size"))?;
    let path = proof.path.iter().map(hex::encode).collect();
    Ok(axum::Json(ConsistencyView { old: proof.old, new: proof.new, path }))
}

impl From<ProveError> for Problem {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Store(error) => Self::from(error),
            ProveError::Damaged(damaged) => Self::internal(&damaged),
        }
    }
}
