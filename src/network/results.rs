//! What a replication has measured.

use super::compiled::Network;
use super::statistics::{Area, Level, Tally, WaitHistogram};
use super::warning::Warning;
use crate::units::Time;

/// How a visit to a station, or a customer's whole way, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Served.
    Served = 0,
    /// Found no place and was lost, diverted or sent to try again.
    TurnedAway = 1,
    /// Gave up waiting.
    Abandoned = 2,
}

/// One visit to a station, kept if the run asks for records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// The class, by its place in the network.
    pub class: u16,
    /// The customer, by order of arrival within the class from 0.
    pub customer: u64,
    /// The station, by its place in the network.
    pub station: u16,
    /// When they joined.
    pub joined: Time,
    /// When service first started; `None` if it never did.
    pub started: Option<Time>,
    /// When service ended or they went without it.
    pub ended: Time,
    /// Time spent queueing, after an interruption as well.
    pub waited: crate::units::Span,
    /// How often service was interrupted.
    pub interruptions: u32,
    /// How the visit ended.
    pub outcome: Outcome,
}

/// Looks at one station (or the whole network) at one clock time, over the cycles of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// Number of looks.
    pub looks: u64,
    /// Looks at which there were so many present, from 0.
    pub present: Vec<u64>,
    /// Sum of the numbers queueing.
    pub queue: u64,
    /// Sum of the servers in use.
    pub occupied: u64,
    /// Looks at which every open server was in use.
    pub all_occupied: u64,
}

impl Probe {
    pub(super) fn add(&mut self, present: u32, queue: u32, occupied: u32, is_full: bool) {
        // a million stands for all beyond
        let level = present.min(1_000_000) as usize;
        if level >= self.present.len() {
            self.present.resize(level + 1, 0);
        }
        self.present[level] += 1;
        self.looks += 1;
        self.queue += u64::from(queue);
        self.occupied += u64::from(occupied);
        self.all_occupied += u64::from(is_full);
    }
}

/// One class at one station, over visits that began inside the window and were followed to their end.
#[derive(Clone, Debug)]
pub struct VisitCounts {
    /// Visits begun, those turned away included.
    pub attempts: u64,
    /// Of these, by customers who had been somewhere before.
    pub again: u64,
    /// Found no place.
    pub turned_away: u64,
    /// Found no place on their very first attempt.
    pub first_turned_away: u64,
    /// Gave up waiting.
    pub abandoned: u64,
    /// Had to wait, whether served in the end or not.
    pub delayed: u64,
    /// Waits of all who joined; 0 for those who started at once.
    pub waits: Tally,
    /// Waits of those who were served.
    pub served_waits: Tally,
    /// Waits of all who joined, for quantiles.
    pub histogram: WaitHistogram,
    /// From joining to the end of service, of those who were served.
    pub sojourns: Tally,
    /// Served by each named server.
    pub by_server: Vec<u64>,
    /// Served by the first server of their preference.
    pub by_first_choice: u64,
    /// Number queueing.
    pub queue: Area,
    /// Number present: queueing, in service or still holding a server here.
    pub present: Area,
    /// Time spent waiting beyond each target of the run, inside the window \[ticks\].
    pub over_area: Vec<u128>,
}

impl VisitCounts {
    pub(super) fn new(targets: usize, servers: usize) -> Self {
        Self {
            attempts: 0,
            again: 0,
            turned_away: 0,
            first_turned_away: 0,
            abandoned: 0,
            delayed: 0,
            waits: Tally::with_targets(targets),
            served_waits: Tally::with_targets(targets),
            histogram: WaitHistogram::default(),
            sojourns: Tally::with_targets(targets),
            by_server: vec![0; servers],
            by_first_choice: 0,
            queue: Area::default(),
            present: Area::default(),
            over_area: vec![0; targets],
        }
    }

    /// The end of service of somebody whose visit began inside the window.
    #[inline(always)]
    pub(super) fn add_served(&mut self, has_waited: bool, waited: u64, sojourn: u64, targets: &[u64]) {
        self.delayed += u64::from(has_waited);
        // the waits of everybody are added up at the end
        self.served_waits.add_moments(waited);
        self.sojourns.add_moments(sojourn);
        if !targets.is_empty() {
            self.served_waits.count_over(waited, targets);
            self.sojourns.count_over(sojourn, targets);
        }
        self.histogram.add(waited);
    }
}

/// One class: everybody for the books, and the cohort that arrived inside the window, followed to
/// the end.
#[derive(Clone, Debug)]
pub struct ClassCounts {
    /// Everybody who ever arrived, those there at the start included.
    pub arrived: u64,
    /// Everybody who has left, by [`Outcome`].
    pub left: [u64; 3],
    /// Everybody still inside when the run stopped.
    pub inside: u64,
    /// The cohort.
    pub offered: u64,
    /// The cohort, by how they left; less than `offered` only if the run stopped before they did.
    pub cohort_left: [u64; 3],
    /// Visits of the cohort to any station.
    pub visits: u64,
    /// From arrival to leaving, of those in the cohort who were served.
    pub total_times: Tally,
    /// Number who will try again later.
    pub orbit: Area,
    /// Further attempts inside the window.
    pub retries: u64,
}

impl ClassCounts {
    pub(super) fn new(targets: usize) -> Self {
        Self {
            arrived: 0,
            left: [0; 3],
            inside: 0,
            offered: 0,
            cohort_left: [0; 3],
            visits: 0,
            total_times: Tally::with_targets(targets),
            orbit: Area::default(),
            retries: 0,
        }
    }
}

