//! Planned care without the emergency chain: every waiting list of England, day by day.
//!
//! For questions of years, beyond what the whole system can or need be run for. Every operation finds its
//! bed: published treatment rates have bed shortage in them already, and what a lever on beds does to
//! cancellations is a question for the whole system. Months after the pack take the figures of the same month
//! of its last year ([`Timeline::repeating_years`]).

use super::assemble::elective::{elective, independent_provider};
use super::assemble::{AssemblyError, Timeline, is_working_day};
use super::capacity::{Capacity, CapacityPlan};
use super::pack::{Driver, SystemPack};
use super::planned_care::{all_tests, profile, profiles, working_day};
use crate::care::diagnostics::{Diagnostics, Modality, TestCounts};
use crate::care::elective::{
    Clock, ElectiveCounts, ElectiveLever, ElectiveProvider, Function, IndependentProvider, ListProfile,
    Order, WeekBand,
};
use crate::random::Stream;
use crate::units::{Month, Span};
use rayon::prelude::*;

/// What can be asked of planned care alone.
#[derive(Clone, Debug)]
pub struct Question {
    /// First month; the published list is that of its eve.
    pub first: Month,
    /// Last month.
    pub last: Month,
    /// What a scenario adds.
    pub plan: CapacityPlan,
    /// Who is next; `None` for the rules of the pack.
    pub order: Option<Order>,
    /// From the start whoever has waited longer comes before everybody who has not, but for cancer where the order
    /// puts cancer first; `None` without a cut-off, as in the pack.
    pub cut_off: Option<WeekBand>,
    /// Months by which every promise falls due later: for runs in which the months stand for earlier ones.
    pub promises_later_by: i32,
    /// How strongly referrals move from long to short waits within a care system: 1 means that 10% above its mean
    /// wait costs 10% of referrals. 0 without choice.
    pub choice: f64,
    /// People of England for each person simulated: 1 for all, 10 for a tenth, ten times as fast and with
    /// more noise. Counts come out as simulated.
    pub persons: f64,
}

impl Question {
    fn timeline(&self, pack: &SystemPack) -> Timeline {
        let mut timeline = Timeline::repeating_years(pack, self.first, self.last);
        timeline.promises_later_by = self.promises_later_by;
        timeline
    }
}

/// One list in one month: flows in it and the state at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Flows.
    pub counts: ElectiveCounts,
    /// Pathways at the end of the month.
    pub total: u64,
    /// Over 18, 52, 65, 78 and 104 weeks.
    pub over: [u64; 5],
    /// Of those over 18, 52, 65, 78 and 104 weeks, the ones excepted from promises: by choice, or too complex.
    pub excepted_over: [u64; 5],
    /// With a decision to admit.
    pub decided: u64,
    /// Ready: not held up by results, checks, for clinical reasons or by choice.
    pub ready: u64,
    /// Held up for clinical reasons, and by their own choice.
    pub held_up: [u64; 2],
    /// Median wait \[weeks\].
    pub median: Option<f64>,
    /// 92nd percentile \[weeks\].
    pub p92: Option<f64>,
}

impl Row {
    fn of(counts: ElectiveCounts, list: &ListProfile) -> Self {
        Self {
            counts,
            total: list.total(),
            over: list.over(),
            excepted_over: list.excepted_over,
            decided: list.decided(),
            ready: list.ready(),
            held_up: [list.by_delay[2], list.by_delay[3]],
            median: list.percentile(0.5),
            p92: list.percentile(0.92),
        }
    }
}

/// One provider in one month.
#[derive(Clone, Debug, PartialEq)]
pub struct HolderMonth {
    /// All functions together.
    pub all: Row,
    /// By treatment function, in the order of [`Function::all`].
    pub by_function: Vec<Row>,
    /// Tests by modality.
    pub tests: [TestCounts; Modality::COUNT],
}

impl HolderMonth {
    /// All tests together.
    pub fn all_tests(&self) -> TestCounts {
        all_tests(&self.tests)
    }
}

