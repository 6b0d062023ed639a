//! A pool of identical units (servers, beds, crews) whose number can change, with a queue.
//!
//! A pool decides *who starts*; the model decides what starting means. Every call that may free or
//! add a unit is followed by [`Pool::start_next`] until it gives nobody:
//!
//! ```
//! use nhs_capacity::engine::{Pool, Request};
//! use nhs_capacity::units::Time;
//! let mut beds = Pool::new(1, 2);
//! let (now, urgent, routine) = (Time::ZERO, 0, 1);
//! assert!(matches!(beds.request("Ada", routine, now), Request::Started));
//! assert!(matches!(beds.request("Ben", routine, now), Request::Queued(_)));
//! assert!(matches!(beds.request("Cyd", urgent, now), Request::Queued(_)));
//! beds.release(now);
//! assert_eq!(beds.start_next(now).map(|start| start.job), Some("Cyd"));
//! ```
//!
//! *Blocking after service* needs nothing more: a job that has finished in one pool requests the
//! next and releases the first only when it starts there.

use super::queue::{Place, Queue};
use crate::units::{Span, Time};

/// The answer to a request for a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A unit is taken; service starts now.
    Started,
    /// All units are busy or held back; the job waits at this place.
    Queued(Place),
}

/// Somebody who waited and starts now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start<J> {
    /// Who.
    pub job: J,
    /// How long they waited.
    pub waited: Span,
}

/// Units with a queue in front of them. `capacity` may fall below the number busy: work in progress
/// is finished and the units then close.
#[derive(Clone, Debug)]
pub struct Pool<J> {
    capacity: u32,
    busy: u32,
    started: u64,
    queue: Queue<J>,
    // by class; empty as long as nothing is held back from any, as in most pools
    held_back: Vec<u32>,
    busy_time: Area,
    waiting_time: Area,
    capacity_time: Area,
    updated: Time,
}

/// The area under a level since time zero, as what the level times now lacks of it: a rise at `t` has
/// the height of the rise times `t` too much. A change then costs one sum and no product, and nothing
/// is done for levels that do not change. In whole numbers, so that Little's law holds exactly; they
/// may wrap on the way, but the area fits.
#[derive(Clone, Copy, Debug, Default)]
struct Area(u128);

impl Area {
    #[inline]
    fn rise(&mut self, now: Time) {
        self.0 = self.0.wrapping_sub(u128::from(now.as_millis()));
    }

    #[inline]
    fn fall(&mut self, now: Time) {
        self.0 = self.0.wrapping_add(u128::from(now.as_millis()));
    }

    fn change(&mut self, from: u32, to: u32, now: Time) {
        let now = u128::from(now.as_millis());
        self.0 = self.0.wrapping_add(u128::from(from) * now).wrapping_sub(u128::from(to) * now);
    }

    fn until(self, now: Time, level: u32) -> u128 {
        (u128::from(level) * u128::from(now.as_millis())).wrapping_add(self.0)
    }
}

impl<J: Copy> Pool<J> {
    /// A pool of `capacity` units whose queue has `classes` classes (1 to 32), 0 served first.
    pub fn new(capacity: u32, classes: usize) -> Self {
        Self {
            capacity,
            busy: 0,
            started: 0,
            queue: Queue::with_classes(classes),
            held_back: Vec::new(),
            busy_time: Area::default(),
            waiting_time: Area::default(),
            capacity_time: Area::default(),
            updated: Time::ZERO,
        }
    }

    /// Keeps `units` free from `class`: a job of that class starts only while more than that many
    /// units are free. Ignored if there is no such class.
    pub fn hold_back(&mut self, class: usize, units: u32) {
        let classes = self.queue.classes();
        if class < classes && (units > 0 || !self.held_back.is_empty()) {
            self.held_back.resize(classes, 0);
            self.held_back[class] = units;
        }
    }

    /// Units open.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Units busy; above capacity while closed units finish their work.
    #[inline]
    pub fn busy(&self) -> u32 {
        self.busy
    }

    /// How often a unit has been taken since the start of the run.
    pub fn started(&self) -> u64 {
        self.started
    }

    /// Units free.
    #[inline]
    pub fn free(&self) -> u32 {
        self.capacity.saturating_sub(self.busy)
    }

