//! Sums that keep their digits, and the shape of a sample beyond its variance.

use serde::{Deserialize, Serialize};

/// The sum of `values` with the rounding error of each addition carried along (Neumaier, 1974); where
/// a plain sum loses small numbers beside large ones that cancel, this does not. `None` if it is not
/// finite.
///
/// ```
/// use nhs_capacity::experiment::moments::sum;
/// assert_eq!(sum([1.0, 1e100, 1.0, -1e100]), Some(2.0));
/// ```
pub fn sum(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (mut total, mut error) = (0.0_f64, 0.0);
    for value in values {
        let next = total + value;
        error += if total.abs() >= value.abs() { (total - next) + value } else { (value - next) + total };
        total = next;
    }
    Some(total + error).filter(|sum| sum.is_finite())
}

/// Count, mean, variance and skewness of a stream of numbers in one pass. Parts merge to the whole;
/// [`Tally`](crate::measure::Tally) is the lighter one where skewness is not asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    count: u64,
    dropped: u64,
    mean: f64,
    squares: f64,
    cubes: f64,
}

impl Moments {
    /// Nothing recorded yet.
    pub const fn new() -> Self {
        Self { count: 0, dropped: 0, mean: 0.0, squares: 0.0, cubes: 0.0 }
    }

    /// Adds one observation. One that is not finite is only counted, in [`Moments::dropped`].
    pub fn record(&mut self, value: f64) {
        if value.is_finite() {
            self.merge(&Self { count: 1, mean: value, ..Self::new() });
        } else {
            self.dropped += 1;
        }
    }

    /// Adds everything `other` recorded: the pairwise update of Chan, Golub and LeVeque (1979) with
    /// the third moment of Pébay (2008). To the last bit the same for one order of merging.
    pub fn merge(&mut self, other: &Self) {
        self.dropped += other.dropped;
        if self.count == 0 {
            *self = Self { dropped: self.dropped, ..*other };
        } else if other.count > 0 {
            let (a, b) = (self.count as f64, other.count as f64);
            let n = a + b;
            let gap = other.mean - self.mean;
            self.cubes += other.cubes
                + gap.powi(3) * (a / n) * (b / n) * (a - b)
                + 3.0 * gap * ((a / n) * other.squares - (b / n) * self.squares);
            self.squares += other.squares + gap * gap * (a / n * b);
            self.mean += gap * (b / n);
            self.count += other.count;
        }
    }

    /// Number of observations.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Number of values that were not finite and are in no other figure.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Mean; `None` without observations.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0 && self.mean.is_finite()).then_some(self.mean)
    }

    /// Unbiased variance; `None` with fewer than two observations.
    pub fn variance(&self) -> Option<f64> {
        let variance = self.squares / (self.count as f64 - 1.0);
        (self.count > 1 && variance.is_finite()).then_some(variance)
    }

    /// Population skewness: the mean cubed deviation over the cubed standard deviation, both with
    /// divisor n. `None` if the observations do not vary.
    pub fn skewness(&self) -> Option<f64> {
        let n = self.count as f64;
        let skewness = (self.cubes / n) / (self.squares / n).powf(1.5);
        (self.squares > 0.0 && skewness.is_finite()).then_some(skewness)
    }
}

impl Extend<f64> for Moments {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.record(value));
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::new();
        moments.extend(values);
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: Option<f64>, b: Option<f64>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
            _ => a == b,
        }
    }

    /// Verification case oa-merge-01.
    #[test]
    fn parts_merge_to_the_whole() {
        let mut all = Moments::new();
        for part in [&[1.5, 2.5, 9.0][..], &[4.0], &[], &[-3.0, 0.5]] {
            all.merge(&part.iter().copied().collect());
        }
        assert_eq!(all.count(), 6);
        assert!(close(all.mean(), Some(2.416_666_666_666_67)));
        assert!(close(all.variance(), Some(15.941_666_666_666_7)));
        assert!(close(all.skewness(), Some(0.421_845_126_084_351)));
    }

    #[test]
    fn what_is_not_there_is_none() {
        assert_eq!((sum([]), sum([f64::NAN]), sum([f64::MAX, f64::MAX])), (Some(0.0), None, None));
        let same: Moments = [4.0, 4.0, f64::INFINITY].into_iter().collect();
        assert_eq!((same.mean(), same.variance(), same.skewness()), (Some(4.0), Some(0.0), None));
        assert_eq!((same.dropped(), Moments::new().mean(), Moments::new().skewness()), (1, None, None));
        let wide: Moments = [f64::MAX, f64::MIN, 0.0].into_iter().collect();
        assert_eq!((wide.variance(), wide.skewness()), (None, None));
    }

    proptest! {
        #[test]
        fn any_cut_gives_one_pass(values in prop::collection::vec(-1e3..1e3, 0..40), cut in 0..40_usize) {
            let cut = cut.min(values.len());
            let mut merged: Moments = values[..cut].iter().copied().collect();
            merged.merge(&values[cut..].iter().copied().collect());
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let power = |p: i32| values.iter().map(|x| (x - mean).powi(p)).sum::<f64>() / n;
            if values.len() > 1 {
                prop_assert!(close(merged.mean(), Some(mean)));
                prop_assert!(close(merged.skewness(), Some(power(3) / power(2).powf(1.5))));
            }
        }
    }
}
