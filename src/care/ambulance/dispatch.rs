//! Which crew goes to which call.
//!
//! Calls wait by class: C1, then C2 with those less urgent that have waited long, then C3 and calls
//! without a category, then C4. The rules, in order:
//!
//! - A crew that falls free goes to the front of the most urgent class it may serve; a share of crews
//!   is kept free for C1. Further units asked for by a crew on scene go before new calls of their class.
//! - The nearest crew goes to a C1 call, idle or on its way to a less urgent one: with `i` idle and
//!   `d` on their way that could turn round, it is one of the latter with probability `d / (i + d)`,
//!   any of them.
//! - A C2 call for which no crew is idle takes one on its way to a C3 or C4 call if one of them could
//!   turn round: from C4 first, then the one sent last.
//! - A crew that falls free takes a call less urgent than C1 over from the crew on its way there if it
//!   is nearer and somebody looks; the other crew is free then.
//! - The call that loses its crew goes to the front of its class and keeps its clock. Crews that are
//!   sent together with others stay with their call.
//! - Auxiliary crews answer calls up to an urgency; they are tried first and never diverted.

use super::config::AmbulanceConfig;
use super::desk::HearAndTreatDesk;
use super::roster::whole_in_shift;
use super::{Category, Outcome, PatientId};
use crate::engine::{Place, Pool, Request};
use crate::random::{Dice, PersonKey};
use crate::units::Time;
use std::collections::VecDeque;

const CLASSES: usize = 4;

/// Which calls auxiliary crews may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Auxiliary {
    /// All but C1.
    FromC2,
    /// C3, C4 and calls without a category.
    FromC3,
}

impl Auxiliary {
    /// Both kinds, the narrower first.
    pub const ALL: [Self; 2] = [Self::FromC3, Self::FromC2];

    /// The most urgent class that they answer.
    const fn first_class(self) -> usize {
        match self {
            Self::FromC2 => 1,
            Self::FromC3 => 2,
        }
    }
}

/// A kind of crew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crew {
    /// Of the service itself: answers every call.
    #[default]
    Core,
    /// Auxiliary.
    Auxiliary(Auxiliary),
}

/// The answer to a call that asks for a crew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// An idle crew goes.
    Idle(Crew),
    /// The crew goes that was on its way to this patient, who has none now: see
    /// [`AmbulanceService::lose_crew`].
    DivertedFrom(PatientId),
    /// The call waits at this place in the stack.
    Waits(Place),
}

/// A further unit that is wanted at an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// When it was asked for.
    pub asked: Time,
    /// How urgent the incident is.
    pub category: Category,
    /// Whose incident it is: its durations are drawn from here.
    pub key: PersonKey,
}

/// What a crew that has fallen free is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Answer this call.
    Call(PatientId, Crew),
    /// Help another crew.
    Help(Backup),
}

/// A crew on its way alone.
#[derive(Clone, Copy, Debug)]
struct OnTheWay {
    patient: PatientId,
    arrives: Time,
}

#[derive(Clone, Debug)]
struct AuxiliaryCrews {
    crews: Pool<PatientId>,
    mean: f64,
    phase: f64,
}

/// Crews and the stack of calls waiting for one.
#[derive(Clone, Debug)]
pub struct AmbulanceService {
    pub(super) config: AmbulanceConfig,
    pub(super) units: Pool<PatientId>,
    // by position in `Auxiliary::ALL`
    auxiliary: [AuxiliaryCrews; 2],
    // crews on their way that can be diverted, by class of the call, last sent last
    on_the_way: [Vec<OnTheWay>; CLASSES],
    backups: [VecDeque<Backup>; CLASSES],
    desk: HearAndTreatDesk,
    rostered_mean: f64,
    added_crews: f64,
    waited: u128,
}

impl AmbulanceService {
    /// A service with its crews of the hour of the week `hour`, all idle.
    pub fn new(config: AmbulanceConfig, hour: usize) -> Self {
        let hours = config.units_by_hour.len().max(1) as f64;
        let none = || AuxiliaryCrews { crews: Pool::new(0, 1), mean: 0.0, phase: 0.0 };
        let mut service = Self {
            rostered_mean: config.units_by_hour.iter().sum::<f64>() / hours,
            config,
            units: Pool::new(0, CLASSES),
            auxiliary: [none(), none()],
            on_the_way: Default::default(),
            backups: Default::default(),
            desk: HearAndTreatDesk::new(),
            added_crews: 0.0,
            waited: 0,
        };
        service.change_shift(hour, 0.0, 0.0, Time::ZERO);
        service
    }

