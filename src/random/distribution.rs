//! Distributions of positive quantities, checked and prepared once, then sampled many times.
//!
//! A `Distribution` carries no unit: the field that holds it names one
//! (`on_scene_minutes: Distribution`).

use super::streams::Dice;
use super::ziggurat::{exponential, normal};
use crate::units::Shown;
use rand_distr::{Distribution as _, Gamma};

/// A distribution ready to sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distribution {
    law: Law,
    mean: f64,
    variance: f64,
}

// the tag apart from that of the gamma: one load tells the laws apart
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(u8)]
enum Law {
    Constant(f64),
    Exponential { mean: f64 },
    LogNormal { mu: f64, sigma: f64 },
    Gamma(Gamma<f64>),
    Weibull { scale: f64, inverse_shape: f64 },
    Uniform { low: f64, width: f64 },
    Triangular { low: f64, mode: f64, high: f64 },
    LogLogistic { scale: f64, inverse_shape: f64 },
    TruncatedNormal { mean: f64, sd: f64, low: f64, high: f64 },
}

/// Why parameters do not describe a distribution.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DistributionError {
    /// A parameter is outside its range.
    #[error("{law}: {parameter} = {}, must be {allowed}", Shown(*.value))]
    OutOfRange {
        /// The distribution.
        law: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
}

impl DistributionError {
    /// The same of the law that the user named, which is made of this one.
    pub(super) fn of(self, law: &'static str) -> Self {
        let Self::OutOfRange { parameter, value, allowed, .. } = self;
        Self::OutOfRange { law, parameter, value, allowed }
    }
}

/// The largest parameter accepted: beyond it, times overflow the clock.
const LARGEST: f64 = 1e15;

fn in_range(
    law: &'static str,
    parameter: &'static str,
    value: f64,
    is_allowed: bool,
    allowed: &'static str,
) -> Result<f64, DistributionError> {
    if is_allowed && value.is_finite() && value.abs() <= LARGEST {
        Ok(value + 0.0) // turns -0.0 into 0.0
    } else {
        Err(DistributionError::OutOfRange { law, parameter, value, allowed })
    }
}

pub(super) fn positive(
    law: &'static str,
    parameter: &'static str,
    value: f64,
) -> Result<f64, DistributionError> {
    in_range(law, parameter, value, value >= 1e-15, "a number from 1e-15 to 1e15")
}

pub(super) fn not_negative(
    law: &'static str,
    parameter: &'static str,
    value: f64,
) -> Result<f64, DistributionError> {
    in_range(law, parameter, value, value >= 0.0, "a number from 0 to 1e15")
}

impl Distribution {
    /// Always zero.
    pub const NOTHING: Self = Self { law: Law::Constant(0.0), mean: 0.0, variance: 0.0 };

    /// Always `value` (0 or more).
    ///
    /// # Errors
    /// If the value is negative, not finite, or above 1e15.
    pub fn constant(value: f64) -> Result<Self, DistributionError> {
        let value = not_negative("constant", "value", value)?;
        Ok(Self { law: Law::Constant(value), mean: value, variance: 0.0 })
    }

    /// Exponential with the given mean (above 0).
    ///
    /// # Errors
    /// If the mean is not a number from 1e-15 to 1e15.
    pub fn exponential(mean: f64) -> Result<Self, DistributionError> {
        let mean = positive("exponential", "mean", mean)?;
        Ok(Self { law: Law::Exponential { mean }, mean, variance: mean * mean })
    }

    /// Lognormal whose own mean and standard deviation (not those of its logarithm) are given.
    /// A standard deviation of 0 gives the constant.
    ///
    /// With `c = sd / mean`: `sigma^2 = ln(1 + c^2)`, `mu = ln(mean) - sigma^2 / 2`.
    ///
    /// ```
    /// use nhs_capacity::random::Distribution;
    /// let stay_days = Distribution::lognormal(9.1, 14.0)?;
    /// assert!((stay_days.mean() - 9.1).abs() < 1e-12);
    /// # Ok::<(), nhs_capacity::random::DistributionError>(())
    /// ```
    ///
    /// # Errors
    /// If the mean is not above 0 or the standard deviation is negative.
    pub fn lognormal(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        let mean = positive("lognormal", "mean", mean)?;
        let sd = not_negative("lognormal", "sd", sd)?;
        if sd == 0.0 {
            return Self::constant(mean);
        }
        let squared_cv = (sd / mean) * (sd / mean);
        let sigma_squared = squared_cv.ln_1p();
        let law = Law::LogNormal { mu: mean.ln() - sigma_squared / 2.0, sigma: sigma_squared.sqrt() };
        Ok(Self { law, mean, variance: sd * sd })
    }

