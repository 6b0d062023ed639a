//! Distributions and arrival processes as data.

use crate::random::ziggurat::exponential;
use crate::random::{Dice, Distribution, DistributionError, Sampler};
use crate::units::Shown;
use serde::{Deserialize, Serialize};

/// A distribution in the time unit of the network it belongs to.
///
/// ```
/// use nhs_capacity::network::DistributionSpec;
/// let stay: DistributionSpec = serde_json::from_str(r#"{"dist":"lognormal","mean":7.4,"sd":8.6}"#)?;
/// assert_eq!(stay, DistributionSpec::lognormal(7.4, 8.6));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "dist", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the textbook parameters, explained on each variant")]
pub enum DistributionSpec {
    /// Always `value`.
    #[serde(alias = "constant")]
    Deterministic { value: f64 },
    /// Exponential with this mean.
    Exponential { mean: f64 },
    /// Lognormal with this mean and standard deviation of the variable itself.
    Lognormal { mean: f64, sd: f64 },
    /// The sum of `k` exponentials, total mean `mean`.
    Erlang { k: u32, mean: f64 },
    /// Gamma, given the shape and either the mean or the rate.
    Gamma {
        shape: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mean: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<f64>,
    },
    /// Survival `exp(-(x / scale)^shape)`.
    Weibull { shape: f64, scale: f64 },
    /// A mixture of exponentials.
    Hyperexponential { probs: Vec<f64>, means: Vec<f64> },
    /// Uniform.
    Uniform { low: f64, high: f64 },
    /// Triangular.
    Triangular { low: f64, mode: f64, high: f64 },
    /// Beta-PERT; `lambda` is 4 unless given.
    Pert {
        low: f64,
        mode: f64,
        high: f64,
        #[serde(default = "four")]
        lambda: f64,
    },
    /// Beta on 0 to 1.
    Beta { alpha: f64, beta: f64 },
    /// Normal, drawn again until inside; `high` absent means no upper end.
    TruncatedNormal { mean: f64, sd: f64, low: f64, high: Option<f64> },
    /// Log-logistic.
    Loglogistic { shape: f64, scale: f64 },
    /// Inverse gamma.
    Pearson5 { shape: f64, scale: f64 },
    /// Beta prime: `scale` times a ratio of gammas.
    Pearson6 { shape1: f64, shape2: f64, scale: f64 },
    /// The given values with the given probabilities.
    Discrete { values: Vec<f64>, probs: Vec<f64> },
    /// Any of the observed values, all equally likely.
    Empirical { values: Vec<f64> },
    /// A Poisson count.
    Poisson { mean: f64 },
    /// One draw from each, added up.
    Sum { parts: Vec<DistributionSpec> },
}

const DEEPEST: usize = 100;

fn four() -> f64 {
    4.0
}

impl DistributionSpec {
    /// Always `value`.
    pub fn constant(value: f64) -> Self {
        Self::Deterministic { value }
    }

    /// Exponential.
    pub fn exponential(mean: f64) -> Self {
        Self::Exponential { mean }
    }

    /// Lognormal with its own mean and standard deviation.
    pub fn lognormal(mean: f64, sd: f64) -> Self {
        Self::Lognormal { mean, sd }
    }

    /// Triangular.
    pub fn triangular(low: f64, mode: f64, high: f64) -> Self {
        Self::Triangular { low, mode, high }
    }

    /// Checks the parameters and prepares them for sampling.
    ///
    /// # Errors
    /// If a parameter is outside its range.
    pub fn check(&self) -> Result<Sampler, DistributionError> {
        self.check_at(0)
    }

