//! The way between services, from the 999 call to the discharge lounge, from top to bottom.
//!
//! ```text
//! call -> crew -> scene -> hospital -> handover -> cubicle -> clinician -> decision
//!                    |                    ^                                  |   |
//!                  home        walk in ---+                               home  bed request (keeps the cubicle)
//!                                                                                |
//! elective list -> bed request ----------> bed <--- direct admission ------------+
//!                                           |
//!            home <- pathway 0 <- ready to leave -> pathway 1, 2, 3 -> place outside hospital
//!                                  (keeps the bed until gone)
//! ```
//!
//! What is held: a crew until handover and making ready; a cubicle until the move to the ward; a bed
//! until the patient has left and it has been cleaned; a place outside hospital for weeks.

use super::event::Event;
use super::health_system::{Agenda, HealthSystem, Hospital};
use super::patient::{Purpose, Stage};
use super::pressure::Valve;
use crate::care::PatientId;
use crate::care::ambulance::{Category, Outcome};
use crate::care::discharge::Pathway;
use crate::care::emergency::Acuity;
use crate::care::ward::{BedKind, BedRequest};
use crate::engine::{Model, Request, Turn};
use crate::random::{Dice, Distribution};
use crate::units::Span;

/// A crew that could not hand over asks again after this long whether a corridor place is free.
const CORRIDOR_RETRY: Span = Span::from_millis(15 * 60_000);

impl Model for HealthSystem {
    type Event = Event;

    #[inline]
    fn handle(&mut self, event: Event, agenda: &mut Agenda) {
        match event {
            Event::Incident { service, category } => self.incident(service, category, agenda),
            Event::CallCancelled(patient, stamp) => self.call_cancelled(patient, stamp, agenda),
            Event::CallEscalated(patient, stamp) => self.call_escalated(patient, stamp),
            Event::AtScene(patient) => self.at_scene(patient, agenda),
            Event::AtHospital(patient) => self.at_hospital(patient, agenda),
            Event::HandoverOverdue(patient, stamp) => self.handover_overdue(patient, stamp, agenda),
            Event::CrewClear { service } => {
                self.services[usize::from(service)].clear(agenda.now());
                self.dispatch_waiting(service, agenda);
            }
            Event::WalkIn { hospital } => self.walk_in(hospital, agenda),
            Event::InCubicle(patient) => self.ask_for_clinician(patient, agenda),
            Event::LosesPatience(patient, stamp) => self.loses_patience(patient, stamp, agenda),
            Event::Seen(patient) => self.seen(patient, agenda),
            Event::Decided(patient) => self.decided(patient, agenda),
            Event::DirectAdmission { hospital, is_child } => {
                self.direct_admission(hospital, is_child, agenda)
            }
            Event::OnWard(patient) => self.on_ward(patient, agenda),
            Event::CriticalCareOver(patient) => {
                self.request_bed(patient, BedKind::Adult, BedRequest::StepDown, agenda);
            }
            Event::VirtualWardReview(patient, stamp) => self.virtual_ward_review(patient, stamp, agenda),
            Event::VirtualWardOver(patient) => {
                self.hospital_of(patient).wards.leave_virtual();
                self.patients.discharge(patient);
            }
            Event::FoundReady(patient, stamp) => self.found_ready(patient, stamp, agenda),
            Event::Arranged(patient) => self.arranged(patient, agenda),
            Event::FoundElsewhere(patient, stamp) => self.found_elsewhere(patient, stamp, agenda),
            Event::LeavesBed(patient) => self.leaves_bed(patient, agenda),
            Event::BedReady { hospital, kind } => {
                self.hospitals[usize::from(hospital)].wards.bed_ready(kind, agenda.now());
                self.give_beds(hospital, kind, agenda);
            }
            Event::PlaceFree { care_system, pathway } => {
                self.care_systems[usize::from(care_system)].free(pathway.into(), agenda.now());
                self.give_places(care_system, pathway, agenda);
            }
            Event::ElectiveMorning => self.elective_morning(agenda),
            Event::ElectiveEvening => self.elective_evening(agenda),
            Event::Hour => self.hour(agenda),
            Event::BedCensus => self.bed_census(agenda),
            Event::ReadyCensus => self.ready_census(agenda),
            Event::Month => self.month_begins(agenda),
            Event::Change(position) => self.change(position, agenda),
        }
    }
}

