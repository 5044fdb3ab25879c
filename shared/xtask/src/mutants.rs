//! Plants known mistakes in the decision, one after the other, and sees whether a test finds each.
//!
//! Each is one that somebody could make in plan, gate or grammar. The source is copied first, so nothing here touches
//! the tree; a mistake that no longer fits the source is found by a test of this file, in every run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

use crate::Outcome;

/// A mistake: what is replaced, and with what.
struct Mutant {
    name: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const PLAN: &str = "services/routing/src/plan/";

const MUTANTS: [Mutant; 14] = [
    Mutant {
        name: "a negation lost: exceptions except nobody",
        file: "select.rs",
        from: "self.exception(candidate).is_none(),\n        ];",
        to: "true,\n        ];",
    },
    Mutant {
        name: "greater for at least: the asked certainty itself does not do",
        file: "conditions.rs",
        from: "is_none_or(|least| rank(facts.certainty) >= rank(least))",
        to: "is_none_or(|least| rank(facts.certainty) > rank(least))",
    },
    Mutant {
        name: "the audience of an update from today's rules alone",
        file: "mod.rs",
        from: "match kept(kept(ruled, history), added) {",
        to: "match kept(ruled, added) {",
    },
    Mutant {
        name: "the gate shows more than was decided",
        file: "gate.rs",
        from: ".filter(|share| *share <= wanted)",
        to: "",
    },
    Mutant {
        name: "the gate forgets the partner's own ceiling",
        file: "gate.rs",
        from: "None => contact.clearance.min(partner.clearance),",
        to: "None => contact.clearance,",
    },
    Mutant {
        name: "TLP:RED to a shared mailbox",
        file: "gate.rs",
        from: "if label == Label::Red { Vec::new() } else { cleared(false).collect() }",
        to: "cleared(false).collect()",
    },
    Mutant {
        name: "a country that nobody named matches every scope",
        file: "geography.rs",
        from: "_ => countries[index].iter().find(|c| scope.covers(**c)).map(|c| (scope, Some(*c))),",
        to: "_ if countries[index].is_empty() => Some((scope, None)),\n            _ => countries[index].iter().find(|c| scope.covers(**c)).map(|c| (scope, Some(*c))),",
    },
    Mutant {
        name: "an empty filter means everybody",
        file: "conditions.rs",
        from: "wanted.is_none_or(|wanted| wanted.contains(value))",
        to: "wanted.is_none_or(|wanted| wanted.is_empty() || wanted.contains(value))",
    },
    Mutant {
        name: "a retired partner's successor hears nothing",
        file: "mod.rs",
        from: "next = partner.successor.and_then(|id| by_id.get(&id).copied())",
        to: "next = None",
    },
    Mutant {
        name: "one more than the cap of an hour",
        file: "caps.rs",
        from: "(within_hour >= cap).then_some",
        to: "(within_hour > cap).then_some",
    },
    Mutant {
        name: "an officer's addition goes beyond the desk's reach",
        file: "mod.rs",
        from: "Some(Override { change: OverrideChange::Add { share }, reason, by, .. }) => {\n                if within(self.facts.reach, partner.kind) {",
        to: "Some(Override { change: OverrideChange::Add { share }, reason, by, .. }) => {\n                if true {",
    },
    Mutant {
        name: "the index takes one condition for enough",
        file: "index.rs",
        from: "into.iter_mut().zip(with).for_each(|(all, one)| *all &= one);\n}\n\n/// Takes away",
        to: "into.iter_mut().zip(with).for_each(|(all, one)| *all |= one);\n}\n\n/// Takes away",
    },
    Mutant {
        name: "the grammar lets a rule be for a cancellation",
        file: "../rules/parse.rs",
        from: ".find(|kind| kind.only_to_those_told_before())",
        to: ".find(|_| false)",
    },
    Mutant {
        name: "the grammar takes an unknown beginning for the end of a loss",
        file: "../rules/parse.rs",
        from: "lost_until: self.maybe(\"lost_until\", text.lost_until),",
        to: "lost_until: self.maybe(\"lost_until\", text.lost_from),",
    },
];

/// Plants each and runs the tests of the decision.
pub fn run() -> Result<Outcome> {
    let place = crate::root().join("target/mutants");
    let tree = place.join("tree");
    copy(&tree)?;
    println!("the tests without a mistake");
    ensure!(passes(&tree, &place)?.is_some_and(|passed| passed), "the tests fail without any mistake");
    let mut missed = Vec::new();
    for mutant in &MUTANTS {
        let begun = Instant::now();
        let path = tree.join(PLAN).join(mutant.file);
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        fs::write(&path, planted(mutant, &text)?)?;
        let passed = passes(&tree, &place)?;
        fs::write(&path, &text)?;
        let outcome = match passed {
            None => bail!("{}: does not compile, so it shows nothing", mutant.name),
            Some(false) => "caught",
            Some(true) => {
                missed.push(mutant.name);
                "NOT CAUGHT"
            }
        };
        println!("{outcome:10} {} ({:.0} s)", mutant.name, begun.elapsed().as_secs_f64());
    }
    println!("{} of {} planted mistakes are caught", MUTANTS.len() - missed.len(), MUTANTS.len());
    Ok(if missed.is_empty() { Outcome::Passed } else { Outcome::Failed })
}

/// The text with the mistake in it.
fn planted(mutant: &Mutant, text: &str) -> Result<String> {
    ensure!(text.matches(mutant.from).count() == 1, "{}: its place in {} is gone", mutant.name, mutant.file);
    Ok(text.replacen(mutant.from, mutant.to, 1))
}

/// Whether the tests pass; none if they do not compile.
fn passes(tree: &Path, place: &Path) -> Result<Option<bool>> {
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["test", "--quiet", "--locked", "--package", "routing", "--lib"]).args(arguments);
        command.current_dir(tree).env("CARGO_TARGET_DIR", place.join("build")).stdin(Stdio::null());
        command
    };
    let built = cargo(&["--no-run"]).stderr(Stdio::null()).status().context("start cargo")?;
    if !built.success() {
        return Ok(None);
    }
    let run = cargo(&["--", "plan::", "rules::"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    Ok(Some(run.context("start cargo")?.success()))
}

/// What git knows or would know, into a folder of its own.
fn copy(tree: &Path) -> Result<()> {
    let root = crate::root();
    let listed = crate::steps::command("git", &["ls-files", "-co", "--exclude-standard"]).output()?;
    ensure!(listed.status.success(), "git cannot list the files");
    for name in String::from_utf8(listed.stdout)?.lines() {
        let (from, to) = (root.join(name), tree.join(name));
        // A file that was removed and not yet committed.
        let Ok(content) = fs::read(&from) else { continue };
        // Untouched files keep their times, so that only what changed is built again.
        if fs::read(&to).is_ok_and(|known| known == content) {
            continue;
        }
        fs::create_dir_all(to.parent().map_or_else(PathBuf::new, Path::to_path_buf))?;
        fs::write(&to, content).with_context(|| format!("copy {name}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_has_its_place_in_the_source() {
        for mutant in &MUTANTS {
            let path = crate::root().join(PLAN).join(mutant.file);
            let text = fs::read_to_string(&path).unwrap();
            assert_ne!(planted(mutant, &text).unwrap(), text, "{}", mutant.name);
        }
    }
}
