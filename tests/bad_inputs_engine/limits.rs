//! E: saturation, limits and long runs. F: random streams. G: files of networks.

use super::*;
use nhs_capacity::engine::Limits;
use nhs_capacity::random::Stream;
use nhs_capacity::theory::{Mmc, TheoryError};
use std::time::Duration;

/// E1: twice the demand that can be met, for ten years: it runs in memory that grows with those who wait, at
/// about 200 bytes each, says that there is no steady state, and stops at a limit on people if there is one.
/// The formula refuses.
#[test]
fn e1_twice_capacity_for_ten_years() {
    let spec = random_queue(0.2, 10.0);
    let network = spec.check().unwrap();
    let ten_years = Run::new(0.0, 87_600.0);
    let results = network.run(&ten_years).unwrap();
    let queue = results.stations[0].queue.now();
    assert!((8_000..10_000).contains(&queue), "{queue}");
    assert!(results.warnings.contains(&Warning::NoSteadyState { station: "s".into(), queue }));
    assert!(results.warnings[0].to_string().contains("the queue still grows"));
    // at ninety percent there is none to warn of, nor with a queue of a night that the day serves
    assert_eq!(random_queue(0.09, 10.0).check().unwrap().run(&ten_years).unwrap().warnings, []);
    let error = network.run(&Run { most_inside: 1_000, ..ten_years }).unwrap_err();
    let Reason::Crowded { limit: 1_000, at } = error.reason else { panic!("{error}") };
    assert!(at > 5_000.0 && error.to_string().contains("is there too much demand?"));
    let partial = error.partial.unwrap();
    assert_eq!(partial.discrepancies(), Vec::<String>::new());
    assert!(partial.mean_wait("a", "s").unwrap() > 100.0 && partial.length() < 87_600.0);
    let error = Mmc::new(0.2, 10.0, 1).unwrap_err();
    assert_eq!(error, TheoryError::Overloaded { utilisation: 2.0 });
}

/// E2: whatever repeats itself without delay is named, at the instant at which it does.
#[test]
fn e2_what_repeats_itself_at_one_instant_is_named() {
    let limits = Limits { events_at_one_instant: 1_000, ..Limits::default() };
    let stopped = |spec: &NetworkSpec| {
        let run = Run { limits, ..Run::new(0.0, 10.0) };
        spec.check().unwrap().run(&run).unwrap_err().to_string()
    };
    let mut spec = queue(1, at(&[2.0]), constant(0.0));
    spec.stations[0].next = vec![Branch { to: "s".into(), prob: 1.0 - 1e-9, delay: None }];
    let message = stopped(&spec);
    let expected = "no progress: 1001 events at 2, the next being the end of service of `a` 0 at `s`";
    assert!(message.contains(expected), "{message}");
    let mut spec = queue(1, at(&[]), constant(0.0));
    spec.stations[0].breakdowns = Some(Breakdowns { uptime: constant(1e-9), downtime: constant(0.0) });
    let message = stopped(&spec);
    assert!(
        message.contains("at 0, the next being a failure at `s`") || message.contains("a repair at `s`"),
        "{message}"
    );
}

/// E3: limits of one (events, an instant, people, records, time on the wall) stop at once, with results that
/// are empty but in order.
#[test]
fn e3_limits_of_one() {
    let network = random_queue(1.0, 0.5).check().unwrap();
    let of = |limits| Run { limits, ..Run::new(0.0, 1e6) };
    let one = Limits::default();
    let runs = [
        (of(Limits { events: 1, ..one }), "stopped after 1 events"),
        (of(Limits { events: 0, ..one }), "stopped after 0 events"),
        (Run { most_inside: 0, ..of(one) }, "more than 0 customers inside"),
        (Run { most_records: 1, record: true, ..of(one) }, "more than 1 visits recorded"),
        (
            Run { most_wall_time: Some(Duration::ZERO), ..of(one) },
            "the time on the wall that was allowed is over",
        ),
        (Run { most_wall_time: Some(Duration::from_nanos(1)), ..of(one) }, "the time on the wall"),
    ];
    for (run, part) in runs {
        let error = network.run(&run).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        let partial = error.partial.unwrap();
        assert_eq!(partial.discrepancies(), Vec::<String>::new());
        assert!(partial.events < 20 && partial.mean_wait("a", "s").is_none_or(f64::is_finite), "{part}");
    }
    let patient = Run { most_wall_time: Some(Duration::MAX), ..Run::new(0.0, 100.0) };
    assert_eq!(network.run(&patient).unwrap().events, network.run(&Run::new(0.0, 100.0)).unwrap().events);
}

