//! Why a study cannot run.

use crate::scenario::ScenarioError;
use crate::system::assemble::AssemblyError;
use crate::system::pack::PlaceError;
use crate::units::{Month, Shown};
use jiff::civil::Date;

/// Why a study cannot run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// The question is wrong in these ways.
    #[error("the study cannot run:{}", .0.iter().map(|problem| format!("\n  {problem}")).collect::<String>())]
    Question(Vec<QuestionError>),
    /// A running system cannot be built.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// A replication stopped before its end.
    #[error("replication {replication} of scenario '{scenario}': {reason}")]
    Stopped {
        /// Which replication, from 0.
        replication: u32,
        /// Which scenario.
        scenario: String,
        /// Why.
        reason: crate::engine::Stopped,
    },
    /// It was asked to stop before all replications were finished.
    #[error("stopped before the end, with {finished} of {wanted} replications finished")]
    Interrupted {
        /// Replications that are whole.
        finished: usize,
        /// Replications asked for.
        wanted: usize,
    },
}

/// One thing that is wrong with a question.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionError {
    /// No replications, or so many that their results would not fit in memory.
    #[error("replications = {0}, must be from 1 to 1,000")]
    Replications(u32),
    /// Numbers of replications would run out.
    #[error("first_replication = {0}, must be at most 4294966295")]
    FirstReplication(u32),
    /// A precision that is not above zero.
    #[error("until_precise = {}, must be a share above 0, such as 0.05", Shown(*.0))]
    Precision(f64),
    /// Too few replications to know how precise they are, or too many.
    #[error("replications_at_most = {0}, must be from 5 to 1,000")]
    MostReplications(u32),
    /// A warm-up of more than ten years.
    #[error("warm_up_months = {0}, must be at most 120")]
    WarmUp(u32),
    /// The period is not made of whole months.
    #[error("period {first} to {last}: must run from the first day of a month to the last day of a month")]
    WholeMonths {
        /// First day.
        first: Date,
        /// Last day.
        last: Date,
    },
    /// The period is not inside that of the pack.
    #[error("period {first} to {last}: must lie within {from} to {until}, the months of the pack '{pack}'")]
    OutsidePack {
        /// First month of the period.
        first: Month,
        /// Last month of the period.
        last: Month,
        /// First month of the pack.
        from: Month,
        /// Last month of the pack.
        until: Month,
        /// The pack.
        pack: String,
    },
    /// There is no such place in the pack.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A price that is no amount of money.
    #[error("price of {resource} = {}, must be from 0 to 1e13 pounds", Shown(*.pounds))]
    Price {
        /// What it is the price of.
        resource: &'static str,
        /// What was given.
        pounds: f64,
    },
    /// No scenario was given.
    #[error("no scenario was given")]
    NoScenario,
    /// Two scenarios have one name.
    #[error("two scenarios are called '{0}'")]
    TwoOfOneName(String),
    /// A scenario is wrong.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
}
