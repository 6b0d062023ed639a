//! A: numbers and distributions.

use super::*;
use nhs_capacity::engine::{Model, Schedule, Simulation};
use nhs_capacity::experiment::quantile::Sample;
use nhs_capacity::random::{Dice, Distribution, Sampler, Stream};
use nhs_capacity::theory::{ErlangA, Mmc, TheoryError, erlang_b};
use nhs_capacity::units::{Share, Span, Time};

type Law = fn(f64) -> DistributionSpec;

fn discrete(values: &[f64], probs: &[f64]) -> DistributionSpec {
    DistributionSpec::Discrete { values: values.to_vec(), probs: probs.to_vec() }
}

/// Every parameter of every law that must be above 0, with the words that name it.
const POSITIVE: [(&str, Law); 22] = [
    ("exponential: mean", |x| DistributionSpec::exponential(x)),
    ("lognormal: mean", |x| DistributionSpec::lognormal(x, 1.0)),
    ("erlang: mean", |x| DistributionSpec::Erlang { k: 1, mean: x }),
    ("erlang: mean", |x| DistributionSpec::Erlang { k: 3, mean: x }),
    ("gamma: shape", |x| DistributionSpec::Gamma { shape: x, mean: Some(1.0), rate: None }),
    ("gamma: mean", |x| DistributionSpec::Gamma { shape: 2.0, mean: Some(x), rate: None }),
    ("gamma: rate", |x| DistributionSpec::Gamma { shape: 2.0, mean: None, rate: Some(x) }),
    ("weibull: shape", |x| DistributionSpec::Weibull { shape: x, scale: 1.0 }),
    ("weibull: scale", |x| DistributionSpec::Weibull { shape: 2.0, scale: x }),
    ("hyperexponential: mean", |x| DistributionSpec::Hyperexponential {
        probs: vec![0.5, 0.5],
        means: vec![1.0, x],
    }),
    ("uniform: high", |x| DistributionSpec::Uniform { low: 0.0, high: x }),
    ("pert: high", |x| DistributionSpec::Pert { low: 0.0, mode: 0.0, high: x, lambda: 4.0 }),
    ("pert: lambda", |x| DistributionSpec::Pert { low: 0.0, mode: 1.0, high: 2.0, lambda: x }),
    ("beta: alpha", |x| DistributionSpec::Beta { alpha: x, beta: 1.0 }),
    ("beta: beta", |x| DistributionSpec::Beta { alpha: 1.0, beta: x }),
    ("truncated normal: sd", |x| DistributionSpec::TruncatedNormal {
        mean: 1.0,
        sd: x,
        low: 0.0,
        high: None,
    }),
    ("loglogistic: shape", |x| DistributionSpec::Loglogistic { shape: x, scale: 1.0 }),
    ("loglogistic: scale", |x| DistributionSpec::Loglogistic { shape: 3.0, scale: x }),
    ("pearson5: scale", |x| DistributionSpec::Pearson5 { shape: 3.0, scale: x }),
    ("pearson6: shape1", |x| DistributionSpec::Pearson6 { shape1: x, shape2: 3.0, scale: 1.0 }),
    ("pearson6: shape2", |x| DistributionSpec::Pearson6 { shape1: 3.0, shape2: x, scale: 1.0 }),
    ("pearson6: scale", |x| DistributionSpec::Pearson6 { shape1: 3.0, shape2: 3.0, scale: x }),
];

/// And those that may be 0.
const FROM_ZERO: [(&str, Law); 9] = [
    ("constant: value", DistributionSpec::constant),
    ("lognormal: sd", |x| DistributionSpec::lognormal(1.0, x)),
    ("triangular: low", |x| DistributionSpec::triangular(x, 9.0, 10.0)),
    ("triangular: mode", |x| DistributionSpec::triangular(0.0, x, 10.0)),
    ("triangular: high", |x| DistributionSpec::triangular(0.0, 0.0, x)),
    ("discrete: value", |x| discrete(&[1.0, x], &[0.5, 0.5])),
    ("empirical: value", |x| DistributionSpec::Empirical { values: vec![1.0, x] }),
    ("poisson: mean", |x| DistributionSpec::Poisson { mean: x }),
    ("truncated normal: low", |x| DistributionSpec::TruncatedNormal {
        mean: 1.0,
        sd: 9.0,
        low: x,
        high: Some(10.0),
    }),
];

