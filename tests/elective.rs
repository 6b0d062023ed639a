//! Planned care of England, run alone: the starting list, conservation, the league table.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use nhs_capacity::care::{Order, WeekBand};
use nhs_capacity::experiment::planned_care::{PlannedCareResults, PlannedCareStudy};
use nhs_capacity::policy::{DiagnosticCentres, IndependentSector, LongWaits, Validation};
use nhs_capacity::prelude::*;
use nhs_capacity::random::Stream;
use nhs_capacity::scenario::Scenario;
use nhs_capacity::system::capacity::CapacityPlan;
use nhs_capacity::system::pack::Driver;
use nhs_capacity::system::planned_care_alone::{Question, Row, starting_list, starting_list_by_provider};
use nhs_capacity::units::Month;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// A hundredth of England, to keep the test short.
fn study(last: &str) -> PlannedCareStudy {
    PlannedCareStudy::new(england(), month(last)).persons(100.0).replications(2)
}

fn scenario(name: &str, levers: impl IntoIterator<Item = Lever>) -> Scenario {
    Scenario::new(name, levers)
}

/// Every pathway of the published list has started, and it honours the published bands of August 2022.
#[test]
fn the_starting_list_is_the_published_one() {
    let pack = england();
    let question = Question {
        first: month("2022-09"),
        last: month("2022-09"),
        plan: CapacityPlan::default(),
        order: None,
        cut_off: None,
        promises_later_by: 0,
        choice: 0.0,
        persons: 1.0,
    };
    let start = starting_list(&pack, &question, Stream::of_seed(1)).unwrap();
    let by_provider = starting_list_by_provider(&pack, &question, Stream::of_seed(1)).unwrap();
    assert_eq!(by_provider.len(), 121);
    for (holder, list) in by_provider.iter().enumerate() {
        let given = |driver| pack.drivers().starting(driver, holder);
        let total = given(Driver::StartingListTotal);
        // rounded to whole pathways
        let pairs = [
            (list.total, total),
            (list.over[0], total - given(Driver::StartingListWithin18Weeks)),
            (list.over[1], given(Driver::StartingListOver52Weeks)),
            (list.over[2], given(Driver::StartingListOver65Weeks)),
            (list.over[3], given(Driver::StartingListOver78Weeks)),
            (list.over[4], given(Driver::StartingListOver104Weeks)),
        ];
        for (found, published) in pairs {
            assert!((found as f64 - published).abs() <= 1.0, "provider {holder}: {found} for {published}");
        }
    }
    let published = |metric: &str| pack.observed().get("England", metric, month("2022-08")).unwrap();
    let near = |value: u64, metric: &str, tolerance: f64| {
        let error = value as f64 / published(metric) - 1.0;
        assert!(error.abs() < tolerance, "{metric}: {value}, off by {error}");
    };
    // each of 121 providers rounds to whole pathways; Frimley's figures are those of June
    near(start.total, "waiting_list_total_est", 1e-4);
    near(start.total - start.over[0], "waiting_within_18w_est", 1e-3);
    near(start.over[1], "waiting_over_52w_est", 1e-3);
    near(start.over[2], "waiting_over_65w_est", 2e-3);
    near(start.over[3], "waiting_over_78w_est", 2e-3);
    near(start.over[4], "waiting_over_104w_est", 0.03);
    let weeks = |value: Option<f64>, metric: &str| (value.unwrap() - published(metric)).abs();
    assert!(weeks(start.median, "incomplete_median_weeks") < 0.3, "{:?}", start.median);
    assert!(weeks(start.p92, "incomplete_p92_weeks") < 0.3, "{:?}", start.p92);
    let decided = start.decided as f64 / start.total as f64;
    assert!((decided - 0.16).abs() < 0.005, "published for NHS trusts, April 2022: 0.1597, got {decided}");
}

#[test]
fn pathways_of_england_are_conserved_month_by_month() {
    let results = study("2022-12").run(&scenario("as it was", [])).unwrap();
    for months in &results.replications {
        for pair in months.windows(2) {
            let (before, now) = (&pair[0], &pair[1]);
            let c = now.england.counts;
            let out = c.admitted + c.nonadmitted + c.removed;
            assert_eq!(before.england.total + c.clock_starts, now.england.total + out, "{}", now.month);
            let of_holders: u64 = now.holders.iter().map(|holder| holder.all.total).sum();
            let of_functions: u64 =
                now.holders.iter().flat_map(|holder| &holder.by_function).map(|row| row.total).sum();
            assert_eq!((of_holders, of_functions), (now.england.total, now.england.total));
        }
    }
}

