//! Systems that are better written as a [`Model`] on the engine than as a network: a crew whose job
//! depends on where the incident is, and a clinic once a week.

use super::case::{Case, Fields, Metric};
use super::estimate::{Combine, jackknife};
use super::{Job, Simulated, Size};
use nhs_capacity::engine::{Model, Pool, Request, Schedule, Simulation, Turn};
use nhs_capacity::network::DistributionSpec;
use nhs_capacity::random::{Dice, Distribution, Sampler, Stream};
use nhs_capacity::units::{Span, Time};
use rayon::prelude::*;
use std::collections::{BTreeMap, VecDeque};

type Sums = BTreeMap<String, Vec<f64>>;

fn named<const N: usize>(sums: [(&str, Vec<f64>); N]) -> Sums {
    sums.into_iter().map(|(name, sum)| (name.to_string(), sum)).collect()
}

/// A job from a replication that gives named sums: each with its way of combining them.
fn simulated(
    metrics: &[Metric],
    name_of: impl Fn(&Metric) -> Result<(String, Combine), String>,
    replications: u64,
    run: impl Fn(Stream, f64) -> Result<Sums, String> + Send + Sync + 'static,
) -> Simulated {
    let names: Vec<Result<(String, Combine), String>> = metrics.iter().map(name_of).collect();
    let unsupported = names.iter().map(|n| n.as_ref().err().cloned()).collect();
    let known: Vec<(String, Combine)> = names.into_iter().filter_map(Result::ok).collect();
    let estimate = move |seed: u64, replications: u64, factor: f64| {
        let root = Stream::of_seed(seed);
        let all: Vec<Sums> = (0..replications)
            .into_par_iter()
            .map(|r| run(root.at(r), factor))
            .collect::<Result<_, String>>()?;
        let of =
            |name: &str| all.iter().map(|s| s.get(name).cloned().unwrap_or_default()).collect::<Vec<_>>();
        Ok(known.iter().map(|(name, combine)| jackknife(&of(name), *combine)).collect())
    };
    Simulated { unsupported, replications, by_window: true, estimate: Box::new(estimate) }
}

// ---- one ambulance and incidents spread over a square -------------------------------------------

#[derive(Clone, Copy)]
enum Event {
    Call,
    BackAtBase,
}

struct Ambulance<'a> {
    crew: Pool<Time>,
    place: &'a Place,
    dice: Dice,
    window: (Time, Time),
    pending: u64,
    waits: (f64, f64),
    travels: f64,
}

struct Place {
    base: (f64, f64),
    region: (f64, f64, f64, f64),
    speed: f64,
    scene: Sampler,
    gap: Distribution,
}

impl Ambulance<'_> {
    fn set_out(&mut self, called: Time, schedule: &mut Schedule<Event>) {
        let place = self.place;
        let (left, bottom, right, top) = place.region;
        let x = left + (right - left) * self.dice.uniform();
        let y = bottom + (top - bottom) * self.dice.uniform();
        let travel = ((x - place.base.0).abs() + (y - place.base.1).abs()) / place.speed;
        let job = 2.0 * travel + place.scene.sample(&mut self.dice);
        schedule.after(Span::from_hours(job), Event::BackAtBase);
        if self.window.0 <= called && called < self.window.1 {
            self.pending -= 1;
            self.waits.0 += schedule.now().since(called).as_hours();
            self.waits.1 += 1.0;
            self.travels += travel;
        }
    }
}

impl Model for Ambulance<'_> {
    type Event = Event;

    fn handle(&mut self, event: Event, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        match event {
            Event::Call => {
                let gap = self.place.gap.sample(&mut self.dice);
                schedule.in_turn(now + Span::from_hours(gap), Turn::Arrival, Event::Call);
                self.pending += u64::from(self.window.0 <= now && now < self.window.1);
                if self.crew.request(now, 0, now) == Request::Started {
                    self.set_out(now, schedule);
                }
            }
            Event::BackAtBase => {
                self.crew.release(now);
                while let Some(next) = self.crew.start_next(now) {
                    self.set_out(next.job, schedule);
                }
            }
        }
    }
}

