//! The measures that are reported: what each is, its unit, and how it adds up over providers and
//! months.
//!
//! Names are those of the published series wherever there is one.

use super::outcome::Area;
use super::statistics::{Activity, AmbulanceMonth, CareSystemMonth, Departure, HospitalMonth};
use crate::measure::{Durations, Ratio};
use crate::units::Span;
use serde::{Deserialize, Serialize};

/// How a measure adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adds {
    /// A mean or share: numerators and denominators are added over providers and months.
    AsRatio,
    /// The 90th percentile of durations, which are counted together over providers and months.
    AsPercentile90,
    /// A number a month: added over providers, averaged over months.
    AsCount,
    /// A level averaged over days: added over providers, averaged over months.
    AsLevel,
    /// The median of durations, counted in the same way.
    AsMedian,
    /// A stock at the end of the month: added over providers, the last month stands for a period.
    AsStock,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less of it.
    Lower,
    /// More of it.
    Higher,
    /// Neither as such.
    Neither,
}

macro_rules! measures {
    ($($(#[doc = $doc:literal])+ $Measure:ident: $name:literal, $label:literal, $unit:literal, $adds:ident, $better:ident;)+) => {
        /// A measure of how the system does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Measure {
            $($(#[doc = $doc])+ $Measure,)+
        }

        impl Measure {
            /// All measures.
            pub const ALL: &'static [Self] = &[$(Self::$Measure),+];

            /// The name in files, that of the published series where there is one.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Measure => $name),+ }
            }

            /// A short name for people.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$Measure => $label),+ }
            }

            /// The unit of its values.
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$Measure => $unit),+ }
            }

            /// How it adds up.
            pub const fn adds(self) -> Adds {
                match self { $(Self::$Measure => Adds::$adds),+ }
            }

            /// Which way is better.
            pub const fn better(self) -> Better {
                match self { $(Self::$Measure => Better::$better),+ }
            }
        }
    };
}

