//! Erlang B: a unit without a queue turns away whoever finds it full.

use super::birth_death;
use super::error::{TheoryError, not_negative, positive, servers};

/// Erlang's B formula: the share of arrivals that find all `servers` busy and are lost \[0-1\].
///
/// `offered_load` is the mean number busy if nobody were lost, `a = lambda E[S]`. Conditions: Poisson
/// arrivals; any distribution of service. `B(0) = 1`, `B(c) = a B(c-1) / (c + a B(c-1))`.
/// Erlang (1917); insensitivity: Sevastyanov (1957).
///
/// ```
/// use nhs_capacity::theory::erlang_b;
/// // Twelve critical care beds offered 9.9 beds of work turn away 11.6%; sixteen, 2.1%.
/// assert!((erlang_b(9.9, 12)? - 0.116).abs() < 1e-3);
/// assert!((erlang_b(9.9, 16)? - 0.021).abs() < 1e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If the load is negative or not a number, or there are not 1 to 1,000,000 servers.
pub fn erlang_b(offered_load: f64, servers_open: u32) -> Result<f64, TheoryError> {
    not_negative("offered_load", offered_load)?;
    Ok(erlang_b_unchecked(offered_load, servers("servers", servers_open)?))
}

pub(super) fn erlang_b_unchecked(load: f64, servers: u32) -> f64 {
    (1..=servers).fold(1.0, |blocked, c| load * blocked / (f64::from(c) + load * blocked))
}

/// A unit of `c` beds without a queue (M/G/c/c) in steady state.
///
/// The number of occupied beds has a Poisson distribution cut off at `c`, whatever the distribution
/// of the stay.
///
/// ```
/// use nhs_capacity::theory::LossUnit;
/// // An acute stroke unit: 1.5 a day for 6 days in 10 beds.
/// let unit = LossUnit::new(1.5, 6.0, 10)?;
/// assert!((unit.prob_blocked() - 0.168).abs() < 5e-4);
/// assert!((unit.utilisation() - 0.749).abs() < 5e-4); // a quarter empty, a sixth turned away
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LossUnit {
    occupied: Vec<f64>,
}

impl LossUnit {
    /// Arrivals per unit of time, mean stay in that unit, and beds.
    ///
    /// # Errors
    /// If a parameter is out of range.
    pub fn new(arrival_rate: f64, mean_stay: f64, beds: u32) -> Result<Self, TheoryError> {
        let load = positive("arrival_rate", arrival_rate)? * positive("mean_stay", mean_stay)?;
        let beds = servers("beds", beds)? as usize;
        Ok(Self { occupied: birth_death::stationary(|_| load, |n| n as f64, Some(beds))? })
    }

    /// Share of arrivals turned away, and share of time full \[0-1\].
    pub fn prob_blocked(&self) -> f64 {
        self.occupied.last().copied().unwrap_or(0.0)
    }

    /// Mean number of occupied beds.
    pub fn mean_occupied(&self) -> f64 {
        birth_death::mean(&self.occupied, |n| n as f64)
    }

    /// Variance of the number of occupied beds.
    pub fn variance_occupied(&self) -> f64 {
        let mean = self.mean_occupied();
        birth_death::mean(&self.occupied, |n| (n as f64 - mean).powi(2))
    }

    /// Share of bed time occupied \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.mean_occupied() / (self.occupied.len() - 1) as f64
    }

    /// Share of time with exactly `n` beds occupied \[0-1\].
    pub fn prob_occupied(&self, n: u32) -> f64 {
        self.occupied.get(n as usize).copied().unwrap_or(0.0)
    }

    /// Share of time with at most `n` beds free \[0-1\].
    pub fn prob_free_at_most(&self, n: u32) -> f64 {
        self.occupied.iter().rev().take(n as usize + 1).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    /// mgcc-01, mgcc-02 and mgcc-03.
    #[test]
    fn loss_units_match_the_cases() {
        for (rate, stay, beds, [blocked, mean, use_of, variance, nearly_full]) in [
            (2.2, 4.5, 12, [0.115923327898, 8.75235905381, 0.729363254484, 5.02523332543, 0.256436452623]),
            (1.5, 6.0, 10, [0.167963226292, 7.48833096338, 0.748833096338, 3.69151865046, 0.354589033282]),
            (80.0, 0.06, 6, [0.176779636475, 3.95145774492, 0.65857629082, 2.21318308016, 0.397754182069]),
        ] {
            let unit = LossUnit::new(rate, stay, beds).unwrap();
            agrees(unit.prob_blocked(), blocked);
            agrees(erlang_b(rate * stay, beds).unwrap(), blocked);
            agrees(unit.mean_occupied(), mean);
            agrees(unit.utilisation(), use_of);
            agrees(unit.variance_occupied(), variance);
            agrees(unit.prob_free_at_most(1), nearly_full);
        }
    }

    #[test]
    fn large_and_absurd_units() {
        assert!((erlang_b(1e15, 1).unwrap() - 1.0).abs() < 1e-14);
        assert_eq!(erlang_b(0.0, 5).unwrap(), 0.0);
        assert!(erlang_b(-1.0, 5).is_err() && erlang_b(1.0, 0).is_err() && erlang_b(f64::NAN, 1).is_err());
        // a hundred thousand beds at the load of a hundred thousand: B is about sqrt(2 / (pi c))
        let b = erlang_b(1e5, 100_000).unwrap();
        assert!((b * (std::f64::consts::FRAC_PI_2 * 1e5).sqrt() - 1.0).abs() < 5e-3);
    }
}
