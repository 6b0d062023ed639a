//! Do response times belong together as they do in England?
//!
//! Services differ in how long people wait, but C1, C2 and C3 wait in proportion to each other, and the longest
//! waits in proportion to the mean: a model that has C2 right with the wrong C1, C3 or tail has the wrong queue.

use super::Row;
use crate::system::pack::ENGLAND;
use crate::units::Month;
use std::collections::BTreeMap;

/// One relation between series of England, in the published figures and in the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// What is compared.
    pub what: &'static str,
    /// Months with all figures.
    pub months: usize,
    /// In the published figures.
    pub published: Option<f64>,
    /// In the model.
    pub model: Option<f64>,
}

/// The relations looked at: slopes over months of one mean on another, and 90th percentiles over means.
pub fn shapes(rows: &[Row]) -> Vec<Shape> {
    let slope = |what, of, on| Shape::of(rows, what, of, on, slope);
    let ratio = |what, of, on| Shape::of(rows, what, of, on, mean_ratio);
    vec![
        slope("C1 mean, seconds more for each of C2", "response_c1_mean", "response_c2_mean"),
        slope("C3 mean, seconds more for each of C2", "response_c3_mean", "response_c2_mean"),
        ratio("C1, 90th over mean", "response_c1_p90", "response_c1_mean"),
        ratio("C2, 90th over mean", "response_c2_p90", "response_c2_mean"),
        ratio("C3, 90th over mean", "response_c3_p90", "response_c3_mean"),
        ratio("C4, 90th over mean", "response_c4_p90", "response_c4_mean"),
    ]
}

impl Shape {
    fn of(
        rows: &[Row],
        what: &'static str,
        of: &str,
        on: &str,
        relation: fn(&[(f64, f64)]) -> Option<f64>,
    ) -> Self {
        let series = |metric: &str| -> BTreeMap<Month, (f64, f64)> {
            let england = rows.iter().filter(|row| row.metric == metric && row.area == ENGLAND);
            england.filter_map(|row| Some((row.period, (row.published?, row.model?)))).collect()
        };
        let (of, on) = (series(of), series(on));
        let pairs: Vec<_> = on.iter().filter_map(|(month, x)| Some((*x, *of.get(month)?))).collect();
        let published: Vec<_> = pairs.iter().map(|(x, y)| (x.0, y.0)).collect();
        let model: Vec<_> = pairs.iter().map(|(x, y)| (x.1, y.1)).collect();
        Self { what, months: pairs.len(), published: relation(&published), model: relation(&model) }
    }
}

/// The slope of y on x by least squares; `None` for fewer than three pairs or if x is all alike.
fn slope(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let squares: f64 = pairs.iter().map(|pair| (pair.0 - x).powi(2)).sum();
    let products: f64 = pairs.iter().map(|pair| (pair.0 - x) * (pair.1 - y)).sum();
    (pairs.len() >= 3 && squares > 0.0).then(|| products / squares)
}

fn mean_ratio(pairs: &[(f64, f64)]) -> Option<f64> {
    let ratios: Vec<f64> = pairs.iter().filter(|pair| pair.0 > 0.0).map(|pair| pair.1 / pair.0).collect();
    (!ratios.is_empty()).then(|| ratios.iter().sum::<f64>() / ratios.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_slope_and_points_above_one_another_have_none() {
        assert_eq!(slope(&[(1.0, 5.0), (2.0, 7.0), (3.0, 9.0)]), Some(2.0));
        // y = 1, 2, 2, 3 on x = 1, 2, 3, 4: 3 / 5
        let found = slope(&[(1.0, 1.0), (2.0, 2.0), (3.0, 2.0), (4.0, 3.0)]).unwrap();
        assert!((found - 0.6).abs() < 1e-12);
        assert_eq!(slope(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(slope(&[(1.0, 1.0), (2.0, 2.0)]), None);
    }

    #[test]
    fn ratios_are_averaged_over_months() {
        assert_eq!(mean_ratio(&[(10.0, 20.0), (20.0, 60.0)]), Some(2.5));
        assert_eq!(mean_ratio(&[(0.0, 1.0)]), None);
    }
}