#[test]
fn scenarios_meet_the_same_people_and_nothing_changes_nothing() {
    let study = study("2022-11");
    let base = study.run(&scenario("as it was", [])).unwrap();
    let nothing = study.run(&scenario("nothing", [LongWaits::effort(1.0).into()])).unwrap();
    assert_eq!(base.replications, nothing.replications);
    let validated = study.run(&scenario("validation", [Validation::of(500_000.0).into()])).unwrap();
    let last = |results: &PlannedCareResults| results.replications[0].last().unwrap().england.clone();
    assert_eq!(last(&base).counts.clock_starts, last(&validated).counts.clock_starts);
    assert!(last(&validated).total < last(&base).total);
    let centres = DiagnosticCentres::opened(300.0).between(date(2022, 9, 1), date(2022, 9, 1));
    let tested = study.run(&scenario("centres", [centres.into()])).unwrap();
    let waiting = |results: &PlannedCareResults| results.replications[0].last().unwrap().all_tests().waiting;
    assert!(waiting(&tested) < waiting(&base));
}

/// A cut-off of the study is that of the lever from the first day; one that nobody reaches changes nothing.
#[test]
fn a_cut_off_comes_from_the_study_or_from_the_lever() {
    let study = study("2022-12").replications(1);
    let lever = |weeks| LongWaits::effort(1.0).cut_off_weeks(weeks).from(date(2022, 9, 1));
    let base = study.run(&scenario("as it was", [])).unwrap();
    let cut = study.clone().cut_off(WeekBand::Over52).run(&scenario("study", [])).unwrap();
    let levers = [lever(52).into(), lever(104).into()];
    assert_eq!(cut.replications, study.run(&scenario("lever", levers)).unwrap().replications);
    assert_eq!(base.replications, study.run(&scenario("nobody", [lever(156).into()])).unwrap().replications);
    let last = |results: &PlannedCareResults| results.replications[0].last().unwrap().england.clone();
    let (base, cut) = (last(&base), last(&cut));
    assert!(2 * cut.over[1] < base.over[1], "{:?} {:?}", cut.over, base.over);
    assert!((cut.total as f64 / base.total as f64 - 1.0).abs() < 0.005, "{} {}", cut.total, base.total);
}

/// An order comes from the study or, from its day on, from the lever.
#[test]
fn an_order_comes_from_the_study_or_from_the_lever() {
    let study = study("2022-12").replications(1);
    let lever = |order, from| LongWaits::effort(1.0).order(order).from(from).into();
    let base = study.run(&scenario("as it was", [])).unwrap();
    let ordered = study.clone().order(Order::LongestWait).run(&scenario("study", [])).unwrap();
    let first_day = date(2022, 9, 1);
    let by_lever = study.run(&scenario("lever", [lever(Order::LongestWait, first_day)])).unwrap();
    assert_eq!(ordered.replications, by_lever.replications);
    let usual = study.run(&scenario("usual", [lever(Order::UrgencyThenWait, first_day)])).unwrap();
    assert_eq!(usual.replications, base.replications);
    // until its day it changes nothing
    let later = study.run(&scenario("later", [lever(Order::Random, date(2022, 11, 1))])).unwrap();
    assert_eq!(later.replications[0][..2], base.replications[0][..2]);
    let over_52 = |results: &PlannedCareResults| results.replications[0].last().unwrap().england.over[1];
    assert!(over_52(&ordered) < over_52(&later) && over_52(&later) < over_52(&base));
}

/// What the rules of who is next were chosen on: given the flows published for February to August 2022, when the promise
/// that nobody waits two years fell due. `elective_recovery --back-test` prints the same for every month.
#[test]
fn given_the_flows_of_spring_and_summer_long_waits_come_near_those_published() {
    let errors = errors_given_flows("2022-01");
    assert!(errors[0] < 0.005 && errors[1] < 0.06 && errors[2] < 0.06 && errors[3] < 0.05, "{errors:?}");
    assert!(errors[4] < 0.7, "{errors:?}");
}

