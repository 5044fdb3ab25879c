//! The last gate before the wire. It may only remove: the plan is frozen, but what the desk took back since must not
//! be sent. Pure.

use domain::codes::{AlertKind, AlertState, CaseState};
use domain::delivery::DeliveryState;
use domain::{Label, Timestamp, text::Line};
use store::deliveries::DeliveryRow;

/// Why a delivery is not sent, and what it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Removal {
    pub state: DeliveryState,
    /// A stable name for programs.
    pub code: &'static str,
    pub reason: &'static str,
}

/// A mail that cannot be composed: a fault of the program, for a person to see.
pub(crate) const NOT_COMPOSED: Removal = Removal {
    state: DeliveryState::Held,
    code: "not-composed",
    reason: "the mail cannot be composed; the log says why",
};

/// The case is silent. What is held for this goes on by itself when an officer takes the case up again.
pub(crate) const SILENT: Removal = Removal {
    state: DeliveryState::Held,
    code: "case-suspended",
    reason: "the case is suspended; it goes on when the case does",
};

/// The case is under an embargo. What is held for this goes on by itself when the embargo ends or is lifted.
pub(crate) const EMBARGOED: Removal = Removal {
    state: DeliveryState::Held,
    code: "embargoed",
    reason: "the case is under an embargo; it goes on when the embargo ends",
};

impl Removal {
    /// Whether it goes on by itself.
    pub(crate) fn passes(self) -> bool {
        self == SILENT || self == EMBARGOED
    }
}

/// A mail that must be encrypted and cannot be: the partner is not told, and somebody at the desk has to see to its key.
pub(super) const UNPROTECTED: Removal = Removal {
    state: DeliveryState::Held,
    code: "unprotected",
    reason: "mail to the partner must be encrypted, and there is no key of this address that can be used; it was told so, without the content",
};

/// It may have arrived, and the settings want a person to decide whether it goes out again.
pub(crate) const DOUBTFUL: Removal = Removal {
    state: DeliveryState::Held,
    code: "doubtful",
    reason: "it may have arrived, and mail.uncertain holds what may have",
};

/// No try of it ever had an end, for as long as a mail is tried at all.
pub(crate) const GIVEN_UP: Removal = Removal {
    state: DeliveryState::Expired,
    code: "given-up",
    reason: "given up: its tries were interrupted until the time was over",
};

/// What the gate looks at: the directory now, against the plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Present<'a> {
    pub alert: AlertState,
    pub case: CaseState,
    /// An embargo that has not ended keeps the version from being told.
    pub embargoed: bool,
    pub label: Label,
    pub partner_active: Option<bool>,
    pub partner_clearance: Option<Label>,
    pub contact_clearance: Option<Label>,
    pub contact_person: Option<&'a Line>,
    pub planned_person: Option<&'a Line>,
    pub superseded: bool,
    /// Nobody has shown that the mailbox is read, and the settings hold mail to such.
    pub unverified: bool,
    /// Too much mail to the address came back.
    pub suppressed: bool,
}

impl<'a> Present<'a> {
    pub(crate) fn of(row: &'a DeliveryRow, now: Timestamp) -> Self {
        Self {
            alert: row.alert_state,
            case: row.case_state,
            // Calling off an alarm must not wait.
            embargoed: row.kind != AlertKind::Cancel && row.embargo_until.is_some_and(|until| until > now),
            label: row.label,
            partner_active: row.partner_active,
            partner_clearance: row.partner_clearance,
            contact_clearance: row.contact_clearance,
            contact_person: row.contact_person.as_ref(),
            planned_person: row.person.as_ref(),
            superseded: row.superseded,
            unverified: false,
            suppressed: row.is_suppressed(now),
        }
    }
}

/// What the gate has against a delivery.
pub(crate) fn removal_of(row: &DeliveryRow, hold_unverified: bool, now: Timestamp) -> Option<Removal> {
    let unverified = hold_unverified && row.contact_verified_at.is_none();
    removal(Present { unverified, ..Present::of(row, now) })
}

