//! How much of a lever it takes: "how many beds to bring the C2 mean under 30 minutes?"
//!
//! A quantity that falls or rises steadily with the dose is followed on the same people at every dose until it
//! crosses the target: by false position with the Illinois rule (Dowell and Jarratt, 1971), or to the next
//! whole number where doses are whole. Addressed dice make the quantity a smooth function of the dose but
//! for rounding; where it is flat or noisy between two doses, the crossing found is one of several.

use super::ask::{AskError, Quantity};
use super::{Estimate, Interval, Study};
use crate::policy::Lever;

/// Where a quantity crosses its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crossing {
    /// At this dose.
    At(f64),
    /// It has crossed already at the least dose.
    BelowRange,
    /// It has not crossed at the greatest dose.
    AboveRange,
}

/// A search along a dose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DoseRange {
    /// The least dose.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// How near to the crossing the search must come, in doses.
    pub tolerance: f64,
    /// Whether doses are whole: the answer is then the least that has crossed.
    pub is_whole: bool,
}

impl DoseRange {
    /// Whole doses from `low` to `high`.
    pub fn whole(low: u32, high: u32) -> Self {
        Self { low: f64::from(low), high: f64::from(high), tolerance: 1.0, is_whole: true }
    }

    /// Any dose from `low` to `high`, to within `tolerance`.
    pub fn real(low: f64, high: f64, tolerance: f64) -> Self {
        Self { low, high, tolerance, is_whole: false }
    }

    /// Doses that come in steps of `tolerance`, such as hundreds of beds.
    #[must_use]
    pub fn to_within(self, tolerance: f64) -> Self {
        Self { tolerance, ..self }
    }
}

/// Follows `f` along the range until it crosses `target`; `f` may fail. Every evaluation is listed.
///
/// # Errors
/// The first error of `f`, or a range that does not ascend, is not finite or has no tolerance above zero.
pub fn crossing(
    range: DoseRange,
    target: f64,
    mut f: impl FnMut(f64) -> Result<f64, AskError>,
) -> Result<(Crossing, Vec<(f64, f64)>), AskError> {
    let DoseRange { low, high, tolerance, is_whole } = range;
    if !(low < high && low.is_finite() && high.is_finite() && tolerance > 0.0) {
        return Err(AskError::Number {
            what: "dose range",
            value: low,
            allowed: "ascending, to within more than 0",
        });
    }
    let mut tried = Vec::new();
    let mut over = |dose: f64| -> Result<f64, AskError> {
        let value = f(dose)?;
        if !value.is_finite() {
            return Err(AskError::NoValue(format!("the quantity at dose {dose}")));
        }
        tried.push((dose, value));
        Ok(value - target)
    };
    let (mut a, mut at_a) = (low, over(low)?);
    if at_a == 0.0 {
        return Ok((Crossing::BelowRange, tried));
    }
    let (mut b, mut at_b) = (high, over(high)?);
    if at_a.signum() == at_b.signum() && at_b != 0.0 {
        // which side of the target both are on does not say which way it goes
        let comes_nearer = at_b.abs() < at_a.abs();
        return Ok((if comes_nearer { Crossing::AboveRange } else { Crossing::BelowRange }, tried));
    }
    let sign = at_a.signum();
    // bookkeeping of the Illinois rule: an end that stays twice is given half its weight
    let mut stayed = 0;
    while b - a > tolerance {
        let share = (at_a / (at_a - at_b)).clamp(0.05, 0.95);
        let mut middle = if share.is_finite() { a + share * (b - a) } else { f64::midpoint(a, b) };
        if is_whole {
            middle = middle.round().clamp(a + 1.0, b - 1.0);
        }
        if !(middle > a && middle < b) {
            break;
        }
        let at_middle = over(middle)?;
        if at_middle != 0.0 && at_middle.signum() == sign {
            (a, at_a) = (middle, at_middle);
            if stayed == 1 {
                at_b /= 2.0;
            }
            stayed = 1;
        } else {
            (b, at_b) = (middle, at_middle);
            if stayed == -1 {
                at_a /= 2.0;
            }
            stayed = -1;
        }
    }
    if is_whole {
        return Ok((Crossing::At(b), tried));
    }
    // within the tolerance, where the line through the last two values crosses
    let value = |dose: f64| tried.iter().rev().find(|(x, _)| *x == dose).map_or(0.0, |(_, y)| y - target);
    let (fa, fb) = (value(a), value(b));
    let share = (fa / (fa - fb)).clamp(0.0, 1.0);
    Ok((Crossing::At(if share.is_finite() { a + share * (b - a) } else { b }), tried))
}

