//! A rule that matches everybody meets five hundred cases in a minute: what leaves stays under the caps, the rest waits
//! with its reason, and an officer who stops sending is obeyed at once.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bus::deliver;
use contracts::Event as _;
use contracts::events::PlanFrozenV1;
use domain::Clock;
use domain::delivery::DeliveryState;
use domain::ids::AccountId;
use notifier::{OnPlanFrozen, Sender};
use routing::{OnAlertReleased, Switch, draft_rules, import_sample, release_rules, switch_sending};
use store::plans::holds;
use store::{deliveries, on_tx, reports};
use testkit::sink::{Rule, Stage};
use testkit::wait_until;
use tokio_util::sync::CancellationToken;

use crate::directory::Here;

const CASES: u32 = 500;
const PER_ALERT: i64 = 20;
const PER_PARTNER: usize = 5;

/// Everybody in the sample covers one of these.
fn everybody() -> String {
    let rule = |id: &str, kinds: &str, share: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\nbecause = \"A mistake.\"\nevents = [\"theft\"]\nkinds = [{kinds}]\n\
             relation = [\"place\", \"world\", \"market\", \"origin\", \"neighbour-of-place\"]\nshare = \"{share}\"\n"
        )
    };
    let markets = "AR BE CA CH CL DE EG ES FR GB GR GT IQ IT NL NO PL PT RO SY TR US".replace(' ', "\", \"");
    format!(
        "markets = [\"{markets}\"]\n[limits]\nper_alert = {PER_ALERT}\nper_partner_hour = {PER_PARTNER}\n{}{}",
        rule("all-states", "\"police\", \"igo\"", "full"),
        rule("all-others", "\"ngo\", \"research\"", "object_data"),
    )
}

fn officer() -> AccountId {
    AccountId::generate(&Clock::System)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_stays_under_the_caps_and_is_stopped_within_five_seconds() {
    let here = Here::new().await;
    let deps = &here.routing;
    import_sample(deps).await.unwrap();
    let rules = draft_rules(deps, officer(), &everybody()).await.unwrap();
    release_rules(deps, officer(), rules).await.unwrap();
    let plans = OnAlertReleased::new(deps);
    for number in 1..=CASES {
        let (_, released) = here.released(number).await;
        deliver(&deps.db, &deps.clock, &plans, &[released]).await.unwrap();
        here.hand.advance(Duration::from_millis(120));
    }
    let frozen = here.facts(PlanFrozenV1::KIND).await;
    let (mut told, mut held) = (0, 0);
    for fact in &frozen {
        let plan: PlanFrozenV1 = fact.open().unwrap();
        assert!(plan.told > PER_ALERT && plan.told - plan.held <= PER_ALERT, "{plan:?}");
        (told, held) = (told + plan.told, held + plan.held);
    }
    deliver(&deps.db, &deps.clock, &OnPlanFrozen::new(&here.notifier), &frozen).await.unwrap();

    // Sending begins; each mail takes the server a little, so that there is something to stop.
    here.sink.add(Rule::at(Stage::Dot).delay(Duration::from_millis(20)));
    let (sender, stop) = (Sender::new(here.notifier.clone()).unwrap(), CancellationToken::new());
    let running = {
        let (sender, stop) = (sender.clone(), stop.clone());
        tokio::task::JoinSet::from_iter([async move { sender.run(&stop).await }])
    };
    wait_until("some mails", Duration::from_secs(60), async || here.sink.messages().len() >= 40).await.unwrap();
    let begun = Instant::now();
    switch_sending(deps, officer(), Switch::Stop, Some("Too many mails.")).await.unwrap();
    let at_stop = here.sink.messages().len();
    let begun_mails = async || -> i64 {
        let mut tx = deps.db.read().await.unwrap();
        on_tx!(&mut tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM attempts WHERE ended_at IS NULL").fetch_one(c).await)
            .unwrap()
    };
    wait_until("what had begun to end", Duration::from_secs(5), async || begun_mails().await == 0).await.unwrap();
    let stopped_after = begun.elapsed();
    let sent = here.sink.messages().len();
    // Three for each place may stand in line.
    assert!(sent - at_stop <= 4 * here.notifier.config.workers, "only what had begun ended: {at_stop}, then {sent}");
    assert_eq!(sender.run_once(deps.clock.now()).await.unwrap(), 0, "nothing begins any more");
    assert_eq!(here.sink.messages().len(), sent);
    eprintln!(
        "{CASES} cases: {told} notifications, {held} held; stopped {} ms after the officer's word, {} mails ended after it",
        stopped_after.as_millis(),
        sent - at_stop
    );
    assert!(stopped_after < Duration::from_secs(5), "{stopped_after:?}");

    // Taken up again, exactly what the caps let through is sent, and the rest still waits with its reason.
    switch_sending(deps, officer(), Switch::Go, Some("The rule is corrected.")).await.unwrap();
    here.sink.clear_rules();
    let all = usize::try_from(told - held).unwrap();
    wait_until("the rest", Duration::from_secs(120), async || {
        here.notifier.due.ring();
        here.sink.messages().len() >= all
    })
    .await
    .unwrap();
    stop.cancel();
    running.join_all().await;
    let mut by_address: HashMap<String, usize> = HashMap::new();
    for mail in here.sink.messages() {
        for recipient in mail.recipients {
            *by_address.entry(recipient).or_default() += 1;
        }
    }
    assert_eq!(by_address.values().sum::<usize>(), all);
    assert!(by_address.values().all(|count| *count <= PER_PARTNER), "{by_address:?}");
    let mut tx = deps.db.read().await.unwrap();
    let waiting = holds::held(&mut tx, None, 1_000_000).await.unwrap();
    assert_eq!(i64::try_from(waiting.len()).unwrap(), held);
    let states = deliveries::by_state(&mut tx).await.unwrap();
    let of = |state| states.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
    assert_eq!((of(DeliveryState::Accepted), of(DeliveryState::Held)), (told - held, held));
    let reasons: i64 = on_tx!(&mut tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM deliveries WHERE state = 'held' AND last_reply LIKE 'Held: %'").fetch_one(c).await)
    .unwrap();
    assert_eq!(reasons, held);
    assert!(reports::conservation(&mut tx, None).await.unwrap().holds());
}
