//! By when are the three promises on long waits kept, and by which lever?
//!
//! ```text
//! 7.07 million clocks, 121 providers, 23 treatment functions, September 2022 to March 2026
//! referral -> clinic -> test -> review -> decision to admit -> theatre      levers add places somewhere
//! ```
//!
//! *Our plan for patients* repeats the recovery plan of February 2022: nobody waits over 18 months by April
//! 2023, over 15 months by March 2024, over a year by March 2025. Planned care runs alone here, day by day. After
//! March 2023, the end of the pack, referrals and treatment of each month stay what they were a year before:
//! a question of "what if nothing else changes", not a forecast.
//!
//! Everybody is simulated, three times: six minutes on two cores, 16 to 20 on a busy machine. `--persons 10` simulates one for ten people and
//! `--quick` one for fifty; the longest waits are then less sharp, since every queue is shorter. `--replications N` runs
//! fewer or more. `--card` prints only the report card; `--pack FOLDER` reads another pack, `--set elective.test_share=0.25`
//! changes a parameter; `--csv FILE` writes the league table of the first scenario, by provider and treatment function;
//! `--csv-tests FILE` the tests waiting and done, by provider and modality.
//!
//! `--as-treated` prints the card for a run in which England treats and removes as many as were published, in place of
//! the rule of August 2022: what is left is a question of who. `--back-test` does so from the list of January 2022, when
//! the promise that nobody waits two years fell due in July: what the rules of who is next were chosen on.
//!
//! `--orders` instead compares who is next until the end of March 2023: longest wait first; urgency then wait and the
//! promises, as in the pack; urgency and then strictly the longest wait; the pack with a hard cut-off at 104, 78, 65 or
//! 52 weeks; clinical urgency alone; no order at all. The same
//! places are given to the same people in another order, so the list hardly changes and the spread of waits does.

use nhs_capacity::care::{Order, WeekBand};
use nhs_capacity::experiment::planned_care::{KEPT_WITH_LEFT, PlannedCareResults, PlannedCareStudy};
use nhs_capacity::output::{Table, study::grouped};
use nhs_capacity::policy::{
    DiagnosticCentres, HospitalBuilding, IndependentSector, Lever, LongWaits, SurgicalHubs,
    TheatreProductivity, TheatreStaffing, Validation, VirtualOutpatients,
};
use nhs_capacity::prelude::*;
use nhs_capacity::scenario::Scenario;
use nhs_capacity::units::Month;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;
type OfRow = fn(&nhs_capacity::system::planned_care_alone::Row) -> f64;

const KNOWN: [&str; 12] = [
    "--quick",
    "--persons",
    "--replications",
    "--card",
    "--as-treated",
    "--back-test",
    "--orders",
    "--pack",
    "--set",
    "--csv",
    "--csv-tests",
    "--time",
];

