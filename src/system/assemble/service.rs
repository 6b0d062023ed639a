//! Ambulance services: crews, durations, incidents.

use super::demand::demand_for;
use super::{AssemblyError, StreamOf, Timeline, lognormal, spread, stream};
use crate::care::ambulance::{AmbulanceConfig, AmbulanceService, Category, DayCurve, DeskConfig, roster};
use crate::random::{DayEffect, Stream};
use crate::system::health_system::Demand;
use crate::system::pack::{Driver, SystemPack};
use crate::system::parameters::{Parameter, ProviderParameter};
use crate::units::Span;

fn of(pack: &SystemPack, parameter: ProviderParameter, service: usize) -> f64 {
    pack.parameters().by_provider(parameter).get(service).copied().unwrap_or(0.0)
}

/// 999 incidents by hour of the day.
fn incidents_by_hour(pack: &SystemPack) -> DayCurve {
    let p = &pack.parameters().ambulance;
    DayCurve {
        swing: p.incident_day_swing.value,
        peak_hour: p.incident_peak_hour.value,
        half_day_swing: p.incident_half_day_swing.value,
        half_day_peak_hour: p.incident_half_day_peak_hour.value,
    }
}

/// The crews of a dispatch area that has this share of the service.
pub(super) fn service(
    pack: &SystemPack,
    service: usize,
    share: f64,
    first_hour: usize,
) -> Result<AmbulanceService, AssemblyError> {
    let p = &pack.parameters().ambulance;
    let units = of(pack, ProviderParameter::AmbulanceUnits, service) * share;
    let (c2, c3) = (p.travel_factor_c2.value, p.travel_factor_c3.value);
    let make_ready = p.make_ready_minutes.value;
    let further = |arriving: &Parameter| (arriving.value - 1.0).max(0.0);
    let further_c3 = further(&p.units_arriving_c3);
    let (spare_c1, spare_c2, spare_c3) =
        (p.spare_units_c1.value, p.spare_units_c2.value, p.spare_units_c3.value);
    let (closed_c2, closed_c3) = (p.desk_closed_share_c2.value, p.desk_closed_share_c3.value);
    let config = AmbulanceConfig {
        units_by_hour: roster::by_hour(
            units,
            &incidents_by_hour(pack),
            p.roster_follows_demand.value,
            p.weekend_crews.value,
        ),
        absence_share: p.absence_share.value,
        mobilisation_minutes: lognormal("mobilisation", p.mobilisation_minutes.value, 0.5)?,
        travel_fixed_minutes: p.travel_fixed_minutes.value,
        travel_scale_minutes: p.travel_scale_minutes.value,
        travel_least_idle_share: p.travel_least_idle_share.value,
        travel_factor: [1.0, c2, c3, c3, c3],
        travel_spread: lognormal("travel", 1.0, p.travel_cv.value)?,
        further_units: [
            further(&p.units_arriving_c1),
            further(&p.units_arriving_c2),
            further_c3,
            further(&p.units_arriving_c4),
            further_c3,
        ],
        spare_units: [spare_c1, spare_c2, spare_c3, spare_c3, spare_c3],
        further_unit_stays_share: p.further_unit_stays_share.value,
        further_unit_wanted_for: Span::from_minutes(p.further_unit_wanted_minutes.value),
        on_scene_conveyed_minutes: spread("on scene", &p.on_scene_conveyed_minutes, &p.on_scene_cv)?,
        on_scene_treated_minutes: spread("on scene", &p.on_scene_treated_minutes, &p.on_scene_cv)?,
        to_hospital_minutes: spread("to hospital", &p.to_hospital_minutes, &p.to_hospital_cv)?,
        handover_process_minutes: spread("handover", &p.handover_process_minutes, &p.handover_process_cv)?,
        make_ready_minutes: lognormal("making ready", make_ready, p.handover_process_cv.value)?,
        conveyed_to_ed_share: of(pack, ProviderParameter::ConveyedToEdShare, service),
        conveyed_elsewhere_share: of(pack, ProviderParameter::ConveyedElsewhereShare, service),
        reserve_share: p.reserve_share.value,
        escalates_after_minutes: p.escalates_after_minutes.value,
        divertible_share: p.divertible_share.value,
        nearer_crew_share: p.nearer_crew_share.value,
        ring_back_per_hour: p.ring_back_per_hour.value,
        desk: DeskConfig {
            clinicians: units * p.desk_clinicians_per_100_crews.value / 100.0,
            rings_back_after: Span::from_minutes(p.desk_rings_back_after_minutes.value),
            reviewed_share: [0.0, p.desk_reviews_c2_share.value, 1.0, 1.0, 0.0],
            closed_share: [0.0, closed_c2, closed_c3, closed_c3, 0.0],
            review_minutes: spread("review", &p.desk_review_minutes, &p.desk_review_cv)?,
        },
    };
    Ok(AmbulanceService::new(config, first_hour))
}

