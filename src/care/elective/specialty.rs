//! The queues of one treatment function at one provider.

use super::clinic::Slots;
use super::clock::{Clock, Route, Stage};
use super::next::{LongWait, Queue, whole};
use crate::random::Dice;

/// A kind of place that people queue for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Station {
    NonadmittedFirst,
    NonadmittedReview,
    AdmittedFirst,
    AdmittedReview,
    /// A list of operations after which the patient stays the night.
    Overnight,
    DayCase,
}

pub(super) const STATIONS: usize = 6;
/// Those before are clinics.
const CLINICS: usize = 4;

impl Station {
    pub(super) const ALL: [Self; STATIONS] = [
        Self::NonadmittedFirst,
        Self::NonadmittedReview,
        Self::AdmittedFirst,
        Self::AdmittedReview,
        Self::Overnight,
        Self::DayCase,
    ];
    /// Those of the theatres, in the order of everything that is told apart by kind of operation.
    pub(super) const THEATRES: [Self; 2] = [Self::Overnight, Self::DayCase];

    pub(super) fn of(clock: Clock) -> Self {
        match (clock.stage(), clock.route()) {
            (Stage::Theatre, _) if clock.is_overnight() => Self::Overnight,
            (Stage::Theatre, _) => Self::DayCase,
            (Stage::First, Route::NonAdmitted) => Self::NonadmittedFirst,
            (Stage::First, Route::Admitted) => Self::AdmittedFirst,
            (_, Route::NonAdmitted) => Self::NonadmittedReview,
            (_, Route::Admitted) => Self::AdmittedReview,
        }
    }

    pub(super) fn route(self) -> Route {
        match self {
            Self::NonadmittedFirst | Self::NonadmittedReview => Route::NonAdmitted,
            _ => Route::Admitted,
        }
    }

    pub(super) fn is_first(self) -> bool {
        matches!(self, Self::NonadmittedFirst | Self::AdmittedFirst)
    }

    /// What else can be done with places nobody could use: first attendances for reviews and the reverse, and day cases
    /// on a list meant for operations with a night's stay.
    pub(super) fn instead(self) -> Option<Self> {
        match self {
            Self::NonadmittedFirst => Some(Self::NonadmittedReview),
            Self::NonadmittedReview => Some(Self::NonadmittedFirst),
            Self::AdmittedFirst => Some(Self::AdmittedReview),
            Self::AdmittedReview => Some(Self::AdmittedFirst),
            Self::Overnight => Some(Self::DayCase),
            Self::DayCase => None,
        }
    }
}

/// The queues of one treatment function at one provider.
#[derive(Clone, Debug, Default)]
pub(super) struct Specialty {
    pub(super) queues: [Queue; STATIONS],
    // people of this function who are held up or were cancelled
    pub(super) held: usize,
    pub(super) removals_due: f64,
    // those removed because they missed an appointment, whom the removals of the pack have yet to be less by
    pub(super) removed_for_missing: u32,
    // fractions of places that need no bed of the wards: by kind of place (hub, independent) and of operation
    pub(super) protected_due: [[f64; 2]; 2],
    // attendances of clinics and lists of theatres
    due: [f64; STATIONS],
    operations_due: [f64; 2],
    pub(super) slots: [Slots; CLINICS],
    // slots of those who missed their first appointment, not yet taken off the places of a day
    pub(super) slots_taken: [usize; CLINICS],
}

impl Specialty {
    /// Nobody yet; fractions of flows begin anywhere, so that small flows are not late on average.
    pub(super) fn starting_with(dice: &mut Dice) -> Self {
        Self {
            queues: std::array::from_fn(|_| Queue::starting_with(dice)),
            removals_due: dice.uniform(),
            protected_due: std::array::from_fn(|_| [dice.uniform(), dice.uniform()]),
            due: std::array::from_fn(|_| dice.uniform()),
            ..Self::default()
        }
    }

    pub(super) fn len(&self) -> usize {
        self.queues.iter().map(Queue::len).sum()
    }

    pub(super) fn join(&mut self, clock: Clock) {
        self.queues[Station::of(clock) as usize].add(clock);
    }

    /// Whole places of fractional daily flows: attendances one by one, operations by the list of so many. Fractions are
    /// carried over.
    pub(super) fn whole_places(
        &mut self,
        expected: [f64; STATIONS],
        operations_per_list: [f64; 2],
    ) -> [usize; STATIONS] {
        let mut places = [0; STATIONS];
        for (station, place) in Station::ALL.into_iter().zip(&mut places) {
            let i = station as usize;
            *place = match i.checked_sub(CLINICS) {
                None => {
                    let places = whole(&mut self.due[i], expected[i]);
                    let taken = self.slots_taken[i].min(places);
                    self.slots_taken[i] -= taken;
                    places - taken
                }
                Some(kind) => {
                    let lists = whole(&mut self.due[i], expected[i] / operations_per_list[kind]);
                    whole(&mut self.operations_due[kind], lists as f64 * operations_per_list[kind])
                }
            };
        }
        places
    }

    /// Anybody waiting, each with the same probability.
    pub(super) fn take_any(&mut self, dice: &mut Dice) -> Option<Clock> {
        let mut index = dice.below(self.len());
        for queue in &mut self.queues {
            if index < queue.len() {
                return queue.take_any(dice);
            }
            index -= queue.len();
        }
        None
    }

    /// A routine patient who has waited long on the day `today`, from the queue where a person drawn at random is.
    pub(super) fn take_long_waiter(&mut self, wait: LongWait, today: i32, dice: &mut Dice) -> Option<Clock> {
        let mut at = dice.uniform() * self.len() as f64;
        let first = self.queues.iter().position(|queue| {
            at -= queue.len() as f64;
            at < 0.0
        })?;
        (first..first + STATIONS).find_map(|i| self.queues[i % STATIONS].take_long_waiter(wait, today, dice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    /// Three operations in ten days, five on a list: a list every 17 days or so, and nothing on other days.
    #[test]
    fn lists_are_held_whole() {
        let mut specialty = Specialty::starting_with(&mut Stream::of_seed(1).dice());
        let held: Vec<usize> = (0..1_000)
            .map(|_| {
                specialty.whole_places([0.0, 0.0, 0.0, 0.0, 0.3, 0.0], [5.0, 4.5])
                    [Station::Overnight as usize]
            })
            .collect();
        assert!(held.iter().all(|&places| [0, 5, 6].contains(&places)), "{held:?}");
        assert!(held.iter().sum::<usize>().abs_diff(300) <= 6);
    }

    #[test]
    fn slots_of_those_booked_again_come_off_the_places_of_the_day() {
        let mut specialty = Specialty { slots_taken: [5, 0, 0, 0], ..Specialty::default() };
        let mut first = || specialty.whole_places([3.0, 3.0, 0.0, 0.0, 0.0, 0.0], [2.5, 4.5]);
        assert_eq!(
            [first(), first(), first()].map(|places| [places[0], places[1]]),
            [[0, 3], [1, 3], [3, 3]]
        );
    }
}
