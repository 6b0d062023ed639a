use super::bands::age_days_of_starting_list;
use super::next::LongWait;
use super::*;
use crate::random::Chance;
use crate::theory::waiting_list::{WeeklyFluidList, relief_capacity, target_queue_size};

pub(crate) fn config(per_day: f64) -> ElectiveConfig {
    let functions = FunctionShares::england();
    let admitted_shares = functions.admitted_shares(0.2);
    let split = |of: &dyn Fn(f64) -> f64| -> Vec<f64> {
        let weights: Vec<f64> =
            functions.within_18w.iter().zip(&admitted_shares).map(|(s, a)| s * of(*a)).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|w| w / total).collect()
    };
    let rules = NextPatient {
        longest_first_share: 0.1,
        most_for_deadlines: 0.3,
        days_to_set_aside: 20.0,
        ..NextPatient::default()
    };
    ElectiveConfig {
        clock_starts: vec![per_day],
        admitted: vec![per_day * 0.2],
        nonadmitted: vec![per_day * 0.7],
        removals: vec![per_day * 0.1],
        theatres: Theatres {
            operations_per_list: [2.5, 4.5],
            by_weekday: vec![[[1.0; WEEKDAYS]; 2]],
            first_weekday: 0,
            unstaffed_share: 0.1,
            put_off_share: 0.04,
            rebooked_days: 28,
            lost_for_beds_share: 0.0,
        },
        clinics: Clinics {
            virtual_share: 0.2,
            can_be_virtual_share: 0.35,
            missed_share: 0.08,
            removed_when_missed_share: 0.1,
            rebooked_days: 28,
        },
        nonadmitted_by_function: split(&|a| 1.0 - a),
        admitted_by_function: split(&|a| a),
        admitted_shares,
        functions,
        starting: StartingStages {
            decided: [0.11, 0.24],
            undecided_admitted: 0.14,
            first: [0.75, 0.45],
            tests: 0.1,
        },
        urgent_found_within_days: 60,
        refused_share: 0.3,
        long_wait_share_of_removals: 0.2,
        late_share_of_removals: 0.3,
        cancer_share: 0.08,
        urgent_share: [0.2, 0.3],
        booking_days: [7, 14],
        test_share: 0.3,
        by_letter_share: 0.25,
        reviews: [0.3 * 0.75 + 0.7 * 0.2, 0.3 + 0.7 * 0.2],
        review_share: 0.2,
        results_days: 7,
        review_days: 42,
        preoperative_days: 14,
        clinical_delay_share: 0.05,
        own_choice_share: 0.06,
        delay_days: 42,
        decisions_per_admission: 1.0,
        overnight_share: 0.2,
        next: [rules.clone(), rules],
        excepted_share: 0.0,
        promised_by: [0.75, 0.9],
        starting_set_aside: [0.0; 2],
    }
}

/// One stage only: everybody is seen once, without admission, and nothing is decided by urgency.
fn one_stage(starts: f64, treated: f64, order: Order) -> ElectiveConfig {
    let rules = NextPatient { order, ..NextPatient::default() };
    let mut config = ElectiveConfig {
        clock_starts: vec![starts],
        admitted: vec![0.0],
        nonadmitted: vec![treated],
        removals: vec![0.0],
        admitted_shares: vec![0.0; Function::COUNT],
        test_share: 0.0,
        review_share: 0.0,
        reviews: [0.0; 2],
        clinics: Clinics { missed_share: 0.0, ..config(starts).clinics },
        starting: StartingStages { decided: [0.0; 2], undecided_admitted: 0.0, first: [1.0; 2], tests: 0.0 },
        next: [rules.clone(), rules],
        ..config(starts)
    };
    // one function, so that there is one line
    for shares in
        [&mut config.functions.within_18w, &mut config.functions.within_52w, &mut config.functions.over_52w]
    {
        shares.fill(0.0);
        shares[0] = 1.0;
    }
    config.nonadmitted_by_function = config.functions.within_18w.clone();
    config
}

fn start(total: u32) -> StartingList {
    StartingList {
        total: f64::from(total),
        over: [0.4, 0.05, 0.02, 0.01, 0.001].map(|s| s * f64::from(total)),
        density: [FallingDensity { at_lower_edge: 1.5, decay_weeks: 8.0 }; 2],
    }
}

fn is_working_day(day: i32) -> bool {
    day % 7 < 5
}

