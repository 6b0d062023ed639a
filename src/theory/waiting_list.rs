//! Waiting lists: the formulae of waiting-list management, and lists as fluids.
//!
//! Demand, capacity, waits and times share one unit (weeks, usually). For chance see [`super::Mmc`]
//! (a small specialty), [`super::WeeklyClinic`] and [`super::ErlangA`] (removals).

use super::error::{TheoryError, check, not_negative, positive, share};

/// Demand over capacity. Above 1 the list grows for ever. Fong et al., waiting-list management.
///
/// ```
/// use nhs_capacity::theory::waiting_list::queue_load;
/// assert!((queue_load(30.0, 27.0)? - 1.11).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If demand is negative or capacity not above 0.
pub fn queue_load(demand: f64, capacity: f64) -> Result<f64, TheoryError> {
    Ok(not_negative("demand", demand)? / positive("capacity", capacity)?)
}

/// The mean wait with which few wait beyond the target: waits spread like an exponential, so
/// `factor` 4 leaves `exp(-4)`, 1.8%, beyond it and 6 leaves 0.25% [time units].
///
/// ```
/// use nhs_capacity::theory::waiting_list::target_mean_wait;
/// assert_eq!(target_mean_wait(52.0, 4.0)?, 13.0); // nobody over a year means a quarter on average
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a parameter is not above 0.
pub fn target_mean_wait(target_wait: f64, factor: f64) -> Result<f64, TheoryError> {
    Ok(positive("target_wait", target_wait)? / positive("factor", factor)?)
}

/// The list that goes with that mean wait, by Little's law: `demand * target_wait / factor`.
///
/// ```
/// use nhs_capacity::theory::waiting_list::target_queue_size;
/// assert_eq!(target_queue_size(30.0, 52.0, 4.0)?, 390.0);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If demand is negative or another parameter not above 0.
pub fn target_queue_size(demand: f64, target_wait: f64, factor: f64) -> Result<f64, TheoryError> {
    Ok(not_negative("demand", demand)? * target_mean_wait(target_wait, factor)?)
}

/// Capacity that brings the list down to its target in time:
/// `demand + (queue_size - target_queue_size) / time_to_target`.
///
/// ```
/// use nhs_capacity::theory::waiting_list::relief_capacity;
/// // 1,200 waiting, to be 390 in half a year, while 30 a week join: twice the demand.
/// assert!((relief_capacity(30.0, 1_200.0, 390.0, 26.0)? - 61.15).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a number is negative or the time not above 0.
pub fn relief_capacity(
    demand: f64,
    queue_size: f64,
    target_queue_size: f64,
    time_to_target: f64,
) -> Result<f64, TheoryError> {
    let surplus =
        not_negative("queue_size", queue_size)? - not_negative("target_queue_size", target_queue_size)?;
    Ok(not_negative("demand", demand)? + surplus / positive("time_to_target", time_to_target)?)
}

/// Capacity that keeps a list at its target:
/// `demand + (cv_demand^2 + cv_capacity^2) / 2 * factor / target_wait`.
///
/// ```
/// use nhs_capacity::theory::waiting_list::target_capacity;
/// // a list in balance needs hardly more capacity than demand: 30.08 for 30
/// assert!((target_capacity(30.0, 52.0, 3.0, 1.1, 1.2)? - 30.08).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If a number is negative, or wait or factor not above 0.
pub fn target_capacity(
    demand: f64,
    target_wait: f64,
    factor: f64,
    cv_demand: f64,
    cv_capacity: f64,
) -> Result<f64, TheoryError> {
    let (a, b) = (not_negative("cv_demand", cv_demand)?, not_negative("cv_capacity", cv_capacity)?);
    let variability = f64::midpoint(a * a, b * b);
    Ok(not_negative("demand", demand)? + variability / target_mean_wait(target_wait, factor)?)
}

/// `2 * mean_wait / target_wait`; below 1 is on target.
///
/// ```
/// use nhs_capacity::theory::waiting_list::waiting_list_pressure;
/// assert!((waiting_list_pressure(63.0, 52.0)? - 2.42).abs() < 5e-3);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
///
/// # Errors
/// If the wait is negative or the target not above 0.
pub fn waiting_list_pressure(mean_wait: f64, target_wait: f64) -> Result<f64, TheoryError> {
    Ok(2.0 * not_negative("mean_wait", mean_wait)? / positive("target_wait", target_wait)?)
}

