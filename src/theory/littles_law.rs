//! Little's law: `L = lambda W`.
//!
//! The mean number in a system is the rate of arrival times the mean time each stays. It holds for
//! any system, order of service and distribution, over any long window. Little (1961).

use super::error::{TheoryError, not_negative, positive};

/// Mean number present: `rate` per unit of time, each staying `mean_stay`.
///
/// ```
/// use nhs_capacity::theory::littles_law;
/// // 14,000 emergency admissions a day staying 7 days fill as many beds as England has.
/// assert_eq!(littles_law::number(14_000.0, 7.0)?, 98_000.0);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If either is negative or not a number up to 1e15.
pub fn number(rate: f64, mean_stay: f64) -> Result<f64, TheoryError> {
    Ok(not_negative("rate", rate)? * not_negative("mean_stay", mean_stay)?)
}

/// Mean time each stays, in a system that holds `number` and is entered at `rate`.
///
/// ```
/// use nhs_capacity::theory::littles_law;
/// // A list of 7.2 million from which 1.5 million leave a month turns over in 4.8 months.
/// assert!((littles_law::time(7.2e6, 1.5e6)? - 4.8).abs() < 1e-12);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If `number` is negative or `rate` not above 0.
pub fn time(number: f64, rate: f64) -> Result<f64, TheoryError> {
    Ok(not_negative("number", number)? / positive("rate", rate)?)
}

/// Rate at which a system that holds `number` is entered and left, each staying `mean_stay`.
///
/// ```
/// use nhs_capacity::theory::littles_law;
/// // Ten community beds with stays of 28 days take one patient in 2.8 days.
/// assert!((1.0 / littles_law::rate(10.0, 28.0)? - 2.8).abs() < 1e-12);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If `number` is negative or `mean_stay` not above 0.
pub fn rate(number: f64, mean_stay: f64) -> Result<f64, TheoryError> {
    Ok(not_negative("number", number)? / positive("mean_stay", mean_stay)?)
}
