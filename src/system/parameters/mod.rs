//! The parameters of behaviour: how long things take, how many go where, what bends under load.
//!
//! This file is the one list of them. To add a parameter, write it here -- its documentation, unit and
//! allowed range -- and give its value, interval and source in every pack's `parameters.toml`.

mod declare;
mod parameter;

pub use parameter::{Parameter, ParameterError, ParameterSpec, ProviderTable};

use crate::system::providers::ProviderGroup;
use declare::{parameters, provider_parameters};

parameters! {
    /// Ambulance services.
    ambulance: AmbulanceParameters {
        /// Mean time on scene with a patient who is then conveyed.
        on_scene_conveyed_minutes: "min" in 1.0..=240.0,
        /// Mean time to hand a patient over once the department is ready for it.
        handover_process_minutes: "min" in 0.0..=120.0,
    }

    /// Hospital wards.
    ward: WardParameters {
        /// Mean time from the departure of a patient to the bed being ready for the next.
        bed_turnaround_hours: "h" in 0.0..=48.0,
    }

    /// Discharge to care outside hospital.
    discharge: DischargeParameters {
        /// Mean time to arrange care at home (pathway 1) while there is capacity.
        arranging_days_p1: "d" in 0.0..=60.0,
    }

    /// Planned care.
    elective: ElectiveParameters {
        /// Share of admitted pathways that need a bed overnight; the others are day cases.
        overnight_share: "share" in 0.0..=1.0,
    }
}

provider_parameters! {
    /// Share of incidents closed by telephone when crews are not short.
    HearAndTreatBaseShare: "hear_and_treat_base_share", AmbulanceServices, "share of incidents" in 0.0..=1.0;
    /// Share of face-to-face incidents conveyed to an emergency department.
    ConveyedToEdShare: "conveyed_to_ed_share", AmbulanceServices,
        "share of face-to-face incidents" in 0.0..=1.0;
    /// Share of face-to-face incidents conveyed elsewhere.
    ConveyedElsewhereShare: "conveyed_elsewhere_share", AmbulanceServices,
        "share of face-to-face incidents" in 0.0..=1.0;
    /// Crews on duty, mean over the week.
    AmbulanceUnits: "ambulance_units", AmbulanceServices, "crews on duty" in 0.0..=10000.0;
    /// Admissions through A&E for each attendance at type 1.
    AdmittedShareOfType1: "admitted_share_of_type1", AcuteTrusts, "share of type 1 attendances" in 0.0..=1.0;
    /// Adult general and acute beds occupied before the winter.
    AdultGaOccupiedBeds: "adult_ga_occupied_beds", AcuteTrusts, "beds" in 0.0..=100000.0;
    /// Paediatric general and acute beds occupied before the winter.
    PaediatricGaOccupiedBeds: "paediatric_ga_occupied_beds", AcuteTrusts, "beds" in 0.0..=100000.0;
    /// Adult critical care beds occupied before the winter.
    AdultCriticalCareOccupiedBeds: "adult_critical_care_occupied_beds", AcuteTrusts, "beds" in 0.0..=100000.0;
    /// Speed of the emergency department against the average one.
    EdEfficiency: "ed_efficiency", AcuteTrusts, "ratio" in 0.05..=20.0;
    /// Patients in hospital with no criteria to reside, at the end of the day, before the winter.
    RemainingNotMeetingCriteria: "remaining_not_meeting_criteria", CareSystems, "patients" in 0.0..=100000.0;
}

/// Parts of one whole, by provider: where their sum exceeds 1, the pack is refused.
pub(crate) const PARTS_OF_ONE: &[&[ProviderParameter]] =
    &[&[ProviderParameter::ConveyedToEdShare, ProviderParameter::ConveyedElsewhereShare]];
