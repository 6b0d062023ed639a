//! How precise is an answer, and is it an answer at all?
//!
//! ```text
//! daily series -> MSER-5: where the start-up ends
//! replications -> until half the interval is small enough -> pairs on the same people, allowing for their number
//! ```
//!
//! One part of England in January 2023. For all of England leave out `only_parts`.
//!
//! `cargo run --release --example precision`

use nhs_capacity::experiment::multiple::Pairs;
use nhs_capacity::experiment::quantile::Sample;
use nhs_capacity::experiment::{Confidence, Quantity};
use nhs_capacity::output::answers::{pairs_table, plot};
use nhs_capacity::prelude::*;
use nhs_capacity::system::parts::parts;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let england = england();
    let somewhere = parts(&england).into_iter().rfind(|part| !part.services.is_empty());
    let study = Study::new(england)
        .period(date(2023, 1, 1)..=date(2023, 1, 31))
        .only_parts(somewhere)
        .scenario("as it was", [])
        .scenario("+3,000 beds", [Beds::added(3_000).into()])
        .scenario("+7,000 beds", [Beds::added(7_000).into()]);

    let daily = study.again().replications(3).daily(Measure::AdultBedsOccupied, Area::England)?;
    println!("adult G&A beds occupied by day from {}, mean of 3 replications", daily.first_month);
    println!("{}", plot(&daily, 62, 9));
    match daily.warm_up() {
        Some(cut) if !cut.is_at_limit => {
            println!("MSER-5 would discard the first {} days\n", cut.observations)
        }
        _ => println!("the series is too short for MSER-5 to say where its start ends\n"),
    }

    let results = study.until_precise(Measure::Within4Hours, 0.01).replications_at_most(15).run()?;
    if let Some(precision) = results.precision() {
        println!(
            "{}: wanted within {:.1}% of its value, {:.1}% after {} replications ({})\n",
            precision.measure.label(),
            100.0 * precision.wanted,
            100.0 * precision.reached.unwrap_or(f64::NAN),
            results.replications(),
            if precision.is_met { "reached" } else { "not reached" }
        );
    }
    for pairs in [Pairs::Against("as it was"), Pairs::All] {
        let found = results.pairs(pairs, Measure::WaitsOver12Hours, Area::England);
        println!(
            "{}:\n{}",
            Measure::WaitsOver12Hours.label(),
            pairs_table(Measure::WaitsOver12Hours, &found)
        );
    }

    // how bad may a month be? quantiles over replications, with intervals that assume no distribution
    let waits = Quantity::of(Measure::WaitsOver12Hours, "as it was");
    let values: Vec<f64> = waits.values(&results).unwrap_or_default().into_iter().flatten().collect();
    let sample = Sample::of(&values);
    let median = sample.interval(0.5, Confidence::NINETY_FIVE);
    println!(
        "12-hour waits as it was: median {:.0}{}, 90% of Januaries below {:.0}",
        sample.quantile(0.5).unwrap_or(f64::NAN),
        median.map_or_else(String::new, |i| format!(" [{:.0}, {:.0}]", i.interval.low, i.interval.high)),
        sample.quantile(0.9).unwrap_or(f64::NAN),
    );
    Ok(())
}
