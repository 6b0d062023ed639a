//! The months that a fit may look at.

use crate::system::pack::SystemPack;
use crate::units::{Month, date};

/// Months whose published outcomes a fit may see: none after September 2022. October 2022 to March 2023 is
/// kept for judging the model.
///
/// ```
/// use nhs_capacity::experiment::calibrate::FitWindow;
/// use nhs_capacity::system::pack::{ENGLAND, england};
/// use nhs_capacity::units::{Month, date};
///
/// let window = FitWindow::summer_2022();
/// let [september, october] = [date(2022, 9, 1), date(2022, 10, 1)].map(Month::of);
/// assert!(window.published(&england(), ENGLAND, "response_c2_mean", september)?.is_some());
/// assert!(window.published(&england(), ENGLAND, "response_c2_mean", october).is_err());
/// assert!(FitWindow::new(september, october).is_err());
/// # Ok::<(), nhs_capacity::experiment::calibrate::FitWindowError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FitWindow {
    first: Month,
    last: Month,
}

/// What a fit may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FitWindowError {
    /// A month that is kept for judging.
    #[error("{month} is kept for judging the fit, which may see nothing after {last}")]
    HeldOut {
        /// The month asked for.
        month: Month,
        /// The last that may be seen.
        last: Month,
    },
    /// A month that is not in the window.
    #[error("{month} is outside the months of the fit, {first} to {last}")]
    Outside {
        /// The month asked for.
        month: Month,
        /// First month of the fit.
        first: Month,
        /// Last month of the fit.
        last: Month,
    },
    /// The window ends before it starts.
    #[error("a fit from {first} to {last}: ends before it starts")]
    Empty {
        /// First month asked for.
        first: Month,
        /// Last month asked for.
        last: Month,
    },
}

impl FitWindow {
    /// The last month whose outcomes a fit may see.
    pub fn last_allowed() -> Month {
        Month::of(date(2022, 9, 30))
    }

    /// April to September 2022.
    pub fn summer_2022() -> Self {
        Self { first: Month::of(date(2022, 4, 1)), last: Self::last_allowed() }
    }

    /// From `first` to `last`, both included.
    ///
    /// # Errors
    /// If it reaches beyond September 2022 or ends before it starts.
    pub fn new(first: Month, last: Month) -> Result<Self, FitWindowError> {
        if last > Self::last_allowed() {
            return Err(FitWindowError::HeldOut { month: last, last: Self::last_allowed() });
        }
        if last < first {
            return Err(FitWindowError::Empty { first, last });
        }
        Ok(Self { first, last })
    }

    /// Its first month.
    pub fn first(self) -> Month {
        self.first
    }

    /// Its last month.
    pub fn last(self) -> Month {
        self.last
    }

    /// Its months in order.
    pub fn months(self) -> impl Iterator<Item = Month> {
        self.first.through(self.last)
    }

    /// What was published for an area in a month of the window.
    ///
    /// # Errors
    /// If the month is not in the window.
    pub fn published(
        self,
        pack: &SystemPack,
        area: &str,
        metric: &str,
        month: Month,
    ) -> Result<Option<f64>, FitWindowError> {
        let (first, last) = (self.first, self.last);
        if month > Self::last_allowed() {
            return Err(FitWindowError::HeldOut { month, last: Self::last_allowed() });
        }
        if month < first || month > last {
            return Err(FitWindowError::Outside { month, first, last });
        }
        Ok(pack.observed().get(area, metric, month))
    }

    /// The pack without what was published after the window: a fit works on this copy, so that there is
    /// nothing to be seen by mistake.
    #[must_use]
    pub fn blind(self, pack: SystemPack) -> SystemPack {
        pack.blind_after(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::{ENGLAND, england};

    #[test]
    fn no_month_of_the_winter_can_be_seen() {
        let (pack, window) = (england(), FitWindow::summer_2022());
        let blind = window.blind(england());
        for month in Month::of(date(2022, 10, 1)).through(Month::of(date(2023, 3, 1))) {
            assert!(FitWindow::new(window.first(), month).is_err());
            assert!(FitWindow::new(month, month).is_err());
            for metric in pack.observed().metrics() {
                let held_out = FitWindowError::HeldOut { month, last: FitWindow::last_allowed() };
                assert_eq!(window.published(&pack, ENGLAND, metric, month), Err(held_out));
            }
        }
        let latest = |pack: &SystemPack| {
            let observed = pack.observed();
            let series = observed.metrics().flat_map(|metric| {
                observed.areas(metric).flat_map(move |area| observed.series(area, metric))
            });
            series.map(|(month, _)| month).max()
        };
        assert_eq!(latest(&pack), Some(pack.last_month()));
        assert_eq!(latest(&blind), Some(FitWindow::last_allowed()));
        // what may be seen is the same
        for month in window.months() {
            let seen = |pack| window.published(pack, ENGLAND, "response_c2_mean", month);
            assert_eq!(seen(&blind), seen(&pack));
            assert!(seen(&blind).unwrap().is_some());
        }
    }

    #[test]
    fn months_before_the_window_are_not_of_it() {
        let march = Month::of(date(2022, 3, 1));
        let window = FitWindow::summer_2022();
        assert!(matches!(
            window.published(&england(), ENGLAND, "response_c2_mean", march),
            Err(FitWindowError::Outside { .. })
        ));
        assert!(matches!(FitWindow::new(window.last(), march), Err(FitWindowError::Empty { .. })));
    }
}
