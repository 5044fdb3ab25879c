//! What in the directory needs care: what is stale, unverified, refused, silent, uncovered or about to expire.

use std::collections::HashMap;
use std::time::Duration;

use domain::codes::PartnerKind;
use domain::ids::PartnerId;
use domain::partner::{Directory, Partner};
use domain::{CivilDate, Country, Mailbox, Timestamp};
use metrics::gauge;
use store::answers::{self, NotOursRow};
use store::partners;
use tokio_util::sync::CancellationToken;

use crate::{Deps, words};

/// How far back refused mail counts.
const REFUSED_SINCE: Duration = Duration::from_secs(90 * 24 * 3600);
/// The most answers “not ours” that are shown, newest first.
const MOST_NOT_OURS: i64 = 200;
/// How often the figures are renewed.
const EVERY: Duration = Duration::from_secs(600);

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its name.
    pub name: String,
    /// What, in words.
    pub what: String,
}

/// Everything that needs care.
#[derive(Clone, Debug, Default)]
pub struct Hygiene {
    /// The review date has passed.
    pub stale: Vec<Finding>,
    /// Nobody ever checked the record.
    pub unchecked: Vec<Finding>,
    /// An address was never verified.
    pub unverified: Vec<Finding>,
    /// No address at all.
    pub unreachable: Vec<Finding>,
    /// Mail servers refuse an address.
    pub refused: Vec<Finding>,
    /// The last alerts were not acknowledged.
    pub silent: Vec<Finding>,
    /// Partners that answered that an alert was not theirs.
    pub not_ours: Vec<Finding>,
    /// A key expires soon or has expired.
    pub keys: Vec<Finding>,
    /// An address deceives the eye.
    pub deceiving: Vec<Finding>,
    /// Countries that no live police or national unit answers for, worldwide ones aside.
    pub uncovered: Vec<Country>,
}

/// What the notifier's tables say.
#[derive(Clone, Debug, Default)]
pub struct Mailed {
    /// Addresses that are refused: partner, address, how often, when last.
    pub refused: Vec<(PartnerId, Mailbox, i64, Timestamp)>,
    /// Partners that do not acknowledge: since when.
    pub silent: Vec<(PartnerId, Timestamp)>,
    /// Partners that said an alert was not theirs, since their record was last changed.
    pub not_ours: Vec<NotOursRow>,
}

impl Hygiene {
    /// Each list with its code, its title and its findings.
    pub fn lists(&self) -> [(&'static str, &'static str, &[Finding]); 9] {
        [
            ("unreachable", "Without any address", &self.unreachable),
            ("refused", "Refused by the mail server", &self.refused),
            ("silent", "Silent: the last alerts were not acknowledged", &self.silent),
            ("not_ours", "Told of what is not theirs", &self.not_ours),
            ("stale", "Review date passed", &self.stale),
            ("unchecked", "Record never checked", &self.unchecked),
            ("unverified", "Address never verified", &self.unverified),
            ("keys", "Key expires soon or has expired", &self.keys),
            ("deceiving", "Address that deceives the eye", &self.deceiving),
        ]
    }
}

