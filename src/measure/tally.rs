//! Count, mean, variance and range of a stream of numbers, in one pass.

use serde::{Deserialize, Serialize};

/// Moments of the observations recorded so far.
///
/// The mean is moved by each observation (Welford, 1962) instead of dividing a sum of squares, which
/// loses every digit when the numbers are large and close together.
///
/// ```
/// use nhs_capacity::measure::Tally;
/// let stays: Tally = [2.0, 4.0, 9.0].into_iter().collect();
/// assert_eq!((stays.mean(), stays.variance()), (Some(5.0), Some(13.0)));
/// assert_eq!(Tally::new().mean(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    count: u64,
    dropped: u64,
    mean: f64,
    squares: f64,
    min: f64,
    max: f64,
}

impl Tally {
    /// Nothing recorded yet.
    pub const fn new() -> Self {
        Self { count: 0, dropped: 0, mean: 0.0, squares: 0.0, min: 0.0, max: 0.0 }
    }

    /// Adds one observation. One that is not finite is only counted, in [`Tally::dropped`].
    #[inline]
    pub fn record(&mut self, value: f64) {
        if !value.is_finite() {
            self.dropped += 1;
            return;
        }
        (self.min, self.max) =
            if self.count == 0 { (value, value) } else { (self.min.min(value), self.max.max(value)) };
        self.count += 1;
        let step = value - self.mean;
        self.mean += step / self.count as f64;
        self.squares += step * (value - self.mean);
    }

    /// Adds everything `other` recorded (Chan, Golub and LeVeque, 1979). The result agrees with one
    /// pass to rounding, and to the last bit for one order of merging.
    pub fn merge(&mut self, other: &Self) {
        let dropped = self.dropped + other.dropped;
        if self.count == 0 {
            *self = *other;
        } else if other.count > 0 {
            let (here, there) = (self.count as f64, other.count as f64);
            let (gap, total) = (other.mean - self.mean, here + there);
            self.count += other.count;
            self.mean += gap * (there / total);
            self.squares += other.squares + gap * gap * (here * there / total);
            self.min = self.min.min(other.min);
            self.max = self.max.max(other.max);
        }
        self.dropped = dropped;
    }

    /// Number of observations.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Number of values that were not finite and are in no other figure.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Mean; `None` without observations, or if the numbers are too large to average.
    pub fn mean(&self) -> Option<f64> {
        self.of_at_least(1, self.mean)
    }

    /// Unbiased variance; `None` with fewer than two observations.
    pub fn variance(&self) -> Option<f64> {
        self.of_at_least(2, self.squares / (self.count as f64 - 1.0))
    }

    /// Standard deviation; `None` with fewer than two observations.
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// Standard error of the mean if the observations are independent; `None` with fewer than two.
    pub fn standard_error(&self) -> Option<f64> {
        self.variance().map(|variance| (variance / self.count as f64).sqrt())
    }

    /// Sum of squared deviations from the mean; `None` without observations.
    pub fn sum_of_squares(&self) -> Option<f64> {
        self.of_at_least(1, self.squares)
    }

    /// Least observation.
    pub fn min(&self) -> Option<f64> {
        self.of_at_least(1, self.min)
    }

    /// Greatest observation.
    pub fn max(&self) -> Option<f64> {
        self.of_at_least(1, self.max)
    }

    fn of_at_least(&self, count: u64, value: f64) -> Option<f64> {
        (self.count >= count && value.is_finite()).then_some(value)
    }
}

impl Extend<f64> for Tally {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.record(value));
    }
}

impl FromIterator<f64> for Tally {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut tally = Self::new();
        tally.extend(values);
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Verification case oa-merge-01.
    #[test]
    fn parts_merge_to_the_whole() {
        let parts: [&[f64]; 4] = [&[1.5, 2.5, 9.0], &[4.0], &[], &[-3.0, 0.5]];
        let mut whole = Tally::new();
        for part in parts {
            whole.merge(&part.iter().copied().collect());
        }
        assert_eq!((whole.count(), whole.min(), whole.max()), (6, Some(-3.0), Some(9.0)));
        assert!((whole.mean().unwrap() - 2.416_666_666_666_67).abs() < 1e-12);
        assert!((whole.variance().unwrap() - 15.941_666_666_666_7).abs() < 1e-12);
    }

    /// Verification case oa-summary-02.
    #[test]
    fn a_large_offset_costs_no_digits() {
        let tally: Tally = [4.0, 7.0, 13.0, 16.0].map(|x| 1e9 + x).into_iter().collect();
        assert_eq!((tally.mean(), tally.variance()), (Some(1_000_000_010.0), Some(30.0)));
    }

    #[test]
    fn nobody_has_no_mean() {
        let mut tally = Tally::new();
        assert_eq!((tally.mean(), tally.variance(), tally.min(), tally.max()), (None, None, None, None));
        tally.extend([f64::NAN, f64::INFINITY]);
        assert_eq!((tally.count(), tally.dropped(), tally.mean()), (0, 2, None));
        tally.record(-4.0);
        assert_eq!((tally.mean(), tally.variance(), tally.max()), (Some(-4.0), None, Some(-4.0)));
        tally.extend([f64::MAX, f64::MIN, f64::MAX]);
        assert!(tally.variance().is_none(), "beyond the range of a float, not NaN");
    }

    proptest! {
        #[test]
        fn merging_equals_one_pass(values in prop::collection::vec(-1e6..1e6, 0..60), cuts in (0.0..1.0, 0.0..1.0)) {
            let (a, b) = ((cuts.0 * values.len() as f64) as usize, (cuts.1 * values.len() as f64) as usize);
            let mut merged = Tally::new();
            for part in [&values[..a.min(b)], &values[a.min(b)..a.max(b)], &values[a.max(b)..]] {
                merged.merge(&part.iter().copied().collect());
            }
            let whole: Tally = values.iter().copied().collect();
            prop_assert_eq!((merged.count(), merged.min(), merged.max()), (whole.count(), whole.min(), whole.max()));
            let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
                _ => a == b,
            };
            prop_assert!(close(merged.mean(), whole.mean()));
            prop_assert!(close(merged.variance(), whole.variance()));
        }
    }
}
