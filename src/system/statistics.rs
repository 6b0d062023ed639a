//! What is counted while the system runs, by calendar month and provider.

use crate::care::ambulance::Category;
use crate::care::elective::{ElectiveCounts, WeekBand};
use crate::units::Span;

/// One ambulance service in one month.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AmbulanceMonth {
    /// Incidents, closed by phone included.
    pub incidents: u64,
    /// Incidents closed by phone because the stack was long.
    pub closed_by_phone_under_load: u64,
    /// Incidents closed by phone whatever the load, expected number.
    pub closed_by_phone_expected: f64,
    /// Calls cancelled by callers who waited long.
    pub cancelled_calls: u64,
    /// Responses by category.
    pub responses: [u64; 5],
    /// Sum of response times by category \[s\].
    pub response_seconds: [f64; 5],
    /// Incidents conveyed to an emergency department.
    pub conveyed_to_ed: u64,
    /// Incidents conveyed elsewhere.
    pub conveyed_elsewhere: u64,
    /// Incidents treated on scene.
    pub see_and_treat: u64,
    /// Crew hours on duty.
    pub unit_hours: f64,
    /// Crew hours busy.
    pub busy_unit_hours: f64,
}

/// One hospital in one month.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HospitalMonth {
    /// Handovers of ambulance patients.
    pub handovers: u64,
    /// Sum of handover times, from arrival at the hospital to the patient being handed over \[h\].
    pub handover_hours: f64,
    /// Handovers over 15, 30 and 60 minutes.
    pub handovers_over: [u64; 3],
    /// Crew time beyond 15 minutes a handover \[h\].
    pub handover_hours_lost: f64,
    /// Patients put into a corridor place so that the crew could go.
    pub released_to_corridor: u64,
    /// Attendances at the type 1 department.
    pub attendances: u64,
    /// Departures from the department.
    pub departures: u64,
    /// Departures within four hours of arrival.
    pub within_4h: u64,
    /// Departures over twelve hours after arrival.
    pub over_12h_from_arrival: u64,
    /// People who stayed away because the department was crowded.
    pub stayed_away: u64,
    /// Patients who left without being seen.
    pub left_unseen: u64,
    /// Emergency admissions through the department.
    pub admissions_via_ed: u64,
    /// Waits from the decision to admit over four and up to twelve hours.
    pub waits_4_to_12h: u64,
    /// Waits from the decision to admit over twelve hours.
    pub waits_over_12h: u64,
    /// Days on which beds were counted.
    pub census_days: u64,
    /// Sum over days of adult general and acute beds open.
    pub adult_beds_open: u64,
    /// Sum over days of patients in them.
    pub adult_beds_occupied: u64,
    /// Sum over days of paediatric beds open.
    pub paediatric_beds_open: u64,
    /// Sum over days of patients in them.
    pub paediatric_beds_occupied: u64,
    /// Sum over days of critical-care beds open.
    pub critical_care_beds_open: u64,
    /// Sum over days of patients in them.
    pub critical_care_beds_occupied: u64,
    /// Sum over days of patients waiting in the department for a bed, at 08:00.
    pub boarders: u64,
    /// Sum over days of patients on the virtual ward.
    pub virtual_ward_patients: u64,
    /// Admissions that a virtual ward avoided.
    pub admissions_avoided: u64,
    /// Adult emergency patients who went home or on to care outside hospital.
    pub emergency_discharges: u64,
    /// Patients who were admitted again within 30 days of such a discharge.
    pub readmissions: u64,
    /// Adults who left a bed.
    pub left_bed: u64,
    /// Those of them who left before 17:00.
    pub left_bed_by_17: u64,
    /// Days on which those ready to leave were counted.
    pub ready_days: u64,
    /// Sum over days of those who were ready to leave and had not left at the end of the day.
    pub remaining: u64,
    /// The same by the way out they waited for, pathway 0 to 3.
    pub remaining_by_pathway: [u64; 4],
    /// Sum over days of those ready who left that day.
    pub left_when_ready: u64,
    /// Elective flows.
    pub elective: ElectiveCounts,
    /// The waiting list at the end of the month.
    pub list: ListCount,
}

