//! A care system's discharge services: four pathways out of hospital, three of them with finite
//! capacity shared by all its hospitals.
//!
//! | pathway | goes | needs |
//! |---|---|---|
//! | 0 | home without new support | medicines, transport, paperwork |
//! | 1 | home with support | visits, many at first and fewer later |
//! | 2 | a bed for rehabilitation or recovery | a community bed, and for some pathway 1 or 3 after it |
//! | 3 | a care home | a placement until it becomes long-term and is paid for otherwise |
//!
//! (Hospital discharge and community support guidance, DHSC, 2022.) A patient on pathways 1 to 3
//! first waits for the arrangements, then for capacity, and keeps the hospital bed until then.

mod visits;

pub use visits::VisitTaper;

use super::PatientId;
use crate::engine::{Place, Pool, Request, Start};
use crate::random::Distribution;
use crate::units::Time;

/// A way out of hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pathway {
    /// Home without new support.
    P0,
    /// Home with a care package.
    P1,
    /// A community bed.
    P2,
    /// A care-home placement.
    P3,
}

impl Pathway {
    /// The pathways that need capacity outside the hospital.
    pub const SUPPORTED: [Self; 3] = [Self::P1, Self::P2, Self::P3];
    /// Position of home care among them; its capacity is visits a day.
    pub const HOME_CARE: usize = 0;
    /// Position of community beds among them.
    pub const COMMUNITY_BED: usize = 1;

    /// Position among [`Pathway::SUPPORTED`]; `None` for pathway 0.
    pub const fn supported_index(self) -> Option<usize> {
        match self {
            Self::P0 => None,
            Self::P1 => Some(0),
            Self::P2 => Some(1),
            Self::P3 => Some(2),
        }
    }

    /// The pathway for a uniform draw, given the shares of pathways 1, 2 and 3 (0 has the rest). The
    /// most supported come first, so that a smaller share of one moves nobody between the others.
    pub fn from_draw(uniform: f64, shares: [f64; 3]) -> Self {
        let [p1, p2, p3] = shares;
        match uniform {
            u if u < p3 => Self::P3,
            u if u < p3 + p2 => Self::P2,
            u if u < p3 + p2 + p1 => Self::P1,
            _ => Self::P0,
        }
    }
}

/// Capacities and durations of one care system, by pathway 1 to 3.
#[derive(Clone, Debug)]
pub struct DischargeConfig {
    /// Visits a day, community beds and placements that can be filled at once -- set by the pack.
    pub places: [u32; 3],
    /// How visits fall over a package of home care -- set by the pack.
    pub taper: VisitTaper,
    /// How long one patient has a package, a bed, a placement \[d\] -- drawn.
    pub days_in_place: [Distribution; 3],
    /// From being found ready until all is arranged but the place \[d\] -- drawn.
    pub arranging_days: [Distribution; 3],
    /// How long a patient waits for a place before family, another service or a place outside the
    /// system is found instead \[d\] -- drawn.
    pub found_elsewhere_days: [Distribution; 3],
    /// Shares of patients in community beds who go on to pathways 1 and 3; the others go home without
    /// new support \[0-1\] -- set by the pack.
    pub onward_shares: [f64; 2],
}

impl DischargeConfig {
    /// Where a patient in a community bed with this uniform draw goes on to.
    pub fn onward(&self, uniform: f64) -> Pathway {
        let [home_care, care_home] = self.onward_shares;
        Pathway::from_draw(uniform, [home_care, 0.0, care_home])
    }
}

/// Places at work.
#[derive(Clone, Debug)]
pub struct DischargeServices {
    config: DischargeConfig,
    places: [Pool<PatientId>; 3],
    added: [f64; 3],
    added_visits: f64,
}

impl DischargeServices {
    /// Services with every place free.
    pub fn new(config: DischargeConfig) -> Self {
        let mut places = config.places.map(|places| Pool::new(places, 1));
        // home care starts only when all visits of its first day can be made
        places[Pathway::HOME_CARE].hold_back(0, config.taper.first() - 1);
        Self { config, places, added: [0.0; 3], added_visits: 0.0 }
    }

    /// The configuration.
    pub fn config(&self) -> &DischargeConfig {
        &self.config
    }

    /// Sets the places added to those of the configuration, in total; on pathway 1, packages with their
    /// mean visits. Call [`DischargeServices::next_place`] afterwards.
    pub fn set_added(&mut self, pathway: usize, places: f64, now: Time) {
        if let Some(added) = self.added.get_mut(pathway) {
            *added = places;
            self.open(pathway, now);
        }
    }

    /// Sets the visits a day added to those of the configuration, in total. Call
    /// [`DischargeServices::next_place`] afterwards.
    pub fn set_added_visits(&mut self, visits: f64, now: Time) {
        self.added_visits = visits;
        self.open(Pathway::HOME_CARE, now);
    }

    fn open(&mut self, pathway: usize, now: Time) {
        let is_home_care = pathway == Pathway::HOME_CARE;
        let units = if is_home_care { self.config.taper.mean() } else { 1.0 };
        let visits = if is_home_care { self.added_visits } else { 0.0 };
        let places = f64::from(self.config.places[pathway]) + self.added[pathway] * units + visits;
        self.places[pathway].set_capacity(places.round().max(0.0) as u32, now);
    }

