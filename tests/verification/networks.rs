//! The families that are networks: each model of the schema as a [`NetworkSpec`].

use super::case::{Case, Fields, Metric, excerpt, parse};
use super::estimate::{Combine, Estimate, jackknife};
use super::readings::{Context, Reading, Visits, average, ratio};
use super::{Job, Simulated, Size};
use nhs_capacity::network::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// A model with what its metrics refer to.
pub struct Described {
    pub spec: NetworkSpec,
    /// The station meant where a metric names none.
    pub station: usize,
    /// Metrics that only this family has.
    pub own: Own,
    /// Arrivals per unit of time, where the classes' arrivals do not say.
    pub rate: Option<f64>,
}

type Own = Box<dyn Fn(&Metric) -> Option<Result<Reading, String>>>;

fn nothing() -> Own {
    Box::new(|_| None)
}

fn time_unit(model: &Value) -> Result<TimeUnit, String> {
    let Some(unit) = model.get("time_unit").filter(|unit| !unit.is_null()) else { return Ok(TimeUnit::Hour) };
    match unit.as_str() {
        Some("second") => Ok(TimeUnit::Second),
        Some("minute") => Ok(TimeUnit::Minute),
        Some("hour") => Ok(TimeUnit::Hour),
        Some("day") => Ok(TimeUnit::Day),
        Some("week") => Ok(TimeUnit::Week),
        _ => Err(format!("unknown time_unit {}", excerpt(unit))),
    }
}

/// Arrivals, with the sentences that explain them checked.
fn arrivals(value: &Value) -> Result<ArrivalSpec, String> {
    let says = |key: &str, known: &str| match value.get(key).and_then(Value::as_str) {
        Some(text) if text != known => Err(format!("unknown {key} `{text}`")),
        _ => Ok(()),
    };
    says("formula", "rate(t) = base_rate*(1 + relative_amplitude*sin(2*pi*t/period))")?;
    says("first_arrival", "one interarrival time after 0")?;
    parse(value).map_err(|why| format!("arrivals: {why}"))
}

fn servers(fields: &Fields<'_>, rule: Option<&str>) -> Result<Servers, String> {
    let Some(value) = fields.get("servers") else { return Ok(Servers::Unlimited) };
    if let Some(count) = value.as_u64() {
        return u32::try_from(count).map(Servers::Fixed).map_err(|e| e.to_string());
    }
    let mut roster: Roster = parse(value).map_err(|why| format!("servers: {why}"))?;
    roster.when_fewer = match rule {
        Some(text) if text.starts_with("preempt") => WhenFewer::Preempt,
        Some(text) if text.starts_with("finish_current") => WhenFewer::FinishCurrent,
        other => return Err(format!("unknown capacity_change_rule {other:?}")),
    };
    Ok(Servers::Roster(roster))
}

fn initial(fields: &Fields<'_>) -> Result<u32, String> {
    match fields.get("initial") {
        None => Ok(0),
        Some(Value::String(text)) if text.starts_with("empty") => Ok(0),
        Some(value) => {
            let inner = Fields::of(value);
            let count = inner.count("in_system")?;
            inner.finish()?;
            Ok(count)
        }
    }
}

