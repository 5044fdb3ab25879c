//! What is said to a mail server that hands in what came back (LMTP, RFC 2033). No socket here: lines in, answers out.
//!
//! Nothing is promised that is not kept: no pipelined surprise, no size beyond the limit, no lone LF taken for the end of a
//! line (SMTP smuggling).

use std::borrow::Cow;

use smtp_proto::Request;

use super::{Addressed, MOST_BYTES, Taken};

/// The most recipients of one mail.
const RECIPIENTS: usize = 20;
/// The most commands that may be wrong before the line is cut.
const WRONG: usize = 10;

/// What to do after a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Answer.
    Say(Cow<'static, str>),
    /// Answer, and take the text.
    Text(&'static str),
    /// Answer, and cut the line.
    Bye(&'static str),
}

fn say(answer: &'static str) -> Step {
    Step::Say(Cow::Borrowed(answer))
}

/// One connection.
#[derive(Debug, Default)]
pub(super) struct Session {
    greeted: bool,
    /// Whether the mail is from nobody, once MAIL was said.
    null_sender: Option<bool>,
    to: Vec<Addressed>,
    wrong: usize,
}

impl Session {
    /// One command, without its line's end. `address` says whom an address is for.
    pub fn command(&mut self, line: &[u8], address: impl Fn(&str) -> Result<Addressed, Taken>) -> Step {
        let whole = [line, b"\r\n"].concat();
        let step = match Request::parse(&mut whole.iter()) {
            Ok(request) => self.request(request, address),
            Err(_) => say("500 5.5.2 I do not understand"),
        };
        let wrong = matches!(&step, Step::Say(answer) if answer.starts_with("50"));
        self.wrong += usize::from(wrong);
        if self.wrong > WRONG { Step::Bye("421 4.7.0 too many errors") } else { step }
    }

    fn request(&mut self, request: Request<Cow<'_, str>>, address: impl Fn(&str) -> Result<Addressed, Taken>) -> Step {
        match request {
            Request::Lhlo { .. } => {
                self.greeted = true;
                self.reset();
                let size = MOST_BYTES;
                Step::Say(Cow::Owned(format!(
                    "250-tocsin\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {size}"
                )))
            }
            Request::Noop { .. } => say("250 2.0.0 yes"),
            Request::Rset => {
                self.reset();
                say("250 2.0.0 forgotten")
            }
            Request::Quit => Step::Bye("221 2.0.0 goodbye"),
            Request::Mail { .. } | Request::Rcpt { .. } | Request::Data if !self.greeted => {
                say("503 5.5.1 say LHLO first")
            }
            Request::Mail { from } => {
                if self.null_sender.is_some() {
                    return say("503 5.5.1 one mail at a time");
                }
                if from.size > MOST_BYTES {
                    return say("552 5.3.4 too long");
                }
                self.null_sender = Some(from.address.is_empty());
                say("250 2.1.0 yes")
            }
            Request::Rcpt { to } => {
                if self.null_sender.is_none() {
                    return say("503 5.5.1 say MAIL first");
                }
                if self.to.len() >= RECIPIENTS {
                    return say("452 4.5.3 too many recipients");
                }
                match address(&to.address) {
                    Ok(to) => {
                        self.to.push(to);
                        say("250 2.1.5 yes")
                    }
                    Err(_) => say("550 5.1.1 no such address"),
                }
            }
            Request::Data if self.to.is_empty() => say("503 5.5.1 nobody to give it to"),
            Request::Data => Step::Text("354 go on"),
            _ => say("502 5.5.1 not here"),
        }
    }

    /// Whom the text is for, and whether it is from nobody; the next mail begins anew.
    pub fn text_taken(&mut self) -> (Vec<Addressed>, bool) {
        let to = std::mem::take(&mut self.to);
        (to, self.null_sender.take().unwrap_or(false))
    }

    fn reset(&mut self) {
        self.null_sender = None;
        self.to.clear();
    }
}

/// What is answered for one recipient once the text was taken.
pub(super) fn answer(taken: Result<Taken, ()>) -> &'static str {
    match taken {
        // What is ignored is ignored in silence: an answer would only make more mail.
        Ok(Taken::Later) | Err(()) => "451 4.3.0 not now, once more later",
        Ok(Taken::TooLong) => "552 5.3.4 too long",
        Ok(_) => "250 2.0.0 taken",
    }
}

/// A text that is coming in, line by line.
#[derive(Debug, Default)]
pub(super) struct Text {
    bytes: Vec<u8>,
    too_long: bool,
}

impl Text {
    /// One line, without its end. Says whether it was the last.
    pub fn line(&mut self, line: &[u8]) -> bool {
        if line == b"." {
            return true;
        }
        let line = line.strip_prefix(b".").unwrap_or(line);
        self.too_long |= self.bytes.len() + line.len() + 2 > MOST_BYTES;
        if self.too_long {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(line);
            self.bytes.extend_from_slice(b"\r\n");
        }
        false
    }

    /// The whole; none if it was too long.
    pub fn whole(self) -> Option<Vec<u8>> {
        (!self.too_long).then_some(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(to: &str) -> Result<Addressed, Taken> {
        if to.starts_with("desk") { Ok(Addressed::Desk) } else { Err(Taken::Forged) }
    }

    fn talk(lines: &[&str]) -> Vec<String> {
        let mut session = Session::default();
        let codes = lines.iter().map(|line| match session.command(line.as_bytes(), address) {
            Step::Say(answer) => answer[..3].to_owned(),
            Step::Text(answer) | Step::Bye(answer) => answer[..3].to_owned(),
        });
        codes.collect()
    }

    #[test]
    fn a_dialogue_keeps_its_order() {
        assert_eq!(
            talk(&["LHLO mx", "MAIL FROM:<>", "RCPT TO:<b@x.example>", "DATA", "RCPT TO:<desk@x.example>", "DATA"]),
            ["250", "250", "550", "503", "250", "354"]
        );
        assert_eq!(
            talk(&["MAIL FROM:<>", "LHLO mx", "RCPT TO:<desk@x.example>", "DATA"]),
            ["503", "250", "503", "503"]
        );
        assert_eq!(
            talk(&["LHLO mx", "MAIL FROM:<>", "MAIL FROM:<>", "RSET", "MAIL FROM:<>"]),
            ["250", "250", "503", "250", "250"]
        );
        assert_eq!(
            talk(&["LHLO mx", "MAIL FROM:<a@b.example> SIZE=99999999", "VRFY x", "HELP", "QUIT"]),
            ["250", "552", "502", "502", "221"]
        );
    }

    #[test]
    fn nobody_may_be_wrong_for_ever_or_name_everybody() {
        let answers = talk(&["nonsense"; 12]);
        assert_eq!(answers.last().unwrap(), "421");
        let mut lines = vec!["LHLO mx", "MAIL FROM:<>"];
        lines.extend(["RCPT TO:<desk@x.example>"; RECIPIENTS + 1]);
        assert_eq!(talk(&lines).last().unwrap(), "452");
    }

    #[test]
    fn any_bytes_are_answered() {
        proptest::proptest!(|(line in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600))| {
            let mut session = Session::default();
            session.command(b"LHLO mx", address);
            session.command(&line, address);
        });
    }

    #[test]
    fn a_text_ends_at_its_dot_and_is_never_longer_than_it_may_be() {
        let mut text = Text::default();
        assert!(!text.line(b"Subject: x") && !text.line(b"") && !text.line(b"..") && text.line(b"."));
        assert_eq!(text.whole().unwrap(), b"Subject: x\r\n\r\n.\r\n");
        let mut long = Text::default();
        let line = vec![b'x'; 8_000];
        for _ in 0..=MOST_BYTES / 8_000 {
            long.line(&line);
        }
        assert_eq!(long.whole(), None);
    }
}
