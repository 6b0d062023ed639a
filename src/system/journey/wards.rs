//! From the request for a bed to the end of the clinical stay.

use super::minutes;
use crate::care::PatientId;
use crate::care::ward::{BedKind, BedRequest};
use crate::engine::{Request, Turn};
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::system::patient::{Purpose, Stage};
use crate::system::pressure::Valve;
use crate::system::statistics::Departure;
use crate::units::Span;

impl HealthSystem {
    pub(in crate::system) fn direct_admission(&mut self, hospital: u16, is_child: bool, agenda: &mut Agenda) {
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

    pub(in crate::system) fn request_bed(
        &mut self,
        patient: PatientId,
        kind: BedKind,
        who: BedRequest,
        agenda: &mut Agenda,
    ) {
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

    pub(in crate::system) fn may_outlie(&self, hospital: u16) -> bool {
        let boarders = self.hospitals[usize::from(hospital)].wards.boarders_per_bed();
        self.pressure.switches.is_on(Valve::OutlyingInRingFence) && boarders >= self.pressure.outlying_from
    }

    /// Gives the free beds of one kind to those who wait for them.
    pub(in crate::system) fn give_beds(&mut self, hospital: u16, kind: BedKind, agenda: &mut Agenda) {
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
    pub(in crate::system) fn bed_given(&mut self, patient: PatientId, kind: BedKind, agenda: &mut Agenda) {
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

    pub(in crate::system) fn on_ward(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let (hospital, waited) = (record.hospital, agenda.now().since(record.since));
        self.count(hospital).admission(waited);
        self.leave_department(patient, Departure::Admitted, agenda);
        self.lie_down(patient, agenda);
    }

    /// The stay begins.
    pub(in crate::system) fn lie_down(&mut self, patient: PatientId, agenda: &mut Agenda) {
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

    pub(in crate::system) fn virtual_ward_review(
        &mut self,
        patient: PatientId,
        stamp: u16,
        agenda: &mut Agenda,
    ) {
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
    pub(in crate::system) fn free_bed(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let (hospital, kind) = (record.hospital, record.bed);
        let wards = &mut self.hospitals[usize::from(hospital)].wards;
        wards.vacate(kind);
        let hours = wards.config().turnaround_hours.sample(&mut record.dice(Purpose::Turnaround));
        agenda.after(Span::from_hours(hours), Event::BedReady { hospital, kind });
    }
}