/// One month of England.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthResult {
    /// The month.
    pub month: Month,
    /// England.
    pub england: Row,
    /// Tests in England.
    pub tests: [TestCounts; Modality::COUNT],
    /// By holder of a waiting list: acute trusts, then the others, in the order of the pack.
    pub holders: Vec<HolderMonth>,
}

impl MonthResult {
    /// All tests together.
    pub fn all_tests(&self) -> TestCounts {
        all_tests(&self.tests)
    }
}

/// The lists that share an independent provider: those of the trusts of a care system. Any other provider is a group by
/// itself.
#[derive(Clone, Debug)]
struct Group {
    // with their positions: trusts first, then the others
    holders: Vec<(usize, Holder)>,
    independent: IndependentProvider,
    // (day of the run, operations a working day), in order
    offers: Changes<f64>,
}

#[derive(Clone, Debug)]
struct Holder {
    elective: ElectiveProvider,
    diagnostics: Diagnostics<Clock>,
    changes: Changes<Changed>,
    // empty, kept so that its memory is used again
    for_bed: Vec<Clock>,
}

/// What changes on which day of the run, in order, and how many of them have come.
#[derive(Clone, Debug)]
struct Changes<T> {
    changes: Vec<(i32, T)>,
    come: usize,
}

impl<T: Copy> Changes<T> {
    fn next(&mut self, day: i32) -> Option<T> {
        let (_, change) = self.changes.get(self.come).filter(|(from, _)| *from <= day)?;
        self.come += 1;
        Some(*change)
    }
}

#[derive(Clone, Copy, Debug)]
enum Changed {
    Elective(ElectiveLever, f64),
    Tests(Modality, f64),
}

impl Group {
    /// A month of every list in it.
    fn month(&mut self, timeline: &Timeline, month: usize) -> Vec<HolderResult> {
        let of_run = timeline.months.get(month).copied();
        let first = of_run.map_or(0, |m| timeline.day_of(m.first_day()));
        let days = first..first + of_run.map_or(0, |m| m.days() as i32);
        if self.offers.changes.is_empty() {
            // nothing passes between them: one after the other, so that a list stays in cache
            for (_, holder) in &mut self.holders {
                days.clone().for_each(|day| holder.day(timeline, month, day));
            }
        } else {
            for day in days.clone() {
                self.holders.iter_mut().for_each(|(_, holder)| holder.day(timeline, month, day));
                self.offers_of(timeline, day);
            }
        }
        let today = days.end;
        self.holders.iter_mut().map(|(index, holder)| holder.result(*index, today)).collect()
    }

    fn offers_of(&mut self, timeline: &Timeline, day: i32) {
        while let Some(places) = self.offers.next(day) {
            self.independent.set_places(places);
        }
        if works(timeline, day) {
            self.independent
                .working_day(day, self.holders.iter_mut().map(|(_, holder)| &mut holder.elective));
        }
    }
}

/// Position of a list, its month, and the list by function at its end.
type HolderResult = (usize, HolderMonth, Box<[ListProfile; Function::COUNT]>);

fn works(timeline: &Timeline, day: i32) -> bool {
    let time = crate::units::Time::ZERO + Span::DAY.times(u64::from(day.unsigned_abs()));
    is_working_day(timeline.calendar.date_at(time))
}

impl Holder {
    fn day(&mut self, timeline: &Timeline, month: usize, day: i32) {
        while let Some(change) = self.changes.next(day) {
            match change {
                Changed::Elective(lever, total) => self.elective.set_lever(lever, total),
                Changed::Tests(modality, tests) => self.diagnostics.set_added(modality, tests),
            }
        }
        if !works(timeline, day) {
            return;
        }
        let for_bed = &mut self.for_bed;
        working_day(&mut self.elective, &mut self.diagnostics, day, month, |clock| for_bed.push(clock));
        for clock in for_bed.drain(..) {
            self.elective.treated(clock, day);
        }
    }

    fn result(&mut self, index: usize, today: i32) -> HolderResult {
        let lists = Box::new(profiles(&self.elective, &self.diagnostics, today));
        let counts = self.elective.take_counts_by_function();
        let mut all = (ElectiveCounts::default(), ListProfile::default());
        for (counts, list) in counts.iter().zip(lists.iter()) {
            all.0.add(counts);
            all.1.add(list);
        }
        let result = HolderMonth {
            all: Row::of(all.0, &all.1),
            by_function: counts
                .iter()
                .zip(lists.iter())
                .map(|(counts, list)| Row::of(*counts, list))
                .collect(),
            tests: self.diagnostics.take_counts(today),
        };
        (index, result, lists)
    }
}

