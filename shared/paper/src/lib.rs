//! Documents on paper, as PDF.
//!
//! Owns: typesetting, the fonts, what every document looks like (page, header, footer, tables), the six languages.
//! Promises: the same
//! document with the same values is the same bytes; a value is data and never markup, whatever is in it; nothing is
//! read but the fonts that were found at the start. Must not: know what a case is; each service has its own templates.
//!
//! Without the feature `pdf` this crate holds nothing, so that an ordinary build does without typst's 150 packages.

#[cfg(feature = "pdf")]
mod fonts;
#[cfg(feature = "pdf")]
mod press;
#[cfg(feature = "pdf")]
mod printer;
#[cfg(feature = "pdf")]
mod words;

#[cfg(feature = "pdf")]
pub use fonts::{DEFAULT_FOLDERS, Fonts, FontsError};
#[cfg(feature = "pdf")]
pub use press::{Job, Press, PrintError};
#[cfg(feature = "pdf")]
pub use printer::{Order, Printer, PrintingError};
#[cfg(feature = "pdf")]
pub use words::{LANGUAGES, Texts, Words};
