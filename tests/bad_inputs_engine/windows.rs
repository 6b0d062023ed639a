//! C: time, warm-up and windows.

use super::*;
use nhs_capacity::engine::{Model, Schedule, Simulation, Turn};
use nhs_capacity::units::{Calendar, Month, Span, Time, date};

/// C1: the clock of a model never goes back, whatever it schedules. (mesa #2998 and simmer #187 let it;
/// simmer #144 took infinity for 1.)
#[test]
fn c1_nothing_happens_before_now() {
    struct Backwards(Vec<u64>);
    impl Model for Backwards {
        type Event = bool;
        fn handle(&mut self, schedules: bool, schedule: &mut Schedule<bool>) {
            self.0.push(schedule.now().as_millis());
            if schedules {
                schedule.at(Time::ZERO, false);
                schedule.in_turn(Time::from_millis(3), Turn::Capacity, false);
                schedule.after(Span::from_hours(-1.0), false);
                schedule.after(Span::from_hours(f64::NAN), false);
                schedule.after(Span::from_hours(f64::INFINITY), false);
            }
        }
    }
    let mut simulation = Simulation::of(Backwards(Vec::new()));
    simulation.schedule.at(Time::from_millis(500), true);
    simulation.run_until(Time::ZERO + Span::DAY.times(365_000)).unwrap();
    assert_eq!(simulation.model.0, [500; 5]);
    assert_eq!(simulation.schedule.pending(), 1);
}

/// C2, C3: what is refused names field, value and range.
#[test]
fn c2_c3_windows_are_refused_in_words() {
    let network = random_queue(1.0, 0.1).check().unwrap();
    for (warm_up, horizon, part) in [
        (0.0, -1.0, "horizon = -1, must be a number from 0 within the range of the clock"),
        (0.0, f64::NAN, "horizon = NaN"),
        (0.0, f64::INFINITY, "horizon = inf"),
        (5.0, 5.0, "warm_up = 5, must be from 0 and before the horizon"),
        (9.0, 5.0, "warm_up = 9"),
        (f64::NAN, 5.0, "warm_up = NaN"),
        (-1.0, 5.0, "warm_up = -1"),
    ] {
        let error = network.run(&Run::new(warm_up, horizon)).unwrap_err();
        assert!(error.to_string().contains(part) && error.partial.is_none(), "{error}");
    }
    for targets in [vec![-1.0], vec![f64::NAN], vec![f64::INFINITY]] {
        let error = network.run(&Run::new(0.0, 5.0).with_targets(targets)).unwrap_err();
        assert!(error.to_string().contains("targets = "), "{error}");
    }
    let empty = network.run(&Run::new(0.0, 0.0)).unwrap();
    assert_eq!((empty.events, empty.present.mean(), empty.utilisation("s")), (0, None, None));
    assert_eq!(empty.warnings, []);
}

/// C4: three ends of service at the horizon are treated alike: all belong to what follows. (SpaDES #49
/// processed only the first.)
#[test]
fn c4_events_at_the_horizon_are_treated_alike() {
    let spec = queue(3, at(&[0.0; 3]), constant(1.0));
    for (horizon, completions) in [(1.0, 0), (1.0 + 1e-6, 3)] {
        let results = run(&spec, horizon);
        assert_eq!((results.stations[0].completions, results.classes[0].offered), (completions, 3));
        // the cohort is followed beyond the horizon all the same
        assert_eq!(results.classes[0].cohort_left, [3, 0, 0]);
    }
    assert_eq!(run(&queue(3, at(&[1.0; 3]), constant(1.0)), 1.0).classes[0].offered, 0);
}

/// C5: arrivals every hour from 1 o'clock and an hour's service, for 24 hours: arrivals at 1 to 23, ends of
/// service at 2 to 23; those at 24 belong to what follows. (Ciw #260: 22 where the user expected 24; with
/// arrivals at 0 to 23 and a look just past midnight it is 24 and 24.)
#[test]
fn c5_a_day_of_hourly_arrivals_and_services() {
    let hourly = |arrivals, horizon| {
        let results = run(&queue(1, arrivals, constant(1.0)), horizon);
        (results.classes[0].offered, results.stations[0].completions, results.utilisation("s").unwrap())
    };
    let renewal = || ArrivalSpec::Renewal { interarrival: constant(1.0) };
    assert_eq!(hourly(renewal(), 24.0), (23, 22, 23.0 / 24.0));
    let from_midnight: Vec<f64> = (0..24).map(f64::from).collect();
    assert_eq!(hourly(at(&from_midnight), 24.0), (24, 23, 1.0));
    let (arrived, completed, _) = hourly(at(&from_midnight), 24.001);
    assert_eq!((arrived, completed), (24, 24));
}