/// Runs it, month by month; everything random is drawn from `root`. The same question and root give the same
/// results whatever the number of threads.
///
/// # Errors
/// If a provider cannot be built from the pack.
pub fn run(pack: &SystemPack, question: &Question, root: Stream) -> Result<Vec<MonthResult>, AssemblyError> {
    let timeline = question.timeline(pack);
    let mut running = build(pack, question, &timeline, root)?;
    let mut results: Vec<MonthResult> = Vec::with_capacity(timeline.months.len());
    for (index, &month) in timeline.months.iter().enumerate() {
        if let Some(before) = results.last().filter(|_| question.choice > 0.0) {
            choose(pack, &mut running, before, question.choice);
        }
        let mut of_holders: Vec<HolderResult> =
            running.par_iter_mut().flat_map_iter(|group| group.month(&timeline, index)).collect();
        of_holders.sort_by_key(|of_holder| of_holder.0);
        let mut counts = ElectiveCounts::default();
        let mut list = ListProfile::default();
        let mut tests = [TestCounts::default(); Modality::COUNT];
        for (_, holder, lists) in &of_holders {
            counts.add(&holder.all.counts);
            lists.iter().for_each(|of_function| list.add(of_function));
            for (sum, count) in tests.iter_mut().zip(holder.tests) {
                *sum = all_tests(&[*sum, count]);
            }
        }
        // not collected: that would keep the memory of the lists
        let mut holders = Vec::with_capacity(of_holders.len());
        holders.extend(of_holders.into_iter().map(|(_, holder, _)| holder));
        results.push(MonthResult { month, england: Row::of(counts, &list), tests, holders });
    }
    Ok(results)
}

fn build(
    pack: &SystemPack,
    question: &Question,
    timeline: &Timeline,
    root: Stream,
) -> Result<Vec<Group>, AssemblyError> {
    let trusts = pack.trusts().len();
    let holders = trusts + pack.elective_providers().len();
    let persons = question.persons.max(1.0);
    let overnight = pack.parameters().elective.overnight_share.value;
    let built: Vec<Result<Holder, AssemblyError>> = (0..holders)
        .into_par_iter()
        .map(|holder| {
            let (mut elective, diagnostics) =
                elective(pack, holder, overnight, timeline, persons, 0.0, root)?;
            if let Some(order) = question.order {
                elective.set_order(order);
            }
            if let Some(cut_off) = question.cut_off {
                elective.set_lever(ElectiveLever::CutOff { weeks: cut_off.weeks() }, 1.0);
            }
            let changes = changes(&question.plan, holder, trusts, persons, timeline);
            Ok(Holder { elective, diagnostics, changes: Changes { changes, come: 0 }, for_bed: Vec::new() })
        })
        .collect();
    let group = |care_system| Group {
        holders: Vec::new(),
        independent: independent_provider(pack),
        offers: Changes { changes: offers(&question.plan, care_system, persons, timeline), come: 0 },
    };
    let mut groups: Vec<Group> = (0..pack.care_systems().len()).map(|c| group(Some(c))).collect();
    for (index, holder) in built.into_iter().enumerate() {
        let holder = (index, holder?);
        let care_system = pack.trusts().get(index).map(|trust| trust.care_system.index());
        match care_system.and_then(|c| groups.get_mut(c)) {
            Some(group) => group.holders.push(holder),
            None => groups.push(Group { holders: vec![holder], ..group(None) }),
        }
    }
    Ok(groups)
}

/// The list of England on the eve of the first day.
///
/// # Errors
/// If a provider cannot be built from the pack.
pub fn starting_list(pack: &SystemPack, question: &Question, root: Stream) -> Result<Row, AssemblyError> {
    let mut list = ListProfile::default();
    starting_profiles(pack, question, root)?.iter().for_each(|of_holder| list.add(of_holder));
    Ok(Row::of(ElectiveCounts::default(), &list))
}

