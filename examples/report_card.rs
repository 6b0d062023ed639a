//! Model and published figures side by side, month by month, October 2022 to March 2023.
//!
//! For England a table a measure, with the errors of the model and of two naive guesses: "no change
//! since September 2022" and "as in the same month last year". `--json` prints one array with the
//! same for England and for every provider that published the measure.
//!
//! `cargo run --release --example report_card [-- --json] [--quick]`

use nhs_capacity::experiment::report_card::{Row, Tolerance, across_providers, report_card, scores};
use nhs_capacity::output::{Table, study::grouped};
use nhs_capacity::prelude::*;
use nhs_capacity::system::pack::ENGLAND;
use std::error::Error;

const BASELINE: &str = "as it was";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = arguments.iter().find(|a| !["--json", "--quick"].contains(&a.as_str())) {
        return Err(format!("unknown argument '{unknown}'; usage: report_card [--json] [--quick]").into());
    }
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let results = Study::new(england())
        .period(date(2022, 10, 1)..=date(2023, 3, 31))
        .replications(if has("--quick") { 1 } else { 3 })
        .scenario(BASELINE, [])
        .run()?;
    let rows = report_card(&results, BASELINE);
    if has("--json") {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print_england(&rows);
        print_targets(&rows);
    }
    Ok(())
}

fn print_england(rows: &[Row]) {
    for score in scores(rows) {
        let (scale, unit, decimals) = score.measure.shown();
        let number = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| grouped(value * scale, decimals))
        };
        println!("{} [{unit}] ({})", score.measure.label(), score.metric);
        let mut table =
            Table::new(["month", "published", "model", "low", "high", "no change", "same month last year"]);
        for row in rows.iter().filter(|row| row.metric == score.metric && row.area == ENGLAND) {
            let values =
                [row.published, row.model, row.low, row.high, row.no_change, row.same_month_last_year];
            table.row(std::iter::once(row.period.to_string()).chain(values.map(number)));
        }
        table.row([
            "mean absolute error".to_owned(),
            String::new(),
            number(score.model),
            String::new(),
            String::new(),
            number(score.no_change),
            number(score.same_month_last_year),
        ]);
        println!("{table}");
    }
}

/// Which targets are met, and whether providers come in the right order.
fn print_targets(rows: &[Row]) {
    println!("targets (mean absolute error over the months)");
    let mut table = Table::new(["measure", "error", "at most", "met", "nearer than both naive guesses"]);
    let yes_no = |answer: Option<bool>| answer.map_or("–", |yes| if yes { "yes" } else { "no" }).to_owned();
    for score in scores(rows) {
        let Some(target) = score.target else { continue };
        let (scale, unit, _) = score.measure.shown();
        let text = |error: f64| match target.tolerance {
            Tolerance::Share(_) => format!("{:.1}%", 100.0 * error),
            Tolerance::Absolute(_) => format!("{:.1} {}", scale * error, unit.replace('%', "points")),
        };
        table.row([
            score.measure.label().to_owned(),
            score.error_by_target.map_or_else(|| "–".to_owned(), text),
            text(target.tolerance.most()),
            yes_no(score.is_met()),
            yes_no(score.beats_naive_guesses()),
        ]);
    }
    println!("{table}");
    println!("order of providers, means over the period");
    let mut table = Table::new(["series", "providers", "rank correlation", "at least"]);
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"));
    for across in across_providers(rows) {
        table.row([
            across.metric.to_owned(),
            across.providers.to_string(),
            number(across.rank_correlation),
            number(across.wanted),
        ]);
    }
    println!("{table}");
}
