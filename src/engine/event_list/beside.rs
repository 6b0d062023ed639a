//! The next arrivals, or the bucket of events that is open, beside the heap.

use super::heap::NONE;

/// Keys in order beside the heap: two of arrivals at most, or those of a bucket. [`NONE`] where there is none.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    pub(super) first: u64,
    pub(super) second: u64,
    // of a bucket, all later ones, the last first
    rest: Vec<u64>,
}

impl Beside {
    pub(super) const EMPTY: Self = Self { first: NONE, second: NONE, rest: Vec::new() };

    pub(super) fn len(&self) -> usize {
        usize::from(self.first != NONE) + usize::from(self.second != NONE) + self.rest.len()
    }

    /// Whether there was room for `key`.
    #[inline]
    pub(super) fn put(&mut self, key: u64) -> bool {
        if self.second != NONE {
            return false;
        }
        (self.first, self.second) = (self.first.min(key), self.first.max(key));
        true
    }

    /// Takes over the keys of a bucket, in whatever order; nothing may be left of the one before, whose memory it returns.
    pub(super) fn open(&mut self, mut bucket: Vec<u64>) -> Vec<u64> {
        bucket.sort_unstable_by(|a, b| b.cmp(a));
        let spent = std::mem::replace(&mut self.rest, bucket);
        self.take_first();
        self.take_first();
        spent
    }

    #[inline]
    pub(super) fn take_first(&mut self) {
        self.first = self.second;
        self.second = self.rest.pop().unwrap_or(NONE);
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = u64> {
        [self.first, self.second]
            .into_iter()
            .chain(self.rest.iter().rev().copied())
            .filter(|&key| key != NONE)
    }

    pub(super) fn retain(&mut self, mut stays: impl FnMut(u64) -> bool) {
        let kept = self.keys().filter(|&key| stays(key)).collect();
        *self = Self::EMPTY;
        self.open(kept);
    }

    pub(super) fn clear(&mut self) {
        (self.first, self.second) = (NONE, NONE);
        self.rest.clear();
    }
}
