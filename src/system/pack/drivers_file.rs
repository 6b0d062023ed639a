//! How `drivers.csv` is read.

use super::context::Context;
use super::drivers::{Driver, Drivers, Given, Origin, PARTS_OF_WHOLES, Series, width};
use super::problem::{Problem, Problems, out_of_range};
use super::provider_list::Providers;
use super::source::Status;
use super::table::{Row, read_rows};
use super::text::number;
use crate::system::providers::ProviderCode;
use crate::units::Month;

const FILE: &str = "drivers.csv";
const COLUMNS: [&str; 7] = ["period", "provider", "driver", "value", "unit", "status", "source"];

/// A value as read, and its line (0: none yet).
#[derive(Clone, Copy)]
struct Cell {
    line: u64,
    value: f64,
    origin: Origin,
}

const ABSENT: Cell = Cell { line: 0, value: 0.0, origin: Origin { status: Status::Assumed, source: 0 } };

/// The file while it is read; cells are indexed by driver, then by provider and month.
struct Reading<'a> {
    context: &'a Context<'a>,
    providers: &'a Providers,
    first: Month,
    months: usize,
    starting_month: Option<Month>,
    source_keys: Vec<String>,
    cells: Vec<Vec<Cell>>,
}

/// Reads `drivers.csv`. Without providers or months to check against, only the rows themselves are checked.
pub(crate) fn read_drivers(text: &str, context: &Context<'_>, problems: &mut Problems) -> Option<Drivers> {
    let nobody = Providers::default();
    let providers = context.providers.unwrap_or(&nobody);
    let (first, months) = context.months.map_or((Month::of(jiff::civil::Date::MIN), 0), |(first, last)| {
        (first, usize::try_from(last.since(first) + 1).unwrap_or(0))
    });
    let cells = |&d: &Driver| vec![ABSENT; providers.group_size(d.group()) * width(d, months)];
    let mut reading = Reading {
        context,
        providers,
        first,
        months,
        starting_month: None,
        source_keys: context.sources.map(|s| s.keys().cloned().collect()).unwrap_or_default(),
        cells: Driver::ALL.iter().map(cells).collect(),
    };
    let before = problems.count();
    let is_read = read_rows(FILE, text, COLUMNS, problems, |row, problems| reading.row(&row, problems));
    if !is_read || context.providers.is_none() || context.months.is_none() {
        return None;
    }
    reading.report_missing(problems);
    if problems.count() == before {
        reading.check_parts(problems);
    }
    let series = |cells: Vec<Cell>| Series {
        values: cells.iter().map(|cell| cell.value).collect(),
        origins: cells.iter().map(|cell| cell.origin).collect(),
    };
    Some(Drivers {
        months,
        starting_month: reading.starting_month?,
        series: reading.cells.into_iter().map(series).collect(),
        source_keys: reading.source_keys,
    })
}

