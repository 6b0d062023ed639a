//! Several comparisons at once: all scenarios against a baseline, or each against each.

use super::{Confidence, Difference, Results, paired_difference};
use crate::system::measures::{Better, Measure};
use crate::system::outcome::Area;

/// Which pairs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairs<'a> {
    /// All scenarios against this one.
    Against(&'a str),
    /// Each scenario against each that was added before it.
    All,
}

/// One pair among several.
#[derive(Clone, Debug, PartialEq)]
pub struct PairOf {
    /// What it is compared with.
    pub baseline: String,
    /// What is compared.
    pub scenario: String,
    /// The paired difference, with an interval that holds the truth together with those of all other pairs
    /// with 95% (Bonferroni).
    pub difference: Difference,
    /// Probability that the scenario is better, whichever way that is; `None` with one replication or if
    /// neither way is.
    pub helps: Option<f64>,
    /// Probability of a difference as large if there were none, both ways; `None` with one replication.
    pub p_value: Option<f64>,
    /// The same allowing for the number of pairs (Holm, 1979).
    pub p_value_of_all: Option<f64>,
}

impl Results {
    /// Compares scenarios pair by pair on the same people, allowing for their number.
    pub fn pairs(&self, pairs: Pairs<'_>, measure: Measure, area: Area) -> Vec<PairOf> {
        let names: Vec<&str> = self.scenarios().collect();
        let chosen: Vec<(&str, &str)> = match pairs {
            Pairs::Against(baseline) => {
                names.iter().filter(|&&name| name != baseline).map(|&name| (baseline, name)).collect()
            }
            Pairs::All => names
                .iter()
                .enumerate()
                .flat_map(|(i, &later)| names.iter().take(i).map(move |&earlier| (earlier, later)))
                .collect(),
        };
        let level = Confidence::NINETY_FIVE.shared_among(chosen.len());
        let mut found: Vec<PairOf> = chosen
            .into_iter()
            .filter_map(|(baseline, scenario)| {
                let before = self.replicated(baseline, measure, area, None)?;
                let after = self.replicated(scenario, measure, area, None)?;
                let difference = paired_difference(&before, &after, level)?;
                let (below, above) = (difference.probability_below_zero, difference.probability_above_zero);
                let p_value = below.zip(above).map(|(b, a)| {
                    // with no variance at all both are 0 or one is 1
                    if b == 0.0 && a == 0.0 { 1.0 } else { (2.0 * b.min(a)).min(1.0) }
                });
                Some(PairOf {
                    baseline: baseline.to_owned(),
                    scenario: scenario.to_owned(),
                    difference,
                    helps: match measure.better() {
                        Better::Lower => below,
                        Better::Higher => above,
                        Better::Neither => None,
                    },
                    p_value,
                    p_value_of_all: None,
                })
            })
            .collect();
        if let Some(adjusted) = found.iter().map(|pair| pair.p_value).collect::<Option<Vec<f64>>>() {
            for (pair, p) in found.iter_mut().zip(holm(&adjusted)) {
                pair.p_value_of_all = Some(p);
            }
        }
        found
    }
}

/// P-values that allow for their number, by multiplying with it (Bonferroni).
pub fn bonferroni(p_values: &[f64]) -> Vec<f64> {
    p_values.iter().map(|p| (p * p_values.len() as f64).min(1.0)).collect()
}

/// P-values that allow for their number step by step (Holm, 1979): never larger than Bonferroni's and as sure.
///
/// ```
/// use nhs_capacity::experiment::multiple::holm;
/// let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
/// assert!(adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]).all(|(a, b)| (a - b).abs() < 1e-12));
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut least = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        least = least.max((p_values[i] * (p_values.len() - rank) as f64).min(1.0));
        adjusted[i] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As R's `p.adjust` gives them.
    #[test]
    fn corrections_are_the_known_ones() {
        let p = [0.01, 0.02, 0.03, 0.04, 0.05];
        let close = |a: Vec<f64>, b: [f64; 5]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close(bonferroni(&p), [0.05, 0.1, 0.15, 0.2, 0.25]));
        assert!(close(holm(&p), [0.05, 0.08, 0.09, 0.09, 0.09]));
        assert!(holm(&[]).is_empty());
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    }
}
