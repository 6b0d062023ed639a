//! Queues whose arrivals and rosters follow a daily or weekly cycle.

use super::error::{TheoryError, check, not_negative, positive, servers, share};
use super::markov::{Chain, Probabilities, with_bound_large_enough};
use std::f64::consts::TAU;

/// A rate of arrival that repeats itself.
#[derive(Clone, Debug, PartialEq)]
pub enum RateCycle {
    /// `base (1 + amplitude sin(2 pi t / period))`.
    Sinusoid {
        /// Mean rate.
        base: f64,
        /// Relative amplitude \[0-1\].
        amplitude: f64,
        /// Length of a cycle [time units].
        period: f64,
    },
    /// Constant within steps of equal length.
    Steps {
        /// The rates of the steps of one cycle.
        rates: Vec<f64>,
        /// Length of a step [time units].
        step: f64,
    },
}

impl RateCycle {
    fn check(&self) -> Result<(), TheoryError> {
        match self {
            Self::Sinusoid { base, amplitude, period } => {
                positive("base", *base)?;
                share("amplitude", *amplitude)?;
                positive("period", *period)?;
            }
            Self::Steps { rates, step } => {
                let (n, sum) = (rates.len(), rates.iter().sum::<f64>());
                check("number of rates", n as f64, (1..=10_000).contains(&n), "from 1 to 10,000")?;
                rates.iter().try_for_each(|&rate| not_negative("rate", rate).map(|_| ()))?;
                check("sum of rates", sum, sum > 0.0, "above 0")?;
                positive("step", *step)?;
            }
        }
        Ok(())
    }

    fn period(&self) -> f64 {
        match self {
            Self::Sinusoid { period, .. } => *period,
            Self::Steps { rates, step } => rates.len() as f64 * step,
        }
    }

    /// The rate at `time`, which lies in the interval around `middle` in which nothing jumps.
    fn at(&self, time: f64, middle: f64) -> f64 {
        match self {
            Self::Sinusoid { base, amplitude, period } => {
                base * (1.0 + amplitude * (TAU * time / period).sin())
            }
            Self::Steps { rates, step } => {
                rates.get((middle / step) as usize).or(rates.last()).copied().unwrap_or(0.0)
            }
        }
    }

    fn greatest(&self) -> f64 {
        match self {
            Self::Sinusoid { base, amplitude, .. } => base * (1.0 + amplitude),
            Self::Steps { rates, .. } => rates.iter().copied().fold(0.0, f64::max),
        }
    }
}

/// Who is on duty: (from when in the cycle, how many), in order, the first from 0.
type Roster = Vec<(f64, u32)>;

fn check_roster(roster: &[(f64, u32)], period: f64) -> Result<Roster, TheoryError> {
    let first = roster.first().map_or(f64::NAN, |shift| shift.0);
    check("start of the first shift", first, first == 0.0, "0")?;
    let rises = roster.windows(2).all(|pair| pair[0].0 < pair[1].0);
    let last = roster.last().map_or(f64::NAN, |shift| shift.0);
    check(
        "start of the last shift",
        last,
        rises && last < period,
        "after all others, before the cycle ends",
    )?;
    let most = roster.iter().map(|shift| shift.1).max().unwrap_or(0);
    servers("servers of the largest shift", most)?;
    Ok(roster.to_vec())
}

fn on_duty(roster: &[(f64, u32)], time: f64) -> u32 {
    roster.iter().rev().find(|shift| shift.0 <= time).map_or(0, |shift| shift.1)
}

/// The most cycles followed until one is like the one before.
const MOST_CYCLES: f64 = 3_000.0;
/// The most multiplications before giving up (half a minute or so).
const MOST_WORK: f64 = 2e10;

