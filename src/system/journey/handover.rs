//! At the hospital door: which hospital, waiting to hand over, cohort place, corridor, handover.

use super::department::acuity;
use super::minutes;
use crate::care::PatientId;
use crate::care::ambulance::Category;
use crate::care::emergency::{Acuity, SpaceRequest};
use crate::random::Distribution;
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::system::patient::{Patient, Purpose, Stage};
use crate::system::pressure::Valve;
use crate::system::statistics::Activity;
use crate::units::Span;

/// For whoever comes by ambulance the department's clock starts with the handover, or this long after the crew's
/// arrival if that is sooner (NHS Data Dictionary, *Accident and Emergency attendance arrival time*).
pub(super) const CLOCK_STARTS_AFTER: Span = Span::from_millis(15 * 60_000);
/// A crew that could not hand over asks again after this long whether a corridor place is free.
const CORRIDOR_RETRY: Span = Span::from_millis(15 * 60_000);
/// A hospital most of whose patients are children: crews are not sent there, nor away from there.
const CHILDRENS_HOSPITAL: f64 = 0.5;

impl HealthSystem {
    /// The crew reaches the nearest hospital, or the one it was sent to instead.
    pub(in crate::system) fn at_hospital(&mut self, patient: PatientId, agenda: &mut Agenda) {
        if self.patients[patient].stage != Stage::OnDetour {
            self.nearest_hospital(patient);
            let detour = self.goes_elsewhere(patient);
            if detour > Span::ZERO {
                let record = &mut self.patients[patient];
                record.stage = Stage::OnDetour;
                let area = usize::from(record.area);
                self.statistics.ambulance[self.month][area].spend(Activity::ToHospital, detour);
                agenda.after(detour, Event::AtHospital(patient));
                return;
            }
        }
        self.is_known(patient);
        let now = agenda.now();
        let record = &mut self.patients[patient];
        (record.arrived, record.since, record.stage) = (now, now, Stage::WaitingToHandOver);
        if record.acuity == Acuity::Minor {
            self.hand_over(patient, agenda);
            return;
        }
        let area = usize::from(record.area);
        let process = self.crews[area].config().handover_process_minutes;
        let in_handover = minutes(&process, &mut record.dice(Purpose::HandoverProcess));
        if self.goes_to_same_day_care(patient, in_handover, agenda) {
            self.crew_hands_over(patient, &process, Purpose::HandoverProcess, agenda);
            return;
        }
        let record = &mut self.patients[patient];
        let stamp = record.stamp();
        let ed = &mut self.hospitals[usize::from(record.hospital)].ed;
        match ed.request_space(patient, record.acuity, now) {
            SpaceRequest::Given(space) => {
                record.space = space;
                self.hand_over(patient, agenda);
            }
            SpaceRequest::Queued(queue_place) => {
                record.place = queue_place;
                if ed.handover.try_cohort() {
                    self.hand_over_to_cohort(patient, agenda);
                    return;
                }
                let patients = &self.patients;
                ed.handover.crew_waits(patient, stamp, |other, stamp| {
                    patients.if_present(other, stamp).is_some_and(Patient::is_with_crew_at_door)
                });
                if let Some(crews) = self.crews_at_doors(patient) {
                    *crews += 1;
                }
                if self.pressure.switches.is_on(Valve::ReleaseToRespond) {
                    let overdue = self.pressure.release_to_respond_after;
                    agenda.after(overdue, Event::HandoverOverdue(patient, stamp));
                }
            }
        }
    }

    /// A patient who called 999 but was driven by somebody else reaches a hospital of the catchment.
    pub(in crate::system) fn reaches_department(&mut self, patient: PatientId) {
        self.nearest_hospital(patient);
        self.is_known(patient);
    }

    /// The nearest hospital, in proportion to the attendances of those of the dispatch area.
    fn nearest_hospital(&mut self, patient: PatientId) {
        let record = &mut self.patients[patient];
        let near = &self.dispatch_areas[usize::from(record.area)].hospitals;
        let draw = record.dice(Purpose::Hospital).uniform();
        let hospital = near.iter().find(|(_, cumulated)| draw < *cumulated).or(near.last());
        record.hospital = hospital.map_or(0, |(hospital, _)| *hospital);
    }

