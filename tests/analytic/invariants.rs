//! What holds exactly, whatever the dice say.

use super::station::{Class, Plan};
use super::statistics::{Window, at};
use nhs_capacity::random::{Distribution, Stream};

/// Everything at once: three classes, units held back, a small waiting room, impatience, shifts that
/// close and open, the night without anybody.
fn everything() -> Plan {
    let lognormal = Distribution::lognormal(0.7, 1.1).unwrap();
    let held_back = Class { held_back: 2, ..Class::new(3.0, lognormal) };
    Plan {
        roster: vec![(0.0, 9), (8.0, 4), (16.0, 0), (20.0, 6)],
        cycle: 24.0,
        room: 12,
        patience: Distribution::exponential(1.5).ok(),
        ..Plan::new(&[Class::exponential(2.0, 0.8), held_back, Class::exponential(4.0, 0.3)], 9)
    }
}

fn all_time() -> Window {
    Window::after(0.0, 1e6)
}

#[test]
fn littles_law_holds_to_the_millisecond() {
    for seed in 0..5 {
        let mut simulation = everything().simulation(Stream::of_seed(seed), all_time());
        for instant in 1..200 {
            let now = at(3.7 * f64::from(instant));
            simulation.run_until(now).unwrap();
            let station = &simulation.model;
            // everybody's wait: of those who wait no longer, and of those still waiting
            let queue = station.pool.queue();
            assert_eq!(queue.len(), (0..3).map(|class| queue.len_of_class(class)).sum::<usize>());
            let still = station.still_waiting(now);
            assert_eq!(station.pool.waiting_time(now), station.waits_of_all + still);
        }
    }
}

#[test]
fn nobody_is_lost_or_counted_twice() {
    for seed in 0..5 {
        let mut simulation = everything().simulation(Stream::of_seed(seed), all_time());
        for instant in 1..200 {
            simulation.run_until(at(3.7 * f64::from(instant))).unwrap();
            let station = &simulation.model;
            let arrived: u64 = station.arrived.iter().sum();
            let queue = station.pool.queue().len() as u64;
            assert_eq!(arrived, station.ended_of_all + station.inside);
            assert_eq!(station.inside, queue + u64::from(station.pool.busy()));
        }
        let cohort = &simulation.model.cohort;
        assert!(cohort.iter().all(|c| c.lost > 0 && c.gave_up > 0 && c.started > 0), "{cohort:?}");
    }
}

#[test]
fn no_unit_idles_while_somebody_may_use_it() {
    let mut simulation = everything().simulation(Stream::of_seed(9), all_time());
    for instant in 1..5_000 {
        simulation.run_until(at(0.11 * f64::from(instant))).unwrap();
        let pool = &simulation.model.pool;
        let queue = pool.queue();
        // class 1 may not use the last two free units; the others may use any
        let may_start = queue.len_of_class(0) + queue.len_of_class(2) > 0;
        assert!(!(may_start && pool.free() > 0), "idle at {instant}");
        assert!(queue.len_of_class(1) == 0 || pool.free() <= 2, "idle at {instant}");
    }
}

#[test]
fn the_same_seed_gives_the_same_run_to_the_last_bit() {
    let run = |cuts: u32| {
        let mut simulation = everything().simulation(Stream::of_seed(3), all_time());
        (1..=cuts).for_each(|i| simulation.run_until(at(500.0 * f64::from(i) / f64::from(cuts))).unwrap());
        let pool = &simulation.model.pool;
        let now = at(500.0);
        (simulation.events(), pool.busy_time(now), pool.waiting_time(now), simulation.model.waits_of_all)
    };
    assert_eq!(run(1), run(1));
    assert_eq!(run(1), run(37), "a run cut into pieces is the same run");
}
