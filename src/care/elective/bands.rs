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

/// Published counts of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StartingList {
    /// All pathways.
    pub total: f64,
    /// Pathways over 18, 52, 65, 78 and 104 weeks.
    pub over: [f64; 5],
    /// Within 18 weeks, pathways waiting just 18 weeks for each that has just joined \[0-1\]; from there to 52
    /// weeks, the power with which the share still waiting falls: 1 is exponential, more is slower first.
    pub curves: [f64; 2],
}

/// Nobody at the start has waited longer than this.
const LONGEST_DAYS: f64 = 7.0 * 130.0;

/// Days waited by each pathway of a list, longest first.
///
/// Within 18 weeks the number at each age falls on a straight line. Between the later bands the logarithm of
/// the share still waiting falls with a power of the weeks, 1 beyond 52 weeks. With the figures of the
/// pack, which follow from the published median and 92nd percentile of England (13.8 and 46.4 weeks in August
/// 2022; NHS England, RTT), these come out too. The counts are kept exactly (rounded to whole pathways).
pub fn age_days_of_starting_list(list: &StartingList) -> impl Iterator<Item = i32> {
    let mut edges = vec![(0.0, list.total.max(0.0).round())];
    for (band, count) in WeekBand::ALL.iter().zip(list.over) {
        let previous = edges.last().map_or(0.0, |edge| edge.1);
        // max before min: NaN counts as nobody
        edges.push((f64::from(band.days()), count.round().max(0.0).min(previous)));
    }
    edges.push((LONGEST_DAYS, 0.0));
    edges.reverse();
    let slope = 1.0 - list.curves[0].clamp(0.0, 1.0);
    let power = 1.0 / list.curves[1].clamp(0.1, 10.0);
    let pairs: Vec<_> = edges.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.into_iter().flat_map(move |((later, beyond), (earlier, within))| {
        let count = within - beyond;
        let floor = beyond.max(0.5);
        let whole_way = (within / floor).ln();
        (0..count as u64).map(move |i| {
            // the number still waiting when the i-th of this band has been counted from the top
            let still = beyond + i as f64 + 0.5;
            let share = if earlier < 1.0 {
                part_of_line(slope, (within - still) / count)
            } else {
                let share = if within > floor { (within / still).ln() / whole_way } else { 0.5 };
                let share = share.clamp(0.0, 1.0);
                let is_to_52 = later < f64::from(WeekBand::Over65.days());
                if is_to_52 { share.powf(power) } else { share }
            };
            let age = earlier + (later - earlier) * share;
            // strictly beyond the lower edge, at most the upper one
            (age.ceil().max(earlier + 1.0)).min(later) as i32
        })
    })
}

/// Where a share of the area lies under a line that falls from 1 to 1 - `slope` over a unit length.
fn part_of_line(slope: f64, share: f64) -> f64 {
    if slope < 1e-9 {
        return share;
    }
    let area = share.clamp(0.0, 1.0) * (1.0 - slope / 2.0);
    (1.0 - (1.0 - 2.0 * slope * area).max(0.0).sqrt()) / slope
}

#[cfg(test)]
mod tests {
    use super::*;

    /// England, August 2022 (NHS England, RTT overview): thousands of pathways.
    const ENGLAND: StartingList = StartingList {
        total: 70_058.0,
        over: [27_469.0, 3_875.0, 1_570.0, 510.0, 27.0],
        curves: [0.52, 1.159],
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
    fn empty_and_odd_lists_are_filled_without_loss() {
        for list in [
            StartingList { total: 0.0, over: [0.0; 5], curves: [1.0; 2] },
            StartingList { total: 3.0, over: [5.0, 4.0, 0.0, 2.0, 1.0], curves: [2.0, 0.0] },
            StartingList { total: f64::NAN, over: [f64::NAN; 5], curves: [f64::NAN; 2] },
        ] {
            let expected = if list.total > 0.0 { list.total as usize } else { 0 };
            assert_eq!(age_days_of_starting_list(&list).count(), expected);
        }
    }
}
