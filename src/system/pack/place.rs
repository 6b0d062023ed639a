//! A place: one care system, one ambulance service, a region or some trusts, cut out of a pack.
//!
//! A trust is in the place or not. An ambulance service or care system that also serves trusts
//! outside is cut in proportion, so that the place's trusts get what they get in the whole pack:
//!
//! - incidents, crews and other amounts of a *service* are multiplied by the place's share of the type 1
//!   attendances of the trusts it serves, the weights by which the model spreads its patients;
//! - patients remaining, places and other amounts of a *care system* are multiplied by the place's share
//!   of the occupied adult beds of its trusts;
//! - shares, ratios and durations stay as they are.
//!
//! What goes on beyond the border is not simulated: its crews do not help out and its queues do not
//! hold crews up. Providers keep their positions in the pack, so that a place meets the people of the
//! national run; a place that is one whole independent part gives the national run's bytes.

use super::{Driver, Drivers, SystemPack};
use crate::system::capacity::{AmbulanceCapacity, Capacity, Holder};
use crate::system::parameters::{Parameters, ProviderParameter};
use crate::system::providers::{AmbulanceServiceId, CareSystemId, ProviderCode, ProviderGroup, TrustId};
use std::sync::Arc;

/// What was cut out of a pack, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    name: String,
    trusts: Vec<bool>,
    // shares of what is shared with trusts outside; 0 for those that serve no trust of the place
    services: Vec<f64>,
    care_systems: Vec<f64>,
    borders: Vec<String>,
}

/// Why a place cannot be cut out of a pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// Nothing in the pack is called this.
    #[error("place '{asked}': {reason}")]
    Unknown {
        /// What was asked for, or the part of it that is not known.
        asked: String,
        /// What is allowed.
        reason: String,
    },
    /// The pack is a place already.
    #[error("place '{asked}': the pack has been cut down to {place} already; cut it out of the whole pack")]
    AlreadyAPlace {
        /// What was asked for.
        asked: String,
        /// What the pack is.
        place: String,
    },
}

impl Place {
    /// What it is called, for example `QHL`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the trust at this position in the pack is in it.
    pub fn has_trust(&self, trust: usize) -> bool {
        self.trusts.get(trust).copied().unwrap_or(false)
    }

    /// The share of an ambulance service that is in it; 0 if it serves none of its trusts.
    pub fn share_of_service(&self, service: usize) -> f64 {
        self.services.get(service).copied().unwrap_or(0.0)
    }

    /// The share of a care system that is in it; 0 if none of its trusts belongs to it.
    pub fn share_of_care_system(&self, care_system: usize) -> f64 {
        self.care_systems.get(care_system).copied().unwrap_or(0.0)
    }

    /// The part of a change of capacity in the whole pack that is felt in it: of crews and places its
    /// share, of what is said by the patient (a share, or minutes of travel) all or nothing.
    pub fn share_of(&self, capacity: Capacity) -> f64 {
        let of_trust = |trust: TrustId| f64::from(u8::from(self.has_trust(trust.index())));
        let of_service = |service: AmbulanceServiceId| self.share_of_service(service.index());
        let of_care_system = |care_system: CareSystemId| self.share_of_care_system(care_system.index());
        match capacity {
            Capacity::AdultBeds(trust)
            | Capacity::StaffedBeds(trust)
            | Capacity::VirtualPlaces(trust)
            | Capacity::StepUpPlaces(trust)
            | Capacity::CohortPlaces(trust)
            | Capacity::MajorsClinicians(trust)
            | Capacity::MinorsClinicians(trust)
            | Capacity::UrgentTreatmentClinicians(trust)
            | Capacity::SentToUrgentTreatment(trust)
            | Capacity::Elective(Holder::Trust(trust), _)
            | Capacity::Tests(Holder::Trust(trust), _) => of_trust(trust),
            // providers of planned care alone belong to no place
            Capacity::Elective(Holder::Other(_), _) | Capacity::Tests(Holder::Other(_), _) => 0.0,
            Capacity::RoutableShare(service)
            | Capacity::RoutingMinutes(service)
            | Capacity::Ambulance(service, AmbulanceCapacity::CallsAvoided) => of_service(service).ceil(),
            Capacity::Ambulance(service, _) => of_service(service),
            Capacity::CarePlaces(care_system, _)
            | Capacity::HomeCareVisits(care_system)
            | Capacity::IndependentOperations(care_system) => of_care_system(care_system),
        }
    }

