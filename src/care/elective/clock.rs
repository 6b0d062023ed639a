//! One waiting patient in eight bytes.

use super::function::Function;
use super::plan::Plan;
use std::num::NonZeroU64;

/// How a pathway will end if it is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Treatment with admission, day case or overnight.
    Admitted,
    /// Treatment without admission.
    NonAdmitted,
}

/// How soon a patient must be treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Suspected or known cancer.
    Cancer,
    /// Urgent.
    Urgent,
    /// Routine.
    Routine,
}

/// How far a pathway has come: what the patient waits for next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The first outpatient attendance.
    First,
    /// A diagnostic test.
    Tests,
    /// The review at which it is decided what to do.
    Review,
    /// The operation: the decision to admit has been made.
    Theatre,
}

/// Why a patient is not to be called in yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// Nothing stands in the way.
    Ready,
    /// Results, the interval to a review, or the pre-operative check are awaited.
    Preparing,
    /// Treatment would do harm now.
    Clinical,
    /// The patient has asked for a later date.
    OwnChoice,
}

impl Delay {
    /// All, in the order of [`super::ListProfile::by_delay`].
    pub const ALL: [Self; 4] = [Self::Ready, Self::Preparing, Self::Clinical, Self::OwnChoice];
}

/// One patient's clock: eight bytes, kept as one word since lists are read and written by the million.
///
/// From the lowest bit on: number 0-31, start day 32-47, function 48-52 (from 1 on: the word is never 0, so that a clock or
/// none takes no more), urgency 53-54 (routine twice: 3 is excepted), admitted 55, test 56, review 57, overnight 58, stage
/// 59-60, delay 61-62, stopped 63.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock(NonZeroU64);

const START_DAY: u32 = 32;
const FUNCTION: u32 = 48;
const URGENCY: u32 = 53;
const ADMITTED: u64 = 1 << 55;
const TEST: u64 = 1 << 56;
const REVIEW: u64 = 1 << 57;
const OVERNIGHT: u64 = 1 << 58;
const STAGE: u32 = 59;
const DELAY: u32 = 61;
const STOPPED: u64 = 1 << 63;
/// Number of [`Clock::line`]s, and that of the excepted.
pub(super) const LINES: usize = 4;
pub(super) const EXCEPTED: usize = 3;

impl Clock {
    /// The clock of the person numbered `number`, started on `start_day` of the run (negative: before
    /// it; within 89 years of it).
    #[inline]
    pub fn new(number: u32, start_day: i32, plan: Plan) -> Self {
        let start_day = start_day.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        let flag = |is_set: bool, bit: u64| if is_set { bit } else { 0 };
        let is_excepted = plan.excepted && plan.urgency == Urgency::Routine;
        let bits = u64::from(number)
            | u64::from(start_day as u16) << START_DAY
            | (plan.function.index() as u64 + 1) << FUNCTION
            | (plan.urgency as u64 + u64::from(is_excepted)) << URGENCY
            | flag(plan.route == Route::Admitted, ADMITTED)
            | flag(plan.needs_test, TEST)
            | flag(plan.needs_review, REVIEW)
            | flag(plan.overnight, OVERNIGHT);
        Self(NonZeroU64::new(bits).unwrap_or(NonZeroU64::MIN))
    }

    fn has(self, bit: u64) -> bool {
        self.0.get() & bit != 0
    }

    fn field(self, from: u32, bits: u32) -> usize {
        (self.0.get() >> from) as usize & ((1 << bits) - 1)
    }

    /// The same clock with another value in a field of two bits.
    fn with(self, from: u32, value: u64) -> Self {
        // what is left is not 0: the function is another field
        Self(NonZeroU64::new(self.0.get() & !(3 << from)).unwrap_or(self.0) | value << from)
    }

    /// Whose clock it is.
    pub fn number(self) -> u32 {
        self.0.get() as u32
    }

