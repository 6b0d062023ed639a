//! Daily values of one replication: what the end of the start-up is found from.

use super::{Study, StudyError};
use crate::measure::Ratio;
use crate::random::Stream;
use crate::scenario::Scenario;
use crate::system::assemble::assemble;
use crate::system::measures::Measure;
use crate::system::outcome::{Area, Counted, Outcome, areas};
use crate::system::parts::{Part, parts};
use crate::system::statistics::Statistics;
use crate::units::{Month, Span, Time};
use rayon::prelude::*;

impl Study<'_> {
    /// A measure counted since the start of the month, by midnight of each day of one replication in which
    /// nothing is changed, from the first day of the warm-up on: what daily series are made of. With the months.
    pub(in crate::experiment) fn run_daily(
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
            let mut system = assemble(&question.pack, part, &question.timeline, self.switches, root)?;
            let mut by_day = Vec::new();
            let mut midnight = Time::ZERO;
            for (index, month) in question.timeline.months.iter().enumerate() {
                for _ in 0..month.days() {
                    midnight += Span::DAY;
                    system.run_until(midnight).map_err(|reason| {
                        let scenario = "daily".to_owned();
                        StudyError::Stopped { replication, scenario, reason }
                    })?;
                    // the statistics of this month alone
                    let all = system.statistics();
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
}
