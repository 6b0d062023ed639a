//! Cases of designs, selection, sensitivity and calibration.

use super::case::{Case, Fields, Metric, MetricReport, agree};
use super::estimate::{Combine, jackknife};
use super::expression::Expression;
use super::functions::{Found, reports, some, unknown};
use super::{Job, Simulated};
use nhs_capacity::experiment::history_matching::{Comparison, greatest, is_ruled_out};
use nhs_capacity::experiment::nelder_mead::{Minimum, Search, minimise};
use nhs_capacity::experiment::ocba::ocba;
use nhs_capacity::experiment::screening::{Effects, Grid};
use nhs_capacity::experiment::selection::{Best, kn_eta, kn_h2, rinott_h};
use nhs_capacity::experiment::sensitivity::SobolDesign;
use nhs_capacity::experiment::variance_reduction::{Gains, TwoFidelities};
use nhs_capacity::experiment::{abc, design, moments, quadrature};
use nhs_capacity::random::{Dice, Stream};
use rayon::prelude::*;
use serde_json::{Value, json};

/// Base samples of a sensitivity analysis: the schema asks for 8192 or more.
const BASE: usize = 16_384;

/// Groups that stand for replications, and the least draws in each.
const GROUPS: u64 = 50;
const TRIES: f64 = 40_000.0;

fn list(values: Option<Vec<f64>>) -> Found {
    values.map(|v| json!(v)).ok_or_else(|| "no value".into())
}

/// The job of a case of this kind, `None` if it is of another.
pub fn prepare(case: &Case, fields: &Fields<'_>) -> Option<Result<Job, String>> {
    let has = |key: &str| case.model.get(key).is_some();
    let names = |key: &str| case.metrics.iter().any(|m| m.name == key);
    let job = if has("estimand") {
        variance_reduction(case, fields)
    } else if has("sd_high") {
        fidelities(case, fields)
    } else if has("means") && has("sds") {
        allocation(case, fields)
    } else if has("function") && has("levels") {
        morris(case, fields)
    } else if has("function") {
        sobol_indices(case, fields)
    } else if has("prior") {
        abc_rejection(case, fields)
    } else if has("emulator_mean") {
        history_match(case, fields)
    } else if has("rosenbrock_start") || has("himmelblau_start") || has("quadratic") {
        minima(case, fields)
    } else if names("sobol") || names("halton") {
        points(case, fields)
    } else if names("kn_eta") || names("kn_h2") || names("rinott_h") {
        Ok(constants(case))
    } else if has("data") && names("sum") {
        summed(case, fields)
    } else {
        return None;
    };
    Some(job)
}

fn summed(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let data = fields.numbers("data")?;
    Ok(reports(case, |metric| match metric.name.as_str() {
        "sum" => some(moments::sum(data.iter().copied())),
        _ => unknown(metric),
    }))
}

// "E[exp(U)]"
fn variance_reduction(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let text = fields.text("estimand")?;
    let inner = text.strip_prefix("E[").and_then(|rest| rest.strip_suffix(']')).ok_or("unknown estimand")?;
    let formula = Expression::read(inner)?;
    if formula.names() != ["U"] {
        return Err("the estimand is not of U".into());
    }
    let gains = Gains::of(|u| formula.value(&|_| Some(u)));
    Ok(reports(case, |metric| match metric.name.as_str() {
        "value" => some(gains.map(|g| g.mean)),
        "variance_plain" => some(gains.map(|g| g.plain)),
        "variance_antithetic_pair_mean" => some(gains.map(|g| g.antithetic_pair)),
        "variance_control_u" => some(gains.map(|g| g.control)),
        "optimal_b" => some(gains.map(|g| g.coefficient)),
        _ => unknown(metric),
    }))
}

fn fidelities(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let pair = TwoFidelities {
        correlation: fields.number("correlation")?,
        sd_high: fields.number("sd_high")?,
        sd_low: fields.number("sd_low")?,
        cost_high: fields.number("cost_high")?,
        cost_low: fields.number("cost_low")?,
    };
    let found = pair.allocation();
    Ok(reports(case, |metric| match metric.name.as_str() {
        "optimal_coefficient" => some(found.map(|f| f.coefficient)),
        "optimal_low_to_high_ratio" => some(found.map(|f| f.low_per_high)),
        "variance_ratio_vs_plain_at_equal_cost" => some(found.map(|f| f.variance_ratio)),
        _ => unknown(metric),
    }))
}

