//! Hospital-ambulance liaison officers: cohort places at the front door.
//!
//! *Mechanism*: each officer on duty looks after a few patients for whom there is no cubicle yet; their
//! crews hand over within minutes and go. The patients wait for a cubicle as before. *Evidence*:
//! officers and cohort areas were in use at many trusts in 2022, with no published count and no
//! controlled evaluation found; the time to release is `emergency.cohort_handover_minutes` of the pack.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::timing::{after_the_plan, growing, weekly_ramp};
use super::{Checks, Field, LeverError, Mechanism, Reference, Spread};
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Hospital-ambulance liaison officers.
///
/// ```
/// use nhs_capacity::policy::{Halos, Spread};
/// let halos = Halos::on_duty(240).patients_each(3.0).spread(Spread::ByPressure);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Halos {
    on_duty: f64,
    #[serde(default = "three_patients")]
    patients_each: f64,
    #[serde(default = "after_the_plan")]
    from: Date,
    #[serde(default = "after_the_plan")]
    all_by: Date,
    #[serde(default)]
    spread: Spread,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

// assumed, 2 to 4
fn three_patients() -> f64 {
    3.0
}

impl Halos {
    /// This many officers more on duty at any time, with three patients each, from October 2022,
    /// spread over trusts by size.
    pub fn on_duty(officers: impl Into<f64>) -> Self {
        Self {
            on_duty: officers.into(),
            patients_each: three_patients(),
            from: after_the_plan(),
            all_by: after_the_plan(),
            spread: Spread::BySize,
            reference: Vec::new(),
        }
    }

    /// Patients that each looks after at most.
    #[must_use]
    pub fn patients_each(self, patients_each: f64) -> Self {
        Self { patients_each, ..self }
    }

    /// The day from which the first are on duty, and that by which all are.
    #[must_use]
    pub fn between(self, from: Date, all_by: Date) -> Self {
        Self { from, all_by, ..self }
    }

    /// How they are spread over trusts.
    #[must_use]
    pub fn spread(self, spread: Spread) -> Self {
        Self { spread, ..self }
    }
}

impl Mechanism for Halos {
    const NAME: &'static str = "halos";
    const TITLE: &'static str = "Liaison officers at the hospital door";
    const MECHANISM: &'static str = "each officer on duty looks after a few patients without a cubicle, whose crews hand over within minutes and go; the patients wait for a cubicle as before";
    const EVIDENCE: &'static str = "in use at many trusts in 2022; no count and no controlled evaluation found: patients each are assumed, 2 to 4, and the time to release, 10 to 15 minutes, is emergency.cohort_handover_minutes in the pack; cost not known";
    const FIELDS: &'static [Field] = &[
        Field::new("on_duty", "officers", "0 to 100,000", "officers more on duty at any time, in all"),
        Field::new("patients_each", "patients", "0 to 20", "patients that each looks after at most"),
        Field::new("from", "date", "a date", "the day from which the first are on duty"),
        Field::new("all_by", "date", "on or after from", "the day by which all are"),
        Field::new("spread", "rule", "by size, by pressure or by need", "how they are spread over trusts"),
    ];
    const USES: &'static [Resource] = &[Resource::LiaisonOfficerHour];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("halos");
        checks.number("on_duty", self.on_duty, (0.0, 100_000.0), "a number of officers from 0 to 100,000");
        checks.number("patients_each", self.patients_each, (0.0, 20.0), "a number of patients from 0 to 20");
        checks.in_order("all_by", self.from, self.all_by, "on or after from");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let days_on_duty = days.under(&weekly_ramp(self.from, self.all_by)) * self.on_duty;
        vec![Use::Of(Resource::LiaisonOfficerHour, days_on_duty * 24.0)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let places = self.on_duty * self.patients_each;
        growing((self.from, self.all_by), &self.spread.at_trusts(pack), places, |from, trust, added| {
            [CapacityStep { from, capacity: Capacity::CohortPlaces(trust), added }]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::CapacityPlan;
    use crate::system::pack::england;
    use crate::units::date;

    #[test]
    fn places_are_officers_times_patients() {
        let lever = Lever::from(Halos::on_duty(240).between(date(2022, 11, 1), date(2022, 12, 1)));
        let plan = CapacityPlan::of(lever.steps(&england()).unwrap());
        let places = |day| plan.added_by(day, |c| matches!(c, Capacity::CohortPlaces(_)));
        assert!((places(date(2022, 12, 1)) - 720.0).abs() < 1e-6);
        assert_eq!(places(date(2022, 11, 1)), 0.0);
        assert!(
            CapacityPlan::of(Lever::from(Halos::on_duty(0)).steps(&england()).unwrap()).steps().is_empty()
        );
    }

    #[test]
    fn wrong_fields_are_all_named() {
        let wrong = Halos::on_duty(-1).patients_each(f64::NAN).between(date(2023, 1, 1), date(2022, 1, 1));
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 3);
    }
}
