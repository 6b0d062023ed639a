//! The workloads as models on the engine: pools that keep the areas under their levels, and a
//! histogram of each wait. One unit of time is an hour of the engine's clock.

use super::{Answer, Chain, Emergency, OneStation, W3, Workload};
use nhs_capacity::engine::{Model, Pool, Request, Schedule, Simulation, Turn};
use nhs_capacity::measure::Histogram;
use nhs_capacity::random::{Dice, Distribution, Draws, Stream};
use nhs_capacity::units::{Span, Time};
use std::error::Error;

/// Runs one replication.
pub fn run(workload: Workload, patients: u64, seed: u64, replication: u64) -> Result<Answer, Box<dyn Error>> {
    let stream = Stream::of_seed(seed).at(replication);
    match workload.one_station() {
        Some(station) => {
            let mut simulation = begun(Station::new(station, patients, stream)?);
            simulation.run_until(Time::NEVER)?;
            let station = simulation.model;
            let levels = (station.pool.busy_time(station.last), station.pool.waiting_time(station.last));
            std::hint::black_box(levels);
            Ok(Answer { done: station.done, wait: mean([&station.waits]), chain: None })
        }
        None => {
            let mut simulation = emergency(patients, stream)?;
            simulation.run_until(Time::NEVER)?;
            let system = simulation.model;
            for pool in [&system.bays, &system.beds] {
                std::hint::black_box((pool.busy_time(system.last), pool.waiting_time(system.last)));
            }
            let ([ed_hi, ed_lo], [board_hi, board_lo]) = (&system.bay_waits, &system.bed_waits);
            let chain = Chain {
                ed_hi: mean([ed_hi]),
                ed_lo: mean([ed_lo]),
                board_hi: mean([board_hi]),
                board_lo: mean([board_lo]),
                stay: mean([&system.stays]),
            };
            Ok(Answer { done: system.stays.count(), wait: mean([ed_hi, ed_lo]), chain: Some(chain) })
        }
    }
}

trait Arrives: Model {
    const ARRIVAL: Self::Event;
}

/// W3 on the eve of its first arrival.
pub fn emergency(patients: u64, stream: Stream) -> Result<Simulation<Department>, Box<dyn Error>> {
    Ok(begun(Department::new(W3, patients, stream)?))
}

fn begun<M: Arrives>(model: M) -> Simulation<M> {
    let mut simulation = Simulation::of(model);
    simulation.schedule.in_turn(Time::ZERO, Turn::Arrival, M::ARRIVAL);
    simulation
}

fn mean<const N: usize>(waits: [&Histogram; N]) -> f64 {
    let sum: u128 = waits.iter().map(|waits| waits.sum_millis()).sum();
    let count: u64 = waits.iter().map(|waits| waits.count()).sum();
    sum as f64 / Span::HOUR.as_millis() as f64 / count.max(1) as f64
}

#[derive(Clone, Copy)]
enum AtStation {
    Arrival,
    End,
}

struct Station {
    pool: Pool<()>,
    gaps: Draws,
    services: Draws,
    waits: Histogram,
    to_come: u64,
    done: u64,
    last: Time,
}

impl Station {
    fn new(station: OneStation, patients: u64, stream: Stream) -> Result<Self, Box<dyn Error>> {
        let service = match station.service_cv {
            None => Distribution::exponential(1.0)?,
            Some(cv) => Distribution::lognormal(1.0, cv)?,
        };
        Ok(Self {
            pool: Pool::new(station.servers, 1),
            gaps: Draws::hours(Distribution::exponential(1.0 / station.rate)?, stream.at(0).dice()),
            services: Draws::hours(service, stream.at(1).dice()),
            waits: Histogram::new(),
            to_come: patients,
            done: 0,
            last: Time::ZERO,
        })
    }

    fn start(&mut self, waited: Span, schedule: &mut Schedule<AtStation>) {
        self.waits.record(waited);
        schedule.after(self.services.take(), AtStation::End);
    }
}

impl Arrives for Station {
    const ARRIVAL: AtStation = AtStation::Arrival;
}

impl Model for Station {
    type Event = AtStation;

