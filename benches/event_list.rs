//! How long does one pop and push take, by the number of events in the list? (Hold model: pop the
//! next event and push it back after an exponential increment; beside it `std`'s binary heap with the
//! same packed key.)

#![allow(missing_docs, clippy::expect_used)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nhs_capacity::engine::{EventList, Turn};
use nhs_capacity::random::{Distribution, Stream};
use nhs_capacity::units::{Span, Time};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::time::Instant;

const HOLDS: usize = 10_000;
const ROUNDS: usize = 201;
const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];

/// The increments of a round, and the times of as many events as are wanted.
fn increments(count: usize, seed: u64) -> Vec<Span> {
    let mut dice = Stream::of_seed(seed).dice();
    let law = Distribution::exponential(1.0).expect("a mean of 1 is allowed");
    (0..count).map(|_| Span::from_hours(law.sample(&mut dice))).collect()
}

trait List {
    fn with(spans: &[Span]) -> Self;
    fn hold(&mut self, span: Span);
}

impl List for EventList<u32> {
    fn with(spans: &[Span]) -> Self {
        let mut list = Self::new();
        spans
            .iter()
            .zip(0..)
            .for_each(|(&span, event)| list.push(Time::ZERO + span, Turn::Completion, event));
        list
    }

    fn hold(&mut self, span: Span) {
        if let Some((time, event)) = self.pop() {
            self.push(time + span, Turn::Completion, black_box(event));
        }
    }
}

struct Plain {
    heap: BinaryHeap<Reverse<u128>>,
    sequence: u64,
}

fn key(time: Time, sequence: u64) -> Reverse<u128> {
    Reverse(u128::from(time.as_millis()) << 64 | u128::from(sequence))
}

impl List for Plain {
    fn with(spans: &[Span]) -> Self {
        let heap = spans.iter().zip(0..).map(|(&span, n)| key(Time::ZERO + span, n)).collect();
        Self { heap, sequence: spans.len() as u64 }
    }

    fn hold(&mut self, span: Span) {
        if let Some(Reverse(next)) = self.heap.pop() {
            let time = Time::from_millis((next >> 64) as u64);
            self.heap.push(key(time + span, black_box(self.sequence)));
            self.sequence += 1;
        }
    }
}

/// Nanoseconds a hold in each round, the same list going on from round to round.
fn rounds<L: List>(size: usize, round: &[Span]) -> Vec<f64> {
    let mut list = L::with(&increments(size, 2));
    let mut walls: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let clock = Instant::now();
            round.iter().for_each(|&span| list.hold(span));
            clock.elapsed().as_secs_f64() / round.len() as f64 * 1e9
        })
        .collect();
    walls.sort_by(f64::total_cmp);
    walls
}

/// Each list alone, so that it has the cache to itself, and twice over. Lower deciles, since other work
/// on the machine only ever adds time.
fn ratios(_: &mut Criterion) {
    let round = increments(HOLDS, 1);
    for size in SIZES {
        let decile = |walls: Vec<f64>| walls[walls.len() / 10];
        for _ in 0..2 {
            let plain = decile(rounds::<Plain>(size, &round));
            let own = decile(rounds::<EventList<u32>>(size, &round));
            println!("{size} events: {own:.1} ns, std {plain:.1} ns, ratio {:.2}", own / plain);
        }
    }
}

fn hold(criterion: &mut Criterion) {
    let round = increments(HOLDS, 1);
    let mut group = criterion.benchmark_group("hold");
    group.throughput(Throughput::Elements(HOLDS as u64));
    for size in SIZES {
        group.bench_function(BenchmarkId::new("own", size), |bencher| {
            let mut list = EventList::with(&increments(size, 2));
            bencher.iter(|| round.iter().for_each(|&span| list.hold(span)));
        });
        group.bench_function(BenchmarkId::new("std_binary_heap", size), |bencher| {
            let mut list = Plain::with(&increments(size, 2));
            bencher.iter(|| round.iter().for_each(|&span| list.hold(span)));
        });
    }
    group.finish();
}

criterion_group!(benches, ratios, hold);
criterion_main!(benches);
