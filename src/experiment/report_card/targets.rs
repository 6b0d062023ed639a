//! How near the model is meant to come to the published figures, set before it was calibrated.

use crate::system::measures::Measure;

/// How an error is judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// The mean over months of the absolute error as a share of the published figure, at most this.
    Share(f64),
    /// The mean absolute error in the unit of the measure, at most this.
    Absolute(f64),
}

/// How near a measure is meant to be, over six months for England.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The measure.
    pub measure: Measure,
    /// How its error is judged.
    pub tolerance: Tolerance,
}

impl Tolerance {
    /// The largest error that meets the target.
    pub const fn most(self) -> f64 {
        match self {
            Self::Share(most) | Self::Absolute(most) => most,
        }
    }

    /// The largest error that meets the target beside a published value, in the unit of the measure.
    pub fn beside(self, published: f64) -> f64 {
        match self {
            Self::Share(share) => share * published.abs(),
            Self::Absolute(error) => error,
        }
    }

    /// The mean error of pairs of model and published values in the terms of the tolerance; `None`
    /// without pairs.
    pub fn mean_error(self, pairs: &[(f64, f64)]) -> Option<f64> {
        let error = |&(model, published): &(f64, f64)| match self {
            Self::Share(_) => ((model - published) / published).abs(),
            Self::Absolute(_) => (model - published).abs(),
        };
        let errors: Vec<f64> = pairs.iter().map(error).filter(|error| error.is_finite()).collect();
        (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64)
    }
}

const fn target(measure: Measure, tolerance: Tolerance) -> Target {
    Target { measure, tolerance }
}

/// All targets.
pub(super) const TARGETS: &[Target] = &[
    target(Measure::ResponseC1, Tolerance::Share(0.06)),
    target(Measure::ResponseC2, Tolerance::Share(0.15)),
    target(Measure::ResponseC3, Tolerance::Share(0.25)),
    target(Measure::CapacityLost, Tolerance::Absolute(3.0)),
    target(Measure::HandoversOver30, Tolerance::Absolute(5.0)),
    target(Measure::Within4Hours, Tolerance::Absolute(3.0)),
    target(Measure::WaitsOver12Hours, Tolerance::Share(0.25)),
    target(Measure::AdultOccupancy, Tolerance::Absolute(0.01)),
    target(Measure::Remaining, Tolerance::Share(0.04)),
    target(Measure::WaitingList, Tolerance::Share(0.005)),
    target(Measure::WaitingOver52, Tolerance::Share(0.05)),
    target(Measure::WaitingOver78, Tolerance::Share(0.10)),
];

/// What was promised for a measure, if anything.
pub fn target_of(measure: Measure) -> Option<Target> {
    TARGETS.iter().copied().find(|target| target.measure == measure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_the_published_figure_month_by_month() {
        let pairs = [(110.0, 100.0), (160.0, 200.0)];
        assert!((Tolerance::Share(0.1).mean_error(&pairs).unwrap() - 0.15).abs() < 1e-12);
        assert_eq!(Tolerance::Absolute(1.0).mean_error(&pairs), Some(25.0));
        assert_eq!(Tolerance::Share(0.1).mean_error(&[]), None);
        assert_eq!(Tolerance::Share(0.1).mean_error(&[(1.0, 0.0)]), None);
    }
}
