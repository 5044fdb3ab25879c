//! The way back of an object, and the time limits on it. Pure: a limit is computed from facts that somebody confirmed,
//! anew each time, and never from what is supposed.
//!
//! A date that comes out of here is a reminder to ask a lawyer. Whether an instrument applies, whether it is in force
//! between the states concerned and whether a declaration of one of them changes the period is not known here, so each
//! is shown with its text ([`TimeLimit::text`]) and with what started it, and never as advice.

use crate::codes::{Event, LegalInstrument, ObjectFlag, ObjectStatus, Route, TimeLimit, WayStep};
use crate::text::Line;
use crate::{CivilDate, Country};
use serde::{Deserialize, Serialize};

/// Somebody with a part in a restitution. Who possesses an object is investigation data (class D), so it is stored and
/// passed on within [`crate::sighting::Restricted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The name of a person, an authority, a state.
    pub name: Line,
    /// Where.
    pub country: Option<Country>,
    /// How it is reached.
    pub contact: Option<Line>,
}

impl Party {
    /// What stays of one who was erased: that there was somebody.
    pub fn erased() -> Self {
        Self { name: Line::erased(), country: None, contact: None }
    }
}

/// Something that happened on the way, as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub step: WayStep,
    /// When.
    pub on: CivilDate,
    /// Whether an officer confirmed it on evidence. What is not confirmed starts and stops nothing.
    pub confirmed: bool,
}

/// What limits are computed from.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// What happened to the object.
    pub event: Event,
    /// What is true of it.
    pub flags: &'a [ObjectFlag],
    /// What the claim relies on.
    pub instruments: &'a [LegalInstrument],
    /// What happened on the way.
    pub happened: &'a [Happened],
}

/// A time limit that runs, ran out or was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalClock {
    /// Which.
    pub limit: TimeLimit,
    /// The day that started it.
    pub started_on: CivilDate,
    /// Its last day.
    pub due_on: CivilDate,
    /// The days on which the desk is reminded, soonest first.
    pub warnings: Vec<CivilDate>,
    /// What stopped it, and when.
    pub stopped_by: Option<(WayStep, CivilDate)>,
}

impl LegalClock {
    /// The first reminder after a day.
    pub fn next_warning(&self, after: Option<CivilDate>) -> Option<CivilDate> {
        self.warnings.iter().copied().find(|day| after.is_none_or(|after| *day > after))
    }
}

impl TimeLimit {
    /// The instrument it stands in.
    pub fn instrument(self) -> LegalInstrument {
        match self {
            Self::StolenKnowledge | Self::StolenTheft | Self::ExportedKnowledge | Self::ExportedExport => {
                LegalInstrument::Unidroit1995
            }
            Self::DirectiveCheck | Self::DirectiveKnowledge | Self::DirectiveRemoval | Self::DirectiveCollection => {
                LegalInstrument::Directive2014
            }
            Self::IcprcpReply => LegalInstrument::Icprcp,
        }
    }

