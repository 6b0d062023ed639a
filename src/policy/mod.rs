//! Levers: what a plan can change, one measure of the plan a file.
//!
//! A lever names its mechanism, not its headline: money buys care hours, care hours make places,
//! places free beds. It changes capacity or behaviour, never an outcome; the model works out the
//! rest.

pub mod ambulance_staffing;
pub mod auxiliary_ambulances;
pub mod beds;
pub mod cost;
pub mod diagnostic_centres;
pub mod discharge_fund;
pub mod ed_staffing;
pub mod falls_response;
pub mod halos;
pub mod hear_and_treat_desk;
pub mod hospital_building;
pub mod independent_sector;
pub mod intelligent_routing;
pub mod long_waits;
pub mod prices;
pub mod services;
pub mod spread;
pub mod staffing;
pub mod surgical_hubs;
pub mod theatre_productivity;
pub mod theatre_staffing;
pub mod timing;
pub mod urgent_treatment_redirection;
pub mod validation;
pub mod virtual_outpatients;
pub mod virtual_wards;

pub use ambulance_staffing::AmbulanceStaffing;
pub use auxiliary_ambulances::AuxiliaryAmbulances;
pub use beds::Beds;
pub use diagnostic_centres::DiagnosticCentres;
pub use discharge_fund::DischargeFund;
pub use ed_staffing::EdStaffing;
pub use falls_response::FallsResponse;
pub use halos::Halos;
pub use hear_and_treat_desk::HearAndTreatDesk;
pub use hospital_building::HospitalBuilding;
pub use independent_sector::IndependentSector;
pub use intelligent_routing::IntelligentRouting;
pub use long_waits::LongWaits;
pub use spread::Spread;
pub use staffing::Staffing;
pub use surgical_hubs::SurgicalHubs;
pub use theatre_productivity::TheatreProductivity;
pub use theatre_staffing::TheatreStaffing;
pub use urgent_treatment_redirection::UrgentTreatmentRedirection;
pub use validation::Validation;
pub use virtual_outpatients::VirtualOutpatients;
pub use virtual_wards::VirtualWards;

use crate::system::capacity::CapacityStep;
use crate::system::pack::SystemPack;
use cost::{Days, Use};
use jiff::civil::Date;
use prices::Resource;
use serde::{Deserialize, Serialize};

/// What every lever says of itself and does.
pub trait Mechanism: Sized {
    /// The name of its table in scenario files.
    const NAME: &'static str;
    /// What people call it.
    const TITLE: &'static str;
    /// What it changes in the model, in one sentence.
    const MECHANISM: &'static str;
    /// What is known of its effect, and from whom.
    const EVIDENCE: &'static str;
    /// Its fields: name, unit, allowed range, meaning.
    const FIELDS: &'static [Field];

    /// All fields that are out of range.
    fn problems(&self) -> Vec<LeverError>;

    /// What in it does not fit this system: places that it does not have.
    fn problems_in(&self, _pack: &SystemPack) -> Vec<LeverError> {
        Vec::new()
    }

    /// What changes, where and when. Called only if there are no problems.
    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep>;

    /// What it uses and has a price or could have one.
    const USES: &'static [Resource] = &[];
    /// What it costs beside what it uses, or all of its cost if it uses nothing that can be counted.
    const NOT_COUNTED: &'static str = "";

    /// What it uses in some days in the whole system. Called only if there are no problems.
    fn uses(&self, _pack: &SystemPack, _days: Days) -> Vec<Use> {
        Vec::new()
    }
}

/// A field of a lever, for people who write scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its key in scenario files.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// What is allowed.
    pub allowed: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

impl Field {
    const fn new(
        name: &'static str,
        unit: &'static str,
        allowed: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { name, unit, allowed, meaning }
    }
}

/// A lever in the catalogue: what can be said of it without an example at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// The name of its table in scenario files.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What it changes in the model.
    pub mechanism: &'static str,
    /// What is known of its effect, and from whom.
    pub evidence: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// What it uses and has a price or could have one; empty for money itself.
    pub uses: &'static [Resource],
    /// What it costs beside that, or all of its cost if it uses nothing that can be counted.
    pub not_counted: &'static str,
}

