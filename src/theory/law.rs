//! Distributions of durations, known by their moments, survival and transforms.
//!
//! These are for formulae; to draw from a distribution use [`crate::random::Distribution`].

use super::error::{TheoryError, check, length, not_negative, positive, probabilities};
use super::quadrature::integrate_tail;
use statrs::function::erf::erfc;
use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur, gamma};

/// A distribution of a duration [time units].
///
/// ```
/// use nhs_capacity::theory::Law;
/// // A patient met in a bed is 1.6 times as long a stayer as a patient met at the door is, if the
/// // standard deviation of the stay is 1.5 times its mean: E[S^2]/2 against E[S].
/// let stay = Law::lognormal(6.0, 9.0)?;
/// assert!((stay.second_moment() / 2.0 / stay.mean() / 6.0 - 1.625).abs() < 1e-12);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Law(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Gamma { shape: f64, scale: f64 },
    Lognormal { mu: f64, sigma: f64 },
    Weibull { shape: f64, scale: f64 },
    Exponentials(Vec<(f64, f64)>),
    Points(Vec<(f64, f64)>),
}

impl Law {
    /// Always `value`.
    ///
    /// # Errors
    /// If the value is negative or not a number.
    pub fn constant(value: f64) -> Result<Self, TheoryError> {
        Ok(Self(Kind::Points(vec![(1.0, not_negative("value", value)?)])))
    }

    /// Exponential.
    ///
    /// # Errors
    /// If the mean is not above 0.
    pub fn exponential(mean: f64) -> Result<Self, TheoryError> {
        Ok(Self(Kind::Exponentials(vec![(1.0, positive("mean", mean)?)])))
    }

    /// Sum of `stages` exponentials with the given mean in total.
    ///
    /// # Errors
    /// If `stages` is 0 or the mean not above 0.
    pub fn erlang(stages: u32, mean: f64) -> Result<Self, TheoryError> {
        check("stages", f64::from(stages), stages > 0, "at least 1")?;
        Self::gamma(f64::from(stages), mean)
    }

    /// Gamma with the given shape and mean.
    ///
    /// # Errors
    /// If either is not above 0.
    pub fn gamma(shape: f64, mean: f64) -> Result<Self, TheoryError> {
        let shape = check("shape", shape, (1e-6..=1e9).contains(&shape), "from 1e-6 to 1e9")?;
        Ok(Self(Kind::Gamma { shape, scale: positive("mean", mean)? / shape }))
    }

    /// Lognormal with the mean and standard deviation of the duration itself.
    ///
    /// # Errors
    /// If either is not above 0.
    pub fn lognormal(mean: f64, sd: f64) -> Result<Self, TheoryError> {
        let cv = positive("sd", sd)? / positive("mean", mean)?;
        check("sd", sd, (1e-6..=1e6).contains(&cv), "from a millionth to a million times the mean")?;
        let variance = (cv * cv).ln_1p();
        Ok(Self(Kind::Lognormal { mu: mean.ln() - variance / 2.0, sigma: variance.sqrt() }))
    }

    /// Weibull with survival `exp(-(x/scale)^shape)`.
    ///
    /// # Errors
    /// If either is not above 0.
    pub fn weibull(shape: f64, scale: f64) -> Result<Self, TheoryError> {
        let shape = check("shape", shape, (0.05..=1e6).contains(&shape), "from 0.05 to 1e6")?;
        Ok(Self(Kind::Weibull { shape, scale: positive("scale", scale)? }))
    }

    /// A mixture of exponentials with the given probabilities and means.
    ///
    /// # Errors
    /// If the lists differ in length, the probabilities do not sum to 1 or a mean is not above 0.
    pub fn hyperexponential(shares: &[f64], means: &[f64]) -> Result<Self, TheoryError> {
        length("means", means.len(), shares.len())?;
        probabilities("shares", shares)?;
        means.iter().try_for_each(|&mean| positive("mean", mean).map(|_| ()))?;
        Ok(Self(Kind::Exponentials(shares.iter().copied().zip(means.iter().copied()).collect())))
    }

    /// One of a few values with the given probabilities.
    ///
    /// # Errors
    /// If the lists differ in length, the probabilities do not sum to 1 or a value is negative.
    pub fn discrete(shares: &[f64], values: &[f64]) -> Result<Self, TheoryError> {
        length("values", values.len(), shares.len())?;
        probabilities("shares", shares)?;
        values.iter().try_for_each(|&value| not_negative("value", value).map(|_| ()))?;
        Ok(Self(Kind::Points(shares.iter().copied().zip(values.iter().copied()).collect())))
    }

