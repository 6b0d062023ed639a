//! Elective care: referral-to-treatment clocks, one for every patient on the list.
//!
//! Referrals start clocks; treatment (with or without admission) and removal stop them. Each weekday
//! a provider treats as many as its capacity allows: urgent patients first, then a share of the
//! longest waiters, then others in no order of waiting, which is how the published waits of those
//! treated look. Surgery with an overnight stay needs a bed; without one it is cancelled, the
//! patient goes back to the front and the clock runs on.

mod bands;
mod list;

pub use bands::{StartingList, WeekBand, age_days_of_starting_list};
pub use list::{Clock, Route, WaitingList};

use crate::random::{PersonKey, Stream};
use rand_distr::{Distribution as _, Poisson};

/// Flows and shares of one provider of elective care.
#[derive(Clone, Debug)]
pub struct ElectiveConfig {
    /// New clocks on a weekday, by month of the run \[pathways\] -- set by the pack.
    pub clock_starts_per_weekday: Vec<f64>,
    /// Treatments with admission that theatres and staff allow on a weekday, by month of the run.
    pub admitted_per_weekday: Vec<f64>,
    /// Treatments without admission on a weekday, by month of the run.
    pub nonadmitted_per_weekday: Vec<f64>,
    /// Removals without treatment on a weekday, by month of the run.
    pub removals_per_weekday: Vec<f64>,
    /// Share of new clocks that end in admission \[0-1\].
    pub admitted_route_share: f64,
    /// The same among those on the list at the start \[0-1\].
    pub starting_admitted_route_share: f64,
    /// Share of removals that are made among those over 52 weeks; the rest are made among all \[0-1\].
    pub long_wait_share_of_removals: f64,
    /// Share of admissions that stay overnight \[0-1\].
    pub overnight_share: f64,
    /// Share of new clocks that are urgent, by route \[0-1\].
    pub urgent_share: [f64; 2],
    /// Days from clock start until an urgent patient can be treated \[d\].
    pub urgent_days_to_treatment: u16,
    /// Share of routine treatment that goes to the longest waiters, by route \[0-1\].
    pub longest_first_share: [f64; 2],
}

/// What draws about an elective patient are for.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
enum Purpose {
    Route = 1,
    Urgency = 2,
    Overnight = 3,
}

/// A patient called in for surgery with an overnight stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalledIn {
    /// Their clock.
    pub clock: Clock,
}

/// Counts of one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ElectiveCounts {
    /// Clocks started.
    pub clock_starts: u64,
    /// Clocks stopped by treatment with admission.
    pub admitted: u64,
    /// Clocks stopped by treatment without admission.
    pub nonadmitted: u64,
    /// Of those treated, waits over 52 weeks.
    pub treated_over_52_weeks: u64,
    /// Clocks removed without treatment.
    pub removed: u64,
    /// Operations cancelled for want of a bed.
    pub cancelled: u64,
}

/// One provider's waiting list and the capacity to treat it.
#[derive(Clone, Debug)]
pub struct ElectiveProvider {
    config: ElectiveConfig,
    people: Stream,
    days: Stream,
    list: WaitingList,
    next_number: u32,
    carried_over: [f64; 3],
    counts: ElectiveCounts,
}

/// Over 52 weeks is more than this many days (RTT rules: week 52 ends on day 364).
pub const DAYS_IN_52_WEEKS: i32 = 364;

impl ElectiveProvider {
    /// A provider with its starting list on the eve of the first day. Everything drawn comes from
    /// `stream`.
    pub fn new(config: ElectiveConfig, start: &StartingList, stream: Stream) -> Self {
        let mut provider = Self {
            config,
            people: stream.at(0),
            days: stream.at(1),
            list: WaitingList::default(),
            next_number: 0,
            carried_over: [0.0; 3],
            counts: ElectiveCounts::default(),
        };
        let share = provider.config.starting_admitted_route_share;
        age_days_of_starting_list(start).for_each(|age| provider.add(-age, share, [0.0; 2]));
        provider
    }

    /// The patients waiting.
    pub fn list(&self) -> &WaitingList {
        &self.list
    }