    fn check_at(&self, depth: usize) -> Result<Sampler, DistributionError> {
        let single = match *self {
            Self::Deterministic { value } => Distribution::constant(value),
            Self::Exponential { mean } => Distribution::exponential(mean),
            Self::Lognormal { mean, sd } => Distribution::lognormal(mean, sd),
            Self::Erlang { k, mean } => Distribution::erlang(k, mean),
            Self::Gamma { shape, mean, rate } => match (mean, rate) {
                (Some(mean), None) => Distribution::gamma(shape, mean),
                (None, Some(rate)) => Distribution::gamma_of_rate(shape, rate),
                _ => Err(DistributionError::OutOfRange {
                    law: "gamma",
                    parameter: "number of mean and rate given",
                    value: f64::from(u8::from(mean.is_some()) + u8::from(rate.is_some())),
                    allowed: "1",
                }),
            },
            Self::Weibull { shape, scale } => Distribution::weibull(shape, scale),
            Self::Uniform { low, high } => Distribution::uniform(low, high),
            Self::Triangular { low, mode, high } => Distribution::triangular(low, mode, high),
            Self::TruncatedNormal { mean, sd, low, high } => {
                Distribution::truncated_normal(mean, sd, low, high.unwrap_or(f64::INFINITY))
            }
            Self::Loglogistic { shape, scale } => Distribution::loglogistic(shape, scale),
            Self::Hyperexponential { ref probs, ref means } => {
                return Sampler::hyperexponential(probs, means);
            }
            Self::Pert { low, mode, high, lambda } => return Sampler::pert(low, mode, high, lambda),
            Self::Beta { alpha, beta } => return Sampler::beta(alpha, beta),
            Self::Pearson5 { shape, scale } => return Sampler::pearson5(shape, scale),
            Self::Pearson6 { shape1, shape2, scale } => return Sampler::pearson6(shape1, shape2, scale),
            Self::Discrete { ref values, ref probs } => return Sampler::discrete(values, probs),
            Self::Empirical { ref values } => return Sampler::empirical(values),
            Self::Poisson { mean } => return Sampler::poisson(mean),
            Self::Sum { ref parts } => return sum(parts, depth),
        };
        single.map(Sampler::from)
    }
}

// A sum of sums of sums, a thousand deep, would overflow the stack when it is sampled.
fn sum(parts: &[DistributionSpec], depth: usize) -> Result<Sampler, DistributionError> {
    let refuse = |parameter, value: usize, allowed| {
        Err(DistributionError::OutOfRange { law: "sum", parameter, value: value as f64, allowed })
    };
    if parts.is_empty() {
        return refuse("number of parts", 0, "at least 1");
    }
    if depth == DEEPEST {
        return refuse("sums within sums", depth + 1, "at most 100");
    }
    Ok(Sampler::sum(parts.iter().map(|part| part.check_at(depth + 1)).collect::<Result<_, _>>()?))
}

/// How customers of a class arrive, in the time unit of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "process", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are explained on each variant")]
pub enum ArrivalSpec {
    /// At random, at a constant rate.
    Poisson { rate: f64 },
    /// Independent gaps; the first arrival is one gap after the start.
    Renewal { interarrival: DistributionSpec },
    /// Groups at random at a constant rate, with the given sizes (at most a million) and their
    /// probabilities.
    BatchPoisson { rate: f64, batch_sizes: Vec<u32>, batch_probs: Vec<f64> },
    /// At random at `base_rate * (1 + relative_amplitude * sin(2 pi t / period))`.
    #[serde(alias = "nhpp_sinusoidal")]
    Sinusoidal { base_rate: f64, relative_amplitude: f64, period: f64 },
    /// At random at `rates[i]` from `breakpoints[i]` to `breakpoints[i + 1]`, repeated each `period`
    /// (absent: nobody arrives after the last breakpoint).
    #[serde(alias = "nhpp_piecewise")]
    Piecewise { breakpoints: Vec<f64>, rates: Vec<f64>, period: Option<f64> },
    /// At exactly these times.
    Times { at: Vec<f64> },
}

/// Why an arrival process cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrivalsError {
    /// A number is outside its range.
    #[error("{field} = {}, must be {allowed}", Shown(*.value))]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Two neighbours in a list are in the wrong order.
    #[error("{field}: {} is followed by {}, must rise", Shown(*.first), Shown(*.second))]
    NotRising {
        /// The field.
        field: &'static str,
        /// The earlier entry.
        first: f64,
        /// The later entry.
        second: f64,
    },
    /// A distribution within it is wrong.
    #[error("{0}")]
    Distribution(#[from] DistributionError),
}

/// An arrival process ready to be followed.
#[derive(Clone, Debug)]
pub struct ArrivalProcess {
    kind: Kind,
    group: Option<Sampler>,
}

#[derive(Clone, Debug)]
enum Kind {
    Never,
    Poisson { gap: f64 },
    Renewal(Sampler),
    Sinusoidal { base: f64, amplitude: f64, period: f64 },
    // expected arrivals up to each breakpoint
    Piecewise { breakpoints: Vec<f64>, upto: Vec<f64>, period: Option<f64> },
    Times(Vec<f64>),
}

/// The most who may arrive together.
const MOST_TOGETHER: f64 = 1e6;

fn rate(field: &'static str, value: f64) -> Result<f64, ArrivalsError> {
    in_range(field, value, (0.0..=1e12).contains(&value), "a number from 0 to 1e12")
}

fn in_range(field: &'static str, value: f64, ok: bool, allowed: &'static str) -> Result<f64, ArrivalsError> {
    if ok { Ok(value + 0.0) } else { Err(ArrivalsError::OutOfRange { field, value, allowed }) }
}

