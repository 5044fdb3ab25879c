//! The life of the service: be the writer or stand by, consume, ask witnesses, compare, erase what is due.

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use contracts::Service;
use tokio_util::sync::CancellationToken;

use crate::ledger::{RENEW, WATCH};
use crate::{Deps, OnEveryEvent, chores};

/// Runs the service until `stop`.
///
/// With a broker, only the process that holds the writer's lease consumes; the others stand by and take over when it
/// ends. In-process there is one process, which takes the lease when it first appends.
pub async fn run(deps: Deps, bus: Bus, stop: CancellationToken) {
    let writing = async {
        match bus {
            Bus::Local(_) => write(&deps, &bus, &stop).await,
            Bus::Amqp(_) => take_turns(&deps, &bus, &stop).await,
        }
        if let Err(error) = deps.writer.let_go(&deps.db).await {
            tracing::warn!(%error, "cannot give the ledger's lease back");
        }
    };
    // Boxed: whoever joins several services would carry all their states on its stack.
    let relaying = Box::pin(bus::relay(&bus, &deps.db, &deps.clock, Service::Audit, &deps.bell, &stop));
    tokio::join!(Box::pin(writing), relaying);
}

async fn write(deps: &Deps, bus: &Bus, term: &CancellationToken) {
    let consumer = Arc::new(OnEveryEvent { writer: deps.writer.clone() });
    let consuming = bus::consume(bus, &deps.db, &deps.clock, consumer, term.clone());
    tokio::join!(Box::pin(consuming), Box::pin(chores::run(deps, term)));
}

async fn take_turns(deps: &Deps, bus: &Bus, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if !holds(deps).await {
            pause(WATCH, stop).await;
            continue;
        }
        let term = stop.child_token();
        let keeping = async {
            loop {
                pause(RENEW, &term).await;
                if term.is_cancelled() {
                    break;
                }
                if !holds(deps).await {
                    tracing::warn!("another process writes the ledger now; standing by");
                    term.cancel();
                }
            }
        };
        tokio::join!(Box::pin(write(deps, bus, &term)), keeping);
    }
}

/// Whether this process writes. A database that does not answer gives no lease, and takes none away: the transaction
/// that appends asks again.
async fn holds(deps: &Deps) -> bool {
    match deps.writer.renew(&deps.db).await {
        Ok(held) => held,
        Err(error) => {
            tracing::warn!(%error, "cannot ask for the ledger's lease");
            false
        }
    }
}

async fn pause(time: Duration, stop: &CancellationToken) {
    stop.run_until_cancelled(tokio::time::sleep(time)).await;
}
