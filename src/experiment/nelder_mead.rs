//! The least value of a function that can only be evaluated.

use std::cell::Cell;

/// When [`minimise`] stops, and how far it looks at first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// Edge of the first simplex, as a share of each coordinate, or this much where that is zero.
    pub edge: f64,
    /// Stop once the values at the corners differ by less than this, and ...
    pub value_tolerance: f64,
    /// ... the corners by less than this in every coordinate.
    pub point_tolerance: f64,
    /// Most evaluations.
    pub evaluations: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self { edge: 0.1, value_tolerance: 1e-12, point_tolerance: 1e-8, evaluations: 10_000 }
    }
}

/// Where a search ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// The best point.
    pub point: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// Evaluations it took.
    pub evaluations: usize,
    /// Whether the tolerances were met, and met again after a fresh start from there; if not, the
    /// evaluations ran out.
    pub has_converged: bool,
}

/// Minimises `f` from `start` by the simplex of Nelder and Mead (1965) with the coefficients of Gao and
/// Han (2012), which depend on the dimension; it starts afresh from where it ends until that no longer
/// helps, since a simplex may collapse too early. Deterministic; for a simulation give each
/// evaluation the same random numbers. A value that is not finite counts as plus infinity. `None`
/// without coordinates, or if the start is not finite or has no finite value.
///
/// ```
/// use nhs_capacity::experiment::nelder_mead::{Search, minimise};
/// let found = minimise(&[0.0, 0.0], &Search::default(), |p| (p[0] - 3.0).powi(2) + 10.0 * (p[1] + 1.0).powi(2));
/// assert!(found.is_some_and(|m| m.has_converged && m.value < 1e-10));
/// ```
pub fn minimise(start: &[f64], search: &Search, mut f: impl FnMut(&[f64]) -> f64) -> Option<Minimum> {
    let mut spent = 0;
    let mut value = |point: &[f64]| {
        spent += 1;
        let value = if point.iter().all(|x| x.is_finite()) { f(point) } else { f64::INFINITY };
        (if value.is_finite() { value } else { f64::INFINITY }, spent)
    };
    if start.is_empty() || !start.iter().all(|x| x.is_finite()) {
        return None;
    }
    let mut best = (start.to_vec(), value(start).0);
    if !best.1.is_finite() {
        return None;
    }
    loop {
        let (found, evaluations, is_settled) = descend(&best, search, &mut value);
        let gain = best.1 - found.1;
        best = found;
        if !is_settled || gain <= search.value_tolerance {
            return Some(Minimum { point: best.0, value: best.1, evaluations, has_converged: is_settled });
        }
    }
}

type Corner = (Vec<f64>, f64);

