//! A line of people: clocks in order of their start, eight bytes each.

use super::clock::Clock;
use crate::random::Dice;
use std::collections::VecDeque;
use std::hint::select_unpredictable;

/// Clocks in order of their start, from which people can leave anywhere: they are marked, and swept out
/// when they reach an end or make up a fifth of the line: the fewer they are, the more draws find
/// somebody at once.
#[derive(Debug)]
pub struct Line {
    clocks: VecDeque<Clock>,
    waiting: usize,
    // nobody in the line started later: the last clock is not read for those who join behind it
    latest_start: i32,
}

impl Default for Line {
    fn default() -> Self {
        Self { clocks: VecDeque::new(), waiting: 0, latest_start: i32::MIN }
    }
}

/// A copy has room to grow: made exactly as long as the line, it would be moved whole by the next to join.
impl Clone for Line {
    fn clone(&self) -> Self {
        let mut clocks = VecDeque::with_capacity(self.clocks.len() + room_to_grow(self.clocks.len()));
        clocks.extend(&self.clocks);
        Self { clocks, waiting: self.waiting, latest_start: self.latest_start }
    }
}

/// Lines are all there is to a list of seven million: they do not double when they are full.
const fn room_to_grow(length: usize) -> usize {
    length / 4 + 8
}

impl Line {
    /// Number waiting.
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// Everybody waiting, longest first.
    #[cfg(test)]
    pub fn iter(&self) -> impl Iterator<Item = Clock> + '_ {
        self.clocks.iter().copied().filter(|clock| !clock.is_stopped())
    }

    /// All clocks, longest first, those marked as gone included.
    pub fn clocks(&self) -> [&[Clock]; 2] {
        let (front, back) = self.clocks.as_slices();
        [front, back]
    }

    /// Joins at the place that goes with the start of the clock.
    #[inline]
    pub fn add(&mut self, clock: Clock) {
        self.waiting += 1;
        if clock.start_day() >= self.latest_start && self.clocks.len() < self.clocks.capacity() {
            self.latest_start = clock.start_day();
            self.clocks.push_back(clock);
        } else {
            self.insert(clock);
        }
    }

    #[inline(never)]
    fn insert(&mut self, clock: Clock) {
        if self.clocks.len() == self.clocks.capacity() {
            self.clocks.reserve_exact(room_to_grow(self.clocks.len()));
        }
        self.latest_start = self.latest_start.max(clock.start_day());
        let place = self.number_started_by_from_back(clock.start_day());
        self.clocks.insert(place, clock);
    }

    /// The longest waiter.
    pub fn first(&mut self) -> Option<Clock> {
        while self.clocks.front().is_some_and(|clock| clock.is_stopped()) {
            self.clocks.pop_front();
        }
        self.clocks.front().copied()
    }

    /// Takes the longest waiter.
    pub fn take_first(&mut self) -> Option<Clock> {
        let clock = self.first()?;
        self.clocks.pop_front();
        self.waiting -= 1;
        Some(clock)
    }

    /// Takes the longest waiter if their clock started by `day`.
    pub fn take_first_by(&mut self, day: i32) -> Option<Clock> {
        self.first().filter(|clock| clock.start_day() <= day)?;
        self.take_first()
    }

    /// Whether anybody waits whose clock started by `day`. Sweeps nobody out, so that to ask changes nothing.
    pub fn has_started_by(&self, day: i32) -> bool {
        self.clocks.iter().take_while(|clock| clock.start_day() <= day).any(|clock| !clock.is_stopped())
    }

    /// Takes anyone, each with the same probability.
    pub fn take_any(&mut self, dice: &mut Dice) -> Option<Clock> {
        if self.waiting == 0 {
            return None;
        }
        if 4 * self.clocks.len() > 5 * self.waiting {
            self.sweep();
        }
        loop {
            // at least four in five of the line are waiting, so this ends
            let index = (dice.uniform() * self.clocks.len() as f64) as usize;
            if let Some(taken) = self.take_at(index) {
                return Some(taken);
            }
        }
    }

    /// Sweeps out who is marked as gone. Who that is nobody can foresee, so that it is no branch.
    fn sweep(&mut self) {
        let mut kept = 0;
        let clocks = self.clocks.make_contiguous();
        for at in 0..clocks.len() {
            let clock = clocks[at];
            clocks[kept] = clock;
            kept += usize::from(!clock.is_stopped());
        }
        self.clocks.truncate(kept);
    }

    /// Takes anyone whose clock started by `day`, each with about the same probability; the longest
    /// waiter if most of those have left.
    pub fn take_started_by(&mut self, day: i32, dice: &mut Dice) -> Option<Clock> {
        self.first().filter(|clock| clock.start_day() <= day)?;
        let eligible = self.number_started_by(day);
        for _ in 0..8 {
            let taken = self.take_at((dice.uniform() * eligible as f64) as usize);
            if taken.is_some() {
                return taken;
            }
        }
        self.take_first()
    }

    /// Takes anyone whose clock started after `day`, each with about the same probability.
    pub fn take_started_after(&mut self, day: i32, dice: &mut Dice) -> Option<Clock> {
        let earlier = self.number_started_by_from_back(day);
        let later = self.clocks.len() - earlier;
        (0..8).find_map(|_| self.take_at(earlier + (dice.uniform() * later as f64) as usize))
    }

    /// About how many clocks started by `day`: those marked as gone are taken to be spread evenly.
    pub fn started_by(&self, day: i32) -> f64 {
        let started = self.number_started_by(day);
        started as f64 * self.waiting as f64 / self.clocks.len().max(1) as f64
    }

    /// Clocks that started by `day`, those marked as gone included. Looked for from the front in growing
    /// steps: who is asked about has usually waited long.
    fn number_started_by(&self, day: i32) -> usize {
        let has_started = |index: usize| self.clocks.get(index).is_some_and(|c| c.start_day() <= day);
        let mut step = 1;
        while has_started(step - 1) {
            step *= 2;
        }
        // the first `step / 2` have started, the clock at `step - 1` has not
        first_without(step / 2, (step - 1).min(self.clocks.len()), has_started)
    }

    /// The same, looked for from the back: who joins has usually waited less than most.
    fn number_started_by_from_back(&self, day: i32) -> usize {
        let length = self.clocks.len();
        let starts_later = |from_back: usize| {
            let clock = length.checked_sub(from_back + 1).and_then(|index| self.clocks.get(index));
            clock.is_some_and(|c| c.start_day() > day)
        };
        let mut step = 1;
        while starts_later(step - 1) {
            step *= 2;
        }
        length - first_without(step / 2, (step - 1).min(length), starts_later)
    }

    fn take_at(&mut self, index: usize) -> Option<Clock> {
        let clock = self.clocks.get_mut(index).filter(|clock| !clock.is_stopped())?;
        let taken = *clock;
        clock.stop();
        self.waiting -= 1;
        Some(taken)
    }
}

