//! The program `nhs-capacity`: a question as a file in, tables and a report out.
//!
//! It only parses, loads, runs and writes; all else is in the library.

mod ask;
mod describe;

use clap::{Args, Parser, Subcommand};
use nhs_capacity::experiment::{Question, Shard, ShardError, StudyError};
use nhs_capacity::units::Month;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by Ctrl-C; studies look up now and then.
static STOP: AtomicBool = AtomicBool::new(false);
/// What a shell expects of a program that was interrupted.
const INTERRUPTED: u8 = 130;

/// England's health and care system, simulated patient by patient, so that policy can be tried before it
/// is paid for.
///
/// A question is a small TOML file: which months, how many replications, and scenarios, each a name and
/// the levers it pulls. All scenarios meet the same people, so that what differs is the lever.
#[derive(Parser)]
#[command(name = "nhs-capacity", version, after_long_help = EXAMPLES)]
struct Command {
    #[command(subcommand)]
    what: What,
}

const EXAMPLES: &str = "\
A study file:
  from = \"2022-10\"                 # months that are reported
  until = \"2023-03\"
  replications = 5
  place = \"QHL\"                    # one ICB; leave out for England
  [[scenario]]
  name = \"as it was\"
  [[scenario]]
  name = \"+7,000 beds\"
  [scenario.beds]                  # a table a lever: see `nhs-capacity levers`
  added = 7000
  open_by = \"2023-01-01\"
Its other keys: title, measures (those the table shows), baseline (the first scenario if not said), seed,
warm_up_months, with = [files], pack = folder, levers = \"here\" (all of them in the place), and in place of
replications until_precise = { measure = \"response_c2_mean\", share = 0.05, at_most = 100 }.

Examples:
  nhs-capacity check my-question.toml
  nhs-capacity run my-question.toml --out results/mine
  nhs-capacity run my-question.toml --place QHL --with my-trust.toml
  nhs-capacity run my-question.toml --shard 3/8      # one of eight machines
  nhs-capacity merge my-question.toml results/my-question/shard-*.json
  nhs-capacity levers beds

A study that is killed or stopped with Ctrl-C keeps what is finished: the same command goes on from there and
ends with the same bytes. Results are the same for any number of threads (RAYON_NUM_THREADS) and shards.";

const A_SCENARIO: &str = "\
A scenario file:
  name = \"+7,000 beds\"
  [beds]                           # a table a lever: see `nhs-capacity levers`
  added = 7000
  open_by = \"2023-01-01\"

Example:
  nhs-capacity compare beds.toml --place QHL --from 2022-12 --until 2023-02";

#[derive(Subcommand)]
enum What {
    /// Runs a study file: prints what changes, writes CSV files, run.json and report.html
    Run(Run),
    /// Compares scenario files with what was: prints what changes, writes nothing
    #[command(after_help = A_SCENARIO)]
    Compare(Compare),
    /// Puts the shards of a study together: the same bytes as if it had been run in one piece
    Merge(Merge),
    /// Lists every lever: mechanism, evidence, cost, fields with their ranges, an example to copy
    Levers {
        /// Only these, by name
        names: Vec<String>,
    },
    /// Lists the places that --place knows, and the measures that a study file can name
    Places,
    /// Checks a pack folder, a study, a scenario or an overlay, and says everything that is wrong
    Check(Check),
    /// Model and published figures side by side, month by month
    ReportCard(ReportCard),
    /// Writes what patients at one trust do, minute by minute, for programs that animate patient flow
    EventLog(EventLog),
    /// Writes England's pack to a folder, as a start for one of your own
    Export {
        /// A folder; nothing in it is overwritten
        folder: PathBuf,
    },
}

/// What can be said on the command line instead of, or over, the study file.
#[derive(Args)]
struct Asked {
    /// Simulate one place: an ICB (QHL), an ambulance service (RYF), trusts (RRK+RXK) or a region (London)
    #[arg(long, value_name = "PLACE")]
    place: Option<String>,
    /// Pull all levers in the place alone; without this it gets its part of England's
    #[arg(long)]
    levers_here: bool,
    /// Lay a file with values you know better over the pack (several times, in order)
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    /// A folder with a pack of your own, instead of England 2022-23
    #[arg(long, value_name = "FOLDER")]
    pack: Option<PathBuf>,
    /// First month that is reported, YYYY-MM
    #[arg(long, value_name = "MONTH")]
    from: Option<Month>,
    /// Last month that is reported, YYYY-MM
    #[arg(long, value_name = "MONTH")]
    until: Option<Month>,
    /// Replications of each scenario
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    replications: Option<u32>,
    /// The seed from which everything random is drawn
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Months simulated before the first and not reported
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=120))]
    warm_up_months: Option<u32>,
}