fn span(field: &'static str, value: f64) -> Result<f64, ArrivalsError> {
    in_range(field, value, (1e-12..=1e12).contains(&value), "a number from 1e-12 to 1e12")
}

fn rising(field: &'static str, values: &[f64], may_repeat: bool) -> Result<(), ArrivalsError> {
    let wrong = |w: &&[f64]| if may_repeat { w[1] < w[0] } else { w[1] <= w[0] };
    match values.windows(2).find(wrong) {
        Some(pair) => Err(ArrivalsError::NotRising { field, first: pair[0], second: pair[1] }),
        None => Ok(()),
    }
}

impl ArrivalSpec {
    /// Arrivals at random at a constant rate.
    pub fn poisson(rate: f64) -> Self {
        Self::Poisson { rate }
    }

    /// Checks the parameters and prepares them.
    ///
    /// # Errors
    /// Names the first field that is wrong.
    pub fn check(&self) -> Result<ArrivalProcess, ArrivalsError> {
        let mut group = None;
        let kind = match self {
            Self::Poisson { rate: r } => poisson(rate("rate", *r)?),
            Self::Renewal { interarrival } => {
                let gaps = interarrival.check()?;
                in_range("mean of interarrival", gaps.mean(), gaps.mean() > 0.0, "above 0")?;
                Kind::Renewal(gaps)
            }
            Self::BatchPoisson { rate: r, batch_sizes, batch_probs } => {
                let sizes: Vec<f64> = batch_sizes.iter().map(|&size| f64::from(size)).collect();
                if let Some(&size) = sizes.iter().find(|&&size| size > MOST_TOGETHER) {
                    in_range("batch_sizes", size, false, "whole numbers from 0 to 1000000")?;
                }
                group = Some(Sampler::discrete(&sizes, batch_probs)?);
                poisson(rate("rate", *r)?)
            }
            Self::Sinusoidal { base_rate, relative_amplitude: a, period } => Kind::Sinusoidal {
                base: rate("base_rate", *base_rate)?,
                amplitude: in_range(
                    "relative_amplitude",
                    *a,
                    (0.0..=1.0).contains(a),
                    "a number from 0 to 1",
                )?,
                period: span("period", *period)?,
            },
            Self::Piecewise { breakpoints, rates, period } => piecewise(breakpoints, rates, *period)?,
            Self::Times { at } => {
                let bad = at.iter().find(|t| !(0.0..=1e12).contains(*t));
                if let Some(&value) = bad {
                    in_range("at", value, false, "a number from 0 to 1e12")?;
                }
                rising("at", at, true)?;
                Kind::Times(at.clone())
            }
        };
        Ok(ArrivalProcess { kind, group })
    }
}

fn poisson(rate: f64) -> Kind {
    if rate == 0.0 { Kind::Never } else { Kind::Poisson { gap: 1.0 / rate } }
}

fn piecewise(breakpoints: &[f64], rates: &[f64], period: Option<f64>) -> Result<Kind, ArrivalsError> {
    let intervals = breakpoints.len().saturating_sub(1);
    in_range(
        "number of rates",
        rates.len() as f64,
        rates.len() == intervals && intervals > 0,
        "one less than the number of breakpoints, at least 1",
    )?;
    if let Some(&value) = breakpoints.iter().find(|b| !(0.0..=1e12).contains(*b)) {
        in_range("breakpoints", value, false, "numbers from 0 to 1e12")?;
    }
    rising("breakpoints", breakpoints, false)?;
    in_range("breakpoints[0]", breakpoints[0], breakpoints[0] == 0.0, "0")?;
    let last = breakpoints[intervals];
    if let Some(p) = period {
        span("period", p)?;
        in_range("last breakpoint", last, (last - p).abs() <= 1e-9 * p, "equal to the period")?;
    }
    let mut upto = vec![0.0];
    let mut sum = 0.0;
    for (&r, ends) in rates.iter().zip(breakpoints.windows(2)) {
        sum += rate("rates", r)? * (ends[1] - ends[0]);
        upto.push(sum);
    }
    if sum == 0.0 {
        return Ok(Kind::Never);
    }
    Ok(Kind::Piecewise { breakpoints: breakpoints.to_vec(), upto, period })
}

