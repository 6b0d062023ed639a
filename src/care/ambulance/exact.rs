//! Dispatch against small systems whose answers are known exactly.

use super::tests::config;
use super::*;
use crate::engine::{Model, Schedule, Simulation};
use crate::random::{Dice, Distribution, Stream};
use crate::theory::Chain;
use crate::units::{Span, Time};

const UNITS: u32 = 5;
const RESERVE: u32 = 2;
const C1_PER_HOUR: f64 = 2.0;
const C2_PER_HOUR: f64 = 3.5;
const JOB_HOURS: f64 = 0.6;
const MOST_WAITING: usize = 12;

/// C1 calls ask for two units and C2 calls for one; two units are kept free for C1; C2 calls wait,
/// C1 calls that find nobody are lost.
struct Town {
    service: AmbulanceService,
    dice: Dice,
    c1: u64,
    c1_lost: u64,
    c1_with_two: u64,
    c2: u64,
    waiting_at_c2: u64,
}

#[derive(Clone, Copy)]
enum Happens {
    Call(Category),
    Clear,
}

impl Town {
    fn after(&mut self, mean_hours: f64, event: Happens, agenda: &mut Schedule<Happens>) {
        let law = Distribution::exponential(mean_hours).expect("a mean above 0");
        agenda.after(Span::from_hours(law.sample(&mut self.dice)), event);
    }
}

impl Model for Town {
    type Event = Happens;
    fn handle(&mut self, event: Happens, agenda: &mut Schedule<Happens>) {
        let now = agenda.now();
        match event {
            Happens::Call(Category::C1) => {
                self.after(1.0 / C1_PER_HOUR, event, agenda);
                self.c1 += 1;
                match self.service.request(PatientId(0), Category::C1, &mut self.dice.clone(), now) {
                    Sent::Waits(place) => {
                        self.service.close_waiting(place, now);
                        self.c1_lost += 1;
                    }
                    _ => self.after(JOB_HOURS, Happens::Clear, agenda),
                }
                if self.service.send_further(Category::C1, &mut self.dice.clone(), now).is_some() {
                    self.c1_with_two += 1;
                    self.after(JOB_HOURS, Happens::Clear, agenda);
                }
            }
            Happens::Call(category) => {
                self.after(1.0 / C2_PER_HOUR, event, agenda);
                self.c2 += 1;
                let waiting = self.service.units().queue().len();
                self.waiting_at_c2 += waiting as u64;
                if waiting < MOST_WAITING {
                    let sent = self.service.request(PatientId(1), category, &mut self.dice.clone(), now);
                    if !matches!(sent, Sent::Waits(_)) {
                        self.after(JOB_HOURS, Happens::Clear, agenda);
                    }
                }
            }
            Happens::Clear => {
                self.service.clear(Crew::Core, now);
                while self.service.next(Crew::Core, now).is_some() {
                    self.after(JOB_HOURS, Happens::Clear, agenda);
                }
            }
        }
    }
}

/// The chain on (units busy, C2 calls waiting). 60 runs of 600 h after 20 h; each |t| below 3.5 with
/// 59 degrees of freedom (three values).
#[test]
fn reserve_and_second_units_agree_with_the_exact_chain() {
    let chain = Chain::explore((0_u32, 0_usize), |&(busy, waiting)| {
        let free = UNITS - busy;
        let mut moves = vec![((busy + free.min(2), waiting), C1_PER_HOUR)];
        if free > RESERVE && waiting == 0 {
            moves.push(((busy + 1, 0), C2_PER_HOUR));
        } else if waiting < MOST_WAITING {
            moves.push(((busy, waiting + 1), C2_PER_HOUR));
        }
        if busy > 0 {
            let takes_next = waiting > 0 && free + 1 > RESERVE;
            let next = if takes_next { (busy, waiting - 1) } else { (busy - 1, waiting) };
            moves.push((next, f64::from(busy) / JOB_HOURS));
        }
        moves
    })
    .unwrap();
    let stationary = chain.stationary().unwrap();
    let exact = [
        stationary.probability(|state| state.0 == UNITS),
        stationary.probability(|state| UNITS - state.0 >= 2),
        stationary.mean(|state| state.1 as f64),
    ];
    let runs: Vec<[f64; 3]> = (0..60)
        .map(|run| {
            let config = AmbulanceConfig {
                reserve_share: f64::from(RESERVE) / f64::from(UNITS),
                ..config(f64::from(UNITS))
            };
            let town = Town {
                service: AmbulanceService::new(config, 0),
                dice: Stream::of_seed(41).at(run).dice(),
                c1: 0,
                c1_lost: 0,
                c1_with_two: 0,
                c2: 0,
                waiting_at_c2: 0,
            };
            let mut simulation = Simulation::of(town);
            for category in [Category::C1, Category::C2] {
                simulation.schedule.at(Time::ZERO, Happens::Call(category));
            }
            simulation.run_until(Time::ZERO + Span::HOUR.times(20)).unwrap();
            let town = &mut simulation.model;
            (town.c1, town.c1_lost, town.c1_with_two, town.c2, town.waiting_at_c2) = (0, 0, 0, 0, 0);
            simulation.run_until(Time::ZERO + Span::HOUR.times(620)).unwrap();
            let town = &simulation.model;
            let share = |n: u64, of: u64| n as f64 / of as f64;
            [
                share(town.c1_lost, town.c1),
                share(town.c1_with_two, town.c1),
                share(town.waiting_at_c2, town.c2),
            ]
        })
        .collect();
    for (i, exact) in exact.into_iter().enumerate() {
        let mean = runs.iter().map(|run| run[i]).sum::<f64>() / 60.0;
        let variance = runs.iter().map(|run| (run[i] - mean).powi(2)).sum::<f64>() / 59.0;
        let t = (mean - exact) / (variance / 60.0).sqrt();
        assert!(t.abs() < 3.5, "value {i}: {mean} against {exact}, t = {t}");
    }
}

/// What the square-root law rests on: of `n` crews anywhere in a large area the nearest is
/// `0.5 / sqrt(n)` away (crows fly; Poisson field). On a torus of area 1 with a Poisson number of
/// crews; 40,000 trials each, |t| below 3.5; a field without any crew has probability `exp(-n)`.
#[test]
fn the_nearest_of_n_crews_is_half_a_root_away() {
    for density in [16.0_f64, 64.0] {
        let mut dice = Stream::of_seed(5).at(density as u64).dice();
        let distances: Vec<f64> = (0..40_000)
            .map(|_| {
                // arrivals of a unit-rate process up to `density` are the crews
                let (mut nearest, mut sum) = (f64::INFINITY, -dice.uniform().ln());
                while sum < density {
                    let offset = |dice: &mut Dice| (dice.uniform() - 0.5).powi(2);
                    nearest = nearest.min((offset(&mut dice) + offset(&mut dice)).sqrt());
                    sum -= dice.uniform().ln();
                }
                nearest
            })
            .filter(|distance| distance.is_finite())
            .collect();
        let n = distances.len() as f64;
        let mean = distances.iter().sum::<f64>() / n;
        let variance = distances.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let t = (mean - 0.5 / density.sqrt()) / (variance / n).sqrt();
        assert!(t.abs() < 3.5, "{density}: {mean}, t = {t}");
    }
}
