//! What people, files and machines do to studies, places, overlays, shards and the command line: each is a clear
//! error before anything runs. The labels are those of the list of bad inputs that this crate is held to:
//! A numbers, B capacity, C time, E limits, F seeds, G files.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use nhs_capacity::experiment::{Question, Shard};
use nhs_capacity::policy::Lever;
use nhs_capacity::prelude::*;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("nhs-capacity-bad-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn december<'a>() -> Study<'a> {
    Study::new(england())
        .place("trust R1F")
        .period(date(2022, 12, 1)..=date(2022, 12, 31))
        .warm_up_months(0)
        .replications(1)
        .scenario("as it was", [])
}

fn overlay(text: &str) -> String {
    let text = format!("source = 'x'\n{text}");
    england().overlaid(&text, "mine.toml").map_or_else(|error| error.to_string(), |_| "was taken".to_owned())
}

fn question(text: &str) -> String {
    Question::from_toml(text, "q.toml").map_or_else(|error| error.to_string(), |_| "was taken".to_owned())
}

fn with_beds(fields: &str) -> String {
    question(&format!("[[scenario]]\nname = 'x'\n[scenario.beds]\n{fields}\n"))
}

#[test]
fn a_numbers_that_are_none_or_out_of_range() {
    // A1, A2, A3, A7: NaN, infinities, negative, too large, in parameters, drivers and levers
    for value in ["nan", "inf", "-inf", "-3", "1e308", "true", "'2'", "[2]", "0x10"] {
        let shown = overlay(&format!("[ward]\nbed_turnaround_hours = {value}"));
        assert!(shown.contains("mine.toml, line 3: ward.bed_turnaround_hours"), "{value}: {shown}");
        let shown = overlay(&format!("[drivers.attendances_type1]\nR1F = {value}"));
        assert!(shown.contains("line 3: drivers.attendances_type1.R1F"), "{value}: {shown}");
        let shown = with_beds(&format!("added = {value}\nopen_by = '2023-01-01'"));
        assert!(
            shown.contains("q.toml, line 4: scenario[1].beds.added") || value == "0x10",
            "{value}: {shown}"
        );
    }
    // A4: a mean of nothing where there must be something
    assert!(overlay("[emergency]\nmajors_tests_minutes = 0").contains("must be between 1 and 480"));
    // A5: minus zero is zero
    let zero = england().overlaid("source = 'x'\n[ward]\nbed_turnaround_hours = -0.0", "m").unwrap();
    assert!(zero.parameters().ward.bed_turnaround_hours.value.is_sign_positive());
    // A11: shares above 1 alone and together
    assert!(
        with_beds("added = 1\nopen_by = '2023-01-01'\nvirtual_share = 1.01").contains("virtual_share = 1.01")
    );
    let together = overlay("[by_provider.conveyed_to_ed_share]\nRYF = 0.9999");
    assert!(together.contains("must not be more than 1"), "{together}");
    // A18: a stay in hours where days are meant
    assert!(overlay("[ward]\nemergency_stay_days = 168").contains("must be between 0.5 and 60"));
}

#[test]
fn b_and_c_capacity_and_dates() {
    // B1, B7: no demand, no beds: it runs, and what was not seen is absent
    let nothing = "source = 'x'\n[drivers]\nattendances_type1 = {R1F = 0}\nother_emergency_admissions = {R1F = 0}\n\
                   adult_ga_beds_available = {R1F = 0}\n[by_provider.adult_ga_occupied_beds]\nR1F = 0\n";
    let pack = england().overlaid(nothing, "mine.toml").unwrap().place("trust R1F").unwrap();
    let results = Study::new(pack)
        .period(date(2022, 12, 1)..=date(2022, 12, 31))
        .warm_up_months(0)
        .replications(1)
        .scenario("none", [])
        .run()
        .unwrap();
    let occupancy = results.estimate("none", Measure::AdultOccupancy, Area::England, None);
    assert!(occupancy.is_none_or(|occupancy| occupancy.mean.is_finite()));
    // B8: a fraction of a bed is a bed-equivalent; more than the world has is refused
    assert!(
        with_beds("added = 1e9\nopen_by = '2023-01-01'")
            .contains("must be a number of beds from 0 to 100,000")
    );
    // B17: beds that open before or after the study: it runs, with a warning
    let late = Beds::added(10).opens_from(date(2031, 1, 1)).open_by(date(2031, 2, 1));
    let notes = december().scenario("late", [late.into()]).validate().unwrap();
    assert!(notes.iter().any(|note| note.contains("changes nothing")), "{notes:?}");
    // C2, C3: no period, a period backwards, a warm-up without end
    let wrong = |study: Study| study.validate().unwrap_err().to_string();
    assert!(
        wrong(december().period(date(2022, 12, 31)..=date(2022, 12, 1))).contains("whole months")
            || wrong(december().period(date(2022, 12, 31)..=date(2022, 12, 1)))
                .contains("first day of a month")
    );
    assert!(wrong(december().warm_up_months(121)).contains("must be at most 120"));
    // C11: days that do not exist
    for day in ["2023-02-29", "2022-13-01", "1 January 2023", "2022-12"] {
        let shown = with_beds(&format!("added = 1\nopen_by = '{day}'"));
        assert!(shown.contains("line 5: scenario[1].beds"), "{day}: {shown}");
    }
}