    /// `E[X]` [time units].
    pub fn mean(&self) -> f64 {
        self.moment(1)
    }

    /// `E[X^2]` [time squared].
    pub fn second_moment(&self) -> f64 {
        self.moment(2)
    }

    /// `E[X^3]` [time cubed].
    pub fn third_moment(&self) -> f64 {
        self.moment(3)
    }

    fn moment(&self, n: u8) -> f64 {
        let k = f64::from(n);
        let power = i32::from(n);
        match &self.0 {
            Kind::Gamma { shape, scale } => (0..n).map(|i| scale * (shape + f64::from(i))).product(),
            Kind::Lognormal { mu, sigma } => (k * mu + k * k * sigma * sigma / 2.0).exp(),
            Kind::Weibull { shape, scale } => scale.powi(power) * gamma(1.0 + k / shape),
            Kind::Exponentials(parts) => {
                let factorial: f64 = (1..=n).map(f64::from).product();
                parts.iter().map(|(p, mean)| p * factorial * mean.powi(power)).sum()
            }
            Kind::Points(parts) => parts.iter().map(|(p, value)| p * value.powi(power)).sum(),
        }
    }

    /// Variance over the square of the mean; 1 for the exponential.
    pub fn squared_cv(&self) -> f64 {
        self.second_moment() / self.mean().powi(2) - 1.0
    }

    /// `P(X > x)` \[0-1\]; 1 for negative `x`.
    pub fn survival(&self, x: f64) -> f64 {
        if x <= 0.0 && !matches!(self.0, Kind::Points(_)) {
            return 1.0;
        }
        match &self.0 {
            Kind::Gamma { shape, scale } => upper(*shape, x / scale),
            Kind::Lognormal { mu, sigma } => normal_survival((x.ln() - mu) / sigma),
            Kind::Weibull { shape, scale } => (-(x / scale).powf(*shape)).exp(),
            Kind::Exponentials(parts) => parts.iter().map(|(p, mean)| p * (-x / mean).exp()).sum(),
            Kind::Points(parts) => parts.iter().filter(|(_, value)| *value > x).map(|(p, _)| p).sum(),
        }
    }

    /// `E[min(X, x)]`, the integral of the survival from 0 to `x` [time units].
    pub fn mean_up_to(&self, x: f64) -> f64 {
        if x.is_nan() || x <= 0.0 {
            return 0.0;
        }
        match &self.0 {
            Kind::Gamma { shape, scale } => {
                shape * scale * (1.0 - upper(shape + 1.0, x / scale)) + x * upper(*shape, x / scale)
            }
            Kind::Lognormal { mu, sigma } => {
                let z = (x.ln() - mu) / sigma;
                self.mean() * normal_survival(sigma - z) + x * normal_survival(z)
            }
            Kind::Weibull { shape, scale } => {
                let lower = checked_gamma_lr(1.0 / shape, (x / scale).powf(*shape)).unwrap_or(1.0);
                scale * gamma(1.0 + 1.0 / shape) * lower
            }
            Kind::Exponentials(parts) => parts.iter().map(|(p, mean)| -p * mean * (-x / mean).exp_m1()).sum(),
            Kind::Points(parts) => parts.iter().map(|(p, value)| p * value.min(x)).sum(),
        }
    }

    /// Survival of the time still to go when met at a random moment, `1 - E[min(X, x)]/E[X]` \[0-1\].
    pub fn excess_survival(&self, x: f64) -> f64 {
        (1.0 - self.mean_up_to(x) / self.mean()).max(0.0)
    }

    /// Laplace transform `E[exp(-s X)]` for `s >= 0`.
    pub fn laplace(&self, s: f64) -> f64 {
        match &self.0 {
            Kind::Gamma { shape, scale } => (-shape * (s * scale).ln_1p()).exp(),
            Kind::Exponentials(parts) => parts.iter().map(|(p, mean)| p / (1.0 + s * mean)).sum(),
            Kind::Points(parts) => parts.iter().map(|(p, value)| p * (-s * value).exp()).sum(),
            Kind::Lognormal { .. } | Kind::Weibull { .. } => {
                let mean = self.mean();
                let over = |x: f64| s * x > 45.0 || self.survival(x) < 1e-17;
                1.0 - s * integrate_tail(|x| (-s * x).exp() * self.survival(x), mean, mean.min(2.0 / s), over)
            }
        }
    }

