//! What an update changes against the last version that told the whole case, as the desk and the institution see it.

use domain::change::{Change, Changed, Field, Seen, changes};
use domain::codes::{AlertKind, AlertState, Share};
use serde::Serialize;
use store::alerts::AlertRow;
use store::{Tx, alerts, photos};
use utoipa::ToSchema;

/// A field that an update changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeView {
    /// Which.
    #[schema(value_type = String, example = "materials")]
    pub field: Field,
    /// Its name in English.
    #[schema(example = "Materials and techniques")]
    pub label: &'static str,
    /// The least share that shows it: `object_data` or `full`.
    #[schema(value_type = String, example = "object_data")]
    pub share: Share,
    /// The number of the object it is of.
    pub object: Option<i64>,
    /// What it was; null: nothing.
    pub before: Option<String>,
    /// What it is; null: it was taken away.
    pub after: Option<String>,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self {
            field: change.field,
            label: change.field.label(),
            share: if change.field.is_circumstance() { Share::Full } else { Share::ObjectData },
            object: change.object,
            before: change.before.map(|value| value.to_string()),
            after: change.after.map(|value| value.to_string()),
        }
    }
}

/// The last released version before `version` that told the whole case.
pub(crate) fn told_before(versions: &[AlertRow], version: i64) -> Option<&AlertRow> {
    let released = versions.iter().filter(|row| row.state == AlertState::Released && row.version < version);
    released.filter(|row| row.kind.tells_all()).max_by_key(|row| row.version)
}

/// What an update changes; nothing for another kind of version.
pub(crate) async fn changes_of(
    tx: &mut Tx,
    versions: &[AlertRow],
    row: &AlertRow,
) -> Result<Vec<ChangeView>, store::Error> {
    if row.kind != AlertKind::Update || row.state == AlertState::Discarded {
        return Ok(Vec::new());
    }
    let Some(before) = told_before(versions, row.version) else { return Ok(Vec::new()) };
    let (old, new) = (alerts::circumstances(tx, before.id).await?, alerts::circumstances(tx, row.id).await?);
    let (shown_old, shown_new) =
        (photos::objects_shown(tx, before.id).await?, photos::objects_shown(tx, row.id).await?);
    let found = changes(
        Seen { label: before.label, content: &before.content.0, circumstances: old.as_ref(), photographs: &shown_old },
        Seen { label: row.label, content: &row.content.0, circumstances: new.as_ref(), photographs: &shown_new },
    );
    Ok(found.into_iter().map(ChangeView::from).collect())
}

/// The fields alone, for the facts that rules look at.
pub(crate) fn changed(before: Seen<'_>, after: Seen<'_>) -> Vec<Changed> {
    changes(before, after).iter().map(Changed::from).collect()
}
