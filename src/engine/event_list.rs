//! The future event list: a 4-ary heap of 16-byte keys.
//!
//! A key packs time (64 bits), turn (3 bits), sequence number (29 bits) and the slot of the event
//! (32 bits) into one integer, so that one comparison orders by time, then turn, then order of
//! scheduling.
//!
//! The next two arrivals wait beside the heap. A source of arrivals has one event in the list at a
//! time, usually near: in the heap it would rise to the top and send another key down again.
//!
//! An event that may be cancelled leaves its key behind, which is thrown away when it comes first or
//! when such keys are more than half of all: constant time on average, and bounded memory. Such events
//! have slots of their own, so that the others carry nothing for it.
//!
//! Where many events lie far ahead (patients who will leave in three weeks), the heap grows out of the
//! cache though few of its events are near. [`EventList::with_far_future`] keeps them, unsorted, in
//! buckets of equal width and moves one bucket at a time into the heap. Keys, and so the order of
//! events, are the same with and without it.

use super::far_future::FarFuture;
use super::heap::{Heap, NONE};
use crate::units::{Span, Time};

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

const SLOT_BITS: u32 = 32;
const SEQUENCE_BITS: u32 = 29;
const SEQUENCE_LIMIT: u32 = 1 << SEQUENCE_BITS;
/// Set in the slot of an event that may be cancelled.
const CANCELLABLE: u32 = 1 << (SLOT_BITS - 1);
/// So many cancelled events are always left for the end of their time.
const FEW_CANCELLED: usize = 64;

const fn key(time: Time, turn: Turn, sequence: u32, slot: u32) -> u128 {
    (time.as_millis() as u128) << 64
        | (turn as u128) << (SEQUENCE_BITS + SLOT_BITS)
        | (sequence as u128) << SLOT_BITS
        | slot as u128
}

#[inline]
pub(super) const fn time_of(key: u128) -> Time {
    Time::from_millis((key >> 64) as u64)
}

/// At most two keys, kept in order beside the heap; [`NONE`] where there is none.
#[derive(Clone, Copy, Debug)]
struct Beside {
    first: u128,
    second: u128,
    length: u8,
}

impl Beside {
    const EMPTY: Self = Self { first: NONE, second: NONE, length: 0 };

    /// Whether there was room for `key`.
    #[inline]
    fn put(&mut self, key: u128) -> bool {
        match self.length {
            0 => self.first = key,
            1 => (self.first, self.second) = (self.first.min(key), self.first.max(key)),
            _ => return false,
        }
        self.length += 1;
        true
    }

    #[inline]
    fn take_first(&mut self) {
        *self = Self { first: self.second, second: NONE, length: self.length - 1 };
    }

    fn take_all(&mut self) -> impl Iterator<Item = u128> + use<> {
        let Self { first, second, .. } = std::mem::replace(self, Self::EMPTY);
        [first, second].into_iter().filter(|&key| key != NONE)
    }

