//! Hospitals: emergency department, beds, case mix and waiting list.

use super::demand::{
    DAYS_PER_MONTH, Needs, adult_admitted_by_month, demand_for, expected_by_ambulance, overnight_by_month,
};
use super::department::{DepartmentDemand, emergency, urgent_treatment_week};
use super::discharge::{delays, process_delay};
use super::elective::elective;
use super::infection::infection_load;
use super::stays::Stays;
use super::wards::{
    counted_in_the_morning, critical_care_per_day, lie_down_after_department, readmission_days,
    surgical_bed_share, unusable_share, ward,
};
use super::{AssemblyError, StreamOf, Timeline, spread, stream};
use crate::care::emergency::{EmergencyConfig, EmergencyDepartment};
use crate::care::ward::Wards;
use crate::random::{DayEffect, Distribution, Stream};
use crate::system::health_system::{BedsOpen, CaseMix, Hospital};
use crate::system::pack::{Driver, SystemPack};
use crate::system::profiles;
use std::sync::Arc;

/// At most this share of emergencies who need a bed for the night and come through the department are critically ill.
const MOST_CRITICALLY_ILL: f64 = 0.25;

pub(super) fn trust(
    pack: &SystemPack,
    needs: &Needs,
    stays: &Stays,
    trust: usize,
    care_system: Option<u16>,
    timeline: &Timeline,
    root: Stream,
) -> Result<Hospital, AssemblyError> {
    let first_hour = timeline.calendar.hour_of_week(crate::units::Time::ZERO);
    let need = needs.trusts[trust];
    let p = pack.parameters();
    let name = &pack.trusts()[trust].name;
    let monthly = |driver| timeline.monthly(pack, driver, trust);
    let type_1 = monthly(Driver::AttendancesType1);
    let by_ambulance = expected_by_ambulance(pack, trust, timeline);
    let walk_ins: Vec<f64> =
        type_1.iter().zip(&by_ambulance).map(|(all, amb)| (all - amb).max(0.2 * all)).collect();
    let other = monthly(Driver::OtherEmergencyAdmissions);
    // those who come again are published as admissions too: the rest come for the first time
    let overnight = overnight_by_month(pack, trust, &need, timeline);
    let direct_adults: Vec<f64> = other
        .iter()
        .zip(timeline.months.iter().zip(&overnight))
        .map(|(n, (month, overnight))| {
            let all = n * need.direct_adult_share * overnight;
            (all - need.readmitted_per_day * f64::from(month.days())).max(0.0)
        })
        .collect();

    // children: what Little's law asks for such that beds are filled when they are counted, four fifths of them from
    // the department if that many come, the rest directly
    let ed = &p.emergency;
    let mean_of = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let children_per_day = (mean_of(&walk_ins) * need.child_share[0]
        + mean_of(&by_ambulance) * need.child_share[1])
        / DAYS_PER_MONTH;
    let via_ed = children_per_day * ed.child_admitted_share.value;
    let direct_week = profiles::direct_admissions();
    let child_stay = spread("paediatric stay", &p.ward.paediatric_stay_days, &p.ward.paediatric_stay_cv)?;
    let counted_via_ed =
        counted_in_the_morning(&child_stay, &lie_down_after_department(pack, &profiles::walk_ins()));
    let counted_directly = counted_in_the_morning(&child_stay, &direct_week);
    let child_overnight =
        (need.children_overnight_per_day * 0.8 / counted_via_ed / via_ed.max(1e-9)).min(0.6);
    let directly = need.children_overnight_per_day - via_ed * child_overnight * counted_via_ed;
    let direct_children_per_day = directly.max(0.0) / counted_directly;
    let direct_children: Vec<f64> =
        timeline.months.iter().map(|month| direct_children_per_day * f64::from(month.days())).collect();

    let effect = |cv, kind| {
        DayEffect::new(cv, stream(root, kind, trust))
            .map_err(|error| AssemblyError::Arrivals { provider: name.clone(), error })
    };
    let ed_days = effect(ed.day_effect_cv.value, StreamOf::HospitalDays)?;
    let direct_days = effect(p.ward.day_effect_cv.value, StreamOf::HospitalDays)?;
    let demand = |volumes: &[f64], weights: &[f64], effect, kind| {
        demand_for(name, timeline, volumes, weights, Some(effect), stream(root, kind, trust))
    };
    let delays = delays(pack, needs, pack.trusts()[trust].care_system.index());
    let attendances_per_day =
        mean_of(pack.drivers().monthly(Driver::AttendancesType1, trust)) / DAYS_PER_MONTH;
    let case_mix = CaseMix {
        ambulance_acuity: [
            ed.ambulance_immediate_share.value,
            ed.ambulance_very_urgent_share.value,
            ed.ambulance_urgent_share.value,
        ],
        walk_in_acuity: [
            ed.walk_in_immediate_share.value,
            ed.walk_in_very_urgent_share.value,
            ed.walk_in_urgent_share.value,
        ],
        child_share: need.child_share[0],
        ambulance_child_share: need.child_share[1],
        adult_admitted: adult_admitted_by_month(pack, trust, timeline)
            .into_iter()
            .map(|(shares, _)| shares)
            .collect(),
        adult_overnight: overnight,
        same_day_share: ed.same_day_share.value,
        critical_care: (critical_care_per_day(pack, trust) / need.overnight_via_ed_per_day.max(1e-9))
            .min(MOST_CRITICALLY_ILL),
        child_admitted: ed.child_admitted_share.value,
        child_overnight,
        surgical_share: p.ward.surgical_share.value,
        pathway_shares: [
            p.discharge.pathway_1_share.value,
            p.discharge.pathway_2_share.value,
            p.discharge.pathway_3_share.value,
        ],
        process_delay_share: p.discharge.process_delay_share.value,
        process_delay_days: process_delay(pack, delays, p.discharge.arranging_cv.value)?,
        virtual_ward_share: p.ward.virtual_ward_share.value,
        virtual_ward_after: p.ward.virtual_ward_after.value,
        virtual_ward_days_per_day_saved: p.ward.virtual_ward_days_per_day_saved.value,
        step_up_share: p.ward.step_up_share.value,
        step_up_days: p.ward.step_up_days.value,
        step_up_admissions_per_admission_avoided: p.ward.step_up_admissions_per_admission_avoided.value,
        readmitted_share: need.readmitted_per_day / need.overnight_per_day.max(1e-9),
        readmission_days: readmission_days()?,
    };

    let department = DepartmentDemand {
        attendances_per_day,
        by_ambulance: by_ambulance_share(&type_1, &by_ambulance),
        adult_admitted: need.adult_admitted,
        adult_overnight: need.overnight_share,
        other_types_per_day: mean_of(pack.drivers().monthly(Driver::AttendancesOtherTypes, trust))
            / DAYS_PER_MONTH,
    };
    let beds_by_month = (0..timeline.months.len())
        .map(|m| BedsOpen {
            adult: monthly(Driver::AdultGaBedsAvailable)[m],
            paediatric: monthly(Driver::PaediatricGaBedsAvailable)[m],
            critical_care: monthly(Driver::AdultCriticalCareBedsAvailable)[m],
        })
        .collect();
    let cancelled = pack.parameters().elective.cancelled_for_beds_usual_share.value;
    let (elective, diagnostics) =
        elective(pack, trust, need.elective_overnight_share, timeline, 1.0, cancelled, root)?;
    Ok(Hospital {
        ed: EmergencyDepartment::new(emergency(pack, trust, &case_mix, &department)?, first_hour),
        wards: Wards::new(ward(pack, stays.of_trust(pack, needs, trust)?, delays.process)?),
        elective,
        diagnostics,
        case_mix: Arc::new(case_mix),
        care_system,
        beds_by_month: Arc::new(beds_by_month),
        ring_fence_share: p.ward.ring_fence_share.value,
        unusable_share: unusable_share(pack, trust),
        surgical_bed_share: surgical_bed_share(pack, needs, trust),
        unstaffed_share: p.ward.unstaffed_beds_share.value,
        adult_beds_counted: 0,
        added_beds: 0.0,
        added_staffed_beds: 0.0,
        escalation_share: 0.0,
        escalation_asked: false,
        infection_by_month: Arc::new(infection_load(pack, needs, trust, timeline)),
        ready_to_leave: 0,
        ready_by_pathway: [0; 4],
        left_today: 0,
        sent_to_urgent_treatment: 0.0,
        walk_ins: demand(&walk_ins, &profiles::walk_ins(), &ed_days, StreamOf::WalkIns)?,
        urgent_treatment: demand(
            &monthly(Driver::AttendancesOtherTypes),
            &urgent_treatment_week(pack),
            &ed_days,
            StreamOf::UrgentTreatment,
        )?,
        direct_adults: demand(&direct_adults, &direct_week, &direct_days, StreamOf::DirectAdults)?,
        direct_children: demand(&direct_children, &direct_week, &direct_days, StreamOf::DirectChildren)?,
    })
}

