//! The page that asks once more before something that cannot be undone, or is heard by others. It works without a
//! script: the button before it leads here, and nothing is done until the one on it is pressed.

use askama::Template;
use axum::response::Response;
use domain::codes::ErasureGround;
use serde::Deserialize;

use crate::{FormState, Shell, page};

/// What is asked.
#[derive(Template, Debug)]
#[template(path = "confirm.html")]
pub struct Confirm {
    /// The frame; its title is the question.
    pub shell: Shell,
    /// What cannot be undone.
    pub warning: String,
    /// What goes, what stays, who hears of it.
    pub lines: Vec<String>,
    /// Where the button posts to.
    pub action: String,
    /// What was typed on the page before.
    pub hidden: Vec<(String, String)>,
    /// Grounds to choose from, where one is needed.
    pub grounds: Vec<(&'static str, &'static str)>,
    /// The button's words.
    pub button: String,
    /// The page before.
    pub back: String,
    /// What was typed here, and what is wrong with it.
    pub form: FormState,
}

impl Confirm {
    /// Every ground to erase a person on.
    pub fn erasure_grounds() -> Vec<(&'static str, &'static str)> {
        ErasureGround::ALL.iter().map(|ground| (ground.as_str(), ground.label())).collect()
    }

    /// The page.
    pub fn show(&self) -> Response {
        page(self)
    }
}

/// Whether the word was given on the confirming page: `?sure=true` in the address that its button posts to.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sure {
    /// The word.
    pub sure: bool,
}
