//! Who is next: the order in which people are called from a line of the waiting list.

use super::clock::{Clock, EXCEPTED, LINES};
use super::list::{Bookmark, Line};
use super::{DAYS_IN_18_WEEKS, DAYS_IN_52_WEEKS};
use crate::random::Dice;
use serde::{Deserialize, Serialize};

/// The order in which people are called in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Order {
    /// Cancer, then urgent, longest first; of the routine a share longest first, the others in no order
    /// of waiting, which is how the published waits of those treated look.
    #[default]
    #[serde(rename = "urgency then wait")]
    UrgencyThenWait,
    /// Longest wait first, whatever the urgency.
    #[serde(rename = "longest wait")]
    LongestWait,
    /// By urgency alone: within a class in no order of waiting.
    #[serde(rename = "clinical urgency")]
    Clinical,
    /// In no order at all.
    #[serde(rename = "random")]
    Random,
}

/// A promise that nobody will wait beyond a limit from a day on. Those who would break it are cleared
/// evenly over the time that is left, in no order among themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deadline {
    /// The day of the run from which nobody is to wait longer.
    pub day: i32,
    /// The limit \[d\].
    pub limit_days: i32,
    /// The day on which work towards it begins.
    pub from_day: i32,
    /// Clearing is spread as if the deadline were so many days later.
    pub late_days: i32,
}

impl Deadline {
    /// Whose clock started by this day is to be cleared; `None` while nothing is done about it.
    fn cohort(&self, today: i32) -> Option<i32> {
        (today >= self.from_day).then(|| self.day.max(today) - self.limit_days - 1)
    }

    /// Weekdays over which the cohort is spread at a stage that is to be over after `part` of the time left; at
    /// least two weeks.
    fn weekdays_left(&self, today: i32, part: f64) -> f64 {
        (f64::from(self.day + self.late_days - today) * part).max(14.0) * 5.0 / 7.0
    }
}

/// The rules for who is next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NextPatient {
    /// The order.
    pub order: Order,
    /// Share of routine places that goes to the longest waiters \[0-1\].
    pub longest_first_share: f64,
    /// Whoever has waited longer than this comes before everybody who has not, but for cancer where the order puts
    /// cancer first \[d\]; `None` without a cut-off. See also [`super::ElectiveLever::CutOff`].
    pub cut_off_days: Option<i32>,
    /// Promises to be kept.
    pub deadlines: Vec<Deadline>,
    /// Greatest share of a day's places that goes to keeping them \[0-1\].
    pub most_for_deadlines: f64,
    /// Working days over which the places set aside for them grow to what is asked for.
    pub days_to_set_aside: f64,
    /// Mean time until whoever is over a limit that has fallen due, as an exception, is called in for it after all \[d\];
    /// `None` if they are not.
    pub exceptions_last_days: Option<f64>,
}

/// People waiting for the same thing: a line for each urgency, and one for routine patients excepted from promises.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    lines: [Line; LINES],
    // fractions of a place for the longest waiters and for the share that may go to deadlines
    due: [f64; 2],
    // places due to each deadline, and where in the lines of those promised it those are whom it asks for
    deadline_due: [f64; DEADLINES],
    bookmarks: [[Bookmark; PROMISED.end - PROMISED.start]; DEADLINES],
    excepted_bookmark: Bookmark,
    // where in the lines of routine patients those are who have waited long
    long_waits: [[Bookmark; LINES - ROUTINE.start]; 2],
    // places a day that deadlines have asked for at their most, and those due to the longest waiters because no
    // deadline asks for them any more
    set_aside: f64,
    set_aside_due: f64,
    // places due to those whose exception from a promise ends
    exceptions_due: f64,
}

/// The lines of those whom promises are made to, the more urgent first, and of routine patients.
const PROMISED: std::ops::Range<usize> = 1..EXCEPTED;
const ROUTINE: std::ops::RangeFrom<usize> = EXCEPTED - 1..;

/// A wait after which people are asked whether they still wish to be treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongWait {
    Over18Weeks,
    Over52Weeks,
}

impl LongWait {
    /// Whoever has waited longer than that today started by this day.
    fn started_by(self, today: i32) -> i32 {
        let days = match self {
            Self::Over18Weeks => DAYS_IN_18_WEEKS,
            Self::Over52Weeks => DAYS_IN_52_WEEKS,
        };
        today - days - 1
    }
}

/// Deadlines beyond this number are not pursued.
const DEADLINES: usize = 4;

/// How to call people in today.
pub struct Call<'a> {
    /// The rules.
    pub rules: &'a NextPatient,
    /// The strictest cut-off in force, of the rules and of levers \[d\].
    pub cut_off_days: Option<i32>,
    /// More (or less) for the longest waiters.
    pub longest_first_added: f64,
    /// How hard the deadlines are pursued; 1 is as planned.
    pub effort: f64,
    /// Part of the time to a deadline after which this stage is to be over \[0-1\].
    pub part_of_time: f64,
    /// Today.
    pub day: i32,
    /// Cancer and urgent patients can be called in if their clock started by these days.
    pub ready_by: [i32; 2],
}

