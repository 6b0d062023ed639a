//! Student's t distribution: upper tail and quantile.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::beta::checked_beta_reg;

// Beyond this many degrees of freedom the continued fraction behind the exact tail needs too many
// terms, and expansions about the normal are right to more than eight digits.
const NEARLY_NORMAL: f64 = 1e4;

/// Probability that a t variable with `freedom` degrees of freedom exceeds `t`; `None` unless
/// `freedom` is above 0 and both are numbers.
///
/// ```
/// use nhs_capacity::experiment::student::upper_tail;
/// assert_eq!(upper_tail(0.0, 9.0), Some(0.5));
/// ```
pub fn upper_tail(t: f64, freedom: f64) -> Option<f64> {
    if t.is_nan() || freedom.is_nan() || freedom <= 0.0 {
        return None;
    }
    let beyond = if t.is_infinite() {
        0.0
    } else if freedom > NEARLY_NORMAL {
        // Wallace (1959): the normal deviate of the same tail.
        let scale = if freedom.is_finite() { (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0) } else { 1.0 };
        let square = if freedom.is_finite() { freedom * (t * t / freedom).ln_1p() } else { t * t };
        Normal::standard().sf(scale * square.sqrt())
    } else {
        0.5 * checked_beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t)).ok()?
    };
    Some(if t < 0.0 { 1.0 - beyond } else { beyond })
}

/// The value that a t variable with `freedom` degrees of freedom stays below with `probability`;
/// `None` unless the probability lies strictly between 0 and 1 and `freedom` is at least 1.
///
/// ```
/// use nhs_capacity::experiment::student::quantile;
/// assert!(quantile(0.975, 9.0).is_some_and(|t| (t - 2.262_157_162_798).abs() < 1e-9));
/// ```
pub fn quantile(probability: f64, freedom: f64) -> Option<f64> {
    if !(probability > 0.0 && probability < 1.0) || freedom.is_nan() || freedom < 1.0 {
        return None;
    }
    if probability < 0.5 {
        return quantile(1.0 - probability, freedom).map(|t| -t);
    }
    let z = Normal::standard().inverse_cdf(probability);
    if freedom > NEARLY_NORMAL {
        // Cornish and Fisher: the next term is below 1e-9.
        let first = (z.powi(3) + z) / 4.0;
        let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
        return Some(z + first / freedom + second / freedom.powi(2));
    }
    // The t quantile is at least the normal one. Doubling, then halving the interval: as many steps
    // as a float has bits, and no start from which it fails to end.
    let target = 1.0 - probability;
    let (mut low, mut high) = (0.0, z.max(1.0));
    while upper_tail(high, freedom)? > target && high < 1e300 {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..1_100 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if upper_tail(middle, freedom)? > target { low = middle } else { high = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_tables() {
        let known = [
            (0.975, 9.0, 2.262_157_162_798_2),
            (0.975, 3.0, 3.182_446_305_283_71),
            (0.993_75, 7.0, 3.335_294_939_817_08),
            (0.975, 1.0, 12.706_204_736_174_7),
            (0.025, 9.0, -2.262_157_162_798_2),
        ];
        for (p, freedom, t) in known {
            assert!((quantile(p, freedom).unwrap() - t).abs() < 1e-9, "{p} {freedom}");
        }
        assert!(quantile(0.5, 4.0).unwrap().abs() < 1e-12);
    }

    #[test]
    fn quantile_and_tail_are_inverse_and_meet_at_the_normal() {
        for freedom in [1.0, 2.5, 13.3, 400.0, 9_999.0, 10_001.0, 1e7, f64::INFINITY] {
            for p in [0.001, 0.3, 0.9, 0.975, 0.999_9] {
                let t = quantile(p, freedom).unwrap();
                assert!((upper_tail(t, freedom).unwrap() - (1.0 - p)).abs() < 1e-8, "{p} {freedom}");
            }
        }
        let (below, above) = (quantile(0.975, 1e4), quantile(0.975, 1e4 + 1e-6));
        assert!((below.unwrap() - above.unwrap()).abs() < 1e-9);
    }

    #[test]
    fn nonsense_is_none() {
        for (p, freedom) in [(0.0, 5.0), (1.0, 5.0), (f64::NAN, 5.0), (0.9, 0.0), (0.9, f64::NAN)] {
            assert_eq!(quantile(p, freedom), None);
        }
        assert_eq!((upper_tail(f64::NAN, 3.0), upper_tail(1.0, -1.0)), (None, None));
        assert_eq!(
            (upper_tail(f64::INFINITY, 3.0), upper_tail(f64::NEG_INFINITY, 1e9)),
            (Some(0.0), Some(1.0))
        );
        assert!(quantile(1.0 - f64::EPSILON / 2.0, 1.0).unwrap().is_finite());
    }
}
