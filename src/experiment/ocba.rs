//! How to share a budget of replications among scenarios, if the best is to be found.

use super::selection::{Best, MOST_SYSTEMS};
use super::student;
use crate::measure::Tally;

/// Shares of a budget, best first known.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocation {
    /// The scenario that looks best; the first of equals.
    pub best: usize,
    /// Replications of each scenario, not rounded; they sum to the budget.
    pub replications: Vec<f64>,
}

/// Optimal computing budget allocation (Chen, Lin, Yücesan and Chick, 2000): the others in proportion to
/// `(s / d)^2`, where `d` is their distance from the best, and the best `s_b sqrt(sum (n / s)^2)`.
/// `None` with fewer than two scenarios, if the means and deviations differ in number or are not
/// finite, if one ties with the best, or if nothing varies.
///
/// ```
/// use nhs_capacity::experiment::{ocba::ocba, selection::Best};
/// let shares = ocba(&[1.0, 2.0, 5.0], &[1.0, 1.0, 1.0], 100.0, Best::Least);
/// assert!(shares.is_some_and(|s| s.best == 0 && s.replications[1] > s.replications[2]));
/// ```
pub fn ocba(means: &[f64], sds: &[f64], budget: f64, best: Best) -> Option<Allocation> {
    let is_sound = means.len() == sds.len()
        && means.iter().all(|m| m.is_finite())
        && sds.iter().all(|s| *s >= 0.0 && s.is_finite())
        && budget > 0.0
        && budget.is_finite();
    if !is_sound || means.len() < 2 {
        return None;
    }
    let better = |a: usize, b: usize| if best.sign() * (means[b] - means[a]) > 0.0 { b } else { a };
    let leader = (0..means.len()).reduce(better)?;
    // relative to the nearest rival, so that tiny distances do not overflow when squared
    let distance = |i: usize| (means[i] - means[leader]).abs();
    let rivals = || (0..means.len()).filter(|&i| i != leader);
    let nearest = rivals().map(distance).fold(f64::INFINITY, f64::min);
    let widest = sds.iter().copied().fold(0.0, f64::max);
    if nearest == 0.0 || widest == 0.0 {
        return None;
    }
    let sd = |i: usize| sds[i] / widest;
    let per_sd = |i: usize| sd(i) * (nearest / distance(i)).powi(2);
    let weight = |i: usize| match i == leader {
        true => sd(i) * rivals().map(|j| per_sd(j).powi(2)).sum::<f64>().sqrt(),
        false => sd(i) * per_sd(i),
    };
    let weights: Vec<f64> = (0..means.len()).map(weight).collect();
    let total: f64 = weights.iter().sum();
    let replications: Vec<f64> = weights.into_iter().map(|w| budget * (w / total)).collect();
    replications.iter().all(|n| n.is_finite()).then_some(Allocation { best: leader, replications })
}

/// How [`spend`] spends a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spending {
    /// What is best.
    pub best: Best,
    /// Replications of each system before any is preferred, at least three.
    pub first: usize,
    /// Replications that are shared out before it is reckoned anew, at least one.
    pub step: usize,
    /// Replications of all systems together, the first ones included.
    pub budget: usize,
}

/// What a budget bought.
#[derive(Clone, Debug, PartialEq)]
pub struct Spent {
    /// The system with the best mean.
    pub best: usize,
    /// A lower bound of the probability that it is the best: 1 less the sum, over the others, of the
    /// probability that this one beats it (Bonferroni; Welch's t, as if runs were independent, which on common
    /// random numbers is cautious). Not below 0; `None` if a system does not vary.
    pub probability: Option<f64>,
    /// Replications of each system.
    pub replications: Vec<usize>,
    /// The mean of each.
    pub means: Vec<f64>,
}

