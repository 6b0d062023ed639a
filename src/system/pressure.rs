//! Pressure valves: what people and services do when queues grow.
//!
//! A saturated queue with fixed rates runs away; real services bend. Each valve is one named rule
//! with a switch. With all of them off the model is still correct, and explodes honestly.
//!
//! | valve | who bends | when |
//! |---|---|---|
//! | [`Valve::HearAndTreat`] | clinicians ring back callers and close calls by phone, more of them when the stack is long | calls wait |
//! | [`Valve::CancelCall`] | callers below C1 cancel and make their own way | the wait for a crew is long |
//! | [`Valve::CrewOvertime`] | crews stay on after their shift | the stack of calls is long |
//! | [`Valve::Divert`] | crews take patients to the least crowded hospital of the catchment | the nearest is very crowded |
//! | [`Valve::ReleaseToRespond`] | crews leave patients in corridor places | a handover takes long |
//! | [`Valve::StayAway`] | people with minor problems do not come | the department is crowded |
//! | [`Valve::LeaveUnseen`] | patients who will not be admitted leave before they are seen | the wait for a clinician is long |
//! | [`Valve::EscalationBeds`] | beds open beyond those planned | patients board |
//! | [`Valve::EarlierDischarge`] | stays are shortened at the margin | patients board |
//! | [`Valve::OutlyingInRingFence`] | emergencies take elective beds | patients board |
//! | [`Valve::OutlyingBetweenSpecialties`] | emergencies take beds of the other specialty, and stay longer | beds of their own are full |
//! | [`Valve::ElectiveCancellation`] | operations are cancelled | no bed by the evening |
//! | [`Valve::CareFoundElsewhere`] | patients find care that is not counted here (family, another area) | they queue for care outside hospital |
//!
//! Evidence and values are in the pack, `parameters.toml`, section `pressure`.

use crate::units::Span;

/// The valves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "described in the table of the module")]
pub enum Valve {
    HearAndTreat,
    CancelCall,
    CrewOvertime,
    Divert,
    ReleaseToRespond,
    StayAway,
    LeaveUnseen,
    EscalationBeds,
    EarlierDischarge,
    OutlyingInRingFence,
    OutlyingBetweenSpecialties,
    ElectiveCancellation,
    CareFoundElsewhere,
}

impl Valve {
    /// All valves.
    pub const ALL: [Self; 13] = [
        Self::HearAndTreat,
        Self::CancelCall,
        Self::CrewOvertime,
        Self::Divert,
        Self::ReleaseToRespond,
        Self::StayAway,
        Self::LeaveUnseen,
        Self::EscalationBeds,
        Self::EarlierDischarge,
        Self::OutlyingInRingFence,
        Self::OutlyingBetweenSpecialties,
        Self::ElectiveCancellation,
        Self::CareFoundElsewhere,
    ];

    /// Its name in study files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HearAndTreat => "hear_and_treat",
            Self::CancelCall => "cancel_call",
            Self::CrewOvertime => "crew_overtime",
            Self::Divert => "divert",
            Self::ReleaseToRespond => "release_to_respond",
            Self::StayAway => "stay_away",
            Self::LeaveUnseen => "leave_unseen",
            Self::EscalationBeds => "escalation_beds",
            Self::EarlierDischarge => "earlier_discharge",
            Self::OutlyingInRingFence => "outlying_in_ring_fence",
            Self::OutlyingBetweenSpecialties => "outlying_between_specialties",
            Self::ElectiveCancellation => "elective_cancellation",
            Self::CareFoundElsewhere => "care_found_elsewhere",
        }
    }
}

/// Which valves work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches(u16);

impl Default for Switches {
    fn default() -> Self {
        Self::all_on()
    }
}

impl Switches {
    /// Every valve works.
    pub const fn all_on() -> Self {
        Self(u16::MAX)
    }

    /// No valve works: queues grow as long as they must.
    pub const fn all_off() -> Self {
        Self(0)
    }

    /// The same with one valve off.
    #[must_use]
    pub const fn without(self, valve: Valve) -> Self {
        Self(self.0 & !(1 << valve as u8))
    }

    /// The same with one valve on.
    #[must_use]
    pub const fn with(self, valve: Valve) -> Self {
        Self(self.0 | 1 << valve as u8)
    }

    /// The valves that do not work.
    pub fn off(self) -> impl Iterator<Item = Valve> {
        Valve::ALL.into_iter().filter(move |&valve| !self.is_on(valve))
    }