impl Call<'_> {
    /// Whoever is excepted and started by this day is over the least limit that has fallen due.
    fn excepted_by(&self) -> Option<i32> {
        let fallen_due = self.rules.deadlines.iter().filter(|deadline| deadline.day <= self.day);
        fallen_due.map(|deadline| self.day - deadline.limit_days - 1).max()
    }
}

impl Queue {
    /// An empty queue; the fractions of places begin anywhere, so that small flows are not late on average.
    pub fn starting_with(dice: &mut Dice) -> Self {
        Self { due: [dice.uniform(), dice.uniform()], ..Self::default() }
    }

    /// Number waiting.
    pub fn len(&self) -> usize {
        self.lines.iter().map(Line::len).sum()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everybody waiting.
    #[cfg(test)]
    pub fn iter(&self) -> impl Iterator<Item = Clock> + '_ {
        self.lines.iter().flat_map(Line::iter)
    }

    /// All clocks by line, those marked as gone included.
    pub fn clocks(&self) -> impl Iterator<Item = &[Clock]> {
        self.lines.iter().map(Line::clocks)
    }

    /// Joins.
    #[inline]
    pub fn add(&mut self, clock: Clock) {
        self.lines[clock.line()].add(clock);
    }

    /// People of one line join, in the order of their starts.
    pub fn add_all(&mut self, of_line: &[Clock]) {
        if let Some(first) = of_line.first() {
            self.lines[first.line()].add_all(of_line);
        }
    }

    /// The line of whoever has waited longest.
    fn first_line(&mut self) -> Option<&mut Line> {
        let starts = self.lines.iter_mut().filter_map(|line| Some((line.first()?.start_day(), line)));
        starts.min_by_key(|(start, _)| *start).map(|(_, line)| line)
    }

    /// Anybody, each with the same probability.
    pub fn take_any(&mut self, dice: &mut Dice) -> Option<Clock> {
        take_any_of(&mut self.lines, dice)
    }

    /// A routine patient who has waited long on the day `today`.
    pub fn take_long_waiter(&mut self, wait: LongWait, today: i32, dice: &mut Dice) -> Option<Clock> {
        let routine = self.routine(dice);
        let (lines, bookmarks) = (&mut self.lines[ROUTINE], &mut self.long_waits[wait as usize]);
        let day = wait.started_by(today);
        routine.into_iter().find_map(|i| lines[i].take_started_by(day, &mut bookmarks[i], dice))
    }

    /// A routine patient whose clock started after `day`.
    pub fn take_started_after(&mut self, day: i32, dice: &mut Dice) -> Option<Clock> {
        let routine = self.routine(dice);
        let lines = &mut self.lines[ROUTINE];
        routine.into_iter().find_map(|i| lines[i].take_started_after(day, dice))
    }

    /// Which of the lines of routine patients one drawn at random waits in, and the other.
    fn routine(&self, dice: &mut Dice) -> [usize; LINES - ROUTINE.start] {
        let [.., promised, excepted] = &self.lines;
        let at = dice.uniform() * (promised.len() + excepted.len()) as f64;
        if at < promised.len() as f64 { [0, 1] } else { [1, 0] }
    }

