//! Removals without treatment.

use super::next::{LongWait, whole};
use super::specialty::Station;
use super::{ElectiveLever, ElectiveProvider, Function};
use crate::random::Dice;

/// Referrals are refused within this time (assumed).
const REFUSED_WITHIN_DAYS: i32 = 28;

impl ElectiveProvider {
    /// The removals of a day: referrals refused, long waiters validated off, and anybody who no longer wishes to be
    /// treated. Of the latter those are left out who were removed already because they missed an appointment.
    pub(super) fn remove(&mut self, day: i32, expected: f64, dice: &mut Dice) {
        let config = std::sync::Arc::clone(&self.config);
        let expected = expected + self.lever(ElectiveLever::Validated);
        let lengths: [usize; Function::COUNT] = std::array::from_fn(|f| self.len_of(Function::of_index(f)));
        let total = lengths.iter().sum::<usize>().max(1) as f64;
        let refused = config.refused_share;
        let long = refused + config.long_wait_share_of_removals;
        let late = long + config.late_share_of_removals;
        for (f, length) in lengths.into_iter().enumerate() {
            let share = length as f64 / total;
            let specialty = &mut self.specialties[f];
            let counts = &mut self.counts[f];
            let removals = whole(&mut specialty.removals_due, expected * share);
            for _ in 0..removals {
                let kind = dice.uniform();
                let removed = if kind < refused {
                    let first = Station::NonadmittedFirst as usize;
                    let refused = specialty.queues[first].take_started_after(day - REFUSED_WITHIN_DAYS, dice);
                    counts.refused += u64::from(refused.is_some());
                    refused
                } else if kind < late {
                    let wait = if kind < long { LongWait::Over52Weeks } else { LongWait::Over18Weeks };
                    let validated = specialty.take_long_waiter(wait, day, dice);
                    counts.validated += u64::from(validated.is_some());
                    validated
                } else if specialty.removed_for_missing > 0 {
                    specialty.removed_for_missing -= 1;
                    continue;
                } else {
                    None
                };
                let removed = removed.or_else(|| specialty.take_any(dice));
                counts.removed += u64::from(removed.is_some());
                self.steps += u64::from(removed.is_some());
            }
        }
    }
}