/// M(t)/M/s(t), with or without patience, in its periodic steady state.
///
/// Exponential service and patience; first come first served; when a shift ends, surplus customers in
/// service go back to the head of the queue. The forward equations of the number in the system,
/// integrated by Runge-Kutta of fourth order until a cycle repeats the one before to 1e-11.
///
/// ```
/// use nhs_capacity::theory::{Mmc, MtMc, RateCycle};
/// // Twelve cubicles, 8 patients an hour on average, but 70% more or less by time of day.
/// let rates = RateCycle::Sinusoid { base: 8.0, amplitude: 0.7, period: 24.0 };
/// let ed = MtMc::new(rates, &[(0.0, 12)], 1.0, None)?;
/// assert!((ed.mean_wait() * 60.0 - 25.8).abs() < 0.05); // the daily average would say 2 minutes
/// assert!((Mmc::new(8.0, 1.0, 12)?.mean_wait() * 60.0 - 2.1).abs() < 0.05);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MtMc {
    system: BirthDeath,
    at_start: Vec<f64>,
    over_cycle: Integrals,
}

#[derive(Clone, Debug, PartialEq)]
struct BirthDeath {
    rates: RateCycle,
    roster: Roster,
    service_rate: f64,
    abandonment_rate: f64,
}

/// Integrals over a cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Integrals {
    arrivals: f64,
    arrivals_finding_all_busy: f64,
    queue: f64,
    busy: f64,
    rostered: f64,
    // not an integral: the most mass ever seen in the last state followed
    mass_at_edge: f64,
}

impl BirthDeath {
    /// The cycle cut where a rate or a shift jumps.
    fn intervals(&self) -> Vec<(f64, f64)> {
        let period = self.rates.period();
        let mut cuts: Vec<f64> = self.roster.iter().map(|shift| shift.0).collect();
        if let RateCycle::Steps { rates, step } = &self.rates {
            cuts.extend((0..rates.len()).map(|i| i as f64 * step));
        }
        cuts.push(period);
        cuts.sort_by(f64::total_cmp);
        cuts.dedup_by(|a, b| (*a - *b).abs() < 1e-12 * period);
        cuts.windows(2).map(|w| (w[0], w[1])).collect()
    }

    fn slope(&self, p: &[f64], rate: f64, c: usize, slope: &mut [f64]) {
        let leaving = |n: usize| {
            n.min(c) as f64 * self.service_rate + n.saturating_sub(c) as f64 * self.abandonment_rate
        };
        let last = p.len() - 1;
        let mut from_below = 0.0;
        for n in 0..=last {
            let up = if n < last { rate * p[n] } else { 0.0 };
            let from_above = if n < last { leaving(n + 1) * p[n + 1] } else { 0.0 };
            slope[n] = from_below + from_above - up - leaving(n) * p[n];
            from_below = up;
        }
    }

    /// Moves `p` from the start of the cycle to `end`, adding to `sums` on the way.
    fn advance(&self, p: &mut [f64], end: f64, sums: &mut Integrals) {
        let size = p.len();
        let (mut k, mut trial, mut total) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
        for (from, to) in self.intervals().into_iter().filter(|interval| interval.0 < end) {
            let (to, middle) = (to.min(end), f64::midpoint(from, to));
            let c = on_duty(&self.roster, middle) as usize;
            let fastest = self.rates.greatest()
                + c as f64 * self.service_rate
                + size.saturating_sub(c) as f64 * self.abandonment_rate;
            let steps = ((to - from) * fastest * 2.0).ceil().max(4.0);
            let h = (to - from) / steps;
            for i in 0..steps as u64 {
                let start = from + i as f64 * h;
                total.copy_from_slice(p);
                // the four stages of Runge-Kutta: (where to look, step taken to get there, weight)
                for (stage, (at, reach, weight)) in
                    [(0.0, 0.0, 1.0), (0.5, 0.5, 2.0), (0.5, 0.5, 2.0), (1.0, 1.0, 1.0)]
                        .into_iter()
                        .enumerate()
                {
                    for n in 0..size {
                        trial[n] = if stage == 0 { p[n] } else { p[n] + reach * h * k[n] };
                    }
                    let rate = self.rates.at(start + at * h, middle);
                    self.slope(&trial, rate, c, &mut k);
                    for n in 0..size {
                        total[n] += weight * h / 6.0 * k[n];
                    }
                    sums.add(&trial, rate, c, weight * h / 6.0);
                }
                p.copy_from_slice(&total);
            }
        }
    }
}

