//! The patient record, and the register of everybody who is in the running system.

use crate::care::PatientId;
use crate::care::ambulance::{Category, Crew};
use crate::care::discharge::Pathway;
use crate::care::elective::Clock;
use crate::care::emergency::{Acuity, Space};
use crate::care::ward::BedKind;
use crate::engine::Place;
use crate::random::{Dice, PersonKey};
use crate::units::Time;

/// What a draw about a patient is for: each is named after what it decides. Adding a purpose moves no other draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    ClosedByPhone = 1,
    Travel = 3,
    SceneOutcome,
    OnScene,
    ToHospital,
    Hospital,
    HandoverProcess,
    MakeReady,
    Age,
    Acuity,
    StaysAway,
    Impatience,
    Patience,
    ClinicianTime,
    Tests,
    Disposition,
    CriticalCare,
    Transfer,
    Stay,
    CriticalStay,
    WardRound,
    Pathway,
    ProcessDelay,
    Arranging,
    FoundElsewhere,
    LeavingHour,
    Turnaround,
    DaysInPlace,
    VirtualWard,
    CancelsCall,
    Specialty = 64,
    Infection,
    StepUp,
    OnwardFlow,
    OnwardDays,
    Readmission,
    ReadmissionDays,
    // the department's, numbered apart
    SameDay = 100,
    SameDayStay,
    UrgentTreatment,
    AfterUrgentTreatment,
    SentToUrgentTreatment,
    CohortHandover,
    Review,
    Redirection,
    Detour,
    CallAvoided,
    NearestCrew,
    NearestOther,
    FurtherUnits,
    SpareUnits,
    TravelOfOthers,
    TravelAgain,
    MayReview,
    Escalates,
    PhoneReview,
    StartingDelay,
    NearerCrew,
    TravelOfNearerCrew,
}

/// Where in the system a patient is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In the stack: the call is taken, no crew is on its way.
    WaitingForCrew,
    /// A crew is on its way.
    CrewOnTheWay,
    /// A crew is on scene, or on the way to hospital.
    WithCrew,
    /// At the hospital with the crew: no cubicle yet.
    WaitingToHandOver,
    /// With the crew on the way from the nearest hospital to another.
    OnDetour,
    /// In a cohort place: the crew has gone, no cubicle yet.
    InCohort,
    /// In a corridor place: the crew has gone, no cubicle yet.
    InCorridor,
    /// In the waiting room for a cubicle.
    WaitingForCubicle,
    /// In a bay or a cubicle: until a clinician has seen the patient.
    InCubicle,
    /// In a bay or a cubicle: seen; until tests, treatment and decision are over.
    InTreatment,
    /// With a minor problem: waiting for a clinician, seen, or being treated.
    InMinors,
    /// In same-day emergency care.
    InSameDayCare,
    /// In the urgent treatment centre.
    InUrgentTreatment,
    /// Decided to be admitted: in bay or cubicle until the move to the ward.
    Boarding,
    /// Decided to be admitted with a minor problem: on a chair until the move to the ward.
    OnChair,
    /// Admitted directly or called in for surgery: no bed yet.
    WaitingForBed,
    /// In a hospital bed.
    InBed,
    /// In a hospital bed without need for it.
    ReadyToLeave,
    /// In a virtual-ward place for the rest of a hospital stay.
    OnVirtualWard,
    /// In a virtual-ward place instead of a hospital bed.
    AdmissionAvoided,
    /// In a community bed, with more care to come after it.
    InCommunityBed,
    /// At home, to be admitted again within 30 days.
    AtHome,
    /// No longer in the system.
    Gone,
}

/// What is known about one patient: one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Patient {
    /// Everything drawn about the patient comes from here.
    pub key: PersonKey,
    /// When the call came or the department was reached.
    pub arrived: Time,
    /// When the current wait began: call or loss of the crew, handover, decision to admit. While a crew
    /// is on its way: when it will arrive.
    pub since: Time,
    /// Place in the current queue.
    pub place: Place,
    /// The clock of an elective patient.
    pub clock: Option<Clock>,
    /// Hospital, by position in the running system.
    pub hospital: u16,
    /// Dispatch area, by position in the running system.
    pub area: u16,
    /// Where the patient is.
    pub stage: Stage,
    /// Urgency of the call.
    pub category: Category,
    /// Urgency on arrival.
    pub acuity: Acuity,
    /// Bay or cubicle, if the patient is in one.
    pub space: Space,
    /// The kind of crew that was sent.
    pub crew: Crew,
    /// Crews on their way that are stood down when the first arrives.
    pub spare_units: u8,
    /// The kind of bed held or asked for.
    pub bed: BedKind,
    /// The way out of hospital.
    pub pathway: Pathway,
    /// Whether the patient came by ambulance.
    pub by_ambulance: bool,
    /// Whether the patient is a child.
    pub is_child: bool,
    /// Whether a place outside hospital is reserved for the patient.
    pub has_place: bool,
    stamp: u16,
}

