//! Elective care: referral-to-treatment clocks, one for every patient on the list.
//!
//! ```text
//! referral --> first attendance --+--------------------------------+--> treated without admission
//!    |                            +--> test --> results --+        |
//!    +--> refused                 |      (by letter: clock stops) -+
//!                                 +--> interval --> review --+-----+
//!                                 |                          |
//!                                 +--> decision to admit <---+
//!                                        |--> pre-operative check, or held up --> operation, or cancelled
//! ```
//!
//! Every treatment function of a provider has its own clinics and theatre places. On each working day they
//! are given to the people waiting by the rules of [`NextPatient`]. Surgery with an overnight stay needs a
//! bed; without one it is cancelled, the patient goes back to the front and the clock runs on. Places that
//! one function cannot use go to the function with the longest queue for the same thing.

mod bands;
mod clock;
mod config;
mod function;
mod list;
mod next;
mod profile;
mod specialty;
mod starting;

pub use bands::{FallingDensity, StartingList, WeekBand};
pub use clock::{Clock, Delay, Route, Stage, Urgency};
pub use config::{ElectiveConfig, ElectiveLever, StartingStages};
use function::Lottery;
pub use function::{Function, FunctionShares};
pub use next::{Call, Deadline, NextPatient, Order, Queue};
pub use profile::ListProfile;

use crate::random::{Dice, PersonKey, Stream};
use next::whole;
use rand_distr::{Distribution as _, Poisson};
use specialty::{STATIONS, Specialty, Station};
use std::collections::VecDeque;
use std::sync::Arc;

/// What draws about an elective patient are for: all are made when the clock starts, in a fixed order, but for
/// what happens later.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
enum Purpose {
    Plan = 1,
    Held = 2,
    Result = 3,
}

/// Where a patient is sent who leaves the list for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// For a test; comes back by [`ElectiveProvider::tested`].
    ForTest(Clock),
    /// Called in for surgery with an overnight stay; comes back by [`ElectiveProvider::treated`] or
    /// [`ElectiveProvider::cancelled`].
    ForBed(Clock),
}

/// Counts of one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ElectiveCounts {
    /// Clocks started.
    pub clock_starts: u64,
    /// Clocks stopped by treatment with admission.
    pub admitted: u64,
    /// Of those, in the independent sector on behalf of this provider.
    pub independent: u64,
    /// Clocks stopped by treatment without admission.
    pub nonadmitted: u64,
    /// Of those, stopped by letter on the result of a test.
    pub by_letter: u64,
    /// Of those treated, waits up to 18 weeks: admitted, not admitted.
    pub treated_within_18_weeks: [u64; 2],
    /// Of those treated, waits over 52 weeks: admitted, not admitted.
    pub treated_over_52_weeks: [u64; 2],
    /// Clocks removed without treatment.
    pub removed: u64,
    /// Of those, referrals refused.
    pub refused: u64,
    /// Operations cancelled for want of a bed.
    pub cancelled: u64,
}

impl ElectiveCounts {
    /// Adds the counts of another provider, function or month.
    pub fn add(&mut self, other: &Self) {
        self.clock_starts += other.clock_starts;
        self.admitted += other.admitted;
        self.independent += other.independent;
        self.nonadmitted += other.nonadmitted;
        self.by_letter += other.by_letter;
        for route in 0..2 {
            self.treated_within_18_weeks[route] += other.treated_within_18_weeks[route];
            self.treated_over_52_weeks[route] += other.treated_over_52_weeks[route];
        }
        self.removed += other.removed;
        self.refused += other.refused;
        self.cancelled += other.cancelled;
    }
}

/// Over 52 weeks is more than this many days (RTT rules: week 52 ends on day 364).
pub const DAYS_IN_52_WEEKS: i32 = 364;
const DAYS_IN_18_WEEKS: i32 = 126;
/// Referrals are refused within this time (assumed).
const REFUSED_WITHIN_DAYS: i32 = 28;
/// Held-up patients come back within this many days.
const LONGEST_HOLD: usize = 128;

/// One provider's waiting list and the capacity to treat it.
#[derive(Clone, Debug)]
pub struct ElectiveProvider {
    config: Arc<ElectiveConfig>,
    people: Stream,
    days: Stream,
    specialties: Vec<Specialty>,
    // by day, round and round: whoever comes back to a queue on it
    held: Vec<Vec<Clock>>,
    // operations cancelled, in order
    cancelled: VecDeque<Clock>,
    // those who are away for a test or an operation, by function
    away: [usize; Function::COUNT],
    levers: [f64; ElectiveLever::COUNT],
    // cut-offs of levers in force [weeks], strictest first
    cut_offs: Vec<u16>,
    referrals_factor: f64,
    next_number: u32,
    // functions of new clocks and of the starting list: up to 18 and 52 weeks, and beyond
    functions: [Lottery; 3],
    day_held_until: i32,
    counts: Vec<ElectiveCounts>,
}

