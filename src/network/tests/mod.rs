//! Bad inputs, limits, determinism and bookkeeping. Agreement with theory is in `tests/verification`.

mod limits;

use super::*;
use crate::engine::Limits;
use crate::random::Stream;

fn queue(servers: u32, arrivals: ArrivalSpec, service: DistributionSpec) -> NetworkSpec {
    NetworkSpec::new(TimeUnit::Hour)
        .with_class(ClassSpec::new("a").with_arrivals(arrivals))
        .with_station(StationSpec::new("s").with_servers(servers).with_service(service))
}

fn busy_queue(servers: u32) -> NetworkSpec {
    queue(servers, ArrivalSpec::poisson(2.0), DistributionSpec::exponential(0.4))
}

fn constant(value: f64) -> DistributionSpec {
    DistributionSpec::constant(value)
}

fn at(times: &[f64]) -> ArrivalSpec {
    ArrivalSpec::Times { at: times.to_vec() }
}

fn run(spec: &NetworkSpec, horizon: f64) -> Results {
    let results = spec.check().unwrap().run(&Run { record: true, ..Run::new(0.0, horizon) }).unwrap();
    assert_eq!(results.discrepancies(), Vec::<String>::new());
    results
}

fn problems(spec: &NetworkSpec) -> String {
    spec.check().unwrap_err().to_string()
}

fn starts(results: &Results) -> Vec<Option<f64>> {
    results.records.iter().map(|r| r.started.map(crate::units::Time::as_hours)).collect()
}

// ---- A, B: numbers, arrivals, capacity ----------------------------------------------------------

