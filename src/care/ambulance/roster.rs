//! Crews and clinicians by hour of the week.

use std::f64::consts::TAU;

/// A smooth day of two waves around 1: the greater the swing, the quieter the night.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayCurve {
    /// Height of the wave with one peak a day \[relative to the mean\].
    pub swing: f64,
    /// Hour of its peak \[h\].
    pub peak_hour: f64,
    /// Height of the wave with two peaks a day \[relative to the mean\].
    pub half_day_swing: f64,
    /// Hour of its first peak \[h\].
    pub half_day_peak_hour: f64,
}

impl DayCurve {
    /// The level of an hour of the day relative to the mean, never negative.
    pub fn level(&self, hour: usize) -> f64 {
        let middle = hour as f64 + 0.5;
        let wave = |swing: f64, peak: f64, a_day: f64| swing * (TAU * a_day * (middle - peak) / 24.0).cos();
        let waves =
            wave(self.swing, self.peak_hour, 1.0) + wave(self.half_day_swing, self.half_day_peak_hour, 2.0);
        (1.0 + waves).max(0.0)
    }

    /// The levels of the hours of a week from Monday, the same on all weekdays and on Saturday and Sunday `weekend` times
    /// as high. The mean of the week is that of a day.
    pub fn week(&self, weekend: f64) -> Vec<f64> {
        let day = day_of_week(weekend);
        (0..168).map(|hour| self.level(hour % 24) * day(hour)).collect()
    }
}

/// The level of the day in which an hour of the week lies, relative to the mean of the week, where Saturday and Sunday are
/// `weekend` times as high as a weekday.
fn day_of_week(weekend: f64) -> impl Fn(usize) -> f64 {
    let weekend = weekend.max(0.0);
    let weekday = 7.0 / (5.0 + 2.0 * weekend);
    move |hour: usize| if hour % 168 < 5 * 24 { weekday } else { weekday * weekend }
}

/// Crews in each hour of the week from Monday, `mean` on average: the share `follows_demand` follows the hours of a day of
/// `demand`, the rest is the same at all hours; on Saturday and Sunday there are `weekend` times as many.
pub fn by_hour(mean: f64, demand: &DayCurve, follows_demand: f64, weekend: f64) -> Vec<f64> {
    let demand_by_hour = demand.week(1.0);
    let mean_demand = (demand_by_hour.iter().sum::<f64>() / 168.0).max(f64::MIN_POSITIVE);
    let day = day_of_week(weekend);
    (0..)
        .zip(demand_by_hour)
        .map(|(hour, level)| {
            let crews =
                mean.max(0.0) * (1.0 - follows_demand + follows_demand * level / mean_demand).max(0.0);
            crews * day(hour)
        })
        .collect()
}

/// A whole number for each shift of twelve hours such that the mean over a week of `mean` a shift is
/// kept to one fourteenth. `phase`, between 0 and 1, is what is carried over from before the week: where a sum is
/// divided among many that begin in different phases, the sum is kept.
pub fn whole_in_shift(mean: f64, hour_of_week: usize, phase: f64) -> u32 {
    let shift = (hour_of_week / 12) as f64;
    let up_to = |shifts: f64| (mean.max(0.0) * shifts + phase + 1e-9).floor();
    (up_to(shift + 1.0) - up_to(shift)).max(0.0) as u32
}

/// A phase for the `number`th of many, far from those of its neighbours (golden ratio).
pub fn phase_of(number: u32) -> f64 {
    (f64::from(number) * 0.618_033_988_749_895).fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURVE: DayCurve =
        DayCurve { swing: 0.33, peak_hour: 15.3, half_day_swing: 0.12, half_day_peak_hour: 10.3 };

    /// Of 1.1 crews divided among 46 areas none has a fourteenth of a crew for itself; in phases of their own they have
    /// all, to two shifts of the fourteen in a week.
    #[test]
    fn what_is_divided_among_many_areas_is_there_in_all() {
        let on_duty = |crews: f64, phase: fn(u32) -> f64| -> f64 {
            let area = |i| (0..168).map(|hour| whole_in_shift(crews / 46.0, hour, phase(i))).sum::<u32>();
            f64::from((0..46).map(area).sum::<u32>()) / 168.0
        };
        for crews in [1.1, 2.75, 6.8, 68.0] {
            assert!((on_duty(crews, phase_of) - crews).abs() <= 2.0 / 14.0, "{}", on_duty(crews, phase_of));
        }
        assert_eq!(on_duty(1.1, |_| 0.0), 0.0);
    }

    #[test]
    fn a_day_has_mean_one_and_its_quietest_hour_at_night() {
        let week = CURVE.week(1.0);
        assert!((week.iter().sum::<f64>() / 168.0 - 1.0).abs() < 1e-12);
        let quietest = (0..24).min_by(|&a, &b| week[a].total_cmp(&week[b]));
        assert!(quietest.is_some_and(|hour| (3..6).contains(&hour)), "{quietest:?}");
    }

    #[test]
    fn a_roster_keeps_its_mean() {
        let roster = by_hour(50.0, &CURVE, 0.6, 1.0);
        assert!((roster.iter().sum::<f64>() / 168.0 - 50.0).abs() < 1e-9);
    }

    #[test]
    fn shifts_keep_their_mean() {
        for mean in [0.0, 0.5, 0.6, 3.0, 6.84] {
            let total: u32 = (0..168).map(|hour| whole_in_shift(mean, hour, 0.0)).sum();
            assert!((f64::from(total) / 168.0 - mean).abs() < 1.0 / 14.0, "{mean} {total}");
        }
        assert_eq!(whole_in_shift(f64::NAN, 3, 0.0), 0);
    }

    #[test]
    fn a_weekend_is_as_high_as_is_said_and_the_week_keeps_its_mean() {
        let sum = |hours: &[f64]| hours.iter().sum::<f64>();
        for (week, mean) in [(CURVE.week(1.2), 1.0), (by_hour(50.0, &CURVE, 0.6, 1.2), 50.0)] {
            assert!((sum(&week) / 168.0 / mean - 1.0).abs() < 1e-12, "{}", sum(&week) / 168.0);
            let (weekday, saturday) = (sum(&week[..24]), sum(&week[120..144]));
            assert!((saturday / weekday - 1.2).abs() < 1e-12);
        }
        assert_eq!(CURVE.week(1.0)[..24], CURVE.week(1.0)[144..]);
    }
}
