//! Civil dates, which exist only at the edges of a run.
//!
//! Days have 24 hours throughout: the two days a year on which the clocks change are treated as
//! ordinary days (Greenwich Mean Time all year), so hour-of-day profiles shift by an hour in summer.

use super::time::{Span, Time};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The civil date `year`-`month`-`day`; the nearest valid date if there is no such day.
///
/// ```
/// use nhs_capacity::units::date;
/// assert_eq!(date(2022, 12, 1).to_string(), "2022-12-01");
/// assert_eq!(date(2023, 2, 31).to_string(), "2023-02-28");
/// ```
pub fn date(year: i16, month: i8, day: i8) -> Date {
    let year = year.clamp(-9999, 9999);
    let month = month.clamp(1, 12);
    let first = Date::new(year, month, 1).unwrap_or(Date::MIN);
    Date::new(year, month, day.clamp(1, first.days_in_month())).unwrap_or(first)
}

/// A calendar month, such as 2022-12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

/// Why a text is not a [`Month`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a month is written YYYY-MM, for example 2022-12, got '{0}'")]
pub struct MonthError(String);

impl Month {
    /// The month numbered 1 to 12 of `year` (0 to 9998).
    ///
    /// # Errors
    /// If there is no such month.
    pub fn new(year: i16, month: i8) -> Result<Self, MonthError> {
        if (0..=9998).contains(&year) && (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(MonthError(format!("{year}-{month}")))
        }
    }

    /// The month that contains `day`.
    pub fn of(day: Date) -> Self {
        Self { year: day.year().clamp(0, 9998), month: day.month() }
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        date(self.year, self.month, 1)
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        date(self.year, self.month, 31)
    }

    /// Number of days.
    pub fn days(self) -> u32 {
        u32::from(self.first_day().days_in_month().unsigned_abs())
    }

    /// The month `n` months later (earlier if negative).
    pub fn plus(self, n: i32) -> Self {
        let index = (i32::from(self.year) * 12 + i32::from(self.month) - 1).saturating_add(n);
        let index = index.clamp(0, 9998 * 12 + 11);
        Self { year: (index / 12) as i16, month: (index % 12 + 1) as i8 }
    }

    /// Months from `earlier` to this one; negative if this one is earlier.
    pub fn since(self, earlier: Self) -> i32 {
        (i32::from(self.year) - i32::from(earlier.year)) * 12 + i32::from(self.month)
            - i32::from(earlier.month)
    }

    /// Every month from this one to `last`, both included; none if `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        (0..=last.since(self).max(-1)).map(move |n| self.plus(n))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = MonthError;
    fn from_str(text: &str) -> Result<Self, MonthError> {
        let bad = || MonthError(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(bad)?;
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(bad());
        }
        Self::new(year.parse().map_err(|_| bad())?, month.parse().map_err(|_| bad())?).map_err(|_| bad())
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;
    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

/// Ties simulated time to civil dates: which day, hour of the week and month a [`Time`] falls in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    start: Date,
    // Monday = 0
    first_weekday: u64,
}

impl Calendar {
    /// The calendar of a run that starts at midnight at the beginning of `start`.
    pub fn starting(start: Date) -> Self {
        Self { start, first_weekday: u64::from(start.weekday().to_monday_zero_offset().unsigned_abs()) }
    }

    /// The first day of the run.
    pub fn start(self) -> Date {
        self.start
    }

    /// Midnight at the beginning of `day`; the start of the run if that day is earlier.
    pub fn midnight(self, day: Date) -> Time {
        let days = self.start.until(day).map(|span| i64::from(span.get_days())).unwrap_or(0);
        Time::ZERO + Span::DAY.times(days.max(0).unsigned_abs())
    }

    /// The civil date at `time`; the last date of the calendar for times far beyond it.
    pub fn date_at(self, time: Time) -> Date {
        let days = i64::try_from(time.as_millis() / Span::DAY.as_millis()).unwrap_or(i64::MAX);
        jiff::Span::new().try_days(days).and_then(|span| self.start.checked_add(span)).unwrap_or(Date::MAX)
    }

    /// Whole days since the start of the run.
    pub fn day(self, time: Time) -> u64 {
        time.as_millis() / Span::DAY.as_millis()
    }

    /// Day of the week, Monday = 0.
    pub fn weekday(self, time: Time) -> usize {
        ((self.day(time) + self.first_weekday) % 7) as usize
    }

    /// Hour of the day, 0 to 23.
    pub fn hour_of_day(self, time: Time) -> usize {
        (time.as_millis() / Span::HOUR.as_millis() % 24) as usize
    }

    /// Hour of the week, 0 (Monday, midnight to one) to 167.
    pub fn hour_of_week(self, time: Time) -> usize {
        self.weekday(time) * 24 + self.hour_of_day(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_knows_the_hour_of_the_week() {
        let calendar = Calendar::starting(date(2022, 10, 1)); // a Saturday
        let monday_eleven = calendar.midnight(date(2022, 10, 3)) + Span::HOUR.times(11);
        assert_eq!(calendar.weekday(Time::ZERO), 5);
        assert_eq!(calendar.hour_of_week(monday_eleven), 11);
        assert_eq!(calendar.date_at(monday_eleven), date(2022, 10, 3));
        assert_eq!(calendar.date_at(Time::NEVER), Date::MAX);
        assert_eq!(calendar.midnight(date(2020, 1, 1)), Time::ZERO);
    }

    #[test]
    fn months_count_across_years() {
        let october = "2022-10".parse::<Month>().unwrap();
        let march = Month::new(2023, 3).unwrap();
        assert_eq!(march.since(october), 5);
        assert_eq!(october.through(march).count(), 6);
        assert_eq!(march.through(october).count(), 0);
        assert_eq!(october.plus(-12).to_string(), "2021-10");
        assert_eq!(Month::new(2024, 2).unwrap().days(), 29);
        for bad in ["2022-13", "2022-1", "202-10", "2022/10", "", "-022-10"] {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
    }
}
