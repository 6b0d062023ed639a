//! Emergency departments: cubicles, clinicians, durations.

use super::{AssemblyError, lognormal, spread};
use crate::care::emergency::EmergencyConfig;
use crate::system::health_system::CaseMix;
use crate::system::pack::SystemPack;
use crate::system::parameters::ProviderParameter;
use crate::system::profiles;

pub(super) fn emergency(
    pack: &SystemPack,
    trust: usize,
    attendances_per_day: f64,
    case_mix: &CaseMix,
    by_ambulance: f64,
) -> Result<EmergencyConfig, AssemblyError> {
    let p = &pack.parameters().emergency;
    let efficiency = pack.parameters().by_provider(ProviderParameter::EdEfficiency);
    let efficiency = efficiency.get(trust).copied().unwrap_or(1.0);
    let majors = by_ambulance * case_mix.ambulance_acuity.iter().sum::<f64>()
        + (1.0 - by_ambulance) * case_mix.walk_in_acuity.iter().sum::<f64>();
    // clinicians such that they are busy for the given share of their time
    let clinicians = |share: f64, minutes: f64, utilisation: f64| {
        attendances_per_day * share * minutes / (24.0 * 60.0) / utilisation
    };
    let roster = |mean| profiles::roster(mean, &profiles::walk_ins(), p.roster_follows_demand.value, 1);
    // a slow department has the cubicles to be no fuller than others
    let majors_tests = p.majors_tests_minutes.value / efficiency;
    let usual = p.majors_clinician_minutes.value + p.majors_tests_minutes.value;
    let relative = ((p.majors_clinician_minutes.value + majors_tests) / usual).max(1.0);
    let cubicles = attendances_per_day * majors / 100.0 * p.cubicles_per_100_daily_majors.value * relative;
    Ok(EmergencyConfig {
        cubicles: cubicles.round().max(2.0) as u32,
        corridor_places: (cubicles * p.corridor_share.value).round() as u32,
        majors_clinicians_by_hour: roster(clinicians(
            majors,
            p.majors_clinician_minutes.value,
            p.majors_clinician_utilisation.value,
        )),
        minors_clinicians_by_hour: roster(clinicians(
            1.0 - majors,
            p.minors_clinician_minutes.value,
            p.minors_clinician_utilisation.value,
        )),
        majors_clinician_minutes: spread("clinician", &p.majors_clinician_minutes, &p.clinician_cv)?,
        minors_clinician_minutes: spread("clinician", &p.minors_clinician_minutes, &p.clinician_cv)?,
        majors_tests_minutes: lognormal("tests", majors_tests.max(0.01), p.tests_cv.value)?,
        minors_tests_minutes: lognormal(
            "tests",
            (p.minors_tests_minutes.value / efficiency).max(0.01),
            p.tests_cv.value,
        )?,
    })
}