impl ArrivalProcess {
    /// The arrival times in rising order, drawn from `dice`. Endless unless the process ends.
    pub fn times(&self, dice: Dice) -> ArrivalTimes<'_> {
        ArrivalTimes { process: self, clock: Clock::default(), dice }
    }

    /// Long-run arrivals per unit of time, counting everybody in a group; `None` for listed times
    /// and for a profile that does not repeat.
    pub fn rate(&self) -> Option<f64> {
        let groups = match &self.kind {
            Kind::Never => 0.0,
            Kind::Poisson { gap } => 1.0 / gap,
            Kind::Renewal(gaps) => 1.0 / gaps.mean(),
            Kind::Sinusoidal { base, .. } => *base,
            Kind::Piecewise { upto, period, .. } => upto.last()? / (*period)?,
            Kind::Times(_) => return None,
        };
        Some(groups * self.group.as_ref().map_or(1.0, Sampler::mean))
    }

    /// Expected arrivals (or groups) from 0 to `t`; `None` unless the process is Poisson.
    pub fn expected_until(&self, t: f64) -> Option<f64> {
        match &self.kind {
            Kind::Never => Some(0.0),
            Kind::Poisson { gap } => Some(t / gap),
            Kind::Sinusoidal { base, amplitude, period } => {
                let turn = std::f64::consts::TAU / period;
                Some(base * (t + amplitude / turn * (1.0 - (turn * t).cos())))
            }
            Kind::Piecewise { breakpoints, upto, period } => {
                let total = upto.last()?;
                let (cycles, within) =
                    period.map_or((0.0, t), |p| ((t / p).floor(), t - (t / p).floor() * p));
                let i = breakpoints.partition_point(|&b| b <= within).clamp(1, upto.len() - 1);
                let share = (within - breakpoints[i - 1]) / (breakpoints[i] - breakpoints[i - 1]);
                let inside = upto[i - 1] + share.clamp(0.0, 1.0) * (upto[i] - upto[i - 1]);
                Some(cycles * total + inside)
            }
            Kind::Renewal(_) | Kind::Times(_) => None,
        }
    }

    /// Whether the dice serve nothing but the times of arrivals.
    #[inline]
    pub(super) fn comes_alone(&self) -> bool {
        self.group.is_none()
    }

    /// How many arrive together this time.
    #[inline]
    pub(super) fn group(&self, dice: &mut Dice) -> u32 {
        self.group.as_ref().map_or(1, |sizes| sizes.sample(dice) as u32)
    }

    #[inline]
    pub(super) fn next(&self, clock: &mut Clock, dice: &mut Dice) -> Option<f64> {
        let Kind::Poisson { gap } = &self.kind else { return self.next_of_others(clock, dice) };
        let unit = exponential(dice);
        clock.now += gap * unit;
        Some(clock.now)
    }

    fn next_of_others(&self, clock: &mut Clock, dice: &mut Dice) -> Option<f64> {
        match &self.kind {
            Kind::Never | Kind::Poisson { .. } => None,
            Kind::Renewal(gaps) => {
                clock.now += gaps.sample(dice);
                Some(clock.now)
            }
            // thinning: at most two candidates an arrival, because the amplitude is at most 1
            Kind::Sinusoidal { base, amplitude, period } => loop {
                let highest = base * (1.0 + amplitude);
                let unit = exponential(dice);
                clock.now += unit / highest;
                // a rate next to nothing, or none: the next arrival is beyond every clock
                if !clock.now.is_finite() {
                    return None;
                }
                let rate = base * (1.0 + amplitude * (std::f64::consts::TAU * clock.now / period).sin());
                if dice.uniform() * highest < rate {
                    return Some(clock.now);
                }
            },
            // inversion of the cumulative rate: the cost does not depend on the peak
            Kind::Piecewise { breakpoints, upto, period } => {
                let unit = exponential(dice);
                clock.expected += unit;
                let total = *upto.last()?;
                if clock.expected >= total {
                    // all at once: with few arrivals a cycle there may be billions of cycles
                    let cycles = (clock.expected / total).floor();
                    clock.now += cycles * (*period)?;
                    clock.expected = (clock.expected - cycles * total).clamp(0.0, total.next_down());
                    clock.step = 0;
                }
                while upto.get(clock.step + 1).is_some_and(|&u| u <= clock.expected) {
                    clock.step += 1;
                }
                let i = clock.step;
                let share = (clock.expected - upto[i]) / (upto[i + 1] - upto[i]);
                Some(clock.now + breakpoints[i] + share * (breakpoints[i + 1] - breakpoints[i]))
            }
            Kind::Times(times) => {
                let next = times.get(clock.step).copied();
                clock.step += 1;
                next
            }
        }
    }
}

/// Where a process has got to.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    // for a repeating profile, the start of the cycle
    now: f64,
    expected: f64,
    step: usize,
}

/// An iterator over arrival times.
#[derive(Clone, Debug)]
pub struct ArrivalTimes<'a> {
    process: &'a ArrivalProcess,
    clock: Clock,
    dice: Dice,
}

impl Iterator for ArrivalTimes<'_> {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        self.process.next(&mut self.clock, &mut self.dice)
    }
}
