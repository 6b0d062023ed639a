//! Running a network: one replication, or many in parallel.

use super::compiled::Network;
use super::model::{Stop, System};
use super::results::Results;
use crate::engine::{Limits, Simulation, Stopped};
use crate::random::Stream;
use crate::units::{Shown, Time};
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long to run, from which seed, and what to look at. Times are in the unit of the network.
///
/// Customers who arrive inside the window from `warm_up` to `horizon` are followed until they leave,
/// while others go on arriving, so that long stays are not cut off; levels are averaged over the
/// window alone. Events at the horizon itself belong to what follows it.
#[derive(Clone, Debug)]
pub struct Run {
    /// Seed of the study.
    pub seed: u64,
    /// Number of the replication.
    pub replication: u64,
    /// Statistics start here.
    pub warm_up: f64,
    /// And end here.
    pub horizon: f64,
    /// Durations against which waits and total times are counted as longer.
    pub targets: Vec<f64>,
    /// Clock times at which to look at every station.
    pub probes: Vec<f64>,
    /// If above 0, the probes are repeated after each such time: at least a tick of the clock.
    pub cycle: f64,
    /// If above 0, the numbers present are written down at this interval, from the warm-up on: at
    /// most 200 million numbers.
    pub series_every: f64,
    /// Whether to keep a record of every visit.
    pub record: bool,
    /// Whether to follow the cohort beyond the horizon.
    pub follows_cohort: bool,
    /// Bounds on the run.
    pub limits: Limits,
    /// The most customers inside at once, at about 200 bytes each.
    pub most_inside: u32,
    /// The most visits to record, at 72 bytes each.
    pub most_records: u64,
    /// The longest that one replication may take by the clock on the wall, to some milliseconds; a run
    /// that it stops is not the same on every machine.
    pub most_wall_time: Option<Duration>,
    /// A switch with which another thread can stop the run.
    pub cancel: Cancel,
}

/// A switch that stops every run that holds a copy of it, within milliseconds. Replications that
/// are finished keep their results.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Stops the runs.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the runs are to stop.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Run {
    /// A run from `warm_up` to `horizon` with seed 0.
    pub fn new(warm_up: f64, horizon: f64) -> Self {
        Self {
            seed: 0,
            replication: 0,
            warm_up,
            horizon,
            targets: Vec::new(),
            probes: Vec::new(),
            cycle: 0.0,
            series_every: 0.0,
            record: false,
            follows_cohort: true,
            limits: Limits { events_at_one_instant: 1_000_000, ..Limits::default() },
            most_inside: 20_000_000,
            most_records: 50_000_000,
            most_wall_time: None,
            cancel: Cancel::default(),
        }
    }

    /// The same with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The same with targets for waits.
    #[must_use]
    pub fn with_targets(mut self, targets: impl Into<Vec<f64>>) -> Self {
        self.targets = targets.into();
        self
    }

    /// The same for another replication.
    #[must_use]
    pub fn with_replication(mut self, replication: u64) -> Self {
        self.replication = replication;
        self
    }
}

/// Why a run stopped before its end, with what was measured up to then.
#[derive(Clone, Debug, thiserror::Error)]
#[error("replication {replication} of seed {seed}: {reason}")]
pub struct RunError {
    /// The replication.
    pub replication: u64,
    /// The seed.
    pub seed: u64,
    /// Why.
    pub reason: Reason,
    /// What was measured up to then; `None` if the run could not begin.
    pub partial: Option<Box<Results>>,
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// A field of the run is out of range.
    #[error("{field} = {}, must be {allowed}", Shown(*.value))]
    Field {
        /// The field.
        field: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Events follow each other without the clock moving.
    #[error(
        "no progress: {events} events at {at}, the next being {event}; something repeats itself without delay"
    )]
    NoProgress {
        /// Events at that instant.
        events: u64,
        /// When \[time units\].
        at: f64,
        /// What would happen next, and to whom.
        event: String,
    },
    /// The engine reached one of its limits.
    #[error("{0}")]
    Engine(#[from] Stopped),
    /// Each waits for a server that another of them holds.
    #[error("deadlock at {at}: {} wait for each other at {}", customers.join(", "), stations.join(", "))]
    Deadlock {
        /// When \[time units\].
        at: f64,
        /// The stations, in the order in which each waits for the next.
        stations: Vec<String>,
        /// Those who hold and wait, as class and number.
        customers: Vec<String>,
    },
    /// More customers are inside than [`Run::most_inside`] allows.
    #[error("more than {limit} customers inside at {at}: is there too much demand?")]
    Crowded {
        /// When \[time units\].
        at: f64,
        /// The limit.
        limit: u64,
    },
    /// More visits were recorded than [`Run::most_records`] allows.
    #[error(
        "more than {limit} visits recorded at {at}: shorten the run, raise most_records or do without record"
    )]
    TooManyRecords {
        /// When \[time units\].
        at: f64,
        /// The limit.
        limit: u64,
    },
    /// The time that [`Run::most_wall_time`] allows is over.
    #[error("stopped at {at}: the time on the wall that was allowed is over")]
    OutOfTime {
        /// The clock \[time units\].
        at: f64,
    },
    /// Another thread asked for it.
    #[error("cancelled at {at}")]
    Cancelled {
        /// The clock \[time units\].
        at: f64,
    },
    /// The network itself was not in order.
    #[error("{0}")]
    Network(String),
}

