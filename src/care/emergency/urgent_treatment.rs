//! An urgent treatment centre (type 3): minor problems, first come first served, clinicians of its own.

use super::Roster;
use crate::care::PatientId;
use crate::engine::{Pool, Request, Start};
use crate::random::Distribution;
use crate::units::Time;

/// Staffing and durations of one centre.
#[derive(Clone, Debug)]
pub struct UrgentTreatmentConfig {
    /// Hours of the day between which people come \[h\] -- set by the pack.
    pub opens_hour: f64,
    /// The end of that \[h\].
    pub closes_hour: f64,
    /// Clinicians by hour of the week -- set by the pack.
    pub clinicians_by_hour: Vec<u32>,
    /// A clinician's time with a patient \[min\] -- drawn.
    pub clinician_minutes: Distribution,
    /// Tests and treatment after that, without the clinician \[min\] -- drawn.
    pub treatment_minutes: Distribution,
}

impl UrgentTreatmentConfig {
    /// No centre.
    pub const fn none() -> Self {
        Self {
            opens_hour: 0.0,
            closes_hour: 0.0,
            clinicians_by_hour: Vec::new(),
            clinician_minutes: Distribution::NOTHING,
            treatment_minutes: Distribution::NOTHING,
        }
    }
}

/// A centre at work.
#[derive(Clone, Debug)]
pub struct UrgentTreatment {
    config: UrgentTreatmentConfig,
    roster: Roster,
    clinicians: Pool<PatientId>,
}

impl UrgentTreatment {
    /// A centre with nobody in it.
    pub fn new(config: UrgentTreatmentConfig) -> Self {
        let roster = Roster::new(config.clinicians_by_hour.clone());
        Self { config, roster, clinicians: Pool::new(0, 1) }
    }

    /// Its configuration.
    pub const fn config(&self) -> &UrgentTreatmentConfig {
        &self.config
    }

    /// Whether people can come at this hour of the day.
    pub fn is_open(&self, hour_of_day: f64) -> bool {
        (self.config.opens_hour..self.config.closes_hour).contains(&hour_of_day)
    }

    /// Clinicians of this hour of the week come on duty. Call [`UrgentTreatment::next_seen`] afterwards.
    pub fn change_shift(&mut self, hour_of_week: usize, now: Time) {
        self.clinicians.set_capacity(self.roster.on_duty(hour_of_week), now);
    }

    /// Clinicians beyond the roster, mean over the week; they come with the next shift.
    pub fn add_clinicians(&mut self, mean: f64) {
        self.roster.add(mean);
    }

    /// Asks for a clinician.
    pub fn request(&mut self, patient: PatientId, now: Time) -> Request {
        self.clinicians.request(patient, 0, now)
    }

    /// A clinician has finished: who is the next to be seen?
    pub fn clinician_free(&mut self, now: Time) -> Option<Start<PatientId>> {
        self.clinicians.pass_on(now)
    }

    /// The next patient to be seen by a clinician who has come on duty.
    pub fn next_seen(&mut self, now: Time) -> Option<Start<PatientId>> {
        self.clinicians.start_next(now)
    }

    /// How often somebody has been seen so far.
    pub fn services_started(&self) -> u64 {
        self.clinicians.started()
    }

    /// Patients waiting or with a clinician.
    pub fn present(&self) -> u32 {
        self.clinicians.busy() + self.clinicians.queue().len() as u32
    }
}
