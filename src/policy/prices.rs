//! Prices of what levers use: `data/prices.toml`, and what a user knows better.

use super::Reference;
use crate::units::Pounds;
use crate::units::money::gbp;
use serde::Deserialize;
use std::collections::BTreeMap;

macro_rules! resources {
    ($($Resource:ident => $key:literal,)+) => {
        /// Something that levers use and that has, or could have, a price.
        ///
        /// Each is described in `data/prices.toml` under its [key](Self::key).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        #[allow(missing_docs)] // the file says what each is, once
        pub enum Resource {
            $($Resource,)+
        }

        impl Resource {
            /// All of them, in the order of the file.
            pub const ALL: &'static [Self] = &[$(Self::$Resource),+];

            /// The one with this name in files.
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|resource| resource.key() == key)
            }

            /// Its name in files.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$Resource => $key),+ }
            }
        }
    };
}

resources! {
    HospitalBedDay => "hospital_bed_day",
    HospitalBedBuilt => "hospital_bed_built",
    TheatreBuilt => "theatre_built",
    TheatreOperation => "theatre_operation",
    VirtualWardPlaceDay => "virtual_ward_place_day",
    DiagnosticCentre => "diagnostic_centre",
    HubOperation => "hub_operation",
    IndependentOperation => "independent_operation",
    NurseYear => "nurse_year",
    AmbulanceStaffYear => "ambulance_staff_year",
    AuxiliaryCrewHour => "auxiliary_crew_hour",
    DeskClinicianHour => "desk_clinician_hour",
    LiaisonOfficerHour => "liaison_officer_hour",
    EdClinicianYear => "ed_clinician_year",
    UrgentTreatmentClinicianHour => "urgent_treatment_clinician_hour",
    PathwayValidated => "pathway_validated",
}

/// Where a price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceStatus {
    /// Printed by its source.
    Published,
    /// Worked out from what its source printed.
    Derived,
    /// Given by the user.
    Given,
}

/// Another published figure that stands beside a price and is not used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// What it says.
    pub what: String,
    /// Who published it.
    pub publisher: String,
    /// Where.
    pub title: String,
    /// When, or of when.
    pub date: String,
}

/// What is known of the price of a resource.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What several of it are called.
    pub units: String,
    /// What that means.
    pub meaning: String,
    /// Pounds for one of it; `None` if no price is held.
    pub pounds: Option<f64>,
    /// First year of the financial year whose prices these are.
    pub price_year: Option<u16>,
    /// The least it may be \[£\].
    pub low: Option<f64>,
    /// The most it may be \[£\].
    pub high: Option<f64>,
    /// On what the least and the most rest.
    pub interval: Option<String>,
    /// Where the price comes from.
    pub status: Option<PriceStatus>,
    /// What is and is not in it.
    pub note: Option<String>,
    /// Who published it.
    pub source: Option<Reference>,
    /// What is missing, if no price is held.
    pub missing: Option<String>,
    /// Other published figures.
    #[serde(default)]
    pub also: Vec<Beside>,
}

/// The price of one of something, with what it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    /// Pounds at the prices of their year.
    pub pounds: Pounds,
    /// The least it may be \[£\].
    pub low: f64,
    /// The most it may be \[£\].
    pub high: f64,
}

impl From<Pounds> for Amount {
    fn from(pounds: Pounds) -> Self {
        Self { pounds, low: pounds.amount(), high: pounds.amount() }
    }
}

impl Amount {
    /// No money, at the prices of whatever year.
    pub const NOTHING: Self = Self { pounds: gbp(0.0), low: 0.0, high: 0.0 };

    fn is_nothing(self) -> bool {
        self.low == 0.0 && self.high == 0.0
    }

    /// The price year of both, if they have one.
    fn year_with(self, other: Self) -> Option<u16> {
        let (own, others) = (self.pounds.price_year(), other.pounds.price_year());
        if self.is_nothing() {
            return Some(others);
        }
        (own == others || other.is_nothing()).then_some(own)
    }

