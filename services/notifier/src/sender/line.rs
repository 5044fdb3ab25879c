//! The places on the wire, in all and for each domain, and the lines before them.
//!
//! A destination that takes its mail at once is given more of it than it has places: the next mails have begun already when
//! a place is free, so that many begin together and none waits for the database. One that does not is given no more than its
//! places; what waits for it waits in the table, where a stop or a cancellation reaches it. So a mail in line has passed the
//! last gate a moment ago, as one whose connection is being opened has; and if its line does come to a halt, it goes back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Config;

/// How many stand in line for each place, where there is a line. Even if each took as long as is quick, the last of them would
/// come to its place before its patience ends.
const FOR_EACH_PLACE: usize = 8;
/// A try that ended within this time was quick.
pub(super) const QUICK: Duration = Duration::from_millis(100);
/// How long a mail stands in line before it goes back to the table.
const PATIENCE: Duration = Duration::from_secs(1);

/// Places, and the line before them.
#[derive(Debug)]
pub(super) struct Line {
    places: Arc<Semaphore>,
    of: usize,
    in_hand: usize,
    /// Whether the last try that ended was quick. Nobody is until shown.
    quick: bool,
}

impl Line {
    fn new(of: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(of)), of, in_hand: 0, quick: false }
    }

    /// The most that may be in hand for so many places, with a line before them.
    pub fn most_of(places: usize) -> usize {
        places + places * FOR_EACH_PLACE
    }

    /// How many more may be taken in hand.
    pub fn room(&self) -> usize {
        self.most().saturating_sub(self.in_hand)
    }

    /// How many may be in hand now.
    fn most(&self) -> usize {
        if self.quick { Self::most_of(self.of) } else { self.of }
    }

    pub fn is_quick(&self) -> bool {
        self.quick
    }
}

/// All lines.
#[derive(Debug)]
pub(super) struct Lines {
    pub all: Line,
    per_domain: usize,
    domains: HashMap<String, Line>,
}

impl Lines {
    pub fn new(config: &Config) -> Self {
        Self { all: Line::new(config.workers), per_domain: config.per_domain, domains: HashMap::new() }
    }

    /// Domains that have their share.
    pub fn full(&self) -> Vec<String> {
        self.names(|line| line.room() == 0)
    }

    /// Domains with a line.
    pub fn quick(&self) -> Vec<String> {
        self.names(|line| line.quick)
    }

    fn names(&self, wanted: impl Fn(&Line) -> bool) -> Vec<String> {
        self.domains.iter().filter(|(_, line)| wanted(line)).map(|(name, _)| name.clone()).collect()
    }

    /// How many more mails of this domain may be taken in hand.
    pub fn room(&self, domain: &str) -> usize {
        self.domains.get(domain).map_or(self.per_domain, Line::room)
    }

    /// Takes a mail in hand.
    pub fn join(&mut self, domain: &str) -> Turn {
        let line = self.domains.entry(domain.to_owned()).or_insert_with(|| Line::new(self.per_domain));
        line.in_hand += 1;
        self.all.in_hand += 1;
        Turn { domain: Arc::clone(&line.places), all: Arc::clone(&self.all.places) }
    }

    /// A mail is no longer in hand; whether it was taken at once, if a try of it began.
    pub fn ended(&mut self, domain: &str, quick: Option<bool>) {
        let Some(line) = self.domains.get_mut(domain) else { return };
        let is_last = line.in_hand == 1;
        for line in [&mut self.all, line] {
            line.in_hand -= 1;
            line.quick = quick.unwrap_or(line.quick);
        }
        if is_last {
            self.domains.remove(domain);
        }
    }
}

/// The right to a place, once there is one.
#[derive(Debug)]
pub(super) struct Turn {
    domain: Arc<Semaphore>,
    all: Arc<Semaphore>,
}

/// A place on the wire, until dropped.
#[derive(Debug)]
pub(super) struct Place {
    _domain: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Turn {
    /// Waits for a place; none if that takes too long.
    pub async fn place(self) -> Option<Place> {
        let place = async {
            // The domain's first: who waits for that must not keep one of all meanwhile.
            let domain = self.domain.acquire_owned().await.ok()?;
            let all = self.all.acquire_owned().await.ok()?;
            Some(Place { _domain: domain, _all: all })
        };
        tokio::time::timeout(PATIENCE, place).await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_forms_only_before_who_is_quick_and_nobody_stands_in_it_for_long() {
        let config = Config { workers: 4, per_domain: 2, ..Config::default() };
        let mut lines = Lines::new(&config);
        assert_eq!((lines.all.room(), lines.room("a.example")), (4, 2));
        let (first, second) = (lines.join("a.example"), lines.join("a.example"));
        assert_eq!((lines.full(), lines.room("a.example")), (vec!["a.example".to_owned()], 0));
        let (first, second) = (first.place().await.unwrap(), second.place().await.unwrap());

        // One was quick: the domain may have a line, and so may all.
        drop(first);
        lines.ended("a.example", Some(true));
        assert_eq!((lines.all.room(), lines.quick(), lines.room("a.example")), (35, vec!["a.example".to_owned()], 17));
        lines.join("a.example");
        lines.ended("a.example", None);
        assert_eq!(lines.quick(), ["a.example"], "what the gate took out says nothing about the server");
        let third = lines.join("a.example").place().await.unwrap();
        assert!(lines.join("a.example").place().await.is_none(), "both places are taken, for longer than its patience");
        lines.ended("a.example", Some(false));

        // Who was quick and is no longer has no line, and others have their places.
        assert_eq!((lines.all.room(), lines.room("a.example"), lines.room("b.example")), (2, 0, 2));
        drop((second, third));
        lines.ended("a.example", Some(true));
        lines.ended("a.example", Some(true));
        assert_eq!(lines.quick(), Vec::<String>::new(), "who has nothing in hand has to show it anew");
    }
}
