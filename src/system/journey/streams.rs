//! The faster streams beside the department: same-day emergency care, urgent treatment centres, and
//! what a scenario changes at the front door.

use super::handover::CLOCK_STARTS_AFTER;
use super::minutes;
use crate::care::PatientId;
use crate::care::emergency::Acuity;
use crate::engine::{Request, Turn};
use crate::random::PersonKey;
use crate::system::event::Event;
use crate::system::health_system::{Agenda, CaseMix, DepartmentPart, HealthSystem};
use crate::system::patient::{Purpose, Stage};
use crate::system::statistics::Departure;
use crate::units::{Span, Time};

/// Probability of admission, and of those admitted the share who need a bed for the night.
pub(super) fn admission(mix: &CaseMix, month: usize, is_child: bool, acuity: Acuity) -> (f64, f64) {
    if is_child {
        (mix.child_admitted, mix.child_overnight)
    } else {
        let of_month = mix.adult_admitted.get(month).copied().unwrap_or_default();
        (of_month[acuity as usize], mix.adult_overnight.get(month).copied().unwrap_or_default())
    }
}

fn hour_of_day(now: Time) -> f64 {
    now.as_hours().rem_euclid(24.0)
}

impl HealthSystem {
    /// Whether somebody who has just arrived goes to same-day emergency care. It takes adults who
    /// would be admitted without a night in hospital, if that can be told on arrival. `in_department`
    /// has passed before streaming: a crew's handover.
    pub(super) fn goes_to_same_day_care(
        &mut self,
        patient: PatientId,
        in_department: Span,
        agenda: &mut Agenda,
    ) -> bool {
        let record = &self.patients[patient];
        if record.is_child || !matches!(record.acuity, Acuity::VeryUrgent | Acuity::Urgent) {
            return false;
        }
        let hospital = &mut self.hospitals[usize::from(record.hospital)];
        let (admitted, overnight) = admission(&hospital.case_mix, self.month, false, record.acuity);
        let draw = record.dice(Purpose::Disposition).uniform();
        let is_suited = (admitted * overnight..admitted).contains(&draw)
            && record.dice(Purpose::SameDay).happens(hospital.case_mix.same_day_share);
        if !is_suited || !hospital.ed.same_day.try_take(hour_of_day(agenda.now())) {
            return false;
        }
        let config = hospital.ed.same_day.config();
        let streamed = in_department + Span::from_minutes(config.streaming_minutes);
        let stay = minutes(&config.stay_minutes, &mut record.dice(Purpose::SameDayStay));
        agenda.after(streamed + stay, Event::SameDayOver(patient));
        let hospital = record.hospital;
        self.patients[patient].stage = Stage::InSameDayCare;
        let month = self.count(hospital);
        month.same_day += 1;
        month.admission(Span::ZERO);
        let before_clock = in_department.min(CLOCK_STARTS_AFTER);
        month.departure(streamed - before_clock, Departure::Admitted);
        true
    }

    pub(in crate::system) fn same_day_over(&mut self, patient: PatientId) {
        self.hospital_of(patient).ed.same_day.leave();
        self.patients.discharge(patient);
    }

    pub(in crate::system) fn comes_to_urgent_treatment(&mut self, hospital: u16, agenda: &mut Agenda) {
        let demand = &mut self.hospitals[usize::from(hospital)].urgent_treatment;
        let key = demand.person();
        if let Some(time) = demand.next() {
            agenda.in_turn(time, Turn::Arrival, Event::UrgentTreatment { hospital });
        }
        self.enter_urgent_treatment(hospital, key, agenda);
    }

    /// Whether somebody with a minor problem who walks in is sent to the urgent treatment centre:
    /// only who would not be admitted, and while it is open.
    pub(super) fn is_sent_to_urgent_treatment(
        &self,
        hospital: u16,
        key: PersonKey,
        is_child: bool,
        now: Time,
    ) -> bool {
        let place = &self.hospitals[usize::from(hospital)];
        let dice = |purpose: Purpose| key.dice(purpose as u64);
        place.sent_to_urgent_treatment > 0.0
            && place.ed.urgent_treatment.is_open(hour_of_day(now))
            && dice(Purpose::SentToUrgentTreatment).happens(place.sent_to_urgent_treatment)
            && dice(Purpose::Disposition).uniform()
                >= admission(&place.case_mix, self.month, is_child, Acuity::Minor).0
    }

    pub(super) fn enter_urgent_treatment(&mut self, hospital: u16, key: PersonKey, agenda: &mut Agenda) {
        let now = agenda.now();
        self.count(hospital).attendances_other_types += 1;
        let patient = self.patients.admit(key, now, Stage::InUrgentTreatment);
        self.patients[patient].hospital = hospital;
        let centre = &mut self.hospitals[usize::from(hospital)].ed.urgent_treatment;
        if centre.request(patient, now) == Request::Started {
            self.treat_urgently(patient, agenda);
        }
    }

    fn treat_urgently(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let centre = &self.hospitals[usize::from(record.hospital)].ed.urgent_treatment;
        let seen = minutes(&centre.config().clinician_minutes, &mut record.dice(Purpose::UrgentTreatment));
        agenda.after(seen, Event::UrgentTreatmentOver(patient));
    }

    /// The clinician goes to the next patient; tests and treatment that still follow hold nobody up,
    /// so the departure is counted here, at the time at which it will be.
    pub(in crate::system) fn urgent_treatment_over(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let (hospital, now) = (record.hospital, agenda.now());
        let centre = &mut self.hospitals[usize::from(hospital)].ed.urgent_treatment;
        let treatment =
            minutes(&centre.config().treatment_minutes, &mut record.dice(Purpose::AfterUrgentTreatment));
        let next = centre.clinician_free(now);
        let inside = now.since(record.arrived) + treatment;
        self.count(hospital).departure_other_types(inside);
        self.patients.discharge(patient);
        if let Some(next) = next {
            self.treat_urgently(next.job, agenda);
        }
    }

    /// Clinicians who have come on duty see those who wait.
    pub(in crate::system) fn see_urgent_treatment(&mut self, hospital: u16, agenda: &mut Agenda) {
        let now = agenda.now();
        while let Some(start) = self.hospitals[usize::from(hospital)].ed.urgent_treatment.next_seen(now) {
            self.treat_urgently(start.job, agenda);
        }
    }

    /// A scenario changes something at the front door. Clinicians come with the next shift, within
    /// the hour.
    pub(in crate::system) fn change_department(
        &mut self,
        hospital: u16,
        part: DepartmentPart,
        total: f64,
        agenda: &mut Agenda,
    ) {
        let place = &mut self.hospitals[usize::from(hospital)];
        match part {
            DepartmentPart::CohortPlaces => {
                place.ed.handover.set_cohort_places(total.round().max(0.0) as u32);
                self.fill_cohort_places(hospital, agenda);
            }
            DepartmentPart::MajorsClinicians => place.ed.add_clinicians(Some(total), None),
            DepartmentPart::MinorsClinicians => place.ed.add_clinicians(None, Some(total)),
            DepartmentPart::UrgentTreatmentClinicians => place.ed.urgent_treatment.add_clinicians(total),
            DepartmentPart::SentToUrgentTreatment => {
                place.sent_to_urgent_treatment = total.clamp(0.0, 1.0);
            }
        }
    }
}