/// Patience, of which nothing is known but a mean.
fn exponential(mean: f64, mut dice: Dice) -> f64 {
    -dice.uniform().ln() * mean
}

fn minutes(law: &Distribution, dice: &mut Dice) -> Span {
    Span::from_minutes(law.sample(dice))
}

// ---- the ambulance ---------------------------------------------------------------------------

impl HealthSystem {
    fn incident(&mut self, service: u16, category: Category, agenda: &mut Agenda) {
        let demand = &mut self.incidents[usize::from(service)][category.index()];
        let key = demand.person();
        if let Some(time) = demand.next() {
            agenda.in_turn(time, Turn::Arrival, Event::Incident { service, category });
        }
        let crews = &mut self.services[usize::from(service)];
        let month = &mut self.statistics.ambulance[self.month][usize::from(service)];
        month.incidents += 1;
        let closable = match category {
            Category::C2 => self.pressure.hear_and_treat_c2_relative,
            Category::C3 | Category::C4 => 1.0,
            Category::C1 | Category::Other => 0.0,
        };
        if closable > 0.0 {
            let rule = self.pressure.hear_and_treat;
            let share = closable * self.pressure.response(Valve::HearAndTreat, rule, crews.stack_per_unit());
            if key.dice(Purpose::ClosedByPhone as u64).happens(share) {
                month.closed_by_phone_under_load += 1;
                return;
            }
        }
        let patient = self.patients.admit(key, agenda.now(), Stage::WaitingForCrew);
        let record = &mut self.patients[patient];
        (record.service, record.category, record.by_ambulance) = (service, category, true);
        match crews.request(patient, category, agenda.now()) {
            Request::Started => self.dispatch(patient, agenda),
            Request::Queued(place) => {
                record.place = place;
                if !matches!(category, Category::C1 | Category::C2) {
                    let event = Event::CallEscalated(patient, record.stamp());
                    agenda.after(crews.config().escalates_after, event);
                }
                let may_cancel = category != Category::C1;
                if may_cancel && self.pressure.switches.is_on(Valve::CancelCall) {
                    let mean = self.pressure.cancel_call_hours[usize::from(category != Category::C2)];
                    let hours = exponential(mean, record.dice(Purpose::CancelsCall));
                    let event = Event::CallCancelled(patient, record.stamp());
                    agenda.in_turn(agenda.now() + Span::from_hours(hours), Turn::Abandonment, event);
                }
            }
        }
    }

