//! A directory and a rule set with their index: made off to the side, swapped as a whole, shared by all who ask.

use std::sync::Arc;

use domain::alert::AlertFacts;
use domain::codes::Share;
use domain::ids::PartnerId;
use domain::partner::Directory;
use domain::plan::{Plan, PlanInputs};

use super::{Index, explain, plan_of};
use crate::rules::RuleSet;

/// Who is shown how much.
pub type Shown = (PartnerId, Share);

/// Answers for one directory and one rule set. Cheap to share; never changed.
#[derive(Clone, Debug)]
pub struct Router {
    directory: Arc<Directory>,
    rules: Arc<RuleSet>,
    index: Arc<Index>,
}

impl Router {
    /// Reads both once.
    pub fn new(directory: Arc<Directory>, rules: Arc<RuleSet>) -> Self {
        let index = Arc::new(Index::new(&directory, &rules));
        Self { directory, rules, index }
    }

    /// The same directory with other rules.
    #[must_use]
    pub fn with_rules(&self, rules: RuleSet) -> Self {
        Self::new(self.directory.clone(), Arc::new(rules))
    }

    /// The directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The rules.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The plan: the same as [`super::plan`].
    pub fn plan(&self, facts: &AlertFacts, inputs: &PlanInputs) -> Plan {
        let matches = self.index.matches(facts, &self.rules);
        plan_of(facts, &self.directory, &self.rules, inputs, Some(&matches))
    }

    /// Whom the rules alone would have told of an alert, in the order of the directory: for comparing rule sets. Only
    /// those that the index finds are looked at.
    pub fn audience(&self, facts: &AlertFacts) -> Vec<Shown> {
        let inputs = PlanInputs { two_officers: true, ..PlanInputs::default() };
        let mut decider = super::Decider::new(facts, &self.directory, &self.rules, &inputs);
        let matches = self.index.matches(facts, &self.rules);
        let candidates = matches.positions().map(|position| &self.directory.partners[position]);
        candidates
            .filter_map(|partner| decider.decide(partner, true).ok())
            .map(|told| (told.partner_id, told.share))
            .collect()
    }

    /// The reasons for one partner; none if the directory does not have it.
    pub fn explain(&self, facts: &AlertFacts, inputs: &PlanInputs, partner: PartnerId) -> Option<explain::Explanation> {
        explain::of_plan(self.plan(facts, inputs), facts, &self.directory, &self.rules, inputs, partner)
    }
}
