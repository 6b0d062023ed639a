//! What is counted while the system runs, by calendar month and provider.

use super::health_system::DispatchArea;
use crate::care::ambulance::Category;
use crate::care::diagnostics::TestCounts;
use crate::care::elective::{ElectiveCounts, ListProfile};
use crate::measure::Durations;
use crate::units::Span;

/// One ambulance service in one month.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Response times to C1, C2, C3 and C4.
    pub response_times: [Durations; 4],
    /// Units sent, those diverted or stood down included, by category.
    pub allocated: [u64; 5],
    /// Units that reached the scene, by category.
    pub arrived: [u64; 5],
    /// Units that were diverted on their way to a call of each category.
    pub diverted: [u64; 5],
    /// Units whose call of each category was taken over by a nearer one.
    pub taken_over: [u64; 5],
    /// C3 and C4 calls that levers kept from being made.
    pub avoided: u64,
    /// Reviews by clinicians of the hear-and-treat desk.
    pub reviews: u64,
    /// 999 calls answered for each incident before anybody rings back.
    pub first_calls_per_incident: f64,
    /// Calls of callers who ask where the crew is: expected number given the response times of C1 to C4.
    pub ring_backs: f64,
    /// Crew hours spent, by [`Activity`]; an activity counts in the month in which it begins.
    pub activity_hours: [f64; 6],
    /// Crew time at hospital beyond 15 and 30 minutes, until the patient is handed over \[h\].
    pub hours_lost: [f64; 2],
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

/// What a busy crew does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// On its way to the scene, getting ready to move included.
    Travelling,
    /// With the patient on scene.
    OnScene,
    /// On the way to hospital or another place.
    ToHospital,
    /// At the hospital until somebody takes the patient over.
    WaitingAtHospital,
    /// Handing over.
    HandingOver,
    /// Making ready for the next call.
    MakingReady,
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
    /// Crew time beyond 30 minutes a handover \[h\].
    pub handover_hours_lost_over_30: f64,
    /// Handover times.
    pub handover_times: Durations,
    /// Patients put into a cohort place.
    pub handed_to_cohort: u64,
    /// Conveyed here because the nearest hospital was very crowded (the valve).
    pub diverted_here: u64,
    /// Patients brought here because less time was lost than at the nearest hospital.
    pub redirected_here: u64,
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
    /// Sum of the time in the department by outcome: admitted, discharged, left unseen \[h\].
    pub hours_inside: [f64; 3],
    /// Times in the department by outcome.
    pub times_inside: [Durations; 3],
    /// Patients taken by same-day emergency care.
    pub same_day: u64,
    /// People with minor problems sent from the type 1 department to the urgent treatment centre.
    pub sent_to_urgent_treatment: u64,
    /// Attendances at departments of other types, those sent there included.
    pub attendances_other_types: u64,
    /// Departures from them.
    pub departures_other_types: u64,
    /// Departures from them within four hours of arrival.
    pub within_4h_other_types: u64,
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
    /// Adult emergency stays in a bed that began in the run and ended.
    pub stays: u64,
    /// Sum of their length \[d\].
    pub stay_days: f64,
    /// Those of them over fourteen days.
    pub stays_over_14_days: u64,
    /// Adult emergency patients who lay down in a bed of another specialty or of the ring-fence.
    pub outliers: u64,
    /// Sum over days of escalation beds open.
    pub escalation_beds: f64,
    /// Adults who left a bed.
    pub left_bed: u64,
    /// Those of them who left before 17:00.
    pub left_bed_by_17: u64,
    /// Of those, on a Saturday or Sunday.
    pub left_bed_at_weekend: u64,
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
    /// Diagnostic tests waited for at the end of the month, and done in it.
    pub tests: TestCounts,
}

/// How a patient leaves an emergency department.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// Into a hospital bed or same-day emergency care.
    Admitted,
    /// Home, or to another service.
    Discharged,
    /// Without having been seen.
    LeftUnseen,
}

