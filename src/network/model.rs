//! The rules by which customers move: one [`Model`] that runs any checked network.

use super::check::{Full, MOST_HELD, Network, Visit};
use super::distribution::Clock;
use super::results::{ClassCounts, Outcome, Probe, Record, VisitCounts};
use super::run::Plan;
use super::spec::Discipline;
use super::statistics::{Area, Level};
use crate::engine::{Model, Schedule, Turn};
use crate::random::{Dice, PersonKey, Stream};
use crate::units::{Span, Time};

const NOBODY: u32 = u32::MAX;
const NOWHERE: u16 = u16::MAX;

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
    End { customer: u32, stamp: u32 },
    Impatient { customer: u32, stamp: u32 },
    Shift { station: u16 },
    Failure { station: u16 },
    Repair { station: u16 },
    Probe { probe: u16 },
    Series,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Absent,
    Waiting,
    Serving,
    Moving,
}

// One customer. Rows are used again; `stamp` goes on counting, so that an event meant for an
// earlier state or an earlier customer is recognised as stale.
#[derive(Clone, Debug)]
struct Customer {
    key: PersonKey,
    arrived: Time,
    joined: Time,
    wait_from: Time,
    first_start: Time,
    ends: Time,
    remaining: Span,
    waited: Span,
    patience: Span,
    order: u64,
    stamp: u32,
    visits: u32,
    index: u64,
    previous: u32,
    next: u32,
    place: u32,
    interruptions: u32,
    class: u16,
    station: u16,
    // the station whose server is kept until there is a place: blocked
    upstream: u16,
    held: [u16; MOST_HELD],
    holds: u8,
    server: u8,
    state: State,
    in_cohort: bool,
    in_window: bool,
    has_waited: bool,
    has_started: bool,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    first: u32,
    last: u32,
}

#[derive(Clone, Debug)]
pub(super) struct StationState {
    capacity: u32,
    rostered: u32,
    broken: u32,
    used: u32,
    busy_named: u64,
    lines: Vec<Line>,
    occupied_lines: u64,
    any_order: Vec<u32>,
    pub waiting: u32,
    in_room: u32,
    holders: u32,
    // units held by customers who wait elsewhere
    stuck: u32,
    serving: Vec<u32>,
    next_shift: usize,
    cycle_start: u64,
    dice: Dice,
    pub queue: Level,
    pub occupied: Level,
    pub present: Level,
    pub busy: Area,
    pub open: Area,
    pub over: Area,
    pub busy_by_server: Vec<Area>,
    pub completions: u64,
    pub busy_periods: u64,
    last_departure: Option<Time>,
    // number, sum and sum of squares of the times between departures
    pub gaps: (u64, f64, f64),
}

/// Why nothing more is going to happen.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    Deadlock { at: Time, ring: Vec<u16>, customers: Vec<(u16, u64)> },
    Crowded { at: Time },
    Cancelled { at: Time },
}

pub(super) struct System<'a> {
    pub network: &'a Network,
    pub plan: &'a Plan,
    customers: Vec<Customer>,
    free_rows: Vec<u32>,
    pub stations: Vec<StationState>,
    pools: Vec<u32>,
    sources: Vec<(Clock, Dice, Stream, u64)>,
    pub visits: Vec<VisitCounts>,
    pub classes: Vec<ClassCounts>,
    pub present: Level,
    pub probes: Vec<Vec<Probe>>,
    pub series: Vec<Vec<u32>>,
    pub records: Vec<Record>,
    to_serve: Vec<u16>,
    // customers of [from * stations + to] who hold a unit of `from` and wait for `to`
    waiting_for: Vec<u32>,
    window_open: bool,
    // cohort members inside and visits of the window not yet ended
    pub unfinished: u64,
    pub inside_time: u128,
    starts: u64,
    until_asked: u32,
    pub stop: Option<Stop>,
}

impl<'a> System<'a> {
    pub fn new(network: &'a Network, plan: &'a Plan, stream: Stream) -> Self {
        let stations = network.stations.iter().zip(0_u64..).map(|(station, number)| StationState {
            capacity: station.servers,
            rostered: station.servers,
            broken: 0,
            used: 0,
            busy_named: 0,
            lines: vec![Line { first: NOBODY, last: NOBODY }; station.lines],
            occupied_lines: 0,
            any_order: Vec::new(),
            waiting: 0,
            in_room: 0,
            holders: 0,
            stuck: 0,
            serving: Vec::new(),
            next_shift: 1,
            cycle_start: 0,
            dice: stream.at(2).at(number).dice(),
            queue: Level::default(),
            occupied: Level::default(),
            present: Level::default(),
            busy: Area::default(),
            open: Area::default(),
            over: Area::default(),
            busy_by_server: vec![Area::default(); station.named.len()],
            completions: 0,
            busy_periods: 0,
            last_departure: None,
            gaps: (0, 0.0, 0.0),
        });
        let sources = (0..network.classes.len() as u64).map(|class| {
            let own = stream.at(1).at(class);
            (Clock::default(), own.at(0).dice(), own.at(1), 0)
        });
        let servers = |v: usize| network.stations[v % network.stations.len()].named.len();
        let visits = (0..network.visits.len()).map(|v| VisitCounts::new(plan.targets.len(), servers(v)));
        let classes = network.classes.iter().map(|_| ClassCounts::new(plan.targets.len()));
        let places = network.stations.len() + 1;
        Self {
            network,
            plan,
            customers: Vec::new(),
            free_rows: Vec::new(),
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
            waiting_for: vec![0; network.stations.len() * network.stations.len()],
            window_open: false,
            unfinished: 0,
            inside_time: 0,
            starts: 0,
            until_asked: EVENTS_BETWEEN_ASKING,
            stop: None,
        }
    }

