//! Running a study until it is precise enough.
//!
//! The rule: five replications, then two at a time, until half the 95% interval of the measure has been within
//! the wanted share of its value for the last two replications too, in every scenario
//! ([`replications_algorithm`], Hoad, Robinson and Davies, 2010). Looking again and again and stopping when it looks
//! good flatters an interval a little: of normal and exponential replications it holds the truth in 93 to 95% of
//! studies (`the_rule_covers_nearly_what_it_says` below).

use super::precision::{Target, replications_algorithm};
use super::{Confidence, Estimate, Results};
use crate::system::measures::Measure;
use crate::system::outcome::Area;
use std::fmt;
use std::ops::Range;

/// Replications before the rule looks for the first time.
pub(super) const FIRST: u32 = 5;
/// Replications for which the target must go on being met.
const LOOK_AHEAD: usize = 2;
/// Replications at a time: the same on any number of cores, so that results do not depend on it.
const BATCH: u32 = 2;

/// Replications after which a study gives up, unless said otherwise.
pub(super) const MOST: u32 = 100;

/// What a study is to run until.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// The measure whose interval counts, for England (or the place) over the period, in every scenario.
    pub measure: Measure,
    /// Half the interval over the value, at the most \[above 0\].
    pub share: f64,
    /// The most replications of each scenario \[5 to 1,000\].
    pub most: u32,
}

/// How precise a study is that ran until it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    /// The measure, for England over the period.
    pub measure: Measure,
    /// The share of its value that was to be reached.
    pub wanted: f64,
    /// Half-width over value of the least precise scenario; `None` if one has no value.
    pub reached: Option<f64>,
    /// Whether the rule stopped the study; otherwise it ran out of replications.
    pub is_met: bool,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent =
            |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |s| format!("{:.1}%", 100.0 * s));
        write!(
            f,
            "{}: half the interval within {} of the value wanted, {} in the least precise scenario ({})",
            self.measure.label(),
            percent(Some(self.wanted)),
            percent(self.reached),
            if self.is_met { "reached" } else { "not reached with as many replications as allowed" }
        )
    }
}

/// Replications from the number `first` on, run in batches by `run`, until the rule stops.
pub(super) fn run_until<E>(
    first: u32,
    wanted: Wanted,
    run: impl Fn(Range<u32>) -> Result<Results, E>,
) -> Result<Results, E> {
    let mut results = run(first..first.saturating_add(FIRST))?;
    loop {
        let precision = precision(&results, wanted);
        let so_far = results.replications() as u32;
        if precision.is_met || so_far >= wanted.most {
            return Ok(results.with_precision(precision));
        }
        let next = first.saturating_add(so_far);
        results.extend(run(next..next.saturating_add(BATCH.min(wanted.most - so_far)))?);
    }
}

fn precision(results: &Results, wanted: Wanted) -> Precision {
    let mut is_met = true;
    let mut reached = Some(0.0_f64);
    for scenario in results.scenarios() {
        let values = results.replicated(scenario, wanted.measure, Area::England, None).unwrap_or_default();
        let values: Vec<f64> = values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        is_met &= may_stop_now(&values, wanted.share);
        let estimate = results.estimate(scenario, wanted.measure, Area::England, None);
        let width = estimate.and_then(|estimate| estimate.relative_half_width());
        reached = reached.zip(width).map(|(a, b)| a.max(b));
    }
    Precision { measure: wanted.measure, wanted: wanted.share, reached, is_met }
}

/// After how many of these replications the rule stops; `None` if it would go on.
pub fn stops_at(values: &[f64], share: f64) -> Option<usize> {
    let target = Target::Relative(share);
    let found = replications_algorithm(values, target, FIRST as usize, LOOK_AHEAD, Confidence::NINETY_FIVE)?;
    Some(found + LOOK_AHEAD)
}

