//! Surgical hubs.
//!
//! *Mechanism*: theatres with ring-fenced beds of their own for planned surgery in eligible treatment functions; emergencies cannot take them, so nothing is cancelled for want of a bed. *Evidence*: operations a week in a hub are assumed; that hubs keep working in winter is how they are built.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::spread::{over_trust_waiting_lists, planned_care_growing};
use super::timing::{after_the_plan, weekly_ramp};
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::ElectiveLever;
use crate::system::capacity::CapacityStep;
use crate::system::pack::SystemPack;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Surgical hubs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurgicalHubs {
    admissions_per_week: f64,
    #[serde(default = "after_the_plan")]
    opens_from: Date,
    #[serde(default = "last_day")]
    full_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

fn last_day() -> Date {
    date(2024, 3, 31)
}

impl SurgicalHubs {
    /// This many operations a week, opening from October 2022 until the end of March 2024.
    pub fn operating(admissions_per_week: f64) -> Self {
        Self { admissions_per_week, opens_from: after_the_plan(), full_by: last_day(), reference: Vec::new() }
    }

    /// The day from which it grows, and the day by which it is all there.
    #[must_use]
    pub fn between(self, opens_from: Date, full_by: Date) -> Self {
        Self { opens_from, full_by, ..self }
    }
}

impl Mechanism for SurgicalHubs {
    const NAME: &'static str = "surgical_hubs";
    const TITLE: &'static str = "Surgical hubs";
    const MECHANISM: &'static str = "theatres with ring-fenced beds of their own for planned surgery in eligible treatment functions; emergencies cannot take them, so nothing is cancelled for want of a bed";
    const EVIDENCE: &'static str =
        "operations a week in a hub are assumed; that hubs keep working in winter is how they are built";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "admissions_per_week",
            "operations a week",
            "0 to 100,000",
            "operations a week in all hubs together, when all are open",
        ),
        Field::new("opens_from", "date", "a date", "the day from which it grows"),
        Field::new("full_by", "date", "on or after opens_from", "the day by which it is all there"),
    ];
    const USES: &'static [Resource] = &[Resource::HubOperation];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("admissions_per_week", self.admissions_per_week, (0.0, 100000.0), "0 to 100,000");
        checks.in_order("full_by", self.opens_from, self.full_by, "on or after opens_from");
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let weeks = days.under(&weekly_ramp(self.opens_from, self.full_by)) / 7.0;
        vec![Use::Of(Resource::HubOperation, weeks * self.admissions_per_week)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let days = (self.opens_from, self.full_by);
        planned_care_growing(
            days,
            &over_trust_waiting_lists(pack),
            self.admissions_per_week / 5.0,
            ElectiveLever::HubPlaces,
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
        let lever = SurgicalHubs::operating(0.5).between(date(2022, 11, 1), date(2023, 2, 1));
        let all = 0.5 / 5.0;
        all_planned_care_is_there_on_the_day(lever.into(), ElectiveLever::HubPlaces, all, date(2023, 2, 1));
        let wrong = SurgicalHubs::operating(-1.0).between(date(2023, 2, 1), date(2022, 2, 1));
        assert_eq!(Lever::from(wrong).check().unwrap_err().len(), 2);
    }
}