/// A waiting list on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListCount {
    /// Everybody.
    pub total: u64,
    /// Over 18, 52, 65, 78 and 104 weeks.
    pub over: [u64; 5],
    /// With a decision to admit.
    pub decided: u64,
    /// Not held up by results, checks, for clinical reasons or by the patient's own choice.
    pub ready: u64,
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
    /// Ambulance services; their dispatch areas while the system runs.
    pub ambulance: Vec<Vec<AmbulanceMonth>>,
    /// Hospitals, those that are providers of elective care only included.
    pub hospitals: Vec<Vec<HospitalMonth>>,
    /// Care systems.
    pub care_systems: Vec<Vec<CareSystemMonth>>,
}

impl Statistics {
    /// Nothing counted yet.
    pub(super) fn new(months: usize, services: usize, hospitals: usize, care_systems: usize) -> Self {
        Self {
            ambulance: vec![vec![AmbulanceMonth::default(); services]; months],
            hospitals: vec![vec![HospitalMonth::default(); hospitals]; months],
            care_systems: vec![vec![CareSystemMonth::default(); care_systems]; months],
        }
    }
}

impl Statistics {
    /// Dispatch areas added up to the ambulance services.
    pub(super) fn by_service(mut self, areas: &[DispatchArea], services: usize) -> Self {
        for month in &mut self.ambulance {
            let mut sums = vec![AmbulanceMonth::default(); services];
            for (counts, area) in month.iter().zip(areas) {
                if let Some(sum) = sums.get_mut(usize::from(area.service)) {
                    sum.add(counts);
                }
            }
            *month = sums;
        }
        self
    }
}

impl AmbulanceMonth {
    fn add(&mut self, other: &Self) {
        fn each<const N: usize, T: Copy + std::ops::AddAssign>(sums: &mut [T; N], others: &[T; N]) {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += *other);
        }
        self.incidents += other.incidents;
        self.closed_by_phone_under_load += other.closed_by_phone_under_load;
        self.closed_by_phone_expected += other.closed_by_phone_expected;
        self.cancelled_calls += other.cancelled_calls;
        each(&mut self.responses, &other.responses);
        each(&mut self.response_seconds, &other.response_seconds);
        self.response_times.iter_mut().zip(&other.response_times).for_each(|(sum, other)| sum.merge(other));
        each(&mut self.allocated, &other.allocated);
        each(&mut self.arrived, &other.arrived);
        each(&mut self.diverted, &other.diverted);
        each(&mut self.taken_over, &other.taken_over);
        self.avoided += other.avoided;
        self.reviews += other.reviews;
        // one figure for England
        self.first_calls_per_incident = other.first_calls_per_incident;
        self.ring_backs += other.ring_backs;
        each(&mut self.activity_hours, &other.activity_hours);
        each(&mut self.hours_lost, &other.hours_lost);
        self.conveyed_to_ed += other.conveyed_to_ed;
        self.conveyed_elsewhere += other.conveyed_elsewhere;
        self.see_and_treat += other.see_and_treat;
        self.unit_hours += other.unit_hours;
        self.busy_unit_hours += other.busy_unit_hours;
    }

    /// A crew has reached a patient.
    #[inline]
    pub fn response(&mut self, category: Category, time: Span) {
        self.responses[category.index()] += 1;
        self.arrived[category.index()] += 1;
        self.response_seconds[category.index()] += time.as_seconds();
        if let Some(times) = self.response_times.get_mut(category.index()) {
            times.record(time);
        }
    }

    /// A crew begins something that will take so long.
    #[inline]
    pub fn spend(&mut self, activity: Activity, time: Span) {
        self.activity_hours[activity as usize] += time.as_hours();
    }

    /// What it had begun ends so much earlier.
    pub fn give_back(&mut self, activity: Activity, time: Span) {
        self.activity_hours[activity as usize] -= time.as_hours();
    }

    /// A crew has waited at a hospital, hands over and makes ready.
    #[inline]
    pub fn at_hospital(&mut self, waited: Span, process: Span, making_ready: Span) {
        self.spend(Activity::WaitingAtHospital, waited);
        self.spend(Activity::HandingOver, process);
        self.spend(Activity::MakingReady, making_ready);
        for (lost, minutes) in self.hours_lost.iter_mut().zip([15, 30]) {
            *lost += (waited + process - Span::MINUTE.times(minutes)).as_hours();
        }
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
        self.handover_hours_lost_over_30 += (time - Span::MINUTE.times(30)).as_hours();
        self.handover_times.record(time);
    }

    /// A patient leaves the department. Within four hours is 240 minutes or less.
    #[inline]
    pub fn departure(&mut self, since_arrival: Span, outcome: Departure) {
        self.departures += 1;
        self.within_4h += u64::from(since_arrival <= Span::HOUR.times(4));
        self.over_12h_from_arrival += u64::from(since_arrival > Span::HOUR.times(12));
        self.hours_inside[outcome as usize] += since_arrival.as_hours();
        self.times_inside[outcome as usize].record(since_arrival);
    }

    /// A patient leaves a department of another type.
    #[inline]
    pub fn departure_other_types(&mut self, since_arrival: Span) {
        self.departures_other_types += 1;
        self.within_4h_other_types += u64::from(since_arrival <= Span::HOUR.times(4));
    }

    /// Departures by outcome.
    pub fn departures_by(&self, outcome: Departure) -> u64 {
        self.times_inside[outcome as usize].count()
    }

    /// An adult emergency patient leaves the bed.
    pub fn stay(&mut self, length: Span) {
        self.stays += 1;
        self.stay_days += length.as_days();
        self.stays_over_14_days += u64::from(length > Span::DAY.times(14));
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
}

