//! The starting list: where those on it have got to, and what has been set aside for the longest waiters.

use super::bands::{StartingList, age_days_of_starting_list};
use super::clock::{Clock, Stage, Urgency};
use super::config::ElectiveConfig;
use super::function::Function;
use super::specialty::Station;
use super::{DAYS_IN_18_WEEKS, DAYS_IN_52_WEEKS, ElectiveProvider, Sent};
use crate::random::Chance;
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
        let law = StartingLaw::of(&config);
        age_days_of_starting_list(start).for_each(|age| self.add_starting(&config, &law, age, send));
    }

    /// One pathway of this age, with a stage that goes with its age and urgency.
    fn add_starting(
        &mut self,
        config: &ElectiveConfig,
        law: &StartingLaw,
        age: i32,
        send: &mut impl FnMut(Sent),
    ) {
        let (number, mut dice) = self.next_person();
        let long = usize::from(age > DAYS_IN_18_WEEKS);
        let band = long + usize::from(age > DAYS_IN_52_WEEKS);
        let function = self.functions[band].draw(dice.draw());
        let is_decided = dice.hits(law.decided[band][function.index()]);
        let admitted =
            if is_decided { Chance::CERTAIN } else { law.undecided_admitted[band][function.index()] };
        let mut plan = self.plans.draw(function, admitted, &mut dice);
        // whoever is urgent is seen when booked, and is still here after that only if something was to follow
        let is_seen = age > config.booked_after_days(plan.urgency);
        let can_be_here = if is_decided { is_seen } else { !is_seen || plan.needs_review };
        if !can_be_here || age > config.urgent_found_within_days {
            plan.urgency = Urgency::Routine;
        }
        // a promise that had fallen due was declared kept with those excepted whom this was for
        plan.excepted |= age > law.least_limit_fallen_due;
        let first = match plan.urgency {
            Urgency::Routine => law.first[long],
            _ if is_seen => Chance::NEVER,
            _ => Chance::CERTAIN,
        };
        let stage = match is_decided {
            true => Stage::Theatre,
            false if dice.hits(first) => Stage::First,
            false if dice.hits(law.tests[long]) => Stage::Tests,
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

/// What is the same for all on the starting list whose wait is in one band: up to 18 weeks, up to 52, beyond.
struct StartingLaw {
    /// Share with a decision to admit, by band and treatment function.
    decided: [[Chance; Function::COUNT]; 3],
    /// Share of the others who will be admitted.
    undecided_admitted: [[Chance; Function::COUNT]; 3],
    /// Share of routine patients without a decision who wait for the first attendance: up to 18 weeks, beyond.
    first: [Chance; 2],
    /// Share of those past it who wait for a test.
    tests: [Chance; 2],
    /// The least limit of the promises that had fallen due before the run \[d\].
    least_limit_fallen_due: i32,
}

impl StartingLaw {
    fn of(config: &ElectiveConfig) -> Self {
        let start = &config.starting;
        let shares = &config.functions;
        let mean_admitted = [&shares.within_18w, &shares.within_52w, &shares.over_52w].map(|shares| {
            shares.iter().zip(&config.admitted_shares).map(|(share, a)| share * a).sum::<f64>()
        });
        // the weights of new clocks, 1 on average over the band
        let weighted = |share: [f64; 3]| {
            std::array::from_fn(|band| {
                std::array::from_fn(|f| {
                    let admitted = config.admitted_shares.get(f).copied().unwrap_or(0.0);
                    let weight = admitted / mean_admitted[band].max(1e-9);
                    Chance::of((share[band] * weight).min(0.95))
                })
            })
        };
        let [short, long] = start.decided;
        let fallen_due = config.next[0].deadlines.iter().filter(|promise| promise.day <= 0);
        Self {
            decided: weighted([short, long, long]),
            undecided_admitted: weighted([start.undecided_admitted; 3]),
            first: start.first.map(Chance::of),
            tests: start.first.map(|first| Chance::of(start.tests / (1.0 - first).max(1e-9))),
            least_limit_fallen_due: fallen_due.map(|promise| promise.limit_days).min().unwrap_or(i32::MAX),
        }
    }
}
