//! Who comes, and the end of their way.

use super::customer::{Customer, NOWHERE, State};
use super::{Event, Stop, System};
use crate::engine::{Schedule, Turn};
use crate::network::results::{ClassCounts, Outcome};
use crate::units::Time;

impl System<'_> {
    /// An arrival of a class: one customer or a group.
    #[inline(always)]
    pub(super) fn arrivals(&mut self, class: u16, schedule: &mut Schedule<Event>) {
        let network = self.network;
        let process = network.classes[usize::from(class)].arrivals.as_ref();
        let group = process.map_or(0, |p| p.group(&mut self.sources[usize::from(class)].dice));
        // the next arrival first, so that those of one instant keep the order of their classes
        self.schedule_arrival(class, schedule);
        for _ in 0..group {
            if self.stop.is_some() {
                break;
            }
            self.arrive(class, true, schedule);
        }
    }

    #[inline(always)]
    pub(super) fn schedule_arrival(&mut self, class: u16, schedule: &mut Schedule<Event>) {
        let network = self.network;
        let Some(process) = &network.classes[usize::from(class)].arrivals else { return };
        let source = &mut self.sources[usize::from(class)];
        let mut next = source.next(process, network.tick);
        if process.comes_alone() {
            std::mem::swap(&mut source.ahead, &mut next);
        }
        if let Some(at) = next {
            schedule.in_turn(at, Turn::Arrival, Event::Arrival { class });
        }
    }

    #[inline(always)]
    pub(super) fn arrive(&mut self, class: u16, is_new: bool, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let source = &mut self.sources[usize::from(class)];
        let index = source.next_index;
        source.next_index += 1;
        let in_cohort = is_new && self.window_open;
        let key = std::mem::replace(&mut source.next_key, source.people.person(index + 1));
        let customer = match self.customers.take_free() {
            Some(row) => row,
            None => self.new_row(now),
        };
        // the visit writes the rest
        let row = &mut self.customers[customer];
        row.key = key;
        row.arrived = now;
        row.index = index;
        row.visits = 0;
        row.class = class;
        row.upstream = NOWHERE;
        row.state = State::Moving;
        row.in_cohort = in_cohort;
        self.classes[usize::from(class)].offered += u64::from(in_cohort);
        self.present.add(now);
        let entry = self.network.classes[usize::from(class)].entry;
        self.come_to(customer, entry, schedule);
    }

    #[cold]
    fn new_row(&mut self, now: Time) -> u32 {
        if self.customers.rows().len() as u64 >= self.plan.most_inside {
            self.stop.get_or_insert(Stop::Crowded { at: now });
        }
        self.customers.add()
    }

    /// The end of a customer's way. `last` is a station whose server they have until now and do not
    /// keep.
    pub(super) fn leave(&mut self, customer: u32, outcome: Outcome, last: Option<u16>, now: Time) {
        // everything goes back before anybody else starts: queues first, then their next requests
        if self.network.keeps_servers {
            while let Some(&station) = self.customers.extra(customer).kept().first() {
                self.release(customer, station, now);
            }
        }
        self.give_up_upstream(customer, now);
        if let Some(station) = last {
            self.release(customer, station, now);
        }
        let row = &mut self.customers[customer];
        row.state = State::Absent;
        if self.window_open {
            self.inside_time += u128::from(self.plan.clip(row.arrived, now));
        }
        let counts = &mut self.classes[usize::from(row.class)];
        counts.add_leaver(row, outcome, now, &self.plan.targets);
        self.present.remove(now);
        self.customers.free(customer);
    }
}

impl ClassCounts {
    #[inline(always)]
    pub(super) fn add_leaver(&mut self, row: &Customer, outcome: Outcome, now: Time, targets: &[u64]) {
        self.left[outcome as usize] += 1;
        if row.in_cohort {
            self.cohort_left[outcome as usize] += 1;
            self.visits += u64::from(row.visits);
            if outcome == Outcome::Served {
                self.total_times.add(now.since(row.arrived).as_millis(), targets);
            }
        }
    }
}
