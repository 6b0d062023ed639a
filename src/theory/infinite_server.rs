//! Unlimited servers: how many beds would be in use if nobody ever had to wait (M/G/infinity).

use super::error::{TheoryError, check, length, not_negative, positive, probabilities, share};
use super::law::Law;
use std::f64::consts::TAU;

/// `P(N > k)` for a Poisson number `N` of the given mean.
fn poisson_over(mean: f64, k: u32) -> f64 {
    if f64::from(k) > mean + 40.0 * mean.sqrt() + 400.0 {
        return 0.0; // less than the smallest number
    }
    let mean_log = if mean > 0.0 { mean.ln() } else { return 0.0 };
    // from whichever side loses no digits
    let mut log = -mean;
    let mut at_most = log.exp();
    for n in 1..=k {
        log += mean_log - f64::from(n).ln();
        at_most += log.exp();
    }
    if f64::from(k) < mean {
        return (1.0 - at_most).max(0.0);
    }
    let mut over = 0.0;
    for n in k.saturating_add(1)..u32::MAX {
        log += mean_log - f64::from(n).ln();
        over += log.exp();
        if log < over.ln() - 40.0 {
            break;
        }
    }
    over
}

fn poisson_quantile(mean: f64, p: f64) -> u32 {
    let (mut log, mut n) = (-mean, 0_u32);
    let mut at_most = log.exp();
    while at_most < p && (f64::from(n) < mean || log > -700.0) {
        n += 1;
        log += (mean / f64::from(n)).ln();
        at_most += log.exp();
    }
    n
}

/// The largest mean number for which a distribution is summed.
const MOST_PRESENT: f64 = 1e7;

/// Poisson arrivals at a constant rate, each present for a time of any law.
///
/// In steady state the number present is Poisson with mean `rate * E[S]`, whatever the law; the law
/// decides only how fast it changes. It is also the demand that [`super::LossUnit`] cuts off.
///
/// ```
/// use nhs_capacity::theory::{InfiniteServer, Law};
/// // A 10-bed demand, on average, needs 15 beds to be met 95% of the time.
/// let demand = InfiniteServer::new(1.35, Law::lognormal(7.4, 8.6)?)?;
/// assert!((demand.mean() - 9.99).abs() < 1e-9);
/// assert_eq!(demand.quantile(0.95)?, 15);
/// // and a week later it still remembers: correlation 0.37
/// assert!((demand.autocorrelation(7.0)? - 0.374).abs() < 5e-4);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct InfiniteServer {
    arrival_rate: f64,
    stay: Law,
}

impl InfiniteServer {
    /// Arrivals per unit of time, and the law of the stay in that unit.
    ///
    /// # Errors
    /// If the rate is out of range, or more than ten million would be present.
    pub fn new(arrival_rate: f64, stay: Law) -> Result<Self, TheoryError> {
        let mean = positive("arrival_rate", arrival_rate)? * stay.mean();
        check("mean number present", mean, mean <= MOST_PRESENT, "at most 1e7")?;
        Ok(Self { arrival_rate, stay })
    }

    /// Mean, and variance, of the number present.
    pub fn mean(&self) -> f64 {
        self.arrival_rate * self.stay.mean()
    }

    /// Share of time with more than `n` present \[0-1\].
    pub fn prob_over(&self, n: u32) -> f64 {
        poisson_over(self.mean(), n)
    }

    /// The least number that is enough for a share `p` of the time.
    ///
    /// # Errors
    /// If `p` is not from 0 to 1 - 1e-12.
    pub fn quantile(&self, p: f64) -> Result<u32, TheoryError> {
        check("p", share("p", p)?, p <= 1.0 - 1e-12, "from 0 to 1 - 1e-12: the number has no upper end")?;
        Ok(poisson_quantile(self.mean(), p))
    }

    /// Correlation of the number present with that `lag` later [0-1]: the survival of the stay still
    /// to go.
    ///
    /// # Errors
    /// If `lag` is negative or not a number.
    pub fn autocorrelation(&self, lag: f64) -> Result<f64, TheoryError> {
        Ok(self.stay.excess_survival(not_negative("lag", lag)?))
    }

    /// Mean, and variance, of the number present `time` after opening empty.
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn mean_after_opening(&self, time: f64) -> Result<f64, TheoryError> {
        Ok(self.arrival_rate * self.stay.mean_up_to(not_negative("time", time)?))
    }

