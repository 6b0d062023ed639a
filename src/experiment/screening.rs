//! Which inputs matter at all: elementary effects (Morris, 1991).

use super::design::fits;
use super::moments::sum;
use crate::random::Stream;

/// Most runs of a full grid.
const MOST_RUNS: usize = 10_000_000;

/// The grid on which inputs are moved: `levels` values from 0 to 1, and a step of so many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    levels: usize,
    step: usize,
}

/// What changed per unit of one input, once for each step taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects(Vec<f64>);

impl Effects {
    /// Their mean: the main effect. `None` without effects or if it is not finite, as below.
    pub fn mu(&self) -> Option<f64> {
        mean(self.0.iter().copied())
    }

    /// Mean of their absolute values, in which effects of both signs do not cancel (Campolongo,
    /// Cariboni and Saltelli, 2007).
    pub fn mu_star(&self) -> Option<f64> {
        mean(self.0.iter().map(|effect| effect.abs()))
    }

    /// Their standard deviation with divisor n, for a full grid: zero for an input that acts alone
    /// and in proportion.
    pub fn sigma_population(&self) -> Option<f64> {
        let mu = self.mu()?;
        mean(self.0.iter().map(|effect| (effect - mu).powi(2))).map(f64::sqrt)
    }

    /// Their standard deviation with divisor n - 1, for a sample; `None` with fewer than two.
    pub fn sigma(&self) -> Option<f64> {
        let n = self.0.len() as f64;
        self.sigma_population().map(|sigma| sigma * (n / (n - 1.0)).sqrt()).filter(|s| s.is_finite())
    }

    /// The effects themselves.
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let n = values.len() as f64;
    sum(values).map(|sum| sum / n).filter(|mean| mean.is_finite())
}

impl Grid {
    /// A grid of `levels` values with steps of `delta`, usually `levels / (2 (levels - 1))`; `None`
    /// unless there are two levels and the step is a whole number of gaps between them.
    pub fn new(levels: usize, delta: f64) -> Option<Self> {
        let gaps = delta * (levels as f64 - 1.0);
        let is_sound = (2..=MOST_RUNS).contains(&levels) && (gaps - gaps.round()).abs() < 1e-6;
        let step = gaps.round();
        (is_sound && step >= 1.0 && step < levels as f64).then_some(Self { levels, step: step as usize })
    }

    /// The step as a share of the range.
    pub fn delta(self) -> f64 {
        self.step as f64 / self.gaps()
    }

    fn gaps(self) -> f64 {
        self.levels as f64 - 1.0
    }

    fn points(self, at: &[usize]) -> Vec<f64> {
        at.iter().map(|&level| level as f64 / self.gaps()).collect()
    }

    /// The effects of each input from every base point of the grid: their exact distribution over
    /// all trajectories. A step down has the effect of the same step up. `None` without inputs, or
    /// beyond ten million base points.
    pub fn all_effects(self, inputs: usize, f: impl Fn(&[f64]) -> f64) -> Option<Vec<Effects>> {
        let count = self.levels.checked_pow(u32::try_from(inputs).ok()?)?;
        if inputs == 0 || count > MOST_RUNS {
            return None;
        }
        let mut effects = vec![Effects::default(); inputs];
        let mut at = vec![0; inputs];
        for index in 0..count {
            let mut rest = index;
            for level in &mut at {
                (*level, rest) = (rest % self.levels, rest / self.levels);
            }
            let mut x = self.points(&at);
            let here = f(&x);
            for (input, effects) in effects.iter_mut().enumerate() {
                if at[input] + self.step < self.levels {
                    let before = x[input];
                    x[input] = (at[input] + self.step) as f64 / self.gaps();
                    effects.0.push((f(&x) - here) / self.delta());
                    x[input] = before;
                }
            }
        }
        Some(effects)
    }

    /// Random trajectories for a model that is dear to run: each starts anywhere on the grid and moves
    /// the inputs by one step in random order, down if there is no room up and by lot if there is room
    /// for both. A trajectory has one point more than inputs. None if they would hold more than 100 million numbers.
    pub fn trajectories(self, inputs: usize, count: usize, stream: Stream) -> Vec<Vec<Vec<f64>>> {
        let points = count.checked_mul(inputs.saturating_add(1));
        if !points.is_some_and(|points| fits(points, inputs)) {
            return Vec::new();
        }
        let trajectory = |index: u64| {
            let mut dice = stream.at(index).dice();
            let mut at: Vec<usize> = (0..inputs).map(|_| dice.below(self.levels)).collect();
            let mut order: Vec<usize> = (0..inputs).collect();
            for i in (1..inputs).rev() {
                order.swap(i, dice.below(i + 1));
            }
            let mut path = vec![self.points(&at)];
            for input in order {
                let (up, down) = (at[input] + self.step < self.levels, at[input] >= self.step);
                match (up, down) {
                    (true, false) => at[input] += self.step,
                    (true, true) if dice.below(2) == 0 => at[input] += self.step,
                    // a level in the middle with room on neither side stays: it has no effect
                    (false, false) => {}
                    _ => at[input] -= self.step,
                }
                path.push(self.points(&at));
            }
            path
        };
        (0..count as u64).map(trajectory).collect()
    }
}