/// Optimal computing budget allocation, step by step (Chen and others, 2000): after the first replications of
/// all, each step goes to the systems that have least of what [`ocba`] would give them by then; evenly where
/// it says nothing, as with ties. `run(system, replication)` gives one value. `None` if a value is not finite,
/// with fewer than two systems or more than 10,000, or if the rules are impossible: the first replications must fit the budget.
///
/// ```
/// use nhs_capacity::experiment::{ocba::{Spending, spend}, selection::Best};
/// let rules = Spending { best: Best::Least, first: 5, step: 5, budget: 60 };
/// let wait = |ward: usize, day: usize| [30.0, 24.0, 26.0][ward] + [0.0, 2.0, 1.0, -1.0][day % 4];
/// assert!(spend(3, &rules, wait).is_some_and(|s| s.best == 1 && s.probability > Some(0.95)));
/// ```
pub fn spend(systems: usize, rules: &Spending, mut run: impl FnMut(usize, usize) -> f64) -> Option<Spent> {
    let at_first = systems.checked_mul(rules.first)?;
    if !(2..=MOST_SYSTEMS).contains(&systems) || rules.first < 3 || rules.step == 0 || at_first > rules.budget
    {
        return None;
    }
    let mut tallies = vec![Tally::default(); systems];
    let mut draw = |tally: &mut Tally, system: usize| {
        let value = run(system, tally.count() as usize);
        tally.record(value);
        value.is_finite()
    };
    for (system, tally) in tallies.iter_mut().enumerate() {
        for _ in 0..rules.first {
            if !draw(tally, system) {
                return None;
            }
        }
    }
    let mut used = at_first;
    while used < rules.budget {
        let step = rules.step.min(rules.budget - used);
        let by_then = (used + step) as f64;
        let means: Vec<f64> = tallies.iter().map(|t| t.mean()).collect::<Option<_>>()?;
        let sds: Vec<f64> = tallies.iter().map(Tally::standard_deviation).collect::<Option<_>>()?;
        let wanted = ocba(&means, &sds, by_then, rules.best)
            .map_or_else(|| vec![by_then / systems as f64; systems], |shares| shares.replications);
        for _ in 0..step {
            let lacks =
                |&(i, tally): &(usize, &Tally)| wanted.get(i).copied().unwrap_or(0.0) - tally.count() as f64;
            let (neediest, _) = tallies.iter().enumerate().max_by(|a, b| {
                // of equals the first
                lacks(a).total_cmp(&lacks(b)).then(b.0.cmp(&a.0))
            })?;
            if !draw(tallies.get_mut(neediest)?, neediest) {
                return None;
            }
        }
        used += step;
    }
    let means: Vec<f64> = tallies.iter().map(|t| t.mean()).collect::<Option<_>>()?;
    let better = |a: usize, b: usize| {
        let of = |i: usize| means.get(i).copied().unwrap_or(f64::NAN);
        if rules.best.sign() * (of(b) - of(a)) > 0.0 { b } else { a }
    };
    let best = (0..systems).reduce(better)?;
    let replications = tallies.iter().map(|tally| tally.count() as usize).collect();
    Some(Spent { best, probability: of_being_best(&tallies, best), replications, means })
}