    /// Where it is written, and what is written there, in brief.
    pub fn text(self) -> &'static str {
        match self {
            Self::StolenKnowledge => {
                "UNIDROIT Convention 1995, article 3(3): within three years from the time when the claimant knew the \
                 location of the cultural object and the identity of its possessor"
            }
            Self::StolenTheft => {
                "UNIDROIT Convention 1995, article 3(3): in any case within fifty years from the time of the theft; \
                 not for objects under article 3(4) and (8); states may declare 75 years or more (3(5))"
            }
            Self::ExportedKnowledge => {
                "UNIDROIT Convention 1995, article 5(5): within three years from the time when the requesting State \
                 knew the location of the cultural object and the identity of its possessor"
            }
            Self::ExportedExport => {
                "UNIDROIT Convention 1995, article 5(5): in any case within fifty years from the date of the export, \
                 or from the date on which the object should have been returned under a permit"
            }
            Self::DirectiveCheck => {
                "Directive 2014/60/EU, article 5: the requesting Member State checks within six months of the \
                 notification that the object is a cultural object; otherwise the duties of the holding state to \
                 preserve it lapse"
            }
            Self::DirectiveKnowledge => {
                "Directive 2014/60/EU, article 8(1): no return proceedings more than three years after the competent \
                 central authority of the requesting Member State became aware of the location of the cultural object \
                 and of the identity of its possessor or holder"
            }
            Self::DirectiveRemoval => {
                "Directive 2014/60/EU, article 8(1): in any event no return proceedings more than thirty years after \
                 the object was unlawfully removed from the territory of the requesting Member State; another limit \
                 for public collections and protected inventories of religious institutions; for removals since \
                 1 January 1993 (article 14)"
            }
            Self::DirectiveCollection => {
                "Directive 2014/60/EU, article 8(1): seventy-five years for objects of public collections (article \
                 2(8)) and of inventories of ecclesiastical or other religious institutions under special protection \
                 by national law; no limit in Member States that have none, a longer one where a bilateral agreement \
                 says so; for removals since 1 January 1993 (article 14)"
            }
            Self::IcprcpReply => {
                "Standard form concerning requests for return or restitution (ICPRCP, 1986): the holding state \
                 answers on the form within one year"
            }
        }
    }

    /// The facts that together start it.
    fn started_by(self) -> &'static [WayStep] {
        match self {
            Self::StolenKnowledge | Self::ExportedKnowledge => &[WayStep::LocationKnown, WayStep::PossessorKnown],
            Self::StolenTheft | Self::ExportedExport => &[WayStep::LossDated],
            Self::DirectiveCheck => &[WayStep::DiscoveryNotified],
            Self::DirectiveKnowledge => &[WayStep::AuthorityKnows],
            Self::DirectiveRemoval | Self::DirectiveCollection => &[WayStep::RemovalDated],
            Self::IcprcpReply => &[WayStep::FormTransmitted],
        }
    }

    /// The facts of which any one stops it, besides the end of the claim.
    fn stopped_by(self) -> &'static [WayStep] {
        match self {
            Self::StolenKnowledge
            | Self::StolenTheft
            | Self::ExportedKnowledge
            | Self::ExportedExport
            | Self::DirectiveKnowledge
            | Self::DirectiveRemoval
            | Self::DirectiveCollection => &[WayStep::ProceedingsBegun],
            Self::DirectiveCheck => &[WayStep::ObjectChecked],
            Self::IcprcpReply => &[WayStep::ReplyReceived],
        }
    }

    /// How long it runs, in months.
    fn months(self) -> i32 {
        match self {
            Self::StolenKnowledge | Self::ExportedKnowledge | Self::DirectiveKnowledge => 36,
            Self::StolenTheft | Self::ExportedExport => 600,
            Self::DirectiveRemoval => 360,
            Self::DirectiveCollection => 900,
            Self::DirectiveCheck => 6,
            Self::IcprcpReply => 12,
        }
    }

    /// How many days before its last day the desk is reminded.
    fn reminders(self) -> &'static [i32] {
        match self {
            Self::StolenKnowledge | Self::ExportedKnowledge | Self::DirectiveKnowledge => &[365, 182, 91, 30, 7],
            Self::StolenTheft | Self::ExportedExport | Self::DirectiveRemoval | Self::DirectiveCollection => {
                &[1826, 730, 365, 182, 91, 30, 7]
            }
            Self::DirectiveCheck => &[61, 30, 14, 3],
            Self::IcprcpReply => &[91, 30, 7],
        }
    }

    /// Whether it can run for such a claim at all.
    fn concerns(self, claim: &Claim<'_>) -> bool {
        if !claim.instruments.contains(&self.instrument()) {
            return false;
        }
        let exported = claim.event == Event::IllicitExport;
        // Like every fact here: only what was confirmed counts.
        let of_collection = first(claim.happened, WayStep::PublicCollection).is_some();
        match self {
            Self::StolenKnowledge => !exported,
            // Sacred or communal objects, monuments and sites, public collections: three years from knowledge and nothing else.
            Self::StolenTheft => {
                let unlimited = [ObjectFlag::SacredOrCommunal, ObjectFlag::WorldHeritageSite, ObjectFlag::Inventoried];
                !exported && !of_collection && !claim.flags.iter().any(|flag| unlimited.contains(flag))
            }
            Self::ExportedKnowledge | Self::ExportedExport => exported,
            Self::DirectiveRemoval => !of_collection,
            Self::DirectiveCollection => of_collection,
            Self::DirectiveCheck | Self::DirectiveKnowledge | Self::IcprcpReply => true,
        }
    }

    /// Every reminder of a limit that ends on a day, soonest first.
    fn warnings(self, due: CivilDate) -> Vec<CivilDate> {
        let before = |days: &i32| CivilDate::new(due.to_jiff().saturating_sub(jiff::Span::new().days(*days)));
        self.reminders().iter().map(before).collect()
    }
}