/// The effects along trajectories from one result per point; `None` if the numbers of points and
/// results differ or there are no trajectories.
pub fn effects(trajectories: &[Vec<Vec<f64>>], results: &[Vec<f64>]) -> Option<Vec<Effects>> {
    let inputs = trajectories.first()?.first()?.len();
    let is_matched = trajectories.len() == results.len()
        && trajectories.iter().zip(results).all(|(path, values)| path.len() == values.len())
        && trajectories.iter().flatten().all(|point| point.len() == inputs);
    if !is_matched {
        return None;
    }
    let mut effects = vec![Effects::default(); inputs];
    for (path, values) in trajectories.iter().zip(results) {
        for (points, values) in path.windows(2).zip(values.windows(2)) {
            for (input, effects) in effects.iter_mut().enumerate() {
                let step = points[1][input] - points[0][input];
                if step != 0.0 {
                    effects.0.push((values[1] - values[0]) / step);
                }
            }
        }
    }
    Some(effects)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(x: &[f64]) -> f64 {
        2.0 * x[0] - 3.0 * x[1] + 0.5 * x[2] + 4.0 * x[0] * x[1]
    }

    /// Verification case oa-morris-01.
    #[test]
    fn effects_of_an_interaction_are_known() {
        let found = Grid::new(4, 2.0 / 3.0).unwrap().all_effects(3, model).unwrap();
        let expected = [(4.0, 1.490_711_985, 4.0), (-1.0, 1.490_711_985, 1.5), (0.5, 0.0, 0.5)];
        for (effects, (mu, sigma, star)) in found.iter().zip(expected) {
            assert!((effects.mu().unwrap() - mu).abs() < 1e-9);
            assert!((effects.sigma_population().unwrap() - sigma).abs() < 1e-9);
            assert!((effects.mu_star().unwrap() - star).abs() < 1e-9);
        }
    }

    #[test]
    fn trajectories_tend_to_the_full_grid() {
        let grid = Grid::new(4, 2.0 / 3.0).unwrap();
        let paths = grid.trajectories(3, 2_000, Stream::of_seed(4));
        let results: Vec<Vec<f64>> =
            paths.iter().map(|path| path.iter().map(|x| model(x)).collect()).collect();
        let found = effects(&paths, &results).unwrap();
        assert!(found.iter().all(|effects| effects.values().len() == 2_000));
        assert!(paths.iter().flatten().flatten().all(|x| (0.0..=1.0).contains(x)));
        for (effects, (mu, sigma)) in found.iter().zip([(4.0, 1.490_7), (-1.0, 1.490_7), (0.5, 0.0)]) {
            assert!((effects.mu().unwrap() - mu).abs() < 0.15);
            assert!((effects.sigma().unwrap() - sigma).abs() < 0.1);
        }
    }

    #[test]
    fn nonsense_is_none() {
        for (levels, delta) in [(1, 0.5), (4, 0.5), (4, 0.0), (4, 4.0 / 3.0), (4, f64::NAN)] {
            assert_eq!(Grid::new(levels, delta), None, "{levels} {delta}");
        }
        let grid = Grid::new(4, 2.0 / 3.0).unwrap();
        assert_eq!((grid.all_effects(0, model), grid.all_effects(40, model)), (None, None));
        assert_eq!(grid.all_effects(1, |_| f64::NAN).unwrap()[0].mu(), None);
        assert_eq!((effects(&[], &[]), Effects::default().mu_star()), (None, None));
        assert!(grid.trajectories(usize::MAX, 2, Stream::of_seed(1)).is_empty());
        assert!(grid.trajectories(2, usize::MAX, Stream::of_seed(1)).is_empty());
        // from the middle of three levels there is no room for a step of two
        let stuck = Grid::new(3, 1.0).unwrap().trajectories(2, 50, Stream::of_seed(1));
        assert!(stuck.iter().flatten().flatten().all(|x| [0.0, 0.5, 1.0].contains(x)));
    }
}
