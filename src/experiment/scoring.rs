//! Scores of forecasts that say how sure they are: how far a published figure lies from a whole distribution, and
//! whether intervals hold as often as they say.

use super::{Confidence, Interval};
use crate::measure::Tally;
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

/// The continuous ranked probability score of a normal forecast \[unit of the measure, 0 at best\]:
/// `sd (z (2 F(z) - 1) + 2 f(z) - 1 / sqrt(pi))` with `z = (observed - mean) / sd` (Gneiting and Raftery, 2007).
/// Without spread it is the absolute error; `None` if a number is not finite or `sd` below 0.
///
/// ```
/// use nhs_capacity::experiment::scoring::crps_normal;
/// assert!((crps_normal(0.0, 1.0, 0.0).unwrap() - 0.233_695).abs() < 1e-6);
/// assert_eq!(crps_normal(3.0, 0.0, 5.0), Some(2.0));
/// ```
pub fn crps_normal(mean: f64, sd: f64, observed: f64) -> Option<f64> {
    let gap = observed - mean;
    if !(sd >= 0.0 && sd.is_finite() && gap.is_finite()) {
        return None;
    }
    if sd == 0.0 {
        return Some(gap.abs());
    }
    let (normal, z) = (Normal::standard(), gap / sd);
    Some(
        sd * (z * (2.0 * normal.cdf(z) - 1.0) + 2.0 * normal.pdf(z) - std::f64::consts::FRAC_2_SQRT_PI / 2.0),
    )
}

/// The same score of an ensemble, such as replications: the mean distance of its members from what was observed, less
/// half their mean distance from each other (all ordered pairs, itself included). `None` without members or if
/// a number is not finite.
pub fn crps_ensemble(members: &[f64], observed: f64) -> Option<f64> {
    let n = members.len() as f64;
    let mut sorted = members.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let from_observed: Tally = members.iter().map(|member| (member - observed).abs()).collect();
    // sum over pairs of |x - x'| from the ordered members: each is above those before it
    let between: f64 =
        (1..).zip(&sorted).map(|(rank, member)| (2.0 * f64::from(rank) - n - 1.0) * member).sum();
    from_observed.mean().map(|distance| distance - between / (n * n)).filter(|score| score.is_finite())
}

/// The range in which a further draw of the law behind an ensemble lies with a probability, if that law is normal:
/// `mean ± t sd sqrt(1 + 1 / n)` with `n - 1` degrees of freedom. `None` with fewer than two members or if a
/// number is not finite.
///
/// ```
/// use nhs_capacity::experiment::Confidence;
/// use nhs_capacity::experiment::scoring::prediction_interval;
/// // sd 1, t of two degrees of freedom 4.302_65, square root of 4/3
/// let range = prediction_interval(&[1.0, 2.0, 3.0], Confidence::NINETY_FIVE).unwrap();
/// assert!((range.high - (2.0 + 4.302_653 * 1.154_701)).abs() < 1e-5);
/// ```
pub fn prediction_interval(members: &[f64], confidence: Confidence) -> Option<Interval> {
    let tally: Tally = members.iter().copied().collect();
    let n = members.len() as f64;
    let error = (tally.variance()? * (1.0 + 1.0 / n)).sqrt();
    let half = if error == 0.0 { 0.0 } else { confidence.margin(error, n - 1.0)? };
    Interval::of_half_width(tally.mean()?, half)
}

