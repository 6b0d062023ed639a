//! B: arrivals, capacity and rosters.

use super::*;
use nhs_capacity::random::{ArrivalError, RateProfile, Stream};
use nhs_capacity::units::{Calendar, date};

fn piecewise(breakpoints: &[f64], rates: &[f64], period: Option<f64>) -> ArrivalSpec {
    ArrivalSpec::Piecewise { breakpoints: breakpoints.to_vec(), rates: rates.to_vec(), period }
}

fn by_hour(rates: &[f64]) -> ArrivalSpec {
    let breakpoints: Vec<f64> = (0..=24).map(f64::from).collect();
    piecewise(&breakpoints, rates, Some(24.0))
}

/// B1: no arrivals, or a rate so small that the first is beyond every clock: no observations, not 0 and not
/// NaN, for every process. (A sinusoidal rate of 5e-324 once looked for its first arrival for ever.)
#[test]
fn b1_a_rate_of_nothing_gives_no_observations() {
    for rate in [0.0, -0.0, 5e-324, 1e-310] {
        for arrivals in [
            ArrivalSpec::poisson(rate),
            ArrivalSpec::Sinusoidal { base_rate: rate, relative_amplitude: 1.0, period: 24.0 },
            by_hour(&[rate; 24]),
            ArrivalSpec::BatchPoisson { rate, batch_sizes: vec![2], batch_probs: vec![1.0] },
            at(&[]),
        ] {
            let process = arrivals.check().unwrap();
            let first = process.times(Stream::of_seed(1).dice()).next();
            assert!(first.is_none_or(|t| t > 1e300), "{arrivals:?}: {first:?}");
            let results = run(&queue(1, arrivals, constant(1.0)), 100.0);
            let mean = results.mean_wait("a", "s");
            assert_eq!((mean, results.wait_quantile("a", "s", 0.9)), (None, None));
            assert_eq!(
                (results.share_turned_away("a", "s"), results.share_abandoned("a", "s")),
                (None, None)
            );
            assert_eq!((results.utilisation("s"), results.present.mean()), (Some(0.0), Some(0.0)));
            assert_eq!(serde_json::to_string(&mean).unwrap(), "null");
        }
    }
}

/// B2: hours without arrivals stay empty; profiles of another length, negative or NaN are refused.
#[test]
fn b2_profiles_of_a_day() {
    let mut rates = [3.0; 24];
    rates[..8].fill(0.0);
    let results = run(&queue(50, by_hour(&rates), constant(0.1)), 24.0 * 100.0);
    assert!(results.classes[0].arrived > 4_000);
    assert!(results.records.iter().all(|r| r.joined.as_hours() % 24.0 > 8.0 - 1e-6));
    let message = |rates: &[f64]| problems(&queue(1, by_hour(rates), constant(0.1)));
    for length in [0, 23, 25] {
        let expected = format!("number of rates = {length}, must be one less than the number of breakpoints");
        assert!(message(&vec![1.0; length]).contains(&expected));
    }
    for bad in [-1.0, f64::NAN, f64::INFINITY, 1e308] {
        rates[5] = bad;
        assert!(message(&rates).contains("class `a`, arrivals: rates = "), "{bad}");
    }
    // the profile of a week
    let week = |hours: usize| {
        RateProfile::monthly(Calendar::starting(date(2022, 10, 1)), &[100.0], &vec![1.0; hours])
    };
    for hours in [0, 24, 167, 169] {
        assert!(matches!(week(hours), Err(ArrivalError::Length(length)) if length == hours));
    }
}

/// B3: every fault of a list of times quotes the pair.
#[test]
fn b3_times_that_do_not_rise_are_quoted_in_pairs() {
    for (arrivals, part) in [
        (piecewise(&[0.0, 9.0, 6.0], &[1.0; 2], None), "breakpoints: 9 is followed by 6, must rise"),
        (piecewise(&[0.0, 9.0, 9.0], &[1.0; 2], None), "breakpoints: 9 is followed by 9, must rise"),
        (piecewise(&[2.0, 9.0], &[1.0], None), "breakpoints[0] = 2, must be 0"),
        (piecewise(&[0.0, f64::NAN], &[1.0], None), "breakpoints = NaN"),
        (piecewise(&[0.0, 1e300], &[1.0], None), "breakpoints = 1e300, must be numbers from 0 to 1e12"),
        (piecewise(&[0.0, 24.0], &[1.0], Some(12.0)), "last breakpoint = 24, must be equal to the period"),
        (piecewise(&[0.0, 24.0], &[1.0], Some(f64::NAN)), "period = NaN"),
        (piecewise(&[], &[], None), "number of rates = 0"),
        (at(&[1.0, 0.5]), "at: 1 is followed by 0.5, must rise"),
        (at(&[-1.0]), "at = -1, must be a number from 0 to 1e12"),
    ] {
        let message = problems(&queue(1, arrivals, constant(1.0)));
        assert!(message.contains(part), "{message}");
    }
    let mut spec = random_queue(1.0, 0.1);
    spec.stations[0].servers = Servers::Roster(roster(&[(0.0, 1), (9.0, 2), (8.0, 1)], WhenFewer::Preempt));
    assert!(problems(&spec).contains("station `s`, servers.schedule: 9 is followed by 8, must rise"));
}

/// B5: endless arrivals at one instant: gaps of 0 are refused, gaps below a tick of the clock stop the run.
#[test]
fn b5_gaps_of_nothing() {
    let renewal = |gap: f64| queue(1, ArrivalSpec::Renewal { interarrival: constant(gap) }, constant(1.0));
    assert!(problems(&renewal(0.0)).contains("mean of interarrival = 0, must be above 0"));
    let error = renewal(1e-15).check().unwrap().run(&Run::new(0.0, 1.0)).unwrap_err().to_string();
    assert!(error.contains("no progress: 1000001 events at 0, the next being an arrival of `a`"), "{error}");
}

