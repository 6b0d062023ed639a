//! Puts the keys of a bucket in order of their times, digit by digit.

use super::SLOT_BITS;

/// Bits of a digit at most: its counts are a quarter of the first level of the cache.
const DIGIT_BITS: u32 = 11;
const VALUES: usize = 1 << DIGIT_BITS;
/// Fewer keys are sorted by comparing them.
const FEW: usize = 256;

/// With room for the keys of a bucket.
#[derive(Clone, Debug)]
pub(super) struct Sorter {
    moved: Vec<u64>,
}

impl Sorter {
    pub(super) const EMPTY: Self = Self { moved: Vec::new() };

    /// Puts the last first. The times of all keys differ in their last `bits`; those of one instant come in any order.
    pub(super) fn sort(&mut self, keys: &mut Vec<u64>, bits: u32) {
        if keys.len() < FEW {
            keys.sort_unstable_by(|a, b| b.cmp(a));
            return;
        }
        let digits = bits.div_ceil(DIGIT_BITS);
        let of_digit = bits.div_ceil(digits.max(1));
        self.moved.resize(keys.len(), 0);
        for digit in 0..digits {
            self.sort_by_digit(keys, SLOT_BITS + digit * of_digit, of_digit);
            std::mem::swap(keys, &mut self.moved);
        }
    }

    /// By some bits from `lowest` on, keeping the order of those that have the same.
    fn sort_by_digit(&mut self, keys: &[u64], lowest: u32, bits: u32) {
        // the greatest first; the last term so that no bound is checked
        let value = |key: u64| (!key >> lowest) as usize & ((1 << bits) - 1) & (VALUES - 1);
        let mut places = [0_u32; VALUES];
        keys.iter().for_each(|&key| places[value(key)] += 1);
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        for &key in keys {
            let place = &mut places[value(key)];
            if let Some(moved) = self.moved.get_mut(*place as usize) {
                *moved = key;
            }
            *place += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn keys_are_sorted_by_time_whatever_the_width_of_the_bucket() {
        let mut sorter = Sorter::EMPTY;
        let mut dice = Stream::of_seed(14).dice();
        for bits in 0..=34 {
            for length in [0, 1, FEW - 1, FEW, 3 * FEW + 1] {
                let begins = (dice.uniform() * 1e9) as u64 >> bits << bits;
                let mut times: Vec<u64> =
                    (0..length).map(|_| begins + (dice.uniform() * (1_u64 << bits) as f64) as u64).collect();
                let mut keys: Vec<u64> =
                    (0..).zip(&times).map(|(slot, time)| time << SLOT_BITS | slot).collect();
                let mut sorted = keys.clone();
                sorter.sort(&mut keys, bits);
                times.sort_unstable_by(|a, b| b.cmp(a));
                assert!(keys.iter().map(|key| key >> SLOT_BITS).eq(times));
                // nobody is lost
                keys.sort_unstable();
                sorted.sort_unstable();
                assert_eq!(keys, sorted);
            }
        }
    }
}
