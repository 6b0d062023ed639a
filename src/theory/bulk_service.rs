//! Poisson arrivals served up to so many at a time: weekly clinics, and M/D/c.

use super::error::{TheoryError, check, not_negative, positive, servers, stable};
use super::markov::{Chain, with_bound_large_enough};

/// Left after each service of up to `slots`, when a Poisson number of mean `arrivals` joins before it.
fn left_after_service(arrivals: f64, slots: u32) -> Result<Vec<f64>, TheoryError> {
    stable(arrivals / f64::from(slots))?;
    check(
        "arrivals in a period",
        arrivals,
        arrivals <= 250.0,
        "at most 250: the chain has one state for each left waiting",
    )?;
    check("served in a period", f64::from(slots), slots <= 1_000, "at most 1,000")?;
    let joining = poisson(arrivals);
    with_bound_large_enough(4 * slots + 100, 10_000, |most| {
        let chain = Chain::explore(0_u32, |&left| {
            let after = |(n, p): (u32, &f64)| ((left + n).saturating_sub(slots).min(most), *p);
            (0_u32..).zip(&joining).map(after).collect()
        })?;
        let stationary = chain.stationary()?;
        let known = chain.states().iter().copied().max().unwrap_or(0);
        let weights: Vec<f64> = (0..=known).map(|left| stationary.of(&left)).collect();
        Ok((weights, stationary.of(&most)))
    })
}

/// Poisson probabilities from 0 as far as they matter.
fn poisson(mean: f64) -> Vec<f64> {
    let (mut log, mut probabilities) = (-mean, vec![(-mean).exp()]);
    for n in 1_u32.. {
        log += (mean / f64::from(n)).ln();
        if f64::from(n) > mean && log < -45.0 {
            break;
        }
        probabilities.push(log.exp());
    }
    probabilities
}

fn mean_of(weights: &[f64], value: impl Fn(usize) -> f64) -> f64 {
    super::birth_death::mean(weights, value)
}

/// A clinic that treats up to so many a week, longest waiting first, while a Poisson number joins.
/// In steady state.
///
/// The list after the clinic is a Markov chain, `L' = max(L + joining - slots, 0)` (Bailey 1954).
///
/// ```
/// use nhs_capacity::theory::WeeklyClinic;
/// // 20 slots for 19.2 referrals: chance alone leaves ten on the list.
/// let clinic = WeeklyClinic::new(19.2, 20)?;
/// assert!((clinic.mean_list() - 9.77).abs() < 5e-3);
/// assert!((clinic.prob_wait_over(0) - 0.408).abs() < 5e-4); // 41% are not seen in their first week
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WeeklyClinic {
    joining: f64,
    slots: u32,
    list: Vec<f64>,
}

impl WeeklyClinic {
    /// Mean number joining a week, and slots a week.
    ///
    /// # Errors
    /// If a parameter is out of range, or more join than are treated.
    pub fn new(joining: f64, slots: u32) -> Result<Self, TheoryError> {
        positive("joining", joining)?;
        let slots = servers("slots", slots)?;
        Ok(Self { joining, slots, list: left_after_service(joining, slots)? })
    }

    /// Mean number on the list after a clinic.
    pub fn mean_list(&self) -> f64 {
        mean_of(&self.list, |n| n as f64)
    }

    /// Standard deviation of the number on the list after a clinic.
    pub fn sd_list(&self) -> f64 {
        let mean = self.mean_list();
        mean_of(&self.list, |n| (n as f64 - mean).powi(2)).sqrt()
    }

    /// Share of clinics that leave nobody waiting \[0-1\].
    pub fn prob_list_empty(&self) -> f64 {
        self.list.first().copied().unwrap_or(0.0)
    }

    /// Mean wait, treatment in the week of joining counting 0 [whole weeks].
    pub fn mean_wait(&self) -> f64 {
        self.mean_list() / self.joining
    }

    /// Share of patients still waiting after the clinic `weeks` after that of the week they joined.
    pub fn prob_wait_over(&self, weeks: u32) -> f64 {
        let treated = (f64::from(weeks) + 1.0) * f64::from(self.slots);
        let joining = poisson(self.joining);
        let late =
            |list: usize| mean_of(&joining, |n| (list as f64 + n as f64 - treated).clamp(0.0, n as f64));
        mean_of(&self.list, late) / self.joining
    }
}

/// M/D/c: Poisson arrivals, service of exactly `d`, `c` servers, first come first served. In steady
/// state.
///
/// Whoever is in service now has left in `d`, and nobody who arrives meanwhile, so the number in the
/// system at intervals of `d` is a Markov chain (Crommelin 1932). The wait: Franx (2001).
///
/// ```
/// use nhs_capacity::theory::{Mdc, Mmc};
/// // Four dialysis chairs at 90%: fixed sessions wait half as long as exponential ones.
/// let (fixed, random) = (Mdc::new(9.0, 0.4, 4)?, Mmc::new(9.0, 0.4, 4)?);
/// assert!((fixed.mean_wait() - 0.400).abs() < 5e-4 && (random.mean_wait() - 0.788).abs() < 5e-4);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mdc {
    arrival_rate: f64,
    service: f64,
    servers: u32,
    waiting: Vec<f64>,
}

