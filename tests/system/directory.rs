//! The directory changes in the middle of an alert: removals act at the last gate, additions wait, changed addresses are
//! held, and everybody else is told once.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bus::{Bell, deliver};
use contracts::events::{AlertReleasedV1, PlanFrozenV1};
use contracts::{Envelope, Event, Service};
use domain::alert::{AlertFacts, ObjectContent};
use domain::case::{Circumstances, LossInterval, PoliceReference};
use domain::codes::{
    AlertKind, AlertState, CaseState, Certainty, Event as CaseEvent, LossMethod, ObjectType, Premises, Reach,
    RevisionSource, Urgency,
};
use domain::delivery::DeliveryState;
use domain::details::Details;
use domain::ids::{AccountId, AlertId, CaseId, InstitutionId};
use domain::time::FixedClock;
use domain::{Clock, Label, Language, Timestamp};
use notifier::{Backend, LinkKey, OnPlanFrozen, Sender, SmtpConfig};
use routing::{
    By, Choice, DEFAULT_RULES, OnAlertReleased, approve_change, draft_rules, import_directory, install_default,
    release_rules, take_file,
};
use store::alerts::AlertRow;
use store::cases::CaseRow;
use store::{Db, DbOptions, alerts, cases, deliveries, outbox, partners, plans, reports};
use testkit::sink::{Rule, SmtpSink, Stage};

const PARTNERS: usize = 1_000;

/// Routing and notifier on one database, with the clock in hand.
pub struct Here {
    pub routing: routing::Deps,
    pub notifier: notifier::Deps,
    pub hand: FixedClock,
    pub sink: SmtpSink,
    _folder: tempfile::TempDir,
}

fn circumstances() -> Circumstances {
    Circumstances {
        holder: "A museum".parse().unwrap(),
        premises: Premises::Museum,
        subdivision: None,
        place: "Ouagadougou".parse().unwrap(),
        method: LossMethod::Burglary,
        police_reference: PoliceReference::Known("BF-7".parse().unwrap()),
        authority_informed: None,
        authority_informed_on: None,
        narrative: None,
        details: Details::Theft,
    }
}

