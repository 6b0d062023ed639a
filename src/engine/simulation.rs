//! The simulation loop.

use super::event_list::{EventList, Ticket, Turn};
use crate::units::{Span, Time};

/// A system that changes at events.
pub trait Model {
    /// What can happen. Small and `Copy`: it is stored by value.
    type Event: Copy;

    /// Reacts to an event at `schedule.now()` and schedules what follows from it.
    fn handle(&mut self, event: Self::Event, schedule: &mut Schedule<Self::Event>);
}

/// The clock and what is going to happen.
#[derive(Clone, Debug, Default)]
pub struct Schedule<E: Copy> {
    now: Time,
    list: EventList<E>,
}

impl<E: Copy> Schedule<E> {
    /// The current time.
    #[inline]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Schedules `event` at `time`; at once if that is in the past.
    #[inline]
    pub fn at(&mut self, time: Time, event: E) {
        self.in_turn(time, Turn::default(), event);
    }

    /// Schedules `event` after `span`.
    #[inline]
    pub fn after(&mut self, span: Span, event: E) {
        self.in_turn(self.now + span, Turn::default(), event);
    }

    /// Schedules `event` at `time` (at once if that is in the past), in its turn among the events
    /// of that instant.
    #[inline]
    pub fn in_turn(&mut self, time: Time, turn: Turn, event: E) {
        self.list.push(time.max(self.now), turn, event);
    }

    /// Schedules `event` as [`Schedule::in_turn`] does, so that it can be cancelled: patience that no
    /// longer matters, service that is interrupted.
    #[inline]
    pub fn cancellable(&mut self, time: Time, turn: Turn, event: E) -> Ticket {
        self.list.push_cancellable(time.max(self.now), turn, event)
    }

    /// Cancels an event before it happens; `None` if it has happened or was cancelled already.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        self.list.cancel(ticket)
    }

    /// Number of events waiting to happen.
    pub fn pending(&self) -> usize {
        self.list.len()
    }
}

/// Bounds on a run, so that a faulty model stops with a reason instead of running for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most events in the whole run.
    pub events: u64,
    /// Most events at one instant.
    pub events_at_one_instant: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { events: u64::MAX, events_at_one_instant: 10_000_000 }
    }
}

/// Why a run stopped before its end. What was simulated up to then is intact and can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Stopped {
    /// The limit on events was reached.
    #[error("stopped after {events} events at {at:?}: the limit on events was reached")]
    EventLimit {
        /// Events handled.
        events: u64,
        /// The clock.
        at: Time,
    },
    /// Events follow each other without the clock moving.
    #[error("no progress: {events} events at one instant, {at:?}; an event with zero delay repeats itself")]
    NoProgress {
        /// Events handled at that instant.
        events: u64,
        /// The instant.
        at: Time,
    },
}

/// A model, its schedule and the loop that joins them.
#[derive(Clone, Debug)]
pub struct Simulation<M: Model> {
    /// The system.
    pub model: M,
    /// The clock and the future.
    pub schedule: Schedule<M::Event>,
    limits: Limits,
    events: u64,
}

impl<M: Model> Simulation<M> {
    /// A simulation at time zero with nothing scheduled.
    pub fn of(model: M) -> Self {
        let schedule = Schedule { now: Time::ZERO, list: EventList::new() };
        Self { model, schedule, limits: Limits::default(), events: 0 }
    }

    /// The same with events more than about `width` ahead kept aside in buckets of that width: faster
    /// where most of many events are far ahead, and the same in every result. Call it before
    /// anything is scheduled.
    #[must_use]
    pub fn with_far_future(mut self, width: Span) -> Self {
        if self.schedule.list.is_empty() {
            self.schedule.list = EventList::with_far_future(width);
        }
        self
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Events handled so far.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Handles every event strictly before `end`, then moves the clock to `end`, so that a run can
    /// be continued, or copied and continued in several ways. Events at `end` itself belong to the
    /// continuation. Running out of events is not an error: the clock still moves to `end`.
    ///
    /// # Errors
    /// If a limit is reached; the model can still be read, and the run can go on with other limits.
    pub fn run_until(&mut self, end: Time) -> Result<(), Stopped> {
        let mut at_this_instant = 0;
        loop {
            let is_at_a_limit =
                at_this_instant >= self.limits.events_at_one_instant || self.events >= self.limits.events;
            if is_at_a_limit {
                self.may_go_on(at_this_instant, end)?;
            }
            let Some((time, event)) = self.schedule.list.pop_before(end) else { break };
            at_this_instant = if time == self.schedule.now { at_this_instant + 1 } else { 0 };
            self.schedule.now = time;
            self.events += 1;
            self.model.handle(event, &mut self.schedule);
        }
        self.schedule.now = self.schedule.now.max(end);
        Ok(())
    }

    // At a limit: may the next event happen, if there is one before `end`?
    #[cold]
    fn may_go_on(&mut self, at_this_instant: u64, end: Time) -> Result<(), Stopped> {
        let now = self.schedule.now;
        let Some(time) = self.schedule.list.next_time().filter(|&time| time < end) else { return Ok(()) };
        if time == now && at_this_instant >= self.limits.events_at_one_instant {
            return Err(Stopped::NoProgress { events: at_this_instant + 1, at: now });
        }
        if self.events >= self.limits.events {
            return Err(Stopped::EventLimit { events: self.events, at: now });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Ticker {
        every: Span,
        ticks: u64,
    }

    impl Model for Ticker {
        type Event = ();
        fn handle(&mut self, _: (), schedule: &mut Schedule<()>) {
            self.ticks += 1;
            schedule.after(self.every, ());
        }
    }

    fn ticking(every: Span) -> Simulation<Ticker> {
        let mut simulation = Simulation::of(Ticker { every, ticks: 0 });
        simulation.schedule.at(Time::ZERO, ());
        simulation
    }

    #[test]
    fn a_run_cut_in_two_is_the_same_run() {
        let mut whole = ticking(Span::HOUR);
        whole.run_until(Time::ZERO + Span::DAY).unwrap();
        let mut cut = ticking(Span::HOUR);
        cut.run_until(Time::ZERO + Span::HOUR.times(7)).unwrap();
        let mut copy = cut.clone();
        copy.run_until(Time::ZERO + Span::DAY).unwrap();
        assert_eq!((whole.model.ticks, whole.events()), (24, 24));
        assert_eq!(copy.model.ticks, 24);
    }

    #[test]
    fn a_zero_time_loop_is_stopped_with_a_reason() {
        let mut simulation =
            ticking(Span::ZERO).with_limits(Limits { events_at_one_instant: 1_000, ..Limits::default() });
        let stopped = simulation.run_until(Time::ZERO + Span::DAY).unwrap_err();
        assert_eq!(stopped, Stopped::NoProgress { events: 1_001, at: Time::ZERO });
    }

    #[test]
    fn the_event_limit_leaves_the_model_readable() {
        let mut simulation = ticking(Span::HOUR).with_limits(Limits { events: 5, ..Limits::default() });
        assert!(simulation.run_until(Time::ZERO + Span::DAY).is_err());
        assert_eq!(simulation.model.ticks, 5);
    }

    #[test]
    fn the_clock_reaches_the_horizon_when_events_run_out() {
        let mut simulation = Simulation::of(Ticker { every: Span::HOUR, ticks: 0 });
        simulation.run_until(Time::ZERO + Span::DAY).unwrap();
        assert_eq!(simulation.schedule.now(), Time::ZERO + Span::DAY);
    }
}
