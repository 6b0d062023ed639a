//! The whole system: nobody is lost, the same question gives the same bytes, levers do what they say.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use nhs_capacity::care::Order;
use nhs_capacity::experiment::{Results, Study};
use nhs_capacity::policy::{
    Beds, DiagnosticCentres, DischargeFund, EdStaffing, Halos, IndependentSector, IntelligentRouting, Lever,
    LongWaits, TheatreProductivity, UrgentTreatmentRedirection, Validation, VirtualOutpatients,
};
use nhs_capacity::random::Stream;
use nhs_capacity::scenario::Scenario;
use nhs_capacity::system::assemble::{Timeline, assemble};
use nhs_capacity::system::capacity::CapacityPlan;
use nhs_capacity::system::measures::Measure;
use nhs_capacity::system::outcome::Area;
use nhs_capacity::system::pack::{SystemPack, england};
use nhs_capacity::system::parts::{Part, parts};
use nhs_capacity::system::pressure::{Switches, Valve};
use nhs_capacity::system::running::RunningSystem;
use nhs_capacity::system::statistics::HospitalMonth;
use nhs_capacity::units::money::gbp;
use nhs_capacity::units::{Month, Span, Time, date};

fn october() -> Study<'static> {
    Study::new(england())
        .period(date(2022, 10, 1)..=date(2022, 10, 31))
        .warm_up_months(0)
        .replications(1)
        .scenario("as it was", [])
}

/// Every value of every measure and area, bit for bit.
fn bits(results: &Results, scenario: &str) -> Vec<(&'static str, String, Option<u64>)> {
    let mut all = Vec::new();
    for &measure in Measure::ALL {
        for area in results.areas() {
            let values = results.replicated(scenario, measure, area, None).unwrap();
            let code = || area.code(results.pack());
            all.extend(values.iter().map(|value| (measure.name(), code(), value.map(f64::to_bits))));
        }
    }
    all
}

fn assert_same_bytes(left: &Results, left_scenario: &str, right: &Results, right_scenario: &str) {
    let (left, right) = (bits(left, left_scenario), bits(right, right_scenario));
    assert_eq!(left.len(), right.len());
    let differing: Vec<_> = left.iter().zip(&right).filter(|(a, b)| a != b).take(3).collect();
    assert!(differing.is_empty(), "{differing:?}");
}

fn south_west_part(pack: &SystemPack) -> Part {
    part_of_service(pack, "RYF")
}

fn part_of_service(pack: &SystemPack, code: &str) -> Part {
    let is_there =
        |part: &Part| part.services.iter().any(|&s| pack.ambulance_services()[s].code.as_str() == code);
    parts(pack).into_iter().find(is_there).expect("every service is in a part")
}

/// The hospitals of the South West after three weeks of December with a lever, books checked.
fn three_weeks_with(lever: Option<Lever>) -> Vec<HospitalMonth> {
    let pack = england();
    let (mut simulation, _) = south_west(Switches::all_on());
    if let Some(lever) = lever {
        let plan = CapacityPlan::of(lever.steps(&pack).unwrap());
        simulation.apply(&plan);
    }
    let end = Time::ZERO + Span::DAY.times(21);
    simulation.run_until(end).unwrap();
    assert_eq!(simulation.audit(), Ok(()));
    simulation.statistics().hospitals[0].clone()
}

fn south_west(switches: Switches) -> (RunningSystem, Timeline) {
    december_in(&south_west_part(&england()), switches)
}

fn december_in(part: &Part, switches: Switches) -> (RunningSystem, Timeline) {
    let pack = england();
    let month = Month::of(date(2022, 12, 1));
    let timeline = Timeline::new(&pack, month, month);
    let simulation = assemble(&pack, part, &timeline, switches, Stream::of_seed(1)).unwrap();
    (simulation, timeline)
}

#[test]
fn every_place_has_its_patient_on_every_day() {
    let (mut simulation, _) = south_west(Switches::all_on());
    for hour in (0..31 * 24).step_by(7) {
        let now = Time::ZERO + Span::HOUR.times(hour);
        simulation.run_until(now).unwrap();
        assert_eq!(simulation.audit(), Ok(()), "hour {hour}");
    }
    assert!(simulation.events() > 500_000);
}

#[test]
fn nobody_is_lost_with_every_valve_off() {
    let (mut simulation, _) = south_west(Switches::all_off());
    let now = Time::ZERO + Span::DAY.times(28);
    simulation.run_until(now).unwrap();
    assert_eq!(simulation.audit(), Ok(()));
}

