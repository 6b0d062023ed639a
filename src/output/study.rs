//! The results of a study as a table for people and as tidy files.

use super::csv::{CsvError, cell, write_rows};
use super::table::Table;
use crate::experiment::multiple::{PairOf, Pairs};
use crate::experiment::quantile::Sample;
use crate::experiment::{Difference, Estimate, Results};
use crate::system::measures::Measure;
use crate::system::outcome::Area;
use crate::units::Month;
use std::fmt;
use std::path::Path;

/// A number with a fixed number of decimals and thousands set apart by commas.
///
/// ```
/// assert_eq!(nhs_capacity::output::study::grouped(-1234567.8, 0), "-1,234,568");
/// assert_eq!(nhs_capacity::output::study::grouped(0.046, 1), "0.0");
/// ```
pub fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.*}", decimals, value.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut digits = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            digits.push(',');
        }
        digits.push(digit);
    }
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "-" } else { "" };
    match fraction {
        Some(fraction) => format!("{sign}{digits}.{fraction}"),
        None => format!("{sign}{digits}"),
    }
}

/// A table for other programs, to be written in whatever form they read.
pub(super) struct TidyTable {
    /// The name of the file without its ending.
    pub name: &'static str,
    pub header: &'static [&'static str],
    pub rows: Vec<Vec<String>>,
}

/// What scenarios change against one of them, for the whole period.
pub struct Comparison<'a> {
    results: &'a Results,
    baseline: &'a str,
    area: Area,
    measures: &'a [Measure],
}

impl Results {
    /// What every other scenario changes against `baseline` in England, or in the place that was simulated: paired differences with 95%
    /// intervals. Empty if there is no such scenario.
    pub fn compared_with<'a>(&'a self, baseline: &'a str) -> Comparison<'a> {
        Comparison { results: self, baseline, area: Area::England, measures: &Measure::HEADLINES }
    }

