//! Traces small enough to work out by hand: no randomness, agreement to 1e-9.

use super::case::{Case, Fields, Metric, MetricReport, parse};
use super::{Job, OTHER_RULE};
use nhs_capacity::network::*;
use nhs_capacity::units::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Ticks of the clock in one unit of a trace: fine enough for 1e-9.
const TICK: f64 = 1e12;

const TIES: &str =
    "at equal times: service completions first, then arrivals in listed order, then abandonments";

/// What a trace gave, by the name and the rule of a metric.
type Answers = BTreeMap<(String, Option<&'static str>), Value>;

pub fn prepare(case: &Case) -> Result<Job, String> {
    let fields = Fields::of(&case.model);
    if let Some(ties) = case.model.get("tie_rule").and_then(Value::as_str)
        && ties != TIES
    {
        return Err("unknown tie_rule".into());
    }
    let mut answers = Answers::new();
    let has = |key: &str| case.model.get(key).is_some();
    if has("level_changes") {
        levels(&fields, &mut answers)?;
    } else if has("ed_minutes") {
        targets(case, &fields, &mut answers)?;
    } else if has("jobs") && has("capacity") {
        joint(&fields, &mut answers)?;
    } else if has("jobs") {
        seizing(&fields, &mut answers)?;
    } else if has("calls") {
        handover(&fields, &mut answers)?;
    } else if has("ward_stays") {
        boarding(case, &fields, &mut answers)?;
    } else {
        one_station(case, &fields, &mut answers)?;
    }
    fields.finish()?;
    let reports = case.metrics.iter().map(|metric| report(metric, &answers));
    Ok(Job::Direct(reports.collect()))
}

// A metric over a window is known by its name and the window.
fn over(name: &str, (from, to): (f64, f64)) -> String {
    format!("{name} over {from} to {to}")
}

fn window_of(metric: &Metric) -> Option<(f64, f64)> {
    metric.qualifiers.get("window").and_then(|w| parse(w).ok())
}

// Rules are told by their first word: the rest explains.
fn report(metric: &Metric, answers: &Answers) -> MetricReport {
    let first_word = |text: &str| text.split(':').next().unwrap_or(text).to_string();
    let rule = metric.text("rule").map(first_word);
    let asked = window_of(metric).map_or_else(|| metric.name.clone(), |w| over(&metric.name, w));
    let matching = answers.iter().filter(|((name, _), _)| *name == asked);
    let mut known = false;
    for ((_, own_rule), value) in matching {
        known = true;
        if *own_rule == rule.as_deref() {
            return MetricReport::exact(metric, value);
        }
    }
    let other = ["chained"];
    let is_other = known && rule.is_some_and(|r| other.contains(&r.as_str()));
    MetricReport::not_supported(metric, if is_other { OTHER_RULE } else { "unknown metric or rule" })
}

fn put(answers: &mut Answers, name: &str, rule: Option<&'static str>, value: Value) {
    answers.insert((name.to_string(), rule), value);
}

fn time(t: Time) -> f64 {
    t.as_millis() as f64 / TICK
}

fn constant(value: f64) -> Option<DistributionSpec> {
    Some(DistributionSpec::constant(value))
}

fn at(time: f64) -> ArrivalSpec {
    ArrivalSpec::Times { at: vec![time] }
}

/// Runs a trace to its end, or over a window.
fn run(spec: &NetworkSpec, window: (f64, f64)) -> Result<Results, RunError> {
    let failed = |e: NetworkError| RunError {
        replication: 0,
        seed: 0,
        reason: Reason::Network(e.to_string()),
        partial: None,
    };
    let network = spec.check().map_err(failed)?;
    network.run(&Run { record: true, ..Run::new(window.0, window.1) })
}

/// Long enough for everybody to have left.
const LONG: f64 = 1e6;

fn whole(spec: &NetworkSpec) -> Result<Results, String> {
    run(spec, (0.0, LONG)).map_err(|e| e.to_string())
}

// The visit of each class to a station: every customer is a class of their own, so that the order
// of the classes is the listed order.
fn visits(results: &Results, station: u16) -> impl Fn(usize) -> Option<Record> {
    let records: Vec<Record> = results.records.iter().filter(|r| r.station == station).copied().collect();
    move |class| records.iter().find(|r| usize::from(r.class) == class).copied()
}

fn each(n: usize, value: impl Fn(usize) -> Value) -> Value {
    Value::Array((0..n).map(value).collect())
}

fn windows(case: &Case) -> Vec<(f64, f64)> {
    case.metrics.iter().filter_map(window_of).collect()
}

fn same_length(lists: &[usize]) -> Result<usize, String> {
    match lists {
        [first, rest @ ..] if rest.iter().all(|n| n == first) => Ok(*first),
        _ => Err("lists of different lengths".into()),
    }
}

fn one_station(case: &Case, fields: &Fields<'_>, answers: &mut Answers) -> Result<(), String> {
    let arrivals = fields.numbers("arrivals")?;
    let services = fields.numbers("service_times")?;
    let n = same_length(&[arrivals.len(), services.len()])?;
    let priority = fields.get("priority").map(|_| fields.numbers("priority")).transpose()?;
    let patience: Option<Vec<Option<f64>>> = fields.opt_parse("patience")?;
    same_length(&[n, priority.as_ref().map_or(n, Vec::len), patience.as_ref().map_or(n, Vec::len)])?;
    let mut station = StationSpec::new("station");
    station.discipline = fields.opt_parse("discipline")?.unwrap_or_default();
    station.waiting_room = fields.opt_count("waiting_room")?;
    let schedule: Option<Vec<Shift>> = fields.opt_parse("schedule")?;
    let mut rules: Vec<Option<&'static str>> = vec![None];
    if schedule.is_some() {
        rules = vec![Some("finish_current"), Some("preempt_resume_latest_started")];
    }
    for rule in rules {
        station.servers = match &schedule {
            None => Servers::Fixed(fields.count("servers")?),
            Some(schedule) => Servers::Roster(Roster {
                schedule: schedule.clone(),
                period: None,
                when_fewer: match rule {
                    Some("finish_current") => WhenFewer::FinishCurrent,
                    _ => WhenFewer::Preempt,
                },
            }),
        };
        let mut spec = NetworkSpec::new(TimeUnit::Ticks(TICK)).with_station(station.clone());
        for i in 0..n {
            let visit = VisitSpec {
                service: constant(services[i]),
                patience: patience.as_ref().and_then(|p| p[i]).and_then(constant),
                ..VisitSpec::default()
            };
            let class = ClassSpec::new(i.to_string())
                .with_arrivals(at(arrivals[i]))
                .with_priority(priority.as_ref().map_or(0, |p| p[i] as i64));
            spec = spec.with_class(class.with_visit("station", visit));
        }
        let results = whole(&spec)?;
        let visit = visits(&results, 0);
        let field = |f: &dyn Fn(Record) -> Value| each(n, |i| visit(i).map_or(Value::Null, f));
        let started = |r: Record| r.started.map_or(Value::Null, |t| json!(time(t)));
        put(answers, "service_start", rule, field(&started));
        put(answers, "first_start", rule, field(&started));
        put(answers, "times_interrupted", rule, field(&|r| json!(r.interruptions)));
        let leave = |r: Record| match r.outcome {
            Outcome::TurnedAway => Value::Null,
            _ => json!(time(r.ended)),
        };
        put(answers, "leave_time", rule, field(&leave));
        let outcome = |r: Record| match r.outcome {
            Outcome::Served => json!("served"),
            Outcome::TurnedAway => json!("blocked"),
            Outcome::Abandoned => json!("abandoned"),
        };
        put(answers, "outcome", rule, field(&outcome));
        let joined = results.records.iter().filter(|r| r.outcome != Outcome::TurnedAway);
        let waits: Vec<f64> = joined.map(|r| r.waited.as_millis() as f64 / TICK).collect();
        put(answers, "mean_wait", rule, json!(waits.iter().sum::<f64>() / waits.len() as f64));
        for ends in windows(case) {
            let results = run(&spec, ends).map_err(|e| e.to_string())?;
            put(answers, &over("mean_queue", ends), rule, json!(results.stations[0].queue.mean()));
            put(answers, &over("utilisation", ends), rule, json!(results.utilisation("station")));
        }
    }
    Ok(())
}

fn boarding(case: &Case, fields: &Fields<'_>, answers: &mut Answers) -> Result<(), String> {
    let arrivals = fields.numbers("arrivals")?;
    let treatments = fields.numbers("treatment_times")?;
    let stays = fields.numbers("ward_stays")?;
    let n = same_length(&[arrivals.len(), treatments.len(), stays.len()])?;
    let mut spec = NetworkSpec::new(TimeUnit::Ticks(TICK))
        .with_station(StationSpec::new("bay").with_servers(fields.count("bays")?).with_next("bed", 1.0))
        .with_station(
            StationSpec::new("bed")
                .with_servers(fields.count("beds")?)
                .with_waiting_room(0)
                .with_on_full(OnFull::Block),
        );
    for i in 0..n {
        let service = |value| VisitSpec { service: constant(value), ..VisitSpec::default() };
        let class = ClassSpec::new(i.to_string()).with_arrivals(at(arrivals[i]));
        spec = spec
            .with_class(class.with_visit("bay", service(treatments[i])).with_visit("bed", service(stays[i])));
    }
    let results = whole(&spec)?;
    let (bay, bed) = (visits(&results, 0), visits(&results, 1));
    let of = |visit: &dyn Fn(usize) -> Option<Record>, f: fn(Record) -> f64| {
        each(n, |i| visit(i).map_or(Value::Null, |r| json!(f(r))))
    };
    let started = |r: Record| r.started.map_or(f64::NAN, time);
    put(answers, "bay_start", None, of(&bay, started));
    put(answers, "treatment_end", None, of(&bay, |r| time(r.ended)));
    put(answers, "bed_start", None, of(&bed, started));
    put(answers, "leave_time", None, of(&bed, |r| time(r.ended)));
    put(answers, "boarding_time", None, of(&bed, |r| r.waited.as_millis() as f64 / TICK));
    let total: f64 = (0..n).filter_map(&bed).map(|r| r.waited.as_millis() as f64 / TICK).sum();
    put(answers, "total_boarding_time", None, json!(total));
    for ends in windows(case) {
        let results = run(&spec, ends).map_err(|e| e.to_string())?;
        put(answers, &over("mean_bays_occupied", ends), None, json!(results.stations[0].occupied.mean()));
    }
    Ok(())
}

fn handover(fields: &Fields<'_>, answers: &mut Answers) -> Result<(), String> {
    let calls = fields.numbers("calls")?;
    let jobs = fields.numbers("crew_job_times")?;
    let walk_ins = fields.numbers("walk_in_arrivals")?;
    let treatments: BTreeMap<String, f64> = fields.parse("treatment_times")?;
    if fields.text("rules")? != "as family blocking_flow, no admissions" {
        return Err("unknown rules".into());
    }
    let n = same_length(&[calls.len(), jobs.len()])?;
    let treatment = |name: String| {
        let time = treatments.get(&name).copied().ok_or_else(|| format!("no treatment time of {name}"))?;
        Ok::<_, String>(VisitSpec { service: constant(time), ..VisitSpec::default() })
    };
    let mut spec = NetworkSpec::new(TimeUnit::Ticks(TICK))
        .with_station(StationSpec::new("crew").with_servers(fields.count("crews")?).with_next("bay", 1.0))
        .with_station(
            StationSpec::new("bay").with_servers(fields.count("bays")?).with_discipline(Discipline::Priority),
        );
    for i in 0..n {
        let crew = VisitSpec { service: constant(jobs[i]), ..VisitSpec::default() };
        let mut bay = treatment(format!("call{}", i + 1))?;
        bay.waiting_room = Some(0);
        bay.on_full = Some(OnFull::Block);
        let class = ClassSpec::new(format!("call {i}")).with_arrivals(at(calls[i])).with_priority(1);
        spec = spec.with_class(class.with_visit("crew", crew).with_visit("bay", bay));
    }
    for (i, &arrival) in walk_ins.iter().enumerate() {
        let class = ClassSpec::new(format!("walk-in {i}")).with_arrivals(at(arrival)).with_priority(2);
        let visit = treatment(format!("walkin{}", i + 1))?;
        spec = spec.with_class(class.with_entry("bay").with_visit("bay", visit));
    }
    let results = whole(&spec)?;
    let (crew, bay) = (visits(&results, 0), visits(&results, 1));
    let started = |r: Option<Record>| r.and_then(|r| r.started).map_or(Value::Null, |t| json!(time(t)));
    put(answers, "crew_allocated", None, each(n, |i| started(crew(i))));
    put(answers, "arrive_ed", None, each(n, |i| crew(i).map_or(Value::Null, |r| json!(time(r.ended)))));
    put(answers, "handover", None, each(n, |i| started(bay(i))));
    // a crew is free at the instant of the handover: a later call may have it then
    put(answers, "crew_free", None, each(n, |i| started(bay(i))));
    let delay = |i| bay(i).map_or(Value::Null, |r| json!(r.waited.as_millis() as f64 / TICK));
    put(answers, "handover_delay", None, each(n, delay));
    put(answers, "walkin_start", None, each(walk_ins.len(), |i| started(bay(n + i))));
    Ok(())
}

fn levels(fields: &Fields<'_>, answers: &mut Answers) -> Result<(), String> {
    let changes: Vec<(f64, u32)> = fields.parse("level_changes")?;
    let (from, to): (f64, f64) = fields.parse("window")?;
    let ticks = |t: f64| Time::from_millis((t * TICK).round() as u64);
    if changes.iter().any(|&(at, value)| value > 100_000 || !(0.0..=1e6).contains(&at)) {
        return Err("levels up to 100000 and times from 0 to 1e6 only".into());
    }
    let mut level = Level::default();
    let mut is_open = false;
    for &(at, value) in &changes {
        if !is_open && at >= from {
            level.restart(ticks(from));
            is_open = true;
        }
        if at < to {
            level.set(value, ticks(at));
        }
    }
    if !is_open {
        level.restart(ticks(from));
    }
    level.settle(ticks(to));
    put(answers, "time_average", None, json!(level.mean()));
    put(answers, "time_variance", None, json!(level.variance()));
    put(answers, "max", None, json!(level.highest()));
    put(answers, "min", None, json!(level.lowest()));
    put(answers, "time_weighted_median", None, json!(level.quantile(0.5)));
    for k in 0..=level.highest().unwrap_or(0) + 1 {
        put(answers, &format!("fraction_at_or_above_{k}"), None, json!(level.share_from(k)));
    }
    Ok(())
}

// "within_4_hours" counts times in the department, "over_52_weeks" waits for treatment.
fn targets(case: &Case, fields: &Fields<'_>, answers: &mut Answers) -> Result<(), String> {
    let ed = fields.numbers("ed_minutes")?;
    let rtt = fields.numbers("rtt_days")?;
    for metric in &case.metrics {
        let parts: Vec<&str> = metric.name.split('_').collect();
        let &[side, limit, unit] = parts.as_slice() else { continue };
        let Ok(limit) = limit.parse::<f64>() else { continue };
        let (values, tick, limit) = match unit {
            "hours" => (&ed, 60e3, limit * 60.0),
            "weeks" => (&rtt, 86_400e3, limit * 7.0),
            _ => continue,
        };
        let ticks = |x: f64| (x * tick).round() as u64;
        let mut tally = Tally::with_targets(1);
        values.iter().for_each(|&v| tally.add(ticks(v), &[ticks(limit)]));
        let count = match side {
            "within" => tally.count() - tally.over()[0],
            "over" => tally.over()[0],
            _ => continue,
        };
        put(answers, &metric.name, None, json!(count));
    }
    Ok(())
}

fn starts_and_leaves(results: &Results, n: usize, rule: &'static str, answers: &mut Answers) {
    // the last visit of each job is the one in which it holds everything
    let last = |i: usize| results.records.iter().rfind(|r| usize::from(r.class) == i);
    let started = |i| last(i).and_then(|r| r.started).map_or(Value::Null, |t| json!(time(t)));
    put(answers, "start", Some(rule), each(n, started));
    put(
        answers,
        "leave_time",
        Some(rule),
        each(n, |i| last(i).map_or(Value::Null, |r| json!(time(r.ended)))),
    );
}

fn joint(fields: &Fields<'_>, answers: &mut Answers) -> Result<(), String> {
    let capacity: BTreeMap<String, u32> = fields.parse("capacity")?;
    let jobs = fields.list("jobs")?;
    for (rule, skip_ahead) in [("head_of_line", false), ("skip_ahead", true)] {
        let mut spec = NetworkSpec::new(TimeUnit::Ticks(TICK));
        for (name, &units) in &capacity {
            spec = spec.with_pool(name, units);
        }
        let mut station = StationSpec::new("work");
        station.skip_ahead = skip_ahead;
        spec = spec.with_station(station);
        for (i, job) in jobs.iter().enumerate() {
            let inner = Fields::of(job);
            let visit = VisitSpec {
                service: constant(inner.number("time")?),
                pools_needed: Some(inner.parse("need")?),
                ..VisitSpec::default()
            };
            let class = ClassSpec::new(i.to_string()).with_arrivals(at(inner.number("arrive")?));
            inner.finish()?;
            spec = spec.with_class(class.with_visit("work", visit));
        }
        starts_and_leaves(&whole(&spec)?, jobs.len(), rule, answers);
    }
    Ok(())
}

/// Jobs that seize one resource after the other.
fn seizing(fields: &Fields<'_>, answers: &mut Answers) -> Result<(), String> {
    let resources: BTreeMap<String, u32> = fields.parse("resources")?;
    let jobs = fields.list("jobs")?;
    let release = fields.get("release").and_then(Value::as_str);
    if release.is_some_and(|r| r != "everything at the end, in the order seized") {
        return Err("unknown release".into());
    }
    let mut one_by_one = NetworkSpec::new(TimeUnit::Ticks(TICK));
    let mut together = NetworkSpec::new(TimeUnit::Ticks(TICK)).with_station(StationSpec::new("work"));
    for (name, &units) in &resources {
        let station = StationSpec::new(name)
            .with_servers(units)
            .with_discipline(Discipline::Priority)
            .with_release(Release::OnLeaving);
        one_by_one = one_by_one.with_station(station);
        together = together.with_pool(name, units);
    }
    let mut has_setup = false;
    for (i, job) in jobs.iter().enumerate() {
        let inner = Fields::of(job);
        let arrive = inner.number("arrive")?;
        let time = inner.number("time")?;
        let setup = inner.get("setup_after_first").and_then(Value::as_f64);
        has_setup |= setup.is_some();
        let priority = inner.get("priority").and_then(Value::as_i64).unwrap_or(0);
        let mut steps: Vec<(String, u32)> = Vec::new();
        for step in inner.list("seize_in_order")? {
            match step {
                Value::String(name) => steps.push((name.clone(), 1)),
                pair => steps.push(serde_json::from_value(pair.clone()).map_err(|e| e.to_string())?),
            }
        }
        inner.finish()?;
        let fresh = || ClassSpec::new(i.to_string()).with_arrivals(at(arrive)).with_priority(priority);
        let mut class = fresh().with_entry(steps.first().ok_or("nothing to seize")?.0.clone());
        for (number, (name, units)) in steps.iter().enumerate() {
            let next = steps.get(number + 1);
            let service = match (next, number) {
                (None, _) => time,
                (Some(_), 0) => setup.unwrap_or(0.0),
                _ => 0.0,
            };
            let visit = VisitSpec {
                service: constant(service),
                servers_needed: Some(*units),
                next: next.map(|(to, _)| vec![Branch { to: to.clone(), prob: 1.0, delay: None }]),
                ..VisitSpec::default()
            };
            class = class.with_visit(name.clone(), visit);
        }
        one_by_one = one_by_one.with_class(class);
        let visit = VisitSpec {
            service: constant(time + setup.unwrap_or(0.0)),
            pools_needed: Some(steps.into_iter().collect()),
            ..VisitSpec::default()
        };
        together = together.with_class(fresh().with_visit("work", visit));
    }
    if has_setup {
        starts_and_leaves(&whole(&together)?, jobs.len(), "all_or_nothing", answers);
    }
    match run(&one_by_one, (0.0, LONG)) {
        Ok(results) => starts_and_leaves(&results, jobs.len(), "queues_first", answers),
        Err(RunError { reason: Reason::Deadlock { at, .. }, .. }) => {
            put(answers, "deadlock_time", Some("one_by_one"), json!(at));
        }
        Err(other) => return Err(other.to_string()),
    }
    Ok(())
}