    /// So many times it; `times` is not negative.
    #[must_use]
    pub fn times(self, times: f64) -> Self {
        let pounds = Pounds::at_prices_of(self.pounds.amount() * times, self.pounds.price_year());
        Self { pounds, low: self.low * times, high: self.high * times }
    }

    /// Both together, each as uncertain as if the other were at the same end of its range; `None` in prices of different years.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let year = self.year_with(other)?;
        Some(Self {
            pounds: Pounds::at_prices_of(self.pounds.amount() + other.pounds.amount(), year),
            low: self.low + other.low,
            high: self.high + other.high,
        })
    }

    /// How much more it is than another; `None` in prices of different years. The range is the widest there can be.
    #[must_use]
    pub fn less(self, other: Self) -> Option<Self> {
        let year = self.year_with(other)?;
        Some(Self {
            pounds: Pounds::at_prices_of(self.pounds.amount() - other.pounds.amount(), year),
            low: self.low - other.high,
            high: self.high - other.low,
        })
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.pounds.fmt(f)?;
        if self.low < self.high {
            let short = |pounds| {
                let shown = Pounds::at_prices_of(pounds, self.pounds.price_year()).to_string();
                shown.split(" (").next().unwrap_or_default().to_owned()
            };
            write!(f, ", {} to {}", short(self.low), short(self.high))?;
        }
        Ok(())
    }
}

/// The prices of resources: those that were published, and in their place those that a user gave.
///
/// ```
/// use nhs_capacity::policy::prices::{Prices, Resource};
/// let bed_day = Prices::published().of(Resource::HospitalBedDay).map(|price| price.pounds.amount());
/// assert_eq!(bed_day, Some(395.0)); // 2022-23, King's Fund
/// assert!(Prices::published().of(Resource::NurseYear).is_none());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    entries: BTreeMap<String, Entry>,
}

impl Default for Prices {
    fn default() -> Self {
        Self::published()
    }
}

impl Prices {
    /// The prices of `data/prices.toml`.
    pub fn published() -> Self {
        // a test proves that it parses
        Self { entries: toml::from_str(include_str!("../../data/prices.toml")).unwrap_or_default() }
    }

    /// The same with a price of one's own in place of what was published or is missing.
    #[must_use]
    pub fn with(mut self, resource: Resource, pounds: Pounds) -> Self {
        let known = self.entries.remove(resource.key()).unwrap_or_default();
        let given = Entry {
            pounds: Some(pounds.amount()),
            price_year: Some(pounds.price_year()),
            status: Some(PriceStatus::Given),
            units: known.units,
            meaning: known.meaning,
            also: known.also,
            ..Entry::default()
        };
        self.entries.insert(resource.key().to_owned(), given);
        self
    }

