use super::*;
use crate::engine::{Model, Schedule, Simulation};
use crate::measure::Tally;
use crate::random::{Dice, Stream};
use crate::theory::{loss::erlang_b, mmc::Mmc};
use crate::units::Span;

fn config(bays: u32, cubicles: u32) -> EmergencyConfig {
    let minutes = |mean| Distribution::constant(mean).unwrap();
    EmergencyConfig {
        resuscitation_bays: bays,
        cubicles,
        corridor_places: 1,
        majors_clinicians_by_hour: vec![1; 168],
        minors_clinicians_by_hour: vec![1; 168],
        majors_assessment_minutes: minutes(30.0),
        majors_review_minutes: minutes(10.0),
        minors_clinician_minutes: minutes(15.0),
        majors_tests_minutes: minutes(90.0),
        minors_tests_minutes: minutes(20.0),
        ..EmergencyConfig::none()
    }
}

fn department(bays: u32, cubicles: u32) -> EmergencyDepartment {
    EmergencyDepartment::new(config(bays, cubicles), 0)
}

const NOW: Time = Time::ZERO;

#[test]
fn boarding_patients_hold_their_cubicle() {
    let mut ed = department(0, 1);
    assert_eq!(ed.request_space(PatientId(1), Acuity::Urgent, NOW), SpaceRequest::Given(Space::Cubicle));
    assert!(matches!(ed.request_space(PatientId(2), Acuity::Immediate, NOW), SpaceRequest::Queued(_)));
    // seen and decided, but no bed: the clinician is free, the cubicle is not
    let seen = ed.request_clinician(PatientId(1), Acuity::Urgent, Contact::Review, NOW);
    assert_eq!(seen, Request::Started);
    assert_eq!(ed.clinician_free(Acuity::Urgent, NOW), None);
    assert_eq!(ed.next_space(NOW), None);
    ed.leave_space(Space::Cubicle, NOW);
    assert_eq!(ed.next_space(NOW), Some((PatientId(2), Space::Cubicle)));
}

#[test]
fn the_immediate_have_bays_and_the_first_call_on_cubicles() {
    let mut ed = department(1, 1);
    let give = |ed: &mut EmergencyDepartment, id, acuity| ed.request_space(PatientId(id), acuity, NOW);
    assert_eq!(give(&mut ed, 1, Acuity::Immediate), SpaceRequest::Given(Space::Bay));
    assert_eq!(give(&mut ed, 2, Acuity::Immediate), SpaceRequest::Given(Space::Cubicle));
    assert!(matches!(give(&mut ed, 3, Acuity::Urgent), SpaceRequest::Queued(_)));
    assert!(matches!(give(&mut ed, 4, Acuity::Immediate), SpaceRequest::Queued(_)));
    assert!(matches!(give(&mut ed, 5, Acuity::Immediate), SpaceRequest::Queued(_)));
    ed.leave_space(Space::Bay, NOW);
    assert_eq!(ed.next_space(NOW), Some((PatientId(4), Space::Bay)));
    assert_eq!(ed.next_space(NOW), None, "a bay is not for the urgent");
    ed.leave_space(Space::Cubicle, NOW);
    assert_eq!(ed.next_space(NOW), Some((PatientId(5), Space::Cubicle)));
}

#[test]
fn decisions_come_before_first_contacts_but_after_the_immediate() {
    let mut ed = department(0, 9);
    let ask = |ed: &mut EmergencyDepartment, id, acuity, contact| {
        ed.request_clinician(PatientId(id), acuity, contact, NOW)
    };
    ask(&mut ed, 1, Acuity::Urgent, Contact::Assessment);
    ask(&mut ed, 2, Acuity::VeryUrgent, Contact::Assessment);
    ask(&mut ed, 3, Acuity::Urgent, Contact::Review);
    ask(&mut ed, 4, Acuity::Immediate, Contact::Assessment);
    let order: Vec<u32> =
        (0..3).filter_map(|_| ed.clinician_free(Acuity::Urgent, NOW).map(|start| start.job.0)).collect();
    assert_eq!(order, [4, 3, 2]);
}

#[test]
fn a_patient_who_is_being_seen_does_not_leave_unseen() {
    let mut ed = department(0, 1);
    ed.request_clinician(PatientId(1), Acuity::Minor, Contact::Assessment, NOW);
    let Request::Queued(place) = ed.request_clinician(PatientId(2), Acuity::Minor, Contact::Assessment, NOW)
    else {
        panic!("the only clinician is busy");
    };
    assert_eq!(ed.clinician_free(Acuity::Minor, NOW).map(|start| start.job), Some(PatientId(2)));
    assert!(!ed.leave_unseen(Acuity::Minor, place, NOW));
}

fn exponential(dice: &mut Dice, mean_minutes: f64) -> Span {
    Span::from_minutes(-dice.uniform().ln() * mean_minutes)
}

/// |mean - expected| / standard error, over replications.
fn t_value(replications: &Tally, expected: f64) -> f64 {
    (replications.mean().unwrap() - expected).abs() / replications.standard_error().unwrap()
}

/// A door at which all come by ambulance and stay an exponential time in a cubicle.
struct Door {
    ed: EmergencyDepartment,
    dice: Dice,
    // arrival of each patient, while with the crew
    with_crew_since: Vec<Option<Time>>,
    in_cohort: Vec<bool>,
    crew_waits: Tally,
}

const BETWEEN_ARRIVALS: f64 = 12.0;
const IN_CUBICLE: f64 = 42.0;

#[derive(Clone, Copy)]
enum AtDoor {
    Arrives,
    Leaves,
}

