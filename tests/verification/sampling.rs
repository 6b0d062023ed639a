//! Sampling laws, arrival processes and random numbers.

use super::case::{Case, Fields, Metric, MetricReport, parse};
use super::estimate::{Combine, jackknife};
use super::{Job, NOT_USED, Simulated, Size};
use nhs_capacity::network::{ArrivalProcess, ArrivalSpec, DistributionSpec};
use nhs_capacity::random::{Dice, Sampler, Stream};
use rayon::prelude::*;
use serde_json::{Value, json};

/// Groups that stand for replications.
const GROUPS: u64 = 50;
/// The most draws in a group, however long it is made for the sake of precision: 160 megabytes.
const MOST_DRAWS: f64 = 2e7;

/// What is counted in a group for one metric.
type Count = Box<dyn Fn(&[f64]) -> Vec<f64> + Send + Sync>;

fn counted(f: impl Fn(&[f64]) -> Vec<f64> + Send + Sync + 'static) -> Count {
    Box::new(f)
}

fn moments(draws: &[f64], n: usize) -> Vec<f64> {
    (0..=n as i32).map(|power| draws.iter().map(|x| x.powi(power)).sum()).collect()
}

/// Prepares a job in which each metric is counted in groups of draws.
fn grouped(
    metrics: &[Metric],
    counts: Vec<Result<(Combine, Count), String>>,
    draw: impl Fn(Stream, f64) -> Vec<f64> + Send + Sync + 'static,
) -> Simulated {
    let unsupported = counts.iter().map(|c| c.as_ref().err().cloned()).collect();
    let known: Vec<(Combine, Count)> = counts.into_iter().filter_map(Result::ok).collect();
    debug_assert!(known.len() <= metrics.len());
    let estimate = move |seed: u64, groups: u64, factor: f64| {
        let stream = Stream::of_seed(seed);
        let groups: Vec<Vec<Vec<f64>>> = (0..groups)
            .into_par_iter()
            .map(|g| {
                let draws = draw(stream.at(g), factor);
                known.iter().map(|(_, count)| count(&draws)).collect()
            })
            .collect();
        let of = |i: usize| groups.iter().map(|g| g[i].clone()).collect::<Vec<_>>();
        Ok(known.iter().enumerate().map(|(i, (combine, _))| jackknife(&of(i), *combine)).collect())
    };
    Simulated { unsupported, replications: GROUPS, by_window: true, estimate: Box::new(estimate) }
}

pub fn distribution(case: &Case, size: Size) -> Result<Job, String> {
    let fields = Fields::of(&case.model);
    let per_group = fields.number(size.pick("sample_size_smoke", "sample_size_full"))? / GROUPS as f64;
    fields.get("sample_size_smoke");
    fields.get("sample_size_full");
    if !(2.0..=1e7).contains(&per_group) {
        return Err(format!("{per_group} draws in a group, must be from 2 to 1e7"));
    }
    let law = fields.need("distribution")?;
    fields.finish()?;
    // a list of Poisson means stands for several laws, told apart by `parameter`
    let laws: Vec<(Option<f64>, Sampler)> = match law.get("means").filter(|_| law["dist"] == "poisson") {
        Some(means) => {
            let means: Vec<f64> = parse(means)?;
            let each =
                means.into_iter().map(|m| Ok((Some(m), Sampler::poisson(m).map_err(|e| e.to_string())?)));
            each.collect::<Result<_, String>>()?
        }
        None => {
            let spec: DistributionSpec = parse(law)?;
            vec![(None, spec.check().map_err(|e| e.to_string())?)]
        }
    };
    if laws.is_empty() {
        return Err("`means` is empty".into());
    }
    let exact: Vec<&Metric> = case.metrics.iter().filter(|m| m.name == "derived_parameter").collect();
    let exact: Vec<MetricReport> = exact
        .iter()
        .map(|metric| {
            let found = metric.text("parameter").and_then(|name| laws[0].1.parameter(name));
            match found {
                Some(value) => MetricReport::exact(metric, &json!(value)),
                None => MetricReport::not_supported(metric, "unknown parameter"),
            }
        })
        .collect();
    let sampled: Vec<Metric> =
        case.metrics.iter().filter(|m| m.name != "derived_parameter").cloned().collect();
    let count = |metric: &Metric| {
        let parameter = metric.qualifiers.get("parameter").and_then(Value::as_f64);
        let number = laws.iter().position(|(p, _)| *p == parameter).ok_or("unknown parameter")?;
        let stride = laws.len();
        let own =
            move |draws: &[f64]| -> Vec<f64> { draws.iter().skip(number).step_by(stride).copied().collect() };
        count(metric).map(|(combine, count)| (combine, counted(move |draws| count(&own(draws)))))
    };
    let counts = sampled.iter().map(count).collect();
    let samplers: Vec<Sampler> = laws.iter().map(|(_, law)| law.clone()).collect();
    let job = grouped(&sampled, counts, move |stream, factor| {
        let mut dice = stream.dice();
        let n = (per_group * factor).min(MOST_DRAWS).ceil() as usize;
        (0..n).flat_map(|_| samplers.iter().map(|law| law.sample(&mut dice)).collect::<Vec<_>>()).collect()
    });
    Ok(if exact.is_empty() { Job::Simulated(job) } else { Job::Mixed(exact, job) })
}

