//! Answers to questions that take many runs, as tables for people and as tidy files.

use super::csv::{CsvError, cell, write_rows};
use super::study::grouped;
use super::table::Table;
use crate::experiment::attribution::Attribution;
use crate::experiment::best::BestOf;
use crate::experiment::daily::Daily;
use crate::experiment::dose::{Crossing, Dose};
use crate::experiment::influence::{Influence, Tornado, VarianceShare};
use crate::experiment::multiple::PairOf;
use crate::experiment::overlay::{CostPer, ValueForMoney};
use crate::experiment::uncertainty::Split;
use crate::experiment::{Difference, Estimate, Interval, Quantity, Results};
use crate::system::measures::{Better, Measure};
use crate::system::outcome::Area;
use std::fmt;
use std::path::Path;

fn shown(measure: Measure, value: f64) -> String {
    let (scale, _, decimals) = measure.shown();
    grouped(value * scale, decimals)
}

fn signed(measure: Measure, value: f64) -> String {
    let text = shown(measure, value);
    if value > 0.0 && text.chars().any(|c| ('1'..='9').contains(&c)) { format!("+{text}") } else { text }
}

fn with_interval(measure: Measure, estimate: &Estimate) -> String {
    let mean = signed(measure, estimate.mean);
    match estimate.interval {
        Some(interval) => {
            format!("{mean} [{}, {}]", shown(measure, interval.low), shown(measure, interval.high))
        }
        None => mean,
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.0}%", 100.0 * share))
}

/// Deaths associated with long waits for admission: of each scenario, and how many more or fewer than of `baseline`. What
/// they are and are not is in [`crate::experiment::overlay::HARM_CAVEAT`], which is to be shown with them.
pub fn harm_table(results: &Results, baseline: &str) -> Table {
    let mut table = Table::new([
        "scenario",
        "deaths associated",
        "more or fewer, lower figure",
        "the same, higher figure",
    ]);
    let interval = |difference: &Difference| {
        let whole = |value: f64| grouped(value, 0);
        let mean = whole(difference.estimate.mean);
        difference
            .estimate
            .interval
            .map_or_else(|| mean.clone(), |i| format!("{mean} [{}, {}]", whole(i.low), whole(i.high)))
    };
    for scenario in results.scenarios() {
        let Some(deaths) = results.associated_deaths(scenario) else { continue };
        let against = results.associated_deaths_against(baseline, scenario).filter(|_| scenario != baseline);
        let [low, high] =
            against.map_or_else(|| [String::new(), String::new()], |d| [interval(&d[0]), interval(&d[1])]);
        let range = format!("{} to {}", grouped(deaths.low.mean, 0), grouped(deaths.high.mean, 0));
        table.row([scenario.to_owned(), range, low, high]);
    }
    table
}

/// Pairs of scenarios: differences that hold together, how sure it is that one helps, and how much variance
/// pairing has saved.
pub fn pairs_table(measure: Measure, pairs: &[PairOf]) -> Table {
    let mut table = Table::new([
        "scenario",
        "against",
        "difference",
        "unit",
        "helps",
        "p",
        "p, all pairs",
        "variance saved by pairing",
    ]);
    let p = |p: Option<f64>| match p {
        None => "–".to_owned(),
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
    };
    for pair in pairs {
        table.row([
            pair.scenario.clone(),
            pair.baseline.clone(),
            with_interval(measure, &pair.difference.estimate),
            measure.shown().1.to_owned(),
            percent(pair.helps),
            p(pair.p_value),
            p(pair.p_value_of_all),
            percent(pair.difference.variance_saved_by_pairing),
        ]);
    }
    table
}

