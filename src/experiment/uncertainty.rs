//! How much of the uncertainty of an answer is that of the parameters, and how much is chance.
//!
//! Parameters are drawn together from their intervals, evenly, by a Latin hypercube or a shifted Sobol
//! sequence; each draw is run with replications of its own, so that the variance of results splits into that
//! between draws and that within (one-way analysis of variance): with `n` replications a draw, the variance
//! due to parameters is that of the draws' means less `1/n` of the variance within.

use super::ask::{AskError, ParameterSpace, Quantity};
use super::design::{MOST_SOBOL, latin_hypercube, sobol};
use super::estimate::Interval;
use super::quantile::Sample;
use super::{Results, Study, compare::correlation};
use crate::measure::Tally;
use crate::random::Stream;

/// How parameters are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draws {
    /// One in each of as many equal slices of every interval as there are draws.
    LatinHypercube,
    /// A Sobol sequence, shifted at random; at most 21 parameters.
    Sobol,
}

/// Runs to be made with parameters drawn from a space.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertainty {
    space: ParameterSpace,
    draws: usize,
    by: Draws,
    replications: u32,
}

/// The runs.
#[derive(Clone, Debug, PartialEq)]
pub struct UncertainResults {
    space: ParameterSpace,
    points: Vec<Vec<f64>>,
    runs: Vec<Results>,
}

/// The variance of a quantity, split in two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Mean over all runs.
    pub mean: f64,
    /// Variance due to parameters: not below zero.
    pub parameters: f64,
    /// Variance of one replication due to chance.
    pub chance: f64,
    /// Between the 2.5% and 97.5% quantiles of the draws' means.
    pub interval: Interval,
    /// Share of the draws whose mean is below zero: for a difference, how sure it is that the lever lowers the
    /// measure, allowing for parameters.
    pub below_zero: f64,
}

impl Split {
    /// Share of the variance of one replication that is due to parameters; `None` if nothing varies.
    pub fn share_of_parameters(&self) -> Option<f64> {
        Some(self.parameters / (self.parameters + self.chance)).filter(|share| share.is_finite())
    }
}

/// Splits the variance of `values`, the replications of each draw; `None` unless there are two draws and two
/// replications of each, as many of one as of another, all finite.
///
/// ```
/// use nhs_capacity::experiment::uncertainty::split_variance;
/// let split = split_variance(&[vec![9.0, 11.0], vec![19.0, 21.0]]).unwrap();
/// assert_eq!((split.mean, split.chance, split.parameters), (15.0, 2.0, 49.0));
/// ```
pub fn split_variance(values: &[Vec<f64>]) -> Option<Split> {
    let n = values.first()?.len();
    if n < 2 || values.len() < 2 || values.iter().any(|draw| draw.len() != n) {
        return None;
    }
    let tallies: Vec<Tally> = values.iter().map(|draw| draw.iter().copied().collect()).collect();
    let means: Vec<f64> = tallies.iter().map(Tally::mean).collect::<Option<_>>()?;
    let within: Vec<f64> = tallies.iter().map(Tally::variance).collect::<Option<_>>()?;
    let of_means: Tally = means.iter().copied().collect();
    let chance = within.iter().sum::<f64>() / within.len() as f64;
    let sample = Sample::of(&means);
    Some(Split {
        mean: of_means.mean()?,
        parameters: (of_means.variance()? - chance / n as f64).max(0.0),
        chance,
        interval: Interval { low: sample.quantile(0.025)?, high: sample.quantile(0.975)? },
        below_zero: means.iter().filter(|mean| **mean < 0.0).count() as f64 / means.len() as f64,
    })
}

impl Uncertainty {
    /// Sixteen draws from a Latin hypercube over the space, two replications each.
    pub fn over(space: ParameterSpace) -> Self {
        Self { space, draws: 16, by: Draws::LatinHypercube, replications: 2 }
    }

    /// How many draws, at least two.
    #[must_use]
    pub fn draws(self, draws: usize) -> Self {
        Self { draws, ..self }
    }

    /// How they are drawn.
    #[must_use]
    pub fn by(self, by: Draws) -> Self {
        Self { by, ..self }
    }

    /// Replications of each draw, at least two, in place of those of the study.
    #[must_use]
    pub fn replications(self, replications: u32) -> Self {
        Self { replications, ..self }
    }

    fn points(&self, stream: Stream) -> Result<Vec<Vec<f64>>, AskError> {
        let dimensions = self.space.dimensions().len();
        let wrong = |what, value: usize, allowed| AskError::Number { what, value: value as f64, allowed };
        if !(2..=10_000).contains(&self.draws) {
            return Err(wrong("draws", self.draws, "from 2 to 10,000"));
        }
        if self.replications < 2 {
            return Err(wrong("replications of a draw", self.replications as usize, "2 or more"));
        }
        if self.by == Draws::LatinHypercube {
            return Ok(latin_hypercube(self.draws, dimensions, stream));
        }
        let points = sobol(self.draws, dimensions)
            .ok_or_else(|| wrong("parameters of a Sobol sequence", dimensions, "from 1 to 21"))?;
        debug_assert!(dimensions <= MOST_SOBOL);
        let shift: Vec<f64> = (0..dimensions as u64).map(|d| stream.at(d).dice().uniform()).collect();
        Ok(points.iter().map(|p| p.iter().zip(&shift).map(|(x, s)| (x + s).fract()).collect()).collect())
    }

