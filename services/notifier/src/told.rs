//! What a partner was last told of a case, and what has changed since: for the mail of an update, and for its preview.
//!
//! "Told" is a mail that a server accepted, or may have. A partner whose mails were all refused is told the whole as it
//! is now, and so is one that hears of the case for the first time.

use domain::alert::label_of_share;
use domain::case::Circumstances;
use domain::change::{Seen, changes};
use domain::codes::{AlertKind, Share};
use domain::ids::PartnerId;
use store::alerts::AlertRow;
use store::{Tx, alerts, deliveries, photos};

use crate::compose::Since;

/// What has changed for a partner since it was last told; nothing for a version that is no update. `circumstances` are
/// those that the partner is shown now.
pub(crate) async fn since(
    tx: &mut Tx,
    alert: &AlertRow,
    circumstances: Option<&Circumstances>,
    partner: PartnerId,
    share: Share,
) -> Result<Option<Since>, store::Error> {
    if alert.kind != AlertKind::Update {
        return Ok(None);
    }
    let told = deliveries::last_told(tx, alert.case_id, partner, alert.version).await?;
    let Some((before, share_before)) = told else { return Ok(None) };
    let Some(before) = alerts::find(tx, before).await? else { return Ok(None) };
    // What stood under a stricter label, and may be why it was laid down, is not quoted under a laxer one.
    if label_of_share(before.label, share_before) > label_of_share(alert.label, share) {
        return Ok(None);
    }
    let circumstances_before = match share_before {
        Share::Full => alerts::circumstances(tx, before.id).await?,
        Share::ObjectData => None,
    };
    let (shown_before, shown) =
        (photos::objects_shown(tx, before.id).await?, photos::objects_shown(tx, alert.id).await?);
    let changes = changes(
        Seen {
            label: label_of_share(before.label, share_before),
            content: &before.content.0,
            circumstances: circumstances_before.as_ref(),
            photographs: &shown_before,
        },
        Seen {
            label: label_of_share(alert.label, share),
            content: &alert.content.0,
            circumstances,
            photographs: &shown,
        },
    );
    Ok(Some(Since { version: before.version, changes }))
}