    fn call_escalated(&mut self, patient: PatientId, stamp: u16) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        if record.stage == Stage::WaitingForCrew
            && let Some(place) = self.services[usize::from(record.service)].escalate(record.place)
        {
            self.patients[patient].place = place;
        }
    }

    /// The caller has waited too long. Whoever would have been taken to hospital is driven there by
    /// somebody else; the others stay at home.
    fn call_cancelled(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        let service = usize::from(record.service);
        let crews = &mut self.services[service];
        let is_waiting = record.stage == Stage::WaitingForCrew;
        if !is_waiting || !crews.close_waiting(record.place, agenda.now()) {
            return;
        }
        self.statistics.ambulance[self.month][service].cancelled_calls += 1;
        if crews.outcome(record.dice(Purpose::SceneOutcome).uniform()) == Outcome::ConveyedToEd {
            self.patients[patient].by_ambulance = false;
            self.reaches_department(patient);
            self.wait_in_department(patient, agenda);
        } else {
            self.patients.discharge(patient);
        }
    }

    pub(super) fn dispatch_waiting(&mut self, service: u16, agenda: &mut Agenda) {
        while let Some(start) = self.services[usize::from(service)].next_dispatch(agenda.now()) {
            self.dispatch(start.job, agenda);
        }
    }

    fn dispatch(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        record.stage = Stage::WithCrew;
        let crews = &self.services[usize::from(record.service)];
        agenda
            .after(crews.travel(record.category, &mut record.dice(Purpose::Travel)), Event::AtScene(patient));
    }

    fn at_scene(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let service = record.service;
        let crews = &self.services[usize::from(service)];
        let config = crews.config();
        let month = &mut self.statistics.ambulance[self.month][usize::from(service)];
        month.response(record.category, agenda.now().since(record.arrived));
        let outcome = crews.outcome(record.dice(Purpose::SceneOutcome).uniform());
        let scene = match outcome {
            Outcome::SeeAndTreat => &config.on_scene_treated_minutes,
            _ => &config.on_scene_conveyed_minutes,
        };
        let on_scene = minutes(scene, &mut record.dice(Purpose::OnScene));
        let on_the_road = || minutes(&config.to_hospital_minutes, &mut record.dice(Purpose::ToHospital));
        let handing_over =
            || minutes(&config.handover_process_minutes, &mut record.dice(Purpose::HandoverProcess));
        let making_ready = || minutes(&config.make_ready_minutes, &mut record.dice(Purpose::MakeReady));
        match outcome {
            Outcome::ConveyedToEd => {
                month.conveyed_to_ed += 1;
                agenda.after(on_scene + on_the_road(), Event::AtHospital(patient));
            }
            Outcome::ConveyedElsewhere => {
                month.conveyed_elsewhere += 1;
                let job = on_scene + on_the_road() + handing_over() + making_ready();
                agenda.after(job, Event::CrewClear { service });
                self.patients.discharge(patient);
            }
            Outcome::SeeAndTreat => {
                month.see_and_treat += 1;
                agenda.after(on_scene + making_ready(), Event::CrewClear { service });
                self.patients.discharge(patient);
            }
        }
    }

    fn at_hospital(&mut self, patient: PatientId, agenda: &mut Agenda) {
        self.reaches_department(patient);
        let now = agenda.now();
        let record = &mut self.patients[patient];
        (record.arrived, record.since, record.stage) = (now, now, Stage::WaitingToHandOver);
        if record.acuity == Acuity::Minor {
            self.hand_over(patient, agenda);
            return;
        }
        let stamp = record.stamp();
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        match ed.request_cubicle(patient, record.acuity, now) {
            Request::Started => self.give_cubicle(patient, agenda),
            Request::Queued(queue_place) => {
                record.place = queue_place;
                if self.pressure.switches.is_on(Valve::ReleaseToRespond) {
                    let overdue = self.pressure.release_to_respond_after;
                    agenda.after(overdue, Event::HandoverOverdue(patient, stamp));
                }
            }
        }
    }

    /// A patient who called 999 is at a hospital of the service's catchment: who are they?
    fn reaches_department(&mut self, patient: PatientId) {
        let record = &mut self.patients[patient];
        let catchment = &self.catchments[usize::from(record.service)];
        let draw = record.dice(Purpose::Hospital).uniform();
        let hospital = catchment.iter().find(|(_, cumulated)| draw < *cumulated).or(catchment.last());
        record.hospital = hospital.map_or(0, |(hospital, _)| *hospital);
        let crowding = |hospital: u16| self.hospitals[usize::from(hospital)].ed.waiting_per_cubicle();
        let is_diverted = record.by_ambulance && crowding(record.hospital) > self.pressure.divert_from;
        if is_diverted && self.pressure.switches.is_on(Valve::Divert) {
            let others = catchment.iter().map(|(hospital, _)| *hospital);
            let least = others.min_by(|a, b| crowding(*a).total_cmp(&crowding(*b)));
            record.hospital = least.unwrap_or(record.hospital);
        }
        let mix = &self.hospitals[usize::from(record.hospital)].case_mix;
        record.is_child = record.dice(Purpose::Age).happens(mix.ambulance_child_share);
        record.acuity = acuity(record.dice(Purpose::Acuity).uniform(), mix.ambulance_acuity);
        self.statistics.hospitals[self.month][usize::from(record.hospital)].attendances += 1;
    }

    fn handover_overdue(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let is_waiting = self
            .patients
            .if_present(patient, stamp)
            .is_some_and(|record| record.stage == Stage::WaitingToHandOver);
        if !is_waiting {
            return;
        }
        if self.hospital_of(patient).ed.try_corridor() {
            let hospital = self.patients[patient].hospital;
            self.count(hospital).released_to_corridor += 1;
            self.crew_hands_over(patient, agenda);
            self.patients[patient].stage = Stage::InCorridor;
        } else {
            agenda.after(CORRIDOR_RETRY, Event::HandoverOverdue(patient, stamp));
        }
    }

    /// The crew hands its patient over from now on; it is free after making ready.
    fn crew_hands_over(&mut self, patient: PatientId, agenda: &mut Agenda) -> Span {
        let record = &self.patients[patient];
        let (service, hospital) = (record.service, record.hospital);
        let config = self.services[usize::from(service)].config();
        let process = minutes(&config.handover_process_minutes, &mut record.dice(Purpose::HandoverProcess));
        let making_ready = minutes(&config.make_ready_minutes, &mut record.dice(Purpose::MakeReady));
        let handover = agenda.now().since(record.since) + process;
        self.count(hospital).handover(handover);
        agenda.after(process + making_ready, Event::CrewClear { service });
        process
    }

    fn hand_over(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let process = self.crew_hands_over(patient, agenda);
        let record = &mut self.patients[patient];
        record.stage = if record.acuity.needs_cubicle() { Stage::InCubicle } else { Stage::InMinors };
        agenda.after(process, Event::InCubicle(patient));
    }
}

