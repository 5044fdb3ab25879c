//! `/alerts/{id}/audience`: before a draft is released, who would be told what in which language, who would not and why,
//! where nobody hears, and the forms that add or remove a partner.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::{ContactRole, Pace, PartnerKind, Role, Share};
use domain::ids::{AlertId, PartnerId};
use domain::partner::Partner;
use domain::plan::{NotTold, OverrideChange, Told};
use domain::text::Line;
use domain::{Country, Interface, Language};
use serde::Deserialize;
use store::alerts::AlertRow;
use web::{
    Auditing, Authority, Flash, Form, FormState, Mark, Officer, PageError, Path, Principal, Problem, Query, Shell,
    Tone, WorldMap, page, redirect,
};

use crate::Deps;
use crate::override_partner::{OverrideBody, OverrideError, override_partner};
use crate::preview::{Gap, Preview, PreviewError, preview};
use crate::rules::words;

#[derive(Template)]
#[template(path = "audience.html")]
struct AudiencePage {
    shell: Shell,
    alert: AlertRow,
    told: Vec<Told>,
    not_told: Vec<NotTold>,
    gaps: Vec<Gap>,
    /// What officers decided: the partner's name, what, why.
    made: Vec<(PartnerId, Line, &'static str, Line)>,
    rules: i64,
    revision: i64,
    form: FormState,
    partners: Vec<(String, String)>,
    officer: bool,
    /// Markup whose every text is escaped.
    map: String,
}

impl AudiencePage {
    fn language(&self, told: &Told) -> String {
        Interface::for_reader(&told.languages).language().endonym().to_owned()
    }

    fn held(&self) -> usize {
        self.told.iter().filter(|told| told.hold.is_some()).count()
    }

    /// How many of each kind, in words.
    fn kinds(&self) -> String {
        let count = |kind: PartnerKind| self.told.iter().filter(|told| told.kind == kind).count();
        let of = |kind: &PartnerKind| Some((count(*kind), kind.label())).filter(|(count, _)| *count > 0);
        let some = PartnerKind::ALL.iter().filter_map(of).map(|(count, label)| format!("{count} × {label}"));
        some.collect::<Vec<_>>().join("; ")
    }

    /// How many addresses are written to at first.
    fn first(told: &Told) -> usize {
        told.addressees.iter().filter(|to| to.role == ContactRole::Primary).count()
    }

    /// What its rules ask for besides.
    fn when(told: &Told) -> Option<String> {
        let digest = (told.pace == Pace::Digest).then(|| "in a digest unless urgent".to_owned());
        let within = told.acknowledge_within.map(|m| format!("acknowledges within {}", words::minutes(m)));
        let all: Vec<String> = digest.into_iter().chain(within).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn country(&self, gap: &Gap) -> &'static str {
        gap.country.name(Language::ENGLISH)
    }

    fn decided(&self, partner: &PartnerId) -> bool {
        self.made.iter().any(|(id, ..)| id == partner)
    }
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

/// Shows the audience of a draft. What is released has a plan, which the case's report shows.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<AlertId>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    let flash = (query.done == "decided").then_some(Flash("Your decision is recorded, and the list below obeys it."));
    match preview(&deps, id, caller.account_id).await {
        Ok(preview) => Ok(render(preview, &caller, FormState::default(), flash)),
        Err(PreviewError::NoDraft(alert)) => Ok(redirect(&format!("/cases/{}/notified", alert.case_id))),
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// Where the case plays, where its police hear, and who hears.
fn map(alert: &AlertRow, told: &[Told], gaps: &[Gap], partners: &HashMap<PartnerId, &Partner>) -> String {
    let mut map = WorldMap::new("Who would be told, and the countries of the case");
    let facts = &alert.facts.0;
    let parts: [(&str, &[Country]); 4] = [
        ("destination", &facts.destinations),
        ("route", &facts.route),
        ("origin", &facts.origins),
        ("place", std::slice::from_ref(&facts.country)),
    ];
    for (relation, countries) in parts {
        for country in countries {
            let gap = gaps.iter().any(|gap| gap.country == *country);
            let (tone, hears) =
                if gap { (Tone::Bad, "nobody of its police hears") } else { (Tone::Good, "its police hear") };
            map.shade(*country, tone, format!("{relation}; {hears}"));
        }
    }
    for one in told {
        let Some(partner) = partners.get(&one.partner_id) else { continue };
        map.mark(Mark {
            at: partner.mandate.scope.clone(),
            tone: if one.hold.is_some() { Tone::Warn } else { Tone::Plain },
            text: format!("{}: {}", one.name, one.share.label()),
            href: Some(format!("/alerts/{}/explain/{}", alert.id, one.partner_id)),
        });
    }
    map.svg()
}

fn render(preview: Preview, caller: &Principal, form: FormState, flash: Option<Flash>) -> Response {
    let Preview { alert, plan, inputs, gaps, router, last_override: _ } = preview;
    let by_id: HashMap<PartnerId, &Partner> = router.directory().partners.iter().map(|p| (p.id, p)).collect();
    let made = inputs.overrides.iter().filter_map(|made| {
        let what = match made.change {
            OverrideChange::Add { share: Share::Full } => "added, in full",
            OverrideChange::Add { share: Share::ObjectData } => "added, with object data",
            OverrideChange::Remove => "removed",
        };
        Some((made.partner_id, by_id.get(&made.partner_id)?.name.clone(), what, made.reason.clone()))
    });
    let made = made.collect();
    let title = format!("Before v{} of {} is released", alert.version, alert.content.0.reference);
    page(&AudiencePage {
        map: map(&alert, &plan.told, &gaps, &by_id),
        shell: Shell { flash, current: "/cases".to_owned(), ..Shell::new(title, caller) },
        partners: router.directory().partners.iter().map(|p| (p.id.to_string(), p.name.to_string())).collect(),
        alert,
        told: plan.told,
        not_told: plan.not_told,
        gaps,
        made,
        rules: plan.rule_set_version,
        revision: plan.directory_revision,
        form,
        officer: caller.role == Role::Officer,
    })
}

/// Records a decision about one partner.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
    form: Form<OverrideBody>,
) -> Result<Response, PageError> {
    match override_partner(&deps, officer.account_id, id, &form.value).await {
        Ok(_) => Ok(redirect(&format!("/alerts/{id}/audience?done=decided"))),
        Err(OverrideError::Fields(errors)) => {
            let preview = preview(&deps, id, officer.account_id).await.map_err(Problem::from)?;
            let shown = render(preview, &officer, FormState::new(form.typed, &errors), None);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
