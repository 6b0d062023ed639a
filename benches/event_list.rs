//! How long does one pop and push take, by the number of events in the list? (Hold model: pop the
//! next event and push it back after an exponential increment; beside it `std`'s binary heap with the
//! same packed key.)

#![allow(missing_docs, clippy::expect_used)]

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nhs_capacity::engine::{EventList, Turn};
use nhs_capacity::random::{Distribution, Stream};
use nhs_capacity::units::{Span, Time};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;

const HOLDS: u64 = 10_000;

fn increments() -> Vec<Span> {
    let mut dice = Stream::of_seed(1).dice();
    let law = Distribution::exponential(1.0).expect("a mean of 1 is allowed");
    (0..HOLDS).map(|_| Span::from_hours(law.sample(&mut dice))).collect()
}

fn hold(criterion: &mut Criterion) {
    let increments = increments();
    let mut group = criterion.benchmark_group("hold");
    group.throughput(Throughput::Elements(HOLDS));
    for size in [100_usize, 1_000, 10_000, 100_000] {
        let first = || increments.iter().cycle().take(size).map(|&span| Time::ZERO + span);
        group.bench_function(BenchmarkId::new("four_ary", size), |bencher| {
            let mut list = EventList::new();
            first().zip(0_u32..).for_each(|(time, event)| list.push(time, Turn::Completion, event));
            bencher.iter_batched_ref(
                || list.clone(),
                |list| {
                    for &span in &increments {
                        if let Some((time, event)) = list.pop() {
                            list.push(time + span, Turn::Completion, black_box(event));
                        }
                    }
                },
                BatchSize::LargeInput,
            );
        });
        group.bench_function(BenchmarkId::new("std_binary_heap", size), |bencher| {
            let key = |time: Time, sequence: u64| u128::from(time.as_millis()) << 64 | u128::from(sequence);
            let heap: BinaryHeap<Reverse<u128>> =
                first().zip(0_u64..).map(|(time, n)| Reverse(key(time, n))).collect();
            bencher.iter_batched_ref(
                || heap.clone(),
                |heap| {
                    for (&span, n) in increments.iter().zip(size as u64..) {
                        if let Some(Reverse(next)) = heap.pop() {
                            let time = Time::from_millis((next >> 64) as u64);
                            heap.push(Reverse(key(time + span, black_box(n))));
                        }
                    }
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, hold);
criterion_main!(benches);
