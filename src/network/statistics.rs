//! What is measured while a network runs: levels weighted by time, waits, and counts. All of it is
//! whole numbers of ticks, so that Little's law holds exactly and replications can be added up.

use crate::measure::histogram::{bucket_of, range_of};
use crate::units::Time;

/// Levels from here on share one entry, so that an endless queue does not fill the memory.
const MOST_LEVELS: usize = 1 << 20;

/// A piecewise-constant whole number (people in a queue, servers busy) and how long it stood at
/// each value. From about a million on, values are no longer told apart: their mean stays exact,
/// while variance and quantiles take them for a million.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    now: u32,
    since: u64,
    // ticks spent at each level, the last one standing for all beyond
    ticks_at: Vec<u64>,
    // what the area under the levels beyond exceeds the entries by
    area_beyond: u128,
}

impl Level {
    /// The level now.
    #[inline]
    pub fn now(&self) -> u32 {
        self.now
    }

    /// Changes the level at a time no earlier than any before.
    #[inline(always)]
    pub fn set(&mut self, level: u32, at: Time) {
        self.settle(at);
        self.now = level;
    }

    #[inline(always)]
    pub(super) fn add(&mut self, at: Time) {
        self.set(self.now + 1, at);
    }

    #[inline(always)]
    pub(super) fn remove(&mut self, at: Time) {
        debug_assert!(self.now > 0, "a level below zero");
        self.set(self.now.saturating_sub(1), at);
    }

    /// What of this level lies above `limit` (those who wait) or up to it (those who are served).
    pub(super) fn split(&self, limit: u32) -> (Self, Self) {
        let cut = (limit as usize).min(self.ticks_at.len());
        let (below, beyond) = self.ticks_at.split_at(cut);
        let mut above = vec![below.iter().sum()];
        above.extend(beyond);
        // the first entry holds all times at or below the limit
        if !beyond.is_empty() {
            let at_limit = above.remove(1);
            above[0] += at_limit;
        }
        let mut upto = below.to_vec();
        upto.push(beyond.iter().sum());
        let level = |now, ticks_at, area_beyond| Self { now, since: self.since, ticks_at, area_beyond };
        // the levels that share the last entry lie above every limit there is
        let (queueing, served) =
            if limit == u32::MAX { (0, self.area_beyond) } else { (self.area_beyond, 0) };
        let above = level(self.now.saturating_sub(limit), above, queueing);
        (above, level(self.now.min(limit), upto, served))
    }

    /// Whether every level from `limit` on still has an entry of its own, so that it can be split.
    pub(super) const fn can_split(limit: u32) -> bool {
        (limit as usize) < MOST_LEVELS || limit == u32::MAX
    }

    /// Counts the time up to `at`.
    #[inline(always)]
    pub fn settle(&mut self, at: Time) {
        let at = at.as_millis();
        if at > self.since {
            let elapsed = at - self.since;
            let level = self.now as usize;
            match self.ticks_at.get_mut(level) {
                Some(ticks) => *ticks += elapsed,
                None => self.grow(level, elapsed),
            }
            self.since = at;
        }
    }

    #[cold]
    fn grow(&mut self, level: usize, elapsed: u64) {
        let entry = level.min(MOST_LEVELS - 1);
        if entry >= self.ticks_at.len() {
            self.ticks_at.resize((entry + 1).next_power_of_two(), 0);
        }
        self.ticks_at[entry] += elapsed;
        self.area_beyond += (level - entry) as u128 * u128::from(elapsed);
    }

    /// Forgets the past: the end of the warm-up.
    pub fn restart(&mut self, at: Time) {
        self.settle(at);
        self.ticks_at.iter_mut().for_each(|ticks| *ticks = 0);
        self.area_beyond = 0;
    }

    /// Ticks spent at each level, from 0.
    pub fn ticks_at(&self) -> &[u64] {
        &self.ticks_at
    }

    /// Ticks observed.
    pub fn ticks(&self) -> u64 {
        self.ticks_at.iter().sum()
    }