    /// The queue.
    pub fn queue(&self) -> &Queue<J> {
        &self.queue
    }

    /// Asks for a unit for `job`. Nobody overtakes a waiting job of the same or a more urgent class.
    #[inline]
    pub fn request(&mut self, job: J, class: usize, now: Time) -> Request {
        let class = class.min(self.queue.classes() - 1);
        if self.is_first(class) && self.free() > self.held_back(class) {
            self.take_unit(now);
            Request::Started
        } else {
            let moment = self.moment(now);
            self.waiting_time.rise(moment);
            Request::Queued(self.queue.join(job, class, now))
        }
    }

    #[inline]
    fn is_first(&self, class: usize) -> bool {
        self.queue
            .first_class()
            .is_none_or(|waiting| waiting > class || (waiting < class && self.may_overtake(class)))
    }

    // A more urgent job that is only waiting because units are held back from its class does not
    // stop a class that may use them; neither class order nor first-come order is broken.
    fn may_overtake(&self, class: usize) -> bool {
        self.queue
            .classes_waiting()
            .take_while(|&waiting| waiting <= class)
            .all(|waiting| waiting != class && self.free() <= self.held_back(waiting))
    }

    /// Asks again for `job`, whose unit was taken away before service began: a unit if one may start
    /// it, else the front of its class. Waiting is counted from `now`.
    pub fn request_again(&mut self, job: J, class: usize, now: Time) -> Request {
        let class = class.min(self.queue.classes() - 1);
        let is_first = self.queue.first_class().is_none_or(|waiting| waiting >= class);
        if is_first && self.free() > self.held_back(class) {
            self.take_unit(now);
            Request::Started
        } else {
            let moment = self.moment(now);
            self.waiting_time.rise(moment);
            Request::Queued(self.queue.join_first(job, class, now))
        }
    }

    /// Units kept free from `class`; none if there is no such class.
    #[inline]
    pub fn held_back(&self, class: usize) -> u32 {
        self.held_back.get(class).copied().unwrap_or(0)
    }

    /// Takes a unit if one is free, without joining the queue or heeding it.
    #[inline]
    pub fn try_take(&mut self, now: Time) -> bool {
        let is_free = self.busy < self.capacity;
        if is_free {
            self.take_unit(now);
        }
        is_free
    }

    #[inline]
    fn take_unit(&mut self, now: Time) {
        let moment = self.moment(now);
        self.busy_time.rise(moment);
        self.busy += 1;
        self.started += 1;
    }

    /// Gives one unit back. Call [`Pool::start_next`] afterwards. Ignored if no unit is held.
    #[inline]
    pub fn release(&mut self, now: Time) {
        if self.busy > 0 {
            let moment = self.moment(now);
            self.busy_time.fall(moment);
            self.busy -= 1;
        }
    }

    /// Opens or closes units. Call [`Pool::start_next`] afterwards until it gives nobody.
    pub fn set_capacity(&mut self, capacity: u32, now: Time) {
        let moment = self.moment(now);
        self.capacity_time.change(self.capacity, capacity, moment);
        self.capacity = capacity;
    }

    /// The next waiting job that can start now, which then holds a unit.
    #[inline]
    pub fn start_next(&mut self, now: Time) -> Option<Start<J>> {
        let class = self.class_to_start(self.free())?;
        let start = self.withdraw_first_of(class, now)?;
        self.take_unit(now);
        Some(start)
    }

    /// Gives one unit back and starts the next waiting job that can start: [`Pool::release`] and one
    /// [`Pool::start_next`] in one step. Enough where a unit is given back as soon as it is free and
    /// capacity has not risen meanwhile; nobody starts if no unit is held.
    #[inline]
    pub fn pass_on(&mut self, now: Time) -> Option<Start<J>> {
        let others = self.busy.checked_sub(1)?;
        let next = self.class_to_start(self.capacity.saturating_sub(others));
        match next {
            // the unit stays busy
            Some(class) => {
                self.started += 1;
                self.withdraw_first_of(class, now)
            }
            None => {
                self.release(now);
                None
            }
        }
    }

