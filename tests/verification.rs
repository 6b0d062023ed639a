//! Every case of `verification/cases.json` at smoke size: systems whose answers are known exactly.
//! `examples/verify.rs` prints the same as a table, and runs other files of the schema.

#[path = "verification/bad_files.rs"]
mod bad_files;
#[path = "verification/mod.rs"]
mod machinery;

use machinery::case::{CasesFile, Verdict};
use machinery::{IMPRECISE, Size, run_all};

fn cases() -> Result<CasesFile, String> {
    CasesFile::read(include_str!("verification/cases.json"))
}

/// How much longer than smoke size a window may be made for precision. `examples/verify.rs` goes on
/// for as long as it takes; the three minutes of a test run are too short for a handful of rare
/// events in heavy traffic, which must agree but do not count.
const LONGEST: f64 = 48.0;
const MOST_IMPRECISE: usize = 8;

#[test]
fn every_case_agrees_with_its_exact_answer() {
    judge(&cases().unwrap(), Size::Smoke);
}

#[test]
#[ignore = "takes an hour"]
fn every_case_agrees_at_full_size() {
    judge(&cases().unwrap(), Size::Full);
}

/// Rules 1 and 3 to 5 of the schema metric by metric, and rule 2 over all: between 1 and 8 percent
/// of the t-values lie beyond two sigma.
fn judge(cases: &CasesFile, size: Size) {
    let report = run_all(cases, size, LONGEST, |_, _| true, |_, _| ());
    let metrics = || report.cases.iter().flat_map(|case| &case.metrics);
    let imprecise = metrics().filter(|m| m.note == IMPRECISE).count();
    assert!(imprecise <= MOST_IMPRECISE, "{imprecise} metrics are too imprecise to count");
    let wrong: Vec<String> = report
        .cases
        .iter()
        .filter(|case| case.verdict != Verdict::Passed)
        .flat_map(|case| {
            let metrics = case.metrics.iter().filter(|m| m.verdict != Verdict::Passed && m.note != IMPRECISE);
            metrics.map(|m| format!("{} {}: {} not {} {}", case.id, m.name, m.estimate, m.value, m.note))
        })
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
    let share = report.metrics_beyond_two_sigma as f64 / report.metrics_with_t as f64;
    assert!((0.01..=0.08).contains(&share), "{share}");
}

/// A rule that the library does not know must not be passed over in silence.
#[test]
fn an_unknown_family_field_or_metric_is_not_supported() {
    let change = |from: &str, to: &str| {
        let text = serde_json::to_string(&serde_json::json!({"cases": [{
            "id": "mm1", "family": "MM1", "kind": "steady_state",
            "model": {"arrivals": {"process": "poisson", "rate": 0.5},
                      "service": {"dist": "exponential", "mean": 1.0}, "servers": 1},
            "run": {"warm_up": 10.0, "replications": 20, "smoke_total_arrivals": 40000},
            "metrics": [{"name": "utilisation", "estimator": "time_average", "value": 0.5}],
        }]}));
        let text = text.expect("json").replace(from, to);
        let file: CasesFile = serde_json::from_str(&text).expect("the schema");
        run_all(&file, Size::Smoke, 1.0, |_, _| true, |_, _| ()).cases.remove(0).verdict
    };
    assert_eq!(change("", ""), Verdict::Passed);
    assert_eq!(change("MM1", "MM7"), Verdict::NotSupported);
    assert_eq!(change("servers", "helpers"), Verdict::NotSupported);
    assert_eq!(change("utilisation", "happiness"), Verdict::NotSupported);
    assert_eq!(change("\"rate\":0.5", "\"rate\":0.55"), Verdict::Failed);
}
