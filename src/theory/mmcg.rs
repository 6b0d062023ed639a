//! M/M/c+G: customers whose patience has any distribution.

use super::error::{TheoryError, positive, servers};
use super::law::Law;
use super::loss::erlang_b_unchecked;
use super::quadrature::integrate;

/// A queue with Poisson arrivals at rate `lambda`, exponential service at rate `mu`, `c` servers and
/// customers who give up after a patience of any distribution. In steady state.
///
/// With `H(x) = E[min(patience, x)]` and `J`, `J_H` the integrals over `x > 0` of
/// `exp(lambda H(x) - c mu x)` without and with a factor `H(x)`, and `e = 1/B(c - 1)` from Erlang B:
///
/// `P(all busy) = lambda J / (e + lambda J)`, `P(gives up) = (1 + (lambda - c mu) J) / (e + lambda J)`,
/// `E[wait] = lambda J_H / (e + lambda J)`.
///
/// Baccelli and Hebuterne (1981); Zeltyn and Mandelbaum (2005).
///
/// ```
/// use nhs_capacity::theory::{Law, MmcG};
/// // Callers who all hang up at 3 minutes wait longer than callers with a mean of 3.6 minutes of
/// // which most give up sooner: the shape of patience matters as much as its mean.
/// let all_alike = MmcG::new(130.0, 0.1, 12, &Law::constant(0.05)?)?;
/// let mixed = MmcG::new(130.0, 0.1, 12, &Law::lognormal(0.06, 0.09)?)?;
/// assert!(all_alike.mean_wait() > 2.5 * mixed.mean_wait());
/// assert!(all_alike.prob_abandon() < mixed.prob_abandon());
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MmcG {
    arrival_rate: f64,
    load_per_server: f64,
    prob_wait: f64,
    prob_abandon: f64,
    mean_wait: f64,
}

/// Panels of the integral: its integrand is smooth and 45 e-folds high.
const PANELS: u32 = 2_000;

impl MmcG {
    /// Arrivals per unit of time, mean service in that unit, servers, and the law of patience.
    ///
    /// # Errors
    /// If a parameter is out of range.
    pub fn new(
        arrival_rate: f64,
        mean_service: f64,
        servers_open: u32,
        patience: &Law,
    ) -> Result<Self, TheoryError> {
        let lambda = positive("arrival_rate", arrival_rate)?;
        let load = lambda * positive("mean_service", mean_service)?;
        let c = servers("servers", servers_open)?;
        let departures = f64::from(c) / mean_service;
        let exponent = |x: f64| lambda * patience.mean_up_to(x) - departures * x;
        let (peak, from, to) = range_of_weight(exponent, |x| lambda * patience.survival(x) - departures);
        // a fixed patience bends the integrand, so panels must end there
        let bend = patience.as_constant().filter(|x| from < *x && *x < to).unwrap_or(from);
        let over_range = |f: &dyn Fn(f64) -> f64| {
            let weighted = |x: f64| (exponent(x) - peak).exp() * f(x);
            integrate(weighted, from, bend, PANELS) + integrate(weighted, bend, to, PANELS)
        };
        let (j, j_h) = (over_range(&|_| 1.0), over_range(&|x| patience.mean_up_to(x)));
        // everything is scaled by exp(-peak), which may be far below or above 1
        let scale = (-peak).exp();
        let e = if c == 1 { 1.0 } else { 1.0 / erlang_b_unchecked(load, c - 1) };
        let total = if e.is_finite() { e * scale + lambda * j } else { f64::INFINITY };
        Ok(Self {
            arrival_rate: lambda,
            load_per_server: load / f64::from(c),
            prob_wait: lambda * j / total,
            prob_abandon: ((scale + (lambda - departures) * j) / total).clamp(0.0, 1.0),
            mean_wait: lambda * j_h / total,
        })
    }

    /// Share of arrivals who find every server busy \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.prob_wait
    }

    /// Share of arrivals who give up \[0-1\].
    pub fn prob_abandon(&self) -> f64 {
        self.prob_abandon
    }

    /// Mean time until service or giving up [time units].
    pub fn mean_wait(&self) -> f64 {
        self.mean_wait
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.arrival_rate * self.mean_wait
    }

    /// Share of server time busy \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.load_per_server * (1.0 - self.prob_abandon)
    }
}

/// The greatest value of a concave function of `x >= 0` that ends in decline, and the range in which
/// it is within 45 of it.
fn range_of_weight(value: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64) -> (f64, f64, f64) {
    let crossing = |mut low: f64, mut high: f64, is_before: &dyn Fn(f64) -> bool| {
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            if is_before(middle) { low = middle } else { high = middle }
        }
        high
    };
    let beyond = |start: f64, is_before: &dyn Fn(f64) -> bool| {
        (0..3_000).map(|k| start * 2_f64.powi(k.min(1_000))).find(|&x| !is_before(x)).unwrap_or(f64::MAX)
    };
    let rises = |x: f64| slope(x) > 0.0;
    let top = if rises(0.0) { crossing(0.0, beyond(1e-15, &rises), &rises) } else { 0.0 };
    let peak = value(top);
    let matters = |x: f64| x <= top || value(x) > peak - 45.0;
    let to = crossing(top, beyond(top.max(1e-15), &matters), &matters);
    let from = if value(0.0) > peak - 45.0 { 0.0 } else { crossing(0.0, top, &|x| value(x) < peak - 45.0) };
    (peak, from, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::ErlangA;
    use crate::theory::agreement::agrees;

    /// mmcg-01 and mmcg-02.
    #[test]
    fn patience_of_any_shape_matches_the_cases() {
        for (patience, [waits, gives_up, wait, queue, busy]) in [
            (
                Law::constant(0.05),
                [0.745973595249, 0.130377763612, 0.0231859631839, 3.0141752139, 0.942090756087],
            ),
            (
                Law::lognormal(0.06, 0.09),
                [0.57074414496, 0.167251234985, 0.00914173515094, 1.18842556962, 0.902144495432],
            ),
        ] {
            let centre = MmcG::new(130.0, 0.1, 12, &patience.unwrap()).unwrap();
            agrees(centre.prob_wait(), waits);
            agrees(centre.prob_abandon(), gives_up);
            agrees(centre.mean_wait(), wait);
            agrees(centre.mean_queue(), queue);
            agrees(centre.utilisation(), busy);
        }
    }

    #[test]
    fn exponential_patience_gives_erlang_a() {
        for (rate, service, servers, patience) in
            [(300.0, 0.125, 34, 0.08), (12.0, 0.75, 10, 3.0), (50.0, 1.0, 20, 8.0), (1.0, 0.5, 1, 1e-3)]
        {
            let law = Law::exponential(patience).unwrap();
            let general = MmcG::new(rate, service, servers, &law).unwrap();
            let known = ErlangA::new(rate, service, servers, patience).unwrap();
            agrees(general.prob_wait(), known.prob_wait());
            agrees(general.prob_abandon(), known.prob_abandon());
            agrees(general.mean_wait(), known.mean_wait());
        }
    }
}
