//! The results of a study: every measure of every scenario and replication.

use super::precise::Precision;
use super::{Confidence, Difference, Estimate, paired_difference};
use crate::measure::Ratio;
use crate::policy::cost::Cost;
use crate::policy::prices::Prices;
use crate::scenario::CheckedScenario;
use crate::system::measures::Measure;
use crate::system::outcome::{Area, Outcome, areas};
use crate::system::pack::SystemPack;
use crate::system::pressure::Switches;
use crate::units::{Fingerprint, Month};
use std::ops::Range;

/// Every measure of every scenario and replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    pack: SystemPack,
    months: Vec<Month>,
    warm_up_months: usize,
    scenarios: Vec<CheckedScenario>,
    // [scenario][replication]
    outcomes: Vec<Vec<Outcome>>,
    costs: Vec<Cost>,
    prices: Prices,
    seed: u64,
    precision: Option<Precision>,
    question: Option<Fingerprint>,
    valves: Switches,
    levers: LeversIn,
}

/// Where levers are pulled when a place is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeversIn {
    /// All of England, or of the pack: there is no place.
    England,
    /// The place gets its part of those of the whole.
    PartOfWhole,
    /// All of them in the place.
    Place,
}

impl Results {
    pub(super) fn new(
        pack: SystemPack,
        months: Vec<Month>,
        warm_up_months: usize,
        scenarios: Vec<CheckedScenario>,
        outcomes: Vec<Vec<Outcome>>,
        seed: u64,
    ) -> Self {
        Self {
            pack,
            months,
            warm_up_months,
            scenarios,
            outcomes,
            costs: Vec::new(),
            prices: Prices::published(),
            seed,
            precision: None,
            question: None,
            valves: Switches::all_on(),
            levers: LeversIn::England,
        }
    }

    /// What each scenario costs, in their order, and at what prices.
    pub(super) fn with_costs(self, costs: Vec<Cost>, prices: Prices) -> Self {
        Self { costs, prices, ..self }
    }

    /// Which valves worked and where levers were pulled.
    pub(super) fn run_with(self, valves: Switches, levers: LeversIn) -> Self {
        Self { valves, levers, ..self }
    }

    /// Which pressure valves worked.
    pub fn valves(&self) -> Switches {
        self.valves
    }

    /// Where levers were pulled.
    pub fn levers_in(&self) -> LeversIn {
        self.levers
    }

    /// The prices at which costs were worked out.
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    /// What a scenario uses and costs over the months that are reported, in the place or parts that were simulated.
    pub fn cost(&self, scenario: &str) -> Option<&Cost> {
        self.costs.get(self.position(scenario)?)
    }

    /// Adds the replications of the same study that came after these.
    pub(super) fn extend(&mut self, more: Self) {
        for (outcomes, later) in self.outcomes.iter_mut().zip(more.outcomes) {
            outcomes.extend(later);
        }
    }

    pub(super) fn with_precision(self, precision: Precision) -> Self {
        Self { precision: Some(precision), ..self }
    }

    /// How precise a study that ran [until precise](super::Study::until_precise) is; `None` for others.
    pub fn precision(&self) -> Option<&Precision> {
        self.precision.as_ref()
    }

    pub(super) fn of_question(self, question: Fingerprint) -> Self {
        Self { question: Some(question), ..self }
    }

    /// The fingerprint of the question: the system, the period, the scenarios and the seed, but not the
    /// number of replications.
    pub fn question(&self) -> Option<Fingerprint> {
        self.question
    }

    /// Months simulated before the period and not reported.
    pub fn warm_up_months(&self) -> usize {
        self.warm_up_months
    }

    /// The scenarios as they were checked, in the order in which they were added.
    pub fn checked_scenarios(&self) -> &[CheckedScenario] {
        &self.scenarios
    }

    /// The system that was simulated.
    pub fn pack(&self) -> &SystemPack {
        &self.pack
    }

    /// The months that are reported.
    pub fn months(&self) -> &[Month] {
        self.months.get(self.warm_up_months..).unwrap_or_default()
    }

