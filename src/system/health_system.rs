//! The running system: one independent part of England, with everything that is in it.

use super::capacity::AmbulanceCapacity;
use super::event::Event;
use super::patient::{Patient, Purpose, Register};
use super::pressure::Pressure;
use super::statistics::{HospitalMonth, Statistics};
use crate::care::PatientId;
use crate::care::ambulance::AmbulanceService;
use crate::care::diagnostics::{Diagnostics, Modality};
use crate::care::discharge::{DischargeServices, Pathway};
use crate::care::elective::{Clock, ElectiveLever, ElectiveProvider, IndependentProvider};
use crate::care::emergency::EmergencyDepartment;
use crate::care::ward::{VirtualUse, Wards};
use crate::engine::Schedule;
use crate::random::{Arrivals, Distribution, PersonKey, Stream};
use crate::units::{Calendar, Time};
use std::sync::Arc;

/// A stream of arrivals and the people in it.
#[derive(Clone, Debug)]
pub struct Demand {
    arrivals: Arrivals,
    people: Stream,
    count: u64,
}

impl Demand {
    /// Arrivals whose people are numbered in `people`.
    pub fn new(arrivals: Arrivals, people: Stream) -> Self {
        Self { arrivals, people, count: 0 }
    }

    /// The key of the person who arrives now.
    pub(super) fn person(&mut self) -> PersonKey {
        let key = self.people.person(self.count);
        self.count += 1;
        key
    }

    /// When the next one arrives.
    pub(super) fn next(&mut self) -> Option<Time> {
        self.arrivals.next()
    }
}

/// Who comes to a hospital and what they need: shares between 0 and 1.
#[derive(Clone, Debug)]
pub struct CaseMix {
    /// Acuity of ambulance patients: immediate, very urgent, urgent; the rest minor.
    pub ambulance_acuity: [f64; 3],
    /// Acuity of patients who walk in.
    pub walk_in_acuity: [f64; 3],
    /// Share of children among patients who walk in.
    pub child_share: f64,
    /// Share of children among ambulance patients.
    pub ambulance_child_share: f64,
    /// Probability that an adult is admitted, by month of the run and acuity: as published admissions of
    /// the month imply.
    pub adult_admitted: Vec<[f64; 4]>,
    /// Of those, the share who need a bed for a night or more, by month of the run.
    pub adult_overnight: Vec<f64>,
    /// Of those, the share who go to critical care first.
    pub critical_care: f64,
    /// Of adults who are admitted without needing a bed for the night, the share who can be told on arrival.
    pub same_day_share: f64,
    /// Probability that a child is admitted.
    pub child_admitted: f64,
    /// Of those, the share who need a bed for a night or more.
    pub child_overnight: f64,
    /// Share of adult emergency patients who belong on a surgical ward.
    pub surgical_share: f64,
    /// Shares of adult emergency patients who leave on pathways 1, 2 and 3.
    pub pathway_shares: [f64; 3],
    /// Share of patients on pathway 0 who are not ready to go on the day they are found ready.
    pub process_delay_share: f64,
    /// How much later those are ready to go \[d\].
    pub process_delay_days: Distribution,
    /// Share of adult emergency patients on pathway 0 who can be looked after on a virtual ward.
    pub virtual_ward_share: f64,
    /// Share of the clinical stay after which they can.
    pub virtual_ward_after: f64,
    /// Days on the virtual ward for each day in hospital saved.
    pub virtual_ward_days_per_day_saved: f64,
    /// Share of adult emergency admissions that a virtual ward with places could take on instead.
    pub step_up_share: f64,
    /// Days that a patient of this kind spends on the virtual ward \[d\].
    pub step_up_days: f64,
    /// Virtual admissions for each hospital admission avoided.
    pub step_up_admissions_per_admission_avoided: f64,
    /// Share of adult emergency patients who are admitted again within 30 days of leaving.
    pub readmitted_share: f64,
    /// From leaving to that admission \[d\].
    pub readmission_days: Distribution,
}

impl CaseMix {
    /// The way out of hospital that an adult emergency patient will need.
    pub fn pathway(&self, patient: &Patient) -> Pathway {
        Pathway::from_draw(patient.dice(Purpose::Pathway).uniform(), self.pathway_shares)
    }
}

/// Flu and Covid at one hospital in one month of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InfectionLoad {
    /// Shares of adult emergency admissions that have flu, and Covid beyond its usual share.
    pub admissions_share: [f64; 2],
    /// How much longer those stay \[d\].
    pub extra_days: [f64; 2],
    /// Beds closed to others on account of them.
    pub beds_closed: f64,
}

impl InfectionLoad {
    /// Whether there is any.
    #[inline]
    pub fn acts(&self) -> bool {
        self.admissions_share.iter().any(|&share| share > 0.0)
    }

