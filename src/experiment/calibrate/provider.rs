//! One factor for each provider, fitted to the provider's own published figure.
//!
//! Each provider's factor `f` is moved until its own target `y` is met: with `g` the transformed target
//! (logarithm or log-odds) and `s = dg / d ln f` its slope, `ln f` changes by `damping (g(y) - g(model)) / s`, the
//! slope being learnt from the provider's last two runs (a secant) within a factor of three of a typical one. All
//! providers move at once, on the same people in every run.
//!
//! The published figure is not the truth about a provider, since the model leaves out much. Factors are
//! therefore shrunk towards the national one (empirical Bayes; Efron and Morris, 1975): with `sigma_i` the
//! tolerated error of the target over the provider's slope, and `tau` the spread of factors between providers
//! beyond that, a factor keeps the share `tau^2 / (tau^2 + sigma_i^2)` of its distance from the mean, all on the
//! logarithmic scale. A provider without a published figure takes the mean.

use super::fit::mean;
use super::window::{FitWindow, FitWindowError};
use crate::experiment::Results;
use crate::system::measures::Measure;
use crate::system::outcome::Area;
use crate::system::parameters::ProviderParameter;

/// How a provider's target is transformed before it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// The logarithm: for durations and counts.
    Log,
    /// Log-odds of a percentage.
    PercentOdds,
}

impl Scale {
    fn of(self, value: f64) -> f64 {
        match self {
            Self::Log => value.max(1e-9).ln(),
            Self::PercentOdds => {
                let share = (value / 100.0).clamp(1e-4, 1.0 - 1e-4);
                (share / (1.0 - share)).ln()
            }
        }
    }
}

/// What makes the factors of providers comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// The factor itself is.
    Equal,
    /// The factor over the crews that are busy on average: the national value is crews for each busy one.
    BusyCrews,
}

/// One parameter by provider and the published figure that it is fitted to.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderFit {
    /// The parameter.
    pub parameter: ProviderParameter,
    /// The measure of the model.
    pub measure: Measure,
    /// The published series.
    pub metric: &'static str,
    /// How the target is transformed.
    pub scale: Scale,
    /// The usual change of the transformed target for each unit of the factor's logarithm.
    pub slope: f64,
    /// What makes the factors comparable.
    pub size: Size,
    /// Error of the transformed target that is tolerated for one provider.
    pub tolerance: f64,
    /// The least and the greatest factor that is believed.
    pub believed: (f64, f64),
}

impl ProviderFit {
    /// Crews on duty of each ambulance service, fitted to its C2 mean. An error of 5% is tolerated.
    pub fn crews() -> Self {
        Self {
            parameter: ProviderParameter::AmbulanceUnits,
            measure: Measure::ResponseC2,
            metric: "response_c2_mean",
            scale: Scale::Log,
            slope: -4.0,
            size: Size::BusyCrews,
            tolerance: 0.05,
            believed: ProviderParameter::AmbulanceUnits.allowed(),
        }
    }

    /// Speed of each emergency department, fitted to its four-hour share. An error of a point at 58% is
    /// tolerated. A department over 2.5 times as fast as the average or slower than 0.4 is not believed: its
    /// share within four hours has another cause, such as only treating children.
    pub fn department_speed() -> Self {
        Self {
            parameter: ProviderParameter::EdEfficiency,
            measure: Measure::Within4Hours,
            metric: "pct_within_4h_type1",
            scale: Scale::PercentOdds,
            slope: 2.0,
            size: Size::Equal,
            tolerance: 0.041,
            believed: (0.4, 2.5),
        }
    }

    pub(super) fn area(&self, provider: usize) -> Area {
        use crate::system::providers::ProviderGroup::{AmbulanceServices, CareSystems};
        match self.parameter.group() {
            AmbulanceServices => Area::AmbulanceService(provider as u16),
            CareSystems => Area::CareSystem(provider as u16),
            _ => Area::Hospital(provider as u16),
        }
    }

