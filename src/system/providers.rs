//! Who takes part: ambulance services, acute trusts, care systems and other elective providers.
//!
//! A code alone does not name a provider: `R1F` is both an ambulance service and an acute trust. Look
//! providers up by kind and code.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest provider code.
const LONGEST_CODE: usize = 8;

/// The code of a provider, such as `RRK`: 1 to 8 upper-case letters and digits.
///
/// ```
/// use nhs_capacity::system::providers::ProviderCode;
/// let code: ProviderCode = "RRK".parse()?;
/// assert_eq!(code.as_str(), "RRK");
/// assert!("rrk".parse::<ProviderCode>().is_err());
/// # Ok::<(), nhs_capacity::system::providers::ProviderCodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderCode([u8; LONGEST_CODE]); // padded with zeros

/// Why a text is not a [`ProviderCode`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a provider code is 1 to 8 upper-case letters and digits, for example RRK, got {0:?}")]
pub struct ProviderCodeError(String);

impl ProviderCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|&b| b == 0).unwrap_or(LONGEST_CODE);
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

impl FromStr for ProviderCode {
    type Err = ProviderCodeError;
    fn from_str(text: &str) -> Result<Self, ProviderCodeError> {
        let is_allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if text.is_empty() || text.len() > LONGEST_CODE || !text.bytes().all(is_allowed) {
            return Err(ProviderCodeError(text.chars().take(40).collect()));
        }
        let mut code = [0; LONGEST_CODE];
        code[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(code))
    }
}

impl fmt::Display for ProviderCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ProviderCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_str())
    }
}

impl TryFrom<String> for ProviderCode {
    type Error = ProviderCodeError;
    fn try_from(text: String) -> Result<Self, ProviderCodeError> {
        text.parse()
    }
}

impl From<ProviderCode> for String {
    fn from(code: ProviderCode) -> String {
        code.as_str().to_owned()
    }
}

/// The kind of a provider, as written in `providers.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// An ambulance service.
    AmbulanceService,
    /// An integrated care board: the organiser of care after hospital.
    CareSystem,
    /// A hospital trust with a type 1 A&E department.
    AcuteTrust,
    /// A provider on the waiting list that is not one of the acute trusts.
    ElectiveProvider,
}

impl ProviderKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::AmbulanceService, Self::CareSystem, Self::AcuteTrust, Self::ElectiveProvider];

    /// The name used in `providers.csv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AmbulanceService => "ambulance_service",
            Self::CareSystem => "care_system",
            Self::AcuteTrust => "acute_trust",
            Self::ElectiveProvider => "elective_provider",
        }
    }
}

/// The providers that a driver or a table of parameters has one value for, each.
///
/// Such values are indexed in the order of the pack's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProviderGroup {
    /// The ambulance services.
    AmbulanceServices,
    /// The care systems.
    CareSystems,
    /// The acute trusts.
    AcuteTrusts,
    /// Everyone with a waiting list: the acute trusts, then the other elective providers.
    WaitingListHolders,
}

impl ProviderGroup {
    /// The kinds in the group, in the order of their indices.
    pub const fn kinds(self) -> &'static [ProviderKind] {
        match self {
            Self::AmbulanceServices => &[ProviderKind::AmbulanceService],
            Self::CareSystems => &[ProviderKind::CareSystem],
            Self::AcuteTrusts => &[ProviderKind::AcuteTrust],
            Self::WaitingListHolders => &[ProviderKind::AcuteTrust, ProviderKind::ElectiveProvider],
        }
    }
}

impl fmt::Display for ProviderGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AmbulanceServices => "ambulance services",
            Self::CareSystems => "care systems",
            Self::AcuteTrusts => "acute trusts",
            Self::WaitingListHolders => "acute trusts and elective providers",
        })
    }
}

macro_rules! indices {
    ($($(#[doc = $doc:literal])+ $Id:ident)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $Id(pub u16);

        impl $Id {
            /// The position in the pack's list.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

indices! {
    /// Which ambulance service, by its position in the pack.
    AmbulanceServiceId
    /// Which care system, by its position in the pack.
    CareSystemId
    /// Which acute trust, by its position in the pack.
    TrustId
    /// Which other elective provider, by its position in the pack.
    ElectiveProviderId
}

/// An ambulance service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmbulanceService {
    /// Its code.
    pub code: ProviderCode,
    /// Its name.
    pub name: String,
    /// The region it is counted in.
    pub region: String,
}

/// A care system: an integrated care board, which organises care after hospital.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CareSystem {
    /// Its code.
    pub code: ProviderCode,
    /// Its name.
    pub name: String,
    /// The region it is counted in.
    pub region: String,
}

/// An acute trust: one or more hospitals with a type 1 A&E department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcuteTrust {
    /// Its code.
    pub code: ProviderCode,
    /// Its name.
    pub name: String,
    /// The region it is counted in.
    pub region: String,
    /// The care system that takes its patients on.
    pub care_system: CareSystemId,
    /// The ambulance service that brings patients.
    pub ambulance_service: AmbulanceServiceId,
}

/// A provider, or the sum of many, that holds a waiting list and is no acute trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectiveProvider {
    /// Its code.
    pub code: ProviderCode,
    /// Its name.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_upper_case_and_short() {
        let code = "OTHER".parse::<ProviderCode>().unwrap();
        assert_eq!((code.as_str(), code.to_string().as_str()), ("OTHER", "OTHER"));
        assert_eq!("ABCDEFGH".parse::<ProviderCode>().unwrap().as_str(), "ABCDEFGH");
        for bad in ["", "rrk", "RRK ", "ABCDEFGHI", "R\0K", "Ré1", "England"] {
            assert!(bad.parse::<ProviderCode>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn codes_sort_like_their_text() {
        let mut codes = ["RX", "R1F", "RXX", "RX8"].map(|c| c.parse::<ProviderCode>().unwrap());
        codes.sort();
        assert_eq!(codes.map(String::from), ["R1F", "RX", "RX8", "RXX"]);
    }
}
