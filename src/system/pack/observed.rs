//! What was published, for comparison only.

use super::context::{Context, case_hint};
use super::problem::{Problem, Problems, out_of_range};
use super::table::{Row, read_rows};
use super::text::number;
use crate::system::providers::ProviderCode;
use crate::units::Month;
use std::collections::BTreeMap;

/// The area that stands for the sum of all providers, in and outside the pack.
pub const ENGLAND: &str = "England";

/// Published outcomes by metric, area and month. What was not published is absent.
///
/// An area is [`ENGLAND`] or the code of a provider; the metric says of which kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    metrics: BTreeMap<String, Metric>,
    source_keys: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Metric {
    unit: String,
    areas: BTreeMap<String, BTreeMap<Month, Value>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Value {
    value: f64,
    source: u16,
}

impl Observed {
    /// The published value, if there is one.
    pub fn get(&self, area: &str, metric: &str, month: Month) -> Option<f64> {
        self.value(area, metric, month).map(|value| value.value)
    }

    /// The key of its source.
    pub fn source(&self, area: &str, metric: &str, month: Month) -> Option<&str> {
        let key = usize::from(self.value(area, metric, month)?.source);
        self.source_keys.get(key).map(String::as_str)
    }

    /// The published values of one metric in one area, by month.
    pub fn series(&self, area: &str, metric: &str) -> impl Iterator<Item = (Month, f64)> + '_ {
        let months = self.metrics.get(metric).and_then(|metric| metric.areas.get(area));
        months.into_iter().flatten().map(|(&month, value)| (month, value.value))
    }

    /// The same without months after `last`.
    #[must_use]
    pub fn until(&self, last: Month) -> Self {
        let mut kept = self.clone();
        for months in kept.metrics.values_mut().flat_map(|metric| metric.areas.values_mut()) {
            months.retain(|&month, _| month <= last);
        }
        kept
    }

    /// The same with one figure of a known metric replaced.
    #[cfg(test)]
    pub(crate) fn with(&self, area: &str, metric: &str, month: Month, value: f64) -> Self {
        let mut changed = self.clone();
        if let Some(metric) = changed.metrics.get_mut(metric) {
            metric.areas.entry(area.to_owned()).or_default().insert(month, Value { value, source: 0 });
        }
        changed
    }

    /// Every metric, sorted.
    pub fn metrics(&self) -> impl Iterator<Item = &str> {
        self.metrics.keys().map(String::as_str)
    }

    /// The areas that a metric was published for, sorted.
    pub fn areas(&self, metric: &str) -> impl Iterator<Item = &str> + '_ {
        self.metrics.get(metric).into_iter().flat_map(|metric| metric.areas.keys().map(String::as_str))
    }

    /// The unit of a metric.
    pub fn unit(&self, metric: &str) -> Option<&str> {
        self.metrics.get(metric).map(|metric| metric.unit.as_str())
    }

    fn value(&self, area: &str, metric: &str, month: Month) -> Option<Value> {
        self.metrics.get(metric)?.areas.get(area)?.get(&month).copied()
    }
}

const FILE: &str = "observed.csv";
const COLUMNS: [&str; 6] = ["period", "provider", "metric", "value", "unit", "source"];

/// Reads `observed.csv`.
pub(crate) fn read_observed(text: &str, context: &Context<'_>, problems: &mut Problems) -> Observed {
    let source_keys = context.sources.map(|s| s.keys().cloned().collect()).unwrap_or_default();
    let mut observed = Observed { metrics: BTreeMap::new(), source_keys };
    read_rows(FILE, text, COLUMNS, problems, |row, problems| observed.add(&row, context, problems));
    observed
}