impl Here {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("tocsin.db").display());
        let db = Db::connect(&url, &DbOptions::default()).await.unwrap();
        store::migrate(&db).await.unwrap();
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let sink = SmtpSink::start().await.unwrap();
        let config = notifier::Config {
            backend: Backend::Smtp,
            smtp: SmtpConfig { port: sink.port(), hello: Some("directory.test".to_owned()), ..SmtpConfig::default() },
            ..notifier::Config::default()
        };
        let routing = routing::Deps {
            db: db.clone(),
            clock: clock.clone(),
            bell: Bell::new(),
            config: Arc::default(),
            routers: routing::Routers::default(),
        };
        let notifier = notifier::Deps {
            persons_kept: None,
            db,
            clock,
            bell: Bell::new(),
            due: Bell::new(),
            config: Arc::new(config),
            link_key: LinkKey::new([7; 32]),
            darkroom: pictures::Darkroom::default(),
            blobs: blobs::Blobs::folder(folder.path().join("photos")).unwrap(),
            #[cfg(feature = "pdf")]
            printer: paper::Printer::default(),
        };
        Self { routing, notifier, hand, sink, _folder: folder }
    }

    /// A released alert of a theft in Burkina Faso, the case of a number; gives the fact of it.
    pub async fn released(&self, number: u32) -> (CaseId, Envelope) {
        let (clock, db) = (&self.routing.clock, &self.routing.db);
        let country = "BF".parse().unwrap();
        let day = "2026-11-20".parse().unwrap();
        let officer = AccountId::generate(clock);
        let case = CaseRow {
            id: CaseId::generate(clock),
            reference: format!("TOC-2026-{number:06}").parse().unwrap(),
            institution_id: InstitutionId::generate(clock),
            registered_by: officer,
            registered_at: clock.now(),
            state: CaseState::Active,
            event: CaseEvent::Theft,
            title: "Statuette".parse().unwrap(),
            language: Language::FRENCH,
            label: Label::Amber,
            country,
            lost_earliest: day,
            lost_latest: day,
            discovered: None,
            typology: None,
            updated_at: clock.now(),
        };
        let id = AlertId::generate(clock);
        let facts = AlertFacts {
            alert_id: id,
            case_id: case.id,
            version: 1,
            kind: AlertKind::Alert,
            reach: Reach::All,
            label: Label::Amber,
            event: CaseEvent::Theft,
            country,
            origins: vec![country],
            route: vec![],
            destinations: vec![],
            categories: vec![ObjectType::Ethnographic],
            flags: vec![],
            loss: LossInterval { earliest: day, latest: day, discovered: None },
            certainty: Certainty::Likely,
            urgency: Urgency::Immediate,
            changed: Vec::new(),
        };
        let content = ObjectContent {
            reference: case.reference,
            title: case.title.clone(),
            language: case.language,
            event: case.event,
            country,
            loss: LossInterval { earliest: day, latest: day, discovered: None },
            certainty: Certainty::Likely,
            urgency: Urgency::Immediate,
            message: None,
            typology: None,
            objects: vec![],
            named: vec![],
            others_missing: 0,
        };
        let alert = AlertRow {
            id,
            case_id: case.id,
            version: 1,
            kind: AlertKind::Alert,
            state: AlertState::Draft,
            reach: Reach::All,
            label: Label::Amber,
            facts: facts.into(),
            content: content.into(),
            drafted_by: officer,
            drafted_at: clock.now(),
            released_by: None,
            released_at: None,
            not_before: None,
        };
        let event = AlertReleasedV1 {
            alert_id: id,
            case_id: case.id,
            version: 1,
            kind: AlertKind::Alert,
            reach: Reach::All,
            label: Label::Amber,
            content_sha256: "00".repeat(32),
            drafted_by: officer,
            released_by: AccountId::generate(clock),
        };
        let mut tx = db.begin().await.unwrap();
        cases::insert(&mut tx, &case).await.unwrap();
        alerts::insert(&mut tx, &alert).await.unwrap();
        alerts::insert_circumstances(&mut tx, id, &circumstances()).await.unwrap();
        assert!(alerts::release(&mut tx, id, event.released_by, clock.now()).await.unwrap());
        let fact = outbox::record(&mut tx, Service::Intake, clock, &event).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        (case.id, outbox::find(&mut tx, fact).await.unwrap().unwrap().into_envelope())
    }

    /// The one fact of a kind.
    async fn fact(&self, kind: &str) -> Envelope {
        let mut facts = self.facts(kind).await;
        assert_eq!(facts.len(), 1, "{kind}");
        facts.remove(0)
    }

    /// Every fact of a kind.
    pub async fn facts(&self, kind: &str) -> Vec<Envelope> {
        let mut tx = self.routing.db.read().await.unwrap();
        let until = self.routing.clock.now().plus(Duration::from_secs(1));
        let rows =
            outbox::unhandled(&mut tx, "nobody", &[kind], Timestamp::from_micros(0), until, 10_000).await.unwrap();
        rows.into_iter().map(outbox::OutboxRow::into_envelope).collect()
    }

    async fn bring(&self, file: &str, by: By) -> routing::Imported {
        import_directory(&self.routing, file.as_bytes(), by, &"test".parse().unwrap()).await.unwrap()
    }

    async fn send(&self) {
        Sender::new(self.notifier.clone()).unwrap().run_once(self.routing.clock.now()).await.unwrap();
    }

    /// Addresses in a state.
    async fn addresses(&self, plan: &PlanFrozenV1, state: DeliveryState) -> BTreeSet<String> {
        let mut tx = self.routing.db.read().await.unwrap();
        let mut found = BTreeSet::new();
        for id in deliveries::of_plan(&mut tx, plan.plan_id).await.unwrap() {
            let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
            if row.state == state {
                found.insert(row.address.to_string());
            }
        }
        found
    }

    fn mailed(&self) -> Vec<String> {
        self.sink.messages().into_iter().flat_map(|mail| mail.recipients).collect()
    }
}

fn person() -> By {
    By { account: Some(AccountId::generate(&Clock::System)), source: RevisionSource::Form }
}

fn address(number: usize) -> String {
    format!("unit{number}@d{}.example", number % 200)
}