    /// Writes `summary.csv`, `comparison.csv` (against `baseline`), `pairs.csv` (each scenario against each before it, with
    /// intervals and p-values that allow for the number of pairs), `monthly.csv`, `by_provider.csv`, `costs.csv` (what each
    /// costs more than `baseline` and what it saves at what price) and `replications.csv` into a folder, each complete or not at all.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_csv(&self, folder: impl AsRef<Path>, baseline: &str) -> Result<(), CsvError> {
        let folder = folder.as_ref();
        std::fs::create_dir_all(folder).map_err(|source| CsvError::Io { path: folder.to_owned(), source })?;
        self.tidy_tables(baseline).try_for_each(|table| {
            write_rows(folder.join(table.name).with_extension("csv"), table.header, table.rows)
        })
    }

    /// Writes `monthly_by_provider.csv`: every measure by month and provider. All of England has hundreds of thousands of
    /// rows, so that this is apart from [`Self::write_csv`].
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_monthly_by_provider(&self, folder: impl AsRef<Path>) -> Result<(), CsvError> {
        let folder = folder.as_ref();
        std::fs::create_dir_all(folder).map_err(|source| CsvError::Io { path: folder.to_owned(), source })?;
        let mut areas = self.areas();
        areas.retain(|&area| area != Area::England);
        let rows = self.months().iter().flat_map(|&month| self.rows_of(&areas, Some(month)));
        write_rows(folder.join("monthly_by_provider.csv"), &SUMMARY, rows)
    }

    /// The tables of [`Self::write_csv`], made one at a time.
    pub(super) fn tidy_tables<'a>(&'a self, baseline: &'a str) -> impl Iterator<Item = TidyTable> + 'a {
        (0..7).map(move |table| match table {
            0 => TidyTable { name: "summary", header: &SUMMARY, rows: self.summary_rows() },
            1 => TidyTable { name: "comparison", header: &COMPARISON, rows: self.comparison_rows(baseline) },
            2 => TidyTable { name: "pairs", header: &PAIRS, rows: self.pair_rows() },
            3 => TidyTable { name: "monthly", header: &SUMMARY, rows: self.monthly_rows() },
            4 => TidyTable { name: "by_provider", header: &SUMMARY, rows: self.provider_rows() },
            5 => TidyTable { name: "costs", header: &COSTS, rows: self.cost_rows(baseline) },
            _ => TidyTable { name: "replications", header: &REPLICATIONS, rows: self.replication_rows() },
        })
    }

    /// The months that are reported, for people.
    pub(super) fn period(&self) -> String {
        match (self.months().first(), self.months().last()) {
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => String::new(),
        }
    }

    fn summary_rows(&self) -> Vec<Vec<String>> {
        self.rows_of(&[Area::England], None)
    }

    fn provider_rows(&self) -> Vec<Vec<String>> {
        let mut areas = self.areas();
        areas.retain(|&area| area != Area::England);
        self.rows_of(&areas, None)
    }

    fn monthly_rows(&self) -> Vec<Vec<String>> {
        self.months().iter().flat_map(|&month| self.rows_of(&[Area::England], Some(month))).collect()
    }

    fn rows_of(&self, areas: &[Area], month: Option<Month>) -> Vec<Vec<String>> {
        let period = month.map_or_else(|| self.period(), |month| month.to_string());
        let mut rows = Vec::new();
        for scenario in self.scenarios() {
            for &area in areas {
                for &measure in Measure::ALL {
                    let Some(estimate) = self.estimate(scenario, measure, area, month) else { continue };
                    let mut row = vec![
                        scenario.to_owned(),
                        area.code(self.pack()),
                        period.clone(),
                        measure.name().to_owned(),
                        measure.unit().to_owned(),
                    ];
                    row.extend(estimate_cells(&estimate));
                    rows.push(row);
                }
            }
        }
        rows
    }

    fn comparison_rows(&self, baseline: &str) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for scenario in self.scenarios().filter(|&scenario| scenario != baseline) {
            let periods = std::iter::once(None).chain(self.months().iter().copied().map(Some));
            for month in periods {
                let period = month.map_or_else(|| self.period(), |month| month.to_string());
                for &measure in Measure::ALL {
                    let difference = self.difference(baseline, scenario, measure, Area::England, month);
                    let Some(difference) = difference else { continue };
                    let mut row = vec![
                        scenario.to_owned(),
                        baseline.to_owned(),
                        Area::England.code(self.pack()),
                        period.clone(),
                        measure.name().to_owned(),
                        measure.unit().to_owned(),
                    ];
                    row.extend(estimate_cells(&difference.estimate));
                    row.push(cell(difference.probability_below_zero));
                    row.push(cell(difference.probability_above_zero));
                    row.push(cell(difference.variance_saved_by_pairing));
                    rows.push(row);
                }
            }
        }
        rows
    }

    fn cost_rows(&self, baseline: &str) -> Vec<Vec<String>> {
        let (area, period) = (Area::England.code(self.pack()), self.period());
        let mut rows = Vec::new();
        for value in self.value_for_money(baseline) {
            let cost = value.cost.as_ref().ok();
            for saved in &value.saved {
                let mut row = vec![
                    value.scenario.clone(),
                    baseline.to_owned(),
                    area.clone(),
                    period.clone(),
                    saved.saved.measure().name().to_owned(),
                    saved.saved.label().to_owned(),
                ];
                row.extend(estimate_cells(&saved.amount));
                row.push(cell(cost.map(|cost| cost.pounds.amount())));
                row.push(cell(cost.map(|cost| cost.low)));
                row.push(cell(cost.map(|cost| cost.high)));
                row.push(cost.map_or_else(String::new, |cost| cost.pounds.price_year().to_string()));
                row.push(cell(saved.pounds));
                for interval in [saved.interval, saved.with_prices] {
                    row.push(cell(interval.map(|i| i.low)));
                    row.push(cell(interval.map(|i| i.high)));
                }
                row.push(value.cost.as_ref().err().cloned().unwrap_or_default());
                rows.push(row);
            }
        }
        rows
    }

    fn pair_rows(&self) -> Vec<Vec<String>> {
        let (area, period) = (Area::England.code(self.pack()), self.period());
        let row = |measure: Measure, pair: PairOf| {
            let mut row = vec![
                pair.scenario,
                pair.baseline,
                area.clone(),
                period.clone(),
                measure.name().to_owned(),
                measure.unit().to_owned(),
            ];
            row.extend(estimate_cells(&pair.difference.estimate));
            row.extend([pair.helps, pair.p_value, pair.p_value_of_all].map(cell));
            row
        };
        let pairs = |measure| self.pairs(Pairs::All, measure, Area::England).into_iter();
        Measure::ALL
            .iter()
            .flat_map(|&measure| pairs(measure).map(move |pair| (measure, pair)))
            .map(|(measure, pair)| row(measure, pair))
            .collect()
    }

    fn replication_rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for scenario in self.scenarios() {
            for &measure in Measure::ALL {
                let values = self.replicated(scenario, measure, Area::England, None).unwrap_or_default();
                for (replication, value) in values.into_iter().enumerate() {
                    rows.push(vec![
                        scenario.to_owned(),
                        replication.to_string(),
                        Area::England.code(self.pack()),
                        self.period(),
                        measure.name().to_owned(),
                        measure.unit().to_owned(),
                        cell(value),
                    ]);
                }
            }
        }
        rows
    }
}

