//! A waiting line: strict priority between classes, first come first served within each, and
//! removal from anywhere in constant time.

use crate::units::Time;

/// The most classes a queue can have.
pub const MOST_CLASSES: usize = 32;

const NOBODY: u32 = u32::MAX;

/// Where somebody stands in a queue. It goes stale when they leave, and is then ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    slot: u32,
    visit: u32,
}

impl Place {
    /// Nobody stands here.
    pub const NOWHERE: Self = Self { slot: NOBODY, visit: 0 };
}

#[derive(Clone, Copy, Debug)]
struct Waiting<J> {
    job: J,
    since: Time,
    previous: u32,
    next: u32,
    visit: u32,
    class: u8,
    is_present: bool,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    first: u32,
    last: u32,
    length: u32,
}

/// A queue of jobs `J` in classes 0 (served first) to 31.
#[derive(Clone, Debug)]
pub struct Queue<J> {
    waiting: Vec<Waiting<J>>,
    // the first free slot; each names the next in `next`
    free_slot: u32,
    lines: Vec<Line>,
    // bit c is set while class c has somebody waiting
    occupied: u32,
    length: u32,
}

impl<J: Copy> Queue<J> {
    /// An empty queue with `classes` classes (1 to 32; other numbers are brought into that range).
    pub fn with_classes(classes: usize) -> Self {
        let classes = classes.clamp(1, MOST_CLASSES);
        let lines = vec![Line { first: NOBODY, last: NOBODY, length: 0 }; classes];
        Self { waiting: Vec::new(), free_slot: NOBODY, lines, occupied: 0, length: 0 }
    }

    /// Number waiting.
    #[inline]
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether nobody waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Number of classes.
    #[inline]
    pub fn classes(&self) -> usize {
        self.lines.len()
    }

    /// Number waiting in `class`; 0 if there is no such class.
    pub fn len_of_class(&self, class: usize) -> usize {
        self.lines.get(class).map_or(0, |line| line.length as usize)
    }

    /// Joins the end of the line of `class` (the last class if there is no such class).
    #[inline]
    pub fn join(&mut self, job: J, class: usize, now: Time) -> Place {
        if self.free_slot == NOBODY {
            return self.join_with_room(job, class, now);
        }
        self.join_at_end(job, class, now)
    }

    #[cold]
    #[inline(never)]
    fn join_with_room(&mut self, job: J, class: usize, now: Time) -> Place {
        self.free_slot = self.waiting.len() as u32;
        self.waiting.push(Waiting {
            job,
            since: now,
            previous: NOBODY,
            next: NOBODY,
            visit: u32::MAX,
            class: 0,
            is_present: false,
        });
        self.join_at_end(job, class, now)
    }

    /// In the free slot, which there is.
    #[inline]
    fn join_at_end(&mut self, job: J, class: usize, now: Time) -> Place {
        let class = class.min(self.lines.len() - 1);
        let line = &mut self.lines[class];
        let free = &mut self.waiting[self.free_slot as usize];
        let slot = std::mem::replace(&mut self.free_slot, free.next);
        let visit = free.visit.wrapping_add(1);
        *free = Waiting {
            job,
            since: now,
            previous: line.last,
            next: NOBODY,
            visit,
            class: class as u8,
            is_present: true,
        };
        let last = std::mem::replace(&mut line.last, slot);
        line.length += 1;
        match self.waiting.get_mut(last as usize) {
            Some(before) => before.next = slot,
            None => {
                line.first = slot;
                self.occupied |= 1 << class;
            }
        }
        self.length += 1;
        Place { slot, visit }
    }

    /// Joins the front of the line of `class`: somebody who had been taken from it and comes back.
    pub fn join_first(&mut self, job: J, class: usize, now: Time) -> Place {
        let class = class.min(self.lines.len() - 1);
        let place = self.join(job, class, now);
        let Line { first, last, length } = self.lines[class];
        if length > 1 {
            let before = self.waiting[last as usize].previous;
            self.waiting[before as usize].next = NOBODY;
            self.waiting[first as usize].previous = last;
            (self.waiting[last as usize].previous, self.waiting[last as usize].next) = (NOBODY, first);
            self.lines[class] = Line { first: last, last: before, length };
        }
        place
    }

    /// The most urgent class in which somebody waits.
    #[inline]
    pub fn first_class(&self) -> Option<usize> {
        (self.occupied != 0).then(|| self.occupied.trailing_zeros() as usize)
    }

    /// The classes in which somebody waits, most urgent first.
    pub fn classes_waiting(&self) -> impl Iterator<Item = usize> + use<J> {
        let mut left = self.occupied;
        std::iter::from_fn(move || {
            let class = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(class)
        })
    }

    /// Takes the first of the most urgent class, with the time since when they have waited.
    #[inline]
    pub fn take_first(&mut self) -> Option<(J, Time)> {
        self.first_class().and_then(|class| self.take_first_of(class))
    }