pub fn spatial(case: &Case, size: Size) -> Result<Job, String> {
    let fields = Fields::of(&case.model);
    let servers = fields.count("servers")?;
    let known =
        "drive from base to scene, scene time, drive back to base; only then free; first come first served";
    let is_known = fields.text("rule")? == known
        && fields.text("metric")? == "manhattan"
        && fields.text("location")? == "uniform over the square"
        && fields.text("initial")? == "empty"
        && case.model.get("time_unit").is_none_or(|u| u == "hour");
    if !is_known {
        return Err("unknown rule, metric, location, initial state or time unit".into());
    }
    let arrivals = Fields::of(fields.need("arrivals")?);
    if arrivals.text("process")? != "poisson" {
        return Err("unknown arrivals".into());
    }
    let rate = arrivals.number("rate")?;
    arrivals.finish()?;
    let scene: DistributionSpec = fields.parse("scene_time")?;
    let place = Place {
        base: fields.parse("base")?,
        region: fields.parse("region")?,
        speed: fields.number("speed")?,
        scene: scene.check().map_err(|e| e.to_string())?,
        gap: Distribution::exponential(1.0 / rate).map_err(|e| e.to_string())?,
    };
    fields.finish()?;
    if servers == 0 || !(1e-6..=1e6).contains(&place.speed) {
        return Err("nobody would ever arrive: servers and speed must be above 0".into());
    }
    let (warm_up, window, replications) = lengths(case, size, rate)?;
    let name_of = |metric: &Metric| {
        let known = ["utilisation", "mean_travel_time", "mean_wait", "mean_response_time", "mean_queue"];
        let found = known.into_iter().find(|k| *k == metric.name);
        found
            .map(|name| (name.to_string(), Combine::Ratio))
            .ok_or_else(|| format!("unknown metric `{}`", metric.name))
    };
    let run = move |stream: Stream, factor: f64| {
        let from = Time::ZERO + Span::from_hours(warm_up);
        let to = from + Span::from_hours(window * factor);
        let mut simulation = Simulation::of(Ambulance {
            crew: Pool::new(servers, 1),
            place: &place,
            dice: stream.dice(),
            window: (from, to),
            pending: 0,
            waits: (0.0, 0.0),
            travels: 0.0,
        });
        let first = place.gap.sample(&mut simulation.model.dice);
        simulation.schedule.in_turn(Time::ZERO + Span::from_hours(first), Turn::Arrival, Event::Call);
        let areas = |crew: &Pool<Time>, now| (crew.busy_time(now) as f64, crew.waiting_time(now) as f64);
        simulation.run_until(from).map_err(|e| e.to_string())?;
        let before = areas(&simulation.model.crew, from);
        simulation.run_until(to).map_err(|e| e.to_string())?;
        let after = areas(&simulation.model.crew, to);
        while simulation.model.pending > 0 {
            if simulation.schedule.now() > to + to.since(Time::ZERO).times(10) {
                return Err("some calls of the window are never answered".into());
            }
            let next = simulation.schedule.now() + Span::HOUR;
            simulation.run_until(next).map_err(|e| e.to_string())?;
        }
        let model = &simulation.model;
        let length = to.since(from).as_millis() as f64;
        let (wait, n) = model.waits;
        Ok(named([
            ("utilisation", vec![after.0 - before.0, length * f64::from(servers)]),
            ("mean_queue", vec![after.1 - before.1, length]),
            ("mean_wait", vec![wait, n]),
            ("mean_travel_time", vec![model.travels, n]),
            ("mean_response_time", vec![wait + model.travels, n]),
        ]))
    };
    Ok(Job::Simulated(simulated(&case.metrics, name_of, replications, run)))
}

// Warm-up, window and replications from the run of a case.
fn lengths(case: &Case, size: Size, rate: f64) -> Result<(f64, f64, u64), String> {
    let fields = Fields::of(&case.run);
    let replications = (fields.number("replications")? as u64).max(20);
    let total = fields.number(size.pick("smoke_total_arrivals", "full_total_arrivals"))?;
    let (warm_up, window) = (fields.number("warm_up")?, total / replications as f64 / rate);
    let arrivals = rate * (warm_up + window) * replications as f64;
    if warm_up >= 0.0 && (0.0..=3e10).contains(&arrivals) && replications <= 1_000_000 {
        Ok((warm_up, window, replications))
    } else {
        Err(format!("{arrivals:.1e} arrivals in {replications} replications are out of range"))
    }
}