/// One station, one class or several.
fn one_station(model: &Value) -> Result<Described, String> {
    let fields = Fields::of(model);
    let rule = fields.get("capacity_change_rule").and_then(Value::as_str);
    let mut station = StationSpec::new("station");
    station.servers = servers(&fields, rule)?;
    station.service = fields.opt_parse("service")?;
    station.waiting_room = fields.opt_count("waiting_room")?;
    station.discipline = fields.opt_parse("discipline")?.unwrap_or_default();
    station.patience = fields.opt_parse("patience")?;
    let retry = fields.get("retry");
    station.on_full = match (fields.get("on_full").and_then(Value::as_str), retry) {
        (None | Some("lost"), None) => OnFull::Lost,
        (Some("retry"), Some(retry)) => {
            let inner = Fields::of(retry);
            let rule = OnFull::Retry {
                delay: inner.parse("delay")?,
                prob: inner.number("prob_retry_after_each_block")?,
            };
            inner.finish()?;
            rule
        }
        (other, _) => return Err(format!("unknown on_full {other:?}")),
    };
    if let Some(breakdowns) = fields.get("breakdowns") {
        let inner = Fields::of(breakdowns);
        let known = "breakdowns happen whether or not the server is busy; the customer in service waits and resumes afterwards";
        if inner.text("rule")? != known {
            return Err("unknown rule of breakdowns".into());
        }
        station.breakdowns =
            Some(Breakdowns { uptime: inner.parse("uptime")?, downtime: inner.parse("downtime")? });
        inner.finish()?;
    }
    if let Some(rule) = fields.get("discharge_rule") {
        let inner = Fields::of(rule);
        inner.get("meaning");
        if inner.text("type")? != "next_clock_time" {
            return Err("unknown discharge_rule".into());
        }
        station.ends_at = Some(ClockTime { time: inner.number("hour")?, period: inner.number("period")? });
        inner.finish()?;
    }
    // sentences that say what the discipline already says
    fields.get("preemption");
    fields.get("rule");
    let initial = initial(&fields)?;
    let mut spec = NetworkSpec::new(time_unit(model)?).with_station(station);
    if fields.get("classes").is_some() {
        for value in fields.list("classes")? {
            let inner = Fields::of(value);
            let mut class =
                ClassSpec::new(inner.text("name")?).with_arrivals(arrivals(inner.need("arrivals")?)?);
            class.priority = inner.get("priority").and_then(Value::as_i64).unwrap_or(0);
            class.accumulation_rate = inner.get("accumulation_rate").and_then(Value::as_f64);
            let visit = VisitSpec { service: Some(inner.parse("service")?), ..VisitSpec::default() };
            inner.finish()?;
            spec = spec.with_class(class.with_visit("station", visit));
        }
    } else {
        let class = ClassSpec::new("1").with_arrivals(arrivals(fields.need("arrivals")?)?);
        spec = spec.with_class(class.with_initial(initial));
    }
    fields.finish()?;
    Ok(Described { spec, station: 0, own: nothing(), rate: None })
}

/// Several stations with routing, open or closed.
fn many_stations(model: &Value) -> Result<Described, String> {
    let fields = Fields::of(model);
    let mut spec = NetworkSpec::new(time_unit(model)?);
    let discipline: Discipline = fields.opt_parse("discipline")?.unwrap_or_default();
    for value in fields.list("stations")? {
        let inner = Fields::of(value);
        let name = inner.text("name")?;
        let mut station = StationSpec::new(name).with_discipline(discipline);
        station.servers = servers(&inner, None)?;
        station.service = Some(inner.parse("service")?);
        station.next = inner.opt_parse("next")?.unwrap_or_default();
        if let Some(outside) = inner.get("external_arrivals") {
            spec = spec.with_class(ClassSpec::new(name).with_arrivals(arrivals(outside)?).with_entry(name));
        }
        inner.finish()?;
        spec = spec.with_station(station);
    }
    let mut rate = None;
    if let Some(entry) = fields.get("entry").and_then(Value::as_str) {
        let class = ClassSpec::new("1").with_arrivals(arrivals(fields.need("arrivals")?)?);
        spec = spec.with_class(class.with_entry(entry));
    }
    if fields.get("population").is_some() {
        let population = fields.count("population")?;
        let initial = fields.text("initial")?;
        let start = initial.strip_prefix(&format!("all {population} at "));
        let start = start.and_then(|rest| rest.strip_suffix(" at time 0"));
        let start = start.ok_or_else(|| format!("unknown initial state `{initial}`"))?;
        spec = spec.with_class(ClassSpec::new("1").with_entry(start).with_initial(population));
        // about one visit to the first station in each mean time there
        let service = spec.stations[0].service.as_ref().and_then(|s| s.check().ok());
        rate = service.map(|s| f64::from(population) / s.mean() / 2.0);
    } else {
        initial(&fields)?;
    }
    fields.finish()?;
    Ok(Described { spec, station: 0, own: nothing(), rate })
}

fn finite_source(model: &Value) -> Result<Described, String> {
    let fields = Fields::of(model);
    let population = fields.count("population")?;
    let up: DistributionSpec = fields.parse("time_between_failures")?;
    let service: DistributionSpec = fields.parse("service")?;
    if fields.text("initial")? != "all available" {
        return Err("unknown initial state".into());
    }
    let mean = |law: &DistributionSpec| law.check().map(|s| s.mean()).map_err(|e| e.to_string());
    let rate = f64::from(population) / (mean(&up)? + mean(&service)?);
    let mut repair = StationSpec::new("repair").with_service(service).with_next("running", 1.0);
    repair.servers = servers(&fields, None)?;
    repair.discipline = fields.opt_parse("discipline")?.unwrap_or_default();
    fields.finish()?;
    let spec = NetworkSpec::new(time_unit(model)?)
        .with_station(repair)
        .with_station(StationSpec::new("running").with_service(up).with_next("repair", 1.0))
        .with_class(ClassSpec::new("1").with_entry("running").with_initial(population));
    let own = |metric: &Metric| {
        let available = || average(|r: &Results| r.stations[1].present.area() as f64);
        (metric.name == "mean_available").then(|| Ok(available()))
    };
    Ok(Described { spec, station: 0, own: Box::new(own), rate: Some(rate) })
}

