//! What a run says, and what is wanted.

use std::fmt;
use std::time::{Duration, Instant};

use testkit::sink::fast::{FastSink, Tally};

/// How long any side may take.
const LIMIT: Duration = Duration::from_secs(300);
/// How often is looked: what a run took is not to be lengthened by this.
const PAUSE: Duration = Duration::from_millis(5);

/// Now, in microseconds since 1970, as the sink and the database say it.
pub fn now() -> i64 {
    domain::Clock::System.now().as_micros()
}

fn between(from: i64, until: i64) -> Duration {
    Duration::from_micros(u64::try_from(until - from).unwrap_or(0))
}

/// One run of one side.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// What the sink counted.
    pub tally: Tally,
    /// When it was asked for.
    pub asked: Option<i64>,
    /// When it answered that it would.
    pub answered: Option<i64>,
    /// When the last attempt was recorded, by its own row.
    pub recorded: Option<i64>,
    /// When all of them were seen to be recorded.
    pub complete: Option<i64>,
    /// When the last fact was in the ledger.
    pub entered: Option<i64>,
    /// The processor time of the side, in microseconds a mail.
    pub cpu: Option<u64>,
}

impl Run {
    /// Of a side that keeps no record.
    pub fn of(tally: Tally, asked: Option<i64>, answered: Option<i64>, cpu: Duration) -> Self {
        let cpu = Some(a_mail(cpu, tally.mails));
        Self { tally, asked, answered, recorded: None, complete: None, entered: None, cpu }
    }

    /// When it was done: the last mail taken, and recorded where there is a record.
    fn end(&self) -> i64 {
        self.complete.unwrap_or(self.tally.last)
    }

    /// Mails a second, from the first mail to the end.
    #[expect(clippy::cast_precision_loss, reason = "thousands of mails")]
    pub fn rate(&self) -> f64 {
        self.tally.mails as f64 / between(self.tally.first, self.end()).as_secs_f64()
    }

    /// From the answer to the end.
    pub fn after_answer(&self) -> Duration {
        between(self.answered.unwrap_or(self.tally.first), self.end())
    }

    /// One line of the table.
    pub fn print(&self, name: &str) {
        let since = |from: Option<i64>, until: Option<i64>| match (from, until) {
            (Some(from), Some(until)) => format!("{:.3} s", between(from, until).as_secs_f64()),
            _ => "-".to_owned(),
        };
        println!(
            "{name:<30} {:>7} {:>7} {:>8.0}/s {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7}",
            self.tally.mails,
            self.tally.bytes / self.tally.mails.max(1),
            self.rate(),
            since(self.asked, self.answered),
            since(self.answered, Some(self.tally.first)),
            since(self.answered, Some(self.tally.last)),
            since(self.answered, self.recorded),
            since(self.answered, self.complete),
            since(self.answered, self.entered),
            self.cpu.map_or("-".to_owned(), |micros| micros.to_string()),
        );
    }
}

/// What stands above the lines.
pub fn head() {
    for [mails, bytes, rate, answer, first, last, recorded, seen, entered, cpu] in [
        ["mails", "bytes", "mails", "answer", "first", "last", "recorded", "seen so", "entered", "us cpu"],
        [
            "",
            "each",
            "a second",
            "from POST",
            "from then",
            "from then",
            "from then",
            "from then",
            "from then",
            "a mail",
        ],
    ] {
        println!(
            "{:<30} {mails:>7} {bytes:>7} {rate:>10} {answer:>9} {first:>9} {last:>9} {recorded:>9} {seen:>9} {entered:>9} {cpu:>7}",
            ""
        );
    }
}

/// Microseconds a mail.
pub fn a_mail(cpu: Duration, mails: u64) -> u64 {
    u64::try_from(cpu.as_micros()).unwrap_or(u64::MAX) / mails.max(1)
}

/// Waits until the sink has so many; a side that sends more has told somebody twice.
pub async fn wait_for(sink: &mut FastSink, mails: usize) -> Tally {
    let wanted = mails as u64;
    until(async || {
        let tally = sink.tally().unwrap();
        if tally.mails >= wanted { Ok(tally) } else { Err(format!("{tally:?} of {mails} mails")) }
    })
    .await
}

/// Looks until there is something, and says at the end of its patience what there was instead. The bounded poll of the
/// test kit looks ever more seldom, which is too coarse for a measurement.
pub async fn until<T>(mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let begun = Instant::now();
    loop {
        match look().await {
            Ok(found) => return found,
            Err(instead) => assert!(begun.elapsed() < LIMIT, "after {LIMIT:?} still {instead}"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The median.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What a ratio must be.
#[derive(Debug)]
pub struct Goal {
    name: &'static str,
    value: f64,
    must: f64,
    aim: Option<f64>,
}

impl Goal {
    /// More is better.
    pub fn at_least(name: &'static str, value: f64, must: f64, aim: f64) -> Self {
        Self { name, value, must, aim: Some(aim) }
    }

    /// Less is better.
    pub fn at_most(name: &'static str, value: f64, must: f64) -> Self {
        Self { name, value, must, aim: None }
    }

    /// Whether it is so.
    pub fn is_reached(&self) -> bool {
        match self.aim {
            Some(_) => self.value >= self.must,
            None => self.value <= self.must,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.is_reached() { "ok  " } else { "FAIL" };
        write!(f, "{mark} {:<40} {:>7.2}", self.name, self.value)?;
        match self.aim {
            Some(aim) => write!(f, "   at least {}, aimed at {aim}", self.must),
            None => write!(f, "   at most {}", self.must),
        }
    }
}