/// Looks through the directory. Pure. What is switched off or past its last day needs no care.
pub fn hygiene(directory: &Directory, mailed: &Mailed, today: CivilDate, key_warning: Duration) -> Hygiene {
    let by_id: HashMap<PartnerId, &Partner> = directory.partners.iter().map(|partner| (partner.id, partner)).collect();
    let live = || directory.partners.iter().filter(|partner| partner.active && partner.valid_on(today));
    let finding =
        |partner: &Partner, what: String| Finding { partner_id: partner.id, name: partner.name.to_string(), what };
    let mut found = Hygiene::default();
    let soon = today
        .to_jiff()
        .saturating_add(jiff::Span::new().days(i64::try_from(key_warning.as_secs() / 86_400).unwrap_or(365)));
    for partner in live() {
        match (partner.review_on, partner.verified_on) {
            (Some(day), _) if day < today => found.stale.push(finding(partner, format!("was to be checked on {day}"))),
            (None, None) => {
                found.unchecked.push(finding(partner, "nobody has said that the record is right".to_owned()));
            }
            _ => {}
        }
        if partner.contacts.is_empty() {
            found.unreachable.push(finding(partner, "cannot be told anything".to_owned()));
        }
        for contact in &partner.contacts {
            if contact.verified_at.is_none() {
                found.unverified.push(finding(partner, contact.address.to_string()));
            }
            if let Some(what) = words::suspicion(&contact.address, partner.id, directory) {
                found.deceiving.push(finding(partner, format!("{}: {what}", contact.address)));
            }
        }
        for key in &partner.keys {
            if let Some(day) = key.expires_on.filter(|day| day.to_jiff() <= soon) {
                let verb = if day < today { "expired" } else { "expires" };
                found.keys.push(finding(partner, format!("{} {verb} on {day}", key.fingerprint)));
            }
        }
    }
    for (id, address, count, at) in &mailed.refused {
        if let Some(partner) = by_id.get(id) {
            let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
            found.refused.push(finding(partner, format!("{address}, {times}, last {}", at.human())));
        }
    }
    for (id, since) in &mailed.silent {
        if let Some(partner) = by_id.get(id).filter(|partner| partner.active) {
            found.silent.push(finding(partner, format!("since {}", since.human())));
        }
    }
    for row in &mailed.not_ours {
        if let Some(partner) = by_id.get(&row.partner_id) {
            let note = row.note.as_ref().map_or_else(String::new, |note| format!(": {note}"));
            found.not_ours.push(finding(partner, format!("{}, {}{note}", row.reference, row.answered_at.human())));
        }
    }
    found.uncovered = Country::all().filter(|country| !live().any(|partner| answers_for(partner, *country))).collect();
    found
}

/// Whether a police or national unit that can be told answers for a country, by more than answering for the world.
fn answers_for(partner: &Partner, country: Country) -> bool {
    let areas = || partner.mandate.scope.as_slice().iter();
    partner.kind == PartnerKind::Police
        && !partner.contacts.is_empty()
        && areas().any(|area| !area.is_world() && area.covers(country))
}

/// Reads what is needed and looks.
pub(crate) async fn look(deps: &Deps) -> Result<Hygiene, store::Error> {
    let now = deps.clock.now();
    let mut tx = deps.db.read().await?;
    let directory = partners::directory(&mut tx).await?;
    let mailed = Mailed {
        refused: partners::bouncing(&mut tx, now.minus(REFUSED_SINCE)).await?,
        silent: partners::silent(&mut tx, i64::from(deps.config.silent_after)).await?,
        not_ours: answers::not_ours(&mut tx, MOST_NOT_OURS).await?,
    };
    tx.commit().await?;
    let warning = Duration::from_secs(u64::from(deps.config.key_warning_days) * 86_400);
    Ok(hygiene(&directory, &mailed, CivilDate::new(now.utc_date()), warning))
}

/// Keeps the figures of the findings, until `stop`.
pub(crate) async fn run(deps: &Deps, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match look(deps).await {
            Ok(found) => count(&found),
            Err(error) => tracing::warn!(error = %error, "cannot look through the directory"),
        }
        stop.run_until_cancelled(tokio::time::sleep(EVERY)).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "a directory has far fewer than 2^52 partners")]
fn count(found: &Hygiene) {
    for (code, _, findings) in found.lists() {
        gauge!("tocsin_directory_findings", "kind" => code).set(findings.len() as f64);
    }
    gauge!("tocsin_directory_findings", "kind" => "uncovered").set(found.uncovered.len() as f64);
}

#[cfg(test)]
mod tests {
    use domain::ids::ContactId;
    use domain::partner::{Contact, Key};
    use domain::{Clock, Label};

    use super::*;

