//! How many events a second does the whole chain handle? One trust for a month (the Isle of Wight,
//! which has its own ambulance service), and England for a week, part after part on one thread.
//! Building the system is outside the timed closure; throughput is in events. Beside it, in the same
//! run, W3 written by hand. And how long does planned care alone take for a year of England on one core?

#![allow(missing_docs, clippy::expect_used)]

#[allow(dead_code)]
#[path = "workloads/mod.rs"]
mod workloads;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use nhs_capacity::random::Stream;
use nhs_capacity::system::assemble::{Timeline, assemble};
use nhs_capacity::system::capacity::CapacityPlan;
use nhs_capacity::system::pack::{SystemPack, england};
use nhs_capacity::system::parts::{Part, parts};
use nhs_capacity::system::planned_care_alone::{self, Question};
use nhs_capacity::system::pressure::Switches;
use nhs_capacity::system::running::RunningSystem;
use nhs_capacity::units::{Month, Span, Time, date};
use std::time::Instant;
use workloads::{Form, Ready, Workload};

const ROUNDS: u64 = 15;
const PATIENTS: u64 = 400_000;
/// Arrival, bay, end in the bay, bed, home; and those of them that wait in the list.
const EVENTS_A_PATIENT: f64 = 5.0;
const EVENTS_IN_LIST: f64 = 3.0;

fn built(pack: &SystemPack, part: &Part) -> RunningSystem {
    let month = Month::of(date(2022, 10, 1));
    let timeline = Timeline::new(pack, month, month);
    assemble(pack, part, &timeline, Switches::all_on(), Stream::of_seed(2022)).expect("England can be built")
}

fn warmed_up(pack: &SystemPack, parts: &[Part], days: u64) -> Vec<RunningSystem> {
    parts
        .iter()
        .map(|part| {
            let mut simulation = built(pack, part);
            simulation.run_until(Time::ZERO + Span::DAY.times(days)).expect("England runs");
            simulation
        })
        .collect()
}

fn run(simulations: &mut [RunningSystem], until: Time) -> u64 {
    for simulation in simulations.iter_mut() {
        simulation.run_until(until).expect("England runs");
    }
    simulations.iter().map(RunningSystem::events).sum()
}

fn chain(criterion: &mut Criterion) {
    let pack = england();
    let all = parts(&pack);
    let code = "R1F".parse().expect("a provider code");
    let trust = pack.trust_id(code).expect("the Isle of Wight is in the pack");
    let island = Part {
        services: pack.ambulance_service_id(code).map(|id| id.index()).into_iter().collect(),
        trusts: vec![trust.index()],
        care_systems: vec![pack.trusts()[trust.index()].care_system.index()],
        elective_providers: Vec::new(),
    };
    let mut group = criterion.benchmark_group("chain");
    group.sample_size(10);
    for (name, parts, from, until) in
        [("isle-of-wight/month", vec![island], 1, 31), ("england/week", all, 7, 14)]
    {
        let start = warmed_up(&pack, &parts, from);
        let before: u64 = start.iter().map(RunningSystem::events).sum();
        let until = Time::ZERO + Span::DAY.times(until);
        let events = run(&mut start.clone(), until) - before;
        group.throughput(Throughput::Elements(events));
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(
                || start.clone(),
                |simulations| run(simulations, until),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// England's cost per event as a ratio to that of W3 written by hand, the two taken in turns. An event of W3 is what
/// happens to a patient, whether it is in the list (arrival, end in the bay, home) or follows at once (bay, bed); so are the
/// steps of England. Beside it the same with the events of both lists, and England's list with all of W3's events.
fn beside_reference(_: &mut Criterion) {
    let pack = england();
    let (from, until) = (7, Time::ZERO + Span::DAY.times(14));
    let start = warmed_up(&pack, &parts(&pack), from);
    let so_far = |simulations: &[RunningSystem]| {
        simulations.iter().fold([0, 0], |[events, steps], s| [events + s.events(), steps + s.steps()])
    };
    let before = so_far(&start);
    let reference = Ready::new(Workload::W3, Form::Reference).expect("the workload is in order");
    let mut rounds: Vec<[f64; 4]> = (0..ROUNDS)
        .map(|round| {
            let mut simulations = start.clone();
            let clock = Instant::now();
            run(&mut simulations, until);
            let own = clock.elapsed().as_secs_f64() * 1e9;
            let [events, steps] = so_far(&simulations);
            let [events, steps] = [events - before[0], steps - before[1]].map(|count| own / count as f64);
            let clock = Instant::now();
            let done = reference.run(PATIENTS, 2022, round).expect("the workload runs").done;
            let patient = clock.elapsed().as_secs_f64() / done as f64 * 1e9;
            [steps / patient * EVENTS_A_PATIENT, events, steps, patient]
        })
        .collect();
    rounds.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [ratio, events, steps, patient] = rounds[rounds.len() / 2];
    let (plain, plain_in_list) = (patient / EVENTS_A_PATIENT, patient / EVENTS_IN_LIST);
    println!("England for a week, median of {ROUNDS}, beside ref W3 ({patient:.1} ns a patient):");
    println!("  what happens to patients: {steps:.1} ns, ref W3 {plain:.1} ns, {ratio:.2} x");
    println!(
        "  events in the list: {events:.1} ns, ref W3 {plain_in_list:.1} ns, {:.2} x",
        events / plain_in_list
    );
    println!("  events in England's list to all that happens in ref W3: {:.2} x", events / plain);
}

/// All 121 waiting lists, every patient, day by day for a year, building them included; W3 written by hand
/// before and after says how fast the machine was meanwhile.
fn year_of_planned_care(_: &mut Criterion) {
    let pack = england();
    let question = Question {
        first: Month::of(date(2022, 9, 1)),
        last: Month::of(date(2023, 8, 1)),
        plan: CapacityPlan::default(),
        order: None,
        cut_off: None,
        promises_later_by: 0,
        choice: 0.0,
        persons: 1.0,
    };
    let one_core = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let reference = Ready::new(Workload::W3, Form::Reference).expect("the workload is in order");
    let plain = |round| {
        let clock = Instant::now();
        let done = reference.run(PATIENTS, 2022, round).expect("the workload runs").done;
        clock.elapsed().as_secs_f64() / (done as f64 * EVENTS_A_PATIENT) * 1e9
    };
    let mut rounds: Vec<[f64; 2]> = (0..3)
        .map(|round| {
            let before = plain(round);
            let clock = Instant::now();
            let year = one_core.install(|| planned_care_alone::run(&pack, &question, Stream::of_seed(round)));
            let seconds = clock.elapsed().as_secs_f64();
            assert_eq!(year.expect("England runs").len(), 12);
            [seconds, (before + plain(round)) / 2.0]
        })
        .collect();
    rounds.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [seconds, plain] = rounds[1];
    println!(
        "a year of planned care in England on one core: {seconds:.2} s, median of 3 (ref W3 {plain:.1} ns an event)"
    );
}

criterion_group!(benches, beside_reference, year_of_planned_care, chain);
criterion_main!(benches);
