//! A type 1 emergency department: bays and cubicles by acuity, clinicians by hour, and boarding.
//!
//! Patients with major problems need a cubicle, then a clinician, then tests and treatment, then the
//! clinician once more for the decision. Those to be seen at once have resuscitation bays of their
//! own, and the first call on cubicles when the bays are full. A patient with a decision to admit
//! *keeps bay or cubicle* until a bed is ready: this one rule makes exit block. A crew keeps its
//! patient until a cubicle is free, or a cohort place, or, after a while, one of a few corridor places
//! ([`HandoverPlaces`]). Patients with minor problems need a clinician only.
//!
//! Two faster streams stand apart: same-day emergency care ([`SameDayCare`]) and the urgent treatment
//! centre ([`UrgentTreatment`], type 3).

mod acuity;
mod handover;
mod roster;
mod same_day;
mod urgent_treatment;

pub use acuity::Acuity;
pub use handover::HandoverPlaces;
pub use roster::Roster;
pub use same_day::{SameDayCare, SameDayConfig};
pub use urgent_treatment::{UrgentTreatment, UrgentTreatmentConfig};

use super::PatientId;
use crate::engine::{Place, Pool, Request, Start};
use crate::random::Distribution;
use crate::units::Time;

/// Where a patient with a major problem is looked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// In a resuscitation bay.
    Bay,
    /// In a cubicle.
    Cubicle,
}

/// The answer to a request for a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceRequest {
    /// It is the patient's now.
    Given(Space),
    /// The patient waits at this place.
    Queued(Place),
}

/// Which of two contacts with a clinician.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// The first, that orders tests and treatment.
    Assessment,
    /// The last, that decides.
    Review,
}

/// Size, staffing and durations of one department.
#[derive(Clone, Debug)]
pub struct EmergencyConfig {
    /// Resuscitation bays \[places\] -- set by the pack.
    pub resuscitation_bays: u32,
    /// Cubicles beside them \[places\] -- set by the pack.
    pub cubicles: u32,
    /// Corridor places that can take a patient from a waiting crew \[places\] -- set by the pack.
    pub corridor_places: u32,
    /// From the arrival of a crew at a cohort place to its release \[min\] -- drawn.
    pub cohort_handover_minutes: Distribution,
    /// Decision-making clinicians for patients in bays and cubicles, by hour of the week -- set by the pack.
    pub majors_clinicians_by_hour: Vec<u32>,
    /// The same for patients with minor problems.
    pub minors_clinicians_by_hour: Vec<u32>,
    /// A clinician's first contact with a patient in a cubicle \[min\] -- drawn.
    pub majors_assessment_minutes: Distribution,
    /// A clinician's last contact with such a patient; none if its mean is zero \[min\] -- drawn.
    pub majors_review_minutes: Distribution,
    /// A clinician's time with a patient with a minor problem \[min\] -- drawn.
    pub minors_clinician_minutes: Distribution,
    /// Tests and treatment after the clinician, in the cubicle \[min\] -- drawn.
    pub majors_tests_minutes: Distribution,
    /// Tests and treatment of minor problems \[min\] -- drawn.
    pub minors_tests_minutes: Distribution,
    /// Same-day emergency care -- set by the pack.
    pub same_day: SameDayConfig,
    /// The urgent treatment centre of the trust -- set by the pack.
    pub urgent_treatment: UrgentTreatmentConfig,
}

impl EmergencyConfig {
    /// No department at all.
    pub fn none() -> Self {
        let nothing = Distribution::NOTHING;
        Self {
            resuscitation_bays: 0,
            cubicles: 0,
            corridor_places: 0,
            cohort_handover_minutes: nothing,
            majors_clinicians_by_hour: Vec::new(),
            minors_clinicians_by_hour: Vec::new(),
            majors_assessment_minutes: nothing,
            majors_review_minutes: nothing,
            minors_clinician_minutes: nothing,
            majors_tests_minutes: nothing,
            minors_tests_minutes: nothing,
            same_day: SameDayConfig::none(),
            urgent_treatment: UrgentTreatmentConfig::none(),
        }
    }
}