    /// Transformed published figure less that of the model, mean of the months published: what is still to
    /// go. `None` for a provider without a target or that was not simulated.
    pub(super) fn to_go(
        &self,
        results: &Results,
        scenario: &str,
        window: FitWindow,
        provider: usize,
    ) -> Result<Option<f64>, FitWindowError> {
        let (pack, area) = (results.pack(), self.area(provider));
        let mut pairs = Vec::new();
        for month in window.months() {
            let published = window.published(pack, &area.code(pack), self.metric, month)?;
            let model = results.replicated(scenario, self.measure, area, Some(month));
            let model = model.and_then(|values| mean(values.into_iter().flatten()));
            pairs.extend(published.zip(model));
        }
        // month by month on the transformed scale: else one month of hours outweighs five that are too good
        Ok(mean(pairs.iter().map(|&(y, m)| self.scale.of(y) - self.scale.of(m))))
    }

    /// What a provider's factor is divided by to be comparable, in a run with factor `factor`.
    pub(super) fn size_of(&self, results: &Results, scenario: &str, provider: usize, factor: f64) -> f64 {
        if self.size == Size::Equal {
            return 1.0;
        }
        let busy = results.replicated(scenario, Measure::UnitUtilisation, self.area(provider), None);
        let share = busy.and_then(|values| mean(values.into_iter().flatten()));
        share.map(|share| share * factor).filter(|&size| size > 0.0).unwrap_or(factor)
    }
}

/// Largest change of a factor in one step, as a logarithm.
const LARGEST_STEP: f64 = 0.25;

/// The search for one provider's factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Track {
    // logarithm of the factor in the last run, and what was to go
    last: Option<(f64, f64)>,
    pub(super) slope: f64,
}

impl Track {
    pub(super) fn new(usual_slope: f64) -> Self {
        Self { last: None, slope: usual_slope }
    }

    /// Forgets the last run, not the slope: it was made with other national values.
    pub(super) fn forget(&mut self) {
        self.last = None;
    }

    /// Learns from a run with this factor how steep the target is.
    pub(super) fn learn(&mut self, factor: f64, to_go: f64, usual_slope: f64) {
        let now = (factor.ln(), to_go);
        if let Some(before) = self.last {
            let step = now.0 - before.0;
            // a step too small says more of noise than of the slope
            if step.abs() > 0.005 {
                let relative = (before.1 - now.1) / step / usual_slope;
                if relative.is_finite() {
                    self.slope = usual_slope * relative.clamp(1.0 / 3.0, 3.0);
                }
            }
        }
        self.last = Some(now);
    }

    /// The next factor to try.
    pub(super) fn next(&self, factor: f64, to_go: f64, damping: f64, allowed: (f64, f64)) -> f64 {
        let step = (damping * to_go / self.slope).clamp(-LARGEST_STEP, LARGEST_STEP);
        (factor * step.exp()).clamp(allowed.0, allowed.1)
    }
}

/// Logarithms of factors shrunk towards their mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Shrunk {
    /// The shrunk values, one for each that was given.
    pub values: Vec<f64>,
    /// The mean they are shrunk towards.
    pub mean: f64,
    /// Standard deviation between providers beyond their errors.
    pub between: f64,
    /// Half-width of the 95% interval of each.
    pub half_widths: Vec<f64>,
}

