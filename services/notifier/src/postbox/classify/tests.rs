use super::*;

fn dsn(action: &str, status: &str, recipient: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"x\"\r\n\r\n\
         --x\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n\r\n\
         --x\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Thu, 26 Nov 2026 10:00:00 +0000\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nOriginal-Recipient: rfc822;desk@Partner.example\r\n\
         Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n <{recipient}>: no such user\r\n\r\n\
         --x\r\nContent-Type: message/rfc822\r\n\r\nSubject: Alert\r\n\r\ntext\r\n--x--\r\n"
    )
}

fn what(text: &str) -> What {
    classify(text.as_bytes(), false).unwrap().what
}

#[test]
fn a_failed_delivery_is_read_with_status_words_and_recipients() {
    let What::Failed(failed) = what(&dsn("failed", "5.1.1", "Somebody@partner.example")) else { panic!() };
    assert_eq!(failed.status.as_deref(), Some("5.1.1"));
    assert_eq!(failed.words.as_deref(), Some("550 5.1.1 <Somebody@partner.example>: no such user"));
    assert_eq!(failed.recipients, ["desk@partner.example", "somebody@partner.example"]);
    let What::Failed(odd) = what(&dsn("Failed", "5.1.1.1; x", "a@b.example")) else { panic!() };
    assert_eq!(odd.status, None, "a status is three numbers");
}

#[test]
fn what_is_under_way_or_arrived_is_no_bounce() {
    for action in ["delayed", "delivered", "relayed", "expanded"] {
        assert_eq!(what(&dsn(action, "4.4.1", "a@b.example")), What::Progress, "{action}");
    }
}

#[test]
fn a_complaint_is_known_by_its_form() {
    let arf = dsn("failed", "5.1.1", "a@b.example")
        .replace("report-type=delivery-status", "report-type=feedback-report")
        .replace("message/delivery-status", "message/feedback-report");
    assert_eq!(what(&arf), What::Complaint);
}

#[test]
fn a_report_without_its_part_and_a_text_that_looks_like_one_are_letters() {
    let torn = dsn("failed", "5.1.1", "a@b.example").replace("message/delivery-status", "text/plain");
    assert_eq!(what(&torn), What::Letter);
    let pretended = "From: a@b.example\r\nSubject: failed\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n";
    assert_eq!(what(pretended), What::Letter);
}

#[test]
fn machines_are_told_from_people_by_their_marks() {
    let mail = |headers: &str| format!("From: Ana <ana@b.example>\r\n{headers}Subject: Re: alert\r\n\r\nThank you\r\n");
    let kind = |headers: &str, null| classify(mail(headers).as_bytes(), null).unwrap().letter.kind;
    assert_eq!(kind("", false), LetterKind::Reply);
    assert_eq!(kind("Auto-Submitted: no\r\n", false), LetterKind::Reply);
    assert_eq!(kind("", true), LetterKind::Automatic);
    for mark in
        ["Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: bulk", "List-Id: <x.y>", "Return-Path: <>"]
    {
        assert_eq!(kind(&format!("{mark}\r\n"), false), LetterKind::Automatic, "{mark}");
    }
}

#[test]
fn a_letter_is_cut_cleaned_and_knows_its_thread() {
    let long = format!(
        "From: =?utf-8?q?A=E2=80=AEna?= <ana@b.example>\r\nSubject: a\tb\r\nMessage-ID: <r@b.example>\r\n\
         In-Reply-To: <two@x.example>\r\nReferences: <one@x.example> <two@x.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nx\u{202e}y\r\n{}\r\n",
        "z".repeat(20_000)
    );
    let letter = classify(long.as_bytes(), false).unwrap().letter;
    assert_eq!(letter.answers, ["<two@x.example>", "<one@x.example>"]);
    assert_eq!(letter.sender.unwrap().as_str(), "A na <ana@b.example>");
    assert!(letter.cut);
    let body = letter.body.unwrap();
    assert!(body.as_str().starts_with("x y\nzzz") && body.as_str().chars().count() == BODY);
}

#[test]
fn any_bytes_are_survived() {
    let whole = dsn("failed", "5.1.1", "a@b.example");
    for end in 0..whole.len() {
        let _ = classify(&whole.as_bytes()[..end], false);
        let _ = (recipients(&whole.as_bytes()[..end]), has_null_sender(&whole.as_bytes()[..end]));
    }
    proptest::proptest!(|(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2_000))| {
        let _ = classify(&bytes, true);
    });
    assert_eq!(classify(b"", false), None);
}
