//! Single stations against their closed forms.

use super::station::{Class, Plan, watch};
use super::statistics::{Window, assert_agreement, at, replicate};
use nhs_capacity::random::Distribution;
use nhs_capacity::theory::{
    ErlangA, FinishCurrent, Law, LossUnit, Mg1, Mmc, MmcG, Reservation, priority::nonpreemptive_mmc,
};

/// mm1-02: a scanner at 80%.
#[test]
fn mean_wait_of_mm1_matches_the_closed_form() {
    let exact = Mmc::new(0.8, 1.0, 1).unwrap();
    let runs = replicate(1, |stream| {
        let plan = Plan::new(&[Class::exponential(0.8, 1.0)], 1);
        let seen = watch(plan, stream, Window::after(900.0, 60_000.0));
        let all = &seen.cohort[0];
        [all.mean_wait(), all.share(all.delayed), seen.mean_busy, seen.mean_queue]
    });
    assert_agreement(
        &runs,
        [
            ("mean wait", exact.mean_wait()),
            ("share who wait", exact.prob_wait()),
            ("utilisation", exact.utilisation()),
            ("mean queue", exact.mean_queue()),
        ],
    );
}

/// mmc-03: an ED of 30 cubicles at 90%.
#[test]
fn mean_wait_of_mmc_matches_erlang_c() {
    let exact = Mmc::new(9.0, 3.0, 30).unwrap();
    let runs = replicate(2, |stream| {
        let plan = Plan::new(&[Class::exponential(9.0, 3.0)], 30);
        let seen = watch(plan, stream, Window::after(410.0, 12_000.0));
        let all = &seen.cohort[0];
        [all.mean_wait(), all.share(all.delayed), seen.mean_busy]
    });
    assert_agreement(
        &runs,
        [
            ("mean wait", exact.mean_wait()),
            ("share who wait", exact.prob_wait()),
            ("mean busy", exact.offered_load()),
        ],
    );
}

/// mg1-03: a theatre with lognormal cases.
#[test]
fn mean_wait_of_mg1_matches_pollaczek_khinchine() {
    let exact = Mg1::new(0.55, Law::lognormal(1.4, 0.9).unwrap()).unwrap();
    let cases = Distribution::lognormal(1.4, 0.9).unwrap();
    let runs = replicate(3, |stream| {
        let plan = Plan::new(&[Class::new(0.55, cases)], 1);
        let seen = watch(plan, stream, Window::after(1_500.0, 90_000.0));
        let all = &seen.cohort[0];
        [all.mean_wait(), all.share(all.delayed)]
    });
    assert_agreement(&runs, [("mean wait", exact.mean_wait()), ("share who wait", exact.utilisation())]);
}

/// mgcc-01: twelve critical care beds, exponential and lognormal stays alike.
#[test]
fn blocked_share_matches_erlang_b_whatever_the_stay() {
    let exact = LossUnit::new(2.2, 4.5, 12).unwrap();
    let stays = [Distribution::exponential(4.5).unwrap(), Distribution::lognormal(4.5, 6.3).unwrap()];
    for (seed, stay) in (4..).zip(stays) {
        let runs = replicate(seed, |stream| {
            let plan = Plan { room: 0, ..Plan::new(&[Class::new(2.2, stay)], 12) };
            let seen = watch(plan, stream, Window::after(150.0, 20_000.0));
            let all = &seen.cohort[0];
            [all.share(all.lost), seen.mean_busy]
        });
        let values = [("share blocked", exact.prob_blocked()), ("mean occupied", exact.mean_occupied())];
        assert_agreement(&runs, values);
    }
}

/// np-02 at a load of 87.5%: two triage streams, eight doctors, nobody interrupted.
#[test]
fn waits_of_two_classes_match_cobham() {
    let rates = [6.0, 8.0];
    let exact = nonpreemptive_mmc(&rates, 0.5, 8).unwrap();
    let runs = replicate(6, |stream| {
        let plan = Plan::new(&rates.map(|rate| Class::exponential(rate, 0.5)), 8);
        let seen = watch(plan, stream, Window::after(300.0, 8_000.0));
        [seen.cohort[0].mean_wait(), seen.cohort[1].mean_wait()]
    });
    assert_agreement(&runs, [("urgent wait", exact[0]), ("routine wait", exact[1])]);
}