/// A large list in balance: more join than are treated, and the rest are removed untreated at a
/// constant hazard. Longest wait first, no chance.
///
/// With demand `a`, capacity `s` and hazard `d`: list `(a - s)/d`, longest wait `T = ln(a/s)/d`, and
/// `a (exp(-d t) - exp(-d T))/d` waiting longer than `t`.
///
/// ```
/// use nhs_capacity::theory::waiting_list::SteadyFluidList;
/// // 60 join a week and 45 are treated; 1.2% a week leave untreated.
/// let list = SteadyFluidList::new(60.0, 45.0, 0.012)?;
/// assert!((list.size() - 1250.0).abs() < 1e-9 && (list.longest_wait() - 24.0).abs() < 0.05);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SteadyFluidList {
    demand: f64,
    capacity: f64,
    hazard: f64,
}

impl SteadyFluidList {
    /// Joining and treated per unit of time, and the hazard of removal per unit of time.
    ///
    /// # Errors
    /// If a parameter is not above 0, or capacity exceeds demand (there is then no list).
    pub fn new(demand: f64, capacity: f64, hazard: f64) -> Result<Self, TheoryError> {
        positive("demand", demand)?;
        positive("hazard", hazard)?;
        let below = positive("capacity", capacity)? <= demand;
        check("capacity", capacity, below, "at most the demand: with more, nobody waits")?;
        Ok(Self { demand, capacity, hazard })
    }

    /// Patients on the list.
    pub fn size(&self) -> f64 {
        (self.demand - self.capacity) / self.hazard
    }

    /// The wait at which everybody still there is treated [time units].
    pub fn longest_wait(&self) -> f64 {
        (self.demand / self.capacity).ln() / self.hazard
    }

    /// Patients on the list who have waited longer than `time`.
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn over(&self, time: f64) -> Result<f64, TheoryError> {
        let still = (-self.hazard * not_negative("time", time)?).exp();
        Ok(((self.demand * still - self.capacity) / self.hazard).max(0.0))
    }
}

/// A list by whole weeks waited, moved on week by week without chance. Fractions of patients are
/// allowed.
///
/// ```
/// use nhs_capacity::theory::waiting_list::WeeklyFluidList;
/// // 6,000 waiting up to 59 weeks; 120 join, 115 are treated, for 12 weeks; then 150.
/// let mut list = WeeklyFluidList::of_ages(&[100.0; 60])?;
/// for week in 1..=26 {
///     list.advance(120.0, if week <= 12 { 115.0 } else { 150.0 }, 0.0)?;
/// }
/// // the list has shrunk by 6%, and nobody waits over a year
/// assert_eq!((list.size(), list.over(52)), (5_640.0, 0.0));
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WeeklyFluidList {
    by_age: Vec<f64>,
    treated: f64,
    removed: f64,
}

impl WeeklyFluidList {
    /// A list of so many patients at each age in weeks, from 0.
    ///
    /// # Errors
    /// If a number is negative or not a number.
    pub fn of_ages(by_age: &[f64]) -> Result<Self, TheoryError> {
        by_age.iter().try_for_each(|&n| not_negative("patients of an age", n).map(|_| ()))?;
        Ok(Self { by_age: by_age.to_vec(), treated: 0.0, removed: 0.0 })
    }

    /// One week, in this order: everybody ages; `starts` join at age 0; a share `removal` of every age
    /// leaves untreated; `capacity` are treated, longest wait first.
    ///
    /// # Errors
    /// If a number is negative or not a number, or the share above 1.
    pub fn advance(&mut self, starts: f64, capacity: f64, removal: f64) -> Result<(), TheoryError> {
        not_negative("starts", starts)?;
        share("removal", removal)?;
        let mut left = not_negative("capacity", capacity)?;
        self.by_age.insert(0, starts);
        self.removed += removal * self.size();
        self.by_age.iter_mut().for_each(|n| *n *= 1.0 - removal);
        while let Some(oldest) = self.by_age.last_mut() {
            let treated = left.min(*oldest);
            *oldest -= treated;
            left -= treated;
            self.treated += treated;
            if *oldest > 0.0 {
                break;
            }
            self.by_age.pop();
        }
        Ok(())
    }

    /// Patients on the list.
    pub fn size(&self) -> f64 {
        self.by_age.iter().sum()
    }

    /// Patients who have waited more than so many weeks.
    pub fn over(&self, weeks: usize) -> f64 {
        self.by_age.iter().skip(weeks.saturating_add(1)).sum()
    }

    /// The longest wait [whole weeks]; `None` if nobody waits.
    pub fn longest_wait(&self) -> Option<usize> {
        self.by_age.iter().rposition(|&n| n > 0.0)
    }

    /// Patients treated since the start.
    pub fn treated(&self) -> f64 {
        self.treated
    }

