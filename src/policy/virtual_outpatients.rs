//! More outpatient attendances by video or telephone.
//!
//! *Mechanism*: an attendance by video or telephone takes less of a clinic's time, and fewer are missed, so the same
//! clinic sees more people: those whom it suits, and no others (`elective.can_be_virtual_share`), so that slots moved
//! beyond these stay empty. *Evidence*: minutes and missed appointments are assumed after the planning
//! defaults of the NHS hospital programme (face to face 38 minutes for a first attendance and 20 for a review,
//! virtual 26; published model code), the share that can be virtual is the user's.

use super::spread::{at_every_waiting_list, planned_care_growing};
use super::timing::after_the_plan;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::ElectiveLever;
use crate::system::capacity::CapacityStep;
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// More outpatient attendances by video or telephone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VirtualOutpatients {
    moved_share: f64,
    #[serde(default = "saved")]
    time_saved_share: f64,
    #[serde(default = "after_the_plan")]
    opens_from: Date,
    #[serde(default = "last_day")]
    full_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

/// Assumed: two thirds of attendances at 38 minutes and a third at 20 make 32; 26 is a fifth less, of which
/// half is lost to patients who must be seen after all.
fn saved() -> f64 {
    0.1
}

fn last_day() -> Date {
    date(2023, 9, 30)
}

impl VirtualOutpatients {
    /// This share of all attendances moves to video or telephone, evenly over the year from October 2022.
    pub fn moved(moved_share: f64) -> Self {
        Self {
            moved_share,
            time_saved_share: saved(),
            opens_from: after_the_plan(),
            full_by: last_day(),
            reference: Vec::new(),
        }
    }

    /// Clinic time saved by an attendance that has moved \[0-1\].
    #[must_use]
    pub fn time_saved_share(self, time_saved_share: f64) -> Self {
        Self { time_saved_share, ..self }
    }

    /// The day from which they move, and the day by which all have moved.
    #[must_use]
    pub fn between(self, opens_from: Date, full_by: Date) -> Self {
        Self { opens_from, full_by, ..self }
    }
}

impl Mechanism for VirtualOutpatients {
    const NAME: &'static str = "virtual_outpatients";
    const TITLE: &'static str = "More outpatient attendances by video or telephone";
    const MECHANISM: &'static str = "an attendance by video or telephone takes less of a clinic's time, so the same clinic sees more people; staff stay the same; slots beyond those whom it suits stay empty";
    const EVIDENCE: &'static str = "clinic minutes after the planning defaults of the NHS hospital programme; half of the saving is assumed lost";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "moved_share",
            "share",
            "0 to 1",
            "the share of all attendances that move, beyond those of the pack",
        ),
        Field::new("time_saved_share", "share", "0 to 0.9", "clinic time saved by one that has moved"),
        Field::new("opens_from", "date", "a date", "the day from which they move"),
        Field::new("full_by", "date", "on or after opens_from", "the day by which all have moved"),
    ];
    const NOT_COUNTED: &'static str = "equipment and the change of clinics; give `cost`";

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.share("moved_share", self.moved_share);
        checks.number("time_saved_share", self.time_saved_share, (0.0, 0.9), "a share from 0 to 0.9");
        checks.in_order("full_by", self.opens_from, self.full_by, "on or after opens_from");
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let more = 1.0 / (1.0 - self.moved_share * self.time_saved_share) - 1.0;
        let days = (self.opens_from, self.full_by);
        let places = at_every_waiting_list(pack);
        let mut steps = planned_care_growing(days, &places, more, ElectiveLever::OutpatientShare);
        steps.extend(planned_care_growing(days, &places, self.moved_share, ElectiveLever::VirtualShare));
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::Capacity;
    use crate::system::pack::england;

    #[test]
    fn time_saved_becomes_attendances() {
        let lever =
            VirtualOutpatients::moved(0.5).time_saved_share(0.2).between(after_the_plan(), after_the_plan());
        let steps = Lever::from(lever).steps(&england()).unwrap();
        for step in steps {
            let expected = match step.capacity {
                Capacity::Elective(_, ElectiveLever::OutpatientShare) => 1.0 / 0.9 - 1.0,
                _ => 0.5,
            };
            assert!((step.added - expected).abs() < 1e-12, "{step:?}");
        }
        assert_eq!(
            Lever::from(VirtualOutpatients::moved(2.0).time_saved_share(1.0)).check().unwrap_err().len(),
            2
        );
    }
}
