//! Clinics: slots face to face and by video or telephone, appointments missed, and what an attendance leads to.

use super::clock::{Clock, Delay, Route, Stage, Urgency};
use super::specialty::Station;
use super::{ElectiveLever, ElectiveProvider, Purpose, Sent, Today};
use crate::random::Chance;

/// What is told of the slots of clinics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clinics {
    /// Share of slots that are by video or telephone \[0-1\].
    pub virtual_share: f64,
    /// Share of attendances for which that will do \[0-1\].
    pub can_be_virtual_share: f64,
    /// Share of appointments missed \[0-0.9\].
    pub missed_share: f64,
    /// Of those who miss one, the share whose clock ends: they are sent back to who referred them \[0-1\].
    pub removed_when_missed_share: f64,
    /// Time until the next appointment of a routine patient who missed one \[d\].
    pub rebooked_days: u16,
}

/// Places of a day, some of them of clinics by video or telephone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Places {
    pub all: usize,
    /// Of those, the number by video or telephone.
    pub by_video: f64,
}

impl Places {
    pub(super) fn add(&mut self, others: Self) {
        self.all += others.all;
        self.by_video += others.by_video;
    }
}

/// Slots of one clinic that are due: face to face, and by video or telephone. A slot may be used a fraction of a
/// place before it is due.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slots {
    due: [f64; 2],
    // those by video that nobody could use yet, and how many are kept
    kept: usize,
    most_kept: usize,
}

/// Slots by video that nobody could use are offered again, as many as so many days have, and one more.
const DAYS_KEPT: f64 = 5.0;

/// To fill a slot by video or telephone, those next in turn are looked through so many times.
pub(super) const ROUNDS: usize = 3;

impl Slots {
    /// With so many by video on a working day.
    pub(super) fn keep(&mut self, by_video: f64) {
        self.most_kept = (1.0 + DAYS_KEPT * by_video) as usize;
    }

    /// So many more; returns how many there are now.
    fn add(&mut self, places: Places) -> usize {
        self.due[0] += places.all as f64 - places.by_video;
        self.due[1] += places.by_video;
        places.all + std::mem::take(&mut self.kept)
    }

    /// One for a patient; `can_be_virtual` is asked only if it matters.
    fn take(&mut self, can_be_virtual: impl Fn() -> bool) -> bool {
        let [face_to_face, by_video] = &mut self.due;
        let slot = match (*face_to_face > 0.0, *by_video > 0.0) {
            (true, true) if can_be_virtual() => by_video,
            (true, _) => face_to_face,
            (false, true) if can_be_virtual() => by_video,
            _ => return false,
        };
        *slot -= 1.0;
        true
    }

    /// So many nobody could use: those by video that are due, and else face to face. Some by video are kept, the others are
    /// returned.
    fn leave(&mut self, unused: usize) -> Places {
        let by_video = self.due[1].clamp(0.0, unused as f64);
        self.kept = self.most_kept.min(by_video as usize);
        let left = Places { all: unused - self.kept, by_video: by_video - self.kept as f64 };
        self.due[1] -= left.by_video;
        self.due[0] -= left.all as f64 - left.by_video;
        left
    }
}

impl ElectiveProvider {
    /// Calls people to a clinic; returns the places nobody could use.
    pub(super) fn clinic(
        &mut self,
        f: usize,
        station: Station,
        places: Places,
        today: &mut Today<'_>,
    ) -> Places {
        let can_be_virtual = Chance::of(today.config.clinics.can_be_virtual_share);
        let mut slots = self.specialties[f].slots[station as usize];
        let mut wanted = slots.add(places);
        let mut called = std::mem::take(&mut self.called);
        let mut passed_over = std::mem::take(&mut self.passed_over);
        for _ in 0..ROUNDS {
            if wanted == 0 {
                break;
            }
            let nobody_left = self.call(f, station, wanted, today, &mut called) > 0;
            for clock in called.drain(..) {
                let person = self.person(clock);
                let purpose = Purpose::Virtual as u64 + clock.stage() as u64;
                if !slots.take(|| person.dice(purpose).hits(can_be_virtual)) {
                    passed_over.push(clock);
                    continue;
                }
                wanted -= 1;
                self.appointment(clock, station, today);
            }
            if nobody_left {
                break;
            }
        }
        let left = slots.leave(wanted);
        let specialty = &mut self.specialties[f];
        passed_over.drain(..).for_each(|clock| specialty.join(clock));
        specialty.slots[station as usize] = slots;
        (self.called, self.passed_over) = (called, passed_over);
        left
    }

