//! A call room: callers hang up and ring again, so that fewer call handlers mean more calls.
//!
//! ```text
//!            +-------- 70% ring again after 2 minutes --------+
//!            v                                                |
//! callers --> queue --> call handlers --> answered            |
//!               +------ patience runs out --------------------+--> 30% give up
//! ```
//!
//! All numbers are assumed, for illustration.

use nhs_capacity::network::{
    ArrivalSpec, ClassSpec, DistributionSpec, NetworkSpec, OnFull, Run, StationSpec, TimeUnit,
};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let header = ["handlers", "calls per caller", "answered in 5 s [%]", "hung up [%]", "never answered [%]"];
    println!("{:>8} {:>18} {:>20} {:>14} {:>18}", header[0], header[1], header[2], header[3], header[4]);
    for handlers in [20, 22, 24, 26] {
        let ring_again = OnFull::Retry { delay: DistributionSpec::exponential(2.0), prob: 0.7 };
        let room = NetworkSpec::new(TimeUnit::Minute)
            .with_class(ClassSpec::new("caller").with_arrivals(ArrivalSpec::poisson(4.0)))
            .with_station(
                StationSpec::new("room")
                    .with_servers(handlers)
                    .with_service(DistributionSpec::lognormal(5.5, 4.0))
                    .with_patience(DistributionSpec::exponential(1.5))
                    .with_on_abandon(ring_again),
            )
            .check()?;
        // two weeks; 5 seconds are 1/12 of a minute
        let run = Run::new(240.0, 20_400.0).with_seed(2022).with_targets([1.0 / 12.0]);
        let runs = room.replicate(&run, 20, |r| {
            let calls = r.visit("caller", "room")?;
            let callers = r.class("caller")?;
            let answered = calls.served_waits.count() - calls.served_waits.over()[0];
            Some([
                callers.visits as f64 / callers.offered as f64,
                100.0 * answered as f64 / calls.attempts as f64,
                100.0 * calls.abandoned as f64 / calls.attempts as f64,
                100.0 * (1.0 - callers.cohort_left[0] as f64 / callers.offered as f64),
            ])
        });
        let runs: Vec<[f64; 4]> =
            runs.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let column = |i: usize| interval(runs.iter().map(|r| r[i]).collect());
        println!("{handlers:>8} {:>18} {:>20} {:>14} {:>18}", column(0), column(1), column(2), column(3));
    }
    Ok(())
}

/// Mean and 95% interval over 20 replications (Student's t with 19 degrees of freedom: 2.093).
fn interval(values: Vec<f64>) -> String {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    format!("{mean:.2} +- {:.2}", 2.093 * (variance / n).sqrt())
}
