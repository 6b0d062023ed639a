//! Beds held back for the urgent (trunk reservation).

use super::birth_death;
use super::error::{TheoryError, check, not_negative, positive, servers};

/// Beds without a queue, some held back: an elective is admitted only if more than `held_back` beds
/// are free, an emergency if any is. Poisson arrivals, exponential stays with one mean; birth-death.
///
/// ```
/// use nhs_capacity::theory::Reservation;
/// // Three of twenty beds held back: 4% of emergencies turned away, 38% of electives cancelled.
/// let beds = Reservation::new(20, 3, 2.6, 1.5, 4.5)?;
/// assert!((beds.prob_emergency_blocked() - 0.039).abs() < 5e-4);
/// assert!((beds.prob_elective_cancelled() - 0.382).abs() < 5e-4);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Reservation {
    occupied: Vec<f64>,
    held_back: usize,
    elective_rate: f64,
}

impl Reservation {
    /// Beds, beds held back, emergencies and electives per unit of time, and mean stay in that unit.
    ///
    /// # Errors
    /// If a parameter is out of range, or more beds are held back than there are.
    pub fn new(
        beds: u32,
        held_back: u32,
        emergency_rate: f64,
        elective_rate: f64,
        mean_stay: f64,
    ) -> Result<Self, TheoryError> {
        let last = servers("beds", beds)? as usize;
        check("held_back", f64::from(held_back), held_back <= beds, "from 0 to the number of beds")?;
        positive("emergency_rate", emergency_rate)?;
        not_negative("elective_rate", elective_rate)?;
        positive("mean_stay", mean_stay)?;
        let open = last - held_back as usize;
        let rate = |n: usize| emergency_rate + if n < open { elective_rate } else { 0.0 };
        let occupied = birth_death::stationary(rate, |n| n as f64 / mean_stay, Some(last))?;
        Ok(Self { occupied, held_back: held_back as usize, elective_rate })
    }

    /// Share of emergencies turned away \[0-1\].
    pub fn prob_emergency_blocked(&self) -> f64 {
        self.occupied.last().copied().unwrap_or(0.0)
    }

    /// Share of electives cancelled \[0-1\].
    pub fn prob_elective_cancelled(&self) -> f64 {
        self.occupied.iter().rev().take(self.held_back + 1).sum()
    }

    /// Electives admitted per unit of time.
    pub fn elective_throughput(&self) -> f64 {
        self.elective_rate * (1.0 - self.prob_elective_cancelled())
    }

    /// Mean number of occupied beds.
    pub fn mean_occupied(&self) -> f64 {
        birth_death::mean(&self.occupied, |n| n as f64)
    }

    /// Share of bed time occupied \[0-1\].
    pub fn utilisation(&self) -> f64 {
        self.mean_occupied() / (self.occupied.len() - 1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    /// resv-01.
    #[test]
    fn reservation_matches_the_case() {
        let beds = Reservation::new(20, 3, 2.6, 1.5, 4.5).unwrap();
        agrees(beds.prob_emergency_blocked(), 0.0391047315977);
        agrees(beds.prob_elective_cancelled(), 0.381507631037);
        agrees(beds.mean_occupied(), 15.4172981308);
        agrees(beds.utilisation(), 0.77086490654);
        agrees(beds.elective_throughput(), 0.927738553444);
        assert!(Reservation::new(3, 4, 1.0, 1.0, 1.0).is_err());
    }
}
