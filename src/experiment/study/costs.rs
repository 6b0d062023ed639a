//! What the scenarios of a study cost, worked out beside what is simulated.

use super::{Checked, Study};
use crate::experiment::overlay::share_felt;
use crate::policy::cost::{Cost, Days};
use crate::system::capacity::Capacity;

impl Study<'_> {
    /// The cost of each scenario in the months that are reported: of a lever, the share that is felt in the place or
    /// the parts that are simulated.
    pub(super) fn costs(&self, question: &Checked) -> Vec<Cost> {
        let months = question.timeline.months.get(question.warm_up_months..).unwrap_or_default();
        let (Some(first), Some(last)) = (months.first(), months.last()) else { return Vec::new() };
        let days = Days::new(first.first_day(), last.last_day());
        // levers are of the whole of which the place is cut, unless the study is of the place itself
        let place = question.pack.local().filter(|_| self.place.is_some());
        let felt = |capacity: Capacity| {
            let of_place = place.map_or(1.0, |place| place.share_of(capacity));
            let is_simulated =
                self.parts.as_ref().is_none_or(|parts| parts.iter().any(|part| capacity.is_in(part)));
            if is_simulated { of_place } else { 0.0 }
        };
        let whole = place.is_none() && self.parts.is_none();
        let cost = |scenario: &crate::scenario::Scenario| {
            let shares = scenario.levers.iter().map(|lever| {
                let share = if whole { None } else { share_felt(lever, &self.pack, felt) };
                (lever, share.unwrap_or(1.0))
            });
            Cost::of(shares, &self.pack, days, &self.prices).given(scenario.cost)
        };
        self.scenarios.iter().map(cost).collect()
    }
}
