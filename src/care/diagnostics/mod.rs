//! Diagnostic tests: a queue for each modality at a provider, shared by all who ask for tests.
//!
//! On each working day the slots of a modality go first to emergency care, which does not wait; then to
//! urgent requests; then, a share longest first and the others in no order of waiting, to the rest:
//! patients of the waiting list and those sent by general practice. Slots are the smaller of what the
//! machines and what the staff allow.

mod modality;

pub use modality::Modality;

use crate::random::{Dice, Stream};
use rand_distr::{Distribution as _, Poisson};
use std::collections::VecDeque;
use std::sync::Arc;

/// Over six weeks is more than this many days (DM01).
pub const DAYS_IN_SIX_WEEKS: i32 = 42;

/// Somebody of the waiting list who waits for a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Request<T> {
    who: T,
    day: i16,
    is_gone: bool,
}

/// Requests of general practice of one day: they are counted, since nothing is asked of them but how long
/// they wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sent {
    day: i16,
    number: u32,
}

/// What a provider is told of one modality. Flows are a working day's, by month of the run.
#[derive(Clone, Debug, Default)]
pub struct ModalityConfig {
    /// Tests that the machines there are can do.
    pub machines: Vec<f64>,
    /// Tests that the staff there are can do.
    pub staff: Vec<f64>,
    /// Requests of emergency care and of patients in hospital.
    pub emergency: Vec<f64>,
    /// Requests of general practice.
    pub general_practice: Vec<f64>,
    /// Requests of general practice waiting at the start.
    pub waiting: f64,
    /// Mean wait of those waiting at the start \[d\].
    pub waited_days: f64,
}

/// What a provider is told.
#[derive(Clone, Debug)]
pub struct DiagnosticsConfig {
    /// By modality.
    pub modalities: Vec<ModalityConfig>,
    /// Share of routine slots that go to the longest waiters \[0-1\].
    pub longest_first_share: f64,
}

/// Tests waiting on one day, and done in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TestCounts {
    /// Waiting.
    pub waiting: u64,
    /// Of those, over six weeks.
    pub over_six_weeks: u64,
    /// Done in the month, emergencies included.
    pub done: u64,
}

fn whole_day(day: i32) -> i16 {
    day.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[derive(Clone, Debug)]
struct Queue<T> {
    urgent: VecDeque<Request<T>>,
    routine: VecDeque<Request<T>>,
    routine_waiting: usize,
    general_practice: VecDeque<Sent>,
    general_practice_waiting: u64,
    // fractions of slots, of places for the longest waiters, of slots for general practice
    due: [f64; 3],
    done: u64,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            urgent: VecDeque::new(),
            routine: VecDeque::new(),
            routine_waiting: 0,
            general_practice: VecDeque::new(),
            general_practice_waiting: 0,
            due: [0.0; 3],
            done: 0,
        }
    }
}

impl<T: Copy> Queue<T> {
    fn add(&mut self, who: T, day: i32, is_urgent: bool) {
        let day = whole_day(day);
        let request = Request { who, day, is_gone: false };
        if is_urgent {
            self.urgent.push_back(request);
        } else {
            self.routine.push_back(request);
            self.routine_waiting += 1;
        }
    }

    fn add_general_practice(&mut self, day: i32, number: u64) {
        if number > 0 {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            self.general_practice.push_back(Sent { day: whole_day(day), number });
            self.general_practice_waiting += u64::from(number);
        }
    }

    fn len(&self) -> u64 {
        (self.urgent.len() + self.routine_waiting) as u64 + self.general_practice_waiting
    }

    /// Tests so many people sent by general practice, `longest` of them longest first and the others evenly from
    /// all days, from a random start.
    fn test_general_practice(&mut self, tests: u64, longest: u64, dice: &mut Dice) {
        let tests = tests.min(self.general_practice_waiting);
        let longest = longest.min(tests);
        self.take_longest_sent(longest);
        let evenly = tests - longest;
        let share = evenly as f64 / self.general_practice_waiting.max(1) as f64;
        let start = dice.uniform();
        // by sums of those sent up to each day, not of what was rounded: the processor then has many days in hand at once
        let (mut sent_until, mut due_until, mut taken) = (0, 0, 0);
        for sent in &mut self.general_practice {
            sent_until += u64::from(sent.number);
            let due = (start + sent_until as f64 * share) as u64;
            let take = due.saturating_sub(due_until).min(sent.number.into()).min(evenly - taken);
            due_until = due;
            sent.number -= take as u32;
            taken += take;
        }
        self.general_practice_waiting -= taken;
        self.take_longest_sent(evenly - taken);
    }