/// A directory file: partners by number, each with its address.
fn file(partners: impl Iterator<Item = (usize, String)>) -> String {
    let mut text =
        String::from("name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types,address\n");
    for (number, address) in partners {
        let kind = if number % 2 == 0 { "police" } else { "ngo" };
        writeln!(text, "Unit {number},{kind},BF,fr,investigation,*,theft,{address}").unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_edited_in_the_middle_of_a_thousand_mails_reaches_exactly_the_expected_set() {
    let here = Here::new().await;
    install_default(&here.routing).await.unwrap();
    // This alert is meant for a thousand; the limit of the default rules would hold most of them.
    let text = DEFAULT_RULES.replace("per_alert = 300", "per_alert = 2000");
    let rules = draft_rules(&here.routing, AccountId::generate(&Clock::System), &text).await.unwrap();
    release_rules(&here.routing, AccountId::generate(&Clock::System), rules).await.unwrap();
    let first = here.bring(&file((0..PARTNERS).map(|n| (n, address(n)))), person()).await;
    assert_eq!((first.added, first.waiting), (1_000, None), "an empty directory is filled at once");
    let (case, released) = here.released(1).await;
    let plans = OnAlertReleased::new(&here.routing);
    deliver(&here.routing.db, &here.routing.clock, &plans, &[released]).await.unwrap();
    let frozen = here.fact(PlanFrozenV1::KIND).await;
    let plan: PlanFrozenV1 = frozen.open().unwrap();
    assert_eq!(plan.told, 1_000);
    let due = OnPlanFrozen::new(&here.notifier);
    deliver(&here.routing.db, &here.routing.clock, &due, &[frozen]).await.unwrap();

    // Half of the mails leave, the other half is put off by the servers.
    here.sink.add(Rule::at(Stage::Rcpt).times(500).reply("451 4.7.1 greylisted"));
    here.send().await;
    let (sent, waiting) =
        (here.addresses(&plan, DeliveryState::Accepted).await, here.addresses(&plan, DeliveryState::Pending).await);
    assert_eq!((sent.len(), waiting.len()), (500, 500));

    // Now a new file: 0..100 are gone, 100..120 have moved, 120..125 claim to, 1000..1050 are new.
    let moved = |n: usize| if (100..125).contains(&n) { format!("new{n}@d0.example") } else { address(n) };
    let admin = person();
    let second = here.bring(&file((100..PARTNERS + 50).map(|n| (n, moved(n)))), admin).await;
    assert_eq!((second.added, second.changed, second.gone, second.conflicts), (50, 25, 100, 0));
    let mut tx = here.routing.db.read().await.unwrap();
    let directory = partners::directory(&mut tx).await.unwrap();
    drop(tx);
    let number = |name: &str| name.trim_start_matches("Unit ").parse::<usize>().unwrap();
    let gone = directory.partners.iter().filter(|partner| number(partner.name.as_str()) < 100);
    let choice = Choice { switch_off: gone.map(|partner| partner.id).collect(), ..Choice::default() };
    take_file(&here.routing, second.waiting.unwrap(), second.revision, &choice, admin).await.unwrap();
    // NGOs are off at once; police units, new and changed addresses wait for a second person, and the latter for a third.
    let mut tx = here.routing.db.read().await.unwrap();
    let open = partners::open_changes(&mut tx, 1_000).await.unwrap();
    drop(tx);
    assert_eq!(open.len(), 50 + 25 + 50, "half of the gone are police");
    for change in open.iter().filter(|change| number(change.partner_name.as_str()) < 120) {
        for _ in 0..2 {
            let agreed = AccountId::generate(&Clock::System);
            approve_change(&here.routing, change.id, agreed).await.unwrap();
        }
    }

    here.hand.advance(Duration::from_secs(3600));
    here.send().await;
    let off: BTreeSet<String> = (0..100).map(address).collect();
    let held: BTreeSet<String> = (100..120).map(address).collect();
    let expected: BTreeSet<String> =
        (0..PARTNERS).map(address).filter(|a| sent.contains(a) || !(off.contains(a) || held.contains(a))).collect();
    let mailed = here.mailed();
    assert_eq!(mailed.len(), expected.len(), "nobody twice");
    assert_eq!(mailed.into_iter().collect::<BTreeSet<_>>(), expected);
    let of = |set: &BTreeSet<String>| set.intersection(&waiting).cloned().collect::<BTreeSet<_>>();
    assert_eq!(here.addresses(&plan, DeliveryState::Cancelled).await, of(&off));
    assert_eq!(here.addresses(&plan, DeliveryState::Held).await, of(&held));
    let mut tx = here.routing.db.read().await.unwrap();
    assert!(reports::conservation(&mut tx, Some(plan.plan_id)).await.unwrap().holds());
    // The plan is read back with exactly the directory it was made from, whatever became of that since.
    let row = plans::of_alert(&mut tx, plan.alert_id).await.unwrap().unwrap();
    let then = partners::as_of(&mut tx, row.directory_revision).await.unwrap();
    assert_eq!((then.partners.len(), row.case_id), (1_000, case));
    assert!(
        then.partners.iter().all(|partner| partner.active && partner.contacts[0].address.as_str().starts_with("unit"))
    );
}
