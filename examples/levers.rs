//! Every lever alone, against history, at one place: what it is, what is known of it, and what it does to the
//! measures it should move.
//!
//! ```text
//! examples/questions/levers/NAME.toml --> one study, one history --> change of each measure, in pairs
//! ```
//!
//! One chapter a lever: mechanism, evidence, cost, effect with 95% intervals, the probability that it helps and how
//! much variance meeting the same people has saved; then what a saved handover hour, an avoided 12-hour wait and a released
//! bed day cost, where the cost is known. Doses are round numbers for all of England, of which the
//! place gets its part; a lever that does nothing here may do something elsewhere, and planned care takes longer
//! than a winter. To change a dose, copy its file.
//!
//! `cargo run --release --example levers [-- --quick] [--place QE1] [NAME ...]`

use nhs_capacity::experiment::Question;
use nhs_capacity::output::answers::{cost_notes, effect_table, value_table};
use nhs_capacity::prelude::*;
use nhs_capacity::scenario::Scenario;
use std::error::Error;
use std::path::Path;

const BASELINE: &str = "as it was";

struct Asked {
    is_quick: bool,
    place: String,
    levers: Vec<String>,
}

fn asked() -> Result<Asked, Box<dyn Error>> {
    let mut asked = Asked { is_quick: false, place: "QE1".to_owned(), levers: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => asked.is_quick = true,
            "--place" => asked.place = words.next().ok_or("--place needs a place")?,
            lever if Lever::NAMES.contains(&lever) => asked.levers.push(lever.to_owned()),
            other => {
                return Err(format!("'{other}' is no lever; levers are {}", Lever::NAMES.join(", ")).into());
            }
        }
    }
    Ok(asked)
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = asked()?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/questions/levers");
    let chosen = Lever::CATALOGUE
        .iter()
        .filter(|l| asked.levers.is_empty() || asked.levers.iter().any(|n| n == l.name));
    let mut chapters = Vec::new();
    for lever in chosen {
        let question = Question::from_file(folder.join(lever.name).with_extension("toml"))?;
        chapters.push((lever, question));
    }

    // one study of all: until a lever acts, its run is everybody's
    let baseline = Scenario::new(BASELINE, []);
    let levers = chapters.iter().filter_map(|(_, question)| question.scenarios.last().cloned());
    let (last_day, warm_up, replications) =
        if asked.is_quick { (date(2022, 12, 31), 0, 2) } else { (date(2023, 2, 28), 1, 5) };
    let results = Study::new(england())
        .place(&asked.place)
        .period(date(2022, 12, 1)..=last_day)
        .warm_up_months(warm_up)
        .replications(replications)
        .with_scenarios(std::iter::once(baseline).chain(levers))
        .run()?;

    println!("{}, from December 2022 up to {last_day}, {replications} replications", asked.place);
    if asked.is_quick {
        println!(
            "one month: what takes longer to open or to be arranged, such as the discharge fund, does nothing yet"
        );
    }
    for border in results.pack().local().map(|place| place.borders()).unwrap_or_default() {
        println!("border: {border}");
    }
    for (lever, question) in &chapters {
        let Some(scenario) = question.scenarios.last() else { continue };
        println!("\n{}: {}", lever.title, scenario.name);
        println!("  mechanism  {}", lever.mechanism);
        println!("  evidence   {}", lever.evidence);
        let cost = results.cost(&scenario.name).map(|cost| cost.total());
        println!(
            "  cost       {}\n",
            match cost {
                Some(Ok(cost)) => format!("{cost} here over the period"),
                Some(Err(missing)) => format!("not known: {missing}"),
                None => String::new(),
            }
        );
        println!("{}", effect_table(&results, BASELINE, &scenario.name, question.measures()));
    }
    let mut values = results.value_for_money(BASELINE);
    values.retain(|value| value.cost.is_ok());
    println!("\nWhat is saved at what price, of the levers whose cost is known:\n\n{}", value_table(&values));
    for note in cost_notes(&values) {
        println!("note: {note}");
    }
    Ok(())
}