    fn take_longest_sent(&mut self, number: u64) {
        let mut left = number;
        while let Some(first) = self.general_practice.front_mut() {
            let take = left.min(first.number.into());
            first.number -= take as u32;
            left -= take;
            self.general_practice_waiting -= take;
            if first.number > 0 {
                break;
            }
            self.general_practice.pop_front();
        }
    }

    fn take_longest(&mut self) -> Option<Request<T>> {
        while let Some(request) = self.routine.pop_front() {
            if !request.is_gone {
                self.routine_waiting -= 1;
                return Some(request);
            }
        }
        None
    }

    fn take_any(&mut self, dice: &mut Dice) -> Option<Request<T>> {
        if self.routine_waiting == 0 {
            return None;
        }
        if self.routine.len() > 2 * self.routine_waiting {
            self.routine.retain(|request| !request.is_gone);
        }
        loop {
            // at least half of the line is waiting, so this ends
            let index = dice.below(self.routine.len());
            if let Some(request) = self.routine.get_mut(index).filter(|request| !request.is_gone) {
                request.is_gone = true;
                self.routine_waiting -= 1;
                return Some(*request);
            }
        }
    }
}

/// The tests of one provider. `T` is whatever the service that asks for a test wants back.
#[derive(Clone, Debug)]
pub struct Diagnostics<T> {
    config: Arc<DiagnosticsConfig>,
    queues: Vec<Queue<T>>,
    // tests a working day that a scenario adds
    added: [f64; Modality::COUNT],
    days: Stream,
}

impl<T: Copy> Diagnostics<T> {
    /// A provider with the requests of general practice that wait on the eve of the first day.
    pub fn new(config: DiagnosticsConfig, stream: Stream) -> Self {
        let mut queues: Vec<Queue<T>> = config.modalities.iter().map(|_| Queue::default()).collect();
        let mut dice = stream.at(0).dice();
        for (queue, modality) in queues.iter_mut().zip(&config.modalities) {
            queue.due = [dice.uniform(), dice.uniform(), dice.uniform()];
            let mut ages: Vec<i32> = (0..modality.waiting.max(0.0).round() as u64)
                .map(|_| (-dice.uniform().ln() * modality.waited_days.max(0.0)).min(728.0) as i32 + 1)
                .collect();
            ages.sort_unstable_by_key(|&age| std::cmp::Reverse(age));
            for of_day in ages.chunk_by(|a, b| a == b) {
                let age = of_day.first().copied().unwrap_or(1);
                queue.add_general_practice(-age, of_day.len() as u64);
            }
        }
        Self { config: Arc::new(config), queues, added: [0.0; Modality::COUNT], days: stream.at(1) }
    }

    /// Asks for a test.
    pub fn request(&mut self, modality: Modality, who: T, day: i32, is_urgent: bool) {
        if let Some(queue) = self.queues.get_mut(modality as usize) {
            queue.add(who, day, is_urgent);
        }
    }

    /// Asks for tests that were asked for before the first day: `day` is negative. The queue is put in order.
    pub fn found_waiting(&mut self, modality: Modality, who: T, day: i32) {
        self.request(modality, who, day, false);
    }

    /// Puts the queues in order of their requests, after those found waiting have been added.
    pub fn in_order(&mut self) {
        for queue in &mut self.queues {
            queue.routine.make_contiguous().sort_by_key(|request| request.day);
        }
    }

    /// Sets the tests a working day that a scenario adds: the total, not an increment. They come with staff.
    pub fn set_added(&mut self, modality: Modality, tests: f64) {
        self.added[modality as usize] = tests;
    }

    /// A working day: requests come in, slots are given; `done` is told of everybody of the waiting list
    /// whose test is done.
    pub fn working_day(&mut self, day: i32, month: usize, mut done: impl FnMut(T)) {
        let config = Arc::clone(&self.config);
        let mut dice = self.days.at(day.unsigned_abs().into()).dice();
        for ((queue, modality), added) in self.queues.iter_mut().zip(&config.modalities).zip(self.added) {
            let at = |values: &[f64]| values.get(month).copied().unwrap_or(0.0);
            let mut poisson = |mean: f64| Poisson::new(mean).map_or(0, |law| law.sample(&mut dice) as u64);
            queue.add_general_practice(day, poisson(at(&modality.general_practice)));
            let emergency = poisson(at(&modality.emergency));
            let slots = at(&modality.machines).min(at(&modality.staff)) + added;
            queue.due[0] += slots;
            let slots = queue.due[0].floor().max(0.0);
            queue.due[0] -= slots;
            queue.done += emergency;
            let mut left = (slots as u64).saturating_sub(emergency);
            queue.done += left.min(queue.len());
            while left > 0 {
                let Some(request) = queue.urgent.pop_front() else { break };
                left -= 1;
                done(request.who);
            }
            // general practice and the waiting list have slots in proportion to those waiting
            let waiting = queue.general_practice_waiting as f64;
            let share = waiting / (waiting + queue.routine_waiting as f64).max(1.0);
            queue.due[2] += left as f64 * share;
            let sent = queue.due[2].floor().clamp(0.0, left as f64);
            queue.due[2] -= sent;
            let spare = left.saturating_sub(queue.routine_waiting as u64);
            let sent = (sent as u64).max(spare).min(queue.general_practice_waiting);
            let left = left - sent;
            let longest = (sent as f64 * config.longest_first_share).round() as u64;
            queue.test_general_practice(sent, longest, &mut dice);
            queue.due[1] += left as f64 * config.longest_first_share;
            let longest = queue.due[1].floor().max(0.0);
            queue.due[1] -= longest;
            for place in 0..left {
                let is_longest = place < longest as u64;
                let next = if is_longest { queue.take_longest() } else { queue.take_any(&mut dice) };
                let Some(request) = next else { break };
                done(request.who);
            }
        }
    }

