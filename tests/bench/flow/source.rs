//! Postfix's `smtp-source`.

use std::process::Command;
use std::time::Duration;

use testkit::sink::fast::FastSink;

use crate::figures::Run;

const PROGRAM: &str = "/usr/sbin/smtp-source";

/// So many mails of 4.4 KB over 16 connections that it keeps (which is what `-d` means).
pub fn run(sink: &mut FastSink, mails: usize) -> Run {
    sink.reset().unwrap();
    let status = Command::new(PROGRAM)
        .args(["-d", "-s", "16", "-l", "4400", "-m", &mails.to_string()])
        .args(["-f", "desk@tocsin.example", "-t", "unit@one.example"])
        .arg(format!("127.0.0.1:{}", sink.port()))
        .status()
        .unwrap_or_else(|error| panic!("{PROGRAM}: {error} (on Debian: apt-get install postfix)"));
    assert!(status.success(), "smtp-source ended with {status}");
    Run { cpu: None, ..Run::of(sink.tally().unwrap(), None, None, Duration::ZERO) }
}
