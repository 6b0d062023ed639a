//! What is asked of many runs: a quantity read off results, a space of parameters to run them in, and why it
//! may fail.

use super::study::StudyError;
use super::{Confidence, Estimate, Results};
use crate::system::measures::Measure;
use crate::system::outcome::Area;
use crate::system::pack::{Status, SystemPack};
use crate::system::parameters::ParameterError;
use crate::units::Shown;

/// Why a question that takes many runs has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// A run failed, or the study is wrong.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A parameter does not exist or its value is not allowed.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A parameter has no interval to be varied in.
    #[error("{key}: nothing to vary from {} to {}", Shown(*.low), Shown(*.high))]
    NoRange {
        /// The parameter.
        key: String,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A number is out of range.
    #[error("{what} = {}, must be {allowed}", Shown(*.value))]
    Number {
        /// Which.
        what: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The results do not have the quantity.
    #[error("there is no value of {0}")]
    NoValue(String),
}

/// A number that each replication of a study has: a measure in a scenario, or what the scenario changes
/// against another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    measure: Measure,
    scenario: String,
    against: Option<String>,
    area: Area,
}

impl Quantity {
    /// A measure in a scenario, for England over the period.
    pub fn of(measure: Measure, scenario: impl Into<String>) -> Self {
        Self { measure, scenario: scenario.into(), against: None, area: Area::England }
    }

    /// What the scenario changes against this one, on the same people.
    #[must_use]
    pub fn against(self, baseline: impl Into<String>) -> Self {
        Self { against: Some(baseline.into()), ..self }
    }

    /// Elsewhere than in England.
    #[must_use]
    pub fn area(self, area: Area) -> Self {
        Self { area, ..self }
    }

    /// The measure.
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The scenario.
    pub fn scenario(&self) -> &str {
        &self.scenario
    }

    /// How people call it.
    pub fn label(&self) -> String {
        let (label, scenario) = (self.measure.label(), &self.scenario);
        match &self.against {
            Some(baseline) => format!("{label}, {scenario} against {baseline}"),
            None => format!("{label}, {scenario}"),
        }
    }

    /// Its value in each replication; `None` if a scenario is not in the results.
    pub fn values(&self, results: &Results) -> Option<Vec<Option<f64>>> {
        let values = results.replicated(&self.scenario, self.measure, self.area, None)?;
        let Some(baseline) = &self.against else { return Some(values) };
        let before = results.replicated(baseline, self.measure, self.area, None)?;
        Some(values.into_iter().zip(before).map(|(after, before)| Some(after? - before?)).collect())
    }

    /// The values, all of them finite.
    pub(super) fn all_values(&self, results: &Results) -> Result<Vec<f64>, AskError> {
        let values: Option<Vec<f64>> = self.values(results).and_then(|values| values.into_iter().collect());
        values.filter(|v| v.iter().all(|v| v.is_finite())).ok_or_else(|| AskError::NoValue(self.label()))
    }

    /// Its mean and interval.
    pub fn estimate(&self, results: &Results) -> Option<Estimate> {
        Estimate::of(&self.values(results)?, Confidence::NINETY_FIVE)
    }
}

/// Parameters of behaviour that are varied together, each within an interval.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterSpace {
    dimensions: Vec<Dimension>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// Its name.
    pub key: String,
    /// Its unit.
    pub unit: &'static str,
    /// Its value in the pack.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl ParameterSpace {
    /// These parameters, each within the interval that the pack gives it.
    ///
    /// # Errors
    /// If there is no such parameter, or it has no interval.
    pub fn of<K: AsRef<str>>(pack: &SystemPack, keys: impl IntoIterator<Item = K>) -> Result<Self, AskError> {
        let mut space = Self::default();
        for key in keys {
            let parameter = pack.parameters().parameter(key.as_ref());
            let (low, high) = parameter.map_or((0.0, 0.0), |parameter| (parameter.low, parameter.high));
            space = space.within(pack, key.as_ref(), low, high)?;
        }
        Ok(space)
    }

    /// Every parameter that the pack assumes or has calibrated and that has an interval.
    pub fn of_all_uncertain(pack: &SystemPack) -> Self {
        let uncertain = pack.parameters().iter().filter(|(_, _, parameter)| {
            matches!(parameter.status, Status::Assumed | Status::Calibrated) && parameter.low < parameter.high
        });
        let dimensions = uncertain.map(|(section, key, parameter)| Dimension {
            key: format!("{section}.{key}"),
            unit: parameter.spec.unit,
            value: parameter.value,
            low: parameter.low,
            high: parameter.high,
        });
        Self { dimensions: dimensions.collect() }
    }

    /// And this parameter, within an interval of one's own.
    ///
    /// # Errors
    /// If there is no such parameter, or the interval is empty or not allowed.
    pub fn within(mut self, pack: &SystemPack, key: &str, low: f64, high: f64) -> Result<Self, AskError> {
        pack.parameters().with(key, low)?;
        pack.parameters().with(key, high)?;
        let Some(parameter) = pack.parameters().parameter(key).filter(|_| low < high) else {
            return Err(AskError::NoRange { key: key.to_owned(), low, high });
        };
        let (unit, value) = (parameter.spec.unit, parameter.value);
        self.dimensions.push(Dimension { key: key.to_owned(), unit, value, low, high });
        Ok(self)
    }

    /// The parameters.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The values at a point whose coordinates run from 0 at the lower ends to 1 at the upper.
    pub fn values(&self, point: &[f64]) -> Vec<f64> {
        let along = |(d, x): (&Dimension, &f64)| d.low + x * (d.high - d.low);
        self.dimensions.iter().zip(point).map(along).collect()
    }

    /// The pack with the values at a point.
    ///
    /// # Errors
    /// If a value is not allowed.
    pub fn pack_at(&self, pack: &SystemPack, point: &[f64]) -> Result<SystemPack, ParameterError> {
        let mut parameters = pack.parameters().clone();
        for (dimension, value) in self.dimensions.iter().zip(self.values(point)) {
            parameters = parameters.with(&dimension.key, value)?;
        }
        Ok(pack.clone().with_parameters(parameters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    #[test]
    fn a_space_takes_its_intervals_from_the_pack() {
        let pack = england();
        let space = ParameterSpace::of(&pack, ["ambulance.travel_cv"]).unwrap();
        let changed = space.pack_at(&pack, &[0.25]).unwrap();
        let (low, high) =
            (pack.parameters().ambulance.travel_cv.low, pack.parameters().ambulance.travel_cv.high);
        assert_eq!(changed.parameters().ambulance.travel_cv.value, low + 0.25 * (high - low));
        assert!(ParameterSpace::of_all_uncertain(&pack).dimensions().len() > 50);
    }

    #[test]
    fn what_cannot_be_varied_is_named() {
        let error = |key: &str, low, high| {
            ParameterSpace::default().within(&england(), key, low, high).unwrap_err().to_string()
        };
        assert!(error("ward.beds", 0.0, 1.0).contains("there is no parameter 'ward.beds'"));
        assert!(error("ambulance.travel_cv", 0.4, 4.0).contains("between 0 and 3"));
        assert!(error("ambulance.travel_cv", 0.5, 0.5).contains("nothing to vary"));
    }
}
