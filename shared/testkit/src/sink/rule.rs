//! The script: what the sink does instead of taking everything.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Where in the dialogue a rule acts: at the reply to this step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The connection, before the banner.
    Banner,
    /// EHLO or HELO.
    Hello,
    /// The password has been given.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA, before any content.
    Data,
    /// The final dot: all content has arrived.
    Dot,
}

/// One line of the script: at a stage, perhaps for one recipient, perhaps a few times, do this.
///
/// Without an action ([`reply`](Self::reply), [`silence`](Self::silence), [`close`](Self::close),
/// [`delay`](Self::delay)) a rule changes nothing.
#[derive(Debug, Clone)]
pub struct Rule {
    stage: Stage,
    recipient: Option<String>,
    left: Option<usize>,
    taking: bool,
    action: Action,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Proceed,
    Reply(String),
    Silence,
    Close,
    Delay(Duration),
}

/// A rule that has just been used.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    pub(super) action: Action,
    /// At the dot: the message counts as taken, whatever the client is told.
    pub(super) taking: bool,
}

impl Rule {
    /// Acts at this stage, for everybody, always.
    pub fn at(stage: Stage) -> Self {
        Self { stage, recipient: None, left: None, taking: false, action: Action::Proceed }
    }

    /// Only for this recipient, upper or lower case: at [`Stage::Rcpt`] the one being named, at
    /// [`Stage::Data`] and [`Stage::Dot`] one of those taken. Earlier stages know no recipient.
    #[must_use]
    pub fn recipient(mut self, address: &str) -> Self {
        self.recipient = Some(address.to_owned());
        self
    }

    /// Only the first `count` times.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.left = Some(count);
        self
    }

    /// At [`Stage::Dot`]: the message counts as taken although the client hears something else, or
    /// nothing. This is the moment in which SMTP cannot know.
    #[must_use]
    pub fn taking(mut self) -> Self {
        self.taking = true;
        self
    }

    /// Answers with this line, such as `451 4.7.1 greylisted`. 421 also closes the connection.
    #[must_use]
    pub fn reply(mut self, line: &str) -> Self {
        self.action = Action::Reply(line.to_owned());
        self
    }

    /// Never answers again on this connection, and keeps it open.
    #[must_use]
    pub fn silence(mut self) -> Self {
        self.action = Action::Silence;
        self
    }

    /// Closes the connection without an answer.
    #[must_use]
    pub fn close(mut self) -> Self {
        self.action = Action::Close;
        self
    }

    /// Answers as always, but so much later.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.action = Action::Delay(delay);
        self
    }

    fn fits(&self, stage: Stage, recipients: &[String]) -> bool {
        self.stage == stage
            && self.left != Some(0)
            && self
                .recipient
                .as_ref()
                .is_none_or(|wanted| recipients.iter().any(|recipient| recipient.eq_ignore_ascii_case(wanted)))
    }
}

/// All rules of a sink, in the order they were added.
#[derive(Debug, Default)]
pub(super) struct Script(Mutex<Vec<Rule>>);

impl Script {
    pub(super) fn add(&self, rule: Rule) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Uses the first rule that fits, once.
    pub(super) fn decide(&self, stage: Stage, recipients: &[String]) -> Decision {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match rules.iter_mut().find(|rule| rule.fits(stage, recipients)) {
            Some(rule) => {
                rule.left = rule.left.map(|left| left - 1);
                Decision { action: rule.action.clone(), taking: rule.taking }
            }
            None => Decision { action: Action::Proceed, taking: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_used_up_and_the_next_that_fits_takes_over() {
        let script = Script::default();
        script.add(Rule::at(Stage::Rcpt).recipient("A@b").times(2).reply("451 later"));
        script.add(Rule::at(Stage::Rcpt).reply("550 no"));
        let mut replies = Vec::new();
        for _ in 0..3 {
            replies.push(script.decide(Stage::Rcpt, &["a@B".into()]).action);
        }
        let reply = |line: &str| Action::Reply(line.into());
        assert_eq!(replies, [reply("451 later"), reply("451 later"), reply("550 no")]);
        assert_eq!(script.decide(Stage::Mail, &[]).action, Action::Proceed);
    }
}
