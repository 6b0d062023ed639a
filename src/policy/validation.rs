//! Validation of waiting lists.
//!
//! *Mechanism*: patients are asked whether they still need to be seen; those who do not leave the list untreated.
//! No one is treated. *Evidence*: the number that validation removes is the user's; trusts that asked
//! everybody have reported a few per cent of the list.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::spread::over_waiting_lists;
use super::timing::after_the_plan;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::ElectiveLever;
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Validation of waiting lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    pathways: f64,
    #[serde(default = "after_the_plan")]
    from: Date,
    #[serde(default = "last_day")]
    until: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

fn last_day() -> Date {
    date(2023, 4, 1)
}

impl Validation {
    /// So many pathways are found not to be needed any more, evenly from October 2022 to March 2023.
    pub fn of(pathways: f64) -> Self {
        Self { pathways, from: after_the_plan(), until: last_day(), reference: Vec::new() }
    }

    /// The day on which it begins, and the day on which it is over.
    #[must_use]
    pub fn between(self, from: Date, until: Date) -> Self {
        Self { from, until, ..self }
    }
}

impl Mechanism for Validation {
    const NAME: &'static str = "validation";
    const TITLE: &'static str = "Validation of waiting lists";
    const MECHANISM: &'static str = "patients are asked whether they still need to be seen; those who do not leave the list untreated, more often the longer they have waited";
    const EVIDENCE: &'static str = "the number is the user's; who is removed is as in removals of the pack";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "pathways",
            "pathways",
            "0 to 5,000,000",
            "pathways removed in all beyond those of the pack",
        ),
        Field::new("from", "date", "a date", "the day on which it begins"),
        Field::new("until", "date", "after from", "the day on which it is over"),
    ];
    const USES: &'static [Resource] = &[Resource::PathwayValidated];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("pathways", self.pathways, (0.0, 5e6), "a number of pathways from 0 to 5,000,000");
        checks.holds("until", self.until > self.from, self.until, "after from");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let all = self.from.until(self.until).map_or(1, |span| span.get_days()).max(1);
        // the last day is that on which it has ended
        let done = days.since(self.from) - days.since(self.until);
        vec![Use::Of(Resource::PathwayValidated, self.pathways * done / f64::from(all))]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let days = self.from.until(self.until).map_or(1, |span| span.get_days()).max(1);
        let a_working_day = self.pathways / (f64::from(days) * 5.0 / 7.0);
        let mut steps = Vec::new();
        for (at, share) in over_waiting_lists(pack) {
            let capacity = Capacity::Elective(at, ElectiveLever::Validated);
            let added = a_working_day * share;
            steps.push(CapacityStep { from: self.from, capacity, added });
            steps.push(CapacityStep { from: self.until, capacity, added: -added });
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::CapacityPlan;
    use crate::system::pack::england;

    #[test]
    fn validation_ends() {
        let plan = CapacityPlan::of(Lever::from(Validation::of(182_000.0)).steps(&england()).unwrap());
        let a_day = |day| plan.added_by(day, |_| true);
        assert!((a_day(date(2022, 12, 1)) - 1_400.0).abs() < 1e-6);
        assert!(a_day(date(2023, 4, 1)).abs() < 1e-6);
        let wrong = Validation::of(-1.0).between(date(2023, 1, 1), date(2023, 1, 1));
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 2);
    }
}
