//! The same question, however it is put: in Rust, as a file, in shards, after a kill, for a place.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use nhs_capacity::experiment::{Question, Results, Shard, ShardError, StudyError};
use nhs_capacity::output::report::Report;
use nhs_capacity::prelude::*;
use nhs_capacity::random::Stream;
use nhs_capacity::system::assemble::{Timeline, assemble};
use nhs_capacity::system::parts::parts;
use nhs_capacity::units::Month;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};

/// A folder of its own that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("nhs-capacity-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const STUDY: &str = "from = '2022-12'\nuntil = '2022-12'\nwarm_up_months = 0\nreplications = 5\nplace = 'trust R1F'\n\
                     [[scenario]]\nname = 'as it was'\n[[scenario]]\nname = 'beds'\n\
                     [scenario.beds]\nadded = 4000\nopens_from = '2022-12-01'\nopen_by = '2022-12-10'\n";

/// The Isle of Wight in December: one trust, one ambulance service.
fn study<'a>() -> Study<'a> {
    Study::new(england())
        .place("trust R1F")
        .period(date(2022, 12, 1)..=date(2022, 12, 31))
        .warm_up_months(0)
        .replications(5)
        .scenario("as it was", [])
        .scenario(
            "beds",
            [Beds::added(4_000).opens_from(date(2022, 12, 1)).open_by(date(2022, 12, 10)).into()],
        )
}

/// Every file of the results, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect()
}

fn bytes(results: &Results, name: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = Folder::new(name);
    results.write_csv(&folder.0, "as it was").unwrap();
    results.write_record(folder.0.join("run.json")).unwrap();
    files(&folder.0)
}

fn program(arguments: &[&str], folder: &Folder) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nhs-capacity")).args(arguments).current_dir(&folder.0).output().unwrap()
}

#[test]
fn a_file_and_ten_lines_of_rust_give_the_same_bytes() {
    let folder = Folder::new("same");
    folder.file("isle.toml", STUDY);
    let output = program(&["run", "isle.toml", "--out", "out"], &folder);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let by_program = files(&folder.0.join("out"));
    let in_rust = bytes(&study().run().unwrap(), "same-rust");
    assert_eq!(in_rust.len(), 8);
    for (name, bytes) in &in_rust {
        assert!(by_program.get(name) == Some(bytes), "{name} differs");
    }
    // a pipe sees the table and nothing else; nothing is left half-done
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("trust R1F, 2022-12, 5 replications"), "{shown}");
    assert!(shown.contains("border: trust R1F: 1 of 120 acute trusts"), "{shown}");
    assert!(shown.contains("the place gets its part of those of the whole"), "{shown}");
    assert!(!folder.0.join("out/unfinished").exists());
    let report = String::from_utf8(by_program["report.html"].clone()).unwrap();
    for part in
        ["The answer", "What changes", "Month by month", "Where the model disagrees", "Sources", "Method"]
    {
        assert!(report.contains(part), "{part}");
    }
    assert!(!report.contains("http") && !report.contains("<script"), "a report needs no network");
}

/// The record holds all that is needed to ask again: a file made of it gives the same bytes, itself included.
#[test]
fn a_run_can_be_repeated_from_its_record() {
    repeats_from_its_record("again", STUDY);
    let here = STUDY.replace("added = 4000", "added = 30");
    repeats_from_its_record("again-here", &format!("levers = 'here'\nvalves_off = ['stay_away']\n{here}"));
}

