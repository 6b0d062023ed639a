//! A type 1 emergency department: cubicles by acuity, clinicians by hour, and boarding.
//!
//! Patients with major problems need a cubicle, then a clinician, then time for tests and
//! treatment. A patient with a decision to admit *keeps the cubicle* until a bed is ready: this one
//! rule makes exit block. A crew keeps its patient until a cubicle is free, unless the patient is
//! moved to one of a few corridor places. Patients with minor problems need a clinician only.

use super::PatientId;
use crate::engine::{Place, Pool, Request, Start};
use crate::random::Distribution;
use crate::units::Time;

/// How urgent a patient is found to be on arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Acuity {
    /// To be seen at once.
    Immediate,
    /// To be seen within minutes.
    VeryUrgent,
    /// Needs a cubicle, can wait.
    Urgent,
    /// Needs no cubicle.
    Minor,
}

impl Acuity {
    /// Whether the patient needs a cubicle.
    pub const fn needs_cubicle(self) -> bool {
        !matches!(self, Self::Minor)
    }
}

/// Size, staffing and durations of one department.
#[derive(Clone, Debug)]
pub struct EmergencyConfig {
    /// Cubicles, resuscitation bays included \[places\] -- set by the pack.
    pub cubicles: u32,
    /// Corridor places that can take a patient from a waiting crew \[places\] -- set by the pack.
    pub corridor_places: u32,
    /// Decision-making clinicians for patients in cubicles, by hour of the week -- set by the pack.
    pub majors_clinicians_by_hour: Vec<u32>,
    /// The same for patients with minor problems.
    pub minors_clinicians_by_hour: Vec<u32>,
    /// A clinician's time with a patient in a cubicle \[min\] -- drawn.
    pub majors_clinician_minutes: Distribution,
    /// A clinician's time with a patient with a minor problem \[min\] -- drawn.
    pub minors_clinician_minutes: Distribution,
    /// Tests and treatment after the clinician, in the cubicle \[min\] -- drawn.
    pub majors_tests_minutes: Distribution,
    /// Tests and treatment of minor problems \[min\] -- drawn.
    pub minors_tests_minutes: Distribution,
}

/// A department at work.
#[derive(Clone, Debug)]
pub struct EmergencyDepartment {
    config: EmergencyConfig,
    cubicles: Pool<PatientId>,
    majors: Pool<PatientId>,
    minors: Pool<PatientId>,
    in_corridor: u32,
}

impl EmergencyDepartment {
    /// An empty department with the clinicians of the hour of the week `hour`.
    pub fn new(config: EmergencyConfig, hour: usize) -> Self {
        let cubicles = Pool::new(config.cubicles, 3);
        let mut department =
            Self { config, cubicles, majors: Pool::new(0, 3), minors: Pool::new(0, 1), in_corridor: 0 };
        department.change_shift(hour, Time::ZERO);
        department
    }

    /// Its configuration.
    pub fn config(&self) -> &EmergencyConfig {
        &self.config
    }

    /// Clinicians of this hour of the week come on duty. Call [`EmergencyDepartment::next_seen`]
    /// for both kinds of patients afterwards.
    pub fn change_shift(&mut self, hour_of_week: usize, now: Time) {
        let at = |roster: &[u32]| roster.get(hour_of_week).copied().unwrap_or(0);
        self.majors.set_capacity(at(&self.config.majors_clinicians_by_hour), now);
        self.minors.set_capacity(at(&self.config.minors_clinicians_by_hour), now);
    }

    /// Asks for a cubicle.
    pub fn request_cubicle(&mut self, patient: PatientId, acuity: Acuity, now: Time) -> Request {
        self.cubicles.request(patient, acuity as usize, now)
    }

    /// A cubicle falls free. Call [`EmergencyDepartment::next_cubicle`] afterwards.
    pub fn leave_cubicle(&mut self, now: Time) {
        self.cubicles.release(now);
    }

    /// The next patient to move into a cubicle.
    pub fn next_cubicle(&mut self, now: Time) -> Option<Start<PatientId>> {
        self.cubicles.start_next(now)
    }

    /// Takes a patient from a waiting crew into the corridor, if there is a place there.
    pub fn try_corridor(&mut self) -> bool {
        let has_place = self.in_corridor < self.config.corridor_places;
        self.in_corridor += u32::from(has_place);
        has_place
    }

