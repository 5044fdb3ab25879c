//! One SMTP connection from banner to end.

use std::{
    io::Result,
    ops::ControlFlow,
    sync::{Arc, atomic::Ordering},
};

use tokio::net::TcpStream;

use super::{
    Command, Message, Shared,
    rule::{Action, Decision, Stage},
    wire::{self, MESSAGE_LIMIT, Wire},
};

/// Goes on, or ends the connection.
type Step = Result<ControlFlow<()>>;
const NEXT: Step = Ok(ControlFlow::Continue(()));
const END: Step = Ok(ControlFlow::Break(()));

pub(super) async fn run(stream: TcpStream, number: usize, shared: Arc<Shared>) {
    let _open = Open::new(&shared);
    let end = if shared.bare_lf.load(Ordering::Relaxed) { "\n" } else { "\r\n" };
    let mut session = Session { wire: Wire::new(stream, end), number, shared: Arc::clone(&shared), envelope: None };
    // A broken connection is the client's business; the record says what arrived.
    drop(session.talk().await);
}

/// Counts a session as open for as long as it lives, also when it is aborted.
struct Open<'a>(&'a Shared);

impl<'a> Open<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.record.send_modify(|record| {
            record.open += 1;
            record.most = record.most.max(record.open);
        });
        Self(shared)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.record.send_modify(|record| record.open -= 1);
    }
}

struct Session {
    wire: Wire,
    number: usize,
    shared: Arc<Shared>,
    envelope: Option<Envelope>,
}

struct Envelope {
    from: String,
    recipients: Vec<String>,
}

impl Session {
    async fn talk(&mut self) -> Result<()> {
        if self.answer(Stage::Banner, &[], "220 sink.test ESMTP").await?.is_break() {
            return Ok(());
        }
        while let Some(line) = self.wire.line().await? {
            let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            self.note(if verb == "AUTH" { "AUTH" } else { &line });
            if self.command(&verb, &line).await?.is_break() {
                break;
            }
        }
        Ok(())
    }

    async fn command(&mut self, verb: &str, line: &str) -> Step {
        match verb {
            "EHLO" => {
                self.envelope = None;
                let size = format!("250-SIZE {MESSAGE_LIMIT}");
                let extensions = [
                    "250-sink.test",
                    "250-PIPELINING",
                    "250-8BITMIME",
                    "250-SMTPUTF8",
                    "250-DSN",
                    "250-ENHANCEDSTATUSCODES",
                    "250-AUTH PLAIN LOGIN",
                    &size,
                    "250 HELP",
                ];
                self.answer(Stage::Hello, &[], &extensions.join("\r\n")).await
            }
            "HELO" => {
                self.envelope = None;
                self.answer(Stage::Hello, &[], "250 sink.test").await
            }
            "AUTH" => self.auth(line).await,
            "MAIL" => self.mail(line).await,
            "RCPT" => self.rcpt(line).await,
            "DATA" => self.data().await,
            "RSET" => {
                self.envelope = None;
                self.say("250 2.0.0 forgotten").await
            }
            "NOOP" => self.say("250 2.0.0 fine").await,
            "QUIT" => {
                self.wire.send("221 2.0.0 goodbye").await?;
                END
            }
            _ => self.say("502 5.5.1 not known here").await,
        }
    }

    /// Takes any name and password, in any of the ways a client may give them.
    async fn auth(&mut self, line: &str) -> Step {
        let mut words = line.split_ascii_whitespace().skip(1);
        let mechanism = words.next().unwrap_or_default().to_ascii_uppercase();
        let given = words.count();
        let expected = match mechanism.as_str() {
            "PLAIN" => 1,
            "LOGIN" => 2,
            _ => return self.say("504 5.5.4 PLAIN or LOGIN").await,
        };
        // Base64 of "User Name" and "Password", as clients of LOGIN expect.
        let prompts = ["334 VXNlciBOYW1lAA==", "334 UGFzc3dvcmQA"];
        for prompt in &prompts[given.min(expected)..expected] {
            self.wire.send(if mechanism == "PLAIN" { "334 " } else { prompt }).await?;
            if self.wire.line().await?.is_none() {
                return END;
            }
        }
        self.answer(Stage::Auth, &[], "235 2.7.0 welcome").await
    }

