//! How near a run is to what was published.

use super::target::Target;
use super::window::{FitWindow, FitWindowError};
use crate::experiment::Results;
use crate::measure::Ratio;
use crate::system::measures::{Adds, Measure};
use crate::system::outcome::Area;
use crate::system::pack::ENGLAND;
use crate::units::Month;

/// A published figure and what the model says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitRow {
    /// The measure, in whose unit both are.
    pub measure: Measure,
    /// The month.
    pub month: Month,
    /// What was published.
    pub published: f64,
    /// Mean of the model's replications.
    pub model: f64,
}

/// One target over the months of the fit.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetFit {
    /// The target.
    pub target: Target,
    /// Its months, those with a published figure.
    pub rows: Vec<FitRow>,
    /// Mean of the published figures.
    pub published: f64,
    /// Mean of the model's.
    pub model: f64,
    /// Mean absolute error.
    pub mean_absolute_error: f64,
    /// Root of the mean squared error, in tolerances.
    pub discrepancy: f64,
}

impl TargetFit {
    fn of(target: &Target, rows: Vec<FitRow>) -> Option<Self> {
        let mean = |value: &dyn Fn(&FitRow) -> f64| rows.iter().map(value).sum::<f64>() / rows.len() as f64;
        let published = mean(&|row| row.published);
        let unit = target.tolerance.beside(published);
        let squared = mean(&|row| ((row.model - row.published) / unit).powi(2));
        let fit = Self {
            target: target.clone(),
            published,
            model: mean(&|row| row.model),
            mean_absolute_error: mean(&|row| (row.model - row.published).abs()),
            discrepancy: squared.sqrt(),
            rows,
        };
        fit.discrepancy.is_finite().then_some(fit)
    }

    /// Whether the mean absolute error is within the tolerance.
    pub fn is_met(&self) -> bool {
        self.mean_absolute_error <= self.target.tolerance.beside(self.published)
    }
}

/// How near a run is to all targets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fit {
    /// Each target that has a published month.
    pub targets: Vec<TargetFit>,
    /// Root of the mean of the targets' squared discrepancies, in tolerances: 1 if each is off by as much as
    /// is tolerated.
    pub discrepancy: f64,
}

impl Fit {
    /// Compares `scenario` of a study over the window with what was published. England is added up over the
    /// providers that published a figure for the month, in the model as in the statistics; where only
    /// some `areas` were simulated, the published figure is that of those.
    pub(super) fn of(
        results: &Results,
        scenario: &str,
        targets: &[Target],
        window: FitWindow,
        areas: &[Area],
        is_all: bool,
    ) -> Result<Self, FitWindowError> {
        let mut fits = Vec::new();
        for target in targets {
            let mut rows = Vec::new();
            for month in window.months() {
                rows.extend(row(results, scenario, target, window, month, areas, is_all)?);
            }
            if !rows.is_empty() {
                fits.extend(TargetFit::of(target, rows));
            }
        }
        let squares: f64 = fits.iter().map(|fit| fit.discrepancy.powi(2)).sum();
        let discrepancy = (squares / fits.len().max(1) as f64).sqrt();
        Ok(Self { targets: fits, discrepancy })
    }
}

fn row(
    results: &Results,
    scenario: &str,
    target: &Target,
    window: FitWindow,
    month: Month,
    areas: &[Area],
    is_all: bool,
) -> Result<Option<FitRow>, FitWindowError> {
    let (pack, measure) = (results.pack(), target.measure);
    let mut publishing = Vec::new();
    for &area in areas.iter().filter(|&&area| area != Area::England && measure.is_taken_at(area)) {
        let published = window.published(pack, &area.code(pack), target.metric, month)?;
        publishing.extend(published.map(|published| (area, published)));
    }
    let national = window.published(pack, ENGLAND, target.metric, month)?;
    let published = if is_all { national } else { together(results, scenario, measure, month, &publishing) };
    let model = if publishing.is_empty() {
        results.replicated(scenario, measure, Area::England, Some(month)).filter(|_| is_all)
    } else {
        let publishing: Vec<Area> = publishing.iter().map(|(area, _)| *area).collect();
        results.replicated_over(scenario, measure, &publishing, month)
    };
    let model = model.and_then(|values| mean(values.into_iter().flatten()));
    Ok(published.zip(model).map(|(published, model)| FitRow { measure, month, published, model }))
}

/// What was published by some providers, as one figure: counts added up, shares and means weighted by the
/// model's denominators, which are not published.
fn together(
    results: &Results,
    scenario: &str,
    measure: Measure,
    month: Month,
    published: &[(Area, f64)],
) -> Option<f64> {
    let weight = |area| {
        let denominators = results.ratios(scenario, measure, area, month).into_iter().flatten();
        mean(denominators.map(|ratio| ratio.denominator))
    };
    let of_area = |&(area, value): &(Area, f64)| match measure.adds() {
        Adds::AsRatio => weight(area).map(|weight| Ratio::new(value * weight, weight)),
        _ => Some(Ratio::new(value, 1.0)),
    };
    let ratios: Vec<Ratio> = published.iter().filter_map(of_area).collect();
    if ratios.is_empty() { None } else { measure.over_providers(ratios).value() }
}

pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.into_iter().fold((0.0, 0_u32), |(sum, n), value| (sum + value, n + 1));
    Some(sum / f64::from(count)).filter(|mean| mean.is_finite())
}
