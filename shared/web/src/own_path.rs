//! Addresses that cannot leave this site.

use std::fmt::Write as _;

/// The longest address that is led to.
const LONGEST: usize = 1024;

/// `text` if it is a path of this site, with its query and fragment.
///
/// Browsers read `//host` and `/\host` as another site, and drop tabs and line breaks before they look. So only
/// characters that mean themselves pass, and nothing that starts like another site, encoded or not.
pub fn own_path(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    let own = text.len() <= LONGEST
        && !rest.starts_with(['/', '\\', '%', '.'])
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-.~?=&%+,:;@!$'()*[]#".contains(&b));
    own.then_some(text)
}

/// `text` as a value in a query.
pub fn query_value(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&mut out, text, b"/_-.~");
    out
}

/// Percent-encoding (RFC 3986, 2.1) of everything but letters, digits and `plain`.
pub(crate) fn escape(out: &mut String, text: &str, plain: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            out.push(byte.into());
        } else {
            write!(out, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_paths_pass() {
        for path in ["/", "/cases", "/cases/case_0190?after=2&q=caf%C3%A9#alerts", "/account?done=created"] {
            assert_eq!(own_path(path), Some(path));
        }
    }

    #[test]
    fn everything_that_could_leave_the_site_is_refused() {
        for bad in [
            "",
            "evil",
            "//evil",
            "///evil",
            "\\evil",
            "/\\evil",
            "/\t/evil",
            "/%09/evil",
            "/%2f/evil",
            "/%5cevil",
            "https:evil",
            "https://evil",
            "javascript:alert(1)",
            "/\r\nSet-Cookie: a=b",
            "/cases\\..",
            " /cases",
            "/./\\evil",
            "/../evil",
            "/é",
            "/<b>",
        ] {
            assert_eq!(own_path(bad), None, "{bad:?}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(LONGEST))), None);
    }

    #[test]
    fn an_encoded_path_is_one_value_of_a_query() {
        assert_eq!(query_value("/cases?a=1&b=%C3%A9"), "/cases%3Fa%3D1%26b%3D%25C3%25A9");
    }
}
