//! Nobody is lost, nobody is in two places: checked on the running system.

use super::health_system::HealthSystem;
use super::patient::{Patient, Stage};
use crate::care::discharge::Pathway;
use crate::care::emergency::{Acuity, Space};
use crate::care::ward::BedKind;
use crate::units::Time;

/// Two counts of the same thing that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at provider {provider}: {held} held, but {patients} patients there")]
pub struct Discrepancy {
    /// What was counted.
    pub what: &'static str,
    /// Position of the provider in the running system; of ambulances, of the dispatch area.
    pub provider: u16,
    /// According to the service.
    pub held: u64,
    /// According to the register of patients, or to the books.
    pub patients: u64,
}

impl HealthSystem {
    /// Checks every place against the register of patients, arrivals against departures and those
    /// present, and Little's law for calls waiting, at the current time `now`.
    ///
    /// # Errors
    /// The first discrepancy.
    pub fn audit(&self, now: Time) -> Result<(), Discrepancy> {
        (0..self.crews.len()).try_for_each(|area| self.audit_ambulance(area as u16, now))?;
        (0..self.hospitals.len()).try_for_each(|h| self.audit_hospital(h as u16))?;
        (0..self.care_systems.len()).try_for_each(|c| self.audit_care_system(c as u16))
    }

    /// Whoever waits for care outside hospital stands in one queue; whoever has a community bed and
    /// goes on to other care fills one.
    fn audit_care_system(&self, c: u16) -> Result<(), Discrepancy> {
        let services = &self.care_systems[usize::from(c)];
        let belongs = |p: &Patient| {
            self.hospitals
                .get(usize::from(p.hospital))
                .is_some_and(|hospital| hospital.care_system == Some(c))
        };
        for pathway in Pathway::SUPPORTED {
            let index = pathway.supported_index().unwrap_or(0);
            let queue = services.places(index).queue().len() as u64;
            let could_wait = self.present(|p| {
                let is_there = matches!(p.stage, Stage::ReadyToLeave | Stage::InCommunityBed);
                is_there && p.pathway == pathway && !p.has_place && belongs(p)
            });
            same("waits for care outside hospital", c, queue.min(could_wait), queue)?;
        }
        let community = services.places(Pathway::COMMUNITY_BED).busy().into();
        let going_on = self.present(|p| p.stage == Stage::InCommunityBed && belongs(p));
        same("community beds filled", c, going_on.min(community), going_on)
    }

    fn present(&self, at: impl Fn(&Patient) -> bool) -> u64 {
        self.patients.iter().filter(|patient| at(patient)).count() as u64
    }

    fn audit_ambulance(&self, area: u16, now: Time) -> Result<(), Discrepancy> {
        let crews = &self.crews[usize::from(area)];
        let units = crews.units();
        // Little's law, to the millisecond: area under the stack = time spent in it by everybody
        let still_waiting: u128 = self
            .patients
            .iter()
            .filter(|p| p.by_ambulance && p.area == area && p.stage == Stage::WaitingForCrew)
            .map(|p| u128::from(now.since(p.since).as_millis()))
            .sum();
        let waited = units.waiting_time(now);
        if waited != crews.waited() + still_waiting {
            let (held, patients) = (waited as u64, (crews.waited() + still_waiting) as u64);
            return Err(Discrepancy {
                what: "milliseconds waited for a crew",
                provider: area,
                held,
                patients,
            });
        }
        let here = |stage| self.present(|p| p.by_ambulance && p.area == area && p.stage == stage);
        let waiting = here(Stage::WaitingForCrew);
        same("calls waiting for a crew", area, units.queue().len() as u64, waiting)?;
        let on_the_way = here(Stage::CrewOnTheWay);
        let spares: u64 = self
            .patients
            .iter()
            .filter(|p| p.by_ambulance && p.area == area && p.stage == Stage::CrewOnTheWay)
            .map(|p| u64::from(p.spare_units))
            .sum();
        let with_patient =
            on_the_way + here(Stage::WithCrew) + here(Stage::OnDetour) + here(Stage::WaitingToHandOver);
        let busy = u64::from(units.busy()) + u64::from(crews.auxiliary().1);
        let alone = self.crews_alone.get(usize::from(area)).copied().unwrap_or(0);
        same("crews busy", area, busy, with_patient + spares + alone)?;
        let divertible = u64::from(crews.divertible());
        same("crews that can be diverted", area, divertible, divertible.min(on_the_way))?;
        let near = self.dispatch_areas.get(usize::from(area)).map_or(&[][..], |area| &area.hospitals);
        let at_doors = self.present(|p| {
            p.area == area && p.is_with_crew_at_door() && near.iter().any(|(near, _)| *near == p.hospital)
        });
        let counted = self.crews_at_doors.get(usize::from(area)).copied().unwrap_or(0);
        same("crews at the doors of their hospitals", area, counted.into(), at_doors)?;
        let months = self.statistics.ambulance.iter().filter_map(|month| month.get(usize::from(area)));
        let (mut incidents, mut ended, mut conveyed) = (0, 0, 0);
        for month in months {
            incidents += month.incidents;
            ended += month.closed_by_phone_under_load + month.cancelled_calls;
            ended += month.conveyed_elsewhere + month.see_and_treat;
            conveyed += month.conveyed_to_ed;
        }
        let not_yet_on_scene = incidents - ended - conveyed;
        let before_scene = self.present(|p| {
            p.by_ambulance
                && p.area == area
                && matches!(p.stage, Stage::WaitingForCrew | Stage::CrewOnTheWay | Stage::WithCrew)
        });
        // those conveyed are still with the crew until they reach the hospital
        same("incidents not yet on scene", area, not_yet_on_scene.min(before_scene), not_yet_on_scene)
    }

