//! What replications say: estimates with intervals, paired comparisons, how many runs are enough
//! and where a warm-up ends.

pub mod compare;
pub mod estimate;
pub mod student;

pub use compare::{Difference, Welch, paired_difference, welch_difference};
pub use estimate::{Confidence, ConfidenceError, Estimate, Interval};