/// A waiting list on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListCount {
    /// Everybody.
    pub total: u64,
    /// Over 18, 52, 65, 78 and 104 weeks.
    pub over: [u64; 5],
}

/// One care system in one month.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CareSystemMonth {
    /// Days counted.
    pub days: u64,
    /// Sum over days of home-care visits given, community beds and placements filled.
    pub places_filled: [u64; 3],
    /// Sum over days of patients waiting for care, by pathway 1 to 3, in hospital or in a community bed.
    pub waiting_for_place: [u64; 3],
}

/// Everything counted in one run, `[month][provider]` by position in the running system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Ambulance services.
    pub ambulance: Vec<Vec<AmbulanceMonth>>,
    /// Hospitals, those that are providers of elective care only included.
    pub hospitals: Vec<Vec<HospitalMonth>>,
    /// Care systems.
    pub care_systems: Vec<Vec<CareSystemMonth>>,
}

impl Statistics {
    /// Nothing counted yet.
    pub fn new(months: usize, services: usize, hospitals: usize, care_systems: usize) -> Self {
        Self {
            ambulance: vec![vec![AmbulanceMonth::default(); services]; months],
            hospitals: vec![vec![HospitalMonth::default(); hospitals]; months],
            care_systems: vec![vec![CareSystemMonth::default(); care_systems]; months],
        }
    }
}

impl AmbulanceMonth {
    /// A crew has reached a patient.
    #[inline]
    pub fn response(&mut self, category: Category, time: Span) {
        self.responses[category.index()] += 1;
        self.response_seconds[category.index()] += time.as_seconds();
    }
}

impl HospitalMonth {
    /// A crew has handed over.
    #[inline]
    pub fn handover(&mut self, time: Span) {
        self.handovers += 1;
        self.handover_hours += time.as_hours();
        for (over, minutes) in self.handovers_over.iter_mut().zip([15, 30, 60]) {
            *over += u64::from(time > Span::MINUTE.times(minutes));
        }
        self.handover_hours_lost += (time - Span::MINUTE.times(15)).as_hours();
    }

    /// A patient leaves the department. Within four hours is 240 minutes or less.
    #[inline]
    pub fn departure(&mut self, since_arrival: Span) {
        self.departures += 1;
        self.within_4h += u64::from(since_arrival <= Span::HOUR.times(4));
        self.over_12h_from_arrival += u64::from(since_arrival > Span::HOUR.times(12));
    }

    /// A patient is admitted. Over twelve hours is more than 720 minutes.
    #[inline]
    pub fn admission(&mut self, since_decision: Span) {
        self.admissions_via_ed += 1;
        if since_decision > Span::HOUR.times(12) {
            self.waits_over_12h += 1;
        } else if since_decision > Span::HOUR.times(4) {
            self.waits_4_to_12h += 1;
        }
    }

    /// The list at the end of a month, on the eve of the day numbered `today`.
    pub fn count_list(&mut self, list: &crate::care::elective::WaitingList, today: i32) {
        let mut count = ListCount::default();
        for clock in list.iter() {
            let waited = today - clock.start_day();
            count.total += 1;
            for (over, band) in count.over.iter_mut().zip(WeekBand::ALL) {
                *over += u64::from(waited > band.days());
            }
        }
        self.list = count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_count_the_limit_itself_as_met() {
        let mut month = HospitalMonth::default();
        month.departure(Span::HOUR.times(4));
        month.departure(Span::HOUR.times(4) + Span::from_millis(1));
        month.admission(Span::HOUR.times(12));
        month.admission(Span::HOUR.times(12) + Span::from_millis(1));
        month.handover(Span::MINUTE.times(30));
        assert_eq!((month.within_4h, month.waits_4_to_12h, month.waits_over_12h), (1, 1, 1));
        assert_eq!((month.handovers_over, month.handover_hours_lost), ([1, 0, 0], 0.25));
    }
}
