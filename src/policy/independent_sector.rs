//! More operations in the independent sector.
//!
//! *Mechanism*: operations bought for patients on trusts' lists in eligible treatment functions; they need no NHS theatre, bed or ward. *Evidence*: eligibility (planned surgery and endoscopy of low complexity) and volume are assumed; what a bought operation displaces is not modelled.

use super::spread::over_trust_waiting_lists;
use super::timing::weekly_ramp;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::elective::ElectiveLever;
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// More operations in the independent sector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndependentSector {
    admissions_per_week: f64,
    #[serde(default = "first_day")]
    opens_from: Date,
    #[serde(default = "last_day")]
    full_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

fn first_day() -> Date {
    date(2022, 10, 1)
}

fn last_day() -> Date {
    date(2023, 3, 31)
}

impl IndependentSector {
    /// This many operations a week, from October 2022, all bought by the end of March 2023.
    pub fn bought(admissions_per_week: f64) -> Self {
        Self { admissions_per_week, opens_from: first_day(), full_by: last_day(), reference: Vec::new() }
    }

    /// The day from which it grows, and the day by which it is all there.
    #[must_use]
    pub fn between(self, opens_from: Date, full_by: Date) -> Self {
        Self { opens_from, full_by, ..self }
    }
}

impl Mechanism for IndependentSector {
    const NAME: &'static str = "independent_sector";
    const TITLE: &'static str = "More operations in the independent sector";
    const MECHANISM: &'static str = "operations bought for patients on trusts' lists in eligible treatment functions; they need no NHS theatre, bed or ward";
    const EVIDENCE: &'static str = "eligibility (planned surgery and endoscopy of low complexity) and volume are assumed; what a bought operation displaces is not modelled";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "admissions_per_week",
            "operations a week",
            "0 to 100,000",
            "operations a week in all, when all are bought",
        ),
        Field::new("opens_from", "date", "a date", "the day from which it grows"),
        Field::new("full_by", "date", "on or after opens_from", "the day by which it is all there"),
    ];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("admissions_per_week", self.admissions_per_week, (0.0, 100000.0), "0 to 100,000");
        checks.holds("full_by", self.full_by >= self.opens_from, self.full_by, "on or after opens_from");
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let mut steps = Vec::new();
        for (from, grown) in weekly_ramp(self.opens_from, self.full_by) {
            for (at, share) in over_trust_waiting_lists(pack) {
                let capacity = Capacity::Elective(at, ElectiveLever::IndependentPlaces);
                steps.push(CapacityStep {
                    from,
                    capacity,
                    added: self.admissions_per_week / 5.0 * grown * share,
                });
            }
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
    fn all_of_it_is_there_on_the_day_promised() {
        let lever = IndependentSector::bought(0.5).between(date(2022, 11, 1), date(2023, 2, 1));
        let plan = CapacityPlan::of(Lever::from(lever.clone()).steps(&england()).unwrap());
        let added = |day| {
            plan.added_by(day, |c| matches!(c, Capacity::Elective(_, ElectiveLever::IndependentPlaces)))
        };
        let all = 0.5 / 5.0;
        assert!((added(date(2023, 2, 1)) - all).abs() < 1e-6);
        assert_eq!(added(date(2022, 10, 31)), 0.0);
        let wrong = IndependentSector::bought(-1.0).between(date(2023, 2, 1), date(2022, 2, 1));
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 2);
    }
}
