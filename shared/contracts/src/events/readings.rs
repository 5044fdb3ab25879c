//! Who looked at figures over many cases. Source: audit. Looking at one case is [`CaseReadV1`](super::CaseReadV1).

use domain::country::Region;
use domain::ids::{AccountId, PartnerId};
use domain::text::Line;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person looked at a meeting pack, or took a copy of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PackReadV1 {
    /// Who.
    pub read_by: AccountId,
    /// The partner it is about; none for all.
    pub partner_id: Option<PartnerId>,
    /// The region it is about; none for all.
    pub region: Option<Region>,
    /// The first ledger entry it counts.
    pub from_entry: i64,
    /// The entry behind the last one.
    pub to_entry: i64,
    /// What for, in the reader's words; always there for a copy that leaves the system.
    pub reason: Option<Line>,
}

super::event!(PackReadV1, "pack.read.v1", read_by);
