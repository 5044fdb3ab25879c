//! The in-process bus: publishing calls every consumer and returns after each has committed.

use std::sync::{Arc, PoisonError, RwLock};

use contracts::Envelope;
use domain::Clock;
use futures::future::BoxFuture;
use store::Db;

use crate::{Consumer, Delivered, PublishError, deliver};

type Call = Arc<dyn Fn(Vec<Envelope>) -> BoxFuture<'static, Result<Delivered, store::Error>> + Send + Sync>;

#[derive(Clone)]
struct Registered {
    name: &'static str,
    wants: fn(&str) -> bool,
    call: Call,
}

/// The consumers of this process.
#[derive(Clone, Default)]
pub struct Local(Arc<RwLock<Vec<Registered>>>);

impl Local {
    /// Adds a consumer; a second registration under one name replaces the first.
    pub fn register<C: Consumer>(&self, db: &Db, clock: &Clock, consumer: &Arc<C>) {
        let (db, clock, consumer) = (db.clone(), clock.clone(), Arc::clone(consumer));
        let call: Call = Arc::new(move |messages| {
            let (db, clock, consumer) = (db.clone(), clock.clone(), Arc::clone(&consumer));
            Box::pin(async move { deliver(&db, &clock, &*consumer, &messages).await })
        });
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|registered| registered.name != C::NAME);
        all.push(Registered { name: C::NAME, wants: C::wants, call });
    }

    /// Calls every consumer that wants each message, in the order of their registration. A handler's failure is the
    /// sweep's to repair, since the fact is stored; only a database that is away makes the relay try again.
    pub async fn publish(&self, messages: &[Envelope]) -> Vec<Result<(), PublishError>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut results: Vec<Result<(), PublishError>> = messages.iter().map(|_| Ok(())).collect();
        for Registered { wants, call, .. } in all {
            let wanted: Vec<Envelope> = messages.iter().filter(|message| wants(message.kind())).cloned().collect();
            if wanted.is_empty() || call(wanted).await.is_ok() {
                continue;
            }
            for (result, message) in results.iter_mut().zip(messages) {
                if wants(message.kind()) {
                    *result = Err(PublishError::Consumer);
                }
            }
        }
        results
    }
}
