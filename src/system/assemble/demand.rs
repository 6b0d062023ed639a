//! Who comes where, and how many of them need a bed.

use super::service::calls_per_response;
use super::wards::{days_met_beyond_stay, lie_down_after_department};
use super::{AssemblyError, Timeline};
use crate::random::{Arrivals, DayEffect, RateProfile, Stream};
use crate::system::health_system::Demand;
use crate::system::pack::{Driver, SystemPack};
use crate::system::parameters::ProviderParameter;
use crate::system::profiles;

/// A stream of people with the given monthly volumes.
pub(super) fn demand_for(
    provider: &str,
    timeline: &Timeline,
    volumes: &[f64],
    weights: &[f64],
    effect: Option<&DayEffect>,
    people: Stream,
) -> Result<Demand, AssemblyError> {
    let profile = RateProfile::monthly(timeline.calendar, volumes, weights)
        .map_err(|error| AssemblyError::Arrivals { provider: provider.to_owned(), error })?;
    Ok(Demand::new(Arrivals::new(profile, effect, people.at(0)), people.at(1)))
}

/// Where a service takes its patients: to the trusts it serves, in proportion to their type 1
/// attendances over the months of the pack (catchments are not published).
pub(super) fn served_by(pack: &SystemPack, service: usize) -> Vec<(usize, f64)> {
    (0..pack.trusts().len())
        .filter(|&t| pack.trusts()[t].ambulance_service.index() == service)
        .map(|t| (t, mean(pack.drivers().monthly(Driver::AttendancesType1, t))))
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn by_provider(pack: &SystemPack, parameter: ProviderParameter, provider: usize) -> f64 {
    pack.parameters().by_provider(parameter).get(provider).copied().unwrap_or(0.0)
}

/// Patients who called 999 and are expected at a trust in each month of the run: by ambulance, or by other means
/// after they cancelled.
pub(super) fn expected_by_ambulance(pack: &SystemPack, trust: usize, timeline: &Timeline) -> Vec<f64> {
    let service = pack.trusts()[trust].ambulance_service.index();
    let served = served_by(pack, service);
    let total: f64 = served.iter().map(|(_, weight)| weight).sum();
    let weight = served.iter().find(|(t, _)| *t == trust).map_or(0.0, |(_, weight)| *weight);
    let share = by_provider(pack, ProviderParameter::ConveyedToEdShare, service) * weight
        / total.max(f64::MIN_POSITIVE);
    let published = [
        Driver::IncidentsC1,
        Driver::IncidentsC2,
        Driver::IncidentsC3,
        Driver::IncidentsC4,
        Driver::IncidentsOther,
    ];
    let calls = calls_per_response(pack, service);
    let mut expected = vec![0.0; timeline.months.len()];
    for (driver, calls) in published.into_iter().zip(calls) {
        for (sum, incidents) in expected.iter_mut().zip(timeline.monthly(pack, driver, service)) {
            *sum += incidents * calls * share;
        }
    }
    expected
}

/// What the patients of one trust need on an average day, such that the beds occupied before the
/// winter come out.
///
/// The mean stay of patients who stay a night or more is published for England. A trust's share of
/// emergency admissions that do so is then what Little's law asks for: beds occupied by emergency
/// patients = overnight admissions a day x (mean stay + what they are met more often in the morning, when beds are
/// counted, than on average: [`days_met_beyond_stay`]). Where that share would leave the range 0.1 to
/// 0.9, the mean stay bends instead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TrustNeeds {
    /// Share of adult emergency admissions who stay a night or more.
    pub overnight_share: f64,
    /// Their mean stay, from admission to departure \[d\].
    pub stay_days: f64,
    /// Days by which they are met at counts of beds, in the morning, beyond their stay.
    pub days_met_beyond_stay: f64,
    /// Overnight admissions of adults a day.
    pub overnight_per_day: f64,
    /// Of those, through the emergency department.
    pub overnight_via_ed_per_day: f64,
    /// Of those, within 30 days of a stay before. They are part of published admissions, so as many
    /// fewer come as direct admissions for the first time.
    pub readmitted_per_day: f64,
    /// Probability of admission by acuity, before the start.
    pub adult_admitted: [f64; 4],
    /// Children admitted a day for a night or more.
    pub children_overnight_per_day: f64,
    /// Share of elective admissions that stay overnight.
    pub elective_overnight_share: f64,
    /// Elective admissions a day that do.
    pub elective_overnight_per_day: f64,
    /// Mean of the season of nights over the months before the start.
    pub season_of_nights: f64,
    /// Share of children among those who walk in, and among ambulance patients.
    pub child_share: [f64; 2],
    /// Share of direct emergency admissions who are adults.
    pub direct_adult_share: f64,
}