#[test]
fn every_problem_is_reported_at_once_with_its_place() {
    let mut spec = busy_queue(2);
    spec.classes[0].arrivals = Some(ArrivalSpec::poisson(f64::NAN));
    spec.classes[0].entry = Some("x".into());
    spec.stations[0].service = Some(DistributionSpec::exponential(-3.0));
    spec.stations[0].next = vec![Branch { to: "s".into(), prob: 1.01, delay: None }];
    let message = problems(&spec);
    for part in [
        "class `a`, arrivals: rate = NaN, must be a number from 0 to 1e12",
        "class `a`, entry: no station is called `x`",
        "station `s`, service: exponential: mean = -3, must be a number from 1e-15 to 1e15",
        "probabilities sum to 1.01, must be at most 1",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn wrong_arrivals_are_refused() {
    let piecewise = |breakpoints: &[f64], rates: &[f64]| ArrivalSpec::Piecewise {
        breakpoints: breakpoints.to_vec(),
        rates: rates.to_vec(),
        period: Some(24.0),
    };
    for (bad, part) in [
        (piecewise(&[0.0, 5.0, 5.0, 24.0], &[1.0; 3]), "5 is followed by 5, must rise"),
        (piecewise(&[1.0, 24.0], &[1.0]), "breakpoints[0] = 1, must be 0"),
        (piecewise(&[0.0, 24.0], &[1.0; 2]), "number of rates = 2"),
        (piecewise(&[0.0, 24.0], &[-1.0]), "rates = -1"),
        (piecewise(&[0.0, 24.0], &[f64::NAN]), "rates = NaN"),
        (piecewise(&[0.0, 23.0], &[1.0]), "last breakpoint = 23, must be equal to the period"),
        (ArrivalSpec::Renewal { interarrival: constant(0.0) }, "mean of interarrival = 0, must be above 0"),
        (at(&[3.0, 2.0]), "3 is followed by 2, must rise"),
        (ArrivalSpec::poisson(f64::INFINITY), "rate = inf"),
    ] {
        let message = problems(&queue(1, bad, constant(1.0)));
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn no_arrivals_means_no_observations_and_not_zero_or_nan() {
    for arrivals in [
        ArrivalSpec::poisson(0.0),
        ArrivalSpec::Piecewise { breakpoints: vec![0.0, 24.0], rates: vec![0.0], period: Some(24.0) },
    ] {
        let results = run(&queue(1, arrivals, constant(1.0)), 100.0);
        assert_eq!(results.mean_wait("a", "s"), None);
        assert_eq!(results.wait_quantile("a", "s", 0.9), None);
        assert_eq!(results.utilisation("s"), Some(0.0));
    }
}

#[test]
fn no_servers_serve_nobody_and_have_no_utilisation() {
    let spec = queue(0, at(&[1.0, 2.0]), constant(1.0));
    let network = spec.check().unwrap();
    let results = network.run(&Run { follows_cohort: false, ..Run::new(0.0, 10.0) }).unwrap();
    assert_eq!(results.utilisation("s"), None);
    assert_eq!((results.classes[0].inside, results.unfinished), (2, 4));
    // followed, they are reported as unfinished and the run ends
    assert_eq!(network.run(&Run::new(0.0, 10.0)).unwrap().classes[0].inside, 2);
}

#[test]
fn numbers_of_servers_are_whole_and_may_be_large() {
    for bad in ["-1", "2.5", "18446744073709551616"] {
        let text = format!(
            "time_unit = \"hour\"\n[[class]]\nname = \"a\"\n[[station]]\nname = \"s\"\nservers = {bad}\n"
        );
        assert!(NetworkSpec::from_toml(&text).is_err(), "{bad}");
    }
    assert_eq!(starts(&run(&queue(1 << 31, at(&[1.0]), constant(1.0)), 9.0)), [Some(1.0)]);
}

#[test]
fn unknown_keys_are_errors() {
    let text = "time_unit = \"hour\"\n[[class]]\nname = \"a\"\n[[station]]\nname = \"s\"\nserver = 1\n";
    assert!(NetworkSpec::from_toml(text).unwrap_err().to_string().contains("server"));
}

#[test]
fn a_network_written_and_read_back_is_the_same() {
    let mut spec = busy_queue(2).with_pool("nurses", 3);
    spec.stations[0].on_full =
        OnFull::Retry { delay: DistributionSpec::lognormal(1.0, 2.0), prob: 0.1 + 0.2 };
    spec.stations.push(StationSpec::new("other"));
    let json = serde_json::to_string(&spec).unwrap();
    assert_eq!(NetworkSpec::from_json(&json).unwrap(), spec);
    assert_eq!(NetworkSpec::from_toml(&toml::to_string(&spec).unwrap()).unwrap(), spec);
}

fn roster(shifts: &[(f64, u32)], when_fewer: WhenFewer) -> Roster {
    let schedule = shifts.iter().map(|&(from, servers)| Shift { from, servers }).collect();
    Roster { schedule, period: Some(24.0), when_fewer }
}

#[test]
fn a_night_without_servers_is_waited_through() {
    for rule in [WhenFewer::FinishCurrent, WhenFewer::Preempt] {
        let mut spec = queue(1, at(&[7.5, 9.0]), constant(1.0));
        spec.stations[0].servers = Servers::Roster(roster(&[(0.0, 1), (8.0, 0), (20.0, 2)], rule));
        let results = run(&spec, 48.0);
        let ends: Vec<f64> = results.records.iter().map(|r| r.ended.as_hours()).collect();
        let first_ends = if rule == WhenFewer::Preempt { 20.5 } else { 8.5 };
        assert_eq!(ends, [first_ends, 21.0]);
    }
}

#[test]
fn wrong_rosters_are_refused() {
    for (shifts, part) in [
        (vec![], "is empty"),
        (vec![(1.0, 1)], "starts at 1, must start at 0"),
        (vec![(0.0, 1), (0.0, 2)], "0 is followed by 0, must rise"),
        (vec![(0.0, 1), (f64::NAN, 2)], "0 is followed by NaN, must rise"),
        (vec![(0.0, 1), (30.0, 2)], "must be after the last entry"),
    ] {
        let mut spec = busy_queue(1);
        spec.stations[0].servers = Servers::Roster(roster(&shifts, WhenFewer::Preempt));
        let message = problems(&spec);
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn needs_that_can_never_be_met_are_refused() {
    let visit = VisitSpec { servers_needed: Some(7), ..VisitSpec::default() };
    let mut spec = busy_queue(5);
    spec.classes[0].at.insert("s".into(), visit);
    assert!(problems(&spec).contains("class `a` at `s`, servers_needed: 7, must be from 1 to the 5"));
    let visit = VisitSpec { pools_needed: Some([("p".into(), 4)].into()), ..VisitSpec::default() };
    let mut spec = busy_queue(5).with_pool("p", 3);
    spec.classes[0].at.insert("s".into(), visit);
    assert!(problems(&spec).contains("4 of `p`, must be at most the 3 there are"));
}

#[test]
fn everything_has_a_name() {
    let mut spec = busy_queue(5).with_class(ClassSpec::default()).with_pool("", 3);
    assert!(problems(&spec).contains("class number 2: has no name"));
    assert!(problems(&spec).contains("pool number 1: has no name"));
    spec.stations[0].name.clear();
    assert!(problems(&spec).contains("station number 1: has no name"));
}

/// B15: somebody who needs 7 of 10 units waits first; a small need passes only if it may.
#[test]
fn nobody_is_passed_unless_the_station_says_so() {
    for (skip_ahead, expected) in [(false, 5.0), (true, 2.0)] {
        let mut spec = NetworkSpec::new(TimeUnit::Hour);
        for (number, (arrival, units)) in [(0.0, 6), (1.0, 7), (2.0, 1)].into_iter().enumerate() {
            let visit = VisitSpec { servers_needed: Some(units), ..VisitSpec::default() };
            let class = ClassSpec::new(number.to_string()).with_arrivals(at(&[arrival]));
            spec = spec.with_class(class.with_visit("s", visit));
        }
        let mut station = StationSpec::new("s").with_servers(10).with_service(constant(5.0));
        station.skip_ahead = skip_ahead;
        let results = run(&spec.with_station(station), 50.0);
        let small = results.records.iter().find(|r| r.class == 2).unwrap();
        assert_eq!(small.started.unwrap().as_hours(), expected);
    }
}

// ---- C: time and windows ------------------------------------------------------------------------

#[test]
fn windows_out_of_range_are_refused_and_an_empty_one_is_empty() {
    let network = busy_queue(1).check().unwrap();
    for (warm_up, horizon) in [
        (0.0, f64::NAN),
        (0.0, -1.0),
        (0.0, f64::INFINITY),
        (5.0, 5.0),
        (f64::NAN, 5.0),
        (-1.0, 5.0),
        (0.0, 1e14),
    ] {
        let error = network.run(&Run::new(warm_up, horizon)).unwrap_err();
        assert!(matches!(error.reason, Reason::Field { .. }), "{warm_up} {horizon}: {error}");
    }
    let empty = network.run(&Run::new(0.0, 0.0)).unwrap();
    assert_eq!((empty.events, empty.present.mean()), (0, None));
}

/// C5: arrivals on the hour from 1 and an hour's service: 23 arrive and 22 leave before midnight.
#[test]
fn events_at_the_horizon_belong_to_what_follows() {
    let arrivals = ArrivalSpec::Renewal { interarrival: constant(1.0) };
    let results = run(&queue(1, arrivals, constant(1.0)), 24.0);
    assert_eq!((results.classes[0].offered, results.stations[0].completions), (23, 22));
    assert_eq!(results.utilisation("s"), Some(23.0 / 24.0));
}

#[test]
fn a_patience_that_outlives_its_customer_moves_nothing() {
    let mut spec = queue(1, at(&[1.0]), constant(1.0));
    spec.stations[0].patience = Some(constant(1e9));
    let results = run(&spec, 24.0);
    assert_eq!((results.length(), results.stations[0].completions), (24.0, 1));
    assert_eq!(results.utilisation("s"), Some(1.0 / 24.0));
}

// ---- D: queues ----------------------------------------------------------------------------------

#[test]
fn no_patience_means_now_or_never() {
    let mut spec = queue(1, at(&[0.0, 1.0, 2.0]), constant(2.0));
    spec.stations[0].patience = Some(constant(0.0));
    // the server comes free at the very instant at which the third arrives
    assert_eq!(starts(&run(&spec, 50.0)).iter().filter(|s| s.is_some()).count(), 2);
}

#[test]
fn whoever_gave_up_may_join_again() {
    let mut spec = queue(1, at(&[0.0, 1.0]), constant(10.0));
    spec.stations[0].patience = Some(constant(2.0));
    spec.stations[0].on_abandon = OnFull::Retry { delay: constant(4.0), prob: 1.0 };
    let results = run(&spec, 50.0);
    let second: Vec<Outcome> =
        results.records.iter().filter(|r| r.customer == 1).map(|r| r.outcome).collect();
    assert_eq!(second, [Outcome::Abandoned, Outcome::Abandoned, Outcome::Served]);
}

#[test]
fn an_interrupted_customer_is_interrupted_again_and_loses_no_work() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour)
        .with_station(StationSpec::new("s").with_servers(1).with_discipline(Discipline::PreemptivePriority));
    for (name, priority, times, service) in [("low", 3, vec![0.0], 4.0), ("high", 1, vec![1.0, 3.0], 1.0)] {
        let visit = VisitSpec { service: Some(constant(service)), ..VisitSpec::default() };
        let class = ClassSpec::new(name).with_arrivals(at(&times)).with_priority(priority);
        spec = spec.with_class(class.with_visit("s", visit));
    }
    let results = run(&spec, 50.0);
    let low = results.records.iter().find(|r| r.class == 0).unwrap();
    assert_eq!((low.ended.as_hours(), low.interruptions, low.waited.as_hours()), (6.0, 2, 2.0));
}

#[test]
fn any_whole_number_is_a_priority() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour).with_station(
        StationSpec::new("s")
            .with_servers(1)
            .with_service(constant(10.0))
            .with_discipline(Discipline::Priority),
    );
    for (name, priority) in [("a", 0), ("b", 1 << 31), ("c", -5), ("d", i64::MIN)] {
        let time = f64::from(name.as_bytes()[0] - b'a');
        spec = spec.with_class(ClassSpec::new(name).with_arrivals(at(&[time])).with_priority(priority));
    }
    let order: Vec<u16> = run(&spec, 100.0).records.iter().map(|r| r.class).collect();
    assert_eq!(order, [0, 3, 2, 1]);
}

#[test]
fn a_starved_class_is_reported_as_unfinished() {
    let mut spec = busy_queue(1)
        .with_class(ClassSpec::new("first").with_arrivals(ArrivalSpec::poisson(4.0)).with_priority(-1));
    spec.stations[0].discipline = Discipline::Priority;
    let results = run(&spec, 200.0);
    assert!(results.unfinished > 0);
    assert!(results.classes[0].cohort_left[0] < results.classes[0].offered);
}

/// D7: a full waiting room, patience and redial all at once.
#[test]
fn nobody_is_lost_between_redials() {
    let mut spec = queue(2, ArrivalSpec::poisson(9.0), DistributionSpec::exponential(0.5));
    let again = OnFull::Retry { delay: DistributionSpec::exponential(0.3), prob: 0.8 };
    spec.stations[0].waiting_room = Some(2);
    spec.stations[0].patience = Some(DistributionSpec::exponential(0.2));
    spec.stations[0].on_full = again.clone();
    spec.stations[0].on_abandon = again;
    let results = run(&spec, 500.0);
    let class = &results.classes[0];
    assert_eq!(class.offered, class.cohort_left.iter().sum::<u64>());
    assert!(class.cohort_left.iter().all(|&n| n > 100));
}

#[test]
fn a_retry_without_delay_is_refused() {
    let mut spec = busy_queue(1);
    spec.stations[0].on_full = OnFull::Retry { delay: constant(0.0), prob: 1.0 };
    assert!(problems(&spec).contains("on_full.delay: mean 0, must be above 0"));
}

#[test]
fn a_loop_without_a_way_out_is_refused_and_named() {
    let mut spec =
        busy_queue(1).with_station(StationSpec::new("t").with_service(constant(1.0)).with_next("s", 1.0));
    spec.stations[0].next = vec![Branch { to: "t".into(), prob: 1.0, delay: None }];
    assert!(problems(&spec).contains("class `a`, next: no way out of the loop s -> t"));
    // with a way out, however small, it runs within its limits
    spec.stations[0].next[0].prob = 1.0 - 1e-9;
    let limits = Limits { events: 10_000, ..Limits::default() };
    let stopped = spec.check().unwrap().run(&Run { limits, ..Run::new(0.0, 1e6) }).unwrap_err();
    assert!(matches!(stopped.reason, Reason::Engine(_)));
    assert_eq!(stopped.partial.unwrap().events, 10_000);
}

#[test]
fn a_deadlock_stops_the_run_and_is_named() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour);
    for (own, other) in [("x", "y"), ("y", "x")] {
        let mut visit = VisitSpec { next: Some(vec![]), ..VisitSpec::default() };
        let class = ClassSpec::new(format!("first {own}")).with_arrivals(at(&[0.0])).with_entry(own);
        let last = visit.clone();
        visit.next = Some(vec![Branch { to: other.into(), prob: 1.0, delay: None }]);
        spec = spec.with_class(class.with_visit(own, visit).with_visit(other, last)).with_station(
            StationSpec::new(own)
                .with_servers(1)
                .with_service(constant(1.0))
                .with_waiting_room(0)
                .with_on_full(OnFull::Block),
        );
    }
    let error = spec.check().unwrap().run(&Run::new(0.0, 100.0)).unwrap_err();
    let message = error.to_string();
    for part in ["deadlock at 1", "first x 0", "first y 0"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(error.partial.is_some());
}

#[test]
fn a_zero_time_loop_is_stopped() {
    let mut spec = queue(1, at(&[0.0]), constant(0.0));
    spec.stations[0].next = vec![Branch { to: "s".into(), prob: 1.0 - 1e-9, delay: None }];
    let limits = Limits { events_at_one_instant: 1_000, ..Limits::default() };
    let stopped = spec.check().unwrap().run(&Run { limits, ..Run::new(0.0, 10.0) }).unwrap_err();
    assert!(stopped.to_string().contains("no progress"));
}

/// D12: everything happens at the same instants.
#[test]
fn tie_storms_keep_the_listed_order() {
    let arrivals = at(&[0.0; 10_000]);
    let results = run(&queue(100, arrivals, constant(1.0)), 200.0);
    let order: Vec<u64> = results.records.iter().map(|r| r.customer).collect();
    assert!(order.is_sorted());
    assert_eq!(results.stations[0].completions, 10_000);
}

// ---- E: limits ----------------------------------------------------------------------------------

#[test]
fn too_many_customers_stop_the_run() {
    let spec = queue(1, ArrivalSpec::poisson(20.0), DistributionSpec::exponential(0.1));
    let stopped = spec.check().unwrap().run(&Run { most_inside: 1_000, ..Run::new(0.0, 1e5) }).unwrap_err();
    assert!(matches!(stopped.reason, Reason::Crowded { limit: 1_000, .. }));
}

#[test]
fn a_replication_that_fails_leaves_the_others() {
    let network = busy_queue(1).check().unwrap();
    let results = network.replicate(&Run::new(0.0, 50.0), 40, |r| r.events);
    let events: Vec<u64> = results.into_iter().map(Result::unwrap).collect();
    let least = *events.iter().min().unwrap();
    let limits = Limits { events: least, ..Limits::default() };
    let limited = network.replicate(&Run { limits, ..Run::new(0.0, 50.0) }, 40, |r| r.events);
    assert!(limited.iter().any(Result::is_err) && limited.iter().any(Result::is_ok));
    let failed = limited.iter().position(Result::is_err).unwrap();
    assert_eq!(limited[failed].as_ref().unwrap_err().replication, failed as u64);
}

#[test]
fn a_cancelled_ensemble_keeps_what_is_finished() {
    let network = busy_queue(1).check().unwrap();
    let run = Run::new(0.0, 2_000.0);
    let cancel = run.cancel.clone();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let read = |r: Results| {
        cancel.request();
        r.events
    };
    let all = pool.install(|| network.replicate(&run, 20, read));
    assert!(all[0].is_ok());
    assert!(all[1..].iter().all(|r| matches!(r, Err(RunError { reason: Reason::Cancelled { .. }, .. }))));
    // a run that is under way stops as well
    let endless = Run { cancel: Cancel::default(), ..Run::new(0.0, 1e12) };
    let switch = endless.cancel.clone();
    let stopped = std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            switch.request();
        });
        network.run(&endless).unwrap_err()
    });
    assert!(matches!(stopped.reason, Reason::Cancelled { at } if at > 0.0));
}