/// What is looked at is bounded by what is kept of it: probes for each station, targets for each class at
/// each station. (10,000 targets in a network of 500 stations and 500 classes once asked for 100 gigabytes.)
#[test]
fn what_is_looked_at_fits_in_memory() {
    let mut spec = NetworkSpec::new(TimeUnit::Hour);
    for number in 0..500 {
        let name = number.to_string();
        spec = spec.with_class(ClassSpec::new(&*name)).with_station(StationSpec::new(&*name));
    }
    let network = spec.check().unwrap();
    let message = |run: Run| network.run(&run).unwrap_err().to_string();
    let targets = Run::new(0.0, 1.0).with_targets(vec![1.0; 10_000]);
    assert!(message(targets).contains("number of targets = 10000, must be at most 100000, and 10 million"));
    let probes = Run { probes: vec![1.0; 30_000], ..Run::new(0.0, 1.0) };
    assert!(message(probes).contains("number of probes = 30000, must be at most 100000, and 10 million"));
}

/// E5: a replication that fails is named with its seed, fails again alone in the same way, and the others
/// are there.
#[test]
fn e5_a_failed_replication_can_be_run_again_alone() {
    let network = random_queue(1.0, 0.9).check().unwrap();
    let run = Run { most_inside: 30, ..Run::new(0.0, 1_000.0) }.with_seed(77);
    let all = network.replicate(&run, 60, |r| r.events);
    let failed = all.iter().position(Result::is_err).unwrap();
    assert!(all.iter().filter(|r| r.is_ok()).count() > 10);
    let error = all[failed].as_ref().unwrap_err();
    assert!(
        error.to_string().starts_with(&format!("replication {failed} of seed 77: more than 30 customers"))
    );
    let alone = network.run(&run.with_replication(failed as u64)).unwrap_err();
    assert_eq!(alone.reason, error.reason);
    assert_eq!(alone.partial.unwrap().events, error.partial.as_ref().unwrap().events);
}

/// E6: many replications of next to nothing keep only what is asked of each.
#[test]
fn e6_many_replications_of_next_to_nothing() {
    let network = queue(1, at(&[1.0]), DistributionSpec::exponential(1.0)).check().unwrap();
    let run = Run { follows_cohort: false, ..Run::new(0.0, 2.0) };
    let all = network.replicate(&run, 20_000, |r| r.stations[0].completions);
    let served: u64 = all.into_iter().map(Result::unwrap).sum();
    // binomial with 1 - 1/e
    let (n, p) = (20_000.0, 1.0 - (-1.0_f64).exp());
    assert!(((served as f64 - n * p) / (n * p * (1.0 - p)).sqrt()).abs() < 4.0, "{served}");
}

/// F1: no seed has a meaning of its own (stdlib-js #3007: 0 meant "random"), and neighbours have nothing to do
/// with each other: 20,000 draws each, |correlation| below 4.5 standard errors.
#[test]
fn f1_seeds_have_no_meaning() {
    let network = random_queue(1.0, 0.5).check().unwrap();
    let seen =
        |seed| network.run(&Run::new(0.0, 500.0).with_seed(seed)).unwrap().mean_wait("a", "s").unwrap();
    let seeds = [0, 1, 2, u64::MAX - 1, u64::MAX];
    for (i, &seed) in seeds.iter().enumerate() {
        assert_eq!(seen(seed), seen(seed));
        assert!(seeds[..i].iter().all(|&other| seen(other) != seen(seed)));
    }
    let draws = |seed| {
        let mut dice = Stream::of_seed(seed).dice();
        (0..20_000).map(|_| dice.uniform() - 0.5).collect::<Vec<f64>>()
    };
    for (a, b) in [(0, 1), (1, 2), (0, u64::MAX), (u64::MAX, u64::MAX - 1)] {
        let dot: f64 = draws(a).iter().zip(draws(b)).map(|(x, y)| x * y).sum();
        let correlation = dot * 12.0 / 20_000.0;
        assert!(correlation.abs() < 4.5 / 20_000_f64.sqrt(), "{a} {b}: {correlation}");
    }
}

