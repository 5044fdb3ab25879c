//! The pack for a meeting between UNESCO and its partners: what was sent, how fast it was taken and acknowledged, what
//! was corrected, recovered and returned, where the directory has gaps.
//!
//! Every figure is counted from entries of the ledger between two positions, so the same positions give the same
//! figures on any copy of it, for ever. What the entries do not hold (names, countries, kinds) comes from rows that
//! are never changed once written, the coverage gaps from the revision of the directory that the entries end with. Only
//! the time limits are those that run when the pack is made; it says so.

mod chart;
mod count;
mod gather;

use domain::codes::{AlertKind, PartnerKind, TimeLimit};
use domain::country::{Country, Region};
use domain::ids::{AlertId, CaseId, ObjectId, PartnerId};
use domain::text::Line;
use domain::{CivilDate, Language, Timestamp};

pub use chart::{bars, map};
pub use count::{Figure, Unit, Value, duration, percentile};
pub use gather::pack;

/// What the pack is to be about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackRequest {
    /// One partner; none for all.
    pub partner: Option<PartnerId>,
    /// Cases of one region (UN M49); none for all.
    pub region: Option<Region>,
    /// From the first entry of this day on.
    pub since: Option<CivilDate>,
    /// Up to the last entry before this day.
    pub until: Option<CivilDate>,
    /// From this entry on; decides over `since`.
    pub from: Option<i64>,
    /// Up to the entry before this one; decides over `until`.
    pub to: Option<i64>,
}

/// The pack.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The partner it is about.
    pub partner: Option<Line>,
    /// The region it is about.
    pub region: Option<Region>,
    /// The first entry counted.
    pub from: i64,
    /// The entry behind the last one counted.
    pub to: i64,
    /// When the first and the last of them happened; none if there is none.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The figures, in their order.
    pub figures: Vec<Figure>,
    /// Alert versions by month, such as `2026-11`.
    pub by_month: Vec<(String, usize)>,
    /// Notifications by kind of partner.
    pub by_kind: Vec<(PartnerKind, usize)>,
    /// Notifications by how soon they were acknowledged: the key of the text, and how many.
    pub by_wait: Vec<(&'static str, usize)>,
    /// Cases by the country of the loss, the most first.
    pub by_country: Vec<(Country, usize)>,
    /// The alert versions, the first first.
    pub alerts: Vec<PackAlert>,
    /// Countries without an active police partner; none where it is about one partner.
    pub gaps: Option<Gaps>,
    /// The time limits that run when it is gathered, the soonest first; none where it is about one partner.
    pub clocks: Vec<PackClock>,
    /// When it was gathered.
    pub as_of: Timestamp,
}

/// One alert version of the pack.
#[derive(Clone, Debug)]
pub struct PackAlert {
    /// The version.
    pub alert_id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// The case's reference.
    pub reference: String,
    /// The case's title.
    pub title: Line,
    /// Its country.
    pub country: Country,
    /// The version's number.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// When it was released.
    pub released_at: Timestamp,
    /// How many partners were told, as far as these entries know.
    pub told: usize,
    /// The median time to an acknowledgement, in seconds.
    pub acknowledged_median: Option<u64>,
}

impl PackAlert {
    /// The country's English name.
    pub fn country_name(&self) -> &'static str {
        self.country.name(Language::ENGLISH)
    }

    /// The median as hours, minutes, seconds; nothing for none.
    pub fn acknowledged(&self) -> String {
        self.acknowledged_median.map(duration).unwrap_or_default()
    }
}

/// A time limit that runs for an object of a case of the pack.
#[derive(Clone, Debug)]
pub struct PackClock {
    /// The object.
    pub object_id: ObjectId,
    /// Its case's reference.
    pub reference: String,
    /// The case's title.
    pub title: Line,
    /// Which limit.
    pub limit: TimeLimit,
    /// The day that started it.
    pub started_on: CivilDate,
    /// Its last day.
    pub due_on: CivilDate,
}

/// Where nobody would be told first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gaps {
    /// The directory it was read from.
    pub revision: i64,
    /// The countries.
    pub countries: Vec<Country>,
    /// Out of how many.
    pub total: usize,
}

impl Gaps {
    /// The countries' English names.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.countries.iter().map(|country| country.name(Language::ENGLISH)).collect();
        names.sort_unstable();
        names
    }
}