/// The same by provider: acute trusts, then the others.
///
/// # Errors
/// If a provider cannot be built from the pack.
pub fn starting_list_by_provider(
    pack: &SystemPack,
    question: &Question,
    root: Stream,
) -> Result<Vec<Row>, AssemblyError> {
    let lists = starting_profiles(pack, question, root)?;
    Ok(lists.iter().map(|list| Row::of(ElectiveCounts::default(), list)).collect())
}

fn starting_profiles(
    pack: &SystemPack,
    question: &Question,
    root: Stream,
) -> Result<Vec<ListProfile>, AssemblyError> {
    let timeline = question.timeline(pack);
    let groups = build(pack, question, &timeline, root)?;
    let mut holders: Vec<&(usize, Holder)> = groups.iter().flat_map(|group| &group.holders).collect();
    holders.sort_by_key(|(index, _)| *index);
    Ok(holders.iter().map(|(_, holder)| profile(&holder.elective, &holder.diagnostics, 0)).collect())
}

/// What the independent provider of a care system has from which day on.
fn offers(
    plan: &CapacityPlan,
    care_system: Option<usize>,
    persons: f64,
    timeline: &Timeline,
) -> Vec<(i32, f64)> {
    let mut total = 0.0;
    let of_care_system = plan.steps().iter().filter(|step| match step.capacity {
        Capacity::IndependentOperations(of) => Some(of.index()) == care_system,
        _ => false,
    });
    of_care_system
        .map(|step| {
            total += step.added;
            (timeline.day_of(step.from), total / persons)
        })
        .collect()
}

fn changes(
    plan: &CapacityPlan,
    holder: usize,
    trusts: usize,
    persons: f64,
    timeline: &Timeline,
) -> Vec<(i32, Changed)> {
    let mut totals = std::collections::BTreeMap::new();
    let of_holder = plan.steps().iter().filter_map(|step| {
        let at = match step.capacity {
            Capacity::Elective(at, _) | Capacity::Tests(at, _) => at,
            _ => return None,
        };
        if at.index(trusts) != holder {
            return None;
        }
        let total = totals.entry(step.capacity).or_insert(0.0);
        *total += step.added;
        let changed = match step.capacity {
            Capacity::Elective(_, lever) => {
                let per = if lever.is_share() { 1.0 } else { persons };
                Changed::Elective(lever, *total / per)
            }
            Capacity::Tests(_, modality) => Changed::Tests(modality, *total / persons),
            _ => return None,
        };
        Some((timeline.day_of(step.from), changed))
    });
    of_holder.collect()
}

/// Patients choose: within a care system referrals move towards trusts whose median wait at the end of the
/// last month was shorter. The number of referrals stays what it is.
fn choose(pack: &SystemPack, running: &mut [Group], before: &MonthResult, strength: f64) {
    let trusts = pack.trusts();
    for care_system in 0..pack.care_systems().len() {
        let members: Vec<(usize, f64, f64)> = trusts
            .iter()
            .enumerate()
            .filter(|(_, trust)| trust.care_system.index() == care_system)
            .filter_map(|(t, _)| {
                let starts: f64 = pack.drivers().monthly(Driver::ClockStarts, t).iter().sum();
                Some((t, starts, before.holders.get(t)?.all.median?))
            })
            .collect();
        let starts: f64 = members.iter().map(|m| m.1).sum();
        let mean = members.iter().map(|m| m.1 * m.2).sum::<f64>() / starts.max(1e-9);
        let factors: Vec<f64> =
            members.iter().map(|m| (-strength * (m.2 / mean.max(1e-9) - 1.0)).exp()).collect();
        let moved: f64 = members.iter().zip(&factors).map(|(m, factor)| m.1 * factor).sum();
        for ((t, ..), factor) in members.iter().zip(factors) {
            let mut holders = running.iter_mut().flat_map(|group| &mut group.holders);
            if let Some((_, holder)) = holders.find(|(index, _)| index == t) {
                holder.elective.set_referrals_factor(factor * starts / moved.max(1e-9));
            }
        }
    }
}
