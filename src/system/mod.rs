//! The system that is simulated: who its providers are, what history imposes on them, how they
//! behave (the system pack), and the wiring that makes one running system of the services.
//!
//! The way between the services can be read from top to bottom in [`journey`].

pub mod assemble;
pub mod audit;
pub mod capacity;
pub mod event;
pub mod event_log;
pub mod health_system;
pub mod journey;
pub mod measures;
pub mod outcome;
pub mod pack;
pub mod parameters;
pub mod parts;
pub mod patient;
pub mod planned_care;
pub mod planned_care_alone;
pub mod pressure;
pub mod profiles;
pub mod providers;
pub mod statistics;
pub mod timetable;