// ---- the emergency department -----------------------------------------------------------------

fn acuity(draw: f64, [immediate, very_urgent, urgent]: [f64; 3]) -> Acuity {
    match draw {
        u if u < immediate => Acuity::Immediate,
        u if u < immediate + very_urgent => Acuity::VeryUrgent,
        u if u < immediate + very_urgent + urgent => Acuity::Urgent,
        _ => Acuity::Minor,
    }
}

impl HealthSystem {
    fn walk_in(&mut self, hospital: u16, agenda: &mut Agenda) {
        let place = &mut self.hospitals[usize::from(hospital)];
        let key = place.walk_ins.person();
        if let Some(time) = place.walk_ins.next() {
            agenda.in_turn(time, Turn::Arrival, Event::WalkIn { hospital });
        }
        let acuity = acuity(key.dice(Purpose::Acuity as u64).uniform(), place.case_mix.walk_in_acuity);
        let month = &mut self.statistics.hospitals[self.month][usize::from(hospital)];
        if acuity == Acuity::Minor {
            let crowding = place.ed.minors_waiting_per_clinician();
            let share = self.pressure.response(Valve::StayAway, self.pressure.stay_away, crowding);
            if key.dice(Purpose::StaysAway as u64).happens(share) {
                month.stayed_away += 1;
                return;
            }
        }
        month.attendances += 1;
        let is_child = key.dice(Purpose::Age as u64).happens(place.case_mix.child_share);
        let patient = self.patients.admit(key, agenda.now(), Stage::WaitingForCubicle);
        let record = &mut self.patients[patient];
        (record.hospital, record.acuity, record.is_child) = (hospital, acuity, is_child);
        self.wait_in_department(patient, agenda);
    }

    /// Somebody who came on their own waits for a cubicle or, with a minor problem, a clinician.
    fn wait_in_department(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        record.arrived = agenda.now();
        if record.acuity == Acuity::Minor {
            record.stage = Stage::InMinors;
            self.ask_for_clinician(patient, agenda);
            return;
        }
        record.stage = Stage::WaitingForCubicle;
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        match ed.request_cubicle(patient, record.acuity, agenda.now()) {
            Request::Started => self.give_cubicle(patient, agenda),
            Request::Queued(queue_place) => record.place = queue_place,
        }
    }

    /// A cubicle is given to the patient, wherever the patient waited for it.
    fn give_cubicle(&mut self, patient: PatientId, agenda: &mut Agenda) {
        match self.patients[patient].stage {
            Stage::WaitingToHandOver => self.hand_over(patient, agenda),
            stage => {
                if stage == Stage::InCorridor {
                    self.hospital_of(patient).ed.leave_corridor();
                }
                self.patients[patient].stage = Stage::InCubicle;
                self.ask_for_clinician(patient, agenda);
            }
        }
    }