fn allocation(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    // the schema says in the title alone that the smallest mean is best
    let found =
        ocba(&fields.numbers("means")?, &fields.numbers("sds")?, fields.number("budget")?, Best::Least);
    Ok(reports(case, |metric| match metric.name.as_str() {
        "best" => found.as_ref().map(|f| json!(f.best)).ok_or_else(|| "no value".into()),
        "allocation" => list(found.as_ref().map(|f| f.replications.clone())),
        _ => unknown(metric),
    }))
}

fn constants(case: &Case) -> Job {
    let find = |metric: &Metric| -> Found {
        let n = |key: &str| metric.index(key);
        match metric.name.as_str() {
            "kn_eta" | "kn_h2" => {
                let c = metric.qualifier("c").unwrap_or(1.0) as u32;
                let constant = if metric.name == "kn_eta" { kn_eta } else { kn_h2 };
                some(constant(n("k")?, n("n0")?, metric.qualifier("alpha")?, c))
            }
            "rinott_h" => some(rinott_h(n("k")?, n("n0")?, metric.qualifier("probability")?)),
            _ => unknown(metric),
        }
    };
    let judged = |metric: &Metric| match find(metric) {
        // published to six decimals: the last may be off by its rounding
        Ok(found) if metric.name == "rinott_h" => {
            let gap = found.as_f64().zip(metric.number()).map(|(a, b)| (a - b).abs());
            MetricReport::judged(metric, &found, gap.is_some_and(|gap| gap <= rounding(&metric.value)))
        }
        Ok(found) => MetricReport::exact(metric, &found),
        Err(why) => MetricReport::not_supported(metric, why),
    };
    Job::Direct(case.metrics.iter().map(judged).collect())
}

// Half a unit of the last decimal that a number is given with.
fn rounding(value: &Value) -> f64 {
    let text = value.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    0.5 * 10_f64.powi(-(decimals as i32))
}

// "estimate_tolerance_0.02", "tolerance_1e-8"; exact to 1e-9 without
fn tolerance(metric: &Metric) -> Result<f64, String> {
    match metric.estimator.split_once("tolerance_") {
        Some((_, number)) => number.parse().map_err(|_| format!("unknown estimator `{}`", metric.estimator)),
        None => Ok(1e-9),
    }
}

fn within(case: &Case, find: impl Fn(&Metric) -> Found) -> Job {
    let judged = |metric: &Metric| match find(metric).and_then(|found| Ok((found, tolerance(metric)?))) {
        Ok((found, tolerance)) => {
            MetricReport::judged(metric, &found, agree(&metric.value, &found, tolerance))
        }
        Err(why) => MetricReport::not_supported(metric, why),
    };
    Job::Direct(case.metrics.iter().map(judged).collect())
}

// A formula of `x1`, `x2` and so on, with parameters from the other fields of the model.
fn formula(fields: &Fields<'_>) -> Result<(usize, impl Fn(&[f64]) -> f64), String> {
    let read = Expression::read(fields.text("function")?)?;
    let input = |name: &str| name.strip_prefix('x').and_then(|n| n.parse::<usize>().ok()).filter(|n| *n > 0);
    let names = read.names();
    let inputs = names.iter().filter_map(|name| input(name)).max().ok_or("a function of nothing")?;
    let mut parameters = Vec::new();
    for name in names.into_iter().filter(|name| input(name).is_none()) {
        let value = fields.number(&name)?;
        parameters.push((name, value));
    }
    let parameter = move |name: &str| parameters.iter().find(|(known, _)| known == name).map(|(_, v)| *v);
    let of = move |x: &[f64]| {
        read.value(&|name| match input(name) {
            Some(n) => x.get(n - 1).copied(),
            None => parameter(name),
        })
    };
    Ok((inputs, of))
}

fn sobol_indices(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let (inputs, of) = formula(fields)?;
    let text = fields.text("inputs")?;
    let (low, high) =
        range(text, "independent uniform on ").ok_or_else(|| format!("unknown inputs `{text}`"))?;
    let at = |u: &[f64]| of(&u.iter().map(|u| low + (high - low) * u).collect::<Vec<_>>());
    let variance = quadrature::mean_and_variance(inputs, at).map(|(_, variance)| variance);
    let design = SobolDesign::new(inputs, BASE).ok_or("too many inputs")?;
    let found = design.indices(&design.points().iter().map(|u| at(u)).collect::<Vec<_>>());
    Ok(within(case, |metric| match metric.name.as_str() {
        "variance" => some(variance),
        "first_order" => list(found.as_ref().map(|f| f.first_order.clone())),
        "total_order" => list(found.as_ref().map(|f| f.total_order.clone())),
        _ => unknown(metric),
    }))
}

