//! The best of several scenarios, such as the best way to split a sum of money, with the probability that it is.
//!
//! Two ways, both on the same people. [`Study::best_of`] has a difference that matters: Kim and Nelson's procedure
//! ([`kim_nelson`]) drops what has fallen behind by more than chance allows and stops when one is left, which
//! with the stated probability is the best, if the best is ahead by at least that difference. [`Study::best_within`]
//! has a budget: replications go where they tell most ([`spend`]), and how sure the choice is comes out.

use super::ask::{AskError, Quantity};
use super::ocba::{Spending, spend};
use super::selection::{Best, KimNelson, kim_nelson};
use super::study::Study;
use crate::scenario::Scenario;
use crate::system::measures::{Better, Measure};
use std::collections::BTreeMap;

/// How [`Study::best_of`] looks for the best.
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

/// How [`Study::best_within`] spends its replications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Replications of all scenarios together.
    pub replications: u32,
    /// Replications of each before any is preferred, at least three.
    pub first: u32,
    /// Replications that are shared out before it is reckoned anew.
    pub step: u32,
}

impl Budget {
    /// So many replications of all scenarios together: three of each at first, then one by one.
    pub fn of(replications: u32) -> Self {
        Self { replications, first: 3, step: 1 }
    }
}

/// Which scenario is best.
#[derive(Clone, Debug, PartialEq)]
pub struct BestOf {
    /// The best; `None` if several were left.
    pub chosen: Option<String>,
    /// Probability that the choice is right: after [`Study::best_of`] at least this if the best is ahead by the
    /// difference asked for, after [`Study::best_within`] a lower bound from what was seen. `None` without a
    /// choice, or if nothing varies.
    pub probability: Option<f64>,
    /// Those still in the race, the best mean first, each with that mean.
    pub left: Vec<(String, f64)>,
    /// Every scenario with its replications and their mean, the best first.
    pub all: Vec<(String, usize, f64)>,
}

/// Values of a measure by scenario and replication, run when they are asked for.
struct Race<'a, 'b> {
    study: &'a Study<'b>,
    measure: Measure,
    scenarios: &'a [Scenario],
    known: BTreeMap<(usize, usize), f64>,
    failed: Option<AskError>,
}

impl<'a, 'b> Race<'a, 'b> {
    /// The first replications of all in one study, which shares their history.
    fn begun(
        study: &'a Study<'b>,
        measure: Measure,
        scenarios: &'a [Scenario],
        first: u32,
    ) -> Result<Self, AskError> {
        let start = study.again().with_scenarios(scenarios.iter().cloned()).replications(first).run()?;
        let mut known = BTreeMap::new();
        for (i, scenario) in scenarios.iter().enumerate() {
            let values = Quantity::of(measure, scenario.name.clone()).all_values(&start)?;
            known.extend(values.into_iter().enumerate().map(|(r, value)| ((i, r), value)));
        }
        Ok(Self { study, measure, scenarios, known, failed: None })
    }

    /// One value; not a number if it cannot be had.
    fn value(&mut self, i: usize, r: usize) -> f64 {
        if let Some(&value) = self.known.get(&(i, r)) {
            return value;
        }
        let Some(scenario) = self.scenarios.get(i) else { return f64::NAN };
        let (first, _) = self.study.numbered();
        let study = self.study.again().with_scenarios([scenario.clone()]).replications(1);
        let run = study.first_replication(first.saturating_add(r as u32)).run();
        let quantity = Quantity::of(self.measure, scenario.name.clone());
        match run.map_err(AskError::from).and_then(|results| quantity.all_values(&results)) {
            Ok(values) => {
                let value = values.first().copied().unwrap_or(f64::NAN);
                self.known.insert((i, r), value);
                value
            }
            Err(error) => {
                self.failed = Some(error);
                f64::NAN
            }
        }
    }

    /// The outcome, if nothing failed on the way.
    fn over(self, best: Best, chosen: Option<usize>, left: &[usize], probability: Option<f64>) -> BestOf {
        let mut all: Vec<(String, usize, f64)> = Vec::new();
        for (i, scenario) in self.scenarios.iter().enumerate() {
            let values: Vec<f64> = self.known.range((i, 0)..(i + 1, 0)).map(|(_, value)| *value).collect();
            all.push((scenario.name.clone(), values.len(), values.iter().sum::<f64>() / values.len() as f64));
        }
        let name_and_mean = |&i: &usize| all.get(i).map(|(name, _, mean)| (name.clone(), *mean));
        let mut left: Vec<(String, f64)> = left.iter().filter_map(name_and_mean).collect();
        // the greatest is always best
        all.sort_by(|a, b| (best.sign() * b.2).total_cmp(&(best.sign() * a.2)));
        left.sort_by(|a, b| (best.sign() * b.1).total_cmp(&(best.sign() * a.1)));
        let chosen = chosen.and_then(|i| self.scenarios.get(i)).map(|scenario| scenario.name.clone());
        BestOf { probability: probability.filter(|_| chosen.is_some()), chosen, left, all }
    }
}

