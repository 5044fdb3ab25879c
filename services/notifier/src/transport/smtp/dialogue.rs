//! What is said for one mail, and what the answers mean: from MAIL to the reply to the final dot. Pure: no socket, no clock.
//!
//! Where the server allows it (RFC 2920) MAIL, RCPT and DATA go out in one write, so that a mail costs two round trips and not four.
//! The text itself is never sent before the answer to DATA: the fence is looked at in between, and whoever lost the lease by then has
//! told nobody anything.

use std::collections::VecDeque;

use domain::Mailbox;
use domain::delivery::Stage;

use super::capabilities::Capabilities;
use super::classify::{Cause, Failed};
use super::reply::Reply;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Write this.
    Say(Vec<u8>),
    /// Wait for a reply; a failure meanwhile is one at this stage.
    Hear(Stage),
    /// The server waits for the text: write it, if that is still ours to do, and call [`Dialogue::text_said`].
    Text,
    /// It is over.
    End(End),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The server took the mail.
    Taken(Reply),
    /// It did not.
    Failed(Failed, After),
}

/// What the connection is good for afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// The next mail.
    Keep,
    /// The next mail, once the server was told to forget this one.
    Reset,
    /// Nothing.
    Close,
}

/// A command or text whose reply is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Reset,
    Mail,
    Rcpt,
    Data,
    Text,
    /// The end of a text without any: the server said "go on" to DATA although it refused the recipient (RFC 2920, 3.1).
    Nothing,
}

impl Said {
    fn stage(self) -> Stage {
        match self {
            Self::Reset | Self::Mail => Stage::Mail,
            Self::Rcpt => Stage::Rcpt,
            Self::Data | Self::Nothing => Stage::Data,
            Self::Text => Stage::Message,
        }
    }

    fn is_answered_well(self, code: u16) -> bool {
        match self {
            Self::Data => code == 354,
            _ => (200..300).contains(&code),
        }
    }
}

/// One mail on an open connection.
#[derive(Debug)]
pub(super) struct Dialogue {
    unsaid: VecDeque<(Said, Vec<u8>)>,
    unheard: VecDeque<Said>,
    pipelining: bool,
    /// The first refusal; later replies only say that it was understood.
    refused: Option<Failed>,
    text_wanted: bool,
    end: Option<End>,
}

impl Dialogue {
    /// `size`: of the message in octets. `reset`: the connection's last mail was not finished.
    pub fn new(from: &Mailbox, to: &Mailbox, size: usize, can: Capabilities, reset: bool) -> Self {
        let parameter = if can.size.is_some() { format!(" SIZE={size}") } else { String::new() };
        let mut unsaid = VecDeque::with_capacity(4);
        if reset {
            unsaid.push_back((Said::Reset, b"RSET\r\n".to_vec()));
        }
        unsaid.push_back((Said::Mail, format!("MAIL FROM:<{from}>{parameter}\r\n").into_bytes()));
        unsaid.push_back((Said::Rcpt, format!("RCPT TO:<{to}>\r\n").into_bytes()));
        unsaid.push_back((Said::Data, b"DATA\r\n".to_vec()));
        let mut dialogue = Self {
            unsaid,
            unheard: VecDeque::with_capacity(4),
            pipelining: can.pipelining,
            refused: None,
            text_wanted: false,
            end: None,
        };
        if let Some(most) = can.size.and_then(|size| size.most).filter(|most| size > *most) {
            // In our own words and before the server's, so that 64 kB are not sent to be refused.
            let text = format!("5.3.4 the message has {size} octets and the server takes {most}");
            dialogue.fail(
                Stage::Data,
                Cause::Reply(Reply::ours(552, text)),
                if reset { After::Reset } else { After::Keep },
            );
        }
        dialogue
    }

    /// What to do now. Ask again after each [`heard`](Self::heard) and [`text_said`](Self::text_said).
    pub fn next(&mut self) -> Next {
        if let Some(end) = self.end.take() {
            return Next::End(end);
        }
        if let Some(said) = self.unheard.front() {
            return Next::Hear(said.stage());
        }
        if self.text_wanted {
            return Next::Text;
        }
        let mut words = Vec::new();
        let most = if self.pipelining { self.unsaid.len() } else { 1 };
        for (said, bytes) in self.unsaid.drain(..most.min(self.unsaid.len())) {
            words.extend_from_slice(&bytes);
            self.unheard.push_back(said);
        }
        Next::Say(words)
    }

    /// The text and its end were written.
    pub fn text_said(&mut self) {
        self.text_wanted = false;
        self.unheard.push_back(Said::Text);
    }

