//! The waiting list: clocks in order of their start, eight bytes each.

use crate::random::Dice;
use std::collections::VecDeque;

/// How a pathway will end if it is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Treatment with admission, day case or overnight.
    Admitted,
    /// Treatment without admission.
    NonAdmitted,
}

/// One patient's clock: eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    number: u32,
    start_day: i16,
    flags: u8,
}

const ADMITTED: u8 = 1;
const URGENT: u8 = 2;
const STOPPED: u8 = 4;

impl Clock {
    /// The clock of the person numbered `number`, started on `start_day` of the run (negative: before
    /// it; within 89 years of it).
    pub fn new(number: u32, start_day: i32, route: Route, is_urgent: bool) -> Self {
        let start_day = start_day.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        let route_flag = if route == Route::Admitted { ADMITTED } else { 0 };
        Self { number, start_day, flags: route_flag | if is_urgent { URGENT } else { 0 } }
    }

    /// Whose clock it is.
    pub fn number(self) -> u32 {
        self.number
    }

    /// The day of the run on which it started.
    pub fn start_day(self) -> i32 {
        self.start_day.into()
    }

    fn line(self) -> usize {
        usize::from(self.flags & (ADMITTED | URGENT))
    }

    fn is_stopped(self) -> bool {
        self.flags & STOPPED != 0
    }
}

/// A first-come line from which people can also leave anywhere: they are marked, and swept out
/// when they reach an end or make up half of the line.
#[derive(Clone, Debug, Default)]
struct Line {
    clocks: VecDeque<Clock>,
    waiting: usize,
}

impl Line {
    fn push_back(&mut self, clock: Clock) {
        self.clocks.push_back(clock);
        self.waiting += 1;
    }

    fn first(&mut self) -> Option<Clock> {
        while self.clocks.front().is_some_and(|clock| clock.is_stopped()) {
            self.clocks.pop_front();
        }
        self.clocks.front().copied()
    }

    fn pop_front(&mut self) -> Option<Clock> {
        let clock = self.first()?;
        self.clocks.pop_front();
        self.waiting -= 1;
        Some(clock)
    }

    /// Anyone, each with the same probability.
    fn take_any(&mut self, dice: &mut Dice) -> Option<Clock> {
        if self.waiting == 0 {
            return None;
        }
        if self.clocks.len() > 2 * self.waiting {
            self.clocks.retain(|clock| !clock.is_stopped());
        }
        loop {
            // at least half of the line is waiting, so this ends
            let index = (dice.uniform() * self.clocks.len() as f64) as usize;
            if let Some(clock) = self.clocks.get_mut(index).filter(|clock| !clock.is_stopped()) {
                let taken = *clock;
                clock.flags |= STOPPED;
                self.waiting -= 1;
                return Some(taken);
            }
        }
    }

    /// Anyone whose clock started by `start_day`, each with about the same probability; the longest
    /// waiter if most of those have left.
    fn take_started_by(&mut self, start_day: i32, dice: &mut Dice) -> Option<Clock> {
        self.first().filter(|clock| clock.start_day() <= start_day)?;
        let eligible = self.clocks.partition_point(|clock| clock.start_day() <= start_day);
        for _ in 0..8 {
            let index = (dice.uniform() * eligible as f64) as usize;
            let chosen = self.clocks.get_mut(index);
            if let Some(clock) = chosen.filter(|c| !c.is_stopped() && c.start_day() <= start_day) {
                let taken = *clock;
                clock.flags |= STOPPED;
                self.waiting -= 1;
                return Some(taken);
            }
        }
        self.pop_front()
    }

    fn started_by(&self, start_day: i32) -> usize {
        self.clocks.partition_point(|clock| clock.start_day() <= start_day)
    }

    fn iter(&self) -> impl Iterator<Item = Clock> + '_ {
        self.clocks.iter().copied().filter(|clock| !clock.is_stopped())
    }
}

/// All clocks running at one provider.
#[derive(Clone, Debug, Default)]
pub struct WaitingList {
    // by the admitted and urgent bits, each in order of start days
    lines: [Line; 4],
    // cancelled on the day: in the order of cancellation
    cancelled: Line,
}

const fn line_of(route: Route, is_urgent: bool) -> usize {
    let admitted = match route {
        Route::Admitted => ADMITTED,
        Route::NonAdmitted => 0,
    };
    (admitted | if is_urgent { URGENT } else { 0 }) as usize
}

impl WaitingList {
    /// Number waiting.
    pub fn len(&self) -> usize {
        self.lines.iter().map(|line| line.waiting).sum::<usize>() + self.cancelled.waiting
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everybody waiting.
    pub fn iter(&self) -> impl Iterator<Item = Clock> + '_ {
        self.lines.iter().chain([&self.cancelled]).flat_map(Line::iter)
    }

    /// Starts a clock. Clocks are started in order of their start day.
    pub fn add(&mut self, clock: Clock) {
        self.lines[clock.line()].push_back(clock);
    }

