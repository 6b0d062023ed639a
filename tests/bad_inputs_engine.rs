//! What people and models do to the engine, random numbers, networks and theory: each is a clear error before
//! anything runs, or gives the stated answer, or stops with a reason. The labels are those of the list of bad
//! inputs that this crate is held to, of which `tests/bad_inputs.rs` has the studies, places, files and command
//! lines, and `tests/verification/bad_files.rs` the files of cases. Items of the list that have a test elsewhere:
//!
//! | item | test |
//! |---|---|
//! | A13 | `new_laws_refuse_what_has_no_meaning` (random::distribution), and here |
//! | A16 | `the_uniform_never_touches_its_ends` (random::streams), and here |
//! | B4 | `arrivals_follow_their_cumulative_rate` (network), `a_spike_costs_in_proportion_to_its_arrivals` (random) |
//! | B6, D12 | `tie_storms_keep_the_listed_order` (network), and here |
//! | B9 | `a_night_without_servers_is_waited_through` (network) |
//! | B12, B13 | `closing_and_opening_behind_blocked_customers_loses_nobody` (network) |
//! | B15 | `nobody_is_passed_unless_the_station_says_so` (network) |
//! | B16 | `needs_that_can_never_be_met_are_refused` (network) |
//! | C2, C3 | `windows_out_of_range_are_refused_and_an_empty_one_is_empty` (network) |
//! | C10 | `a_patience_that_outlives_its_customer_moves_nothing` (network) |
//! | D3 | `whoever_gave_up_may_join_again` (network) |
//! | D4 | `an_interrupted_customer_...`, `nothing_happens_twice_to_the_interrupted` (network), and here |
//! | D7 | `nobody_is_lost_between_redials` (network) |
//! | D10 | `a_loop_without_a_way_out_is_refused_and_named` (network) |
//! | E4 | `a_cancelled_ensemble_keeps_what_is_finished` (network) |
//! | F2 | `results_are_the_same_for_any_number_of_threads` (network), and here |
//! | F3 | `another_class_and_an_observer_move_nobody_elses_draws` (network) |

#![allow(clippy::expect_used, clippy::unwrap_used)]

#[path = "bad_inputs_engine/capacity.rs"]
mod capacity;
#[path = "bad_inputs_engine/limits.rs"]
mod limits;
#[path = "bad_inputs_engine/numbers.rs"]
mod numbers;
#[path = "bad_inputs_engine/queues.rs"]
mod queues;
#[path = "bad_inputs_engine/windows.rs"]
mod windows;

use nhs_capacity::network::*;

fn constant(value: f64) -> DistributionSpec {
    DistributionSpec::constant(value)
}

fn at(times: &[f64]) -> ArrivalSpec {
    ArrivalSpec::Times { at: times.to_vec() }
}

/// Class `a` at station `s`, in hours.
fn queue(servers: u32, arrivals: ArrivalSpec, service: DistributionSpec) -> NetworkSpec {
    NetworkSpec::new(TimeUnit::Hour)
        .with_class(ClassSpec::new("a").with_arrivals(arrivals))
        .with_station(StationSpec::new("s").with_servers(servers).with_service(service))
}

fn random_queue(rate: f64, mean: f64) -> NetworkSpec {
    queue(1, ArrivalSpec::poisson(rate), DistributionSpec::exponential(mean))
}

/// A class of one customer, with service, priority and patience of their own.
fn one(name: &str, time: f64, service: f64, priority: i64, patience: Option<f64>) -> ClassSpec {
    let visit = VisitSpec {
        service: Some(constant(service)),
        patience: patience.map(constant),
        ..VisitSpec::default()
    };
    ClassSpec::new(name).with_arrivals(at(&[time])).with_priority(priority).with_visit("s", visit)
}

fn roster(shifts: &[(f64, u32)], when_fewer: WhenFewer) -> Roster {
    let schedule = shifts.iter().map(|&(from, servers)| Shift { from, servers }).collect();
    Roster { schedule, period: None, when_fewer }
}

/// Runs and checks the books.
fn run_from(spec: &NetworkSpec, warm_up: f64, horizon: f64) -> Results {
    let results = spec.check().unwrap().run(&Run { record: true, ..Run::new(warm_up, horizon) }).unwrap();
    assert_eq!(results.discrepancies(), Vec::<String>::new());
    results
}

fn run(spec: &NetworkSpec, horizon: f64) -> Results {
    run_from(spec, 0.0, horizon)
}

fn problems(spec: &NetworkSpec) -> String {
    spec.check().map_or_else(|error| error.to_string(), |_| "was taken".to_owned())
}

/// When the visits ended, in the order in which they did [h].
fn ends(results: &Results) -> Vec<f64> {
    results.records.iter().map(|r| r.ended.as_hours()).collect()
}
