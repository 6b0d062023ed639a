//! More operations in the independent sector.
//!
//! *Mechanism*: the independent provider of each care system has theatres and beds of its own and offers operations to
//! routine patients on the lists of the trusts there, in eligible treatment functions; those who are fit and willing are
//! operated on some weeks later and need no NHS theatre, bed or ward. *Evidence*: eligibility (planned surgery and
//! endoscopy of low complexity), take-up (`elective.independent_fit_share`, `independent_willing_share`) and volume are
//! assumed; what a bought operation displaces is not modelled.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::spread::over_care_systems_by_waiting_list;
use super::timing::{after_the_plan, growing, weekly_ramp};
use super::{Checks, Field, LeverError, Mechanism, Reference};
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
    #[serde(default = "after_the_plan")]
    opens_from: Date,
    #[serde(default = "last_day")]
    full_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

fn last_day() -> Date {
    date(2023, 3, 31)
}

impl IndependentSector {
    /// This many operations a week, from October 2022, all bought by the end of March 2023.
    pub fn bought(admissions_per_week: f64) -> Self {
        Self { admissions_per_week, opens_from: after_the_plan(), full_by: last_day(), reference: Vec::new() }
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
    const MECHANISM: &'static str = "the independent provider of each care system offers operations to routine patients on its trusts' lists in eligible treatment functions; those who are fit and willing need no NHS theatre, bed or ward";
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
    const USES: &'static [Resource] = &[Resource::IndependentOperation];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("admissions_per_week", self.admissions_per_week, (0.0, 100000.0), "0 to 100,000");
        checks.in_order("full_by", self.opens_from, self.full_by, "on or after opens_from");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let weeks = days.under(&weekly_ramp(self.opens_from, self.full_by)) / 7.0;
        vec![Use::Of(Resource::IndependentOperation, weeks * self.admissions_per_week)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let days = (self.opens_from, self.full_by);
        let places = over_care_systems_by_waiting_list(pack);
        growing(days, &places, self.admissions_per_week / 5.0, |from, care_system, added| {
            [CapacityStep { from, capacity: Capacity::IndependentOperations(care_system), added }]
        })
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
        let plan = CapacityPlan::of(Lever::from(lever).steps(&england()).unwrap());
        let is_it = |capacity| matches!(capacity, Capacity::IndependentOperations(_));
        assert!((plan.added_by(date(2023, 2, 1), is_it) - 0.5 / 5.0).abs() < 1e-6);
        assert_eq!(plan.added_by(date(2022, 10, 31), is_it), 0.0);
        let wrong = IndependentSector::bought(-1.0).between(date(2023, 2, 1), date(2022, 2, 1));
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 2);
    }
}
