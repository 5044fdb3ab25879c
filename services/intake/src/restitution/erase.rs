//! Erases who a party to a restitution is, or a document of it, for good. That there was one stays, with its number, so that
//! steps still point at something; of a document the fingerprint stays, which shows nothing and proves what was there.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::{RestitutionDocumentErasedV1, RestitutionPartyErasedV1};
use domain::codes::ErasureGround;
use domain::ids::{AccountId, RestitutionId};
use store::restitutions::{self, RestitutionRow};
use store::{Tx, cases, outbox};
use web::{Authority, Confirm, Form, FormState, Json, PageError, Path, Principal, Problem, Shell, redirect};

use crate::Deps;
use crate::erase_reporter::{Erase, Eraser};
use crate::photos::sweep_photos;

/// Erases a party; says false if there is none of this number. One who was erased before stays so.
pub async fn erase_party(
    deps: &Deps,
    by: AccountId,
    id: RestitutionId,
    number: i64,
    ground: ErasureGround,
) -> Result<bool, store::Error> {
    let mut tx = deps.db.begin().await?;
    let Some(row) = locked(&mut tx, id).await? else { return Ok(false) };
    if restitutions::parties(&mut tx, id).await?.iter().all(|party| party.number != number) {
        return Ok(false);
    }
    erase_party_in(deps, &mut tx, Some(by), &row, number, ground).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(true)
}

/// The same within a transaction that has locked the case.
pub(crate) async fn erase_party_in(
    deps: &Deps,
    tx: &mut Tx,
    by: Option<AccountId>,
    row: &RestitutionRow,
    number: i64,
    ground: ErasureGround,
) -> Result<(), store::Error> {
    if restitutions::erase_party(tx, row.id, number, deps.clock.now()).await? {
        let (restitution_id, case_id) = (row.id, row.case_id);
        let event = RestitutionPartyErasedV1 { restitution_id, case_id, number, erased_by: by, ground };
        outbox::record(tx, Service::Intake, &deps.clock, &event).await?;
        tracing::info!(case.id = %case_id, restitution.id = %restitution_id, "erased a party to a restitution");
    }
    Ok(())
}

/// Erases a document with its file; says false if there is none of this number. One that was erased before stays so.
pub async fn erase_document(
    deps: &Deps,
    by: AccountId,
    id: RestitutionId,
    number: i64,
    ground: ErasureGround,
) -> Result<bool, store::Error> {
    let mut tx = deps.db.begin().await?;
    let Some(row) = locked(&mut tx, id).await? else { return Ok(false) };
    if restitutions::documents(&mut tx, id).await?.iter().all(|document| document.number != number) {
        return Ok(false);
    }
    if restitutions::erase_document(&mut tx, id, number, deps.clock.now()).await? {
        let (restitution_id, case_id) = (id, row.case_id);
        let event = RestitutionDocumentErasedV1 { restitution_id, case_id, number, erased_by: by, ground };
        outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
        tracing::info!(case.id = %case_id, restitution.id = %id, "erased a document of a restitution");
    }
    tx.commit().await?;
    deps.bell.ring();
    // The file goes now; if this fails or dies, with the next sweep.
    if let Err(error) = sweep_photos(deps).await {
        tracing::warn!(%error, "cannot remove an erased document's file yet");
    }
    Ok(true)
}

/// Also one that has ended: a person may ask to be erased years later.
async fn locked(tx: &mut Tx, id: RestitutionId) -> Result<Option<RestitutionRow>, store::Error> {
    let Some(row) = restitutions::find(tx, id).await? else { return Ok(None) };
    cases::lock(tx, row.case_id).await?;
    Ok(Some(row))
}

/// Which of the two.
#[derive(Clone, Copy)]
enum What {
    Party,
    Document,
}

