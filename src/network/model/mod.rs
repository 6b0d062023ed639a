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
use super::results::{ClassCounts, Probe, Record, VisitCounts};
use super::run::Plan;
use super::spec::Discipline;
use super::statistics::Level;
use crate::engine::{Model, Schedule, Turn};
use crate::random::{Dice, Stream};
use crate::units::{Span, Time};
use arrivals::Source;
use customer::{Customers, State, purpose_at};
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

/// A class at a station: its rules, and beside them what is measured of it.
#[derive(Clone, Debug)]
struct VisitState<'a> {
    rules: &'a Visit,
    counts: VisitCounts,
    // customers of the class do nothing but wait and be served here, by the short way: what is measured
    // of those who were served is what is measured of the class
    is_whole_way: bool,
    // and how many of them have left, whenever they came
    left: u64,
}

/// Who is in the network, wherever that is.
#[derive(Clone, Debug)]
struct Inside {
    // whether the number is counted: with one station and nobody on the way it is that of the station
    is_told: bool,
    number: Level,
    // start of the window
    from: Time,
    // customer by customer, in the window
    time: u128,
}

impl Inside {
    #[inline(always)]
    fn comes(&mut self, now: Time) {
        if self.is_told {
            self.number.add(now);
        }
    }

    #[inline(always)]
    fn goes(&mut self, arrived: Time, now: Time, window_open: bool) {
        if window_open {
            self.time += u128::from(now.since(arrived.max(self.from)).as_millis());
        }
        if self.is_told {
            self.number.remove(now);
        }
    }
}

pub(super) struct System<'a> {
    pub network: &'a Network,
    pub plan: &'a Plan,
    customers: Customers,
    stations: Vec<StationState>,
    pools: Vec<u32>,
    sources: Vec<Source<'a>>,
    visits: Vec<VisitState<'a>>,
    classes: Vec<ClassCounts>,
    // with one class, what is measured of it at a station is what is measured of the station
    tells_classes_apart: bool,
    inside: Inside,
    probes: Vec<Vec<Probe>>,
    series: Vec<Vec<u32>>,
    records: Vec<Record>,
    to_serve: Vec<u16>,
    // customers of [from * stations + to] who hold a unit of `from` and wait for `to`
    waiting_for: Vec<u32>,
    // stations in the ring that is looked for
    ring: Vec<u16>,
    window_open: bool,
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
            StationState::new(station, dice, plan.record)
        });
        let sources = (0..network.classes.len() as u16).map(|class| Source::new(network, class, stream));
        let visits = network.visits.iter().enumerate().map(|(number, rules)| {
            let (class, station) = (number / network.stations.len(), number % network.stations.len());
            let is_entry = usize::from(network.classes[class].entry) == station;
            let station = &network.stations[station];
            VisitState {
                rules,
                counts: VisitCounts::new(plan.targets.len(), station.named.len()),
                is_whole_way: is_entry && station.is_plain && !plan.record && rules.is_whole_way(),
                left: 0,
            }
        });
        let classes = network.classes.iter().map(|_| ClassCounts::new(plan.targets.len()));
        let places = network.stations.len() + 1;
        let pairs = if network.may_deadlock { network.stations.len() * network.stations.len() } else { 0 };
        Self {
            network,
            plan,
            customers: Customers::EMPTY,
            stations: stations.collect(),
            pools: vec![0; network.pools.len()],
            sources: sources.collect(),
            visits: visits.collect(),
            classes: classes.collect(),
            tells_classes_apart: network.classes.len() > 1,
            inside: Inside {
                is_told: network.stations.len() > 1 || network.visits.iter().any(Visit::goes_outside),
                number: Level::default(),
                from: Time::from_millis(plan.warm_up),
                time: 0,
            },
            probes: vec![vec![Probe::default(); places]; plan.probes.len()],
            series: vec![Vec::new(); places],
            records: Vec::new(),
            to_serve: Vec::new(),
            waiting_for: vec![0; pairs],
            ring: Vec::new(),
            window_open: false,
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
            self.arrive_together(number, class.initial, schedule);
            self.sources[usize::from(number)].schedule_next(network.tick, schedule);
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
        self.visits[self.customers[customer].at as usize].rules
    }

    #[inline]
    fn counts(&mut self, customer: u32) -> &mut VisitCounts {
        &mut self.visits[self.customers[customer].at as usize].counts
    }

    #[inline]
    fn dice(&self, customer: u32, purpose: u64) -> Dice {
        let row = &self.customers[customer];
        row.key.dice(purpose_at(row.visits, purpose))
    }

    #[inline]
    fn span(&self, units: f64) -> Span {
        in_ticks(units, self.network.tick)
    }

    /// Nothing more is going to happen; the first reason counts.
    pub fn halt(&mut self, stop: Stop) {
        self.stop.get_or_insert(stop);
        self.until_asked = 1;
    }

    /// Whether the simulation goes on with `event`: asked now and then, and always after it was halted.
    #[cold]
    #[inline(never)]
    fn goes_on(&mut self, event: Event, now: Time) -> bool {
        if self.stop.is_some() {
            // nothing follows from anything any more: the list runs empty
            self.next_event.get_or_insert(event);
            self.until_asked = 1;
            return false;
        }
        self.until_asked = EVENTS_BETWEEN_ASKING;
        if self.plan.cancel.is_requested() {
            self.halt(Stop::Cancelled { at: now });
        } else if self.plan.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.halt(Stop::OutOfTime { at: now });
        }
        true
    }

    // Units given back are offered in the order in which they came free.
    #[inline(never)]
    fn serve_all(&mut self, schedule: &mut Schedule<Event>) {
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
        self.until_asked -= 1;
        if self.until_asked == 0 && !self.goes_on(event, schedule.now()) {
            return;
        }
        match event {
            Event::Arrival { class } => self.arrivals(class, schedule),
            Event::End { customer } => self.end(customer, schedule),
            _ => self.handle_rarer(event, schedule),
        }
        if !self.to_serve.is_empty() {
            self.serve_all(schedule);
        }
        debug_assert!(
            self.keeps_nobody_waiting(schedule.now()),
            "an idle server and somebody it could serve"
        );
    }
}

impl System<'_> {
    // Apart, so that the others keep to the registers.
    #[inline(never)]
    fn handle_rarer(&mut self, event: Event, schedule: &mut Schedule<Event>) {
        match event {
            Event::Arrival { .. } | Event::End { .. } => {}
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
            Event::Impatient { customer } => self.abandon(customer, schedule),
            Event::Shift { station } => self.shift(station, schedule),
            Event::Failure { station } => self.failure(station, schedule),
            Event::Repair { station } => self.repair(station, schedule),
            Event::Probe { probe } => self.probe(probe, schedule),
            Event::Series => self.look(schedule),
        }
    }
}
