//! Same-day emergency care: a stream for patients who need a hospital for some hours and no bed for
//! the night.
//!
//! Who can be recognised on arrival is taken out of the cubicles while the service is open and has a
//! place. Such patients count as admitted and take no bed. Everybody else goes the usual way.

use crate::random::Distribution;

/// Size, hours and durations of same-day emergency care.
#[derive(Clone, Debug)]
pub struct SameDayConfig {
    /// Places -- set by the pack.
    pub places: u32,
    /// Hour of the day from which patients are taken \[h\] -- set by the pack.
    pub opens_hour: f64,
    /// Hour of the day from which no more are taken; those there stay until they are done \[h\].
    pub last_arrival_hour: f64,
    /// From arrival at the department to leaving it for the service \[min\] -- constant.
    pub streaming_minutes: f64,
    /// Time in the service \[min\] -- drawn.
    pub stay_minutes: Distribution,
}

impl SameDayConfig {
    /// No such service.
    pub const fn none() -> Self {
        Self {
            places: 0,
            opens_hour: 0.0,
            last_arrival_hour: 0.0,
            streaming_minutes: 0.0,
            stay_minutes: Distribution::NOTHING,
        }
    }

    /// Places by workload: patients a day, each for `stay_minutes`, in `open_hours` a day, used to
    /// `utilisation` (the rule of NHS capacity models: workload / (time open x utilisation)).
    pub fn places_for(per_day: f64, stay_minutes: f64, open_hours: f64, utilisation: f64) -> u32 {
        (per_day * stay_minutes / 60.0 / (open_hours * utilisation).max(1e-9)).ceil().max(0.0) as u32
    }
}

/// The service at work.
#[derive(Clone, Debug)]
pub struct SameDayCare {
    config: SameDayConfig,
    patients: u32,
}

impl SameDayCare {
    /// Nobody there yet.
    pub const fn new(config: SameDayConfig) -> Self {
        Self { config, patients: 0 }
    }

    /// Its configuration.
    pub const fn config(&self) -> &SameDayConfig {
        &self.config
    }

    /// Takes a patient who comes at this hour of the day, if it is open and has a place.
    pub fn try_take(&mut self, hour_of_day: f64) -> bool {
        let is_open = (self.config.opens_hour..self.config.last_arrival_hour).contains(&hour_of_day);
        let takes = is_open && self.patients < self.config.places;
        self.patients += u32::from(takes);
        takes
    }

    /// A patient goes home.
    pub fn leave(&mut self) {
        debug_assert!(self.patients > 0);
        self.patients = self.patients.saturating_sub(1);
    }

    /// Patients there.
    pub const fn patients(&self) -> u32 {
        self.patients
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_patients_while_open_and_not_full() {
        let config =
            SameDayConfig { places: 1, opens_hour: 8.0, last_arrival_hour: 18.0, ..SameDayConfig::none() };
        let mut service = SameDayCare::new(config);
        assert!(!service.try_take(7.9) && !service.try_take(18.0));
        assert!(service.try_take(8.0));
        assert!(!service.try_take(9.0));
        service.leave();
        assert!(service.try_take(17.9));
    }

    /// 42 patients a day x 4 h / (14 h x 0.5) = 24 places.
    #[test]
    fn places_follow_workload() {
        assert_eq!(SameDayConfig::places_for(42.0, 240.0, 14.0, 0.5), 24);
        assert_eq!(SameDayConfig::places_for(0.0, 240.0, 14.0, 0.5), 0);
    }
}
