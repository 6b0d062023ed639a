//! Waits in whole seconds, in so little memory that every provider, month and category has its own.

use super::histogram::{bucket_in_steps, range_in_steps, rank};
use crate::units::Span;

// 32 buckets to each doubling; below 64 s every second has its own
const STEPS: u32 = 5;
const LONGEST: u64 = (1 << 20) - 1;
const BUCKETS: usize = bucket_in_steps(LONGEST, STEPS) + 1;

/// How often each wait occurred, to the second. Merging is exact and does not depend on order.
///
/// Like [`Histogram`](super::Histogram) with coarser buckets: a quantile is read between the ends of
/// its bucket, as if the waits in it were spread evenly, and is within 1/32 of the observation at its
/// rank. Waits over 12 days share the last bucket. Takes 2 KB, and nothing while it is empty.
///
/// ```
/// use nhs_capacity::measure::CompactHistogram;
/// use nhs_capacity::units::Span;
/// let mut waits = CompactHistogram::new();
/// (1..=1000).for_each(|minutes| waits.record(Span::MINUTE.times(minutes)));
/// assert!(waits.quantile(0.9).is_some_and(|p90| (p90.as_minutes() - 900.0).abs() < 1.0));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompactHistogram {
    buckets: Vec<u32>,
}

impl CompactHistogram {
    /// Nothing recorded yet.
    pub const fn new() -> Self {
        Self { buckets: Vec::new() }
    }

    /// Adds one wait.
    #[inline]
    pub fn record(&mut self, span: Span) {
        if self.buckets.is_empty() {
            self.buckets.resize(BUCKETS, 0);
        }
        let bucket = bucket_in_steps((span.as_millis() / 1000).min(LONGEST), STEPS);
        if let Some(count) = self.buckets.get_mut(bucket) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds everything `other` recorded.
    pub fn merge(&mut self, other: &Self) {
        if self.buckets.is_empty() {
            self.buckets.clone_from(&other.buckets);
        } else {
            self.buckets.iter_mut().zip(&other.buckets).for_each(|(n, m)| *n = n.saturating_add(*m));
        }
    }

    /// Number of waits.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|&n| u64::from(n)).sum()
    }

    /// The wait that the share `p` did not exceed; `None` without observations or if `p` is not
    /// between 0 and 1.
    pub fn quantile(&self, p: f64) -> Option<Span> {
        let rank = rank(p, self.count())?;
        let mut before = 0_u64;
        for (bucket, &count) in self.buckets.iter().enumerate() {
            let count = u64::from(count);
            if before + count >= rank {
                let (first, width) = range_in_steps(bucket, STEPS);
                let inside = ((rank - before) as f64 - 0.5) / count as f64;
                return Some(Span::from_seconds(first as f64 + width as f64 * inside));
            }
            before += count;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Distribution, Stream};

    /// Quantiles of 20,000 exponential waits against those of the sorted sample.
    #[test]
    fn quantiles_agree_with_a_sorted_sample() {
        let law = Distribution::exponential(50.0).unwrap();
        let mut dice = Stream::of_seed(3).dice();
        let mut waits: Vec<Span> = (0..20_000).map(|_| Span::from_minutes(law.sample(&mut dice))).collect();
        let (mut one, mut other) = (CompactHistogram::new(), CompactHistogram::new());
        for (i, &wait) in waits.iter().enumerate() {
            if i.is_multiple_of(3) { one.record(wait) } else { other.record(wait) }
        }
        other.merge(&one);
        one.merge(&CompactHistogram::new());
        waits.sort();
        assert_eq!(other.count(), 20_000);
        for p in [0.01, 0.1, 0.5, 0.9, 0.99] {
            let exact = waits[rank(p, 20_000).unwrap() as usize - 1].as_seconds();
            let read = other.quantile(p).unwrap().as_seconds();
            assert!((read - exact).abs() < 1.0 + exact / 200.0, "{p}: {read} {exact}");
        }
    }

    #[test]
    fn nobody_has_no_quantile() {
        let mut none = CompactHistogram::new();
        assert_eq!((none.count(), none.quantile(0.5)), (0, None));
        none.record(Span::from_hours(1e6));
        assert!(none.quantile(0.5).is_some());
        assert_eq!(none.quantile(f64::NAN), None);
    }
}
