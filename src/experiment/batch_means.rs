//! One long run: how precise is its mean when neighbours resemble each other?

use super::estimate::{Confidence, Estimate};
use crate::measure::Tally;

/// Means of consecutive batches of one long run.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchMeans(Vec<f64>);

impl BatchMeans {
    /// Means of batches of `batch` observations; those after the last whole batch are left out.
    /// `None` without a whole batch or if a mean is not finite.
    pub fn of(values: &[f64], batch: usize) -> Option<Self> {
        let mean = |batch: &[f64]| batch.iter().sum::<f64>() / batch.len() as f64;
        let means: Vec<f64> = values.chunks_exact(batch.max(1)).map(mean).collect();
        (!means.is_empty() && means.iter().all(|mean| mean.is_finite())).then_some(Self(means))
    }

    /// The means in order.
    pub fn means(&self) -> &[f64] {
        &self.0
    }

    /// The mean of the run with the interval that independent batches would have; its
    /// `replications` are batches.
    pub fn estimate(&self, confidence: Confidence) -> Option<Estimate> {
        Estimate::of(&self.0, confidence)
    }

    /// Sum of squared steps from batch to batch over the sum of squared deviations (von Neumann,
    /// 1941): near 2 if batches are independent, well below if they are too short. `None` if they do
    /// not vary.
    pub fn von_neumann_ratio(&self) -> Option<f64> {
        let steps: f64 = self.0.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
        let tally: Tally = self.0.iter().copied().collect();
        Some(steps / tally.sum_of_squares()?).filter(|ratio| ratio.is_finite())
    }
}

/// Variance of `sqrt(n)` times the mean of `n` observations, from all overlapping batches of `batch`
/// (Meketon and Schmeiser, 1984): `n b / ((n - b + 1) (n - b))` times the sum of squared deviations
/// of the batch means. Over `n` it is the squared standard error of the mean. `None` unless `batch`
/// is at least 1 and below `n`, or if a value is not finite.
pub fn overlapping_variance(values: &[f64], batch: usize) -> Option<f64> {
    if batch == 0 || batch >= values.len() {
        return None;
    }
    let (n, b) = (values.len() as f64, batch as f64);
    let overall = values.iter().sum::<f64>() / n;
    // Each window is summed afresh: a running sum would gather rounding errors over a long run.
    let squares: f64 =
        values.windows(batch).map(|window| (window.iter().sum::<f64>() / b - overall).powi(2)).sum();
    Some(n * b / ((n - b + 1.0) * (n - b)) * squares).filter(|variance| variance.is_finite())
}

/// Correlation of a series with itself `lag` observations later; `None` if the series does not vary
/// or is not longer than the lag.
pub fn autocorrelation(values: &[f64], lag: usize) -> Option<f64> {
    if lag >= values.len() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let together: f64 = values.iter().zip(&values[lag..]).map(|(x, y)| (x - mean) * (y - mean)).sum();
    let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
    Some(together / squares).filter(|correlation| correlation.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verification case oa-batch-01.
    #[test]
    fn batches_match() {
        let data = [
            10.405, 11.685, 11.613, 13.14, 14.002, 15.185, 15.254, 14.036, 15.308, 10.765, 7.593, 7.106,
            6.582, 9.196, 11.415, 9.12, 11.775, 13.675, 13.922, 10.039, 12.002, 12.398, 12.436, 13.221,
            10.541, 11.039, 8.624, 6.476, 7.816, 7.759, 8.857, 9.363, 10.162, 10.296, 11.52, 11.001, 12.493,
            9.562, 9.971, 10.466, 10.683, 10.503, 10.681, 9.275, 10.921, 8.935, 7.834, 7.543, 7.56, 6.538,
            10.766, 7.465, 7.197, 7.001, 8.098, 11.235, 7.84, 5.912, 7.183, 6.393,
        ];
        let close = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-9);
        let batches = BatchMeans::of(&data, 6).unwrap();
        let estimate = batches.estimate(Confidence::NINETY_FIVE).unwrap();
        assert_eq!(batches.means().len(), 10);
        assert!(close(Some(estimate.mean), 10.123_033_333_333_3));
        assert!(close(estimate.standard_error.map(|se| se * se * 10.0), 3.117_020_140_740_74));
        assert!(close(estimate.interval.map(|i| i.half_width()), 1.262_968_673_140_19));
        assert!(close(overlapping_variance(&data, 6), 22.026_822_629_629_7));
        assert!(close(autocorrelation(&data, 1), 0.713_797_807_491_862));
        assert!(close(autocorrelation(&data, 2), 0.521_276_859_173_636));
        assert!(close(batches.von_neumann_ratio(), 0.952_115_741_110_596));
    }

    #[test]
    fn a_short_or_constant_run_says_nothing() {
        assert_eq!((BatchMeans::of(&[1.0], 2), BatchMeans::of(&[f64::NAN], 1)), (None, None));
        assert_eq!(BatchMeans::of(&[3.0; 8], 2).unwrap().von_neumann_ratio(), None);
        assert_eq!((overlapping_variance(&[1.0; 4], 4), overlapping_variance(&[1.0; 4], 0)), (None, None));
        assert_eq!((autocorrelation(&[2.0; 5], 1), autocorrelation(&[], 0)), (None, None));
    }
}