/// A department at work.
#[derive(Clone, Debug)]
pub struct EmergencyDepartment {
    config: EmergencyConfig,
    // whoever waits for a bay or a cubicle waits in the queue of `cubicles`
    bays: Pool<PatientId>,
    cubicles: Pool<PatientId>,
    majors: Pool<PatientId>,
    minors: Pool<PatientId>,
    majors_roster: Roster,
    minors_roster: Roster,
    /// Places in which patients wait without their crew.
    pub handover: HandoverPlaces,
    /// Same-day emergency care.
    pub same_day: SameDayCare,
    /// The urgent treatment centre.
    pub urgent_treatment: UrgentTreatment,
    last_space_freed: Time,
    minutes_between_spaces: f64,
}

/// Weight of the newest interval in the smoothed time between spaces that fall free.
const NEWEST: f64 = 1.0 / 16.0;

impl EmergencyDepartment {
    /// An empty department with the clinicians of the hour of the week `hour`.
    pub fn new(config: EmergencyConfig, hour: usize) -> Self {
        let stay = config.majors_assessment_minutes.mean() + config.majors_tests_minutes.mean();
        let mut department = Self {
            bays: Pool::new(config.resuscitation_bays, 1),
            cubicles: Pool::new(config.cubicles, 3),
            majors: Pool::new(0, 4),
            minors: Pool::new(0, 1),
            majors_roster: Roster::new(config.majors_clinicians_by_hour.clone()),
            minors_roster: Roster::new(config.minors_clinicians_by_hour.clone()),
            handover: HandoverPlaces::new(config.corridor_places),
            same_day: SameDayCare::new(config.same_day.clone()),
            urgent_treatment: UrgentTreatment::new(config.urgent_treatment.clone()),
            last_space_freed: Time::ZERO,
            minutes_between_spaces: stay / f64::from((config.cubicles + config.resuscitation_bays).max(1)),
            config,
        };
        department.change_shift(hour, Time::ZERO);
        department
    }

    /// Its configuration.
    pub fn config(&self) -> &EmergencyConfig {
        &self.config
    }

    /// Clinicians of this hour of the week come on duty. Call [`EmergencyDepartment::next_seen`]
    /// for both kinds of patients, and [`UrgentTreatment::next_seen`], afterwards.
    pub fn change_shift(&mut self, hour_of_week: usize, now: Time) {
        self.majors.set_capacity(self.majors_roster.on_duty(hour_of_week), now);
        self.minors.set_capacity(self.minors_roster.on_duty(hour_of_week), now);
        self.urgent_treatment.change_shift(hour_of_week, now);
    }

    /// Clinicians beyond the roster, mean over the week, for patients in cubicles and for minor
    /// problems; they come with the next shift.
    pub fn add_clinicians(&mut self, majors: Option<f64>, minors: Option<f64>) {
        majors.into_iter().for_each(|mean| self.majors_roster.add(mean));
        minors.into_iter().for_each(|mean| self.minors_roster.add(mean));
    }

    /// Asks for a bay or a cubicle.
    pub fn request_space(&mut self, patient: PatientId, acuity: Acuity, now: Time) -> SpaceRequest {
        if acuity == Acuity::Immediate && self.bays.try_take(now) {
            return SpaceRequest::Given(Space::Bay);
        }
        match self.cubicles.request(patient, acuity as usize, now) {
            Request::Started => SpaceRequest::Given(Space::Cubicle),
            Request::Queued(place) => SpaceRequest::Queued(place),
        }
    }

    /// A space falls free. Call [`EmergencyDepartment::next_space`] afterwards.
    pub fn leave_space(&mut self, space: Space, now: Time) {
        let minutes = now.since(self.last_space_freed).as_minutes();
        self.minutes_between_spaces += NEWEST * (minutes - self.minutes_between_spaces);
        self.last_space_freed = now;
        match space {
            Space::Bay => self.bays.release(now),
            Space::Cubicle => self.cubicles.release(now),
        }
    }

