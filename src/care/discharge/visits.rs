//! Home-care visits, which taper over the time for which somebody needs them.
//!
//! A package of home care begins with several visits a day and ends with few. The number needed falls
//! linearly from the first to the last rate over its length (as in published visit-based models of this
//! pathway: an initial rate of 4 and a final one of 1 a day). In whole visits, a step down comes where the line crosses a half.

/// How the visits of a package of care fall over its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitTaper {
    first: u32,
    last: u32,
}

impl VisitTaper {
    /// From `first` to `last` visits a day; at least one, and never rising.
    pub fn new(first: u32, last: u32) -> Self {
        let first = first.clamp(1, 24);
        Self { first, last: last.clamp(1, first) }
    }

    /// Visits a day at the start of a package.
    pub const fn first(self) -> u32 {
        self.first
    }

    /// Visits a day on average over a package: `(first + last) / 2`.
    pub fn mean(self) -> f64 {
        f64::from(self.first + self.last) / 2.0
    }

    /// For each daily visit of the start, the part of the package for which it is needed.
    pub fn parts(self) -> impl Iterator<Item = f64> + Clone {
        let steps = self.first - self.last;
        let step_down = move |step: u32| (f64::from(step) + 0.5) / f64::from(steps.max(1));
        (0..steps).map(step_down).chain((0..self.last).map(|_| 1.0))
    }

    /// Visits a day when `part` of the package is over \[0-1\].
    #[cfg(test)]
    pub fn at(self, part: f64) -> u32 {
        self.parts().filter(|&until| until > part).count() as u32
    }

    /// The part for which one visit is needed, for a visit found in progress at a random moment: in
    /// proportion to how long each is needed, for a uniform draw.
    pub fn part_in_progress(self, uniform: f64) -> f64 {
        let mut left = uniform * self.mean();
        for part in self.parts() {
            left -= part;
            if left < 0.0 {
                return part;
            }
        }
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_step_down_where_the_line_crosses_a_half() {
        let taper = VisitTaper::new(4, 1);
        assert_eq!(taper.mean(), 2.5);
        // steps down after 1/6, 1/2 and 5/6 of the time; the last visit ends with the package
        assert_eq!([0.0, 0.2, 0.6, 0.9].map(|part| taper.at(part)), [4, 3, 2, 1]);
    }

    /// The area under the steps is that under the line, `(first + last) / 2`.
    #[test]
    fn steps_carry_the_load_of_the_line() {
        for (first, last) in [(4, 1), (4, 4), (1, 1), (7, 2), (24, 1)] {
            let taper = VisitTaper::new(first, last);
            assert!((taper.parts().sum::<f64>() - taper.mean()).abs() < 1e-12, "{first} {last}");
            for i in 0..=100 {
                let part = f64::from(i) / 100.0;
                let line = f64::from(first) - f64::from(first - last) * part;
                assert!(part == 1.0 || (f64::from(taper.at(part)) - line).abs() <= 0.5 + 1e-9);
            }
        }
    }

    #[test]
    fn visits_in_progress_are_found_in_proportion_to_their_length() {
        let taper = VisitTaper::new(4, 1);
        let n = 10_000;
        let mean = (0..n).map(|i| taper.part_in_progress((f64::from(i) + 0.5) / f64::from(n))).sum::<f64>();
        let expected = taper.parts().map(|part| part * part).sum::<f64>() / taper.mean();
        assert!((mean / f64::from(n) - expected).abs() < 1e-3);
    }

    #[test]
    fn meaningless_tapers_become_the_nearest_that_have_one() {
        assert_eq!(VisitTaper::new(0, 9), VisitTaper::new(1, 1));
        assert_eq!(VisitTaper::new(2, 5), VisitTaper::new(2, 2));
    }
}