fn repeats_from_its_record(name: &str, study: &str) {
    let folder = Folder::new(name);
    folder.file("isle.toml", study);
    assert!(program(&["run", "isle.toml", "--out", "out"], &folder).status.success());
    let first = files(&folder.0.join("out"));
    let record: serde_json::Value = serde_json::from_slice(&first["run.json"]).unwrap();
    let text = |key: &str| record[key].as_str().unwrap().to_owned();
    let number = |key: &str| record[key].as_u64().unwrap();
    let mut question = format!(
        "from = '{}'\nuntil = '{}'\nseed = {}\nreplications = {}\nwarm_up_months = {}\nplace = '{}'\n",
        text("first_month"),
        text("last_month"),
        number("seed"),
        number("replications"),
        number("warm_up_months"),
        text("place")
    );
    question.push_str(&format!("levers = '{}'\n", text("levers")));
    if let Some(off) = record.get("valves_off") {
        question.push_str(&format!("valves_off = {off}\n"));
    }
    for scenario in record["scenarios"].as_array().unwrap() {
        question.push_str(&format!("[[scenario]]\nname = {}\n", scenario["name"]));
        for (name, fields) in
            scenario["levers"].as_array().unwrap().iter().flat_map(|l| l.as_object().unwrap())
        {
            question.push_str(&format!("[scenario.{name}]\n"));
            fields
                .as_object()
                .unwrap()
                .iter()
                .for_each(|(key, value)| question.push_str(&format!("{key} = {value}\n")));
        }
    }
    folder.file("again.toml", &question);
    let output = program(&["run", "again.toml", "--out", "again"], &folder);
    assert!(output.status.success(), "{question}{}", String::from_utf8_lossy(&output.stderr));
    let mut second = files(&folder.0.join("again"));
    // its heading is the name of the file
    let report = String::from_utf8(second.remove("report.html").unwrap()).unwrap().replace("again", "isle");
    second.insert("report.html".to_owned(), report.into_bytes());
    for (name, bytes) in &first {
        assert!(second.get(name) == Some(bytes), "{name} differs");
    }
}

/// What only the pack can judge is refused where the file says it; what the command line says, as what it is.
#[test]
fn a_study_file_says_where_it_is_wrong() {
    let folder = Folder::new("where");
    let refused = |text: &str, arguments: &[&str]| {
        folder.file("q.toml", text);
        let output = program(&[&["run", "q.toml"], arguments].concat(), &folder);
        assert!(!output.status.success(), "{text}");
        assert!(!folder.0.join("results").exists(), "nothing is written");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let place = refused(&STUDY.replace("trust R1F", "QHX"), &[]);
    assert!(place.contains("q.toml, line 5: place = QHX, ") && place.contains("must be"), "{place}");
    let period = refused(&STUDY.replace("until = '2022-12'", "until = '2030-12'"), &[]);
    assert!(period.contains("q.toml, line 2: until = 2030-12, must be from 2022-04 to 2023-03"), "{period}");
    let elsewhere = refused(STUDY, &["--until", "2030-12"]);
    assert!(!elsewhere.contains("line") && elsewhere.contains("2030-12"), "{elsewhere}");
    let with = refused(&format!("with = ['nope.toml']\n{STUDY}"), &[]);
    assert!(
        with.contains("q.toml, line 1: with = ")
            && with.contains("cannot be used: ")
            && with.contains("nope.toml"),
        "{with}"
    );
    let valve = refused(&format!("valves_off = ['door']\nharm = 3\n{STUDY}"), &[]);
    assert!(
        valve.contains("line 1: valves_off = ")
            && valve.contains("'door' is no pressure valve; those are hear_and_treat,"),
        "{valve}"
    );
    assert!(valve.contains("line 2: harm = 3, must be true or false"), "{valve}");
    let here = refused(&STUDY.replace("place = 'trust R1F'\n", ""), &["--levers-here"]);
    assert!(here.contains("levers, pulled all of them here need a place"), "{here}");
    folder.file("q.toml", &STUDY.replace("replications = 5", "replications = 1"));
    let output =
        program(&["run", "q.toml", "--levers-here", "--monthly-by-provider", "--out", "out"], &folder);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.0.join("out/monthly_by_provider.csv").exists());
}

/// Until precise: from a file, killed and resumed, and in Rust, with the same bytes; not in shards.
#[test]
fn a_study_runs_until_precise_from_a_file() {
    let folder = Folder::new("precise");
    let text = STUDY.replace(
        "replications = 5",
        "until_precise = { measure = 'pct_within_4h_type1', share = 0.05, at_most = 30 }",
    );
    folder.file("isle.toml", &text);
    // what an earlier run had finished is used
    study().run_saving(folder.0.join("out/unfinished")).unwrap();
    let output = program(&["run", "isle.toml", "--out", "out"], &folder);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        shown.contains("half the interval within 5.0% of the value wanted") && shown.contains("(reached)"),
        "{shown}"
    );
    let precise = || study().until_precise(Measure::Within4Hours, 0.05).replications_at_most(30);
    let in_rust = precise().run().unwrap();
    assert!(in_rust.replications() >= 7 && in_rust.precision().unwrap().is_met);
    let by_program = files(&folder.0.join("out"));
    for (name, bytes) in bytes(&in_rust, "precise-rust") {
        assert!(by_program.get(&name) == Some(&bytes), "{name} differs");
    }
    assert!(matches!(precise().run_shard(Shard::new(1, 2).unwrap()), Err(ShardError::UntilPrecise)));
    let refused = program(&["run", "isle.toml", "--shard", "1/2"], &folder);
    assert!(
        !refused.status.success()
            && String::from_utf8_lossy(&refused.stderr).contains("say how many instead")
    );
    let said = program(&["run", "isle.toml", "--replications", "2", "--shard", "1/2"], &folder);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