/// Runs so many days; tests take a day, and every operation has a bed unless `cancel`.
fn run(provider: &mut ElectiveProvider, days: std::ops::Range<i32>, cancel: bool) {
    for day in days.filter(|&day| is_working_day(day)) {
        let mut sent = Vec::new();
        provider.working_day(day, 0, |s| sent.push(s));
        for s in sent {
            match s {
                Sent::ForTest(clock) => provider.tested(clock, day),
                Sent::ForBed(clock) if cancel => provider.cancelled(clock),
                Sent::ForBed(clock) => provider.treated(clock, day),
            }
        }
    }
}

pub(crate) fn provider(config: ElectiveConfig, total: u32, seed: u64) -> ElectiveProvider {
    let mut tests = Vec::new();
    let mut provider = ElectiveProvider::new(config, &start(total), Stream::of_seed(seed), |s| tests.push(s));
    for s in tests {
        if let Sent::ForTest(clock) = s {
            provider.tested(clock, 0);
        }
    }
    provider
}

fn profile(provider: &ElectiveProvider, today: i32) -> ListProfile {
    let mut profile = ListProfile::default();
    provider.iter().for_each(|clock| profile.count(clock, today));
    let mut lists = std::array::from_fn(|_| ListProfile::default());
    provider.count_lists(&mut lists, today);
    let mut counted_at_once = ListProfile::default();
    lists.iter().for_each(|list| counted_at_once.add(list));
    assert_eq!(counted_at_once, profile);
    profile
}

#[test]
fn pathways_are_conserved() {
    for cancel in [false, true] {
        let mut provider = provider(config(100.0), 5_000, 1);
        // some have been sent home by letter already
        run(&mut provider, 0..200, cancel);
        let len = provider.len() as u64;
        assert_eq!(provider.iter().count() as u64, len, "nobody is away");
        let counts = provider.take_counts();
        assert!(counts.removed > 1_000 && counts.refused > 200 && (counts.cancelled > 50) == cancel);
        assert_eq!(
            5_000 + counts.clock_starts,
            counts.admitted + counts.nonadmitted + counts.removed + len,
            "{counts:?}"
        );
    }
}

#[test]
fn where_everybody_is_seen_once_every_step_starts_or_ends_a_clock() {
    let config = ElectiveConfig { removals: vec![4.0], ..one_stage(50.0, 45.0, Order::default()) };
    let mut provider = provider(config, 2_000, 6);
    run(&mut provider, 0..100, false);
    let counts = provider.take_counts();
    assert!(counts.nonadmitted > 3_000 && counts.removed > 200, "{counts:?}");
    assert_eq!(provider.steps(), counts.clock_starts + counts.nonadmitted + counts.removed);
}

/// With every queue full the stops are what the capacity allows, though they pass through several stages.
#[test]
fn capacity_in_stops_is_stops() {
    let mut provider = provider(config(100.0), 20_000, 4);
    run(&mut provider, 0..280, false);
    let before = provider.take_counts();
    run(&mut provider, 280..560, false);
    let counts = provider.take_counts();
    assert!(before.nonadmitted > 0);
    // 200 working days
    for (stops, expected) in [(counts.admitted, 4_000.0), (counts.nonadmitted, 14_000.0)] {
        let error = stops as f64 / expected - 1.0;
        assert!(error.abs() < 0.02, "{stops} of {expected}");
    }
}

/// Constant flows, longest wait first: the fluid list of `theory`, within Poisson noise.
#[test]
fn a_first_come_list_is_the_fluid_list_of_theory() {
    let (starts, treated) = (60.0, 50.0);
    let mut by_age = vec![0.0; 131];
    for age in age_days_of_starting_list(&start(20_000)) {
        by_age[((age - 1) / 7) as usize] += 1.0;
    }
    let mut fluid = WeeklyFluidList::of_ages(&by_age).unwrap();
    let mut provider = provider(one_stage(starts, treated, Order::LongestWait), 20_000, 7);
    let weeks = 26;
    run(&mut provider, 0..7 * weeks, false);
    (0..weeks).for_each(|_| fluid.advance(5.0 * starts, 5.0 * treated, 0.0).unwrap());
    let list = profile(&provider, 7 * weeks);
    // the only chance is in the arrivals: Poisson(60) on 130 days
    let t = (list.total() as f64 - fluid.size()) / (130.0 * starts).sqrt();
    assert!(t.abs() < 3.5, "{t}");
    // weeks of the model end on Sundays, so the bands agree to half a week of starts
    let over18 = list.over()[0] as f64;
    assert!(
        (over18 - fluid.over(17)).abs() < 3.0 * starts + 3.5 * (over18).sqrt(),
        "{over18} {}",
        fluid.over(17)
    );
    // formulae of waiting-list management: with relief capacity the list reaches its target in time
    let target = target_queue_size(5.0 * starts, 52.0, 4.0).unwrap();
    let relief = relief_capacity(5.0 * starts, list.total() as f64, target, 52.0).unwrap();
    let mut relieved = one_stage(starts, relief / 5.0, Order::LongestWait);
    relieved.clock_starts = vec![starts];
    let mut provider = self::provider(relieved, list.total() as u32, 8);
    run(&mut provider, 0..364, false);
    let t = (provider.len() as f64 - target) / (260.0 * starts).sqrt();
    assert!(t.abs() < 3.5, "{t}");
}

