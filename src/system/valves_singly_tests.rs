//! Each pressure valve by itself: what happens without it while all others work, and that it does nothing where nobody
//! calls upon it.
//!
//! The Isle of Wight in January 2023, with less of what the valve answers to. Twenty-four runs with the valve and without
//! it; they meet the same people, so that their figures are compared pair by pair. What the valve alone does is exactly
//! nothing without it; of what follows, t is above 3.77 with 23 degrees of freedom (one-sided 0.0005). `Divert`, which
//! needs more than one hospital, and rapid release are tested in `tests/england.rs`.

use super::island::{Added, CRITICAL_T, SEEDS, counted, from_january, island, with};
use super::pack::SystemPack;
use super::patient::Stage;
use super::pressure::{Switches, Valve};
use super::running::RunningSystem;
use super::statistics::{AmbulanceMonth, CareSystemMonth, Departure, HospitalMonth};
use super::valves_tests::{steady_demand, t};
use crate::care::PatientId;
use crate::care::ward::BedKind;
use crate::random::Stream;
use crate::units::{Month, Span, Time, date};

const DAYS: u64 = 31;

/// What a run showed.
struct Seen {
    ambulance: AmbulanceMonth,
    hospital: HospitalMonth,
    outside: CareSystemMonth,
    // sums over midnights
    emergencies_in_ring_fence: f64,
    in_other_specialty: f64,
    operations_waiting: f64,
}

struct Pair {
    on: Seen,
    off: Seen,
}

/// Adult emergencies who came after the start and have a bed in the ring-fence, or in the other specialty; and people called
/// in for an operation who have no bed.
fn beds_of_others(system: &RunningSystem) -> [f64; 3] {
    let system = system.system();
    let mut sums = [0.0; 3];
    for (row, record) in (0..).zip(system.patients.rows()) {
        let is_in_bed = matches!(record.stage, Stage::InBed | Stage::ReadyToLeave);
        let is_emergency = record.clock.is_none() && !record.is_child && record.arrived > Time::ZERO;
        if is_in_bed && is_emergency && record.bed == BedKind::RingFenced {
            sums[0] += 1.0;
        } else if is_in_bed && is_emergency && BedKind::EMERGENCY.contains(&record.bed) {
            sums[1] += f64::from(u8::from(record.bed != system.own_ward(PatientId(row))));
        }
        sums[2] += f64::from(u8::from(record.clock.is_some() && record.stage == Stage::WaitingForBed));
    }
    sums
}

fn seen(mut system: RunningSystem) -> Seen {
    let mut sums = [0.0; 3];
    for day in 1..=DAYS {
        system.run_until(Time::ZERO + Span::DAY.times(day)).unwrap();
        sums.iter_mut().zip(beds_of_others(&system)).for_each(|(sum, number)| *sum += number);
    }
    let statistics = counted(system, DAYS);
    Seen {
        ambulance: statistics.ambulance[0][0].clone(),
        hospital: statistics.hospitals[0][0],
        outside: statistics.care_systems[0][0],
        emergencies_in_ring_fence: sums[0],
        in_other_specialty: sums[1],
        operations_waiting: sums[2],
    }
}

fn pairs_of(
    pack: &SystemPack,
    valve: Valve,
    change: impl Fn(RunningSystem, u64) -> RunningSystem,
) -> Vec<Pair> {
    let of = |switches, seed| seen(change(from_january(pack, 1, switches, seed), seed));
    let all = Switches::all_on();
    (0..SEEDS).map(|seed| Pair { on: of(all, seed), off: of(all.without(valve), seed) }).collect()
}

fn pairs(valve: Valve, added: Added) -> Vec<Pair> {
    let pack = island();
    pairs_of(&pack, valve, |system, _| with(&pack, added, system))
}

/// It happens in every run with the valve, and in none without.
fn only_with_it(pairs: &[Pair], of: impl Fn(&Seen) -> f64) {
    let (on, off): (Vec<f64>, Vec<f64>) = pairs.iter().map(|pair| (of(&pair.on), of(&pair.off))).unzip();
    assert!(on.iter().all(|&number| number > 0.0), "with the valve {on:?}");
    assert!(off.iter().all(|&number| number == 0.0), "without {off:?}");
}

fn rises_without_it(pairs: &[Pair], of: impl Fn(&Seen) -> f64) {
    let rises: Vec<f64> = pairs.iter().map(|pair| of(&pair.off) - of(&pair.on)).collect();
    assert!(t(&rises) > CRITICAL_T, "t = {}: {rises:?}", t(&rises));
}

fn falls_without_it(pairs: &[Pair], of: impl Fn(&Seen) -> f64) {
    rises_without_it(pairs, |seen| -of(seen));
}

const C3: usize = 2;

fn mean_c3_minutes(seen: &Seen) -> f64 {
    seen.ambulance.response_seconds[C3] / seen.ambulance.responses[C3] as f64 / 60.0
}