    /// Mean number present `since_round` after the last of the only times of day at which anybody
    /// leaves: everybody stays on until the next round. It is `rate * (E[S] + since_round)`; over the
    /// day, half an interval more than without rounds. Conditions: `since_round` is at most the
    /// interval between rounds.
    ///
    /// # Errors
    /// If `since_round` is negative or not a number.
    pub fn mean_since_round(&self, since_round: f64) -> Result<f64, TheoryError> {
        Ok(self.arrival_rate * (self.stay.mean() + not_negative("since_round", since_round)?))
    }
}

/// Unlimited servers whose Poisson arrivals come at rate `base (1 + amplitude sin(2 pi t / period))`.
///
/// The number present is Poisson at every instant; its mean is a sine wave of the same period,
/// flattened and delayed by the stay. Eick, Massey and Whitt (1993).
///
/// ```
/// use nhs_capacity::theory::{Law, Sinusoid};
/// // An ED with a 60% daily swing of arrivals and stays of 4 hours: a 41% swing, 3 hours late.
/// let ed = Sinusoid::new(9.0, 0.6, 24.0, Law::exponential(4.0)?)?;
/// assert!((ed.amplitude() / ed.mean() - 0.414).abs() < 5e-4);
/// assert!((ed.lag() - 3.09).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sinusoid {
    mean: f64,
    period: f64,
    // of the mean number present: mean + sine sin(w t) + cosine cos(w t)
    sine: f64,
    cosine: f64,
}

impl Sinusoid {
    /// Mean rate, relative amplitude, period, and the law of the stay.
    ///
    /// # Errors
    /// If a parameter is out of range.
    pub fn new(base_rate: f64, relative_amplitude: f64, period: f64, stay: Law) -> Result<Self, TheoryError> {
        let mean = positive("base_rate", base_rate)? * stay.mean();
        check("mean number present", mean, mean <= MOST_PRESENT, "at most 1e7")?;
        let a = share("relative_amplitude", relative_amplitude)?;
        let w = TAU / positive("period", period)?;
        let (cos, sin) = stay.characteristic(w);
        let is_known = (cos * cos + sin * sin) <= 1.0 + 1e-9;
        check("period", period, is_known, "longer: stays span more cycles than can be added up")?;
        // the mean is base (E[S] + a Im(exp(iwt) int exp(-iwu) P(S > u) du))
        Ok(Self { mean, period, sine: base_rate * a * sin / w, cosine: -base_rate * a * (1.0 - cos) / w })
    }

    /// Mean number present over a period.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Half the difference between the highest and the lowest mean.
    pub fn amplitude(&self) -> f64 {
        self.sine.hypot(self.cosine)
    }

    /// Time from the peak of arrivals to the peak of the mean [time units].
    pub fn lag(&self) -> f64 {
        (-self.cosine).atan2(self.sine) / TAU * self.period
    }

    /// Mean, and variance, of the number present at `time` in the period.
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn mean_at(&self, time: f64) -> Result<f64, TheoryError> {
        let (sin, cos) = (TAU * not_negative("time", time)? / self.period).sin_cos();
        Ok(self.mean + self.sine * sin + self.cosine * cos)
    }

    /// Chance that more than `n` are present at `time` in the period \[0-1\].
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn prob_over_at(&self, time: f64, n: u32) -> Result<f64, TheoryError> {
        Ok(poisson_over(self.mean_at(time)?, n))
    }
}

/// Unlimited servers whose Poisson arrivals have a rate that is constant within each step of a cycle,
/// such as the days of a week.
///
/// The mean number present is `m(t) = int rate(t - u) P(S > u) du`.
///
/// ```
/// use nhs_capacity::theory::{Law, PiecewiseCycle};
/// // Admissions fall by a quarter at weekends; with stays of a week, beds in use barely notice.
/// let stay = Law::lognormal(7.0, 9.5)?;
/// let week = PiecewiseCycle::new(&[34.0, 31.0, 30.0, 30.0, 31.0, 26.0, 25.0], 1.0, stay)?;
/// assert!((week.mean_at(5.0)? - 209.8).abs() < 0.05 && (week.mean_at(0.0)? - 201.4).abs() < 0.05);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PiecewiseCycle {
    rates: Vec<f64>,
    step: f64,
    stay: Law,
}

impl PiecewiseCycle {
    /// The rates of the steps of one cycle, the length of a step, and the law of the stay.
    ///
    /// # Errors
    /// If there are no rates or a parameter is out of range.
    pub fn new(rates: &[f64], step: f64, stay: Law) -> Result<Self, TheoryError> {
        check("number of rates", rates.len() as f64, !rates.is_empty(), "at least 1")?;
        rates.iter().try_for_each(|&rate| not_negative("rate", rate).map(|_| ()))?;
        positive("step", step)?;
        Ok(Self { rates: rates.to_vec(), step, stay })
    }

