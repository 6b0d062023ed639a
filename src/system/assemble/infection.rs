//! Flu and Covid: what the patients counted in hospital mean for stays and beds.
//!
//! Published admissions and attendances already contain the infected, and the mean stay of 2022 the
//! usual load of Covid. What acts here is the load beyond it: those patients stay longer than others,
//! and beds beside them are closed to others. By Little's law, `patients = admissions a day x their
//! stay`, so a count of patients gives the share of admissions that are infected.

use super::Timeline;
use super::demand::Needs;
use crate::system::health_system::InfectionLoad;
use crate::system::pack::{Driver, SystemPack};

pub(super) fn infection_load(
    pack: &SystemPack,
    needs: &Needs,
    trust: usize,
    timeline: &Timeline,
) -> Vec<InfectionLoad> {
    let p = &pack.parameters().infection;
    let need = &needs.trusts[trust];
    let extra_days = [p.flu_extra_stay_days.value, p.covid_extra_stay_days.value];
    let share = |patients: f64, extra: f64| {
        let share = patients / (need.overnight_per_day * (need.stay_days + extra)).max(1e-9);
        share.clamp(0.0, 0.5)
    };
    let monthly = |driver| timeline.monthly(pack, driver, trust);
    let flu = monthly(Driver::PatientsWithFlu);
    let covid = monthly(Driver::PatientsWithCovidBeyondUsual);
    let act = p.share_that_acts.value;
    let of_month = |(flu, covid): (&f64, &f64)| InfectionLoad {
        admissions_share: [share(flu * act, extra_days[0]), share(covid * act, extra_days[1])],
        extra_days,
        beds_closed: (flu + covid) * act * p.beds_closed_per_patient.value,
    };
    flu.iter().zip(&covid).map(of_month).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    /// Little's law backwards: the load implies the patients counted.
    #[test]
    fn the_load_implies_the_patients_counted() {
        let pack = england();
        let needs = Needs::of(&pack);
        let timeline = Timeline::new(&pack, pack.first_month(), pack.last_month());
        let (mut implied, mut counted) = (0.0, 0.0);
        for trust in 0..pack.trusts().len() {
            let need = &needs.trusts[trust];
            let flu = pack.drivers().monthly(Driver::PatientsWithFlu, trust);
            for (load, flu) in infection_load(&pack, &needs, trust, &timeline).iter().zip(flu) {
                let stay = need.stay_days + load.extra_days[0];
                implied += load.admissions_share[0] * need.overnight_per_day * stay;
                counted += flu;
                assert_eq!(load.acts(), *flu > 0.0 && need.overnight_per_day > 0.0);
            }
        }
        assert!(counted > 1_000.0);
        assert!((implied / counted - 1.0).abs() < 0.02, "{implied} against {counted}");
    }

    #[test]
    fn an_infection_lengthens_the_stays_of_its_share() {
        let load = InfectionLoad { admissions_share: [0.1, 0.2], extra_days: [2.0, 8.0], beds_closed: 0.0 };
        assert_eq!([0.05, 0.5, 0.9].map(|uniform| load.extra_days(uniform)), [2.0, 0.0, 8.0]);
        assert!(!InfectionLoad::default().acts());
    }

    #[test]
    fn a_load_that_is_switched_off_is_none() {
        let pack = england();
        let off = pack.parameters().with("infection.share_that_acts", 0.0).unwrap();
        let pack = pack.with_parameters(off);
        let timeline = Timeline::new(&pack, pack.first_month(), pack.last_month());
        let needs = Needs::of(&pack);
        let loads = infection_load(&pack, &needs, 0, &timeline);
        assert!(loads.iter().all(|load| !load.acts() && load.beds_closed == 0.0));
    }
}