fn multi_unit(model: &Value) -> Result<Described, String> {
    let fields = Fields::of(model);
    let units = fields.count("capacity_units")?;
    if fields.text("on_insufficient_units")? != "lost" {
        return Err("unknown on_insufficient_units".into());
    }
    initial(&fields)?;
    let station = StationSpec::new("station").with_servers(units).with_waiting_room(0);
    let mut spec = NetworkSpec::new(time_unit(model)?).with_station(station);
    for value in fields.list("classes")? {
        let inner = Fields::of(value);
        let class = ClassSpec::new(inner.text("name")?).with_arrivals(arrivals(inner.need("arrivals")?)?);
        let visit = VisitSpec {
            service: Some(inner.parse("service")?),
            servers_needed: Some(inner.count("units_needed")?),
            ..VisitSpec::default()
        };
        inner.finish()?;
        spec = spec.with_class(class.with_visit("station", visit));
    }
    fields.finish()?;
    Ok(Described { spec, station: 0, own: nothing(), rate: None })
}

fn reservation(model: &Value) -> Result<Described, String> {
    let fields = Fields::of(model);
    let reserved = fields.count("reserved_for_emergency")?;
    let station = StationSpec::new("station").with_servers(fields.count("beds")?).with_waiting_room(0);
    fields.get("rule");
    initial(&fields)?;
    let mut spec = NetworkSpec::new(time_unit(model)?).with_station(station);
    for value in fields.list("classes")? {
        let inner = Fields::of(value);
        let name = inner.text("name")?;
        let class = ClassSpec::new(name).with_arrivals(arrivals(inner.need("arrivals")?)?);
        let keep_free = match name {
            "emergency" => 0,
            "elective" => reserved,
            other => return Err(format!("unknown class `{other}`")),
        };
        let visit = VisitSpec {
            service: Some(inner.parse("service")?),
            keep_free: Some(keep_free),
            ..VisitSpec::default()
        };
        inner.finish()?;
        spec = spec.with_class(class.with_visit("station", visit));
    }
    fields.finish()?;
    Ok(Described { spec, station: 0, own: nothing(), rate: None })
}

fn outliers(model: &Value) -> Result<Described, String> {
    let fields = Fields::of(model);
    let wards: BTreeMap<String, u32> = fields.parse("wards")?;
    fields.get("rule");
    initial(&fields)?;
    let mut spec = NetworkSpec::new(time_unit(model)?);
    for (name, &beds) in &wards {
        let station = StationSpec::new(format!("ward {name}")).with_servers(beds).with_waiting_room(0);
        spec = spec.with_station(station);
    }
    let mut homes = Vec::new();
    for value in fields.list("classes")? {
        let inner = Fields::of(value);
        let mut class = ClassSpec::new(inner.text("name")?).with_arrivals(arrivals(inner.need("arrivals")?)?);
        let service: DistributionSpec = inner.parse("service")?;
        let preference: Vec<String> = inner.parse("preference")?;
        inner.finish()?;
        for (place, ward) in preference.iter().enumerate() {
            let next = preference.get(place + 1);
            let visit = VisitSpec {
                service: Some(service.clone()),
                on_full: next.map(|to| OnFull::Divert(format!("ward {to}"))),
                ..VisitSpec::default()
            };
            class = class.with_visit(format!("ward {ward}"), visit);
        }
        let home = preference.first().ok_or("an empty preference")?;
        homes.push(wards.keys().position(|w| w == home).ok_or("an unknown ward")?);
        spec = spec.with_class(class.with_entry(format!("ward {home}")));
    }
    fields.finish()?;
    let classes: Vec<String> = spec.classes.iter().map(|c| c.name.clone()).collect();
    let own = move |metric: &Metric| {
        let class = metric.text("class").and_then(|name| classes.iter().position(|c| c == name));
        let away = |class: usize, home: usize, f: fn(&nhs_capacity::network::results::VisitCounts) -> f64| {
            move |r: &Results| {
                let n = r.stations.len();
                (0..n).filter(|&s| s != home).map(|s| f(&r.visits[class * n + s])).sum::<f64>()
            }
        };
        match (metric.name.as_str(), class) {
            ("prob_lost", _) => Some(Ok(ratio(|r| {
                let lost: u64 = r.classes.iter().map(|c| c.cohort_left[1]).sum();
                (lost as f64, r.classes.iter().map(|c| c.offered as f64).sum())
            }))),
            ("mean_outliers", Some(c)) => Some(Ok(average(away(c, homes[c], |v| v.present.area() as f64)))),
            ("prob_outlies", Some(c)) => {
                let count = away(c, homes[c], |v| (v.attempts - v.turned_away) as f64);
                Some(Ok(ratio(move |r| (count(r), r.classes[c].offered as f64))))
            }
            _ => None,
        }
    };
    Ok(Described { spec, station: 0, own: Box::new(own), rate: None })
}