/// The last day of a period of months: the day of the same number, or the last one of a month that has none.
fn after_months(day: CivilDate, months: i32) -> CivilDate {
    CivilDate::new(day.to_jiff().saturating_add(jiff::Span::new().months(months)))
}

/// The first day on which a step happened that somebody confirmed.
fn first(happened: &[Happened], step: WayStep) -> Option<CivilDate> {
    happened.iter().filter(|one| one.confirmed && one.step == step).map(|one| one.on).min()
}

/// Every time limit of a claim that confirmed facts have started.
pub fn clocks(claim: &Claim<'_>) -> Vec<LegalClock> {
    let ends = [WayStep::Returned, WayStep::LeftByAgreement, WayStep::Dropped];
    let one = |limit: &TimeLimit| {
        if !limit.concerns(claim) {
            return None;
        }
        // All of them: knowing where an object is starts nothing while nobody knows who has it.
        let days: Option<Vec<_>> = limit.started_by().iter().map(|step| first(claim.happened, *step)).collect();
        let started_on = days?.into_iter().max()?;
        let due_on = after_months(started_on, limit.months());
        let stops = limit.stopped_by().iter().chain(&ends);
        let stopped_by =
            stops.filter_map(|step| Some((*step, first(claim.happened, *step)?))).min_by_key(|(_, day)| *day);
        Some(LegalClock { limit: *limit, started_on, due_on, warnings: limit.warnings(due_on), stopped_by })
    };
    TimeLimit::ALL.iter().filter_map(one).collect()
}

impl Route {
    /// What a claim by this route relies on by itself.
    pub fn instruments(self) -> &'static [LegalInstrument] {
        match self {
            Self::Unidroit1995 => &[LegalInstrument::Unidroit1995],
            Self::Directive2014 => &[LegalInstrument::Directive2014],
            Self::Icprcp => &[LegalInstrument::Icprcp],
            Self::Bilateral | Self::Court | Self::Mediation => &[],
        }
    }
}

