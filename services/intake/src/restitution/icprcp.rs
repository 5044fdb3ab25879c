//! What the standard form of the Intergovernmental Committee (ICPRCP, 1986) asks for, of one object: one object a form,
//! and only after bilateral talks were opened and brought no result. Pure, but for reading.

use domain::case::{CaseReference, Circumstances};
use domain::codes::{PartyRole, Reading, WayStep};
use domain::ids::RestitutionId;
use domain::object::ObjectDescription;
use domain::sighting::NeedToKnow;
use domain::text::{Line, Prose};
use domain::{CivilDate, Language};
use serde::Serialize;
use store::photos::PhotoRow;
use store::{cases, photos, restitutions};
use utoipa::ToSchema;
use web::{Principal, Problem};

use super::view::{DocumentView, PartyView, RestitutionView, WayStepView};
use crate::Deps;
use crate::access::{reader, sight};
use crate::reading::note_reading;

/// What the form asks for, as far as it is known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IcprcpForm {
    /// Which form.
    pub form: String,
    /// What it must be compared with before it is sent.
    pub caution: String,
    /// The day it was filled in.
    #[schema(value_type = String, format = Date)]
    pub filled_in_on: CivilDate,
    /// The case.
    #[schema(value_type = String, example = "TOC-2026-000123")]
    pub reference: CaseReference,
    /// The number of the object in the case.
    pub object_number: i64,
    /// The requesting state.
    pub requesting_state: Option<PartyView>,
    /// The holding state.
    pub holding_state: Option<PartyView>,
    /// Who has it now.
    pub possessor: Option<PartyView>,
    /// The object, by Object ID.
    #[schema(value_type = Object)]
    pub object: ObjectDescription,
    /// Its photographs: SHA-256 of each original.
    pub photographs: Vec<String>,
    /// How it was lost: by headings.
    pub history: Vec<Entry>,
    /// Why it matters: by headings.
    pub significance: Vec<Entry>,
    /// What the claim rests on.
    pub legal_basis: Vec<String>,
    /// The documents, by their fingerprints.
    pub documentation: Vec<DocumentView>,
    /// The talks so far.
    pub talks: Vec<WayStepView>,
    /// What the form asks for and is not known, in words.
    pub missing: Vec<String>,
}

/// One line under a heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// The heading.
    pub heading: String,
    /// What is known.
    pub text: String,
}

fn entry(heading: &str, text: impl ToString) -> Entry {
    Entry { heading: heading.to_owned(), text: text.to_string() }
}

/// What a form is filled in from.
struct Source {
    reference: CaseReference,
    number: i64,
    loss: String,
    circumstances: Circumstances,
    object: ObjectDescription,
    photos: Vec<PhotoRow>,
    restitution: RestitutionView,
}

impl IcprcpForm {
    /// Fills the form in for somebody who needs to know.
    pub(crate) async fn read(deps: &Deps, who: &Principal, id: RestitutionId) -> Result<Self, Problem> {
        let unknown = || Problem::not_found("restitution");
        let mut tx = deps.db.read().await?;
        let row = restitutions::find(&mut tx, id).await?.ok_or_else(unknown)?;
        let case = cases::find(&mut tx, row.case_id).await?.ok_or_else(unknown)?;
        sight(who, case.institution_id).ok_or_else(unknown)?;
        let reader = reader(who, case.institution_id);
        // It names the possessor: whoever need not know gets no form.
        NeedToKnow::of(reader, None).ok_or_else(unknown)?;
        let objects = cases::objects(&mut tx, case.id).await?;
        let object = objects.into_iter().find(|one| one.id == row.object_id).ok_or_else(unknown)?;
        let circumstances = cases::circumstances(&mut tx, case.id).await?.ok_or_else(unknown)?;
        let photos = photos::of_object(&mut tx, object.id).await?;
        let today = deps.clock.today();
        let restitution = RestitutionView::read(&mut tx, row, reader, today).await?;
        tx.commit().await?;
        note_reading(deps, who, case.id, Reading::Restitution).await?;
        let (earliest, latest) = (case.lost_earliest, case.lost_latest);
        let loss = if earliest == latest { earliest.to_string() } else { format!("between {earliest} and {latest}") };
        let source = Source {
            reference: case.reference,
            number: object.ordinal,
            loss,
            circumstances,
            object: object.description.0,
            photos,
            restitution,
        };
        Ok(Self::fill_in(source, today))
    }

