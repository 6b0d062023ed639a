//! A stroke pathway with blocking: a bed on the acute unit stays taken until there is a place in
//! rehabilitation, and a place there until community support has one.
//!
//! ```text
//! ambulance --> acute unit --+-- 50% --> rehabilitation --+-- 60% --> community support --> home
//!   (waits        10 beds    |             14 beds        |              20 places
//!  in ED)                    +-- 50% --> home             +-- 40% --> home
//! ```
//!
//! Where does one more bed or place do most for the wait in the emergency department? All numbers
//! are assumed, for illustration.

use nhs_capacity::network::{NetworkSpec, Run, Servers};
use std::error::Error;

const PATHWAY: &str = r#"
time_unit = "day"

[[class]]
name = "stroke"
arrivals = { process = "poisson", rate = 1.2 }

[[station]]
name = "acute"
servers = 10
service = { dist = "lognormal", mean = 5.0, sd = 5.5 }
next = [{ to = "rehabilitation", prob = 0.5 }]

[[station]]
name = "rehabilitation"
servers = 14
waiting_room = 0
on_full = "block"
service = { dist = "gamma", shape = 2, mean = 18.0 }
next = [{ to = "community", prob = 0.6 }]

[[station]]
name = "community"
servers = 20
waiting_room = 0
on_full = "block"
service = { dist = "lognormal", mean = 42.0, sd = 20.0 }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let spec = NetworkSpec::from_toml(PATHWAY)?;
    let run = Run::new(365.0, 5.0 * 365.0).with_seed(2022);
    let mut as_it_is: Option<Vec<(f64, f64)>> = None;
    println!("{:<28} {:>20} {:>20} {:>20}", "", "wait in ED [h]", "change [h]", "acute beds blocked");
    for (label, station, units) in [
        ("as it is", "acute", 10),
        ("one more acute bed", "acute", 11),
        ("one more rehabilitation bed", "rehabilitation", 15),
        ("one more community place", "community", 21),
    ] {
        let mut changed = spec.clone();
        for place in changed.stations.iter_mut().filter(|s| s.name == station) {
            place.servers = Servers::Fixed(units);
        }
        let runs = changed.check()?.replicate(&run, 30, |r| {
            let wait = r.mean_wait("stroke", "acute").map(|days| 24.0 * days);
            wait.zip(r.station("rehabilitation").and_then(|s| s.queue.mean())).unwrap_or_default()
        });
        let runs = runs.into_iter().collect::<Result<Vec<(f64, f64)>, _>>()?;
        // the same patients in every variant: the change is far better known than the wait
        let before = as_it_is.get_or_insert_with(|| runs.clone());
        let waits = interval(runs.iter().map(|r| r.0).collect());
        let change = interval(runs.iter().zip(before.iter()).map(|(r, b)| r.0 - b.0).collect());
        let blocked = interval(runs.iter().map(|r| r.1).collect());
        println!("{label:<28} {waits:>20} {change:>20} {blocked:>20}");
    }
    Ok(())
}

/// Mean and 95% interval over 30 replications (Student's t with 29 degrees of freedom: 2.045).
fn interval(values: Vec<f64>) -> String {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    format!("{mean:.2} +- {:.2}", 2.045 * (variance / n).sqrt())
}
