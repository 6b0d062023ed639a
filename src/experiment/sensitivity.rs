//! Which inputs a result owes its variance to: Sobol's indices.

use super::design::{MOST_SOBOL, sobol};
use super::estimate::Interval;
use super::moments::{Moments, sum};
use super::quantile::Sample;
use crate::random::Stream;

/// Points in the unit cube at which a model is to be run for Sobol's indices (Saltelli, 2002): two
/// independent samples A and B from one Sobol sequence, and for each input the sample A with that
/// input taken from B.
#[derive(Clone, Debug, PartialEq)]
pub struct SobolDesign {
    inputs: usize,
    points: Vec<Vec<f64>>,
}

/// Sobol's indices of each input.
#[derive(Clone, Debug, PartialEq)]
pub struct SobolIndices {
    /// Variance of the result over A and B together.
    pub variance: f64,
    /// Share of the variance that would go if the input were known: `f(B) (f(A with B) - f(A))`
    /// on average over the variance (Saltelli and others, 2010).
    pub first_order: Vec<f64>,
    /// The same share by `1 - (f(B) - f(A with B))^2 / 2` on average over the variance (Jansen, 1999).
    pub first_order_jansen: Vec<f64>,
    /// Share that would be left if all but this input were known, its interactions included:
    /// `(f(A) - f(A with B))^2 / 2` on average over the variance (Jansen, 1999).
    pub total_order: Vec<f64>,
}

/// How sure the indices of each input are: 95% intervals by the percentile bootstrap over base points.
#[derive(Clone, Debug, PartialEq)]
pub struct SobolIntervals {
    /// Of [`SobolIndices::first_order`].
    pub first_order: Vec<Interval>,
    /// Of [`SobolIndices::first_order_jansen`].
    pub first_order_jansen: Vec<Interval>,
    /// Of [`SobolIndices::total_order`].
    pub total_order: Vec<Interval>,
}

impl SobolDesign {
    /// A design for `inputs` inputs with `base` points in each sample, best a power of two; it runs
    /// the model `base (inputs + 2)` times. `None` unless there are from 1 to 10 inputs and at least
    /// two base points.
    pub fn new(inputs: usize, base: usize) -> Option<Self> {
        if inputs == 0 || inputs > MOST_SOBOL / 2 || base < 2 {
            return None;
        }
        Some(Self::of_samples(inputs, &sobol(base, 2 * inputs)?))
    }

    /// The same with both samples shifted at random, round the ends (Cranley and Patterson, 1976): no point is
    /// at the very ends of the inputs, and with another stream the error is another.
    pub fn shifted(inputs: usize, base: usize, stream: Stream) -> Option<Self> {
        let plain = Self::new(inputs, base)?;
        let (a, b) = (plain.points.get(..base)?, plain.points.get(base..2 * base)?);
        let shift: Vec<f64> = (0..2 * inputs as u64).map(|d| stream.at(d).dice().uniform()).collect();
        let both = a
            .iter()
            .zip(b)
            .map(|(a, b)| a.iter().chain(b).zip(&shift).map(|(x, shift)| (x + shift).fract()).collect());
        Some(Self::of_samples(inputs, &both.collect::<Vec<_>>()))
    }

    fn of_samples(inputs: usize, both: &[Vec<f64>]) -> Self {
        let mut points: Vec<Vec<f64>> = both.iter().map(|p| p[..inputs].to_vec()).collect();
        points.extend(both.iter().map(|p| p[inputs..].to_vec()));
        for input in 0..inputs {
            points.extend(both.iter().map(|p| {
                let mut mixed = p[..inputs].to_vec();
                mixed[input] = p[inputs + input];
                mixed
            }));
        }
        Self { inputs, points }
    }

    /// The points, in the order in which [`SobolDesign::indices`] wants the results.
    pub fn points(&self) -> &[Vec<f64>] {
        &self.points
    }

