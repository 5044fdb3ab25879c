//! What is known of the links to the broker, for readiness and figures.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lapin::ConnectionStatus;
use metrics::gauge;

use crate::BusState;

/// The links of one process by purpose: the publisher's, and one of each consumer.
#[derive(Clone, Default)]
pub(super) struct Links(Arc<Mutex<BTreeMap<&'static str, Link>>>);

enum Link {
    Up(ConnectionStatus),
    Down(String),
}

impl Link {
    /// lapin updates the status by itself, so a link that broke or was blocked while nobody used it is seen too.
    fn state(&self, purpose: &str) -> BusState {
        match self {
            Self::Down(why) => BusState::Away(format!("{purpose}: {why}")),
            Self::Up(status) if !status.connected() => BusState::Away(format!("{purpose}: lost the connection")),
            Self::Up(status) if status.blocked() => BusState::Blocked,
            Self::Up(_) => BusState::Connected,
        }
    }
}

impl Links {
    pub(super) fn up(&self, purpose: &'static str, status: &ConnectionStatus) {
        self.set(purpose, Link::Up(status.clone()));
    }

    pub(super) fn down(&self, purpose: &'static str, why: String) {
        self.set(purpose, Link::Down(why));
    }

    /// The link was given up on purpose.
    pub(super) fn gone(&self, purpose: &'static str) {
        self.lock().remove(purpose);
    }

    fn set(&self, purpose: &'static str, link: Link) {
        let mut links = self.lock();
        links.insert(purpose, link);
        show(&links);
    }

    /// The worst state of any link.
    pub(super) fn state(&self) -> BusState {
        let links = self.lock();
        show(&links);
        let mut worst = BusState::Untried;
        for (purpose, link) in links.iter() {
            match link.state(purpose) {
                away @ BusState::Away(_) => return away,
                BusState::Blocked => worst = BusState::Blocked,
                other if worst == BusState::Untried => worst = other,
                _ => {}
            }
        }
        worst
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Link>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `bus_state` by link: 0 away, 1 blocked, 2 connected.
fn show(links: &BTreeMap<&'static str, Link>) {
    for (purpose, link) in links {
        let figure = match link.state(purpose) {
            BusState::Connected => 2.0,
            BusState::Blocked => 1.0,
            _ => 0.0,
        };
        gauge!("bus_state", "link" => *purpose).set(figure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_link_is_the_state() {
        let links = Links::default();
        assert_eq!(links.state(), BusState::Untried);
        links.down("publisher", "reach the broker".to_owned());
        assert_eq!(links.state(), BusState::Away("publisher: reach the broker".to_owned()));
        // A status nobody has connected yet.
        links.up("publisher", &ConnectionStatus::default());
        assert_eq!(links.state(), BusState::Away("publisher: lost the connection".to_owned()));
        links.gone("publisher");
        assert_eq!(links.state(), BusState::Untried);
    }
}
