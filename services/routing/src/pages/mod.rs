//! The pages: the same operations as the API; a page only chooses the template.

pub(crate) mod audience;
pub(crate) mod changes;
pub(crate) mod correct;
pub(crate) mod draft;
pub(crate) mod edit;
pub(crate) mod explain;
pub(crate) mod hygiene;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod open_cases;
pub(crate) mod partner;
pub(crate) mod rules;
pub(crate) mod sending;
pub(crate) mod verify;
