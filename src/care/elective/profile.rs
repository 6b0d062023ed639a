//! A list as the statistics show it: pathways by whole weeks waited, percentiles and shares.

use super::bands::WeekBand;
use super::clock::{Clock, Delay, Stage};

/// Weeks told apart; longer waits count in the last.
const WEEKS: usize = 157;

/// Pathways by weeks waited, stage and delay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListProfile {
    weeks: [u32; WEEKS],
    /// By [`Stage`].
    pub by_stage: [u64; 4],
    /// By [`Delay`]: ready, preparing, for clinical reasons, by own choice.
    pub by_delay: [u64; 4],
    /// Those excepted from promises, over 18, 52, 65, 78 and 104 weeks: they are not called in early for a long wait.
    pub excepted_over: [u64; 5],
}

impl Default for ListProfile {
    fn default() -> Self {
        Self { weeks: [0; WEEKS], by_stage: [0; 4], by_delay: [0; 4], excepted_over: [0; 5] }
    }
}

/// Whole weeks waited on the eve of the day numbered `today`: the week in which day 7 falls is the first, as in the
/// published bands.
fn week_of(clock: Clock, today: i32) -> usize {
    let waited = today.saturating_sub(clock.start_day()).saturating_sub(1).max(0).unsigned_abs();
    (waited as usize / 7).min(WEEKS - 1)
}

impl ListProfile {
    /// Counts a clock on the eve of the day numbered `today`.
    pub fn count(&mut self, clock: Clock, today: i32) {
        self.count_week(week_of(clock, today), 1, clock.is_excepted());
        self.by_stage[clock.stage() as usize] += 1;
        self.by_delay[clock.delay() as usize] += 1;
    }

    /// Counts the clocks of a line but those marked as gone: they stand in the order of their starts, and all or none of them
    /// are excepted. Millions are counted every month: so the week is worked out once for all who started in it, and stage and delay
    /// are counted once for all where they are the same, as in a line they are.
    pub(super) fn count_line(&mut self, clocks: &[Clock], today: i32) {
        let Some(first) = clocks.first() else { return };
        let (cell, are_excepted) = (first.cell(), first.is_excepted());
        let (mut waiting, mut differences) = (0, 0);
        // of one week, and the latest start of those in it
        let (mut week, mut of_week, mut latest) = (0, 0, i32::MIN);
        for clock in clocks {
            if clock.start_day() > latest {
                self.count_week(week, of_week, are_excepted);
                waiting += of_week;
                (week, of_week) = (week_of(*clock, today), 0);
                latest = if week == 0 { i32::MAX } else { today - 7 * week as i32 - 1 };
            }
            of_week += u64::from(!clock.is_stopped());
            differences |= clock.cell() ^ cell;
        }
        self.count_week(week, of_week, are_excepted);
        waiting += of_week;
        if differences == 0 {
            self.by_stage[cell % 4] += waiting;
            self.by_delay[cell / 4] += waiting;
            return;
        }
        for clock in clocks.iter().filter(|clock| !clock.is_stopped()) {
            self.by_stage[clock.stage() as usize] += 1;
            self.by_delay[clock.delay() as usize] += 1;
        }
    }

    fn count_week(&mut self, week: usize, number: u64, are_excepted: bool) {
        self.weeks[week] += number as u32;
        if are_excepted {
            let over = self.excepted_over.iter_mut().zip(WeekBand::ALL);
            over.filter(|(_, band)| week >= usize::from(band.weeks()))
                .for_each(|(count, _)| *count += number);
        }
    }

    /// Adds another list.
    pub fn add(&mut self, other: &Self) {
        let add = |a: &mut u64, b: u64| *a += b;
        self.weeks.iter_mut().zip(other.weeks).for_each(|(a, b)| *a += b);
        self.by_stage.iter_mut().zip(other.by_stage).for_each(|(a, b)| add(a, b));
        self.by_delay.iter_mut().zip(other.by_delay).for_each(|(a, b)| add(a, b));
        self.excepted_over.iter_mut().zip(other.excepted_over).for_each(|(a, b)| add(a, b));
    }