    /// What was cut at its border, for people to read.
    pub fn borders(&self) -> &[String] {
        &self.borders
    }
}

/// The kinds of place, in the order in which a bare name is looked up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    CareSystem,
    AmbulanceService,
    Trusts,
    Region,
}

const KINDS: [(Kind, &str); 4] = [
    (Kind::CareSystem, "icb"),
    (Kind::AmbulanceService, "ambulance"),
    (Kind::Trusts, "trust"),
    (Kind::Region, "region"),
];

impl SystemPack {
    /// The part of the pack that `place` names: the code of a care system (`QHL`), of an ambulance
    /// service (`RYF`: the trusts it serves), of a trust, of several trusts (`RRK+RXK`), or a region (`South
    /// West`). A code of two kinds is told apart by a word before it: `ambulance R1F`, `trust R1F`, and
    /// also `icb`, `region`.
    ///
    /// ```
    /// use nhs_capacity::system::pack::england;
    /// let icb = england().place("QHL")?;
    /// assert!(icb.local().is_some_and(|place| place.name() == "QHL" && !place.borders().is_empty()));
    /// # Ok::<(), nhs_capacity::system::pack::PlaceError>(())
    /// ```
    ///
    /// # Errors
    /// If the pack has no such place, or is a place already.
    pub fn place(&self, place: &str) -> Result<Self, PlaceError> {
        let asked = place.trim();
        let lower = asked.to_lowercase();
        for (kind, word) in KINDS {
            let rest = lower.strip_prefix(word).and_then(|rest| rest.strip_prefix([' ', ':']));
            if let Some(rest) = rest {
                let name = asked.get(asked.len() - rest.len()..).unwrap_or_default().trim();
                return self.cut(asked, self.trusts_of(kind, name)?);
            }
        }
        let found: Vec<Vec<usize>> =
            KINDS.iter().filter_map(|&(kind, _)| self.trusts_of(kind, asked).ok()).collect();
        match &found[..] {
            // several trusts: name the one that is unknown
            [] if asked.contains(['+', ',']) => self.cut(asked, self.trusts_of(Kind::Trusts, asked)?),
            [] => Err(self.unknown_place(asked)),
            [first, others @ ..] if others.iter().all(|other| other == first) => {
                self.cut(asked, first.clone())
            }
            _ => Err(PlaceError::Unknown {
                asked: asked.to_owned(),
                reason: "is the code of two kinds of provider; put icb, ambulance or trust before it"
                    .to_owned(),
            }),
        }
    }

    /// The trusts of one care system, with their part of its ambulance services.
    ///
    /// # Errors
    /// As [`Self::place`].
    pub fn icb(&self, code: &str) -> Result<Self, PlaceError> {
        self.cut(code, self.trusts_of(Kind::CareSystem, code)?)
    }

    /// The trusts that one ambulance service serves, with their part of their care systems.
    ///
    /// # Errors
    /// As [`Self::place`].
    pub fn ambulance_area(&self, code: &str) -> Result<Self, PlaceError> {
        self.cut(code, self.trusts_of(Kind::AmbulanceService, code)?)
    }

    /// The trusts of one region.
    ///
    /// # Errors
    /// As [`Self::place`].
    pub fn region(&self, name: &str) -> Result<Self, PlaceError> {
        self.cut(name, self.trusts_of(Kind::Region, name)?)
    }

