//! Theatres: lists of operations with a night's stay and of day cases, by weekday, held where there are both a theatre
//! and staff; and operations elsewhere.

use super::clinic::ROUNDS;
use super::clock::{Clock, Delay, Urgency};
use super::function::Function;
use super::next::whole;
use super::specialty::Station;
use super::{ElectiveLever, ElectiveProvider, Purpose, Sent, Today};

/// Monday to Friday.
pub const WEEKDAYS: usize = 5;

/// What is told of theatres. Pairs are of operations with a night's stay and of day cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Theatres {
    /// Operations of a list, which is half a day of a theatre.
    pub operations_per_list: [f64; 2],
    /// Operations on each weekday relative to the mean working day, by month of the run: with bank holidays left out
    /// they add up to the month.
    pub by_weekday: Vec<[[f64; WEEKDAYS]; 2]>,
    /// Weekday of the first day of the run, 0 on Mondays.
    pub first_weekday: u8,
    /// Lists for which there is a theatre and no staff, relative to those that are held \[0 or more\].
    pub unstaffed_share: f64,
    /// Share of operations put off on the day for other reasons than beds \[0-0.9\].
    pub put_off_share: f64,
    /// Time until the next date of a routine patient put off \[d\].
    pub rebooked_days: u16,
    /// Of all theatre places, the share that is lost for want of a bed, before the winter \[0-0.9\]: lists with a
    /// night's stay are so many more.
    pub lost_for_beds_share: f64,
}

impl Theatres {
    fn weekday(&self, day: i32) -> usize {
        (day + i32::from(self.first_weekday)).rem_euclid(7).unsigned_abs() as usize
    }

    /// How much a day has of each kind of operation, relative to the mean working day.
    fn part_of_week(&self, month: usize, day: i32) -> [f64; 2] {
        let shares = self.by_weekday.get(month).or(self.by_weekday.last());
        let weekday = self.weekday(day);
        shares.map_or([1.0; 2], |kinds| kinds.map(|days| days.get(weekday).copied().unwrap_or(0.0)))
    }
}

impl ElectiveProvider {
    /// Operations for which lists are held today: the smaller of what theatres and what staff allow.
    pub(super) fn operations(&self, month: usize, today: &Today<'_>) -> [f64; 2] {
        let config = today.config;
        let theatres = &config.theatres;
        let admitted = config.admitted.get(month).copied().unwrap_or(0.0);
        let overnight = config.overnight_share;
        let lost = theatres.lost_for_beds_share / (1.0 - theatres.lost_for_beds_share);
        let of_week = theatres.part_of_week(month, today.day);
        let productivity = 1.0 + self.lever(ElectiveLever::TheatreShare);
        let [room, staff] =
            [ElectiveLever::TheatrePlaces, ElectiveLever::StaffedPlaces].map(|lever| self.lever(lever));
        let kinds = [(overnight, lost), (1.0 - overnight, 0.0)];
        std::array::from_fn(|kind| {
            let (share, lost) = kinds[kind];
            let held = admitted * (share + lost) * of_week[kind];
            let open = (held * (1.0 + theatres.unstaffed_share) + room * share).min(held + staff * share);
            open.max(0.0) * productivity / (1.0 - theatres.put_off_share)
        })
    }

    /// Patients whose operation was cancelled for want of a bed come first. Returns the places that are left.
    pub(super) fn call_back_cancelled(&mut self, places: f64, today: &mut Today<'_>) -> f64 {
        let mut left = places;
        while left >= 1.0 {
            let Some(clock) = self.cancelled.pop_front() else { break };
            self.specialties[clock.function().index()].held -= 1;
            self.operate(clock, today);
            left -= 1.0;
        }
        left
    }

    /// Calls people to a list; returns the places nobody could use.
    pub(super) fn theatre_list(
        &mut self,
        f: usize,
        station: Station,
        places: usize,
        today: &mut Today<'_>,
    ) -> usize {
        let mut called = std::mem::take(&mut self.called);
        let left = self.call(f, station, places, today, &mut called);
        for clock in called.drain(..) {
            if today.dice.happens(today.config.theatres.put_off_share) {
                self.counts[f].put_off += 1;
                self.steps += 1;
                self.book_again(clock, today.config.theatres.rebooked_days, today);
            } else {
                self.operate(clock, today);
            }
        }
        self.called = called;
        left
    }

    fn operate(&mut self, clock: Clock, today: &mut Today<'_>) {
        if clock.is_overnight() {
            self.away[clock.function().index()] += 1;
            (today.send)(Sent::ForBed(clock));
        } else {
            self.steps += 1;
            self.stopped(clock, today.day);
        }
    }

    /// Places in surgical hubs, with beds of their own: for eligible functions, in proportion to the queues.
    pub(super) fn hubs(&mut self, today: &mut Today<'_>) {
        let places = self.lever(ElectiveLever::HubPlaces);
        if places <= 0.0 {
            return;
        }
        for (f, station, places) in self.shared_out(places, 0) {
            let mut called = Vec::new();
            self.call(f, station, places, today, &mut called);
            self.steps += called.len() as u64;
            called.into_iter().for_each(|clock| self.stopped(clock, today.day));
        }
    }