    /// Puts the first events on the schedule.
    pub fn prime(&mut self, schedule: &mut Schedule<Event>) {
        for (number, station) in (0_u16..).zip(&self.network.stations) {
            self.set_open(number, Time::ZERO);
            if station.shifts.len() > 1 {
                self.schedule_shift(number, schedule);
            }
            if station.breakdowns.is_some() {
                for _ in 0..station.servers.max(station.shifts.iter().map(|s| s.1).max().unwrap_or(0)) {
                    self.schedule_failure(number, schedule);
                }
            }
        }
        let network = self.network;
        for (number, class) in (0_u16..).zip(&network.classes) {
            for _ in 0..class.initial {
                if self.stop.is_some() {
                    break;
                }
                self.arrive(number, false, schedule);
            }
            self.schedule_arrival(number, schedule);
        }
        for (probe, &at) in (0_u16..).zip(&self.plan.probes) {
            schedule.in_turn(Time::from_millis(at), Turn::Census, Event::Probe { probe });
        }
        if self.plan.series_every > 0 {
            let first = Time::from_millis(self.plan.warm_up);
            schedule.in_turn(first, Turn::Census, Event::Series);
        }
    }

    /// The end of the warm-up: statistics start afresh.
    pub fn open_window(&mut self, now: Time) {
        self.window_open = true;
        for station in &mut self.stations {
            station.queue.restart(now);
            station.occupied.restart(now);
            station.present.restart(now);
            station.busy.restart(now);
            station.open.restart(now);
            station.over.restart(now);
            station.busy_by_server.iter_mut().for_each(|b| b.restart(now));
        }
        self.visits.iter_mut().for_each(|v| {
            v.queue.restart(now);
            v.present.restart(now);
        });
        self.classes.iter_mut().for_each(|c| c.orbit.restart(now));
        self.present.restart(now);
    }

    /// The horizon: levels are brought up to date. What is added to them later must be ignored.
    pub fn close_window(&mut self, now: Time) {
        self.window_open = false;
        for station in &mut self.stations {
            station.queue.settle(now);
            station.occupied.settle(now);
            station.present.settle(now);
            station.busy.settle(now);
            station.open.settle(now);
            station.over.settle(now);
            station.busy_by_server.iter_mut().for_each(|b| b.settle(now));
        }
        self.visits.iter_mut().for_each(|v| {
            v.queue.settle(now);
            v.present.settle(now);
        });
        self.classes.iter_mut().for_each(|c| c.orbit.settle(now));
        self.present.settle(now);
        // those still here have spent time in the window, and may have waited beyond a target
        for row in 0..self.customers.len() {
            let customer = &self.customers[row];
            if customer.state != State::Absent {
                self.inside_time += u128::from(self.plan.clip(customer.arrived, now));
                if customer.state == State::Waiting {
                    self.count_over(row as u32, now);
                }
            }
        }
    }

