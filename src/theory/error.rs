//! Why a formula has no answer, and the checks at its door.

use crate::units::Shown;

/// Why a formula has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TheoryError {
    /// A parameter is outside its range.
    #[error("{parameter} = {}, must be {allowed}", Shown(*.value))]
    OutOfRange {
        /// The parameter.
        parameter: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Work arrives faster than it can be done, so no steady state exists.
    #[error(
        "utilisation = {}, must be below 1: the queue grows for ever; add servers or patience",
        Shown(*.utilisation)
    )]
    Overloaded {
        /// Work arriving per unit of time over the work that can be done.
        utilisation: f64,
    },
    /// Two lists that belong together differ in length.
    #[error("{parameter} has {length} entries, must have {expected}")]
    Length {
        /// The list.
        parameter: &'static str,
        /// Its length.
        length: usize,
        /// The length it must have.
        expected: usize,
    },
    /// The system has more states than can be held.
    #[error("the chain has more than {most} states; shorten its queues")]
    TooManyStates {
        /// The bound.
        most: usize,
    },
    /// Some state cannot reach the others, so the long-run distribution is not unique.
    #[error("state {state} of the chain does not lead back to those before it")]
    NotIrreducible {
        /// Its number in order of exploration.
        state: usize,
    },
    /// Transitions lead out of the states that the chain was explored with.
    #[error("a move from state {from} leads to a state the chain does not have")]
    UnknownState {
        /// Number of the state it leads from, in order of exploration.
        from: usize,
    },
    /// An iteration ran out of steps.
    #[error("no convergence in {steps} steps (last change {change:e}); the chain mixes too slowly")]
    NotConverged {
        /// Steps taken.
        steps: usize,
        /// Sum of absolute changes in the last step.
        change: f64,
    },
}

/// The most servers, beds or units a formula accepts: the recursions take time in proportion.
pub const MOST_SERVERS: u32 = 1_000_000;

pub(crate) fn check(
    parameter: &'static str,
    value: f64,
    is_allowed: bool,
    allowed: &'static str,
) -> Result<f64, TheoryError> {
    if is_allowed { Ok(value) } else { Err(TheoryError::OutOfRange { parameter, value, allowed }) }
}

/// A rate or a mean duration.
pub(crate) fn positive(parameter: &'static str, value: f64) -> Result<f64, TheoryError> {
    check(parameter, value, (1e-15..=1e15).contains(&value), "a number from 1e-15 to 1e15")
}

/// A rate that may be nothing, or a time.
pub(crate) fn not_negative(parameter: &'static str, value: f64) -> Result<f64, TheoryError> {
    check(parameter, value, (0.0..=1e15).contains(&value), "a number from 0 to 1e15")
}

/// A probability.
pub(crate) fn share(parameter: &'static str, value: f64) -> Result<f64, TheoryError> {
    check(parameter, value, (0.0..=1.0).contains(&value), "a number from 0 to 1")
}

/// A number of servers.
pub(crate) fn servers(parameter: &'static str, value: u32) -> Result<u32, TheoryError> {
    check(parameter, f64::from(value), (1..=MOST_SERVERS).contains(&value), "from 1 to 1,000,000")?;
    Ok(value)
}

/// A number of places that may be nothing.
pub(crate) fn places(parameter: &'static str, value: u32) -> Result<u32, TheoryError> {
    check(parameter, f64::from(value), value <= MOST_SERVERS, "from 0 to 1,000,000")?;
    Ok(value)
}

/// A load that can be carried.
pub(crate) fn stable(utilisation: f64) -> Result<f64, TheoryError> {
    if utilisation < 1.0 { Ok(utilisation) } else { Err(TheoryError::Overloaded { utilisation }) }
}

pub(crate) fn length(parameter: &'static str, length: usize, expected: usize) -> Result<(), TheoryError> {
    if length == expected { Ok(()) } else { Err(TheoryError::Length { parameter, length, expected }) }
}

/// Probabilities that sum to 1 but for rounding.
pub(crate) fn probabilities(parameter: &'static str, values: &[f64]) -> Result<(), TheoryError> {
    values.iter().try_for_each(|&value| share(parameter, value).map(|_| ()))?;
    let sum: f64 = values.iter().sum();
    check(parameter, sum, (sum - 1.0).abs() < 1e-9, "probabilities that sum to 1 (their sum is shown)")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_parameter_value_and_range() {
        let message = positive("mean_service", -3.0).unwrap_err().to_string();
        assert_eq!(message, "mean_service = -3, must be a number from 1e-15 to 1e15");
    }

    #[test]
    fn no_number_that_is_not_one_passes() {
        for bad in [f64::NAN, f64::INFINITY, -1.0, 1e16] {
            assert!(
                positive("x", bad).is_err() && not_negative("x", bad).is_err() && share("x", bad).is_err()
            );
            assert!(stable(bad).is_err() || bad < 0.0);
        }
        assert!(probabilities("p", &[0.5, 0.5 + 1e-16]).is_ok());
        for bad in [vec![], vec![0.5, 0.499_999], vec![1.5, -0.5], vec![f64::NAN]] {
            assert!(probabilities("p", &bad).is_err(), "{bad:?}");
        }
    }
}
