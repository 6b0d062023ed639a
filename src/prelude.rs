//! What most programs need: `use nhs_capacity::prelude::*;`.

pub use crate::experiment::{Progress, Results, Study, StudyError};
pub use crate::policy::{
    AmbulanceStaffing, AuxiliaryAmbulances, Beds, DischargeFund, EdStaffing, FallsResponse, Halos,
    HearAndTreatDesk, IntelligentRouting, Lever, Spread, Staffing, UrgentTreatmentRedirection, VirtualWards,
};
pub use crate::scenario::{Scenario, our_plan_for_patients};
pub use crate::system::measures::Measure;
pub use crate::system::outcome::Area;
pub use crate::system::pack::{SystemPack, england};
pub use crate::system::pressure::{Switches, Valve};
pub use crate::units::date;
pub use crate::units::money::gbp;