    /// How much longer the patient with this uniform draw stays: nobody who is infected under a small
    /// load is spared under a larger one of the same infection \[d\].
    pub fn extra_days(&self, uniform: f64) -> f64 {
        let [flu, covid] = self.admissions_share;
        if uniform < flu {
            self.extra_days[0]
        } else if uniform > 1.0 - covid {
            self.extra_days[1]
        } else {
            0.0
        }
    }
}

/// Beds of one hospital in each month of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BedsOpen {
    /// Adult general and acute, the ring-fence included.
    pub adult: f64,
    /// Paediatric general and acute.
    pub paediatric: f64,
    /// Adult critical care.
    pub critical_care: f64,
}

/// One hospital.
#[derive(Clone, Debug)]
pub struct Hospital {
    /// Its emergency department.
    pub ed: EmergencyDepartment,
    /// Its beds.
    pub wards: Wards,
    /// Its waiting list.
    pub elective: ElectiveProvider,
    /// Its diagnostic tests.
    pub diagnostics: Diagnostics<Clock>,
    /// Its patients.
    pub case_mix: Arc<CaseMix>,
    /// Its care system, by position; hospitals that only do elective care have none.
    pub care_system: Option<u16>,
    /// Beds by month.
    pub beds_by_month: Arc<Vec<BedsOpen>>,
    /// Share of adult beds kept for elective surgery.
    pub ring_fence_share: f64,
    /// Share of open adult beds that cannot take the next patient.
    pub unusable_share: f64,
    /// Adult beds that count as open.
    pub adult_beds_counted: u32,
    /// Share of adult beds outside the ring-fence that are surgical.
    pub surgical_bed_share: f64,
    /// Beds that exist but are closed for want of staff, as a share of those open.
    pub unstaffed_share: f64,
    /// Beds added by levers, staffed or not.
    pub added_beds: f64,
    /// Beds that levers have found staff for.
    pub added_staffed_beds: f64,
    /// Share of beds opened beyond those planned.
    pub escalation_share: f64,
    /// Whether staff for more escalation beds have been asked for and are not there yet.
    pub escalation_asked: bool,
    /// Flu and Covid by month.
    pub infection_by_month: Arc<Vec<InfectionLoad>>,
    /// Patients who were ready to leave at the start of the day or became so, and have not left.
    pub ready_to_leave: u32,
    /// The same by the way out of hospital they wait for, pathway 0 to 3.
    pub ready_by_pathway: [u32; 4],
    /// Adults who left today.
    pub left_today: u32,
    /// Share of people with minor problems who walk in and are sent to the urgent treatment centre.
    pub sent_to_urgent_treatment: f64,
    /// People who walk in.
    pub walk_ins: Demand,
    /// People who come to the urgent treatment centre.
    pub urgent_treatment: Demand,
    /// Adults admitted directly.
    pub direct_adults: Demand,
    /// Children admitted directly.
    pub direct_children: Demand,
}

/// A change of capacity that a scenario makes. Amounts are totals, not increments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Adult beds beyond those of the pack.
    AdultBeds {
        /// Position of the hospital.
        hospital: u16,
        /// Added, in total.
        beds: f64,
    },
    /// Beds that there is staff for beyond those of the pack.
    StaffedBeds {
        /// Position of the hospital.
        hospital: u16,
        /// Added, in total.
        beds: f64,
    },
    /// Virtual-ward places beyond those of the pack.
    VirtualPlaces {
        /// Position of the hospital.
        hospital: u16,
        /// What they are used for.
        of: VirtualUse,
        /// Added, in total.
        places: f64,
    },
    /// More of something in a department.
    Department {
        /// Position of the hospital.
        hospital: u16,
        /// What.
        part: DepartmentPart,
        /// Beyond what the pack has, in total.
        total: f64,
    },
    /// Share of conveyances that may be redirected.
    RoutableShare {
        /// Position of the service.
        service: u16,
        /// In total.
        share: f64,
    },
    /// Extra travel within which they may be.
    RoutingMinutes {
        /// Position of the service.
        service: u16,
        /// In total.
        minutes: f64,
    },
    /// Something at an ambulance service beyond what the pack has.
    Ambulance {
        /// Position of the service.
        service: u16,
        /// What.
        of: AmbulanceCapacity,
        /// Added, in total.
        added: f64,
    },
    /// Places outside hospital beyond those of the pack.
    CarePlaces {
        /// Position of the care system.
        care_system: u16,
        /// Index of the supported pathway.
        pathway: u8,
        /// Added, in total.
        places: f64,
    },
    /// Home-care visits beyond those of the pack.
    HomeCareVisits {
        /// Position of the care system.
        care_system: u16,
        /// Added, in total \[visits/d\].
        visits: f64,
    },
    /// Operations of an independent provider beyond those of the pack.
    IndependentOperations {
        /// Position of the care system.
        care_system: u16,
        /// Added, in total, on a working day.
        operations: f64,
    },
    /// Planned care beyond that of the pack.
    Elective {
        /// Position of the hospital.
        hospital: u16,
        /// What.
        lever: ElectiveLever,
        /// Added, in total.
        total: f64,
    },
    /// Tests beyond those of the pack.
    Tests {
        /// Position of the hospital.
        hospital: u16,
        /// Of which kind.
        modality: Modality,
        /// Added on a working day, in total.
        tests: f64,
    },
}

