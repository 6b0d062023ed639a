//! Who comes, and the end of their way.

use super::customer::{Customer, Marks, Newcomer};
use super::plain::draw_service;
use super::{Event, Stop, System, in_ticks};
use crate::engine::{Schedule, Turn};
use crate::network::compiled::{Network, Visit};
use crate::network::distribution::{ArrivalProcess, Clock};
use crate::network::results::{ClassCounts, Outcome};
use crate::random::{Dice, PersonKey, Stream};
use crate::units::{Span, Time};

/// Who of a class is next to come. What can be drawn before it is needed is: which event comes next
/// often depends on it, and a draw takes long.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    process: Option<&'a ArrivalProcess>,
    clock: Clock,
    dice: Dice,
    // the next arrival, where nothing else is drawn from these dice; `NEVER` if there is none
    ahead: Time,
    people: Stream,
    pub next_index: u64,
    next_key: PersonKey,
    // of whoever comes next, at a plain entry
    next_service: Span,
    pub enters_plain: bool,
    class: u16,
    entry: u16,
    pub entry_visit: usize,
    entry_rules: &'a Visit,
    // arrivals before the window
    pub before_window: u64,
}

impl<'a> Source<'a> {
    pub fn new(network: &'a Network, class: u16, stream: Stream) -> Self {
        let rules = &network.classes[usize::from(class)];
        let own = stream.at(1).at(u64::from(class));
        let entry_visit = network.visit_number(class, rules.entry);
        let mut source = Self {
            process: rules.arrivals.as_ref(),
            clock: Clock::default(),
            dice: own.at(0).dice(),
            ahead: Time::NEVER,
            people: own.at(1),
            next_index: 0,
            next_key: own.at(1).person(0),
            next_service: Span::ZERO,
            enters_plain: network.stations[usize::from(rules.entry)].is_plain,
            class,
            entry: rules.entry,
            entry_visit,
            entry_rules: &network.visits[entry_visit],
            before_window: 0,
        };
        if let Some(process) = source.process.filter(|process| process.comes_alone()) {
            source.ahead = source.next(process, network.tick);
        }
        source.draw_next_service(network.tick);
        source
    }

    #[inline(always)]
    fn next(&mut self, process: &ArrivalProcess, tick: f64) -> Time {
        let next = process.next(&mut self.clock, &mut self.dice);
        next.map_or(Time::NEVER, |at| Time::ZERO + in_ticks(at, tick))
    }

    /// Puts the next arrival on the schedule.
    #[inline(always)]
    pub fn schedule_next(&mut self, tick: f64, schedule: &mut Schedule<Event>) {
        let Some(process) = self.process else { return };
        let mut next = self.next(process, tick);
        if process.comes_alone() {
            std::mem::swap(&mut self.ahead, &mut next);
        }
        if next != Time::NEVER {
            schedule.in_turn(next, Turn::Arrival, Event::Arrival { class: self.class });
        }
    }

    /// Whoever comes now.
    #[inline(always)]
    fn take(&mut self, tick: f64) -> Newcomer {
        let newcomer = Newcomer {
            key: self.next_key,
            index: self.next_index,
            service: self.next_service,
            class: self.class,
            entry: self.entry,
            at: self.entry_visit as u32,
        };
        self.next_index += 1;
        self.next_key = self.people.person(self.next_index);
        self.draw_next_service(tick);
        newcomer
    }

    #[inline(always)]
    fn draw_next_service(&mut self, tick: f64) {
        if self.enters_plain {
            self.next_service = draw_service(self.next_key, 1, self.entry_rules, tick);
        }
    }
}

impl System<'_> {
    /// An arrival of a class: one customer or a group.
    #[inline(always)]
    pub(super) fn arrivals(&mut self, class: u16, schedule: &mut Schedule<Event>) {
        let tick = self.network.tick;
        let source = &mut self.sources[usize::from(class)];
        let group = source.process.filter(|process| !process.comes_alone());
        let group = group.map(|process| process.group(&mut source.dice));
        // the next arrival first, so that those of one instant keep the order of their classes
        source.schedule_next(tick, schedule);
        if let Some(group) = group {
            return self.arrive_together(class, group, schedule);
        }
        let (newcomer, enters_plain) = (source.take(tick), source.enters_plain);
        self.arrive(&newcomer, enters_plain, schedule);
    }

    #[inline(never)]
    pub(super) fn arrive_together(&mut self, class: u16, group: u32, schedule: &mut Schedule<Event>) {
        for _ in 0..group {
            if self.stop.is_some() {
                break;
            }
            let source = &mut self.sources[usize::from(class)];
            let (newcomer, enters_plain) = (source.take(self.network.tick), source.enters_plain);
            self.arrive(&newcomer, enters_plain, schedule);
        }
    }

    #[inline(always)]
    fn arrive(&mut self, newcomer: &Newcomer, enters_plain: bool, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let customer = match self.customers.take_free() {
            Some(row) => row,
            None => self.new_row(now),
        };
        self.inside.comes(now);
        if enters_plain {
            self.enter_plain(customer, newcomer.entry, Some(newcomer), schedule);
        } else {
            self.customers[customer].welcome(newcomer, now, self.window_open);
            self.enter(customer, newcomer.entry, schedule);
        }
    }

    #[cold]
    fn new_row(&mut self, now: Time) -> u32 {
        if self.customers.rows().len() as u64 >= self.plan.most_inside {
            self.halt(Stop::Crowded { at: now });
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
        let row = &self.customers[customer];
        let counts = &mut self.classes[usize::from(row.class)];
        counts.add_leaver(row, outcome, now, &self.plan.targets);
        self.inside.goes(row.arrived, now, self.window_open);
        self.customers.free(customer);
    }
}

impl ClassCounts {
    #[inline(always)]
    pub(super) fn add_leaver(&mut self, row: &Customer, outcome: Outcome, now: Time, targets: &[u64]) {
        self.left[outcome as usize] += 1;
        if row.marks.has(Marks::IN_COHORT) {
            self.cohort_left[outcome as usize] += 1;
            self.visits += u64::from(row.visits);
            if outcome == Outcome::Served {
                self.total_times.add(now.since(row.arrived).as_millis(), targets);
            }
        }
    }
}
