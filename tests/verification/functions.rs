//! Functions of the library without a simulation: waiting-list formulae, lists as fluids, and the
//! analysis of output.

use super::Job;
use super::case::{Case, Fields, Metric, MetricReport, agree, parse};
use super::studies;
use nhs_capacity::experiment::batch_means::{BatchMeans, autocorrelation, overlapping_variance};
use nhs_capacity::experiment::compare::{correlation, paired_difference, welch_difference};
use nhs_capacity::experiment::control_variate::control_variate;
use nhs_capacity::experiment::moments::Moments;
use nhs_capacity::experiment::precision::{Target, confidence_interval_method, replications_algorithm};
use nhs_capacity::experiment::quantile::Sample;
use nhs_capacity::experiment::warm_up::{mser, welch_moving_average};
use nhs_capacity::experiment::{Confidence, Estimate};
use nhs_capacity::measure::Tally;
use nhs_capacity::random::Stream;
use nhs_capacity::theory::waiting_list::*;
use rand_distr::{Distribution as _, StandardNormal};
use serde_json::{Value, json};

/// What the library gives for a metric: an error says why it gives nothing.
pub type Found = Result<Value, String>;

pub fn some(value: Option<f64>) -> Found {
    value.map(|v| json!(v)).ok_or_else(|| "no value".into())
}

pub fn unknown(metric: &Metric) -> Found {
    Err(format!("the library has no `{}`", metric.name))
}

pub fn reports(case: &Case, find: impl Fn(&Metric) -> Found) -> Job {
    let each = case.metrics.iter().map(|metric| match find(metric) {
        // a relative width of 1e-8 must agree to its own digits, not to those of 1
        Ok(found) if metric.name.starts_with("relative") => {
            let (a, b) = (metric.number().unwrap_or(f64::NAN), found.as_f64().unwrap_or(f64::NAN));
            MetricReport::judged(metric, &found, (a - b).abs() <= 1e-9 * a.abs())
        }
        Ok(found) => MetricReport::judged(metric, &found, agree(&metric.value, &found, 1e-9)),
        Err(why) => MetricReport::not_supported(metric, why),
    });
    Job::Direct(each.collect())
}

pub fn waiting_list_formula(case: &Case) -> Result<Job, String> {
    let find = |metric: &Metric| -> Found {
        let inputs = metric.qualifiers.get("inputs").ok_or("no inputs")?;
        let fields = Fields::of(inputs);
        let number = |key: &str| fields.number(key);
        let found = match metric.name.as_str() {
            "queue_load" => queue_load(number("demand")?, number("capacity")?),
            "target_mean_wait" => target_mean_wait(number("target_wait")?, number("factor")?),
            "target_queue_size" => {
                target_queue_size(number("demand")?, number("target_wait")?, number("factor")?)
            }
            "relief_capacity" => relief_capacity(
                number("demand")?,
                number("queue_size")?,
                number("target_queue_size")?,
                number("time_to_target")?,
            ),
            "target_capacity" => target_capacity(
                number("demand")?,
                number("target_wait")?,
                number("factor")?,
                number("cv_demand")?,
                number("cv_capacity")?,
            ),
            "waiting_list_pressure" => waiting_list_pressure(number("mean_wait")?, number("target_wait")?),
            _ => return unknown(metric),
        };
        fields.finish()?;
        found.map(|v| json!(v)).map_err(|e| e.to_string())
    };
    Ok(reports(case, find))
}

