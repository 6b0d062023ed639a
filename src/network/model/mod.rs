//! The rules by which customers move: one [`Model`] that runs any checked network.
//!
//! | file | what |
//! |---|---|
//! | `customer` | customers as rows of a table |
//! | `station` | what a station knows and measures of itself |
//! | `arrivals` | who comes, and the end of their way |
//! | `routing` | entering a station, and where to go when service is over |
//! | `queueing` | joining and leaving a queue, and who is next |
//! | `service` | taking servers, serving, giving back |
//! | `blocking` | servers that are kept while waiting elsewhere; deadlock |
//! | `capacity` | servers that come and go |
//! | `plain` | the short way through stations that ask nothing special |
//! | `observing` | the window, probes, and what is counted of a visit |

mod arrivals;
mod blocking;
mod capacity;
mod customer;
mod observing;
mod plain;
mod queueing;
mod routing;
mod service;
mod station;

pub(super) use customer::MOST_HELD;

use super::compiled::{Network, Visit};
use super::distribution::{ArrivalProcess, Clock};
use super::results::{ClassCounts, Probe, Record, VisitCounts};
use super::run::Plan;
use super::spec::Discipline;
use super::statistics::Level;
use crate::engine::{Model, Schedule, Turn};
use crate::random::{Dice, PersonKey, Stream};
use crate::units::{Span, Time};
use customer::{Customers, State};
use station::StationState;
use std::time::Instant;

// What a customer's draw is for; the number of the visit makes it one draw.
const SERVICE: u64 = 0;
const PATIENCE: u64 = 1;
const ROUTE: u64 = 2;
const DELAY: u64 = 3;
const RETRY: u64 = 4;

#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Arrival { class: u16 },
    Join { customer: u32 },
    End { customer: u32 },
    Impatient { customer: u32 },
    Shift { station: u16 },
    Failure { station: u16 },
    Repair { station: u16 },
    Probe { probe: u32 },
    Series,
}

/// Why nothing more is going to happen.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    Deadlock { at: Time, ring: Vec<u16>, customers: Vec<(u16, u64)> },
    Crowded { at: Time },
    TooManyRecords { at: Time },
    OutOfTime { at: Time },
    Cancelled { at: Time },
}

impl Stop {
    /// When.
    pub fn at(&self) -> Time {
        match *self {
            Self::Deadlock { at, .. }
            | Self::Crowded { at }
            | Self::TooManyRecords { at }
            | Self::OutOfTime { at }
            | Self::Cancelled { at } => at,
        }
    }
}

/// Who of a class is next to come.
#[derive(Clone, Debug)]
struct Source {
    clock: Clock,
    dice: Dice,
    // the next arrival, where nothing else is drawn from these dice: worked out before it is needed
    ahead: Option<Time>,
    people: Stream,
    next_index: u64,
    next_key: PersonKey,
}

impl Source {
    #[inline(always)]
    fn next(&mut self, process: &ArrivalProcess, tick: f64) -> Option<Time> {
        let at = process.next(&mut self.clock, &mut self.dice)?;
        Some(Time::ZERO + in_ticks(at, tick))
    }
}

pub(super) struct System<'a> {
    pub network: &'a Network,
    pub plan: &'a Plan,
    customers: Customers,
    stations: Vec<StationState>,
    pools: Vec<u32>,
    sources: Vec<Source>,
    visits: Vec<VisitCounts>,
    classes: Vec<ClassCounts>,
    present: Level,
    probes: Vec<Vec<Probe>>,
    series: Vec<Vec<u32>>,
    records: Vec<Record>,
    to_serve: Vec<u16>,
    // customers of [from * stations + to] who hold a unit of `from` and wait for `to`
    waiting_for: Vec<u32>,
    // stations in the ring that is looked for
    ring: Vec<u16>,
    window_open: bool,
    inside_time: u128,
    starts: u64,
    until_asked: u32,
    pub stop: Option<Stop>,
    // the first event after the stop
    next_event: Option<Event>,
}

