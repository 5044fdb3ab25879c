//! `/v/{notice}`: where a person enters the code that was mailed to an address. Opening it changes nothing; mail
//! scanners open every link.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::ids::NoticeId;
use domain::text::Line;
use serde::Deserialize;
use store::partners;
use web::{Form, FormState, PageError, Path, Problem, Shell, page};

use crate::{Deps, Entered, verify_address};

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    shell: Shell,
    partner: String,
    form: FormState,
    /// What came of it; the form is shown while this is none.
    end: Option<&'static str>,
}

/// Wrong, old and unknown links look the same.
fn unknown() -> Problem {
    let detail = "The link is incomplete or too old. Please copy it whole from the mail.";
    Problem::new(StatusCode::NOT_FOUND, "not-found", "This link does not work", detail)
}

async fn render(deps: &Deps, id: NoticeId, form: FormState, end: Option<&'static str>) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let notice = partners::notice(&mut tx, id).await?.filter(|notice| notice.change_id.is_none());
    tx.commit().await?;
    let notice = notice.ok_or_else(unknown)?;
    let end = end.or_else(|| notice.used_at.map(|_| "The code was entered before. There is nothing more to do."));
    let shell = Shell::anonymous("Confirm an address");
    Ok(page(&VerifyPage { shell, partner: notice.partner_name.to_string(), form, end }))
}

/// `GET /v/{id}`.
pub(crate) async fn show(State(deps): State<Deps>, Path(id): Path<NoticeId>) -> Result<Response, PageError> {
    render(&deps, id, FormState::default(), None).await
}

/// What a person typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CodeForm {
    code: String,
    name: String,
}

/// `POST /v/{id}`.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    Path(id): Path<NoticeId>,
    form: Form<CodeForm>,
) -> Result<Response, PageError> {
    let mut errors = FieldErrors::new();
    let name: Option<Line> = errors.required("/name", Some(&form.value.name));
    let code: Option<Line> = errors.required("/code", Some(&form.value.code));
    if let Some((name, code)) = name.zip(code).filter(|_| errors.is_empty()) {
        let end = match verify_address(&deps, id, code.as_str(), &name).await? {
            Entered::Verified => "Thank you. The address is confirmed.",
            Entered::Nothing => "There is nothing more to do.",
            Entered::Dead => {
                "The code is too old, or was entered wrongly too often. Please ask the desk for a new one."
            }
            Entered::Unknown => return Err(unknown().into()),
            Entered::Wrong => {
                errors.push("/code", "is not the code of the mail");
                ""
            }
        };
        if errors.is_empty() {
            return render(&deps, id, FormState::default(), Some(end)).await;
        }
    }
    let shown = render(&deps, id, FormState::new(form.typed, &errors), None).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}