    fn fill_in(source: Source, filled_in_on: CivilDate) -> Self {
        let Source { reference, number, loss, circumstances, object, photos, restitution } = source;
        let party = |role: PartyRole| {
            restitution.parties.iter().find(|party| party.role == role && party.erased_at.is_none()).cloned()
        };
        let mut form = Self {
            form: "Standard form concerning requests for return or restitution (UNESCO, ICPRCP, 1986)".to_owned(),
            caution:
                "Prepared from the case; compare it with the present form and its guidelines before a state sends \
                      it. One object a form; a collection counts as one object."
                    .to_owned(),
            filled_in_on,
            reference,
            object_number: number,
            requesting_state: party(PartyRole::RequestingState),
            holding_state: party(PartyRole::HoldingState),
            possessor: party(PartyRole::Possessor),
            photographs: photos.iter().map(|photo| photo.original.to_string()).collect(),
            history: history(&circumstances, loss),
            significance: significance(&object),
            legal_basis: restitution.instruments.iter().map(|one| one.label().to_owned()).collect(),
            object,
            documentation: restitution.documents.into_iter().filter(|one| one.erased_at.is_none()).collect(),
            talks: restitution.steps,
            missing: Vec::new(),
        };
        form.missing = form.what_is_missing();
        form
    }

    fn what_is_missing(&self) -> Vec<String> {
        let happened = |step| self.talks.iter().any(|one| one.confirmed && one.step == step);
        let checks = [
            (self.requesting_state.is_some(), "the requesting state"),
            (self.holding_state.is_some(), "the holding state"),
            (self.possessor.is_some(), "who has the object now"),
            (!self.photographs.is_empty(), "a photograph of the object"),
            (self.object.description.is_some(), "a description of the object in words"),
            (!self.object.measurements.is_empty(), "its measurements"),
            (!self.significance.is_empty(), "its significance to the requesting state"),
            (!self.documentation.is_empty(), "a document"),
            (happened(WayStep::TalksOpened), "the opening of bilateral talks, confirmed: the form is for afterwards"),
            (happened(WayStep::TalksFailed), "that the talks brought no result, confirmed"),
        ];
        checks.iter().filter(|(known, _)| !known).map(|(_, what)| (*what).to_owned()).collect()
    }

    /// The object's description, line by line.
    pub(crate) fn description(&self) -> Vec<Entry> {
        let object = &self.object;
        let mut lines = vec![entry("Title", &object.title), entry("Type", object.object_type.label())];
        let mut say = |heading: &str, text: Option<String>| lines.extend(text.map(|text| entry(heading, text)));
        let line = |text: &Option<Line>| text.as_ref().map(Line::to_string);
        let prose = |text: &Option<Prose>| text.as_ref().map(Prose::to_string);
        say("Type in detail", line(&object.type_detail));
        say("Materials and techniques", line(&object.materials));
        let measured = object.measurements.iter();
        let measured = measured.map(|m| format!("{} {}", m.dimension().label().to_lowercase(), m.for_reader(".")));
        let measured = measured.collect::<Vec<_>>().join("; ");
        say("Measurements", Some(measured).filter(|text| !text.is_empty()));
        say("Inscriptions and markings", prose(&object.inscriptions));
        say("Distinguishing features", prose(&object.distinguishing_features));
        say("Subject", line(&object.subject));
        say("Date or period", line(&object.date_or_period));
        say("Maker or culture", line(&object.maker));
        say("Inventory number", line(&object.inventory_number));
        say("Country of origin", object.origin_country.map(|country| country.name(Language::ENGLISH).to_owned()));
        say("Place of origin", line(&object.origin_text));
        say("Description", prose(&object.description));
        lines
    }
}

fn history(circumstances: &Circumstances, loss: String) -> Vec<Entry> {
    let mut lines = vec![
        entry("Holder", &circumstances.holder),
        entry("Lost", loss),
        entry("Place", &circumstances.place),
        entry("How it was lost", circumstances.method.label()),
    ];
    if let domain::case::PoliceReference::Known(reference) = &circumstances.police_reference {
        lines.push(entry("Reference of the police", reference));
    }
    lines.extend(circumstances.narrative.as_ref().map(|text| entry("Narrative", text)));
    lines
}

fn significance(object: &ObjectDescription) -> Vec<Entry> {
    let mut lines: Vec<_> = object.flags.iter().map(|flag| entry("Status", flag.label())).collect();
    lines.extend(object.related_material.as_ref().map(|text| entry("Written on it", text)));
    lines
}
