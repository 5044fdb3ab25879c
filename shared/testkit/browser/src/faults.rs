//! What keeps people with disabilities from using the page, found by axe-core.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Browser;

/// Unchanged from its package; see `assets/axe-core/README.md`.
const AXE: &str = include_str!("../assets/axe-core/axe.min.js");

const RUN: &str = "
    const done = arguments[arguments.length - 1];
    const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    axe.run(document, { runOnly: levels, resultTypes: ['violations'] }).then(
        (result) => done(result.violations.flatMap((rule) => rule.nodes.map((node) =>
            `${rule.id}: ${rule.help}: ${node.html.slice(0, 200)} (${node.any.concat(node.all, node.none)
                .map((check) => check.message).join('; ')})`))),
        (error) => done([`axe failed: ${error}`]));";

impl Browser {
    /// Every violation of WCAG 2.2 AA and of axe's best practices on this page as it is seen now, in words.
    pub async fn faults(&self) -> Result<Vec<String>> {
        self.run(AXE, vec![]).await.context("failed to load axe into the page")?;
        let answer = self.tab.execute_async(RUN, Vec::<Value>::new()).await.context("failed to run axe")?;
        serde_json::from_value(answer.json().clone()).context("failed to read what axe found")
    }
}
