//! An ambulance service: calls in categories, crews on duty, response, scene, hospital and handover.
//!
//! A crew is busy from dispatch until it is clear: travel, scene, travel to hospital, *waiting to
//! hand over*, handing over, making ready. Crews that wait outside hospitals are what couples this
//! service to the next. Several crews may go to one incident; the clock stops at the first. Those
//! that are not needed are stood down when it arrives; the others stay for a part of the time on
//! scene. A crew on its way to a less urgent call can be sent to a more urgent one.
//!
//! | file | holds |
//! |---|---|
//! | `config` | durations, shares and numbers |
//! | `dispatch` | which crew goes to which call: stack, diversion, further units, auxiliary crews |
//! | `travel` | how long it takes to get there |
//! | `desk` | clinicians who ring back callers in the stack |
//! | `roster` | crews and clinicians by hour of the week |

pub mod config;
pub mod desk;
pub mod dispatch;
#[cfg(test)]
mod exact;
pub mod roster;
mod travel;

pub use config::{AmbulanceConfig, whole_number};
pub use desk::{DeskConfig, ReviewOf};
pub use dispatch::{AmbulanceService, Auxiliary, Backup, Crew, Next, Sent};
pub use roster::DayCurve;

use super::PatientId;

/// How urgent a 999 call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Life-threatening.
    C1,
    /// Emergency.
    C2,
    /// Urgent.
    C3,
    /// Less urgent.
    C4,
    /// Responses without a category: health professionals' requests and transfers.
    Other,
}

impl Category {
    /// All categories, most urgent first.
    pub const ALL: [Self; 5] = [Self::C1, Self::C2, Self::C3, Self::C4, Self::Other];

    /// Position in [`Category::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Place in the order of dispatch; responses without a category go with C3.
    pub const fn dispatch_class(self) -> usize {
        match self {
            Self::C1 => 0,
            Self::C2 => 1,
            Self::C3 | Self::Other => 2,
            Self::C4 => 3,
        }
    }
}

/// What becomes of an incident once a crew is on scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken to an emergency department.
    ConveyedToEd,
    /// Taken somewhere else.
    ConveyedElsewhere,
    /// Treated and left at home.
    SeeAndTreat,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::random::{Distribution, Stream};
    use crate::units::{Span, Time};

    pub(crate) fn config(units: f64) -> AmbulanceConfig {
        let minutes = |mean| Distribution::constant(mean).unwrap();
        AmbulanceConfig {
            units_by_hour: vec![units; 168],
            absence_share: 0.0,
            mobilisation_minutes: minutes(0.0),
            travel_fixed_minutes: 4.0,
            travel_scale_minutes: 1.5,
            travel_least_idle_share: 0.04,
            travel_factor: [1.0; 5],
            travel_spread: minutes(1.0),
            further_units: [0.0; 5],
            spare_units: [0.0; 5],
            further_unit_stays_share: 0.5,
            further_unit_wanted_for: Span::from_minutes(30.0),
            on_scene_conveyed_minutes: minutes(30.0),
            on_scene_treated_minutes: minutes(45.0),
            to_hospital_minutes: minutes(15.0),
            handover_process_minutes: minutes(13.0),
            make_ready_minutes: minutes(15.0),
            conveyed_to_ed_share: 0.5,
            conveyed_elsewhere_share: 0.1,
            reserve_share: 0.0,
            escalates_after_minutes: 90.0,
            divertible_share: 1.0,
            nearer_crew_share: 0.0,
            ring_back_per_hour: 0.5,
            desk: desk::tests::config(2.0),
        }
    }

    pub(crate) fn service(config: AmbulanceConfig) -> AmbulanceService {
        AmbulanceService::new(config, 0)
    }

    pub(crate) fn ask(service: &mut AmbulanceService, patient: u32, category: Category) -> Sent {
        let mut dice = Stream::of_seed(9).person(patient.into()).dice(0);
        service.request(PatientId(patient), category, &mut dice, Time::ZERO)
    }

    #[test]
    fn outcomes_follow_their_shares() {
        let service = service(config(1.0));
        let count =
            |wanted| (0..1000).filter(|i| service.outcome((f64::from(*i) + 0.5) / 1000.0) == wanted).count();
        assert_eq!(
            (count(Outcome::ConveyedToEd), count(Outcome::ConveyedElsewhere), count(Outcome::SeeAndTreat)),
            (500, 100, 400)
        );
    }
}
