//! Counts tests over all test programs of one run.

use std::fmt;

/// How many tests passed and failed so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    started: u64,
    ended: u64,
}

impl Tally {
    /// Takes one line of what `cargo test` prints on standard output.
    pub fn read(&mut self, line: &str) {
        // "running 3 tests" and "test result: ok. 3 passed; 0 failed; ..." enclose each program's tests.
        if let Some(rest) = line.strip_prefix("running ")
            && (rest.ends_with(" test") || rest.ends_with(" tests"))
        {
            self.started += 1;
        } else if let Some(result) = line.strip_prefix("test result: ") {
            self.ended += 1;
            self.passed += count(result, "passed");
            self.failed += count(result, "failed");
        }
    }

    /// Test programs that began and never reported: killed, aborted, or out of stack. Each counts as a failure,
    /// since whatever it would have found is unknown.
    pub fn close(&mut self) -> u64 {
        let lost = self.started.saturating_sub(self.ended);
        self.failed += lost;
        self.ended = self.started;
        lost
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number before `word` in "ok. 3 passed; 1 failed; 0 ignored; ...".
fn count(result: &str, word: &str) -> u64 {
    result
        .split([';', '.'])
        .filter_map(|part| part.trim().split_once(' '))
        .find_map(|(number, what)| (what == word).then(|| number.parse().ok())?)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn tally(lines: &str) -> (Tally, u64) {
        let mut tally = Tally::default();
        lines.lines().for_each(|line| tally.read(line));
        let lost = tally.close();
        (tally, lost)
    }

    #[test]
    fn results_of_all_programs_add_up() {
        let (tally, lost) = tally(
            "running 3 tests\ntest a ... ok\n\
             test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.01s\n\
             running 1 test\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n",
        );
        assert_eq!(tally.to_string(), "3 passed, 1 failed");
        assert_eq!(lost, 0);
    }

    #[test]
    fn a_program_without_a_result_is_a_failure() {
        let (tally, lost) =
            tally("running 2 tests\ntest a ... ok\nrunning 0 tests\ntest result: ok. 0 passed; 0 failed\n");
        assert_eq!((tally.to_string().as_str(), lost), ("0 passed, 1 failed", 1));
    }
}
