//! What each part of a plan contributes to the whole: a waterfall whose steps add up, with the interaction
//! shown.
//!
//! All combinations of the parts are run on the same people. From them come, for each part: what it does
//! alone (*first in*), what it adds to all the others (*last in*), and its Shapley value (1953), the mean of what
//! it adds over all orders, which alone add up to the whole. What the parts do alone falls short of, or
//! exceeds, the whole by the *interaction*.

use super::ask::{AskError, Quantity};
use super::{Confidence, Estimate, Study};
use crate::policy::Lever;
use crate::scenario::Scenario;
use crate::system::measures::Measure;

/// Most parts: 64 combinations.
pub const MOST_PARTS: usize = 6;

/// What one part of a whole contributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution<T> {
    /// Alone.
    pub first_in: T,
    /// On top of all the others.
    pub last_in: T,
    /// On average over all orders.
    pub shapley: T,
}

/// The contributions of `parts` parts to `value(all) - value(none)`, where bit `i` of the argument says whether
/// part `i` is there; `value` is called once for each combination. `None` without parts or with more than 20.
///
/// ```
/// use nhs_capacity::experiment::attribution::contributions;
/// // two parts that add 3 and 5, and 2 more together
/// let worth = |set: usize| [0.0, 3.0, 5.0, 10.0][set];
/// let found = contributions(2, worth).unwrap();
/// assert_eq!((found[0].first_in, found[0].last_in, found[0].shapley), (3.0, 5.0, 4.0));
/// assert_eq!(found[0].shapley + found[1].shapley, 10.0);
/// ```
pub fn contributions(parts: usize, value: impl Fn(usize) -> f64) -> Option<Vec<Contribution<f64>>> {
    if !(1..=20).contains(&parts) {
        return None;
    }
    let all = (1_usize << parts) - 1;
    let values: Vec<f64> = (0..=all).map(value).collect();
    let at = |set: usize| values.get(set).copied().unwrap_or(f64::NAN);
    // the share of orders in which so many others come before: 1 / (n C(n - 1, others))
    let mut weights = Vec::with_capacity(parts);
    let mut ways = 1.0;
    for others in 0..parts {
        weights.push(1.0 / (parts as f64 * ways));
        ways *= (parts - 1 - others) as f64 / (others + 1) as f64;
    }
    let of_part = |part: usize| {
        let bit = 1 << part;
        let without = (0..=all).filter(|set| set & bit == 0);
        let shapley = without.map(|set| {
            let weight = weights.get(set.count_ones() as usize).copied().unwrap_or(0.0);
            weight * (at(set | bit) - at(set))
        });
        Contribution { first_in: at(bit) - at(0), last_in: at(all) - at(all & !bit), shapley: shapley.sum() }
    };
    Some((0..parts).map(of_part).collect())
}

/// A plan taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// The measure.
    pub measure: Measure,
    /// Without any part.
    pub baseline: Estimate,
    /// With all parts.
    pub plan: Estimate,
    /// What the whole plan changes.
    pub whole: Estimate,
    /// What the whole changes beyond what its parts change alone: negative where together they lower the measure
    /// by more.
    pub interaction: Estimate,
    /// Each part and what it contributes, in the order given.
    pub parts: Vec<(String, Contribution<Estimate>)>,
}

impl Attribution {
    /// A waterfall: the level after each part has been added, by Shapley value, from the baseline to the plan.
    pub fn waterfall(&self) -> Vec<(&str, f64, f64)> {
        let mut level = self.baseline.mean;
        let step = |(name, contribution): &'_ (String, Contribution<Estimate>)| {
            level += contribution.shapley.mean;
            (contribution.shapley.mean, level, name.clone())
        };
        let steps: Vec<(f64, f64, String)> = self.parts.iter().map(step).collect();
        self.parts
            .iter()
            .zip(steps)
            .map(|((name, _), (change, level, _))| (name.as_str(), change, level))
            .collect()
    }
}

impl Study<'_> {
    /// Takes a plan apart: runs all combinations of its parts, in place of the study's scenarios.
    ///
    /// # Errors
    /// Without parts or with more than [`MOST_PARTS`], if a run fails or a value is missing.
    pub fn attribute(
        &self,
        plan: &[(&str, Vec<Lever>)],
        measures: &[Measure],
    ) -> Result<Vec<Attribution>, AskError> {
        if !(1..=MOST_PARTS).contains(&plan.len()) {
            let value = plan.len() as f64;
            return Err(AskError::Number { what: "parts of a plan", value, allowed: "from 1 to 6" });
        }
        let name = |set: usize| {
            let there = plan.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1);
            let names: Vec<&str> = there.map(|(_, (name, _))| *name).collect();
            if names.is_empty() { "nothing".to_owned() } else { names.join(" + ") }
        };
        let scenario = |set: usize| {
            let there = plan.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1);
            let levers = there.flat_map(|(_, (_, levers))| levers.iter().cloned());
            // numbered, since two parts may have one name
            Scenario::new(format!("{set}: {}", name(set)), levers)
        };
        let sets = 1_usize << plan.len();
        let scenarios: Vec<Scenario> = (0..sets).map(scenario).collect();
        let results = self.again().with_scenarios(scenarios.clone()).run()?;
        let mut found = Vec::new();
        for &measure in measures {
            // [combination][replication]
            let values: Vec<Vec<f64>> = scenarios
                .iter()
                .map(|scenario| Quantity::of(measure, scenario.name.clone()).all_values(&results))
                .collect::<Result<_, _>>()?;
            found.extend(attribution(measure, plan, &values));
        }
        Ok(found)
    }
}