    /// The indices from one result per point; `None` if their number is another, if one is not
    /// finite or if they do not vary.
    pub fn indices(&self, results: &[f64]) -> Option<SobolIndices> {
        if results.len() != self.points.len() || !results.iter().all(|r| r.is_finite()) {
            return None;
        }
        indices_of(self.base(), results)
    }

    /// Base points in each sample.
    fn base(&self) -> usize {
        self.points.len() / (self.inputs + 2)
    }

    /// Intervals of the indices: base points are drawn again with replacement, each with all its results, so
    /// many times (200 or more are of use). `None` as for [`Self::indices`], unless there are 2 to 100,000
    /// resamples, or if more than one in twenty of them does not vary.
    pub fn intervals(&self, results: &[f64], resamples: usize, stream: Stream) -> Option<SobolIntervals> {
        self.indices(results)?;
        if !(2..=100_000).contains(&resamples) {
            return None;
        }
        let base = self.base();
        let drawn = (0..resamples as u64).filter_map(|resample| {
            let mut dice = stream.at(resample).dice();
            let rows: Vec<usize> = (0..base).map(|_| dice.below(base)).collect();
            let again =
                results.chunks_exact(base).flat_map(|sample| rows.iter().filter_map(|&row| sample.get(row)));
            indices_of(base, &again.copied().collect::<Vec<_>>())
        });
        let drawn: Vec<SobolIndices> = drawn.collect();
        if drawn.len() < 2 || drawn.len() * 20 < resamples * 19 {
            return None;
        }
        let of = |index: &dyn Fn(&SobolIndices) -> &Vec<f64>| -> Option<Vec<Interval>> {
            (0..self.inputs)
                .map(|input| {
                    let values: Vec<f64> =
                        drawn.iter().filter_map(|indices| index(indices).get(input).copied()).collect();
                    let sample = Sample::of(&values);
                    Some(Interval { low: sample.quantile(0.025)?, high: sample.quantile(0.975)? })
                })
                .collect()
        };
        Some(SobolIntervals {
            first_order: of(&|indices| &indices.first_order)?,
            first_order_jansen: of(&|indices| &indices.first_order_jansen)?,
            total_order: of(&|indices| &indices.total_order)?,
        })
    }
}

