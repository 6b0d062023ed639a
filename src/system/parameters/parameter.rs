//! One parameter with its unit, range and evidence; one table of a parameter by provider.

use super::ProviderParameter;
use crate::system::pack::{Status, out_of_range};
use crate::units::Shown;

/// What is fixed about a parameter, whatever the pack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParameterSpec {
    /// The section of `parameters.toml`.
    pub section: &'static str,
    /// The key in the section.
    pub key: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The least value allowed.
    pub low: f64,
    /// The greatest value allowed.
    pub high: f64,
}

/// A parameter of behaviour, with the interval that the evidence allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The value used, in the unit of [`Self::spec`].
    pub value: f64,
    /// The least value the evidence allows; the value itself where no interval is given.
    pub low: f64,
    /// The greatest value the evidence allows.
    pub high: f64,
    /// How it came about.
    pub status: Status,
    /// The key of its source.
    pub source: String,
    /// What to know about it.
    pub note: Option<String>,
    /// Its unit, allowed range and documentation.
    pub spec: &'static ParameterSpec,
}

/// A parameter that differs between providers.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderTable {
    /// One value for each provider of the group, in the order of the pack.
    pub values: Vec<f64>,
    /// Half-width of the interval that the evidence allows, as a share of the value.
    pub relative_interval: Option<f64>,
    /// How the values came about.
    pub status: Status,
    /// The key of their source.
    pub source: String,
    /// What to know about them.
    pub note: Option<String>,
}

/// Why a parameter cannot be changed as asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// No parameter has this name.
    #[error("there is no parameter '{key}'; a name is section.key, such as ward.bed_turnaround_hours")]
    Unknown {
        /// The name asked for.
        key: String,
    },
    /// The value is not allowed.
    #[error("{key} = {} {unit}, {allowed}", Shown(*.value))]
    OutOfRange {
        /// The parameter, with the position of the provider if it differs between providers.
        key: String,
        /// The value asked for.
        value: f64,
        /// The unit of the parameter.
        unit: &'static str,
        /// What is allowed.
        allowed: String,
    },
    /// A table must have one value for each provider.
    #[error("{key} has {given} values, must have {expected}: one for each of the {group}")]
    WrongLength {
        /// The table.
        key: &'static str,
        /// How many were given.
        given: usize,
        /// How many there must be.
        expected: usize,
        /// The providers.
        group: String,
    },
}

impl Parameter {
    /// Sets the value if it is in the allowed range; the interval of evidence stays.
    pub(super) fn set(&mut self, value: f64) -> Result<(), ParameterError> {
        if let Some(allowed) = out_of_range(value, self.spec.low, self.spec.high) {
            let key = format!("{}.{}", self.spec.section, self.spec.key);
            return Err(ParameterError::OutOfRange { key, value, unit: self.spec.unit, allowed });
        }
        self.value = value + 0.0; // turns -0.0 into 0.0
        Ok(())
    }
}

impl ProviderTable {
    /// Sets the values if all are in the allowed range.
    pub(super) fn set(
        &mut self,
        parameter: ProviderParameter,
        values: Vec<f64>,
    ) -> Result<(), ParameterError> {
        let (given, expected) = (values.len(), self.values.len());
        if given != expected {
            let (key, group) = (parameter.name(), parameter.group().to_string());
            return Err(ParameterError::WrongLength { key, given, expected, group });
        }
        let (low, high) = parameter.allowed();
        for (position, &value) in values.iter().enumerate() {
            if let Some(allowed) = out_of_range(value, low, high) {
                let key = format!("by_provider.{}[{position}]", parameter.name());
                return Err(ParameterError::OutOfRange { key, value, unit: parameter.unit(), allowed });
            }
        }
        self.values = values;
        Ok(())
    }
}
