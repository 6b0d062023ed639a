//! M/M/c/K: a queue with few places, such as the lines into a telephone exchange.

use super::birth_death;
use super::error::{TheoryError, not_negative, places, positive, servers};

/// A queue with Poisson arrivals, exponential service, `c` servers and a waiting room; whoever finds
/// the room full is lost. In steady state; there is one at any load.
///
/// An accepted arrival that finds `j` waiting and all busy waits for `j + 1` departures at rate
/// `c mu`. Gross, Shortle, Thompson and Harris, *Fundamentals of Queueing Theory*, 3.5.
///
/// ```
/// use nhs_capacity::theory::Mmck;
/// // Three receptionists, 50 calls an hour of 4 minutes. Twelve more lines for the same three:
/// let (before, after) = (Mmck::new(50.0, 1.0 / 15.0, 3, 5)?, Mmck::new(50.0, 1.0 / 15.0, 3, 17)?);
/// assert!((before.prob_blocked() - 0.178).abs() < 5e-4); // engaged tones fall from 18% ...
/// assert!((after.prob_blocked() - 0.114).abs() < 5e-4); // ... to 11%,
/// assert!((before.mean_wait() * 60.0 - 3.4).abs() < 0.05); // and the wait rises from 3 minutes ...
/// assert!((after.mean_wait() * 60.0 - 14.7).abs() < 0.05); // ... to 15
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mmck {
    arrival_rate: f64,
    mean_service: f64,
    servers: usize,
    in_system: Vec<f64>,
}

impl Mmck {
    /// Arrivals per unit of time, mean service in that unit, servers, and places besides service.
    ///
    /// # Errors
    /// If a parameter is out of range.
    pub fn new(
        arrival_rate: f64,
        mean_service: f64,
        servers_open: u32,
        waiting_room: u32,
    ) -> Result<Self, TheoryError> {
        let load = positive("arrival_rate", arrival_rate)? * positive("mean_service", mean_service)?;
        let servers = servers("servers", servers_open)? as usize;
        let last = servers + places("waiting_room", waiting_room)? as usize;
        let in_system = birth_death::stationary(|_| load, |n| n.min(servers) as f64, Some(last))?;
        Ok(Self { arrival_rate, mean_service, servers, in_system })
    }

    /// Share of arrivals lost \[0-1\].
    pub fn prob_blocked(&self) -> f64 {
        self.in_system.last().copied().unwrap_or(0.0)
    }

    /// Share of accepted arrivals who wait \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.found_waiting().map(|(_, p)| p).sum::<f64>() / (1.0 - self.prob_blocked())
    }

    /// Mean wait of accepted arrivals [time units].
    pub fn mean_wait(&self) -> f64 {
        self.mean_queue() / (self.arrival_rate * (1.0 - self.prob_blocked()))
    }

    /// Share of accepted arrivals who wait longer than `time`, first come first served \[0-1\].
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn prob_wait_over(&self, time: f64) -> Result<f64, TheoryError> {
        not_negative("time", time)?;
        let expected = time * self.servers as f64 / self.mean_service; // departures within the time
        let (mut log_term, mut at_most, mut over) = (-expected, 0.0, 0.0);
        for (j, p) in self.found_waiting() {
            if j > 0 {
                log_term += (expected / j as f64).ln();
            }
            at_most += log_term.exp();
            over += p * at_most.min(1.0);
        }
        Ok(over / (1.0 - self.prob_blocked()))
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

    /// Share of time with exactly `n` in the system \[0-1\].
    pub fn prob_in_system(&self, n: u32) -> f64 {
        self.in_system.get(n as usize).copied().unwrap_or(0.0)
    }

    // (number waiting, probability) as found by those who are accepted and must wait
    fn found_waiting(&self) -> impl Iterator<Item = (usize, f64)> {
        let accepted = &self.in_system[..self.in_system.len() - 1];
        accepted.iter().copied().skip(self.servers).enumerate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    /// mmck-01 and mmck-02.
    #[test]
    fn finite_lines_match_the_cases() {
        for (room, [blocked, waits, wait, queue, busy, inside], t, over) in [
            (
                5,
                [0.17757084918, 0.795756504223, 0.0567589073508, 2.3340089987, 0.913810167578, 5.07543950144],
                1.0 / 30.0,
                0.588896384485,
            ),
            (
                17,
                [
                    0.114074225914,
                    0.965598659495,
                    0.244673568004,
                    10.8381310066,
                    0.984361971207,
                    13.7912169202,
                ],
                1.0 / 6.0,
                0.714337704981,
            ),
        ] {
            let lines = Mmck::new(50.0, 1.0 / 15.0, 3, room).unwrap();
            agrees(lines.prob_blocked(), blocked);
            agrees(lines.prob_wait(), waits);
            agrees(lines.mean_wait(), wait);
            agrees(lines.mean_queue(), queue);
            agrees(lines.utilisation(), busy);
            agrees(lines.mean_in_system(), inside);
            agrees(lines.prob_wait_over(t).unwrap(), over);
        }
    }

    #[test]
    fn a_room_without_chairs_is_a_loss_unit_and_a_huge_one_is_erlang_c() {
        let none = Mmck::new(2.2, 4.5, 12, 0).unwrap();
        agrees(none.prob_blocked(), super::super::erlang_b(9.9, 12).unwrap());
        assert_eq!((none.prob_wait(), none.mean_wait()), (0.0, 0.0));
        let huge = Mmck::new(9.0, 3.0, 30, 100_000).unwrap();
        let endless = super::super::Mmc::new(9.0, 3.0, 30).unwrap();
        agrees(huge.mean_wait(), endless.mean_wait());
        agrees(huge.prob_wait_over(0.5).unwrap(), endless.prob_wait_over(0.5).unwrap());
    }
}