    /// Share of clinic slots by video or telephone \[0-1\].
    pub(super) fn virtual_share(&self) -> f64 {
        (self.config.clinics.virtual_share + self.lever(ElectiveLever::VirtualShare)).clamp(0.0, 1.0)
    }

    /// Somebody who missed their first appointment has a slot of this day, ahead of those who are called.
    pub(super) fn keep_appointment(&mut self, clock: Clock, today: &mut Today<'_>) {
        let station = Station::of(clock);
        self.specialties[clock.function().index()].slots_taken[station as usize] += 1;
        self.appointment(clock, station, today);
    }

    fn appointment(&mut self, clock: Clock, station: Station, today: &mut Today<'_>) {
        self.steps += 1;
        if today.dice.happens(today.config.clinics.missed_share) {
            self.missed(clock, today);
        } else {
            self.attended(clock, station, today);
        }
    }

    fn attended(&mut self, clock: Clock, station: Station, today: &mut Today<'_>) {
        if station.is_first() {
            self.first_seen(clock, today);
        } else if station == Station::AdmittedReview {
            self.decide(clock, today);
        } else {
            self.stopped(clock, today.day);
        }
    }

    /// The slot is lost. Some are sent back to who referred them, which is one of the removals of the pack; the others are
    /// booked again.
    fn missed(&mut self, clock: Clock, today: &mut Today<'_>) {
        let f = clock.function().index();
        self.counts[f].missed += 1;
        if today.dice.happens(today.config.clinics.removed_when_missed_share) {
            self.counts[f].removed += 1;
            self.counts[f].removed_for_missing += 1;
            self.specialties[f].removed_for_missing += 1;
        } else {
            self.book_again(clock, today.config.clinics.rebooked_days, today);
        }
    }

    /// Later: a routine patient after so many days, the more urgent as soon as results would be there.
    pub(super) fn book_again(&mut self, clock: Clock, days: u16, today: &Today<'_>) {
        let days = match clock.urgency() {
            Urgency::Routine => days,
            _ => days.min(today.config.results_days),
        };
        self.hold(clock.held(Delay::Preparing), today.day, days.into());
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
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two slots in ten by video, three patients in ten whom that suits: everybody finds a slot, and two in ten do by
    /// video.
    #[test]
    fn slots_by_video_are_filled_as_long_as_they_suit_enough() {
        let mut slots = Slots::default();
        let (mut by_video, mut refused) = (0, 0);
        for day in 0..1_000 {
            slots.add(Places { all: 7, by_video: 1.4 });
            for patient in 0..7 {
                let before = slots.due[1];
                let is_seen = slots.take(|| (3 * (7 * day + patient)) % 10 < 3);
                refused += u32::from(!is_seen);
                by_video += u32::from(slots.due[1] < before);
            }
        }
        assert_eq!(refused, 0);
        assert!((1_395..=1_405).contains(&by_video), "{by_video}");
    }

    /// Half of the slots by video, and one patient in ten whom that suits: half of the slots are face to face, and of the
    /// others one a day is used; those of five days and one more are kept, and then four a day are left.
    #[test]
    fn slots_by_video_do_for_nobody_else() {
        let places = Places { all: 10, by_video: 5.0 };
        let mut slots = Slots::default();
        slots.keep(places.by_video);
        let (mut seen, mut left) = (0, 0);
        for day in 0..1_000 {
            let wanted = slots.add(places);
            let of_day = (0..10).filter(|patient| slots.take(|| patient == &(day % 10))).count();
            left += slots.leave(wanted - of_day).all;
            seen += of_day;
        }
        assert_eq!((seen, left, slots.kept), (6_000, 4_000 - 26, 26));
    }

    /// Slots kept from earlier days do not come out as places that somebody else could not use.
    #[test]
    fn no_more_are_left_than_were_given() {
        let mut slots = Slots::default();
        slots.keep(1.0);
        let mut given = |places: Places| {
            let wanted = slots.add(places);
            slots.leave(wanted).all
        };
        assert_eq!(given(Places { all: 4, by_video: 4.0 }), 0);
        for by_video in [0.0, 1.0, 0.0, 0.5, 0.0] {
            assert!(given(Places { all: 1, by_video }) <= 1);
        }
    }
}
