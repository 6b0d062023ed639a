//! A system pack is read whole or refused with every fault named: the bad inputs users really have.

// clippy.toml allows these in tests, but does not see that the helper functions here serve only tests
#![allow(clippy::expect_used, clippy::unwrap_used)]

use nhs_capacity::system::pack::{
    Driver, Given, PackError, Status, SystemPack, england, england_files, export_england,
};
use nhs_capacity::system::parameters::ProviderParameter;
use nhs_capacity::system::providers::{ProviderCode, ProviderKind};
use nhs_capacity::units::Month;
use std::borrow::Cow;
use std::path::PathBuf;

/// England with one file changed.
fn england_with(name: &str, change: impl Fn(&str) -> String) -> Result<SystemPack, PackError> {
    england_with_bytes(name, |text| change(text).into_bytes())
}

fn england_with_bytes(name: &str, change: impl Fn(&str) -> Vec<u8>) -> Result<SystemPack, PackError> {
    let files = england_files().map(|(file, text)| {
        (file, if file == name { Cow::Owned(change(text)) } else { Cow::Borrowed(text.as_bytes()) })
    });
    SystemPack::from_files(&files.each_ref().map(|(file, bytes)| (*file, bytes.as_ref())))
}

/// The problems of England with one file changed, as shown.
fn problems_with(name: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    let error = england_with(name, change).expect_err("the pack must be refused");
    error.problems().iter().map(ToString::to_string).collect()
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// A folder of its own for a test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("nhs-capacity-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn code(text: &str) -> ProviderCode {
    text.parse().unwrap()
}

#[test]
fn england_has_120_trusts_11_services_and_42_care_systems() {
    let england = england();
    assert_eq!(england.trusts().len(), 120);
    assert_eq!(england.ambulance_services().len(), 11);
    assert_eq!(england.care_systems().len(), 42);
    assert_eq!(england.elective_providers().len(), 1);
    assert_eq!(england.months().count(), 12);
    assert_eq!(england.month_index(month("2022-12")), Some(8));
    assert_eq!(england.month_index(month("2023-04")), None);
    // R1F is two records: the Isle of Wight's ambulance service and its hospital
    let trust = england.trust_id(code("R1F")).unwrap();
    let service = england.ambulance_service_id(code("R1F")).unwrap();
    assert_eq!(england.trusts()[trust.index()].ambulance_service, service);
    assert_eq!(england.care_systems()[england.trusts()[trust.index()].care_system.index()].code, code("QRL"));
    assert_eq!(england.providers().find(ProviderKind::CareSystem, code("R1F")), None);
}

#[test]
fn england_holds_the_figures_of_its_files() {
    let england = england();
    let drivers = england.drivers();
    let birmingham = england.trust_id(code("RRK")).unwrap().index();
    // drivers.csv: 2022-12,RRK,adult_ga_beds_available
    let row =
        england_files()[1].1.lines().find(|l| l.starts_with("2022-12,RRK,adult_ga_beds_available,")).unwrap();
    let beds: f64 = row.split(',').nth(3).unwrap().parse().unwrap();
    assert_eq!(drivers.monthly(Driver::AdultGaBedsAvailable, birmingham)[8], beds);
    assert_eq!(drivers.status(Driver::AdultGaBedsAvailable, birmingham, 8), Some(Status::Published));
    assert_eq!(drivers.source(Driver::AdultGaBedsAvailable, birmingham, 8), Some("nhse_sitrep_beds"));
    assert_eq!(drivers.starting_month(), month("2022-08"));
    let list: f64 = (0..=120).map(|holder| drivers.starting(Driver::StartingListTotal, holder)).sum();
    assert_eq!(list, 7_072_791.0);
    assert_eq!(
        england.observed().get("England", "waits_over_12h_decision_to_admit", month("2022-12")),
        Some(54_573.0)
    );
    assert_eq!(england.observed().unit("response_c2_mean"), Some("seconds"));
    assert_eq!(england.observed().areas("response_c2_mean").count(), 12);
    // parameters.toml: the first of a table is that of the first code in order
    let table = england_files().iter().find(|file| file.0 == "parameters.toml").unwrap().1;
    let after = table.split("[by_provider.ed_efficiency.values]\n").nth(1).unwrap();
    let (first, value) = after.lines().next().unwrap().split_once(" = ").unwrap();
    let efficiency = england.parameters().by_provider(ProviderParameter::EdEfficiency);
    assert_eq!(efficiency.len(), 120);
    assert_eq!(efficiency[england.trust_id(code(first)).unwrap().index()], value.parse::<f64>().unwrap());
}