// "uniform(0,1)", "independent uniform on (-pi, pi)"
fn range(text: &str, before: &str) -> Option<(f64, f64)> {
    let (low, high) =
        text.strip_prefix(before)?.trim().strip_prefix('(')?.strip_suffix(')')?.split_once(',')?;
    let end = |text: &str| Some(Expression::read(text).ok()?.value(&|_| None)).filter(|v| v.is_finite());
    Some((end(low)?, end(high)?)).filter(|(low, high)| low < high)
}

fn morris(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let (inputs, of) = formula(fields)?;
    let levels = fields.count("levels")? as usize;
    // the levels say where the grid lies
    let is_known = fields.text("inputs")?.starts_with("unit cube grid")
        && fields.text("design")? == "every admissible grid base point equally likely";
    if !is_known {
        return Err("unknown inputs or design".into());
    }
    let grid = Grid::new(levels, fields.number("delta")?).ok_or("the step does not fit the grid")?;
    let effects = grid.all_effects(inputs, of);
    let each = |read: fn(&Effects) -> Option<f64>| {
        list(effects.as_ref().and_then(|all| all.iter().map(read).collect::<Option<Vec<f64>>>()))
    };
    Ok(within(case, |metric| match metric.name.as_str() {
        "mu" => each(Effects::mu),
        "mu_star" => each(Effects::mu_star),
        "sigma_population" => each(Effects::sigma_population),
        _ => unknown(metric),
    }))
}

fn history_match(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let keys = [
        "emulator_mean",
        "emulator_variance",
        "observed",
        "observation_variance",
        "model_discrepancy_variance",
    ];
    let columns: Vec<Vec<f64>> = keys.iter().map(|key| fields.numbers(key)).collect::<Result<_, _>>()?;
    let count = columns[0].len();
    if columns.iter().any(|column| column.len() != count) {
        return Err("lists of unequal length".into());
    }
    let all: Vec<Comparison> = (0..count)
        .map(|i| Comparison {
            mean: columns[0][i],
            variance: columns[1][i],
            observed: columns[2][i],
            observation_variance: columns[3][i],
            discrepancy_variance: columns[4][i],
        })
        .collect();
    Ok(reports(case, |metric| match metric.name.as_str() {
        "implausibility" => list(all.iter().map(Comparison::implausibility).collect()),
        "maximum" => some(greatest(&all)),
        name => match name.strip_prefix("ruled_out_at_").and_then(|limit| limit.parse().ok()) {
            Some(limit) => is_ruled_out(&all, limit).map(|v| json!(v)).ok_or_else(|| "no value".into()),
            None => unknown(metric),
        },
    }))
}

fn minima(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let from = |key: &str| match fields.get(key) {
        Some(_) => fields.numbers(key).map(Some).and_then(|start| match start.as_deref() {
            Some([_, _]) => Ok(start),
            _ => Err(format!("`{key}` is not a pair")),
        }),
        None => Ok(None),
    };
    let search = Search::default();
    let rosenbrock = |p: &[f64]| 100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2);
    let himmelblau = |p: &[f64]| (p[0] * p[0] + p[1] - 11.0).powi(2) + (p[0] + p[1] * p[1] - 7.0).powi(2);
    let valley = from("rosenbrock_start")?.and_then(|start| minimise(&start, &search, rosenbrock));
    let hills = from("himmelblau_start")?.and_then(|start| minimise(&start, &search, himmelblau));
    let mut bowl = None;
    if fields.get("quadratic").is_some() {
        let read = Expression::read(fields.text("quadratic")?)?;
        // the schema names no start: the origin
        bowl = minimise(&[0.0, 0.0], &search, |p| {
            read.value(&|name| match name {
                "x" => Some(p[0]),
                "y" => Some(p[1]),
                _ => None,
            })
        });
    }
    let point = |found: &Option<Minimum>| list(found.as_ref().map(|m| m.point.clone()));
    let value = |found: &Option<Minimum>| some(found.as_ref().map(|m| m.value));
    Ok(within(case, |metric| match metric.name.as_str() {
        "rosenbrock_minimiser" => point(&valley),
        "rosenbrock_minimum" => value(&valley),
        "himmelblau_minimiser" => point(&hills),
        "himmelblau_minimum" => value(&hills),
        "quadratic_minimiser" => point(&bowl),
        "quadratic_minimum" => value(&bowl),
        _ => unknown(metric),
    }))
}