/// erla-02: an overloaded 111 centre.
#[test]
fn reneging_matches_erlang_a() {
    let exact = ErlangA::new(300.0, 0.125, 34, 0.08).unwrap();
    let runs = replicate(7, |stream| {
        let patience = Distribution::exponential(0.08).ok();
        let plan = Plan { patience, ..Plan::new(&[Class::exponential(300.0, 0.125)], 34) };
        let seen = watch(plan, stream, Window::after(4.0, 300.0));
        let all = &seen.cohort[0];
        [all.share(all.gave_up), all.share(all.delayed), all.mean_wait(), seen.mean_busy]
    });
    assert_agreement(
        &runs,
        [
            ("share who give up", exact.prob_abandon()),
            ("share who wait", exact.prob_wait()),
            ("mean wait", exact.mean_wait()),
            ("mean busy", exact.utilisation() * 34.0),
        ],
    );
}

/// mmcg-02: callers with lognormal patience.
#[test]
fn lognormal_patience_matches_baccelli_and_hebuterne() {
    let exact = MmcG::new(130.0, 0.1, 12, &Law::lognormal(0.06, 0.09).unwrap()).unwrap();
    let runs = replicate(8, |stream| {
        let patience = Distribution::lognormal(0.06, 0.09).ok();
        let plan = Plan { patience, ..Plan::new(&[Class::exponential(130.0, 0.1)], 12) };
        let seen = watch(plan, stream, Window::after(2.4, 500.0));
        let all = &seen.cohort[0];
        [all.share(all.gave_up), all.mean_wait()]
    });
    assert_agreement(&runs, [("share who give up", exact.prob_abandon()), ("mean wait", exact.mean_wait())]);
}

/// resv-01: three of twenty beds held back for emergencies.
#[test]
fn beds_held_back_match_trunk_reservation() {
    let exact = Reservation::new(20, 3, 2.6, 1.5, 4.5).unwrap();
    let runs = replicate(9, |stream| {
        let elective = Class { held_back: 3, ..Class::exponential(1.5, 4.5) };
        let plan = Plan { room: 0, ..Plan::new(&[Class::exponential(2.6, 4.5), elective], 20) };
        let seen = watch(plan, stream, Window::after(180.0, 20_000.0));
        let [emergency, elective] = [&seen.cohort[0], &seen.cohort[1]];
        [emergency.share(emergency.lost), elective.share(elective.lost), seen.mean_busy]
    });
    assert_agreement(
        &runs,
        [
            ("emergencies turned away", exact.prob_emergency_blocked()),
            ("electives cancelled", exact.prob_elective_cancelled()),
            ("mean occupied", exact.mean_occupied()),
        ],
    );
}

/// shift-01: eight by day, four by night, everybody finishes the present patient.
#[test]
fn shifts_that_finish_their_patient_match_the_chain() {
    let exact = FinishCurrent::new(5.0, 0.8, &[(0.0, 8), (12.0, 4)], 24.0).unwrap();
    const WARM_UP: f64 = 480.0;
    const DAYS: u32 = 400;
    let plan = Plan {
        roster: vec![(0.0, 8), (12.0, 4)],
        cycle: 24.0,
        ..Plan::new(&[Class::exponential(5.0, 0.8)], 8)
    };
    let averages = replicate(10, |stream| {
        let seen = watch(plan.clone(), stream, Window::after(WARM_UP, 24.0 * f64::from(DAYS)));
        let all = &seen.cohort[0];
        [all.mean_wait(), all.share(all.delayed), seen.mean_queue, seen.mean_busy]
    });
    assert_agreement(
        &averages,
        [
            ("mean wait", exact.mean_wait()),
            ("share who wait", exact.prob_wait()),
            ("mean queue", exact.mean_queue()),
            ("mean busy", exact.mean_busy()),
        ],
    );
    let phases = [0.25, 12.5, 20.0];
    let readings = replicate(11, |stream| {
        let mut simulation = plan.clone().simulation(stream, Window::after(WARM_UP, 0.0));
        let mut sums = [0.0; 6];
        for day in 0..DAYS {
            for (i, phase) in phases.into_iter().enumerate() {
                simulation.run_until(at(WARM_UP + 24.0 * f64::from(day) + phase)).unwrap();
                let pool = &simulation.model.pool;
                sums[i] += f64::from(pool.busy()) / f64::from(DAYS);
                sums[3 + i] += pool.queue().len() as f64 / f64::from(DAYS);
            }
        }
        sums
    });
    let [early, late, night] = phases.map(|phase| exact.at(phase).unwrap());
    assert_agreement(
        &readings,
        [
            ("busy at 00:15", early.0),
            ("busy at 12:30", late.0),
            ("busy at 20:00", night.0),
            ("queue at 00:15", early.1),
            ("queue at 12:30", late.1),
            ("queue at 20:00", night.1),
        ],
    );
}
