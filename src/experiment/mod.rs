//! What replications say: estimates with intervals, paired comparisons, how many runs are enough
//! and where a warm-up ends; and what to run: designs, selection of the best, sensitivity and
//! calibration.

pub mod abc;
pub mod ask;
pub mod attribution;
pub mod batch_means;
pub mod best;
pub mod calibrate;
pub mod compare;
pub mod control_variate;
pub mod daily;
pub mod design;
pub mod dose;
pub mod estimate;
pub mod event_log;
pub mod history_matching;
pub mod influence;
pub mod moments;
pub mod multiple;
pub mod nelder_mead;
pub mod ocba;
pub mod overlay;
pub mod planned_care;
pub mod precise;
pub mod precision;
pub mod quadrature;
pub mod quantile;
pub mod question_file;
pub mod report_card;
pub mod results;
pub mod scoring;
pub mod screening;
pub mod selection;
pub mod sensitivity;
pub mod shard;
pub mod split;
pub mod student;
pub mod study;
pub mod uncertainty;
pub mod variance_reduction;
pub mod warm_up;

pub use ask::{AskError, ParameterSpace, Quantity};
pub use compare::{Difference, Welch, paired_difference, welch_difference};
pub use estimate::{Confidence, ConfidenceError, Estimate, Interval};
pub use question_file::Question;
pub use results::{LeversIn, Results};
pub use shard::{Replications, Shard, ShardError};
pub use study::{Progress, QuestionError, Study, StudyError};