measures! {
    /// Mean response time to C1 incidents.
    ResponseC1: "response_c1_mean", "C1 response, mean", "seconds", AsRatio, Lower;
    /// Mean response time to C2 incidents.
    ResponseC2: "response_c2_mean", "C2 response, mean", "seconds", AsRatio, Lower;
    /// Mean response time to C3 incidents.
    ResponseC3: "response_c3_mean", "C3 response, mean", "seconds", AsRatio, Lower;
    /// Mean response time to C4 incidents.
    ResponseC4: "response_c4_mean", "C4 response, mean", "seconds", AsRatio, Lower;
    /// Median of response times to C1 incidents.
    ResponseC1P50: "response_c1_p50", "C1 response, median", "seconds", AsMedian, Lower;
    /// 90th percentile of response times to C1 incidents.
    ResponseC1P90: "response_c1_p90", "C1 response, 90th", "seconds", AsPercentile90, Lower;
    /// Median of response times to C2 incidents.
    ResponseC2P50: "response_c2_p50", "C2 response, median", "seconds", AsMedian, Lower;
    /// 90th percentile of response times to C2 incidents.
    ResponseC2P90: "response_c2_p90", "C2 response, 90th", "seconds", AsPercentile90, Lower;
    /// Median of response times to C3 incidents.
    ResponseC3P50: "response_c3_p50", "C3 response, median", "seconds", AsMedian, Lower;
    /// 90th percentile of response times to C3 incidents.
    ResponseC3P90: "response_c3_p90", "C3 response, 90th", "seconds", AsPercentile90, Lower;
    /// Median of response times to C4 incidents.
    ResponseC4P50: "response_c4_p50", "C4 response, median", "seconds", AsMedian, Lower;
    /// 90th percentile of response times to C4 incidents.
    ResponseC4P90: "response_c4_p90", "C4 response, 90th", "seconds", AsPercentile90, Lower;
    /// Units allocated for each C1 incident with a response.
    AllocatedC1: "resources_allocated_per_c1", "units allocated per C1", "units", AsRatio, Neither;
    /// Units arriving for each C1 incident with a response.
    ArrivingC1: "resources_arriving_per_c1", "units arriving per C1", "units", AsRatio, Neither;
    /// Units allocated for each C2 incident with a response.
    AllocatedC2: "resources_allocated_per_c2", "units allocated per C2", "units", AsRatio, Neither;
    /// Units arriving for each C2 incident with a response.
    ArrivingC2: "resources_arriving_per_c2", "units arriving per C2", "units", AsRatio, Neither;
    /// Units allocated for each C3 incident with a response.
    AllocatedC3: "resources_allocated_per_c3", "units allocated per C3", "units", AsRatio, Neither;
    /// Units arriving for each C3 incident with a response.
    ArrivingC3: "resources_arriving_per_c3", "units arriving per C3", "units", AsRatio, Neither;
    /// Units diverted on their way to a less urgent call.
    UnitsDiverted: "units_diverted", "units diverted", "units", AsCount, Neither;
    /// Share of all incidents closed by phone.
    HearAndTreatShare: "share_hear_and_treat", "hear and treat", "fraction", AsRatio, Neither;
    /// Calls reviewed by clinicians of the hear-and-treat desk while they waited.
    CallsReviewed: "calls_reviewed_while_waiting", "calls reviewed while waiting", "calls", AsCount, Neither;
    /// Incidents treated on scene.
    SeeAndTreat: "incidents_see_and_treat", "see and treat", "incidents", AsCount, Neither;
    /// Incidents conveyed elsewhere than to an emergency department.
    ConveyedElsewhere: "incidents_conveyed_not_to_ed", "conveyed elsewhere", "incidents", AsCount, Neither;
    /// C3 and C4 calls that levers kept from being made.
    CallsAvoided: "calls_avoided", "calls avoided", "incidents", AsCount, Neither;
    /// 999 calls answered, those of callers who ring back included.
    CallsAnswered: "calls_999_answered", "999 calls answered", "calls", AsCount, Lower;
    /// Crew hours on duty.
    UnitHours: "unit_hours_on_duty", "crew hours on duty", "hours", AsCount, Neither;
    /// Crew hours travelling to scenes.
    UnitHoursTravelling: "unit_hours_travelling", "crew hours travelling", "hours", AsCount, Neither;
    /// Crew hours on scene.
    UnitHoursOnScene: "unit_hours_on_scene", "crew hours on scene", "hours", AsCount, Neither;
    /// Crew hours on the way to hospital.
    UnitHoursToHospital: "unit_hours_to_hospital", "crew hours to hospital", "hours", AsCount, Neither;
    /// Crew hours waiting at hospitals until somebody takes the patient over.
    UnitHoursWaiting: "unit_hours_waiting_at_hospital", "crew hours waiting at hospital", "hours", AsCount, Lower;
    /// Crew hours handing over.
    UnitHoursHandingOver: "unit_hours_handing_over", "crew hours handing over", "hours", AsCount, Neither;
    /// Crew hours making ready.
    UnitHoursMakingReady: "unit_hours_making_ready", "crew hours making ready", "hours", AsCount, Neither;
    /// Crew hours idle.
    UnitHoursIdle: "unit_hours_idle", "crew hours idle", "hours", AsCount, Neither;
    /// Crew hours lost at hospitals beyond 15 minutes, by ambulance service.
    UnitHoursLost15: "unit_hours_lost_over_15min", "crew hours lost over 15 min, by service", "hours", AsCount, Lower;
    /// Crew hours lost at hospitals beyond 30 minutes, by ambulance service.
    UnitHoursLost30: "unit_hours_lost_over_30min", "crew hours lost over 30 min, by service", "hours", AsCount, Lower;
    /// Incidents closed by phone.
    HearAndTreat: "incidents_hear_and_treat", "hear and treat", "incidents", AsCount, Neither;
    /// Calls cancelled by callers who waited long for a crew.
    CallsCancelled: "calls_cancelled_while_waiting", "calls cancelled while waiting", "incidents", AsCount, Lower;
    /// Incidents conveyed to an emergency department.
    ConveyedToEd: "incidents_conveyed_to_ed", "conveyed to ED", "incidents", AsCount, Neither;
    /// Share of crew hours on duty that are lost in handovers beyond 15 minutes.
    CapacityLost: "ambulance_capacity_lost_over_15min", "crew hours lost over 15 min, of all", "percent", AsRatio, Lower;
    /// Share of crew hours on duty that are busy.
    UnitUtilisation: "ambulance_unit_utilisation", "crews busy", "fraction", AsRatio, Neither;
    /// Share of handovers over 15 minutes.
    HandoversOver15: "handovers_over_15min_share", "handovers over 15 min", "percent", AsRatio, Lower;
    /// Share of handovers over 30 minutes.
    HandoversOver30: "handovers_over_30min_share", "handovers over 30 min", "percent", AsRatio, Lower;
    /// Share of handovers over 60 minutes.
    HandoversOver60: "handovers_over_60min_share", "handovers over 60 min", "percent", AsRatio, Lower;
    /// Mean handover time.
    HandoverMean: "handover_mean", "handover, mean", "minutes", AsRatio, Lower;
    /// 90th percentile of handover time.
    HandoverP90: "handover_p90", "handover, 90th percentile", "minutes", AsPercentile90, Lower;
    /// Crew time lost in handovers beyond 15 minutes.
    HandoverHoursLost: "handover_hours_lost_over_15min", "crew hours lost over 15 min", "hours", AsCount, Lower;
    /// Crew time lost in handovers beyond 30 minutes.
    HandoverHoursLostOver30: "handover_hours_lost_over_30min", "crew hours lost over 30 min", "hours", AsCount, Lower;
    /// Patients taken from crews into cohort places.
    HandedToCohort: "handed_to_cohort_place", "handed over to cohort places", "patients", AsCount, Neither;
    /// Patients taken from crews into corridor places.
    ReleasedToCorridor: "released_to_corridor", "released to the corridor", "patients", AsCount, Lower;
    /// Patients brought to another hospital than the nearest because less time is lost there.
    Redirected: "conveyances_redirected", "conveyed to a less delayed hospital", "patients", AsCount, Neither;
    /// Patients brought to another hospital than the nearest because that was very crowded.
    DivertedHere: "conveyances_diverted", "conveyed to a less crowded hospital", "patients", AsCount, Neither;
    /// Attendances at type 1 departments.
    AttendancesType1: "attendances_type1_excl_booked", "type 1 attendances", "attendances", AsCount, Neither;
    /// Share of type 1 attendances that leave within four hours.
    Within4Hours: "pct_within_4h_type1", "type 1 within 4 h", "percent", AsRatio, Higher;
    /// Attendances at departments of other types, single specialties and urgent treatment centres.
    AttendancesOtherTypes: "attendances_other_types_excl_booked", "attendances of other types", "attendances", AsCount, Neither;
    /// People with minor problems sent from the type 1 department to the urgent treatment centre.
    SentToUrgentTreatment: "sent_to_urgent_treatment_centre", "sent to urgent treatment", "patients", AsCount, Neither;
    /// Share of attendances of all types that leave within four hours.
    Within4HoursAllTypes: "pct_within_4h_all_types", "all types within 4 h", "percent", AsRatio, Higher;
    /// Mean time in the type 1 department of those admitted.
    InsideAdmitted: "time_in_department_admitted_mean", "time in ED, admitted, mean", "minutes", AsRatio, Lower;
    /// 90th percentile of the same.
    InsideAdmittedP90: "time_in_department_admitted_p90", "time in ED, admitted, 90th", "minutes", AsPercentile90, Lower;
    /// Mean time in the type 1 department of those who go home.
    InsideDischarged: "time_in_department_discharged_mean", "time in ED, discharged, mean", "minutes", AsRatio, Lower;
    /// 90th percentile of the same.
    InsideDischargedP90: "time_in_department_discharged_p90", "time in ED, discharged, 90th", "minutes", AsPercentile90, Lower;
    /// Mean time in the type 1 department of those who leave unseen.
    InsideLeftUnseen: "time_in_department_left_unseen_mean", "time in ED, left unseen, mean", "minutes", AsRatio, Lower;
    /// 90th percentile of the same.
    InsideLeftUnseenP90: "time_in_department_left_unseen_p90", "time in ED, left unseen, 90th", "minutes", AsPercentile90, Lower;
    /// Patients taken by same-day emergency care.
    SameDayCare: "same_day_emergency_care", "same-day emergency care", "patients", AsCount, Neither;
    /// Share of type 1 attendances that leave over twelve hours after arrival.
    Over12HoursFromArrival: "share_over_12h_from_arrival", "over 12 h from arrival", "percent", AsRatio, Lower;
    /// Patients who leave without being seen.
    LeftUnseen: "left_without_being_seen", "left unseen", "patients", AsCount, Lower;
    /// People who stay away because the department is crowded.
    StayedAway: "stayed_away_from_crowded_department", "stayed away", "people", AsCount, Neither;
    /// Emergency admissions through type 1 departments.
    AdmissionsViaEd: "emergency_admissions_via_ae", "admissions via A&E", "admissions", AsCount, Neither;
    /// Waits from the decision to admit over four and up to twelve hours.
    Waits4To12Hours: "waits_4_to_12h_decision_to_admit", "4 to 12 h from decision to admit", "patients", AsCount, Lower;
    /// Waits from the decision to admit over twelve hours.
    WaitsOver12Hours: "waits_over_12h_decision_to_admit", "over 12 h from decision to admit", "patients", AsCount, Lower;
    /// Patients waiting for an adult bed, at 08:00.
    Boarders: "patients_waiting_for_adult_bed", "boarding at 08:00", "patients", AsLevel, Lower;
    /// Adult general and acute beds open.
    AdultBedsOpen: "sitrep_adult_ga_beds_available", "adult G&A beds open", "beds", AsLevel, Neither;
    /// Patients in adult general and acute beds.
    AdultBedsOccupied: "sitrep_adult_ga_beds_occupied", "adult G&A beds occupied", "beds", AsLevel, Neither;
    /// Occupancy of adult general and acute beds.
    AdultOccupancy: "sitrep_adult_ga_occupancy", "adult G&A occupancy", "fraction", AsRatio, Lower;
    /// Escalation beds open, which are among the adult general and acute beds open.
    EscalationBeds: "escalation_beds_open", "escalation beds open", "beds", AsLevel, Neither;
    /// Adult emergency patients put into a bed of another specialty or of the ring-fence.
    Outliers: "emergency_outliers", "outliers", "patients", AsCount, Lower;
    /// Mean emergency stay in adult beds, of a night or more, of those who leave. Stays that began before the run are
    /// not counted, so that it is too short in the first weeks.
    EmergencyStay: "emergency_stay_mean", "emergency stay, mean", "days", AsRatio, Lower;
    /// Share of those stays that are over fourteen days.
    EmergencyStaysOver14: "emergency_stays_over_14_days_share", "emergency stays over 14 days", "percent", AsRatio, Lower;
    /// Patients in paediatric general and acute beds.
    PaediatricBedsOccupied: "sitrep_paediatric_ga_beds_occupied", "paediatric beds occupied", "beds", AsLevel, Neither;
    /// Patients in adult critical-care beds.
    CriticalCareOccupied: "sitrep_adult_critical_care_beds_occupied", "critical care occupied", "beds", AsLevel, Neither;
    /// Patients with no criteria to reside who remain at the end of the day.
    Remaining: "remaining_not_meeting_criteria", "remaining without criteria to reside", "patients", AsLevel, Lower;
    /// Patients with no criteria to reside who leave, a day.
    LeftWhenReady: "mean_daily_discharged_of_those", "leaving, of those ready", "patients", AsLevel, Higher;
    /// Share of those remaining who wait for home care.
    WaitingForHomeCare: "remaining_waiting_for_home_care_share", "of those, for home care", "percent", AsRatio, Neither;
    /// Share of those remaining who wait for intermediate care.
    WaitingForIntermediateCare: "remaining_waiting_for_intermediate_care_share", "of those, for intermediate care", "percent", AsRatio, Neither;
    /// Share of those remaining who wait for a care home.
    WaitingForCareHome: "remaining_waiting_for_care_home_share", "of those, for a care home", "percent", AsRatio, Neither;
    /// Days in hospital without criteria to reside, for want of home care.
    DelayDaysHomeCare: "delay_days_home_care", "delay days, home care", "bed days", AsCount, Lower;
    /// The same for want of intermediate care.
    DelayDaysIntermediateCare: "delay_days_intermediate_care", "delay days, intermediate care", "bed days", AsCount, Lower;
    /// The same for want of a care home.
    DelayDaysCareHome: "delay_days_care_home", "delay days, care home", "bed days", AsCount, Lower;
    /// The same within the hospital: medicines, transport, decisions.
    DelayDaysHospital: "delay_days_hospital_process", "delay days, hospital process", "bed days", AsCount, Lower;
    /// Share of adults leaving a bed who do so on a Saturday or Sunday.
    LeftAtWeekend: "share_discharged_at_weekend", "leaving at weekends", "fraction", AsRatio, Higher;
    /// Share of adults leaving a bed who do so before 17:00.
    LeftBy17: "share_discharged_by_1700", "leaving before 17:00", "fraction", AsRatio, Higher;
    /// Share of adult emergency discharges followed by an admission within 30 days.
    ReadmittedShare: "readmitted_within_30d_share", "admitted again within 30 days", "percent", AsRatio, Lower;
    /// Admissions that virtual wards of a scenario avoid.
    AdmissionsAvoided: "admissions_avoided_by_virtual_wards", "admissions avoided", "admissions", AsCount, Higher;
    /// Patients on virtual wards that a scenario has added.
    VirtualWardPatients: "added_virtual_ward_patients", "patients on added virtual wards", "patients", AsLevel, Neither;
    /// Patients waiting for a place outside hospital.
    WaitingForPlace: "patients_waiting_for_care_place", "waiting for a place outside hospital", "patients", AsLevel, Lower;
    /// Pathways on the waiting list.
    WaitingList: "waiting_list_total", "waiting list", "pathways", AsStock, Lower;
    /// Pathways within 18 weeks.
    WaitingWithin18: "waiting_within_18w", "within 18 weeks", "pathways", AsStock, Neither;
    /// Pathways over 52 weeks.
    WaitingOver52: "waiting_over_52w", "over 52 weeks", "pathways", AsStock, Lower;
    /// Pathways over 65 weeks.
    WaitingOver65: "waiting_over_65w", "over 65 weeks", "pathways", AsStock, Lower;
    /// Pathways over 78 weeks.
    WaitingOver78: "waiting_over_78w", "over 78 weeks", "pathways", AsStock, Lower;
    /// Pathways over 104 weeks.
    WaitingOver104: "waiting_over_104w", "over 104 weeks", "pathways", AsStock, Lower;
    /// Pathways with a decision to admit.
    WaitingDecided: "waiting_with_decision_to_admit", "with a decision to admit", "pathways", AsStock, Neither;
    /// Pathways ready to be called in: not held up by results, checks, for clinical reasons or by the patient's own choice.
    WaitingReady: "waiting_ready_to_be_called_in", "ready to be called in", "pathways", AsStock, Neither;
    /// Share of pathways within 18 weeks.
    WaitingWithin18Share: "waiting_within_18w_share", "within 18 weeks, of all", "percent", AsRatio, Higher;
    /// Of those treated with admission, the share who waited up to 18 weeks.
    AdmittedWithin18: "completed_admitted_within_18w_share", "admitted within 18 weeks", "percent", AsRatio, Higher;
    /// Clocks started.
    ClockStarts: "new_periods_clock_starts", "clock starts", "pathways", AsCount, Neither;
    /// Clocks stopped with admission.
    CompletedAdmitted: "completed_admitted", "treated with admission", "pathways", AsCount, Higher;
    /// Clocks stopped without admission.
    CompletedNonadmitted: "completed_nonadmitted", "treated without admission", "pathways", AsCount, Higher;
    /// Clocks removed without treatment.
    RemovedUntreated: "unreported_removals_residual", "removed without treatment", "pathways", AsCount, Neither;
    /// Share of diagnostic tests waited for over six weeks.
    TestsOverSixWeeks: "diagnostics_over_6w_share", "tests over six weeks", "percent", AsRatio, Lower;
    /// Diagnostic tests waited for.
    TestsWaiting: "diagnostics_waiting", "tests waited for", "tests", AsStock, Lower;
    /// Diagnostic tests done.
    TestsDone: "diagnostics_done", "tests done", "tests", AsCount, Higher;
    /// Operations cancelled for want of a bed.
    CancelledForBeds: "operations_cancelled_for_beds", "operations cancelled for beds", "operations", AsCount, Lower;
}

