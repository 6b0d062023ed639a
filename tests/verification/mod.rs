//! Runs cases of the verification schema through the public API and judges them by its rules:
//! |t| within a two-sided p of 6.3e-5, a standard error small enough to fail, a second look with
//! four times the replications if a seed fails, exact agreement where nothing is random.

pub mod case;
pub mod estimate;
pub mod expression;
pub mod functions;
pub mod networks;
pub mod own_models;
pub mod readings;
pub mod sampling;
pub mod studies;
pub mod traces;

use case::{Case, CaseReport, CasesFile, Metric, MetricReport, Verdict};
use estimate::{Estimate, largest_t, two_sigma};
use serde::Serialize;
use serde_json::json;

/// How much to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Smoke,
    Full,
}

impl Size {
    pub fn pick<'a>(self, smoke: &'a str, full: &'a str) -> &'a str {
        match self {
            Self::Smoke => smoke,
            Self::Full => full,
        }
    }

    /// Largest standard error relative to the value at which a pass counts.
    fn precision(self) -> f64 {
        match self {
            Self::Smoke => 0.05,
            Self::Full => 0.01,
        }
    }
}

/// A case ready to be judged.
pub enum Job {
    /// Each metric is known at once.
    Direct(Vec<MetricReport>),
    /// Replications give estimates.
    Simulated(Simulated),
    /// Some are known at once, the others are estimated; the case has them mixed.
    Mixed(Vec<MetricReport>, Simulated),
}

/// Runs `(seed, replications, factor)` and gives an estimate for each metric that is supported;
/// `factor` multiplies the length of the window.
pub type Estimator = Box<dyn Fn(u64, u64, f64) -> Result<Vec<Estimate>, String> + Send + Sync>;

/// A simulated case.
pub struct Simulated {
    /// Why each metric cannot be read, if it cannot.
    pub unsupported: Vec<Option<String>>,
    pub replications: u64,
    /// Whether a longer window, rather than more replications, brings precision.
    pub by_window: bool,
    pub estimate: Estimator,
}

/// The kinds of case; one without a kind is what its family is.
const KINDS: [&str; 7] =
    ["", "steady_state", "periodic", "transient", "deterministic", "pure_function", "sampling"];

/// Prepares a case; the error says why it is not supported.
fn prepare(case: &Case, all: &[Case], size: Size) -> Result<Job, String> {
    if let Some(why) = &case.unreadable {
        return Err(format!("unreadable: {why}"));
    }
    if let Some(key) = case.unknown_key() {
        return Err(format!("unknown field(s) {key}"));
    }
    if case.metrics.is_empty() {
        return Err("the case has no metrics that can be read".into());
    }
    if !KINDS.contains(&case.kind.as_str()) {
        return Err(format!("unknown kind `{}`", case.kind));
    }
    match case.family.as_str() {
        "deterministic_trace" => traces::prepare(case),
        "distribution" => sampling::distribution(case, size),
        "arrival_process" => sampling::arrivals(case),
        "rng_known_answer" => sampling::known_answers(case),
        "rng_streams" => sampling::streams(case),
        "single_ambulance_spatial" => own_models::spatial(case, size),
        "waiting_list_weekly" => own_models::weekly(case, size),
        "waiting_list_formula" => functions::waiting_list_formula(case),
        "waiting_list_fluid" => functions::waiting_list_fluid(case),
        "output_analysis" => functions::output_analysis(case),
        _ => networks::prepare(case, all, size),
    }
}

