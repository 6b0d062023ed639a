//! The league table of planned care: every provider and treatment function, month by month.

use super::csv::{CsvError, cell, write_rows};
use crate::care::Function;
use crate::experiment::planned_care::PlannedCareResults;
use crate::system::pack::SystemPack;
use crate::system::planned_care_alone::Row;
use crate::units::Month;
use std::path::Path;

impl PlannedCareResults {
    /// Writes the league table: every provider and treatment function, every month, the first replication.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_league_table(&self, pack: &SystemPack, path: impl AsRef<Path>) -> Result<(), CsvError> {
        let mut rows = Vec::new();
        let trusts = pack.trusts().iter().map(|t| t.code.to_string());
        let codes: Vec<String> =
            trusts.chain(pack.elective_providers().iter().map(|e| e.code.to_string())).collect();
        for month in self.replications.first().into_iter().flatten() {
            rows.push(self.cells(month.month, "England", "Total", &month.england));
            for (code, holder) in codes.iter().zip(&month.holders) {
                rows.push(self.cells(month.month, code, "Total", &holder.all));
                for (function, row) in Function::all().zip(&holder.by_function) {
                    rows.push(self.cells(month.month, code, function.name(), row));
                }
            }
        }
        write_rows(path, LEAGUE_HEADER, rows)
    }

    fn cells(&self, month: Month, provider: &str, function: &str, row: &Row) -> Vec<String> {
        let scaled = |n: u64| cell(n as f64 * self.persons);
        let counts = &row.counts;
        let mut cells = vec![month.to_string(), provider.to_owned(), function.to_owned()];
        cells.extend([row.total, row.total - row.over[0]].map(scaled));
        cells.extend(row.over[1..].iter().map(|&n| scaled(n)));
        cells.extend([cell(row.median), cell(row.p92)]);
        let flows = [
            row.decided,
            counts.clock_starts,
            counts.admitted,
            counts.nonadmitted,
            counts.removed,
            counts.cancelled,
        ];
        cells.extend(flows.map(scaled));
        cells
    }
}

const LEAGUE_HEADER: [&str; 17] = [
    "period",
    "provider",
    "treatment_function",
    "waiting_list_total",
    "waiting_within_18w",
    "waiting_over_52w",
    "waiting_over_65w",
    "waiting_over_78w",
    "waiting_over_104w",
    "median_weeks",
    "p92_weeks",
    "waiting_with_decision_to_admit",
    "clock_starts",
    "completed_admitted",
    "completed_nonadmitted",
    "removed",
    "cancelled_for_beds",
];
