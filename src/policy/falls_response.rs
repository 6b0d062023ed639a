//! Falls that need no ambulance: response teams in the community, and remote monitoring in care homes.
//!
//! *Mechanism*: a share of C3 and C4 incidents are falls; of these a share is reached by a falls
//! team or happens in a monitored care home; of those a share is looked after without a 999 call. These
//! calls are not made, and the people do not come to hospital. Who they are is decided by each
//! person's own draw: those spared at a smaller dose are among those spared at a larger one.

use super::services::at_every_service;
use super::timing::weekly_ramp;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::system::capacity::{AmbulanceCapacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Falls that need no ambulance.
///
/// ```
/// use nhs_capacity::policy::FallsResponse;
/// let lever = FallsResponse::reaching(0.5).care_homes_monitored(0.2);
/// assert!((lever.share_avoided() - 0.3 * (0.5 * 0.5 + 0.2 * 0.2 * 0.2)).abs() < 1e-12);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FallsResponse {
    reached_share: f64,
    #[serde(default = "half")]
    avoided_of_reached: f64,
    #[serde(default)]
    care_homes_monitored: f64,
    #[serde(default = "a_fifth")]
    avoided_of_monitored: f64,
    #[serde(default = "three_tenths")]
    falls_share: f64,
    #[serde(default = "a_fifth")]
    care_home_share: f64,
    from: Date,
    full_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

const fn half() -> f64 {
    0.5
}

const fn a_fifth() -> f64 {
    0.2
}

const fn three_tenths() -> f64 {
    0.3
}

impl FallsResponse {
    /// Teams that reach this share of falls, from October 2022 and fully by January 2023; shares of
    /// falls and of those who need no ambulance then are assumed.
    pub fn reaching(reached_share: f64) -> Self {
        Self {
            reached_share,
            avoided_of_reached: half(),
            care_homes_monitored: 0.0,
            avoided_of_monitored: a_fifth(),
            falls_share: three_tenths(),
            care_home_share: a_fifth(),
            from: date(2022, 10, 1),
            full_by: date(2023, 1, 1),
            reference: Vec::new(),
        }
    }

    /// The share of falls in care homes that happen where residents are monitored \[0-1\].
    #[must_use]
    pub fn care_homes_monitored(self, care_homes_monitored: f64) -> Self {
        Self { care_homes_monitored, ..self }
    }

    /// The share of C3 and C4 incidents that are falls \[0-1\].
    #[must_use]
    pub fn falls_share(self, falls_share: f64) -> Self {
        Self { falls_share, ..self }
    }

    /// The day from which it works, growing until the second.
    #[must_use]
    pub fn between(self, from: Date, full_by: Date) -> Self {
        Self { from, full_by, ..self }
    }

    /// The share of C3 and C4 calls that are not made when it works fully.
    pub fn share_avoided(&self) -> f64 {
        let by_teams = self.reached_share * self.avoided_of_reached;
        let by_monitoring = self.care_home_share * self.care_homes_monitored * self.avoided_of_monitored;
        self.falls_share * (by_teams + by_monitoring).min(1.0)
    }
}

impl Mechanism for FallsResponse {
    const NAME: &'static str = "falls_response";
    const TITLE: &'static str = "Falls response and remote monitoring";
    const MECHANISM: &'static str = "a share of C3 and C4 calls, those of falls that a community team reaches or that happen in a monitored care home and can be looked after there, is not made";
    const EVIDENCE: &'static str = "no figure of its effect is held: the share of falls among C3 and C4 incidents and the shares that need no ambulance are assumed; move them, and look how far the answer moves";
    const FIELDS: &'static [Field] = &[
        Field::new("reached_share", "share", "0 to 1", "falls that a team reaches"),
        Field::new("avoided_of_reached", "share", "0 to 1", "of those, who need no ambulance (assumed 0.5)"),
        Field::new("care_homes_monitored", "share", "0 to 1", "falls in care homes that are monitored"),
        Field::new(
            "avoided_of_monitored",
            "share",
            "0 to 1",
            "of those, prevented or looked after (assumed 0.2)",
        ),
        Field::new("falls_share", "share", "0 to 1", "C3 and C4 incidents that are falls (assumed 0.3)"),
        Field::new("care_home_share", "share", "0 to 1", "falls that happen in care homes (assumed 0.2)"),
        Field::new("from", "date", "a date", "the day from which it works"),
        Field::new("full_by", "date", "on or after from", "the day by which it works fully"),
    ];
    const NOT_COUNTED: &'static str = "teams, monitoring and those who answer its calls: their number is not part of the lever; give `cost`";

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("falls_response");
        checks.share("reached_share", self.reached_share);
        checks.share("avoided_of_reached", self.avoided_of_reached);
        checks.share("care_homes_monitored", self.care_homes_monitored);
        checks.share("avoided_of_monitored", self.avoided_of_monitored);
        checks.share("falls_share", self.falls_share);
        checks.share("care_home_share", self.care_home_share);
        checks.in_order("full_by", self.from, self.full_by, "on or after from");
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let ramp = weekly_ramp(self.from, self.full_by);
        at_every_service(pack, AmbulanceCapacity::CallsAvoided, &ramp, |_| self.share_avoided())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::{Capacity, CapacityPlan};
    use crate::system::pack::england;
    use crate::system::providers::AmbulanceServiceId;

    #[test]
    fn every_service_avoids_the_same_share() {
        let lever = FallsResponse::reaching(0.4).care_homes_monitored(0.5);
        let share = lever.share_avoided();
        let plan = CapacityPlan::of(Lever::from(lever).steps(&england()).unwrap());
        for service in 0..11 {
            let wanted = Capacity::Ambulance(AmbulanceServiceId(service), AmbulanceCapacity::CallsAvoided);
            assert!((plan.added_by(date(2023, 1, 1), |c| c == wanted) - share).abs() < 1e-12);
        }
        assert_eq!(plan.added_by(date(2022, 10, 1), |_| true), 0.0);
    }

    #[test]
    fn reaching_nobody_changes_nothing_and_wrong_fields_are_named() {
        let nothing = CapacityPlan::of(Lever::from(FallsResponse::reaching(0.0)).steps(&england()).unwrap());
        assert_eq!(nothing.steps().len(), 0);
        let wrong =
            FallsResponse::reaching(1.5).falls_share(f64::NAN).between(date(2023, 1, 1), date(2022, 1, 1));
        let problems = Lever::from(wrong).check().unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|p| p.field).collect();
        assert_eq!(fields, ["reached_share", "falls_share", "full_by"]);
    }
}