fn attribution(measure: Measure, plan: &[(&str, Vec<Lever>)], values: &[Vec<f64>]) -> Option<Attribution> {
    let estimate = |values: Vec<f64>| Estimate::of(&values, Confidence::NINETY_FIVE);
    let replications = values.first()?.len();
    let value = |set: usize, r: usize| values.get(set).and_then(|v| v.get(r)).copied().unwrap_or(f64::NAN);
    let each = |f: &dyn Fn(usize) -> f64| estimate((0..replications).map(f).collect());
    let of_replication: Vec<Vec<Contribution<f64>>> =
        (0..replications).map(|r| contributions(plan.len(), |set| value(set, r))).collect::<Option<_>>()?;
    let last = values.len() - 1;
    let of_part = |part: usize| {
        let pick = |f: &dyn Fn(&Contribution<f64>) -> f64| {
            each(&|r| of_replication.get(r).and_then(|parts| parts.get(part)).map_or(f64::NAN, f))
        };
        Some(Contribution {
            first_in: pick(&|c| c.first_in)?,
            last_in: pick(&|c| c.last_in)?,
            shapley: pick(&|c| c.shapley)?,
        })
    };
    let alone = |r: usize| -> f64 {
        of_replication.get(r).map_or(f64::NAN, |parts| parts.iter().map(|part| part.first_in).sum())
    };
    Some(Attribution {
        measure,
        baseline: each(&|r| value(0, r))?,
        plan: each(&|r| value(last, r))?,
        whole: each(&|r| value(last, r) - value(0, r))?,
        interaction: each(&|r| value(last, r) - value(0, r) - alone(r))?,
        parts: plan
            .iter()
            .enumerate()
            .map(|(i, (name, _))| Some(((*name).to_owned(), of_part(i)?)))
            .collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORTH: [f64; 4] = [3.0, -2.0, 0.5, 7.0];

    fn additive(set: usize) -> f64 {
        10.0 + (0..4).filter(|i| set >> i & 1 == 1).map(|i| WORTH[i]).sum::<f64>()
    }

    #[test]
    fn parts_that_add_contribute_what_they_are_worth() {
        for (found, worth) in contributions(4, additive).unwrap().iter().zip(WORTH) {
            for value in [found.first_in, found.last_in, found.shapley] {
                assert!((value - worth).abs() < 1e-12);
            }
        }
    }

    /// Airport game (Littlechild and Owen, 1973): a set costs what its dearest part costs. With costs 1, 2 and 4
    /// the Shapley values are 1/3, 1/3 + 1/2 and 1/3 + 1/2 + 2.
    #[test]
    fn a_game_with_known_values_is_solved() {
        let cost = |set: usize| {
            [1.0, 2.0, 4.0]
                .iter()
                .enumerate()
                .filter(|(i, _)| set >> i & 1 == 1)
                .map(|(_, c)| *c)
                .fold(0.0, f64::max)
        };
        let found = contributions(3, cost).unwrap();
        let known = [1.0 / 3.0, 5.0 / 6.0, 17.0 / 6.0];
        assert!(found.iter().zip(known).all(|(f, known)| (f.shapley - known).abs() < 1e-12));
        assert!((found.iter().map(|f| f.shapley).sum::<f64>() - 4.0).abs() < 1e-12);
        assert_eq!((found[0].first_in, found[0].last_in), (1.0, 0.0));
        assert_eq!((contributions(0, cost), contributions(21, cost)), (None, None));
    }

    #[test]
    fn a_plan_is_taken_apart_replication_by_replication() {
        // two levers that are worth 4 and 6 alone and 8 together, on a level that differs by replication
        let level = [50.0, 60.0];
        let values: Vec<Vec<f64>> =
            [0.0, -4.0, -6.0, -8.0].iter().map(|change| level.iter().map(|l| l + change).collect()).collect();
        let plan = [("beds", vec![]), ("fund", vec![])];
        let found = attribution(Measure::ResponseC2, &plan, &values).unwrap();
        assert_eq!((found.baseline.mean, found.plan.mean, found.whole.mean), (55.0, 47.0, -8.0));
        assert_eq!(found.interaction.mean, 2.0);
        assert_eq!(found.interaction.half_width, Some(0.0));
        assert_eq!(found.waterfall(), [("beds", -3.0, 52.0), ("fund", -5.0, 47.0)]);
    }
}