    /// Places over the lists of eligible functions, in proportion to the queues; fractions are carried over by `kind` of
    /// place.
    fn shared_out(&mut self, places: f64, kind: usize) -> Vec<(usize, Station, usize)> {
        let waiting = self.waiting_for_simple_surgery().max(1) as f64;
        let mut shared = Vec::new();
        for f in Function::all().filter(|f| f.is_eligible()).map(Function::index) {
            let specialty = &mut self.specialties[f];
            for (of_operation, station) in Station::THEATRES.into_iter().enumerate() {
                let share = specialty.queues[station as usize].len() as f64 / waiting;
                let whole = whole(&mut specialty.protected_due[kind][of_operation], places * share);
                if whole > 0 {
                    shared.push((f, station, whole));
                }
            }
        }
        shared
    }

    /// People who wait for an operation in a function that surgical hubs and the independent sector take.
    pub fn waiting_for_simple_surgery(&self) -> usize {
        let eligible = Function::all().filter(|f| f.is_eligible()).map(Function::index);
        let of_function =
            |f: usize| Station::THEATRES.map(|station| self.specialties[f].queues[station as usize].len());
        eligible.flat_map(of_function).sum()
    }

    /// Offers about so many operations elsewhere, done after so many days, to routine patients in the order of the rules
    /// of this list: each takes the offer with probability `take_up`, the same whenever it is made. Returns how many do.
    pub fn book_elsewhere(&mut self, places: f64, after_days: i32, take_up: f64, day: i32) -> usize {
        let config = std::sync::Arc::clone(&self.config);
        let dice = self.offers.at(day.unsigned_abs().into()).dice();
        let mut today = Today { day, config: &config, dice, send: &mut |_| {} };
        let mut booked = 0;
        for (f, station, places) in self.shared_out(places, 1) {
            let mut call = self.how_to_call(station, &today);
            // nobody whose operation cannot wait for it
            call.ready_by = [i32::MIN; 2];
            let mut wanted = places;
            let mut passed_over = Vec::new();
            for _ in 0..ROUNDS {
                let mut called = Vec::new();
                let queue = &mut self.specialties[f].queues[station as usize];
                let nobody_left =
                    queue.call_in(wanted, &call, &mut today.dice, |clock| called.push(clock)) > 0;
                for clock in called {
                    let is_simple = clock.urgency() == Urgency::Routine && !clock.is_excepted();
                    if is_simple && self.person(clock).dice(Purpose::Elsewhere as u64).happens(take_up) {
                        wanted -= 1;
                        booked += 1;
                        self.specialties[f].held += 1;
                        self.booked_elsewhere.push_back((day + after_days, clock.held(Delay::Preparing)));
                    } else {
                        passed_over.push(clock);
                    }
                }
                if wanted == 0 || nobody_left {
                    break;
                }
            }
            passed_over.into_iter().for_each(|clock| self.specialties[f].join(clock));
        }
        booked
    }

    /// Those booked elsewhere whose day has come.
    pub(super) fn operated_elsewhere(&mut self, day: i32) {
        while let Some(&(_, clock)) = self.booked_elsewhere.front().filter(|(due, _)| *due <= day) {
            self.booked_elsewhere.pop_front();
            let f = clock.function().index();
            self.specialties[f].held -= 1;
            self.counts[f].independent += 1;
            self.steps += 1;
            self.stopped(clock, day);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{config, provider};
    use super::super::{ElectiveConfig, Sent};
    use super::*;

    /// Twenty operations with a night's stay a day, half as many on Fridays as on other weekdays, and all days together as
    /// many as told: 40 weeks of 100.
    #[test]
    fn operations_fall_on_the_weekdays_they_are_told_to() {
        let mean = (4.0 + 0.5) / 5.0;
        let fridays = [1.0, 1.0, 1.0, 1.0, 0.5].map(|day| day / mean);
        let base = config(500.0);
        let theatres = Theatres { by_weekday: vec![[fridays, [1.0; WEEKDAYS]]], ..base.theatres.clone() };
        let mut provider = provider(ElectiveConfig { theatres, ..base }, 100_000, 3);
        let mut of_weekday = [0_u32; 7];
        for day in (0..280).filter(|day| day % 7 < 5) {
            let mut sent = Vec::new();
            provider.working_day(day, 0, |s| sent.push(s));
            for s in sent {
                match s {
                    Sent::ForTest(clock) => provider.tested(clock, day),
                    Sent::ForBed(clock) => {
                        of_weekday[(day % 7) as usize] += 1;
                        provider.treated(clock, day);
                    }
                }
            }
        }
        let all = f64::from(of_weekday.iter().sum::<u32>());
        // lists are whole and patients put off by chance: 4% of 4,167, binomial
        let put_off = (4_167.0 * 0.04 * 0.96_f64).sqrt();
        assert!((all - 4_000.0).abs() < 4.0 * put_off + 23.0 * 2.5, "{all}");
        let friday = f64::from(of_weekday[4]) / all * 5.0;
        assert!((friday - 0.5 / mean).abs() < 0.05, "{of_weekday:?}");
    }
}
