//! Which of several scenarios is best, with a stated probability of being right.

use crate::measure::Tally;
use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

/// Whether the least or the greatest mean is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Best {
    /// Waits and deaths.
    Least,
    /// Patients treated.
    Greatest,
}

impl Best {
    // So that the greatest is always best.
    pub(super) fn sign(self) -> f64 {
        match self {
            Self::Least => -1.0,
            Self::Greatest => 1.0,
        }
    }
}

/// The constant eta of Kim and Nelson (2001) for `systems` systems, `first` replications in the first
/// stage, probability `1 - alpha` of a right choice and their parameter `c`: the root of
/// `sum over l = 1..c of (-1)^(l+1) (1 - [l = c]/2) (1 + 2 eta (2c - l) l / c)^(-(first - 1)/2)` at
/// `alpha / (systems - 1)`. `None` unless there are two systems, two replications, `c` from 1 to 1000
/// and a chance that can be met: `alpha` above 0 and below `(systems - 1) / 2`, at most 1.
pub fn kn_eta(systems: usize, first: usize, alpha: f64, c: u32) -> Option<f64> {
    let share = alpha / (systems as f64 - 1.0);
    if systems < 2 || first < 2 || !(1..=1_000).contains(&c) || !(alpha > 0.0 && alpha < 1.0 && share < 0.5) {
        return None;
    }
    let power = -(first as f64 - 1.0) / 2.0;
    let eta = if c == 1 {
        // the closed form
        ((2.0 * share).powf(1.0 / power) - 1.0) / 2.0
    } else {
        let width = f64::from(c);
        let error = |eta: f64| -> f64 {
            let term = |l: u32| {
                let (sign, l_) = (if l % 2 == 1 { 1.0 } else { -1.0 }, f64::from(l));
                let half = if l == c { 0.5 } else { 1.0 };
                sign * half * (1.0 + 2.0 * eta * (2.0 * width - l_) * l_ / width).powf(power)
            };
            (1..=c).map(term).sum::<f64>() - share
        };
        root(error)?
    };
    eta.is_finite().then_some(eta)
}

/// The squared constant `h^2 = 2 c eta (first - 1)` of the same procedure; `None` as for [`kn_eta`].
pub fn kn_h2(systems: usize, first: usize, alpha: f64, c: u32) -> Option<f64> {
    kn_eta(systems, first, alpha, c).map(|eta| 2.0 * f64::from(c) * eta * (first as f64 - 1.0))
}

/// Rinott's constant (1978), by the double integral over two chi-squared variables of
/// `first - 1` degrees of freedom: after `first` replications of each of `systems` systems, and
/// `(h s / difference)^2` in all, the best is chosen with `probability`. `None` unless there are two
/// systems and two replications and the probability lies strictly between `1 / systems` and 1.
pub fn rinott_h(systems: usize, first: usize, probability: f64) -> Option<f64> {
    if systems < 2 || first < 2 || !(probability > 1.0 / systems as f64 && probability < 1.0) {
        return None;
    }
    let freedom = first as f64 - 1.0;
    let normal = Normal::standard();
    let nodes = log_chi_squared(freedom);
    let others = systems as f64 - 1.0;
    root(|h| {
        let beats = |y: f64| -> f64 {
            nodes.iter().map(|(x, w)| w * normal.cdf(h / (freedom * (1.0 / x + 1.0 / y)).sqrt())).sum()
        };
        // falls as h rises, as `root` wants it
        probability - nodes.iter().map(|(y, w)| w * beats(*y).min(1.0).powf(others)).sum::<f64>()
    })
}

// Points of a chi-squared variable with their weights: the trapezoidal rule over its logarithm, whose
// density is smooth and falls off on both sides, so that the error is beyond rounding.
fn log_chi_squared(freedom: f64) -> Vec<(f64, f64)> {
    let step = (0.25 * (2.0 / freedom).sqrt()).min(0.2);
    let half = freedom / 2.0;
    let constant = half * std::f64::consts::LN_2 + ln_gamma(half);
    let weight = |s: f64| (half * s - s.exp() / 2.0 - constant).exp() * step;
    let from = |direction: f64| {
        (0..20_000)
            .map(move |i| freedom.ln() + direction * step * f64::from(i))
            .map(move |s| (s.exp(), weight(s)))
            .take_while(|(_, w)| *w > 1e-18)
    };
    from(-1.0).chain(from(1.0).skip(1)).collect()
}

// The root above 0 of a function that falls through it: doubling, then halving the interval.
fn root(f: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut low, mut high) = (0.0, 1.0);
    while f(high) > 0.0 {
        (low, high) = (high, high * 2.0);
        if high > 1e12 {
            return None;
        }
    }
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) > 0.0 { low = middle } else { high = middle }
    }
    Some(high).filter(|root| root.is_finite())
}