    fn retain(&mut self, mut stays: impl FnMut(u128) -> bool) {
        for key in self.take_all().filter(|&key| stays(key)) {
            self.put(key);
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Slot<E> {
    event: E,
    // changes whenever the slot is given back or its event cancelled
    use_of_slot: u32,
    is_cancelled: bool,
}

/// The events that may be cancelled. Their slots have [`CANCELLABLE`] set in keys, but not here.
#[derive(Clone, Debug)]
struct Cancellable<E> {
    slots: Vec<Slot<E>>,
    free: Vec<u32>,
    cancelled: usize,
}

impl<E: Copy> Cancellable<E> {
    fn store(&mut self, event: E) -> Ticket {
        if let Some(slot) = self.free.pop()
            && let Some(place) = self.slots.get_mut(slot as usize)
        {
            place.event = event;
            return Ticket { slot, use_of_slot: place.use_of_slot };
        }
        self.slots.push(Slot { event, use_of_slot: 0, is_cancelled: false });
        Ticket { slot: (self.slots.len() - 1) as u32, use_of_slot: 0 }
    }

    /// The event in the slot of a key that leaves the list; `None` if it was cancelled.
    fn take(&mut self, slot: u32) -> Option<E> {
        let slot = slot & !CANCELLABLE;
        let place = self.slots.get_mut(slot as usize)?;
        self.free.push(slot);
        if std::mem::replace(&mut place.is_cancelled, false) {
            self.cancelled -= 1;
            return None;
        }
        place.use_of_slot = place.use_of_slot.wrapping_add(1);
        Some(place.event)
    }

    fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        let place = self.slots.get_mut(ticket.slot as usize)?;
        if place.use_of_slot != ticket.use_of_slot {
            return None;
        }
        place.use_of_slot = place.use_of_slot.wrapping_add(1);
        place.is_cancelled = true;
        self.cancelled += 1;
        Some(place.event)
    }

    fn is_cancelled(&self, key: u128) -> bool {
        let slot = key as u32;
        let place = self.slots.get((slot & !CANCELLABLE) as usize);
        slot & CANCELLABLE != 0 && place.is_some_and(|place| place.is_cancelled)
    }

    /// Whether a key stays in the list; gives its slot back if not.
    fn keeps(&mut self, key: u128) -> bool {
        let is_cancelled = self.is_cancelled(key);
        if is_cancelled {
            self.take(key as u32);
        }
        !is_cancelled
    }
}

/// No slot has this number.
const NO_SLOT: u32 = u32::MAX;

/// Events in the order in which they will happen.
#[derive(Clone, Debug)]
pub struct EventList<E> {
    heap: Heap,
    beside: Beside,
    far: Option<Box<FarFuture>>,
    events: Vec<E>,
    // the slot given back last, or `NO_SLOT`, and the others that are free
    spare_slot: u32,
    free_slots: Vec<u32>,
    cancellable: Cancellable<E>,
    next_sequence: u32,
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
            heap: Heap::EMPTY,
            beside: Beside::EMPTY,
            far: None,
            events: Vec::new(),
            spare_slot: NO_SLOT,
            free_slots: Vec::new(),
            cancellable: Cancellable { slots: Vec::new(), free: Vec::new(), cancelled: 0 },
            next_sequence: 0,
        }
    }

    /// An empty list that keeps events more than about `width` ahead in buckets of that width (at
    /// least a millisecond). Worth it where most events of a long list are far ahead.
    pub fn with_far_future(width: Span) -> Self {
        Self { far: Some(Box::new(FarFuture::new(width.as_millis()))), ..Self::new() }
    }

    /// Number of events in the list.
    pub fn len(&self) -> usize {
        self.keys() - self.cancellable.cancelled
    }

    // those of cancelled events included
    fn keys(&self) -> usize {
        self.heap.len() + usize::from(self.beside.length) + self.far.as_ref().map_or(0, |far| far.len())
    }

    /// Whether nothing is going to happen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Time of the next event.
    #[inline]
    pub fn next_time(&mut self) -> Option<Time> {
        if self.cancellable.cancelled > 0 {
            self.throw_away_first_cancelled();
        }
        let next = self.first_of_heap().min(self.beside.first);
        (next != NONE).then(|| time_of(next))
    }

    #[cold]
    fn throw_away_first_cancelled(&mut self) {
        loop {
            let (heap, beside) = (self.first_of_heap(), self.beside.first);
            let next = heap.min(beside);
            if !self.cancellable.is_cancelled(next) {
                return; // also where nothing is left, since no slot has the number of `NONE`
            }
            if heap < beside {
                self.heap.take_first();
            } else {
                self.beside.take_first();
            }
            self.cancellable.take(next as u32);
        }
    }

    #[inline]
    fn first_of_heap(&mut self) -> u128 {
        let first = self.heap.first();
        if self.far.is_some() && first == NONE {
            self.refill();
            return self.heap.first();
        }
        first
    }

    /// Moves the next bucket of far events into the empty heap.
    #[cold]
    fn refill(&mut self) {
        if let Some(far) = &mut self.far
            && let Some(bucket) = far.take_bucket()
        {
            bucket.iter().for_each(|&key| self.heap.push(key));
            far.give_back(bucket);
        }
    }

    /// Adds an event.
    #[inline]
    pub fn push(&mut self, time: Time, turn: Turn, event: E) {
        let slot = self.store(event);
        self.push_key(time, turn, slot);
    }

