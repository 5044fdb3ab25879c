//! What comes back: handed in by a mail server, or found in a folder; real reports among forged ones.

use std::path::Path;
use std::time::Duration;

use axum::http::StatusCode;
use contracts::Event as _;
use contracts::events::{
    AddressSuppressedV1, BounceSettledV1, DeliveryBouncedV1, LetterErasedV1, LetterReceivedV1, NoticeBouncedV1,
    SuppressionReleasedV1,
};
use domain::codes::{AlertKind, CaseState, ContactRole, ErasureGround, PartnerKind, Role, Urgency};
use domain::delivery::{DeliveryState, LetterKind};
use domain::ids::{AccountId, PlanId};
use domain::partner::Partner;
use notifier::{Bounces, Config, Postbox, Resend, erase_due, resend};
use store::deliveries::DeliveryRow;
use store::retention::Stuck;
use store::{letters, reports};
use testkit::sink::{Rule, SmtpSink, Stage as At};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::browser::Browser;
use crate::fixture;
use crate::world::{PATIENCE, World, smtp};

const DOMAIN: &str = "bounces.tocsin.example";

async fn world(sink: &SmtpSink) -> World {
    let bounces = Bounces { domain: Some(DOMAIN.to_owned()), ..Bounces::default() };
    World::with(Config { bounces, ..smtp(sink.port()) }).await
}

/// The envelope sender of the mail to an address.
fn sender(sink: &SmtpSink, address: &str) -> String {
    let mails = sink.messages();
    let mail = mails.iter().rev().find(|mail| mail.recipients == [address]).unwrap();
    mail.from.trim_matches(['<', '>']).to_owned()
}

/// A report as mail servers write it.
fn dsn(to: &str, recipient: &str, status: &str) -> String {
    format!(
        "Return-Path: <>\r\nDelivered-To: {to}\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n\
         --x\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n\
         --x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 {status} WORDS-CANARY\r\n\r\n--x--\r\n"
    )
}

fn reply(to: &str, headers: &str, text: &str) -> String {
    format!(
        "Delivered-To: {to}\r\nFrom: Ana <ana@one.example>\r\nTo: {to}\r\nSubject: Re: alert\r\n{headers}\r\n{text}\r\n"
    )
}

/// A folder with these mails, and what is left in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("new")).unwrap();
        Self(place)
    }

    fn put(&self, name: &str, mail: &str) {
        std::fs::write(self.0.path().join("new").join(name), mail).unwrap();
    }

    fn left(&self) -> usize {
        count(&self.0.path().join("new"))
    }

    async fn empty(&self, world: &World) -> usize {
        Postbox::new(world.deps.clone()).empty(self.0.path()).await.unwrap()
    }
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// A mail server that hands in.
struct Server {
    lines: BufReader<TcpStream>,
}

impl Server {
    async fn connect(world: &World, stop: &CancellationToken) -> (Self, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (postbox, stop) = (Postbox::new(world.deps.clone()), stop.clone());
        let mut task = JoinSet::new();
        task.spawn(async move { postbox.listen(listener, &stop).await });
        let mut server = Self { lines: BufReader::new(TcpStream::connect(address).await.unwrap()) };
        assert!(server.hear().await.starts_with("220"));
        assert!(server.say("LHLO mx.example\r\n").await.starts_with("250"));
        (server, task)
    }

