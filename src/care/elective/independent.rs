//! The independent sector: a provider in each care system with theatres and beds of its own, which offers operations to
//! patients on the lists of the trusts there.

use super::ElectiveProvider;

/// What an independent provider is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndependentConfig {
    /// Share of routine patients of eligible treatment functions who are fit for it (no other illness that needs a
    /// hospital with critical care) \[0-1\].
    pub fit_share: f64,
    /// Share of those who are willing to go there \[0-1\].
    pub willing_share: f64,
    /// From the offer to the operation \[d\].
    pub booking_days: u16,
}

/// An independent provider. Its operations stop clocks on the lists that its patients come from.
#[derive(Clone, Debug)]
pub struct IndependentProvider {
    config: IndependentConfig,
    // operations a working day
    places: f64,
    due: f64,
}

/// Places for which nobody could be found are offered again for so many days.
const DAYS_KEPT: f64 = 5.0;

impl IndependentProvider {
    /// One without places.
    pub fn new(config: IndependentConfig) -> Self {
        Self { config, places: 0.0, due: 0.0 }
    }

    /// Sets its operations on a working day.
    pub fn set_places(&mut self, places: f64) {
        self.places = places.max(0.0);
    }

    /// Offers what it has today to those who wait for simple surgery, over all lists in proportion. Returns how many
    /// were booked.
    pub fn working_day<'a>(
        &mut self,
        day: i32,
        lists: impl IntoIterator<Item = &'a mut ElectiveProvider>,
    ) -> usize {
        if self.places <= 0.0 {
            return 0;
        }
        self.due = (self.due + self.places).min(1.0 + DAYS_KEPT * self.places);
        let mut lists: Vec<_> =
            lists.into_iter().map(|list| (list.waiting_for_simple_surgery(), list)).collect();
        let waiting: usize = lists.iter().map(|(waiting, _)| waiting).sum();
        let take_up = self.config.fit_share * self.config.willing_share;
        let places = self.due;
        let mut booked = 0;
        for (of_list, list) in &mut lists {
            let share = *of_list as f64 / waiting.max(1) as f64;
            booked += list.book_elsewhere(places * share, self.config.booking_days.into(), take_up, day);
        }
        self.due -= booked as f64;
        booked
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{config, provider};
    use super::super::{ElectiveProvider, Sent};
    use super::*;

    fn site(places: f64) -> IndependentProvider {
        let config = IndependentConfig { fit_share: 0.7, willing_share: 0.6, booking_days: 28 };
        let mut site = IndependentProvider::new(config);
        site.set_places(places);
        site
    }

    fn day(lists: &mut [ElectiveProvider], site: &mut IndependentProvider, day: i32) -> usize {
        for list in lists.iter_mut() {
            let mut sent = Vec::new();
            list.working_day(day, 0, |s| sent.push(s));
            for s in sent {
                match s {
                    Sent::ForTest(clock) => list.tested(clock, day),
                    Sent::ForBed(clock) => list.treated(clock, day),
                }
            }
        }
        site.working_day(day, lists.iter_mut())
    }

    /// Two lists, one three times as long as the other: places are booked as they are there, operations follow four weeks
    /// later, and every pathway is still counted once.
    #[test]
    fn an_independent_provider_serves_the_lists_of_its_care_system_by_their_length() {
        let mut lists = vec![provider(config(100.0), 15_000, 5), provider(config(100.0), 5_000, 6)];
        let mut site = site(8.0);
        let weekdays: Vec<i32> = (0..70).filter(|day| day % 7 < 5).collect();
        let booked: usize = weekdays.iter().map(|&d| day(&mut lists, &mut site, d)).sum();
        assert!(booked.abs_diff(400) <= 12, "{booked}");
        let counts: Vec<_> = lists.iter_mut().map(ElectiveProvider::take_counts).collect();
        let done: u64 = counts.iter().map(|c| c.independent).sum();
        // those booked in the last 28 of 70 days are still to come
        assert!(done.abs_diff(240) <= 12, "{done}");
        let by_length = counts[0].independent as f64 / done as f64;
        assert!((by_length - 0.75).abs() < 0.06, "{by_length}");
        for (list, (counts, total)) in lists.iter().zip(counts.iter().zip([15_000, 5_000])) {
            let left = counts.admitted + counts.nonadmitted + counts.removed;
            assert_eq!(list.len() as u64 + left, total + counts.clock_starts);
            assert_eq!(list.iter().count(), list.len());
        }
    }

    #[test]
    fn nobody_goes_who_is_urgent_or_excepted_and_no_more_than_are_willing() {
        let config =
            super::super::ElectiveConfig { excepted_share: 0.1, admitted: vec![0.0], ..config(100.0) };
        let mut lists = [provider(config, 10_000, 5)];
        let waiting = lists[0].waiting_for_simple_surgery();
        let mut site = site(10_000.0);
        let booked: usize = (0..10).map(|d| site.working_day(d, lists.iter_mut())).sum();
        assert!(
            lists[0]
                .booked_elsewhere
                .iter()
                .all(|(_, clock)| !clock.is_excepted() && clock.urgency() == super::super::Urgency::Routine)
        );
        // seven tenths of six tenths of the nine tenths or so who are routine and not excepted
        let share = booked as f64 / waiting as f64;
        assert!((0.3..0.42).contains(&share), "{booked} of {waiting}");
    }
}
