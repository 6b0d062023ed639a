//! A level that changes in steps (people waiting, beds occupied), averaged over time.

use crate::units::{Span, Time};
use serde::{Deserialize, Serialize};

/// The area under a level over a window, in whole level milliseconds: nothing is lost to rounding,
/// however long the run.
///
/// The range of the window is that of levels held for some time; a level passed through within one
/// millisecond has no weight and is not in it.
///
/// ```
/// use nhs_capacity::measure::TimeWeighted;
/// use nhs_capacity::units::Time;
/// let hour = |h: u64| Time::from_millis(h * 3_600_000);
/// let mut waiting = TimeWeighted::starting(hour(0), 2);
/// waiting.set(5, hour(3));
/// assert_eq!(waiting.mean(hour(4)), Some(2.75));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeWeighted {
    level: u32,
    from: Time,
    updated: Time,
    // With 32-bit levels and a 64-bit clock neither sum can leave 128 bits.
    area: u128,
    square_area: u128,
    min: u32,
    max: u32,
}

impl TimeWeighted {
    /// A window that opens at `from` with the level at `level`.
    pub const fn starting(from: Time, level: u32) -> Self {
        Self { level, from, updated: from, area: 0, square_area: 0, min: u32::MAX, max: 0 }
    }

    /// The level changes to `level`.
    #[inline]
    pub fn set(&mut self, level: u32, now: Time) {
        self.accrue(now);
        self.level = level;
    }

    /// The level rises by `by`, at most to the largest number it can hold.
    #[inline]
    pub fn rise(&mut self, by: u32, now: Time) {
        self.set(self.level.saturating_add(by), now);
    }

    /// The level falls by `by`, at most to zero.
    #[inline]
    pub fn fall(&mut self, by: u32, now: Time) {
        self.set(self.level.saturating_sub(by), now);
    }

    /// Forgets the past and opens a new window at `now`, keeping the level: the end of a warm-up.
    pub fn restart(&mut self, now: Time) {
        *self = Self::starting(now, self.level);
    }

    /// The level now.
    pub const fn level(&self) -> u32 {
        self.level
    }

    /// Length of the window up to `now`.
    pub fn length(&self, now: Time) -> Span {
        now.max(self.updated).since(self.from)
    }

    /// Area under the level up to `now` [level milliseconds].
    pub fn area(&self, now: Time) -> u128 {
        self.until(now).area
    }

    /// Mean level up to `now`; `None` if no time has passed.
    pub fn mean(&self, now: Time) -> Option<f64> {
        let length = self.length(now).as_millis();
        (length > 0).then(|| self.area(now) as f64 / length as f64)
    }

    /// Variance of the level over time up to `now`; `None` if no time has passed.
    pub fn variance(&self, now: Time) -> Option<f64> {
        let (end, length) = (self.until(now), self.length(now).as_millis());
        let mean = self.mean(now)?;
        // Squares about the whole number next to the mean, exact in integers: subtracting two large
        // squares in floating point would lose digits. The true result fits, so wrapping is exact.
        let about = mean.round() as u128;
        let squares = end
            .square_area
            .wrapping_sub(end.area.wrapping_mul(2 * about))
            .wrapping_add((about * about).wrapping_mul(u128::from(length)));
        Some((squares as f64 / length as f64 - (mean - about as f64).powi(2)).max(0.0))
    }

    /// Least level held up to `now`; `None` if no time has passed.
    pub fn min(&self, now: Time) -> Option<u32> {
        (self.length(now) > Span::ZERO).then(|| self.until(now).min)
    }

    /// Greatest level held up to `now`; `None` if no time has passed.
    pub fn max(&self, now: Time) -> Option<u32> {
        (self.length(now) > Span::ZERO).then(|| self.until(now).max)
    }

    fn until(mut self, now: Time) -> Self {
        self.accrue(now);
        self
    }

    // A time before the last update adds nothing and does not turn the clock back.
    #[inline]
    fn accrue(&mut self, now: Time) {
        let elapsed = u128::from(now.since(self.updated).as_millis());
        if elapsed > 0 {
            let area = u128::from(self.level) * elapsed;
            self.area += area;
            self.square_area += area * u128::from(self.level);
            self.min = self.min.min(self.level);
            self.max = self.max.max(self.level);
            self.updated = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Verification case trace-10, its unit of time being one second.
    #[test]
    fn a_window_opens_in_the_middle_of_an_interval() {
        let mut level = TimeWeighted::starting(Time::ZERO, 2);
        level.set(5, Time::from_millis(3_000));
        level.restart(Time::from_millis(4_000));
        level.set(1, Time::from_millis(4_500));
        level.set(4, Time::from_millis(9_000));
        let end = Time::from_millis(11_000);
        assert!((level.mean(end).unwrap() - 15.0 / 7.0).abs() < 1e-12);
        assert!((level.variance(end).unwrap() - 2.408_163_265_31).abs() < 1e-9);
        assert_eq!((level.min(end), level.max(end)), (Some(1), Some(5)));
    }

    #[test]
    fn no_time_has_no_mean() {
        let mut level = TimeWeighted::starting(Time::from_millis(7), 3);
        level.set(9, Time::from_millis(7));
        level.set(2, Time::from_millis(5));
        let now = Time::from_millis(7);
        assert_eq!((level.mean(now), level.variance(now), level.max(now)), (None, None, None));
        assert_eq!((level.max(Time::from_millis(8)), level.area(Time::from_millis(8))), (Some(2), 2));
    }

    #[test]
    fn the_largest_level_for_all_time_fits() {
        let level = TimeWeighted::starting(Time::ZERO, u32::MAX);
        assert_eq!(level.mean(Time::NEVER), Some(f64::from(u32::MAX)));
        assert_eq!(level.variance(Time::NEVER), Some(0.0));
    }

    proptest! {
        #[test]
        fn area_is_the_sum_of_the_steps(steps in prop::collection::vec((0u32..900, 0u64..5_000), 1..50)) {
            let mut level = TimeWeighted::starting(Time::ZERO, 0);
            let (mut now, mut area, mut squares) = (0, 0.0, 0.0);
            for &(height, length) in &steps {
                level.set(height, Time::from_millis(now));
                now += length;
                area += f64::from(height) * length as f64;
                squares += f64::from(height).powi(2) * length as f64;
            }
            let end = Time::from_millis(now);
            prop_assert_eq!(level.area(end) as f64, area);
            if now > 0 {
                let variance = squares / now as f64 - (area / now as f64).powi(2);
                prop_assert!((level.variance(end).unwrap() - variance).abs() < 1e-6);
            }
        }
    }
}