    async fn hear(&mut self) -> String {
        loop {
            let mut line = String::new();
            let read = tokio::time::timeout(PATIENCE, self.lines.read_line(&mut line)).await.unwrap().unwrap();
            if read == 0 || line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    async fn say(&mut self, text: &str) -> String {
        self.lines.get_mut().write_all(text.as_bytes()).await.unwrap();
        self.hear().await
    }

    /// Hands a mail in; gives what is answered to the recipient, or to the text if it is taken.
    async fn hand_in(&mut self, to: &str, mail: &str) -> String {
        let from = if mail.contains("Ana") { "ana@one.example" } else { "" };
        assert!(self.say(&format!("MAIL FROM:<{from}>\r\n")).await.starts_with("250"));
        let answer = self.say(&format!("RCPT TO:<{to}>\r\n")).await;
        if !answer.starts_with("250") {
            assert!(self.say("RSET\r\n").await.starts_with("250"));
            return answer;
        }
        assert!(self.say("DATA\r\n").await.starts_with("354"));
        self.say(&format!("{mail}.\r\n")).await
    }
}

async fn sent(world: &mut World, kind: PartnerKind, addresses: &[&str]) -> PlanId {
    let told = world.partners(kind, addresses).await;
    let plan = world.alert(&told).await;
    while world.send().await > 0 {}
    assert!(world.deliveries(plan).await.iter().all(|row| row.state == DeliveryState::Accepted));
    plan
}

async fn conserved(world: &World) {
    let mut tx = world.deps.db.read().await.unwrap();
    let sums = reports::conservation(&mut tx, None).await.unwrap();
    assert!(sums.holds(), "{sums:?}");
}

#[tokio::test]
async fn of_a_thousand_forged_bounces_and_ten_real_ones_ten_are_counted() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    let addresses: Vec<String> = (0..30).map(|n| format!("desk@d{n}.example")).collect();
    let plan = sent(&mut world, PartnerKind::Police, &addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let stop = CancellationToken::new();
    let (mut server, task) = Server::connect(&world, &stop).await;
    let folder = Folder::new();
    for n in 0..1_000 {
        let address = &addresses[n % 30];
        let own = sender(&sink, address);
        let (local, _) = own.split_once('@').unwrap();
        // Another's tag, a guessed one, a foreign domain, the desk, a cut one.
        let other = sender(&sink, &addresses[(n + 1) % 30]);
        let forged = match n % 5 {
            0 => format!("{}{}@{DOMAIN}", &own[..34], &other.split_once('@').unwrap().0[34..]),
            1 => format!("b+{n:060x}@{DOMAIN}"),
            2 => format!("{local}@elsewhere.example"),
            3 => world.deps.config.from.to_string(),
            _ => format!("{}@{DOMAIN}", &local[..local.len() - 2]),
        };
        let mail = dsn(&forged, address, "5.1.1");
        if n % 2 == 0 {
            let answer = server.hand_in(&forged, &mail).await;
            assert!(answer.starts_with("550") || n % 5 == 3, "{n}: {answer}");
        } else {
            folder.put(&n.to_string(), &mail);
        }
    }
    // Ten real ones, each by both ways.
    for (n, address) in addresses[..10].iter().enumerate() {
        let to = sender(&sink, address);
        let mail = dsn(&to, &address.to_uppercase(), "5.1.1");
        assert_eq!(server.hand_in(&to, &mail).await, "250 2.0.0 taken\r\n");
        folder.put(&format!("real{n}"), &mail);
    }
    while folder.left() > 0 {
        folder.empty(&world).await;
    }
    stop.cancel();
    task.join_all().await;
    assert_eq!(world.facts(&[DeliveryBouncedV1::KIND]).await.len(), 10);
    let rows = world.deliveries(plan).await;
    assert_eq!(rows.iter().filter(|row| row.state == DeliveryState::Refused).count(), 10);
    assert_eq!(rows.iter().filter(|row| row.state == DeliveryState::Accepted).count(), 20);
    assert!(world.facts(&[AddressSuppressedV1::KIND, LetterReceivedV1::KIND]).await.is_empty());
    let bounced = world.delivery(plan, &addresses[0]).await;
    assert_eq!(bounced.last_reply.as_deref(), Some("came back 5.1.1: 550 5.1.1 WORDS-CANARY"));
    for fact in world.facts(&[DeliveryBouncedV1::KIND]).await {
        let text = fact.data.to_string();
        assert!(!text.contains("CANARY") && !text.contains("example") && text.contains("5.1.1"), "{text}");
    }
    conserved(&world).await;
}

#[tokio::test]
async fn the_second_contact_is_written_to_and_the_desk_settles_its_task_once() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    let mut partner: Partner =
        fixture::partner(&world.deps.clock, PartnerKind::Igo, &["duty@one.example", "chief@two.example"]);
    partner.contacts[1].role = ContactRole::Second;
    world.put(std::slice::from_ref(&partner)).await;
    let plan = world.release_to(AlertKind::Alert, Urgency::Immediate, vec![fixture::told(&partner)]).await;
    world.hear().await;
    world.send().await;
    let row = world.delivery(plan, "duty@one.example").await;
    let folder = Folder::new();
    let to = sender(&sink, "duty@one.example");
    for copy in ["a", "b"] {
        folder.put(copy, &dsn(&to, "duty@one.example", "4.4.7"));
        folder.empty(&world).await;
    }
    assert_eq!(
        world.delivery(plan, "duty@one.example").await.state,
        DeliveryState::Expired,
        "given up, says the report"
    );
    let fact: DeliveryBouncedV1 = world.facts(&[DeliveryBouncedV1::KIND]).await.remove(0).open().unwrap();
    assert_eq!((fact.second_contacts, fact.state, fact.delivery_id), (1, DeliveryState::Expired, row.id));
    assert_eq!(world.send().await, 1);
    assert_eq!(world.delivery(plan, "chief@two.example").await.state, DeliveryState::Accepted);
    conserved(&world).await;

    let officer = Browser::signed_in(&world, Role::Officer).await;
    let page = officer.get("/deliveries/returned").await.body;
    assert!(
        page.contains("duty@one.example") && page.contains("WORDS-CANARY") && page.contains("1 second contact was"),
        "{page}"
    );
    assert!(officer.get("/deliveries").await.body.contains("1 mail that came back needs somebody"));
    let path = format!("/deliveries/{}/returned", row.id);
    assert_eq!(officer.post(&path, "kind=failed&reason=+").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = officer.post(&path, "kind=failed&reason=by+telephone").await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/deliveries/returned?done=settled"));
    assert_eq!(officer.post(&path, "kind=failed&reason=by+telephone").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.facts(&[BounceSettledV1::KIND]).await.len(), 1);
    let shown = officer.get(&format!("/deliveries/{}", row.id)).await.body;
    assert!(shown.contains("What came back") && shown.contains("Seen to: by telephone"), "{shown}");
    let auditor = Browser::signed_in(&world, Role::Auditor).await;
    assert_eq!(auditor.post(&path, "kind=failed&reason=x").await.status, StatusCode::FORBIDDEN);
}

/// One alert more, whose mail comes back.
async fn comes_back(world: &mut World, sink: &SmtpSink, told: &[Partner], folder: &Folder) -> DeliveryRow {
    world.hand.advance(Duration::from_secs(60));
    world.next_case().await;
    let plan = world.alert(told).await;
    world.send().await;
    let address = told[0].contacts[0].address.as_str().to_owned();
    if world.delivery(plan, &address).await.state == DeliveryState::Accepted {
        folder.put(&plan.to_string(), &dsn(&sender(sink, &address), &address, "5.1.1"));
        assert_eq!(folder.empty(world).await, 1);
    }
    world.delivery(plan, &address).await
}

#[tokio::test]
async fn an_ngo_is_left_alone_after_two_mails_until_somebody_releases_it_and_police_never() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    let folder = Folder::new();
    let ngo = world.partners(PartnerKind::Ngo, &["office@ngo.example"]).await;
    let police = world.partners(PartnerKind::Police, &["duty@police.example"]).await;
    for _ in 0..5 {
        assert_eq!(comes_back(&mut world, &sink, &police, &folder).await.state, DeliveryState::Refused);
    }
    assert_eq!(comes_back(&mut world, &sink, &ngo, &folder).await.state, DeliveryState::Refused);
    assert!(world.facts(&[AddressSuppressedV1::KIND]).await.is_empty());
    let last = comes_back(&mut world, &sink, &ngo, &folder).await;
    assert_eq!(world.facts(&[AddressSuppressedV1::KIND]).await.len(), 1);
    let held = comes_back(&mut world, &sink, &ngo, &folder).await;
    assert_eq!((held.state, held.tries), (DeliveryState::Held, 0));
    conserved(&world).await;

    let officer = Browser::signed_in(&world, Role::Officer).await;
    let page = officer.get("/deliveries/returned").await.body;
    assert!(page.contains("office@ngo.example") && page.contains("2 mails came back"), "{page}");
    let path = format!("/deliveries/{}/release-address", last.id);
    assert_eq!(officer.post(&path, "reason=").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(officer.post(&path, "reason=repaired").await.status, StatusCode::SEE_OTHER);
    assert_eq!(officer.post(&path, "reason=repaired").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.facts(&[SuppressionReleasedV1::KIND]).await.len(), 1);
    // What came back before it was released counts no more.
    world.hand.advance(Duration::from_secs(1));
    assert_eq!(comes_back(&mut world, &sink, &ngo, &folder).await.state, DeliveryState::Refused);
    assert_eq!(world.facts(&[AddressSuppressedV1::KIND]).await.len(), 1);
    comes_back(&mut world, &sink, &ngo, &folder).await;
    assert_eq!(world.facts(&[AddressSuppressedV1::KIND]).await.len(), 2);
    assert_eq!(comes_back(&mut world, &sink, &ngo, &folder).await.state, DeliveryState::Held);
    world.hand.advance(Duration::from_secs(31 * 24 * 3600));
    assert_eq!(comes_back(&mut world, &sink, &ngo, &folder).await.state, DeliveryState::Refused, "its time is over");
}

/// The partner's server passed the mail on, and there it failed: our address on the envelope still names the delivery.
#[tokio::test]
async fn a_bounce_of_an_address_that_the_mail_was_passed_on_to_counts_for_its_delivery() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    let plan = sent(&mut world, PartnerKind::Police, &["a@one.example"]).await;
    let own = sender(&sink, "a@one.example");
    let folder = Folder::new();
    folder.put("a", &dsn(&own, "forwarded@elsewhere.example", "5.1.1"));
    folder.put("b", &dsn(&own, "forwarded@elsewhere.example", "5.1.1"));
    folder.empty(&world).await;
    let row = world.deliveries(plan).await.remove(0);
    assert_eq!(row.state, DeliveryState::Refused);
    let words = "came back 5.1.1 from forwarded@elsewhere.example, to whom it was passed on: 550 5.1.1 WORDS-CANARY";
    assert_eq!(row.last_reply.as_deref(), Some(words));
    let facts = world.facts(&[DeliveryBouncedV1::KIND]).await;
    assert_eq!(facts.len(), 1, "once");
    assert!(!facts[0].data.to_string().contains("elsewhere"));
    // And it can be read whole beside the delivery.
    let mut tx = world.deps.db.read().await.unwrap();
    assert_eq!(letters::of_notification(&mut tx, row.notification_id, 100).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    let page = Browser::signed_in(&world, Role::Officer).await.get("/deliveries/returned").await.body;
    assert!(page.contains("a@one.example"), "{page}");
    conserved(&world).await;
}

/// What was sent once more after a bounce may come back once more, and the first report, late, says nothing of that.
#[tokio::test]
async fn what_an_officer_resends_after_a_bounce_may_come_back_again() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    let plan = sent(&mut world, PartnerKind::Police, &["a@one.example"]).await;
    let own = sender(&sink, "a@one.example");
    let folder = Folder::new();
    let first = dsn(&own, "a@one.example", "5.2.1");
    folder.put("first", &first);
    folder.empty(&world).await;
    let row = world.deliveries(plan).await.remove(0);
    assert_eq!(row.state, DeliveryState::Refused);
    let ask = Resend { id: row.id, tries: row.tries, reason: "their mailbox is open again".parse().unwrap() };
    resend(&world.deps, AccountId::generate(&world.deps.clock), ask).await.unwrap();
    world.send().await;
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
    folder.put("late", &first);
    folder.empty(&world).await;
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted, "the report of the first try");
    folder.put("second", &dsn(&own, "a@one.example", "5.1.1").replace("It came back.", "It came back again."));
    folder.empty(&world).await;
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Refused);
    assert_eq!(world.facts(&[DeliveryBouncedV1::KIND]).await.len(), 2);
    conserved(&world).await;
}

