//! The starting state: patients in beds and places filled, part of the way through their stays.
//!
//! Beds are filled to the number that was occupied before the winter on the mornings on which they are counted, less
//! those who come in the first night; places outside hospital to the last one,
//! and those on their way to a readmission are at home. Emergency departments, ambulance stacks and the
//! queues for beds start empty and fill within the warm-up. Whoever is found in a bed at a random moment has a
//! length-biased stay of which a uniform part is over; see
//! [`Distribution::sample_remaining`](crate::random::Distribution). Which part of the stay they are in is drawn from
//! [`Phases`].

use super::demand::Needs;
use super::phases::{Phase, Phases};
use super::{StreamOf, stream};
use crate::care::PatientId;
use crate::care::discharge::Pathway;
use crate::care::ward::BedKind;
use crate::engine::{Request, Simulation};
use crate::random::{Dice, PersonKey, Stream};
use crate::system::event::Event;
use crate::system::health_system::HealthSystem;
use crate::system::pack::SystemPack;
use crate::system::parameters::ProviderParameter;
use crate::system::parts::Part;
use crate::system::patient::{Purpose, Stage};
use crate::system::timetable::BED_CENSUS;
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
        let phases = Phases::of(pack, needs, trust, &simulation.model, h);
        let hospital = &simulation.model.hospitals[h];
        let beds = hospital.beds_by_month.first().copied().unwrap_or_default();
        let ring_fence = (beds.adult * hospital.ring_fence_share).round();
        // beds are counted in the morning: until then nobody leaves and emergencies go on coming
        let by_night = needs.trusts[trust].overnight_per_day * BED_CENSUS.as_days();
        let adults = occupied(ProviderParameter::AdultGaOccupiedBeds, trust).min(beds.adult) - by_night;
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
                admit(simulation, h, kind, people.person(number), &phases);
                number += 1;
            }
        }
    }
}

/// The patient is ready to leave, and somewhere on the way out.
fn hold_up(
    simulation: &mut Simulation<HealthSystem>,
    patient: PatientId,
    phase: Phase,
    phases: &Phases,
    dice: &mut Dice,
) {
    let pathway = phase.pathway();
    let HealthSystem { patients, hospitals, care_systems, .. } = &mut simulation.model;
    let record = &mut patients[patient];
    (record.stage, record.pathway) = (Stage::ReadyToLeave, pathway);
    let hospital = &mut hospitals[usize::from(record.hospital)];
    hospital.ready_to_leave += 1;
    hospital.ready_by_pathway[pathway as usize] += 1;
    let supported = pathway.supported_index().zip(hospital.care_system);
    let days = match phase {
        Phase::Arranging(_) => match supported {
            Some((index, c)) => {
                care_systems[usize::from(c)].config().arranging_days[index].sample_remaining(dice)
            }
            None => hospital.case_mix.process_delay_days.sample_remaining(dice),
        },
        Phase::FreeToGo(_) => {
            if let Some((index, c)) =
                supported.filter(|(index, _)| dice.happens(phases.given_a_place[*index]))
            {
                let services = &mut care_systems[usize::from(c)];
                match services.request(patient, index, Time::ZERO) {
                    Request::Started => record.has_place = true,
                    // no place is left: something else was found
                    Request::Queued(place) => {
                        services.leave_queue(index, place, Time::ZERO);
                    }
                }
            }
            simulation.model.may_leave(patient, &mut simulation.schedule);
            return;
        }
        _ => 0.0,
    };
    simulation.schedule.after(Span::from_days(days), Event::Arranged(patient));
}

