//! On which days of the week patients are found ready and leave.

use crate::random::Dice;
use crate::units::{Calendar, Span, Time, is_bank_holiday};

const SUNDAY: usize = 6;

/// The share of those due on each day for whom it is decided on that day; the others wait for the next. A bank
/// holiday is as a Sunday.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DischargeWeek {
    shares: [f64; 7],
}

impl DischargeWeek {
    /// Nothing is decided less often than this on the best day, so that everybody leaves.
    const LEAST_ON_SOME_DAY: f64 = 0.05;
    /// Whoever has waited for ten years leaves.
    const MOST_DAYS: u32 = 3_650;

    /// By day from Monday, held to 0 to 1. If all are near 0 the best day counts as one in twenty.
    pub fn new(by_weekday: [f64; 7]) -> Self {
        // NaN counts as never
        let mut shares = by_weekday.map(|share| if share > 0.0 { share.min(1.0) } else { 0.0 });
        let best = (0..7).max_by(|&a, &b| shares[a].total_cmp(&shares[b])).unwrap_or(0);
        shares[best] = shares[best].max(Self::LEAST_ON_SOME_DAY);
        Self { shares }
    }

    /// The same hour of the first day, that of `at` included, on which it is decided.
    pub fn first_from(&self, mut at: Time, calendar: Calendar, dice: &mut Dice) -> Time {
        for _ in 0..Self::MOST_DAYS {
            if dice.happens(self.share_on(at, calendar)) {
                break;
            }
            at += Span::DAY;
        }
        at
    }

    fn share_on(&self, at: Time, calendar: Calendar) -> f64 {
        let weekday = calendar.weekday(at);
        let is_holiday = weekday < 5 && is_bank_holiday(calendar.date_at(at));
        self.shares[if is_holiday { SUNDAY } else { weekday }]
    }

    /// Mean wait, where as many come due every day and no day is a holiday \[d\]: whoever has to wait on a day
    /// waits a day more, so it is the mean number left over at the end of a day for each who comes due.
    pub fn mean_wait_days(&self) -> f64 {
        self.left_over().iter().sum::<f64>() / 7.0
    }

    /// Those put off from earlier days who are due again on a weekday (from Monday, 0), for each who comes due a day;
    /// where as many come due every day and no day is a holiday.
    pub fn put_off_to(&self, weekday: usize) -> f64 {
        self.left_over()[(weekday + 6) % 7]
    }

    /// Those left over at the end of each day, from Monday, for each who comes due: with `b` from the day before,
    /// (b + 1) (1 - share), the same from week to week.
    fn left_over(&self) -> [f64; 7] {
        // after a week from b it is part * b + rest
        let day = |(part, rest): (f64, f64), share: f64| (part * (1.0 - share), (rest + 1.0) * (1.0 - share));
        let (part, rest) = self.shares.iter().fold((1.0, 0.0), |sum, &share| day(sum, share));
        let mut left = rest / (1.0 - part);
        self.shares.map(|share| {
            left = (left + 1.0) * (1.0 - share);
            left
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use crate::units::date;

    /// Daily discharges of adults, Monday to Sunday, over their mean, weeks without a bank holiday of April to
    /// September 2022 (NHS England, daily discharge situation report).
    const PUBLISHED: [f64; 7] = [0.900, 1.119, 1.164, 1.159, 1.216, 0.842, 0.601];
    const SHARES: [f64; 7] = [0.58, 0.67, 0.76, 0.84, 1.0, 0.84, 0.52];

    fn days(number: u64) -> Span {
        Span::DAY.times(number)
    }

    #[test]
    fn the_week_published_is_that_of_the_closed_form() {
        let left = DischargeWeek::new(SHARES).left_over();
        for (day, published) in PUBLISHED.iter().enumerate() {
            let gone = left[(day + 6) % 7] + 1.0 - left[day];
            assert!((gone - published).abs() < 0.012, "day {day}: {gone} for {published}");
        }
    }

    #[test]
    fn those_put_off_to_a_day_are_those_left_over_the_day_before() {
        let week = DischargeWeek::new(SHARES);
        // everybody leaves on Fridays; of those of Saturday 0.84, and of those and Sunday's 0.52
        assert_eq!(week.put_off_to(5), 0.0);
        assert!((week.put_off_to(6) - 0.16).abs() < 1e-12);
        assert!((week.put_off_to(0) - 1.16 * 0.48).abs() < 1e-12);
    }

    #[test]
    fn people_wait_as_long_as_the_closed_form_says() {
        let week = DischargeWeek::new(SHARES);
        let calendar = Calendar::starting(date(2022, 10, 3)); // ten weeks without a bank holiday
        let mut dice = Stream::of_seed(8).dice();
        let waits: Vec<f64> = (0..70_000)
            .map(|i| {
                let due = Time::ZERO + days(i % 70);
                week.first_from(due, calendar, &mut dice).since(due).as_hours() / 24.0
            })
            .collect();
        let mean = waits.iter().sum::<f64>() / waits.len() as f64;
        let variance = waits.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / (waits.len() - 1) as f64;
        let t = (mean - week.mean_wait_days()) / (variance / waits.len() as f64).sqrt();
        assert!(t.abs() < 3.5, "t = {t} with {} degrees of freedom", waits.len() - 1);
    }

    #[test]
    fn a_bank_holiday_is_as_a_sunday() {
        let week = DischargeWeek::new([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
        let calendar = Calendar::starting(date(2022, 12, 23)); // a Friday
        let mut dice = Stream::of_seed(1).dice();
        let mut leaves = |due| week.first_from(Time::ZERO + days(due), calendar, &mut dice).since(Time::ZERO);
        assert_eq!((leaves(0), leaves(1)), (days(0), days(1)));
        // Sunday the 25th, and Monday and Tuesday for Christmas
        assert_eq!((leaves(2), leaves(3), leaves(5)), (days(5), days(5), days(5)));
    }

    #[test]
    fn somebody_always_leaves_in_the_end() {
        for shares in [[0.0; 7], [f64::NAN; 7], [-1.0; 7]] {
            let week = DischargeWeek::new(shares);
            let calendar = Calendar::starting(date(2022, 10, 3));
            let at = week.first_from(Time::ZERO, calendar, &mut Stream::of_seed(2).dice());
            assert!(at < Time::ZERO + days(7 * 1_000) && week.mean_wait_days().is_finite());
            // the end of time has no day after it
            let never = week.first_from(Time::NEVER, calendar, &mut Stream::of_seed(2).dice());
            assert_eq!(never, Time::NEVER);
        }
    }
}