    /// Its configuration.
    pub fn config(&self) -> &AmbulanceConfig {
        &self.config
    }

    /// The crews of the service itself, with the stack.
    pub fn units(&self) -> &Pool<PatientId> {
        &self.units
    }

    /// The hear-and-treat desk, to be worked with, and its numbers.
    pub fn desk(&mut self) -> (&mut HearAndTreatDesk, &super::DeskConfig) {
        (&mut self.desk, &self.config.desk)
    }

    /// The hear-and-treat desk.
    pub fn desk_mut(&mut self) -> &mut HearAndTreatDesk {
        &mut self.desk
    }

    /// Auxiliary crews on duty and busy.
    pub fn auxiliary(&self) -> (u32, u32) {
        let sum = |of: fn(&Pool<PatientId>) -> u32| self.auxiliary.iter().map(|a| of(&a.crews)).sum();
        (sum(Pool::capacity), sum(Pool::busy))
    }

    /// Crew time on duty and busy since the start, auxiliary crews included \[ms\].
    pub fn crew_time(&self, now: Time) -> (u128, u128) {
        let auxiliary = self.auxiliary.iter().map(|a| &a.crews);
        let pools = std::iter::once(&self.units).chain(auxiliary);
        pools.fold((0, 0), |(open, busy), pool| (open + pool.capacity_time(now), busy + pool.busy_time(now)))
    }

    /// How often a crew has been sent, or a clinician of the desk has turned to a call, so far.
    pub fn services_started(&self) -> u64 {
        let auxiliary: u64 = self.auxiliary.iter().map(|a| a.crews.started()).sum();
        self.units.started() + auxiliary + self.desk.services_started()
    }

    /// Crews that levers have added to the roster, in total, mean over the week.
    pub fn set_added_crews(&mut self, crews: f64) {
        self.added_crews = crews;
    }

    /// Auxiliary crews that levers have added, in total, mean over the week; their shifts begin in this phase
    /// ([`whole_in_shift`]).
    pub fn set_auxiliary(&mut self, kind: Auxiliary, crews: f64, phase: f64) {
        let auxiliary = self.auxiliary_mut(kind);
        (auxiliary.mean, auxiliary.phase) = (crews, phase);
    }

    fn auxiliary_mut(&mut self, kind: Auxiliary) -> &mut AuxiliaryCrews {
        match kind {
            Auxiliary::FromC3 => &mut self.auxiliary[0],
            Auxiliary::FromC2 => &mut self.auxiliary[1],
        }
    }

    /// Crews of this hour of the week come on duty, those absent not, and a further `overtime` share
    /// stays on; those whose shift ends finish their job. The desk has the share `more_at_desk` more
    /// clinicians than planned. Call [`AmbulanceService::next`] afterwards.
    pub fn change_shift(&mut self, hour_of_week: usize, overtime: f64, more_at_desk: f64, now: Time) {
        let rostered = self.config.units_by_hour.get(hour_of_week).copied().unwrap_or(0.0);
        let added = 1.0 + self.added_crews / self.rostered_mean.max(f64::MIN_POSITIVE);
        let present = rostered * added.max(0.0) * (1.0 - self.config.absence_share);
        let on_duty = (present * (1.0 + overtime.max(0.0))).round() as u32;
        // a service that has crews at all has one at every hour
        let on_duty = on_duty.max(u32::from(rostered > 0.0));
        self.units.set_capacity(on_duty, now);
        let reserve = (f64::from(on_duty) * self.config.reserve_share).round() as u32;
        (1..CLASSES).for_each(|class| self.units.hold_back(class, reserve));
        for auxiliary in &mut self.auxiliary {
            let crews = whole_in_shift(auxiliary.mean, hour_of_week, auxiliary.phase);
            auxiliary.crews.set_capacity(crews, now);
        }
        self.desk.change_shift(&self.config.desk, hour_of_week, more_at_desk, now);
    }

