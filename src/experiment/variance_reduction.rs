//! Fewer runs for the same precision: antithetic pairs, and a cheap model beside a dear one.

use super::estimate::{Confidence, Estimate};
use super::quadrature;
use crate::random::Stream;

/// What variance reduction gains for a known function of one uniform number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gains {
    /// The mean of the function.
    pub mean: f64,
    /// Variance of one evaluation.
    pub plain: f64,
    /// Variance of the mean of an antithetic pair, the function of `u` and of `1 - u`.
    pub antithetic_pair: f64,
    /// Variance of one evaluation with `u` as its control variate.
    pub control: f64,
    /// The best coefficient of that control: covariance over variance, which is one twelfth.
    pub coefficient: f64,
}

impl Gains {
    /// The gains for `f` of a uniform number, by quadrature; `None` if a moment is not finite.
    pub fn of(f: impl Fn(f64) -> f64) -> Option<Self> {
        let (mean, plain) = quadrature::mean_and_variance(1, |u| f(u[0]))?;
        let antithetic_pair = quadrature::mean(1, |u| ((f(u[0]) + f(1.0 - u[0])) / 2.0 - mean).powi(2))?;
        let coefficient = 12.0 * quadrature::mean(1, |u| (f(u[0]) - mean) * (u[0] - 0.5))?;
        let control = quadrature::mean(1, |u| (f(u[0]) - mean - coefficient * (u[0] - 0.5)).powi(2))?;
        Some(Self { mean, plain, antithetic_pair, control, coefficient })
    }
}

/// Mean of `f` over `pairs` antithetic pairs (Hammersley and Morton, 1956): each pair takes the
/// same `dimensions` uniform numbers, then one minus each. The pairs are independent, and are what
/// the estimate counts as replications. `None` as for [`Estimate::of`].
pub fn antithetic(
    pairs: usize,
    dimensions: usize,
    stream: Stream,
    confidence: Confidence,
    f: impl Fn(&[f64]) -> f64,
) -> Option<Estimate> {
    let pair = |i: usize| {
        let mut dice = stream.at(i as u64).dice();
        let there: Vec<f64> = (0..dimensions).map(|_| dice.uniform()).collect();
        let back: Vec<f64> = there.iter().map(|u| 1.0 - u).collect();
        (f(&there) + f(&back)) / 2.0
    };
    Estimate::of(&(0..pairs).map(pair).collect::<Vec<f64>>(), confidence)
}

/// Two models of one quantity: a dear one that is right and a cheap one that goes along with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoFidelities {
    /// Correlation of the two on the same random numbers.
    pub correlation: f64,
    /// Standard deviation of the dear model.
    pub sd_high: f64,
    /// Standard deviation of the cheap model.
    pub sd_low: f64,
    /// Cost of a run of the dear model.
    pub cost_high: f64,
    /// Cost of a run of the cheap model.
    pub cost_low: f64,
}

/// How to share a budget between two fidelities (Peherstorfer, Willcox and Gunzburger, 2016).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fidelities {
    /// Weight of the cheap model's correction: correlation times the ratio of standard deviations.
    pub coefficient: f64,
    /// Runs of the cheap model per run of the dear one.
    pub low_per_high: f64,
    /// Variance over that of the dear model alone at the same cost.
    pub variance_ratio: f64,
}