impl Measure {
    /// The measures that people ask about first.
    pub const HEADLINES: [Self; 13] = [
        Self::ResponseC2,
        Self::HandoversOver30,
        Self::HandoverHoursLost,
        Self::Within4Hours,
        Self::WaitsOver12Hours,
        Self::Boarders,
        Self::AdultOccupancy,
        Self::Remaining,
        Self::CancelledForBeds,
        Self::WaitingList,
        Self::WaitingOver52,
        Self::WaitingOver65,
        Self::WaitingOver78,
    ];

    /// How people read it: what to multiply by, the unit then, and how many decimals.
    pub fn shown(self) -> (f64, &'static str, usize) {
        match self.unit() {
            "seconds" => (1.0 / 60.0, "min", 1),
            "fraction" => (100.0, "%", 1),
            "percent" => (1.0, "%", 1),
            "minutes" => (1.0, "min", 1),
            "days" => (1.0, "d", 1),
            unit => (1.0, unit, 0),
        }
    }

    /// Whether it is taken at such an area; all are taken for England.
    pub fn is_taken_at(self, area: Area) -> bool {
        match area {
            Area::England => true,
            Area::AmbulanceService(_) => self.of_service(&AmbulanceMonth::default()).is_some(),
            Area::Hospital(_) => self.of_hospital(&HospitalMonth::default()).is_some(),
            Area::CareSystem(_) => self.of_care_system(&CareSystemMonth::default()).is_some(),
        }
    }

