//! The future event list: an implicit 4-ary heap of 16-byte keys.
//!
//! A key packs time (64 bits), turn (3 bits), sequence number (29 bits) and the slot of the event
//! (32 bits) into one integer, so that one comparison orders by time, then turn, then order of
//! scheduling. Popping moves the hole to the bottom by a tournament among the four children and
//! lets the last key rise from there, which saves the comparisons that a downward sift wastes.

use crate::units::Time;

/// Who goes first among events at the same instant. Within a turn, the order of scheduling decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// Changes of capacity, before anything else of the instant.
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

/// Events in the order in which they will happen.
#[derive(Clone, Debug)]
pub struct EventList<E> {
    heap: Vec<u128>,
    events: Vec<E>,
    free_slots: Vec<u32>,
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
        Self { heap: Vec::new(), events: Vec::new(), free_slots: Vec::new(), next_sequence: 0 }
    }

    /// Number of events in the list.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is going to happen.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Time of the next event.
    #[inline]
    pub fn next_time(&self) -> Option<Time> {
        self.heap.first().map(|&key| time_of(key))
    }

    /// Adds an event.
    #[inline]
    pub fn push(&mut self, time: Time, turn: Turn, event: E) {
        if self.next_sequence == SEQUENCE_LIMIT {
            self.renumber();
        }
        let slot = self.store(event);
        let key = key(time, turn, self.next_sequence, slot);
        self.next_sequence += 1;
        self.heap.push(key);
        let bottom = self.heap.len() - 1;
        self.rise(bottom, key);
    }

    /// Removes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        let &next = self.heap.first()?;
        let last = self.heap.pop()?;
        if !self.heap.is_empty() {
            let bottom = self.sink_hole();
            self.rise(bottom, last);
        }
        let slot = next as u32;
        self.free_slots.push(slot);
        let event = self.events.get(slot as usize)?;
        Some((time_of(next), *event))
    }

    #[inline]
    fn store(&mut self, event: E) -> u32 {
        match self.free_slots.pop() {
            Some(slot) => {
                if let Some(place) = self.events.get_mut(slot as usize) {
                    *place = event;
                }
                slot
            }
            None => {
                self.events.push(event);
                (self.events.len() - 1) as u32
            }
        }
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
        self.heap.sort_unstable();
        for (sequence, entry) in (0_u32..).zip(&mut self.heap) {
            let everything_else = !(u128::from(SEQUENCE_LIMIT - 1) << SLOT_BITS);
            *entry = (*entry & everything_else) | u128::from(sequence) << SLOT_BITS;
        }
        self.next_sequence = self.heap.len() as u32;
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
        let mut list = EventList::new();
        list.next_sequence = SEQUENCE_LIMIT - 3;
        (0..10).for_each(|event| list.push(Time::from_millis(1), Turn::Completion, event));
        assert_eq!(drain(&mut list).iter().map(|e| e.1).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn times_near_the_end_of_the_clock_keep_their_order() {
        let mut list = EventList::new();
        list.push(Time::NEVER, Turn::Completion, 2);
        list.push(Time::from_millis(u64::MAX - 1), Turn::Census, 1);
        assert_eq!(drain(&mut list).iter().map(|e| e.1).collect::<Vec<_>>(), [1, 2]);
    }

    proptest! {
        #[test]
        fn any_mix_of_pushes_and_pops_comes_out_sorted(steps in prop::collection::vec((0_u64..50, any::<bool>()), 1..400)) {
            let mut list = EventList::new();
            let mut model: Vec<(u64, u32)> = Vec::new();
            for (label, (time, is_pop)) in (0_u32..).zip(steps) {
                if is_pop {
                    let expected = model.iter().copied().min();
                    prop_assert_eq!(list.pop().map(|(t, e)| (t.as_millis(), e)), expected);
                    model.retain(|&entry| Some(entry) != expected);
                } else {
                    list.push(Time::from_millis(time), Turn::Completion, label);
                    model.push((time, label));
                }
            }
            model.sort_unstable();
            prop_assert_eq!(drain(&mut list), model);
        }
    }
}