/// Numbers in all series of a run, of four bytes each.
const MOST_IN_SERIES: u64 = 200_000_000;
const MOST_PROBES: usize = 100_000;
/// Looks are kept for each probe and station, and waits for each target, class and station.
const MOST_LOOKED_AT: usize = 10_000_000;

/// A run in ticks.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub warm_up: u64,
    pub horizon: u64,
    pub targets: Vec<u64>,
    pub probes: Vec<u64>,
    pub cycle: u64,
    pub series_every: u64,
    pub record: bool,
    pub most_inside: u64,
    pub most_records: u64,
    // until when by the clock on the wall
    pub deadline: Option<Instant>,
    pub cancel: Cancel,
}

impl Plan {
    /// Ticks between two times that lie in the window.
    #[inline]
    pub fn clip(&self, from: Time, to: Time) -> u64 {
        let (from, to) = (from.as_millis().max(self.warm_up), to.as_millis().min(self.horizon));
        to.saturating_sub(from)
    }

    fn of(run: &Run, network: &Network) -> Result<Self, Reason> {
        let tick = network.tick;
        // half the range of the clock, so that the follow-up fits as well
        let latest = 9e18 / tick;
        let field = |field, value: f64, ok: bool, allowed| {
            if ok && value <= latest {
                Ok((value * tick).round() as u64)
            } else {
                Err(Reason::Field { field, value, allowed })
            }
        };
        let from_0 = "a number from 0 within the range of the clock";
        let horizon = field("horizon", run.horizon, run.horizon >= 0.0, from_0)?;
        let fits = run.warm_up >= 0.0 && (run.warm_up < run.horizon || run.horizon == 0.0);
        let warm_up = field("warm_up", run.warm_up, fits, "from 0 and before the horizon")?;
        let list = |name, values: &[f64]| {
            values.iter().map(|&v| field(name, v, v >= 0.0, from_0)).collect::<Result<Vec<_>, _>>()
        };
        let repeated = |name, value: f64| {
            // a positive time that rounds to nothing would repeat for ever, or never
            let fits = value == 0.0 || value * tick >= 1.0;
            field(name, value, fits, "0 or at least a tick of the clock, and within its range")
        };
        let series_every = repeated("series_every", run.series_every)?;
        let looks = (horizon - warm_up.min(horizon)).checked_div(series_every).unwrap_or(0);
        if looks.saturating_mul(network.stations.len() as u64 + 1) > MOST_IN_SERIES {
            let allowed = "0, or so long that at most 200 million numbers are written down";
            return Err(Reason::Field { field: "series_every", value: run.series_every, allowed });
        }
        let at_most = |field, number: usize, places: usize, allowed| {
            let is_allowed = number <= MOST_PROBES && number.saturating_mul(places) <= MOST_LOOKED_AT;
            if is_allowed { Ok(()) } else { Err(Reason::Field { field, value: number as f64, allowed }) }
        };
        let allowed = "at most 100000, and 10 million with each station counted";
        at_most("number of probes", run.probes.len(), network.stations.len() + 1, allowed)?;
        let allowed = "at most 100000, and 10 million with each class at each station counted";
        at_most("number of targets", run.targets.len(), network.visits.len(), allowed)?;
        Ok(Self {
            warm_up: warm_up.min(horizon),
            horizon,
            targets: list("targets", &run.targets)?,
            probes: list("probes", &run.probes)?,
            cycle: repeated("cycle", run.cycle)?,
            series_every,
            record: run.record,
            most_inside: u64::from(run.most_inside),
            most_records: run.most_records,
            deadline: run.most_wall_time.and_then(|most| Instant::now().checked_add(most)),
            cancel: run.cancel.clone(),
        })
    }
}

