//! Arrivals: a Poisson process whose rate is constant within each hour and follows the hour of the
//! week, the month and, if asked, a random day effect shared by several streams (overdispersion).
//!
//! Sampled exactly, by running unit exponentials through the cumulative rate: the cost is
//! proportional to arrivals and hours, whatever the peak rate.

use super::distribution::{Distribution, DistributionError};
use super::streams::{Dice, Stream};
use super::ziggurat::exponential;
use crate::units::{Calendar, Month, Shown, Span, Time};

/// Hours in a week.
pub const HOURS_OF_WEEK: usize = 168;

/// Why a rate profile cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrivalError {
    /// An hour's weight is negative or not a number.
    #[error("weight of hour {hour} of the week = {}, must be a number from 0 to 1e9", Shown(*.weight))]
    Weight {
        /// Hour of the week, Monday midnight = 0.
        hour: usize,
        /// What was given.
        weight: f64,
    },
    /// Not one weight for each hour of the week.
    #[error("{0} weights for the hours of a week, must be 168")]
    Length(usize),
    /// A month's volume is negative or not a number.
    #[error("volume of {month} = {}, must be a number from 0 to 1e9", Shown(*.volume))]
    Volume {
        /// The month.
        month: Month,
        /// What was given.
        volume: f64,
    },
    /// A positive volume has to fall in hours that all have weight zero.
    #[error("volume of {month} is {}, but every hour of the week has weight 0", Shown(*.volume))]
    NoHours {
        /// The month.
        month: Month,
        /// What was given.
        volume: f64,
    },
    /// The day effect is not a distribution.
    #[error("day effect: {0}")]
    DayEffect(#[from] DistributionError),
}

/// Expected arrivals in each hour of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RateProfile {
    // weight of each hour of the week
    weights: Vec<f64>,
    // arrivals per unit of weight, for each day of the run
    scale_of_day: Vec<f64>,
    first_hour_of_week: usize,
}

impl RateProfile {
    /// A profile in which `volumes` gives the expected arrivals of each month of the run, in order
    /// from the month of the calendar's first day, and `weights` the relative load of the 168 hours
    /// of a week from Monday midnight. The first day must be the first of a month. Outside the
    /// months given nobody arrives.
    ///
    /// # Errors
    /// If there are not 168 weights, or any number is negative or not finite.
    pub fn monthly(calendar: Calendar, volumes: &[f64], weights: &[f64]) -> Result<Self, ArrivalError> {
        if weights.len() != HOURS_OF_WEEK {
            return Err(ArrivalError::Length(weights.len()));
        }
        if let Some((hour, &weight)) = weights.iter().enumerate().find(|(_, w)| !(0.0..=1e9).contains(*w)) {
            return Err(ArrivalError::Weight { hour, weight });
        }
        let weight_of_weekday: Vec<f64> = weights.chunks(24).map(|day| day.iter().sum()).collect();
        let first = Month::of(calendar.start());
        let mut scale_of_day = Vec::new();
        for (offset, &volume) in (0_i32..).zip(volumes) {
            let month = first.plus(offset);
            if !(0.0..=1e9).contains(&volume) {
                return Err(ArrivalError::Volume { month, volume });
            }
            let start = calendar.midnight(month.first_day());
            let days = u64::from(month.days());
            let weight: f64 = (0..days)
                .filter_map(|d| weight_of_weekday.get(calendar.weekday(start + Span::DAY.times(d))))
                .sum();
            if weight == 0.0 && volume > 0.0 {
                return Err(ArrivalError::NoHours { month, volume });
            }
            let scale = if volume > 0.0 { volume / weight } else { 0.0 };
            scale_of_day.extend(std::iter::repeat_n(scale, days as usize));
        }
        let first_hour_of_week = calendar.hour_of_week(Time::ZERO);
        Ok(Self { weights: weights.to_vec(), scale_of_day, first_hour_of_week })
    }

