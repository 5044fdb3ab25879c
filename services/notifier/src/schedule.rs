//! When a delivery is due first. Pure: alert, partner and time are arguments.
//!
//! What is urgent, and the end of an alarm, goes at once and by itself, whatever a rule says of digests: nothing urgent
//! can lie in one. The rest waits until somebody is there to read it, or for the hour of its digest.

use domain::codes::{AlertKind, ContactRole, Pace, Urgency};
use domain::partner::{DayMinute, Zone};
use domain::{Label, Timestamp};
use store::deliveries::{Recipient, Slot};

/// What of an alert decides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub kind: AlertKind,
    pub urgency: Urgency,
}

impl Timing {
    /// Whether every half hour counts: somebody has to be reached now.
    pub fn is_urgent(self) -> bool {
        self.urgency == Urgency::Immediate
            && matches!(self.kind, AlertKind::Alert | AlertKind::Update | AlertKind::Exercise)
    }

    /// Whether it can wait for an hour that suits the reader.
    fn can_wait(self) -> bool {
        self.urgency != Urgency::Immediate && !matches!(self.kind, AlertKind::Cancel | AlertKind::Recovery)
    }
}

/// When digests leave, and on whose clock if the partner's is not known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DigestTime<'a> {
    pub at: DayMinute,
    pub zone: &'a Zone,
}

/// When the delivery to an address is due; none while it is not that address's turn.
pub(crate) fn slot(timing: Timing, to: &Recipient<'_>, digests: DigestTime<'_>, now: Timestamp) -> Option<Slot> {
    let nobody_there = to.hours.and_then(|hours| hours.open(now)) == Some(false);
    match to.role {
        ContactRole::Primary => {}
        // Somebody is to be woken; the primary address hears it all the same.
        ContactRole::OutOfHours if timing.is_urgent() && nobody_there => {}
        ContactRole::OutOfHours | ContactRole::Second => return None,
    }
    if !timing.can_wait() {
        return Some(Slot::at_once(now));
    }
    let open = |at| to.hours.map_or(at, |hours| hours.next_open(at));
    // A mail at TLP:RED is for one person and says nothing of the case: there is nothing to gather.
    if to.pace == Pace::Digest && to.label != Label::Red {
        let zone = to.hours.map_or(digests.zone, |hours| &hours.zone);
        let at = open(zone.next_minute(now, digests.at));
        return Some(Slot { at, digest: true, waits: Some("waits for the partner's next digest") });
    }
    let at = open(now);
    let waits = (at > now).then_some("not urgent: waits for the partner's working hours");
    Some(Slot { at, digest: false, waits })
}

#[cfg(test)]
mod tests {
    use domain::partner::WorkingHours;

    use super::*;

    /// Saturday in Paris, 11:00.
    const NOW: &str = "2026-11-28T10:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn paris() -> WorkingHours {
        WorkingHours { zone: "Europe/Paris".parse().unwrap(), week: Some("Mo-Fr 09:00-17:00".parse().unwrap()) }
    }

    fn decided(kind: AlertKind, urgency: Urgency, to: &Recipient<'_>) -> Option<(Timestamp, bool)> {
        let digests = DigestTime { at: "07:00".parse().unwrap(), zone: &Zone::utc() };
        slot(Timing { kind, urgency }, to, digests, at(NOW)).map(|slot| (slot.at, slot.digest))
    }

    #[test]
    fn what_is_urgent_or_ends_an_alarm_goes_at_once_whatever_the_rule_says() {
        let hours = paris();
        for pace in [Pace::Digest, Pace::AtOnce] {
            for hours in [None, Some(&hours)] {
                let to = Recipient { role: ContactRole::Primary, pace, label: Label::Green, hours };
                for kind in [AlertKind::Alert, AlertKind::Update, AlertKind::ExpertRequest, AlertKind::Exercise] {
                    assert_eq!(decided(kind, Urgency::Immediate, &to), Some((at(NOW), false)), "{kind} {pace}");
                }
                for kind in [AlertKind::Cancel, AlertKind::Recovery] {
                    for &urgency in Urgency::ALL {
                        assert_eq!(decided(kind, urgency, &to), Some((at(NOW), false)), "{kind} {urgency}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_rest_waits_for_the_hours_or_the_digest_of_the_partner() {
        let hours = paris();
        let zone_only = WorkingHours { week: None, ..paris() };
        let to = |pace, hours| Recipient { role: ContactRole::Primary, pace, label: Label::Green, hours };
        for (to, due, digest) in [
            (to(Pace::AtOnce, None), NOW, false),
            (to(Pace::AtOnce, Some(&hours)), "2026-11-30T08:00:00Z", false),
            (to(Pace::AtOnce, Some(&zone_only)), NOW, false),
            (to(Pace::Digest, None), "2026-11-29T07:00:00Z", true),
            (to(Pace::Digest, Some(&zone_only)), "2026-11-29T06:00:00Z", true),
            // Seven on Sunday is before it opens on Monday.
            (to(Pace::Digest, Some(&hours)), "2026-11-30T08:00:00Z", true),
        ] {
            for urgency in [Urgency::Expected, Urgency::Future, Urgency::Past] {
                assert_eq!(decided(AlertKind::Alert, urgency, &to), Some((at(due), digest)), "{to:?}");
            }
        }
        let red = Recipient { label: Label::Red, ..to(Pace::Digest, None) };
        assert_eq!(decided(AlertKind::Alert, Urgency::Past, &red), Some((at(NOW), false)));
    }

    #[test]
    fn second_contacts_wait_for_their_turn_and_others_are_woken_when_nobody_is_there() {
        let hours = paris();
        let to = |role, hours| Recipient { role, pace: Pace::AtOnce, label: Label::Green, hours };
        let urgent = |to: &Recipient<'_>| decided(AlertKind::Alert, Urgency::Immediate, to).is_some();
        assert!(!urgent(&to(ContactRole::Second, Some(&hours))));
        assert!(urgent(&to(ContactRole::OutOfHours, Some(&hours))), "it is Saturday");
        assert!(!urgent(&to(ContactRole::OutOfHours, None)), "nobody knows the hours");
        assert_eq!(decided(AlertKind::Alert, Urgency::Expected, &to(ContactRole::OutOfHours, Some(&hours))), None);
    }
}