    async fn mail(&mut self, line: &str) -> Step {
        let Some(from) = wire::path(line, "MAIL FROM:") else {
            return self.say("501 5.5.4 MAIL FROM:<address>").await;
        };
        if self.envelope.is_some() {
            return self.say("503 5.5.1 one message at a time").await;
        }
        let decision = self.shared.script.decide(Stage::Mail, &[]);
        if takes(&decision) {
            self.envelope = Some(Envelope { from: from.to_owned(), recipients: Vec::new() });
        }
        self.act(decision, "250 2.1.0 sender taken").await
    }

    async fn rcpt(&mut self, line: &str) -> Step {
        let Some(recipient) = wire::path(line, "RCPT TO:") else {
            return self.say("501 5.5.4 RCPT TO:<address>").await;
        };
        let Some(envelope) = &mut self.envelope else {
            return self.say("503 5.5.1 MAIL first").await;
        };
        let recipient = recipient.to_owned();
        let decision = self.shared.script.decide(Stage::Rcpt, std::slice::from_ref(&recipient));
        if takes(&decision) {
            envelope.recipients.push(recipient);
        }
        self.act(decision, "250 2.1.5 recipient taken").await
    }

    async fn data(&mut self) -> Step {
        // A pipelining client sends DATA before it knows that nobody was taken (RFC 2920, 3.1).
        let recipients = match &self.envelope {
            Some(envelope) if !envelope.recipients.is_empty() => envelope.recipients.clone(),
            _ => return self.say("554 5.5.1 no recipient was taken").await,
        };
        let decision = self.shared.script.decide(Stage::Data, &recipients);
        let goes_on = takes(&decision);
        if self.act(decision, "354 end with a dot").await?.is_break() {
            return END;
        }
        if !goes_on {
            return NEXT;
        }
        let Some(data) = self.wire.content().await? else { return END };
        let envelope = self.envelope.take().expect("DATA is refused without an envelope");
        self.dot(envelope, data).await
    }

    async fn dot(&mut self, envelope: Envelope, data: Vec<u8>) -> Step {
        let mut decision = self.shared.script.decide(Stage::Dot, &envelope.recipients);
        let confirmed = takes(&decision);
        if let Action::Delay(delay) = decision.action {
            tokio::time::sleep(delay).await;
            decision.action = Action::Proceed;
        }
        // Recorded before the client hears anything: a test that learns of the client's success
        // finds the message here, and one that scripted a silence can wait for just this moment.
        let place = (confirmed || decision.taking).then(|| {
            let Envelope { from, recipients } = envelope;
            let message = Message { connection: self.number, from, recipients, data, confirmed };
            let mut place = 0;
            self.shared.record.send_modify(|record| {
                place = record.messages.len();
                record.messages.push(message);
            });
            place
        });
        let answered = self.act(decision, "250 2.0.0 message taken").await;
        if let (Some(place), Err(_)) = (place, &answered) {
            self.shared.record.send_modify(|record| record.messages[place].confirmed = false);
        }
        answered
    }

    async fn answer(&mut self, stage: Stage, recipients: &[String], usual: &str) -> Step {
        let decision = self.shared.script.decide(stage, recipients);
        self.act(decision, usual).await
    }

    async fn act(&mut self, decision: Decision, usual: &str) -> Step {
        match decision.action {
            Action::Proceed => self.say(usual).await,
            Action::Delay(delay) => {
                tokio::time::sleep(delay).await;
                self.say(usual).await
            }
            Action::Reply(line) => {
                self.wire.send(&line).await?;
                if line.starts_with("421") { END } else { NEXT }
            }
            Action::Silence => {
                self.wire.listen_in_silence().await?;
                END
            }
            Action::Close => END,
        }
    }

    async fn say(&mut self, reply: &str) -> Step {
        self.wire.send(reply).await?;
        NEXT
    }

    fn note(&self, line: &str) {
        let command = Command { connection: self.number, line: line.to_owned() };
        self.shared.record.send_modify(|record| record.commands.push(command));
    }
}

/// Does the client hear yes? A scripted reply may be a yes in other words.
fn takes(decision: &Decision) -> bool {
    match &decision.action {
        Action::Proceed | Action::Delay(_) => true,
        Action::Reply(line) => line.starts_with(['2', '3']),
        Action::Silence | Action::Close => false,
    }
}
