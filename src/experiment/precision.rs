//! How many replications are enough.

use super::estimate::{Confidence, Estimate};
use crate::measure::Tally;

/// How narrow an interval has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// Half its length at most this share of the absolute mean.
    Relative(f64),
    /// Half its length at most this, in the unit of the measure.
    Absolute(f64),
}

impl Target {
    /// Whether the estimate is at least as precise; never without an interval.
    pub fn is_met_by(self, estimate: &Estimate) -> bool {
        match self {
            Self::Relative(share) => estimate.relative_half_width().is_some_and(|width| width <= share),
            Self::Absolute(limit) => estimate.half_width.is_some_and(|half| half <= limit),
        }
    }
}

/// The confidence interval method: the least number of replications above `ignore_first`, and at
/// least three, at which the interval meets the target; `None` if these values never do. A value that
/// is not finite counts as a replication run, not as an observation.
pub fn confidence_interval_method(
    values: &[f64],
    target: Target,
    ignore_first: usize,
    confidence: Confidence,
) -> Option<usize> {
    let least = ignore_first.saturating_add(1).max(3);
    targets_met(values, target, confidence)
        .enumerate()
        .find_map(|(i, is_met)| (is_met && i + 1 >= least).then_some(i + 1))
}

/// The replications algorithm (Hoad, Robinson and Davies, 2010): the least number of replications,
/// `initial` (at least three) or more, at which the interval meets the target and goes on meeting it
/// while looking ahead; `None` if these values end before that is known.
///
/// It looks `look_ahead` replications ahead, or that percentage of those run so far once they exceed
/// a hundred.
pub fn replications_algorithm(
    values: &[f64],
    target: Target,
    initial: usize,
    look_ahead: usize,
    confidence: Confidence,
) -> Option<usize> {
    let mut met_since = None;
    for (i, is_met) in targets_met(values, target, confidence).enumerate() {
        let run = i + 1;
        met_since = if is_met && run >= initial.max(3) { met_since.or(Some(run)) } else { None };
        let found = met_since.filter(|&since| run - since >= look_ahead.saturating_mul(since.max(100)) / 100);
        if found.is_some() {
            return found;
        }
    }
    None
}

// For each number of replications, whether the first so many meet the target.
fn targets_met(values: &[f64], target: Target, confidence: Confidence) -> impl Iterator<Item = bool> + '_ {
    values.iter().scan(Tally::new(), move |tally, &value| {
        tally.record(value);
        Some(Estimate::of_tally(tally, confidence).is_some_and(|estimate| target.is_met_by(&estimate)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVEL: Confidence = Confidence::NINETY_FIVE;

    /// Verification case oa-cim-01.
    #[test]
    fn the_interval_method_stops_at_the_target() {
        let data = [
            20.823, 20.198, 19.66, 22.77, 19.229, 15.334, 19.174, 23.087, 21.123, 22.149, 16.823, 20.162,
            20.62, 17.487, 24.196, 16.109, 21.584, 18.285, 16.853, 21.71, 24.187, 16.315, 19.106, 23.491,
            19.096, 15.327, 20.662, 23.04, 16.482, 24.03, 19.8, 19.51, 22.046, 23.351, 22.792, 21.246,
            17.244, 21.412, 24.225, 17.467, 15.896, 24.653, 17.942, 15.945, 24.37, 18.552, 23.273, 17.62,
            17.526, 16.365, 16.239, 24.082, 17.617, 19.342, 20.435, 18.865, 18.315, 16.827, 17.261, 18.484,
        ];
        let target = Target::Relative(0.05);
        assert_eq!(confidence_interval_method(&data, target, 5, LEVEL), Some(31));
        let at_31 = Estimate::of(&data[..31], LEVEL).unwrap();
        let there = at_31.relative_half_width().unwrap();
        assert!((there - 0.049_736_284_715_893_9).abs() < 1e-9);
        assert_eq!(confidence_interval_method(&data[..30], target, 5, LEVEL), None);
        assert_eq!(
            confidence_interval_method(&data, Target::Absolute(at_31.half_width.unwrap()), 5, LEVEL),
            Some(31)
        );
    }

    /// Verification case oa-repalg-01.
    #[test]
    fn the_algorithm_looks_ahead() {
        let data = [
            56.101, 45.265, 43.881, 35.211, 44.249, 58.934, 63.115, 48.641, 59.718, 62.21, 37.243, 31.211,
            42.891, 32.826, 45.3, 69.713, 51.776, 34.22, 61.838, 37.705, 61.901, 36.853, 63.655, 41.948,
            30.829, 61.961, 40.511, 43.147, 41.016, 66.466, 33.588, 59.734, 34.788, 47.816, 65.417, 63.449,
            35.181, 67.499, 45.055, 55.465, 46.38, 31.973, 32.24, 31.819, 47.523, 49.769, 64.277, 46.879,
            33.619, 43.522, 49.416, 43.613, 37.315, 35.665, 50.456, 59.405, 45.279, 66.55, 62.345, 36.17,
            62.945, 43.742, 47.499, 43.509, 41.358, 41.23, 52.617, 63.665, 39.888, 67.316, 50.73, 67.03,
            58.547, 59.92, 52.226, 46.942, 33.671, 48.06, 48.617, 62.533, 30.703, 38.253, 52.789, 38.369,
            47.845, 44.591, 39.484, 49.645, 64.313, 61.233, 49.767, 41.672, 66.951, 36.072, 63.232, 32.407,
            48.963, 44.326, 61.683, 66.786, 34.491, 40.798, 48.059, 51.607, 42.813, 69.558, 44.338, 59.695,
            45.895, 69.797, 32.177, 32.133, 33.056, 36.606, 60.035, 67.276, 36.49, 35.419, 40.532, 65.314,
        ];
        let run = |n: usize| replications_algorithm(&data[..n], Target::Relative(0.05), 3, 5, LEVEL);
        assert_eq!((run(data.len()), run(92), run(91)), (Some(87), Some(87), None));
    }

    /// Verification case oa-repalg-02: the target is met early by luck, and lost again.
    #[test]
    fn the_algorithm_is_not_fooled_by_an_early_streak() {
        let data = [
            100.1, 100.0, 99.9, 100.2, 99.8, 100.1, 109.0, 95.0, 101.0, 100.5, 99.7, 104.0, 100.2, 99.6,
            101.1, 100.4, 99.2, 100.8, 100.0, 99.9, 100.3, 99.5, 100.9, 100.1,
        ];
        assert_eq!(replications_algorithm(&data, Target::Relative(0.02), 3, 5, LEVEL), Some(13));
    }

    #[test]
    fn a_failed_replication_is_run_but_not_observed() {
        let data = [5.0, f64::NAN, 5.0, 5.0];
        assert_eq!(confidence_interval_method(&data, Target::Relative(0.1), 0, LEVEL), Some(3));
        assert_eq!(
            confidence_interval_method(&[f64::NAN; 9], Target::Absolute(9.0), usize::MAX, LEVEL),
            None
        );
    }
}
