//! Fits the parameters that the pack marks as calibrated to April to September 2022, and nothing later.
//!
//! ```text
//! start -> providers -> Latin hypercube -> narrower one -> simplex -> providers, shrunk -> fit
//!          crews on C2, departments on 4 h     (each point with its providers adjusted)
//! ```
//!
//! Writes `target/calibration/parameters.toml` (values with intervals, as they stand in the pack's file), `fit.txt`
//! (targets, published beside modelled by month), `history.csv` (every run) and, after each run, `so_far.toml`,
//! from which `--resume` goes on.
//!
//! `cargo run --release --example calibrate [-- OPTIONS]`
//!
//! | option | does |
//! |---|---|
//! | `--budget N` | at most N runs of England (80: some twenty minutes on two cores) |
//! | `--free a.b,c.d` | fits these parameters too, within their intervals in the pack |
//! | `--only a.b,c.d` | of national parameters fits these alone; `--only none` fits providers alone |
//! | `--replications N` | of each run (1) |
//! | `--start-from FILE` | starts from values written earlier |
//! | `--resume` | the same, from `target/calibration/so_far.toml` |
//! | `--apply` | lays the fitted values into `data/england-2022-23/parameters.toml`, in place |
//! | `--apply-file FILE` | runs nothing and lays fragments written earlier into it |
//! | `--quick` | one part of England, two months, a handful of runs |

use nhs_capacity::experiment::calibrate::{Calibration, FitWindow, Plan, ProviderFit, Step, Values, apply};
use nhs_capacity::output::{cell, write_rows};
use nhs_capacity::prelude::*;
use nhs_capacity::system::pack::Status;
use nhs_capacity::system::parts::parts;
use nhs_capacity::units::Month;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

const FOLDER: &str = "target/calibration";
const PACK: &str = "data/england-2022-23/parameters.toml";

#[derive(Default)]
struct Options {
    budget: Option<usize>,
    free: Vec<String>,
    only: Option<Vec<String>>,
    replications: Option<u32>,
    start_from: Option<String>,
    apply: bool,
    apply_file: Option<String>,
    quick: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    if let Some(file) = &options.apply_file {
        return apply_fragments(&fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?);
    }
    let folder = if options.quick { Path::new(FOLDER).join("quick") } else { Path::new(FOLDER).to_owned() };
    fs::create_dir_all(&folder)?;
    let pack = england();
    let start = match &options.start_from {
        Some(file) => {
            let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
            Values::read(&text, &pack)?
        }
        None => Values::default(),
    };
    let started = Instant::now();
    let mut calibration = Calibration::new(pack.clone())
        .free(options.free.clone())
        .by_provider(ProviderFit::crews())
        .by_provider(ProviderFit::department_speed())
        .replications(options.replications.unwrap_or(1))
        .plan(options.budget.map_or_else(Plan::default, Plan::of_budget))
        .start_from(start);
    calibration = match &options.only {
        Some(keys) => calibration.free(keys.clone()),
        None => calibration.free_calibrated(),
    };
    if options.apply {
        // better now than after all the runs
        for key in options.free.iter().chain(options.only.iter().flatten()) {
            if pack.parameters().parameter(key).is_some_and(|p| p.status != Status::Calibrated) {
                return Err(
                    format!("{key} is not marked calibrated in {PACK}: --apply would refuse it").into()
                );
            }
        }
    }
    if options.quick {
        let smallest = parts(&pack).into_iter().rfind(|part| !part.services.is_empty());
        let months = [date(2022, 8, 1), date(2022, 9, 1)].map(Month::of);
        calibration = calibration
            .only_parts(smallest)
            .window(FitWindow::new(months[0], months[1])?)
            .warm_up_months(0)
            .plan(Plan::quick());
    }
    let fitted = calibration
        .on_progress(|step, best| {
            tell(step, started);
            // a fit that is stopped goes on from here
            let _ = fs::write(folder.join("so_far.toml"), best.text(&pack));
        })
        .run()?;

    println!("\n{fitted}");
    let text = format!("{fitted}\nby month\n{}", fitted.fit.by_month());
    fs::write(folder.join("fit.txt"), text)?;
    fs::write(folder.join("parameters.toml"), fitted.fragments())?;
    let header = ["run", "stage", "counts", "discrepancy", "point"];
    let rows = fitted.history.iter().map(|step| {
        let point: Vec<String> = step.point.iter().map(f64::to_string).collect();
        [
            step.runs.to_string(),
            step.stage.name().to_owned(),
            step.counts.to_string(),
            cell(Some(step.discrepancy)),
            point.join(" "),
        ]
    });
    write_rows(folder.join("history.csv"), header, rows)?;
    println!("written: {}/parameters.toml, fit.txt, history.csv", folder.display());
    if options.apply { apply_fragments(&fitted.fragments()) } else { Ok(()) }
}

fn apply_fragments(fragments: &str) -> Result<(), Box<dyn Error>> {
    fs::write(PACK, apply(fragments, &fs::read_to_string(PACK)?)?)?;
    println!("applied to {PACK}");
    Ok(())
}

fn tell(step: &Step, started: Instant) {
    let point: Vec<String> = step.point.iter().map(f64::to_string).collect();
    println!(
        "{:4} of {:<4} {:>5.0} s  {:<10} discrepancy {:.3}  {}",
        step.runs,
        step.budget,
        started.elapsed().as_secs_f64(),
        step.stage.name(),
        step.discrepancy,
        point.join(" ")
    );
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument}: a value must follow"));
        match argument.as_str() {
            "--budget" => options.budget = Some(value()?.parse()?),
            "--free" => options.free.extend(value()?.split(',').map(str::to_owned)),
            "--only" => {
                let keys = value()?;
                let named = keys.split(',').filter(|key| !["", "none"].contains(key));
                options.only = Some(named.map(str::to_owned).collect());
            }
            "--replications" => options.replications = Some(value()?.parse()?),
            "--start-from" => options.start_from = Some(value()?),
            "--resume" => options.start_from = Some(format!("{FOLDER}/so_far.toml")),
            "--apply" => options.apply = true,
            "--apply-file" => options.apply_file = Some(value()?),
            "--quick" => options.quick = true,
            _ => {
                return Err(
                    format!("unknown option '{argument}'; see the head of examples/calibrate.rs").into()
                );
            }
        }
    }
    if options.quick && options.apply {
        return Err("--quick fits a part of England to two months: not to be applied".into());
    }
    Ok(options)
}
