//! The services, one module each. Each owns its configuration, state, rules and statistics, and
//! knows no other service: the way between them is written in `src/system/journey/`. What others see of them is
//! the words they use; they are driven by a [running system](crate::system::running) alone.

pub(crate) mod ambulance;
pub(crate) mod diagnostics;
pub(crate) mod discharge;
pub(crate) mod elective;
pub(crate) mod emergency;
pub(crate) mod ward;

pub use ambulance::{Auxiliary, Category};
pub use diagnostics::{Modality, TestCounts};
pub use elective::{ElectiveCounts, ElectiveLever, Function, Order, WeekBand};

/// A patient's row in the register of the running system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PatientId(pub u32);
