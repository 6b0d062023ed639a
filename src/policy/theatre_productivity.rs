//! More operations in the same theatres.
//!
//! *Mechanism*: more operations in each session: later finishes, fewer late starts, more day cases; each still needs a bed if the patient stays. *Evidence*: the size is assumed; reviews of theatre lists have found some tens of per cent of session time unused, of which a part can be had.

use super::spread::over_waiting_lists;
use super::timing::weekly_ramp;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::elective::ElectiveLever;
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// More operations in the same theatres.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TheatreProductivity {
    more_operations: f64,
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
    date(2024, 3, 31)
}

impl TheatreProductivity {
    /// This share more operations, reached evenly from October 2022 until the end of March 2024.
    pub fn more(more_operations: f64) -> Self {
        Self { more_operations, opens_from: first_day(), full_by: last_day(), reference: Vec::new() }
    }

    /// The day from which it grows, and the day by which it is all there.
    #[must_use]
    pub fn between(self, opens_from: Date, full_by: Date) -> Self {
        Self { opens_from, full_by, ..self }
    }
}

impl Mechanism for TheatreProductivity {
    const NAME: &'static str = "theatre_productivity";
    const TITLE: &'static str = "More operations in the same theatres";
    const MECHANISM: &'static str = "more operations in each session: later finishes, fewer late starts, more day cases; each still needs a bed if the patient stays";
    const EVIDENCE: &'static str = "the size is assumed; reviews of theatre lists have found some tens of per cent of session time unused, of which a part can be had";
    const FIELDS: &'static [Field] = &[
        Field::new("more_operations", "share", "0 to 1", "more operations, as a share of those of the pack"),
        Field::new("opens_from", "date", "a date", "the day from which it grows"),
        Field::new("full_by", "date", "on or after opens_from", "the day by which it is all there"),
    ];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("more_operations", self.more_operations, (0.0, 1.0), "0 to 1");
        checks.holds("full_by", self.full_by >= self.opens_from, self.full_by, "on or after opens_from");
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let mut steps = Vec::new();
        for (from, grown) in weekly_ramp(self.opens_from, self.full_by) {
            for (at, _) in over_waiting_lists(pack) {
                let capacity = Capacity::Elective(at, ElectiveLever::TheatreShare);
                steps.push(CapacityStep { from, capacity, added: self.more_operations * grown });
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
        let lever = TheatreProductivity::more(0.5).between(date(2022, 11, 1), date(2023, 2, 1));
        let plan = CapacityPlan::of(Lever::from(lever.clone()).steps(&england()).unwrap());
        let added =
            |day| plan.added_by(day, |c| matches!(c, Capacity::Elective(_, ElectiveLever::TheatreShare)));
        let all = 0.5 * over_waiting_lists(&england()).len() as f64;
        assert!((added(date(2023, 2, 1)) - all).abs() < 1e-6);
        assert_eq!(added(date(2022, 10, 31)), 0.0);
        let wrong = TheatreProductivity::more(-1.0).between(date(2023, 2, 1), date(2022, 2, 1));
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 2);
    }
}
