//! M/M/c: Poisson arrivals, exponential service, `c` servers and one unlimited queue (Erlang C).

use super::error::{TheoryError, not_negative, positive, servers, share, stable};
use super::loss::erlang_b_unchecked;

/// In what order those waiting are served. The mean wait is the same for all; its spread is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServiceOrder {
    /// Longest wait first.
    #[default]
    FirstCome,
    /// Shortest wait first, nobody interrupted.
    LastCome,
    /// Anybody with equal chance.
    Random,
}

/// A queue with Poisson arrivals at rate `lambda`, exponential service of mean `1/mu` and `c`
/// servers, in steady state. `c = 1` is M/M/1.
///
/// With load `a = lambda/mu`, utilisation `rho = a/c < 1` and blocking `B` of [`super::erlang_b`]:
///
/// - `P(wait) = B / (1 - rho (1 - B))`, Erlang's C formula;
/// - a wait that is not 0 is exponential with rate `c mu - lambda`, first come first served.
///
/// Erlang (1917); Gross, Shortle, Thompson and Harris, *Fundamentals of Queueing Theory*, 3.3.
///
/// ```
/// use nhs_capacity::theory::Mmc;
/// // An ED with 30 cubicles, 9 patients an hour, 3 hours each.
/// let ed = Mmc::new(9.0, 3.0, 30)?;
/// assert!((ed.utilisation() - 0.9).abs() < 1e-12);
/// assert!((ed.prob_wait() - 0.471).abs() < 5e-4); // nearly half wait ...
/// assert!((ed.mean_wait() * 60.0 - 28.3).abs() < 0.05); // ... and 28 minutes on average
/// assert!((ed.wait_quantile(0.95)? - 2.24).abs() < 5e-3); // one in twenty over 2 h 14 min
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mmc {
    arrival_rate: f64,
    mean_service: f64,
    servers: u32,
    utilisation: f64,
    prob_wait: f64,
}

impl Mmc {
    /// Arrivals per unit of time, mean service in that unit, and number of servers.
    ///
    /// # Errors
    /// If a parameter is out of range, or arrivals outrun the servers.
    pub fn new(arrival_rate: f64, mean_service: f64, servers_open: u32) -> Result<Self, TheoryError> {
        positive("arrival_rate", arrival_rate)?;
        positive("mean_service", mean_service)?;
        let c = f64::from(servers("servers", servers_open)?);
        let load = arrival_rate * mean_service;
        let utilisation = stable(load / c)?;
        let blocked = erlang_b_unchecked(load, servers_open);
        let prob_wait = blocked / (1.0 - utilisation * (1.0 - blocked));
        Ok(Self { arrival_rate, mean_service, servers: servers_open, utilisation, prob_wait })
    }

    /// Mean number of busy servers, `a = lambda/mu`.
    pub fn offered_load(&self) -> f64 {
        self.arrival_rate * self.mean_service
    }