fn handover_hours_lost(seen: &Seen) -> f64 {
    seen.hospital.handover_hours_lost
}

fn mean_hours_inside(seen: &Seen) -> f64 {
    seen.hospital.hours_inside[Departure::Discharged as usize]
        / seen.hospital.departures_by(Departure::Discharged) as f64
}

fn boarders(seen: &Seen) -> f64 {
    seen.hospital.boarders as f64
}

fn fewer_crews() -> Added {
    Added { crews: -2.0, ..Added::default() }
}

fn fewer_beds() -> Added {
    Added { beds: -20.0, ..Added::default() }
}

#[test]
fn without_hear_and_treat_nobody_rings_back_and_waits_for_crews_are_longer() {
    let pairs = pairs(Valve::HearAndTreat, fewer_crews());
    only_with_it(&pairs, |seen| seen.ambulance.reviews as f64);
    only_with_it(&pairs, |seen| seen.ambulance.closed_by_phone_under_load as f64);
    rises_without_it(&pairs, mean_c3_minutes);
}

#[test]
fn without_cancelled_calls_waits_for_crews_are_longer() {
    let pairs = pairs(Valve::CancelCall, fewer_crews());
    only_with_it(&pairs, |seen| seen.ambulance.cancelled_calls as f64);
    rises_without_it(&pairs, mean_c3_minutes);
}

/// Without it hours on duty are those of the roster, whatever happens: the same in every run, to the last bit.
#[test]
fn without_overtime_crews_keep_to_the_roster_and_waits_for_them_are_longer() {
    let pairs = pairs(Valve::CrewOvertime, Added { crews: -4.0, ..Added::default() });
    let rostered = pairs[0].off.ambulance.unit_hours;
    for pair in &pairs {
        assert_eq!(pair.off.ambulance.unit_hours, rostered);
        assert!(pair.on.ambulance.unit_hours > rostered);
    }
    rises_without_it(&pairs, mean_c3_minutes);
}

#[test]
fn without_release_to_respond_crews_stand_longer_at_the_door() {
    let pairs = pairs(Valve::ReleaseToRespond, fewer_beds());
    only_with_it(&pairs, |seen| seen.hospital.released_to_corridor as f64);
    rises_without_it(&pairs, handover_hours_lost);
    rises_without_it(&pairs, mean_c3_minutes);
}

/// Two and a half times the people who usually walk in, at all hours alike, and nobody by ambulance: each who stayed away
/// is an attendance without the valve, to the last one.
#[test]
fn without_staying_away_everybody_comes() {
    let pack = island();
    let january = Month::of(date(2023, 1, 1));
    let timeline = super::assemble::Timeline::new(&pack, january, january);
    let pairs = pairs_of(&pack, Valve::StayAway, |mut system, seed| {
        let people = |a_day, kind| steady_demand(&timeline, [a_day; 5], Stream::of_seed(seed).at(kind));
        let parts = system.system_mut();
        parts.hospitals[0].walk_ins = people(220.0, 301);
        (302..).zip(&mut parts.incidents[0]).for_each(|(kind, demand)| *demand = people(0.0, kind));
        system
    });
    only_with_it(&pairs, |seen| seen.hospital.stayed_away as f64);
    for Pair { on, off } in &pairs {
        // the first of each category was drawn before its stream was replaced
        assert!(on.ambulance.incidents <= 5);
        assert_eq!(on.hospital.attendances + on.hospital.stayed_away, off.hospital.attendances);
    }
    rises_without_it(&pairs, |seen| seen.hospital.left_unseen as f64);
}

#[test]
fn without_leaving_unseen_everybody_is_seen_and_inside_for_longer() {
    let pairs = pairs(Valve::LeaveUnseen, fewer_beds());
    only_with_it(&pairs, |seen| seen.hospital.left_unseen as f64);
    rises_without_it(&pairs, mean_hours_inside);
}

/// Everybody who walks in and has to wait leaves after a minute on average, but for those who will be admitted: as many are
/// admitted through the department as where nobody leaves, within a fiftieth (four runs; less crowded they are a little
/// earlier).
#[test]
fn whoever_will_be_admitted_does_not_leave_unseen() {
    let with = |share| {
        let changes = [("pressure.impatient_share", share), ("pressure.patience_minutes", 1.0)];
        let pack =
            changes.into_iter().fold(island(), |pack, (key, value)| pack.with_parameter(key, value).unwrap());
        let month = |seed| counted(from_january(&pack, 1, Switches::all_on(), seed), DAYS).hospitals[0][0];
        (0..4)
            .map(month)
            .map(|month| (month.admissions_via_ed, month.left_unseen))
            .fold((0, 0), |(admitted, left), (a, l)| (admitted + a, left + l))
    };
    let ((admitted, left), (of_all, nobody)) = (with(1.0), with(0.0));
    assert!(left > 1000 && nobody == 0, "{left} and {nobody} left");
    let ratio = admitted as f64 / of_all as f64;
    assert!((0.98..1.1).contains(&ratio), "{admitted} of {of_all}");
}