/// A digest comes back, or is in doubt when it does: every delivery that it carried is refused, each with its fact.
#[tokio::test]
async fn a_digest_that_comes_back_takes_back_every_delivery_it_carried() {
    for doubt in [false, true] {
        let sink = SmtpSink::start().await.unwrap();
        if doubt {
            sink.add(Rule::at(At::Dot).times(1).taking().close());
        }
        let mut world = world(&sink).await;
        let partner = world.partners(PartnerKind::Igo, &["a@one.example"]).await.remove(0);
        let mut plans = Vec::new();
        for _ in 0..3 {
            plans.push(world.can_wait(&partner).await);
        }
        world.wait_until_due().await;
        assert_eq!(world.digest().await, 1);
        let before = if doubt { DeliveryState::Uncertain } else { DeliveryState::Accepted };
        assert_eq!(world.states(&plans).await, [before; 3]);
        let folder = Folder::new();
        for name in ["one", "again"] {
            folder.put(name, &dsn(&sender(&sink, "a@one.example"), "a@one.example", "5.1.1"));
            folder.empty(&world).await;
        }
        assert_eq!(world.states(&plans).await, [DeliveryState::Refused; 3], "in doubt: {doubt}");
        let facts = world.facts(&[DeliveryBouncedV1::KIND]).await;
        let of: std::collections::BTreeSet<_> =
            facts.iter().map(|fact| fact.open::<DeliveryBouncedV1>().unwrap().delivery_id).collect();
        assert_eq!((facts.len(), of.len()), (3, 3), "each once");
        world.hand.advance(Duration::from_secs(7200));
        assert_eq!((world.digest().await, world.send().await), (0, 0), "what came back is not sent again by itself");
        conserved(&world).await;
    }
}

