//! Classes of different urgency at one queue. Class 0 goes first; within a class, first come first
//! served. Answers come one for each class, in the same order.

use super::error::{TheoryError, check, not_negative, positive, stable};
use super::law::Law;
use super::mmc::Mmc;

/// Mean wait of each class in M/M/c where nobody is interrupted [time units].
///
/// `rates` of arrival by class, one exponential service for all. With `C` the chance that all servers
/// are busy and `s_k` the load per server of classes 0 to `k`:
/// `W_k = C / (c mu (1 - s_(k-1)) (1 - s_k))`. Cobham (1954), Kella and Yechiali (1985).
///
/// ```
/// use nhs_capacity::theory::priority::nonpreemptive_mmc;
/// // Ambulance categories 1 to 4 on 20 crews that are busy 94.5% of the time: all could wait an
/// // hour, or the first 3 minutes and the last 6 hours.
/// let waits = nonpreemptive_mmc(&[1.2, 6.0, 5.0, 1.3], 1.4, 20)?;
/// assert!((waits[0] * 60.0 - 3.4).abs() < 0.05 && (waits[3] - 6.4).abs() < 0.05);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a parameter is out of range, or arrivals outrun the servers.
pub fn nonpreemptive_mmc(rates: &[f64], mean_service: f64, servers: u32) -> Result<Vec<f64>, TheoryError> {
    let all = Mmc::new(total(rates)?, mean_service, servers)?;
    let departure = mean_service / f64::from(servers);
    let loads = cumulative(rates.iter().map(|rate| rate * departure));
    Ok(loads.map(|(before, upto)| all.prob_wait() * departure / ((1.0 - before) * (1.0 - upto))).collect())
}

/// Share of class 0 that waits longer than `time` in the same queue [0-1]: `C exp(-(c mu - lambda_0) t)`.
///
/// ```
/// use nhs_capacity::theory::priority::first_class_waits_over;
/// let over_six_minutes = first_class_waits_over(&[1.2, 6.0, 5.0, 1.3], 1.4, 20, 0.1)?;
/// assert!((over_six_minutes - 0.198).abs() < 5e-4);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a parameter is out of range, or arrivals outrun the servers.
pub fn first_class_waits_over(
    rates: &[f64],
    mean_service: f64,
    servers: u32,
    time: f64,
) -> Result<f64, TheoryError> {
    not_negative("time", time)?;
    let all = Mmc::new(total(rates)?, mean_service, servers)?;
    let gain = f64::from(servers) / mean_service - rates.first().copied().unwrap_or(0.0);
    Ok(all.prob_wait() * (-gain * time).exp())
}

/// Mean time from arrival to departure of each class in M/M/c where the more urgent displace the less
/// [time units].
///
/// Classes 0 to `k` never notice the others, so together they are an M/M/c of their own.
///
/// ```
/// use nhs_capacity::theory::priority::preemptive_mmc;
/// // Crews diverted to category 1: its calls never wait, the others' jobs take 16% longer.
/// let sojourns = preemptive_mmc(&[2.0, 9.0], 1.2, 16)?;
/// assert!((sojourns[0] - 1.2).abs() < 1e-8 && (sojourns[1] / 1.2 - 1.16).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a parameter is out of range, or arrivals outrun the servers.
pub fn preemptive_mmc(rates: &[f64], mean_service: f64, servers: u32) -> Result<Vec<f64>, TheoryError> {
    total(rates)?;
    let mut before = 0.0;
    cumulative(rates.iter().copied())
        .zip(rates)
        .map(|((_, upto), rate)| {
            let inside = Mmc::new(upto, mean_service, servers)?.mean_in_system();
            Ok((inside - std::mem::replace(&mut before, inside)) / rate)
        })
        .collect()
}