/// The probability integral transform: the share of an ensemble that is below what was observed, ties half. Even on
/// 0 to 1 over many forecasts if these are calibrated; a heap at either end says bias, at both too little spread.
/// `None` without members or if a number is not finite.
pub fn rank_of(members: &[f64], observed: f64) -> Option<f64> {
    if members.is_empty() || !observed.is_finite() || members.iter().any(|member| !member.is_finite()) {
        return None;
    }
    let below = members.iter().filter(|&&member| member < observed).count() as f64;
    let equal = members.iter().filter(|&&member| member == observed).count() as f64;
    Some((below + equal / 2.0) / members.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use rand_distr::{Distribution, StandardNormal};

    /// N(0, 1) at 0 scores (sqrt 2 - 1) / sqrt pi; the score scales with the spread and moves with the mean.
    #[test]
    fn the_score_of_a_normal_is_the_published_one() {
        let at_the_mean = (2.0_f64.sqrt() - 1.0) / std::f64::consts::PI.sqrt();
        assert!((crps_normal(0.0, 1.0, 0.0).unwrap() - at_the_mean).abs() < 1e-12);
        assert!((crps_normal(70.0, 3.0, 70.0).unwrap() - 3.0 * at_the_mean).abs() < 1e-12);
        // the integral of (F(x) - [x >= y])^2, by the midpoint rule
        let normal = Normal::standard();
        let by_integral: f64 = (-100_000..100_000)
            .map(|i| (f64::from(i) + 0.5) * 1e-4)
            .map(|x| (normal.cdf(x) - f64::from(u8::from(x >= 1.3))).powi(2) * 1e-4)
            .sum();
        assert!((crps_normal(0.0, 1.0, 1.3).unwrap() - by_integral).abs() < 1e-6, "{by_integral}");
        assert_eq!((crps_normal(0.0, -1.0, 0.0), crps_normal(f64::NAN, 1.0, 0.0)), (None, None));
    }

    /// Mean |x - y| less half mean |x - x'|, worked by hand: members 1, 2 and 4 at 3.
    #[test]
    fn the_score_of_an_ensemble_is_its_definition() {
        // distances from 3: 2, 1, 1; between members, both ways: 1, 3, 2
        assert!(
            (crps_ensemble(&[4.0, 1.0, 2.0], 3.0).unwrap() - (4.0 / 3.0 - 0.5 * 12.0 / 9.0)).abs() < 1e-12
        );
        assert_eq!(crps_ensemble(&[5.0], 3.0), Some(2.0));
        assert_eq!((crps_ensemble(&[], 3.0), crps_ensemble(&[1.0], f64::INFINITY)), (None, None));
    }

    /// Of further draws, 95 in a hundred lie in the range, with three replications as with ten.
    #[test]
    fn a_further_draw_lies_in_the_prediction_interval_as_often_as_said() {
        for n in [3, 10] {
            let inside: Tally = (0..4_000)
                .map(|study| {
                    let mut dice = Stream::of_seed(6).at(n).at(study).dice();
                    let mut draw = || -> f64 { StandardNormal.sample(&mut dice) };
                    let members: Vec<f64> = (0..n).map(|_| 50.0 + draw()).collect();
                    let range = prediction_interval(&members, Confidence::NINETY_FIVE).unwrap();
                    f64::from(u8::from((range.low..=range.high).contains(&(50.0 + draw()))))
                })
                .collect();
            let t = (inside.mean().unwrap() - 0.95) / inside.standard_error().unwrap();
            assert!(t.abs() < 4.0, "{n}: {t}");
        }
        let of = |members: &[f64]| prediction_interval(members, Confidence::NINETY_FIVE);
        assert_eq!(of(&[2.0, 2.0]), Some(Interval { low: 2.0, high: 2.0 }));
        assert_eq!((of(&[1.0]), of(&[]), of(&[1.0, f64::NAN])), (None, None, None));
    }

    /// A large normal ensemble scores as its law does, and a calibrated forecast has even ranks.
    #[test]
    fn ensembles_tend_to_their_law() {
        let draws = |study: u64| -> Vec<f64> {
            let mut dice = Stream::of_seed(5).at(study).dice();
            (0..20_000).map(|_| StandardNormal.sample(&mut dice)).collect()
        };
        let members = draws(0);
        for observed in [0.0, 1.3, -2.0] {
            let (found, law) = (crps_ensemble(&members, observed), crps_normal(0.0, 1.0, observed));
            // the mean distance has a standard error below 1 / sqrt(20,000)
            assert!((found.unwrap() - law.unwrap()).abs() < 4.0 / 20_000.0_f64.sqrt());
        }
        let ranks: Tally = draws(1).chunks_exact(10).map(|c| rank_of(&c[1..], c[0]).unwrap()).collect();
        let t = (ranks.mean().unwrap() - 0.5) / ranks.standard_error().unwrap();
        assert!(t.abs() < 4.0, "{t}");
        // nine members: ten ranks, 0, 1/9 and so on, each as likely; their variance is 99/12/81
        assert!((ranks.variance().unwrap() - 99.0 / 972.0).abs() < 0.01);
        assert_eq!((rank_of(&[1.0, 2.0], 2.0), rank_of(&[], 1.0)), (Some(0.75), None));
    }
}