    /// The areas that are reported.
    pub fn areas(&self) -> Vec<Area> {
        areas(&self.pack).into_iter().filter(|area| area.is_in(&self.pack)).collect()
    }

    /// The seed of the study.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The names of the scenarios, in the order in which they were added.
    pub fn scenarios(&self) -> impl Iterator<Item = &str> {
        self.scenarios.iter().map(CheckedScenario::name)
    }

    /// What the person who asked may not have meant.
    pub fn warnings(&self) -> impl Iterator<Item = &str> {
        self.scenarios.iter().flat_map(CheckedScenario::warnings).map(String::as_str)
    }

    /// Replications of each scenario.
    pub fn replications(&self) -> usize {
        self.outcomes.first().map_or(0, Vec::len)
    }

    /// Events handled in all runs together.
    pub fn events(&self) -> u64 {
        self.outcomes.iter().flatten().map(|outcome| outcome.events).sum()
    }

    /// People simulated in one run, on average over all runs.
    pub fn people_per_run(&self) -> f64 {
        let runs = self.outcomes.iter().flatten();
        let (n, people) = runs.fold((0, 0), |(n, sum), outcome| (n + 1, sum + outcome.people));
        people as f64 / f64::from(n.max(1))
    }

    fn position(&self, scenario: &str) -> Option<usize> {
        self.scenarios.iter().position(|s| s.name() == scenario)
    }

    fn reported(&self, month: Option<Month>) -> Option<Range<usize>> {
        match month {
            None => Some(self.warm_up_months..self.months.len()),
            Some(month) => {
                let index = self.months.iter().position(|&m| m == month)?;
                (index >= self.warm_up_months).then_some(index..index + 1)
            }
        }
    }

    /// The value of a measure in each replication of a scenario, over the whole period or in one
    /// month. `None` if there is no such scenario or month.
    pub fn replicated(
        &self,
        scenario: &str,
        measure: Measure,
        area: Area,
        month: Option<Month>,
    ) -> Option<Vec<Option<f64>>> {
        let outcomes = self.outcomes.get(self.position(scenario)?)?;
        let months = self.reported(month)?;
        Some(outcomes.iter().map(|outcome| outcome.over(measure, area, months.clone())).collect())
    }

    /// The value of a measure in each replication, added up over some areas in one month.
    pub fn replicated_over(
        &self,
        scenario: &str,
        measure: Measure,
        areas: &[Area],
        month: Month,
    ) -> Option<Vec<Option<f64>>> {
        let outcomes = self.outcomes.get(self.position(scenario)?)?;
        let month = self.reported(Some(month))?.start;
        let sum = |outcome: &Outcome| outcome.over_areas(measure, areas, month).value();
        Some(outcomes.iter().map(sum).collect())
    }

    /// A measure with its denominator in each replication, in one reported month.
    pub(super) fn ratios(
        &self,
        scenario: &str,
        measure: Measure,
        area: Area,
        month: Month,
    ) -> Vec<Option<Ratio>> {
        let outcomes = self.position(scenario).and_then(|position| self.outcomes.get(position));
        let month = self.reported(Some(month));
        let (Some(outcomes), Some(month)) = (outcomes, month) else { return Vec::new() };
        outcomes.iter().map(|outcome| outcome.get(measure, area, month.start)).collect()
    }

    /// Mean and interval of a measure.
    pub fn estimate(
        &self,
        scenario: &str,
        measure: Measure,
        area: Area,
        month: Option<Month>,
    ) -> Option<Estimate> {
        let values = self.replicated(scenario, measure, area, month)?;
        Estimate::of(&values, Confidence::NINETY_FIVE)
    }

    /// Mean and interval of the difference that a scenario makes against another, replication by
    /// replication on the same people.
    pub fn difference(
        &self,
        baseline: &str,
        scenario: &str,
        measure: Measure,
        area: Area,
        month: Option<Month>,
    ) -> Option<Difference> {
        let before = self.replicated(baseline, measure, area, month)?;
        let after = self.replicated(scenario, measure, area, month)?;
        paired_difference(&before, &after, Confidence::NINETY_FIVE)
    }
}
