//! Closed forms and small exact computations of queueing theory: the oracle of the tests, and a
//! tool for anybody who wants an answer in a microsecond before building a simulation.
//!
//! One unit of time is used throughout a call (hours, say): rates are per that unit, and durations
//! and answers are in it. Nothing panics: a parameter out of range is a [`TheoryError`] that names
//! it, its value and what is allowed.
//!
//! ```
//! use nhs_capacity::theory::{Mmc, erlang_b};
//! // One ward of 100 beds at 91% waits less than two of 50 that share the same demand.
//! let one_ward = Mmc::new(14.0, 6.5, 100)?;
//! let half_ward = Mmc::new(7.0, 6.5, 50)?;
//! println!("{:.2} against {:.2} days", one_ward.mean_wait(), half_ward.mean_wait());
//! assert!(one_ward.mean_wait() < 0.4 * half_ward.mean_wait());
//! // A critical care unit that is 73% full on average still turns away one patient in nine.
//! assert!((erlang_b(9.9, 12)? - 0.116).abs() < 1e-3);
//! # Ok::<(), nhs_capacity::theory::TheoryError>(())
//! ```
//!
//! | question | where |
//! | --- | --- |
//! | how long do they wait? | [`Mmc`], [`Mg1`], [`Mdc`], [`GiMc`], [`MixedServiceQueue`] |
//! | who is turned away? | [`erlang_b`], [`LossUnit`], [`MultiUnitLoss`], [`Reservation`], [`Mmck`], [`Overflow`] |
//! | who gives up? | [`ErlangA`], [`MmcG`], [`Retrial`] |
//! | who goes first? | [`priority`], [`TwoClassQueue`] |
//! | how many beds if there were no limit? | [`InfiniteServer`] and its cycles |
//! | what if it changes by the hour? | [`MtMc`], [`FinishCurrent`], [`Chain::after`] |
//! | what happens further down the chain? | [`Jackson`], [`ClosedNetwork`], [`FiniteSource`], [`BlockingFlow`] |
//! | which ambulance goes? | [`Hypercube`] |
//! | how long is the list? | [`waiting_list`], [`WeeklyClinic`] |
//! | anything else with finitely many states | [`Chain`] |

#[cfg(test)]
mod agreement;
mod birth_death;
pub mod blocking;
pub mod breakdown;
pub mod bulk_service;
pub mod erlang_a;
pub mod error;
pub mod finite_source;
pub mod gimc;
pub mod hypercube;
pub mod infinite_server;
pub mod law;
pub mod littles_law;
pub mod loss;
pub mod markov;
pub mod mg1;
pub mod mmc;
pub mod mmcg;
pub mod mmck;
pub mod multi_unit;
pub mod network;
pub mod overflow;
pub mod priority;
mod quadrature;
pub mod reservation;
pub mod retrial;
pub mod time_varying;
pub mod two_phase;
pub mod waiting_list;

pub use blocking::{BlockingFlow, FlowAnswers};
pub use breakdown::Breakdown;
pub use bulk_service::{Mdc, WeeklyClinic};
pub use erlang_a::ErlangA;
pub use error::TheoryError;
pub use finite_source::FiniteSource;
pub use gimc::GiMc;
pub use hypercube::{Atom, Hypercube};
pub use infinite_server::{BatchArrivals, InfiniteServer, PiecewiseCycle, Sinusoid};
pub use law::Law;
pub use loss::{LossUnit, erlang_b};
pub use markov::{Chain, Probabilities};
pub use mg1::Mg1;
pub use mmc::{Mmc, ServiceOrder};
pub use mmcg::MmcG;
pub use mmck::Mmck;
pub use multi_unit::{MultiUnitLoss, UnitClass};
pub use network::{ClosedNetwork, Jackson, Station, TandemSojourn};
pub use overflow::Overflow;
pub use reservation::Reservation;
pub use retrial::Retrial;
pub use time_varying::{FinishCurrent, MtMc, RateCycle};
pub use two_phase::{MixedServiceQueue, TwoClassQueue};

#[cfg(test)]
mod tests {
    use super::*;

    const ABSURD: [f64; 10] =
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -0.0, 0.0, 5e-324, 1e-15, 1e15, 1e308];

    /// Every pair of absurd numbers is refused or answered with a probability.
    #[test]
    fn absurd_numbers_are_refused_or_answered() {
        let is_share = |p: f64| assert!((0.0..=1.0).contains(&p), "{p}");
        for a in ABSURD {
            for b in ABSURD.into_iter().chain([1.0]) {
                for c in [0, 1, 7, u32::MAX] {
                    let _ = erlang_b(a, c).map(is_share);
                    let _ = Mmc::new(a, b, c).map(|x| is_share(x.prob_wait()));
                    let _ = LossUnit::new(a, b, c).map(|x| is_share(x.prob_blocked()));
                    let _ = Mmck::new(a, b, c, 3).map(|x| is_share(x.prob_blocked()));
                    let _ = ErlangA::with_waiting_room(a, 1.0, c, b, 3).map(|x| is_share(x.prob_wait()));
                    let _ = Reservation::new(c, 0, a, b, 1.0).map(|x| is_share(x.prob_emergency_blocked()));
                    let _ = Mdc::new(a, b, c).map(|x| is_share(x.prob_wait()));
                    let class = UnitClass { arrival_rate: a, mean_stay: b, units: 1 };
                    let _ = MultiUnitLoss::new(c, &[class]).map(|x| is_share(x.prob_blocked(0)));
                }
                let law = Law::lognormal(a, b).or(Law::gamma(a, b)).or(Law::weibull(a, b));
                let Ok(law) = law else { continue };
                is_share(law.survival(1.0));
                is_share(law.excess_survival(1.0));
                let _ = MmcG::new(1.0, 1.0, 2, &law).map(|x| is_share(x.prob_abandon()));
                let _ = Mg1::new(1e-15, law).map(|x| is_share(x.utilisation()));
            }
            let _ = Breakdown::new(a, 0.1, 1.0, 1.0).map(|x| is_share(x.prob_empty()));
            let _ = FiniteSource::new(5, a, 2, 1.0).map(|x| is_share(x.prob_wait()));
            assert!(waiting_list::queue_load(1.0, a).map_or(true, f64::is_finite));
            assert!(littles_law::time(1.0, a).map_or(true, f64::is_finite));
        }
    }
}