fn count(metric: &Metric) -> Result<(Combine, Count), String> {
    let x = || metric.qualifier("x");
    let expected = metric.number().ok_or("no value")?;
    Ok(match metric.name.as_str() {
        "mean" => (Combine::Ratio, counted(|d| vec![d.iter().sum(), d.len() as f64])),
        "variance" => (Combine::SampleVariance, counted(|d| moments(d, 2))),
        "prob_zero" => (Combine::Ratio, share(|v| v == 0.0)),
        "prob" => {
            let x = x()?;
            (Combine::Ratio, share(move |v| v == x))
        }
        "cdf" => {
            let x = x()?;
            (Combine::Ratio, share(move |v| v <= x))
        }
        "quantile" => {
            let p = metric.qualifier("p")?;
            let half = 0.05 * expected.abs();
            let at = [expected, expected - half, expected + half];
            let combine = Combine::QuantileNear { value: expected, half, p };
            let below = move |d: &[f64], x: f64| d.iter().filter(|&&v| v <= x).count() as f64;
            (
                combine,
                counted(move |d| vec![d.len() as f64, below(d, at[0]), below(d, at[1]), below(d, at[2])]),
            )
        }
        other => return Err(format!("unknown metric `{other}`")),
    })
}

fn share(keep: impl Fn(f64) -> bool + Send + Sync + 'static) -> Count {
    counted(move |d| vec![d.iter().filter(|&&v| keep(v)).count() as f64, d.len() as f64])
}

/// Cycles in each group.
const CYCLES: f64 = 400.0;

pub fn arrivals(case: &Case) -> Result<Job, String> {
    let fields = Fields::of(&case.model);
    let spec: ArrivalSpec = parse(fields.need("arrivals")?)?;
    fields.finish()?;
    // a process without a period is cut into stretches as long as the latest interval
    let ends = case.metrics.iter().filter_map(|m| interval(m.qualifiers.get("interval")).ok());
    let latest = ends.map(|(_, to)| to).fold(0.0, f64::max);
    let period = match &spec {
        ArrivalSpec::Sinusoidal { period, .. } | ArrivalSpec::Piecewise { period: Some(period), .. } => {
            *period
        }
        ArrivalSpec::Poisson { .. } if latest > 0.0 => latest,
        _ => return Err("an arrival process without a period".into()),
    };
    let process = spec.check().map_err(|e| e.to_string())?;
    let per_group = process.rate().unwrap_or(f64::NAN) * period * CYCLES;
    if !(0.0..=1e7).contains(&per_group) {
        return Err(format!("{per_group} arrivals in a group, must be at most 1e7"));
    }
    let counts = case.metrics.iter().map(|m| arrival_metric(m, period, &process)).collect();
    let job = grouped(&case.metrics, counts, move |stream, factor| {
        let most = (MOST_DRAWS / per_group).max(1.0);
        let end = (CYCLES * factor.min(most)).ceil() * period;
        process.times(stream.dice()).take_while(|&t| t < end).collect()
    });
    Ok(Job::Simulated(job))
}

fn interval(value: Option<&Value>) -> Result<(f64, f64), String> {
    parse(value.ok_or("no interval")?)
}

// The number of arrivals in an interval of each cycle.
fn per_cycle(times: &[f64], period: f64, (from, to): (f64, f64)) -> Vec<f64> {
    // every group runs for whole cycles, and its last arrival lies in the last of them
    let cycles = times.last().map_or(0.0, |t| (t / period).floor() + 1.0) as usize;
    let mut counts = vec![0.0; cycles];
    for t in times {
        let cycle = (t / period).floor();
        let phase = t - cycle * period;
        if from <= phase
            && phase < to
            && let Some(count) = counts.get_mut(cycle as usize)
        {
            *count += 1.0;
        }
    }
    counts
}

