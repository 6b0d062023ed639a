//! Routing of ambulances to the hospital where they lose least time.
//!
//! *Mechanism*: a service may send part of its crews to another hospital of its area than the nearest,
//! if extra travel and the wait expected there are together less than the wait expected at the nearest.
//! The extra travel keeps the crew. Calls of category 1 always go to the nearest, and nobody is sent to
//! or from a children's hospital. *Evidence*: the mechanism is arithmetic; how far hospitals lie apart
//! is assumed (`emergency.detour_*` of the pack), for sites are not in it.

use super::timing::after_the_plan;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::system::providers::AmbulanceServiceId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Routing of ambulances to the hospital where they lose least time.
///
/// ```
/// use nhs_capacity::policy::IntelligentRouting;
/// let routing = IntelligentRouting::of(0.1).limit_minutes(20.0);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntelligentRouting {
    share: f64,
    #[serde(default = "twenty_minutes")]
    limit_minutes: f64,
    #[serde(default = "after_the_plan")]
    from: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

fn twenty_minutes() -> f64 {
    20.0
}

impl IntelligentRouting {
    /// This share of conveyances may be redirected within 20 minutes of extra travel, from October 2022.
    pub fn of(share: f64) -> Self {
        Self { share, limit_minutes: twenty_minutes(), from: after_the_plan(), reference: Vec::new() }
    }

    /// Greatest extra travel \[min\].
    #[must_use]
    pub fn limit_minutes(self, limit_minutes: f64) -> Self {
        Self { limit_minutes, ..self }
    }

    /// The day from which it works.
    #[must_use]
    pub fn starting(self, from: Date) -> Self {
        Self { from, ..self }
    }
}

impl Mechanism for IntelligentRouting {
    const NAME: &'static str = "intelligent_routing";
    const TITLE: &'static str = "Ambulances to the least delayed hospital";
    const MECHANISM: &'static str = "part of the crews may go to another hospital than the nearest, where extra travel and expected wait are together less; the extra travel keeps the crew";
    const EVIDENCE: &'static str = "arithmetic of queues; extra travel is assumed, 8 to 25 minutes within a care system and 20 to 60 beyond it (emergency.detour_* in the pack), for sites are not in the pack; cost not known";
    const FIELDS: &'static [Field] = &[
        Field::new("share", "share", "0 to 1", "share of conveyances that may be redirected"),
        Field::new("limit_minutes", "min", "0 to 240", "greatest extra travel"),
        Field::new("from", "date", "a date", "the day from which it works"),
    ];
    const NOT_COUNTED: &'static str =
        "whoever and whatever finds the hospital: nobody is counted; give `cost`";

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("intelligent_routing");
        checks.share("share", self.share);
        checks.number("limit_minutes", self.limit_minutes, (0.0, 240.0), "a time from 0 to 240 minutes");
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let each = (0..pack.ambulance_services().len()).map(|s| AmbulanceServiceId(s as u16));
        each.flat_map(|service| {
            let step = |capacity, added| CapacityStep { from: self.from, capacity, added };
            // nobody may be redirected: nothing changes
            let limit = if self.share > 0.0 { self.limit_minutes } else { 0.0 };
            [
                step(Capacity::RoutableShare(service), self.share),
                step(Capacity::RoutingMinutes(service), limit),
            ]
        })
        .collect()
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
    fn every_service_gets_share_and_limit() {
        let plan = CapacityPlan::of(Lever::from(IntelligentRouting::of(0.1)).steps(&england()).unwrap());
        let day = date(2022, 10, 1);
        let share = plan.added_by(day, |c| matches!(c, Capacity::RoutableShare(_)));
        let limit = plan.added_by(day, |c| matches!(c, Capacity::RoutingMinutes(_)));
        assert!((share - 1.1).abs() < 1e-9 && (limit - 220.0).abs() < 1e-9);
        let none = Lever::from(IntelligentRouting::of(0.0)).steps(&england()).unwrap();
        assert!(CapacityPlan::of(none).steps().is_empty());
    }

    #[test]
    fn wrong_fields_are_all_named() {
        let wrong = Lever::from(IntelligentRouting::of(1.5).limit_minutes(-1.0));
        assert_eq!(wrong.check().unwrap_err().len(), 2);
    }
}