/// Without valves nobody goes away, so more wait.
#[test]
fn valves_keep_queues_shorter() {
    let calls_waiting = |switches| {
        let (mut simulation, _) = south_west(switches);
        let mut waiting = 0;
        for day in 10..30 {
            simulation.run_until(Time::ZERO + Span::DAY.times(day) + Span::HOUR.times(20)).unwrap();
            waiting += simulation.calls_waiting().sum::<usize>();
        }
        waiting
    };
    let (with, without) = (calls_waiting(Switches::all_on()), calls_waiting(Switches::all_off()));
    assert!(with < without, "{with} with valves, {without} without");
}

#[test]
fn parts_share_no_provider_and_leave_none_out() {
    let pack = england();
    let all = parts(&pack);
    let count = |of: fn(&nhs_capacity::system::parts::Part) -> &Vec<usize>| {
        let mut ids: Vec<usize> = all.iter().flat_map(|part| of(part).clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        (ids.len(), all.iter().map(|part| of(part).len()).sum::<usize>())
    };
    assert_eq!(count(|part| &part.services), (11, 11));
    assert_eq!(count(|part| &part.trusts), (120, 120));
    assert_eq!(count(|part| &part.care_systems), (42, 42));
    for part in &all {
        for &trust in &part.trusts {
            let record = &pack.trusts()[trust];
            assert!(part.services.contains(&record.ambulance_service.index()));
            assert!(part.care_systems.contains(&record.care_system.index()));
        }
    }
}

#[test]
fn one_two_and_eight_threads_give_the_same_bytes() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let study = october().scenario("beds", [Beds::added(3_000).open_by(date(2022, 10, 15)).into()]);
        pool.install(|| study.run()).unwrap()
    };
    let one = on(1);
    for threads in [2, 8] {
        let several = on(threads);
        assert_same_bytes(&one, "as it was", &several, "as it was");
        assert_same_bytes(&one, "beds", &several, "beds");
        assert_eq!(one.events(), several.events());
    }
}

/// The fund buys a millionth of a place: its events happen, its places round to none; and so on.
#[test]
fn a_lever_without_effect_changes_no_byte() {
    let nothing = DischargeFund::of(gbp(0.01))
        .tranches([nhs_capacity::policy::discharge_fund::Tranche { from: date(2022, 10, 1), share: 1.0 }])
        .recruitment_lag_days(7);
    // changes that happen, too small for one place, one shift or one person
    let from = date(2022, 10, 1);
    let no_shift = EdStaffing::recruited(0.001).between(from, from);
    let nobody_sent = UrgentTreatmentRedirection::of(1e-12).between(from, from);
    let nowhere = IntelligentRouting::of(1e-12).starting(from);
    let no_place = Halos::on_duty(0.001).between(from, from);
    let levers = [nothing.into(), no_shift.into(), nobody_sent.into(), nowhere.into(), no_place.into()];
    let results = october().scenario("nothing", levers).run().unwrap();
    assert_same_bytes(&results, "as it was", &results, "nothing");
}

#[test]
fn a_copied_run_equals_one_from_the_start() {
    let late = || Beds::added(3_000).opens_from(date(2022, 10, 20)).open_by(date(2022, 10, 20)).into();
    let early = Beds::added(5).opens_from(date(2022, 10, 2)).open_by(date(2022, 10, 2)).into();
    let alone = Study::new(england())
        .period(date(2022, 10, 1)..=date(2022, 10, 31))
        .warm_up_months(0)
        .replications(1)
        .scenario("late", [late()])
        .run()
        .unwrap();
    let beside = october().scenario("early", [early]).scenario("late", [late()]).run().unwrap();
    assert_same_bytes(&alone, "late", &beside, "late");
}

#[test]
fn beds_added_are_beds_open_and_people_are_the_same() {
    let beds = Beds::added(4_000).opens_from(date(2022, 10, 1)).open_by(date(2022, 10, 1));
    let results = october().scenario("beds", [beds.into()]).run().unwrap();
    let change = |measure| {
        results.difference("as it was", "beds", measure, Area::England, None).unwrap().estimate.mean
    };
    let open = change(Measure::AdultBedsOpen);
    // each trust rounds to whole beds, and escalation beds close
    assert!((3_300.0..4_100.0).contains(&open), "{open}");
    assert!(change(Measure::Boarders) < 0.0);
    assert!(change(Measure::WaitsOver12Hours) < 0.0);
}

