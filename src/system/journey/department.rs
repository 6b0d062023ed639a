//! Through the emergency department: bay or cubicle, clinician, tests, decision.

use super::streams::admission;
use super::{exponential, minutes};
use crate::care::PatientId;
use crate::care::emergency::{Acuity, Contact, Space, SpaceRequest};
use crate::care::ward::{BedKind, BedRequest};
use crate::engine::{Place, Request, Turn};
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::system::patient::{Patient, Purpose, Stage};
use crate::system::pressure::Valve;
use crate::system::statistics::Departure;
use crate::units::Span;

pub(super) fn acuity(draw: f64, [immediate, very_urgent, urgent]: [f64; 3]) -> Acuity {
    match draw {
        u if u < immediate => Acuity::Immediate,
        u if u < immediate + very_urgent => Acuity::VeryUrgent,
        u if u < immediate + very_urgent + urgent => Acuity::Urgent,
        _ => Acuity::Minor,
    }
}

impl HealthSystem {
    pub(in crate::system) fn walk_in(&mut self, hospital: u16, agenda: &mut Agenda) {
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
        let is_child = key.dice(Purpose::Age as u64).happens(place.case_mix.child_share);
        let is_minor = acuity == Acuity::Minor;
        if is_minor && self.is_sent_to_urgent_treatment(hospital, key, is_child, agenda.now()) {
            self.count(hospital).sent_to_urgent_treatment += 1;
            self.enter_urgent_treatment(hospital, key, agenda);
            return;
        }
        self.count(hospital).attendances += 1;
        let patient = self.patients.admit(key, agenda.now(), Stage::WaitingForCubicle);
        let record = &mut self.patients[patient];
        (record.hospital, record.acuity, record.is_child) = (hospital, acuity, is_child);
        self.wait_in_department(patient, agenda);
    }

    /// Somebody who came on their own waits for a cubicle or, with a minor problem, a clinician.
    pub(in crate::system) fn wait_in_department(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        record.arrived = agenda.now();
        if record.acuity == Acuity::Minor {
            record.stage = Stage::InMinors;
            self.ask_for_clinician(patient, agenda);
            return;
        }
        record.stage = Stage::WaitingForCubicle;
        if self.goes_to_same_day_care(patient, Span::ZERO, agenda) {
            return;
        }
        let record = &mut self.patients[patient];
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        match ed.request_space(patient, record.acuity, agenda.now()) {
            SpaceRequest::Given(space) => self.give_space(patient, space, agenda),
            SpaceRequest::Queued(queue_place) => {
                record.place = queue_place;
                self.may_lose_patience(patient, agenda);
            }
        }
    }

    /// Some of those who came on their own leave if they have not been seen for too long after they came. Whoever will
    /// be admitted is too ill for that: shares admitted are set such that admissions are those published.
    fn may_lose_patience(&self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        // whoever has waited for a cubicle may be leaving already
        let may_leave = !record.by_ambulance && record.arrived == agenda.now();
        if may_leave
            && self.pressure.switches.is_on(Valve::LeaveUnseen)
            && record.dice(Purpose::Impatience).happens(self.pressure.impatient_share)
            && !self.is_admitted(record)
        {
            let minutes = exponential(self.pressure.patience_minutes, record.dice(Purpose::Patience));
            let event = Event::LosesPatience(patient, record.stamp());
            agenda.in_turn(agenda.now() + Span::from_minutes(minutes), Turn::Abandonment, event);
        }
    }

    /// A bay or cubicle is given to the patient, wherever the patient waited for it.
    fn give_space(&mut self, patient: PatientId, space: Space, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        record.space = space;
        let (stage, hospital) = (record.stage, record.hospital);
        if stage == Stage::WaitingToHandOver {
            self.leaves_door(patient);
            self.hand_over(patient, agenda);
            return;
        }
        record.stage = Stage::InCubicle;
        let places = &mut self.hospitals[usize::from(hospital)].ed.handover;
        match stage {
            Stage::InCorridor => places.leave_corridor(),
            Stage::InCohort => {
                places.leave_cohort();
                self.fill_cohort_places(hospital, agenda);
            }
            _ => {}
        }
        self.ask_for_clinician(patient, agenda);
    }

    pub(in crate::system) fn ask_for_clinician(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        match ed.request_clinician(patient, record.acuity, Contact::Assessment, agenda.now()) {
            Request::Started => {
                // whoever waited for a cubicle has a place of that queue, which is none of this one
                record.place = Place::NOWHERE;
                self.see(patient, agenda);
            }
            Request::Queued(place) => {
                record.place = place;
                self.may_lose_patience(patient, agenda);
            }
        }
    }

    pub(in crate::system) fn loses_patience(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        let now = agenda.now();
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        match record.stage {
            Stage::WaitingForCubicle if ed.leave_queue_for_space(record.place, now) => {
                self.count(record.hospital).departure(now.since(record.arrived), Departure::LeftUnseen);
            }
            Stage::InCubicle | Stage::InMinors if ed.leave_unseen(record.acuity, record.place, now) => {
                self.leave_department(patient, Departure::LeftUnseen, agenda);
            }
            _ => return,
        }
        self.count(record.hospital).left_unseen += 1;
        self.patients.discharge(patient);
    }

