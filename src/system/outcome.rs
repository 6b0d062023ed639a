//! The outcome of one replication: every measure, for every area and month.

use super::measures::Measure;
use super::pack::{Place, SystemPack};
use super::parts::Part;
use super::statistics::Statistics;
use crate::measure::{Durations, Ratio};
use serde::{Deserialize, Serialize};

/// Somewhere that measures are reported for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Area {
    /// Everywhere together: England, or the place that was cut out of it.
    England,
    /// An ambulance service, by its position in the pack.
    AmbulanceService(u16),
    /// A holder of a waiting list, by its position in the pack: acute trusts, then others.
    Hospital(u16),
    /// A care system, by its position in the pack.
    CareSystem(u16),
}

/// The areas of a system, in the order of reports.
pub fn areas(pack: &SystemPack) -> Vec<Area> {
    let hospitals = pack.trusts().len() + pack.elective_providers().len();
    std::iter::once(Area::England)
        .chain((0..pack.ambulance_services().len()).map(|s| Area::AmbulanceService(s as u16)))
        .chain((0..hospitals).map(|h| Area::Hospital(h as u16)))
        .chain((0..pack.care_systems().len()).map(|c| Area::CareSystem(c as u16)))
        .collect()
}

impl Area {
    /// The code in files: `England` (the name of the place if the pack is one) or that of the provider.
    pub fn code(self, pack: &SystemPack) -> String {
        let trusts = pack.trusts().len();
        let code = match self {
            Self::England => None,
            Self::AmbulanceService(s) => pack.ambulance_services().get(usize::from(s)).map(|p| p.code),
            Self::Hospital(h) => match pack.trusts().get(usize::from(h)) {
                Some(trust) => Some(trust.code),
                None => pack.elective_providers().get(usize::from(h) - trusts).map(|p| p.code),
            },
            Self::CareSystem(c) => pack.care_systems().get(usize::from(c)).map(|p| p.code),
        };
        let everywhere = || pack.local().map_or("England", Place::name).to_owned();
        code.map_or_else(everywhere, |code| code.to_string())
    }

    /// Whether it is simulated: everything is, unless the pack is a place.
    pub fn is_in(self, pack: &SystemPack) -> bool {
        let Some(place) = pack.local() else { return true };
        match self {
            Self::England => true,
            Self::AmbulanceService(s) => place.share_of_service(usize::from(s)) > 0.0,
            Self::Hospital(h) => place.has_trust(usize::from(h)),
            Self::CareSystem(c) => place.share_of_care_system(usize::from(c)) > 0.0,
        }
    }
}

/// The measures that are percentiles.
fn percentiles() -> impl Iterator<Item = Measure> {
    Measure::ALL.iter().copied().filter(|measure| measure.percentile().is_some())
}

/// What one run of one part leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// Counts by month and provider.
    pub statistics: Statistics,
    /// Events handled.
    pub events: u64,
    /// People who were in the system at any time.
    pub people: u64,
}

/// Every measure for every area and month of one replication of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    months: usize,
    areas: usize,
    services: usize,
    hospitals: usize,
    // [measure][area][month]
    values: Vec<Option<Ratio>>,
    // of measures that are percentiles, [measure among those][area][month]
    durations: Vec<Option<Box<Durations>>>,
    /// Events handled.
    pub events: u64,
    /// People who were in the system at any time.
    pub people: u64,
}

impl Outcome {
    /// Nothing yet.
    pub(crate) fn empty(pack: &SystemPack, months: usize) -> Self {
        let areas = areas(pack).len();
        Self {
            months,
            areas,
            services: pack.ambulance_services().len(),
            hospitals: pack.trusts().len() + pack.elective_providers().len(),
            values: vec![None; Measure::ALL.len() * areas * months],
            durations: vec![None; percentiles().count() * areas * months],
            events: 0,
            people: 0,
        }
    }

    /// Every value, in the order of measures, areas and months: what is kept of it in a file.
    pub fn values(&self) -> &[Option<Ratio>] {
        &self.values
    }

    /// Every histogram of durations, in the order of percentiles, areas and months: the same.
    pub fn durations_kept(&self) -> &[Option<Box<Durations>>] {
        &self.durations
    }

    /// The same outcome with these values and durations; `None` if there are too few or too many.
    #[must_use]
    pub(crate) fn with_values(
        self,
        values: Vec<Option<Ratio>>,
        durations: Vec<Option<Box<Durations>>>,
    ) -> Option<Self> {
        let is_whole = values.len() == self.values.len() && durations.len() == self.durations.len();
        is_whole.then_some(Self { values, durations, ..self })
    }

    fn index(&self, measure: Measure, area: Area, month: usize) -> usize {
        self.index_at(measure as usize, area, month)
    }

