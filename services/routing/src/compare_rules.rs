//! What a draft of the rules would change: who gains and who loses, over the alerts of the past and the directory of
//! now. Only the rules are asked: who was told before stays told, whatever the rules.

use std::collections::{BTreeMap, HashMap};

use domain::codes::Share;
use domain::ids::{AlertId, CaseId, PartnerId};
use domain::text::Line;
use serde::Serialize;
use store::alerts::{self, ReleasedRow};
use utoipa::ToSchema;

use crate::Deps;
use crate::plan::Router;
use crate::routers::RouterError;
use crate::rules::RuleSet;

/// The most alerts that are looked at, the newest.
const MOST: i64 = 5_000;

/// What would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Comparison {
    /// How many alerts were looked at.
    pub alerts: usize,
    /// Those whose audience would be another, the newest first.
    pub changed: Vec<ChangedAlert>,
    /// Every partner that gains or loses, by name.
    pub partners: Vec<ChangedPartner>,
}

/// An alert whose audience would be another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedAlert {
    /// The alert version.
    #[schema(value_type = String)]
    pub alert: AlertId,
    /// Its case.
    #[schema(value_type = String)]
    pub case: CaseId,
    /// The case's reference.
    pub reference: String,
    /// The case's title.
    pub title: String,
    /// The version's number.
    pub version: i64,
    /// Who would be told besides, or more.
    pub gains: Vec<String>,
    /// Who would not be told any more, or less.
    pub loses: Vec<String>,
}

/// A partner that gains or loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedPartner {
    /// Its name.
    pub name: String,
    /// Of how many alerts it would be told besides, or more.
    pub gains: usize,
    /// Of how many it would not be told any more, or less.
    pub loses: usize,
}

/// Compares a rule set with the one in force.
pub async fn compare_rules(deps: &Deps, rules: RuleSet) -> Result<Comparison, RouterError> {
    let now = deps.routers.current(&deps.db).await?;
    let draft = now.with_rules(rules);
    let mut tx = deps.db.read().await?;
    let past = alerts::released(&mut tx, MOST).await?;
    tx.commit().await?;
    Ok(compare(&now, &draft, &past))
}

fn compare(now: &Router, draft: &Router, past: &[ReleasedRow]) -> Comparison {
    let names: HashMap<PartnerId, &Line> = now.directory().partners.iter().map(|p| (p.id, &p.name)).collect();
    let name = |id: &PartnerId| names.get(id).map(ToString::to_string).unwrap_or_default();
    let mut partners: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut changed = Vec::new();
    for row in past {
        let before: HashMap<PartnerId, Share> = now.audience(&row.facts.0).into_iter().collect();
        let after: HashMap<PartnerId, Share> = draft.audience(&row.facts.0).into_iter().collect();
        // A share is greater than none.
        let gains = more(&before, &after, &name);
        let loses = more(&after, &before, &name);
        if gains.is_empty() && loses.is_empty() {
            continue;
        }
        for (name, _) in &gains {
            partners.entry(name.clone()).or_default().0 += 1;
        }
        for (name, _) in &loses {
            partners.entry(name.clone()).or_default().1 += 1;
        }
        changed.push(ChangedAlert {
            alert: row.id,
            case: row.case_id,
            reference: row.reference.clone(),
            title: row.title.clone(),
            version: row.version,
            gains: gains.into_iter().map(|(_, sentence)| sentence).collect(),
            loses: loses.into_iter().map(|(_, sentence)| sentence).collect(),
        });
    }
    let partners = partners.into_iter().map(|(name, (gains, loses))| ChangedPartner { name, gains, loses });
    Comparison { alerts: past.len(), changed, partners: partners.collect() }
}

/// Who has more in `many` than in `few`, by name, with the share.
fn more(
    few: &HashMap<PartnerId, Share>,
    many: &HashMap<PartnerId, Share>,
    name: &impl Fn(&PartnerId) -> String,
) -> Vec<(String, String)> {
    let mut list: Vec<_> = many
        .iter()
        .filter(|(id, share)| few.get(id) < Some(share))
        .map(|(id, share)| (name(id), format!("{} ({})", name(id), share.label().to_lowercase())))
        .collect();
    list.sort_unstable();
    list
}