fn main() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| given.iter().any(|argument| argument == flag);
    let after = |flag: &str| given.iter().position(|a| a == flag).and_then(|at| given.get(at + 1));
    let unknown = given.iter().find(|word| word.starts_with("--") && !KNOWN.contains(&word.as_str()));
    if let Some(unknown) = unknown {
        return Err(format!("unknown argument '{unknown}'; known are {}", KNOWN.join(", ")).into());
    }
    let mut pack = match after("--pack") {
        Some(folder) => SystemPack::from_folder(folder)?,
        None => england(),
    };
    for setting in given.iter().filter_map(|argument| argument.split_once('=')) {
        let value = setting.1.parse();
        let value = value.map_err(|_| format!("{} must be a number, is '{}'", setting.0, setting.1))?;
        let parameters = pack.parameters().with(setting.0, value)?;
        pack = pack.with_parameters(parameters);
    }
    let number = |flag: &str, otherwise: f64| match after(flag) {
        None => Ok(otherwise),
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| (1.0..=1e6).contains(number))
            .ok_or_else(|| format!("{flag} must be a number between 1 and 1,000,000, is '{text}'")),
    };
    let persons = number("--persons", if has("--quick") { 50.0 } else { 1.0 })?;
    let replications = number("--replications", if has("--quick") { 2.0 } else { 3.0 })? as u32;
    if has("--orders") {
        let study = PlannedCareStudy::new(pack, "2023-03".parse()?).persons(persons);
        return print_orders(&study.replications(replications));
    }
    let starting = pack.drivers().starting_month();
    let given_flows = [("--as-treated", starting), ("--back-test", "2022-01".parse()?)];
    if let Some((_, list_of)) = given_flows.into_iter().find(|(flag, _)| has(flag)) {
        let study = PlannedCareStudy::new(pack.clone(), pack.last_month()).with_published_flows(list_of)?;
        let study = study.persons(persons).replications(replications);
        print_card(&study.run(&Scenario::new("given the flows", []))?, &pack, starting.since(list_of));
        return Ok(());
    }
    let last: Month = if has("--card") { "2023-03" } else { "2026-03" }.parse()?;
    let study = PlannedCareStudy::new(pack.clone(), last).persons(persons).replications(replications);

    let began = Instant::now();
    let as_it_was = study.run(&Scenario::new("as it was", []))?;
    let seconds = began.elapsed().as_secs_f64();
    print_card(&as_it_was, &pack, 0);
    if let Some(path) = after("--csv") {
        as_it_was.write_league_table(&pack, path)?;
        println!("league table by provider and treatment function: {path}");
    }
    if let Some(path) = after("--csv-tests") {
        as_it_was.write_tests_table(&pack, path)?;
        println!("tests by provider and modality: {path}");
    }
    if has("--time") {
        println!("{seconds:.1} s for {replications} runs of {} months", as_it_was.replications[0].len());
    }
    if has("--card") {
        return Ok(());
    }
    let mut table = Table::new(["scenario", "promise", "left when due", "excepted", "kept by"]);
    print_promises(&mut table, &as_it_was);
    for (name, levers) in scenarios() {
        print_promises(&mut table, &study.run(&Scenario::new(name, levers))?);
    }
    println!(
        "\nPromises: pathways over the limit when it falls due [95% interval over runs], and the month from\n\
         which no more than {} are left besides those excepted (by choice, or too complex), as many as when the\n\
         104-week promise was declared kept\n\n{table}",
        grouped(KEPT_WITH_LEFT, 0)
    );
    Ok(())
}

/// One lever at a time, then all together. Sizes without a source in the plan are ours, for comparison.
fn scenarios() -> Vec<(&'static str, Vec<Lever>)> {
    let levers: Vec<(&'static str, Lever)> = vec![
        ("independent sector, 3,000 operations a week", IndependentSector::bought(3_000.0).into()),
        ("theatre productivity +5%", TheatreProductivity::more(0.05).into()),
        // a fifth are already
        ("a quarter of attendances virtual", VirtualOutpatients::moved(0.05).into()),
        ("theatre staff for 1,000 lists a week", TheatreStaffing::lists(1_000.0).into()),
        ("surgical hubs, 2,500 operations a week", SurgicalHubs::operating(2_500.0).into()),
        ("68 diagnostic centres more", DiagnosticCentres::opened(68.0).into()),
        (
            "building: 100 theatres, April 2024",
            HospitalBuilding::opening(date(2024, 4, 1), 0.0, 100.0).into(),
        ),
        ("long waits pursued twice as hard", LongWaits::effort(2.0).into()),
        ("validation of 200,000 pathways", Validation::of(200_000.0).into()),
    ];
    let all = levers.iter().map(|(_, lever)| lever.clone()).collect();
    let no_policy = ("long waits not pursued", vec![LongWaits::effort(0.0).into()]);
    let single = levers.into_iter().map(|(name, lever)| (name, vec![lever]));
    std::iter::once(no_policy).chain(single).chain([("all together", all)]).collect()
}