    /// Counts since the last call.
    pub fn take_counts(&mut self) -> ElectiveCounts {
        std::mem::take(&mut self.counts)
    }

    /// The key from which everything about the person with this clock is drawn.
    pub fn person(&self, clock: Clock) -> PersonKey {
        self.people.person(u64::from(clock.number()))
    }

    /// A weekday's work in the month numbered `month` of the run: new clocks, removals, treatment.
    /// Treatment that needs no overnight bed stops the clock at once; patients for surgery with an
    /// overnight stay are handed to `call_in` and have left the list until they are treated or come
    /// back by [`ElectiveProvider::cancelled`].
    pub fn weekday(&mut self, day: i32, month: usize, mut call_in: impl FnMut(CalledIn)) {
        let at = |values: &[f64]| values.get(month).copied().unwrap_or(0.0);
        let today = self.days.at(day.unsigned_abs().into());
        let mut dice = today.dice();
        let expected = at(&self.config.clock_starts_per_weekday);
        let starts = Poisson::new(expected).map_or(0, |law| law.sample(&mut dice) as u64);
        self.counts.clock_starts += starts;
        let (route_share, urgent_shares) = (self.config.admitted_route_share, self.config.urgent_share);
        (0..starts).for_each(|_| self.add(day, route_share, urgent_shares));

        let removals = self.whole(2, at(&self.config.removals_per_weekday));
        for _ in 0..removals {
            let over_52_weeks = dice.happens(self.config.long_wait_share_of_removals);
            let long = if over_52_weeks {
                self.list.remove_started_by(day - DAYS_IN_52_WEEKS - 1, &mut dice)
            } else {
                None
            };
            let removed = long.or_else(|| self.list.remove_any(&mut dice));
            self.counts.removed += u64::from(removed.is_some());
        }
        let nonadmitted = self.whole(1, at(&self.config.nonadmitted_per_weekday));
        self.treat(Route::NonAdmitted, nonadmitted, day, &mut dice, |provider, clock| {
            provider.counts.nonadmitted += 1;
            provider.count_long_wait(clock, day);
        });
        let admitted = self.whole(0, at(&self.config.admitted_per_weekday));
        self.treat(Route::Admitted, admitted, day, &mut dice, |provider, clock| {
            let mut dice = provider.person(clock).dice(Purpose::Overnight as u64);
            if dice.happens(provider.config.overnight_share) {
                call_in(CalledIn { clock });
            } else {
                provider.treated(clock, day);
            }
        });
    }

    /// A patient with an overnight stay has a bed: the operation takes place and the clock stops.
    pub fn treated(&mut self, clock: Clock, day: i32) {
        self.counts.admitted += 1;
        self.count_long_wait(clock, day);
    }

    /// There was no bed: the patient goes back to the list and is called in first.
    pub fn cancelled(&mut self, clock: Clock) {
        self.counts.cancelled += 1;
        self.list.put_back(clock);
    }

    fn count_long_wait(&mut self, clock: Clock, day: i32) {
        self.counts.treated_over_52_weeks += u64::from(day - clock.start_day() > DAYS_IN_52_WEEKS);
    }

    fn add(&mut self, start_day: i32, admitted_share: f64, urgent_shares: [f64; 2]) {
        let number = self.next_number;
        self.next_number = self.next_number.wrapping_add(1);
        let person = self.people.person(u64::from(number));
        let is_admitted = person.dice(Purpose::Route as u64).happens(admitted_share);
        let route = if is_admitted { Route::Admitted } else { Route::NonAdmitted };
        let is_urgent = person.dice(Purpose::Urgency as u64).happens(urgent_shares[route as usize]);
        self.list.add(Clock::new(number, start_day, route, is_urgent));
    }

