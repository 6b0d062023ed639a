//! The next arrivals, or the bucket of events that is open, beside the heap.

use super::heap::NONE;
use super::sorter::Sorter;

/// Keys in order beside the heap: two of arrivals at most, or those of a bucket. [`NONE`] where there is none.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    pub(super) first: u64,
    pub(super) second: u64,
    // of a bucket, all later ones, the last first
    rest: Vec<u64>,
    sorter: Sorter,
}

impl Beside {
    pub(super) const EMPTY: Self =
        Self { first: NONE, second: NONE, rest: Vec::new(), sorter: Sorter::EMPTY };

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

    /// Takes over the keys of a bucket, in whatever order, whose times differ in their last `bits`; nothing may be left of
    /// the one before, whose memory it returns.
    pub(super) fn open(&mut self, mut bucket: Vec<u64>, bits: u32) -> Vec<u64> {
        self.sorter.sort(&mut bucket, bits);
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
        let mut kept = |key| if key != NONE && stays(key) { key } else { NONE };
        let two = [kept(self.first), kept(self.second)];
        self.rest.retain(|&key| kept(key) != NONE);
        (self.first, self.second) = (two[0].min(two[1]), two[0].max(two[1]));
        while self.second == NONE
            && let Some(key) = self.rest.pop()
        {
            self.put(key);
        }
    }

    pub(super) fn clear(&mut self) {
        (self.first, self.second) = (NONE, NONE);
        self.rest.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_bucket_come_in_order_whichever_are_thrown_away() {
        let bucket = [5_u64, 9, 2, 7, 3, 8, 1];
        for thrown_away in 0..1_u64 << 10 {
            let stays = |key: u64| thrown_away >> key & 1 == 0;
            let mut beside = Beside::EMPTY;
            // few are put in order whole, whatever their times differ in
            beside.open(bucket.to_vec(), 0);
            beside.retain(stays);
            let mut expected: Vec<u64> = bucket.into_iter().filter(|&key| stays(key)).collect();
            expected.sort_unstable();
            assert_eq!(beside.len(), expected.len());
            assert!(beside.keys().eq(expected.iter().copied()));
            let mut taken = Vec::new();
            while beside.first != NONE {
                taken.push(beside.first);
                beside.take_first();
            }
            assert_eq!(taken, expected);
        }
    }
}
