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
//! Every treatment function of a provider has its own clinics, with slots face to face and by video or telephone, and
//! its own lists of operations: day cases, and those with a night's stay. On each working day they
//! are given to the people waiting by the rules of [`NextPatient`]. Surgery with an overnight stay needs a
//! bed; without one it is cancelled, the patient goes back to the front and the clock runs on. Places that
//! one function cannot use go to the function with the longest queue for the same thing. An [`IndependentProvider`]
//! takes patients for simple surgery from the lists of a care system.

mod bands;
mod clinic;
mod clock;
mod config;
mod function;
mod held;
mod independent;
mod list;
mod next;
mod plan;
mod profile;
mod removals;
mod specialty;
mod starting;
mod theatre;

pub use bands::{FallingDensity, StartingList, WeekBand};
pub use clinic::Clinics;
use clinic::Places;
pub use clock::{Clock, Delay, Route, Stage, Urgency};
pub use config::{ElectiveConfig, ElectiveLever, StartingStages};
use function::Lottery;
pub use function::{Function, FunctionShares};
pub use independent::{IndependentConfig, IndependentProvider};
pub use next::{Call, Deadline, NextPatient, Order, Queue};
use plan::PlanLaw;
pub use profile::ListProfile;
pub use theatre::{Theatres, WEEKDAYS};

use crate::random::{Dice, PersonKey, Stream};
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
    Elsewhere = 4,
    // and the stage: 8 to 11
    Virtual = 8,
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
    /// Of those, by an independent provider for patients of this list.
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
    /// Of those, validated off after more than 18 weeks.
    pub validated: u64,
    /// Of those, sent back because they missed an appointment; the rest have gone by their own choice.
    pub removed_for_missing: u64,
    /// Appointments missed.
    pub missed: u64,
    /// Operations cancelled for want of a bed.
    pub cancelled: u64,
    /// Operations put off on the day for other reasons.
    pub put_off: u64,
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
        self.validated += other.validated;
        self.removed_for_missing += other.removed_for_missing;
        self.missed += other.missed;
        self.cancelled += other.cancelled;
        self.put_off += other.put_off;
    }
}

/// Over 52 weeks is more than this many days (RTT rules: week 52 ends on day 364).
pub const DAYS_IN_52_WEEKS: i32 = 364;
const DAYS_IN_18_WEEKS: i32 = 126;