/// B7: nobody is ever served where there is nobody to serve; whether they wait, are lost or go elsewhere.
#[test]
fn b7_no_servers() {
    let times = at(&[1.0, 2.0, 3.0]);
    let mut spec = queue(0, times.clone(), constant(1.0));
    let waiting = run(&spec, 10.0);
    assert_eq!((waiting.classes[0].inside, waiting.utilisation("s")), (3, None));
    assert_eq!((waiting.queue_at_end(), waiting.stations[0].completions), (3, 0));
    spec.stations[0].waiting_room = Some(0);
    let lost = run(&spec, 10.0);
    assert_eq!((lost.classes[0].left, lost.share_turned_away("a", "s")), ([0, 3, 0], Some(1.0)));
    spec.stations[0].on_full = OnFull::Divert("t".into());
    let diverted = run(&spec.clone().with_station(StationSpec::new("t").with_service(constant(1.0))), 10.0);
    assert_eq!(diverted.classes[0].left, [3, 0, 0]);
    spec.stations[0].waiting_room = None;
    spec.stations[0].on_full = OnFull::Lost;
    spec.stations[0].patience = Some(constant(2.0));
    let given_up = run(&spec, 10.0);
    assert_eq!((given_up.classes[0].left, ends(&given_up)), ([0, 0, 3], vec![3.0, 4.0, 5.0]));
}

trait QueueAtEnd {
    fn queue_at_end(&self) -> u32;
}

impl QueueAtEnd for Results {
    fn queue_at_end(&self) -> u32 {
        self.stations[0].queue.now()
    }
}

/// B8, B10: numbers of servers that are none are refused in words; as many as can be written are free.
#[test]
fn b8_b10_numbers_of_servers() {
    let text = |servers: &str| {
        format!(
            "time_unit = \"hour\"\n[[class]]\nname = \"a\"\narrivals = {{ process = \"times\", at = [1] }}\n\
             [[station]]\nname = \"s\"\nservice = {{ dist = \"constant\", value = 1 }}\nservers = {servers}\n"
        )
    };
    let shift = |servers: &str| format!("{{ schedule = [{{ from = 0, servers = {servers} }}] }}");
    // Ciw #83: a roster with unlimited servers in one shift raised a type error
    for bad in ["-1", "2.5", "nan", "9223372036854775807", "true", "\"unlimited\""] {
        for servers in [bad.to_owned(), shift(bad)] {
            let message = NetworkSpec::from_toml(&text(&servers)).unwrap_err().to_string();
            assert!(message.contains("servers must be a whole number from 0"), "{servers}: {message}");
            assert!(message.contains("leave them out for unlimited"), "{servers}: {message}");
        }
    }
    for many in ["2147483648", "4294967295"] {
        for servers in [many.to_owned(), shift(many)] {
            let results = run(&NetworkSpec::from_toml(&text(&servers)).unwrap(), 9.0);
            assert_eq!(ends(&results), [2.0]);
        }
    }
}

/// B10: as many servers as can be written in one shift are as good as unlimited.
#[test]
fn b10_unlimited_in_one_shift() {
    let mut spec = queue(0, at(&[0.0; 5]), constant(3.0));
    spec.stations[0].servers = Servers::Roster(roster(&[(0.0, 1), (2.0, u32::MAX)], WhenFewer::Preempt));
    assert_eq!(ends(&run(&spec, 50.0)), [3.0, 5.0, 5.0, 5.0, 5.0]);
}

/// B11, B14: three in service, and from hour 5 one server. They finish, or the last to start are interrupted
/// and resume; nobody is lost (simmer #202, #246, #64), and more than one is busy only where they finish.
#[test]
fn b11_b14_a_cut_below_the_number_in_service() {
    for (rule, expected, over) in
        [(WhenFewer::FinishCurrent, [10.0, 10.0, 10.0], 5.0), (WhenFewer::Preempt, [10.0, 15.0, 20.0], 0.0)]
    {
        let mut spec = queue(0, at(&[0.0, 0.0, 0.0]), constant(10.0));
        spec.stations[0].servers = Servers::Roster(roster(&[(0.0, 3), (5.0, 1)], rule));
        let results = run(&spec, 50.0);
        let customers: Vec<u64> = results.records.iter().map(|r| r.customer).collect();
        assert_eq!((ends(&results), customers), (expected.to_vec(), vec![0, 1, 2]));
        let interruptions: u32 = results.records.iter().map(|r| r.interruptions).sum();
        assert_eq!(interruptions, if over > 0.0 { 0 } else { 2 });
        assert_eq!(results.units(results.stations[0].over.area()), over);
        assert_eq!(results.classes[0].left, [3, 0, 0]);
    }
}

/// B17: a shift beyond the horizon runs, with a warning that is part of the results.
#[test]
fn b17_a_shift_beyond_the_horizon_is_warned_of() {
    let mut spec = random_queue(1.0, 0.1);
    spec.stations[0].servers = Servers::Roster(roster(&[(0.0, 1), (100.0, 2)], WhenFewer::Preempt));
    assert_eq!(run(&spec, 101.0).warnings, []);
    for horizon in [50.0, 100.0] {
        let warnings = run(&spec, horizon).warnings;
        assert_eq!(warnings, [Warning::NeverReached { station: "s".into(), from: 100.0 }]);
        assert!(
            warnings[0].to_string().contains("station `s`: the entry of its roster from 100 lies beyond")
        );
    }
}