/// Mean wait of each class in M/G/1 where nobody is interrupted [time units].
///
/// `classes` are rates of arrival and laws of service. With `R = sum lambda_i E[S_i^2] / 2`:
/// `W_k = R / ((1 - s_(k-1)) (1 - s_k))`. Cobham (1954).
///
/// ```
/// use nhs_capacity::theory::{Law, priority::nonpreemptive_mg1};
/// // One theatre: emergencies, urgent cases, electives.
/// let emergency = (0.12, Law::lognormal(2.2, 1.2)?);
/// let urgent = (0.15, Law::erlang(3, 1.8)?);
/// let elective = (0.2, Law::constant(1.2)?);
/// let waits = nonpreemptive_mg1(&[emergency, urgent, elective])?;
/// assert!((waits[0] - 1.15).abs() < 5e-3 && (waits[2] - 8.02).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a rate is out of range, or arrivals outrun the server.
pub fn nonpreemptive_mg1(classes: &[(f64, Law)]) -> Result<Vec<f64>, TheoryError> {
    let loads = loads_of(classes)?;
    let residual: f64 = classes.iter().map(|(rate, law)| rate * law.second_moment() / 2.0).sum();
    Ok(loads.map(|(before, upto)| residual / ((1.0 - before) * (1.0 - upto))).collect())
}

/// Mean time from arrival to departure of each class in M/G/1 where the more urgent interrupt and the
/// interrupted later resume [time units].
///
/// `T_k = E[S_k] / (1 - s_(k-1)) + sum_(i <= k) lambda_i E[S_i^2] / 2 / ((1 - s_(k-1)) (1 - s_k))`.
/// Kleinrock, *Queueing Systems* II (1976), 3.6.
///
/// ```
/// use nhs_capacity::theory::{Law, priority::preemptive_resume_mg1};
/// let sojourns = preemptive_resume_mg1(&[(0.2, Law::erlang(2, 1.5)?), (0.3, Law::exponential(1.2)?)])?;
/// assert!((sojourns[0] - 1.98).abs() < 5e-3 && (sojourns[1] - 4.95).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a rate is out of range, or arrivals outrun the server.
pub fn preemptive_resume_mg1(classes: &[(f64, Law)]) -> Result<Vec<f64>, TheoryError> {
    let mut residual = 0.0;
    let sojourn = |((before, upto), (rate, law)): ((f64, f64), &(f64, Law))| {
        residual += rate * law.second_moment() / 2.0;
        law.mean() / (1.0 - before) + residual / ((1.0 - before) * (1.0 - upto))
    };
    Ok(loads_of(classes)?.zip(classes).map(sojourn).collect())
}

/// A class whose claim grows while it waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrowingClaim {
    /// Arrivals per unit of time.
    pub arrival_rate: f64,
    /// Claim gained per unit of time waited; only ratios matter.
    pub growth: f64,
}

/// Mean wait of each class in M/G/1 when the free server takes whoever has the largest product of
/// growth and time waited [time units].
///
/// One law of service for all. From the slowest growth up:
/// `W_p = (W - sum_slower rho_i W_i (1 - b_i/b_p)) / (1 - sum_faster rho_i (1 - b_p/b_i))`, with `W`
/// the wait first come first served. Kleinrock (1964).
///
/// ```
/// use nhs_capacity::theory::{Law, priority::{GrowingClaim, accumulating_mg1}};
/// let urgent = GrowingClaim { arrival_rate: 0.5, growth: 4.0 };
/// let routine = GrowingClaim { arrival_rate: 0.35, growth: 1.0 };
/// let waits = accumulating_mg1(&[urgent, routine], &Law::exponential(1.0)?)?;
/// // four times the claim makes a wait 2.8 times shorter, not four
/// assert!((waits[1] / waits[0] - 2.76).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a parameter is out of range, or arrivals outrun the server.
pub fn accumulating_mg1(classes: &[GrowingClaim], service: &Law) -> Result<Vec<f64>, TheoryError> {
    let rates: Vec<f64> = classes.iter().map(|class| class.arrival_rate).collect();
    classes.iter().try_for_each(|class| positive("growth", class.growth).map(|_| ()))?;
    let all = super::Mg1::new(total(&rates)?, service.clone())?;
    let load = |class: &GrowingClaim| class.arrival_rate * service.mean();
    let mut slowest_first: Vec<usize> = (0..classes.len()).collect();
    slowest_first.sort_by(|&a, &b| classes[a].growth.total_cmp(&classes[b].growth));
    let mut waits = vec![0.0; classes.len()];
    for (rank, &p) in slowest_first.iter().enumerate() {
        let growth = classes[p].growth;
        let (slower, faster) = slowest_first.split_at(rank);
        let given: f64 =
            slower.iter().map(|&i| load(&classes[i]) * waits[i] * (1.0 - classes[i].growth / growth)).sum();
        let taken: f64 = faster.iter().map(|&i| load(&classes[i]) * (1.0 - growth / classes[i].growth)).sum();
        waits[p] = (all.mean_wait() - given) / (1.0 - taken);
    }
    Ok(waits)
}

