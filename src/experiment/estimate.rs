//! A mean over replications, with how far it can be trusted.

use super::student;
use crate::measure::Tally;
use crate::units::Shown;
use serde::{Deserialize, Serialize};

/// How sure an interval is to contain the true value: strictly between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Confidence(f64);

/// Why a number is not a [`Confidence`].
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfidenceError {
    /// Not strictly between 0 and 1.
    #[error("a confidence level lies strictly between 0 and 1, got {}", Shown(*.0))]
    OutOfRange(f64),
}

impl Confidence {
    /// 95 percent.
    pub const NINETY_FIVE: Self = Self(0.95);

    /// The level as a number.
    pub const fn level(self) -> f64 {
        self.0
    }

    /// The level at which each of `intervals` is to be stated so that all of them together hold
    /// their true values at this one (Bonferroni).
    pub fn shared_among(self, intervals: usize) -> Self {
        // Rounds to 1 only beyond some 10^14 intervals.
        Self((1.0 - (1.0 - self.0) / intervals.max(1) as f64).min(1.0 - f64::EPSILON))
    }

    /// The t quantile of a two-sided interval; `None` below one degree of freedom.
    pub fn t_quantile(self, freedom: f64) -> Option<f64> {
        student::quantile(0.5 + self.0 / 2.0, freedom)
    }

    /// Half the length of the t interval: quantile times standard error. `None` below one degree of
    /// freedom or if it is not finite.
    pub fn margin(self, standard_error: f64, freedom: f64) -> Option<f64> {
        self.t_quantile(freedom).map(|t| t * standard_error).filter(|margin| margin.is_finite())
    }
}

impl Default for Confidence {
    fn default() -> Self {
        Self::NINETY_FIVE
    }
}

impl TryFrom<f64> for Confidence {
    type Error = ConfidenceError;
    fn try_from(level: f64) -> Result<Self, ConfidenceError> {
        if level > 0.0 && level <= 1.0 - f64::EPSILON {
            Ok(Self(level))
        } else {
            Err(ConfidenceError::OutOfRange(level))
        }
    }
}

impl From<Confidence> for f64 {
    fn from(confidence: Confidence) -> f64 {
        confidence.0
    }
}

/// From one number to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The t interval around `centre`; `None` below one degree of freedom or if it is not finite.
    pub fn around(centre: f64, standard_error: f64, freedom: f64, confidence: Confidence) -> Option<Self> {
        Self::of_half_width(centre, confidence.margin(standard_error, freedom)?)
    }

    /// From `half_width` below `centre` to as much above; `None` if an end is not finite.
    pub fn of_half_width(centre: f64, half_width: f64) -> Option<Self> {
        let (low, high) = (centre - half_width, centre + half_width);
        (low.is_finite() && high.is_finite()).then_some(Self { low, high })
    }

    /// Half its length, to the digits that its ends have left: beside a large centre
    /// [`Estimate::half_width`] has more.
    pub fn half_width(self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Whether `value` lies in it.
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// A mean over independent replications.
///
/// ```
/// use nhs_capacity::experiment::{Confidence, Estimate};
/// let waits = Estimate::of(&[Some(14.0), Some(16.0), None, Some(15.0)], Confidence::NINETY_FIVE);
/// assert_eq!(waits.map(|e| (e.mean, e.replications, e.dropped)), Some((15.0, 3, 1)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Mean over the replications that have a value.
    pub mean: f64,
    /// Standard error of the mean; `None` with one replication.
    pub standard_error: Option<f64>,
    /// Student's t interval; `None` with one replication, which says nothing of its own precision.
    pub interval: Option<Interval>,
    /// The t quantile times the standard error: half the length of the interval, with the digits
    /// that its ends lose to a large mean. `None` with one replication.
    pub half_width: Option<f64>,
    /// Replications that have a value.
    pub replications: usize,
    /// Replications left out because their value is absent or not finite.
    pub dropped: usize,
}

impl Estimate {
    /// The estimate from one value per replication, given as `f64` or `Option<f64>`; `None` if no
    /// replication has a finite one.
    pub fn of<V: Copy + Into<Option<f64>>>(values: &[V], confidence: Confidence) -> Option<Self> {
        let tally: Tally = values.iter().filter_map(|&value| value.into()).collect();
        Self::of_tally(&tally, confidence)
            .map(|estimate| Self { dropped: values.len() - estimate.replications, ..estimate })
    }

