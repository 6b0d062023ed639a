//! A part of the system at work, from outside: it can be run on, copied, changed by a plan, checked and read.
//!
//! What goes on inside -- who is where, which event comes next -- is not to be touched, so that no patient can
//! be lost by a caller's mistake and no event can be for a provider that does not exist.

use super::audit::Discrepancy;
use super::capacity::CapacityPlan;
use super::health_system::{HealthSystem, Hospital};
use super::outcome::Counted;
use super::parts::Part;
use super::statistics::Statistics;
use crate::care::ambulance::AmbulanceService;
use crate::engine::{Simulation, Stopped};
use crate::units::Time;

/// One independent part of the system at work, made by [`assemble`](super::assemble::assemble). It can be copied
/// and continued in several ways.
///
/// ```
/// use nhs_capacity::prelude::*;
/// use nhs_capacity::random::Stream;
/// use nhs_capacity::system::assemble::{Timeline, assemble};
/// use nhs_capacity::system::parts::parts;
/// use nhs_capacity::units::{Month, Span, Time};
///
/// let pack = england();
/// let october = Month::of(date(2022, 10, 1));
/// let timeline = Timeline::new(&pack, october, october);
/// let smallest = parts(&pack).into_iter().rfind(|part| !part.trusts.is_empty());
/// let part = smallest.ok_or("no part has a trust")?;
/// let mut system = assemble(&pack, &part, &timeline, Switches::all_on(), Stream::of_seed(1))?;
/// system.run_until(Time::ZERO + Span::DAY)?;
/// system.audit()?; // everybody is somewhere, and nobody is in two places
/// assert!(system.statistics().hospitals[0][0].attendances > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RunningSystem {
    simulation: Simulation<HealthSystem>,
    part: Part,
    // of its last month
    end: Time,
}

impl RunningSystem {
    pub(super) fn of(simulation: Simulation<HealthSystem>, part: Part, end: Time) -> Self {
        Self { simulation, part, end }
    }

    /// The clock; zero is the first midnight of the first month.
    pub fn now(&self) -> Time {
        self.simulation.schedule.now()
    }

    /// The end of the last month, where a run ends.
    pub fn end(&self) -> Time {
        self.end
    }

    /// Runs up to `time`, or to the end of the last month if that is earlier. Events at that very instant
    /// belong to what comes after.
    ///
    /// # Errors
    /// If a limit is reached; what was counted up to then can still be read.
    pub fn run_until(&mut self, time: Time) -> Result<(), Stopped> {
        self.simulation.run_until(time.min(self.end))
    }

    /// Schedules what a plan changes here. Steps before the clock take effect at once, those of providers
    /// that are not in this part never.
    pub fn apply(&mut self, plan: &CapacityPlan) {
        plan.schedule(&self.part, &mut self.simulation);
    }

    /// Checks every place against the register of patients, arrivals against departures and those
    /// present, and Little's law for calls waiting, at the current time.
    ///
    /// # Errors
    /// The first discrepancy.
    pub fn audit(&self) -> Result<(), Discrepancy> {
        self.simulation.model.audit(self.now())
    }

    /// What has been counted so far. What is only counted at the end of a month is missing from the current one.
    pub fn statistics(&self) -> Statistics {
        let model = &self.simulation.model;
        model.statistics.clone().by_service(&model.dispatch_areas, self.part.services.len())
    }

    /// 999 calls that wait for a crew now, by service in the order of the part.
    pub fn calls_waiting(&self) -> impl Iterator<Item = usize> {
        let model = &self.simulation.model;
        let mut waiting = vec![0; self.part.services.len()];
        for (area, crews) in model.dispatch_areas.iter().zip(&model.crews) {
            if let Some(of_service) = waiting.get_mut(usize::from(area.service)) {
                *of_service += crews.units().queue().len();
            }
        }
        waiting.into_iter()
    }

    /// Events handled so far.
    pub fn events(&self) -> u64 {
        self.simulation.events()
    }

    /// What has happened so far, counted as the workloads in `benches/` count it: the events handled; every start of service,
    /// which follows at once within one of them, but not that of care outside hospital, where a package takes several visits;
    /// and all that planned care does to patients, which is handled by the day and the provider.
    pub fn steps(&self) -> u64 {
        let model = &self.simulation.model;
        let crews: u64 = model.crews.iter().map(AmbulanceService::services_started).sum();
        let of = |hospital: &Hospital| {
            hospital.ed.services_started() + hospital.wards.services_started() + hospital.elective.steps()
        };
        self.events() + crews + model.hospitals.iter().map(of).sum::<u64>()
    }