/// To the nearest tick. `as` is total: NaN gives 0, infinity the longest span, which is beyond every
/// horizon; conversion to signed numbers is the shorter one. Adding a half before it rounds, without
/// the call that `round` is on some machines.
#[inline(always)]
fn in_ticks(units: f64, tick: f64) -> Span {
    Span::from_millis(((units * tick + 0.5) as i64).max(0) as u64)
}

/// A few milliseconds.
const EVENTS_BETWEEN_ASKING: u32 = 1 << 15;

impl<'a> System<'a> {
    pub fn new(network: &'a Network, plan: &'a Plan, stream: Stream) -> Self {
        let stations = network.stations.iter().zip(0_u64..).map(|(station, number)| {
            let dice = stream.at(2).at(number).dice();
            StationState::new(station, dice)
        });
        let sources = (0_u64..).zip(&network.classes).map(|(number, class)| {
            let own = stream.at(1).at(number);
            let (people, dice) = (own.at(1), own.at(0).dice());
            let next_key = people.person(0);
            let mut source =
                Source { clock: Clock::default(), dice, ahead: None, people, next_index: 0, next_key };
            source.ahead = class
                .arrivals
                .as_ref()
                .filter(|p| p.comes_alone())
                .and_then(|p| source.next(p, network.tick));
            source
        });
        let servers = |v: usize| network.stations[v % network.stations.len()].named.len();
        let visits = (0..network.visits.len()).map(|v| VisitCounts::new(plan.targets.len(), servers(v)));
        let classes = network.classes.iter().map(|_| ClassCounts::new(plan.targets.len()));
        let places = network.stations.len() + 1;
        let pairs = if network.may_deadlock { network.stations.len() * network.stations.len() } else { 0 };
        Self {
            network,
            plan,
            customers: Customers::default(),
            stations: stations.collect(),
            pools: vec![0; network.pools.len()],
            sources: sources.collect(),
            visits: visits.collect(),
            classes: classes.collect(),
            present: Level::default(),
            probes: vec![vec![Probe::default(); places]; plan.probes.len()],
            series: vec![Vec::new(); places],
            records: Vec::new(),
            to_serve: Vec::new(),
            waiting_for: vec![0; pairs],
            ring: Vec::new(),
            window_open: false,
            inside_time: 0,
            starts: 0,
            until_asked: if plan.deadline.is_some() { 1 } else { EVENTS_BETWEEN_ASKING },
            stop: None,
            next_event: None,
        }
    }

    /// Puts the first events on the schedule.
    pub fn prime(&mut self, schedule: &mut Schedule<Event>) {
        let network = self.network;
        for (number, station) in (0_u16..).zip(&network.stations) {
            self.stations[usize::from(number)].set_open(Time::ZERO);
            if station.shifts.len() > 1 {
                self.schedule_shift(number, schedule);
            }
            if station.breakdowns.is_some() {
                for _ in 0..station.servers.max(station.shifts.iter().map(|s| s.1).max().unwrap_or(0)) {
                    self.schedule_failure(number, schedule);
                }
            }
        }
        for (number, class) in (0_u16..).zip(&network.classes) {
            for _ in 0..class.initial {
                if self.stop.is_some() {
                    break;
                }
                self.arrive(number, false, schedule);
            }
            self.schedule_arrival(number, schedule);
        }
        for (probe, &at) in (0_u32..).zip(&self.plan.probes) {
            schedule.in_turn(Time::from_millis(at), Turn::Census, Event::Probe { probe });
        }
        if self.plan.series_every > 0 {
            let first = Time::from_millis(self.plan.warm_up);
            schedule.in_turn(first, Turn::Census, Event::Series);
        }
    }

