//! Addressed dice: a tree of keys, and a small generator at each leaf.

use rand::{Rng, TryRng};
use std::convert::Infallible;

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): a bijection in which each input bit
/// changes each output bit with probability close to one half.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A node in the tree of random streams: a seed, then replication, site, stream of arrivals and so
/// on, each step taken with [`Stream::at`].
///
/// ```
/// use nhs_capacity::random::Stream;
/// let walk_ins = Stream::of_seed(2022).at(0).at(17).at(3);
/// let somebody = walk_ins.person(41);
/// assert_eq!(somebody.dice(1).uniform(), somebody.dice(1).uniform());
/// assert_ne!(somebody.dice(1).uniform(), somebody.dice(2).uniform());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream(u64);

/// One person's key: every draw about them comes from here, addressed by its purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonKey(u64);

/// A SplitMix64 generator for the few draws that one purpose needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dice(u64);

/// A probability made ready to be asked for by the million: [`Dice::hits`] answers as [`Dice::happens`], by comparing
/// integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chance(u64);

/// A uniform draw takes one of 2^52 values.
const VALUES: f64 = (1_u64 << 52) as f64;

impl Chance {
    /// Of what never happens.
    pub const NEVER: Self = Self(0);
    /// Of what always happens.
    pub const CERTAIN: Self = Self(1 << 52);

    /// Of an event of this probability; below 0 and not a number are 0, above 1 is 1.
    ///
    /// ```
    /// use nhs_capacity::random::{Chance, Stream};
    /// let person = Stream::of_seed(1).person(3);
    /// assert_eq!(person.dice(2).hits(Chance::of(0.3)), person.dice(2).happens(0.3));
    /// ```
    pub fn of(probability: f64) -> Self {
        // the number of values in the middle of their cells that lie below it: neither product nor difference is rounded
        let below = (probability * VALUES - 0.5).ceil();
        Self(below.clamp(0.0, VALUES) as u64)
    }
}

impl Stream {
    /// The root of the tree for a study seed. No seed has a special meaning.
    pub const fn of_seed(seed: u64) -> Self {
        Self(mix(seed ^ 0x6a09_e667_f3bc_c908))
    }

    /// The branch numbered `index`.
    pub const fn at(self, index: u64) -> Self {
        // Two rounds, with the index spread first, so that neighbouring paths such as (1, 2) and
        // (2, 1) do not meet.
        Self(mix(mix(index.wrapping_add(1).wrapping_mul(GOLDEN)) ^ self.0.rotate_left(23)))
    }

    /// The key of the person numbered `index` in this stream.
    pub const fn person(self, index: u64) -> PersonKey {
        PersonKey(self.at(index).0)
    }

    /// The generator of this node itself, for a sequence that belongs to nobody in particular.
    pub const fn dice(self) -> Dice {
        Dice(self.0)
    }
}

impl PersonKey {
    /// The key of the same person when they come again: other dice, addressed by the first key.
    pub const fn again(self) -> Self {
        Self(mix(self.0.wrapping_add(GOLDEN)))
    }

    /// The dice this person throws for `purpose`.
    #[inline]
    pub const fn dice(self, purpose: u64) -> Dice {
        Dice(mix(self.0 ^ purpose.wrapping_add(1).wrapping_mul(0xd605_bbb5_8c8a_bbfd)))
    }
}

impl Dice {
    /// A generator in the given state: the published SplitMix64 sequence.
    pub const fn from_state(state: u64) -> Self {
        Self(state)
    }

    /// A uniform draw from the open interval (0, 1): its logarithm is always finite.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        open_unit_interval(self.next_u64())
    }

    /// Whether an event of this probability happens. The same dice say yes at every larger
    /// probability, so those touched at a small dose are among those touched at a larger one.
    #[inline]
    pub fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Whether an event of this chance happens: the same answers as [`Self::happens`].
    #[inline]
    pub fn hits(&mut self, chance: Chance) -> bool {
        self.draw().hits(chance)
    }

    /// One of the numbers below `n`, each with the same probability; 0 if `n` is 0.
    #[inline]
    pub fn below(&mut self, n: usize) -> usize {
        self.draw().below(n)
    }

    #[inline]
    pub(crate) fn draw(&mut self) -> Draw {
        Draw(value_of(self.next_u64()))
    }
}

/// A uniform draw to ask several things of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    #[cfg(test)]
    pub(crate) fn at(point: f64) -> Self {
        Self((point * VALUES) as u64)
    }

    #[inline]
    pub(crate) fn hits(self, chance: Chance) -> bool {
        self.0 < chance.0
    }

    /// Which of `n` equal parts of (0, 1) it is in.
    #[inline]
    pub(crate) fn below(self, n: usize) -> usize {
        // the middle of the cell in units of half a cell
        let at = 2 * self.0 + 1;
        ((u128::from(at) * n as u128) >> 53) as usize
    }
}

/// 52 random bits.
#[inline]
const fn value_of(word: u64) -> u64 {
    word >> 12
}

