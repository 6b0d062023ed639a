//! What do 7,000 more beds, a £500m discharge fund, and both, change in the winter of 2022-23?
//!
//! ```text
//! beds ----------> wards ---> department ---> handover ---> crews ---> C2 response
//! care packages -> wards      cubicles        crews held    calls wait
//! ```
//!
//! England from October 2022 to March 2023, patient by patient: every acute trust and ambulance
//! service. All scenarios meet the same people, so that what differs is the lever. Prints paired
//! differences with 95% intervals and writes tidy CSV files to `results/our_plan_for_patients/`.
//!
//! `cargo run --release --example our_plan_for_patients [-- --replications N | --quick]`

use indicatif::{ProgressBar, ProgressStyle};
use nhs_capacity::prelude::*;
use std::error::Error;
use std::time::Instant;

const BASELINE: &str = "as it was";
const FOLDER: &str = "results/our_plan_for_patients";

fn main() -> Result<(), Box<dyn Error>> {
    let replications = replications_asked_for()?;
    let started = Instant::now();
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta} left")?);
    bar.set_message("simulating England");

    let beds = Beds::added(7_000).virtual_share(0.35).open_by(date(2023, 1, 1));
    let fund = DischargeFund::of(gbp(500e6));
    let results = Study::new(england())
        .period(date(2022, 10, 1)..=date(2023, 3, 31))
        .replications(replications)
        .scenario(BASELINE, [])
        .scenario("+7,000 beds", [beds.clone().into()])
        .scenario("£500m discharge fund", [fund.clone().into()])
        .scenario("both", [beds.into(), fund.into()])
        .on_progress(|progress| {
            bar.set_length(progress.total as u64);
            bar.set_position(progress.done as u64);
        })
        .run()?;
    bar.finish_and_clear();

    println!("England, October 2022 to March 2023, {replications} replications of each scenario");
    println!("means over the period; differences against '{BASELINE}' on the same people [95% interval]\n");
    println!("{}", results.compared_with(BASELINE));
    results.warnings().for_each(|warning| println!("note: {warning}"));
    results.write_csv(FOLDER, BASELINE)?;
    println!(
        "Waiting-list figures are those of the end of March 2023. Numbers are per month where they count"
    );
    println!("events and per day where they count people. How far the baseline is from what was published:");
    println!("cargo run --release --example report_card\n");
    println!(
        "{:.1} million people a run, {:.0} million events in all, {:.0} s; tidy files in {FOLDER}/",
        results.people_per_run() / 1e6,
        results.events() as f64 / 1e6,
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

fn replications_asked_for() -> Result<u32, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(3),
        ["--quick"] => Ok(1),
        ["--replications", number] => Ok(number.parse()?),
        _ => Err("usage: our_plan_for_patients [--replications N | --quick]".into()),
    }
}
