//! Wards: stays, the hours of leaving, and beds that cannot be used.

use super::demand::{Needs, months_before_start};
use super::start::RING_FENCE_FILLED;
use super::stays::{NODES, quantile};
use super::{AssemblyError, lognormal, spread};
use crate::care::ward::{DischargeWeek, StayLaw, WardConfig};
use crate::random::Distribution;
use crate::system::pack::{Driver, SystemPack};
use crate::system::parameters::ProviderParameter;
use crate::system::timetable::BED_CENSUS;
use crate::theory::erlang_b;

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
    let open = mean_before_start(pack, Driver::AdultGaBedsAvailable, trust);
    let turnaround = p.ward.bed_turnaround_hours.value / 24.0 / p.ward.emergency_stay_days.value;
    let taken = occupied * (1.0 + turnaround);
    if open < 1.0 { 0.0 } else { (1.0 - taken / open / p.ward.usable_beds_taken_share.value).clamp(0.0, 0.4) }
}

/// Of a driver over the months up to the starting list.
fn mean_before_start(pack: &SystemPack, driver: Driver, trust: usize) -> f64 {
    let all = pack.drivers().monthly(driver, trust);
    let before = all.get(..months_before_start(pack).min(all.len())).unwrap_or_default();
    before.iter().sum::<f64>() / before.len().max(1) as f64
}

/// Share of the beds outside the ring-fence that are surgical: how beds are split is not published,
/// so they follow the patients. Emergencies fill beds in proportion to their numbers; elective
/// patients for whom the ring-fence is too small need surgical beds too.
pub(super) fn surgical_bed_share(pack: &SystemPack, needs: &Needs, trust: usize) -> f64 {
    let p = pack.parameters();
    let need = &needs.trusts[trust];
    let emergency = need.overnight_per_day * (need.stay_days + need.days_met_beyond_stay);
    let beds = p.by_provider(ProviderParameter::AdultGaOccupiedBeds).get(trust).copied().unwrap_or(0.0);
    let elective = (beds - emergency).max(0.0);
    let in_ring_fence = beds * p.ward.ring_fence_share.value * RING_FENCE_FILLED;
    let elsewhere = (elective - in_ring_fence).max(0.0);
    (p.ward.surgical_share.value * emergency + elsewhere) / (emergency + elsewhere).max(1e-9)
}

/// When people lie down who come to the department in these hours of the week.
pub(super) fn lie_down_after_department(pack: &SystemPack, week: &[f64]) -> Vec<f64> {
    let mut later = week.to_vec();
    let hours = pack.parameters().ward.hours_until_in_bed.value.round() as usize;
    later.rotate_right(hours.min(week.len()));
    later
}

// share of a week's people who come in the hours before the count of beds, last hour first
fn before_the_count(week: &[f64]) -> [f64; 24] {
    let census = BED_CENSUS.as_hours() as usize;
    let all = week.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    std::array::from_fn(|back| {
        let hour = (census + 24 - 1 - back) % 24;
        week.iter().skip(hour).step_by(24).sum::<f64>() / all
    })
}

/// Days by which an emergency patient is in bed at more counts in the morning than the stay has days, on average: from the
/// count until the hour of leaving, less from the count until the hour at which those of this week lie down. Who comes
/// in the evening and leaves in the afternoon is met on one morning more than a clock would say.
pub(super) fn days_met_beyond_stay(pack: &SystemPack, week: &[f64]) -> f64 {
    let p = &pack.parameters().ward;
    let leaving =
        (p.leaving_hour_least.value + p.leaving_hour_mode.value + p.leaving_hour_greatest.value) / 3.0;
    let shares = before_the_count(week);
    let lies_down: f64 = (0..24).map(|back| shares[back] * (23.5 - back as f64)).sum();
    (lies_down - (leaving - BED_CENSUS.as_hours())) / 24.0
}

/// Patients in bed at the hour at which beds are counted, over the mean of the day, of those who lie down in the hours of
/// this week and leave as soon as they are well. Who comes by day and leaves at any hour is fewer in the morning.
///
/// A stay of `d` days is met at the count if it began in the `d` days before it: as many as come in whole days, and in
/// what is left of the day before.
pub(super) fn counted_in_the_morning(stay: &Distribution, week: &[f64]) -> f64 {
    let shares = before_the_count(week);
    // share of a day's patients who come in the last `hours` before the count
    let came_within = |hours: f64| {
        let whole = (hours as usize).min(23);
        shares.iter().take(whole).sum::<f64>() + shares[whole] * (hours - whole as f64)
    };
    let (mut met, mut mean) = (0.0, 0.0);
    for i in 0..NODES {
        let days = quantile(stay, (f64::from(i) + 0.5) / f64::from(NODES));
        met += days.floor() + came_within(24.0 * (days - days.floor()));
        mean += days;
    }
    if mean > 0.0 { met / mean } else { 1.0 }
}

/// At most this many times as many critically ill patients are expected as the unit looked after before the winter.
const MOST_CRITICAL_CARE_ASKED_FOR: f64 = 1.5;