/// B12, B13: beds close while patients wait in bays for them, at the instant of an arrival and of
/// an end of service, and open again.
#[test]
fn closing_and_opening_behind_blocked_customers_loses_nobody() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour)
        .with_class(ClassSpec::new("a").with_arrivals(at(&[0.0, 1.0, 2.0, 5.0])))
        .with_station(
            StationSpec::new("bay").with_servers(2).with_service(constant(1.0)).with_next("bed", 1.0),
        );
    let shifts = roster(&[(0.0, 1), (2.0, 0), (5.0, 2)], WhenFewer::FinishCurrent);
    let bed = StationSpec::new("bed").with_roster(Roster { period: None, ..shifts });
    spec =
        spec.with_station(bed.with_service(constant(4.0)).with_waiting_room(0).with_on_full(OnFull::Block));
    let results = run(&spec, 50.0);
    let beds: Vec<(f64, f64)> = results
        .records
        .iter()
        .filter(|r| r.station == 1)
        .map(|r| (r.started.unwrap().as_hours(), r.ended.as_hours()))
        .collect();
    // capacity changes before the end of service at 5: one bed is then busy and one is free
    assert_eq!(beds, [(1.0, 5.0), (5.0, 9.0), (5.0, 9.0), (9.0, 13.0)]);
    assert_eq!(results.classes[0].cohort_left, [4, 0, 0]);
}

