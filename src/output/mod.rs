//! Results on the way out: tables and a report for people, CSV and JSON for other programs.

pub mod answers;
pub mod calibration;
pub mod card;
mod chart;
pub mod csv;
pub mod event_log;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod planned_care;
pub mod record;
pub mod report;
pub mod study;
pub mod table;

pub use csv::{CsvError, cell, write_rows};
pub use record::Record;
pub use table::Table;