    /// Expected arrivals in the hour numbered `hour` since the start of the run.
    pub fn expected_in_hour(&self, hour: usize) -> f64 {
        let weight = self.weights.get((self.first_hour_of_week + hour) % HOURS_OF_WEEK);
        let scale = self.scale_of_day.get(hour / 24);
        weight.zip(scale).map_or(0.0, |(w, s)| w * s)
    }

    /// Hours covered by the profile.
    pub fn hours(&self) -> usize {
        self.scale_of_day.len() * 24
    }

    fn multiply_days(&mut self, effect: &DayEffect) {
        for (day, scale) in (0_u64..).zip(&mut self.scale_of_day) {
            *scale *= effect.of_day(day);
        }
    }
}

/// A random multiplier for each day with mean 1, gamma distributed: counts of a day are then
/// negative binomial. Streams given the same effect have good and bad days together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayEffect {
    gamma: Distribution,
    stream: Stream,
}

impl DayEffect {
    /// An effect with coefficient of variation `cv` (0 for none), drawn from `stream`.
    ///
    /// # Errors
    /// If `cv` is negative, not finite, or above 1000.
    pub fn new(cv: f64, stream: Stream) -> Result<Self, ArrivalError> {
        let gamma = if cv == 0.0 {
            Distribution::constant(1.0)?
        } else {
            // a negative cv would give the same gamma: refuse it
            Distribution::constant(cv)?;
            Distribution::gamma(1.0 / (cv * cv), 1.0)?
        };
        Ok(Self { gamma, stream })
    }

    /// The multiplier of the day numbered `day` since the start of the run.
    pub fn of_day(&self, day: u64) -> f64 {
        self.gamma.sample(&mut self.stream.at(day).dice())
    }
}

/// A stream of arrival times in rising order.
#[derive(Clone, Debug)]
pub struct Arrivals {
    profile: RateProfile,
    dice: Dice,
    hour: usize,
    into_hour: f64,
    rate: f64,
}

impl Arrivals {
    /// Arrivals of `profile`, multiplied day by day by `effect` if there is one, drawn from `stream`.
    pub fn new(mut profile: RateProfile, effect: Option<&DayEffect>, stream: Stream) -> Self {
        if let Some(effect) = effect {
            profile.multiply_days(effect);
        }
        let rate = profile.expected_in_hour(0);
        Self { profile, dice: stream.dice(), hour: 0, into_hour: 0.0, rate }
    }
}

/// Ends when the profile does.
impl Iterator for Arrivals {
    type Item = Time;

