//! Durations in buckets whose width grows with the duration: quantiles of any number of waits in
//! fixed memory.

use crate::units::Span;
use std::fmt;

// 64 buckets to each doubling: a bucket is at most 1/64 of its lower end wide and is read at its
// middle, so the relative error is at most 1/128. Below 128 ms every millisecond has its own.
const STEPS: u32 = 6;
const LONGEST: u64 = (1 << 38) - 1;
const BUCKETS: usize = bucket_of(LONGEST, STEPS) + 1;

/// How often each length of time occurred. Merging is exact and does not depend on order.
///
/// Count, sum, mean, least and greatest are exact. A quantile is within [`Histogram::RELATIVE_ERROR`]
/// of the observation at its rank, for spans up to 8.7 years; longer ones share the last bucket and
/// are read as the greatest. Takes 17 KB whatever it holds.
///
/// A share against a target ("within four hours") is better counted as it happens, with
/// [`Ratio::count`](super::Ratio::count): real waits pile up just short of a target, inside one bucket.
///
/// ```
/// use nhs_capacity::measure::Histogram;
/// use nhs_capacity::units::Span;
/// let mut waits = Histogram::new();
/// (1..=100).for_each(|minutes| waits.record(Span::MINUTE.times(minutes)));
/// assert_eq!(waits.mean(), Some(Span::from_minutes(50.5)));
/// let median = waits.quantile(0.5).map(Span::as_minutes);
/// assert!(median.is_some_and(|m| (m - 50.0).abs() < 0.4));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Histogram {
    buckets: Box<[u64; BUCKETS]>,
    count: u64,
    sum: u128,
    min: u64,
    max: u64,
}

/// The bucket of a whole number: the position of its leading bit and the `steps` bits after it.
#[inline]
pub(crate) const fn bucket_of(value: u64, steps: u32) -> usize {
    let shift = (value | 1 << steps).ilog2() - steps;
    ((shift as usize) << steps) + (value >> shift) as usize
}

/// First number of a bucket and how many it has.
pub(crate) const fn range_of(bucket: usize, steps: u32) -> (u64, u64) {
    let shift = (bucket >> steps).saturating_sub(1);
    (((bucket - (shift << steps)) as u64) << shift, 1 << shift)
}

/// Which of `count` ordered observations, numbered from 1, is the quantile `p`: the least whose
/// share of observations at or below it reaches `p`. `None` without observations or if `p` is not
/// between 0 and 1.
pub fn rank(p: f64, count: u64) -> Option<u64> {
    if count == 0 || !(0.0..=1.0).contains(&p) {
        return None;
    }
    // 0.07 x 100 is a little more than 7 in binary; without the margin it would round up to 8.
    let exact = p * count as f64;
    Some(((exact * (1.0 - 4.0 * f64::EPSILON)).ceil() as u64).clamp(1, count))
}

impl Histogram {
    /// Largest relative error of a quantile.
    pub const RELATIVE_ERROR: f64 = 1.0 / 128.0;

    /// Nothing recorded yet.
    pub fn new() -> Self {
        Self { buckets: Box::new([0; BUCKETS]), count: 0, sum: 0, min: u64::MAX, max: 0 }
    }

    /// Adds one duration.
    #[inline]
    pub fn record(&mut self, span: Span) {
        let millis = span.as_millis();
        let bucket = &mut self.buckets[bucket_of(millis.min(LONGEST), STEPS)];
        *bucket = bucket.saturating_add(1);
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(u128::from(millis));
        self.min = self.min.min(millis);
        self.max = self.max.max(millis);
    }