    fn ask_for_clinician(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        match ed.request_clinician(patient, record.acuity, agenda.now()) {
            Request::Started => self.see(patient, agenda),
            Request::Queued(place) => {
                record.place = place;
                let may_leave = !record.by_ambulance && self.pressure.switches.is_on(Valve::LeaveUnseen);
                if may_leave && record.dice(Purpose::Impatience).happens(self.pressure.impatient_share) {
                    let minutes = exponential(self.pressure.patience_minutes, record.dice(Purpose::Patience));
                    let event = Event::LosesPatience(patient, record.stamp());
                    agenda.in_turn(agenda.now() + Span::from_minutes(minutes), Turn::Abandonment, event);
                }
            }
        }
    }

    fn loses_patience(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        let is_waiting = matches!(record.stage, Stage::InCubicle | Stage::InMinors);
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        if is_waiting && ed.leave_unseen(record.acuity, record.place, agenda.now()) {
            self.count(record.hospital).left_unseen += 1;
            self.leave_department(patient, agenda);
            self.patients.discharge(patient);
        }
    }

    fn see(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let config = self.hospitals[usize::from(record.hospital)].ed.config();
        let law = match record.acuity {
            Acuity::Minor => &config.minors_clinician_minutes,
            _ => &config.majors_clinician_minutes,
        };
        agenda.after(minutes(law, &mut record.dice(Purpose::ClinicianTime)), Event::Seen(patient));
    }

    fn seen(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let (hospital, acuity) = (record.hospital, record.acuity);
        let ed = &mut self.hospitals[usize::from(hospital)].ed;
        let law = match acuity {
            Acuity::Minor => &ed.config().minors_tests_minutes,
            _ => &ed.config().majors_tests_minutes,
        };
        agenda.after(minutes(law, &mut record.dice(Purpose::Tests)), Event::Decided(patient));
        ed.clinician_free(acuity, agenda.now());
        self.see_waiting(hospital, acuity, agenda);
    }

    pub(super) fn see_waiting(&mut self, hospital: u16, acuity: Acuity, agenda: &mut Agenda) {
        while let Some(start) = self.hospitals[usize::from(hospital)].ed.next_seen(acuity, agenda.now()) {
            self.see(start.job, agenda);
        }
    }

    fn decided(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        record.since = agenda.now();
        let mix = &self.hospitals[usize::from(record.hospital)].case_mix;
        let (admitted, overnight) = if record.is_child {
            (mix.child_admitted, mix.child_overnight)
        } else {
            (mix.adult_admitted[record.acuity as usize], mix.adult_overnight)
        };
        // one draw for both, so that whoever needs a bed at a smaller share needs it at a larger one
        let draw = record.dice(Purpose::Disposition).uniform();
        if draw >= admitted * overnight {
            let hospital = record.hospital;
            if draw < admitted {
                // same-day emergency care: admitted, but no bed for the night is needed
                self.count(hospital).admission(Span::ZERO);
            }
            self.leave_department(patient, agenda);
            self.patients.discharge(patient);
            return;
        }
        let is_critical = record.dice(Purpose::CriticalCare).happens(mix.critical_care);
        let wards = &self.hospitals[usize::from(record.hospital)].wards;
        let kind = match (record.is_child, is_critical) {
            (true, _) => BedKind::Paediatric,
            // a full unit does not make the critically ill wait: they are looked after elsewhere
            (_, true) if wards.has_free(BedKind::CriticalCare) => BedKind::CriticalCare,
            _ => BedKind::Adult,
        };
        record.stage = if record.acuity.needs_cubicle() { Stage::Boarding } else { Stage::OnChair };
        self.request_bed(patient, kind, BedRequest::Emergency, agenda);
    }

    /// Counts the departure and frees the cubicle, if the patient has one.
    fn leave_department(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let (hospital, has_cubicle) = (record.hospital, record.acuity.needs_cubicle());
        let since_arrival = agenda.now().since(record.arrived);
        self.count(hospital).departure(since_arrival);
        if has_cubicle {
            let now = agenda.now();
            self.hospitals[usize::from(hospital)].ed.leave_cubicle(now);
            while let Some(start) = self.hospitals[usize::from(hospital)].ed.next_cubicle(now) {
                self.give_cubicle(start.job, agenda);
            }
        }
    }
}

// ---- the wards --------------------------------------------------------------------------------

