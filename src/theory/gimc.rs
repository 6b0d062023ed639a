//! GI/M/c: arrivals at intervals of any law, such as a booked clinic; exponential service.

use super::error::{TheoryError, check, not_negative, positive, servers, stable};
use super::law::Law;

/// A queue with independent intervals `A` between arrivals, exponential service at rate `mu`, `c`
/// servers, first come first served. In steady state.
///
/// Arrivals find `c + n` in the system with probabilities in proportion to `sigma^n`, where `sigma`
/// solves `sigma = E[exp(-c mu (1 - sigma) A)]`. Arrivals are not Poisson, so what they see differs
/// from the average over time. Takacs (1962), chapter 2.
///
/// ```
/// use nhs_capacity::theory::{GiMc, Law, Mmc};
/// // A clinic at 80% booked every 15 minutes halves and more the wait of one that people walk into.
/// let booked = GiMc::new(&Law::constant(0.25)?, 0.2, 1)?;
/// let walk_in = Mmc::new(4.0, 0.2, 1)?;
/// assert!((booked.mean_wait() * 60.0 - 20.3).abs() < 0.05);
/// assert!((walk_in.mean_wait() * 60.0 - 48.0).abs() < 1e-9);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GiMc {
    arrival_rate: f64,
    utilisation: f64,
    sigma: f64,
    prob_wait: f64,
    departure: f64,
}

impl GiMc {
    /// The law of intervals between arrivals, mean service, and servers (at most 200).
    ///
    /// # Errors
    /// If a parameter is out of range, or arrivals outrun the servers.
    pub fn new(interval: &Law, mean_service: f64, servers_open: u32) -> Result<Self, TheoryError> {
        let arrival_rate = 1.0 / positive("mean of interval", interval.mean())?;
        let c = f64::from(servers("servers", servers_open)?);
        check("servers", c, servers_open <= 200, "from 1 to 200")?;
        let departure = positive("mean_service", mean_service)? / c;
        let utilisation = stable(arrival_rate * departure)?;
        // the transform of the interval at s departures per mean departure time
        let transform = |s: f64| interval.laplace(s / departure);
        let sigma = root(|sigma| transform(1.0 - sigma) - sigma);
        let prob_wait = 1.0 / (1.0 + (1.0 - sigma) * start_terms(&transform, sigma, servers_open));
        let is_known = (0.0..=1.0).contains(&prob_wait);
        check("P(wait)", prob_wait, is_known, "from 0 to 1: intervals spread too far, or rounding won")?;
        Ok(Self { arrival_rate, utilisation, sigma, prob_wait, departure })
    }

    /// Share of server time busy, and for one server the share of time it is busy \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.utilisation
    }

    /// Share of arrivals who wait \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.prob_wait
    }

    /// Mean wait [time units].
    pub fn mean_wait(&self) -> f64 {
        self.prob_wait * self.mean_wait_of_delayed()
    }

    /// Mean wait of those who wait [time units].
    pub fn mean_wait_of_delayed(&self) -> f64 {
        self.departure / (1.0 - self.sigma)
    }

    /// Mean number waiting, over time.
    pub fn mean_queue(&self) -> f64 {
        self.arrival_rate * self.mean_wait()
    }

    /// Share of arrivals who wait longer than `time` \[0-1\].
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn prob_wait_over(&self, time: f64) -> Result<f64, TheoryError> {
        not_negative("time", time)?;
        Ok(self.prob_wait * (-time / self.mean_wait_of_delayed()).exp())
    }
}

/// The root below 1 of a function that is positive at 0, negative just below 1 and zero at 1.
fn root(f: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0 - 1e-12);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if f(middle) > 0.0 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// Takacs's sum over the states with a free server, chapter 2, theorem 2:
/// `sum_j (c over j) / (C_j (1 - phi_j)) (c (1 - phi_j) - j) / (c (1 - sigma) - j)`.
fn start_terms(transform: &impl Fn(f64) -> f64, sigma: f64, servers: u32) -> f64 {
    let c = f64::from(servers);
    let phi = |j: f64| transform(j / c);
    let ratio = |j: f64| (c * (1.0 - phi(j)) - j) / (c * (1.0 - sigma) - j);
    let (mut factor, mut sum) = (1.0, 0.0); // factor: (c over j) / C_j
    for j in 1..=servers {
        let j = f64::from(j);
        factor *= (c - j + 1.0) / j * (1.0 - phi(j)) / phi(j);
        // when both halves of the ratio vanish, step to either side of the hole
        let is_hole = (c * (1.0 - sigma) - j).abs() < 1e-5;
        let ratio = if is_hole { f64::midpoint(ratio(j - 3e-5), ratio(j + 3e-5)) } else { ratio(j) };
        sum += factor / (1.0 - phi(j)) * ratio;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::Mmc;
    use crate::theory::agreement::{agrees, within};

    /// gim1-01, gim1-02 and dmc-01.
    #[test]
    fn booked_and_bursty_clinics_match_the_cases() {
        let bursty = Law::hyperexponential(&[0.7, 0.3], &[0.2, 2.0]).unwrap();
        for (interval, service, servers, [waits, wait, queue]) in [
            (Law::constant(0.25).unwrap(), 0.2, 1, [0.628629796497, 0.338546167984, 1.35418467194]),
            (bursty.clone(), 0.5, 1, [0.842708858897, 2.67881856851, 3.62002509257]),
            (Law::constant(0.1).unwrap(), 0.27, 3, [0.7016746725, 0.3270360739, 3.270360739]),
        ] {
            let clinic = GiMc::new(&interval, service, servers).unwrap();
            agrees(clinic.prob_wait(), waits);
            agrees(clinic.mean_wait(), wait);
            agrees(clinic.mean_queue(), queue);
        }
        let every_quarter = GiMc::new(&Law::constant(0.25).unwrap(), 0.2, 1).unwrap();
        agrees(every_quarter.prob_wait_over(0.4).unwrap(), 0.299107223939);
        agrees(GiMc::new(&bursty, 0.5, 1).unwrap().prob_wait_over(1.0).unwrap(), 0.615256499388);
    }

    #[test]
    fn exponential_intervals_give_erlang_c() {
        for (rate, servers) in [(1.0, 2), (1.5, 2), (2.0, 4), (9.0, 10), (18.5, 20)] {
            let general = GiMc::new(&Law::exponential(1.0 / rate).unwrap(), 1.0, servers).unwrap();
            let known = Mmc::new(rate, 1.0, servers).unwrap();
            within(general.prob_wait(), known.prob_wait(), 1e-8);
            within(general.mean_wait(), known.mean_wait(), 1e-8);
        }
    }
}
