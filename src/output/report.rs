//! The report: one page with no network, the answer first.

use super::chart::{Bar, Group, Line, differences, escape, key, months};
use super::record::write_whole;
use super::study::{difference_text, grouped};
use crate::experiment::report_card::{ON_THE_CARD, OfProvider, Row, by_provider, report_card, scores};
use crate::experiment::{Difference, LeversIn, Results};
use crate::policy::Lever;
use crate::system::measures::{Better, Measure};
use crate::system::outcome::Area;
use crate::system::pack::ENGLAND;
use crate::system::pressure::Valve;
use std::fmt::Write;
use std::io;
use std::path::Path;

mod costs;

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report<'a> {
    /// Its heading.
    pub title: &'a str,
    /// The scenario that the others are compared with.
    pub baseline: &'a str,
    /// The measures shown, the most important first.
    pub measures: &'a [Measure],
    /// Whether deaths associated with long waits are shown.
    pub harm: bool,
}

/// Monthly charts are drawn for at most so many measures; all are in the files.
const MONTHLY_CHARTS: usize = 6;

impl Results {
    /// Writes the report to a file: one page that needs no network.
    ///
    /// # Errors
    /// If it cannot be written; it appears complete or not at all.
    pub fn write_report(&self, path: impl AsRef<Path>, report: &Report<'_>) -> io::Result<()> {
        write_whole(path.as_ref(), &self.report_html(report))
    }

    /// The report as a page of HTML.
    pub fn report_html(&self, report: &Report<'_>) -> String {
        let page = Page { results: self, report, html: String::new() };
        page.whole()
    }
}

struct Page<'a> {
    results: &'a Results,
    report: &'a Report<'a>,
    html: String,
}

