//! What a server says it can do: its answer to EHLO (RFC 5321, 4.1.1.1). Pure.

use super::reply::Reply;

/// The extensions that matter to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Capabilities {
    /// Several commands at once (RFC 2920).
    pub pipelining: bool,
    /// STARTTLS (RFC 3207).
    pub starttls: bool,
    /// SIZE (RFC 1870): the largest message it takes, if it names a limit.
    pub size: Option<Size>,
    /// AUTH PLAIN (RFC 4616).
    pub auth_plain: bool,
    /// AUTH LOGIN, which some servers offer alone.
    pub auth_login: bool,
}

/// The SIZE extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// The limit in octets; none if the server has it and names no limit.
    pub most: Option<usize>,
}

impl Capabilities {
    /// From the reply to EHLO; its first line is the server's name.
    pub fn of(reply: &Reply) -> Self {
        let mut all = Self::default();
        for line in reply.lines.iter().skip(1) {
            let mut words = line.split_ascii_whitespace();
            let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
            match keyword.as_str() {
                "PIPELINING" => all.pipelining = true,
                "STARTTLS" => all.starttls = true,
                "SIZE" => {
                    let most = words.next().and_then(|number| number.parse().ok()).filter(|most| *most > 0);
                    all.size = Some(Size { most });
                }
                "AUTH" => {
                    for mechanism in words {
                        all.auth_plain |= mechanism.eq_ignore_ascii_case("PLAIN");
                        all.auth_login |= mechanism.eq_ignore_ascii_case("LOGIN");
                    }
                }
                _ => {}
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Capabilities {
        Capabilities::of(&Reply { code: 250, lines: lines.iter().map(|line| (*line).to_owned()).collect() })
    }

    #[test]
    fn keywords_are_read_in_any_case_and_the_name_is_none() {
        let all = of(&["PIPELINING", "pipelining", "Size 1000", "AUTH login PLAIN XOAUTH2", "STARTTLS"]);
        let size = Some(Size { most: Some(1000) });
        assert_eq!(all, Capabilities { pipelining: true, starttls: true, size, auth_plain: true, auth_login: true });
        assert_eq!(of(&["PIPELINING"]), Capabilities::default());
        for line in ["SIZE", "SIZE 0", "SIZE many"] {
            assert_eq!(of(&["x", line]).size, Some(Size { most: None }), "{line}");
        }
    }
}