impl Mdc {
    /// Arrivals per unit of time, length of service in that unit, and servers.
    ///
    /// # Errors
    /// If a parameter is out of range, or arrivals outrun the servers.
    pub fn new(arrival_rate: f64, service: f64, servers_open: u32) -> Result<Self, TheoryError> {
        let load = positive("arrival_rate", arrival_rate)? * positive("service", service)?;
        let servers = servers("servers", servers_open)?;
        Ok(Self { arrival_rate, service, servers, waiting: left_after_service(load, servers)? })
    }

    fn load(&self) -> f64 {
        self.arrival_rate * self.service
    }

    /// Share of server time busy \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.load() / f64::from(self.servers)
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        mean_of(&self.waiting, |n| n as f64)
    }

    /// Mean wait [time units].
    pub fn mean_wait(&self) -> f64 {
        self.mean_queue() / self.arrival_rate
    }

    /// Variance of the number waiting and in service.
    pub fn variance_in_system(&self) -> f64 {
        // the number in the system is those left waiting a service time ago plus those who came since
        let mean = self.mean_queue();
        mean_of(&self.waiting, |n| (n as f64 - mean).powi(2)) + self.load()
    }

    /// Share of customers who wait \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.over(0.0)
    }

    /// Share of customers who wait longer than `time` \[0-1\].
    ///
    /// # Errors
    /// If `time` is negative or not a number, or more than 10,000 services long.
    pub fn prob_wait_over(&self, time: f64) -> Result<f64, TheoryError> {
        not_negative("time", time)?;
        check("time", time, time <= 1e4 * self.service, "at most 10,000 times the service")?;
        Ok(self.over(time))
    }

    // P(W <= x) = sum_j P(at most kc - 1 - j waiting) Poisson(j; lambda (k d - x)), (k - 1) d <= x < k d
    fn over(&self, time: f64) -> f64 {
        let k = (time / self.service).floor() + 1.0;
        let places = (k * f64::from(self.servers)) as usize;
        let at_most: Vec<f64> = self
            .waiting
            .iter()
            .scan(0.0, |sum, p| {
                *sum += p;
                Some(*sum)
            })
            .collect();
        let arriving = poisson((self.arrival_rate * (k * self.service - time)).max(1e-300));
        let in_time = arriving
            .iter()
            .take(places)
            .enumerate()
            .map(|(j, p)| p * at_most.get(places - 1 - j).copied().unwrap_or(1.0));
        (1.0 - in_time.sum::<f64>()).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::{agrees, within};

    /// mdc-01, and mg1-01 for the distribution of the wait. The variance is that of Crommelin's
    /// generating function in 40 digits; the case gives 25.72966058, wrong from the eighth digit.
    #[test]
    fn fixed_services_match_the_cases() {
        let chairs = Mdc::new(9.0, 0.4, 4).unwrap();
        within(chairs.prob_wait(), 0.7754365863, 1e-9);
        within(chairs.mean_wait(), 0.3999863543, 1e-9);
        within(chairs.mean_queue(), 3.599877189, 1e-8);
        within(chairs.variance_in_system(), 25.729_659_907_193_92, 1e-9);
        let scanner = Mdc::new(2.25, 1.0 / 3.0, 1).unwrap();
        agrees(scanner.prob_wait(), 0.75);
        for (t, over) in
            [(1.0 / 6.0, 0.636252146345), (2.0 / 3.0, 0.27651523553), (5.0 / 3.0, 0.0531844668988)]
        {
            agrees(scanner.prob_wait_over(t).unwrap(), over);
        }
    }

    /// wl-weekly-01.
    #[test]
    fn a_weekly_clinic_matches_the_case() {
        let clinic = WeeklyClinic::new(19.2, 20).unwrap();
        within(clinic.mean_list(), 9.77294739, 1e-7);
        within(clinic.mean_wait(), 0.509007677, 1e-8);
        within(clinic.prob_list_empty(), 0.262413649, 1e-9);
        within(clinic.prob_wait_over(0), 0.407862874, 1e-8);
        within(clinic.prob_wait_over(2), 0.0160319934, 1e-9);
        within(clinic.sd_list(), 12.1216414, 1e-6);
    }

    #[test]
    fn overfull_and_absurd_clinics_are_refused() {
        assert!(matches!(WeeklyClinic::new(20.0, 20), Err(TheoryError::Overloaded { .. })));
        assert!(WeeklyClinic::new(f64::NAN, 20).is_err() && Mdc::new(1.0, 0.5, 0).is_err());
    }
}
