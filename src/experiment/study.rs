//! A study: scenarios of one system over one period, each replicated.
//!
//! Replications and independent parts run in parallel; within each, all scenarios share one warm-up
//! and one set of people (common random numbers). Until a scenario first changes something its run
//! is that of a scenario that changes nothing, so this is run once and copied when they part.

use super::Results;
use super::precise::{self, Wanted};
use crate::engine::Simulation;
use crate::measure::Ratio;
use crate::policy::Lever;
use crate::random::Stream;
use crate::scenario::{CheckedScenario, Scenario, ScenarioError};
use crate::system::assemble::{AssemblyError, Timeline, assemble};
use crate::system::health_system::HealthSystem;
use crate::system::measures::Measure;
use crate::system::outcome::{Area, Counted, Outcome, areas};
use crate::system::pack::{Place, PlaceError, SystemPack};
use crate::system::parts::{Part, parts};
use crate::system::pressure::Switches;
use crate::system::statistics::Statistics;
use crate::units::{Fingerprint, Month, Span, Time};
use jiff::civil::Date;
use rayon::prelude::*;
use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A question: which scenarios, of which system, when, and how often.
pub struct Study<'a> {
    pack: SystemPack,
    place: Option<String>,
    period: RangeInclusive<Date>,
    warm_up_months: u32,
    replications: u32,
    first_replication: u32,
    precision: Option<Wanted>,
    seed: u64,
    switches: Switches,
    scenarios: Vec<Scenario>,
    parts: Option<Vec<Part>>,
    progress: Option<Box<dyn Fn(Progress) + Sync + 'a>>,
    stop: Option<&'a AtomicBool>,
}

/// How far a study has got, in simulated months of independent parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Done.
    pub done: usize,
    /// To do in all.
    pub total: usize,
}

/// Why a study cannot run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// The question is wrong in these ways.
    #[error("the study cannot run:{}", .0.iter().map(|problem| format!("\n  {problem}")).collect::<String>())]
    Question(Vec<QuestionError>),
    /// A running system cannot be built.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// A replication stopped before its end.
    #[error("replication {replication} of scenario '{scenario}': {reason}")]
    Stopped {
        /// Which replication, from 0.
        replication: u32,
        /// Which scenario.
        scenario: String,
        /// Why.
        reason: crate::engine::Stopped,
    },
    /// It was asked to stop before all replications were finished.
    #[error("stopped before the end, with {finished} of {wanted} replications finished")]
    Interrupted {
        /// Replications that are whole.
        finished: usize,
        /// Replications asked for.
        wanted: usize,
    },
}

/// One thing that is wrong with a question.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionError {
    /// No replications, or so many that their results would not fit in memory.
    #[error("replications = {0}, must be from 1 to 1,000")]
    Replications(u32),
    /// A precision that is not above zero.
    #[error("until_precise = {0}, must be a share above 0, such as 0.05")]
    Precision(f64),
    /// Too few replications to know how precise they are, or too many.
    #[error("replications_at_most = {0}, must be from 5 to 1,000")]
    MostReplications(u32),
    /// A warm-up of more than ten years.
    #[error("warm_up_months = {0}, must be at most 120")]
    WarmUp(u32),
    /// The period is not made of whole months.
    #[error("period {first} to {last}: must run from the first day of a month to the last day of a month")]
    WholeMonths {
        /// First day.
        first: Date,
        /// Last day.
        last: Date,
    },
    /// The period is not inside that of the pack.
    #[error("period {first} to {last}: must lie within {from} to {until}, the months of the pack '{pack}'")]
    OutsidePack {
        /// First month of the period.
        first: Month,
        /// Last month of the period.
        last: Month,
        /// First month of the pack.
        from: Month,
        /// Last month of the pack.
        until: Month,
        /// The pack.
        pack: String,
    },
    /// There is no such place in the pack.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// No scenario was given.
    #[error("no scenario was given")]
    NoScenario,
    /// Two scenarios have one name.
    #[error("two scenarios are called '{0}'")]
    TwoOfOneName(String),
    /// A scenario is wrong.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
}

/// The results of one replication of England take about a megabyte for each scenario.
const MOST_REPLICATIONS: u32 = 1_000;

const MOST_UNTIL_PRECISE: u32 = 100;

