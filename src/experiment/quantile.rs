//! Quantiles of a sample, with intervals that assume no distribution.

use super::estimate::{Confidence, Interval};
use crate::measure::histogram::rank;
use statrs::distribution::{Binomial, DiscreteCDF};

/// A sample in order, without the values that are not finite.
///
/// ```
/// use nhs_capacity::experiment::quantile::Sample;
/// let waits = Sample::of(&[9.0, 2.0, 4.0, 7.0]);
/// assert_eq!((waits.quantile(0.5), waits.order_statistic(0.5)), (Some(5.5), Some(4.0)));
/// assert_eq!(Sample::of(&[]).quantile(0.5), None);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sample(Vec<f64>);

/// An interval for a quantile between two observations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankInterval {
    /// Ranks of the two, the least observation being 1.
    pub ranks: (usize, usize),
    /// The two observations.
    pub interval: Interval,
    /// Probability that the interval holds the quantile of any continuous distribution.
    pub coverage: f64,
}

impl Sample {
    /// The finite ones of `values`, in order.
    pub fn of(values: &[f64]) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self(sorted)
    }

    /// The values in order.
    pub fn sorted(&self) -> &[f64] {
        &self.0
    }

    /// The quantile interpolated between observations (Hyndman and Fan's type 7, as in R, NumPy and
    /// spreadsheets); `None` for an empty sample or if `p` is not between 0 and 1.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        rank(p, self.0.len() as u64)?;
        let place = p * (self.0.len() - 1) as f64;
        let (below, above) = (self.0[place.floor() as usize], self.0[place.ceil() as usize]);
        Some(below + (above - below) * place.fract())
    }

    /// The quantile as an observation (type 1): the least that the share `p` does not exceed; `None`
    /// for an empty sample or if `p` is not between 0 and 1.
    pub fn order_statistic(&self, p: f64) -> Option<f64> {
        rank(p, self.0.len() as u64).and_then(|rank| self.0.get(rank as usize - 1).copied())
    }

    /// An interval for the quantile `p` of independent observations, from the binomial number of
    /// them below it; `None` if the sample is too small to bound it on both sides.
    pub fn interval(&self, p: f64, confidence: Confidence) -> Option<RankInterval> {
        let below = Binomial::new(p, self.0.len() as u64).ok()?;
        let tail = 0.5 - confidence.level() / 2.0;
        let (low, high) = (binomial_quantile(&below, tail), binomial_quantile(&below, 1.0 - tail) + 1);
        if low == 0 || high > below.n() {
            return None;
        }
        let interval = Interval { low: self.0[low as usize - 1], high: self.0[high as usize - 1] };
        let coverage = below.cdf(high - 1) - below.cdf(low - 1);
        Some(RankInterval { ranks: (low as usize, high as usize), interval, coverage })
    }
}

// The least count whose probability of not being exceeded reaches `probability`.
fn binomial_quantile(binomial: &Binomial, probability: f64) -> u64 {
    let (mut low, mut high) = (0, binomial.n());
    while low < high {
        let middle = low + (high - low) / 2;
        if binomial.cdf(middle) >= probability { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verification case oa-quantile-01.
    #[test]
    fn quantiles_and_their_intervals_match() {
        let sample = Sample::of(&[
            27.205, 15.22, 23.463, 19.853, 11.604, 23.383, 28.257, 22.201, 28.58, 27.741, 12.0, 25.326,
            24.101, 18.091, 28.534, 12.975, 20.949, 15.261, 11.996, 27.273, 21.238, 17.227, 25.118, 13.787,
            12.535, 24.239, 28.1, 23.176, 16.276, 11.86, 20.239, 21.877, 18.171, 17.899, 11.515, 13.252,
            25.258, 14.133, 28.312, 27.63, 17.333, 16.787, 24.457, 16.703, 19.408, 16.693, 27.778, 20.687,
            26.908, 21.07,
        ]);
        let known = [
            (0.5, 20.818, 20.687, (18, 33), (17.333, 23.463), 0.967_160_862_435_732),
            (0.75, 25.223, 25.258, (31, 44), (23.176, 27.741), 0.966_691_519_160_947),
            (0.9, 27.8102, 27.778, (41, 50), (27.205, 28.58), 0.970_308_289_088_089),
        ];
        for (p, interpolated, observed, ranks, (low, high), coverage) in known {
            assert!((sample.quantile(p).unwrap() - interpolated).abs() < 1e-9);
            assert_eq!(sample.order_statistic(p), Some(observed));
            let found = sample.interval(p, Confidence::NINETY_FIVE).unwrap();
            assert_eq!((found.ranks, found.interval), (ranks, Interval { low, high }));
            assert!((found.coverage - coverage).abs() < 1e-9);
        }
    }

    #[test]
    fn a_small_sample_bounds_nothing() {
        let sample = Sample::of(&[1.0, f64::NAN, 2.0, f64::INFINITY]);
        assert_eq!(sample.sorted(), [1.0, 2.0]);
        assert_eq!(
            (sample.quantile(0.0), sample.quantile(1.0), sample.quantile(1.01)),
            (Some(1.0), Some(2.0), None)
        );
        for p in [0.0, 0.5, 0.95, 1.0, f64::NAN] {
            assert_eq!(sample.interval(p, Confidence::NINETY_FIVE), None);
            assert_eq!(Sample::of(&[]).interval(p, Confidence::NINETY_FIVE), None);
        }
    }
}
