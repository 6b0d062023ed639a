//! The state of one station, and what is measured of it.

use super::customer::NOBODY;
use crate::network::compiled::Station;
use crate::network::results::StationResults;
use crate::network::spec::Discipline;
use crate::network::statistics::{Area, Level};
use crate::random::Dice;
use crate::units::Time;

/// The two ends of a queue that runs through the rows of customers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub first: u32,
    pub last: u32,
}

#[derive(Clone, Debug)]
pub(in crate::network) struct StationState {
    // as in `Station`, kept beside the state that is looked at with them
    pub is_plain: bool,
    // plain, and no records are kept of the visits
    pub ends_plain: bool,
    pub is_lifo: bool,
    pub capacity: u32,
    pub rostered: u32,
    pub broken: u32,
    pub used: u32,
    pub waiting: u32,
    // of those, who hold a server elsewhere and take no place in the room
    pub holders: u32,
    // units held by customers who wait elsewhere
    pub stuck: u32,
    pub occupied_lines: u64,
    pub lines: Vec<Line>,
    pub any_order: Vec<u32>,
    pub busy_named: u64,
    pub serving: Vec<u32>,
    pub next_shift: usize,
    pub cycle_start: u64,
    pub dice: Dice,
    measured: Measured,
    pub present: Level,
    queue: Level,
    occupied: Level,
    pub busy: Area,
    open: Area,
    over: Area,
    pub busy_by_server: Vec<Area>,
    completions: u64,
    pub busy_periods: u64,
    first_departure: Time,
    last_departure: Time,
    squared_gaps: f64,
}

/// What follows from the number present, and is worked out when the window closes.
#[derive(Clone, Copy, Debug)]
struct Measured {
    // servers in use and number queueing: with a fixed number of servers, of which everybody takes
    // one and none is idle while somebody waits
    from_present: bool,
    // servers at work: all that are in use
    always_works: bool,
    never_over: bool,
}

impl StationState {
    pub fn new(station: &Station, dice: Dice, records: bool) -> Self {
        let is_fixed = !station.changes();
        Self {
            is_plain: station.is_plain,
            ends_plain: station.is_plain && !records,
            is_lifo: station.discipline == Discipline::Lifo,
            capacity: station.servers,
            rostered: station.servers,
            broken: 0,
            used: 0,
            waiting: 0,
            holders: 0,
            stuck: 0,
            occupied_lines: 0,
            lines: vec![Line { first: NOBODY, last: NOBODY }; station.lines],
            any_order: Vec::new(),
            busy_named: 0,
            serving: Vec::new(),
            next_shift: 1,
            cycle_start: 0,
            dice,
            measured: Measured {
                from_present: is_fixed && station.takes_one && Level::can_split(station.servers),
                always_works: station.always_works,
                never_over: is_fixed,
            },
            present: Level::default(),
            queue: Level::default(),
            occupied: Level::default(),
            busy: Area::default(),
            open: Area::default(),
            over: Area::default(),
            busy_by_server: vec![Area::default(); station.named.len()],
            completions: 0,
            busy_periods: 0,
            first_departure: Time::ZERO,
            last_departure: Time::ZERO,
            squared_gaps: 0.0,
        }
    }

    /// Servers that are open and not in use.
    #[inline]
    pub fn free(&self) -> u32 {
        self.capacity.saturating_sub(self.used)
    }

    /// Customers in the waiting room.
    #[inline]
    pub fn in_room(&self) -> u32 {
        self.waiting - self.holders
    }

    #[inline]
    pub fn add_waiting(&mut self, is_holder: bool, now: Time) {
        self.waiting += 1;
        self.holders += u32::from(is_holder);
        self.measure_queue(now);
    }

    #[inline]
    pub fn remove_waiting(&mut self, is_holder: bool, now: Time) {
        self.waiting -= 1;
        self.holders -= u32::from(is_holder);
        self.measure_queue(now);
    }