fn refused(name: &str, law: Law, value: f64) {
    let message = problems(&queue(1, at(&[0.0]), law(value)));
    let expected = format!("station `s`, service: {name} = ");
    let shown =
        if value.abs() >= 1e15 || value.abs() == 5e-324 { format!("{value:e}") } else { value.to_string() };
    assert!(message.contains(&expected) && message.contains(&shown), "{value}: {message}");
    assert!(message.contains(", must be ") && message.len() < 300, "{value}: {message}");
}

/// A1, A2, A3, A4, A7: NaN, infinities, negatives, nothing at all and numbers beyond every clock, in every
/// parameter of every law: the message names station, law, parameter, value and range, in few characters.
#[test]
fn a1_to_a4_every_parameter_of_every_law_is_checked_and_named() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -1e308, 1e308] {
        for (name, law) in POSITIVE.into_iter().chain(FROM_ZERO) {
            refused(name, law, value);
        }
    }
    for value in [0.0, 5e-324] {
        for (name, law) in POSITIVE.into_iter().filter(|(name, _)| !name.ends_with("high")) {
            refused(name, law, value);
        }
    }
    assert!(FROM_ZERO.into_iter().all(|(name, law)| name.ends_with("high") || law(0.0).check().is_ok()));
}

/// The same outside laws: rates, probabilities, times, capacities; several at once are all reported.
#[test]
fn a1_to_a3_every_number_of_a_network_is_checked_and_all_at_once() {
    for value in [f64::NAN, f64::INFINITY, -1.0] {
        let mut spec = random_queue(value, 1.0);
        spec.classes[0].accumulation_rate = Some(value);
        let station = &mut spec.stations[0];
        station.patience = Some(DistributionSpec::exponential(value));
        station.next = vec![Branch { to: "s".into(), prob: value, delay: Some(constant(value)) }];
        station.on_full = OnFull::Retry { delay: constant(value), prob: value };
        station.ends_at = Some(ClockTime { time: 0.0, period: value });
        station.breakdowns = Some(Breakdowns { uptime: constant(value), downtime: constant(value) });
        let message = problems(&spec);
        for place in [
            "class `a`, arrivals: rate",
            "class `a`, accumulation_rate",
            "station `s`, patience: exponential: mean",
            "station `s`, next.s.prob",
            "station `s`, next.s.delay: constant: value",
            "station `s`, on_full.prob",
            "station `s`, on_full.delay: constant: value",
            "station `s`, ends_at.period",
            "station `s`, breakdowns.uptime: constant: value",
            "station `s`, breakdowns.downtime: constant: value",
        ] {
            let line = message.lines().find(|line| line.trim_start().starts_with(place));
            let line = line.unwrap_or_else(|| panic!("{place} in {message}"));
            assert!(line.contains(&value.to_string()) && line.contains("must be"), "{line}");
        }
        spec.time_unit = TimeUnit::Ticks(value);
        assert!(problems(&spec).contains("time_unit: "));
        assert!(Share::try_from(value).unwrap_err().to_string().contains("between 0 and 1"));
        let error = Mmc::new(value, 1.0, 1).unwrap_err();
        assert!(matches!(error, TheoryError::OutOfRange { parameter: "arrival_rate", .. }), "{error}");
        assert!(erlang_b(value, 3).is_err() && ErlangA::new(1.0, 1.0, 1, value).is_err());
    }
    // a network that comes as text has no way to say NaN in JSON, and has in TOML
    let toml = "time_unit = \"hour\"\n[[class]]\nname = \"a\"\narrivals = { process = \"poisson\", rate = nan }\n\
                [[station]]\nname = \"s\"\nservice = { dist = \"exponential\", mean = -inf }\n";
    let message = problems(&NetworkSpec::from_toml(toml).unwrap());
    assert!(message.contains("rate = NaN") && message.contains("mean = -inf"), "{message}");
}

