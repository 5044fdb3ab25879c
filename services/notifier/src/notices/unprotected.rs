//! The text of the notice that a message could not be encrypted, in the reader's language. Pure.
//!
//! It names the reference, for the desk to know what a caller speaks of, and nothing else of the case; there is no link
//! in it, because whoever reads along could follow it.

use domain::case::CaseReference;
use domain::{Interface, Timestamp};
use store::deliveries::DeliveryRow;

use super::compose::{Letter, plain};
use crate::compose::{ComposeError, Signers, Texts, named};
use crate::config::Config;

/// The bytes of the notice.
pub(super) fn compose(
    delivery: &DeliveryRow,
    reference: CaseReference,
    now: Timestamp,
    config: &Config,
    signers: &Signers,
    message_id: &str,
) -> Result<Vec<u8>, ComposeError> {
    let texts = Texts::of(Interface::for_reader(&delivery.languages.0));
    let args = [
        ("label", delivery.label.to_string().into()),
        ("reference", reference.to_string().into()),
        ("version", delivery.version.to_string().into()),
        ("partner", delivery.partner_name.to_string().into()),
        ("desk", config.from.to_string().into()),
    ];
    let say = |key: &str| texts.with(key, &args);
    let text = [say("heading-no-key"), say("lead-no-key"), say("ask-no-key"), say("machine")].join("\n\n");
    let letter = Letter {
        to: named(delivery.person.as_ref(), &delivery.address)?,
        subject: say("subject-no-key"),
        text: format!("{text}\n"),
        language: texts.language.as_str(),
        date: now,
    };
    plain(letter, config, signers, message_id)
}