/// Studies of one seed with other people: kept, sharded or run at once, their numbers are theirs.
#[test]
fn numbered_replications_are_kept_and_sharded_by_their_numbers() {
    let folder = Folder::new("numbered");
    let study = || study().replications(3).first_replication(40);
    let whole = study().run().unwrap();
    assert_eq!(study().run_saving(folder.0.join("kept")).unwrap(), whole);
    let file = |number: u32| folder.0.join(format!("{number}.json"));
    for number in 1..=2 {
        study().run_shard(Shard::new(number, 2).unwrap()).unwrap().write(file(number)).unwrap();
    }
    assert_eq!(study().merge([file(2), file(1)]).unwrap(), whole);
    assert!(study().merge([file(2)]).unwrap_err().to_string().starts_with("replications 40 of 43"));
    let beyond =
        study().first_replication(u32::MAX).until_precise(Measure::Within4Hours, 0.1).run().unwrap_err();
    assert!(beyond.to_string().contains("first_replication = 4294967295, must be at most"), "{beyond}");
}

#[test]
fn five_uneven_shards_merge_to_the_unsharded_run() {
    let folder = Folder::new("shards");
    let study = study();
    let file = |number: u32| folder.0.join(format!("{number}.json"));
    for number in 1..=3 {
        study.run_shard(Shard::new(number, 3).unwrap()).unwrap().write(file(number)).unwrap();
    }
    let merged = study.merge([file(3), file(1), file(2)]).unwrap();
    let whole = study.run().unwrap();
    assert_eq!(bytes(&merged, "merged"), bytes(&whole, "whole"));
    assert_eq!(merged, whole);
    // gaps, overlaps and other questions are refused
    let wrong = |files: &[PathBuf]| study.merge(files).unwrap_err().to_string();
    assert!(
        wrong(&[file(1), file(3)]).starts_with("replications 1, 2 of 5"),
        "{}",
        wrong(&[file(1), file(3)])
    );
    assert!(matches!(study.merge([file(1), file(1)]), Err(ShardError::Overlap { replication: 0, .. })));
    let other = |study: Study| study.merge([file(1)]).unwrap_err().to_string();
    assert!(other(self::study().seed(7)).contains("seed = 2022, but the study has 7"));
    assert!(other(self::study().replications(6)).contains("replications = 5, but the study has 6"));
    assert!(other(self::study().place("trust R0A")).contains("question = "));
    // one more than there are replications: an empty shard is a good file
    let empty = study.run_shard(Shard::new(1, 6).unwrap()).unwrap();
    assert_eq!((empty.header().from, empty.header().until), (0, 0));
}

#[test]
fn a_study_cut_short_goes_on_and_ends_with_the_same_bytes() {
    let folder = Folder::new("resume");
    let stop = AtomicBool::new(false);
    // one thread finishes one replication after the other: two are whole when it is stopped in the third
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let cut_short =
        study().on_progress(|progress| stop.store(progress.done >= 5, Ordering::Relaxed)).stopped_by(&stop);
    let cut = one_thread.install(|| cut_short.run_saving(&folder.0));
    let Err(ShardError::Study(StudyError::Interrupted { finished, wanted: 5 })) = cut else {
        panic!("it was stopped: {cut:?}")
    };
    assert_eq!(finished, 2);
    let kept = fs::read_dir(&folder.0).unwrap().next().unwrap().unwrap().path();
    assert_eq!(files(&kept).len(), finished);
    // half a file, as a machine that lost power may leave it, is run again
    let damaged = kept.join(files(&kept).keys().next().unwrap());
    let half = fs::read(&damaged).unwrap();
    fs::write(&damaged, &half[..half.len() / 2]).unwrap();
    let runs = std::sync::Mutex::new(0);
    let study = study().on_progress(|progress| *runs.lock().unwrap() = progress.total);
    let resumed = study.run_saving(&folder.0).unwrap();
    assert_eq!(*runs.lock().unwrap(), (5 - finished + 1) * 2, "what was finished was not run again");
    assert_eq!(resumed, self::study().run().unwrap());
    study.forget_saved(&folder.0).unwrap();
    assert!(!folder.0.exists());
}