impl ElectiveProvider {
    /// A provider with its starting list on the eve of the first day; those of the list who wait for a test are
    /// handed to `send`. Everything drawn comes from `stream`.
    pub fn new(
        config: ElectiveConfig,
        start: &StartingList,
        stream: Stream,
        mut send: impl FnMut(Sent),
    ) -> Self {
        let mut fractions = stream.at(2).dice();
        let shares = &config.functions;
        let functions = [&shares.within_18w, &shares.within_52w, &shares.over_52w].map(|s| Lottery::new(s));
        let mut provider = Self {
            config: Arc::new(config),
            people: stream.at(0),
            days: stream.at(1),
            specialties: (0..Function::COUNT).map(|_| Specialty::starting_with(&mut fractions)).collect(),
            held: vec![Vec::new(); LONGEST_HOLD],
            cancelled: VecDeque::new(),
            away: [0; Function::COUNT],
            levers: [0.0; ElectiveLever::COUNT],
            cut_offs: Vec::new(),
            referrals_factor: 1.0,
            next_number: 0,
            functions,
            day_held_until: 0,
            counts: vec![ElectiveCounts::default(); Function::COUNT],
        };
        provider.set_aside_at_start();
        provider.add_starting_list(start, &mut send);
        provider
    }

    /// Pathways on the list, those away for a test or an operation included.
    pub fn len(&self) -> usize {
        (0..Function::COUNT).map(|f| self.len_of(Function::of_index(f))).sum::<usize>()
    }

    /// Pathways of one treatment function on the list.
    pub fn len_of(&self, function: Function) -> usize {
        let f = function.index();
        self.specialties[f].len() + self.specialties[f].held + self.away[f]
    }

