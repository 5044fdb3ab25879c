//! E-mail addresses: the strict subset of RFC 5321 that a duty mailbox has.
//!
//! The mail library's parser lets through quoted local parts, IP literals, dot-less domains and a leading hyphen
//! (`-oQ/x@y` is an option to some mail programs). None of these is a police unit's address, so none is accepted.
//!
//! A domain in another script is kept as mail servers know it (`xn--…`, IDNA 2008 by UTS 46) and shown with both
//! spellings; one that mixes scripts or can be taken for another is flagged (UTS 39).

use std::fmt;
use std::str::FromStr;

use unicode_security::confusable_detection::skeleton;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection as _};

/// A mailbox such as `alerts@example.org`; the domain is lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox(String);

/// Why a text is not an acceptable address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address such as alerts@example.org ({0})")]
pub struct ParseMailboxError(&'static str);

impl Mailbox {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the at sign: what a sender limits its connections by.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The domain as its own readers write it, if that differs from what mail servers know it by.
    pub fn domain_in_its_script(&self) -> Option<String> {
        let (shown, fine) = idna::domain_to_unicode(self.domain());
        (fine.is_ok() && shown != self.domain()).then_some(shown)
    }

    /// Whether a label of the domain mixes scripts as no language does (UTS 39, below "highly restrictive").
    pub fn mixes_scripts(&self) -> bool {
        let mixed = |label: &str| !label.check_restriction_level(RestrictionLevel::HighlyRestrictive);
        self.domain_in_its_script().is_some_and(|domain| domain.split('.').any(mixed))
    }

    /// Whether a reader could take the domain for the other's although it is another one (UTS 39, confusable).
    pub fn looks_like(&self, other: &Self) -> bool {
        self.domain() != other.domain() && self.skeleton() == other.skeleton()
    }

    /// What domains that can be taken for each other have in common.
    pub fn skeleton(&self) -> String {
        let domain = self.domain_in_its_script().unwrap_or_else(|| self.domain().to_owned());
        skeleton(&domain.to_lowercase()).collect()
    }

    /// The part before the at sign.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl FromStr for Mailbox {
    type Err = ParseMailboxError;
    fn from_str(text: &str) -> Result<Self, ParseMailboxError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(ParseMailboxError("it has no @"))?;
        let converted = if domain.is_ascii() {
            domain.to_ascii_lowercase()
        } else {
            idna::domain_to_ascii_strict(domain)
                .map_err(|_| ParseMailboxError("the part after the @ is no domain name of any script"))?
        };
        let (text, domain) = (format!("{local}@{converted}"), converted.as_str());
        if text.len() > 254 || local.len() > 64 {
            return Err(ParseMailboxError("at most 254 characters, 64 before the @"));
        }
        let local_ok = !local.is_empty()
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
            && !local.starts_with(['.', '-'])
            && !local.ends_with('.')
            && !local.contains("..");
        if !local_ok {
            return Err(ParseMailboxError("the part before the @ has a character or dot that is not allowed"));
        }
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !domain.contains('.') || !domain.split('.').all(label_ok) {
            return Err(ParseMailboxError("the part after the @ is not a domain name in ASCII"));
        }
        if domain.rsplit('.').next().is_some_and(|top| top.bytes().all(|b| b.is_ascii_digit())) {
            return Err(ParseMailboxError("an IP address is not a domain name"));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Masks the local part, because `Debug` output ends in logs.
impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…@{}", self.domain())
    }
}

crate::text::string_serde!(Mailbox);
#[cfg(feature = "sql")]
crate::sql::text_column!(Mailbox);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_duty_mailboxes() {
        for good in ["alerts@carabinieri-tpc.police.example", "a.b+c@x.example", " A@EXAMPLE.org "] {
            assert!(good.parse::<Mailbox>().is_ok(), "{good}");
        }
    }

    #[test]
    fn refuses_what_the_mail_library_lets_through() {
        for bad in [
            "\"a b\"@x.example",
            "a@[127.0.0.1]",
            "-oQfoo@x.example",
            "a@localhost",
            "a@127.0.0.1",
            "а@x.example",
            "a@mün chen.example",
            "a@\u{202E}unit.example",
            "a b@x.example",
            "a@x..example",
            "@x.example",
            "a\r\nb@x.example",
            "a@b@",
            "a@-x.example",
        ] {
            assert!(bad.parse::<Mailbox>().is_err(), "{bad}");
        }
    }

    #[test]
    fn other_scripts_are_kept_as_servers_know_them_and_flagged_where_they_deceive() {
        let of = |text: &str| text.parse::<Mailbox>().expect("an address");
        let munich = of("a@münchen.example");
        assert_eq!(munich.as_str(), "a@xn--mnchen-3ya.example");
        assert_eq!(munich.domain_in_its_script().as_deref(), Some("münchen.example"));
        assert!(!munich.mixes_scripts() && !of("a@полиция.example").mixes_scripts());
        // The first letter is Cyrillic.
        let false_friend = of("a@\u{430}rt-unit.example");
        assert!(false_friend.mixes_scripts() && false_friend.looks_like(&of("b@art-unit.example")));
        assert!(of("a@rnuseum.example").looks_like(&of("a@museum.example")));
        assert!(!of("a@museum.example").looks_like(&of("b@museum.example")), "the same domain");
        assert!(!of("a@museum.example").looks_like(&of("a@ministry.example")));
        assert_eq!(of("a@unit.example").domain_in_its_script(), None);
    }
}