    /// All pathways.
    pub fn total(&self) -> u64 {
        self.weeks.iter().map(|&n| u64::from(n)).sum()
    }

    /// Pathways over 18, 52, 65, 78 and 104 weeks.
    pub fn over(&self) -> [u64; 5] {
        // bands are whole weeks: over 18 is whoever is in the nineteenth or a later one
        WeekBand::ALL.map(|band| {
            let from = (band.days() / 7).unsigned_abs() as usize;
            self.weeks.iter().skip(from).map(|&n| u64::from(n)).sum()
        })
    }

    /// Waits by [`Delay`], those ready first.
    pub fn ready(&self) -> u64 {
        self.by_delay[Delay::Ready as usize]
    }

    /// Pathways whose decision to admit has been made.
    pub fn decided(&self) -> u64 {
        self.by_stage[Stage::Theatre as usize]
    }

    /// The wait within which a share of the pathways is \[weeks\], interpolated within weeks as in the
    /// published statistics; `None` if nobody waits.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let total = self.total();
        let wanted = share.clamp(0.0, 1.0) * total as f64;
        let mut before = 0.0;
        for (week, &n) in self.weeks.iter().enumerate() {
            let n = f64::from(n);
            if n > 0.0 && before + n >= wanted {
                return Some(week as f64 + (wanted - before) / n);
            }
            before += n;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::{Route, Urgency};
    use super::super::function::Function;
    use super::super::plan::Plan;
    use super::*;
    use crate::random::{Chance, Stream};

    /// Lines of up to 200 people who have waited up to four years, some of them gone, some at another stage, the
    /// newest not yet here on the day.
    #[test]
    fn a_line_counts_as_its_clocks_one_by_one() {
        let mut dice = Stream::of_seed(12).dice();
        for round in 0..200 {
            let excepted = round % 3 == 0;
            let plan = Plan {
                function: Function::of_index(4),
                urgency: Urgency::Routine,
                route: Route::Admitted,
                needs_test: false,
                needs_review: true,
                overnight: false,
                excepted,
            };
            let mut starts: Vec<i32> = (0..round).map(|_| 10 - dice.below(1_500) as i32).collect();
            starts.sort_unstable();
            let mut clocks: Vec<Clock> =
                (0..).zip(starts).map(|(number, start)| Clock::new(number, start, plan)).collect();
            for clock in &mut clocks {
                if round % 2 == 0 && dice.hits(Chance::of(0.1)) {
                    *clock = clock.at(Stage::Review).held(Delay::OwnChoice);
                }
                if dice.hits(Chance::of(0.2)) {
                    clock.stop();
                }
            }
            let [mut line, mut one_by_one] = [ListProfile::default(), ListProfile::default()];
            line.count_line(&clocks, 3);
            clocks.iter().filter(|clock| !clock.is_stopped()).for_each(|&clock| one_by_one.count(clock, 3));
            assert_eq!(line, one_by_one);
            assert_eq!(line.total(), line.by_delay.iter().sum::<u64>());
            assert_eq!(line.excepted_over, if excepted { line.over() } else { [0; 5] });
        }
    }

    #[test]
    fn no_day_is_too_late_or_too_early_to_count() {
        let plan = Plan {
            function: Function::of_index(0),
            urgency: Urgency::Cancer,
            route: Route::NonAdmitted,
            needs_test: true,
            needs_review: true,
            overnight: false,
            excepted: false,
        };
        for today in [i32::MIN, 0, i32::MAX] {
            let mut list = ListProfile::default();
            let clocks = [Clock::new(0, i32::MIN, plan), Clock::new(1, i32::MAX, plan)];
            list.count_line(&clocks, today);
            assert_eq!(list.total(), 2);
        }
    }
}
