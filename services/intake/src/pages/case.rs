//! One case: what is known, what happened, what an officer may do next.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::codes::{
    AlertKind, AlertState, CaseState, CaseStep, Certainty, ErasureGround, Event, EvidenceKind, ObjectStatus, Reach,
    Reading, Role, Share,
};
use domain::details::Details;
use domain::ids::{AccountId, AlertId, CaseId, ObjectId, OverrideId};
use domain::lifecycle::{self, Reached};
use domain::plan::OverrideChange;
use domain::text::Line;
use domain::{CivilDate, Timestamp};
use serde::Deserialize;
use store::plans::overrides;
use store::{Tx, identity, partners, photos};
use web::{
    Authority, Flash, FormState, PageError, Path, Permission as _, Principal, Problem, Query, Shell, SignedIn, page,
};

use super::list::{country_name, tone};
use super::report::{Shown, lacks};
use super::timeline::{Happening, timeline};
use super::{Choice, choices, kinds};
use crate::Deps;
use crate::as_submitted::as_submitted;
use crate::draft::{DraftRequest, Standing, Version, next_version};
use crate::duplicates::{Ties, ties};
use crate::edit::may_edit;
use crate::erase_reporter::Eraser;
use crate::find_case::find_case;
use crate::photos::PhotoView;
use crate::reading::note_reading;
use crate::view::{AlertView, CaseView, CircumstancesView, EmbargoView};

/// A page of a mass looting stays readable, and printable, with this many sheets.
const MAX_SHEETS: usize = 200;

#[cfg(feature = "pdf")]
const PAPERS: &[(&str, &str)] = &paper::LANGUAGES;
#[cfg(not(feature = "pdf"))]
const PAPERS: &[(&str, &str)] = &[];

/// What was just done, by its code in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

impl Done {
    fn flash(&self) -> Option<Flash> {
        Some(Flash(match self.done.as_str() {
            "registered" => "The case is registered. Quote its reference whenever you speak of it.",
            "verified" => "The verification is recorded.",
            "drafted" => "The draft is made. Nobody is told before it is released.",
            "released" => "The alert is released. Routing now decides who is told.",
            "erased" => "Who reported is erased. The case and every proof stay.",
            "corrected" => "The correction is saved.",
            "moved" => "The case has moved on.",
            "status" => "The status of the object is recorded.",
            "scheduled" => {
                "The word is given. Nobody is told before the moment; until then any officer may call it back."
            }
            "unscheduled" => "It is called back, and a draft again. Nobody was told.",
            "embargoed" => "The embargo is recorded.",
            "discarded" => "The draft is discarded. Nobody was told.",
            _ => return None,
        }))
    }
}

/// Why something that was asked for on this page was not done, with what was typed.
#[derive(Default)]
pub(super) struct Refused {
    pub problem: Option<Problem>,
    pub verify: FormState,
    pub draft: FormState,
    pub erase: FormState,
    pub step: FormState,
    pub status: FormState,
    pub schedule: FormState,
    pub embargo: FormState,
    /// The object whose status was refused.
    pub of: Option<ObjectId>,
}

