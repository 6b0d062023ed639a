//! Laws that need a table or several draws: mixtures, discrete and empirical values, counts, sums
//! and the beta family. A [`Sampler`] is one of these or a plain [`Distribution`].

use super::distribution::{Distribution, DistributionError, not_negative, positive};
use super::streams::Dice;
use rand_distr::{Beta, Distribution as _, Poisson};
use std::sync::Arc;

/// Any law that can be sampled; cheap to clone.
#[derive(Clone, Debug)]
pub struct Sampler(Form);

#[derive(Clone, Debug)]
enum Form {
    Single(Distribution),
    Compound(Arc<Compound>),
}

#[derive(Debug)]
enum Compound {
    // cumulative weights, rising to 1, and what is drawn under each
    Mixture { upto: Vec<f64>, parts: Vec<Distribution> },
    Beta { low: f64, width: f64, alpha: f64, beta: f64, law: Beta<f64> },
    // scale times (the ratio of) gammas with mean equal to their shape
    Pearson5 { scale: f64, below: Distribution, shape: f64 },
    Pearson6 { scale: f64, above: Distribution, below: Distribution, shapes: (f64, f64) },
    Poisson { mean: f64, law: Poisson<f64> },
    Sum(Vec<Sampler>),
}

impl From<Distribution> for Sampler {
    fn from(distribution: Distribution) -> Self {
        Self(Form::Single(distribution))
    }
}

fn refuse<T>(
    law: &'static str,
    parameter: &'static str,
    value: f64,
    allowed: &'static str,
) -> Result<T, DistributionError> {
    Err(DistributionError::OutOfRange { law, parameter, value, allowed })
}

fn shape(law: &'static str, parameter: &'static str, value: f64) -> Result<f64, DistributionError> {
    if (1e-6..=1e6).contains(&value) {
        Ok(value)
    } else {
        refuse(law, parameter, value, "a number from 1e-6 to 1e6")
    }
}

fn constants(law: &'static str, values: &[f64]) -> Result<Vec<Distribution>, DistributionError> {
    values.iter().map(|&v| Distribution::constant(v).map_err(|error| error.of(law))).collect()
}

/// How far from 1 a sum of probabilities may be through rounding.
const ROUNDING: f64 = 1e-9;

impl Sampler {
    fn compound(compound: Compound) -> Self {
        Self(Form::Compound(Arc::new(compound)))
    }

