//! The services, one module each. Each owns its configuration, state, rules and statistics, and
//! knows no other service: the way between them is written in [`crate::system::journey`].

pub mod ambulance;
pub mod diagnostics;
pub mod discharge;
pub mod elective;
pub mod emergency;
pub mod ward;

/// A patient's row in the register of the running system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PatientId(pub u32);
