//! The future event list: an implicit 4-ary heap of 16-byte keys.
//!
//! A key packs time (64 bits), turn (3 bits), sequence number (29 bits) and the slot of the event
//! (32 bits) into one integer, so that one comparison orders by time, then turn, then order of
//! scheduling. Popping moves the hole to the bottom by a tournament among the four children and
//! lets the last key rise from there, which saves the comparisons that a downward sift wastes.
//!
//! The next two arrivals wait beside the heap. A source of arrivals has one event in the list at a
//! time, usually near: in the heap it would rise to the top and send another key down again.
//!
//! An event that may be cancelled leaves its key behind, which is thrown away when it comes first or
//! when such keys are more than half of all: constant time on average, and bounded memory.
//!
//! Where many events lie far ahead (patients who will leave in three weeks), the heap grows out of the
//! cache though few of its events are near. [`EventList::with_far_future`] keeps them, unsorted, in
//! buckets of equal width and moves one bucket at a time into the heap. Keys, and so the order of
//! events, are the same with and without it.

use crate::units::{Span, Time};
use std::collections::VecDeque;

/// Who goes first among events at the same instant. Within a turn, the order of scheduling decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// What is imposed from outside the model, such as a scenario's changes: before anything else, so
    /// that it does not matter when it was scheduled.
    Plan,
    /// Changes of capacity.
    Capacity,
    /// Ends of service and everything else that has no other turn.
    #[default]
    Completion,
    /// Arrivals.
    Arrival,
    /// Patience running out.
    Abandonment,
    /// Statistics, after everything else of the instant.
    Census,
}

/// With which an event can be cancelled. It goes stale when the event happens, and is then ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    slot: u32,
    use_of_slot: u32,
}

#[derive(Clone, Copy, Debug)]
struct Slot<E> {
    event: E,
    // changes whenever the slot is given back or its event cancelled
    use_of_slot: u32,
    is_cancelled: bool,
}

/// So many cancelled events are always left for the end of their time.
const FEW_CANCELLED: usize = 64;

const SLOT_BITS: u32 = 32;
const SEQUENCE_BITS: u32 = 29;
const SEQUENCE_LIMIT: u32 = 1 << SEQUENCE_BITS;

const fn key(time: Time, turn: Turn, sequence: u32, slot: u32) -> u128 {
    (time.as_millis() as u128) << 64
        | (turn as u128) << (SEQUENCE_BITS + SLOT_BITS)
        | (sequence as u128) << SLOT_BITS
        | slot as u128
}

const fn time_of(key: u128) -> Time {
    Time::from_millis((key >> 64) as u64)
}

/// Later than every key.
const NONE: u128 = u128::MAX;

/// At most two keys, kept in order beside the heap.
#[derive(Clone, Copy, Debug)]
struct Beside {
    first: u128,
    second: u128,
}

impl Beside {
    const EMPTY: Self = Self { first: NONE, second: NONE };

    fn len(self) -> usize {
        usize::from(self.first != NONE) + usize::from(self.second != NONE)
    }

    /// Whether there was room for `key`.
    #[inline]
    fn put(&mut self, key: u128) -> bool {
        let has_room = self.second == NONE;
        if has_room {
            *self = Self { first: self.first.min(key), second: self.first.max(key) };
        }
        has_room
    }

    #[inline]
    fn take_first(&mut self) {
        *self = Self { first: self.second, second: NONE };
    }
}

/// Events that are not near: unsorted, in buckets of equal width.
#[derive(Clone, Debug)]
struct FarFuture {
    width: u64,
    // the first bucket begins here; everything earlier is in the heap
    begins: u64,
    buckets: VecDeque<Vec<u128>>,
    // too far for a bucket when they came, and the earliest of them
    beyond: Vec<u128>,
    earliest_beyond: u64,
    length: usize,
}

/// The most buckets kept; events beyond them are looked at again when the earliest comes near. Few in
/// tests, so that they get there.
const MOST_BUCKETS: u64 = if cfg!(test) { 8 } else { 4_096 };

impl FarFuture {
    fn put(&mut self, key: u128) {
        let time = time_of(key).as_millis();
        let ahead = time.saturating_sub(self.begins) / self.width;
        self.length += 1;
        if ahead >= MOST_BUCKETS {
            self.beyond.push(key);
            self.earliest_beyond = self.earliest_beyond.min(time);
            return;
        }
        let index = ahead as usize;
        if index >= self.buckets.len() {
            self.buckets.resize_with(index + 1, Vec::new);
        }
        if let Some(bucket) = self.buckets.get_mut(index) {
            bucket.push(key);
        }
    }

