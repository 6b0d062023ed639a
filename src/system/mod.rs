//! The system that is simulated: who its providers are, what history imposes on them, how they
//! behave (the system pack), and the wiring that makes one running system of the services.
//!
//! The way between the services can be read from top to bottom in `src/system/journey/`; from outside, a system
//! at work is a [`running::RunningSystem`].

pub mod assemble;
pub mod audit;
#[cfg(test)]
mod beds_tests;
pub mod capacity;
mod event;
pub mod event_log;
pub(crate) mod health_system;
#[cfg(test)]
mod island;
mod journey;
pub mod measures;
pub mod outcome;
pub mod pack;
pub mod parameters;
pub mod parts;
mod patient;
pub mod planned_care;
pub mod planned_care_alone;
pub mod pressure;
pub mod profiles;
pub mod providers;
pub mod running;
#[cfg(test)]
mod shock_tests;
pub mod statistics;
mod timetable;
#[cfg(test)]
mod valves_singly_tests;
#[cfg(test)]
mod valves_tests;