    /// The class whose first waiting job can start when so many units are free.
    #[inline]
    fn class_to_start(&self, free: u32) -> Option<usize> {
        let first = self.queue.first_class()?;
        if free > self.held_back(first) {
            return Some(first);
        }
        self.queue.classes_waiting().find(|&class| free > self.held_back(class))
    }

    /// Takes somebody out of the queue before they start: they gave up or go elsewhere. `None` if
    /// they are no longer waiting.
    pub fn withdraw(&mut self, place: Place, now: Time) -> Option<Start<J>> {
        let left = self.queue.leave(place);
        self.no_longer_waits(left, now)
    }

    /// Takes the longest-waiting job of `class` out of the queue; `None` if nobody of it waits.
    #[inline]
    pub fn withdraw_first_of(&mut self, class: usize, now: Time) -> Option<Start<J>> {
        let left = self.queue.take_first_of(class);
        self.no_longer_waits(left, now)
    }

    #[inline]
    fn no_longer_waits(&mut self, left: Option<(J, Time)>, now: Time) -> Option<Start<J>> {
        let (job, since) = left?;
        let moment = self.moment(now);
        self.waiting_time.fall(moment);
        Some(Start { job, waited: now.since(since) })
    }

    /// Moves a waiting job to another class, keeping the time it has waited.
    pub fn change_class(&mut self, place: Place, class: usize) -> Option<Place> {
        self.queue.change_class(place, class)
    }

    /// Unit-time busy since the start of the run \[unit milliseconds\].
    pub fn busy_time(&self, now: Time) -> u128 {
        self.busy_time.until(self.updated.max(now), self.busy)
    }

    /// Unit-time open since the start of the run \[unit milliseconds\].
    pub fn capacity_time(&self, now: Time) -> u128 {
        self.capacity_time.until(self.updated.max(now), self.capacity)
    }

    /// Total time spent waiting by everybody since the start of the run \[job milliseconds\].
    pub fn waiting_time(&self, now: Time) -> u128 {
        self.waiting_time.until(self.updated.max(now), self.queue.len() as u32)
    }

