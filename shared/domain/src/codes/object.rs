//! Objects and their photographs.

use super::codes;

codes! {
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

    /// How a photograph is stored; nothing else is read.
    PictureFormat, "format" {
        Jpeg = "image/jpeg", "JPEG";
        Png = "image/png", "PNG";
        WebP = "image/webp", "WebP";
    }
}

impl PictureFormat {
    /// How the name of such a file ends.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}