/// A5: minus zero is zero, and is shown as such.
#[test]
fn a5_minus_zero_is_zero() {
    let spec = |zero: f64| queue(1, at(&[zero, 1.0]), constant(zero));
    let (minus, plus) = (run(&spec(-0.0), 9.0), run(&spec(0.0), 9.0));
    assert_eq!(minus.records, plus.records);
    assert!(constant(-0.0).check().unwrap().mean().is_sign_positive());
    assert!(minus.mean_wait("a", "s").unwrap().is_sign_positive());
    assert!(DistributionSpec::exponential(-0.0).check().unwrap_err().to_string().contains("mean = 0,"));
}

/// A6, A9: no spread is a constant; A10: nothing between the ends, or next to nothing.
#[test]
fn a6_a9_a10_laws_without_room() {
    for law in [DistributionSpec::lognormal(4.0, 0.0), DistributionSpec::triangular(4.0, 4.0, 4.0)] {
        let law = law.check().unwrap();
        assert_eq!((law.mean(), law.variance()), (4.0, 0.0));
        assert_eq!(law.sample(&mut Stream::of_seed(1).dice()), 4.0);
    }
    let normal = |low, high| DistributionSpec::TruncatedNormal { mean: 10.0, sd: 2.0, low, high: Some(high) };
    for (law, part) in [
        (DistributionSpec::triangular(3.0, 2.0, 5.0), "triangular: mode = 2, must be at least low"),
        (DistributionSpec::triangular(3.0, 6.0, 5.0), "triangular: high = 5, must be at least the mode"),
        (
            DistributionSpec::Pert { low: 3.0, mode: 3.0, high: 3.0, lambda: 4.0 },
            "pert: high = 3, must be above low",
        ),
        (
            DistributionSpec::Pert { low: 3.0, mode: 9.0, high: 4.0, lambda: 4.0 },
            "pert: high = 4, must be at least",
        ),
        (DistributionSpec::Uniform { low: 3.0, high: 3.0 }, "uniform: high = 3, must be above low"),
        (normal(5.0, 5.0), "truncated normal: high = 5, must be above low"),
        // 14 standard deviations out it would be drawn again for ever
        (normal(38.0, 39.0), "share of draws between low and high = "),
    ] {
        let message = law.check().unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
}

/// A7, A17: whatever is accepted gives means, variances and draws that are numbers, however extreme.
#[test]
fn a7_a17_what_is_accepted_is_never_nan_negative_or_endless() {
    let extremes = [5e-324, 1e-15, 1e-6, 0.05, 0.5, 1.0, 3.0, 20.0, 1e6, 1e15, 1e308];
    let mut accepted = 0;
    for a in extremes {
        for b in extremes {
            let laws = [
                DistributionSpec::constant(a),
                DistributionSpec::exponential(a),
                DistributionSpec::lognormal(a, b),
                DistributionSpec::Erlang { k: a as u32, mean: b },
                DistributionSpec::Gamma { shape: a, mean: Some(b), rate: None },
                DistributionSpec::Gamma { shape: a, mean: None, rate: Some(b) },
                DistributionSpec::Weibull { shape: a, scale: b },
                DistributionSpec::Hyperexponential { probs: vec![0.5, 0.5], means: vec![a, b] },
                DistributionSpec::Uniform { low: a, high: b },
                DistributionSpec::triangular(a, a, b),
                DistributionSpec::triangular(a, b, b),
                DistributionSpec::Pert { low: a, mode: a, high: b, lambda: 4.0 },
                DistributionSpec::Pert { low: 0.0, mode: 0.0, high: a, lambda: b },
                DistributionSpec::Beta { alpha: a, beta: b },
                DistributionSpec::TruncatedNormal { mean: a, sd: b, low: 0.0, high: None },
                DistributionSpec::TruncatedNormal { mean: -a, sd: b, low: 0.0, high: Some(b) },
                DistributionSpec::Loglogistic { shape: a, scale: b },
                DistributionSpec::Pearson5 { shape: a, scale: b },
                DistributionSpec::Pearson6 { shape1: a, shape2: b, scale: 1.0 },
                discrete(&[a, b], &[0.5, 0.5]),
                DistributionSpec::Poisson { mean: a },
            ];
            for law in laws {
                let Ok(sampler) = law.check() else { continue };
                accepted += 1;
                let mut dice = Stream::of_seed(3).dice();
                assert!(sampler.mean() >= 0.0 && sampler.variance() >= 0.0, "{law:?}: {sampler:?}");
                let drawn = (0..20).map(|_| sampler.sample(&mut dice)).find(|x| x.is_nan() || *x < 0.0);
                assert_eq!(drawn, None, "{law:?}");
            }
        }
    }
    assert!(accepted > 800, "{accepted}");
}

/// A8: a normal duration is drawn again until it is not negative: mean 20 and standard deviation 10 before,
/// 20.55 after. simmer turns negative values positive by absolute value, which changes the mean.
/// 50 groups of 2,000 draws; |t| at most 4.38.
#[test]
fn a8_negative_durations_are_drawn_again() {
    let law = Distribution::truncated_normal(20.0, 10.0, 0.0, f64::INFINITY).unwrap();
    // 20 + 10 phi(2) / Phi(2)
    assert!((law.mean() - 20.552_478_626).abs() < 1e-6, "{}", law.mean());
    let group = |g| {
        let mut dice = Stream::of_seed(8).at(g).dice();
        let draws: Vec<f64> = (0..2_000).map(|_| law.sample(&mut dice)).collect();
        assert!(draws.iter().all(|&x| x >= 0.0));
        draws.iter().sum::<f64>() / 2_000.0
    };
    let means: Vec<f64> = (0..50).map(group).collect();
    let mean = means.iter().sum::<f64>() / 50.0;
    let sd = (means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 49.0).sqrt();
    assert!(((mean - law.mean()) / (sd / 50_f64.sqrt())).abs() < 4.38, "{mean}");
}

/// A11: tables that sum to 1 but for rounding are taken, others are not, and the sum is shown; a published
/// table of 1.01 has a constructor that divides.
#[test]
fn a11_probabilities_sum_to_one() {
    let laws = |probs: &[f64]| discrete(&[1.0, 2.0], probs).check().map_err(|error| error.to_string());
    assert!(laws(&[0.5, 0.5 + 1e-16]).is_ok() && laws(&[0.1 + 0.2, 0.7]).is_ok());
    for (probs, part) in [
        ([0.5, 0.499_999], "sum of probabilities = 0.99999"),
        ([0.5, 0.51], "sum of probabilities = 1.01, must be 1"),
        ([0.0, 0.0], "sum of probabilities = 0, must be 1"),
        ([-0.5, 1.5], "probability = -0.5, must be a number from 0 to 1"),
        ([1.5, -0.5], "probability = 1.5, must be a number from 0 to 1"),
    ] {
        let message = laws(&probs).unwrap_err();
        assert!(message.contains(part), "{message}");
    }
    let parts = || [1.0, 2.0].map(|v| Distribution::constant(v).unwrap()).to_vec();
    let divided = Sampler::weighted(&[0.5, 0.51], parts()).unwrap();
    assert!((divided.mean() - (0.5 + 1.02) / 1.01).abs() < 1e-12);
    assert!(Sampler::weighted(&[0.0, 0.0], parts()).is_err());
    // ways on from a station may sum to less: the others leave
    let ways = |probs: [f64; 2]| {
        let mut spec = random_queue(1.0, 0.1).with_station(StationSpec::new("t").with_service(constant(1.0)));
        spec.stations[0].next = ["s", "t"]
            .into_iter()
            .zip(probs)
            .map(|(to, prob)| Branch { to: to.into(), prob, delay: None })
            .collect();
        problems(&spec)
    };
    assert_eq!(ways([0.5, 0.499_999]), "was taken");
    assert!(
        ways([0.5, 0.51]).contains("station `s`, next: probabilities sum to 1.01, must be at most 1 (divide")
    );
    let batches = |sizes: Vec<u32>, probs: Vec<f64>| {
        let arrivals = ArrivalSpec::BatchPoisson { rate: 1.0, batch_sizes: sizes, batch_probs: probs };
        problems(&queue(1, arrivals, constant(1.0)))
    };
    assert!(batches(vec![1, 2], vec![0.5, 0.4]).contains("sum of probabilities = 0.9, must be 1"));
    assert!(batches(vec![1, 2], vec![1.0]).contains("number of weights = 1, must be as many as values"));
}

/// A12: tables of nothing, of one, with NaN, of lengths that differ; sums of nothing, and without bottom.
#[test]
fn a12_tables_of_nothing_and_of_lengths_that_differ() {
    for (law, part) in [
        (discrete(&[], &[]), "sum of probabilities = 0, must be 1"),
        (discrete(&[1.0, 2.0], &[1.0]), "number of weights = 1, must be as many as values, at least 1"),
        (discrete(&[1.0, f64::NAN], &[0.5, 0.5]), "discrete: value = NaN"),
        (discrete(&[1.0, 2.0], &[0.5, f64::NAN]), "probability = NaN"),
        (DistributionSpec::Empirical { values: vec![] }, "number of weights = 0, must be as many as values"),
        (DistributionSpec::Empirical { values: vec![1.0, f64::NAN] }, "empirical: value = NaN"),
        (DistributionSpec::Hyperexponential { probs: vec![], means: vec![] }, "sum of probabilities = 0"),
        (DistributionSpec::Sum { parts: vec![] }, "sum: number of parts = 0, must be at least 1"),
        (
            (0..200).fold(constant(1.0), |law, _| DistributionSpec::Sum { parts: vec![law] }),
            "sum: sums within sums = 101, must be at most 100",
        ),
        (DistributionSpec::Gamma { shape: 1.0, mean: None, rate: None }, "number of mean and rate given = 0"),
    ] {
        let message = law.check().unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(DistributionSpec::Empirical { values: vec![3.0] }.check().unwrap().mean(), 3.0);
    assert_eq!(discrete(&[3.0], &[1.0]).check().unwrap().mean(), 3.0);
}

/// A13, A14: phases and counts from none to very many, in the same time.
#[test]
fn a13_a14_phases_and_counts_from_none_to_very_many() {
    let erlang = |k| DistributionSpec::Erlang { k, mean: 2.0 }.check();
    assert!(erlang(0).unwrap_err().to_string().contains("erlang: k = 0, must be a whole number from 1"));
    let mut dice = Stream::of_seed(1).dice();
    assert_eq!(erlang(1).unwrap().variance(), 4.0);
    assert!((erlang(10_000_000).unwrap().sample(&mut dice) - 2.0).abs() < 0.01);
    let mut count = |mean| DistributionSpec::Poisson { mean }.check().unwrap().sample(&mut dice);
    assert_eq!((count(0.0), count(1e-9)), (0.0, 0.0));
    let many = count(1e9);
    assert!((many - 1e9).abs() < 5.0 * 1e9_f64.sqrt() && many.fract() == 0.0, "{many}");
}

/// A15: quantiles at 0 and 1 are the ends, and at what is no probability there is none.
#[test]
fn a15_quantiles_at_the_ends_and_beyond() {
    let results = run(&queue(1, at(&[0.0, 0.0, 0.0]), constant(2.0)), 9.0);
    let wait = |p| results.wait_quantile("a", "s", p);
    // waits are kept to within one part in 128
    assert!(wait(0.0) == Some(0.0) && wait(1.0).is_some_and(|w| (w / 4.0 - 1.0).abs() < 1.0 / 128.0));
    let sample = Sample::of(&[3.0, 1.0, 2.0]);
    assert_eq!((sample.quantile(0.0), sample.quantile(1.0)), (Some(1.0), Some(3.0)));
    let level = |p| results.present.quantile(p);
    assert_eq!((level(0.0), level(1.0)), (Some(0), Some(3)));
    let queue = Mmc::new(0.5, 1.0, 1).unwrap();
    assert_eq!((queue.wait_quantile(0.0), queue.wait_quantile(1.0)), (Ok(0.0), Ok(f64::INFINITY)));
    for p in [-0.1, 1.1, f64::NAN] {
        assert_eq!(
            (wait(p), sample.quantile(p), sample.order_statistic(p), level(p)),
            (None, None, None, None)
        );
        assert!(queue.wait_quantile(p).unwrap_err().to_string().contains("must be a number from 0 to 1"));
    }
}

/// A16: the word from which others make a uniform draw of exactly 0, and an infinite exponential (numpy
/// #13361), is the least number above 0 here.
#[test]
fn a16_no_uniform_draw_is_zero() {
    // the state after which SplitMix64 gives the word 0
    let dice = || Dice::from_state(0_u64.wrapping_sub(0x9e37_79b9_7f4a_7c15));
    assert_eq!(rand::Rng::next_u64(&mut dice()), 0);
    assert_eq!(dice().uniform(), 2_f64.powi(-53));
    for (name, law) in POSITIVE {
        let value = law(2.0).check().unwrap().sample(&mut dice());
        assert!(value.is_finite() && value >= 0.0, "{name}: {value}");
    }
}

/// A17: shapes next to nothing end.
#[test]
fn a17_shapes_next_to_nothing_end() {
    let mut dice = Stream::of_seed(2).dice();
    for law in [
        DistributionSpec::Gamma { shape: 1e-6, mean: Some(1.0), rate: None },
        DistributionSpec::Beta { alpha: 1e-6, beta: 1e-6 },
        DistributionSpec::Beta { alpha: 1e-6, beta: 1e6 },
        DistributionSpec::Pearson5 { shape: 1e-6, scale: 1.0 },
        DistributionSpec::Pearson6 { shape1: 1e-6, shape2: 1e-6, scale: 1.0 },
    ] {
        let sampler = law.check().unwrap();
        assert!((0..10_000).all(|_| sampler.sample(&mut dice) >= 0.0), "{law:?}");
    }
}

/// A18: the unit is a type, the name of a constructor or a field that has no default.
#[test]
fn a18_no_duration_is_without_its_unit() {
    assert_eq!(Span::from_hours(168.0), Span::from_days(7.0));
    let text = "[[class]]\nname = \"a\"\n[[station]]\nname = \"s\"\n";
    let message = NetworkSpec::from_toml(text).unwrap_err().to_string();
    assert!(message.contains("time_unit"), "{message}");
    let message = NetworkSpec::from_toml(&format!("time_unit = \"hours\"\n{text}")).unwrap_err().to_string();
    assert!(message.contains("line 1") && message.contains("hour"), "{message}");
}

/// The engine's clock takes any number a model can make.
#[test]
fn the_clock_takes_no_number_amiss() {
    struct Odd(Vec<f64>, Vec<u64>);
    impl Model for Odd {
        type Event = ();
        fn handle(&mut self, _: (), schedule: &mut Schedule<()>) {
            self.1.push(schedule.now().as_millis());
            if let Some(hours) = self.0.pop() {
                schedule.after(Span::from_hours(hours), ());
                schedule.at(Time::ZERO, ());
            }
        }
    }
    let odd = Odd(vec![f64::INFINITY, f64::NAN, -5.0, 1.0], Vec::new());
    let mut simulation = Simulation::of(odd);
    simulation.schedule.at(Time::from_millis(7), ());
    simulation.run_until(Time::ZERO + Span::DAY).unwrap();
    assert!(simulation.model.1.is_sorted() && simulation.model.0.is_empty(), "{:?}", simulation.model.1);
    assert_eq!(simulation.schedule.now(), Time::ZERO + Span::DAY);
}
