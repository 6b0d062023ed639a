//! A checked network in the form in which it runs, and what its ways imply.

use super::distribution::ArrivalProcess;
use super::spec::Discipline;
use super::statistics::Level;
use crate::random::Sampler;

/// A network that has been checked and can run.
#[derive(Clone, Debug)]
pub struct Network {
    pub(super) tick: f64,
    pub(super) classes: Vec<Class>,
    pub(super) stations: Vec<Station>,
    // row of class c at station s: c * stations + s
    pub(super) visits: Vec<Visit>,
    pub(super) pools: Vec<Pool>,
    // whether customers can ever wait for each other in a ring
    pub(super) may_deadlock: bool,
    // whether servers anywhere stay with customers until they leave
    pub(super) keeps_servers: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Class {
    pub name: String,
    pub arrivals: Option<ArrivalProcess>,
    pub initial: u32,
    pub entry: u16,
}

#[derive(Clone, Debug)]
pub(super) struct Pool {
    pub units: u32,
    pub stations: Vec<u16>,
}

#[derive(Clone, Debug)]
pub(super) struct Station {
    pub name: String,
    pub servers: u32,
    pub named: Vec<String>,
    pub discipline: Discipline,
    pub skip_ahead: bool,
    pub stays: bool,
    // offset and period [ticks]
    pub ends_at: Option<(u64, u64)>,
    // from [ticks], servers
    pub shifts: Vec<(u64, u32)>,
    pub period: Option<u64>,
    pub preempts_shift: bool,
    pub breakdowns: Option<(Sampler, Sampler)>,
    pub lines: usize,
    // whether somebody in service may have to be found again
    pub interrupts: bool,
    pub has_patience: bool,
    // whether blocked customers can come into the waiting room
    pub admits: bool,
    // everybody takes one server, any of them, and nothing else
    pub takes_one: bool,
    // and whoever is first in the first line is next
    pub serves_first: bool,
    // nobody keeps a server after service
    pub always_works: bool,
    // all of that and nothing else that asks for more than `model::plain` does
    pub is_plain: bool,
}

impl Station {
    fn asks_nothing_special(&self) -> bool {
        self.serves_first
            && Level::can_split(self.servers)
            && !(self.changes() || self.interrupts || self.stays || self.skip_ahead)
            && !(self.has_patience || self.admits || self.ends_at.is_some())
    }

    /// Whether the number of open servers is ever another than at the start.
    pub fn changes(&self) -> bool {
        self.shifts.len() > 1 || self.breakdowns.is_some()
    }
}

#[derive(Clone, Debug)]
pub(super) struct Visit {
    // unless the servers have names
    pub service: Option<Sampler>,
    pub service_by_server: Vec<Sampler>,
    pub patience: Option<Sampler>,
    pub units: u32,
    pub keep_free: u32,
    pub needs: Vec<(u16, u32)>,
    pub room: u32,
    pub on_full: Full,
    pub on_abandon: Full,
    pub ways: Vec<Way>,
    pub onward: Onward,
    pub line: u8,
    pub weight: f64,
    pub preference: Vec<u8>,
}

impl Visit {
    /// Whether a service time is known.
    pub fn has_service(&self) -> bool {
        self.service.is_some() || !self.service_by_server.is_empty()
    }

    /// Where customers may go after service, and whether they are on their way for some time.
    pub fn routed(&self) -> impl Iterator<Item = (u16, bool)> + '_ {
        let mut before = 0.0;
        self.ways.iter().filter_map(move |way| {
            let is_possible = way.upto > before;
            before = way.upto;
            is_possible.then_some((way.to, way.delay.is_some()))
        })
    }

    /// Where customers may go who find no place or lose patience.
    pub fn diverted(&self) -> impl Iterator<Item = u16> + '_ {
        [&self.on_full, &self.on_abandon].into_iter().filter_map(|rule| match rule {
            Full::Divert(to) => Some(*to),
            _ => None,
        })
    }

    /// Whether customers are ever inside without being at a station: on the way, or to come back.
    pub fn goes_outside(&self) -> bool {
        let is_retried = |rule: &Full| matches!(rule, Full::Retry { .. });
        self.ways.iter().any(|way| way.delay.is_some())
            || is_retried(&self.on_full)
            || is_retried(&self.on_abandon)
    }

    /// Whether a class that enters here, waits here for as long as it takes and never goes anywhere else.
    pub fn is_whole_way(&self) -> bool {
        matches!(self.onward, Onward::Leaves) && matches!(self.on_full, Full::Lost | Full::Block)
    }

    fn may_leave(&self) -> bool {
        self.ways.last().is_none_or(|way| way.upto.is_finite()) || self.patience.is_some()
    }
}

#[derive(Clone, Debug)]
pub(super) enum Full {
    Lost,
    Divert(u16),
    Block,
    Retry { delay: Sampler, prob: f64 },
}

/// `ways` where there is nothing to draw.
#[derive(Clone, Copy, Debug)]
pub(super) enum Onward {
    // and has nothing else to give back
    Leaves,
    // straight to a station, and whether the server is kept until there is a place
    To { station: u16, blocks: bool },
    Drawn,
}

#[derive(Clone, Debug)]
pub(super) struct Way {
    pub upto: f64,
    pub to: u16,
    pub delay: Option<Sampler>,
}

impl Network {
    #[inline]
    pub(super) fn visit_number(&self, class: u16, station: u16) -> usize {
        usize::from(class) * self.stations.len() + usize::from(station)
    }

    #[inline]
    pub(super) fn visit(&self, class: u16, station: u16) -> &Visit {
        &self.visits[self.visit_number(class, station)]
    }

