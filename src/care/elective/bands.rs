//! Fills the published week bands of a waiting list with patients.

/// A number of weeks beyond which pathways are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeekBand {
    /// Over 18 weeks.
    Over18,
    /// Over 52 weeks.
    Over52,
    /// Over 65 weeks (15 months).
    Over65,
    /// Over 78 weeks (18 months).
    Over78,
    /// Over 104 weeks.
    Over104,
}

impl WeekBand {
    /// All bands, shortest first.
    pub const ALL: [Self; 5] = [Self::Over18, Self::Over52, Self::Over65, Self::Over78, Self::Over104];

    /// Weeks beyond which a pathway counts.
    pub const fn weeks(self) -> u16 {
        match self {
            Self::Over18 => 18,
            Self::Over52 => 52,
            Self::Over65 => 65,
            Self::Over78 => 78,
            Self::Over104 => 104,
        }
    }

    /// Days beyond which a pathway counts.
    pub const fn days(self) -> i32 {
        7 * self.weeks() as i32
    }
}

/// How the number at each age falls within a band: exponentially, from a height towards a floor. The floor is what
/// keeps the count of the band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FallingDensity {
    /// Height at the lower edge, relative to the mean of the band.
    pub at_lower_edge: f64,
    /// Weeks in which the height above the floor falls to 1/e.
    pub decay_weeks: f64,
}

/// Published counts of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StartingList {
    /// All pathways.
    pub total: f64,
    /// Pathways over 18, 52, 65, 78 and 104 weeks.
    pub over: [f64; 5],
    /// Within 18 weeks, and from there to 52.
    pub density: [FallingDensity; 2],
}

/// Nobody at the start has waited longer than this.
const LONGEST_DAYS: f64 = 7.0 * 130.0;

/// Days waited by each pathway of a list, longest first.
///
/// Up to 52 weeks the number at each age falls as [`FallingDensity`] says. Between the later bands the logarithm of the
/// share still waiting falls evenly with the weeks. With the figures of the pack, which follow from the clock starts, the
/// median and the 92nd percentile of England as published (375,500 a week, 13.8 and 46.4 weeks in August 2022; NHS
/// England, RTT), these come out too. The counts are kept exactly (rounded to whole pathways).
pub fn age_days_of_starting_list(list: &StartingList) -> impl Iterator<Item = i32> {
    let mut edges = vec![(0.0, list.total.max(0.0).round())];
    for (band, count) in WeekBand::ALL.iter().zip(list.over) {
        let previous = edges.last().map_or(0.0, |edge| edge.1);
        // max before min: NaN counts as nobody
        edges.push((f64::from(band.days()), count.round().max(0.0).min(previous)));
    }
    edges.push((LONGEST_DAYS, 0.0));
    edges.reverse();
    let density = list.density;
    let pairs: Vec<_> = edges.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.into_iter().flat_map(move |((later, beyond), (earlier, within))| {
        let count = within - beyond;
        let floor = beyond.max(0.5);
        let whole_way = (within / floor).ln();
        let falling = match earlier {
            0.0 => Some(density[0]),
            _ if later <= f64::from(WeekBand::Over52.days()) => Some(density[1]),
            _ => None,
        };
        // share of the band up to each of its days
        let up_to = falling.map_or_else(Vec::new, |law| law.share_by_day(later - earlier));
        let mut day = up_to.len();
        (0..count as u64).map(move |i| {
            // the number still waiting when the i-th of this band has been counted from the top
            let still = beyond + i as f64 + 0.5;
            if falling.is_some() {
                let share = (within - still) / count;
                while day > 1 && up_to.get(day - 2).is_some_and(|&up_to| up_to >= share) {
                    day -= 1;
                }
                return earlier as i32 + day as i32;
            }
            let share = if within > floor { (within / still).ln() / whole_way } else { 0.5 };
            let age = earlier + (later - earlier) * share.clamp(0.0, 1.0);
            // strictly beyond the lower edge, at most the upper one
            (age.ceil().max(earlier + 1.0)).min(later) as i32
        })
    })
}

