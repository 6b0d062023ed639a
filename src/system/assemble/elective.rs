//! Waiting lists and their flows.

use super::{AssemblyError, StreamOf, Timeline, stream};
use crate::care::elective::{ElectiveConfig, ElectiveProvider, StartingList};
use crate::random::Stream;
use crate::system::pack::{Driver, SystemPack};

/// A provider's waiting list and flows. `holder` counts the trusts first, then the others.
pub(super) fn elective(
    pack: &SystemPack,
    holder: usize,
    overnight_share: f64,
    timeline: &Timeline,
    root: Stream,
) -> Result<ElectiveProvider, AssemblyError> {
    let p = &pack.parameters().elective;
    let weekdays = timeline.weekdays();
    let per_weekday = |driver| -> Vec<f64> {
        timeline.monthly(pack, driver, holder).iter().zip(&weekdays).map(|(n, days)| n / days).collect()
    };
    let starting = |driver| pack.drivers().starting(driver, holder);
    let total = starting(Driver::StartingListTotal);
    let list = StartingList {
        total,
        over: [
            total - starting(Driver::StartingListWithin18Weeks),
            starting(Driver::StartingListOver52Weeks),
            starting(Driver::StartingListOver65Weeks),
            starting(Driver::StartingListOver78Weeks),
            starting(Driver::StartingListOver104Weeks),
        ],
    };
    let config = ElectiveConfig {
        clock_starts_per_weekday: per_weekday(Driver::ClockStarts),
        admitted_per_weekday: per_weekday(Driver::TreatmentCapacityAdmitted),
        nonadmitted_per_weekday: per_weekday(Driver::TreatmentCapacityNonadmitted),
        removals_per_weekday: per_weekday(Driver::Removals),
        admitted_route_share: p.admitted_route_share.value,
        starting_admitted_route_share: p.starting_admitted_route_share.value,
        long_wait_share_of_removals: p.long_wait_share_of_removals.value,
        overnight_share,
        urgent_share: [p.urgent_admitted_share.value, p.urgent_nonadmitted_share.value],
        urgent_days_to_treatment: p.urgent_days_to_treatment.value as u16,
        longest_first_share: [p.longest_first_admitted_share.value, p.longest_first_nonadmitted_share.value],
    };
    Ok(ElectiveProvider::new(config, &list, stream(root, StreamOf::Elective, holder)))
}
