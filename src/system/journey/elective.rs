//! Elective surgery: called in for a bed, or cancelled for want of one.

use crate::care::ward::{BedKind, BedRequest};
use crate::system::assemble::is_working_day;
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::system::patient::Stage;
use crate::system::planned_care::working_day;
use crate::system::pressure::Valve;
use crate::units::Span;

impl HealthSystem {
    pub(in crate::system) fn elective_morning(&mut self, agenda: &mut Agenda) {
        let now = agenda.now();
        agenda.after(Span::DAY, Event::ElectiveMorning);
        if !is_working_day(self.calendar.date_at(now)) {
            return;
        }
        let today = self.calendar.day(now) as i32;
        let mut called_in = Vec::new();
        for hospital in 0..self.hospitals.len() {
            let place = &mut self.hospitals[hospital];
            working_day(&mut place.elective, &mut place.diagnostics, today, self.month, |clock| {
                called_in.push(clock);
            });
            for clock in called_in.drain(..) {
                let key = self.hospitals[hospital].elective.person(clock);
                let patient = self.patients.admit(key, now, Stage::WaitingForBed);
                let record = &mut self.patients[patient];
                (record.hospital, record.clock) = (hospital as u16, Some(clock));
                if self.hospitals[hospital].wards.try_take(BedKind::RingFenced, now) {
                    self.bed_given(patient, BedKind::RingFenced, agenda);
                } else {
                    self.request_bed(patient, BedKind::Surgical, BedRequest::Elective, agenda);
                }
            }
        }
        self.offers_of_independent_providers(today);
    }

    /// Independent providers offer what they have to the lists of their care system.
    fn offers_of_independent_providers(&mut self, today: i32) {
        for (care_system, provider) in self.independent_providers.iter_mut().enumerate() {
            let trusts = self.hospitals.iter_mut().filter(|h| h.care_system == Some(care_system as u16));
            provider.working_day(today, trusts.map(|hospital| &mut hospital.elective));
        }
    }

    /// No bed by the evening: the operation is cancelled and the clock runs on. With the valve off the patient goes
    /// on waiting for a bed.
    pub(in crate::system) fn elective_evening(&mut self, agenda: &mut Agenda) {
        agenda.after(Span::DAY, Event::ElectiveEvening);
        if !self.pressure.switches.is_on(Valve::ElectiveCancellation) {
            return;
        }
        for hospital in &mut self.hospitals {
            while let Some(patient) = hospital.wards.take_elective(agenda.now()) {
                if let Some(clock) = self.patients[patient].clock {
                    hospital.elective.cancelled(clock);
                }
                self.patients.discharge(patient);
            }
        }
    }
}