impl WayStep {
    /// Whether it ends the restitution, and where the object stands then.
    pub fn end(self) -> Option<ObjectStatus> {
        match self {
            Self::Returned => Some(ObjectStatus::Returned),
            Self::LeftByAgreement => Some(ObjectStatus::LeftByAgreement),
            // It goes on being what it was: an object that is where it should not be.
            Self::Dropped => Some(ObjectStatus::Recovered),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn on(step: WayStep, day: &str) -> Happened {
        Happened { step, on: self::day(day), confirmed: true }
    }

    fn of(event: Event, instrument: LegalInstrument, happened: &[Happened]) -> Vec<LegalClock> {
        clocks(&Claim { event, flags: &[], instruments: &[instrument], happened })
    }

    #[test]
    fn each_limit_runs_from_its_own_facts_for_its_own_time() {
        use WayStep as S;
        let unidroit = LegalInstrument::Unidroit1995;
        let (place, holder) = (on(S::LocationKnown, "2026-03-01"), on(S::PossessorKnown, "2026-05-31"));
        for (event, instrument, happened, limit, started, due) in [
            (Event::Theft, unidroit, vec![place, holder], "unidroit_3_3_knowledge", "2026-05-31", "2029-05-31"),
            (
                Event::Theft,
                unidroit,
                vec![on(S::LossDated, "2024-02-29")],
                "unidroit_3_3_theft",
                "2024-02-29",
                "2074-02-28",
            ),
            (Event::IllicitExport, unidroit, vec![holder, place], "unidroit_5_5_knowledge", "2026-05-31", "2029-05-31"),
            (
                Event::IllicitExport,
                unidroit,
                vec![on(S::LossDated, "2001-01-31")],
                "unidroit_5_5_export",
                "2001-01-31",
                "2051-01-31",
            ),
            (
                Event::Theft,
                LegalInstrument::Directive2014,
                vec![on(S::DiscoveryNotified, "2026-08-31")],
                "directive_5_3_check",
                "2026-08-31",
                "2027-02-28",
            ),
            (
                Event::IllicitExport,
                LegalInstrument::Directive2014,
                vec![on(S::AuthorityKnows, "2024-02-29")],
                "directive_8_1_knowledge",
                "2024-02-29",
                "2027-02-28",
            ),
            (
                Event::Theft,
                LegalInstrument::Directive2014,
                vec![on(S::RemovalDated, "1996-05-31")],
                "directive_8_1_removal",
                "1996-05-31",
                "2026-05-31",
            ),
            (
                Event::Theft,
                LegalInstrument::Directive2014,
                // When it was established starts nothing: the removal does.
                vec![on(S::PublicCollection, "2026-01-10"), on(S::RemovalDated, "1996-05-31")],
                "directive_8_1_collection",
                "1996-05-31",
                "2071-05-31",
            ),
            (
                Event::Theft,
                LegalInstrument::Icprcp,
                vec![on(S::FormTransmitted, "2026-11-23")],
                "icprcp_reply",
                "2026-11-23",
                "2027-11-23",
            ),
        ] {
            let found = of(event, instrument, &happened);
            assert_eq!(found.len(), 1, "{limit}");
            let clock = &found[0];
            assert_eq!((clock.limit.as_str(), clock.started_on, clock.due_on), (limit, day(started), day(due)));
            assert_eq!(clock.stopped_by, None, "{limit}");
            assert!(clock.warnings.is_sorted() && clock.warnings.iter().all(|one| *one < clock.due_on), "{limit}");
            assert!(clock.warnings.iter().all(|one| *one > clock.started_on), "{limit}");
            assert!(clock.limit.text().contains(char::is_numeric), "{limit}: names its article");
        }
    }

    #[test]
    fn what_is_only_supposed_starts_and_stops_nothing() {
        use WayStep as S;
        let supposed = |step, day| Happened { confirmed: false, ..on(step, day) };
        let directive = LegalInstrument::Directive2014;
        assert!(of(Event::Theft, directive, &[supposed(S::DiscoveryNotified, "2026-01-01")]).is_empty());
        let happened = [on(S::DiscoveryNotified, "2026-01-01"), supposed(S::ObjectChecked, "2026-02-01")];
        assert_eq!(of(Event::Theft, directive, &happened)[0].stopped_by, None);
        let happened = [on(S::DiscoveryNotified, "2026-01-01"), on(S::ObjectChecked, "2026-02-01")];
        let stopped = of(Event::Theft, directive, &happened)[0].stopped_by;
        assert_eq!(stopped, Some((S::ObjectChecked, day("2026-02-01"))));
        // Knowing one of two is not knowing.
        for one in [S::LocationKnown, S::PossessorKnown] {
            assert!(of(Event::Theft, LegalInstrument::Unidroit1995, &[on(one, "2026-01-01")]).is_empty());
        }
        // A claim that does not rely on it has no such clock.
        assert!(of(Event::Theft, LegalInstrument::Icprcp, &happened).is_empty());
    }

    #[test]
    fn sacred_objects_have_no_limit_from_the_theft_and_every_end_stops_all() {
        use WayStep as S;
        let happened =
            [on(S::LossDated, "2020-01-01"), on(S::LocationKnown, "2026-01-01"), on(S::PossessorKnown, "2026-01-01")];
        let claim = Claim {
            event: Event::Theft,
            flags: &[ObjectFlag::SacredOrCommunal],
            instruments: &[LegalInstrument::Unidroit1995],
            happened: &happened,
        };
        let limits: Vec<_> = clocks(&claim).iter().map(|clock| clock.limit).collect();
        assert_eq!(limits, [TimeLimit::StolenKnowledge]);
        assert_eq!(clocks(&Claim { flags: &[], ..claim }).len(), 2);
        for end in S::ALL.iter().filter(|step| step.end().is_some()) {
            let mut all = happened.to_vec();
            all.push(on(*end, "2026-06-01"));
            for clock in clocks(&Claim { flags: &[], happened: &all, ..claim }) {
                assert_eq!(clock.stopped_by, Some((*end, day("2026-06-01"))));
            }
        }
    }

    #[test]
    fn seventy_five_years_run_only_where_a_public_collection_was_confirmed() {
        use WayStep as S;
        let directive = LegalInstrument::Directive2014;
        let removed = on(S::RemovalDated, "2001-01-01");
        let supposed = Happened { confirmed: false, ..on(S::PublicCollection, "2026-01-01") };
        let limits = |happened: &[Happened]| -> Vec<_> {
            of(Event::Theft, directive, happened).iter().map(|clock| clock.limit).collect()
        };
        assert_eq!(limits(&[removed, supposed]), [TimeLimit::DirectiveRemoval]);
        assert_eq!(limits(&[removed, on(S::PublicCollection, "2026-01-01")]), [TimeLimit::DirectiveCollection]);
        assert!(limits(&[on(S::PublicCollection, "2026-01-01")]).is_empty(), "nothing starts it");
        // What the claimant knows is not what the central authority knows, and a theft is no removal from the territory.
        let of_the_claimant =
            [on(S::LocationKnown, "2026-01-01"), on(S::PossessorKnown, "2026-01-01"), on(S::LossDated, "2020-01-01")];
        assert!(limits(&of_the_claimant).is_empty());
        // Of all three, proceedings stop what runs.
        let begun = [removed, on(S::AuthorityKnows, "2026-01-01"), on(S::ProceedingsBegun, "2026-03-01")];
        for clock in of(Event::Theft, directive, &begun) {
            assert_eq!(clock.stopped_by, Some((S::ProceedingsBegun, day("2026-03-01"))), "{}", clock.limit);
        }
        // Nor does the Convention limit claims for public collections from the theft.
        let stolen = [on(S::LossDated, "2020-01-01"), on(S::PublicCollection, "2026-01-01")];
        assert!(of(Event::Theft, LegalInstrument::Unidroit1995, &stolen).is_empty());
    }

    #[test]
    fn reminders_come_one_after_the_other() {
        let happened = [on(WayStep::FormTransmitted, "2026-11-23")];
        let clock = of(Event::Theft, LegalInstrument::Icprcp, &happened).remove(0);
        let mut seen = Vec::new();
        let mut last = None;
        while let Some(next) = clock.next_warning(last) {
            seen.push(next.to_string());
            last = Some(next);
        }
        assert_eq!(seen, ["2027-08-24", "2027-10-24", "2027-11-16"]);
    }
}