impl Integrals {
    fn add(&mut self, p: &[f64], rate: f64, c: usize, weight: f64) {
        let all_busy: f64 = p.iter().skip(c).sum();
        self.arrivals += weight * rate;
        self.arrivals_finding_all_busy += weight * rate * all_busy;
        self.queue += weight * super::birth_death::mean(p, |n| n.saturating_sub(c) as f64);
        self.busy += weight * super::birth_death::mean(p, |n| n.min(c) as f64);
        self.rostered += weight * c as f64;
        self.mass_at_edge = self.mass_at_edge.max(p.last().copied().unwrap_or(0.0));
    }
}

impl MtMc {
    /// Rates of arrival; shifts as (from when in the cycle, servers), the first from 0; mean service;
    /// and mean patience, if there is any.
    ///
    /// # Errors
    /// If a parameter is out of range, or arrivals outrun the servers over a cycle.
    pub fn new(
        rates: RateCycle,
        roster: &[(f64, u32)],
        mean_service: f64,
        mean_patience: Option<f64>,
    ) -> Result<Self, TheoryError> {
        rates.check()?;
        let roster = check_roster(roster, rates.period())?;
        let service_rate = 1.0 / positive("mean_service", mean_service)?;
        let abandonment_rate = match mean_patience {
            Some(mean) => 1.0 / positive("mean_patience", mean)?,
            None => 0.0,
        };
        let most = roster.iter().map(|shift| shift.1).max().unwrap_or(0);
        let work = rates.period() * (rates.greatest() + f64::from(most) * service_rate);
        check("events in a cycle", work, work <= 1e5, "at most 1e5")?;
        let system = BirthDeath { rates, roster, service_rate, abandonment_rate };
        let mut load = Integrals::default();
        system.advance(&mut [1.0], system.rates.period(), &mut load);
        if mean_patience.is_none() {
            super::error::stable(load.arrivals / (load.rostered * service_rate))?;
        }
        with_bound_large_enough(64_u32.max(2 * most), 1 << 12, |most| {
            let mut p = vec![0.0; most as usize + 1];
            p[0] = 1.0;
            let mut sums = Integrals::default();
            let cost =
                32.0 * (work + system.rates.period() * abandonment_rate * f64::from(most)) * f64::from(most);
            let most_cycles = (MOST_WORK / cost).clamp(2.0, MOST_CYCLES) as usize;
            let mut change = f64::INFINITY;
            for _ in 0..most_cycles {
                let before = p.clone();
                sums = Integrals::default();
                system.advance(&mut p, system.rates.period(), &mut sums);
                change = p.iter().zip(&before).map(|(a, b)| (a - b).abs()).sum();
                if change < 1e-11 || sums.mass_at_edge > 1e-9 {
                    break;
                }
            }
            if change > 1e-9 && sums.mass_at_edge <= 1e-9 {
                return Err(TheoryError::NotConverged { steps: most_cycles, change });
            }
            Ok((Self { system: system.clone(), at_start: p, over_cycle: sums }, sums.mass_at_edge))
        })
    }

    /// Mean time in the queue over all arrivals of a cycle, second spells and time before giving up
    /// included [time units].
    pub fn mean_wait(&self) -> f64 {
        self.over_cycle.queue / self.over_cycle.arrivals
    }