// ---- a clinic once a week -----------------------------------------------------------------------

pub fn weekly(case: &Case, size: Size) -> Result<Job, String> {
    let fields = Fields::of(&case.model);
    let slots = fields.count("slots_per_week")?;
    let additions = Fields::of(fields.need("additions")?);
    let known = "during week t patients join; at the end of week t up to slots_per_week patients are treated, longest waiting first; wait in weeks = treatment week - joining week";
    let is_known = additions.text("process")? == "poisson_count_per_week"
        && fields.text("rule")? == known
        && fields.text("initial")? == "empty";
    if !is_known {
        return Err("unknown additions, rule or initial state".into());
    }
    let mean = additions.number("mean")?;
    if slots == 0 || !(0.0..=1e6).contains(&mean) {
        return Err("slots must be above 0 and the mean of additions from 0 to 1e6".into());
    }
    if mean >= f64::from(slots) {
        return Err(format!("{mean} additions a week for {slots} slots: the list has no steady state"));
    }
    additions.finish()?;
    fields.finish()?;
    let (warm_up, window, replications) = lengths(case, size, mean)?;
    let joins = Sampler::poisson(mean).map_err(|e| e.to_string())?;
    let most_weeks = 60;
    let name_of = |metric: &Metric| match metric.name.as_str() {
        "mean_list_after_clinic" => Ok(("list".into(), Combine::Ratio)),
        "sd_list_after_clinic" => Ok(("list_moments".into(), Combine::Sd)),
        "prob_list_empty_after_clinic" => Ok(("empty".into(), Combine::Ratio)),
        "mean_wait_weeks" => Ok(("wait".into(), Combine::Ratio)),
        "prob_wait_gt_weeks" => match metric.qualifier("k")? {
            k if k >= 0.0 && k < most_weeks as f64 => Ok((format!("over {k}"), Combine::Ratio)),
            k => Err(format!("waits over {k} weeks are not counted")),
        },
        other => Err(format!("unknown metric `{other}`")),
    };
    let run = move |stream: Stream, factor: f64| {
        let mut dice = stream.dice();
        let (from, to) = (warm_up as u64, (warm_up + window * factor) as u64);
        // who joined in which week, in order, and how many are left of them
        let mut list: VecDeque<(u64, u64)> = VecDeque::new();
        let (mut size, mut pending) = (0_u64, 0_u64);
        let mut lists = [0.0; 4];
        let mut waits = [0.0; 2];
        let mut over = vec![0.0; most_weeks];
        for week in 0.. {
            if week >= to && pending == 0 {
                break;
            }
            let joining = joins.sample(&mut dice) as u64;
            list.push_back((week, joining));
            size += joining;
            let counts = |joined: u64| from <= joined && joined < to;
            pending += if counts(week) { joining } else { 0 };
            let mut free = u64::from(slots);
            while let Some((joined, left)) = list.front_mut().filter(|_| free > 0) {
                let treated = free.min(*left);
                *left -= treated;
                free -= treated;
                size -= treated;
                if counts(*joined) {
                    pending -= treated;
                    let wait = week - *joined;
                    waits[0] += (wait * treated) as f64;
                    waits[1] += treated as f64;
                    for (k, over) in over.iter_mut().enumerate() {
                        *over += if wait > k as u64 { treated as f64 } else { 0.0 };
                    }
                }
                if *left == 0 {
                    list.pop_front();
                }
            }
            if from <= week && week < to {
                let n = size as f64;
                let terms = [1.0, n, n * n, f64::from(u8::from(size == 0))];
                lists.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
            }
        }
        let mut sums = named([
            ("list", vec![lists[1], lists[0]]),
            ("list_moments", vec![lists[0], lists[1], lists[2]]),
            ("empty", vec![lists[3], lists[0]]),
            ("wait", vec![waits[0], waits[1]]),
        ]);
        for (k, over) in over.into_iter().enumerate() {
            sums.insert(format!("over {k}"), vec![over, waits[1]]);
        }
        Ok(sums)
    };
    Ok(Job::Simulated(simulated(&case.metrics, name_of, replications, run)))
}