/// What one scenario changes against another, measure by measure: the baseline's mean, the paired difference with
/// its 95% interval, the probability that the scenario helps, and how much variance pairing has saved.
pub fn effect_table(results: &Results, baseline: &str, scenario: &str, measures: &[Measure]) -> Table {
    let mut table = Table::new(["", "unit", baseline, "change", "helps", "variance saved by pairing"]);
    for &measure in measures {
        let before = results.estimate(baseline, measure, Area::England, None);
        let change = results.difference(baseline, scenario, measure, Area::England, None);
        let (Some(before), Some(change)) = (before, change) else { continue };
        let helps = match measure.better() {
            Better::Lower => change.probability_below_zero,
            Better::Higher => change.probability_above_zero,
            Better::Neither => None,
        };
        table.row([
            measure.label().to_owned(),
            measure.shown().1.to_owned(),
            shown(measure, before.mean),
            with_interval(measure, &change.estimate),
            percent(helps),
            percent(change.variance_saved_by_pairing),
        ]);
    }
    table
}

/// How the variance of quantities splits between parameters and chance.
pub fn split_table<'a>(splits: impl IntoIterator<Item = (&'a Quantity, Split)>) -> Table {
    let mut table =
        Table::new(["quantity", "unit", "mean", "95% of draws", "below 0", "due to parameters", "to chance"]);
    for (quantity, split) in splits {
        let measure = quantity.measure();
        let share = split.share_of_parameters();
        table.row([
            quantity.label(),
            measure.shown().1.to_owned(),
            shown(measure, split.mean),
            format!("[{}, {}]", shown(measure, split.interval.low), shown(measure, split.interval.high)),
            percent(Some(split.below_zero)),
            percent(share),
            percent(share.map(|share| 1.0 - share)),
        ]);
    }
    table
}

impl fmt::Display for Tornado {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let measure = self.quantity.measure();
        let (_, unit, _) = measure.shown();
        writeln!(
            f,
            "{} [{unit}]: {} at the values of the pack",
            self.quantity.label(),
            shown(measure, self.here)
        )?;
        let longest = self.bars.first().map_or(0.0, |bar| bar.reach());
        let mut table = Table::new(["parameter", "from", "to", "at the lower", "at the upper", "reach"]);
        let change = |change: &Option<Difference>| {
            change.map_or_else(|| "–".to_owned(), |change| with_interval(measure, &change.estimate))
        };
        for bar in &self.bars {
            let length = if longest > 0.0 { (20.0 * bar.reach() / longest).round() as usize } else { 0 };
            table.row([
                bar.key.clone(),
                bar.ends[0].to_string(),
                bar.ends[1].to_string(),
                change(&bar.changes[0]),
                change(&bar.changes[1]),
                "█".repeat(length),
            ]);
        }
        table.fmt(f)
    }
}

/// Writes tornados to one tidy file.
///
/// # Errors
/// If the file cannot be written.
pub fn write_tornados(path: impl AsRef<Path>, tornados: &[Tornado]) -> Result<(), CsvError> {
    let header =
        ["quantity", "unit", "parameter", "end", "value", "change", "low", "high", "mean_at_pack_values"];
    let mut rows = Vec::new();
    for tornado in tornados {
        for bar in &tornado.bars {
            for (end, (value, change)) in ["low", "high"].iter().zip(bar.ends.iter().zip(&bar.changes)) {
                let interval = change.and_then(|change| change.estimate.interval);
                rows.push([
                    tornado.quantity.label(),
                    tornado.quantity.measure().unit().to_owned(),
                    bar.key.clone(),
                    (*end).to_owned(),
                    cell(*value),
                    cell(change.map(|change| change.estimate.mean)),
                    cell(interval.map(|interval| interval.low)),
                    cell(interval.map(|interval| interval.high)),
                    cell(tornado.here),
                ]);
            }
        }
    }
    write_rows(path, header, rows)
}

/// Elementary effects of parameters on a measure.
pub fn influence_table(measure: Measure, influences: &[Influence]) -> Table {
    let mut table = Table::new(["parameter", "unit", "mu*", "mu", "sigma"]);
    for influence in influences {
        table.row([
            influence.key.clone(),
            measure.shown().1.to_owned(),
            shown(measure, influence.mu_star),
            signed(measure, influence.mu),
            influence.sigma.map_or_else(|| "–".to_owned(), |sigma| shown(measure, sigma)),
        ]);
    }
    table
}

