//! More hospital beds, some of them virtual.
//!
//! *Mechanism*: staffed adult general and acute beds open week by week at each trust; virtual-ward
//! places take patients out of hospital beds part of the way through their stay. *Evidence*: how
//! many beds a bed-equivalent is worth depends on substitution, `ward.virtual_ward_*` in the pack.

use super::timing::weekly_ramp;
use super::{Checks, Field, LeverError, Mechanism, Reference, Spread};
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::system::providers::TrustId;
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
    #[serde(default = "after_the_plan")]
    opens_from: Date,
    open_by: Date,
    #[serde(default)]
    spread: Spread,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

/// A week after *Our plan for patients* (22 September 2022).
fn after_the_plan() -> Date {
    date(2022, 10, 1)
}

impl Beds {
    /// This many beds or bed-equivalents more in all: none virtual, opening evenly from
    /// October 2022 until the end of the year, spread over trusts by size.
    pub fn added(beds: impl Into<f64>) -> Self {
        Self {
            added: beds.into(),
            virtual_share: 0.0,
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
    const MECHANISM: &'static str = "staffed adult general and acute beds open week by week at each trust; virtual-ward places take patients out of hospital beds part of the way through their stay";
    const EVIDENCE: &'static str = "beds are counted one for one; a virtual place saves less than a bed: ward.virtual_ward_* in the pack";
    const FIELDS: &'static [Field] = &[
        Field::new("added", "beds", "0 to 100,000", "beds or bed-equivalents more in all"),
        Field::new("virtual_share", "share", "0 to 1", "the share that are virtual-ward places"),
        Field::new("opens_from", "date", "a date", "the day from which they open"),
        Field::new("open_by", "date", "on or after opens_from", "the day by which all are open"),
        Field::new("spread", "rule", "see Spread", "how they are spread over trusts"),
    ];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("beds");
        checks.number("added", self.added, (0.0, 100_000.0), "a number of beds from 0 to 100,000");
        checks.share("virtual_share", self.virtual_share);
        let in_order = self.open_by >= self.opens_from;
        checks.holds("open_by", in_order, self.open_by, "on or after opens_from");
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let mut steps = Vec::new();
        for (from, opened) in weekly_ramp(self.opens_from, self.open_by) {
            for (trust, share) in self.spread.over_trusts(pack).into_iter().enumerate() {
                let trust = TrustId(trust as u16);
                let beds = self.added * opened * share;
                let virtual_places = beds * self.virtual_share;
                steps.push(CapacityStep {
                    from,
                    capacity: Capacity::AdultBeds(trust),
                    added: beds - virtual_places,
                });
                steps.push(CapacityStep {
                    from,
                    capacity: Capacity::VirtualPlaces(trust),
                    added: virtual_places,
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
    fn all_beds_are_open_on_the_day_promised() {
        let lever = Lever::from(Beds::added(7_000).virtual_share(0.35));
        let plan = CapacityPlan::of(lever.steps(&england()).unwrap());
        let added =
            |day, is_virtual| plan.added_by(day, |c| matches!(c, Capacity::VirtualPlaces(_)) == is_virtual);
        assert!((added(date(2023, 1, 1), false) - 4_550.0).abs() < 1e-6);
        assert!((added(date(2023, 1, 1), true) - 2_450.0).abs() < 1e-6);
        assert_eq!(added(date(2022, 10, 1), false), 0.0);
    }

    #[test]
    fn wrong_fields_are_all_named() {
        let wrong = Beds::added(-5).virtual_share(f64::NAN).open_by(date(2022, 9, 1));
        let problems = Lever::from(wrong).check().unwrap_err();
        assert_eq!(problems.len(), 3);
        assert_eq!(problems[0].to_string(), "beds.added = -5, must be a number of beds from 0 to 100,000");
    }
}
