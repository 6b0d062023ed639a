//! England's health and care system, simulated patient by patient.

pub mod engine;
pub mod random;
pub mod theory;
pub mod units;
