//! From being found ready to leaving the bed.

use crate::care::PatientId;
use crate::care::discharge::Pathway;
use crate::engine::{Request, Turn};
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem, Hospital};
use crate::system::patient::{Purpose, Stage};
use crate::units::Span;

impl HealthSystem {
    pub(in crate::system) fn found_ready(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
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

    pub(in crate::system) fn arranged(&mut self, patient: PatientId, agenda: &mut Agenda) {
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

    pub(in crate::system) fn found_elsewhere(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        let care_system = self.hospitals[usize::from(record.hospital)].care_system;
        if let Some((pathway, care_system)) = record.pathway.supported_index().zip(care_system) {
            let services = &mut self.care_systems[usize::from(care_system)];
            if !record.has_place && services.leave_queue(pathway, record.place, agenda.now()) {
                self.may_leave(patient, agenda);
            }
        }
    }

    pub(in crate::system) fn give_places(&mut self, care_system: u16, pathway: u8, agenda: &mut Agenda) {
        let services = usize::from(care_system);
        while let Some(start) = self.care_systems[services].next_place(pathway.into(), agenda.now()) {
            self.patients[start.job].has_place = true;
            self.may_leave(start.job, agenda);
        }
    }

    /// Nothing but the hour keeps the patient in hospital.
    pub(in crate::system) fn may_leave(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let wards = &self.hospitals[usize::from(record.hospital)].wards;
        let at = wards.leaves_at(agenda.now(), self.calendar, &mut record.dice(Purpose::LeavingHour));
        agenda.at(at, Event::LeavesBed(patient));
    }

    pub(in crate::system) fn leaves_bed(&mut self, patient: PatientId, agenda: &mut Agenda) {
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
