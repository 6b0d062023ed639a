//! Scenario files: TOML, one table a lever.
//!
//! ```toml
//! name = "+7,000 beds"
//! \[beds\]
//! added = 7000
//! open_by = "2023-01-01"
//! ```

use super::Scenario;
use crate::policy::{Beds, DischargeFund, Lever};
use crate::units::Pounds;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Why a scenario file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioFileError {
    /// It cannot be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// It is not TOML, or a value has the wrong type or an unknown name; the reason gives the line.
    #[error("{file}: {reason}")]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Why, with line and column.
        reason: String,
    },
    /// A table that is no lever.
    #[error("{file}: unknown lever '{name}', must be one of {}", Lever::NAMES.join(", "))]
    UnknownLever {
        /// The file.
        file: PathBuf,
        /// The name of the table.
        name: String,
    },
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// If it cannot be read, is malformed, or names an unknown lever.
    pub fn from_file(file: impl AsRef<Path>) -> Result<Self, ScenarioFileError> {
        let file = file.as_ref();
        let text = std::fs::read_to_string(file).map_err(|error| ScenarioFileError::Unreadable {
            file: file.to_owned(),
            reason: error.to_string(),
        })?;
        Self::from_toml(&text, file)
    }

    /// Reads the text of a scenario file; `file` is named in errors.
    ///
    /// # Errors
    /// If it is malformed or names an unknown lever.
    pub fn from_toml(text: &str, file: impl AsRef<Path>) -> Result<Self, ScenarioFileError> {
        let file = file.as_ref();
        let malformed = |reason: String| ScenarioFileError::Malformed { file: file.to_owned(), reason };
        let table: toml::Table = parse(text).map_err(malformed)?;
        let mut name = None;
        let mut cost = None;
        let mut levers = Vec::new();
        for (key, value) in table {
            match (key.as_str(), value) {
                ("name", toml::Value::String(text)) => name = Some(text),
                ("name", _) => return Err(malformed("name must be a text".to_owned())),
                ("cost", value) => {
                    let wrong = |error: toml::de::Error| malformed(format!("cost: {}", error.message()));
                    let Given { pounds, price_year } = value.try_into().map_err(wrong)?;
                    cost = Some(Pounds::at_prices_of(pounds, price_year));
                }
                (_, value) => {
                    let lever = Lever::from_table(&key, value).ok_or_else(|| {
                        ScenarioFileError::UnknownLever { file: file.to_owned(), name: key.clone() }
                    })?;
                    let wrong = |error: toml::de::Error| malformed(format!("[{key}]: {}", error.message()));
                    levers.push(lever.map_err(wrong)?);
                }
            }
        }
        let name = name.ok_or_else(|| malformed("name is missing".to_owned()))?;
        Ok(Self { name, levers, cost })
    }
}

/// `cost = { pounds = 12e6, price_year = 2022 }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    pounds: f64,
    price_year: u16,
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
}

/// The measures of *Our plan for patients* (22 September 2022) that can be simulated so far, each as
/// `data/our-plan-for-patients/` describes it.
pub fn our_plan_for_patients() -> Vec<Lever> {
    let beds = parse::<Beds>(include_str!("../../data/our-plan-for-patients/beds.toml"));
    let fund = parse::<DischargeFund>(include_str!("../../data/our-plan-for-patients/discharge_fund.toml"));
    // a test proves that both parse
    beds.ok().map(Lever::from).into_iter().chain(fund.ok().map(Lever::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::money::gbp;

    #[test]
    fn the_plan_reads_and_the_builder_has_its_figures() {
        let [Lever::Beds(_), Lever::DischargeFund(fund)] = &our_plan_for_patients()[..] else {
            panic!("both measures read");
        };
        let built = DischargeFund::of(gbp(500e6));
        assert_eq!(built.places_at_fullest(), fund.places_at_fullest());
        for lever in our_plan_for_patients() {
            assert_eq!(lever.check(), Ok(()));
        }
    }

    #[test]
    fn errors_name_file_and_place() {
        let read = |text| Scenario::from_toml(text, "my.toml").map_err(|error| error.to_string());
        let wrong = read("name = 'x'\n[bedz]\nadded = 1").unwrap_err();
        let levers = Lever::NAMES.join(", ");
        assert_eq!(wrong, format!("my.toml: unknown lever 'bedz', must be one of {levers}"));
        let wrong = read("name = 'x'\n[beds]\nadded = 1\nopen_by = '2023-01-01'\ncolour = 1").unwrap_err();
        assert!(wrong.contains("unknown field `colour`"), "{wrong}");
        assert!(read("name = 'x'\n[beds\n").unwrap_err().contains("line 2"));
        assert!(read("[beds]\nadded = 1\nopen_by = '2023-01-01'").unwrap_err().contains("name is missing"));
        assert!(Scenario::from_file("/no/such/file.toml").is_err());
    }

    #[test]
    fn a_file_gives_the_same_scenario_as_the_builder() {
        let text = "name = 'x'\n[beds]\nadded = 7000\nopen_by = '2023-01-01'\nspread = 'by pressure'";
        let built = Beds::added(7_000).spread(crate::policy::Spread::ByPressure);
        assert_eq!(Scenario::from_toml(text, "x").unwrap(), Scenario::new("x", [built.clone().into()]));
        let text = text.replace("[beds]", "cost = { pounds = 12e6, price_year = 2022 }\n[beds]");
        let costed = Scenario::new("x", [built.into()]).at_cost(gbp(12e6));
        assert_eq!(Scenario::from_toml(&text, "x").unwrap(), costed);
        assert!(Scenario::from_toml("name = 'x'\ncost = 12e6", "x").is_err());
    }
}
