//! What is settled about a pathway when its clock starts.

use super::clock::{Plan, Route, Urgency};
use super::config::ElectiveConfig;
use super::function::Function;
use crate::random::{Chance, Dice};

/// The chances of what is settled, ready for the twenty million clocks that start in a year.
#[derive(Clone, Debug)]
pub(super) struct PlanLaw {
    /// Of new clocks to end in admission, by treatment function.
    pub(super) admitted: [Chance; Function::COUNT],
    cancer: Chance,
    // by route
    urgent: [Chance; 2],
    test: Chance,
    review: Chance,
    overnight: Chance,
    excepted: Chance,
}

impl PlanLaw {
    pub(super) fn of(config: &ElectiveConfig) -> Self {
        let admitted = |f: usize| config.admitted_shares.get(f).copied().unwrap_or(0.0);
        Self {
            admitted: std::array::from_fn(|f| Chance::of(admitted(f))),
            cancer: Chance::of(config.cancer_share),
            urgent: config.urgent_share.map(Chance::of),
            test: Chance::of(config.test_share),
            review: Chance::of(config.review_share),
            overnight: Chance::of(config.overnight_share),
            excepted: Chance::of(config.excepted_share),
        }
    }

    /// Everything, drawn in a fixed order and without a branch that nobody could foresee.
    #[inline(always)]
    pub(super) fn draw(&self, function: Function, admitted: Chance, dice: &mut Dice) -> Plan {
        let route = if dice.hits(admitted) { Route::Admitted } else { Route::NonAdmitted };
        let is_cancer = dice.hits(self.cancer);
        let is_urgent = dice.hits(self.urgent[route as usize]);
        let needs_test = dice.hits(self.test);
        let needs_review = dice.hits(self.review);
        let overnight = dice.hits(self.overnight);
        let excepted = dice.hits(self.excepted);
        const URGENCIES: [[Urgency; 2]; 2] =
            [[Urgency::Routine, Urgency::Urgent], [Urgency::Cancer, Urgency::Cancer]];
        Plan {
            function,
            urgency: URGENCIES[usize::from(is_cancer)][usize::from(is_urgent)],
            route,
            needs_test,
            needs_review: needs_test | needs_review,
            overnight,
            excepted,
        }
    }
}