    /// Stations to which somebody of a class may come from these, these included.
    pub(super) fn reached_from(&self, class: u16, start: &[u16]) -> Vec<u16> {
        let mut is_reached = vec![false; self.stations.len()];
        let mut reached = Vec::new();
        let mut come_to = |to: u16, reached: &mut Vec<u16>| {
            if let Some(seen) = is_reached.get_mut(usize::from(to))
                && !std::mem::replace(seen, true)
            {
                reached.push(to);
            }
        };
        start.iter().for_each(|&at| come_to(at, &mut reached));
        let mut next = 0;
        while let Some(&at) = reached.get(next) {
            next += 1;
            let visit = self.visit(class, at);
            for to in visit.routed().map(|way| way.0).chain(visit.diverted()) {
                come_to(to, &mut reached);
            }
        }
        reached
    }

    /// Those of `reached` from which nobody of a class ever leaves the network.
    pub(super) fn without_way_out(&self, class: u16, reached: &[u16]) -> Vec<u16> {
        let mut comes_from: Vec<Vec<u16>> = vec![Vec::new(); self.stations.len()];
        let mut gets_out = vec![false; self.stations.len()];
        let mut found = Vec::new();
        for &at in reached {
            let visit = self.visit(class, at);
            for to in visit.routed().map(|way| way.0).chain(visit.diverted()) {
                comes_from[usize::from(to)].push(at);
            }
            if visit.may_leave() {
                gets_out[usize::from(at)] = true;
                found.push(at);
            }
        }
        while let Some(at) = found.pop() {
            for &before in &comes_from[usize::from(at)] {
                if !std::mem::replace(&mut gets_out[usize::from(before)], true) {
                    found.push(before);
                }
            }
        }
        reached.iter().copied().filter(|&at| !gets_out[usize::from(at)]).collect()
    }

    /// Stations that somebody of a class may wait for while holding a server of `from`.
    fn awaited_from(&self, class: u16, from: u16) -> Vec<u16> {
        let visit = self.visit(class, from);
        if self.stations[usize::from(from)].stays {
            let next: Vec<u16> = visit.routed().map(|way| way.0).collect();
            return self.reached_from(class, &next);
        }
        let blocks = |to: u16| matches!(self.visit(class, to).on_full, Full::Block);
        let direct = visit.routed().filter(|&(to, is_delayed)| !is_delayed && to != from && blocks(to));
        let mut awaited: Vec<u16> = direct.map(|way| way.0).collect();
        // whoever loses patience while blocked may go elsewhere with the server still held
        let mut next = 0;
        while let Some(&at) = awaited.get(next) {
            next += 1;
            for to in self.visit(class, at).diverted() {
                if !awaited.contains(&to) {
                    awaited.push(to);
                }
            }
        }
        awaited
    }

    /// What follows from the ways of all classes: who keeps servers after service, and whether a ring
    /// of customers who wait for each other is possible.
    pub(super) fn work_out_blocking(&mut self) {
        let mut awaited: Vec<Vec<u16>> = vec![Vec::new(); self.stations.len()];
        for class in 0..self.classes.len() as u16 {
            for from in 0..self.stations.len() as u16 {
                awaited[usize::from(from)].extend(self.awaited_from(class, from));
            }
        }
        for (station, awaited) in self.stations.iter_mut().zip(&awaited) {
            station.always_works = awaited.is_empty() && !station.stays;
        }
        self.may_deadlock = has_ring(&awaited);
        self.keeps_servers = self.stations.iter().any(|station| station.stays);
        for number in 0..self.visits.len() {
            self.visits[number].onward = self.onward(number);
        }
        for station in &mut self.stations {
            station.is_plain = !self.may_deadlock && station.asks_nothing_special();
        }
    }

    fn onward(&self, number: usize) -> Onward {
        let (class, from) = (number / self.stations.len(), (number % self.stations.len()) as u16);
        match self.visits[number].ways.as_slice() {
            [] if !self.keeps_servers => Onward::Leaves,
            [Way { upto, to, delay: None }] if upto.is_infinite() => {
                let is_held = matches!(self.visit(class as u16, *to).on_full, Full::Block);
                Onward::To { station: *to, blocks: is_held && *to != from }
            }
            _ => Onward::Drawn,
        }
    }

    /// Names of the stations, in order.
    pub fn stations(&self) -> impl Iterator<Item = &str> {
        self.stations.iter().map(|s| s.name.as_str())
    }

    /// Names of the classes, in order.
    pub fn classes(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().map(|c| c.name.as_str())
    }

    /// Ticks of the engine's clock in one unit of the network's time.
    pub fn ticks_per_unit(&self) -> f64 {
        self.tick
    }
}

// Takes away, again and again, whoever awaits nobody that is left.
fn has_ring(awaited: &[Vec<u16>]) -> bool {
    let mut awaited_by: Vec<Vec<usize>> = vec![Vec::new(); awaited.len()];
    for (from, to) in awaited.iter().enumerate().flat_map(|(from, to)| to.iter().map(move |&to| (from, to))) {
        awaited_by[usize::from(to)].push(from);
    }
    let mut left: Vec<usize> = awaited.iter().map(Vec::len).collect();
    let mut free: Vec<usize> = (0..left.len()).filter(|&s| left[s] == 0).collect();
    let mut taken = 0;
    while let Some(station) = free.pop() {
        taken += 1;
        for &from in &awaited_by[station] {
            left[from] -= 1;
            if left[from] == 0 {
                free.push(from);
            }
        }
    }
    taken < awaited.len()
}
