//! Virtual wards beyond those there are.
//!
//! *Mechanism*: places take patients out of hospital beds part of the way through their stay (step-down)
//! or avoid the admission (step-up). *Evidence*: substitution is below one: 1 admission avoided for 2.5
//! virtual admissions, one for one only in mature services, and 2.7 to 3.1 days shorter stays in single
//! services; `ward.virtual_ward_*` and `ward.step_up_*` in the pack.
//!
//! About 7,000 places were open in January 2023 (HFMA). What they did is part of the admissions and
//! stays that were published, so they are not simulated; this lever adds to them.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::timing::{after_the_plan, growing, weekly_ramp};
use super::{Checks, Field, LeverError, Mechanism, Reference, Spread};
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::system::providers::TrustId;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Virtual wards beyond those there are.
///
/// ```
/// use nhs_capacity::policy::VirtualWards;
/// use nhs_capacity::units::date;
/// let wards = VirtualWards::places(3_000).step_up_share(0.5).open_by(date(2023, 12, 31));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VirtualWards {
    places: f64,
    #[serde(default)]
    step_up_share: f64,
    #[serde(default = "after_the_plan")]
    opens_from: Date,
    open_by: Date,
    #[serde(default)]
    spread: Spread,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

impl VirtualWards {
    /// This many places more in all, for step-down, opening evenly from October 2022 until the end of
    /// the year, spread over trusts by size.
    pub fn places(places: impl Into<f64>) -> Self {
        Self {
            places: places.into(),
            step_up_share: 0.0,
            opens_from: after_the_plan(),
            open_by: date(2023, 1, 1),
            spread: Spread::BySize,
            reference: Vec::new(),
        }
    }

    /// The share of places that avoid admissions \[0-1\].
    #[must_use]
    pub fn step_up_share(self, step_up_share: f64) -> Self {
        Self { step_up_share, ..self }
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

impl Mechanism for VirtualWards {
    const NAME: &'static str = "virtual_wards";
    const TITLE: &'static str = "More virtual-ward places";
    const MECHANISM: &'static str = "places at home take patients out of hospital beds part of the way through their stay, or avoid the admission";
    const EVIDENCE: &'static str = "1 admission avoided for 2.5 virtual admissions (1 in mature services); stays 2.7 to 3.1 days shorter in single services; about 7,000 places were open in January 2023 and are part of the published stays (HFMA)";
    const FIELDS: &'static [Field] = &[
        Field::new("places", "places", "0 to 100,000", "virtual-ward places more in all"),
        Field::new("step_up_share", "share", "0 to 1", "the share of them that avoid admissions"),
        Field::new("opens_from", "date", "a date", "the day from which they open"),
        Field::new("open_by", "date", "on or after opens_from", "the day by which all are open"),
        Field::new("spread", "rule", "by size, by pressure or by need", "how they are spread over trusts"),
    ];
    const USES: &'static [Resource] = &[Resource::VirtualWardPlaceDay];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("virtual_wards");
        checks.number("places", self.places, (0.0, 100_000.0), "a number of places from 0 to 100,000");
        checks.share("step_up_share", self.step_up_share);
        checks.in_order("open_by", self.opens_from, self.open_by, "on or after opens_from");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let days_open = days.under(&weekly_ramp(self.opens_from, self.open_by));
        vec![Use::Of(Resource::VirtualWardPlaceDay, days_open * self.places)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let days = (self.opens_from, self.open_by);
        growing(days, &self.spread.at_trusts(pack), self.places, |from, trust, places| {
            virtual_steps(from, trust, places, self.step_up_share)
        })
    }
}

/// Places that open at a trust on a day, for both uses.
pub(super) fn virtual_steps(
    from: Date,
    trust: TrustId,
    places: f64,
    step_up_share: f64,
) -> [CapacityStep; 2] {
    let step_up = places * step_up_share;
    [
        CapacityStep { from, capacity: Capacity::VirtualPlaces(trust), added: places - step_up },
        CapacityStep { from, capacity: Capacity::StepUpPlaces(trust), added: step_up },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::CapacityPlan;
    use crate::system::pack::england;

    #[test]
    fn places_are_split_between_both_uses() {
        let lever = Lever::from(VirtualWards::places(3_000).step_up_share(0.4));
        let plan = CapacityPlan::of(lever.steps(&england()).unwrap());
        let day = date(2023, 1, 1);
        let step_up = plan.added_by(day, |c| matches!(c, Capacity::StepUpPlaces(_)));
        let step_down = plan.added_by(day, |c| matches!(c, Capacity::VirtualPlaces(_)));
        assert!((step_up - 1_200.0).abs() < 1e-6 && (step_down - 1_800.0).abs() < 1e-6);
    }

    #[test]
    fn wrong_fields_are_all_named() {
        let wrong = VirtualWards::places(-1).step_up_share(2.0).open_by(date(2022, 9, 1));
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 3);
    }
}
