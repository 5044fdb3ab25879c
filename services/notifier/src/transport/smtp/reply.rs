//! Replies of a server (RFC 5321, 4.2), out of whatever bytes have come so far. Pure.
//!
//! Strict where a mistake could cost a mail (three digits, one code for all lines), tolerant where servers differ: a line may end
//! with LF alone, a last line may have no text.

/// A line longer than this is no reply (RFC 5321, 4.5.3.1.5 allows 512).
const LINE: usize = 4096;
/// A reply of more lines than this is no reply.
const LINES: usize = 128;

/// A whole reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// Three digits, the first of them 2 to 5.
    pub code: u16,
    /// Its lines without code and line end, the enhanced code (RFC 3463) included.
    pub lines: Vec<String>,
}

/// What came cannot be a reply: nothing more is said on this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoReply {
    #[error("the server sent a line that is too long")]
    LongLine,
    #[error("the server sent a reply of too many lines")]
    ManyLines,
    #[error("the server sent a line that does not begin with a reply code")]
    NoCode,
    #[error("the server sent a reply whose lines have different codes")]
    OtherCode,
}

impl Reply {
    /// 2yz or 3yz.
    pub fn is_positive(&self) -> bool {
        self.code < 400
    }

    /// The lines as one text.
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// A reply of our own making, for what is refused before the server is asked.
    pub fn ours(code: u16, text: impl Into<String>) -> Self {
        Self { code, lines: vec![text.into()] }
    }
}

/// The first reply in `bytes` and how many of them it took; none while it is not whole.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Reply, usize)>, NoReply> {
    let mut reply: Option<Reply> = None;
    let mut used = 0;
    loop {
        let rest = &bytes[used..];
        let Some(end) = rest.iter().take(LINE).position(|byte| *byte == b'\n') else {
            return if rest.len() >= LINE { Err(NoReply::LongLine) } else { Ok(None) };
        };
        let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
        used += end + 1;
        let (code, last, text) = split(line).ok_or(NoReply::NoCode)?;
        let reply = reply.get_or_insert(Reply { code, lines: Vec::new() });
        if reply.code != code {
            return Err(NoReply::OtherCode);
        }
        reply.lines.push(String::from_utf8_lossy(text).into_owned());
        if last {
            return Ok(Some((reply.clone(), used)));
        }
        if reply.lines.len() == LINES {
            return Err(NoReply::ManyLines);
        }
    }
}

/// Code, whether it is the last line, text.
fn split(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (digits, rest) = line.split_at_checked(3)?;
    if !digits.iter().all(u8::is_ascii_digit) || !(b'2'..=b'5').contains(&digits[0]) {
        return None;
    }
    let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    match rest.split_first() {
        None => Some((code, true, rest)),
        Some((b' ', text)) => Some((code, true, text)),
        Some((b'-', text)) => Some((code, false, text)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(mut bytes: &[u8]) -> Vec<Result<Reply, NoReply>> {
        let mut found = Vec::new();
        loop {
            match parse(bytes) {
                Ok(Some((reply, used))) => {
                    found.push(Ok(reply));
                    bytes = &bytes[used..];
                }
                Ok(None) => return found,
                Err(error) => {
                    found.push(Err(error));
                    return found;
                }
            }
        }
    }

    #[test]
    fn replies_of_one_and_of_many_lines() {
        let found = all(b"220 ready\r\n250-first\r\n250-SIZE 10\r\n250 last\r\n354\r\n250 2.0.0 ok\n25");
        let found: Vec<_> = found.into_iter().map(|reply| reply.map(|reply| (reply.code, reply.lines))).collect();
        let lines = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let expected = [
            (220, lines(&["ready"])),
            (250, lines(&["first", "SIZE 10", "last"])),
            (354, lines(&[""])),
            (250, lines(&["2.0.0 ok"])),
        ];
        assert_eq!(found, expected.map(Ok));
    }

    #[test]
    fn what_is_no_reply_is_named() {
        for (bytes, error) in [
            (b"hello\r\n".to_vec(), NoReply::NoCode),
            (b"\r\n".to_vec(), NoReply::NoCode),
            (b"150 odd\r\n".to_vec(), NoReply::NoCode),
            (b"600 odd\r\n".to_vec(), NoReply::NoCode),
            (b"250_odd\r\n".to_vec(), NoReply::NoCode),
            (b"250-a\r\n354 b\r\n".to_vec(), NoReply::OtherCode),
            (vec![b'2'; LINE], NoReply::LongLine),
            (b"250-x\r\n".repeat(LINES), NoReply::ManyLines),
        ] {
            assert_eq!(all(&bytes), [Err(error)], "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(20)]));
        }
    }

    proptest! {
        #[test]
        fn the_same_replies_come_out_however_the_bytes_are_cut(
            replies in proptest::collection::vec((200u16..600, proptest::collection::vec("[ -~]{0,40}", 1..5)), 1..6),
            cuts in proptest::collection::vec(1usize..30, 1..40),
        ) {
            let mut wire = Vec::new();
            for (code, lines) in &replies {
                for (n, line) in lines.iter().enumerate() {
                    let mark = if n + 1 == lines.len() { ' ' } else { '-' };
                    wire.extend(format!("{code}{mark}{line}\r\n").bytes());
                }
            }
            let (mut buffer, mut found, mut rest) = (Vec::new(), Vec::new(), wire.as_slice());
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                buffer.extend_from_slice(now);
                rest = later;
                while let Some((reply, used)) = parse(&buffer).unwrap() {
                    buffer.drain(..used);
                    found.push((reply.code, reply.lines));
                }
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(found, replies);
            prop_assert!(buffer.is_empty());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            drop(all(&bytes));
        }
    }
}
