//! Ambulance services in the whole chain: units per incident, hours by activity, and levers that do
//! what their mechanism says.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use nhs_capacity::policy::{AmbulanceStaffing, AuxiliaryAmbulances, FallsResponse, HearAndTreatDesk, Lever};
use nhs_capacity::random::Stream;
use nhs_capacity::system::assemble::{Timeline, assemble};
use nhs_capacity::system::capacity::CapacityPlan;
use nhs_capacity::system::outcome::Counted;
use nhs_capacity::system::pack::{SystemPack, england};
use nhs_capacity::system::parts::parts;
use nhs_capacity::system::pressure::Switches;
use nhs_capacity::system::statistics::AmbulanceMonth;
use nhs_capacity::units::{Month, Span, Time, date};

/// The South West in September 2022 for some days, with a lever or none.
fn south_west(lever: Option<Lever>, days: u64) -> Counted {
    south_west_of(england(), lever, days)
}

fn south_west_of(pack: SystemPack, lever: Option<Lever>, days: u64) -> Counted {
    let month = Month::of(date(2022, 9, 1));
    let timeline = Timeline::new(&pack, month, month);
    let part = parts(&pack)
        .into_iter()
        .find(|part| part.services.iter().any(|&s| pack.ambulance_services()[s].code.as_str() == "RYF"))
        .expect("the South West is a part");
    let mut simulation = assemble(&pack, &part, &timeline, Switches::all_on(), Stream::of_seed(3)).unwrap();
    if let Some(lever) = lever {
        simulation.apply(&CapacityPlan::of(lever.steps(&pack).unwrap()));
    }
    let end = Time::ZERO + Span::DAY.times(days);
    simulation.run_until(end).unwrap();
    assert_eq!(simulation.audit(), Ok(()));
    simulation.finish()
}

fn counted(simulation: &Counted) -> &AmbulanceMonth {
    &simulation.statistics.ambulance[0][0]
}

/// Ratios as published (England, April to September 2022); binomial errors below 0.01 for C1.
#[test]
fn units_arrive_as_published_whatever_the_load() {
    let simulation = south_west(None, 20);
    let month = counted(&simulation);
    for (category, (published, tolerance)) in [(1.522, 0.04), (1.075, 0.01)].into_iter().enumerate() {
        let arrived = month.arrived[category] as f64 / month.responses[category] as f64;
        assert!((arrived - published).abs() < tolerance, "{category}: {arrived}");
        assert!(month.allocated[category] >= month.arrived[category]);
    }
    assert_eq!(month.diverted[0], 0);
    assert!(month.diverted[1] > 0);
}

/// What is allocated and does not arrive was diverted, taken over by a nearer crew or spare; nothing is taken over from a
/// crew that is on its way to C1, nor if nobody looks.
#[test]
fn units_that_do_not_arrive_are_diverted_taken_over_or_spare() {
    let count = |share| {
        let pack = england().with_parameter("ambulance.nearer_crew_share", share).unwrap();
        south_west_of(pack, None, 20)
    };
    let simulation = count(0.5);
    let month = counted(&simulation);
    for category in 0..5 {
        let gone = month.diverted[category] + month.taken_over[category];
        let spare = month.allocated[category] as i64 - (month.arrived[category] + gone) as i64;
        // spare at most as many as are wanted; those on their way at the end are neither
        let wanted = [0.6, 0.1, 0.15, 0.15, 0.15][category];
        let most = (month.responses[category] as f64 * (1.02 * wanted + 0.01)) as i64 + 40;
        assert!((0..most).contains(&spare), "{category}: {spare} of {}", month.responses[category]);
        assert_eq!(month.taken_over[category] > 0, category > 0, "{category}");
    }
    assert_eq!(counted(&count(0.0)).taken_over, [0; 5]);
}

fn works_from_the_first_day(name: &str) -> Lever {
    let (from, later) = (date(2022, 9, 1), date(2022, 9, 1));
    match name {
        "falls" => FallsResponse::reaching(0.5).between(from, later).into(),
        "more falls" => FallsResponse::reaching(0.9).between(from, later).into(),
        "auxiliary" => AuxiliaryAmbulances::hours_a_month(60_000.0).between(from, date(2022, 9, 30)).into(),
        "staff" => AmbulanceStaffing::recruits(1_050.0).training_days(0).between(from, later).into(),
        _ => HearAndTreatDesk::clinicians(60.0).between(from, later).into(),
    }
}

#[test]
fn calls_avoided_at_a_small_dose_are_avoided_at_a_larger_one() {
    let base = south_west(None, 10);
    let some = south_west(Some(works_from_the_first_day("falls")), 10);
    let more = south_west(Some(works_from_the_first_day("more falls")), 10);
    let (base, some, more) = (counted(&base), counted(&some), counted(&more));
    assert_eq!(base.incidents, some.incidents + some.avoided);
    assert_eq!(base.incidents, more.incidents + more.avoided);
    // 0.3 x 0.5 x 0.5 of C3 and C4 against 0.3 x 0.9 x 0.5
    let ratio = some.avoided as f64 / more.avoided as f64;
    assert!((ratio - 0.5 / 0.9).abs() < 0.06, "{ratio}");
}

#[test]
fn crews_and_clinicians_come_as_promised() {
    let base = south_west(None, 10);
    let unit_hours = |simulation: &Counted| counted(simulation).unit_hours;
    let share = {
        let pack = england();
        let position = pack.ambulance_services().iter().position(|s| s.code.as_str() == "RYF").unwrap();
        nhs_capacity::policy::services::over_services(&pack)[position]
    };
    let auxiliary = south_west(Some(works_from_the_first_day("auxiliary")), 10);
    let bought = 60_000.0 / (365.25 * 24.0 / 12.0) * share * 240.0;
    let added = unit_hours(&auxiliary) - unit_hours(&base);
    // overtime of the service's own crews may fall
    assert!((0.75 * bought..1.1 * bought).contains(&added), "{added} of {bought}");

    let staff = south_west(Some(works_from_the_first_day("staff")), 10);
    let present = 100.0 * share * 0.91 * 240.0;
    let added = unit_hours(&staff) - unit_hours(&base);
    assert!((0.6 * present..1.2 * present).contains(&added), "{added} of {present}");

    let desk = south_west(Some(works_from_the_first_day("desk")), 10);
    assert!(counted(&desk).reviews > counted(&base).reviews);
    assert!(counted(&desk).closed_by_phone_under_load > counted(&base).closed_by_phone_under_load);
}

/// A thousandth of a crew, clinician and call rounds to none.
#[test]
fn levers_of_no_size_change_nothing() {
    let base = south_west(None, 4);
    let from = date(2022, 9, 1);
    let levers: [Lever; 4] = [
        FallsResponse::reaching(1e-12).between(from, from).into(),
        AuxiliaryAmbulances::hours_a_month(1e-6).between(from, date(2022, 9, 30)).into(),
        AmbulanceStaffing::recruits(1e-6).training_days(0).between(from, from).into(),
        HearAndTreatDesk::clinicians(1e-9).between(from, from).into(),
    ];
    for lever in levers {
        let name = lever.name();
        let with = south_west(Some(lever), 4);
        assert!(with.statistics == base.statistics, "{name}");
    }
}
