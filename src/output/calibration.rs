//! A fit as tables: values with intervals, targets, and published beside modelled figures by month.

use super::study::grouped;
use super::table::Table;
use crate::experiment::calibrate::{Calibrated, Fit};
use std::fmt;

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([
            "target",
            "unit",
            "published",
            "model",
            "mean absolute error",
            "tolerated",
            "in tolerances",
            "met",
        ]);
        for fit in &self.targets {
            let (scale, unit, decimals) = fit.target.measure.shown();
            let number = |value: f64| grouped(value * scale, decimals);
            table.row([
                fit.target.measure.label().to_owned(),
                unit.to_owned(),
                number(fit.published),
                number(fit.model),
                number(fit.mean_absolute_error),
                number(fit.target.tolerance.beside(fit.published)),
                format!("{:.2}", fit.discrepancy),
                if fit.is_met() { "yes" } else { "no" }.to_owned(),
            ]);
        }
        writeln!(f, "{table}discrepancy {:.3} tolerances", self.discrepancy)
    }
}

impl Fit {
    /// Published and modelled figures month by month.
    pub fn by_month(&self) -> Table {
        let mut table = Table::new(["target", "unit", "month", "published", "model", "difference"]);
        for row in self.targets.iter().flat_map(|fit| &fit.rows) {
            let (scale, unit, decimals) = row.measure.shown();
            let number = |value: f64| grouped(value * scale, decimals);
            table.row([
                row.measure.label().to_owned(),
                unit.to_owned(),
                row.month.to_string(),
                number(row.published),
                number(row.model),
                number(row.model - row.published),
            ]);
        }
        table
    }
}

impl fmt::Display for Calibrated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.national.is_empty() {
            let mut table =
                Table::new(["parameter", "unit", "before", "fitted", "low", "high", "looked from", "to", ""]);
            for fitted in &self.national {
                let (from, to) = fitted.searched;
                let numbers =
                    [fitted.before, fitted.value, fitted.low, fitted.high, from, to].map(|x| x.to_string());
                let edge = if fitted.is_at_edge() { "at the edge" } else { "" };
                let row = [fitted.key.clone(), fitted.unit.to_owned()].into_iter().chain(numbers);
                table.row(row.chain([edge.to_owned()]));
            }
            writeln!(f, "{table}")?;
        }
        if !self.tables.is_empty() {
            let mut table =
                Table::new(["by provider", "providers", "with a target", "spread", "kept", "interval"]);
            for fitted in &self.tables {
                table.row([
                    fitted.parameter.name().to_owned(),
                    fitted.values.len().to_string(),
                    fitted.with_target.to_string(),
                    format!("{:.1}%", 100.0 * fitted.between),
                    format!("{:.0}%", 100.0 * fitted.kept),
                    format!("±{:.1}%", 100.0 * fitted.relative_interval),
                ]);
            }
            writeln!(f, "{table}")?;
        }
        writeln!(f, "before\n{}\nafter\n{}", self.before, self.fit)
    }
}
