//! One pool with Poisson arrivals of several classes, a waiting room, patience and a roster: enough
//! to be M/M/c, M/G/1, Erlang B, Erlang A, a priority queue, or all at once.

use super::statistics::{Followed, Window, at, follow_to_the_end, hours};
use nhs_capacity::engine::{Model, Place, Pool, Request, Schedule, Simulation, Start, Turn};
use nhs_capacity::random::{Distribution, Stream};
use nhs_capacity::units::Time;

/// What a customer throws dice for.
const GAP: u64 = 0;
const SERVICE: u64 = 1;
const PATIENCE: u64 = 2;

/// Customers of one class, the most urgent first.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    pub gap: Distribution,
    pub service: Distribution,
    /// Units kept free from them.
    pub held_back: u32,
}

impl Class {
    pub fn new(rate: f64, service: Distribution) -> Self {
        Self { gap: Distribution::exponential(1.0 / rate).unwrap(), service, held_back: 0 }
    }

    pub fn exponential(rate: f64, mean_service: f64) -> Self {
        Self::new(rate, Distribution::exponential(mean_service).unwrap())
    }
}

/// The system: what it is, not what happens.
#[derive(Clone, Debug)]
pub struct Plan {
    pub classes: Vec<Class>,
    /// Shifts as (from when in the cycle, servers), and the length of the cycle.
    pub roster: Vec<(f64, u32)>,
    pub cycle: f64,
    /// Most who may wait.
    pub room: usize,
    pub patience: Option<Distribution>,
}

impl Plan {
    pub fn new(classes: &[Class], servers: u32) -> Self {
        let roster = vec![(0.0, servers)];
        Self { classes: classes.to_vec(), roster, cycle: f64::INFINITY, room: usize::MAX, patience: None }
    }

    /// The station with nobody in it, ready to run.
    pub fn simulation(self, stream: Stream, window: Window) -> Simulation<Station> {
        let classes = self.classes.len();
        let mut pool = Pool::new(0, classes);
        (0..classes).for_each(|class| pool.hold_back(class, self.classes[class].held_back));
        let station = Station {
            pool,
            stream,
            window,
            arrived: vec![0; classes],
            inside: 0,
            waits_of_all: 0,
            ended_of_all: 0,
            cohort: vec![Cohort::default(); classes],
            plan: self,
        };
        let mut simulation = Simulation::of(station);
        simulation.schedule.in_turn(Time::ZERO, Turn::Capacity, Event::Shift { number: 0 });
        for class in 0..classes {
            let gap = simulation.model.draw(class, 0, GAP, simulation.model.plan.classes[class].gap);
            simulation.schedule.in_turn(at(gap), Turn::Arrival, Event::Arrival { class });
        }
        simulation
    }
}

/// Who waits: enough to find their dice again.
#[derive(Clone, Copy, Debug)]
pub struct Customer {
    class: usize,
    number: u64,
    arrived: Time,
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Shift { number: usize },
    Arrival { class: usize },
    Departure,
    GivesUp { place: Place },
}

/// What became of the customers of one class who arrived in the window.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cohort {
    pub arrived: u64,
    pub lost: u64,
    pub delayed: u64,
    pub gave_up: u64,
    pub started: u64,
    pub waited_millis: u64,
}

impl Cohort {
    pub fn mean_wait(&self) -> f64 {
        self.waited_millis as f64 / (self.arrived - self.lost) as f64 / hours(1.0).as_millis() as f64
    }

    pub fn share(&self, of: u64) -> f64 {
        of as f64 / self.arrived as f64
    }
}

#[derive(Clone, Debug)]
pub struct Station {
    pub pool: Pool<Customer>,
    pub cohort: Vec<Cohort>,
    /// Arrivals of each class, waiting or in service, milliseconds waited by those who wait no
    /// longer, and lost, gave up or served: of everybody, whenever they came.
    pub arrived: Vec<u64>,
    pub inside: u64,
    pub waits_of_all: u128,
    pub ended_of_all: u64,
    plan: Plan,
    stream: Stream,
    window: Window,
}

impl Station {
    /// Milliseconds waited so far by those who still wait.
    pub fn still_waiting(&self, now: Time) -> u128 {
        let mut queue = self.pool.queue().clone();
        std::iter::from_fn(|| queue.take_first())
            .map(|(_, since)| u128::from(now.since(since).as_millis()))
            .sum()
    }

    fn draw(&self, class: usize, number: u64, purpose: u64, law: Distribution) -> f64 {
        law.sample(&mut self.stream.at(class as u64).person(number).dice(purpose))
    }

