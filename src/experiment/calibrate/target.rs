//! What a fit aims at: published series of England, each with the error that is tolerated.

use crate::experiment::report_card::ON_THE_CARD;
use crate::system::measures::Measure;

/// The error that counts as one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// This share of what was published.
    Share(f64),
    /// This much, in the unit of the measure.
    Absolute(f64),
}

impl Tolerance {
    /// In the unit of the measure, beside a published value.
    pub fn beside(self, published: f64) -> f64 {
        match self {
            Self::Share(share) => share * published.abs(),
            Self::Absolute(error) => error,
        }
    }
}

/// A published series of England to come near.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The measure of the model.
    pub measure: Measure,
    /// The name of the published series.
    pub metric: &'static str,
    /// The mean absolute monthly error that is tolerated.
    pub tolerance: Tolerance,
}

impl Target {
    /// A target for a measure on the report card; `None` if it has no published series.
    pub fn of(measure: Measure, tolerance: Tolerance) -> Option<Self> {
        let (_, metric) = *ON_THE_CARD.iter().find(|(on_card, _)| *on_card == measure)?;
        Some(Self { measure, metric, tolerance })
    }

    /// The targets of the urgent-care chain. Handovers over 30 minutes are among them, but were not published
    /// for the summer of 2022: a target without a published month is left out of the fit.
    pub fn urgent_care() -> Vec<Self> {
        [
            (Measure::ResponseC1, Tolerance::Share(0.06)),
            (Measure::ResponseC2, Tolerance::Share(0.15)),
            (Measure::ResponseC3, Tolerance::Share(0.25)),
            (Measure::HandoversOver30, Tolerance::Absolute(5.0)),
            (Measure::Within4Hours, Tolerance::Absolute(3.0)),
            (Measure::WaitsOver12Hours, Tolerance::Share(0.25)),
            (Measure::AdultOccupancy, Tolerance::Absolute(0.01)),
            (Measure::Remaining, Tolerance::Share(0.04)),
        ]
        .into_iter()
        .filter_map(|(measure, tolerance)| Self::of(measure, tolerance))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_published_series() {
        assert_eq!(Target::urgent_care().len(), 8);
        assert_eq!(Target::of(Measure::Boarders, Tolerance::Share(0.1)), None);
        assert_eq!(Tolerance::Share(0.1).beside(-20.0), 2.0);
        assert_eq!(Tolerance::Absolute(3.0).beside(58.0), 3.0);
    }
}
