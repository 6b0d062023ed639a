//! Bank holidays in England, on which planned care rests.

use super::calendar::date;
use jiff::civil::Date;

/// Holidays by proclamation, 2020 to 2025: VE Day moved, the platinum jubilee, the state funeral of
/// Queen Elizabeth II, the coronation (gov.uk, UK bank holidays).
const PROCLAIMED: [(i16, i8, i8); 5] =
    [(2020, 5, 8), (2022, 6, 2), (2022, 6, 3), (2022, 9, 19), (2023, 5, 8)];
/// Mondays of May that were moved to one of those.
const MOVED: [(i16, i8, i8); 2] = [(2020, 5, 4), (2022, 5, 30)];

/// Whether `day` is a bank holiday in England, weekends aside (Banking and Financial Dealings Act
/// 1971, with the proclaimed holidays of 2020 to 2025).
///
/// ```
/// use nhs_capacity::units::{date, is_bank_holiday};
/// assert!(is_bank_holiday(date(2022, 12, 27)) && is_bank_holiday(date(2023, 4, 7)));
/// assert!(!is_bank_holiday(date(2022, 5, 30)));
/// ```
pub fn is_bank_holiday(day: Date) -> bool {
    let (year, month, of_month) = (day.year(), day.month(), day.day());
    let listed = |list: &[(i16, i8, i8)]| list.contains(&(year, month, of_month));
    if listed(&PROCLAIMED) {
        return true;
    }
    if listed(&MOVED) {
        return false;
    }
    let weekday = day.weekday().to_monday_zero_offset();
    let is_monday = weekday == 0;
    // fixed holidays at a weekend move to the Monday or Tuesday after
    let new_year = month == 1 && (of_month == 1 && weekday < 5 || is_monday && (2..=3).contains(&of_month));
    let christmas = month == 12
        && ((25..=26).contains(&of_month) && weekday < 5 || (27..=28).contains(&of_month) && weekday < 2);
    let may = month == 5 && is_monday && (of_month <= 7 || of_month >= 25);
    let august = month == 8 && is_monday && of_month >= 25;
    new_year || christmas || may || august || is_good_friday_or_easter_monday(day)
}

fn is_good_friday_or_easter_monday(day: Date) -> bool {
    // from 20 March to 26 April
    if !(3..=4).contains(&day.month()) {
        return false;
    }
    let from_easter = easter_sunday(day.year()).until(day).map(|span| span.get_days()).unwrap_or(0);
    from_easter == -2 || from_easter == 1
}

/// Easter Sunday (anonymous Gregorian computus, in Meeus 1991, *Astronomical Algorithms*).
fn easter_sunday(year: i16) -> Date {
    let year = i32::from(year);
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    date(year as i16, (n / 31) as i8, (n % 31 + 1) as i8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Month;

    /// All holidays of England and Wales on gov.uk, 2021 to 2025.
    #[test]
    fn the_published_holidays_and_no_others() {
        let published = [
            "2021-01-01",
            "2021-04-02",
            "2021-04-05",
            "2021-05-03",
            "2021-05-31",
            "2021-08-30",
            "2021-12-27",
            "2021-12-28",
            "2022-01-03",
            "2022-04-15",
            "2022-04-18",
            "2022-05-02",
            "2022-06-02",
            "2022-06-03",
            "2022-08-29",
            "2022-09-19",
            "2022-12-26",
            "2022-12-27",
            "2023-01-02",
            "2023-04-07",
            "2023-04-10",
            "2023-05-01",
            "2023-05-08",
            "2023-05-29",
            "2023-08-28",
            "2023-12-25",
            "2023-12-26",
            "2024-01-01",
            "2024-03-29",
            "2024-04-01",
            "2024-05-06",
            "2024-05-27",
            "2024-08-26",
            "2024-12-25",
            "2024-12-26",
            "2025-01-01",
            "2025-04-18",
            "2025-04-21",
            "2025-05-05",
            "2025-05-26",
            "2025-08-25",
            "2025-12-25",
            "2025-12-26",
        ];
        let months = Month::new(2021, 1).unwrap().through(Month::new(2025, 12).unwrap());
        let found: Vec<String> = months
            .flat_map(|month| (1..=month.days() as i8).map(move |day| (month, day)))
            .map(|(month, day)| date(month.first_day().year(), month.first_day().month(), day))
            .filter(|&day| is_bank_holiday(day))
            .map(|day| day.to_string())
            .collect();
        assert_eq!(found, published);
    }
}