#[test]
fn e_and_f_limits_and_seeds() {
    // E6, F4: more replications than results fit
    assert!(
        december().replications(1_001).run().unwrap_err().to_string().contains("must be from 1 to 1,000")
    );
    assert!(question("replications = 1001\n[[scenario]]\nname='x'").contains("from 1 to 1000"));
    assert!(question("replications = 2.5\n[[scenario]]\nname='x'").contains("must be a whole number"));
    // F1: no seed has a meaning of its own, and neighbours differ
    let seen = |seed| {
        let results = december().seed(seed).run().unwrap();
        results.replicated("as it was", Measure::AttendancesType1, Area::England, None).unwrap()
    };
    let all = [0, 1, 2, u64::MAX].map(seen);
    assert!((0..4).all(|i| (0..i).all(|j| all[i] != all[j])), "{all:?}");
    assert!(question("seed = 18446744073709551616\n[[scenario]]\nname='x'").contains("q.toml, line 1"));
}

#[test]
fn g_files_that_are_no_files_of_ours() {
    // G1: empty, not TOML, the wrong keys
    assert!(question("").contains("there must be at least one table [[scenario]]"));
    assert!(question("from: 2022-10").contains("q.toml, line 1"));
    assert!(question("kind,code,name\nR1F,x,y").contains("line 1"));
    assert!(overlay("[wards]\nx = 1").contains("line 2: wards, is not a known key"));
    // G2: a byte-order mark and Windows line ends are read
    let folder = folder("files");
    let file = folder.join("q.toml");
    fs::write(&file, "\u{feff}from = '2022-12'\r\nuntil = '2022-12'\r\n[[scenario]]\r\nname = 'x'\r\n")
        .unwrap();
    assert!(Question::from_file(&file).is_ok());
    fs::write(&file, b"title = 'St Thomas\x92'\n").unwrap();
    assert!(Question::from_file(&file).unwrap_err().to_string().contains("must be saved as UTF-8"));
    // G3: codes that are unknown, in lower case, of another kind
    for (code, part) in [("XXX", "is not one of"), ("r1f", "in upper case"), ("QHL", "is not one of")] {
        let shown = overlay(&format!("[by_provider.ed_efficiency]\n{code} = 1"));
        assert!(shown.contains(part) && shown.contains("line 3"), "{shown}");
    }
    // G4: months outside the pack, in another format, twice
    for month in ["2021-01 = 1", "'Dec 22' = 1", "2022-12 = 1\n2022-12 = 2", "2022-13 = 1"] {
        let shown = overlay(&format!("[drivers.attendances_type1.R1F]\n{month}"));
        assert!(shown.contains("line 3") || shown.contains("line 4"), "{shown}");
    }
    let _ = fs::remove_dir_all(&folder);
}

#[test]
fn places_that_are_none() {
    for place in ["", " ", "ZZZ", "qhl", "R1F+", "trust", "icb R1F", "England", "région", "RRK,RXK,XX"] {
        let error = december().place(place).run().unwrap_err().to_string();
        assert!(error.contains("place '"), "{place}: {error}");
    }
}