    /// Runs the study's scenarios with each draw.
    ///
    /// # Errors
    /// If a number is out of range, a draw is not allowed or a run fails.
    pub fn run(&self, study: &Study<'_>, seed: u64) -> Result<UncertainResults, AskError> {
        let points = self.points(Stream::of_seed(seed))?;
        let first = study.numbered().0;
        let mut runs = Vec::new();
        for (i, point) in points.iter().enumerate() {
            // each draw meets people of its own: chance is then independent between draws
            let number = first.saturating_add((i as u32).saturating_mul(self.replications));
            let pack = self.space.pack_at(study.pack(), point)?;
            let asked = study.again().with_pack(pack).replications(self.replications);
            runs.push(asked.first_replication(number).run()?);
        }
        Ok(UncertainResults { space: self.space.clone(), points, runs })
    }
}

impl UncertainResults {
    /// The space that was drawn from.
    pub fn space(&self) -> &ParameterSpace {
        &self.space
    }

    /// The results of each draw.
    pub fn runs(&self) -> &[Results] {
        &self.runs
    }

    /// The values of the parameters of each draw.
    pub fn draws(&self) -> impl Iterator<Item = Vec<f64>> + '_ {
        self.points.iter().map(|point| self.space.values(point))
    }

    /// How the variance of a quantity splits.
    ///
    /// # Errors
    /// If the results do not have it.
    pub fn split(&self, quantity: &Quantity) -> Result<Split, AskError> {
        let values: Vec<Vec<f64>> =
            self.runs.iter().map(|results| quantity.all_values(results)).collect::<Result<_, _>>()?;
        split_variance(&values).ok_or_else(|| AskError::NoValue(quantity.label()))
    }

    /// Rank correlation of each parameter with the means of a quantity (Spearman), the strongest first: which
    /// of them the spread comes from, where each acts in one direction.
    ///
    /// # Errors
    /// If the results do not have the quantity.
    pub fn rank_correlations(&self, quantity: &Quantity) -> Result<Vec<(&str, f64)>, AskError> {
        let means: Vec<f64> = self
            .runs
            .iter()
            .map(|results| quantity.all_values(results).map(|v| v.iter().sum::<f64>() / v.len() as f64))
            .collect::<Result<_, _>>()?;
        let of_means = ranks(&means);
        let mut found: Vec<(&str, f64)> = self
            .space
            .dimensions()
            .iter()
            .enumerate()
            .map(|(d, dimension)| {
                let along: Vec<f64> =
                    self.points.iter().map(|point| point.get(d).copied().unwrap_or(0.0)).collect();
                let pairs: Vec<(f64, f64)> =
                    ranks(&along).into_iter().zip(of_means.iter().copied()).collect();
                (dimension.key.as_str(), correlation(&pairs).unwrap_or(0.0))
            })
            .collect();
        found.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        Ok(found)
    }
}

// Ranks from 0; ties, which continuous values do not have, in order.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    order.into_iter().enumerate().for_each(|(rank, i)| ranks[i] = rank as f64);
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_distr::{Distribution, StandardNormal};

    /// Draws with standard deviation 3, replications with 2: 9 and 4, within four standard errors over 400
    /// experiments of 10 draws and 3 replications.
    #[test]
    fn the_variance_of_a_normal_toy_splits_as_it_was_made() {
        let (mut parameters, mut chance) = (Tally::new(), Tally::new());
        for experiment in 0..400 {
            let mut dice = Stream::of_seed(8).at(experiment).dice();
            let mut normal = || -> f64 { StandardNormal.sample(&mut dice) };
            let values: Vec<Vec<f64>> = (0..10)
                .map(|_| {
                    let draw = 20.0 + 3.0 * normal();
                    (0..3).map(|_| draw + 2.0 * normal()).collect()
                })
                .collect();
            let split = split_variance(&values).unwrap();
            parameters.record(split.parameters);
            chance.record(split.chance);
        }
        for (tally, truth) in [(parameters, 9.0), (chance, 4.0)] {
            let t = (tally.mean().unwrap() - truth) / tally.standard_error().unwrap();
            assert!(t.abs() < 4.0, "{truth}: t = {t}");
        }
    }

    #[test]
    fn without_parameters_nothing_is_due_to_them() {
        let split = split_variance(&[vec![-1.0, 1.0], vec![1.0, -1.0], vec![-1.0, 1.0]]).unwrap();
        assert_eq!((split.parameters, split.chance, split.share_of_parameters()), (0.0, 2.0, Some(0.0)));
        assert_eq!(split_variance(&[vec![1.0, 2.0]]), None);
        assert_eq!(split_variance(&[vec![1.0, 2.0], vec![1.0]]), None);
    }

    #[test]
    fn both_kinds_of_draws_fill_every_interval() {
        let pack = crate::system::pack::england();
        let keys = ["ambulance.travel_cv", "ward.transfer_minutes", "ward.bed_turnaround_hours"];
        let space = ParameterSpace::of(&pack, keys).unwrap();
        for by in [Draws::LatinHypercube, Draws::Sobol] {
            let points =
                Uncertainty::over(space.clone()).draws(64).by(by).points(Stream::of_seed(3)).unwrap();
            for d in 0..3 {
                let mut slices: Vec<u32> = points.iter().map(|p| (p[d] * 16.0) as u32).collect();
                slices.sort_unstable();
                let per_slice = slices.chunk_by(|a, b| a == b).map(<[u32]>::len);
                // a shifted net may have one more or less in a slice
                assert!(per_slice.clone().count() == 16 && per_slice.clone().all(|n| (3..=5).contains(&n)));
            }
        }
        assert!(Uncertainty::over(space).draws(1).points(Stream::of_seed(3)).is_err());
    }
}
