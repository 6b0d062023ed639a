//! Durations in few buckets: percentiles by provider and month, of which there are thousands.

use crate::units::Span;

// 8 buckets to each doubling, in whole seconds; longer than 24 days shares the last bucket
const STEPS: u32 = 3;
const LONGEST: u64 = (1 << 21) - 1;
const BUCKETS: usize = bucket_of(LONGEST) + 1;

#[inline]
const fn bucket_of(seconds: u64) -> usize {
    let shift = (seconds | 1 << STEPS).ilog2() - STEPS;
    ((shift as usize) << STEPS) + (seconds >> shift) as usize
}

/// First second of a bucket and how many it has.
const fn range_of(bucket: usize) -> (u64, u64) {
    let shift = (bucket >> STEPS).saturating_sub(1);
    (((bucket - (shift << STEPS)) as u64) << shift, 1 << shift)
}

/// How often each length of time occurred, in 608 bytes: coarser and smaller than
/// [`Histogram`](super::Histogram), and `Copy`. Merging is exact and does not depend on order, so that
/// a percentile of England is one of its patients, not a mean of trusts.
///
/// Whole seconds count; a bucket is at most an eighth of its lower end wide and its observations are
/// taken as spread evenly, so a quantile is within [`Durations::RELATIVE_ERROR`] of the truth and
/// usually much nearer.
///
/// ```
/// use nhs_capacity::measure::Durations;
/// use nhs_capacity::units::Span;
/// let mut waits = Durations::default();
/// (1..=100).for_each(|minutes| waits.record(Span::MINUTE.times(minutes)));
/// let p90 = waits.quantile(0.9).map(Span::as_minutes);
/// assert!(p90.is_some_and(|m| (m - 90.0).abs() < 1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Durations {
    counts: [u32; BUCKETS],
}

impl Default for Durations {
    fn default() -> Self {
        Self { counts: [0; BUCKETS] }
    }
}

impl Durations {
    /// Largest relative error of a quantile of durations of eight seconds or more.
    pub const RELATIVE_ERROR: f64 = 0.125;

    /// The counts of all buckets: what is kept of it in a file.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Durations with these counts; `None` if there are too few or too many.
    pub fn of_counts(counts: &[u32]) -> Option<Self> {
        counts.try_into().ok().map(|counts| Self { counts })
    }

    /// Adds one duration.
    #[inline]
    pub fn record(&mut self, span: Span) {
        let seconds = (span.as_millis() / 1_000).min(LONGEST);
        if let Some(count) = self.counts.get_mut(bucket_of(seconds)) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds everything `other` recorded.
    pub fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(other.counts).for_each(|(n, m)| *n = n.saturating_add(m));
    }

    /// Number of durations.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|&n| u64::from(n)).sum()
    }

    /// The duration that the share `p` did not exceed; `None` without observations or if `p` is not
    /// between 0 and 1.
    pub fn quantile(&self, p: f64) -> Option<Span> {
        let rank = super::histogram::rank(p, self.count())?;
        let mut before = 0_u64;
        for (bucket, &n) in self.counts.iter().enumerate() {
            let n = u64::from(n);
            if before + n >= rank {
                let (first, width) = range_of(bucket);
                let inside = ((rank - before) as f64 - 0.5) / n as f64;
                return Some(Span::from_seconds(first as f64 + inside * width as f64));
            }
            before += n;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_cover_every_second_once() {
        let mut next = 0;
        for bucket in 0..BUCKETS {
            let (first, width) = range_of(bucket);
            assert_eq!(first, next);
            assert_eq!((bucket_of(first), bucket_of(first + width - 1)), (bucket, bucket));
            assert!(width == 1 || width as f64 <= first as f64 / 8.0);
            next = first + width;
        }
        assert_eq!(next, LONGEST + 1);
    }

    #[test]
    fn nobody_has_no_quantile() {
        assert_eq!(Durations::default().quantile(0.9), None);
        let mut one = Durations::default();
        one.record(Span::MAX);
        assert_eq!((one.count(), one.quantile(f64::NAN)), (1, None));
    }

    /// -ln(0.1) is the 90th percentile of a unit exponential.
    #[test]
    fn the_90th_percentile_of_an_exponential_is_found() {
        let mut waits = Durations::default();
        let n = 100_000;
        (0..n).for_each(|i| {
            let u = (f64::from(i) + 0.5) / f64::from(n);
            waits.record(Span::from_minutes(-40.0 * (1.0 - u).ln()));
        });
        let p90 = waits.quantile(0.9).unwrap().as_minutes();
        assert!((p90 / (40.0 * 10.0_f64.ln()) - 1.0).abs() < 0.01, "{p90}");
    }

    proptest! {
        #[test]
        fn quantiles_keep_their_error_bound(seconds in prop::collection::vec(8_u64..1_000_000, 1..100), p in 0.0..=1.0_f64) {
            let mut waits = Durations::default();
            seconds.iter().for_each(|&s| waits.record(Span::from_millis(1_000 * s)));
            let mut sorted = seconds.clone();
            sorted.sort_unstable();
            let exact = sorted[crate::measure::histogram::rank(p, seconds.len() as u64).unwrap() as usize - 1] as f64;
            let read = waits.quantile(p).unwrap().as_seconds();
            prop_assert!((read - exact).abs() <= Durations::RELATIVE_ERROR * exact, "{} for {}", read, exact);
        }
    }
}