    /// A clinician begins the first or the last contact.
    fn see(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let config = self.hospitals[usize::from(record.hospital)].ed.config();
        if record.stage == Stage::InTreatment {
            let law = &config.majors_review_minutes;
            agenda.after(minutes(law, &mut record.dice(Purpose::Review)), Event::Seen(patient));
            return;
        }
        let law = match record.acuity {
            Acuity::Minor => &config.minors_clinician_minutes,
            _ => &config.majors_assessment_minutes,
        };
        agenda.after(minutes(law, &mut record.dice(Purpose::ClinicianTime)), Event::Seen(patient));
    }

    /// A contact is over: tests and treatment follow the first, the decision follows the last.
    pub(in crate::system) fn seen(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        let (hospital, acuity, stage) = (record.hospital, record.acuity, record.stage);
        let ed = &mut self.hospitals[usize::from(hospital)].ed;
        let config = ed.config();
        let tests = |law| minutes(law, &mut record.dice(Purpose::Tests));
        if acuity == Acuity::Minor {
            agenda.after(tests(&config.minors_tests_minutes), Event::Decided(patient));
        } else if stage == Stage::InCubicle {
            let is_reviewed = config.majors_review_minutes.mean() > 0.0;
            let next = if is_reviewed { Event::Tested(patient) } else { Event::Decided(patient) };
            agenda.after(tests(&config.majors_tests_minutes), next);
            record.stage = Stage::InTreatment;
        } else {
            self.decided(patient, agenda);
        }
        let ed = &mut self.hospitals[usize::from(hospital)].ed;
        if let Some(next) = ed.clinician_free(acuity, agenda.now()) {
            self.see(next.job, agenda);
        }
    }

    /// The results are there; the clinician is asked to decide.
    pub(in crate::system) fn tested(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        match ed.request_clinician(patient, record.acuity, Contact::Review, agenda.now()) {
            Request::Started => self.see(patient, agenda),
            Request::Queued(place) => record.place = place,
        }
    }

    /// Clinicians who have come on duty see those who wait.
    pub(in crate::system) fn see_waiting(&mut self, hospital: u16, acuity: Acuity, agenda: &mut Agenda) {
        while let Some(start) = self.hospitals[usize::from(hospital)].ed.next_seen(acuity, agenda.now()) {
            self.see(start.job, agenda);
        }
    }

    /// Whether the patient will be admitted, as it will be decided if that is this month.
    fn is_admitted(&self, record: &Patient) -> bool {
        let mix = &self.hospitals[usize::from(record.hospital)].case_mix;
        let (admitted, _) = admission(mix, self.month, record.is_child, record.acuity);
        record.dice(Purpose::Disposition).uniform() < admitted
    }

    pub(in crate::system) fn decided(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        record.since = agenda.now();
        let mix = &self.hospitals[usize::from(record.hospital)].case_mix;
        let (admitted, overnight) = admission(mix, self.month, record.is_child, record.acuity);
        // one draw for both, so that whoever needs a bed at a smaller share needs it at a larger one
        let draw = record.dice(Purpose::Disposition).uniform();
        if draw >= admitted * overnight {
            let hospital = record.hospital;
            let mut outcome = Departure::Discharged;
            if draw < admitted {
                // admitted for hours: no bed for the night is needed
                self.count(hospital).admission(Span::ZERO);
                outcome = Departure::Admitted;
            }
            self.leave_department(patient, outcome, agenda);
            self.patients.discharge(patient);
            return;
        }
        let is_critical = record.dice(Purpose::CriticalCare).happens(mix.critical_care);
        let wards = &self.hospitals[usize::from(record.hospital)].wards;
        let kind = match (record.is_child, is_critical) {
            (true, _) => BedKind::Paediatric,
            // a full unit does not make the critically ill wait: they are looked after elsewhere
            (_, true) if wards.has_free(BedKind::CriticalCare) => BedKind::CriticalCare,
            _ => self.own_ward(patient),
        };
        let record = &mut self.patients[patient];
        record.stage = if record.acuity.needs_cubicle() { Stage::Boarding } else { Stage::OnChair };
        self.request_bed(patient, kind, BedRequest::Emergency, agenda);
    }

    /// Counts the departure and frees bay or cubicle, if the patient has one.
    pub(in crate::system) fn leave_department(
        &mut self,
        patient: PatientId,
        outcome: Departure,
        agenda: &mut Agenda,
    ) {
        let record = &self.patients[patient];
        let (hospital, space, now) = (record.hospital, record.space, agenda.now());
        let needs_cubicle = record.acuity.needs_cubicle();
        let since_arrival = now.since(record.arrived);
        self.count(hospital).departure(since_arrival, outcome);
        if needs_cubicle {
            self.hospitals[usize::from(hospital)].ed.leave_space(space, now);
            while let Some((next, space)) = self.hospitals[usize::from(hospital)].ed.next_space(now) {
                self.give_space(next, space, agenda);
            }
        }
    }
}
