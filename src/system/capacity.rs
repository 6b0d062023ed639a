//! What a scenario changes: capacity that opens on a date at a provider.

use super::event::Event;
use super::health_system::{Change, DepartmentPart, HealthSystem};
use super::pack::Place;
use super::parts::Part;
use super::providers::{AmbulanceServiceId, CareSystemId, TrustId};
use crate::care::ambulance::Auxiliary;
use crate::care::diagnostics::Modality;
use crate::care::elective::ElectiveLever;
use crate::care::ward::VirtualUse;
use crate::engine::{Simulation, Turn};
use jiff::civil::Date;

/// Something there can be more or less of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capacity {
    /// Adult general and acute beds at a trust; open if there is also staff for them.
    AdultBeds(TrustId),
    /// Adult general and acute beds at a trust that there is staff for; open if they also exist.
    StaffedBeds(TrustId),
    /// Virtual-ward places at a trust that take patients out of beds.
    VirtualPlaces(TrustId),
    /// Cohort places at a trust, in which patients wait for a cubicle without their crew.
    CohortPlaces(TrustId),
    /// Clinicians for patients in cubicles on duty at a trust, mean over the week.
    MajorsClinicians(TrustId),
    /// Clinicians for minor problems on duty at a trust, mean over the week.
    MinorsClinicians(TrustId),
    /// Clinicians of a trust's urgent treatment centre on duty, mean over the week.
    UrgentTreatmentClinicians(TrustId),
    /// Share of people with minor problems who walk into a trust's type 1 department and are sent to
    /// its urgent treatment centre.
    SentToUrgentTreatment(TrustId),
    /// Share of a service's conveyances that may go to another hospital than the nearest.
    RoutableShare(AmbulanceServiceId),
    /// Extra minutes of travel within which they may.
    RoutingMinutes(AmbulanceServiceId),
    /// Virtual-ward places at a trust that avoid admissions.
    StepUpPlaces(TrustId),
    /// Places outside hospital in a care system on the supported pathway with this index.
    CarePlaces(CareSystemId, u8),
    /// Home-care visits a day in a care system.
    HomeCareVisits(CareSystemId),
    /// Something at an ambulance service.
    Ambulance(AmbulanceServiceId, AmbulanceCapacity),
    /// Operations on a working day of the independent provider in a care system.
    IndependentOperations(CareSystemId),
    /// Planned care at a holder of a waiting list.
    Elective(Holder, ElectiveLever),
    /// Diagnostic tests on a working day at a holder of a waiting list.
    Tests(Holder, Modality),
}

impl Capacity {
    /// Whether what has it lies in a part of the system.
    pub fn is_in(self, part: &Part) -> bool {
        match self {
            Self::AdultBeds(trust)
            | Self::StaffedBeds(trust)
            | Self::VirtualPlaces(trust)
            | Self::CohortPlaces(trust)
            | Self::MajorsClinicians(trust)
            | Self::MinorsClinicians(trust)
            | Self::UrgentTreatmentClinicians(trust)
            | Self::SentToUrgentTreatment(trust)
            | Self::StepUpPlaces(trust)
            | Self::Elective(Holder::Trust(trust), _)
            | Self::Tests(Holder::Trust(trust), _) => part.trusts.contains(&trust.index()),
            Self::Elective(Holder::Other(other), _) | Self::Tests(Holder::Other(other), _) => {
                part.elective_providers.contains(&other.into())
            }
            Self::RoutableShare(service) | Self::RoutingMinutes(service) | Self::Ambulance(service, _) => {
                part.services.contains(&service.index())
            }
            Self::CarePlaces(care_system, _)
            | Self::HomeCareVisits(care_system)
            | Self::IndependentOperations(care_system) => part.care_systems.contains(&care_system.index()),
        }
    }
}

/// A holder of a waiting list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// An acute trust.
    Trust(TrustId),
    /// Another provider of elective care, by its position in the pack.
    Other(u16),
}

impl Holder {
    /// The holder at this position: trusts first, then the others.
    pub fn at(index: usize, trusts: usize) -> Self {
        match index.checked_sub(trusts) {
            Some(other) => Self::Other(other as u16),
            None => Self::Trust(TrustId(index as u16)),
        }
    }

    /// Its position: trusts first, then the others.
    pub fn index(self, trusts: usize) -> usize {
        match self {
            Self::Trust(trust) => trust.index(),
            Self::Other(other) => trusts + usize::from(other),
        }
    }
}

/// Something that an ambulance service can have more or less of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AmbulanceCapacity {
    /// Crews rostered, absence not yet taken off, mean over the week.
    Crews,
    /// Auxiliary crews on duty, mean over the week.
    Auxiliary(Auxiliary),
    /// Clinicians at the hear-and-treat desk, mean over the week.
    DeskClinicians,
    /// Share of C3 and C4 calls that are not made.
    CallsAvoided,
}

/// More or less of it from a date on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapacityStep {
    /// The day from which it counts.
    pub from: Date,
    /// What.
    pub capacity: Capacity,
    /// How much more (negative: less).
    pub added: f64,
}

/// All steps of one scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CapacityPlan {
    steps: Vec<CapacityStep>,
}

impl CapacityPlan {
    /// A plan of the given steps, in any order; steps of the same capacity add up.
    pub fn of(steps: impl IntoIterator<Item = CapacityStep>) -> Self {
        let mut steps: Vec<CapacityStep> = steps.into_iter().filter(|step| step.added != 0.0).collect();
        steps.sort_by_key(|step| (step.from, step.capacity));
        Self { steps }
    }

