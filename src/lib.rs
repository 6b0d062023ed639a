//! England's health and care system, simulated patient by patient.

pub mod care;
pub mod engine;
pub mod experiment;
pub mod measure;
pub mod network;
pub mod output;
pub mod policy;
pub mod prelude;
pub mod random;
pub mod scenario;
pub mod system;
pub mod theory;
pub mod units;
