//! How many beds does it take, and how is a sum best split?
//!
//! ```text
//! dose -> the same people -> measure -> target crossed?     false position on paired runs
//! splits -> the same people -> drop those left behind       Kim and Nelson
//!                           -> run most where it tells most optimal computing budget allocation
//! ```
//!
//! One part of England in January 2023. The price of a bed is an example, not a published figure: put in your
//! own.
//!
//! `cargo run --release --example search`

use nhs_capacity::experiment::Quantity;
use nhs_capacity::experiment::best::{Budget, Rules};
use nhs_capacity::experiment::dose::DoseRange;
use nhs_capacity::experiment::split::splits;
use nhs_capacity::output::answers::{best_table, dose_table};
use nhs_capacity::prelude::*;
use nhs_capacity::system::parts::parts;
use std::error::Error;

/// Pounds for a bed over the winter: 182 days at £400, an example.
const A_BED: f64 = 182.0 * 400.0;

fn main() -> Result<(), Box<dyn Error>> {
    let england = england();
    let somewhere = parts(&england).into_iter().rfind(|part| !part.services.is_empty());
    let study = Study::new(england)
        .period(date(2023, 1, 1)..=date(2023, 1, 31))
        .only_parts(somewhere)
        .replications(2);

    let waits = Quantity::of(Measure::WaitsOver12Hours, "with beds");
    let beds = |beds: f64| vec![Lever::from(Beds::added(beds))];
    let found = study.dose_for(&waits, 300.0, DoseRange::whole(0, 12_000).to_within(100.0), beds)?;
    println!("beds in England for 300 waits over 12 hours a month here: {found}");
    println!("{}", dose_table(Measure::WaitsOver12Hours, &found));

    // £500m between beds, home care and care homes, in steps of £250m
    let scenarios: Vec<Scenario> = splits(500e6, 250e6, 3)
        .unwrap_or_default()
        .into_iter()
        .map(|split| {
            let [beds, home, homes] = [0, 1, 2].map(|i| split.get(i).copied().unwrap_or(0.0));
            let mut levers: Vec<Lever> = Vec::new();
            if beds > 0.0 {
                levers.push(Beds::added(beds / A_BED).into());
            }
            if home + homes > 0.0 {
                let (home, homes) = (home / (home + homes), homes / (home + homes));
                let fund = DischargeFund::of(gbp(split.iter().skip(1).sum())).shares([home, 0.0, homes]);
                levers.push(fund.into());
            }
            let name = format!(
                "beds £{:.0}m, home care £{:.0}m, homes £{:.0}m",
                beds / 1e6,
                home / 1e6,
                homes / 1e6
            );
            Scenario::new(name, levers)
        })
        .collect();
    let rules = Rules { alpha: 0.1, first: 4, most: 8, ..Rules::a_difference_of(60.0) };
    let best = study.best_of(Measure::WaitsOver12Hours, &scenarios, rules)?;
    println!("{}", best_table(Measure::WaitsOver12Hours, &best));
    match best.chosen {
        Some(chosen) => println!("best with 90%, if ahead by 60 waits a month: {chosen}\n"),
        None => println!("{} are still in the race after {} replications\n", best.left.len(), rules.most),
    }

    let within = study.best_within(Measure::WaitsOver12Hours, &scenarios, Budget::of(24))?;
    println!("{}", best_table(Measure::WaitsOver12Hours, &within));
    if let (Some(chosen), Some(probability)) = (&within.chosen, within.probability) {
        println!(
            "best after 24 replications in all: {chosen}; right with at least {:.0}%",
            100.0 * probability
        );
    }
    Ok(())
}
