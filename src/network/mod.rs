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
//! # For those who know other tools
//!
//! | here | Ciw | simmer |
//! | --- | --- | --- |
//! | `[[station]]` | node | `resource` with `seize`, `timeout`, `release` |
//! | `[[class]]`, `arrivals` | `arrival_distributions` by class | `add_generator` |
//! | `next` | `routing` | `branch` |
//! | `waiting_room`, `on_full = "lost"` | `queue_capacities` | `queue_size`, `finish.rejected` |
//! | `on_full = "block"` | blocking after service | seize the next before releasing the last |
//! | `servers = { schedule = .. }` | `ciw.Schedule` | `schedule` |
//! | `patience` | `reneging_time_distributions` | `renege_in` |
//! | `Run { record: true, .. }` | `get_all_records()` | `get_mon_arrivals()` |
//! | [`Network::replicate`] | a loop over seeds | `lapply` over replications |
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
//! - What averages do not say (a queue that grows without end, visits that never ended, a shift
//!   beyond the horizon) is in [`Results::warnings`].
//! - All draws are addressed by seed, replication, class, customer, visit and purpose: two networks
//!   that differ in one number meet the same customers.
//!
//! # What does not fit
//!
//! Whatever depends on a customer's own history or place is better written as a
//! [`Model`](crate::engine::Model) on the engine: an enum of events and one function. A crew whose
//! job depends on where the incident is, for instance:
//!
//! ```
//! use nhs_capacity::engine::{Model, Pool, Request, Schedule, Simulation};
//! use nhs_capacity::random::{Dice, Distribution, Stream};
//! use nhs_capacity::units::{Span, Time};
//!
//! #[derive(Clone, Copy)]
//! enum Event { Call, BackAtBase }
//!
//! struct Crews { pool: Pool<()>, dice: Dice, gap_hours: Distribution, on_scene_hours: Distribution }
//!
//! impl Crews {
//!     fn set_out(&mut self, schedule: &mut Schedule<Event>) {
//!         // anywhere in a square of 30 km, at 45 km/h along its streets, there and back
//!         let mut leg = || (30.0 * self.dice.uniform() - 15.0).abs();
//!         let travel_hours = (leg() + leg()) / 45.0;
//!         let hours = 2.0 * travel_hours + self.on_scene_hours.sample(&mut self.dice);
//!         schedule.after(Span::from_hours(hours), Event::BackAtBase);
//!     }
//! }
//!
//! impl Model for Crews {
//!     type Event = Event;
//!     fn handle(&mut self, event: Event, schedule: &mut Schedule<Event>) {
//!         match event {
//!             Event::Call => {
//!                 schedule.after(Span::from_hours(self.gap_hours.sample(&mut self.dice)), Event::Call);
//!                 if self.pool.request((), 0, schedule.now()) == Request::Started {
//!                     self.set_out(schedule);
//!                 }
//!             }
//!             Event::BackAtBase => {
//!                 self.pool.release(schedule.now());
//!                 while self.pool.start_next(schedule.now()).is_some() {
//!                     self.set_out(schedule);
//!                 }
//!             }
//!         }
//!     }
//! }
//!
//! let crews = Crews {
//!     pool: Pool::new(1, 1),
//!     dice: Stream::of_seed(1).dice(),
//!     gap_hours: Distribution::exponential(1.0 / 0.35)?,
//!     on_scene_hours: Distribution::exponential(0.6)?,
//! };
//! let mut simulation = Simulation::of(crews);
//! simulation.schedule.at(Time::ZERO, Event::Call);
//! let year = Time::ZERO + Span::DAY.times(365);
//! simulation.run_until(year)?;
//! let busy = simulation.model.pool.busy_time(year) as f64 / year.as_millis() as f64;
//! assert!((busy - 0.443).abs() < 0.03); // 0.35 calls an hour of 1.27 hours each
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod compiled;
pub mod distribution;
mod model;
pub mod results;
pub mod run;
pub mod spec;
pub mod statistics;
#[cfg(test)]
mod tests;
pub mod warning;

pub use check::{NetworkError, Problem};
pub use compiled::Network;
pub use distribution::{ArrivalProcess, ArrivalSpec, ArrivalsError, DistributionSpec};
pub use results::{Outcome, Probe, Record, Results, StationResults};
pub use run::{Cancel, Reason, Run, RunError};
pub use spec::{
    Branch, Breakdowns, ClassSpec, ClockTime, Discipline, NamedServer, NetworkSpec, OnFull, Release, Roster,
    Servers, Shift, StationSpec, TimeUnit, VisitSpec, WhenFewer,
};
pub use statistics::{Area, Level, Tally, WaitHistogram};
pub use warning::Warning;