    /// For percentiles: the share of durations below.
    pub(super) fn percentile(self) -> Option<f64> {
        match self.adds() {
            Adds::AsMedian => Some(0.5),
            Adds::AsPercentile90 => Some(0.9),
            _ => None,
        }
    }

    /// The durations of which the measure is a percentile, at an ambulance service.
    pub(super) fn durations_of_service(self, month: &AmbulanceMonth) -> Option<&Durations> {
        let category = match self {
            Self::ResponseC1P50 | Self::ResponseC1P90 => 0,
            Self::ResponseC2P50 | Self::ResponseC2P90 => 1,
            Self::ResponseC3P50 | Self::ResponseC3P90 => 2,
            Self::ResponseC4P50 | Self::ResponseC4P90 => 3,
            _ => return None,
        };
        month.response_times.get(category)
    }

    /// The durations of which the measure is a percentile, at a hospital.
    pub(super) fn durations_of_hospital(self, month: &HospitalMonth) -> Option<&Durations> {
        let inside = |outcome: Departure| month.times_inside.get(outcome as usize);
        match self {
            Self::HandoverP90 => Some(&month.handover_times),
            Self::InsideAdmittedP90 => inside(Departure::Admitted),
            Self::InsideDischargedP90 => inside(Departure::Discharged),
            Self::InsideLeftUnseenP90 => inside(Departure::LeftUnseen),
            _ => None,
        }
    }

