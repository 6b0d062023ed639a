//! People with minor problems to urgent treatment centres.
//!
//! *Mechanism*: while the trust's centre is open, part of those who walk into its type 1 department with
//! a minor problem and will not be admitted are sent to the centre and count as attendances there. Staff
//! of the centre grow with them by the rule of the pack, or by part of it. *Evidence*: streaming at the
//! front door was national policy from 2017; the share that can be sent is an assumption of the user.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::timing::{after_the_plan, weekly_ramp};
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::system::assemble::minor_walk_ins_per_day;
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::{Driver, SystemPack};
use crate::system::providers::TrustId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// People with minor problems to urgent treatment centres.
///
/// ```
/// use nhs_capacity::policy::UrgentTreatmentRedirection;
/// let redirection = UrgentTreatmentRedirection::of(0.2).staffed_share(0.5);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrgentTreatmentRedirection {
    share: f64,
    #[serde(default = "all")]
    staffed_share: f64,
    #[serde(default = "after_the_plan")]
    from: Date,
    #[serde(default = "after_the_plan")]
    full_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

fn all() -> f64 {
    1.0
}

impl UrgentTreatmentRedirection {
    /// This share of minor walk-in patients, with clinicians for all of them, from October 2022.
    pub fn of(share: f64) -> Self {
        Self {
            share,
            staffed_share: all(),
            from: after_the_plan(),
            full_by: after_the_plan(),
            reference: Vec::new(),
        }
    }

    /// Clinicians added to the centres, as a share of those the extra patients need by the rule of
    /// the pack \[0-1\].
    #[must_use]
    pub fn staffed_share(self, staffed_share: f64) -> Self {
        Self { staffed_share, ..self }
    }

    /// The day from which it begins, and that by which it is at its full share.
    #[must_use]
    pub fn between(self, from: Date, full_by: Date) -> Self {
        Self { from, full_by, ..self }
    }
}

impl Mechanism for UrgentTreatmentRedirection {
    const NAME: &'static str = "urgent_treatment_redirection";
    const TITLE: &'static str = "Minor problems to urgent treatment centres";
    const MECHANISM: &'static str = "while the centre of the trust is open, part of those who walk into type 1 with a minor problem and will not be admitted are sent there; clinicians are added with them";
    const EVIDENCE: &'static str = "front-door streaming was national policy from 2017; the share is the user's; only trusts that report attendances of other types have a centre; cost not known";
    const FIELDS: &'static [Field] = &[
        Field::new("share", "share", "0 to 1", "share of minor walk-in patients who are sent"),
        Field::new("staffed_share", "share", "0 to 1", "clinicians added, of those the extra patients need"),
        Field::new("from", "date", "a date", "the day from which it begins"),
        Field::new("full_by", "date", "on or after from", "the day by which the share is reached"),
    ];
    const USES: &'static [Resource] = &[Resource::UrgentTreatmentClinicianHour];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("urgent_treatment_redirection");
        checks.share("share", self.share);
        checks.share("staffed_share", self.staffed_share);
        checks.in_order("full_by", self.from, self.full_by, "on or after from");
        checks.problems
    }

    fn uses(&self, pack: &SystemPack, days: Days) -> Vec<Use> {
        let is_staff = |step: &CapacityStep| matches!(step.capacity, Capacity::UrgentTreatmentClinicians(_));
        let steps = self.steps(pack);
        let on_duty: Vec<(Date, f64)> =
            steps.iter().filter(|step| is_staff(step)).map(|step| (step.from, step.added)).collect();
        vec![Use::Of(Resource::UrgentTreatmentClinicianHour, days.under(&on_duty) * 24.0)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let p = &pack.parameters().emergency;
        let days_of_clinician =
            p.urgent_treatment_clinician_minutes.value / (24.0 * 60.0) / p.urgent_treatment_utilisation.value;
        let has_centre = |trust: &usize| {
            pack.drivers().monthly(Driver::AttendancesOtherTypes, *trust).iter().any(|&n| n > 0.0)
        };
        let with_centre: Vec<(TrustId, f64)> = (0..pack.trusts().len())
            .filter(has_centre)
            .map(|t| (TrustId(t as u16), minor_walk_ins_per_day(pack, t) * days_of_clinician))
            .collect();
        let mut steps = Vec::new();
        for (from, begun) in weekly_ramp(self.from, self.full_by) {
            let sent = self.share * begun;
            for &(trust, clinicians) in &with_centre {
                let step = |capacity, added| CapacityStep { from, capacity, added };
                steps.push(step(Capacity::SentToUrgentTreatment(trust), sent));
                let added = sent * self.staffed_share * clinicians;
                steps.push(step(Capacity::UrgentTreatmentClinicians(trust), added));
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
    use crate::units::date;

    #[test]
    fn trusts_with_a_centre_send_the_share_and_get_the_clinicians() {
        let pack = england();
        let plan = CapacityPlan::of(Lever::from(UrgentTreatmentRedirection::of(0.2)).steps(&pack).unwrap());
        let day = date(2022, 10, 1);
        let sent: Vec<f64> = plan
            .steps()
            .iter()
            .filter(|step| matches!(step.capacity, Capacity::SentToUrgentTreatment(_)))
            .map(|step| step.added)
            .collect();
        assert!((60..120).contains(&sent.len()), "{}", sent.len());
        assert!(sent.iter().all(|&share| share == 0.2));
        // about 0.2 x 10,000 minor walk-ins a day x 15 min / (24 h x 0.75)
        let clinicians = plan.added_by(day, |c| matches!(c, Capacity::UrgentTreatmentClinicians(_)));
        assert!((15.0..60.0).contains(&clinicians), "{clinicians}");
        let none = Lever::from(UrgentTreatmentRedirection::of(0.0)).steps(&pack).unwrap();
        assert!(CapacityPlan::of(none).steps().is_empty());
    }

    #[test]
    fn wrong_fields_are_all_named() {
        let wrong = UrgentTreatmentRedirection::of(2.0).staffed_share(-0.1);
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 2);
    }
}
