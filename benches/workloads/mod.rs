//! Four queues to measure speed with, each in three forms: written by hand, as a `Model` on the
//! engine, and described in `network`. Shared by the bench and the example of the same name.
//!
//! Everybody arrives at an empty system, everybody is counted, and the run ends when the last has left.

pub mod described;
pub mod model;
pub mod reference;

use nhs_capacity::network::Network;
use std::error::Error;

/// Who arrives, and where they are served. Times are in units of the mean service, or in days (W3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// M/M/1, arrival rate 0.8.
    W1,
    /// M/M/100, arrival rate 95.
    W2,
    /// As W2 with lognormal service, coefficient of variation 1.5.
    W2L,
    /// A department of 20 bays that are held until one of 100 beds is free; two classes.
    W3,
}

/// W1, W2 or W2L in numbers.
#[derive(Clone, Copy, Debug)]
pub struct OneStation {
    pub servers: u32,
    pub rate: f64,
    /// Coefficient of variation of a lognormal service with mean 1; exponential if `None`.
    pub service_cv: Option<f64>,
}

/// W3 in numbers.
#[derive(Clone, Copy, Debug)]
pub struct Emergency {
    pub rate: f64,
    pub share_high: f64,
    pub bays: u32,
    pub bay_mean: f64,
    pub beds: u32,
    /// Mean and standard deviation of a lognormal stay.
    pub stay_mean: f64,
    pub stay_sd: f64,
}

pub const W3: Emergency = Emergency {
    rate: 10.0,
    share_high: 0.3,
    bays: 20,
    bay_mean: 1.4,
    beds: 100,
    stay_mean: 9.5,
    stay_sd: 9.5,
};

impl Workload {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::W1, Self::W2, Self::W2L, Self::W3];

    /// `None` for W3.
    pub fn one_station(self) -> Option<OneStation> {
        match self {
            Self::W1 => Some(OneStation { servers: 1, rate: 0.8, service_cv: None }),
            Self::W2 => Some(OneStation { servers: 100, rate: 95.0, service_cv: None }),
            Self::W2L => Some(OneStation { servers: 100, rate: 95.0, service_cv: Some(1.5) }),
            Self::W3 => None,
        }
    }
}

/// How a workload is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// By hand, with every event in `std`'s heap and nothing measured but sums.
    Reference,
    /// On the engine, with levels over time and histograms of waits.
    Model,
    /// As data, with everything that `network` measures.
    Described,
}

/// What a run has measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Answer {
    /// Patients who have left.
    pub done: u64,
    /// Mean wait at the first station over all patients.
    pub wait: f64,
    /// W3 only.
    pub chain: Option<Chain>,
}

/// Means that only W3 has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Chain {
    /// Wait for a bay.
    pub ed_hi: f64,
    pub ed_lo: f64,
    /// Wait in the bay for a bed.
    pub board_hi: f64,
    pub board_lo: f64,
    /// From arrival to going home.
    pub stay: f64,
}

/// A workload ready to run.
pub struct Ready {
    workload: Workload,
    form: Form,
    network: Option<Network>,
}

impl Ready {
    /// Checks and prepares what the form needs.
    pub fn new(workload: Workload, form: Form) -> Result<Self, Box<dyn Error>> {
        let network = match form {
            Form::Described => Some(described::network(workload)?),
            Form::Reference | Form::Model => None,
        };
        Ok(Self { workload, form, network })
    }

    /// One replication of `patients` (their expected number in the described form).
    pub fn run(&self, patients: u64, seed: u64, replication: u64) -> Result<Answer, Box<dyn Error>> {
        match (self.form, &self.network) {
            (Form::Described, Some(network)) => {
                described::run(network, self.workload, patients, seed, replication)
            }
            (Form::Reference, _) => reference::run(self.workload, patients, seed, replication),
            _ => model::run(self.workload, patients, seed, replication),
        }
    }
}