    fn visit(&self, customer: u32) -> &'a Visit {
        let row = &self.customers[customer as usize];
        self.network.visit(usize::from(row.class), row.station)
    }

    fn counts(&mut self, customer: u32) -> &mut VisitCounts {
        let row = &self.customers[customer as usize];
        let at = usize::from(row.class) * self.network.stations.len() + usize::from(row.station);
        &mut self.visits[at]
    }

    fn dice(&self, customer: u32, purpose: u64) -> Dice {
        let row = &self.customers[customer as usize];
        row.key.dice(u64::from(row.visits) << 3 | purpose)
    }

    #[inline]
    fn span(&self, units: f64) -> Span {
        // `as` is total: NaN and negatives give 0, infinity the longest span
        // and adding a half before it rounds, without the call that `round` is on some machines
        Span::from_millis((units * self.network.tick + 0.5) as u64)
    }

    // ---- arrivals -----------------------------------------------------------------------------

    fn schedule_arrival(&mut self, class: u16, schedule: &mut Schedule<Event>) {
        let network = self.network;
        let Some(process) = &network.classes[usize::from(class)].arrivals else { return };
        let (clock, dice, ..) = &mut self.sources[usize::from(class)];
        if let Some(at) = process.next(clock, dice) {
            let at = Time::ZERO + self.span(at);
            schedule.in_turn(at, Turn::Arrival, Event::Arrival { class });
        }
    }

    fn arrive(&mut self, class: u16, is_new: bool, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let (_, _, people, next_index) = &mut self.sources[usize::from(class)];
        let index = *next_index;
        *next_index += 1;
        let key = people.person(index);
        let in_cohort = is_new && self.window_open;
        let fresh = Customer {
            key,
            arrived: now,
            joined: now,
            wait_from: now,
            first_start: now,
            ends: now,
            remaining: Span::ZERO,
            waited: Span::ZERO,
            patience: Span::MAX,
            order: 0,
            stamp: 0,
            visits: 0,
            index,
            previous: NOBODY,
            next: NOBODY,
            place: NOBODY,
            interruptions: 0,
            class,
            station: NOWHERE,
            upstream: NOWHERE,
            held: [NOWHERE; MOST_HELD],
            holds: 0,
            server: 0,
            state: State::Moving,
            in_cohort,
            in_window: false,
            has_waited: false,
            has_started: false,
        };
        let row = match self.free_rows.pop() {
            Some(row) => {
                let place = &mut self.customers[row as usize];
                let stamp = place.stamp;
                *place = Customer { stamp, ..fresh };
                row
            }
            None => {
                if self.customers.len() as u64 >= self.plan.most_inside {
                    self.stop.get_or_insert(Stop::Crowded { at: now });
                }
                self.customers.push(fresh);
                (self.customers.len() - 1) as u32
            }
        };
        let counts = &mut self.classes[usize::from(class)];
        counts.arrived += 1;
        counts.inside += 1;
        counts.offered += u64::from(in_cohort);
        self.unfinished += u64::from(in_cohort);
        self.present.add(now);
        let entry = self.network.classes[usize::from(class)].entry;
        self.enter(row, entry, schedule);
    }

    // ---- joining a station --------------------------------------------------------------------

    fn enter(&mut self, customer: u32, first: u16, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let mut station = first;
        // a chain of diversions ends at the latest when every station was tried
        for _ in 0..=self.network.stations.len() {
            self.begin_visit(customer, station, now);
            let visit = self.visit(customer);
            if self.may_start_at_once(customer, visit) || self.makes_room(customer, visit, schedule) {
                self.counts(customer).present.add(now);
                self.add_present(station, now);
                self.start(customer, schedule);
                return;
            }
            let is_blocked = self.customers[customer as usize].upstream != NOWHERE;
            if self.stations[usize::from(station)].in_room < visit.room {
                self.give_up_upstream(customer, now);
                self.join(customer, false, schedule);
                return;
            }
            if is_blocked && matches!(visit.on_full, Full::Block) {
                self.join(customer, false, schedule);
                return;
            }
            self.end_visit(customer, Outcome::TurnedAway, now);
            match &visit.on_full {
                Full::Divert(to) => station = *to,
                Full::Lost | Full::Block => return self.leave(customer, Outcome::TurnedAway, now),
                Full::Retry { .. } => {
                    return self.come_back(customer, &visit.on_full, Outcome::TurnedAway, schedule);
                }
            }
        }
        self.leave(customer, Outcome::TurnedAway, now);
    }

    fn begin_visit(&mut self, customer: u32, station: u16, now: Time) {
        let is_open = self.window_open;
        let row = &mut self.customers[customer as usize];
        row.station = station;
        row.visits += 1;
        row.joined = now;
        row.waited = Span::ZERO;
        row.remaining = Span::ZERO;
        row.patience = Span::MAX;
        row.interruptions = 0;
        row.in_window = is_open;
        row.has_waited = false;
        row.has_started = false;
        if is_open {
            let is_retry = row.visits > 1;
            self.unfinished += 1;
            let counts = self.counts(customer);
            counts.attempts += 1;
            counts.again += u64::from(is_retry);
        }
    }

    fn free(&self, station: u16) -> u32 {
        let state = &self.stations[usize::from(station)];
        state.capacity.saturating_sub(state.used)
    }

    // Whether units are there, whoever else waits. `Reserved` if only the reserve stands in the way.
    fn can_start(&self, station: u16, visit: &Visit) -> Fit {
        let state = &self.stations[usize::from(station)];
        if state.busy_by_server.is_empty() {
            let free = state.capacity.saturating_sub(state.used);
            if free < visit.units {
                return Fit::No;
            }
            if free - visit.units < visit.keep_free {
                return Fit::Reserved;
            }
        } else if !visit.preference.iter().any(|&server| state.busy_named & (1 << server) == 0) {
            return Fit::Reserved;
        }
        let pool_has = |&(pool, units): &(u16, u32)| {
            let pool = usize::from(pool);
            self.network.pools[pool].units - self.pools[pool] >= units
        };
        if visit.needs.iter().all(pool_has) { Fit::Yes } else { Fit::No }
    }

    fn may_start_at_once(&self, customer: u32, visit: &Visit) -> bool {
        let number = self.customers[customer as usize].station;
        if self.can_start(number, visit) != Fit::Yes {
            return false;
        }
        let state = &self.stations[usize::from(number)];
        let station = &self.network.stations[usize::from(number)];
        if state.waiting == 0 || station.skip_ahead {
            return true;
        }
        let by_priority = matches!(station.discipline, Discipline::Priority | Discipline::PreemptivePriority);
        // those ahead must be waiting only for units reserved against them
        by_priority
            && (0..=visit.line).filter(|line| state.occupied_lines & (1 << line) != 0).all(|line| {
                let first = state.lines[usize::from(line)].first;
                line < visit.line && self.can_start(number, self.visit(first)) == Fit::Reserved
            })
    }

    // Interrupts somebody less urgent, if the discipline allows it.
    fn makes_room(&mut self, customer: u32, visit: &Visit, schedule: &mut Schedule<Event>) -> bool {
        let number = self.customers[customer as usize].station;
        let station = &self.network.stations[usize::from(number)];
        if station.discipline != Discipline::PreemptivePriority {
            return false;
        }
        while self.can_start(number, visit) != Fit::Yes {
            let Some(victim) = self.least_urgent(number, i32::from(visit.line)) else { return false };
            self.interrupt(victim, schedule);
        }
        true
    }

    // In service at the station in a line after `line`: the least urgent, and of these the last to start.
    fn least_urgent(&self, station: u16, line: i32) -> Option<u32> {
        let by_class =
            self.network.stations[usize::from(station)].discipline == Discipline::PreemptivePriority;
        let rank = |customer: u32| {
            let own = if by_class { i32::from(self.visit(customer).line) } else { 0 };
            (own, self.customers[customer as usize].order)
        };
        let serving = &self.stations[usize::from(station)].serving;
        serving.iter().copied().filter(|&c| rank(c).0 > line).max_by_key(|&c| rank(c))
    }

    fn join(&mut self, customer: u32, is_interrupted: bool, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let visit = self.visit(customer);
        let number = self.customers[customer as usize].station;
        self.link(customer, visit.line, is_interrupted);
        let row = &mut self.customers[customer as usize];
        row.state = State::Waiting;
        row.wait_from = now;
        // whoever found a server at once and lost it later was not kept waiting on arrival
        row.has_waited |= !is_interrupted;
        let is_holder = row.upstream != NOWHERE;
        let holds = row.holds;
        let state = &mut self.stations[usize::from(number)];
        state.waiting += 1;
        state.in_room += u32::from(!is_holder);
        state.holders += u32::from(is_holder);
        state.queue.add(now);
        let counts = self.counts(customer);
        counts.queue.add(now);
        if !is_interrupted {
            counts.present.add(now);
            self.add_present(number, now);
        }
        if let Some(patience) = &visit.patience {
            if !is_interrupted {
                let drawn = patience.sample(&mut self.dice(customer, PATIENCE));
                self.customers[customer as usize].patience = self.span(drawn);
            }
            let row = &self.customers[customer as usize];
            let left = row.patience - row.waited;
            let event = Event::Impatient { customer, stamp: row.stamp };
            schedule.in_turn(now + left, Turn::Abandonment, event);
        }
        if holds > 0 {
            self.set_stuck(customer, true);
            self.look_for_deadlock(number, now);
        }
        if self.free(number) > 0 {
            self.to_serve.push(number);
        }
    }

    fn add_present(&mut self, station: u16, now: Time) {
        let is_open = self.window_open;
        let state = &mut self.stations[usize::from(station)];
        state.busy_periods += u64::from(is_open && state.present.now() == 0);
        state.present.add(now);
    }

    fn link(&mut self, customer: u32, line: u8, to_front: bool) {
        let number = usize::from(self.customers[customer as usize].station);
        let discipline = self.network.stations[number].discipline;
        let state = &mut self.stations[number];
        state.occupied_lines |= 1 << line;
        if discipline == Discipline::RandomOrder {
            self.customers[customer as usize].place = state.any_order.len() as u32;
            state.any_order.push(customer);
            return;
        }
        // the last to come is first under `Lifo`: whoever joins goes to the front
        let to_front = to_front || discipline == Discipline::Lifo;
        let ends = &mut state.lines[usize::from(line)];
        let (previous, next) = if to_front { (NOBODY, ends.first) } else { (ends.last, NOBODY) };
        if next == NOBODY {
            ends.last = customer;
        } else {
            self.customers[next as usize].previous = customer;
        }
        if previous == NOBODY {
            ends.first = customer;
        } else {
            self.customers[previous as usize].next = customer;
        }
        let row = &mut self.customers[customer as usize];
        row.previous = previous;
        row.next = next;
    }

    fn unlink(&mut self, customer: u32, line: u8) {
        let Customer { previous, next, place, station, .. } = self.customers[customer as usize];
        let state = &mut self.stations[usize::from(station)];
        if self.network.stations[usize::from(station)].discipline == Discipline::RandomOrder {
            state.any_order.swap_remove(place as usize);
            if let Some(&moved) = state.any_order.get(place as usize) {
                self.customers[moved as usize].place = place;
            }
            if state.any_order.is_empty() {
                state.occupied_lines = 0;
            }
            return;
        }
        let ends = &mut state.lines[usize::from(line)];
        if previous == NOBODY {
            ends.first = next;
        }
        if next == NOBODY {
            ends.last = previous;
        }
        if ends.first == NOBODY {
            state.occupied_lines &= !(1 << line);
        }
        if previous != NOBODY {
            self.customers[previous as usize].next = next;
        }
        if next != NOBODY {
            self.customers[next as usize].previous = previous;
        }
    }

    // The end of a spell of waiting, for whatever reason.
    fn leave_queue(&mut self, customer: u32, now: Time) {
        let line = self.visit(customer).line;
        self.unlink(customer, line);
        if self.customers[customer as usize].holds > 0 {
            self.set_stuck(customer, false);
        }
        if self.window_open && !self.plan.targets.is_empty() {
            self.count_over(customer, now);
        }
        let row = &mut self.customers[customer as usize];
        row.waited = row.waited + now.since(row.wait_from);
        row.stamp = row.stamp.wrapping_add(1);
        row.state = State::Moving;
        let is_holder = row.upstream != NOWHERE;
        let state = &mut self.stations[usize::from(row.station)];
        state.waiting -= 1;
        state.in_room -= u32::from(!is_holder);
        state.holders -= u32::from(is_holder);
        state.queue.remove(now);
        self.counts(customer).queue.remove(now);
    }

    // Time inside the window during which this customer had waited longer than each target.
    fn count_over(&mut self, customer: u32, now: Time) {
        let plan = self.plan;
        let since = self.customers[customer as usize].wait_from;
        let counts = self.counts(customer);
        for (over, &target) in counts.over_area.iter_mut().zip(&plan.targets) {
            let from = since + Span::from_millis(target);
            *over += u128::from(plan.clip(from, now));
        }
    }

    // ---- service ------------------------------------------------------------------------------

    fn serve(&mut self, station: u16, schedule: &mut Schedule<Event>) {
        while self.stations[usize::from(station)].waiting > 0 {
            let Some(customer) = self.next_to_start(station, schedule.now()) else { break };
            self.leave_queue(customer, schedule.now());
            self.start(customer, schedule);
        }
        if self.network.stations[usize::from(station)].admits {
            self.admit_blocked(station, schedule.now());
        }
    }

    // Work conservation. Not asked of random order, where asking would be a draw.
    fn keeps_nobody_waiting(&mut self, now: Time) -> bool {
        (0_u16..).zip(&self.network.stations).all(|(number, station)| {
            let state = &self.stations[usize::from(number)];
            let is_idle = state.waiting > 0 && state.capacity > state.used;
            !is_idle
                || self.stop.is_some()
                || station.discipline == Discipline::RandomOrder
                || self.next_to_start(number, now).is_none()
        })
    }

    fn next_to_start(&mut self, number: u16, now: Time) -> Option<u32> {
        if self.free(number) == 0 {
            return None;
        }
        let station = &self.network.stations[usize::from(number)];
        if station.discipline == Discipline::RandomOrder {
            let state = &mut self.stations[usize::from(number)];
            let waiting = state.any_order.len();
            let chosen = (state.dice.uniform() * waiting as f64) as usize;
            let customer = *state.any_order.get(chosen)?;
            return (self.can_start(number, self.visit(customer)) == Fit::Yes).then_some(customer);
        }
        if station.discipline == Discipline::AccumulatingPriority {
            let customer = self.most_accumulated(number, now)?;
            return (self.can_start(number, self.visit(customer)) == Fit::Yes).then_some(customer);
        }
        let state = &self.stations[usize::from(number)];
        let mut lines = state.occupied_lines;
        while lines != 0 {
            let line = lines.trailing_zeros() as usize;
            lines &= lines - 1;
            let mut customer = state.lines[line].first;
            while customer != NOBODY {
                match self.can_start(number, self.visit(customer)) {
                    Fit::Yes => return Some(customer),
                    // a reserve against one class does not stop the next
                    _ if station.skip_ahead => customer = self.customers[customer as usize].next,
                    Fit::Reserved => break,
                    Fit::No => return None,
                }
            }
        }
        None
    }

    fn most_accumulated(&self, number: u16, now: Time) -> Option<u32> {
        let lines = &self.stations[usize::from(number)].lines;
        let firsts = lines.iter().map(|line| line.first).filter(|&c| c != NOBODY);
        let urgency = |c: u32| {
            let waited = now.since(self.customers[c as usize].joined).as_millis();
            self.visit(c).weight * waited as f64
        };
        // the first of the largest: `max_by` would give the last
        firsts.fold(None, |best, c| match best {
            Some(b) if urgency(b) >= urgency(c) => Some(b),
            _ => Some(c),
        })
    }

    fn start(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let visit = self.visit(customer);
        let number = self.customers[customer as usize].station;
        let station = &self.network.stations[usize::from(number)];
        self.seize(customer, visit, now);
        let is_first = !self.customers[customer as usize].has_started;
        if is_first {
            let server = usize::from(self.customers[customer as usize].server);
            let law = visit.service.get(server).or(visit.service.first());
            let drawn = law.map_or(0.0, |law| law.sample(&mut self.dice(customer, SERVICE)));
            let span = self.span(drawn);
            self.customers[customer as usize].remaining = span;
        }
        self.starts += 1;
        let row = &mut self.customers[customer as usize];
        row.order = self.starts;
        row.state = State::Serving;
        if is_first {
            row.has_started = true;
            row.first_start = now;
        }
        row.ends = now + row.remaining;
        if let Some((offset, period)) = station.ends_at {
            let after = row.ends.as_millis().saturating_sub(offset);
            row.ends =
                Time::from_millis(after.div_ceil(period).saturating_mul(period).saturating_add(offset));
        }
        schedule.at(row.ends, Event::End { customer, stamp: row.stamp });
        if station.interrupts {
            let state = &mut self.stations[usize::from(number)];
            row.place = state.serving.len() as u32;
            state.serving.push(customer);
        }
        self.give_up_upstream(customer, now);
    }

    fn seize(&mut self, customer: u32, visit: &Visit, now: Time) {
        let row = &mut self.customers[customer as usize];
        let state = &mut self.stations[usize::from(row.station)];
        if !state.busy_by_server.is_empty() {
            let is_free = |&&server: &&u8| state.busy_named & (1 << server) == 0;
            let server = visit.preference.iter().find(is_free).copied().unwrap_or(0);
            row.server = server;
            state.busy_named |= 1 << server;
            state.busy_by_server[usize::from(server)].add(now);
        }
        row.held[usize::from(row.holds)] = row.station;
        row.holds += 1;
        state.used += visit.units;
        state.occupied.set(state.used, now);
        state.busy.set(state.busy.now() + visit.units, now);
        state.over.set(u32::from(state.used > state.capacity), now);
        for &(pool, units) in &visit.needs {
            self.pools[usize::from(pool)] += units;
        }
    }

    // Gives back what was seized at `station`; who may start because of it is looked at later.
    fn give_back(&mut self, customer: u32, station: u16, now: Time) {
        let row = &mut self.customers[customer as usize];
        let holds = usize::from(row.holds);
        let Some(at) = row.held[..holds].iter().position(|&s| s == station) else { return };
        row.held.copy_within(at + 1..holds, at);
        row.holds -= 1;
        let visit = self.network.visit(usize::from(row.class), station);
        let state = &mut self.stations[usize::from(station)];
        if !state.busy_by_server.is_empty() {
            state.busy_named &= !(1 << row.server);
            state.busy_by_server[usize::from(row.server)].remove(now);
        }
        state.used -= visit.units;
        state.occupied.set(state.used, now);
        state.over.set(u32::from(state.used > state.capacity), now);
        self.to_serve.push(station);
        for &(pool, units) in &visit.needs {
            self.pools[usize::from(pool)] -= units;
            self.to_serve.extend(&self.network.pools[usize::from(pool)].stations);
        }
    }

    // Gives back what was seized at `station`, and is no longer there.
    fn release(&mut self, customer: u32, station: u16, now: Time) {
        self.give_back(customer, station, now);
        self.stations[usize::from(station)].present.remove(now);
        let class = usize::from(self.customers[customer as usize].class);
        let at = class * self.network.stations.len() + usize::from(station);
        self.visits[at].present.remove(now);
    }

    fn give_up_upstream(&mut self, customer: u32, now: Time) {
        let upstream = self.customers[customer as usize].upstream;
        if upstream != NOWHERE {
            self.customers[customer as usize].upstream = NOWHERE;
            self.release(customer, upstream, now);
        }
    }

    // Service is over or interrupted: the server no longer works, though it may still be held.
    fn stop_work(&mut self, customer: u32, now: Time) {
        let units = self.visit(customer).units;
        let row = &self.customers[customer as usize];
        let number = usize::from(row.station);
        let place = row.place as usize;
        let state = &mut self.stations[number];
        state.busy.set(state.busy.now() - units, now);
        if self.network.stations[number].interrupts {
            state.serving.swap_remove(place);
            if let Some(&moved) = state.serving.get(place) {
                self.customers[moved as usize].place = place as u32;
            }
        }
    }

    fn interrupt(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        self.stop_work(customer, now);
        let row = &mut self.customers[customer as usize];
        row.stamp = row.stamp.wrapping_add(1);
        row.remaining = row.ends.since(now);
        row.interruptions += 1;
        let station = row.station;
        self.give_back(customer, station, now);
        self.join(customer, true, schedule);
    }

    fn finish(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        self.stop_work(customer, now);
        let row = &mut self.customers[customer as usize];
        row.stamp = row.stamp.wrapping_add(1);
        row.state = State::Moving;
        let from = row.station;
        self.end_visit(customer, Outcome::Served, now);
        if self.window_open {
            let state = &mut self.stations[usize::from(from)];
            state.completions += 1;
            if let Some(last) = state.last_departure.replace(now) {
                let gap = now.since(last).as_millis() as f64 / self.network.tick;
                state.gaps.0 += 1;
                state.gaps.1 += gap;
                state.gaps.2 += gap * gap;
            }
        }
        let visit = self.visit(customer);
        let way = match visit.ways.as_slice() {
            [] => None,
            [only] if only.upto.is_infinite() => Some(only),
            ways => {
                let u = self.dice(customer, ROUTE).uniform();
                ways.iter().find(|way| u < way.upto)
            }
        };
        let Some(way) = way else { return self.leave(customer, Outcome::Served, now) };
        let stays = self.network.stations[usize::from(from)].stays;
        if let Some(delay) = &way.delay {
            if !stays {
                self.release(customer, from, now);
            }
            let drawn = delay.sample(&mut self.dice(customer, DELAY));
            self.customers[customer as usize].station = way.to;
            schedule.in_turn(now + self.span(drawn), Turn::Arrival, Event::Join { customer });
            return;
        }
        let next = self.network.visit(usize::from(self.customers[customer as usize].class), way.to);
        if !stays && from != way.to && matches!(next.on_full, Full::Block) {
            self.customers[customer as usize].upstream = from;
        } else if !stays {
            self.release(customer, from, now);
        }
        self.enter(customer, way.to, schedule);
    }

    fn end_visit(&mut self, customer: u32, outcome: Outcome, now: Time) {
        let plan = self.plan;
        let row = &self.customers[customer as usize];
        if plan.record {
            self.records.push(Record {
                class: row.class,
                customer: row.index,
                station: row.station,
                joined: row.joined,
                started: row.has_started.then_some(row.first_start),
                ended: now,
                waited: row.waited,
                interruptions: row.interruptions,
                outcome,
            });
        }
        if !row.in_window {
            return;
        }
        self.unfinished -= 1;
        let (has_waited, server) = (row.has_waited, usize::from(row.server));
        let (waited, sojourn) = (row.waited.as_millis(), now.since(row.joined).as_millis());
        let is_first = row.visits == 1;
        let first_choice = self.visit(customer).preference.first().copied();
        let counts = self.counts(customer);
        match outcome {
            Outcome::TurnedAway => {
                counts.turned_away += 1;
                counts.first_turned_away += u64::from(is_first);
            }
            Outcome::Abandoned => {
                counts.abandoned += 1;
                counts.delayed += 1;
                counts.waits.add(waited, &plan.targets);
                counts.histogram.add(waited);
            }
            Outcome::Served => {
                counts.delayed += u64::from(has_waited);
                counts.waits.add(waited, &plan.targets);
                counts.served_waits.add(waited, &plan.targets);
                counts.histogram.add(waited);
                counts.sojourns.add(sojourn, &plan.targets);
                if let Some(by) = counts.by_server.get_mut(server) {
                    *by += 1;
                    counts.by_first_choice += u64::from(first_choice == Some(server as u8));
                }
            }
        }
    }

    fn abandon(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        self.leave_queue(customer, now);
        let station = self.customers[customer as usize].station;
        self.end_visit(customer, Outcome::Abandoned, now);
        self.stations[usize::from(station)].present.remove(now);
        self.counts(customer).present.remove(now);
        self.to_serve.push(station);
        let visit = self.visit(customer);
        match &visit.on_abandon {
            Full::Divert(to) => self.enter(customer, *to, schedule),
            retry @ Full::Retry { .. } => self.come_back(customer, retry, Outcome::Abandoned, schedule),
            _ => self.leave(customer, Outcome::Abandoned, now),
        }
    }

    fn come_back(&mut self, customer: u32, rule: &Full, outcome: Outcome, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let Full::Retry { delay, prob } = rule else { return self.leave(customer, outcome, now) };
        self.give_up_upstream(customer, now);
        if !self.dice(customer, RETRY).happens(*prob) {
            return self.leave(customer, outcome, now);
        }
        let drawn = delay.sample(&mut self.dice(customer, DELAY));
        let class = usize::from(self.customers[customer as usize].class);
        self.classes[class].orbit.add(now);
        self.customers[customer as usize].state = State::Moving;
        self.customers[customer as usize].in_window = false;
        self.customers[customer as usize].place = ORBIT;
        schedule.in_turn(now + self.span(drawn), Turn::Arrival, Event::Join { customer });
    }

    fn leave(&mut self, customer: u32, outcome: Outcome, now: Time) {
        // everything goes back before anybody else starts: queues first, then their next requests
        while self.customers[customer as usize].holds > 0 {
            let station = self.customers[customer as usize].held[0];
            self.release(customer, station, now);
        }
        let row = &mut self.customers[customer as usize];
        row.stamp = row.stamp.wrapping_add(1);
        row.state = State::Absent;
        row.upstream = NOWHERE;
        let (in_cohort, visits) = (row.in_cohort, row.visits);
        let total = now.since(row.arrived).as_millis();
        if self.window_open {
            self.inside_time += u128::from(self.plan.clip(row.arrived, now));
        }
        let targets = &self.plan.targets;
        let counts = &mut self.classes[usize::from(row.class)];
        counts.inside -= 1;
        counts.left[outcome as usize] += 1;
        if in_cohort {
            self.unfinished -= 1;
            counts.cohort_left[outcome as usize] += 1;
            counts.visits += u64::from(visits);
            if outcome == Outcome::Served {
                counts.total_times.add(total, targets);
            }
        }
        self.present.remove(now);
        self.free_rows.push(customer);
    }

    // A place in the waiting room that has come free goes to the first who is blocked elsewhere.
    fn admit_blocked(&mut self, number: u16, now: Time) {
        while self.stations[usize::from(number)].holders > 0 {
            let state = &self.stations[usize::from(number)];
            let in_room = state.in_room;
            let mut found = NOBODY;
            for line in &state.lines {
                let mut customer = line.first;
                while customer != NOBODY && found == NOBODY {
                    let row = &self.customers[customer as usize];
                    if row.upstream != NOWHERE && in_room < self.visit(customer).room {
                        found = customer;
                    }
                    customer = row.next;
                }
            }
            if found == NOBODY {
                return;
            }
            self.set_stuck(found, false);
            let state = &mut self.stations[usize::from(number)];
            state.holders -= 1;
            state.in_room += 1;
            self.give_up_upstream(found, now);
            if self.customers[found as usize].holds > 0 {
                self.set_stuck(found, true);
            }
        }
    }

    // ---- deadlock -----------------------------------------------------------------------------

    fn set_stuck(&mut self, customer: u32, is_stuck: bool) {
        let row = &self.customers[customer as usize];
        for &held in &row.held[..usize::from(row.holds)] {
            let units = self.network.visit(usize::from(row.class), held).units;
            let at = usize::from(held) * self.network.stations.len() + usize::from(row.station);
            let stuck = &mut self.stations[usize::from(held)].stuck;
            if is_stuck {
                self.waiting_for[at] += 1;
                *stuck += units;
            } else {
                self.waiting_for[at] -= 1;
                *stuck -= units;
            }
        }
    }

    // Nobody can move if every unit of the station is held by somebody who waits for a station of
    // which the same is true. Stations with a roster, breakdowns or patience may free themselves.
    fn look_for_deadlock(&mut self, first: u16, now: Time) {
        let mut ring = vec![first];
        let mut next = 0;
        while let Some(&at) = ring.get(next) {
            next += 1;
            let station = &self.network.stations[usize::from(at)];
            let state = &self.stations[usize::from(at)];
            let may_change = station.shifts.len() > 1 || station.breakdowns.is_some() || station.has_patience;
            if may_change || state.used > state.stuck || state.capacity > state.used || state.used == 0 {
                return;
            }
            let all = self.network.stations.len();
            for to in 0..all {
                if self.waiting_for[usize::from(at) * all + to] > 0 && !ring.contains(&(to as u16)) {
                    ring.push(to as u16);
                }
            }
        }
        let in_ring = |c: &&Customer| c.state == State::Waiting && c.holds > 0 && ring.contains(&c.station);
        let customers = self.customers.iter().filter(in_ring).map(|c| (c.class, c.index)).collect();
        self.stop.get_or_insert(Stop::Deadlock { at: now, ring, customers });
    }

    // ---- servers that come and go -------------------------------------------------------------

    fn set_open(&mut self, number: u16, now: Time) {
        let state = &mut self.stations[usize::from(number)];
        state.capacity =
            if state.rostered == u32::MAX { u32::MAX } else { state.rostered.saturating_sub(state.broken) };
        state.open.set(state.capacity, now);
        state.over.set(u32::from(state.used > state.capacity), now);
    }

    fn change_open(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        self.set_open(number, schedule.now());
        if self.network.stations[usize::from(number)].preempts_shift {
            while self.stations[usize::from(number)].used > self.stations[usize::from(number)].capacity {
                let Some(victim) = self.least_urgent(number, -1) else { break };
                self.interrupt(victim, schedule);
            }
        }
        self.to_serve.push(number);
    }

    fn schedule_shift(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        let station = &self.network.stations[usize::from(number)];
        let state = &mut self.stations[usize::from(number)];
        if state.next_shift == station.shifts.len() {
            let Some(period) = station.period else { return };
            state.next_shift = 0;
            state.cycle_start += period;
        }
        let at = Time::from_millis(state.cycle_start + station.shifts[state.next_shift].0);
        schedule.in_turn(at, Turn::Capacity, Event::Shift { station: number });
    }

    fn shift(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        let shifts = &self.network.stations[usize::from(number)].shifts;
        let state = &mut self.stations[usize::from(number)];
        state.rostered = shifts[state.next_shift].1;
        state.next_shift += 1;
        self.schedule_shift(number, schedule);
        self.change_open(number, schedule);
    }

    fn schedule_failure(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        if let Some((uptime, _)) = &self.network.stations[usize::from(number)].breakdowns {
            let after = uptime.sample(&mut self.stations[usize::from(number)].dice);
            let at = schedule.now() + self.span(after);
            schedule.in_turn(at, Turn::Capacity, Event::Failure { station: number });
        }
    }

    fn failure(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        if let Some((_, downtime)) = &self.network.stations[usize::from(number)].breakdowns {
            let after = downtime.sample(&mut self.stations[usize::from(number)].dice);
            let at = schedule.now() + self.span(after);
            schedule.in_turn(at, Turn::Capacity, Event::Repair { station: number });
            self.stations[usize::from(number)].broken += 1;
            self.change_open(number, schedule);
        }
    }

    fn repair(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        self.stations[usize::from(number)].broken -= 1;
        self.schedule_failure(number, schedule);
        self.change_open(number, schedule);
    }

    // ---- looking ------------------------------------------------------------------------------

    fn probe(&mut self, probe: u16, schedule: &mut Schedule<Event>) {
        let looks = &mut self.probes[usize::from(probe)];
        if self.window_open {
            for (look, state) in looks.iter_mut().zip(&self.stations) {
                let is_full = state.occupied.now() >= state.capacity;
                look.add(state.present.now(), state.queue.now(), state.occupied.now(), is_full);
            }
            if let Some(whole) = looks.last_mut() {
                let queue: u32 = self.stations.iter().map(|s| s.queue.now()).sum();
                let occupied: u32 = self.stations.iter().map(|s| s.occupied.now()).sum();
                let is_full = self.stations.iter().all(|s| s.occupied.now() >= s.capacity);
                whole.add(self.present.now(), queue, occupied, is_full);
            }
        }
        if self.plan.cycle > 0 {
            let again = schedule.now() + Span::from_millis(self.plan.cycle);
            schedule.in_turn(again, Turn::Census, Event::Probe { probe });
        }
    }

    fn look(&mut self, schedule: &mut Schedule<Event>) {
        if self.window_open {
            for (series, state) in self.series.iter_mut().zip(&self.stations) {
                series.push(state.present.now());
            }
            if let Some(whole) = self.series.last_mut() {
                whole.push(self.present.now());
            }
        }
        let again = schedule.now() + Span::from_millis(self.plan.series_every);
        schedule.in_turn(again, Turn::Census, Event::Series);
    }
}

