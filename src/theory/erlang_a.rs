//! Erlang A: customers who lose patience, M/M/c+M, with or without a limit on the queue.

use super::birth_death;
use super::error::{TheoryError, not_negative, places, positive, servers};

/// A queue with Poisson arrivals at rate `lambda`, exponential service at rate `mu`, `c` servers and
/// customers who give up after an exponential patience of mean `1/theta`. In steady state; there is
/// one at any load. Patience is used up only while waiting.
///
/// Whoever finds `j` waiting and all busy waits, if patient enough, `V = -ln(X)/theta` with `X` beta
/// distributed with parameters `c mu/theta` and `j + 1`; so the chance to be served is
/// `a/(a + j + 1)` with `a = c mu/theta`.
/// Palm (1957); Garnett, Mandelbaum and Reiman (2002).
///
/// ```
/// use nhs_capacity::theory::ErlangA;
/// // A 111 centre with more calls than handlers: 37.5 handlers of work for 34.
/// let centre = ErlangA::new(300.0, 0.125, 34, 0.08)?;
/// assert!((centre.prob_abandon() - 0.128).abs() < 5e-4);
/// assert!((centre.mean_wait() * 3600.0 - 37.0).abs() < 0.5); // abandonment keeps waits at 37 s
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ErlangA {
    arrival_rate: f64,
    servers: usize,
    theta: f64,
    // c mu / theta
    service_to_patience: f64,
    in_system: Vec<f64>,
    has_limit: bool,
}

impl ErlangA {
    /// Arrivals per unit of time, mean service, servers, and mean patience, all in that unit. No
    /// limit on the queue.
    ///
    /// # Errors
    /// If a parameter is out of range, or so many wait that the answer cannot be held.
    pub fn new(
        arrival_rate: f64,
        mean_service: f64,
        servers_open: u32,
        mean_patience: f64,
    ) -> Result<Self, TheoryError> {
        Self::build(arrival_rate, mean_service, servers_open, mean_patience, None)
    }

    /// The same with at most `waiting_room` waiting; whoever finds it full is lost (M/M/c/K+M).
    ///
    /// # Errors
    /// If a parameter is out of range.
    pub fn with_waiting_room(
        arrival_rate: f64,
        mean_service: f64,
        servers_open: u32,
        mean_patience: f64,
        waiting_room: u32,
    ) -> Result<Self, TheoryError> {
        Self::build(arrival_rate, mean_service, servers_open, mean_patience, Some(waiting_room))
    }

    fn build(
        arrival_rate: f64,
        mean_service: f64,
        servers_open: u32,
        mean_patience: f64,
        waiting_room: Option<u32>,
    ) -> Result<Self, TheoryError> {
        positive("arrival_rate", arrival_rate)?;
        let mu = 1.0 / positive("mean_service", mean_service)?;
        let servers = servers("servers", servers_open)? as usize;
        let theta = 1.0 / positive("mean_patience", mean_patience)?;
        let last = waiting_room.map(|room| places("waiting_room", room)).transpose()?;
        let in_system = birth_death::stationary(
            |_| arrival_rate,
            |n| n.min(servers) as f64 * mu + n.saturating_sub(servers) as f64 * theta,
            last.map(|room| servers + room as usize),
        )?;
        let service_to_patience = servers as f64 * mu / theta;
        Ok(Self { arrival_rate, servers, theta, service_to_patience, in_system, has_limit: last.is_some() })
    }

    /// Share of arrivals lost because the queue is full \[0-1\].
    pub fn prob_blocked(&self) -> f64 {
        if self.has_limit { self.in_system.last().copied().unwrap_or(0.0) } else { 0.0 }
    }

