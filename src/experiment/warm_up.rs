//! Where the start-up of a run ends.

use serde::{Deserialize, Serialize};

/// Where MSER cuts a series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truncation {
    /// Batches to discard.
    pub batches: usize,
    /// Observations to discard.
    pub observations: usize,
    /// The marginal standard error squared at the cut.
    pub statistic: f64,
    /// Mean of the batches kept.
    pub mean: f64,
    /// Whether the cut is the last that was allowed, half the series: the run is then too short to
    /// show that the start-up is over.
    pub is_at_limit: bool,
}

/// MSER (White, 1997) on means of `batch` observations, five being usual: the cut `d`, up to half of
/// the `k` batches, that minimises the sum of squares about the mean of the rest over `(k - d)^2`.
/// The first of equal cuts is taken; observations after the last whole batch are left out. `None`
/// with fewer than two batches or if a value is not finite.
pub fn mser(values: &[f64], batch: usize) -> Option<Truncation> {
    let means: Vec<f64> = values.chunks_exact(batch.max(1)).map(mean).collect();
    if means.len() < 2 || !means.iter().all(|mean| mean.is_finite()) {
        return None;
    }
    let limit = means.len() / 2;
    let cut = |batches: usize| {
        let kept = &means[batches..];
        let mean = mean(kept);
        let squares: f64 = kept.iter().map(|x| (x - mean) * (x - mean)).sum();
        Truncation {
            batches,
            observations: batches * batch.max(1),
            statistic: squares / (kept.len() as f64).powi(2),
            mean,
            is_at_limit: batches == limit,
        }
    };
    // The first minimum: a later cut must be strictly better.
    (0..=limit)
        .map(cut)
        .reduce(|best, next| if next.statistic < best.statistic { next } else { best })
        .filter(|best| best.statistic.is_finite())
}

/// Welch's plot (1983): the mean over replications at each time, smoothed over `window` neighbours
/// on each side, fewer near the start. The last `window` points have none and are left out; so is
/// all beyond the shortest replication. `None` if a mean is not finite; empty if no point is left.
pub fn welch_moving_average(replications: &[Vec<f64>], window: usize) -> Option<Vec<f64>> {
    let length = replications.iter().map(Vec::len).min().unwrap_or(0);
    let across: Vec<f64> = (0..length)
        .map(|t| replications.iter().map(|r| r[t]).sum::<f64>() / replications.len() as f64)
        .collect();
    (0..length.saturating_sub(window))
        .map(|t| {
            let reach = window.min(t);
            Some(mean(&across[t - reach..=t + reach])).filter(|mean| mean.is_finite())
        })
        .collect()
}

