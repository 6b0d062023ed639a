//! Several servers and two kinds of work of different length, solved as chains.

use super::error::{TheoryError, positive, servers, share, stable};
use super::markov::{Chain, Probabilities, with_bound_large_enough};

/// M/H2/c: one queue, first come first served, in which a share of customers takes longer than the
/// rest. In steady state, from the chain on (short in service, long in service, waiting).
///
/// ```
/// use nhs_capacity::theory::{MixedServiceQueue, Mmc};
/// // Minors and majors in five cubicles at 80%: mixing them costs 40% more waiting.
/// let mixed = MixedServiceQueue::new(4.0, 0.75, [0.6, 2.2], 5)?;
/// let alike = Mmc::new(4.0, 1.0, 5)?;
/// assert!((mixed.mean_wait() / alike.mean_wait() - 1.42).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MixedServiceQueue {
    arrival_rate: f64,
    utilisation: f64,
    prob_wait: f64,
    mean_queue: f64,
}

impl MixedServiceQueue {
    /// Arrivals per unit of time, share of the first kind, mean services of the two kinds in that
    /// unit, and servers.
    ///
    /// # Errors
    /// If a parameter is out of range, or arrivals outrun the servers.
    pub fn new(
        arrival_rate: f64,
        share_of_first: f64,
        mean_services: [f64; 2],
        servers_open: u32,
    ) -> Result<Self, TheoryError> {
        positive("arrival_rate", arrival_rate)?;
        let shares = [share("share_of_first", share_of_first)?, 1.0 - share_of_first];
        let c = servers("servers", servers_open)?;
        mean_services.iter().try_for_each(|&mean| positive("mean_service", mean).map(|_| ()))?;
        let mean = shares[0] * mean_services[0] + shares[1] * mean_services[1];
        let utilisation = stable(arrival_rate * mean / f64::from(c))?;
        with_bound_large_enough(128, 1 << 16, |most| {
            let chain = Chain::explore(([0_u32; 2], 0_u32), |&(busy, waiting)| {
                let is_full = busy[0] + busy[1] >= c;
                let start = |busy: [u32; 2], kind: usize| {
                    let mut next = busy;
                    next[kind] += 1;
                    next
                };
                let mut moves = vec![];
                for kind in [0, 1] {
                    if !is_full {
                        moves.push(((start(busy, kind), 0), arrival_rate * shares[kind]));
                    }
                    if busy[kind] == 0 {
                        continue;
                    }
                    let rate = f64::from(busy[kind]) / mean_services[kind];
                    let mut left = busy;
                    left[kind] -= 1;
                    if waiting == 0 {
                        moves.push(((left, 0), rate));
                    } else {
                        let next = |k: usize| ((start(left, k), waiting - 1), rate * shares[k]);
                        moves.extend([next(0), next(1)]);
                    }
                }
                if is_full && waiting < most {
                    moves.push(((busy, waiting + 1), arrival_rate));
                }
                moves
            })?;
            let p = chain.stationary()?;
            let prob_wait = p.probability(|s| s.0[0] + s.0[1] >= c);
            let mean_queue = p.mean(|s| f64::from(s.1));
            Ok((Self { arrival_rate, utilisation, prob_wait, mean_queue }, p.probability(|s| s.1 == most)))
        })
    }

    /// Share of server time busy \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.utilisation
    }

    /// Share of customers who wait \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.prob_wait
    }

    /// Mean wait [time units].
    pub fn mean_wait(&self) -> f64 {
        self.mean_queue / self.arrival_rate
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.mean_queue
    }
}

/// Two classes with services of different length at `c` servers; class 0 goes first, nobody is
/// interrupted. In steady state, from the chain on who is in service and who waits.
///
/// ```
/// use nhs_capacity::theory::TwoClassQueue;
/// // Majors (72 minutes) before minors (30 minutes), four doctors.
/// let ed = TwoClassQueue::new([1.6, 2.2], [1.2, 0.5], 4)?;
/// assert!((ed.mean_wait(0) * 60.0 - 11.9).abs() < 0.05);
/// assert!((ed.mean_wait(1) * 60.0 - 58.1).abs() < 0.05);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoClassQueue {
    arrival_rates: [f64; 2],
    utilisation: f64,
    prob_wait: f64,
    mean_queues: [f64; 2],
}

