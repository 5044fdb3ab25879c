//! A million strings that would like to be headers, recipients or commands. None may become one.

use std::error::Error;
use std::time::Instant;

use domain::Mailbox;
use domain::text::Line;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use crate::sample::Sample;

const STRINGS: usize = 1_000_000;

/// What a mail of the sample has above its body, in this order, and nothing else.
const HEADERS: [&str; 11] = [
    "Message-ID",
    "Date",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
];

/// Pieces that have broken mail programs.
const PIECES: [&str; 28] = [
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\r\nBcc: x@y.example\r\n",
    "\nTo: x@y.example",
    "\0",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{202E}",
    "\u{2066}",
    "\u{FEFF}",
    "=?utf-8?q?=0D=0ABcc:_x?=",
    "=?utf-8?b?DQpCY2M6IHg=?=",
    "\"",
    "<",
    ">",
    ",",
    ";",
    ":",
    "@",
    "\\",
    "(comment)",
    "\t",
    "\r\n.\r\nMAIL FROM:<x@y.example>\r\n",
    " RCPT TO:<x@y.example>",
    "\u{7F}",
];

/// Parts of addresses, good and bad.
const ADDRESSES: [&str; 12] = [
    "unit",
    "desk@",
    "@one.example",
    "a@[127.0.0.1]",
    "\"a b\"@x.example",
    "-oQ/tmp",
    "> SIZE=1",
    "@x.example>",
    "> ORCPT=x",
    "%x@y",
    "!x",
    "x@münchen.example",
];

fn string(random: &mut SmallRng, pieces: &[&str]) -> String {
    let mut text = String::new();
    for _ in 0..random.random_range(1..8) {
        match random.random_range(0..4) {
            0 => text.push_str(pieces.choose(random).copied().unwrap_or_default()),
            1 => text.push(random.random::<char>()),
            2 => text.extend((0..random.random_range(1..90)).map(|_| random.random_range(' '..='~'))),
            _ => text.push_str(
                ["كتاب", "文物", "статуэтка", "Pobé", "🏺", "e\u{301}"].choose(random).copied().unwrap_or("x"),
            ),
        }
    }
    text
}

/// The names of the headers, as a server that knows nothing reads them: a line that begins with a space goes on.
fn names(mail: &[u8]) -> Result<Vec<String>, String> {
    let text = std::str::from_utf8(mail).map_err(|_| "not ASCII".to_owned())?;
    let end = text.find("\r\n\r\n").ok_or("no end of the headers")?;
    let mut names = Vec::new();
    for line in text[..end].split("\r\n") {
        if line.contains(['\r', '\n', '\0']) || line.len() > 998 {
            return Err(format!("a line that servers read otherwise: {line:?}"));
        }
        if !line.starts_with([' ', '\t']) {
            names.push(line.split(':').next().unwrap_or_default().to_owned());
        }
    }
    Ok(names)
}

/// Tries them all; fails at the first that becomes more than text.
pub fn run() -> Result<(), Box<dyn Error>> {
    let seed = 20_261_126;
    let mut random = SmallRng::seed_from_u64(seed);
    let begun = Instant::now();
    let mut sample = Sample::new(0);
    let to: Mailbox = "unit@one.example".parse()?;
    let (mut tried, mut refused, mut mails, mut addresses) = (0, 0, 0_u64, 0_u64);
    while tried < STRINGS {
        let texts: Vec<String> = (0..5).map(|_| string(&mut random, &PIECES)).collect();
        let address = string(&mut random, &ADDRESSES);
        tried += 6;
        // What our texts let through is put wherever a stranger's words can come to stand above a mail's body.
        let lines: Vec<Line> = texts.iter().filter_map(|text| text.parse().ok()).collect();
        refused += texts.len() - lines.len();
        let mailbox = address.parse::<Mailbox>().ok();
        if let Some(mailbox) = &mailbox {
            addresses += 1;
            // What is said to a server between angle brackets, and what a program could take for an option.
            let said = mailbox.as_str();
            let fine = said.is_ascii() && !said.contains(|c: char| c.is_ascii_control() || " <>\"\\".contains(c));
            if !fine || said.starts_with('-') {
                return Err(format!("seed {seed}: an address that is a command: {address:?}").into());
            }
        } else {
            refused += 1;
        }
        let mut lines = lines.into_iter().cycle().take(4);
        let (Some(title), Some(person), Some(from), Some(partner)) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            continue;
        };
        sample.content.title = title;
        sample.person = Some(person);
        sample.from_name = from;
        sample.partner = partner;
        let mail = sample.mail(u128::from(mails), mailbox.as_ref().unwrap_or(&to));
        mails += 1;
        match names(&mail.bytes) {
            Ok(names) if names == HEADERS => {}
            Ok(names) => return Err(format!("seed {seed}: headers {names:?} of {texts:?}").into()),
            Err(why) => return Err(format!("seed {seed}: {why} of {texts:?}").into()),
        }
    }
    println!(
        "{tried} strings in {:.1} s: {refused} refused, {mails} mails, {addresses} addresses; 0 headers, 0 commands, 0 panics",
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}
