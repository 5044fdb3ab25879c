//! The cases that are kept beside the rules, and the partners they are tried on.

use std::collections::HashMap;

use domain::codes::{AlertKind, Certainty, LegalGround, Reach, Share, Urgency};
use domain::ids::{AlertId, CaseId, ContactId, PartnerId, Uuid};
use domain::partner::{Categories, Contact, Directory, LegalBasis, Mandate, Partner};
use domain::plan::{EarlierTold, PlanInputs};
use domain::scope::ScopeSet;
use domain::text::Line;
use domain::{CivilDate, Label, alert::AlertFacts, case::LossInterval};
use toml::Spanned;

use super::text::{AlertText, CaseText, PartnerText, SetText};
use super::{Check, MAX_CASES, place, shortened};
use crate::import::default_clearance;
use crate::rules::check::{Expected, PolicyCase};

impl Check<'_> {
    /// The cases. All are tried on the same partners.
    pub(super) fn cases(&mut self, read: &SetText) -> Vec<PolicyCase> {
        for (list, count) in [("[[partner]]", read.partner.len()), ("[[case]]", read.case.len())] {
            if count > MAX_CASES {
                self.push(0, None, &format!("must have at most {MAX_CASES} {list}, this has {count}"));
            }
        }
        let mut partners = Vec::new();
        let mut ids = HashMap::new();
        for (number, spanned) in (1_u128..).zip(read.partner.iter().take(MAX_CASES)) {
            let text = spanned.get_ref();
            self.part = Some(format!("partner {}", shortened(text.name.get_ref())));
            if let Some(partner) = self.partner(number, text) {
                if ids.insert(partner.name.to_string(), partner.id).is_some() {
                    self.push(text.name.span().start, Some("name"), "is the name of an earlier partner too");
                }
                partners.push(partner);
            }
        }
        let directory = std::sync::Arc::new(Directory { revision: 0, partners });
        let mut cases = Vec::new();
        for (number, spanned) in (1_u128..).zip(read.case.iter().take(MAX_CASES)) {
            let text = spanned.get_ref();
            self.part = Some(format!("case {}", shortened(text.name.get_ref())));
            cases.extend(self.case(number, text, &ids, &directory));
        }
        self.part = None;
        cases
    }

    fn partner(&mut self, number: u128, text: &PartnerText) -> Option<Partner> {
        let name: Option<Line> = self.one("name", &text.name);
        let kind = self.one("kind", &text.kind);
        let scope = self.one("scope", &text.scope);
        let events = self.list("events", &text.events);
        let keywords = self.list("keywords", &text.keywords);
        let categories = match &text.categories {
            None => Categories::All,
            Some(items) => Categories::Only(self.list("categories", items)),
        };
        let clearance: Option<Label> = self.maybe("clearance", text.clearance.as_ref());
        let kind = kind?;
        let clearance = clearance.unwrap_or_else(|| default_clearance(kind));
        // Identifiers follow from the position, so that a text always gives the same cases.
        let address = "alerts@partner.example".parse().expect("a constant address that obeys the rule");
        let contact = Contact::mailbox(ContactId::from_stored(Uuid::from_u128(number)), address, clearance);
        let id = PartnerId::from_stored(Uuid::from_u128(number));
        let scope: ScopeSet = scope?;
        Some(Partner {
            mandate: Mandate { scope: scope.clone(), keywords, categories, events },
            clearance,
            contacts: vec![contact],
            legal_basis: text.legal_basis.then_some(LegalBasis { ground: LegalGround::Agreement, reference: None }),
            ..Partner::bare(id, name?, kind, scope)
        })
    }

    fn case(
        &mut self,
        number: u128,
        text: &CaseText,
        ids: &HashMap<String, PartnerId>,
        directory: &std::sync::Arc<Directory>,
    ) -> Option<PolicyCase> {
        let name: Option<Line> = self.one("name", &text.name);
        let named = |check: &mut Self, field: &str, item: &Spanned<String>| {
            let found = ids.get(item.get_ref().trim()).copied();
            if found.is_none() {
                check.push(
                    item.span().start,
                    Some(field),
                    &format!("{:?} is no [[partner]]", shortened(item.get_ref())),
                );
            }
            found
        };
        let mut earlier = Vec::new();
        for (partner, share) in &text.before {
            let (id, share) = (named(self, "before", partner), self.one::<Share>("before", share));
            if let (Some(partner_id), Some(share)) = (id, share) {
                earlier.push(EarlierTold { partner_id, version: 1, share });
            }
        }
        let mut told = Vec::new();
        for (partner, share) in &text.told {
            let (id, share) = (named(self, "told", partner), self.one::<Share>("told", share));
            told.extend(id.zip(share));
        }
        let mut held = Vec::new();
        for partner in &text.held {
            held.extend(named(self, "held", partner));
        }
        let facts = self.facts(number, &text.alert, !earlier.is_empty())?;
        Some(PolicyCase {
            name: name?,
            line: place(self.text, text.name.span().start).0,
            inputs: PlanInputs { earlier, two_officers: !text.alert.one_officer, ..PlanInputs::default() },
            facts,
            directory: directory.clone(),
            expected: Expected { told, held },
        })
    }

    fn facts(&mut self, number: u128, text: &AlertText, follow_up: bool) -> Option<AlertFacts> {
        let country = self.one("alert.country", &text.country);
        let earliest: Option<CivilDate> = self.maybe("alert.lost", text.lost.as_ref());
        let latest: Option<CivilDate> = self.maybe("alert.lost_until", text.lost_until.as_ref());
        let earliest = earliest.unwrap_or_else(|| "2026-01-01".parse().expect("a constant date that obeys the rule"));
        Some(AlertFacts {
            alert_id: AlertId::from_stored(Uuid::from_u128(number)),
            case_id: CaseId::from_stored(Uuid::from_u128(number)),
            version: if follow_up { 2 } else { 1 },
            kind: self.maybe("alert.kind", text.kind.as_ref()).unwrap_or(AlertKind::Alert),
            reach: self.maybe("alert.reach", text.reach.as_ref()).unwrap_or(Reach::All),
            label: self.maybe("alert.label", text.label.as_ref()).unwrap_or(Label::AmberStrict),
            event: self.one("alert.event", &text.event)?,
            country: country?,
            origins: self.list("alert.origins", &text.origins),
            route: self.list("alert.route", &text.route),
            destinations: self.list("alert.destinations", &text.destinations),
            categories: self.list("alert.categories", &text.categories),
            flags: self.list("alert.flags", &text.flags),
            loss: LossInterval { earliest, latest: latest.unwrap_or(earliest), discovered: None },
            certainty: self.maybe("alert.certainty", text.certainty.as_ref()).unwrap_or(Certainty::Likely),
            urgency: self.maybe("alert.urgency", text.urgency.as_ref()).unwrap_or(Urgency::Expected),
            changed: Vec::new(),
        })
    }
}
