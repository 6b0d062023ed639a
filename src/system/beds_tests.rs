//! Beds that open late and close again, beds closed beside infections, virtual wards, and operations that are
//! cancelled: one hospital, that of the Isle of Wight.

use super::island::{Added, counted, from_january, island, with};
use super::pack::{Driver, SystemPack, england};
use super::parts::parts;
use super::patient::Stage;
use super::pressure::{Switches, Valve};
use super::running::RunningSystem;
use super::valves_tests::t;
use crate::care::PatientId;
use crate::care::ward::BedKind;
use crate::random::Stream;
use crate::system::assemble::{Timeline, assemble};
use crate::system::capacity::{Capacity, CapacityPlan, CapacityStep};
use crate::system::providers::TrustId;
use crate::units::{Month, Span, Time, date};
use std::sync::Arc;

const A_MOMENT: Span = Span::from_millis(1);

fn changed(values: &[(&str, f64)]) -> SystemPack {
    values.iter().fold(island(), |pack, &(key, value)| pack.with_parameter(key, value).unwrap())
}

/// Just after what happens at a full hour.
fn run_to_hour(system: &mut RunningSystem, hour: u64) {
    system.run_until(Time::ZERO + Span::HOUR.times(hour) + A_MOMENT).unwrap();
}

/// A hundred beds fewer: patients board from the first days on.
fn crowded(pack: &SystemPack, months: i32) -> RunningSystem {
    let few = Added { beds: -100.0, ..Added::default() };
    with(pack, few, from_january(pack, months, Switches::all_on(), 1))
}

/// From the decision to the bed: exactly the delay of the pack.
#[test]
fn escalation_beds_open_once_their_staff_are_there() {
    for delay in [6, 12, 24_u64] {
        let pack = changed(&[("pressure.escalation_delay_hours", delay as f64)]);
        let mut system = crowded(&pack, 1);
        let [mut asked, mut opened] = [None; 2];
        for hour in 0..20 * 24 {
            run_to_hour(&mut system, hour);
            let hospital = &system.system().hospitals[0];
            if hospital.escalation_asked {
                asked.get_or_insert(hour);
            }
            if hospital.escalation_share > 0.0 {
                opened.get_or_insert(hour);
                let planned = hospital.adult_beds_open(0);
                let counted = planned * (1.0 + hospital.escalation_share);
                assert_eq!(hospital.adult_beds_counted, counted.round() as u32);
                break;
            }
            assert_eq!(hospital.adult_beds_counted, hospital.adult_beds_open(0).round() as u32);
        }
        assert_eq!(opened.unwrap() - asked.unwrap(), delay);
        assert_eq!(asked.unwrap() % 6, 0);
    }
}

/// The smaller of the beds there are and those that staff can cover, to the last bit.
#[test]
fn escalation_beds_are_no_more_than_staff_can_cover() {
    for (beds, staff) in [(0.1, 0.03), (0.02, 0.03)] {
        let pack = changed(&[("pressure.escalation_most", beds), ("pressure.escalation_staff_most", staff)]);
        let mut system = crowded(&pack, 1);
        let mut most = 0.0_f64;
        for hour in 0..31 * 24 {
            run_to_hour(&mut system, hour);
            most = most.max(system.system().hospitals[0].escalation_share);
        }
        assert_eq!(most, f64::min(beds, staff));
    }
}

/// In February there are beds for all: by the second decision of that day every escalation bed has closed, and none
/// opens again.
#[test]
fn escalation_beds_close_again_when_nobody_boards() {
    let pack = changed(&[("pressure.escalation_most", 0.1), ("pressure.escalation_staff_most", 0.1)]);
    let trust = TrustId(pack.trust_id("R1F".parse().unwrap()).unwrap().index() as u16);
    let step = |capacity| CapacityStep { from: date(2023, 2, 1), capacity, added: 400.0 };
    let mut system = crowded(&pack, 2);
    system.apply(&CapacityPlan::of([step(Capacity::AdultBeds(trust)), step(Capacity::StaffedBeds(trust))]));
    let february = 31 * 24;
    run_to_hour(&mut system, february - 1);
    assert_eq!(system.system().hospitals[0].escalation_share, 0.1);
    for hour in february + 6..february + 28 * 24 {
        run_to_hour(&mut system, hour);
        let hospital = &system.system().hospitals[0];
        assert_eq!((hospital.escalation_share, hospital.escalation_asked), (0.0, false), "hour {hour}");
        assert_eq!(hospital.adult_beds_counted, hospital.adult_beds_open(1).round() as u32);
    }
}

