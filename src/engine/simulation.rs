//! The simulation loop.

use super::event_list::{EventList, Ticket, Turn};
use crate::units::{Span, Time};

/// A system that changes at events.
pub trait Model {
    /// What can happen. Small and `Copy`: it is stored by value.
    type Event: Copy;

    /// Reacts to an event at `schedule.now()` and schedules what follows from it.
    fn handle(&mut self, event: Self::Event, schedule: &mut Schedule<Self::Event>);

    /// Is told, before an event is handled, which will be the next unless something else comes before it. Nothing need be
    /// done: a large model may read what `next` is about, so that it is in the cache when its time comes
    /// ([`std::hint::black_box`] keeps such a reading from being left out).
    // always: what a model without it has nothing of is then not worked out
    #[inline(always)]
    fn foresee(&self, next: Self::Event) {
        let _ = next;
    }
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
    /// Most events waiting to happen. Looked at every few thousand events.
    pub pending: usize,
}

/// So often, in events, the number of events waiting is looked at.
const EVENTS_BETWEEN_CHECKS: u64 = 4_096;

impl Default for Limits {
    fn default() -> Self {
        Self { events: u64::MAX, events_at_one_instant: 10_000_000, pending: 100_000_000 }
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
    /// More events wait than may: each schedules more than one other.
    #[error("stopped at {at:?}: {pending} events are waiting, more than the limit; do events multiply?")]
    TooManyPending {
        /// Events waiting.
        pending: usize,
        /// The clock.
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

    /// The same with events more than about `width` ahead kept aside in buckets of about that width: faster
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
        // events handled when the clock last moved, and when limits have to be looked at again
        let (mut moved, mut check) = (self.events, self.events);
        loop {
            if self.events >= check {
                check = self.next_check(self.events - moved, end)?;
            }
            let Some((time, &event)) = self.schedule.list.take_before(end) else { break };
            if let Some(&next) = self.schedule.list.likely_next() {
                self.model.foresee(next);
            }
            self.events += 1;
            if time != self.schedule.now {
                moved = self.events;
                self.schedule.now = time;
            }
            self.model.handle(event, &mut self.schedule);
        }
        self.schedule.now = self.schedule.now.max(end);
        Ok(())
    }

    // May the next event happen, if there is one before `end`? If so, how many events will have been
    // handled when that has to be asked again?
    #[cold]
    fn next_check(&mut self, at_this_instant: u64, end: Time) -> Result<u64, Stopped> {
        let (limits, now) = (self.limits, self.schedule.now);
        let Some(time) = self.schedule.list.next_time().filter(|&time| time < end) else {
            return Ok(self.events);
        };
        if time == now && at_this_instant >= limits.events_at_one_instant {
            return Err(Stopped::NoProgress { events: at_this_instant + 1, at: now });
        }
        if self.events >= limits.events {
            return Err(Stopped::EventLimit { events: self.events, at: now });
        }
        let pending = self.schedule.pending();
        if pending > limits.pending {
            return Err(Stopped::TooManyPending { pending, at: now });
        }
        let left_at_this_instant = limits.events_at_one_instant.saturating_sub(at_this_instant);
        let wait = EVENTS_BETWEEN_CHECKS.min(left_at_this_instant).min(limits.events - self.events);
        Ok(self.events + wait.max(1))
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
    fn the_next_event_is_foreseen_unless_another_comes_before_it() {
        use std::cell::RefCell;
        #[derive(Default)]
        struct Told {
            foreseen: RefCell<Vec<u32>>,
            handled: Vec<u32>,
            // of events that schedule another
            scheduling: u32,
        }
        impl Model for Told {
            type Event = u32;
            fn handle(&mut self, event: u32, schedule: &mut Schedule<u32>) {
                self.handled.push(event);
                if event < self.scheduling {
                    schedule.after(Span::SECOND, 100 + event);
                }
            }
            fn foresee(&self, next: u32) {
                self.foreseen.borrow_mut().push(next);
            }
        }
        let run = |scheduling, has_far_future| {
            let mut simulation = Simulation::of(Told { scheduling, ..Told::default() });
            if has_far_future {
                simulation = simulation.with_far_future(Span::HOUR);
            }
            (0..30).for_each(|i| simulation.schedule.at(Time::ZERO + Span::MINUTE.times(i), i as u32));
            simulation.run_until(Time::ZERO + Span::DAY).unwrap();
            (simulation.model.foreseen.into_inner(), simulation.model.handled)
        };
        for has_far_future in [false, true] {
            let (foreseen, handled) = run(0, has_far_future);
            assert_eq!(foreseen, handled[1..]);
            // 0 is followed by 100, and then 1 was foreseen and 1 comes
            let (foreseen, handled) = run(2, has_far_future);
            assert_eq!(handled[..5], [0, 100, 1, 101, 2]);
            assert_eq!(foreseen[..4], [1, 1, 2, 2]);
        }
    }

    #[test]
    fn a_zero_time_loop_is_stopped_with_a_reason() {
        let mut simulation =
            ticking(Span::ZERO).with_limits(Limits { events_at_one_instant: 1_000, ..Limits::default() });
        let stopped = simulation.run_until(Time::ZERO + Span::DAY).unwrap_err();
        assert_eq!(stopped, Stopped::NoProgress { events: 1_001, at: Time::ZERO });
    }

    #[test]
    fn the_limit_of_an_instant_begins_anew_when_the_clock_moves() {
        struct Bursts(u32);
        impl Model for Bursts {
            type Event = u32;
            fn handle(&mut self, left: u32, schedule: &mut Schedule<u32>) {
                match left {
                    0 => schedule.after(Span::MINUTE, self.0),
                    left => schedule.after(Span::ZERO, left - 1),
                }
            }
        }
        for (burst, is_allowed) in [(9, true), (10, true), (11, false), (5_000, false)] {
            let limits = Limits { events_at_one_instant: 10, ..Limits::default() };
            let mut simulation = Simulation::of(Bursts(burst)).with_limits(limits);
            simulation.schedule.at(Time::from_millis(1), burst);
            assert_eq!(simulation.run_until(Time::ZERO + Span::DAY).is_ok(), is_allowed, "{burst}");
        }
    }

    #[test]
    fn events_that_multiply_are_stopped_before_the_memory_is_full() {
        struct Rabbits;
        impl Model for Rabbits {
            type Event = ();
            fn handle(&mut self, _: (), schedule: &mut Schedule<()>) {
                schedule.after(Span::HOUR, ());
                schedule.after(Span::HOUR, ());
            }
        }
        let limits = Limits { pending: 20_000, ..Limits::default() };
        let mut simulation = Simulation::of(Rabbits).with_limits(limits);
        simulation.schedule.at(Time::ZERO, ());
        let stopped = simulation.run_until(Time::NEVER).unwrap_err();
        assert!(matches!(stopped, Stopped::TooManyPending { pending: 20_001..30_000, .. }), "{stopped}");
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