/// Calls for each response, by category: incidents are published with a response, and some callers cancel before
/// there is one. With exponential patience of mean `m` and waits of mean `w`, near exponential themselves, a share
/// `w / (w + m)` cancels: 1 + w / m calls for each response. `w` is that of the summer before, also in the winter.
pub(super) fn calls_per_response(pack: &SystemPack, service: usize) -> [f64; 5] {
    let p = &pack.parameters().pressure;
    let calls = |waits, patience: &Parameter| 1.0 + of(pack, waits, service) / 60.0 / patience.value;
    let c2 = calls(ProviderParameter::UsualWaitC2, &p.cancel_call_c2_hours);
    let c3 = calls(ProviderParameter::UsualWaitC3, &p.cancel_call_hours);
    [1.0, c2, c3, c3, c3]
}

/// Incidents that ask for a crew, by category and month of the run.
///
/// C3 is what remains of all incidents when the other categories and those closed by phone at the
/// lowest share of the summer are taken away: patients who would have been sent a crew had clinicians
/// not closed more calls under load. How many of these they close is an outcome of the model. To all are added
/// those who usually cancel ([`calls_per_response`]).
pub(super) fn face_to_face_demand(pack: &SystemPack, service: usize, timeline: &Timeline) -> [Vec<f64>; 5] {
    let monthly = |driver| timeline.monthly(pack, driver, service);
    let (c1, c2, c3, c4) = (
        monthly(Driver::IncidentsC1),
        monthly(Driver::IncidentsC2),
        monthly(Driver::IncidentsC3),
        monthly(Driver::IncidentsC4),
    );
    let other = monthly(Driver::IncidentsOther);
    let all = monthly(Driver::IncidentsAll);
    let closed = closed_by_phone(pack, service, timeline);
    let wanted =
        (0..all.len()).map(|m| (all[m] - closed[m] - c1[m] - c2[m] - c4[m] - other[m]).max(c3[m])).collect();
    let mut demand = [c1, c2, wanted, c4, other];
    for (volumes, calls) in demand.iter_mut().zip(calls_per_response(pack, service)) {
        volumes.iter_mut().for_each(|volume| *volume *= calls);
    }
    demand
}

/// Incidents closed by phone whatever the load, by month of the run.
pub(super) fn closed_by_phone(pack: &SystemPack, service: usize, timeline: &Timeline) -> Vec<f64> {
    let share = of(pack, ProviderParameter::HearAndTreatBaseShare, service);
    timeline.monthly(pack, Driver::IncidentsAll, service).into_iter().map(|all| all * share).collect()
}

/// 999 incidents of a dispatch area that has this share of the service's; `area` numbers its people apart from those
/// of others.
pub(super) fn incidents(
    pack: &SystemPack,
    service: usize,
    (area, share): (usize, f64),
    timeline: &Timeline,
    root: Stream,
) -> Result<[Demand; 5], AssemblyError> {
    let name = &pack.ambulance_services()[service].name;
    let cv = pack.parameters().ambulance.day_effect_cv.value;
    let effect = DayEffect::new(cv, stream(root, StreamOf::AmbulanceDays, service))
        .map_err(|error| AssemblyError::Arrivals { provider: name.clone(), error })?;
    let weights = incidents_by_hour(pack).week(pack.parameters().ambulance.weekend_incidents.value);
    let volumes = face_to_face_demand(pack, service, timeline);
    let people = stream(root, StreamOf::Incidents, service).at(area as u64);
    let mut demands = Vec::with_capacity(5);
    for (category, volume) in Category::ALL.iter().zip(&volumes) {
        let people = people.at(category.index() as u64);
        let volume: Vec<f64> = volume.iter().map(|volume| volume * share).collect();
        demands.push(demand_for(name, timeline, &volume, &weights, Some(&effect), people)?);
    }
    <[Demand; 5]>::try_from(demands).map_err(|_| AssemblyError::Arrivals {
        provider: name.clone(),
        error: crate::random::ArrivalError::Length(5),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use crate::system::pack::england;

    /// Calls less those who cancel are the published incidents: exponential patience of mean `m` runs out first in
    /// `w / (w + m)` of exponential waits of mean `w`, in closed form and among 100,000 pairs (|t| at most 3.5).
    #[test]
    fn calls_less_those_who_cancel_are_the_published_incidents() {
        let pack = england();
        let timeline = Timeline::new(&pack, pack.first_month(), pack.first_month());
        let patience = pack.parameters().pressure.cancel_call_c2_hours.value;
        for service in 0..pack.ambulance_services().len() {
            let wait = of(&pack, ProviderParameter::UsualWaitC2, service) / 60.0;
            let cancels = wait / (wait + patience);
            let [_, calls, ..] = face_to_face_demand(&pack, service, &timeline);
            let published = timeline.monthly(&pack, Driver::IncidentsC2, service);
            assert!((calls[0] * (1.0 - cancels) / published[0] - 1.0).abs() < 1e-12);
        }
        let (wait, n) = (2.6, 100_000);
        let mut dice = Stream::of_seed(12).dice();
        let mut exponential = |mean: f64| -mean * (1.0 - dice.uniform()).ln();
        let cancelled = (0..n).filter(|_| exponential(patience) < exponential(wait)).count() as f64;
        let expected = wait / (wait + patience);
        let t = (cancelled / f64::from(n) - expected) / (expected * (1.0 - expected) / f64::from(n)).sqrt();
        assert!(t.abs() < 3.5, "t = {t}");
    }
}