fn number(what: &'static str, value: f64, allowed: &'static str) -> AskError {
    AskError::Number { what, value, allowed }
}

fn better_side(measure: Measure) -> Result<Best, AskError> {
    match measure.better() {
        Better::Lower => Ok(Best::Least),
        Better::Higher => Ok(Best::Greatest),
        Better::Neither => Err(AskError::NoValue(format!("a better side of {}", measure.label()))),
    }
}

impl Study<'_> {
    /// The best of these scenarios by a measure, on the same people, if a difference is given that matters.
    ///
    /// # Errors
    /// If the rules are impossible, the measure has no better side, a run fails or a value is missing.
    pub fn best_of(
        &self,
        measure: Measure,
        scenarios: &[Scenario],
        rules: Rules,
    ) -> Result<BestOf, AskError> {
        let best = better_side(measure)?;
        if rules.first < 3 || rules.most < rules.first {
            let allowed = "3 or more, and no more than most";
            return Err(number("first replications", f64::from(rules.first), allowed));
        }
        let kn = KimNelson {
            best,
            difference: rules.difference,
            alpha: rules.alpha,
            first: rules.first as usize,
            most: rules.most as usize,
        };
        let mut race = Race::begun(self, measure, scenarios, rules.first)?;
        let choice = kim_nelson(scenarios.len(), &kn, |i, r| race.value(i, r));
        if let Some(error) = race.failed {
            return Err(error);
        }
        let choice = choice
            .ok_or_else(|| number("difference", rules.difference, "above 0, with two scenarios or more"))?;
        Ok(race.over(best, choice.chosen, &choice.left, Some(1.0 - rules.alpha)))
    }

    /// The best of these scenarios by a measure, on the same people, within so many replications: most go to those
    /// that are hard to tell from the best.
    ///
    /// # Errors
    /// If the budget is impossible, the measure has no better side, a run fails or a value is missing.
    pub fn best_within(
        &self,
        measure: Measure,
        scenarios: &[Scenario],
        budget: Budget,
    ) -> Result<BestOf, AskError> {
        let best = better_side(measure)?;
        let least = scenarios.len() as f64 * f64::from(budget.first);
        if scenarios.len() < 2 {
            return Err(number("scenarios", scenarios.len() as f64, "two or more"));
        }
        if budget.first < 3 || budget.step == 0 {
            let what = if budget.first < 3 { "first replications" } else { "step" };
            let value = budget.first.min(budget.step);
            return Err(number(
                what,
                f64::from(value),
                "3 or more first replications, in steps of 1 or more",
            ));
        }
        if f64::from(budget.replications) < least {
            let allowed = "enough for the first replications of every scenario";
            return Err(number("replications", f64::from(budget.replications), allowed));
        }
        let rules = Spending {
            best,
            first: budget.first as usize,
            step: budget.step as usize,
            budget: budget.replications as usize,
        };
        let mut race = Race::begun(self, measure, scenarios, budget.first)?;
        let spent = spend(scenarios.len(), &rules, |i, r| race.value(i, r));
        if let Some(error) = race.failed {
            return Err(error);
        }
        let spent = spent.ok_or_else(|| AskError::NoValue(measure.label().to_owned()))?;
        Ok(race.over(best, Some(spent.best), &[spent.best], spent.probability))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Beds;
    use crate::system::pack::england;
    use crate::units::date;

    /// At one trust in winter 400 beds more are better than none or a few, whatever the rest of the model says.
    #[test]
    fn both_ways_find_that_more_beds_fill_less() {
        let from = date(2022, 12, 1);
        let with = |name: &str, beds: f64| {
            Scenario::new(name, [Beds::added(beds).opens_from(from).open_by(from).into()])
        };
        let scenarios = [with("few", 20.0), with("many", 400.0), Scenario::new("none", [])];
        let study =
            Study::new(england().place("RRK").unwrap()).period(from..=date(2022, 12, 31)).warm_up_months(0);
        let measure = Measure::AdultOccupancy;
        let found = study.best_within(measure, &scenarios, Budget::of(11)).unwrap();
        assert_eq!(found.chosen.as_deref(), Some("many"));
        assert_eq!(found.all.iter().map(|(_, n, _)| n).sum::<usize>(), 11);
        assert!(found.probability > Some(0.9), "{found:?}");
        let rules = Rules { first: 3, most: 6, ..Rules::a_difference_of(0.005) };
        let found = study.best_of(measure, &scenarios, rules).unwrap();
        assert_eq!((found.chosen.as_deref(), found.probability), (Some("many"), Some(0.95)));
        for (budget, what) in [
            (Budget::of(8), "replications = 8, must be enough"),
            (Budget { first: 2, ..Budget::of(20) }, "first replications = "),
            (Budget { step: 0, ..Budget::of(20) }, "step = 0"),
        ] {
            let error = study.best_within(measure, &scenarios, budget).unwrap_err().to_string();
            assert!(error.starts_with(what), "{error}");
        }
        assert!(study.best_within(measure, &scenarios[..1], Budget::of(9)).is_err());
    }
}