fn hypercube(model: &Value) -> Result<Described, String> {
    let fields = Fields::of(model);
    let count = fields.count("servers")?;
    let services: Vec<DistributionSpec> = fields.parse("service")?;
    let travel: Vec<Vec<f64>> = fields.parse("travel_minutes")?;
    let limit = fields.count("queue_limit")?;
    fields.get("queue_rule");
    initial(&fields)?;
    if services.len() != count as usize {
        return Err("not one service time for each server".into());
    }
    let named = services.into_iter().enumerate();
    let named = named.map(|(i, service)| NamedServer { name: i.to_string(), service: Some(service) });
    let station = StationSpec::new("station").with_named_servers(named.collect()).with_waiting_room(limit);
    let mut spec = NetworkSpec::new(time_unit(model)?).with_station(station);
    for (number, value) in fields.list("atoms")?.iter().enumerate() {
        let inner = Fields::of(value);
        let class = ClassSpec::new(number.to_string()).with_arrivals(arrivals(inner.need("arrivals")?)?);
        let preference: Vec<u32> = inner.parse("preference")?;
        inner.finish()?;
        let preference = preference.iter().map(u32::to_string).collect();
        let visit = VisitSpec { preference: Some(preference), ..VisitSpec::default() };
        spec = spec.with_class(class.with_visit("station", visit));
    }
    fields.finish()?;
    let own = move |metric: &Metric| {
        let travel = travel.clone();
        (metric.name == "mean_travel_time").then(|| {
            Ok(ratio(move |r| {
                let (mut minutes, mut calls) = (0.0, 0.0);
                for (atom, visits) in r.visits.iter().enumerate() {
                    for (server, &n) in visits.by_server.iter().enumerate() {
                        let time = travel.get(server).and_then(|row| row.get(atom));
                        minutes += n as f64 * time.copied().unwrap_or(f64::NAN);
                        calls += n as f64;
                    }
                }
                (minutes, calls)
            }))
        })
    };
    Ok(Described { spec, station: 0, own: Box::new(own), rate: None })
}

