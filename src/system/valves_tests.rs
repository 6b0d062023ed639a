//! Without pressure valves queues grow as a fluid limit says they must; with them a shock fades.
//!
//! First one hospital of England alone: no ambulances, no department, no elective patients, only adults who
//! are admitted directly at a steady rate. Then one ambulance service with its hospital and nothing but its calls.

use super::assemble::{Timeline, assemble};
use super::capacity::{Capacity, CapacityPlan, CapacityStep};
use super::health_system::Demand;
use super::pack::{SystemPack, england};
use super::parameters::ProviderParameter;
use super::parts::Part;
use super::pressure::Switches;
use super::providers::TrustId;
use super::running::RunningSystem;
use crate::care::ambulance::Category;
use crate::care::ward::{BedKind, Wards};
use crate::random::Stream;
use crate::random::arrivals::{Arrivals, RateProfile};
use crate::units::{Month, Span, Time, date};

const TRUST: &str = "RH8";

/// England without elective patients in beds, readmission, flu, and delays on the way out.
fn bare_pack() -> SystemPack {
    let pack = england();
    let off = [
        "elective.overnight_share",
        "ward.ring_fence_share",
        "ward.readmitted_share",
        "infection.share_that_acts",
        "discharge.pathway_1_share",
        "discharge.pathway_2_share",
        "discharge.pathway_3_share",
    ];
    let mut parameters = pack.parameters().clone();
    for key in off {
        parameters = parameters.with(key, 0.0).unwrap();
    }
    let remaining = ProviderParameter::RemainingNotMeetingCriteria;
    let none = vec![0.0; parameters.by_provider(remaining).len()];
    pack.with_parameters(parameters.with_by_provider(remaining, none).unwrap())
}

const NOBODY: [f64; 5] = [0.0; 5];

/// This many a day in each month, at all hours alike.
pub(super) fn steady_demand(timeline: &Timeline, a_day: [f64; 5], stream: Stream) -> Demand {
    let months = timeline.months.iter().zip(a_day);
    let volumes: Vec<f64> = months.map(|(month, n)| n * f64::from(month.days())).collect();
    let profile = RateProfile::monthly(timeline.calendar, &volumes, &[1.0; 168]).unwrap();
    Demand::new(Arrivals::new(profile, None, stream.at(0)), stream.at(1))
}

/// One trust from January to May 2023 with this many admissions a day in each month.
fn hospital(pack: &SystemPack, switches: Switches, a_day: [f64; 5], seed: u64) -> RunningSystem {
    let trust = pack.trusts().iter().position(|trust| trust.code.as_str() == TRUST).unwrap();
    let care_system = pack.trusts()[trust].care_system.index();
    let part = Part { trusts: vec![trust], care_systems: vec![care_system], ..Part::default() };
    let timeline = Timeline::new(pack, Month::of(date(2023, 1, 1)), Month::of(date(2023, 5, 1)));
    let root = Stream::of_seed(seed);
    let mut system = assemble(pack, &part, &timeline, switches, root).unwrap();
    let people = |a_day, kind| steady_demand(&timeline, a_day, root.at(kind));
    let only = &mut system.system_mut().hospitals[0];
    // as many beds in every month as in the first
    let months = std::sync::Arc::make_mut(&mut only.beds_by_month);
    let first = months[0];
    months.fill(first);
    only.direct_adults = people(a_day, 101);
    (only.walk_ins, only.direct_children) = (people(NOBODY, 102), people(NOBODY, 103));
    system
}

fn emergencies_waiting(system: &mut RunningSystem, day: u64) -> f64 {
    let now = Time::ZERO + Span::DAY.times(day);
    system.run_until(now).unwrap();
    assert_eq!(system.audit(), Ok(()));
    system.system().hospitals[0].wards.emergencies_waiting() as f64
}

fn beds(system: &RunningSystem, of: fn(&Wards, BedKind) -> u32) -> f64 {
    let wards = &system.system().hospitals[0].wards;
    f64::from(BedKind::EMERGENCY.iter().map(|&kind| of(wards, kind)).sum::<u32>())
}

/// Mean over the hours of days 60 to 144, twelve weeks, of beds taken and of beds open.
fn beds_taken_and_open(system: &mut RunningSystem) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for hour in 60 * 24..144 * 24 {
        system.run_until(Time::ZERO + Span::HOUR.times(hour)).unwrap();
        sums[0] += beds(system, Wards::taken);
        sums[1] += beds(system, Wards::beds);
    }
    sums.map(|sum| sum / (84.0 * 24.0))
}

