//! Waiting lists, their flows, and the tests they wait for.

use super::{AssemblyError, StreamOf, Timeline, stream};
use crate::care::diagnostics::Diagnostics;
use crate::care::elective::{
    Clinics, Clock, Deadline, ElectiveConfig, ElectiveProvider, FallingDensity, FunctionShares,
    IndependentConfig, IndependentProvider, NextPatient, Order, Sent, StartingList, StartingStages, Theatres,
    WEEKDAYS, WeekBand,
};
use crate::random::Stream;
use crate::system::pack::{Driver, SystemPack};
use crate::system::planned_care::{found_waiting, modality_of};
use crate::units::{Month, Time, date};

/// What the recovery plan promised (NHS England, *Delivery plan for tackling the COVID-19 backlog of elective
/// care*, February 2022; repeated in *Our plan for patients*): from this month nobody waits longer.
pub const PROMISES: [(i16, i8, WeekBand); 3] =
    [(2023, 4, WeekBand::Over78), (2024, 4, WeekBand::Over65), (2025, 4, WeekBand::Over52)];

/// A provider's waiting list, its flows and its tests. `holder` counts the trusts first, then the others. One
/// person stands for `persons` people of the pack. Of theatre places a share `usually_cancelled` is lost for want of a
/// bed: treatment rates are published without those.
pub(in crate::system) fn elective(
    pack: &SystemPack,
    holder: usize,
    overnight_share: f64,
    timeline: &Timeline,
    persons: f64,
    usually_cancelled: f64,
    root: Stream,
) -> Result<(ElectiveProvider, Diagnostics<Clock>), AssemblyError> {
    let p = &pack.parameters().elective;
    let working_days = timeline.working_days();
    let per_day = |driver| -> Vec<f64> {
        let monthly = timeline.monthly(pack, driver, holder);
        monthly.iter().zip(&working_days).map(|(n, days)| n / (days.max(1.0) * persons)).collect()
    };
    let functions = FunctionShares::england();
    let admitted_shares = functions.admitted_shares(p.admitted_route_share.value);
    let split = |of: &dyn Fn(f64) -> f64| -> Vec<f64> {
        let weights: Vec<f64> =
            functions.within_18w.iter().zip(&admitted_shares).map(|(share, a)| share * of(*a)).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / total.max(1e-12)).collect()
    };
    let (tests, reviews) = (p.test_share.value, p.review_share.value);
    let rules = |longest_first_share| NextPatient {
        order: Order::UrgencyThenWait,
        longest_first_share,
        cut_off_days: None,
        deadlines: deadlines(pack, timeline),
        most_for_deadlines: p.long_wait_most_share.value,
        exceptions_last_days: Some(p.exceptions_last_days.value),
        days_to_set_aside: p.promise_set_aside_days.value,
    };
    let config = ElectiveConfig {
        clock_starts: per_day(Driver::ClockStarts),
        admitted: per_day(Driver::TreatmentCapacityAdmitted),
        nonadmitted: per_day(Driver::TreatmentCapacityNonadmitted),
        removals: per_day(Driver::Removals),
        theatres: theatres(pack, timeline, persons, usually_cancelled),
        clinics: Clinics {
            virtual_share: p.virtual_attendance_share.value,
            can_be_virtual_share: p.can_be_virtual_share.value,
            missed_share: p.missed_appointment_share.value,
            removed_when_missed_share: p.removed_when_missed_share.value,
            rebooked_days: p.rebooked_days.value as u16,
        },
        nonadmitted_by_function: split(&|admitted| 1.0 - admitted),
        admitted_by_function: split(&|admitted| admitted),
        admitted_shares,
        functions,
        starting: StartingStages {
            decided: [p.decided_share_within_18w.value, p.decided_share_over_18w.value],
            undecided_admitted: p.undecided_admitted_share.value,
            first: [p.first_share_within_18w.value, p.first_share_over_18w.value],
            tests: p.starting_tests_share.value,
        },
        urgent_found_within_days: URGENT_FOUND_WITHIN_DAYS,
        refused_share: p.refused_share_of_removals.value,
        long_wait_share_of_removals: p.long_wait_share_of_removals.value,
        late_share_of_removals: p.late_share_of_removals.value,
        cancer_share: p.cancer_share.value,
        urgent_share: [p.urgent_admitted_share.value, p.urgent_nonadmitted_share.value],
        booking_days: [p.cancer_booking_days.value as u16, p.urgent_booking_days.value as u16],
        test_share: tests,
        by_letter_share: p.by_letter_share.value,
        reviews: [
            tests * (1.0 - p.by_letter_share.value) + (1.0 - tests) * reviews,
            tests + (1.0 - tests) * reviews,
        ],
        review_share: reviews,
        results_days: p.results_days.value as u16,
        review_days: p.review_days.value as u16,
        preoperative_days: p.preoperative_days.value as u16,
        clinical_delay_share: p.clinical_delay_share.value,
        own_choice_share: p.own_choice_share.value,
        delay_days: p.delay_days.value as u16,
        excepted_share: p.excepted_share.value,
        decisions_per_admission: p.decisions_per_admission.value,
        overnight_share,
        next: [rules(p.longest_first_admitted_share.value), rules(p.longest_first_nonadmitted_share.value)],
        promised_by: [p.promise_seen_by_part.value, p.promise_reviewed_by_part.value],
        starting_set_aside: starting_set_aside(pack, holder, persons),
    };
    let mut for_test = Vec::new();
    let provider = ElectiveProvider::new(
        config,
        &starting_list(pack, holder, persons),
        stream(root, StreamOf::Elective, holder),
        |sent| {
            if let Sent::ForTest(clock) = sent {
                for_test.push(clock);
            }
        },
    );
    let waiting = for_test.iter().map(|&clock| modality_of(provider.person(clock), clock));
    let mut already = [0.0; crate::care::diagnostics::Modality::COUNT];
    waiting.for_each(|modality| already[modality as usize] += 1.0);
    let config = super::diagnostics::diagnostics(pack, holder, timeline, persons, &already);
    let mut diagnostics = Diagnostics::new(config, stream(root, StreamOf::Diagnostics, holder));
    found_waiting(&provider, &mut diagnostics, for_test);
    Ok((provider, diagnostics))
}

