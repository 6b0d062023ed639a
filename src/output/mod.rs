//! Results on the way out: tables for people, CSV for other programs.

pub mod answers;
pub mod calibration;
pub mod csv;
pub mod study;
pub mod table;

pub use csv::{CsvError, cell, write_rows};
pub use table::Table;
