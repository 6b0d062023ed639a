//! From the 999 call to the handover.

use super::{exponential, minutes};
use crate::care::PatientId;
use crate::care::ambulance::{Category, Outcome};
use crate::engine::{Request, Turn};
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::system::patient::{Purpose, Stage};
use crate::system::pressure::Valve;
use crate::units::Span;

impl HealthSystem {
    pub(in crate::system) fn incident(&mut self, service: u16, category: Category, agenda: &mut Agenda) {
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

    pub(in crate::system) fn call_escalated(&mut self, patient: PatientId, stamp: u16) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        if record.stage == Stage::WaitingForCrew
            && let Some(place) = self.services[usize::from(record.service)].escalate(record.place)
        {
            self.patients[patient].place = place;
        }
    }

    /// The caller has waited too long. Whoever would have been taken to hospital is driven there by
    /// somebody else; the others stay at home.
    pub(in crate::system) fn call_cancelled(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
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

    pub(in crate::system) fn dispatch_waiting(&mut self, service: u16, agenda: &mut Agenda) {
        while let Some(start) = self.services[usize::from(service)].next_dispatch(agenda.now()) {
            self.dispatch(start.job, agenda);
        }
    }

    pub(in crate::system) fn dispatch(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &mut self.patients[patient];
        record.stage = Stage::WithCrew;
        let crews = &self.services[usize::from(record.service)];
        agenda
            .after(crews.travel(record.category, &mut record.dice(Purpose::Travel)), Event::AtScene(patient));
    }

    pub(in crate::system) fn at_scene(&mut self, patient: PatientId, agenda: &mut Agenda) {
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
}
