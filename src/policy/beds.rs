//! More hospital beds, some of them virtual.
//!
//! *Mechanism*: adult general and acute beds open week by week at each trust, as many as there is staff
//! for; virtual-ward places take patients out of hospital beds part of the way through their stay or avoid
//! the admission. *Evidence*: how many beds a bed-equivalent is worth depends on substitution,
//! `ward.virtual_ward_*` and `ward.step_up_*` in the pack.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::timing::{after_the_plan, growing, weekly_ramp};
use super::virtual_wards::virtual_steps;
use super::{Checks, Field, LeverError, Mechanism, Reference, Spread};
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// More hospital beds.
///
/// ```
/// use nhs_capacity::policy::{Beds, Spread};
/// use nhs_capacity::units::date;
/// let beds = Beds::added(7_000).virtual_share(0.35).open_by(date(2023, 1, 1)).spread(Spread::ByPressure);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beds {
    added: f64,
    #[serde(default)]
    virtual_share: f64,
    #[serde(default)]
    step_up_share: f64,
    #[serde(default = "all")]
    staffed_share: f64,
    #[serde(default = "after_the_plan")]
    opens_from: Date,
    open_by: Date,
    #[serde(default)]
    spread: Spread,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

const fn all() -> f64 {
    1.0
}

impl Beds {
    /// This many beds or bed-equivalents more in all: none virtual, opening evenly from
    /// October 2022 until the end of the year, spread over trusts by size.
    pub fn added(beds: impl Into<f64>) -> Self {
        Self {
            added: beds.into(),
            virtual_share: 0.0,
            step_up_share: 0.0,
            staffed_share: all(),
            opens_from: after_the_plan(),
            open_by: date(2023, 1, 1),
            spread: Spread::BySize,
            reference: Vec::new(),
        }
    }

    /// The share that are virtual-ward places \[0-1\].
    #[must_use]
    pub fn virtual_share(self, virtual_share: f64) -> Self {
        Self { virtual_share, ..self }
    }

    /// The share of virtual places that avoid admissions instead of shortening stays \[0-1\].
    #[must_use]
    pub fn step_up_share(self, step_up_share: f64) -> Self {
        Self { step_up_share, ..self }
    }

    /// The share of the beds that come with staff \[0-1\]; the others open only if staff are found for
    /// them otherwise.
    #[must_use]
    pub fn staffed_share(self, staffed_share: f64) -> Self {
        Self { staffed_share, ..self }
    }

    /// The day from which they open.
    #[must_use]
    pub fn opens_from(self, opens_from: Date) -> Self {
        Self { opens_from, ..self }
    }

    /// The day by which all are open.
    #[must_use]
    pub fn open_by(self, open_by: Date) -> Self {
        Self { open_by, ..self }
    }

    /// How they are spread over trusts.
    #[must_use]
    pub fn spread(self, spread: Spread) -> Self {
        Self { spread, ..self }
    }
}

impl Mechanism for Beds {
    const NAME: &'static str = "beds";
    const TITLE: &'static str = "More hospital beds";
    const MECHANISM: &'static str = "adult general and acute beds open week by week at each trust, as many as there is staff for; virtual-ward places take patients out of hospital beds part of the way through their stay or avoid the admission";
    const EVIDENCE: &'static str = "beds are counted one for one; a virtual place saves less than a bed: ward.virtual_ward_* and ward.step_up_* in the pack";
    const FIELDS: &'static [Field] = &[
        Field::new("added", "beds", "0 to 100,000", "beds or bed-equivalents more in all"),
        Field::new("virtual_share", "share", "0 to 1", "the share that are virtual-ward places"),
        Field::new("step_up_share", "share", "0 to 1", "the share of virtual places that avoid admissions"),
        Field::new("staffed_share", "share", "0 to 1", "the share of hospital beds that come with staff"),
        Field::new("opens_from", "date", "a date", "the day from which they open"),
        Field::new("open_by", "date", "on or after opens_from", "the day by which all are open"),
        Field::new("spread", "rule", "by size, by pressure or by need", "how they are spread over trusts"),
    ];
    const USES: &'static [Resource] = &[Resource::HospitalBedDay, Resource::VirtualWardPlaceDay];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("beds");
        checks.number("added", self.added, (0.0, 100_000.0), "a number of beds from 0 to 100,000");
        checks.share("virtual_share", self.virtual_share);
        checks.share("step_up_share", self.step_up_share);
        checks.share("staffed_share", self.staffed_share);
        checks.in_order("open_by", self.opens_from, self.open_by, "on or after opens_from");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let days_open = days.under(&weekly_ramp(self.opens_from, self.open_by)) * self.added;
        vec![
            Use::Of(Resource::HospitalBedDay, days_open * (1.0 - self.virtual_share)),
            Use::Of(Resource::VirtualWardPlaceDay, days_open * self.virtual_share),
        ]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let days = (self.opens_from, self.open_by);
        growing(days, &self.spread.at_trusts(pack), self.added, |from, trust, beds| {
            let virtual_places = beds * self.virtual_share;
            let real = beds - virtual_places;
            let staffed = real * self.staffed_share;
            let beds = [(Capacity::AdultBeds(trust), real), (Capacity::StaffedBeds(trust), staffed)];
            beds.map(|(capacity, added)| CapacityStep { from, capacity, added })
                .into_iter()
                .chain(virtual_steps(from, trust, virtual_places, self.step_up_share))
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
    fn all_beds_are_open_on_the_day_promised() {
        let lever = Lever::from(Beds::added(7_000).virtual_share(0.35));
        let plan = CapacityPlan::of(lever.steps(&england()).unwrap());
        let day = date(2023, 1, 1);
        let added = |of: fn(&Capacity) -> bool| plan.added_by(day, |c| of(&c));
        let near = |value: f64, expected: f64| (value - expected).abs() < 1e-6;
        assert!(near(added(|c| matches!(c, Capacity::AdultBeds(_))), 4_550.0));
        assert!(near(added(|c| matches!(c, Capacity::StaffedBeds(_))), 4_550.0));
        assert!(near(added(|c| matches!(c, Capacity::VirtualPlaces(_))), 2_450.0));
        assert!(near(added(|c| matches!(c, Capacity::StepUpPlaces(_))), 0.0));
        assert_eq!(plan.added_by(date(2022, 10, 1), |_| true), 0.0);
    }

    #[test]
    fn beds_come_with_the_staff_and_virtual_places_with_the_use_they_are_given() {
        let lever = Lever::from(Beds::added(1_000).virtual_share(0.5).step_up_share(0.2).staffed_share(0.6));
        let plan = CapacityPlan::of(lever.steps(&england()).unwrap());
        let added = |of: fn(&Capacity) -> bool| plan.added_by(date(2023, 1, 1), |c| of(&c)).round();
        assert_eq!(added(|c| matches!(c, Capacity::StaffedBeds(_))), 300.0);
        assert_eq!(added(|c| matches!(c, Capacity::StepUpPlaces(_))), 100.0);
        assert_eq!(added(|c| matches!(c, Capacity::VirtualPlaces(_))), 400.0);
    }

    #[test]
    fn wrong_fields_are_all_named() {
        let wrong = Beds::added(-5).virtual_share(f64::NAN).open_by(date(2022, 9, 1));
        let problems = Lever::from(wrong).check().unwrap_err();
        assert_eq!(problems.len(), 3);
        assert_eq!(problems[0].to_string(), "beds.added = -5, must be a number of beds from 0 to 100,000");
    }
}