const ORBIT: u32 = u32::MAX - 1;

/// A few milliseconds.
const EVENTS_BETWEEN_ASKING: u32 = 1 << 15;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Yes,
    Reserved,
    No,
}

impl Model for System<'_> {
    type Event = Event;

    fn handle(&mut self, event: Event, schedule: &mut Schedule<Event>) {
        if self.stop.is_some() {
            return; // nothing follows from anything any more: the list runs empty
        }
        self.until_asked -= 1;
        if self.until_asked == 0 {
            self.until_asked = EVENTS_BETWEEN_ASKING;
            if self.plan.cancel.is_requested() {
                self.stop = Some(Stop::Cancelled { at: schedule.now() });
            }
        }
        match event {
            Event::Arrival { class } => {
                let network = self.network;
                let process = network.classes[usize::from(class)].arrivals.as_ref();
                let group = process.map_or(0, |p| p.group(&mut self.sources[usize::from(class)].1));
                // the next arrival first, so that those of one instant keep the order of their classes
                self.schedule_arrival(class, schedule);
                for _ in 0..group {
                    if self.stop.is_some() {
                        break;
                    }
                    self.arrive(class, true, schedule);
                }
            }
            Event::Join { customer } => {
                let row = &mut self.customers[customer as usize];
                let station = row.station;
                if row.place == ORBIT {
                    row.place = NOBODY;
                    let class = usize::from(row.class);
                    self.classes[class].orbit.remove(schedule.now());
                    self.classes[class].retries += u64::from(self.window_open);
                }
                self.enter(customer, station, schedule);
            }
            Event::End { customer, stamp } => {
                let row = &self.customers[customer as usize];
                if row.stamp == stamp && row.state == State::Serving {
                    self.finish(customer, schedule);
                }
            }
            Event::Impatient { customer, stamp } => {
                let row = &self.customers[customer as usize];
                if row.stamp == stamp && row.state == State::Waiting {
                    self.abandon(customer, schedule);
                }
            }
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
            self.serve(station, schedule);
        }
        self.to_serve.clear();
        debug_assert!(
            self.keeps_nobody_waiting(schedule.now()),
            "an idle server and somebody it could serve"
        );
    }
}
