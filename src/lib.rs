//! England's health and care system, simulated patient by patient, so that policy can be tried before
//! it is paid for.
//!
//! **1. Describe the system.** [`england()`](system::pack::england) is every acute trust, ambulance
//! service and care system of England in 2022-23, with the figures that history imposes on them.
//!
//! **2. Pose the question.** A [`Study`](experiment::Study) compares scenarios over a period. A scenario
//! is a name and the [levers](policy) it pulls; all scenarios meet the same people.
//!
//! **3. Read the answer.** [`Results`](experiment::Results) give paired differences with intervals, as a
//! table or as tidy files.
//!
//! ```
//! use nhs_capacity::prelude::*;
//!
//! let results = Study::new(england())
//!     .period(date(2022, 10, 1)..=date(2022, 10, 31))
//!     .warm_up_months(0) // a real study warms up for a month and covers the winter
//!     .replications(1)
//!     .scenario("as it was", [])
//!     .scenario("+4,000 beds at once", [Beds::added(4_000).open_by(date(2022, 10, 1)).into()])
//!     .run()?;
//!
//! let boarders = |scenario| {
//!     results.estimate(scenario, Measure::Boarders, Area::England, None).map(|estimate| estimate.mean)
//! };
//! assert!(boarders("+4,000 beds at once") < boarders("as it was"));
//! println!("{}", results.compared_with("as it was"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The [engine] can be used alone, and [theory] holds the closed forms it is tested against. The way
//! of a patient between services is written in `src/system/journey/`.

pub mod care;
pub mod engine;
pub mod experiment;
pub mod measure;
pub mod network;
pub mod output;
pub mod policy;
pub mod prelude;
pub mod random;
pub mod scenario;
pub mod system;
pub mod theory;
pub mod units;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
