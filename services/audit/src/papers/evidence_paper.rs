//! Evidence on paper: its values in words, in one of six languages.
//!
//! A thousand recipients are ten thousand cells. Whatever can be put together here, as text, is: the typesetter's own
//! language is a hundred times slower at it.

use std::collections::HashSet;

use domain::delivery::DeliveryState;
use paper::{Order, Printer, PrintingError, Words};
use serde::Serialize;

use super::reasons::{basis, exclusion};
use super::words::{broken, language, ltr, moment};
use crate::evidence::{EntryEvidence, Evidence, LedgerFacts, VersionEvidence};
use crate::notified::{Attempt, NotNotified, Notified, Returned};
use crate::pages::notified::tone;

const TEMPLATE: &str = include_str!("../../papers/evidence.typ");

/// The facts whose place in the ledger is proved on the paper itself: what was said, and to whom.
const PROVED: [&str; 2] = ["alert.released.v1", "plan.frozen.v1"];

type Fact = (String, String);

#[derive(Serialize)]
struct Paper {
    reference: String,
    label: String,
    facts: Vec<Fact>,
    summary: Vec<String>,
    verified: Vec<[String; 5]>,
    versions: Vec<VersionPaper>,
    ledger: Option<LedgerPaper>,
    foot: String,
}

#[derive(Serialize)]
struct VersionPaper {
    heading: String,
    label: String,
    facts: Vec<Fact>,
    told: Vec<ToldPaper>,
    not_told: Vec<[String; 3]>,
    follow_up: String,
    missed: String,
}

#[derive(Serialize)]
struct ToldPaper {
    partner: String,
    /// Kind, person, address: lines below the name.
    who: String,
    share: String,
    label: String,
    basis: String,
    state: String,
    tone: &'static str,
    /// Each try with the server's words: lines below the state.
    tries: String,
    hash: String,
    acknowledged: String,
}

#[derive(Serialize)]
struct LedgerPaper {
    facts: Vec<Fact>,
    checkpoint: String,
    entries: Vec<[String; 4]>,
    tries: String,
    proofs: Vec<ProofPaper>,
}

#[derive(Serialize)]
struct ProofPaper {
    position: String,
    kind: String,
    leaf: String,
    path: String,
}

/// Prints it.
pub async fn print_evidence(printer: &Printer, words: Words, evidence: &Evidence) -> Result<Vec<u8>, PrintingError> {
    let data = on_paper(words, evidence);
    let size = evidence.ledger.as_ref().map_or(0, |ledger| ledger.size);
    let order = Order {
        template: TEMPLATE,
        language: words.code(),
        title: format!("{} {}", evidence.case.reference, words.get("evidence")),
        identity: format!("{} {} {size}", evidence.about, words.code()),
        moment: evidence.made_at.as_micros() / 1_000_000,
        labels: words.labels(),
        data,
    };
    printer.print(order).await
}

fn on_paper(words: Words, evidence: &Evidence) -> Paper {
    let case = &evidence.case;
    let mut facts = vec![
        (words.get("case"), case.title.to_string()),
        (words.get("reference"), ltr(words, &case.reference.to_string())),
        (words.get("event"), words.of_code("event", case.event.as_str(), case.event.label())),
        (words.get("country"), format!("{} ({})", case.country.name(language(words)), case.country)),
        (words.get("lost-between"), ltr(words, &format!("{} – {}", case.lost_earliest, case.lost_latest))),
        (words.get("registered"), moment(words, case.registered_at)),
        (words.get("as-of"), moment(words, evidence.made_at)),
    ];
    if !evidence.about.starts_with("case_") {
        facts.insert(2, (words.get("about"), broken(words, &evidence.about)));
    }
    let verified = case.verifications.iter().map(|row| {
        [
            moment(words, row.at),
            words.of_code("certainty", row.certainty.as_str(), row.certainty.label()),
            words.of_code("evidence", row.evidence.as_str(), row.evidence.label()),
            row.by.clone(),
            row.note.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]
    });
    let foot = match &evidence.ledger {
        Some(ledger) => {
            let (size, root) = (ledger.size.to_string(), ledger.root.chars().take(16).collect::<String>());
            words.with("footer-root", &[("size", size.into()), ("root", root.into())])
        }
        None => words.get("no-ledger"),
    };
    Paper {
        reference: case.reference.to_string(),
        label: case.label.to_string(),
        facts,
        summary: summary(words, &evidence.versions),
        verified: verified.collect(),
        versions: evidence.versions.iter().map(|version| version_paper(words, version)).collect(),
        ledger: evidence.ledger.as_ref().map(|ledger| ledger_paper(words, evidence, ledger)),
        foot,
    }
}