/// The order changes who waits how long, not how many wait: first come, nobody waits longer than the list
/// divided by the flow; at random, the share beyond a time is exponential with that mean.
#[test]
fn the_order_changes_the_spread_and_not_the_size() {
    let run_in = |order| {
        let mut provider = provider(one_stage(50.0, 50.0, order), 3_000, 9);
        run(&mut provider, 0..7 * 52 * 4, false);
        (profile(&provider, 7 * 52 * 4), provider.len() as f64)
    };
    let (fifo, random) = (run_in(Order::LongestWait), run_in(Order::Random));
    assert_eq!(fifo.0.total(), random.0.total());
    let mean_weeks = fifo.1 / 250.0;
    let longest = fifo.0.percentile(1.0).unwrap();
    assert!((longest - mean_weeks).abs() < 2.0, "{longest} against {mean_weeks}");
    let n = random.0.total() as f64;
    let expected = (-18.0 / mean_weeks).exp();
    let share = random.0.over()[0] as f64 / n;
    let t = (share - expected) / (expected * (1.0 - expected) / n).sqrt();
    assert!(t.abs() < 4.0, "{share} against {expected}: t = {t}");
    assert_eq!(fifo.0.over()[0], 0);
}

/// Routine patients in no order behind whoever is more urgent: the share of them beyond a time is exponential with
/// their number over their flow. Longest first among them instead, nobody waits longer than that.
#[test]
fn urgency_leaves_the_routine_to_chance_or_to_their_turn() {
    let today = 7 * 52 * 4;
    let run_in = |order, longest_first_share| {
        let mut config = one_stage(50.0, 50.0, order);
        config.next.iter_mut().for_each(|rules| rules.longest_first_share = longest_first_share);
        let mut provider = provider(config, 3_000, 9);
        run(&mut provider, 0..today, false);
        let (routine, sooner): (Vec<Clock>, Vec<Clock>) =
            provider.iter().partition(|clock| clock.urgency() == Urgency::Routine);
        // bookable in two weeks, seen on the next working day
        assert!(sooner.iter().all(|clock| today - clock.start_day() <= 14 + 3), "{order:?}");
        (provider.len(), routine)
    };
    let clinical = run_in(Order::Clinical, 0.0);
    let in_turn = run_in(Order::UrgencyThenWait, 1.0);
    assert_eq!(clinical.0, in_turn.0);
    let n = clinical.1.len() as f64;
    let mean_weeks = n / (250.0 * (1.0 - 0.08) * (1.0 - 0.3));
    let over = |routine: &[Clock], weeks: i32| {
        routine.iter().filter(|clock| today - clock.start_day() > 7 * weeks).count() as f64
    };
    for weeks in [10, 18, 30] {
        let expected = (-f64::from(weeks) / mean_weeks).exp();
        let share = over(&clinical.1, weeks) / n;
        let t = (share - expected) / (expected * (1.0 - expected) / n).sqrt();
        assert!(t.abs() < 4.0, "{share} against {expected} over {weeks} weeks: t = {t}");
    }
    let longest = in_turn.1.iter().map(|clock| today - clock.start_day()).max().unwrap();
    assert!((f64::from(longest) / 7.0 - mean_weeks).abs() < 2.0, "{longest} d against {mean_weeks} weeks");
}

