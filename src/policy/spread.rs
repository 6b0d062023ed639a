//! How something national is spread over providers.

use super::Checks;
use super::timing::growing;
use crate::care::ElectiveLever;
use crate::system::capacity::{Capacity, CapacityStep, Holder};
use crate::system::pack::{Driver, SystemPack};
use crate::system::parameters::ProviderParameter;
use crate::system::providers::{AcuteTrust, CareSystemId, TrustId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How something national is spread over providers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spread {
    /// In proportion to adult beds.
    #[default]
    #[serde(rename = "by size")]
    BySize,
    /// To where occupancy is highest: in proportion to adult beds x (occupancy - 85%).
    #[serde(rename = "by pressure")]
    ByPressure,
    /// In proportion to patients with no criteria to reside.
    #[serde(rename = "by need")]
    ByNeed,
}

/// Occupancy above which a hospital is under pressure: the level that older planning guidance gave
/// as safe (National Audit Office 2013, *Emergency admissions to hospital*).
const SAFE_OCCUPANCY: f64 = 0.85;

/// What a lever adds to planned care at each of these places, growing to `total` between two days.
pub(super) fn planned_care_growing(
    days: (Date, Date),
    places: &[(Holder, f64)],
    total: f64,
    lever: ElectiveLever,
) -> Vec<CapacityStep> {
    growing(days, places, total, |from, at, added| {
        [CapacityStep { from, capacity: Capacity::Elective(at, lever), added }]
    })
}

/// Every holder of a waiting list, for what changes everywhere alike.
pub fn at_every_waiting_list(pack: &SystemPack) -> Vec<(Holder, f64)> {
    over_waiting_lists(pack).into_iter().map(|(at, _)| (at, 1.0)).collect()
}

/// The share of each holder of a waiting list, by its length at the start; the shares add up to 1.
pub fn over_waiting_lists(pack: &SystemPack) -> Vec<(Holder, f64)> {
    let trusts = pack.trusts().len();
    let holders = trusts + pack.elective_providers().len();
    let lists = (0..holders).map(|holder| pack.drivers().starting(Driver::StartingListTotal, holder));
    shares(lists.collect())
        .into_iter()
        .enumerate()
        .map(|(holder, share)| (Holder::at(holder, trusts), share))
        .collect()
}

/// The same among acute trusts alone.
pub fn over_trust_waiting_lists(pack: &SystemPack) -> Vec<(Holder, f64)> {
    let lists = (0..pack.trusts().len()).map(|t| pack.drivers().starting(Driver::StartingListTotal, t));
    let trusts = pack.trusts().len();
    shares(lists.collect()).into_iter().enumerate().map(|(t, share)| (Holder::at(t, trusts), share)).collect()
}

/// The share of each care system, by the waiting lists of its trusts; the shares add up to 1.
pub(super) fn over_care_systems_by_waiting_list(pack: &SystemPack) -> Vec<(CareSystemId, f64)> {
    let mut weights = vec![0.0; pack.care_systems().len()];
    for ((_, share), trust) in over_trust_waiting_lists(pack).into_iter().zip(pack.trusts()) {
        if let Some(weight) = weights.get_mut(trust.care_system.index()) {
            *weight += share;
        }
    }
    let of_all = shares(weights).into_iter().enumerate();
    of_all.map(|(care_system, share)| (CareSystemId(care_system as u16), share)).collect()
}

/// The same among the acute trusts with these codes, in the order of the pack; among all of them if there is no code.
pub(super) fn over_chosen_waiting_lists(pack: &SystemPack, codes: &[String]) -> Vec<(Holder, f64)> {
    let all = over_trust_waiting_lists(pack);
    if codes.is_empty() {
        return all;
    }
    let is_chosen = |trust: &AcuteTrust| codes.contains(&trust.code.to_string());
    let chosen = all.into_iter().zip(pack.trusts()).filter(|(_, trust)| is_chosen(trust)).map(|(at, _)| at);
    let (at, lists): (Vec<Holder>, Vec<f64>) = chosen.unzip();
    let total: f64 = lists.iter().sum();
    // a place has no list of those outside it, and none of what they are given
    at.into_iter().zip(lists.into_iter().map(|list| list / total.max(1e-12))).collect()
}

impl Checks {
    /// That these are codes of acute trusts.
    pub(super) fn acute_trusts(&mut self, field: &'static str, codes: &[String], pack: &SystemPack) {
        for code in codes {
            let is_known = pack.trusts().iter().any(|trust| trust.code.to_string() == *code);
            self.holds(field, is_known, code, "codes of acute trusts, such as RRK");
        }
    }
}

impl Spread {
    /// The share of each trust; the shares add up to 1.
    pub fn over_trusts(self, pack: &SystemPack) -> Vec<f64> {
        let occupied = pack.parameters().by_provider(ProviderParameter::AdultGaOccupiedBeds);
        let remaining = remaining_of_trusts(pack);
        let weights = (0..pack.trusts().len()).map(|trust| {
            let open = pack.drivers().monthly(Driver::AdultGaBedsAvailable, trust);
            let open = open.iter().sum::<f64>() / open.len().max(1) as f64;
            let filled = occupied.get(trust).copied().unwrap_or(0.0);
            match self {
                Self::BySize => open,
                Self::ByPressure => (filled - SAFE_OCCUPANCY * open).max(0.0),
                Self::ByNeed => remaining.get(trust).copied().unwrap_or(0.0),
            }
        });
        shares(weights.collect())
    }

    /// The same with the trusts.
    pub(super) fn at_trusts(self, pack: &SystemPack) -> Vec<(TrustId, f64)> {
        let shares = self.over_trusts(pack).into_iter();
        shares.enumerate().map(|(trust, share)| (TrustId(trust as u16), share)).collect()
    }

    /// The share of each care system; the shares add up to 1.
    pub fn over_care_systems(self, pack: &SystemPack) -> Vec<f64> {
        let mut weights = vec![0.0; pack.care_systems().len()];
        for (trust, share) in pack.trusts().iter().zip(self.over_trusts(pack)) {
            if let Some(weight) = weights.get_mut(trust.care_system.index()) {
                *weight += share;
            }
        }
        shares(weights)
    }
}

/// Patients remaining in each trust: those of its care system, by the trust's part of its beds.
fn remaining_of_trusts(pack: &SystemPack) -> Vec<f64> {
    let occupied = pack.parameters().by_provider(ProviderParameter::AdultGaOccupiedBeds);
    let remaining = pack.parameters().by_provider(ProviderParameter::RemainingNotMeetingCriteria);
    let mut beds = vec![0.0; pack.care_systems().len()];
    for (trust, filled) in pack.trusts().iter().zip(occupied) {
        if let Some(sum) = beds.get_mut(trust.care_system.index()) {
            *sum += filled;
        }
    }
    let part = |(trust, filled): (&AcuteTrust, &f64)| {
        let c = trust.care_system.index();
        let all = beds.get(c).copied().unwrap_or(0.0).max(1e-9);
        remaining.get(c).copied().unwrap_or(0.0) * filled / all
    };
    pack.trusts().iter().zip(occupied).map(part).collect()
}

fn shares(weights: Vec<f64>) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    if total > 0.0 {
        weights.into_iter().map(|weight| weight / total).collect()
    } else {
        let even = 1.0 / weights.len().max(1) as f64;
        vec![even; weights.len()]
    }
}

/// That a lever which begins in November 2022 has added `all` to planned care by `day`, and nothing before it begins.
#[cfg(test)]
pub(super) fn all_planned_care_is_there_on_the_day(
    lever: super::Lever,
    of: ElectiveLever,
    all: f64,
    day: Date,
) {
    let steps = lever.steps(&crate::system::pack::england()).unwrap();
    let plan = crate::system::capacity::CapacityPlan::of(steps);
    let is_it = |capacity| matches!(capacity, Capacity::Elective(_, lever) if lever == of);
    assert!((plan.added_by(day, is_it) - all).abs() < 1e-6);
    assert_eq!(plan.added_by(crate::units::date(2022, 10, 31), is_it), 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    #[test]
    fn every_spread_adds_up_to_one() {
        let pack = england();
        for spread in [Spread::BySize, Spread::ByPressure, Spread::ByNeed] {
            for shares in [spread.over_trusts(&pack), spread.over_care_systems(&pack)] {
                assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{spread:?}");
                assert!(shares.iter().all(|&share| (0.0..0.2).contains(&share)));
            }
        }
    }
}