/// 52 random bits in the middle of their cells: the least value is 2^-53, the greatest 1 - 2^-53.
#[inline]
fn open_unit_interval(word: u64) -> f64 {
    (value_of(word) as f64 + 0.5) * (1.0 / VALUES)
}

impl TryRng for Dice {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next_u64() >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(GOLDEN);
        Ok(mix(self.0))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next_u64().to_le_bytes();
            chunk.iter_mut().zip(word).for_each(|(byte, value)| *byte = value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference: Vigna's splitmix64.c, seed 1234567.
    #[test]
    fn splitmix64_gives_its_published_sequence() {
        let mut dice = Dice::from_state(1_234_567);
        let drawn: Vec<u64> = (0..5).map(|_| dice.next_u64()).collect();
        let published = [
            0x599ed017fb08fc85,
            0x2c73f08458540fa5,
            0x883ebce5a3f27c77,
            0x3fbef740e9177b3f,
            0xe3b8346708cb5ecd,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn addressed_dice_first_draws_are_stable() {
        let person = Stream::of_seed(2022).at(1).at(2).person(3);
        let drawn: Vec<u64> = (0..3).map(|purpose| person.dice(purpose).next_u64()).collect();
        assert_eq!(drawn, PINNED);
    }
    const PINNED: [u64; 3] = [9160700039899832490, 317364651405720677, 14954723603961199761];

    /// 64 streams of 20,000: the largest of 2,016 absolute correlations exceeds 5.5 standard errors
    /// (1 / sqrt(20,000) each) about once in 10,000 trials.
    #[test]
    fn neighbouring_streams_are_uncorrelated() {
        let root = Stream::of_seed(0);
        let draws: Vec<Vec<f64>> = (0..64)
            .map(|s| (0..20_000).map(|i| root.at(s).person(i).dice(0).uniform() - 0.5).collect())
            .collect();
        let norm = |a: &[f64]| a.iter().map(|x| x * x).sum::<f64>().sqrt();
        for i in 0..64 {
            for j in 0..i {
                let dot: f64 = draws[i].iter().zip(&draws[j]).map(|(x, y)| x * y).sum();
                let correlation = dot / norm(&draws[i]) / norm(&draws[j]);
                assert!(correlation.abs() < 5.5 / 20_000_f64.sqrt(), "{i} {j} {correlation}");
            }
        }
    }

    #[test]
    fn the_uniform_never_touches_its_ends() {
        for word in [0, u64::MAX] {
            let value = open_unit_interval(word);
            assert!(value > 0.0 && value < 1.0);
        }
    }

    #[test]
    fn a_larger_dose_touches_everyone_a_smaller_one_does() {
        let stream = Stream::of_seed(7);
        for i in 0..1_000 {
            let person = stream.person(i);
            assert!(!person.dice(4).happens(0.2) || person.dice(4).happens(0.3));
        }
    }

    /// At chances that lie between two values, on one of them and beyond the ends.
    #[test]
    fn a_chance_answers_as_its_probability() {
        let ends = [-1.0, 0.0, f64::MIN_POSITIVE, 2.0_f64.powi(-53), 0.5, 1.0 - 2.0_f64.powi(-53), 1.0, 2.0];
        for probability in ends.into_iter().chain([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]) {
            for word in [0, 1 << 12, u64::MAX / 2, u64::MAX / 2 + 1, u64::MAX - (1 << 12), u64::MAX] {
                let is_below = open_unit_interval(word) < probability;
                assert_eq!(value_of(word) < Chance::of(probability).0, is_below, "{probability} {word}");
            }
        }
        assert_eq!([Chance::of(0.0), Chance::of(1.0)], [Chance::NEVER, Chance::CERTAIN]);
        let mut dice = Stream::of_seed(4).dice();
        for _ in 0..10_000 {
            let (probability, word) = (dice.uniform().powi(3), dice.next_u64());
            // and next to the value drawn
            let values = [probability, open_unit_interval(word).next_up(), open_unit_interval(word)];
            for probability in values {
                let is_below = open_unit_interval(word) < probability;
                assert_eq!(value_of(word) < Chance::of(probability).0, is_below, "{probability} {word}");
            }
        }
    }

    /// Chi-squared with 6 degrees of freedom exceeds 27 about once in 10,000 trials.
    #[test]
    fn the_numbers_below_another_are_equally_likely() {
        let mut dice = Stream::of_seed(6).dice();
        let mut counts = [0_u32; 7];
        (0..70_000).for_each(|_| counts[dice.below(7)] += 1);
        let chi_squared: f64 = counts.iter().map(|&n| (f64::from(n) - 1e4).powi(2) / 1e4).sum();
        assert!(chi_squared < 27.0, "{counts:?}");
        assert_eq!([dice.below(0), dice.below(1)], [0, 0]);
    }

    #[test]
    fn a_number_below_another_is_the_uniform_draw_times_it() {
        let dice = Stream::of_seed(8).dice();
        let (mut a, mut b) = (dice.clone(), dice);
        for n in 1..100_000 {
            assert_eq!(a.below(n), (b.uniform() * n as f64) as usize);
        }
        assert!(Draw(value_of(u64::MAX)).below(usize::MAX) < usize::MAX);
    }
}
