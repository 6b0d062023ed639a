//! Files of cases that are none, and cases that are not what the schema says: a message that names line, case or
//! field, the other cases still run, and nothing panics, hangs or is passed over in silence.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use super::machinery::case::{CaseReport, CasesFile, Verdict};
use super::machinery::{Size, run_all};
use serde_json::{Value, json};

fn mm1() -> Value {
    json!({
        "id": "mm1", "family": "MM1", "kind": "steady_state",
        "model": {"arrivals": {"process": "poisson", "rate": 0.5},
                  "service": {"dist": "exponential", "mean": 1.0}, "servers": 1},
        "run": {"warm_up": 10.0, "replications": 20, "smoke_total_arrivals": 40000},
        "metrics": [{"name": "utilisation", "estimator": "time_average", "value": 0.5}],
    })
}

fn run(cases: &[Value]) -> Vec<CaseReport> {
    let text = json!({ "cases": cases }).to_string();
    run_all(&CasesFile::read(&text).unwrap(), Size::Smoke, 1.0, |_, _| true, |_, _| ()).cases
}

/// The first message of a case that is not supported: its own, or that of the first metric that has one.
fn why_not_supported(case: &Value) -> String {
    let report = run(std::slice::from_ref(case)).remove(0);
    assert_eq!(report.verdict, Verdict::NotSupported, "{case}: {}", report.note);
    let notes = report.metrics.into_iter().map(|m| m.note);
    std::iter::once(report.note).chain(notes).find(|note| !note.is_empty()).unwrap_or_default()
}

/// A case in which the part at `place` is another; a place that is not there is made.
fn changed(mut case: Value, place: &str, value: Value) -> Value {
    match case.pointer_mut(place) {
        Some(part) => *part = value,
        None => {
            let (parent, key) = place.rsplit_once('/').unwrap();
            case.pointer_mut(parent).unwrap()[key] = value;
        }
    }
    case
}

#[test]
fn files_that_are_no_files_of_cases() {
    for (text, part) in [
        ("", "the file is empty, must be an object with the list `cases`"),
        (" \r\n", "the file is empty"),
        ("hello", "line 1 column 1"),
        ("id,family\nmm1,MM1\n", "line 1 column 1"),
        ("[]", "the file is a list, must be an object with the list `cases`"),
        ("{}", "missing field `cases` at line 1"),
        ("null", "invalid type: null"),
        ("{\"cases\": null}", "expected a sequence at line 1"),
        ("{\"cases\": {\"a\": 1}}", "expected a sequence at line 1"),
        ("{\"cases\": [\n{\"id\": \"a\",", "line 2"),
        ("{\"cases\": [\n{\"id\": NaN}]}", "line 2 column 8"),
        ("{\"cases\": [{\"id\": 1e999}]}", "number out of range at line 1"),
        (&format!("{{\"cases\": {}", "[".repeat(100_000)), "recursion limit exceeded"),
    ] {
        let message = CasesFile::read(text).unwrap_err();
        assert!(message.contains(part), "{part}: {message}");
    }
    let marked = format!("\u{feff}{}\r\n", json!({"cases": [mm1()]}));
    assert_eq!(CasesFile::read(&marked).unwrap().cases[0].id, "mm1");
}