    fn treat(
        &mut self,
        route: Route,
        capacity: u64,
        day: i32,
        dice: &mut crate::random::Dice,
        mut stop: impl FnMut(&mut Self, Clock),
    ) {
        let ready_day = day - i32::from(self.config.urgent_days_to_treatment);
        let mut left = capacity;
        while left > 0 {
            let cancelled = if route == Route::Admitted { self.list.take_cancelled() } else { None };
            let next = cancelled.or_else(|| self.list.take_urgent(route, ready_day));
            let Some(clock) = next else { break };
            stop(self, clock);
            left -= 1;
        }
        let longest_first = (left as f64 * self.config.longest_first_share[route as usize]).round() as u64;
        for i in 0..left {
            let next = if i < longest_first {
                self.list.take_longest(route)
            } else {
                self.list.take_routine(route, dice)
            };
            let Some(clock) = next else { break };
            stop(self, clock);
        }
    }

    /// Whole pathways of a fractional daily flow; the fraction is carried over.
    fn whole(&mut self, flow: usize, expected: f64) -> u64 {
        let due = self.carried_over[flow] + expected;
        let whole = due.floor().max(0.0);
        self.carried_over[flow] = due - whole;
        whole as u64
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn config(per_weekday: f64) -> ElectiveConfig {
        ElectiveConfig {
            clock_starts_per_weekday: vec![per_weekday],
            admitted_per_weekday: vec![per_weekday * 0.2],
            nonadmitted_per_weekday: vec![per_weekday * 0.7],
            removals_per_weekday: vec![per_weekday * 0.1],
            admitted_route_share: 0.2,
            starting_admitted_route_share: 0.2,
            long_wait_share_of_removals: 0.2,
            overnight_share: 0.2,
            urgent_share: [0.2, 0.3],
            urgent_days_to_treatment: 14,
            longest_first_share: [0.1, 0.1],
        }
    }

    fn start(total: u32) -> StartingList {
        StartingList {
            total: f64::from(total),
            over: [0.4, 0.05, 0.02, 0.01, 0.001].map(|s| s * f64::from(total)),
        }
    }

    #[test]
    fn pathways_are_conserved() {
        let mut provider = ElectiveProvider::new(config(50.0), &start(1_000), Stream::of_seed(1));
        let mut called_in = Vec::new();
        (0..60).for_each(|day| provider.weekday(day, 0, |patient| called_in.push(patient.clock)));
        let half = called_in.split_off(called_in.len() / 2);
        called_in.into_iter().for_each(|clock| provider.treated(clock, 60));
        half.into_iter().for_each(|clock| provider.cancelled(clock));
        let counts = provider.take_counts();
        assert!(counts.cancelled > 50 && counts.removed > 250);
        assert_eq!(
            1_000 + counts.clock_starts,
            counts.admitted + counts.nonadmitted + counts.removed + provider.list().len() as u64
        );
    }

    /// With capacity below referrals the list grows by the difference, day by day.
    #[test]
    fn a_list_grows_by_referrals_less_capacity() {
        let scarce = ElectiveConfig {
            admitted_per_weekday: vec![5.0],
            nonadmitted_per_weekday: vec![20.0],
            removals_per_weekday: vec![5.0],
            overnight_share: 0.0,
            ..config(40.0)
        };
        let mut provider = ElectiveProvider::new(scarce, &start(2_000), Stream::of_seed(2));
        (0..200).for_each(|day| provider.weekday(day, 0, |_| ()));
        let grown = provider.list().len() as f64 - 2_000.0;
        // 200 days of Poisson(40): standard deviation sqrt(8000)
        assert!(((grown - 2_000.0) / 8_000_f64.sqrt()).abs() < 4.0, "{grown}");
    }

    #[test]
    fn the_same_patients_are_treated_whatever_the_bed_situation_does() {
        let run = |cancel: bool| {
            let mut provider = ElectiveProvider::new(config(50.0), &start(1_000), Stream::of_seed(3));
            let mut starts = 0;
            for day in 0..20 {
                let mut called = Vec::new();
                provider.weekday(day, 0, |patient| called.push(patient.clock));
                for clock in called {
                    if cancel { provider.cancelled(clock) } else { provider.treated(clock, day) }
                }
                starts += provider.take_counts().clock_starts;
            }
            starts
        };
        assert_eq!(run(true), run(false));
    }
}