    #[inline]
    fn visit(&self, customer: u32) -> &'a Visit {
        let row = &self.customers[customer];
        self.network.visit(row.class, row.station)
    }

    #[inline]
    fn counts(&mut self, customer: u32) -> &mut VisitCounts {
        let row = &self.customers[customer];
        &mut self.visits[self.network.visit_number(row.class, row.station)]
    }

    #[inline]
    fn dice(&self, customer: u32, purpose: u64) -> Dice {
        let row = &self.customers[customer];
        row.key.dice(row.purpose(purpose))
    }

    #[inline]
    fn span(&self, units: f64) -> Span {
        in_ticks(units, self.network.tick)
    }

    /// The first event after the stop, in words.
    pub fn describe_next(&self) -> Option<String> {
        let class = |class: u16| self.network.classes[usize::from(class)].name.as_str();
        let station = |station: u16| self.network.stations[usize::from(station)].name.as_str();
        let customer = |row: u32| {
            let customer = &self.customers[row];
            format!("`{}` {} at `{}`", class(customer.class), customer.index, station(customer.station))
        };
        Some(match self.next_event? {
            Event::Arrival { class: number } => format!("an arrival of `{}`", class(number)),
            Event::Join { customer: row } => format!("the coming of {}", customer(row)),
            Event::End { customer: row } => format!("the end of service of {}", customer(row)),
            Event::Impatient { customer: row } => format!("the end of patience of {}", customer(row)),
            Event::Shift { station: number } => format!("a shift at `{}`", station(number)),
            Event::Failure { station: number } => format!("a failure at `{}`", station(number)),
            Event::Repair { station: number } => format!("a repair at `{}`", station(number)),
            Event::Probe { .. } | Event::Series => "a look at the numbers present".into(),
        })
    }

    // Work conservation. Not asked of random order, where asking would be a draw.
    fn keeps_nobody_waiting(&mut self, now: Time) -> bool {
        (0_u16..).zip(&self.network.stations).all(|(number, station)| {
            let state = &self.stations[usize::from(number)];
            let is_idle = state.waiting > 0 && state.free() > 0;
            !is_idle
                || self.stop.is_some()
                || station.discipline == Discipline::RandomOrder
                || self.next_to_start(number, now).is_none()
        })
    }
}

impl Model for System<'_> {
    type Event = Event;

    #[inline(always)]
    fn handle(&mut self, event: Event, schedule: &mut Schedule<Event>) {
        if self.stop.is_some() {
            // nothing follows from anything any more: the list runs empty
            self.next_event.get_or_insert(event);
            return;
        }
        self.until_asked -= 1;
        if self.until_asked == 0 {
            self.until_asked = EVENTS_BETWEEN_ASKING;
            if self.plan.cancel.is_requested() {
                self.stop = Some(Stop::Cancelled { at: schedule.now() });
            } else if self.plan.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                self.stop = Some(Stop::OutOfTime { at: schedule.now() });
            }
        }
        match event {
            Event::Arrival { class } => self.arrivals(class, schedule),
            Event::Join { customer } => {
                let row = &mut self.customers[customer];
                let station = row.station;
                if row.state == State::Orbiting {
                    row.state = State::Moving;
                    let class = usize::from(row.class);
                    self.classes[class].orbit.remove(schedule.now());
                    self.classes[class].retries += u64::from(self.window_open);
                }
                self.come_to(customer, station, schedule);
            }
            Event::End { customer } => self.end(customer, schedule),
            Event::Impatient { customer } => self.abandon(customer, schedule),
            Event::Shift { station } => self.shift(station, schedule),
            Event::Failure { station } => self.failure(station, schedule),
            Event::Repair { station } => self.repair(station, schedule),
            Event::Probe { probe } => self.probe(probe, schedule),
            Event::Series => self.look(schedule),
        }
        // units given back are offered in the order in which they came free
        let mut next = 0;
        while let Some(&station) = self.to_serve.get(next) {
            next += 1;
            if self.stations[usize::from(station)].is_plain {
                self.serve_plain(station, schedule);
            } else {
                self.serve(station, schedule);
            }
        }
        self.to_serve.clear();
        debug_assert!(
            self.keeps_nobody_waiting(schedule.now()),
            "an idle server and somebody it could serve"
        );
    }
}
