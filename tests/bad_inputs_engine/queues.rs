//! D: queues, priority, pre-emption, patience.

use super::*;

fn station() -> StationSpec {
    StationSpec::new("s").with_servers(1).with_service(constant(2.0))
}

fn outcomes(results: &Results) -> Vec<(u16, Outcome, f64)> {
    results.records.iter().map(|r| (r.class, r.outcome, r.ended.as_hours())).collect()
}

/// D1: without patience they are served if a server is free, and otherwise go at that instant.
#[test]
fn d1_no_patience_is_now_or_never() {
    let mut spec = queue(1, at(&[0.0, 1.0, 3.0]), constant(2.0));
    spec.stations[0].patience = Some(constant(0.0));
    let found: Vec<(Outcome, f64)> = outcomes(&run(&spec, 50.0)).into_iter().map(|o| (o.1, o.2)).collect();
    assert_eq!(found, [(Outcome::Abandoned, 1.0), (Outcome::Served, 2.0), (Outcome::Served, 5.0)]);
}

/// D2: patience that runs out at the instant at which a server comes free: ends of service come first, so
/// they are served (`trace-04`).
#[test]
fn d2_a_free_server_wins_against_patience() {
    let mut spec = queue(1, at(&[0.0, 1.0]), constant(2.0));
    spec.stations[0].patience = Some(constant(1.0));
    assert_eq!(run(&spec, 50.0).classes[0].left, [2, 0, 0]);
    spec.stations[0].patience = Some(constant(1.0 - 1e-6));
    assert_eq!(run(&spec, 50.0).classes[0].left, [1, 0, 1]);
}

/// D3: whoever gave up joins the same queue again, and again. (simmer #227: could not seize again)
#[test]
fn d3_giving_up_and_joining_again() {
    let mut spec = queue(1, at(&[0.0, 1.0]), constant(10.0));
    spec.stations[0].patience = Some(constant(2.0));
    spec.stations[0].on_abandon = OnFull::Retry { delay: constant(2.0), prob: 1.0 };
    let results = run(&spec, 50.0);
    let second: Vec<(Outcome, f64)> =
        results.records.iter().filter(|r| r.customer == 1).map(|r| (r.outcome, r.ended.as_hours())).collect();
    // joins at 1, 5 and 9, and is served from 10 to 20
    assert_eq!(second, [(Outcome::Abandoned, 3.0), (Outcome::Abandoned, 7.0), (Outcome::Served, 20.0)]);
}

/// D4: the end of service and the arrival of somebody more urgent at one instant: service ends, nobody is
/// interrupted, and no second end comes later.
#[test]
fn d4_discharged_at_the_instant_of_interruption() {
    let spec = NetworkSpec::new(TimeUnit::Hour)
        .with_station(station().with_discipline(Discipline::PreemptivePriority))
        .with_class(one("low", 0.0, 5.0, 2, None))
        .with_class(one("high", 5.0, 1.0, 1, None))
        .with_class(one("last", 5.0, 1.0, 2, None));
    let results = run(&spec, 50.0);
    assert!(results.records.iter().all(|r| r.interruptions == 0));
    assert_eq!((ends(&results), results.stations[0].completions), (vec![5.0, 6.0, 7.0], 3));
}

/// D5: one priority for all is first come, first served.
#[test]
fn d5_one_priority_is_none() {
    for discipline in [Discipline::Priority, Discipline::PreemptivePriority, Discipline::AccumulatingPriority]
    {
        for priority in [0, -5, 1 << 31, i64::MIN] {
            let mut spec =
                NetworkSpec::new(TimeUnit::Hour).with_station(station().with_discipline(discipline));
            for (class, time) in ["a", "b", "c"].into_iter().zip([0.0, 0.5, 1.0]) {
                spec = spec.with_class(one(class, time, 2.0, priority, None));
            }
            let order: Vec<u16> = run(&spec, 50.0).records.iter().map(|r| r.class).collect();
            assert_eq!(order, [0, 1, 2], "{discipline:?}");
        }
    }
}