fn summary(words: Words, versions: &[VersionEvidence]) -> Vec<String> {
    let lines = || versions.iter().flat_map(|version| &version.told);
    let partners: HashSet<_> = lines().map(|line| line.partner_id).collect();
    let addresses: HashSet<_> = lines().map(|line| &line.address).collect();
    let accepted = lines().filter(|line| line.outcome == DeliveryState::Accepted).count();
    let acknowledged: HashSet<_> =
        lines().filter(|line| line.acknowledged_at.is_some()).map(|line| line.notification_id).collect();
    let left_out: HashSet<_> =
        versions.iter().flat_map(|version| &version.not_told).map(|line| line.partner_id).collect();
    let told = [
        ("partners", partners.len().into()),
        ("addresses", addresses.len().into()),
        ("accepted", accepted.into()),
        ("acknowledged", acknowledged.len().into()),
    ];
    vec![
        words.with("sum-versions", &[("count", versions.len().into())]),
        words.with("sum-told", &told),
        words.with("sum-not-told", &[("count", left_out.difference(&partners).count().into())]),
    ]
}

fn version_paper(words: Words, version: &VersionEvidence) -> VersionPaper {
    let head = &version.version;
    let kind = words.of_code("alert-kind", head.alert_kind.as_str(), head.alert_kind.label());
    let by = |at, who: &str| words.with("by", &[("when", moment(words, at).into()), ("who", who.to_owned().into())]);
    let decided = match head.frozen_at {
        None => words.get("undecided"),
        Some(at) => words.with(
            "decided-by",
            &[
                ("when", moment(words, at).into()),
                ("rules", head.rule_set_version.unwrap_or_default().to_string().into()),
                ("directory", head.directory_revision.unwrap_or_default().to_string().into()),
            ],
        ),
    };
    let facts = vec![
        (words.get("drafted"), by(version.drafted_at, &version.drafted_by)),
        (words.get("released"), by(head.released_at, &version.released_by)),
        (words.get("reach"), words.of_code("reach", head.reach.as_str(), head.reach.label())),
        (words.get("decided"), decided),
    ];
    let (follow_up, missed) = match &version.follow_up {
        None => (String::new(), String::new()),
        Some(follow_up) => {
            let counts = [
                ("heard", follow_up.heard.into()),
                ("again", follow_up.again.into()),
                ("accepted", follow_up.accepted.into()),
            ];
            let names: Vec<&str> = follow_up.missed.iter().map(|name| name.as_str()).collect();
            (words.with("follow-up", &counts), names.join("; "))
        }
    };
    VersionPaper {
        heading: words.with("version", &[("number", head.version.to_string().into()), ("kind", kind.into())]),
        label: head.label.to_string(),
        facts,
        told: version.told.iter().map(|line| told_paper(words, line)).collect(),
        not_told: version.not_told.iter().map(|line| not_told_paper(words, line)).collect(),
        follow_up,
        missed,
    }
}

fn not_told_paper(words: Words, line: &NotNotified) -> [String; 3] {
    let kind = words.of_code("partner-kind", line.kind.as_str(), line.kind.label());
    [line.partner.to_string(), kind, exclusion(words, &line.frozen)]
}

