//! The long-wait policy: who is next.
//!
//! *Mechanism*: another order decides who is called in, or a share of routine places goes to the longest waiters,
//! and the promises of the recovery plan (78, 65 and 52 weeks) are worked towards harder or less hard, or whoever is
//! beyond a cut-off comes before everybody who is not, but for cancer. No place is added: others wait longer.
//! *Evidence*: how the 104-week promise was kept in 2022, `elective.long_wait_*` in the pack.

use super::spread::over_waiting_lists;
use super::timing::after_the_plan;
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::{ElectiveLever, Order};
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The long-wait policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongWaits {
    #[serde(default = "as_planned")]
    effort: f64,
    #[serde(default)]
    longest_first: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cut_off_weeks: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<Order>,
    #[serde(default = "after_the_plan")]
    from: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

fn as_planned() -> f64 {
    1.0
}

impl LongWaits {
    /// The promises are pursued so hard: 0 not at all, 1 as in the pack, 2 twice as fast.
    pub fn effort(effort: f64) -> Self {
        Self {
            effort,
            longest_first: 0.0,
            cut_off_weeks: None,
            order: None,
            from: after_the_plan(),
            reference: Vec::new(),
        }
    }

    /// This share of routine places more goes to the longest waiters \[0-1\].
    #[must_use]
    pub fn longest_first(self, longest_first: f64) -> Self {
        Self { longest_first, ..self }
    }

    /// A hard cut-off: whoever has waited longer comes before everybody who has not, but for cancer \[18-156
    /// weeks\]. Of several in force the strictest counts.
    #[must_use]
    pub fn cut_off_weeks(self, weeks: u16) -> Self {
        Self { cut_off_weeks: Some(weeks), ..self }
    }

    /// The order in which people are called in, in place of the pack's, [`Order::UrgencyThenWait`]. That one and
    /// [`Order::Clinical`] go on working towards promises, unless the effort is 0; all but [`Order::LongestWait`], which
    /// needs none, keep a cut-off. Of several in force the last to come counts.
    #[must_use]
    pub fn order(self, order: Order) -> Self {
        Self { order: Some(order), ..self }
    }

    /// The day from which it holds.
    #[must_use]
    pub fn from(self, from: Date) -> Self {
        Self { from, ..self }
    }
}

impl Mechanism for LongWaits {
    const NAME: &'static str = "long_waits";
    const TITLE: &'static str = "Long-wait policy";
    const MECHANISM: &'static str = "another order decides who is called in, or a share of routine places goes to the longest waiters, and the promises of the recovery plan are worked towards harder or less hard, or whoever is beyond a cut-off comes before everybody who is not, but for cancer; no place is added";
    const EVIDENCE: &'static str =
        "how the 104-week promise was kept in 2022: elective.long_wait_* in the pack";
    const FIELDS: &'static [Field] = &[
        Field::new("effort", "ratio", "0 to 10", "how hard the promises are pursued: 1 as in the pack"),
        Field::new(
            "longest_first",
            "share",
            "0 to 1",
            "share of routine places more for the longest waiters",
        ),
        Field::new(
            "cut_off_weeks",
            "weeks",
            "18 to 156",
            "whoever has waited longer comes before everybody who has not, but for cancer; none if left out",
        ),
        Field::new(
            "order",
            "name",
            "urgency then wait, longest wait, clinical urgency, random",
            "who is called in first; as in the pack (urgency then wait) if left out",
        ),
        Field::new("from", "date", "a date", "the day from which it holds"),
    ];
    const NOT_COUNTED: &'static str =
        "no place is added; the work of choosing who is next is not counted; give `cost`";

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("effort", self.effort, (0.0, 10.0), "a ratio from 0 to 10");
        checks.share("longest_first", self.longest_first);
        if let Some(weeks) = self.cut_off_weeks {
            let is_right = (18..=156).contains(&weeks);
            checks.holds("cut_off_weeks", is_right, weeks, "a whole number of weeks from 18 to 156");
        }
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let mut steps = Vec::new();
        let cut_off = self.cut_off_weeks.map(|weeks| (ElectiveLever::CutOff { weeks }, 1.0));
        let order = self.order.map(|order| (ElectiveLever::Order(order), 1.0));
        let changed = [
            (ElectiveLever::DeadlineEffort, self.effort - 1.0),
            (ElectiveLever::LongestFirst, self.longest_first),
        ];
        for (at, _) in over_waiting_lists(pack) {
            for (lever, added) in changed.into_iter().chain(cut_off).chain(order) {
                steps.push(CapacityStep { from: self.from, capacity: Capacity::Elective(at, lever), added });
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
    fn effort_as_planned_changes_nothing() {
        let plan = |lever: LongWaits| CapacityPlan::of(Lever::from(lever).steps(&england()).unwrap());
        assert!(plan(LongWaits::effort(1.0)).steps().is_empty());
        assert!(plan(LongWaits::effort(0.0)).steps().iter().all(|step| step.added == -1.0));
        assert_eq!(Lever::from(LongWaits::effort(-1.0).longest_first(2.0)).check().unwrap_err().len(), 2);
    }

    #[test]
    fn a_cut_off_is_a_rule_at_every_waiting_list_and_has_bounds() {
        let steps = Lever::from(LongWaits::effort(1.0).cut_off_weeks(78)).steps(&england()).unwrap();
        let is_cut_off = |step: &CapacityStep| {
            matches!(step.capacity, Capacity::Elective(_, ElectiveLever::CutOff { weeks: 78 }))
        };
        let plan = CapacityPlan::of(steps);
        assert_eq!(plan.steps().len(), over_waiting_lists(&england()).len());
        assert!(plan.steps().iter().all(|step| is_cut_off(step) && step.added == 1.0));
        for wrong in [0, 17, 157, u16::MAX] {
            let problems = Lever::from(LongWaits::effort(1.0).cut_off_weeks(wrong)).check().unwrap_err();
            assert_eq!(
                problems[0].to_string(),
                format!("long_waits.cut_off_weeks = {wrong}, must be a whole number of weeks from 18 to 156")
            );
        }
        let table = |text: &str| {
            Lever::from_table(LongWaits::NAME, toml::Value::Table(toml::from_str(text).unwrap()))
        };
        assert_eq!(
            table("cut_off_weeks = 52").unwrap().unwrap(),
            LongWaits::effort(1.0).cut_off_weeks(52).into()
        );
        assert!(table("cut_off_weeks = 52.5").unwrap().is_err());
        assert_eq!(
            table("order = \"longest wait\"").unwrap().unwrap(),
            LongWaits::effort(1.0).order(Order::LongestWait).into()
        );
        let unknown = table("order = \"by lot\"").unwrap().unwrap_err().to_string();
        assert!(unknown.contains("longest wait") && unknown.contains("by lot"), "{unknown}");
    }
}
