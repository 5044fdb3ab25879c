//! Dangerous changes: a second person, the old address, the wait, two who shorten it; killed and done twice.

use std::time::Duration;

use contracts::events::{AddressVerifiedV1, NoticeRequestedV1, PartnerChangeEndedV1, PartnerChangeProposedV1};
use domain::codes::{ChangeState, RevisionSource, Role};
use domain::ids::{AccountId, ChangeId, PartnerId};
use domain::partner::Partner;
use domain::{Clock, Label};
use routing::{
    ApproveError, By, CancelError, ContactBody, Entered, PartnerBody, Saved, Standing, apply_due, approve_change,
    cancel_change, change_partner, import_sample, request_verification, verify_address,
};
use store::identity::{self, NewAccountRow};
use store::partners;

use crate::{World, facts_of, world};

fn somebody() -> AccountId {
    AccountId::generate(&Clock::System)
}

/// The body that says what the partner is.
pub fn body(partner: &Partner) -> PartnerBody {
    let list = |items: Vec<String>| items;
    PartnerBody {
        name: partner.name.to_string(),
        kind: partner.kind.to_string(),
        scope: partner.mandate.scope.to_string(),
        languages: list(partner.languages.iter().map(ToString::to_string).collect()),
        keywords: list(partner.mandate.keywords.iter().map(ToString::to_string).collect()),
        categories: match &partner.mandate.categories {
            domain::partner::Categories::All => vec!["*".to_owned()],
            domain::partner::Categories::Only(some) => some.iter().map(ToString::to_string).collect(),
        },
        events: list(partner.mandate.events.iter().map(ToString::to_string).collect()),
        contacts: partner
            .contacts
            .iter()
            .map(|contact| ContactBody { address: contact.address.to_string(), ..ContactBody::default() })
            .collect(),
        reason: "They called from the number we know.".to_owned(),
        ..PartnerBody::default()
    }
}

async fn one(world: &World, name: &str) -> Partner {
    let mut tx = world.deps.db.read().await.expect("a transaction");
    let directory = partners::directory(&mut tx).await.expect("read");
    directory.partners.into_iter().find(|partner| partner.name.as_str().contains(name)).expect("a sample partner")
}

async fn now(world: &World, id: PartnerId) -> Partner {
    let mut tx = world.deps.db.read().await.expect("a transaction");
    partners::find(&mut tx, id).await.expect("read").expect("there")
}

async fn state(world: &World, id: ChangeId) -> ChangeState {
    let mut tx = world.deps.db.read().await.expect("a transaction");
    partners::change(&mut tx, id).await.expect("read").expect("there").state
}

/// Proposes another address for a partner.
async fn moved(world: &World, partner: &Partner, to: &str, by: AccountId) -> Saved {
    let mut body = body(partner);
    to.clone_into(&mut body.contacts[0].address);
    let by = By { account: Some(by), source: RevisionSource::Form };
    change_partner(&world.deps, partner.id, &body, by).await.expect("saved")
}

#[tokio::test]
async fn a_changed_address_needs_a_second_person_tells_the_old_one_and_waits_a_day() {
    let world = world().await;
    let deps = &world.deps;
    import_sample(deps).await.expect("imported");
    let unit = one(&world, "UNIDROIT").await;
    let (proposer, second) = (somebody(), somebody());
    let saved = moved(&world, &unit, "new@unidroit.igo.example", proposer).await;
    assert_eq!(saved.partner.contacts, unit.contacts, "the old address is told until then");
    let id = saved.waiting.expect("it waits");
    let told: Vec<NoticeRequestedV1> = facts_of(deps).await;
    assert_eq!((told.len(), told[0].partner_id, told[0].change_id), (1, unit.id, Some(id)));
    let mut tx = deps.db.read().await.expect("a transaction");
    let notice = partners::notice(&mut tx, told[0].notice_id).await.expect("read").expect("there");
    assert_eq!((notice.address, notice.code), (unit.contacts[0].address.clone(), None));
    drop(tx);
    // Nobody agreed: no time is long enough.
    world.hand.advance(Duration::from_secs(90 * 24 * 3600));
    assert_eq!(apply_due(deps).await.expect("looked"), 0);
    cancel_change(deps, id, second, "Asked them; they did not move.".parse().expect("a line"))
        .await
        .expect("cancelled");
    assert!(matches!(cancel_change(deps, id, second, "Again".parse().expect("a line")).await, Err(CancelError::Ended)));
    assert!(matches!(approve_change(deps, id, second).await, Err(ApproveError::Ended(ChangeState::Cancelled))));

    let id = moved(&world, &unit, "new@unidroit.igo.example", proposer).await.waiting.expect("it waits");
    assert!(matches!(approve_change(deps, id, proposer).await, Err(ApproveError::Proposer)));
    assert!(matches!(approve_change(deps, id, second).await, Ok(Standing::WaitsUntil(_))));
    assert!(matches!(approve_change(deps, id, second).await, Err(ApproveError::Again)));
    world.hand.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(apply_due(deps).await.expect("looked"), 0);
    world.hand.advance(Duration::from_secs(1));
    assert_eq!(apply_due(deps).await.expect("looked"), 1);
    assert_eq!(apply_due(deps).await.expect("looked"), 0, "once");
    let after = now(&world, unit.id).await;
    assert_eq!(after.contacts[0].address.as_str(), "new@unidroit.igo.example");
    assert_eq!((after.contacts[0].id, after.contacts[0].verified_at), (unit.contacts[0].id, None));
    let proposed: Vec<PartnerChangeProposedV1> = facts_of(deps).await;
    let ended: Vec<PartnerChangeEndedV1> = facts_of(deps).await;
    assert_eq!((proposed.len(), ended.len()), (2, 2));
    assert!(proposed[0].fields.iter().all(|field| !field.contains('@')), "no address travels");
}