/// Seven beds closed beside infected patients in February: exactly seven of those open are missing, of which none is in
/// the ring-fence, and the beds that count as open are the same. In March they are back.
#[test]
fn beds_closed_beside_infections_are_missing_while_they_are_closed() {
    let pack = island();
    let valves = Switches::all_on().without(Valve::EscalationBeds);
    let with_closed = |beds: f64| {
        let mut system = from_january(&pack, 3, valves, 1);
        let months = Arc::make_mut(&mut system.system_mut().hospitals[0].infection_by_month);
        for (month, load) in months.iter_mut().enumerate() {
            load.beds_closed = if month == 1 { beds } else { 0.0 };
        }
        system
    };
    let mut systems = [with_closed(0.0), with_closed(7.0)];
    for (hour, missing) in [(30 * 24, 0), (31 * 24, 7), (45 * 24, 7), (59 * 24, 0)] {
        let [none, some] = systems.each_mut().map(|system| {
            run_to_hour(system, hour);
            let hospital = &system.system().hospitals[0];
            let beds = |kind| hospital.wards.beds(kind);
            let open = beds(BedKind::Medical) + beds(BedKind::Surgical);
            (open, beds(BedKind::RingFenced), hospital.adult_beds_counted)
        });
        assert_eq!(none, (some.0 + missing, some.1, some.2), "hour {hour}");
    }
}

/// As many as the pack says for each patient, at every hospital of the North West in January: within the one bed that
/// rounding may make of it.
#[test]
fn each_infected_patient_closes_the_share_of_a_bed_that_the_pack_says() {
    let january = Month::of(date(2023, 1, 1));
    let whole = england();
    let service = whole.ambulance_service_id("RX7".parse().unwrap()).unwrap().index();
    let part = parts(&whole).into_iter().find(|part| part.services.contains(&service)).unwrap();
    let per_patient = 0.15;
    let beds = |closed: f64| -> Vec<f64> {
        let pack = england().with_parameter("infection.beds_closed_per_patient", closed).unwrap();
        let timeline = Timeline::new(&pack, january, january);
        let system = assemble(&pack, &part, &timeline, Switches::all_on(), Stream::of_seed(1)).unwrap();
        let hospitals = &system.system().hospitals;
        let open = |kind| hospitals.iter().map(move |hospital| f64::from(hospital.wards.beds(kind)));
        open(BedKind::Medical)
            .zip(open(BedKind::Surgical))
            .map(|(medical, surgical)| medical + surgical)
            .collect()
    };
    let (none, some) = (beds(0.0), beds(per_patient));
    let month = whole.month_index(january).unwrap();
    let mut all = 0.0;
    for ((&trust, none), some) in part.trusts.iter().zip(&none).zip(&some) {
        let patients = |driver| whole.drivers().monthly(driver, trust)[month];
        let infected = patients(Driver::PatientsWithFlu) + patients(Driver::PatientsWithCovidBeyondUsual);
        let expected = infected * per_patient;
        assert!((none - some - expected).abs() <= 1.0, "{none} less {some}, for {infected} infected");
        all += none - some;
    }
    assert!(all > 50.0, "{all}");
}

/// Patients in places of each use.
fn on_virtual_ward(system: &RunningSystem) -> [usize; 2] {
    let at = |stage| system.system().patients.iter().filter(|record| record.stage == stage).count();
    [at(Stage::OnVirtualWard), at(Stage::AdmissionAvoided)]
}

/// At no hour are more in them than there are places, and all places are filled at some; nobody enters where there are
/// none.
#[test]
fn places_of_virtual_wards_limit_how_many_enter() {
    let pack = island();
    for places in [[6, 0], [0, 4], [6, 4]] {
        let [step_down, step_up] = places.map(f64::from);
        let added = Added { step_down, step_up, ..Added::default() };
        let mut system = with(&pack, added, from_january(&pack, 1, Switches::all_on(), 1));
        let mut most = [0; 2];
        for hour in 0..31 * 24 {
            run_to_hour(&mut system, hour);
            let now = on_virtual_ward(&system);
            most = [most[0].max(now[0]), most[1].max(now[1])];
        }
        assert_eq!(most, places.map(|number| number as usize));
        let avoided = system.statistics().hospitals[0][0].admissions_avoided;
        assert_eq!(avoided > 0, places[1] > 0);
        counted(system, 31);
    }
}

/// The moment at which what is so by `until` came about, to the millisecond of the clock.
fn moment(from: &RunningSystem, until: Time, is_so: impl Fn(&RunningSystem) -> bool) -> Time {
    let (mut system, mut until) = (from.clone(), until);
    while until.since(system.now()) > A_MOMENT {
        let middle = system.now() + Span::from_millis(until.since(system.now()).as_millis() / 2);
        let mut further = system.clone();
        further.run_until(middle).unwrap();
        if is_so(&further) { until = middle } else { system = further }
    }
    // events at the very instant to which a run goes come after it
    system.now()
}