impl Reading<'_> {
    fn row(&mut self, row: &Row<'_, 7>, problems: &mut Problems) {
        let [period, provider, name, cell, unit, status, source] = row.cells;
        let line = row.line;
        let context = || format!("{name}, {provider}, {period}");
        self.context.check_source(FILE, line, source, problems);
        let status = self.context.status(FILE, line, status, problems);
        let month = self.context.month(FILE, line, period, problems);
        let driver = Driver::named(name);
        if driver.is_none() {
            let names = Driver::ALL.iter().map(|driver| driver.name()).collect::<Vec<_>>().join(", ");
            let reason = format!("must be one of {names}");
            problems.add_once(Problem::new(FILE, Some(line), "driver", reason).with_value(name));
        }
        let (low, high) = driver.map_or((f64::NEG_INFINITY, f64::INFINITY), Driver::allowed);
        let read = number(cell).map_err(str::to_owned);
        let value = read.and_then(|value| out_of_range(value, low, high).map_or(Ok(value), Err));
        if let Err(reason) = &value {
            let problem = Problem::new(FILE, Some(line), "value", reason).with_value(cell);
            problems.add(problem.with_context(context()));
        }
        let Some(driver) = driver else { return };
        if unit != driver.unit() {
            let problem = Problem::new(FILE, Some(line), "unit", format!("must be {}", driver.unit()));
            problems.add_once(problem.with_value(unit).with_context(name));
        }
        let index = self.context.provider(FILE, line, provider, driver.group(), problems);
        let at = month.and_then(|month| self.position(driver, month, line, problems));
        let (Some(index), Some(at)) = (index, at) else { return };
        let at = index * width(driver, self.months) + at;
        let Some(place) = self.cells.get_mut(driver as usize).and_then(|cells| cells.get_mut(at)) else {
            return;
        };
        if place.line > 0 {
            let reason = format!("repeats line {}; one value each", place.line);
            problems.add(Problem::new(FILE, Some(line), "row", reason).with_context(context()));
            return;
        }
        let key = self.source_keys.binary_search_by(|key| key.as_str().cmp(source)).unwrap_or(0);
        *place = Cell {
            line,
            value: value.unwrap_or(0.0),
            origin: Origin {
                status: status.unwrap_or(Status::Assumed),
                source: u16::try_from(key).unwrap_or(u16::MAX),
            },
        };
    }

    /// The place of `month` among the values of a provider.
    fn position(
        &mut self,
        driver: Driver,
        month: Month,
        line: u64,
        problems: &mut Problems,
    ) -> Option<usize> {
        let (first, last) = self.context.months?;
        let refuse = |reason: String, problems: &mut Problems| {
            let problem = Problem::new(FILE, Some(line), "period", reason).with_value(&month.to_string());
            problems.add_once(problem.with_context(driver.name()));
            None
        };
        match driver.given() {
            Given::Monthly if month < first || month > last => {
                refuse(format!("must be a month of the pack, {first} to {last}"), problems)
            }
            Given::Monthly => usize::try_from(month.since(self.first)).ok(),
            // a list at the end of the month before the pack opens its first month
            Given::Once if month < first.plus(-1) || month > last => {
                refuse(format!("must be from {} to {last}", first.plus(-1)), problems)
            }
            Given::Once => match *self.starting_month.get_or_insert(month) {
                starting if starting != month => {
                    refuse(format!("must be {starting}, as in the first row of the starting list"), problems)
                }
                _ => Some(0),
            },
        }
    }

    /// Reports what has no row: whole drivers first, then whole months, then providers.
    fn report_missing(&self, problems: &mut Problems) {
        for &driver in Driver::ALL {
            let (cells, width) = (&self.cells[driver as usize], width(driver, self.months));
            let is_absent = |cell: &Cell| cell.line == 0;
            if !cells.iter().any(is_absent) {
                continue;
            }
            let (size, group) = (self.providers.group_size(driver.group()), driver.group());
            let mut report = |context: String, reason: String| {
                problems.add(Problem::new(FILE, None, driver.name(), reason).with_context(context));
            };
            if cells.iter().all(is_absent) {
                report(String::new(), format!("has no rows; must have one for each of the {size} {group}"));
                continue;
            }
            let column = |month: usize| cells.iter().skip(month).step_by(width.max(1));
            let for_all: Vec<bool> = (0..width).map(|m| width > 1 && column(m).all(is_absent)).collect();
            for month in (0..width).filter(|&month| for_all[month]) {
                report(self.month(month), format!("has no row for any of the {size} {group}"));
            }
            let codes = self.providers.codes_of(group).collect::<Vec<ProviderCode>>();
            for (code, cells) in codes.iter().zip(cells.chunks_exact(width.max(1))) {
                let absent: Vec<usize> =
                    (0..width).filter(|&m| is_absent(&cells[m]) && !for_all[m]).collect();
                match absent.len() {
                    0 => {}
                    n if n == width => report(code.to_string(), "has no row".to_owned()),
                    _ => {
                        let months = absent.iter().map(|&m| self.month(m)).collect::<Vec<_>>().join(", ");
                        report(code.to_string(), format!("has no row for {months}"));
                    }
                }
            }
        }
    }

    fn month(&self, position: usize) -> String {
        self.first.plus(i32::try_from(position).unwrap_or(i32::MAX)).to_string()
    }

    /// Parts must not be greater than what they are part of.
    fn check_parts(&self, problems: &mut Problems) {
        for &(parts, whole) in PARTS_OF_WHOLES {
            let width = width(whole, self.months);
            for (at, cell) in self.cells[whole as usize].iter().enumerate() {
                let part = |part: &Driver| self.cells[*part as usize].get(at).map_or(0.0, |cell| cell.value);
                let sum: f64 = parts.iter().map(part).sum();
                // published counts are rounded, and so are their parts
                if sum <= cell.value * 1.001 + 1.0 {
                    continue;
                }
                let code = self.providers.codes_of(whole.group()).nth(at / width.max(1));
                let names = parts.iter().map(|part| part.name()).collect::<Vec<_>>().join(" + ");
                let reason = format!("must be at least {names} = {sum}");
                let problem = Problem::new(FILE, Some(cell.line), "value", reason);
                let period = match whole.given() {
                    Given::Monthly => self.month(at % width.max(1)),
                    Given::Once => self.starting_month.map(String::from).unwrap_or_default(),
                };
                let code = code.map(String::from).unwrap_or_default();
                let context = format!("{}, {code}, {period}", whole.name());
                problems.add(problem.with_value(&cell.value.to_string()).with_context(context));
            }
        }
    }
}