/// Crews, bays, ward beds and community places, each of which may be absent.
fn blocking_flow(model: &Value) -> Result<Described, String> {
    let fields = Fields::of(model);
    fields.get("rules");
    initial(&fields)?;
    let exponential = |key: &str| Ok::<_, String>(DistributionSpec::exponential(fields.number(key)?));
    let block = |discipline| (OnFull::Block, discipline);
    let mut spec = NetworkSpec::new(time_unit(model)?);
    let has_ward = fields.get("ward_beds").is_some();
    let has_community = fields.get("community_places").is_some();
    let has_calls = fields.get("calls").is_some();
    // the order of stations is the order in which a patient meets them
    if has_calls {
        let station = StationSpec::new("crews")
            .with_servers(fields.count("crews")?)
            .with_service(exponential("crew_job_mean")?)
            .with_next("bays", 1.0);
        spec = spec.with_station(station);
    }
    let mut bays = StationSpec::new("bays")
        .with_servers(fields.count("ed_bays")?)
        .with_service(exponential("treatment_mean")?)
        .with_discipline(Discipline::Priority);
    if has_ward {
        bays = bays.with_next("ward", fields.number("prob_admit")?);
    } else if fields.number("prob_admit").unwrap_or(0.0) > 0.0 {
        return Err("admissions without a ward".into());
    }
    spec = spec.with_station(bays);
    if has_ward {
        let (on_full, discipline) = block(Discipline::Fifo);
        let mut ward = StationSpec::new("ward")
            .with_servers(fields.count("ward_beds")?)
            .with_service(exponential("ward_stay_mean")?)
            .with_discipline(discipline)
            .with_waiting_room(0)
            .with_on_full(on_full);
        let prob = fields.number("prob_community")?;
        if has_community {
            ward = ward.with_next("community", prob);
        } else if prob > 0.0 {
            return Err("community stays without places".into());
        }
        spec = spec.with_station(ward);
    }
    if has_community {
        let (on_full, discipline) = block(Discipline::Fifo);
        let community = StationSpec::new("community")
            .with_servers(fields.count("community_places")?)
            .with_service(exponential("community_stay_mean")?)
            .with_discipline(discipline)
            .with_waiting_room(0)
            .with_on_full(on_full);
        spec = spec.with_station(community);
    }
    let room = |places: Option<u32>, on_full| VisitSpec {
        waiting_room: places,
        on_full: Some(on_full),
        ..VisitSpec::default()
    };
    if has_calls {
        let class = ClassSpec::new("calls")
            .with_arrivals(arrivals(fields.need("calls")?)?)
            .with_entry("crews")
            .with_priority(1)
            .with_visit("crews", room(fields.opt_count("call_queue_limit")?, OnFull::Lost))
            .with_visit("bays", room(Some(0), OnFull::Block));
        spec = spec.with_class(class);
    }
    if let Some(walk_ins) = fields.get("walk_ins") {
        let class = ClassSpec::new("walk_ins")
            .with_arrivals(arrivals(walk_ins)?)
            .with_entry("bays")
            .with_priority(2)
            .with_visit("bays", room(fields.opt_count("waiting_room")?, OnFull::Lost));
        spec = spec.with_class(class);
    }
    if let Some(electives) = fields.get("electives") {
        let class = ClassSpec::new("electives")
            .with_arrivals(arrivals(electives)?)
            .with_entry("ward")
            .with_visit("ward", room(Some(0), OnFull::Lost));
        spec = spec.with_class(class);
    }
    for unused in ["crews", "crew_job_mean", "call_queue_limit", "waiting_room", "community_stay_mean"] {
        fields.get(unused);
    }
    fields.finish()?;
    let stations: Vec<String> = spec.stations.iter().map(|s| s.name.clone()).collect();
    let classes: Vec<String> = spec.classes.iter().map(|c| c.name.clone()).collect();
    let own = move |metric: &Metric| flow_metric(metric, &stations, &classes);
    Ok(Described { spec, station: 0, own: Box::new(own), rate: None })
}

fn flow_metric(metric: &Metric, stations: &[String], classes: &[String]) -> Option<Result<Reading, String>> {
    let station = |name: &str| stations.iter().position(|s| s == name);
    let visits = |class: &[&str], name: &str| {
        let found = classes.iter().enumerate().filter(|(_, c)| class.contains(&c.as_str()));
        Some(Visits { classes: found.map(|(i, _)| i).collect(), station: station(name)? })
    };
    let emergencies = ["calls", "walk_ins"];
    let everybody = ["calls", "walk_ins", "electives"];
    let attempts = |v: &nhs_capacity::network::results::VisitCounts| v.attempts;
    let occupied = |name: &str| {
        let s = station(name)?;
        Some(ratio(move |r| (r.stations[s].occupied.area() as f64, r.stations[s].open.area() as f64)))
    };
    let found = match metric.name.as_str() {
        "prob_call_lost" => visits(&["calls"], "crews")?.share(|v| v.turned_away, attempts),
        "prob_no_free_crew" => {
            let calls = visits(&["calls"], "crews")?;
            calls.share(|v| v.delayed + v.turned_away, attempts)
        }
        "mean_call_wait" => visits(&["calls"], "crews")?.mean(|v| &v.waits),
        "mean_handover_delay" => visits(&["calls"], "bays")?.mean(|v| &v.waits),
        "prob_handover_delayed" => visits(&["calls"], "bays")?.share(|v| v.delayed, attempts),
        "mean_crews_held_at_ed" => visits(&["calls"], "bays")?.queue(),
        "crew_utilisation" => occupied("crews")?,
        "prob_walkin_lost" => visits(&["walk_ins"], "bays")?.share(|v| v.turned_away, attempts),
        "mean_walkin_wait" => visits(&["walk_ins"], "bays")?.mean(|v| &v.waits),
        "mean_walkin_queue" => visits(&["walk_ins"], "bays")?.queue(),
        "mean_in_treatment" => {
            let s = station("bays")?;
            average(move |r| r.stations[s].busy.area() as f64)
        }
        "time_prob_bays_full" => {
            let s = station("bays")?;
            ratio(move |r| {
                let bays = &r.stations[s];
                let full = bays.occupied.ticks_at().get(bays.open.now() as usize);
                (full.map_or(0.0, |&t| t as f64), bays.occupied.ticks() as f64)
            })
        }
        // whoever waits for a ward bed does so in a bay: electives are never made to wait
        "mean_boarding" => visits(&everybody, "ward")?.queue(),
        "mean_boarding_time" => visits(&emergencies, "ward")?.mean(|v| &v.waits),
        "prob_boards" => visits(&emergencies, "ward")?.share(|v| v.delayed, attempts),
        "time_prob_boarding_ge" => {
            let s = station("ward")?;
            let k = match metric.qualifier("k") {
                Ok(k) => k as u32,
                Err(why) => return Some(Err(why)),
            };
            ratio(move |r| {
                let queue = &r.stations[s].queue;
                let at_least: u64 = queue.ticks_at().iter().skip(k as usize).sum();
                (at_least as f64, queue.ticks() as f64)
            })
        }
        "ward_occupancy" => occupied("ward")?,
        "community_occupancy" => occupied("community")?,
        "ed_admission_rate" => {
            let own = visits(&emergencies, "ward")?;
            ratio(move |r| (own.sum(r, |v| v.attempts as f64), r.length()))
        }
        "prob_elective_cancelled" => visits(&["electives"], "ward")?.share(|v| v.turned_away, attempts),
        "mean_delayed_discharges" => visits(&everybody, "community")?.queue(),
        "mean_discharge_delay" => visits(&everybody, "community")?.mean(|v| &v.waits),
        "prob_discharge_delayed" => visits(&everybody, "community")?.share(|v| v.delayed, attempts),
        _ => return None,
    };
    Some(Ok(found))
}