/// A cut-off in a list without order: a constant hazard up to the cut-off, at which everybody left goes, so that
/// n/flow = (1 - exp(-h T))/h and the share beyond t is (exp(-h t) - exp(-h T))/(1 - exp(-h T)).
#[test]
fn a_cut_off_cuts_the_tail_off_and_leaves_the_size() {
    let today = 7 * 52 * 4;
    let run_in = |cut_off: Option<u16>| {
        let mut provider = provider(one_stage(50.0, 50.0, Order::Random), 3_000, 9);
        if let Some(weeks) = cut_off {
            provider.set_lever(ElectiveLever::CutOff { weeks: 104 }, 1.0);
            provider.set_lever(ElectiveLever::CutOff { weeks }, 1.0);
        }
        run(&mut provider, 0..today, false);
        provider
    };
    let (free, cut) = (run_in(None), run_in(Some(18)));
    assert_eq!(free.len(), cut.len());
    // the last working day was three days before
    let over = |days| cut.iter().filter(|clock| today - clock.start_day() > days).count() as f64;
    assert_eq!(over(7 * 18 + 3), 0.0);
    assert!(profile(&free, today).over()[0] > 300);
    let n = cut.len() as f64;
    let (mean_weeks, cut_off) = (n / 250.0, 18.0);
    // the hazard by bisection: the mean falls with it
    let (mut low, mut high) = (1e-6, 10.0);
    for _ in 0..60 {
        let h: f64 = f64::midpoint(low, high);
        if (1.0 - (-h * cut_off).exp()) / h > mean_weeks { low = h } else { high = h }
    }
    let left = |weeks: f64| (-low * weeks).exp();
    for weeks in [6, 12] {
        let expected = (left(f64::from(weeks)) - left(cut_off)) / (1.0 - left(cut_off));
        let share = over(7 * weeks) / n;
        let t = (share - expected) / (expected * (1.0 - expected) / n).sqrt();
        assert!(t.abs() < 4.0, "{share} against {expected} over {weeks} weeks: t = {t}");
    }
}

/// A queue in which clocks of every urgency have started on each of the days from -400 on, and one that left.
fn queue(dice: &mut Dice) -> Queue {
    let clock = |number, start_day, urgency| {
        let plan = plan::Plan {
            function: Function::of_index(0),
            urgency,
            route: Route::NonAdmitted,
            needs_test: false,
            needs_review: false,
            overnight: false,
            excepted: false,
        };
        Clock::new(number, start_day, plan)
    };
    let mut queue = Queue::default();
    queue.add(clock(10_000, -1_000, Urgency::Routine));
    for day in 0..400u16 {
        for (kind, urgency) in [Urgency::Cancer, Urgency::Urgent, Urgency::Routine].into_iter().enumerate() {
            queue.add(clock(u32::from(day) * 3 + kind as u32, -i32::from(day), urgency));
        }
    }
    let a_year_after_the_first = -1_000 + DAYS_IN_52_WEEKS + 1;
    assert!(queue.take_long_waiter(LongWait::Over52Weeks, a_year_after_the_first, dice).is_some());
    queue
}

const ORDERS: [Order; 4] = [Order::UrgencyThenWait, Order::LongestWait, Order::Clinical, Order::Random];

fn with_cut_off(order: Order, cut_off_days: Option<i32>, places: usize) -> (Vec<Clock>, Queue) {
    let mut dice = Stream::of_seed(11).dice();
    let mut queue = queue(&mut dice);
    let rules = NextPatient { order, longest_first_share: 0.3, ..NextPatient::default() };
    let call = Call {
        rules: &rules,
        cut_off_days,
        longest_first_added: 0.0,
        effort: 1.0,
        part_of_time: 1.0,
        day: 0,
        ready_by: [-380, -14],
    };
    let mut called = Vec::new();
    assert_eq!(queue.call_in(places, &call, &mut dice, |clock| called.push(clock)), 0);
    (called, queue)
}

#[test]
fn nobody_beyond_a_cut_off_is_passed_over_by_a_shorter_wait() {
    for order in ORDERS {
        for places in [1, 30, 150, 300, 700] {
            let (called, queue) = with_cut_off(order, Some(300), places);
            let is_beyond = |clock: &Clock| clock.start_day() < -300;
            let may_pass = |clock: &Clock| clock.urgency() == Urgency::Cancer;
            let is_passed = queue.iter().any(|clock| is_beyond(&clock) && !may_pass(&clock));
            let passes = called.iter().any(|clock| !is_beyond(clock) && !may_pass(clock));
            assert!(!(is_passed && passes), "{order:?}, {places} places");
            let (free, _) = with_cut_off(order, None, places);
            let beyond = |of: &[Clock]| of.iter().filter(|clock| is_beyond(clock)).count();
            assert!(beyond(&called) >= beyond(&free), "{order:?}, {places} places");
        }
    }
}

