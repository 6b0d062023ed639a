//! Durations drawn one after the other, each worked out before it is asked for.

use super::distribution::Distribution;
use super::streams::Dice;
use crate::units::Span;

/// A law, the dice thrown for it, and the next duration, which is drawn when the one before it is taken.
///
/// The values are those of [`Distribution::sample`] on the same dice. What differs is when the arithmetic
/// is done: a draw is a chain of some twenty operations, each waiting for the one before, and a model
/// that needs the result at once to find out what happens next waits for all of them. One draw ahead,
/// the processor works on it while the model goes on.
///
/// For gaps between arrivals, services of a station and other sequences that belong to nobody in
/// particular; draws about a person are better addressed ([`PersonKey`](super::PersonKey)).
///
/// ```
/// use nhs_capacity::random::{Distribution, Draws, Stream};
/// use nhs_capacity::units::Span;
/// let (law, dice) = (Distribution::exponential(1.5)?, Stream::of_seed(1).dice());
/// let mut services = Draws::hours(law, dice.clone());
/// assert_eq!(services.take(), Span::from_hours(law.sample(&mut dice.clone())));
/// # Ok::<(), nhs_capacity::random::DistributionError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Draws {
    law: Distribution,
    dice: Dice,
    // milliseconds
    unit: f64,
    next: Span,
}

impl Draws {
    fn new(law: Distribution, dice: Dice, unit: Span) -> Self {
        let unit = unit.as_millis() as f64;
        let mut draws = Self { law, dice, unit, next: Span::ZERO };
        draws.take();
        draws
    }

    /// Durations of a law in seconds.
    pub fn seconds(law: Distribution, dice: Dice) -> Self {
        Self::new(law, dice, Span::SECOND)
    }

    /// Durations of a law in minutes.
    pub fn minutes(law: Distribution, dice: Dice) -> Self {
        Self::new(law, dice, Span::MINUTE)
    }

    /// Durations of a law in hours.
    pub fn hours(law: Distribution, dice: Dice) -> Self {
        Self::new(law, dice, Span::HOUR)
    }

    /// Durations of a law in days of 24 hours.
    pub fn days(law: Distribution, dice: Dice) -> Self {
        Self::new(law, dice, Span::DAY)
    }

    /// The next duration, to the nearest millisecond.
    #[inline]
    pub fn take(&mut self) -> Span {
        let drawn = Span::from_float(self.law.sample(&mut self.dice), self.unit);
        std::mem::replace(&mut self.next, drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    type Begin = fn(Distribution, Dice) -> Draws;
    type Convert = fn(f64) -> Span;

    #[test]
    fn draws_are_those_of_the_law() {
        let laws = [
            Distribution::exponential(0.7),
            Distribution::lognormal(2.0, 3.0),
            Distribution::gamma(2.0, 5.0),
        ];
        for law in laws.map(Result::unwrap) {
            let units: [(Begin, Convert); 4] = [
                (Draws::seconds, Span::from_seconds),
                (Draws::minutes, Span::from_minutes),
                (Draws::hours, Span::from_hours),
                (Draws::days, Span::from_days),
            ];
            for (begin, span) in units {
                let mut dice = Stream::of_seed(3).dice();
                let mut draws = begin(law, dice.clone());
                (0..1_000).for_each(|_| assert_eq!(draws.take(), span(law.sample(&mut dice))));
            }
        }
    }
}
