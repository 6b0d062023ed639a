//! The Isle of Wight for tests: one ambulance service, one hospital, and their share of a care system.

use super::assemble::{Timeline, assemble};
use super::capacity::{AmbulanceCapacity, Capacity, CapacityPlan, CapacityStep};
use super::pack::{SystemPack, england};
use super::parts::{Part, parts};
use super::pressure::Switches;
use super::providers::{AmbulanceServiceId, CareSystemId, TrustId};
use super::running::RunningSystem;
use super::statistics::Statistics;
use crate::random::Stream;
use crate::units::{Month, Span, Time, date};

const CODE: &str = "R1F";
/// Runs of which two systems are compared pair by pair.
pub(super) const SEEDS: u64 = 24;
/// The t beyond which a mean of their differences is one: 23 degrees of freedom, one-sided 0.0005.
pub(super) const CRITICAL_T: f64 = 3.77;

/// The island cut out of England.
pub(super) fn island() -> SystemPack {
    england().place(&format!("trust {CODE}")).unwrap()
}

/// The part of the pack that is the island.
pub(super) fn part_of(pack: &SystemPack) -> Part {
    let trust = pack.trust_id(CODE.parse().unwrap()).unwrap().index();
    parts(pack).into_iter().find(|part| part.trusts.contains(&trust)).unwrap()
}

/// The island from January 2023 for so many months.
pub(super) fn from_january(pack: &SystemPack, months: i32, switches: Switches, seed: u64) -> RunningSystem {
    let january = Month::of(date(2023, 1, 1));
    let timeline = Timeline::new(pack, january, january.plus(months - 1));
    assemble(pack, &part_of(pack), &timeline, switches, Stream::of_seed(seed)).unwrap()
}

/// What is added on the first day, or taken away: crews, beds with their staff, clinicians, virtual-ward places, and a
/// share of the places outside hospital.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Added {
    pub(super) crews: f64,
    pub(super) beds: f64,
    pub(super) majors_clinicians: f64,
    pub(super) minors_clinicians: f64,
    pub(super) step_down: f64,
    pub(super) step_up: f64,
    pub(super) share_of_places: f64,
}

impl Added {
    /// The same as a plan for this system.
    fn plan(self, pack: &SystemPack, system: &RunningSystem) -> CapacityPlan {
        let part = part_of(pack);
        let trust = TrustId(part.trusts[0] as u16);
        let service = AmbulanceServiceId(part.services[0] as u16);
        let care_system = CareSystemId(part.care_systems[0] as u16);
        let places = |pathway| {
            let open = f64::from(system.system().care_systems[0].places(pathway).capacity());
            (open * self.share_of_places).round()
        };
        let step = |capacity, added| CapacityStep { from: date(2023, 1, 1), capacity, added };
        CapacityPlan::of([
            step(Capacity::Ambulance(service, AmbulanceCapacity::Crews), self.crews),
            step(Capacity::AdultBeds(trust), self.beds),
            step(Capacity::StaffedBeds(trust), self.beds),
            step(Capacity::MajorsClinicians(trust), self.majors_clinicians),
            step(Capacity::MinorsClinicians(trust), self.minors_clinicians),
            step(Capacity::VirtualPlaces(trust), self.step_down),
            step(Capacity::StepUpPlaces(trust), self.step_up),
            step(Capacity::HomeCareVisits(care_system), places(0)),
            step(Capacity::CarePlaces(care_system, 1), places(1)),
            step(Capacity::CarePlaces(care_system, 2), places(2)),
        ])
    }
}

/// The same system with this added.
pub(super) fn with(pack: &SystemPack, added: Added, mut system: RunningSystem) -> RunningSystem {
    let plan = added.plan(pack, &system);
    system.apply(&plan);
    system
}

/// Everything counted by the end of so many days, books checked.
pub(super) fn counted(mut system: RunningSystem, days: u64) -> Statistics {
    system.run_until(Time::ZERO + Span::DAY.times(days)).unwrap();
    assert_eq!(system.audit(), Ok(()));
    system.finish().statistics
}