    /// Everybody of the waiting list who waits for a test.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let all = self.queues.iter().flat_map(|queue| queue.urgent.iter().chain(&queue.routine));
        all.filter(|request| !request.is_gone).map(|request| request.who)
    }

    /// Waiting on the eve of the day numbered `today`, and done since the last call, by modality.
    pub fn take_counts(&mut self, today: i32) -> [TestCounts; Modality::COUNT] {
        let mut counts = [TestCounts::default(); Modality::COUNT];
        for (count, queue) in counts.iter_mut().zip(&mut self.queues) {
            let waiting = queue.urgent.iter().chain(&queue.routine).filter(|request| !request.is_gone);
            let is_over = |day: i16| today - i32::from(day) > DAYS_IN_SIX_WEEKS;
            let over = waiting.filter(|request| is_over(request.day)).count() as u64;
            let sent = queue.general_practice.iter().filter(|sent| is_over(sent.day));
            *count = TestCounts {
                waiting: queue.len(),
                over_six_weeks: over + sent.map(|sent| u64::from(sent.number)).sum::<u64>(),
                done: std::mem::take(&mut queue.done),
            };
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(slots: f64, staff: f64, general_practice: f64, longest_first_share: f64) -> Diagnostics<u32> {
        let modality = ModalityConfig {
            machines: vec![slots],
            staff: vec![staff],
            emergency: vec![10.0],
            general_practice: vec![general_practice],
            waiting: 1_000.0,
            waited_days: 30.0,
        };
        let config = DiagnosticsConfig { modalities: vec![modality], longest_first_share };
        Diagnostics::new(config, Stream::of_seed(5))
    }

    fn run(diagnostics: &mut Diagnostics<u32>, days: i32) -> TestCounts {
        (0..days).filter(|day| day % 7 < 5).for_each(|day| diagnostics.working_day(day, 0, |_| ()));
        diagnostics.take_counts(days)[0]
    }

    #[test]
    fn the_queue_grows_by_requests_less_slots() {
        let counts = run(&mut one(60.0, 100.0, 70.0, 0.5), 364);
        // 260 days: 70 + 10 come, 60 are done; Poisson noise of 80 a day
        let t = (counts.waiting as f64 - 1_000.0 - 260.0 * 20.0) / (260.0_f64 * 80.0).sqrt();
        assert!(t.abs() < 3.5, "{counts:?}");
        assert!(counts.done.abs_diff(260 * 60) <= 1, "{counts:?}");
    }

    #[test]
    fn a_scanner_without_staff_adds_nothing() {
        let scarce = run(&mut one(60.0, 50.0, 40.0, 0.5), 140);
        let more_machines = run(&mut one(90.0, 50.0, 40.0, 0.5), 140);
        assert_eq!(scarce, more_machines);
        assert!(run(&mut one(90.0, 90.0, 40.0, 0.5), 140).waiting < scarce.waiting);
    }

    /// Longest first, nobody waits longer than the queue divided by the flow.
    #[test]
    fn order_changes_the_share_over_six_weeks_and_not_the_queue() {
        let (fifo, random) =
            (run(&mut one(60.0, 60.0, 50.0, 1.0), 728), run(&mut one(60.0, 60.0, 50.0, 0.0), 728));
        assert_eq!(fifo.waiting, random.waiting);
        assert_eq!(fifo.over_six_weeks, 0); // 1,000 waiting and 250 a week: four weeks
        assert!(random.over_six_weeks > 0);
    }

    #[test]
    fn urgent_requests_go_first_and_come_back() {
        let mut diagnostics = one(12.0, 12.0, 0.0, 0.5);
        diagnostics.request(Modality::ALL[0], 7, 0, true);
        let mut done = Vec::new();
        (0..4).for_each(|day| diagnostics.working_day(day, 0, |who| done.push(who)));
        assert_eq!(done, [7]);
    }
}
