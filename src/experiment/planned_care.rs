//! Studies of planned care alone: by when the promises of the recovery plan are kept.

use super::{Confidence, Estimate};
use crate::care::WeekBand;
use crate::random::Stream;
use crate::scenario::Scenario;
use crate::system::assemble::AssemblyError;
use crate::system::assemble::elective::PROMISES;
use crate::system::pack::{NotPublished, SystemPack};
use crate::system::parameters::ParameterError;
use crate::system::planned_care_alone::{MonthResult, Question, Row, run};
use crate::units::Month;

/// A promise counts as kept when no more are left, those excepted aside, than when the 104-week promise was declared
/// kept, July 2022: 2,890, those excepted then included (NHS England, RTT overview).
pub const KEPT_WITH_LEFT: f64 = 2_890.0;

/// A question of years about waiting lists.
#[derive(Clone, Debug)]
pub struct PlannedCareStudy {
    pack: SystemPack,
    question: Question,
    replications: u32,
    seed: u64,
}

/// What is asked for: the replications of one scenario.
#[derive(Clone, Debug)]
pub struct PlannedCareResults {
    /// Name of the scenario.
    pub scenario: String,
    /// People of England for each person simulated.
    pub persons: f64,
    /// By replication and month.
    pub replications: Vec<Vec<MonthResult>>,
}

/// When a promise is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The promise: nobody waits longer than this.
    pub band: WeekBand,
    /// The month from which.
    pub promised: Month,
    /// Pathways beyond the limit when it falls due.
    pub left: Option<Estimate>,
    /// Of those, the ones who are excepted: by choice, or too complex.
    pub excepted: Option<Estimate>,
    /// First month, by replication, at whose end it is kept; `None` if not within the run.
    pub kept: Vec<Option<Month>>,
}

impl PlannedCareStudy {
    /// From the list of the end of the pack's starting month until `last`.
    pub fn new(pack: SystemPack, last: Month) -> Self {
        let first = pack.drivers().starting_month().plus(1);
        let plan = crate::system::capacity::CapacityPlan::default();
        let question = Question {
            first,
            last,
            plan,
            order: None,
            cut_off: None,
            promises_later_by: 0,
            choice: 0.0,
            persons: 1.0,
        };
        Self { pack, question, replications: 3, seed: 2022 }
    }

    /// How often each scenario is run.
    #[must_use]
    pub fn replications(self, replications: u32) -> Self {
        Self { replications, ..self }
    }

    /// People of England for each person simulated: 1 for all of them.
    #[must_use]
    pub fn persons(mut self, persons: f64) -> Self {
        self.question.persons = persons;
        self
    }

    /// Another order of calling people in.
    #[must_use]
    pub fn order(mut self, order: crate::care::Order) -> Self {
        self.question.order = Some(order);
        self
    }

    /// A hard cut-off: from the start whoever has waited longer comes before everybody who has not; see
    /// [`Question::cut_off`]. From a later date, or at other weeks: [`crate::policy::LongWaits::cut_off_weeks`].
    #[must_use]
    pub fn cut_off(mut self, band: WeekBand) -> Self {
        self.question.cut_off = Some(band);
        self
    }

    /// Patients choose by waits; see [`Question::choice`].
    #[must_use]
    pub fn choice(mut self, strength: f64) -> Self {
        self.question.choice = strength;
        self
    }

    /// Given what was published of England's flows after the list of the end of `list_of`, in place of the pack's rule
    /// of capacity; see [`SystemPack::with_published_flows`]. With the pack's starting month this asks whether the model
    /// treats the right people, when it treats as many as England did. An earlier month is a back test: September 2022 is
    /// then the month after it, and the promises of the plan move with it.
    ///
    /// # Errors
    /// The first figure that is missing.
    pub fn with_published_flows(mut self, list_of: Month) -> Result<Self, PlannedCareError> {
        let earlier = self.pack.drivers().starting_month().since(list_of);
        self.pack = self.pack.with_published_flows(list_of)?;
        self.question.promises_later_by = earlier;
        if earlier != 0 {
            // what earlier promises had set aside by then is not known
            for share in
                ["elective.starting_set_aside_first_per_1000", "elective.starting_set_aside_later_per_1000"]
            {
                self.pack = self.pack.with_parameter(share, 0.0)?;
            }
        }
        Ok(self)
    }

    /// Runs one scenario. All scenarios meet the same people.
    ///
    /// # Errors
    /// What is wrong with the scenario, or why a provider cannot be built.
    pub fn run(&self, scenario: &Scenario) -> Result<PlannedCareResults, PlannedCareError> {
        let checked =
            scenario.check(&self.pack, self.question.first, self.question.last).map_err(|problems| {
                PlannedCareError::Scenario(problems.iter().map(ToString::to_string).collect())
            })?;
        let question = Question { plan: checked.plan().clone(), ..self.question.clone() };
        let root = Stream::of_seed(self.seed);
        let replications: Result<Vec<_>, AssemblyError> =
            (0..self.replications).map(|r| run(&self.pack, &question, root.at(r.into()))).collect();
        Ok(PlannedCareResults {
            scenario: checked.name().to_owned(),
            persons: question.persons.max(1.0),
            replications: replications?,
        })
    }
}

/// Why a study of planned care cannot run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlannedCareError {
    /// The scenario is wrong in these ways.
    #[error("the scenario cannot run: {}", .0.join("; "))]
    Scenario(Vec<String>),
    /// A provider cannot be built.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// A figure that is wanted was not published.
    #[error(transparent)]
    NotPublished(#[from] NotPublished),
    /// A parameter that is to be set is not there.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}

impl PlannedCareResults {
    /// England in a month, one value a replication, scaled to all people.
    pub fn values(&self, month: Month, of: impl Fn(&Row) -> f64) -> Vec<f64> {
        let find =
            |months: &Vec<MonthResult>| months.iter().find(|m| m.month == month).map(|m| of(&m.england));
        self.replications.iter().filter_map(find).collect()
    }

    /// Number of pathways of England in a month.
    pub fn pathways(&self, month: Month, of: impl Fn(&Row) -> u64) -> Option<Estimate> {
        let values = self.values(month, |row| of(row) as f64 * self.persons);
        Estimate::of(&values, Confidence::NINETY_FIVE)
    }

    /// The promises of the recovery plan, one by one.
    pub fn promises(&self) -> Vec<Kept> {
        PROMISES
            .into_iter()
            .map(|(year, month, band)| {
                let promised = Month::of(crate::units::date(year, month, 1));
                let over = |row: &Row| row.over[band as usize] as f64 * self.persons;
                let excepted = |row: &Row| row.excepted_over[band as usize] as f64 * self.persons;
                let broken = |row: &Row| over(row) - excepted(row);
                let kept = self.replications.iter().map(|months| {
                    months.iter().find(|m| broken(&m.england) <= KEPT_WITH_LEFT).map(|m| m.month)
                });
                let when_due = |of: &dyn Fn(&Row) -> f64| {
                    Estimate::of(&self.values(promised.plus(-1), of), Confidence::NINETY_FIVE)
                };
                Kept {
                    band,
                    promised,
                    left: when_due(&over),
                    excepted: when_due(&excepted),
                    kept: kept.collect(),
                }
            })
            .collect()
    }
}
