//! Where a browser goes after signing in: only to a path of ours.

/// The longest path that is kept.
const LONGEST: usize = 512;

/// `text` if it is a path of this site.
///
/// Browsers read `//host`, `/\host` and `/⇥/host` as another site, and drop tabs and line breaks before they look. So
/// the path may hold only characters that mean themselves, and percent-encoding only of ordinary ones.
pub(crate) fn own_path(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    let own = text.len() <= LONGEST
        && !text.contains("//")
        && !text.split(['/', '?']).any(|part| part == "." || part == "..")
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-.~?=&%+,".contains(&b))
        && text.split('%').skip(1).all(is_ordinary)
        && !["sign-in", "sign-out"].contains(&rest.split('?').next().unwrap_or(rest));
    own.then_some(text)
}

/// Whether what follows a percent sign encodes something other than a control character, a slash or a backslash.
fn is_ordinary(after_percent: &str) -> bool {
    let byte = after_percent.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
    byte.is_some_and(|b| b > b' ' && b != 0x7f && b != b'/' && b != b'\\' && b != b'%')
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn own_paths_pass() {
        for path in ["/", "/cases", "/cases/case_0190?after=2&q=caf%C3%A9", "/account"] {
            assert_eq!(own_path(path), Some(path), "{path}");
        }
    }

    #[test]
    fn everything_that_could_leave_the_site_is_refused() {
        for bad in [
            "",
            "cases",
            "//evil.example",
            "/\\evil.example",
            "\\evil",
            "/%09/evil.example",
            "/\t/evil.example",
            "https:evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a//evil",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/%",
            "/%zz",
            "/a\r\nSet-Cookie: x=y",
            "/é",
            "/a b",
            "/../x",
            "/./x",
            "/sign-out",
            "/sign-in?next=%26",
            "/%252Fevil",
        ] {
            assert_eq!(own_path(bad), None, "{bad:?}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(512))), None);
    }
}
