//! An ambulance service: calls in categories, crews on duty, response, scene, hospital and handover.
//!
//! One crew answers one incident. A crew is busy from dispatch until it is clear: travel, scene,
//! travel to hospital, *waiting to hand over*, handing over, making ready. Crews that wait outside
//! hospitals are what couples this service to the next.

use super::PatientId;
use crate::engine::{Place, Pool, Request, Start};
use crate::random::{Dice, Distribution};
use crate::units::{Span, Time};

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
    const fn dispatch_class(self) -> usize {
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

/// Durations and shares of one ambulance service.
#[derive(Clone, Debug)]
pub struct AmbulanceConfig {
    /// Crews on duty in each hour of the week \[crews\] -- set by the pack.
    pub units_by_hour: Vec<u32>,
    /// From dispatch until the crew is moving \[min\] -- drawn.
    pub mobilisation_minutes: Distribution,
    /// Travel to scene with every crew idle: `a` in `a + b / sqrt(idle share)` \[min\] -- set by the pack.
    pub travel_fixed_minutes: f64,
    /// `b` in `a + b / sqrt(idle share)` \[min\] -- set by the pack.
    pub travel_scale_minutes: f64,
    /// Travel cannot grow longer than at this idle share \[0-1\] -- set by the pack.
    pub travel_least_idle_share: f64,
    /// Multiplies travel, by category -- set by the pack.
    pub travel_factor: [f64; 5],
    /// Spread of travel around its mean, mean 1 -- drawn.
    pub travel_spread: Distribution,
    /// On scene with a patient who is then conveyed \[min\] -- drawn.
    pub on_scene_conveyed_minutes: Distribution,
    /// On scene with a patient who stays at home \[min\] -- drawn.
    pub on_scene_treated_minutes: Distribution,
    /// From scene to hospital \[min\] -- drawn.
    pub to_hospital_minutes: Distribution,
    /// Handing over once there is a place for the patient \[min\] -- drawn.
    pub handover_process_minutes: Distribution,
    /// Making ready after the handover or on leaving the scene \[min\] -- drawn.
    pub make_ready_minutes: Distribution,
    /// Share of face-to-face incidents conveyed to an emergency department \[0-1\] -- set by the pack.
    pub conveyed_to_ed_share: f64,
    /// Share of face-to-face incidents conveyed elsewhere \[0-1\] -- set by the pack.
    pub conveyed_elsewhere_share: f64,
    /// Share of crews on duty kept free of calls less urgent than C1 \[0-1\] -- set by the pack.
    pub reserve_share: f64,
    /// Wait after which a call less urgent than C2 is answered like one -- set by the pack.
    pub escalates_after: Span,
}

/// Crews and the stack of calls waiting for one.
#[derive(Clone, Debug)]
pub struct AmbulanceService {
    config: AmbulanceConfig,
    units: Pool<PatientId>,
    waited: u128,
}

impl AmbulanceService {
    /// A service with its crews of the hour of the week `hour`, all idle.
    pub fn new(config: AmbulanceConfig, hour: usize) -> Self {
        let units = Pool::new(0, 4);
        let mut service = Self { config, units, waited: 0 };
        service.change_shift(hour, 0.0, Time::ZERO);
        service
    }

    /// Its configuration.
    pub fn config(&self) -> &AmbulanceConfig {
        &self.config
    }

    /// The crews.
    pub fn units(&self) -> &Pool<PatientId> {
        &self.units
    }

    /// Crews of this hour of the week come on duty, and a further `overtime` share stays on; those
    /// whose shift ends finish their job. Call [`AmbulanceService::next_dispatch`] afterwards.
    pub fn change_shift(&mut self, hour_of_week: usize, overtime: f64, now: Time) {
        let rostered = self.config.units_by_hour.get(hour_of_week).copied().unwrap_or(0);
        let on_duty = (f64::from(rostered) * (1.0 + overtime.max(0.0))).round() as u32;
        self.units.set_capacity(on_duty, now);
        let reserve = (f64::from(on_duty) * self.config.reserve_share).round() as u32;
        (1..4).for_each(|class| self.units.hold_back(class, reserve));
    }

    /// Asks for a crew.
    pub fn request(&mut self, patient: PatientId, category: Category, now: Time) -> Request {
        self.units.request(patient, category.dispatch_class(), now)
    }

    /// A crew is clear. Call [`AmbulanceService::next_dispatch`] afterwards.
    pub fn clear(&mut self, now: Time) {
        self.units.release(now);
    }

    /// The next call a crew can be sent to.
    pub fn next_dispatch(&mut self, now: Time) -> Option<Start<PatientId>> {
        let start = self.units.start_next(now)?;
        self.waited += u128::from(start.waited.as_millis());
        Some(start)
    }

    /// Puts a call that has waited long at the end of the line of C2 calls; `None` if it no longer
    /// waits.
    pub fn escalate(&mut self, place: Place) -> Option<Place> {
        self.units.change_class(place, Category::C2.dispatch_class())
    }

    /// Takes a call off the stack: it is closed without a crew. `false` if it no longer waits.
    pub fn close_waiting(&mut self, place: Place, now: Time) -> bool {
        let closed = self.units.withdraw(place, now);
        self.waited += closed.map_or(0, |start| u128::from(start.waited.as_millis()));
        closed.is_some()
    }

    /// Time spent in the stack by all calls that have left it \[ms\].
    pub fn waited(&self) -> u128 {
        self.waited
    }

    /// Calls waiting for each crew on duty.
    pub fn stack_per_unit(&self) -> f64 {
        self.units.queue().len() as f64 / f64::from(self.units.capacity().max(1))
    }

    /// From dispatch to arrival on scene.
    ///
    /// Square-root law (Kolesar and Blum 1973, *Square root laws for fire engine response
    /// distances*): the distance to the nearest of `n` idle units spread over an area `A` grows as
    /// `sqrt(A / n)`. With the area expressed by the fleet that serves it, travel is
    /// `a + b / sqrt(idle share)`.
    pub fn travel(&self, category: Category, dice: &mut Dice) -> Span {
        let config = &self.config;
        let on_duty = f64::from(self.units.capacity().max(1));
        let idle_share = f64::from(self.units.free() + 1) / on_duty;
        let idle_share = idle_share.min(1.0).max(config.travel_least_idle_share);
        let mean = config.travel_fixed_minutes + config.travel_scale_minutes / idle_share.sqrt();
        let factor = config.travel_factor[category.index()];
        let travel = mean * factor * config.travel_spread.sample(dice);
        Span::from_minutes(config.mobilisation_minutes.sample(dice) + travel)
    }

    /// What becomes of the patient, from a uniform draw.
    pub fn outcome(&self, uniform: f64) -> Outcome {
        if uniform < self.config.conveyed_to_ed_share {
            Outcome::ConveyedToEd
        } else if uniform < self.config.conveyed_to_ed_share + self.config.conveyed_elsewhere_share {
            Outcome::ConveyedElsewhere
        } else {
            Outcome::SeeAndTreat
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::random::Stream;

    pub(crate) fn config(units: u32) -> AmbulanceConfig {
        let minutes = |mean| Distribution::constant(mean).unwrap();
        AmbulanceConfig {
            units_by_hour: vec![units; 168],
            mobilisation_minutes: minutes(0.0),
            travel_fixed_minutes: 4.0,
            travel_scale_minutes: 1.5,
            travel_least_idle_share: 0.04,
            travel_factor: [1.0; 5],
            travel_spread: minutes(1.0),
            on_scene_conveyed_minutes: minutes(30.0),
            on_scene_treated_minutes: minutes(45.0),
            to_hospital_minutes: minutes(15.0),
            handover_process_minutes: minutes(13.0),
            make_ready_minutes: minutes(15.0),
            conveyed_to_ed_share: 0.5,
            conveyed_elsewhere_share: 0.1,
            reserve_share: 0.0,
            escalates_after: Span::from_minutes(90.0),
        }
    }

    #[test]
    fn fewer_idle_crews_travel_further() {
        let mut service = AmbulanceService::new(config(100), 0);
        let dice = || Stream::of_seed(1).dice();
        let all_idle = service.travel(Category::C1, &mut dice());
        (0..96).for_each(|i| {
            service.request(PatientId(i), Category::C2, Time::ZERO);
        });
        let few_idle = service.travel(Category::C1, &mut dice());
        assert_eq!(all_idle, Span::from_minutes(4.0 + 1.5));
        assert!((few_idle.as_minutes() - (4.0 + 1.5 / 0.05_f64.sqrt())).abs() < 1e-4);
    }

    #[test]
    fn reserved_crews_go_to_life_threatening_calls_only() {
        let mut service = AmbulanceService::new(AmbulanceConfig { reserve_share: 0.5, ..config(2) }, 0);
        let now = Time::ZERO;
        assert_eq!(service.request(PatientId(0), Category::C2, now), Request::Started);
        assert!(matches!(service.request(PatientId(1), Category::C2, now), Request::Queued(_)));
        assert_eq!(service.request(PatientId(2), Category::C1, now), Request::Started);
    }

    #[test]
    fn an_escalated_call_goes_before_those_of_its_own_category() {
        let mut service = AmbulanceService::new(config(1), 0);
        let now = Time::ZERO;
        service.request(PatientId(0), Category::C2, now);
        service.request(PatientId(1), Category::C3, now);
        let Request::Queued(place) = service.request(PatientId(2), Category::C3, now) else {
            panic!("the only crew is busy");
        };
        service.escalate(place);
        service.clear(now);
        assert_eq!(service.next_dispatch(now).map(|start| start.job), Some(PatientId(2)));
    }

    #[test]
    fn outcomes_follow_their_shares() {
        let service = AmbulanceService::new(config(1), 0);
        let count =
            |wanted| (0..1000).filter(|i| service.outcome((f64::from(*i) + 0.5) / 1000.0) == wanted).count();
        assert_eq!(
            (count(Outcome::ConveyedToEd), count(Outcome::ConveyedElsewhere), count(Outcome::SeeAndTreat)),
            (500, 100, 400)
        );
    }
}