/// Without them the beds open are those planned, on every day. That more beds mean fewer boarders is shown with ten times
/// as many as the pack has: those would be two or three on the island.
#[test]
fn without_escalation_beds_only_planned_beds_open_and_more_patients_board() {
    let pack = [("pressure.escalation_most", 0.1), ("pressure.escalation_staff_most", 0.1)]
        .into_iter()
        .fold(island(), |pack, (key, value)| pack.with_parameter(key, value).unwrap());
    let pairs = pairs_of(&pack, Valve::EscalationBeds, |system, _| {
        with(&pack, Added { beds: -60.0, ..Added::default() }, system)
    });
    let planned =
        from_january(&pack, 1, Switches::all_on(), 0).system().hospitals[0].adult_beds_open(0) - 60.0;
    for Pair { on, off } in &pairs {
        assert_eq!(off.hospital.adult_beds_open, DAYS * planned.round() as u64);
        assert!(on.hospital.adult_beds_open > off.hospital.adult_beds_open);
    }
    rises_without_it(&pairs, boarders);
}

#[test]
fn without_earlier_discharge_fewer_leave_and_more_patients_board() {
    let pairs = pairs(Valve::EarlierDischarge, fewer_beds());
    falls_without_it(&pairs, |seen| seen.hospital.emergency_discharges as f64);
    rises_without_it(&pairs, boarders);
}

/// Operations have the ring-fence to themselves then, and hardly one is cancelled.
#[test]
fn without_outlying_in_the_ring_fence_no_emergency_is_there_and_more_patients_board() {
    let pairs = pairs(Valve::OutlyingInRingFence, fewer_beds());
    only_with_it(&pairs, |seen| seen.emergencies_in_ring_fence);
    rises_without_it(&pairs, boarders);
    falls_without_it(&pairs, |seen| seen.hospital.elective.cancelled as f64);
}

#[test]
fn without_outlying_between_specialties_everybody_is_on_the_own_ward_and_more_patients_board() {
    let pairs = pairs(Valve::OutlyingBetweenSpecialties, Added::default());
    only_with_it(&pairs, |seen| seen.in_other_specialty);
    rises_without_it(&pairs, boarders);
}

/// Who has no bed by the evening waits for one on the next days; with the valve nobody does at midnight.
#[test]
fn without_cancellation_people_called_in_go_on_waiting_and_more_patients_board() {
    let pairs = pairs(Valve::ElectiveCancellation, fewer_beds());
    only_with_it(&pairs, |seen| seen.hospital.elective.cancelled as f64);
    for pair in &pairs {
        assert_eq!(pair.on.operations_waiting, 0.0);
        assert!(pair.off.operations_waiting > 0.0);
    }
    rises_without_it(&pairs, |seen| seen.hospital.elective.admitted as f64);
    rises_without_it(&pairs, boarders);
}

#[test]
fn without_care_found_elsewhere_more_wait_for_it_in_beds_and_more_patients_board() {
    let pairs = pairs(Valve::CareFoundElsewhere, Added { share_of_places: -0.2, ..Added::default() });
    let waiting = |seen: &Seen| seen.outside.waiting_for_place.iter().sum::<u64>() as f64;
    rises_without_it(&pairs, waiting);
    rises_without_it(&pairs, |seen| seen.hospital.remaining as f64);
    rises_without_it(&pairs, boarders);
}

/// Where there is enough of everything no valve is called upon, and a run without it is the same to the last byte: without
/// each, and without all.
#[test]
fn a_valve_that_nobody_calls_upon_changes_nothing() {
    let pack = island().with_parameter("emergency.cubicles_per_100_daily_majors", 100.0).unwrap();
    let plenty = Added {
        crews: 80.0,
        beds: 300.0,
        majors_clinicians: 40.0,
        minors_clinicians: 40.0,
        share_of_places: 20.0,
        ..Added::default()
    };
    let run = |switches| counted(with(&pack, plenty, from_january(&pack, 1, switches, 1)), DAYS);
    let usual = run(Switches::all_on());
    let (ambulance, hospital) = (&usual.ambulance[0][0], &usual.hospitals[0][0]);
    assert!(
        ambulance.incidents > 1_000 && hospital.admissions_via_ed > 500 && hospital.elective.admitted > 100
    );
    for valve in Valve::ALL {
        assert!(run(Switches::all_on().without(valve)) == usual, "{}", valve.name());
    }
    assert!(run(Switches::all_off()) == usual, "all off");
}

/// The island has one hospital.
#[test]
fn crews_are_not_diverted_where_there_is_nowhere_else() {
    let pack = island();
    let run = |switches| counted(with(&pack, fewer_beds(), from_january(&pack, 1, switches, 1)), DAYS);
    let with = run(Switches::all_on());
    assert!(with.hospitals[0][0].handover_hours_lost > 100.0);
    assert!(with == run(Switches::all_on().without(Valve::Divert)));
}
