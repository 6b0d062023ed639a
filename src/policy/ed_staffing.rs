//! Clinicians for emergency departments, by recruitment.
//!
//! *Mechanism*: people recruited are on duty for part of the hours of a week, less leave, sickness and
//! study; they are spread over the hours as those already there are, and see patients in cubicles or
//! with minor problems. Cubicles stay as they are. *Evidence*: hours and absence are assumed; where beds
//! bind, more clinicians move patients sooner to a bed that is not there.

use super::cost::{DAYS_A_YEAR, Days, Use};
use super::prices::Resource;
use super::timing::{after_the_plan, growing, weekly_ramp};
use super::{Checks, Field, LeverError, Mechanism, Reference, Spread};
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Clinicians for emergency departments, by recruitment.
///
/// ```
/// use nhs_capacity::policy::EdStaffing;
/// let staff = EdStaffing::recruited(1_000).share_to_majors(0.8);
/// assert!((staff.on_duty() - 1_000.0 * 37.5 * 0.8 / 168.0).abs() < 1e-9);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EdStaffing {
    recruited: f64,
    #[serde(default = "full_time")]
    hours_a_week: f64,
    #[serde(default = "four_fifths")]
    available_share: f64,
    #[serde(default = "seven_tenths")]
    share_to_majors: f64,
    #[serde(default = "after_the_plan")]
    from: Date,
    #[serde(default = "january")]
    all_by: Date,
    #[serde(default)]
    spread: Spread,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

fn full_time() -> f64 {
    37.5
}

fn four_fifths() -> f64 {
    0.8
}

fn seven_tenths() -> f64 {
    0.7
}

fn january() -> Date {
    date(2023, 1, 1)
}

const HOURS_OF_WEEK: f64 = 168.0;

impl EdStaffing {
    /// This many full-time clinicians recruited evenly from October 2022 until the end of the year,
    /// 37.5 hours a week of which a fifth is leave, sickness and study, seven tenths for patients in
    /// cubicles, spread over trusts by size.
    pub fn recruited(full_time_equivalents: impl Into<f64>) -> Self {
        Self {
            recruited: full_time_equivalents.into(),
            hours_a_week: full_time(),
            available_share: four_fifths(),
            share_to_majors: seven_tenths(),
            from: after_the_plan(),
            all_by: january(),
            spread: Spread::BySize,
            reference: Vec::new(),
        }
    }

    /// Share of contracted hours for which they can be on duty \[0-1\].
    #[must_use]
    pub fn available_share(self, available_share: f64) -> Self {
        Self { available_share, ..self }
    }

    /// Share who see patients in cubicles; the others see minor problems \[0-1\].
    #[must_use]
    pub fn share_to_majors(self, share_to_majors: f64) -> Self {
        Self { share_to_majors, ..self }
    }

    /// The day from which the first work, and that by which all do.
    #[must_use]
    pub fn between(self, from: Date, all_by: Date) -> Self {
        Self { from, all_by, ..self }
    }

    /// How they are spread over trusts.
    #[must_use]
    pub fn spread(self, spread: Spread) -> Self {
        Self { spread, ..self }
    }

    /// Clinicians more on duty when all work, mean over the week.
    pub fn on_duty(&self) -> f64 {
        self.recruited * self.hours_a_week * self.available_share / HOURS_OF_WEEK
    }
}

impl Mechanism for EdStaffing {
    const NAME: &'static str = "ed_staffing";
    const TITLE: &'static str = "Clinicians for emergency departments";
    const MECHANISM: &'static str = "clinicians recruited are on duty for their hours less absence, spread over the week as those already there, for patients in cubicles or with minor problems";
    const EVIDENCE: &'static str = "37.5 hours a week; absence of a fifth is assumed; numbers on duty are not published, those of the pack follow workload; cost not known";
    const FIELDS: &'static [Field] = &[
        Field::new("recruited", "full-time equivalents", "0 to 1,000,000", "clinicians recruited, in all"),
        Field::new("hours_a_week", "h", "1 to 80", "contracted hours of a full-time post"),
        Field::new("available_share", "share", "0 to 1", "share of them on duty, after leave and sickness"),
        Field::new("share_to_majors", "share", "0 to 1", "share who see patients in cubicles"),
        Field::new("from", "date", "a date", "the day from which the first work"),
        Field::new("all_by", "date", "on or after from", "the day by which all do"),
        Field::new("spread", "rule", "by size, by pressure or by need", "how they are spread over trusts"),
    ];
    const USES: &'static [Resource] = &[Resource::EdClinicianYear];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("ed_staffing");
        checks.number("recruited", self.recruited, (0.0, 1e6), "a number from 0 to 1,000,000");
        checks.number("hours_a_week", self.hours_a_week, (1.0, 80.0), "a number of hours from 1 to 80");
        checks.share("available_share", self.available_share);
        checks.share("share_to_majors", self.share_to_majors);
        checks.in_order("all_by", self.from, self.all_by, "on or after from");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let days_paid = days.under(&weekly_ramp(self.from, self.all_by)) * self.recruited;
        vec![Use::Of(Resource::EdClinicianYear, days_paid / DAYS_A_YEAR)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let trusts = self.spread.at_trusts(pack);
        growing((self.from, self.all_by), &trusts, self.on_duty(), |from, trust, on_duty| {
            let majors = (Capacity::MajorsClinicians(trust), on_duty * self.share_to_majors);
            let minors = (Capacity::MinorsClinicians(trust), on_duty * (1.0 - self.share_to_majors));
            [majors, minors].map(|(capacity, added)| CapacityStep { from, capacity, added })
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
    fn clinicians_on_duty_are_recruits_less_absence() {
        let lever = Lever::from(EdStaffing::recruited(560).share_to_majors(0.75));
        let plan = CapacityPlan::of(lever.steps(&england()).unwrap());
        let majors = plan.added_by(date(2023, 1, 1), |c| matches!(c, Capacity::MajorsClinicians(_)));
        let minors = plan.added_by(date(2023, 1, 1), |c| matches!(c, Capacity::MinorsClinicians(_)));
        // 560 x 37.5 x 0.8 / 168 = 100
        assert!((majors - 75.0).abs() < 1e-6 && (minors - 25.0).abs() < 1e-6);
    }

    #[test]
    fn wrong_fields_are_all_named() {
        let wrong = EdStaffing::recruited(-1).available_share(1.2).share_to_majors(f64::NAN);
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 3);
    }
}
