//! Commands that explain or check: levers, places, check, export.

use crate::Check;
use nhs_capacity::experiment::Question;
use nhs_capacity::experiment::question_file::read_scenario;
use nhs_capacity::output::Table;
use nhs_capacity::output::study::grouped;
use nhs_capacity::policy::cost::{Cost, Days};
use nhs_capacity::policy::prices::Prices;
use nhs_capacity::policy::{Description, Lever};
use nhs_capacity::system::measures::Measure;
use nhs_capacity::system::pack::{SystemPack, england, export_england};
use std::error::Error;
use std::io::Write;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

fn say(text: &str) -> Done {
    match std::io::stdout().write_all(text.as_bytes()) {
        // whoever reads has seen enough
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

macro_rules! examples {
    ($($name:literal,)+) => {
        /// A study to copy for each lever.
        const EXAMPLES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../examples/questions/levers/", $name, ".toml"))),)+];
    };
}

examples! {
    "ambulance_staffing",
    "auxiliary_ambulances",
    "beds",
    "diagnostic_centres",
    "discharge_fund",
    "ed_staffing",
    "falls_response",
    "halos",
    "hear_and_treat_desk",
    "hospital_building",
    "independent_sector",
    "intelligent_routing",
    "long_waits",
    "staffing",
    "surgical_hubs",
    "theatre_productivity",
    "theatre_staffing",
    "urgent_treatment_redirection",
    "validation",
    "virtual_outpatients",
    "virtual_wards",
}

/// The table of a lever as it stands in a study file.
fn example(lever: &str) -> String {
    let text = EXAMPLES.iter().find(|(name, _)| *name == lever).map_or("", |(_, text)| *text);
    let start = text.find(&format!("[scenario.{lever}]")).unwrap_or(text.len());
    text[start..].trim_end().to_owned()
}

/// What is known of the cost of a lever, line by line: of the dose in its example, and of each thing it uses.
fn costs(lever: &Description) -> Vec<String> {
    let prices = Prices::published();
    let mut lines: Vec<String> = lever.uses.iter().map(|&resource| prices.said_of(resource)).collect();
    if !lever.not_counted.is_empty() {
        lines.push(format!("not counted: {}", lever.not_counted));
    }
    let text = EXAMPLES.iter().find(|(name, _)| *name == lever.name).map_or("", |(_, text)| *text);
    let question = Question::from_toml(text, lever.name).unwrap_or_default();
    let Some(scenario) = question.scenarios.last() else { return lines };
    let (Some(from), Some(until)) = (question.from, question.until) else { return lines };
    let days = Days::new(from.first_day(), until.last_day());
    let cost = Cost::of(scenario.levers.iter().map(|lever| (lever, 1.0)), &england(), days, &prices);
    let used = cost.items().iter().filter_map(|item| {
        let units = &prices.entry(item.resource?)?.units;
        Some(format!("{} {units}", grouped(item.quantity, 0)))
    });
    let used = used.collect::<Vec<_>>().join(", ");
    let total = cost.total().map_or_else(|_| "no total".to_owned(), |total| total.to_string());
    let of = format!("'{}', {from} to {until}", scenario.name);
    lines.push(if used.is_empty() { format!("{total}: {of}") } else { format!("{total}: {of}, {used}") });
    lines
}

pub fn levers(names: &[String]) -> Done {
    if let Some(unknown) = names.iter().find(|name| !Lever::NAMES.contains(&name.as_str())) {
        return Err(format!("there is no lever '{unknown}'; levers are {}", Lever::NAMES.join(", ")).into());
    }
    let mut text = String::new();
    for lever in Lever::CATALOGUE.iter().filter(|l| names.is_empty() || names.iter().any(|n| n == l.name)) {
        text.push_str(&format!("[{}]  {}\n", lever.name, lever.title));
        text.push_str(&format!("  mechanism  {}\n", lever.mechanism));
        text.push_str(&format!("  evidence   {}\n", lever.evidence));
        for line in costs(lever) {
            text.push_str(&format!("  cost       {line}\n"));
        }
        text.push('\n');
        let mut table = Table::new(["field", "unit", "allowed", "meaning"]);
        for field in lever.fields {
            table.row([field.name, field.unit, field.allowed, field.meaning]);
        }
        for line in table.to_string().lines() {
            text.push_str(&format!("  {line}\n"));
        }
        text.push_str("\n  in a study file, below [[scenario]] and its name:\n");
        for line in example(lever.name).lines() {
            text.push_str(&format!("    {line}\n"));
        }
        text.push('\n');
    }
    say(&text)
}

pub fn places() -> Done {
    let pack = england();
    let mut text = String::new();
    let mut regions: Vec<&str> = pack.trusts().iter().map(|trust| trust.region.as_str()).collect();
    regions.sort_unstable();
    regions.dedup();
    text.push_str(&format!("regions: {}\n\n", regions.join(", ")));
    let mut table = Table::new(["code", "kind", "name"]);
    for service in pack.ambulance_services() {
        table.row([service.code.to_string(), "ambulance".to_owned(), service.name.clone()]);
    }
    for care in pack.care_systems() {
        table.row([care.code.to_string(), "icb".to_owned(), care.name.clone()]);
    }
    for trust in pack.trusts() {
        table.row([trust.code.to_string(), "trust".to_owned(), trust.name.clone()]);
    }
    text.push_str(&format!("{table}\n"));
    let mut table = Table::new(["measure", "unit", "meaning"]);
    for measure in Measure::ALL {
        table.row([measure.name(), measure.unit(), measure.label()]);
    }
    text.push_str(&table.to_string());
    say(&text)
}

pub fn export(folder: &Path) -> Done {
    export_england(folder)?;
    say(&format!("England's pack is in {}; check it with `nhs-capacity check {0}`\n", folder.display()))
}

pub fn check(check: &Check) -> Done {
    let pack = check.pack.as_ref().map_or_else(|| Ok(england()), SystemPack::from_folder)?;
    let mut wrong = Vec::new();
    for path in &check.paths {
        match check_one(path, &pack) {
            Ok(good) => say(&format!("{}: {good}\n", path.display()))?,
            Err(error) => wrong.push(error.to_string()),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// What a good folder or file holds.
fn check_one(path: &Path, pack: &SystemPack) -> Result<String, Box<dyn Error>> {
    if path.is_dir() {
        let pack = SystemPack::from_folder(path)?;
        return Ok(format!(
            "a good pack: {}, {} to {}, {} acute trusts, {} ambulance services, {} care systems",
            pack.name(),
            pack.first_month(),
            pack.last_month(),
            pack.trusts().len(),
            pack.ambulance_services().len(),
            pack.care_systems().len()
        ));
    }
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if text.parse::<toml::Table>().is_ok_and(|table| table.is_empty()) {
        let what = "holds nothing: a study has tables [[scenario]], a scenario a name and a table a lever, \
                    an overlay a source and the values to replace (see `nhs-capacity --help`)";
        return Err(format!("{}: {what}", path.display()).into());
    }
    let has = |key: &str| text.parse::<toml::Table>().is_ok_and(|table| table.contains_key(key));
    let notes =
        |notes: Vec<String>| -> String { notes.iter().map(|note| format!("\n  note: {note}")).collect() };
    if has("scenario") || has("from") {
        let question = Question::from_file(path)?;
        let said = question.study()?.validate()?;
        let n = question.scenarios.len();
        let s = if n == 1 { "" } else { "s" };
        return Ok(format!("a good study of {n} scenario{s}{}", notes(said)));
    }
    if ["source", "by_provider", "drivers"].into_iter().any(has) && !has("name") {
        let overlaid = pack.overlaid_from_file(path)?;
        let replaced = overlaid.replaced().iter().map(ToString::to_string).collect();
        return Ok(format!("a good overlay{}", notes(replaced)));
    }
    let scenario = read_scenario(path)?;
    let checked = scenario.check(pack, pack.first_month(), pack.last_month());
    match checked {
        Ok(checked) => Ok(format!(
            "a good scenario, '{}', with {} lever{}{}",
            scenario.name,
            scenario.levers.len(),
            if scenario.levers.len() == 1 { "" } else { "s" },
            notes(checked.warnings().to_vec())
        )),
        Err(errors) => Err(errors
            .iter()
            .map(|error| format!("{}: {error}", path.display()))
            .collect::<Vec<_>>()
            .join("\n")
            .into()),
    }
}