/// A notice has a return address of its own, which opens no delivery.
#[tokio::test]
async fn a_notice_that_comes_back_is_refused_after_all() {
    let sink = SmtpSink::start().await.unwrap();
    let world = world(&sink).await;
    let id = crate::notices::requested(&world, "duty@unit.example").await;
    let notices = notifier::NoticeSender::new(world.deps.clone()).unwrap();
    assert_eq!(notices.run_once().await.unwrap(), 1);
    let own = sender(&sink, "duty@unit.example");
    assert!(own.starts_with("n+") && own.ends_with(DOMAIN), "{own}");
    let folder = Folder::new();
    folder.put("forged", &dsn(&own.replacen("n+", "b+", 1), "duty@unit.example", "5.1.1"));
    folder.empty(&world).await;
    assert!(world.facts(&[NoticeBouncedV1::KIND, DeliveryBouncedV1::KIND]).await.is_empty());
    for name in ["real", "again"] {
        folder.put(name, &dsn(&own, "duty@unit.example", "5.1.1"));
        folder.empty(&world).await;
    }
    let mut tx = world.deps.db.read().await.unwrap();
    assert_eq!(store::notices::find(&mut tx, id).await.unwrap().unwrap().state, DeliveryState::Refused);
    tx.commit().await.unwrap();
    let facts = world.facts(&[NoticeBouncedV1::KIND]).await;
    assert_eq!(facts.len(), 1);
    assert!(!facts[0].data.to_string().contains("CANARY"));
}