/// Children's hospitals see few adults, and a child is not taken away from one.
#[test]
fn crews_are_diverted_to_less_crowded_hospitals_but_not_to_those_of_children() {
    let pack = england();
    let part = part_of_service(&pack, "RX7");
    let diverted = |switches| -> Vec<(&str, u64)> {
        let (mut simulation, _) = december_in(&part, switches);
        simulation.run_until(Time::ZERO + Span::DAY.times(21)).unwrap();
        let hospitals = &simulation.statistics().hospitals[0];
        let codes = part.trusts.iter().map(|&trust| pack.trusts()[trust].code.as_str());
        codes.zip(hospitals.iter().map(|month| month.diverted_here)).collect()
    };
    let with = diverted(Switches::all_on());
    assert!(with.iter().map(|(_, number)| number).sum::<u64>() > 50, "{with:?}");
    assert!(with.contains(&("RBS", 0)), "Alder Hey: {with:?}");
    let without = diverted(Switches::all_on().without(Valve::Divert));
    assert!(without.iter().all(|&(_, number)| number == 0), "{without:?}");
}

/// Each lever of the front door does what its mechanism says, to the same people.
#[test]
fn levers_of_the_front_door_work_where_they_say() {
    let sum = |hospitals: &[HospitalMonth], of: fn(&HospitalMonth) -> f64| -> f64 {
        hospitals.iter().map(of).sum()
    };
    let as_it_was = three_weeks_with(None);
    let lost = |hospitals: &[HospitalMonth]| sum(hospitals, |h| h.handover_hours_lost);
    let other_types = |hospitals: &[HospitalMonth]| sum(hospitals, |h| h.attendances_other_types as f64);
    assert_eq!(sum(&as_it_was, |h| h.handed_to_cohort as f64), 0.0);
    assert_eq!(sum(&as_it_was, |h| h.sent_to_urgent_treatment as f64), 0.0);
    assert_eq!(sum(&as_it_was, |h| h.redirected_here as f64), 0.0);

    let from = date(2022, 12, 1);
    let halos = three_weeks_with(Some(Halos::on_duty(240).between(from, from).into()));
    assert!(sum(&halos, |h| h.handed_to_cohort as f64) > 100.0);
    assert!(lost(&halos) < lost(&as_it_was), "{} against {}", lost(&halos), lost(&as_it_was));

    let routing =
        three_weeks_with(Some(IntelligentRouting::of(0.3).limit_minutes(30.0).starting(from).into()));
    assert!(sum(&routing, |h| h.redirected_here as f64) > 0.0);

    let sent = three_weeks_with(Some(UrgentTreatmentRedirection::of(0.3).between(from, from).into()));
    let moved = sum(&sent, |h| h.sent_to_urgent_treatment as f64);
    assert!(moved > 1_000.0);
    // who comes on their own is the same: the centres have those sent more, to the last one
    assert_eq!(other_types(&sent) - other_types(&as_it_was), moved);

    let staff = three_weeks_with(Some(EdStaffing::recruited(5_000).between(from, from).into()));
    let unseen = |hospitals: &[HospitalMonth]| sum(hospitals, |h| h.left_unseen as f64);
    assert!(unseen(&staff) < unseen(&as_it_was));
}

/// With cancellations for want of a bed, too: nobody joins or leaves a list uncounted.
#[test]
fn pathways_are_conserved_month_by_month_at_every_provider() {
    let results = Study::new(england())
        .place("QE1")
        .period(date(2022, 10, 1)..=date(2022, 12, 31))
        .replications(1)
        .scenario("as it was", [])
        .run()
        .unwrap();
    let (mut cancelled, mut providers) = (0.0, 0);
    for area in results.areas().into_iter().filter(|area| matches!(area, Area::Hospital(_))) {
        for months in results.months().windows(2) {
            let of = |measure, month| results.estimate("as it was", measure, area, Some(month)).unwrap().mean;
            let now = |measure| of(measure, months[1]);
            let left = now(Measure::CompletedAdmitted)
                + now(Measure::CompletedNonadmitted)
                + now(Measure::RemovedUntreated);
            let expected = of(Measure::WaitingList, months[0]) + now(Measure::ClockStarts) - left;
            assert_eq!(now(Measure::WaitingList), expected, "{area:?} {}", months[1]);
            cancelled += now(Measure::CancelledForBeds);
        }
        providers += 1;
    }
    assert!(cancelled > 0.0 && providers == 4, "{cancelled} at {providers}");
}