    // a unit is taken; home care takes the other visits of its first day with it
    fn take_rest(&mut self, pathway: usize, now: Time) {
        if pathway == Pathway::HOME_CARE {
            for _ in 1..self.config.taper.first() {
                self.places[pathway].try_take(now);
            }
        }
    }

    /// Asks for a place on the supported pathway with this index.
    pub fn request(&mut self, patient: PatientId, pathway: usize, now: Time) -> Request {
        let pathway = pathway.min(2);
        let request = self.places[pathway].request(patient, 0, now);
        if request == Request::Started {
            self.take_rest(pathway, now);
        }
        request
    }

    /// Takes a place, or a single visit, for somebody who does not come from a simulated hospital bed.
    pub fn try_take(&mut self, pathway: usize, now: Time) -> bool {
        self.places[pathway.min(2)].try_take(now)
    }

    /// Something else was found; `false` if the patient no longer waits.
    pub fn leave_queue(&mut self, pathway: usize, place: Place, now: Time) -> bool {
        self.places[pathway.min(2)].withdraw(place, now).is_some()
    }

    /// A place, or a single visit, falls free. Call [`DischargeServices::next_place`] afterwards.
    pub fn free(&mut self, pathway: usize, now: Time) {
        self.places[pathway.min(2)].release(now);
    }

    /// The next patient who gets a place.
    pub fn next_place(&mut self, pathway: usize, now: Time) -> Option<Start<PatientId>> {
        let pathway = pathway.min(2);
        let start = self.places[pathway].start_next(now)?;
        self.take_rest(pathway, now);
        Some(start)
    }

    /// The places of a supported pathway; visits on pathway 1.
    pub fn places(&self, pathway: usize) -> &Pool<PatientId> {
        &self.places[pathway.min(2)]
    }
}

/// Places such that, in the fluid limit, a mean wait of `wait_days` for a place remains.
///
/// Of `referrals_per_day`, each waits until a place or something else is found, the latter at the
/// rate `1 / found_elsewhere_days`. With a queue of `referrals x wait` patients,
/// `places / days_in_place + referrals x wait / found_elsewhere = referrals` (overloaded
/// many-server queue with abandonment; Whitt 2004, *Efficiency-driven heavy-traffic approximations
/// for many-server queues with abandonments*).
pub fn places_for_wait(
    referrals_per_day: f64,
    days_in_place: f64,
    found_elsewhere_days: f64,
    wait_days: f64,
) -> f64 {
    let served_share = 1.0 - (wait_days / found_elsewhere_days).clamp(0.0, 0.95);
    referrals_per_day * days_in_place * served_share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_for_a_wait_follow_the_fluid_limit() {
        // 100 a day, four weeks each: 2,800 places would leave no wait, 2,520 leave one day
        assert_eq!(places_for_wait(100.0, 28.0, 10.0, 1.0).round(), 2520.0);
    }

    #[test]
    fn pathways_follow_their_shares_and_nested_draws() {
        let shares = [0.2, 0.06, 0.04];
        let count = |wanted| {
            (0..1000).filter(|i| Pathway::from_draw((f64::from(*i) + 0.5) / 1000.0, shares) == wanted).count()
        };
        assert_eq!([Pathway::P0, Pathway::P1, Pathway::P2, Pathway::P3].map(count), [700, 200, 60, 40]);
    }

    fn services(places: [u32; 3]) -> DischargeServices {
        let days = |value| Distribution::constant(value).unwrap();
        DischargeServices::new(DischargeConfig {
            places,
            taper: VisitTaper::new(4, 1),
            days_in_place: [days(28.0); 3],
            arranging_days: [days(1.0); 3],
            found_elsewhere_days: [days(10.0); 3],
            onward_shares: [0.3, 0.1],
        })
    }

    #[test]
    fn added_places_serve_the_queue() {
        let mut services = services([0; 3]);
        let now = Time::ZERO;
        assert!(matches!(services.request(PatientId(1), 1, now), Request::Queued(_)));
        services.set_added(1, 1.0, now);
        assert_eq!(services.next_place(1, now).map(|start| start.job), Some(PatientId(1)));
    }

    #[test]
    fn home_care_starts_when_all_visits_of_the_first_day_can_be_made() {
        let mut services = services([7, 0, 0]);
        let now = Time::ZERO;
        assert_eq!(services.request(PatientId(1), 0, now), Request::Started);
        assert!(matches!(services.request(PatientId(2), 0, now), Request::Queued(_)));
        assert_eq!((services.places(0).busy(), services.next_place(0, now)), (4, None));
        services.free(0, now); // the first patient needs three visits from now on
        assert_eq!(services.next_place(0, now).map(|start| start.job), Some(PatientId(2)));
        assert_eq!(services.places(0).busy(), 7);
        services.set_added(0, 2.0, now); // two packages of 2.5 visits on average
        services.set_added_visits(3.0, now);
        assert_eq!(services.places(0).capacity(), 15);
    }

    #[test]
    fn community_beds_lead_on() {
        let config = services([0; 3]).config;
        let onward = [0.05, 0.2, 0.5].map(|uniform| config.onward(uniform));
        assert_eq!(onward, [Pathway::P3, Pathway::P1, Pathway::P0]);
    }
}
