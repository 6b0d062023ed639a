//! Which inputs a result owes its variance to: Sobol's indices.

use super::design::{MOST_SOBOL, sobol};
use super::moments::{Moments, sum};

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

impl SobolDesign {
    /// A design for `inputs` inputs with `base` points in each sample, best a power of two; it runs
    /// the model `base (inputs + 2)` times. `None` unless there are from 1 to 10 inputs and at least
    /// two base points.
    pub fn new(inputs: usize, base: usize) -> Option<Self> {
        if inputs == 0 || inputs > MOST_SOBOL / 2 || base < 2 {
            return None;
        }
        let both = sobol(base, 2 * inputs)?;
        let mut points: Vec<Vec<f64>> = both.iter().map(|p| p[..inputs].to_vec()).collect();
        points.extend(both.iter().map(|p| p[inputs..].to_vec()));
        for input in 0..inputs {
            points.extend(both.iter().map(|p| {
                let mut mixed = p[..inputs].to_vec();
                mixed[input] = p[inputs + input];
                mixed
            }));
        }
        Some(Self { inputs, points })
    }

    /// The points, in the order in which [`SobolDesign::indices`] wants the results.
    pub fn points(&self) -> &[Vec<f64>] {
        &self.points
    }

    /// The indices from one result per point; `None` if their number is another, if one is not
    /// finite or if they do not vary.
    pub fn indices(&self, results: &[f64]) -> Option<SobolIndices> {
        let base = self.points.len() / (self.inputs + 2);
        if results.len() != self.points.len() || !results.iter().all(|r| r.is_finite()) {
            return None;
        }
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