    /// Adds an event that may be cancelled before it happens.
    pub fn push_cancellable(&mut self, time: Time, turn: Turn, event: E) -> Ticket {
        let ticket = self.cancellable.store(event);
        self.push_key(time, turn, ticket.slot | CANCELLABLE);
        ticket
    }

    #[inline]
    fn push_key(&mut self, time: Time, turn: Turn, slot: u32) {
        if self.next_sequence == SEQUENCE_LIMIT {
            self.renumber();
        }
        let key = key(time, turn, self.next_sequence, slot);
        self.next_sequence += 1;
        if turn == Turn::Arrival && self.beside.put(key) {
            return;
        }
        match &mut self.far {
            Some(far) if time.as_millis() >= far.begins() => far.put(key),
            _ => self.heap.push(key),
        }
    }

    #[inline]
    fn store(&mut self, event: E) -> u32 {
        let mut slot = std::mem::replace(&mut self.spare_slot, NO_SLOT);
        if slot == NO_SLOT {
            slot = self.free_slots.pop().unwrap_or(NO_SLOT);
        }
        match self.events.get_mut(slot as usize) {
            Some(place) => {
                *place = event;
                slot
            }
            None => {
                self.events.push(event);
                (self.events.len() - 1) as u32
            }
        }
    }

    /// Takes an event out before it happens; `None` if it has happened or was cancelled already.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        let event = self.cancellable.cancel(ticket)?;
        let cancelled = self.cancellable.cancelled;
        if cancelled > FEW_CANCELLED && cancelled > self.keys() / 2 {
            self.throw_away_cancelled();
        }
        Some(event)
    }

    #[cold]
    fn throw_away_cancelled(&mut self) {
        let events = &mut self.cancellable;
        self.heap.retain(|key| events.keeps(key));
        self.beside.retain(|key| events.keeps(key));
        if let Some(far) = &mut self.far {
            far.retain(|key| events.keeps(key));
        }
    }

    /// Removes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        self.pop_if(|key| key != NONE)
    }

    /// Removes the next event if it happens before `end`.
    #[inline]
    pub fn pop_before(&mut self, end: Time) -> Option<(Time, E)> {
        // `NONE` is at the end of time and so never before `end`
        self.pop_if(|key| time_of(key) < end)
    }

    #[inline]
    fn pop_if(&mut self, is_wanted: impl Fn(u128) -> bool) -> Option<(Time, E)> {
        loop {
            let (heap, beside) = (self.first_of_heap(), self.beside.first);
            let is_in_heap = heap < beside;
            let next = if is_in_heap { heap } else { beside };
            if !is_wanted(next) {
                return None;
            }
            if is_in_heap {
                self.heap.take_first();
            } else {
                self.beside.take_first();
            }
            let slot = next as u32;
            if slot & CANCELLABLE == 0 {
                let event = *self.events.get(slot as usize)?;
                self.give_back(slot);
                return Some((time_of(next), event));
            }
            if let Some(event) = self.cancellable.take(slot) {
                return Some((time_of(next), event));
            }
        }
    }

    #[inline]
    fn give_back(&mut self, slot: u32) {
        let before = std::mem::replace(&mut self.spare_slot, slot);
        if before != NO_SLOT {
            self.free_slots.push(before);
        }
    }

    /// Numbers the waiting events afresh from 0 when the sequence numbers run out, which happens
    /// once in half a billion events. Their order does not change.
    #[cold]
    fn renumber(&mut self) {
        let mut keys = Vec::new();
        self.heap.drain_into(&mut keys);
        keys.extend(self.beside.take_all());
        if let Some(far) = &mut self.far {
            far.drain_into(&mut keys);
        }
        keys.sort_unstable();
        self.next_sequence = keys.len() as u32;
        for (sequence, mut key) in (0_u32..).zip(keys) {
            let everything_else = !(u128::from(SEQUENCE_LIMIT - 1) << SLOT_BITS);
            key = (key & everything_else) | u128::from(sequence) << SLOT_BITS;
            match &mut self.far {
                Some(far) if time_of(key).as_millis() >= far.begins() => far.put(key),
                _ => self.heap.push(key),
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
            assert!(list.is_empty() && list.cancellable.slots.len() < 3 * FEW_CANCELLED);
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