    /// The measure of some durations, in its unit; nothing over nothing if there are none.
    pub(super) fn of_durations(self, durations: &Durations) -> Ratio {
        let in_unit =
            |time: Span| if self.unit() == "seconds" { time.as_seconds() } else { time.as_minutes() };
        self.percentile()
            .and_then(|share| durations.quantile(share))
            .map_or(Ratio::default(), |time| Ratio::new(in_unit(time), 1.0))
    }

    /// Whether the measure is taken at ambulance services, at hospitals or at care systems.
    pub(super) fn of_service(self, month: &AmbulanceMonth) -> Option<Ratio> {
        let response = |c: usize| Ratio::new(month.response_seconds[c], month.responses[c] as f64);
        let per_incident = |units: [u64; 5], c: usize| Ratio::new(units[c] as f64, month.responses[c] as f64);
        let spent = |activity: Activity| count(month.activity_hours[activity as usize]);
        let closed_by_phone = month.closed_by_phone_expected + month.closed_by_phone_under_load as f64;
        // as published: with a response, or closed by phone
        let incidents = (month.incidents - month.cancelled_calls) as f64 + month.closed_by_phone_expected;
        if let Some(durations) = self.durations_of_service(month) {
            return Some(self.of_durations(durations));
        }
        Some(match self {
            Self::ResponseC1 => response(0),
            Self::ResponseC2 => response(1),
            Self::ResponseC3 => response(2),
            Self::ResponseC4 => response(3),
            Self::AllocatedC1 => per_incident(month.allocated, 0),
            Self::AllocatedC2 => per_incident(month.allocated, 1),
            Self::AllocatedC3 => per_incident(month.allocated, 2),
            Self::ArrivingC1 => per_incident(month.arrived, 0),
            Self::ArrivingC2 => per_incident(month.arrived, 1),
            Self::ArrivingC3 => per_incident(month.arrived, 2),
            Self::UnitsDiverted => count(month.diverted.iter().sum::<u64>() as f64),
            Self::HearAndTreat => count(closed_by_phone),
            Self::HearAndTreatShare => Ratio::new(closed_by_phone, incidents),
            Self::CallsReviewed => count(month.reviews as f64),
            Self::SeeAndTreat => count(month.see_and_treat as f64),
            Self::ConveyedElsewhere => count(month.conveyed_elsewhere as f64),
            Self::CallsAvoided => count(month.avoided as f64),
            Self::CallsAnswered => count(month.first_calls_per_incident * incidents + month.ring_backs),
            Self::UnitHours => count(month.unit_hours),
            Self::UnitHoursTravelling => spent(Activity::Travelling),
            Self::UnitHoursOnScene => spent(Activity::OnScene),
            Self::UnitHoursToHospital => spent(Activity::ToHospital),
            Self::UnitHoursWaiting => spent(Activity::WaitingAtHospital),
            Self::UnitHoursHandingOver => spent(Activity::HandingOver),
            Self::UnitHoursMakingReady => spent(Activity::MakingReady),
            Self::UnitHoursIdle => count(month.unit_hours - month.busy_unit_hours),
            Self::UnitHoursLost15 => count(month.hours_lost[0]),
            Self::UnitHoursLost30 => count(month.hours_lost[1]),
            Self::CallsCancelled => count(month.cancelled_calls as f64),
            Self::ConveyedToEd => count(month.conveyed_to_ed as f64),
            Self::CapacityLost => Ratio::new(100.0 * month.hours_lost[0], month.unit_hours),
            Self::UnitUtilisation => Ratio::new(month.busy_unit_hours, month.unit_hours),
            _ => return None,
        })
    }