    fn audit_hospital(&self, h: u16) -> Result<(), Discrepancy> {
        let hospital = &self.hospitals[usize::from(h)];
        let here = |stage| self.present(|p| p.hospital == h && p.stage == stage);
        let (bays, cubicles) = (hospital.ed.bays(), hospital.ed.cubicles());
        let inside = |space| {
            let in_space = |stage| matches!(stage, Stage::InCubicle | Stage::InTreatment | Stage::Boarding);
            self.present(|p| p.hospital == h && in_space(p.stage) && p.space == space)
        };
        same("resuscitation bays", h, bays.busy().into(), inside(Space::Bay))?;
        same("cubicles", h, cubicles.busy().into(), inside(Space::Cubicle))?;
        same(
            "waits for a cubicle",
            h,
            cubicles.queue().len() as u64,
            here(Stage::WaitingForCubicle)
                + here(Stage::InCorridor)
                + here(Stage::InCohort)
                + self.present(|p| {
                    p.hospital == h && p.stage == Stage::WaitingToHandOver && p.acuity != Acuity::Minor
                }),
        )?;
        let places = &hospital.ed.handover;
        same("corridor places", h, places.in_corridor().into(), here(Stage::InCorridor))?;
        same("cohort places", h, places.in_cohort().into(), here(Stage::InCohort))?;
        same("same-day care", h, hospital.ed.same_day.patients().into(), here(Stage::InSameDayCare))?;
        let in_centre = here(Stage::InUrgentTreatment);
        same("urgent treatment", h, hospital.ed.urgent_treatment.present().into(), in_centre)?;
        for kind in BedKind::ALL {
            let lying = self.present(|p| {
                p.hospital == h && p.bed == kind && matches!(p.stage, Stage::InBed | Stage::ReadyToLeave)
            });
            same("beds occupied", h, hospital.wards.patients(kind).into(), lying)?;
            same("beds taken", h, lying.min(hospital.wards.taken(kind).into()), lying)?;
        }
        same("ready to leave", h, hospital.ready_to_leave.into(), here(Stage::ReadyToLeave))?;
        for (pathway, &ready) in
            [Pathway::P0, Pathway::P1, Pathway::P2, Pathway::P3].iter().zip(&hospital.ready_by_pathway)
        {
            let there =
                self.present(|p| p.hospital == h && p.stage == Stage::ReadyToLeave && p.pathway == *pathway);
            same("ready to leave on a pathway", h, ready.into(), there)?;
        }
        let at_home = here(Stage::OnVirtualWard) + here(Stage::AdmissionAvoided);
        same("virtual ward", h, hospital.wards.virtual_ward().patients().into(), at_home)?;
        let months = self.statistics.hospitals.iter().filter_map(|month| month.get(usize::from(h)));
        let (mut attendances, mut departures, mut in_other_types) = (0, 0, 0);
        for month in months {
            attendances += month.attendances;
            departures += month.departures;
            in_other_types += month.attendances_other_types;
            in_other_types -= month.departures_other_types;
        }
        same("other types' attendances not yet departed", h, in_other_types, in_centre)?;
        let in_department = self.present(|p| {
            let is_in = matches!(
                p.stage,
                Stage::WaitingToHandOver
                    | Stage::InCohort
                    | Stage::InCorridor
                    | Stage::WaitingForCubicle
                    | Stage::InCubicle
                    | Stage::InTreatment
                    | Stage::InMinors
                    | Stage::Boarding
                    | Stage::OnChair
            );
            p.hospital == h && is_in
        });
        same("attendances not yet departed", h, attendances - departures, in_department)
    }
}