    /// `(E[cos wX], E[sin wX])` for `w > 0`: what a cycle of angular frequency `w` looks like after
    /// a delay of `X`.
    pub fn characteristic(&self, w: f64) -> (f64, f64) {
        match &self.0 {
            Kind::Gamma { shape, scale } => {
                let modulus = (-0.5 * shape * (w * scale).powi(2).ln_1p()).exp();
                let angle = shape * (w * scale).atan();
                (modulus * angle.cos(), modulus * angle.sin())
            }
            Kind::Exponentials(parts) => parts.iter().fold((0.0, 0.0), |(cos, sin), (p, mean)| {
                let share = p / (1.0 + (w * mean).powi(2));
                (cos + share, sin + share * w * mean)
            }),
            Kind::Points(parts) => parts
                .iter()
                .fold((0.0, 0.0), |(cos, sin), (p, x)| (cos + p * (w * x).cos(), sin + p * (w * x).sin())),
            Kind::Lognormal { .. } | Kind::Weibull { .. } => {
                let (mean, over) = (self.mean(), |x: f64| self.survival(x) < 1e-16);
                let widest = (mean / 4.0).min(1.5 / w);
                let cos = integrate_tail(|x| (w * x).cos() * self.survival(x), mean, widest, over);
                let sin = integrate_tail(|x| (w * x).sin() * self.survival(x), mean, widest, over);
                (1.0 - w * sin, w * cos)
            }
        }
    }

    /// `E[min(X, Y)]` of two independent durations of this law [time units].
    pub fn mean_of_shorter(&self) -> f64 {
        let pairs = |parts: &[(f64, f64)], shorter: fn(f64, f64) -> f64| -> f64 {
            parts.iter().flat_map(|a| parts.iter().map(move |b| a.0 * b.0 * shorter(a.1, b.1))).sum()
        };
        match &self.0 {
            Kind::Exponentials(parts) => pairs(parts, |a, b| a * b / (a + b)),
            Kind::Points(parts) => pairs(parts, f64::min),
            _ => {
                let mean = self.mean();
                integrate_tail(|x| self.survival(x).powi(2), mean, mean / 4.0, |x| self.survival(x) < 1e-9)
            }
        }
    }

    /// The constant, if this law is one.
    pub(super) fn as_constant(&self) -> Option<f64> {
        match &self.0 {
            Kind::Points(parts) if parts.len() == 1 => parts.first().map(|(_, value)| *value),
            _ => None,
        }
    }
}

fn upper(shape: f64, x: f64) -> f64 {
    checked_gamma_ur(shape, x).unwrap_or(if x > shape { 0.0 } else { 1.0 })
}

fn normal_survival(z: f64) -> f64 {
    0.5 * erfc(z / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    fn every_law() -> Vec<Law> {
        vec![
            Law::constant(3.0).unwrap(),
            Law::exponential(2.0).unwrap(),
            Law::erlang(4, 0.5).unwrap(),
            Law::gamma(2.5, 0.06).unwrap(),
            Law::lognormal(7.4, 8.6).unwrap(),
            Law::weibull(0.8, 9.0).unwrap(),
            Law::hyperexponential(&[0.8, 0.2], &[2.0, 14.5]).unwrap(),
            Law::discrete(&[0.5, 0.3, 0.2], &[0.2, 0.3, 0.7]).unwrap(),
        ]
    }

    #[test]
    fn transforms_and_survivals_agree_with_the_moments() {
        for law in every_law() {
            let mean = law.mean();
            agrees(law.mean_up_to(1e5 * mean), mean);
            let step = 1e-4 / mean;
            let slope = (law.laplace(step) - law.laplace(3.0 * step)) / (2.0 * step);
            assert!((slope / mean - 1.0).abs() < 1e-2, "{law:?} {slope}");
            let (cos, sin) = law.characteristic(0.01 / mean);
            assert!((sin / 0.01 - 1.0).abs() < 1e-2 && cos < 1.0, "{law:?}");
            let x = 0.7 * mean;
            let derivative =
                (law.mean_up_to(x + 1e-5 * mean) - law.mean_up_to(x - 1e-5 * mean)) / (2e-5 * mean);
            assert!((derivative - law.survival(x)).abs() < 1e-6, "{law:?}");
            assert!(law.mean_of_shorter() <= mean);
        }
    }

    #[test]
    fn absurd_laws_are_refused() {
        assert!(Law::lognormal(1.0, 0.0).is_err() && Law::exponential(0.0).is_err());
        assert!(Law::erlang(0, 1.0).is_err() && Law::gamma(f64::NAN, 1.0).is_err());
        assert!(Law::hyperexponential(&[0.5, 0.6], &[1.0, 1.0]).is_err());
        assert!(Law::discrete(&[1.0], &[1.0, 2.0]).is_err() && Law::constant(f64::INFINITY).is_err());
    }
}
