//! How much of an answer's uncertainty is that of assumed parameters, and of which?
//!
//! ```text
//! intervals of the pack -> Latin hypercube -> runs -> variance due to parameters and to chance
//!                       -> each end in turn -> tornado
//!                       -> trajectories     -> Morris's elementary effects
//!                       -> two samples mixed -> Sobol's shares of the variance
//! ```
//!
//! One part of England in January 2023, three parameters. For all that are uncertain take
//! `ParameterSpace::of_all_uncertain`. Writes `target/uncertainty/tornado.csv`.
//!
//! `cargo run --release --example uncertainty`

use nhs_capacity::experiment::influence::{morris, sobol_indices, tornado};
use nhs_capacity::experiment::uncertainty::Uncertainty;
use nhs_capacity::experiment::{ParameterSpace, Quantity};
use nhs_capacity::output::answers::{influence_table, split_table, variance_table, write_tornados};
use nhs_capacity::prelude::*;
use nhs_capacity::system::parts::parts;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let england = england();
    let space = ParameterSpace::of(
        &england,
        ["ward.usable_beds_taken_share", "ambulance.on_scene_conveyed_minutes", "ambulance.travel_cv"],
    )?;
    let somewhere = parts(&england).into_iter().rfind(|part| !part.services.is_empty());
    let study = Study::new(england)
        .period(date(2023, 1, 1)..=date(2023, 1, 31))
        .only_parts(somewhere)
        .replications(2)
        .scenario("as it was", [])
        .scenario("+7,000 beds", [Beds::added(7_000).virtual_share(0.35).into()]);
    let level = Quantity::of(Measure::ResponseC2, "as it was");
    let change = Quantity::of(Measure::ResponseC2, "+7,000 beds").against("as it was");

    let uncertain = Uncertainty::over(space.clone()).draws(6).replications(2).run(&study, 1)?;
    let splits = [(&level, uncertain.split(&level)?), (&change, uncertain.split(&change)?)];
    println!(
        "{} draws of {} parameters\n{}",
        uncertain.runs().len(),
        space.dimensions().len(),
        split_table(splits)
    );
    println!("rank correlation with the change:");
    for (key, correlation) in uncertain.rank_correlations(&change)? {
        println!("  {key:<38} {correlation:+.2}");
    }

    let tornados = tornado(&study, &space, &[level.clone(), change])?;
    tornados.iter().for_each(|tornado| println!("\n{tornado}"));
    std::fs::create_dir_all("target/uncertainty")?;
    write_tornados("target/uncertainty/tornado.csv", &tornados)?;

    let study = study.replications(1);
    let influences = morris(&study, &space, std::slice::from_ref(&level), 2, 1)?;
    println!("elementary effects on {}", level.label());
    influences.iter().for_each(|found| println!("{}", influence_table(level.measure(), found)));

    // eight base points say little, as the intervals show; take 64 or more
    let shares = sobol_indices(&study, &space, std::slice::from_ref(&level), 8, 1)?;
    println!("shares of the variance of {}", level.label());
    shares.iter().for_each(|found| println!("{}", variance_table(found)));
    Ok(())
}