#[test]
fn what_does_not_exist_is_empty_and_does_not_panic() {
    let england = england();
    let drivers = england.drivers();
    for index in [121, 1_000, usize::MAX] {
        assert!(drivers.monthly(Driver::IncidentsAll, index).is_empty());
        assert!(drivers.starting(Driver::StartingListTotal, index).is_nan());
        assert_eq!(drivers.status(Driver::IncidentsAll, 0, index), None);
        assert_eq!(drivers.status(Driver::IncidentsAll, index, 0), None);
    }
    assert!(drivers.monthly(Driver::StartingListTotal, 0).is_empty());
    assert!(drivers.starting(Driver::IncidentsAll, 0).is_nan());
}

#[test]
fn england_exported_and_read_back_is_england() {
    let folder = Folder::new("export");
    export_england(&folder.0).unwrap();
    assert_eq!(SystemPack::from_folder(&folder.0).unwrap(), england());
    let again = export_england(&folder.0).unwrap_err();
    assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
    std::fs::remove_file(folder.0.join("drivers.csv")).unwrap();
    std::fs::write(folder.0.join("observed.csv"), "").unwrap();
    let shown = SystemPack::from_folder(&folder.0).unwrap_err().to_string();
    assert!(shown.contains("drivers.csv: the file, cannot be read"), "{shown}");
    assert!(shown.contains("observed.csv: the file is empty"), "{shown}");
    let absent = SystemPack::from_folder(folder.0.join("absent")).unwrap_err();
    assert_eq!(absent.problems().len(), 1);
}

#[test]
fn byte_order_marks_windows_ends_spaces_and_row_order_do_not_matter() {
    for (name, _) in england_files() {
        let is_table = name.ends_with(".csv");
        let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(england_with(name, windows).unwrap(), england(), "{name}");
        if is_table {
            let spaced = |text: &str| text.lines().map(|line| format!("{line}  \n")).collect();
            assert_eq!(england_with(name, spaced).unwrap(), england(), "{name}");
            let reversed = |text: &str| {
                let (head, rows) = text.split_once('\n').unwrap();
                std::iter::once(head).chain(rows.lines().rev()).flat_map(|line| [line, "\n"]).collect()
            };
            assert_eq!(england_with(name, reversed).unwrap(), england(), "{name}");
        }
    }
}

#[test]
fn wrong_headers_are_named_with_file_line_and_column() {
    for (name, text) in england_files().into_iter().filter(|(name, _)| name.ends_with(".csv")) {
        let header = text.lines().next().unwrap();
        let shown = problems_with(name, |_| String::new());
        assert!(shown[0].starts_with(&format!("{name}: the file is empty")), "{shown:?}");
        let shown = problems_with(name, |_| format!("{header}\n"));
        assert!(shown[0].starts_with(&format!("{name}: the file has a header and no rows")), "{shown:?}");
        let shown = problems_with(name, |text| replaced(text, "source", "src"));
        assert!(shown[0].starts_with(&format!("{name}, line 1: missing column = source")), "{shown:?}");
        assert!(shown[1].starts_with(&format!("{name}, line 1: unknown column = src")), "{shown:?}");
        // the others are not blamed for it
        assert_eq!(shown.len(), 2, "{shown:?}");
        let shown = problems_with(name, |text| replaced(text, header, &format!("{header},extra")));
        assert!(shown[0].starts_with(&format!("{name}, line 1: unknown column = extra")), "{shown:?}");
        let shown = problems_with(name, |text| text.replace(',', ";"));
        assert!(shown[0].contains("separated by commas"), "{shown:?}");
    }
}

#[test]
fn cells_that_are_no_plain_numbers_are_refused_and_quoted() {
    let cell = "2022-04,R0A,attendances_type1,";
    for bad in
        ["", "-", "*", "#N/A", "NaN", "inf", "-inf", "\"1,234\"", "1 234", "1e999", "-3", "3000000000", "ten"]
    {
        let shown = problems_with("drivers.csv", |text| {
            let at = text.find(cell).unwrap() + cell.len();
            let end = at + text[at..].find(',').unwrap();
            format!("{}{bad}{}", &text[..at], &text[end..])
        });
        assert_eq!(shown.len(), 1, "{bad}: {shown:?}");
        assert!(shown[0].contains("(attendances_type1, R0A, 2022-04), must be"), "{shown:?}");
        assert!(shown[0].contains(bad.trim_matches('"')), "{shown:?}");
    }
}