/// The server before is free as soon as there is a place in the room, not only when service starts.
#[test]
fn a_blocked_customer_comes_into_the_room_when_there_is_a_place() {
    let spec = NetworkSpec::new(TimeUnit::Hour)
        .with_class(ClassSpec::new("a").with_arrivals(at(&[0.0; 4])))
        .with_station(
            StationSpec::new("one").with_servers(1).with_service(constant(1.0)).with_next("two", 1.0),
        )
        .with_station(
            StationSpec::new("two")
                .with_servers(1)
                .with_service(constant(3.0))
                .with_waiting_room(1)
                .with_on_full(OnFull::Block),
        );
    let results = run(&spec, 50.0);
    let starts_at = |station: u16| -> Vec<f64> {
        let here = results.records.iter().filter(|r| r.station == station);
        here.map(|r| r.started.unwrap().as_hours()).collect()
    };
    assert_eq!(starts_at(0), [0.0, 1.0, 2.0, 4.0]);
    assert_eq!(starts_at(1), [1.0, 4.0, 7.0, 10.0]);
}

/// The least urgent is interrupted, and of these the last to start.
#[test]
fn who_is_interrupted_is_documented() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour).with_station(
        StationSpec::new("s")
            .with_servers(3)
            .with_service(constant(10.0))
            .with_discipline(Discipline::PreemptivePriority),
    );
    for (name, time, priority) in [("a", 0.0, 2), ("b", 1.0, 3), ("c", 2.0, 3), ("d", 3.0, 1)] {
        spec = spec.with_class(ClassSpec::new(name).with_arrivals(at(&[time])).with_priority(priority));
    }
    let results = run(&spec, 100.0);
    let interrupted: Vec<u16> =
        results.records.iter().filter(|r| r.interruptions > 0).map(|r| r.class).collect();
    assert_eq!(interrupted, [2]);
}

