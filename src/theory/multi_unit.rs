//! Loss of customers who need several units at once (Kaufman-Roberts).

use super::error::{TheoryError, check, positive, servers};

/// Customers of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitClass {
    /// Arrivals per unit of time.
    pub arrival_rate: f64,
    /// Mean stay [time units]; its distribution does not matter.
    pub mean_stay: f64,
    /// Units that each takes while there.
    pub units: u32,
}

/// A unit without a queue whose customers take several units each, such as nurses' hands.
///
/// With `a_k` the load and `b_k` the units of class `k`, the number of units in use has
/// probabilities `j q(j) = sum_k a_k b_k q(j - b_k)`. Conditions: Poisson arrivals, all or nothing,
/// lost otherwise. Kaufman (1981), Roberts (1981).
///
/// ```
/// use nhs_capacity::theory::{MultiUnitLoss, UnitClass};
/// // Critical care: level 3 needs a whole nurse (2 halves), level 2 half of one; 12 nurses.
/// let level3 = UnitClass { arrival_rate: 1.5, mean_stay: 5.0, units: 2 };
/// let level2 = UnitClass { arrival_rate: 2.2, mean_stay: 3.5, units: 1 };
/// let unit = MultiUnitLoss::new(24, &[level3, level2])?;
/// // the sicker are turned away twice as often
/// assert!((unit.prob_blocked(0) - 0.198).abs() < 5e-4);
/// assert!((unit.prob_blocked(1) - 0.097).abs() < 5e-4);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MultiUnitLoss {
    classes: Vec<UnitClass>,
    in_use: Vec<f64>,
}

impl MultiUnitLoss {
    /// `units` in all, shared by `classes`.
    ///
    /// # Errors
    /// If a parameter is out of range or a class needs more units than there are.
    pub fn new(units: u32, classes: &[UnitClass]) -> Result<Self, TheoryError> {
        let capacity = servers("units", units)? as usize;
        check("units", f64::from(units), capacity <= 100_000, "from 1 to 100,000")?;
        for class in classes {
            positive("arrival_rate", class.arrival_rate)?;
            positive("mean_stay", class.mean_stay)?;
            let load = class.arrival_rate * class.mean_stay;
            check("load of a class", load, load <= 1e7, "at most 1e7")?;
            let fits = (1..=units).contains(&class.units);
            check("units of a class", f64::from(class.units), fits, "from 1 to the units in all")?;
        }
        let mut in_use = vec![1.0];
        for j in 1..=capacity {
            let weight = |class: &UnitClass| {
                let before = j.checked_sub(class.units as usize).map_or(0.0, |before| in_use[before]);
                class.arrival_rate * class.mean_stay * f64::from(class.units) * before
            };
            let next = classes.iter().map(weight).sum::<f64>() / j as f64;
            in_use.push(next);
            if next > 1e200 {
                in_use.iter_mut().for_each(|q| *q *= 1e-200);
            }
        }
        let total: f64 = in_use.iter().sum();
        in_use.iter_mut().for_each(|q| *q /= total);
        Ok(Self { classes: classes.to_vec(), in_use })
    }

    /// Share of arrivals of `class` (from 0) that are lost \[0-1\]; 0 if there is no such class.
    pub fn prob_blocked(&self, class: usize) -> f64 {
        let units = self.classes.get(class).map_or(0, |class| class.units as usize);
        self.in_use.iter().rev().take(units).sum()
    }

    /// Mean number of `class` present.
    pub fn mean_in_system(&self, class: usize) -> f64 {
        let load = self.classes.get(class).map_or(0.0, |class| class.arrival_rate * class.mean_stay);
        load * (1.0 - self.prob_blocked(class))
    }

    /// Share of units in use \[0-1\].
    pub fn utilisation(&self) -> f64 {
        super::birth_death::mean(&self.in_use, |j| j as f64) / (self.in_use.len() - 1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    /// kr-01.
    #[test]
    fn kaufman_roberts_matches_the_case() {
        let unit = MultiUnitLoss::new(
            24,
            &[
                UnitClass { arrival_rate: 1.5, mean_stay: 5.0, units: 2 },
                UnitClass { arrival_rate: 2.2, mean_stay: 3.5, units: 1 },
            ],
        )
        .unwrap();
        agrees(unit.prob_blocked(0), 0.198318365705);
        agrees(unit.mean_in_system(0), 6.01261225721);
        agrees(unit.prob_blocked(1), 0.0970023852202);
        agrees(unit.mean_in_system(1), 6.9530816338);
        agrees(unit.utilisation(), 0.790762756176);
    }

    #[test]
    fn single_units_give_erlang_b_even_when_huge() {
        let class = UnitClass { arrival_rate: 5_000.0, mean_stay: 1.0, units: 1 };
        let unit = MultiUnitLoss::new(5_000, &[class]).unwrap();
        agrees(unit.prob_blocked(0), super::super::erlang_b(5_000.0, 5_000).unwrap());
        assert!(MultiUnitLoss::new(2, &[UnitClass { units: 3, ..class }]).is_err());
    }
}
