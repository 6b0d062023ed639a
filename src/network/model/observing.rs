//! The window, looks at clock times, and what is counted of a visit.

use super::customer::State;
use super::{Event, Stop, System};
use crate::engine::{Schedule, Turn};
use crate::network::results::{Outcome, Record, Results, StationResults};
use crate::network::statistics::Area;
use crate::units::{Span, Time};

impl System<'_> {
    /// The end of the warm-up: statistics start afresh.
    pub fn open_window(&mut self, now: Time) {
        self.window_open = true;
        self.stations.iter_mut().for_each(|station| station.open_window(now));
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
        self.stations.iter_mut().for_each(|station| station.close_window(now));
        self.visits.iter_mut().for_each(|v| {
            v.queue.settle(now);
            v.present.settle(now);
        });
        self.classes.iter_mut().for_each(|c| c.orbit.settle(now));
        self.present.settle(now);
        // those still here have spent time in the window, and may have waited beyond a target
        for row in 0..self.customers.rows().len() as u32 {
            let customer = &self.customers[row];
            if customer.state != State::Absent {
                self.inside_time += u128::from(self.plan.clip(customer.arrived, now));
                if customer.state == State::Waiting {
                    let since = self.wait_from(row);
                    self.count_over(row, since, now);
                }
            }
        }
    }

    /// With one class, what is measured of it at a station is what is measured of the station.
    #[inline]
    pub(super) fn tells_classes_apart(&self) -> bool {
        self.classes.len() > 1
    }

    #[inline]
    pub(super) fn add_present(&mut self, customer: u32, station: u16, now: Time) {
        self.stations[usize::from(station)].add_present(self.window_open, now);
        if self.tells_classes_apart() {
            self.counts(customer).present.add(now);
        }
    }

    #[inline]
    pub(super) fn remove_present(&mut self, customer: u32, station: u16, now: Time) {
        self.stations[usize::from(station)].present.remove(now);
        if self.tells_classes_apart() {
            let at = self.network.visit_number(self.customers[customer].class, station);
            self.visits[at].present.remove(now);
        }
    }

    #[inline]
    pub(super) fn end_visit(&mut self, customer: u32, outcome: Outcome, now: Time) {
        let plan = self.plan;
        if plan.record {
            self.record(customer, outcome, now);
        }
        let row = &self.customers[customer];
        if !row.in_window {
            return;
        }
        let waited = row.waited.as_millis();
        let at = self.network.visit_number(row.class, row.station);
        let counts = &mut self.visits[at];
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
                counts.delayed += u64::from(row.has_waited);
                // those of everybody are added up at the end
                counts.served_waits.add(waited, &plan.targets);
                counts.histogram.add(waited);
                counts.sojourns.add(now.since(row.joined).as_millis(), &plan.targets);
                if !counts.by_server.is_empty() {
                    let server = self.customers.extra(customer).server;
                    let first_choice = self.network.visits[at].preference.first().copied();
                    counts.by_server[usize::from(server)] += 1;
                    counts.by_first_choice += u64::from(first_choice == Some(server));
                }
            }
        }
    }

    #[cold]
    fn record(&mut self, customer: u32, outcome: Outcome, now: Time) {
        if self.records.len() as u64 >= self.plan.most_records {
            self.stop.get_or_insert(Stop::TooManyRecords { at: now });
            return;
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
            let looks = &mut self.probes[probe as usize];
            for (look, state) in looks.iter_mut().zip(&self.stations) {
                let is_full = state.used >= state.capacity;
                look.add(state.present.now(), state.waiting, state.used, is_full);
            }
            if let Some(whole) = looks.last_mut() {
                let queue: u32 = self.stations.iter().map(|s| s.waiting).sum();
                let occupied: u32 = self.stations.iter().map(|s| s.used).sum();
                let is_full = self.stations.iter().all(|s| s.used >= s.capacity);
                whole.add(self.present.now(), queue, occupied, is_full);
            }
        }
        if self.plan.cycle > 0 {
            let again = schedule.now() + Span::from_millis(self.plan.cycle);
            schedule.in_turn(again, Turn::Census, Event::Probe { probe });
        }
    }

    pub(super) fn look(&mut self, schedule: &mut Schedule<Event>) {
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

    /// Members of the cohort and visits of the window that have not ended.
    pub fn unfinished(&self) -> u64 {
        let members = self.classes.iter().map(|c| c.offered - c.cohort_left.iter().sum::<u64>());
        let ended =
            |v: &crate::network::results::VisitCounts| v.turned_away + v.abandoned + v.served_waits.count();
        members.sum::<u64>() + self.visits.iter().map(|v| v.attempts - ended(v)).sum::<u64>()
    }

    /// What was measured until the window was closed at `end`.
    pub fn results(&self, end: Time) -> Results {
        let stations: Vec<StationResults> =
            self.stations.iter().map(|station| station.results(self.network.tick)).collect();
        let mut visits = self.visits.clone();
        if !self.tells_classes_apart() {
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
            present: self.present.clone(),
            probes: self.probes.clone(),
            series: self.series.clone(),
            records: Vec::new(),
            inside_time: self.inside_time,
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
        for (at_horizon, mut after) in results.visits.iter_mut().zip(self.visits) {
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
