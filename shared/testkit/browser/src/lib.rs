//! A real browser for tests: Debian's Chromium, driven as a person without a mouse drives it.
//!
//! [`Browser`] starts `chromedriver` as our child, which starts one headless Chromium; both die with it. Pages are
//! reached by address, then used by Tab, typing, Space and Enter alone, and every element is named as a screen reader
//! names it: a test that passes is a proof that the page works that way.
//!
//! - [`keyboard`](Browser::tab_to): find by name, type, choose, submit.
//! - [`look`](Look): widths and colour schemes; [`screenshot`](Browser::screenshot) writes to `target/screenshots/`.
//! - [`faults`](Browser::faults): what axe-core finds wrong for people with disabilities.
//!
//! A crate of its own, so that only those who look at pages build a WebDriver client. Must not: know any page.

mod faults;
mod keyboard;
mod look;
mod start;

pub use keyboard::Key;
pub use look::Look;
pub use start::Browser;
