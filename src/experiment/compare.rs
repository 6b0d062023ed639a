//! Two scenarios side by side.

use super::estimate::{Confidence, Estimate, Interval};
use super::student;
use crate::measure::Tally;
use serde::{Deserialize, Serialize};

/// Variant minus baseline, replication by replication on the same random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Mean of the paired differences; a pair in which either value is absent is dropped.
    pub estimate: Estimate,
    /// Probability that the true mean difference is below zero, from the t distribution with a flat
    /// prior: what is better if less is better. `None` with one pair.
    pub probability_below_zero: Option<f64>,
    /// The same for above zero. Both are zero if every difference is exactly zero.
    pub probability_above_zero: Option<f64>,
    /// Correlation between the two scenarios; `None` if either does not vary.
    pub correlation: Option<f64>,
    /// Share of the variance of the difference that pairing has removed; negative if pairing did
    /// harm, `None` if neither scenario varies.
    pub variance_saved_by_pairing: Option<f64>,
    /// What the same pairs would say if they were treated as independent runs.
    pub unpaired: Option<Welch>,
}

/// Variant minus baseline from independent runs of unequal variance (Welch, 1947).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Welch {
    /// Difference of the means.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Degrees of freedom (Satterthwaite); `None` if neither sample varies.
    pub degrees_of_freedom: Option<f64>,
    /// The t interval; a single point if neither sample varies.
    pub interval: Option<Interval>,
    /// The t quantile times the standard error; zero if neither sample varies.
    pub half_width: Option<f64>,
}

/// Compares a variant with its baseline, one value per replication and in the same order, given as
/// `f64` or `Option<f64>`. Replications without a partner are dropped; `None` if no pair is left.
///
/// ```
/// use nhs_capacity::experiment::{Confidence, paired_difference};
/// let (today, more_beds) = ([10.2, 11.5, 9.8], [9.6, 10.9, 9.5]);
/// let difference = paired_difference(&today, &more_beds, Confidence::NINETY_FIVE);
/// assert!(difference.is_some_and(|d| d.estimate.mean < 0.0 && d.probability_below_zero > Some(0.97)));
/// ```
pub fn paired_difference<V: Copy + Into<Option<f64>>>(
    baseline: &[V],
    variant: &[V],
    confidence: Confidence,
) -> Option<Difference> {
    let pairs: Vec<(f64, f64)> = baseline
        .iter()
        .zip(variant)
        .filter_map(|(&b, &v)| b.into().zip(v.into()))
        .filter(|(b, v)| (v - b).is_finite())
        .collect();
    let differences: Tally = pairs.iter().map(|(b, v)| v - b).collect();
    let base: Tally = pairs.iter().map(|pair| pair.0).collect();
    let changed: Tally = pairs.iter().map(|pair| pair.1).collect();
    let dropped = baseline.len().max(variant.len()) - pairs.len();
    let estimate = Estimate { dropped, ..Estimate::of_tally(&differences, confidence)? };
    let above = probability_above_zero(&estimate);
    let below = probability_above_zero(&Estimate { mean: -estimate.mean, ..estimate });
    let saved = differences.variance().zip(sum_of_variances(&base, &changed)).map(|(d, sum)| 1.0 - d / sum);
    Some(Difference {
        estimate,
        probability_below_zero: below,
        probability_above_zero: above,
        correlation: correlation(&pairs),
        variance_saved_by_pairing: saved.filter(|share| share.is_finite()),
        unpaired: welch(&base, &changed, confidence),
    })
}

/// Compares independent runs, which may differ in number; values that are absent or not finite are
/// left out. `None` unless both have at least two.
pub fn welch_difference<V: Copy + Into<Option<f64>>>(
    baseline: &[V],
    variant: &[V],
    confidence: Confidence,
) -> Option<Welch> {
    let tally = |values: &[V]| values.iter().filter_map(|&value| value.into()).collect::<Tally>();
    welch(&tally(baseline), &tally(variant), confidence)
}

/// Pearson's correlation of pairs of numbers; `None` if either side does not vary.
pub fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let (x, y): (Tally, Tally) =
        (pairs.iter().map(|pair| pair.0).collect(), pairs.iter().map(|pair| pair.1).collect());
    let (mean_x, mean_y) = (x.mean()?, y.mean()?);
    let together: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let correlation = together / (x.sum_of_squares()?.sqrt() * y.sum_of_squares()?.sqrt());
    // Rounding may step over 1, which would break whoever takes 1 - r^2.
    correlation.is_finite().then(|| correlation.clamp(-1.0, 1.0))
}

fn sum_of_variances(a: &Tally, b: &Tally) -> Option<f64> {
    a.variance().zip(b.variance()).map(|(a, b)| a + b)
}

