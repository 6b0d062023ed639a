//! The future event list: an 8-ary heap of 8-byte keys.
//!
//! A key packs the time from the start of a window (34 bits, 198 days) and the slot of the event (30
//! bits) into one integer: a group of eight siblings fills one line of the cache, and one instruction
//! compares. Beside the event its slot holds the turn and the sequence number, which decide between
//! events at the same instant: only when the next two keys have the same time are they looked at, and
//! all events of that instant are then put in order apart.
//!
//! Events beyond the window wait in a heap of their own; when the window has run empty, the next one
//! begins at the earliest of them.
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
//! buckets of equal width and moves one bucket at a time into the heap. The order of events is the
//! same with and without it.

use super::far_future::FarFuture;
use super::heap::{Heap, NONE};
use crate::units::{Span, Time};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

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

/// Bits of a key that name the slot.
pub(super) const SLOT_BITS: u32 = 30;
/// Set in the slot of an event that may be cancelled.
const CANCELLABLE: u32 = 1 << (SLOT_BITS - 1);
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
/// Ticks in a window, the last left out so that no key is [`NONE`].
const WINDOW: u64 = (u64::MAX >> SLOT_BITS) - 1;
const SEQUENCE_BITS: u32 = 29;
const SEQUENCE_LIMIT: u32 = 1 << SEQUENCE_BITS;
/// So many cancelled events are always left for the end of their time.
const FEW_CANCELLED: usize = 64;

#[inline]
const fn order(turn: Turn, sequence: u32) -> u32 {
    (turn as u32) << SEQUENCE_BITS | sequence
}

#[inline]
const fn slot_of(key: u64) -> u32 {
    (key & SLOT_MASK) as u32
}

/// Whether two keys have the same time, or both are `NONE`.
#[inline]
const fn are_at_once(a: u64, b: u64) -> bool {
    (a ^ b) >> SLOT_BITS == 0
}

/// At most two keys, kept in order beside the heap; [`NONE`] where there is none.
#[derive(Clone, Copy, Debug)]
struct Beside {
    first: u64,
    second: u64,
}

impl Beside {
    const EMPTY: Self = Self { first: NONE, second: NONE };

    fn len(self) -> usize {
        self.keys().count()
    }

    /// Whether there was room for `key`.
    #[inline]
    fn put(&mut self, key: u64) -> bool {
        if self.second != NONE {
            return false;
        }
        (self.first, self.second) = (self.first.min(key), self.first.max(key));
        true
    }

    #[inline]
    fn take_first(&mut self) {
        *self = Self { first: self.second, second: NONE };
    }

    fn keys(self) -> impl Iterator<Item = u64> {
        [self.first, self.second].into_iter().filter(|&key| key != NONE)
    }

    fn retain(&mut self, mut stays: impl FnMut(u64) -> bool) {
        for key in std::mem::replace(self, Self::EMPTY).keys().filter(|&key| stays(key)) {
            self.put(key);
        }
    }
}

/// Events of one instant in the order in which they will happen.
#[derive(Clone, Debug)]
struct Instant {
    time: u64,
    // order and slot
    events: BinaryHeap<Reverse<(u32, u32)>>,
}

#[derive(Clone, Copy, Debug)]
struct Slot<E> {
    // turn and sequence number; of a free slot, which is the next free one
    order: u32,
    event: E,
}

#[derive(Clone, Copy, Debug)]
struct CancellableSlot<E> {
    order: u32,
    // changes whenever the slot is given back or its event cancelled
    use_of_slot: u32,
    event: E,
    is_cancelled: bool,
}

/// The events that may be cancelled. Their slots have [`CANCELLABLE`] set in keys, but not here.
#[derive(Clone, Debug)]
struct Cancellable<E> {
    slots: Vec<CancellableSlot<E>>,
    free: Vec<u32>,
    cancelled: usize,
}

