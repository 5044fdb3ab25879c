//! The evidence of a case, or of one notification: how it was verified, what was released, who was told and who was
//! not, whether later versions reached the same people, the proof.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::codes::Reading;
use domain::ids::{CaseId, NotificationId};
use web::{Auditing, Authority, PageError, Path, Principal, Problem, Shell, page};

use crate::Deps;
use crate::api::evidence::read;
use crate::evidence::{About, Evidence, evidence};

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage {
    shell: Shell,
    evidence: Evidence,
    /// Where copies are: `/cases/case_…/evidence` or `/notifications/notification_…/evidence`.
    address: String,
    /// It is about one partner's notification, and not the whole case.
    narrow: bool,
    /// The languages it can be printed in; none in a build that prints nothing.
    papers: &'static [(&'static str, &'static str)],
}

#[cfg(feature = "pdf")]
const PAPERS: &[(&str, &str)] = &crate::papers::LANGUAGES;
#[cfg(not(feature = "pdf"))]
const PAPERS: &[(&str, &str)] = &[];

/// `GET /cases/{id}/evidence`
pub(crate) async fn of_case(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<CaseId>,
) -> Result<Response, PageError> {
    show(&deps, &caller, About::Case(id)).await
}

/// `GET /notifications/{id}/evidence`
pub(crate) async fn of_notification(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<NotificationId>,
) -> Result<Response, PageError> {
    show(&deps, &caller, About::Notification(id)).await
}

async fn show(deps: &Deps, caller: &Principal, about: About) -> Result<Response, PageError> {
    let evidence = gather(deps, about).await?;
    read(deps, caller.account_id, evidence.case.id, Reading::Evidence, None).await?;
    let shell = Shell::new(format!("Evidence of {}", evidence.case.reference), caller);
    let (address, narrow) = match about {
        About::Case(id) => (format!("/cases/{id}/evidence"), false),
        About::Notification(id) => (format!("/notifications/{id}/evidence"), true),
        About::Delivery(id) => (format!("/deliveries/{id}/evidence"), true),
    };
    Ok(page(&EvidencePage { shell, evidence, address, narrow, papers: PAPERS }))
}

async fn gather(deps: &Deps, about: About) -> Result<Evidence, Problem> {
    evidence(deps, about).await?.ok_or_else(|| Problem::not_found("evidence"))
}

#[cfg(feature = "pdf")]
pub(crate) use paper::{print_case, print_notification};

#[cfg(feature = "pdf")]
mod paper {
    use axum::extract::State;
    use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
    use axum::response::{IntoResponse as _, Response};
    use domain::codes::Reading;
    use domain::ids::{AccountId, CaseId, NotificationId};
    use serde::Deserialize;
    use web::{Auditing, Authority, PageError, Path, Problem, Query};

    use super::gather;
    use crate::Deps;
    use crate::api::evidence::{read, reason};
    use crate::evidence::About;
    use crate::papers::{print_evidence, words};

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

    /// `GET /cases/{id}/evidence.pdf?language=fr&reason=…`
    pub(crate) async fn print_case(
        State(deps): State<Deps>,
        caller: Authority<Auditing>,
        Path(id): Path<CaseId>,
        Query(wanted): Query<Wanted>,
    ) -> Result<Response, PageError> {
        print(&deps, caller.account_id, About::Case(id), &wanted).await
    }

    /// `GET /notifications/{id}/evidence.pdf?language=fr&reason=…`
    pub(crate) async fn print_notification(
        State(deps): State<Deps>,
        caller: Authority<Auditing>,
        Path(id): Path<NotificationId>,
        Query(wanted): Query<Wanted>,
    ) -> Result<Response, PageError> {
        print(&deps, caller.account_id, About::Notification(id), &wanted).await
    }

    /// Paper leaves the system, so it is recorded who took it and what for.
    async fn print(deps: &Deps, by: AccountId, about: About, wanted: &Wanted) -> Result<Response, PageError> {
        let words = words(&wanted.language)
            .ok_or_else(|| Problem::bad_request("The language must be en, fr, es, ar, ru or zh."))?;
        let reason = reason(wanted.reason.as_deref())?;
        let evidence = gather(deps, about).await?;
        read(deps, by, evidence.case.id, Reading::Evidence, Some(reason)).await?;
        let printed = print_evidence(&deps.printer, words, &evidence).await;
        let pdf = printed.map_err(|error| Problem::internal(&error))?;
        let name = about.file_name(&evidence.case.reference);
        let disposition = format!("attachment; filename=\"{name}-{}.pdf\"", words.code());
        Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], pdf).into_response())
    }
}