    /// A reply came.
    pub fn heard(&mut self, reply: Reply) {
        let Some(said) = self.unheard.pop_front() else { return };
        let well = said.is_answered_well(reply.code);
        match said {
            _ if reply.code == 421 => self.fail(said.stage(), Cause::Reply(reply), After::Close),
            Said::Nothing => {
                // Whoever takes a message for nobody is not to be trusted with the next one.
                let after = if well { After::Close } else { After::Reset };
                self.fail(Stage::Data, Cause::Reply(reply), after);
            }
            Said::Data if self.refused.is_some() && well => {
                self.unsaid.push_back((Said::Nothing, b".\r\n".to_vec()));
            }
            Said::Data if self.refused.is_some() => self.fail(Stage::Data, Cause::Reply(reply), After::Reset),
            Said::Text if well => self.end = Some(End::Taken(reply)),
            Said::Data if well => self.text_wanted = true,
            Said::Reset | Said::Mail | Said::Rcpt if well => {}
            // Neither what was asked for nor a refusal: the two ends no longer speak of the same thing.
            _ if reply.is_positive() => {
                let text = format!("the server answered {} where that means nothing", reply.code);
                self.fail(said.stage(), Cause::Broken(text), After::Close);
            }
            Said::Text => self.fail(Stage::Message, Cause::Reply(reply), After::Keep),
            Said::Reset => self.fail(Stage::Mail, Cause::Reply(reply), After::Close),
            Said::Data => self.fail(Stage::Data, Cause::Reply(reply), After::Reset),
            Said::Mail | Said::Rcpt if self.unheard.is_empty() => {
                self.fail(said.stage(), Cause::Reply(reply), After::Reset);
            }
            // The commands after it are on their way; their replies have to be heard.
            Said::Mail | Said::Rcpt => {
                self.refused.get_or_insert(Failed { stage: said.stage(), cause: Cause::Reply(reply) });
            }
        }
    }

    /// No reply came, or nothing more can be written: what failed, and with which meaning.
    pub fn broke(self, stage: Stage, cause: Cause) -> Failed {
        // A refusal that was heard stands, however the connection ended afterwards.
        self.refused.unwrap_or(Failed { stage, cause })
    }

