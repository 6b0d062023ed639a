//! A discrete-event simulation engine: an event list, a loop, and pools of servers with queues.
//!
//! It knows nothing of health and can be used alone. A [`Model`] is plain data with one `handle`
//! function; its events are a small `Copy` enum. There is no allocation per event and no `dyn`.
//!
//! ```
//! use nhs_capacity::engine::{Model, Schedule, Simulation};
//! use nhs_capacity::units::{Span, Time};
//!
//! struct Clock { chimes: u32 }
//!
//! impl Model for Clock {
//!     type Event = ();
//!     fn handle(&mut self, _chime: (), schedule: &mut Schedule<()>) {
//!         self.chimes += 1;
//!         schedule.after(Span::HOUR, ());
//!     }
//! }
//!
//! let mut simulation = Simulation::of(Clock { chimes: 0 });
//! simulation.schedule.at(Time::ZERO, ());
//! simulation.run_until(Time::ZERO + Span::DAY)?;
//! assert_eq!(simulation.model.chimes, 24); // midnight belongs to the next day
//! # Ok::<(), nhs_capacity::engine::Stopped>(())
//! ```

pub mod event_list;
pub mod pool;
pub mod queue;
pub mod simulation;

pub use event_list::{EventList, Ticket, Turn};
pub use pool::{Pool, Request, Start};
pub use queue::{Place, Queue};
pub use simulation::{Limits, Model, Schedule, Simulation, Stopped};