impl HealthSystem {
    fn direct_admission(&mut self, hospital: u16, is_child: bool, agenda: &mut Agenda) {
        let place = &mut self.hospitals[usize::from(hospital)];
        let demand = if is_child { &mut place.direct_children } else { &mut place.direct_adults };
        let key = demand.person();
        if let Some(time) = demand.next() {
            agenda.in_turn(time, Turn::Arrival, Event::DirectAdmission { hospital, is_child });
        }
        let patient = self.patients.admit(key, agenda.now(), Stage::WaitingForBed);
        let record = &mut self.patients[patient];
        (record.hospital, record.is_child) = (hospital, is_child);
        let kind = if is_child { BedKind::Paediatric } else { BedKind::Adult };
        self.request_bed(patient, kind, BedRequest::Emergency, agenda);
    }

    fn request_bed(&mut self, patient: PatientId, kind: BedKind, who: BedRequest, agenda: &mut Agenda) {
        let now = agenda.now();
        let hospital = &mut self.hospitals[usize::from(self.patients[patient].hospital)];
        match hospital.wards.request(patient, kind, who, now) {
            Request::Started => self.bed_given(patient, kind, agenda),
            Request::Queued(place) => {
                self.patients[patient].place = place;
                let outlies = kind == BedKind::Adult
                    && who == BedRequest::Emergency
                    && self.may_outlie(self.patients[patient].hospital);
                let wards = &mut self.hospital_of(patient).wards;
                if outlies && wards.try_take(BedKind::RingFenced, now) {
                    wards.withdraw(kind, place, now);
                    self.bed_given(patient, BedKind::RingFenced, agenda);
                }
            }
        }
    }

    fn may_outlie(&self, hospital: u16) -> bool {
        let boarders = self.hospitals[usize::from(hospital)].wards.boarders_per_bed();
        self.pressure.switches.is_on(Valve::OutlyingInRingFence) && boarders >= self.pressure.outlying_from
    }

    /// Gives the free beds of one kind to those who wait for them.
    pub(super) fn give_beds(&mut self, hospital: u16, kind: BedKind, agenda: &mut Agenda) {
        let now = agenda.now();
        let h = usize::from(hospital);
        if kind == BedKind::RingFenced {
            // nobody queues for the ring-fence itself: elective patients first, then outliers
            while self.hospitals[h].wards.has_free(kind) {
                let may_outlie = self.may_outlie(hospital);
                let wards = &mut self.hospitals[h].wards;
                let Some(patient) = wards.take_for_ring_fence(may_outlie, now) else { break };
                wards.try_take(kind, now);
                self.bed_given(patient, kind, agenda);
            }
            return;
        }
        while let Some(start) = self.hospitals[h].wards.next_bed(kind, now) {
            self.bed_given(start.job, kind, agenda);
        }
    }

    /// A bed is the patient's from now on, wherever the patient is.
    fn bed_given(&mut self, patient: PatientId, kind: BedKind, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        let hospital = record.hospital;
        match record.stage {
            Stage::Boarding | Stage::OnChair => {
                record.bed = kind;
                let law = &self.hospitals[usize::from(hospital)].wards.config().transfer_minutes;
                agenda.after(minutes(law, &mut record.dice(Purpose::Transfer)), Event::OnWard(patient));
            }
            Stage::WaitingForBed => {
                record.bed = kind;
                if let Some(clock) = record.clock {
                    let today = self.calendar.day(agenda.now()) as i32;
                    self.hospitals[usize::from(hospital)].elective.treated(clock, today);
                }
                self.lie_down(patient, agenda);
            }
            _ => {
                // stepping down: the critical-care bed was held until now
                self.free_bed(patient, agenda);
                self.patients[patient].bed = kind;
                self.lie_down(patient, agenda);
            }
        }
    }

    fn on_ward(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let (hospital, waited) = (record.hospital, agenda.now().since(record.since));
        self.count(hospital).admission(waited);
        self.leave_department(patient, agenda);
        self.lie_down(patient, agenda);
    }