/// Whoever has left is still marked in the line: to look for those beyond the cut-off must not sweep them out, or
/// those who are called in no order would be others.
#[test]
fn a_cut_off_that_concerns_nobody_changes_nobody() {
    for order in ORDERS {
        let numbers =
            |cut_off| with_cut_off(order, cut_off, 300).0.into_iter().map(Clock::number).collect::<Vec<_>>();
        assert_eq!(numbers(Some(500)), numbers(None), "{order:?}");
        assert_ne!(numbers(Some(300)) == numbers(None), order != Order::LongestWait, "{order:?}");
    }
}

#[test]
fn deadlines_are_met_when_there_is_room_and_nobody_pays_in_numbers() {
    let with = |deadlines: Vec<Deadline>| {
        let mut config = config(100.0);
        for rules in &mut config.next {
            rules.deadlines.clone_from(&deadlines);
        }
        let mut provider = provider(config, 10_000, 5);
        run(&mut provider, 0..364, false);
        (profile(&provider, 364), provider.take_counts())
    };
    let deadline = Deadline { day: 300, limit_days: 7 * 52, from_day: 0, late_days: 0 };
    let (without, counts) = with(Vec::new());
    let (kept, kept_counts) = with(vec![deadline]);
    // those who have crossed the limit since the deadline are given two weeks, some with stages still to come
    assert!(
        kept.over()[1] * 3 < without.over()[1] && kept.over()[2] * 10 < without.over()[2],
        "{:?} {:?}",
        kept.over(),
        without.over()
    );
    let stops = |c: ElectiveCounts| (c.admitted + c.nonadmitted) as f64;
    assert!((stops(kept_counts) / stops(counts) - 1.0).abs() < 0.02);
}

/// Of those whom a promise has left over 78 weeks nearly all are those it excepts, a tenth of all.
#[test]
fn promises_leave_those_who_are_excepted() {
    let mut config = ElectiveConfig { excepted_share: 0.1, ..config(100.0) };
    for rules in &mut config.next {
        rules.deadlines = vec![Deadline { day: 300, limit_days: 7 * 65, from_day: 0, late_days: 0 }];
    }
    let mut provider = provider(config, 10_000, 5);
    run(&mut provider, 0..364, false);
    let (left, excepted) = provider
        .iter()
        .filter(|clock| 364 - clock.start_day() > 7 * 78)
        .fold((0, 0), |(left, excepted), clock| (left + 1, excepted + i32::from(clock.is_excepted())));
    assert!(left > 20 && 10 * excepted >= 9 * left, "{excepted} of {left}");
    let all = provider.iter().filter(|clock| clock.is_excepted()).count() as f64;
    assert!(all / (provider.len() as f64) < 0.15, "{all}");
}

/// 1,000 excepted from a promise that has fallen due, among 100,000 who have not waited long, and 40 places a day: besides
/// those drawn at random a hundredth a weekday is called in if exceptions last 140 days.
#[test]
fn exceptions_from_a_promise_that_has_fallen_due_end() {
    let excepted_after_70_days = |exceptions_last_days: Option<f64>| {
        let promise = Deadline { day: 0, limit_days: 728, from_day: -180, late_days: 25 };
        let rules = NextPatient {
            deadlines: vec![promise],
            most_for_deadlines: 0.5,
            exceptions_last_days,
            ..NextPatient::default()
        };
        let mut dice = Stream::of_seed(9).dice();
        let mut queue = Queue::starting_with(&mut dice);
        let plans = plan::PlanLaw::of(&config(1.0));
        for number in 0..101_000 {
            let excepted = number < 1_000;
            let plan = plans.draw(Function::of_index(0), Chance::of(0.0), &mut dice);
            let plan = plan::Plan { urgency: Urgency::Routine, excepted, ..plan };
            queue.add(Clock::new(number, if excepted { -800 } else { -10 }, plan));
        }
        for day in 1..=70 {
            let call = Call {
                rules: &rules,
                cut_off_days: None,
                longest_first_added: 0.0,
                effort: 1.0,
                part_of_time: 1.0,
                day,
                ready_by: [day; 2],
            };
            queue.reckon_deadlines(&call);
            assert_eq!(queue.call_in(40, &call, &mut dice, |_| {}), 0);
        }
        queue.iter().filter(|clock| clock.is_excepted()).count() as f64
    };
    for (days, ending) in [(None, 0.0), (Some(140.0), 0.01)] {
        let expected = (0..70).fold(1_000.0, |left: f64, day| {
            let at_random = 40.0 - ending * left;
            left - ending * left - at_random * left / (101_000.0 - 40.0 * f64::from(day))
        });
        let drawn_at_random = (1_000.0 - expected) * if days.is_none() { 1.0 } else { 0.04 };
        let left = excepted_after_70_days(days);
        // 4.5 standard deviations of those drawn at random, and a place not yet due
        assert!((left - expected).abs() < 4.5 * drawn_at_random.sqrt() + 2.0, "{left} for {expected}");
    }
}