fn total(rates: &[f64]) -> Result<f64, TheoryError> {
    check("number of classes", rates.len() as f64, !rates.is_empty(), "at least 1")?;
    rates.iter().try_fold(0.0, |sum, &rate| Ok(sum + positive("rate of a class", rate)?))
}

// (sum before, sum up to and with) for each class
fn cumulative(values: impl Iterator<Item = f64>) -> impl Iterator<Item = (f64, f64)> {
    values.scan(0.0, |sum, value| {
        let before = *sum;
        *sum += value;
        Some((before, *sum))
    })
}

fn loads_of(classes: &[(f64, Law)]) -> Result<impl Iterator<Item = (f64, f64)>, TheoryError> {
    total(&classes.iter().map(|class| class.0).collect::<Vec<_>>())?;
    stable(classes.iter().map(|(rate, law)| rate * law.mean()).sum())?;
    Ok(cumulative(classes.iter().map(|(rate, law)| rate * law.mean())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    fn all_agree(actual: &[f64], values: &[f64]) {
        assert_eq!(actual.len(), values.len());
        actual.iter().zip(values).for_each(|(a, v)| agrees(*a, *v));
    }

    /// np-01 to np-03.
    #[test]
    fn cobham_with_many_servers_matches_the_cases() {
        type Case = (&'static [f64], f64, u32, &'static [f64], (f64, f64));
        let cases: [Case; 3] = [
            (
                &[1.2, 6.0, 5.0, 1.3],
                1.4,
                20,
                &[0.0560266368836, 0.112956929201, 0.708688679096, 6.39108336057],
                (0.1, 0.198100985873),
            ),
            (&[6.0, 9.0], 0.5, 8, &[0.0807252545739, 1.29160407318], (0.25, 0.0662633241061)),
            (
                &[0.8, 1.0, 0.6],
                0.36,
                1,
                &[0.436853932584, 1.24106230848, 6.49732620321],
                (0.5, 0.321399172914),
            ),
        ];
        for (rates, service, servers, waits, (t, over)) in cases {
            let answer = nonpreemptive_mmc(rates, service, servers).unwrap();
            all_agree(&answer, waits);
            agrees(first_class_waits_over(rates, service, servers, t).unwrap(), over);
            let everybody = Mmc::new(rates.iter().sum(), service, servers).unwrap();
            let queue: f64 = rates.iter().zip(&answer).map(|(rate, wait)| rate * wait).sum();
            agrees(queue, everybody.mean_queue());
        }
    }

    /// npg1-01, pr-01, prc-01 and apq-01.
    #[test]
    fn other_rules_match_the_cases() {
        let theatre = [
            (0.12, Law::lognormal(2.2, 1.2).unwrap()),
            (0.15, Law::erlang(3, 1.8).unwrap()),
            (0.2, Law::constant(1.2).unwrap()),
        ];
        all_agree(&nonpreemptive_mg1(&theatre).unwrap(), &[1.14782608696, 2.46314610935, 8.02157317027]);
        let interrupted = [(0.2, Law::erlang(2, 1.5).unwrap()), (0.3, Law::exponential(1.2).unwrap())];
        all_agree(&preemptive_resume_mg1(&interrupted).unwrap(), &[1.98214285714, 4.9474789916]);
        all_agree(&preemptive_mmc(&[2.0, 9.0], 1.2, 16).unwrap(), &[1.20000000055, 1.39141009773]);
        let claims = [
            GrowingClaim { arrival_rate: 0.5, growth: 4.0 },
            GrowingClaim { arrival_rate: 0.35, growth: 1.0 },
        ];
        let service = Law::exponential(1.0).unwrap();
        all_agree(&accumulating_mg1(&claims, &service).unwrap(), &[3.28666666667, 9.06666666667]);
    }

    #[test]
    fn nobody_and_too_many_are_refused() {
        assert!(nonpreemptive_mmc(&[], 1.0, 1).is_err() && nonpreemptive_mg1(&[]).is_err());
        assert!(matches!(nonpreemptive_mmc(&[1.0, 1.0], 1.0, 2), Err(TheoryError::Overloaded { .. })));
        assert!(preemptive_mmc(&[0.5, f64::NAN], 1.0, 2).is_err());
    }
}