    /// Mean number present over a cycle.
    pub fn mean(&self) -> f64 {
        self.rates.iter().sum::<f64>() / self.rates.len() as f64 * self.stay.mean()
    }

    /// Mean, and variance, of the number present at `time` in the cycle.
    ///
    /// # Errors
    /// If `time` is negative or not a number, or stays span more than a million steps.
    pub fn mean_at(&self, time: f64) -> Result<f64, TheoryError> {
        const MOST_STEPS: usize = 1_000_000;
        let n = self.rates.len();
        let within = not_negative("time", time)? % (self.step * n as f64);
        let now = ((within / self.step) as usize).min(n - 1);
        // back through the steps: the present one has lasted `age` so far
        let mut age = within - now as f64 * self.step;
        let (mut mean, mut known) = (self.rates[now] * self.stay.mean_up_to(age), self.stay.mean_up_to(age));
        for back in 1..=MOST_STEPS {
            let step = (now + n - back % n) % n;
            age += self.step;
            let upto = self.stay.mean_up_to(age);
            mean += self.rates[step] * (upto - known);
            known = upto;
            if self.stay.mean() - known <= 1e-13 * self.stay.mean() {
                return Ok(mean);
            }
        }
        Err(TheoryError::NotConverged { steps: MOST_STEPS, change: self.stay.mean() - known })
    }
}

/// Groups that arrive together in a Poisson stream, members leaving independently.
///
/// Mean `rate E[B] E[S]`; variance that plus `rate E[B(B-1)] E[min(S, S')]`.
///
/// ```
/// use nhs_capacity::theory::{BatchArrivals, Law};
/// let families = BatchArrivals::new(3.0, &[0.7, 0.2, 0.1], &[1, 2, 5], Law::exponential(4.0)?)?;
/// // as many as if they came singly, but three quarters more variable
/// assert!((families.mean() - 19.2).abs() < 1e-12 && (families.variance() - 33.6).abs() < 1e-12);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BatchArrivals {
    batch_rate: f64,
    mean_size: f64,
    mean_pairs: f64,
    mean_stay: f64,
    mean_of_shorter: f64,
}

impl BatchArrivals {
    /// Groups per unit of time, probabilities of their sizes, the sizes, and the law of the stay.
    ///
    /// # Errors
    /// If a parameter is out of range or the lists differ in length.
    pub fn new(batch_rate: f64, shares: &[f64], sizes: &[u32], stay: Law) -> Result<Self, TheoryError> {
        positive("batch_rate", batch_rate)?;
        probabilities("shares", shares)?;
        length("sizes", sizes.len(), shares.len())?;
        let mean =
            |value: fn(f64) -> f64| shares.iter().zip(sizes).map(|(p, n)| p * value(f64::from(*n))).sum();
        let shorter = stay.mean_of_shorter();
        check(
            "mean of the shorter of two stays",
            shorter,
            shorter.is_finite(),
            "a number: stays spread too far",
        )?;
        let (mean_size, mean_pairs) = (mean(|n| n), mean(|n| n * (n - 1.0)));
        Ok(Self { batch_rate, mean_size, mean_pairs, mean_stay: stay.mean(), mean_of_shorter: shorter })
    }

    /// Mean number present.
    pub fn mean(&self) -> f64 {
        self.batch_rate * self.mean_size * self.mean_stay
    }