    /// Share of arrivals who join the queue \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.found_waiting().map(|(_, p)| p).sum()
    }

    /// Share of arrivals who give up \[0-1\].
    pub fn prob_abandon(&self) -> f64 {
        self.theta * self.mean_queue() / self.arrival_rate
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        birth_death::mean(&self.in_system, |n| n.saturating_sub(self.servers) as f64)
    }

    /// Mean number waiting and in service.
    pub fn mean_in_system(&self) -> f64 {
        birth_death::mean(&self.in_system, |n| n as f64)
    }

    /// Share of server time busy \[0-1\].
    pub fn utilisation(&self) -> f64 {
        birth_death::mean(&self.in_system, |n| n.min(self.servers) as f64) / self.servers as f64
    }

    /// Mean time until service or giving up, of all who are not lost [time units].
    pub fn mean_wait(&self) -> f64 {
        self.mean_queue() / (self.arrival_rate * (1.0 - self.prob_blocked()))
    }

    /// Mean wait of those who are served [time units].
    pub fn mean_wait_served(&self) -> f64 {
        let a = self.service_to_patience;
        let (mut sum_of_inverses, mut waited) = (0.0, 0.0);
        for (j, p) in self.found_waiting() {
            let next = a + j as f64 + 1.0;
            sum_of_inverses += 1.0 / next; // 1/(a+1) + ... + 1/(a+j+1)
            waited += p * a / next * sum_of_inverses / self.theta;
        }
        waited / (1.0 - self.prob_blocked() - self.prob_abandon())
    }

    /// Share of all arrivals whose service starts within `time` \[0-1\].
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn service_level(&self, time: f64) -> Result<f64, TheoryError> {
        let late = beta_cdf(self.service_to_patience + 1.0, self.theta * not_negative("time", time)?);
        let at_once: f64 = self.in_system.iter().take(self.servers).sum();
        let waited: f64 =
            self.found_waiting().zip(late).map(|((j, p), l)| p * self.served(j) * (1.0 - l)).sum();
        Ok((at_once.min(1.0 - self.prob_blocked()) + waited).min(1.0))
    }

    /// Share of all arrivals still waiting `time` after joining \[0-1\].
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn prob_wait_over(&self, time: f64) -> Result<f64, TheoryError> {
        let late = beta_cdf(self.service_to_patience, self.theta * not_negative("time", time)?);
        let unserved: f64 = self.found_waiting().zip(late).map(|((_, p), late)| p * late).sum();
        Ok(unserved * (-self.theta * time).exp())
    }

    /// Mean number waiting who have already waited longer than `time`.
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn mean_queue_over(&self, time: f64) -> Result<f64, TheoryError> {
        let still = self.prob_wait_over(time)?;
        let late = beta_cdf(self.service_to_patience + 1.0, self.theta * time);
        let served_later: f64 =
            self.found_waiting().zip(late).map(|((j, p), late)| p * self.served(j) * late).sum();
        Ok((self.arrival_rate * (still - served_later) / self.theta).max(0.0))
    }

    // chance of service for whoever finds j waiting
    fn served(&self, j: usize) -> f64 {
        self.service_to_patience / (self.service_to_patience + j as f64 + 1.0)
    }

    // (number waiting, probability) as found by those who join the queue
    fn found_waiting(&self) -> impl Iterator<Item = (usize, f64)> {
        let accepted = self.in_system.len() - usize::from(self.has_limit);
        self.in_system[..accepted].iter().copied().skip(self.servers).enumerate()
    }
}