    /// Takes the next bucket that is not empty; `None` if nothing is left.
    fn take_bucket(&mut self) -> Option<Vec<u128>> {
        while self.length > 0 {
            let ends = self.begins.saturating_add(self.width);
            if self.buckets.is_empty() || (!self.beyond.is_empty() && self.earliest_beyond < ends) {
                self.spread_beyond();
            }
            let bucket = self.buckets.pop_front().unwrap_or_default();
            self.begins = self.begins.saturating_add(self.width);
            if !bucket.is_empty() {
                self.length -= bucket.len();
                return Some(bucket);
            }
        }
        None
    }

    /// The earliest of the events beyond the buckets comes near, or nothing else is left: puts those
    /// that now have a bucket into it.
    #[cold]
    fn spread_beyond(&mut self) {
        if self.buckets.is_empty() {
            self.begins = self.begins.max(self.earliest_beyond);
        }
        let beyond = std::mem::take(&mut self.beyond);
        self.earliest_beyond = u64::MAX;
        self.length -= beyond.len();
        beyond.into_iter().for_each(|key| self.put(key));
    }
}

/// Events in the order in which they will happen.
#[derive(Clone, Debug)]
pub struct EventList<E> {
    heap: Vec<u128>,
    beside: Beside,
    far: Option<FarFuture>,
    events: Vec<Slot<E>>,
    free_slots: Vec<u32>,
    next_sequence: u32,
    cancelled: usize,
}

impl<E: Copy> Default for EventList<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Copy> EventList<E> {
    /// An empty list.
    pub const fn new() -> Self {
        Self {
            heap: Vec::new(),
            beside: Beside::EMPTY,
            far: None,
            events: Vec::new(),
            free_slots: Vec::new(),
            next_sequence: 0,
            cancelled: 0,
        }
    }

    /// An empty list that keeps events more than about `width` ahead in buckets of that width (at
    /// least a millisecond). Worth it where most events of a long list are far ahead.
    pub fn with_far_future(width: Span) -> Self {
        let width = width.as_millis().max(1);
        let far = FarFuture {
            width,
            begins: 0,
            buckets: VecDeque::new(),
            beyond: Vec::new(),
            earliest_beyond: u64::MAX,
            length: 0,
        };
        Self { far: Some(far), ..Self::new() }
    }

    /// Number of events in the list.
    pub fn len(&self) -> usize {
        self.keys() - self.cancelled
    }

    // those of cancelled events included
    fn keys(&self) -> usize {
        self.heap.len() + self.beside.len() + self.far.as_ref().map_or(0, |far| far.length)
    }

    /// Whether nothing is going to happen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Time of the next event.
    #[inline]
    pub fn next_time(&mut self) -> Option<Time> {
        if self.cancelled > 0 {
            self.throw_away_first_cancelled();
        }
        let next = self.first_of_heap().min(self.beside.first);
        (next != NONE).then(|| time_of(next))
    }

    #[cold]
    fn throw_away_first_cancelled(&mut self) {
        loop {
            let first = self.first_of_heap();
            let next = first.min(self.beside.first);
            let Some(slot) = self.events.get_mut(next as u32 as usize).filter(|slot| slot.is_cancelled)
            else {
                return; // also where nothing is left, since no slot has the number of `NONE`
            };
            slot.is_cancelled = false;
            self.cancelled -= 1;
            self.free_slots.push(next as u32);
            if next == first {
                self.remove_root();
            } else {
                self.beside.take_first();
            }
        }
    }

    #[inline]
    fn first_of_heap(&mut self) -> u128 {
        if self.heap.is_empty() {
            self.refill();
        }
        self.heap.first().copied().unwrap_or(NONE)
    }

    /// Moves the next bucket of far events into the empty heap.
    fn refill(&mut self) {
        if let Some(bucket) = self.far.as_mut().and_then(FarFuture::take_bucket) {
            for key in bucket {
                self.insert(key);
            }
        }
    }

    #[inline]
    fn insert(&mut self, key: u128) {
        self.heap.push(key);
        let bottom = self.heap.len() - 1;
        self.rise(bottom, key);
    }

    /// Adds an event.
    #[inline]
    pub fn push(&mut self, time: Time, turn: Turn, event: E) {
        self.push_cancellable(time, turn, event);
    }

