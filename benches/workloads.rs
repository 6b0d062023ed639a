//! How much slower (or faster) than written by hand is a workload as a `Model` on the engine, and
//! described in `network`? First a table of ratios, from runs taken in turns so that a busy machine
//! slows all three alike, with the answers checked in the same runs; then each form under criterion.

#![allow(missing_docs, clippy::expect_used)]

#[path = "workloads/mod.rs"]
mod workloads;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nhs_capacity::random::Stream;
use std::hint::black_box;
use std::time::Instant;
use workloads::{Answer, Form, Ready, Workload};

const PATIENTS: u64 = 200_000;
const ROUNDS: u64 = 31;
/// Two-sided Student's t with 30 degrees of freedom: once in 10,000 tests.
const MOST_T: f64 = 4.48;

/// What a long run must give, with the standard error of that figure: exact for W1 and W2 (Erlang C),
/// for the others simulated elsewhere and given to so many digits.
fn expected(workload: Workload) -> Vec<(&'static str, f64, f64)> {
    match workload {
        Workload::W1 => vec![("wait", 4.0, 0.0)],
        Workload::W2 => vec![("wait", 0.10129, 0.0)],
        Workload::W2L => vec![("wait", 0.1439, 0.0008)],
        Workload::W3 => vec![
            ("ed_hi", 0.0537, 0.0003),
            ("ed_lo", 1.057, 0.01),
            ("board_hi", 0.0608, 0.0003),
            ("board_lo", 0.3299, 0.003),
            ("stay", 11.91, 0.01),
        ],
    }
}

fn figure(answer: &Answer, name: &str) -> f64 {
    let chain = answer.chain.unwrap_or_default();
    match name {
        "wait" => answer.wait,
        "ed_hi" => chain.ed_hi,
        "ed_lo" => chain.ed_lo,
        "board_hi" => chain.board_hi,
        "board_lo" => chain.board_lo,
        _ => chain.stay,
    }
}

fn prepared(workload: Workload) -> [(&'static str, Ready); 3] {
    let forms = [("ref", Form::Reference), ("model", Form::Model), ("network", Form::Described)];
    forms.map(|(name, form)| (name, Ready::new(workload, form).expect("the workload is in order")))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn ratios(_: &mut Criterion) {
    println!("{PATIENTS} patients, medians of {ROUNDS} rounds, ref : model : network");
    for workload in Workload::ALL {
        let forms = prepared(workload);
        let mut walls: [Vec<f64>; 3] = Default::default();
        let mut answers: [Vec<Answer>; 3] = Default::default();
        for round in 0..ROUNDS {
            for (at, (_, ready)) in forms.iter().enumerate() {
                let start = Instant::now();
                let answer = ready.run(PATIENTS, 2022, round).expect("the workload runs");
                let wall = start.elapsed().as_secs_f64();
                walls[at].push(wall / answer.done as f64 * 1e9);
                answers[at].push(answer);
            }
        }
        // ratios within a round, so that a slow minute does not count against one form
        let ratio = |at: usize| {
            median(walls[at].iter().zip(&walls[0]).map(|(own, reference)| own / reference).collect())
        };
        let cost = |at: usize| median(walls[at].clone());
        println!(
            "{workload:?}: {:.1} : {:.1} : {:.1} ns a patient; model {:.2} x ref, network {:.2} x ref",
            cost(0),
            cost(1),
            cost(2),
            ratio(1),
            ratio(2),
        );
        for (name, value, error) in expected(workload) {
            let mut line = format!("    {name} {value}:");
            for ((form, _), answers) in forms.iter().zip(&answers) {
                let n = answers.len() as f64;
                let mean = answers.iter().map(|a| figure(a, name)).sum::<f64>() / n;
                let squares: f64 = answers.iter().map(|a| (figure(a, name) - mean).powi(2)).sum();
                let t = (mean - value) / (squares / (n - 1.0) / n + error * error).sqrt();
                line += &format!(" {form} {mean:.4} (t = {t:+.2})");
                assert!(t.abs() < MOST_T, "{workload:?} {form}: {name} = {mean}, not {value} (t = {t})");
            }
            println!("{line}");
        }
    }
}

fn each_form(criterion: &mut Criterion) {
    for workload in Workload::ALL {
        let mut group = criterion.benchmark_group(format!("{workload:?}"));
        group.throughput(Throughput::Elements(PATIENTS)).sample_size(10);
        for (name, ready) in prepared(workload) {
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter(|| ready.run(black_box(PATIENTS), 2022, 0).expect("the workload runs"));
            });
        }
        group.finish();
    }
}

/// What a replication costs before its first event: pools, laws, histograms, an empty event list. The
/// memory is that of the replication before, which is dropped within the time measured.
fn start_up(criterion: &mut Criterion) {
    criterion.bench_function("start_up/W3", |bencher| {
        bencher.iter(|| {
            let stream = Stream::of_seed(black_box(2022)).at(1);
            workloads::model::emergency(PATIENTS, stream).expect("the workload is in order")
        });
    });
}

criterion_group!(benches, ratios, start_up, each_form);
criterion_main!(benches);
