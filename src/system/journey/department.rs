//! Through the emergency department: cubicle, clinician, tests, decision.

use super::{exponential, minutes};
use crate::care::PatientId;
use crate::care::emergency::Acuity;
use crate::care::ward::{BedKind, BedRequest};
use crate::engine::{Request, Turn};
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::system::patient::{Purpose, Stage};
use crate::system::pressure::Valve;
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
        month.attendances += 1;
        let is_child = key.dice(Purpose::Age as u64).happens(place.case_mix.child_share);
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
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        match ed.request_cubicle(patient, record.acuity, agenda.now()) {
            Request::Started => self.give_cubicle(patient, agenda),
            Request::Queued(queue_place) => record.place = queue_place,
        }
    }

    /// A cubicle is given to the patient, wherever the patient waited for it.
    pub(in crate::system) fn give_cubicle(&mut self, patient: PatientId, agenda: &mut Agenda) {
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

    pub(in crate::system) fn ask_for_clinician(&mut self, patient: PatientId, agenda: &mut Agenda) {
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

    pub(in crate::system) fn loses_patience(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        let is_waiting = matches!(record.stage, Stage::InCubicle | Stage::InMinors);
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        if is_waiting && ed.leave_unseen(record.acuity, record.place, agenda.now()) {
            self.count(record.hospital).left_unseen += 1;
            self.leave_department(patient, agenda);
            self.patients.discharge(patient);
        }
    }

    pub(in crate::system) fn see(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let config = self.hospitals[usize::from(record.hospital)].ed.config();
        let law = match record.acuity {
            Acuity::Minor => &config.minors_clinician_minutes,
            _ => &config.majors_clinician_minutes,
        };
        agenda.after(minutes(law, &mut record.dice(Purpose::ClinicianTime)), Event::Seen(patient));
    }

    pub(in crate::system) fn seen(&mut self, patient: PatientId, agenda: &mut Agenda) {
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

    pub(in crate::system) fn see_waiting(&mut self, hospital: u16, acuity: Acuity, agenda: &mut Agenda) {
        while let Some(start) = self.hospitals[usize::from(hospital)].ed.next_seen(acuity, agenda.now()) {
            self.see(start.job, agenda);
        }
    }

    pub(in crate::system) fn decided(&mut self, patient: PatientId, agenda: &mut Agenda) {
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
            _ => self.own_ward(patient),
        };
        let record = &mut self.patients[patient];
        record.stage = if record.acuity.needs_cubicle() { Stage::Boarding } else { Stage::OnChair };
        self.request_bed(patient, kind, BedRequest::Emergency, agenda);
    }

    /// Counts the departure and frees the cubicle, if the patient has one.
    pub(in crate::system) fn leave_department(&mut self, patient: PatientId, agenda: &mut Agenda) {
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