// ---- F: randomness ------------------------------------------------------------------------------

fn fingerprint(spec: &NetworkSpec, threads: usize) -> Vec<u64> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let network = spec.check().unwrap();
    let run = Run::new(10.0, 200.0).with_seed(u64::MAX);
    let read = |r: Results| r.mean_wait("a", "s").unwrap().to_bits();
    pool.install(|| network.replicate(&run, 30, read)).into_iter().map(Result::unwrap).collect()
}

#[test]
fn results_are_the_same_for_any_number_of_threads() {
    let one = fingerprint(&busy_queue(1), 1);
    for threads in [2, 3, 16] {
        assert_eq!(fingerprint(&busy_queue(1), threads), one);
    }
}

#[test]
fn another_class_and_an_observer_move_nobody_elses_draws() {
    let arrivals = |results: &Results| -> Vec<(u64, u64)> {
        let own = results.records.iter().filter(|r| r.class == 0);
        let mut all: Vec<(u64, u64)> = own.map(|r| (r.customer, r.joined.as_millis())).collect();
        all.sort_unstable();
        all
    };
    let alone = run(&busy_queue(3), 100.0);
    let other = ClassSpec::new("b").with_arrivals(ArrivalSpec::poisson(1.0));
    let network = busy_queue(3).with_class(other).check().unwrap();
    let watched =
        Run { record: true, probes: vec![3.0], cycle: 5.0, series_every: 0.5, ..Run::new(0.0, 100.0) };
    assert_eq!(arrivals(&alone), arrivals(&network.run(&watched).unwrap()));
}