/// And what none of their values was fitted to, though it had been seen: September 2022 to March 2023.
#[test]
fn given_the_flows_of_the_winter_the_list_and_its_92nd_percentile_come_near_those_published() {
    let errors = errors_given_flows("2022-08");
    assert!(errors[0] < 0.005 && errors[1] < 0.05 && errors[4] < 1.0, "{errors:?}");
}

/// Mean absolute errors over seven months of the list and of those over 52, 65 and 78 weeks, as shares, and of the
/// 92nd percentile in weeks: all of England, once. Fewer people would blur the longest waits.
fn errors_given_flows(list_of: &str) -> [f64; 5] {
    let pack = england();
    let earlier = pack.drivers().starting_month().since(month(list_of));
    let study = PlannedCareStudy::new(pack.clone(), month("2023-03")).with_published_flows(month(list_of));
    let results = study.unwrap().replications(1).run(&scenario("given flows", [])).unwrap();
    let months: Vec<Month> = month("2022-09").through(month("2023-03")).collect();
    let error = |metric: &str, is_share: bool, of: fn(&Row) -> f64| {
        let of_month = |&month: &Month| {
            let values = results.values(month, of);
            let model = values.iter().sum::<f64>() / values.len() as f64;
            let published = pack.observed().get("England", metric, month.plus(-earlier)).unwrap();
            if is_share { (model / published - 1.0).abs() } else { (model - published).abs() }
        };
        months.iter().map(of_month).sum::<f64>() / months.len() as f64
    };
    [
        error("waiting_list_total_est", true, |row| row.total as f64),
        error("waiting_over_52w_est", true, |row| row.over[1] as f64),
        error("waiting_over_65w_est", true, |row| row.over[2] as f64),
        error("waiting_over_78w_est", true, |row| row.over[3] as f64),
        error("incomplete_p92_weeks", false, |row| row.p92.unwrap()),
    ]
}

/// With choice, October's referrals go where September's waits were shorter; how many there are stays the same.
#[test]
fn patients_choose_shorter_waits_and_their_number_does_not_change() {
    let referred = |strength| {
        let results = study("2022-10").replications(1).choice(strength).run(&scenario("x", [])).unwrap();
        let (september, october) = (&results.replications[0][0], &results.replications[0][1]);
        let waits = september.holders.iter().map(|holder| holder.all.median.unwrap_or(0.0));
        let starts = october.holders.iter().map(|holder| holder.all.counts.clock_starts as f64);
        let all = october.england.counts.clock_starts as f64;
        (waits.zip(starts).map(|(wait, starts)| wait * starts).sum::<f64>() / all, all)
    };
    let (without, with) = (referred(0.0), referred(2.0));
    assert!(with.0 < without.0, "{with:?} {without:?}");
    assert!((with.1 / without.1 - 1.0).abs() < 0.03);
}

/// A table read back: its header, and its rows.
type Read = (Vec<String>, Vec<Vec<String>>);

