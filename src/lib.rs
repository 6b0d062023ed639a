//! England's health and care system, simulated patient by patient.

pub mod engine;
pub mod network;
pub mod random;
pub mod units;