    /// The stay begins.
    fn lie_down(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let now = agenda.now();
        let record = &mut self.patients[patient];
        record.stage = Stage::InBed;
        let hospital = &mut self.hospitals[usize::from(record.hospital)];
        hospital.wards.occupy(record.bed);
        let wards = &hospital.wards;
        let config = wards.config();
        if record.bed == BedKind::CriticalCare {
            let days = config.critical_care_days.sample(&mut record.dice(Purpose::CriticalStay));
            agenda.after(Span::from_days(days), Event::CriticalCareOver(patient));
            return;
        }
        let law = match (record.is_child, record.clock) {
            (true, _) => &config.paediatric_stay_days,
            (_, Some(_)) => &config.elective_stay_days,
            _ => &config.emergency_stay_days,
        };
        let rule = self.pressure.earlier_discharge;
        if record.is_child {
            // children go home when they are well, not after a ward round
            let stay = Span::from_days(law.sample(&mut record.dice(Purpose::Stay)));
            let event = Event::FoundReady(patient, record.stamp());
            agenda.after(stay, event);
            return;
        }
        let shortened = 1.0 - self.pressure.response(Valve::EarlierDischarge, rule, wards.boarders_per_bed());
        let stay = Span::from_days(law.sample(&mut record.dice(Purpose::Stay)) * shortened);
        let ready = wards.found_ready(now + stay, self.calendar, &mut record.dice(Purpose::WardRound));
        record.since = ready;
        let stamp = record.stamp();
        agenda.at(ready, Event::FoundReady(patient, stamp));
        let mix = &hospital.case_mix;
        let is_eligible =
            record.clock.is_none() && record.dice(Purpose::VirtualWard).happens(mix.virtual_ward_share);
        if is_eligible {
            let review = now + Span::from_days(stay.as_days() * mix.virtual_ward_after);
            agenda.at(review, Event::VirtualWardReview(patient, stamp));
        }
    }

    fn virtual_ward_review(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        let hospital = &mut self.hospitals[usize::from(record.hospital)];
        if record.stage != Stage::InBed || !hospital.wards.try_virtual_place() {
            return;
        }
        let saved = record.since.since(agenda.now()).as_days();
        let days = saved * hospital.case_mix.virtual_ward_days_per_day_saved;
        agenda.after(Span::from_days(days), Event::VirtualWardOver(patient));
        self.free_bed(patient, agenda);
        self.patients[patient].stage = Stage::OnVirtualWard;
    }

    /// The patient gets up; the bed is cleaned and then given to somebody else.
    fn free_bed(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let (hospital, kind) = (record.hospital, record.bed);
        let wards = &mut self.hospitals[usize::from(hospital)].wards;
        wards.vacate(kind);
        let hours = wards.config().turnaround_hours.sample(&mut record.dice(Purpose::Turnaround));
        agenda.after(Span::from_hours(hours), Event::BedReady { hospital, kind });
    }
}

// ---- discharge --------------------------------------------------------------------------------

impl HealthSystem {
    fn found_ready(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let is_in_bed =
            self.patients.if_present(patient, stamp).is_some_and(|record| record.stage == Stage::InBed);
        if !is_in_bed {
            return;
        }
        let record = &mut self.patients[patient];
        record.stage = Stage::ReadyToLeave;
        let hospital = &mut self.hospitals[usize::from(record.hospital)];
        hospital.ready_to_leave += 1;
        let mix = &hospital.case_mix;
        if record.is_child {
            agenda.after(Span::ZERO, Event::LeavesBed(patient));
            return;
        }
        record.pathway = if record.clock.is_some() {
            Pathway::P0
        } else {
            Pathway::from_draw(record.dice(Purpose::Pathway).uniform(), mix.pathway_shares)
        };
        let care_system = hospital.care_system.map(|c| self.care_systems[usize::from(c)].config());
        match record.pathway.supported_index().zip(care_system) {
            Some((pathway, config)) => {
                let days = config.arranging_days[pathway].sample(&mut record.dice(Purpose::Arranging));
                agenda.after(Span::from_days(days), Event::Arranged(patient));
            }
            None if record.dice(Purpose::ProcessDelay).happens(mix.process_delay_share) => {
                let days = mix.process_delay_days.sample(&mut record.dice(Purpose::Arranging));
                agenda.after(Span::from_days(days), Event::Arranged(patient));
            }
            None => self.may_leave(patient, agenda),
        }
    }