    #[inline]
    fn measure_queue(&mut self, now: Time) {
        if !self.measured.from_present {
            self.queue.set(self.waiting, now);
        }
    }

    #[inline]
    pub fn seize(&mut self, units: u32, now: Time) {
        self.used += units;
        self.measure_use(now);
        if !self.measured.always_works {
            self.busy.set(self.busy.now() + units, now);
        }
    }

    /// As [`StationState::seize`], at a plain station.
    #[inline(always)]
    pub fn seize_one(&mut self, now: Time) {
        self.used += 1;
        if !self.measured.always_works {
            self.busy.add(now);
        }
    }

    /// As [`StationState::give_back`], at a plain station that the customer leaves.
    #[inline(always)]
    pub fn release_one(&mut self, now: Time) {
        self.used -= 1;
        self.present.remove(now);
    }

    /// As [`StationState::stop_work`], at a plain station.
    #[inline(always)]
    pub fn stop_one(&mut self, now: Time) {
        if !self.measured.always_works {
            self.busy.remove(now);
        }
    }

    /// Service is over: the units no longer work, though they may still be held.
    #[inline]
    pub fn stop_work(&mut self, units: u32, now: Time) {
        if !self.measured.always_works {
            self.busy.set(self.busy.now() - units, now);
        }
    }

    #[inline]
    pub fn give_back(&mut self, units: u32, now: Time) {
        self.used -= units;
        self.measure_use(now);
    }

    #[inline]
    fn measure_use(&mut self, now: Time) {
        if !self.measured.from_present {
            self.occupied.set(self.used, now);
            if !self.measured.never_over {
                self.over.set(u32::from(self.used > self.capacity), now);
            }
        }
    }

    pub fn set_open(&mut self, now: Time) {
        self.capacity =
            if self.rostered == u32::MAX { u32::MAX } else { self.rostered.saturating_sub(self.broken) };
        self.open.set(self.capacity, now);
        self.over.set(u32::from(self.used > self.capacity), now);
    }

    #[inline]
    pub fn add_present(&mut self, window_open: bool, now: Time) {
        self.busy_periods += u64::from(window_open && self.present.now() == 0);
        self.present.add(now);
    }

    /// An end of service inside the window.
    #[inline]
    pub fn complete(&mut self, now: Time) {
        if self.completions == 0 {
            self.first_departure = now;
        } else {
            // no run is long enough to need the sign
            let gap = now.since(self.last_departure).as_millis() as i64 as f64;
            self.squared_gaps += gap * gap;
        }
        self.last_departure = now;
        self.completions += 1;
    }

    pub fn open_window(&mut self, now: Time) {
        [&mut self.present, &mut self.queue, &mut self.occupied].into_iter().for_each(|l| l.restart(now));
        self.areas().for_each(|area| area.restart(now));
    }

    pub fn close_window(&mut self, now: Time) {
        [&mut self.present, &mut self.queue, &mut self.occupied].into_iter().for_each(|l| l.settle(now));
        self.areas().for_each(|area| area.settle(now));
    }

    fn areas(&mut self) -> impl Iterator<Item = &mut Area> {
        [&mut self.busy, &mut self.open, &mut self.over].into_iter().chain(&mut self.busy_by_server)
    }

    /// What was measured until the window was closed.
    pub fn results(&self, tick: f64) -> StationResults {
        let (queue, occupied) = if self.measured.from_present {
            self.present.split(self.capacity)
        } else {
            (self.queue.clone(), self.occupied.clone())
        };
        let busy = if self.measured.always_works { Area::of(self.used, occupied.area()) } else { self.busy };
        let all_gaps = self.last_departure.since(self.first_departure).as_millis() as f64 / tick;
        StationResults {
            queue,
            occupied,
            present: self.present.clone(),
            busy,
            open: self.open,
            over: self.over,
            busy_by_server: self.busy_by_server.clone(),
            completions: self.completions,
            busy_periods: self.busy_periods,
            gaps: (self.completions.saturating_sub(1), all_gaps, self.squared_gaps / tick / tick),
        }
    }
}
