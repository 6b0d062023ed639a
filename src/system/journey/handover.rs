//! At the hospital door: which hospital, waiting to hand over, corridor, handover.

use super::department::acuity;
use super::minutes;
use crate::care::PatientId;
use crate::care::emergency::Acuity;
use crate::engine::Request;
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::system::patient::{Purpose, Stage};
use crate::system::pressure::Valve;
use crate::units::Span;

/// A crew that could not hand over asks again after this long whether a corridor place is free.
const CORRIDOR_RETRY: Span = Span::from_millis(15 * 60_000);

impl HealthSystem {
    pub(in crate::system) fn at_hospital(&mut self, patient: PatientId, agenda: &mut Agenda) {
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
    pub(in crate::system) fn reaches_department(&mut self, patient: PatientId) {
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

    pub(in crate::system) fn handover_overdue(
        &mut self,
        patient: PatientId,
        stamp: u16,
        agenda: &mut Agenda,
    ) {
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
    pub(in crate::system) fn crew_hands_over(&mut self, patient: PatientId, agenda: &mut Agenda) -> Span {
        let record = &self.patients[patient];
        let hospital = record.hospital;
        let config = self.services[usize::from(record.service)].config();
        let process = minutes(&config.handover_process_minutes, &mut record.dice(Purpose::HandoverProcess));
        let making_ready = minutes(&config.make_ready_minutes, &mut record.dice(Purpose::MakeReady));
        let handover = agenda.now().since(record.since) + process;
        self.count(hospital).handover(handover);
        self.crew_leaves_hospital(patient, process, making_ready, agenda);
        process
    }

    pub(in crate::system) fn hand_over(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let process = self.crew_hands_over(patient, agenda);
        let record = &mut self.patients[patient];
        record.stage = if record.acuity.needs_cubicle() { Stage::InCubicle } else { Stage::InMinors };
        agenda.after(process, Event::InCubicle(patient));
    }
}
