//! Nobody is lost, nobody is in two places: checked on the running system.

use super::health_system::HealthSystem;
use super::patient::{Patient, Stage};
use crate::care::emergency::Acuity;
use crate::care::ward::BedKind;
use crate::units::Time;

/// Two counts of the same thing that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at provider {provider}: {held} held, but {patients} patients there")]
pub struct Discrepancy {
    /// What was counted.
    pub what: &'static str,
    /// Position of the provider in the running system.
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
        (0..self.services.len()).try_for_each(|s| self.audit_ambulance(s as u16, now))?;
        (0..self.hospitals.len()).try_for_each(|h| self.audit_hospital(h as u16))
    }

    fn present(&self, at: impl Fn(&Patient) -> bool) -> u64 {
        self.patients.iter().filter(|patient| at(patient)).count() as u64
    }

    fn audit_ambulance(&self, s: u16, now: Time) -> Result<(), Discrepancy> {
        let service = &self.services[usize::from(s)];
        let units = service.units();
        // Little's law, to the millisecond: area under the stack = time spent in it by everybody
        let still_waiting: u128 = self
            .patients
            .iter()
            .filter(|p| p.by_ambulance && p.service == s && p.stage == Stage::WaitingForCrew)
            .map(|p| u128::from(now.since(p.since).as_millis()))
            .sum();
        let area = units.waiting_time(now);
        if area != service.waited() + still_waiting {
            let (held, patients) = (area as u64, (service.waited() + still_waiting) as u64);
            return Err(Discrepancy { what: "milliseconds waited for a crew", provider: s, held, patients });
        }
        let here = |stage| self.present(|p| p.by_ambulance && p.service == s && p.stage == stage);
        let waiting = here(Stage::WaitingForCrew);
        same("calls waiting for a crew", s, units.queue().len() as u64, waiting)?;
        let on_the_way = here(Stage::CrewOnTheWay);
        let spares: u64 = self
            .patients
            .iter()
            .filter(|p| p.by_ambulance && p.service == s && p.stage == Stage::CrewOnTheWay)
            .map(|p| u64::from(p.spare_units))
            .sum();
        let with_patient = on_the_way + here(Stage::WithCrew) + here(Stage::WaitingToHandOver);
        let busy = u64::from(units.busy()) + u64::from(service.auxiliary().1);
        let alone = self.crews_alone.get(usize::from(s)).copied().unwrap_or(0);
        same("crews busy", s, busy, with_patient + spares + alone)?;
        let divertible = u64::from(service.divertible());
        same("crews that can be diverted", s, divertible, divertible.min(on_the_way))?;
        let months = self.statistics.ambulance.iter().filter_map(|month| month.get(usize::from(s)));
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
                && p.service == s
                && matches!(p.stage, Stage::WaitingForCrew | Stage::CrewOnTheWay | Stage::WithCrew)
        });
        // those conveyed are still with the crew until they reach the hospital
        same("incidents not yet on scene", s, not_yet_on_scene.min(before_scene), not_yet_on_scene)
    }

    fn audit_hospital(&self, h: u16) -> Result<(), Discrepancy> {
        let hospital = &self.hospitals[usize::from(h)];
        let here = |stage| self.present(|p| p.hospital == h && p.stage == stage);
        let cubicles = hospital.ed.cubicles();
        same("cubicles", h, cubicles.busy().into(), here(Stage::InCubicle) + here(Stage::Boarding))?;
        same(
            "waits for a cubicle",
            h,
            cubicles.queue().len() as u64,
            here(Stage::WaitingForCubicle)
                + here(Stage::InCorridor)
                + self.present(|p| {
                    p.hospital == h && p.stage == Stage::WaitingToHandOver && p.acuity != Acuity::Minor
                }),
        )?;
        same("corridor places", h, hospital.ed.in_corridor().into(), here(Stage::InCorridor))?;
        for kind in BedKind::ALL {
            let lying = self.present(|p| {
                p.hospital == h && p.bed == kind && matches!(p.stage, Stage::InBed | Stage::ReadyToLeave)
            });
            same("beds occupied", h, hospital.wards.patients(kind).into(), lying)?;
            same("beds taken", h, lying.min(hospital.wards.taken(kind).into()), lying)?;
        }
        same("ready to leave", h, hospital.ready_to_leave.into(), here(Stage::ReadyToLeave))?;
        same("virtual ward", h, hospital.wards.virtual_patients().into(), here(Stage::OnVirtualWard))?;
        let months = self.statistics.hospitals.iter().filter_map(|month| month.get(usize::from(h)));
        let (mut attendances, mut departures) = (0, 0);
        for month in months {
            attendances += month.attendances;
            departures += month.departures;
        }
        let in_department = self.present(|p| {
            let is_in = matches!(
                p.stage,
                Stage::WaitingToHandOver
                    | Stage::InCorridor
                    | Stage::WaitingForCubicle
                    | Stage::InCubicle
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