    /// The estimate from a tally of one value per replication.
    pub fn of_tally(tally: &Tally, confidence: Confidence) -> Option<Self> {
        let (mean, standard_error) = (tally.mean()?, tally.standard_error());
        let half_width = standard_error.and_then(|se| confidence.margin(se, tally.count() as f64 - 1.0));
        Some(Self {
            mean,
            standard_error,
            interval: half_width.and_then(|half| Interval::of_half_width(mean, half)),
            half_width,
            replications: tally.count() as usize,
            dropped: tally.dropped() as usize,
        })
    }

    /// The half-width over the absolute mean; `None` without a half-width or if the mean is zero.
    pub fn relative_half_width(&self) -> Option<f64> {
        self.half_width.map(|half| half / self.mean.abs()).filter(|width| width.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use rand_distr::{Distribution, StandardNormal};

    const LEVEL: Confidence = Confidence::NINETY_FIVE;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs().max(1.0)
    }

    /// Verification case oa-summary-01.
    #[test]
    fn an_interval_is_students() {
        let data = [14.2, 15.1, 13.7, 16.0, 14.9, 15.5, 14.4, 13.9, 15.8, 14.6];
        let estimate = Estimate::of(&data, LEVEL).unwrap();
        let interval = estimate.interval.unwrap();
        assert!(close(estimate.mean, 14.81));
        assert!(close(estimate.standard_error.unwrap(), 0.249_644_191_244_704));
        assert!(close(interval.half_width(), 0.564_734_395_375_172));
        assert!(close(interval.low, 14.245_265_604_624_8) && close(interval.high, 15.374_734_395_375_2));
        assert!(close(estimate.relative_half_width().unwrap(), 0.038_131_964_576_311_4));
    }

    /// Verification case oa-summary-02.
    #[test]
    fn a_large_offset_costs_no_digits() {
        let data = [1_000_000_004.0, 1_000_000_007.0, 1_000_000_013.0, 1_000_000_016.0];
        let estimate = Estimate::of(&data, LEVEL).unwrap();
        let interval = estimate.interval.unwrap();
        assert_eq!(estimate.mean, 1_000_000_010.0);
        assert!(close(estimate.standard_error.unwrap(), 2.738_612_787_525_83));
        assert!(close(interval.low, 1_000_000_001.284_51) && close(interval.high, 1_000_000_018.715_49));
        assert!(close(estimate.half_width.unwrap(), 8.715_488_147_264_3));
        assert!((estimate.relative_half_width().unwrap() / 8.715_488_060_109_41e-9 - 1.0).abs() < 1e-12);
    }

    /// Verification case oa-coverage-01.
    #[test]
    fn nineteen_intervals_in_twenty_hold_the_truth() {
        let covered = (0..1_000).filter(|&experiment| {
            let mut dice = Stream::of_seed(2022).at(experiment).dice();
            let draws: Vec<f64> = (0..10).map(|_| StandardNormal.sample(&mut dice)).collect();
            Estimate::of(&draws, LEVEL).unwrap().interval.unwrap().contains(0.0)
        });
        let coverage = covered.count() as f64 / 1_000.0;
        assert!((0.927_325_239_803..=0.972_674_760_197).contains(&coverage), "{coverage}");
    }

    #[test]
    fn absent_replications_are_counted_not_averaged() {
        assert_eq!(Estimate::of(&[f64::NAN, f64::INFINITY], LEVEL), None);
        assert_eq!(Estimate::of::<f64>(&[], LEVEL), None);
        let one = Estimate::of(&[Some(3.0), None, Some(f64::NAN)], LEVEL).unwrap();
        assert_eq!((one.mean, one.standard_error, one.interval), (3.0, None, None));
        assert_eq!((one.replications, one.dropped), (1, 2));
        let zero = Estimate::of(&[0.0, 0.0], LEVEL).unwrap();
        assert_eq!(
            (zero.interval, zero.relative_half_width()),
            (Some(Interval { low: 0.0, high: 0.0 }), None)
        );
    }

    #[test]
    fn only_open_levels_are_confidence() {
        for bad in [0.0, 1.0, -0.5, 2.0, f64::NAN] {
            assert!(Confidence::try_from(bad).is_err());
        }
        assert!(close(LEVEL.shared_among(4).level(), 0.9875));
        assert_eq!((LEVEL.shared_among(0), Confidence::try_from(0.95)), (LEVEL, Ok(LEVEL)));
        assert!(LEVEL.shared_among(usize::MAX).t_quantile(1.0).is_some_and(f64::is_finite));
    }
}