    /// Share of arrivals that find every server on duty busy \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.over_cycle.arrivals_finding_all_busy / self.over_cycle.arrivals
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.over_cycle.queue / self.system.rates.period()
    }

    /// Mean number waiting and in service.
    pub fn mean_in_system(&self) -> f64 {
        (self.over_cycle.queue + self.over_cycle.busy) / self.system.rates.period()
    }

    /// Busy over rostered server time \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.over_cycle.busy / self.over_cycle.rostered
    }

    /// Share of arrivals who give up \[0-1\].
    pub fn prob_abandon(&self) -> f64 {
        self.system.abandonment_rate * self.over_cycle.queue / self.over_cycle.arrivals
    }

    /// What one sees at `time` in the cycle: mean number in the system, mean number waiting, and
    /// chance that every server on duty is busy.
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn at(&self, time: f64) -> Result<Seen, TheoryError> {
        let within = not_negative("time", time)? % self.system.rates.period();
        let mut p = self.at_start.clone();
        self.system.advance(&mut p, within, &mut Integrals::default());
        let c = on_duty(&self.system.roster, within) as usize;
        Ok(Seen {
            mean_in_system: super::birth_death::mean(&p, |n| n as f64),
            mean_queue: super::birth_death::mean(&p, |n| n.saturating_sub(c) as f64),
            prob_all_busy: p.iter().skip(c).sum(),
        })
    }
}

/// What one sees at one time of the cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Mean number waiting and in service.
    pub mean_in_system: f64,
    /// Mean number waiting.
    pub mean_queue: f64,
    /// Chance that every server on duty is busy \[0-1\].
    pub prob_all_busy: f64,
}

/// M/M/s(t) in its periodic steady state when staff finish their present customer before they go off
/// duty, and nobody starts while as many are busy as are on duty.
///
/// The chain on (busy, waiting), whose rates change at the ends of shifts; by uniformisation within
/// them, and Simpson's rule for averages over time.
///
/// ```
/// use nhs_capacity::theory::FinishCurrent;
/// // Eight by day, four by night, five patients an hour of 48 minutes each.
/// let ed = FinishCurrent::new(5.0, 0.8, &[(0.0, 8), (12.0, 4)], 24.0)?;
/// assert!((ed.mean_wait() - 0.460).abs() < 5e-4);
/// assert!((ed.prob_over_roster() - 0.0046).abs() < 5e-5); // staying on is rare: 7 minutes a day
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FinishCurrent {
    arrival_rate: f64,
    roster: Roster,
    period: f64,
    shifts: Vec<Chain<(u32, u32)>>,
    at_start: Vec<f64>,
    mean_queue: f64,
    mean_busy: f64,
    prob_wait: f64,
    prob_over_roster: f64,
}

/// Whoever can start does.
fn settled((busy, waiting): (u32, u32), on_duty: u32) -> (u32, u32) {
    let starting = waiting.min(on_duty.saturating_sub(busy));
    (busy + starting, waiting - starting)
}

fn moves(
    state @ (busy, waiting): (u32, u32),
    on_duty: u32,
    arrival_rate: f64,
    mean_service: f64,
    most: u32,
) -> Vec<((u32, u32), f64)> {
    if settled(state, on_duty) != state {
        return vec![(settled(state, on_duty), 1.0)]; // left at once when the shift begins
    }
    let mut moves = vec![];
    if busy < on_duty || waiting < most {
        moves.push((settled((busy, waiting + 1), on_duty), arrival_rate));
    }
    if busy > 0 {
        moves.push((settled((busy - 1, waiting), on_duty), f64::from(busy) / mean_service));
    }
    moves
}