/// Mean time for which a bed is taken, cleaning included \[d\]: Little's law where nobody waits.
fn days_a_bed_is_taken(pack: &SystemPack, a_day: f64, seed: u64) -> f64 {
    let mut ample = hospital(pack, Switches::all_off(), [a_day; 5], seed);
    let trust = TrustId(pack.trusts().iter().position(|trust| trust.code.as_str() == TRUST).unwrap() as u16);
    let more = |capacity| CapacityStep { from: date(2023, 1, 1), capacity, added: 3_000.0 };
    ample.apply(&CapacityPlan::of([more(Capacity::AdultBeds(trust)), more(Capacity::StaffedBeds(trust))]));
    beds_taken_and_open(&mut ample)[0] / a_day
}

/// The t-value of the mean of `values` against zero.
pub(super) fn t(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    mean / (variance / n).sqrt()
}

/// Fluid limit of an overloaded many-server queue: with every bed taken, patients leave at
/// `beds / time a bed is taken`, and the queue grows by admissions less that. Twelve seeds; |t| at most
/// 4.44 with 11 degrees of freedom (two-sided 0.001).
#[test]
fn without_valves_the_queue_for_beds_grows_as_it_must() {
    let pack = bare_pack();
    let a_day = 150.0;
    let (mut excess, mut growths) = (Vec::new(), Vec::new());
    for seed in 0..12 {
        let days = days_a_bed_is_taken(&pack, a_day, 100 + seed);
        let mut short = hospital(&pack, Switches::all_off(), [a_day; 5], seed);
        let from = emergencies_waiting(&mut short, 60);
        let [taken, open] = beds_taken_and_open(&mut short);
        assert!((taken / open - 1.0).abs() < 0.005, "{taken} of {open} beds taken");
        let until = emergencies_waiting(&mut short, 144);
        let growth = (until - from) / 84.0;
        let expected = a_day - open / days;
        growths.push(growth / a_day);
        excess.push(growth - expected);
    }
    let mean = growths.iter().sum::<f64>() / 12.0;
    assert!((0.03..0.6).contains(&mean), "the hospital is not overloaded: {mean}");
    assert!(t(&excess).abs() < 4.44, "growth less that of the fluid limit: t = {}, {excess:?}", t(&excess));
}

/// In February three fifths more patients than beds can take, then as before: the queue that is left behind
/// is gone by the end of April: less than a tenth of it, over twelve seeds. The same people come in both
/// runs until the shock. At its end t is above 4.44 with 11 degrees of freedom (one-sided 0.0005).
#[test]
fn with_valves_a_shock_of_four_weeks_fades() {
    let pack = bare_pack();
    let days = days_a_bed_is_taken(&pack, 60.0, 7);
    let mut probe = hospital(&pack, Switches::all_on(), [1.0; 5], 0);
    emergencies_waiting(&mut probe, 1);
    let most = beds(&probe, Wards::beds) / days;
    let steady = [0.92 * most; 5];
    let shock = [0.92 * most, 1.6 * most, 0.92 * most, 0.92 * most, 0.92 * most];
    let (mut at_the_end, mut later) = (Vec::new(), Vec::new());
    for seed in 0..12 {
        let mut usual = hospital(&pack, Switches::all_on(), steady, seed);
        let mut shocked = hospital(&pack, Switches::all_on(), shock, seed);
        let mut difference =
            |day| emergencies_waiting(&mut shocked, day) - emergencies_waiting(&mut usual, day);
        at_the_end.push(difference(31 + 28));
        later.push(difference(31 + 28 + 56));
    }
    assert!(t(&at_the_end) > 4.44, "{at_the_end:?}");
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    assert!(sum(&later) < 0.1 * sum(&at_the_end), "{later:?} after {at_the_end:?}");
}

const SERVICE: &str = "R1F";

