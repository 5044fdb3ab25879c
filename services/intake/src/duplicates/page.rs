//! `/duplicates`: the proposals, and one with both reports side by side.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::codes::{DuplicateState, Reading};
use domain::details::Details;
use domain::duplicate::{Evidence, LikeBy};
use domain::ids::{CaseId, DuplicateId};
use domain::text::Line;
use serde::Deserialize;
use store::duplicates::{self, DuplicateRow, OpenDuplicate};
use store::{identity, photos};
use web::{
    Authority, Confirm, Flash, Form, FormState, Officer, PageError, Path, Principal, Problem, Query, Shell, Sure, page,
    redirect,
};

use super::api::{LISTED, MergeDuplicate};
use super::{AfterMerge, dismiss_duplicate, merge_cases, unmerge_case};
use crate::Deps;
use crate::find_case::find_case;
use crate::pages::case::holder_label;
use crate::pages::list::{country_name, tone};
use crate::photos::PhotoView;
use crate::reading::note_reading;
use crate::view::CaseView;

/// What was just done, by its code in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

impl Done {
    fn flash(&self) -> Option<Flash> {
        Some(Flash(match self.done.as_str() {
            "dismissed" => "The proposal is dismissed: the cases are about different events.",
            "merged" => "The cases are merged. Partners need not hear of it.",
            "drafted" => "The cases are merged, and an update with what the second report adds is drafted.",
            "undrafted" => "The cases are merged. Partners must hear what the second report adds: draft an update.",
            "unmerged" => "The case stands for itself again.",
            _ => return None,
        }))
    }
}

#[derive(Template)]
#[template(path = "duplicates.html")]
struct ListPage {
    shell: Shell,
    open: Vec<OpenDuplicate>,
}

/// One of the two reports.
struct Side {
    what: &'static str,
    /// The code for the form.
    part: &'static str,
    institution: Option<Line>,
    case: CaseView,
    photos: Vec<PhotoView>,
}

#[derive(Template)]
#[template(path = "duplicate.html")]
struct DuplicatePage {
    shell: Shell,
    row: DuplicateRow,
    sides: [Side; 2],
    /// The case that is part of the other one.
    part: Option<CaseId>,
    problem: Option<Problem>,
}

impl DuplicatePage {
    fn photo(&self, id: &domain::ids::PhotoId) -> Option<&PhotoView> {
        self.sides.iter().flat_map(|side| &side.photos).find(|photo| photo.id == *id)
    }
}

/// The list.
pub(crate) async fn list(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let open = duplicates::open(&mut tx, LISTED).await?;
    tx.commit().await?;
    let mut shell = Shell::new("Possible duplicates", &officer);
    shell.flash = done.flash();
    Ok(page(&ListPage { shell, open }))
}

/// One proposal.
pub(crate) async fn show(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DuplicateId>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    render(&deps, &officer, id, done.flash(), None).await
}

/// Dismisses a proposal.
pub(crate) async fn dismiss(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DuplicateId>,
) -> Result<Response, PageError> {
    match dismiss_duplicate(&deps, officer.account_id, id).await {
        Ok(_) => Ok(redirect("/duplicates?done=dismissed")),
        Err(error) => again(&deps, &officer, id, error.into()).await,
    }
}

/// Merges the cases of a proposal.
pub(crate) async fn merge(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DuplicateId>,
    Query(word): Query<Sure>,
    form: Form<MergeDuplicate>,
) -> Result<Response, PageError> {
    let done = match form.value.parse() {
        Ok(_) if !word.sure => {
            let lines = [
                "One case becomes part of the other. Each report keeps its source, and an officer can un-merge them.",
                "Where the second report says more, an update to partners is drafted.",
            ];
            let confirm = Confirm {
                shell: Shell::new("Merge these two cases?", &officer),
                warning: "What partners are told after a merge stays told, also if it is taken back.".to_owned(),
                lines: lines.map(ToOwned::to_owned).to_vec(),
                action: format!("/duplicates/{id}/merge?sure=true"),
                hidden: form.typed,
                grounds: Vec::new(),
                button: "Merge".to_owned(),
                back: format!("/duplicates/{id}"),
                form: FormState::default(),
            };
            return Ok(confirm.show());
        }
        Ok(part) => merge_cases(&deps, officer.account_id, id, part).await.map_err(Problem::from),
        Err(errors) => Err(errors.into()),
    };
    match done {
        Ok(merged) => {
            let done = match merged.after {
                AfterMerge::Nothing => "merged",
                AfterMerge::Drafted(_) => "drafted",
                AfterMerge::NotDrafted(_) => "undrafted",
            };
            Ok(redirect(&format!("/duplicates/{id}?done={done}")))
        }
        Err(problem) => again(&deps, &officer, id, problem).await,
    }
}

/// Takes a merge back.
pub(crate) async fn unmerge(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<CaseId>,
) -> Result<Response, PageError> {
    let merge = unmerge_case(&deps, officer.account_id, id).await.map_err(Problem::from)?;
    Ok(redirect(&format!("/duplicates/{}?done=unmerged", merge.duplicate_id)))
}

async fn again(deps: &Deps, officer: &Principal, id: DuplicateId, problem: Problem) -> Result<Response, PageError> {
    let (status, problem) = problem.beside_form()?;
    let page = render(deps, officer, id, None, Some(problem)).await?;
    Ok((status, page).into_response())
}

async fn render(
    deps: &Deps,
    officer: &Principal,
    id: DuplicateId,
    flash: Option<Flash>,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let row = duplicates::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("proposal"))?;
    let mut part = None;
    for case in [row.earlier_id, row.later_id] {
        let merge = duplicates::merge_of(&mut tx, case).await?;
        part = part.or(merge.filter(|merge| merge.duplicate_id == id).map(|merge| merge.case_id));
    }
    tx.commit().await?;
    let earlier = side(deps, officer, row.earlier_id, ("Registered earlier", "earlier")).await?;
    let later = side(deps, officer, row.later_id, ("Registered later", "later")).await?;
    let mut shell = Shell::new("Possible duplicate", officer);
    shell.flash = flash;
    Ok(page(&DuplicatePage { shell, row, sides: [earlier, later], part, problem }))
}

async fn side(
    deps: &Deps,
    officer: &Principal,
    id: CaseId,
    (what, part): (&'static str, &'static str),
) -> Result<Side, PageError> {
    let case = find_case(deps, officer, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    note_reading(deps, officer, id, Reading::Case).await?;
    let mut tx = deps.db.read().await?;
    let institution = identity::institution_name(&mut tx, case.institution_id).await?;
    let photos = photos::of_case(&mut tx, id).await?.iter().map(PhotoView::copies).collect();
    tx.commit().await?;
    Ok(Side { what, part, institution, case, photos })
}
