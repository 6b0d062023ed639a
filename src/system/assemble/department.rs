//! Emergency departments: bays, cubicles, clinicians, durations, and the faster streams beside them.
//!
//! Nothing of this is published by trust. Places and clinicians follow workload: patients x time /
//! (time open x utilisation), the rule of NHS capacity models; the speed of a department is fitted
//! (`ed_efficiency`).

use super::demand::{DAYS_PER_MONTH, expected_by_ambulance};
use super::{AssemblyError, Timeline, lognormal, spread};
use crate::care::emergency::{EmergencyConfig, SameDayConfig, UrgentTreatmentConfig};
use crate::system::health_system::{CaseMix, Detour};
use crate::system::pack::{Driver, SystemPack};
use crate::system::parameters::{EmergencyParameters, ProviderParameter};
use crate::system::profiles;

/// Who comes to a trust's departments on an average day.
pub(super) struct DepartmentDemand {
    /// Attendances at the type 1 department a day.
    pub attendances_per_day: f64,
    /// Share of them who come by ambulance.
    pub by_ambulance: f64,
    /// Probability that an adult is admitted, by acuity.
    pub adult_admitted: [f64; 4],
    /// Of those admitted, the share who need a bed for a night or more.
    pub adult_overnight: f64,
    /// Attendances at departments of other types a day.
    pub other_types_per_day: f64,
}

pub(super) fn emergency(
    pack: &SystemPack,
    trust: usize,
    case_mix: &CaseMix,
    demand: &DepartmentDemand,
) -> Result<EmergencyConfig, AssemblyError> {
    let p = &pack.parameters().emergency;
    let efficiency = pack.parameters().by_provider(ProviderParameter::EdEfficiency);
    let efficiency = efficiency.get(trust).copied().unwrap_or(1.0);
    let &DepartmentDemand { attendances_per_day, by_ambulance, .. } = demand;
    let share_of = |acuity: usize| {
        let of = |mix: &[f64; 3]| mix.get(acuity).copied().unwrap_or(0.0);
        by_ambulance * of(&case_mix.ambulance_acuity) + (1.0 - by_ambulance) * of(&case_mix.walk_in_acuity)
    };
    let majors: f64 = (0..3).map(share_of).sum();
    // same-day emergency care takes some of them out of the cubicles
    let children =
        by_ambulance * case_mix.ambulance_child_share + (1.0 - by_ambulance) * case_mix.child_share;
    let suited: f64 =
        [1, 2].map(|acuity| share_of(acuity) * demand.adult_admitted[acuity]).iter().sum::<f64>()
            * (1.0 - children)
            * (1.0 - demand.adult_overnight)
            * case_mix.same_day_share;
    let taken = suited * share_while_open(p);
    let in_cubicles = majors - taken;
    // clinicians such that they are busy for the given share of their time
    let clinicians = |share: f64, minutes: f64, utilisation: f64| {
        attendances_per_day * share * minutes / (24.0 * 60.0) / utilisation
    };
    let roster = |mean| profiles::roster(mean, &profiles::walk_ins(), p.roster_follows_demand.value, 1);
    // a slow department has the cubicles to be no fuller than others
    let majors_tests = p.majors_tests_minutes.value / efficiency;
    let usual = p.majors_clinician_minutes.value + p.majors_tests_minutes.value;
    let relative = ((p.majors_clinician_minutes.value + majors_tests) / usual).max(1.0);
    let spaces = attendances_per_day * in_cubicles / 100.0 * p.cubicles_per_100_daily_majors.value * relative;
    let bays = clinicians(share_of(0), p.resuscitation_minutes.value, p.resuscitation_utilisation.value);
    let bays = (bays * relative).ceil().min(0.5 * spaces).max(1.0);
    let review = p.review_share_of_clinician_time.value;
    let contact = |what, share: f64| {
        let mean = p.majors_clinician_minutes.value * share;
        lognormal(what, mean.max(0.01), p.clinician_cv.value)
    };
    Ok(EmergencyConfig {
        resuscitation_bays: bays as u32,
        cubicles: (spaces - bays).round().max(2.0) as u32,
        corridor_places: (spaces * p.corridor_share.value).round() as u32,
        cohort_handover_minutes: lognormal(
            "cohort handover",
            p.cohort_handover_minutes.value.max(0.01),
            pack.parameters().ambulance.handover_process_cv.value,
        )?,
        majors_clinicians_by_hour: roster(clinicians(
            in_cubicles,
            p.majors_clinician_minutes.value,
            p.majors_clinician_utilisation.value,
        )),
        minors_clinicians_by_hour: roster(clinicians(
            1.0 - majors,
            p.minors_clinician_minutes.value,
            p.minors_clinician_utilisation.value,
        )),
        majors_assessment_minutes: contact("assessment", 1.0 - review)?,
        majors_review_minutes: if review > 0.0 {
            contact("review", review)?
        } else {
            crate::random::Distribution::NOTHING
        },
        minors_clinician_minutes: spread("clinician", &p.minors_clinician_minutes, &p.clinician_cv)?,
        majors_tests_minutes: lognormal("tests", majors_tests.max(0.01), p.tests_cv.value)?,
        minors_tests_minutes: lognormal(
            "tests",
            (p.minors_tests_minutes.value / efficiency).max(0.01),
            p.tests_cv.value,
        )?,
        same_day: SameDayConfig {
            places: SameDayConfig::places_for(
                attendances_per_day * taken,
                p.same_day_minutes.value,
                p.same_day_open_hours.value,
                p.same_day_utilisation.value,
            ),
            opens_hour: p.same_day_opens_hour.value,
            last_arrival_hour: p.same_day_last_arrival_hour.value,
            streaming_minutes: p.same_day_streaming_minutes.value,
            stay_minutes: spread("same-day emergency care", &p.same_day_minutes, &p.same_day_cv)?,
        },
        urgent_treatment: urgent_treatment(pack, demand.other_types_per_day)?,
    })
}

