//! Fitted values: laid over a pack, written as fragments of `parameters.toml`, read back.

use crate::system::pack::SystemPack;
use crate::system::parameters::{ParameterError, ProviderParameter};
use crate::system::providers::ProviderCode;
use std::collections::BTreeMap;

/// Values of some parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// Parameters that are the same for all providers, by name.
    pub national: BTreeMap<String, f64>,
    /// Parameters that differ between providers, each with its values in the order of the pack.
    pub by_provider: BTreeMap<ProviderParameter, Vec<f64>>,
}

/// Why a file of values cannot be used with a pack.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ValuesError {
    /// Not TOML.
    #[error("the values are not TOML: {0}")]
    Toml(String),
    /// Not the shape of `parameters.toml`.
    #[error("{key}: {reason}")]
    Entry {
        /// Where.
        key: String,
        /// What is wrong.
        reason: String,
    },
    /// A value that is not allowed.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}

impl Values {
    /// Lays the values over a pack.
    ///
    /// # Errors
    /// The first parameter that does not exist or whose value is not allowed.
    pub fn over(&self, pack: SystemPack) -> Result<SystemPack, ParameterError> {
        let mut parameters = pack.parameters().clone();
        for (key, &value) in &self.national {
            parameters = parameters.with(key, value)?;
        }
        for (&parameter, values) in &self.by_provider {
            parameters = parameters.with_by_provider(parameter, values.clone())?;
        }
        Ok(pack.with_parameters(parameters))
    }

    /// The values as fragments of `parameters.toml`, for [`Values::read`].
    pub fn text(&self, pack: &SystemPack) -> String {
        let mut text = String::new();
        for (key, value) in &self.national {
            text.push_str(&format!("[{key}]\nvalue = {value}\n\n"));
        }
        for (parameter, values) in &self.by_provider {
            text.push_str(&format!("[by_provider.{}.values]\n", parameter.name()));
            for (code, value) in pack.codes_of(parameter.group()).zip(values) {
                text.push_str(&format!("{code} = {value}\n"));
            }
            text.push('\n');
        }
        text
    }

    /// Reads values written as in `parameters.toml`: `value` of a section `[ward.usable_beds_taken_share]`, and tables
    /// `[by_provider.ambulance_units.values]` by code. What else stands there is not looked at. Providers that are
    /// not named keep the values of the pack.
    ///
    /// # Errors
    /// If it is not TOML, names what the pack does not have, or a value is not allowed.
    pub fn read(text: &str, pack: &SystemPack) -> Result<Self, ValuesError> {
        let document: toml::Table =
            text.parse().map_err(|error: toml::de::Error| ValuesError::Toml(error.to_string()))?;
        let mut values = Self::default();
        for (section, content) in &document {
            if section == "pack" {
                continue;
            }
            for (key, entry) in table(content, section)? {
                let name = format!("{section}.{key}");
                if section == "by_provider" {
                    values.read_table(&name, key, entry, pack)?;
                } else if let Some(value) = table(entry, &name)?.get("value") {
                    values.national.insert(name.clone(), number(value, &name)?);
                }
            }
        }
        values.over(pack.clone())?;
        Ok(values)
    }

    fn read_table(
        &mut self,
        name: &str,
        key: &str,
        entry: &toml::Value,
        pack: &SystemPack,
    ) -> Result<(), ValuesError> {
        let parameter = ProviderParameter::ALL.iter().copied().find(|parameter| parameter.name() == key);
        let wrong = |key: &str, reason: String| ValuesError::Entry { key: key.to_owned(), reason };
        let parameter = parameter.ok_or_else(|| wrong(name, "is not a parameter by provider".to_owned()))?;
        let Some(given) = table(entry, name)?.get("values") else { return Ok(()) };
        let codes: Vec<ProviderCode> = pack.codes_of(parameter.group()).collect();
        let mut all = pack.parameters().by_provider(parameter).to_vec();
        for (code, value) in table(given, name)? {
            let place = codes.iter().position(|known| known.as_str() == code);
            match place.and_then(|place| all.get_mut(place)) {
                Some(place) => *place = number(value, &format!("{name}.values.{code}"))?,
                None => {
                    return Err(wrong(
                        &format!("{name}.values.{code}"),
                        format!("is not one of the {} of the pack", parameter.group()),
                    ));
                }
            }
        }
        self.by_provider.insert(parameter, all);
        Ok(())
    }
}

fn table<'a>(value: &'a toml::Value, key: &str) -> Result<&'a toml::Table, ValuesError> {
    value
        .as_table()
        .ok_or_else(|| ValuesError::Entry { key: key.to_owned(), reason: "must be a table".to_owned() })
}

fn number(value: &toml::Value, key: &str) -> Result<f64, ValuesError> {
    let number = value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
    number.ok_or_else(|| ValuesError::Entry { key: key.to_owned(), reason: "must be a number".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    #[test]
    fn values_are_read_and_laid_over_a_pack() {
        let text = "[ward.usable_beds_taken_share]\nvalue = 0.97\nlow = 0.96\n\
                    [by_provider.ambulance_units]\nrelative_interval = 0.1\n\
                    [by_provider.ambulance_units.values]\nRRU = 170\n";
        let values = Values::read(text, &england()).unwrap();
        assert_eq!(Values::read(&values.text(&england()), &england()), Ok(values.clone()));
        let pack = values.over(england()).unwrap();
        assert_eq!(pack.parameters().ward.usable_beds_taken_share.value, 0.97);
        let (before, after) = (england(), pack.parameters().by_provider(ProviderParameter::AmbulanceUnits));
        let before = before.parameters().by_provider(ProviderParameter::AmbulanceUnits).to_vec();
        assert_eq!(after[1], 170.0);
        assert_eq!((after[0], &after[2..]), (before[0], &before[2..]));
    }

    #[test]
    fn what_the_pack_does_not_have_is_named() {
        let error = |text: &str| Values::read(text, &england()).unwrap_err().to_string();
        assert!(error("[ward.beds]\nvalue = 1").contains("there is no parameter 'ward.beds'"));
        assert!(error("[ward.transfer_minutes]\nvalue = -1").contains("must be 0 or more"));
        assert!(
            error("[ward.transfer_minutes]\nvalue = 'a'").contains("ward.transfer_minutes: must be a number")
        );
        assert!(error("[by_provider.crews]\n").contains("by_provider.crews: is not a parameter by provider"));
        let unknown = error("[by_provider.ambulance_units.values]\nXXX = 1");
        assert!(
            unknown.contains("ambulance_units.values.XXX: is not one of the ambulance services"),
            "{unknown}"
        );
        assert!(error("ward = 1").contains("ward: must be a table") && error("[").contains("not TOML"));
    }
}
