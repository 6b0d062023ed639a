//! Nurses recruited and kept, as beds that can be staffed.
//!
//! *Mechanism*: nurses who join, less those of them who leave again, and nurses who would have left
//! and stay, cover beds at a number of nurses a bed. A bed opens only if it exists, so what they open is
//! limited by the beds that are closed for want of staff (`ward.unstaffed_beds_share`) and by beds that
//! other levers add. *Evidence*: vacancies are published; how many beds they close is not.

use super::cost::{DAYS_A_YEAR, Days, Use};
use super::prices::Resource;
use super::timing::{after_the_plan, days_after, weekly_ramp};
use super::{Checks, Field, LeverError, Mechanism, Reference, Spread};
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::system::providers::TrustId;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Nurses recruited and kept.
///
/// ```
/// use nhs_capacity::policy::Staffing;
/// use nhs_capacity::units::date;
/// let nurses = Staffing::recruited(5_000).retained(1_000).by(date(2023, 3, 1)).share_for_beds(0.4);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staffing {
    recruited: f64,
    #[serde(default)]
    retained: f64,
    #[serde(default = "after_the_plan")]
    from: Date,
    by: Date,
    #[serde(default = "induction_days")]
    induction_days: u16,
    #[serde(default = "share_who_leave_again")]
    share_who_leave_again: f64,
    #[serde(default = "share_for_beds")]
    share_for_beds: f64,
    #[serde(default = "nurses_per_bed")]
    nurses_per_bed: f64,
    #[serde(default)]
    spread: Spread,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

/// Induction and supernumerary weeks of nurses who are new to a ward; assumed, 28 to 90.
const fn induction_days() -> u16 {
    42
}

/// Of those recruited, the share not there any more when they would count; assumed, 0.05 to 0.15 (11.5%
/// of nurses left in a year).
const fn share_who_leave_again() -> f64 {
    0.1
}

/// The share who work on adult general wards and are not needed there to fill rosters of beds that are
/// open already; assumed, 0.1 to 0.6.
const fn share_for_beds() -> f64 {
    0.3
}

/// Registered nurses, full-time equivalents, for a bed staffed around the clock: one to eight patients
/// is 0.7, with leave, sickness and training about 0.9; assumed, 0.7 to 1.2.
const fn nurses_per_bed() -> f64 {
    0.9
}

impl Staffing {
    /// This many nurses more, full-time equivalents, evenly from October 2022 until the end of March
    /// 2023, spread over trusts by size.
    pub fn recruited(nurses: impl Into<f64>) -> Self {
        Self {
            recruited: nurses.into(),
            retained: 0.0,
            from: after_the_plan(),
            by: date(2023, 3, 31),
            induction_days: induction_days(),
            share_who_leave_again: share_who_leave_again(),
            share_for_beds: share_for_beds(),
            nurses_per_bed: nurses_per_bed(),
            spread: Spread::BySize,
            reference: Vec::new(),
        }
    }

    /// Nurses who would have left by then and stay; they need no induction.
    #[must_use]
    pub fn retained(self, nurses: impl Into<f64>) -> Self {
        Self { retained: nurses.into(), ..self }
    }

    /// The day from which they come.
    #[must_use]
    pub fn joining_from(self, from: Date) -> Self {
        Self { from, ..self }
    }

    /// The day by which all have come.
    #[must_use]
    pub fn by(self, by: Date) -> Self {
        Self { by, ..self }
    }

    /// From joining until a nurse counts on the ward \[d\].
    #[must_use]
    pub fn induction_days(self, induction_days: u16) -> Self {
        Self { induction_days, ..self }
    }

    /// The share whose work opens beds that would be closed \[0-1\].
    #[must_use]
    pub fn share_for_beds(self, share_for_beds: f64) -> Self {
        Self { share_for_beds, ..self }
    }

    /// Nurses for each bed, full-time equivalents.
    #[must_use]
    pub fn nurses_per_bed(self, nurses_per_bed: f64) -> Self {
        Self { nurses_per_bed, ..self }
    }

    /// How they are spread over trusts.
    #[must_use]
    pub fn spread(self, spread: Spread) -> Self {
        Self { spread, ..self }
    }

    /// Beds that could be staffed in all, whether they exist or not.
    pub fn beds_staffed(&self) -> f64 {
        let there = self.recruited * (1.0 - self.share_who_leave_again) + self.retained;
        there * self.share_for_beds / self.nurses_per_bed
    }
}

