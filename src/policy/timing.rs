//! When the effect of a lever arrives.

use crate::system::capacity::CapacityStep;
use crate::units::date;
use jiff::ToSpan;
use jiff::civil::Date;

/// Steps of a ramp at most: twenty years of weeks. Longer ones have longer steps.
const MOST_STEPS: i32 = 1_040;

/// A week after *Our plan for patients* (22 September 2022), when most of its levers begin unless said otherwise.
pub fn after_the_plan() -> Date {
    date(2022, 10, 1)
}

/// Splits an amount that grows evenly from `from` to `until` into weekly steps, each `(day, share)`;
/// the shares add up to 1. All at once if `until` is not later than `from`.
pub fn weekly_ramp(from: Date, until: Date) -> Vec<(Date, f64)> {
    let days = from.until(until).map_or(0, |span| span.get_days());
    if days <= 0 {
        return vec![(from, 1.0)];
    }
    let weeks = (days + 6) / 7;
    let steps = weeks.min(MOST_STEPS);
    let days_a_step = 7 * ((weeks + steps - 1) / steps);
    let steps = (days + days_a_step - 1) / days_a_step;
    (1..=steps)
        .map(|step| {
            let day = from.checked_add((days_a_step * step).min(days).days()).unwrap_or(until);
            (day, 1.0 / f64::from(steps))
        })
        .collect()
}

/// What grows evenly to `total` between two days, over places by their shares: `step` makes the steps of one
/// place from the day and the amount.
pub(super) fn growing<P: Copy, S: IntoIterator<Item = CapacityStep>>(
    (from, until): (Date, Date),
    places: &[(P, f64)],
    total: f64,
    step: impl Fn(Date, P, f64) -> S,
) -> Vec<CapacityStep> {
    let ramp = weekly_ramp(from, until).into_iter();
    ramp.flat_map(|(day, grown)| {
        places.iter().map(move |&(place, share)| (day, place, total * grown * share))
    })
    .flat_map(|(day, place, amount)| step(day, place, amount))
    .collect()
}

/// The day `days` later; the last day of the calendar if there is none.
pub fn days_after(day: Date, days: u16) -> Date {
    day.checked_add(i32::from(days).days()).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_ends_on_its_last_day_and_adds_up() {
        let ramp = weekly_ramp(date(2022, 10, 1), date(2023, 1, 1));
        assert_eq!(ramp.len(), 14);
        assert_eq!(ramp.last().map(|step| step.0), Some(date(2023, 1, 1)));
        assert!((ramp.iter().map(|step| step.1).sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(weekly_ramp(date(2022, 10, 1), date(2022, 9, 1)), [(date(2022, 10, 1), 1.0)]);
    }

    #[test]
    fn a_ramp_of_millennia_has_no_more_steps_than_fit_in_memory() {
        let ramp = weekly_ramp(Date::MIN, Date::MAX);
        assert!(ramp.len() as i32 <= MOST_STEPS, "{}", ramp.len());
        assert_eq!(ramp.last().map(|step| step.0), Some(Date::MAX));
        assert!((ramp.iter().map(|step| step.1).sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
