//! The event log of one trust in one run of a study, for animation.

use super::Study;
use super::study::StudyError;
use crate::random::Stream;
use crate::system::assemble::assemble;
use crate::system::event_log::{EventLog, LogRow};
use crate::system::parts::parts;
use crate::system::providers::ProviderCode;
use crate::units::{Span, Time};
use jiff::civil::Date;

/// Which patients are followed, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// The code of an acute trust.
    pub trust: String,
    /// The first day.
    pub from: Date,
    /// Days, 1 to 31.
    pub days: u32,
    /// The scenario; the first if not said.
    pub scenario: Option<String>,
    /// The replication, the first being 0.
    pub replication: u32,
}

/// Why there is no event log.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The study itself.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A field of the watch is wrong.
    #[error("event log: {field} = {value}, must be {allowed}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        allowed: String,
    },
}

fn wrong(field: &'static str, value: impl ToString, allowed: impl Into<String>) -> WatchError {
    WatchError::Field { field, value: value.to_string(), allowed: allowed.into() }
}

impl Study<'_> {
    /// What the patients of one trust do in one run, minute by minute: the run that [`Study::run`] makes, to
    /// the last bit.
    ///
    /// # Errors
    /// If the question is wrong or cannot run; if there is no such trust, scenario, replication or day.
    pub fn event_log(&self, watch: &Watch) -> Result<Vec<LogRow>, WatchError> {
        let question = self.checked()?;
        let pack = &question.pack;
        let code = watch.trust.parse::<ProviderCode>().ok();
        let trust = code.and_then(|code| pack.trust_id(code)).map(|id| id.index());
        let parts = parts(pack);
        let found = trust.and_then(|trust| {
            let part = parts.iter().find(|part| part.trusts.contains(&trust))?;
            Some((part, part.trusts.iter().position(|&t| t == trust)?))
        });
        let Some((part, hospital)) = found else {
            return Err(wrong("trust", &watch.trust, "the code of an acute trust that is simulated"));
        };
        let scenario = match &watch.scenario {
            None => question.scenarios.first(),
            Some(name) => question.scenarios.iter().find(|scenario| scenario.name() == *name),
        };
        let Some(scenario) = scenario else {
            let names = question.scenario_names().join(", ");
            return Err(wrong(
                "scenario",
                watch.scenario.clone().unwrap_or_default(),
                format!("one of {names}"),
            ));
        };
        if !(1..=31).contains(&watch.days) {
            return Err(wrong("days", watch.days, "from 1 to 31"));
        }
        let replications = self.numbered().1;
        if watch.replication >= replications {
            return Err(wrong("replication", watch.replication, format!("below {replications}")));
        }
        let calendar = question.timeline.calendar;
        let first = question.timeline.months.first().map(|month| month.first_day());
        let begin = calendar.midnight(watch.from);
        let end = begin + Span::DAY.times(u64::from(watch.days));
        if first.is_none_or(|first| watch.from < first) || end > question.end {
            let last = calendar.date_at(question.end);
            let from = first.map(|first| first.to_string()).unwrap_or_default();
            return Err(wrong(
                "from",
                watch.from,
                format!("such that all days lie between {from} and {last}"),
            ));
        }
        let root = Stream::of_seed(self.seed_of_all()).at(u64::from(watch.replication));
        let mut simulation = assemble(pack, part, &question.timeline, self.switches_of_all(), root)
            .map_err(StudyError::from)?;
        simulation.apply(scenario.plan());
        let stopped = |reason| StudyError::Stopped {
            replication: watch.replication,
            scenario: scenario.name().to_owned(),
            reason,
        };
        let mut log = EventLog::of(u16::try_from(hospital).unwrap_or(u16::MAX), watch.replication + 1);
        self.advance(&mut simulation, begin, stopped)?;
        let minutes = u64::from(watch.days) * 24 * 60;
        for minute in 0..=minutes {
            let now: Time = begin + Span::from_minutes(minute as f64);
            self.advance(&mut simulation, now, stopped)?;
            log.look(minute, simulation.system());
        }
        Ok(log.into_rows())
    }
}