/// A room more of either kind, or one patient more: everybody else has the same way and needs the same time
/// (what treat-sim is tested for).
#[test]
fn a_room_more_or_a_patient_more_leaves_everybody_their_draws() {
    let clinic = |exam: u32, treat: u32| {
        let exam =
            StationSpec::new("exam").with_servers(exam).with_service(DistributionSpec::exponential(0.6));
        let treat = StationSpec::new("treat").with_servers(treat);
        NetworkSpec::new(TimeUnit::Hour)
            .with_class(ClassSpec::new("a").with_arrivals(ArrivalSpec::poisson(2.0)))
            .with_station(exam.with_next("treat", 0.6))
            .with_station(treat.with_service(DistributionSpec::lognormal(1.0, 1.2)))
    };
    // who of the first 300, where, for how long
    let needs = |spec: &NetworkSpec| -> Vec<(u64, u16, u64)> {
        let results = run(spec, 200.0);
        let own = results.records.iter().filter(|r| r.class == 0 && r.customer < 300);
        let mut all: Vec<_> = own
            .map(|r| (r.customer, r.station, r.ended.as_millis() - r.started.unwrap().as_millis()))
            .collect();
        all.sort_unstable();
        all
    };
    let as_it_was = needs(&clinic(2, 2));
    assert!(as_it_was.len() > 400, "{}", as_it_was.len());
    assert_eq!(needs(&clinic(3, 2)), as_it_was);
    assert_eq!(needs(&clinic(2, 3)), as_it_was);
    let one_more = clinic(2, 2).with_class(ClassSpec::new("b").with_arrivals(at(&[20.0])));
    assert_eq!(needs(&one_more), as_it_was);
}

