//! The way back of an object, and the time limits on it.

use super::{PictureFormat, codes};

codes! {
    /// By which way an object goes back.
    Route, "route" {
        Bilateral = "bilateral", "Bilateral talks";
        Court = "court", "Court proceedings";
        Unidroit1995 = "unidroit_1995", "UNIDROIT Convention 1995";
        Directive2014 = "directive_2014_60", "Directive 2014/60/EU";
        Icprcp = "icprcp", "UNESCO committee ICPRCP";
        Mediation = "mediation", "Mediation or conciliation";
    }

    /// An instrument that a claim relies on, and whose time limits are watched.
    LegalInstrument, "instrument" {
        Unidroit1995 = "unidroit_1995", "UNIDROIT Convention 1995";
        Directive2014 = "directive_2014_60", "Directive 2014/60/EU";
        Icprcp = "icprcp", "ICPRCP standard form (1986)";
    }

    /// What somebody is in a restitution.
    PartyRole, "party" {
        Claimant = "claimant", "Claimant";
        Possessor = "possessor", "Possessor";
        RequestingState = "requesting_state", "Requesting state";
        HoldingState = "holding_state", "Holding state";
        CentralAuthority = "central_authority", "Central authority";
        Court = "court", "Court";
        Mediator = "mediator", "Mediator or conciliator";
        Other = "other", "Other";
    }

    /// What happened on the way back of an object.
    WayStep, "way-step" {
        LossDated = "loss_dated", "Day of the theft or of the unlawful export established";
        LocationKnown = "location_known", "Location known to the claimant";
        PossessorKnown = "possessor_known", "Possessor known to the claimant";
        /// The day from which the requesting state's central authority knew both.
        AuthorityKnows = "authority_knows", "Location and possessor known to the central authority";
        RemovalDated = "removal_dated", "Day of the unlawful removal from the territory established";
        PublicCollection = "public_collection", "Public collection or protected religious inventory established";
        /// A Member State tells another that it found the object.
        DiscoveryNotified = "discovery_notified", "Discovery notified to the requesting state";
        ObjectChecked = "object_checked", "Object checked by the requesting state";
        Requested = "requested", "Return formally requested";
        TalksOpened = "talks_opened", "Bilateral talks opened";
        TalksFailed = "talks_failed", "Bilateral talks without result";
        ProceedingsBegun = "proceedings_begun", "Proceedings begun";
        FormTransmitted = "form_transmitted", "Form transmitted to the holding state";
        ReplyReceived = "reply_received", "Reply of the holding state received";
        MediationBegun = "mediation_begun", "Mediation begun";
        Agreed = "agreed", "Agreement reached";
        Decided = "decided", "Judgment or award";
        Returned = "returned", "Object handed over";
        LeftByAgreement = "left_by_agreement", "Left with its possessor by agreement";
        Dropped = "dropped", "Claim dropped";
    }

    /// A time limit that is watched.
    TimeLimit, "time-limit" {
        StolenKnowledge = "unidroit_3_3_knowledge", "Claim for a stolen object: three years from knowledge";
        StolenTheft = "unidroit_3_3_theft", "Claim for a stolen object: fifty years from the theft";
        ExportedKnowledge = "unidroit_5_5_knowledge", "Request after illegal export: three years from knowledge";
        ExportedExport = "unidroit_5_5_export", "Request after illegal export: fifty years from the export";
        DirectiveCheck = "directive_5_3_check", "Checking the object: six months from the notification";
        DirectiveKnowledge = "directive_8_1_knowledge", "Return proceedings: three years from knowledge";
        DirectiveRemoval = "directive_8_1_removal", "Return proceedings: thirty years from the removal";
        DirectiveCollection = "directive_8_1_collection", "Return proceedings, public collection: seventy-five years";
        IcprcpReply = "icprcp_reply", "Reply to the form: one year from its transmission";
    }

    /// What a document that is kept here may be; nothing else is taken.
    DocumentFormat, "document_format" {
        Pdf = "application/pdf", "PDF";
        Jpeg = "image/jpeg", "JPEG";
        Png = "image/png", "PNG";
        WebP = "image/webp", "WebP";
    }
}

impl DocumentFormat {
    /// How the name of such a file ends.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => PictureFormat::Jpeg.ending(),
            Self::Png => PictureFormat::Png.ending(),
            Self::WebP => PictureFormat::WebP.ending(),
        }
    }
}

impl From<PictureFormat> for DocumentFormat {
    fn from(format: PictureFormat) -> Self {
        match format {
            PictureFormat::Jpeg => Self::Jpeg,
            PictureFormat::Png => Self::Png,
            PictureFormat::WebP => Self::WebP,
        }
    }
}