fn arrival_metric(
    metric: &Metric,
    period: f64,
    process: &ArrivalProcess,
) -> Result<(Combine, Count), String> {
    let own = || interval(metric.qualifiers.get("interval"));
    let gaps = |process: &ArrivalProcess| {
        let process = process.clone();
        move |times: &[f64]| -> Vec<f64> {
            let rescaled = times.iter().map(|&t| process.expected_until(t).unwrap_or(f64::NAN));
            rescaled.scan(0.0, |last, now| Some(now - std::mem::replace(last, now))).collect()
        }
    };
    Ok(match metric.name.as_str() {
        "mean_count" => {
            let own = own()?;
            (
                Combine::Ratio,
                counted(move |t| {
                    let counts = per_cycle(t, period, own);
                    vec![counts.iter().sum(), counts.len() as f64]
                }),
            )
        }
        "variance_count" => {
            let own = own()?;
            (Combine::SampleVariance, counted(move |t| moments(&per_cycle(t, period, own), 2)))
        }
        "max_count_in_zero_rate_interval" => {
            let own = own()?;
            // the sum of the groups' largest counts is 0 only if every count is
            (
                Combine::Ratio,
                counted(move |t| vec![per_cycle(t, period, own).into_iter().fold(0.0, f64::max), 1.0]),
            )
        }
        "count_correlation_adjacent" => {
            let both: ((f64, f64), (f64, f64)) =
                parse(metric.qualifiers.get("intervals").ok_or("no intervals")?)?;
            (
                Combine::Correlation,
                counted(move |t| {
                    let (a, b) = (per_cycle(t, period, both.0), per_cycle(t, period, both.1));
                    let mut sums = vec![0.0; 6];
                    for (x, y) in a.iter().zip(&b) {
                        let terms = [1.0, *x, *y, x * y, x * x, y * y];
                        sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                    }
                    sums
                }),
            )
        }
        "rescaled_gap_mean" => {
            let gaps = gaps(process);
            (Combine::Ratio, counted(move |t| vec![gaps(t).iter().sum(), t.len() as f64]))
        }
        "rescaled_gap_variance" => {
            let gaps = gaps(process);
            (Combine::SampleVariance, counted(move |t| moments(&gaps(t), 2)))
        }
        other => return Err(format!("unknown metric `{other}`")),
    })
}

/// Known answers of generators: the library has one.
pub fn known_answers(case: &Case) -> Result<Job, String> {
    let report = |metric: &Metric| {
        let seed = metric.qualifiers.get("seed").and_then(Value::as_u64);
        match (metric.name.as_str(), seed, metric.value.as_array()) {
            ("splitmix64", None, _) => {
                MetricReport::not_supported(metric, "`seed` must be a whole number from 0 to 2^64 - 1")
            }
            ("splitmix64", Some(seed), Some(expected)) => {
                let mut dice = Dice::from_state(seed);
                let drawn: Vec<String> =
                    expected.iter().map(|_| format!("{:016x}", rand::Rng::next_u64(&mut dice))).collect();
                MetricReport::exact(metric, &json!(drawn))
            }
            _ => MetricReport::not_supported(metric, NOT_USED),
        }
    };
    Ok(Job::Direct(case.metrics.iter().map(report).collect()))
}

/// Neighbouring streams.
pub fn streams(case: &Case) -> Result<Job, String> {
    let fields = Fields::of(&case.model);
    let (streams, draws) = (fields.count("streams")?, fields.count("draws_per_stream")?);
    fields.finish()?;
    let size = u64::from(streams) * u64::from(draws);
    if streams < 2 || draws < 2 || size > 100_000_000 {
        return Err(format!("{streams} streams of {draws} draws, must be at least 2 and at most 1e8 in all"));
    }
    let root = Stream::of_seed(1);
    let draw = |s: u32| -> Vec<f64> {
        let mut dice = root.at(u64::from(s)).dice();
        (0..draws).map(|_| dice.uniform()).collect()
    };
    let all: Vec<Vec<f64>> = (0..streams).into_par_iter().map(draw).collect();
    let groups = |f: fn(&[f64]) -> Vec<f64>| all.iter().map(|s| f(s)).collect::<Vec<_>>();
    let standardised = |draws: &Vec<f64>| -> Vec<f64> {
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let norm = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>().sqrt();
        draws.iter().map(|x| (x - mean) / norm).collect()
    };
    let centred: Vec<Vec<f64>> = all.iter().map(standardised).collect();
    let report = |metric: &Metric| match metric.name.as_str() {
        "max_abs_cross_correlation" => {
            let largest = (0..centred.len())
                .into_par_iter()
                .map(|i| {
                    let dot = |j: usize| centred[i].iter().zip(&centred[j]).map(|(x, y)| x * y).sum::<f64>();
                    (0..i).map(|j| dot(j).abs()).fold(0.0, f64::max)
                })
                .collect::<Vec<f64>>()
                .into_iter()
                .fold(0.0, f64::max);
            let bound = metric.number().unwrap_or(f64::NAN);
            MetricReport::judged(metric, &json!(largest), largest <= bound)
        }
        "uniform_mean" => {
            let parts = groups(|d| vec![d.iter().sum(), d.len() as f64]);
            MetricReport::estimated(metric, &jackknife(&parts, Combine::Ratio), parts.len())
        }
        "uniform_variance" => {
            let parts = groups(|d| moments(d, 2));
            MetricReport::estimated(metric, &jackknife(&parts, Combine::SampleVariance), parts.len())
        }
        "smallest_and_largest_value_strictly_inside" => {
            let least = all.iter().flatten().copied().fold(f64::INFINITY, f64::min);
            let greatest = all.iter().flatten().copied().fold(0.0, f64::max);
            let ends: Vec<f64> = parse(&metric.value).unwrap_or_default();
            let inside = matches!(ends.as_slice(), [a, b] if *a < least && greatest < *b);
            MetricReport::judged(metric, &json!([least, greatest]), inside)
        }
        other => MetricReport::not_supported(metric, format!("unknown metric `{other}`")),
    };
    Ok(Job::Direct(case.metrics.iter().map(report).collect()))
}