/// The South West is a whole part of England: cutting it out changes nothing.
#[test]
fn a_place_with_nothing_beyond_its_border_is_the_national_run() {
    let whole = england();
    let place = whole.ambulance_area("RYF").unwrap();
    assert!(place.local().unwrap().borders().iter().all(|border| !border.contains('%')));
    let month = Month::of(date(2022, 12, 1));
    let run = |pack: &SystemPack| {
        let parts = parts(pack);
        let part = parts
            .iter()
            .find(|part| part.services.iter().any(|&s| pack.ambulance_services()[s].code.as_str() == "RYF"))
            .unwrap();
        let timeline = Timeline::new(pack, month, month);
        let mut simulation =
            assemble(pack, part, &timeline, Switches::all_on(), Stream::of_seed(1).at(0)).unwrap();
        simulation.run_until(timeline.calendar.midnight(date(2022, 12, 8))).unwrap();
        (part.clone(), simulation.finish())
    };
    assert_eq!(run(&whole), run(&place));
    assert_eq!(parts(&place).len(), 1);
}

#[test]
fn levers_are_of_the_whole_or_of_the_place() {
    let beds = || Beds::added(100).opens_from(date(2022, 12, 1)).open_by(date(2022, 12, 1));
    let added = |study: Study| {
        let results = study
            .period(date(2022, 12, 1)..=date(2022, 12, 31))
            .warm_up_months(0)
            .replications(1)
            .scenario("a", [])
            .scenario("b", [beds().into()])
            .run()
            .unwrap();
        assert_eq!(results.areas().len(), 4, "the place, a service, a trust, a care system");
        results.difference("a", "b", Measure::AdultBedsOpen, Area::England, None).unwrap().estimate.mean
    };
    assert!(added(Study::new(england()).place("trust R1F")).abs() < 5.0);
    let here = added(Study::new(england().place("trust R1F").unwrap()));
    assert!((80.0..=100.0).contains(&here), "{here}");
}

#[test]
fn an_overlay_is_seen_in_the_run_and_in_its_record() {
    let folder = Folder::new("overlay");
    folder.file("isle.toml", &STUDY.replace("replications = 5", "replications = 1"));
    folder.file("mine.toml", "source = 'our bed state'\n[drivers.adult_ga_beds_available]\nR1F = 300\n");
    let output = program(&["run", "isle.toml", "--with", "mine.toml"], &folder);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("replaced: drivers.adult_ga_beds_available.R1F.2022-12: "), "{shown}");
    let record = fs::read_to_string(folder.0.join("results/isle/run.json")).unwrap();
    assert!(record.contains("\"after\": 300.0") && record.contains("our bed state"), "{record}");
    let checked = program(&["check", "mine.toml", "isle.toml"], &folder);
    let shown = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(
        shown.contains("mine.toml: a good overlay") && shown.contains("a good study of 2 scenarios"),
        "{shown}"
    );
}

