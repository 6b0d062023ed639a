//! Fitting: parameters that no publication gives are chosen so that the model comes near what was
//! published, by a method that can be repeated to the byte.
//!
//! Two kinds are fitted in turn, all on the same people (common random numbers), so that a difference
//! between two runs is that of their parameters:
//!
//! 1. **One factor for each provider** ([`ProviderFit`]): a damped secant on the provider's own published figure
//!    (crews of a service on its C2 mean, speed of a department on its four-hour share), shrunk at the end
//!    towards the national value.
//! 2. **National parameters** ([`Calibration::free`]): a Latin hypercube over their stated intervals, a second one
//!    over the box that the better third of the first leaves, then the simplex of Nelder and Mead from the best
//!    point, on the [discrepancy](Fit::discrepancy) from the targets. Each point is judged after its
//!    providers' factors have been adjusted to it ([`Plan::refits`]).
//!
//! The interval of a national value spans the points tried that are nearly as good as the best: those
//! whose discrepancy exceeds its by no more than a quarter of a tolerance ([`NEARLY_AS_GOOD`]), the idea of history
//! matching. It is the range within which the targets cannot tell values apart, given the other parameters.
//!
//! A fit never sees what was published after September 2022: see [`FitWindow`].
//!
//! ```no_run
//! use nhs_capacity::experiment::calibrate::{Calibration, ProviderFit};
//! use nhs_capacity::system::pack::england;
//!
//! let fitted = Calibration::new(england())
//!     .free_calibrated()
//!     .by_provider(ProviderFit::crews())
//!     .by_provider(ProviderFit::department_speed())
//!     .run()?;
//! println!("{fitted}");
//! std::fs::write("parameters.toml", fitted.fragments())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calibrated;
mod file;
mod fit;
mod plan;
mod provider;
mod run;
mod shrunk;
mod target;
mod values;
mod window;

pub use calibrated::{Calibrated, FittedParameter, FittedTable, Stage, Step};
pub use file::{ApplyError, apply};
pub use fit::{Fit, FitRow, TargetFit};
pub use plan::Plan;
pub use provider::{ProviderFit, Scale, Shrunk, Size, shrink};
pub use run::NEARLY_AS_GOOD;
pub use target::{Target, Tolerance};
pub use values::{Values, ValuesError};
pub use window::{FitWindow, FitWindowError};

use super::study::StudyError;
use crate::system::pack::{Status, SystemPack};
use crate::system::parameters::ParameterError;
use crate::system::parts::Part;

type Tell<'a> = Box<dyn Fn(&Step, &Values) + 'a>;

/// A fit to be run.
pub struct Calibration<'a> {
    pack: SystemPack,
    window: FitWindow,
    targets: Vec<Target>,
    free: Vec<Free>,
    providers: Vec<ProviderFit>,
    parts: Option<Vec<Part>>,
    plan: Plan,
    replications: u32,
    warm_up_months: u32,
    seed: u64,
    start: Values,
    progress: Option<Tell<'a>>,
}

/// A national parameter to be fitted, and where to look.
#[derive(Clone, Debug, PartialEq)]
struct Free {
    key: String,
    // the interval of the pack unless given
    range: Option<(f64, f64)>,
}

/// Why a fit cannot be run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CalibrationError {
    /// Neither a national parameter nor one by provider is free.
    #[error("nothing to fit: free a parameter or add a fit by provider")]
    NothingFree,
    /// No target was published in the months of the fit.
    #[error("no target was published for the months of the fit")]
    NoTarget,
    /// Nothing to look through.
    #[error("{key}: cannot look from {low} to {high}; give a range that ascends")]
    Range {
        /// The parameter.
        key: String,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A value is not allowed, or there is no such parameter.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A published figure was asked for that the fit may not see.
    #[error(transparent)]
    Window(#[from] FitWindowError),
    /// A run failed where it must not.
    #[error(transparent)]
    Study(#[from] StudyError),
}

impl<'a> Calibration<'a> {
    /// A fit of a pack to the [targets of urgent care](Target::urgent_care) from April to September 2022, one
    /// replication a run, with nothing free as yet.
    pub fn new(pack: SystemPack) -> Self {
        Self {
            pack,
            window: FitWindow::summer_2022(),
            targets: Target::urgent_care(),
            free: Vec::new(),
            providers: Vec::new(),
            parts: None,
            plan: Plan::default(),
            replications: 1,
            warm_up_months: 1,
            seed: 2022,
            start: Values::default(),
            progress: None,
        }
    }

    /// The months to fit to.
    #[must_use]
    pub fn window(self, window: FitWindow) -> Self {
        Self { window, ..self }
    }

    /// What to come near.
    #[must_use]
    pub fn targets(self, targets: impl IntoIterator<Item = Target>) -> Self {
        Self { targets: targets.into_iter().collect(), ..self }
    }

    /// National parameters to fit, by name, each within its interval in the pack.
    #[must_use]
    pub fn free<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.free.extend(keys.into_iter().map(|key| Free { key: key.into(), range: None }));
        self
    }

    /// A national parameter to fit within a range of one's own.
    #[must_use]
    pub fn free_within(mut self, key: impl Into<String>, low: f64, high: f64) -> Self {
        self.free.push(Free { key: key.into(), range: Some((low, high)) });
        self
    }

    /// Frees every national parameter that the pack marks as `calibrated` and gives an interval.
    #[must_use]
    pub fn free_calibrated(self) -> Self {
        let parameters = self.pack.parameters().clone();
        let calibrated =
            parameters.iter().filter(|(_, _, p)| p.status == Status::Calibrated && p.low < p.high);
        self.free(calibrated.map(|(section, key, _)| format!("{section}.{key}")))
    }

    /// A parameter to fit provider by provider.
    #[must_use]
    pub fn by_provider(mut self, fit: ProviderFit) -> Self {
        self.providers.push(fit);
        self
    }

    /// Only these parts of the system; all of it unless said otherwise.
    #[must_use]
    pub fn only_parts(self, parts: impl IntoIterator<Item = Part>) -> Self {
        Self { parts: Some(parts.into_iter().collect()), ..self }
    }

    /// How many runs each stage may take.
    #[must_use]
    pub fn plan(self, plan: Plan) -> Self {
        Self { plan, ..self }
    }

    /// Replications of each run.
    #[must_use]
    pub fn replications(self, replications: u32) -> Self {
        Self { replications, ..self }
    }

    /// The seed of all runs.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Months simulated before the window.
    #[must_use]
    pub fn warm_up_months(self, warm_up_months: u32) -> Self {
        Self { warm_up_months, ..self }
    }

    /// Starts from these values rather than from those of the pack.
    #[must_use]
    pub fn start_from(self, start: Values) -> Self {
        Self { start, ..self }
    }

    /// Calls `progress` after each run with what it was and the best values so far.
    #[must_use]
    pub fn on_progress(self, progress: impl Fn(&Step, &Values) + 'a) -> Self {
        Self { progress: Some(Box::new(progress)), ..self }
    }
}