#[test]
fn shards_that_are_none() {
    for text in ["", "3", "0/3", "4/3", "a/b", "1/0", "-1/3", "1/3/5", "1.5/3", "4294967296/4294967297"] {
        assert!(text.parse::<Shard>().unwrap_err().to_string().contains("must be written K/N"), "{text}");
    }
    assert_eq!(Shard::new(8, 8).unwrap().range(u32::MAX), 3758096383..u32::MAX);
    let folder = folder("shards");
    let file = folder.join("shard.json");
    let study = december();
    study.run_shard(Shard::new(1, 1).unwrap()).unwrap().write(&file).unwrap();
    let good = fs::read_to_string(&file).unwrap();
    assert!(study.merge([&file]).is_ok());
    let (header, line) = good.split_once('\n').unwrap();
    let digit = line.find("[[").unwrap_or(line.len() / 2);
    let at = digit + line[digit..].find(|c: char| c.is_ascii_digit() && c != '9').unwrap();
    let mut changed = line.to_owned();
    changed.replace_range(at..=at, "9");
    let cases: Vec<(String, &str)> = vec![
        (String::new(), "line 1: is empty"),
        ("hello\n".into(), "line 1: is no header"),
        ("{}\n".into(), "line 1: is no header"),
        (format!("{header}\n"), "ends after 0 of 1 replications"),
        (format!("{header}\n{}", &line[..line.len() / 2]), "line 2: is damaged or cut short"),
        (format!("{header}\n{changed}"), "line 2: does not match its check sum"),
        (format!("{header}\n{line}{line}"), "line 3: holds replication 0, which is not due"),
        (format!("{}\n{line}", header.replace("\"from\":0", "\"from\":9")), "no such range"),
        (format!("{}\n{line}", header.replace("replications, 1", "replications, 2")), "format = "),
        (format!("{}\n{line}", header.replace("\"seed\":2022", "\"seed\":2023")), "seed = 2023"),
        (format!("{}\n{line}", header.replace("as it was", "as it wasn't")), "scenarios = "),
    ];
    for (text, part) in cases {
        fs::write(&file, &text).unwrap();
        let error = study.merge([&file]).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("shard.json"), "{part}: {error}");
    }
    fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    assert!(study.merge([&file]).unwrap_err().to_string().contains("line 1: cannot be read"));
    assert!(study.merge([folder.join("nowhere.json")]).unwrap_err().to_string().contains("nowhere.json"));
    assert!(study.merge([&folder]).is_err());
    assert!(study.merge::<PathBuf>([]).unwrap_err().to_string().contains("shards are missing"));
    let _ = fs::remove_dir_all(&folder);
}

#[test]
fn command_lines_that_cannot_be_meant() {
    let folder = folder("lines");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write(
        "q.toml",
        "from = '2022-12'\nuntil = '2022-12'\n[[scenario]]\nname = 'x'\n[scenario.beds]\nadded = -1\nopen_by = '2023-01-01'\n",
    );
    write(
        "good.toml",
        "from = '2022-12'\nuntil = '2022-12'\nplace = 'trust R1F'\nreplications = 1\nwarm_up_months = 0\n[[scenario]]\nname = 'x'\n",
    );
    write("scenario.toml", "name = 'x'\n[bedz]\nadded = 1\n");
    write("a file", "");
    let cases: &[(&[&str], i32, &str)] = &[
        (&[], 2, "Usage"),
        (&["walk"], 2, "unrecognized subcommand"),
        (&["run"], 2, "<STUDY>"),
        (&["run", "nowhere.toml"], 1, "nowhere.toml: the file, cannot be read"),
        (&["run", "."], 1, "cannot be read"),
        (&["run", "q.toml"], 1, "q.toml, line 6: scenario[1].beds.added = -1, must be"),
        (&["run", "good.toml", "--shard", "9/8"], 2, "must be written K/N"),
        (&["run", "good.toml", "--replications", "0"], 2, "1..=1000"),
        (&["run", "good.toml", "--from", "2022-13"], 2, "YYYY-MM"),
        (
            &["run", "good.toml", "--from", "2031-01", "--until", "2031-01"],
            1,
            "must lie within 2022-04 to 2023-03",
        ),
        (&["run", "good.toml", "--from", "2023-01", "--until", "2022-12"], 1, "first day of a month"),
        (&["run", "good.toml", "--place", "Narnia"], 1, "place 'Narnia'"),
        (
            &["run", "good.toml", "--with", "scenario.toml"],
            1,
            "scenario.toml, line 1: name, is not a known key",
        ),
        (&["run", "good.toml", "--pack", "nowhere"], 1, "nowhere: the folder, must exist"),
        (&["run", "good.toml", "--out", "a file"], 1, "a file"),
        (&["compare", "scenario.toml"], 1, "scenario.toml, line 2: bedz, is not a lever; levers are"),
        (&["merge", "good.toml", "a file"], 1, "a file, line 1: is empty"),
        (&["levers", "bedz"], 1, "there is no lever 'bedz'"),
        (&["check", "scenario.toml", "q.toml", "nowhere"], 1, "q.toml, line 6"),
        (&["check", "nowhere"], 1, "nowhere"),
        (&["export", "a file"], 1, "a file"),
    ];
    for (arguments, code, part) in cases {
        let program = Command::new(env!("CARGO_BIN_EXE_nhs-capacity"));
        let output = { program }.args(*arguments).current_dir(&folder).output().unwrap();
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {shown}");
        assert!(shown.contains(part), "{arguments:?}: {shown}");
        assert!(!shown.contains("panicked"), "{arguments:?}: {shown}");
    }
    let _ = fs::remove_dir_all(&folder);
}

#[test]
fn every_lever_refuses_an_empty_table_or_takes_it_whole() {
    for name in Lever::NAMES {
        let shown = question(&format!("[[scenario]]\nname = 'x'\n[scenario.{name}]\ncolour = 1\n"));
        assert!(shown.contains("line 4: scenario[1].") && shown.contains("colour"), "{name}: {shown}");
    }
}
