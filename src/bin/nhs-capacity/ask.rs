//! Commands that simulate: run, compare, merge, report-card.

use crate::{Asked, Compare, EventLog, Merge, ReportCard, Run, STOP};
use indicatif::{ProgressBar, ProgressStyle};
use nhs_capacity::experiment::event_log::Watch;
use nhs_capacity::experiment::overlay::HARM_CAVEAT;
use nhs_capacity::experiment::question_file::read_scenario;
use nhs_capacity::experiment::report_card::report_card as card_of;
use nhs_capacity::experiment::{Progress, Question, Results, Study, StudyError};
use nhs_capacity::output::answers::{cost_notes, harm_table, value_table};
use nhs_capacity::output::event_log::write_event_log;
use nhs_capacity::output::{card, report::Report};
use nhs_capacity::scenario::Scenario;
use nhs_capacity::system::pack::SystemPack;
use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

type Done = Result<(), Box<dyn Error>>;

const AS_IT_WAS: &str = "as it was";

pub fn run(run: Run) -> Done {
    let question = run.asked.over(Question::from_file(&run.study)?);
    let folder = folder_of(run.out, &run.study);
    let bar = bar()?;
    let study = pose(&question, &bar)?;
    say_what_was_cut(&question)?;
    let saved = folder.join("unfinished");
    let kept = |error: nhs_capacity::experiment::ShardError| {
        bar.finish_and_clear();
        if matches!(error, nhs_capacity::experiment::ShardError::Study(StudyError::Interrupted { .. })) {
            eprintln!("what is finished is kept in {}: the same command goes on from there", saved.display());
        }
        error
    };
    if let Some(shard) = run.shard {
        let replications = study.run_shard_saving(shard, &saved).map_err(kept)?;
        bar.finish_and_clear();
        let (number, of) =
            shard.to_string().split_once('/').map(|(k, n)| (k.to_owned(), n.to_owned())).unwrap_or_default();
        let file = folder.join(format!("shard-{number}-of-{of}.json"));
        replications.write(&file)?;
        study.forget_saved_shard(shard, &saved)?;
        let header = replications.header();
        say(&format!(
            "{}: replications {} to {} of {} (counted from 0, the last not included)\n",
            file.display(),
            header.from,
            header.until,
            header.replications
        ))?;
        return Ok(());
    }
    let results = study.run_saving(&saved).map_err(kept)?;
    bar.finish_and_clear();
    #[cfg(feature = "parquet")]
    if run.parquet {
        results.write_parquet(&folder, question.baseline())?;
    }
    if run.monthly_by_provider {
        results.write_monthly_by_provider(&folder)?;
    }
    publish(&results, &question, &run.study, &folder)?;
    study.forget_saved(&saved)?;
    Ok(())
}

pub fn merge(merge: Merge) -> Done {
    let question = merge.asked.over(Question::from_file(&merge.study)?);
    let folder = folder_of(merge.out, &merge.study);
    let bar = bar()?;
    let results = pose(&question, &bar)?.merge(&merge.shards)?;
    publish(&results, &question, &merge.study, &folder)
}

pub fn event_log(log: EventLog) -> Done {
    let EventLog { study, trust, day, days, scenario, replication, out, asked } = log;
    let question = asked.over(Question::from_file(study)?);
    let watch = Watch { trust, from: day, days, scenario, replication };
    let rows = question.study()?.stopped_by(&STOP).event_log(&watch)?;
    write_event_log(&out, &rows)?;
    say(&format!("{}: {} rows; time is in minutes since the log began\n", out.display(), rows.len()))
}

pub fn compare(compare: Compare) -> Done {
    let mut scenarios = vec![Scenario::new(AS_IT_WAS, [])];
    for file in &compare.scenarios {
        scenarios.push(read_scenario(file)?);
    }
    let question = compare.asked.over(Question { scenarios, ..Question::default() });
    say_what_was_cut(&question)?;
    let results = simulate(&question)?;
    say(&table(&results, &question))
}

pub fn report_card(asked: ReportCard) -> Done {
    let ReportCard { json, asked } = asked;
    let question = standard_winter(asked);
    let results = simulate(&question)?;
    let rows = card_of(&results, AS_IT_WAS);
    if json {
        say(&format!("{}\n", serde_json::to_string_pretty(&rows)?))
    } else if results.pack().local().is_some() {
        say_what_was_cut(&question)?;
        say(&card::by_provider(&rows))
    } else {
        say(&card::of_england(&rows))
    }
}

/// History from October 2022 to March 2023 and three replications, unless something else is asked for.
fn standard_winter(asked: Asked) -> Question {
    let is_england = asked.pack.is_none();
    let winter = |month: &str| month.parse().ok().filter(|_| is_england);
    asked.over(Question {
        from: winter("2022-10"),
        until: winter("2023-03"),
        replications: Some(3),
        scenarios: vec![Scenario::new(AS_IT_WAS, [])],
        ..Question::default()
    })
}

