//! Events that are not near: unsorted, in buckets of equal width.

use super::{SLOT_BITS, WINDOW_BITS};
use std::collections::VecDeque;

/// The most buckets kept; events beyond them are looked at again when the earliest comes near. Few in
/// tests, so that they get there.
const MOST_BUCKETS: u64 = if cfg!(test) { 8 } else { 4_096 };

/// Keys of events by bucket, with times as in the keys: from the start of the window. Everything before
/// the first bucket is in the heap.
#[derive(Clone, Debug)]
pub(super) struct FarFuture {
    // the width of a bucket is two to this power, and each begins at a multiple of it
    width_bits: u32,
    begins: u64,
    buckets: VecDeque<Vec<u64>>,
    // emptied buckets, for the memory they hold
    empty: Vec<Vec<u64>>,
    // too far for a bucket when they came, and the earliest of them
    beyond: Vec<u64>,
    earliest_beyond: u64,
    length: usize,
}

impl FarFuture {
    /// Buckets whose width is the power of two nearest to `width` milliseconds.
    pub(super) fn new(width: u64) -> Self {
        Self {
            // from half way to the next power of two on, a third more is beyond it
            width_bits: width.saturating_add(width / 3).max(1).ilog2().min(WINDOW_BITS),
            begins: 0,
            buckets: VecDeque::new(),
            empty: Vec::new(),
            beyond: Vec::new(),
            earliest_beyond: u64::MAX,
            length: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Where the first bucket begins \[ms\].
    #[inline]
    pub(super) fn begins(&self) -> u64 {
        self.begins
    }

    pub(super) fn put(&mut self, key: u64) {
        let time = key >> SLOT_BITS;
        let ahead = time.saturating_sub(self.begins) >> self.width_bits;
        self.length += 1;
        if ahead >= MOST_BUCKETS {
            self.beyond.push(key);
            self.earliest_beyond = self.earliest_beyond.min(time);
            return;
        }
        let index = ahead as usize;
        if index >= self.buckets.len() {
            let empty = &mut self.empty;
            self.buckets.resize_with(index + 1, || empty.pop().unwrap_or_default());
        }
        if let Some(bucket) = self.buckets.get_mut(index) {
            bucket.push(key);
        }
    }

    /// The times of a bucket differ in so many of their last bits.
    pub(super) fn width_bits(&self) -> u32 {
        self.width_bits
    }

    /// Takes the next bucket that is not empty; `None` if nothing is left. Give it back with
    /// [`FarFuture::give_back`].
    pub(super) fn take_bucket(&mut self) -> Option<Vec<u64>> {
        let width = 1 << self.width_bits;
        while self.length > 0 {
            let ends = self.begins.saturating_add(width);
            if self.buckets.is_empty() || (!self.beyond.is_empty() && self.earliest_beyond < ends) {
                self.spread_beyond();
            }
            let bucket = self.buckets.pop_front().unwrap_or_default();
            self.begins = self.begins.saturating_add(width);
            if !bucket.is_empty() {
                self.length -= bucket.len();
                return Some(bucket);
            }
            self.give_back(bucket);
        }
        None
    }

    /// Keeps the memory of a bucket for another.
    pub(super) fn give_back(&mut self, mut bucket: Vec<u64>) {
        if bucket.capacity() > 0 {
            bucket.clear();
            self.empty.push(bucket);
        }
    }

    /// The earliest of the events beyond the buckets comes near, or nothing else is left: puts those
    /// that now have a bucket into it.
    #[cold]
    fn spread_beyond(&mut self) {
        if self.buckets.is_empty() {
            self.begins = self.begins.max(self.earliest_beyond >> self.width_bits << self.width_bits);
        }
        let beyond = std::mem::take(&mut self.beyond);
        self.earliest_beyond = u64::MAX;
        self.length -= beyond.len();
        beyond.into_iter().for_each(|key| self.put(key));
    }

    /// Keeps only the keys that stay.
    pub(super) fn retain(&mut self, mut stays: impl FnMut(u64) -> bool) {
        self.buckets.iter_mut().for_each(|bucket| bucket.retain(|&key| stays(key)));
        self.beyond.retain(|&key| stays(key));
        self.length = self.buckets.iter().map(Vec::len).sum::<usize>() + self.beyond.len();
    }

    /// All keys, in no order.
    pub(super) fn keys(&self) -> impl Iterator<Item = u64> {
        self.buckets.iter().flatten().chain(&self.beyond).copied()
    }

    /// Forgets every key; the buckets begin at the start of the window again.
    pub(super) fn clear(&mut self) {
        while let Some(bucket) = self.buckets.pop_front() {
            self.give_back(bucket);
        }
        self.beyond.clear();
        (self.begins, self.earliest_beyond, self.length) = (0, u64::MAX, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_as_wide_as_the_nearest_power_of_two() {
        let nearest = |width: u64| (0..=WINDOW_BITS).min_by_key(|&bits| width.abs_diff(1 << bits));
        // half way between two, at 3, 6, 12 and so on, both are nearest
        for width in (0..5_000).filter(|width: &u64| !width.is_multiple_of(3)).chain([1_800_000, u64::MAX]) {
            assert_eq!(Some(FarFuture::new(width).width_bits()), nearest(width), "{width}");
        }
    }
}