    /// The day of the run on which it started.
    pub fn start_day(self) -> i32 {
        i32::from((self.0.get() >> START_DAY) as i16)
    }

    /// The treatment function.
    pub fn function(self) -> Function {
        Function::of_index(self.field(FUNCTION, 5).saturating_sub(1))
    }

    /// How urgent it is.
    pub fn urgency(self) -> Urgency {
        match self.line() {
            0 => Urgency::Cancer,
            1 => Urgency::Urgent,
            _ => Urgency::Routine,
        }
    }

    /// Whether the patient is not to be called in early for the sake of a long wait.
    pub fn is_excepted(self) -> bool {
        self.line() == EXCEPTED
    }

    /// The line in which the patient waits: one for each urgency, and one for the excepted.
    pub(super) fn line(self) -> usize {
        self.field(URGENCY, 2)
    }

    /// With or without admission.
    pub fn route(self) -> Route {
        if self.has(ADMITTED) { Route::Admitted } else { Route::NonAdmitted }
    }

    /// Whether a test comes after the first attendance.
    pub fn needs_test(self) -> bool {
        self.has(TEST)
    }

    /// Whether a second attendance is needed.
    pub fn needs_review(self) -> bool {
        self.has(REVIEW)
    }

    /// Whether the operation needs a bed for the night.
    pub fn is_overnight(self) -> bool {
        self.has(OVERNIGHT)
    }

    /// What the patient waits for.
    pub fn stage(self) -> Stage {
        match self.field(STAGE, 2) {
            0 => Stage::First,
            1 => Stage::Tests,
            2 => Stage::Review,
            _ => Stage::Theatre,
        }
    }

    /// The same clock at another stage.
    #[must_use]
    pub fn at(self, stage: Stage) -> Self {
        self.with(STAGE, stage as u64)
    }

    /// Why the patient is not to be called in yet.
    pub fn delay(self) -> Delay {
        Delay::ALL[self.field(DELAY, 2)]
    }

    /// The same clock, held up or ready.
    #[must_use]
    pub fn held(self, delay: Delay) -> Self {
        self.with(DELAY, delay as u64)
    }

    pub(super) fn is_stopped(self) -> bool {
        self.has(STOPPED)
    }

    /// Its stage and delay as one number: the stage in the lower two bits, the delay above them.
    pub(super) fn cell(self) -> usize {
        self.field(STAGE, 4)
    }

    pub(super) fn stop(&mut self) {
        self.0 |= STOPPED;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_takes_eight_bytes() {
        assert_eq!([size_of::<Clock>(), size_of::<Option<Clock>>()], [8, 8]);
    }

    #[test]
    fn a_clock_keeps_what_it_was_given() {
        for (i, function) in Function::all().enumerate() {
            let plan = Plan {
                function,
                urgency: [Urgency::Cancer, Urgency::Urgent, Urgency::Routine][i % 3],
                route: if i % 2 == 0 { Route::Admitted } else { Route::NonAdmitted },
                needs_test: i % 4 == 1,
                needs_review: i % 5 < 2,
                overnight: i % 3 == 1,
                excepted: i % 7 < 3,
            };
            let clock = Clock::new(7, -400, plan).at(Stage::Review).held(Delay::OwnChoice);
            assert_eq!((clock.number(), clock.start_day(), clock.function()), (7, -400, function));
            assert_eq!((clock.urgency(), clock.route()), (plan.urgency, plan.route));
            // the urgent are never left to wait
            assert_eq!(clock.is_excepted(), plan.excepted && plan.urgency == Urgency::Routine);
            assert_eq!((clock.needs_test(), clock.needs_review()), (plan.needs_test, plan.needs_review));
            assert_eq!((clock.is_overnight(), clock.is_stopped()), (plan.overnight, false));
            assert_eq!((clock.stage(), clock.delay()), (Stage::Review, Delay::OwnChoice));
            assert_eq!(clock.at(Stage::Theatre).held(Delay::Ready).stage(), Stage::Theatre);
        }
    }
}
