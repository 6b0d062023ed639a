//! Once everything has its size, events allocate nothing; and memory does not grow with the number
//! of patients served. In a file of its own, since it needs its own allocator, and in one test,
//! since all threads share that.

#![allow(missing_docs, clippy::expect_used)]

#[allow(dead_code)]
#[path = "../benches/workloads/mod.rs"]
mod workloads;

use dhat::HeapStats;
use nhs_capacity::engine::{EventList, Turn};
use nhs_capacity::random::{Distribution, Stream};
use nhs_capacity::units::{Span, Time};
use workloads::{Form, Ready, Workload, model};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn blocks_allocated_by(run: impl FnOnce()) -> u64 {
    let before = HeapStats::get().total_blocks;
    run();
    HeapStats::get().total_blocks - before
}

/// The most bytes held at any time by a run.
fn peak_of(run: impl FnOnce()) -> usize {
    let _profiler = dhat::Profiler::builder().testing().build();
    run();
    HeapStats::get().max_bytes
}

fn hours(hours: u64) -> Time {
    Time::ZERO + Span::HOUR.times(hours)
}

#[test]
fn steady_state_allocates_nothing_and_memory_is_flat() {
    let profiler = dhat::Profiler::builder().testing().build();
    a_model_allocates_nothing();
    an_event_list_allocates_nothing();
    drop(profiler);
    memory_does_not_grow_with_patients();
}

/// W3 for 20,000 hours (600,000 events, by when queues and lists have had their greatest length),
/// then for as long as 100,000 events take.
fn a_model_allocates_nothing() {
    let mut simulation = model::emergency(u64::MAX, Stream::of_seed(1)).expect("W3 can be built");
    simulation.run_until(hours(20_000)).expect("W3 runs");
    let before = simulation.events();
    let blocks = blocks_allocated_by(|| simulation.run_until(hours(23_500)).expect("W3 runs"));
    assert!(simulation.events() - before >= 100_000, "{} events", simulation.events() - before);
    assert_eq!(blocks, 0);
}

/// The hold model with 1,000 events, of which every other is moved before it happens.
fn an_event_list_allocates_nothing() {
    let mut dice = Stream::of_seed(2).dice();
    let law = Distribution::exponential(1.0).expect("a mean of 1 is allowed");
    let mut list = EventList::new();
    let mut tickets = Vec::with_capacity(500);
    for event in 0..500_usize {
        let turn = if event % 9 == 0 { Turn::Arrival } else { Turn::Completion };
        list.push(Time::ZERO + Span::from_hours(law.sample(&mut dice)), turn, usize::MAX);
        let time = Time::ZERO + Span::from_hours(law.sample(&mut dice));
        tickets.push(list.push_cancellable(time, Turn::Completion, event));
    }
    let mut hold = |holds: usize| {
        for number in 0..holds {
            let (now, event) = list.pop().expect("the list stays as long as it is");
            let mut later = || now + Span::from_hours(law.sample(&mut dice));
            match tickets.get_mut(event) {
                Some(ticket) => *ticket = list.push_cancellable(later(), Turn::Completion, event),
                None => list.push(later(), Turn::Completion, event),
            }
            let moved = number % tickets.len();
            if list.cancel(tickets[moved]).is_some() {
                tickets[moved] = list.push_cancellable(later(), Turn::Completion, moved);
            }
        }
    };
    hold(100_000);
    assert_eq!(blocks_allocated_by(|| hold(100_000)), 0);
}

fn memory_does_not_grow_with_patients() {
    let ready = Ready::new(Workload::W3, Form::Model).expect("the workload is in order");
    let peak = |patients| {
        peak_of(|| {
            ready.run(patients, 1, 0).expect("the workload runs");
        })
    };
    let (few, many) = (peak(20_000), peak(200_000));
    assert!(many as f64 <= 1.1 * few as f64, "{few} bytes for 20,000 patients, {many} for 200,000");
}
