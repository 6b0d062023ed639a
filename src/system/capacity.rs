//! What a scenario changes: capacity that opens on a date at a provider.

use super::event::Event;
use super::health_system::{Change, HealthSystem};
use super::parts::Part;
use super::providers::{CareSystemId, TrustId};
use crate::care::diagnostics::Modality;
use crate::care::elective::ElectiveLever;
use crate::engine::{Simulation, Turn};
use jiff::civil::Date;

/// Something there can be more or less of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capacity {
    /// Adult general and acute beds at a trust.
    AdultBeds(TrustId),
    /// Virtual-ward places at a trust.
    VirtualPlaces(TrustId),
    /// Places outside hospital in a care system on the supported pathway with this index.
    CarePlaces(CareSystemId, u8),
    /// Planned care at a holder of a waiting list.
    Elective(Holder, ElectiveLever),
    /// Diagnostic tests on a working day at a holder of a waiting list.
    Tests(Holder, Modality),
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

    /// What has been added by the end of `day`, over all providers.
    pub fn added_by(&self, day: Date, of: impl Fn(Capacity) -> bool) -> f64 {
        self.steps.iter().filter(|step| step.from <= day && of(step.capacity)).map(|step| step.added).sum()
    }

    /// Schedules the steps that concern this part. Steps before the clock take effect at once.
    pub fn schedule(&self, part: &Part, simulation: &mut Simulation<HealthSystem>) {
        let position = |list: &[usize], index: usize| list.iter().position(|&i| i == index).map(|p| p as u16);
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
            let change =
                match step.capacity {
                    Capacity::AdultBeds(trust) => position(&part.trusts, trust.index())
                        .map(|hospital| Change::AdultBeds { hospital, beds: *total }),
                    Capacity::VirtualPlaces(trust) => position(&part.trusts, trust.index())
                        .map(|hospital| Change::VirtualPlaces { hospital, places: *total }),
                    Capacity::CarePlaces(care_system, pathway) => {
                        position(&part.care_systems, care_system.index())
                            .map(|care_system| Change::CarePlaces { care_system, pathway, places: *total })
                    }
                    Capacity::Elective(at, lever) => {
                        holder(at).map(|hospital| Change::Elective { hospital, lever, total: *total })
                    }
                    Capacity::Tests(at, modality) => {
                        holder(at).map(|hospital| Change::Tests { hospital, modality, tests: *total })
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
