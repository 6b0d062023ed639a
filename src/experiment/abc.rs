//! Calibration of a model whose likelihood is out of reach: approximate Bayesian computation.

use crate::random::{Dice, Stream};
use rand_distr::{Distribution as _, StandardNormal};

/// What rejection kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted<P> {
    /// Parameters whose result came close enough: a sample of the approximate posterior.
    pub parameters: Vec<P>,
    /// Parameters tried.
    pub tried: usize,
}

impl<P> Accepted<P> {
    /// Share of those tried; `None` without any.
    pub fn rate(&self) -> Option<f64> {
        (self.tried > 0).then(|| self.parameters.len() as f64 / self.tried as f64)
    }
}

/// Draws parameters from the prior `tries` times and keeps those from which the model comes within
/// `tolerance` of what was observed (Pritchard and others, 1999). Exact if the distance is of
/// sufficient summaries and the tolerance zero. Each try has its own random numbers; a distance that
/// is not a number is too far.
///
/// ```
/// use nhs_capacity::{experiment::abc, random::{Dice, Stream}};
/// let toss = |p: &f64, dice: &mut Dice| (0..20).filter(|_| dice.happens(*p)).count().abs_diff(7) as f64;
/// let found = abc::rejection(1_000, 0.0, Stream::of_seed(1), Dice::uniform, toss);
/// assert!(found.rate().is_some_and(|rate| (rate - 1.0 / 21.0).abs() < 0.03));
/// ```
pub fn rejection<P>(
    tries: usize,
    tolerance: f64,
    stream: Stream,
    prior: impl Fn(&mut Dice) -> P,
    distance: impl Fn(&P, &mut Dice) -> f64,
) -> Accepted<P> {
    let attempt = |index: u64| {
        let mut dice = stream.at(index).dice();
        let parameters = prior(&mut dice);
        (distance(&parameters, &mut dice) <= tolerance).then_some(parameters)
    };
    Accepted { parameters: (0..tries as u64).filter_map(attempt).collect(), tried: tries }
}

/// A weighted sample of an approximate posterior.
#[derive(Clone, Debug, PartialEq)]
pub struct Particles {
    /// Their parameters.
    pub points: Vec<Vec<f64>>,
    /// Their weights, which sum to 1.
    pub weights: Vec<f64>,
    /// Runs of the model, over all rounds.
    pub tried: usize,
}

impl Particles {
    /// Mean of a parameter; `None` if there is no such parameter.
    pub fn mean(&self, parameter: usize) -> Option<f64> {
        self.average(|point| point.get(parameter).copied())
    }

    /// Variance of a parameter, with divisor n; `None` if there is no such parameter.
    pub fn variance(&self, parameter: usize) -> Option<f64> {
        let mean = self.mean(parameter)?;
        self.average(|point| point.get(parameter).map(|x| (x - mean).powi(2)))
    }

    /// How many particles of equal weight would say as much: 1 over the sum of squared weights.
    pub fn effective_size(&self) -> f64 {
        1.0 / self.weights.iter().map(|w| w * w).sum::<f64>()
    }

    fn average(&self, of: impl Fn(&[f64]) -> Option<f64>) -> Option<f64> {
        let parts = self.points.iter().zip(&self.weights).map(|(point, w)| Some(w * of(point)?));
        parts.sum::<Option<f64>>().filter(|mean| mean.is_finite())
    }

