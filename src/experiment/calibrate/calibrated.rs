//! The outcome of a fit: its steps, fitted values with their intervals, and how near they come.

use super::FitWindow;
use super::fit::Fit;
use super::values::Values;
use crate::system::pack::SystemPack;
use crate::system::parameters::ProviderParameter;

/// What a run of a fit was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The values at the start.
    Start,
    /// Factors of providers.
    Providers,
    /// First Latin hypercube.
    Screening,
    /// Second, over the better part.
    Narrowing,
    /// Simplex.
    Search,
    /// Factors at the best point, shrunk at the end.
    Shrinking,
    /// The fit that is reported.
    Last,
}

impl Stage {
    /// A word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Providers => "providers",
            Self::Screening => "screening",
            Self::Narrowing => "narrowing",
            Self::Search => "search",
            Self::Shrinking => "shrinking",
            Self::Last => "last",
        }
    }
}

/// One run of a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it was for.
    pub stage: Stage,
    /// Runs of one replication so far, this one included.
    pub runs: usize,
    /// How many there may be in all.
    pub budget: usize,
    /// The national values, in the order in which they were freed.
    pub point: Vec<f64>,
    /// How far from the targets; infinite if the run failed.
    pub discrepancy: f64,
    /// Whether it stands for its point: the providers' factors have been adjusted to it.
    pub counts: bool,
}

/// A fitted national parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedParameter {
    /// Its name.
    pub key: String,
    /// Its unit.
    pub unit: &'static str,
    /// The value before.
    pub before: f64,
    /// The value fitted.
    pub value: f64,
    /// Least value that is nearly as good.
    pub low: f64,
    /// Greatest value that is nearly as good.
    pub high: f64,
    /// The range looked through.
    pub searched: (f64, f64),
    /// Points tried that are nearly as good.
    pub acceptable: usize,
}

impl FittedParameter {
    /// Whether the value lies within a fiftieth of the range from one of its ends: the evidence, not the
    /// targets, then holds it there.
    pub fn is_at_edge(&self) -> bool {
        let (low, high) = self.searched;
        (self.value - low).min(high - self.value) < 0.02 * (high - low)
    }
}

/// A fitted table of values by provider.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedTable {
    /// The parameter.
    pub parameter: ProviderParameter,
    /// The values, in the order of the pack.
    pub values: Vec<f64>,
    /// Half-width of the 95% interval as a share of the value, median over the providers with a target.
    pub relative_interval: f64,
    /// Spread between providers beyond their errors, as a share.
    pub between: f64,
    /// Providers with a target of their own.
    pub with_target: usize,
    /// Median share of the distance from the national value that factors kept.
    pub kept: f64,
}

/// The outcome of a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrated {
    /// The pack with the fitted values.
    pub pack: SystemPack,
    /// The fitted values.
    pub values: Values,
    /// National parameters with their intervals.
    pub national: Vec<FittedParameter>,
    /// Values by provider.
    pub tables: Vec<FittedTable>,
    /// How near the values at the start were.
    pub before: Fit,
    /// How near the fitted values are.
    pub fit: Fit,
    /// Every run.
    pub history: Vec<Step>,
    /// The months that were fitted to.
    pub window: FitWindow,
}
