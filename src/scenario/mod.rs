//! A scenario: a name and the levers that are pulled. Written by a person, checked once, then
//! runnable.

pub mod file;

use crate::policy::{Lever, LeverError};
use crate::system::capacity::{CapacityPlan, CapacityStep};
use crate::system::pack::{Place, SystemPack};
use crate::units::money::PRICE_YEARS;
use crate::units::{Month, Pounds, Shown};
use jiff::civil::Date;
use std::collections::BTreeMap;

pub use file::{ScenarioFileError, our_plan_for_patients};

/// More than this is no cost of a scenario.
pub(crate) const MOST_POUNDS: f64 = 1e13;

/// A name and the levers that are pulled; it can still be wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// How people refer to it.
    pub name: String,
    /// What is different from history.
    pub levers: Vec<Lever>,
    /// What it costs in the place and months that are asked about, if that is known; otherwise it is worked out from what the
    /// levers use, as far as [prices](crate::policy::prices) are held. It changes nothing that is simulated.
    pub cost: Option<Pounds>,
}

/// A scenario that has been checked against a system and a period: it can run.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedScenario {
    name: String,
    levers: Vec<Lever>,
    plan: CapacityPlan,
    warnings: Vec<String>,
}

/// What is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// A field of a lever is out of range.
    #[error("scenario '{scenario}': {error}")]
    Lever {
        /// Which scenario.
        scenario: String,
        /// What is wrong.
        error: LeverError,
    },
    /// The name is empty.
    #[error("a scenario needs a name")]
    NoName,
    /// A cost that is no amount of money.
    #[error("scenario '{scenario}': cost = {}, must be from 0 to 1e13 pounds", Shown(*.pounds))]
    Cost {
        /// Which scenario.
        scenario: String,
        /// What was given.
        pounds: f64,
    },
    /// A year that no prices are of.
    #[error(
        "scenario '{scenario}': price_year = {year}, must be from {} to {}",
        PRICE_YEARS.start(),
        PRICE_YEARS.end()
    )]
    PriceYear {
        /// Which scenario.
        scenario: String,
        /// What was given.
        year: u16,
    },
    /// The name would break tables.
    #[error("scenario {0:?}: a name must be one line, without control characters")]
    NameNotOneLine(String),
}

impl Scenario {
    /// A scenario of this name.
    pub fn new(name: impl Into<String>, levers: impl IntoIterator<Item = Lever>) -> Self {
        Self { name: name.into(), levers: levers.into_iter().collect(), cost: None }
    }

    /// The same at a cost that is known, in the place and months that are asked about.
    #[must_use]
    pub fn at_cost(self, cost: Pounds) -> Self {
        Self { cost: Some(cost), ..self }
    }

    /// Works out what changes in `pack` and whether it does so between `first` and `last`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(
        &self,
        pack: &SystemPack,
        first: Month,
        last: Month,
    ) -> Result<CheckedScenario, Vec<ScenarioError>> {
        let mut problems = Vec::new();
        if self.name.trim().is_empty() {
            problems.push(ScenarioError::NoName);
        }
        if self.name.contains(char::is_control) {
            problems.push(ScenarioError::NameNotOneLine(self.name.clone()));
        }
        if let Some(cost) = self.cost.filter(|cost| !(0.0..=MOST_POUNDS).contains(&cost.amount())) {
            problems.push(ScenarioError::Cost { scenario: self.name.clone(), pounds: cost.amount() });
        }
        let year = self.cost.map(Pounds::price_year);
        if let Some(year) = year.filter(|year| !PRICE_YEARS.contains(year)) {
            problems.push(ScenarioError::PriceYear { scenario: self.name.clone(), year });
        }
        let mut steps = Vec::new();
        let mut warnings = Vec::new();
        for lever in &self.levers {
            match lever.steps(pack) {
                Ok(of_lever) => {
                    let (first, last) = (first.first_day(), last.last_day());
                    if !acts(&of_lever, first, last) {
                        warnings.push(format!(
                            "scenario '{}': {} changes nothing between {first} and {last}",
                            self.name,
                            lever.name()
                        ));
                    }
                    steps.extend(of_lever);
                }
                Err(errors) => problems.extend(
                    errors
                        .into_iter()
                        .map(|error| ScenarioError::Lever { scenario: self.name.clone(), error }),
                ),
            }
        }
        if problems.is_empty() {
            let (name, levers) = (self.name.clone(), self.levers.clone());
            Ok(CheckedScenario { name, levers, plan: CapacityPlan::of(steps), warnings })
        } else {
            Err(problems)
        }
    }
}