/// Levers of planned care act in the whole system as they do in planned care alone.
#[test]
fn levers_of_planned_care_work_in_the_whole_system() {
    let from = date(2022, 12, 1);
    let levers: [(&str, Lever); 6] = [
        ("theatres", TheatreProductivity::more(0.1).between(from, from).into()),
        ("independent", IndependentSector::bought(9_000.0).between(from, from).into()),
        ("attendances", VirtualOutpatients::moved(0.1).time_saved_share(0.9).between(from, from).into()),
        ("validated", Validation::of(500_000.0).between(from, date(2023, 2, 28)).into()),
        ("tests", DiagnosticCentres::opened(300.0).between(from, from).ramp_days(0).into()),
        ("order", LongWaits::effort(1.0).order(Order::LongestWait).from(from).into()),
    ];
    let scenarios = levers.map(|(name, lever)| Scenario::new(name, [lever]));
    // so that operations elsewhere fall into the month
    let pack = england().with_parameter("elective.independent_booking_days", 5.0).unwrap();
    let results = Study::new(pack)
        .place("QE1")
        .period(from..=date(2022, 12, 31))
        .replications(1)
        .with_scenarios(std::iter::once(Scenario::new("as it was", [])).chain(scenarios))
        .run()
        .unwrap();
    let change = |scenario: &str, measure| {
        let of = |scenario| results.estimate(scenario, measure, Area::England, None).unwrap().mean;
        of(scenario) / of("as it was") - 1.0
    };
    assert!(change("theatres", Measure::CompletedAdmitted) > 0.04);
    assert!(change("independent", Measure::CompletedAdmitted) > 0.04);
    assert!(change("attendances", Measure::CompletedNonadmitted) > 0.04);
    assert!(change("validated", Measure::RemovedUntreated) > 0.1);
    assert!(change("tests", Measure::TestsDone) > 0.05);
    assert!(change("tests", Measure::TestsWaiting) < -0.02);
    assert!(change("order", Measure::WaitingOver52) < -0.1);
    assert!(change("order", Measure::WaitingList).abs() < 0.005);
}

#[test]
fn wrong_questions_are_refused_with_everything_that_is_wrong() {
    let message = |study: Study| study.run().unwrap_err().to_string();
    let zero = message(october().replications(0));
    assert!(zero.contains("replications = 0, must be from 1 to 1,000"), "{zero}");
    let outside = message(october().period(date(2022, 10, 1)..=date(2023, 12, 31)));
    assert!(outside.contains("2022-10 to 2023-12: must lie within 2022-04 to 2023-03"), "{outside}");
    let backwards = message(october().period(date(2022, 12, 1)..=date(2022, 10, 31)));
    assert!(backwards.contains("must run from the first day"), "{backwards}");
    let twice = message(october().scenario("as it was", []));
    assert!(twice.contains("two scenarios are called 'as it was'"), "{twice}");
    let wrong = message(
        october()
            .replications(0)
            .scenario("x", [Beds::added(-7_000).into(), DischargeFund::of(gbp(f64::NAN)).into()]),
    );
    for part in ["replications = 0", "beds.added = -7000", "discharge_fund.pounds = NaN"] {
        assert!(wrong.contains(part), "{wrong}");
    }
    let none = message(Study::new(england()));
    assert!(none.contains("no scenario was given"), "{none}");
    let unknown = Scenario::from_toml("name = 'x'\n[more_beds]\nadded = 1", "plan.toml").unwrap_err();
    let known = nhs_capacity::policy::Lever::NAMES.join(", ");
    assert_eq!(unknown.to_string(), format!("plan.toml: unknown lever 'more_beds', must be one of {known}"));
}

/// The crews of a small island do not all stand at its one door for days: once half of them do, those overdue leave (rapid
/// release). C2 of the winter, three replications, with the rule and without.
#[test]
fn rapid_release_keeps_an_area_from_standing_at_one_door() {
    let c2 = |from: f64| {
        let pack = england().with_parameter("pressure.rapid_release_from", from).unwrap();
        let results = Study::new(pack)
            .place("trust R1F")
            .period(date(2022, 10, 1)..=date(2023, 3, 31))
            .replications(3)
            .scenario("as it was", [])
            .run()
            .unwrap();
        let all = results.replicated("as it was", Measure::ResponseC2, Area::England, None).unwrap();
        let values: Vec<f64> = all.into_iter().flatten().collect();
        values.iter().sum::<f64>() / values.len() as f64 / 60.0
    };
    let (with, without) = (c2(0.5), c2(1.0));
    assert!(without > 1.5 * with, "{with} and {without} min");
}