impl Door {
    fn crew_goes(&mut self, patient: PatientId, now: Time) {
        if let Some(since) = self.with_crew_since[patient.0 as usize].take() {
            self.crew_waits.record(now.since(since).as_minutes());
        }
    }
}

impl Model for Door {
    type Event = AtDoor;

    fn handle(&mut self, event: AtDoor, schedule: &mut Schedule<AtDoor>) {
        let now = schedule.now();
        match event {
            AtDoor::Arrives => {
                schedule.after(exponential(&mut self.dice, BETWEEN_ARRIVALS), AtDoor::Arrives);
                let patient = PatientId(self.with_crew_since.len() as u32);
                self.with_crew_since.push(Some(now));
                self.in_cohort.push(false);
                if let SpaceRequest::Given(_) = self.ed.request_space(patient, Acuity::Urgent, now) {
                    self.crew_goes(patient, now);
                    schedule.after(exponential(&mut self.dice, IN_CUBICLE), AtDoor::Leaves);
                } else if self.ed.handover.try_cohort() {
                    self.in_cohort[patient.0 as usize] = true;
                    self.crew_goes(patient, now);
                } else {
                    let waits = &self.with_crew_since;
                    self.ed.handover.crew_waits(patient, 0, |other, _| waits[other.0 as usize].is_some());
                }
            }
            AtDoor::Leaves => {
                self.ed.leave_space(Space::Cubicle, now);
                let Some((patient, _)) = self.ed.next_space(now) else { return };
                schedule.after(exponential(&mut self.dice, IN_CUBICLE), AtDoor::Leaves);
                self.crew_goes(patient, now);
                if std::mem::take(&mut self.in_cohort[patient.0 as usize]) {
                    self.ed.handover.leave_cohort();
                    let waits = &self.with_crew_since;
                    let next = self.ed.handover.next_crew(|other, _| waits[other.0 as usize].is_some());
                    if let Some(next) = next {
                        assert!(self.ed.handover.try_cohort());
                        self.in_cohort[next.0 as usize] = true;
                        self.crew_goes(next, now);
                    }
                }
            }
        }
    }
}

/// M/M/c with c cubicles: a crew waits if all cubicles and all k cohort places are taken, so that the
/// mean wait of crews is rho^k times that without cohort places. Wait of patients is as before.
#[test]
fn cohort_places_shorten_the_wait_of_crews_as_m_m_c_says() {
    let (cubicles, places) = (4, 3);
    let mut replications = Tally::default();
    for r in 0..24 {
        let mut ed = department(0, cubicles);
        ed.handover.set_cohort_places(places);
        let door = Door {
            ed,
            dice: Stream::of_seed(4).at(r).dice(),
            with_crew_since: Vec::new(),
            in_cohort: Vec::new(),
            crew_waits: Tally::default(),
        };
        let mut simulation = Simulation::of(door);
        simulation.schedule.at(Time::ZERO, AtDoor::Arrives);
        simulation.run_until(Time::ZERO + Span::from_days(120.0)).unwrap();
        replications.record(simulation.model.crew_waits.mean().unwrap());
    }
    let exact = Mmc::new(1.0 / BETWEEN_ARRIVALS, IN_CUBICLE, cubicles).unwrap();
    let expected = exact.mean_wait() * exact.utilisation().powi(places as i32);
    let t = t_value(&replications, expected);
    assert!(t < 3.8, "t = {t} with 23 degrees of freedom: {replications:?} against {expected}");
    assert!(t_value(&replications, exact.mean_wait()) > 10.0, "the test can tell");
}

/// Same-day care that is open day and night is a loss system: refused are those of Erlang B, whatever
/// the law of the stay, and by Little's law its patients are those taken x their mean stay.
struct SameDay {
    care: SameDayCare,
    dice: Dice,
    stay: Distribution,
    offered: u32,
    refused: u32,
    patient_minutes: f64,
}

impl Model for SameDay {
    type Event = AtDoor;

    fn handle(&mut self, event: AtDoor, schedule: &mut Schedule<AtDoor>) {
        match event {
            AtDoor::Arrives => {
                schedule.after(exponential(&mut self.dice, 30.0), AtDoor::Arrives);
                self.offered += 1;
                if self.care.try_take(12.0) {
                    let stay = self.stay.sample(&mut self.dice);
                    self.patient_minutes += stay;
                    schedule.after(Span::from_minutes(stay), AtDoor::Leaves);
                } else {
                    self.refused += 1;
                }
            }
            AtDoor::Leaves => self.care.leave(),
        }
    }
}

#[test]
fn same_day_care_refuses_as_erlang_b_says() {
    let (places, days) = (8, 90.0);
    let (mut refused, mut level) = (Tally::default(), Tally::default());
    for r in 0..24 {
        let config =
            SameDayConfig { places, opens_hour: 0.0, last_arrival_hour: 24.0, ..SameDayConfig::none() };
        let model = SameDay {
            care: SameDayCare::new(config),
            dice: Stream::of_seed(5).at(r).dice(),
            stay: Distribution::lognormal(240.0, 120.0).unwrap(),
            offered: 0,
            refused: 0,
            patient_minutes: 0.0,
        };
        let mut simulation = Simulation::of(model);
        simulation.schedule.at(Time::ZERO, AtDoor::Arrives);
        simulation.run_until(Time::ZERO + Span::from_days(days)).unwrap();
        let model = &simulation.model;
        refused.record(f64::from(model.refused) / f64::from(model.offered));
        level.record(model.patient_minutes / (days * 24.0 * 60.0));
    }
    let blocked = erlang_b(8.0, places).unwrap();
    assert!(t_value(&refused, blocked) < 3.8, "{refused:?} against {blocked}");
    assert!(t_value(&level, 8.0 * (1.0 - blocked)) < 3.8, "{level:?}");
}