    fn index_at(&self, position: usize, area: Area, month: usize) -> usize {
        let area = match area {
            Area::England => 0,
            Area::AmbulanceService(s) => 1 + usize::from(s),
            Area::Hospital(h) => 1 + self.services + usize::from(h),
            Area::CareSystem(c) => 1 + self.services + self.hospitals + usize::from(c),
        };
        (position * self.areas + area) * self.months + month
    }

    /// A measure in one area and month; `None` if there is nothing to measure.
    pub fn get(&self, measure: Measure, area: Area, month: usize) -> Option<Ratio> {
        if month >= self.months {
            return None;
        }
        self.values.get(self.index(measure, area, month)).copied().flatten()
    }

    fn durations(&self, measure: Measure, area: Area, month: usize) -> Option<&Durations> {
        let position = percentiles().position(|m| m == measure)?;
        if month >= self.months {
            return None;
        }
        self.durations.get(self.index_at(position, area, month))?.as_deref()
    }

    /// A measure in one month, over some areas together.
    pub fn over_areas(&self, measure: Measure, areas: &[Area], month: usize) -> Ratio {
        if measure.percentile().is_some() {
            return measure.of_durations(&self.merged(measure, areas, month..month + 1));
        }
        measure.over_providers(areas.iter().filter_map(|&area| self.get(measure, area, month)))
    }

    fn merged(&self, measure: Measure, areas: &[Area], months: std::ops::Range<usize>) -> Durations {
        let mut all = Durations::default();
        for month in months {
            areas.iter().filter_map(|&area| self.durations(measure, area, month)).for_each(|d| all.merge(d));
        }
        all
    }

    /// The value of a measure over several months.
    pub fn over(&self, measure: Measure, area: Area, months: std::ops::Range<usize>) -> Option<f64> {
        if measure.percentile().is_some() {
            return measure.of_durations(&self.merged(measure, &[area], months)).value();
        }
        measure.over_months(months.filter_map(|month| self.get(measure, area, month)))
    }

    fn set(&mut self, measure: Measure, area: Area, month: usize, value: Ratio) {
        let index = self.index(measure, area, month);
        if let Some(place) = self.values.get_mut(index) {
            *place = Some(value);
        }
    }

    fn keep(&mut self, measure: Measure, area: Area, month: usize, durations: Durations) {
        let Some(position) = percentiles().position(|m| m == measure) else { return };
        let index = self.index_at(position, area, month);
        if let Some(place) = self.durations.get_mut(index) {
            *place = Some(Box::new(durations));
        }
    }

    /// Takes in what was counted in one part of a system with `trusts` acute trusts.
    pub(crate) fn take_in(&mut self, part: &Part, trusts: usize, counted: &Counted) {
        self.events += counted.events;
        self.people += counted.people;
        let statistics = &counted.statistics;
        let holders = part.trusts.iter().copied().chain(part.elective_providers.iter().map(|e| trusts + e));
        let holders: Vec<usize> = holders.collect();
        for &measure in Measure::ALL {
            for month in 0..self.months {
                let ambulance = statistics.ambulance.get(month).map_or(&[][..], Vec::as_slice);
                for (&s, counts) in part.services.iter().zip(ambulance) {
                    if let Some(value) = measure.of_service(counts) {
                        self.set(measure, Area::AmbulanceService(s as u16), month, value);
                    }
                    if let Some(durations) = measure.durations_of_service(counts) {
                        self.keep(measure, Area::AmbulanceService(s as u16), month, *durations);
                    }
                }
                let hospitals = statistics.hospitals.get(month).map_or(&[][..], Vec::as_slice);
                for (&h, counts) in holders.iter().zip(hospitals) {
                    if let Some(value) = measure.of_hospital(counts) {
                        self.set(measure, Area::Hospital(h as u16), month, value);
                    }
                    if let Some(durations) = measure.durations_of_hospital(counts) {
                        self.keep(measure, Area::Hospital(h as u16), month, *durations);
                    }
                }
                let care = statistics.care_systems.get(month).map_or(&[][..], Vec::as_slice);
                for (&c, counts) in part.care_systems.iter().zip(care) {
                    if let Some(value) = measure.of_care_system(counts) {
                        self.set(measure, Area::CareSystem(c as u16), month, value);
                    }
                }
            }
        }
    }

    /// Works out England from its parts, in the order of the areas so that the sum is the same
    /// whatever order the parts came in.
    pub(crate) fn sum_england(&mut self, areas: &[Area]) {
        for &measure in Measure::ALL {
            for month in 0..self.months {
                if !areas[1..].iter().any(|&area| self.get(measure, area, month).is_some()) {
                    continue;
                }
                if measure.percentile().is_some() {
                    let all = self.merged(measure, &areas[1..], month..month + 1);
                    self.keep(measure, Area::England, month, all);
                }
                let england = self.over_areas(measure, &areas[1..], month);
                self.set(measure, Area::England, month, england);
            }
        }
    }
}