/// The Isle of Wight's ambulance service and hospital from January to May 2023 with this many C3 incidents a
/// day in each month, and nobody else.
fn ambulances(pack: &SystemPack, switches: Switches, a_day: [f64; 5], seed: u64) -> RunningSystem {
    let code = SERVICE.parse().unwrap();
    let service = pack.ambulance_service_id(code).unwrap().index();
    let trust = pack.trust_id(code).unwrap().index();
    let care_system = pack.trusts()[trust].care_system.index();
    let part = Part {
        services: vec![service],
        trusts: vec![trust],
        care_systems: vec![care_system],
        ..Part::default()
    };
    let timeline = Timeline::new(pack, Month::of(date(2023, 1, 1)), Month::of(date(2023, 5, 1)));
    let root = Stream::of_seed(seed);
    let mut system = assemble(pack, &part, &timeline, switches, root).unwrap();
    let people = |a_day, kind| steady_demand(&timeline, a_day, root.at(kind));
    let parts = system.system_mut();
    for category in Category::ALL {
        let of_category = if category == Category::C3 { a_day } else { NOBODY };
        parts.incidents[0][category.index()] = people(of_category, 201 + category.index() as u64);
    }
    let hospital = &mut parts.hospitals[0];
    (hospital.walk_ins, hospital.urgent_treatment) = (people(NOBODY, 211), people(NOBODY, 212));
    (hospital.direct_adults, hospital.direct_children) = (people(NOBODY, 213), people(NOBODY, 214));
    system
}

fn calls_waiting(system: &mut RunningSystem, day: u64) -> f64 {
    system.run_until(Time::ZERO + Span::DAY.times(day)).unwrap();
    assert_eq!(system.audit(), Ok(()));
    system.system().crews[0].units().queue().len() as f64
}

/// Calls a day that the crews complete when the stack is never empty: twelve weeks, one long run.
fn most_calls_a_day(pack: &SystemPack) -> f64 {
    let a_day = 600.0;
    let mut flooded = ambulances(pack, Switches::all_off(), [a_day; 5], 1_000);
    let from = calls_waiting(&mut flooded, 28);
    a_day - (calls_waiting(&mut flooded, 28 + 84) - from) / 84.0
}

/// Fluid limit of the stack: calls come at `λ` a day and leave at `μ`, whatever `λ` is, so that the stack grows by
/// `λ - μ`; between two rates beyond `μ` growth differs by what the rates differ by. Twelve seeds; |t| at most
/// 4.44 with 11 degrees of freedom (two-sided 0.001).
#[test]
fn without_valves_the_stack_of_calls_grows_as_it_must() {
    let pack = bare_pack();
    let most = most_calls_a_day(&pack);
    let rates = [1.3 * most, 1.7 * most];
    let (mut slow, mut excess) = (Vec::new(), Vec::new());
    for seed in 0..12 {
        let growth = rates.map(|a_day| {
            let mut system = ambulances(&pack, Switches::all_off(), [a_day; 5], seed);
            let from = calls_waiting(&mut system, 28);
            (calls_waiting(&mut system, 28 + 84) - from) / 84.0
        });
        slow.push(growth[0]);
        excess.push(growth[1] - growth[0] - (rates[1] - rates[0]));
    }
    assert!(t(&slow) > 4.44, "the stack does not grow: {slow:?}");
    assert!(t(&excess).abs() < 4.44, "growth less that of the fluid limit: t = {}, {excess:?}", t(&excess));
}

/// In February four fifths more calls than the crews can take, otherwise two thirds of it: of the stack that is left
/// behind more than a quarter is still there a week later, and it is gone after four: less than a tenth of it, over
/// twelve seeds. At its end t is above 4.44 with 11 degrees of freedom (one-sided 0.0005).
#[test]
fn with_valves_the_stack_of_calls_fades_after_a_shock() {
    let pack = bare_pack();
    let most = most_calls_a_day(&pack);
    let steady = [0.67 * most; 5];
    let shock = [0.67 * most, 1.8 * most, 0.67 * most, 0.67 * most, 0.67 * most];
    let (mut at_the_end, mut later) = (Vec::new(), Vec::new());
    for seed in 0..12 {
        let mut usual = ambulances(&pack, Switches::all_on(), steady, seed);
        let mut shocked = ambulances(&pack, Switches::all_on(), shock, seed);
        let mut difference = |day| calls_waiting(&mut shocked, day) - calls_waiting(&mut usual, day);
        at_the_end.push(difference(31 + 28));
        later.push(difference(31 + 28 + 28));
    }
    assert!(t(&at_the_end) > 4.44, "{at_the_end:?}");
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    assert!(sum(&later) < 0.1 * sum(&at_the_end), "{later:?} after {at_the_end:?}");
}
