//! How something national is spread over ambulance services.

use crate::system::capacity::{AmbulanceCapacity, Capacity, CapacityStep};
use crate::system::pack::{Driver, SystemPack};
use crate::system::providers::AmbulanceServiceId;
use jiff::civil::Date;

/// The share of each ambulance service in all incidents of the pack; the shares add up to 1.
pub fn over_services(pack: &SystemPack) -> Vec<f64> {
    let services = 0..pack.ambulance_services().len();
    let incidents = |s| pack.drivers().monthly(Driver::IncidentsAll, s).iter().sum::<f64>();
    let weights: Vec<f64> = services.map(incidents).collect();
    let total = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    weights.into_iter().map(|weight| weight / total).collect()
}

/// The same capacity at every service, `amount(service)` more in all, arriving by `ramp`.
pub(super) fn at_every_service(
    pack: &SystemPack,
    of: AmbulanceCapacity,
    ramp: &[(Date, f64)],
    amount: impl Fn(usize) -> f64,
) -> Vec<CapacityStep> {
    let services = 0..pack.ambulance_services().len();
    let step = |s: usize, (from, arrived): (Date, f64)| CapacityStep {
        from,
        capacity: Capacity::Ambulance(AmbulanceServiceId(s as u16), of),
        added: amount(s) * arrived,
    };
    services.flat_map(|s| ramp.iter().map(move |&part| step(s, part))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    #[test]
    fn shares_of_services_add_up_to_one() {
        let shares = over_services(&england());
        assert_eq!(shares.len(), 11);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(shares.iter().all(|&share| share > 0.0 && share < 0.3));
    }
}