    /// Lognormal through two quantiles: `value_a` at probability `p_a` and `value_b` at `p_b`, with
    /// `p_a < p_b` and `value_a < value_b`.
    ///
    /// # Errors
    /// If the probabilities are not inside (0, 1) and rising, or the values not positive and rising.
    pub fn lognormal_through(
        (p_a, value_a): (f64, f64),
        (p_b, value_b): (f64, f64),
    ) -> Result<Self, DistributionError> {
        const LAW: &str = "lognormal through quantiles";
        let inside = |p: f64| p > 1e-12 && p < 1.0 - 1e-12;
        in_range(LAW, "first probability", p_a, inside(p_a), "inside (0, 1)")?;
        in_range(LAW, "second probability", p_b, inside(p_b) && p_b > p_a, "inside (0, 1), above the first")?;
        positive(LAW, "first value", value_a)?;
        in_range(LAW, "second value", value_b, value_b > value_a, "above the first value, at most 1e15")?;
        let z = |p: f64| -std::f64::consts::SQRT_2 * statrs::function::erf::erfc_inv(2.0 * p);
        let sigma = (value_b.ln() - value_a.ln()) / (z(p_b) - z(p_a));
        let mu = value_a.ln() - sigma * z(p_a);
        let mean = (mu + sigma * sigma / 2.0).exp();
        in_range(LAW, "implied mean", mean, mean <= LARGEST, "at most 1e15")?;
        let variance = mean * mean * (sigma * sigma).exp_m1();
        Ok(Self { law: Law::LogNormal { mu, sigma }, mean, variance })
    }

    /// Gamma with the given shape and mean.
    ///
    /// # Errors
    /// If either is not above 0.
    pub fn gamma(shape: f64, mean: f64) -> Result<Self, DistributionError> {
        let shape = in_range("gamma", "shape", shape, shape >= 1e-6, "a number from 1e-6 to 1e15")?;
        let mean = positive("gamma", "mean", mean)?;
        let law = Gamma::new(shape, mean / shape).map_err(|_| DistributionError::OutOfRange {
            law: "gamma",
            parameter: "mean / shape",
            value: mean / shape,
            allowed: "above 0",
        })?;
        Ok(Self { law: Law::Gamma(law), mean, variance: mean * mean / shape })
    }

    /// Gamma with the given shape and rate: its mean is `shape / rate`.
    ///
    /// # Errors
    /// If either is not above 0, or the mean out of range.
    pub fn gamma_of_rate(shape: f64, rate: f64) -> Result<Self, DistributionError> {
        let rate = positive("gamma", "rate", rate)?;
        Self::gamma(shape, shape / rate)
    }

    /// Weibull with survival `exp(-(x / scale)^shape)`.
    ///
    /// # Errors
    /// If either parameter is not above 0 (shape: from 0.05).
    pub fn weibull(shape: f64, scale: f64) -> Result<Self, DistributionError> {
        let shape = in_range("weibull", "shape", shape, shape >= 0.05, "a number from 0.05 to 1e15")?;
        let scale = positive("weibull", "scale", scale)?;
        let moment = |n: f64| statrs::function::gamma::gamma(1.0 + n / shape);
        let mean = scale * moment(1.0);
        // rounding must not take a spread of next to nothing below 0
        let variance = scale * scale * (moment(2.0) - moment(1.0) * moment(1.0)).max(0.0);
        Ok(Self { law: Law::Weibull { scale, inverse_shape: 1.0 / shape }, mean, variance })
    }

    /// Uniform from `low` to `high`.
    ///
    /// # Errors
    /// If `low` is negative or `high` not above it.
    pub fn uniform(low: f64, high: f64) -> Result<Self, DistributionError> {
        let low = not_negative("uniform", "low", low)?;
        let high = in_range("uniform", "high", high, high > low, "above low, at most 1e15")?;
        let width = high - low;
        Ok(Self {
            law: Law::Uniform { low, width },
            mean: (low + high) / 2.0,
            variance: width * width / 12.0,
        })
    }

