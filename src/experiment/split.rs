//! The best of several scenarios, such as the best way to split a sum of money.
//!
//! Kim and Nelson's procedure ([`kim_nelson`]) runs all on the same people, drops those that have fallen behind
//! by more than chance allows and stops when one is left: with the stated probability it is the best, if the
//! best is ahead by at least the difference that matters.

use super::ask::{AskError, Quantity};
use super::selection::{Best, KimNelson, kim_nelson};
use super::study::Study;
use crate::scenario::Scenario;
use crate::system::measures::Better;
use std::collections::BTreeMap;

/// All ways of sharing `total` among `parts` in steps of `step`, each a list of amounts; `None` if there are none
/// or more than 100,000.
///
/// ```
/// use nhs_capacity::experiment::split::splits;
/// assert_eq!(splits(500.0, 250.0, 2), Some(vec![vec![0.0, 500.0], vec![250.0, 250.0], vec![500.0, 0.0]]));
/// assert_eq!(splits(500.0, 100.0, 4).map(|all| all.len()), Some(56));
/// ```
pub fn splits(total: f64, step: f64, parts: usize) -> Option<Vec<Vec<f64>>> {
    let steps = (total / step).round();
    let is_sound = total > 0.0 && step > 0.0 && (steps * step - total).abs() <= 1e-9 * total;
    if !is_sound || parts == 0 || !(1.0..=100_000.0).contains(&steps) {
        return None;
    }
    let mut all: Vec<Vec<usize>> = vec![vec![]];
    let steps = steps as usize;
    for part in 0..parts {
        let mut longer = Vec::new();
        for begun in &all {
            let left = steps - begun.iter().sum::<usize>();
            let least = if part + 1 == parts { left } else { 0 };
            for amount in least..=left {
                longer.push(begun.iter().copied().chain([amount]).collect());
                if longer.len() > 100_000 {
                    return None;
                }
            }
        }
        all = longer;
    }
    Some(all.into_iter().map(|split| split.into_iter().map(|n| n as f64 * step).collect()).collect())
}

/// How the best is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// The least difference of the measure that matters, in its unit.
    pub difference: f64,
    /// Probability that the choice may be wrong if the best is ahead by that difference.
    pub alpha: f64,
    /// Replications of each before any is dropped, at least three.
    pub first: u32,
    /// Replications of each after which the choice is given up.
    pub most: u32,
}

impl Rules {
    /// With 95% the best, if it is ahead by `difference`: five replications of each at first, thirty at most.
    pub fn a_difference_of(difference: f64) -> Self {
        Self { difference, alpha: 0.05, first: 5, most: 30 }
    }
}

/// Which scenario is best.
#[derive(Clone, Debug, PartialEq)]
pub struct BestOf {
    /// The best; `None` if several were left.
    pub chosen: Option<String>,
    /// Those still in the race, the best mean first, each with that mean.
    pub left: Vec<(String, f64)>,
    /// Every scenario with its replications and their mean, the best first.
    pub all: Vec<(String, usize, f64)>,
}

impl Study<'_> {
    /// The best of these scenarios by a measure, on the same people.
    ///
    /// # Errors
    /// If the rules are impossible, the measure has no better side, a run fails or a value is missing.
    pub fn best_of(
        &self,
        measure: crate::system::measures::Measure,
        scenarios: &[Scenario],
        rules: Rules,
    ) -> Result<BestOf, AskError> {
        let best = match measure.better() {
            Better::Lower => Best::Least,
            Better::Higher => Best::Greatest,
            Better::Neither => {
                return Err(AskError::NoValue(format!("a better side of {}", measure.label())));
            }
        };
        let number = |what, value: f64, allowed| AskError::Number { what, value, allowed };
        if rules.first < 3 || rules.most < rules.first {
            return Err(number(
                "first replications",
                f64::from(rules.first),
                "3 or more, and no more than most",
            ));
        }
        let first_number = self.numbered().0;
        let mut known: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        // the first replications of all in one study, which shares their history
        let start = self.again().with_scenarios(scenarios.iter().cloned()).replications(rules.first).run()?;
        for (i, scenario) in scenarios.iter().enumerate() {
            let values = Quantity::of(measure, scenario.name.clone()).all_values(&start)?;
            known.extend(values.into_iter().enumerate().map(|(r, value)| ((i, r), value)));
        }
        let mut failed = None;
        let kn = KimNelson {
            best,
            difference: rules.difference,
            alpha: rules.alpha,
            first: rules.first as usize,
            most: rules.most as usize,
        };
        let choice = kim_nelson(scenarios.len(), &kn, |i, r| {
            if let Some(&value) = known.get(&(i, r)) {
                return value;
            }
            let Some(scenario) = scenarios.get(i) else { return f64::NAN };
            let study = self.again().with_scenarios([scenario.clone()]).replications(1);
            let run = study.first_replication(first_number.saturating_add(r as u32)).run();
            let value = run
                .map_err(AskError::from)
                .and_then(|results| Quantity::of(measure, scenario.name.clone()).all_values(&results));
            match value.map(|values| values.first().copied()) {
                Ok(Some(value)) => {
                    known.insert((i, r), value);
                    value
                }
                Ok(None) => f64::NAN,
                Err(error) => {
                    failed = Some(error);
                    f64::NAN
                }
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        let choice = choice
            .ok_or_else(|| number("difference", rules.difference, "above 0, with two scenarios or more"))?;
        let mut all: Vec<(String, usize, f64)> = Vec::new();
        for (i, scenario) in scenarios.iter().enumerate() {
            let values: Vec<f64> = known.range((i, 0)..(i + 1, 0)).map(|(_, value)| *value).collect();
            all.push((scenario.name.clone(), values.len(), values.iter().sum::<f64>() / values.len() as f64));
        }
        let mut left: Vec<(String, f64)> = choice
            .left
            .iter()
            .filter_map(|&i| all.get(i).map(|(name, _, mean)| (name.clone(), *mean)))
            .collect();
        let sign = if best == Best::Least { 1.0 } else { -1.0 };
        all.sort_by(|a, b| (sign * a.2).total_cmp(&(sign * b.2)));
        left.sort_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1)));
        let chosen = choice.chosen.and_then(|i| scenarios.get(i)).map(|scenario| scenario.name.clone());
        Ok(BestOf { chosen, left, all })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of ways to put n steps into k parts is (n + k - 1) over (k - 1).
    #[test]
    fn every_split_is_there_once() {
        let all = splits(5.0, 1.0, 4).unwrap();
        assert_eq!(all.len(), 56);
        assert!(all.iter().all(|split| split.iter().sum::<f64>() == 5.0));
        let mut distinct: Vec<String> = all.iter().map(|split| format!("{split:?}")).collect();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 56);
        assert_eq!(splits(5.0, 2.0, 2), None);
        assert_eq!((splits(5.0, 1.0, 0), splits(1e9, 1.0, 3), splits(f64::NAN, 1.0, 2)), (None, None, None));
        assert_eq!(splits(200.0, 1.0, 6), None);
    }
}