/// One provider's waiting list and the capacity to treat it.
#[derive(Clone, Debug)]
pub struct ElectiveProvider {
    config: Arc<ElectiveConfig>,
    people: Stream,
    days: Stream,
    offers: Stream,
    specialties: Vec<Specialty>,
    // by day, round and round: whoever comes back to a queue on it
    held: Vec<Vec<Clock>>,
    // operations cancelled, in order
    cancelled: VecDeque<Clock>,
    // operations elsewhere, by their day
    booked_elsewhere: VecDeque<(i32, Clock)>,
    // those who are away for a test or an operation, by function
    away: [usize; Function::COUNT],
    levers: [f64; ElectiveLever::COUNT],
    // cut-offs of levers in force [weeks], strictest first
    cut_offs: Vec<u16>,
    referrals_factor: f64,
    next_number: u32,
    // functions of new clocks and of the starting list: up to 18 and 52 weeks, and beyond
    functions: [Lottery; 3],
    plans: PlanLaw,
    day_held_until: i32,
    steps: u64,
    counts: Vec<ElectiveCounts>,
    // empty, kept so that their memory is used again
    called: Vec<Clock>,
    passed_over: Vec<Clock>,
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
            plans: PlanLaw::of(&config),
            config: Arc::new(config),
            people: stream.at(0),
            days: stream.at(1),
            offers: stream.at(3),
            specialties: (0..Function::COUNT).map(|_| Specialty::starting_with(&mut fractions)).collect(),
            held: vec![Vec::new(); held::LONGEST_HOLD],
            cancelled: VecDeque::new(),
            booked_elsewhere: VecDeque::new(),
            away: [0; Function::COUNT],
            levers: [0.0; ElectiveLever::COUNT],
            cut_offs: Vec::new(),
            referrals_factor: 1.0,
            next_number: 0,
            functions,
            day_held_until: 0,
            steps: 0,
            counts: vec![ElectiveCounts::default(); Function::COUNT],
            called: Vec::new(),
            passed_over: Vec::new(),
        };
        provider.set_aside_at_start();
        provider.add_starting_list(start, &mut send);
        provider
    }

    /// Pathways on the list, those away for a test or an operation included.
    #[cfg(test)]
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
        let booked = self.booked_elsewhere.iter().map(|(_, clock)| *clock);
        waiting.chain(held).chain(self.cancelled.iter().copied()).chain(booked)
    }

    /// Adds everybody who is here to the list of their treatment function, in the order of [`Function::all`].
    pub fn count_lists(&self, lists: &mut [ListProfile; Function::COUNT], today: i32) {
        for (specialty, list) in self.specialties.iter().zip(lists.iter_mut()) {
            let lines = specialty.queues.iter().flat_map(Queue::clocks);
            lines.for_each(|clocks| list.count_line(clocks, today));
        }
        let booked = self.booked_elsewhere.iter().map(|(_, clock)| clock);
        let elsewhere = self.held.iter().flatten().chain(&self.cancelled).chain(booked);
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

    /// What has happened to anybody on this list so far: clocks started, tests, appointments kept or missed, operations
    /// that need no bed or were put off, returns from what held somebody up, and removals.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The stream of the people on this list, by the number of their clock.
    pub fn people(&self) -> Stream {
        self.people
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
        let booked_again = self.come_back(day);
        self.operated_elsewhere(day);
        let expected = at(&config.clock_starts) * self.referrals_factor;
        let starts = Poisson::new(expected).map_or(0, |law| law.sample(&mut dice) as u64);
        self.steps += starts;
        (0..starts).for_each(|_| self.start_clock(day));
        self.remove(day, at(&config.removals), &mut dice);
        let outpatients = 1.0 + self.lever(ElectiveLever::OutpatientShare);
        let nonadmitted = at(&config.nonadmitted) * outpatients;
        let decisions = at(&config.admitted) * config.decisions_per_admission * outpatients;
        let mut today = Today { day, config: &config, dice, send: &mut send };
        booked_again.into_iter().for_each(|clock| self.keep_appointment(clock, &mut today));
        let [overnight, day_cases] = self.operations(month, &today);
        let operations = [self.call_back_cancelled(overnight, &mut today), day_cases];
        self.hubs(&mut today);
        let virtual_share = self.virtual_share();
        let mut spare = [Places::default(); STATIONS];
        for f in 0..Function::COUNT {
            let expected = config.places(f, nonadmitted, decisions, operations);
            let places = self.specialties[f].whole_places(expected, config.theatres.operations_per_list);
            let slots = self.specialties[f].slots.iter_mut().zip(expected);
            slots.for_each(|(slots, a_day)| slots.keep(a_day * virtual_share));
            for station in Station::ALL {
                let call = self.how_to_call(station, &today);
                self.specialties[f].queues[station as usize].reckon_deadlines(&call);
                let all = places[station as usize];
                let places = Places { all, by_video: all as f64 * virtual_share };
                let mut left = self.give(f, station, places, &mut today);
                if let Some(other) = station.instead() {
                    left = self.give(f, other, left, &mut today);
                }
                spare[station as usize].add(left);
            }
        }
        for station in Station::ALL {
            let mut left = spare[station as usize];
            while left.all > 0 {
                let longest =
                    (0..Function::COUNT).max_by_key(|&f| self.specialties[f].queues[station as usize].len());
                let Some(f) = longest else { break };
                let still = self.give(f, station, left, &mut today);
                if still.all >= left.all {
                    break;
                }
                left = still;
            }
        }
    }

    /// The result of a test is there.
    pub fn tested(&mut self, clock: Clock, day: i32) {
        self.steps += 1;
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

    fn next_person(&mut self) -> (u32, Dice) {
        let number = self.next_number;
        self.next_number = self.next_number.wrapping_add(1);
        (number, self.people.person(u64::from(number)).dice(Purpose::Plan as u64))
    }

    fn start_clock(&mut self, day: i32) {
        let (number, mut dice) = self.next_person();
        let function = self.functions[0].draw(dice.draw());
        let plan = self.plans.draw(function, self.plans.admitted[function.index()], &mut dice);
        self.counts[function.index()].clock_starts += 1;
        self.specialties[function.index()].join(Clock::new(number, day, plan));
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
                Station::Overnight | Station::DayCase => 1.0,
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

    /// Gives the places of a day; returns those nobody could use.
    fn give(&mut self, f: usize, station: Station, places: Places, today: &mut Today<'_>) -> Places {
        match station {
            _ if places.all == 0 => Places::default(),
            Station::Overnight | Station::DayCase => {
                Places { all: self.theatre_list(f, station, places.all, today), by_video: 0.0 }
            }
            _ => self.clinic(f, station, places, today),
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