/// The indices from the results of A, of B, and of A with each input from B, `base` of each.
fn indices_of(base: usize, results: &[f64]) -> Option<SobolIndices> {
    let (a, rest) = results.split_at(base);
    let (b, mixed) = rest.split_at(base);
    let moments: Moments = a.iter().chain(b).copied().collect();
    // centred, or a mean far from zero would swamp the products
    let (mean, variance) = (moments.mean()?, moments.variance().filter(|v| *v > 0.0)?);
    let share = |m: &[f64], term: &dyn Fn(f64, f64, f64) -> f64| {
        let terms = a.iter().zip(b).zip(m).map(|((a, b), m)| term(a - mean, b - mean, m - mean));
        Some(sum(terms)? / base as f64 / variance).filter(|share| share.is_finite())
    };
    let each = |term: &dyn Fn(f64, f64, f64) -> f64| {
        mixed.chunks_exact(base).map(|m| share(m, term)).collect::<Option<Vec<f64>>>()
    };
    let apart = each(&|_, b, m| (b - m).powi(2) / 2.0)?;
    Some(SobolIndices {
        variance,
        first_order: each(&|a, b, m| b * (m - a))?,
        first_order_jansen: apart.into_iter().map(|share| 1.0 - share).collect(),
        total_order: each(&|a, _, m| (a - m).powi(2) / 2.0)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn indices(inputs: usize, base: usize, f: impl Fn(&[f64]) -> f64) -> Option<SobolIndices> {
        let design = SobolDesign::new(inputs, base)?;
        design.indices(&design.points().iter().map(|x| f(x)).collect::<Vec<_>>())
    }

    fn near(found: &[f64], expected: &[f64]) -> bool {
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.02)
    }

    /// Verification case oa-sobol-01, and with a constant far from zero.
    #[test]
    fn indices_of_the_ishigami_function_are_known() {
        for offset in [0.0, 1e6] {
            let ishigami = |u: &[f64]| {
                let x = |i: usize| PI * (2.0 * u[i] - 1.0);
                offset + x(0).sin() + 7.0 * x(1).sin().powi(2) + 0.1 * x(2).powi(4) * x(0).sin()
            };
            let found = indices(3, 8_192, ishigami).unwrap();
            assert!((found.variance / 13.844_587_940_719_3 - 1.0).abs() < 0.01);
            assert!(near(&found.first_order, &[0.313_905, 0.442_411, 0.0]));
            assert!(near(&found.first_order_jansen, &[0.313_905, 0.442_411, 0.0]));
            assert!(near(&found.total_order, &[0.557_589, 0.442_411, 0.243_684]));
        }
    }

    /// Saltelli and Sobol (1995): each factor of the g-function has variance `1 / (3 (1 + a)^2)`.
    #[test]
    fn indices_of_the_g_function_are_known() {
        let a: [f64; 4] = [0.0, 1.0, 4.5, 99.0];
        let g = |u: &[f64]| u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product();
        let own = a.map(|a| 1.0 / (3.0 * (1.0 + a).powi(2)));
        let all: f64 = own.iter().map(|v| 1.0 + v).product();
        let variance = all - 1.0;
        let found = indices(4, 8_192, g).unwrap();
        assert!(near(&found.first_order, &own.map(|v| v / variance)));
        assert!(near(&found.first_order_jansen, &own.map(|v| v / variance)));
        assert!(near(&found.total_order, &own.map(|v| v * all / (1.0 + v) / variance)));
    }

    /// Of a sum of two even inputs each has half the variance: the intervals of 40 shifted designs must hold it as
    /// often as they say. Binomial with 40 trials at 0.95: fewer than 32 has probability below 0.001.
    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let mut held = [0; 3];
        for study in 0..40 {
            let design = SobolDesign::shifted(2, 64, Stream::of_seed(5).at(study)).unwrap();
            let results: Vec<f64> = design.points().iter().map(|x| x[0] + x[1]).collect();
            let found = design.intervals(&results, 200, Stream::of_seed(6).at(study)).unwrap();
            let of = [&found.first_order, &found.first_order_jansen, &found.total_order];
            for (held, intervals) in held.iter_mut().zip(of) {
                *held += usize::from((intervals[0].low..=intervals[0].high).contains(&0.5));
            }
        }
        assert!(held.iter().all(|&held| held >= 32), "{held:?} of 40");
    }

    #[test]
    fn a_shift_moves_every_point_and_leaves_the_answer() {
        let design = SobolDesign::shifted(3, 4_096, Stream::of_seed(9)).unwrap();
        assert!(design.points().iter().flatten().all(|x| (0.0..1.0).contains(x) && *x != 0.0));
        let results: Vec<f64> = design.points().iter().map(|x| x[0] + 2.0 * x[1]).collect();
        let found = design.indices(&results).unwrap();
        assert!(near(&found.first_order, &[0.2, 0.8, 0.0]) && near(&found.total_order, &[0.2, 0.8, 0.0]));
        assert_eq!(design.intervals(&results, 1, Stream::of_seed(9)), None);
        assert_eq!(design.intervals(&[0.0], 100, Stream::of_seed(9)), None);
    }

    #[test]
    fn nonsense_is_none() {
        assert_eq!(
            (SobolDesign::new(0, 8), SobolDesign::new(11, 8), SobolDesign::new(2, 1)),
            (None, None, None)
        );
        assert_eq!(indices(2, 64, |_| 5.0), None);
        assert_eq!(indices(2, 64, |u| if u[0] > 0.5 { f64::NAN } else { u[1] }), None);
        assert_eq!(SobolDesign::new(2, 8).unwrap().indices(&[1.0]), None);
    }
}