/// How long each of the first who enter a place of this use after a week stay in it, and how much of the hospital stay
/// was left then.
fn virtual_stays(mut system: RunningSystem, stage: Stage) -> Vec<(Span, Span)> {
    let mut stays = Vec::new();
    let mut hour = 7 * 24;
    let mut inside: Vec<(PatientId, u16, Time, Span)> = Vec::new();
    run_to_hour(&mut system, hour);
    let here = |system: &RunningSystem, patient, stamp| {
        let record = system.system().patients.if_present(patient, stamp).copied();
        record.filter(|record| record.stage == stage)
    };
    while stays.len() < 6 && hour < 88 * 24 {
        let before = system.clone();
        hour += 1;
        run_to_hour(&mut system, hour);
        let now = system.now();
        let patients = &system.system().patients;
        for (row, record) in (0..).zip(patients.rows()) {
            let (patient, stamp) = (PatientId(row), record.stamp());
            let is_new = record.stage == stage && here(&before, patient, stamp).is_none();
            if is_new && inside.len() < 6 {
                let entered = moment(&before, now, |system| here(system, patient, stamp).is_some());
                inside.push((patient, stamp, entered, record.since.since(entered)));
            }
        }
        for &(patient, stamp, entered, left) in &inside {
            if here(&before, patient, stamp).is_some() && here(&system, patient, stamp).is_none() {
                let leaves = moment(&before, now, |system| here(system, patient, stamp).is_none());
                stays.push((leaves.since(entered), left));
            }
        }
    }
    stays
}

/// Two days on the virtual ward for each day in hospital saved, and an admission avoided fills its place for the days
/// of two and a half virtual admissions: to the millisecond.
#[test]
fn a_day_in_hospital_saved_takes_more_than_a_day_on_the_virtual_ward() {
    let pack = island();
    let p = &pack.parameters().ward;
    let (per_day_saved, step_up_days) = (
        p.virtual_ward_days_per_day_saved.value,
        p.step_up_days.value * p.step_up_admissions_per_admission_avoided.value,
    );
    let added = Added { step_down: 10.0, step_up: 5.0, ..Added::default() };
    let system = || with(&pack, added, from_january(&pack, 3, Switches::all_on(), 1));
    assert!(per_day_saved > 1.0);
    let step_down = virtual_stays(system(), Stage::OnVirtualWard);
    assert_eq!(step_down.len(), 6);
    for (stay, saved) in step_down {
        assert!(saved > Span::ZERO);
        assert_eq!(stay, Span::from_days(per_day_saved * saved.as_days()));
    }
    let step_up = virtual_stays(system(), Stage::AdmissionAvoided);
    assert_eq!(step_up.len(), 6);
    for (stay, _) in step_up {
        assert_eq!(stay, Span::from_days(step_up_days));
    }
}

/// With beds for all, so that beds taken are those needed. Twelve seeds; t above 4.44 with 11 degrees of freedom
/// (one-sided 0.0005).
#[test]
fn virtual_wards_of_either_use_free_beds() {
    let pack = island();
    let occupied = |added, seed| {
        let system = from_january(&pack, 2, Switches::all_on(), seed);
        let february = &counted(with(&pack, Added { beds: 60.0, ..added }, system), 59).hospitals[1][0];
        (february.adult_beds_occupied as f64 / february.census_days as f64, february.virtual_ward_patients)
    };
    for added in [Added { step_down: 20.0, ..Added::default() }, Added { step_up: 20.0, ..Added::default() }]
    {
        let freed: Vec<f64> = (0..12)
            .map(|seed| {
                let ((beds, nobody), (beds_with, patients)) =
                    (occupied(Added::default(), seed), occupied(added, seed));
                assert!(nobody == 0 && patients > 0);
                beds - beds_with
            })
            .collect();
        assert!(t(&freed) > 4.44, "t = {}: {freed:?}", t(&freed));
    }
}

/// On every evening of a crowded month whoever is called in and has no bed is back on the list with the clock that they
/// came with.
#[test]
fn cancelled_operations_restart_nobodys_clock() {
    let pack = island();
    let few = Added { beds: -40.0, ..Added::default() };
    let mut system = with(&pack, few, from_january(&pack, 1, Switches::all_on(), 1));
    let mut cancelled = 0;
    for day in 0..30 {
        run_to_hour(&mut system, 24 * day + 19);
        system.run_until(Time::ZERO + Span::HOUR.times(24 * day + 20)).unwrap();
        let model = system.system();
        let called_in = model.patients.iter().filter(|record| record.stage == Stage::WaitingForBed);
        let clocks: Vec<_> = called_in.filter_map(|record| record.clock).collect();
        run_to_hour(&mut system, 24 * day + 20);
        let back: Vec<_> = system.system().hospitals[0].elective.iter().collect();
        for clock in &clocks {
            let same: Vec<_> = back.iter().filter(|other| other.number() == clock.number()).collect();
            assert_eq!(same.len(), 1);
            assert_eq!(same[0].start_day(), clock.start_day());
        }
        cancelled += clocks.len() as u64;
    }
    let counts = counted(system, 31).hospitals[0][0].elective;
    assert!(cancelled > 50 && counts.cancelled >= cancelled);
}
