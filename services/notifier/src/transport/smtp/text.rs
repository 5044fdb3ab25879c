//! A message as DATA carries it (RFC 5321, 4.5.2): every line that begins with a dot gets another, and a line with a single dot ends
//! it. Pure.

/// A message as it goes over the wire.
pub(super) struct Text<'a> {
    /// Of the message itself, as its announcement says.
    pub length: usize,
    pub pieces: Vec<&'a [u8]>,
}

impl<'a> Text<'a> {
    /// None if a CR is not followed by LF, or an LF does not follow a CR: a server may take anything else for the end of the
    /// message.
    pub fn of(message: &'a [u8]) -> Option<Self> {
        Some(Self { length: message.len(), pieces: stuffed(message)? })
    }
}

/// The message with its end, in pieces of what it is anyway: most have no such line, and a picture's worth of bytes is not copied.
fn stuffed(message: &[u8]) -> Option<Vec<&[u8]>> {
    let mut pieces: Vec<&[u8]> = Vec::with_capacity(4);
    if message.first() == Some(&b'.') {
        pieces.push(b".");
    }
    let (mut from, mut lines) = (0, 0);
    for at in memchr::memchr_iter(b'\n', message) {
        if at == 0 || message[at - 1] != b'\r' {
            return None;
        }
        lines += 1;
        if message.get(at + 1) == Some(&b'.') {
            // The dot ends one piece and begins the next.
            pieces.push(&message[from..at + 2]);
            from = at + 1;
        }
    }
    // Every LF has a CR of its own, so none is left over.
    if memchr::memchr_iter(b'\r', message).count() != lines {
        return None;
    }
    pieces.push(&message[from..]);
    if !message.ends_with(b"\r\n") {
        pieces.push(b"\r\n");
    }
    pieces.push(b".\r\n");
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dots_at_the_start_of_a_line_are_doubled() {
        for (message, wire) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\r\n.b\r\n..c\r\n", "a\r\n..b\r\n...c\r\n.\r\n"),
            ("a.\r\n", "a.\r\n.\r\n"),
            ("", "\r\n.\r\n"),
        ] {
            assert_eq!(String::from_utf8(stuffed(message.as_bytes()).unwrap().concat()).unwrap(), wire);
        }
    }

    #[test]
    fn a_message_with_other_line_ends_is_not_sent() {
        for message in ["a\n.\n", "a\r.\r", "a\n.\r\n", "\n", "a\r", "\r", "\r\r\n", "a\r\n\r", "\n\r", "\r\n\n"] {
            assert_eq!(stuffed(message.as_bytes()), None, "{message:?}");
        }
    }

    /// What a server makes of it.
    fn received(wire: &[u8]) -> Option<Vec<u8>> {
        let mut message = Vec::new();
        for line in wire.split_inclusive(|byte| *byte == b'\n') {
            match line {
                b".\r\n" => return Some(message),
                _ => message.extend_from_slice(line.strip_prefix(b".").unwrap_or(line)),
            }
        }
        None
    }

    proptest! {
        #[test]
        fn nothing_is_sent_but_crlf(message in "[.a\r\n]{0,9}") {
            let rest = message.replace("\r\n", "");
            prop_assert_eq!(stuffed(message.as_bytes()).is_some(), !rest.contains(['\r', '\n']), "{:?}", message);
        }

        #[test]
        fn a_server_reads_exactly_one_message_and_it_is_ours(lines in proptest::collection::vec("[.a\u{e9} ]{0,4}", 1..30)) {
            let message = lines.join("\r\n") + "\r\n";
            let wire = stuffed(message.as_bytes()).unwrap().concat();
            prop_assert_eq!(received(&wire), Some(message.into_bytes()));
            prop_assert_eq!(memchr::memmem::find_iter(&wire, b"\r\n.\r\n").count(), 1);
        }
    }
}