    /// What was cut out, if the pack is a place.
    pub fn local(&self) -> Option<&Place> {
        self.local.as_deref()
    }

    /// The whole pack, if this is a place; otherwise the pack itself. What rests on totals or means of the
    /// whole system must be worked out from it, or a place would be a system of its own.
    pub fn whole(&self) -> &Self {
        self.whole.as_deref().unwrap_or(self)
    }

    fn trusts_of(&self, kind: Kind, name: &str) -> Result<Vec<usize>, PlaceError> {
        let code = || name.parse::<ProviderCode>().ok();
        let trusts = self.trusts().iter().enumerate();
        let found: Vec<usize> = match kind {
            Kind::Region => trusts
                .filter(|(_, trust)| trust.region.eq_ignore_ascii_case(name))
                .map(|(index, _)| index)
                .collect(),
            Kind::CareSystem => {
                let id = code().and_then(|code| self.care_system_id(code));
                trusts.filter(|(_, trust)| Some(trust.care_system) == id).map(|(index, _)| index).collect()
            }
            Kind::AmbulanceService => {
                let id = code().and_then(|code| self.ambulance_service_id(code));
                trusts
                    .filter(|(_, trust)| Some(trust.ambulance_service) == id)
                    .map(|(index, _)| index)
                    .collect()
            }
            Kind::Trusts => {
                let mut found = Vec::new();
                for part in name.split(['+', ',']).map(str::trim) {
                    let id = part.parse().ok().and_then(|code| self.trust_id(code));
                    found.push(id.ok_or_else(|| self.unknown_place(part))?.index());
                }
                found.sort_unstable();
                found.dedup();
                found
            }
        };
        if found.is_empty() { Err(self.unknown_place(name)) } else { Ok(found) }
    }

    fn unknown_place(&self, asked: &str) -> PlaceError {
        let mut regions: Vec<&str> = self.trusts().iter().map(|trust| trust.region.as_str()).collect();
        regions.sort_unstable();
        regions.dedup();
        let example = |code: Option<ProviderCode>| code.map(String::from).unwrap_or_default();
        let is_lower = asked.parse::<ProviderCode>().is_err()
            && asked.to_uppercase().parse().is_ok_and(|code| self.providers().is_known(code));
        let reason = if is_lower {
            format!("codes are in upper case; did you mean {}?", asked.to_uppercase())
        } else {
            format!(
                "must be the code of an icb with an acute trust (such as {}), of an ambulance service (such as \
                 {}), of one acute trust or several (such as {}+{}), or a region ({}); `nhs-capacity places` lists all",
                example(self.care_systems().first().map(|p| p.code)),
                example(self.ambulance_services().last().map(|p| p.code)),
                example(self.trusts().first().map(|p| p.code)),
                example(self.trusts().get(1).map(|p| p.code)),
                regions.join(", ")
            )
        };
        PlaceError::Unknown { asked: asked.chars().take(80).collect(), reason }
    }

    fn cut(&self, name: &str, inside: Vec<usize>) -> Result<Self, PlaceError> {
        if let Some(place) = self.local() {
            let (asked, place) = (name.to_owned(), place.name.clone());
            return Err(PlaceError::AlreadyAPlace { asked, place });
        }
        let mut trusts = vec![false; self.trusts().len()];
        for index in inside {
            if let Some(is_inside) = trusts.get_mut(index) {
                *is_inside = true;
            }
        }
        let attendances = |trust: usize| mean(self.drivers().monthly(Driver::AttendancesType1, trust));
        let beds = self.parameters().by_provider(ProviderParameter::AdultGaOccupiedBeds);
        let beds = |trust: usize| beds.get(trust).copied().unwrap_or(0.0);
        let services = shares(self.ambulance_services().len(), &trusts, attendances, |trust| {
            self.trusts().get(trust).map(|t| t.ambulance_service.index())
        });
        let care_systems = shares(self.care_systems().len(), &trusts, beds, |trust| {
            self.trusts().get(trust).map(|t| t.care_system.index())
        });
        let mut place = Place { name: name.to_owned(), trusts, services, care_systems, borders: Vec::new() };
        place.borders = self.borders_of(&place);
        Ok(Self {
            drivers: Arc::new(self.cut_drivers(&place)),
            parameters: Arc::new(self.cut_parameters(&place)),
            local: Some(Arc::new(place)),
            whole: Some(Arc::new(self.clone())),
            ..self.clone()
        })
    }

