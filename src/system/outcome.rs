//! The outcome of one replication: every measure, for every area and month.

use super::measures::{Measure, percentile_of};
use super::pack::SystemPack;
use super::parts::Part;
use super::statistics::Statistics;
use crate::measure::{CompactHistogram, Ratio};
use serde::{Deserialize, Serialize};

/// Somewhere that measures are reported for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Area {
    /// Everywhere together.
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
    /// The code in files: `England` or that of the provider.
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
        code.map_or_else(|| "England".to_owned(), |code| code.to_string())
    }
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

type ResponseTimes = [CompactHistogram; 4];

/// Every measure for every area and month of one replication of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    months: usize,
    areas: usize,
    services: usize,
    hospitals: usize,
    // [measure][area][month]
    values: Vec<Option<Ratio>>,
    // response times by service and month, for percentiles: [service][month][category]
    response_times: Vec<Vec<ResponseTimes>>,
    /// Events handled.
    pub events: u64,
    /// People who were in the system at any time.
    pub people: u64,
}

impl Outcome {
    /// Nothing yet.
    pub fn empty(pack: &SystemPack, months: usize) -> Self {
        let areas = areas(pack).len();
        Self {
            months,
            areas,
            services: pack.ambulance_services().len(),
            hospitals: pack.trusts().len() + pack.elective_providers().len(),
            values: vec![None; Measure::ALL.len() * areas * months],
            response_times: vec![vec![ResponseTimes::default(); months]; pack.ambulance_services().len()],
            events: 0,
            people: 0,
        }
    }

    fn index(&self, measure: Measure, area: Area, month: usize) -> usize {
        let area = match area {
            Area::England => 0,
            Area::AmbulanceService(s) => 1 + usize::from(s),
            Area::Hospital(h) => 1 + self.services + usize::from(h),
            Area::CareSystem(c) => 1 + self.services + self.hospitals + usize::from(c),
        };
        (measure as usize * self.areas + area) * self.months + month
    }

    /// A measure in one area and month; `None` if there is nothing to measure.
    pub fn get(&self, measure: Measure, area: Area, month: usize) -> Option<Ratio> {
        if month >= self.months {
            return None;
        }
        self.values.get(self.index(measure, area, month)).copied().flatten()
    }

    /// The value of a measure over several months.
    pub fn over(&self, measure: Measure, area: Area, months: std::ops::Range<usize>) -> Option<f64> {
        if measure.percentile().is_some() && months.len() != 1 {
            return self.percentile_over(measure, &[area], months).and_then(Ratio::value);
        }
        measure.over_months(months.filter_map(|month| self.get(measure, area, month)))
    }

    /// The value of a measure in one month over several areas together.
    pub fn over_areas(&self, measure: Measure, areas: &[Area], month: usize) -> Option<f64> {
        if measure.percentile().is_some() {
            return self.percentile_over(measure, areas, month..month + 1).and_then(Ratio::value);
        }
        let values = areas.iter().filter_map(|&area| self.get(measure, area, month));
        measure.over_providers(values).value()
    }

    /// A percentile of everybody in some areas and months.
    fn percentile_over(
        &self,
        measure: Measure,
        areas: &[Area],
        months: std::ops::Range<usize>,
    ) -> Option<Ratio> {
        let (category, share) = measure.percentile()?;
        let is_meant =
            |s: usize| areas.contains(&Area::England) || areas.contains(&Area::AmbulanceService(s as u16));
        let mut together = CompactHistogram::new();
        for (_, by_month) in self.response_times.iter().enumerate().filter(|(s, _)| is_meant(*s)) {
            for times in by_month.get(months.clone()).unwrap_or_default() {
                times.get(category).into_iter().for_each(|times| together.merge(times));
            }
        }
        (together.count() > 0).then(|| percentile_of(&together, share))
    }

    fn set(&mut self, measure: Measure, area: Area, month: usize, value: Ratio) {
        let index = self.index(measure, area, month);
        if let Some(place) = self.values.get_mut(index) {
            *place = Some(value);
        }
    }

    /// Takes in what was counted in one part of a system with `trusts` acute trusts.
    pub fn take_in(&mut self, part: &Part, trusts: usize, counted: &Counted) {
        self.events += counted.events;
        self.people += counted.people;
        let statistics = &counted.statistics;
        let holders = part.trusts.iter().copied().chain(part.elective_providers.iter().map(|e| trusts + e));
        let holders: Vec<usize> = holders.collect();
        for (by_month, month) in statistics.ambulance.iter().zip(0..) {
            for (&s, counts) in part.services.iter().zip(by_month) {
                if let Some(times) = self.response_times.get_mut(s).and_then(|months| months.get_mut(month)) {
                    times.clone_from(&counts.response_times);
                }
            }
        }
        for &measure in Measure::ALL {
            for month in 0..self.months {
                let ambulance = statistics.ambulance.get(month).map_or(&[][..], Vec::as_slice);
                for (&s, counts) in part.services.iter().zip(ambulance) {
                    if let Some(value) = measure.of_service(counts) {
                        self.set(measure, Area::AmbulanceService(s as u16), month, value);
                    }
                }
                let hospitals = statistics.hospitals.get(month).map_or(&[][..], Vec::as_slice);
                for (&h, counts) in holders.iter().zip(hospitals) {
                    if let Some(value) = measure.of_hospital(counts) {
                        self.set(measure, Area::Hospital(h as u16), month, value);
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
    pub fn sum_england(&mut self, areas: &[Area]) {
        for &measure in Measure::ALL {
            for month in 0..self.months {
                if measure.percentile().is_some() {
                    if let Some(england) = self.percentile_over(measure, areas, month..month + 1) {
                        self.set(measure, Area::England, month, england);
                    }
                    continue;
                }
                let of_areas: Vec<Ratio> =
                    areas[1..].iter().filter_map(|&area| self.get(measure, area, month)).collect();
                if !of_areas.is_empty() {
                    let england = measure.over_providers(of_areas);
                    self.set(measure, Area::England, month, england);
                }
            }
        }
    }
}
