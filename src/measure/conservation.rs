//! The books of a service: nobody is lost, nobody appears from nowhere, and time adds up.

use crate::units::{Span, Time};

/// Arrivals at and departures from one service, departures by reason.
///
/// ```
/// use nhs_capacity::measure::Ledger;
/// let mut ward = Ledger::new("ward", ["home", "died"]);
/// (0..3).for_each(|_| ward.arrived());
/// ward.departed(0);
/// assert!(ward.check(2).is_ok());
/// let error = ward.check(1).map_err(|imbalance| imbalance.to_string());
/// let message = "ward: 0 at the start + 3 arrived is 3, but 1 departed (home 1, died 0) + 1 present is 2";
/// assert_eq!(error, Err(message.to_owned()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger<const REASONS: usize> {
    service: &'static str,
    reasons: [&'static str; REASONS],
    at_start: u64,
    arrived: u64,
    departed: [u64; REASONS],
}

/// Books that do not balance: a defect in the model, after which its results mean nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Imbalance {
    /// Somebody was lost or counted twice.
    #[error(
        "{service}: {at_start} at the start + {arrived} arrived is {}, but {departed} departed ({reasons}) \
         + {present} present is {}",
        u128::from(*at_start) + u128::from(*arrived),
        u128::from(*departed) + u128::from(*present)
    )]
    People {
        /// Which service.
        service: &'static str,
        /// Present when the books were opened.
        at_start: u64,
        /// Arrived since.
        arrived: u64,
        /// Departed since, for any reason.
        departed: u64,
        /// Departures by reason, as text.
        reasons: String,
        /// Present now, as counted by the model.
        present: u64,
    },
    /// Little's law does not hold.
    #[error(
        "{service}: area under the number present is {area} ms, but time spent inside sums to {inside} ms"
    )]
    Time {
        /// Which service.
        service: &'static str,
        /// Area under the number present [person milliseconds].
        area: u128,
        /// Sum of the time that each person spent inside the window \[ms\].
        inside: u128,
    },
}

impl<const REASONS: usize> Ledger<REASONS> {
    /// Books opened with nobody present, for departures numbered in the order of `reasons`.
    pub const fn new(service: &'static str, reasons: [&'static str; REASONS]) -> Self {
        Self { service, reasons, at_start: 0, arrived: 0, departed: [0; REASONS] }
    }

    /// Closes the books and opens new ones with `present` people there: the end of a warm-up.
    pub fn reopen(&mut self, present: u64) {
        *self = Self { at_start: present, ..Self::new(self.service, self.reasons) };
    }

    /// Somebody arrives.
    #[inline]
    pub fn arrived(&mut self) {
        self.arrived += 1;
    }

    /// Somebody departs for the reason numbered `reason`, for example `Reason::Died as usize`. A
    /// number beyond the reasons is booked nowhere, so that the next check fails.
    #[inline]
    pub fn departed(&mut self, reason: usize) {
        if let Some(count) = self.departed.get_mut(reason) {
            *count += 1;
        }
    }

    /// Number who arrived since the books were opened.
    pub const fn arrivals(&self) -> u64 {
        self.arrived
    }

    /// Number who departed since the books were opened, with their reasons.
    pub fn departures(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.reasons.iter().copied().zip(self.departed.iter().copied())
    }

    /// Compares with `present`, the number that the model itself counts as present now.
    ///
    /// # Errors
    /// If somebody was lost or counted twice.
    pub fn check(&self, present: u64) -> Result<(), Imbalance> {
        let departed: u64 = self.departed.iter().sum();
        if u128::from(self.at_start) + u128::from(self.arrived) == u128::from(departed) + u128::from(present)
        {
            return Ok(());
        }
        let reasons: Vec<String> = self.departures().map(|(reason, n)| format!("{reason} {n}")).collect();
        Err(Imbalance::People {
            service: self.service,
            at_start: self.at_start,
            arrived: self.arrived,
            departed,
            reasons: reasons.join(", "),
            present,
        })
    }
}

/// The part of a stay that falls in the window from `from` to `to`. For somebody still there, give
/// [`Time::NEVER`] as the time they left.
pub fn time_inside(from: Time, to: Time, arrived: Time, left: Time) -> Span {
    left.min(to).since(arrived.max(from))
}

/// Little's law over one window, exact in whole milliseconds: the area under the number present
/// equals the time that everybody spent inside. `inside` is the sum of [`time_inside`] over every
/// person, those present at either end included.
///
/// # Errors
/// If the two differ at all.
pub fn check_littles_law(service: &'static str, area: u128, inside: u128) -> Result<(), Imbalance> {
    if area == inside { Ok(()) } else { Err(Imbalance::Time { service, area, inside }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::TimeWeighted;
    use proptest::prelude::*;

    #[test]
    fn books_reopen_with_those_present() {
        let mut books = Ledger::new("ed", ["admitted", "discharged"]);
        (0..5).for_each(|_| books.arrived());
        books.departed(1);
        books.reopen(4);
        books.departed(0);
        assert_eq!(books.check(3), Ok(()));
        assert_eq!(books.departures().collect::<Vec<_>>(), [("admitted", 1), ("discharged", 0)]);
        books.departed(7);
        assert!(books.check(2).is_err(), "a departure for no known reason is an imbalance");
    }

    proptest! {
        #[test]
        fn area_equals_time_inside(stays in prop::collection::vec((0_u64..1_000, 0_u64..500), 0..40), from in 0_u64..600, length in 0_u64..900) {
            let (from, to) = (Time::from_millis(from), Time::from_millis(from + length));
            let mut steps: Vec<(u64, bool)> =
                stays.iter().flat_map(|&(arrived, stay)| [(arrived, true), (arrived + stay, false)]).collect();
            steps.sort_unstable_by_key(|&(at, arrives)| (at, !arrives));
            let mut present = TimeWeighted::starting(Time::ZERO, 0);
            let (before, after): (Vec<_>, Vec<_>) = steps.into_iter().partition(|&(at, _)| at < from.as_millis());
            let step = |present: &mut TimeWeighted, (at, arrives): (u64, bool)| {
                if arrives { present.rise(1, Time::from_millis(at)) } else { present.fall(1, Time::from_millis(at)) }
            };
            before.into_iter().for_each(|change| step(&mut present, change));
            present.restart(from);
            after.into_iter().filter(|&(at, _)| at <= to.as_millis()).for_each(|change| step(&mut present, change));
            let inside: u128 = stays
                .iter()
                .map(|&(at, stay)| time_inside(from, to, Time::from_millis(at), Time::from_millis(at + stay)))
                .map(|span| u128::from(span.as_millis()))
                .sum();
            prop_assert_eq!(check_littles_law("ward", present.area(to), inside), Ok(()));
            prop_assert!(check_littles_law("ward", present.area(to) + 1, inside).is_err());
        }
    }
}
