//! Quantities that must not be mixed up: points in time, spans of time, months, shares and money.
//!
//! A number is checked once, where it comes in; inside the simulation the type is the proof.

pub mod bank_holiday;
pub mod calendar;
pub mod fingerprint;
pub mod money;
pub mod share;
pub mod shown;
pub mod time;

pub use bank_holiday::is_bank_holiday;
pub use calendar::{Calendar, Month, date};
pub use fingerprint::Fingerprint;
pub use money::Pounds;
pub use share::{Share, ShareError};
pub use shown::Shown;
pub use time::{Span, Time};