#[tokio::test]
async fn two_others_shorten_the_wait_and_what_was_changed_meanwhile_is_not_overwritten() {
    let world = world().await;
    let deps = &world.deps;
    import_sample(deps).await.expect("imported");
    let unit = one(&world, "UNIDROIT").await;
    let proposer = somebody();
    let first = moved(&world, &unit, "one@unidroit.igo.example", proposer).await.waiting.expect("it waits");
    let other = moved(&world, &unit, "two@unidroit.igo.example", proposer).await.waiting.expect("it waits");
    for id in [first, other] {
        assert!(matches!(approve_change(deps, id, somebody()).await, Ok(Standing::WaitsUntil(_))));
        assert!(matches!(approve_change(deps, id, somebody()).await, Ok(Standing::Due)));
    }
    assert_eq!(
        (state(&world, first).await, state(&world, other).await),
        (ChangeState::Applied, ChangeState::Overtaken)
    );
    assert_eq!(now(&world, unit.id).await.contacts[0].address.as_str(), "one@unidroit.igo.example");
}

#[tokio::test]
async fn what_is_not_dangerous_is_done_at_once_and_a_dangerous_part_names_its_reason() {
    let world = world().await;
    let deps = &world.deps;
    import_sample(deps).await.expect("imported");
    let unit = one(&world, "UNIDROIT").await;
    let mut wanted = body(&unit);
    wanted.notes = Some("Closed in August.".to_owned());
    wanted.clearance = Some("TLP:RED".to_owned());
    // A mailbox is no person, so it keeps its own.
    for (contact, now) in wanted.contacts.iter_mut().zip(&unit.contacts) {
        contact.clearance = Some(now.clearance.to_string());
    }
    let by = By { account: Some(somebody()), source: RevisionSource::Form };
    wanted.reason = String::new();
    assert!(change_partner(deps, unit.id, &wanted, by).await.is_err(), "whoever agrees must know why");
    wanted.reason = "They asked for it.".to_owned();
    let saved = change_partner(deps, unit.id, &wanted, by).await.expect("saved");
    assert!(saved.waiting.is_some() && saved.partner.notes.is_some());
    assert_eq!(saved.partner.clearance, unit.clearance);
    let told: Vec<NoticeRequestedV1> = facts_of(deps).await;
    assert_eq!(told.len(), unit.contacts.len());
    wanted.clearance = Some("TLP:CLEAR".to_owned());
    let saved = change_partner(deps, unit.id, &wanted, by).await.expect("saved");
    assert!(saved.waiting.is_none() && saved.partner.clearance == Label::Clear, "less needs nobody");
}

#[tokio::test]
async fn a_police_unit_is_not_silenced_by_a_replacement_and_whoever_was_replaced_hears_of_it() {
    let world = world().await;
    let deps = &world.deps;
    import_sample(deps).await.expect("imported");
    let by = By { account: Some(somebody()), source: RevisionSource::Form };
    let replaced = async |name: &str| {
        let unit = one(&world, name).await;
        let mut wanted = body(&unit);
        let person = Some("P. Person".to_owned());
        let address = "p@elsewhere.example".to_owned();
        wanted.contacts = vec![ContactBody { address, person, ..ContactBody::default() }];
        let saved = change_partner(deps, unit.id, &wanted, by).await.expect("saved");
        let told: Vec<NoticeRequestedV1> = facts_of(deps).await;
        let told = told.into_iter().find(|notice| notice.partner_id == unit.id).expect("somebody is told");
        let mut tx = deps.db.read().await.expect("a transaction");
        let notice = partners::notice(&mut tx, told.notice_id).await.expect("read").expect("there");
        assert_eq!(notice.address, unit.contacts[0].address, "{name}");
        (unit, saved)
    };
    let (unit, saved) = replaced("Office central").await;
    assert_eq!(saved.partner.contacts, unit.contacts, "until a second person agrees, it hears as before");
    let id = saved.waiting.expect("it waits");
    approve_change(deps, id, somebody()).await.expect("agreed");
    approve_change(deps, id, somebody()).await.expect("agreed");
    let after = now(&world, unit.id).await;
    assert_eq!(after.contacts.iter().map(|c| c.address.as_str()).collect::<Vec<_>>(), ["p@elsewhere.example"]);
    // Another organisation loses its address at once, and hears of what waits all the same.
    let (_, saved) = replaced("UNIDROIT").await;
    assert!(saved.partner.contacts.is_empty() && saved.waiting.is_some());
}