    /// One of `parts`, the i-th with probability `probabilities[i]`.
    ///
    /// # Errors
    /// If there is none, the lengths differ, or the probabilities are not from 0 to 1 with sum 1
    /// (published tables that sum to 1.01 want dividing by their sum: see [`Sampler::weighted`]).
    pub fn mixture(probabilities: &[f64], parts: Vec<Distribution>) -> Result<Self, DistributionError> {
        const LAW: &str = "mixture";
        if let Some(&bad) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return refuse(LAW, "probability", bad, "a number from 0 to 1");
        }
        let sum: f64 = probabilities.iter().sum();
        if (sum - 1.0).abs() > ROUNDING {
            return refuse(LAW, "sum of probabilities", sum, "1");
        }
        Self::weighted(probabilities, parts)
    }

    /// One of `parts`, in proportion to `weights`.
    ///
    /// # Errors
    /// If there is none, the lengths differ, a weight is negative or not finite, or all are 0.
    pub fn weighted(weights: &[f64], parts: Vec<Distribution>) -> Result<Self, DistributionError> {
        const LAW: &str = "mixture";
        if weights.len() != parts.len() || parts.is_empty() {
            return refuse(LAW, "number of weights", weights.len() as f64, "as many as values, at least 1");
        }
        if let Some(&bad) = weights.iter().find(|w| !(0.0..=1e15).contains(*w)) {
            return refuse(LAW, "weight", bad, "a number from 0 to 1e15");
        }
        let sum: f64 = weights.iter().sum();
        if sum <= 0.0 {
            return refuse(LAW, "sum of weights", sum, "above 0");
        }
        if let [only] = parts.as_slice() {
            return Ok((*only).into());
        }
        let upto = weights.iter().scan(0.0, |so_far, w| {
            *so_far += w / sum;
            Some(*so_far)
        });
        Ok(Self::compound(Compound::Mixture { upto: upto.collect(), parts }))
    }

    /// A mixture of exponentials.
    ///
    /// # Errors
    /// As [`Sampler::mixture`], and if a mean is not above 0.
    pub fn hyperexponential(probabilities: &[f64], means: &[f64]) -> Result<Self, DistributionError> {
        let part = |&mean| Distribution::exponential(mean).map_err(|error| error.of("hyperexponential"));
        let parts = means.iter().map(part).collect::<Result<_, _>>()?;
        Self::mixture(probabilities, parts)
    }

    /// One of `values` (0 or more), the i-th with probability `probabilities[i]`.
    ///
    /// # Errors
    /// As [`Sampler::mixture`], and if a value is negative or not finite.
    pub fn discrete(values: &[f64], probabilities: &[f64]) -> Result<Self, DistributionError> {
        Self::mixture(probabilities, constants("discrete", values)?)
    }

    /// Any of the observed `values` (0 or more), all equally likely.
    ///
    /// # Errors
    /// If there is none, or one is negative or not finite.
    pub fn empirical(values: &[f64]) -> Result<Self, DistributionError> {
        Self::weighted(&vec![1.0; values.len()], constants("empirical", values)?)
    }

    /// Beta on 0 to 1.
    ///
    /// # Errors
    /// If a parameter is not from 1e-6 to 1e6.
    pub fn beta(alpha: f64, beta: f64) -> Result<Self, DistributionError> {
        Self::scaled_beta("beta", (0.0, 1.0), alpha, beta)
    }

    /// Beta-PERT with the given least value, mode and greatest value, and weight `lambda` of the
    /// mode (usually 4): `alpha = 1 + lambda (mode - low) / (high - low)`.
    ///
    /// # Errors
    /// Unless `0 <= low <= mode <= high`, `low < high` and `lambda` is from 1e-6 to 1e6.
    pub fn pert(low: f64, mode: f64, high: f64, lambda: f64) -> Result<Self, DistributionError> {
        Distribution::uniform(low, high).map_err(|error| error.of("pert"))?;
        Distribution::triangular(low, mode, high).map_err(|error| error.of("pert"))?;
        shape("pert", "lambda", lambda)?;
        let weight = |length: f64| 1.0 + lambda * length / (high - low);
        Self::scaled_beta("pert", (low, high), weight(mode - low), weight(high - mode))
    }

    fn scaled_beta(
        name: &'static str,
        (low, high): (f64, f64),
        alpha: f64,
        beta: f64,
    ) -> Result<Self, DistributionError> {
        let (alpha, beta) = (shape(name, "alpha", alpha)?, shape(name, "beta", beta)?);
        match Beta::new(alpha, beta) {
            Ok(law) => Ok(Self::compound(Compound::Beta { low, width: high - low, alpha, beta, law })),
            Err(_) => refuse(name, "alpha", alpha, "above 0"),
        }
    }

    /// Pearson type 5 (inverse gamma): `scale` over a gamma of the given shape. The mean is
    /// infinite up to shape 1 and the variance up to shape 2.
    ///
    /// # Errors
    /// If a parameter is not above 0.
    pub fn pearson5(shape_below: f64, scale: f64) -> Result<Self, DistributionError> {
        let shape = shape("pearson5", "shape", shape_below)?;
        let scale = positive("pearson5", "scale", scale)?;
        let below = Distribution::gamma(shape, shape)?;
        Ok(Self::compound(Compound::Pearson5 { scale, below, shape }))
    }

    /// Pearson type 6 (beta prime): `scale` times the ratio of gammas of shapes `above` and
    /// `below`. The mean is infinite up to `below` 1 and the variance up to 2.
    ///
    /// # Errors
    /// If a parameter is not above 0.
    pub fn pearson6(above: f64, below: f64, scale: f64) -> Result<Self, DistributionError> {
        let shapes = (shape("pearson6", "shape1", above)?, shape("pearson6", "shape2", below)?);
        let scale = positive("pearson6", "scale", scale)?;
        let gamma = |s| Distribution::gamma(s, s);
        let (above, below) = (gamma(shapes.0)?, gamma(shapes.1)?);
        Ok(Self::compound(Compound::Pearson6 { scale, above, below, shapes }))
    }

    /// A Poisson count.
    ///
    /// # Errors
    /// If the mean is not from 0 to 1e15; 0 always gives 0.
    pub fn poisson(mean: f64) -> Result<Self, DistributionError> {
        if not_negative("poisson", "mean", mean)? == 0.0 {
            return Ok(Distribution::NOTHING.into());
        }
        match Poisson::new(mean) {
            Ok(law) => Ok(Self::compound(Compound::Poisson { mean, law })),
            Err(_) => refuse("poisson", "mean", mean, "a number from 0 to 1e15"),
        }
    }

    /// The sum of one draw from each of `parts`.
    pub fn sum(parts: Vec<Self>) -> Self {
        Self::compound(Compound::Sum(parts))
    }

    /// One draw; never negative, never NaN.
    #[inline]
    pub fn sample(&self, dice: &mut Dice) -> f64 {
        match &self.0 {
            Form::Single(distribution) => distribution.sample(dice),
            Form::Compound(compound) => compound.sample(dice),
        }
    }

    /// Mean; infinite where the law has none.
    pub fn mean(&self) -> f64 {
        match &self.0 {
            Form::Single(distribution) => distribution.mean(),
            Form::Compound(compound) => compound.mean(),
        }
    }

    /// Variance; infinite where the law has none.
    pub fn variance(&self) -> f64 {
        match &self.0 {
            Form::Single(distribution) => distribution.variance(),
            Form::Compound(compound) => compound.variance(),
        }
    }

    /// A parameter in its textbook form, by name: see [`Distribution::parameter`]; also `alpha` and
    /// `beta` of a beta or PERT.
    pub fn parameter(&self, name: &str) -> Option<f64> {
        match &self.0 {
            Form::Single(distribution) => distribution.parameter(name),
            Form::Compound(compound) => match (compound.as_ref(), name) {
                (Compound::Beta { alpha, .. }, "alpha") => Some(*alpha),
                (Compound::Beta { beta, .. }, "beta") => Some(*beta),
                _ => None,
            },
        }
    }
}