    /// Adds an event that may be cancelled before it happens.
    #[inline]
    pub fn push_cancellable(&mut self, time: Time, turn: Turn, event: E) -> Ticket {
        if self.next_sequence == SEQUENCE_LIMIT {
            self.renumber();
        }
        let ticket = self.store(event);
        let key = key(time, turn, self.next_sequence, ticket.slot);
        self.next_sequence += 1;
        if turn == Turn::Arrival && self.beside.put(key) {
            return ticket;
        }
        match &mut self.far {
            Some(far) if time.as_millis() >= far.begins => far.put(key),
            _ => self.insert(key),
        }
        ticket
    }

    /// Takes an event out before it happens; `None` if it has happened or was cancelled already.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        let slot = self.events.get_mut(ticket.slot as usize)?;
        if slot.use_of_slot != ticket.use_of_slot {
            return None;
        }
        slot.use_of_slot = slot.use_of_slot.wrapping_add(1);
        slot.is_cancelled = true;
        let event = slot.event;
        self.cancelled += 1;
        if self.cancelled > FEW_CANCELLED && self.cancelled > self.keys() / 2 {
            self.throw_away_cancelled();
        }
        Some(event)
    }

    #[cold]
    fn throw_away_cancelled(&mut self) {
        let (events, free_slots) = (&mut self.events, &mut self.free_slots);
        let mut stays = |key: &u128| {
            let slot = *key as u32;
            let Some(place) = events.get_mut(slot as usize) else { return true };
            let is_cancelled = std::mem::replace(&mut place.is_cancelled, false);
            if is_cancelled {
                free_slots.push(slot);
            }
            !is_cancelled
        };
        self.heap.retain(&mut stays);
        // in rising order every parent is before its children: a heap
        self.heap.sort_unstable();
        let Beside { first, second } = std::mem::replace(&mut self.beside, Beside::EMPTY);
        for key in [first, second].into_iter().filter(|&key| key != NONE && stays(&key)) {
            self.beside.put(key);
        }
        if let Some(far) = &mut self.far {
            far.buckets.iter_mut().for_each(|bucket| bucket.retain(&mut stays));
            far.beyond.retain(&mut stays);
            far.length = far.buckets.iter().map(Vec::len).sum::<usize>() + far.beyond.len();
        }
        self.cancelled = 0;
    }

    /// Removes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        self.pop_if(|_| true)
    }

    /// Removes the next event if it happens before `end`.
    #[inline]
    pub fn pop_before(&mut self, end: Time) -> Option<(Time, E)> {
        self.pop_if(|time| time < end)
    }

    #[inline]
    fn pop_if(&mut self, is_wanted: impl Fn(Time) -> bool) -> Option<(Time, E)> {
        loop {
            let first = self.first_of_heap();
            let next = first.min(self.beside.first);
            if next == NONE || !is_wanted(time_of(next)) {
                return None;
            }
            if next == first {
                self.remove_root();
            } else {
                self.beside.take_first();
            }
            let slot = self.events.get_mut(next as u32 as usize)?;
            self.free_slots.push(next as u32);
            slot.use_of_slot = slot.use_of_slot.wrapping_add(1);
            if self.cancelled == 0 || !slot.is_cancelled {
                return Some((time_of(next), slot.event));
            }
            slot.is_cancelled = false;
            self.cancelled -= 1;
        }
    }

    #[inline]
    fn remove_root(&mut self) {
        if let Some(last) = self.heap.pop()
            && !self.heap.is_empty()
        {
            let bottom = self.sink_hole();
            self.rise(bottom, last);
        }
    }

    #[inline]
    fn store(&mut self, event: E) -> Ticket {
        if let Some(slot) = self.free_slots.pop()
            && let Some(place) = self.events.get_mut(slot as usize)
        {
            place.event = event;
            return Ticket { slot, use_of_slot: place.use_of_slot };
        }
        self.events.push(Slot { event, use_of_slot: 0, is_cancelled: false });
        Ticket { slot: (self.events.len() - 1) as u32, use_of_slot: 0 }
    }

    /// Moves the hole at the root down to a leaf, along the path of smallest children.
    #[inline]
    fn sink_hole(&mut self) -> usize {
        let heap = self.heap.as_mut_slice();
        let mut hole = 0;
        loop {
            let first = 4 * hole + 1;
            let smallest = match heap.get(first..first + 4) {
                Some(&[a, b, c, d]) => {
                    let (i, left) = if b < a { (first + 1, b) } else { (first, a) };
                    let (j, right) = if d < c { (first + 3, d) } else { (first + 2, c) };
                    if right < left { j } else { i }
                }
                _ => match (first..heap.len()).min_by_key(|&i| heap[i]) {
                    Some(i) => i,
                    None => return hole,
                },
            };
            heap[hole] = heap[smallest];
            hole = smallest;
        }
    }

    /// Puts `key` into the hole and lets it rise to its place.
    #[inline]
    fn rise(&mut self, mut hole: usize, key: u128) {
        let heap = self.heap.as_mut_slice();
        while hole > 0 {
            let parent = (hole - 1) / 4;
            if heap[parent] <= key {
                break;
            }
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = key;
    }

    /// Numbers the waiting events afresh from 0 when the sequence numbers run out, which happens
    /// once in half a billion events. Their order does not change.
    #[cold]
    fn renumber(&mut self) {
        let mut keys = std::mem::take(&mut self.heap);
        let Beside { first, second } = std::mem::replace(&mut self.beside, Beside::EMPTY);
        keys.extend([first, second].into_iter().filter(|&key| key != NONE));
        if let Some(far) = &mut self.far {
            keys.extend(far.buckets.drain(..).flatten());
            keys.append(&mut far.beyond);
            far.earliest_beyond = u64::MAX;
            far.length = 0;
        }
        keys.sort_unstable();
        self.next_sequence = keys.len() as u32;
        for (sequence, mut key) in (0_u32..).zip(keys) {
            let everything_else = !(u128::from(SEQUENCE_LIMIT - 1) << SLOT_BITS);
            key = (key & everything_else) | u128::from(sequence) << SLOT_BITS;
            match &mut self.far {
                Some(far) if time_of(key).as_millis() >= far.begins => far.put(key),
                _ => self.insert(key),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drain(list: &mut EventList<u32>) -> Vec<(u64, u32)> {
        std::iter::from_fn(|| list.pop()).map(|(t, e)| (t.as_millis(), e)).collect()
    }

    #[test]
    fn equal_times_fire_by_turn_then_in_the_order_scheduled() {
        let mut list = EventList::new();
        let noon = Time::from_millis(7);
        list.push(noon, Turn::Census, 5);
        list.push(noon, Turn::Arrival, 3);
        list.push(noon, Turn::Arrival, 4);
        list.push(noon, Turn::Completion, 1);
        list.push(noon, Turn::Capacity, 0);
        list.push(noon, Turn::Completion, 2);
        assert_eq!(drain(&mut list).iter().map(|e| e.1).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn order_survives_the_sequence_numbers_running_out() {
        for mut list in [EventList::new(), EventList::with_far_future(Span::from_millis(10))] {
            list.next_sequence = SEQUENCE_LIMIT - 3;
            for (turn, events) in [(Turn::Arrival, 5..10), (Turn::Completion, 0..5)] {
                events.for_each(|event| list.push(Time::from_millis(25), turn, event));
            }
            let order: Vec<u32> = drain(&mut list).iter().map(|e| e.1).collect();
            assert_eq!(order, (0..10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn times_near_the_end_of_the_clock_keep_their_order() {
        let mut list = EventList::new();
        list.push(Time::NEVER, Turn::Completion, 2);
        list.push(Time::from_millis(u64::MAX - 1), Turn::Census, 1);
        assert_eq!(drain(&mut list).iter().map(|e| e.1).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn events_beyond_the_last_bucket_keep_their_order() {
        let mut list = EventList::with_far_future(Span::from_millis(1));
        let times = [u64::MAX, 3, 10_000_000, 9_999_999, 5_000, 4_999, 1_000_000_000_000];
        times.iter().zip(0_u32..).for_each(|(&t, e)| list.push(Time::from_millis(t), Turn::Completion, e));
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        assert_eq!(drain(&mut list).iter().map(|e| e.0).collect::<Vec<_>>(), sorted);
        assert!(list.is_empty());
    }

    #[test]
    fn a_ticket_cancels_its_own_event_once() {
        let mut list = EventList::new();
        let first = list.push_cancellable(Time::from_millis(1), Turn::Completion, 1);
        let second = list.push_cancellable(Time::from_millis(2), Turn::Arrival, 2);
        assert_eq!((list.cancel(first), list.cancel(first), list.len()), (Some(1), None, 1));
        let third = list.push_cancellable(Time::from_millis(1), Turn::Completion, 3);
        assert_eq!(list.next_time(), Some(Time::from_millis(1)));
        assert_eq!(list.pop().map(|(_, event)| event), Some(3));
        let fourth = list.push_cancellable(Time::from_millis(9), Turn::Completion, 4);
        assert_eq!((list.cancel(third), list.cancel(second)), (None, Some(2)), "the slot has another event");
        assert_eq!(list.next_time(), Some(Time::from_millis(9)));
        assert_eq!((list.cancel(fourth), list.is_empty(), list.next_time()), (Some(4), true, None));
        assert_eq!(list.pop(), None);
    }

    #[test]
    fn cancelled_events_do_not_fill_the_memory() {
        for mut list in [EventList::new(), EventList::with_far_future(Span::from_millis(10))] {
            for now in 0..10_000_u32 {
                let ticket = list.push_cancellable(Time::from_millis(1_000_000), Turn::Abandonment, now);
                list.push(Time::from_millis(u64::from(now)), Turn::Completion, now);
                assert_eq!(list.cancel(ticket), Some(now));
                assert_eq!(list.pop(), Some((Time::from_millis(u64::from(now)), now)));
            }
            assert!(list.is_empty() && list.events.len() < 3 * FEW_CANCELLED);
        }
    }

    proptest! {
        #[test]
        fn cancelled_events_never_happen_and_all_others_do(
            steps in prop::collection::vec((0_u64..2_000, 0_u8..8, any::<bool>()), 1..2_000),
            width in 0_u64..200,
        ) {
            let mut list = match width {
                0 => EventList::new(),
                _ => EventList::with_far_future(Span::from_millis(width)),
            };
            let mut model: Vec<(u64, Turn, u32, Ticket)> = Vec::new();
            let mut now = 0;
            for (label, (number, action, is_arrival)) in (0_u32..).zip(steps) {
                let first = (0..model.len()).min_by_key(|&i| (model[i].0, model[i].1, model[i].2));
                match action {
                    0 => {
                        let expected = first.map(|i| model.remove(i));
                        prop_assert_eq!(list.next_time(), expected.map(|entry| Time::from_millis(entry.0)));
                        let popped = list.pop().map(|(time, event)| (time.as_millis(), event));
                        prop_assert_eq!(popped, expected.map(|entry| (entry.0, entry.2)));
                        now = popped.map_or(now, |entry| entry.0);
                        prop_assert!(expected.is_none_or(|entry| list.cancel(entry.3).is_none()));
                    }
                    1..=3 if !model.is_empty() => {
                        let (_, _, event, ticket) = model.remove(number as usize % model.len());
                        prop_assert_eq!(list.cancel(ticket), Some(event));
                        prop_assert_eq!(list.cancel(ticket), None);
                    }
                    _ => {
                        let turn = if is_arrival { Turn::Arrival } else { Turn::Completion };
                        let time = now + number;
                        let ticket = list.push_cancellable(Time::from_millis(time), turn, label);
                        model.push((time, turn, label, ticket));
                    }
                }
                prop_assert_eq!(list.len(), model.len());
            }
            model.sort_unstable_by_key(|&(time, turn, event, _)| (time, turn, event));
            let left: Vec<(u64, u32)> = model.iter().map(|&(time, _, event, _)| (time, event)).collect();
            prop_assert_eq!(drain(&mut list), left);
        }

        #[test]
        fn any_mix_of_pushes_and_pops_comes_out_sorted(
            steps in prop::collection::vec((0_u64..200, any::<bool>(), any::<bool>()), 1..400),
            width in 0_u64..20,
        ) {
            let mut list = match width {
                0 => EventList::new(),
                _ => EventList::with_far_future(Span::from_millis(width)),
            };
            let mut model: Vec<(u64, Turn, u32)> = Vec::new();
            let mut now = 0;
            for (label, (ahead, is_pop, is_arrival)) in (0_u32..).zip(steps) {
                let time = now + ahead;
                if is_pop {
                    let expected = model.iter().copied().min();
                    let popped = list.pop().map(|(t, e)| (t.as_millis(), e));
                    prop_assert_eq!(popped, expected.map(|(t, _, e)| (t, e)));
                    model.retain(|&entry| Some(entry) != expected);
                    now = expected.map_or(now, |entry| entry.0);
                } else {
                    let turn = if is_arrival { Turn::Arrival } else { Turn::Completion };
                    list.push(Time::from_millis(time), turn, label);
                    model.push((time, turn, label));
                }
                prop_assert_eq!(list.len(), model.len());
            }
            model.sort_unstable();
            let left: Vec<(u64, u32)> = model.iter().map(|&(t, _, e)| (t, e)).collect();
            prop_assert_eq!(drain(&mut list), left);
        }
    }
}