/// What of a department a scenario changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepartmentPart {
    /// Cohort places \[places\].
    CohortPlaces,
    /// Clinicians for patients in cubicles, mean over the week \[on duty\].
    MajorsClinicians,
    /// Clinicians for minor problems \[on duty\].
    MinorsClinicians,
    /// Clinicians of the urgent treatment centre \[on duty\].
    UrgentTreatmentClinicians,
    /// People with minor problems sent to the urgent treatment centre \[share\].
    SentToUrgentTreatment,
}

/// Routing of crews to the hospital where they lose least time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Routing {
    /// Share of conveyances that may go to another hospital than the nearest \[0-1\].
    pub share: f64,
    /// Greatest extra travel \[min\].
    pub limit_minutes: f64,
}

/// Extra travel to another hospital than the nearest.
#[derive(Clone, Debug)]
pub struct Detour {
    /// Mean to one of the same care system \[min\].
    pub same_system_minutes: f64,
    /// Mean to one of another care system in the service's area \[min\].
    pub elsewhere_minutes: f64,
    /// One way against the mean way -- drawn.
    pub spread: Distribution,
}

/// Where crews are sent from and to: the part of an ambulance service that serves one care system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DispatchArea {
    /// Position of its ambulance service.
    pub service: u16,
    /// Its share of the service's calls and crews.
    pub share: f64,
    /// Its hospitals and the cumulated share of each.
    pub hospitals: Vec<(u16, f64)>,
}

/// One independent part of the system at work. It can be copied and continued in several ways.
#[derive(Clone, Debug)]
pub struct HealthSystem {
    /// Dates.
    pub calendar: Calendar,
    /// The pressure valves.
    pub pressure: Pressure,
    /// Dispatch areas, service by service.
    pub dispatch_areas: Arc<Vec<DispatchArea>>,
    /// Their crews.
    pub crews: Vec<AmbulanceService>,
    /// 999 incidents, by dispatch area and category.
    pub incidents: Vec<[Demand; 5]>,
    /// Incidents closed by phone whatever the load, by dispatch area and month \[incidents\].
    pub closed_by_phone: Arc<Vec<Vec<f64>>>,
    /// Share of C3 and C4 calls that levers keep from being made, by dispatch area.
    pub calls_avoided: Vec<f64>,
    /// 999 calls answered for each incident before anybody rings back \[calls\].
    pub first_calls_per_incident: f64,
    /// Busy crews that have no patient (any more), by dispatch area.
    pub crews_alone: Vec<u64>,
    /// Crews that wait to hand over at the doors of the hospitals of their dispatch area, by dispatch area.
    pub crews_at_doors: Vec<u32>,
    /// For each ambulance service, all hospitals it may take patients to.
    pub catchments: Arc<Vec<Vec<u16>>>,
    /// Routing of crews, by dispatch area.
    pub routing: Vec<Routing>,
    /// Extra travel to another hospital than the nearest.
    pub detour: Arc<Detour>,
    /// Hospitals, those that are providers of elective care only included.
    pub hospitals: Vec<Hospital>,
    /// Care systems.
    pub care_systems: Vec<DischargeServices>,
    /// The independent provider of each care system.
    pub independent_providers: Vec<IndependentProvider>,
    /// Everybody in the system.
    pub patients: Register,
    /// What has been counted.
    pub statistics: Statistics,
    /// Position of the current month in the run.
    pub month: usize,
    /// Changes of capacity of the scenario; events address them by position.
    pub changes: Vec<Change>,
    pub(super) unit_time_at_month_start: Vec<(u128, u128)>,
}

pub(super) type Agenda = Schedule<Event>;

impl Hospital {
    /// Adult beds open in a month without escalation: the smaller of the beds there are and those
    /// there is staff for.
    pub fn adult_beds_open(&self, month: usize) -> f64 {
        let planned = self.beds_by_month.get(month).map_or(0.0, |beds| beds.adult);
        let there = planned * (1.0 + self.unstaffed_share) + self.added_beds;
        let staffed = planned + self.added_staffed_beds;
        there.min(staffed).max(0.0)
    }
}

impl HealthSystem {
    /// All hospitals that the service of a dispatch area may take patients to.
    pub(super) fn catchment_of(&self, area: u16) -> &[u16] {
        let service = self.dispatch_areas.get(usize::from(area)).map_or(0, |area| area.service);
        self.catchments.get(usize::from(service)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn hospital_of(&mut self, patient: PatientId) -> &mut Hospital {
        &mut self.hospitals[usize::from(self.patients[patient].hospital)]
    }

    pub(super) fn count(&mut self, hospital: u16) -> &mut HospitalMonth {
        &mut self.statistics.hospitals[self.month][usize::from(hospital)]
    }
}
