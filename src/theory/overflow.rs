//! Two wards that take each other's patients when full (outliers).

use super::error::{TheoryError, check, positive};
use super::markov::Chain;

/// Two wards; each patient goes to the own ward if it has a free bed, otherwise to the other, and is
/// lost if both are full. Poisson arrivals, exponential stays; nobody is moved back. Ward 0 and class 0
/// belong together. In steady state, from the chain on who lies where.
///
/// ```
/// use nhs_capacity::theory::Overflow;
/// // Medicine (8 beds) and surgery (6): one medical patient in six lies on the surgical ward.
/// let wards = Overflow::new([8, 6], [1.9, 0.9], [4.2, 3.0])?;
/// assert!((wards.prob_outlies(0) - 0.178).abs() < 5e-4);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Overflow {
    beds: [u32; 2],
    // states (class in ward: 00, 01, 10, 11) and their probabilities
    states: Vec<([u32; 4], f64)>,
}

impl Overflow {
    /// Beds by ward; arrivals per unit of time and mean stay by class.
    ///
    /// # Errors
    /// If a parameter is out of range, or there are too many beds to follow who lies where.
    pub fn new(beds: [u32; 2], arrival_rates: [f64; 2], mean_stays: [f64; 2]) -> Result<Self, TheoryError> {
        beds.iter().try_for_each(|&n| {
            check("beds", f64::from(n), (1..=100).contains(&n), "from 1 to 100").map(|_| ())
        })?;
        arrival_rates.iter().try_for_each(|&rate| positive("arrival_rate", rate).map(|_| ()))?;
        mean_stays.iter().try_for_each(|&stay| positive("mean_stay", stay).map(|_| ()))?;
        // patients of class c in ward w are counted at 2 c + w
        let chain = Chain::explore([0_u32; 4], |patients| {
            let is_free = |ward: usize| patients[ward] + patients[2 + ward] < beds[ward];
            let changed = |place: usize, to: u32| {
                let mut next = *patients;
                next[place] = to;
                next
            };
            let arrivals = [0, 1].into_iter().filter_map(|class: usize| {
                let ward = [class, 1 - class].into_iter().find(|&ward| is_free(ward))?;
                let place = 2 * class + ward;
                Some((changed(place, patients[place] + 1), arrival_rates[class]))
            });
            let departures = (0..4).filter(|&place| patients[place] > 0).map(|place| {
                (changed(place, patients[place] - 1), f64::from(patients[place]) / mean_stays[place / 2])
            });
            arrivals.chain(departures).collect()
        })?;
        let stationary = chain.stationary()?;
        let states = chain.states().iter().copied().zip(stationary.weights().iter().copied()).collect();
        Ok(Self { beds, states })
    }

    fn mean(&self, value: impl Fn(&[u32; 4]) -> f64) -> f64 {
        self.states.iter().map(|(state, p)| p * value(state)).sum()
    }

    fn is_full(&self, state: &[u32; 4], ward: usize) -> bool {
        state[ward] + state[2 + ward] >= self.beds[ward]
    }

    /// Share of arrivals lost \[0-1\].
    pub fn prob_lost(&self) -> f64 {
        self.mean(|s| f64::from(u8::from(self.is_full(s, 0) && self.is_full(s, 1))))
    }

    /// Share of arrivals of `class` (0, otherwise 1) who go to the other ward \[0-1\].
    pub fn prob_outlies(&self, class: usize) -> f64 {
        let own = class.min(1);
        self.mean(|s| f64::from(u8::from(self.is_full(s, own) && !self.is_full(s, 1 - own))))
    }

    /// Mean number of `class` (0, otherwise 1) on the other ward.
    pub fn mean_outliers(&self, class: usize) -> f64 {
        let place = if class == 0 { 1 } else { 2 };
        self.mean(|s| f64::from(s[place]))
    }

    /// Share of beds of `ward` (0, otherwise 1) occupied \[0-1\].
    pub fn occupancy(&self, ward: usize) -> f64 {
        let ward = ward.min(1);
        self.mean(|s| f64::from(s[ward] + s[2 + ward])) / f64::from(self.beds[ward])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::within;

    /// outl-01.
    #[test]
    fn outliers_match_the_case() {
        let wards = Overflow::new([8, 6], [1.9, 0.9], [4.2, 3.0]).unwrap();
        for (actual, value) in [
            (wards.prob_lost(), 0.0756265208),
            (wards.mean_outliers(0), 1.41716317),
            (wards.mean_outliers(1), 0.228883825),
            (wards.prob_outlies(0), 0.17758937),
            (wards.prob_outlies(1), 0.084771787),
            (wards.occupancy(0), 0.773527627),
            (wards.occupancy(1), 0.614014624),
        ] {
            within(actual, value, 6e-9);
        }
        assert!(Overflow::new([0, 6], [1.0, 1.0], [1.0, 1.0]).is_err());
    }
}
