//! Pages: each calls the same operation as the API and chooses the template.

pub(crate) mod act;
pub(crate) mod case;
pub(crate) mod correct;
mod form;
pub(crate) mod imports;
mod kinds;
pub(crate) mod list;
pub(crate) mod new;
mod pairs;
mod report;
pub(crate) mod report_drafts;
mod timeline;
pub(crate) mod views;

use domain::Country;
use domain::Language;
use std::sync::LazyLock;

/// A value and its text.
pub(crate) type Choice = (&'static str, &'static str);

/// The choices of a controlled list.
macro_rules! choices {
    ($list:ty) => {
        <$list>::ALL.iter().map(|code| (code.as_str(), code.label())).collect::<Vec<$crate::pages::Choice>>()
    };
}
pub(crate) use choices;
pub(crate) use list::country_name;

/// Every country, in the order of its English name.
pub(crate) static COUNTRIES: LazyLock<Vec<Choice>> = LazyLock::new(|| {
    let mut all: Vec<_> = Country::all().map(|country| (country.as_str(), country.name(Language::ENGLISH))).collect();
    all.sort_by_key(|(_, name)| *name);
    all
});
