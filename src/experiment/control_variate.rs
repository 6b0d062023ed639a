//! A mean corrected by a companion whose true mean is known.

use super::estimate::{Confidence, Estimate, Interval};
use crate::measure::Tally;

/// A mean adjusted for how far its control fell from the control's known mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controlled {
    /// The adjusted mean. Its t interval has two degrees of freedom fewer than pairs.
    pub estimate: Estimate,
    /// Change in the response per unit of the control.
    pub coefficient: f64,
}

/// Regression on one control variate (Lavenberg and Welch, 1981), for example the number of arrivals
/// of each replication with the number expected. Pairs in which either is not finite are dropped;
/// `None` with fewer than three pairs or if the control does not vary.
pub fn control_variate(
    response: &[f64],
    control: &[f64],
    control_mean: f64,
    confidence: Confidence,
) -> Option<Controlled> {
    let pairs: Vec<(f64, f64)> = control
        .iter()
        .copied()
        .zip(response.iter().copied())
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect();
    let x: Tally = pairs.iter().map(|pair| pair.0).collect();
    let y: Tally = pairs.iter().map(|pair| pair.1).collect();
    let (mean_x, mean_y, squares) = (x.mean()?, y.mean()?, x.sum_of_squares()?);
    let n = pairs.len() as f64;
    if pairs.len() < 3 {
        return None;
    }
    let together: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let coefficient = together / squares;
    let residual: f64 =
        pairs.iter().map(|(x, y)| (y - mean_y - coefficient * (x - mean_x)).powi(2)).sum::<f64>() / (n - 2.0);
    let gap = mean_x - control_mean;
    let mean = mean_y - coefficient * gap;
    let standard_error = (residual * (1.0 / n + gap * gap / squares)).sqrt();
    let half_width = confidence.margin(standard_error, n - 2.0);
    (mean.is_finite() && standard_error.is_finite()).then(|| Controlled {
        estimate: Estimate {
            mean,
            standard_error: Some(standard_error),
            interval: half_width.and_then(|half| Interval::of_half_width(mean, half)),
            half_width,
            replications: pairs.len(),
            dropped: response.len().max(control.len()) - pairs.len(),
        },
        coefficient,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    const LEVEL: Confidence = Confidence::NINETY_FIVE;

    /// Verification case oa-cv-01.
    #[test]
    fn a_control_corrects_the_mean() {
        let response = [5.1, 6.0, 4.4, 7.2, 5.5, 6.6, 4.9, 5.8];
        let control = [2.0, 2.6, 1.7, 3.1, 2.2, 2.7, 1.9, 2.3];
        let found = control_variate(&response, &control, 2.2, LEVEL).unwrap();
        assert!((found.coefficient - 1.956_089_478_044_74).abs() < 1e-9);
        assert!((found.estimate.mean - 5.467_439_933_719_97).abs() < 1e-9);
        let half_width = found.estimate.interval.unwrap().half_width();
        assert!((half_width - 0.124_174_670_426_131).abs() < 1e-9);
    }

    /// Verification case oa-variance-reduction-01, fixed seed; 4 standard errors.
    #[test]
    fn a_uniform_controls_its_exponential() {
        let mut dice = Stream::of_seed(7).dice();
        let control: Vec<f64> = (0..20_000).map(|_| dice.uniform()).collect();
        let response: Vec<f64> = control.iter().map(|u| u.exp()).collect();
        let found = control_variate(&response, &control, 0.5, LEVEL).unwrap();
        let error = found.estimate.standard_error.unwrap();
        assert!((found.estimate.mean - 1.718_281_828_459_05).abs() < 4.0 * error);
        assert!((found.coefficient - 1.690_309_029_245_73).abs() < 0.02);
        let variance = error * error * 20_000.0;
        assert!((variance / 0.003_940_222_923_628_75 - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn a_control_must_vary() {
        assert_eq!(control_variate(&[1.0, 2.0, 3.0], &[1.0; 3], 1.0, LEVEL), None);
        assert_eq!(control_variate(&[1.0, 2.0, f64::NAN], &[1.0, 2.0, 3.0], 1.0, LEVEL), None);
        let dropped = control_variate(&[1.0, 2.0, 2.5, f64::NAN], &[1.0, 2.0, 3.0], 1.0, LEVEL).unwrap();
        assert_eq!(dropped.estimate.dropped, 1);
    }
}
