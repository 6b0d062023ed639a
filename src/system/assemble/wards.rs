//! Wards: stays, the hours of leaving, and beds that cannot be used.

use super::demand::{Needs, months_before_start};
use super::start::RING_FENCE_FILLED;
use super::{AssemblyError, lognormal, spread};
use crate::care::ward::{DischargeWeek, StayLaw, WardConfig};
use crate::random::Distribution;
use crate::system::pack::{Driver, SystemPack};
use crate::system::parameters::ProviderParameter;

/// From being found ready in the morning to leaving in the afternoon, and from clinical readiness to
/// the ward round that finds it, weekends included \[d\].
pub(super) fn days_until_gone(pack: &SystemPack) -> f64 {
    let p = &pack.parameters().ward;
    let leaving =
        (p.leaving_hour_least.value + p.leaving_hour_mode.value + p.leaving_hour_greatest.value) / 3.0;
    let same_day = (leaving - p.ward_round_hour.value) / 24.0;
    let next_round = 0.5;
    same_day + next_round + discharge_week(pack).mean_wait_days()
}

/// On which days of the week it is decided that patients go.
pub(super) fn discharge_week(pack: &SystemPack) -> DischargeWeek {
    let p = &pack.parameters().ward;
    DischargeWeek::new([
        p.decided_share_monday.value,
        p.decided_share_tuesday.value,
        p.decided_share_wednesday.value,
        p.decided_share_thursday.value,
        p.decided_share_friday.value,
        p.decided_share_saturday.value,
        p.decided_share_sunday.value,
    ])
}

/// Share of a trust's open adult beds that cannot take the next patient: closed for infection, in a
/// bay for the other sex, on a ward of the wrong specialty, at another site.
///
/// Not published. Patients boarded in all months although occupancy was below one, so beds that
/// counted as open were not usable. The share is such that, with the patients and the turnaround of
/// the months up to the starting list, usable beds were taken to `ward.usable_beds_taken_share`.
pub(super) fn unusable_share(pack: &SystemPack, trust: usize) -> f64 {
    let p = pack.parameters();
    let occupied = p.by_provider(ProviderParameter::AdultGaOccupiedBeds).get(trust).copied().unwrap_or(0.0);
    let open = pack.drivers().monthly(Driver::AdultGaBedsAvailable, trust);
    let before = open.get(..months_before_start(pack).min(open.len())).unwrap_or_default();
    let open = before.iter().sum::<f64>() / before.len().max(1) as f64;
    let turnaround = p.ward.bed_turnaround_hours.value / 24.0 / p.ward.emergency_stay_days.value;
    let taken = occupied * (1.0 + turnaround);
    if open < 1.0 { 0.0 } else { (1.0 - taken / open / p.ward.usable_beds_taken_share.value).clamp(0.0, 0.4) }
}

/// Share of the beds outside the ring-fence that are surgical: how beds are split is not published,
/// so they follow the patients. Emergencies fill beds in proportion to their numbers; elective
/// patients for whom the ring-fence is too small need surgical beds too.
pub(super) fn surgical_bed_share(pack: &SystemPack, needs: &Needs, trust: usize) -> f64 {
    let p = pack.parameters();
    let need = &needs.trusts[trust];
    let emergency = need.overnight_per_day * need.stay_days;
    let beds = p.by_provider(ProviderParameter::AdultGaOccupiedBeds).get(trust).copied().unwrap_or(0.0);
    let elective = (beds - emergency).max(0.0);
    let in_ring_fence = beds * p.ward.ring_fence_share.value * RING_FENCE_FILLED;
    let elsewhere = (elective - in_ring_fence).max(0.0);
    (p.ward.surgical_share.value * emergency + elsewhere) / (emergency + elsewhere).max(1e-9)
}

/// From leaving to coming again, all within 30 days and most in the first weeks (assumed): densest on
/// the first day and falling evenly to nothing on the thirtieth.
pub(super) fn readmission_days() -> Result<Distribution, AssemblyError> {
    Distribution::triangular(0.0, 0.0, 30.0)
        .map_err(|error| AssemblyError::Distribution { what: "days to readmission".to_owned(), error })
}

/// `process_delay_days` is the mean delay within the hospital of those who have one.
pub(super) fn ward(
    pack: &SystemPack,
    emergency_stay_days: StayLaw,
    process_delay_days: f64,
) -> Result<WardConfig, AssemblyError> {
    let p = &pack.parameters().ward;
    let after =
        days_until_gone(pack) + pack.parameters().discharge.process_delay_share.value * process_delay_days;
    let clinical = |what: &str, published: f64, cv: f64| lognormal(what, (published - after).max(0.3), cv);
    let positive = |minutes: f64| minutes.max(0.01);
    Ok(WardConfig {
        turnaround_hours: lognormal("bed turnaround", positive(p.bed_turnaround_hours.value), 0.5)?,
        transfer_minutes: lognormal("transfer to the ward", positive(p.transfer_minutes.value), 0.5)?,
        emergency_stay_days,
        outlier_stay_factor: p.outlier_stay_factor.value,
        elective_stay_days: clinical("elective stay", p.elective_stay_days.value, p.elective_stay_cv.value)?,
        paediatric_stay_days: spread("paediatric stay", &p.paediatric_stay_days, &p.paediatric_stay_cv)?,
        critical_care_days: spread("critical care", &p.critical_care_days, &p.critical_care_cv)?,
        ward_round_hour: p.ward_round_hour.value,
        leaving_hour: leaving_hour(pack)?,
        week: discharge_week(pack),
    })
}

fn leaving_hour(pack: &SystemPack) -> Result<Distribution, AssemblyError> {
    let p = &pack.parameters().ward;
    let (least, mode, greatest) =
        (p.leaving_hour_least.value, p.leaving_hour_mode.value, p.leaving_hour_greatest.value);
    Distribution::triangular(least, mode, greatest)
        .map_err(|error| AssemblyError::Distribution { what: "leaving hour".to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    /// Those of which `care::ward::DischargeWeek` shows that they give the published week.
    #[test]
    fn england_decides_by_weekday() {
        let shares = [0.58, 0.67, 0.76, 0.84, 1.0, 0.84, 0.52];
        assert_eq!(discharge_week(&england()), DischargeWeek::new(shares));
    }
}