/// Share of attendances in the hours in which same-day emergency care takes patients.
fn share_while_open(p: &EmergencyParameters) -> f64 {
    let open = p.same_day_opens_hour.value..p.same_day_last_arrival_hour.value;
    let week = profiles::walk_ins();
    let in_hours = week.iter().enumerate().filter(|(hour, _)| open.contains(&((hour % 24) as f64 + 0.5)));
    in_hours.map(|(_, weight)| weight).sum::<f64>() / week.iter().sum::<f64>().max(f64::MIN_POSITIVE)
}

fn urgent_treatment(pack: &SystemPack, per_day: f64) -> Result<UrgentTreatmentConfig, AssemblyError> {
    let p = &pack.parameters().emergency;
    if per_day <= 0.0 {
        return Ok(UrgentTreatmentConfig::none());
    }
    let minutes = p.urgent_treatment_clinician_minutes.value;
    let clinicians = per_day * minutes / (24.0 * 60.0) / p.urgent_treatment_utilisation.value;
    let tests = p.urgent_treatment_tests_minutes.value.max(0.01);
    Ok(UrgentTreatmentConfig {
        opens_hour: p.urgent_treatment_opens_hour.value,
        closes_hour: p.urgent_treatment_closes_hour.value,
        clinicians_by_hour: profiles::roster(clinicians, &urgent_treatment_week(pack), 1.0, 1),
        clinician_minutes: lognormal("urgent treatment", minutes, p.clinician_cv.value)?,
        treatment_minutes: lognormal("urgent treatment", tests, p.tests_cv.value)?,
    })
}

/// When people come to urgent treatment centres: like those who walk into type 1, while they are open.
pub(super) fn urgent_treatment_week(pack: &SystemPack) -> Vec<f64> {
    let p = &pack.parameters().emergency;
    let open = p.urgent_treatment_opens_hour.value..p.urgent_treatment_closes_hour.value;
    let mut week = profiles::walk_ins();
    for (hour, weight) in week.iter_mut().enumerate() {
        if !open.contains(&((hour % 24) as f64 + 0.5)) {
            *weight = 0.0;
        }
    }
    // never open at all: at any hour, since people do come
    if week.iter().all(|&weight| weight == 0.0) { profiles::walk_ins() } else { week }
}

/// People with minor problems who walk into a trust's type 1 department on an average day, in the hours
/// in which its urgent treatment centre is open.
pub fn minor_walk_ins_per_day(pack: &SystemPack, trust: usize) -> f64 {
    let p = &pack.parameters().emergency;
    let whole = Timeline::new(pack, pack.first_month(), pack.last_month());
    let days = whole.months.len().max(1) as f64 * DAYS_PER_MONTH;
    let per_day = |volumes: &[f64]| volumes.iter().sum::<f64>() / days;
    let type_1 = per_day(pack.drivers().monthly(Driver::AttendancesType1, trust));
    let by_ambulance = per_day(&expected_by_ambulance(pack, trust, &whole)).min(0.8 * type_1);
    let majors =
        p.walk_in_immediate_share.value + p.walk_in_very_urgent_share.value + p.walk_in_urgent_share.value;
    let sum = |week: Vec<f64>| week.iter().sum::<f64>();
    let while_open = sum(urgent_treatment_week(pack)) / sum(profiles::walk_ins()).max(f64::MIN_POSITIVE);
    (type_1 - by_ambulance) * (1.0 - majors).max(0.0) * while_open
}

/// Extra travel to another hospital than the nearest.
pub(super) fn detour(pack: &SystemPack) -> Result<Detour, AssemblyError> {
    let p = &pack.parameters().emergency;
    Ok(Detour {
        same_system_minutes: p.detour_same_system_minutes.value,
        elsewhere_minutes: p.detour_elsewhere_minutes.value,
        spread: lognormal("extra travel", 1.0, p.detour_cv.value)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    /// 120 patients a day x 15 min / (24 h x 0.75) = 1.67 clinicians; none where nobody comes.
    #[test]
    fn clinicians_of_centres_follow_workload() {
        let pack = england();
        let centre = urgent_treatment(&pack, 120.0).unwrap();
        let mean = centre.clinicians_by_hour.iter().map(|&n| f64::from(n)).sum::<f64>() / 168.0;
        // at least one at night, when nobody new comes
        assert!((1.67..2.3).contains(&mean), "{mean}");
        assert!(urgent_treatment(&pack, 0.0).unwrap().clinicians_by_hour.is_empty());
    }

    #[test]
    fn people_come_to_centres_while_they_are_open() {
        let pack = england();
        let week = urgent_treatment_week(&pack);
        assert!((0..168).all(|hour| (week[hour] > 0.0) == (8..22).contains(&(hour % 24))));
        let p = &pack.parameters().emergency;
        let open = share_while_open(p);
        assert!((0.6..0.75).contains(&open), "{open}");
        // type 1 sees some 15,000 minor walk-ins a day in England, most of them while centres are open
        let minor: f64 = (0..pack.trusts().len()).map(|t| minor_walk_ins_per_day(&pack, t)).sum();
        assert!((10_000.0..20_000.0).contains(&minor), "{minor}");
    }
}
