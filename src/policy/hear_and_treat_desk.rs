//! More clinicians who ring back callers waiting for an ambulance.
//!
//! *Mechanism*: more clinicians at each service's hear-and-treat desk review more of the calls that
//! wait, and sooner; a share of them is closed by phone (`ambulance.desk_*` in the pack).

use super::cost::{Days, Use};
use super::prices::Resource;
use super::services::{at_every_service, over_services};
use super::timing::weekly_ramp;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::system::capacity::{AmbulanceCapacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// More clinicians at hear-and-treat desks.
///
/// ```
/// use nhs_capacity::policy::HearAndTreatDesk;
/// use nhs_capacity::units::date;
/// let desk = HearAndTreatDesk::clinicians(40.0).between(date(2022, 10, 1), date(2022, 12, 1));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HearAndTreatDesk {
    clinicians: f64,
    from: Date,
    full_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

impl HearAndTreatDesk {
    /// This many clinicians more at work at any time in all services together, from October 2022 and
    /// all by the end of the year.
    pub fn clinicians(clinicians: f64) -> Self {
        Self { clinicians, from: date(2022, 10, 1), full_by: date(2023, 1, 1), reference: Vec::new() }
    }

    /// The day from which they come, and by which all have come.
    #[must_use]
    pub fn between(self, from: Date, full_by: Date) -> Self {
        Self { from, full_by, ..self }
    }
}

impl Mechanism for HearAndTreatDesk {
    const NAME: &'static str = "hear_and_treat_desk";
    const TITLE: &'static str = "Clinicians for hear and treat";
    const MECHANISM: &'static str =
        "more clinicians review more of the calls that wait, and sooner; a share is closed by phone";
    const EVIDENCE: &'static str = "hear and treat rose from 11.1% of incidents in September to 15.2% in December 2022 as waits grew (NHS England); length of a review and share closed are assumed in the pack";
    const FIELDS: &'static [Field] = &[
        Field::new("clinicians", "clinicians", "0 to 10,000", "more at work at any time, in all services"),
        Field::new("from", "date", "a date", "the day from which they come"),
        Field::new("full_by", "date", "on or after from", "the day by which all have come"),
    ];
    const USES: &'static [Resource] = &[Resource::DeskClinicianHour];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("hear_and_treat_desk");
        checks.number("clinicians", self.clinicians, (0.0, 1e4), "a number of clinicians from 0 to 10,000");
        checks.in_order("full_by", self.from, self.full_by, "on or after from");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let days_on_duty = days.under(&weekly_ramp(self.from, self.full_by)) * self.clinicians;
        vec![Use::Of(Resource::DeskClinicianHour, days_on_duty * 24.0)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let shares = over_services(pack);
        let clinicians = |s: usize| self.clinicians * shares.get(s).copied().unwrap_or(0.0);
        let ramp = weekly_ramp(self.from, self.full_by);
        at_every_service(pack, AmbulanceCapacity::DeskClinicians, &ramp, clinicians)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::CapacityPlan;
    use crate::system::pack::england;

    #[test]
    fn all_clinicians_have_come_on_the_day_promised() {
        let plan =
            CapacityPlan::of(Lever::from(HearAndTreatDesk::clinicians(40.0)).steps(&england()).unwrap());
        assert!((plan.added_by(date(2023, 1, 1), |_| true) - 40.0).abs() < 1e-9);
        assert_eq!(plan.added_by(date(2022, 10, 1), |_| true), 0.0);
    }

    #[test]
    fn nobody_changes_nothing_and_wrong_fields_are_named() {
        let nothing = Lever::from(HearAndTreatDesk::clinicians(0.0)).steps(&england()).unwrap();
        assert_eq!(CapacityPlan::of(nothing).steps().len(), 0);
        let wrong = HearAndTreatDesk::clinicians(-3.0).between(date(2023, 1, 1), date(2022, 1, 1));
        let problems = Lever::from(wrong).check().unwrap_err();
        assert_eq!(problems.iter().map(|p| p.field).collect::<Vec<_>>(), ["clinicians", "full_by"]);
    }
}
