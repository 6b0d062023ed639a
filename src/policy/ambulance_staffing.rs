//! More ambulance staff: recruited, or kept who would have left.
//!
//! *Mechanism*: recruits come evenly and drive after training; staff kept grow from nothing at the
//! rate by which fewer leave. Staff make crews on the roster, which follow its hours and lose the
//! same share to absence as all crews (`ambulance.absence_share`).

use super::cost::{DAYS_A_YEAR, Days, Use};
use super::prices::Resource;
use super::services::{at_every_service, over_services};
use super::timing::{days_after, weekly_ramp};
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::system::capacity::{AmbulanceCapacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::system::parameters::ProviderParameter;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// More ambulance staff.
///
/// ```
/// use nhs_capacity::policy::AmbulanceStaffing;
/// // 1,050 recruits fill 100 more crews round the clock
/// assert_eq!(AmbulanceStaffing::recruits(1_050.0).crews_recruited(), 100.0);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmbulanceStaffing {
    recruits: f64,
    #[serde(default)]
    leaver_rate_cut: f64,
    #[serde(default = "staff_for_two_seats")]
    staff_per_crew: f64,
    #[serde(default = "three_months")]
    training_days: u16,
    from: Date,
    until: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

// two seats x 168 h / (37.5 h a week x 0.853 not on leave or in training)
const fn staff_for_two_seats() -> f64 {
    10.5
}

const fn three_months() -> u16 {
    90
}

impl AmbulanceStaffing {
    /// This many staff more in all, joining evenly from October 2022 to the end of the year.
    pub fn recruits(recruits: f64) -> Self {
        Self {
            recruits,
            leaver_rate_cut: 0.0,
            staff_per_crew: staff_for_two_seats(),
            training_days: three_months(),
            from: date(2022, 10, 1),
            until: date(2023, 1, 1),
            reference: Vec::new(),
        }
    }

    /// How many fewer of a hundred staff leave in a year, as a share \[0-1 a year\].
    #[must_use]
    pub fn leaver_rate_cut(self, leaver_rate_cut: f64) -> Self {
        Self { leaver_rate_cut, ..self }
    }

    /// From joining until a recruit is one of a crew \[d\].
    #[must_use]
    pub fn training_days(self, training_days: u16) -> Self {
        Self { training_days, ..self }
    }

    /// First and last day of joining, and of fewer leaving.
    #[must_use]
    pub fn between(self, from: Date, until: Date) -> Self {
        Self { from, until, ..self }
    }

    /// Crews on the roster that all recruits make, mean over the week.
    pub fn crews_recruited(&self) -> f64 {
        self.recruits / self.staff_per_crew
    }
}

impl Mechanism for AmbulanceStaffing {
    const NAME: &'static str = "ambulance_staffing";
    const TITLE: &'static str = "Ambulance staff, recruited and kept";
    const MECHANISM: &'static str = "recruits after training, and staff who do not leave, make crews on the roster; absence takes its share of them";
    const EVIDENCE: &'static str = "sickness absence of ambulance staff was 9.0% in March 2022 (Health Foundation); staff for a crew round the clock is worked out from hours, leave is assumed, and no effect of any measure on leavers is held";
    const FIELDS: &'static [Field] = &[
        Field::new("recruits", "staff", "0 to 100,000", "joining in all, full-time equivalents"),
        Field::new("leaver_rate_cut", "share a year", "0 to 1", "of staff, how many fewer leave in a year"),
        Field::new(
            "staff_per_crew",
            "staff",
            "2 to 50",
            "for a crew round the clock, absence left out (10.5)",
        ),
        Field::new("training_days", "d", "0 to 3,650", "from joining until on a crew (assumed 90)"),
        Field::new("from", "date", "a date", "from when they join and fewer leave"),
        Field::new("until", "date", "on or after from", "until when"),
    ];
    const USES: &'static [Resource] = &[Resource::AmbulanceStaffYear];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("ambulance_staffing");
        checks.number("recruits", self.recruits, (0.0, 1e5), "a number of staff from 0 to 100,000");
        checks.share("leaver_rate_cut", self.leaver_rate_cut);
        checks.number("staff_per_crew", self.staff_per_crew, (2.0, 50.0), "a number of staff from 2 to 50");
        let days = self.training_days;
        checks.holds("training_days", days <= 3_650, days, "at most 3,650 days");
        checks.in_order("until", self.from, self.until, "on or after from");
        checks.problems
    }

    fn uses(&self, pack: &SystemPack, days: Days) -> Vec<Use> {
        let recruited = days.under(&weekly_ramp(self.from, self.until)) * self.recruits;
        let years = self.from.until(self.until).map_or(0.0, |span| f64::from(span.get_days())) / 365.25;
        let crews: f64 = pack.parameters().by_provider(ProviderParameter::AmbulanceUnits).iter().sum();
        let kept = self.leaver_rate_cut * years * crews * self.staff_per_crew;
        let kept = days.under(&weekly_ramp(self.from, self.until)) * kept;
        vec![Use::Of(Resource::AmbulanceStaffYear, (recruited + kept) / DAYS_A_YEAR)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let shares = over_services(pack);
        let rostered = pack.parameters().by_provider(ProviderParameter::AmbulanceUnits);
        let of = |values: &[f64], s: usize| values.get(s).copied().unwrap_or(0.0);
        let trained = |day| days_after(day, self.training_days);
        let joining = weekly_ramp(trained(self.from), trained(self.until));
        let recruited = at_every_service(pack, AmbulanceCapacity::Crews, &joining, |s| {
            self.crews_recruited() * of(&shares, s)
        });
        let years = self.from.until(self.until).map_or(0.0, |span| f64::from(span.get_days())) / 365.25;
        let kept =
            at_every_service(pack, AmbulanceCapacity::Crews, &weekly_ramp(self.from, self.until), |s| {
                self.leaver_rate_cut * years * of(rostered, s)
            });
        recruited.into_iter().chain(kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::CapacityPlan;
    use crate::system::pack::england;

    #[test]
    fn recruits_drive_after_training() {
        let lever = AmbulanceStaffing::recruits(2_100.0).training_days(30);
        let plan = CapacityPlan::of(Lever::from(lever).steps(&england()).unwrap());
        let crews = |day| plan.added_by(day, |_| true);
        assert_eq!(crews(date(2022, 10, 31)), 0.0);
        assert!((crews(date(2023, 1, 31)) - 200.0).abs() < 1e-9);
    }

    #[test]
    fn those_who_stay_add_up_over_time() {
        let lever = AmbulanceStaffing::recruits(0.0)
            .leaver_rate_cut(0.04)
            .between(date(2022, 4, 1), date(2023, 3, 31));
        let pack = england();
        let plan = CapacityPlan::of(Lever::from(lever).steps(&pack).unwrap());
        let rostered: f64 = pack.parameters().by_provider(ProviderParameter::AmbulanceUnits).iter().sum();
        let kept = plan.added_by(date(2023, 3, 31), |_| true);
        assert!((kept / (rostered * 0.04 * 364.0 / 365.25) - 1.0).abs() < 1e-9, "{kept}");
        let half_way = plan.added_by(date(2022, 9, 30), |_| true) / kept;
        assert!((half_way - 0.5).abs() < 0.02, "{half_way}");
    }

    #[test]
    fn nobody_changes_nothing_and_wrong_fields_are_named() {
        let nothing = Lever::from(AmbulanceStaffing::recruits(0.0)).steps(&england()).unwrap();
        assert_eq!(CapacityPlan::of(nothing).steps().len(), 0);
        let wrong = AmbulanceStaffing { staff_per_crew: 0.0, ..AmbulanceStaffing::recruits(f64::NAN) };
        let problems = Lever::from(wrong).check().unwrap_err();
        assert_eq!(problems.iter().map(|p| p.field).collect::<Vec<_>>(), ["recruits", "staff_per_crew"]);
    }
}
