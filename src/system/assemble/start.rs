//! The starting state: patients in beds and places filled, part of the way through their stays.
//!
//! Emergency departments, ambulance stacks and the queues for places start empty and fill within
//! the warm-up. Whoever is found in a bed at a random moment has a length-biased stay of which a
//! uniform part is over; see [`Distribution::sample_remaining`](crate::random::Distribution).

use super::{StreamOf, stream};
use crate::care::ward::BedKind;
use crate::engine::Simulation;
use crate::random::{Distribution, Stream};
use crate::system::event::Event;
use crate::system::health_system::HealthSystem;
use crate::system::pack::SystemPack;
use crate::system::parameters::ProviderParameter;
use crate::system::parts::Part;
use crate::system::patient::{Purpose, Stage};
use crate::units::{Span, Time};

/// Share of ring-fenced beds that are filled at the start (assumed; it settles within a week).
const RING_FENCE_FILLED: f64 = 0.7;

pub(super) fn admit_starting_patients(
    pack: &SystemPack,
    part: &Part,
    simulation: &mut Simulation<HealthSystem>,
    root: Stream,
) {
    let occupied = |parameter: ProviderParameter, trust: usize| {
        pack.parameters().by_provider(parameter).get(trust).copied().unwrap_or(0.0)
    };
    for (h, &trust) in part.trusts.iter().enumerate() {
        let people = stream(root, StreamOf::StartingPatients, trust);
        let hospital = &simulation.model.hospitals[h];
        let beds = hospital.beds_by_month.first().copied().unwrap_or_default();
        let ring_fence = (beds.adult * hospital.ring_fence_share).round();
        let adults = occupied(ProviderParameter::AdultGaOccupiedBeds, trust).min(beds.adult);
        let filled = [
            (BedKind::Adult, beds.adult.round() - ring_fence, adults - ring_fence * RING_FENCE_FILLED),
            (BedKind::RingFenced, ring_fence, ring_fence * RING_FENCE_FILLED),
            (
                BedKind::Paediatric,
                beds.paediatric,
                occupied(ProviderParameter::PaediatricGaOccupiedBeds, trust),
            ),
            (
                BedKind::CriticalCare,
                beds.critical_care,
                occupied(ProviderParameter::AdultCriticalCareOccupiedBeds, trust),
            ),
        ];
        let mut number = 0;
        for (kind, open, wanted) in filled {
            simulation.model.hospitals[h].wards.set_beds(kind, open.round().max(0.0) as u32, Time::ZERO);
            for _ in 0..wanted.round().max(0.0) as u32 {
                if !simulation.model.hospitals[h].wards.try_take(kind, Time::ZERO) {
                    break;
                }
                admit(simulation, h, kind, people.person(number));
                number += 1;
            }
        }
    }
}

fn admit(
    simulation: &mut Simulation<HealthSystem>,
    hospital: usize,
    kind: BedKind,
    key: crate::random::PersonKey,
) {
    let system = &mut simulation.model;
    let patient = system.patients.admit(key, Time::ZERO, Stage::InBed);
    let record = &mut system.patients[patient];
    (record.hospital, record.bed) = (hospital as u16, kind);
    record.is_child = kind == BedKind::Paediatric;
    let wards = &mut system.hospitals[hospital].wards;
    wards.occupy(kind);
    let config = wards.config();
    let remaining =
        |law: &Distribution| Span::from_days(law.sample_remaining(&mut record.dice(Purpose::Stay)));
    if kind == BedKind::CriticalCare {
        simulation.schedule.after(remaining(&config.critical_care_days), Event::CriticalCareOver(patient));
        return;
    }
    let law = match kind {
        BedKind::Paediatric => &config.paediatric_stay_days,
        BedKind::RingFenced => &config.elective_stay_days,
        _ => &config.emergency_stay_days,
    };
    let mut dice = record.dice(Purpose::WardRound);
    let well = Time::ZERO + remaining(law);
    let ready = if record.is_child { well } else { wards.found_ready(well, system.calendar, &mut dice) };
    record.since = ready;
    let stamp = record.stamp();
    simulation.schedule.at(ready, Event::FoundReady(patient, stamp));
}

pub(super) fn fill_places(part: &Part, simulation: &mut Simulation<HealthSystem>, root: Stream) {
    for (c, &care_system) in part.care_systems.iter().enumerate() {
        let people = stream(root, StreamOf::StartingPlaces, care_system);
        let services = &mut simulation.model.care_systems[c];
        for pathway in 0..3 {
            let law = services.config().days_in_place[pathway];
            let mut number = 0;
            while services.try_take(pathway, Time::ZERO) {
                let mut dice = people.at(pathway as u64).person(number).dice(Purpose::DaysInPlace as u64);
                number += 1;
                let event = Event::PlaceFree { care_system: c as u16, pathway: pathway as u8 };
                simulation.schedule.after(Span::from_days(law.sample_remaining(&mut dice)), event);
            }
        }
    }
}