impl TwoFidelities {
    /// The best allocation: `sqrt(w r^2 / (1 - r^2))` cheap runs per dear one, where `w` is the ratio of
    /// costs, and a variance of `(sqrt(1 - r^2) + |r| / sqrt(w))^2` of the plain one. `None` unless
    /// the correlation lies strictly between -1 and 1 and the rest is above 0, or if that is below
    /// one cheap run per dear one: the cheap model is then not worth its cost.
    pub fn allocation(&self) -> Option<Fidelities> {
        let r = self.correlation;
        let positive = [self.sd_high, self.sd_low, self.cost_high, self.cost_low];
        if !(r.abs() < 1.0 && positive.iter().all(|&x| x > 0.0 && x.is_finite())) {
            return None;
        }
        let apart = 1.0 - r * r;
        let cost_ratio = self.cost_high / self.cost_low;
        let found = Fidelities {
            coefficient: r * self.sd_high / self.sd_low,
            low_per_high: (cost_ratio * r * r / apart).sqrt(),
            variance_ratio: (apart.sqrt() + r.abs() / cost_ratio.sqrt()).powi(2),
        };
        let is_finite = found.coefficient.is_finite() && found.low_per_high.is_finite();
        (is_finite && found.low_per_high >= 1.0).then_some(found)
    }

    /// Runs of the dear and of the cheap model, not rounded, that spend `budget`; `None` as above.
    pub fn runs(&self, budget: f64) -> Option<(f64, f64)> {
        let ratio = self.allocation()?.low_per_high;
        let high = budget / (self.cost_high + ratio * self.cost_low);
        (high > 0.0 && high.is_finite()).then_some((high, high * ratio))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs().max(1.0)
    }

    /// Verification case oa-variance-reduction-01.
    #[test]
    fn gains_of_the_exponential_are_known() {
        let gains = Gains::of(f64::exp).unwrap();
        assert!(close(gains.mean, 1.718_281_828_459_05) && close(gains.plain, 0.242_035_607_452_765));
        assert!(close(gains.antithetic_pair, 0.003_912_496_949_625_59));
        assert!(close(gains.control, 0.003_940_222_923_628_75));
        assert!(close(gains.coefficient, 1.690_309_029_245_73));
        assert_eq!(Gains::of(|_| f64::NAN), None);
    }

    #[test]
    fn antithetic_pairs_gain_what_they_should() {
        let level = Confidence::NINETY_FIVE;
        let found = antithetic(4_000, 1, Stream::of_seed(2), level, |u| u[0].exp()).unwrap();
        let variance = found.standard_error.unwrap().powi(2) * 4_000.0;
        assert!((variance / 0.003_912_496_949_6 - 1.0).abs() < 0.1, "{variance}");
        assert!((found.mean - 1.718_281_828_459).abs() < 4.0 * found.standard_error.unwrap());
        assert_eq!(antithetic(0, 1, Stream::of_seed(2), level, |u| u[0]), None);
    }

    /// Verification case oa-multifidelity-01.
    #[test]
    fn a_cheap_model_spares_the_dear_one() {
        let pair =
            TwoFidelities { correlation: 0.95, sd_high: 2.0, sd_low: 1.5, cost_high: 1.0, cost_low: 0.01 };
        let found = pair.allocation().unwrap();
        assert!(close(found.coefficient, 1.266_666_666_666_67));
        assert!(close(found.low_per_high, 30.424_349_222_966_6));
        assert!(close(found.variance_ratio, 0.165_852_480_984_785));
        let (high, low) = pair.runs(100.0).unwrap();
        assert!(close(high + 0.01 * low, 100.0));
        // the variance of the combined estimator, written out
        let (r, s) = (0.95_f64, 2.0_f64);
        let variance = s * s / high * (1.0 - r * r) + s * s * r * r / low;
        assert!(close(variance / (s * s / 100.0), found.variance_ratio));
    }

    #[test]
    fn a_poor_companion_is_refused() {
        let pair =
            TwoFidelities { correlation: 0.5, sd_high: 1.0, sd_low: 1.0, cost_high: 1.0, cost_low: 1.0 };
        assert_eq!(pair.allocation(), None);
        for correlation in [1.0, -1.0, f64::NAN] {
            assert_eq!(TwoFidelities { correlation, cost_low: 1e-6, ..pair }.allocation(), None);
        }
        assert_eq!(TwoFidelities { sd_low: 0.0, ..pair }.runs(10.0), None);
    }
}
