//! From a system pack to a running system: how many crews, cubicles, beds and places, who comes, and
//! what they need.
//!
//! What is published by provider is used as it is. What is not is derived by flows that must
//! balance (Little's law on occupied beds, referrals against places); each rule is stated where it
//! is applied.

mod demand;
mod department;
mod diagnostics;
mod discharge;
mod dispatch;
pub mod elective;
mod hospital;
mod infection;
mod phases;
mod service;
mod start;
mod stays;
mod wards;

pub use department::minor_walk_ins_per_day;

use super::health_system::{HealthSystem, Routing};
use super::pack::{Driver, SystemPack};
use super::parameters::Parameter;
use super::parts::Part;
use super::patient::Register;
use super::pressure::{Pressure, Response, Switches};
use super::running::RunningSystem;
use super::statistics::Statistics;
use crate::care::elective::WEEKDAYS;
use crate::engine::Simulation;
use crate::random::{ArrivalError, Distribution, DistributionError, Stream};
use crate::units::{Calendar, Month, Span, Time, date, is_bank_holiday};
use jiff::civil::Date;
use std::sync::Arc;

/// Why a running system cannot be built from a pack.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AssemblyError {
    /// A duration that the parameters imply is out of range.
    #[error("{what}: {error}")]
    Distribution {
        /// Which duration.
        what: String,
        /// What is wrong.
        error: DistributionError,
    },
    /// A volume of arrivals is out of range.
    #[error("arrivals at {provider}: {error}")]
    Arrivals {
        /// The provider.
        provider: String,
        /// What is wrong.
        error: ArrivalError,
    },
    /// The part names a provider that the pack does not have.
    #[error("there is no {kind} number {position}, counted from 0: the pack has {of}")]
    NoSuchProvider {
        /// What kind of provider.
        kind: &'static str,
        /// Its position.
        position: usize,
        /// How many the pack has.
        of: usize,
    },
    /// The last month of the run is before the first.
    #[error("the run has no months")]
    NoMonths,
}

/// The months of a run and where they lie in the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Dates of the run.
    pub calendar: Calendar,
    /// Months of the run.
    pub(crate) months: Vec<Month>,
    // for each month of the run, the month of the pack whose figures are used
    pack_months: Vec<usize>,
    /// Months by which the promises on long waits fall due later than they were made for.
    pub(crate) promises_later_by: i32,
}

impl Timeline {
    /// A run from the first day of `first` to the last of `last`. Months outside the pack take the
    /// figures of its nearest month.
    pub fn new(pack: &SystemPack, first: Month, last: Month) -> Self {
        let months: Vec<Month> = first.through(last).collect();
        let latest = pack.last_month().since(pack.first_month()).max(0);
        let pack_months = months
            .iter()
            .map(|month| month.since(pack.first_month()).clamp(0, latest).unsigned_abs() as usize)
            .collect();
        Self { calendar: Calendar::starting(first.first_day()), months, pack_months, promises_later_by: 0 }
    }

    /// The same, but months after the pack take the figures of the same month of its last year, so that
    /// seasons go on. Nothing grows.
    pub fn repeating_years(pack: &SystemPack, first: Month, last: Month) -> Self {
        let mut timeline = Self::new(pack, first, last);
        let latest = pack.last_month().since(pack.first_month()).max(0);
        for (month, of_pack) in timeline.months.iter().zip(&mut timeline.pack_months) {
            let mut index = month.since(pack.first_month());
            while index > latest && latest >= 11 {
                index -= 12;
            }
            *of_pack = index.clamp(0, latest).unsigned_abs() as usize;
        }
        timeline
    }

    /// The values of a monthly driver in the months of the run.
    fn monthly(&self, pack: &SystemPack, driver: Driver, provider: usize) -> Vec<f64> {
        let values = pack.drivers().monthly(driver, provider);
        self.pack_months.iter().map(|&month| values.get(month).copied().unwrap_or(0.0)).collect()
    }

    /// Days on which planned care works in each month of the run.
    pub(super) fn working_days(&self) -> Vec<f64> {
        self.weekdays().iter().map(|days| days.iter().sum()).collect()
    }