    fn pick(&self, dice: &mut Dice) -> &[f64] {
        let mut left = dice.uniform();
        let mut last: &[f64] = &[];
        for (point, weight) in self.points.iter().zip(&self.weights) {
            last = point;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }
}

/// Sequential ABC (Beaumont, Cornuet, Marin and Robert, 2009) from a uniform prior on `bounds`: each
/// round moves the last one's particles by a normal step of twice their variance, keeps what comes
/// within the next of the falling `tolerances`, and weights it by the prior over the density of the
/// moves. `None` without tolerances, particles or bounds of some width, if a round has not found its
/// particles after `most` tries, or if particles coincide.
pub fn sequential(
    bounds: &[(f64, f64)],
    tolerances: &[f64],
    particles: usize,
    most: usize,
    stream: Stream,
    distance: impl Fn(&[f64], &mut Dice) -> f64,
) -> Option<Particles> {
    let is_sound = bounds.iter().all(|(low, high)| low < high && (high - low).is_finite());
    if bounds.is_empty() || !is_sound || particles < 2 || tolerances.is_empty() {
        return None;
    }
    let mut tried = 0;
    let mut last: Option<Particles> = None;
    for (round, &tolerance) in tolerances.iter().enumerate() {
        let spread: Vec<f64> = match &last {
            Some(last) => (0..bounds.len())
                .map(|j| last.variance(j).map(|v| (2.0 * v).sqrt()))
                .collect::<Option<_>>()?,
            None => Vec::new(),
        };
        if spread.iter().any(|sd| *sd <= 0.0) {
            return None;
        }
        let propose = |dice: &mut Dice| -> Vec<f64> {
            match &last {
                None => bounds.iter().map(|(low, high)| low + (high - low) * dice.uniform()).collect(),
                Some(last) => {
                    let from = last.pick(dice);
                    let step = |(x, sd): (&f64, &f64)| {
                        let z: f64 = StandardNormal.sample(dice);
                        x + sd * z
                    };
                    from.iter().zip(&spread).map(step).collect()
                }
            }
        };
        let mut points = Vec::with_capacity(particles.min(1 << 20));
        for attempt in 0..most as u64 {
            let mut dice = stream.at(round as u64).at(attempt).dice();
            let point = propose(&mut dice);
            let is_inside = point.iter().zip(bounds).all(|(x, (low, high))| low <= x && x <= high);
            // a point outside has no prior and needs no run
            if is_inside {
                tried += 1;
                if distance(&point, &mut dice) <= tolerance {
                    points.push(point);
                }
            }
            if points.len() == particles {
                break;
            }
        }
        if points.len() < particles {
            return None;
        }
        let weights = match &last {
            None => vec![1.0; particles],
            Some(last) => points.iter().map(|point| 1.0 / density(last, &spread, point)).collect(),
        };
        let total: f64 = weights.iter().sum();
        if !total.is_finite() {
            return None;
        }
        let weights = weights.into_iter().map(|w| w / total).collect();
        last = Some(Particles { points, weights, tried });
    }
    last
}

// Density, up to a constant, with which the moves from these particles arrive at a point.
fn density(from: &Particles, spread: &[f64], at: &[f64]) -> f64 {
    let one = |point: &[f64]| -> f64 {
        let squares = point.iter().zip(at).zip(spread).map(|((x, y), sd)| ((x - y) / sd).powi(2));
        (-0.5 * squares.sum::<f64>()).exp()
    };
    from.points.iter().zip(&from.weights).map(|(point, w)| w * one(point)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Tally;

    fn off(p: f64, dice: &mut Dice) -> f64 {
        (0..20).filter(|_| dice.happens(p)).count().abs_diff(7) as f64
    }

    /// Verification case oa-abc-01: the posterior is Beta(8, 14).
    #[test]
    fn rejection_without_tolerance_is_exact() {
        let found = rejection(100_000, 0.0, Stream::of_seed(11), Dice::uniform, |p, dice| off(*p, dice));
        let tally: Tally = found.parameters.iter().copied().collect();
        assert!((found.rate().unwrap() - 1.0 / 21.0).abs() < 0.003);
        assert!((tally.mean().unwrap() - 8.0 / 22.0).abs() < 0.006);
        assert!((tally.standard_deviation().unwrap() - 0.100_304_960_794).abs() < 0.004);
    }

    #[test]
    fn rounds_come_to_the_same_posterior_with_fewer_runs() {
        let run = |p: &[f64], dice: &mut Dice| off(p[0], dice);
        let stream = Stream::of_seed(12);
        let found = sequential(&[(0.0, 1.0)], &[4.0, 1.0, 0.0], 2_000, 200_000, stream, run).unwrap();
        assert!((found.mean(0).unwrap() - 8.0 / 22.0).abs() < 0.012);
        assert!((found.variance(0).unwrap().sqrt() - 0.100_304_960_794).abs() < 0.01);
        assert!((found.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(found.effective_size() > 1_000.0 && found.effective_size() <= 2_000.0);
        assert!(found.tried < 2_000 * 21);
        assert_eq!(found.mean(1), None);
    }

    #[test]
    fn what_cannot_be_reached_is_none() {
        let never = |_: &[f64], _: &mut Dice| f64::NAN;
        let (box_, stream) = ([(0.0, 1.0)], Stream::of_seed(1));
        assert_eq!(sequential(&box_, &[1.0], 10, 100, stream, never), None);
        assert_eq!(sequential(&[(1.0, 1.0)], &[1.0], 10, 100, stream, |_, _| 0.0), None);
        assert_eq!(sequential(&box_, &[], 10, 100, stream, |_, _| 0.0), None);
        let none = rejection(0, 1.0, stream, Dice::uniform, |_, _| 0.0);
        assert_eq!((none.parameters.len(), none.rate()), (0, None));
    }
}
