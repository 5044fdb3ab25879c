//! Quoted-printable (RFC 2045, 6.7), in pieces that can be put together in any order: each piece begins a line of its own and ends
//! in a way that lets another follow on the same line of the text.

/// The longest line, without the `=` that says it goes on.
const LINE: usize = 75;

/// What lets another piece go on where a piece has ended.
pub const GOES_ON: &[u8] = b"=\r\n";

/// A piece of a text, as it travels.
pub fn encoded(text: &str) -> Vec<u8> {
    let mut wire = Vec::with_capacity(text.len() + text.len() / 16 + 8);
    let mut column = 0;
    let mut characters = text.bytes().peekable();
    while let Some(byte) = characters.next() {
        match byte {
            b'\r' => {}
            b'\n' => {
                wire.extend_from_slice(b"\r\n");
                column = 0;
            }
            // White space at the end of a line is taken away by some servers.
            b' ' | b'\t' if !matches!(characters.peek(), None | Some(b'\r' | b'\n')) => {
                put(&mut wire, &mut column, &[byte]);
            }
            b'!'..=b'<' | b'>'..=b'~' => put(&mut wire, &mut column, &[byte]),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                let digits = [b'=', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
                put(&mut wire, &mut column, &digits);
            }
        }
    }
    wire
}

fn put(wire: &mut Vec<u8>, column: &mut usize, bytes: &[u8]) {
    if *column + bytes.len() > LINE {
        wire.extend_from_slice(GOES_ON);
        *column = 0;
    }
    wire.extend_from_slice(bytes);
    *column += bytes.len();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a reader makes of it.
    fn decoded(wire: &[u8]) -> String {
        let text = std::str::from_utf8(wire).unwrap().replace("=\r\n", "");
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, others)) = rest.split_first() {
            if *first == b'=' {
                let digits = std::str::from_utf8(&others[..2]).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = &others[2..];
            } else {
                bytes.push(*first);
                rest = others;
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_would_be_changed_on_the_way_is_written_otherwise() {
        for (text, wire) in
            [("a=b", "a=3Db"), ("é", "=C3=A9"), ("a \nb\t", "a=20\r\nb=09"), ("a b", "a b"), ("", ""), ("\n", "\r\n")]
        {
            assert_eq!(String::from_utf8(encoded(text)).unwrap(), wire);
        }
    }

    proptest! {
        #[test]
        fn pieces_read_as_the_text_they_were_cut_from(text in "[ -~éع文\\n\\t=.]{0,400}", at in 0_usize..400) {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (first, second) = text.split_at(at);
            let wire = [&encoded(first), GOES_ON, &encoded(second)].concat();
            prop_assert_eq!(decoded(&wire), text.replace('\n', "\r\n"));
            for line in std::str::from_utf8(&wire).unwrap().split("\r\n") {
                prop_assert!(line.len() <= 76 && !line.ends_with([' ', '\t']), "{:?}", line);
            }
        }
    }
}
