//! The starting state: patients in beds and places filled, part of the way through their stays.
//!
//! Beds are filled to the number occupied before the winter, places outside hospital to the last one,
//! and those on their way to a readmission are at home. Emergency departments, ambulance stacks and the
//! queues for beds start empty and fill within the warm-up. Whoever is found in a bed at a random moment has a
//! length-biased stay of which a uniform part is over; see
//! [`Distribution::sample_remaining`](crate::random::Distribution). As many of those in beds as the mean delay is
//! of the mean stay are past the clinical part of it: their care is being arranged, or they queue for it.

use super::demand::Needs;
use super::discharge::delays;
use super::{StreamOf, stream};
use crate::care::PatientId;
use crate::care::discharge::Pathway;
use crate::care::ward::BedKind;
use crate::engine::Simulation;
use crate::random::{Dice, PersonKey, Stream};
use crate::system::event::Event;
use crate::system::health_system::HealthSystem;
use crate::system::pack::SystemPack;
use crate::system::parameters::ProviderParameter;
use crate::system::parts::Part;
use crate::system::patient::{Purpose, Stage};
use crate::units::{Span, Time};

/// Share of ring-fenced beds that are filled at the start (assumed; it settles within a week).
pub(super) const RING_FENCE_FILLED: f64 = 0.7;

pub(super) fn admit_starting_patients(
    pack: &SystemPack,
    needs: &Needs,
    part: &Part,
    simulation: &mut Simulation<HealthSystem>,
    root: Stream,
) {
    let occupied = |parameter: ProviderParameter, trust: usize| {
        pack.parameters().by_provider(parameter).get(trust).copied().unwrap_or(0.0)
    };
    for (h, &trust) in part.trusts.iter().enumerate() {
        let people = stream(root, StreamOf::StartingPatients, trust);
        let held_up = HeldUp::of(pack, needs, trust);
        let hospital = &simulation.model.hospitals[h];
        let beds = hospital.beds_by_month.first().copied().unwrap_or_default();
        let ring_fence = (beds.adult * hospital.ring_fence_share).round();
        let adults = occupied(ProviderParameter::AdultGaOccupiedBeds, trust).min(beds.adult);
        let elsewhere = (beds.adult.round() - ring_fence).max(0.0);
        let surgical = (elsewhere * hospital.surgical_bed_share).round();
        let adults = (adults - ring_fence * RING_FENCE_FILLED).max(0.0);
        let filled = [
            (BedKind::Medical, elsewhere - surgical, adults * (1.0 - hospital.surgical_bed_share)),
            (BedKind::Surgical, surgical, adults * hospital.surgical_bed_share),
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
                admit(simulation, h, kind, people.person(number), &held_up);
                number += 1;
            }
        }
    }
}

/// Who of a trust's adult patients is ready to leave and held up at a random moment.
struct HeldUp {
    // share of all patients for each reason: pathway 0 within the hospital, then pathways 1 to 3
    shares: [f64; 4],
    // share of a delay on pathways 1 to 3 that is spent in a queue for a place
    queueing: f64,
}

impl HeldUp {
    /// By Little's law, nights of delay over nights of stay.
    fn of(pack: &SystemPack, needs: &Needs, trust: usize) -> Self {
        let p = &pack.parameters().discharge;
        let of_system = delays(pack, needs, pack.trusts()[trust].care_system.index());
        let pathways = [p.pathway_1_share.value, p.pathway_2_share.value, p.pathway_3_share.value];
        let without = (1.0 - pathways.iter().sum::<f64>()).max(0.0);
        let [p1, p2, p3] = std::array::from_fn(|i| pathways[i] * of_system.supported[i]);
        let process = without * p.process_delay_share.value * of_system.process;
        let stay = needs.trusts[trust].stay_days.max(0.1);
        let most = (process + p1 + p2 + p3).max(stay);
        Self {
            shares: [process, p1, p2, p3].map(|nights| nights / most),
            queueing: p.capacity_share_of_delay.value,
        }
    }

    fn pathway(&self, draw: f64) -> Option<Pathway> {
        let mut left = draw;
        let reason = self.shares.iter().position(|share| {
            left -= share;
            left < 0.0
        })?;
        [Pathway::P0, Pathway::P1, Pathway::P2, Pathway::P3].get(reason).copied()
    }
}

/// The patient is ready to leave and waits for what the pathway needs, part of the way through.
fn hold_up(
    simulation: &mut Simulation<HealthSystem>,
    patient: PatientId,
    pathway: Pathway,
    queueing: f64,
    dice: &mut Dice,
) {
    let system = &mut simulation.model;
    let record = &mut system.patients[patient];
    (record.stage, record.pathway) = (Stage::ReadyToLeave, pathway);
    let hospital = &mut system.hospitals[usize::from(record.hospital)];
    hospital.ready_to_leave += 1;
    hospital.ready_by_pathway[pathway as usize] += 1;
    let care_system = hospital.care_system.map(|c| system.care_systems[usize::from(c)].config());
    let arranging = match pathway.supported_index().zip(care_system) {
        Some((index, config)) => &config.arranging_days[index],
        None => &hospital.case_mix.process_delay_days,
    };
    let is_queueing = pathway != Pathway::P0 && dice.happens(queueing);
    let days = if is_queueing { 0.0 } else { arranging.sample_remaining(dice) };
    simulation.schedule.after(Span::from_days(days), Event::Arranged(patient));
}