/// An account that an administrator made, or nobody.
pub async fn account(world: &World, made_by: Option<AccountId>) -> AccountId {
    let (deps, id) = (&world.deps, AccountId::generate(&Clock::System));
    let row = NewAccountRow {
        id,
        email: &format!("{id}@desk.example").parse().expect("an address"),
        name: &"Robin Doe".parse().expect("a line"),
        role: Role::Officer,
        institution_id: None,
        password_hash: "no password",
        created_at: deps.clock.now(),
    };
    let mut tx = deps.db.begin().await.expect("a transaction");
    assert!(identity::create_account(&mut tx, &row).await.expect("stored"));
    if let Some(by) = made_by {
        identity::note_changer(&mut tx, id, by, deps.clock.now()).await.expect("stored");
    }
    tx.commit().await.expect("committed");
    id
}

#[tokio::test]
async fn whoever_makes_himself_two_more_accounts_is_still_one_person() {
    let world = world().await;
    let deps = &world.deps;
    import_sample(deps).await.expect("imported");
    let unit = one(&world, "UNIDROIT").await;
    let admin = account(&world, None).await;
    let id = moved(&world, &unit, "new@unidroit.igo.example", admin).await.waiting.expect("it waits");
    let officers = [account(&world, Some(admin)).await, account(&world, Some(admin)).await];
    // Through an administrator that he made, too.
    let second = account(&world, Some(admin)).await;
    let hidden = account(&world, Some(second)).await;
    for puppet in officers.into_iter().chain([second, hidden]) {
        assert!(matches!(approve_change(deps, id, puppet).await, Err(ApproveError::OneHand)));
    }
    // To wait with them helps nobody who made them for this.
    world.hand.advance(Duration::from_secs(25 * 3600));
    assert!(matches!(approve_change(deps, id, officers[0]).await, Err(ApproveError::OneHand)));
    // Of two who agree, neither made the other.
    assert!(matches!(approve_change(deps, id, account(&world, None).await).await, Ok(Standing::Due)));
    let id = moved(&world, &unit, "new2@unidroit.igo.example", account(&world, None).await).await.waiting;
    let [one, two] = [account(&world, Some(second)).await, account(&world, Some(second)).await];
    approve_change(deps, id.expect("it waits"), one).await.expect("the proposer is somebody else");
    assert!(matches!(approve_change(deps, id.expect("it waits"), two).await, Err(ApproveError::OneHand)));
    // Officers of yesterday's administrator are people of their own.
    let id = moved(&world, &unit, "new3@unidroit.igo.example", admin).await.waiting.expect("it waits");
    approve_change(deps, id, officers[0]).await.expect("agreed");
}

#[tokio::test]
async fn a_code_that_a_person_enters_verifies_the_address_and_guessing_ends() {
    let world = world().await;
    let deps = &world.deps;
    import_sample(deps).await.expect("imported");
    let unit = one(&world, "UNIDROIT").await;
    let address = unit.contacts[0].address.clone();
    let me = "Robin".parse().expect("a line");
    let id = request_verification(deps, unit.id, &address).await.expect("sent");
    let code = {
        let mut tx = deps.db.read().await.expect("a transaction");
        partners::notice(&mut tx, id).await.expect("read").expect("there").code.expect("a code")
    };
    assert_eq!(verify_address(deps, id, "AAAA-AAAA", &me).await.expect("tried"), Entered::Wrong);
    assert_eq!(verify_address(deps, id, &code.to_lowercase(), &me).await.expect("tried"), Entered::Verified);
    assert_eq!(verify_address(deps, id, &code, &me).await.expect("tried"), Entered::Nothing);
    assert_eq!(now(&world, unit.id).await.contacts[0].verified_at, Some(deps.clock.now()));
    let events: Vec<AddressVerifiedV1> = facts_of(deps).await;
    assert_eq!(events.len(), 1);
    let id = request_verification(deps, unit.id, &address).await.expect("sent");
    for _ in 0..10 {
        assert_eq!(verify_address(deps, id, "AAAA-AAAA", &me).await.expect("tried"), Entered::Wrong);
    }
    assert_eq!(verify_address(deps, id, "AAAA-AAAA", &me).await.expect("tried"), Entered::Dead);
    let id = request_verification(deps, unit.id, &address).await.expect("sent");
    world.hand.advance(Duration::from_secs(14 * 24 * 3600));
    assert_eq!(verify_address(deps, id, &code, &me).await.expect("tried"), Entered::Dead);
}
