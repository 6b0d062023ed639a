//! The hear-and-treat desk: clinicians who ring back callers whose call waits in the stack.
//!
//! A call that has waited for a while is rung back by the first clinician who is free. The review
//! takes time, in which the call keeps its place in the stack; at its end some calls are closed by
//! phone. The longer calls wait, the more of them live to be rung back: the share closed rises with
//! waits by itself, up to what the clinicians can do.

use super::roster::whole_in_shift;
use super::{Category, PatientId};
use crate::engine::{Pool, Request};
use crate::random::Distribution;
use crate::units::{Span, Time};

/// Numbers of a hear-and-treat desk.
#[derive(Clone, Debug)]
pub struct DeskConfig {
    /// Clinicians at the desk, mean \[clinicians\] -- set by the pack.
    pub clinicians: f64,
    /// Wait after which a call is due to be rung back -- set by the pack.
    pub rings_back_after: Span,
    /// Share of waiting calls that may be reviewed, by category \[0-1\] -- set by the pack.
    pub reviewed_share: [f64; 5],
    /// Share of reviewed calls that are closed by phone, by category \[0-1\] -- set by the pack.
    pub closed_share: [f64; 5],
    /// A review \[min\] -- drawn.
    pub review_minutes: Distribution,
}

/// A call that is to be reviewed: the patient and the stamp of the record.
pub type ReviewOf = (PatientId, u16);

/// Clinicians and the calls they are to ring back.
#[derive(Clone, Debug)]
pub struct HearAndTreatDesk {
    clinicians: Pool<ReviewOf>,
    // calls under review; an event addresses them by position
    reviews: Vec<Option<ReviewOf>>,
    added: f64,
    phase: f64,
}

impl HearAndTreatDesk {
    /// A desk with nobody at it yet.
    pub fn new() -> Self {
        Self { clinicians: Pool::new(0, 1), reviews: Vec::new(), added: 0.0, phase: 0.0 }
    }

    /// Clinicians of levers, in total, beyond those of the configuration; their shifts begin in this phase
    /// ([`super::roster::whole_in_shift`]).
    pub fn set_added(&mut self, clinicians: f64, phase: f64) {
        (self.added, self.phase) = (clinicians, phase);
    }

    /// Clinicians of the hour of the week come to the desk, the share `more` more than planned.
    pub fn change_shift(&mut self, config: &DeskConfig, hour_of_week: usize, more: f64, now: Time) {
        let at_desk = |mean: f64, phase| whole_in_shift(mean * (1.0 + more.max(0.0)), hour_of_week, phase);
        let planned = at_desk(config.clinicians + self.added.min(0.0), 0.0);
        self.clinicians.set_capacity(planned + at_desk(self.added, self.phase), now);
    }

    /// How often a clinician has turned to a call so far.
    pub fn services_started(&self) -> u64 {
        self.clinicians.started()
    }

    /// A call is due to be rung back; whether a clinician is free at once.
    pub fn ask(&mut self, call: ReviewOf, now: Time) -> bool {
        self.clinicians.request(call, 0, now) == Request::Started
    }

    /// A review begins; the position under which it ends.
    pub fn begin(&mut self, call: ReviewOf) -> u16 {
        let free = self.reviews.iter().position(Option::is_none).unwrap_or_else(|| {
            self.reviews.push(None);
            self.reviews.len() - 1
        });
        if let Some(place) = self.reviews.get_mut(free) {
            *place = Some(call);
        }
        free as u16
    }

    /// A review ends: of which call. Call [`HearAndTreatDesk::next`] afterwards.
    pub fn end(&mut self, position: u16, now: Time) -> Option<ReviewOf> {
        let call = self.reviews.get_mut(usize::from(position))?.take()?;
        self.clinicians.release(now);
        Some(call)
    }

    /// The next call that a clinician turns to; if it no longer waits, call
    /// [`HearAndTreatDesk::skip`].
    pub fn next(&mut self, now: Time) -> Option<ReviewOf> {
        self.clinicians.start_next(now).map(|start| start.job)
    }

    /// The clinician has found that the call no longer waits.
    pub fn skip(&mut self, now: Time) {
        self.clinicians.release(now);
    }
}

impl Default for HearAndTreatDesk {
    fn default() -> Self {
        Self::new()
    }
}

impl DeskConfig {
    /// Whether a waiting call may be reviewed, from a uniform draw.
    pub fn may_review(&self, category: Category, uniform: f64) -> bool {
        uniform < self.reviewed_share[category.index()]
    }

