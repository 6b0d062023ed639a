//! Model and published figures side by side, month by month, October 2022 to March 2023.
//!
//! For England a table a measure, with the errors of the model and of two naive guesses: "no change
//! since September 2022" and "as in the same month last year". `--json` prints one array with the
//! same for England and for every provider that published the measure.
//!
//! At the end: targets met and missed, providers in order, and figures that were published once.
//!
//! `--as-treated` gives planned care as many treatments and removals as were published, in place of the rule of August
//! 2022: what is left of the errors of the waiting list is then who was treated, and operations cancelled for want of a bed.
//!
//! `cargo run --release --example report_card [-- --json] [--quick] [--as-treated]`

use nhs_capacity::experiment::report_card::report_card;
use nhs_capacity::output::card;
use nhs_capacity::prelude::*;
use std::error::Error;

const AS_IT_WAS: &str = "as it was";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let known = ["--json", "--quick", "--as-treated"];
    if let Some(unknown) = arguments.iter().find(|a| !known.contains(&a.as_str())) {
        return Err(
            format!("unknown argument '{unknown}'; usage: report_card [{}]", known.join("] [")).into()
        );
    }
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let mut pack = england();
    if has("--as-treated") {
        let list_of = pack.drivers().starting_month();
        pack = pack.with_published_flows(list_of)?;
    }
    let results = Study::new(pack)
        .period(date(2022, 10, 1)..=date(2023, 3, 31))
        .replications(if has("--quick") { 1 } else { 3 })
        .scenario(AS_IT_WAS, [])
        .run()?;
    let rows = report_card(&results, AS_IT_WAS);
    if has("--json") {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print!("{}", card::of_england(&rows));
        println!("{}", card::targets(&rows));
        println!("{}", card::once(&results, AS_IT_WAS));
    }
    Ok(())
}
