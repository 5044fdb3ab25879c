//! The controlled lists: a stable code for machines, an English label for people.
//!
//! Codes are stored and sent; they never change meaning. Labels in other languages live with the texts that use them
//! and are proved complete over `ALL` by a test there.

/// A closed list: an enum whose variants carry a code and a label.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $label] $(#[$vdoc])* $variant,)+
        }

        impl $name {
            /// Every code, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The list's name in keys and messages.
            pub const LIST: &'static str = $what;

            /// The stable code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The English label.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                // `pad` and not `write_str`: a table's column keeps its width.
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::codes::UnknownCode;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::codes::UnknownCode { list: $what, known: &[$($code),+] }),
                }
            }
        }

        $crate::text::string_serde!($name);
        #[cfg(feature = "sql")]
        $crate::sql::text_column!($name);
    )+};
}
pub(crate) use codes;

/// A code that is not in its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCode {
    /// The list's name.
    pub list: &'static str,
    /// What the list holds.
    pub known: &'static [&'static str],
}

impl std::fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "must be one of {}", self.known.join(", "))
    }
}

impl std::error::Error for UnknownCode {}

codes! {
    /// Between what a reconciliation found a difference.
    DifferenceKind, "difference_kind" {
        Plan = "plan", "Plan and outcomes";
        Ledger = "ledger", "Recorded facts and ledger";
        MailLog = "mail_log", "Tries and the mail server's log";
    }
    /// What somebody looked at, or took a copy of.
    Reading, "reading" {
        Case = "case", "The case";
        Notified = "notified", "Who was told";
        NotNotified = "not_notified", "Who was not told";
        Evidence = "evidence", "The evidence of the case";
        Delivery = "delivery", "The proof of one delivery";
        Export = "export", "A table for use elsewhere";
        Sightings = "sightings", "What was seen, where and by whom";
        Restitution = "restitution", "The way back of an object";
    }
    /// What a person at a partner answers to an alert.
    AnswerKind, "answer" {
        Received = "received", "Received";
        TakingCharge = "taking_charge", "Taking charge";
        /// They report a sighting.
        Information = "information", "We have information";
        /// The mandate in the directory is to be put right.
        NotOurs = "not_ours", "Not ours";
    }

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
        IcprcpReply = "icprcp_reply", "Reply to the form: one year from its transmission";
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
    /// Why who reported is erased. A list and no text: a text would name the person again.
    ErasureGround, "erasure_ground" {
        Request = "request", "The person asked for it";
        Retention = "retention", "The time of keeping ended";
        Order = "order", "A court or a supervisory authority ordered it";
        Mistake = "mistake", "The person was entered by mistake";
    }
    /// What kind of event a case is about.
    Event, "event" {
        Theft = "theft", "Theft";
        IllicitExport = "illicit_export", "Illicit export";
        Looting = "looting", "Looting";
        Missing = "missing", "Found missing at stock-taking";
        Sighting = "sighting", "Sighting";
        Seizure = "seizure", "Seizure, owner unknown";
        Recovery = "recovery", "Recovery";
        Restitution = "restitution", "Restitution";
        Emergency = "emergency", "Emergency, collection at risk";
    }

    /// How the object was lost (SPECTRUM loss method, extended).
    LossMethod, "method" {
        Stolen = "stolen", "Stolen";
        Burglary = "burglary", "Burglary";
        Robbery = "robbery", "Robbery with violence";
        Insider = "insider", "Abstraction by an insider";
        Substitution = "substitution", "Substituted by a copy";
        ClandestineExcavation = "clandestine_excavation", "Clandestine excavation";
        DetachedFromMonument = "detached_from_monument", "Detached from a monument";
        LostInTransit = "lost_in_transit", "Lost in transit";
        NotReturned = "not_returned", "Not returned from loan or temporary export";
        LootedInConflict = "looted_in_conflict", "Looted in conflict";
        Unknown = "unknown", "Unknown";
    }

    /// The kind of place it happened at.
    Premises, "premises" {
        Museum = "museum", "Museum";
        PlaceOfWorship = "place_of_worship", "Place of worship";
        ArchaeologicalSite = "archaeological_site", "Archaeological site";
        UnderwaterSite = "underwater_site", "Underwater site";
        Monument = "monument", "Monument or public space";
        Library = "library", "Library";
        Archive = "archive", "Archive";
        PrivateHome = "private_home", "Private home";
        Dealer = "dealer", "Gallery or dealer";
        Storage = "storage", "Storage";
        Transport = "transport", "Transport";
        Unknown = "unknown", "Unknown";
    }

    /// In which capacity the reporter speaks.
    Capacity, "capacity" {
        PermanentDelegation = "permanent_delegation", "Permanent delegation";
        NationalAuthority = "national_authority", "National authority";
        Police = "police", "Police or National Central Bureau";
        Holder = "holder", "Holder or owner";
        SiteManager = "site_manager", "Site manager";
        Partner = "partner", "Partner organisation";
        /// A tip; it cannot trigger an alert by itself.
        Public = "public", "Member of the public";
    }

    /// On what a verification rests.
    EvidenceKind, "evidence" {
        PoliceReport = "police_report", "Police report";
        NcbMessage = "ncb_message", "Message of a National Central Bureau";
        MinistryNote = "ministry_note", "Note of a ministry";
        InventoryExtract = "inventory_extract", "Inventory extract";
        StockTaking = "stock_taking", "Stock-taking report";
        ExportRefusal = "export_refusal", "Export refusal";
        SiteInspection = "site_inspection", "Site inspection";
        SatelliteAnalysis = "satellite_analysis", "Satellite analysis";
        PressOnly = "press_only", "Press only";
    }

    /// The state of the export permit of an illicitly exported object.
    PermitStatus, "permit" {
        None = "none", "No permit";
        Refused = "refused", "Refused";
        TemporaryOverdue = "temporary_overdue", "Temporary, overdue";
        Expired = "expired", "Expired";
        Forged = "forged", "Forged or altered";
        OtherObject = "other_object", "Genuine, for another object";
        Unknown = "unknown", "Unknown";
    }

    /// How the looting of a site was detected.
    DetectionMethod, "detection" {
        Inspection = "inspection", "Inspection on the ground";
        Satellite = "satellite", "Satellite images";
        Aerial = "aerial", "Aerial or drone survey";
        Witness = "witness", "Report of a witness";
        Market = "market", "Finds of its kind on the market";
    }

    /// What threatens a collection.
    Threat, "threat" {
        ArmedConflict = "armed_conflict", "Armed conflict";
        Unrest = "unrest", "Unrest or looting nearby";
        NaturalDisaster = "natural_disaster", "Earthquake, storm or other disaster";
        FireOrFlood = "fire_or_flood", "Fire or flood";
        Unguarded = "unguarded", "Left without guard";
        Other = "other", "Other";
    }

    /// The kind of place an object was seen at.
    Venue, "venue" {
        Auction = "auction", "Auction or its catalogue";
        Dealer = "dealer", "Gallery or dealer";
        Online = "online", "Online market or social media";
        Fair = "fair", "Fair or market";
        Border = "border", "Border, port or airport";
        Museum = "museum", "Museum or exhibition";
        Private = "private", "Private collection";
        Other = "other", "Elsewhere";
    }

    /// How sure the desk is (CAP 1.2 certainty, read as verification level).
    Certainty, "certainty" {
        /// A police or National Central Bureau reference is confirmed.
        Observed = "observed", "Observed";
        /// Statement of a ministry, delegation or holder.
        Likely = "likely", "Likely";
        /// One source that is not official.
        Possible = "possible", "Possible";
        Unlikely = "unlikely", "Unlikely";
        Unknown = "unknown", "Unknown";
    }

    /// How soon partners must act (CAP 1.2 urgency).
    Urgency, "urgency" {
        /// A theft less than 72 hours ago, or an object on offer or at a border now.
        Immediate = "immediate", "Immediate";
        /// Recent, with leads.
        Expected = "expected", "Expected";
        /// An announced sale.
        Future = "future", "Future";
        /// A historic loss.
        Past = "past", "Past";
    }

    /// The object's class: level 1 of the type (1970 Convention, article 1).
    ObjectType, "type" {
        Painting = "painting", "Painting";
        DrawingPrint = "drawing_print", "Drawing or print";
        Sculpture = "sculpture", "Sculpture";
        Religious = "religious", "Religious object";
        Archaeological = "archaeological", "Archaeological object";
        MonumentFragment = "monument_fragment", "Fragment of a monument";
        CoinMedal = "coin_medal", "Coin or medal";
        BookManuscript = "book_manuscript", "Book or manuscript";
        ArchiveAv = "archive_av", "Archive, sound or film";
        Ethnographic = "ethnographic", "Ethnographic object";
        Furniture = "furniture", "Furniture";
        CeramicGlass = "ceramic_glass", "Ceramic or glass";
        JewelleryMetalwork = "jewellery_metalwork", "Jewellery or metalwork";
        Textile = "textile", "Textile";
        ArmsArmour = "arms_armour", "Arms or armour";
        ClockScientific = "clock_scientific", "Clock or scientific instrument";
        MusicalInstrument = "musical_instrument", "Musical instrument";
        NaturalSpecimen = "natural_specimen", "Natural specimen";
        Stamp = "stamp", "Stamp";
        Other = "other", "Other";
    }

    /// What is true of an object besides its type.
    ObjectFlag, "flag" {
        HumanRemains = "human_remains", "Human remains";
        /// Changes the time limits of the UNIDROIT Convention 1995, article 3(4) and (8).
        SacredOrCommunal = "sacred_or_communal", "Sacred or communal";
        Inventoried = "inventoried", "Inventoried";
        NationalTreasure = "national_treasure", "National treasure";
        WorldHeritageSite = "world_heritage_site", "From a World Heritage site";
        ConflictArea = "conflict_area", "From a conflict area";
    }

    /// Where an object stands; each object of a case has its own.
    ObjectStatus, "object-status" {
        Missing = "missing", "Missing";
        Sighted = "sighted", "Sighted";
        Matched = "matched", "Matched";
        Located = "located", "Located";
        Secured = "secured", "Secured or seized";
        Recovered = "recovered", "Recovered";
        Restitution = "restitution", "Restitution open";
        Returned = "returned", "Returned";
        /// The claim ended without a return; the object is searched for no longer.
        LeftByAgreement = "left_by_agreement", "Left with its possessor by agreement";
        Destroyed = "destroyed", "Destroyed";
        ReportedInError = "reported_in_error", "Reported in error";
    }

    /// Which extent a measurement gives.
    Dimension, "dimension" {
        Height = "height", "Height";
        Width = "width", "Width";
        Depth = "depth", "Depth";
        Length = "length", "Length";
        Diameter = "diameter", "Diameter";
        Thickness = "thickness", "Thickness";
        Weight = "weight", "Weight";
    }

    /// The unit of a measurement.
    Unit, "unit" {
        Millimetre = "mm", "mm";
        Centimetre = "cm", "cm";
        Metre = "m", "m";
        Inch = "in", "in";
        Foot = "ft", "ft";
        Gram = "g", "g";
        Kilogram = "kg", "kg";
        Ounce = "oz", "oz";
        Pound = "lb", "lb";
    }

    /// How objects of a case belong together.
    LinkKind, "link" {
        Set = "set", "Part of a set";
        /// Two, and no more.
        Pair = "pair", "One of a pair";
        StolenTogether = "stolen_together", "Taken together";
    }

    /// Whether photographs of the object exist (Object ID: photographs).
    Photographs, "photographs" {
        Available = "available", "Available from the reporter";
        LookAlike = "look_alike", "Only of a look-alike";
        None = "none", "No photograph exists";
        Unknown = "unknown", "Not known yet";
    }

    /// What became of a proposal that two cases are about one event.
    DuplicateState, "duplicate-state" {
        Proposed = "proposed", "Proposed";
        Dismissed = "dismissed", "Dismissed";
        Merged = "merged", "Merged";
    }

    /// What a photograph shows of the object (Object ID: overall, and close-ups of what tells it apart).
    ViewKind, "view" {
        Overall = "overall", "Overall view";
        Back = "back", "Back or underside";
        Detail = "detail", "Detail";
        Inscription = "inscription", "Inscription";
        Marking = "marking", "Marking";
        Damage = "damage", "Damage";
        Repair = "repair", "Repair";
        InSitu = "in_situ", "In its place before the loss";
        Other = "other", "Other";
    }

    /// How a photograph is stored; nothing else is read.
    PictureFormat, "format" {
        Jpeg = "image/jpeg", "JPEG";
        Png = "image/png", "PNG";
        WebP = "image/webp", "WebP";
    }

    /// Where a case stands.
    CaseState, "case-state" {
        /// Not sent in yet; only its account sees it.
        Draft = "draft", "Draft";
        Submitted = "submitted", "Submitted";
        /// The desk asks: known already, complete, from a competent source?
        Triage = "triage", "In triage";
        Verifying = "verifying", "Being verified";
        Verified = "verified", "Verified";
        /// The first version is drafted and waits for its release.
        Alerting = "alerting", "Being alerted";
        /// Partners were told.
        Active = "active", "Active";
        Closed = "closed", "Closed";
        Rejected = "rejected", "Rejected";
        Withdrawn = "withdrawn", "Withdrawn";
        /// It became part of another case.
        Merged = "merged", "Merged";
        /// An authority asks for silence.
        Suspended = "suspended", "Suspended";
        /// Nothing happens until its review; it never expires.
        Dormant = "dormant", "Dormant";
    }

    /// What is done with a case besides verifying and alerting.
    CaseStep, "case-step" {
        Triage = "triage", "Take into triage";
        StartVerifying = "start_verifying", "Begin to verify";
        Reject = "reject", "Reject";
        Withdraw = "withdraw", "Withdraw";
        /// An authority asks for silence.
        Suspend = "suspend", "Suspend";
        Resume = "resume", "Resume";
        Rest = "rest", "Let rest until a review";
        Wake = "wake", "Take up again";
        Close = "close", "Close";
        Reopen = "reopen", "Reopen";
    }

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

    /// How much of an alert a partner is given. Ordered: a greater share shows more.
    Share, "share" {
        /// Object description only (confidentiality class A).
        ObjectData = "object_data", "Object data only";
        /// Object description and circumstances (classes A and B).
        Full = "full", "Full";
    }

    /// What an upload holds.
    ImportKind, "import-kind" {
        Objects = "objects", "Objects of one case";
        Cases = "cases", "Cases with their objects";
    }

    /// How an upload is written.
    ImportFormat, "import-format" {
        Csv = "csv", "CSV table";
        Xlsx = "xlsx", "XLSX workbook";
        JsonLines = "json_lines", "JSON Lines";
        Lido = "lido", "LIDO 1.1 XML";
    }

    /// What happens to the good records if some are bad.
    ImportMode, "import-mode" {
        AllOrNothing = "all_or_nothing", "All or nothing";
        SkipBad = "skip_bad", "Skip the bad ones";
    }

    /// Where an upload stands.
    ImportState, "import-state" {
        Checking = "checking", "Being checked";
        /// Nothing was taken yet.
        Checked = "checked", "Checked, waits for your word";
        Importing = "importing", "Being imported";
        Done = "done", "Imported";
        Refused = "refused", "Refused";
        Cancelled = "cancelled", "Cancelled";
    }

    /// How soon a partner is told. Ordered: a greater pace is faster.
    Pace, "pace" {
        /// Together with whatever else is not urgent, in one mail.
        Digest = "digest", "In a digest";
        AtOnce = "at_once", "At once";
    }

    /// What a signed-in person may do.
    Role, "role" {
        /// Registers cases of one institution and sees only these.
        Reporter = "reporter", "Reporter";
        /// Works at the desk: verifies, drafts, releases.
        Officer = "officer", "Duty officer";
        /// Reads everything, changes nothing.
        Auditor = "auditor", "Auditor";
        /// Manages accounts, partners and rule sets.
        Admin = "admin", "Administrator";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_errors_list_what_is_known() {
        for &kind in ObjectType::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!(ObjectType::ALL.len(), 20);
        let error = "bishop".parse::<PartnerKind>().map_err(|e| e.to_string());
        assert_eq!(error, Err("must be one of police, igo, ngo, research, market".to_owned()));
    }
}
