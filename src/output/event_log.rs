//! The event log as a file, for programs that animate patient flow.

use super::csv::{CsvError, write_rows};
use crate::system::event_log::{COLUMNS, LogRow};
use std::path::Path;

/// Writes an event log, complete or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn write_event_log(path: impl AsRef<Path>, rows: &[LogRow]) -> Result<(), CsvError> {
    write_rows(path, COLUMNS, rows.iter().map(LogRow::cells))
}