/// Critically ill patients a day, such that the beds of the unit that were occupied before the winter come out although
/// some find it full and are looked after on a ward: Erlang's loss formula with the time for which they hold a bed, the
/// move to the unit and the cleaning included.
pub(super) fn critical_care_per_day(pack: &SystemPack, trust: usize) -> f64 {
    let p = pack.parameters();
    let of_trust = |parameter| p.by_provider(parameter).get(trust).copied().unwrap_or(0.0);
    let occupied = of_trust(ProviderParameter::AdultCriticalCareOccupiedBeds);
    let open = mean_before_start(pack, Driver::AdultCriticalCareBedsAvailable, trust).round() as u32;
    let stay = p.ward.critical_care_days.value;
    let beside = p.ward.transfer_minutes.value / 1440.0 + p.ward.bed_turnaround_hours.value / 24.0;
    let held = 1.0 + beside / stay;
    // who would fill the beds, were the unit never full
    let looked_after = |asking: f64| asking * (1.0 - erlang_b(asking * held, open).unwrap_or_default());
    let (mut low, mut high) = (occupied, MOST_CRITICAL_CARE_ASKED_FOR * occupied);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if looked_after(middle) < occupied { low = middle } else { high = middle }
    }
    high / stay
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
    use crate::random::Stream;
    use crate::system::pack::england;
    use crate::system::profiles;

    /// Critically ill patients who find a unit of so many beds full are lost to it, by Erlang's formula; those who do not
    /// fill the beds that were occupied, unless the unit was so full that half as many again would be asked for.
    #[test]
    fn critical_care_that_is_full_at_times_was_asked_for_by_more() {
        let pack = england();
        let p = pack.parameters();
        let occupied = p.by_provider(ProviderParameter::AdultCriticalCareOccupiedBeds);
        let stay = p.ward.critical_care_days.value;
        let beside = p.ward.transfer_minutes.value / 1440.0 + p.ward.bed_turnaround_hours.value / 24.0;
        let (mut kept, mut all, mut asked) = (0.0, 0.0, 0.0);
        for (trust, &beds) in occupied.iter().enumerate().filter(|(_, beds)| **beds > 0.0) {
            let per_day = critical_care_per_day(&pack, trust);
            let open = mean_before_start(&pack, Driver::AdultCriticalCareBedsAvailable, trust).round() as u32;
            let full = erlang_b(per_day * (stay + beside), open).unwrap();
            let in_beds = per_day * stay * (1.0 - full);
            let is_bounded = per_day * stay > 0.999 * MOST_CRITICAL_CARE_ASKED_FOR * beds;
            assert!(is_bounded || (in_beds / beds - 1.0).abs() < 1e-6, "{trust}: {in_beds} of {beds}");
            kept += in_beds;
            all += beds;
            asked += per_day * stay;
        }
        assert!((kept / all - 1.0).abs() < 0.02 && asked > 1.04 * all, "{kept} and {asked} of {all}");
    }

    /// Of 20,000 patients who lie down in the hours of the profile: at how many counts at eight they are met, with stays as
    /// they are drawn and with whole days until the hour of leaving. |t| at most 3.5, 19,999 degrees of freedom.
    #[test]
    fn patients_are_met_at_the_count_as_often_as_the_closed_forms_say() {
        let pack = england();
        let p = &pack.parameters().ward;
        let stay = spread("paediatric stay", &p.paediatric_stay_days, &p.paediatric_stay_cv).unwrap();
        let leaving = leaving_hour(&pack).unwrap();
        let census = BED_CENSUS.as_days();
        // counts after `from` until `to`, both in days
        let counts = |from: f64, to: f64| (to - census).ceil() - (from - census).ceil();
        let weeks = [
            profiles::direct_admissions(),
            lie_down_after_department(&pack, &profiles::walk_ins()),
            vec![1.0; 168],
        ];
        for (w, week) in weeks.iter().enumerate() {
            let all: f64 = week.iter().sum();
            let mut dice = Stream::of_seed(7).at(w as u64).dice();
            let t = |differences: &[f64]| {
                let n = differences.len() as f64;
                let mean = differences.iter().sum::<f64>() / n;
                let variance = differences.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
                mean / (variance / n).sqrt()
            };
            let expected = counted_in_the_morning(&stay, week) * stay.mean();
            let beyond_stay = days_met_beyond_stay(&pack, week);
            let (mut children, mut adults) = (Vec::new(), Vec::new());
            for _ in 0..20_000 {
                let mut draw = dice.uniform() * all;
                let hour = week.iter().position(|weight| {
                    draw -= weight;
                    draw < 0.0
                });
                let began = (hour.unwrap_or(0) % 24) as f64 / 24.0 + dice.uniform() / 24.0;
                let days = stay.sample(&mut dice);
                children.push(counts(began, began + days) - expected);
                let leaves = 5.0 + leaving.sample(&mut dice) / 24.0;
                adults.push(counts(began, leaves) - (leaves - began) - beyond_stay);
            }
            assert!(t(&children).abs() < 3.5, "{w}: t = {}", t(&children));
            assert!(t(&adults).abs() < 3.5, "{w}: t = {}", t(&adults));
        }
        assert!((counted_in_the_morning(&stay, &weeks[2]) - 1.0).abs() < 1e-12);
    }

    /// Those of which `care::ward::DischargeWeek` shows that they give the published week.
    #[test]
    fn england_decides_by_weekday() {
        let shares = [0.58, 0.67, 0.76, 0.84, 1.0, 0.84, 0.52];
        assert_eq!(discharge_week(&england()), DischargeWeek::new(shares));
    }
}
