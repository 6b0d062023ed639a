//! Does the model put providers in the right order?

use super::Row;
use crate::experiment::quantile::Sample;
use crate::system::pack::ENGLAND;
use std::collections::BTreeMap;

/// Model and published figures over providers, each averaged over the months with both.
#[derive(Clone, Debug, PartialEq)]
pub struct Across {
    /// Name of the published series.
    pub metric: &'static str,
    /// Providers with both.
    pub providers: usize,
    /// Spearman's rank correlation; `None` for fewer than three providers or if all are alike.
    pub rank_correlation: Option<f64>,
    /// Median over providers of the absolute error as a share of the published figure; `None` if all of these are 0.
    pub median_error: Option<f64>,
    /// The least that was promised, if anything.
    pub wanted: Option<f64>,
}

impl Across {
    /// Whether what was promised is kept; `None` where nothing was, or for want of providers.
    pub fn is_met(&self) -> Option<bool> {
        Some(self.rank_correlation? >= self.wanted?)
    }
}

/// The least rank correlations promised over providers.
const WANTED: [(&str, f64); 2] = [("pct_within_4h_type1", 0.5), ("response_c2_mean", 0.6)];

/// Rank correlations over providers for every metric of the card.
pub fn across_providers(rows: &[Row]) -> Vec<Across> {
    let mut metrics: Vec<&'static str> = Vec::new();
    for row in rows {
        if !metrics.contains(&row.metric) {
            metrics.push(row.metric);
        }
    }
    metrics
        .into_iter()
        .map(|metric| {
            let mut sums: BTreeMap<&str, (f64, f64, f64)> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.metric == metric && row.area != ENGLAND) {
                if let (Some(model), Some(published)) = (row.model, row.published) {
                    let sum = sums.entry(&row.area).or_default();
                    *sum = (sum.0 + model, sum.1 + published, sum.2 + 1.0);
                }
            }
            let (model, published): (Vec<f64>, Vec<f64>) =
                sums.values().map(|(model, published, n)| (model / n, published / n)).unzip();
            Across {
                metric,
                providers: model.len(),
                rank_correlation: rank_correlation(&model, &published),
                median_error: median_error(&model, &published),
                wanted: WANTED.iter().find(|(name, _)| *name == metric).map(|(_, least)| *least),
            }
        })
        .filter(|across| across.providers > 0)
        .collect()
}

/// The median of the absolute errors as shares of what was published, where that is not 0.
fn median_error(model: &[f64], published: &[f64]) -> Option<f64> {
    let errors =
        model.iter().zip(published).map(|(model, published)| ((model - published) / published).abs());
    Sample::of(&errors.collect::<Vec<f64>>()).quantile(0.5)
}

/// Spearman's rank correlation, ties at their mean rank. `None` for fewer than three pairs, slices of
/// different lengths, values that are not numbers, or if one side is all alike.
///
/// ```
/// use nhs_capacity::experiment::report_card::rank_correlation;
/// assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[10.0, 30.0, 20.0]), Some(0.5));
/// ```
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() || a.len() < 3 || a.iter().chain(b).any(|value| value.is_nan()) {
        return None;
    }
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 + 1.0) / 2.0;
    let sum = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    let spread = (sum(&a, &a) * sum(&b, &b)).sqrt();
    (spread > 0.0).then(|| sum(&a, &b) / spread)
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let below = |value: f64| values.iter().filter(|&&other| other < value).count() as f64;
    let same = |value: f64| values.iter().filter(|&&other| other == value).count() as f64;
    values.iter().map(|&value| below(value) + (same(value) + 1.0) / 2.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kendall and Gibbons (1990), *Rank Correlation Methods*: without ties
    /// `1 - 6 sum d^2 / (n^3 - n)`; here d = (0, 1, 1, 1, 1), n = 5.
    #[test]
    fn it_is_spearmans() {
        let found = rank_correlation(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0, 3.0, 2.0, 5.0, 4.0]).unwrap();
        assert!((found - (1.0 - 6.0 * 4.0 / 120.0)).abs() < 1e-12);
        let tied = rank_correlation(&[1.0, 1.0, 2.0], &[1.0, 2.0, 3.0]).unwrap();
        assert!((tied - 3.0_f64.sqrt() / 2.0).abs() < 1e-12);
        assert_eq!(rank_correlation(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(rank_correlation(&[1.0, f64::NAN, 1.0], &[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn the_middle_error_is_of_those_with_something_published() {
        let found = median_error(&[11.0, 8.0, 5.0, 9.0], &[10.0, 10.0, 0.0, 10.0]);
        assert!((found.unwrap() - 0.1).abs() < 1e-12);
        let even = median_error(&[11.0, 6.0], &[10.0, 10.0]);
        assert!((even.unwrap() - 0.25).abs() < 1e-12);
        assert_eq!(median_error(&[1.0], &[0.0]), None);
    }
}