impl Observed {
    fn add(&mut self, row: &Row<'_, 6>, context: &Context<'_>, problems: &mut Problems) {
        let [period, area, metric, cell, unit, source] = row.cells;
        let line = row.line;
        let month = context.month(FILE, line, period, problems);
        context.check_source(FILE, line, source, problems);
        for (field, value) in [("metric", metric), ("unit", unit)] {
            if value.is_empty() {
                problems
                    .add_once(Problem::new(FILE, Some(line), field, "must not be blank").with_value(value));
            }
        }
        let is_known =
            |code: ProviderCode| context.providers.is_none_or(|providers| providers.is_known(code));
        if area != ENGLAND && !area.parse().is_ok_and(is_known) {
            let reason = format!("must be {ENGLAND} or a code of providers.csv{}", case_hint(area));
            problems.add_once(Problem::new(FILE, Some(line), "provider", reason).with_value(area));
        }
        let read = number(cell).map_err(str::to_owned);
        let (low, high) = allowed(metric, unit);
        let value = read.and_then(|value| out_of_range(value, low, high).map_or(Ok(value), Err));
        if let Err(reason) = &value {
            let problem = Problem::new(FILE, Some(line), "value", reason).with_value(cell);
            problems.add(problem.with_context(format!("{metric}, {area}, {period}")));
        }
        let Some(month) = month else { return };
        if !self.metrics.contains_key(metric) {
            self.metrics.insert(metric.to_owned(), Metric { unit: unit.to_owned(), areas: BTreeMap::new() });
        }
        let Some(entry) = self.metrics.get_mut(metric) else { return };
        if entry.unit != unit {
            let reason = format!("must be {}, as in the first row of the metric", entry.unit);
            problems.add_once(
                Problem::new(FILE, Some(line), "unit", reason).with_value(unit).with_context(metric),
            );
        }
        if !entry.areas.contains_key(area) {
            entry.areas.insert(area.to_owned(), BTreeMap::new());
        }
        let Some(months) = entry.areas.get_mut(area) else { return };
        let key = self.source_keys.binary_search_by(|key| key.as_str().cmp(source)).unwrap_or(0);
        let source = u16::try_from(key).unwrap_or(u16::MAX);
        if months.insert(month, Value { value: value.unwrap_or(0.0), source }).is_some() {
            let problem = Problem::new(FILE, Some(line), "row", "repeats an earlier row; one value each");
            problems.add(problem.with_context(format!("{metric}, {area}, {period}")));
        }
    }
}

/// Outcomes are counts, durations or shares; only a residual, what is left over, can be negative.
fn allowed(metric: &str, unit: &str) -> (f64, f64) {
    match unit {
        _ if metric.ends_with("_residual") => (f64::NEG_INFINITY, f64::INFINITY),
        "percent" => (0.0, 100.0),
        // occupancy can exceed 1
        "fraction" => (0.0, 2.0),
        _ => (0.0, f64::INFINITY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_published_is_absent_and_not_zero() {
        let text = "period,provider,metric,value,unit,source\n2022-04,England,beds,10,beds,s\n\
                    2022-06,England,beds,12,beds,s\n";
        let mut problems = Problems::default();
        let observed = read_observed(text, &Context::default(), &mut problems);
        let month = |n| Month::new(2022, n).unwrap();
        assert_eq!(problems.count(), 0);
        assert_eq!(observed.get("England", "beds", month(4)), Some(10.0));
        assert_eq!(observed.get("England", "beds", month(5)), None);
        assert_eq!(observed.get("RRK", "beds", month(4)), None);
        assert_eq!(
            observed.series("England", "beds").collect::<Vec<_>>(),
            [(month(4), 10.0), (month(6), 12.0)]
        );
        assert_eq!((observed.unit("beds"), observed.unit("bed")), (Some("beds"), None));
    }

    #[test]
    fn units_repeats_and_impossible_percentages_are_refused() {
        let text = "period,provider,metric,value,unit,source\n2022-04,England,a,101,percent,s\n\
                    2022-04,england,a,1,percent,s\n2022-05,RRK,a,1,fraction,s\n2022-04,England,a,5,percent,s\n";
        let mut problems = Problems::default();
        read_observed(text, &Context::default(), &mut problems);
        let shown = problems.into_error("test").to_string();
        for part in [
            "line 2: value = 101 (a, England, 2022-04), must be between 0 and 100",
            "line 3: provider = england, must be England",
            "line 4: unit = fraction (a), must be percent",
            "line 5: row (a, England, 2022-04), repeats",
        ] {
            assert!(shown.contains(part), "{shown}");
        }
    }
}