    /// Asks for a crew for a new call.
    pub fn request(&mut self, patient: PatientId, category: Category, dice: &mut Dice, now: Time) -> Sent {
        let class = category.dispatch_class();
        for (kind, auxiliary) in Auxiliary::ALL.into_iter().zip(&mut self.auxiliary) {
            let is_one_free = auxiliary.crews.free() > 0 && kind.first_class() <= class;
            if is_one_free && auxiliary.crews.try_take(now) {
                return Sent::Idle(Crew::Auxiliary(kind));
            }
        }
        if class == 0
            && let Some(other) = self.divert_for_c1(dice)
        {
            return Sent::DivertedFrom(other);
        }
        let takes_from_others = category == Category::C2
            && self.units.queue().len_of_class(class) == 0
            && self.units.free() <= self.units.held_back(class);
        if takes_from_others && let Some(other) = self.divert_below(class, dice) {
            return Sent::DivertedFrom(other);
        }
        match self.units.request(patient, class, now) {
            Request::Started => Sent::Idle(Crew::Core),
            Request::Queued(place) => Sent::Waits(place),
        }
    }

    fn divert_for_c1(&mut self, dice: &mut Dice) -> Option<PatientId> {
        let on_the_way = f64::from(self.divertible());
        let could_turn = on_the_way * self.config.divertible_share;
        let draw = dice.uniform() * (f64::from(self.units.free()) + could_turn);
        if draw >= could_turn {
            return None;
        }
        // any of those on their way
        let mut position = (draw / could_turn * on_the_way) as usize;
        for crews in &mut self.on_the_way {
            if position < crews.len() {
                return Some(crews.remove(position).patient);
            }
            position -= crews.len();
        }
        None
    }

    // the crew sent last to the least urgent class below `class`, of those that could turn round
    fn divert_below(&mut self, class: usize, dice: &mut Dice) -> Option<PatientId> {
        let could_turn = self.config.divertible_share;
        self.on_the_way.iter_mut().skip(class + 1).rev().find_map(|crews| {
            let position = crews.iter().rposition(|_| dice.happens(could_turn))?;
            Some(crews.remove(position).patient)
        })
    }

    /// Crews on their way that can be diverted.
    pub fn divertible(&self) -> u32 {
        self.on_the_way.iter().map(|crews| crews.len() as u32).sum()
    }

    /// Of the calls less urgent than C1 to which a crew is on its way alone, the one whose crew arrives last.
    pub fn farthest_from_crew(&self) -> Option<PatientId> {
        let last = self.on_the_way.iter().flatten().max_by_key(|crew| crew.arrives);
        last.map(|crew| crew.patient)
    }

    /// A crew on its way to a call of `class`, where it will be at `arrives`, can be diverted from now on.
    pub fn sets_out(&mut self, patient: PatientId, class: usize, arrives: Time) {
        if let Some(crews) = self.on_the_way.get_mut(class).filter(|_| class > 0) {
            crews.push(OnTheWay { patient, arrives });
        }
    }

    /// Another crew goes to the patient in place of the one that is on its way.
    pub fn takes_over(&mut self, patient: PatientId, arrives: Time) {
        let crew = self.on_the_way.iter_mut().flatten().find(|crew| crew.patient == patient);
        crew.into_iter().for_each(|crew| crew.arrives = arrives);
    }

    /// The crew has arrived: it can no longer be diverted.
    pub fn arrives(&mut self, patient: PatientId) {
        for crews in &mut self.on_the_way {
            // sent first, arrives first, more or less
            if let Some(position) = crews.iter().position(|crew| crew.patient == patient) {
                crews.remove(position);
                return;
            }
        }
    }

    /// The patient's crew has been sent elsewhere: the call goes to the front of `class`, unless an
    /// idle crew can go.
    pub fn lose_crew(&mut self, patient: PatientId, class: usize, now: Time) -> Request {
        self.units.request_again(patient, class, now)
    }

    /// Sends a further unit to an incident: an idle one, for C1 also one on its way; `None` if there
    /// is none.
    pub fn send_further(&mut self, category: Category, dice: &mut Dice, now: Time) -> Option<Sent> {
        let class = category.dispatch_class();
        if class == 0
            && let Some(other) = self.divert_for_c1(dice)
        {
            return Some(Sent::DivertedFrom(other));
        }
        let is_one_free = self.units.free() > self.units.held_back(class);
        (is_one_free && self.units.try_take(now)).then_some(Sent::Idle(Crew::Core))
    }