    /// Share of server time busy \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.utilisation
    }

    /// Share of customers who wait \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.prob_wait
    }

    /// Mean wait, those who start at once counting 0 [time units].
    pub fn mean_wait(&self) -> f64 {
        self.prob_wait * self.mean_wait_of_delayed()
    }

    /// Mean wait of those who wait, `1/(c mu - lambda)` [time units]. It is also the mean length of a
    /// period with every server busy.
    pub fn mean_wait_of_delayed(&self) -> f64 {
        self.mean_service / (f64::from(self.servers) * (1.0 - self.utilisation))
    }

    /// Standard deviation of the wait, first come first served [time units].
    pub fn sd_wait(&self) -> f64 {
        self.mean_wait_of_delayed() * (self.prob_wait * (2.0 - self.prob_wait)).sqrt()
    }

    /// Mean square of the wait in a given order of service [time squared]: `2 P(wait) d^2` first
    /// come first served, with `d` the mean of those who wait; `1/(1 - rho)` times that last come
    /// first served; `2/(2 - rho)` times that in random order. Takacs (1962).
    pub fn second_moment_wait(&self, order: ServiceOrder) -> f64 {
        let first_come = 2.0 * self.prob_wait * self.mean_wait_of_delayed().powi(2);
        match order {
            ServiceOrder::FirstCome => first_come,
            ServiceOrder::LastCome => first_come / (1.0 - self.utilisation),
            ServiceOrder::Random => first_come * 2.0 / (2.0 - self.utilisation),
        }
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.arrival_rate * self.mean_wait()
    }

    /// Mean number waiting and in service.
    pub fn mean_in_system(&self) -> f64 {
        self.mean_queue() + self.offered_load()
    }

    /// Mean time from arrival to departure [time units].
    pub fn mean_sojourn(&self) -> f64 {
        self.mean_wait() + self.mean_service
    }

    /// Share of time with exactly `n` in the system \[0-1\].
    pub fn prob_in_system(&self, n: u32) -> f64 {
        let all_busy = self.prob_wait * (1.0 - self.utilisation); // exactly c in the system
        if n >= self.servers {
            return all_busy * self.utilisation.powf(f64::from(n - self.servers));
        }
        // p(n) = p(c) c! / (n! a^(c-n)), in logarithms because 200! is not a float
        let log_factor: f64 = (n + 1..=self.servers).map(|k| (f64::from(k) / self.offered_load()).ln()).sum();
        if all_busy > 0.0 { (all_busy.ln() + log_factor).exp() } else { self.poisson(n) }
    }

    // So few servers are ever busy that their limit does not show.
    fn poisson(&self, n: u32) -> f64 {
        let log: f64 = (1..=n).map(|k| (self.offered_load() / f64::from(k)).ln()).sum();
        (log - self.offered_load()).exp()
    }

    /// Share of customers who wait longer than `time`, first come first served \[0-1\].
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn prob_wait_over(&self, time: f64) -> Result<f64, TheoryError> {
        not_negative("time", time)?;
        Ok(self.prob_wait * (-time / self.mean_wait_of_delayed()).exp())
    }

    /// The wait that a share `p` of customers does not exceed, first come first served [time units]:
    /// 0 if that many start at once, infinite for `p = 1`.
    ///
    /// # Errors
    /// If `p` is not between 0 and 1.
    pub fn wait_quantile(&self, p: f64) -> Result<f64, TheoryError> {
        share("p", p)?;
        Ok((self.mean_wait_of_delayed() * (self.prob_wait / (1.0 - p)).ln()).max(0.0))
    }

    /// Mean number waiting who have already waited longer than `time`, first come first served: the
    /// ages on a waiting list.
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn mean_queue_over(&self, time: f64) -> Result<f64, TheoryError> {
        Ok(self.arrival_rate * self.prob_wait_over(time)? * self.mean_wait_of_delayed())
    }

    /// Mean length of a period with every server busy [time units].
    pub fn mean_busy_period(&self) -> f64 {
        self.mean_wait_of_delayed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    // (rate, mean service, servers), (P(wait), wait, sd, of delayed, queue, 90% and 95% quantiles),
    // (threshold, share over it): mm1-01, mm1-02, mmc-01 to mmc-05
    type Case = ((f64, f64, u32), [f64; 7], (f64, f64));
    const CASES: [Case; 7] = [
        (
            (2.5, 0.2, 1),
            [0.5, 0.2, 0.346410161514, 0.4, 0.5, 0.643775164974, 0.921034037198],
            (1.0, 0.0410424993119),
        ),
        (
            (0.8, 1.0, 1),
            [0.8, 4.0, 4.89897948557, 5.0, 3.2, 10.3972077084, 13.8629436112],
            (10.0, 0.108268226589),
        ),
        (
            (3.0, 0.5, 2),
            [
                0.642857142857,
                0.642857142857,
                0.934049773616,
                1.0,
                1.92857142857,
                1.86075234072,
                2.55389952127,
            ],
            (0.5, 0.389912566958),
        ),
        (
            (120.0, 1.0 / 15.0, 10),
            [
                0.409180150796,
                0.0136393383599,
                0.0268934503754,
                0.0333333333333,
                1.63672060319,
                0.0469661779858,
                0.0700710840044,
            ],
            (1.0 / 60.0, 0.248180306804),
        ),
        (
            (9.0, 3.0, 30),
            [
                0.471408369947,
                0.471408369947,
                0.848876250485,
                1.0,
                4.24267532952,
                1.55055455987,
                2.24370174043,
            ],
            (1.0, 0.1734214477),
        ),
        (
            (14.0, 6.5, 100),
            [
                0.261072617938,
                0.188552446288,
                0.486622552423,
                0.722222222222,
                2.63973424804,
                0.693064964426,
                1.1936712615,
            ],
            (0.25, 0.184683722166),
        ),
        (
            (0.5, 0.2, 3),
            [
                0.00015600624025,
                1.07590510517e-5,
                0.00121815076425,
                0.0689655172414,
                5.37952552585e-6,
                0.0,
                0.0,
            ],
            (0.0, 0.00015600624025),
        ),
    ];

    #[test]
    fn erlang_c_and_its_waits() {
        for ((rate, service, servers), [p, w, sd, delayed, queue, q90, q95], (t, over)) in CASES {
            let queue_of = Mmc::new(rate, service, servers).unwrap();
            agrees(queue_of.prob_wait(), p);
            agrees(queue_of.mean_wait(), w);
            agrees(queue_of.sd_wait(), sd);
            agrees(queue_of.mean_wait_of_delayed(), delayed);
            agrees(queue_of.mean_queue(), queue);
            agrees(queue_of.mean_in_system(), queue + rate * service);
            agrees(queue_of.mean_sojourn(), w + service);
            agrees(queue_of.wait_quantile(0.9).unwrap(), q90);
            agrees(queue_of.wait_quantile(0.95).unwrap(), q95);
            agrees(queue_of.prob_wait_over(t).unwrap(), over);
        }
    }

    #[test]
    fn empty_systems() {
        for ((rate, service, servers), empty) in [
            ((2.5, 0.2, 1), 0.5),
            ((3.0, 0.5, 2), 0.142857142857),
            ((120.0, 1.0 / 15.0, 10), 0.000276571685674),
            ((0.5, 0.2, 3), 0.904836193448),
        ] {
            agrees(Mmc::new(rate, service, servers).unwrap().prob_in_system(0), empty);
        }
    }

    /// disc-01 and disc-02.
    #[test]
    fn order_of_service_changes_only_the_spread() {
        use ServiceOrder::{FirstCome, LastCome, Random};
        let one = Mmc::new(0.75, 1.0, 1).unwrap();
        let five = Mmc::new(8.0, 0.5, 5).unwrap();
        for (order, of_one, of_five) in [
            (FirstCome, 24.0, 0.277056277056),
            (LastCome, 96.0, 1.38528138528),
            (Random, 38.4, 0.46176046176),
        ] {
            agrees(one.second_moment_wait(order), of_one);
            agrees(five.second_moment_wait(order), of_five);
        }
    }

    #[test]
    fn the_distribution_of_the_number_in_the_system_sums_to_one() {
        for (rate, servers) in [(0.001, 400), (399.0, 400), (0.9, 1), (90.0, 1000)] {
            let queue = Mmc::new(rate, 1.0, servers).unwrap();
            let mass: f64 = (0..20_000).map(|n| queue.prob_in_system(n)).sum();
            agrees(mass, 1.0);
        }
    }

    #[test]
    fn extremes_are_refused_or_finite() {
        assert!(matches!(Mmc::new(2.0, 1.0, 2), Err(TheoryError::Overloaded { .. })));
        assert!(Mmc::new(1.0, 1.0, 0).is_err() && Mmc::new(f64::NAN, 1.0, 1).is_err());
        assert!(Mmc::new(1e15, 1e15, u32::MAX).is_err());
        let quiet = Mmc::new(1e-15, 1e-15, 1_000_000).unwrap();
        assert_eq!((quiet.prob_wait(), quiet.mean_wait(), quiet.prob_in_system(0)), (0.0, 0.0, 1.0));
        let queue = Mmc::new(0.5, 1.0, 1).unwrap();
        assert_eq!(
            (queue.wait_quantile(0.0).unwrap(), queue.wait_quantile(1.0).unwrap()),
            (0.0, f64::INFINITY)
        );
        assert!(queue.wait_quantile(1.1).is_err() && queue.prob_wait_over(-1.0).is_err());
    }
}