    /// Triangular with the given least value, mode and greatest value; a constant if all are equal.
    ///
    /// # Errors
    /// Unless `0 <= low <= mode <= high`.
    pub fn triangular(low: f64, mode: f64, high: f64) -> Result<Self, DistributionError> {
        let low = not_negative("triangular", "low", low)?;
        let mode = in_range("triangular", "mode", mode, mode >= low, "at least low, at most 1e15")?;
        let high = in_range("triangular", "high", high, high >= mode, "at least the mode, at most 1e15")?;
        if low == high {
            return Self::constant(low);
        }
        let mean = (low + mode + high) / 3.0;
        let variance = (low * low + mode * mode + high * high - low * mode - low * high - mode * high) / 18.0;
        Ok(Self { law: Law::Triangular { low, mode, high }, mean, variance: variance.max(0.0) })
    }

    /// Erlang: the sum of `phases` exponentials with the given total mean.
    ///
    /// # Errors
    /// If there are no phases or the mean is not above 0. The cost of a draw does not depend on `phases`.
    pub fn erlang(phases: u32, mean: f64) -> Result<Self, DistributionError> {
        in_range("erlang", "k", f64::from(phases), phases >= 1, "a whole number from 1")?;
        match phases {
            1 => Self::exponential(mean),
            _ => Self::gamma(f64::from(phases), mean),
        }
        .map_err(|error| error.of("erlang"))
    }

    /// Log-logistic with distribution function `1 / (1 + (x / scale)^-shape)`. The mean is infinite
    /// up to shape 1 and the variance up to shape 2.
    ///
    /// # Errors
    /// If either parameter is not above 0 (shape: from 0.05).
    pub fn loglogistic(shape: f64, scale: f64) -> Result<Self, DistributionError> {
        let shape = in_range("loglogistic", "shape", shape, shape >= 0.05, "a number from 0.05 to 1e15")?;
        let scale = positive("loglogistic", "scale", scale)?;
        // E[X^n] = scale^n * (n pi / shape) / sin(n pi / shape) while n < shape
        let moment = |n: f64| {
            let angle = n * std::f64::consts::PI / shape;
            if n < shape { scale.powf(n) * angle / angle.sin() } else { f64::INFINITY }
        };
        let mean = moment(1.0);
        let variance = if shape > 2.0 { (moment(2.0) - mean * mean).max(0.0) } else { f64::INFINITY };
        Ok(Self { law: Law::LogLogistic { scale, inverse_shape: 1.0 / shape }, mean, variance })
    }