    /// Area under the level \[level ticks\].
    pub fn area(&self) -> u128 {
        let known = (0_u128..).zip(&self.ticks_at).map(|(level, &ticks)| level * u128::from(ticks));
        known.sum::<u128>() + self.area_beyond
    }

    /// Mean weighted by time; `None` if no time was observed.
    pub fn mean(&self) -> Option<f64> {
        let ticks = self.ticks();
        (ticks > 0).then(|| self.area() as f64 / ticks as f64)
    }

    /// Variance weighted by time; `None` if no time was observed.
    pub fn variance(&self) -> Option<f64> {
        let (mean, ticks) = (self.mean()?, self.ticks() as f64);
        let spread = (0_u32..).zip(&self.ticks_at);
        let sum: f64 = spread.map(|(level, &t)| (f64::from(level) - mean).powi(2) * t as f64).sum();
        Some(sum / ticks)
    }

    /// Share of the time spent at `level` or above; `None` if no time was observed.
    pub fn share_from(&self, level: u32) -> Option<f64> {
        let ticks = self.ticks();
        let above: u64 = self.ticks_at.iter().skip(level as usize).sum();
        (ticks > 0).then(|| above as f64 / ticks as f64)
    }

    /// The least level at or below which the share of time is at least `p`; `None` if no time was
    /// observed or `p` is not from 0 to 1.
    pub fn quantile(&self, p: f64) -> Option<u32> {
        if !(0.0..=1.0).contains(&p) {
            return None;
        }
        let target = p * self.ticks() as f64;
        let mut so_far = 0;
        (0_u32..).zip(&self.ticks_at).find_map(|(level, &ticks)| {
            so_far += ticks;
            (ticks > 0 && so_far as f64 >= target).then_some(level)
        })
    }

    /// The lowest level held for any time.
    pub fn lowest(&self) -> Option<u32> {
        self.ticks_at.iter().position(|&t| t > 0).map(|level| level as u32)
    }

    /// The highest level held for any time.
    pub fn highest(&self) -> Option<u32> {
        self.ticks_at.iter().rposition(|&t| t > 0).map(|level| level as u32)
    }
}

/// The area under a piecewise-constant whole number, where the time at each value is not wanted.
///
/// A change by `d` at time `t` takes `d * t` from the area, and the level at the end times the time
/// at the end is added: nothing is multiplied at a change. In integers that wraps round exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    now: u32,
    // the sum of each change times its time
    moment: u128,
    area: u128,
}

impl Area {
    pub(super) const fn of(now: u32, area: u128) -> Self {
        Self { now, moment: 0, area }
    }

    /// The level now.
    #[inline]
    pub fn now(&self) -> u32 {
        self.now
    }

    /// Area under the level \[level ticks\].
    pub fn area(&self) -> u128 {
        self.area
    }

    #[inline]
    pub(super) fn set(&mut self, level: u32, at: Time) {
        if level != self.now {
            let change = i128::from(level) - i128::from(self.now);
            let at = i128::from(at.as_millis());
            self.moment = self.moment.wrapping_add(change.wrapping_mul(at) as u128);
            self.now = level;
        }
    }

    #[inline]
    pub(super) fn add(&mut self, at: Time) {
        self.now += 1;
        self.moment = self.moment.wrapping_add(u128::from(at.as_millis()));
    }

    #[inline]
    pub(super) fn remove(&mut self, at: Time) {
        debug_assert!(self.now > 0, "a level below zero");
        self.now = self.now.wrapping_sub(1);
        self.moment = self.moment.wrapping_sub(u128::from(at.as_millis()));
    }

    /// The area up to `at`, the end of the window.
    pub(super) fn settle(&mut self, at: Time) {
        self.area = self.until(at).wrapping_sub(self.moment);
    }

    /// Forgets the past: the end of the warm-up.
    pub(super) fn restart(&mut self, at: Time) {
        self.moment = self.until(at);
    }

    fn until(&self, at: Time) -> u128 {
        u128::from(self.now) * u128::from(at.as_millis())
    }
}