/// The same customers with the same needs: a bed more never lengthens one first-come queue.
#[test]
fn adding_servers_never_lengthens_the_queue() {
    for seed in 0..20 {
        let mean = |servers| {
            let network = busy_queue(servers).check().unwrap();
            network.run(&Run::new(0.0, 300.0).with_seed(seed)).unwrap().mean_wait("a", "s").unwrap()
        };
        assert!(mean(2) <= mean(1) && mean(3) <= mean(2));
    }
}

// ---- bookkeeping --------------------------------------------------------------------------------

/// Conservation and Little's law, exactly, in a network that has everything.
#[test]
fn the_books_balance_in_a_network_with_everything() {
    let text = r#"
        time_unit = "hour"
        pool = [{ name = "nurses", units = 9 }]
        [[class]]
        name = "urgent"
        priority = 1
        arrivals = { process = "poisson", rate = 2.0 }
        at.bay = { pools_needed = { nurses = 2 } }
        [[class]]
        name = "routine"
        priority = 2
        arrivals = { process = "batch_poisson", rate = 1.0, batch_sizes = [1, 3], batch_probs = [0.5, 0.5] }
        at.bay = { pools_needed = { nurses = 1 }, waiting_room = 6, keep_free = 1, patience = { dist = "exponential", mean = 2 } }
        [[class]]
        name = "staff"
        initial = 3
        entry = "scan"
        at.scan = { next = [{ to = "bay", prob = 1 }] }
        at.bay = { next = [{ to = "scan", prob = 1, delay = { dist = "erlang", k = 3, mean = 1 } }] }
        [[station]]
        name = "bay"
        servers = { schedule = [{ from = 0, servers = 4 }, { from = 8, servers = 6 }, { from = 20, servers = 2 }], period = 24, when_fewer = "preempt" }
        discipline = "preemptive_priority"
        service = { dist = "lognormal", mean = 0.8, sd = 0.9 }
        next = [{ to = "scan", prob = 0.4 }, { to = "bed", prob = 0.3 }]
        [[station]]
        name = "scan"
        servers = 2
        discipline = "random_order"
        waiting_room = 2
        on_full = { retry = { delay = { dist = "exponential", mean = 0.5 }, prob = 0.9 } }
        breakdowns = { uptime = { dist = "exponential", mean = 20 }, downtime = { dist = "exponential", mean = 2 } }
        service = { dist = "weibull", shape = 1.4, scale = 0.3 }
        [[station]]
        name = "bed"
        servers = 8
        waiting_room = 1
        on_full = "block"
        discipline = "lifo"
        ends_at = { time = 2, period = 6 }
        service = { dist = "gamma", shape = 2, mean = 6 }
    "#;
    let network = NetworkSpec::from_toml(text).unwrap().check().unwrap();
    for replication in 0..10 {
        let run = Run::new(50.0, 800.0).with_replication(replication);
        let results = network.run(&run).unwrap();
        assert_eq!(results.discrepancies(), Vec::<String>::new());
        assert!(results.stations.iter().all(|s| s.completions > 100));
        assert!(results.stations[0].queue.mean() > Some(0.0));
        let left = results.classes[1].cohort_left;
        assert!(left.iter().all(|&n| n > 0), "{left:?}");
    }
}

