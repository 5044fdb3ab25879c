//! Versions of an alert, and how they reach people.

use super::codes;

codes! {
    /// What an alert version says.
    AlertKind, "alert-kind" {
        Alert = "alert", "Alert";
        Update = "update", "Update";
        /// It was wrong: never stolen, or found in the store room. A recovery is not a Cancel.
        Cancel = "cancel", "Cancel";
        Recovery = "recovery", "Recovery";
        /// A step on the way back to the owner or the state of origin.
        Restitution = "restitution", "Restitution notice";
        /// What is this, and where does it come from?
        ExpertRequest = "expert_request", "Expert request";
        /// Nothing happened: the bells are tried.
        Exercise = "exercise", "Exercise";
    }

    /// Where an alert version stands.
    AlertState, "alert-state" {
        Draft = "draft", "Draft";
        /// The word is given for a moment to come.
        Scheduled = "scheduled", "Waits for its moment";
        Released = "released", "Released";
        Discarded = "discarded", "Discarded";
    }

    /// How far the desk lets an alert go, before any rule is asked.
    Reach, "reach" {
        /// Only partners of kind `police`; one officer may release it.
        Police = "police", "Police only";
        /// All kinds the rules name; needs a second officer.
        All = "all", "All kinds of partners";
    }

    /// How much of an alert a partner is given. Ordered: a greater share shows more.
    Share, "share" {
        /// Object description only (confidentiality class A).
        ObjectData = "object_data", "Object data only";
        /// Object description and circumstances (classes A and B).
        Full = "full", "Full";
    }

    /// How soon a partner is told. Ordered: a greater pace is faster.
    Pace, "pace" {
        /// Together with whatever else is not urgent, in one mail.
        Digest = "digest", "In a digest";
        AtOnce = "at_once", "At once";
    }
}