    /// Calls in up to `places` people; `called` is told of each. Returns the places nobody could take.
    pub fn call_in(
        &mut self,
        places: usize,
        call: &Call<'_>,
        dice: &mut Dice,
        mut called: impl FnMut(Clock),
    ) -> usize {
        if places == 0 || self.is_empty() {
            return places;
        }
        let mut left = places;
        let mut give = |clock: Option<Clock>, left: &mut usize| {
            let is_given = clock.is_some();
            if let Some(clock) = clock {
                *left -= 1;
                called(clock);
            }
            is_given
        };
        let beyond = call.cut_off_days.map(|limit| call.day.saturating_sub(limit).saturating_sub(1));
        match call.rules.order {
            // keeps every cut-off by itself
            Order::LongestWait => {
                while left > 0 && give(self.first_line().and_then(Line::take_first), &mut left) {}
                return left;
            }
            Order::Random => {
                while left > 0 && give(take_beyond(&mut self.lines, beyond), &mut left) {}
                while left > 0 && give(self.take_any(dice), &mut left) {}
                return left;
            }
            Order::UrgencyThenWait | Order::Clinical => {}
        }
        let in_order = call.rules.order == Order::UrgencyThenWait;
        while left > 0 && give(self.lines[0].take_first_by(call.ready_by[0]), &mut left) {}
        while left > 0 && give(take_beyond(&mut self.lines[1..], beyond), &mut left) {}
        let mut allowed = whole(&mut self.due[1], call.rules.most_for_deadlines * places as f64).min(left);
        let dues = self.deadline_due.iter_mut().zip(&mut self.bookmarks);
        for (deadline, (due, bookmarks)) in call.rules.deadlines.iter().zip(dues) {
            let Some(day) = deadline.cohort(call.day) else { continue };
            while allowed > 0 && *due >= 1.0 {
                let mut promised = self.lines[PROMISED].iter_mut().zip(bookmarks.iter_mut());
                let next = promised.find_map(|(line, bookmark)| line.take_started_by(day, bookmark, dice));
                if !give(next, &mut left) {
                    break;
                }
                *due -= 1.0;
                allowed -= 1;
            }
        }
        if let Some(day) = call.excepted_by() {
            while allowed > 0 && self.exceptions_due >= 1.0 {
                let next = self.lines[EXCEPTED].take_started_by(day, &mut self.excepted_bookmark, dice);
                if !give(next, &mut left) {
                    break;
                }
                self.exceptions_due -= 1.0;
                allowed -= 1;
            }
        }
        while allowed > 0 && self.set_aside_due >= 1.0 {
            let by = LongWait::Over52Weeks.started_by(call.day);
            let next = self.lines[PROMISED].iter_mut().find_map(|line| line.take_first_by(by));
            if !give(next, &mut left) {
                break;
            }
            self.set_aside_due -= 1.0;
            allowed -= 1;
        }
        while left > 0 && give(self.lines[1].take_first_by(call.ready_by[1]), &mut left) {}
        let share = (call.rules.longest_first_share + call.longest_first_added).clamp(0.0, 1.0);
        let longest = if in_order { whole(&mut self.due[0], left as f64 * share).min(left) } else { 0 };
        for _ in 0..longest {
            if !give(self.lines[2].take_first(), &mut left) {
                break;
            }
        }
        while left > 0 && give(take_any_of(&mut self.lines[ROUTINE], dice), &mut left) {}
        left
    }

    /// Places a day that were set aside for earlier deadlines when the run begins.
    pub fn start_with_set_aside(&mut self, places_a_day: f64) {
        self.set_aside = places_a_day.max(0.0);
    }

    /// Reckons up what a day asks for if the deadlines are to be kept: once a day, with or without places. Places that
    /// have been set aside for a deadline stay set aside when it needs them no more: for the longest waiters over 52 weeks.
    pub fn reckon_deadlines(&mut self, call: &Call<'_>) {
        if self.is_empty() && self.set_aside <= 0.0 {
            return;
        }
        let effort = call.effort.max(0.0);
        let mut asked = 0.0;
        let dues = self.deadline_due.iter_mut().zip(&mut self.bookmarks);
        for (deadline, (due, bookmarks)) in call.rules.deadlines.iter().zip(dues) {
            let Some(day) = deadline.cohort(call.day) else { continue };
            let promised = self.lines[PROMISED].iter().zip(bookmarks);
            let cohort: f64 = promised.map(|(line, bookmark)| line.started_by(day, bookmark)).sum();
            if cohort <= 0.0 {
                *due = 0.0;
                continue;
            }
            let today = cohort / deadline.weekdays_left(call.day, call.part_of_time) * effort;
            // nobody is owed more than there are people
            *due = (*due + today).min(cohort);
            asked += today;
        }
        if let (Some(day), Some(days)) = (call.excepted_by(), call.rules.exceptions_last_days) {
            let over = self.lines[EXCEPTED].started_by(day, &mut self.excepted_bookmark);
            let ending = over / (days.max(1.0) * 5.0 / 7.0) * effort;
            self.exceptions_due = (self.exceptions_due + ending).min(over);
        }
        self.set_aside += (asked - self.set_aside).max(0.0) / call.rules.days_to_set_aside.max(1.0);
        let no_longer_asked = (self.set_aside * effort.min(1.0) - asked).max(0.0);
        // what could not be used is not made up for later
        self.set_aside_due = (self.set_aside_due + no_longer_asked).min(no_longer_asked + 1.0);
    }
}

/// Anybody in these lines, each with the same probability.
fn take_any_of(lines: &mut [Line], dice: &mut Dice) -> Option<Clock> {
    let mut index = dice.below(lines.iter().map(Line::len).sum());
    for line in lines {
        if index < line.len() {
            return line.take_any(dice);
        }
        index -= line.len();
    }
    None
}

/// Takes the longest waiter of the most urgent line in which anybody's clock started by `day`.
fn take_beyond(lines: &mut [Line], day: Option<i32>) -> Option<Clock> {
    let day = day?;
    // asked first: who is nobody's concern must not be swept out, or those without order are drawn differently
    lines.iter_mut().find(|line| line.has_started_by(day))?.take_first_by(day)
}

/// The whole part of a flow; the fraction is carried over.
pub(super) fn whole(carried: &mut f64, expected: f64) -> usize {
    let due = *carried + expected;
    // as an integer: rounding down is a call of a library function
    let whole = due as usize;
    *carried = (due - whole as f64).clamp(-1.0, 1.0);
    whole
}