#[test]
fn a_whole_that_cannot_be_read_is_not_compared_with_its_parts() {
    let shown = problems_with("drivers.csv", |text| {
        let row = text.lines().find(|l| l.starts_with("2022-04,RRU,incidents_all,")).unwrap();
        replaced(text, row, "2022-04,RRU,incidents_all,*,incidents,published,nhse_ambsys")
    });
    assert_eq!(shown.len(), 1, "{shown:?}");
}

#[test]
fn a_negative_value_reads_as_in_the_documentation() {
    let shown = problems_with("drivers.csv", |text| {
        let row = text.lines().find(|l| l.starts_with("2022-10,RRK,adult_ga_beds_available,")).unwrap();
        replaced(text, row, "2022-10,RRK,adult_ga_beds_available,-3,beds,published,nhse_sitrep_beds")
    });
    let line =
        england_files()[1].1.lines().position(|l| l.starts_with("2022-10,RRK,adult_ga_beds")).unwrap() + 1;
    assert_eq!(
        shown,
        [format!(
            "drivers.csv, line {line}: value = -3 (adult_ga_beds_available, RRK, 2022-10), must be 0 or more"
        )]
    );
}

#[test]
fn an_unquoted_thousands_separator_is_a_row_too_long() {
    let shown = problems_with("observed.csv", |text| replaced(text, "1222784", "1,222,784"));
    assert!(shown[0].starts_with("observed.csv, line 2: row ="), "{shown:?}");
    assert!(shown[0].contains("has 8 cells, must have 6"), "{shown:?}");
}

#[test]
fn codes_that_are_repeated_unknown_or_lower_case_are_listed() {
    let shown = problems_with("providers.csv", |text| {
        let row = text.lines().find(|l| l.starts_with("acute_trust,RRK")).unwrap();
        format!("{text}{row}\n")
    });
    assert!(shown[0].contains("code = RRK (acute_trust), is on line"), "{shown:?}");
    let shown = problems_with("drivers.csv", |text| text.replace(",RRK,", ",rrk,").replace(",R0A,", ",XXX,"));
    assert!(
        shown.iter().any(|p| p.contains("provider = rrk") && p.contains("in upper case (on ")),
        "{shown:?}"
    );
    assert!(shown.iter().any(|p| p.contains("provider = XXX") && p.contains(" (on ")), "{shown:?}");
    assert!(shown.iter().any(|p| p.contains("attendances_type1 (RRK), has no row")), "{shown:?}");
    let shown = problems_with("parameters.toml", |text| replaced(text, "RRU = ", "rru = "));
    assert!(
        shown
            .iter()
            .any(|p| p.contains("hear_and_treat_base_share.values.rru") && p.contains("in upper case"))
    );
    assert!(shown.iter().any(|p| p.contains("values, has no value for RRU")), "{shown:?}");
    let shown = problems_with("providers.csv", |text| text.replace("acute_trust,RRK,", "acute_trust,rrk,"));
    assert!(shown[0].contains("code = rrk"), "{shown:?}");
}

#[test]
fn months_that_are_missing_repeated_or_misspelt_are_named() {
    let without = |text: &str, start: &str| {
        text.lines().filter(|line| !line.starts_with(start)).flat_map(|line| [line, "\n"]).collect::<String>()
    };
    let shown = problems_with("drivers.csv", |text| without(text, "2022-11,RRU,incidents_c1,"));
    assert_eq!(shown, ["drivers.csv: incidents_c1 (RRU), has no row for 2022-11"]);
    let shown = problems_with("drivers.csv", |text| without(text, "2022-11,"));
    let monthly = Driver::ALL.iter().filter(|driver| driver.given() == Given::Monthly).count();
    assert_eq!(shown.len(), monthly, "{shown:?}");
    assert_eq!(
        shown[0],
        "drivers.csv: incidents_all (2022-11), has no row for any of the 11 ambulance services"
    );
    let shown = problems_with("drivers.csv", |text| {
        let row = text.lines().find(|l| l.starts_with("2022-11,RRU,incidents_c1,")).unwrap();
        format!("{text}{row}\n")
    });
    assert!(shown[0].contains("row (incidents_c1, RRU, 2022-11), repeats line"), "{shown:?}");
    let shown = problems_with("drivers.csv", |text| {
        replaced(text, "2022-11,RRU,incidents_c1,", "Nov-22,RRU,incidents_c1,")
    });
    assert!(shown[0].contains("period = Nov-22, must be a month written YYYY-MM"), "{shown:?}");
    assert_eq!(shown[1], "drivers.csv: incidents_c1 (RRU), has no row for 2022-11");
    let shown = problems_with("drivers.csv", |text| text.replace("2022-11,", "2032-11,"));
    assert!(
        shown.iter().any(|p| p.contains("period = 2032-11") && p.contains("2022-04 to 2023-03")),
        "{shown:?}"
    );
    let shown = problems_with("drivers.csv", |text| {
        replaced(text, "2022-08,RRK,starting_list_total", "2022-09,RRK,starting_list_total")
    });
    assert!(shown[0].contains("must be 2022-08, as in the first row of the starting list"), "{shown:?}");
}