    /// Whether a valve works.
    #[inline]
    pub const fn is_on(self, valve: Valve) -> bool {
        self.0 & (1 << valve as u8) != 0
    }
}

/// A response that begins at a threshold and grows in proportion up to a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// Pressure at which it begins.
    pub from: f64,
    /// Pressure at which it reaches its limit.
    pub full_at: f64,
    /// The limit.
    pub most: f64,
}

impl Response {
    /// The response to a pressure.
    #[inline]
    pub fn to(self, pressure: f64) -> f64 {
        let width = (self.full_at - self.from).max(1e-9);
        self.most * ((pressure - self.from) / width).clamp(0.0, 1.0)
    }
}

/// The rules of the valves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pressure {
    /// Which work.
    pub switches: Switches,
    /// Extra share of clinicians at the hear-and-treat desk; pressure is waiting calls per crew on duty.
    pub hear_and_treat: Response,
    /// Mean time for which callers wait before they cancel: C2, and less urgent \[h\].
    pub cancel_call_hours: [f64; 2],
    /// Extra share of crews on duty; pressure as above.
    pub crew_overtime: Response,
    /// Patients waiting for each cubicle from which crews go elsewhere.
    pub divert_from: f64,
    /// Greatest extra travel of a divert \[min\].
    pub divert_limit_minutes: f64,
    /// How long a crew waits before the patient may be put into a corridor place.
    pub release_to_respond_after: Span,
    /// Share of the crews of a dispatch area at hospital doors from which on overdue crews leave their patients though the
    /// corridor is full.
    pub rapid_release_from: f64,
    /// Share of people with minor problems who stay away; pressure is patients waiting for a
    /// clinician per clinician on duty.
    pub stay_away: Response,
    /// Share of walk-in patients who will leave if they wait too long, of those who will not be admitted.
    pub impatient_share: f64,
    /// Mean time for which those are willing to wait \[min\].
    pub patience_minutes: f64,
    /// Extra adult beds as a share of those open; pressure is boarders per open adult bed.
    pub escalation_beds: Response,
    /// From the decision to open escalation beds until staff for them are there.
    pub escalation_delay: Span,
    /// Share of beds beyond those they are there for that staff on duty can cover.
    pub escalation_staff_most: f64,
    /// Share by which the part of emergency stays that begin now beyond a short stay is shortened;
    /// pressure as above.
    pub earlier_discharge: Response,
    /// Boarders per open adult bed from which emergencies take ring-fenced beds.
    pub outlying_from: f64,
    /// Boarders per open adult bed from which emergencies take beds of the other specialty.
    pub outlying_between_from: f64,
}

impl Pressure {
    /// The response of a valve to a pressure; zero if it is switched off.
    #[inline]
    pub fn response(&self, valve: Valve, rule: Response, pressure: f64) -> f64 {
        if self.switches.is_on(valve) { rule.to(pressure) } else { 0.0 }
    }

    /// Escalation beds wanted, as a share of those open, that staff can also cover.
    pub fn escalation_share(&self, boarders_per_bed: f64) -> f64 {
        let wanted = self.response(Valve::EscalationBeds, self.escalation_beds, boarders_per_bed);
        wanted.min(self.escalation_staff_most)
    }

    /// Whether emergencies take elective beds.
    pub fn outlies_in_ring_fence(&self, boarders_per_bed: f64) -> bool {
        self.switches.is_on(Valve::OutlyingInRingFence) && boarders_per_bed >= self.outlying_from
    }

    /// Whether emergencies take beds of the other specialty.
    pub fn outlies_between_specialties(&self, boarders_per_bed: f64) -> bool {
        self.switches.is_on(Valve::OutlyingBetweenSpecialties)
            && boarders_per_bed >= self.outlying_between_from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_grows_from_its_threshold_to_its_limit() {
        let rule = Response { from: 1.0, full_at: 3.0, most: 0.2 };
        assert_eq!([0.0, 1.0, 2.0, 3.0, 99.0].map(|pressure| rule.to(pressure)), [0.0, 0.0, 0.1, 0.2, 0.2]);
        assert_eq!(rule.to(f64::INFINITY), 0.2);
    }

    #[test]
    fn each_valve_has_its_own_switch() {
        for valve in Valve::ALL {
            let others = Switches::all_on().without(valve);
            assert!(!others.is_on(valve));
            assert_eq!(Valve::ALL.iter().filter(|&&other| others.is_on(other)).count(), Valve::ALL.len() - 1);
            assert!(Switches::all_off().with(valve).is_on(valve));
        }
    }
}