    /// Closes the books at the current time.
    pub fn finish(mut self) -> Counted {
        self.simulation.model.finish(self.now());
        let (events, people) = (self.events(), self.simulation.model.patients.admitted());
        let model = self.simulation.model;
        let statistics = model.statistics.by_service(&model.dispatch_areas, self.part.services.len());
        Counted { statistics, events, people }
    }

    pub(crate) fn system(&self) -> &HealthSystem {
        &self.simulation.model
    }

    #[cfg(test)]
    pub(super) fn system_mut(&mut self) -> &mut HealthSystem {
        &mut self.simulation.model
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use crate::system::assemble::{AssemblyError, Timeline, assemble};
    use crate::system::capacity::{Capacity, CapacityStep};
    use crate::system::pack::england;
    use crate::system::parts::parts;
    use crate::system::pressure::Switches;
    use crate::system::providers::{AmbulanceServiceId, TrustId};
    use crate::units::{Month, Span, date};

    fn december() -> (RunningSystem, Timeline, Part) {
        let pack = england();
        let month = Month::of(date(2022, 12, 1));
        let timeline = Timeline::new(&pack, month, month);
        let part = parts(&pack).into_iter().rfind(|part| !part.trusts.is_empty()).unwrap();
        let system = assemble(&pack, &part, &timeline, Switches::all_on(), Stream::of_seed(1)).unwrap();
        (system, timeline, part)
    }

    #[test]
    fn a_run_ends_with_its_last_month_however_far_it_is_asked_to_go() {
        let (mut system, ..) = december();
        // of providers that are elsewhere or nowhere, and before the run began
        let step = |capacity| CapacityStep { from: date(1970, 1, 1), capacity, added: f64::NAN };
        system.apply(&CapacityPlan::of([
            step(Capacity::AdultBeds(TrustId(u16::MAX))),
            step(Capacity::RoutableShare(AmbulanceServiceId(u16::MAX))),
        ]));
        system.run_until(Time::ZERO + Span::DAY.times(u64::MAX)).unwrap();
        assert_eq!((system.now(), system.audit()), (system.end(), Ok(())));
        assert_eq!(system.end(), Time::ZERO + Span::DAY.times(31));
        system.run_until(Time::ZERO).unwrap();
        assert_eq!(system.now(), system.end());
        assert!(system.finish().people > 10_000);
    }

    #[test]
    fn what_has_happened_is_more_than_the_events_that_were_handled() {
        let (mut system, ..) = december();
        system.run_until(Time::ZERO + Span::DAY.times(7)).unwrap();
        let (steps, events) = (system.steps(), system.events());
        let Counted { statistics, .. } = system.finish();
        // each crew that was sent, everybody who was admitted from the department and every clock is one more
        let crews: u64 = statistics.ambulance[0].iter().flat_map(|service| service.arrived).sum();
        let hospitals = statistics.hospitals[0].iter();
        let others: u64 = hospitals.map(|h| h.admissions_via_ed + h.elective.clock_starts).sum();
        assert!(crews > 1_000 && others > 1_000);
        assert!(steps - events > crews + others, "{steps} {events}");
    }

    #[test]
    fn a_part_with_a_provider_that_is_not_in_the_pack_is_refused() {
        let (_, timeline, part) = december();
        let pack = england();
        let refused = |part: Part| {
            let built = assemble(&pack, &part, &timeline, Switches::all_on(), Stream::of_seed(1));
            matches!(built, Err(AssemblyError::NoSuchProvider { position: 10_000, .. }))
        };
        assert!(refused(Part { services: vec![10_000], ..part.clone() }));
        assert!(refused(Part { trusts: vec![10_000], ..part.clone() }));
        assert!(refused(Part { care_systems: vec![10_000], ..part.clone() }));
        assert!(refused(Part { elective_providers: vec![10_000], ..part.clone() }));
    }

    #[test]
    fn a_run_without_months_is_over_at_once() {
        let (.., part) = december();
        let pack = england();
        let (later, earlier) = (Month::of(date(2022, 12, 1)), Month::of(date(2022, 11, 1)));
        let timeline = Timeline::new(&pack, later, earlier);
        let built = assemble(&pack, &part, &timeline, Switches::all_on(), Stream::of_seed(1));
        assert_eq!(built.err(), Some(AssemblyError::NoMonths));
    }
}
