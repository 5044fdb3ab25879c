//! The pages: the same operations as the API; a page only chooses the template.

pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod partner;
pub(crate) mod rules;