fn simulate(question: &Question) -> Result<Results, Box<dyn Error>> {
    let bar = bar()?;
    let results = pose(question, &bar)?.run();
    bar.finish_and_clear();
    Ok(results?)
}

/// On a terminal; into a pipe nothing is drawn.
fn bar() -> Result<ProgressBar, Box<dyn Error>> {
    let style = ProgressStyle::with_template("simulating {wide_bar} {percent}% {eta} left")?;
    Ok(ProgressBar::new(0).with_style(style))
}

fn pose<'a>(question: &Question, bar: &'a ProgressBar) -> Result<Study<'a>, Box<dyn Error>> {
    let study = question.study()?.stopped_by(&STOP);
    Ok(study.on_progress(|progress: Progress| {
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
    }))
}

fn folder_of(out: Option<PathBuf>, study: &Path) -> PathBuf {
    out.unwrap_or_else(|| Path::new("results").join(study.file_stem().unwrap_or_default()))
}

fn say(text: &str) -> Done {
    match io::stdout().write_all(text.as_bytes()) {
        // whoever reads has seen enough
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// What a local analyst must see before reading a number: the border, and what was replaced.
fn say_what_was_cut(question: &Question) -> Done {
    let pack: SystemPack = question.system()?;
    let mut text = String::new();
    if let Some(place) = &question.place {
        let pack = pack.place(place)?;
        for border in pack.local().map(|place| place.borders()).unwrap_or_default() {
            text.push_str(&format!("border: {border}\n"));
        }
        if question.scenarios.iter().any(|scenario| !scenario.levers.is_empty()) {
            text.push_str(if question.levers_here {
                "levers: all of them are pulled in the place\n"
            } else {
                "levers: the place gets its part of those of the whole; --levers-here pulls them all in the place\n"
            });
        }
    }
    let replaced = pack.replaced();
    for value in replaced.iter().take(MOST_REPLACED) {
        text.push_str(&format!("replaced: {value}\n"));
    }
    if replaced.len() > MOST_REPLACED {
        text.push_str(&format!("replaced: {} more, all in run.json\n", replaced.len() - MOST_REPLACED));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    say(&text)
}

const MOST_REPLACED: usize = 24;

fn table(results: &Results, question: &Question) -> String {
    let place = results.pack().local().map_or("England", |place| place.name());
    let months = results.months();
    let month =
        |month: Option<&nhs_capacity::units::Month>| month.map(ToString::to_string).unwrap_or_default();
    let n = results.replications();
    let (first, last) = (month(months.first()), month(months.last()));
    let period = if first == last { first } else { format!("{first} to {last}") };
    let mut text = if n == 1 {
        format!("{place}, {period}, 1 replication of each scenario: no intervals, take 5 or more\n")
    } else {
        format!("{place}, {period}, {n} replications of each scenario\n")
    };
    if let Some(precision) = results.precision() {
        text.push_str(&format!("{precision}\n"));
    }
    text.push_str("means over the period");
    if results.scenarios().count() > 1 {
        let interval = if n == 1 { "" } else { " [95% interval]" };
        let baseline = question.baseline();
        text.push_str(&format!("; differences against '{baseline}' on the same people{interval}"));
    }
    text.push_str("\n\n");
    let comparison = results.compared_with(question.baseline()).of_measures(question.measures());
    text.push_str(&format!("{comparison}\n{}", comparison.pairing_note()));
    let is_costed = |name: &str| results.cost(name).is_some_and(|c| c.is_given() || !c.items().is_empty());
    if results.scenarios().any(is_costed) {
        let values = results.value_for_money(question.baseline());
        text.push_str(&format!("\n{}", value_table(&values)));
        cost_notes(&values).iter().for_each(|note| text.push_str(&format!("note: {note}\n")));
    }
    if question.harm {
        text.push_str(&format!("\n{}{HARM_CAVEAT}\n", harm_table(results, question.baseline())));
    }
    for warning in results.warnings() {
        text.push_str(&format!("note: {warning}\n"));
    }
    text
}

/// The table on the screen, all files in the folder.
fn publish(results: &Results, question: &Question, study: &Path, folder: &Path) -> Done {
    let baseline = question.baseline();
    results.write_csv(folder, baseline)?;
    results.write_record(folder.join("run.json"))?;
    let stem = study.file_stem().map(|stem| stem.to_string_lossy().replace(['-', '_'], " "));
    let stem = stem.unwrap_or_default();
    let title = question.title.as_deref().unwrap_or(&stem);
    let report = Report { title, baseline, measures: question.measures(), harm: question.harm };
    results.write_report(folder.join("report.html"), &report)?;
    say(&format!(
        "{}\ntables, run.json and report.html are in {}\n",
        table(results, question),
        folder.display()
    ))
}
