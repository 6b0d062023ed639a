//! M/G/1: one server and service of any distribution (Pollaczek-Khinchine).

use super::error::{TheoryError, positive, stable};
use super::law::Law;

/// One server with Poisson arrivals at rate `lambda` and service `S` of any law; first come first
/// served; `rho = lambda E[S] < 1`. In steady state.
///
/// `E[W] = lambda E[S^2] / (2 (1 - rho))` (Pollaczek-Khinchine),
/// `E[W^2] = 2 E[W]^2 + lambda E[S^3] / (3 (1 - rho))` (Takacs 1962).
///
/// ```
/// use nhs_capacity::theory::{Law, Mg1};
/// // A scanner at 75%: slots of exactly 20 minutes halve the wait of exponential ones.
/// let slots = Mg1::new(2.25, Law::constant(1.0 / 3.0)?)?;
/// let any = Mg1::new(2.25, Law::exponential(1.0 / 3.0)?)?;
/// assert!((slots.mean_wait() - 0.5).abs() < 1e-12);
/// assert!((any.mean_wait() - 1.0).abs() < 1e-12);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mg1 {
    arrival_rate: f64,
    service: Law,
    utilisation: f64,
}

impl Mg1 {
    /// Arrivals per unit of time, and the law of service in that unit.
    ///
    /// # Errors
    /// If the rate is out of range, or arrivals outrun the server.
    pub fn new(arrival_rate: f64, service: Law) -> Result<Self, TheoryError> {
        let utilisation = stable(positive("arrival_rate", arrival_rate)? * service.mean())?;
        Ok(Self { arrival_rate, service, utilisation })
    }

    /// Share of time busy, and share of customers who wait \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.utilisation
    }

    /// Mean wait [time units].
    pub fn mean_wait(&self) -> f64 {
        self.arrival_rate * self.service.second_moment() / (2.0 * (1.0 - self.utilisation))
    }

    /// Mean square of the wait [time squared].
    pub fn second_moment_wait(&self) -> f64 {
        2.0 * self.mean_wait().powi(2)
            + self.arrival_rate * self.service.third_moment() / (3.0 * (1.0 - self.utilisation))
    }

    /// Standard deviation of the wait [time units].
    pub fn sd_wait(&self) -> f64 {
        (self.second_moment_wait() - self.mean_wait().powi(2)).max(0.0).sqrt()
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.arrival_rate * self.mean_wait()
    }

    /// Mean number waiting and in service.
    pub fn mean_in_system(&self) -> f64 {
        self.mean_queue() + self.utilisation
    }

    /// Mean time from arrival to departure [time units].
    pub fn mean_sojourn(&self) -> f64 {
        self.mean_wait() + self.service.mean()
    }

    /// Mean length of a period with the server continuously busy [time units].
    pub fn mean_busy_period(&self) -> f64 {
        self.service.mean() / (1.0 - self.utilisation)
    }
}

/// `E[S^2]` of a round trip from a base in the middle of a square plus an exponential time on scene:
/// what a lone rural ambulance needs for [`Mg1`] with any law of those moments. Returns the mean and
/// second moment of `2 d / speed + scene`, with `d` the rectangular ("Manhattan") distance to a
/// uniform point of the square with side `side`: `E\[d\] = side/2`, `Var(d) = side^2/24`.
///
/// ```
/// use nhs_capacity::theory::mg1::round_trip_moments;
/// let (mean, second) = round_trip_moments(30.0, 45.0, 0.6)?;
/// let (rate, busy) = (0.35, 0.35 * mean);
/// // busy 44% of the time, it still keeps the average caller waiting 38 minutes
/// assert!((rate * second / (2.0 * (1.0 - busy)) * 60.0 - 38.5).abs() < 0.1);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a parameter is not above 0.
pub fn round_trip_moments(side: f64, speed: f64, mean_scene: f64) -> Result<(f64, f64), TheoryError> {
    let crossing = positive("side", side)? / positive("speed", speed)?;
    let scene = positive("mean_scene", mean_scene)?;
    let mean = crossing + scene;
    let variance = crossing * crossing / 6.0 + scene * scene;
    Ok((mean, mean * mean + variance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    /// mg1-01 to mg1-05.
    #[test]
    fn pollaczek_khinchine_matches_the_cases() {
        let slots = Law::discrete(&[0.5, 0.3, 0.2], &[1.0 / 6.0, 1.0 / 3.0, 2.0 / 3.0]);
        for (rate, law, [busy, wait, queue, sd, period]) in [
            (2.25, Law::constant(1.0 / 3.0), [0.75, 0.5, 1.125, 0.600925212577, 1.33333333333]),
            (1.4, Law::erlang(4, 0.5), [0.7, 0.729166666667, 1.02083333333, 0.946713980625, 1.66666666667]),
            (
                0.55,
                Law::lognormal(1.4, 0.9),
                [0.77, 3.31195652174, 1.82157608696, 4.14042110233, 6.08695652174],
            ),
            (
                0.7,
                Law::hyperexponential(&[0.9, 0.1], &[0.5, 5.5]),
                [0.7, 7.58333333333, 5.30833333333, 11.6479015754, 3.33333333333],
            ),
            (1.8, slots, [0.57, 0.28488372093, 0.512790697674, 0.427293719918, 0.736434108527]),
        ] {
            let queue_of = Mg1::new(rate, law.unwrap()).unwrap();
            agrees(queue_of.utilisation(), busy);
            agrees(queue_of.mean_wait(), wait);
            agrees(queue_of.mean_queue(), queue);
            agrees(queue_of.mean_in_system(), queue + busy);
            agrees(queue_of.sd_wait(), sd);
            agrees(queue_of.mean_busy_period(), period);
        }
    }

    /// spatial-01.
    #[test]
    fn a_lone_server_that_travels_matches_the_case() {
        let (mean, second) = round_trip_moments(30.0, 45.0, 0.6).unwrap();
        let wait = 0.35 * second / (2.0 * (1.0 - 0.35 * mean));
        agrees(0.35 * mean, 0.443333333333);
        agrees(wait, 0.640851630073);
        agrees(wait + 15.0 / 45.0, 0.974184963407);
    }
}
