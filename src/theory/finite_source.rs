//! A fleet under repair: customers who come back (machine repair, Engset).

use super::birth_death;
use super::error::{TheoryError, positive, servers};

/// `n` vehicles that each run for an exponential time and then queue for one of `c` repair bays.
///
/// Birth-death with rates `(n - k)/up` and `min(k, c)/repair`. An arrival sees the system without
/// itself. Gross, Shortle, Thompson and Harris, *Fundamentals of Queueing Theory*, 3.8.
///
/// ```
/// use nhs_capacity::theory::FiniteSource;
/// let fleet = FiniteSource::new(24, 30.0, 2, 2.0)?;
/// // of 24 ambulances, 21.5 are on the road; those in the garage wait 1.4 days for a bay
/// assert!((fleet.mean_available() - 21.54).abs() < 5e-3);
/// assert!((fleet.mean_wait() - 1.43).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FiniteSource {
    population: usize,
    mean_up: f64,
    bays: usize,
    in_repair: Vec<f64>,
}

impl FiniteSource {
    /// Vehicles, mean time between failures, repair bays, and mean repair time.
    ///
    /// # Errors
    /// If a parameter is out of range.
    pub fn new(population: u32, mean_up: f64, bays: u32, mean_repair: f64) -> Result<Self, TheoryError> {
        let population = servers("population", population)? as usize;
        let bays = servers("bays", bays)? as usize;
        positive("mean_up", mean_up)?;
        positive("mean_repair", mean_repair)?;
        let in_repair = birth_death::stationary(
            |k| (population - k) as f64 / mean_up,
            |k| k.min(bays) as f64 / mean_repair,
            Some(population),
        )?;
        Ok(Self { population, mean_up, bays, in_repair })
    }

    /// Mean number on the road.
    pub fn mean_available(&self) -> f64 {
        self.population as f64 - self.mean_in_repair()
    }

    /// Mean number waiting for or under repair.
    pub fn mean_in_repair(&self) -> f64 {
        birth_death::mean(&self.in_repair, |k| k as f64)
    }

    /// Mean number waiting for a bay.
    pub fn mean_queue(&self) -> f64 {
        birth_death::mean(&self.in_repair, |k| k.saturating_sub(self.bays) as f64)
    }

    /// Failures, and repairs, per unit of time.
    pub fn throughput(&self) -> f64 {
        self.mean_available() / self.mean_up
    }

    /// Mean wait for a bay [time units].
    pub fn mean_wait(&self) -> f64 {
        self.mean_queue() / self.throughput()
    }

    /// Share of bay time in use \[0-1\].
    pub fn utilisation(&self) -> f64 {
        birth_death::mean(&self.in_repair, |k| k.min(self.bays) as f64) / self.bays as f64
    }

    /// Share of time with nothing in repair \[0-1\].
    pub fn prob_none_in_repair(&self) -> f64 {
        self.in_repair.first().copied().unwrap_or(0.0)
    }

    /// Share of failures that find every bay taken \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        let failing = |k: usize| (self.population - k) as f64;
        let waits = birth_death::mean(&self.in_repair, |k| if k >= self.bays { failing(k) } else { 0.0 });
        waits / birth_death::mean(&self.in_repair, failing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    /// fsrc-01.
    #[test]
    fn a_fleet_under_repair_matches_the_case() {
        let fleet = FiniteSource::new(24, 30.0, 2, 2.0).unwrap();
        agrees(fleet.throughput(), 0.71799776718);
        agrees(fleet.mean_in_repair(), 2.46006698459);
        agrees(fleet.mean_queue(), 1.02407145023);
        agrees(fleet.mean_wait(), 1.42628779231);
        agrees(fleet.utilisation(), 0.71799776718);
        agrees(fleet.prob_none_in_repair(), 0.156667907122);
        agrees(fleet.mean_available(), 21.5399330154);
        agrees(fleet.prob_wait(), 0.557779091225);
    }
}
