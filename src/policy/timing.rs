//! When the effect of a lever arrives.

use jiff::ToSpan;
use jiff::civil::Date;

/// Splits an amount that grows evenly from `from` to `until` into weekly steps, each `(day, share)`;
/// the shares add up to 1. All at once if `until` is not later than `from`.
pub fn weekly_ramp(from: Date, until: Date) -> Vec<(Date, f64)> {
    let days = from.until(until).map_or(0, |span| span.get_days());
    if days <= 0 {
        return vec![(from, 1.0)];
    }
    let steps = (days + 6) / 7;
    (1..=steps)
        .map(|step| {
            let day = from.checked_add((7 * step).min(days).days()).unwrap_or(until);
            (day, 1.0 / f64::from(steps))
        })
        .collect()
}

/// The day `days` later; the last day of the calendar if there is none.
pub fn days_after(day: Date, days: u16) -> Date {
    day.checked_add(i32::from(days).days()).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::date;

    #[test]
    fn a_ramp_ends_on_its_last_day_and_adds_up() {
        let ramp = weekly_ramp(date(2022, 10, 1), date(2023, 1, 1));
        assert_eq!(ramp.len(), 14);
        assert_eq!(ramp.last().map(|step| step.0), Some(date(2023, 1, 1)));
        assert!((ramp.iter().map(|step| step.1).sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(weekly_ramp(date(2022, 10, 1), date(2022, 9, 1)), [(date(2022, 10, 1), 1.0)]);
    }
}
