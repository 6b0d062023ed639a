//! Any pathway described as data: stations, the classes of customer who move through them, and the
//! rules by which they wait, are served and go on. Described in Rust, TOML or JSON, checked once,
//! then run.
//!
//! ```
//! use nhs_capacity::network::{NetworkSpec, Run};
//!
//! let network = NetworkSpec::from_toml(r#"
//!     time_unit = "hour"
//!
//!     [[class]]
//!     name = "caller"
//!     arrivals = { process = "poisson", rate = 50 }
//!
//!     [[station]]
//!     name = "reception"
//!     servers = 3
//!     waiting_room = 5
//!     service = { dist = "exponential", mean = 0.0666666667 }
//! "#)?.check()?;
//! let results = network.run(&Run::new(10.0, 1_000.0).with_seed(1))?;
//! let calls = results.visit("caller", "reception").ok_or("no such place")?;
//! let engaged = calls.turned_away as f64 / calls.attempts as f64;
//! assert!((engaged - 0.1776).abs() < 0.01); // Erlang's formula for 3 servers and 8 lines
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rules
//!
//! Where published models differ, this one does as follows.
//!
//! - At one instant: changes of capacity, then ends of service, then arrivals (also of those who
//!   were on their way), then patience running out. Within each, in the order of scheduling.
//! - A customer who needs several things (`servers_needed`, `pools_needed`) takes them all or none,
//!   so that two customers cannot each hold half. Stations visited one after the other with
//!   `release = "on_leaving"` are seized one by one instead, and can deadlock: the run then stops
//!   and names the stations.
//! - Nobody passes somebody of the same station who waits for units that are not there, unless the
//!   station says `skip_ahead`. Units merely reserved (`keep_free`) stop only the class they are
//!   reserved against, where the discipline is by priority. Between stations that share a pool
//!   there is no order.
//! - When a customer gives back several units, all are given back, then each queue is served once in
//!   that order, then those who started make their next requests (*queues first*).
//! - `on_full = "block"`: a customer who finds no place at the next station keeps the server they
//!   have. A freed place goes first to the queue's own order, and a chain of moves happens at one
//!   instant.
//! - Fewer servers than customers in service: they finish (`finish_current`; nobody starts while as
//!   many are busy as rostered) or the last to start goes back to the head of the queue and resumes
//!   (`preempt`, and always after a breakdown).
//! - Patience counts all time queueing at a station, after an interruption too.
//! - Waits, sojourns and outcomes are of visits that began inside the window, followed to their end;
//!   levels are averaged over the window.
//! - All draws are addressed by seed, replication, class, customer, visit and purpose: two networks
//!   that differ in one number meet the same customers.
//!
//! # What does not fit
//!
//! State that belongs to a customer's own journey (where an incident happened, a bed chosen by
//! specialty and gender) is better written as an [`engine::Model`](crate::engine::Model): an enum of
//! events and one function, as in the example of [`engine`](crate::engine).

mod check;
pub mod distribution;
mod model;
pub mod results;
pub mod run;
pub mod spec;
pub mod statistics;
#[cfg(test)]
mod tests;

pub use check::{Network, NetworkError, Problem};
pub use distribution::{ArrivalProcess, ArrivalSpec, ArrivalsError, DistributionSpec};
pub use results::{Outcome, Probe, Record, Results, StationResults};
pub use run::{Reason, Run, RunError};
pub use spec::{
    Branch, Breakdowns, ClassSpec, ClockTime, Discipline, NamedServer, NetworkSpec, OnFull, Release, Roster,
    Servers, Shift, StationSpec, TimeUnit, VisitSpec, WhenFewer,
};
pub use statistics::{Area, Level, Tally, WaitHistogram};
