//! Long-run distribution of a birth-death process: the number in a system that changes by one.

use super::error::TheoryError;

/// The most states followed.
const MOST_STATES: usize = 5_000_000;

/// Below this share of the mode a state no longer matters.
const NEGLIGIBLE_LOG: f64 = -60.0;

/// Probabilities of the states 0 to `last`, or as far as they matter if `last` is `None`.
///
/// `p(n) birth(n) = p(n + 1) death(n + 1)`, summed in logarithms so that neither a very full nor a
/// very empty system overflows.
pub(super) fn stationary(
    birth: impl Fn(usize) -> f64,
    death: impl Fn(usize) -> f64,
    last: Option<usize>,
) -> Result<Vec<f64>, TheoryError> {
    let mut logs = vec![0.0_f64];
    let (mut log, mut greatest) = (0.0_f64, 0.0_f64);
    for n in 0.. {
        if last.is_some_and(|last| n >= last) {
            break;
        }
        let ratio = birth(n) / death(n + 1);
        log += ratio.ln();
        greatest = greatest.max(log);
        if last.is_none() && ratio < 1.0 && log + (1.0 / (1.0 - ratio)).ln() < greatest + NEGLIGIBLE_LOG {
            break;
        }
        if logs.len() >= MOST_STATES {
            return Err(TheoryError::TooManyStates { most: MOST_STATES });
        }
        logs.push(log);
    }
    let weights: Vec<f64> = logs.iter().map(|log| (log - greatest).exp()).collect();
    let total: f64 = weights.iter().sum();
    Ok(weights.iter().map(|weight| weight / total).collect())
}

/// The mean of `value(n)` under probabilities `p`.
pub(super) fn mean(p: &[f64], value: impl Fn(usize) -> f64) -> f64 {
    p.iter().enumerate().map(|(n, p)| p * value(n)).sum()
}
