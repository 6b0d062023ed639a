//! From the request for a bed to the end of the clinical stay.
//!
//! An adult emergency asks for a bed of its own specialty, may be given one of the other or of the
//! ring-fence as an outlier (and then stays longer), or is looked after at home by a virtual ward.

use super::minutes;
use crate::care::PatientId;
use crate::care::discharge::Pathway;
use crate::care::ward::{BedKind, BedRequest, VirtualUse};
use crate::engine::{Request, Turn};
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::system::patient::{Purpose, Stage};
use crate::system::pressure::Valve;
use crate::system::statistics::Departure;
use crate::units::{Span, Time};

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
        let kind = self.own_ward(patient);
        self.request_bed(patient, kind, BedRequest::Emergency, agenda);
    }

    /// The kind of bed that is right for a patient who does not need critical care.
    pub(in crate::system) fn own_ward(&self, patient: PatientId) -> BedKind {
        let record = &self.patients[patient];
        let mix = &self.hospitals[usize::from(record.hospital)].case_mix;
        if record.is_child {
            BedKind::Paediatric
        } else if record.clock.is_some() || record.dice(Purpose::Specialty).happens(mix.surgical_share) {
            BedKind::Surgical
        } else {
            BedKind::Medical
        }
    }

    pub(in crate::system) fn request_bed(
        &mut self,
        patient: PatientId,
        kind: BedKind,
        who: BedRequest,
        agenda: &mut Agenda,
    ) {
        let now = agenda.now();
        let is_adult_emergency = who == BedRequest::Emergency && BedKind::EMERGENCY.contains(&kind);
        if is_adult_emergency && self.steps_up(patient, agenda) {
            return;
        }
        let hospital = self.patients[patient].hospital;
        let wards = &mut self.hospitals[usize::from(hospital)].wards;
        match wards.request(patient, kind, who, now) {
            Request::Started => self.bed_given(patient, kind, agenda),
            Request::Queued(place) => {
                self.patients[patient].place = place;
                if is_adult_emergency && let Some(elsewhere) = self.free_bed_for_outlier(hospital, kind) {
                    let wards = &mut self.hospitals[usize::from(hospital)].wards;
                    wards.try_take(elsewhere, now);
                    wards.withdraw(kind, place, now);
                    self.bed_given(patient, elsewhere, agenda);
                }
            }
        }
    }

    /// A free bed that an adult emergency without a bed of its own `kind` may have as an outlier.
    fn free_bed_for_outlier(&self, hospital: u16, kind: BedKind) -> Option<BedKind> {
        let wards = &self.hospitals[usize::from(hospital)].wards;
        let boarders = wards.boarders_per_bed();
        let other = kind.other_specialty().filter(|_| self.pressure.outlies_between_specialties(boarders));
        let fenced = Some(BedKind::RingFenced).filter(|_| self.pressure.outlies_in_ring_fence(boarders));
        [other, fenced].into_iter().flatten().find(|&elsewhere| wards.has_free(elsewhere))
    }

    /// Gives the free beds of one kind to those who wait for them.
    pub(in crate::system) fn give_beds(&mut self, hospital: u16, kind: BedKind, agenda: &mut Agenda) {
        let now = agenda.now();
        let h = usize::from(hospital);
        while let Some(start) = self.hospitals[h].wards.next_bed(kind, now) {
            self.bed_given(start.job, kind, agenda);
        }
        // what nobody of the own kind waits for goes to others
        while BedKind::ADULT.contains(&kind) && self.hospitals[h].wards.has_free(kind) {
            let Some(patient) = self.takes_from_other_queue(hospital, kind, agenda) else { break };
            self.hospitals[h].wards.try_take(kind, now);
            self.bed_given(patient, kind, agenda);
        }
    }

    /// Who gets a free adult bed that nobody of its own kind waits for: into the ring-fence, for which
    /// nobody queues, elective patients first, then outliers; elsewhere an emergency of the other
    /// specialty.
    fn takes_from_other_queue(
        &mut self,
        hospital: u16,
        kind: BedKind,
        agenda: &mut Agenda,
    ) -> Option<PatientId> {
        let now = agenda.now();
        let pressure = self.pressure;
        let wards = &mut self.hospitals[usize::from(hospital)].wards;
        let boarders = wards.boarders_per_bed();
        match kind.other_specialty() {
            Some(other) if pressure.outlies_between_specialties(boarders) => wards.take_outlier(other, now),
            Some(_) => None,
            None => wards.take_elective(now).or_else(|| {
                let longest =
                    BedKind::EMERGENCY.into_iter().max_by_key(|&k| wards.emergencies_waiting_for(k));
                let longest = longest.filter(|_| pressure.outlies_in_ring_fence(boarders));
                longest.and_then(|longest| wards.take_outlier(longest, now))
            }),
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
        let is_outlier = self.is_outlier(patient);
        let record = &mut self.patients[patient];
        if record.stage != Stage::InBed {
            record.arrived = now;
        }
        record.stage = Stage::InBed;
        let number = record.hospital;
        let hospital = &mut self.hospitals[usize::from(number)];
        hospital.wards.occupy(record.bed);
        let wards = &hospital.wards;
        let config = wards.config();
        if record.bed == BedKind::CriticalCare {
            let days = config.critical_care_days.sample(&mut record.dice(Purpose::CriticalStay));
            agenda.after(Span::from_days(days), Event::CriticalCareOver(patient));
            return;
        }
        if record.is_child {
            // children go home when they are well, not after a ward round
            let stay = config.paediatric_stay_days.sample(&mut record.dice(Purpose::Stay));
            agenda.after(Span::from_days(stay), Event::FoundReady(patient, record.stamp()));
            return;
        }
        let days = if record.clock.is_some() {
            config.elective_stay_days.sample(&mut record.dice(Purpose::Stay))
        } else {
            self.count(number).outliers += u64::from(is_outlier);
            self.emergency_stay_days(patient, is_outlier)
        };
        let (stay, record) = (Span::from_days(days), &mut self.patients[patient]);
        let hospital = &self.hospitals[usize::from(record.hospital)];
        let mut dice = record.dice(Purpose::WardRound);
        let ready = hospital.wards.found_ready(now + stay, self.calendar, &mut dice);
        record.since = ready;
        let stamp = record.stamp();
        agenda.at(ready, Event::FoundReady(patient, stamp));
        let mix = &hospital.case_mix;
        // at home means at home without a care package: who needs one waits for it in hospital
        let is_eligible = record.clock.is_none()
            && record.dice(Purpose::VirtualWard).happens(mix.virtual_ward_share)
            && mix.pathway(record) == Pathway::P0;
        if is_eligible {
            let review = now + Span::from_days(stay.as_days() * mix.virtual_ward_after);
            agenda.at(review, Event::VirtualWardReview(patient, stamp));
        }
    }

    /// Whether an adult emergency patient lies in another bed than one of the own specialty.
    fn is_outlier(&self, patient: PatientId) -> bool {
        self.patients[patient].bed != self.own_ward(patient)
    }

    /// The clinical stay of an adult emergency patient who has just been given a bed \[d\].
    fn emergency_stay_days(&self, patient: PatientId, is_outlier: bool) -> f64 {
        let record = &self.patients[patient];
        let hospital = &self.hospitals[usize::from(record.hospital)];
        let config = hospital.wards.config();
        let law = &config.emergency_stay_days;
        let drawn = law.sample(&mut record.dice(Purpose::Stay));
        let shortened = self.pressure.response(
            Valve::EarlierDischarge,
            self.pressure.earlier_discharge,
            hospital.wards.boarders_per_bed(),
        );
        let mut days = law.shortened(drawn, shortened);
        if is_outlier {
            days *= config.outlier_stay_factor;
        }
        let load = hospital.infection_by_month.get(self.month).copied().unwrap_or_default();
        if load.acts() {
            days += load.extra_days(record.dice(Purpose::Infection).uniform());
        }
        days
    }

    /// Whether a virtual ward takes the patient instead of a hospital bed; if so, the patient leaves the
    /// emergency department for home.
    fn steps_up(&mut self, patient: PatientId, agenda: &mut Agenda) -> bool {
        let record = self.patients[patient];
        let hospital = &mut self.hospitals[usize::from(record.hospital)];
        let places = hospital.wards.virtual_ward_mut();
        let mix = &hospital.case_mix;
        if places.places(VirtualUse::StepUp) == 0
            || !record.dice(Purpose::StepUp).happens(mix.step_up_share)
            || !places.try_take(VirtualUse::StepUp)
        {
            return false;
        }
        // an admission avoided fills the places of all the virtual admissions that it takes
        let days = mix.step_up_days * mix.step_up_admissions_per_admission_avoided;
        agenda.after(Span::from_days(days), Event::VirtualWardOver(patient));
        self.count(record.hospital).admissions_avoided += 1;
        if matches!(record.stage, Stage::Boarding | Stage::OnChair) {
            self.leave_department(patient, Departure::Discharged, agenda);
        }
        self.patients[patient].stage = Stage::AdmissionAvoided;
        true
    }

    pub(in crate::system) fn virtual_ward_review(
        &mut self,
        patient: PatientId,
        stamp: u16,
        agenda: &mut Agenda,
    ) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        let hospital = &mut self.hospitals[usize::from(record.hospital)];
        if record.stage != Stage::InBed || !hospital.wards.virtual_ward_mut().try_take(VirtualUse::StepDown) {
            return;
        }
        let saved = record.since.since(agenda.now()).as_days();
        let days = saved * hospital.case_mix.virtual_ward_days_per_day_saved;
        agenda.after(Span::from_days(days), Event::VirtualWardOver(patient));
        self.counts_as_left(patient, agenda);
        self.free_bed(patient, agenda);
        self.patients[patient].stage = Stage::OnVirtualWard;
    }

    pub(in crate::system) fn virtual_ward_over(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let is_step_up = self.patients[patient].stage == Stage::AdmissionAvoided;
        let of = if is_step_up { VirtualUse::StepUp } else { VirtualUse::StepDown };
        self.hospital_of(patient).wards.virtual_ward_mut().leave(of);
        if is_step_up {
            self.patients.discharge(patient);
        } else {
            self.goes_home(patient, agenda);
        }
    }

    /// Counts an adult emergency patient who leaves the bed, and the stay if it began in the run.
    pub(in crate::system) fn counts_as_left(&mut self, patient: PatientId, agenda: &Agenda) {
        let record = &self.patients[patient];
        let (hospital, began, length) = (record.hospital, record.arrived, agenda.now().since(record.arrived));
        let month = self.count(hospital);
        month.emergency_discharges += 1;
        if began > Time::ZERO {
            month.stay(length);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::health_system::InfectionLoad;
    use crate::system::island::{from_january, island};
    use crate::system::pressure::Switches;
    use crate::units::Time;
    use std::sync::Arc;

    /// The same patients in a bed of their own specialty, of the other one and of the ring-fence: the stay of outliers
    /// is the factor of the pack times their own, to the last bit. What an infection adds is added after it.
    #[test]
    fn outliers_stay_longer_by_the_factor_of_the_pack() {
        let pack = island();
        let mut running = from_january(&pack, 1, Switches::all_on(), 1);
        running.run_until(Time::ZERO + Span::DAY.times(14)).unwrap();
        let factor = pack.parameters().ward.outlier_stay_factor.value;
        assert!(factor > 1.0);
        let system = running.system_mut();
        let in_beds: Vec<PatientId> = (0..)
            .zip(system.patients.rows())
            .filter(|(_, record)| record.stage == Stage::InBed && !record.is_child && record.clock.is_none())
            .map(|(row, _)| PatientId(row))
            .collect();
        assert!(in_beds.len() > 100);
        for load in [0.0, 1.0].map(|share| InfectionLoad {
            admissions_share: [share, 0.0],
            extra_days: [2.0, 0.0],
            beds_closed: 0.0,
        }) {
            Arc::make_mut(&mut system.hospitals[0].infection_by_month).fill(load);
            let extra = load.extra_days(0.5);
            for &patient in &in_beds {
                let own = system.own_ward(patient);
                let mut days_in = |bed| {
                    system.patients[patient].bed = bed;
                    system.emergency_stay_days(patient, system.is_outlier(patient))
                };
                let usual = days_in(own);
                for elsewhere in [own.other_specialty(), Some(BedKind::RingFenced)].into_iter().flatten() {
                    let expected = (usual - extra) * factor + extra;
                    let days = days_in(elsewhere);
                    // what is added and taken away again loses the last bits
                    let tolerance = if extra > 0.0 { 1e-12 * days } else { 0.0 };
                    assert!((days - expected).abs() <= tolerance, "{days} for {usual}");
                }
            }
        }
    }
}
