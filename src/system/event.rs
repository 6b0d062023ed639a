//! Everything that can happen in the running system.

use crate::care::PatientId;
use crate::care::ambulance::{Category, Crew};
use crate::care::ward::BedKind;

/// An event. Patients are addressed by row; where a patient may have left before the event, it also
/// carries the patient's stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next 999 incident of a dispatch area and category.
    Incident {
        /// Position of the dispatch area.
        area: u16,
        /// Its category.
        category: Category,
    },
    /// A caller who waits for a crew cancels the call.
    CallCancelled(PatientId, u16),
    /// A caller has waited so long that the call is answered like a C2 call.
    CallEscalated(PatientId, u16),
    /// A call has waited so long that a clinician is to ring back.
    CallBackDue(PatientId, u16),
    /// A clinician of the hear-and-treat desk has finished a review.
    CallReviewed {
        /// Position of the dispatch area.
        area: u16,
        /// Position of the review at the desk.
        position: u16,
    },
    /// A crew reaches the patient, unless it has been diverted.
    AtScene(PatientId, u16),
    /// A crew reaches the hospital with the patient.
    AtHospital(PatientId),
    /// A crew has waited long enough for the release-to-respond rule.
    HandoverOverdue(PatientId, u16),
    /// A crew is ready for the next call.
    CrewClear {
        /// Position of the dispatch area.
        area: u16,
        /// Its kind.
        crew: Crew,
    },
    /// The next patient comes to an urgent treatment centre.
    UrgentTreatment {
        /// Position of the hospital.
        hospital: u16,
    },
    /// A clinician of an urgent treatment centre has finished with the patient.
    UrgentTreatmentOver(PatientId),
    /// Same-day emergency care is over.
    SameDayOver(PatientId),
    /// The next patient walks in.
    WalkIn {
        /// Position of the hospital.
        hospital: u16,
    },
    /// The patient is settled in the cubicle and can be seen.
    InCubicle(PatientId),
    /// The patient's patience has run out.
    LosesPatience(PatientId, u16),
    /// The clinician has finished with the patient.
    Seen(PatientId),
    /// Tests and treatment are over: the clinician is needed for the decision.
    Tested(PatientId),
    /// A decision is made.
    Decided(PatientId),
    /// The next direct emergency admission.
    DirectAdmission {
        /// Position of the hospital.
        hospital: u16,
        /// Whether the patient is a child.
        is_child: bool,
    },
    /// The patient has been moved from the department to the ward.
    OnWard(PatientId),
    /// Critical care is no longer needed.
    CriticalCareOver(PatientId),
    /// Could the patient be looked after on the virtual ward from now on?
    VirtualWardReview(PatientId, u16),
    /// The stay on the virtual ward is over.
    VirtualWardOver(PatientId),
    /// A ward round finds that the patient need not be in hospital.
    FoundReady(PatientId, u16),
    /// Everything is arranged but the place outside hospital.
    Arranged(PatientId),
    /// Something else than the place waited for has been found.
    FoundElsewhere(PatientId, u16),
    /// The patient leaves the bed.
    LeavesBed(PatientId),
    /// The stay in a community bed is over for somebody who needs more care after it.
    MovesOn(PatientId),
    /// Somebody who went home is admitted again.
    Readmitted(PatientId),
    /// Staff for the escalation beds asked for are there.
    EscalationBedsStaffed {
        /// Position of the hospital.
        hospital: u16,
    },
    /// A bed has been cleaned.
    BedReady {
        /// Position of the hospital.
        hospital: u16,
        /// Its kind.
        kind: BedKind,
    },
    /// A place outside hospital falls free.
    PlaceFree {
        /// Position of the care system.
        care_system: u16,
        /// Index of the supported pathway.
        pathway: u8,
    },
    /// Elective patients are called in.
    ElectiveMorning,
    /// Elective patients without a bed are sent home.
    ElectiveEvening,
    /// The hour: shifts change and pressure is felt.
    Hour,
    /// The daily count of beds, at 08:00.
    BedCensus,
    /// The daily count of those ready to leave who are still there, at the end of the day.
    ReadyCensus,
    /// A month begins.
    Month,
    /// The capacity changes of a scenario with this position.
    Change(u32),
}

impl Event {
    /// Whom it is about, if about somebody.
    #[inline(always)]
    pub(super) fn patient(self) -> Option<PatientId> {
        match self {
            Self::CallCancelled(patient, _)
            | Self::CallEscalated(patient, _)
            | Self::CallBackDue(patient, _)
            | Self::AtScene(patient, _)
            | Self::AtHospital(patient)
            | Self::HandoverOverdue(patient, _)
            | Self::UrgentTreatmentOver(patient)
            | Self::SameDayOver(patient)
            | Self::InCubicle(patient)
            | Self::LosesPatience(patient, _)
            | Self::Seen(patient)
            | Self::Tested(patient)
            | Self::Decided(patient)
            | Self::OnWard(patient)
            | Self::CriticalCareOver(patient)
            | Self::VirtualWardReview(patient, _)
            | Self::VirtualWardOver(patient)
            | Self::FoundReady(patient, _)
            | Self::Arranged(patient)
            | Self::FoundElsewhere(patient, _)
            | Self::LeavesBed(patient)
            | Self::MovesOn(patient)
            | Self::Readmitted(patient) => Some(patient),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_event_takes_eight_bytes() {
        assert_eq!(size_of::<super::Event>(), 8);
    }
}
