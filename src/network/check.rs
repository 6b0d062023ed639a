//! From what a user wrote to what can run: one pass that finds every problem.

use super::compiled::{Class, Full, Network, Onward, Pool, Station, Visit, Way};
use super::distribution::DistributionSpec;
use super::model::MOST_HELD;
use super::spec::*;
use crate::random::Sampler;
use crate::units::Shown;
use std::collections::BTreeMap;
use std::fmt;

/// One thing that is wrong with a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: the station, class or pool and the field.
    pub place: String,
    /// What was given and what is allowed.
    pub message: String,
}

/// Everything that is wrong with a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkError {
    /// The problems, in the order of the network.
    pub problems: Vec<Problem>,
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} problem(s) in the network", self.problems.len())?;
        self.problems.iter().try_for_each(|p| write!(f, "\n  {}: {}", p.place, p.message))
    }
}

impl std::error::Error for NetworkError {}

const MOST_LINES: usize = 64;
const MOST_NUMBERED: usize = 60_000;
/// Each class at each station has figures of its own, of about a kilobyte.
const MOST_VISITS: usize = 250_000;
/// Who waits for whom is kept for each pair of stations.
const MOST_IN_RINGS: usize = 4_000;
/// More at once would take memory and time that nobody meant to spend.
const MOST_AT_START: u32 = 20_000_000;
/// Each server that breaks down has an event of its own.
const MOST_BREAKING: u32 = 100_000;
const MOST_NAMED: usize = 64;

struct Checker<'a> {
    spec: &'a NetworkSpec,
    problems: Vec<Problem>,
    stations: BTreeMap<&'a str, u16>,
    pools: BTreeMap<&'a str, u16>,
}

impl NetworkSpec {
    /// Checks everything and prepares the network to run.
    ///
    /// # Errors
    /// With every problem found: the place, the value and what is allowed.
    pub fn check(&self) -> Result<Network, NetworkError> {
        let mut checker =
            Checker { spec: self, problems: Vec::new(), stations: BTreeMap::new(), pools: BTreeMap::new() };
        let network = checker.network();
        if checker.problems.is_empty() {
            Ok(network)
        } else {
            Err(NetworkError { problems: checker.problems })
        }
    }
}

