//! `/partners/{id}`: one partner, now or as of a revision, what waits, and its history.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::codes::Role;
use domain::ids::PartnerId;
use domain::partner::diff;
use domain::partner::{Contact, Directory, Partner};
use domain::text::Line;
use domain::{Mailbox, Timestamp};
use serde::Deserialize;
use store::partners::{self, ChangeRow, RevisionRow};
use web::{Auditing, Authority, Flash, Form, PageError, Path, Problem, Query, Shell, page, redirect};

use super::changes::{ChangeLine, line};
use crate::as_of::AsOf;
use crate::permission::Approving;
use crate::words::{self, ChangeView};
use crate::{Deps, SendCodeError, request_verification};

/// How many revisions, changes and notices the page shows.
const MOST: i64 = 50;

#[derive(Template)]
#[template(path = "partner.html")]
struct PartnerPage {
    shell: Shell,
    partner: Partner,
    directory: Directory,
    /// The revision that is shown instead of the present.
    as_of: Option<i64>,
    waiting: Vec<ChangeLine>,
    history: Vec<Revision>,
    notices: Vec<(Mailbox, bool, Timestamp, Option<String>, Option<Timestamp>)>,
    may_change: bool,
    may_verify: bool,
    is_officer: bool,
}

struct Revision {
    row: RevisionRow,
    changes: Vec<ChangeView>,
}

impl PartnerPage {
    fn name_of(&self, id: &PartnerId) -> String {
        let found = self.directory.partners.iter().find(|partner| partner.id == *id);
        found.map_or_else(|| id.to_string(), |partner| partner.name.to_string())
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn address(&self, contact: &Contact) -> String {
        words::address(contact)
    }

    fn suspicion(&self, contact: &Contact) -> Option<String> {
        words::suspicion(&contact.address, self.partner.id, &self.directory)
    }

    fn scopes(&self) -> String {
        words::scopes(&self.partner, 50)
    }

    fn list<T: ToString>(&self, items: &[T]) -> String {
        items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    fn categories(&self) -> String {
        match &self.partner.mandate.categories {
            domain::partner::Categories::All => "every type".to_owned(),
            domain::partner::Categories::Only(some) => some.iter().map(|c| c.label()).collect::<Vec<_>>().join(", "),
        }
    }

    fn events(&self) -> String {
        self.partner.mandate.events.iter().map(|event| event.label()).collect::<Vec<_>>().join(", ")
    }
}

/// What was just done, and what moment is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    done: String,
    as_of: String,
}

/// `GET /partners/{id}`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<PartnerId>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let as_of = AsOf::parse(&asked.as_of)?;
    let mut tx = deps.db.read().await?;
    let revision = match as_of {
        Some(as_of) => Some(as_of.revision(&mut tx).await?),
        None => None,
    };
    let directory = match revision {
        Some(revision) => partners::as_of(&mut tx, revision).await?,
        None => partners::directory(&mut tx).await?,
    };
    let partner = directory.partners.iter().find(|partner| partner.id == id).cloned();
    let partner = partner.ok_or_else(|| Problem::not_found("partner"))?;
    let rows = partners::history(&mut tx, id, MOST).await?;
    let changes: Vec<ChangeRow> = partners::changes_of(&mut tx, id, MOST).await?;
    let notices = partners::notices_of(&mut tx, id, 20).await?;
    tx.commit().await?;
    let flash = match asked.done.as_str() {
        "added" => Some(Flash("The partner was added. It is told of alerts released from now on.")),
        "added-waits" => Some(Flash("The partner was added. Its addresses wait until a second person agrees.")),
        "changed" => Some(Flash("The partner was changed. Alerts released from now on go by it.")),
        "changed-waits" => {
            Some(Flash("What could be changed at once was changed; the rest waits until a second person agrees."))
        }
        "code-sent" => Some(Flash("A code is on its way to the address.")),
        _ => None,
    };
    let now = deps.clock.now();
    let history = revisions(rows, &directory);
    let waiting = changes.into_iter().map(|row| line(row, &partner, &directory, now)).collect();
    Ok(page(&PartnerPage {
        shell: Shell { flash, ..Shell::new(partner.name.as_str(), &caller) },
        partner,
        directory,
        as_of: revision,
        waiting,
        history,
        notices,
        may_change: caller.role == Role::Admin && revision.is_none(),
        is_officer: caller.role == Role::Officer && revision.is_none(),
        may_verify: matches!(caller.role, Role::Officer | Role::Admin) && revision.is_none(),
    }))
}

/// Each revision with what it changed against the one before.
fn revisions(rows: Vec<RevisionRow>, directory: &Directory) -> Vec<Revision> {
    let records: Vec<Partner> = rows.iter().map(|row| row.record.0.clone()).collect();
    let befores = records.into_iter().skip(1).map(Some).chain(std::iter::once(None));
    let with_before = rows.into_iter().zip(befores);
    let revision = |(row, before): (RevisionRow, Option<Partner>)| {
        let changes = before.map_or_else(Vec::new, |before| {
            let all = diff::changes(&before, &row.record.0);
            words::changes(&before, &row.record.0, &all, directory)
        });
        Revision { row, changes }
    };
    with_before.map(revision).collect()
}

/// Which address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct VerifyForm {
    address: String,
}

/// `POST /partners/{id}/verify`: mails a code to an address.
pub(crate) async fn verify(
    State(deps): State<Deps>,
    _: Authority<Approving>,
    Path(id): Path<PartnerId>,
    form: Form<VerifyForm>,
) -> Result<Response, PageError> {
    let address = form.value.address.parse().map_err(|_| Problem::not_found("address"))?;
    match request_verification(&deps, id, &address).await {
        Ok(_) => Ok(redirect(&format!("/partners/{id}?done=code-sent"))),
        Err(SendCodeError::NotFound) => Err(Problem::not_found("address").into()),
        Err(SendCodeError::Store(error)) => Err(error.into()),
    }
}

/// A person's name, or what stands in its place.
pub(super) fn person(name: Option<&Line>) -> String {
    name.map_or_else(|| "the command line or a partner".to_owned(), ToString::to_string)
}
