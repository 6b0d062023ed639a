//! One waiting patient in eight bytes.

use super::function::Function;

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

/// One patient's clock: eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    number: u32,
    start_day: i16,
    // function 0-4, urgency 5-6 (routine twice: 3 is excepted), admitted 7, test 8, review 9, overnight 10,
    // stage 11-12, delay 13-14, stopped 15
    bits: u16,
}

const ADMITTED: u16 = 1 << 7;
const TEST: u16 = 1 << 8;
const REVIEW: u16 = 1 << 9;
const OVERNIGHT: u16 = 1 << 10;
const STAGE: u16 = 3 << 11;
const DELAY: u16 = 3 << 13;
const STOPPED: u16 = 1 << 15;
/// Number of [`Clock::line`]s, and that of the excepted.
pub(super) const LINES: usize = 4;
pub(super) const EXCEPTED: usize = 3;
/// Stages times delays.
pub(super) const CELLS: usize = 16;

impl Clock {
    /// The clock of the person numbered `number`, started on `start_day` of the run (negative: before
    /// it; within 89 years of it).
    pub fn new(number: u32, start_day: i32, plan: Plan) -> Self {
        let start_day = start_day.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        let flag = |is_set: bool, bit: u16| if is_set { bit } else { 0 };
        let is_excepted = plan.excepted && plan.urgency == Urgency::Routine;
        let bits = plan.function.index() as u16
            | (plan.urgency as u16 + u16::from(is_excepted)) << 5
            | flag(plan.route == Route::Admitted, ADMITTED)
            | flag(plan.needs_test, TEST)
            | flag(plan.needs_review, REVIEW)
            | flag(plan.overnight, OVERNIGHT);
        Self { number, start_day, bits }
    }

    /// Whose clock it is.
    pub fn number(self) -> u32 {
        self.number
    }

    /// The day of the run on which it started.
    pub fn start_day(self) -> i32 {
        self.start_day.into()
    }

    /// The treatment function.
    pub fn function(self) -> Function {
        Function::of_index(usize::from(self.bits & 31))
    }

    /// How urgent it is.
    pub fn urgency(self) -> Urgency {
        match self.bits >> 5 & 3 {
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
        usize::from(self.bits >> 5 & 3)
    }

    /// With or without admission.
    pub fn route(self) -> Route {
        if self.bits & ADMITTED != 0 { Route::Admitted } else { Route::NonAdmitted }
    }

    /// Whether a test comes after the first attendance.
    pub fn needs_test(self) -> bool {
        self.bits & TEST != 0
    }

    /// Whether a second attendance is needed.
    pub fn needs_review(self) -> bool {
        self.bits & REVIEW != 0
    }

    /// Whether the operation needs a bed for the night.
    pub fn is_overnight(self) -> bool {
        self.bits & OVERNIGHT != 0
    }

    /// What the patient waits for.
    pub fn stage(self) -> Stage {
        match (self.bits & STAGE) >> 11 {
            0 => Stage::First,
            1 => Stage::Tests,
            2 => Stage::Review,
            _ => Stage::Theatre,
        }
    }

    /// The same clock at another stage.
    #[must_use]
    pub fn at(self, stage: Stage) -> Self {
        Self { bits: self.bits & !STAGE | (stage as u16) << 11, ..self }
    }

    /// Why the patient is not to be called in yet.
    pub fn delay(self) -> Delay {
        Delay::ALL[usize::from((self.bits & DELAY) >> 13)]
    }

    /// The same clock, held up or ready.
    #[must_use]
    pub fn held(self, delay: Delay) -> Self {
        Self { bits: self.bits & !DELAY | (delay as u16) << 13, ..self }
    }

    pub(super) fn is_stopped(self) -> bool {
        self.bits & STOPPED != 0
    }

    /// Its stage and delay as one number below [`CELLS`]: the stage in the lower two bits.
    pub(super) fn cell(self) -> usize {
        usize::from((self.bits & !STOPPED) >> 11)
    }

    pub(super) fn stop(&mut self) {
        self.bits |= STOPPED;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_takes_eight_bytes() {
        assert_eq!(size_of::<Clock>(), 8);
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