    /// Who is the patient? The attendance counts from now on.
    fn is_known(&mut self, patient: PatientId) {
        let record = &mut self.patients[patient];
        let mix = &self.hospitals[usize::from(record.hospital)].case_mix;
        record.is_child = record.dice(Purpose::Age).happens(mix.ambulance_child_share);
        record.acuity = acuity(record.dice(Purpose::Acuity).uniform(), mix.ambulance_acuity);
        self.statistics.hospitals[self.month][usize::from(record.hospital)].attendances += 1;
    }

    /// Sends the crew to another hospital: a less crowded one if the nearest is very crowded (the valve), or
    /// where travel and expected wait together are least (routing, a lever). Gives the extra travel.
    fn goes_elsewhere(&mut self, patient: PatientId) -> Span {
        let record = self.patients[patient];
        if self.pressure.switches.is_on(Valve::Divert)
            && let Some((hospital, detour)) = self.diverted_to(&record)
        {
            self.patients[patient].hospital = hospital;
            self.count(hospital).diverted_here += 1;
            return Span::from_minutes(detour);
        }
        let catchment = self.catchment_of(record.area);
        let routing = self.routing[usize::from(record.area)];
        let may = routing.share > 0.0
            && record.category != Category::C1
            && !self.is_for_children(record.hospital)
            && record.dice(Purpose::Redirection).happens(routing.share);
        if !may {
            return Span::ZERO;
        }
        let mix = &self.hospitals[usize::from(record.hospital)].case_mix;
        let acuity = acuity(record.dice(Purpose::Acuity).uniform(), mix.ambulance_acuity);
        let wait = |hospital: u16| self.hospitals[usize::from(hospital)].ed.expected_wait_minutes(acuity);
        let (mut best, mut detour, mut least) = (record.hospital, 0.0, wait(record.hospital));
        for &hospital in catchment.iter().filter(|hospital| **hospital != record.hospital) {
            if self.is_for_children(hospital) {
                continue;
            }
            let extra = self.extra_travel(&record, hospital);
            let total = extra + wait(hospital);
            if extra <= routing.limit_minutes && total < least {
                (best, detour, least) = (hospital, extra, total);
            }
        }
        if best != record.hospital {
            self.patients[patient].hospital = best;
            self.count(best).redirected_here += 1;
        }
        Span::from_minutes(detour)
    }

    /// Where crews are diverted to while the nearest hospital is very crowded: the least crowded one of the
    /// catchment that is near enough, and the extra travel \[min\]. Not for C1, nor to or from children's
    /// hospitals; `None` if nowhere is less crowded.
    fn diverted_to(&self, record: &Patient) -> Option<(u16, f64)> {
        let crowding = |hospital: u16| self.hospitals[usize::from(hospital)].ed.waiting_per_cubicle();
        let here = crowding(record.hospital);
        if here <= self.pressure.divert_from
            || record.category == Category::C1
            || self.is_for_children(record.hospital)
        {
            return None;
        }
        let others = self.catchment_of(record.area).iter().copied();
        let near_enough = others
            .filter(|&hospital| crowding(hospital) < here && !self.is_for_children(hospital))
            .map(|hospital| (hospital, self.extra_travel(record, hospital)))
            .filter(|&(_, extra)| extra <= self.pressure.divert_limit_minutes);
        near_enough.min_by(|a, b| crowding(a.0).total_cmp(&crowding(b.0)))
    }

    fn is_for_children(&self, hospital: u16) -> bool {
        self.hospitals[usize::from(hospital)].case_mix.ambulance_child_share > CHILDRENS_HOSPITAL
    }

    /// Extra travel of this patient to another hospital than the nearest \[min\]. Where hospitals lie
    /// is not in the pack: one of the same care system is taken to be nearer than others.
    fn extra_travel(&self, record: &Patient, to: u16) -> f64 {
        if to == record.hospital {
            return 0.0;
        }
        let care_system = |hospital: u16| self.hospitals[usize::from(hospital)].care_system;
        let mean = if care_system(to) == care_system(record.hospital) {
            self.detour.same_system_minutes
        } else {
            self.detour.elsewhere_minutes
        };
        // a draw of its own for each hospital, whichever others are looked at
        let mut dice = record.key.dice(Purpose::Detour as u64 + (u64::from(to) + 1) * 1_000);
        mean * self.detour.spread.sample(&mut dice)
    }