    fn arrive(&mut self, class: usize, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let number = self.arrived[class];
        self.arrived[class] += 1;
        let gap = self.draw(class, number + 1, GAP, self.plan.classes[class].gap);
        schedule.in_turn(now + hours(gap), Turn::Arrival, Event::Arrival { class });
        let customer = Customer { class, number, arrived: now };
        self.count(customer, |cohort| cohort.arrived += 1);
        match self.pool.request(customer, class, now) {
            Request::Started => {
                self.inside += 1;
                self.start(Start { job: customer, waited: hours(0.0) }, schedule);
            }
            Request::Queued(place) if self.pool.queue().len() > self.plan.room => {
                self.pool.withdraw(place, now).unwrap();
                self.ended_of_all += 1;
                self.count(customer, |cohort| cohort.lost += 1);
            }
            Request::Queued(place) => {
                self.inside += 1;
                self.count(customer, |cohort| cohort.delayed += 1);
                if let Some(patience) = self.plan.patience {
                    let until = now + hours(self.draw(class, number, PATIENCE, patience));
                    schedule.in_turn(until, Turn::Abandonment, Event::GivesUp { place });
                }
            }
        }
    }

    fn start(&mut self, start: Start<Customer>, schedule: &mut Schedule<Event>) {
        assert!(self.pool.busy() <= self.pool.capacity(), "somebody started on a closed unit");
        let Customer { class, number, .. } = start.job;
        let service = self.draw(class, number, SERVICE, self.plan.classes[class].service);
        schedule.after(hours(service), Event::Departure);
        self.stop_waiting(start, |cohort| cohort.started += 1);
    }

    fn stop_waiting(&mut self, start: Start<Customer>, outcome: impl Fn(&mut Cohort)) {
        self.waits_of_all += u128::from(start.waited.as_millis());
        self.count(start.job, |cohort| {
            cohort.waited_millis += start.waited.as_millis();
            outcome(cohort);
        });
    }

    fn count(&mut self, customer: Customer, change: impl Fn(&mut Cohort)) {
        if self.window.holds(customer.arrived) {
            change(&mut self.cohort[customer.class]);
        }
    }

    fn start_all_who_can(&mut self, schedule: &mut Schedule<Event>) {
        while let Some(start) = self.pool.start_next(schedule.now()) {
            self.start(start, schedule);
        }
    }

    fn begin_shift(&mut self, number: usize, schedule: &mut Schedule<Event>) {
        let shifts = self.plan.roster.len();
        self.pool.set_capacity(self.plan.roster[number % shifts].1, schedule.now());
        self.start_all_who_can(schedule);
        if shifts > 1 {
            let next = number + 1;
            let begins = self.plan.roster[next % shifts].0 + self.plan.cycle * (next / shifts) as f64;
            schedule.in_turn(at(begins), Turn::Capacity, Event::Shift { number: next });
        }
    }
}

impl Model for Station {
    type Event = Event;

    fn handle(&mut self, event: Event, schedule: &mut Schedule<Event>) {
        match event {
            Event::Shift { number } => self.begin_shift(number, schedule),
            Event::Arrival { class } => self.arrive(class, schedule),
            Event::Departure => {
                self.inside -= 1;
                self.ended_of_all += 1;
                self.pool.release(schedule.now());
                self.start_all_who_can(schedule);
            }
            Event::GivesUp { place } => {
                if let Some(start) = self.pool.withdraw(place, schedule.now()) {
                    self.inside -= 1;
                    self.ended_of_all += 1;
                    self.stop_waiting(start, |cohort| cohort.gave_up += 1);
                }
            }
        }
    }
}

impl Followed for Station {
    fn unfinished(&self) -> u64 {
        self.cohort.iter().map(|c| c.arrived - c.lost - c.gave_up - c.started).sum()
    }
}

/// What a replication of a station says.
pub struct Reading {
    pub cohort: Vec<Cohort>,
    /// Mean number of busy units in the window.
    pub mean_busy: f64,
    /// Mean number waiting in the window.
    pub mean_queue: f64,
}

/// One replication: warm up, watch the window, follow its cohort to the end.
pub fn watch(plan: Plan, stream: Stream, window: Window) -> Reading {
    let mut simulation = plan.simulation(stream, window);
    let areas = |simulation: &Simulation<Station>, now| {
        let pool = &simulation.model.pool;
        (pool.busy_time(now), pool.waiting_time(now))
    };
    simulation.run_until(window.from).unwrap();
    let before = areas(&simulation, window.from);
    simulation.run_until(window.to).unwrap();
    let after = areas(&simulation, window.to);
    follow_to_the_end(&mut simulation, window);
    Reading {
        cohort: simulation.model.cohort,
        mean_busy: (after.0 - before.0) as f64 / window.millis(),
        mean_queue: (after.1 - before.1) as f64 / window.millis(),
    }
}