/// Everybody who takes a place leaves it, nobody holds two, and no place is held twice.
#[test]
fn an_event_log_balances_and_leaves_the_run_as_it_is() {
    let folder = Folder::new("events");
    folder.file("isle.toml", STUDY);
    let arguments = ["event-log", "isle.toml", "--trust", "R1F", "--day", "2022-12-05", "--days", "3"];
    let output = program(&arguments, &folder);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(folder.0.join("event_log.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("entity_id,pathway,event_type,event,time,resource_id,run_number"));
    let mut held: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    let mut present = std::collections::BTreeSet::new();
    let mut last = 0;
    let mut departures = 0;
    for line in lines {
        let [entity, _, kind, event, time, resource, run] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let time: u64 = time.parse().unwrap();
        assert!(time >= last && time <= 3 * 24 * 60 && run == "1", "{line}");
        last = time;
        match (kind, event) {
            ("arrival_departure", "arrival") => assert!(present.insert(entity), "{line}"),
            ("arrival_departure", "depart") => {
                departures += 1;
                assert!(present.remove(entity) && !held.contains_key(entity), "{line}");
            }
            ("resource_use", _) => {
                assert!(held.insert(entity, (event, resource)).is_none() && !resource.is_empty(), "{line}");
            }
            ("resource_use_end", _) => assert_eq!(held.remove(entity), Some((event, resource)), "{line}"),
            ("queue", _) => assert!(resource.is_empty() && !held.contains_key(entity), "{line}"),
            _ => panic!("{line}"),
        }
    }
    assert!(departures > 300 && present.len() > 150, "{departures} left, {} stay", present.len());
    let wrong = |arguments: &[&str]| {
        let mut all = vec!["event-log", "isle.toml"];
        all.extend(arguments);
        String::from_utf8(program(&all, &folder).stderr).unwrap()
    };
    assert!(wrong(&["--trust", "RRK", "--day", "2022-12-05"]).contains("trust = RRK, must be"));
    assert!(wrong(&["--trust", "R1F", "--day", "2022-12-30"]).contains("must be such that all days lie"));
    assert!(
        wrong(&["--trust", "R1F", "--day", "2022-12-05", "--scenario", "x"])
            .contains("one of as it was, beds")
    );
}

#[test]
fn levers_places_and_scenario_files_are_shown() {
    let folder = Folder::new("shown");
    let text = |arguments: &[&str]| String::from_utf8(program(arguments, &folder).stdout).unwrap();
    let levers = text(&["levers"]);
    for lever in nhs_capacity::policy::Lever::CATALOGUE {
        assert!(levers.contains(lever.mechanism) && levers.contains(lever.evidence), "{}", lever.name);
        assert!(lever.fields.iter().all(|field| levers.contains(field.name)), "{}", lever.name);
    }
    // a price has its source and its year; a lever without one says what is missing
    for said in [
        "£395.00 (2022-23 prices)",
        "King's Fund",
        "no published pay or on-cost of nurses is held; give [price] nurse_year",
    ] {
        assert!(levers.contains(said), "{said}");
    }
    assert!(
        levers.contains("no total: '+7,000 beds', 2022-12 to 2023-02, 409,500 bed-days, 220,500 place-days")
    );
    assert!(!levers.contains("none is counted"));
    let places = text(&["places"]);
    assert!(["QHL", "RYF", "South West", "response_c2_mean"].iter().all(|part| places.contains(part)));
    folder.file("x.toml", "name = 'more beds'\n[beds]\nadded = 50\nopen_by = '2022-12-31'\n");
    let compared = text(&[
        "compare",
        "x.toml",
        "--place",
        "trust R1F",
        "--levers-here",
        "--from",
        "2022-12",
        "--until",
        "2022-12",
        "--warm-up-months",
        "0",
        "--replications",
        "2",
    ]);
    assert!(
        compared.contains("more beds") && compared.contains("all of them are pulled in the place"),
        "{compared}"
    );
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "compare writes nothing");
    let question = Question::from_toml(STUDY, "isle.toml").unwrap();
    let report = Report {
        title: "<isle> & \"beds\"",
        baseline: "as it was",
        measures: question.measures(),
        harm: true,
    };
    let html = study().replications(1).run().unwrap().report_html(&report);
    assert!(html.contains("&lt;isle&gt; &amp; &quot;beds&quot;") && !html.contains("NaN"));
    assert!(html.contains("An association, adjusted for what was recorded, is not a cause"));
}

/// Each lever has a study to copy, which pulls it alone, for a place as for England, and changes something.
#[test]
fn every_lever_has_a_question_to_copy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/questions/levers");
    for lever in Lever::CATALOGUE {
        let question = Question::from_file(folder.join(lever.name).with_extension("toml")).unwrap();
        let [baseline, scenario] = &question.scenarios[..] else { panic!("{}: two scenarios", lever.name) };
        assert!(baseline.levers.is_empty() && !question.measures.is_empty(), "{}", lever.name);
        let pulled: Vec<&str> = scenario.levers.iter().map(Lever::name).collect();
        assert_eq!(pulled, [lever.name]);
        assert_eq!(question.study().unwrap().validate(), Ok(vec![]), "{}", lever.name);
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), Lever::CATALOGUE.len());
}