/// C6: the clock counts whole milliseconds up to 292 million years and does not lose resolution on the way;
/// a horizon beyond is refused, and events beyond its end never happen.
#[test]
fn c6_a_clock_that_runs_out() {
    let spec = queue(1, at(&[1e9]), constant(0.25));
    let results = run(&spec, 1e9 + 1.0);
    let ended = results.records[0].ended.as_millis() - results.records[0].joined.as_millis();
    assert_eq!(ended, 900_000);
    let error = spec.check().unwrap().run(&Run::new(0.0, 1e13)).unwrap_err().to_string();
    assert!(error.contains("horizon = 10000000000000, must be a number from 0 within the range"), "{error}");

    struct Ticker(u64);
    impl Model for Ticker {
        type Event = ();
        fn handle(&mut self, _: (), schedule: &mut Schedule<()>) {
            self.0 += 1;
            schedule.after(Span::from_millis(1), ());
        }
    }
    let mut simulation = Simulation::of(Ticker(0));
    simulation.schedule.at(Time::from_millis(u64::MAX - 3), ());
    simulation.run_until(Time::NEVER).unwrap();
    assert_eq!((simulation.model.0, simulation.schedule.now()), (3, Time::NEVER));
}

/// C7: nobody has been served in the window: no observations, null when written.
#[test]
fn c7_a_window_without_a_completed_customer() {
    let network = queue(1, at(&[1.0]), constant(1e6)).check().unwrap();
    let results = network.run(&Run { follows_cohort: false, ..Run::new(0.0, 10.0) }).unwrap();
    let visit = results.visit("a", "s").unwrap();
    assert_eq!((visit.sojourns.mean(), results.classes[0].total_times.mean()), (None, None));
    assert_eq!((results.mean_wait("a", "s"), results.stations[0].completions), (None, 0));
    assert_eq!(serde_json::json!(visit.sojourns.mean()), serde_json::Value::Null);
    assert_eq!(results.warnings, [Warning::Unfinished { number: 2 }]);
}

/// C8: one there at the end of the warm-up, one at the horizon: levels take their time inside the window,
/// waits and times those of the visits that began in it, followed to the end.
#[test]
fn c8_customers_across_the_ends_of_the_window() {
    let results = run_from(&queue(9, at(&[0.0, 6.0]), constant(5.0)), 4.0, 7.0);
    assert_eq!(results.units(results.present.area()), 1.0 + 1.0);
    assert_eq!(results.units(results.inside_time), 2.0);
    assert_eq!((results.classes[0].offered, results.stations[0].completions), (1, 1));
    assert_eq!(results.classes[0].total_times.mean().map(|t| t / results.ticks_per_unit()), Some(5.0));
    assert_eq!(results.warnings, []);
}

/// C9: the clock ends at the horizon though events run out before, and averages cover the whole window.
/// (simcraft #2)
#[test]
fn c9_a_run_that_runs_out_of_events() {
    let results = run(&queue(1, at(&[1.0]), constant(2.0)), 10.0);
    assert_eq!((results.length(), results.present.mean()), (10.0, Some(0.2)));
    let nothing = run(&queue(1, at(&[]), constant(2.0)), 10.0);
    assert_eq!((nothing.length(), nothing.present.mean(), nothing.events), (10.0, Some(0.0), 0));
}

/// C10: patience that outlives its customer moves neither clock nor end. (inference-sim #1085: throughput
/// fell 17-fold)
#[test]
fn c10_forgotten_patience_moves_nothing() {
    let mut spec = queue(1, at(&[1.0, 1.5]), constant(1.0));
    let without = run(&spec, 24.0);
    spec.stations[0].patience = Some(constant(1e9));
    let with = run(&spec, 24.0);
    assert_eq!(with.records, without.records);
    assert_eq!((with.events, with.length()), (without.events, 24.0));
}

/// C11: dates exist at the edges only, in Greenwich Mean Time all year: days have 24 hours, those on which
/// the clocks change as well.
#[test]
fn c11_days_that_do_not_exist_and_days_of_23_hours() {
    assert_eq!(date(2023, 2, 29), date(2023, 2, 28));
    assert_eq!(date(2024, 2, 29).to_string(), "2024-02-29");
    assert_eq!(date(i16::MAX, i8::MAX, i8::MIN).to_string(), "9999-12-01");
    let calendar = Calendar::starting(date(2022, 10, 1));
    for day in [date(2022, 10, 30), date(2023, 3, 26)] {
        let midnight = calendar.midnight(day);
        let hours: Vec<usize> =
            (0..24).map(|h| calendar.hour_of_day(midnight + Span::HOUR.times(h))).collect();
        assert_eq!(hours, (0..24).collect::<Vec<_>>());
        assert_eq!(calendar.date_at(midnight + Span::HOUR.times(24)), day.tomorrow().unwrap());
    }
    let month = Month::new(2022, 10).unwrap();
    assert_eq!(
        (month.plus(i32::MAX).to_string(), month.plus(i32::MIN).to_string()),
        ("9998-12".into(), "0000-01".into())
    );
}
