//! The measures that are reported: what each is, its unit, and how it adds up over providers and
//! months.
//!
//! Names are those of the published series wherever there is one.

use super::statistics::{AmbulanceMonth, CareSystemMonth, HospitalMonth};
use crate::measure::Ratio;
use serde::{Deserialize, Serialize};

/// How a measure adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adds {
    /// A mean or share: numerators and denominators are added over providers and months.
    AsRatio,
    /// A number a month: added over providers, averaged over months.
    AsCount,
    /// A level averaged over days: added over providers, averaged over months.
    AsLevel,
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
    /// Incidents closed by phone.
    HearAndTreat: "incidents_hear_and_treat", "hear and treat", "incidents", AsCount, Neither;
    /// Calls cancelled by callers who waited long for a crew.
    CallsCancelled: "calls_cancelled_while_waiting", "calls cancelled while waiting", "incidents", AsCount, Lower;
    /// Incidents conveyed to an emergency department.
    ConveyedToEd: "incidents_conveyed_to_ed", "conveyed to ED", "incidents", AsCount, Neither;
    /// Share of crew hours on duty that are busy.
    UnitUtilisation: "ambulance_unit_utilisation", "crews busy", "fraction", AsRatio, Neither;
    /// Share of handovers over 30 minutes.
    HandoversOver30: "handovers_over_30min_share", "handovers over 30 min", "percent", AsRatio, Lower;
    /// Share of handovers over 60 minutes.
    HandoversOver60: "handovers_over_60min_share", "handovers over 60 min", "percent", AsRatio, Lower;
    /// Mean handover time.
    HandoverMean: "handover_mean", "handover, mean", "minutes", AsRatio, Lower;
    /// Crew time lost in handovers beyond 15 minutes.
    HandoverHoursLost: "handover_hours_lost_over_15min", "crew hours lost over 15 min", "hours", AsCount, Lower;
    /// Attendances at type 1 departments.
    AttendancesType1: "attendances_type1_excl_booked", "type 1 attendances", "attendances", AsCount, Neither;
    /// Share of type 1 attendances that leave within four hours.
    Within4Hours: "pct_within_4h_type1", "type 1 within 4 h", "percent", AsRatio, Higher;
    /// Share of type 1 attendances that leave over twelve hours after arrival.
    Over12HoursFromArrival: "share_over_12h_from_arrival", "over 12 h from arrival", "percent", AsRatio, Lower;
    /// Patients who leave without being seen.
    LeftUnseen: "left_without_being_seen", "left unseen", "patients", AsCount, Lower;
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
    /// Clocks stopped with admission.
    CompletedAdmitted: "completed_admitted", "treated with admission", "pathways", AsCount, Higher;
    /// Clocks stopped without admission.
    CompletedNonadmitted: "completed_nonadmitted", "treated without admission", "pathways", AsCount, Higher;
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
            unit => (1.0, unit, 0),
        }
    }

    /// Whether the measure is taken at ambulance services, at hospitals or at care systems.
    pub(super) fn of_service(self, month: &AmbulanceMonth) -> Option<Ratio> {
        let response = |c: usize| Ratio::new(month.response_seconds[c], month.responses[c] as f64);
        Some(match self {
            Self::ResponseC1 => response(0),
            Self::ResponseC2 => response(1),
            Self::ResponseC3 => response(2),
            Self::ResponseC4 => response(3),
            Self::HearAndTreat => {
                count(month.closed_by_phone_expected + month.closed_by_phone_under_load as f64)
            }
            Self::CallsCancelled => count(month.cancelled_calls as f64),
            Self::ConveyedToEd => count(month.conveyed_to_ed as f64),
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
        Some(match self {
            Self::HandoversOver30 => percent(month.handovers_over[1], month.handovers),
            Self::HandoversOver60 => percent(month.handovers_over[2], month.handovers),
            Self::HandoverMean => Ratio::new(month.handover_hours * 60.0, month.handovers as f64),
            Self::HandoverHoursLost => count(month.handover_hours_lost),
            Self::AttendancesType1 => number(month.attendances),
            Self::Within4Hours => percent(month.within_4h, month.departures),
            Self::Over12HoursFromArrival => percent(month.over_12h_from_arrival, month.departures),
            Self::LeftUnseen => number(month.left_unseen),
            Self::AdmissionsViaEd => number(month.admissions_via_ed),
            Self::Waits4To12Hours => number(month.waits_4_to_12h),
            Self::WaitsOver12Hours => number(month.waits_over_12h),
            Self::Boarders => daily(month.boarders),
            Self::AdultBedsOpen => daily(month.adult_beds_open),
            Self::AdultBedsOccupied => daily(month.adult_beds_occupied),
            Self::AdultOccupancy => {
                Ratio::new(month.adult_beds_occupied as f64, month.adult_beds_open as f64)
            }
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
            Self::LeftBy17 => Ratio::new(month.left_bed_by_17 as f64, month.left_bed as f64),
            Self::ReadmittedShare => percent(month.readmissions, month.emergency_discharges),
            Self::AdmissionsAvoided => number(month.admissions_avoided),
            Self::VirtualWardPatients => daily(month.virtual_ward_patients),
            Self::WaitingList => number(month.list.total),
            Self::WaitingWithin18 => number(month.list.total - month.list.over[0]),
            Self::WaitingOver52 => over(1),
            Self::WaitingOver65 => over(2),
            Self::WaitingOver78 => over(3),
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

    /// Adds the values of several providers in one month.
    pub fn over_providers(self, values: impl IntoIterator<Item = Ratio>) -> Ratio {
        match self.adds() {
            Adds::AsRatio => values.into_iter().sum(),
            _ => {
                let total: f64 = values.into_iter().filter_map(Ratio::value).sum();
                Ratio::new(total, 1.0)
            }
        }
    }

    /// The value that stands for several months.
    pub fn over_months(self, values: impl IntoIterator<Item = Ratio>) -> Option<f64> {
        match self.adds() {
            Adds::AsRatio => values.into_iter().sum::<Ratio>().value(),
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