impl FinishCurrent {
    /// Arrivals per unit of time; mean service; shifts as (from when in the cycle, servers), the first
    /// from 0; and length of the cycle.
    ///
    /// # Errors
    /// If a parameter is out of range, or arrivals outrun the servers over a cycle.
    pub fn new(
        arrival_rate: f64,
        mean_service: f64,
        roster: &[(f64, u32)],
        period: f64,
    ) -> Result<Self, TheoryError> {
        positive("arrival_rate", arrival_rate)?;
        positive("mean_service", mean_service)?;
        let roster = check_roster(roster, positive("period", period)?)?;
        let largest = roster.iter().map(|shift| shift.1).max().unwrap_or(0);
        let work = period * (arrival_rate + f64::from(largest) / mean_service);
        check("events in a cycle", work, work <= 1e5, "at most 1e5")?;
        let rostered: f64 = shifts_of(&roster, period).map(|(from, to, c)| (to - from) * f64::from(c)).sum();
        super::error::stable(arrival_rate * mean_service * period / rostered)?;
        with_bound_large_enough(64, 1 << 12, |most| {
            let of_shift = |state, c| moves(state, c, arrival_rate, mean_service, most);
            let all = Chain::explore((0, 0), |&state| {
                roster.iter().flat_map(|shift| of_shift(state, shift.1)).collect()
            })?;
            let shifts = roster
                .iter()
                .map(|shift| all.with_transitions(|&state| of_shift(state, shift.1)))
                .collect::<Result<Vec<_>, _>>()?;
            let mut answer = Self {
                arrival_rate,
                roster: roster.clone(),
                period,
                at_start: all.starting_in(&(0, 0)).weights().to_vec(),
                shifts,
                mean_queue: 0.0,
                mean_busy: 0.0,
                prob_wait: 0.0,
                prob_over_roster: 0.0,
            };
            let mass_at_edge = answer.settle(mean_service, most, work)?;
            Ok((answer, mass_at_edge))
        })
    }

    /// Follows cycles until they repeat, then averages over one. Returns the most mass at the edge.
    fn settle(&mut self, mean_service: f64, most: u32, work: f64) -> Result<f64, TheoryError> {
        let mut change = f64::INFINITY;
        let states = self.shifts.first().map_or(1, |chain| chain.states().len()) as f64;
        let most_cycles = (MOST_WORK / (8.0 * states * (work + 100.0))).clamp(2.0, MOST_CYCLES) as usize;
        for _ in 0..most_cycles {
            let end = self.follow(self.period)?;
            change = end.iter().zip(&self.at_start).map(|(a, b)| (a - b).abs()).sum();
            self.at_start = end;
            if change < 1e-11 {
                break;
            }
        }
        if change > 1e-9 {
            return Err(TheoryError::NotConverged { steps: most_cycles, change });
        }
        let mut mass_at_edge = 0.0_f64;
        for (number, (from, to, c)) in shifts_of(&self.roster.clone(), self.period).enumerate() {
            let chain = self.shifts[number].clone();
            let mut now = self.enter(number, self.follow(from)?);
            let pieces = ((to - from) / (0.02 * mean_service)).ceil().max(2.0) as u32 * 2;
            let step = (to - from) / f64::from(pieces);
            for i in 0..=pieces {
                let p = chain.with_weights(&now);
                let simpson = if i == 0 || i == pieces { 1.0 } else { 2.0 + 2.0 * f64::from(i % 2) };
                let weight = simpson * step / 3.0 / self.period;
                self.mean_queue += weight * p.mean(|s| f64::from(s.1));
                self.mean_busy += weight * p.mean(|s| f64::from(s.0));
                self.prob_wait += weight * p.probability(|s| s.0 >= c);
                self.prob_over_roster += weight * p.probability(|s| s.0 > c);
                mass_at_edge = mass_at_edge.max(p.probability(|s| s.1 >= most));
                now = chain.after(&p, step)?.weights().to_vec();
            }
        }
        Ok(mass_at_edge)
    }

    /// The distribution at `time` in the cycle, before any shift that begins at that moment.
    fn follow(&self, time: f64) -> Result<Vec<f64>, TheoryError> {
        let mut now = self.at_start.clone();
        for (number, (from, to, _)) in shifts_of(&self.roster, self.period).enumerate() {
            if from < time {
                let entered = self.enter(number, now);
                let chain = &self.shifts[number];
                now = chain.after(&chain.with_weights(&entered), to.min(time) - from)?.weights().to_vec();
            }
        }
        Ok(now)
    }