impl Compound {
    fn sample(&self, dice: &mut Dice) -> f64 {
        match self {
            Self::Mixture { upto, parts } => {
                let u = dice.uniform();
                // rounding may leave the last sum just below 1
                let chosen = upto.partition_point(|&c| c <= u).min(parts.len() - 1);
                parts[chosen].sample(dice)
            }
            Self::Beta { low, width, law, .. } => low + width * law.sample(dice),
            Self::Pearson5 { scale, below, .. } => scale / below.sample(dice).max(f64::MIN_POSITIVE),
            Self::Pearson6 { scale, above, below, .. } => {
                scale * above.sample(dice) / below.sample(dice).max(f64::MIN_POSITIVE)
            }
            Self::Poisson { law, .. } => law.sample(dice),
            Self::Sum(parts) => parts.iter().map(|part| part.sample(dice)).sum(),
        }
    }

    fn mean(&self) -> f64 {
        match self {
            Self::Mixture { upto, parts } => weights(upto).zip(parts).map(|(w, p)| w * p.mean()).sum(),
            Self::Beta { low, width, alpha, beta, .. } => low + width * alpha / (alpha + beta),
            Self::Pearson5 { scale, shape, .. } if *shape > 1.0 => scale / (shape - 1.0),
            Self::Pearson6 { scale, shapes: (a, b), .. } if *b > 1.0 => scale * a / (b - 1.0),
            Self::Pearson5 { .. } | Self::Pearson6 { .. } => f64::INFINITY,
            Self::Poisson { mean, .. } => *mean,
            Self::Sum(parts) => parts.iter().map(Sampler::mean).sum(),
        }
    }

    fn variance(&self) -> f64 {
        match self {
            Self::Mixture { upto, parts } => {
                let mean = self.mean();
                let about_mean = |p: &Distribution| p.variance() + (p.mean() - mean).powi(2);
                weights(upto).zip(parts).map(|(w, p)| w * about_mean(p)).sum()
            }
            Self::Beta { width, alpha: a, beta: b, .. } => {
                width * width * a * b / ((a + b) * (a + b) * (a + b + 1.0))
            }
            Self::Pearson5 { shape, .. } if *shape > 2.0 => self.mean().powi(2) / (shape - 2.0),
            Self::Pearson6 { scale, shapes: (a, b), .. } if *b > 2.0 => {
                scale * scale * a * (a + b - 1.0) / ((b - 1.0).powi(2) * (b - 2.0))
            }
            Self::Pearson5 { .. } | Self::Pearson6 { .. } => f64::INFINITY,
            Self::Poisson { mean, .. } => *mean,
            Self::Sum(parts) => parts.iter().map(Sampler::variance).sum(),
        }
    }
}