/// D6: the urgent alone are more than the server can do: the others starve, are reported as unfinished, and
/// a warning says that there is no steady state.
#[test]
fn d6_a_starving_class_is_warned_of() {
    let spec = random_queue(2.0, 0.4)
        .with_class(ClassSpec::new("first").with_arrivals(ArrivalSpec::poisson(4.0)).with_priority(-1));
    let mut spec = spec;
    spec.stations[0].discipline = Discipline::Priority;
    let results = run(&spec, 500.0);
    let low = results.class("a").unwrap();
    assert!(low.cohort_left[0] < low.offered / 10 && results.unfinished > 0);
    let is_warned = |found: fn(&Warning) -> bool| results.warnings.iter().any(found);
    assert!(is_warned(|w| matches!(w, Warning::NoSteadyState { station, .. } if station == "s")));
    assert!(is_warned(|w| matches!(w, Warning::Unfinished { .. })));
}

/// D8: trying again at once for ever, with every line engaged: a delay of 0 is refused, one below a tick
/// of the clock stops the run.
#[test]
fn d8_trying_again_at_once_for_ever() {
    let mut spec = queue(1, at(&[0.0, 1.0]), constant(5.0));
    spec.stations[0].waiting_room = Some(0);
    spec.stations[0].on_full = OnFull::Retry { delay: constant(0.0), prob: 1.0 };
    assert!(problems(&spec).contains("station `s`, on_full.delay: mean 0, must be above 0"));
    spec.stations[0].on_full = OnFull::Retry { delay: constant(1e-9), prob: 1.0 };
    let error = spec.check().unwrap().run(&Run::new(0.0, 10.0)).unwrap_err();
    let Reason::NoProgress { at, ref event, .. } = error.reason else { panic!("{error}") };
    assert_eq!((at, event.as_str()), (1.0, "the coming of `a` 1 at `s`"));
    let partial = error.partial.unwrap();
    assert_eq!(partial.discrepancies(), Vec::<String>::new());
    assert_eq!(partial.classes[0].arrived, 2);
}

/// D9: rings without a way out are named, whole.
#[test]
fn d9_a_ring_without_a_way_out_is_named() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour)
        .with_class(ClassSpec::new("a").with_arrivals(ArrivalSpec::poisson(1.0)));
    for (name, next) in [("in", "x"), ("x", "y"), ("y", "z"), ("z", "x")] {
        spec = spec.with_station(StationSpec::new(name).with_service(constant(1.0)).with_next(next, 1.0));
    }
    let message = problems(&spec);
    assert!(message.contains("class `a`, next: no way out of the loop in -> x -> y -> z"), "{message}");
}

/// D11: A's customer waits for B's server and B's for A's: a report that names both, as Ciw and NeXosim give.
#[test]
fn d11_a_deadlock_names_everybody_in_it() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour);
    for (own, other) in [("A", "B"), ("B", "A")] {
        let first = VisitSpec {
            next: Some(vec![Branch { to: other.into(), prob: 1.0, delay: None }]),
            ..VisitSpec::default()
        };
        let last = VisitSpec { next: Some(vec![]), ..VisitSpec::default() };
        let class = ClassSpec::new(format!("from {own}")).with_arrivals(at(&[0.0])).with_entry(own);
        spec = spec.with_class(class.with_visit(own, first).with_visit(other, last)).with_station(
            StationSpec::new(own)
                .with_servers(1)
                .with_service(constant(1.0))
                .with_waiting_room(0)
                .with_on_full(OnFull::Block),
        );
    }
    let error = spec.check().unwrap().run(&Run::new(0.0, 100.0)).unwrap_err();
    let Reason::Deadlock { at, ref stations, ref customers } = error.reason else { panic!("{error}") };
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    assert_eq!((at, sorted(stations)), (1.0, vec!["A".to_owned(), "B".to_owned()]));
    assert_eq!(sorted(customers), ["from A 0", "from B 0"]);
    let partial = error.partial.as_ref().unwrap();
    assert_eq!((partial.length(), partial.stations[0].completions), (1.0, 1));
}

/// D12: everything on the hour, for a hundred servers: the same order on any number of threads.
#[test]
fn d12_tie_storms_have_one_order() {
    let times: Vec<f64> = (0..40).flat_map(|hour| [f64::from(hour); 130]).collect();
    let network = queue(100, at(&times), constant(1.0)).check().unwrap();
    let order = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let run = Run { record: true, ..Run::new(0.0, 60.0) };
        let read = |r: Results| r.records.iter().map(|r| (r.customer, r.ended)).collect::<Vec<_>>();
        pool.install(|| network.replicate(&run, 3, read)).into_iter().map(Result::unwrap).collect::<Vec<_>>()
    };
    let one = order(1);
    assert!(one[0].is_sorted() && one[0].len() == 5_200);
    assert_eq!((order(2), order(3)), (one.clone(), one));
}
