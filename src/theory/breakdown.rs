//! A server that breaks down, whether or not it is in use.

use super::error::{TheoryError, positive, stable};

/// M/M/1 whose server is up and down for exponential times; whoever is in service waits and resumes.
/// In steady state.
///
/// With `A = r/(r + f)` the share of time up, `f` and `r` the rates of failure and repair and
/// `rho = lambda/mu < A`, the generating functions of the two states give the mean number
/// `L = (lambda + A f lambda^2/r^2) / (mu (A - rho)) + A f lambda/r^2` and the chance of an empty
/// system `(A - rho) (1 + f/(lambda + r))`. Avi-Itzhak and Naor (1963).
///
/// ```
/// use nhs_capacity::theory::Breakdown;
/// // A scanner up 87% of the time, busy 64% of it: breakdowns quadruple the time to a scan.
/// let scanner = Breakdown::new(1.6, 0.4, 40.0, 6.0)?;
/// assert!((scanner.mean_sojourn() - 4.71).abs() < 5e-3); // 1.11 hours if it never broke down
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breakdown {
    arrival_rate: f64,
    load: f64,
    prob_up: f64,
    mean_in_system: f64,
    prob_empty: f64,
}

impl Breakdown {
    /// Arrivals per unit of time, mean service, and mean times up and down.
    ///
    /// # Errors
    /// If a parameter is out of range, or arrivals outrun the server.
    pub fn new(
        arrival_rate: f64,
        mean_service: f64,
        mean_up: f64,
        mean_down: f64,
    ) -> Result<Self, TheoryError> {
        let lambda = positive("arrival_rate", arrival_rate)?;
        let load = lambda * positive("mean_service", mean_service)?;
        let fail = 1.0 / positive("mean_up", mean_up)?;
        let repair = 1.0 / positive("mean_down", mean_down)?;
        let prob_up = repair / (repair + fail);
        stable(load / prob_up)?;
        let spare = prob_up - load;
        let burst = fail * lambda / (repair * repair);
        let up_and_after = mean_service * (lambda + prob_up * burst * lambda) / spare;
        let mean_in_system = up_and_after + prob_up * burst;
        let prob_empty = spare * (1.0 + fail / (lambda + repair));
        Ok(Self { arrival_rate, load, prob_up, mean_in_system, prob_empty })
    }

    /// Mean number waiting and in service.
    pub fn mean_in_system(&self) -> f64 {
        self.mean_in_system
    }

    /// Mean time from arrival to departure [time units].
    pub fn mean_sojourn(&self) -> f64 {
        self.mean_in_system / self.arrival_rate
    }

    /// Share of time the server is up \[0-1\].
    pub fn prob_up(&self) -> f64 {
        self.prob_up
    }

    /// Share of time the server is up and serving \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.load
    }

    /// Share of time nobody is there \[0-1\].
    pub fn prob_empty(&self) -> f64 {
        self.prob_empty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::within;

    /// brk-01.
    #[test]
    fn a_scanner_with_breakdowns_matches_the_case() {
        let scanner = Breakdown::new(1.6, 0.4, 40.0, 6.0).unwrap();
        within(scanner.mean_in_system(), 7.53096179, 5e-9);
        within(scanner.mean_sojourn(), 4.70685112, 5e-9);
        within(scanner.prob_up(), 0.869565217391, 1e-12);
        within(scanner.utilisation(), 0.64, 1e-12);
        within(scanner.prob_empty(), 0.232813782, 1e-9);
        assert!(matches!(Breakdown::new(2.2, 0.4, 40.0, 6.0), Err(TheoryError::Overloaded { .. })));
    }
}