impl Mechanism for Staffing {
    const NAME: &'static str = "staffing";
    const TITLE: &'static str = "Nurses recruited and kept";
    const MECHANISM: &'static str = "nurses who join and stay cover beds at a number of nurses a bed; beds open are the smaller of those that exist and those that are staffed";
    const EVIDENCE: &'static str = "nurse vacancies were 11.9% in September 2022 and 11.5% of nurses left in a year (NHS Digital); how many beds are closed for want of staff is not published: ward.unstaffed_beds_share and the shares of this lever are assumed";
    const FIELDS: &'static [Field] = &[
        Field::new("recruited", "nurses (FTE)", "0 to 100,000", "nurses who join"),
        Field::new("retained", "nurses (FTE)", "0 to 100,000", "nurses who would have left and stay"),
        Field::new("from", "date", "a date", "the day from which they come"),
        Field::new("by", "date", "on or after from", "the day by which all have come"),
        Field::new("induction_days", "d", "0 to 365", "from joining until a nurse counts"),
        Field::new("share_who_leave_again", "share", "0 to 1", "of those recruited"),
        Field::new("share_for_beds", "share", "0 to 1", "whose work opens beds that would be closed"),
        Field::new("nurses_per_bed", "nurses (FTE)", "0.1 to 10", "to staff a bed around the clock"),
        Field::new("spread", "rule", "by size, by pressure or by need", "how they are spread over trusts"),
    ];
    const USES: &'static [Resource] = &[Resource::NurseYear];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("staffing");
        checks.number("recruited", self.recruited, (0.0, 100_000.0), "a number of nurses from 0 to 100,000");
        checks.number("retained", self.retained, (0.0, 100_000.0), "a number of nurses from 0 to 100,000");
        checks.in_order("by", self.from, self.by, "on or after from");
        let induction = self.induction_days;
        checks.holds("induction_days", induction <= 365, induction, "at most 365 days");
        checks.share("share_who_leave_again", self.share_who_leave_again);
        checks.share("share_for_beds", self.share_for_beds);
        checks.number("nurses_per_bed", self.nurses_per_bed, (0.1, 10.0), "from 0.1 to 10");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let there = self.recruited * (1.0 - self.share_who_leave_again) + self.retained;
        let days_paid = days.under(&weekly_ramp(self.from, self.by)) * there;
        vec![Use::Of(Resource::NurseYear, days_paid / DAYS_A_YEAR)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let beds = |nurses: f64| nurses * self.share_for_beds / self.nurses_per_bed;
        let recruited = beds(self.recruited * (1.0 - self.share_who_leave_again));
        let over_trusts = self.spread.over_trusts(pack);
        let mut steps = Vec::new();
        for (day, came) in weekly_ramp(self.from, self.by) {
            let kinds = [(day, beds(self.retained)), (days_after(day, self.induction_days), recruited)];
            for (from, beds) in kinds {
                for (trust, share) in over_trusts.iter().enumerate() {
                    let capacity = Capacity::StaffedBeds(TrustId(trust as u16));
                    steps.push(CapacityStep { from, capacity, added: beds * came * share });
                }
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
    fn nurses_staff_beds_after_their_induction() {
        let lever = Staffing::recruited(3_000)
            .retained(500)
            .joining_from(date(2022, 10, 1))
            .by(date(2022, 10, 1))
            .induction_days(30)
            .share_for_beds(0.5)
            .nurses_per_bed(1.0);
        assert!((lever.beds_staffed() - 1_600.0).abs() < 1e-9);
        let plan = CapacityPlan::of(Lever::from(lever).steps(&england()).unwrap());
        let staffed = |day| plan.added_by(day, |c| matches!(c, Capacity::StaffedBeds(_)));
        assert!((staffed(date(2022, 10, 1)) - 250.0).abs() < 1e-6);
        assert!((staffed(date(2022, 10, 31)) - 1_600.0).abs() < 1e-6);
        assert_eq!(plan.added_by(date(2030, 1, 1), |c| matches!(c, Capacity::AdultBeds(_))), 0.0);
    }

    #[test]
    fn wrong_fields_are_all_named() {
        let wrong = Staffing::recruited(-1).nurses_per_bed(0.0).share_for_beds(f64::NAN);
        let fields: Vec<&str> = Lever::from(wrong).check().unwrap_err().iter().map(|p| p.field).collect();
        assert_eq!(fields, ["recruited", "share_for_beds", "nurses_per_bed"]);
    }
}