/// Whether steps change anything between two days: on one of them, or before them and for good.
fn acts(steps: &[CapacityStep], first: Date, last: Date) -> bool {
    let mut before = BTreeMap::new();
    for step in steps.iter().filter(|step| step.from < first) {
        *before.entry(step.capacity).or_insert(0.0) += step.added;
    }
    steps.iter().any(|step| step.added != 0.0 && (first..=last).contains(&step.from))
        || before.values().any(|sum: &f64| sum.abs() > 1e-9)
}

impl CheckedScenario {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The levers that are pulled.
    pub fn levers(&self) -> &[Lever] {
        &self.levers
    }

    /// What of it comes to a place, if it was checked against the system that the place is cut out of.
    #[must_use]
    pub fn within(self, place: &Place) -> Self {
        let plan = self.plan.within(place);
        let mut warnings = self.warnings;
        if plan.steps().is_empty() && !self.plan.steps().is_empty() {
            warnings.push(format!("scenario '{}' changes nothing in {}", self.name, place.name()));
        }
        Self { plan, warnings, ..self }
    }

    /// Adds something that a person may not have meant.
    pub(crate) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    /// What changes.
    pub fn plan(&self) -> &CapacityPlan {
        &self.plan
    }

    /// What a person may not have meant.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Beds;
    use crate::system::pack::england;
    use crate::units::date;
    use crate::units::money::gbp;

    #[test]
    fn a_lever_that_never_acts_is_a_warning() {
        let pack = england();
        let (first, last) = (pack.first_month(), pack.last_month());
        let late = Beds::added(10).opens_from(date(2030, 1, 1)).open_by(date(2030, 2, 1));
        let checked = Scenario::new("late", [late.into()]).check(&pack, first, last).unwrap();
        assert_eq!(checked.warnings().len(), 1);
        // beds that opened before the period are there in it, pathways validated before it are gone
        let notes = |lever: Lever| {
            let winter = (Month::of(date(2023, 1, 1)), last);
            Scenario::new("early", [lever]).check(&pack, winter.0, winter.1).unwrap().warnings().len()
        };
        let early = date(2022, 11, 1);
        assert_eq!(notes(Beds::added(10).opens_from(early).open_by(early).into()), 0);
        assert_eq!(notes(crate::policy::Validation::of(100.0).between(early, date(2022, 12, 1)).into()), 1);
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let pack = england();
        let (first, last) = (pack.first_month(), pack.last_month());
        let scenario = Scenario::new(" ", [Beds::added(-1).virtual_share(2.0).into()]);
        assert_eq!(scenario.check(&pack, first, last).unwrap_err().len(), 3);
        let cost = Scenario::new("x", []).at_cost(gbp(f64::NAN)).check(&pack, first, last).unwrap_err();
        assert!(cost[0].to_string().starts_with("scenario 'x': cost = NaN, must be"), "{}", cost[0]);
        let ancient = Scenario::new("x", []).at_cost(Pounds::at_prices_of(5.0, 22));
        let ancient = ancient.check(&pack, first, last).unwrap_err();
        assert_eq!(ancient[0].to_string(), "scenario 'x': price_year = 22, must be from 1990 to 2100");
        let broken = Scenario::new("two\nlines", []).check(&pack, first, last).unwrap_err();
        assert_eq!(broken, [ScenarioError::NameNotOneLine("two\nlines".to_owned())]);
    }
}