    /// Puts somebody back who was called in and cancelled: they are called in again before anybody
    /// else, those cancelled first first.
    pub fn put_back(&mut self, clock: Clock) {
        self.cancelled.push_back(clock);
    }

    /// The patient who was cancelled first and has not been called in again.
    pub fn take_cancelled(&mut self) -> Option<Clock> {
        self.cancelled.pop_front()
    }

    /// The longest-waiting urgent patient of this route whose clock started by `ready_day`.
    pub fn take_urgent(&mut self, route: Route, ready_day: i32) -> Option<Clock> {
        let line = &mut self.lines[line_of(route, true)];
        line.first().filter(|clock| clock.start_day() <= ready_day)?;
        line.pop_front()
    }

    /// The longest-waiting routine patient of this route.
    pub fn take_longest(&mut self, route: Route) -> Option<Clock> {
        self.lines[line_of(route, false)].pop_front()
    }

    /// A routine patient of this route, in no order of waiting.
    pub fn take_routine(&mut self, route: Route, dice: &mut Dice) -> Option<Clock> {
        self.lines[line_of(route, false)].take_any(dice)
    }

    /// Somebody of any kind, each with the same probability.
    pub fn remove_any(&mut self, dice: &mut Dice) -> Option<Clock> {
        let mut index = (dice.uniform() * self.len() as f64) as usize;
        for line in self.lines.iter_mut().chain([&mut self.cancelled]) {
            if index < line.waiting {
                return line.take_any(dice);
            }
            index -= line.waiting;
        }
        None
    }

    /// Somebody whose clock started by `start_day`, of any kind; `None` if there is nobody.
    pub fn remove_started_by(&mut self, start_day: i32, dice: &mut Dice) -> Option<Clock> {
        let eligible = self.lines.each_ref().map(|line| line.started_by(start_day));
        let mut index = (dice.uniform() * eligible.iter().sum::<usize>() as f64) as usize;
        for (line, eligible) in self.lines.iter_mut().zip(eligible) {
            if index < eligible {
                return line.take_started_by(start_day, dice);
            }
            index -= eligible;
        }
        None
    }

    /// Patients whose clock has run for more than `days` on the eve of the day numbered `today`.
    pub fn over(&self, days: i32, today: i32) -> usize {
        self.iter().filter(|clock| today - clock.start_day() > days).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn list(n: u32) -> WaitingList {
        let mut list = WaitingList::default();
        (0..n).for_each(|i| list.add(Clock::new(i, i as i32, Route::NonAdmitted, false)));
        list
    }

    #[test]
    fn a_clock_takes_eight_bytes() {
        assert_eq!(size_of::<Clock>(), 8);
    }

    #[test]
    fn the_longest_waiter_is_the_first_who_has_not_left() {
        let mut list = list(100);
        let mut dice = Stream::of_seed(3).dice();
        let left: Vec<u32> = (0..60).filter_map(|_| list.remove_any(&mut dice)).map(Clock::number).collect();
        let longest = list.take_longest(Route::NonAdmitted).unwrap().number();
        assert_eq!(Some(longest), (0..100).find(|n| !left.contains(n)));
        assert_eq!(list.len(), 39);
    }

    #[test]
    fn nobody_leaves_twice() {
        let mut list = list(500);
        let mut dice = Stream::of_seed(4).dice();
        let mut left: Vec<u32> =
            std::iter::from_fn(|| list.remove_any(&mut dice)).map(Clock::number).collect();
        left.sort_unstable();
        assert_eq!(left, (0..500).collect::<Vec<_>>());
        assert!(list.is_empty());
    }

    #[test]
    fn long_waiters_are_removed_from_among_themselves() {
        let mut list = list(500);
        let mut dice = Stream::of_seed(4).dice();
        let mut left: Vec<u32> =
            std::iter::from_fn(|| list.remove_started_by(99, &mut dice)).map(Clock::number).collect();
        left.sort_unstable();
        assert_eq!(left, (0..100).collect::<Vec<_>>());
        assert_eq!(list.len(), 400);
    }

    #[test]
    fn whoever_was_cancelled_is_called_in_first() {
        let mut list = list(3);
        let last = (0..3).filter_map(|_| list.take_longest(Route::NonAdmitted)).last().unwrap();
        list.put_back(last);
        assert_eq!((list.len(), list.iter().next()), (1, Some(last)));
        assert_eq!(list.take_cancelled(), Some(last));
        assert!(list.is_empty());
    }

    #[test]
    fn targets_count_days_beyond_the_limit() {
        let list = list(500);
        assert_eq!(list.over(364, 365), 1); // only the clock started on day 0 has run 365 days
        assert_eq!(list.over(364, 364), 0);
    }

    #[test]
    fn urgent_patients_wait_until_they_can_be_treated() {
        let mut list = WaitingList::default();
        list.add(Clock::new(1, 10, Route::Admitted, true));
        assert_eq!(list.take_urgent(Route::Admitted, 9), None);
        assert_eq!(list.take_urgent(Route::Admitted, 10).map(Clock::number), Some(1));
    }
}
