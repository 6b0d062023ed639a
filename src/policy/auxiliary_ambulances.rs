//! An auxiliary ambulance service: crews of charities and other providers for less urgent calls.
//!
//! *Mechanism*: hours bought are crews on duty at each service, by share of incidents. They answer C3
//! and C4 calls and calls without a category, C2 as well if so contracted, never C1; they are sent
//! before the service's own crews, which stay free for more urgent calls, and convey and hand over
//! like them. They do not answer calls escalated to C2 unless they answer C2. Fewer of those callers then cancel and
//! more are brought in: where departments are full, handovers take longer and C2 may wait longer too.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::services::{at_every_service, over_services};
use super::timing::days_after;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::Auxiliary;
use crate::system::capacity::{AmbulanceCapacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An auxiliary ambulance service.
///
/// ```
/// use nhs_capacity::policy::AuxiliaryAmbulances;
/// // 5,000 hours a month keep nearly seven crews on duty round the clock
/// assert!((AuxiliaryAmbulances::hours_a_month(5_000.0).crews() - 6.845).abs() < 1e-3);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuxiliaryAmbulances {
    hours_a_month: f64,
    #[serde(default)]
    answers_c2: bool,
    from: Date,
    until: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

/// Hours in an average month.
const HOURS_A_MONTH: f64 = 365.25 * 24.0 / 12.0;

impl AuxiliaryAmbulances {
    /// This many crew hours a month, from October 2022 to March 2023, for C3 and C4 calls.
    pub fn hours_a_month(hours_a_month: f64) -> Self {
        Self {
            hours_a_month,
            answers_c2: false,
            from: date(2022, 10, 1),
            until: date(2023, 3, 31),
            reference: Vec::new(),
        }
    }

    /// Its crews are sent to C2 calls as well.
    #[must_use]
    pub fn answering_c2(self) -> Self {
        Self { answers_c2: true, ..self }
    }

    /// First and last day.
    #[must_use]
    pub fn between(self, from: Date, until: Date) -> Self {
        Self { from, until, ..self }
    }

    /// Crews on duty in all, mean over the week.
    pub fn crews(&self) -> f64 {
        self.hours_a_month / HOURS_A_MONTH
    }
}

impl Mechanism for AuxiliaryAmbulances {
    const NAME: &'static str = "auxiliary_ambulances";
    const TITLE: &'static str = "Auxiliary ambulance service";
    const MECHANISM: &'static str = "contracted crew hours are crews on duty that answer C3 and C4 calls, and C2 calls if so contracted, before the service's own crews do";
    const EVIDENCE: &'static str = "an auxiliary service is named in Our plan for patients (September 2022); hours and which calls it may take are assumed, for no contract is held";
    const FIELDS: &'static [Field] = &[
        Field::new("hours_a_month", "h", "0 to 1,000,000", "crew hours in all services together"),
        Field::new("answers_c2", "yes or no", "true, false", "whether they are sent to C2 calls as well"),
        Field::new("from", "date", "a date", "the first day"),
        Field::new("until", "date", "on or after from", "the last day"),
    ];
    const USES: &'static [Resource] = &[Resource::AuxiliaryCrewHour];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("auxiliary_ambulances");
        checks.number(
            "hours_a_month",
            self.hours_a_month,
            (0.0, 1e6),
            "a number of hours from 0 to 1,000,000",
        );
        checks.in_order("until", self.from, self.until, "on or after from");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let days_on_duty = days.between(self.from, self.until) * self.crews();
        vec![Use::Of(Resource::AuxiliaryCrewHour, days_on_duty * 24.0)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let shares = over_services(pack);
        let kind = if self.answers_c2 { Auxiliary::FromC2 } else { Auxiliary::FromC3 };
        let ramp = [(self.from, 1.0), (days_after(self.until, 1), -1.0)];
        let crews = |s: usize| self.crews() * shares.get(s).copied().unwrap_or(0.0);
        at_every_service(pack, AmbulanceCapacity::Auxiliary(kind), &ramp, crews)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::{Capacity, CapacityPlan};
    use crate::system::pack::england;

    #[test]
    fn hours_bought_are_crews_on_duty_until_the_contract_ends() {
        let lever = AuxiliaryAmbulances::hours_a_month(5_000.0).answering_c2();
        let plan = CapacityPlan::of(Lever::from(lever.clone()).steps(&england()).unwrap());
        let is_c2 = |c| matches!(c, Capacity::Ambulance(_, AmbulanceCapacity::Auxiliary(Auxiliary::FromC2)));
        assert!((plan.added_by(date(2022, 12, 1), is_c2) - lever.crews()).abs() < 1e-9);
        assert!(plan.added_by(date(2023, 4, 1), |_| true).abs() < 1e-9);
    }

    #[test]
    fn no_hours_change_nothing_and_wrong_fields_are_named() {
        let nothing = Lever::from(AuxiliaryAmbulances::hours_a_month(0.0)).steps(&england()).unwrap();
        assert_eq!(CapacityPlan::of(nothing).steps().len(), 0);
        let wrong = AuxiliaryAmbulances::hours_a_month(-1.0).between(date(2023, 1, 1), date(2022, 1, 1));
        let problems = Lever::from(wrong).check().unwrap_err();
        assert_eq!(problems.iter().map(|p| p.field).collect::<Vec<_>>(), ["hours_a_month", "until"]);
    }
}