impl<E: Copy> Cancellable<E> {
    fn store(&mut self, order: u32, event: E) -> Ticket {
        if let Some(slot) = self.free.pop()
            && let Some(place) = self.slots.get_mut(slot as usize)
        {
            (place.order, place.event) = (order, event);
            return Ticket { slot, use_of_slot: place.use_of_slot };
        }
        self.slots.push(CancellableSlot { order, use_of_slot: 0, event, is_cancelled: false });
        Ticket { slot: (self.slots.len() - 1) as u32, use_of_slot: 0 }
    }

    /// The event in a slot that leaves the list; `None` if it was cancelled.
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

    fn is_cancelled(&self, slot: u32) -> bool {
        let place = self.slots.get((slot & !CANCELLABLE) as usize);
        slot & CANCELLABLE != 0 && place.is_some_and(|place| place.is_cancelled)
    }

    /// Whether a slot stays in the list; gives it back if not.
    fn keeps(&mut self, slot: u32) -> bool {
        let is_cancelled = self.is_cancelled(slot);
        if is_cancelled {
            self.take(slot);
        }
        !is_cancelled
    }
}

/// No slot has this number.
const NO_SLOT: u32 = u32::MAX;

/// Events in the order in which they will happen: by time, then turn, then order of scheduling. Up to
/// half a billion may wait at once.
#[derive(Clone, Debug)]
pub struct EventList<E> {
    heap: Heap,
    beside: Beside,
    // whether the heap may run empty while events wait far ahead or beyond the window
    has_more: bool,
    // start of the window
    base: u64,
    next_sequence: u32,
    // the slot given back last, or `NO_SLOT`
    free_slot: u32,
    slots: Vec<Slot<E>>,
    cancellable: Cancellable<E>,
    instant: Instant,
    far: Option<Box<FarFuture>>,
    // beyond the window: time and slot
    beyond: BinaryHeap<Reverse<(u64, u32)>>,
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
            has_more: false,
            base: 0,
            next_sequence: 0,
            free_slot: NO_SLOT,
            slots: Vec::new(),
            cancellable: Cancellable { slots: Vec::new(), free: Vec::new(), cancelled: 0 },
            instant: Instant { time: 0, events: BinaryHeap::new() },
            far: None,
            beyond: BinaryHeap::new(),
        }
    }

    /// An empty list that keeps events more than about `width` ahead in buckets of that width (at
    /// least a millisecond). Worth it where most events of a long list are far ahead.
    pub fn with_far_future(width: Span) -> Self {
        let far = Some(Box::new(FarFuture::new(width.as_millis())));
        Self { far, has_more: true, ..Self::new() }
    }

    /// Number of events in the list.
    pub fn len(&self) -> usize {
        self.keys() - self.cancellable.cancelled
    }

    // those of cancelled events included
    fn keys(&self) -> usize {
        let far = self.far.as_ref().map_or(0, |far| far.len());
        self.heap.len() + self.beside.len() + self.instant.events.len() + far + self.beyond.len()
    }

    /// Whether nothing is going to happen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    const fn time_of(&self, key: u64) -> u64 {
        self.base + (key >> SLOT_BITS)
    }

    /// Time of the next event.
    pub fn next_time(&mut self) -> Option<Time> {
        while let Some(&Reverse((_, slot))) = self.instant.events.peek()
            && !self.cancellable.keeps(slot)
        {
            self.instant.events.pop();
        }
        let instant = (!self.instant.events.is_empty()).then_some(self.instant.time);
        let listed = loop {
            let next = self.next_key();
            if next == NONE {
                break None;
            }
            if self.cancellable.keeps(slot_of(next)) {
                break Some(self.time_of(next));
            }
            self.take_key(next);
        };
        instant.into_iter().chain(listed).min().map(Time::from_millis)
    }

    /// The least key in and beside the heap, or `NONE`.
    #[inline]
    fn next_key(&mut self) -> u64 {
        self.first_of_heap().min(self.beside.first)
    }

    /// Takes the least key out.
    #[inline]
    fn take_key(&mut self, key: u64) {
        if key == self.beside.first {
            self.beside.take_first();
        } else {
            self.heap.next();
            self.heap.take_root();
        }
    }

    #[inline]
    fn first_of_heap(&mut self) -> u64 {
        let root = self.heap.root();
        if root == NONE && (self.heap.is_deep() || self.has_more) {
            return self.bring_up();
        }
        root
    }

    #[inline(never)]
    fn bring_up(&mut self) -> u64 {
        if self.heap.is_deep() {
            self.heap.close_hole();
            return self.heap.root();
        }
        loop {
            if let Some(far) = &mut self.far
                && let Some(bucket) = far.take_bucket()
            {
                bucket.iter().for_each(|&key| self.heap.push(key));
                far.give_back(bucket);
                return self.heap.root();
            }
            // the next window, unless somebody still waits in this one
            match self.beyond.peek() {
                Some(&Reverse((time, _))) if self.beside.first == NONE && self.instant.events.is_empty() => {
                    self.begin_window(time);
                    if self.heap.root() != NONE {
                        return self.heap.root();
                    }
                }
                _ => return NONE,
            }
        }
    }

    /// Begins the window at `base`, when no key is left in the one before, or so that it ends with the
    /// clock: times before a window must not come round into it.
    #[cold]
    fn begin_window(&mut self, base: u64) {
        let base = base.min(u64::MAX - WINDOW + 1);
        self.base = base;
        if let Some(far) = &mut self.far {
            far.clear();
        }
        while let Some(&Reverse((time, slot))) = self.beyond.peek()
            && time - base < WINDOW
        {
            self.beyond.pop();
            self.put_key((time - base) << SLOT_BITS | u64::from(slot));
        }
        self.has_more = self.far.is_some() || !self.beyond.is_empty();
    }

    /// Adds an event.
    #[inline]
    pub fn push(&mut self, time: Time, turn: Turn, event: E) {
        // whatever calls another function does so last: the others then need not save registers
        let slot = self.free_slot;
        match self.slots.get_mut(slot as usize) {
            Some(place) if self.next_sequence < SEQUENCE_LIMIT => {
                let order = order(turn, self.next_sequence);
                self.next_sequence += 1;
                self.free_slot = place.order;
                *place = Slot { order, event };
                self.push_slot(time.as_millis(), turn, slot);
            }
            _ => self.push_with_room(time, turn, event),
        }
    }

    /// Makes room for a slot or a sequence number first.
    #[cold]
    #[inline(never)]
    fn push_with_room(&mut self, time: Time, turn: Turn, event: E) {
        let order = self.next_order(turn);
        let slot = match self.slots.get_mut(self.free_slot as usize) {
            Some(place) => {
                let next = std::mem::replace(place, Slot { order, event }).order;
                std::mem::replace(&mut self.free_slot, next)
            }
            None => {
                self.slots.push(Slot { order, event });
                (self.slots.len() - 1) as u32
            }
        };
        self.push_slot(time.as_millis(), turn, slot);
    }

    /// Adds an event that may be cancelled before it happens.
    pub fn push_cancellable(&mut self, time: Time, turn: Turn, event: E) -> Ticket {
        let order = self.next_order(turn);
        let ticket = self.cancellable.store(order, event);
        self.push_slot(time.as_millis(), turn, ticket.slot | CANCELLABLE);
        ticket
    }

    #[inline]
    fn next_order(&mut self, turn: Turn) -> u32 {
        if self.next_sequence == SEQUENCE_LIMIT {
            self.renumber();
        }
        self.next_sequence += 1;
        order(turn, self.next_sequence - 1)
    }

    #[inline]
    fn push_slot(&mut self, time: u64, turn: Turn, slot: u32) {
        // a time before the window is far beyond it as well
        let ahead = time.wrapping_sub(self.base);
        if ahead >= WINDOW {
            return self.push_outside(time, slot);
        }
        let key = ahead << SLOT_BITS | u64::from(slot);
        if !(turn == Turn::Arrival && self.beside.put(key)) {
            self.put_key(key);
        }
    }

    #[inline]
    fn put_key(&mut self, key: u64) {
        match &mut self.far {
            Some(far) if key >> SLOT_BITS >= far.begins() => far.put(key),
            _ => self.heap.push(key),
        }
    }

    #[cold]
    #[inline(never)]
    fn push_outside(&mut self, time: u64, slot: u32) {
        self.beyond.push(Reverse((time, slot)));
        self.has_more = true;
        if time < self.base {
            // all over again from there
            let keys = self.heap.keys().chain(self.beside.keys());
            let keys = keys.chain(self.far.iter().flat_map(|far| far.keys()));
            let slots = keys.map(|key| Reverse((self.time_of(key), slot_of(key))));
            self.beyond.extend(slots.collect::<Vec<_>>());
            self.heap.clear();
            self.beside = Beside::EMPTY;
            self.begin_window(time);
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
        self.heap.retain(|key| events.keeps(slot_of(key)));
        self.beside.retain(|key| events.keeps(slot_of(key)));
        self.instant.events.retain(|&Reverse((_, slot))| events.keeps(slot));
        if let Some(far) = &mut self.far {
            far.retain(|key| events.keeps(slot_of(key)));
        }
        self.beyond.retain(|&Reverse((_, slot))| events.keeps(slot));
    }

    /// Removes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        self.pop_if(|_| true)
    }

    /// Removes the next event if it happens before `end`.
    #[inline]
    pub fn pop_before(&mut self, end: Time) -> Option<(Time, E)> {
        self.pop_if(|time| time < end.as_millis())
    }

    #[inline]
    fn pop_if(&mut self, is_wanted: impl Fn(u64) -> bool) -> Option<(Time, E)> {
        loop {
            let (heap, beside) = (self.first_of_heap(), self.beside.first);
            // a way of its own for each, so that the processor goes on with its guess of which it is
            let (time, slot) = if heap < beside {
                if are_at_once(heap, self.heap.next().min(beside)) || self.has_instant() {
                    return self.pop_among_rivals(is_wanted);
                }
                let time = self.time_of(heap);
                if !is_wanted(time) {
                    return None;
                }
                self.heap.take_root();
                (time, slot_of(heap))
            } else {
                if are_at_once(beside, heap.min(self.beside.second)) || self.has_instant() {
                    return self.pop_among_rivals(is_wanted);
                }
                let time = self.time_of(beside);
                if !is_wanted(time) {
                    return None;
                }
                self.beside.take_first();
                (time, slot_of(beside))
            };
            if let Some(event) = self.take_event(slot) {
                return Some((Time::from_millis(time), event));
            }
        }
    }

    #[inline]
    fn has_instant(&self) -> bool {
        !self.instant.events.is_empty()
    }

    /// Removes the next event where several have the same time, or nothing is left.
    #[inline(never)]
    fn pop_among_rivals(&mut self, is_wanted: impl Fn(u64) -> bool) -> Option<(Time, E)> {
        loop {
            let next = self.next_key();
            if self.instant.events.is_empty() {
                if next == NONE {
                    return None;
                }
                self.instant.time = self.time_of(next);
            } else if next != NONE && self.time_of(next) < self.instant.time {
                // scheduled before what has come up already
                self.put_instant_back();
                continue;
            }
            let time = self.instant.time;
            if !is_wanted(time) {
                return None;
            }
            loop {
                let next = self.next_key();
                if next == NONE || self.time_of(next) != time {
                    break;
                }
                self.take_key(next);
                let slot = slot_of(next);
                self.instant.events.push(Reverse((self.order_of(slot), slot)));
            }
            if let Some(Reverse((_, slot))) = self.instant.events.pop()
                && let Some(event) = self.take_event(slot)
            {
                return Some((Time::from_millis(time), event));
            }
        }
    }

    #[cold]
    fn put_instant_back(&mut self) {
        let time = self.instant.time;
        while let Some(Reverse((_, slot))) = self.instant.events.pop() {
            self.push_slot(time, Turn::default(), slot);
        }
    }

    #[inline]
    fn order_of(&self, slot: u32) -> u32 {
        if slot & CANCELLABLE == 0 {
            self.slots.get(slot as usize).map_or(0, |place| place.order)
        } else {
            self.cancellable.slots.get((slot & !CANCELLABLE) as usize).map_or(0, |place| place.order)
        }
    }

    /// Empties a slot; `None` if its event was cancelled.
    #[inline]
    fn take_event(&mut self, slot: u32) -> Option<E> {
        if slot & CANCELLABLE != 0 {
            return self.cancellable.take(slot);
        }
        let place = self.slots.get_mut(slot as usize)?;
        place.order = std::mem::replace(&mut self.free_slot, slot);
        Some(place.event)
    }

    /// Numbers the waiting events afresh from 0 when the sequence numbers run out, which happens
    /// once in half a billion events. Their order does not change, and keys do not hold it.
    #[cold]
    fn renumber(&mut self) {
        let keys = self.heap.keys().chain(self.beside.keys());
        let keys = keys.chain(self.far.iter().flat_map(|far| far.keys()));
        let instant = self.instant.events.drain().map(|Reverse((_, slot))| slot).collect::<Vec<_>>();
        let slots = keys.map(slot_of).chain(self.beyond.iter().map(|&Reverse((_, slot))| slot));
        let mut all: Vec<(u32, u32)> =
            slots.chain(instant.iter().copied()).map(|slot| (self.order_of(slot), slot)).collect();
        all.sort_unstable();
        self.next_sequence = all.len() as u32;
        for (sequence, (order, slot)) in (0_u32..).zip(all) {
            let order = order >> SEQUENCE_BITS << SEQUENCE_BITS | sequence;
            if slot & CANCELLABLE == 0 {
                if let Some(place) = self.slots.get_mut(slot as usize) {
                    place.order = order;
                }
            } else if let Some(place) = self.cancellable.slots.get_mut((slot & !CANCELLABLE) as usize) {
                place.order = order;
            }
        }
        self.instant.events = instant.iter().map(|&slot| Reverse((self.order_of(slot), slot))).collect();
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

        /// Times of any order, many of them equal, in every window of the clock and at its end.
        #[test]
        fn events_before_the_last_one_and_beyond_the_window_keep_their_order(
            steps in prop::collection::vec((0_u8..6, 0_u64..4, 0_u8..3, any::<bool>()), 1..300),
            has_far_future in any::<bool>(),
        ) {
            let width = Span::from_millis(WINDOW / 5);
            let mut list = if has_far_future { EventList::with_far_future(width) } else { EventList::new() };
            let mut model: Vec<(u64, Turn, u32)> = Vec::new();
            for (label, (place, offset, action, is_arrival)) in (0_u32..).zip(steps) {
                if action == 0 {
                    let expected = model.iter().copied().min();
                    prop_assert_eq!(list.next_time(), expected.map(|entry| Time::from_millis(entry.0)));
                    let popped = list.pop().map(|(time, event)| (time.as_millis(), event));
                    prop_assert_eq!(popped, expected.map(|(time, _, event)| (time, event)));
                    model.retain(|&entry| Some(entry) != expected);
                } else {
                    let edge = [0, 1_000, WINDOW - 2, WINDOW + 5, 3 * WINDOW, u64::MAX - 3][usize::from(place)];
                    let turn = if is_arrival { Turn::Arrival } else { Turn::Completion };
                    list.push(Time::from_millis(edge + offset), turn, label);
                    model.push((edge + offset, turn, label));
                }
                prop_assert_eq!(list.len(), model.len());
            }
            model.sort_unstable();
            let left: Vec<(u64, u32)> = model.iter().map(|&(time, _, event)| (time, event)).collect();
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