/// The beta distribution functions `I(x; a, j + 1)` for `j = 0, 1, ...` at `x = exp(-s)`: partial
/// sums of `x^a (1-x)^b (a)(a+1)...(a+b-1) / b!`, in logarithms because `x^a` may be below 1e-300.
fn beta_cdf(a: f64, s: f64) -> impl Iterator<Item = f64> {
    let log_rest = (-(-s).exp_m1()).ln(); // ln(1 - x)
    let (mut log_term, mut sum) = (-a * s, 0.0_f64);
    (0..).map(move |b| {
        if b > 0 {
            log_term += log_rest + ((a + f64::from(b) - 1.0) / f64::from(b)).ln();
        }
        sum += log_term.exp();
        sum.min(1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::{agrees, within};

    /// erla-01 to erla-04: (P(wait), abandon, queue, busy, wait, wait of served, service level,
    /// in system).
    #[test]
    fn abandonment_matches_the_cases() {
        type Case = (ErlangA, f64, [f64; 8]);
        let cases: [Case; 4] = [
            (
                ErlangA::new(100.0, 1.0 / 12.0, 11, 1.0 / 30.0).unwrap(),
                1.0 / 360.0,
                [
                    0.183743887818,
                    0.0529428503085,
                    0.176476167695,
                    0.717467537645,
                    0.00176476167695,
                    0.00137342662002,
                    0.844666672838,
                    8.06861908179,
                ],
            ),
            (
                ErlangA::new(300.0, 0.125, 34, 0.08).unwrap(),
                1.0 / 60.0,
                [
                    0.669561492431,
                    0.128451995437,
                    3.08284789049,
                    0.961266181503,
                    0.010276159635,
                    0.0099962308218,
                    0.649532139977,
                    35.7658980616,
                ],
            ),
            (
                ErlangA::new(12.0, 0.75, 10, 3.0).unwrap(),
                1.0,
                [
                    0.520991344424,
                    0.0495536904806,
                    1.7839328573,
                    0.855401678567,
                    0.148661071442,
                    0.143543433216,
                    0.943129081794,
                    10.337949643,
                ],
            ),
            (
                ErlangA::with_waiting_room(60.0, 1.0 / 12.0, 4, 0.1, 12).unwrap(),
                1.0 / 30.0,
                [
                    0.757928495333,
                    0.27960394257,
                    1.67762365542,
                    0.900309314073,
                    0.0279645499617,
                    0.0267534590719,
                    0.481682485675,
                    5.27886091171,
                ],
            ),
        ];
        for (queue, t, [waits, gives_up, waiting, busy, wait, served, level, inside]) in cases {
            agrees(queue.prob_wait(), waits);
            agrees(queue.prob_abandon(), gives_up);
            agrees(queue.mean_queue(), waiting);
            agrees(queue.utilisation(), busy);
            agrees(queue.mean_wait(), wait);
            agrees(queue.mean_wait_served(), served);
            agrees(queue.service_level(t).unwrap(), level);
            agrees(queue.mean_in_system(), inside);
        }
        let lines = ErlangA::with_waiting_room(60.0, 1.0 / 12.0, 4, 0.1, 12).unwrap();
        agrees(lines.prob_blocked(), 0.000148606171288);
    }

    /// wl-rott-01: a waiting list with removals is Erlang A with one busy server.
    #[test]
    fn a_waiting_list_with_removals_matches_the_case() {
        let list = ErlangA::new(60.0, 1.0 / 45.0, 1, 250.0 / 3.0).unwrap();
        within(list.mean_queue(), 1250.0, 1e-5);
        within(list.prob_abandon(), 0.25, 1e-8);
        within(list.mean_wait_served(), 23.9623954, 1e-5);
        for (weeks, over, still) in [(18.0, 278.6766, 0.80573181), (20.0, 183.1683, 0.78537287)] {
            within(list.mean_queue_over(weeks).unwrap(), over, 6e-5);
            within(list.prob_wait_over(weeks).unwrap(), still, 1e-7);
        }
    }

    #[test]
    fn thresholds_at_zero_and_far_away() {
        let queue = ErlangA::new(12.0, 0.75, 10, 3.0).unwrap();
        agrees(queue.prob_wait_over(0.0).unwrap(), queue.prob_wait());
        agrees(queue.mean_queue_over(0.0).unwrap(), queue.mean_queue());
        agrees(queue.service_level(1e9).unwrap(), 1.0 - queue.prob_abandon());
        assert!(queue.service_level(f64::NAN).is_err());
        assert!(ErlangA::new(1e15, 1.0, 1, 1e15).is_err(), "too many to hold");
    }
}
