//! Any system with finitely many states and exponential durations: a continuous-time Markov chain,
//! built from its transitions by exploration and solved exactly.

use super::error::{TheoryError, check, not_negative};
use std::collections::{BTreeMap, VecDeque};

/// The most states a chain may have.
pub const MOST_STATES: usize = 1_000_000;

/// Elimination is chosen up to this many multiplications (a second or so), iteration beyond.
const MOST_ELIMINATION_WORK: usize = 500_000_000;
/// Elimination is chosen up to this many stored numbers (160 megabytes).
const MOST_ELIMINATION_CELLS: usize = 20_000_000;
/// The most multiplications of the iteration (ten seconds or so).
const MOST_SWEEP_WORK: usize = 4_000_000_000;
/// The most multiplications of [`Chain::after`].
const MOST_JUMP_WORK: f64 = 1e10;

/// A continuous-time Markov chain on the states that can be reached from a first one.
///
/// ```
/// use nhs_capacity::theory::Chain;
/// // Two crews; calls arrive at rate 1, jobs take 1 on average; a call that finds both out is lost.
/// let crews_out = Chain::explore(0_u32, |&out| {
///     let mut moves = vec![];
///     if out < 2 { moves.push((out + 1, 1.0)); }
///     if out > 0 { moves.push((out - 1, f64::from(out))); }
///     moves
/// })?;
/// let always = crews_out.stationary()?;
/// assert!((always.of(&2) - 0.2).abs() < 1e-12); // Erlang B(1, 2)
/// let soon = crews_out.after(&crews_out.starting_in(&0), 0.5)?;
/// assert!(soon.of(&2) < 0.07); // half an hour after both were free
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Chain<S> {
    states: Vec<S>,
    index: BTreeMap<S, usize>,
    // moves of state i: targets and rates at starts[i]..starts[i + 1]
    starts: Vec<usize>,
    moves: Vec<(usize, f64)>,
    exit_rates: Vec<f64>,
}

/// How likely each state of a [`Chain`] is.
#[derive(Clone, Debug)]
pub struct Probabilities<'a, S> {
    chain: &'a Chain<S>,
    weights: Vec<f64>,
}

impl<S: Ord + Clone> Chain<S> {
    /// Explores, breadth first, what can be reached from `start`; `transitions` lists the moves out
    /// of a state with their rates [1/time]. Moves to itself and of rate 0 are ignored.
    ///
    /// # Errors
    /// If a rate is negative or not a number, or there are more than a million states.
    pub fn explore(start: S, mut transitions: impl FnMut(&S) -> Vec<(S, f64)>) -> Result<Self, TheoryError> {
        let mut index = BTreeMap::from([(start.clone(), 0)]);
        let mut states = vec![start.clone()];
        let mut to_visit = VecDeque::from([start]);
        let (mut starts, mut moves) = (vec![0], Vec::new());
        while let Some(state) = to_visit.pop_front() {
            for (target, rate) in transitions(&state) {
                if not_negative("transition rate", rate)? == 0.0 || target == state {
                    continue;
                }
                let next = states.len();
                let number = *index.entry(target.clone()).or_insert(next);
                if number == next {
                    if next >= MOST_STATES {
                        return Err(TheoryError::TooManyStates { most: MOST_STATES });
                    }
                    states.push(target.clone());
                    to_visit.push_back(target);
                }
                moves.push((number, rate));
            }
            starts.push(moves.len());
        }
        Ok(Self::of(states, index, starts, moves))
    }

    /// The same states with other transitions, as when a roster changes at eight o'clock.
    ///
    /// # Errors
    /// If a rate is negative or not a number, or a move leads out of the states.
    pub fn with_transitions(
        &self,
        mut transitions: impl FnMut(&S) -> Vec<(S, f64)>,
    ) -> Result<Self, TheoryError> {
        let (mut starts, mut moves) = (vec![0], Vec::new());
        for (from, state) in self.states.iter().enumerate() {
            for (target, rate) in transitions(state) {
                if not_negative("transition rate", rate)? > 0.0 && target != *state {
                    let number = self.index.get(&target).ok_or(TheoryError::UnknownState { from })?;
                    moves.push((*number, rate));
                }
            }
            starts.push(moves.len());
        }
        Ok(Self::of(self.states.clone(), self.index.clone(), starts, moves))
    }

    fn of(states: Vec<S>, index: BTreeMap<S, usize>, starts: Vec<usize>, moves: Vec<(usize, f64)>) -> Self {
        let exit_rates = starts.windows(2).map(|w| moves[w[0]..w[1]].iter().map(|m| m.1).sum()).collect();
        Self { states, index, starts, moves, exit_rates }
    }