    /// A shift begins: whoever can start does.
    fn enter(&self, number: usize, weights: Vec<f64>) -> Vec<f64> {
        let chain = &self.shifts[number];
        let mut entered = vec![0.0; weights.len()];
        for (state, weight) in chain.states().iter().zip(weights) {
            if let Some(i) = chain.number_of(&settled(*state, self.roster[number].1)) {
                entered[i] += weight;
            }
        }
        entered
    }

    /// Mean wait [time units].
    pub fn mean_wait(&self) -> f64 {
        self.mean_queue / self.arrival_rate
    }

    /// Share of arrivals who wait \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        self.prob_wait
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.mean_queue
    }

    /// Mean number busy, those who stayed on included.
    pub fn mean_busy(&self) -> f64 {
        self.mean_busy
    }

    /// Share of time with more busy than on duty \[0-1\].
    pub fn prob_over_roster(&self) -> f64 {
        self.prob_over_roster
    }

    /// Mean number busy and mean number waiting at `time` in the cycle.
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn at(&self, time: f64) -> Result<(f64, f64), TheoryError> {
        let within = not_negative("time", time)? % self.period;
        let chain: &Chain<(u32, u32)> = &self.shifts[0];
        let now = self.follow(within)?;
        let p: Probabilities<'_, (u32, u32)> = chain.with_weights(&now);
        Ok((p.mean(|s| f64::from(s.0)), p.mean(|s| f64::from(s.1))))
    }
}