pub fn waiting_list_fluid(case: &Case) -> Result<Job, String> {
    let fields = Fields::of(&case.model);
    if fields.get("demand_per_week").is_some() {
        let list = SteadyFluidList::new(
            fields.number("demand_per_week")?,
            fields.number("capacity_per_week")?,
            fields.number("removal_hazard_per_week")?,
        );
        let list = list.map_err(|e| e.to_string())?;
        fields.finish()?;
        return Ok(reports(case, |metric| match metric.name.as_str() {
            "steady_list" => Ok(json!(list.size())),
            "longest_wait" => Ok(json!(list.longest_wait())),
            name => {
                let weeks = name.strip_prefix("over_").and_then(|rest| rest.strip_suffix("_weeks"));
                let weeks = weeks.and_then(|w| w.parse().ok()).ok_or("unknown metric")?;
                list.over(weeks).map(|v| json!(v)).map_err(|e| e.to_string())
            }
        }));
    }
    let known = "each week in this order: everyone ages one week; new starts join at age 0; the removal fraction leaves every age band; capacity treats oldest first; then the snapshot is taken. over k weeks means age strictly greater than k. Fractional patients are allowed.";
    if fields.text("rule")? != known {
        return Err("unknown rule".into());
    }
    let profile = initial_profile(fields.text("initial_profile")?)?;
    let starts: f64 =
        fields.text("weekly_clock_starts")?.parse().map_err(|_| "unknown weekly_clock_starts")?;
    let capacity = weekly_capacity(fields.text("weekly_capacity")?)?;
    let removal = fields.number("weekly_removal_fraction")?;
    fields.finish()?;
    let weeks = case.metrics.iter().filter_map(|m| m.qualifier("week").ok()).fold(0.0, f64::max) as usize;
    if weeks > 100_000 || profile.len() > 100_000 {
        return Err("too many weeks".into());
    }
    let mut list = WeeklyFluidList::of_ages(&profile).map_err(|e| e.to_string())?;
    let mut history = vec![list.clone()];
    for week in 1..=weeks {
        list.advance(starts, capacity(week), removal).map_err(|e| e.to_string())?;
        history.push(list.clone());
    }
    Ok(reports(case, |metric| {
        let list = history.get(metric.index("week")?).ok_or("no such week")?;
        Ok(match metric.name.as_str() {
            "list_size" => json!(list.size()),
            "list_over_weeks" => json!(list.over(metric.index("k")?)),
            "longest_wait_weeks" => json!(list.longest_wait()),
            "cumulative_treated" => json!(list.treated()),
            "cumulative_removed" => json!(list.removed()),
            _ => return unknown(metric),
        })
    }))
}

// "100 patients at each age 0..59 weeks"
fn initial_profile(text: &str) -> Result<Vec<f64>, String> {
    if text == "empty" {
        return Ok(Vec::new());
    }
    let parsed = || {
        let (each, ages) = text.strip_suffix(" weeks")?.split_once(" patients at each age 0..")?;
        Some(vec![each.parse().ok()?; ages.parse::<usize>().ok()?.min(1_000_000) + 1])
    };
    parsed().ok_or_else(|| format!("unknown initial_profile `{text}`"))
}

// "100", or "115 for weeks 1-12, then 150"
fn weekly_capacity(text: &str) -> Result<impl Fn(usize) -> f64, String> {
    let parsed = || match text.split_once(" for weeks 1-") {
        None => text.parse().ok().map(|all| (all, 0, all)),
        Some((first, rest)) => {
            let (until, then) = rest.split_once(", then ")?;
            Some((first.parse().ok()?, until.parse().ok()?, then.parse().ok()?))
        }
    };
    let (first, until, then): (f64, usize, f64) =
        parsed().ok_or_else(|| format!("unknown weekly_capacity `{text}`"))?;
    Ok(move |week| if week <= until { first } else { then })
}

