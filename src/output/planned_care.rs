//! Tables of planned care: waiting lists by provider and treatment function, tests by provider and modality.

use super::csv::{CsvError, cell, write_rows};
use crate::care::{Function, Modality, TestCounts, WeekBand};
use crate::experiment::planned_care::PlannedCareResults;
use crate::system::pack::SystemPack;
use crate::system::planned_care_alone::Row;
use crate::units::Month;
use std::path::Path;

impl PlannedCareResults {
    /// Writes the league table: every provider and treatment function, every month, the first replication.
    /// Operations cancelled for want of a bed are not in it: planned care alone has a bed for everybody. Those *excepted*,
    /// by their own choice or as too complex, are not called in early to keep a promise; they count as ready.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_league_table(&self, pack: &SystemPack, path: impl AsRef<Path>) -> Result<(), CsvError> {
        let mut rows = Vec::new();
        let codes = codes(pack);
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

    /// Writes the tests that people wait for: every provider and modality, every month, the first replication.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_tests_table(&self, pack: &SystemPack, path: impl AsRef<Path>) -> Result<(), CsvError> {
        let codes = codes(pack);
        let mut rows = Vec::new();
        for month in self.replications.first().into_iter().flatten() {
            let england = ("England", &month.tests, month.all_tests());
            let of_holders = month.holders.iter().map(|holder| (&holder.tests, holder.all_tests()));
            let of_holders =
                codes.iter().zip(of_holders).map(|(code, (tests, all))| (code.as_str(), tests, all));
            for (provider, tests, all) in std::iter::once(england).chain(of_holders) {
                rows.push(self.cells_of_tests(month.month, provider, "Total", all));
                for (modality, &counts) in Modality::ALL.into_iter().zip(tests) {
                    rows.push(self.cells_of_tests(month.month, provider, modality.name(), counts));
                }
            }
        }
        write_rows(path, TESTS_HEADER, rows)
    }

    fn cells(&self, month: Month, provider: &str, function: &str, row: &Row) -> Vec<String> {
        let counts = &row.counts;
        let mut cells = vec![month.to_string(), provider.to_owned(), function.to_owned()];
        cells.extend([row.total, row.total - row.over[0]].map(|n| self.scaled(n)));
        cells.extend(row.over.map(|n| self.scaled(n)));
        cells.extend([cell(row.median), cell(row.p92)]);
        let [clinical, own_choice] = row.held_up;
        let numbers = [
            row.decided,
            row.ready,
            clinical,
            own_choice,
            counts.clock_starts,
            counts.admitted,
            counts.nonadmitted,
            counts.removed,
            row.excepted_over[WeekBand::Over52 as usize],
            row.excepted_over[WeekBand::Over65 as usize],
            row.excepted_over[WeekBand::Over78 as usize],
            counts.independent,
            counts.by_letter,
            counts.refused,
            counts.validated,
            counts.removed_for_missing,
            counts.missed,
            counts.put_off,
        ];
        cells.extend(numbers.map(|n| self.scaled(n)));
        cells
    }

    fn cells_of_tests(
        &self,
        month: Month,
        provider: &str,
        modality: &str,
        counts: TestCounts,
    ) -> Vec<String> {
        let TestCounts { waiting, over_six_weeks, done } = counts;
        // nobody waiting has no share
        let share = (waiting > 0).then(|| over_six_weeks as f64 / waiting as f64);
        vec![
            month.to_string(),
            provider.to_owned(),
            modality.to_owned(),
            self.scaled(waiting),
            self.scaled(over_six_weeks),
            cell(share),
            self.scaled(done),
        ]
    }

    /// A number of those simulated, for all people.
    fn scaled(&self, simulated: u64) -> String {
        cell(simulated as f64 * self.persons)
    }
}

/// Holders of waiting lists: acute trusts, then the others.
fn codes(pack: &SystemPack) -> Vec<String> {
    let trusts = pack.trusts().iter().map(|t| t.code.to_string());
    trusts.chain(pack.elective_providers().iter().map(|e| e.code.to_string())).collect()
}

const LEAGUE_HEADER: [&str; 30] = [
    "period",
    "provider",
    "treatment_function",
    "waiting_list_total",
    "waiting_within_18w",
    "waiting_over_18w",
    "waiting_over_52w",
    "waiting_over_65w",
    "waiting_over_78w",
    "waiting_over_104w",
    "median_weeks",
    "p92_weeks",
    "waiting_with_decision_to_admit",
    "waiting_ready",
    "waiting_held_up_for_clinical_reasons",
    "waiting_held_up_by_own_choice",
    "clock_starts",
    "completed_admitted",
    "completed_nonadmitted",
    "removed",
    "excepted_over_52w",
    "excepted_over_65w",
    "excepted_over_78w",
    "completed_admitted_by_independent_sector",
    "completed_nonadmitted_by_letter",
    "referrals_refused",
    "removed_by_validation",
    "removed_after_missed_appointment",
    "appointments_missed",
    "operations_put_off_on_the_day",
];

const TESTS_HEADER: [&str; 7] = [
    "period",
    "provider",
    "modality",
    "tests_waiting",
    "tests_waiting_over_6w",
    "share_waiting_over_6w",
    "tests_done",
];
