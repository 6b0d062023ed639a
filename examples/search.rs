//! How many beds does it take, and how is a sum best split?
//!
//! ```text
//! dose -> the same people -> measure -> target crossed?     false position on paired runs
//! splits -> the same people -> drop those left behind       Kim and Nelson
//!                           -> run most where it tells most optimal computing budget allocation
//! ```
//!
//! South Central's ambulance service and its hospitals in January 2023: how many beds, or how many liaison officers at
//! the door, bring its C2 mean under half an hour? And how is £20m best split? The prices of a bed and of an officer are
//! examples, not published figures: put in your own.
//!
//! `cargo run --release --example search`

use nhs_capacity::experiment::Quantity;
use nhs_capacity::experiment::best::{Budget, Rules};
use nhs_capacity::experiment::dose::DoseRange;
use nhs_capacity::experiment::split::splits;
use nhs_capacity::output::answers::{best_table, dose_table};
use nhs_capacity::prelude::*;
use std::error::Error;

/// Pounds for a bed over the winter: 182 days at £400, an example.
const A_BED: f64 = 182.0 * 400.0;
/// Pounds for a liaison officer on duty day and night over the winter: five and a half posts at £25,000 for half a
/// year, an example.
const AN_OFFICER: f64 = 5.5 * 25_000.0;

fn beds(number: f64) -> Lever {
    Beds::added(number).opens_from(date(2022, 12, 15)).open_by(date(2022, 12, 20)).into()
}

fn officers(number: f64) -> Lever {
    Halos::on_duty(number).between(date(2022, 12, 15), date(2022, 12, 15)).into()
}

fn main() -> Result<(), Box<dyn Error>> {
    // levers are pulled here alone, since the pack is cut out first
    let here = england().place("RYE")?;
    let study = Study::new(here).period(date(2023, 1, 1)..=date(2023, 1, 31)).replications(6);

    let half_an_hour = 30.0 * 60.0;
    let c2 = Quantity::of(Measure::ResponseC2, "dose");
    let found =
        study.dose_for(&c2, half_an_hour, DoseRange::whole(0, 4_000).to_within(50.0), |n| vec![beds(n)])?;
    println!("beds here for a C2 mean of half an hour: {found}");
    println!("{}", dose_table(Measure::ResponseC2, &found));
    let found =
        study.dose_for(&c2, half_an_hour, DoseRange::whole(0, 400).to_within(5.0), |n| vec![officers(n)])?;
    println!("liaison officers on duty for the same: {found}");
    println!("{}", dose_table(Measure::ResponseC2, &found));

    // £20m between beds, home care, care homes and officers, in steps of £10m
    let scenarios: Vec<Scenario> = splits(20e6, 10e6, 4)
        .unwrap_or_default()
        .into_iter()
        .map(|split| {
            let [for_beds, home, homes, door] = [0, 1, 2, 3].map(|i| split.get(i).copied().unwrap_or(0.0));
            let mut levers: Vec<Lever> = Vec::new();
            if for_beds > 0.0 {
                levers.push(beds(for_beds / A_BED));
            }
            if home + homes > 0.0 {
                let share = home / (home + homes);
                levers.push(DischargeFund::of(gbp(home + homes)).shares([share, 0.0, 1.0 - share]).into());
            }
            if door > 0.0 {
                levers.push(officers(door / AN_OFFICER));
            }
            let millions = [for_beds, home, homes, door].map(|pounds| pounds / 1e6);
            let [a, b, c, d] = millions;
            Scenario::new(
                format!("beds £{a:.0}m, home care £{b:.0}m, homes £{c:.0}m, officers £{d:.0}m"),
                levers,
            )
        })
        .collect();
    let rules = Rules { alpha: 0.1, first: 4, most: 20, ..Rules::a_difference_of(60.0) };
    let best = study.best_of(Measure::ResponseC2, &scenarios, rules)?;
    println!("{}", best_table(Measure::ResponseC2, &best));
    match best.chosen {
        Some(chosen) => println!("best with 90%, if ahead by a minute: {chosen}\n"),
        None => println!("{} are still in the race after {} replications\n", best.left.len(), rules.most),
    }

    let within = study.best_within(Measure::ResponseC2, &scenarios, Budget::of(60))?;
    println!("{}", best_table(Measure::ResponseC2, &within));
    if let (Some(chosen), Some(probability)) = (&within.chosen, within.probability) {
        println!(
            "best after 60 replications in all: {chosen}; right with at least {:.0}%",
            100.0 * probability
        );
    }
    Ok(())
}