/// What the patients of every trust need.
#[derive(Clone, Debug)]
pub(super) struct Needs {
    pub trusts: Vec<TrustNeeds>,
}

/// Days in an average month.
pub(super) const DAYS_PER_MONTH: f64 = 365.0 / 12.0;
/// Share of direct emergency admissions who are adults (assumed).
const DIRECT_ADULT_SHARE: f64 = 0.9;

/// The same for a hospital with this many adult beds: none without any.
pub(super) fn direct_adult_share(adult_beds: f64) -> f64 {
    if adult_beds < 1.0 { 0.0 } else { DIRECT_ADULT_SHARE }
}

/// At most this share of adult emergency admissions stay a night or more.
const MOST_OVERNIGHT: f64 = 0.9;

/// At most this share of attendances come by ambulance, whatever published shares and catchments imply.
const MOST_BY_AMBULANCE: f64 = 0.8;

/// Readmitted patients are at most this share of direct admissions.
const MOST_READMITTED_OF_DIRECT: f64 = 0.9;

/// Elective patients fill at most this share of adult beds before their overnight share bends.
const MOST_ELECTIVE_SHARE_OF_BEDS: f64 = 0.35;

impl Needs {
    pub(super) fn of(pack: &SystemPack) -> Self {
        let mut before = Timeline::new(pack, pack.first_month(), pack.last_month());
        before.months.truncate(months_before_start(pack));
        before.pack_months.truncate(months_before_start(pack));
        Self { trusts: (0..pack.trusts().len()).map(|t| trust_needs(pack, t, &before)).collect() }
    }
}

/// Months of the pack, from its first, over which published beds occupied are averaged: up to the
/// month whose end is the starting state.
pub(super) fn months_before_start(pack: &SystemPack) -> usize {
    pack.drivers().starting_month().since(pack.first_month()).max(0).unsigned_abs() as usize + 1
}

/// Share of children among those who walk in, and among ambulance patients.
fn child_share(pack: &SystemPack, trust: usize) -> [f64; 2] {
    let adult_beds = by_provider(pack, ProviderParameter::AdultGaOccupiedBeds, trust);
    let child_beds = by_provider(pack, ProviderParameter::PaediatricGaOccupiedBeds, trust);
    let ed = &pack.parameters().emergency;
    // the paediatric wards of a children's hospital outnumber its adult ones
    if adult_beds < 1.0 {
        [1.0, 1.0]
    } else if child_beds > adult_beds {
        [0.97, 0.97]
    } else {
        [ed.walk_in_child_share.value, ed.ambulance_child_share.value]
    }
}

/// Probability that an adult is admitted through the department, by acuity, in each month of the run,
/// such that the published admissions of the month come out: fewer people with minor problems come in
/// some months, and those who are ill enough to be admitted come all the same. Also how many adults that
/// is a month.
pub(super) fn adult_admitted_by_month(
    pack: &SystemPack,
    trust: usize,
    timeline: &Timeline,
) -> Vec<([f64; 4], f64)> {
    let ed = &pack.parameters().emergency;
    let weights = [
        ed.admission_weight_immediate.value,
        ed.admission_weight_very_urgent.value,
        ed.admission_weight_urgent.value,
        ed.admission_weight_minor.value,
    ];
    let walk_in_acuity =
        [ed.walk_in_immediate_share.value, ed.walk_in_very_urgent_share.value, ed.walk_in_urgent_share.value];
    let ambulance_acuity = [
        ed.ambulance_immediate_share.value,
        ed.ambulance_very_urgent_share.value,
        ed.ambulance_urgent_share.value,
    ];
    let child_share = child_share(pack, trust);
    let monthly = |driver| timeline.monthly(pack, driver, trust);
    let by_ambulance = expected_by_ambulance(pack, trust, timeline);
    let admissions = monthly(Driver::EmergencyAdmissionsViaEd);
    monthly(Driver::AttendancesType1)
        .into_iter()
        .zip(by_ambulance)
        .zip(admissions)
        .map(|((type_1, by_ambulance), admissions)| {
            let by_ambulance = by_ambulance.min(MOST_BY_AMBULANCE * type_1);
            let walk_in = type_1 - by_ambulance;
            let children = walk_in * child_share[0] + by_ambulance * child_share[1];
            let adults = [walk_in * (1.0 - child_share[0]), by_ambulance * (1.0 - child_share[1])];
            let by_acuity: [f64; 4] = std::array::from_fn(|a| {
                let share = |shares: [f64; 3]| {
                    shares.get(a).copied().unwrap_or_else(|| (1.0 - shares.iter().sum::<f64>()).max(0.0))
                };
                adults[0] * share(walk_in_acuity) + adults[1] * share(ambulance_acuity)
            });
            let wanted = (admissions - children * ed.child_admitted_share.value).max(0.02 * type_1);
            let admitted = admission_probabilities(by_acuity, weights, wanted);
            let number = by_acuity.iter().zip(admitted).map(|(n, share)| n * share).sum();
            (admitted, number)
        })
        .collect()
}