/// None lets it through. *Cancelled* where the desk itself took the partner out; *held* where somebody at the desk has
/// to decide how the partner hears of it.
pub(crate) fn removal(present: Present<'_>) -> Option<Removal> {
    use DeliveryState::{Cancelled, Held};
    let remove = |state, code, reason| Some(Removal { state, code, reason });
    if present.alert != AlertState::Released {
        return remove(Cancelled, "withdrawn", "the alert is not released");
    }
    // An alert that was deferred for an hour must not arrive after its cancellation.
    if present.superseded {
        return remove(Cancelled, "superseded", "a later version of the case has reached this address, or may have");
    }
    if present.partner_active != Some(true) {
        return remove(
            Cancelled,
            "partner-inactive",
            "the partner was switched off in the directory after the plan was frozen",
        );
    }
    // An authority asks for silence: nothing about the case leaves, whatever was planned before.
    if present.case == CaseState::Suspended {
        return Some(SILENT);
    }
    if present.embargoed {
        return Some(EMBARGOED);
    }
    let Some(contact) = present.contact_clearance else {
        return remove(
            Held,
            "address-gone",
            "the partner no longer has this address; its present one is not in the plan",
        );
    };
    if present.planned_person.is_some() && present.planned_person != present.contact_person {
        return remove(Held, "other-person", "the address belongs to somebody else than the person the plan names");
    }
    // The partner's ceiling is for its mailboxes; a named person is cleared in person.
    let clearance = match present.contact_person {
        Some(_) => contact,
        None => contact.min(present.partner_clearance.unwrap_or(Label::Clear)),
    };
    if present.unverified {
        return remove(
            Held,
            "unverified",
            "nobody has verified the address, and mail.hold_unverified holds mail to such",
        );
    }
    if present.suppressed {
        return remove(
            Held,
            "suppressed",
            "too much mail to this address came back; see what came back, under deliveries",
        );
    }
    if clearance < present.label {
        return remove(
            Held,
            "above-clearance",
            "the address's clearance was lowered below the label after the plan was frozen",
        );
    }
    if present.label == Label::Red && present.contact_person.is_none() {
        return remove(Held, "not-a-person", "TLP:RED is for named persons, and the address is no longer one's");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_only_removes() {
        let person: Line = "Ana Pérez".parse().unwrap();
        let fine = Present {
            embargoed: false,
            alert: AlertState::Released,
            case: CaseState::Active,
            label: Label::Amber,
            partner_active: Some(true),
            partner_clearance: Some(Label::AmberStrict),
            contact_clearance: Some(Label::AmberStrict),
            contact_person: None,
            planned_person: None,
            superseded: false,
            unverified: false,
            suppressed: false,
        };
        let other: Line = "Bob Roe".parse().unwrap();
        let red = Present { label: Label::Red, contact_clearance: Some(Label::Red), ..fine };
        for (present, expected) in [
            (fine, None),
            (Present { label: Label::AmberStrict, ..fine }, None),
            (Present { alert: AlertState::Discarded, ..fine }, Some(DeliveryState::Cancelled)),
            (Present { case: CaseState::Suspended, ..fine }, Some(DeliveryState::Held)),
            (Present { embargoed: true, ..fine }, Some(DeliveryState::Held)),
            (Present { case: CaseState::Dormant, ..fine }, None),
            (Present { partner_active: Some(false), ..fine }, Some(DeliveryState::Cancelled)),
            (Present { partner_active: None, ..fine }, Some(DeliveryState::Cancelled)),
            (Present { contact_clearance: None, ..fine }, Some(DeliveryState::Held)),
            (Present { contact_clearance: Some(Label::Green), ..fine }, Some(DeliveryState::Held)),
            (Present { partner_clearance: Some(Label::Green), ..fine }, Some(DeliveryState::Held)),
            (Present { partner_clearance: Some(Label::Green), contact_person: Some(&person), ..fine }, None),
            (Present { contact_person: Some(&person), ..red }, None),
            (Present { contact_person: Some(&person), planned_person: Some(&person), ..red }, None),
            (Present { contact_person: Some(&other), planned_person: Some(&person), ..red }, Some(DeliveryState::Held)),
            (Present { planned_person: Some(&person), ..fine }, Some(DeliveryState::Held)),
            (Present { superseded: true, ..fine }, Some(DeliveryState::Cancelled)),
            (Present { unverified: true, ..fine }, Some(DeliveryState::Held)),
            (Present { suppressed: true, ..fine }, Some(DeliveryState::Held)),
            (Present { partner_clearance: Some(Label::Red), ..red }, Some(DeliveryState::Held)),
        ] {
            assert_eq!(removal(present).map(|removal| removal.state), expected, "{present:?}");
        }
    }
}
