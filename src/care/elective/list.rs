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

    fn push_front(&mut self, clock: Clock) {
        self.clocks.push_front(clock);
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

    fn iter(&self) -> impl Iterator<Item = Clock> + '_ {
        self.clocks.iter().copied().filter(|clock| !clock.is_stopped())
    }
}

/// All clocks running at one provider.
#[derive(Clone, Debug, Default)]
pub struct WaitingList {
    // by the admitted and urgent bits
    lines: [Line; 4],
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
        self.lines.iter().map(|line| line.waiting).sum()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everybody waiting.
    pub fn iter(&self) -> impl Iterator<Item = Clock> + '_ {
        self.lines.iter().flat_map(Line::iter)
    }

    /// Starts a clock. Clocks are started in order of their start day.
    pub fn add(&mut self, clock: Clock) {
        self.lines[clock.line()].push_back(clock);
    }

    /// Puts somebody back at the front of their line.
    pub fn put_back(&mut self, clock: Clock) {
        self.lines[clock.line()].push_front(clock);
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
        for line in &mut self.lines {
            if index < line.waiting {
                return line.take_any(dice);
            }
            index -= line.waiting;
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
