//! A pack for another period: April to June 2023, which England's pack does not hold.
//!
//! A pack is a folder of five text files, so another period needs no Rust: this program writes such
//! a folder from England's own figures, as an analyst would in a spreadsheet, reads it back and asks
//! a question of it. Its rules are an analyst's, not facts, and every row it makes says `assumed`:
//!
//! - what people do: as in the same month a year before, times `GROWTH`;
//! - beds and other stocks of capacity: as in the last month of England's pack;
//! - patients in beds, and those without criteria to reside, at the start and as the usual level of the period: as
//!   published for the last month of England's pack (critical care, which is not published by trust, stays);
//! - the waiting list at the start: that of the end of March 2023, as published; who did not
//!   publish has the list of August 2022, in proportion to England's.
//!
//! Behaviour (the rest of `parameters.toml`) stays as it was fitted to April to September 2022, crews among it.
//!
//! `cargo run --release --example own_period`

#![allow(dead_code)] // `tests/own_period.rs` uses a part of this file

use nhs_capacity::prelude::*;
use nhs_capacity::system::pack::{Driver, ENGLAND, Given, england_files};
use nhs_capacity::units::Month;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

const FOLDER: &str = "target/own-period";
/// Demand against a year before.
const GROWTH: f64 = 1.02;

/// Each counts some of those before it.
const LISTS: [&str; 5] = [
    "starting_list_total",
    "starting_list_over_52w",
    "starting_list_over_65w",
    "starting_list_over_78w",
    "starting_list_over_104w",
];

type AnyError = Box<dyn Error>;

fn main() -> Result<(), AnyError> {
    write_pack(Path::new(FOLDER), GROWTH)?;
    let pack = SystemPack::from_folder(FOLDER)?;
    println!("{} (written to {FOLDER}/)\n", pack.name());
    let results = Study::new(pack)
        .replications(2)
        .scenario("a year on", [])
        .scenario(
            "+2,000 beds",
            [Beds::added(2_000).opens_from(date(2023, 4, 1)).open_by(date(2023, 5, 1)).into()],
        )
        .run()?;
    println!("{}", results.compared_with("a year on"));
    Ok(())
}

/// Writes the five files of a pack for April to June 2023.
pub fn write_pack(folder: &Path, growth: f64) -> Result<(), AnyError> {
    fs::create_dir_all(folder)?;
    let (first, last) = ("2023-04".parse::<Month>()?, "2023-06".parse::<Month>()?);
    for (name, text) in england_files() {
        let text = match name {
            "drivers.csv" => drivers(text, first, last, growth)?,
            "parameters.toml" => occupied(&period(text, first, last), first.plus(-1)),
            _ => text.to_owned(),
        };
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// The heading of `parameters.toml` says which months the pack holds.
fn period(text: &str, first: Month, last: Month) -> String {
    let line = |line: &str| match line.split(" = ").next() {
        Some("name") if line.contains("England, April 2022") => {
            format!("name = \"England, {first} to {last}, by an analyst's rules\"")
        }
        Some("first_month") => format!("first_month = \"{first}\""),
        Some("last_month") => format!("last_month = \"{last}\""),
        _ => line.to_owned(),
    };
    text.lines().map(|l| line(l) + "\n").collect()
}

const ADULTS: &str = "sitrep_adult_ga_beds_occupied";

/// Tables of `parameters.toml` that say how many patients there are, the published series of the same, and what to take
/// off it.
const PATIENTS: [(&str, &str, Option<&str>); 3] = [
    ("adult_ga_occupied_beds", ADULTS, None),
    ("paediatric_ga_occupied_beds", "sitrep_ga_beds_occupied", Some(ADULTS)),
    ("remaining_not_meeting_criteria", "remaining_not_meeting_criteria", None),
];

/// Patients in beds and remaining without criteria to reside become those of a month, trust by trust; who published
/// nothing keeps the figure there was.
fn occupied(text: &str, month: Month) -> String {
    let england = england();
    let mut series = None;
    let mut line = |line: &str| {
        if line.starts_with('[') {
            let of = |name: &str| line == format!("[by_provider.{name}.values]");
            series = PATIENTS.into_iter().find(|(name, ..)| of(name));
        }
        let (code, (_, metric, less)) = line.split_once(" = ").map(|(code, _)| code).zip(series)?;
        let get = |metric| england.observed().get(code, metric, month);
        let published = get(metric)? - less.map_or(Some(0.0), get)?;
        // none at all is a return that was not made
        (published > 0.0).then(|| format!("{code} = {published}"))
    };
    text.lines().map(|l| line(l).unwrap_or_else(|| l.to_owned()) + "\n").collect()
}

fn drivers(text: &str, first: Month, last: Month, growth: f64) -> Result<String, AnyError> {
    let england = england();
    let on_the_eve = first.plus(-1);
    let observed = england.observed();
    let lists = |month| observed.get(ENGLAND, "waiting_list_total_est", month);
    let grown = lists(on_the_eve).zip(lists(england.drivers().starting_month())).map_or(1.0, |(a, b)| a / b);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(reader.headers()?)?;
    let rows: Vec<[String; 7]> = reader.deserialize().collect::<Result<_, _>>()?;
    let in_march: BTreeMap<(&str, &str), &str> = rows
        .iter()
        .filter(|row| row[0] == england.last_month().to_string())
        .map(|row| ((row[1].as_str(), row[2].as_str()), row[3].as_str()))
        .collect();
    let before: BTreeMap<(&str, &str), f64> = rows
        .iter()
        .filter(|row| row[2].starts_with("starting_list_"))
        .map(|row| ((row[1].as_str(), row[2].as_str()), row[3].parse().unwrap_or(0.0)))
        .collect();
    let list = |provider: &str, driver: &str| {
        let of = |driver: &str| {
            let published = observed.get(provider, &published_name(driver), on_the_eve);
            published.unwrap_or_else(|| before.get(&(provider, driver)).copied().unwrap_or(0.0) * grown)
        };
        let total = of("starting_list_total");
        if driver == "starting_list_within_18w" {
            return of(driver).min(total - of("starting_list_over_52w").min(total));
        }
        // no more people wait longer than wait less long
        let up_to = LISTS.iter().position(|name| *name == driver).unwrap_or(0);
        LISTS[..=up_to].iter().map(|name| of(name)).fold(total, f64::min)
    };
    for [period, provider, driver, value, unit, _, source] in &rows {
        let kind = Driver::named(driver).ok_or("a driver without a name")?;
        let (month, value) = match kind.given() {
            Given::Once => (on_the_eve, list(provider, driver)),
            Given::Monthly => {
                let month = period.parse::<Month>()?.plus(12);
                if month > last {
                    continue;
                }
                let stock = in_march.get(&(provider.as_str(), driver.as_str()));
                let value = match stock.filter(|_| unit == "beds") {
                    Some(beds) => beds.parse()?,
                    None => value.parse::<f64>()? * growth,
                };
                (month, value)
            }
        };
        let value = format!("{value:.4}");
        writer.write_record([&month.to_string(), provider, driver, &value, unit, "assumed", source])?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// `starting_list_over_52w` starts from what was published as `waiting_over_52w`.
fn published_name(driver: &str) -> String {
    match driver.strip_prefix("starting_list_") {
        Some("total") => "waiting_list_total".to_owned(),
        Some(band) => format!("waiting_{band}"),
        None => driver.to_owned(),
    }
}
