//! Sizes and times that would take for ever or fill the memory: refused, or stopped with a reason.

use super::*;

fn refused(spec: &NetworkSpec, part: &str) {
    let message = problems(spec);
    assert!(message.contains(part), "{message}");
}

fn refused_run(run: &Run, part: &str) {
    let error = busy_queue(1).check().unwrap().run(run).unwrap_err();
    assert!(matches!(error.reason, Reason::Field { .. }) && error.partial.is_none());
    assert!(error.to_string().contains(part), "{error}");
}

/// Half a billion groups of nobody are no more work than one group of half a billion.
#[test]
fn groups_and_initial_customers_are_bounded() {
    let batch = |size| ArrivalSpec::BatchPoisson {
        rate: 1.0,
        batch_sizes: vec![1, size],
        batch_probs: vec![0.5, 0.5],
    };
    refused(
        &queue(1, batch(u32::MAX), constant(1.0)),
        "class `a`, arrivals: batch_sizes = 4294967295, must be whole numbers from 0 to 1000000",
    );
    let mut spec = queue(1, batch(0), constant(1.0));
    assert!(run(&spec, 100.0).classes[0].offered > 0);
    spec.classes[0].initial = 20_000_001;
    refused(&spec, "class `a`, initial: 20000001, must be at most 20000000");
}

#[test]
fn the_size_of_a_network_is_bounded() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour);
    for number in 0..501 {
        let name = number.to_string();
        spec = spec.with_class(ClassSpec::new(&*name)).with_station(StationSpec::new(&*name));
    }
    refused(&spec, "number of stations times number of classes: 251001, must be at most 250000");
}

/// Ways through a thousand stations are followed in time that grows with their number, not its cube.
#[test]
fn a_long_chain_is_checked_at_once() {
    let stations = 3_000;
    let mut spec = NetworkSpec::new(TimeUnit::Hour).with_class(ClassSpec::new("a").with_arrivals(at(&[0.0])));
    for number in 0..stations {
        let station = StationSpec::new(number.to_string()).with_service(constant(1.0));
        let station = station.with_servers(1).with_waiting_room(0).with_on_full(OnFull::Block);
        let is_last = number + 1 == stations;
        spec = spec.with_station(if is_last {
            station
        } else {
            station.with_next((number + 1).to_string(), 1.0)
        });
    }
    let results = run(&spec, 4_000.0);
    assert_eq!((results.classes[0].visits, results.classes[0].left[0]), (3_000, 1));
}

/// A server that stays with the customer cannot be asked for again by the same customer.
#[test]
fn a_way_back_to_a_server_that_is_kept_is_refused() {
    let mut spec = busy_queue(9);
    spec.stations[0].release = Release::OnLeaving;
    spec.stations[0].next = vec![Branch { to: "s".into(), prob: 0.5, delay: None }];
    refused(&spec, "class `a`, next: leads back to `s`, whose server is kept until they leave");
}

#[test]
fn as_many_servers_as_can_be_written_do_not_all_break_down() {
    for servers in [200_000, u32::MAX] {
        let mut spec = busy_queue(servers);
        spec.stations[0].breakdowns = Some(Breakdowns { uptime: constant(1.0), downtime: constant(1.0) });
        refused(&spec, "with breakdowns");
    }
}

/// One arrival in ten million years: cycles without arrivals are passed over all at once.
#[test]
fn rates_next_to_nothing_take_no_time() {
    for rate in [1e-11, 5e-324] {
        let arrivals = ArrivalSpec::Piecewise {
            breakpoints: vec![0.0, 12.0, 24.0],
            rates: vec![rate, 0.0],
            period: Some(24.0),
        };
        let process = arrivals.check().unwrap();
        let first = process.times(Stream::of_seed(1).dice()).next().unwrap();
        assert!(first > 1e9, "{first}");
        assert_eq!(run(&queue(1, arrivals, constant(1.0)), 1e6).classes[0].arrived, 0);
        assert_eq!(run(&queue(1, ArrivalSpec::poisson(rate), constant(1.0)), 1e6).classes[0].arrived, 0);
    }
}

#[test]
fn the_largest_times_do_not_turn_the_clock_round() {
    for law in [constant(1e15), DistributionSpec::exponential(1e15), DistributionSpec::lognormal(1e15, 1e15)]
    {
        let mut spec = queue(1, at(&[0.0, 1.0]), law.clone());
        spec.time_unit = TimeUnit::Week;
        spec.stations[0].patience = Some(law);
        let results = run(&spec, 100.0);
        assert_eq!((results.classes[0].inside, results.unfinished), (2, 4));
    }
    let minus_nothing = run(&queue(1, at(&[-0.0, 1.0]), constant(-0.0)), 9.0);
    assert_eq!(starts(&minus_nothing), [Some(0.0), Some(1.0)]);
}