    // When a change that is reported at `now` counts from: never before the one before it.
    #[inline]
    fn moment(&mut self, now: Time) -> Time {
        self.updated = self.updated.max(now);
        self.updated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    const NOW: Time = Time::ZERO;

    #[test]
    fn closed_units_finish_their_work() {
        let mut pool = Pool::new(3, 1);
        (0..5).for_each(|job| {
            pool.request(job, 0, NOW);
        });
        pool.set_capacity(1, NOW);
        assert_eq!((pool.busy(), pool.free()), (3, 0));
        pool.release(NOW);
        assert_eq!(pool.start_next(NOW), None);
        pool.release(NOW);
        pool.release(NOW);
        assert_eq!(pool.start_next(NOW).map(|s| s.job), Some(3));
        assert_eq!(pool.start_next(NOW), None);
    }

    #[test]
    fn passing_a_unit_on_is_giving_it_back_and_starting_the_next() {
        for (capacity, held_back) in [(0, 0), (1, 0), (2, 0), (2, 1), (3, 2)] {
            let mut pool = Pool::new(3, 2);
            pool.hold_back(1, held_back);
            (0..7).for_each(|job| {
                pool.request(job, job % 2, Time::from_millis(job as u64));
            });
            pool.set_capacity(capacity, Time::from_millis(8));
            let mut in_two_steps = pool.clone();
            for now in (10..50).step_by(4).map(Time::from_millis) {
                in_two_steps.release(now);
                assert_eq!(pool.pass_on(now), in_two_steps.start_next(now));
                let state = |p: &Pool<usize>| {
                    let areas = (p.busy_time(now), p.waiting_time(now));
                    (p.busy(), p.queue().len(), areas, p.started())
                };
                assert_eq!(state(&pool), state(&in_two_steps));
                // three at the start, and everybody who has waited
                assert_eq!(pool.started() + pool.queue().len() as u64, 7);
            }
        }
    }

    #[test]
    fn opened_units_serve_the_queue() {
        let mut pool = Pool::new(0, 1);
        (0..3).for_each(|job| {
            pool.request(job, 0, NOW);
        });
        pool.set_capacity(2, Time::from_millis(9));
        let started: Vec<i32> =
            std::iter::from_fn(|| pool.start_next(Time::from_millis(9)).map(|s| s.job)).collect();
        assert_eq!(started, [0, 1]);
    }

    #[test]
    fn units_held_back_serve_only_the_urgent() {
        let mut pool = Pool::new(3, 2);
        pool.hold_back(1, 1);
        assert_eq!(pool.request('a', 1, NOW), Request::Started);
        assert_eq!(pool.request('b', 1, NOW), Request::Started);
        assert!(matches!(pool.request('c', 1, NOW), Request::Queued(_)));
        assert_eq!(pool.request('d', 0, NOW), Request::Started);
        pool.release(NOW);
        assert_eq!(pool.start_next(NOW), None, "the free unit is held back");
        pool.release(NOW);
        assert_eq!(pool.start_next(NOW).map(|s| s.job), Some('c'));
    }

    #[test]
    fn a_class_that_is_not_held_back_overtakes_one_that_is() {
        let mut pool = Pool::new(2, 2);
        pool.hold_back(0, 1);
        assert_eq!(pool.request('a', 0, NOW), Request::Started);
        assert!(matches!(pool.request('b', 0, NOW), Request::Queued(_)));
        assert_eq!(pool.request('c', 1, NOW), Request::Started);
    }

    #[test]
    fn areas_count_unit_time_exactly() {
        let mut pool = Pool::new(1, 1);
        pool.request('a', 0, Time::from_millis(0));
        pool.request('b', 0, Time::from_millis(10));
        pool.release(Time::from_millis(30));
        assert_eq!(pool.start_next(Time::from_millis(30)).map(|s| s.waited.as_millis()), Some(20));
        let end = Time::from_millis(45);
        assert_eq!((pool.busy_time(end), pool.waiting_time(end), pool.capacity_time(end)), (45, 20, 45));
    }

    #[test]
    fn zero_units_serve_nobody_until_some_open() {
        let mut pool = Pool::new(0, 1);
        let Request::Queued(place) = pool.request('a', 0, NOW) else { panic!("no unit to start on") };
        assert_eq!(pool.start_next(NOW), None);
        assert_eq!(pool.withdraw(place, Time::from_millis(4)).map(|s| s.waited.as_millis()), Some(4));
        assert_eq!(pool.withdraw(place, Time::from_millis(5)), None);
    }

    proptest! {
        /// Whatever is called, at whatever time, even one that lies behind: levels times elapsed time.
        #[test]
        fn areas_are_levels_times_elapsed_time(
            steps in prop::collection::vec((0_u8..7, 0_u32..5, -50_i64..200), 1..200),
            start in prop_oneof![Just(0_u64), Just(u64::MAX - 30_000)],
        ) {
            let mut pool = Pool::new(2, 3);
            pool.hold_back(2, 1);
            let (mut clock, mut changed, mut places) = (start, 0, Vec::new());
            let mut areas = [0_u128; 3];
            let levels = |p: &Pool<u32>| [p.busy() as usize, p.queue().len(), p.capacity() as usize];
            for (job, (action, number, step)) in (0_u32..).zip(steps) {
                clock = clock.saturating_add_signed(step);
                let now = Time::from_millis(clock);
                let before = levels(&pool);
                match action {
                    0 | 1 => if let Request::Queued(place) = pool.request(job, number as usize, now) {
                        places.push(place);
                    },
                    2 => pool.release(now),
                    3 => { pool.pass_on(now); },
                    4 => pool.set_capacity(number, now),
                    5 => { pool.start_next(now); },
                    _ => if let Some(place) = places.pop() {
                        pool.withdraw(place, now);
                    },
                }
                if levels(&pool) != before || action == 4 {
                    let elapsed = u128::from(clock.saturating_sub(changed));
                    changed = changed.max(clock);
                    areas.iter_mut().zip(before).for_each(|(area, level)| *area += level as u128 * elapsed);
                }
                let since = u128::from(clock.saturating_sub(changed));
                let [busy, waiting, open] = levels(&pool).map(|level| level as u128 * since);
                let expected = [areas[0] + busy, areas[1] + waiting, areas[2] + open];
                prop_assert_eq!([pool.busy_time(now), pool.waiting_time(now), pool.capacity_time(now)], expected);
            }
        }
    }
}
