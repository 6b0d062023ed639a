//! A study: scenarios of one system over one period, each replicated.
//!
//! Replications and independent parts run in parallel; within each, all scenarios share one warm-up
//! and one set of people (common random numbers). Until a scenario first changes something its run
//! is that of a scenario that changes nothing, so this is run once and copied when they part.

mod by_day;
mod check;
mod costs;
mod error;
mod replicate;

pub(in crate::experiment) use check::Checked;
pub use error::{QuestionError, StudyError};
pub(in crate::experiment) use replicate::{Order, lock};

use super::Results;
use super::precise::{self, Wanted};
use super::results::LeversIn;
use crate::policy::Lever;
use crate::policy::prices::{Prices, Resource};
use crate::scenario::Scenario;
use crate::system::measures::Measure;
use crate::system::outcome::Outcome;
use crate::system::pack::SystemPack;
use crate::system::parts::Part;
use crate::system::pressure::Switches;
use crate::units::{Fingerprint, Pounds};
use jiff::civil::Date;
use std::ops::{Range, RangeInclusive};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

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
    prices: Prices,
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
            prices: Prices::published(),
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
        let most = self.precision.map_or(precise::MOST, |wanted| wanted.most);
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
            prices: self.prices.clone(),
            parts: self.parts.clone(),
            place: self.place.clone(),
            progress: None,
            stop: None,
        }
    }

    /// The same without the scenario of this name.
    pub(in crate::experiment) fn without(mut self, scenario: &str) -> Self {
        self.scenarios.retain(|other| other.name != scenario);
        self
    }

    /// The system that is asked about.
    pub fn pack(&self) -> &SystemPack {
        &self.pack
    }

    /// Replications asked for, and the number of the first.
    pub(in crate::experiment) fn numbered(&self) -> (u32, u32) {
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

    /// Only these parts of the system (see [`parts`](crate::system::parts::parts)); all of it unless said otherwise. Measures of `England`
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

    /// A price of one's own for something that levers use, in place of what was published or is missing. It changes
    /// nothing that is simulated.
    #[must_use]
    pub fn price(self, resource: Resource, pounds: Pounds) -> Self {
        Self { prices: self.prices.with(resource, pounds), ..self }
    }

    /// What the scenarios of this name cost in the place and months that are asked about, in place of what is worked out
    /// from what their levers use. It changes nothing that is simulated.
    #[must_use]
    pub fn with_cost(mut self, scenario: &str, cost: Pounds) -> Self {
        self.scenarios.iter_mut().filter(|s| s.name == scenario).for_each(|s| s.cost = Some(cost));
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

    /// What it is to run until, if not for a number of replications.
    pub(in crate::experiment) fn precision_wanted(&self) -> Option<Wanted> {
        self.precision
    }

    pub(in crate::experiment) fn seed_of_all(&self) -> u64 {
        self.seed
    }

    pub(in crate::experiment) fn switches_of_all(&self) -> Switches {
        self.switches
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Runs it.
    ///
    /// # Errors
    /// Everything that is wrong with the question; or the first replication, in order, that could not
    /// be built or was stopped.
    pub fn run(&self) -> Result<Results, StudyError> {
        match self.precision {
            Some(wanted) => {
                precise::run_until(self.first_replication, wanted, |numbers| self.run_some(numbers))
            }
            None => {
                let first = self.first_replication;
                self.run_some(first..first.saturating_add(self.replications))
            }
        }
    }

    /// Runs the replications with these numbers.
    fn run_some(&self, numbers: Range<u32>) -> Result<Results, StudyError> {
        let question = self.checked()?;
        let wanted: Vec<u32> = numbers.collect();
        let finished = Mutex::new(Vec::with_capacity(wanted.len()));
        self.run_replications(&question, &wanted, Order::LongestPartFirst, |replication, outcomes| {
            lock(&finished).push((replication, outcomes));
        })?;
        let mut finished = finished.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        finished.sort_by_key(|(replication, _)| *replication);
        Ok(self.results(question, finished.into_iter().map(|(_, outcomes)| outcomes)))
    }

    /// Results from the outcomes of every replication, in order, each with one outcome a scenario.
    pub(in crate::experiment) fn results(
        &self,
        question: Checked,
        replications: impl IntoIterator<Item = Vec<Outcome>>,
    ) -> Results {
        let (print, costs) = (self.fingerprint(&question), self.costs(&question));
        let levers = match (question.pack.local(), &self.place) {
            (None, _) => LeversIn::England,
            (Some(_), Some(_)) => LeversIn::PartOfWhole,
            (Some(_), None) => LeversIn::Place,
        };
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
        .run_with(self.switches, levers)
        .with_costs(costs, self.prices.clone())
    }

    /// The fingerprint of all that one replication depends on.
    pub(in crate::experiment) fn fingerprint(&self, question: &Checked) -> Fingerprint {
        Fingerprint::of(env!("CARGO_PKG_VERSION"))
            .then(question.pack.fingerprint().to_string())
            .then_debug(&(&question.timeline.months, question.warm_up_months, self.switches, self.seed))
            .then_debug(&(&question.scenarios, &self.parts))
    }
}