// Of a slice that is never empty.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verification case oa-mser5-01.
    #[test]
    fn mser_cuts_a_decaying_start() {
        let data = [
            25.277, 22.982, 22.27, 23.957, 20.465, 21.605, 19.915, 19.915, 20.37, 18.194, 18.951, 17.335,
            17.06, 16.436, 14.803, 15.124, 16.206, 12.489, 15.977, 14.759, 13.965, 14.306, 12.286, 13.659,
            13.894, 11.524, 13.541, 10.803, 10.263, 10.772, 12.08, 10.459, 10.142, 13.299, 12.509, 11.918,
            12.642, 9.777, 10.034, 11.088, 9.676, 9.157, 8.751, 9.838, 10.627, 12.464, 9.273, 10.952, 11.278,
            12.388, 9.071, 10.582, 9.402, 9.564, 8.899, 10.068, 11.373, 10.396, 8.683, 10.997, 12.171, 9.325,
            10.24, 11.381, 9.166, 8.388, 10.219, 10.831, 12.048, 8.968, 8.618, 10.593, 9.282, 8.589, 8.262,
            8.328, 9.461, 9.65, 10.63, 9.512, 9.93, 8.96, 11.373, 11.323, 11.062, 10.946, 8.938, 8.901,
            8.561, 9.429, 9.636, 11.845, 10.148, 8.82, 10.558, 8.833, 9.041, 9.622, 11.697, 8.225, 8.571,
            9.114, 10.656, 8.547, 10.321, 10.089, 11.316, 10.701, 8.168, 8.523, 11.844, 9.808, 8.601, 9.044,
            11.405, 10.528, 11.676, 11.086, 8.972, 11.763, 9.007, 10.595, 9.579, 8.586, 9.151, 8.165, 11.429,
            9.302, 10.762, 8.48, 9.2, 11.49, 9.899, 9.931, 10.939, 10.917, 9.855, 9.298, 11.925, 11.198,
            11.887, 8.348, 10.855, 8.061, 11.214, 11.247, 11.753, 8.12, 8.671, 11.654, 8.957, 8.004, 10.379,
            10.357, 10.571, 9.73, 9.817, 10.353, 9.75, 10.198, 8.671, 10.222, 11.2, 8.671, 10.822, 10.691,
            10.26, 10.132, 9.868, 11.238, 11.946, 8.37, 8.536, 11.645, 11.331, 10.696, 10.372, 11.335, 10.64,
            8.141, 10.082, 9.407, 10.422, 9.033, 10.886, 10.213, 10.191, 11.799, 11.283, 9.368, 11.902,
            10.905, 9.581, 9.073, 9.631, 11.768, 8.579, 9.601, 10.85, 8.551,
        ];
        let cut = mser(&data, 5).unwrap();
        assert_eq!((cut.batches, cut.observations, cut.is_at_limit), (10, 50, false));
        assert!((cut.statistic - 0.006_330_738_554_074_07).abs() < 1e-9);
        assert!((cut.mean - 10.005_493_333_333_3).abs() < 1e-9);
    }

    /// Verification case oa-mser-02.
    #[test]
    fn mser_keeps_a_series_without_a_start() {
        let data = [
            10.499, 9.362, 9.357, 9.644, 10.698, 9.652, 9.611, 8.872, 9.973, 8.277, 11.047, 11.609, 8.453,
            11.721, 10.811, 10.005, 11.955, 9.655, 8.761, 10.841, 9.61, 9.47, 11.993, 8.408, 9.144, 10.491,
            8.457, 11.773, 10.167, 10.746, 9.032, 10.275, 9.876, 9.165, 11.44, 11.141, 9.526, 8.084, 9.365,
            9.099, 8.043, 10.929, 8.163, 9.847, 11.172, 11.948, 10.532, 11.278, 10.514, 8.888, 9.519, 8.311,
            8.84, 11.459, 8.231, 9.224, 10.057, 8.489, 11.643, 9.341,
        ];
        let cut = mser(&data, 1).unwrap();
        assert_eq!((cut.batches, cut.observations), (0, 0));
        assert!((cut.statistic - 0.021_720_387_273_148_2).abs() < 1e-9);
        assert!((cut.mean - 9.908_216_666_666_67).abs() < 1e-9);
    }

    #[test]
    fn mser_says_when_the_run_is_too_short() {
        let rising: Vec<f64> = (0..40).map(f64::from).collect();
        assert!(mser(&rising, 5).unwrap().is_at_limit);
        assert_eq!((mser(&rising[..9], 5), mser(&[f64::NAN; 20], 5), mser(&[], 0)), (None, None, None));
    }

    /// Verification case oa-welch-01.
    #[test]
    fn welch_smooths_the_mean_over_replications() {
        let replications = [
            vec![
                18.042, 15.427, 14.546, 14.2, 14.62, 11.637, 12.704, 10.857, 11.326, 9.948, 9.611, 10.356,
                9.881, 10.044, 11.802, 10.388, 11.022, 10.62, 10.946, 10.956,
            ],
            vec![
                16.583, 16.989, 14.557, 13.778, 14.142, 13.602, 13.342, 12.729, 11.701, 12.552, 11.74,
                12.048, 10.195, 10.255, 9.822, 9.625, 10.356, 10.157, 8.854, 8.68,
            ],
            vec![
                18.125, 15.551, 14.569, 13.357, 13.665, 12.568, 10.979, 11.601, 12.075, 12.156, 10.869,
                10.741, 10.508, 10.466, 10.842, 8.862, 9.689, 9.695, 9.763, 9.403,
            ],
        ];
        let expected = [
            17.583_333_333_333_3,
            16.043_222_222_222_2,
            15.210_066_666_666_7,
            14.427_761_904_761_9,
            13.591_428_571_428_6,
            12.978_809_523_809_5,
            12.549_476_190_476_2,
            12.115_428_571_428_6,
            11.673_428_571_428_6,
            11.329_476_190_476_2,
            11.031_380_952_381,
            10.901_809_523_809_5,
            10.605_285_714_285_7,
            10.434_380_952_381,
            10.351_142_857_142_9,
            10.180_571_428_571_4,
            10.107,
        ];
        let found = welch_moving_average(&replications, 3).unwrap();
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9));
        assert_eq!(welch_moving_average(&replications, 20), Some(vec![]));
        assert_eq!(welch_moving_average(&[], 3), Some(vec![]));
        assert_eq!(welch_moving_average(&[vec![1.0, f64::NAN]], 0), None);
    }
}
