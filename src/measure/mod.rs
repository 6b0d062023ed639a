//! What a run counts and sums: moments, levels over time, durations, ratios and the books.
//!
//! Whatever can be counted in whole numbers is, so that merging parts gives the same bits in any
//! order. A question about nobody is answered `None`, never zero and never NaN.

pub mod conservation;
pub mod durations;
pub mod histogram;
pub mod level_times;
pub mod ratio;
pub mod tally;
pub mod time_weighted;

pub use conservation::{Imbalance, Ledger, check_littles_law, time_inside};
pub use durations::Durations;
pub use histogram::Histogram;
pub use level_times::LevelTimes;
pub use ratio::Ratio;
pub use tally::Tally;
pub use time_weighted::TimeWeighted;
