//! A question is checked once, as a whole: everything that is wrong with it is said at once.

use super::{QuestionError, Study, StudyError};
use crate::experiment::precise;
use crate::scenario::{CheckedScenario, MOST_POUNDS};
use crate::system::assemble::Timeline;
use crate::system::outcome::Outcome;
use crate::system::pack::{Place, SystemPack};
use crate::units::{Month, Span, Time};

/// The results of one replication of England take about a megabyte for each scenario.
const MOST_REPLICATIONS: u32 = 1_000;

/// A question that has been checked.
pub(in crate::experiment) struct Checked {
    // what is simulated: the pack of the study, or the place that is cut out of it
    pub(in crate::experiment) pack: SystemPack,
    pub(in crate::experiment) timeline: Timeline,
    pub(super) warm_up_months: usize,
    pub(in crate::experiment) scenarios: Vec<CheckedScenario>,
    // when each scenario parts from the one that changes nothing
    pub(super) partings: Vec<Time>,
    pub(in crate::experiment) end: Time,
}
impl Study<'_> {
    /// What a person may not have meant, and what was cut at the border of a place.
    ///
    /// # Errors
    /// Everything that is wrong with the question.
    pub fn validate(&self) -> Result<Vec<String>, StudyError> {
        let question = self.checked()?;
        let borders = question.pack.local().map(Place::borders).unwrap_or_default().iter().cloned();
        Ok(borders.chain(question.scenarios.iter().flat_map(|s| s.warnings().to_vec())).collect())
    }
    pub(in crate::experiment) fn checked(&self) -> Result<Checked, StudyError> {
        self.check().map_err(StudyError::Question)
    }

    pub(super) fn check(&self) -> Result<Checked, Vec<QuestionError>> {
        let mut problems = Vec::new();
        let place = self.place.as_deref().map(|place| self.pack.place(place)).transpose();
        let place = place.unwrap_or_else(|error| {
            problems.push(error.into());
            None
        });
        if !(1..=MOST_REPLICATIONS).contains(&self.replications) {
            problems.push(QuestionError::Replications(self.replications));
        }
        if self.first_replication > u32::MAX - MOST_REPLICATIONS {
            problems.push(QuestionError::FirstReplication(self.first_replication));
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
        for (resource, pounds) in self.prices.given() {
            if !(0.0..=MOST_POUNDS).contains(&pounds) {
                problems.push(QuestionError::Price { resource: resource.key(), pounds });
            }
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
        // a month before the pack is the usual start
        if let Some(first) = scenarios.first_mut().filter(|_| start.plus(1) < from) {
            first.warn(format!(
                "the warm-up begins in {start}; until {from}, where the pack begins, figures are those of {from}"
            ));
        }
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
}

impl Checked {
    /// An outcome without values, of the right size.
    pub(in crate::experiment) fn empty_outcome(&self) -> Outcome {
        Outcome::empty(&self.pack, self.timeline.months.len())
    }

    pub(in crate::experiment) fn scenario_names(&self) -> Vec<String> {
        self.scenarios.iter().map(|scenario| scenario.name().to_owned()).collect()
    }
}
