//! The evidence of one case on paper: its values in words, in one of six languages.

use std::collections::HashSet;

use domain::codes::{AlertKind, Reach, Share};
use domain::delivery::{DeliveryState, Outcome};
use paper::{Order, Printer, PrintingError, Words};
use serde::Serialize;

use super::words::{language, moment};
use super::{CaseEvidence, Proven, VersionEvidence};
use crate::notified::{Attempt, Notified};
use crate::pages::notified::tone;
use crate::{VerifierKey, hex};

const TEMPLATE: &str = include_str!("../../papers/evidence.typ");

type Fact = (String, String);

#[derive(Serialize)]
struct CasePaper {
    reference: String,
    title: String,
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
    kind: String,
    address: String,
    person: String,
    share: String,
    label: String,
    basis: String,
    state: String,
    tone: &'static str,
    attempts: Vec<AttemptPaper>,
    sha256: String,
    acknowledged: String,
    acknowledged_by: String,
}

#[derive(Serialize)]
struct AttemptPaper {
    when: String,
    word: String,
    reply: String,
    repeat: bool,
}

#[derive(Serialize)]
struct LedgerPaper {
    facts: Vec<Fact>,
    checkpoint: String,
    entries: Vec<[String; 4]>,
    deliveries: String,
    proofs: Vec<ProofPaper>,
}

#[derive(Serialize)]
struct ProofPaper {
    position: String,
    kind: String,
    leaf: String,
    path: Vec<String>,
}

/// Prints it.
pub async fn print_case(
    printer: &Printer,
    words: Words,
    evidence: &CaseEvidence,
    verifier: &VerifierKey,
) -> Result<Vec<u8>, PrintingError> {
    let paper = case_paper(words, evidence, verifier);
    let title = format!("{} {}", paper.reference, words.get("evidence"));
    let size = evidence.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    let identity = format!("{} {} {size}", paper.reference, words.code());
    let order = Order {
        template: TEMPLATE,
        language: words.code(),
        title,
        identity,
        moment: evidence.as_of.as_micros() / 1_000_000,
        labels: words.labels(),
        data: paper,
    };
    printer.print(order).await
}

