//! Simulated time in whole milliseconds.
//!
//! A floating-point clock gives different last bits on different platforms and stops moving when it
//! grows large; an integer clock does neither.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, AddAssign, Sub};

const MS_PER_SECOND: f64 = 1_000.0;
const MS_PER_MINUTE: f64 = 60_000.0;
const MS_PER_HOUR: f64 = 3_600_000.0;
const MS_PER_DAY: f64 = 86_400_000.0;

/// A point in simulated time: milliseconds since the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(u64);

/// A length of simulated time in milliseconds; never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(u64);

impl Time {
    /// The start of the run.
    pub const ZERO: Self = Self(0);
    /// Later than anything that can happen.
    pub const NEVER: Self = Self(u64::MAX);

    /// The point `milliseconds` after the start of the run.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the start of the run.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Hours since the start of the run.
    pub fn as_hours(self) -> f64 {
        self.0 as f64 / MS_PER_HOUR
    }

    /// Days since the start of the run.
    pub fn as_days(self) -> f64 {
        self.0 as f64 / MS_PER_DAY
    }

    /// Time elapsed since `earlier`, or zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// The later point, or `None` beyond the range of the clock.
    pub const fn checked_add(self, span: Span) -> Option<Self> {
        match self.0.checked_add(span.0) {
            Some(t) => Some(Self(t)),
            None => None,
        }
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// One second.
    pub const SECOND: Self = Self(1_000);
    /// One minute.
    pub const MINUTE: Self = Self(60_000);
    /// One hour.
    pub const HOUR: Self = Self(3_600_000);
    /// One day of 24 hours.
    pub const DAY: Self = Self(86_400_000);
    /// The longest span the clock can hold.
    pub const MAX: Self = Self(u64::MAX);

    /// A span of `milliseconds`.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    // It rounds as `round` does, half away from zero, without the call that `round` is on machines
    // before SSE 4.1 and without the long way from float to integer: added to 2^52, a smaller number
    // keeps no fraction and its last bits are the whole number, rounded half to even.
    #[inline]
    pub(crate) fn from_float(value: f64, unit: f64) -> Self {
        const SHIFT: f64 = (1_u64 << 52) as f64;
        let exact = value * unit;
        // as bits, negatives and NaN are beyond it as well
        if exact.to_bits() >= SHIFT.to_bits() {
            return Self::from_extreme(exact);
        }
        let shifted = exact + SHIFT;
        let whole = shifted.to_bits() - SHIFT.to_bits();
        let was_half = exact - (shifted - SHIFT) == 0.5;
        Self(whole + u64::from(was_half))
    }

    // `as u64` is total: it rounds towards zero, takes NaN and negatives to 0 and +infinity to the
    // largest span, so a sampled value can never move the clock backwards. From 2^52 floats are whole.
    #[cold]
    fn from_extreme(exact: f64) -> Self {
        Self(exact as u64)
    }

    /// A span of `seconds`, to the nearest millisecond; negative and NaN become zero.
    #[inline]
    pub fn from_seconds(seconds: f64) -> Self {
        Self::from_float(seconds, MS_PER_SECOND)
    }

    /// A span of `minutes`, to the nearest millisecond; negative and NaN become zero.
    #[inline]
    pub fn from_minutes(minutes: f64) -> Self {
        Self::from_float(minutes, MS_PER_MINUTE)
    }

    /// A span of `hours`, to the nearest millisecond; negative and NaN become zero.
    #[inline]
    pub fn from_hours(hours: f64) -> Self {
        Self::from_float(hours, MS_PER_HOUR)
    }

    /// A span of `days` of 24 hours, to the nearest millisecond; negative and NaN become zero.
    #[inline]
    pub fn from_days(days: f64) -> Self {
        Self::from_float(days, MS_PER_DAY)
    }

    /// Length in milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Length in seconds.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / MS_PER_SECOND
    }

    /// Length in minutes.
    pub fn as_minutes(self) -> f64 {
        self.0 as f64 / MS_PER_MINUTE
    }

    /// Length in hours.
    pub fn as_hours(self) -> f64 {
        self.0 as f64 / MS_PER_HOUR
    }

    /// Length in days of 24 hours.
    pub fn as_days(self) -> f64 {
        self.0 as f64 / MS_PER_DAY
    }

    /// The span multiplied by `factor`; the longest span if that is out of range.
    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

/// Saturates at [`Time::NEVER`]: an event that far away is beyond every horizon.
impl Add<Span> for Time {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

/// Saturates at [`Span::MAX`].
impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// Saturates at [`Span::ZERO`].
impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0 / 60_000;
        match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
            (0, 0, m) => write!(f, "{m} min {:.0} s", (self.0 % 60_000) as f64 / MS_PER_SECOND),
            (0, h, m) => write!(f, "{h} h {m} min"),
            (d, h, _) => write!(f, "{d} d {h} h"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spans_convert_between_units() {
        assert_eq!(Span::from_hours(1.5), Span::from_minutes(90.0));
        assert_eq!(Span::from_days(1.0), Span::DAY);
        assert_eq!(Span::from_seconds(0.0004), Span::ZERO);
        assert_eq!(Span::from_hours(2.0).as_minutes(), 120.0);
    }

    #[test]
    fn no_float_moves_the_clock_backwards() {
        for bad in [f64::NAN, -1.0, f64::NEG_INFINITY, -0.0] {
            assert_eq!(Span::from_hours(bad), Span::ZERO);
        }
        assert_eq!(Span::from_hours(f64::INFINITY), Span::MAX);
        assert_eq!(Time::from_millis(5) + Span::MAX, Time::NEVER);
        assert_eq!(Time::from_millis(5).since(Time::from_millis(9)), Span::ZERO);
    }

    proptest! {
        #[test]
        fn rounding_is_that_of_round(bits in any::<u64>(), small in -1e6..1e6, whole in 0_u64..1 << 53) {
            let halves = [whole as f64 + 0.5, (whole as f64 + 0.5).next_down(), (whole as f64 + 0.5).next_up()];
            let edges = [0.5_f64.next_down(), 2_f64.powi(64), 2_f64.powi(64).next_down(), 2_f64.powi(53) + 1.0];
            let values = [f64::from_bits(bits), small].into_iter().chain(halves).chain(edges);
            for value in values {
                prop_assert_eq!(Span::from_float(value, 1.0).0, value.round() as u64, "{}", value);
            }
        }
    }
}