impl Page<'_> {
    fn whole(mut self) -> String {
        let title = escape(self.report.title);
        let place = self.results.pack().local().map_or("England", |place| place.name()).to_owned();
        let is_pulled = self.results.checked_scenarios().iter().any(|scenario| !scenario.levers().is_empty());
        let levers = match self.results.levers_in() {
            LeversIn::PartOfWhole if is_pulled => " Levers: the place gets its part of those of the whole.",
            LeversIn::Place if is_pulled => " Levers: all of them are pulled in the place.",
            _ => "",
        };
        let _ = write!(
            self.html,
            "<!DOCTYPE html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" \
             content=\"light dark\"><title>{title}</title><style>{STYLE}</style></head><body><main>\n<h1>{title}</h1>\n\
             <p class=\"sub\">{}, {}; {} replication{} of each scenario; compared with &lsquo;{}&rsquo; on the same \
             people. Intervals are 95% and of random variation only.{levers}</p>\n",
            escape(&place),
            escape(&self.results.period()),
            self.results.replications(),
            if self.results.replications() == 1 { "" } else { "s" },
            escape(self.report.baseline)
        );
        self.answer();
        self.headline_chart();
        self.monthly();
        self.costs();
        self.harm();
        self.disagreements();
        self.levers();
        self.sources();
        self.method();
        self.html.push_str("</main></body></html>\n");
        self.html
    }

    fn others(&self) -> Vec<String> {
        let others = self.results.scenarios().filter(|&scenario| scenario != self.report.baseline);
        others.map(str::to_owned).collect()
    }

    fn difference(&self, scenario: &str, measure: Measure) -> Option<Difference> {
        self.results.difference(self.report.baseline, scenario, measure, Area::England, None)
    }

    fn answer(&mut self) {
        self.html.push_str("<section><h2>The answer</h2>\n<ul class=\"answer\">");
        let others = self.others();
        for scenario in &others {
            let said: Vec<String> = self
                .report
                .measures
                .iter()
                .filter_map(|&measure| sentence(measure, &self.difference(scenario, measure)?))
                .take(3)
                .collect();
            let said = if said.is_empty() {
                "nothing that can be measured changes".to_owned()
            } else {
                said.join("; ")
            };
            let _ = write!(self.html, "<li><strong>{}</strong>: {said}.</li>", escape(scenario));
        }
        if others.is_empty() {
            self.html.push_str("<li>There is one scenario only: nothing to compare.</li>");
        }
        self.html.push_str("</ul></section>\n");
    }

    fn headline_chart(&mut self) {
        let (results, report) = (self.results, self.report);
        let others = self.others();
        let mut groups = Vec::new();
        let mut rows = String::new();
        for &measure in report.measures {
            let Some(before) = results.estimate(report.baseline, measure, Area::England, None) else {
                continue;
            };
            let (scale, unit, decimals) = measure.shown();
            let _ = write!(
                rows,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td>",
                escape(measure.label()),
                escape(unit),
                grouped(before.mean * scale, decimals)
            );
            let mut bars = Vec::new();
            for scenario in &others {
                let difference = self.difference(scenario, measure);
                let text =
                    difference.as_ref().map_or_else(|| "–".to_owned(), |d| difference_text(d, measure));
                let class = difference.as_ref().map_or("", |d| verdict(measure, d));
                let _ = write!(rows, "<td class=\"{class}\">{text}</td>");
                bars.push(difference.filter(|_| before.mean != 0.0).map(|d| relative(&d, before.mean)));
            }
            rows.push_str("</tr>\n");
            groups.push(Group { label: measure.label().to_owned(), bars });
        }
        let header: String = others.iter().map(|s| format!("<th scope=\"col\">{}</th>", escape(s))).collect();
        if !others.is_empty() {
            let chart = differences(
                "Change of each measure, in percent of the baseline",
                "change, % of the baseline",
                &groups,
            );
            let _ = write!(
                self.html,
                "<section><h2>What changes</h2><figure>{chart}<figcaption>{} Change in percent of the baseline; \
                 the bar is the 95% interval.</figcaption></figure>",
                key_of(&others)
            );
        } else {
            self.html.push_str("<section><h2>What the model says</h2>");
        }
        let _ = writeln!(
            self.html,
            "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">measure</th><th scope=\"col\">unit</th>\
             <th scope=\"col\">{}</th>{header}</tr></thead><tbody>{rows}</tbody></table></div>\
             <p class=\"note\">Differences with 95% intervals; shaded where the interval excludes zero and the change \
             is for the better (▲ marks one for the worse). Counts are per month, people per day, lists those of the \
             last month.</p></section>",
            escape(report.baseline)
        );
    }

    fn monthly(&mut self) {
        let (results, report) = (self.results, self.report);
        let all: Vec<String> = results.scenarios().map(str::to_owned).collect();
        let names: Vec<String> = results.months().iter().map(ToString::to_string).collect();
        self.html.push_str("<section><h2>Month by month</h2>");
        for &measure in report.measures.iter().take(MONTHLY_CHARTS) {
            let (scale, unit, decimals) = measure.shown();
            let mut lines = Vec::new();
            for scenario in &all {
                let estimates: Vec<_> = results
                    .months()
                    .iter()
                    .map(|&month| results.estimate(scenario, measure, Area::England, Some(month)))
                    .collect();
                lines.push(Line {
                    values: estimates.iter().map(|e| e.as_ref().map(|e| e.mean * scale)).collect(),
                    bands: estimates
                        .iter()
                        .map(|e| e.as_ref().and_then(|e| e.interval).map(|i| (i.low * scale, i.high * scale)))
                        .collect(),
                });
            }
            let published = self.published(measure);
            if lines.iter().all(|line| line.values.iter().all(Option::is_none)) {
                continue;
            }
            let has_published = published.iter().any(Option::is_some);
            let chart = months(measure.label(), unit, &names, &lines, &published);
            let note = if has_published { " <span class=\"cross\">×</span> published." } else { "" };
            let _ = write!(
                self.html,
                "<h3>{}</h3><figure>{chart}<figcaption>{}{note}</figcaption></figure><div class=\"scroll\"><table>\
                 <thead><tr><th scope=\"col\">month</th>",
                escape(measure.label()),
                key_of(&all)
            );
            for name in &all {
                let _ = write!(self.html, "<th scope=\"col\">{} [{}]</th>", escape(name), escape(unit));
            }
            self.html.push_str(if has_published { "<th scope=\"col\">published</th>" } else { "" });
            self.html.push_str("</tr></thead><tbody>");
            for (month, name) in names.iter().enumerate() {
                let _ = write!(self.html, "<tr><th scope=\"row\">{}</th>", escape(name));
                let shown =
                    |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| grouped(v, decimals));
                for line in &lines {
                    let value = line.values.get(month).copied().flatten();
                    let band = line.bands.get(month).copied().flatten();
                    let band = band.map_or_else(String::new, |(low, high)| {
                        format!(" [{}, {}]", grouped(low, decimals), grouped(high, decimals))
                    });
                    let _ = write!(self.html, "<td>{}{band}</td>", shown(value));
                }
                if has_published {
                    let value = published.get(month).copied().flatten();
                    let _ = write!(self.html, "<td>{}</td>", shown(value));
                }
                self.html.push_str("</tr>");
            }
            self.html.push_str("</tbody></table></div>\n");
        }
        self.html.push_str(
            "<p class=\"note\">Every measure by month and, over the period, by provider is in the CSV files.</p></section>\n",
        );
    }

    /// What was published for England in each month; a place has no published total.
    fn published(&self, measure: Measure) -> Vec<Option<f64>> {
        let pack = self.results.pack();
        let metric = ON_THE_CARD.iter().find(|(m, _)| *m == measure).map(|(_, metric)| *metric);
        let scale = measure.shown().0;
        let value = |month| {
            let value = pack.observed().get(ENGLAND, metric?, month)?;
            Some(value * scale)
        };
        let is_whole = pack.local().is_none();
        self.results.months().iter().map(|&month| value(month).filter(|_| is_whole)).collect()
    }

    fn disagreements(&mut self) {
        self.html.push_str("<section><h2>Where the model disagrees with published figures</h2>");
        let is_history = self
            .results
            .checked_scenarios()
            .iter()
            .any(|scenario| scenario.name() == self.report.baseline && scenario.levers().is_empty());
        if !is_history {
            self.html.push_str(
                "<p>What was published is of the system as it was, which this question does not run. The report card \
                 (<code>nhs-capacity report-card</code>) shows how far the model is from it.</p></section>\n",
            );
            return;
        }
        if self.results.pack().local().is_some() {
            return self.disagreements_of_providers();
        }
        let rows: Vec<Row> = report_card(self.results, self.report.baseline);
        self.html.push_str(
            "<p>Mean absolute error over the months shown, of the model and of two naive guesses. Where a guess is \
             nearer than the model, the row is marked: read those measures with care.</p><div class=\"scroll\"><table>\
             <thead><tr><th scope=\"col\">measure</th><th scope=\"col\">unit</th><th scope=\"col\">published, \
             mean</th><th scope=\"col\">model</th><th scope=\"col\">bias</th><th scope=\"col\">no change</th>\
             <th scope=\"col\">same month last year</th></tr></thead><tbody>",
        );
        for score in scores(&rows) {
            let (scale, unit, decimals) = score.measure.shown();
            let number = |value: Option<f64>| {
                value.map_or_else(|| "–".to_owned(), |value| grouped(value * scale, decimals))
            };
            let best_guess = [score.no_change, score.same_month_last_year]
                .into_iter()
                .flatten()
                .fold(f64::INFINITY, f64::min);
            let is_worse = score.model.is_some_and(|error| error > best_guess);
            let _ = write!(
                self.html,
                "<tr{}><th scope=\"row\">{}</th><td>{unit}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                if is_worse { " class=\"worse\"" } else { "" },
                escape(score.measure.label()),
                number(score.published_mean),
                number(score.model),
                number(score.bias),
                number(score.no_change),
                number(score.same_month_last_year)
            );
        }
        self.html.push_str("</tbody></table></div></section>\n");
    }

    /// A place has no published total, but its providers have figures of their own.
    fn disagreements_of_providers(&mut self) {
        self.html.push_str(
            "<p>Means over the months that have both. Figures of single providers rest on national assumptions and \
             are further off than those of England (<code>nhs-capacity report-card</code>): an \
             ambulance service that is cut at the border stands beside its whole figure.</p><div class=\"scroll\"><table><thead><tr><th \
             scope=\"col\">measure</th><th scope=\"col\">provider</th><th scope=\"col\">unit</th><th \
             scope=\"col\">published</th><th scope=\"col\">model</th></tr></thead><tbody>",
        );
        let rows = report_card(self.results, self.report.baseline);
        let shown = |of: &OfProvider<'_>| self.report.measures.contains(&of.measure);
        for of in by_provider(&rows).iter().filter(|of| shown(of)) {
            let (scale, unit, decimals) = of.measure.shown();
            let _ = write!(
                self.html,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{unit}</td><td>{}</td><td>{}</td></tr>",
                escape(of.measure.label()),
                escape(of.area),
                grouped(of.published * scale, decimals),
                grouped(of.model * scale, decimals)
            );
        }
        self.html.push_str("</tbody></table></div></section>\n");
    }

    fn levers(&mut self) {
        let mut shown: Vec<&str> = Vec::new();
        let mut text = String::new();
        for lever in self.results.checked_scenarios().iter().flat_map(|scenario| scenario.levers()) {
            let Some(description) = Lever::CATALOGUE.iter().find(|d| d.name == lever.name()) else {
                continue;
            };
            if shown.contains(&description.name) {
                continue;
            }
            shown.push(description.name);
            let _ = write!(
                text,
                "<dt>{}</dt><dd>{}. <em>Evidence</em>: {}.</dd>",
                escape(description.title),
                escape(description.mechanism),
                escape(description.evidence)
            );
        }
        if !text.is_empty() {
            let _ = writeln!(self.html, "<section><h2>What the levers do</h2><dl>{text}</dl></section>");
        }
    }

    fn sources(&mut self) {
        let pack = self.results.pack();
        let _ = write!(self.html, "<section><h2>Sources</h2><p>{}.", escape(pack.name()));
        self.html.push_str(
            " Contains public sector information licensed under the Open Government Licence v3.0.</p>",
        );
        if let Some(place) = pack.local() {
            self.html.push_str("<h3>The border of the place</h3><ul>");
            for border in place.borders() {
                let _ = write!(self.html, "<li>{}</li>", escape(border));
            }
            self.html.push_str("</ul>");
        }
        if !pack.replaced().is_empty() {
            self.html.push_str("<h3>Values replaced in the pack</h3><ul>");
            for replaced in pack.replaced() {
                let _ = write!(self.html, "<li>{}</li>", escape(&replaced.to_string()));
            }
            self.html.push_str("</ul>");
        }
        self.html.push_str("<details><summary>Publications</summary><ul>");
        for source in pack.sources().values() {
            let _ = write!(
                self.html,
                "<li>{}, <cite>{}</cite>, {}. {}.</li>",
                escape(&source.publisher),
                escape(&source.publication),
                escape(&source.period),
                escape(&source.licence)
            );
        }
        self.html.push_str("</ul></details></section>\n");
    }

    fn method(&mut self) {
        let results = self.results;
        let question = results.question().map(|print| print.to_string()).unwrap_or_default();
        let _ = write!(
            self.html,
            "<section><h2>Method</h2><p>Every patient of every trust is simulated from call or arrival to departure, \
             {:.1} million people a run on average. All scenarios meet the same people with the same needs (common \
             random numbers), so a difference is the lever's; it is taken replication by replication and its interval \
             is Student's t. {} month{} of warm-up are simulated and not reported. Uncertainty of parameters is not in \
             the intervals. Not for advice about patients, for judging single trusts, or for decisions that rest on this model \
             alone.</p>",
            results.people_per_run() / 1e6,
            results.warm_up_months(),
            if results.warm_up_months() == 1 { "" } else { "s" }
        );
        if let Some(precision) = results.precision() {
            let _ = write!(self.html, "<p class=\"note\">{}.</p>", escape(&precision.to_string()));
        }
        let off: Vec<&str> = results.valves().off().map(Valve::name).collect();
        if !off.is_empty() {
            let _ = write!(
                self.html,
                "<p class=\"note\">Pressure valves that do not work: {}.</p>",
                off.join(", ")
            );
        }
        if results.scenarios().count() > 1 {
            self.html.push_str(
                "<p class=\"note\">Intervals and shading are of each comparison by itself: of twenty differences that are nothing, \
                 one is shaded. pairs.csv has intervals and p-values that allow for the number of pairs.</p>",
            );
        }
        let comparison = results.compared_with(self.report.baseline).of_measures(self.report.measures);
        for line in comparison.pairing_note().lines() {
            let _ = write!(self.html, "<p class=\"note\">{}.</p>", escape(line));
        }
        for warning in results.warnings() {
            let _ = write!(self.html, "<p class=\"note\">Note: {}.</p>", escape(warning));
        }
        let _ = writeln!(
            self.html,
            "<p class=\"note\">nhs-capacity {}, seed {}, question {question}, system {}.</p></section>",
            env!("CARGO_PKG_VERSION"),
            results.seed(),
            results.pack().fingerprint()
        );
    }
}

