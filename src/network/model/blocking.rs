//! Servers kept while their customers wait elsewhere, and rings of customers who wait for each other.

use super::customer::{NOBODY, NOWHERE, State};
use super::{Stop, System};
use crate::units::Time;

impl System<'_> {
    /// A place in the waiting room that has come free goes to the first who is blocked elsewhere.
    pub(super) fn admit_blocked(&mut self, number: u16, now: Time) {
        while self.stations[usize::from(number)].holders > 0 {
            let state = &self.stations[usize::from(number)];
            let in_room = state.in_room();
            let mut found = NOBODY;
            for line in &state.lines {
                let mut customer = line.first;
                while customer != NOBODY && found == NOBODY {
                    let row = &self.customers[customer];
                    if row.upstream != NOWHERE && in_room < self.visit(customer).room {
                        found = customer;
                    }
                    customer = row.next;
                }
            }
            if found == NOBODY {
                return;
            }
            if self.network.may_deadlock {
                self.set_stuck(found, false);
            }
            self.stations[usize::from(number)].holders -= 1;
            self.give_up_upstream(found, now);
            if self.network.may_deadlock {
                self.set_stuck(found, true);
            }
        }
    }

    /// A customer begins or ceases to wait while holding servers of other stations.
    pub(super) fn set_stuck(&mut self, customer: u32, is_stuck: bool) {
        let row = &self.customers[customer];
        let (class, to, upstream) = (row.class, usize::from(row.station), row.upstream);
        let kept = self.customers.extra(customer).kept().len();
        for place in 0..=kept {
            let held = self.customers.extra(customer).kept().get(place).copied().unwrap_or(upstream);
            if held == NOWHERE {
                continue;
            }
            let units = self.network.visit(class, held).units;
            let at = usize::from(held) * self.network.stations.len() + to;
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

    /// Nobody can move if every unit of the station is held by somebody who waits for a station of
    /// which the same is true. Stations with a roster, breakdowns or patience may free themselves.
    pub(super) fn look_for_deadlock(&mut self, first: u16, now: Time) {
        let mut ring = std::mem::take(&mut self.ring);
        ring.clear();
        ring.push(first);
        let is_stuck = |&at: &u16| {
            let (station, state) = (&self.network.stations[usize::from(at)], &self.stations[usize::from(at)]);
            let may_change = station.changes() || station.has_patience;
            !may_change && state.used > 0 && state.used <= state.stuck && state.capacity <= state.used
        };
        let all = self.network.stations.len();
        let mut next = 0;
        while let Some(at) = ring.get(next).filter(|at| is_stuck(at)).copied() {
            next += 1;
            for to in 0..all {
                if self.waiting_for[usize::from(at) * all + to] > 0 && !ring.contains(&(to as u16)) {
                    ring.push(to as u16);
                }
            }
        }
        if next == ring.len() {
            let in_ring = |&row: &u32| {
                let customer = &self.customers[row];
                customer.state == State::Waiting
                    && self.customers.is_holding(row)
                    && ring.contains(&customer.station)
            };
            let rows = (0..self.customers.rows().len() as u32).filter(in_ring);
            let customers = rows.map(|row| (self.customers[row].class, self.customers[row].index)).collect();
            self.halt(Stop::Deadlock { at: now, ring: ring.clone(), customers });
        }
        self.ring = ring;
    }
}