impl<'a> Checker<'a> {
    fn problem(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem { place: place.into(), message: message.into() });
    }

    fn network(&mut self) -> Network {
        let spec = self.spec;
        let tick = spec.time_unit.ticks();
        if !(1e-6..=1e15).contains(&tick) {
            self.problem("time_unit", format!("{} ticks, must be from 1e-6 to 1e15", Shown(tick)));
        }
        self.names();
        let visits = spec.stations.len().saturating_mul(spec.classes.len());
        if visits > MOST_VISITS {
            let message = format!("{visits}, must be at most {MOST_VISITS}");
            self.problem("number of stations times number of classes", message);
            return Network {
                tick,
                classes: Vec::new(),
                stations: Vec::new(),
                visits: Vec::new(),
                pools: Vec::new(),
                may_deadlock: false,
                keeps_servers: false,
            };
        }
        let mut stations: Vec<Station> = spec.stations.iter().map(|s| self.station(s, tick)).collect();
        let classes: Vec<Class> = spec.classes.iter().map(|c| self.class(c)).collect();
        let lines: Vec<Vec<i64>> = spec.stations.iter().map(|s| self.priorities(s)).collect();
        let mut visits = Vec::new();
        for (number, class) in spec.classes.iter().enumerate() {
            for (at, station) in spec.stations.iter().enumerate() {
                visits.push(self.visit(class, number, station, &stations[at], &lines[at]));
            }
        }
        for (at, station) in stations.iter_mut().enumerate() {
            station.lines = match station.discipline {
                Discipline::AccumulatingPriority => classes.len(),
                Discipline::Priority | Discipline::PreemptivePriority => lines[at].len(),
                _ => 1,
            }
            .max(1);
            let visits_here = visits.iter().skip(at).step_by(spec.stations.len().max(1));
            let takes_one =
                |v: &Visit| v.units == 1 && v.keep_free == 0 && v.needs.is_empty() && v.preference.is_empty();
            station.takes_one = visits_here.clone().all(takes_one);
            let by_line =
                !matches!(station.discipline, Discipline::RandomOrder | Discipline::AccumulatingPriority);
            station.serves_first = station.takes_one && by_line;
            station.has_patience = visits_here.clone().any(|v: &Visit| v.patience.is_some());
            station.admits = visits_here
                .clone()
                .any(|v| matches!(v.on_full, Full::Block) && v.room > 0 && v.room < u32::MAX);
            if station.lines > MOST_LINES {
                let place = format!("station `{}`, priorities", station.name);
                self.problem(
                    place,
                    format!("{} different ones, must be at most {MOST_LINES}", station.lines),
                );
            }
        }
        let pools = spec.pools.iter().enumerate().map(|(number, pool)| {
            let uses = |s: &usize| {
                visits
                    .iter()
                    .skip(*s)
                    .step_by(spec.stations.len())
                    .any(|v| v.needs.iter().any(|n| usize::from(n.0) == number))
            };
            let stations = (0..spec.stations.len()).filter(uses).map(|s| s as u16).collect();
            Pool { units: pool.units, stations }
        });
        let pools = pools.collect();
        let (may_deadlock, keeps_servers) = (false, false);
        let mut network = Network { tick, classes, stations, visits, pools, may_deadlock, keeps_servers };
        if self.problems.is_empty() {
            self.ways_out(&network);
            network.work_out_blocking();
            if network.may_deadlock && network.stations.len() > MOST_IN_RINGS {
                let message = format!(
                    "{}, must be at most {MOST_IN_RINGS} where customers can wait for each other in a ring",
                    network.stations.len()
                );
                self.problem("stations", message);
            }
        }
        network
    }

    fn names(&mut self) {
        let spec = self.spec;
        for (number, station) in spec.stations.iter().enumerate() {
            if self.stations.insert(&station.name, number as u16).is_some() {
                self.problem(format!("station `{}`", station.name), "named twice");
            }
        }
        for (number, pool) in spec.pools.iter().enumerate() {
            if self.pools.insert(&pool.name, number as u16).is_some() {
                self.problem(format!("pool `{}`", pool.name), "named twice");
            }
        }
        let mut seen = BTreeMap::new();
        for class in &spec.classes {
            if seen.insert(&class.name, ()).is_some() {
                self.problem(format!("class `{}`", class.name), "named twice");
            }
        }
        let names = [
            ("station", spec.stations.iter().position(|s| s.name.is_empty())),
            ("class", spec.classes.iter().position(|c| c.name.is_empty())),
            ("pool", spec.pools.iter().position(|p| p.name.is_empty())),
        ];
        for (what, number) in names {
            if let Some(number) = number {
                self.problem(format!("{what} number {}", number + 1), "has no name");
            }
        }
        for (what, count) in [("stations", spec.stations.len()), ("classes", spec.classes.len())] {
            if count == 0 || count > MOST_NUMBERED {
                self.problem(what, format!("{count}, must be from 1 to {MOST_NUMBERED}"));
            }
        }
        if spec.pools.len() > MOST_NUMBERED {
            self.problem("pools", format!("{}, must be at most {MOST_NUMBERED}", spec.pools.len()));
        }
        let staying = spec.stations.iter().filter(|s| s.release == Release::OnLeaving).count();
        if staying + 1 > MOST_HELD {
            self.problem(
                "stations with release = on_leaving",
                format!("{staying}, must be at most {}", MOST_HELD - 1),
            );
        }
    }

    fn law(&mut self, place: &str, field: &str, law: &DistributionSpec) -> Sampler {
        law.check().unwrap_or_else(|error| {
            self.problem(format!("{place}, {field}"), error.to_string());
            placeholder()
        })
    }

    fn station_named(&mut self, place: &str, field: &str, name: &str) -> u16 {
        let found = self.stations.get(name).copied();
        found.unwrap_or_else(|| {
            self.problem(format!("{place}, {field}"), format!("no station is called `{name}`"));
            0
        })
    }

    fn number(&mut self, place: &str, field: &str, value: f64, range: std::ops::RangeInclusive<f64>) -> f64 {
        if !range.contains(&value) {
            let [value, low, high] = [value, *range.start(), *range.end()].map(Shown);
            let allowed = format!("{value}, must be a number from {low} to {high}");
            self.problem(format!("{place}, {field}"), allowed);
        }
        value
    }

    fn station(&mut self, spec: &'a StationSpec, tick: f64) -> Station {
        let place = format!("station `{}`", spec.name);
        let ticks = |units: f64| (units * tick).round() as u64;
        let mut shifts = Vec::new();
        let mut period = None;
        let mut preempts_shift = false;
        let mut named = Vec::new();
        let servers = match &spec.servers {
            Servers::Fixed(servers) => *servers,
            Servers::Unlimited => u32::MAX,
            Servers::Named(servers) => {
                if servers.is_empty() || servers.len() > MOST_NAMED {
                    let message = format!("{} named, must be from 1 to {MOST_NAMED}", servers.len());
                    self.problem(format!("{place}, servers"), message);
                }
                named = servers.iter().map(|s| s.name.clone()).collect();
                servers.len() as u32
            }
            Servers::Roster(roster) => {
                self.roster(&place, roster);
                shifts = roster.schedule.iter().map(|s| (ticks(s.from), s.servers)).collect();
                period = roster.period.map(ticks);
                if period == Some(0) {
                    let message =
                        format!("{} is less than a tick of the clock", Shown(roster.period.unwrap_or(0.0)));
                    self.problem(format!("{place}, servers.period"), message);
                }
                preempts_shift = roster.when_fewer == WhenFewer::Preempt;
                shifts.first().map_or(0, |s| s.1)
            }
        };
        let ends_at = spec.ends_at.map(|clock| {
            let period = self.number(&place, "ends_at.period", clock.period, 1e-9..=1e12);
            let time = self.number(&place, "ends_at.time", clock.time, 0.0..=period);
            (ticks(time), ticks(period).max(1))
        });
        let breakdowns = spec.breakdowns.as_ref().map(|b| {
            let most = shifts.iter().map(|s: &(u64, u32)| s.1).max().unwrap_or(servers);
            if !matches!(spec.servers, Servers::Fixed(_) | Servers::Roster(_)) {
                self.problem(format!("{place}, breakdowns"), "need a number of servers or a roster");
            } else if most > MOST_BREAKING {
                let message = format!("{most} servers, must be at most {MOST_BREAKING} with breakdowns");
                self.problem(format!("{place}, servers"), message);
            }
            let up = self.law(&place, "breakdowns.uptime", &b.uptime);
            let down = self.law(&place, "breakdowns.downtime", &b.downtime);
            self.number(&place, "mean of breakdowns.uptime", up.mean(), 1e-15..=1e15);
            (up, down)
        });
        Station {
            name: spec.name.clone(),
            servers,
            named,
            discipline: spec.discipline,
            skip_ahead: spec.skip_ahead,
            stays: spec.release == Release::OnLeaving,
            ends_at,
            shifts,
            period,
            preempts_shift: preempts_shift || breakdowns.is_some(),
            interrupts: preempts_shift
                || breakdowns.is_some()
                || spec.discipline == Discipline::PreemptivePriority,
            breakdowns,
            lines: 1,
            has_patience: false,
            admits: false,
            takes_one: false,
            serves_first: false,
            always_works: false,
            is_plain: false,
        }
    }

    fn roster(&mut self, place: &str, roster: &Roster) {
        let field = format!("{place}, servers.schedule");
        match roster.schedule.first() {
            None => self.problem(&field, "is empty"),
            Some(first) if first.from != 0.0 => {
                self.problem(&field, format!("starts at {}, must start at 0", Shown(first.from)));
            }
            Some(_) => {}
        }
        for pair in roster.schedule.windows(2) {
            let (a, b) = (pair[0].from, pair[1].from);
            // not `b <= a`: a NaN must be caught
            if !(b > a && b <= 1e12) {
                self.problem(&field, format!("{} is followed by {}, must rise", Shown(a), Shown(b)));
            }
        }
        if let Some(period) = roster.period {
            let last = roster.schedule.last().map_or(0.0, |s| s.from);
            if !(period > last && period <= 1e12) {
                let (period, last) = (Shown(period), Shown(last));
                let message = format!("{period}, must be after the last entry ({last}) and at most 1e12");
                self.problem(format!("{place}, servers.period"), message);
            }
        }
    }

    fn class(&mut self, spec: &'a ClassSpec) -> Class {
        let place = format!("class `{}`", spec.name);
        let arrivals = spec.arrivals.as_ref().and_then(|a| {
            let checked = a.check();
            checked.map_err(|e| self.problem(format!("{place}, arrivals"), e.to_string())).ok()
        });
        let entry = spec.entry.as_ref().map_or(0, |name| self.station_named(&place, "entry", name));
        for station in spec.at.keys() {
            self.station_named(&place, "at", station);
        }
        if spec.initial > MOST_AT_START {
            let message = format!("{}, must be at most {MOST_AT_START}", spec.initial);
            self.problem(format!("{place}, initial"), message);
        }
        if let Some(rate) = spec.accumulation_rate {
            self.number(&place, "accumulation_rate", rate, 0.0..=1e12);
        }
        Class { name: spec.name.clone(), arrivals, initial: spec.initial, entry }
    }

    fn priorities(&mut self, station: &StationSpec) -> Vec<i64> {
        let mut all: Vec<i64> = self.spec.classes.iter().map(|c| priority(c, &station.name)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn visit(
        &mut self,
        class: &'a ClassSpec,
        number: usize,
        spec: &'a StationSpec,
        station: &Station,
        priorities: &[i64],
    ) -> Visit {
        let own = class.at.get(&spec.name);
        let place = match own {
            Some(_) => format!("class `{}` at `{}`", class.name, spec.name),
            None => format!("station `{}`", spec.name),
        };
        // a wrong station is reported once, not for each class
        let known = self.problems.len();
        let (service, service_by_server) = self.services(&place, own, spec);
        let patience = own.and_then(|v| v.patience.as_ref()).or(spec.patience.as_ref());
        let patience = patience.map(|p| self.law(&place, "patience", p));
        let units = own.and_then(|v| v.servers_needed).unwrap_or(1);
        let most = station.shifts.iter().map(|s| s.1).max().unwrap_or(station.servers);
        let wants_too_many = units > most && most > 0;
        if units == 0 || wants_too_many || (units > 1 && !station.named.is_empty()) {
            let most = if station.named.is_empty() { most } else { 1 };
            let message = format!("{units}, must be from 1 to the {most} there will ever be");
            self.problem(format!("{place}, servers_needed"), message);
        }
        let needs = own.and_then(|v| v.pools_needed.as_ref());
        let needs = needs.into_iter().flatten().map(|(name, &wanted)| {
            let pool = self.pools.get(name.as_str()).copied();
            let Some(pool) = pool else {
                self.problem(format!("{place}, pools_needed"), format!("no pool is called `{name}`"));
                return (0, 0);
            };
            let units = self.spec.pools[usize::from(pool)].units;
            if wanted > units {
                let message = format!("{wanted} of `{name}`, must be at most the {units} there are");
                self.problem(format!("{place}, pools_needed"), message);
            }
            (pool, wanted)
        });
        let needs = needs.collect();
        let on_full = own.and_then(|v| v.on_full.as_ref()).unwrap_or(&spec.on_full);
        let on_full = self.full(&place, "on_full", on_full);
        let on_abandon = own.and_then(|v| v.on_abandon.as_ref()).unwrap_or(&spec.on_abandon);
        let on_abandon = match self.full(&place, "on_abandon", on_abandon) {
            Full::Block => {
                self.problem(format!("{place}, on_abandon"), "block, must be lost, divert or retry");
                Full::Lost
            }
            other => other,
        };
        let ways = own.and_then(|v| v.next.as_ref()).unwrap_or(&spec.next);
        let ways = self.ways(&place, ways);
        let line = match spec.discipline {
            Discipline::Priority | Discipline::PreemptivePriority => {
                priorities.binary_search(&priority(class, &spec.name)).unwrap_or(0) as u8
            }
            Discipline::AccumulatingPriority => number as u8,
            _ => 0,
        };
        let preference = self.preference(&place, own, station);
        if own.is_none() {
            let mut fresh = self.problems.split_off(known);
            fresh.retain(|p| !self.problems.contains(p));
            self.problems.append(&mut fresh);
        }
        Visit {
            service,
            service_by_server,
            patience,
            units,
            keep_free: own.and_then(|v| v.keep_free).unwrap_or(0),
            needs,
            room: own.and_then(|v| v.waiting_room).or(spec.waiting_room).unwrap_or(u32::MAX),
            on_full,
            on_abandon,
            ways,
            onward: Onward::Drawn,
            line,
            weight: class.accumulation_rate.unwrap_or(1.0),
            preference,
        }
    }

    fn services(
        &mut self,
        place: &str,
        own: Option<&'a VisitSpec>,
        spec: &'a StationSpec,
    ) -> (Option<Sampler>, Vec<Sampler>) {
        let general = own.and_then(|v| v.service.as_ref()).or(spec.service.as_ref());
        let Servers::Named(servers) = &spec.servers else {
            // nobody of this class may ever come here; then no service time is needed
            return (general.map(|law| self.law(place, "service", law)), Vec::new());
        };
        let each = servers.iter().map(|server| match server.service.as_ref().or(general) {
            Some(law) => self.law(&format!("{place}, server `{}`", server.name), "service", law),
            None => {
                let place = format!("{place}, server `{}`, service", server.name);
                self.problem(place, "is missing here, at the class and at the station");
                placeholder()
            }
        });
        (None, each.collect())
    }

    fn preference(&mut self, place: &str, own: Option<&'a VisitSpec>, station: &Station) -> Vec<u8> {
        let Some(names) = own.and_then(|v| v.preference.as_ref()) else {
            return (0..station.named.len().min(MOST_NAMED) as u8).collect();
        };
        let mut order = Vec::new();
        for name in names {
            match station.named.iter().position(|n| n == name) {
                Some(server) => order.push(server as u8),
                None => {
                    self.problem(format!("{place}, preference"), format!("no server is called `{name}`"));
                }
            }
        }
        if names.is_empty() {
            self.problem(format!("{place}, preference"), "is empty");
        }
        order
    }

    fn full(&mut self, place: &str, field: &str, rule: &OnFull) -> Full {
        match rule {
            OnFull::Lost => Full::Lost,
            OnFull::Block => Full::Block,
            OnFull::Divert(to) => Full::Divert(self.station_named(place, field, to)),
            OnFull::Retry { delay, prob } => {
                let prob = self.number(place, &format!("{field}.prob"), *prob, 0.0..=1.0);
                let known = self.problems.len();
                let delay = self.law(place, &format!("{field}.delay"), delay);
                if delay.mean() <= 0.0 && self.problems.len() == known {
                    self.problem(format!("{place}, {field}.delay"), "mean 0, must be above 0");
                }
                Full::Retry { delay, prob }
            }
        }
    }

    fn ways(&mut self, place: &str, branches: &[Branch]) -> Vec<Way> {
        let mut upto = 0.0;
        let mut ways = Vec::new();
        for branch in branches {
            let to = self.station_named(place, "next", &branch.to);
            upto += self.number(place, &format!("next.{}.prob", branch.to), branch.prob, 0.0..=1.0);
            let delay = branch.delay.as_ref();
            let delay = delay.map(|d| self.law(place, &format!("next.{}.delay", branch.to), d));
            ways.push(Way { upto, to, delay });
        }
        if upto > 1.0 + 1e-12 {
            let message =
                format!("probabilities sum to {}, must be at most 1 (divide each by the sum)", Shown(upto));
            self.problem(format!("{place}, next"), message);
        }
        // 0.1 + 0.2 + 0.7 must leave nobody over
        if (upto - 1.0).abs() <= 1e-12
            && let Some(last) = ways.last_mut()
        {
            last.upto = f64::INFINITY;
        }
        ways
    }

    // Every class must have a service time wherever it can come, a class that arrives from outside
    // must be able to leave from there, and nobody may come again to a server they have kept.
    fn ways_out(&mut self, network: &Network) {
        for (number, class) in (0_u16..).zip(&network.classes) {
            let is_open = class.arrivals.is_some();
            if !is_open && class.initial == 0 {
                continue;
            }
            let name = |at: u16| network.stations[usize::from(at)].name.as_str();
            let reached = network.reached_from(number, &[class.entry]);
            for &at in &reached {
                if !network.visit(number, at).has_service() {
                    let place = format!("class `{}` at `{}`, service", class.name, name(at));
                    self.problem(place, "is missing here and at the station");
                }
                let next: Vec<u16> = network.visit(number, at).routed().map(|way| way.0).collect();
                if network.stations[usize::from(at)].stays
                    && network.reached_from(number, &next).contains(&at)
                {
                    self.problem(
                        format!("class `{}`, next", class.name),
                        format!("leads back to `{}`, whose server is kept until they leave", name(at)),
                    );
                }
            }
            let stuck = network.without_way_out(number, &reached);
            if is_open && !stuck.is_empty() {
                let stuck: Vec<&str> = stuck.into_iter().map(name).collect();
                self.problem(
                    format!("class `{}`, next", class.name),
                    format!("no way out of the loop {}", stuck.join(" -> ")),
                );
            }
        }
    }
}

fn priority(class: &ClassSpec, station: &str) -> i64 {
    class.at.get(station).and_then(|v| v.priority).unwrap_or(class.priority)
}

// stands in where a distribution was refused; a network with it is never returned
fn placeholder() -> Sampler {
    Sampler::sum(Vec::new())
}
