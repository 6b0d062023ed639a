//! What replications say: estimates with intervals, paired comparisons, how many runs are enough
//! and where a warm-up ends.

pub mod batch_means;
pub mod compare;
pub mod control_variate;
pub mod estimate;
pub mod precision;
pub mod quantile;
pub mod report_card;
pub mod results;
pub mod student;
pub mod study;
pub mod warm_up;

pub use compare::{Difference, Welch, paired_difference, welch_difference};
pub use estimate::{Confidence, ConfidenceError, Estimate, Interval};
pub use results::Results;
pub use study::{Progress, QuestionError, Study, StudyError};