    /// Everybody on the list who is here: not those away for a test or an operation.
    #[cfg(test)]
    pub fn iter(&self) -> impl Iterator<Item = Clock> + '_ {
        let waiting = self.specialties.iter().flat_map(|s| s.queues.iter()).flat_map(Queue::iter);
        let held = self.held.iter().flatten().copied();
        waiting.chain(held).chain(self.cancelled.iter().copied())
    }

    /// Adds everybody who is here to the list of their treatment function, in the order of [`Function::all`].
    pub fn count_lists(&self, lists: &mut [ListProfile; Function::COUNT], today: i32) {
        for (specialty, list) in self.specialties.iter().zip(lists.iter_mut()) {
            let lines = specialty.queues.iter().flat_map(Queue::clocks);
            lines.for_each(|clocks| list.count_all(clocks, today));
            let excepted = specialty.queues.iter().flat_map(Queue::excepted_clocks);
            excepted.for_each(|clocks| list.count_excepted(clocks, today));
        }
        let elsewhere = self.held.iter().flatten().chain(&self.cancelled);
        elsewhere.for_each(|&clock| lists[clock.function().index()].count(clock, today));
    }

    /// Counts since the last call, over all functions.
    pub fn take_counts(&mut self) -> ElectiveCounts {
        let mut total = ElectiveCounts::default();
        self.take_counts_by_function().iter().for_each(|counts| total.add(counts));
        total
    }

    /// Counts since the last call, by function.
    pub fn take_counts_by_function(&mut self) -> Vec<ElectiveCounts> {
        std::mem::replace(&mut self.counts, vec![ElectiveCounts::default(); Function::COUNT])
    }

    /// The key from which everything about the person with this clock is drawn.
    pub fn person(&self, clock: Clock) -> PersonKey {
        self.people.person(u64::from(clock.number()))
    }

    /// Sets what a scenario adds: the total, not an increment.
    pub fn set_lever(&mut self, lever: ElectiveLever, total: f64) {
        if let ElectiveLever::CutOff { weeks } = lever {
            self.cut_offs.retain(|&other| other != weeks);
            if total > 0.0 {
                self.cut_offs.push(weeks);
                self.cut_offs.sort_unstable();
            }
        }
        if let ElectiveLever::Order(order) = lever {
            self.set_order(if total > 0.0 { order } else { Order::default() });
        }
        self.levers[lever.index()] = total;
    }

    /// Sets the order in which people are called in.
    pub fn set_order(&mut self, order: Order) {
        for rules in &mut Arc::make_mut(&mut self.config).next {
            rules.order = order;
        }
    }

    /// Sets how many referrals come, relative to those of the pack: patients have chosen.
    pub fn set_referrals_factor(&mut self, factor: f64) {
        self.referrals_factor = factor.max(0.0);
    }

    fn lever(&self, lever: ElectiveLever) -> f64 {
        self.levers[lever.index()]
    }

    /// A working day in the month numbered `month` of the run: new clocks, removals, clinics, theatres.
    /// Treatment that needs no overnight bed stops the clock at once; whoever needs a test or a bed is handed
    /// to `send`.
    pub fn working_day(&mut self, day: i32, month: usize, mut send: impl FnMut(Sent)) {
        let config = Arc::clone(&self.config);
        let at = |values: &[f64]| values.get(month).copied().unwrap_or(0.0);
        let mut dice = self.days.at(day.unsigned_abs().into()).dice();
        self.come_back(day);
        let expected = at(&config.clock_starts) * self.referrals_factor;
        let starts = Poisson::new(expected).map_or(0, |law| law.sample(&mut dice) as u64);
        (0..starts).for_each(|_| self.start_clock(day));
        self.remove(day, at(&config.removals) + self.lever(ElectiveLever::Validated), &mut dice);
        let outpatients = 1.0 + self.lever(ElectiveLever::OutpatientShare);
        let theatres = 1.0 + self.lever(ElectiveLever::TheatreShare);
        let nonadmitted = at(&config.nonadmitted) * outpatients;
        let admitted = at(&config.admitted);
        let decisions = admitted * config.decisions_per_admission * outpatients;
        let theatre = admitted * theatres + self.lever(ElectiveLever::TheatrePlaces);
        let mut today = Today { day, config: &config, dice, send: &mut send };
        let theatre_left = self.call_back_cancelled(theatre, &mut today);
        self.protected_theatres(&mut today);
        let mut spare = [0; STATIONS];
        for f in 0..Function::COUNT {
            let places = config.places(f, [nonadmitted, decisions, theatre_left]);
            let clinics = self.specialties[f].whole_places(places);
            for station in Station::ALL {
                let call = self.how_to_call(station, &today);
                self.specialties[f].queues[station as usize].reckon_deadlines(&call);
                // a review place nobody can use is a first attendance of the same clinic, and the reverse
                let mut left = self.clinic(f, station, clinics[station as usize], &mut today);
                if let Some(other) = station.other_of_clinic().filter(|_| left > 0) {
                    left = self.clinic(f, other, left, &mut today);
                }
                spare[station as usize] += left;
            }
        }
        for station in Station::ALL {
            let mut left = spare[station as usize];
            while left > 0 {
                let longest =
                    (0..Function::COUNT).max_by_key(|&f| self.specialties[f].queues[station as usize].len());
                let Some(f) = longest else { break };
                let still = self.clinic(f, station, left, &mut today);
                if still == left {
                    break;
                }
                left = still;
            }
        }
    }

    /// The result of a test is there.
    pub fn tested(&mut self, clock: Clock, day: i32) {
        let f = clock.function().index();
        self.away[f] = self.away[f].saturating_sub(1);
        let by_letter = clock.route() == Route::NonAdmitted
            && self.person(clock).dice(Purpose::Result as u64).happens(self.config.by_letter_share);
        if by_letter {
            self.counts[f].by_letter += 1;
            self.stopped(clock, day);
        } else {
            let clock = clock.at(Stage::Review).held(Delay::Preparing);
            self.hold(clock, day, self.config.results_days.into());
        }
    }

    /// A patient with an overnight stay has a bed: the operation takes place and the clock stops.
    pub fn treated(&mut self, clock: Clock, day: i32) {
        let f = clock.function().index();
        self.away[f] = self.away[f].saturating_sub(1);
        self.stopped(clock, day);
    }

    /// There was no bed: the patient goes back to the list and is called in first.
    pub fn cancelled(&mut self, clock: Clock) {
        let f = clock.function().index();
        self.away[f] = self.away[f].saturating_sub(1);
        self.specialties[f].held += 1;
        self.counts[f].cancelled += 1;
        self.cancelled.push_back(clock);
    }

    fn stopped(&mut self, clock: Clock, day: i32) {
        let counts = &mut self.counts[clock.function().index()];
        match clock.route() {
            Route::Admitted => counts.admitted += 1,
            Route::NonAdmitted => counts.nonadmitted += 1,
        }
        let waited = day - clock.start_day();
        let route = clock.route() as usize;
        counts.treated_within_18_weeks[route] += u64::from(waited <= DAYS_IN_18_WEEKS);
        counts.treated_over_52_weeks[route] += u64::from(waited > DAYS_IN_52_WEEKS);
    }

    /// Whoever was held until today or a day since the last working day joins the queue.
    fn come_back(&mut self, day: i32) {
        let from = self.day_held_until.max(day - LONGEST_HOLD as i32 + 1);
        for due in from..=day {
            let slot = due.rem_euclid(LONGEST_HOLD as i32).unsigned_abs() as usize;
            // taken, not drained: what a day needed would be kept for every day of the ring
            for clock in std::mem::take(&mut self.held[slot]) {
                let specialty = &mut self.specialties[clock.function().index()];
                specialty.held -= 1;
                specialty.join(clock.held(Delay::Ready));
            }
        }
        self.day_held_until = day + 1;
    }

    fn hold(&mut self, clock: Clock, day: i32, days: i32) {
        let specialty = &mut self.specialties[clock.function().index()];
        if days < 1 {
            specialty.join(clock.held(Delay::Ready));
            return;
        }
        specialty.held += 1;
        let due = (day + days.min(LONGEST_HOLD as i32 - 1)).rem_euclid(LONGEST_HOLD as i32);
        self.held[due.unsigned_abs() as usize].push(clock);
    }

    fn next_person(&mut self) -> (u32, Dice) {
        let number = self.next_number;
        self.next_number = self.next_number.wrapping_add(1);
        (number, self.people.person(u64::from(number)).dice(Purpose::Plan as u64))
    }

    fn start_clock(&mut self, day: i32) {
        let (number, mut dice) = self.next_person();
        let function = self.functions[0].draw(dice.uniform());
        let admitted = self.config.admitted_shares[function.index()];
        let plan = self.config.plan(function, admitted, &mut dice);
        self.counts[function.index()].clock_starts += 1;
        self.specialties[function.index()].join(Clock::new(number, day, plan));
    }

    /// Removals without treatment: referrals refused, long waiters validated off, and anybody who does not
    /// attend or no longer wishes to.
    fn remove(&mut self, day: i32, expected: f64, dice: &mut Dice) {
        let total = self.len().max(1) as f64;
        for f in 0..Function::COUNT {
            let share = self.len_of(Function::of_index(f)) as f64 / total;
            let specialty = &mut self.specialties[f];
            let removals = whole(&mut specialty.removals_due, expected * share);
            for _ in 0..removals {
                let kind = dice.uniform();
                let refused = self.config.refused_share;
                let removed = if kind < refused {
                    let first = Station::NonadmittedFirst as usize;
                    let refused = specialty.queues[first].take_started_after(day - REFUSED_WITHIN_DAYS, dice);
                    self.counts[f].refused += u64::from(refused.is_some());
                    refused
                } else if kind < refused + self.config.long_wait_share_of_removals {
                    specialty.take_started_by(day - DAYS_IN_52_WEEKS - 1, dice)
                } else if kind
                    < refused + self.config.long_wait_share_of_removals + self.config.late_share_of_removals
                {
                    specialty.take_started_by(day - DAYS_IN_18_WEEKS - 1, dice)
                } else {
                    None
                };
                let removed = removed.or_else(|| specialty.take_any(dice));
                self.counts[f].removed += u64::from(removed.is_some());
            }
        }
    }

    /// Patients whose operation was cancelled come first. Returns the places that are left.
    fn call_back_cancelled(&mut self, theatre: f64, today: &mut Today<'_>) -> f64 {
        let mut left = theatre;
        while left >= 1.0 {
            let Some(clock) = self.cancelled.pop_front() else { break };
            self.specialties[clock.function().index()].held -= 1;
            self.operate(clock, today);
            left -= 1.0;
        }
        left
    }

    /// Places that need no shared bed: surgical hubs and the independent sector, for eligible functions, in
    /// proportion to the queues.
    fn protected_theatres(&mut self, today: &mut Today<'_>) {
        let wanted = [self.lever(ElectiveLever::HubPlaces), self.lever(ElectiveLever::IndependentPlaces)];
        if wanted.iter().all(|&places| places <= 0.0) {
            return;
        }
        let theatre = Station::Theatre as usize;
        let eligible: Vec<usize> = Function::all().filter(|f| f.is_eligible()).map(Function::index).collect();
        let waiting: usize = eligible.iter().map(|&f| self.specialties[f].queues[theatre].len()).sum();
        for (kind, places) in wanted.into_iter().enumerate() {
            for &f in &eligible {
                let share = self.specialties[f].queues[theatre].len() as f64 / waiting.max(1) as f64;
                let whole = whole(&mut self.specialties[f].protected_due[kind], places * share);
                let mut called = Vec::new();
                self.call(f, Station::Theatre, whole, today, &mut called);
                for clock in called {
                    self.counts[f].independent += kind as u64;
                    self.stopped(clock, today.day);
                }
            }
        }
    }

    fn how_to_call<'a>(&self, station: Station, today: &Today<'a>) -> Call<'a> {
        let config = today.config;
        let booking = if station.is_first() { config.booking_days.map(i32::from) } else { [0; 2] };
        let rules = &config.next[usize::from(station.route() == Route::NonAdmitted)];
        let of_levers = self.cut_offs.first().map(|&weeks| 7 * i32::from(weeks));
        Call {
            rules,
            cut_off_days: rules.cut_off_days.into_iter().chain(of_levers).min(),
            longest_first_added: self.lever(ElectiveLever::LongestFirst),
            effort: 1.0 + self.lever(ElectiveLever::DeadlineEffort),
            part_of_time: match station {
                Station::NonadmittedFirst | Station::AdmittedFirst => config.promised_by[0],
                Station::NonadmittedReview | Station::AdmittedReview => config.promised_by[1],
                Station::Theatre => 1.0,
            },
            day: today.day,
            ready_by: booking.map(|days| today.day - days),
        }
    }

    fn call(
        &mut self,
        f: usize,
        station: Station,
        places: usize,
        today: &mut Today<'_>,
        called: &mut Vec<Clock>,
    ) -> usize {
        let call = self.how_to_call(station, today);
        self.specialties[f].queues[station as usize].call_in(places, &call, &mut today.dice, |clock| {
            called.push(clock);
        })
    }

    /// Calls people to a clinic or theatre; returns the places nobody could use.
    fn clinic(&mut self, f: usize, station: Station, places: usize, today: &mut Today<'_>) -> usize {
        if places == 0 {
            return 0;
        }
        let mut called = std::mem::take(&mut self.specialties[f].called);
        let left = self.call(f, station, places, today, &mut called);
        for &clock in &called {
            match station {
                Station::NonadmittedFirst | Station::AdmittedFirst => self.first_seen(clock, today),
                Station::NonadmittedReview => self.stopped(clock, today.day),
                Station::AdmittedReview => self.decide(clock, today),
                Station::Theatre => self.operate(clock, today),
            }
        }
        called.clear();
        self.specialties[f].called = called;
        left
    }

    fn first_seen(&mut self, clock: Clock, today: &mut Today<'_>) {
        if clock.needs_test() {
            self.away[clock.function().index()] += 1;
            (today.send)(Sent::ForTest(clock.at(Stage::Tests)));
        } else if clock.needs_review() {
            let days = match clock.urgency() {
                Urgency::Routine => today.config.review_days,
                _ => today.config.results_days,
            };
            self.hold(clock.at(Stage::Review).held(Delay::Preparing), today.day, days.into());
        } else if clock.route() == Route::Admitted {
            self.decide(clock, today);
        } else {
            self.stopped(clock, today.day);
        }
    }

    /// The decision to admit: the pre-operative check, and for some a reason to wait longer.
    fn decide(&mut self, clock: Clock, today: &mut Today<'_>) {
        let config = today.config;
        let clock = clock.at(Stage::Theatre);
        if clock.urgency() != Urgency::Routine {
            self.hold(clock.held(Delay::Preparing), today.day, i32::from(config.preoperative_days / 2));
            return;
        }
        let reason = self.person(clock).dice(Purpose::Held as u64).uniform();
        let (delay, days) = if reason < config.clinical_delay_share {
            (Delay::Clinical, config.delay_days)
        } else if reason < config.clinical_delay_share + config.own_choice_share {
            (Delay::OwnChoice, config.delay_days)
        } else {
            (Delay::Preparing, config.preoperative_days)
        };
        self.hold(clock.held(delay), today.day, days.into());
    }

    fn operate(&mut self, clock: Clock, today: &mut Today<'_>) {
        if clock.is_overnight() {
            self.away[clock.function().index()] += 1;
            (today.send)(Sent::ForBed(clock));
        } else {
            self.stopped(clock, today.day);
        }
    }
}

struct Today<'a> {
    day: i32,
    config: &'a ElectiveConfig,
    dice: Dice,
    send: &'a mut dyn FnMut(Sent),
}

#[cfg(test)]
pub(crate) mod tests;