/// One that cannot be read keeps no other from being run.
#[test]
fn cases_that_cannot_be_read_are_named_and_the_others_run() {
    let reports = run(&[json!(1), Value::Null, json!({}), json!({"id": "x"}), mm1(), mm1()]);
    let verdicts: Vec<Verdict> = reports.iter().map(|r| r.verdict).collect();
    let mut expected = vec![Verdict::NotSupported; 6];
    expected[4] = Verdict::Passed;
    assert_eq!(verdicts, expected);
    let shown: Vec<String> = reports.iter().map(|r| format!("{}: {}", r.id, r.note)).collect();
    for (shown, part) in shown.iter().zip([
        "case number 1: unreadable: 1 is no object",
        "case number 2: unreadable: null is no object",
        "case number 3: unreadable: missing field `id`",
        "x: unreadable: missing field `family`",
        "mm1: ",
        "mm1: unreadable: a case before it has the same id",
    ]) {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn fields_that_are_wrong_or_unknown_are_named() {
    for (place, value, part) in [
        ("/family", json!("MM7"), "unknown family `MM7`"),
        ("/family", json!(""), "unknown family ``"),
        ("/kind", json!("steady"), "unknown kind `steady`"),
        ("/rule", json!("everybody pays"), "unknown field(s) rule"),
        ("/model", json!(5), "no field `arrivals`"),
        ("/model/helpers", json!(2), "unknown field(s) helpers"),
        ("/model/time_unit", json!("fortnight"), "unknown time_unit \"fortnight\""),
        ("/model/time_unit", json!([]), "unknown time_unit []"),
        ("/model/arrivals", Value::Null, "no field `arrivals`"),
        (
            "/model/arrivals/rate",
            json!("NaN"),
            "arrivals: invalid type: string \"NaN\", expected f64 in {\"process\"",
        ),
        (
            "/model/arrivals/rate",
            json!(-1),
            "class `1`, arrivals: rate = -1, must be a number from 0 to 1e12",
        ),
        ("/model/arrivals/rate", json!(1e308), "arrivals: rate = 1e308, must be"),
        ("/model/arrivals/process", json!("hawkes"), "arrivals: unknown variant `hawkes`"),
        ("/model/arrivals/burst", json!(2), "arrivals: unknown field `burst`"),
        ("/model/service", json!("slow"), "`service`: "),
        ("/model/service/mean", json!(0), "station `station`, service: exponential: mean = 0, must be"),
        ("/model/servers", json!(-1), "servers: "),
        ("/model/servers", json!(4_294_967_296_u64), "out of range"),
        ("/model/waiting_room", json!(-3), "`waiting_room` is not a whole number"),
        ("/model/initial", json!({"in_system": 1e9}), "`in_system` is not a whole number"),
        ("/model/discipline", json!("shortest"), "`discipline`: unknown variant `shortest`"),
        ("/run", Value::Null, "no field `warm_up`"),
        ("/run/warm_up", json!(-1), "`warm_up` = -1, must be 0 or more"),
        ("/run/warm_up", json!("NaN"), "`warm_up` is not a number"),
        ("/run/replications", json!("many"), "`replications` is not a number"),
        ("/run/replications", json!(1e300), "are too many"),
        ("/run/smoke_total_arrivals", json!(1e300), "are too many"),
        ("/run/smoke_total_arrivals", json!(-5), "`smoke_total_arrivals` = -5, must be above 0"),
        ("/run/antithetic", json!(true), "unknown field(s) antithetic"),
        ("/metrics", json!([]), "the case has no metrics"),
        ("/metrics", json!([7]), "no value to compare with"),
        ("/metrics/0/name", json!("happiness"), "unknown metric `happiness`"),
        ("/metrics/0/value", json!("NaN"), "no value to compare with"),
        ("/metrics/0/value", Value::Null, "no value to compare with"),
        ("/metrics/0/class", json!(-1), "no class -1"),
        ("/metrics/0/station", json!("x"), "no station `x`"),
        ("/metrics/0/percent", json!(true), "unknown qualifier `percent`"),
        (
            "/metrics/0",
            json!({"name": "workload", "value": 1, "server": -1}),
            "`server` = -1, must be a whole number",
        ),
        ("/metrics/0", json!({"name": "mean_in_system_at", "value": 1}), "no qualifier `t`"),
    ] {
        let why = why_not_supported(&changed(mm1(), place, value.clone()));
        assert!(why.contains(part), "{place} = {value}: {why}");
    }
    let missing = changed(mm1(), "/metrics", Value::Null);
    assert!(why_not_supported(&missing).contains("unreadable: invalid type: null"));
}

fn direct(family: &str, model: Value, metric: Value) -> Value {
    json!({"id": "x", "family": family, "model": model, "metrics": [metric]})
}

/// What once overflowed the stack, filled the memory, read beyond a list or was passed over.
#[test]
fn sizes_and_depths_are_bounded() {
    let sobol = |formula: String| {
        let model = json!({"function": formula, "inputs": "independent uniform on (0,1)"});
        direct("output_analysis", model, json!({"name": "variance", "value": 1}))
    };
    for formula in ["(".repeat(200_000), "-".repeat(200_000), "x1+".repeat(100_000)] {
        assert!(why_not_supported(&sobol(formula)).contains("characters, must be at most 2000"));
    }
    for formula in ["(".repeat(1_900), "-".repeat(1_900), "2^".repeat(900), "sin(".repeat(400)] {
        assert!(why_not_supported(&sobol(formula)).contains("more than 50 brackets, signs and powers"));
    }
    assert_eq!(why_not_supported(&sobol("x999999999".into())), "too many inputs");
    let law = |distribution: Value, size: f64, metric: Value| {
        let model =
            json!({"distribution": distribution, "sample_size_smoke": size, "sample_size_full": size});
        direct("distribution", model, metric)
    };
    let exponential = json!({"dist": "exponential", "mean": 1.0});
    for size in [-1.0, 0.0, 1e300] {
        let why = why_not_supported(&law(exponential.clone(), size, json!({"name": "mean", "value": 1})));
        assert!(why.contains("draws in a group, must be from 2 to 1e7"), "{why}");
    }
    let none = law(
        json!({"dist": "poisson", "means": []}),
        1_000.0,
        json!({"name": "derived_parameter", "parameter": "rate", "value": 1}),
    );
    assert_eq!(why_not_supported(&none), "`means` is empty");
    // seeds are whole numbers from 0
    for seed in [json!(-1), json!(0.5), json!("NaN"), json!(1e300)] {
        let metric = json!({"name": "splitmix64", "seed": seed, "value": ["00"]});
        let why = why_not_supported(&direct("rng_known_answer", json!({}), metric));
        assert!(why.contains("`seed` must be a whole number from 0 to 2^64 - 1"), "{why}");
    }
    let weekly = direct(
        "waiting_list_weekly",
        json!({
            "slots_per_week": 1, "additions": {"process": "poisson_count_per_week", "mean": 1e6}, "initial": "empty",
            "rule": "during week t patients join; at the end of week t up to slots_per_week patients are treated, longest waiting first; wait in weeks = treatment week - joining week",
        }),
        json!({"name": "mean_wait_weeks", "value": 1}),
    );
    assert!(why_not_supported(&weekly).contains("the list has no steady state"));
    let fluid = direct(
        "waiting_list_fluid",
        json!({"rule": "unknown"}),
        json!({"name": "list_size", "week": 1e300, "value": 1}),
    );
    assert_eq!(why_not_supported(&fluid), "unknown rule");
}

/// A curve is followed because of its name, whatever its estimator says: it once read beyond the looks.
#[test]
fn a_curve_of_another_estimator_is_followed_all_the_same() {
    let case = json!({
        "id": "curve", "family": "MtGinf", "kind": "periodic",
        "model": {"arrivals": {"process": "nhpp_sinusoidal", "base_rate": 9, "relative_amplitude": 0.5, "period": 24},
                  "service": {"dist": "exponential", "mean": 3.0}},
        "run": {"warm_up": 24.0, "replications": 20, "smoke_total_arrivals": 20000, "cycle": 24},
        "metrics": [{"name": "amplitude_of_mean", "estimator": "eyeball", "value": 13.5}],
    });
    // an answer that is wrong: 27 * 0.5 / sqrt(1 + (3 * 2 pi / 24)^2) = 10.6
    assert_eq!(run(&[case]).remove(0).verdict, Verdict::Failed);
}
