//! Partners and changes of their records.

use super::codes;

codes! {
    /// The four kinds of organisation UNESCO works with, and one that an administrator may switch on.
    PartnerKind, "kind" {
        Police = "police", "Police or national institution";
        Igo = "igo", "Intergovernmental organisation";
        Ngo = "ngo", "Non-governmental organisation";
        Research = "research", "Research institute";
        /// The usual place of resurfacing, and an interested party: object data under TLP:CLEAR, never more.
        Market = "market", "Market body or private register";
    }

    /// Whose turn a contact of a partner is.
    ContactRole, "contact-role" {
        Primary = "primary", "Primary";
        Second = "second", "Second";
        OutOfHours = "out_of_hours", "Out of hours";
    }

    /// How a partner is reached.
    Channel, "channel" {
        Mail = "mail", "E-mail";
        /// It fetches alerts by a program; mail goes to it all the same.
        Feed = "feed", "Machine-readable feed, and e-mail";
    }

    /// Which of a partner's contacts must acknowledge.
    AcknowledgedBy, "acknowledged-by" {
        Any = "any", "Any one contact";
        All = "all", "Every contact";
    }

    /// On what ground personal data and circumstances may be handed to a partner.
    LegalGround, "legal-ground" {
        Agreement = "agreement", "Agreement or memorandum";
        LawEnforcement = "law_enforcement", "Law-enforcement cooperation";
        Adequacy = "adequacy", "Adequacy decision or equivalent law";
        PublicInterest = "public_interest", "Important public interest";
        Consent = "consent", "Consent of the source";
    }

    /// What a key is.
    KeyFormat, "key-format" {
        OpenPgp = "openpgp", "OpenPGP";
        X509 = "x509", "X.509 (S/MIME)";
    }

    /// Where a dangerous change of the directory stands.
    ChangeState, "change-state" {
        Open = "open", "Waiting";
        Applied = "applied", "Applied";
        Cancelled = "cancelled", "Cancelled";
        /// The directory was changed meanwhile, so that what was approved cannot be applied any more.
        Overtaken = "overtaken", "Overtaken";
    }

    /// What made a revision of the directory.
    RevisionSource, "revision-source" {
        Form = "form", "Form";
        Api = "api", "API";
        Import = "import", "Directory file";
        Proposal = "proposal", "Approved change";
        Verification = "verification", "Verified address";
        Command = "command", "Command line";
    }
}

impl PartnerKind {
    /// Whether its addresses are never given up by a machine: an alarm that does not reach police, or whoever passes it on
    /// to police, is a person's task.
    pub fn must_be_reached(self) -> bool {
        matches!(self, Self::Police | Self::Igo)
    }
}