pub fn output_analysis(case: &Case) -> Result<Job, String> {
    let fields = Fields::of(&case.model);
    let confidence = |level: f64| Confidence::try_from(level).map_err(|e| e.to_string());
    let level = match (fields.get("confidence"), fields.get("alpha")) {
        (Some(level), None) => confidence(level.as_f64().ok_or("confidence is not a number")?)?,
        (None, Some(alpha)) => confidence(1.0 - alpha.as_f64().ok_or("alpha is not a number")?)?,
        (None, None) => Confidence::NINETY_FIVE,
        _ => return Err("both confidence and alpha".into()),
    };
    let has = |key: &str| case.model.get(key).is_some();
    let job = if has("part_a") {
        merged(case, &fields)?
    } else if has("desired_precision") || has("half_width_precision") {
        precision(case, &fields, level)?
    } else if has("replications") {
        let replications: Vec<Vec<f64>> = fields.parse("replications")?;
        let average = welch_moving_average(&replications, fields.count("window")? as usize);
        reports(case, |metric| match metric.name.as_str() {
            "moving_average" => average.as_ref().map(|a| json!(a)).ok_or_else(|| "no value".into()),
            _ => unknown(metric),
        })
    } else if has("response") {
        let (response, control) = (fields.numbers("response")?, fields.numbers("control")?);
        let found = control_variate(&response, &control, fields.number("control_mean")?, level);
        reports(case, |metric| match metric.name.as_str() {
            "coefficient" => some(found.map(|c| c.coefficient)),
            "estimate" => some(found.map(|c| c.estimate.mean)),
            "half_width_95" => some(found.and_then(|c| c.estimate.half_width)),
            "plain_mean" => some(response.iter().copied().collect::<Tally>().mean()),
            _ => unknown(metric),
        })
    } else if has("a") && has("b") && has("confidence") {
        compared(case, &fields, level)?
    } else if has("batch") && has("confidence") {
        batched(case, &fields, level)?
    } else if has("batch") {
        let cut = mser(&fields.numbers("data")?, fields.count("batch")? as usize);
        reports(case, |metric| match metric.name.as_str() {
            "truncate_batches" => some(cut.map(|c| c.batches as f64)),
            "truncate_observations" => some(cut.map(|c| c.observations as f64)),
            "statistic" => some(cut.map(|c| c.statistic)),
            "truncated_mean" => some(cut.map(|c| c.mean)),
            _ => unknown(metric),
        })
    } else if has("experiment") {
        coverage(case, &fields, level)?
    } else if has("data") && has("confidence") {
        summarised(case, &fields, level)?
    } else {
        studies::prepare(case, &fields).ok_or("the library has no such function")??
    };
    fields.finish()?;
    Ok(job)
}

fn merged(case: &Case, fields: &Fields<'_>) -> Result<Job, String> {
    let mut all = Moments::new();
    for part in ["part_a", "part_b", "part_c", "part_d"] {
        all.merge(&fields.numbers(part)?.into_iter().collect());
    }
    Ok(reports(case, |metric| match metric.name.as_str() {
        "count" => Ok(json!(all.count())),
        "mean" => some(all.mean()),
        "variance" => some(all.variance()),
        "skewness_population" => some(all.skewness()),
        _ => unknown(metric),
    }))
}

fn precision(case: &Case, fields: &Fields<'_>, level: Confidence) -> Result<Job, String> {
    let data = fields.numbers("data")?;
    let found = if fields.get("desired_precision").is_some() {
        let target = Target::Relative(fields.number("desired_precision")?);
        confidence_interval_method(&data, target, fields.count("ignore_first")? as usize, level)
    } else {
        let target = Target::Relative(fields.number("half_width_precision")?);
        let initial = fields.count("initial_replications")? as usize;
        replications_algorithm(&data, target, initial, fields.count("look_ahead")? as usize, level)
    };
    Ok(reports(case, |metric| match metric.name.as_str() {
        "replications" => some(found.map(|n| n as f64)),
        "relative_half_width_there" => {
            let there = found.and_then(|n| Estimate::of(&data[..n], level));
            some(there.and_then(|e| e.relative_half_width()))
        }
        _ => unknown(metric),
    }))
}

fn compared(case: &Case, fields: &Fields<'_>, level: Confidence) -> Result<Job, String> {
    let (a, b) = (fields.numbers("a")?, fields.numbers("b")?);
    // the schema takes a minus b, the library variant minus baseline
    let paired = paired_difference(&b, &a, level);
    let welch = welch_difference(&b, &a, level);
    let pairs: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
    Ok(reports(case, |metric| match metric.name.as_str() {
        "mean_difference" => some(paired.map(|p| p.estimate.mean)),
        "paired_half_width" => some(paired.and_then(|p| p.estimate.half_width)),
        "welch_degrees_of_freedom" => some(welch.and_then(|w| w.degrees_of_freedom)),
        "welch_half_width" => some(welch.and_then(|w| w.half_width)),
        "correlation" => some(correlation(&pairs)),
        "variance_reduction_from_pairing" => some(paired.and_then(|p| p.variance_saved_by_pairing)),
        name => {
            let count = name.strip_prefix("bonferroni_t_quantile_for_");
            let count = count.and_then(|rest| rest.strip_suffix("_comparisons")).and_then(|n| n.parse().ok());
            match count {
                Some(n) => some(level.shared_among(n).t_quantile(a.len() as f64 - 1.0)),
                None => unknown(metric),
            }
        }
    }))
}

