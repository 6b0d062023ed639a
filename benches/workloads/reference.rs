//! The workloads as somebody would write them by hand: every event in `std`'s heap as one packed
//! key, floating-point time, one generator, and no figures but sums of waits.

use super::{Answer, Chain, Emergency, OneStation, W3, Workload};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Exp1, LogNormal};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::error::Error;

/// Events as integers: the bits of the time (those of positive floats are ordered as they are), a
/// sequence number, and what happens to whom.
#[derive(Default)]
struct Events {
    heap: BinaryHeap<Reverse<u128>>,
    sequence: u32,
}

impl Events {
    fn push(&mut self, time: f64, what: u32) {
        let key = u128::from(time.to_bits()) << 64 | u128::from(self.sequence) << 32 | u128::from(what);
        self.sequence = self.sequence.wrapping_add(1);
        self.heap.push(Reverse(key));
    }

    fn pop(&mut self) -> Option<(f64, u32)> {
        let Reverse(key) = self.heap.pop()?;
        Some((f64::from_bits((key >> 64) as u64), key as u32))
    }
}

fn exponential(mean: f64, dice: &mut SmallRng) -> f64 {
    let unit: f64 = Exp1.sample(dice);
    mean * unit
}

fn lognormal(mean: f64, sd: f64) -> Result<LogNormal<f64>, Box<dyn Error>> {
    Ok(LogNormal::from_mean_cv(mean, sd / mean)?)
}

/// Runs one replication.
pub fn run(workload: Workload, patients: u64, seed: u64, replication: u64) -> Result<Answer, Box<dyn Error>> {
    let mut dice = SmallRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(replication));
    match workload.one_station() {
        None => emergency(W3, patients, &mut dice),
        Some(station) => Ok(match station.service_cv {
            None => one_station(station, patients, &mut dice, |dice| exponential(1.0, dice)),
            Some(cv) => {
                let law = lognormal(1.0, cv)?;
                one_station(station, patients, &mut dice, |dice| law.sample(dice))
            }
        }),
    }
}

const ARRIVAL: u32 = u32::MAX;

fn one_station(
    station: OneStation,
    patients: u64,
    dice: &mut SmallRng,
    service: impl Fn(&mut SmallRng) -> f64,
) -> Answer {
    let gap = 1.0 / station.rate;
    let (mut free, mut to_come, mut done, mut waited) = (station.servers, patients, 0, 0.0);
    let mut queue = VecDeque::new();
    let mut events = Events::default();
    events.push(exponential(gap, dice), ARRIVAL);
    while let Some((now, what)) = events.pop() {
        if what == ARRIVAL {
            to_come -= 1;
            if to_come > 0 {
                events.push(now + exponential(gap, dice), ARRIVAL);
            }
            if free > 0 {
                free -= 1;
                events.push(now + service(dice), 0);
            } else {
                queue.push_back(now);
            }
        } else {
            done += 1;
            match queue.pop_front() {
                Some(since) => {
                    waited += now - since;
                    events.push(now + service(dice), 0);
                }
                None => free += 1,
            }
        }
    }
    Answer { done, wait: waited / done.max(1) as f64, chain: None }
}

/// Set in the event of leaving the bed; the rest is the row of the patient.
const HOME: u32 = 1 << 31;

#[derive(Clone, Copy)]
struct Patient {
    arrived: f64,
    ready: f64,
    class: usize,
}

fn emergency(system: Emergency, patients: u64, dice: &mut SmallRng) -> Result<Answer, Box<dyn Error>> {
    let gap = 1.0 / system.rate;
    let stay = lognormal(system.stay_mean, system.stay_sd)?;
    let (mut free_bays, mut free_beds, mut to_come, mut done) = (system.bays, system.beds, patients, 0);
    let mut rows: Vec<Patient> = Vec::new();
    let mut free_rows: Vec<u32> = Vec::new();
    let mut for_bay = [VecDeque::new(), VecDeque::new()];
    let mut for_bed = [VecDeque::new(), VecDeque::new()];
    let (mut arrived, mut bay_waited, mut bed_waited, mut stayed) = ([0_u64; 2], [0.0; 2], [0.0; 2], 0.0);
    let mut events = Events::default();
    let first = |lines: &mut [VecDeque<u32>; 2]| {
        let [high, low] = lines;
        high.pop_front().or_else(|| low.pop_front())
    };
    events.push(exponential(gap, dice), ARRIVAL);
    while let Some((now, what)) = events.pop() {
        let mut to_bed = None;
        if what == ARRIVAL {
            to_come -= 1;
            if to_come > 0 {
                events.push(now + exponential(gap, dice), ARRIVAL);
            }
            let class = usize::from(dice.random::<f64>() >= system.share_high);
            arrived[class] += 1;
            let patient = Patient { arrived: now, ready: now, class };
            let row = match free_rows.pop() {
                Some(row) => {
                    rows[row as usize] = patient;
                    row
                }
                None => {
                    rows.push(patient);
                    (rows.len() - 1) as u32
                }
            };
            if free_bays > 0 {
                free_bays -= 1;
                events.push(now + exponential(system.bay_mean, dice), row);
            } else {
                for_bay[class].push_back(row);
            }
        } else if what & HOME == 0 {
            let patient = &mut rows[what as usize];
            patient.ready = now;
            if free_beds > 0 {
                free_beds -= 1;
                to_bed = Some(what);
            } else {
                for_bed[patient.class].push_back(what);
            }
        } else {
            let row = what & !HOME;
            stayed += now - rows[row as usize].arrived;
            done += 1;
            free_rows.push(row);
            to_bed = first(&mut for_bed);
            if to_bed.is_none() {
                free_beds += 1;
            }
        }
        if let Some(row) = to_bed {
            let patient = rows[row as usize];
            bed_waited[patient.class] += now - patient.ready;
            events.push(now + stay.sample(dice), row | HOME);
            match first(&mut for_bay) {
                Some(next) => {
                    let patient = rows[next as usize];
                    bay_waited[patient.class] += now - patient.arrived;
                    events.push(now + exponential(system.bay_mean, dice), next);
                }
                None => free_bays += 1,
            }
        }
    }
    let [high, low] = arrived.map(|n| n.max(1) as f64);
    Ok(Answer {
        done,
        wait: (bay_waited[0] + bay_waited[1]) / done.max(1) as f64,
        chain: Some(Chain {
            ed_hi: bay_waited[0] / high,
            ed_lo: bay_waited[1] / low,
            board_hi: bed_waited[0] / high,
            board_lo: bed_waited[1] / low,
            stay: stayed / done.max(1) as f64,
        }),
    })
}
