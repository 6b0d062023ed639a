//! Shares and means that are added up over providers before dividing.

use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// A numerator and its denominator, kept apart until the end: England's four-hour performance is
/// patients within four hours over all patients, not the mean of the trusts' percentages.
///
/// ```
/// use nhs_capacity::measure::Ratio;
/// let mut within_four_hours = Ratio::default();
/// [200, 240, 241].iter().for_each(|&minutes| within_four_hours.count(minutes <= 240));
/// assert_eq!(within_four_hours.value(), Some(2.0 / 3.0));
/// assert_eq!(Ratio::default().value(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// What is divided.
    pub numerator: f64,
    /// What it is divided by.
    pub denominator: f64,
}

impl Ratio {
    /// `numerator` over `denominator`.
    pub const fn new(numerator: f64, denominator: f64) -> Self {
        Self { numerator, denominator }
    }

    /// Adds to both.
    #[inline]
    pub fn add(&mut self, numerator: f64, denominator: f64) {
        self.numerator += numerator;
        self.denominator += denominator;
    }

    /// Counts somebody to whom it happened, or did not. Exact up to 9 million billion people.
    #[inline]
    pub fn count(&mut self, happened: bool) {
        self.add(f64::from(u8::from(happened)), 1.0);
    }

    /// The quotient; `None` if the denominator is zero or the quotient is not finite.
    pub fn value(self) -> Option<f64> {
        Some(self.numerator / self.denominator).filter(|value| value.is_finite())
    }
}

impl Add for Ratio {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.numerator + other.numerator, self.denominator + other.denominator)
    }
}

impl AddAssign for Ratio {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// The ratio of sums, added in the order given.
impl Sum for Ratio {
    fn sum<I: Iterator<Item = Self>>(ratios: I) -> Self {
        ratios.fold(Self::default(), |sum, ratio| sum + ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    #[test]
    fn ratios_add_before_they_divide() {
        let england: Ratio = [Ratio::new(1.0, 1.0), Ratio::new(0.0, 9.0)].into_iter().sum();
        assert_eq!(england.value(), Some(0.1));
    }

    #[test]
    fn no_denominator_no_value() {
        assert_eq!(Ratio::new(3.0, 0.0).value(), None);
        assert_eq!(Ratio::new(f64::NAN, 1.0).value(), None);
    }

    /// Verification case trace-11.
    #[test]
    fn targets_count_on_their_exact_boundaries() {
        let counted = |spans: &[Span], meets: &dyn Fn(Span) -> bool| {
            let mut ratio = Ratio::default();
            spans.iter().for_each(|&span| ratio.count(meets(span)));
            ratio.numerator
        };
        let ed = [0.0, 239.0, 240.0, 240.5, 241.0, 719.0, 720.0, 721.0].map(Span::from_minutes);
        let rtt = [0.0, 125.0, 126.0, 127.0, 364.0, 365.0, 455.0, 456.0].map(Span::from_days);
        assert_eq!(counted(&ed, &|wait| wait <= Span::HOUR.times(4)), 3.0);
        assert_eq!(counted(&ed, &|wait| wait > Span::HOUR.times(12)), 1.0);
        assert_eq!(counted(&rtt, &|wait| wait <= Span::DAY.times(18 * 7)), 3.0);
        assert_eq!(counted(&rtt, &|wait| wait > Span::DAY.times(52 * 7)), 3.0);
        assert_eq!(counted(&rtt, &|wait| wait > Span::DAY.times(65 * 7)), 1.0);
    }
}