/// One of them as a stranger would: shown by `levers`, checked and run for a small place.
#[test]
fn a_lever_is_shown_copied_and_run() {
    let folder = Folder::new("lever");
    let shown = program(&["levers", "hospital_building"], &folder);
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("[scenario.hospital_building]\n    beds = 2000"), "{text}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/questions/levers/hospital_building.toml");
    let options = "--out out --place R1F --levers-here --until 2022-12 --replications 2 --warm-up-months 0";
    let words: Vec<&str> = ["run", file.to_str().unwrap()].into_iter().chain(options.split(' ')).collect();
    let run = program(&words, &folder);
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.contains("2022-12, 2 replications of each scenario"), "{text}");
    assert!(text.contains("2,000 beds and 100 theatres: meeting the same people saved"), "{text}");
    let table = fs::read_to_string(folder.0.join("out/comparison.csv")).unwrap();
    let row = table.lines().find(|row| row.contains(",sitrep_adult_ga_beds_available,")).unwrap();
    let beds: f64 = row.rsplit(',').nth(6).unwrap().parse().unwrap();
    assert!(beds > 1_000.0, "beds with their staff open: {row}");
}

/// What would hang, fill the memory or pass unnoticed.
#[test]
fn wild_levers_are_refused_or_run() {
    let folder = Folder::new("wild");
    let study =
        |lever: &str| folder.file("wild.toml", &format!("[[scenario]]\nname = 'a'\n[scenario.{lever}\n"));
    let check = |lever: &str| {
        let done = program(&["check", study(lever).to_str().unwrap()], &folder);
        (
            done.status.success(),
            String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap(),
        )
    };
    let (is_good, _) = check("beds]\nadded = 5\nopens_from = '0001-01-01'\nopen_by = '9999-12-31'");
    assert!(is_good, "a ramp of ten thousand years");
    let (is_good, said) =
        check("hospital_building]\nbeds = 1\ntheatres = 1\nopen_on = '2023-01-01'\ntrusts = ['ZZZ']");
    assert!(
        !is_good && said.contains("hospital_building.trusts = ZZZ, must be codes of acute trusts"),
        "{said}"
    );
    let empty = folder.file("empty.toml", "");
    let done = program(&["check", empty.to_str().unwrap()], &folder);
    assert!(
        String::from_utf8(done.stderr).unwrap().contains("holds nothing: a study has tables [[scenario]]")
    );
}

/// A price changes what is said of money and no other file.
#[test]
fn a_price_changes_nothing_that_is_simulated() {
    let folder = Folder::new("priced");
    let wards = "[[scenario]]\nname = 'as it was'\n[[scenario]]\nname = 'wards'\n[scenario.virtual_wards]\nplaces = 3000\n\
                 opens_from = '2022-10-01'\nopen_by = '2022-10-01'\n";
    let price = "[price]\nprice_year = 2022\nvirtual_ward_place_day = 100\n";
    let options = "--place R1F --from 2022-10 --until 2022-10 --replications 2 --warm-up-months 0";
    let run = |name: &str, text: &str| {
        folder.file(&format!("{name}.toml"), text);
        let file = format!("{name}.toml");
        let words = ["run", &file, "--out", name].into_iter().chain(options.split(' '));
        let output = program(&words.collect::<Vec<_>>(), &folder);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (files(&folder.0.join(name)), String::from_utf8(output.stdout).unwrap())
    };
    let (without, said) = run("without", wards);
    assert!(said.contains("no published cost of a virtual-ward place is held"), "{said}");
    let (with, said) = run("with", &format!("{price}{wards}"));
    assert!(said.contains("12-hour wait avoided") && !said.contains("the cost is not known"), "{said}");
    for (name, bytes) in &with {
        let is_of_money = ["costs.csv", "run.json", "report.html"].contains(&name.as_str());
        assert_eq!(without[name] != *bytes, is_of_money, "{name}");
    }
}

#[test]
fn the_report_card_says_how_often_chance_alone_would_do() {
    let folder = Folder::new("card");
    let options = "--place R1F --from 2022-10 --until 2022-10 --replications 2 --warm-up-months 0";
    let card = |json: &[&str]| {
        let words = ["report-card"].iter().chain(json).copied().chain(options.split(' '));
        String::from_utf8(program(&words.collect::<Vec<_>>(), &folder).stdout).unwrap()
    };
    assert!(card(&[]).contains("inside 95% of chance"));
    let rows: serde_json::Value = serde_json::from_str(&card(&["--json"])).unwrap();
    let both = rows.as_array().unwrap().iter().find(|row| row["coverage"].is_number()).unwrap();
    let of = |key: &str| both[key].as_f64().unwrap();
    let is_inside = (of("predicted_low")..=of("predicted_high")).contains(&of("published"));
    assert_eq!(of("coverage"), f64::from(u8::from(is_inside)));
}
