//! England's health and care system, simulated patient by patient.

pub mod care;
pub mod engine;
pub mod random;
pub mod units;
