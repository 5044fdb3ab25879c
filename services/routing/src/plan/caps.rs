//! The storm breaker: how much goes out by itself. What is beyond is held and asks for an officer; nothing is dropped.

use std::collections::HashMap;

use domain::ids::PartnerId;
use domain::plan::{Hold, Told};

use super::Before;
use crate::rules::Limits;

/// What holds one partner's notification, whatever becomes of the others.
pub(super) fn of_partner(two_officers: Option<String>, within_hour: i64, cap: i64) -> Option<Hold> {
    match two_officers {
        Some(rule) => Some(Hold::SecondOfficer { rule }),
        None => (within_hour >= cap).then_some(Hold::PartnerCap { cap }),
    }
}

/// What holds a partner that joins a plan later: the caps count for it as for the others.
pub fn of_late_joiner(within_hour: i64, in_plan: i64, limits: Limits) -> Option<Hold> {
    let cap = limits.per_alert;
    of_partner(None, within_hour, limits.per_partner_hour).or_else(|| (in_plan >= cap).then_some(Hold::CaseCap { cap }))
}

/// Holds what is beyond the cap of one alert. Whoever was told before goes first: the end of an alarm must reach those
/// who heard it. Otherwise the order is the plan's.
pub(super) fn hold(told: &mut [Told], before: &HashMap<PartnerId, Before>, limits: Limits) {
    let mut left = usize::try_from(limits.per_alert).unwrap_or(usize::MAX);
    for first in [true, false] {
        let turn = told.iter_mut().filter(|one| one.hold.is_none() && before.contains_key(&one.partner_id) == first);
        for one in turn {
            match left.checked_sub(1) {
                Some(rest) => left = rest,
                None => one.hold = Some(Hold::CaseCap { cap: limits.per_alert }),
            }
        }
    }
}
