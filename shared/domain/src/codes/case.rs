//! What happened, and where the case stands.

use super::codes;

codes! {
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

    /// Why who reported is erased. A list and no text: a text would name the person again.
    ErasureGround, "erasure_ground" {
        Request = "request", "The person asked for it";
        Retention = "retention", "The time of keeping ended";
        Order = "order", "A court or a supervisory authority ordered it";
        Mistake = "mistake", "The person was entered by mistake";
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
}
