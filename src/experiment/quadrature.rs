//! Mean and variance of a known function of uniform numbers, without sampling: what estimators of
//! sensitivity and variance reduction are tested against.

/// Points per panel. Two panels of sixteen integrate the square of a function that turns a few times,
/// or has its kink in the middle, to rounding.
const POINTS: usize = 16;

/// Most dimensions: four take a million evaluations.
const MOST_DIMENSIONS: usize = 4;

/// Mean of a function over the unit cube by the product of Gauss-Legendre rules on the two halves of
/// each side; `None` without dimensions, with more than four, or if it is not finite.
///
/// ```
/// use nhs_capacity::experiment::quadrature::mean;
/// let sixth = mean(2, |x| x[0] * x[0] * x[1]);
/// assert!(sixth.is_some_and(|m| (m - 1.0 / 6.0).abs() < 1e-15));
/// ```
pub fn mean(dimensions: usize, f: impl Fn(&[f64]) -> f64) -> Option<f64> {
    if !(1..=MOST_DIMENSIONS).contains(&dimensions) {
        return None;
    }
    let rule = rule();
    let mut at = vec![0.0; dimensions];
    let mut total = 0.0;
    for index in 0..rule.len().pow(dimensions as u32) {
        let mut rest = index;
        let mut weight = 1.0;
        for x in &mut at {
            let (point, share) = rule[rest % rule.len()];
            (*x, weight, rest) = (point, weight * share, rest / rule.len());
        }
        total += weight * f(&at);
    }
    Some(total).filter(|mean| mean.is_finite())
}

/// Mean and variance of a function over the unit cube; `None` as for [`mean`].
pub fn mean_and_variance(dimensions: usize, f: impl Fn(&[f64]) -> f64) -> Option<(f64, f64)> {
    let centre = mean(dimensions, &f)?;
    Some((centre, mean(dimensions, |x| (f(x) - centre).powi(2))?))
}

// Points and weights on the unit interval, in two panels.
fn rule() -> Vec<(f64, f64)> {
    let each = |i: usize| {
        // Newton's method on the Legendre polynomial, from Tricomi's estimate of its i-th zero
        let n = POINTS as f64;
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..20 {
            let (mut before, mut here) = (1.0, x);
            for k in 2..=POINTS {
                let k = k as f64;
                (before, here) = (here, ((2.0 * k - 1.0) * x * here - (k - 1.0) * before) / k);
            }
            slope = n * (x * here - before) / (x * x - 1.0);
            x -= here / slope;
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    };
    let panel: Vec<(f64, f64)> = (0..POINTS).map(each).collect();
    let place = |from: f64| panel.iter().map(move |(x, w)| (from + (x + 1.0) / 4.0, w / 4.0));
    place(0.0).chain(place(0.5)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn known_integrals_are_exact() {
        assert!((mean(1, |x| x[0].exp()).unwrap() - (1.0_f64.exp() - 1.0)).abs() < 1e-14);
        assert!((mean(1, |x| x[0].powi(30)).unwrap() - 1.0 / 31.0).abs() < 1e-14);
        let (mean, variance) =
            mean_and_variance(2, |x| (2.0 * PI * x[0]).sin() + (4.0 * x[1] - 2.0).abs()).unwrap();
        assert!((mean - 1.0).abs() < 1e-13 && (variance - 0.5 - 1.0 / 3.0).abs() < 1e-13);
    }

    #[test]
    fn nonsense_is_none() {
        assert_eq!((mean(0, |_| 1.0), mean(5, |_| 1.0), mean(1, |_| f64::NAN)), (None, None, None));
    }
}