    /// Takes the first of `class`, with the time since when they have waited.
    #[inline]
    pub fn take_first_of(&mut self, class: usize) -> Option<(J, Time)> {
        let slot = self.lines.get(class)?.first;
        (slot != NOBODY).then(|| self.unlink(slot))
    }

    /// The first of `class` and since when they have waited.
    pub fn peek(&self, class: usize) -> Option<(J, Time)> {
        let first = self.waiting.get(self.lines.get(class)?.first as usize)?;
        Some((first.job, first.since))
    }

    /// Removes somebody from anywhere in the queue; `None` if they have already left.
    pub fn leave(&mut self, place: Place) -> Option<(J, Time)> {
        self.is_waiting(place).then(|| self.unlink(place.slot))
    }

    /// Whether whoever was given `place` is still waiting.
    pub fn is_waiting(&self, place: Place) -> bool {
        self.waiting
            .get(place.slot as usize)
            .is_some_and(|entry| entry.is_present && entry.visit == place.visit)
    }

    /// Moves somebody to the end of another class, keeping the time since when they have waited;
    /// `None` if they have already left.
    pub fn change_class(&mut self, place: Place, class: usize) -> Option<Place> {
        let (job, since) = self.leave(place)?;
        Some(self.join(job, class, since))
    }

    #[inline]
    fn unlink(&mut self, slot: u32) -> (J, Time) {
        let entry = &mut self.waiting[slot as usize];
        let Waiting { job, since, previous, next, class, .. } = *entry;
        entry.is_present = false;
        entry.next = std::mem::replace(&mut self.free_slot, slot);
        let class = usize::from(class);
        let line = &mut self.lines[class];
        line.length -= 1;
        self.length -= 1;
        match self.waiting.get_mut(previous as usize) {
            Some(before) => before.next = next,
            None => line.first = next,
        }
        match self.waiting.get_mut(next as usize) {
            Some(after) => after.previous = previous,
            None => line.last = previous,
        }
        if line.length == 0 {
            self.occupied &= !(1 << class);
        }
        (job, since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn urgent_first_then_first_come_first_served() {
        let mut queue = Queue::with_classes(2);
        for (job, class) in [(1, 1), (2, 0), (3, 1), (4, 0)] {
            queue.join(job, class, Time::ZERO);
        }
        let order: Vec<i32> = std::iter::from_fn(|| queue.take_first().map(|(job, _)| job)).collect();
        assert_eq!(order, [2, 4, 1, 3]);
    }

    #[test]
    fn whoever_comes_back_stands_first() {
        let mut queue = Queue::with_classes(2);
        let back = queue.join_first('a', 1, Time::ZERO);
        queue.join('b', 1, Time::ZERO);
        queue.join_first('c', 1, Time::ZERO);
        queue.join_first('d', 1, Time::ZERO);
        queue.join('e', 1, Time::ZERO);
        assert_eq!(queue.leave(back), Some(('a', Time::ZERO)));
        let order: Vec<char> = std::iter::from_fn(|| queue.take_first().map(|(job, _)| job)).collect();
        assert_eq!(order, ['d', 'c', 'b', 'e']);
    }

    #[test]
    fn a_stale_place_is_ignored() {
        let mut queue = Queue::with_classes(1);
        let place = queue.join('a', 0, Time::ZERO);
        assert_eq!(queue.leave(place), Some(('a', Time::ZERO)));
        let again = queue.join('b', 0, Time::ZERO);
        assert_eq!(queue.leave(place), None);
        assert!(queue.is_waiting(again));
    }

    #[test]
    fn changing_class_keeps_the_time_waited() {
        let mut queue = Queue::with_classes(3);
        let place = queue.join('a', 2, Time::from_millis(5));
        queue.join('b', 1, Time::from_millis(6));
        queue.change_class(place, 0).unwrap();
        assert_eq!(queue.take_first(), Some(('a', Time::from_millis(5))));
    }

    proptest! {
        #[test]
        fn nobody_is_lost_or_served_twice(steps in prop::collection::vec((0_u8..4, 0_usize..3), 1..300)) {
            let mut queue = Queue::with_classes(3);
            let mut model: Vec<(usize, u32, Place)> = Vec::new();
            for (job, (action, class)) in (0_u32..).zip(steps) {
                match action {
                    0 | 1 => {
                        let place = queue.join(job, class, Time::ZERO);
                        model.push((class, job, place));
                    }
                    2 => {
                        let expected = model.iter().map(|&(c, j, _)| (c, j)).min();
                        prop_assert_eq!(queue.take_first().map(|(j, _)| j), expected.map(|e| e.1));
                        model.retain(|&(c, j, _)| Some((c, j)) != expected);
                    }
                    _ => if !model.is_empty() {
                        let (_, job, place) = model.remove(class % model.len());
                        prop_assert_eq!(queue.leave(place).map(|(j, _)| j), Some(job));
                    }
                }
                prop_assert_eq!(queue.len(), model.len());
                for c in 0..3 {
                    prop_assert_eq!(queue.len_of_class(c), model.iter().filter(|m| m.0 == c).count());
                }
            }
        }
    }
}