/// A question that has been checked.
pub(super) struct Checked {
    // what is simulated: the pack of the study, or the place that is cut out of it
    pub(super) pack: SystemPack,
    pub(super) timeline: Timeline,
    warm_up_months: usize,
    pub(super) scenarios: Vec<CheckedScenario>,
    // when each scenario parts from the one that changes nothing
    partings: Vec<Time>,
    pub(super) end: Time,
}

impl<'a> Study<'a> {
    /// A study of a system over its whole period, with a month of warm-up and five replications.
    pub fn new(pack: SystemPack) -> Self {
        let period = pack.first_month().first_day()..=pack.last_month().last_day();
        Self {
            pack,
            place: None,
            period,
            warm_up_months: 1,
            replications: 5,
            first_replication: 0,
            precision: None,
            seed: 2022,
            switches: Switches::all_on(),
            scenarios: Vec::new(),
            parts: None,
            progress: None,
            stop: None,
        }
    }

    /// Simulates one place only, as named in [`SystemPack::place`]: an ICB, an ambulance service, a region
    /// or some trusts. Levers stay those of the whole system, of which the place gets its part; for levers
    /// that are pulled in the place alone, make the study of the place: `Study::new(england().icb("QHL")?)`.
    #[must_use]
    pub fn place(self, place: impl Into<String>) -> Self {
        Self { place: Some(place.into()), ..self }
    }

    /// The days that are reported: whole months inside the pack.
    #[must_use]
    pub fn period(self, period: RangeInclusive<Date>) -> Self {
        Self { period, ..self }
    }

    /// Months simulated before the period and not reported.
    #[must_use]
    pub fn warm_up_months(self, warm_up_months: u32) -> Self {
        Self { warm_up_months, ..self }
    }

    /// How often each scenario is run (1 to 1,000).
    #[must_use]
    pub fn replications(self, replications: u32) -> Self {
        Self { replications, ..self }
    }

    /// The number of the first replication, 0 unless said otherwise: studies of the same seed whose
    /// replications have different numbers meet different people.
    #[must_use]
    pub fn first_replication(self, first_replication: u32) -> Self {
        Self { first_replication, ..self }
    }

    /// Runs as many replications as it takes until half the 95% interval of `measure` is at most `share` of
    /// its value, in every scenario and for England; at most 100, or as many as
    /// [`replications_at_most`](Self::replications_at_most) allows. [`Results::precision`] says whether that was
    /// reached, and [`precise`] how often the interval then holds the truth.
    #[must_use]
    pub fn until_precise(self, measure: Measure, share: f64) -> Self {
        let most = self.precision.map_or(MOST_UNTIL_PRECISE, |wanted| wanted.most);
        Self { precision: Some(Wanted { measure, share, most }), ..self }
    }

    /// The most replications that [`until_precise`](Self::until_precise) may run; without it, of no effect.
    #[must_use]
    pub fn replications_at_most(self, most: u32) -> Self {
        Self { precision: self.precision.map(|wanted| Wanted { most, ..wanted }), ..self }
    }

    /// The same question about another pack.
    #[must_use]
    pub fn with_pack(self, pack: SystemPack) -> Self {
        Self { pack, ..self }
    }

    /// The same question about other scenarios, in place of those added so far.
    #[must_use]
    pub fn with_scenarios(self, scenarios: impl IntoIterator<Item = Scenario>) -> Self {
        Self { scenarios: scenarios.into_iter().collect(), ..self }
    }