    /// A normal with this mean and standard deviation (before truncation), drawn again until it
    /// lies between `low` and `high`: not clamped, so there is no lump at the ends.
    ///
    /// # Errors
    /// If `low` is negative, `high` (which may be infinite) not above it, or less than one draw in
    /// 10,000 falls between them.
    pub fn truncated_normal(mean: f64, sd: f64, low: f64, high: f64) -> Result<Self, DistributionError> {
        const LAW: &str = "truncated normal";
        let mean = in_range(LAW, "mean", mean, true, "a number from -1e15 to 1e15")?;
        let sd = positive(LAW, "sd", sd)?;
        let low = not_negative(LAW, "low", low)?;
        let is_open = high == f64::INFINITY;
        if !is_open {
            in_range(LAW, "high", high, high > low, "above low")?;
        }
        let below = |z: f64| statrs::function::erf::erfc(-z / std::f64::consts::SQRT_2) / 2.0;
        let density = |z: f64| (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let (a, b) = ((low - mean) / sd, (high - mean) / sd);
        // from the nearer tail, so that an interval far out keeps its digits
        let inside = if a > 0.0 { below(-a) - below(-b) } else { below(b) - below(a) };
        in_range(LAW, "share of draws between low and high", inside, inside >= 1e-4, "at least 0.0001")?;
        let shift = (density(a) - density(b)) / inside;
        let b_term = if is_open { 0.0 } else { b * density(b) };
        let spread = 1.0 + (a * density(a) - b_term) / inside - shift * shift;
        let law = Law::TruncatedNormal { mean, sd, low, high };
        Ok(Self { law, mean: mean + sd * shift, variance: sd * sd * spread.max(0.0) })
    }

    /// Mean.
    pub const fn mean(&self) -> f64 {
        self.mean
    }

    /// Variance.
    pub const fn variance(&self) -> f64 {
        self.variance
    }

    /// A parameter in its textbook form, by name: `rate` of an exponential, `mu` and `sigma` of a
    /// lognormal's logarithm, `scale` of a gamma (`rate` is its inverse) or Weibull.
    pub fn parameter(&self, name: &str) -> Option<f64> {
        match (self.law, name) {
            (Law::Exponential { mean }, "rate") => Some(1.0 / mean),
            (Law::LogNormal { mu, .. }, "mu") => Some(mu),
            (Law::LogNormal { sigma, .. }, "sigma") => Some(sigma),
            (Law::Gamma(_), "scale") => Some(self.variance / self.mean),
            (Law::Gamma(_), "rate") => Some(self.mean / self.variance),
            (Law::Gamma(_), "shape") => Some(self.mean * self.mean / self.variance),
            (Law::Weibull { scale, .. } | Law::LogLogistic { scale, .. }, "scale") => Some(scale),
            _ => None,
        }
    }

    /// The same shape with every value multiplied by `factor` (above 0).
    ///
    /// # Errors
    /// If the factor is not above 0, or takes the mean out of range.
    pub fn scaled(&self, factor: f64) -> Result<Self, DistributionError> {
        positive("scaled distribution", "factor", factor)?;
        not_negative("scaled distribution", "mean", self.mean * factor)?;
        let law = match self.law {
            Law::Constant(value) => Law::Constant(value * factor),
            Law::Exponential { mean } => Law::Exponential { mean: mean * factor },
            Law::LogNormal { mu, sigma } => Law::LogNormal { mu: mu + factor.ln(), sigma },
            Law::Gamma(_) => {
                return Self::gamma(self.mean * self.mean / self.variance, self.mean * factor);
            }
            Law::Weibull { scale, inverse_shape } => Law::Weibull { scale: scale * factor, inverse_shape },
            Law::Uniform { low, width } => Law::Uniform { low: low * factor, width: width * factor },
            Law::Triangular { low, mode, high } => {
                Law::Triangular { low: low * factor, mode: mode * factor, high: high * factor }
            }
            Law::LogLogistic { scale, inverse_shape } => {
                Law::LogLogistic { scale: scale * factor, inverse_shape }
            }
            Law::TruncatedNormal { mean, sd, low, high } => Law::TruncatedNormal {
                mean: mean * factor,
                sd: sd * factor,
                low: low * factor,
                high: high * factor,
            },
        };
        Ok(Self { law, mean: self.mean * factor, variance: self.variance * factor * factor })
    }

    /// What is left of a duration that is found in progress at a random moment: a uniform part of a
    /// length-biased draw (the equilibrium residual of renewal theory; Cox 1962, *Renewal theory*).
    /// Its mean is `(mean^2 + variance) / (2 mean)`. Exact for the constant, exponential, lognormal,
    /// gamma and log-logistic laws; for the others the length-biased draw is picked from 64 plain ones in
    /// proportion to their length, which leaves an error of a few percent.
    pub fn sample_remaining(&self, dice: &mut Dice) -> f64 {
        let length_biased = match self.law {
            Law::Constant(value) => value,
            Law::Exponential { .. } => return self.sample(dice),
            Law::LogNormal { mu, sigma } => {
                let z = normal(dice);
                (mu + sigma * sigma + sigma * z).exp()
            }
            Law::Gamma(_) => {
                // the length-biased gamma has one more unit of shape and the same scale
                let scale = self.variance / self.mean;
                let extra = exponential(dice);
                self.sample(dice) + scale * extra
            }
            Law::LogLogistic { scale, inverse_shape } if inverse_shape < 1.0 => {
                // (x / scale)^shape is then a ratio of gammas of shapes 1 + 1/shape and 1 - 1/shape
                let unit_rate = |shape: f64| Gamma::new(shape, 1.0).map_or(1.0, |law| law.sample(dice));
                let [above, below] = [1.0 + inverse_shape, 1.0 - inverse_shape].map(unit_rate);
                scale * (above / below.max(f64::MIN_POSITIVE)).powf(inverse_shape)
            }
            Law::Weibull { .. }
            | Law::Uniform { .. }
            | Law::Triangular { .. }
            | Law::LogLogistic { .. }
            | Law::TruncatedNormal { .. } => {
                let draws: [f64; 64] = std::array::from_fn(|_| self.sample(dice));
                let mut target = dice.uniform() * draws.iter().sum::<f64>();
                let picked = draws.iter().find(|&&draw| {
                    target -= draw;
                    target <= 0.0
                });
                picked.copied().unwrap_or(self.mean)
            }
        };
        length_biased * dice.uniform()
    }

    /// One draw; never negative, never NaN.
    // The two laws that models draw from most are in line, the others are not: their calls would make
    // every draw save registers.
    #[inline]
    pub fn sample(&self, dice: &mut Dice) -> f64 {
        match self.law {
            Law::Exponential { mean } => mean * exponential(dice),
            Law::LogNormal { mu, sigma } => (mu + sigma * normal(dice)).exp(),
            _ => self.sample_rarer(dice),
        }
    }

    #[inline(never)]
    fn sample_rarer(&self, dice: &mut Dice) -> f64 {
        match self.law {
            Law::Constant(value) => value,
            Law::Exponential { .. } | Law::LogNormal { .. } => self.sample(dice),
            Law::Gamma(gamma) => gamma.sample(dice),
            Law::Weibull { scale, inverse_shape } => {
                let unit = exponential(dice);
                scale * unit.powf(inverse_shape)
            }
            Law::Uniform { low, width } => low + width * dice.uniform(),
            Law::Triangular { low, mode, high } => {
                let u = dice.uniform();
                let (left, right, all) = (mode - low, high - mode, high - low);
                if u * all < left {
                    low + (u * all * left).sqrt()
                } else {
                    high - ((1.0 - u) * all * right).sqrt()
                }
            }
            Law::LogLogistic { scale, inverse_shape } => {
                let u = dice.uniform();
                scale * (u / (1.0 - u)).powf(inverse_shape)
            }
            Law::TruncatedNormal { mean, sd, low, high } => loop {
                let z = normal(dice);
                let value = mean + sd * z;
                if low <= value && value <= high {
                    return value;
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn every_law() -> Vec<(&'static str, Distribution)> {
        vec![
            ("constant", Distribution::constant(3.0).unwrap()),
            ("exponential", Distribution::exponential(2.0).unwrap()),
            ("lognormal", Distribution::lognormal(9.0, 6.0).unwrap()),
            ("lognormal_through", Distribution::lognormal_through((0.5, 4.0), (0.9, 9.0)).unwrap()),
            ("gamma", Distribution::gamma(2.5, 7.0).unwrap()),
            ("weibull", Distribution::weibull(1.5, 4.0).unwrap()),
            ("uniform", Distribution::uniform(1.0, 5.0).unwrap()),
            ("triangular", Distribution::triangular(1.0, 2.0, 6.0).unwrap()),
            ("scaled gamma", Distribution::gamma(2.5, 7.0).unwrap().scaled(0.5).unwrap()),
            ("erlang", Distribution::erlang(4, 0.5).unwrap()),
            ("loglogistic", Distribution::loglogistic(5.5, 4.0).unwrap()),
            ("truncated_normal", Distribution::truncated_normal(20.0, 10.0, 0.0, f64::INFINITY).unwrap()),
            ("doubly truncated", Distribution::truncated_normal(5.0, 10.0, 2.0, 11.0).unwrap()),
        ]
    }

    /// 50 groups of 20,000 draws; |t| at most 4.38 with 49 degrees of freedom (two-sided 6.3e-5).
    #[test]
    fn each_sampler_has_its_mean_and_variance() {
        for (name, law) in every_law() {
            let stream = Stream::of_seed(11);
            let groups: Vec<(f64, f64)> = (0..50)
                .map(|g| {
                    let mut dice = stream.at(g).dice();
                    let n = 20_000.0;
                    let draws: Vec<f64> = (0..20_000).map(|_| law.sample(&mut dice)).collect();
                    let mean = draws.iter().sum::<f64>() / n;
                    let spread = draws.iter().map(|x| (x - law.mean()).powi(2)).sum::<f64>() / n;
                    (mean, spread)
                })
                .collect();
            let t = |values: Vec<f64>, expected: f64| {
                let n = values.len() as f64;
                let mean = values.iter().sum::<f64>() / n;
                let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
                if sd == 0.0 { (mean - expected) * 1e9 } else { (mean - expected) / (sd / n.sqrt()) }
            };
            let t_mean = t(groups.iter().map(|g| g.0).collect(), law.mean());
            let t_variance = t(groups.iter().map(|g| g.1).collect(), law.variance());
            assert!(t_mean.abs() < 4.38, "{name}: mean, t = {t_mean}");
            assert!(t_variance.abs() < 4.38, "{name}: variance, t = {t_variance}");
        }
    }

    /// 50 groups of 20,000 draws; |t| at most 4.38 with 49 degrees of freedom; the laws that are
    /// only approximated are held to 4%.
    #[test]
    fn what_is_left_of_a_duration_has_the_mean_of_renewal_theory() {
        for (name, law) in every_law() {
            let expected = (law.mean() * law.mean() + law.variance()) / (2.0 * law.mean());
            let means: Vec<f64> = (0..50)
                .map(|g| {
                    let mut dice = Stream::of_seed(12).at(g).dice();
                    (0..20_000).map(|_| law.sample_remaining(&mut dice)).sum::<f64>() / 20_000.0
                })
                .collect();
            let mean = means.iter().sum::<f64>() / 50.0;
            let sd = (means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 49.0).sqrt();
            if ["weibull", "uniform", "triangular"].contains(&name) {
                assert!((mean / expected - 1.0).abs() < 0.04, "{name}: {mean} against {expected}");
            } else {
                let t = (mean - expected) / (sd / 50_f64.sqrt());
                assert!(t.abs() < 4.38, "{name}: t = {t}");
            }
        }
    }

    #[test]
    fn first_draws_of_each_sampler_are_stable() {
        let drawn: Vec<String> = every_law()
            .iter()
            .map(|(name, law)| format!("{name} {:.9}", law.sample(&mut Stream::of_seed(1).dice())))
            .collect();
        assert_eq!(drawn, PINNED);
    }
    const PINNED: [&str; 13] = [
        "constant 3.000000000",
        "exponential 4.829493107",
        "lognormal 9.480390478",
        "lognormal_through 5.116210596",
        "gamma 7.815084368",
        "weibull 7.199588832",
        "uniform 3.297945591",
        "triangular 3.082762943",
        "scaled gamma 3.907542184",
        "erlang 0.557878101",
        "loglogistic 4.224379782",
        "truncated_normal 23.889546382",
        "doubly truncated 8.889546382",
    ];

    #[test]
    fn new_laws_refuse_what_has_no_meaning() {
        assert!(Distribution::erlang(0, 1.0).is_err());
        assert_eq!(Distribution::erlang(1, 2.0), Distribution::exponential(2.0));
        assert!(Distribution::erlang(10_000_000, 2.0).is_ok());
        assert!(Distribution::loglogistic(0.0, 1.0).is_err());
        assert!(Distribution::loglogistic(1.0, 1.0).is_ok_and(|law| law.mean().is_infinite()));
        for (low, high) in [(5.0, 5.0), (6.0, 5.0), (-1.0, 5.0), (90.0, 91.0), (0.0, f64::NAN)] {
            assert!(Distribution::truncated_normal(10.0, 2.0, low, high).is_err(), "{low} {high}");
        }
    }

    #[test]
    fn wrong_parameters_are_refused() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e308] {
            assert!(Distribution::constant(bad).is_err());
            assert!(Distribution::exponential(bad).is_err());
            assert!(Distribution::lognormal(bad, 1.0).is_err());
            assert!(Distribution::lognormal(1.0, bad).is_err());
            assert!(Distribution::gamma(bad, 1.0).is_err());
            assert!(Distribution::weibull(1.0, bad).is_err());
            assert!(Distribution::uniform(bad, 1.0).is_err());
            assert!(Distribution::triangular(bad, 1.0, 2.0).is_err());
        }
        assert!(Distribution::exponential(0.0).is_err());
        assert!(Distribution::uniform(2.0, 2.0).is_err());
        assert!(Distribution::triangular(2.0, 1.0, 3.0).is_err());
        assert!(Distribution::lognormal_through((0.9, 4.0), (0.5, 9.0)).is_err());
        let message = Distribution::lognormal(-3.0, 1.0).unwrap_err().to_string();
        assert_eq!(message, "lognormal: mean = -3, must be a number from 1e-15 to 1e15");
    }

    #[test]
    fn no_spread_means_a_constant() {
        assert_eq!(Distribution::lognormal(4.0, 0.0), Distribution::constant(4.0));
        assert_eq!(Distribution::triangular(4.0, 4.0, 4.0), Distribution::constant(4.0));
    }
}
