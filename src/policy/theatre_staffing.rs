//! Staff for theatres that stand empty.
//!
//! *Mechanism*: theatre teams hold lists that were not held for want of staff, up to the theatres there are
//! (`elective.unstaffed_theatre_share`, and those that other levers build); each operation still needs a bed if the
//! patient stays. *Evidence*: how many lists are not held for want of staff is not published; lists and operations on
//! them are assumed.

use super::spread::{over_trust_waiting_lists, planned_care_growing};
use super::timing::after_the_plan;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::ElectiveLever;
use crate::system::capacity::CapacityStep;
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Staff for theatres that stand empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TheatreStaffing {
    lists_per_week: f64,
    #[serde(default = "operations")]
    operations_per_list: f64,
    #[serde(default = "after_the_plan")]
    opens_from: Date,
    #[serde(default = "last_day")]
    full_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

/// Assumed: one in seven with a night's stay, of which a list has 2.5, the others day cases, of which it has 4.5.
fn operations() -> f64 {
    4.0
}

fn last_day() -> Date {
    date(2024, 3, 31)
}

impl TheatreStaffing {
    /// Staff for so many lists a week more, from October 2022, all there by the end of March 2024; over trusts by their
    /// waiting lists.
    pub fn lists(lists_per_week: f64) -> Self {
        Self {
            lists_per_week,
            operations_per_list: operations(),
            opens_from: after_the_plan(),
            full_by: last_day(),
            reference: Vec::new(),
        }
    }

    /// Operations on a list.
    #[must_use]
    pub fn operations_per_list(self, operations_per_list: f64) -> Self {
        Self { operations_per_list, ..self }
    }

    /// The day from which they come, and the day by which all are there.
    #[must_use]
    pub fn between(self, opens_from: Date, full_by: Date) -> Self {
        Self { opens_from, full_by, ..self }
    }
}

impl Mechanism for TheatreStaffing {
    const NAME: &'static str = "theatre_staffing";
    const TITLE: &'static str = "Staff for theatres that stand empty";
    const MECHANISM: &'static str = "theatre teams hold lists that were not held for want of staff, up to the theatres there are; each operation still needs a bed if the patient stays";
    const EVIDENCE: &'static str = "how many lists are not held for want of staff is not published; a tenth more theatres than are staffed is assumed, and so are operations on a list";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "lists_per_week",
            "lists a week",
            "0 to 100,000",
            "lists more in all that there is staff for",
        ),
        Field::new("operations_per_list", "operations", "0 to 20", "on each of them"),
        Field::new("opens_from", "date", "a date", "the day from which they are held"),
        Field::new("full_by", "date", "on or after opens_from", "the day by which all are"),
    ];
    const NOT_COUNTED: &'static str =
        "the pay of theatre teams, and the consumables of more operations; give `cost`";

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("lists_per_week", self.lists_per_week, (0.0, 100_000.0), "0 to 100,000");
        checks.number("operations_per_list", self.operations_per_list, (0.0, 20.0), "0 to 20");
        checks.in_order("full_by", self.opens_from, self.full_by, "on or after opens_from");
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        planned_care_growing(
            (self.opens_from, self.full_by),
            &over_trust_waiting_lists(pack),
            self.lists_per_week * self.operations_per_list / 5.0,
            ElectiveLever::StaffedPlaces,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::policy::spread::all_planned_care_is_there_on_the_day;

    #[test]
    fn all_of_it_is_there_on_the_day_promised() {
        let lever = TheatreStaffing::lists(0.5).between(date(2022, 11, 1), date(2023, 2, 1));
        let all = 0.5 * 4.0 / 5.0;
        all_planned_care_is_there_on_the_day(
            lever.into(),
            ElectiveLever::StaffedPlaces,
            all,
            date(2023, 2, 1),
        );
        let wrong = TheatreStaffing::lists(-1.0).operations_per_list(f64::NAN);
        let wrong = wrong.between(date(2023, 2, 1), date(2022, 2, 1));
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 3);
    }
}
