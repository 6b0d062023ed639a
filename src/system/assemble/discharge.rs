//! Care systems: places and delays such that the patients remaining before the winter come out.

use super::demand::{Needs, TrustNeeds};
use super::wards::discharge_week;
use super::{AssemblyError, lognormal};
use crate::care::discharge::{DischargeConfig, DischargeServices, VisitTaper, places_for_wait};
use crate::random::Distribution;
use crate::system::pack::SystemPack;
use crate::system::parameters::ProviderParameter;

/// A patient who is ready on a ward round and held up for `d` days stays about `d + 0.3` nights, and those until
/// the next day on which patients leave: those who become free to go in the evening leave the next afternoon.
fn nights_beyond_delay(pack: &SystemPack) -> f64 {
    0.3 + discharge_week(pack).mean_wait_days()
}

/// Mean delays of the patients of one care system, in nights \[d\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Delays {
    /// On pathway 0, among those who are delayed at all.
    pub process: f64,
    /// On pathways 1 to 3, arranging and waiting for a place together.
    pub supported: [f64; 3],
}

fn sum_over(pack: &SystemPack, needs: &Needs, care_system: usize, of: impl Fn(&TrustNeeds) -> f64) -> f64 {
    (0..pack.trusts().len())
        .filter(|&t| pack.trusts()[t].care_system.index() == care_system)
        .map(|t| of(&needs.trusts[t]))
        .sum()
}

/// Emergency patients ready to leave in a care system each day.
fn ready_per_day(pack: &SystemPack, needs: &Needs, care_system: usize) -> f64 {
    sum_over(pack, needs, care_system, |need| need.overnight_per_day)
}

fn pathway_shares(pack: &SystemPack) -> [f64; 3] {
    let p = &pack.parameters().discharge;
    [p.pathway_1_share.value, p.pathway_2_share.value, p.pathway_3_share.value]
}

/// Delays by Little's law: those remaining for a reason = patients a day x their mean delay.
pub(super) fn delays(pack: &SystemPack, needs: &Needs, care_system: usize) -> Delays {
    let p = &pack.parameters().discharge;
    let remaining = pack.parameters().by_provider(ProviderParameter::RemainingNotMeetingCriteria);
    let remaining = remaining.get(care_system).copied().unwrap_or(0.0);
    let per_day = ready_per_day(pack, needs, care_system).max(1e-9);
    let shares = pathway_shares(pack);
    let delayed = [
        p.delayed_for_pathway_1_share.value,
        p.delayed_for_pathway_2_share.value,
        p.delayed_for_pathway_3_share.value,
    ];
    let nights = |delayed_share: f64, patients_share: f64| {
        remaining * delayed_share / (per_day * patients_share.max(1e-6))
    };
    let rest = (1.0 - delayed.iter().sum::<f64>()).max(0.0);
    // elective patients go home without new support, and can be held up within the hospital like others
    let without_support = (1.0 - shares.iter().sum::<f64>()).max(1e-6)
        + sum_over(pack, needs, care_system, |need| need.elective_overnight_per_day) / per_day;
    Delays {
        process: nights(rest, without_support * p.process_delay_share.value),
        supported: std::array::from_fn(|i| nights(delayed[i], shares[i])),
    }
}

pub(super) fn process_delay(
    pack: &SystemPack,
    delays: Delays,
    cv: f64,
) -> Result<Distribution, AssemblyError> {
    lognormal("process delay", (delays.process - nights_beyond_delay(pack)).max(0.2), cv)
}

pub(super) fn services(
    pack: &SystemPack,
    needs: &Needs,
    care_system: usize,
) -> Result<DischargeServices, AssemblyError> {
    let p = &pack.parameters().discharge;
    let delays = delays(pack, needs, care_system);
    let per_day = ready_per_day(pack, needs, care_system);
    let shares = pathway_shares(pack);
    let in_place = [p.pathway_1_days.value, p.pathway_2_days.value, p.pathway_3_days.value];
    let elsewhere = [
        p.pathway_1_found_elsewhere_days.value,
        p.pathway_2_found_elsewhere_days.value,
        p.pathway_3_found_elsewhere_days.value,
    ];
    let waiting_share = p.capacity_share_of_delay.value;
    let taper =
        VisitTaper::new(p.visits_a_day_first.value.round() as u32, p.visits_a_day_last.value.round() as u32);
    let onward_shares = [p.pathway_2_then_1_share.value, p.pathway_2_then_3_share.value];
    let waiting = delays.supported.map(|nights| waiting_share * nights);
    let mut config = DischargeConfig {
        places: [0; 3],
        taper,
        onward_shares,
        days_in_place: [Distribution::NOTHING; 3],
        arranging_days: [Distribution::NOTHING; 3],
        found_elsewhere_days: [Distribution::NOTHING; 3],
    };
    // those who got a community bed and go on from it ask for care as well, and keep the bed meanwhile
    let served = 1.0 - (waiting[1] / elsewhere[1]).clamp(0.0, 0.95);
    let onward = onward_shares.map(|share| share * served * per_day * shares[1]);
    let referrals = [per_day * shares[0] + onward[0], per_day * shares[1], per_day * shares[2] + onward[1]];
    let blocked = onward_shares[0] * waiting[0] + onward_shares[1] * waiting[2];
    let days = [in_place[0], in_place[1] + blocked, in_place[2]];
    let units = [taper.mean(), 1.0, 1.0];
    for i in 0..3 {
        let arranging = delays.supported[i] - waiting[i] - nights_beyond_delay(pack);
        let places = units[i] * places_for_wait(referrals[i], days[i], elsewhere[i], waiting[i]);
        config.places[i] = places.round().max(f64::from(if i == 0 { taper.first() } else { 1 })) as u32;
        config.days_in_place[i] = lognormal("days in a place", in_place[i], p.days_in_place_cv.value)?;
        config.arranging_days[i] = lognormal("arranging", arranging.max(0.1), p.arranging_cv.value)?;
        config.found_elsewhere_days[i] = Distribution::exponential(elsewhere[i])
            .map_err(|error| AssemblyError::Distribution { what: "found elsewhere".to_owned(), error })?;
    }
    Ok(DischargeServices::new(config))
}
