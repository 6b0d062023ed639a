//! The report card as text: model and published figures side by side.

use super::study::grouped;
use super::table::Table;
use crate::experiment::Results;
use crate::experiment::report_card::{
    Row, Tolerance, across_providers, by_provider as means_by_provider, likely_cause, likely_cause_of_guess,
    likely_cause_of_order, published_once, scores, shapes,
};
use crate::system::measures::Measure;
use crate::system::pack::ENGLAND;
use std::fmt::Write;

fn number(value: Option<f64>, scale: f64, decimals: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| grouped(value * scale, decimals))
}

/// A table a measure, month by month, with the errors of the model and of two naive guesses. CRPS is the error of the
/// model when its spread is counted too; that of a guess without spread is its absolute error.
pub fn of_england(rows: &[Row]) -> String {
    let mut text = String::new();
    for score in scores(rows) {
        let (scale, unit, decimals) = score.measure.shown();
        let number = |value| number(value, scale, decimals);
        let _ = writeln!(text, "{} [{unit}] ({})", score.measure.label(), score.metric);
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
        table.row([
            "mean CRPS".to_owned(),
            String::new(),
            number(score.crps),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]);
        let _ = writeln!(text, "{table}{}", said_of_coverage(score.coverage));
    }
    text
}

/// In a line how many months lie where the model's own chance would put them.
fn said_of_coverage(coverage: Option<f64>) -> String {
    let line = |share: f64| {
        let percent = grouped(100.0 * share, 0);
        format!(
            "coverage {percent}%: months whose published figure lies where one more replication would with 95%, of random variation only\n"
        )
    };
    coverage.map(line).unwrap_or_default()
}

/// Which targets are met by the errors for England and the likely cause where one is not, and whether providers come in
/// the right order.
pub fn targets(rows: &[Row]) -> String {
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
            match score.beats_naive_guesses() {
                Some(true) if score.guesses() == 1 => "yes, the one there is".to_owned(),
                answer => yes_no(answer),
            },
        ]);
    }
    let missed = scores(rows).into_iter().filter(|score| score.is_met() == Some(false));
    let mut causes = String::new();
    for score in missed {
        if let Some(cause) = likely_cause(score.measure) {
            let _ = writeln!(causes, "{} misses its target, likely since: {cause}", score.measure.label());
        }
    }
    let beaten = scores(rows).into_iter().filter(|score| {
        score.target.is_some() && score.is_met() == Some(true) && score.beats_naive_guesses() == Some(false)
    });
    for score in beaten {
        if let Some(cause) = likely_cause_of_guess(score.measure) {
            let _ =
                writeln!(causes, "{}: a naive guess is nearer, likely since: {cause}", score.measure.label());
        }
    }
    let mut out_of_order = String::new();
    let mut across =
        Table::new(["series", "providers", "rank correlation", "at least", "met", "median error"]);
    for found in across_providers(rows) {
        if let Some(cause) = likely_cause_of_order(found.metric).filter(|_| found.is_met() == Some(false)) {
            let _ = writeln!(out_of_order, "{}: out of order, likely since: {cause}", found.metric);
        }
        across.row([
            found.metric.to_owned(),
            found.providers.to_string(),
            number(found.rank_correlation, 1.0, 2),
            number(found.wanted, 1.0, 2),
            yes_no(found.is_met()),
            found.median_error.map_or_else(|| "–".to_owned(), |share| format!("{:.0}%", 100.0 * share)),
        ]);
    }
    let mut shape = Table::new(["response times of England", "months", "published", "model"]);
    for found in shapes(rows) {
        shape.row([
            found.what.to_owned(),
            found.months.to_string(),
            number(found.published, 1.0, 3),
            number(found.model, 1.0, 3),
        ]);
    }
    let occupancy = if scores(rows).iter().any(|score| score.measure == Measure::AdultOccupancy) {
        "the course of beds occupied at each trust is a driver of the pack, so adult G&A occupancy tests little but its level\n"
    } else {
        ""
    };
    format!(
        "targets (mean absolute error over the months)\n{table}{occupancy}{causes}\norder of providers, means over the period\n{across}{out_of_order}\nshape\n{shape}"
    )
}

/// Figures published once for England beside the mean of the model over the months of the run. *Input*: a value of the
/// pack rests on it.
pub fn once(results: &Results, scenario: &str) -> String {
    let mut table = Table::new(["published once", "unit", "published", "model", "period", "input", "source"]);
    for found in published_once(results, scenario) {
        let (scale, unit, decimals) = found.measure.shown();
        let decimals = decimals + usize::from(unit == "units") * 2;
        table.row([
            found.measure.label().to_owned(),
            unit.to_owned(),
            number(Some(found.published), scale, decimals),
            number(found.model, scale, decimals),
            found.period.to_owned(),
            if found.is_input { "yes" } else { "no" }.to_owned(),
            found.source.to_owned(),
        ]);
    }
    table.to_string()
}

/// One table: for every measure and provider with published figures, both means over the months that
/// have them.
pub fn by_provider(rows: &[Row]) -> String {
    // the share of months inside is of random variation only
    let mut table =
        Table::new(["measure", "provider", "unit", "published", "model", "months", "inside 95% of chance"]);
    for found in means_by_provider(rows) {
        let (scale, unit, decimals) = found.measure.shown();
        table.row([
            found.measure.label().to_owned(),
            found.area.to_owned(),
            unit.to_owned(),
            grouped(found.published * scale, decimals),
            grouped(found.model * scale, decimals),
            found.months.to_string(),
            found.coverage.map_or_else(|| "–".to_owned(), |share| format!("{:.0}%", 100.0 * share)),
        ]);
    }
    table.to_string()
}
