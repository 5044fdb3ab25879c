//! What of a case may travel by mail, and when a mail is encrypted.

use super::Key;
use crate::codes::codes;
use crate::date::CivilDate;
use crate::label::Label;
use crate::mailbox::Mailbox;

codes! {
    /// Whether mail to a partner is encrypted.
    Encryption, "encryption" {
        /// Nobody there can read it.
        Never = "never", "Never";
        /// Where there is a key that can be used.
        Preferred = "preferred", "Where there is a key";
        /// Always: what cannot be encrypted is not sent.
        Required = "required", "Always";
    }

    /// What mail to a partner may carry above TLP:GREEN; the rest it is told by a reference and a link.
    MailContent, "mail-content" {
        /// However well it is encrypted.
        Green = "green", "Nothing above TLP:GREEN";
        Encrypted = "encrypted", "Above TLP:GREEN only where the mail is encrypted";
        /// It has agreed to that.
        Amber = "amber", "TLP:AMBER also in the clear";
    }
}

impl Encryption {
    /// Whether the other protects less.
    pub fn is_weakened_by(self, other: Self) -> bool {
        let strength = |this| match this {
            Self::Never => 0,
            Self::Preferred => 1,
            Self::Required => 2,
        };
        strength(other) < strength(self)
    }
}

impl MailContent {
    /// Whether the other lets more travel.
    pub fn is_widened_by(self, other: Self) -> bool {
        let width = |this| match this {
            Self::Green => 0,
            Self::Encrypted => 1,
            Self::Amber => 2,
        };
        width(other) > width(self)
    }
}

/// How a mail goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Encrypted for a key of the reader.
    Encrypted,
    /// In the clear, as agreed or for want of any key.
    Clear,
    /// In the clear although the reader gave a key: it cannot be used any more.
    Fallen,
}

/// What a mail carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// The content.
    Content,
    /// A reference and a link to the content.
    Reference,
    /// A reference alone: TLP:RED is for named persons, and a mailbox is not one, whoever's name it bears.
    Nothing,
}

/// What a mail under this label carries. A lost key never shows more than was shown with it.
pub fn carries(label: Label, policy: MailContent, way: Way) -> Carries {
    let most = match (policy, way) {
        (_, Way::Fallen) => Label::Clear,
        (MailContent::Green, _) | (MailContent::Encrypted, Way::Clear) => Label::Green,
        (MailContent::Encrypted | MailContent::Amber, Way::Encrypted) => Label::AmberStrict,
        (MailContent::Amber, Way::Clear) => Label::Amber,
    };
    match label {
        Label::Red => Carries::Nothing,
        label if label <= most => Carries::Content,
        _ => Carries::Reference,
    }
}

/// The keys for an address whose day is not over, those for it alone first; and whether there are any at all, however
/// old.
pub fn keys_for<'a>(keys: &'a [Key], address: &Mailbox, today: CivilDate) -> (Vec<&'a Key>, bool) {
    let for_it = |key: &&Key| key.address.as_ref().is_none_or(|own| own == address);
    let known: Vec<&Key> = keys.iter().filter(for_it).collect();
    let any = !known.is_empty();
    let mut running: Vec<&Key> =
        known.into_iter().filter(|key| key.expires_on.is_none_or(|day| day >= today)).collect();
    running.sort_by_key(|key| (key.address.is_none(), std::cmp::Reverse(key.expires_on)));
    (running, any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_green_a_mail_in_the_clear_carries_a_link() {
        use Carries::{Content, Nothing, Reference};
        use MailContent::{Amber, Encrypted, Green};
        for (policy, way, expected) in [
            (Green, Way::Clear, [Content, Content, Reference, Reference, Nothing]),
            (Green, Way::Encrypted, [Content, Content, Reference, Reference, Nothing]),
            (Encrypted, Way::Clear, [Content, Content, Reference, Reference, Nothing]),
            (Encrypted, Way::Encrypted, [Content, Content, Content, Content, Nothing]),
            (Amber, Way::Clear, [Content, Content, Content, Reference, Nothing]),
            (Amber, Way::Encrypted, [Content, Content, Content, Content, Nothing]),
            (Amber, Way::Fallen, [Content, Reference, Reference, Reference, Nothing]),
            (Encrypted, Way::Fallen, [Content, Reference, Reference, Reference, Nothing]),
        ] {
            assert_eq!(Label::ALL.map(|label| carries(label, policy, way)), expected, "{policy} {way:?}");
        }
    }

    #[test]
    fn a_key_for_the_address_comes_first_and_an_old_one_not_at_all() {
        let key = |print: char, until: Option<&str>, address: Option<&str>| Key {
            format: crate::codes::KeyFormat::X509,
            fingerprint: print.to_string().repeat(40).parse().expect("a fingerprint"),
            expires_on: until.map(|day| day.parse().expect("a date")),
            address: address.map(|address| address.parse().expect("an address")),
            text: "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----".parse().expect("a key"),
        };
        let keys = [
            key('A', None, None),
            key('B', Some("2026-11-25"), Some("a@unit.example")),
            key('C', Some("2026-11-26"), Some("a@unit.example")),
            key('D', None, Some("b@unit.example")),
        ];
        let today = "2026-11-26".parse().expect("a date");
        let found = |address: &str, keys: &[Key]| {
            let (running, any) = keys_for(keys, &address.parse().expect("an address"), today);
            (running.iter().map(|key| key.fingerprint.to_string()[..1].to_owned()).collect::<String>(), any)
        };
        assert_eq!(found("a@unit.example", &keys), ("CA".to_owned(), true));
        assert_eq!(found("c@unit.example", &keys), ("A".to_owned(), true));
        assert_eq!(found("a@unit.example", &keys[1..2]), (String::new(), true));
        assert_eq!(found("c@unit.example", &keys[1..]), (String::new(), false));
    }

    #[test]
    fn weaker_and_wider_are_known() {
        assert!(Encryption::Required.is_weakened_by(Encryption::Preferred));
        assert!(!Encryption::Preferred.is_weakened_by(Encryption::Required));
        assert!(MailContent::Encrypted.is_widened_by(MailContent::Amber));
        assert!(!MailContent::Encrypted.is_widened_by(MailContent::Green));
    }
}
