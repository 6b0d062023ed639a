//! New hospital buildings: beds and theatres from a date.
//!
//! *Mechanism*: on the day they open, beds and the staff for them are added to those of a trust and operating theatres do a working
//! day's operations, which need beds like any other, as far as there is staff: a share of them comes with staff of its own, the
//! others open with that of [`super::TheatreStaffing`]. *Evidence*: operations for a theatre and day are assumed.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::spread::over_chosen_waiting_lists;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::ElectiveLever;
use crate::system::capacity::{Capacity, CapacityStep, Holder};
use crate::system::pack::SystemPack;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// New hospital buildings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HospitalBuilding {
    beds: f64,
    theatres: f64,
    #[serde(default = "operations")]
    operations_per_theatre: f64,
    #[serde(default = "all")]
    staffed_share: f64,
    open_on: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trusts: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

/// Assumed: two sessions of two to three operations.
fn operations() -> f64 {
    5.0
}

/// Assumed: staff come with the building.
fn all() -> f64 {
    1.0
}

impl HospitalBuilding {
    /// So many beds and theatres on one day, over all trusts by their waiting lists.
    pub fn opening(open_on: Date, beds: f64, theatres: f64) -> Self {
        let (operations_per_theatre, staffed_share, trusts) = (operations(), all(), Vec::new());
        Self { beds, theatres, operations_per_theatre, staffed_share, open_on, trusts, reference: Vec::new() }
    }

    /// The share of its theatres that has staff of its own \[0-1\].
    #[must_use]
    pub fn staffed_share(self, staffed_share: f64) -> Self {
        Self { staffed_share, ..self }
    }

    /// Only at the trusts with these codes.
    #[must_use]
    pub fn at(self, trusts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { trusts: trusts.into_iter().map(Into::into).collect(), ..self }
    }
}

impl Mechanism for HospitalBuilding {
    const NAME: &'static str = "hospital_building";
    const TITLE: &'static str = "New hospital buildings";
    const MECHANISM: &'static str = "on the day they open, beds with their staff are added to those of a trust and theatres do a working day's operations, which need beds like any other";
    const EVIDENCE: &'static str =
        "operations for a theatre and day are assumed; staff are taken to come with the building";
    const FIELDS: &'static [Field] = &[
        Field::new("beds", "beds", "0 to 100,000", "adult beds more in all"),
        Field::new("theatres", "theatres", "0 to 10,000", "theatres more in all"),
        Field::new("operations_per_theatre", "operations a day", "0 to 50", "of a theatre on a working day"),
        Field::new("staffed_share", "share", "0 to 1", "of the theatres: with staff of their own"),
        Field::new("open_on", "date", "a date", "the day on which they open"),
        Field::new("trusts", "codes", "codes of acute trusts", "where; all trusts by waiting list if empty"),
    ];
    const USES: &'static [Resource] = &[
        Resource::HospitalBedDay,
        Resource::HospitalBedBuilt,
        Resource::TheatreBuilt,
        Resource::TheatreOperation,
    ];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("beds", self.beds, (0.0, 100_000.0), "a number of beds from 0 to 100,000");
        checks.number("theatres", self.theatres, (0.0, 10_000.0), "a number of theatres from 0 to 10,000");
        checks.number("operations_per_theatre", self.operations_per_theatre, (0.0, 50.0), "from 0 to 50");
        checks.share("staffed_share", self.staffed_share);
        checks.problems
    }

    fn problems_in(&self, pack: &SystemPack) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.acute_trusts("trusts", &self.trusts, pack);
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let days_open = days.since(self.open_on);
        let built = if days_open > 0.0 { 1.0 } else { 0.0 };
        let operations = self.theatres * self.operations_per_theatre * 5.0 / 7.0;
        vec![
            Use::Of(Resource::HospitalBedDay, days_open * self.beds),
            Use::Of(Resource::HospitalBedBuilt, built * self.beds),
            Use::Of(Resource::TheatreBuilt, built * self.theatres),
            Use::Of(Resource::TheatreOperation, days_open * operations),
        ]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let mut steps = Vec::new();
        for (at, share) in over_chosen_waiting_lists(pack, &self.trusts) {
            if let Holder::Trust(trust) = at {
                for capacity in [Capacity::AdultBeds(trust), Capacity::StaffedBeds(trust)] {
                    steps.push(CapacityStep { from: self.open_on, capacity, added: self.beds * share });
                }
            }
            let operations = self.theatres * self.operations_per_theatre * share;
            let staffed = operations * self.staffed_share;
            let theatres =
                [(ElectiveLever::TheatrePlaces, operations), (ElectiveLever::StaffedPlaces, staffed)];
            steps.extend(theatres.map(|(lever, added)| {
                let capacity = Capacity::Elective(at, lever);
                CapacityStep { from: self.open_on, capacity, added }
            }));
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
    use crate::units::date;

    #[test]
    fn a_building_opens_on_its_day_at_its_trust() {
        let building = HospitalBuilding::opening(date(2023, 1, 9), 400.0, 10.0).at(["RRK"]);
        let plan = CapacityPlan::of(Lever::from(building).steps(&england()).unwrap());
        assert_eq!(plan.first_day(), Some(date(2023, 1, 9)));
        let added: Vec<f64> = plan.steps().iter().map(|step| step.added).collect();
        assert_eq!(added, [400.0, 400.0, 50.0, 50.0]);
        let wrong = HospitalBuilding::opening(date(2023, 1, 9), -1.0, f64::NAN);
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 2);
        let nowhere = HospitalBuilding::opening(date(2023, 1, 9), 1.0, 1.0).at(["RRK", "ZZZ", "QHL"]);
        let problems = Lever::from(nowhere).steps(&england()).unwrap_err();
        assert_eq!(problems.len(), 2);
        let said = "hospital_building.trusts = ZZZ, must be codes of acute trusts, such as RRK";
        assert_eq!(problems[0].to_string(), said);
    }
}