fn case_paper(words: Words, evidence: &CaseEvidence, verifier: &VerifierKey) -> CasePaper {
    let case = &evidence.case;
    let facts = vec![
        (words.get("case"), case.title.to_string()),
        (words.get("reference"), case.reference.to_string()),
        (words.get("event"), words.of_code("event", case.event.as_str(), case.event.label())),
        (words.get("country"), format!("{} ({})", case.country.name(language(words)), case.country)),
        (words.get("lost-between"), format!("{} – {}", case.lost_earliest, case.lost_latest)),
        (words.get("registered"), moment(case.registered_at)),
        (words.get("as-of"), moment(evidence.as_of)),
    ];
    let verified = evidence.verifications.iter().map(|row| {
        [
            moment(row.at),
            words.of_code("certainty", row.certainty.as_str(), row.certainty.label()),
            words.of_code("evidence", row.evidence.as_str(), row.evidence.label()),
            row.by.clone(),
            row.note.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]
    });
    let foot = match &evidence.checkpoint {
        Some(checkpoint) => {
            let root = hex(&checkpoint.root);
            words.with("footer-root", &[("size", checkpoint.size.to_string().into()), ("root", root[..16].into())])
        }
        None => words.get("no-ledger"),
    };
    CasePaper {
        reference: case.reference.to_string(),
        title: case.title.to_string(),
        label: case.label.to_string(),
        facts,
        summary: summary(words, &evidence.versions),
        verified: verified.collect(),
        versions: evidence.versions.iter().map(|version| version_paper(words, version)).collect(),
        ledger: ledger_paper(words, evidence, verifier),
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
    let head = &version.head;
    let kind = alert_kind(words, head.alert_kind);
    let by = |at, who: &str| words.with("by", &[("when", moment(at).into()), ("who", who.to_owned().into())]);
    let decided = match head.frozen_at {
        None => words.get("undecided"),
        Some(at) => words.with(
            "decided-by",
            &[
                ("when", moment(at).into()),
                ("rules", head.rule_set_version.unwrap_or_default().to_string().into()),
                ("directory", head.directory_revision.unwrap_or_default().to_string().into()),
            ],
        ),
    };
    let facts = vec![
        (words.get("drafted"), by(version.drafted_at, &version.drafted_by)),
        (words.get("released"), by(head.released_at, &version.released_by)),
        (words.get("reach"), reach(words, head.reach)),
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
    let not_told = version.not_told.iter().map(|line| {
        let kind = words.of_code("partner-kind", line.kind.as_str(), line.kind.label());
        [line.partner.to_string(), kind, line.reason.clone()]
    });
    VersionPaper {
        heading: words.with("version", &[("number", head.version.to_string().into()), ("kind", kind.into())]),
        label: head.label.to_string(),
        facts,
        told: version.told.iter().map(|line| told_paper(words, line)).collect(),
        not_told: not_told.collect(),
        follow_up,
        missed,
    }
}

fn told_paper(words: Words, line: &Notified) -> ToldPaper {
    ToldPaper {
        partner: line.partner.to_string(),
        kind: words.of_code("partner-kind", line.kind.as_str(), line.kind.label()),
        address: line.address.to_string(),
        person: line.person.as_ref().map(ToString::to_string).unwrap_or_default(),
        share: share(words, line.share),
        label: line.label.to_string(),
        basis: line.basis.clone(),
        state: words.of_code("delivery-state", line.outcome.as_str(), line.outcome.label()),
        tone: tone(line.outcome),
        attempts: line.attempts.iter().map(|attempt| attempt_paper(words, attempt)).collect(),
        sha256: line.mail_sha256.clone().unwrap_or_default(),
        acknowledged: line.acknowledged_at.map(moment).unwrap_or_default(),
        acknowledged_by: line.acknowledged_by.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

fn attempt_paper(words: Words, attempt: &Attempt) -> AttemptPaper {
    let mut word = attempt.outcome.map_or_else(|| words.get("on-the-wire"), |outcome| outcome_word(words, outcome));
    if let Some(stage) = attempt.stage {
        word.push(' ');
        word.push_str(&words.with("at-stage", &[("stage", stage.label().into())]));
    }
    AttemptPaper {
        when: moment(attempt.started_at),
        word,
        reply: attempt.reply.clone().unwrap_or_default(),
        repeat: attempt.possible_repeat,
    }
}

fn ledger_paper(words: Words, evidence: &CaseEvidence, verifier: &VerifierKey) -> Option<LedgerPaper> {
    let checkpoint = evidence.checkpoint.as_ref()?;
    let facts = vec![
        (words.get("ledger-root"), hex(&checkpoint.root)),
        (words.get("ledger-size"), checkpoint.size.to_string()),
        (words.get("ledger-signed"), moment(checkpoint.signed_at)),
        (words.get("ledger-key"), verifier.to_string()),
    ];
    // Thousands of tries would bury the few facts that decided something.
    let (tries, others): (Vec<_>, Vec<_>) =
        evidence.entries.iter().partition(|entry| entry.kind.starts_with("delivery."));
    let entries = others.iter().map(|entry| {
        [entry.position.to_string(), entry.kind.clone(), moment(entry.occurred_at), entry.event_id.to_string()]
    });
    let deliveries = match (tries.first(), tries.last()) {
        (Some(first), Some(last)) => words.with(
            "deliveries-entered",
            &[
                ("count", tries.len().into()),
                ("first", first.position.to_string().into()),
                ("last", last.position.to_string().into()),
            ],
        ),
        _ => String::new(),
    };
    let proofs = evidence.proofs.iter().map(|Proven { kind, proof }| ProofPaper {
        position: proof.entry.position.to_string(),
        kind: kind.clone(),
        leaf: hex(&proof.entry.leaf),
        path: proof.path.iter().map(|hash| hex(hash)).collect(),
    });
    Some(LedgerPaper {
        facts,
        checkpoint: checkpoint.note.clone(),
        entries: entries.collect(),
        deliveries,
        proofs: proofs.collect(),
    })
}

fn alert_kind(words: Words, kind: AlertKind) -> String {
    words.of_code("alert-kind", kind.as_str(), kind.label())
}

fn reach(words: Words, reach: Reach) -> String {
    words.of_code("reach", reach.as_str(), reach.label())
}

fn share(words: Words, share: Share) -> String {
    words.of_code("share", share.as_str(), share.label())
}

fn outcome_word(words: Words, outcome: Outcome) -> String {
    words.of_code("outcome", outcome.as_str(), outcome.label())
}
