//! Where a patient waits for a cubicle without the crew: cohort places and the corridor.
//!
//! A cohort place is looked after by a hospital-ambulance liaison officer (HALO): `m` officers with
//! `k` patients each make `m k` places. A crew hands over there as soon as one is free and goes; the
//! patient keeps the place in the queue for cubicles. A corridor place is nobody's post: it takes a
//! patient only when a crew has waited long (release to respond).

use crate::care::PatientId;
use std::collections::VecDeque;

/// Places in which patients wait for a cubicle without their crew, and the crews that wait.
#[derive(Clone, Debug)]
pub struct HandoverPlaces {
    corridor_places: u32,
    in_corridor: u32,
    cohort_places: u32,
    in_cohort: u32,
    // patients with the stamp of their record; those who have gone on are left in until they are first
    crews: VecDeque<(PatientId, u16)>,
}

impl HandoverPlaces {
    /// So many corridor places and no cohort places.
    pub fn new(corridor_places: u32) -> Self {
        Self { corridor_places, in_corridor: 0, cohort_places: 0, in_cohort: 0, crews: VecDeque::new() }
    }

    /// Takes a patient from a waiting crew into the corridor, if there is a place there.
    pub fn try_corridor(&mut self) -> bool {
        let has_place = self.in_corridor < self.corridor_places;
        self.in_corridor += u32::from(has_place);
        has_place
    }

    /// Takes a patient from a waiting crew into the corridor, though it may be full (rapid release).
    pub fn squeeze_into_corridor(&mut self) {
        self.in_corridor += 1;
    }

    /// A patient moves from the corridor into a cubicle.
    pub fn leave_corridor(&mut self) {
        debug_assert!(self.in_corridor > 0);
        self.in_corridor = self.in_corridor.saturating_sub(1);
    }

    /// Opens or closes cohort places; patients in places that close stay in them. Ask
    /// [`HandoverPlaces::has_cohort_place`] afterwards.
    pub fn set_cohort_places(&mut self, places: u32) {
        self.cohort_places = places;
    }

    /// Whether a cohort place is free.
    pub fn has_cohort_place(&self) -> bool {
        self.in_cohort < self.cohort_places
    }

    /// Takes a patient from a crew into a cohort place, if there is one.
    pub fn try_cohort(&mut self) -> bool {
        let has_place = self.has_cohort_place();
        self.in_cohort += u32::from(has_place);
        has_place
    }

    /// A patient moves from a cohort place into a cubicle. The longest-waiting crew hands over next.
    pub fn leave_cohort(&mut self) {
        debug_assert!(self.in_cohort > 0);
        self.in_cohort = self.in_cohort.saturating_sub(1);
    }

    /// A crew begins to wait with the patient of this stamp. `still_waits` tells who of those that
    /// came before still waits with the crew.
    pub fn crew_waits(
        &mut self,
        patient: PatientId,
        stamp: u16,
        still_waits: impl Fn(PatientId, u16) -> bool,
    ) {
        while self.crews.front().is_some_and(|&(first, stamp)| !still_waits(first, stamp)) {
            self.crews.pop_front();
        }
        self.crews.push_back((patient, stamp));
    }

    /// The patient of the longest-waiting crew.
    pub fn next_crew(&mut self, still_waits: impl Fn(PatientId, u16) -> bool) -> Option<PatientId> {
        while let Some((patient, stamp)) = self.crews.pop_front() {
            if still_waits(patient, stamp) {
                return Some(patient);
            }
        }
        None
    }

    /// Patients in the corridor.
    pub fn in_corridor(&self) -> u32 {
        self.in_corridor
    }

    /// Patients in cohort places.
    pub fn in_cohort(&self) -> u32 {
        self.in_cohort
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corridor_is_finite() {
        let mut places = HandoverPlaces::new(1);
        assert!(places.try_corridor());
        assert!(!places.try_corridor());
        places.leave_corridor();
        assert!(places.try_corridor());
        // but for rapid release
        places.squeeze_into_corridor();
        places.leave_corridor();
        assert!(!places.try_corridor() && places.in_corridor() == 1);
    }

    #[test]
    fn the_longest_waiting_crew_that_still_waits_is_next() {
        let mut places = HandoverPlaces::new(0);
        assert!(!places.try_cohort());
        for id in 0..3 {
            places.crew_waits(PatientId(id), 0, |_, _| true);
        }
        places.set_cohort_places(1);
        assert!(places.has_cohort_place());
        let gone = PatientId(0);
        assert_eq!(places.next_crew(|patient, _| patient != gone), Some(PatientId(1)));
        assert!(places.try_cohort() && !places.try_cohort());
    }
}