    pub(super) fn of_hospital(self, month: &HospitalMonth) -> Option<Ratio> {
        let percent = |n: u64, of: u64| Ratio::new(100.0 * n as f64, of as f64);
        let number = |n: u64| count(n as f64);
        let daily = |n: u64| Ratio::new(n as f64, month.census_days as f64);
        let end_of_day = |n: u64| Ratio::new(n as f64, month.ready_days as f64);
        let over = |band: usize| number(month.list.over[band]);
        let inside = |outcome: Departure| {
            Ratio::new(month.hours_inside[outcome as usize] * 60.0, month.departures_by(outcome) as f64)
        };
        if let Some(durations) = self.durations_of_hospital(month) {
            return Some(self.of_durations(durations));
        }
        Some(match self {
            Self::HandoversOver15 => percent(month.handovers_over[0], month.handovers),
            Self::HandoversOver30 => percent(month.handovers_over[1], month.handovers),
            Self::HandoversOver60 => percent(month.handovers_over[2], month.handovers),
            Self::HandoverMean => Ratio::new(month.handover_hours * 60.0, month.handovers as f64),
            Self::HandoverHoursLost => count(month.handover_hours_lost),
            Self::HandoverHoursLostOver30 => count(month.handover_hours_lost_over_30),
            Self::HandedToCohort => number(month.handed_to_cohort),
            Self::ReleasedToCorridor => number(month.released_to_corridor),
            Self::Redirected => number(month.redirected_here),
            Self::DivertedHere => number(month.diverted_here),
            Self::AttendancesOtherTypes => number(month.attendances_other_types),
            Self::Within4HoursAllTypes => percent(
                month.within_4h + month.within_4h_other_types,
                month.departures + month.departures_other_types,
            ),
            Self::InsideAdmitted => inside(Departure::Admitted),
            Self::InsideDischarged => inside(Departure::Discharged),
            Self::InsideLeftUnseen => inside(Departure::LeftUnseen),
            Self::SameDayCare => number(month.same_day),
            Self::AttendancesType1 => number(month.attendances),
            Self::Within4Hours => percent(month.within_4h, month.departures),
            Self::Over12HoursFromArrival => percent(month.over_12h_from_arrival, month.departures),
            Self::LeftUnseen => number(month.left_unseen),
            Self::SentToUrgentTreatment => number(month.sent_to_urgent_treatment),
            Self::StayedAway => number(month.stayed_away),
            Self::AdmissionsViaEd => number(month.admissions_via_ed),
            Self::Waits4To12Hours => number(month.waits_4_to_12h),
            Self::WaitsOver12Hours => number(month.waits_over_12h),
            Self::Boarders => daily(month.boarders),
            Self::AdultBedsOpen => daily(month.adult_beds_open),
            Self::AdultBedsOccupied => daily(month.adult_beds_occupied),
            Self::AdultOccupancy => {
                Ratio::new(month.adult_beds_occupied as f64, month.adult_beds_open as f64)
            }
            Self::EscalationBeds => Ratio::new(month.escalation_beds, month.census_days as f64),
            Self::Outliers => number(month.outliers),
            Self::EmergencyStay => Ratio::new(month.stay_days, month.stays as f64),
            Self::EmergencyStaysOver14 => percent(month.stays_over_14_days, month.stays),
            Self::PaediatricBedsOccupied => daily(month.paediatric_beds_occupied),
            Self::CriticalCareOccupied => daily(month.critical_care_beds_occupied),
            Self::Remaining => end_of_day(month.remaining),
            Self::LeftWhenReady => end_of_day(month.left_when_ready),
            Self::WaitingForHomeCare => percent(month.remaining_by_pathway[1], month.remaining),
            Self::WaitingForIntermediateCare => percent(month.remaining_by_pathway[2], month.remaining),
            Self::WaitingForCareHome => percent(month.remaining_by_pathway[3], month.remaining),
            Self::DelayDaysHospital => number(month.remaining_by_pathway[0]),
            Self::DelayDaysHomeCare => number(month.remaining_by_pathway[1]),
            Self::DelayDaysIntermediateCare => number(month.remaining_by_pathway[2]),
            Self::DelayDaysCareHome => number(month.remaining_by_pathway[3]),
            Self::LeftAtWeekend => Ratio::new(month.left_bed_at_weekend as f64, month.left_bed as f64),
            Self::LeftBy17 => Ratio::new(month.left_bed_by_17 as f64, month.left_bed as f64),
            Self::ReadmittedShare => percent(month.readmissions, month.emergency_discharges),
            Self::AdmissionsAvoided => number(month.admissions_avoided),
            Self::VirtualWardPatients => daily(month.virtual_ward_patients),
            Self::WaitingList => number(month.list.total),
            Self::WaitingWithin18 => number(month.list.total - month.list.over[0]),
            Self::WaitingOver52 => over(1),
            Self::WaitingOver65 => over(2),
            Self::WaitingOver78 => over(3),
            Self::WaitingOver104 => over(4),
            Self::WaitingDecided => number(month.list.decided),
            Self::WaitingReady => number(month.list.ready),
            Self::WaitingWithin18Share => percent(month.list.total - month.list.over[0], month.list.total),
            Self::AdmittedWithin18 => {
                percent(month.elective.treated_within_18_weeks[0], month.elective.admitted)
            }
            Self::ClockStarts => number(month.elective.clock_starts),
            Self::RemovedUntreated => number(month.elective.removed),
            Self::TestsOverSixWeeks => percent(month.tests.over_six_weeks, month.tests.waiting),
            Self::TestsWaiting => number(month.tests.waiting),
            Self::TestsDone => number(month.tests.done),
            Self::CompletedAdmitted => number(month.elective.admitted),
            Self::CompletedNonadmitted => number(month.elective.nonadmitted),
            Self::CancelledForBeds => number(month.elective.cancelled),
            _ => return None,
        })
    }

