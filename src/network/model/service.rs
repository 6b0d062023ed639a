//! Taking servers, serving, and giving back.

use super::customer::{NOWHERE, State};
use super::{Event, SERVICE, System};
use crate::engine::{Schedule, Turn};
use crate::network::compiled::Visit;
use crate::network::results::Outcome;
use crate::units::{Span, Time};

impl System<'_> {
    pub(super) fn start(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let visit = self.visit(customer);
        self.begin_service(customer, visit, schedule);
        self.give_up_upstream(customer, schedule.now());
    }

    fn draw_service(&mut self, customer: u32, visit: &Visit) -> Span {
        let law = match &visit.service {
            Some(law) => Some(law),
            None => visit.service_by_server.get(usize::from(self.customers.extra(customer).server)),
        };
        let drawn = law.map_or(0.0, |law| law.sample(&mut self.dice(customer, SERVICE)));
        self.span(drawn)
    }

    fn begin_service(&mut self, customer: u32, visit: &Visit, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let number = self.customers[customer].station;
        let station = &self.network.stations[usize::from(number)];
        self.seize(customer, visit, now);
        let resumes = station.interrupts && self.customers.extra(customer).has_started;
        let span = if resumes {
            self.customers.extra(customer).remaining
        } else {
            self.draw_service(customer, visit)
        };
        let mut ends = now + span;
        if let Some((offset, period)) = station.ends_at {
            let after = ends.as_millis().saturating_sub(offset);
            ends = Time::from_millis(after.div_ceil(period).saturating_mul(period).saturating_add(offset));
        }
        self.customers[customer].state = State::Serving;
        if !station.interrupts {
            schedule.at(ends, Event::End { customer });
            return;
        }
        self.starts += 1;
        let order = self.starts;
        let serving = &mut self.stations[usize::from(number)].serving;
        let extra = self.customers.extra(customer);
        extra.order = order;
        extra.ends = ends;
        if !resumes {
            extra.has_started = true;
            extra.first_start = now;
        }
        extra.end = Some(schedule.cancellable(ends, Turn::Completion, Event::End { customer }));
        extra.place = serving.len() as u32;
        serving.push(customer);
    }

    fn seize(&mut self, customer: u32, visit: &Visit, now: Time) {
        let number = usize::from(self.customers[customer].station);
        let state = &mut self.stations[number];
        if !state.busy_by_server.is_empty() {
            let is_free = |&&server: &&u8| state.busy_named & (1 << server) == 0;
            let server = visit.preference.iter().find(is_free).copied().unwrap_or(0);
            self.customers.extra(customer).server = server;
            state.busy_named |= 1 << server;
            state.busy_by_server[usize::from(server)].add(now);
        }
        if self.network.stations[number].stays {
            self.customers.extra(customer).keep(number as u16);
        }
        state.seize(visit.units, now);
        for &(pool, units) in &visit.needs {
            self.pools[usize::from(pool)] += units;
        }
    }

    // Gives back what was seized at `station`; who may start because of it is looked at later.
    fn give_back(&mut self, customer: u32, station: u16, now: Time) {
        let visit = self.network.visit(self.customers[customer].class, station);
        let state = &mut self.stations[usize::from(station)];
        if self.network.stations[usize::from(station)].stays {
            self.customers.extra(customer).give_back(station);
        }
        if !state.busy_by_server.is_empty() {
            let server = self.customers.extra(customer).server;
            state.busy_named &= !(1 << server);
            state.busy_by_server[usize::from(server)].remove(now);
        }
        state.give_back(visit.units, now);
        self.to_serve.push(station);
        for &(pool, units) in &visit.needs {
            self.pools[usize::from(pool)] -= units;
            self.to_serve.extend(&self.network.pools[usize::from(pool)].stations);
        }
    }

    /// Gives back what was seized at `station`, and is no longer there.
    pub(super) fn release(&mut self, customer: u32, station: u16, now: Time) {
        self.give_back(customer, station, now);
        self.remove_present(customer, station, now);
    }

    #[inline]
    pub(super) fn give_up_upstream(&mut self, customer: u32, now: Time) {
        let upstream = self.customers[customer].upstream;
        if upstream != NOWHERE {
            self.customers[customer].upstream = NOWHERE;
            self.release(customer, upstream, now);
        }
    }

    // Service is over or interrupted: the server no longer works, though it may still be held.
    fn stop_work(&mut self, customer: u32, visit: &Visit, now: Time) {
        let number = usize::from(self.customers[customer].station);
        let state = &mut self.stations[number];
        state.stop_work(visit.units, now);
        if self.network.stations[number].interrupts {
            let place = self.customers.extra(customer).place;
            state.serving.swap_remove(place as usize);
            if let Some(&moved) = state.serving.get(place as usize) {
                self.customers.extra(moved).place = place;
            }
        }
    }

    pub(super) fn interrupt(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let visit = self.visit(customer);
        self.stop_work(customer, visit, now);
        let extra = self.customers.extra(customer);
        if let Some(ticket) = extra.end.take() {
            schedule.cancel(ticket);
        }
        extra.remaining = extra.ends.since(now);
        extra.interruptions += 1;
        let station = self.customers[customer].station;
        self.give_back(customer, station, now);
        self.join(customer, true, schedule);
    }

    pub(super) fn finish(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let visit = self.visit(customer);
        self.stop_work(customer, visit, now);
        let row = &mut self.customers[customer];
        row.state = State::Moving;
        let from = row.station;
        self.end_visit(customer, Outcome::Served, now);
        if self.window_open {
            self.stations[usize::from(from)].complete(now);
        }
        self.go_on(customer, visit, schedule);
    }
}
