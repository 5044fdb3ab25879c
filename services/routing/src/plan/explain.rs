//! Why a partner is told, or is not: sentences for people, and the whole tree of what was asked.

use domain::alert::{AlertFacts, label_of_share};
use domain::codes::Share;
use domain::ids::PartnerId;
use domain::partner::{Directory, Partner};
use domain::plan::{NotTold, OverrideChange, Plan, PlanInputs, Told};
use serde::Serialize;
use utoipa::ToSchema;

use super::select::Selector;
use super::{Finding, plan, told_before, within};
use crate::rules::{RuleSet, greatest_share, words};

/// The answer for one partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What was decided.
    pub decision: Result<Told, NotTold>,
    /// The answer in sentences, the most important first.
    pub sentences: Vec<String>,
    /// Every question in the order it was asked.
    pub tree: Vec<Node>,
}

/// A question, its answer, and what the answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Node {
    /// What was asked.
    pub question: String,
    /// Whether it speaks for telling the partner; none if it says nothing for or against.
    pub holds: Option<bool>,
    /// What was found.
    pub answer: String,
    /// What the answer rests on.
    #[schema(no_recursion)]
    pub parts: Vec<Node>,
}

impl Node {
    fn new(question: impl Into<String>, holds: impl Into<Option<bool>>, answer: impl Into<String>) -> Self {
        Self { question: question.into(), holds: holds.into(), answer: answer.into(), parts: Vec::new() }
    }
}

/// The reasons for one partner; none if the directory does not have it.
pub fn explain(
    facts: &AlertFacts,
    directory: &Directory,
    rules: &RuleSet,
    inputs: &PlanInputs,
    partner: PartnerId,
) -> Option<Explanation> {
    of_plan(plan(facts, directory, rules, inputs), facts, directory, rules, inputs, partner)
}

/// The same, of a plan that is there already.
pub(super) fn of_plan(
    plan: Plan,
    facts: &AlertFacts,
    directory: &Directory,
    rules: &RuleSet,
    inputs: &PlanInputs,
    partner: PartnerId,
) -> Option<Explanation> {
    let row = directory.partners.iter().find(|row| row.id == partner)?;
    let told = plan.told.into_iter().find(|told| told.partner_id == partner);
    let not_told = plan.not_told.into_iter().find(|not_told| not_told.partner_id == partner);
    let decision = told.map(Ok).or(not_told.map(Err))?;
    let tree = tree(facts, directory, rules, inputs, row, &decision);
    Some(Explanation { sentences: sentences(facts, rules, &decision), decision, tree })
}

fn sentences(facts: &AlertFacts, rules: &RuleSet, decision: &Result<Told, NotTold>) -> Vec<String> {
    let version = format!("Decided by version {} of the rules.", rules.version);
    match decision {
        Ok(told) => {
            let mut sentences = vec![
                format!("{} is told of version {}: {}.", told.name, facts.version, share_words(told.share)),
                told.basis.sentence(),
                format!("The label of what it is shown is {}, and it is cleared for that.", told.label),
            ];
            if let Some(minutes) = told.acknowledge_within {
                sentences.push(format!("It is asked to acknowledge within {}.", words::minutes(minutes)));
            }
            sentences.extend(told.hold.as_ref().map(|hold| format!("{} An officer decides.", hold.sentence())));
            sentences.push(version);
            sentences
        }
        Err(not_told) => vec![
            format!("{} is not told of version {}.", not_told.name, facts.version),
            not_told.reason.sentence(),
            version,
        ],
    }
}

fn share_words(share: Share) -> &'static str {
    match share {
        Share::Full => "in full, with circumstances",
        Share::ObjectData => "with object data only",
    }
}

fn tree(
    facts: &AlertFacts,
    directory: &Directory,
    rules: &RuleSet,
    inputs: &PlanInputs,
    partner: &Partner,
    decision: &Result<Told, NotTold>,
) -> Vec<Node> {
    let valid = inputs.on.is_none_or(|on| partner.valid_on(on));
    let active = match (partner.active, valid) {
        (false, _) => "it is switched off",
        (true, false) => "this is not one of the days on which it is to be told",
        (true, true) => "it is active",
    };
    let mut tree = vec![Node::new("Is the partner to be told anything?", partner.active && valid, active)];
    let made = inputs.overrides.iter().find(|made| made.partner_id == partner.id);
    tree.push(match made {
        None => Node::new("Did an officer decide about it?", None, "no"),
        Some(made) => match made.change {
            OverrideChange::Add { share } => {
                let answer = format!("added it, {}: {}", share_words(share), made.reason);
                Node::new("Did an officer decide about it?", true, answer)
            }
            OverrideChange::Remove => {
                Node::new("Did an officer decide about it?", false, format!("removed it: {}", made.reason))
            }
        },
    });
    tree.push(match told_before(inputs, directory).get(&partner.id) {
        Some(before) => Node::new("Was it told before?", true, before.basis.sentence()),
        None => Node::new("Was it told before?", None, "no"),
    });
    let asked = Selector::new(facts, rules).tree(partner);
    let selected = asked.iter().filter(|(_, findings)| findings.iter().all(|finding| finding.holds)).count();
    tree.push(Node {
        parts: asked.into_iter().map(|(rule, findings)| rule_node(&rule.id, &rule.because, findings)).collect(),
        ..Node::new(
            format!("Does a rule of version {} select it?", rules.version),
            selected > 0,
            match selected {
                0 => "no rule does".to_owned(),
                1 => "one rule does".to_owned(),
                many => format!("{many} rules do; the one that shows most counts"),
            },
        )
    });
    let reached = within(facts.reach, partner.kind);
    let reach = format!("this alert goes to: {}", facts.reach.label().to_lowercase());
    tree.push(Node::new("Does the desk let it go that far?", reached, reach));
    tree.push(gate_node(facts, partner, decision));
    if let Ok(told) = decision {
        tree.push(match &told.hold {
            None => Node::new("May it leave by itself?", true, "it is within the caps"),
            Some(hold) => Node::new("May it leave by itself?", false, hold.sentence()),
        });
    }
    tree
}

fn rule_node(id: &str, because: &str, findings: Vec<Finding>) -> Node {
    let failed = findings.iter().filter(|finding| !finding.holds).count();
    let answer = match failed {
        0 => format!("selects it: {because}"),
        1 => "one condition fails".to_owned(),
        many => format!("{many} conditions fail"),
    };
    let parts = findings.into_iter().map(|f| Node::new(f.condition, f.holds, f.words)).collect();
    Node { parts, ..Node::new(format!("Rule {id}"), failed == 0, answer) }
}

fn gate_node(facts: &AlertFacts, partner: &Partner, decision: &Result<Told, NotTold>) -> Node {
    let question = "Do label and clearance let it through?";
    let mut node = match decision {
        Ok(told) => Node::new(question, true, format!("yes, with {} under {}", told.share.label(), told.label)),
        Err(not_told) if matches!(not_told.reason.code(), "clearance" | "no_named_person" | "no_address") => {
            Node::new(question, false, not_told.reason.sentence())
        }
        Err(_) => Node::new(question, None, "not asked"),
    };
    let most = greatest_share(partner.kind);
    node.parts = vec![
        Node::new("The most its kind may see", None, most.label()),
        Node::new("Label of the full share", None, facts.label.as_str()),
        Node::new("Label of object data", None, label_of_share(facts.label, Share::ObjectData).as_str()),
        Node::new("Clearance of its mailboxes", None, partner.clearance.as_str()),
    ];
    node
}