/// Runs one case, whose window may be made `longest` times as long for the sake of precision.
pub fn run_case(case: &Case, all: &[Case], size: Size, longest: f64) -> CaseReport {
    let mut case = case.clone();
    let mut strange = case.metrics.clone();
    strange.retain(|m| m.unknown_qualifier().is_some());
    case.metrics.retain(|m| m.unknown_qualifier().is_none());
    let case = &case;
    let prepared = match (case.metrics.is_empty(), strange.is_empty()) {
        (true, false) => Ok(Job::Direct(Vec::new())),
        _ => prepare(case, all, size),
    };
    let (mut metrics, note) = match prepared {
        Err(why) => (case.metrics.iter().map(|m| MetricReport::not_supported(m, "")).collect(), why),
        Ok(Job::Direct(metrics)) => (metrics, String::new()),
        Ok(Job::Simulated(job)) => simulate(case, &case.metrics, &job, (size, longest)),
        Ok(Job::Mixed(known, job)) => {
            let is_known = |m: &Metric| known.iter().any(|k| k.name == m.label());
            let estimated: Vec<Metric> = case.metrics.iter().filter(|m| !is_known(m)).cloned().collect();
            let (mut reports, note) = simulate(case, &estimated, &job, (size, longest));
            reports.extend(known);
            (reports, note)
        }
    };
    metrics.extend(strange.iter().map(|m| {
        let why = format!("unknown qualifier `{}`", m.unknown_qualifier().unwrap_or_default());
        MetricReport::not_supported(m, why)
    }));
    let verdict = verdict_of(&metrics, !note.is_empty());
    CaseReport { id: case.id.clone(), family: case.family.clone(), verdict, metrics, note }
}

// A metric that belongs to the other of two documented rules does not speak against a case.
fn verdict_of(metrics: &[MetricReport], has_note: bool) -> Verdict {
    let any = |v: Verdict| metrics.iter().any(|m| m.verdict == v);
    let is_missing =
        |m: &MetricReport| m.verdict == Verdict::NotSupported && m.note != OTHER_RULE && m.note != NOT_USED;
    let missing = metrics.iter().any(is_missing);
    if any(Verdict::Failed) {
        Verdict::Failed
    } else if missing || !any(Verdict::Passed) {
        Verdict::NotSupported
    } else if has_note {
        Verdict::Failed
    } else {
        Verdict::Passed
    }
}

/// The note on a metric of a rule that the library documents it does not follow.
pub const OTHER_RULE: &str = "the library documents the other rule";

/// The note on a known answer of a generator that the library does not have.
pub const NOT_USED: &str = "the library does not use this generator";

fn seed_of(case: &Case, attempt: u64) -> u64 {
    let hash = |h: u64, b: u8| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
    case.id.bytes().fold(0xcbf2_9ce4_8422_2325, hash).wrapping_add(attempt)
}

/// The note on an estimate that agrees, but would have agreed with much else.
pub const IMPRECISE: &str = "too imprecise to count as a pass";

fn simulate(
    case: &Case,
    metrics: &[Metric],
    job: &Simulated,
    (size, longest): (Size, f64),
) -> (Vec<MetricReport>, String) {
    let supported: Vec<&Metric> =
        metrics.iter().zip(&job.unsupported).filter(|(_, u)| u.is_none()).map(|(m, _)| m).collect();
    let mut factor = 1.0;
    let mut attempt = 1;
    let mut replications = job.replications;
    let mut has_failed = false;
    let mut reports;
    loop {
        let r = if job.by_window { replications } else { (replications as f64 * factor).ceil() as u64 };
        let window = if job.by_window { factor } else { 1.0 };
        let estimates = match (job.estimate)(seed_of(case, attempt), r, window) {
            Ok(estimates) => estimates,
            Err(why) => {
                let failed = |m: &Metric| MetricReport {
                    verdict: Verdict::Failed,
                    ..MetricReport::not_supported(m, why.clone())
                };
                return (metrics.iter().map(failed).collect(), why);
            }
        };
        reports = Vec::new();
        let mut lacking: f64 = 1.0;
        for (metric, estimate) in supported.iter().zip(&estimates) {
            let (report, lack) = judge(metric, estimate, r as usize, size);
            lacking = lacking.max(lack);
            reports.push(report);
        }
        // a seed may fail once, whatever the size at which it does
        let is_wrong = reports.iter().any(|m| m.verdict == Verdict::Failed && m.note != IMPRECISE);
        if is_wrong && has_failed {
            break;
        }
        let is_imprecise = lacking > 1.0 && factor < longest;
        if is_imprecise {
            // variance falls with the length
            factor = (factor * (1.3 * lacking * lacking).max(1.5)).min(longest);
        }
        if is_wrong {
            has_failed = true;
            replications *= 4;
        }
        if is_wrong || is_imprecise {
            attempt += 1;
            continue;
        }
        break;
    }
    let mut reports = reports.into_iter();
    let all = metrics.iter().zip(&job.unsupported).map(|(metric, unsupported)| match unsupported {
        Some(why) => MetricReport::not_supported(metric, why.clone()),
        None => reports.next().unwrap_or_else(|| MetricReport::not_supported(metric, "not measured")),
    });
    (all.collect(), String::new())
}

