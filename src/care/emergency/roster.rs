//! Clinicians by hour of the week, and more of them.

/// Clinicians on duty by hour of the week, those of the pack and those added.
#[derive(Clone, Debug)]
pub struct Roster {
    by_hour: Vec<u32>,
    added: f64,
    added_by_hour: Vec<u32>,
}

impl Roster {
    /// The roster of the pack.
    pub fn new(by_hour: Vec<u32>) -> Self {
        Self { by_hour, added: 0.0, added_by_hour: Vec::new() }
    }

    /// Clinicians beyond it, `mean` over the week in all, spread over the hours like the others.
    /// Whole people are on duty: fractions are carried from hour to hour, so that the mean is kept.
    pub fn add(&mut self, mean: f64) {
        if mean == self.added {
            return;
        }
        self.added = mean;
        let total: f64 = self.by_hour.iter().map(|&n| f64::from(n)).sum();
        let hours = self.by_hour.len() as f64;
        let (mut due, mut given) = (0.0_f64, 0.0);
        self.added_by_hour = self
            .by_hour
            .iter()
            .map(|&n| {
                due += mean.max(0.0) * if total > 0.0 { f64::from(n) * hours / total } else { 1.0 };
                let whole = (due - given + 1e-9).floor().max(0.0);
                given += whole;
                whole as u32
            })
            .collect();
    }

    /// Clinicians on duty in an hour of the week.
    pub fn on_duty(&self, hour_of_week: usize) -> u32 {
        let at = |roster: &[u32]| roster.get(hour_of_week).copied().unwrap_or(0);
        at(&self.by_hour) + at(&self.added_by_hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clinicians_added_keep_their_mean_and_none_added_changes_nothing() {
        let by_hour: Vec<u32> = (0..168).map(|h| 1 + h % 7).collect();
        let mut roster = Roster::new(by_hour.clone());
        roster.add(0.0);
        assert!((0..168).all(|h| roster.on_duty(h) == by_hour[h]));
        roster.add(0.75);
        let more: u32 = (0..168).map(|h| roster.on_duty(h) - by_hour[h]).sum();
        assert_eq!(more, 126);
    }
}
