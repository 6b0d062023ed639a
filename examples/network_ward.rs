//! A ward described in TOML: what do two more beds do for waits and cancellations?
//!
//! ```text
//! emergencies --> queue ------------------------------> beds --> home
//! planned ------> cancelled unless 2 beds stay free --> beds --> home
//! ```
//!
//! All numbers are assumed, for illustration.

use nhs_capacity::network::{NetworkSpec, Run, Servers};
use std::error::Error;

const WARD: &str = r#"
time_unit = "day"

[[class]]
name = "emergency"
priority = 1
arrivals = { process = "poisson", rate = 3.0 }
at.ward = { service = { dist = "lognormal", mean = 7.0, sd = 8.0 } }

[[class]]
name = "planned"
priority = 2
arrivals = { process = "piecewise", breakpoints = [0, 5, 7], rates = [1.6, 0.0], period = 7 }
at.ward = { service = { dist = "gamma", shape = 2, mean = 3.0 }, keep_free = 2, waiting_room = 0 }

[[station]]
name = "ward"
servers = 28
discipline = "priority"
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{:>5} {:>20} {:>20} {:>20}", "beds", "occupancy [%]", "mean wait [h]", "cancelled [%]");
    for beds in [26, 28, 30] {
        let mut spec = NetworkSpec::from_toml(WARD)?;
        spec.stations[0].servers = Servers::Fixed(beds);
        let ward = spec.check()?;
        // a year after two months of warm-up, the same patients for each number of beds
        let run = Run::new(60.0, 425.0).with_seed(2022);
        let years = ward.replicate(&run, 30, |r| {
            [
                r.utilisation("ward").map(|u| 100.0 * u),
                r.mean_wait("emergency", "ward").map(|days| 24.0 * days),
                r.share_turned_away("planned", "ward").map(|share| 100.0 * share),
            ]
        });
        let years = years.into_iter().collect::<Result<Vec<_>, _>>()?;
        let column = |i: usize| interval(years.iter().filter_map(|y| y[i]).collect());
        println!("{beds:>5} {:>20} {:>20} {:>20}", column(0), column(1), column(2));
    }
    Ok(())
}

/// Mean and 95% interval over 30 replications (Student's t with 29 degrees of freedom: 2.045).
fn interval(values: Vec<f64>) -> String {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    format!("{mean:.1} +- {:.1}", 2.045 * (variance / n).sqrt())
}