    /// Whether a reviewed call is closed by phone, from a uniform draw.
    pub fn closes(&self, category: Category, uniform: f64) -> bool {
        uniform < self.closed_share[category.index()]
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::engine::{Model, Schedule, Simulation};
    use crate::measure::Tally;
    use crate::random::{Dice, Stream};
    use crate::theory::Mmc;

    pub(crate) fn config(clinicians: f64) -> DeskConfig {
        DeskConfig {
            clinicians,
            rings_back_after: Span::from_minutes(30.0),
            reviewed_share: [0.0, 0.2, 1.0, 1.0, 0.0],
            closed_share: [0.0, 0.1, 0.25, 0.25, 0.0],
            review_minutes: Distribution::exponential(15.0).unwrap(),
        }
    }

    /// Calls come at random and all of them wait until they are reviewed.
    struct Office {
        desk: HearAndTreatDesk,
        config: DeskConfig,
        between: Distribution,
        dice: Dice,
        asked: Vec<Time>,
        waits: Tally,
    }

    #[derive(Clone, Copy)]
    enum Happens {
        Due,
        Over(u16),
    }

    impl Office {
        fn turn_to(&mut self, call: ReviewOf, agenda: &mut Schedule<Happens>) {
            self.waits.record(agenda.now().since(self.asked[call.0.0 as usize]).as_minutes());
            let position = self.desk.begin(call);
            let review = self.config.review_minutes.sample(&mut self.dice);
            agenda.after(Span::from_minutes(review), Happens::Over(position));
        }
    }

    impl Model for Office {
        type Event = Happens;
        fn handle(&mut self, event: Happens, agenda: &mut Schedule<Happens>) {
            let now = agenda.now();
            match event {
                Happens::Due => {
                    agenda.after(Span::from_minutes(self.between.sample(&mut self.dice)), Happens::Due);
                    self.asked.push(now);
                    let call = (PatientId((self.asked.len() - 1) as u32), 0);
                    if self.desk.ask(call, now) {
                        self.turn_to(call, agenda);
                    }
                }
                Happens::Over(position) => {
                    self.desk.end(position, now).expect("a review under way");
                    while let Some(call) = self.desk.next(now) {
                        self.turn_to(call, agenda);
                    }
                }
            }
        }
    }

    /// The desk alone is M/M/c: 40 runs of 400 h after 40 h, |t| below 3.3 with 39 degrees of freedom.
    #[test]
    fn waits_for_a_clinician_are_those_of_erlang_c() {
        let exact = Mmc::new(0.16, 15.0, 3).unwrap().mean_wait();
        let means: Vec<f64> = (0..40)
            .map(|run| {
                let office = Office {
                    desk: HearAndTreatDesk::new(),
                    config: config(3.0),
                    between: Distribution::exponential(1.0 / 0.16).unwrap(),
                    dice: Stream::of_seed(11).at(run).dice(),
                    asked: Vec::new(),
                    waits: Tally::new(),
                };
                let mut simulation = Simulation::of(office);
                let config = simulation.model.config.clone();
                simulation.model.desk.change_shift(&config, 0, 0.0, Time::ZERO);
                simulation.schedule.at(Time::ZERO, Happens::Due);
                simulation.run_until(Time::ZERO + Span::HOUR.times(40)).unwrap();
                simulation.model.waits = Tally::new();
                simulation.run_until(Time::ZERO + Span::HOUR.times(440)).unwrap();
                simulation.model.waits.mean().unwrap()
            })
            .collect();
        let mean = means.iter().sum::<f64>() / 40.0;
        let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 39.0;
        let t = (mean - exact) / (variance / 40.0).sqrt();
        assert!(t.abs() < 3.3, "{mean} against {exact}, t = {t}");
    }

    #[test]
    fn a_call_that_no_longer_waits_takes_no_time() {
        let mut desk = HearAndTreatDesk::new();
        desk.change_shift(&config(1.0), 0, 0.0, Time::ZERO);
        let (first, second, third) = ((PatientId(0), 0), (PatientId(1), 0), (PatientId(2), 0));
        assert!(desk.ask(first, Time::ZERO));
        let position = desk.begin(first);
        assert!(!desk.ask(second, Time::ZERO) && !desk.ask(third, Time::ZERO));
        assert_eq!(desk.end(position, Time::ZERO), Some(first));
        assert_eq!(desk.end(position, Time::ZERO), None);
        assert_eq!(desk.next(Time::ZERO), Some(second));
        desk.skip(Time::ZERO);
        assert_eq!(desk.next(Time::ZERO), Some(third));
    }
}
