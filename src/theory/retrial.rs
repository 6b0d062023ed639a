//! Engaged tones and redialling (retrial queue).

use super::error::{TheoryError, check, places, positive, servers, share};
use super::markov::{Chain, with_bound_large_enough};

/// Who calls, how often they try again, and what answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetrialParameters {
    /// First attempts per unit of time.
    pub arrival_rate: f64,
    /// Mean service [time units].
    pub mean_service: f64,
    /// Servers.
    pub servers: u32,
    /// Places besides service.
    pub waiting_room: u32,
    /// Chance to try again after each engaged tone \[0-1\].
    pub prob_retry: f64,
    /// Mean time between attempts [time units].
    pub mean_delay: f64,
}

/// An M/M/c/K whose blocked callers try again after an exponential time, or give up. In steady state.
///
/// A chain on (callers in the system, callers between attempts). Falin and Templeton (1997).
///
/// ```
/// use nhs_capacity::theory::{Retrial, retrial::RetrialParameters};
/// // Eight in the morning: 70 callers an hour, four receptionists, four waiting places.
/// let morning = Retrial::new(RetrialParameters {
///     arrival_rate: 70.0, mean_service: 1.0 / 15.0, servers: 4, waiting_room: 4,
///     prob_retry: 0.85, mean_delay: 1.0 / 12.0,
/// })?;
/// // half the first attempts fail, and the exchange counts twice as many calls as there are callers
/// assert!((morning.prob_first_attempt_blocked() - 0.491).abs() < 5e-4);
/// assert!((morning.attempts_per_customer() - 1.93).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retrial {
    parameters: RetrialParameters,
    prob_full: f64,
    mean_orbit: f64,
    mean_orbit_when_full: f64,
    mean_busy: f64,
    mean_queue: f64,
}

impl Retrial {
    /// Solves the chain.
    ///
    /// # Errors
    /// If a parameter is out of range, or so many try again that nobody gets through.
    pub fn new(parameters: RetrialParameters) -> Result<Self, TheoryError> {
        let RetrialParameters { arrival_rate, mean_service, prob_retry, mean_delay, .. } = parameters;
        positive("arrival_rate", arrival_rate)?;
        positive("mean_service", mean_service)?;
        positive("mean_delay", mean_delay)?;
        share("prob_retry", prob_retry)?;
        let c = servers("servers", parameters.servers)?;
        let last = c + places("waiting_room", parameters.waiting_room)?;
        check("servers and waiting room", f64::from(last), last <= 1_000, "at most 1,000 together")?;
        let busy = |inside: u32| f64::from(inside.min(c));
        with_bound_large_enough(64, 1 << 14, |most| {
            let chain = Chain::explore((0_u32, 0_u32), |&(orbit, inside)| {
                let redials = f64::from(orbit) / mean_delay;
                let mut moves = vec![];
                if inside > 0 {
                    moves.push(((orbit, inside - 1), busy(inside) / mean_service));
                }
                if inside < last {
                    moves.push(((orbit, inside + 1), arrival_rate));
                } else if orbit < most {
                    moves.push(((orbit + 1, inside), arrival_rate * prob_retry));
                }
                if orbit > 0 && inside < last {
                    moves.push(((orbit - 1, inside + 1), redials));
                } else if orbit > 0 {
                    moves.push(((orbit - 1, inside), redials * (1.0 - prob_retry)));
                }
                moves
            })?;
            let p = chain.stationary()?;
            let full = |inside: u32| f64::from(u8::from(inside == last));
            let answer = Self {
                parameters,
                prob_full: p.mean(|s| full(s.1)),
                mean_orbit: p.mean(|s| f64::from(s.0)),
                mean_orbit_when_full: p.mean(|s| f64::from(s.0) * full(s.1)),
                mean_busy: p.mean(|s| busy(s.1)),
                mean_queue: p.mean(|s| f64::from(s.1) - busy(s.1)),
            };
            Ok((answer, p.probability(|s| s.0 == most)))
        })
    }

    /// Share of first attempts that meet an engaged tone \[0-1\].
    pub fn prob_first_attempt_blocked(&self) -> f64 {
        self.prob_full
    }

    /// Mean number of callers between attempts.
    pub fn mean_in_orbit(&self) -> f64 {
        self.mean_orbit
    }

    /// Repeated attempts per unit of time.
    pub fn retry_rate(&self) -> f64 {
        self.mean_orbit / self.parameters.mean_delay
    }

    /// Mean number of attempts of one caller.
    pub fn attempts_per_customer(&self) -> f64 {
        1.0 + self.retry_rate() / self.parameters.arrival_rate
    }

    /// Share of callers who are served in the end \[0-1\].
    pub fn prob_eventually_served(&self) -> f64 {
        self.mean_busy / (self.parameters.mean_service * self.parameters.arrival_rate)
    }

    /// Share of server time busy \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.mean_busy / f64::from(self.parameters.servers)
    }

    /// Mean number waiting on the line.
    pub fn mean_queue(&self) -> f64 {
        self.mean_queue
    }

    /// Share of all attempts that meet an engaged tone \[0-1\].
    pub fn prob_attempt_blocked(&self) -> f64 {
        let first = self.parameters.arrival_rate * self.prob_full;
        let again = self.mean_orbit_when_full / self.parameters.mean_delay;
        (first + again) / (self.parameters.arrival_rate + self.retry_rate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::within;

    const MORNING: RetrialParameters = RetrialParameters {
        arrival_rate: 70.0,
        mean_service: 1.0 / 15.0,
        servers: 4,
        waiting_room: 4,
        prob_retry: 0.85,
        mean_delay: 1.0 / 12.0,
    };

    /// retry-01.
    #[test]
    fn redialling_matches_the_case() {
        let morning = Retrial::new(MORNING).unwrap();
        for (actual, value, error) in [
            (morning.prob_first_attempt_blocked(), 0.49122673, 1e-8),
            (morning.mean_in_orbit(), 5.431939, 1e-6),
            (morning.retry_rate(), 65.183268, 1e-6),
            (morning.attempts_per_customer(), 1.9311895, 1e-7),
            (morning.prob_eventually_served(), 0.83567243, 1e-8),
            (morning.utilisation(), 0.97495117, 1e-8),
            (morning.mean_queue(), 2.917762, 1e-6),
            (morning.prob_attempt_blocked(), 0.56727581, 1e-8),
        ] {
            within(actual, value, error);
        }
    }

    #[test]
    fn without_redialling_it_is_a_finite_line() {
        let once = Retrial::new(RetrialParameters { prob_retry: 0.0, ..MORNING }).unwrap();
        let line = crate::theory::Mmck::new(70.0, 1.0 / 15.0, 4, 4).unwrap();
        within(once.prob_first_attempt_blocked(), line.prob_blocked(), 1e-10);
        assert_eq!(once.attempts_per_customer(), 1.0);
    }
}
