//! A notice that a server had taken came back. It has no delivery that could be counted: it is refused after all, or given
//! up, with the other side's words, and that is a fact.

use contracts::Service;
use contracts::events::NoticeBouncedV1;
use domain::ids::NoticeId;
use sha2::{Digest, Sha256};
use store::{notices, outbox};

use super::bounce::{state, words};
use super::classify::Failed;
use super::{Postbox, Taken};

impl Postbox {
    pub(super) async fn notice_came_back(&self, id: NoticeId, failed: &Failed) -> Result<Taken, store::Error> {
        let now = self.deps.clock.now();
        let mut tx = self.deps.db.begin().await?;
        if notices::find(&mut tx, id).await?.is_none() {
            return Ok(Taken::Unknown);
        }
        // A try that begins at this moment is seen, or waits and sees what is recorded here.
        notices::lock(&mut tx, id).await?;
        // The server's word for it may be on its way into the table yet; by then the report comes again.
        if notices::outcomes(&mut tx, id).await?.iter().any(Option::is_none) {
            return Ok(Taken::Later);
        }
        let state = state(failed);
        if !notices::come_back(&mut tx, id, state, &words(failed, None), now).await? {
            return Ok(Taken::WithoutEffect);
        }
        let event = NoticeBouncedV1 {
            notice_id: id,
            status: failed.status.clone(),
            state,
            words_sha256: failed.words.as_ref().map(|words| hex::encode(Sha256::digest(words.as_bytes()))),
        };
        outbox::record(&mut tx, Service::Notifier, &self.deps.clock, &event).await?;
        tx.commit().await?;
        self.deps.bell.ring();
        tracing::warn!(notice.id = %id, "a notice that was accepted came back");
        Ok(Taken::Bounced)
    }
}
