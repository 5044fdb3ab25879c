//! Using a page by keyboard alone, with the names a screen reader would say.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use testkit::wait_until;

use super::{Browser, start::PATIENCE};

pub use thirtyfour::Key;

/// More stops than any page of ours has.
const STOPS: usize = 400;

/// The accessible name of the focused element: its label, or what stands on it.
const NAME: &str = "
    const element = document.activeElement;
    if (!element || element === document.body) return '';
    const clean = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
    const named = element.getAttribute('aria-labelledby')?.split(' ')
        .map((id) => document.getElementById(id)?.innerText).join(' ');
    return clean(element.getAttribute('aria-label') || named || element.labels?.[0]?.innerText
        || element.innerText || element.value || element.title);";

impl Browser {
    /// Presses one key where the focus is.
    pub async fn press(&self, key: Key) -> Result<()> {
        self.type_text(&char::from(key).to_string()).await
    }

    /// Types where the focus is.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        Ok(self
            .tab
            .action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO))
            .send_keys(text)
            .perform()
            .await?)
    }

    /// The name of the focused element; empty if nothing has the focus.
    pub async fn focused(&self) -> Result<String> {
        Ok(self.run(NAME, vec![]).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Presses Tab until the focused element is called `name`, marked as optional or not.
    pub async fn tab_to(&self, name: &str) -> Result<()> {
        let mut seen = Vec::new();
        for _ in 0..STOPS {
            self.press(Key::Tab).await?;
            let focused = self.focused().await?;
            if focused == name || focused.strip_suffix(" (optional)") == Some(name) {
                return Ok(());
            }
            if !seen.contains(&focused) {
                seen.push(focused);
            }
        }
        bail!("Tab never reaches {name:?} on {}; it reaches {seen:?}", self.address().await?)
    }

    /// The same for a field: a link to it may be called as it is.
    async fn tab_to_field(&self, name: &str) -> Result<()> {
        for _ in 0..STOPS {
            self.tab_to(name).await?;
            let field = "return document.activeElement.matches('input, select, textarea')";
            if self.run(field, vec![]).await? == json!(true) {
                return Ok(());
            }
        }
        bail!("{name:?} is no field on {}", self.address().await?)
    }

    /// Tabs to the field and replaces what is in it.
    pub async fn fill(&self, field: &str, text: &str) -> Result<()> {
        self.tab_to_field(field).await?;
        // A date is typed part by part in the order of the reader's country; its value goes in whole.
        let script = "
            const field = document.activeElement;
            if (field.type === 'date' || field.type === 'datetime-local') { field.value = arguments[0]; return true; }
            field.select?.();
            return false;";
        if self.run(script, vec![json!(text)]).await? != json!(true) {
            if text.is_empty() {
                self.press(Key::Delete).await?;
            } else {
                self.type_text(text).await?;
            }
        }
        Ok(())
    }

    /// Tabs to the list and types the beginning of the choice, as one does in a list.
    pub async fn choose(&self, list: &str, choice: &str) -> Result<()> {
        self.tab_to_field(list).await?;
        self.type_text(choice).await?;
        let script = "return document.activeElement.selectedOptions?.[0]?.innerText.trim() ?? ''";
        let chosen = self.run(script, vec![]).await?;
        let chosen = chosen.as_str().unwrap_or_default();
        if !chosen.starts_with(choice) {
            bail!("typing {choice:?} in {list:?} chose {chosen:?}");
        }
        Ok(())
    }

    /// Tabs to the box or the button of a group and presses Space.
    pub async fn tick(&self, name: &str) -> Result<()> {
        self.tab_to(name).await?;
        self.press(Key::Space).await
    }

    /// Tabs to the button or link, presses Enter and waits for the page that follows.
    pub async fn follow(&self, name: &str) -> Result<()> {
        self.tab_to(name).await?;
        // A mark in the old page tells it from the new one, also where both have the same address.
        self.run("window.isOldPage = true", vec![]).await?;
        self.press(Key::Enter).await?;
        wait_until(&format!("the page behind {name:?}"), PATIENCE, async || {
            let script = "return !window.isOldPage && document.readyState === 'complete'";
            // While the pages change there is none to ask.
            self.run(script, vec![]).await.is_ok_and(|loaded| loaded == json!(true))
        })
        .await
        .with_context(|| format!("on {name:?}"))
    }
}