    fn handle(&mut self, event: AtStation, schedule: &mut Schedule<AtStation>) {
        let now = schedule.now();
        match event {
            AtStation::Arrival => {
                self.to_come = self.to_come.saturating_sub(1);
                if self.to_come > 0 {
                    schedule.in_turn(now + self.gaps.take(), Turn::Arrival, AtStation::Arrival);
                }
                if self.pool.request((), 0, now) == Request::Started {
                    self.start(Span::ZERO, schedule);
                }
            }
            AtStation::End => {
                self.done += 1;
                self.last = now;
                if let Some(start) = self.pool.pass_on(now) {
                    self.start(start.waited, schedule);
                }
            }
        }
    }
}

/// Carried by the events and queues.
#[derive(Clone, Copy)]
pub struct Patient {
    arrived: Time,
    class: u8,
}

/// What happens in W3.
#[derive(Clone, Copy)]
pub enum InDepartment {
    Arrival,
    Treated(Patient),
    Home(Patient),
}

/// The whole of W3.
pub struct Department {
    bays: Pool<Patient>,
    beds: Pool<Patient>,
    gaps: Draws,
    classes: Dice,
    share_high: f64,
    treatments: Draws,
    lengths_of_stay: Draws,
    bay_waits: [Histogram; 2],
    bed_waits: [Histogram; 2],
    stays: Histogram,
    to_come: u64,
    last: Time,
}

impl Department {
    fn new(system: Emergency, patients: u64, stream: Stream) -> Result<Self, Box<dyn Error>> {
        let draws = |law, purpose| Draws::hours(law, stream.at(purpose).dice());
        Ok(Self {
            bays: Pool::new(system.bays, 2),
            beds: Pool::new(system.beds, 2),
            gaps: draws(Distribution::exponential(1.0 / system.rate)?, 0),
            classes: stream.at(1).dice(),
            share_high: system.share_high,
            treatments: draws(Distribution::exponential(system.bay_mean)?, 2),
            lengths_of_stay: draws(Distribution::lognormal(system.stay_mean, system.stay_sd)?, 3),
            bay_waits: [Histogram::new(), Histogram::new()],
            bed_waits: [Histogram::new(), Histogram::new()],
            stays: Histogram::new(),
            to_come: patients,
            last: Time::ZERO,
        })
    }

    fn treat(&mut self, patient: Patient, waited: Span, schedule: &mut Schedule<InDepartment>) {
        self.bay_waits[usize::from(patient.class)].record(waited);
        schedule.after(self.treatments.take(), InDepartment::Treated(patient));
    }

    /// The bay was held until now.
    fn admit(&mut self, patient: Patient, waited: Span, schedule: &mut Schedule<InDepartment>) {
        self.bed_waits[usize::from(patient.class)].record(waited);
        schedule.after(self.lengths_of_stay.take(), InDepartment::Home(patient));
        if let Some(start) = self.bays.pass_on(schedule.now()) {
            self.treat(start.job, start.waited, schedule);
        }
    }
}

impl Arrives for Department {
    const ARRIVAL: InDepartment = InDepartment::Arrival;
}

impl Model for Department {
    type Event = InDepartment;

    fn handle(&mut self, event: InDepartment, schedule: &mut Schedule<InDepartment>) {
        let now = schedule.now();
        match event {
            InDepartment::Arrival => {
                self.to_come = self.to_come.saturating_sub(1);
                if self.to_come > 0 {
                    schedule.in_turn(now + self.gaps.take(), Turn::Arrival, InDepartment::Arrival);
                }
                let class = u8::from(!self.classes.happens(self.share_high));
                let patient = Patient { arrived: now, class };
                if self.bays.request(patient, usize::from(class), now) == Request::Started {
                    self.treat(patient, Span::ZERO, schedule);
                }
            }
            InDepartment::Treated(patient) => {
                if self.beds.request(patient, usize::from(patient.class), now) == Request::Started {
                    self.admit(patient, Span::ZERO, schedule);
                }
            }
            InDepartment::Home(patient) => {
                self.stays.record(now.since(patient.arrived));
                self.last = now;
                if let Some(start) = self.beds.pass_on(now) {
                    self.admit(start.job, start.waited, schedule);
                }
            }
        }
    }
}
