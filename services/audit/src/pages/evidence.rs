//! The evidence of one case: how it was verified, what was released, whether it reached the same people, the proof.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::codes::Reading;
use domain::ids::CaseId;
use web::{Auditing, Authority, PageError, Path, Problem, Shell, page};

use crate::api::evidence::read;
use crate::papers::{CaseEvidence, case_evidence};
use crate::{Deps, hex};

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage {
    shell: Shell,
    id: CaseId,
    evidence: CaseEvidence,
    root: String,
    verifier: String,
    /// The languages it can be printed in; none in a build that prints nothing.
    papers: &'static [(&'static str, &'static str)],
}

#[cfg(feature = "pdf")]
const PAPERS: &[(&str, &str)] = &crate::papers::LANGUAGES;
#[cfg(not(feature = "pdf"))]
const PAPERS: &[(&str, &str)] = &[];

async fn gather(deps: &Deps, id: CaseId) -> Result<CaseEvidence, Problem> {
    let mut tx = deps.db.read().await?;
    let evidence = case_evidence(&mut tx, &deps.clock, id).await?;
    tx.commit().await?;
    evidence.ok_or_else(|| Problem::not_found("case"))
}

/// `GET /cases/{id}/evidence`
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<CaseId>,
) -> Result<Response, PageError> {
    let evidence = gather(&deps, id).await?;
    read(&deps, caller.account_id, id, Reading::Evidence, None).await?;
    let shell = Shell::new(format!("Evidence of {}", evidence.case.reference), &caller);
    let root = evidence.checkpoint.as_ref().map(|row| hex(&row.root)).unwrap_or_default();
    let verifier = deps.writer.keys.verifier().to_string();
    Ok(page(&EvidencePage { shell, id, evidence, root, verifier, papers: PAPERS }))
}

#[cfg(feature = "pdf")]
pub(crate) use paper::print;

#[cfg(feature = "pdf")]
mod paper {
    use axum::extract::State;
    use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
    use axum::response::{IntoResponse as _, Response};
    use domain::codes::Reading;
    use domain::ids::CaseId;
    use serde::Deserialize;
    use web::{Auditing, Authority, PageError, Path, Problem, Query};

    use super::gather;
    use crate::Deps;
    use crate::api::evidence::{read, reason};
    use crate::papers::{print_case, words};

    /// In which language, and what for.
    #[derive(Debug, Deserialize)]
    pub(crate) struct Wanted {
        #[serde(default = "english")]
        language: String,
        #[serde(default)]
        reason: Option<String>,
    }

    fn english() -> String {
        "en".to_owned()
    }

    /// `GET /cases/{id}/evidence.pdf?language=fr&reason=…`: paper leaves the system.
    pub(crate) async fn print(
        State(deps): State<Deps>,
        caller: Authority<Auditing>,
        Path(id): Path<CaseId>,
        Query(wanted): Query<Wanted>,
    ) -> Result<Response, PageError> {
        let words = words(&wanted.language)
            .ok_or_else(|| Problem::bad_request("The language must be en, fr, es, ar, ru or zh."))?;
        let reason = reason(wanted.reason.as_deref())?;
        let evidence = gather(&deps, id).await?;
        read(&deps, caller.account_id, id, Reading::Evidence, Some(reason)).await?;
        let printed = print_case(&deps.printer, words, &evidence, &deps.writer.keys.verifier()).await;
        let pdf = printed.map_err(|error| Problem::internal(&error))?;
        let name = format!("{}-evidence-{}.pdf", evidence.case.reference, words.code());
        let disposition = format!("attachment; filename=\"{name}\"");
        Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], pdf).into_response())
    }
}