impl Patient {
    fn new(key: PersonKey, now: Time, stage: Stage) -> Self {
        Self {
            key,
            arrived: now,
            since: now,
            place: Place::NOWHERE,
            clock: None,
            hospital: 0,
            area: 0,
            stage,
            category: Category::Other,
            acuity: Acuity::Minor,
            space: Space::Cubicle,
            crew: Crew::Core,
            spare_units: 0,
            bed: BedKind::Medical,
            pathway: Pathway::P0,
            by_ambulance: false,
            is_child: false,
            has_place: false,
            stamp: 0,
        }
    }

    /// The patient's dice for a purpose.
    #[inline]
    pub fn dice(&self, purpose: Purpose) -> Dice {
        self.key.dice(purpose as u64)
    }

    /// Whether the patient is at the hospital and the crew cannot go yet.
    pub fn is_with_crew_at_door(&self) -> bool {
        self.stage == Stage::WaitingToHandOver
    }

    /// Distinguishes this patient from others who had the same row before; an event that carries
    /// another stamp is for somebody who has left. It wraps after 65,536 patients in one row.
    pub fn stamp(&self) -> u16 {
        self.stamp
    }
}

/// Everybody in the system: rows that are re-used.
#[derive(Clone, Debug, Default)]
pub struct Register {
    rows: Vec<Patient>,
    free_rows: Vec<u32>,
    admitted: u64,
}

impl Register {
    /// Takes somebody in at `stage`; everything else is at its default until it is known.
    pub fn admit(&mut self, key: PersonKey, now: Time, stage: Stage) -> PatientId {
        self.admitted += 1;
        let mut patient = Patient::new(key, now, stage);
        if let Some(row) = self.free_rows.pop() {
            let place = &mut self.rows[row as usize];
            patient.stamp = place.stamp.wrapping_add(1);
            *place = patient;
            PatientId(row)
        } else {
            self.rows.push(patient);
            PatientId((self.rows.len() - 1) as u32)
        }
    }

    /// Somebody who went home comes again: with new dice and a new stamp, all else at its default but
    /// the hospital.
    pub fn comes_again(&mut self, patient: PatientId, now: Time, stage: Stage) {
        let row = &mut self.rows[patient.0 as usize];
        let (key, hospital, stamp) = (row.key.again(), row.hospital, row.stamp.wrapping_add(1));
        *row = Patient { hospital, stamp, ..Patient::new(key, now, stage) };
    }

    /// Events scheduled for this patient so far that carry the stamp are for nobody any more.
    pub fn forget_events(&mut self, patient: PatientId) {
        let row = &mut self.rows[patient.0 as usize];
        row.stamp = row.stamp.wrapping_add(1);
    }

    /// Somebody leaves the system.
    pub fn discharge(&mut self, patient: PatientId) {
        let row = &mut self.rows[patient.0 as usize];
        debug_assert!(row.stage != Stage::Gone, "a patient left twice");
        row.stage = Stage::Gone;
        self.free_rows.push(patient.0);
    }

    /// Somebody who is present and still carries this stamp.
    #[inline]
    pub fn if_present(&self, patient: PatientId, stamp: u16) -> Option<&Patient> {
        self.rows.get(patient.0 as usize).filter(|row| row.stage != Stage::Gone && row.stamp == stamp)
    }

    /// Number present.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.rows.len() - self.free_rows.len()
    }

    /// Everybody taken in since the start.
    pub fn admitted(&self) -> u64 {
        self.admitted
    }

    /// Every row, those of people who have left included.
    pub fn rows(&self) -> &[Patient] {
        &self.rows
    }

    /// Everybody present.
    pub fn iter(&self) -> impl Iterator<Item = &Patient> {
        self.rows.iter().filter(|row| row.stage != Stage::Gone)
    }
}

impl std::ops::Index<PatientId> for Register {
    type Output = Patient;
    #[inline]
    fn index(&self, patient: PatientId) -> &Patient {
        &self.rows[patient.0 as usize]
    }
}

impl std::ops::IndexMut<PatientId> for Register {
    #[inline]
    fn index_mut(&mut self, patient: PatientId) -> &mut Patient {
        &mut self.rows[patient.0 as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn a_patient_fills_one_line_of_the_cache() {
        assert_eq!(size_of::<Patient>(), 64);
    }

    #[test]
    fn a_row_that_is_used_again_carries_another_stamp() {
        let mut register = Register::default();
        let key = Stream::of_seed(1).person(0);
        let first = register.admit(key, Time::ZERO, Stage::InBed);
        let stamp = register[first].stamp();
        register.discharge(first);
        let second = register.admit(key, Time::ZERO, Stage::InBed);
        assert_eq!(first, second);
        assert!(register.if_present(first, stamp).is_none());
        assert!(register.if_present(second, register[second].stamp()).is_some());
        assert_eq!((register.len(), register.admitted()), (1, 2));
    }
}
