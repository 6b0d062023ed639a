//! Dispatch areas: crews are not sent from one end of a service to the other.

use super::demand::served_by;
use crate::system::health_system::DispatchArea;
use crate::system::pack::SystemPack;
use crate::system::parts::Part;

/// The areas of the services of a part, service by service: of each the care systems it serves, in their order.
/// Calls and crews are shared among them as type 1 attendances of their hospitals are. A service that takes nobody to
/// a hospital of the part has one area.
pub(super) fn areas(pack: &SystemPack, part: &Part) -> Vec<DispatchArea> {
    let mut areas = Vec::new();
    for (position, &service) in (0_u16..).zip(&part.services) {
        let mut served: Vec<(usize, u16, f64)> = Vec::new();
        for (trust, weight) in served_by(pack, service) {
            if let Some(hospital) = part.trusts.iter().position(|&t| t == trust) {
                served.push((pack.trusts()[trust].care_system.index(), hospital as u16, weight));
            }
        }
        let total: f64 = served.iter().map(|(.., weight)| weight).sum();
        let mut care_systems: Vec<usize> = served.iter().map(|(care_system, ..)| *care_system).collect();
        care_systems.sort_unstable();
        care_systems.dedup();
        let first = areas.len();
        for care_system in care_systems {
            let inside = || served.iter().filter(|(other, ..)| *other == care_system);
            let weight: f64 = inside().map(|(.., weight)| weight).sum();
            if weight <= 0.0 {
                continue;
            }
            let mut cumulated = 0.0;
            let hospitals = inside().map(|(_, hospital, part)| {
                cumulated += part / weight;
                (*hospital, cumulated)
            });
            let hospitals = hospitals.collect();
            areas.push(DispatchArea { service: position, share: weight / total, hospitals });
        }
        if areas.len() == first {
            areas.push(DispatchArea { service: position, share: 1.0, hospitals: Vec::new() });
        }
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;
    use crate::system::parts::parts;

    #[test]
    fn every_call_and_every_crew_of_a_service_belongs_to_one_of_its_areas() {
        let pack = england();
        for part in parts(&pack) {
            let areas = areas(&pack, &part);
            for service in 0..part.services.len() {
                let of_service = || areas.iter().filter(|area| usize::from(area.service) == service);
                let shares: f64 = of_service().map(|area| area.share).sum();
                assert!((shares - 1.0).abs() < 1e-12);
                assert!(
                    of_service()
                        .all(|area| area.hospitals.last().is_some_and(|(_, sum)| (sum - 1.0).abs() < 1e-12))
                );
            }
            let mut hospitals: Vec<u16> =
                areas.iter().flat_map(|area| area.hospitals.iter().map(|(h, _)| *h)).collect();
            hospitals.sort_unstable();
            let all: Vec<u16> = (0_u16..).take(part.trusts.len()).collect();
            assert_eq!(hospitals, all, "each hospital is in one area");
        }
    }
}
