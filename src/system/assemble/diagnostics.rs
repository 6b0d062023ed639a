//! Diagnostic tests of a provider: England's totals, spread by rule.

use super::Timeline;
use crate::care::diagnostics::{DiagnosticsConfig, Modality, ModalityConfig};
use crate::care::elective::FunctionShares;
use crate::system::pack::{Driver, SystemPack};
use crate::system::planned_care::{MIX, asked_from_list};

/// The months of the pack's totals have so many working days.
const WORKING_DAYS: f64 = 21.0;

/// Tests by modality. Only totals for England are published, so everything by provider is **assumed**: tests,
/// list and requests are spread by the clock starts of the provider, by modality as in [`MIX`]. `already`
/// are the patients of the waiting list who wait for a test; the rest of the list was sent by general
/// practice, and so are the requests that are needed for the balance.
pub(super) fn diagnostics(
    pack: &SystemPack,
    holder: usize,
    timeline: &Timeline,
    persons: f64,
    already: &[f64; Modality::COUNT],
) -> DiagnosticsConfig {
    let p = &pack.parameters().diagnostics;
    let e = &pack.parameters().elective;
    let starts_of = |holder: usize| pack.drivers().monthly(Driver::ClockStarts, holder).iter().sum::<f64>();
    let holders = pack.trusts().len() + pack.elective_providers().len();
    // England's tests are shared out over England, also when only a place is simulated
    let starts_in_all =
        |holder: usize| pack.whole().drivers().monthly(Driver::ClockStarts, holder).iter().sum::<f64>();
    let all: f64 = (0..holders).map(starts_in_all).sum();
    let share = starts_of(holder) / (all.max(1e-9) * persons);
    let monthly = |driver| timeline.monthly(pack, driver, holder);
    // first attendances after which a test is asked for, a working day, over the run
    let treated = monthly(Driver::TreatmentCapacityAdmitted).iter().sum::<f64>()
        + monthly(Driver::TreatmentCapacityNonadmitted).iter().sum::<f64>();
    let working_days: f64 = timeline.working_days().iter().sum();
    let from_list = treated / (working_days.max(1.0) * persons) * e.test_share.value;
    let asked = asked_from_list(&FunctionShares::england().within_18w);
    let months = timeline.months.len();
    let modalities = MIX.iter().zip(asked).zip(already).map(|((mix, asked), &already)| {
        let tests = p.tests_per_month.value * share * mix.tests / WORKING_DAYS;
        let emergency = tests * p.emergency_share.value;
        let general_practice =
            (tests * (1.0 + p.list_growth_share.value) - emergency - from_list * asked).max(0.0);
        let all_months = |value: f64| vec![value; months];
        ModalityConfig {
            machines: all_months(tests),
            staff: all_months(tests * p.staffed_share.value),
            emergency: all_months(emergency),
            general_practice: all_months(general_practice),
            waiting: (p.waiting_list.value * share * mix.list - already).max(0.0),
            waited_days: p.waited_days.value,
        }
    });
    DiagnosticsConfig { modalities: modalities.collect(), longest_first_share: p.longest_first_share.value }
}