#[test]
fn a_roster_of_no_length_is_refused() {
    let mut spec = busy_queue(1);
    let shifts = vec![Shift { from: 0.0, servers: 1 }];
    spec.stations[0].servers =
        Servers::Roster(Roster { schedule: shifts, period: Some(1e-9), when_fewer: WhenFewer::Preempt });
    refused(&spec, "station `s`, servers.period: 1e-9 is less than a tick of the clock");
}

#[test]
fn what_is_written_down_is_bounded() {
    refused_run(
        &Run { series_every: 1e-7, ..Run::new(0.0, 100.0) },
        "series_every = 1e-7, must be 0 or at least a tick",
    );
    refused_run(
        &Run { series_every: 0.001, ..Run::new(0.0, 1e6) },
        "series_every = 0.001, must be 0, or so long",
    );
    refused_run(&Run { cycle: 1e-9, probes: vec![1.0], ..Run::new(0.0, 100.0) }, "cycle = 1e-9");
    refused_run(&Run { cycle: f64::NAN, ..Run::new(0.0, 100.0) }, "cycle = NaN");
    refused_run(&Run { probes: vec![0.0; 100_001], ..Run::new(0.0, 100.0) }, "number of probes = 100001");
    let run = Run { record: true, most_records: 10, ..Run::new(0.0, 1_000.0) };
    let stopped = busy_queue(1).check().unwrap().run(&run).unwrap_err();
    assert!(matches!(stopped.reason, Reason::TooManyRecords { limit: 10, .. }), "{stopped}");
    assert_eq!(stopped.partial.unwrap().records.len(), 10);
}

/// E3: a limit of 1 stops at once, with results that are empty but in order.
#[test]
fn limits_of_one_stop_at_once() {
    let network = busy_queue(1).check().unwrap();
    let limits = Limits { events: 1, ..Limits::default() };
    for run in [Run { limits, ..Run::new(0.0, 100.0) }, Run { most_inside: 0, ..Run::new(0.0, 100.0) }] {
        let partial = network.run(&run).unwrap_err().partial.unwrap();
        assert_eq!(partial.discrepancies(), Vec::<String>::new());
        assert_eq!((partial.events < 5, partial.mean_wait("a", "s")), (true, None));
    }
}

/// D4: interrupted, then out of patience while waiting to resume. No end of service comes for what was
/// interrupted.
#[test]
fn nothing_happens_twice_to_the_interrupted() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour)
        .with_station(StationSpec::new("s").with_servers(1).with_discipline(Discipline::PreemptivePriority));
    // waits from 3 to 5 and again from 6, for 3 hours in all; service would have ended at 9
    for (name, priority, times, service, patience) in
        [("low", 3, vec![3.0], 4.0, Some(3.0)), ("high", 1, vec![0.0, 6.0], 5.0, None)]
    {
        let visit = VisitSpec {
            service: Some(constant(service)),
            patience: patience.map(constant),
            ..VisitSpec::default()
        };
        let class = ClassSpec::new(name).with_arrivals(at(&times)).with_priority(priority);
        spec = spec.with_class(class.with_visit("s", visit));
    }
    let results = run(&spec, 50.0);
    let low: Vec<&Record> = results.records.iter().filter(|r| r.class == 0).collect();
    assert_eq!(low.len(), 1);
    assert_eq!((low[0].outcome, low[0].ended.as_hours(), low[0].interruptions), (Outcome::Abandoned, 7.0, 1));
    assert_eq!((results.stations[0].completions, results.classes[0].left), (2, [0, 0, 1]));
}

/// Who queues and who is served, from the number present alone; three million share an entry with a
/// million, and their area is still exact.
#[test]
fn a_level_splits_into_what_is_above_a_limit_and_what_is_not() {
    let changes = [(0, 2), (5, 3), (7, 0), (11, 3_000_000), (12, 6), (20, 1), (31, 4)];
    let measured = |of: &dyn Fn(u32) -> u32| {
        let mut level = Level::default();
        for (at, present) in changes {
            level.set(of(present), crate::units::Time::from_millis(at));
        }
        level.settle(crate::units::Time::from_millis(40));
        let shares: Vec<Option<f64>> = (0..8).map(|k| level.share_from(k)).collect();
        (level.area(), level.now(), level.ticks(), shares)
    };
    let mut present = Level::default();
    for (at, number) in changes {
        present.set(number, crate::units::Time::from_millis(at));
    }
    present.settle(crate::units::Time::from_millis(40));
    for limit in [0, 1, 3, 5, 7, 1_000, u32::MAX] {
        let (above, upto) = present.split(limit);
        for (level, direct) in
            [(above, measured(&|n| n.saturating_sub(limit))), (upto, measured(&|n| n.min(limit)))]
        {
            let shares: Vec<Option<f64>> = (0..8).map(|k| level.share_from(k)).collect();
            assert_eq!((level.area(), level.now(), level.ticks(), shares), direct, "{limit}");
        }
    }
}