impl<'a> Comparison<'a> {
    /// The same for these measures.
    #[must_use]
    pub fn of_measures(self, measures: &'a [Measure]) -> Self {
        Self { measures, ..self }
    }

    /// The same for one provider.
    #[must_use]
    pub fn at(self, area: Area) -> Self {
        Self { area, ..self }
    }
}

impl Comparison<'_> {
    /// How much of the variance of the differences meeting the same people has saved, by scenario, over the
    /// measures shown that vary: the least, the median and the greatest share. Negative where it did harm.
    pub fn variance_saved(&self) -> Vec<(&str, [f64; 3])> {
        let of = |scenario| {
            let saved = self.measures.iter().filter_map(|&measure| {
                let difference =
                    self.results.difference(self.baseline, scenario, measure, self.area, None)?;
                difference.variance_saved_by_pairing
            });
            let saved = Sample::of(&saved.collect::<Vec<_>>());
            Some((scenario, [saved.quantile(0.0)?, saved.quantile(0.5)?, saved.quantile(1.0)?]))
        };
        self.results.scenarios().filter(|&scenario| scenario != self.baseline).filter_map(of).collect()
    }

    /// The same as text, a line a scenario; empty with one replication.
    pub fn pairing_note(&self) -> String {
        let percent = |share: f64| grouped(100.0 * share, 0);
        let line = |(scenario, [least, median, most]): (&str, [f64; 3])| {
            let [least, median, most] = [least, median, most].map(percent);
            format!(
                "{scenario}: meeting the same people saved {median}% of the variance ({least}% to {most}% by measure)\n"
            )
        };
        self.variance_saved().into_iter().map(line).collect()
    }
}

const SUMMARY: [&str; 9] =
    ["scenario", "area", "period", "measure", "unit", "mean", "low", "high", "replications"];
/// Columns of a table of something estimated between two scenarios, under that name, and what else it has.
macro_rules! between_scenarios {
    ($estimated:literal, $($more:literal),+) => {
        [
            "scenario", "baseline", "area", "period", "measure", "unit", $estimated, "low", "high", "replications",
            $($more),+
        ]
    };
}

const COMPARISON: [&str; 13] = between_scenarios![
    "difference",
    "probability_below_zero",
    "probability_above_zero",
    "variance_saved_by_pairing"
];
const PAIRS: [&str; 13] =
    between_scenarios!["difference", "probability_of_help", "p_value", "p_value_of_all_pairs"];
// `measure` is what there is less of; `unit` what one of the amount is
const COSTS: [&str; 20] = between_scenarios![
    "saved",
    "cost",
    "cost_low",
    "cost_high",
    "price_year",
    "pounds_each",
    "pounds_each_low",
    "pounds_each_high",
    "pounds_each_low_with_prices",
    "pounds_each_high_with_prices",
    "cost_not_known_because"
];
const REPLICATIONS: [&str; 7] = ["scenario", "replication", "area", "period", "measure", "unit", "value"];

fn estimate_cells(estimate: &Estimate) -> [String; 4] {
    let interval = estimate.interval;
    [
        cell(estimate.mean),
        cell(interval.map(|i| i.low)),
        cell(interval.map(|i| i.high)),
        estimate.replications.to_string(),
    ]
}

pub(super) fn difference_text(difference: &Difference, measure: Measure) -> String {
    let (scale, _, decimals) = measure.shown();
    let number = |value: f64| grouped(value * scale, decimals);
    let signed = |value: f64| if value > 0.0 { format!("+{}", number(value)) } else { number(value) };
    match difference.estimate.interval {
        Some(interval) => format!(
            "{} [{}, {}]",
            signed(difference.estimate.mean),
            number(interval.low),
            number(interval.high)
        ),
        None => signed(difference.estimate.mean),
    }
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others: Vec<&str> = self.results.scenarios().filter(|&s| s != self.baseline).collect();
        let header = ["", "unit", self.baseline].into_iter().chain(others.iter().copied());
        let mut table = Table::new(header);
        for &measure in self.measures {
            let Some(before) = self.results.estimate(self.baseline, measure, self.area, None) else {
                continue;
            };
            let (scale, unit, decimals) = measure.shown();
            let mut row =
                vec![measure.label().to_owned(), unit.to_owned(), grouped(before.mean * scale, decimals)];
            row.extend(others.iter().map(|scenario| {
                self.results
                    .difference(self.baseline, scenario, measure, self.area, None)
                    .map_or_else(|| "–".to_owned(), |difference| difference_text(&difference, measure))
            }));
            table.row(row);
        }
        table.fmt(f)
    }
}