    fn borders_of(&self, place: &Place) -> Vec<String> {
        let count = place.trusts.iter().filter(|&&is_inside| is_inside).count();
        let mut borders = vec![format!("{}: {count} of {} acute trusts", place.name, self.trusts().len())];
        let cut = |share: f64| share > 0.0 && share < 1.0;
        for (service, &share) in self.ambulance_services().iter().zip(&place.services).filter(|s| cut(*s.1)) {
            borders.push(format!(
                "{} ({}): {:.1}% of its incidents and crews, the place's share of the attendances it brings \
                 patients to; crews do not cross the border",
                service.name,
                service.code,
                100.0 * share
            ));
        }
        for (care, &share) in self.care_systems().iter().zip(&place.care_systems).filter(|s| cut(*s.1)) {
            borders.push(format!(
                "{} ({}): {:.1}% of its care outside hospital, the place's share of the occupied adult beds",
                care.name,
                care.code,
                100.0 * share
            ));
        }
        let elective = self.elective_providers().len();
        if elective > 0 {
            borders.push(format!(
                "the waiting lists of {elective} provider{} without an acute trust belong to no place and are left out",
                if elective == 1 { "" } else { "s" }
            ));
        }
        borders
    }

    fn cut_drivers(&self, place: &Place) -> Drivers {
        let mut drivers = (*self.drivers).clone();
        for &driver in Driver::ALL {
            let Some(series) = drivers.series.get_mut(driver as usize) else { continue };
            let providers = self.providers().group_size(driver.group()).max(1);
            let width = (series.values.len() / providers).max(1);
            for (provider, values) in series.values.chunks_mut(width).enumerate() {
                let factor = factor(place, driver.group(), provider, driver.unit());
                values.iter_mut().for_each(|value| *value *= factor);
            }
        }
        drivers
    }

    fn cut_parameters(&self, place: &Place) -> Parameters {
        let mut parameters = (*self.parameters).clone();
        for &parameter in ProviderParameter::ALL {
            let (low, high) = parameter.allowed();
            let values = parameters.by_provider(parameter).iter().enumerate();
            let values = values
                .map(|(provider, value)| {
                    let factor = factor(place, parameter.group(), provider, parameter.unit());
                    if factor == 1.0 { *value } else { (value * factor).clamp(low, high) }
                })
                .collect();
            // as many as before and each in its range: this cannot be refused
            if let Ok(cut) = parameters.with_by_provider(parameter, values) {
                parameters = cut;
            }
        }
        parameters
    }
}

/// What a provider's value is multiplied by.
fn factor(place: &Place, group: ProviderGroup, provider: usize, unit: &str) -> f64 {
    if !is_amount(unit) {
        return 1.0;
    }
    match group {
        ProviderGroup::AmbulanceServices => place.share_of_service(provider),
        ProviderGroup::CareSystems => place.share_of_care_system(provider),
        // holders of waiting lists are the trusts, then those that belong to no place
        ProviderGroup::AcuteTrusts | ProviderGroup::WaitingListHolders => {
            f64::from(u8::from(place.has_trust(provider)))
        }
    }
}

/// Whether a quantity of this unit is twice as large in a system twice the size.
fn is_amount(unit: &str) -> bool {
    let is_relative = ["share", "ratio", "fraction", "percent", "index"].iter().any(|w| unit.starts_with(w));
    let is_duration = ["s", "min", "h", "d", "weeks", "seconds", "minutes", "hours", "days"].contains(&unit);
    let is_rate = unit.contains('/') || unit.contains(" per ");
    !(is_relative || is_duration || is_rate)
}