/// The model of a case as a network.
pub fn describe(case: &Case) -> Result<Described, String> {
    let model = &case.model;
    match case.family.as_str() {
        "MM1"
        | "MMc"
        | "MMcK"
        | "MGcc"
        | "MMcM"
        | "MMcKM"
        | "MMcG"
        | "MG1"
        | "MDc"
        | "GIM1"
        | "DMc"
        | "MH2c"
        | "MGinf"
        | "MGinf_transient"
        | "MtGinf"
        | "MtGinf_piecewise"
        | "MXMinf"
        | "discharge_window"
        | "MtMc"
        | "MMct_finish_current"
        | "transient_birth_death"
        | "MMc_priority_nonpreemptive"
        | "MMc_priority_preemptive"
        | "MG1_priority_nonpreemptive"
        | "MG1_priority_preemptive_resume"
        | "MMc_two_class_unequal"
        | "accumulating_priority"
        | "queue_discipline"
        | "server_breakdown"
        | "retrial_queue"
        | "waiting_list_stochastic"
        | "waiting_list_removals" => one_station(model),
        "infinite_server_network" | "jackson_network" | "tandem_sojourn" | "closed_network" => {
            many_stations(model)
        }
        "finite_source" => finite_source(model),
        "multi_unit_loss" => multi_unit(model),
        "reservation" => reservation(model),
        "outliers" => outliers(model),
        "hypercube" => hypercube(model),
        "blocking_flow" => blocking_flow(model),
        other => Err(format!("unknown family `{other}`")),
    }
}

/// Arrivals beyond which a case is not begun: days of computing.
const MOST_ARRIVALS: f64 = 3e10;

fn total_rate(spec: &NetworkSpec) -> Option<f64> {
    let arrivals = spec.classes.iter().filter_map(|c| c.arrivals.as_ref());
    let rates: Option<Vec<f64>> = arrivals.map(|a| a.check().ok().and_then(|p| p.rate())).collect();
    rates.map(|rates| rates.iter().sum()).filter(|&rate| rate > 0.0)
}

struct Prepared {
    network: Network,
    run: Run,
    readings: Vec<Result<Reading, String>>,
    replications: u64,
    is_transient: bool,
}

/// Phases at which the curve of a cycle is followed.
const PHASES: usize = 48;

