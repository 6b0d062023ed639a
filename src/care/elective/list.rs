//! A line of people: clocks in order of their start, eight bytes each.

use super::clock::Clock;
use crate::random::Dice;
use std::hint::select_unpredictable;

/// Clocks in order of their start, from which people can leave anywhere: they are marked, and swept out
/// when they reach the front or make up a fifth of the line: the fewer they are, the more draws find
/// somebody at once.
#[derive(Debug)]
pub struct Line {
    // those before `front` have left
    clocks: Vec<Clock>,
    front: usize,
    waiting: usize,
    // nobody in the line started later: the last clock is not read for those who join behind it
    latest_start: i32,
}

impl Default for Line {
    fn default() -> Self {
        Self { clocks: Vec::new(), front: 0, waiting: 0, latest_start: i32::MIN }
    }
}

/// Where in a line somebody was found, to be looked for near it the next time. Wherever it is, what is found is right.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bookmark(u32);

/// A copy has room to grow: made exactly as long as the line, it would be moved whole by the next to join.
impl Clone for Line {
    fn clone(&self) -> Self {
        let line = self.clocks();
        let mut clocks = Vec::with_capacity(line.len() + room_to_grow(line.len()));
        clocks.extend_from_slice(line);
        Self { clocks, front: 0, ..*self }
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
        self.clocks().iter().copied().filter(|clock| !clock.is_stopped())
    }

    /// All clocks, longest first, those marked as gone included.
    #[inline]
    pub fn clocks(&self) -> &[Clock] {
        self.clocks.get(self.front..).unwrap_or_default()
    }

    /// Joins at the place that goes with the start of the clock.
    #[inline]
    pub fn add(&mut self, clock: Clock) {
        if clock.start_day() >= self.latest_start && self.clocks.len() < self.clocks.capacity() {
            self.waiting += 1;
            self.latest_start = clock.start_day();
            self.clocks.push(clock);
        } else {
            self.add_all(&[clock]);
        }
    }

    /// The same for several, in the order of their starts: who waits behind them moves once for all.
    #[inline(never)]
    pub fn add_all(&mut self, newcomers: &[Clock]) {
        let Some(last) = newcomers.last() else { return };
        self.make_room(newcomers.len());
        self.waiting += newcomers.len();
        self.latest_start = self.latest_start.max(last.start_day());
        // those up to `unmoved` are where they were; from `filled` on everybody is in place
        let mut unmoved = self.clocks.len();
        self.clocks.extend_from_slice(newcomers);
        let mut filled = self.clocks.len();
        for &clock in newcomers.iter().rev() {
            // who joins has usually waited less than most
            let before = self.clocks.get(self.front..unmoved).unwrap_or_default();
            let place = self.front + number_started_by_near(before, clock.start_day(), before.len());
            filled -= unmoved - place;
            self.clocks.copy_within(place..unmoved, filled);
            filled -= 1;
            self.clocks[filled] = clock;
            unmoved = place;
        }
    }

    /// Room for so many more: that of those who have left at the front if it is an eighth of the line, or else more.
    fn make_room(&mut self, more: usize) {
        if self.clocks.capacity() - self.clocks.len() >= more {
            return;
        }
        if self.front >= more && 8 * self.front >= self.clocks.len() {
            self.clocks.drain(..self.front);
            self.front = 0;
        } else {
            self.clocks.reserve_exact(more.max(room_to_grow(self.clocks.len())));
        }
    }

    /// The longest waiter.
    #[inline]
    pub fn first(&mut self) -> Option<Clock> {
        let gone = self.clocks().iter().take_while(|clock| clock.is_stopped()).count();
        self.front += gone;
        self.clocks.get(self.front).copied()
    }

    /// Takes the longest waiter.
    pub fn take_first(&mut self) -> Option<Clock> {
        let clock = self.first()?;
        self.front += 1;
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
        self.clocks().iter().take_while(|clock| clock.start_day() <= day).any(|clock| !clock.is_stopped())
    }

    /// Takes anyone, each with the same probability.
    pub fn take_any(&mut self, dice: &mut Dice) -> Option<Clock> {
        if self.waiting == 0 {
            return None;
        }
        if 4 * self.clocks().len() > 5 * self.waiting {
            self.sweep();
        }
        loop {
            // at least four in five of the line are waiting, so this ends
            let index = dice.below(self.clocks().len());
            if let Some(taken) = self.take_at(index) {
                return Some(taken);
            }
        }
    }

    /// Sweeps out who is marked as gone. Who that is nobody can foresee, so that it is no branch.
    fn sweep(&mut self) {
        let mut kept = 0;
        for at in self.front..self.clocks.len() {
            let clock = self.clocks[at];
            self.clocks[kept] = clock;
            kept += usize::from(!clock.is_stopped());
        }
        self.clocks.truncate(kept);
        self.front = 0;
    }

    /// Takes anyone whose clock started by `day`, each with about the same probability; the longest
    /// waiter if most of those have left.
    pub fn take_started_by(&mut self, day: i32, bookmark: &mut Bookmark, dice: &mut Dice) -> Option<Clock> {
        self.first().filter(|clock| clock.start_day() <= day)?;
        let eligible = self.number_started_by(day, bookmark);
        for _ in 0..8 {
            let taken = self.take_at(dice.below(eligible));
            if taken.is_some() {
                return taken;
            }
        }
        self.take_first()
    }