impl FallingDensity {
    /// Share of a band of so many days that has waited up to its first, second ... last day.
    fn share_by_day(self, days: f64) -> Vec<f64> {
        let weeks = if self.decay_weeks.is_nan() { 0.0 } else { self.decay_weeks };
        let decay = (7.0 * weeks).clamp(1.0, 1e5) / days;
        let fallen = |part: f64| decay * (1.0 - (-part / decay).exp());
        let all = fallen(1.0);
        // no higher than leaves a floor at or above nothing; max before min: NaN counts as nothing
        let height = self.at_lower_edge.max(0.0).min(1.0 / all);
        let floor = (1.0 - height * all) / (1.0 - all);
        (1..=days as u32)
            .map(|day| f64::from(day) / days)
            .map(|part| floor * part + (height - floor) * fallen(part))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// England, August 2022 (NHS England, RTT overview): thousands of pathways.
    const ENGLAND: StartingList = StartingList {
        total: 70_058.0,
        over: [27_469.0, 3_875.0, 1_570.0, 510.0, 27.0],
        density: [
            FallingDensity { at_lower_edge: 1.572, decay_weeks: 7.8 },
            FallingDensity { at_lower_edge: 2.48, decay_weeks: 11.6 },
        ],
    };

    #[test]
    fn every_band_holds_its_published_count() {
        let ages: Vec<i32> = age_days_of_starting_list(&ENGLAND).collect();
        assert_eq!(ages.len(), 70_058);
        for (band, count) in WeekBand::ALL.iter().zip(ENGLAND.over) {
            assert_eq!(ages.iter().filter(|&&age| age > band.days()).count() as f64, count, "{band:?}");
        }
        assert!(ages.is_sorted_by(|a, b| a >= b), "longest first");
    }

    #[test]
    fn median_and_92nd_percentile_come_near_the_published_ones() {
        let mut ages: Vec<i32> = age_days_of_starting_list(&ENGLAND).collect();
        ages.sort_unstable();
        let weeks = |share: f64| f64::from(ages[(ages.len() as f64 * share) as usize]) / 7.0;
        assert!((weeks(0.5) - 13.8).abs() < 0.15, "{}", weeks(0.5));
        assert!((weeks(0.92) - 46.4).abs() < 0.15, "{}", weeks(0.92));
    }

    #[test]
    fn the_newest_join_at_the_rate_of_clock_starts() {
        let days = age_days_of_starting_list(&ENGLAND).filter(|&age| age <= 2).count() as f64 / 2.0;
        // 375.5 thousand a week in a list whose total leaves out 1% of estimates; a day has gone by on average
        let expected = 3_755.0 / 7.0 * (70_058.0 - 27_469.0) / 42_995.0;
        assert!((days / expected - 1.0).abs() < 0.02, "{days} for {expected}");
    }

    #[test]
    fn empty_and_odd_lists_are_filled_without_loss() {
        let of = |at_lower_edge, decay_weeks| [FallingDensity { at_lower_edge, decay_weeks }; 2];
        for list in [
            StartingList { total: 0.0, over: [0.0; 5], density: of(1.0, 1.0) },
            StartingList { total: 3.0, over: [5.0, 4.0, 0.0, 2.0, 1.0], density: of(2.0, 0.0) },
            StartingList { total: 1000.0, over: [600.0, 10.0, 0.0, 0.0, 0.0], density: of(-1.0, 1e9) },
            StartingList { total: f64::NAN, over: [f64::NAN; 5], density: of(f64::NAN, f64::NAN) },
        ] {
            let expected = if list.total > 0.0 { list.total as usize } else { 0 };
            assert_eq!(age_days_of_starting_list(&list).count(), expected);
        }
    }
}