fn probability_above_zero(estimate: &Estimate) -> Option<f64> {
    let error = estimate.standard_error?;
    if error == 0.0 {
        return Some(if estimate.mean > 0.0 { 1.0 } else { 0.0 });
    }
    student::upper_tail(-estimate.mean / error, estimate.replications as f64 - 1.0)
}

fn welch(baseline: &Tally, variant: &Tally, confidence: Confidence) -> Option<Welch> {
    let mean = variant.mean()? - baseline.mean()?;
    let (n, m) = (baseline.count() as f64, variant.count() as f64);
    let (a, b) = (baseline.variance()? / n, variant.variance()? / m);
    let standard_error = (a + b).sqrt();
    if standard_error == 0.0 {
        let interval = Some(Interval { low: mean, high: mean });
        return Some(Welch {
            mean,
            standard_error,
            degrees_of_freedom: None,
            interval,
            half_width: Some(0.0),
        });
    }
    // As shares, so that tiny variances do not vanish when squared.
    let (a, b) = (a / (a + b), b / (a + b));
    let freedom = 1.0 / (a * a / (n - 1.0) + b * b / (m - 1.0));
    let half_width = confidence.margin(standard_error, freedom);
    let interval = half_width.and_then(|half| Interval::of_half_width(mean, half));
    Some(Welch { mean, standard_error, degrees_of_freedom: Some(freedom), interval, half_width })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEVEL: Confidence = Confidence::NINETY_FIVE;
    const A: [f64; 8] = [10.2, 11.5, 9.8, 12.1, 10.9, 11.2, 10.0, 11.8];
    const B: [f64; 8] = [9.6, 10.9, 9.5, 11.2, 10.4, 10.3, 9.7, 11.1];

    fn close(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() <= 1e-9)
    }

    /// Verification case oa-compare-01, whose differences are a minus b.
    #[test]
    fn pairing_narrows_the_interval() {
        let difference = paired_difference(&B, &A, LEVEL).unwrap();
        let welch = difference.unpaired.unwrap();
        assert!(close(Some(difference.estimate.mean), 0.6));
        assert!(close(difference.estimate.interval.map(Interval::half_width), 0.194_786_979_959_788));
        assert!(close(welch.degrees_of_freedom, 13.333_399_336_119_7));
        assert!(close(welch.interval.map(Interval::half_width), 0.839_414_995_628_516));
        assert!(close(difference.correlation, 0.980_094_909_066_787));
        assert!(close(difference.variance_saved_by_pairing, 0.955_280_964_989_703));
        assert!(close(LEVEL.shared_among(4).t_quantile(7.0), 3.335_294_939_817_08));
        assert!(difference.probability_above_zero.unwrap() > 0.999);
        assert_eq!(welch_difference(&B, &A, LEVEL), Some(welch));
    }

    #[test]
    fn a_lever_of_no_effect_changes_nothing() {
        let same = paired_difference(&A, &A, LEVEL).unwrap();
        assert_eq!((same.estimate.mean, same.estimate.standard_error), (0.0, Some(0.0)));
        assert_eq!((same.probability_below_zero, same.probability_above_zero), (Some(0.0), Some(0.0)));
        assert_eq!(same.variance_saved_by_pairing, Some(1.0));
    }

    #[test]
    fn a_pair_needs_both_partners() {
        let baseline = [Some(1.0), None, Some(3.0), Some(f64::NAN)];
        let difference = paired_difference(&baseline, &[Some(2.0), Some(5.0)], LEVEL).unwrap();
        assert_eq!((difference.estimate.mean, difference.estimate.replications), (1.0, 1));
        assert_eq!((difference.estimate.dropped, difference.probability_below_zero), (3, None));
        assert_eq!((difference.correlation, difference.unpaired), (None, None));
        assert_eq!(paired_difference(&baseline, &[], LEVEL), None);
    }

    #[test]
    fn constants_do_not_correlate() {
        let difference = paired_difference(&[2.0, 2.0], &[5.0, 5.0], LEVEL).unwrap();
        assert_eq!((difference.correlation, difference.variance_saved_by_pairing), (None, None));
        assert_eq!(difference.unpaired.unwrap().interval, Some(Interval { low: 3.0, high: 3.0 }));
        assert_eq!(difference.probability_above_zero, Some(1.0));
    }

    proptest! {
        #[test]
        fn swapping_the_scenarios_mirrors_the_answer(pairs in prop::collection::vec((-50.0..50.0, -50.0..50.0), 2..20)) {
            let (a, b): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let (there, back) =
                (paired_difference(&a, &b, LEVEL).unwrap(), paired_difference(&b, &a, LEVEL).unwrap());
            prop_assert_eq!(there.estimate.mean, -back.estimate.mean);
            prop_assert_eq!(there.probability_below_zero, back.probability_above_zero);
            let sum = there.probability_below_zero.unwrap() + there.probability_above_zero.unwrap();
            prop_assert!((sum - 1.0).abs() < 1e-12 || sum == 0.0);
        }
    }
}