fn same(what: &'static str, provider: u16, held: u64, patients: u64) -> Result<(), Discrepancy> {
    if held == patients { Ok(()) } else { Err(Discrepancy { what, provider, held, patients }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Place;
    use crate::random::Stream;
    use crate::system::assemble::{Timeline, assemble};
    use crate::system::capacity::{Capacity, CapacityPlan, CapacityStep};
    use crate::system::pack::england;
    use crate::system::parts::parts;
    use crate::system::pressure::Switches;
    use crate::system::providers::TrustId;
    use crate::units::{Month, Span, date};

    /// Too few cubicles, and clinicians for everybody: all who wait, wait for a cubicle. Whoever has one is seen at
    /// once and keeps no place in a queue, or losing patience would take another's place in that for clinicians.
    #[test]
    fn whoever_is_seen_at_once_keeps_no_place_in_a_queue() {
        let fewest = england().parameters().with("emergency.cubicles_per_100_daily_majors", 25.0).unwrap();
        let pack = england().with_parameters(fewest);
        let month = Month::of(date(2022, 12, 1));
        let timeline = Timeline::new(&pack, month, month);
        let part = parts(&pack).into_iter().rfind(|part| !part.services.is_empty()).unwrap();
        let (switches, root) = (Switches::all_on(), Stream::of_seed(1));
        let mut simulation = assemble(&pack, &part, &timeline, switches, root).unwrap();
        let ample = part.trusts.iter().map(|&trust| CapacityStep {
            from: month.first_day(),
            capacity: Capacity::MajorsClinicians(TrustId(trust as u16)),
            added: 1_000.0,
        });
        simulation.apply(&CapacityPlan::of(ample));
        let (mut waiting, mut in_cubicles) = (0, 0);
        for hour in 24..=240 {
            simulation.run_until(Time::ZERO + Span::HOUR.times(hour)).unwrap();
            assert_eq!(simulation.audit(), Ok(()), "hour {hour}");
            for patient in simulation.system().patients.iter().filter(|patient| !patient.by_ambulance) {
                waiting += u32::from(patient.stage == Stage::WaitingForCubicle);
                in_cubicles += u32::from(patient.stage == Stage::InCubicle);
                assert!(patient.stage != Stage::InCubicle || patient.place == Place::NOWHERE, "hour {hour}");
            }
        }
        assert!(waiting > 100 && in_cubicles > 100, "{waiting} waiting, {in_cubicles} in cubicles");
    }

    /// Hours by activity are booked when an activity begins, waits at hospital when they end. So what was
    /// booked, and the waits under way, differ from hours busy by what is left of other activities at the
    /// end: between nothing and about an hour and a half a crew.
    #[test]
    fn hours_by_activity_add_up_to_hours_busy() {
        let pack = england();
        let month = Month::of(date(2022, 9, 1));
        let timeline = Timeline::new(&pack, month, month);
        let serves = |code: &str| pack.ambulance_services().iter().position(|s| s.code.as_str() == code);
        let south_west = serves("RYF").unwrap();
        let part = parts(&pack).into_iter().find(|part| part.services.contains(&south_west)).unwrap();
        let root = Stream::of_seed(3);
        let mut simulation = assemble(&pack, &part, &timeline, Switches::all_on(), root).unwrap();
        let end = Time::ZERO + Span::DAY.times(20);
        simulation.run_until(end).unwrap();
        let system = simulation.system_mut();
        system.finish(end);
        let service = part.services.iter().position(|&s| s == south_west).unwrap();
        let area =
            system.dispatch_areas.iter().position(|area| usize::from(area.service) == service).unwrap();
        let waits_under_way: f64 = system
            .patients
            .iter()
            .filter(|p| usize::from(p.area) == area && p.stage == Stage::WaitingToHandOver)
            .map(|p| end.since(p.since).as_hours())
            .sum();
        let busy = f64::from(system.crews[area].units().busy());
        let month = &system.statistics.ambulance[0][area];
        let booked = month.activity_hours.iter().sum::<f64>() + waits_under_way;
        let beyond = booked - month.busy_unit_hours;
        assert!((0.0..1.5 * busy).contains(&beyond), "{beyond} h of {booked}, {busy} crews busy");
        assert!(month.hours_lost[1] < month.hours_lost[0]);
        assert!(month.hours_lost[0] <= month.activity_hours[3] + month.activity_hours[4]);
    }
}