/// For each of `count` providers the place's share of the weight of the trusts it serves: exactly 1 if
/// all of them are inside.
fn shares(
    count: usize,
    trusts: &[bool],
    weight: impl Fn(usize) -> f64,
    provider_of: impl Fn(usize) -> Option<usize>,
) -> Vec<f64> {
    (0..count)
        .map(|provider| {
            let served = || (0..trusts.len()).filter(|&trust| provider_of(trust) == Some(provider));
            let is_inside = |trust: &usize| trusts.get(*trust).copied().unwrap_or(false);
            let (all, inside) = (served().count(), served().filter(is_inside).count());
            if inside == 0 {
                return 0.0;
            }
            let total: f64 = served().map(&weight).sum();
            if inside == all || total <= 0.0 {
                return inside as f64 / all as f64;
            }
            served().filter(is_inside).map(&weight).sum::<f64>() / total
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    #[test]
    fn all_places_of_a_kind_make_up_england() {
        let england = england();
        let total = |pack: &SystemPack, driver| -> f64 {
            (0..pack.providers().group_size(Driver::group(driver)))
                .map(|provider| mean(pack.drivers().monthly(driver, provider)))
                .sum()
        };
        for driver in [Driver::IncidentsAll, Driver::AttendancesType1, Driver::AdultGaBedsAvailable] {
            let of_icbs: f64 = england
                .care_systems()
                .iter()
                .filter_map(|icb| england.icb(icb.code.as_str()).ok())
                .map(|place| total(&place, driver))
                .sum();
            assert!((of_icbs / total(&england, driver) - 1.0).abs() < 1e-12, "{driver:?}");
        }
    }

    #[test]
    fn a_place_knows_the_whole() {
        let england = england();
        assert_eq!(england.icb("QHL").unwrap().whole(), &england);
        assert_eq!(england.whole(), &england);
    }

    #[test]
    fn a_code_of_two_kinds_and_an_unknown_one_are_told_apart() {
        let england = england();
        assert_eq!(england.place("ambulance R1F").unwrap().local().unwrap().name(), "ambulance R1F");
        let south_west = england.place("south west").unwrap();
        assert_eq!(south_west.local().unwrap().trusts.iter().filter(|t| **t).count(), 12);
        let wrong = |place: &str| england.place(place).unwrap_err().to_string();
        assert!(wrong("qhl").contains("did you mean QHL?"), "{}", wrong("qhl"));
        assert!(wrong("Narnia").contains("South West"), "{}", wrong("Narnia"));
        assert!(wrong("RRK+RZZZ").contains("place 'RZZZ'"), "{}", wrong("RRK+RZZZ"));
        assert!(wrong("").contains("must be the code"));
        assert!(wrong("icb RYF").contains("place 'RYF'"));
        let twice = england.icb("QHL").unwrap().icb("QHL").unwrap_err().to_string();
        assert!(twice.contains("cut down to QHL already"), "{twice}");
    }

    #[test]
    fn amounts_are_cut_and_rates_are_not() {
        let england = england();
        let place = england.icb("QHL").unwrap();
        let service =
            england.trusts()[england.trust_id("RRK".parse().unwrap()).unwrap().index()].ambulance_service;
        let share = place.local().unwrap().share_of_service(service.index());
        assert!((0.1..0.9).contains(&share), "{share}");
        let value = |pack: &SystemPack, parameter| pack.parameters().by_provider(parameter)[service.index()];
        let crews = ProviderParameter::AmbulanceUnits;
        assert_eq!(value(&place, crews), value(&england, crews) * share);
        let conveyed = ProviderParameter::ConveyedToEdShare;
        assert_eq!(value(&place, conveyed), value(&england, conveyed));
    }
}