    /// Patients removed untreated since the start.
    pub fn removed(&self) -> f64 {
        self.removed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::Mmc;
    use crate::theory::agreement::{agrees, within};

    /// wl-formula-01.
    #[test]
    fn formulae_match_the_published_examples() {
        agrees(queue_load(30.0, 27.0).unwrap(), 1.11111111111111);
        agrees(target_mean_wait(52.0, 4.0).unwrap(), 13.0);
        agrees(target_mean_wait(52.0, 6.0).unwrap(), 8.66666666666667);
        agrees(target_queue_size(30.0, 52.0, 4.0).unwrap(), 390.0);
        agrees(relief_capacity(30.0, 1200.0, 390.0, 26.0).unwrap(), 61.1538461538462);
        agrees(relief_capacity(33.0, 800.0, 200.0, 30.0).unwrap(), 53.0);
        agrees(target_capacity(30.0, 52.0, 3.0, 1.1, 1.2).unwrap(), 30.0764423076923);
        agrees(target_capacity(4.0, 52.0, 4.0, 1.0, 1.0).unwrap(), 4.07692307692308);
        agrees(waiting_list_pressure(63.0, 52.0).unwrap(), 2.42307692307692);
        assert!(queue_load(1.0, 0.0).is_err() && target_mean_wait(f64::NAN, 4.0).is_err());
    }

    /// wl-mm1-01.
    #[test]
    fn a_small_specialty_matches_the_case() {
        let list = Mmc::new(5.0, 1.0 / 5.25, 1).unwrap();
        agrees(list.mean_queue(), 19.0476190476);
        for (weeks, treated_over, over, within) in [
            (6.0, 0.212504914427, 4.25009828854, 0.776869839852),
            (18.0, 0.0105799967031, 0.211599934062, 0.988891003462),
        ] {
            agrees(list.prob_wait_over(weeks).unwrap(), treated_over);
            agrees(list.mean_queue_over(weeks).unwrap(), over);
            agrees(1.0 - list.mean_queue_over(weeks).unwrap() / list.mean_queue(), within);
        }
    }

    /// wl-fluid-03.
    #[test]
    fn a_list_in_balance_matches_the_case() {
        let list = SteadyFluidList::new(60.0, 45.0, 0.012).unwrap();
        agrees(list.size(), 1250.0);
        agrees(list.longest_wait(), 23.9735060376484);
        agrees(list.over(18.0).unwrap(), 278.676509367398);
        assert_eq!(list.over(52.0).unwrap(), 0.0);
        assert!(SteadyFluidList::new(45.0, 60.0, 0.012).is_err());
    }

    /// wl-fluid-01: (week, size, over 18, over 52, longest, treated).
    #[test]
    fn a_recovery_plan_matches_the_case() {
        let readings = [
            (1, 6005.0, 4085.0, 685.0, 59, 115.0),
            (12, 6060.0, 3920.0, 520.0, 58, 1380.0),
            (26, 5640.0, 3360.0, 0.0, 51, 3480.0),
            (52, 4860.0, 2580.0, 0.0, 40, 7380.0),
        ];
        let mut list = WeeklyFluidList::of_ages(&[100.0; 60]).unwrap();
        for week in 1..=52 {
            list.advance(120.0, if week <= 12 { 115.0 } else { 150.0 }, 0.0).unwrap();
            for (_, size, over18, over52, longest, treated) in readings.iter().filter(|r| r.0 == week) {
                agrees(list.size(), *size);
                agrees(list.over(18), *over18);
                agrees(list.over(52), *over52);
                assert_eq!(list.longest_wait(), Some(*longest));
                agrees(list.treated(), *treated);
            }
        }
    }

    /// wl-fluid-02: (week, size, over 18, longest, treated, removed).
    #[test]
    fn a_list_with_removals_matches_the_case() {
        let readings = [
            (10, 3168.177023, 1400.376024, 37, 1000.0, 131.8229775),
            (52, 3047.613344, 1039.24062, 29, 5200.0, 672.3866563),
            (104, 2923.895444, 915.5227207, 28, 10400.0, 1316.104556),
        ];
        let mut list = WeeklyFluidList::of_ages(&[80.0; 40]).unwrap();
        for week in 1..=104 {
            list.advance(110.0, 100.0, 0.004).unwrap();
            for (_, size, over18, longest, treated, removed) in readings.iter().filter(|r| r.0 == week) {
                within(list.size(), *size, 1e-6);
                within(list.over(18), *over18, 1e-6);
                assert_eq!(list.longest_wait(), Some(*longest));
                agrees(list.treated(), *treated);
                within(list.removed(), *removed, 1e-6);
            }
        }
    }
}