#[tokio::test]
async fn letters_are_kept_as_untrusted_and_change_nothing() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    let plan = sent(&mut world, PartnerKind::Police, &["a@one.example"]).await;
    let row = world.deliveries(plan).await.remove(0);
    let (own, desk) = (sender(&sink, "a@one.example"), world.deps.config.from.to_string());
    let thread = format!("In-Reply-To: {}\r\n", row.message_id.as_ref().unwrap());
    let stop = CancellationToken::new();
    let (mut server, task) = Server::connect(&world, &stop).await;
    let text = "acknowledge <script>alert(1)</script> \u{202e}x";
    for _ in 0..2 {
        // The same by the listener twice.
        assert!(server.hand_in(&desk, &reply(&desk, &thread, text)).await.starts_with("250"));
    }
    let vacation = reply(&own, "Auto-Submitted: auto-replied\r\n", "I am away; write to chief@one.example");
    assert!(server.hand_in(&own, &vacation).await.starts_with("250"));
    let unknown = reply(&desk, "In-Reply-To: <guess@tocsin.example>\r\n", "nothing of ours");
    assert!(server.hand_in(&desk, &unknown).await.starts_with("250"), "ignored in silence");
    stop.cancel();
    task.join_all().await;
    let mut tx = world.deps.db.read().await.unwrap();
    let kept = letters::of_notification(&mut tx, row.notification_id, 100).await.unwrap();
    tx.commit().await.unwrap();
    let mut kinds: Vec<_> = kept.iter().map(|letter| letter.kind).collect();
    kinds.sort();
    assert_eq!(kinds, [LetterKind::Reply, LetterKind::Automatic]);
    assert_eq!(world.facts(&[LetterReceivedV1::KIND]).await.len(), 2);
    assert!(world.facts(&[DeliveryBouncedV1::KIND]).await.is_empty());
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
    let page = Browser::signed_in(&world, Role::Officer).await.get(&format!("/deliveries/{}", row.id)).await.body;
    assert!(
        page.contains("Answers by mail") && page.contains("not verified") && page.contains("chief@one.example"),
        "{page}"
    );
    assert!(page.contains("acknowledge &#60;script&#62;") && !page.contains("\u{202e}"), "{page}");
}

