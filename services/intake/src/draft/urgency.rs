//! How soon partners must act: our reading of CAP 1.2. Pure; never from a price.

use domain::case::LossInterval;
use domain::codes::{Urgency, Venue};
use domain::details::Details;
use domain::{CivilDate, Timestamp};

/// A loss is fresh for so many days: 72 hours, the whole of the last day counted, since nobody knows the hour.
const FRESH: i32 = 3;
/// What was noticed within so many days has leads that are worth following.
const RECENT: i32 = 90;
/// An offer that was seen within so many days may still stand.
const ON_OFFER: i32 = 14;

/// Immediate: a loss of the last 72 hours, an object on offer or at a border now, a collection at risk. Expected:
/// recent, with leads. Future: an announced sale. Past: a historic loss.
pub fn urgency(details: &Details, loss: LossInterval, now: Timestamp) -> Urgency {
    let days = |date: CivilDate| (now.utc_date() - date.to_jiff()).get_days();
    let recent = |date: CivilDate| if days(date) <= RECENT { Urgency::Expected } else { Urgency::Past };
    match details {
        Details::Theft | Details::IllicitExport(_) | Details::Looting(_) => {
            if days(loss.latest) <= FRESH {
                Urgency::Immediate
            } else {
                recent(loss.latest)
            }
        }
        // The loss itself may be years old and the trail with it; what is recent is that somebody looked.
        Details::Missing(_) => recent(loss.discovered.unwrap_or(loss.latest)),
        Details::Emergency(_) => {
            if days(loss.latest) <= RECENT {
                Urgency::Immediate
            } else {
                Urgency::Expected
            }
        }
        // It is in safe hands, and the owner is wanted.
        Details::Seizure(_) => recent(loss.latest),
        Details::Sighting(facts) => match facts.sale_on.map(days) {
            Some(..=-1) => Urgency::Future,
            Some(0..=1) => Urgency::Immediate,
            Some(_) => recent(loss.latest),
            None => {
                let offered =
                    matches!(facts.venue, Venue::Auction | Venue::Dealer | Venue::Online | Venue::Fair | Venue::Border);
                if offered && days(loss.latest) <= ON_OFFER { Urgency::Immediate } else { recent(loss.latest) }
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use domain::details::{EmergencyFacts, MissingFacts, SeizureFacts, SightingFacts};

    use super::*;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn loss(latest: &str) -> LossInterval {
        LossInterval { earliest: day("1990-01-01"), latest: day(latest), discovered: None }
    }

    fn now() -> Timestamp {
        "2026-11-23T11:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_theft_counts_from_the_end_of_the_last_possible_day() {
        for (latest, expected) in [
            ("2026-11-24", Urgency::Immediate), // already tomorrow where it happened
            ("2026-11-23", Urgency::Immediate),
            ("2026-11-20", Urgency::Immediate), // its midnight was 59 hours ago
            ("2026-11-19", Urgency::Expected),  // 83 hours ago
            ("2026-08-25", Urgency::Expected),
            ("2026-08-24", Urgency::Past),
            ("1991-01-01", Urgency::Past),
        ] {
            assert_eq!(urgency(&Details::Theft, loss(latest), now()), expected, "{latest}");
        }
    }

    #[test]
    fn an_absence_found_today_is_not_immediate_and_counts_from_the_stock_taking() {
        let missing = Details::Missing(MissingFacts { inventory: "Register".parse().unwrap(), depositor: None });
        let found = |discovered| LossInterval { discovered: Some(day(discovered)), ..loss("2026-11-23") };
        assert_eq!(urgency(&missing, found("2026-11-23"), now()), Urgency::Expected);
        assert_eq!(urgency(&missing, found("2025-11-23"), now()), Urgency::Past);
    }

    #[test]
    fn an_announced_sale_is_future_and_an_offer_is_immediate() {
        for (venue, sale, seen, expected) in [
            (Venue::Auction, Some("2026-12-01"), "2026-11-01", Urgency::Future),
            (Venue::Auction, Some("2026-11-23"), "2026-11-01", Urgency::Immediate),
            (Venue::Auction, Some("2026-10-01"), "2026-09-20", Urgency::Expected),
            (Venue::Online, None, "2026-11-20", Urgency::Immediate),
            (Venue::Border, None, "2026-11-22", Urgency::Immediate),
            (Venue::Border, None, "2026-10-01", Urgency::Expected),
            (Venue::Museum, None, "2026-11-22", Urgency::Expected),
            (Venue::Dealer, None, "2020-01-01", Urgency::Past),
        ] {
            let facts = SightingFacts { venue, found_under: None, sale_on: sale.map(day) };
            assert_eq!(urgency(&Details::Sighting(facts), loss(seen), now()), expected, "{venue} {sale:?} {seen}");
        }
    }

    #[test]
    fn a_collection_at_risk_is_immediate_and_a_seizure_is_in_safe_hands() {
        let emergency = Details::Emergency(EmergencyFacts {
            threat: domain::codes::Threat::ArmedConflict,
            extent: "4,000 coins".parse().unwrap(),
        });
        assert_eq!(urgency(&emergency, loss("2026-11-20"), now()), Urgency::Immediate);
        let seizure = Details::Seizure(SeizureFacts {
            authority: "Customs".parse().unwrap(),
            likely_origins: Vec::new(),
            sent_from: None,
            bound_for: None,
        });
        assert_eq!(urgency(&seizure, loss("2026-11-23"), now()), Urgency::Expected);
    }
}