impl Refused {
    /// Where the form is that was refused.
    fn anchor(&self) -> String {
        match self.of {
            Some(object) => format!("status-{object}"),
            None if !self.verify.errors().is_empty() => "verify".to_owned(),
            None if !self.schedule.errors().is_empty() => "draft-open".to_owned(),
            None if !self.embargo.errors().is_empty() => "embargo".to_owned(),
            None if !self.step.errors().is_empty() => "step".to_owned(),
            None => "draft".to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    shell: Shell,
    case: CaseView,
    happenings: Vec<Happening>,
    names: HashMap<AccountId, Line>,
    refused: Refused,
    me: AccountId,
    now: Timestamp,
    /// Works at the desk.
    officer: bool,
    /// May send objects in a file.
    importing: bool,
    /// May erase who reported.
    erasing: bool,
    /// May see who was told.
    auditing: bool,
    certainties: Vec<Choice>,
    evidences: Vec<Choice>,
    grounds: Vec<Choice>,
    reaches: Vec<Choice>,
    /// The kinds that can be drafted now.
    kinds: Vec<Choice>,
    /// Which partners were added to the draft or removed by hand, and why.
    decided: Vec<(Line, &'static str, Line)>,
    /// The last of these decisions: whoever releases from this page has seen it.
    last_override: Option<OverrideId>,
    /// Why none can.
    no_draft: Option<String>,
    /// The objects that are not back yet, by number, if a recovery may name some of them.
    recoverable: Vec<(String, String)>,
    /// The steps the reader may take.
    steps: Vec<CaseStep>,
    sheets: usize,
    photos: Vec<PhotoView>,
    ties: Ties,
    /// May correct the report.
    correcting: bool,
    /// What the report lacks, and why that matters.
    lacks: Vec<Shown>,
    /// Has a part in the case: adds photographs.
    taking_part: bool,
    /// The languages a sheet can be printed in; none in a build that prints nothing.
    papers: &'static [(&'static str, &'static str)],
}

impl CasePage {
    fn name(&self, id: &AccountId) -> &str {
        self.names.get(id).map_or("somebody whose account is gone", Line::as_str)
    }

    fn photos<'a>(&'a self, object: &'a ObjectId) -> impl Iterator<Item = &'a PhotoView> {
        self.photos.iter().filter(move |photo| photo.object_id == *object)
    }

    fn draft_open(&self) -> bool {
        self.case.alerts.iter().any(|alert| alert.state.is_open())
    }

    /// The embargo, while it holds.
    fn embargoed(&self) -> Option<&EmbargoView> {
        self.case.embargo.as_ref().filter(|embargo| embargo.until > self.now)
    }

    /// Whether the reader must leave this draft to another officer.
    fn needs_another(&self, alert: &AlertView) -> bool {
        alert.needs_second_officer && alert.drafted_by == Some(self.me)
    }

    fn released(&self) -> bool {
        self.case.alerts.iter().any(|alert| alert.state == AlertState::Released)
    }

    /// Whether there is nothing left to verify.
    fn closed(&self) -> bool {
        matches!(
            self.case.state,
            CaseState::Closed | CaseState::Rejected | CaseState::Withdrawn | CaseState::Merged | CaseState::Draft
        )
    }

    /// Whether a change of this object's status was refused.
    fn is_refused(&self, id: &ObjectId) -> bool {
        self.refused.of.as_ref() == Some(id)
    }

    /// The day on which somebody looks at a case that sleeps.
    fn review_on(&self) -> Option<CivilDate> {
        let asleep = matches!(self.case.state, CaseState::Suspended | CaseState::Dormant);
        self.case.steps.last().filter(|_| asleep).and_then(|step| step.review_on)
    }
}

/// What its interval is the interval of.
fn when_label(event: &Event) -> &'static str {
    match event {
        Event::Looting => "Detected",
        Event::Emergency => "At risk",
        Event::Seizure => "Seized",
        Event::Sighting => "Seen",
        Event::Theft | Event::IllicitExport | Event::Missing | Event::Recovery | Event::Restitution => "Lost",
    }
}

/// What its holder is.
pub(crate) fn holder_label(circumstances: &CircumstancesView) -> &'static str {
    kinds::words(circumstances.details.event()).holder.0
}

/// A case.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<CaseId>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let page = render(&deps, &caller, id, done.flash(), Refused::default()).await?;
    note_reading(&deps, &caller, id, Reading::Case).await?;
    Ok(page)
}