    fn arranged(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        let hospital = &self.hospitals[usize::from(record.hospital)];
        let Some((pathway, care_system)) = record.pathway.supported_index().zip(hospital.care_system) else {
            self.may_leave(patient, agenda);
            return;
        };
        let services = &mut self.care_systems[usize::from(care_system)];
        match services.request(patient, pathway, agenda.now()) {
            Request::Started => {
                record.has_place = true;
                self.may_leave(patient, agenda);
            }
            Request::Queued(place) => {
                record.place = place;
                let law = &services.config().found_elsewhere_days[pathway];
                let days = law.sample(&mut record.dice(Purpose::FoundElsewhere));
                let at = agenda.now() + Span::from_days(days);
                agenda.in_turn(at, Turn::Abandonment, Event::FoundElsewhere(patient, record.stamp()));
            }
        }
    }

    fn found_elsewhere(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        let care_system = self.hospitals[usize::from(record.hospital)].care_system;
        if let Some((pathway, care_system)) = record.pathway.supported_index().zip(care_system) {
            let services = &mut self.care_systems[usize::from(care_system)];
            if !record.has_place && services.leave_queue(pathway, record.place, agenda.now()) {
                self.may_leave(patient, agenda);
            }
        }
    }

    pub(super) fn give_places(&mut self, care_system: u16, pathway: u8, agenda: &mut Agenda) {
        let services = usize::from(care_system);
        while let Some(start) = self.care_systems[services].next_place(pathway.into(), agenda.now()) {
            self.patients[start.job].has_place = true;
            self.may_leave(start.job, agenda);
        }
    }

    /// Nothing but the hour keeps the patient in hospital.
    fn may_leave(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let wards = &self.hospitals[usize::from(record.hospital)].wards;
        let at = wards.leaves_at(agenda.now(), self.calendar, &mut record.dice(Purpose::LeavingHour));
        agenda.at(at, Event::LeavesBed(patient));
    }

    fn leaves_bed(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let hospital: &mut Hospital = self.hospital_of(patient);
        hospital.ready_to_leave -= 1;
        hospital.left_today += 1;
        self.free_bed(patient, agenda);
        let record = &self.patients[patient];
        let care_system = self.hospitals[usize::from(record.hospital)].care_system;
        if let Some((pathway, care_system)) = record.pathway.supported_index().zip(care_system)
            && record.has_place
        {
            let law = &self.care_systems[usize::from(care_system)].config().days_in_place[pathway];
            let days = law.sample(&mut record.dice(Purpose::DaysInPlace));
            agenda.after(Span::from_days(days), Event::PlaceFree { care_system, pathway: pathway as u8 });
        }
        self.patients.discharge(patient);
    }
}

// ---- elective surgery -------------------------------------------------------------------------

impl HealthSystem {
    fn elective_morning(&mut self, agenda: &mut Agenda) {
        let now = agenda.now();
        agenda.after(Span::DAY, Event::ElectiveMorning);
        if self.calendar.weekday(now) >= 5 {
            return;
        }
        let today = self.calendar.day(now) as i32;
        let mut called_in = Vec::new();
        for hospital in 0..self.hospitals.len() {
            let elective = &mut self.hospitals[hospital].elective;
            elective.weekday(today, self.month, |patient| called_in.push(patient.clock));
            for clock in called_in.drain(..) {
                let key = self.hospitals[hospital].elective.person(clock);
                let patient = self.patients.admit(key, now, Stage::WaitingForBed);
                let record = &mut self.patients[patient];
                (record.hospital, record.clock) = (hospital as u16, Some(clock));
                if self.hospitals[hospital].wards.try_take(BedKind::RingFenced, now) {
                    self.bed_given(patient, BedKind::RingFenced, agenda);
                } else {
                    self.request_bed(patient, BedKind::Adult, BedRequest::Elective, agenda);
                }
            }
        }
    }

    /// No bed by the evening: the operation is cancelled and the clock runs on.
    fn elective_evening(&mut self, agenda: &mut Agenda) {
        agenda.after(Span::DAY, Event::ElectiveEvening);
        for hospital in &mut self.hospitals {
            while let Some(patient) = hospital.wards.cancel_elective(agenda.now()) {
                if let Some(clock) = self.patients[patient].clock {
                    hospital.elective.cancelled(clock);
                }
                self.patients.discharge(patient);
            }
        }
    }
}
