//! Random numbers with an address, distributions ready to sample, and arrival processes.
//!
//! Every draw is a pure function of *whose* it is and *what it is for*, never of how many draws came
//! before it. Two scenarios with one seed therefore meet the same people, however much a lever
//! reorders events.

pub mod arrivals;
pub mod distribution;
pub mod draws;
pub mod sampler;
pub mod streams;
pub(crate) mod ziggurat;

pub use arrivals::{ArrivalError, Arrivals, DayEffect, RateProfile};
pub use distribution::{Distribution, DistributionError};
pub use draws::Draws;
pub use sampler::Sampler;
pub use streams::{Chance, Dice, PersonKey, Stream};
