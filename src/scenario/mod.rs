//! A scenario: a name and the levers that are pulled. Written by a person, checked once, then
//! runnable.

pub mod file;

use crate::policy::{Lever, LeverError};
use crate::system::capacity::CapacityPlan;
use crate::system::pack::{Place, SystemPack};
use crate::units::Month;

pub use file::{ScenarioFileError, our_plan_for_patients};

/// A name and the levers that are pulled; it can still be wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// How people refer to it.
    pub name: String,
    /// What is different from history.
    pub levers: Vec<Lever>,
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
}

impl Scenario {
    /// A scenario of this name.
    pub fn new(name: impl Into<String>, levers: impl IntoIterator<Item = Lever>) -> Self {
        Self { name: name.into(), levers: levers.into_iter().collect() }
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
        let mut steps = Vec::new();
        let mut warnings = Vec::new();
        for lever in &self.levers {
            match lever.steps(pack) {
                Ok(of_lever) => {
                    let (first, last) = (first.first_day(), last.last_day());
                    let acts = of_lever.iter().any(|s| s.added != 0.0 && (first..=last).contains(&s.from));
                    if !acts {
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

    #[test]
    fn a_lever_that_never_acts_is_a_warning() {
        let pack = england();
        let (first, last) = (pack.first_month(), pack.last_month());
        let late = Beds::added(10).opens_from(date(2030, 1, 1)).open_by(date(2030, 2, 1));
        let checked = Scenario::new("late", [late.into()]).check(&pack, first, last).unwrap();
        assert_eq!(checked.warnings().len(), 1);
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let pack = england();
        let (first, last) = (pack.first_month(), pack.last_month());
        let scenario = Scenario::new(" ", [Beds::added(-1).virtual_share(2.0).into()]);
        assert_eq!(scenario.check(&pack, first, last).unwrap_err().len(), 3);
    }
}