    /// Takes anyone whose clock started after `day`, each with about the same probability.
    pub fn take_started_after(&mut self, day: i32, dice: &mut Dice) -> Option<Clock> {
        let clocks = self.clocks();
        let earlier = number_started_by_near(clocks, day, clocks.len());
        let later = clocks.len() - earlier;
        (0..8).find_map(|_| self.take_at(earlier + dice.below(later)))
    }

    /// About how many clocks started by `day`: those marked as gone are taken to be spread evenly.
    pub fn started_by(&self, day: i32, bookmark: &mut Bookmark) -> f64 {
        let started = self.number_started_by(day, bookmark);
        started as f64 * self.waiting as f64 / self.clocks().len().max(1) as f64
    }

    /// Clocks that started by `day`, those marked as gone included.
    fn number_started_by(&self, day: i32, bookmark: &mut Bookmark) -> usize {
        let number = number_started_by_near(self.clocks(), day, bookmark.0 as usize);
        bookmark.0 = number as u32;
        number
    }

    fn take_at(&mut self, index: usize) -> Option<Clock> {
        let clock = self.clocks.get_mut(self.front + index).filter(|clock| !clock.is_stopped())?;
        let taken = *clock;
        clock.stop();
        self.waiting -= 1;
        Some(taken)
    }
}

/// Of clocks in order of their start, the number that started by `day`, those marked as gone included. Looked for from `near` in
/// growing steps: of one place onwards, where a bookmark is mostly right, and of eight back, where whoever joins finds their
/// place a little further on.
fn number_started_by_near(clocks: &[Clock], day: i32, near: usize) -> usize {
    let near = near.min(clocks.len());
    let (before, after) = clocks.split_at_checked(near).unwrap_or((clocks, &[]));
    let starts_later =
        |from_back: usize| before.iter().nth_back(from_back).is_some_and(|clock| clock.start_day() > day);
    if starts_later(0) {
        return near - first_without_from_start(before.len(), 8, starts_later);
    }
    near + first_without_from_start(after.len(), 1, |index| {
        after.get(index).is_some_and(|c| c.start_day() <= day)
    })
}

/// The first index below `length` that lacks what all before it have, `length` if all have it. None beyond has it.
fn first_without_from_start(length: usize, step: usize, has: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, step);
    while has(high - 1) {
        low = high;
        high *= 2;
    }
    // the first `low` have it, the one at `high - 1` does not
    first_without(low, (high - 1).min(length), has)
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
    use super::super::clock::{Route, Urgency};
    use super::super::function::Function;
    use super::super::plan::Plan;
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

    /// Some have left, at the front too; several of the newcomers started on one day.
    #[test]
    fn those_who_join_together_stand_as_if_they_had_joined_one_by_one() {
        let mut dice = Stream::of_seed(5).dice();
        for round in 0..200 {
            let mut together = Line::default();
            (0..round % 40).for_each(|i| together.add(clock(i, (dice.uniform() * 30.0) as i32)));
            (0..round % 7).filter_map(|_| together.take_any(&mut dice)).for_each(|_| ());
            (0..round % 3).filter_map(|_| together.take_first()).for_each(|_| ());
            let mut one_by_one = together.clone();
            let starts = (0..round % 11).map(|_| (dice.uniform() * 40.0) as i32 - 5);
            let mut newcomers: Vec<Clock> = (100..).zip(starts).map(|(n, start)| clock(n, start)).collect();
            newcomers.sort_by_key(|clock| clock.start_day());
            together.add_all(&newcomers);
            newcomers.iter().for_each(|&clock| one_by_one.add(clock));
            assert!(together.iter().eq(one_by_one.iter()));
            assert_eq!(together.len(), one_by_one.len());
            assert!(together.clocks().is_sorted_by_key(|clock| clock.start_day()));
        }
    }

    /// As many join as leave: the room of those who have left is used again.
    #[test]
    fn a_line_of_constant_length_does_not_grow() {
        let mut line = line(1_000);
        for n in 1_000..100_000 {
            line.take_first();
            line.add(clock(n, n as i32 / 4));
        }
        assert_eq!(line.len(), 1_000);
        assert!(line.clocks.capacity() < 1_600, "{}", line.clocks.capacity());
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
        assert!((line.started_by(99, &mut Bookmark::default()) - 100.0).abs() < 1e-9);
        assert_eq!(
            everybody(|| line.take_started_by(99, &mut Bookmark::default(), &mut dice)),
            (0..100).collect::<Vec<_>>()
        );
        assert_eq!(line.take_first_by(99), None);
        assert!(everybody(|| line.take_started_after(449, &mut dice)).iter().all(|&n| n >= 450));
        assert_eq!(line.take_first_by(100).map(Clock::number), Some(100));
    }

    /// Wherever the bookmark is, beyond the end too; several started on one day.
    #[test]
    fn a_bookmark_changes_nothing_but_the_way_there() {
        let clocks: Vec<Clock> = (0..60).map(|i| clock(i, i as i32 / 3)).collect();
        for day in -1..=20 {
            let started = clocks.iter().filter(|clock| clock.start_day() <= day).count();
            for near in 0..=70 {
                assert_eq!(number_started_by_near(&clocks, day, near), started, "{day} from {near}");
            }
            assert_eq!(number_started_by_near(&[], day, 3), 0);
        }
    }
}
