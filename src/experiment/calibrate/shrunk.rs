//! A fitted table of factors by provider, shrunk towards the national value.

use super::calibrated::FittedTable;
use super::provider::{ProviderFit, Track, shrink};
use super::run::{NAME, significant};
use super::{CalibrationError, FitWindow};
use crate::experiment::Results;

/// The table of one kind of factor, which is shrunk in place; `None` if too few providers have a target.
pub(super) fn shrunk_table(
    fit: &ProviderFit,
    tracks: &[Track],
    factors: &mut [f64],
    results: &Results,
    window: FitWindow,
) -> Result<Option<FittedTable>, CalibrationError> {
    let sizes: Vec<f64> = (0..factors.len())
        .map(|provider| fit.size_of(results, NAME, provider, factors.get(provider).copied().unwrap_or(1.0)))
        .collect();
    let mut known = Vec::new();
    for (provider, ((factor, track), size)) in factors.iter().zip(tracks).zip(&sizes).enumerate() {
        let has_target = fit.to_go(results, NAME, window, provider)?.is_some() && *factor > 0.0;
        known.push(has_target.then(|| ((factor / size).ln(), fit.tolerance / track.slope.abs())));
    }
    let with_target = known.iter().flatten().count();
    let Some(shrunk) = shrink(&known) else { return Ok(None) };
    let (least, greatest) = fit.believed;
    let is_simulated = |provider: usize| {
        // only those that were simulated have a size and a place in the mean
        let values = results.replicated(NAME, fit.measure, fit.area(provider), None);
        values.is_some_and(|values| values.iter().any(Option::is_some))
    };
    for (provider, ((factor, size), log)) in factors.iter_mut().zip(&sizes).zip(&shrunk.values).enumerate() {
        if is_simulated(provider) && *factor > 0.0 {
            *factor = significant((log.exp() * size).clamp(least, greatest));
        }
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let of_known = |value: &dyn Fn(usize) -> f64| {
        median((0..known.len()).filter(|&i| known.get(i).is_some_and(Option::is_some)).map(value).collect())
    };
    let kept = |i: usize| {
        let error = known.get(i).copied().flatten().map_or(0.0, |(_, error)| error);
        let between = shrunk.between.powi(2);
        between / (between + error * error)
    };
    Ok(Some(FittedTable {
        parameter: fit.parameter,
        values: factors.to_vec(),
        relative_interval: significant(of_known(&|i| {
            shrunk.half_widths.get(i).copied().unwrap_or(0.0).exp_m1()
        })),
        between: shrunk.between.exp_m1(),
        with_target,
        kept: of_known(&kept),
    }))
}