/// The first index from `low` on that lacks what all before it have; `high` if all have it. Which half it is in nobody
/// can foresee, so that is no branch.
fn first_without(low: usize, high: usize, has: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut left) = (low, high.saturating_sub(low));
    while left > 0 {
        let half = left / 2;
        let is_beyond = has(low + half);
        low = select_unpredictable(is_beyond, low + half + 1, low);
        left = select_unpredictable(is_beyond, left - half - 1, half);
    }
    low
}

#[cfg(test)]
mod tests {
    use super::super::clock::{Plan, Route, Urgency};
    use super::super::function::Function;
    use super::*;
    use crate::random::Stream;

    fn clock(number: u32, start_day: i32) -> Clock {
        let plan = Plan {
            function: Function::of_index(0),
            urgency: Urgency::Routine,
            route: Route::NonAdmitted,
            needs_test: false,
            needs_review: false,
            overnight: false,
            excepted: false,
        };
        Clock::new(number, start_day, plan)
    }

    fn line(n: u32) -> Line {
        let mut line = Line::default();
        // in no order: the line sorts them
        (0..n).map(|i| (i * 37) % n).for_each(|i| line.add(clock(i, i as i32)));
        line
    }

    fn everybody(take: impl FnMut() -> Option<Clock>) -> Vec<u32> {
        let mut numbers: Vec<u32> = std::iter::from_fn(take).map(Clock::number).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn the_longest_waiter_is_the_first_who_has_not_left() {
        let mut line = line(100);
        let mut dice = Stream::of_seed(3).dice();
        let left: Vec<u32> = (0..60).filter_map(|_| line.take_any(&mut dice)).map(Clock::number).collect();
        let longest = line.take_first().unwrap().number();
        assert_eq!(Some(longest), (0..100).find(|n| !left.contains(n)));
        assert_eq!((line.len(), line.iter().count()), (39, 39));
    }

    #[test]
    fn nobody_leaves_twice() {
        let mut line = line(500);
        let mut dice = Stream::of_seed(4).dice();
        assert_eq!(everybody(|| line.take_any(&mut dice)), (0..500).collect::<Vec<_>>());
        assert_eq!(line.len(), 0);
    }

    #[test]
    fn people_are_taken_from_among_those_who_started_in_time() {
        let mut dice = Stream::of_seed(4).dice();
        let mut line = line(500);
        assert!((line.started_by(99) - 100.0).abs() < 1e-9);
        assert_eq!(everybody(|| line.take_started_by(99, &mut dice)), (0..100).collect::<Vec<_>>());
        assert_eq!(line.take_first_by(99), None);
        assert!(everybody(|| line.take_started_after(449, &mut dice)).iter().all(|&n| n >= 450));
        assert_eq!(line.take_first_by(100).map(Clock::number), Some(100));
    }
}