// One simplex from a point to where it has shrunk: the best corner, all evaluations so far and
// whether it met the tolerances.
fn descend(
    from: &Corner,
    search: &Search,
    value: &mut impl FnMut(&[f64]) -> (f64, usize),
) -> (Corner, usize, bool) {
    let n = from.0.len();
    let wide = n.max(2) as f64;
    let (expansion, contraction, shrinkage) = (1.0 + 2.0 / wide, 0.75 - 0.5 / wide, 1.0 - 1.0 / wide);
    let spent = Cell::new(0);
    let mut evaluate = |point: Vec<f64>| {
        let (value, total) = value(&point);
        spent.set(total);
        (point, value)
    };
    let mut corners = vec![from.clone()];
    for i in 0..n {
        let mut point = from.0.clone();
        point[i] += if point[i] == 0.0 { search.edge } else { search.edge * point[i] };
        corners.push(evaluate(point));
    }
    loop {
        // stable: of equal corners the older is the better
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let spread = corners[n].1 - corners[0].1;
        let reach = |i: usize| corners.iter().map(|c| (c.0[i] - corners[0].0[i]).abs()).fold(0.0, f64::max);
        let is_settled =
            spread <= search.value_tolerance && (0..n).all(|i| reach(i) <= search.point_tolerance);
        if is_settled || spent.get() >= search.evaluations {
            return (corners.swap_remove(0), spent.get(), is_settled);
        }
        let centre: Vec<f64> =
            (0..n).map(|i| corners[..n].iter().map(|c| c.0[i]).sum::<f64>() / n as f64).collect();
        let worst = corners[n].clone();
        let along = |share: f64| centre.iter().zip(&worst.0).map(|(c, w)| c + share * (c - w)).collect();
        let reflected: Corner = evaluate(along(1.0));
        let accepted = if reflected.1 < corners[0].1 {
            let expanded = evaluate(along(expansion));
            Some(if expanded.1 < reflected.1 { expanded } else { reflected })
        } else if reflected.1 < corners[n - 1].1 {
            Some(reflected)
        } else {
            let is_outside = reflected.1 < worst.1;
            let contracted = evaluate(along(if is_outside { contraction } else { -contraction }));
            let limit = if is_outside { reflected.1 } else { worst.1 };
            (contracted.1 < limit).then_some(contracted)
        };
        match accepted {
            Some(corner) => corners[n] = corner,
            None => {
                let best = corners[0].0.clone();
                for corner in &mut corners[1..] {
                    let point = best.iter().zip(&corner.0).map(|(b, c)| b + shrinkage * (c - b)).collect();
                    *corner = evaluate(point);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rosenbrock(p: &[f64]) -> f64 {
        100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2)
    }

    /// Verification case oa-nelder-mead-01.
    #[test]
    fn known_minima_are_found() {
        let search = Search::default();
        let valley = minimise(&[-1.2, 1.0], &search, rosenbrock).unwrap();
        assert!(valley.has_converged && valley.value < 1e-8);
        assert!(valley.point.iter().all(|x| (x - 1.0).abs() < 1e-4));
        let himmelblau = |p: &[f64]| (p[0] * p[0] + p[1] - 11.0).powi(2) + (p[0] + p[1] * p[1] - 7.0).powi(2);
        assert!(minimise(&[0.0, 0.0], &search, himmelblau).unwrap().value < 1e-8);
        let bowl = |p: &[f64]| (p[0] - 3.0).powi(2) + 10.0 * (p[1] + 1.0).powi(2);
        let found = minimise(&[0.0, 0.0], &search, bowl).unwrap();
        assert!((found.point[0] - 3.0).abs() < 1e-4 && (found.point[1] + 1.0).abs() < 1e-4);
    }

    #[test]
    fn more_and_fewer_dimensions_work() {
        let bowl = |p: &[f64]| p.iter().enumerate().map(|(i, x)| (x - i as f64).powi(2)).sum::<f64>();
        for n in [1, 5] {
            let found = minimise(&vec![2.5; n], &Search::default(), bowl).unwrap();
            assert!(found.has_converged && found.value < 1e-8, "{n}: {found:?}");
        }
    }

    #[test]
    fn it_stops_and_never_answers_with_nonsense() {
        let short = Search { evaluations: 20, ..Search::default() };
        let found = minimise(&[-1.2, 1.0], &short, rosenbrock).unwrap();
        assert!(!found.has_converged && found.evaluations < 25 && found.value <= rosenbrock(&[-1.2, 1.0]));
        // beyond a wall there is no number
        let walled = |p: &[f64]| if p[0] < 0.5 { f64::NAN } else { p[0] };
        let found = minimise(&[2.0], &Search::default(), walled).unwrap();
        assert!((found.value - 0.5).abs() < 1e-6);
        let downhill = minimise(&[1.0], &Search::default(), |p| -p[0]).unwrap();
        assert!(!downhill.has_converged && downhill.point[0].is_finite());
        let flat = minimise(&[1.0, 2.0], &Search::default(), |_| 4.0).unwrap();
        assert_eq!((flat.value, flat.has_converged), (4.0, true));
        assert_eq!(minimise(&[], &short, rosenbrock), None);
        assert_eq!(minimise(&[f64::NAN, 1.0], &short, rosenbrock), None);
        assert_eq!(minimise(&[1.0], &short, |_| f64::NAN), None);
    }
}