    pub(super) fn of_care_system(self, month: &CareSystemMonth) -> Option<Ratio> {
        match self {
            Self::WaitingForPlace => {
                Some(Ratio::new(month.waiting_for_place.iter().sum::<u64>() as f64, month.days as f64))
            }
            _ => None,
        }
    }

    /// Adds the values of several providers in one month. Percentiles do not add up: see
    /// [`Outcome::over_areas`](super::outcome::Outcome::over_areas).
    pub fn over_providers(self, values: impl IntoIterator<Item = Ratio>) -> Ratio {
        match self.adds() {
            Adds::AsRatio => values.into_iter().sum(),
            Adds::AsMedian | Adds::AsPercentile90 => Ratio::default(),
            _ => {
                let total: f64 = values.into_iter().filter_map(Ratio::value).sum();
                Ratio::new(total, 1.0)
            }
        }
    }

    /// The value that stands for several months; for percentiles see
    /// [`Outcome::over`](super::outcome::Outcome::over).
    pub fn over_months(self, values: impl IntoIterator<Item = Ratio>) -> Option<f64> {
        match self.adds() {
            Adds::AsRatio => values.into_iter().sum::<Ratio>().value(),
            Adds::AsMedian | Adds::AsPercentile90 => None,
            Adds::AsCount | Adds::AsLevel => {
                let values: Vec<f64> = values.into_iter().filter_map(Ratio::value).collect();
                (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
            }
            Adds::AsStock => values.into_iter().last().and_then(Ratio::value),
        }
    }
}

fn count(number: f64) -> Ratio {
    Ratio::new(number, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_ratios_of_sums_and_counts_are_sums() {
        let months = [Ratio::new(10.0, 10.0), Ratio::new(0.0, 90.0)];
        assert_eq!(Measure::ResponseC2.over_providers(months).value(), Some(0.1));
        assert_eq!(Measure::WaitingList.over_providers(months).value(), Some(1.0));
        assert_eq!(Measure::WaitsOver12Hours.over_months(months), Some(0.5));
        assert_eq!(Measure::WaitingList.over_months(months), Some(0.0));
    }

    #[test]
    fn every_measure_belongs_to_one_kind_of_provider() {
        for measure in Measure::ALL {
            let kinds = [
                measure.of_service(&AmbulanceMonth::default()).is_some(),
                measure.of_hospital(&HospitalMonth::default()).is_some(),
                measure.of_care_system(&CareSystemMonth::default()).is_some(),
            ];
            assert_eq!(kinds.iter().filter(|&&k| k).count(), 1, "{measure:?}");
        }
    }
}
