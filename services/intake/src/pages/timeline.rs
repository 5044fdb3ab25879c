//! What happened to a case, in the order it happened.

use domain::Timestamp;
use domain::codes::AlertKind;
use domain::ids::AccountId;

use crate::view::CaseView;

/// One thing that happened.
pub(super) struct Happening {
    pub at: Timestamp,
    pub what: String,
    /// Who did it, where the reader may know.
    pub by: Option<AccountId>,
    /// How loudly it speaks: good, bad, warn, plain.
    pub tone: &'static str,
    /// The words that go with it.
    pub words: Option<String>,
}

/// Everything that happened, oldest first.
pub(super) fn timeline(case: &CaseView) -> Vec<Happening> {
    let count = case.objects.len();
    let objects = if count == 1 { "1 object".to_owned() } else { format!("{count} objects") };
    let mut all = vec![Happening {
        at: case.registered_at,
        what: format!("{} registered with {objects}", case.event.label()),
        by: Some(case.registered_by),
        tone: "plain",
        words: None,
    }];
    all.extend(case.verifications.iter().map(|row| Happening {
        at: row.verified_at,
        what: format!("Verified: {}, on {}", row.certainty.label().to_lowercase(), row.evidence.label().to_lowercase()),
        by: row.verified_by,
        tone: "plain",
        words: row.note.as_ref().map(ToString::to_string),
    }));
    for alert in &case.alerts {
        let name = format!("{}, version {}", alert.kind.label(), alert.version);
        let reach = alert.reach.label().to_lowercase();
        all.push(Happening {
            at: alert.drafted_at,
            what: format!("{name}: drafted for {reach}"),
            by: alert.drafted_by,
            tone: "plain",
            words: None,
        });
        if let Some(at) = alert.released_at {
            let words = alert.message.as_ref().map(ToString::to_string);
            let tone = match alert.kind {
                AlertKind::Recovery | AlertKind::Restitution => "good",
                AlertKind::Exercise => "plain",
                AlertKind::Alert | AlertKind::Update | AlertKind::Cancel | AlertKind::ExpertRequest => "warn",
            };
            all.push(Happening { at, what: format!("{name}: released"), by: alert.released_by, tone, words });
        }
    }
    all.extend(case.steps.iter().map(|step| Happening {
        at: step.taken_at,
        what: match step.review_on {
            Some(day) => format!("{}: {}, to be looked at on {day}", step.step.label(), step.to.label().to_lowercase()),
            None => format!("{}: {}", step.step.label(), step.to.label().to_lowercase()),
        },
        by: step.taken_by,
        tone: "plain",
        words: step.reason.as_ref().map(ToString::to_string),
    }));
    for object in &case.objects {
        all.extend(object.history.iter().map(|change| Happening {
            at: change.set_at,
            what: format!("Object {}: {}", object.ordinal, change.status.label().to_lowercase()),
            by: change.set_by,
            tone: if change.status.is_searched_for() { "plain" } else { "good" },
            words: change.note.as_ref().map(ToString::to_string),
        }));
    }
    all.sort_by_key(|happening| happening.at);
    all
}
