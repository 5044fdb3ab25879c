//! A mail about the directory is to be sent. Told twice, it is made once.

use bus::{Consumer, HandleError};
use contracts::events::NoticeRequestedV1;
use contracts::{Envelope, Event};
use domain::Clock;
use store::{Tx, notices, partners};

use crate::Deps;

/// Makes the deliveries of notices.
#[derive(Clone, Debug)]
pub struct OnNoticeRequested {
    clock: Clock,
}

impl OnNoticeRequested {
    /// With the service's clock.
    pub fn new(deps: &Deps) -> Self {
        Self { clock: deps.clock.clone() }
    }
}

impl Consumer for OnNoticeRequested {
    const NAME: &'static str = "notifier.notices";
    const KEYS: &'static [&'static str] = &[NoticeRequestedV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            let requested: NoticeRequestedV1 = message.open()?;
            if partners::notice(tx, requested.notice_id).await?.is_none() {
                return Err(HandleError::Poison("there is no such notice".into()));
            }
            notices::create(tx, requested.notice_id, self.clock.now()).await?;
        }
        Ok(())
    }
}
