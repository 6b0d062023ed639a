//! A described network asks for no memory while it runs, and for no more for a million customers than
//! for a hundred thousand: rows, queues and events are used again.

#![allow(clippy::expect_used)]

use nhs_capacity::network::{Network, NetworkSpec, Run};

#[global_allocator]
static COUNTED: dhat::Alloc = dhat::Alloc;

/// Blocking of bays by beds and two priorities on the short way; patience, redial, interruption,
/// breakdowns, a roster and random order on the long one.
const PLAIN: &str = r#"
    time_unit = "hour"
    [[class]]
    name = "high"
    priority = 1
    arrivals = { process = "poisson", rate = 3 }
    [[class]]
    name = "low"
    priority = 2
    arrivals = { process = "poisson", rate = 7 }
    [[station]]
    name = "bay"
    servers = 20
    discipline = "priority"
    service = { dist = "exponential", mean = 1.3 }
    next = [{ to = "bed", prob = 1 }]
    [[station]]
    name = "bed"
    servers = 100
    discipline = "priority"
    waiting_room = 0
    on_full = "block"
    service = { dist = "lognormal", mean = 8.5, sd = 8.5 }
"#;
const SPECIAL: &str = r#"
    time_unit = "hour"
    [[class]]
    name = "a"
    priority = 1
    arrivals = { process = "poisson", rate = 4 }
    [[class]]
    name = "b"
    priority = 2
    arrivals = { process = "sinusoidal", base_rate = 4, relative_amplitude = 0.5, period = 24 }
    at.room = { patience = { dist = "exponential", mean = 0.5 } }
    [[station]]
    name = "room"
    servers = { schedule = [{ from = 0, servers = 4 }, { from = 8, servers = 6 }], period = 24, when_fewer = "preempt" }
    discipline = "preemptive_priority"
    waiting_room = 6
    on_full = { retry = { delay = { dist = "exponential", mean = 0.3 }, prob = 0.5 } }
    service = { dist = "exponential", mean = 0.5 }
    next = [{ to = "scan", prob = 0.5 }]
    [[station]]
    name = "scan"
    servers = 3
    discipline = "random_order"
    service = { dist = "exponential", mean = 0.4 }
    breakdowns = { uptime = { dist = "exponential", mean = 20 }, downtime = { dist = "exponential", mean = 2 } }
    next = [{ to = "ring", prob = 0.5 }]
    [[station]]
    name = "ring"
    servers = 4
    waiting_room = 2
    on_full = "block"
    service = { dist = "exponential", mean = 0.5 }
    next = [{ to = "turn", prob = 0.5 }]
    [[station]]
    name = "turn"
    servers = 9
    waiting_room = 2
    on_full = "block"
    service = { dist = "exponential", mean = 0.2 }
    next = [{ to = "ring", prob = 0.2 }]
"#;

/// Blocks and bytes asked for during a run, and its events.
fn asked_for(network: &Network, hours: f64) -> (u64, u64, u64) {
    let before = dhat::HeapStats::get();
    let run = Run { follows_cohort: false, ..Run::new(0.0, hours).with_targets([1.0]) };
    let results = network.run(&run).expect("the network runs");
    let after = dhat::HeapStats::get();
    (after.total_blocks - before.total_blocks, after.total_bytes - before.total_bytes, results.events)
}

/// Ten times the time: a few levels and bins of waits that were not met before may grow once more,
/// and that is all.
#[test]
fn ten_times_the_customers_take_no_more_memory() {
    let _profiler = dhat::Profiler::builder().testing().build();
    for text in [PLAIN, SPECIAL] {
        let spec = NetworkSpec::from_toml(text).expect("the text is in order");
        let network = spec.check().expect("the network is in order");
        let (short_blocks, short_bytes, _) = asked_for(&network, 2_000.0);
        let (long_blocks, long_bytes, events) = asked_for(&network, 20_000.0);
        assert!(events > 300_000, "{events}");
        let more = (long_blocks.saturating_sub(short_blocks), long_bytes.saturating_sub(short_bytes));
        assert!(more.0 < 60 && more.1 < short_bytes, "{more:?} blocks and bytes more in {events} events");
    }
}