fn weights(upto: &[f64]) -> impl Iterator<Item = f64> {
    let before = std::iter::once(0.0).chain(upto.iter().copied());
    upto.iter().zip(before).map(|(to, from)| to - from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    /// 50 groups of 20,000 draws; |t| at most 4.38 with 49 degrees of freedom (two-sided 6.3e-5).
    #[test]
    fn each_sampler_has_its_mean_and_variance() {
        let every_law = [
            ("hyperexponential", Sampler::hyperexponential(&[0.8, 0.2], &[2.0, 14.5])),
            ("discrete", Sampler::discrete(&[1.0, 2.0, 5.0], &[0.7, 0.2, 0.1])),
            ("empirical", Sampler::empirical(&[1.0, 1.5, 2.0, 2.0, 3.5, 9.0])),
            ("beta", Sampler::beta(2.0, 5.0)),
            ("pert", Sampler::pert(1.0, 4.0, 12.0, 4.0)),
            ("pearson5", Sampler::pearson5(7.0, 3.0)),
            ("pearson6", Sampler::pearson6(2.0, 7.0, 3.0)),
            ("poisson small", Sampler::poisson(0.3)),
            ("poisson large", Sampler::poisson(450.0)),
            ("sum", Sampler::beta(2.0, 5.0).map(|b| Sampler::sum(vec![b.clone(), b]))),
        ];
        for (name, law) in every_law {
            let law = law.unwrap();
            let groups: Vec<(f64, f64)> = (0..50)
                .map(|g| {
                    let mut dice = Stream::of_seed(12).at(g).dice();
                    let draws: Vec<f64> = (0..20_000).map(|_| law.sample(&mut dice)).collect();
                    let mean_of = |f: &dyn Fn(f64) -> f64| draws.iter().map(|&x| f(x)).sum::<f64>() / 2e4;
                    (mean_of(&|x| x), mean_of(&|x| (x - law.mean()).powi(2)))
                })
                .collect();
            let t = |values: Vec<f64>, expected: f64| {
                let n = values.len() as f64;
                let mean = values.iter().sum::<f64>() / n;
                let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
                (mean - expected) / (variance / n).sqrt()
            };
            let of_mean = t(groups.iter().map(|g| g.0).collect(), law.mean());
            let of_variance = t(groups.iter().map(|g| g.1).collect(), law.variance());
            assert!(of_mean.abs() < 4.38 && of_variance.abs() < 4.38, "{name}: {of_mean} {of_variance}");
        }
    }

    #[test]
    fn first_draws_of_each_sampler_are_stable() {
        let laws = [
            Sampler::hyperexponential(&[0.8, 0.2], &[2.0, 14.5]),
            Sampler::discrete(&[1.0, 2.0, 5.0], &[0.7, 0.2, 0.1]),
            Sampler::pert(1.0, 4.0, 12.0, 4.0),
            Sampler::pearson5(7.0, 3.0),
            Sampler::pearson6(2.0, 7.0, 3.0),
            Sampler::poisson(12.0),
        ];
        let drawn = laws.map(|law| format!("{:.9}", law.unwrap().sample(&mut Stream::of_seed(1).dice())));
        assert_eq!(drawn, PINNED);
    }
    const PINNED: [&str; 6] =
        ["6.746247422", "1.000000000", "5.311595686", "0.388489528", "1.042778770", "13.000000000"];

    #[test]
    fn wrong_tables_are_refused() {
        assert!(Sampler::discrete(&[1.0, 2.0], &[0.5, 0.51]).is_err());
        assert!(Sampler::discrete(&[1.0, 2.0], &[0.5, 0.499999]).is_err());
        assert!(Sampler::discrete(&[1.0, 2.0], &[1.5, -0.5]).is_err());
        assert!(Sampler::discrete(&[1.0, f64::NAN], &[0.5, 0.5]).is_err());
        assert!(Sampler::discrete(&[1.0], &[0.5, 0.5]).is_err());
        assert!(Sampler::discrete(&[1.0, 2.0], &[0.5, 0.5 + 1e-16]).is_ok());
        assert!(Sampler::empirical(&[]).is_err());
        assert_eq!(Sampler::empirical(&[3.0]).unwrap().mean(), 3.0);
        assert!(Sampler::pert(3.0, 3.0, 3.0, 4.0).is_err());
        assert!(Sampler::poisson(0.0).unwrap().mean() == 0.0);
        let message = Sampler::discrete(&[1.0, 2.0], &[0.5, 0.51]).unwrap_err().to_string();
        assert_eq!(message, "mixture: sum of probabilities = 1.01, must be 1");
    }

    #[test]
    fn extreme_shapes_end_and_are_numbers() {
        let tiny = Sampler::beta(1e-6, 1e-6).unwrap();
        let mut dice = Stream::of_seed(1).dice();
        assert!((0..1_000).all(|_| (0.0..=1.0).contains(&tiny.sample(&mut dice))));
        assert!(Sampler::poisson(1e9).unwrap().sample(&mut dice) > 9e8);
        assert_eq!(Sampler::poisson(1e-9).unwrap().sample(&mut dice), 0.0);
    }
}