impl What {
    fn noun(self) -> &'static str {
        match self {
            Self::Party => "party",
            Self::Document => "document",
        }
    }

    async fn erase(
        self,
        deps: &Deps,
        by: AccountId,
        id: RestitutionId,
        number: i64,
        ground: ErasureGround,
    ) -> Result<(), Problem> {
        let found = match self {
            Self::Party => erase_party(deps, by, id, number, ground).await?,
            Self::Document => erase_document(deps, by, id, number, ground).await?,
        };
        if found { Ok(()) } else { Err(Problem::not_found(self.noun())) }
    }

    async fn question(
        self,
        deps: &Deps,
        who: &Principal,
        id: RestitutionId,
        number: i64,
        form: FormState,
    ) -> Result<Response, PageError> {
        let mut tx = deps.db.read().await?;
        let row = restitutions::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("restitution"))?;
        let there = match self {
            Self::Party => restitutions::parties(&mut tx, id).await?.iter().any(|one| one.number == number),
            Self::Document => restitutions::documents(&mut tx, id).await?.iter().any(|one| one.number == number),
        };
        tx.commit().await?;
        if !there {
            return Err(Problem::not_found(self.noun()).into());
        }
        let (title, lines, button, folder) = match self {
            Self::Party => (
                format!("Erase who party {number} is?"),
                [
                    "Erased for good: name, country, and how they are reached.",
                    "Kept: that somebody had this part. What steps and notes say of them is not searched: read those first.",
                ],
                "Erase the party",
                "parties",
            ),
            Self::Document => (
                format!("Erase document {number}?"),
                [
                    "Erased for good: title, where it is kept, and the file, if it lies here.",
                    "Kept: its number and its SHA-256, by which whoever has the file can show that it was this one.",
                ],
                "Erase the document",
                "documents",
            ),
        };
        let confirm = Confirm {
            shell: Shell::new(title, who),
            warning: "This cannot be undone.".to_owned(),
            lines: lines.map(ToOwned::to_owned).to_vec(),
            action: format!("/restitutions/{id}/{folder}/{number}/erase"),
            hidden: Vec::new(),
            grounds: Confirm::erasure_grounds(),
            button: button.to_owned(),
            back: format!("/objects/{}/restitution", row.object_id),
            form,
        };
        Ok(([(CACHE_CONTROL, "no-store")], confirm.show()).into_response())
    }

    async fn submit(
        self,
        deps: &Deps,
        who: &Principal,
        id: RestitutionId,
        number: i64,
        form: Form<Erase>,
    ) -> Result<Response, PageError> {
        match form.value.parse() {
            Ok(ground) => {
                self.erase(deps, who.account_id, id, number, ground).await?;
                let mut tx = deps.db.read().await?;
                let row = restitutions::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("restitution"))?;
                tx.commit().await?;
                Ok(redirect(&format!("/objects/{}/restitution?done=erased", row.object_id)))
            }
            Err(errors) => {
                let asked = self.question(deps, who, id, number, FormState::new(form.typed, &errors)).await?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, asked).into_response())
            }
        }
    }
}

/// Erases who a party is.
#[utoipa::path(
    post, path = "/api/v1/restitutions/{id}/parties/{number}/erase", tag = "intake", operation_id = "erase_party",
    params(
        ("id" = String, Path, description = "The restitution's identifier, such as restitution_0190…"),
        ("number" = i64, Path, description = "The party's number"),
    ),
    request_body = Erase,
    responses(
        (status = 204, description = "Erased, now or before"),
        (status = 403, description = "The caller is neither a duty officer nor an administrator"),
        (status = 404, description = "There is no such party"),
        (status = 422, description = "The ground is missing"),
    )
)]
pub(crate) async fn party_api(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path((id, number)): Path<(RestitutionId, i64)>,
    Json { value, .. }: Json<Erase>,
) -> Result<StatusCode, Problem> {
    What::Party.erase(&deps, caller.account_id, id, number, value.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Erases a document with its file.
#[utoipa::path(
    post, path = "/api/v1/restitutions/{id}/documents/{number}/erase", tag = "intake", operation_id = "erase_document",
    params(
        ("id" = String, Path, description = "The restitution's identifier, such as restitution_0190…"),
        ("number" = i64, Path, description = "The document's number"),
    ),
    request_body = Erase,
    responses(
        (status = 204, description = "Erased, now or before"),
        (status = 403, description = "The caller is neither a duty officer nor an administrator"),
        (status = 404, description = "There is no such document"),
        (status = 422, description = "The ground is missing"),
    )
)]
pub(crate) async fn document_api(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path((id, number)): Path<(RestitutionId, i64)>,
    Json { value, .. }: Json<Erase>,
) -> Result<StatusCode, Problem> {
    What::Document.erase(&deps, caller.account_id, id, number, value.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /restitutions/{id}/parties/{number}/erase`: asks once more.
pub(crate) async fn ask_party(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path((id, number)): Path<(RestitutionId, i64)>,
) -> Result<Response, PageError> {
    What::Party.question(&deps, &caller, id, number, FormState::default()).await
}

/// `POST /restitutions/{id}/parties/{number}/erase`
pub(crate) async fn party(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path((id, number)): Path<(RestitutionId, i64)>,
    form: Form<Erase>,
) -> Result<Response, PageError> {
    What::Party.submit(&deps, &caller, id, number, form).await
}

/// `GET /restitutions/{id}/documents/{number}/erase`: asks once more.
pub(crate) async fn ask_document(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path((id, number)): Path<(RestitutionId, i64)>,
) -> Result<Response, PageError> {
    What::Document.question(&deps, &caller, id, number, FormState::default()).await
}

/// `POST /restitutions/{id}/documents/{number}/erase`
pub(crate) async fn document(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path((id, number)): Path<(RestitutionId, i64)>,
    form: Form<Erase>,
) -> Result<Response, PageError> {
    What::Document.submit(&deps, &caller, id, number, form).await
}