/// Share of adult emergency admissions who stay a night or more in each month of the run.
///
/// More are counted as admissions in one month than in another above all because more are admitted for
/// hours, or because same-day care is counted as an admission from then on. What needs a bed for the night has a season of its own, `season_of_nights`; from it, nights
/// follow admissions with the power `ward.overnight_follows_admissions`: 1 in proportion, 0 not at all.
pub(super) fn overnight_by_month(
    pack: &SystemPack,
    trust: usize,
    need: &TrustNeeds,
    timeline: &Timeline,
) -> Vec<f64> {
    let power = pack.parameters().ward.overnight_follows_admissions.value;
    let usual = need.overnight_per_day / need.overnight_share;
    let season = timeline.monthly(pack, Driver::SeasonOfNights, trust);
    let direct = timeline.monthly(pack, Driver::OtherEmergencyAdmissions, trust);
    let via_ed = adult_admitted_by_month(pack, trust, timeline);
    timeline
        .months
        .iter()
        .zip(season)
        .zip(direct.iter().zip(&via_ed))
        .map(|((month, season), (direct, (_, via_ed)))| {
            let per_day = (via_ed + direct * need.direct_adult_share) / f64::from(month.days());
            if per_day <= 0.0 || usual <= 0.0 {
                return need.overnight_share;
            }
            let expected = usual * season / need.season_of_nights;
            (need.overnight_share * (per_day / expected).powf(power - 1.0)).clamp(0.0, MOST_OVERNIGHT)
        })
        .collect()
}

fn trust_needs(pack: &SystemPack, trust: usize, before: &Timeline) -> TrustNeeds {
    let p = pack.parameters();
    let days: f64 = before.months.iter().map(|month| f64::from(month.days())).sum();
    let per_day = |driver| before.monthly(pack, driver, trust).iter().sum::<f64>() / days;
    let provider = |parameter| by_provider(pack, parameter, trust);
    let adult_beds = provider(ProviderParameter::AdultGaOccupiedBeds);
    let child_beds = provider(ProviderParameter::PaediatricGaOccupiedBeds);
    let admitted = adult_admitted_by_month(pack, trust, before);
    let via_ed = admitted.iter().map(|(_, n)| n).sum::<f64>() / days;
    let adult_admitted: [f64; 4] = std::array::from_fn(|acuity| {
        admitted.iter().map(|(shares, _)| shares[acuity]).sum::<f64>() / admitted.len().max(1) as f64
    });
    let direct = per_day(Driver::OtherEmergencyAdmissions) * direct_adult_share(adult_beds);

    let elective_admissions =
        mean(pack.drivers().monthly(Driver::TreatmentCapacityAdmitted, trust)) / DAYS_PER_MONTH;
    let most_overnight = MOST_ELECTIVE_SHARE_OF_BEDS * adult_beds
        / (elective_admissions * p.ward.elective_stay_days.value).max(1e-9);
    let elective_overnight_share = p.elective.overnight_share.value.min(most_overnight);
    let elective_beds = elective_admissions * elective_overnight_share * p.ward.elective_stay_days.value;

    let admissions = (via_ed + direct).max(1e-9);
    let emergency_beds = (adult_beds - elective_beds).max(0.0);
    let mean_stay = p.ward.emergency_stay_days.value;
    let met = |week: &[f64]| days_met_beyond_stay(pack, week);
    let met_via_ed = met(&lie_down_after_department(pack, &profiles::walk_ins()));
    let days_met_beyond_stay =
        (met_via_ed * via_ed + met(&profiles::direct_admissions()) * direct) / admissions;
    let met_days = mean_stay + days_met_beyond_stay;
    let overnight_share = (emergency_beds / met_days / admissions).clamp(0.1, MOST_OVERNIGHT);
    let overnight_per_day = overnight_share * admissions;
    let readmitted = p.ward.readmitted_share.value * overnight_per_day;
    TrustNeeds {
        overnight_share,
        stay_days: (emergency_beds / overnight_per_day - days_met_beyond_stay).clamp(1.5, 40.0),
        days_met_beyond_stay,
        overnight_per_day,
        overnight_via_ed_per_day: overnight_share * via_ed,
        readmitted_per_day: readmitted.min(MOST_READMITTED_OF_DIRECT * overnight_share * direct),
        adult_admitted,
        children_overnight_per_day: child_beds / p.ward.paediatric_stay_days.value,
        elective_overnight_share,
        elective_overnight_per_day: elective_admissions * elective_overnight_share,
        season_of_nights: mean(&before.monthly(pack, Driver::SeasonOfNights, trust)).max(f64::MIN_POSITIVE),
        child_share: child_share(pack, trust),
        direct_adult_share: direct_adult_share(adult_beds),
    }
}