/// (from, to, servers) of each shift.
fn shifts_of(roster: &[(f64, u32)], period: f64) -> impl Iterator<Item = (f64, f64, u32)> {
    let ends = roster.iter().skip(1).map(|shift| shift.0).chain([period]);
    roster.iter().zip(ends).map(|(shift, end)| (shift.0, end, shift.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::within;

    const ED: [f64; 24] = [
        3.0, 2.5, 2.0, 2.0, 2.0, 2.5, 3.5, 5.0, 8.0, 11.0, 12.0, 12.0, 11.5, 11.0, 10.5, 10.0, 10.0, 10.5,
        10.0, 9.0, 7.5, 6.0, 5.0, 4.0,
    ];
    const CALLS: [f64; 24] = [
        60.0, 45.0, 35.0, 30.0, 30.0, 35.0, 50.0, 80.0, 110.0, 120.0, 115.0, 110.0, 105.0, 100.0, 100.0,
        105.0, 115.0, 125.0, 130.0, 125.0, 115.0, 105.0, 90.0, 75.0,
    ];

    type Phase = (f64, f64, f64, f64);

    fn matches(queue: &MtMc, [wait, waits, waiting, inside, busy]: [f64; 5], phases: &[Phase]) {
        let near = |actual: f64, value: f64| within(actual, value, 1e-7 * value.max(1.0) + 5e-7 * value);
        near(queue.mean_wait(), wait);
        near(queue.prob_wait(), waits);
        near(queue.mean_queue(), waiting);
        near(queue.mean_in_system(), inside);
        near(queue.utilisation(), busy);
        for &(time, inside, waiting, all_busy) in phases {
            let seen = queue.at(time).unwrap();
            near(seen.mean_in_system, inside);
            near(seen.mean_queue, waiting);
            near(seen.prob_all_busy, all_busy);
        }
    }

    /// mtmc-01 and mtmc-02.
    #[test]
    fn daily_cycles_match_the_cases() {
        let rates = RateCycle::Sinusoid { base: 8.0, amplitude: 0.7, period: 24.0 };
        matches(
            &MtMc::new(rates, &[(0.0, 12)], 1.0, None).unwrap(),
            [0.43005281, 0.51612016, 3.4404224, 11.440422, 0.66666667],
            &[
                (0.0, 6.6439731, 0.041923749, 0.040188445),
                (9.0, 22.186066, 10.569735, 0.86637372),
                (18.0, 3.1220049, 0.043936394, 0.0082377281),
            ],
        );
        let rates = RateCycle::Sinusoid { base: 5.0, amplitude: 0.5, period: 24.0 };
        matches(
            &MtMc::new(rates, &[(0.0, 6)], 0.9, None).unwrap(),
            [0.67336401, 0.58501547, 3.3668201, 7.8668201, 0.75],
            &[(10.0, 13.722621, 8.0369239, 0.85545449), (20.0, 2.9597243, 0.30697483, 0.089313105)],
        );
    }

    /// mtmc-03 and mtmc-04.
    #[test]
    fn rosters_match_the_cases() {
        let ed = RateCycle::Steps { rates: ED.to_vec(), step: 1.0 };
        matches(
            &MtMc::new(ed, &[(0.0, 4), (8.0, 10), (20.0, 6)], 0.75, None).unwrap(),
            [0.17443711, 0.37925543, 1.2392303, 6.5673553, 0.7265625],
            &[
                (4.0, 1.9883623, 0.28038098, 0.13218235),
                (7.5, 3.415203, 0.62547617, 0.40526036),
                (23.0, 6.3099609, 1.8241317, 0.44354972),
            ],
        );
        let calls = RateCycle::Steps { rates: CALLS.to_vec(), step: 1.0 };
        let centre = MtMc::new(calls, &[(0.0, 8), (7.0, 15), (23.0, 10)], 0.13, Some(0.15)).unwrap();
        matches(
            &centre,
            [0.012571766, 0.45489245, 1.1052678, 11.576536, 0.82127592],
            &[(7.5, 10.333852, 0.14051296, 0.10279068), (23.5, 9.968238, 1.272003, 0.53190219)],
        );
        within(centre.prob_abandon(), 0.083811773, 1e-7);
    }

    /// shift-01.
    #[test]
    fn staff_who_finish_match_the_case() {
        let ed = FinishCurrent::new(5.0, 0.8, &[(0.0, 8), (12.0, 4)], 24.0).unwrap();
        within(ed.mean_wait(), 0.46008117, 1e-7);
        within(ed.prob_wait(), 0.44953332, 1e-7);
        within(ed.mean_queue(), 2.3004058, 2e-7);
        within(ed.mean_busy(), 4.0, 1e-7);
        within(ed.prob_over_roster(), 0.0045511215, 1e-7);
        for (time, busy, waiting) in [
            (0.25, 6.2455827, 3.3398064),
            (6.0, 4.0806178, 0.11797063),
            (11.5, 4.0013397, 0.059819756),
            (12.5, 3.3416575, 0.98923473),
            (20.0, 3.6608271, 5.1173044),
        ] {
            let (b, w) = ed.at(time).unwrap();
            within(b, busy, 2e-7);
            within(w, waiting, 2e-7);
        }
    }

    #[test]
    fn impossible_rosters_are_refused() {
        let rates = || RateCycle::Steps { rates: vec![5.0], step: 24.0 };
        for roster in
            [&[][..], &[(1.0, 5)], &[(0.0, 5), (24.0, 3)], &[(0.0, 5), (3.0, 2), (2.0, 4)], &[(0.0, 0)]]
        {
            assert!(MtMc::new(rates(), roster, 0.5, None).is_err(), "{roster:?}");
            assert!(FinishCurrent::new(5.0, 0.5, roster, 24.0).is_err(), "{roster:?}");
        }
        assert!(matches!(MtMc::new(rates(), &[(0.0, 2)], 0.5, None), Err(TheoryError::Overloaded { .. })));
        assert!(matches!(
            FinishCurrent::new(5.0, 0.8, &[(0.0, 4)], 24.0),
            Err(TheoryError::Overloaded { .. })
        ));
    }
}