    /// The states in order of exploration.
    pub fn states(&self) -> &[S] {
        &self.states
    }

    /// Certainty of being in `state`; of nothing at all if the chain has no such state.
    pub fn starting_in(&self, state: &S) -> Probabilities<'_, S> {
        let mut weights = vec![0.0; self.states.len()];
        if let Some(&i) = self.index.get(state) {
            weights[i] = 1.0;
        }
        Probabilities { chain: self, weights }
    }

    /// The long-run distribution. Every state must lead back to the first.
    ///
    /// By elimination without subtraction (Grassmann, Taksar and Heyman 1985), which loses no digits,
    /// while the band of the chain is narrow enough; otherwise by Gauss-Seidel sweeps, to 1e-10.
    ///
    /// # Errors
    /// If some state does not lead back, or the sweeps do not converge.
    pub fn stationary(&self) -> Result<Probabilities<'_, S>, TheoryError> {
        let (down, up) = self.band();
        let (n, width) = (self.states.len(), down + up + 1);
        let work = n.saturating_mul(down).saturating_mul(up);
        let fits = work <= MOST_ELIMINATION_WORK && n.saturating_mul(width) <= MOST_ELIMINATION_CELLS;
        let weights = if fits { self.eliminate(down, up)? } else { self.sweep()? };
        Ok(Probabilities { chain: self, weights })
    }

    /// Its number in order of exploration.
    pub(super) fn number_of(&self, state: &S) -> Option<usize> {
        self.index.get(state).copied()
    }

    /// A distribution given state by state, in order of exploration.
    pub(super) fn with_weights(&self, weights: &[f64]) -> Probabilities<'_, S> {
        Probabilities { chain: self, weights: weights.to_vec() }
    }

    fn moves_of(&self, state: usize) -> &[(usize, f64)] {
        &self.moves[self.starts[state]..self.starts[state + 1]]
    }

    /// How far moves lead down and up in the numbering.
    fn band(&self) -> (usize, usize) {
        let all = (0..self.states.len()).flat_map(|i| self.moves_of(i).iter().map(move |m| (i, m.0)));
        all.fold((0, 0), |(down, up), (i, j)| (down.max(i.saturating_sub(j)), up.max(j.saturating_sub(i))))
    }

    fn eliminate(&self, down: usize, up: usize) -> Result<Vec<f64>, TheoryError> {
        let (n, width) = (self.states.len(), down + up + 1);
        let mut band = vec![0.0; n * width];
        let at = |i: usize, j: usize| i * width + j + down - i;
        for i in 0..n {
            self.moves_of(i).iter().for_each(|&(j, rate)| band[at(i, j)] += rate);
        }
        for last in (1..n).rev() {
            let first = last.saturating_sub(down);
            let leaving: f64 = (first..last).map(|j| band[at(last, j)]).sum();
            if leaving <= 0.0 {
                return Err(TheoryError::NotIrreducible { state: last });
            }
            for i in last.saturating_sub(up)..last {
                let share = band[at(i, last)] / leaving;
                band[at(i, last)] = share;
                if share > 0.0 {
                    for j in first..last {
                        band[at(i, j)] += share * band[at(last, j)];
                    }
                }
            }
        }
        let mut weights = vec![1.0];
        for last in 1..n {
            let weight = (last.saturating_sub(up)..last).map(|i| weights[i] * band[at(i, last)]).sum();
            weights.push(weight);
            // an improbable first state would overflow the rest
            if weight > 1e200 {
                weights.iter_mut().for_each(|w| *w *= 1e-200);
            }
        }
        normalise(&mut weights);
        Ok(weights)
    }

    fn sweep(&self) -> Result<Vec<f64>, TheoryError> {
        let n = self.states.len();
        if let Some(state) = self.exit_rates.iter().position(|&rate| rate <= 0.0) {
            return Err(TheoryError::NotIrreducible { state });
        }
        let mut into: Vec<Vec<(u32, f64)>> = vec![Vec::new(); n];
        for i in 0..n {
            for &(j, rate) in self.moves_of(i) {
                into[j].push((i as u32, rate / self.exit_rates[j]));
            }
        }
        let flow = |weights: &[f64], j: usize| -> f64 {
            into[j].iter().map(|&(i, rate)| weights[i as usize] * rate).sum()
        };
        let mut weights = vec![1.0 / n as f64; n];
        let (mut last_change, mut last_ratio) = (f64::INFINITY, 1.0_f64);
        let most_sweeps = MOST_SWEEP_WORK / (2 * self.moves.len().max(1));
        for _ in 0..most_sweeps {
            let before = weights.clone();
            // sweeps in both directions: in one alone, a cycle may turn for ever
            for j in (0..n).chain((0..n).rev()) {
                weights[j] = flow(&weights, j);
            }
            normalise(&mut weights);
            let change: f64 = weights.iter().zip(&before).map(|(a, b)| (a - b).abs()).sum();
            // what is still missing, if changes go on shrinking as slowly as in the last two sweeps
            let ratio = if last_change.is_finite() { (change / last_change).min(1.0) } else { 1.0 };
            let slower = ratio.max(last_ratio);
            if change < 5e-15 || change * slower < 1e-12 * (1.0 - slower) {
                return Ok(weights);
            }
            (last_change, last_ratio) = (change, ratio);
        }
        Err(TheoryError::NotConverged { steps: most_sweeps, change: last_change })
    }

    /// The distribution `time` after it was `from`, by uniformisation (Jensen 1953).
    ///
    /// # Errors
    /// If `time` is negative or not a number, or so long that it would take minutes.
    pub fn after(&self, from: &Probabilities<'_, S>, time: f64) -> Result<Probabilities<'_, S>, TheoryError> {
        not_negative("time", time)?;
        let fastest = self.exit_rates.iter().copied().fold(0.0, f64::max);
        let jumps = fastest * time;
        let work = (jumps + 50.0) * (self.moves.len() + self.states.len()) as f64;
        check(
            "time",
            time,
            work <= MOST_JUMP_WORK,
            "shorter: moves in it times moves there are, up to 1e10",
        )?;
        // in parts, because exp(-jumps) must not vanish
        let parts = (jumps / 50.0).ceil();
        let mut weights = from.weights.clone();
        weights.resize(self.states.len(), 0.0);
        for _ in 0..parts as u64 {
            weights = self.advance(weights, jumps / parts, fastest);
        }
        Ok(Probabilities { chain: self, weights })
    }

    fn advance(&self, mut weights: Vec<f64>, jumps: f64, fastest: f64) -> Vec<f64> {
        let mut poisson = (-jumps).exp();
        let mut total: Vec<f64> = weights.iter().map(|w| w * poisson).collect();
        for k in 1_u32.. {
            let mut next: Vec<f64> =
                weights.iter().zip(&self.exit_rates).map(|(w, rate)| w * (1.0 - rate / fastest)).collect();
            for (i, weight) in weights.iter().enumerate() {
                self.moves_of(i).iter().for_each(|&(j, rate)| next[j] += weight * rate / fastest);
            }
            weights = next;
            poisson *= jumps / f64::from(k);
            total.iter_mut().zip(&weights).for_each(|(sum, w)| *sum += poisson * w);
            if f64::from(k) > jumps && poisson < 1e-17 {
                break;
            }
        }
        total
    }
}

