//! How a budget of runs is spent.

/// How many runs each stage of a fit may take.
///
/// ```
/// use nhs_capacity::experiment::calibrate::Plan;
/// assert!((60..=100).contains(&Plan::default().runs()));
/// assert!(Plan::of_budget(40).runs() <= 40);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Runs in which providers' factors are fitted before anything national is changed.
    pub provider_rounds: usize,
    /// Points of the first Latin hypercube, over the whole intervals.
    pub screening: usize,
    /// Points of the second, over the box that the better third of the first leaves.
    pub narrowing: usize,
    /// Points of the simplex.
    pub search: usize,
    /// Times that providers' factors are adjusted to each of these points, each one run more.
    pub refits: usize,
    /// Runs in which factors are fitted at the end.
    pub final_rounds: usize,
    /// Replications of the last run, whose fit is reported.
    pub final_replications: u32,
}

impl Plan {
    /// Runs of one replication in all, at most: less where nothing national or nothing by provider is free.
    pub fn runs(&self) -> usize {
        let points = self.screening + self.narrowing + self.search;
        2 + self.provider_rounds
            + points * (1 + self.refits)
            + self.final_rounds
            + self.final_replications as usize
    }

    /// A plan of at most `runs` runs, or 10 if that is less.
    pub fn of_budget(runs: usize) -> Self {
        let provider_rounds = (runs / 12).clamp(2, 6);
        let final_rounds = (runs / 16).clamp(1, 4);
        let final_replications = if runs >= 40 { 3 } else { 1 };
        let points =
            runs.saturating_sub(2 + provider_rounds + final_rounds + final_replications as usize) / 2;
        let screening = (points * 2 / 5).max(1);
        let narrowing = points / 5;
        let search = points.saturating_sub(screening + narrowing);
        Self { provider_rounds, screening, narrowing, search, refits: 1, final_rounds, final_replications }
    }

    /// The least that goes through every stage.
    pub fn quick() -> Self {
        Self {
            provider_rounds: 2,
            screening: 3,
            narrowing: 0,
            search: 3,
            refits: 0,
            final_rounds: 1,
            final_replications: 1,
        }
    }
}

impl Default for Plan {
    /// Eighty runs of England: about twenty minutes on two cores.
    fn default() -> Self {
        Self::of_budget(80)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_keeps_to_its_budget() {
        for budget in 10..300 {
            let plan = Plan::of_budget(budget);
            assert!(plan.runs() <= budget, "{budget}: {plan:?}");
            assert!(plan.runs() + 3 >= budget, "{budget}: {plan:?}");
        }
        assert!(Plan::of_budget(0).runs() <= 10);
    }
}
