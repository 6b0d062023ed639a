//! Compares the library with systems whose answers are known exactly.
//!
//! ```text
//! cargo run --release --example verify -- CASES [--full] [--json FILE] [--only TEXT]
//! ```
//!
//! For each metric: the exact value, the estimate, its standard error, t and a verdict; then a
//! summary. `--only` takes the cases whose id or family contains the text.

#[path = "../tests/verification/mod.rs"]
mod verification;

use serde_json::Value;
use std::error::Error;
use std::io::Write;
use verification::case::{CaseReport, CasesFile, Verdict};
use verification::{Size, run_all};

fn main() -> Result<(), Box<dyn Error>> {
    let mut path = None;
    let mut json = None;
    let mut only = None;
    let mut size = Size::Smoke;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--full" => size = Size::Full,
            "--json" => json = Some(arguments.next().ok_or("--json wants a file name")?),
            "--only" => only = Some(arguments.next().ok_or("--only wants a text")?),
            flag if flag.starts_with('-') => return Err(format!("unknown option {flag}").into()),
            _ => path = Some(argument),
        }
    }
    let path = path.unwrap_or_else(|| "tests/verification/cases.json".into());
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
    let file = CasesFile::read(&text).map_err(|e| format!("{path}: {e}"))?;
    let started = std::time::Instant::now();
    let wanted = |id: &str, family: &str| only.as_ref().is_none_or(|o| id.contains(o) || family.contains(o));
    let report = run_all(&file, size, 512.0, wanted, print);
    println!(
        "\n{} passed, {} failed, {} not supported; {} of {} t-values beyond two sigma; {:.1} s",
        report.passed,
        report.failed,
        report.not_supported,
        report.metrics_beyond_two_sigma,
        report.metrics_with_t,
        started.elapsed().as_secs_f64()
    );
    if let Some(path) = json {
        // complete or not at all
        let part = format!("{path}.part");
        let mut out = std::fs::File::create(&part).map_err(|e| format!("{part}: {e}"))?;
        serde_json::to_writer_pretty(&mut out, &report)?;
        out.flush()?;
        std::fs::rename(&part, &path).map_err(|e| format!("{path}: {e}"))?;
    }
    Ok(())
}

fn print(case: &CaseReport, seconds: f64) {
    println!("{} ({}): {} {seconds:.2} s {}", case.id, case.family, word(case.verdict), case.note);
    for m in &case.metrics {
        let number = |x: Option<f64>| x.map_or(String::new(), |x| format!("{x:.3e}"));
        println!(
            "    {:<44} {:>14} {:>14} {:>10} {:>7} {} {}",
            m.name,
            short(&m.value),
            short(&m.estimate),
            number(m.standard_error),
            m.t.map_or(String::new(), |t| format!("{t:.2}")),
            word(m.verdict),
            m.note
        );
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "FAILED",
        Verdict::NotSupported => "not supported",
    }
}

/// A value as short text for the table.
fn short(value: &Value) -> String {
    match value.as_f64() {
        Some(x) if x == 0.0 || (1e-4..1e7).contains(&x.abs()) => format!("{x:.6}"),
        Some(x) => format!("{x:.5e}"),
        None if value.is_null() => String::new(),
        None => value.to_string().chars().take(24).collect(),
    }
}
