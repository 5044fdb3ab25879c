//! `/alerts/{id}/explain/{partner}`: why a partner hears of an alert version, or does not.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::ids::{AlertId, PartnerId};
use web::{Auditing, Authority, PageError, Path, Problem, Shell, page};

use crate::Deps;
use crate::explain_decision::{Explained, explain_decision};
use crate::plan::explain::Node;

#[derive(Template)]
#[template(path = "explain.html")]
struct ExplainPage {
    shell: Shell,
    explained: Explained,
    told: bool,
    /// Whether the partner waits for an officer.
    held: bool,
}

/// How many rules that do not select the partner are shown at once: those that came closest.
const CLOSEST: usize = 3;

impl ExplainPage {
    /// What is shown at once of a list: everything, but of many rules those that select the partner or came closest.
    fn near(node: &Node) -> &[Node] {
        let holding = node.parts.iter().take_while(|part| part.holds != Some(false)).count();
        let rules = node.parts.iter().any(|part| !part.parts.is_empty());
        let shown = if rules { (holding + CLOSEST).min(node.parts.len()) } else { node.parts.len() };
        &node.parts[..shown]
    }

    /// The rest of it.
    fn far(node: &Node) -> &[Node] {
        &node.parts[Self::near(node).len()..]
    }

    fn tree(&self) -> &[Node] {
        &self.explained.explanation.tree
    }
}

/// Shows the reasons.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path((id, partner)): Path<(AlertId, PartnerId)>,
) -> Result<Response, PageError> {
    let explained = explain_decision(&deps, id, partner, Some(caller.account_id)).await.map_err(Problem::from)?;
    let (name, held) = match &explained.explanation.decision {
        Ok(told) => (told.name.to_string(), told.hold.is_some()),
        Err(not_told) => (not_told.name.to_string(), false),
    };
    let reference = explained.alert.content.0.reference;
    Ok(page(&ExplainPage {
        shell: Shell {
            current: "/cases".to_owned(),
            ..Shell::new(format!("Why: {reference} v{}, {name}", explained.alert.version), &caller)
        },
        told: explained.explanation.decision.is_ok(),
        explained,
        held,
    }))
}