// "first 8 points, dimension 3, starting at the origin; Sobol with Joe-Kuo direction numbers"
fn points(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let text = fields.text("note")?;
    let read = || {
        let rest = text.strip_prefix("first ")?.strip_suffix("; Sobol with Joe-Kuo direction numbers")?;
        let (count, rest) = rest.split_once(" points, dimension ")?;
        let dimensions = rest.strip_suffix(", starting at the origin")?;
        Some((count.parse::<usize>().ok()?.min(1_000_000), dimensions.parse::<usize>().ok()?))
    };
    let (count, dimensions) = read().ok_or_else(|| format!("unknown points `{text}`"))?;
    Ok(reports(case, |metric| {
        let points = match metric.name.as_str() {
            "sobol" => design::sobol(count, dimensions),
            "halton" => design::halton(count, dimensions),
            _ => return unknown(metric),
        };
        points.map(|p| json!(p)).ok_or_else(|| "too many dimensions".into())
    }))
}

/// What is read from the parameters that a group accepts.
type Count = Box<dyn Fn(&abc::Accepted<f64>) -> Vec<f64> + Send + Sync>;

fn abc_rejection(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let prior = fields.text("prior")?;
    let (low, high) = range(prior, "uniform")
        .filter(|(low, high)| *low >= 0.0 && *high <= 1.0)
        .ok_or_else(|| format!("unknown prior `{prior}`"))?;
    let data = fields.text("data")?;
    let (successes, of) = data
        .split_once(" successes of ")
        .and_then(|(k, n)| Some((k.parse::<u32>().ok()?, n.parse::<u32>().ok()?)))
        .filter(|(k, n)| k <= n && *n <= 10_000)
        .ok_or_else(|| format!("unknown data `{data}`"))?;
    let tolerance = fields.number("tolerance")?;
    if fields.text("summary")? != "number of successes" {
        return Err("unknown summary".into());
    }
    let counts: Vec<Result<(Combine, Count), String>> = case.metrics.iter().map(reading).collect();
    let unsupported = counts.iter().map(|c| c.as_ref().err().cloned()).collect();
    let known: Vec<(Combine, Count)> = counts.into_iter().filter_map(Result::ok).collect();
    let estimate = move |seed: u64, groups: u64, factor: f64| {
        let stream = Stream::of_seed(seed);
        let tries = (TRIES * factor) as usize;
        let draw = |dice: &mut Dice| low + (high - low) * dice.uniform();
        let distance = |p: &f64, dice: &mut Dice| {
            let found = (0..of).filter(|_| dice.happens(*p)).count() as f64;
            (found - f64::from(successes)).abs()
        };
        let groups: Vec<Vec<Vec<f64>>> = (0..groups)
            .into_par_iter()
            .map(|g| {
                let kept = abc::rejection(tries, tolerance, stream.at(g), draw, distance);
                known.iter().map(|(_, count)| count(&kept)).collect()
            })
            .collect();
        let of = |i: usize| groups.iter().map(|g| g[i].clone()).collect::<Vec<_>>();
        Ok(known.iter().enumerate().map(|(i, (combine, _))| jackknife(&of(i), *combine)).collect())
    };
    Ok(Job::Simulated(Simulated {
        unsupported,
        replications: GROUPS,
        by_window: true,
        estimate: Box::new(estimate),
    }))
}

fn reading(metric: &Metric) -> Result<(Combine, Count), String> {
    let power =
        |kept: &abc::Accepted<f64>, power: i32| kept.parameters.iter().map(|p| p.powi(power)).sum::<f64>();
    let expected = metric.number().ok_or("not a number")?;
    Ok(match metric.name.as_str() {
        "posterior_mean" => (Combine::Ratio, Box::new(move |kept| vec![power(kept, 1), power(kept, 0)])),
        "posterior_sd" => {
            (Combine::Sd, Box::new(move |kept| vec![power(kept, 0), power(kept, 1), power(kept, 2)]))
        }
        "posterior_quantile" => {
            let (p, half) = (metric.qualifier("p")?, 0.05 * expected.abs());
            let below = |kept: &abc::Accepted<f64>, x: f64| {
                kept.parameters.iter().filter(|p| **p <= x).count() as f64
            };
            let at = [expected, expected - half, expected + half];
            let count = move |kept: &abc::Accepted<f64>| {
                let counts = at.map(|x| below(kept, x));
                vec![kept.parameters.len() as f64, counts[0], counts[1], counts[2]]
            };
            (Combine::QuantileNear { value: expected, half, p }, Box::new(count))
        }
        "acceptance_rate" => {
            (Combine::Ratio, Box::new(move |kept| vec![kept.parameters.len() as f64, kept.tried as f64]))
        }
        _ => return Err(format!("the library has no `{}`", metric.name)),
    })
}
