//! Durations, shares and numbers of one ambulance service.

use super::desk::DeskConfig;
use crate::random::Distribution;
use crate::units::Span;

/// Durations, shares and numbers of one ambulance service.
#[derive(Clone, Debug)]
pub struct AmbulanceConfig {
    /// Crews rostered in each hour of the week, absence not yet taken off \[crews\] -- set by the pack.
    pub units_by_hour: Vec<f64>,
    /// Share of rostered crews that do not come because staff are absent \[0-1\] -- set by the pack.
    pub absence_share: f64,
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
    /// Units beyond the first that arrive on scene, mean by category \[units\] -- set by the pack.
    pub further_units: [f64; 5],
    /// Units sent as well that are stood down when the first arrives, mean by category, as long as
    /// enough are idle \[units\] -- set by the pack.
    pub spare_units: [f64; 5],
    /// How long a further unit stays, as a share of the time on scene \[0-1\] -- set by the pack.
    pub further_unit_stays_share: f64,
    /// After this long a further unit that could not be sent is no longer wanted -- set by the pack.
    pub further_unit_wanted_for: Span,
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
    /// Wait after which a call less urgent than C2 is found to have become as urgent, mean of an
    /// exponential law \[min\] -- set by the pack.
    pub escalates_after_minutes: f64,
    /// Share of crews on their way that could turn round to a more urgent call \[0-1\] -- set by the pack.
    pub divertible_share: f64,
    /// Share of calls less urgent than C1 for which somebody looks, when a crew falls free, whether it is nearer than
    /// the one on its way \[0-1\] -- set by the pack.
    pub nearer_crew_share: f64,
    /// Calls of waiting callers who ask where the crew is, for each hour waited \[calls/h\] -- set by the pack.
    pub ring_back_per_hour: f64,
    /// The hear-and-treat desk.
    pub desk: DeskConfig,
}

/// How many of something whose mean is `mean`, from a uniform draw: the whole part always, one more
/// with the rest as its probability.
#[inline]
pub fn whole_number(mean: f64, uniform: f64) -> u8 {
    let whole = mean.clamp(0.0, 200.0);
    whole as u8 + u8::from(uniform < whole.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_number_is_kept() {
        let total: u32 =
            (0..1000).map(|i| u32::from(whole_number(1.048, (f64::from(i) + 0.5) / 1000.0))).sum();
        assert_eq!(total, 1048);
        assert_eq!((whole_number(f64::NAN, 0.5), whole_number(-1.0, 0.0), whole_number(2.0, 0.0)), (0, 0, 2));
    }
}