    /// Adds everything `other` recorded.
    pub fn merge(&mut self, other: &Self) {
        self.buckets.iter_mut().zip(other.buckets.iter()).for_each(|(n, m)| *n = n.saturating_add(*m));
        self.count = self.count.saturating_add(other.count);
        self.sum = self.sum.saturating_add(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Number of durations.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Sum of all durations, exact \[ms\].
    pub const fn sum_millis(&self) -> u128 {
        self.sum
    }

    /// Mean, to the nearest millisecond.
    pub fn mean(&self) -> Option<Span> {
        let count = u128::from(self.count);
        // The mean is no more than the greatest duration, so it fits.
        (count > 0).then(|| Span::from_millis(((self.sum + count / 2) / count) as u64))
    }

    /// Least duration, exact.
    pub fn min(&self) -> Option<Span> {
        (self.count > 0).then(|| Span::from_millis(self.min))
    }

    /// Greatest duration, exact.
    pub fn max(&self) -> Option<Span> {
        (self.count > 0).then(|| Span::from_millis(self.max))
    }

    /// The duration that the share `p` did not exceed, within [`Histogram::RELATIVE_ERROR`]; `None`
    /// without observations or if `p` is not between 0 and 1.
    pub fn quantile(&self, p: f64) -> Option<Span> {
        let rank = rank(p, self.count)?;
        let mut counted = 0_u64;
        let bucket = self.buckets.iter().position(|&n| {
            counted = counted.saturating_add(n);
            counted >= rank
        })?;
        let (first, width) = range_of(bucket, STEPS);
        let middle = if bucket + 1 < BUCKETS { first + (width - 1) / 2 } else { self.max };
        Some(Span::from_millis(middle.clamp(self.min, self.max)))
    }

    /// Share of durations longer than `limit`, those in its bucket taken as spread evenly; `None`
    /// without observations.
    pub fn share_above(&self, limit: Span) -> Option<f64> {
        let limit = limit.as_millis();
        if self.count == 0 || limit >= self.max {
            return (self.count > 0).then_some(0.0);
        }
        if limit < self.min {
            return Some(1.0);
        }
        let bucket = bucket_of(limit.min(LONGEST), STEPS);
        let (first, width) = range_of(bucket, STEPS);
        // Within the bucket the observations lie between these, both included.
        let least = first.max(self.min);
        let greatest = if bucket + 1 < BUCKETS { (first + width - 1).min(self.max) } else { self.max };
        let inside = (greatest.saturating_sub(limit)) as f64 / (greatest - least + 1) as f64;
        let longer: u128 = self.buckets[bucket + 1..].iter().map(|&n| u128::from(n)).sum();
        Some((longer as f64 + self.buckets[bucket] as f64 * inside) / self.count as f64)
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

/// A summary; two thousand buckets help nobody.
impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Histogram")
            .field("count", &self.count)
            .field("mean", &self.mean())
            .field("median", &self.quantile(0.5))
            .field("max", &self.max())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(millis: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        millis.iter().for_each(|&ms| histogram.record(Span::from_millis(ms)));
        histogram
    }

    // Every magnitude is as likely as any other.
    fn any_span() -> impl Strategy<Value = u64> {
        (0_u32..38, any::<u64>()).prop_map(|(bits, word)| (word >> 26) >> bits)
    }

    #[test]
    fn buckets_cover_every_millisecond_once() {
        let mut next = 0;
        for bucket in 0..BUCKETS {
            let (first, width) = range_of(bucket, STEPS);
            assert_eq!(first, next);
            assert_eq!((bucket_of(first, STEPS), bucket_of(first + width - 1, STEPS)), (bucket, bucket));
            assert!(width == 1 || width as f64 <= first as f64 / 64.0);
            next = first + width;
        }
        assert_eq!((next, BUCKETS), (LONGEST + 1, 2112));
    }

    #[test]
    fn nobody_has_no_quantile() {
        let none = Histogram::new();
        assert_eq!((none.mean(), none.quantile(0.5), none.share_above(Span::ZERO)), (None, None, None));
        assert_eq!((of(&[4]).quantile(1.5), of(&[4]).quantile(f64::NAN)), (None, None));
    }

    #[test]
    fn spans_beyond_the_last_bucket_are_still_summed() {
        let long = of(&[u64::MAX, u64::MAX, 5]);
        assert_eq!(long.sum_millis(), 2 * u128::from(u64::MAX) + 5);
        assert_eq!((long.quantile(1.0), long.quantile(0.1)), (Some(Span::MAX), Some(Span::from_millis(5))));
        assert_eq!(long.share_above(Span::DAY), Some(2.0 / 3.0));
        assert_eq!(long.share_above(Span::MAX), Some(0.0));
    }

    #[test]
    fn a_rank_is_not_pushed_up_by_rounding() {
        assert_eq!((rank(0.07, 100), rank(0.0701, 100)), (Some(7), Some(8)));
        assert_eq!(
            (rank(0.0, 9), rank(1.0, 9), rank(0.5, 50), rank(0.5, 0)),
            (Some(1), Some(9), Some(25), None)
        );
        for n in 1..400_u64 {
            (1..=n).for_each(|k| assert_eq!(rank(k as f64 / n as f64, n), Some(k)));
        }
    }

    proptest! {
        #[test]
        fn quantiles_keep_their_error_bound(spans in prop::collection::vec(any_span(), 1..200), p in 0.0..=1.0_f64) {
            let histogram = of(&spans);
            let mut sorted = spans.clone();
            sorted.sort_unstable();
            let exact = sorted[rank(p, spans.len() as u64).unwrap() as usize - 1] as f64;
            let read = histogram.quantile(p).unwrap().as_millis() as f64;
            prop_assert!((read - exact).abs() <= Histogram::RELATIVE_ERROR * exact, "{} for {}", read, exact);
        }

        #[test]
        fn merging_equals_one_pass(a in prop::collection::vec(any_span(), 0..80), b in prop::collection::vec(any_span(), 0..80)) {
            let whole = of(&[a.clone(), b.clone()].concat());
            let (mut forwards, mut backwards) = (of(&a), of(&b));
            forwards.merge(&of(&b));
            backwards.merge(&of(&a));
            prop_assert_eq!(&forwards, &whole);
            prop_assert_eq!(&backwards, &whole);
        }

        #[test]
        fn shares_lie_between_those_at_the_ends_of_the_bucket(spans in prop::collection::vec(any_span(), 1..100), limit in any_span()) {
            let histogram = of(&spans);
            let share = histogram.share_above(Span::from_millis(limit)).unwrap();
            let (first, width) = range_of(bucket_of(limit, STEPS), STEPS);
            let exact = |above: u64| spans.iter().filter(|&&ms| ms >= above).count() as f64 / spans.len() as f64;
            prop_assert!(exact(first + width) <= share + 1e-12 && share <= exact(first) + 1e-12);
        }
    }
}
