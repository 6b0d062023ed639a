//! Entering a station, and where to go when service is over or there is no place.

use super::customer::{Marks, NOWHERE, State};
use super::{DELAY, Event, RETRY, ROUTE, System};
use crate::engine::{Schedule, Turn};
use crate::network::compiled::{Full, Visit, Way};
use crate::network::results::Outcome;
use crate::network::spec::Discipline;
use crate::units::{Span, Time};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    Reserved,
    No,
}

impl System<'_> {
    #[inline]
    pub(super) fn enter(&mut self, customer: u32, first: u16, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        self.begin_visit(customer, first, now);
        let visit = self.visit(customer);
        if self.may_start_at_once(customer, visit) {
            self.start_at_once(customer, first, schedule);
        } else {
            self.wait_or_go(customer, first, schedule);
        }
    }

    #[inline]
    fn start_at_once(&mut self, customer: u32, station: u16, schedule: &mut Schedule<Event>) {
        self.add_present(customer, station, schedule.now());
        self.start(customer, schedule);
    }

    // The visit has begun, and no server is there for it.
    pub(super) fn wait_or_go(&mut self, customer: u32, first: u16, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let mut station = first;
        // a chain of diversions ends at the latest when every station was tried
        for tried in 0..=self.network.stations.len() {
            if tried > 0 {
                self.begin_visit(customer, station, now);
            }
            let visit = self.visit(customer);
            let starts = tried > 0 && self.may_start_at_once(customer, visit);
            if starts || self.makes_room(customer, visit, schedule) {
                return self.start_at_once(customer, station, schedule);
            }
            if self.stations[usize::from(station)].in_room() < visit.room {
                self.give_up_upstream(customer, now);
                return self.join(customer, false, schedule);
            }
            let is_blocked = self.customers[customer].upstream != NOWHERE;
            if is_blocked && matches!(visit.on_full, Full::Block) {
                return self.join(customer, false, schedule);
            }
            self.end_visit(customer, Outcome::TurnedAway, now);
            match &visit.on_full {
                Full::Divert(to) => station = *to,
                Full::Lost | Full::Block => return self.leave(customer, Outcome::TurnedAway, None, now),
                Full::Retry { .. } => {
                    return self.come_back(customer, &visit.on_full, Outcome::TurnedAway, schedule);
                }
            }
        }
        self.leave(customer, Outcome::TurnedAway, None, now);
    }

    #[inline]
    fn begin_visit(&mut self, customer: u32, station: u16, now: Time) {
        let is_open = self.window_open;
        let row = &mut self.customers[customer];
        row.station = station;
        row.at = self.network.visit_number(row.class, station) as u32;
        row.visits = row.visits.wrapping_add(1);
        row.joined = now;
        row.waited = Span::ZERO;
        row.marks = row.marks.of_visit(is_open);
        let is_again = row.visits > 1;
        if self.network.stations[usize::from(station)].interrupts {
            let extra = self.customers.extra(customer);
            extra.remaining = Span::ZERO;
            extra.patience = Span::MAX;
            extra.interruptions = 0;
            extra.has_started = false;
        }
        if is_open {
            let counts = self.counts(customer);
            counts.attempts += 1;
            counts.again += u64::from(is_again);
        }
    }

    /// Whether units are there, whoever else waits. `Reserved` if only the reserve stands in the way.
    #[inline]
    pub(super) fn can_start(&self, station: u16, visit: &Visit) -> Fit {
        let state = &self.stations[usize::from(station)];
        if self.network.stations[usize::from(station)].takes_one {
            return if state.used < state.capacity { Fit::Yes } else { Fit::No };
        }
        self.can_take(station, visit)
    }

    fn can_take(&self, station: u16, visit: &Visit) -> Fit {
        let state = &self.stations[usize::from(station)];
        if state.busy_by_server.is_empty() {
            let free = state.free();
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

    #[inline]
    fn may_start_at_once(&self, customer: u32, visit: &Visit) -> bool {
        let number = self.customers[customer].station;
        if self.can_start(number, visit) != Fit::Yes {
            return false;
        }
        let is_next = self.stations[usize::from(number)].waiting == 0
            || self.network.stations[usize::from(number)].skip_ahead;
        is_next || self.may_pass(number, visit)
    }

    // Those ahead must be waiting only for units reserved against them.
    fn may_pass(&self, number: u16, visit: &Visit) -> bool {
        let state = &self.stations[usize::from(number)];
        let discipline = self.network.stations[usize::from(number)].discipline;
        matches!(discipline, Discipline::Priority | Discipline::PreemptivePriority)
            && (0..=visit.line).filter(|line| state.occupied_lines & (1 << line) != 0).all(|line| {
                let first = state.lines[usize::from(line)].first;
                line < visit.line && self.can_start(number, self.visit(first)) == Fit::Reserved
            })
    }

    // Interrupts somebody less urgent, if the discipline allows it.
    fn makes_room(&mut self, customer: u32, visit: &Visit, schedule: &mut Schedule<Event>) -> bool {
        let number = self.customers[customer].station;
        if self.network.stations[usize::from(number)].discipline != Discipline::PreemptivePriority {
            return false;
        }
        while self.can_start(number, visit) != Fit::Yes {
            let Some(victim) = self.least_urgent(number, i32::from(visit.line)) else { return false };
            self.interrupt(victim, schedule);
        }
        true
    }

    /// Service has ended: where to go now.
    #[inline]
    pub(super) fn go_on(&mut self, customer: u32, visit: &Visit, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let row = &self.customers[customer];
        let (from, class) = (row.station, row.class);
        let stays = self.network.stations[usize::from(from)].stays;
        let Some(way) = self.way(customer, visit) else {
            return self.leave(customer, Outcome::Served, (!stays).then_some(from), now);
        };
        if let Some(delay) = &way.delay {
            if !stays {
                self.release(customer, from, now);
            }
            let drawn = delay.sample(&mut self.dice(customer, DELAY));
            self.customers[customer].station = way.to;
            schedule.in_turn(now + self.span(drawn), Turn::Arrival, Event::Join { customer });
            return;
        }
        if !stays {
            if from != way.to && matches!(self.network.visit(class, way.to).on_full, Full::Block) {
                self.customers[customer].upstream = from;
            } else {
                self.release(customer, from, now);
            }
        }
        self.come_to(customer, way.to, schedule);
    }

    #[inline]
    fn way<'v>(&self, customer: u32, visit: &'v Visit) -> Option<&'v Way> {
        match visit.ways.as_slice() {
            [] => None,
            [only] if only.upto.is_infinite() => Some(only),
            ways => {
                let u = self.dice(customer, ROUTE).uniform();
                ways.iter().find(|way| u < way.upto)
            }
        }
    }

    /// Patience has run out.
    pub(super) fn abandon(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        self.leave_queue(customer, schedule);
        let station = self.customers[customer].station;
        self.end_visit(customer, Outcome::Abandoned, now);
        self.remove_present(customer, station, now);
        self.to_serve.push(station);
        let visit = self.visit(customer);
        match &visit.on_abandon {
            Full::Divert(to) => self.come_to(customer, *to, schedule),
            retry @ Full::Retry { .. } => self.come_back(customer, retry, Outcome::Abandoned, schedule),
            _ => self.leave(customer, Outcome::Abandoned, None, now),
        }
    }

    fn come_back(&mut self, customer: u32, rule: &Full, outcome: Outcome, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let Full::Retry { delay, prob } = rule else { return self.leave(customer, outcome, None, now) };
        self.give_up_upstream(customer, now);
        if !self.dice(customer, RETRY).happens(*prob) {
            return self.leave(customer, outcome, None, now);
        }
        let drawn = delay.sample(&mut self.dice(customer, DELAY));
        let row = &mut self.customers[customer];
        row.state = State::Orbiting;
        row.marks = row.marks.with(Marks::IN_WINDOW, false);
        self.classes[usize::from(row.class)].orbit.add(now);
        schedule.in_turn(now + self.span(drawn), Turn::Arrival, Event::Join { customer });
    }
}