/// F2: replications in reverse order, alone or together: the same bits. (rayon #663: parallel sums regroup)
#[test]
fn f2_the_order_of_replications_is_of_no_consequence() {
    let network = random_queue(1.0, 0.8).check().unwrap();
    let run = Run::new(5.0, 300.0).with_seed(9);
    let bits = |r: Results| (r.mean_wait("a", "s").unwrap().to_bits(), r.present.area());
    let backwards: Vec<_> =
        (0..40).rev().map(|r| bits(network.run(&run.clone().with_replication(r)).unwrap())).collect();
    for threads in [1, 3, 16] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let together = pool.install(|| network.replicate(&run, 40, bits));
        assert!(together.into_iter().map(Result::unwrap).eq(backwards.iter().rev().copied()));
    }
}

/// F3: a station and a class more move no draw of the others. (starsim #299, #416)
#[test]
fn f3_one_service_more_moves_nobody_elses_draws() {
    let seen = |spec: &NetworkSpec| {
        let results = run(spec, 300.0);
        // those of the cohort: how long others are followed depends on everybody
        let is_own = |r: &&Record| r.class == 0 && r.station == 0 && r.joined.as_hours() < 300.0;
        let own = results.records.iter().filter(is_own);
        own.map(|r| (r.customer, r.joined, r.started, r.ended)).collect::<Vec<_>>()
    };
    let alone = random_queue(1.0, 0.5);
    let mut more =
        alone.clone().with_station(StationSpec::new("t").with_service(DistributionSpec::exponential(2.0)));
    more.stations[0].next = vec![Branch { to: "t".into(), prob: 0.5, delay: None }];
    let more = more.with_class(
        ClassSpec::new("b").with_arrivals(ArrivalSpec::poisson(3.0)).with_entry("t").with_priority(-1),
    );
    assert!(seen(&alone).len() > 200);
    assert_eq!(seen(&alone), seen(&more));
}

/// F4: people, replications and branches are numbered by 64 bits, all of which are addresses of their own:
/// there is no number too many to refuse.
#[test]
fn f4_the_last_number_is_an_address_of_its_own() {
    let stream = Stream::of_seed(1);
    let ends = [0, 1, u64::from(u32::MAX), u64::from(u32::MAX) + 1, u64::MAX - 1, u64::MAX];
    let mut keys: Vec<u64> = ends.iter().map(|&i| stream.person(i).dice(0).uniform().to_bits()).collect();
    keys.extend(ends.iter().map(|&i| stream.at(i).dice().uniform().to_bits()));
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 12);
    let network = random_queue(1.0, 0.5).check().unwrap();
    let last = Run::new(0.0, 100.0).with_seed(u64::MAX).with_replication(u64::MAX);
    assert!(network.run(&last).unwrap().events > 0);
}

/// G: text that is no network: line and field of the first thing that cannot be read.
#[test]
fn g_files_that_are_no_networks() {
    let good = "time_unit = \"hour\"\n[[class]]\nname = \"a\"\n[[station]]\nname = \"s\"\n";
    assert!(NetworkSpec::from_toml(good).unwrap().check().is_ok());
    for (text, part) in [
        (String::new(), "time_unit"),
        ("hello".into(), "line 1"),
        ("name,servers\ns,1\n".into(), "line 1"),
        (good.replace("name = \"s\"", "name = 5"), "line 5"),
        (good.replace("name = \"s\"", "nom = \"s\""), "nom"),
        (good.replace("[[station]]", "[[stations]]"), "stations"),
        (format!("{good}servers = \"3\"\n"), "line 6"),
        (format!("{good}waiting_room = -1\n"), "line 6"),
        (format!("{good}discipline = \"shortest\"\n"), "shortest"),
        (format!("{good}service = {{ dist = \"cauchy\", mean = 1 }}\n"), "cauchy"),
        (format!("{good}service = {{ dist = \"exponential\", rate = 1 }}\n"), "rate"),
        (format!("{good}service = {}1{}\n", "[".repeat(10_000), "]".repeat(10_000)), "line 6"),
    ] {
        let message = NetworkSpec::from_toml(&text).unwrap_err().to_string();
        assert!(message.contains(part), "{part}: {message}");
    }
    for text in
        ["", "[]", "null", "{\"time_unit\":\"hour\"}", "{\"time_unit\":\"hour\",\"class\":[],\"station\":[]"]
    {
        assert!(NetworkSpec::from_json(text).unwrap_err().to_string().contains("line"), "{text}");
    }
    let nothing = NetworkSpec::from_json("{\"time_unit\":\"hour\",\"class\":[],\"station\":[]}").unwrap();
    assert!(problems(&nothing).contains("stations: 0, must be from 1 to 60000"));
    assert!(problems(&nothing).contains("classes: 0, must be from 1 to 60000"));
}
