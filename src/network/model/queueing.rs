//! Joining a queue, leaving it, and who is next.

use super::customer::{Marks, NOBODY, NOWHERE, State};
use super::plain::draw_service;
use super::routing::Fit;
use super::{Event, PATIENCE, System};
use crate::engine::{Schedule, Turn};
use crate::network::spec::Discipline;
use crate::units::{Span, Time};

impl System<'_> {
    pub(super) fn join(&mut self, customer: u32, is_interrupted: bool, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let visit = self.visit(customer);
        let number = self.customers[customer].station;
        self.link(customer, visit.line, is_interrupted);
        let row = &mut self.customers[customer];
        row.state = State::Waiting;
        // whoever found a server at once and lost it later was not kept waiting on arrival
        if !is_interrupted {
            row.marks = row.marks.with(Marks::HAS_WAITED, true);
        }
        let is_holder = row.upstream != NOWHERE;
        if self.stations[usize::from(number)].is_plain {
            // whoever was turned away elsewhere comes here by the long way and goes on by the short one
            row.waited = draw_service(row.key, row.visits, visit, self.network.tick);
        }
        if self.network.stations[usize::from(number)].interrupts {
            self.customers.extra(customer).wait_from = now;
        }
        let state = &mut self.stations[usize::from(number)];
        state.add_waiting(is_holder, now);
        let is_idle = state.free() > 0;
        if self.tells_classes_apart {
            self.counts(customer).queue.add(now);
        }
        if !is_interrupted {
            self.add_present(customer, number, now);
        }
        if let Some(patience) = &visit.patience {
            if !is_interrupted {
                let drawn = patience.sample(&mut self.dice(customer, PATIENCE));
                self.customers.extra(customer).patience = self.span(drawn);
            }
            let left = self.customers.extra(customer).patience - self.customers[customer].waited;
            let ticket = schedule.cancellable(now + left, Turn::Abandonment, Event::Impatient { customer });
            self.customers.extra(customer).impatience = Some(ticket);
        }
        if self.network.may_deadlock && self.customers.is_holding(customer) {
            self.set_stuck(customer, true);
            self.look_for_deadlock(number, now);
        }
        if is_idle {
            self.to_serve.push(number);
        }
    }

    fn link(&mut self, customer: u32, line: u8, to_front: bool) {
        let number = usize::from(self.customers[customer].station);
        let discipline = self.network.stations[number].discipline;
        let state = &mut self.stations[number];
        state.occupied_lines |= 1 << line;
        if discipline == Discipline::RandomOrder {
            self.customers.extra(customer).place = state.any_order.len() as u32;
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
            self.customers[next].previous = customer;
        }
        if previous == NOBODY {
            ends.first = customer;
        } else {
            self.customers[previous].next = customer;
        }
        let row = &mut self.customers[customer];
        row.previous = previous;
        row.next = next;
    }

    fn unlink(&mut self, customer: u32, line: u8) {
        let row = &self.customers[customer];
        let (previous, next, station) = (row.previous, row.next, usize::from(row.station));
        let state = &mut self.stations[station];
        if self.network.stations[station].discipline == Discipline::RandomOrder {
            let place = self.customers.extra(customer).place;
            state.any_order.swap_remove(place as usize);
            if let Some(&moved) = state.any_order.get(place as usize) {
                self.customers.extra(moved).place = place;
            }
            if state.any_order.is_empty() {
                state.occupied_lines = 0;
            }
            return;
        }
        let ends = &mut state.lines[usize::from(line)];
        if previous == NOBODY {
            ends.first = next;
        } else {
            self.customers[previous].next = next;
        }
        if next == NOBODY {
            ends.last = previous;
        } else {
            self.customers[next].previous = previous;
        }
        if ends.first == NOBODY {
            state.occupied_lines &= !(1 << line);
        }
    }

    /// The end of a spell of waiting, for whatever reason.
    pub(super) fn leave_queue(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let visit = self.visit(customer);
        self.unlink(customer, visit.line);
        if self.network.may_deadlock && self.customers.is_holding(customer) {
            self.set_stuck(customer, false);
        }
        if visit.patience.is_some()
            && let Some(ticket) = self.customers.extra(customer).impatience.take()
        {
            schedule.cancel(ticket);
        }
        let since = self.wait_from(customer);
        if self.window_open && !self.plan.targets.is_empty() {
            self.count_over(customer, since, now);
        }
        let row = &mut self.customers[customer];
        row.waited = row.waited + now.since(since);
        row.state = State::Moving;
        let is_holder = row.upstream != NOWHERE;
        self.stations[usize::from(row.station)].remove_waiting(is_holder, now);
        if self.tells_classes_apart {
            self.counts(customer).queue.remove(now);
        }
    }

    /// Since when a customer has been waiting in this spell.
    #[inline]
    pub(super) fn wait_from(&mut self, customer: u32) -> Time {
        let row = &self.customers[customer];
        if self.network.stations[usize::from(row.station)].interrupts {
            return self.customers.extra(customer).wait_from;
        }
        row.joined
    }

    /// Time inside the window during which a customer had waited longer than each target.
    pub(super) fn count_over(&mut self, customer: u32, since: Time, now: Time) {
        let plan = self.plan;
        let counts = self.counts(customer);
        for (over, &target) in counts.over_area.iter_mut().zip(&plan.targets) {
            let from = since + Span::from_millis(target);
            *over += u128::from(plan.clip(from, now));
        }
    }

    /// Starts all who can start.
    #[inline]
    pub(super) fn serve(&mut self, station: u16, schedule: &mut Schedule<Event>) {
        while self.stations[usize::from(station)].waiting > 0 {
            let Some(customer) = self.next_to_start(station, schedule.now()) else { break };
            self.leave_queue(customer, schedule);
            self.start(customer, schedule);
        }
        if self.network.stations[usize::from(station)].admits {
            self.admit_blocked(station, schedule.now());
        }
    }

    #[inline]
    pub(super) fn next_to_start(&mut self, number: u16, now: Time) -> Option<u32> {
        let state = &self.stations[usize::from(number)];
        if state.free() == 0 {
            return None;
        }
        if self.network.stations[usize::from(number)].serves_first {
            let line = state.occupied_lines.trailing_zeros() as usize;
            return state.lines.get(line).map(|line| line.first);
        }
        self.choose_next(number, now)
    }

    fn choose_next(&mut self, number: u16, now: Time) -> Option<u32> {
        let station = &self.network.stations[usize::from(number)];
        if station.discipline == Discipline::RandomOrder {
            let state = &mut self.stations[usize::from(number)];
            let waiting = state.any_order.len();
            let chosen = state.dice.below(waiting);
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
                    _ if station.skip_ahead => customer = self.customers[customer].next,
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
            let waited = now.since(self.customers[c].joined).as_millis();
            self.visit(c).weight * waited as f64
        };
        // the first of the largest: `max_by` would give the last
        firsts.fold(None, |best, c| match best {
            Some(b) if urgency(b) >= urgency(c) => Some(b),
            _ => Some(c),
        })
    }

    /// In service at the station in a line after `line`: the least urgent, and of these the last to
    /// start.
    pub(super) fn least_urgent(&mut self, station: u16, line: i32) -> Option<u32> {
        let by_class =
            self.network.stations[usize::from(station)].discipline == Discipline::PreemptivePriority;
        let mut found: Option<(i32, u64, u32)> = None;
        for &customer in &self.stations[usize::from(station)].serving {
            let row = &self.customers[customer];
            let visit = self.network.visit(row.class, row.station);
            let own = if by_class { i32::from(visit.line) } else { 0 };
            let order = self.customers.extra(customer).order;
            if own > line && found.is_none_or(|(l, o, _)| (own, order) > (l, o)) {
                found = Some((own, order, customer));
            }
        }
        found.map(|(.., customer)| customer)
    }
}