impl Network {
    /// Runs one replication.
    ///
    /// # Errors
    /// If the run is out of range, reaches a limit or ends in a deadlock; all but the first carry
    /// what was measured up to then.
    pub fn run(&self, run: &Run) -> Result<Results, RunError> {
        let fail =
            |reason, partial| RunError { replication: run.replication, seed: run.seed, reason, partial };
        let plan = Plan::of(run, self).map_err(|reason| fail(reason, None))?;
        if plan.cancel.is_requested() {
            return Err(fail(Reason::Cancelled { at: 0.0 }, None));
        }
        let stream = Stream::of_seed(run.seed).at(run.replication);
        let system = System::new(self, &plan, stream);
        let mut simulation = Simulation::of(system).with_limits(run.limits);
        simulation.model.prime(&mut simulation.schedule);
        let mut outcome = advance(&mut simulation, plan.warm_up);
        simulation.model.open_window(simulation.schedule.now());
        if outcome.is_ok() {
            outcome = advance(&mut simulation, plan.horizon);
        }
        // a model that has stopped lets the events left run past it: what they span was not simulated
        let stopped = simulation.model.stop.as_ref().map(Stop::at);
        let end = stopped.unwrap_or(simulation.schedule.now());
        simulation.model.close_window(end);
        let mut results = simulation.model.results(end);
        if outcome.is_ok() && run.follows_cohort {
            outcome = follow(&mut simulation, &plan);
        }
        results.events = simulation.events();
        if let Err(Reason::Engine(Stopped::NoProgress { events, at })) = outcome {
            // one event more, which does nothing any more but be noted
            let one_more = simulation.events().saturating_add(1);
            simulation = simulation.with_limits(Limits { events: one_more, ..Limits::default() });
            simulation.model.halt(Stop::Cancelled { at });
            let stopped = simulation.run_until(Time::NEVER);
            let event = simulation.model.describe_next();
            debug_assert!(stopped.is_err() || event.is_some());
            let at = at.as_millis() as f64 / self.tick;
            let event = event.unwrap_or_else(|| "unknown".into());
            outcome = Err(Reason::NoProgress { events, at, event });
        }
        simulation.model.complete(&mut results);
        results.warn(self, plan.horizon);
        match outcome {
            Ok(()) => Ok(results),
            Err(reason) => Err(fail(reason, Some(Box::new(results)))),
        }
    }

    /// Runs replications 0 to `replications` - 1 in parallel and hands each result to `read`; what
    /// `read` makes of them comes back in the order of the replications, whatever the number of
    /// threads. A replication that fails is an error in its place; the others still count.
    pub fn replicate<T: Send>(
        &self,
        run: &Run,
        replications: u64,
        read: impl Fn(Results) -> T + Sync,
    ) -> Vec<Result<T, RunError>> {
        let one = |replication| self.run(&run.clone().with_replication(replication)).map(&read);
        (0..replications).into_par_iter().map(one).collect()
    }
}

impl Network {
    fn reason(&self, stop: &Stop, plan: &Plan) -> Reason {
        let units = |at: &Time| at.as_millis() as f64 / self.tick;
        match stop {
            Stop::Cancelled { at } => Reason::Cancelled { at: units(at) },
            Stop::OutOfTime { at } => Reason::OutOfTime { at: units(at) },
            Stop::TooManyRecords { at } => Reason::TooManyRecords { at: units(at), limit: plan.most_records },
            Stop::Crowded { at } => Reason::Crowded { at: units(at), limit: plan.most_inside },
            Stop::Deadlock { at, ring, customers } => Reason::Deadlock {
                at: units(at),
                stations: ring.iter().map(|&s| self.stations[usize::from(s)].name.clone()).collect(),
                customers: customers
                    .iter()
                    .map(|&(class, index)| format!("{} {index}", self.classes[usize::from(class)].name))
                    .collect(),
            },
        }
    }
}

fn advance(simulation: &mut Simulation<System<'_>>, to: u64) -> Result<(), Reason> {
    simulation.run_until(Time::from_millis(to))?;
    let model = &simulation.model;
    match &model.stop {
        Some(stop) => Err(model.network.reason(stop, model.plan)),
        None => Ok(()),
    }
}

// Goes on until everybody of the cohort has left, for at most ten times the window: under overload
// some never do, and are reported as unfinished.
fn follow(simulation: &mut Simulation<System<'_>>, plan: &Plan) -> Result<(), Reason> {
    let window = plan.horizon - plan.warm_up;
    let latest = plan.horizon.saturating_add(window.saturating_mul(10)).min(i64::MAX as u64);
    let mut step = (window / 256).max(1);
    let mut to = plan.horizon;
    while simulation.model.unfinished() > 0 && to < latest {
        to = to.saturating_add(step).min(latest);
        advance(simulation, to)?;
        step = step.saturating_add(step / 4 + 1);
    }
    Ok(())
}