    /// The next patient to move into a free space.
    pub fn next_space(&mut self, now: Time) -> Option<(PatientId, Space)> {
        if self.cubicles.queue().is_empty() {
            return None;
        }
        let immediate = Acuity::Immediate as usize;
        if self.bays.free() > 0
            && let Some(start) = self.cubicles.withdraw_first_of(immediate, now)
        {
            self.bays.try_take(now);
            return Some((start.job, Space::Bay));
        }
        self.cubicles.start_next(now).map(|start| (start.job, Space::Cubicle))
    }

    /// Asks for a clinician. Whoever needs only the decision is seen before all but the immediate:
    /// it frees a cubicle.
    pub fn request_clinician(
        &mut self,
        patient: PatientId,
        acuity: Acuity,
        contact: Contact,
        now: Time,
    ) -> Request {
        match (acuity, contact) {
            (Acuity::Minor, _) => self.minors.request(patient, 0, now),
            (Acuity::Immediate, _) => self.majors.request(patient, 0, now),
            (_, Contact::Review) => self.majors.request(patient, 1, now),
            (_, Contact::Assessment) => self.majors.request(patient, 1 + acuity as usize, now),
        }
    }

    /// A clinician has finished with a patient of this acuity: who is the next to be seen?
    pub fn clinician_free(&mut self, acuity: Acuity, now: Time) -> Option<Start<PatientId>> {
        self.clinicians_for(acuity).pass_on(now)
    }

    /// The next patient to be seen by a clinician who sees patients of this acuity and has come on duty.
    pub fn next_seen(&mut self, acuity: Acuity, now: Time) -> Option<Start<PatientId>> {
        self.clinicians_for(acuity).start_next(now)
    }

    /// A patient who waits for a bay or a cubicle leaves; `false` if no longer waiting.
    pub fn leave_queue_for_space(&mut self, place: Place, now: Time) -> bool {
        self.cubicles.withdraw(place, now).is_some()
    }

    /// A patient who waits for a clinician leaves without being seen; `false` if no longer waiting.
    pub fn leave_unseen(&mut self, acuity: Acuity, place: Place, now: Time) -> bool {
        self.clinicians_for(acuity).withdraw(place, now).is_some()
    }

    /// Patients waiting for a clinician who sees minor problems, per clinician on duty.
    pub fn minors_waiting_per_clinician(&self) -> f64 {
        self.minors.queue().len() as f64 / f64::from(self.minors.capacity().max(1))
    }

    /// Patients waiting for a bay or a cubicle, per space.
    pub fn waiting_per_cubicle(&self) -> f64 {
        let spaces = self.cubicles.capacity() + self.bays.capacity();
        self.cubicles.queue().len() as f64 / f64::from(spaces.max(1))
    }

    /// How long somebody of this acuity who comes now is likely to wait for a space: as many spaces
    /// must fall free as people wait before them, one after the other at the pace of late \[min\].
    pub fn expected_wait_minutes(&self, acuity: Acuity) -> f64 {
        if self.cubicles.free() > 0 || !acuity.needs_cubicle() {
            return 0.0;
        }
        let queue = self.cubicles.queue();
        let before: usize = (0..=acuity as usize).map(|class| queue.len_of_class(class)).sum();
        (before + 1) as f64 * self.minutes_between_spaces
    }

    /// How often somebody has been given a bay or cubicle, or been seen by a clinician, so far.
    pub fn services_started(&self) -> u64 {
        let pools = [&self.bays, &self.cubicles, &self.majors, &self.minors];
        pools.into_iter().map(Pool::started).sum::<u64>() + self.urgent_treatment.services_started()
    }

    /// The resuscitation bays.
    pub fn bays(&self) -> &Pool<PatientId> {
        &self.bays
    }

    /// The cubicles; their queue is that for bays as well.
    pub fn cubicles(&self) -> &Pool<PatientId> {
        &self.cubicles
    }

    fn clinicians_for(&mut self, acuity: Acuity) -> &mut Pool<PatientId> {
        match acuity {
            Acuity::Minor => &mut self.minors,
            _ => &mut self.majors,
        }
    }
}

#[cfg(test)]
mod tests;