/// A search along a dose: what was tried, and where the target is crossed.
pub fn dose_table(measure: Measure, dose: &Dose) -> Table {
    let mut table = Table::new(["dose", measure.label(), "unit"]);
    for (amount, estimate) in &dose.tried {
        let value = with_interval(measure, estimate);
        table.row([
            grouped(*amount, 0),
            value.trim_start_matches('+').to_owned(),
            measure.shown().1.to_owned(),
        ]);
    }
    table
}

impl fmt::Display for Dose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.crossing, self.interval) {
            (Crossing::At(dose), Some(interval)) => {
                let [dose, low, high] = [dose, interval.low, interval.high].map(|x| grouped(x, 0));
                write!(f, "{dose} [{low}, {high}]")
            }
            (Crossing::At(dose), None) => f.write_str(&grouped(dose, 0)),
            (Crossing::BelowRange, _) => f.write_str("the least dose tried is enough"),
            (Crossing::AboveRange, _) => f.write_str("the greatest dose tried is not enough"),
        }
    }
}

/// Scenarios in a race for the best.
pub fn best_table(measure: Measure, best: &BestOf) -> Table {
    let mut table = Table::new(["scenario", "replications", measure.label(), "unit", ""]);
    for (name, replications, mean) in &best.all {
        let place = match &best.chosen {
            Some(chosen) if chosen == name => "best",
            _ if best.left.iter().any(|(left, _)| left == name) => "still in the race",
            _ => "behind",
        };
        table.row([
            name.clone(),
            replications.to_string(),
            shown(measure, *mean),
            measure.shown().1.to_owned(),
            place.to_owned(),
        ]);
    }
    table
}

impl fmt::Display for Attribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let measure = self.measure;
        writeln!(f, "{} [{}]", measure.label(), measure.shown().1)?;
        let mut table = Table::new(["", "level", "change", "alone", "on top of the others"]);
        let dash = || "–".to_owned();
        table.row([
            "without the plan".to_owned(),
            shown(measure, self.baseline.mean),
            dash(),
            dash(),
            dash(),
        ]);
        for ((name, contribution), (_, _, level)) in self.parts.iter().zip(self.waterfall()) {
            table.row([
                name.clone(),
                shown(measure, level),
                with_interval(measure, &contribution.shapley),
                with_interval(measure, &contribution.first_in),
                with_interval(measure, &contribution.last_in),
            ]);
        }
        table.row([
            "with all of it".to_owned(),
            shown(measure, self.plan.mean),
            with_interval(measure, &self.whole),
            dash(),
            dash(),
        ]);
        table.fmt(f)?;
        writeln!(
            f,
            "interaction, the whole less what its parts do alone: {}",
            with_interval(measure, &self.interaction)
        )
    }
}

/// Which parameters the variance of a quantity is due to: shares in per cent with 95% intervals.
pub fn variance_table(shares: &[VarianceShare]) -> Table {
    let mut table = Table::new(["parameter", "alone", "alone (Jansen)", "with interactions"]);
    let percent = |(share, interval): (f64, Interval)| {
        let [share, low, high] = [share, interval.low, interval.high].map(|x| format!("{:.0}", 100.0 * x));
        format!("{share}% [{low}, {high}]")
    };
    for share in shares {
        table.row([
            share.key.clone(),
            percent(share.first_order),
            percent(share.first_order_jansen),
            percent(share.total_order),
        ]);
    }
    table
}

/// Pounds and an interval of pounds, for people.
pub(super) fn pounds_text(pounds: f64) -> String {
    let sign = if pounds < 0.0 { "-" } else { "" };
    let decimals = if pounds.abs() < 10.0 { 2 } else { 0 };
    if pounds.is_finite() {
        format!("{sign}£{}", grouped(pounds.abs(), decimals))
    } else {
        "no bound".to_owned()
    }
}

pub(super) fn pounds_interval(interval: Option<Interval>) -> String {
    let text = |i: Interval| format!("[{}, {}]", pounds_text(i.low), pounds_text(i.high));
    interval.map_or_else(|| "–".to_owned(), text)
}

/// How much is saved, with its interval.
pub(super) fn saved_text(amount: &Estimate) -> String {
    let whole = |value: f64| grouped(value, 0);
    match amount.interval {
        Some(i) => format!("{} [{}, {}]", whole(amount.mean), whole(i.low), whole(i.high)),
        None => whole(amount.mean),
    }
}

