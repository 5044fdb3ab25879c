//! Mails about the directory itself: that a change waits, and codes that show that somebody reads a mailbox. The
//! notifier sends them; here they are rows and a fact, written with what they tell of.

use std::time::Duration;

use contracts::Service;
use contracts::events::{AddressVerifiedV1, NoticeRequestedV1};
use domain::codes::RevisionSource;
use domain::ids::{ChangeId, NoticeId, PartnerId};
use domain::partner::Partner;
use domain::text::Line;
use domain::{Mailbox, Timestamp};
use store::partners::{self, NoticeRow, Why};
use store::{Tx, outbox};

use crate::Deps;
use crate::import_directory::write_partners;

/// The most addresses of a partner that hear of one change.
const MOST_TOLD: usize = 20;
/// How long a code can be entered.
const CODE_VALID: Duration = Duration::from_secs(14 * 24 * 3600);
/// After how many wrong tries a code is dead: of 32^8 codes, nobody guesses one in ten.
const MOST_WRONG: i64 = 10;
/// Digits and letters that nobody takes for one another when read out or copied by hand.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Has a partner's present addresses told that a change of its record waits.
pub(crate) async fn tell_of_change(
    tx: &mut Tx,
    deps: &Deps,
    partner: &Partner,
    change: ChangeId,
) -> Result<(), store::Error> {
    for contact in partner.contacts.iter().take(MOST_TOLD) {
        request(tx, deps, row(deps, partner, &contact.address, Some(change))).await?;
    }
    Ok(())
}

/// Has a code sent to an address of a partner.
pub(crate) async fn send_code(
    tx: &mut Tx,
    deps: &Deps,
    partner: &Partner,
    address: &Mailbox,
) -> Result<NoticeId, store::Error> {
    request(tx, deps, row(deps, partner, address, None)).await
}

fn row(deps: &Deps, partner: &Partner, address: &Mailbox, change_id: Option<ChangeId>) -> NoticeRow {
    let now = deps.clock.now();
    let is_code = change_id.is_none();
    NoticeRow {
        id: NoticeId::generate(&deps.clock),
        partner_id: partner.id,
        partner_name: partner.name.clone(),
        address: address.clone(),
        languages: partner.languages.clone().into(),
        change_id,
        code: is_code.then(|| new_code(rand::random())),
        created_at: now,
        expires_at: is_code.then(|| now.plus(CODE_VALID)),
        wrong_tries: 0,
        used_at: None,
    }
}

async fn request(tx: &mut Tx, deps: &Deps, row: NoticeRow) -> Result<NoticeId, store::Error> {
    partners::insert_notice(tx, &row).await?;
    let event = NoticeRequestedV1 { notice_id: row.id, partner_id: row.partner_id, change_id: row.change_id };
    outbox::record(tx, Service::Routing, &deps.clock, &event).await?;
    Ok(row.id)
}

/// Eight letters in two groups, from forty random bits.
fn new_code(random: [u8; 8]) -> String {
    let mut code = String::with_capacity(9);
    for (index, byte) in random.into_iter().enumerate() {
        if index == 4 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
    }
    code
}

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendCodeError {
    /// There is no such partner, or it has no such address.
    #[error("find the partner's address")]
    NotFound,
    /// The database failed.
    #[error("store the notice")]
    Store(#[from] store::Error),
}

/// Sends a code to an address that a partner has now.
pub async fn request_verification(
    deps: &Deps,
    partner: PartnerId,
    address: &Mailbox,
) -> Result<NoticeId, SendCodeError> {
    let mut tx = deps.db.begin().await?;
    let partner = partners::find(&mut tx, partner).await?.ok_or(SendCodeError::NotFound)?;
    if partner.contacts.iter().all(|contact| contact.address != *address) {
        return Err(SendCodeError::NotFound);
    }
    let id = send_code(&mut tx, deps, &partner, address).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(id)
}

/// What came of entering a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// The address is verified.
    Verified,
    /// It was verified before; or the partner no longer has the address.
    Nothing,
    /// Not the code.
    Wrong,
    /// Too late, or too many tries: a new code has to be sent.
    Dead,
    /// There is no such code.
    Unknown,
}

/// A person enters a code. The partner's record says from then on that the mailbox is read.
pub async fn verify_address(deps: &Deps, id: NoticeId, code: &str, by: &Line) -> Result<Entered, store::Error> {
    let now = deps.clock.now();
    // Anybody may ask, so the directory is locked only for a code that can still be entered.
    let mut tx = deps.db.read().await?;
    let known = partners::notice(&mut tx, id).await?;
    tx.commit().await?;
    if let Err(end) = enterable(known, now) {
        return Ok(end);
    }
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    // Read again under the lock: somebody may have been faster.
    let notice = match enterable(partners::notice(&mut tx, id).await?, now) {
        Ok(notice) => notice,
        Err(end) => return Ok(end),
    };
    if !notice.code.as_deref().is_some_and(|expected| same(expected, code)) {
        partners::note_wrong_try(&mut tx, id).await?;
        tx.commit().await?;
        return Ok(Entered::Wrong);
    }
    partners::use_code(&mut tx, id, by, now).await?;
    let mut partner = partners::find(&mut tx, notice.partner_id).await?;
    let contact = partner.as_mut().and_then(|p| p.contacts.iter_mut().find(|c| c.address == notice.address));
    let found = contact.map(|contact| contact.verified_at = Some(now)).is_some();
    if let Some(partner) = partner.filter(|_| found) {
        let reason = "Somebody entered the code that was mailed to the address".parse().expect("a line");
        let why = Why { by: None, source: RevisionSource::Verification, reason };
        let revision = write_partners(&mut tx, deps, &[partner], (0, 1), &why).await?;
        let event = AddressVerifiedV1 { notice_id: id, partner_id: notice.partner_id, revision };
        outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(notice.id = %id, partner.id = %notice.partner_id, "an address was verified");
    Ok(if found { Entered::Verified } else { Entered::Nothing })
}

/// The notice, if its code can be entered; else what came of it.
fn enterable(notice: Option<NoticeRow>, now: Timestamp) -> Result<NoticeRow, Entered> {
    let notice = notice.filter(|notice| notice.change_id.is_none()).ok_or(Entered::Unknown)?;
    if notice.used_at.is_some() {
        return Err(Entered::Nothing);
    }
    if notice.wrong_tries >= MOST_WRONG || notice.expires_at.is_none_or(|at| at <= now) {
        return Err(Entered::Dead);
    }
    Ok(notice)
}

/// As people type: case, spaces and hyphens do not matter. Not in constant time: ten tries in all tell nothing.
fn same(expected: &str, typed: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
    };
    plain(expected) == plain(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = new_code([0, 31, 32, 255, 8, 9, 10, 11]);
        assert_eq!(code, "2Z2Z-ABCD");
        assert!(same(&code, " 2z2z abcd ") && same(&code, "2Z2ZABCD"));
        assert!(!same(&code, "2Z2Z-ABCE") && !same(&code, ""));
    }
}