#[tokio::test]
async fn who_wrote_a_letter_is_erased_on_a_ground_or_when_the_case_ended_long_ago() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    let plan = sent(&mut world, PartnerKind::Police, &["a@one.example"]).await;
    let row = world.deliveries(plan).await.remove(0);
    let own = sender(&sink, "a@one.example");
    let folder = Folder::new();
    for n in 0..2 {
        let thread = format!("Message-ID: <{n}@one.example>\r\n");
        folder.put(&n.to_string(), &reply(&own, &thread, &format!("WORDS-CANARY {n}")));
    }
    folder.empty(&world).await;
    let kept = async || {
        let mut tx = world.deps.db.read().await.unwrap();
        letters::kept_of_case(&mut tx, row.case_id).await.unwrap()
    };
    let ids = kept().await;
    assert_eq!(ids.len(), 2);

    let officer = Browser::signed_in(&world, Role::Officer).await;
    let delivery = format!("/deliveries/{}", row.id);
    let erase = format!("/letters/{}/erase", ids[0]);
    assert!(officer.get(&delivery).await.body.contains(&erase));
    let asked = officer.get(&erase).await.body;
    assert!(asked.contains("ana@one.example") && asked.contains("cannot be undone"), "{asked}");
    let auditor = Browser::signed_in(&world, Role::Auditor).await;
    assert!(!auditor.get(&delivery).await.body.contains(&erase));
    assert_eq!(auditor.get(&erase).await.status, StatusCode::FORBIDDEN);
    assert_eq!(officer.post(&erase, "ground=").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(kept().await.len(), 2, "asking erases nothing");
    for _ in 0..2 {
        assert_eq!(officer.post(&erase, "ground=request").await.status, StatusCode::SEE_OTHER);
    }
    let shown = officer.get(&delivery).await.body;
    assert!(shown.contains("Its words were erased") && shown.contains("WORDS-CANARY"), "the other one: {shown}");
    assert_eq!(kept().await, ids[1..]);

    // By itself, once the case ended long ago; and what comes after that too.
    let mut tx = world.deps.db.begin().await.unwrap();
    store::cases::set_state(&mut tx, row.case_id, CaseState::Closed, world.deps.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let day = Duration::from_secs(86_400);
    world.hand.advance(day * 364);
    let mut stuck = Stuck::default();
    assert_eq!(erase_due(&world.deps, &mut stuck).await.unwrap(), 0, "not yet");
    world.hand.advance(day * 2);
    assert_eq!(erase_due(&world.deps, &mut stuck).await.unwrap(), 1);
    assert_eq!(erase_due(&world.deps, &mut stuck).await.unwrap(), 0);
    assert!(kept().await.is_empty());
    let facts = world.facts(&[LetterErasedV1::KIND]).await;
    let facts: Vec<LetterErasedV1> = facts.iter().map(|fact| fact.open().unwrap()).collect();
    assert_eq!((facts[0].ground, facts[1].ground), (ErasureGround::Request, ErasureGround::Retention));
    assert!(facts.len() == 2 && facts[0].erased_by.is_some() && facts[1].erased_by.is_none());
    let shown = officer.get(&delivery).await.body;
    assert!(!shown.contains("WORDS-CANARY") && !shown.contains("ana@one.example"), "{shown}");
}

/// An echo answers each mail a thousand times: nothing is sent, and the table does not fill.
#[tokio::test]
async fn an_echo_gets_no_answer_and_fills_nothing() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    let plan = sent(&mut world, PartnerKind::Police, &["a@one.example"]).await;
    let row = world.deliveries(plan).await.remove(0);
    let own = sender(&sink, "a@one.example");
    let folder = Folder::new();
    for n in 0..1_000 {
        folder.put(&n.to_string(), &reply(&own, &format!("Message-ID: <{n}@one.example>\r\n"), "echo"));
    }
    while folder.left() > 0 {
        folder.empty(&world).await;
    }
    world.hand.advance(Duration::from_secs(24 * 3600));
    world.send().await;
    assert_eq!(sink.messages().len(), 1);
    let mut tx = world.deps.db.read().await.unwrap();
    assert_eq!(letters::count(&mut tx, row.notification_id).await.unwrap(), 50);
}