fn admit(
    simulation: &mut Simulation<HealthSystem>,
    hospital: usize,
    kind: BedKind,
    key: PersonKey,
    phases: &Phases,
) {
    let system = &mut simulation.model;
    let patient = system.patients.admit(key, Time::ZERO, Stage::InBed);
    let record = &mut system.patients[patient];
    (record.hospital, record.bed) = (hospital as u16, kind);
    record.is_child = kind == BedKind::Paediatric;
    let wards = &mut system.hospitals[hospital].wards;
    wards.occupy(kind);
    let mut dice = record.dice(Purpose::StartingDelay);
    let phase = match kind {
        BedKind::Medical | BedKind::Surgical => phases.of_emergency(dice.uniform()),
        BedKind::RingFenced => phases.of_elective(dice.uniform()),
        BedKind::CriticalCare | BedKind::Paediatric => Phase::Unwell,
    };
    if !matches!(phase, Phase::Unwell | Phase::AwaitingRound) {
        hold_up(simulation, patient, phase, phases, &mut dice);
        return;
    }
    let config = wards.config();
    let mut dice = record.dice(Purpose::Stay);
    let days = match kind {
        BedKind::Medical | BedKind::Surgical | BedKind::RingFenced if phase == Phase::AwaitingRound => 0.0,
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
    use crate::units::{Month, date};

    /// Little's law: those held up when the run begins are the share of patients in beds that days held up are of stays.
    #[test]
    fn as_many_are_held_up_at_the_start_as_days_held_up_are_of_stays() {
        let pack = england();
        let needs = Needs::of(&pack);
        let timeline = Timeline::new(&pack, pack.first_month(), pack.first_month());
        let (mut held_up, mut expected, mut variance) = (0.0, 0.0, 0.0);
        for part in parts(&pack) {
            let mut running =
                assemble(&pack, &part, &timeline, Switches::all_on(), Stream::of_seed(4)).unwrap();
            let system = running.system_mut();
            for (h, (&trust, hospital)) in part.trusts.iter().zip(&system.hospitals).enumerate() {
                let phases = Phases::of(&pack, &needs, trust, system, h);
                let [emergency, elective] = phases.held_up_share();
                let patients = |kind| f64::from(hospital.wards.patients(kind));
                let general = patients(BedKind::Medical) + patients(BedKind::Surgical);
                held_up += f64::from(hospital.ready_to_leave);
                for (patients, share) in [(general, emergency), (patients(BedKind::RingFenced), elective)] {
                    expected += patients * share;
                    variance += patients * share * (1.0 - share);
                }
            }
        }
        let t = (held_up - expected) / variance.sqrt();
        assert!(expected > 10_000.0 && t.abs() < 3.5, "{held_up} for {expected}: t = {t}");
    }

    /// As many leave on the first two days of a run as on the same days of one that began three months earlier, within a
    /// tenth (three replications of the smallest part, seed 4): a little fewer, since departments start empty and who
    /// would have come in the first night for a day or two is missing. Without those who are well or free to go at the
    /// first midnight it was a third fewer in England, and ambulances queued for a month.
    #[test]
    fn a_run_begins_as_one_goes_on_that_began_long_before() {
        let pack = england();
        let of_chain = parts(&pack).into_iter().filter(|part| !part.services.is_empty());
        let part = of_chain.min_by_key(|part| part.trusts.len()).unwrap();
        let september = Month::of(date(2022, 9, 1));
        let left = |start: Month, replication| {
            let timeline = Timeline::new(&pack, start, september);
            let root = Stream::of_seed(4).at(replication);
            let mut running = assemble(&pack, &part, &timeline, Switches::all_on(), root).unwrap();
            let until = timeline.calendar.midnight(date(2022, 9, 3));
            running.run_until(until).unwrap();
            let statistics = running.statistics();
            statistics.hospitals.last().unwrap().iter().map(|hospital| hospital.left_bed).sum::<u64>() as f64
        };
        let all = |start: Month| (0..3).map(|replication| left(start, replication)).sum::<f64>();
        let ratio = all(september) / all(Month::of(date(2022, 6, 1)));
        assert!((ratio - 1.0).abs() < 0.1, "{ratio}");
    }
}