const COST_HEADER: [&str; 5] =
    ["saved", "amount over the period", "pounds for each", "95% interval", "with range of prices"];

fn cost_cells(cost: &CostPer) -> [String; 5] {
    [
        cost.saved.label().to_owned(),
        saved_text(&cost.amount),
        cost.pounds.map_or_else(|| "–".to_owned(), pounds_text),
        pounds_interval(cost.interval),
        pounds_interval(cost.with_prices),
    ]
}

/// What a scenario saves and at what price.
pub fn cost_table(costs: &[CostPer]) -> Table {
    let mut table = Table::new(COST_HEADER);
    for cost in costs {
        table.row(cost_cells(cost));
    }
    table
}

/// The same of several scenarios, each with what it costs more than the baseline.
pub fn value_table(values: &[ValueForMoney]) -> Table {
    let mut table = Table::new(["scenario", "cost"].into_iter().chain(COST_HEADER));
    for value in values {
        let cost = value.cost.as_ref().map_or_else(|_| "not known".to_owned(), ToString::to_string);
        for (row, saved) in value.saved.iter().enumerate() {
            let first = if row == 0 { [value.scenario.clone(), cost.clone()] } else { Default::default() };
            table.row(first.into_iter().chain(cost_cells(saved)));
        }
    }
    table
}

/// Why costs of scenarios are not known, and what is not in those that are, a line each.
pub fn cost_notes(values: &[ValueForMoney]) -> Vec<String> {
    let mut notes = Vec::new();
    for value in values {
        if let Err(missing) = &value.cost {
            notes.push(format!("{}: the cost is not known: {missing}", value.scenario));
        }
        notes.extend(
            value.remarks.iter().map(|remark| format!("{}: not in the cost: {remark}", value.scenario)),
        );
    }
    notes
}

/// A daily series as a plot of characters, one column for each day or batch of days, with the cut of MSER-5.
pub fn plot(daily: &Daily, width: usize, height: usize) -> String {
    let series = daily.smoothed(1);
    let (width, height) = (width.clamp(10, 200), height.clamp(3, 40));
    if series.is_empty() {
        return String::new();
    }
    let step = series.len().div_ceil(width);
    let columns: Vec<f64> =
        series.chunks(step).map(|chunk| chunk.iter().sum::<f64>() / chunk.len() as f64).collect();
    let least = columns.iter().copied().fold(f64::INFINITY, f64::min);
    let most = columns.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let row_of = |value: f64| {
        let share = if most > least { (value - least) / (most - least) } else { 0.5 };
        (share * (height - 1) as f64).round() as usize
    };
    // a cut before the first day is no line
    let cut = daily.warm_up().filter(|cut| cut.observations > 0).map(|cut| cut.observations / step);
    let mut text = String::new();
    for row in (0..height).rev() {
        let label = match row {
            0 => shown(daily.measure, least),
            _ if row + 1 == height => shown(daily.measure, most),
            _ => String::new(),
        };
        let line: String = columns
            .iter()
            .enumerate()
            .map(|(column, &value)| match row_of(value) {
                own if own == row => '•',
                _ if cut == Some(column) => '|',
                _ => ' ',
            })
            .collect();
        text.push_str(&format!("{label:>9} {}\n", line.trim_end()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Month, date};

    #[test]
    fn a_plot_shows_the_start_up_and_where_it_ends() {
        let days: Vec<f64> = (0..60).map(|day| 100.0 + 50.0 * (-f64::from(day) / 4.0).exp()).collect();
        let first_month = Month::of(date(2022, 9, 1));
        let daily = Daily { measure: Measure::Boarders, first_month, days: vec![days] };
        let drawn = plot(&daily, 60, 8);
        assert_eq!(drawn.lines().count(), 8);
        assert!(drawn.lines().all(|line| line.contains('|') || line.contains('•')), "{drawn}");
        assert!(drawn.starts_with("      1") && drawn.contains("      100 "), "{drawn}");
        let none = Daily { measure: Measure::Boarders, first_month, days: vec![] };
        assert_eq!(plot(&none, 60, 8), "");
    }
}