/// Whether the rule would stop at the last of these replications: it may have been met earlier and be so no more, while
/// another scenario was still to meet it.
fn may_stop_now(values: &[f64], share: f64) -> bool {
    let first = values.len().saturating_sub(LOOK_AHEAD);
    first >= FIRST as usize
        && (first..=values.len()).all(|n| {
            let estimate = values.get(..n).and_then(|some| Estimate::of(some, Confidence::NINETY_FIVE));
            let width = estimate.and_then(|estimate| estimate.relative_half_width());
            width.is_some_and(|width| width <= share)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Study;
    use crate::random::Stream;
    use rand_distr::{Distribution, Exp1, StandardNormal};

    // Share of 2,000 studies whose interval, where the rule stopped, holds the true mean; and the mean
    // number of replications.
    fn coverage(share: f64, mean: f64, draw: impl Fn(&mut crate::random::Dice) -> f64) -> (f64, f64) {
        let (mut held, mut run) = (0_u32, 0);
        for study in 0..2_000 {
            let mut dice = Stream::of_seed(17).at(study).dice();
            let values: Vec<f64> = (0..400).map(|_| draw(&mut dice)).collect();
            let stopped = stops_at(&values, share).unwrap();
            let estimate = Estimate::of(&values[..stopped], Confidence::NINETY_FIVE).unwrap();
            held += u32::from(estimate.interval.unwrap().contains(mean));
            run += stopped;
        }
        (f64::from(held) / 2_000.0, run as f64 / 2_000.0)
    }

    #[test]
    fn the_rule_covers_nearly_what_it_says() {
        let normal = |sd: f64| {
            move |dice: &mut crate::random::Dice| {
                let z: f64 = StandardNormal.sample(dice);
                10.0 + sd * z
            }
        };
        let exponential = |dice: &mut crate::random::Dice| -> f64 { Exp1.sample(dice) };
        let cases = [
            ("a tenth, spread 10%", coverage(0.1, 10.0, normal(1.0))),
            ("a twentieth, spread 10%", coverage(0.05, 10.0, normal(1.0))),
            ("a twentieth, spread 20%", coverage(0.05, 10.0, normal(2.0))),
            ("a fifth, exponential", coverage(0.2, 1.0, exponential)),
        ];
        for (case, (held, runs)) in cases {
            println!("{case}: {held:.3} in {runs:.1} replications");
        }
        // 94% within four to five standard errors of 2,000 studies
        assert!(cases.iter().all(|(_, (held, _))| (0.915..0.965).contains(held)), "{cases:?}");
    }

    /// Batches add up to the study that had asked for as many at once.
    #[test]
    fn replications_in_batches_are_those_of_one_study() {
        let pack = crate::system::pack::england();
        let part = crate::system::parts::parts(&pack).into_iter().rfind(|p| !p.services.is_empty());
        let study = Study::new(pack)
            .period(crate::units::date(2022, 9, 1)..=crate::units::date(2022, 9, 30))
            .warm_up_months(0)
            .only_parts(part)
            .scenario("as it was", []);
        let measure = Measure::Within4Hours;
        let precise = study.again().until_precise(measure, 0.2).run().unwrap();
        let reached = precise.precision().copied().unwrap();
        assert!(reached.is_met && reached.reached < Some(0.2), "{reached:?}");
        let run = precise.replications();
        let at_once = study.again().replications(run as u32).run().unwrap();
        for &measure in Measure::ALL {
            let values = |results: &Results| results.replicated("as it was", measure, Area::England, None);
            assert_eq!(values(&precise), values(&at_once), "{measure:?}");
        }
        assert_eq!((run, at_once.precision()), (7, None));
        let wrong = study.until_precise(measure, 0.0).replications_at_most(3).run().unwrap_err().to_string();
        assert!(wrong.contains("until_precise = 0") && wrong.contains("replications_at_most = 3"), "{wrong}");
    }

    #[test]
    fn what_was_precise_earlier_must_still_be_so_when_the_last_scenario_is() {
        let quiet = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        assert!(may_stop_now(&quiet, 0.01) && !may_stop_now(&quiet[..6], 0.01));
        let drifts = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0, 1.0];
        assert_eq!(stops_at(&drifts, 0.01), Some(7));
        assert!(!may_stop_now(&drifts, 0.01));
        // for one scenario, asked after each replication, it is the rule of Hoad, Robinson and Davies
        let mut dice = Stream::of_seed(3).dice();
        for _ in 0..200 {
            let values: Vec<f64> = (0..60).map(|_| 5.0 + dice.uniform()).collect();
            let first = (1..=60).find(|&n| may_stop_now(&values[..n], 0.05));
            assert_eq!(first, stops_at(&values, 0.05));
        }
    }

    #[test]
    fn it_looks_after_five_and_never_before() {
        assert_eq!(stops_at(&[1.0; 6], 0.01), None);
        assert_eq!(stops_at(&[1.0; 7], 0.01), Some(7));
        assert_eq!(stops_at(&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0], 0.01), None);
    }
}