    /// The same by weekday, Monday to Friday.
    fn weekdays(&self) -> Vec<[f64; WEEKDAYS]> {
        let of_month = |month: &Month| {
            let mut days = [0.0; WEEKDAYS];
            let first = month.first_day();
            let of_month = (1..=month.days() as i8).map(|day| date(first.year(), first.month(), day));
            for day in of_month.filter(|&day| is_working_day(day)) {
                let weekday = day.weekday().to_monday_zero_offset().unsigned_abs();
                if let Some(number) = days.get_mut(usize::from(weekday)) {
                    *number += 1.0;
                }
            }
            days
        };
        self.months.iter().map(of_month).collect()
    }

    /// The number of a day in the run; negative before it.
    pub(super) fn day_of(&self, day: Date) -> i32 {
        self.calendar.start().until(day).map_or(0, |span| span.get_days())
    }
}

/// Whether planned care works on this day: Monday to Friday, bank holidays aside.
pub(super) fn is_working_day(day: Date) -> bool {
    day.weekday().to_monday_zero_offset() < 5 && !is_bank_holiday(day)
}

/// The independent stream of one kind of thing at one provider.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
enum StreamOf {
    Incidents = 1,
    WalkIns,
    DirectAdults,
    DirectChildren,
    Elective,
    StartingPatients,
    StartingPlaces,
    AmbulanceDays,
    HospitalDays,
    StartingAtHome = 64,
    Diagnostics = 90,
    UrgentTreatment = 100,
}

fn stream(root: Stream, kind: StreamOf, provider: usize) -> Stream {
    root.at(kind as u64).at(provider as u64)
}

/// Builds one part of the system, with its starting patients and first events in place.
///
/// # Errors
/// If the parameters imply a duration or a volume out of range, the part names a provider that the pack does not
/// have, or the run has no months.
pub fn assemble(
    pack: &SystemPack,
    part: &Part,
    timeline: &Timeline,
    switches: Switches,
    root: Stream,
) -> Result<RunningSystem, AssemblyError> {
    let end = end_of(timeline)?;
    check_providers(pack, part)?;
    let first_hour = timeline.calendar.hour_of_week(Time::ZERO);
    let local = |list: &[usize], global: usize| list.iter().position(|&g| g == global).map(|p| p as u16);
    let dispatch_areas = dispatch::areas(pack, part);
    let mut system = HealthSystem {
        calendar: timeline.calendar,
        pressure: pressure(pack, switches),
        dispatch_areas: Arc::default(),
        crews: Vec::new(),
        incidents: Vec::new(),
        closed_by_phone: Arc::default(),
        calls_avoided: vec![0.0; dispatch_areas.len()],
        first_calls_per_incident: pack.parameters().ambulance.first_calls_per_incident.value,
        crews_alone: vec![0; dispatch_areas.len()],
        crews_at_doors: vec![0; dispatch_areas.len()],
        catchments: Arc::default(),
        routing: vec![Routing::default(); dispatch_areas.len()],
        detour: Arc::new(department::detour(pack)?),
        hospitals: Vec::new(),
        care_systems: Vec::new(),
        independent_providers: vec![elective::independent_provider(pack); part.care_systems.len()],
        patients: Register::default(),
        statistics: Statistics::new(
            timeline.months.len(),
            dispatch_areas.len(),
            part.trusts.len() + part.elective_providers.len(),
            part.care_systems.len(),
        ),
        month: 0,
        changes: Vec::new(),
        unit_time_at_month_start: vec![(0, 0); dispatch_areas.len()],
    };
    let mut closed_by_phone = Vec::new();
    for (number, area) in dispatch_areas.iter().enumerate() {
        let s = part.services[usize::from(area.service)];
        system.crews.push(service::service(pack, s, area.share, first_hour)?);
        system.incidents.push(service::incidents(pack, s, (number, area.share), timeline, root)?);
        let closed = service::closed_by_phone(pack, s, timeline);
        closed_by_phone.push(closed.into_iter().map(|all| all * area.share).collect());
    }
    system.closed_by_phone = Arc::new(closed_by_phone);
    let hospitals_of = |&service: &usize| {
        let served = demand::served_by(pack, service);
        served.into_iter().filter_map(|(trust, _)| local(&part.trusts, trust)).collect()
    };
    system.catchments = Arc::new(part.services.iter().map(hospitals_of).collect());
    system.dispatch_areas = Arc::new(dispatch_areas);
    let needs = demand::Needs::of(pack);
    let stays = stays::Stays::of(pack, &needs)?;
    for &t in &part.trusts {
        let care_system = local(&part.care_systems, pack.trusts()[t].care_system.index());
        system.hospitals.push(hospital::trust(pack, &needs, &stays, t, care_system, timeline, root)?);
    }
    for &e in &part.elective_providers {
        system.hospitals.push(hospital::elective_only(pack, &stays, e, timeline, first_hour, root)?);
    }
    for &c in &part.care_systems {
        system.care_systems.push(discharge::services(pack, &needs, c)?);
    }
    // stays last for days and places for weeks: keep them out of the heap until they are near
    let mut simulation = Simulation::of(system).with_far_future(Span::from_minutes(30.0));
    start::admit_starting_patients(pack, &needs, part, &mut simulation, root);
    start::send_home_starting_patients(&needs, part, &mut simulation, root);
    start::fill_places(part, &mut simulation, root);
    simulation.model.begin(&mut simulation.schedule);
    Ok(RunningSystem::of(simulation, part.clone(), end))
}