/// Of class 0 and class 1, those in service and those waiting.
type TwoClasses = ([u32; 2], [u32; 2]);

impl TwoClassQueue {
    /// Arrivals per unit of time and mean services by class, and servers.
    ///
    /// # Errors
    /// If a parameter is out of range, or arrivals outrun the servers.
    pub fn new(
        arrival_rates: [f64; 2],
        mean_services: [f64; 2],
        servers_open: u32,
    ) -> Result<Self, TheoryError> {
        arrival_rates.iter().try_for_each(|&rate| positive("arrival_rate", rate).map(|_| ()))?;
        mean_services.iter().try_for_each(|&mean| positive("mean_service", mean).map(|_| ()))?;
        let c = servers("servers", servers_open)?;
        let load: f64 = arrival_rates.iter().zip(mean_services).map(|(rate, mean)| rate * mean).sum();
        let utilisation = stable(load / f64::from(c))?;
        let is_full = |busy: &[u32; 2]| busy[0] + busy[1] >= c;
        with_bound_large_enough(128, 1 << 12, |most| {
            // the urgent queue is the shorter by far
            let limits = [most / 4, most];
            let chain = Chain::explore(([0; 2], [0; 2]), |&(busy, waiting): &TwoClasses| {
                let mut moves = vec![];
                for class in [0, 1] {
                    let mut next = (busy, waiting);
                    if !is_full(&busy) {
                        next.0[class] += 1;
                        moves.push((next, arrival_rates[class]));
                    } else if waiting[class] < limits[class] {
                        next.1[class] += 1;
                        moves.push((next, arrival_rates[class]));
                    }
                    if busy[class] > 0 {
                        let mut next = (busy, waiting);
                        next.0[class] -= 1;
                        if let Some(first) = waiting.iter().position(|&n| n > 0) {
                            next.1[first] -= 1;
                            next.0[first] += 1;
                        }
                        moves.push((next, f64::from(busy[class]) / mean_services[class]));
                    }
                }
                moves
            })?;
            let p: Probabilities<'_, TwoClasses> = chain.stationary()?;
            let answer = Self {
                arrival_rates,
                utilisation,
                prob_wait: p.probability(|s| is_full(&s.0)),
                mean_queues: [0, 1].map(|class| p.mean(|s| f64::from(s.1[class]))),
            };
            // the sweeps are good to 1e-10: judge the edge by what it adds to that
            let at_edge = p.probability(|s| s.1[0] == limits[0] || s.1[1] == limits[1]);
            Ok((answer, at_edge * 1e-3))
        })
    }

    /// Share of server time busy \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.utilisation
    }

    /// Share of customers of either class who wait \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.prob_wait
    }

    /// Mean number of `class` (0, otherwise 1) waiting.
    pub fn mean_queue(&self, class: usize) -> f64 {
        self.mean_queues[class.min(1)]
    }

    /// Mean wait of `class` (0, otherwise 1) [time units].
    pub fn mean_wait(&self, class: usize) -> f64 {
        self.mean_queue(class) / self.arrival_rates[class.min(1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::within;

    /// mh2c-01.
    #[test]
    fn mixed_services_match_the_case() {
        let cubicles = MixedServiceQueue::new(4.0, 0.75, [0.6, 2.2], 5).unwrap();
        within(cubicles.utilisation(), 0.8, 1e-12);
        within(cubicles.prob_wait(), 0.561512202, 1e-9);
        within(cubicles.mean_wait(), 0.785711139, 1e-9);
        within(cubicles.mean_queue(), 3.14284456, 1e-8);
    }

    /// np2-01.
    #[test]
    fn majors_before_minors_match_the_case() {
        let doctors = TwoClassQueue::new([1.6, 2.2], [1.2, 0.5], 4).unwrap();
        within(doctors.prob_wait(), 0.52461116, 1e-8);
        within(doctors.mean_wait(0), 0.19909962, 1e-8);
        within(doctors.mean_wait(1), 0.96760113, 2e-8);
        within(doctors.mean_queue(1), 2.1287225, 6e-8);
    }
}
