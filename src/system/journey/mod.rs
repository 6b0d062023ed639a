//! The way between services, from the 999 call to the discharge lounge, from top to bottom.
//!
//! ```text
//! call -> crew -> scene -> hospital -> handover -> cubicle -> clinician -> tests -> decision
//!                    |      or another    ^  \                                      |   |
//!                  home        walk in ---+   same-day care -> home               home  bed request (keeps the cubicle)
//!                                 |                                                     |
//!                      urgent treatment centre -> home                                  |
//!                                                                                       |
//! elective list -> bed request ----------> bed <--- direct admission --------------------+
//!                                           |            (medical or surgical, ring-fence, or virtual ward)
//!            home <- pathway 0 <- ready to leave -> pathway 1, 2, 3 -> place outside hospital
//!              |                   (keeps the bed until gone)       | 2: community bed -> home, 1 or 3
//!              +--> readmitted within 30 days -> bed request
//! ```
//!
//! What is held: a crew until handover and making ready; a cubicle until the move to the ward; a bed
//! until the patient has left and it has been cleaned; a place outside hospital for weeks.

mod ambulance;
mod department;
mod discharge;
mod elective;
mod handover;
mod streams;
mod wards;

use crate::care::ward::BedRequest;
use crate::engine::Model;
use crate::random::{Dice, Distribution};
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::units::Span;

impl Model for HealthSystem {
    type Event = Event;

    /// Reads the row of the patient, who may have waited for hours.
    #[inline(always)]
    fn foresee(&self, next: Event) {
        if let Some(patient) = next.patient() {
            std::hint::black_box(self.patients.rows().get(patient.0 as usize).map(|row| row.stage));
        }
    }

    #[inline]
    fn handle(&mut self, event: Event, agenda: &mut Agenda) {
        match event {
            Event::Incident { area, category } => self.incident(area, category, agenda),
            Event::CallCancelled(patient, stamp) => self.call_cancelled(patient, stamp, agenda),
            Event::CallEscalated(patient, stamp) => self.call_escalated(patient, stamp),
            Event::CallBackDue(patient, stamp) => self.call_back_due(patient, stamp, agenda),
            Event::CallReviewed { area, position } => self.call_reviewed(area, position, agenda),
            Event::AtScene(patient, stamp) => self.at_scene(patient, stamp, agenda),
            Event::AtHospital(patient) => self.at_hospital(patient, agenda),
            Event::HandoverOverdue(patient, stamp) => self.handover_overdue(patient, stamp, agenda),
            Event::UrgentTreatment { hospital } => self.comes_to_urgent_treatment(hospital, agenda),
            Event::UrgentTreatmentOver(patient) => self.urgent_treatment_over(patient, agenda),
            Event::SameDayOver(patient) => self.same_day_over(patient),
            Event::CrewClear { area, crew } => self.crew_clear(area, crew, agenda),
            Event::WalkIn { hospital } => self.walk_in(hospital, agenda),
            Event::InCubicle(patient) => self.ask_for_clinician(patient, agenda),
            Event::LosesPatience(patient, stamp) => self.loses_patience(patient, stamp, agenda),
            Event::Seen(patient) => self.seen(patient, agenda),
            Event::Tested(patient) => self.tested(patient, agenda),
            Event::Decided(patient) => self.decided(patient, agenda),
            Event::DirectAdmission { hospital, is_child } => {
                self.direct_admission(hospital, is_child, agenda)
            }
            Event::OnWard(patient) => self.on_ward(patient, agenda),
            Event::CriticalCareOver(patient) => {
                let kind = self.own_ward(patient);
                self.request_bed(patient, kind, BedRequest::StepDown, agenda);
            }
            Event::VirtualWardReview(patient, stamp) => self.virtual_ward_review(patient, stamp, agenda),
            Event::VirtualWardOver(patient) => self.virtual_ward_over(patient, agenda),
            Event::FoundReady(patient, stamp) => self.found_ready(patient, stamp, agenda),
            Event::Arranged(patient) => self.arranged(patient, agenda),
            Event::FoundElsewhere(patient, stamp) => self.found_elsewhere(patient, stamp, agenda),
            Event::LeavesBed(patient) => self.leaves_bed(patient, agenda),
            Event::MovesOn(patient) => self.moves_on(patient, agenda),
            Event::Readmitted(patient) => self.readmitted(patient, agenda),
            Event::EscalationBedsStaffed { hospital } => self.escalation_beds_staffed(hospital, agenda),
            Event::BedReady { hospital, kind } => {
                self.hospitals[usize::from(hospital)].wards.bed_ready(kind, agenda.now());
                self.give_beds(hospital, kind, agenda);
            }
            Event::PlaceFree { care_system, pathway } => {
                self.care_systems[usize::from(care_system)].free(pathway.into(), agenda.now());
                self.give_places(care_system, pathway, agenda);
            }
            Event::ElectiveMorning => self.elective_morning(agenda),
            Event::ElectiveEvening => self.elective_evening(agenda),
            Event::Hour => self.hour(agenda),
            Event::BedCensus => self.bed_census(agenda),
            Event::ReadyCensus => self.ready_census(agenda),
            Event::Month => self.month_begins(agenda),
            Event::Change(position) => self.change(position, agenda),
        }
    }
}

/// Patience, of which nothing is known but a mean.
fn exponential(mean: f64, mut dice: Dice) -> f64 {
    -dice.uniform().ln() * mean
}

fn minutes(law: &Distribution, dice: &mut Dice) -> Span {
    Span::from_minutes(law.sample(dice))
}
