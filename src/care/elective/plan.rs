//! What is settled about a pathway when its clock starts.

use super::clock::{Route, Urgency};
use super::config::ElectiveConfig;
use super::function::Function;
use crate::random::{Chance, Dice};

/// What is settled about a pathway when its clock starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Treatment function.
    pub function: Function,
    /// Urgency.
    pub urgency: Urgency,
    /// With or without admission.
    pub route: Route,
    /// Whether a test comes after the first attendance.
    pub needs_test: bool,
    /// Whether a second attendance comes after the first, or after the test.
    pub needs_review: bool,
    /// Whether the operation needs a bed for the night.
    pub overnight: bool,
    /// Whether a routine patient is not to be called in early for the sake of a long wait: by choice, or because the case
    /// is complex.
    pub excepted: bool,
}

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
    // always: by itself the compiler does not, and a plan is packed and unpacked again (an eighth of the instructions of
    // a start)
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