fn key_of(scenarios: &[String]) -> String {
    let entries = scenarios.iter().enumerate();
    entries.map(|(i, name)| format!("<span class=\"entry\">{}{}</span> ", key(i), escape(name))).collect()
}

fn relative(difference: &Difference, before: f64) -> Bar {
    let percent = |value: f64| 100.0 * value / before.abs();
    let estimate = &difference.estimate;
    let (low, high) = estimate.interval.map_or((estimate.mean, estimate.mean), |i| (i.low, i.high));
    Bar { mean: percent(estimate.mean), low: percent(low), high: percent(high) }
}

/// Whether a difference is for the better, for the worse, or may be nothing.
fn verdict(measure: Measure, difference: &Difference) -> &'static str {
    let Some(interval) = difference.estimate.interval else { return "" };
    match (measure.better(), interval.high < 0.0, interval.low > 0.0) {
        (Better::Lower, true, _) | (Better::Higher, _, true) => "better",
        (Better::Lower, _, true) | (Better::Higher, true, _) => "worse",
        _ => "",
    }
}

fn sentence(measure: Measure, difference: &Difference) -> Option<String> {
    if difference.estimate.mean == 0.0 {
        return None;
    }
    // a difference of percentages is in points
    let unit = Some(measure.shown().1).filter(|unit| *unit != "%").unwrap_or("points");
    let probability = match measure.better() {
        Better::Lower => difference.probability_below_zero.map(|p| (p, "less")),
        Better::Higher => difference.probability_above_zero.map(|p| (p, "more")),
        Better::Neither => None,
    };
    let probability = probability.map_or_else(String::new, |(p, word)| {
        let percent = if p > 0.995 { "over 99".to_owned() } else { format!("{:.0}", 100.0 * p) };
        format!(", {word} with probability {percent}%")
    });
    let text = escape(&difference_text(difference, measure));
    Some(format!("{} {text} {}{probability}", escape(measure.label()), escape(unit)))
}

const STYLE: &str = include_str!("report/style.css");