    fn fail(&mut self, stage: Stage, cause: Cause, after: After) {
        let failed = self.refused.take().unwrap_or(Failed { stage, cause });
        self.unsaid.clear();
        self.unheard.clear();
        self.end = Some(End::Failed(failed, after));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::capabilities::Size;
    use super::*;

    const TEXT: &str = "(text)";

    fn can(pipelining: bool) -> Capabilities {
        Capabilities { pipelining, size: Some(Size { most: Some(1000) }), ..Capabilities::default() }
    }

    fn dialogue(can: Capabilities, size: usize, reset: bool) -> Dialogue {
        let mailbox = |text: &str| text.parse().expect("an address");
        Dialogue::new(&mailbox("desk@a.example"), &mailbox("unit@b.example"), size, can, reset)
    }

    /// Plays a server that gives these replies, one a time; the words said and how it ended. None: it waits for more.
    fn play(mut dialogue: Dialogue, replies: &[(u16, &str)]) -> (Vec<String>, Option<End>) {
        let (mut said, mut replies) = (Vec::new(), replies.iter());
        loop {
            match dialogue.next() {
                Next::Say(words) => said.push(String::from_utf8(words).expect("ASCII").replace("\r\n", "|")),
                Next::Text => {
                    said.push(TEXT.to_owned());
                    dialogue.text_said();
                }
                Next::Hear(_) => match replies.next() {
                    Some((code, text)) => dialogue.heard(Reply::ours(*code, *text)),
                    None => return (said, None),
                },
                Next::End(end) => {
                    assert_eq!(replies.next(), None, "it ended before the server did");
                    return (said, Some(end));
                }
            }
        }
    }

    fn failed(stage: Stage, code: u16, text: &str, after: After) -> End {
        End::Failed(Failed { stage, cause: Cause::Reply(Reply::ours(code, text)) }, after)
    }

    const GROUP: &str = "MAIL FROM:<desk@a.example> SIZE=10|RCPT TO:<unit@b.example>|DATA|";
    const OK: (u16, &str) = (250, "ok");
    const GO: (u16, &str) = (354, "go on");

    #[test]
    fn a_mail_takes_two_round_trips_where_commands_may_be_joined_and_four_where_not() {
        let taken = Some(End::Taken(Reply::ours(250, "2.0.0 queued")));
        let replies = [OK, OK, GO, (250, "2.0.0 queued")];
        let (said, end) = play(dialogue(can(true), 10, false), &replies);
        assert_eq!((said, end), (vec![GROUP.to_owned(), TEXT.to_owned()], taken.clone()));
        let (said, end) = play(dialogue(can(false), 10, false), &replies);
        let words = ["MAIL FROM:<desk@a.example> SIZE=10|", "RCPT TO:<unit@b.example>|", "DATA|", TEXT];
        assert_eq!((said, end), (words.map(str::to_owned).to_vec(), taken));
        let (said, _) = play(dialogue(Capabilities::default(), 10, true), &[OK]);
        assert_eq!(said, ["RSET|", "MAIL FROM:<desk@a.example>|"]);
    }

    #[test]
    fn every_refusal_ends_at_its_own_stage() {
        use Stage::{Data, Mail, Message, Rcpt};
        let no = (550, "5.1.1 no");
        let out_of_order = (503, "5.5.1 order");
        for (replies, end) in [
            (vec![no, out_of_order, out_of_order], failed(Mail, 550, "5.1.1 no", After::Reset)),
            (vec![OK, no, (554, "5.5.1 nobody")], failed(Rcpt, 550, "5.1.1 no", After::Reset)),
            // The server goes on although nobody is left: it is given an empty text and refuses that.
            (vec![OK, no, GO, (554, "5.5.1 nobody")], failed(Rcpt, 550, "5.1.1 no", After::Reset)),
            (vec![OK, no, GO, OK], failed(Rcpt, 550, "5.1.1 no", After::Close)),
            (vec![OK, OK, (451, "later")], failed(Data, 451, "later", After::Reset)),
            (vec![OK, OK, GO, (552, "5.3.4 big")], failed(Message, 552, "5.3.4 big", After::Keep)),
            (vec![OK, (421, "4.3.2 down")], failed(Rcpt, 421, "4.3.2 down", After::Close)),
            (vec![OK, OK, GO, (421, "4.3.2 down")], failed(Message, 421, "4.3.2 down", After::Close)),
        ] {
            assert_eq!(play(dialogue(can(true), 10, false), &replies).1, Some(end), "{replies:?}");
        }
        for (replies, end) in [
            (vec![no], failed(Mail, 550, "5.1.1 no", After::Reset)),
            (vec![OK, no], failed(Rcpt, 550, "5.1.1 no", After::Reset)),
            (vec![OK, OK, no], failed(Data, 550, "5.1.1 no", After::Reset)),
        ] {
            assert_eq!(play(dialogue(can(false), 10, false), &replies).1, Some(end), "{replies:?}");
        }
        let (said, end) = play(dialogue(can(true), 10, true), &[(500, "what")]);
        assert_eq!((said.len(), end), (1, Some(failed(Mail, 500, "what", After::Close))));
    }

    #[test]
    fn what_is_too_big_is_not_sent_to_be_refused() {
        let (said, end) = play(dialogue(can(true), 1001, false), &[]);
        assert!(said.is_empty());
        let text = "5.3.4 the message has 1001 octets and the server takes 1000";
        assert_eq!(end, Some(failed(Stage::Data, 552, text, After::Keep)));
    }

    #[test]
    fn a_refusal_that_was_heard_stands_though_the_connection_breaks() {
        let mut dialogue = dialogue(can(true), 10, false);
        assert!(matches!(dialogue.next(), Next::Say(_)));
        dialogue.heard(Reply::ours(250, "ok"));
        dialogue.heard(Reply::ours(550, "5.1.1 no"));
        let failed = dialogue.broke(Stage::Data, Cause::Broken("reset".to_owned()));
        assert_eq!(failed, Failed { stage: Stage::Rcpt, cause: Cause::Reply(Reply::ours(550, "5.1.1 no")) });
    }

    proptest! {
        /// Whatever a server answers: the text is said at most once, only after MAIL and RCPT were taken and DATA was answered 354, and
        /// only a positive answer to it means that the mail was taken.
        #[test]
        fn the_text_is_said_only_to_a_server_that_took_the_recipient(
            codes in proptest::collection::vec(prop_oneof![Just(250u16), Just(354), Just(421), Just(451), Just(550), 200u16..600], 0..8),
            pipelining: bool,
            reset: bool,
        ) {
            let replies: Vec<_> = codes.iter().map(|code| (*code, "x")).collect();
            let mut dialogue = dialogue(can(pipelining), 10, reset);
            let (mut heard, mut texts) = (0, 0);
            let first = usize::from(reset);
            for _ in 0..50 {
                match dialogue.next() {
                    Next::Say(words) => prop_assert!(words.ends_with(b"\r\n")),
                    Next::Text => {
                        texts += 1;
                        let taken = replies[first..heard].iter().map(|(code, _)| *code).collect::<Vec<_>>();
                        prop_assert!(matches!(taken[..], [200..300, 200..300, 354]), "{:?}", taken);
                        dialogue.text_said();
                    }
                    Next::Hear(_) => {
                        let Some((code, text)) = replies.get(heard) else { return Ok(()) };
                        heard += 1;
                        dialogue.heard(Reply::ours(*code, *text));
                    }
                    Next::End(end) => {
                        prop_assert_eq!(matches!(end, End::Taken(_)), texts == 1 && (200..300).contains(&replies[heard - 1].0));
                        return Ok(());
                    }
                }
            }
            prop_assert!(false, "it never ends");
        }
    }
}