#[test]
fn quantiles_of_waits_are_exact_when_small_and_close_when_large() {
    let mut histogram = WaitHistogram::default();
    (1..=100_000_u64).for_each(|ticks| histogram.add(ticks * 50));
    for p in [0.01, 0.5, 0.9, 0.999] {
        let found = histogram.quantile(p).unwrap();
        assert!((found / (p * 5e6) - 1.0).abs() < 1.0 / 128.0, "{p}: {found}");
    }
    assert_eq!((histogram.quantile(1.1), histogram.quantile(f64::NAN)), (None, None));
    assert_eq!(WaitHistogram::default().quantile(0.5), None);
}

#[test]
fn arrivals_follow_their_cumulative_rate() {
    let spec = ArrivalSpec::Piecewise {
        breakpoints: vec![0.0, 1.0, 1.0 + 1.0 / 60.0, 24.0],
        rates: vec![0.0, 1e6, 0.0],
        period: Some(24.0),
    };
    // a spike of 1e6 an hour for a minute costs in proportion to its arrivals
    let process = spec.check().unwrap();
    let count = process.times(Stream::of_seed(3).dice()).take_while(|&t| t < 24.0).count() as f64;
    let expected = process.expected_until(24.0).unwrap();
    assert!((count - expected).abs() < 4.0 * expected.sqrt(), "{count} {expected}");
}
