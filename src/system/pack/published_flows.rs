//! Planned care given what was published of its flows: how a list follows from them is then all that is asked.

use super::drivers::width;
use super::observed::ENGLAND;
use super::{Driver, Drivers, Status, SystemPack};
use crate::units::Month;
use std::sync::Arc;

/// A figure of England that is wanted and was not published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pack holds no published {metric} of England for {month}")]
pub struct NotPublished {
    /// The series of `observed.csv`.
    pub metric: &'static str,
    /// The month.
    pub month: Month,
}

const LIST: [(Driver, &str); 6] = [
    (Driver::StartingListTotal, "waiting_list_total_est"),
    (Driver::StartingListWithin18Weeks, "waiting_within_18w_est"),
    (Driver::StartingListOver52Weeks, "waiting_over_52w_est"),
    (Driver::StartingListOver65Weeks, "waiting_over_65w_est"),
    (Driver::StartingListOver78Weeks, "waiting_over_78w_est"),
    (Driver::StartingListOver104Weeks, "waiting_over_104w_est"),
];

const FLOWS: [(Driver, &str); 4] = [
    (Driver::ClockStarts, "new_periods_clock_starts_est"),
    (Driver::TreatmentCapacityAdmitted, "completed_admitted_est"),
    (Driver::TreatmentCapacityNonadmitted, "completed_nonadmitted_est"),
    (Driver::Removals, "unreported_removals_residual"),
];

impl SystemPack {
    /// The same pack with England's list of the end of `list_of` as its starting list, and in the months after it the
    /// clock starts, treatments and removals that were published for the months after `list_of`. Every provider keeps
    /// the share of England that it has in the pack, of each band of the list and of each flow.
    ///
    /// With the pack's own starting month only treatments and removals change, from those of the capacity rule to those
    /// that came about. With an earlier month the months of the pack stand for others: only planned care alone makes sense.
    ///
    /// # Errors
    /// The first figure that is missing.
    pub fn with_published_flows(self, list_of: Month) -> Result<Self, NotPublished> {
        let observed = Arc::clone(&self.observed);
        let published = |metric: &'static str, month: Month| {
            observed.get(ENGLAND, metric, month).ok_or(NotPublished { metric, month })
        };
        let mut drivers = (*self.drivers).clone();
        let starting = drivers.starting_month;
        let earlier = starting.since(list_of);
        for (driver, metric) in LIST {
            scale(&mut drivers, driver, 0, published(metric, list_of)?);
        }
        for (index, month) in self.months().enumerate().filter(|(_, month)| *month > starting) {
            for (driver, metric) in FLOWS {
                scale(&mut drivers, driver, index, published(metric, month.plus(-earlier))?);
            }
        }
        Ok(Self { drivers: Arc::new(drivers), ..self })
    }
}

/// Scales the values of all providers in a month to this sum.
fn scale(drivers: &mut Drivers, driver: Driver, month: usize, sum: f64) {
    let width = width(driver, drivers.months).max(1);
    let Some(series) = drivers.series.get_mut(driver as usize) else { return };
    let values = || series.values.iter().skip(month).step_by(width);
    let factor = sum / values().sum::<f64>().max(1e-9);
    series.values.iter_mut().skip(month).step_by(width).for_each(|value| *value *= factor);
    series.origins.iter_mut().skip(month).step_by(width).for_each(|origin| origin.status = Status::Derived);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    fn sum(pack: &SystemPack, driver: Driver, month: usize) -> f64 {
        let holders = pack.trusts().len() + pack.elective_providers().len();
        let value = |holder| match driver.given() {
            crate::system::pack::Given::Monthly => pack.drivers().monthly(driver, holder)[month],
            crate::system::pack::Given::Once => pack.drivers().starting(driver, holder),
        };
        (0..holders).map(value).sum()
    }

    #[test]
    fn england_has_the_published_flows_and_nobody_elses_share_changes() {
        let (pack, then) = (england(), "2022-01".parse().unwrap());
        let back = pack.clone().with_published_flows(then).unwrap();
        // NHS England, RTT overview: list of January 2022, admitted of February, removals of August
        assert!((sum(&back, Driver::StartingListTotal, 0) / 6_128_005.0 - 1.0).abs() < 1e-3);
        let of =
            |metric, month: &str| pack.observed().get("England", metric, month.parse().unwrap()).unwrap();
        let admitted = sum(&back, Driver::TreatmentCapacityAdmitted, 5);
        assert!((admitted / of("completed_admitted_est", "2022-02") - 1.0).abs() < 1e-9);
        let removed = sum(&back, Driver::Removals, 11);
        assert!((removed / of("unreported_removals_residual", "2022-08") - 1.0).abs() < 1e-9);
        let share = |pack: &SystemPack| {
            pack.drivers().monthly(Driver::Removals, 3)[8] / sum(pack, Driver::Removals, 8)
        };
        assert!((share(&pack) - share(&back)).abs() < 1e-12);
        // the months before the list are nobody's concern
        assert_eq!(sum(&pack, Driver::ClockStarts, 4), sum(&back, Driver::ClockStarts, 4));
    }

    #[test]
    fn what_was_not_published_is_named() {
        let blind = england().blind_after("2022-12".parse().unwrap());
        let error = blind.with_published_flows("2022-08".parse().unwrap()).unwrap_err();
        let text = "the pack holds no published new_periods_clock_starts_est of England for 2023-01";
        assert_eq!(error.to_string(), text);
    }
}
