//! A message as DATA carries it (RFC 5321, 4.5.2): every line that begins with a dot gets another, and a line with a single dot ends
//! it. Pure.

use memchr::memmem;

/// The message with its end, in pieces of what it is anyway: most have no such line, and a picture's worth of bytes is not copied.
/// Lines end with CRLF in what we compose, so a dot begins a line only after CRLF or at the start.
pub(super) fn stuffed(message: &[u8]) -> Vec<&[u8]> {
    let mut pieces: Vec<&[u8]> = Vec::with_capacity(4);
    if message.first() == Some(&b'.') {
        pieces.push(b".");
    }
    let mut from = 0;
    for at in memmem::find_iter(message, b"\r\n.") {
        // The dot ends one piece and begins the next.
        pieces.push(&message[from..at + 3]);
        from = at + 2;
    }
    pieces.push(&message[from..]);
    if !message.ends_with(b"\r\n") {
        pieces.push(b"\r\n");
    }
    pieces.push(b".\r\n");
    pieces
}

/// Whether every CR is followed by LF and every LF follows a CR: a server may take anything else for the end of the message.
pub(super) fn is_canonical(message: &[u8]) -> bool {
    memchr::memchr2_iter(b'\r', b'\n', message).all(|at| match message[at] {
        b'\r' => message.get(at + 1) == Some(&b'\n'),
        _ => at > 0 && message[at - 1] == b'\r',
    })
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
            assert_eq!(String::from_utf8(stuffed(message.as_bytes()).concat()).unwrap(), wire);
        }
    }

    #[test]
    fn smuggled_ends_are_not_canonical() {
        assert!(is_canonical(b"a\r\nb\r\n") && is_canonical(b""));
        for message in ["a\n.\n", "a\r.\r", "a\n.\r\n", "\n", "a\r"] {
            assert!(!is_canonical(message.as_bytes()), "{message:?}");
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
        fn a_server_reads_exactly_one_message_and_it_is_ours(lines in proptest::collection::vec("[.a\u{e9} ]{0,4}", 1..30)) {
            let message = lines.join("\r\n") + "\r\n";
            let wire = stuffed(message.as_bytes()).concat();
            prop_assert_eq!(received(&wire), Some(message.into_bytes()));
            prop_assert!(is_canonical(&wire));
            prop_assert_eq!(memmem::find_iter(&wire, b"\r\n.\r\n").count(), 1);
        }
    }
}
