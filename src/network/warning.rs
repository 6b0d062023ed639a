//! What a user should know before believing the averages of a run.

use super::Results;
use super::compiled::Network;
use crate::units::Shown;
use std::fmt;

/// Something about a run that its averages do not say. It is part of the results, and stops nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// A station that is never idle and whose queue was still growing at the horizon: averages depend
    /// on the length of the window, and those of a steady state do not exist.
    NoSteadyState {
        /// The station.
        station: String,
        /// Number queueing at the horizon.
        queue: u32,
    },
    /// Customers and visits of the window that had not ended when the run stopped: their waits are
    /// longer than any that was counted.
    Unfinished {
        /// How many.
        number: u64,
    },
    /// An entry of a roster that begins at the horizon or later, and changed nothing.
    NeverReached {
        /// The station.
        station: String,
        /// When the entry begins \[time units\].
        from: f64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSteadyState { station, queue } => write!(
                f,
                "station `{station}`: {queue} queue at the horizon and the queue still grows, so that its \
                 averages depend on the length of the window; add servers or patience"
            ),
            Self::Unfinished { number } => write!(
                f,
                "{number} customers and visits of the window had not ended when the run stopped; their \
                 waits are in no average"
            ),
            Self::NeverReached { station, from } => write!(
                f,
                "station `{station}`: the entry of its roster from {} lies beyond the horizon and changed \
                 nothing",
                Shown(*from)
            ),
        }
    }
}

/// Share of its open servers that are in use where a station is never idle.
const NEVER_IDLE: f64 = 0.99;

impl Results {
    // A queue that carries its load moves by some standard deviations of what has joined it, which is a
    // sum of ones: beyond five of them, with every server in use, it grows because it must.
    pub(super) fn warn(&mut self, network: &Network, horizon: u64) {
        if horizon == 0 {
            return;
        }
        let mut warnings = Vec::new();
        for (number, station) in self.stations.iter().enumerate() {
            let own = self.visits.iter().skip(number).step_by(self.stations.len());
            let joined: u64 = own.map(|v| v.attempts - v.turned_away).sum();
            let (open, queue) = (station.open.area() as f64, station.queue.now());
            let is_never_idle = station.occupied.area() as f64 >= NEVER_IDLE * open;
            let grows = f64::from(queue) > 5.0 * (joined as f64).sqrt()
                && station.queue.mean().is_some_and(|mean| f64::from(queue) > mean);
            if is_never_idle && grows {
                let station = network.stations[number].name.clone();
                warnings.push(Warning::NoSteadyState { station, queue });
            }
        }
        if self.unfinished > 0 {
            warnings.push(Warning::Unfinished { number: self.unfinished });
        }
        for station in &network.stations {
            if let Some(&(from, _)) = station.shifts.iter().find(|shift| shift.0 >= horizon) {
                let from = from as f64 / self.tick;
                warnings.push(Warning::NeverReached { station: station.name.clone(), from });
            }
        }
        self.warnings = warnings;
    }
}