/// Who is next, at the end of March 2023.
fn print_orders(study: &PlannedCareStudy) -> Result<(), Failure> {
    let end: Month = "2023-03".parse()?;
    // clinical urgency alone keeps no promises
    let no_promises = LongWaits::effort(0.0).from(date(2022, 9, 1));
    let strictly = LongWaits::effort(1.0).longest_first(1.0).from(date(2022, 9, 1));
    let orders: [(&str, PlannedCareStudy, Vec<Lever>); 9] = [
        ("longest wait first", study.clone().order(Order::LongestWait), Vec::new()),
        ("urgency then wait, promises (the pack)", study.clone(), Vec::new()),
        ("urgency, then strictly the longest wait", study.clone(), vec![strictly.into()]),
        ("the pack, cut-off at 104 weeks", study.clone().cut_off(WeekBand::Over104), Vec::new()),
        ("the pack, cut-off at 78 weeks", study.clone().cut_off(WeekBand::Over78), Vec::new()),
        ("the pack, cut-off at 65 weeks", study.clone().cut_off(WeekBand::Over65), Vec::new()),
        ("the pack, cut-off at 52 weeks", study.clone().cut_off(WeekBand::Over52), Vec::new()),
        ("clinical urgency alone", study.clone().order(Order::Clinical), vec![no_promises.into()]),
        ("random", study.clone().order(Order::Random), Vec::new()),
    ];
    let header = ["who is next", "waiting list", "over 52w", "over 65w", "over 78w", "median, w", "92nd, w"];
    let mut table = Table::new(header);
    for (name, study, levers) in orders {
        let results = study.run(&Scenario::new(name, levers))?;
        let mean = |of: OfRow, scale: f64, digits| {
            let values = results.values(end, of);
            grouped(scale * values.iter().sum::<f64>() / values.len().max(1) as f64, digits)
        };
        table.row([
            name.to_owned(),
            mean(|row| row.total as f64, results.persons, 0),
            mean(|row| row.over[WeekBand::Over52 as usize] as f64, results.persons, 0),
            mean(|row| row.over[WeekBand::Over65 as usize] as f64, results.persons, 0),
            mean(|row| row.over[WeekBand::Over78 as usize] as f64, results.persons, 0),
            mean(|row| row.median.unwrap_or(f64::NAN), 1.0, 1),
            mean(|row| row.p92.unwrap_or(f64::NAN), 1.0, 1),
        ]);
    }
    println!(
        "Planned care alone, England, end of March 2023, from the list of August 2022: who is next\n\n{table}"
    );
    Ok(())
}

fn print_promises(table: &mut Table, results: &PlannedCareResults) {
    for promise in results.promises() {
        let left = promise.left.as_ref().map_or_else(
            || "-".to_owned(),
            |left| {
                let interval = left.interval.map_or_else(String::new, |i| {
                    format!(" [{}, {}]", grouped(i.low.max(0.0), 0), grouped(i.high, 0))
                });
                format!("{}{interval}", grouped(left.mean, 0))
            },
        );
        let mut kept: Vec<Option<Month>> = promise.kept.clone();
        // never comes last
        kept.sort_by_key(|month| (month.is_none(), *month));
        let word =
            |month: &Option<Month>| month.map_or_else(|| "not by the end".to_owned(), |m| m.to_string());
        let by = match (kept.first(), kept.last()) {
            (Some(first), Some(last)) if first != last => format!("{} to {}", word(first), word(last)),
            (Some(first), _) => word(first),
            _ => "-".to_owned(),
        };
        let weeks = promise.band.days() / 7;
        let excepted = promise.excepted.map_or_else(String::new, |excepted| grouped(excepted.mean, 0));
        let name = format!("{weeks} weeks by {}", promise.promised);
        table.row([results.scenario.clone(), name, left, excepted, by]);
    }
}

/// Label, published series, scale, and the model's value.
type CardRow = (&'static str, &'static str, f64, fn(&nhs_capacity::system::planned_care_alone::Row) -> f64);