/// Bits of a duration that tell bins apart: 128 of them to each doubling.
const STEPS: u32 = 7;

/// Counts of durations in bins at most 1/128 wide relative to their value; exact below 256 ticks.
/// Unlike [`measure::Histogram`](crate::measure::Histogram) it takes only as much memory as the
/// longest duration asks for, because there is one for each class at each station.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaitHistogram {
    counts: Vec<u64>,
}

impl WaitHistogram {
    #[inline(always)]
    pub(super) fn add(&mut self, ticks: u64) {
        let bin = bucket_of(ticks, STEPS);
        match self.counts.get_mut(bin) {
            Some(count) => *count += 1,
            None => self.grow(bin),
        }
    }

    #[cold]
    fn grow(&mut self, bin: usize) {
        self.counts.resize(bin + 1, 0);
        self.counts[bin] += 1;
    }

    /// Number of durations.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Counts by bin.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The duration \[ticks\] that a share `p` do not exceed, interpolated within its bin; `None`
    /// without observations or if `p` is not from 0 to 1.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let counts = self.counts.iter().map(|&c| c as f64);
        ((0.0..=1.0).contains(&p) && self.count() > 0).then(|| quantile_of(counts, p))
    }
}

/// The quantile `p` \[ticks\] of the (weighted) counts of a [`WaitHistogram`]; NaN if `p` is not from
/// 0 to 1.
pub fn quantile_of(counts: impl Iterator<Item = f64> + Clone, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let total: f64 = counts.clone().sum();
    let target = p * total;
    let mut below = 0.0;
    let mut last = 0.0;
    for (bin, count) in counts.enumerate() {
        if count <= 0.0 {
            continue;
        }
        let (first, width) = range_of(bin, STEPS);
        let (low, high) = (first as f64, first as f64 + width as f64);
        if below + count >= target {
            // a wait of 0 is exactly 0, not somewhere in its bin
            return if bin == 0 { 0.0 } else { low + (high - low) * ((target - below) / count).max(0.0) };
        }
        below += count;
        last = high;
    }
    last
}

/// Sums over durations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    count: u64,
    sum: u128,
    // of squares, in ticks; a float because squares of ticks overflow
    squares: f64,
    over: Vec<u64>,
}

impl Tally {
    /// An empty tally that counts against so many targets.
    pub fn with_targets(targets: usize) -> Self {
        Self { over: vec![0; targets], ..Self::default() }
    }

    /// Adds a duration (longer ones than 2^63 - 1 ticks as that) and counts it against each target:
    /// strictly longer is over, so that exactly four hours is within four hours.
    #[inline(always)]
    pub fn add(&mut self, ticks: u64, targets: &[u64]) {
        self.add_moments(ticks.min(i64::MAX as u64));
        if !targets.is_empty() {
            self.count_over(ticks, targets);
        }
    }

    /// As [`Tally::add`], without the targets, for a duration between times of a run.
    #[inline(always)]
    pub(super) fn add_moments(&mut self, ticks: u64) {
        self.count += 1;
        self.sum += u128::from(ticks);
        // conversion from signed numbers is one instruction; no run is long enough to need the sign
        let exact = ticks as i64 as f64;
        self.squares += exact * exact;
    }

    #[inline(never)]
    pub(super) fn count_over(&mut self, ticks: u64, targets: &[u64]) {
        for (over, &target) in self.over.iter_mut().zip(targets) {
            *over += u64::from(ticks > target);
        }
    }

    /// Adds everything `other` has.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
        self.over.iter_mut().zip(&other.over).for_each(|(here, there)| *here += there);
    }

    /// Number of durations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their sum \[ticks\].
    pub fn sum(&self) -> u128 {
        self.sum
    }

    /// The sum of their squares \[ticks squared\].
    pub fn squares(&self) -> f64 {
        self.squares
    }

    /// How many were longer than each target of the run.
    pub fn over(&self) -> &[u64] {
        &self.over
    }

    /// Mean \[ticks\]; `None` without observations.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }
}
