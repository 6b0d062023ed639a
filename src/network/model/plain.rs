//! The short way through stations that ask nothing special: everybody takes one server of a fixed
//! number, whoever is first in the first line is next, nobody is interrupted or loses patience.
//!
//! It does what `routing`, `queueing` and `service` do, with each row looked up once; a test runs
//! networks both ways and compares every figure.

use super::customer::{Customer, NOBODY, NOWHERE, State};
use super::{Event, SERVICE, System};
use crate::engine::Schedule;
use crate::network::compiled::{Full, Onward, Visit};
use crate::network::results::Outcome;
use crate::units::{Span, Time};

#[inline(always)]
fn draw_service(row: &Customer, visit: &Visit, tick: f64) -> Span {
    let mut dice = row.key.dice(row.purpose(SERVICE));
    let drawn = visit.service.as_ref().map_or(0.0, |law| law.sample(&mut dice));
    Span::from_millis((drawn * tick + 0.5) as u64)
}

impl System<'_> {
    /// Comes to a station of any kind.
    #[inline(always)]
    pub(super) fn come_to(&mut self, customer: u32, station: u16, schedule: &mut Schedule<Event>) {
        if self.stations[usize::from(station)].is_plain {
            self.enter_plain(customer, station, schedule);
        } else {
            self.enter(customer, station, schedule);
        }
    }

    #[inline(always)]
    fn enter_plain(&mut self, customer: u32, station: u16, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let (network, is_open) = (self.network, self.window_open);
        let tells_classes_apart = self.tells_classes_apart();
        let row = &mut self.customers[customer];
        let at = network.visit_number(row.class, station);
        let visit = &network.visits[at];
        let state = &mut self.stations[usize::from(station)];
        let counts = &mut self.visits[at];
        let upstream = row.upstream;
        row.station = station;
        row.visits = row.visits.wrapping_add(1);
        row.joined = now;
        row.waited = Span::ZERO;
        row.in_window = is_open;
        row.has_waited = false;
        counts.attempts += u64::from(is_open);
        counts.again += u64::from(is_open && row.visits > 1);

        let starts = state.waiting == 0 && state.used < state.capacity;
        let has_place = state.in_room() < visit.room;
        let stays_upstream = upstream != NOWHERE && matches!(visit.on_full, Full::Block);
        let is_holder = !starts && !has_place && stays_upstream;
        if !(starts || has_place || is_holder) {
            return self.wait_or_go(customer, station, schedule);
        }
        state.add_present(is_open, now);
        if tells_classes_apart {
            counts.present.add(now);
        }
        if starts {
            row.state = State::Serving;
            state.seize_one(now);
            let ends = now + draw_service(row, visit, network.tick);
            schedule.at(ends, Event::End { customer });
        } else {
            row.state = State::Waiting;
            row.has_waited = true;
            state.waiting += 1;
            state.holders += u32::from(is_holder);
            if tells_classes_apart {
                counts.queue.add(now);
            }
            // to the end of the line, or to its head where the last to come is first
            state.occupied_lines |= 1 << visit.line;
            let ends = &mut state.lines[usize::from(visit.line)];
            if state.is_lifo {
                row.next = std::mem::replace(&mut ends.first, customer);
            } else {
                row.next = NOBODY;
                let last = std::mem::replace(&mut ends.last, customer);
                if ends.first == NOBODY {
                    ends.first = customer;
                } else {
                    self.customers[last].next = customer;
                }
            }
        }
        if upstream != NOWHERE && !is_holder {
            self.give_up_upstream_plain(customer, upstream, now);
        }
    }

    #[inline(always)]
    fn give_up_upstream_plain(&mut self, customer: u32, upstream: u16, now: Time) {
        let state = &mut self.stations[usize::from(upstream)];
        if !state.is_plain {
            return self.give_up_upstream(customer, now);
        }
        let row = &mut self.customers[customer];
        row.upstream = NOWHERE;
        state.release_one(now);
        if state.waiting > 0 {
            self.to_serve.push(upstream);
        }
        if self.classes.len() > 1 {
            let at = self.network.visit_number(row.class, upstream);
            self.visits[at].present.remove(now);
        }
    }

    /// Service ends at a station of any kind.
    #[inline(always)]
    pub(super) fn end(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let (network, plan) = (self.network, self.plan);
        let tells_classes_apart = self.tells_classes_apart();
        let from = self.customers[customer].station;
        if !self.stations[usize::from(from)].is_plain {
            return self.finish(customer, schedule);
        }
        if plan.record {
            self.record(customer, Outcome::Served, now);
        }
        let row = &mut self.customers[customer];
        let state = &mut self.stations[usize::from(from)];
        let at = network.visit_number(row.class, from);
        let visit = &network.visits[at];
        let counts = &mut self.visits[at];
        state.stop_one(now);
        row.state = State::Moving;
        if row.in_window {
            let waited = row.waited.as_millis();
            counts.delayed += u64::from(row.has_waited);
            counts.served_waits.add(waited, &plan.targets);
            counts.histogram.add(waited);
            counts.sojourns.add(now.since(row.joined).as_millis(), &plan.targets);
        }
        if self.window_open {
            state.complete(now);
        }
        if let Onward::To { station, blocks: true } = visit.onward {
            row.upstream = from;
            return self.come_to(customer, station, schedule);
        }
        if let Onward::Drawn = visit.onward {
            return self.go_on(customer, visit, schedule);
        }
        state.release_one(now);
        if state.waiting > 0 {
            self.to_serve.push(from);
        }
        if tells_classes_apart {
            counts.present.remove(now);
        }
        if let Onward::To { station, .. } = visit.onward {
            return self.come_to(customer, station, schedule);
        }
        if network.keeps_servers {
            return self.leave(customer, Outcome::Served, None, now);
        }
        row.state = State::Absent;
        if self.window_open {
            self.inside_time += u128::from(plan.clip(row.arrived, now));
        }
        self.classes[usize::from(row.class)].add_leaver(row, Outcome::Served, now, &plan.targets);
        self.present.remove(now);
        self.customers.free(customer);
    }

    /// Starts all who can start at a plain station.
    #[inline(always)]
    pub(super) fn serve_plain(&mut self, station: u16, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let network = self.network;
        let tells_classes_apart = self.tells_classes_apart();
        loop {
            let state = &mut self.stations[usize::from(station)];
            if state.waiting == 0 || state.used >= state.capacity {
                return;
            }
            let line = state.occupied_lines.trailing_zeros() as usize;
            let Some(ends) = state.lines.get_mut(line) else { return };
            let customer = ends.first;
            let row = &mut self.customers[customer];
            let at = network.visit_number(row.class, station);
            let visit = &network.visits[at];
            let upstream = row.upstream;
            ends.first = row.next;
            if ends.first == NOBODY {
                ends.last = NOBODY;
                state.occupied_lines &= !(1 << line);
            }
            state.waiting -= 1;
            state.holders -= u32::from(upstream != NOWHERE);
            if tells_classes_apart {
                self.visits[at].queue.remove(now);
            }
            row.waited = now.since(row.joined);
            row.state = State::Serving;
            state.seize_one(now);
            let end = now + draw_service(row, visit, network.tick);
            schedule.at(end, Event::End { customer });
            if self.window_open && !self.plan.targets.is_empty() {
                let since = row.joined;
                self.count_over(customer, since, now);
            }
            if upstream != NOWHERE {
                self.give_up_upstream_plain(customer, upstream, now);
            }
        }
    }
}