fn plan(case: &Case, metrics: &[Metric], size: Size) -> Result<Prepared, String> {
    let described = describe(case)?;
    let network = described.spec.check().map_err(|e| e.to_string())?;
    let fields = Fields::of(&case.run);
    let warm_up = fields.number("warm_up")?;
    let cycle = fields.get("cycle").and_then(Value::as_f64).unwrap_or(0.0);
    let is_transient = case.kind == "transient";
    for key in ["horizon", "replications_smoke", "replications_full", "replications"] {
        fields.get(key);
    }
    for key in ["smoke_total_arrivals", "full_total_arrivals"] {
        fields.get(key);
    }
    fields.finish()?;
    if warm_up < 0.0 {
        return Err(format!("`warm_up` = {warm_up}, must be 0 or more"));
    }
    let replications = if is_transient {
        fields.number(size.pick("replications_smoke", "replications_full"))? as u64
    } else {
        (fields.number("replications")? as u64).max(20)
    };
    let length =
        if is_transient { "horizon" } else { size.pick("smoke_total_arrivals", "full_total_arrivals") };
    if fields.number(length)? <= 0.0 {
        return Err(format!("`{length}` = {}, must be above 0", fields.number(length)?));
    }
    let window = if is_transient {
        // a look at the horizon itself must lie before the end
        fields.number("horizon")? * 1.001
    } else {
        let total = fields.number(length)?;
        let rate = described.rate.or_else(|| total_rate(&described.spec)).ok_or("no arrival rate")?;
        let window = total / replications as f64 / rate;
        if cycle > 0.0 { (window / cycle).ceil() * cycle } else { window }
    };
    let rate = described.rate.or_else(|| total_rate(&described.spec)).unwrap_or(0.0);
    let arrivals = rate * (warm_up + window) * replications as f64;
    if !(0.0..=MOST_ARRIVALS).contains(&arrivals) || replications > 1_000_000 {
        return Err(format!("{arrivals:.1e} arrivals in {replications} replications are too many"));
    }
    let mut run = Run::new(warm_up, warm_up + window);
    let number = |m: &Metric, key: &str| m.qualifiers.get(key).and_then(Value::as_f64);
    for metric in metrics {
        let is_look = metric.name.ends_with("_at") || metric.name.ends_with("_at_phase");
        let list = if is_look { &mut run.probes } else { &mut run.targets };
        if let Some(t) = number(metric, "t").filter(|t| !list.contains(t)) {
            list.push(t);
        }
    }
    // levels need nobody to be followed beyond the horizon
    let of_cohort = ["customer", "visit", "attempt", "difference"];
    run.follows_cohort = metrics.iter().any(|m| of_cohort.iter().any(|e| m.estimator.starts_with(e)));
    let own_probes = run.probes.len();
    if metrics.iter().any(|m| ["amplitude_of_mean", "peak_lag"].contains(&m.name.as_str())) {
        run.probes.extend((0..PHASES).map(|i| cycle * i as f64 / PHASES as f64));
    }
    if !is_transient {
        run.cycle = cycle;
    }
    // lags are whole numbers of steps; unrelated stations are compared a few services apart
    let lags = metrics.iter().filter_map(|m| number(m, "lag"));
    if let Some(shortest) = lags.min_by(f64::total_cmp) {
        run.series_every = shortest / 4.0;
    } else if metrics.iter().any(|m| m.name == "covariance_between_stations") {
        run.series_every = 1.0;
    }
    let peak_rate = case.model.pointer("/arrivals/period").and_then(Value::as_f64).unwrap_or(0.0) / 4.0;
    let context = Context {
        network: &network,
        station: described.station,
        targets: &run.targets,
        probes: &run.probes,
        cycle,
        series_every: run.series_every,
        curve: (PHASES, own_probes),
        peak_rate,
    };
    let read = |metric: &Metric| match metric.number() {
        Some(_) => (described.own)(metric).unwrap_or_else(|| context.read(metric)),
        None => Err("no value to compare with".into()),
    };
    let readings = metrics.iter().map(read).collect::<Vec<_>>();
    Ok(Prepared { network, run, readings, replications, is_transient })
}

impl Prepared {
    fn estimates(
        &self,
        metrics: &[Metric],
        seed: u64,
        replications: u64,
        factor: f64,
    ) -> Result<Vec<Estimate>, String> {
        let readings: Vec<&Reading> = self.readings.iter().filter_map(|r| r.as_ref().ok()).collect();
        let supported = metrics.iter().zip(&self.readings).filter(|(_, r)| r.is_ok()).map(|(m, _)| m);
        let mut run = self.run.clone().with_seed(seed);
        let mut window = (run.horizon - run.warm_up) * factor;
        if run.cycle > 0.0 {
            window = (window / run.cycle).ceil() * run.cycle;
        }
        run.horizon = run.warm_up + window;
        let follows_cohort = run.follows_cohort;
        let read = |results: Results| {
            let wrong = results.discrepancies();
            if let Some(first) = wrong.first() {
                return Err(format!("an invariant is broken: {first}"));
            }
            if follows_cohort && results.unfinished > 0 {
                return Err(format!("{} of the cohort never left", results.unfinished));
            }
            Ok(readings.iter().map(|reading| (reading.read)(&results)).collect::<Vec<_>>())
        };
        let mut parts: Vec<Vec<Vec<f64>>> = vec![Vec::new(); readings.len()];
        for replication in self.network.replicate(&run, replications, read) {
            let sums = replication.map_err(|e| e.to_string())??;
            parts.iter_mut().zip(sums).for_each(|(all, own)| all.push(own));
        }
        let all = parts.iter().zip(&readings).zip(supported);
        Ok(all.map(|((parts, reading), metric)| estimate(parts, reading.combine, metric)).collect())
    }
}

