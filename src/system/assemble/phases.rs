//! Which part of their stay patients in beds are in when a run begins.
//!
//! Little's law: of patients found in beds, the share in a phase is the mean days in it over the mean stay. Runs begin
//! at midnight, and nobody leaves at night. So whoever became well after yesterday's round, or was put off
//! to another day, is due on the round of the first day; whoever became free to go after yesterday's hour of
//! leaving is due to leave on the first day. Their number hangs on the weekday
//! ([`put_off_to`](crate::care::ward::DischargeWeek::put_off_to); a bank holiday just before is not thought of).
//! Until November 2026 these two were left out, and everybody else had longer to stay: ten thousand too few left
//! in the first ten days, and ambulances queued for a month.

use super::demand::Needs;
use super::discharge::delays;
use super::stays::days_until_well;
use super::wards::discharge_week;
use crate::care::discharge::Pathway;
use crate::system::health_system::HealthSystem;
use crate::system::pack::SystemPack;
use crate::units::Time;

const PATHWAYS: [Pathway; 4] = [Pathway::P0, Pathway::P1, Pathway::P2, Pathway::P3];

/// A part of a stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// In need of a bed.
    Unwell,
    /// Well, and due on the next ward round.
    AwaitingRound,
    /// Ready; what the way out needs is being arranged.
    Arranging(Pathway),
    /// Ready; in a queue for care outside hospital.
    Queueing(Pathway),
    /// Ready, and held up by nothing but the day and the hour.
    FreeToGo(Pathway),
}

impl Phase {
    /// The way out, that without support for those who are not ready.
    pub(super) fn pathway(self) -> Pathway {
        match self {
            Self::Unwell | Self::AwaitingRound => Pathway::P0,
            Self::Arranging(pathway) | Self::Queueing(pathway) | Self::FreeToGo(pathway) => pathway,
        }
    }
}

/// Mean days in each phase, of one trust at one midnight.
#[derive(Clone, Debug)]
pub(super) struct Phases {
    emergency: Vec<(Phase, f64)>,
    elective: Vec<(Phase, f64)>,
    /// Share of those on pathways 1 to 3 who leave with a place, and not with something found elsewhere.
    pub given_a_place: [f64; 3],
}

impl Phases {
    pub(super) fn of(
        pack: &SystemPack,
        needs: &Needs,
        trust: usize,
        system: &HealthSystem,
        hospital: usize,
    ) -> Self {
        let p = &pack.parameters().discharge;
        let hospital = &system.hospitals[hospital];
        let (wards, mix) = (hospital.wards.config(), &hospital.case_mix);
        let put_off = discharge_week(pack).put_off_to(system.calendar.weekday(Time::ZERO));
        let awaiting_round = 1.0 - wards.ward_round_hour / 24.0 + put_off;
        let free_to_go = 1.0 - wards.leaving_hour.mean() / 24.0 + put_off;

        let of_system = delays(pack, needs, pack.trusts()[trust].care_system.index());
        let pathways = [p.pathway_1_share.value, p.pathway_2_share.value, p.pathway_3_share.value];
        let without = (1.0 - pathways.iter().sum::<f64>()).max(0.0);
        let held_up_inside = |share: f64| {
            let share = share * p.process_delay_share.value;
            [
                (Phase::Arranging(Pathway::P0), share * mix.process_delay_days.mean()),
                (Phase::FreeToGo(Pathway::P0), share * free_to_go),
            ]
        };
        let unwell = days_until_well(pack, needs.trusts[trust].stay_days, of_system).max(0.1);
        let mut emergency = vec![(Phase::Unwell, unwell), (Phase::AwaitingRound, awaiting_round)];
        emergency.extend(held_up_inside(without));
        let mut given_a_place = [0.0; 3];
        if let Some(care_system) = hospital.care_system {
            let config = system.care_systems[usize::from(care_system)].config();
            for (i, share) in pathways.into_iter().enumerate() {
                let (pathway, queueing) =
                    (PATHWAYS[i + 1], p.capacity_share_of_delay.value * of_system.supported[i]);
                emergency.extend([
                    (Phase::Arranging(pathway), share * config.arranging_days[i].mean()),
                    (Phase::Queueing(pathway), share * queueing),
                    (Phase::FreeToGo(pathway), share * free_to_go),
                ]);
                // something is found at a constant rate while they queue
                let elsewhere = queueing / config.found_elsewhere_days[i].mean().max(1e-9);
                given_a_place[i] = (1.0 - elsewhere).clamp(0.05, 1.0);
            }
        }
        let mut elective =
            vec![(Phase::Unwell, wards.elective_stay_days.mean()), (Phase::AwaitingRound, awaiting_round)];
        elective.extend(held_up_inside(1.0));
        Self { emergency, elective, given_a_place }
    }

    /// The phase of an emergency patient, from a draw between 0 and 1.
    pub(super) fn of_emergency(&self, draw: f64) -> Phase {
        at(&self.emergency, draw)
    }

    /// The phase of a patient who came for an operation.
    pub(super) fn of_elective(&self, draw: f64) -> Phase {
        at(&self.elective, draw)
    }

    /// Share of emergency patients, and of those who came for an operation, who are ready and held up.
    #[cfg(test)]
    pub(super) fn held_up_share(&self) -> [f64; 2] {
        [&self.emergency, &self.elective].map(|phases| {
            let days = |of: &dyn Fn(Phase) -> bool| -> f64 {
                phases.iter().filter(|(phase, _)| of(*phase)).map(|(_, days)| days).sum()
            };
            days(&|phase| !matches!(phase, Phase::Unwell | Phase::AwaitingRound)) / days(&|_| true)
        })
    }
}

fn at(phases: &[(Phase, f64)], draw: f64) -> Phase {
    let mut left = draw * phases.iter().map(|(_, days)| days).sum::<f64>();
    let found = phases.iter().find(|(_, days)| {
        left -= days;
        left < 0.0
    });
    found.map_or(Phase::Unwell, |(phase, _)| *phase)
}
