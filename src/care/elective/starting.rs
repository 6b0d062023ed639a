//! The starting list: where those on it have got to, and what has been set aside for the longest waiters.

use super::bands::{StartingList, age_days_of_starting_list};
use super::clock::{Clock, Stage, Urgency};
use super::config::ElectiveConfig;
use super::next::Deadline;
use super::specialty::Station;
use super::{DAYS_IN_18_WEEKS, DAYS_IN_52_WEEKS, ElectiveProvider, Sent};
use std::sync::Arc;

impl ElectiveProvider {
    /// The places that earlier promises had set aside, in the treatment functions where people have waited long; within
    /// a function as its places of the first month.
    pub(super) fn set_aside_at_start(&mut self) {
        let config = Arc::clone(&self.config);
        let at_first = |of: &[f64]| of.first().copied().unwrap_or(0.0);
        let [nonadmitted, admitted] = [at_first(&config.nonadmitted), at_first(&config.admitted)];
        let overnight = config.overnight_share;
        let operations = [admitted * overnight, admitted * (1.0 - overnight)];
        for (f, specialty) in self.specialties.iter_mut().enumerate() {
            let long = config.functions.over_52w.get(f).copied().unwrap_or(0.0);
            let stations = Station::ALL.into_iter().zip(config.places(
                f,
                nonadmitted,
                admitted * config.decisions_per_admission,
                operations,
            ));
            let is_later = |station: Station| usize::from(!station.is_first());
            let mut all = [0.0; 2];
            stations.clone().for_each(|(station, places)| all[is_later(station)] += places);
            for (station, places) in stations {
                let kind = is_later(station);
                let share = places / all[kind].max(1e-12);
                let set_aside = config.starting_set_aside[kind] * long * share;
                specialty.queues[station as usize].start_with_set_aside(set_aside);
            }
        }
    }

    /// Everybody on the list, longest wait first.
    pub(super) fn add_starting_list(&mut self, start: &StartingList, send: &mut impl FnMut(Sent)) {
        let config = Arc::clone(&self.config);
        let shares = &config.functions;
        let mean_admitted = [&shares.within_18w, &shares.within_52w, &shares.over_52w].map(|shares| {
            shares.iter().zip(&config.admitted_shares).map(|(share, a)| share * a).sum::<f64>()
        });
        age_days_of_starting_list(start).for_each(|age| self.add_starting(&config, age, mean_admitted, send));
    }

    /// One pathway of this age, with a stage that goes with its age and urgency.
    fn add_starting(
        &mut self,
        config: &ElectiveConfig,
        age: i32,
        mean_admitted: [f64; 3],
        send: &mut impl FnMut(Sent),
    ) {
        let (number, mut dice) = self.next_person();
        let band = usize::from(age > DAYS_IN_18_WEEKS) + usize::from(age > DAYS_IN_52_WEEKS);
        let function = self.functions[band].draw(dice.uniform());
        let long = usize::from(age > DAYS_IN_18_WEEKS);
        let start = &config.starting;
        // the weights of new clocks, 1 on average over the band
        let weight = config.admitted_shares[function.index()] / mean_admitted[band].max(1e-9);
        let is_decided = dice.happens((start.decided[long] * weight).min(0.95));
        let admitted = if is_decided { 1.0 } else { (start.undecided_admitted * weight).min(0.95) };
        let mut plan = config.plan(function, admitted, &mut dice);
        // whoever is urgent is seen when booked, and is still here after that only if something was to follow
        let is_seen = age > config.booked_after_days(plan.urgency);
        let can_be_here = if is_decided { is_seen } else { !is_seen || plan.needs_review };
        if !can_be_here || age > config.urgent_found_within_days {
            plan.urgency = Urgency::Routine;
        }
        // a promise that had fallen due was declared kept with those excepted whom this was for
        let has_fallen_due = |promise: &Deadline| promise.day <= 0 && age > promise.limit_days;
        plan.excepted |= config.next[0].deadlines.iter().any(has_fallen_due);
        let first = match plan.urgency {
            Urgency::Routine => start.first[long],
            _ if is_seen => 0.0,
            _ => 1.0,
        };
        let tests = start.tests / (1.0 - start.first[long]).max(1e-9);
        let stage = match is_decided {
            true => Stage::Theatre,
            false if dice.happens(first) => Stage::First,
            false if dice.happens(tests) => Stage::Tests,
            false => Stage::Review,
        };
        let clock = Clock::new(number, -age, plan).at(stage);
        match stage {
            Stage::Tests => {
                self.away[function.index()] += 1;
                send(Sent::ForTest(clock));
            }
            _ => self.specialties[function.index()].join(clock),
        }
    }
}
