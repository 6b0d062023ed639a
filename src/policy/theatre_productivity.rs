//! More operations in the same theatres.
//!
//! *Mechanism*: more operations in each session: later finishes, fewer late starts, more day cases; each still needs a bed if the patient stays. *Evidence*: the size is assumed; reviews of theatre lists have found some tens of per cent of session time unused, of which a part can be had.

use super::spread::{at_every_waiting_list, planned_care_growing};
use super::timing::after_the_plan;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::ElectiveLever;
use crate::system::capacity::CapacityStep;
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// More operations in the same theatres.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TheatreProductivity {
    more_operations: f64,
    #[serde(default = "after_the_plan")]
    opens_from: Date,
    #[serde(default = "last_day")]
    full_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

fn last_day() -> Date {
    date(2024, 3, 31)
}

impl TheatreProductivity {
    /// This share more operations, reached evenly from October 2022 until the end of March 2024.
    pub fn more(more_operations: f64) -> Self {
        Self { more_operations, opens_from: after_the_plan(), full_by: last_day(), reference: Vec::new() }
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
    const NOT_COUNTED: &'static str =
        "what it takes to use sessions better, and the consumables of more operations; give `cost`";

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("more_operations", self.more_operations, (0.0, 1.0), "0 to 1");
        checks.in_order("full_by", self.opens_from, self.full_by, "on or after opens_from");
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let days = (self.opens_from, self.full_by);
        planned_care_growing(
            days,
            &at_every_waiting_list(pack),
            self.more_operations,
            ElectiveLever::TheatreShare,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::policy::spread::all_planned_care_is_there_on_the_day;
    use crate::system::pack::england;

    #[test]
    fn all_of_it_is_there_on_the_day_promised() {
        let lever = TheatreProductivity::more(0.5).between(date(2022, 11, 1), date(2023, 2, 1));
        let all = 0.5 * at_every_waiting_list(&england()).len() as f64;
        all_planned_care_is_there_on_the_day(
            lever.into(),
            ElectiveLever::TheatreShare,
            all,
            date(2023, 2, 1),
        );
        let wrong = TheatreProductivity::more(-1.0).between(date(2023, 2, 1), date(2022, 2, 1));
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 2);
    }
}
