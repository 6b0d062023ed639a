//! A measure day by day, to see where the start-up of a run ends.
//!
//! The system starts with wards and places full and departments empty, and is warmed up for a month before
//! anything is reported. MSER-5 on the daily series says when the start can no longer be told from the rest.

use super::ask::AskError;
use super::study::Study;
use super::warm_up::{Truncation, mser, welch_moving_average};
use crate::measure::Ratio;
use crate::system::measures::{Adds, Measure};
use crate::system::outcome::Area;
use crate::units::Month;

/// Days in a batch of MSER-5.
pub const DAYS_IN_A_BATCH: usize = 5;

/// A measure on each day, from the first of the warm-up on.
#[derive(Clone, Debug, PartialEq)]
pub struct Daily {
    /// The measure.
    pub measure: Measure,
    /// The first month of the series.
    pub first_month: Month,
    /// By replication, then by day; a day without anybody to measure repeats the one before.
    pub days: Vec<Vec<f64>>,
}

impl Study<'_> {
    /// A measure day by day in each replication of a system in which nothing is changed.
    ///
    /// # Errors
    /// If the study is wrong, a run fails, or the measure is a stock or has no value by day.
    pub fn daily(&self, measure: Measure, area: Area) -> Result<Daily, AskError> {
        let none = || AskError::NoValue(format!("{} by day", measure.label()));
        if measure.adds() == Adds::AsStock {
            return Err(none());
        }
        let (first, replications) = self.numbered();
        let mut days = Vec::new();
        let mut first_month = None;
        for replication in 0..replications {
            let (months, to_date) = self.run_daily(first.saturating_add(replication), measure, area)?;
            days.push(day_by_day(measure.adds(), &months, &to_date).ok_or_else(none)?);
            first_month = months.first().copied();
        }
        Ok(Daily { measure, first_month: first_month.ok_or_else(none)?, days })
    }
}

// From what was counted since the start of each month to what each day adds.
fn day_by_day(adds: Adds, months: &[Month], to_date: &[Option<Ratio>]) -> Option<Vec<f64>> {
    let mut series: Vec<f64> = Vec::new();
    let mut day = 0;
    for month in months {
        let mut before = Ratio::default();
        for n in 1..=month.days() {
            let now = to_date.get(day).copied().flatten().unwrap_or_default();
            let value = match adds {
                Adds::AsRatio => {
                    let (up, down) = (now.numerator - before.numerator, now.denominator - before.denominator);
                    Some(up / down).filter(|value| value.is_finite())
                }
                Adds::AsCount => Some(now.value().unwrap_or(0.0) - before.value().unwrap_or(0.0)),
                // a percentile to date says nothing about one day
                Adds::AsMedian | Adds::AsPercentile90 => return None,
                // a mean over the days so far
                Adds::AsLevel | Adds::AsStock => now
                    .value()
                    .map(|mean| f64::from(n) * mean - f64::from(n - 1) * before.value().unwrap_or(0.0)),
            };
            // a first day without a value takes that of the second, below
            series.push(value.or(series.last().copied()).unwrap_or(f64::NAN));
            before = now;
            day += 1;
        }
    }
    let first = series.iter().copied().find(|value| !value.is_nan())?;
    series.iter_mut().take_while(|value| value.is_nan()).for_each(|value| *value = first);
    Some(series)
}

impl Daily {
    /// The mean over replications of each day.
    pub fn mean(&self) -> Vec<f64> {
        welch_moving_average(&self.days, 0).unwrap_or_default()
    }

    /// Where MSER-5 cuts the mean over replications; `None` with fewer than ten days.
    pub fn warm_up(&self) -> Option<Truncation> {
        mser(&self.mean(), DAYS_IN_A_BATCH)
    }

    /// Welch's moving average over `window` days on each side.
    pub fn smoothed(&self, window: usize) -> Vec<f64> {
        welch_moving_average(&self.days, window).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::date;

    #[test]
    fn days_are_told_from_what_was_counted_to_date() {
        let months: Vec<Month> = Month::of(date(2022, 4, 1)).through(Month::of(date(2022, 5, 1))).collect();
        let known: Vec<f64> = (0..61).map(|day| f64::from(day % 7) + 1.0).collect();
        let mut to_date = [Vec::new(), Vec::new(), Vec::new()];
        for (start, days) in [(0, 30), (30, 31)] {
            let mut total = 0.0;
            for n in 0..days {
                total += known[start + n];
                let count = n as f64 + 1.0;
                to_date[0].push(Some(Ratio::new(total * 4.0, count * 4.0)));
                to_date[1].push(Some(Ratio::new(total, 1.0)));
                to_date[2].push(Some(Ratio::new(total / count, 1.0)));
            }
        }
        for (adds, to_date) in [Adds::AsRatio, Adds::AsCount, Adds::AsLevel].into_iter().zip(&to_date) {
            let found = day_by_day(adds, &months, to_date).unwrap();
            assert!(found.iter().zip(&known).all(|(a, b)| (a - b).abs() < 1e-9), "{adds:?}");
        }
        let nobody = vec![None; 61];
        assert_eq!(day_by_day(Adds::AsRatio, &months, &nobody), None);
    }
}