    /// Variance of the number present.
    pub fn variance(&self) -> f64 {
        self.mean() + self.batch_rate * self.mean_pairs * self.mean_of_shorter
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    /// mginf-01 and mginf-02.
    #[test]
    fn unlimited_beds_match_the_cases() {
        let beds = InfiniteServer::new(1.35, Law::lognormal(7.4, 8.6).unwrap()).unwrap();
        agrees(beds.mean(), 9.99);
        for (n, over) in [(10, 0.415709151536), (12, 0.20749666937), (14, 0.0829387432571)] {
            agrees(beds.prob_over(n), over);
        }
        assert_eq!((beds.quantile(0.85).unwrap(), beds.quantile(0.95).unwrap()), (13, 15));
        agrees(beds.autocorrelation(1.0).unwrap(), 0.866548310349);
        agrees(beds.autocorrelation(7.0).unwrap(), 0.374079015963);
        let ward = InfiniteServer::new(5.0, Law::weibull(0.8, 9.0).unwrap()).unwrap();
        agrees(ward.mean(), 50.9851393344);
        agrees(ward.prob_over(60), 0.0939641618898);
        assert_eq!((ward.quantile(0.85).unwrap(), ward.quantile(0.95).unwrap()), (58, 63));
        agrees(ward.autocorrelation(1.0).unwrap(), 0.910789513198);
    }

    /// mginf-tr-01 and dischwin-01.
    #[test]
    fn filling_up_and_discharge_rounds_match_the_cases() {
        let ward = InfiniteServer::new(4.0, Law::lognormal(8.0, 6.0).unwrap()).unwrap();
        for (t, mean) in
            [(1.0, 3.9981626858), (5.0, 17.6741436033), (10.0, 26.0820688842), (20.0, 30.7316501122)]
        {
            agrees(ward.mean_after_opening(t).unwrap(), mean);
        }
        let rounds = InfiniteServer::new(1.25, Law::lognormal(110.0, 150.0).unwrap()).unwrap();
        for (since, mean) in [(0.5, 138.125), (6.0, 145.0), (18.0, 160.0), (23.5, 166.875), (12.0, 152.5)] {
            agrees(rounds.mean_since_round(since).unwrap(), mean);
        }
    }

    /// mtginf-01 to mtginf-03.
    #[test]
    fn cycles_match_the_cases() {
        type Case = (f64, f64, f64, Law, [f64; 3], &'static [(f64, f64)]);
        let cases: [Case; 3] = [
            (
                9.0,
                0.6,
                24.0,
                Law::exponential(4.0).unwrap(),
                [36.0, 14.9174162472, 3.08804691801],
                &[(0.0, 25.2114747281), (6.0, 46.3022827542), (12.0, 46.7885252719), (18.0, 25.6977172458)],
            ),
            (
                30.0,
                0.15,
                365.0,
                Law::lognormal(6.5, 9.0).unwrap(),
                [195.0, 28.4582012178, 8.73460305283],
                &[(91.25, 223.137116643), (182.5, 199.262849233)],
            ),
            (
                1.6,
                0.5,
                24.0,
                Law::lognormal(90.0, 140.0).unwrap(),
                [144.0, 3.16642874425, 5.94287419503],
                &[(6.0, 144.047353762), (12.0, 147.166074638), (18.0, 143.952646238)],
            ),
        ];
        for (rate, amplitude, period, stay, [mean, swing, lag], phases) in cases {
            let cycle = Sinusoid::new(rate, amplitude, period, stay).unwrap();
            agrees(cycle.mean(), mean);
            agrees(cycle.amplitude(), swing);
            agrees(cycle.lag(), lag);
            phases.iter().for_each(|&(t, mean)| agrees(cycle.mean_at(t).unwrap(), mean));
        }
        let ed = Sinusoid::new(9.0, 0.6, 24.0, Law::exponential(4.0).unwrap()).unwrap();
        agrees(ed.prob_over_at(12.0, 50).unwrap(), 0.28782152342);
    }

    /// mtginf-pw-01 and batchinf-01.
    #[test]
    fn weeks_and_families_match_the_cases() {
        let rates = [34.0, 31.0, 30.0, 30.0, 31.0, 26.0, 25.0];
        let week = PiecewiseCycle::new(&rates, 1.0, Law::lognormal(7.0, 9.5).unwrap()).unwrap();
        agrees(week.mean(), 207.0);
        for (t, mean) in [
            (0.0, 201.44932493),
            (1.0, 206.565475444),
            (2.5, 208.393464971),
            (5.0, 209.755716057),
            (6.0, 205.837310471),
        ] {
            agrees(week.mean_at(t).unwrap(), mean);
        }
        let stay = Law::exponential(4.0).unwrap();
        let families = BatchArrivals::new(3.0, &[0.7, 0.2, 0.1], &[1, 2, 5], stay).unwrap();
        agrees(families.mean(), 19.2);
        agrees(families.variance(), 33.6);
    }

    #[test]
    fn odd_questions_are_answered_or_refused() {
        let beds = InfiniteServer::new(1.0, Law::constant(1.0).unwrap()).unwrap();
        assert_eq!(beds.quantile(0.0).unwrap(), 0);
        assert!(beds.quantile(1.0).is_err() && beds.quantile(-0.1).is_err());
        assert!(InfiniteServer::new(1e15, Law::constant(1.0).unwrap()).is_err());
        assert!(PiecewiseCycle::new(&[], 1.0, Law::constant(1.0).unwrap()).is_err());
        assert!(beds.autocorrelation(f64::NAN).is_err());
    }
}
