//! Two stations with blocking after service: ED bays and ward beds, with boarding (flow2-01).

use super::statistics::{Followed, Window, assert_agreement, follow_to_the_end, hours, replicate};
use nhs_capacity::engine::{Model, Pool, Request, Schedule, Simulation, Turn};
use nhs_capacity::random::{Distribution, Stream};
use nhs_capacity::theory::BlockingFlow;
use nhs_capacity::units::{Span, Time};

const FLOW: BlockingFlow = BlockingFlow {
    calls: 0.0,
    crews: 0,
    mean_job: 1.0,
    call_queue: 0,
    walk_ins: 3.0,
    waiting_room: 6,
    bays: 5,
    mean_treatment: 1.2,
    admitted: 0.35,
    beds: 10,
    mean_stay: 9.0,
    electives: 0.0,
    to_community: 0.0,
    places: None,
    mean_community: 1.0,
};

const GAP: u64 = 0;
const TREATMENT: u64 = 1;
const ADMISSION: u64 = 2;
const STAY: u64 = 3;

#[derive(Clone, Copy, Debug)]
struct Patient {
    number: u64,
    is_in_cohort: bool,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Arrival,
    TreatmentEnds(Patient),
    StayEnds,
}

/// Of the patients who arrived in the window.
#[derive(Clone, Copy, Debug, Default)]
struct Cohort {
    arrived: u64,
    lost: u64,
    left_bay: u64,
    waited: Span,
    needed_bed: u64,
    boarded: u64,
    boarding: Span,
}

struct Hospital {
    bays: Pool<Patient>,
    ward: Pool<Patient>,
    arrived: u64,
    cohort: Cohort,
    window: Window,
    stream: Stream,
}

impl Hospital {
    fn exponential(&self, number: u64, purpose: u64, mean: f64) -> Span {
        let law = Distribution::exponential(mean).unwrap();
        hours(law.sample(&mut self.stream.person(number).dice(purpose)))
    }

    fn arrive(&mut self, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let patient = Patient { number: self.arrived, is_in_cohort: self.window.holds(now) };
        self.arrived += 1;
        let gap = self.exponential(self.arrived, GAP, 1.0 / FLOW.walk_ins);
        schedule.in_turn(now + gap, Turn::Arrival, Event::Arrival);
        self.cohort.arrived += u64::from(patient.is_in_cohort);
        match self.bays.request(patient, 0, now) {
            Request::Started => self.treat(patient, Span::ZERO, schedule),
            Request::Queued(place) if self.bays.queue().len() > FLOW.waiting_room as usize => {
                self.bays.withdraw(place, now).unwrap();
                self.cohort.lost += u64::from(patient.is_in_cohort);
            }
            Request::Queued(_) => {}
        }
    }

    fn treat(&mut self, patient: Patient, waited: Span, schedule: &mut Schedule<Event>) {
        if patient.is_in_cohort {
            self.cohort.waited = self.cohort.waited + waited;
        }
        let treatment = self.exponential(patient.number, TREATMENT, FLOW.mean_treatment);
        schedule.after(treatment, Event::TreatmentEnds(patient));
    }

    fn decide(&mut self, patient: Patient, schedule: &mut Schedule<Event>) {
        if !self.stream.person(patient.number).dice(ADMISSION).happens(FLOW.admitted) {
            return self.leave_bay(patient, schedule);
        }
        self.cohort.needed_bed += u64::from(patient.is_in_cohort);
        match self.ward.request(patient, 0, schedule.now()) {
            Request::Started => self.admit(patient, schedule),
            Request::Queued(_) => self.cohort.boarded += u64::from(patient.is_in_cohort),
        }
    }

    fn admit(&mut self, patient: Patient, schedule: &mut Schedule<Event>) {
        schedule.after(self.exponential(patient.number, STAY, FLOW.mean_stay), Event::StayEnds);
        self.leave_bay(patient, schedule);
    }

    fn leave_bay(&mut self, patient: Patient, schedule: &mut Schedule<Event>) {
        self.cohort.left_bay += u64::from(patient.is_in_cohort);
        self.bays.release(schedule.now());
        while let Some(next) = self.bays.start_next(schedule.now()) {
            self.treat(next.job, next.waited, schedule);
        }
    }

    fn discharge(&mut self, schedule: &mut Schedule<Event>) {
        self.ward.release(schedule.now());
        while let Some(next) = self.ward.start_next(schedule.now()) {
            if next.job.is_in_cohort {
                self.cohort.boarding = self.cohort.boarding + next.waited;
            }
            self.admit(next.job, schedule);
        }
    }
}

impl Model for Hospital {
    type Event = Event;

    fn handle(&mut self, event: Event, schedule: &mut Schedule<Event>) {
        match event {
            Event::Arrival => self.arrive(schedule),
            Event::TreatmentEnds(patient) => self.decide(patient, schedule),
            Event::StayEnds => self.discharge(schedule),
        }
        assert!(self.bays.busy() <= FLOW.bays && self.ward.busy() <= FLOW.beds);
        // whoever boards holds a bay
        assert!(self.ward.queue().len() as u32 <= self.bays.busy());
    }
}

impl Followed for Hospital {
    fn unfinished(&self) -> u64 {
        self.cohort.arrived - self.cohort.lost - self.cohort.left_bay
    }
}

#[test]
fn boarding_matches_the_chain_with_blocking_after_service() {
    let exact = FLOW.solve().unwrap();
    let window = Window::after(540.0, 15_000.0);
    let runs = replicate(20, |stream| {
        let mut simulation = Simulation::of(Hospital {
            bays: Pool::new(FLOW.bays, 1),
            ward: Pool::new(FLOW.beds, 1),
            arrived: 0,
            cohort: Cohort::default(),
            window,
            stream,
        });
        simulation.schedule.in_turn(Time::ZERO, Turn::Arrival, Event::Arrival);
        let areas = |hospital: &Hospital, now| {
            [hospital.ward.waiting_time(now), hospital.ward.busy_time(now)].map(|area| area as f64)
        };
        simulation.run_until(window.from).unwrap();
        let before = areas(&simulation.model, window.from);
        simulation.run_until(window.to).unwrap();
        let after = areas(&simulation.model, window.to);
        follow_to_the_end(&mut simulation, window);
        let Cohort { arrived, lost, waited, needed_bed, boarded, boarding, .. } = simulation.model.cohort;
        [
            lost as f64 / arrived as f64,
            waited.as_hours() / (arrived - lost) as f64,
            boarding.as_hours() / needed_bed as f64,
            boarded as f64 / needed_bed as f64,
            (after[0] - before[0]) / window.millis(),
            (after[1] - before[1]) / window.millis() / f64::from(FLOW.beds),
        ]
    });
    assert_agreement(
        &runs,
        [
            ("walk-ins lost", exact.prob_walk_in_lost),
            ("mean wait for a bay", exact.mean_walk_in_wait),
            ("mean time boarding", exact.mean_boarding_time),
            ("share who board", exact.prob_boards),
            ("mean number boarding", exact.mean_boarding),
            ("ward occupancy", exact.ward_occupancy),
        ],
    );
}
