//! A pack with something in it changed or hidden: one value of behaviour, or what was published late.

use super::SystemPack;
use crate::system::parameters::{ParameterError, ProviderParameter};
use crate::system::providers::{ProviderCode, ProviderGroup};
use crate::units::Month;
use std::sync::Arc;

impl SystemPack {
    /// The same pack with one parameter changed, by its name in `parameters.toml`.
    ///
    /// ```
    /// use nhs_capacity::system::pack::england;
    /// let pack = england().with_parameter("ambulance.travel_cv", 0.55)?;
    /// assert_eq!(pack.parameters().ambulance.travel_cv.value, 0.55);
    /// let refused = england().with_parameter("ambulance.travel_cv", 7.0).unwrap_err();
    /// assert_eq!(refused.to_string(), "ambulance.travel_cv = 7 ratio, must be between 0 and 3");
    /// # Ok::<(), nhs_capacity::system::parameters::ParameterError>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such parameter or the value is not allowed; the error names the allowed range.
    pub fn with_parameter(self, key: &str, value: f64) -> Result<Self, ParameterError> {
        let parameters = self.parameters.with(key, value)?;
        Ok(self.with_parameters(parameters))
    }

    /// The same pack with other values of a parameter that differs between providers, one for each in
    /// the order of [`codes_of`](Self::codes_of).
    ///
    /// # Errors
    /// If there are too few or too many values or one is not allowed.
    pub fn with_provider_values(
        self,
        parameter: ProviderParameter,
        values: Vec<f64>,
    ) -> Result<Self, ParameterError> {
        let parameters = self.parameters.with_by_provider(parameter, values)?;
        Ok(self.with_parameters(parameters))
    }

    /// The codes of a group of providers, in the order of the values by provider.
    pub fn codes_of(&self, group: ProviderGroup) -> impl Iterator<Item = ProviderCode> + '_ {
        self.providers.codes_of(group)
    }

    /// The same pack without what was published for months after `last`, so that nothing made with it can
    /// have seen them. Drivers stay: what history imposes is no outcome.
    #[must_use]
    pub fn blind_after(self, last: Month) -> Self {
        Self { observed: Arc::new(self.observed.until(last)), ..self }
    }

    /// The same pack with one published figure replaced.
    #[cfg(test)]
    pub(crate) fn with_published(self, area: &str, metric: &str, month: Month, value: f64) -> Self {
        let observed = self.observed.with(area, metric, month, value);
        Self { observed: Arc::new(observed), ..self }
    }
}
