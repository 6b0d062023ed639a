//! How long each level was held: "how often were more than 95 beds full?"

use crate::units::{Span, Time};
use std::collections::BTreeMap;

/// Time spent at each level over a window. Costs an ordered map beside [`super::TimeWeighted`], so
/// use it where the distribution of a level is asked for, not only its mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelTimes {
    level: u32,
    updated: Time,
    held: BTreeMap<u32, Span>,
}

impl LevelTimes {
    /// A window that opens at `from` with the level at `level`.
    pub const fn starting(from: Time, level: u32) -> Self {
        Self { level, updated: from, held: BTreeMap::new() }
    }

    /// The level changes to `level`.
    pub fn set(&mut self, level: u32, now: Time) {
        self.close(now);
        self.level = level;
    }

    /// Counts the time up to `now`; call it at the end of the window, before asking.
    pub fn close(&mut self, now: Time) {
        let elapsed = now.since(self.updated);
        if elapsed > Span::ZERO {
            let held = self.held.entry(self.level).or_default();
            *held = *held + elapsed;
            self.updated = now;
        }
    }

    /// Forgets the past and opens a new window at `now`, keeping the level.
    pub fn restart(&mut self, now: Time) {
        *self = Self::starting(now, self.level);
    }

    /// Time counted.
    pub fn length(&self) -> Span {
        self.held.values().fold(Span::ZERO, |sum, &held| sum + held)
    }

    /// Share of the time at `level` or above; `None` if no time was counted.
    pub fn share_at_or_above(&self, level: u32) -> Option<f64> {
        let above = self.held.range(level..).fold(Span::ZERO, |sum, (_, &held)| sum + held);
        let length = self.length().as_millis();
        (length > 0).then(|| above.as_millis() as f64 / length as f64)
    }

    /// Least level that was not exceeded for at least the share `p` of the time; `None` if no time
    /// was counted or `p` is not between 0 and 1.
    pub fn quantile(&self, p: f64) -> Option<u32> {
        let rank = super::histogram::rank(p, self.length().as_millis())?;
        let mut counted = 0;
        self.held.iter().find_map(|(&level, &held)| {
            counted += held.as_millis();
            (counted >= rank).then_some(level)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verification case trace-10, its unit of time being one second.
    #[test]
    fn levels_are_weighted_by_the_time_they_were_held() {
        let mut times = LevelTimes::starting(Time::ZERO, 2);
        times.set(5, Time::from_millis(3_000));
        times.restart(Time::from_millis(4_000));
        times.set(1, Time::from_millis(4_500));
        times.set(4, Time::from_millis(9_000));
        times.close(Time::from_millis(11_000));
        assert_eq!(times.share_at_or_above(4), Some(2.5 / 7.0));
        assert_eq!(times.quantile(0.5), Some(1));
        assert_eq!(
            (times.quantile(0.0), times.quantile(1.0), times.quantile(f64::NAN)),
            (Some(1), Some(5), None)
        );
    }

    #[test]
    fn no_time_has_no_distribution() {
        let times = LevelTimes::starting(Time::ZERO, 2);
        assert_eq!((times.share_at_or_above(0), times.quantile(0.5)), (None, None));
    }
}