/// The dose that a target takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Dose {
    /// Where the mean over replications crosses the target.
    pub crossing: Crossing,
    /// Between which doses the crossing lies, allowing for chance in the mean: the 95% half-width at the nearest
    /// dose tried over the slope there. `None` with one replication or without a crossing.
    pub interval: Option<Interval>,
    /// Each dose tried and the quantity there, in order of dose.
    pub tried: Vec<(f64, Estimate)>,
}

impl Study<'_> {
    /// The dose of `lever` at which `quantity` crosses `target`: the study is run with a single scenario, called as
    /// the quantity's, for each dose tried, on the same people. For a quantity
    /// [against](Quantity::against) a baseline, that baseline must be among the study's scenarios.
    ///
    /// # Errors
    /// If the range is wrong, a run fails or the quantity has no value.
    pub fn dose_for(
        &self,
        quantity: &Quantity,
        target: f64,
        range: DoseRange,
        lever: impl Fn(f64) -> Vec<Lever>,
    ) -> Result<Dose, AskError> {
        let mut tried: Vec<(f64, Estimate)> = Vec::new();
        let (crossing, _) = crossing(range, target, |dose| {
            let mut study = self.again();
            study = study.without(quantity.scenario()).scenario(quantity.scenario(), lever(dose));
            let results = study.run()?;
            let estimate = quantity.estimate(&results).ok_or_else(|| AskError::NoValue(quantity.label()))?;
            tried.push((dose, estimate));
            Ok(estimate.mean)
        })?;
        tried.sort_by(|a, b| a.0.total_cmp(&b.0));
        let interval = match crossing {
            Crossing::At(dose) => interval_of(dose, &tried),
            _ => None,
        };
        Ok(Dose { crossing, interval, tried })
    }
}

// The nearest doses tried on both sides give the slope and the half-width.
fn interval_of(dose: f64, tried: &[(f64, Estimate)]) -> Option<Interval> {
    let at = tried.partition_point(|(x, _)| *x < dose).clamp(1, tried.len().checked_sub(1)?);
    let ((x0, y0), (x1, y1)) = (tried.get(at - 1)?, tried.get(at)?);
    let slope = (y1.mean - y0.mean) / (x1 - x0);
    let half = y0.half_width?.max(y1.half_width?) / slope.abs();
    Interval::of_half_width(dose, half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(range: DoseRange, target: f64, f: impl Fn(f64) -> f64) -> (Crossing, usize) {
        let (crossing, tried) = crossing(range, target, |x| Ok(f(x))).unwrap();
        (crossing, tried.len())
    }

    #[test]
    fn the_root_of_a_known_function_is_found() {
        // falling, curved as a wait is: 50 / (1 + x / 1000) = 30 at 666.67
        let wait = |beds: f64| 50.0 / (1.0 + beds / 1_000.0);
        let (at, runs) = found(DoseRange::real(0.0, 7_000.0, 1.0), 30.0, wait);
        assert!(matches!(at, Crossing::At(x) if (x - 2_000.0 / 3.0).abs() < 1.0), "{at:?}");
        assert!(runs <= 14, "{runs}");
        // the least whole dose that has crossed
        assert_eq!(found(DoseRange::whole(0, 7_000), 30.0, wait).0, Crossing::At(667.0));
        // rising
        assert_eq!(found(DoseRange::whole(0, 100), 50.0, |x| x * x).0, Crossing::At(8.0));
        // a step: the dose at which it falls
        let step = |x: f64| if x < 37.0 { 1.0 } else { 0.0 };
        assert_eq!(found(DoseRange::whole(0, 100), 0.5, step).0, Crossing::At(37.0));
    }

    #[test]
    fn a_target_out_of_reach_is_said_to_be() {
        let wait = |beds: f64| 50.0 - beds;
        assert_eq!(found(DoseRange::whole(0, 10), 30.0, wait).0, Crossing::AboveRange);
        assert_eq!(found(DoseRange::whole(0, 10), 60.0, wait).0, Crossing::BelowRange);
        assert_eq!(found(DoseRange::whole(0, 10), 50.0, wait).0, Crossing::BelowRange);
        let wrong = crossing(DoseRange::whole(5, 5), 0.0, Ok);
        assert!(wrong.unwrap_err().to_string().contains("dose range"));
        let failing = crossing(DoseRange::whole(0, 9), 0.0, |_| Ok(f64::NAN));
        assert!(failing.unwrap_err().to_string().contains("dose 0"));
    }
}