fn told_paper(words: Words, line: &Notified) -> ToldPaper {
    let kind = words.of_code("partner-kind", line.kind.as_str(), line.kind.label());
    let person = line.person.as_ref().map(ToString::to_string);
    let address = broken(words, line.address.as_str());
    let who: Vec<String> = [Some(kind), person, Some(address)].into_iter().flatten().collect();
    let tries = line.attempts.iter().map(|attempt| attempt_paper(words, attempt));
    let tries: Vec<String> = tries.chain(line.returned.iter().map(|back| returned_paper(words, back))).collect();
    let acknowledged = match line.acknowledged_at {
        None => String::new(),
        Some(at) => {
            let by = line.acknowledged_by.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{}\n{by}", moment(words, at))
        }
    };
    let hash = line.mail_sha256.as_ref().map(|hash| format!("{} {}", words.get("mail-sha256"), broken(words, hash)));
    ToldPaper {
        partner: line.partner.to_string(),
        who: who.join("\n"),
        share: words.of_code("share", line.share.as_str(), line.share.label()),
        label: line.label.to_string(),
        basis: basis(words, &line.frozen),
        state: words.of_code("delivery-state", line.outcome.as_str(), line.outcome.label()),
        tone: tone(line.outcome),
        tries: if tries.is_empty() { words.get("no-attempt") } else { tries.join("\n") },
        hash: hash.unwrap_or_default(),
        acknowledged,
    }
}

fn attempt_paper(words: Words, attempt: &Attempt) -> String {
    let word = attempt.outcome.map_or_else(
        || words.get("on-the-wire"),
        |outcome| words.of_code("outcome", outcome.as_str(), outcome.label()),
    );
    let mut text = format!("{} {word}", moment(words, attempt.started_at));
    if let Some(stage) = attempt.stage {
        text.push(' ');
        text.push_str(&words.with("at-stage", &[("stage", stage.label().into())]));
    }
    if attempt.possible_repeat {
        text.push_str("; ");
        text.push_str(&words.get("possible-repeat"));
    }
    if let Some(reply) = &attempt.reply {
        text.push('\n');
        text.push_str(&broken(words, reply));
    }
    text
}

fn returned_paper(words: Words, back: &Returned) -> String {
    let what = words.of_code("bounce", back.kind.as_str(), back.kind.label());
    let said = [back.status.as_ref(), back.words.as_ref()].into_iter().flatten().map(|text| broken(words, text));
    format!("{} {what}\n{}", moment(words, back.received_at), said.collect::<Vec<_>>().join(" "))
}

fn ledger_paper(words: Words, evidence: &Evidence, ledger: &LedgerFacts) -> LedgerPaper {
    let mut facts = vec![
        (words.get("ledger-root"), broken(words, &ledger.root)),
        (words.get("ledger-size"), ledger.size.to_string()),
        (words.get("ledger-signed"), moment(words, ledger.signed_at)),
    ];
    facts.extend(ledger.keys.iter().map(|key| (words.get("ledger-key"), broken(words, key))));
    let entries = evidence.decisions().map(|entry| {
        let (at, id) = (moment(words, entry.occurred_at), broken(words, &entry.event_id.to_string()));
        [entry.position.to_string(), ltr(words, &entry.kind), at, id]
    });
    let tries = match (evidence.tries().next(), evidence.tries().last()) {
        (Some(first), Some(last)) => words.with(
            "deliveries-entered",
            &[
                ("count", evidence.tries().count().into()),
                ("first", first.position.to_string().into()),
                ("last", last.position.to_string().into()),
            ],
        ),
        _ => String::new(),
    };
    let proofs = evidence.entries.iter().filter(|entry| PROVED.contains(&entry.kind.as_str()));
    LedgerPaper {
        facts,
        checkpoint: ledger.checkpoint.lines().map(|line| broken(words, line)).collect::<Vec<_>>().join("\n"),
        entries: entries.collect(),
        tries,
        proofs: proofs.map(|entry| proof_paper(words, entry)).collect(),
    }
}

fn proof_paper(words: Words, entry: &EntryEvidence) -> ProofPaper {
    let path: Vec<String> = entry.path.iter().map(|hash| broken(words, hash)).collect();
    ProofPaper {
        position: entry.position.to_string(),
        kind: ltr(words, &entry.kind),
        leaf: broken(words, &entry.leaf),
        path: path.join(" · "),
    }
}
