//! The sections of the report that say what scenarios cost and, if asked for, what harm goes with waits.

use super::super::answers::{cost_notes, harm_table, pounds_interval, pounds_text, saved_text};
use super::super::study::grouped;
use super::{Page, escape};
use crate::experiment::overlay::HARM_CAVEAT;
use crate::policy::cost::Cost;
use std::fmt::Write;

impl Page<'_> {
    /// Deaths associated with long waits, with what must be read beside them.
    pub(super) fn harm(&mut self) {
        if !self.report.harm {
            return;
        }
        let table = harm_table(self.results, self.report.baseline);
        let _ = writeln!(
            self.html,
            "<section><h2>Deaths associated with long waits</h2><div class=\"scroll\"><pre>{}</pre></div>\
             <p class=\"note\">{}</p></section>",
            escape(&table.to_string()),
            escape(HARM_CAVEAT)
        );
    }

    /// What scenarios cost and what they save at what price; nothing if none has a lever or a cost.
    pub(super) fn costs(&mut self) {
        let values = self.results.value_for_money(self.report.baseline);
        let scenarios = self.results.checked_scenarios();
        let is_nothing = scenarios.iter().all(|scenario| {
            let cost = self.results.cost(scenario.name());
            scenario.levers().is_empty() && !cost.is_some_and(Cost::is_given)
        });
        if values.is_empty() || is_nothing {
            return;
        }
        self.html.push_str(
            "<section><h2>What it costs</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">scenario</th>\
             <th scope=\"col\">cost</th><th scope=\"col\">saved</th><th scope=\"col\">how much</th><th scope=\"col\">pounds \
             for each</th><th scope=\"col\">95% interval</th><th scope=\"col\">with range of prices</th></tr></thead><tbody>",
        );
        for value in &values {
            for (row, saved) in value.saved.iter().enumerate() {
                let cost = value.cost.as_ref().map_or_else(|_| "not known".to_owned(), ToString::to_string);
                let (name, cost) =
                    if row == 0 { (value.scenario.as_str(), cost) } else { ("", String::new()) };
                let _ = write!(
                    self.html,
                    "<tr><th scope=\"row\">{}</th><td>{cost}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                    escape(name),
                    saved.saved.label(),
                    saved_text(&saved.amount),
                    saved.pounds.map_or_else(|| "–".to_owned(), pounds_text),
                    pounds_interval(saved.interval),
                    pounds_interval(saved.with_prices)
                );
            }
        }
        self.html.push_str(
            "</tbody></table></div><p class=\"note\">Costs are of the months and the place shown, beyond those of the \
             baseline, undiscounted; what is built counts once and in full. What a lever saves elsewhere is not taken off. \
             Intervals are of random variation, the last column has the range of prices as well. No bound: it may be that \
             nothing is saved.</p><ul>",
        );
        for note in cost_notes(&values) {
            let _ = write!(self.html, "<li>{}.</li>", escape(&note));
        }
        for scenario in scenarios {
            let Some(cost) = self.results.cost(scenario.name()).filter(|cost| !cost.is_given()) else {
                continue;
            };
            for item in cost.items() {
                let (Some(resource), Some(amount)) = (item.resource, item.amount) else { continue };
                let prices = self.results.prices();
                let units = prices.entry(resource).map_or("", |entry| entry.units.as_str());
                let _ = write!(
                    self.html,
                    "<li>{}: {} {}, {amount}. {}.</li>",
                    escape(scenario.name()),
                    grouped(item.quantity, 0),
                    escape(units),
                    escape(&prices.said_of(resource))
                );
            }
        }
        self.html.push_str("</ul></section>\n");
    }
}