/// Places beyond what a promise asks for any more go to the longest waiters over 52 weeks.
#[test]
fn places_set_aside_for_a_promise_are_kept_for_the_longest_waiters() {
    let over_52_weeks = |starting_set_aside| {
        let mut config = ElectiveConfig { starting_set_aside: [starting_set_aside; 2], ..config(100.0) };
        for rules in &mut config.next {
            rules.longest_first_share = 0.0;
        }
        let mut provider = provider(config, 20_000, 5);
        run(&mut provider, 0..182, false);
        (profile(&provider, 182).over()[1], provider.take_counts())
    };
    let (without, counts) = over_52_weeks(0.0);
    // a tenth of the 100 first attendances and 100 later places or so
    let (with, kept_counts) = over_52_weeks(10.0);
    assert!(10 * with < 9 * without, "{with} {without}");
    let stops = |c: ElectiveCounts| (c.admitted + c.nonadmitted) as f64;
    assert!((stops(kept_counts) / stops(counts) - 1.0).abs() < 0.02);
}

#[test]
fn levers_add_what_they_say() {
    let stops = |levers: &[(ElectiveLever, f64)]| {
        let mut provider = provider(config(100.0), 20_000, 6);
        levers.iter().for_each(|&(lever, total)| provider.set_lever(lever, total));
        run(&mut provider, 0..140, false);
        provider.take_counts()
    };
    let base = stops(&[]);
    let more = |lever, total| stops(&[(lever, total)]);
    // 100 working days, 20 admissions a day
    let near =
        |a: u64, b: u64, added: f64| assert!((a as f64 - b as f64 - added).abs() < 30.0, "{a} {b} {added}");
    near(more(ElectiveLever::TheatreShare, 0.1).admitted, base.admitted, 200.0);
    // a tenth more theatres than are staffed: two operations a day
    near(more(ElectiveLever::TheatrePlaces, 3.0).admitted, base.admitted, 0.0);
    near(more(ElectiveLever::StaffedPlaces, 1.0).admitted, base.admitted, 100.0);
    near(more(ElectiveLever::StaffedPlaces, 3.0).admitted, base.admitted, 200.0);
    near(
        stops(&[(ElectiveLever::TheatrePlaces, 3.0), (ElectiveLever::StaffedPlaces, 3.0)]).admitted,
        base.admitted,
        300.0,
    );
    near(more(ElectiveLever::HubPlaces, 3.0).admitted, base.admitted, 300.0);
    near(more(ElectiveLever::Validated, 3.0).removed, base.removed, 300.0);
    assert!(more(ElectiveLever::OutpatientShare, 0.1).nonadmitted > base.nonadmitted + 400);
}

#[test]
fn the_same_people_come_whatever_the_bed_situation_does() {
    let starts = |cancel| {
        let mut provider = provider(config(50.0), 1_000, 3);
        run(&mut provider, 0..30, cancel);
        provider.take_counts().clock_starts
    };
    assert_eq!(starts(true), starts(false));
}

#[test]
fn who_is_held_up_and_why_can_be_told() {
    let mut provider = provider(config(200.0), 20_000, 2);
    run(&mut provider, 0..100, false);
    let list = profile(&provider, 100);
    assert!(list.by_delay.iter().all(|&n| n > 0), "{:?}", list.by_delay);
    assert_eq!(list.by_delay.iter().sum::<u64>(), list.total());
    assert!(list.decided() > 0 && list.ready() > list.total() / 2);
}

