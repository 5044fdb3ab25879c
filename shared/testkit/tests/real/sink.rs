//! The sink takes mail as RFC 5321 says and breaks it as its script says.

use std::time::Duration;

use testkit::sink::{Rule, SmtpSink, Stage};

use crate::client::{Client, LIMIT};

const TAKEN: [&str; 4] = ["250", "250", "354", "250"];

#[tokio::test]
async fn a_message_is_kept_byte_for_byte_with_its_envelope() {
    let sink = SmtpSink::start().await.unwrap();
    let mut client = Client::greeted(sink.address()).await;
    assert_eq!(client.send("to@example.org", "Subject: a\r\n\r\n..leading dot\r\nend").await, TAKEN);
    let [message] = &sink.wait_for(1, LIMIT).await.unwrap()[..] else { panic!("one message") };
    assert_eq!(message.from, "from@example.org");
    assert_eq!(message.recipients, ["to@example.org"]);
    assert_eq!(message.text(), "Subject: a\r\n\r\n.leading dot\r\nend\r\n");
    assert_eq!(message.header("subject").as_deref(), Some("a"));
    assert!(message.confirmed);
    assert_eq!(client.ask("QUIT").await, "221");
}

#[tokio::test]
async fn pipelined_commands_are_all_answered_in_order() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(Stage::Rcpt).recipient("no@example.org").reply("550 5.1.1 unknown"));
    let mut client = Client::greeted(sink.address()).await;
    // Everything in one write, content and the next message included.
    client
        .say(
            "MAIL FROM:<>\r\nRCPT TO:<no@example.org>\r\nRCPT TO:<to@example.org>\r\nDATA\r\nfirst\r\n.\r\n\
             MAIL FROM:<a@b>\r\nRCPT TO:<no@example.org>\r\nDATA\r\nRSET\r\nQUIT\r\n",
        )
        .await;
    let mut codes = Vec::new();
    for _ in 0..10 {
        codes.push(client.code().await);
    }
    assert_eq!(codes, ["250", "550", "250", "354", "250", "250", "550", "554", "250", "221"]);
    let messages = sink.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].recipients, ["to@example.org"]);
    assert_eq!(sink.attempts("NO@example.org"), 2);
}

#[tokio::test]
async fn a_greylisted_recipient_is_taken_the_third_time() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(Stage::Rcpt).recipient("grey@example.org").times(2).reply("451 4.7.1 later"));
    let mut last = Vec::new();
    for _ in 0..3 {
        let mut client = Client::greeted(sink.address()).await;
        last.push(client.send("grey@example.org", "hello").await.pop().unwrap());
    }
    assert_eq!(last, ["451", "451", "250"]);
    assert_eq!(sink.messages().len(), 1);
    assert_eq!(sink.connections(), 3);
}

#[tokio::test]
async fn silence_after_the_recipient_or_the_dot_never_ends() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(Stage::Rcpt).recipient("tarpit@example.org").silence());
    sink.add(Rule::at(Stage::Dot).recipient("dot@example.org").silence());

    let mut tarpit = Client::greeted(sink.address()).await;
    tarpit.say("MAIL FROM:<a@b>\r\nRCPT TO:<tarpit@example.org>\r\n").await;
    assert_eq!(tarpit.code().await, "250");
    sink.wait_for_attempts("tarpit@example.org", 1, LIMIT).await.unwrap();
    assert!(tarpit.hears_nothing().await);

    let mut dot = Client::greeted(sink.address()).await;
    dot.say("MAIL FROM:<a@b>\r\nRCPT TO:<dot@example.org>\r\nDATA\r\nx\r\n.\r\n").await;
    for expected in ["250", "250", "354"] {
        assert_eq!(dot.code().await, expected);
    }
    assert!(dot.hears_nothing().await);
    assert!(sink.messages().is_empty(), "not taking: the message was refused in silence");
    assert_eq!(sink.most_at_once(), 2);
}

#[tokio::test]
async fn a_message_can_be_taken_although_the_client_is_cut_off_or_left_waiting() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(Stage::Dot).times(1).taking().close());
    sink.add(Rule::at(Stage::Dot).times(1).taking().silence());
    sink.add(Rule::at(Stage::Dot).times(1).close());

    let mut cut = Client::greeted(sink.address()).await;
    assert_eq!(cut.send("a@example.org", "cut").await, ["250", "250", "354", ""]);
    let mut left = Client::greeted(sink.address()).await;
    left.say("MAIL FROM:<a@b>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nleft\r\n.\r\n").await;
    let messages = sink.wait_for(2, LIMIT).await.unwrap();
    assert!(messages.iter().all(|message| !message.confirmed));

    let mut lost = Client::greeted(sink.address()).await;
    assert_eq!(lost.send("c@example.org", "lost").await, ["250", "250", "354", ""]);
    let mut fine = Client::greeted(sink.address()).await;
    assert_eq!(fine.send("d@example.org", "fine").await, TAKEN);
    let confirmed: Vec<_> = sink.messages().iter().map(|m| (m.recipients[0].clone(), m.confirmed)).collect();
    assert_eq!(
        confirmed,
        [("a@example.org".into(), false), ("b@example.org".into(), false), ("d@example.org".into(), true)]
    );
}

#[tokio::test]
async fn banner_password_and_closing_replies_follow_the_script() {
    let sink = SmtpSink::start().await.unwrap();
    let slow = Duration::from_millis(150);
    sink.add(Rule::at(Stage::Banner).times(1).delay(slow));
    sink.add(Rule::at(Stage::Auth).times(1).reply("535 5.7.8 no"));
    sink.add(Rule::at(Stage::Mail).times(1).reply("421 4.3.2 closing"));

    let start = std::time::Instant::now();
    let mut client = Client::greeted(sink.address()).await;
    assert!(start.elapsed() >= slow);
    assert_eq!(client.ask("AUTH PLAIN AGEAYg==").await, "535");
    assert_eq!(client.ask("AUTH PLAIN").await, "334");
    assert_eq!(client.ask("AGEAYg==").await, "235");
    assert_eq!(client.ask("AUTH LOGIN").await, "334");
    assert_eq!(client.ask("YQ==").await, "334");
    assert_eq!(client.ask("Yg==").await, "235");
    assert_eq!(client.ask("MAIL FROM:<a@b>").await, "421");
    assert_eq!(client.code().await, "", "421 ends the connection");
    assert!(sink.commands().iter().all(|command| !command.line.contains("AGEAYg==")));
}

#[tokio::test]
async fn disorder_is_refused_and_the_connection_stays_usable() {
    let sink = SmtpSink::start().await.unwrap();
    let mut client = Client::greeted(sink.address()).await;
    assert_eq!(client.ask("RCPT TO:<a@b>").await, "503");
    assert_eq!(client.ask("DATA").await, "554");
    assert_eq!(client.ask("MAIL FROM:a@b").await, "501");
    assert_eq!(client.ask("VRFY a").await, "502");
    assert_eq!(client.ask("MAIL FROM:<a@b>").await, "250");
    assert_eq!(client.ask("MAIL FROM:<a@b>").await, "503");
    assert_eq!(client.ask("RSET").await, "250");
    assert_eq!(client.send("a@example.org", "x").await, TAKEN);
}

#[tokio::test]
async fn waiting_in_vain_says_how_much_there_was() {
    let sink = SmtpSink::start().await.unwrap();
    let error = sink.wait_for(1, Duration::from_millis(20)).await.unwrap_err();
    assert!(error.to_string().contains("0 messages were taken"), "{error}");
}
