//! The controlled lists: a stable code for machines, an English label for people.
//!
//! Codes are stored and sent; they never change meaning. Labels in other languages live with the texts that use them
//! and are proved complete over `ALL` by a test there.

mod alert;
mod answer;
mod case;
mod desk;
mod directory;
mod object;
mod way_back;

pub use alert::*;
pub use answer::*;
pub use case::*;
pub use desk::*;
pub use directory::*;
pub use object::*;
pub use way_back::*;

/// A closed list: an enum whose variants carry a code and a label.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $label] $(#[$vdoc])* $variant,)+
        }

        impl $name {
            /// Every code, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The list's name in keys and messages.
            pub const LIST: &'static str = $what;

            /// The stable code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The English label.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                // `pad` and not `write_str`: a table's column keeps its width.
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::codes::UnknownCode;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::codes::UnknownCode { list: $what, known: &[$($code),+] }),
                }
            }
        }

        $crate::text::string_serde!($name);
        #[cfg(feature = "sql")]
        $crate::sql::text_column!($name);
    )+};
}
pub(crate) use codes;

/// A code that is not in its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCode {
    /// The list's name.
    pub list: &'static str,
    /// What the list holds.
    pub known: &'static [&'static str],
}

impl std::fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "must be one of {}", self.known.join(", "))
    }
}

impl std::error::Error for UnknownCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_errors_list_what_is_known() {
        for &kind in ObjectType::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!(ObjectType::ALL.len(), 20);
        let error = "bishop".parse::<PartnerKind>().map_err(|e| e.to_string());
        assert_eq!(error, Err("must be one of police, igo, ngo, research, market".to_owned()));
    }
}