    fn partner(name: &str, kind: PartnerKind, scope: &str) -> Partner {
        let clock = Clock::System;
        let address = format!("a@{}.example", name.to_lowercase()).parse().expect("an address");
        let contact = Contact::mailbox(ContactId::generate(&clock), address, Label::Green);
        let name = name.parse().expect("a line");
        let bare = Partner::bare(PartnerId::generate(&clock), name, kind, scope.parse().expect("a scope"));
        Partner { contacts: vec![contact], ..bare }
    }

    fn day(text: &str) -> CivilDate {
        text.parse().expect("a date")
    }

    #[test]
    fn each_kind_of_neglect_is_found_and_what_is_switched_off_is_left_alone() {
        let fine = Contact {
            verified_at: Some(Clock::System.now()),
            ..partner("X", PartnerKind::Ngo, "FR").contacts.remove(0)
        };
        let key = |day: &str| Key {
            format: domain::codes::KeyFormat::X509,
            fingerprint: "AB".repeat(20).parse().expect("a fingerprint"),
            expires_on: Some(self::day(day)),
            address: None,
            text: "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----".parse().expect("a key"),
        };
        let partners = vec![
            Partner {
                verified_on: Some(day("2026-01-01")),
                contacts: vec![fine.clone()],
                ..partner("Fine", PartnerKind::Police, "FR")
            },
            Partner {
                review_on: Some(day("2026-11-01")),
                contacts: vec![fine.clone()],
                ..partner("Stale", PartnerKind::Ngo, "FR")
            },
            Partner { verified_on: Some(day("2026-01-01")), ..partner("Unverified", PartnerKind::Police, "M49:001") },
            Partner {
                verified_on: Some(day("2026-01-01")),
                contacts: vec![],
                ..partner("Unreachable", PartnerKind::Police, "DE")
            },
            Partner {
                keys: vec![key("2027-01-31"), key("2027-03-31")],
                contacts: vec![fine],
                ..partner("Keys", PartnerKind::Ngo, "FR")
            },
            Partner { active: false, ..partner("Off", PartnerKind::Police, "BE") },
            Partner { valid_to: Some(day("2026-11-22")), ..partner("Over", PartnerKind::Police, "NL") },
        ];
        let directory = Directory { revision: 1, partners };
        let today = "2026-11-23".parse().expect("a date");
        let id = directory.partners[0].id;
        let at = Clock::System.now();
        let mailed = Mailed {
            refused: vec![(id, "a@x.example".parse().expect("an address"), 2, at)],
            silent: vec![(id, at)],
            not_ours: vec![NotOursRow {
                partner_id: id,
                reference: "TOC-2026-000007".parse().expect("a reference"),
                note: Some("We are told of thefts only.".parse().expect("a text")),
                answered_at: at,
            }],
        };
        let found = hygiene(&directory, &mailed, today, Duration::from_secs(90 * 86_400));
        let names = |list: &[Finding]| list.iter().map(|finding| finding.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&found.stale), ["Stale"]);
        assert_eq!(names(&found.unchecked), ["Keys"]);
        assert_eq!(names(&found.unverified), ["Unverified"]);
        assert_eq!(names(&found.unreachable), ["Unreachable"]);
        assert_eq!((names(&found.refused), names(&found.silent)), (vec!["Fine".to_owned()], vec!["Fine".to_owned()]));
        assert_eq!(names(&found.not_ours), ["Fine"]);
        assert!(found.not_ours[0].what.contains("TOC-2026-000007") && found.not_ours[0].what.contains("thefts only"));
        assert_eq!(names(&found.keys), ["Keys"], "within ninety days");
        let code = |text: &str| text.parse::<Country>().expect("a country");
        assert!(!found.uncovered.contains(&code("FR")) && found.uncovered.len() == 248);
        for country in ["DE", "BE", "NL"] {
            assert!(found.uncovered.contains(&code(country)), "{country}");
        }
    }
}