/// The independent provider of a care system, without places: those that the pack's trusts use are inside their
/// treatments, and the lists of independent providers inside those of the other providers.
pub(in crate::system) fn independent_provider(pack: &SystemPack) -> IndependentProvider {
    let p = &pack.parameters().elective;
    IndependentProvider::new(IndependentConfig {
        fit_share: p.independent_fit_share.value,
        willing_share: p.independent_willing_share.value,
        booking_days: p.independent_booking_days.value as u16,
    })
}

fn theatres(pack: &SystemPack, timeline: &Timeline, persons: f64, lost_for_beds_share: f64) -> Theatres {
    let p = &pack.parameters().elective;
    let fridays = [p.friday_overnight_operations.value, p.friday_day_cases.value];
    let of_month = |weekdays: &[f64; WEEKDAYS]| {
        fridays.map(|friday| {
            let mut day = [1.0; WEEKDAYS];
            day[WEEKDAYS - 1] = friday;
            // so that the working days of the month add up to it, however many of them are Fridays
            let all: f64 = day.iter().zip(weekdays).map(|(day, n)| day * n).sum();
            let mean = all / weekdays.iter().sum::<f64>().max(1.0);
            day.map(|relative| relative / mean.max(1e-9))
        })
    };
    let operations = [p.overnight_operations_per_list.value, p.day_cases_per_list.value];
    Theatres {
        operations_per_list: operations.map(|operations| operations / persons),
        by_weekday: timeline.weekdays().iter().map(of_month).collect(),
        first_weekday: timeline.calendar.date_at(Time::ZERO).weekday().to_monday_zero_offset().unsigned_abs(),
        unstaffed_share: p.unstaffed_theatre_share.value,
        put_off_share: p.operations_put_off_share.value,
        rebooked_days: p.rebooked_days.value as u16,
        lost_for_beds_share,
    }
}

/// Nobody on the starting list who has waited longer is urgent (assumed: the urgent are seen within weeks).
const URGENT_FOUND_WITHIN_DAYS: i32 = 42;

/// Places a day that earlier promises had set aside at a provider: where people had waited long, for they were promised.
fn starting_set_aside(pack: &SystemPack, holder: usize, persons: f64) -> [f64; 2] {
    let p = &pack.parameters().elective;
    let thousands = pack.drivers().starting(Driver::StartingListOver78Weeks, holder) / persons / 1_000.0;
    [&p.starting_set_aside_first_per_1000, &p.starting_set_aside_later_per_1000]
        .map(|rate| rate.value * thousands)
}

/// The published list of a provider.
fn starting_list(pack: &SystemPack, holder: usize, persons: f64) -> StartingList {
    let p = &pack.parameters().elective;
    let starting = |driver| pack.drivers().starting(driver, holder) / persons;
    let total = starting(Driver::StartingListTotal);
    StartingList {
        total,
        over: [
            total - starting(Driver::StartingListWithin18Weeks),
            starting(Driver::StartingListOver52Weeks),
            starting(Driver::StartingListOver65Weeks),
            starting(Driver::StartingListOver78Weeks),
            starting(Driver::StartingListOver104Weeks),
        ],
        density: [
            FallingDensity {
                at_lower_edge: p.starting_newest.value,
                decay_weeks: p.starting_decay_within_18w.value,
            },
            FallingDensity {
                at_lower_edge: p.starting_just_over_18w.value,
                decay_weeks: p.starting_decay_within_52w.value,
            },
        ],
    }
}

/// An earlier promise of the same plan, in force from the start: nobody over 104 weeks by July 2022.
const KEPT_BEFORE: (i16, i8, WeekBand) = (2022, 8, WeekBand::Over104);

fn deadlines(pack: &SystemPack, timeline: &Timeline) -> Vec<Deadline> {
    let p = &pack.parameters().elective;
    std::iter::once(KEPT_BEFORE)
        .chain(PROMISES)
        .map(|(year, month, band)| {
            let falls_due = Month::of(date(year, month, 1)).plus(timeline.promises_later_by);
            let begins = falls_due.plus(-(p.long_wait_lead_months.value.round() as i32));
            Deadline {
                day: timeline.day_of(falls_due.first_day()),
                limit_days: band.days(),
                from_day: timeline.day_of(begins.first_day()),
                late_days: p.long_wait_late_days.value.round() as i32,
            }
        })
        .collect()
}