// A quantile of a whole number either is the expected one, or the share of time at or below that
// one (or the one before it) must be on the wrong side of p by no more than chance.
fn estimate(parts: &[Vec<f64>], combine: Combine, metric: &Metric) -> Estimate {
    let Combine::LevelQuantile { p } = combine else { return jackknife(parts, combine) };
    let expected = metric.number().unwrap_or(f64::NAN);
    let width = parts.iter().map(Vec::len).max().unwrap_or(0);
    let pooled: Vec<f64> = (0..width).map(|i| parts.iter().filter_map(|part| part.get(i)).sum()).collect();
    let value = combine.value(&pooled);
    if value == expected {
        return Estimate { value, standard_error: 0.0, pseudo: vec![value; parts.len()] };
    }
    let level = if value < expected { expected - 1.0 } else { expected } as usize;
    let shares: Vec<Vec<f64>> =
        parts.iter().map(|part| vec![part.iter().take(level + 1).sum(), part.iter().sum()]).collect();
    let share = jackknife(&shares, Combine::Ratio);
    let t = (p - share.value) / share.standard_error;
    Estimate { value, standard_error: ((value - expected) / t).abs(), pseudo: share.pseudo }
}

/// Prepares any case that is a network, or the difference of two.
pub fn prepare(case: &Case, all: &[Case], size: Size) -> Result<Job, String> {
    if case.family == "policy_contrast" {
        return contrast(case, all, size);
    }
    let prepared = plan(case, &case.metrics, size)?;
    let unsupported = prepared.readings.iter().map(|r| r.as_ref().err().cloned()).collect();
    let (replications, by_window) = (prepared.replications, !prepared.is_transient);
    let metrics = case.metrics.clone();
    let estimate = move |seed, replications, factor| prepared.estimates(&metrics, seed, replications, factor);
    Ok(Job::Simulated(Simulated { unsupported, replications, by_window, estimate: Box::new(estimate) }))
}

fn contrast(case: &Case, all: &[Case], size: Size) -> Result<Job, String> {
    let fields = Fields::of(&case.model);
    let find = |key: &str| {
        let id = fields.text(key)?;
        all.iter().find(|c| c.id == id).ok_or_else(|| format!("no case `{id}`"))
    };
    let with_own_run = |other: &Case| Case { run: case.run.clone(), ..other.clone() };
    let known = "run both with common random numbers and report the paired difference; the paired standard error must be smaller than the unpaired one for at least half of the metrics";
    if fields.text("rule")? != known {
        return Err("unknown rule".into());
    }
    let baseline = plan(&with_own_run(find("baseline_case")?), &case.metrics, size)?;
    let variant = plan(&with_own_run(find("variant_case")?), &case.metrics, size)?;
    fields.finish()?;
    let unsupported: Vec<Option<String>> =
        baseline.readings.iter().map(|r| r.as_ref().err().cloned()).collect();
    let replications = baseline.replications;
    let metrics = case.metrics.clone();
    let estimate = move |seed, replications, factor| {
        let before = baseline.estimates(&metrics, seed, replications, factor)?;
        let after = variant.estimates(&metrics, seed, replications, factor)?;
        let mut tighter = 0;
        let mut differences = Vec::new();
        for (a, b) in after.iter().zip(&before) {
            let pseudo: Vec<f64> = a.pseudo.iter().zip(&b.pseudo).map(|(x, y)| x - y).collect();
            let (value, standard_error) = super::estimate::mean_and_se(&pseudo);
            tighter += usize::from(standard_error < a.standard_error.hypot(b.standard_error));
            differences.push(Estimate { value, standard_error, pseudo });
        }
        if 2 * tighter < differences.len() {
            return Err(format!("pairing helps for only {tighter} of {} metrics", differences.len()));
        }
        Ok(differences)
    };
    Ok(Job::Simulated(Simulated { unsupported, replications, by_window: true, estimate: Box::new(estimate) }))
}
