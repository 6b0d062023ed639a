//! `run.json`: what was run, so that it can be run again.

use crate::experiment::{LeversIn, Results};
use crate::policy::Lever;
use crate::policy::cost::Cost;
use crate::policy::prices::Amount;
use crate::system::measures::Measure;
use crate::system::outcome::Area;
use crate::system::pack::Replaced;
use crate::system::pressure::Valve;
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;

/// What was run. It holds no clock time and no path of a machine, so that two runs of one question have
/// the same record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    program: &'static str,
    version: &'static str,
    pack: String,
    pack_fingerprint: String,
    question_fingerprint: Option<String>,
    seed: u64,
    replications: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    until_precise: Option<Precise>,
    first_month: Option<String>,
    last_month: Option<String>,
    warm_up_months: usize,
    place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    levers: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    valves_off: Vec<&'static str>,
    borders: Vec<String>,
    replaced: Vec<Replaced>,
    scenarios: Vec<ScenarioRecord>,
    events: u64,
    people_per_run: f64,
    warnings: Vec<String>,
    // a few values of the first scenario, to see at once whether another machine gives the same
    check_values: Vec<(&'static str, Option<f64>)>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Precise {
    measure: &'static str,
    share: f64,
    reached: Option<f64>,
    is_met: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct ScenarioRecord {
    name: String,
    levers: Vec<Lever>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostRecord>,
}

/// What a scenario costs over the months that are reported, or why that is not known.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum CostRecord {
    Known { pounds: f64, low: f64, high: f64, price_year: u16, is_given: bool },
    NotKnown { not_known_because: String },
}

impl CostRecord {
    fn of(cost: &Cost) -> Self {
        match cost.total() {
            Ok(Amount { pounds, low, high }) => Self::Known {
                pounds: pounds.amount(),
                low,
                high,
                price_year: pounds.price_year(),
                is_given: cost.is_given(),
            },
            Err(not_known_because) => Self::NotKnown { not_known_because },
        }
    }
}

impl Record {
    /// The record of some results.
    pub fn of(results: &Results) -> Self {
        let pack = results.pack();
        let (first, last) = (results.months().first(), results.months().last());
        let scenario = |scenario: &crate::scenario::CheckedScenario| ScenarioRecord {
            name: scenario.name().to_owned(),
            levers: scenario.levers().to_vec(),
            cost: results
                .cost(scenario.name())
                .filter(|cost| cost.is_given() || !scenario.levers().is_empty())
                .map(CostRecord::of),
        };
        let value = |measure: Measure| {
            let scenario = results.scenarios().next()?;
            Some(results.estimate(scenario, measure, Area::England, None)?.mean)
        };
        Self {
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            pack: pack.name().to_owned(),
            pack_fingerprint: pack.fingerprint().to_string(),
            question_fingerprint: results.question().map(|print| print.to_string()),
            seed: results.seed(),
            replications: results.replications(),
            until_precise: results.precision().map(|precision| Precise {
                measure: precision.measure.name(),
                share: precision.wanted,
                reached: precision.reached,
                is_met: precision.is_met,
            }),
            first_month: first.map(ToString::to_string),
            last_month: last.map(ToString::to_string),
            warm_up_months: results.warm_up_months(),
            place: pack.local().map(|place| place.name().to_owned()),
            levers: match results.levers_in() {
                LeversIn::England => None,
                LeversIn::PartOfWhole => Some("of the whole"),
                LeversIn::Place => Some("here"),
            },
            valves_off: results.valves().off().map(Valve::name).collect(),
            borders: pack.local().map(|place| place.borders().to_vec()).unwrap_or_default(),
            replaced: pack.replaced().to_vec(),
            scenarios: results.checked_scenarios().iter().map(scenario).collect(),
            events: results.events(),
            people_per_run: results.people_per_run(),
            warnings: results.warnings().map(str::to_owned).collect(),
            check_values: Measure::HEADLINES.map(|measure| (measure.name(), value(measure))).to_vec(),
        }
    }
}

impl Results {
    /// Writes `run.json`: version, fingerprints, seed, place, what was replaced, scenarios with every lever.
    ///
    /// # Errors
    /// If it cannot be written; it appears complete or not at all.
    pub fn write_record(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let mut text = serde_json::to_string_pretty(&Record::of(self)).map_err(io::Error::from)?;
        text.push('\n');
        write_whole(path.as_ref(), &text)
    }
}

/// Writes a text under a temporary name in the same folder, then renames it: complete or not at all.
///
/// # Errors
/// If it cannot be written; the error names the file.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = std::fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        // already failing: what cannot be removed either is only litter
        let _ = std::fs::remove_file(&temporary);
    }
    written.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
