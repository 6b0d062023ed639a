//! The short way through stations that ask nothing special: everybody takes one server of a fixed
//! number, whoever is first in the first line is next, nobody is interrupted or loses patience.
//!
//! It does what `routing`, `queueing` and `service` do, with each row looked up once; a test runs
//! networks both ways and compares every figure.

use super::customer::{Marks, NOBODY, NOWHERE, Newcomer, State, purpose_at};
use super::{Event, SERVICE, System, VisitState, in_ticks};
use crate::engine::Schedule;
use crate::network::compiled::{Full, Onward, Visit};
use crate::network::results::Outcome;
use crate::random::PersonKey;
use crate::units::{Span, Time};

#[inline(always)]
pub(super) fn draw_service(key: PersonKey, visits: u32, visit: &Visit, tick: f64) -> Span {
    let mut dice = key.dice(purpose_at(visits, SERVICE));
    let drawn = visit.service.as_ref().map_or(0.0, |law| law.sample(&mut dice));
    in_ticks(drawn, tick)
}

impl System<'_> {
    /// Comes to a station of any kind.
    #[inline(always)]
    pub(super) fn come_to(&mut self, customer: u32, station: u16, schedule: &mut Schedule<Event>) {
        if self.stations[usize::from(station)].is_plain {
            let row = &mut self.customers[customer];
            row.at = self.network.visit_number(row.class, station) as u32;
            self.enter_plain(customer, station, None, schedule);
        } else {
            self.enter(customer, station, schedule);
        }
    }

    /// Begins the first visit of a newcomer, or the visit that is set in the customer's row.
    #[inline(always)]
    pub(super) fn enter_plain(
        &mut self,
        customer: u32,
        station: u16,
        newcomer: Option<&Newcomer>,
        schedule: &mut Schedule<Event>,
    ) {
        let now = schedule.now();
        let (is_open, tells_classes_apart) = (self.window_open, self.tells_classes_apart);
        let row = &mut self.customers[customer];
        if let Some(newcomer) = newcomer {
            row.welcome(newcomer, now, is_open);
        }
        let VisitState { rules, counts, .. } = &mut self.visits[row.at as usize];
        let state = &mut self.stations[usize::from(station)];
        let upstream = row.upstream;
        let mut is_holder = false;
        row.station = station;
        row.visits = row.visits.wrapping_add(1);
        row.joined = now;
        row.marks = row.marks.of_visit(is_open);
        counts.attempts += u64::from(is_open);
        counts.again += u64::from(is_open & (row.visits > 1));
        // drawn before it is known to be needed, so that it is there when it is
        let service = match newcomer {
            Some(newcomer) => newcomer.service,
            None => draw_service(row.key, row.visits, rules, self.network.tick),
        };
        if state.waiting == 0 && state.used < state.capacity {
            row.waited = Span::ZERO;
            row.state = State::Serving;
            state.add_present(is_open, now);
            if tells_classes_apart {
                counts.present.add(now);
            }
            state.seize_one(now);
            schedule.at(now + service, Event::End { customer });
        } else {
            let has_place = state.in_room() < rules.room;
            is_holder = !has_place && upstream != NOWHERE && matches!(rules.on_full, Full::Block);
            if !(has_place || is_holder) {
                row.waited = Span::ZERO;
                return self.wait_or_go(customer, station, schedule);
            }
            row.waited = service;
            row.state = State::Waiting;
            row.marks = row.marks.with(Marks::HAS_WAITED, true);
            state.add_present(is_open, now);
            state.waiting += 1;
            state.holders += u32::from(is_holder);
            if tells_classes_apart {
                counts.present.add(now);
                counts.queue.add(now);
            }
            // to the end of the line, or to its head where the last to come is first
            state.occupied_lines |= 1 << rules.line;
            let ends = &mut state.lines[usize::from(rules.line)];
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
        if self.tells_classes_apart {
            let at = self.network.visit_number(row.class, upstream);
            self.visits[at].counts.present.remove(now);
        }
    }

    /// Service ends at a station of any kind.
    #[inline(always)]
    pub(super) fn end(&mut self, customer: u32, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let is_open = self.window_open;
        let row = &mut self.customers[customer];
        let from = row.station;
        let state = &mut self.stations[usize::from(from)];
        if !state.ends_plain {
            return self.finish(customer, schedule);
        }
        let VisitState { rules, counts, is_whole_way, left } = &mut self.visits[row.at as usize];
        state.stop_one(now);
        if row.marks.has(Marks::IN_WINDOW) {
            let has_waited = row.marks.has(Marks::HAS_WAITED);
            let (waited, sojourn) = (row.waited.as_millis(), now.since(row.joined).as_millis());
            counts.add_served(has_waited, waited, sojourn, &self.plan.targets);
        }
        if is_open {
            state.complete(now);
        }
        match rules.onward {
            Onward::To { station, blocks: true } => {
                row.upstream = from;
                row.state = State::Moving;
                self.come_to(customer, station, schedule);
            }
            Onward::To { station, blocks: false } => {
                row.state = State::Moving;
                state.release_one(now);
                if self.tells_classes_apart {
                    counts.present.remove(now);
                }
                if state.waiting > 0 {
                    self.to_serve.push(from);
                }
                self.come_to(customer, station, schedule);
            }
            Onward::Leaves => {
                state.release_one(now);
                if self.tells_classes_apart {
                    counts.present.remove(now);
                }
                let is_wanted = state.waiting > 0;
                if *is_whole_way {
                    *left += 1;
                } else {
                    let class = &mut self.classes[usize::from(row.class)];
                    class.add_leaver(row, Outcome::Served, now, &self.plan.targets);
                }
                self.inside.goes(row.arrived, now, is_open);
                self.customers.free(customer);
                // the one server that has come free in this event
                if is_wanted {
                    self.start_first(from, schedule);
                }
            }
            Onward::Drawn => {
                row.state = State::Moving;
                let rules = *rules;
                self.go_on(customer, rules, schedule);
            }
        }
    }

    /// Starts all who can start at a plain station.
    #[inline(always)]
    pub(super) fn serve_plain(&mut self, station: u16, schedule: &mut Schedule<Event>) {
        loop {
            let state = &self.stations[usize::from(station)];
            if state.waiting == 0 || state.used >= state.capacity {
                return;
            }
            self.start_first(station, schedule);
        }
    }

    /// Whoever is first in the queue of a plain station starts.
    #[inline(always)]
    fn start_first(&mut self, station: u16, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let state = &mut self.stations[usize::from(station)];
        let line = state.occupied_lines.trailing_zeros() as usize;
        let Some(ends) = state.lines.get_mut(line) else { return };
        let customer = ends.first;
        let row = &mut self.customers[customer];
        let upstream = row.upstream;
        ends.first = row.next;
        if ends.first == NOBODY {
            ends.last = NOBODY;
            state.occupied_lines &= !(1 << line);
        }
        state.waiting -= 1;
        state.holders -= u32::from(upstream != NOWHERE);
        if self.tells_classes_apart {
            self.visits[row.at as usize].counts.queue.remove(now);
        }
        let end = now + std::mem::replace(&mut row.waited, now.since(row.joined));
        row.state = State::Serving;
        state.seize_one(now);
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

#[cfg(test)]
mod tests {
    use crate::network::*;
    use proptest::prelude::*;
    use std::fmt::Write;

    /// The same network with every station taken the long way, and every level measured as it changes.
    fn the_long_way(mut network: Network) -> Network {
        for station in &mut network.stations {
            station.is_plain = false;
            station.takes_one = false;
            station.serves_first = false;
            station.always_works = false;
        }
        network
    }

    fn level(level: &Level) -> String {
        let held = level.highest().map_or(0, |highest| highest as usize + 1);
        format!("{} {} {:?}", level.now(), level.area(), &level.ticks_at()[..held])
    }

    /// Everything that was measured, except the number of events.
    fn figures(results: &Results) -> String {
        let mut text = String::new();
        for s in &results.stations {
            let levels = [&s.queue, &s.occupied, &s.present].map(level);
            let areas = [&s.busy, &s.open, &s.over].map(|area| (area.now(), area.area()));
            write!(text, "{levels:?} {areas:?} {} {} {:?}", s.completions, s.busy_periods, s.gaps).unwrap();
        }
        for v in &results.visits {
            let areas = [&v.queue, &v.present].map(|area| (area.now(), area.area()));
            let all = (v.attempts, v.again, v.turned_away, v.first_turned_away, v.delayed);
            write!(text, "{all:?} {areas:?} {:?} {:?} {:?}", v.waits, v.served_waits, v.sojourns).unwrap();
            write!(text, "{:?} {:?}", v.histogram, v.over_area).unwrap();
        }
        for c in &results.classes {
            let counts = (c.arrived, c.left, c.inside, c.offered, c.cohort_left, c.visits);
            write!(text, "{counts:?} {:?}", c.total_times).unwrap();
        }
        write!(text, "{} {:?} {:?}", level(&results.present), results.probes, results.series).unwrap();
        write!(text, "{:?} {} {}", results.records, results.inside_time, results.unfinished).unwrap();
        text
    }

    fn discipline() -> impl Strategy<Value = Discipline> {
        prop_oneof![Just(Discipline::Fifo), Just(Discipline::Lifo), Just(Discipline::Priority)]
    }

    /// The same network with a closed station that nobody visits: the number inside, which is that of the
    /// only station otherwise, is counted.
    fn with_another_station(spec: &NetworkSpec) -> Network {
        spec.clone().with_station(StationSpec::new("elsewhere").with_servers(0)).check().unwrap()
    }

    /// Its results without that station.
    fn without_it(mut results: Results) -> Results {
        results.stations.truncate(1);
        results.visits.truncate(1);
        results.probes.iter_mut().for_each(|looks| drop(looks.remove(1)));
        drop(results.series.remove(1));
        results
    }

    #[test]
    fn a_whole_way_of_one_visit_gives_what_the_long_way_does() {
        let gaps = DistributionSpec::Uniform { low: 0.1, high: 0.9 };
        let processes = [
            ArrivalSpec::poisson(1.8),
            ArrivalSpec::Renewal { interarrival: gaps },
            ArrivalSpec::BatchPoisson {
                rate: 0.6,
                batch_sizes: vec![0, 2, 5],
                batch_probs: vec![0.1, 0.6, 0.3],
            },
            ArrivalSpec::Times { at: vec![0.0, 0.0, 19.9, 20.0, 20.0, 99.9, 100.0] },
        ];
        for (arrivals, room) in processes.iter().flat_map(|process| [(process, None), (process, Some(2))]) {
            let mut station = StationSpec::new("station 0")
                .with_servers(2)
                .with_service(DistributionSpec::lognormal(1.0, 1.2));
            station.waiting_room = room;
            let mut class = ClassSpec::new("class 0").with_arrivals(arrivals.clone());
            class.initial = 4;
            let spec = NetworkSpec::new(TimeUnit::Hour).with_class(class).with_station(station);
            let short = spec.check().unwrap();
            let (long, told) = (the_long_way(short.clone()), with_another_station(&spec));
            assert!(short.stations[0].is_plain && short.visits[0].is_whole_way());
            for (warm_up, record) in [(0.0, false), (20.0, false), (20.0, true)] {
                let run = measuring_all(record, Run::new(warm_up, 100.0));
                let results = short.run(&run).unwrap();
                assert_eq!(results.discrepancies(), Vec::<String>::new());
                assert_eq!(figures(&results), figures(&long.run(&run).unwrap()));
                assert_eq!(figures(&results), figures(&without_it(told.run(&run).unwrap())));
            }
        }
    }

    fn measuring_all(record: bool, run: Run) -> Run {
        Run { record, targets: vec![0.5, 2.0], probes: vec![3.0], cycle: 10.0, series_every: 5.0, ..run }
    }

    // servers, room, what happens when it is full, discipline, probability of going on
    type Described = (u32, Option<u32>, u8, Discipline, f64);

    fn station() -> impl Strategy<Value = Described> {
        let room = prop_oneof![2 => Just(None), 1 => Just(Some(0)), 1 => Just(Some(2))];
        (1_u32..6, room, 0_u8..4, discipline(), prop_oneof![2 => Just(1.0), 1 => Just(0.6)])
    }

    fn network(stations: &[Described], rates: &[f64]) -> NetworkSpec {
        let mut spec = NetworkSpec::new(TimeUnit::Hour);
        for (number, &rate) in rates.iter().enumerate() {
            let class = ClassSpec::new(format!("class {number}"));
            let arrivals = ArrivalSpec::poisson(rate * f64::from(stations[0].0));
            spec = spec.with_class(class.with_arrivals(arrivals).with_priority(number as i64));
        }
        for (number, &(servers, room, on_full, discipline, onward)) in stations.iter().enumerate() {
            let next = format!("station {}", number + 1);
            let is_last = number + 1 == stations.len();
            let mut station = StationSpec::new(format!("station {number}"))
                .with_servers(servers)
                .with_service(DistributionSpec::exponential(1.0))
                .with_discipline(discipline)
                .with_on_full(match on_full {
                    0 => OnFull::Lost,
                    1 if !is_last => OnFull::Divert(next.clone()),
                    2 => OnFull::Retry { delay: DistributionSpec::exponential(1.0), prob: 0.5 },
                    _ => OnFull::Block,
                });
            station.waiting_room = room;
            spec = spec.with_station(if is_last { station } else { station.with_next(next, onward) });
        }
        spec
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn the_short_way_gives_what_the_long_way_does(
            stations in prop::collection::vec(station(), 1..5),
            rates in prop::collection::vec(0.1..0.6, 1..4),
            seed in any::<u64>(),
            record in any::<bool>(),
        ) {
            let short = network(&stations, &rates).check().unwrap();
            let long = the_long_way(short.clone());
            prop_assume!(short.stations.iter().any(|station| station.is_plain));
            let run = measuring_all(record, Run::new(20.0, 150.0).with_seed(seed));
            let (short, long) = (short.run(&run).unwrap(), long.run(&run).unwrap());
            prop_assert_eq!(short.discrepancies(), Vec::<String>::new());
            prop_assert_eq!(figures(&short), figures(&long));
        }
    }
}
