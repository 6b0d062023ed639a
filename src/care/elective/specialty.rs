//! The queues of one treatment function at one provider.

use super::clock::{Clock, Route, Stage};
use super::next::{Queue, whole};
use crate::random::Dice;

/// A kind of place that people queue for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Station {
    NonadmittedFirst,
    NonadmittedReview,
    AdmittedFirst,
    AdmittedReview,
    Theatre,
}

pub(super) const STATIONS: usize = 5;

impl Station {
    pub(super) const ALL: [Self; STATIONS] = [
        Self::NonadmittedFirst,
        Self::NonadmittedReview,
        Self::AdmittedFirst,
        Self::AdmittedReview,
        Self::Theatre,
    ];

    fn of(clock: Clock) -> Self {
        match (clock.stage(), clock.route()) {
            (Stage::Theatre, _) => Self::Theatre,
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

    /// First attendances for reviews and the reverse.
    pub(super) fn other_of_clinic(self) -> Option<Self> {
        match self {
            Self::NonadmittedFirst => Some(Self::NonadmittedReview),
            Self::NonadmittedReview => Some(Self::NonadmittedFirst),
            Self::AdmittedFirst => Some(Self::AdmittedReview),
            Self::AdmittedReview => Some(Self::AdmittedFirst),
            Self::Theatre => None,
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
    pub(super) protected_due: [f64; 2],
    places_due: [f64; STATIONS],
    // kept so that its memory is used again
    pub(super) called: Vec<Clock>,
}

impl Specialty {
    /// Nobody yet; fractions of flows begin anywhere, so that small flows are not late on average.
    pub(super) fn starting_with(dice: &mut Dice) -> Self {
        Self {
            queues: std::array::from_fn(|_| Queue::starting_with(dice)),
            removals_due: dice.uniform(),
            protected_due: [dice.uniform(), dice.uniform()],
            places_due: std::array::from_fn(|_| dice.uniform()),
            ..Self::default()
        }
    }

    pub(super) fn len(&self) -> usize {
        self.queues.iter().map(Queue::len).sum()
    }

    pub(super) fn join(&mut self, clock: Clock) {
        self.queues[Station::of(clock) as usize].add(clock);
    }

    /// Whole places of fractional daily flows; the fractions are carried over.
    pub(super) fn whole_places(&mut self, expected: [f64; STATIONS]) -> [usize; STATIONS] {
        let mut places = [0; STATIONS];
        for ((place, due), expected) in places.iter_mut().zip(&mut self.places_due).zip(expected) {
            *place = whole(due, expected);
        }
        places
    }

    /// Anybody waiting, each with the same probability.
    pub(super) fn take_any(&mut self, dice: &mut Dice) -> Option<Clock> {
        let mut index = (dice.uniform() * self.len() as f64) as usize;
        for queue in &mut self.queues {
            if index < queue.len() {
                return queue.take_any(dice);
            }
            index -= queue.len();
        }
        None
    }

    /// A routine patient whose clock started by `day`, from the queue where a person drawn at random is.
    pub(super) fn take_started_by(&mut self, day: i32, dice: &mut Dice) -> Option<Clock> {
        let mut at = dice.uniform() * self.len() as f64;
        let first = self.queues.iter().position(|queue| {
            at -= queue.len() as f64;
            at < 0.0
        })?;
        (first..first + STATIONS).find_map(|i| self.queues[i % STATIONS].take_started_by(day, dice))
    }
}