    #[inline]
    fn next(&mut self) -> Option<Time> {
        let mut needed = exponential(&mut self.dice);
        loop {
            let left_in_hour = self.rate * (1.0 - self.into_hour);
            if needed < left_in_hour {
                self.into_hour = (self.into_hour + needed / self.rate).min(1.0);
                let within = Span::from_hours(self.into_hour);
                return Some(Time::ZERO + Span::HOUR.times(self.hour as u64) + within);
            }
            needed -= left_in_hour;
            self.hour += 1;
            self.into_hour = 0.0;
            if self.hour >= self.profile.hours() {
                self.rate = 0.0;
                self.hour = self.profile.hours();
                return None;
            }
            self.rate = self.profile.expected_in_hour(self.hour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::date;

    fn profile(volumes: &[f64], weights: &[f64]) -> Result<RateProfile, ArrivalError> {
        RateProfile::monthly(Calendar::starting(date(2022, 10, 1)), volumes, weights)
    }

    fn mean_and_se(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, (variance / n).sqrt())
    }

    #[test]
    fn a_month_expects_its_published_volume() {
        let weights: Vec<f64> = (0..168).map(|h| 1.0 + (h % 24) as f64).collect();
        let profile = profile(&[3_100.0, 600.0], &weights).unwrap();
        let october: f64 = (0..31 * 24).map(|h| profile.expected_in_hour(h)).sum();
        let november: f64 = (31 * 24..61 * 24).map(|h| profile.expected_in_hour(h)).sum();
        assert!((october - 3_100.0).abs() < 1e-9 && (november - 600.0).abs() < 1e-9);
        assert_eq!(profile.expected_in_hour(61 * 24), 0.0);
    }

    /// 200 replications; |t| at most 4.09 with 199 degrees of freedom for the mean count; the
    /// variance of a Poisson count equals its mean (standard error of the ratio sqrt(2/199)).
    #[test]
    fn counts_are_poisson_by_hour_of_week() {
        let weights: Vec<f64> = (0..168).map(|h| if h % 24 < 8 { 0.0 } else { 2.0 }).collect();
        let profile = profile(&[400.0], &weights).unwrap();
        let counts: Vec<f64> = (0..200)
            .map(|r| {
                let arrivals: Vec<Time> =
                    Arrivals::new(profile.clone(), None, Stream::of_seed(5).at(r)).collect();
                assert!(arrivals.is_sorted());
                assert!(arrivals.iter().all(|t| t.as_hours() % 24.0 >= 8.0 - 1e-6));
                arrivals.len() as f64
            })
            .collect();
        let (mean, se) = mean_and_se(&counts);
        assert!(((mean - 400.0) / se).abs() < 4.09, "{mean} {se}");
        let dispersion = se * se * 200.0 / 400.0;
        assert!((dispersion - 1.0).abs() < 4.0 * (2.0_f64 / 199.0).sqrt(), "{dispersion}");
    }

    /// Var(N) = m + cv^2 * sum of squared daily means, from the law of total variance.
    #[test]
    fn a_day_effect_overdisperses_counts_as_the_law_of_total_variance_says() {
        let profile = profile(&[3_100.0], &[1.0; 168]).unwrap();
        let counts: Vec<f64> = (0..400)
            .map(|r| {
                let root = Stream::of_seed(6).at(r);
                let effect = DayEffect::new(0.2, root.at(0)).unwrap();
                Arrivals::new(profile.clone(), Some(&effect), root.at(1)).count() as f64
            })
            .collect();
        let (mean, se) = mean_and_se(&counts);
        assert!(((mean - 3_100.0) / se).abs() < 4.05, "{mean} {se}");
        let expected = 3_100.0 + 0.04 * 31.0 * 100.0 * 100.0;
        let ratio = se * se * 400.0 / expected;
        assert!((ratio - 1.0).abs() < 4.0 * (2.0_f64 / 399.0).sqrt() * 1.2, "{ratio}");
    }

    #[test]
    fn wrong_profiles_are_refused() {
        assert!(matches!(profile(&[1.0], &[1.0; 24]), Err(ArrivalError::Length(24))));
        assert!(matches!(profile(&[-1.0], &[1.0; 168]), Err(ArrivalError::Volume { .. })));
        assert!(matches!(profile(&[f64::NAN], &[1.0; 168]), Err(ArrivalError::Volume { .. })));
        assert!(matches!(profile(&[1.0], &[0.0; 168]), Err(ArrivalError::NoHours { .. })));
        assert!(matches!(profile(&[1.0], &[f64::NAN; 168]), Err(ArrivalError::Weight { .. })));
        assert!(DayEffect::new(-0.1, Stream::of_seed(0)).is_err());
        assert_eq!(Arrivals::new(profile(&[0.0], &[0.0; 168]).unwrap(), None, Stream::of_seed(0)).count(), 0);
    }

    /// A million an hour for one hour in an otherwise empty month.
    #[test]
    fn a_spike_costs_in_proportion_to_its_arrivals() {
        let mut weights = [0.0; 168];
        weights[50] = 1.0;
        let count = Arrivals::new(profile(&[1e6], &weights).unwrap(), None, Stream::of_seed(1)).count();
        assert!((count as f64 - 1e6).abs() < 4.0 * 1e3);
    }
}