    pub(in crate::system) fn handover_overdue(
        &mut self,
        patient: PatientId,
        stamp: u16,
        agenda: &mut Agenda,
    ) {
        if !self.patients.if_present(patient, stamp).is_some_and(Patient::is_with_crew_at_door) {
            return;
        }
        let (hospital, area) = (self.patients[patient].hospital, self.patients[patient].area);
        let has_place = self.hospital_of(patient).ed.handover.try_corridor();
        if has_place || self.share_of_crews_at_doors(area) > self.pressure.rapid_release_from {
            if !has_place {
                self.hospital_of(patient).ed.handover.squeeze_into_corridor();
            }
            self.count(hospital).released_to_corridor += 1;
            self.leaves_door(patient);
            let process = self.crews[usize::from(area)].config().handover_process_minutes;
            self.crew_hands_over(patient, &process, Purpose::HandoverProcess, agenda);
            self.patients[patient].stage = Stage::InCorridor;
        } else {
            agenda.after(CORRIDOR_RETRY, Event::HandoverOverdue(patient, stamp));
        }
    }

    /// Share of the crews on duty in a dispatch area who wait at the doors of its hospitals with their patients.
    fn share_of_crews_at_doors(&self, area: u16) -> f64 {
        let area = usize::from(area);
        f64::from(self.crews_at_doors[area]) / f64::from(self.crews[area].units().capacity().max(1))
    }

    /// The crews of the patient's dispatch area that wait at the doors of its hospitals, if this door is one of them.
    fn crews_at_doors(&mut self, patient: PatientId) -> Option<&mut u32> {
        let Patient { area, hospital, .. } = self.patients[patient];
        let area = usize::from(area);
        let is_of_area = self.dispatch_areas[area].hospitals.iter().any(|&(of_area, _)| of_area == hospital);
        self.crews_at_doors.get_mut(area).filter(|_| is_of_area)
    }

    /// A crew has waited at the door until now.
    pub(in crate::system) fn leaves_door(&mut self, patient: PatientId) {
        if let Some(crews) = self.crews_at_doors(patient) {
            *crews = crews.saturating_sub(1);
        }
    }

    /// The crew hands its patient over from now on; it is free after making ready.
    fn crew_hands_over(
        &mut self,
        patient: PatientId,
        process: &Distribution,
        purpose: Purpose,
        agenda: &mut Agenda,
    ) -> Span {
        let record = &self.patients[patient];
        let hospital = record.hospital;
        let config = self.crews[usize::from(record.area)].config();
        let process = minutes(process, &mut record.dice(purpose));
        let making_ready = minutes(&config.make_ready_minutes, &mut record.dice(Purpose::MakeReady));
        let handover = agenda.now().since(record.since) + process;
        self.count(hospital).handover(handover);
        let record = &mut self.patients[patient];
        record.arrived = record.since + handover.min(CLOCK_STARTS_AFTER);
        self.crew_leaves_hospital(patient, process, making_ready, agenda);
        process
    }

    pub(in crate::system) fn hand_over(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let area = usize::from(self.patients[patient].area);
        let process = self.crews[area].config().handover_process_minutes;
        let process = self.crew_hands_over(patient, &process, Purpose::HandoverProcess, agenda);
        let record = &mut self.patients[patient];
        record.stage = if record.acuity.needs_cubicle() { Stage::InCubicle } else { Stage::InMinors };
        agenda.after(process, Event::InCubicle(patient));
    }

    /// A liaison officer takes the patient, who keeps the place in the queue for a cubicle.
    fn hand_over_to_cohort(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let hospital = self.patients[patient].hospital;
        let process = self.hospitals[usize::from(hospital)].ed.config().cohort_handover_minutes;
        self.crew_hands_over(patient, &process, Purpose::CohortHandover, agenda);
        self.patients[patient].stage = Stage::InCohort;
        self.count(hospital).handed_to_cohort += 1;
    }

    /// Cohort places that are free go to the crews that have waited longest.
    pub(in crate::system) fn fill_cohort_places(&mut self, hospital: u16, agenda: &mut Agenda) {
        while self.hospitals[usize::from(hospital)].ed.handover.has_cohort_place() {
            let patients = &self.patients;
            let places = &mut self.hospitals[usize::from(hospital)].ed.handover;
            let next = places.next_crew(|other, stamp| {
                patients.if_present(other, stamp).is_some_and(Patient::is_with_crew_at_door)
            });
            let Some(patient) = next else { return };
            places.try_cohort();
            self.leaves_door(patient);
            self.hand_over_to_cohort(patient, agenda);
        }
    }
}
