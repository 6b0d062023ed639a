//! How to share a budget of replications among scenarios, if the best is to be found.

use super::selection::Best;

/// Shares of a budget, best first known.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocation {
    /// The scenario that looks best; the first of equals.
    pub best: usize,
    /// Replications of each scenario, not rounded; they sum to the budget.
    pub replications: Vec<f64>,
}

/// Optimal computing budget allocation (Chen, Lin, Yücesan and Chick, 2000): the others in proportion to
/// `(s / d)^2`, where `d` is their distance from the best, and the best `s_b sqrt(sum (n / s)^2)`.
/// `None` with fewer than two scenarios, if the means and deviations differ in number or are not
/// finite, if one ties with the best, or if nothing varies.
///
/// ```
/// use nhs_capacity::experiment::{ocba::ocba, selection::Best};
/// let shares = ocba(&[1.0, 2.0, 5.0], &[1.0, 1.0, 1.0], 100.0, Best::Least);
/// assert!(shares.is_some_and(|s| s.best == 0 && s.replications[1] > s.replications[2]));
/// ```
pub fn ocba(means: &[f64], sds: &[f64], budget: f64, best: Best) -> Option<Allocation> {
    let is_sound = means.len() == sds.len()
        && means.iter().all(|m| m.is_finite())
        && sds.iter().all(|s| *s >= 0.0 && s.is_finite())
        && budget > 0.0
        && budget.is_finite();
    if !is_sound || means.len() < 2 {
        return None;
    }
    let better = |a: usize, b: usize| if best.sign() * (means[b] - means[a]) > 0.0 { b } else { a };
    let leader = (0..means.len()).reduce(better)?;
    // relative to the nearest rival, so that tiny distances do not overflow when squared
    let distance = |i: usize| (means[i] - means[leader]).abs();
    let rivals = || (0..means.len()).filter(|&i| i != leader);
    let nearest = rivals().map(distance).fold(f64::INFINITY, f64::min);
    let widest = sds.iter().copied().fold(0.0, f64::max);
    if nearest == 0.0 || widest == 0.0 {
        return None;
    }
    let sd = |i: usize| sds[i] / widest;
    let per_sd = |i: usize| sd(i) * (nearest / distance(i)).powi(2);
    let weight = |i: usize| match i == leader {
        true => sd(i) * rivals().map(|j| per_sd(j).powi(2)).sum::<f64>().sqrt(),
        false => sd(i) * per_sd(i),
    };
    let weights: Vec<f64> = (0..means.len()).map(weight).collect();
    let total: f64 = weights.iter().sum();
    let replications: Vec<f64> = weights.into_iter().map(|w| budget * (w / total)).collect();
    replications.iter().all(|n| n.is_finite()).then_some(Allocation { best: leader, replications })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verification case oa-ocba-01.
    #[test]
    fn near_rivals_get_most() {
        let found = ocba(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0; 5], 100.0, Best::Least).unwrap();
        let expected = [
            42.182_298_820_504_7,
            40.613_409_609_011_3,
            10.153_352_402_252_8,
            4.512_601_067_667_92,
            2.538_338_100_563_21,
        ];
        assert_eq!(found.best, 0);
        assert!(found.replications.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-11));
        let mirrored = ocba(&[-1.0, -2.0, -3.0, -4.0, -5.0], &[1.0; 5], 100.0, Best::Greatest).unwrap();
        assert_eq!(mirrored, found);
    }

    #[test]
    fn extremes_stay_finite() {
        let found = ocba(&[0.0, 1e-200, 1e200], &[1e-150, 1e150, 0.0], 10.0, Best::Least).unwrap();
        assert!((found.replications.iter().sum::<f64>() - 10.0).abs() < 1e-9);
        assert_eq!(ocba(&[1.0, 1.0], &[1.0, 1.0], 10.0, Best::Least), None);
        assert_eq!(ocba(&[1.0, 2.0], &[0.0, 0.0], 10.0, Best::Least), None);
        assert_eq!(ocba(&[1.0], &[1.0], 10.0, Best::Least), None);
        assert_eq!(ocba(&[1.0, f64::NAN], &[1.0, 1.0], 10.0, Best::Least), None);
        assert_eq!(ocba(&[1.0, 2.0], &[1.0], 10.0, Best::Least), None);
    }
}