impl Asked {
    /// The question with what was said on the command line in place of its own.
    fn over(self, mut question: Question) -> Question {
        let instead = [
            ("place", self.place.is_some()),
            ("from", self.from.is_some()),
            ("until", self.until.is_some()),
            ("pack", self.pack.is_some()),
            ("with", !self.with.is_empty()),
        ];
        for (key, _) in instead.into_iter().filter(|(_, is_said)| *is_said) {
            question.said_at.forget(key);
        }
        Question {
            levers_here: self.levers_here || (question.levers_here && self.place.is_none()),
            place: self.place.or(question.place),
            with: if self.with.is_empty() { question.with } else { self.with },
            pack: self.pack.or(question.pack),
            from: self.from.or(question.from),
            until: self.until.or(question.until),
            until_precise: question.until_precise.filter(|_| self.replications.is_none()),
            replications: self.replications.or(question.replications),
            seed: self.seed.or(question.seed),
            warm_up_months: self.warm_up_months.or(question.warm_up_months),
            ..question
        }
    }
}

#[derive(Args)]
struct Run {
    /// The study file
    study: PathBuf,
    /// Where results go; results/NAME-OF-THE-FILE if not said
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Run this part of the replications only, for example 3/8, and write it to a file for `merge`
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Write monthly_by_provider.csv too: every measure by month and provider
    #[arg(long)]
    monthly_by_provider: bool,
    /// Write the tables as Parquet files too
    #[cfg(feature = "parquet")]
    #[arg(long)]
    parquet: bool,
    #[command(flatten)]
    asked: Asked,
}

#[derive(Args)]
struct Compare {
    /// Scenario files: a name, and a table a lever
    #[arg(required = true)]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    asked: Asked,
}

#[derive(Args)]
struct EventLog {
    /// The study file
    study: PathBuf,
    /// The trust whose patients are followed
    #[arg(long, value_name = "CODE")]
    trust: String,
    /// The first day, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    day: jiff::civil::Date,
    /// Days, 1 to 31
    #[arg(long, default_value_t = 7)]
    days: u32,
    /// The scenario; the first if not said
    #[arg(long)]
    scenario: Option<String>,
    /// The replication, the first being 0
    #[arg(long, default_value_t = 0)]
    replication: u32,
    /// The CSV file to write
    #[arg(long, value_name = "FILE", default_value = "event_log.csv")]
    out: PathBuf,
    #[command(flatten)]
    asked: Asked,
}

#[derive(Args)]
struct Merge {
    /// The study file, as the shards were run with it
    study: PathBuf,
    /// The files of all shards, in any order
    #[arg(required = true)]
    shards: Vec<PathBuf>,
    /// Where results go; results/NAME-OF-THE-FILE if not said
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    asked: Asked,
}

#[derive(Args)]
struct Check {
    /// Folders of packs; files of studies, scenarios or overlays
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The pack that scenarios and overlays are meant for; England 2022-23 if not said
    #[arg(long, value_name = "FOLDER")]
    pack: Option<PathBuf>,
}

#[derive(Args)]
struct ReportCard {
    /// Print one array for other programs: England and every provider
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    asked: Asked,
}

fn main() -> ExitCode {
    let command = Command::parse();
    // without a handler Ctrl-C ends the program at once; what is finished is kept all the same
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
    let done = match command.what {
        What::Run(run) => ask::run(run),
        What::Compare(compare) => ask::compare(compare),
        What::Merge(merge) => ask::merge(merge),
        What::ReportCard(card) => ask::report_card(card),
        What::EventLog(log) => ask::event_log(log),
        What::Levers { names } => describe::levers(&names),
        What::Places => describe::places(),
        What::Check(check) => describe::check(&check),
        What::Export { folder } => describe::export(&folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            if is_interruption(&*error) { ExitCode::from(INTERRUPTED) } else { ExitCode::FAILURE }
        }
    }
}

fn is_interruption(error: &(dyn Error + 'static)) -> bool {
    let of_study = |error: &StudyError| matches!(error, StudyError::Interrupted { .. });
    match error.downcast_ref::<ShardError>() {
        Some(ShardError::Study(error)) => of_study(error),
        _ => error.downcast_ref::<StudyError>().is_some_and(of_study),
    }
}