    /// The steps in order of their dates.
    pub fn steps(&self) -> &[CapacityStep] {
        &self.steps
    }

    /// The first day on which anything changes.
    pub fn first_day(&self) -> Option<Date> {
        self.steps.first().map(|step| step.from)
    }

    /// What of the plan for a whole system comes to a place in it.
    #[must_use]
    pub fn within(&self, place: &Place) -> Self {
        let cut =
            |step: &CapacityStep| CapacityStep { added: step.added * place.share_of(step.capacity), ..*step };
        Self::of(self.steps.iter().map(cut))
    }

    /// What has been added by the end of `day`, over all providers.
    pub fn added_by(&self, day: Date, of: impl Fn(Capacity) -> bool) -> f64 {
        self.steps.iter().filter(|step| step.from <= day && of(step.capacity)).map(|step| step.added).sum()
    }

    /// Schedules the steps that concern this part. Steps before the clock take effect at once.
    pub(super) fn schedule(&self, part: &Part, simulation: &mut Simulation<HealthSystem>) {
        let position = |list: &[usize], index: usize| list.iter().position(|&i| i == index).map(|p| p as u16);
        let department = |trust: TrustId, what, total| {
            position(&part.trusts, trust.index()).map(|hospital| Change::Department {
                hospital,
                part: what,
                total,
            })
        };
        let holder = |holder| match holder {
            Holder::Trust(trust) => position(&part.trusts, trust.index()),
            Holder::Other(other) => {
                position(&part.elective_providers, other.into()).map(|place| place + part.trusts.len() as u16)
            }
        };
        let mut totals: std::collections::BTreeMap<Capacity, f64> = std::collections::BTreeMap::new();
        for step in &self.steps {
            let total = totals.entry(step.capacity).or_insert(0.0);
            *total += step.added;
            let hospital = |trust: TrustId| position(&part.trusts, trust.index());
            let local = |care_system: CareSystemId| position(&part.care_systems, care_system.index());
            let total = *total;
            let virtual_places = |trust, of| {
                hospital(trust).map(|hospital| Change::VirtualPlaces { hospital, of, places: total })
            };
            let change = match step.capacity {
                Capacity::AdultBeds(trust) => {
                    hospital(trust).map(|hospital| Change::AdultBeds { hospital, beds: total })
                }
                Capacity::StaffedBeds(trust) => {
                    hospital(trust).map(|hospital| Change::StaffedBeds { hospital, beds: total })
                }
                Capacity::VirtualPlaces(trust) => virtual_places(trust, VirtualUse::StepDown),
                Capacity::StepUpPlaces(trust) => virtual_places(trust, VirtualUse::StepUp),
                Capacity::CohortPlaces(trust) => department(trust, DepartmentPart::CohortPlaces, total),
                Capacity::MajorsClinicians(trust) => {
                    department(trust, DepartmentPart::MajorsClinicians, total)
                }
                Capacity::MinorsClinicians(trust) => {
                    department(trust, DepartmentPart::MinorsClinicians, total)
                }
                Capacity::UrgentTreatmentClinicians(trust) => {
                    department(trust, DepartmentPart::UrgentTreatmentClinicians, total)
                }
                Capacity::SentToUrgentTreatment(trust) => {
                    department(trust, DepartmentPart::SentToUrgentTreatment, total)
                }
                Capacity::RoutableShare(service) => position(&part.services, service.index())
                    .map(|service| Change::RoutableShare { service, share: total }),
                Capacity::RoutingMinutes(service) => position(&part.services, service.index())
                    .map(|service| Change::RoutingMinutes { service, minutes: total }),
                Capacity::Ambulance(service, of) => position(&part.services, service.index())
                    .map(|service| Change::Ambulance { service, of, added: total }),
                Capacity::CarePlaces(system, pathway) => local(system)
                    .map(|care_system| Change::CarePlaces { care_system, pathway, places: total }),
                Capacity::HomeCareVisits(system) => {
                    local(system).map(|care_system| Change::HomeCareVisits { care_system, visits: total })
                }
                Capacity::IndependentOperations(system) => local(system)
                    .map(|care_system| Change::IndependentOperations { care_system, operations: total }),
                Capacity::Elective(at, lever) => {
                    holder(at).map(|hospital| Change::Elective { hospital, lever, total })
                }
                Capacity::Tests(at, modality) => {
                    holder(at).map(|hospital| Change::Tests { hospital, modality, tests: total })
                }
            };
            if let Some(change) = change {
                let at = simulation.model.calendar.midnight(step.from);
                let event = Event::Change(simulation.model.changes.len() as u32);
                simulation.model.changes.push(change);
                simulation.schedule.in_turn(at, Turn::Plan, event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::date;

    #[test]
    fn steps_add_up_by_date() {
        let beds = |day, added| CapacityStep {
            from: date(2022, 11, day),
            capacity: Capacity::AdultBeds(TrustId(0)),
            added,
        };
        let plan = CapacityPlan::of([beds(20, 5.0), beds(1, 3.0), beds(10, 0.0)]);
        assert_eq!(plan.steps().len(), 2);
        assert_eq!(plan.first_day(), Some(date(2022, 11, 1)));
        let all = |_| true;
        assert_eq!([1, 19, 20].map(|day| plan.added_by(date(2022, 11, day), all)), [3.0, 3.0, 8.0]);
    }
}
