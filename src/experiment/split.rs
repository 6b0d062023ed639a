//! The ways in which a sum of money can be shared, to be compared by [`best_of`](super::Study::best_of).

/// All ways of sharing `total` among `parts` in steps of `step`, each a list of amounts; `None` if there are none
/// or more than 100,000.
///
/// ```
/// use nhs_capacity::experiment::split::splits;
/// assert_eq!(splits(500.0, 250.0, 2), Some(vec![vec![0.0, 500.0], vec![250.0, 250.0], vec![500.0, 0.0]]));
/// assert_eq!(splits(500.0, 100.0, 4).map(|all| all.len()), Some(56));
/// ```
pub fn splits(total: f64, step: f64, parts: usize) -> Option<Vec<Vec<f64>>> {
    let steps = (total / step).round();
    let is_sound = total > 0.0 && step > 0.0 && (steps * step - total).abs() <= 1e-9 * total;
    if !is_sound || parts == 0 || !(1.0..=100_000.0).contains(&steps) {
        return None;
    }
    let mut all: Vec<Vec<usize>> = vec![vec![]];
    let steps = steps as usize;
    for part in 0..parts {
        let mut longer = Vec::new();
        for begun in &all {
            let left = steps - begun.iter().sum::<usize>();
            let least = if part + 1 == parts { left } else { 0 };
            for amount in least..=left {
                longer.push(begun.iter().copied().chain([amount]).collect());
                if longer.len() > 100_000 {
                    return None;
                }
            }
        }
        all = longer;
    }
    Some(all.into_iter().map(|split| split.into_iter().map(|n| n as f64 * step).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of ways to put n steps into k parts is (n + k - 1) over (k - 1).
    #[test]
    fn every_split_is_there_once() {
        let all = splits(5.0, 1.0, 4).unwrap();
        assert_eq!(all.len(), 56);
        assert!(all.iter().all(|split| split.iter().sum::<f64>() == 5.0));
        let mut distinct: Vec<String> = all.iter().map(|split| format!("{split:?}")).collect();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 56);
        assert_eq!(splits(5.0, 2.0, 2), None);
        assert_eq!((splits(5.0, 1.0, 0), splits(1e9, 1.0, 3), splits(f64::NAN, 1.0, 2)), (None, None, None));
        assert_eq!(splits(200.0, 1.0, 6), None);
    }
}
