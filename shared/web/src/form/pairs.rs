//! `application/x-www-form-urlencoded` (WHATWG URL standard): bytes to pairs and back.

use crate::own_path::escape;

/// More fields than any form has. A body of one byte a field would otherwise cost a hundred times its size.
const MOST: usize = 5_000;

/// Why bytes are no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PairsError {
    #[error("The form has more than {MOST} fields.")]
    TooMany,
    #[error("The form is not UTF-8.")]
    NotUtf8,
}

/// The pairs in their order.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<(String, String)>, PairsError> {
    let mut pairs = Vec::new();
    for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        if pairs.len() == MOST {
            return Err(PairsError::TooMany);
        }
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        pairs.push((unescape(&pair[..at])?, unescape(pair.get(at + 1..).unwrap_or_default())?));
    }
    Ok(pairs)
}

fn unescape(mut rest: &[u8]) -> Result<String, PairsError> {
    let mut out = Vec::with_capacity(rest.len());
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(digit(*high) * 16 + digit(*low));
                rest = after;
            }
            _ => out.push(*first),
        }
    }
    String::from_utf8(out).map_err(|_| PairsError::NotUtf8)
}

fn digit(hex: u8) -> u8 {
    match hex {
        b'0'..=b'9' => hex - b'0',
        _ => (hex | 0x20) - b'a' + 10,
    }
}

/// The pairs as bytes in which only the brackets of names stand for themselves.
pub(crate) fn encode(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        escape(&mut out, name, b"_-[]");
        out.push('=');
        escape(&mut out, value, b"_-");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_as_browsers_write_them() {
        let pairs = decode("a=1&b=x+y%2Bz&c&=v&d=%C3%A9%zz%4".as_bytes()).expect("a form");
        let expected = [("a", "1"), ("b", "x y+z"), ("c", ""), ("", "v"), ("d", "é%zz%4")];
        assert_eq!(pairs, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn a_bomb_and_another_encoding_are_refused() {
        assert_eq!(decode("a&".repeat(MOST + 1).as_bytes()), Err(PairsError::TooMany));
        assert_eq!(decode(b"a=%E9"), Err(PairsError::NotUtf8));
    }
}
