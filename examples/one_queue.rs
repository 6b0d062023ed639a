//! One queue, from event to answer: a ward on the engine, and Erlang C beside it.
//!
//! ```text
//!   14 patients a day --> [ waiting for a bed ] --> 100 beds, 6.5 days each --> home
//! ```
use nhs_capacity::engine::{Model, Pool, Request, Schedule, Simulation};
use nhs_capacity::random::{Distribution, Stream};
use nhs_capacity::theory::Mmc;
use nhs_capacity::units::{Span, Time};

const ADMISSIONS_PER_DAY: f64 = 14.0; // assumed, as is all that follows
const STAY_DAYS: f64 = 6.5;
const BEDS: u32 = 100;
const REPLICATIONS: u64 = 30;

#[derive(Clone, Copy)]
enum Event {
    Arrival,
    Discharge,
}

struct Ward {
    beds: Pool<u64>, // patients, by number
    patients: u64,
    gap_days: Distribution,
    stay_days: Distribution,
    dice: Stream,
}

impl Ward {
    /// Each throw belongs to a patient and a purpose, so that no other throw can change it.
    fn throw(&self, patient: u64, purpose: u64, law: &Distribution) -> Span {
        Span::from_days(law.sample(&mut self.dice.person(patient).dice(purpose)))
    }
}

impl Model for Ward {
    type Event = Event;

    fn handle(&mut self, event: Event, schedule: &mut Schedule<Event>) {
        let now = schedule.now();
        let started = match event {
            Event::Arrival => {
                let patient = self.patients;
                self.patients += 1;
                schedule.after(self.throw(patient, 0, &self.gap_days), Event::Arrival);
                (self.beds.request(patient, 0, now) == Request::Started).then_some(patient)
            }
            Event::Discharge => {
                self.beds.release(now);
                self.beds.start_next(now).map(|start| start.job)
            }
        };
        if let Some(patient) = started {
            schedule.after(self.throw(patient, 1, &self.stay_days), Event::Discharge);
        }
    }
}

/// Mean wait after a warm-up: all time spent waiting over all arrivals (Little's law) [hours].
fn mean_wait(replication: u64) -> Result<f64, Box<dyn std::error::Error>> {
    let ward = Ward {
        beds: Pool::new(BEDS, 1),
        patients: 0,
        gap_days: Distribution::exponential(1.0 / ADMISSIONS_PER_DAY)?,
        stay_days: Distribution::exponential(STAY_DAYS)?,
        dice: Stream::of_seed(2022).at(replication),
    };
    let (warm, end) = (Time::ZERO + Span::DAY.times(400), Time::ZERO + Span::DAY.times(8_400));
    let mut simulation = Simulation::of(ward);
    simulation.schedule.at(Time::ZERO, Event::Arrival);
    simulation.run_until(warm)?;
    let before = (simulation.model.beds.waiting_time(warm), simulation.model.patients);
    simulation.run_until(end)?;
    let waited = simulation.model.beds.waiting_time(end) - before.0;
    let arrivals = simulation.model.patients - before.1;
    Ok(waited as f64 / arrivals as f64 / Span::HOUR.as_millis() as f64)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let waits = (0..REPLICATIONS).map(mean_wait).collect::<Result<Vec<_>, _>>()?;
    let n = REPLICATIONS as f64;
    let mean = waits.iter().sum::<f64>() / n;
    let variance = waits.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let margin = 2.045 * (variance / n).sqrt(); // Student's t, 95%, 29 degrees of freedom
    let exact = Mmc::new(ADMISSIONS_PER_DAY, STAY_DAYS, BEDS)?;
    println!("Mean wait for one of {BEDS} beds at {:.0}% occupancy", exact.utilisation() * 100.0);
    println!(
        "  simulated  {mean:.2} hours (95% interval {:.2} to {:.2}, n = {n})",
        mean - margin,
        mean + margin
    );
    println!("  Erlang C   {:.2} hours", exact.mean_wait() * 24.0);
    Ok(())
}
