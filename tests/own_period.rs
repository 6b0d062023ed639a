//! A pack for another period can be put in the place of England's with no change of code.

#![allow(clippy::expect_used, clippy::unwrap_used)]

#[path = "../examples/own_period.rs"]
mod example;

use nhs_capacity::prelude::*;
use nhs_capacity::system::pack::Driver;
use nhs_capacity::system::parameters::ProviderParameter;
use std::path::Path;

#[test]
fn a_pack_for_another_period_reads_and_its_figures_follow_the_rules_it_was_made_by() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-period");
    example::write_pack(&folder, 1.05).unwrap();
    let pack = SystemPack::from_folder(&folder).unwrap_or_else(|error| panic!("{error}"));
    let england = england();
    assert_eq!((pack.first_month().to_string(), pack.months().count()), ("2023-04".to_owned(), 3));
    assert_eq!(pack.drivers().starting_month().to_string(), "2023-03");
    let (now, then) = (
        pack.drivers().monthly(Driver::AttendancesType1, 0),
        england.drivers().monthly(Driver::AttendancesType1, 0),
    );
    assert!((now[1] / then[1] - 1.05).abs() < 1e-6);
    let beds =
        |pack: &SystemPack, month: usize| pack.drivers().monthly(Driver::AdultGaBedsAvailable, 5)[month];
    assert_eq!(beds(&pack, 0), beds(&england, 11));
    // patients in beds are those of March, not of the summer before
    let in_beds = |pack: &SystemPack| {
        pack.parameters().by_provider(ProviderParameter::AdultGaOccupiedBeds).iter().sum::<f64>()
    };
    let march = "2023-03".parse().unwrap();
    let published = england.observed().get("England", "sitrep_adult_ga_beds_occupied", march).unwrap();
    // the pack's acute trusts have 98.7% of England's
    assert!((in_beds(&pack) / published - 0.987).abs() < 0.001, "{} of {published}", in_beds(&pack));
    assert!(in_beds(&england) < 0.96 * published);
    let list = |pack: &SystemPack| {
        (0..121).map(|h| pack.drivers().starting(Driver::StartingListTotal, h)).sum::<f64>()
    };
    let published =
        england.observed().get("England", "waiting_list_total_est", "2023-03".parse().unwrap()).unwrap();
    assert!((list(&pack) / published - 1.0).abs() < 0.02, "{} against {published}", list(&pack));

    // and it runs: one care system in May, which England's pack knows nothing of
    let in_may = |pack| {
        let may = date(2023, 5, 1)..=date(2023, 5, 31);
        Study::new(pack).place("QHL").period(may).replications(1).scenario("as it was", []).run()
    };
    let results = in_may(pack).unwrap();
    let months: Vec<String> = results.months().iter().map(ToString::to_string).collect();
    assert_eq!(months, ["2023-05"]);
    let occupancy = results.estimate("as it was", Measure::AdultOccupancy, Area::England, None).unwrap().mean;
    assert!((0.88..1.0).contains(&occupancy), "{occupancy}");
    assert!(in_may(england).unwrap_err().to_string().contains("2023-05"));
}