fn end_of(timeline: &Timeline) -> Result<Time, AssemblyError> {
    let last = timeline.months.last().ok_or(AssemblyError::NoMonths)?;
    Ok(timeline.calendar.midnight(last.last_day()) + Span::DAY)
}

fn check_providers(pack: &SystemPack, part: &Part) -> Result<(), AssemblyError> {
    let check = |kind, positions: &[usize], of| match positions.iter().find(|&&position| position >= of) {
        Some(&position) => Err(AssemblyError::NoSuchProvider { kind, position, of }),
        None => Ok(()),
    };
    check("ambulance service", &part.services, pack.ambulance_services().len())?;
    check("acute trust", &part.trusts, pack.trusts().len())?;
    check("care system", &part.care_systems, pack.care_systems().len())?;
    check("provider of elective care", &part.elective_providers, pack.elective_providers().len())
}

fn pressure(pack: &SystemPack, switches: Switches) -> Pressure {
    let p = &pack.parameters().pressure;
    let rule = |from: &Parameter, full_at: &Parameter, most: &Parameter| Response {
        from: from.value,
        full_at: full_at.value,
        most: most.value,
    };
    Pressure {
        switches,
        hear_and_treat: rule(&p.hear_and_treat_from, &p.hear_and_treat_full_at, &p.hear_and_treat_most),
        cancel_call_hours: [p.cancel_call_c2_hours.value, p.cancel_call_hours.value],
        crew_overtime: rule(&p.crew_overtime_from, &p.crew_overtime_full_at, &p.crew_overtime_most),
        divert_from: p.divert_from.value,
        divert_limit_minutes: p.divert_limit_minutes.value,
        release_to_respond_after: Span::from_minutes(p.release_to_respond_minutes.value),
        rapid_release_from: p.rapid_release_from.value,
        stay_away: rule(&p.stay_away_from, &p.stay_away_full_at, &p.stay_away_most),
        impatient_share: p.impatient_share.value,
        patience_minutes: p.patience_minutes.value,
        escalation_beds: rule(&p.escalation_from, &p.escalation_full_at, &p.escalation_most),
        earlier_discharge: rule(
            &p.earlier_discharge_from,
            &p.earlier_discharge_full_at,
            &p.earlier_discharge_most,
        ),
        outlying_from: p.outlying_from.value,
        outlying_between_from: p.outlying_between_from.value,
        escalation_delay: Span::from_hours(p.escalation_delay_hours.value),
        escalation_staff_most: p.escalation_staff_most.value,
    }
}

/// A lognormal duration with a mean and a coefficient of variation.
fn lognormal(what: &str, mean: f64, cv: f64) -> Result<Distribution, AssemblyError> {
    Distribution::lognormal(mean, mean * cv)
        .map_err(|error| AssemblyError::Distribution { what: what.to_owned(), error })
}

/// The same, from two parameters.
fn spread(what: &str, mean: &Parameter, cv: &Parameter) -> Result<Distribution, AssemblyError> {
    lognormal(what, mean.value, cv.value)
}