fn is_proportion(metric: &Metric) -> bool {
    let words = ["prob", "fraction", "utilisation", "occupancy", "workload", "service_level", "posterior"];
    metric.estimator.contains("proportion") || words.iter().any(|w| metric.name.contains(w))
}

impl MetricReport {
    /// Judges an estimate from `r` groups whose number is given.
    pub fn estimated(metric: &Metric, estimate: &Estimate, r: usize) -> Self {
        judge(metric, estimate, r, Size::Smoke).0
    }
}

// The report on one estimate, and how many times too large its standard error is (1 if it is not).
fn judge(metric: &Metric, estimate: &Estimate, r: usize, size: Size) -> (MetricReport, f64) {
    let expected = metric.number().unwrap_or(f64::NAN);
    let se = estimate.standard_error;
    let gap = estimate.value - expected;
    let is_exact = se == 0.0;
    let t = if is_exact { None } else { Some(gap / se) };
    let fits = match t {
        None => gap.abs() <= 1e-9 * expected.abs().max(1.0),
        Some(t) => t.abs() <= largest_t(r),
    };
    let is_small_share = is_proportion(metric) && expected.abs() < 0.2;
    let mut allowed = size.precision() * expected.abs();
    if is_small_share {
        allowed = allowed.max(0.002);
    }
    let lack = if expected == 0.0 || is_exact { 1.0 } else { (se / allowed).max(1.0) };
    let note = match (fits, lack > 1.0) {
        (true, true) => IMPRECISE,
        _ => "",
    };
    let report = MetricReport {
        estimate: json!(estimate.value),
        standard_error: Some(se),
        t,
        verdict: if fits && lack <= 1.0 { Verdict::Passed } else { Verdict::Failed },
        two_sigma: two_sigma(r),
        ..MetricReport::not_supported(metric, note)
    };
    // a wrong seed is looked at again with more replications, not with a longer window
    (report, if fits { lack } else { 1.0 })
}

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub passed: usize,
    pub failed: usize,
    pub not_supported: usize,
    pub cases: Vec<CaseReport>,
    /// Metrics with a t, and of these beyond the two-sigma point of their degrees of freedom.
    pub metrics_with_t: usize,
    pub metrics_beyond_two_sigma: usize,
}

/// Runs every case that is wanted (by id and family) and tells `progress` of each, with the seconds it took.
pub fn run_all(
    file: &CasesFile,
    size: Size,
    longest: f64,
    wanted: impl Fn(&str, &str) -> bool,
    progress: impl Fn(&CaseReport, f64),
) -> Report {
    let cases: Vec<CaseReport> = file
        .cases
        .iter()
        .filter(|case| wanted(&case.id, &case.family))
        .map(|case| {
            let started = std::time::Instant::now();
            let report = run_case(case, &file.cases, size, longest);
            progress(&report, started.elapsed().as_secs_f64());
            report
        })
        .collect();
    let count = |v: Verdict| cases.iter().filter(|c| c.verdict == v).count();
    let ts = || cases.iter().flat_map(|c| &c.metrics).filter_map(|m| Some((m.t?, m.two_sigma)));
    Report {
        passed: count(Verdict::Passed),
        failed: count(Verdict::Failed),
        not_supported: count(Verdict::NotSupported),
        metrics_with_t: ts().count(),
        metrics_beyond_two_sigma: ts().filter(|(t, bound)| t.abs() > *bound).count(),
        cases,
    }
}