fn normalise(weights: &mut [f64]) {
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= total);
}

impl<S: Ord + Clone> Probabilities<'_, S> {
    /// Mean of `value`.
    pub fn mean(&self, value: impl Fn(&S) -> f64) -> f64 {
        self.chain.states.iter().zip(&self.weights).map(|(state, p)| p * value(state)).sum()
    }

    /// Probability that `is_so` \[0-1\].
    pub fn probability(&self, is_so: impl Fn(&S) -> bool) -> f64 {
        self.mean(|state| if is_so(state) { 1.0 } else { 0.0 })
    }

    /// Probability of one state \[0-1\].
    pub fn of(&self, state: &S) -> f64 {
        self.chain.index.get(state).map_or(0.0, |&i| self.weights[i])
    }

    /// Probability of each state, in order of exploration.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }
}

/// Solves with doubled bounds until no more than 1e-14 of the mass lies at the edge that cuts off an
/// endless queue.
pub(super) fn with_bound_large_enough<T>(
    first: u32,
    most: u32,
    solve: impl Fn(u32) -> Result<(T, f64), TheoryError>,
) -> Result<T, TheoryError> {
    let mut bound = first.max(1);
    loop {
        let (answer, mass_at_edge) = solve(bound)?;
        if mass_at_edge < 1e-14 {
            return Ok(answer);
        }
        if bound >= most {
            return Err(TheoryError::TooManyStates { most: most as usize });
        }
        bound = bound.saturating_mul(2).min(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::{agrees, within};

    fn queue(rate: f64, servers: u32, most: u32) -> Chain<u32> {
        Chain::explore(0, |&n| {
            let mut moves = vec![];
            if n < most {
                moves.push((n + 1, rate));
            }
            if n > 0 {
                moves.push((n - 1, f64::from(n.min(servers))));
            }
            moves
        })
        .unwrap()
    }

    #[test]
    fn elimination_and_sweeps_agree_with_the_closed_form() {
        let chain = queue(8.0, 10, 300);
        let known = crate::theory::Mmc::new(8.0, 1.0, 10).unwrap();
        let (down, up) = chain.band();
        for weights in [chain.eliminate(down, up).unwrap(), chain.sweep().unwrap()] {
            for (n, p) in (0_u32..).zip(weights) {
                within(p, known.prob_in_system(n), 1e-11);
            }
        }
    }

    #[test]
    fn a_cycle_in_awkward_order_converges() {
        let cycle = Chain::explore(0_u32, |&n| vec![((n + 2) % 3, 1.0)]).unwrap();
        for weights in [cycle.sweep().unwrap(), cycle.stationary().unwrap().weights().to_vec()] {
            weights.iter().for_each(|&p| agrees(p, 1.0 / 3.0));
        }
    }

    #[test]
    fn a_heavy_load_from_an_improbable_start_does_not_overflow() {
        let chain = queue(5_000.0, 100_000, 6_000);
        agrees(chain.stationary().unwrap().mean(|&n| f64::from(n)), 5_000.0);
    }

    #[test]
    fn faults_are_named() {
        let trap = Chain::explore(0_u32, |&n| if n == 0 { vec![(1, 1.0)] } else { vec![] }).unwrap();
        assert_eq!(trap.stationary().unwrap_err(), TheoryError::NotIrreducible { state: 1 });
        assert!(Chain::explore(0_u32, |_| vec![(1, f64::NAN)]).is_err());
        assert!(matches!(
            Chain::explore(0_u32, |&n| vec![(n + 1, 1.0)]),
            Err(TheoryError::TooManyStates { .. })
        ));
        let single = Chain::explore(7_u32, |_| vec![]).unwrap();
        assert_eq!(single.stationary().unwrap().of(&7), 1.0);
        assert!(single.after(&single.starting_in(&7), -1.0).is_err());
        assert!(matches!(
            trap.with_transitions(|_| vec![(5, 1.0)]),
            Err(TheoryError::UnknownState { from: 0 })
        ));
    }

    /// trans-01, trans-02 and trans-03: (time, mean, all busy, empty).
    #[test]
    fn transients_match_the_cases() {
        let one = queue(0.9, 1, 400);
        let five = queue(6.0, 5, 400);
        let beds = Chain::explore(8_u32, |&n| {
            let up = (n < 8).then_some((n + 1, 2.0));
            let down = (n > 0).then(|| (n - 1, f64::from(n) / 3.0));
            up.into_iter().chain(down).collect()
        })
        .unwrap();
        type Reading = (f64, f64, f64, Option<f64>);
        let cases: [(&Chain<u32>, u32, u32, &[Reading]); 3] = [
            (
                &one,
                0,
                1,
                &[
                    (1.0, 0.626142539, 0.440550878, Some(0.559449122)),
                    (5.0, 1.75218332, 0.704193869, Some(0.295806131)),
                    (20.0, 3.51970961, 0.821048496, Some(0.178951504)),
                    (60.0, 5.46850845, 0.868171932, Some(0.131828068)),
                ],
            ),
            (
                &five,
                0,
                5,
                &[
                    (2.0, 5.92777137, 0.634652641, Some(0.00541879461)),
                    (5.0, 10.1912916, 0.862137818, None),
                    (10.0, 16.0125496, 0.943283891, None),
                ],
            ),
            (
                &beds,
                8,
                8,
                &[
                    (0.5, 7.11921668, 0.426687692, None),
                    (2.0, 6.05571844, 0.197493996, None),
                    (6.0, 5.37511262, 0.130230515, Some(0.0022678575)),
                ],
            ),
        ];
        for (chain, start, servers, readings) in cases {
            for &(time, mean, busy, empty) in readings {
                let then = chain.after(&chain.starting_in(&start), time).unwrap();
                within(then.mean(|&n| f64::from(n)), mean, 5e-8);
                within(then.probability(|&n| n >= servers), busy, 1e-9);
                if let Some(empty) = empty {
                    within(then.of(&0), empty, 1e-9);
                }
            }
        }
    }
}