#[test]
fn names_units_statuses_and_sources_must_be_known() {
    let shown = problems_with("drivers.csv", |text| {
        let text = text.replace(",removals,", ",removal,").replace(",beds,", ",bed,");
        text.replace(",derived,nhse_ae_icb", ",estimated,nhs_icb")
    });
    for part in [
        "driver = removal, must be one of incidents_all",
        "unit = bed",
        "status = estimated",
        "source = nhs_icb",
    ] {
        assert!(shown.iter().any(|p| p.contains(part) && p.contains("(on ")), "{part}: {shown:?}");
    }
    assert!(
        shown.iter().any(|p| p.contains("removals, has no rows; must have one for each of the 121 acute"))
    );
    assert!(shown.len() < 12, "{shown:?}");
}

#[test]
fn the_heading_of_the_pack_must_be_complete() {
    let shown = problems_with("parameters.toml", |text| replaced(text, "[pack]", "[pack]\nregion = \"all\""));
    assert_eq!(
        shown,
        ["parameters.toml, line 8: pack.region, is not a known key; known are name, first_month, last_month"]
    );
    let shown = problems_with("parameters.toml", |text| replaced(text, "\"2022-04\"", "\"April 2022\""));
    assert_eq!(shown.len(), 1, "the other files are not blamed: {shown:?}");
    assert!(
        shown[0].contains("pack.first_month = \"April 2022\", must be a month written YYYY-MM"),
        "{shown:?}"
    );
    let shown = problems_with("parameters.toml", |text| replaced(text, "\"2023-03\"", "\"2023-04\""));
    assert!(shown.iter().all(|p| p.contains("(2023-04), has no row for any of the")), "{shown:?}");
}

#[test]
fn parts_greater_than_their_whole_are_refused() {
    let shown = problems_with("drivers.csv", |text| {
        let row = text.lines().find(|l| l.starts_with("2022-08,RRK,starting_list_over_78w,")).unwrap();
        replaced(text, row, "2022-08,RRK,starting_list_over_78w,99999,pathways,published,nhse_rtt_provider")
    });
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(
        shown[0].contains(
            "starting_list_over_65w, RRK, 2022-08), must be at least starting_list_over_78w = 99999"
        )
    );
    let shown = problems_with("parameters.toml", |text| {
        replaced(text, "conveyed_to_ed_share.values]\nR1F = 0.", "conveyed_to_ed_share.values]\nR1F = 0.99")
    });
    assert!(
        shown[0].contains("by_provider.conveyed_to_ed_share (R1F), must not be more than 1"),
        "{shown:?}"
    );
}