macro_rules! levers {
    ($($(#[doc = $doc:literal])+ $Lever:ident,)+) => {
        /// Something a plan can change.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Lever {
            $($(#[doc = $doc])+ $Lever($Lever),)+
        }

        impl Lever {
            /// The names under which levers appear in scenario files.
            pub const NAMES: &'static [&'static str] = &[$($Lever::NAME),+];

            /// Every lever there is.
            pub const CATALOGUE: &'static [Description] = &[$(Description {
                name: $Lever::NAME,
                title: $Lever::TITLE,
                mechanism: $Lever::MECHANISM,
                evidence: $Lever::EVIDENCE,
                fields: $Lever::FIELDS,
                uses: $Lever::USES,
                not_counted: $Lever::NOT_COUNTED,
            }),+];

            /// The name under which it appears in scenario files.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$Lever(_) => $Lever::NAME),+ }
            }

            /// Checks every field.
            ///
            /// # Errors
            /// All fields that are out of range.
            pub fn check(&self) -> Result<(), Vec<LeverError>> {
                let problems = match self { $(Self::$Lever(lever) => lever.problems()),+ };
                if problems.is_empty() { Ok(()) } else { Err(problems) }
            }

            /// What changes, where and when.
            ///
            /// # Errors
            /// All fields that are out of range or do not fit the system.
            pub fn steps(&self, pack: &SystemPack) -> Result<Vec<CapacityStep>, Vec<LeverError>> {
                self.check()?;
                let problems = match self { $(Self::$Lever(lever) => lever.problems_in(pack)),+ };
                if !problems.is_empty() {
                    return Err(problems);
                }
                Ok(match self { $(Self::$Lever(lever) => lever.steps(pack)),+ })
            }

            /// What it uses in some days in the whole system; nothing if it is wrong.
            pub fn uses(&self, pack: &SystemPack, days: Days) -> Vec<Use> {
                if self.check().is_err() {
                    return Vec::new();
                }
                match self { $(Self::$Lever(lever) => lever.uses(pack, days)),+ }
            }

            /// What it uses and has a price or could have one; empty for money itself.
            pub const fn resources(&self) -> &'static [Resource] {
                match self { $(Self::$Lever(_) => $Lever::USES),+ }
            }

            /// What it costs beside what it uses, or all of its cost if it uses nothing that can be counted.
            pub const fn not_counted(&self) -> &'static str {
                match self { $(Self::$Lever(_) => $Lever::NOT_COUNTED),+ }
            }

            /// A lever from its table in a scenario file; `None` if there is no lever of this name.
            ///
            /// # Errors
            /// The inner result says which field is missing, unknown or of the wrong type.
            pub fn from_table(name: &str, table: toml::Value) -> Option<Result<Self, toml::de::Error>> {
                match name {
                    $($Lever::NAME => Some(table.try_into::<$Lever>().map(Self::$Lever)),)+
                    _ => None,
                }
            }
        }

        $(impl From<$Lever> for Lever {
            fn from(lever: $Lever) -> Self {
                Self::$Lever(lever)
            }
        })+
    };
}

// To add a lever: a file with a struct that is a `Mechanism`, a line here, and an example of it in
// `data/our-plan-for-patients/` where the plan has it.
levers! {
    /// More hospital beds.
    Beds,
    /// Money for care after hospital.
    DischargeFund,
    /// Falls that need no ambulance.
    FallsResponse,
    /// An auxiliary ambulance service.
    AuxiliaryAmbulances,
    /// More ambulance staff.
    AmbulanceStaffing,
    /// More clinicians who ring back callers.
    HearAndTreatDesk,
    /// Liaison officers at the hospital door.
    Halos,
    /// Ambulances to the least delayed hospital.
    IntelligentRouting,
    /// Minor problems to urgent treatment centres.
    UrgentTreatmentRedirection,
    /// Clinicians for emergency departments.
    EdStaffing,
    /// Community diagnostic centres.
    DiagnosticCentres,
    /// New hospital buildings.
    HospitalBuilding,
    /// More operations in the independent sector.
    IndependentSector,
    /// Long-wait policy.
    LongWaits,
    /// Surgical hubs.
    SurgicalHubs,
    /// More operations in the same theatres.
    TheatreProductivity,
    /// Staff for theatres that stand empty.
    TheatreStaffing,
    /// Validation of waiting lists.
    Validation,
    /// More outpatient attendances by video or telephone.
    VirtualOutpatients,
    /// Nurses recruited and kept.
    Staffing,
    /// More virtual-ward places.
    VirtualWards,
}

/// A field of a lever that is out of range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{lever}.{field} = {value}, must be {allowed}")]
pub struct LeverError {
    /// The lever.
    pub lever: &'static str,
    /// The field.
    pub field: &'static str,
    /// What was given.
    pub value: String,
    /// What is allowed.
    pub allowed: &'static str,
}

/// Where a lever, its evidence or its price comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Who published it.
    pub publisher: String,
    /// What it is called.
    pub title: String,
    /// When.
    pub date: String,
    /// What was taken from it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Collects the fields of one lever that are out of range.
struct Checks {
    lever: &'static str,
    problems: Vec<LeverError>,
}

impl Checks {
    const fn of(lever: &'static str) -> Self {
        Self { lever, problems: Vec::new() }
    }

    fn number(&mut self, field: &'static str, value: f64, (low, high): (f64, f64), allowed: &'static str) {
        if !(low..=high).contains(&value) {
            let value = value.to_string();
            self.problems.push(LeverError { lever: self.lever, field, value, allowed });
        }
    }

    fn share(&mut self, field: &'static str, value: f64) {
        self.number(field, value, (0.0, 1.0), "a share from 0 to 1");
    }

    /// A day on which something is complete, which cannot be before it begins.
    fn in_order(&mut self, field: &'static str, from: Date, until: Date, allowed: &'static str) {
        self.holds(field, until >= from, until, allowed);
    }

    fn holds(&mut self, field: &'static str, is_right: bool, value: impl ToString, allowed: &'static str) {
        if !is_right {
            self.problems.push(LeverError { lever: self.lever, field, value: value.to_string(), allowed });
        }
    }
}