impl ListCount {
    pub(super) fn of(list: &ListProfile) -> Self {
        Self { total: list.total(), over: list.over(), decided: list.decided(), ready: list.ready() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_the_sum_of_its_dispatch_areas() {
        let areas: Vec<DispatchArea> =
            [0, 0, 1].map(|service| DispatchArea { service, ..DispatchArea::default() }).into();
        let mut counted = Statistics::new(1, 3, 0, 0);
        for (minutes, area) in [10.0, 20.0, 60.0].into_iter().zip(&mut counted.ambulance[0]) {
            area.response(Category::C2, Span::from_minutes(minutes));
            area.spend(Activity::OnScene, Span::from_minutes(minutes));
            area.conveyed_to_ed += 1;
        }
        let by_service = counted.by_service(&areas, 2);
        let [first, second] = &by_service.ambulance[0][..] else { panic!("two services") };
        assert_eq!((first.responses[1], second.responses[1]), (2, 1));
        assert_eq!((first.response_seconds[1], second.response_seconds[1]), (1_800.0, 3_600.0));
        assert_eq!((first.response_times[1].count(), second.response_times[1].count()), (2, 1));
        assert_eq!((first.activity_hours[1], second.activity_hours[1]), (0.5, 1.0));
        assert_eq!((first.conveyed_to_ed, second.conveyed_to_ed), (2, 1));
    }

    #[test]
    fn targets_count_the_limit_itself_as_met() {
        let mut month = HospitalMonth::default();
        month.departure(Span::HOUR.times(4), Departure::Admitted);
        month.departure(Span::HOUR.times(4) + Span::from_millis(1), Departure::LeftUnseen);
        month.admission(Span::HOUR.times(12));
        month.admission(Span::HOUR.times(12) + Span::from_millis(1));
        month.handover(Span::MINUTE.times(30));
        assert_eq!((month.within_4h, month.waits_4_to_12h, month.waits_over_12h), (1, 1, 1));
        assert_eq!((month.handovers_over, month.handover_hours_lost), ([1, 0, 0], 0.25));
        assert_eq!(month.handover_hours_lost_over_30, 0.0);
        assert_eq!(month.departures_by(Departure::LeftUnseen), 1);
    }
}