/// Probabilities in proportion to `weights`, none above 0.95, such that `wanted` of the patients
/// are admitted (fewer if that is more than can be).
fn admission_probabilities(patients: [f64; 4], weights: [f64; 4], wanted: f64) -> [f64; 4] {
    let at = |scale: f64| weights.map(|weight| (weight * scale).min(0.95));
    let admitted = |scale| at(scale).iter().zip(patients).map(|(share, n)| share * n).sum::<f64>();
    let (mut low, mut high) = (0.0, 100.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if admitted(middle) < wanted { low = middle } else { high = middle }
    }
    at(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    /// With children at their fixed share, adults make up what was published: for England within 1% in
    /// every month, also in January 2023 when attendances fell by a seventh and admissions did not.
    #[test]
    fn published_admissions_of_every_month_are_implied() {
        let pack = england();
        let timeline = Timeline::new(&pack, pack.first_month(), pack.last_month());
        let ed = &pack.parameters().emergency;
        let months = timeline.months.len();
        let (mut implied, mut published) = (vec![0.0; months], vec![0.0; months]);
        for trust in 0..pack.trusts().len() {
            let [walk_in, ambulance] = child_share(&pack, trust);
            let adults = adult_admitted_by_month(&pack, trust, &timeline);
            let all = pack.drivers().monthly(Driver::EmergencyAdmissionsViaEd, trust);
            let type_1 = pack.drivers().monthly(Driver::AttendancesType1, trust);
            let by_ambulance = expected_by_ambulance(&pack, trust, &timeline);
            for m in 0..months {
                let conveyed = by_ambulance[m].min(MOST_BY_AMBULANCE * type_1[m]);
                let children = (type_1[m] - conveyed) * walk_in + conveyed * ambulance;
                implied[m] += adults[m].1 + children * ed.child_admitted_share.value;
                published[m] += all[m];
            }
        }
        for (m, (implied, published)) in implied.iter().zip(&published).enumerate() {
            assert!((implied / published - 1.0).abs() < 0.01, "month {m}: {implied} against {published}");
        }
    }

    #[test]
    fn admission_probabilities_admit_the_wanted_number() {
        let patients = [5.0, 50.0, 100.0, 200.0];
        let shares = admission_probabilities(patients, [1.8, 1.4, 0.8, 0.05], 90.0);
        let admitted: f64 = shares.iter().zip(patients).map(|(share, n)| share * n).sum();
        assert!((admitted - 90.0).abs() < 1e-6);
        assert!(shares.is_sorted_by(|a, b| a >= b) && shares[0] <= 0.95);
    }

    /// Little's law: the beds that the needs imply are the beds occupied when they are counted.
    #[test]
    fn needs_reproduce_the_beds_occupied_before_the_winter() {
        let pack = england();
        let needs = Needs::of(&pack);
        let occupied: f64 =
            pack.parameters().by_provider(ProviderParameter::AdultGaOccupiedBeds).iter().sum();
        let implied: f64 = (0..pack.trusts().len())
            .map(|t| {
                let n = needs.trusts[t];
                let elective = mean(pack.drivers().monthly(Driver::TreatmentCapacityAdmitted, t))
                    / DAYS_PER_MONTH
                    * n.elective_overnight_share
                    * pack.parameters().ward.elective_stay_days.value;
                n.overnight_per_day * (n.stay_days + n.days_met_beyond_stay) + elective
            })
            .sum();
        assert!((implied / occupied - 1.0).abs() < 0.005, "{implied} against {occupied}");
    }
}