    /// The same question, to be changed and asked again; progress is not told.
    #[must_use]
    pub fn again(&self) -> Study<'static> {
        Study {
            pack: self.pack.clone(),
            period: self.period.clone(),
            warm_up_months: self.warm_up_months,
            replications: self.replications,
            first_replication: self.first_replication,
            precision: self.precision,
            seed: self.seed,
            switches: self.switches,
            scenarios: self.scenarios.clone(),
            parts: self.parts.clone(),
            place: self.place.clone(),
            progress: None,
            stop: None,
        }
    }

    /// The same without the scenario of this name.
    pub(super) fn without(mut self, scenario: &str) -> Self {
        self.scenarios.retain(|other| other.name != scenario);
        self
    }

    /// The system that is asked about.
    pub fn pack(&self) -> &SystemPack {
        &self.pack
    }

    /// Replications asked for, and the number of the first.
    pub(super) fn numbered(&self) -> (u32, u32) {
        (self.first_replication, self.replications)
    }

    /// The seed from which everything random is drawn; the same seed gives the same bytes.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Which pressure valves work; all of them unless said otherwise.
    #[must_use]
    pub fn valves(self, switches: Switches) -> Self {
        Self { switches, ..self }
    }

    /// Only these parts of the system (see [`parts`]); all of it unless said otherwise. Measures of `England`
    /// are then of the providers in them.
    #[must_use]
    pub fn only_parts(self, parts: impl IntoIterator<Item = Part>) -> Self {
        Self { parts: Some(parts.into_iter().collect()), ..self }
    }

    /// Adds a scenario.
    #[must_use]
    pub fn scenario(mut self, name: impl Into<String>, levers: impl IntoIterator<Item = Lever>) -> Self {
        self.scenarios.push(Scenario::new(name, levers));
        self
    }

    /// Calls `progress` whenever a part of the work is done, from any thread.
    #[must_use]
    pub fn on_progress(self, progress: impl Fn(Progress) + Sync + 'a) -> Self {
        Self { progress: Some(Box::new(progress)), ..self }
    }

    /// Stops as soon as `stop` is set, within a fraction of a second of work.
    #[must_use]
    pub fn stopped_by(self, stop: &'a AtomicBool) -> Self {
        Self { stop: Some(stop), ..self }
    }

    /// Replications asked for.
    pub(super) fn wanted(&self) -> u32 {
        self.replications
    }

    pub(super) fn seed_of_all(&self) -> u64 {
        self.seed
    }

    pub(super) fn switches_of_all(&self) -> Switches {
        self.switches
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// What a person may not have meant, and what was cut at the border of a place.
    ///
    /// # Errors
    /// Everything that is wrong with the question.
    pub fn validate(&self) -> Result<Vec<String>, StudyError> {
        let question = self.checked()?;
        let borders = question.pack.local().map(Place::borders).unwrap_or_default().iter().cloned();
        Ok(borders.chain(question.scenarios.iter().flat_map(|s| s.warnings().to_vec())).collect())
    }

    pub(super) fn checked(&self) -> Result<Checked, StudyError> {
        self.check().map_err(StudyError::Question)
    }

    fn check(&self) -> Result<Checked, Vec<QuestionError>> {
        let mut problems = Vec::new();
        let place = self.place.as_deref().map(|place| self.pack.place(place)).transpose();
        let place = place.unwrap_or_else(|error| {
            problems.push(error.into());
            None
        });
        if !(1..=MOST_REPLICATIONS).contains(&self.replications) {
            problems.push(QuestionError::Replications(self.replications));
        }
        if let Some(wanted) = self.precision {
            if !(wanted.share > 0.0 && wanted.share.is_finite()) {
                problems.push(QuestionError::Precision(wanted.share));
            }
            if !(precise::FIRST..=MOST_REPLICATIONS).contains(&wanted.most) {
                problems.push(QuestionError::MostReplications(wanted.most));
            }
        }
        if self.warm_up_months > 120 {
            problems.push(QuestionError::WarmUp(self.warm_up_months));
        }
        let (first_day, last_day) = (*self.period.start(), *self.period.end());
        let (first, last) = (Month::of(first_day), Month::of(last_day));
        if first_day != first.first_day() || last_day != last.last_day() || last < first {
            problems.push(QuestionError::WholeMonths { first: first_day, last: last_day });
        }
        let (from, until) = (self.pack.first_month(), self.pack.last_month());
        if first < from || last > until {
            let pack = self.pack.name().to_owned();
            problems.push(QuestionError::OutsidePack { first, last, from, until, pack });
        }
        if self.scenarios.is_empty() {
            problems.push(QuestionError::NoScenario);
        }
        let mut scenarios = Vec::new();
        for (i, scenario) in self.scenarios.iter().enumerate() {
            if self.scenarios[..i].iter().any(|earlier| earlier.name == scenario.name) {
                problems.push(QuestionError::TwoOfOneName(scenario.name.clone()));
            }
            match scenario.check(&self.pack, first, last) {
                Ok(checked) => scenarios.push(match place.as_ref().and_then(SystemPack::local) {
                    Some(place) => checked.within(place),
                    None => checked,
                }),
                Err(errors) => problems.extend(errors.into_iter().map(QuestionError::Scenario)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let start = first.plus(-(self.warm_up_months as i32));
        let pack = place.unwrap_or_else(|| self.pack.clone());
        let timeline = Timeline::new(&pack, start, last);
        let end = timeline.calendar.midnight(last_day) + Span::DAY;
        let partings: Vec<Option<Time>> = scenarios
            .iter()
            .map(|scenario| {
                let day = scenario.plan().first_day()?;
                Some(timeline.calendar.midnight(day)).filter(|&parting| parting < end)
            })
            .collect();
        // one that changes nothing goes on alone when the last of the others has parted
        let last = partings.iter().flatten().copied().max().unwrap_or(Time::ZERO);
        let partings = partings.into_iter().map(|parting| parting.unwrap_or(last)).collect();
        Ok(Checked { pack, timeline, warm_up_months: self.warm_up_months as usize, scenarios, partings, end })
    }

    /// Runs it.
    ///
    /// # Errors
    /// Everything that is wrong with the question; or the first replication, in order, that could not
    /// be built or was stopped.
    pub fn run(&self) -> Result<Results, StudyError> {
        match self.precision {
            Some(wanted) => precise::run_until(self, wanted),
            None => self.run_some(self.replications, self.first_replication),
        }
    }

    /// Runs this many replications from the one with the number `first` on.
    pub(super) fn run_some(&self, replications: u32, first: u32) -> Result<Results, StudyError> {
        let question = self.checked()?;
        let wanted: Vec<u32> = (0..replications).map(|r| first.saturating_add(r)).collect();
        let finished = Mutex::new(Vec::with_capacity(wanted.len()));
        self.run_replications(&question, &wanted, Order::LongestPartFirst, |replication, outcomes| {
            lock(&finished).push((replication, outcomes));
        })?;
        let mut finished = finished.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        finished.sort_by_key(|(replication, _)| *replication);
        Ok(self.results(question, finished.into_iter().map(|(_, outcomes)| outcomes)))
    }

    /// Results from the outcomes of every replication, in order, each with one outcome a scenario.
    pub(super) fn results(
        &self,
        question: Checked,
        replications: impl IntoIterator<Item = Vec<Outcome>>,
    ) -> Results {
        let print = self.fingerprint(&question);
        let mut outcomes = vec![Vec::new(); question.scenarios.len()];
        for replication in replications {
            outcomes.iter_mut().zip(replication).for_each(|(scenario, outcome)| scenario.push(outcome));
        }
        Results::new(
            question.pack,
            question.timeline.months,
            question.warm_up_months,
            question.scenarios,
            outcomes,
            self.seed,
        )
        .of_question(print)
    }

    /// The fingerprint of all that one replication depends on.
    pub(super) fn fingerprint(&self, question: &Checked) -> Fingerprint {
        Fingerprint::of(env!("CARGO_PKG_VERSION"))
            .then(question.pack.fingerprint().to_string())
            .then_debug(&(&question.timeline.months, question.warm_up_months, self.switches, self.seed))
            .then_debug(&(&question.scenarios, &self.parts))
    }

    /// Runs the replications listed and hands each over when it is whole, from any thread.
    pub(super) fn run_replications(
        &self,
        question: &Checked,
        wanted: &[u32],
        order: Order,
        hand_over: impl Fn(u32, Vec<Outcome>) + Sync,
    ) -> Result<(), StudyError> {
        let parts = self.parts.clone().unwrap_or_else(|| parts(&question.pack));
        let gatherings: Vec<Mutex<Gathering>> =
            wanted.iter().map(|_| Mutex::new(Gathering::of(parts.len()))).collect();
        let jobs: Vec<(usize, usize)> = match order {
            Order::LongestPartFirst => (0..parts.len())
                .flat_map(|part| (0..wanted.len()).map(move |replication| (replication, part)))
                .collect(),
            Order::ReplicationByReplication => (0..wanted.len())
                .flat_map(|replication| (0..parts.len()).map(move |part| (replication, part)))
                .collect(),
        };
        // a thread that waits for the scenarios of one job begins another: with many jobs, each is then
        // long under way before any is whole, and a study that is killed has nothing to show
        let has_many_jobs = jobs.len() >= 4 * rayon::current_num_threads();
        let scenarios = match order {
            Order::ReplicationByReplication if has_many_jobs => Scenarios::OneByOne,
            _ => Scenarios::Together,
        };
        let areas = areas(&question.pack);
        let total = jobs.len() * question.scenarios.len();
        let (done, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let tell = |units: usize| {
            if let Some(progress) = &self.progress {
                progress(Progress { done: done.fetch_add(units, Ordering::Relaxed) + units, total });
            }
        };
        let job = |&(position, part): &(usize, usize)| -> Result<(), StudyError> {
            let (Some(&replication), Some(part), Some(gathering)) =
                (wanted.get(position), parts.get(part), gatherings.get(position))
            else {
                return Ok(());
            };
            let counted = self.run_part(question, replication, part, &tell, scenarios)?;
            // whichever part comes first: each has values of its own, and England is summed at the end
            if let Some(outcomes) = lock(gathering).take_in(question, part, &counted, &areas) {
                hand_over(replication, outcomes);
                finished.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        // every job is tried, so that the first error in order is the one reported
        let failures: Mutex<Vec<(usize, StudyError)>> = Mutex::new(Vec::new());
        jobs.iter().enumerate().par_bridge().for_each(|(index, one)| {
            if let Err(error) = job(one) {
                lock(&failures).push((index, error));
            }
        });
        let failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        match failures.into_iter().min_by_key(|(index, _)| *index).map(|(_, error)| error) {
            None => Ok(()),
            Some(StudyError::Interrupted { .. }) => {
                let finished = finished.load(Ordering::Relaxed);
                Err(StudyError::Interrupted { finished, wanted: wanted.len() })
            }
            Some(error) => Err(error),
        }
    }

    /// Runs up to `end`, looking up now and then whether to stop.
    fn advance(
        &self,
        simulation: &mut Simulation<HealthSystem>,
        end: Time,
        stopped: impl Fn(crate::engine::Stopped) -> StudyError,
    ) -> Result<(), StudyError> {
        const BETWEEN_LOOKS: Span = Span::DAY;
        loop {
            if self.is_stopped() {
                return Err(StudyError::Interrupted { finished: 0, wanted: 0 });
            }
            let next = if self.stop.is_some() { simulation.schedule.now() + BETWEEN_LOOKS } else { end };
            simulation.run_until(next.min(end)).map_err(&stopped)?;
            if next >= end {
                return Ok(());
            }
        }
    }

    /// A measure counted since the start of the month, by midnight of each day of one replication in which
    /// nothing is changed, from the first day of the warm-up on: what daily series are made of. With the months.
    pub(super) fn run_daily(
        &self,
        replication: u32,
        measure: Measure,
        area: Area,
    ) -> Result<(Vec<Month>, Vec<Option<Ratio>>), StudyError> {
        let question = self.again().with_scenarios([Scenario::new("daily", [])]).check();
        let question = question.map_err(StudyError::Question)?;
        let parts = self.parts.clone().unwrap_or_else(|| parts(&question.pack));
        let root = Stream::of_seed(self.seed).at(u64::from(replication));
        let (trusts, areas) = (question.pack.trusts().len(), areas(&question.pack));
        let of_part = |part: &Part| -> Result<Vec<Option<Ratio>>, StudyError> {
            let mut simulation = assemble(&question.pack, part, &question.timeline, self.switches, root)?;
            let mut by_day = Vec::new();
            let mut midnight = Time::ZERO;
            for (index, month) in question.timeline.months.iter().enumerate() {
                for _ in 0..month.days() {
                    midnight += Span::DAY;
                    simulation.run_until(midnight).map_err(|reason| {
                        let scenario = "daily".to_owned();
                        StudyError::Stopped { replication, scenario, reason }
                    })?;
                    // the statistics of this month alone
                    let all = &simulation.model.statistics;
                    let statistics = Statistics {
                        ambulance: all.ambulance.get(index).cloned().into_iter().collect(),
                        hospitals: all.hospitals.get(index).cloned().into_iter().collect(),
                        care_systems: all.care_systems.get(index).cloned().into_iter().collect(),
                    };
                    let mut outcome = Outcome::empty(&question.pack, 1);
                    outcome.take_in(part, trusts, &Counted { statistics, events: 0, people: 0 });
                    outcome.sum_england(&areas);
                    by_day.push(outcome.get(measure, area, 0));
                }
            }
            Ok(by_day)
        };
        let parts: Vec<Result<Vec<Option<Ratio>>, StudyError>> = parts.par_iter().map(of_part).collect();
        let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        let days = parts.first().map_or(0, Vec::len);
        let on_day = |day: usize| {
            let values: Vec<Ratio> =
                parts.iter().filter_map(|part| part.get(day).copied().flatten()).collect();
            (!values.is_empty()).then(|| measure.over_providers(values))
        };
        Ok((question.timeline.months, (0..days).map(on_day).collect()))
    }

    fn run_part(
        &self,
        question: &Checked,
        replication: u32,
        part: &Part,
        tell: &(impl Fn(usize) + Sync),
        scenarios: Scenarios,
    ) -> Result<Vec<Counted>, StudyError> {
        let root = Stream::of_seed(self.seed).at(u64::from(replication));
        if self.is_stopped() {
            return Err(StudyError::Interrupted { finished: 0, wanted: 0 });
        }
        let mut common = assemble(&question.pack, part, &question.timeline, self.switches, root)?;
        let stopped = |scenario: &CheckedScenario, reason| StudyError::Stopped {
            replication,
            scenario: scenario.name().to_owned(),
            reason,
        };
        let mut in_order_of_parting: Vec<usize> = (0..question.scenarios.len()).collect();
        in_order_of_parting.sort_by_key(|&i| question.partings[i]);
        let mut parted: Vec<Option<Simulation<HealthSystem>>> = vec![None; question.scenarios.len()];
        for i in in_order_of_parting {
            let scenario = &question.scenarios[i];
            self.advance(&mut common, question.partings[i], |reason| stopped(scenario, reason))?;
            let mut simulation = common.clone();
            scenario.plan().schedule(part, &mut simulation);
            parted[i] = Some(simulation);
        }
        drop(common);
        let simulations: Vec<_> = question.scenarios.iter().zip(parted.into_iter().flatten()).collect();
        let run = |(scenario, mut simulation): (&CheckedScenario, Simulation<HealthSystem>)| {
            self.advance(&mut simulation, question.end, |reason| stopped(scenario, reason))?;
            simulation.model.finish(question.end);
            tell(1);
            let (events, people) = (simulation.events(), simulation.model.patients.admitted());
            Ok(Counted { statistics: simulation.model.statistics, events, people })
        };
        match scenarios {
            Scenarios::Together => simulations.into_par_iter().map(run).collect(),
            Scenarios::OneByOne => simulations.into_iter().map(run).collect(),
        }
    }
}

/// In which order parts of replications are run; results do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Long jobs first, which keeps all threads busy to the end.
    LongestPartFirst,
    /// One replication after the other, so that many are whole if the study is cut short.
    ReplicationByReplication,
}

/// How the scenarios of one part of one replication are run after they have parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scenarios {
    /// In parallel, for few jobs on many threads.
    Together,
    /// One after the other.
    OneByOne,
}

/// One replication while its parts come in.
struct Gathering {
    outcomes: Vec<Outcome>,
    parts_to_come: usize,
}

impl Gathering {
    fn of(parts: usize) -> Self {
        Self { outcomes: Vec::new(), parts_to_come: parts }
    }

    /// Takes in a part; the outcomes if it was the last.
    fn take_in(
        &mut self,
        question: &Checked,
        part: &Part,
        counted: &[Counted],
        areas: &[crate::system::outcome::Area],
    ) -> Option<Vec<Outcome>> {
        // a megabyte a scenario: not before it is needed
        if self.outcomes.is_empty() {
            self.outcomes = vec![question.empty_outcome(); counted.len()];
        }
        for (outcome, counted) in self.outcomes.iter_mut().zip(counted) {
            outcome.take_in(part, question.pack.trusts().len(), counted);
        }
        self.parts_to_come = self.parts_to_come.saturating_sub(1);
        if self.parts_to_come > 0 {
            return None;
        }
        let mut outcomes = std::mem::take(&mut self.outcomes);
        outcomes.iter_mut().for_each(|outcome| outcome.sum_england(areas));
        Some(outcomes)
    }
}

impl Checked {
    /// An outcome without values, of the right size.
    pub(super) fn empty_outcome(&self) -> Outcome {
        Outcome::empty(&self.pack, self.timeline.months.len())
    }

    pub(super) fn scenario_names(&self) -> Vec<String> {
        self.scenarios.iter().map(|scenario| scenario.name().to_owned()).collect()
    }
}

/// What was written before another thread panicked is still whole: each write is one step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