    /// The prices that a user gave, in pounds.
    pub fn given(&self) -> impl Iterator<Item = (Resource, f64)> + '_ {
        let given = |&resource: &Resource| {
            let entry = self.entry(resource).filter(|entry| entry.status == Some(PriceStatus::Given));
            Some((resource, entry?.pounds?))
        };
        Resource::ALL.iter().filter_map(given)
    }

    /// What is known of a price.
    pub fn entry(&self, resource: Resource) -> Option<&Entry> {
        self.entries.get(resource.key())
    }

    /// The price of one of it, if one is held.
    pub fn of(&self, resource: Resource) -> Option<Amount> {
        let entry = self.entry(resource)?;
        let pounds = Pounds::at_prices_of(entry.pounds?, entry.price_year?);
        let or_itself = |end: Option<f64>| end.unwrap_or(pounds.amount());
        Some(Amount { pounds, low: or_itself(entry.low), high: or_itself(entry.high) })
    }

    /// In a line what is known of a price, for people.
    pub fn said_of(&self, resource: Resource) -> String {
        let Some(entry) = self.entry(resource) else { return String::new() };
        let Some(price) = self.of(resource) else {
            let missing = entry.missing.as_deref().unwrap_or("no price is held");
            return format!("{}: {missing}; give [price] {}", entry.meaning, resource.key());
        };
        let mut text = format!("{}: {price}", entry.meaning);
        if let Some(source) = &entry.source {
            let how = if entry.status == Some(PriceStatus::Derived) { "derived from " } else { "" };
            text.push_str(&format!("; {how}{}, {} ({})", source.publisher, source.title, source.date));
        } else {
            text.push_str("; given by the user");
        }
        for more in [&entry.interval, &entry.note].into_iter().flatten() {
            text.push_str(&format!("; {more}"));
        }
        for other in &entry.also {
            text.push_str(&format!(
                "; beside it {} ({}, {}, {})",
                other.what, other.publisher, other.title, other.date
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::money::gbp;

    #[test]
    fn every_resource_has_a_sourced_price_or_says_what_is_missing() {
        let entries: BTreeMap<String, Entry> =
            toml::from_str(include_str!("../../data/prices.toml")).unwrap();
        assert_eq!(entries.len(), Resource::ALL.len());
        for resource in Resource::ALL {
            let entry = &entries[resource.key()];
            let says = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
            assert!(!entry.units.is_empty() && !entry.meaning.is_empty(), "{}", resource.key());
            match entry.pounds {
                Some(pounds) => {
                    assert!(pounds > 0.0 && entry.price_year.is_some() && entry.missing.is_none());
                    let source = entry.source.as_ref().unwrap();
                    assert!(!source.publisher.is_empty() && !source.title.is_empty());
                    assert!(!source.date.is_empty() && entry.status.is_some() && says(&entry.note));
                    assert_eq!(entry.low.is_some(), entry.high.is_some());
                    assert_eq!(entry.low.is_some(), says(&entry.interval), "an interval has a reason");
                    let (low, high) = (entry.low.unwrap_or(pounds), entry.high.unwrap_or(pounds));
                    assert!(low <= pounds && pounds <= high);
                }
                None => assert!(says(&entry.missing) && entry.source.is_none(), "{}", resource.key()),
            }
        }
    }

    #[test]
    fn derived_prices_are_their_arithmetic() {
        let prices = Prices::published();
        let of = |resource| prices.of(resource).unwrap().pounds;
        assert_eq!(of(Resource::DiagnosticCentre).amount(), 2_300e6 / 160.0);
        // £1bn for 5,000 beds and more: at the most so much a bed-day
        assert_eq!((1e9_f64 / 5_000.0 / 365.0).round(), 548.0);
    }

    #[test]
    fn a_users_price_replaces_what_was_published_or_missing() {
        let own = Prices::published()
            .with(Resource::HospitalBedDay, gbp(500.0))
            .with(Resource::NurseYear, Pounds::at_prices_of(50_000.0, 2023));
        assert_eq!(own.of(Resource::HospitalBedDay), Some(Amount::from(gbp(500.0))));
        assert_eq!(own.of(Resource::NurseYear).map(|price| price.pounds.price_year()), Some(2023));
        assert!(own.said_of(Resource::NurseYear).contains("£50.0k (2023-24 prices); given by the user"));
        let none = Prices::published().said_of(Resource::NurseYear);
        assert!(none.contains("no published pay") && none.ends_with("give [price] nurse_year"), "{none}");
        let bed = Prices::published().said_of(Resource::HospitalBedDay);
        assert!(bed.contains("£395.00 (2022-23 prices), £346.00 to £562.00; King's Fund"), "{bed}");
    }

    #[test]
    fn amounts_of_one_year_add_up_and_those_of_two_do_not() {
        let one = Amount { pounds: gbp(10.0), low: 8.0, high: 13.0 };
        let sum = one.times(2.0).plus(gbp(5.0).into()).unwrap();
        assert_eq!((sum.pounds, sum.low, sum.high), (gbp(25.0), 21.0, 31.0));
        let less = sum.less(one).unwrap();
        assert_eq!((less.pounds, less.low, less.high), (gbp(15.0), 8.0, 23.0));
        let later = Pounds::at_prices_of(5.0, 2023).into();
        assert_eq!((one.plus(later), one.less(later)), (None, None));
    }
}
