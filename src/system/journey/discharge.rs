//! From being found ready to leaving the bed, and to what comes after it.

use crate::care::PatientId;
use crate::care::discharge::Pathway;
use crate::care::ward::BedRequest;
use crate::engine::{Request, Turn};
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem, Hospital};
use crate::system::patient::{Purpose, Stage};
use crate::system::pressure::Valve;
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
            hospital.ready_by_pathway[Pathway::P0 as usize] += 1;
            agenda.after(Span::ZERO, Event::LeavesBed(patient));
            return;
        }
        record.pathway = if record.clock.is_some() { Pathway::P0 } else { mix.pathway(record) };
        hospital.ready_by_pathway[record.pathway as usize] += 1;
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
            None => self.leaves_now(patient, agenda),
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
                self.care_found(patient, agenda);
            }
            Request::Queued(place) => {
                record.place = place;
                if !self.pressure.switches.is_on(Valve::CareFoundElsewhere) {
                    return;
                }
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
                self.care_found(patient, agenda);
            }
        }
    }

    pub(in crate::system) fn give_places(&mut self, care_system: u16, pathway: u8, agenda: &mut Agenda) {
        let services = usize::from(care_system);
        while let Some(start) = self.care_systems[services].next_place(pathway.into(), agenda.now()) {
            self.patients[start.job].has_place = true;
            self.care_found(start.job, agenda);
        }
    }

    /// Whoever waited for care outside hospital goes to it: from a hospital bed, or from a community bed.
    fn care_found(&mut self, patient: PatientId, agenda: &mut Agenda) {
        if self.patients[patient].stage == Stage::InCommunityBed {
            self.leaves_community_bed(patient, agenda);
        } else {
            self.may_leave(patient, agenda);
        }
    }

    /// Found ready and held up by nothing: only the hour is awaited.
    fn leaves_now(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let wards = &self.hospitals[usize::from(record.hospital)].wards;
        let at = wards.leaves_at(agenda.now(), self.calendar, &mut record.dice(Purpose::LeavingHour));
        agenda.at(at, Event::LeavesBed(patient));
    }

    /// Nothing but the day and the hour keeps the patient in hospital any more.
    pub(in crate::system) fn may_leave(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let wards = &self.hospitals[usize::from(record.hospital)].wards;
        let dice = &mut record.dice(Purpose::LeavingHour);
        let at = wards.leaves_after_delay(agenda.now(), self.calendar, dice);
        agenda.at(at, Event::LeavesBed(patient));
    }

    pub(in crate::system) fn leaves_bed(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let is_before_17 = self.calendar.hour_of_day(agenda.now()) < 17;
        let is_weekend = self.calendar.weekday(agenda.now()) >= 5;
        let record = &self.patients[patient];
        let (pathway, is_child) = (record.pathway, record.is_child);
        let is_emergency = !is_child && record.clock.is_none();
        let number = record.hospital;
        let hospital: &mut Hospital = self.hospital_of(patient);
        hospital.ready_to_leave -= 1;
        hospital.ready_by_pathway[pathway as usize] -= 1;
        // the published count is of adults
        hospital.left_today += u32::from(!is_child);
        let month = self.count(number);
        month.left_bed += u64::from(!is_child);
        month.left_bed_by_17 += u64::from(is_before_17 && !is_child);
        month.left_bed_at_weekend += u64::from(is_weekend && !is_child);
        if is_emergency {
            self.counts_as_left(patient, agenda);
        }
        self.free_bed(patient, agenda);
        let care_system = self.hospitals[usize::from(number)].care_system;
        match (pathway.supported_index(), care_system) {
            (Some(Pathway::COMMUNITY_BED), Some(care_system)) if self.patients[patient].has_place => {
                self.enters_community_bed(patient, care_system, agenda);
            }
            _ => {
                self.fills_place(patient, Purpose::DaysInPlace, agenda);
                self.goes_home(patient, agenda);
            }
        }
    }

    /// The place that the patient has, if any, falls free in due course; of home care, visit by visit.
    fn fills_place(&mut self, patient: PatientId, draw: Purpose, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let care_system = self.hospitals[usize::from(record.hospital)].care_system;
        let Some((index, care_system)) = record.pathway.supported_index().zip(care_system) else { return };
        if !record.has_place {
            return;
        }
        let config = self.care_systems[usize::from(care_system)].config();
        let days = config.days_in_place[index].sample(&mut record.dice(draw));
        let event = Event::PlaceFree { care_system, pathway: index as u8 };
        if index == Pathway::HOME_CARE {
            config.taper.parts().for_each(|part| agenda.after(Span::from_days(days * part), event));
        } else {
            agenda.after(Span::from_days(days), event);
        }
    }

    /// Who goes home from a community bed without new support frees it when the stay is over; the
    /// others keep it until the care they go on to is there.
    pub(in crate::system) fn enters_community_bed(
        &mut self,
        patient: PatientId,
        care_system: u16,
        agenda: &mut Agenda,
    ) {
        let record = &mut self.patients[patient];
        let config = self.care_systems[usize::from(care_system)].config();
        if config.onward(record.dice(Purpose::OnwardFlow).uniform()) == Pathway::P0 {
            self.fills_place(patient, Purpose::DaysInPlace, agenda);
            self.goes_home(patient, agenda);
            return;
        }
        record.stage = Stage::InCommunityBed;
        let law = &config.days_in_place[Pathway::COMMUNITY_BED];
        let days = law.sample(&mut record.dice(Purpose::DaysInPlace));
        agenda.after(Span::from_days(days), Event::MovesOn(patient));
    }

    pub(in crate::system) fn moves_on(&mut self, patient: PatientId, agenda: &mut Agenda) {
        self.patients.forget_events(patient);
        let record = &mut self.patients[patient];
        if let Some(care_system) = self.hospitals[usize::from(record.hospital)].care_system {
            let config = self.care_systems[usize::from(care_system)].config();
            record.pathway = config.onward(record.dice(Purpose::OnwardFlow).uniform());
            record.has_place = false;
        }
        self.arranged(patient, agenda);
    }

    fn leaves_community_bed(&mut self, patient: PatientId, agenda: &mut Agenda) {
        if let Some(care_system) = self.hospital_of(patient).care_system {
            let pathway = Pathway::COMMUNITY_BED;
            self.care_systems[usize::from(care_system)].free(pathway, agenda.now());
            self.fills_place(patient, Purpose::OnwardDays, agenda);
            self.patients.discharge(patient);
            self.give_places(care_system, pathway as u8, agenda);
        }
    }

    /// Home, or whatever stands for it; some adult emergency patients will be back within 30 days.
    pub(in crate::system) fn goes_home(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        let mix = &self.hospitals[usize::from(record.hospital)].case_mix;
        let may_come_again = !record.is_child && record.clock.is_none();
        if may_come_again && record.dice(Purpose::Readmission).happens(mix.readmitted_share) {
            record.stage = Stage::AtHome;
            let days = mix.readmission_days.sample(&mut record.dice(Purpose::ReadmissionDays));
            agenda.after(Span::from_days(days), Event::Readmitted(patient));
        } else {
            self.patients.discharge(patient);
        }
    }

    pub(in crate::system) fn readmitted(&mut self, patient: PatientId, agenda: &mut Agenda) {
        self.patients.comes_again(patient, agenda.now(), Stage::WaitingForBed);
        self.count(self.patients[patient].hospital).readmissions += 1;
        let kind = self.own_ward(patient);
        self.request_bed(patient, kind, BedRequest::Emergency, agenda);
    }
}
