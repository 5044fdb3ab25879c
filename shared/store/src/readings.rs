//! Who looked at what. Written by every service that shows a case, as a fact of its own, before it shows it.

use contracts::{Event, Service};
use domain::Clock;

use crate::{Db, Error, outbox};

/// Records a reading in a transaction of its own: whoever gets no record of having looked gets nothing to look at.
pub async fn record<E: Event>(db: &Db, service: Service, clock: &Clock, reading: &E) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    outbox::record(&mut tx, service, clock, reading).await?;
    tx.commit().await
}
