//! An urgent care centre built in Rust: triage, two streams, a roster, and people who walk out.
//!
//! ```text
//!                     +-- 55% --> nurses (2, 4 by day) --+--> home
//! walk-in --> triage -+                                  |
//!                     +-- 45% --> doctors (1, 3 by day) -+--> X-ray (30%) --> home
//! ```
//!
//! All numbers are assumed, for illustration.

use nhs_capacity::network::{
    ArrivalSpec, ClassSpec, DistributionSpec, NetworkSpec, Roster, Run, Shift, StationSpec, TimeUnit,
    WhenFewer,
};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let day_and_night = |day, night| Roster {
        schedule: vec![
            Shift { from: 0.0, servers: night },
            Shift { from: 8.0, servers: day },
            Shift { from: 22.0, servers: night },
        ],
        period: Some(24.0),
        when_fewer: WhenFewer::FinishCurrent,
    };
    let minutes = |mean: f64, sd: f64| DistributionSpec::lognormal(mean / 60.0, sd / 60.0);
    let by_hour = ArrivalSpec::Piecewise {
        breakpoints: vec![0.0, 7.0, 10.0, 20.0, 24.0],
        rates: vec![2.0, 7.0, 11.0, 6.0],
        period: Some(24.0),
    };
    let centre = NetworkSpec::new(TimeUnit::Hour)
        .with_class(ClassSpec::new("walk-in").with_arrivals(by_hour))
        .with_station(
            StationSpec::new("triage")
                .with_servers(2)
                .with_service(minutes(6.0, 3.0))
                .with_next("nurses", 0.55)
                .with_next("doctors", 0.45),
        )
        .with_station(
            StationSpec::new("nurses")
                .with_roster(day_and_night(4, 2))
                .with_service(minutes(22.0, 12.0))
                .with_patience(DistributionSpec::exponential(4.0)),
        )
        .with_station(
            StationSpec::new("doctors")
                .with_roster(day_and_night(3, 1))
                .with_service(minutes(28.0, 18.0))
                .with_patience(DistributionSpec::exponential(4.0))
                .with_next("x-ray", 0.3),
        )
        .with_station(StationSpec::new("x-ray").with_servers(1).with_service(minutes(15.0, 5.0)))
        .check()?;
    let run = Run::new(7.0 * 24.0, 35.0 * 24.0).with_seed(2022).with_targets([2.0, 4.0]);
    let months = centre.replicate(&run, 30, |r| r).into_iter().collect::<Result<Vec<_>, _>>()?;
    println!(
        "{:<8} {:>14} {:>14} {:>14} {:>14}",
        "", "in use [%]", "mean [min]", "9 in 10 [min]", "left [%]"
    );
    for name in centre.stations() {
        let mean = |f: &dyn Fn(&nhs_capacity::network::Results) -> Option<f64>| {
            let values: Vec<f64> = months.iter().filter_map(f).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        println!(
            "{name:<8} {:>14.1} {:>14.1} {:>14.1} {:>14.2}",
            mean(&|r| r.utilisation(name).map(|u| 100.0 * u)),
            mean(&|r| r.mean_wait("walk-in", name).map(|h| 60.0 * h)),
            mean(&|r| r.wait_quantile("walk-in", name, 0.9).map(|h| 60.0 * h)),
            mean(&|r| r.share_abandoned("walk-in", name).map(|share| 100.0 * share)),
        );
    }
    let within = |r: &nhs_capacity::network::Results| {
        let times = &r.class("walk-in")?.total_times;
        Some(100.0 * (1.0 - times.over()[1] as f64 / times.count() as f64))
    };
    let shares: Vec<f64> = months.iter().filter_map(within).collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    println!("seen and gone within 4 hours: {mean:.1}% (mean of {} four-week months)", shares.len());
    Ok(())
}
