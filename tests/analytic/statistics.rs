//! Replications and the verdict on them.

use nhs_capacity::engine::{Model, Simulation};
use nhs_capacity::random::Stream;
use nhs_capacity::units::{Span, Time};

/// Independent replications of each test.
pub const REPLICATIONS: u64 = 30;

/// Two-sided 6.3e-5 point of Student's t with 29 degrees of freedom.
const GREATEST_T: f64 = 4.67;

/// Greatest standard error, as a share of the exact value.
const GREATEST_ERROR: f64 = 0.05;

/// One model unit of time is an hour: a millisecond is then 3e-7 of it.
pub fn hours(time: f64) -> Span {
    Span::from_hours(time)
}

/// The same moment as [`hours`] after the start.
pub fn at(time: f64) -> Time {
    Time::ZERO + hours(time)
}

/// Runs the replications of one test; `run` gives the estimates of one.
pub fn replicate<const N: usize>(seed: u64, run: impl Fn(Stream) -> [f64; N]) -> Vec<[f64; N]> {
    (0..REPLICATIONS).map(|replication| run(Stream::of_seed(seed).at(replication))).collect()
}

/// Asserts that the estimates agree with the exact values, one (name, value) for each.
pub fn assert_agreement<const N: usize>(replications: &[[f64; N]], exact: [(&str, f64); N]) {
    for (i, (name, value)) in exact.into_iter().enumerate() {
        let n = replications.len() as f64;
        let mean = replications.iter().map(|r| r[i]).sum::<f64>() / n;
        let variance = replications.iter().map(|r| (r[i] - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let error = (variance / n).sqrt();
        let t = (mean - value) / error;
        println!("{name}: exact {value:.6}, simulated {mean:.6}, standard error {error:.6}, t {t:+.2}");
        assert!(
            error > 0.0 && error <= GREATEST_ERROR * value,
            "{name}: too weak a test, {error} of {value}"
        );
        assert!(t.abs() <= GREATEST_T, "{name}: {mean} is not {value}, t = {t:.2}");
    }
}

/// The window in which a cohort arrives.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub from: Time,
    pub to: Time,
}

impl Window {
    /// `length` hours after a warm-up.
    pub fn after(warm_up: f64, length: f64) -> Self {
        Self { from: at(warm_up), to: at(warm_up + length) }
    }

    pub fn holds(self, time: Time) -> bool {
        self.from <= time && time < self.to
    }

    pub fn millis(self) -> f64 {
        self.to.since(self.from).as_millis() as f64
    }
}

/// A model that knows how many of its cohort it has not yet followed to the end.
pub trait Followed: Model {
    fn unfinished(&self) -> u64;
}

/// Runs to the end of the window and on, arrivals continuing, until the last of the cohort is done:
/// means over those who happen to be done at the end of the window would be too low.
pub fn follow_to_the_end<M: Followed>(simulation: &mut Simulation<M>, window: Window) {
    let mut end = window.to;
    simulation.run_until(end).unwrap();
    while simulation.model.unfinished() > 0 {
        end += Span::HOUR;
        simulation.run_until(end).unwrap();
    }
}
