//! What replications say: estimates with intervals, paired comparisons, how many runs are enough
//! and where a warm-up ends; and what to run: designs, selection of the best, sensitivity and
//! calibration.

pub mod abc;
pub mod batch_means;
pub mod compare;
pub mod control_variate;
pub mod design;
pub mod estimate;
pub mod history_matching;
pub mod moments;
pub mod nelder_mead;
pub mod ocba;
pub mod planned_care;
pub mod precision;
pub mod quadrature;
pub mod quantile;
pub mod report_card;
pub mod results;
pub mod screening;
pub mod selection;
pub mod sensitivity;
pub mod student;
pub mod study;
pub mod variance_reduction;
pub mod warm_up;

pub use compare::{Difference, Welch, paired_difference, welch_difference};
pub use estimate::{Confidence, ConfidenceError, Estimate, Interval};
pub use results::Results;
pub use study::{Progress, QuestionError, Study, StudyError};
