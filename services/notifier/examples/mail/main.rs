//! What the mail costs, and what it lets through; both need a build for speed.
//!
//! `bench`: mails a second beside Postfix's `smtp-source -d`, which keeps its connections and sends one text again and again, in
//! interleaved rounds of one run, to a sink of our own and to Postfix's `smtp-sink`. `headers`: a million strings that would like to
//! be headers and addresses.

#![expect(clippy::print_stdout, reason = "a measurement speaks on standard output")]

mod bench;
mod headers;
mod sample;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bench"] => bench::run(),
        ["headers"] => headers::run(),
        // The sink is a process of its own, so that each side has its own time.
        ["sink"] => testkit::sink::fast::serve().map_err(Into::into),
        _ => Err("bench or headers".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