/// Systems that can be compared at once: their differences fill a square.
pub(super) const MOST_SYSTEMS: usize = 10_000;

/// How [`kim_nelson`] chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KimNelson {
    /// What is best.
    pub best: Best,
    /// The least difference of means that matters.
    pub difference: f64,
    /// Probability that the choice may be wrong if the best is ahead by that difference.
    pub alpha: f64,
    /// Replications of each before any is dropped.
    pub first: usize,
    /// Replications of each after which the choice is given up.
    pub most: usize,
}

/// What [`kim_nelson`] chose.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The system chosen; `None` if several were left after as many replications as allowed.
    pub chosen: Option<usize>,
    /// Systems still in the race.
    pub left: Vec<usize>,
    /// Replications of each system.
    pub replications: Vec<usize>,
}

/// The fully sequential procedure of Kim and Nelson (2001) with c = 1: `run(system, replication)` gives
/// one value, on common random numbers if it likes. After `r` replications a system is dropped once
/// its mean falls short of a rival's by more than
/// `max(0, difference / (2 r) (h^2 S^2 / difference^2 - r))`, where `S^2` is the variance of their
/// differences in the first stage. `None` if a value is not finite, the rules are impossible, or there are more than
/// 10,000 systems.
pub fn kim_nelson(
    systems: usize,
    rules: &KimNelson,
    mut run: impl FnMut(usize, usize) -> f64,
) -> Option<Choice> {
    let delta = rules.difference;
    let h2 = kn_h2(systems, rules.first, rules.alpha, 1)?;
    if !(delta > 0.0 && delta.is_finite()) || rules.most < rules.first || systems > MOST_SYSTEMS {
        return None;
    }
    let mut values = vec![Vec::new(); systems];
    let mut draw = |values: &mut Vec<Vec<f64>>, system: usize| {
        let value = rules.best.sign() * run(system, values[system].len());
        values[system].push(value);
        value.is_finite()
    };
    for system in 0..systems {
        for _ in 0..rules.first {
            if !draw(&mut values, system) {
                return None;
            }
        }
    }
    let variance = |i: usize, j: usize| {
        values[i].iter().zip(&values[j]).map(|(a, b)| a - b).collect::<Tally>().variance()
    };
    let spread: Vec<Vec<f64>> =
        (0..systems).map(|i| (0..systems).map(|j| variance(i, j)).collect()).collect::<Option<_>>()?;
    let mut sums: Vec<f64> = values.iter().map(|v| v.iter().sum()).collect();
    let mut left: Vec<usize> = (0..systems).collect();
    let mut runs = rules.first;
    loop {
        let r = runs as f64;
        let is_beaten = |i: usize| {
            left.iter().filter(|&&j| j != i).any(|&j| {
                let margin = (delta / (2.0 * r) * (h2 * spread[i][j] / (delta * delta) - r)).max(0.0);
                sums[j] / r - sums[i] / r > margin
            })
        };
        left = left.iter().copied().filter(|&i| !is_beaten(i)).collect();
        if left.len() == 1 || runs >= rules.most {
            break;
        }
        for &i in &left {
            if !draw(&mut values, i) {
                return None;
            }
            sums[i] += values[i][runs];
        }
        runs += 1;
    }
    let chosen = if left.len() == 1 { left.first().copied() } else { None };
    Some(Choice { chosen, left, replications: values.iter().map(Vec::len).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use rand_distr::{Distribution, StandardNormal};

    /// Verification case oa-rs-constants-01; Rinott's are given to six decimals.
    #[test]
    fn constants_are_the_published_ones() {
        assert!((kn_eta(5, 10, 0.05, 1).unwrap() - 0.634_967_265_153_673).abs() < 1e-12);
        assert!((kn_h2(5, 10, 0.05, 1).unwrap() - 11.429_410_772_766_1).abs() < 1e-11);
        assert!((rinott_h(10, 20, 0.95).unwrap() - 3.875_277).abs() < 5.1e-7, "{:?}", rinott_h(10, 20, 0.95));
        assert!((rinott_h(2, 10, 0.95).unwrap() - 2.614_119).abs() < 5.1e-7, "{:?}", rinott_h(2, 10, 0.95));
    }

    #[test]
    fn constants_hold_at_the_edges() {
        // by a 400-point Gauss-Legendre rule elsewhere
        for (k, n, p, h) in [(2, 20, 0.95, 2.452_473_252_6), (5, 15, 0.9, 2.983_108_652_4)] {
            assert!((rinott_h(k, n, p).unwrap() - h).abs() < 1e-9);
        }
        // many degrees of freedom: the difference of two normal means
        let h = rinott_h(2, 100_001, 0.95).unwrap();
        assert!((h - 1.644_853_626_951 * 2.0_f64.sqrt()).abs() < 1e-3, "{h}");
        assert!(rinott_h(3, 2, 0.9).is_some_and(|h| h > 4.0));
        for (k, n, p) in [(1, 10, 0.9), (2, 1, 0.9), (4, 10, 0.25), (2, 10, 1.0), (2, 10, f64::NAN)] {
            assert_eq!(rinott_h(k, n, p), None);
        }
        // the general equation with c = 2, put in
        let eta = kn_eta(5, 10, 0.05, 2).unwrap();
        let met = (1.0 + 3.0 * eta).powf(-4.5) - 0.5 * (1.0 + 4.0 * eta).powf(-4.5);
        assert!((met - 0.0125).abs() < 1e-14);
        assert_eq!((kn_eta(1, 10, 0.05, 1), kn_eta(5, 1, 0.05, 1), kn_eta(5, 9, 0.0, 1)), (None, None, None));
        assert_eq!((kn_eta(2, 9, 0.6, 1), kn_eta(5, 9, 0.05, 0)), (None, None));
    }

    #[test]
    fn the_best_is_chosen_as_often_as_promised() {
        let rules = KimNelson { best: Best::Least, difference: 0.5, alpha: 0.1, first: 10, most: 100_000 };
        let right = (0..200).filter(|&study| {
            let run = |system: usize, replication: usize| {
                let at = Stream::of_seed(7).at(study).at(system as u64).at(replication as u64);
                let noise: f64 = StandardNormal.sample(&mut at.dice());
                // all but the third are as bad as is still worth telling apart
                noise + if system == 2 { 0.0 } else { 0.5 }
            };
            kim_nelson(4, &rules, run).unwrap().chosen == Some(2)
        });
        assert!(right.count() >= 180);
    }

    /// Wards whose order is known by Erlang's loss formula: 8 beds for a load of 5, 5.6 or 6.2. The choice on
    /// common random numbers is right at least as often as promised.
    #[test]
    fn the_ward_that_turns_fewest_away_is_chosen_as_often_as_promised() {
        use crate::network::{
            ArrivalSpec, ClassSpec, DistributionSpec, NetworkSpec, Run, StationSpec, TimeUnit,
        };
        let lost = |load: f64| crate::theory::loss::erlang_b(load, 8).unwrap();
        assert!(lost(5.6) - lost(5.0) > 0.03 && lost(6.2) - lost(5.6) > 0.03);
        let ward = |load: f64| {
            let beds = StationSpec::new("ward").with_servers(8).with_waiting_room(0);
            NetworkSpec::new(TimeUnit::Day)
                .with_class(ClassSpec::new("a").with_arrivals(ArrivalSpec::poisson(load)))
                .with_station(beds.with_service(DistributionSpec::exponential(1.0)))
                .check()
                .unwrap()
        };
        let wards = [5.6, 5.0, 6.2].map(ward);
        let rules = KimNelson { best: Best::Least, difference: 0.03, alpha: 0.1, first: 6, most: 1_000 };
        let right = (0..100).filter(|&study| {
            let turned_away = |system: usize, replication: usize| {
                let run = Run::new(10.0, 60.0).with_seed(study).with_replication(replication as u64);
                wards[system].run(&run).unwrap().share_turned_away("a", "ward").unwrap()
            };
            kim_nelson(3, &rules, turned_away).unwrap().chosen == Some(1)
        });
        assert!(right.count() >= 90);
    }

    #[test]
    fn a_tie_ends_without_a_choice() {
        let rules = KimNelson { best: Best::Greatest, difference: 1e-3, alpha: 0.05, first: 5, most: 20 };
        let noisy = |i: usize, r: usize| Stream::of_seed(3).at(i as u64).at(r as u64).dice().uniform();
        let choice = kim_nelson(2, &rules, noisy).unwrap();
        assert_eq!((choice.chosen, choice.left.len(), &choice.replications[..]), (None, 2, &[20, 20][..]));
        assert_eq!(kim_nelson(2, &rules, |_, _| f64::NAN), None);
        assert_eq!(kim_nelson(2, &KimNelson { difference: 0.0, ..rules }, noisy), None);
        // no noise: the first stage tells them apart
        let sure = kim_nelson(3, &rules, |i, _| i as f64).unwrap();
        assert_eq!((sure.chosen, sure.replications), (Some(2), vec![5, 5, 5]));
    }
}