#[test]
fn every_file_is_checked_whatever_is_wrong_with_the_others() {
    let broken = england_files().map(|(name, text)| match name {
        "providers.csv" => (name, replaced(text, "acute_trust,RRK", "acute_hospital,RRK")),
        "drivers.csv" => {
            (name, replaced(text, "2022-04,OTHER,removals,18695.91", "2022-04,OTHER,removals,n/a"))
        }
        "observed.csv" => (name, replaced(text, "1222784", "*")),
        "parameters.toml" => (name, replaced(text, "value = 4\nunit = \"h\"", "value = -3\nunit = \"h\"")),
        _ => (name, replaced(text, "[handover_weekly]", "[handovers_weekly]")),
    });
    let files = broken.each_ref().map(|(name, text)| (*name, text.as_bytes()));
    let error = SystemPack::from_files(&files).unwrap_err();
    for part in [
        "kind = acute_hospital (acute_hospital RRK)",
        "value = \"n/a\" (removals, OTHER, 2022-04)",
        "value = \"*\" (attendances_type1_excl_booked, England, 2021-04)",
        "ward.bed_turnaround_hours.value = -3, must be 0 or more",
        "source = handover_weekly, must be a key of sources.toml",
    ] {
        assert!(error.problems().iter().any(|p| p.to_string().contains(part)), "{part}\n{error}");
    }
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let mut dice: u64 = 1;
    let mut next = |below: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % below.max(1)
    };
    // short files, so that a thousand of them take a moment
    let short = england_files().map(|(name, text)| {
        let rows = if name.ends_with(".csv") { 40 } else { 200 };
        (name, text.lines().take(rows).collect::<Vec<_>>().join("\n").into_bytes())
    });
    for _ in 0..1_000 {
        let mut files = short.clone();
        let bytes = &mut files[next(5)].1;
        for _ in 0..=next(6) {
            let at = next(bytes.len());
            match next(4) {
                0 => bytes.truncate(at),
                1 => bytes
                    .extend_from_slice([&b"\""[..], b"\xff", b"\0", b"\r", b"[[a.b]]", b"={", b","][next(7)]),
                _ if bytes.is_empty() => bytes.push(b'['),
                _ => bytes[at] = u8::try_from(next(256)).unwrap(),
            }
        }
        let files = files.each_ref().map(|(name, bytes)| (*name, bytes.as_slice()));
        let shown = SystemPack::from_files(&files).unwrap_err().to_string();
        assert!(shown.lines().count() <= 52);
    }
}

#[test]
fn an_endless_line_or_a_quote_left_open_is_reported_in_one_short_line() {
    let shown =
        problems_with("observed.csv", |text| replaced(text, "calls_999_answered", "\"calls_999_answered"));
    assert!(shown[0].contains("is a quotation mark left open?"), "{}", shown[0]);
    assert!(shown[0].len() < 250, "{}", shown[0]);
    let error = england_with_bytes("drivers.csv", |_| vec![b'x'; 1 << 20]).unwrap_err();
    assert!(error.to_string().len() < 3_000, "{error}");
}

#[test]
fn a_parameter_is_changed_in_a_checked_copy() {
    let england = england();
    let changed = england.parameters().with("ward.bed_turnaround_hours", 1.5).unwrap();
    assert_eq!(changed.ward.bed_turnaround_hours.value, 1.5);
    assert_ne!(england.parameters().ward.bed_turnaround_hours.value, 1.5);
    for bad in [f64::NAN, f64::INFINITY, -1.0, 49.0] {
        let error = england.parameters().with("ward.bed_turnaround_hours", bad).unwrap_err().to_string();
        assert!(error.starts_with("ward.bed_turnaround_hours = ") && error.contains("must be"), "{error}");
    }
    assert!(
        england
            .parameters()
            .with("ward.beds", 1.0)
            .unwrap_err()
            .to_string()
            .contains("no parameter 'ward.beds'")
    );
    let efficiency = ProviderParameter::EdEfficiency;
    let changed = changed.with_by_provider(efficiency, vec![1.1; 120]).unwrap();
    assert_eq!(changed.by_provider(efficiency)[7], 1.1);
    assert!(changed.with_by_provider(efficiency, vec![1.0; 119]).is_err());
    assert!(changed.with_by_provider(efficiency, vec![f64::NAN; 120]).is_err());
    let other = england.clone().with_parameters(changed);
    assert_ne!(other, england);
}

#[test]
fn every_parameter_has_a_source_a_unit_and_an_interval_around_its_value() {
    let england = england();
    assert!(england.parameters().iter().count() >= 5);
    for (section, key, parameter) in england.parameters().iter() {
        assert!(england.sources().contains_key(&parameter.source), "{section}.{key}");
        assert!((parameter.low..=parameter.high).contains(&parameter.value), "{section}.{key}");
        assert!(!parameter.spec.unit.is_empty() && !parameter.spec.doc.is_empty(), "{section}.{key}");
        assert_eq!(england.parameters().parameter(&format!("{section}.{key}")), Some(parameter));
    }
    for &parameter in ProviderParameter::ALL {
        let size = england.providers().group_size(parameter.group());
        assert_eq!(england.parameters().by_provider(parameter).len(), size, "{}", parameter.name());
    }
}