fn written(name: &str, write: impl FnOnce(&std::path::Path)) -> Read {
    let folder = std::env::temp_dir().join(format!("nhs-capacity-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("table.csv");
    write(&path);
    let mut table = csv::Reader::from_path(&path).unwrap();
    let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = cells(table.headers().unwrap());
    let rows = table.records().map(|record| cells(&record.unwrap())).collect();
    std::fs::remove_dir_all(&folder).unwrap();
    (header, rows)
}

/// Sums of a column over the rows of all England, of totals of providers, and of their parts.
fn sums((header, rows): &Read, column: &str) -> [f64; 3] {
    let at = header.iter().position(|name| name == column).unwrap();
    let mut sums = [0.0; 3];
    for row in rows {
        assert_eq!(row.len(), header.len());
        let kind = if row[1] != "England" { if row[2] == "Total" { 1 } else { 2 } } else { 0 };
        if kind > 0 || row[2] == "Total" {
            sums[kind] += row[at].parse::<f64>().unwrap();
        }
    }
    sums
}

#[test]
fn the_league_table_has_every_provider_and_function_and_they_add_up() {
    let results = study("2022-09").run(&scenario("as it was", [])).unwrap();
    let table = written("league", |path| results.write_league_table(&england(), path).unwrap());
    // England, 121 providers with a total and 23 functions
    assert_eq!(table.1.len(), 1 + 121 * 24);
    assert!(table.1.iter().any(|row| row[1..3] == ["RRK", "Trauma and orthopaedics"]));
    assert_eq!(
        table.0.join(","),
        "period,provider,treatment_function,waiting_list_total,waiting_within_18w,waiting_over_18w,\
         waiting_over_52w,waiting_over_65w,waiting_over_78w,waiting_over_104w,median_weeks,p92_weeks,\
         waiting_with_decision_to_admit,waiting_ready,waiting_held_up_for_clinical_reasons,\
         waiting_held_up_by_own_choice,clock_starts,completed_admitted,completed_nonadmitted,removed,\
         excepted_over_52w,excepted_over_65w,excepted_over_78w,completed_admitted_by_independent_sector,\
         completed_nonadmitted_by_letter,referrals_refused,removed_by_validation,removed_after_missed_appointment,\
         appointments_missed,operations_put_off_on_the_day"
    );
    let numbers =
        table.0.iter().filter(|name| !["period", "provider", "treatment_function"].contains(&name.as_str()));
    for column in numbers.filter(|name| !name.ends_with("_weeks")) {
        let [england, providers, functions] = sums(&table, column);
        // nobody adds operations in the independent sector here
        let may_be_none = ["waiting_over_104w", "completed_admitted_by_independent_sector"];
        assert!(england > 0.0 || may_be_none.contains(&column.as_str()), "{column}");
        assert_eq!((england, england), (providers, functions), "{column}");
    }
    let of = |column| sums(&table, column)[0];
    assert_eq!(of("waiting_list_total"), of("waiting_within_18w") + of("waiting_over_18w"));
    let england = &results.replications[0][0].england;
    assert_eq!(of("waiting_held_up_for_clinical_reasons"), 100.0 * england.held_up[0] as f64);
    assert_eq!(of("completed_admitted"), 100.0 * england.counts.admitted as f64);
    assert_eq!(england.counts.cancelled, 0, "a bed for everybody, so no column");
}

#[test]
fn the_table_of_tests_has_every_provider_and_modality_and_they_add_up() {
    let results = study("2022-09").run(&scenario("as it was", [])).unwrap();
    let table = written("tests", |path| results.write_tests_table(&england(), path).unwrap());
    assert_eq!(table.1.len(), 122 * 8);
    assert_eq!(
        table.0.join(","),
        "period,provider,modality,tests_waiting,tests_waiting_over_6w,share_waiting_over_6w,tests_done"
    );
    let tests = results.replications[0][0].all_tests();
    for (column, expected) in [
        ("tests_waiting", tests.waiting),
        ("tests_waiting_over_6w", tests.over_six_weeks),
        ("tests_done", tests.done),
    ] {
        assert!(expected > 0);
        assert_eq!(sums(&table, column), [100.0 * expected as f64; 3], "{column}");
    }
    let total = table.1.iter().find(|row| row[1..3] == ["England", "Total"]).unwrap();
    let share = tests.over_six_weeks as f64 / tests.waiting as f64;
    assert!((total[5].parse::<f64>().unwrap() - share).abs() < 1e-12);
}

/// The lists of a care system run day by day beside each other where its independent provider has places, and one after
/// the other where it has none: with next to none they are the same lists. With many, operations and the list follow:
/// 20,000 a week for four months, a part of them still booked, a part not taken up.
#[test]
fn independent_providers_add_operations_and_change_nothing_else() {
    let from = nhs_capacity::units::date(2022, 9, 1);
    let run = |name, a_week: Option<f64>| {
        let lever = a_week.map(|n| Lever::from(IndependentSector::bought(n).between(from, from)));
        study("2022-12").run(&scenario(name, lever)).unwrap()
    };
    let (none, next_to_none, many) =
        (run("none", None), run("next to none", Some(1e-9)), run("many", Some(20_000.0)));
    assert_eq!(none.replications, next_to_none.replications);
    let sum = |results: &PlannedCareResults, of: fn(&Row) -> u64| {
        100.0 * results.replications[0].iter().map(|month| of(&month.england) as f64).sum::<f64>()
    };
    let elsewhere = sum(&many, |row| row.counts.independent);
    assert!((0.5..0.9).contains(&(elsewhere / (20_000.0 * 17.4))), "{elsewhere}");
    let more = sum(&many, |row| row.counts.admitted) - sum(&none, |row| row.counts.admitted);
    // fewer are left for the theatres of some trusts
    assert!((0.7..1.05).contains(&(more / elsewhere)), "{more} of {elsewhere}");
}
