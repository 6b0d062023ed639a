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
//! The next two arrivals wait beside the heap, unless a bucket is there (below). A source of arrivals has one event in the
//! list at a time, usually near: in the heap it would rise to the top and send another key down again.
//!
//! An event that may be cancelled leaves its key behind, which is thrown away when it comes first or
//! when such keys are more than half of all: constant time on average, and bounded memory. Such events
//! have slots of their own, so that the others carry nothing for it.
//!
//! Where many events lie far ahead (patients who will leave in three weeks), the heap grows out of the
//! cache though few of its events are near. [`EventList::with_far_future`] keeps them, unsorted, in
//! buckets of equal width. A bucket whose time has come is sorted and stands beside the heap, which then holds only what
//! is scheduled within a bucket's width. The order of events is the same with and without it.

mod beside;
mod cancellable;
mod far_future;
mod heap;
mod sorter;
#[cfg(test)]
mod tests;

pub use cancellable::Ticket;

use crate::units::{Span, Time};
use beside::Beside;
use cancellable::{CANCELLABLE, Cancellable, FEW_CANCELLED};
use far_future::FarFuture;
use heap::{Heap, NONE};
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

/// Bits of a key that name the slot.
const SLOT_BITS: u32 = 30;
/// Bits of a key that tell the time.
const WINDOW_BITS: u32 = u64::BITS - SLOT_BITS;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
/// Ticks in a window, the last left out so that no key is [`NONE`].
const WINDOW: u64 = (u64::MAX >> SLOT_BITS) - 1;
const SEQUENCE_BITS: u32 = 29;
const SEQUENCE_LIMIT: u32 = 1 << SEQUENCE_BITS;

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

/// No slot has this number.
const NO_SLOT: u32 = u32::MAX;
/// What is taken out where nothing is left, or nothing wanted.
const NOTHING: (Time, u32) = (Time::NEVER, NO_SLOT);

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
            cancellable: Cancellable::EMPTY,
            instant: Instant { time: 0, events: BinaryHeap::new() },
            far: None,
            beyond: BinaryHeap::new(),
        }
    }

    /// An empty list that keeps events more than about `width` ahead in buckets of the power of two
    /// milliseconds nearest to that width. Worth it where most events of a long list are far ahead.
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
        if root == NONE && (self.heap.is_deep() || (self.has_more && self.beside.first == NONE)) {
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
                far.give_back(self.beside.open(bucket, far.width_bits()));
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
        if !(turn == Turn::Arrival && self.far.is_none() && self.beside.put(key)) {
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
            self.beside.clear();
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

    /// The event that is next, unless several have the same time; not known of events that can be cancelled, nor before a
    /// bucket is opened.
    #[inline(always)]
    pub(super) fn likely_next(&self) -> Option<&E> {
        let key = self.heap.least().min(self.beside.first);
        self.slots.get(slot_of(key) as usize).map(|slot| &slot.event)
    }

    /// Removes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        let (time, slot) = self.pop_if(|_| true);
        self.take_event(slot).map(|&event| (time, event))
    }

    /// Removes the next event if it happens before `end`.
    #[inline]
    pub fn pop_before(&mut self, end: Time) -> Option<(Time, E)> {
        self.take_before(end).map(|(time, &event)| (time, event))
    }

    /// As [`EventList::pop_before`], with the event still in its place. Handed on within an `Option` it
    /// would be taken apart and put together again on the stack, and the processor waits for a value
    /// that is read whole just after it was written in pieces.
    #[inline]
    pub(super) fn take_before(&mut self, end: Time) -> Option<(Time, &E)> {
        let (time, slot) = self.pop_if(|time| time < end.as_millis());
        self.take_event(slot).map(|event| (time, event))
    }

    /// Takes the key of the next event out: its time and slot, or [`NOTHING`]. An `Option` would not fit
    /// into registers.
    #[inline]
    fn pop_if(&mut self, is_wanted: impl Fn(u64) -> bool) -> (Time, u32) {
        loop {
            // in this order: the first may open a bucket beside the heap
            let (heap, beside) = (self.first_of_heap(), self.beside.first);
            // a way of its own for each, so that the processor goes on with its guess of which it is
            let (time, slot) = if heap < beside {
                if are_at_once(heap, self.heap.next().min(beside)) || self.has_instant() {
                    return self.pop_among_rivals(is_wanted);
                }
                let time = self.time_of(heap);
                if !is_wanted(time) {
                    return NOTHING;
                }
                self.heap.take_root();
                (time, slot_of(heap))
            } else {
                if are_at_once(beside, heap.min(self.beside.second)) || self.has_instant() {
                    return self.pop_among_rivals(is_wanted);
                }
                let time = self.time_of(beside);
                if !is_wanted(time) {
                    return NOTHING;
                }
                self.beside.take_first();
                (time, slot_of(beside))
            };
            if self.happens(slot) {
                return (Time::from_millis(time), slot);
            }
        }
    }

    #[inline]
    fn happens(&mut self, slot: u32) -> bool {
        slot & CANCELLABLE == 0 || self.cancellable.give_back(slot)
    }

    #[inline]
    fn has_instant(&self) -> bool {
        !self.instant.events.is_empty()
    }

    /// Removes the next event where several have the same time, or nothing is left.
    #[inline(never)]
    fn pop_among_rivals(&mut self, is_wanted: impl Fn(u64) -> bool) -> (Time, u32) {
        loop {
            let next = self.next_key();
            if self.instant.events.is_empty() {
                if next == NONE {
                    return NOTHING;
                }
                self.instant.time = self.time_of(next);
            } else if next != NONE && self.time_of(next) < self.instant.time {
                // scheduled before what has come up already
                self.put_instant_back();
                continue;
            }
            let time = self.instant.time;
            if !is_wanted(time) {
                return NOTHING;
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
                && self.happens(slot)
            {
                return (Time::from_millis(time), slot);
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

    /// The event of a key that was taken out; none has [`NO_SLOT`].
    #[inline]
    fn take_event(&mut self, slot: u32) -> Option<&E> {
        if slot & CANCELLABLE != 0 {
            return self.cancellable.event(slot);
        }
        let place = self.slots.get_mut(slot as usize)?;
        place.order = std::mem::replace(&mut self.free_slot, slot);
        Some(&place.event)
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
