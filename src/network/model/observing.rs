//! The window, looks at clock times, and what is counted of a visit.

use super::customer::{Marks, State};
use super::{Event, Stop, System};
use crate::engine::{Schedule, Turn};
use crate::network::results::{Outcome, Record, Results, StationResults, VisitCounts};
use crate::network::statistics::{Area, Level};
use crate::units::{Span, Time};

impl System<'_> {
    /// The end of the warm-up: statistics start afresh.
    pub fn open_window(&mut self, now: Time) {
        self.window_open = true;
        self.stations.iter_mut().for_each(|station| station.open_window(now));
        self.visits.iter_mut().for_each(|v| {
            v.counts.queue.restart(now);
            v.counts.present.restart(now);
        });
        self.sources.iter_mut().for_each(|source| source.before_window = source.next_index);
        self.classes.iter_mut().for_each(|c| c.orbit.restart(now));
        self.inside.number.restart(now);
    }

    /// The horizon: levels are brought up to date. What is added to them later must be ignored.
    pub fn close_window(&mut self, now: Time) {
        self.window_open = false;
        self.stations.iter_mut().for_each(|station| station.close_window(now));
        self.visits.iter_mut().for_each(|v| {
            v.counts.queue.settle(now);
            v.counts.present.settle(now);
        });
        self.classes.iter_mut().for_each(|c| c.orbit.settle(now));
        for (class, source) in self.classes.iter_mut().zip(&self.sources) {
            class.offered = source.next_index - source.before_window;
        }
        self.inside.number.settle(now);
        // those still here have spent time in the window, and may have waited beyond a target
        for row in 0..self.customers.rows().len() as u32 {
            let customer = &self.customers[row];
            if customer.state != State::Absent {
                self.inside.time += u128::from(self.plan.clip(customer.arrived, now));
                if customer.state == State::Waiting {
                    let since = self.wait_from(row);
                    self.count_over(row, since, now);
                }
            }
        }
    }

    /// Number in the whole network.
    fn number_inside(&self) -> &Level {
        match self.stations.as_slice() {
            [only] if !self.inside.is_told => &only.present,
            _ => &self.inside.number,
        }
    }

    #[inline]
    pub(super) fn add_present(&mut self, customer: u32, station: u16, now: Time) {
        self.stations[usize::from(station)].add_present(self.window_open, now);
        if self.tells_classes_apart {
            self.counts(customer).present.add(now);
        }
    }

    #[inline]
    pub(super) fn remove_present(&mut self, customer: u32, station: u16, now: Time) {
        self.stations[usize::from(station)].present.remove(now);
        if self.tells_classes_apart {
            let at = self.network.visit_number(self.customers[customer].class, station);
            self.visits[at].counts.present.remove(now);
        }
    }

    #[inline]
    pub(super) fn end_visit(&mut self, customer: u32, outcome: Outcome, now: Time) {
        let plan = self.plan;
        if plan.record {
            self.record(customer, outcome, now);
        }
        let row = &self.customers[customer];
        if !row.marks.has(Marks::IN_WINDOW) {
            return;
        }
        let waited = row.waited.as_millis();
        let visit = &mut self.visits[row.at as usize];
        let counts = &mut visit.counts;
        match outcome {
            Outcome::TurnedAway => {
                counts.turned_away += 1;
                counts.first_turned_away += u64::from(row.visits == 1);
            }
            Outcome::Abandoned => {
                counts.abandoned += 1;
                counts.delayed += 1;
                counts.waits.add(waited, &plan.targets);
                counts.histogram.add(waited);
            }
            Outcome::Served => {
                let sojourn = now.since(row.joined).as_millis();
                counts.add_served(row.marks.has(Marks::HAS_WAITED), waited, sojourn, &plan.targets);
                if !counts.by_server.is_empty() {
                    let server = self.customers.extra(customer).server;
                    let first_choice = visit.rules.preference.first().copied();
                    counts.by_server[usize::from(server)] += 1;
                    counts.by_first_choice += u64::from(first_choice == Some(server));
                }
            }
        }
    }

    #[cold]
    fn record(&mut self, customer: u32, outcome: Outcome, now: Time) {
        if self.records.len() as u64 >= self.plan.most_records {
            return self.halt(Stop::TooManyRecords { at: now });
        }
        let row = &self.customers[customer];
        let (joined, waited) = (row.joined, row.waited);
        let interrupts = self.network.stations[usize::from(row.station)].interrupts;
        let mut record = Record {
            class: row.class,
            customer: row.index,
            station: row.station,
            joined,
            started: (outcome == Outcome::Served).then(|| joined + waited),
            ended: now,
            waited,
            interruptions: 0,
            outcome,
        };
        if interrupts {
            let extra = self.customers.extra(customer);
            record.started = extra.has_started.then_some(extra.first_start);
            record.interruptions = extra.interruptions;
        }
        self.records.push(record);
    }

    pub(super) fn probe(&mut self, probe: u32, schedule: &mut Schedule<Event>) {
        if self.window_open {
            let inside = self.number_inside().now();
            let looks = &mut self.probes[probe as usize];
            for (look, state) in looks.iter_mut().zip(&self.stations) {
                let is_full = state.used >= state.capacity;
                look.add(state.present.now(), state.waiting, state.used, is_full);
            }
            if let Some(whole) = looks.last_mut() {
                let queue: u32 = self.stations.iter().map(|s| s.waiting).sum();
                let occupied: u32 = self.stations.iter().map(|s| s.used).sum();
                let is_full = self.stations.iter().all(|s| s.used >= s.capacity);
                whole.add(inside, queue, occupied, is_full);
            }
        }
        if self.plan.cycle > 0 {
            let again = schedule.now() + Span::from_millis(self.plan.cycle);
            schedule.in_turn(again, Turn::Census, Event::Probe { probe });
        }
    }

    pub(super) fn look(&mut self, schedule: &mut Schedule<Event>) {
        if self.window_open {
            let inside = self.number_inside().now();
            for (series, state) in self.series.iter_mut().zip(&self.stations) {
                series.push(state.present.now());
            }
            if let Some(whole) = self.series.last_mut() {
                whole.push(inside);
            }
        }
        let again = schedule.now() + Span::from_millis(self.plan.series_every);
        schedule.in_turn(again, Turn::Census, Event::Series);
    }

    /// Members of the cohort and visits of the window that have not ended.
    pub fn unfinished(&self) -> u64 {
        let offered: u64 = self.classes.iter().map(|c| c.offered).sum();
        let left: u64 = self.classes.iter().flat_map(|c| c.cohort_left).sum();
        let ended = |v: &VisitCounts| v.turned_away + v.abandoned + v.served_waits.count();
        let under_way = self.visits.iter().map(|v| v.counts.attempts - ended(&v.counts));
        let only_visits = self.visits.iter().filter(|v| v.is_whole_way);
        let left_from_there: u64 = only_visits.map(|v| v.counts.served_waits.count()).sum();
        offered - left - left_from_there + under_way.sum::<u64>()
    }

    /// What was measured until the window was closed at `end`.
    pub fn results(&self, end: Time) -> Results {
        let stations: Vec<StationResults> =
            self.stations.iter().map(|station| station.results(self.network.tick)).collect();
        let mut visits: Vec<VisitCounts> = self.visits.iter().map(|v| v.counts.clone()).collect();
        if !self.tells_classes_apart {
            for (visit, station) in visits.iter_mut().zip(&stations) {
                visit.queue = Area::of(station.queue.now(), station.queue.area());
                visit.present = Area::of(station.present.now(), station.present.area());
            }
        }
        Results {
            names: Results::names_of(self.network),
            tick: self.network.tick,
            window: (self.plan.warm_up.min(end.as_millis()), end.as_millis()),
            stations,
            classes: self.classes.clone(),
            visits,
            present: self.number_inside().clone(),
            probes: self.probes.clone(),
            series: self.series.clone(),
            records: Vec::new(),
            inside_time: self.inside.time,
            unfinished: 0,
            events: 0,
            warnings: Vec::new(),
        }
    }

    /// Adds what the follow-up has brought; areas stay as they were at the horizon.
    pub fn complete(mut self, results: &mut Results) {
        results.unfinished = self.unfinished();
        for (class, source) in self.classes.iter_mut().zip(&self.sources) {
            class.arrived = source.next_index;
        }
        for customer in self.customers.rows().iter().filter(|c| c.state != State::Absent) {
            self.classes[usize::from(customer.class)].inside += 1;
        }
        for (class, source) in self.classes.iter_mut().zip(&self.sources) {
            let visit = &self.visits[source.entry_visit];
            if visit.is_whole_way {
                let cohort = visit.counts.sojourns.count();
                class.left[Outcome::Served as usize] = visit.left;
                class.cohort_left[Outcome::Served as usize] = cohort;
                class.visits += cohort;
                class.total_times = visit.counts.sojourns.clone();
            }
        }
        let visits = self.visits.into_iter().map(|visit| visit.counts);
        for (at_horizon, mut after) in results.visits.iter_mut().zip(visits) {
            after.queue = at_horizon.queue;
            after.present = at_horizon.present;
            after.over_area = std::mem::take(&mut at_horizon.over_area);
            after.waits.merge(&after.served_waits);
            *at_horizon = after;
        }
        for (at_horizon, mut after) in results.classes.iter_mut().zip(self.classes) {
            after.orbit = at_horizon.orbit;
            after.retries = at_horizon.retries;
            *at_horizon = after;
        }
        results.records = self.records;
    }
}