    /// A patient moves from the corridor into a cubicle.
    pub fn leave_corridor(&mut self) {
        debug_assert!(self.in_corridor > 0);
        self.in_corridor = self.in_corridor.saturating_sub(1);
    }

    /// Asks for a clinician.
    pub fn request_clinician(&mut self, patient: PatientId, acuity: Acuity, now: Time) -> Request {
        match acuity {
            Acuity::Minor => self.minors.request(patient, 0, now),
            _ => self.majors.request(patient, acuity as usize, now),
        }
    }

    /// A clinician has finished with a patient. Call [`EmergencyDepartment::next_seen`] afterwards.
    pub fn clinician_free(&mut self, acuity: Acuity, now: Time) {
        self.clinicians_for(acuity).release(now);
    }

    /// The next patient to be seen by a clinician who sees patients of this acuity.
    pub fn next_seen(&mut self, acuity: Acuity, now: Time) -> Option<Start<PatientId>> {
        self.clinicians_for(acuity).start_next(now)
    }

    /// A patient who waits for a clinician leaves without being seen; `false` if no longer waiting.
    pub fn leave_unseen(&mut self, acuity: Acuity, place: Place, now: Time) -> bool {
        self.clinicians_for(acuity).withdraw(place, now).is_some()
    }

    /// Patients waiting for a clinician who sees minor problems, per clinician on duty.
    pub fn minors_waiting_per_clinician(&self) -> f64 {
        self.minors.queue().len() as f64 / f64::from(self.minors.capacity().max(1))
    }

    /// Patients waiting for a cubicle, per cubicle.
    pub fn waiting_per_cubicle(&self) -> f64 {
        self.cubicles.queue().len() as f64 / f64::from(self.cubicles.capacity().max(1))
    }

    /// The cubicles.
    pub fn cubicles(&self) -> &Pool<PatientId> {
        &self.cubicles
    }

    /// Patients in the corridor.
    pub fn in_corridor(&self) -> u32 {
        self.in_corridor
    }

    fn clinicians_for(&mut self, acuity: Acuity) -> &mut Pool<PatientId> {
        match acuity {
            Acuity::Minor => &mut self.minors,
            _ => &mut self.majors,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn department(cubicles: u32) -> EmergencyDepartment {
        let minutes = |mean| Distribution::constant(mean).unwrap();
        let config = EmergencyConfig {
            cubicles,
            corridor_places: 1,
            majors_clinicians_by_hour: vec![1; 168],
            minors_clinicians_by_hour: vec![1; 168],
            majors_clinician_minutes: minutes(30.0),
            minors_clinician_minutes: minutes(15.0),
            majors_tests_minutes: minutes(90.0),
            minors_tests_minutes: minutes(20.0),
        };
        EmergencyDepartment::new(config, 0)
    }

    #[test]
    fn boarding_patients_hold_their_cubicle() {
        let mut ed = department(1);
        let now = Time::ZERO;
        assert_eq!(ed.request_cubicle(PatientId(1), Acuity::Urgent, now), Request::Started);
        assert!(matches!(ed.request_cubicle(PatientId(2), Acuity::Immediate, now), Request::Queued(_)));
        // seen and decided, but no bed: the clinician is free, the cubicle is not
        assert_eq!(ed.request_clinician(PatientId(1), Acuity::Urgent, now), Request::Started);
        ed.clinician_free(Acuity::Urgent, now);
        assert_eq!(ed.next_cubicle(now), None);
        ed.leave_cubicle(now);
        assert_eq!(ed.next_cubicle(now).map(|start| start.job), Some(PatientId(2)));
    }

    #[test]
    fn the_corridor_is_finite() {
        let mut ed = department(1);
        assert!(ed.try_corridor());
        assert!(!ed.try_corridor());
        ed.leave_corridor();
        assert!(ed.try_corridor());
    }

    #[test]
    fn a_patient_who_is_being_seen_does_not_leave_unseen() {
        let mut ed = department(1);
        let now = Time::ZERO;
        ed.request_clinician(PatientId(1), Acuity::Minor, now);
        let Request::Queued(place) = ed.request_clinician(PatientId(2), Acuity::Minor, now) else {
            panic!("the only clinician is busy");
        };
        ed.clinician_free(Acuity::Minor, now);
        assert_eq!(ed.next_seen(Acuity::Minor, now).map(|start| start.job), Some(PatientId(2)));
        assert!(!ed.leave_unseen(Acuity::Minor, place, now));
    }
}