fn admit(
    simulation: &mut Simulation<HealthSystem>,
    hospital: usize,
    kind: BedKind,
    key: PersonKey,
    held_up: &HeldUp,
) {
    let system = &mut simulation.model;
    let patient = system.patients.admit(key, Time::ZERO, Stage::InBed);
    let record = &mut system.patients[patient];
    (record.hospital, record.bed) = (hospital as u16, kind);
    record.is_child = kind == BedKind::Paediatric;
    let wards = &mut system.hospitals[hospital].wards;
    wards.occupy(kind);
    if matches!(kind, BedKind::Medical | BedKind::Surgical) {
        let mut dice = record.dice(Purpose::StartingDelay);
        if let Some(pathway) = held_up.pathway(dice.uniform()) {
            hold_up(simulation, patient, pathway, held_up.queueing, &mut dice);
            return;
        }
    }
    let config = wards.config();
    let mut dice = record.dice(Purpose::Stay);
    let days = match kind {
        BedKind::CriticalCare => config.critical_care_days.sample_remaining(&mut dice),
        BedKind::Paediatric => config.paediatric_stay_days.sample_remaining(&mut dice),
        BedKind::RingFenced => config.elective_stay_days.sample_remaining(&mut dice),
        BedKind::Medical | BedKind::Surgical => config.emergency_stay_days.sample_remaining(&mut dice),
    };
    let remaining = Span::from_days(days);
    if kind == BedKind::CriticalCare {
        simulation.schedule.after(remaining, Event::CriticalCareOver(patient));
        return;
    }
    let mut dice = record.dice(Purpose::WardRound);
    let well = Time::ZERO + remaining;
    let ready = if record.is_child { well } else { wards.found_ready(well, system.calendar, &mut dice) };
    record.since = ready;
    let stamp = record.stamp();
    simulation.schedule.at(ready, Event::FoundReady(patient, stamp));
}

/// Those who left hospital before the start and will be admitted again, part of the way there.
pub(super) fn send_home_starting_patients(
    needs: &Needs,
    part: &Part,
    simulation: &mut Simulation<HealthSystem>,
    root: Stream,
) {
    for (h, &trust) in part.trusts.iter().enumerate() {
        let people = stream(root, StreamOf::StartingAtHome, trust);
        let law = simulation.model.hospitals[h].case_mix.readmission_days;
        let number = (needs.trusts[trust].readmitted_per_day * law.mean()).round().max(0.0) as u64;
        for person in 0..number {
            let key = people.person(person);
            let patient = simulation.model.patients.admit(key, Time::ZERO, Stage::AtHome);
            let record = &mut simulation.model.patients[patient];
            record.hospital = h as u16;
            let days = law.sample_remaining(&mut record.dice(Purpose::ReadmissionDays));
            simulation.schedule.after(Span::from_days(days), Event::Readmitted(patient));
        }
    }
}

/// Places outside hospital start full. Whoever fills one of them is nobody in particular, except in
/// those community beds whose patients go on to other care.
pub(super) fn fill_places(part: &Part, simulation: &mut Simulation<HealthSystem>, root: Stream) {
    for (c, &care_system) in part.care_systems.iter().enumerate() {
        let people = stream(root, StreamOf::StartingPlaces, care_system);
        let hospital = simulation.model.hospitals.iter().position(|h| h.care_system == Some(c as u16));
        let config = simulation.model.care_systems[c].config().clone();
        for (pathway, law) in config.days_in_place.iter().enumerate() {
            let mut number = 0;
            while simulation.model.care_systems[c].try_take(pathway, Time::ZERO) {
                let key = people.at(pathway as u64).person(number);
                let mut dice = key.dice(Purpose::DaysInPlace as u64);
                number += 1;
                let mut left = law.sample_remaining(&mut dice);
                if pathway == Pathway::HOME_CARE {
                    left *= config.taper.part_in_progress(dice.uniform());
                }
                let onward = config.onward(key.dice(Purpose::OnwardFlow as u64).uniform());
                let event = match hospital {
                    Some(h) if pathway == Pathway::COMMUNITY_BED && onward != Pathway::P0 => {
                        let patients = &mut simulation.model.patients;
                        let patient = patients.admit(key, Time::ZERO, Stage::InCommunityBed);
                        let record = &mut patients[patient];
                        (record.hospital, record.pathway, record.has_place) = (h as u16, Pathway::P2, true);
                        Event::MovesOn(patient)
                    }
                    _ => Event::PlaceFree { care_system: c as u16, pathway: pathway as u8 },
                };
                simulation.schedule.after(Span::from_days(left), event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::assemble::{Timeline, assemble};
    use crate::system::pack::england;
    use crate::system::parts::parts;
    use crate::system::pressure::Switches;

    /// Little's law: those held up when the run begins are the share of patients in beds that delays are of stays.
    #[test]
    fn as_many_are_held_up_at_the_start_as_delays_are_of_stays() {
        let pack = england();
        let needs = Needs::of(&pack);
        let timeline = Timeline::new(&pack, pack.first_month(), pack.first_month());
        let (mut held_up, mut expected, mut variance) = (0.0, 0.0, 0.0);
        for part in parts(&pack) {
            let mut running =
                assemble(&pack, &part, &timeline, Switches::all_on(), Stream::of_seed(4)).unwrap();
            let system = running.system_mut();
            for (&trust, hospital) in part.trusts.iter().zip(&system.hospitals) {
                let share: f64 = HeldUp::of(&pack, &needs, trust).shares.iter().sum();
                let wards = [BedKind::Medical, BedKind::Surgical];
                let patients: u32 = wards.iter().map(|&kind| hospital.wards.patients(kind)).sum();
                held_up += f64::from(hospital.ready_to_leave);
                expected += f64::from(patients) * share;
                variance += f64::from(patients) * share * (1.0 - share);
            }
        }
        let t = (held_up - expected) / variance.sqrt();
        assert!(expected > 10_000.0 && t.abs() < 3.5, "{held_up} for {expected}: t = {t}");
    }
}