/// Model against published figures with NHS England's estimates for trusts that did not submit. The months of the run
/// stand for those `earlier` months before.
fn print_card(results: &PlannedCareResults, pack: &SystemPack, earlier: i32) {
    let rows: [CardRow; 12] = [
        ("waiting list", "waiting_list_total_est", 1.0, |row| row.total as f64),
        ("within 18 weeks", "waiting_within_18w_est", 1.0, |row| (row.total - row.over[0]) as f64),
        ("over 52 weeks", "waiting_over_52w_est", 1.0, |row| row.over[1] as f64),
        ("over 65 weeks", "waiting_over_65w_est", 1.0, |row| row.over[2] as f64),
        ("over 78 weeks", "waiting_over_78w_est", 1.0, |row| row.over[3] as f64),
        ("over 104 weeks", "waiting_over_104w_est", 1.0, |row| row.over[4] as f64),
        ("median, weeks", "incomplete_median_weeks", 0.0, |row| row.median.unwrap_or(f64::NAN)),
        ("92nd percentile, weeks", "incomplete_p92_weeks", 0.0, |row| row.p92.unwrap_or(f64::NAN)),
        ("clock starts", "new_periods_clock_starts_est", 1.0, |row| row.counts.clock_starts as f64),
        ("treated with admission", "completed_admitted_est", 1.0, |row| row.counts.admitted as f64),
        ("treated without", "completed_nonadmitted_est", 1.0, |row| row.counts.nonadmitted as f64),
        ("removed", "unreported_removals_residual", 1.0, |row| row.counts.removed as f64),
    ];
    println!(
        "England, from the list of {}: model / published, error in per cent (weeks: in weeks)\n",
        pack.drivers().starting_month().plus(-earlier)
    );
    let months: Vec<Month> = pack.drivers().starting_month().plus(1).through(pack.last_month()).collect();
    let named = || months.iter().map(|month| month.plus(-earlier).to_string());
    let header = std::iter::once("measure".to_owned()).chain(named());
    let mut table = Table::new(header);
    for (name, metric, scaled, of) in rows {
        let mut cells = vec![name.to_owned()];
        for &month in &months {
            let values = results.values(month, of);
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            let published = pack.observed().get("England", metric, month.plus(-earlier));
            cells.push(published.map_or_else(String::new, |published| {
                if scaled > 0.0 {
                    let model = mean * results.persons;
                    format!("{} ({:+.1})", grouped(model, 0), 100.0 * (model / published - 1.0))
                } else {
                    format!("{mean:.1} ({:+.1})", mean - published)
                }
            }));
        }
        table.row(cells);
    }
    println!("{table}");
    let shares: [(&str, OfRow); 6] = [
        ("admitted within 18 weeks, %", |row| {
            share(row.counts.treated_within_18_weeks[0], row.counts.admitted)
        }),
        ("admitted over 52 weeks, %", |row| share(row.counts.treated_over_52_weeks[0], row.counts.admitted)),
        ("others within 18 weeks, %", |row| {
            share(row.counts.treated_within_18_weeks[1], row.counts.nonadmitted)
        }),
        ("others over 52 weeks, %", |row| share(row.counts.treated_over_52_weeks[1], row.counts.nonadmitted)),
        ("with a decision to admit, %", |row| share(row.decided, row.total)),
        ("ready to be called in, %", |row| share(row.ready, row.total)),
    ];
    let header = std::iter::once("model alone".to_owned()).chain(named());
    let mut table = Table::new(header);
    for (name, of) in shares {
        let means = months.iter().map(|&month| {
            let values = results.values(month, of);
            format!("{:.1}", values.iter().sum::<f64>() / values.len().max(1) as f64)
        });
        table.row(std::iter::once(name.to_owned()).chain(means));
    }
    let tests = |of: fn(nhs_capacity::care::TestCounts) -> f64| {
        let first = results.replications.first().into_iter().flatten().take(months.len());
        first.map(move |month| grouped(of(month.all_tests()), 1)).collect::<Vec<_>>()
    };
    let over = tests(|count| share(count.over_six_weeks, count.waiting));
    table.row(std::iter::once("tests over six weeks, %".to_owned()).chain(over));
    let per_waiting = tests(|count| count.done as f64 / count.waiting.max(1) as f64);
    table.row(std::iter::once("tests done for each waiting".to_owned()).chain(per_waiting));
    println!("{table}");
}

fn share(part: u64, of: u64) -> f64 {
    100.0 * part as f64 / of.max(1) as f64
}