fn of_being_best(tallies: &[Tally], best: usize) -> Option<f64> {
    let squared_error = |tally: &Tally| Some(tally.variance()? / tally.count() as f64);
    let leader = tallies.get(best)?;
    let mut beaten = 0.0;
    for (_, other) in tallies.iter().enumerate().filter(|(i, _)| *i != best) {
        let (a, b) = (squared_error(leader)?, squared_error(other)?);
        let error = (a + b).sqrt();
        if error == 0.0 {
            return None;
        }
        let (share_a, share_b) = (a / (a + b), b / (a + b));
        let freedom_of = |tally: &Tally| tally.count() as f64 - 1.0;
        let freedom = 1.0 / (share_a * share_a / freedom_of(leader) + share_b * share_b / freedom_of(other));
        beaten += student::upper_tail((leader.mean()? - other.mean()?).abs() / error, freedom)?;
    }
    Some((1.0 - beaten).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use rand_distr::{Distribution, StandardNormal};

    /// Eight normal systems with means 0, 1, ..., 7 and standard deviation 3: the first is best.
    fn noisy(study: u64) -> impl Fn(usize, usize) -> f64 {
        move |system, replication| {
            let at = Stream::of_seed(11).at(study).at(system as u64).at(replication as u64);
            let noise: f64 = StandardNormal.sample(&mut at.dice());
            system as f64 + 3.0 * noise
        }
    }

    const STUDIES: u64 = 400;

    /// The stated probability is a lower bound: on average over studies it must not exceed the share that were
    /// right by more than 3.3 standard errors (one-sided 0.0005).
    #[test]
    fn the_best_is_found_at_least_as_often_as_stated() {
        let rules = Spending { best: Best::Least, first: 5, step: 10, budget: 160 };
        let spent: Vec<Spent> = (0..STUDIES).map(|study| spend(8, &rules, noisy(study)).unwrap()).collect();
        assert!(spent.iter().all(|s| s.replications.iter().sum::<usize>() == 160));
        let right: Vec<f64> = spent.iter().map(|s| f64::from(u8::from(s.best == 0))).collect();
        let excess: Tally =
            spent.iter().zip(&right).map(|(s, right)| s.probability.unwrap() - right).collect();
        let error = excess.standard_deviation().unwrap() / (STUDIES as f64).sqrt();
        assert!(excess.mean().unwrap() < 3.3 * error, "{excess:?}");
    }

    /// What the rule is for (Chen and others, 2000): more often right than the same budget shared evenly.
    /// The difference over 400 studies in pairs; t above 3.3.
    #[test]
    fn a_budget_that_follows_the_rule_is_right_more_often_than_an_even_one() {
        let rules = Spending { best: Best::Least, first: 5, step: 10, budget: 160 };
        let gain: Tally = (0..STUDIES)
            .map(|study| {
                let even = Spending { first: 20, ..rules };
                let is_right = |rules| f64::from(u8::from(spend(8, rules, noisy(study)).unwrap().best == 0));
                is_right(&rules) - is_right(&even)
            })
            .collect();
        let t = gain.mean().unwrap() / (gain.standard_deviation().unwrap() / (STUDIES as f64).sqrt());
        assert!(t > 3.3, "t = {t}");
    }

    #[test]
    fn impossible_budgets_are_none() {
        let rules = Spending { best: Best::Greatest, first: 3, step: 1, budget: 10 };
        let run = |i: usize, r: usize| (i + r) as f64;
        assert_eq!(spend(3, &rules, run).map(|s| (s.best, s.replications.iter().sum())), Some((2, 10)));
        assert_eq!(spend(4, &rules, run), None);
        assert_eq!(spend(1, &rules, run), None);
        assert_eq!(spend(usize::MAX, &rules, run), None);
        assert_eq!(spend(2, &Spending { first: 2, ..rules }, run), None);
        assert_eq!(spend(2, &Spending { step: 0, ..rules }, run), None);
        assert_eq!(spend(2, &rules, |_, _| f64::NAN), None);
        // a tie without noise: nothing is known, and it says so
        let tied = spend(2, &rules, |_, _| 1.0).unwrap();
        assert_eq!((tied.probability, tied.replications), (None, vec![5, 5]));
    }

    /// Verification case oa-ocba-01.
    #[test]
    fn near_rivals_get_most() {
        let found = ocba(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0; 5], 100.0, Best::Least).unwrap();
        let expected = [
            42.182_298_820_504_7,
            40.613_409_609_011_3,
            10.153_352_402_252_8,
            4.512_601_067_667_92,
            2.538_338_100_563_21,
        ];
        assert_eq!(found.best, 0);
        assert!(found.replications.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-11));
        let mirrored = ocba(&[-1.0, -2.0, -3.0, -4.0, -5.0], &[1.0; 5], 100.0, Best::Greatest).unwrap();
        assert_eq!(mirrored, found);
    }

    #[test]
    fn extremes_stay_finite() {
        let found = ocba(&[0.0, 1e-200, 1e200], &[1e-150, 1e150, 0.0], 10.0, Best::Least).unwrap();
        assert!((found.replications.iter().sum::<f64>() - 10.0).abs() < 1e-9);
        assert_eq!(ocba(&[1.0, 1.0], &[1.0, 1.0], 10.0, Best::Least), None);
        assert_eq!(ocba(&[1.0, 2.0], &[0.0, 0.0], 10.0, Best::Least), None);
        assert_eq!(ocba(&[1.0], &[1.0], 10.0, Best::Least), None);
        assert_eq!(ocba(&[1.0, f64::NAN], &[1.0, 1.0], 10.0, Best::Least), None);
        assert_eq!(ocba(&[1.0, 2.0], &[1.0], 10.0, Best::Least), None);
    }
}
