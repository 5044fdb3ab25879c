//! What partners answer, and what was seen.

use super::codes;

codes! {
    /// What a person at a partner answers to an alert.
    AnswerKind, "answer" {
        Received = "received", "Received";
        TakingCharge = "taking_charge", "Taking charge";
        /// They report a sighting.
        Information = "information", "We have information";
        /// The mandate in the directory is to be put right.
        NotOurs = "not_ours", "Not ours";
    }

    /// What became of a sighting.
    SightingState, "sighting-state" {
        Open = "open", "Not looked at yet";
        Accepted = "accepted", "Accepted";
        Dismissed = "dismissed", "Dismissed";
    }

    /// From where a sighting came in.
    SightingOrigin, "sighting-origin" {
        Partner = "partner", "A partner, by its signed link";
        Institution = "institution", "The reporting institution";
        Desk = "desk", "The desk";
    }
}