fn by_ambulance_share(type_1: &[f64], by_ambulance: &[f64]) -> f64 {
    (by_ambulance.iter().sum::<f64>() / type_1.iter().sum::<f64>().max(1.0)).min(0.8)
}

/// A provider of elective care without a hospital of its own in the model: all its treatment is
/// day-case or outpatient, and it has no department and no beds.
pub(super) fn elective_only(
    pack: &SystemPack,
    stays: &Stays,
    provider: usize,
    timeline: &Timeline,
    first_hour: usize,
    root: Stream,
) -> Result<Hospital, AssemblyError> {
    let holder = pack.trusts().len() + provider;
    let name = &pack.elective_providers()[provider].name;
    let nobody = || demand_for(name, timeline, &[], &profiles::walk_ins(), None, root);
    let case_mix = CaseMix {
        ambulance_acuity: [0.0; 3],
        walk_in_acuity: [0.0; 3],
        child_share: 0.0,
        ambulance_child_share: 0.0,
        adult_admitted: Vec::new(),
        adult_overnight: Vec::new(),
        same_day_share: 0.0,
        critical_care: 0.0,
        child_admitted: 0.0,
        child_overnight: 0.0,
        surgical_share: 0.0,
        pathway_shares: [0.0; 3],
        process_delay_share: 0.0,
        process_delay_days: Distribution::NOTHING,
        virtual_ward_share: 0.0,
        virtual_ward_after: 1.0,
        virtual_ward_days_per_day_saved: 1.0,
        step_up_share: 0.0,
        step_up_days: 0.0,
        step_up_admissions_per_admission_avoided: 1.0,
        readmitted_share: 0.0,
        readmission_days: Distribution::NOTHING,
    };
    let (elective, diagnostics) = elective(pack, holder, 0.0, timeline, 1.0, 0.0, root)?;
    Ok(Hospital {
        ed: EmergencyDepartment::new(EmergencyConfig::none(), first_hour),
        wards: Wards::new(ward(pack, stays.of_england(), 0.0)?),
        elective,
        diagnostics,
        case_mix: Arc::new(case_mix),
        care_system: None,
        beds_by_month: Arc::new(vec![BedsOpen::default(); timeline.months.len()]),
        ring_fence_share: 0.0,
        unusable_share: 0.0,
        surgical_bed_share: 0.0,
        unstaffed_share: 0.0,
        adult_beds_counted: 0,
        added_beds: 0.0,
        added_staffed_beds: 0.0,
        escalation_share: 0.0,
        escalation_asked: false,
        infection_by_month: Arc::default(),
        ready_to_leave: 0,
        ready_by_pathway: [0; 4],
        left_today: 0,
        sent_to_urgent_treatment: 0.0,
        walk_ins: nobody()?,
        urgent_treatment: nobody()?,
        direct_adults: nobody()?,
        direct_children: nobody()?,
    })
}