/// The report overtakes the end of the try that it is about, and a crash comes between recording and moving.
#[tokio::test]
async fn a_report_that_comes_too_early_or_twice_is_recorded_once_and_at_its_time() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    sink.add(Rule::at(At::Dot).times(1).delay(Duration::from_millis(1_500)));
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    let folder = Folder::new();
    let first = world.sender();
    let now = world.deps.clock.now();
    let (done, ()) = tokio::join!(first.run_once(now), async {
        sink.wait_for_attempts("a@one.example", 1, PATIENCE).await.unwrap();
        let id = world.deliveries(plan).await[0].id;
        let commands = sink.commands();
        let mail = commands.iter().find(|command| command.line.starts_with("MAIL FROM:<b+")).unwrap();
        let to = mail.line.split(['<', '>']).nth(1).unwrap();
        folder.put("early", &dsn(to, "a@one.example", "5.1.1"));
        assert_eq!(folder.empty(&world).await, 0, "it waits");
        assert_eq!((folder.left(), world.attempts(id).await.len()), (1, 1));
    });
    done.unwrap();
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
    // Recorded, and the process dies before the mail is moved: it is found again.
    let early = std::fs::read_to_string(folder.0.path().join("new/early")).unwrap();
    for _ in 0..2 {
        folder.put("early", &early);
        assert_eq!(folder.empty(&world).await, 1);
        assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Refused);
    }
    assert_eq!(world.facts(&[DeliveryBouncedV1::KIND]).await.len(), 1);
    conserved(&world).await;
}

#[tokio::test]
async fn a_line_without_its_end_and_a_mail_without_measure_are_cut() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink).await;
    sent(&mut world, PartnerKind::Police, &["a@one.example"]).await;
    let desk = world.deps.config.from.to_string();
    let stop = CancellationToken::new();
    let (mut server, task) = Server::connect(&world, &stop).await;
    let long = format!("Subject: x\r\n\r\n{}", format!("{}\r\n", "x".repeat(990)).repeat(4_300));
    assert!(server.hand_in(&desk, &long).await.starts_with("552"), "longer than 4 MiB");
    // LF.LF is no end for us, and what follows it no command (SMTP smuggling): the connection ends.
    assert!(server.say("MAIL FROM:<>\r\n").await.starts_with("250"));
    assert!(server.say(&format!("RCPT TO:<{desk}>\r\n")).await.starts_with("250"));
    assert!(server.say("DATA\r\n").await.starts_with("354"));
    assert_eq!(server.say("Subject: x\n.\nMAIL FROM:<>\r\n").await, "");
    stop.cancel();
    task.join_all().await;
}
