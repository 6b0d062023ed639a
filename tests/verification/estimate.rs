//! From replications to an estimate, a standard error and a verdict.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// How the sums of the replications become one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Combine {
    /// `[a, b]`: a / b.
    Ratio,
    /// `[n, sum, squares]`: the standard deviation.
    Sd,
    /// `[n, sum, squares]`: the variance.
    Variance,
    /// `[n, sum, squares]`: the variance with divisor n - 1.
    SampleVariance,
    /// `[n, sum, squares]`: variance over the square of the mean.
    Scv,
    /// Counts of a wait histogram: the quantile in ticks, divided by the ticks of a unit.
    WaitQuantile { p: f64, tick: f64 },
    /// `[n, at or below value, at or below value - half, value + half]`: the quantile `p` to first
    /// order about `value`.
    QuantileNear { value: f64, half: f64, p: f64 },
    /// Time at each level: the quantile.
    LevelQuantile { p: f64 },
    /// `[n, x, y, xy]`: the covariance.
    Covariance,
    /// `[n, x, y, xy, xx, yy]`: the correlation.
    Correlation,
    /// `[n, sum cos, sum sin]` of a curve sampled at even phases: the amplitude of its first harmonic.
    Amplitude,
    /// The same: the time from the given phase to the peak.
    PeakLag { from: f64, period: f64 },
}

impl Combine {
    /// The number that pooled sums stand for; NaN without observations.
    pub fn value(self, s: &[f64]) -> f64 {
        let at = |i: usize| s.get(i).copied().unwrap_or(f64::NAN);
        let variance = || at(2) / at(0) - (at(1) / at(0)).powi(2);
        match self {
            Self::Ratio => at(0) / at(1),
            Self::Sd => variance().max(0.0).sqrt(),
            Self::Variance => variance(),
            Self::SampleVariance => variance() * at(0) / (at(0) - 1.0),
            Self::Scv => variance() / (at(1) / at(0)).powi(2),
            Self::WaitQuantile { p, tick } => {
                nhs_capacity::network::statistics::quantile_of(s.iter().copied(), p) / tick
            }
            Self::QuantileNear { value, half, p } => {
                let density = (at(3) - at(2)) / at(0) / (2.0 * half);
                value + (p - at(1) / at(0)) / density
            }
            Self::LevelQuantile { p } => {
                let total: f64 = s.iter().sum();
                let mut below = 0.0;
                let found = s.iter().position(|&ticks| {
                    below += ticks;
                    ticks > 0.0 && below >= p * total
                });
                found.map_or(f64::NAN, |level| level as f64)
            }
            Self::Covariance => at(3) / at(0) - at(1) * at(2) / at(0) / at(0),
            Self::Correlation => {
                let (mx, my) = (at(1) / at(0), at(2) / at(0));
                let spread = (at(4) / at(0) - mx * mx) * (at(5) / at(0) - my * my);
                (at(3) / at(0) - mx * my) / spread.sqrt()
            }
            Self::Amplitude => 2.0 * at(1).hypot(at(2)) / at(0),
            Self::PeakLag { from, period } => {
                let peak = at(2).atan2(at(1)) / std::f64::consts::TAU * period;
                (peak - from).rem_euclid(period)
            }
        }
    }
}

/// An estimate with its standard error and the pseudo-values it comes from.
#[derive(Clone, Debug)]
pub struct Estimate {
    pub value: f64,
    pub standard_error: f64,
    pub pseudo: Vec<f64>,
}

/// Pools the replications and removes one at a time (the jackknife), so that means over random
/// numbers of customers, standard deviations and quantiles carry no bias from short replications.
/// For a plain mean the pseudo-values are the replications' own means.
pub fn jackknife(parts: &[Vec<f64>], combine: Combine) -> Estimate {
    let width = parts.iter().map(Vec::len).max().unwrap_or(0);
    let sum: Vec<f64> =
        (0..width).map(|i| parts.iter().map(|p| p.get(i).copied().unwrap_or(0.0)).sum()).collect();
    let r = parts.len() as f64;
    let pooled = combine.value(&sum);
    let without = |part: &Vec<f64>| {
        let rest: Vec<f64> =
            sum.iter().enumerate().map(|(i, s)| s - part.get(i).copied().unwrap_or(0.0)).collect();
        // differences of whole turns are no differences
        let theta = match combine {
            Combine::PeakLag { period, .. } => {
                let theta = combine.value(&rest);
                theta + period * ((pooled - theta) / period).round()
            }
            _ => combine.value(&rest),
        };
        r * pooled - (r - 1.0) * theta
    };
    let pseudo: Vec<f64> = parts.iter().map(without).collect();
    let (value, standard_error) = mean_and_se(&pseudo);
    Estimate { value, standard_error, pseudo }
}

/// Mean and its standard error.
pub fn mean_and_se(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let se = (variance / n).sqrt();
    // what is left of equal numbers after rounding is no spread
    if se <= 1e-12 * mean.abs() { (mean, 0.0) } else { (mean, se) }
}

/// The bound on |t|: a two-sided p of 6.3e-5 with `r` - 1 degrees of freedom.
pub fn largest_t(r: usize) -> f64 {
    match StudentsT::new(0.0, 1.0, (r.max(2) - 1) as f64) {
        Ok(law) => law.inverse_cdf(1.0 - 6.3e-5 / 2.0),
        Err(_) => f64::NAN,
    }
}

/// The two-sigma point with `r` - 1 degrees of freedom.
pub fn two_sigma(r: usize) -> f64 {
    match StudentsT::new(0.0, 1.0, (r.max(2) - 1) as f64) {
        Ok(law) => law.inverse_cdf(0.977_249_868_051_820_8),
        Err(_) => f64::NAN,
    }
}
