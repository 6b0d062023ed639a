//! Replications and independent parts run in parallel; scenarios share a history until they part.

use super::check::Checked;
use super::{Progress, Study, StudyError};
use crate::engine::Stopped;
use crate::random::Stream;
use crate::scenario::CheckedScenario;
use crate::system::assemble::assemble;
use crate::system::outcome::{Area, Counted, Outcome, areas};
use crate::system::parts::{Part, parts};
use crate::system::running::RunningSystem;
use crate::units::{Span, Time};
use rayon::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

impl Study<'_> {
    /// Runs the replications listed and hands each over when it is whole, from any thread.
    pub(in crate::experiment) fn run_replications(
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
    pub(in crate::experiment) fn advance(
        &self,
        system: &mut RunningSystem,
        end: Time,
        stopped: impl Fn(Stopped) -> StudyError,
    ) -> Result<(), StudyError> {
        const BETWEEN_LOOKS: Span = Span::DAY;
        loop {
            if self.is_stopped() {
                return Err(StudyError::Interrupted { finished: 0, wanted: 0 });
            }
            let next = if self.stop.is_some() { system.now() + BETWEEN_LOOKS } else { end };
            system.run_until(next.min(end)).map_err(&stopped)?;
            if next >= end {
                return Ok(());
            }
        }
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
        let mut parted: Vec<Option<RunningSystem>> = vec![None; question.scenarios.len()];
        for i in in_order_of_parting {
            let scenario = &question.scenarios[i];
            self.advance(&mut common, question.partings[i], |reason| stopped(scenario, reason))?;
            let mut system = common.clone();
            system.apply(scenario.plan());
            parted[i] = Some(system);
        }
        drop(common);
        let systems: Vec<_> = question.scenarios.iter().zip(parted.into_iter().flatten()).collect();
        let run = |(scenario, mut system): (&CheckedScenario, RunningSystem)| {
            self.advance(&mut system, question.end, |reason| stopped(scenario, reason))?;
            tell(1);
            Ok(system.finish())
        };
        match scenarios {
            Scenarios::Together => systems.into_par_iter().map(run).collect(),
            Scenarios::OneByOne => systems.into_iter().map(run).collect(),
        }
    }
}

/// In which order parts of replications are run; results do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::experiment) enum Order {
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
        areas: &[Area],
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

/// What was written before another thread panicked is still whole: each write is one step.
pub(in crate::experiment) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