/// The page of a case after something was refused: the answer has that refusal's status.
pub(super) async fn again(
    deps: &Deps,
    caller: &Principal,
    id: CaseId,
    problem: Problem,
    typed: Refused,
) -> Result<Response, PageError> {
    let (status, problem) = problem.beside_form()?;
    let page = render(deps, caller, id, None, Refused { problem: Some(problem), ..typed }).await?;
    note_reading(deps, caller, id, Reading::Case).await?;
    Ok((status, page).into_response())
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    id: CaseId,
    flash: Option<Flash>,
    refused: Refused,
) -> Result<Response, PageError> {
    let case = find_case(deps, caller, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    let happenings = timeline(&case);
    let names = names(deps, caller, &happenings).await?;
    let (kinds, no_draft) = draftable(&case);
    let ties = ties(deps, caller, id).await?;
    let steps = steps(&case, caller.role);
    let recoverable = recoverable(&case, &kinds);
    let mut tx = deps.db.read().await?;
    let photos = photos::of_case(&mut tx, id).await?.iter().map(PhotoView::copies).collect();
    let draft = case.alerts.iter().find(|alert| alert.state == AlertState::Draft);
    let (decided, last_override) = match draft.filter(|_| caller.role == Role::Officer) {
        Some(draft) => decided(&mut tx, draft.id).await?,
        None => (Vec::new(), None),
    };
    tx.commit().await?;
    let mut shell = Shell::new(format!("{} · {}", case.reference, case.title), caller);
    shell.flash = flash;
    Ok(page(&CasePage {
        shell,
        happenings,
        names,
        refused,
        me: caller.account_id,
        now: deps.clock.now(),
        officer: caller.role == Role::Officer,
        importing: matches!(caller.role, Role::Reporter | Role::Officer) && case.state != CaseState::Closed,
        erasing: Eraser::ROLES.contains(&caller.role) && (caller.role == Role::Admin || case.reporter.is_some()),
        auditing: matches!(caller.role, Role::Officer | Role::Auditor | Role::Admin),
        certainties: choices!(Certainty),
        evidences: choices!(EvidenceKind),
        grounds: choices!(ErasureGround),
        reaches: choices!(Reach),
        kinds,
        decided,
        last_override,
        no_draft,
        recoverable,
        steps,
        sheets: MAX_SHEETS,
        photos,
        ties,
        correcting: matches!(caller.role, Role::Officer | Role::Reporter)
            && may_edit(case.state, caller.role).is_ok()
            && !case.alerts.iter().any(|alert| alert.state.is_open()),
        lacks: lacks(&as_submitted(&case), &case.completeness),
        taking_part: matches!(caller.role, Role::Officer | Role::Reporter),
        papers: PAPERS,
        case,
    }))
}

/// What officers decided by hand about the partners of a draft: the last decision about each, and the last of all.
async fn decided(
    tx: &mut Tx,
    alert: AlertId,
) -> Result<(Vec<(Line, &'static str, Line)>, Option<OverrideId>), store::Error> {
    let rows = overrides::of_alert(tx, alert).await?;
    let last = rows.last().map(|row| row.id);
    let mut decided = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let again = rows[at + 1..].iter().any(|later| later.partner_id == row.partner_id);
        let Some(change) = row.change.as_deref().filter(|_| !again) else { continue };
        let what = match change {
            OverrideChange::Add { share: Share::Full } => "added, in full",
            OverrideChange::Add { share: Share::ObjectData } => "added, with object data",
            OverrideChange::Remove => "removed",
        };
        if let Some(partner) = partners::find(tx, row.partner_id).await? {
            decided.push((partner.name, what, row.reason.clone()));
        }
    }
    Ok((decided, last))
}

/// The names of those who did something. A reporter is not told who works at the desk.
async fn names(
    deps: &Deps,
    caller: &Principal,
    happenings: &[Happening],
) -> Result<HashMap<AccountId, Line>, store::Error> {
    let mut names = HashMap::new();
    if caller.role == Role::Reporter {
        return Ok(names);
    }
    let mut tx = deps.db.read().await?;
    for id in happenings.iter().filter_map(|happening| happening.by) {
        if !names.contains_key(&id)
            && let Some(account) = identity::account(&mut tx, id).await?
        {
            names.insert(id, account.name);
        }
    }
    tx.commit().await?;
    Ok(names)
}

/// The steps that somebody of this role may take.
fn steps(case: &CaseView, role: Role) -> Vec<CaseStep> {
    if case.alerts.iter().any(|alert| alert.state.is_open()) {
        return Vec::new();
    }
    let told = case.alerts.iter().any(|alert| alert.state == AlertState::Released && alert.kind != AlertKind::Exercise);
    let reached = match (told, case.verifications.is_empty()) {
        (true, _) => Reached::Told,
        (false, false) => Reached::Verified,
        (false, true) => Reached::Submitted,
    };
    let all = lifecycle::steps(case.state, reached).into_iter();
    match role {
        Role::Officer => all.collect(),
        Role::Reporter => all.filter(|step| *step == CaseStep::Withdraw).collect(),
        Role::Auditor | Role::Admin => Vec::new(),
    }
}

/// What a recovery may name: there is something to choose where more than one object is not back yet.
fn recoverable(case: &CaseView, kinds: &[Choice]) -> Vec<(String, String)> {
    let open = case.objects.iter().filter(|object| object.status.check(ObjectStatus::Recovered).is_ok());
    let all: Vec<_> = open
        .map(|object| (object.ordinal.to_string(), format!("{}. {}", object.ordinal, object.description.title)))
        .collect();
    let may = kinds.iter().any(|(kind, _)| *kind == AlertKind::Recovery.as_str());
    if may && all.len() > 1 { all } else { Vec::new() }
}

/// The kinds of version that can be drafted now, or why none can.
fn draftable(case: &CaseView) -> (Vec<Choice>, Option<String>) {
    if case.state == CaseState::Merged {
        return (Vec::new(), Some(crate::draft::MERGED.to_owned()));
    }
    let standing = Standing {
        verified: case.verifications.last().map(|row| (row.certainty, row.evidence)),
        versions: case.alerts.iter().map(|a| Version { kind: a.kind, state: a.state, reach: a.reach }).collect(),
        ..Standing::new(
            case.state,
            None,
            case.reporter.as_ref().map(|reporter| reporter.capacity),
            &case.objects.iter().map(|object| object.status).collect::<Vec<_>>(),
            &[],
        )
    };
    let words = "words".parse().ok();
    let decide = |kind| {
        next_version(&standing, &DraftRequest { kind, reach: Reach::All, message: words.clone(), named: Vec::new() })
    };
    let kinds: Vec<_> =
        AlertKind::ALL.iter().filter(|kind| decide(**kind).is_ok()).map(|kind| (kind.as_str(), kind.label())).collect();
    let first = if standing.versions.iter().any(|version| version.state == AlertState::Released) {
        AlertKind::Update
    } else {
        AlertKind::Alert
    };
    let why = decide(first).err().filter(|_| kinds.is_empty()).map(|refusal| refusal.sentence());
    (kinds, why)
}
