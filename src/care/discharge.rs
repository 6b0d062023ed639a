//! A care system's discharge services: four pathways out of hospital, three of them with finite
//! capacity shared by all its hospitals.
//!
//! | pathway | goes | needs |
//! |---|---|---|
//! | 0 | home without new support | medicines, transport, paperwork |
//! | 1 | home with support | a care package |
//! | 2 | a bed for rehabilitation or recovery | a community bed |
//! | 3 | a care home | a placement |
//!
//! (Hospital discharge and community support guidance, DHSC, 2022.) A patient on pathways 1 to 3
//! first waits for the arrangements, then for capacity, and keeps the hospital bed until then.

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
    /// Care packages, community beds and placements that can be filled at once -- set by the pack.
    pub places: [u32; 3],
    /// How long one patient fills a place \[d\] -- drawn.
    pub days_in_place: [Distribution; 3],
    /// From being found ready until all is arranged but the place \[d\] -- drawn.
    pub arranging_days: [Distribution; 3],
    /// How long a patient waits for a place before family, another service or a place outside the
    /// system is found instead \[d\] -- drawn.
    pub found_elsewhere_days: [Distribution; 3],
}

/// Places at work.
#[derive(Clone, Debug)]
pub struct DischargeServices {
    config: DischargeConfig,
    places: [Pool<PatientId>; 3],
    added: [f64; 3],
}

impl DischargeServices {
    /// Services with every place free.
    pub fn new(config: DischargeConfig) -> Self {
        let places = config.places.map(|places| Pool::new(places, 1));
        Self { config, places, added: [0.0; 3] }
    }

    /// The configuration.
    pub fn config(&self) -> &DischargeConfig {
        &self.config
    }

    /// Sets the places added to those of the configuration, in total. Call
    /// [`DischargeServices::next_place`] afterwards.
    pub fn set_added(&mut self, pathway: usize, places: f64, now: Time) {
        if let (Some(added), Some(pool)) = (self.added.get_mut(pathway), self.places.get_mut(pathway)) {
            *added = places;
            let base = f64::from(self.config.places[pathway]);
            pool.set_capacity((base + places).round().max(0.0) as u32, now);
        }
    }

    /// Asks for a place on the supported pathway with this index.
    pub fn request(&mut self, patient: PatientId, pathway: usize, now: Time) -> Request {
        self.places[pathway.min(2)].request(patient, 0, now)
    }

    /// Takes a place for somebody who does not come from a simulated hospital bed.
    pub fn try_take(&mut self, pathway: usize, now: Time) -> bool {
        self.places[pathway.min(2)].try_take(now)
    }

    /// Something else was found; `false` if the patient no longer waits.
    pub fn leave_queue(&mut self, pathway: usize, place: Place, now: Time) -> bool {
        self.places[pathway.min(2)].withdraw(place, now).is_some()
    }

    /// A place falls free. Call [`DischargeServices::next_place`] afterwards.
    pub fn free(&mut self, pathway: usize, now: Time) {
        self.places[pathway.min(2)].release(now);
    }

    /// The next patient who gets a place.
    pub fn next_place(&mut self, pathway: usize, now: Time) -> Option<Start<PatientId>> {
        self.places[pathway.min(2)].start_next(now)
    }

    /// The places of a supported pathway.
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
///
/// ```
/// use nhs_capacity::care::discharge::places_for_wait;
/// // 100 a day, four weeks each: 2,800 places would leave no wait, 2,520 leave one day
/// assert_eq!(places_for_wait(100.0, 28.0, 10.0, 1.0).round(), 2520.0);
/// ```
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
    fn pathways_follow_their_shares_and_nested_draws() {
        let shares = [0.2, 0.06, 0.04];
        let count = |wanted| {
            (0..1000).filter(|i| Pathway::from_draw((f64::from(*i) + 0.5) / 1000.0, shares) == wanted).count()
        };
        assert_eq!([Pathway::P0, Pathway::P1, Pathway::P2, Pathway::P3].map(count), [700, 200, 60, 40]);
    }

    #[test]
    fn added_places_serve_the_queue() {
        let days = |value| Distribution::constant(value).unwrap();
        let mut services = DischargeServices::new(DischargeConfig {
            places: [0, 0, 0],
            days_in_place: [days(28.0); 3],
            arranging_days: [days(1.0); 3],
            found_elsewhere_days: [days(10.0); 3],
        });
        let now = Time::ZERO;
        assert!(matches!(services.request(PatientId(1), 0, now), Request::Queued(_)));
        services.set_added(0, 1.0, now);
        assert_eq!(services.next_place(0, now).map(|start| start.job), Some(PatientId(1)));
    }
}