    /// Sends a unit that may not be needed: to C1 like a further one, else an idle one while nobody
    /// waits.
    pub fn send_spare(&mut self, category: Category, dice: &mut Dice, now: Time) -> Option<Sent> {
        if category == Category::C1 {
            return self.send_further(category, dice, now);
        }
        let is_one_free = self.units.free() > self.units.held_back(category.dispatch_class());
        let is_sent = is_one_free && self.units.queue().is_empty() && self.units.try_take(now);
        is_sent.then_some(Sent::Idle(Crew::Core))
    }

    /// A further unit is wanted as soon as one falls free.
    pub fn wants_further(&mut self, backup: Backup) {
        if let Some(line) = self.backups.get_mut(backup.category.dispatch_class()) {
            line.push_back(backup);
        }
    }

    /// A crew is clear. Call [`AmbulanceService::next`] afterwards.
    pub fn clear(&mut self, crew: Crew, now: Time) {
        match crew {
            Crew::Core => self.units.release(now),
            Crew::Auxiliary(kind) => self.auxiliary_mut(kind).crews.release(now),
        }
    }

    /// What the next crew of this kind that is free is to do.
    pub fn next(&mut self, crew: Crew, now: Time) -> Option<Next> {
        match crew {
            Crew::Core => self.next_of_core(now),
            Crew::Auxiliary(kind) => self.next_of_auxiliary(kind, now),
        }
    }

    fn next_of_core(&mut self, now: Time) -> Option<Next> {
        if self.units.free() == 0 {
            return None;
        }
        if let Some(backup) = self.next_backup(now) {
            return Some(Next::Help(backup));
        }
        let start = self.units.start_next(now)?;
        self.waited += u128::from(start.waited.as_millis());
        Some(Next::Call(start.job, Crew::Core))
    }

    fn next_backup(&mut self, now: Time) -> Option<Backup> {
        let wanted_for = self.config.further_unit_wanted_for;
        let free = self.units.free();
        let waiting = self.units.queue().classes_waiting().find(|&class| free > self.units.held_back(class));
        let last = waiting.unwrap_or(CLASSES - 1);
        for (class, line) in self.backups.iter_mut().enumerate().take(last + 1) {
            while line.front().is_some_and(|backup| now.since(backup.asked) > wanted_for) {
                line.pop_front();
            }
            if free > self.units.held_back(class)
                && let Some(backup) = line.pop_front()
            {
                return self.units.try_take(now).then_some(backup);
            }
        }
        None
    }

    fn next_of_auxiliary(&mut self, kind: Auxiliary, now: Time) -> Option<Next> {
        if self.auxiliary_mut(kind).crews.free() == 0 {
            return None;
        }
        let classes = kind.first_class()..CLASSES;
        let start = classes.into_iter().find_map(|class| self.units.withdraw_first_of(class, now))?;
        self.waited += u128::from(start.waited.as_millis());
        self.auxiliary_mut(kind).crews.try_take(now).then_some(Next::Call(start.job, Crew::Auxiliary(kind)))
    }

    /// Puts a call that has waited long at the end of the line of C2 calls; `None` if it no longer
    /// waits.
    pub fn escalate(&mut self, place: Place) -> Option<Place> {
        self.units.change_class(place, Category::C2.dispatch_class())
    }

    /// Takes a call off the stack: it is closed without a crew. `false` if it no longer waits.
    pub fn close_waiting(&mut self, place: Place, now: Time) -> bool {
        let closed = self.units.withdraw(place, now);
        self.waited += closed.map_or(0, |start| u128::from(start.waited.as_millis()));
        closed.is_some()
    }

    /// Time spent in the stack by all calls that have left it \[ms\].
    pub fn waited(&self) -> u128 {
        self.waited
    }

    /// Calls waiting for each crew on duty.
    pub fn stack_per_unit(&self) -> f64 {
        self.units.queue().len() as f64 / f64::from(self.units.capacity().max(1))
    }

    /// What becomes of the patient, from a uniform draw.
    pub fn outcome(&self, uniform: f64) -> Outcome {
        if uniform < self.config.conveyed_to_ed_share {
            Outcome::ConveyedToEd
        } else if uniform < self.config.conveyed_to_ed_share + self.config.conveyed_elsewhere_share {
            Outcome::ConveyedElsewhere
        } else {
            Outcome::SeeAndTreat
        }
    }
}

#[cfg(test)]
mod tests;
