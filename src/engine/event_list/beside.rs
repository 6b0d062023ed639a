//! The next arrivals, beside the heap.

use super::heap::NONE;

/// At most two keys, kept in order beside the heap; [`NONE`] where there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside {
    pub(super) first: u64,
    pub(super) second: u64,
}

impl Beside {
    pub(super) const EMPTY: Self = Self { first: NONE, second: NONE };

    pub(super) fn len(self) -> usize {
        self.keys().count()
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

    #[inline]
    pub(super) fn take_first(&mut self) {
        *self = Self { first: self.second, second: NONE };
    }

    pub(super) fn keys(self) -> impl Iterator<Item = u64> {
        [self.first, self.second].into_iter().filter(|&key| key != NONE)
    }

    pub(super) fn retain(&mut self, mut stays: impl FnMut(u64) -> bool) {
        for key in std::mem::replace(self, Self::EMPTY).keys().filter(|&key| stays(key)) {
            self.put(key);
        }
    }
}
