//! Which inputs can be ruled out by what was observed.

/// What a model says of one quantity, and what was observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The emulator's, or the replications', mean.
    pub mean: f64,
    /// How uncertain that mean is, as a variance.
    pub variance: f64,
    /// What was observed.
    pub observed: f64,
    /// Variance of the observation's error.
    pub observation_variance: f64,
    /// Variance of what the model leaves out.
    pub discrepancy_variance: f64,
}

impl Comparison {
    /// Distance of model and observation in standard deviations of all that is uncertain (Craig and
    /// others, 1997; Vernon, Goldstein and Bower, 2010). `None` if a variance is negative, if all are
    /// zero, or if a value is not finite.
    ///
    /// ```
    /// use nhs_capacity::experiment::history_matching::Comparison;
    /// let waits = Comparison { mean: 4.2, variance: 0.09, observed: 3.1, observation_variance: 0.04,
    ///                          discrepancy_variance: 0.12 };
    /// assert!(waits.implausibility().is_some_and(|i| (i - 2.2).abs() < 1e-12));
    /// ```
    pub fn implausibility(&self) -> Option<f64> {
        let variances = [self.variance, self.observation_variance, self.discrepancy_variance];
        let spread = variances.iter().sum::<f64>().sqrt();
        let distance = (self.mean - self.observed).abs() / spread;
        (variances.iter().all(|v| *v >= 0.0) && spread > 0.0 && spread.is_finite() && distance.is_finite())
            .then_some(distance)
    }
}

/// The greatest implausibility over several quantities; `None` without any, or if one has none.
pub fn greatest(comparisons: &[Comparison]) -> Option<f64> {
    let all: Option<Vec<f64>> = comparisons.iter().map(Comparison::implausibility).collect();
    all?.into_iter().reduce(f64::max)
}

/// Whether inputs with these results are ruled out: the greatest implausibility is above `limit`,
/// usually 3 (Pukelsheim's rule of 1994: within it lies 95 percent of any law with one peak).
pub fn is_ruled_out(comparisons: &[Comparison], limit: f64) -> Option<bool> {
    greatest(comparisons).map(|distance| distance > limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAITS: Comparison = Comparison {
        mean: 6.0,
        variance: 0.04,
        observed: 6.1,
        observation_variance: 0.01,
        discrepancy_variance: 0.0,
    };

    /// Verification case oa-history-match-01.
    #[test]
    fn implausibility_counts_standard_deviations() {
        let far = Comparison {
            mean: 4.2,
            variance: 0.09,
            observed: 3.1,
            observation_variance: 0.04,
            discrepancy_variance: 0.12,
        };
        assert!((far.implausibility().unwrap() - 2.2).abs() < 1e-12);
        assert!((WAITS.implausibility().unwrap() - 0.447_213_595_499_958).abs() < 1e-12);
        assert!((greatest(&[far, WAITS]).unwrap() - 2.2).abs() < 1e-12);
        assert_eq!(
            (is_ruled_out(&[far, WAITS], 3.0), is_ruled_out(&[far, WAITS], 2.0)),
            (Some(false), Some(true))
        );
    }

    #[test]
    fn nonsense_is_none() {
        let bad = [
            Comparison { variance: -0.01, ..WAITS },
            Comparison { variance: 0.0, observation_variance: 0.0, ..WAITS },
            Comparison { mean: f64::NAN, ..WAITS },
            Comparison { discrepancy_variance: f64::INFINITY, ..WAITS },
        ];
        assert!(bad.iter().all(|c| c.implausibility().is_none() && greatest(&[WAITS, *c]).is_none()));
        assert_eq!((greatest(&[]), is_ruled_out(&[], 3.0)), (None, None));
    }
}