/// Shrinks `values` with standard errors `errors` towards their mean (DerSimonian and Laird's estimate, 1986,
/// of the spread between them); those without a value take the mean. `None` without any value, or if
/// one is not finite or an error not above zero.
///
/// ```
/// use nhs_capacity::experiment::calibrate::shrink;
/// let shrunk = shrink(&[Some((-0.3, 0.1)), Some((0.3, 0.1)), None]).unwrap();
/// assert!(shrunk.values[0] > -0.3 && shrunk.values[1] < 0.3 && shrunk.values[2] == 0.0);
/// ```
pub fn shrink(values: &[Option<(f64, f64)>]) -> Option<Shrunk> {
    let known: Vec<(f64, f64)> = values.iter().flatten().copied().collect();
    if known.is_empty() || !known.iter().all(|(x, error)| x.is_finite() && *error > 0.0 && error.is_finite())
    {
        return None;
    }
    let weighted = |between: f64| {
        let weights: Vec<f64> = known.iter().map(|(_, error)| 1.0 / (between + error * error)).collect();
        let total: f64 = weights.iter().sum();
        let mean = known.iter().zip(&weights).map(|((x, _), w)| w * x).sum::<f64>() / total;
        (weights, total, mean)
    };
    let (weights, total, fixed) = weighted(0.0);
    let q: f64 = known.iter().zip(&weights).map(|((x, _), w)| w * (x - fixed).powi(2)).sum();
    let scale = total - weights.iter().map(|w| w * w).sum::<f64>() / total;
    let excess = (q - (known.len() as f64 - 1.0)) / scale;
    let between = if excess.is_finite() { excess.max(0.0) } else { 0.0 };
    let mean = weighted(between).2;
    let kept = |error: f64| between / (between + error * error);
    // what is left of a factor's own error, and that of the mean it leans on
    let of_mean = 1.0 / weighted(between).1;
    let variance = |kept: f64, error: f64| kept * error * error + (1.0 - kept).powi(2) * of_mean;
    let shrunk = values.iter().map(|value| match value {
        Some((x, error)) => {
            let kept = kept(*error);
            (mean + kept * (x - mean), 1.96 * variance(kept, *error).sqrt())
        }
        None => (mean, 1.96 * (between + of_mean).sqrt()),
    });
    let (values, half_widths) = shrunk.unzip();
    Some(Shrunk { values, mean, between: between.sqrt(), half_widths })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight schools (Rubin, 1981): with these errors the spread between schools is estimated as zero and
    /// all take the pooled mean, 7.69.
    #[test]
    fn eight_schools_are_shrunk_to_their_mean() {
        let effects = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0];
        let errors = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0];
        let values: Vec<_> = effects.into_iter().zip(errors).map(Some).collect();
        let shrunk = shrink(&values).unwrap();
        assert_eq!(shrunk.between, 0.0);
        assert!((shrunk.mean - 7.685_6).abs() < 1e-3, "{}", shrunk.mean);
        assert!(shrunk.values.iter().all(|value| (value - shrunk.mean).abs() < 1e-12));
    }

    /// Equal errors: the method of moments by hand. Variance of (-1, 0, 1) is 1, the error's 0.25, so 0.75 is
    /// between and three quarters of each distance stay.
    #[test]
    fn equal_errors_keep_the_share_of_the_variance_between() {
        let shrunk = shrink(&[Some((-1.0, 0.5)), Some((0.0, 0.5)), Some((1.0, 0.5)), None]).unwrap();
        assert!((shrunk.between.powi(2) - 0.75).abs() < 1e-12);
        let expected = [-0.75, 0.0, 0.75, 0.0];
        assert!(shrunk.values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
        // 0.75 of the own variance 0.25, and a sixteenth of the mean's, 1/3
        assert!((shrunk.half_widths[0] - 1.96 * (0.1875 + 1.0 / 48.0_f64).sqrt()).abs() < 1e-12);
        // with nobody to lean on, the own error is all
        assert!((shrink(&[Some((0.4, 0.1))]).unwrap().half_widths[0] - 0.196).abs() < 1e-12);
        assert_eq!(shrink(&[None]), None);
        assert_eq!(shrink(&[Some((0.0, 0.0))]), None);
    }

    /// The response of one queue is steep and curved; the damped secant still meets its target.
    #[test]
    fn a_curved_response_is_solved_in_a_few_runs() {
        let (target, usual) = (30.0_f64.ln(), -4.0);
        // mean wait plus travel, with work 80 for `crews`
        let response = |crews: f64| 10.0 + 4.0 / (1.0 - 80.0 / crews);
        let mut track = Track::new(usual);
        let mut crews: f64 = 120.0;
        for _ in 0..7 {
            let to_go = target - response(crews).ln();
            track.learn(crews, to_go, usual);
            crews = track.next(crews, to_go, 0.8, (80.5, 1_000.0));
        }
        assert!((response(crews) - 30.0).abs() < 0.3, "{crews}: {}", response(crews));
        assert!((crews - 100.0).abs() < 0.2);
    }
}