/// Cancelled on one day and called in again on the next two working days, before anybody else: the same people with the
/// same clocks, and when they are treated in the end they have waited since those began.
#[test]
fn a_cancelled_operation_goes_on_with_the_clock_it_had() {
    let mut provider = provider(config(200.0), 20_000, 5);
    run(&mut provider, 0..10, false);
    let called_in = |provider: &mut ElectiveProvider, day| -> Vec<Clock> {
        let mut sent = Vec::new();
        provider.working_day(day, 0, |s| sent.push(s));
        let clocks = sent.into_iter().filter_map(|s| match s {
            Sent::ForBed(clock) => Some(clock),
            Sent::ForTest(_) => None,
        });
        clocks.collect()
    };
    let first = called_in(&mut provider, 10);
    assert!(first.len() > 3);
    let before: Vec<Clock> = first.clone();
    first.into_iter().for_each(|clock| provider.cancelled(clock));
    let is_same = |a: &Clock, b: &Clock| (a.number(), a.start_day()) == (b.number(), b.start_day());
    for clock in &before {
        assert_eq!(provider.iter().filter(|other| is_same(clock, other)).count(), 1);
    }
    let mut again = called_in(&mut provider, 11);
    again.extend(called_in(&mut provider, 14));
    for clock in &before {
        assert_eq!(again.iter().filter(|other| is_same(clock, other)).count(), 1);
    }
    provider.take_counts();
    let day = 14 + DAYS_IN_52_WEEKS;
    let over_52_weeks = before.iter().filter(|clock| day - clock.start_day() > DAYS_IN_52_WEEKS).count();
    before.iter().for_each(|&clock| provider.treated(clock, day));
    let treated = provider.take_counts();
    assert_eq!(treated.treated_over_52_weeks, [over_52_weeks as u64, 0]);
    assert_eq!(treated.admitted, before.len() as u64);
}

/// Those sent back because they missed an appointment are among the removals that the pack has, and not beyond them.
#[test]
fn missed_appointments_end_some_clocks_and_add_no_removals() {
    let with = |missed_share| {
        let base = config(200.0);
        let clinics = Clinics { missed_share, ..base.clinics };
        let mut provider = provider(ElectiveConfig { clinics, ..base }, 40_000, 5);
        run(&mut provider, 0..280, false);
        provider.take_counts()
    };
    let (none, some) = (with(0.0), with(0.08));
    assert_eq!((none.missed, none.removed_for_missing), (0, 0));
    // 20 removals on each of 200 working days; of those sent back a few are still to be taken off
    for counts in [none, some] {
        assert!(counts.removed.abs_diff(4_000) < 60, "{counts:?}");
        assert!(counts.validated + counts.refused + counts.removed_for_missing < counts.removed);
    }
    let n = some.missed as f64;
    let t = (some.removed_for_missing as f64 - 0.1 * n) / (n * 0.1 * 0.9).sqrt();
    assert!(n > 3_000.0 && t.abs() < 3.5, "{t} of {n}");
    // slots are so many more than attendances
    let stops = |c: ElectiveCounts| (c.admitted + c.nonadmitted) as f64;
    assert!((stops(some) / stops(none) - 1.0).abs() < 0.02);
}

/// A third of attendances can be by video. A quarter of slots moved there costs nobody anything; nine in ten leave most
/// of them empty once those whom they suit have been seen.
#[test]
fn slots_by_video_beyond_those_whom_they_suit_stay_empty() {
    let stops = |moved| {
        let mut provider = provider(config(200.0), 20_000, 5);
        provider.set_lever(ElectiveLever::VirtualShare, moved);
        run(&mut provider, 0..280, false);
        let counts = provider.take_counts();
        (counts.admitted + counts.nonadmitted) as f64
    };
    let base = stops(0.0);
    assert!((stops(0.1) / base - 1.0).abs() < 0.02);
    assert!(stops(0.7) < 0.8 * base);
}

/// Slots by video go from clinic to clinic when nobody is left to use them, and the day ends.
#[test]
fn a_day_ends_though_nobody_can_use_what_is_left() {
    let mut provider = provider(ElectiveConfig { clock_starts: vec![3.0], ..config(200.0) }, 300, 5);
    provider.set_lever(ElectiveLever::VirtualShare, 0.5);
    run(&mut provider, 0..280, false);
    assert!(provider.len() < 600);
}
