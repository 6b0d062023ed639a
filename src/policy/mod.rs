//! Levers: what a plan can change, one measure of the plan a file.
//!
//! A lever names its mechanism, not its headline: money buys care hours, care hours make places,
//! places free beds. It changes capacity or behaviour, never an outcome; the model works out the
//! rest.

pub mod beds;
pub mod discharge_fund;
pub mod spread;
pub mod timing;

pub use beds::Beds;
pub use discharge_fund::DischargeFund;
pub use spread::Spread;

use crate::system::capacity::CapacityStep;
use crate::system::pack::SystemPack;
use serde::{Deserialize, Serialize};

/// Something a plan can change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lever {
    /// More hospital beds.
    Beds(Beds),
    /// Money for care after hospital.
    DischargeFund(DischargeFund),
}

/// A field of a lever that is out of range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{lever}.{field} = {value}, must be {allowed}")]
pub struct LeverError {
    /// The lever.
    pub lever: &'static str,
    /// The field.
    pub field: &'static str,
    /// What was given.
    pub value: String,
    /// What is allowed.
    pub allowed: &'static str,
}

/// Where a lever, its evidence or its price comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Who published it.
    pub publisher: String,
    /// What it is called.
    pub title: String,
    /// When.
    pub date: String,
    /// What was taken from it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Lever {
    /// The names under which levers appear in scenario files.
    pub const NAMES: [&'static str; 2] = ["beds", "discharge_fund"];

    /// The name under which it appears in scenario files.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Beds(_) => Self::NAMES[0],
            Self::DischargeFund(_) => Self::NAMES[1],
        }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// All fields that are out of range.
    pub fn check(&self) -> Result<(), Vec<LeverError>> {
        let problems = match self {
            Self::Beds(beds) => beds.problems(),
            Self::DischargeFund(fund) => fund.problems(),
        };
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// What changes, where and when.
    ///
    /// # Errors
    /// All fields that are out of range.
    pub fn steps(&self, pack: &SystemPack) -> Result<Vec<CapacityStep>, Vec<LeverError>> {
        self.check()?;
        Ok(match self {
            Self::Beds(beds) => beds.steps(pack),
            Self::DischargeFund(fund) => fund.steps(pack),
        })
    }
}

impl From<Beds> for Lever {
    fn from(beds: Beds) -> Self {
        Self::Beds(beds)
    }
}

impl From<DischargeFund> for Lever {
    fn from(fund: DischargeFund) -> Self {
        Self::DischargeFund(fund)
    }
}

/// Collects the fields of one lever that are out of range.
struct Checks {
    lever: &'static str,
    problems: Vec<LeverError>,
}

impl Checks {
    const fn of(lever: &'static str) -> Self {
        Self { lever, problems: Vec::new() }
    }

    fn number(&mut self, field: &'static str, value: f64, (low, high): (f64, f64), allowed: &'static str) {
        if !(low..=high).contains(&value) {
            let value = value.to_string();
            self.problems.push(LeverError { lever: self.lever, field, value, allowed });
        }
    }

    fn share(&mut self, field: &'static str, value: f64) {
        self.number(field, value, (0.0, 1.0), "a share from 0 to 1");
    }

    fn holds(&mut self, field: &'static str, is_right: bool, value: impl ToString, allowed: &'static str) {
        if !is_right {
            self.problems.push(LeverError { lever: self.lever, field, value: value.to_string(), allowed });
        }
    }
}
