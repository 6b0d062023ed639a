//! The workloads as data. A described network has no notion of "so many patients": arrivals in the
//! time in which so many are expected are followed until the last of them has left.

use super::{Answer, Chain, OneStation, W3, Workload};
use nhs_capacity::network::{
    ArrivalSpec, ClassSpec, Discipline, DistributionSpec, Network, NetworkError, NetworkSpec, OnFull,
    Results, Run, StationSpec, TimeUnit,
};
use std::error::Error;

/// The network, checked.
pub fn network(workload: Workload) -> Result<Network, NetworkError> {
    let spec = NetworkSpec::new(TimeUnit::Hour);
    match workload.one_station() {
        Some(OneStation { servers, rate, service_cv }) => {
            let service = match service_cv {
                None => DistributionSpec::exponential(1.0),
                Some(cv) => DistributionSpec::lognormal(1.0, cv),
            };
            spec.with_class(ClassSpec::new("patient").with_arrivals(ArrivalSpec::poisson(rate)))
                .with_station(StationSpec::new("ward").with_servers(servers).with_service(service))
        }
        None => {
            let class = |name: &str, priority, share: f64| {
                let arrivals = ArrivalSpec::poisson(W3.rate * share);
                ClassSpec::new(name).with_priority(priority).with_arrivals(arrivals)
            };
            let bay = StationSpec::new("bay")
                .with_servers(W3.bays)
                .with_discipline(Discipline::Priority)
                .with_service(DistributionSpec::exponential(W3.bay_mean))
                .with_next("bed", 1.0);
            let bed = StationSpec::new("bed")
                .with_servers(W3.beds)
                .with_discipline(Discipline::Priority)
                .with_waiting_room(0)
                .with_on_full(OnFull::Block)
                .with_service(DistributionSpec::lognormal(W3.stay_mean, W3.stay_sd));
            spec.with_class(class("high", 1, W3.share_high))
                .with_class(class("low", 2, 1.0 - W3.share_high))
                .with_station(bay)
                .with_station(bed)
        }
    }
    .check()
}

/// Runs one replication.
pub fn run(
    network: &Network,
    workload: Workload,
    patients: u64,
    seed: u64,
    replication: u64,
) -> Result<Answer, Box<dyn Error>> {
    let rate = workload.one_station().map_or(W3.rate, |station| station.rate);
    let run = Run::new(0.0, patients as f64 / rate).with_seed(seed).with_replication(replication);
    let results = network.run(&run)?;
    answer(workload, &results).ok_or_else(|| "a run too short to have measured anything".into())
}

fn answer(workload: Workload, results: &Results) -> Option<Answer> {
    let done = results.classes.iter().map(|class| class.cohort_left.iter().sum::<u64>()).sum();
    if workload != Workload::W3 {
        return Some(Answer { done, wait: results.mean_wait("patient", "ward")?, chain: None });
    }
    let classes = ["high", "low"];
    // over everybody: sums and counts of both classes together
    let total = |get: &dyn Fn(&str) -> Option<(u128, u64)>| -> Option<f64> {
        let parts = classes.iter().map(|class| get(class)).collect::<Option<Vec<_>>>()?;
        let sum = results.units(parts.iter().map(|part| part.0).sum());
        let count: u64 = parts.iter().map(|part| part.1).sum();
        (count > 0).then(|| sum / count as f64)
    };
    let wait = total(&|class| {
        let waits = &results.visit(class, "bay")?.waits;
        Some((waits.sum(), waits.count()))
    })?;
    let stay = total(&|class| {
        let times = &results.class(class)?.total_times;
        Some((times.sum(), times.count()))
    })?;
    let chain = Chain {
        ed_hi: results.mean_wait("high", "bay")?,
        ed_lo: results.mean_wait("low", "bay")?,
        board_hi: results.mean_wait("high", "bed")?,
        board_lo: results.mean_wait("low", "bed")?,
        stay,
    };
    Some(Answer { done, wait, chain: Some(chain) })
}
