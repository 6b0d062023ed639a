//! When people come and staff work: weights of the hours of a week, Monday midnight first.
//!
//! Hours of 999 incidents are parameters (`ambulance.incident_*`).
//!
//! There is no published table by hour for the period. The shapes below are *assumed*, drawn as
//! smooth curves through what is published (NHS Digital, Hospital Accident & Emergency Activity
//! 2012-13, 2019-20 and 2021-22): near 60% of attendances between 09:00 and 18:00, Monday with 16%
//! of the week and 11:00 on Monday its busiest hour, 04:00 the quietest, with about one eighth of
//! the busiest. Only ratios between hours matter; volumes come from the drivers.

use crate::random::arrivals::HOURS_OF_WEEK;

/// Relative weights of the days of a week, Monday first.
const ATTENDANCE_BY_WEEKDAY: [f64; 7] = [16.0, 14.7, 14.1, 13.9, 13.8, 13.6, 13.9];

/// People who walk into an emergency department, by hour of the day.
const WALK_IN_BY_HOUR: [f64; 24] = [
    2.3, 1.8, 1.4, 1.1, 0.9, 1.0, 1.3, 2.2, 4.2, 6.2, 7.1, 7.2, 6.8, 6.5, 6.3, 6.2, 6.2, 6.2, 5.9, 5.4, 4.6,
    3.9, 3.3, 2.7,
];

/// Patients sent in by general practitioners and clinics, by hour of the day (assumed).
const DIRECT_BY_HOUR: [f64; 24] = [
    1.0, 0.8, 0.7, 0.6, 0.6, 0.7, 1.0, 2.0, 4.0, 6.0, 8.0, 9.0, 9.0, 8.5, 8.5, 8.0, 7.5, 6.5, 5.0, 4.0, 3.0,
    2.5, 1.8, 1.3,
];

/// The same, by weekday (assumed): half as many at weekends.
const DIRECT_BY_WEEKDAY: [f64; 7] = [1.1, 1.1, 1.1, 1.1, 1.1, 0.6, 0.55];

fn week(days: [f64; 7], hours: [f64; 24]) -> Vec<f64> {
    days.into_iter().flat_map(|day| hours.map(|hour| day * hour)).collect()
}

/// People who walk into an emergency department.
pub fn walk_ins() -> Vec<f64> {
    week(ATTENDANCE_BY_WEEKDAY, WALK_IN_BY_HOUR)
}

/// Direct emergency admissions.
pub fn direct_admissions() -> Vec<f64> {
    week(DIRECT_BY_WEEKDAY, DIRECT_BY_HOUR)
}

/// Staff on duty in each hour of the week, `mean` on average: the share `follows_demand` follows
/// `demand`, the rest is the same at all hours. At least `least` are on duty.
pub fn roster(mean: f64, demand: &[f64], follows_demand: f64, least: u32) -> Vec<u32> {
    let mean_demand = demand.iter().sum::<f64>() / (demand.len().max(1)) as f64;
    (0..HOURS_OF_WEEK)
        .map(|hour| {
            let relative = demand.get(hour).map_or(1.0, |weight| weight / mean_demand);
            let staff = mean * (1.0 - follows_demand + follows_demand * relative);
            (staff.round().max(0.0) as u32).max(least)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The anchors that are published.
    #[test]
    fn attendances_meet_the_published_anchors() {
        let weights = walk_ins();
        let total: f64 = weights.iter().sum();
        let monday = weights[..24].iter().sum::<f64>() / total;
        let daytime = (0..7).flat_map(|d| &weights[d * 24 + 9..d * 24 + 18]).sum::<f64>() / total;
        let busiest = weights.iter().copied().fold(0.0, f64::max);
        assert!((monday - 0.16).abs() < 1e-9);
        assert!((0.57..0.62).contains(&daytime), "{daytime}");
        assert_eq!(weights[11], busiest);
        // 272,631 on Mondays at 11:00 and about 30,000 at 04:00 Wednesday to Friday (2021-22)
        assert!((weights[4 + 48] / busiest - 30.0 / 272.6).abs() < 0.02);
    }

    #[test]
    fn a_roster_keeps_its_mean() {
        let roster = roster(50.0, &walk_ins(), 0.6, 1);
        let mean = roster.iter().map(|&n| f64::from(n)).sum::<f64>() / 168.0;
        assert!((mean - 50.0).abs() < 0.3, "{mean}");
    }
}