fn batched(case: &Case, fields: &Fields<'_>, level: Confidence) -> Result<Job, String> {
    let data = fields.numbers("data")?;
    let size = fields.count("batch")? as usize;
    let batches = BatchMeans::of(&data, size).ok_or("no batches")?;
    let estimate = batches.estimate(level);
    Ok(reports(case, |metric| match metric.name.as_str() {
        "batch_count" => Ok(json!(batches.means().len())),
        "mean" => some(estimate.map(|e| e.mean)),
        "batch_variance" => some(batches.means().iter().copied().collect::<Tally>().variance()),
        "half_width" => some(estimate.and_then(|e| e.half_width)),
        "overlapping_variance_of_sqrt_n_mean" => some(overlapping_variance(&data, size)),
        "autocorrelation" => {
            let lags: Vec<usize> = parse(metric.qualifiers.get("lags").ok_or("no lags")?)?;
            let each: Option<Vec<f64>> = lags.into_iter().map(|lag| autocorrelation(&data, lag)).collect();
            each.map(|e| json!(e)).ok_or_else(|| "no value".into())
        }
        "von_neumann_ratio_of_batches" => some(batches.von_neumann_ratio()),
        _ => unknown(metric),
    }))
}

fn summarised(case: &Case, fields: &Fields<'_>, level: Confidence) -> Result<Job, String> {
    let data = fields.numbers("data")?;
    let tally: Tally = data.iter().copied().collect();
    let estimate = Estimate::of(&data, level);
    let interval = estimate.and_then(|e| e.interval);
    let sample = Sample::of(&data);
    Ok(reports(case, |metric| {
        let ranked =
            || sample.interval(metric.qualifier("p").unwrap_or(f64::NAN), level).ok_or("no interval");
        match metric.name.as_str() {
            "mean" => some(tally.mean()),
            "variance" => some(tally.variance()),
            "standard_error" => some(tally.standard_error()),
            "t_quantile" => some(level.t_quantile(data.len() as f64 - 1.0)),
            "half_width" => some(estimate.and_then(|e| e.half_width)),
            "lower" => some(interval.map(|i| i.low)),
            "upper" => some(interval.map(|i| i.high)),
            "relative_half_width" => some(estimate.and_then(|e| e.relative_half_width())),
            "quantile_type7" => some(sample.quantile(metric.qualifier("p")?)),
            "quantile_type1" => some(sample.order_statistic(metric.qualifier("p")?)),
            "order_statistic_interval_ranks" => ranked().map(|r| json!(r.ranks)).map_err(String::from),
            "order_statistic_interval" => {
                ranked().map(|r| json!([r.interval.low, r.interval.high])).map_err(String::from)
            }
            "order_statistic_coverage" => ranked().map(|r| json!(r.coverage)).map_err(String::from),
            _ => unknown(metric),
        }
    }))
}

fn coverage(case: &Case, fields: &Fields<'_>, level: Confidence) -> Result<Job, String> {
    let known = "1000 independent intervals, each from 10 independent standard normal draws (Student t)";
    if fields.text("experiment")? != known {
        return Err("unknown experiment".into());
    }
    let mut dice = Stream::of_seed(1).dice();
    let mut covered = 0;
    for _ in 0..1_000 {
        let draws: Vec<f64> = (0..10).map(|_| StandardNormal.sample(&mut dice)).collect();
        let interval = Estimate::of(&draws, level).and_then(|e| e.interval);
        covered += usize::from(interval.is_some_and(|i| i.contains(0.0)));
    }
    let share = covered as f64 / 1_000.0;
    let judged = |metric: &Metric| {
        let bound = metric.number().unwrap_or(f64::NAN);
        match metric.estimator.as_str() {
            "lower_bound" => MetricReport::judged(metric, &json!(share), share >= bound),
            "upper_bound" => MetricReport::judged(metric, &json!(share), share <= bound),
            _ => MetricReport::not_supported(metric, "unknown estimator"),
        }
    };
    Ok(Job::Direct(case.metrics.iter().map(judged).collect()))
}