/// One station over the window.
#[derive(Clone, Debug)]
pub struct StationResults {
    /// Number queueing, those who hold a server elsewhere included.
    pub queue: Level,
    /// Servers in use, those held by customers who are blocked included.
    pub occupied: Level,
    /// Number queueing, in service or still holding a server here.
    pub present: Level,
    /// Servers at work.
    pub busy: Area,
    /// Servers open.
    pub open: Area,
    /// 1 while more servers are in use than are open.
    pub over: Area,
    /// Each named server at work.
    pub busy_by_server: Vec<Area>,
    /// Ends of service.
    pub completions: u64,
    /// Times at which somebody came to an empty station.
    pub busy_periods: u64,
    /// Number, sum and sum of squares of the times between ends of service \[time units\].
    pub gaps: (u64, f64, f64),
}

/// What one replication has measured. Times are in ticks of the clock: divide by [`Results::ticks_per_unit`].
#[derive(Clone, Debug)]
pub struct Results {
    pub(super) names: (Vec<String>, Vec<String>),
    pub(super) tick: f64,
    pub(super) window: (u64, u64),
    /// By station, in the order of the network.
    pub stations: Vec<StationResults>,
    /// By class, in the order of the network.
    pub classes: Vec<ClassCounts>,
    /// Class `c` at station `s` is number `c * stations + s`.
    pub visits: Vec<VisitCounts>,
    /// Number in the whole network.
    pub present: Level,
    /// For each probe of the run, each station and last the whole network.
    pub probes: Vec<Vec<Probe>>,
    /// Numbers present at even intervals: each station and last the whole network.
    pub series: Vec<Vec<u32>>,
    /// Every visit, if the run asked for records.
    pub records: Vec<Record>,
    /// Time all customers spent inside during the window, added up customer by customer \[ticks\].
    pub inside_time: u128,
    /// Members of the cohort and visits of the window that had not ended when the run stopped.
    pub unfinished: u64,
    /// Events handled; those cancelled before they happened are not counted.
    pub events: u64,
    /// What to know before believing the averages.
    pub warnings: Vec<Warning>,
}

impl Results {
    /// The station with this name.
    pub fn station(&self, name: &str) -> Option<&StationResults> {
        self.stations.get(self.names.0.iter().position(|n| n == name)?)
    }

    /// The class with this name.
    pub fn class(&self, name: &str) -> Option<&ClassCounts> {
        self.classes.get(self.names.1.iter().position(|n| n == name)?)
    }

    /// One class at one station.
    pub fn visit(&self, class: &str, station: &str) -> Option<&VisitCounts> {
        let class = self.names.1.iter().position(|n| n == class)?;
        let station = self.names.0.iter().position(|n| n == station)?;
        self.visits.get(class * self.stations.len() + station)
    }

    /// Ticks of the clock in one unit of the network's time.
    pub fn ticks_per_unit(&self) -> f64 {
        self.tick
    }

    /// Length of the window \[time units\].
    pub fn length(&self) -> f64 {
        (self.window.1 - self.window.0) as f64 / self.tick
    }

    /// An area or sum in ticks as a number in time units.
    pub fn units(&self, ticks: u128) -> f64 {
        ticks as f64 / self.tick
    }

    /// The mean of an area over the window; `None` if the window is empty.
    pub fn average(&self, area: &Area) -> Option<f64> {
        (self.window.1 > self.window.0).then(|| area.area() as f64 / (self.window.1 - self.window.0) as f64)
    }

    /// Share of the open servers that is in use; `None` if none was ever open or they are unlimited.
    pub fn utilisation(&self, station: &str) -> Option<f64> {
        let station = self.station(station)?;
        let open = station.open.area();
        let is_limited = station.open.now() != u32::MAX;
        (open > 0 && is_limited).then(|| station.occupied.area() as f64 / open as f64)
    }

    /// Mean wait of those of a class who joined a station \[time units\]; `None` without observations.
    pub fn mean_wait(&self, class: &str, station: &str) -> Option<f64> {
        Some(self.visit(class, station)?.waits.mean()? / self.tick)
    }

    /// The wait that a share `p` of a class did not exceed at a station \[time units\]; `None` without
    /// observations.
    pub fn wait_quantile(&self, class: &str, station: &str, p: f64) -> Option<f64> {
        Some(self.visit(class, station)?.histogram.quantile(p)? / self.tick)
    }

    /// Share of the attempts of a class that found no place at a station; `None` without attempts.
    pub fn share_turned_away(&self, class: &str, station: &str) -> Option<f64> {
        let visits = self.visit(class, station)?;
        (visits.attempts > 0).then(|| visits.turned_away as f64 / visits.attempts as f64)
    }

    /// Share of the attempts of a class at a station that ended in giving up; `None` without attempts.
    pub fn share_abandoned(&self, class: &str, station: &str) -> Option<f64> {
        let visits = self.visit(class, station)?;
        (visits.attempts > 0).then(|| visits.abandoned as f64 / visits.attempts as f64)
    }

    /// What does not add up; empty unless the engine is wrong. Conservation of customers class by
    /// class, and Little's law between the area under the curve and the times of the customers.
    pub fn discrepancies(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (name, class) in self.names.1.iter().zip(&self.classes) {
            let left: u64 = class.left.iter().sum();
            if class.arrived != left + class.inside {
                found
                    .push(format!("{name}: {} arrived, {left} left, {} inside", class.arrived, class.inside));
            }
        }
        if self.present.area() != self.inside_time {
            found.push(format!("area {} but times {}", self.present.area(), self.inside_time));
        }
        for (name, station) in self.names.0.iter().zip(&self.stations) {
            if station.busy.area() > station.occupied.area() {
                found.push(format!("{name}: more servers at work than in use"));
            }
        }
        found
    }

    pub(super) fn names_of(network: &Network) -> (Vec<String>, Vec<String>) {
        (network.stations().map(String::from).collect(), network.classes().map(String::from).collect())
    }
}
