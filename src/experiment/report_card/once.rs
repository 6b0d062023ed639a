//! Figures of England that were published once, for a period of their own.

use super::super::{Confidence, Estimate, Results};
use crate::system::measures::Measure;
use crate::system::outcome::Area;

/// One figure published for England, and what the model says for the months of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Once {
    /// The measure.
    pub measure: Measure,
    /// What was published, in the unit of the measure.
    pub published: f64,
    /// The period it is of.
    pub period: &'static str,
    /// Publisher and publication, and how it was worked out if it was.
    pub source: &'static str,
    /// Whether a value of the pack rests on the figure, so that it tests whether the chain keeps what it was given.
    pub is_input: bool,
    /// Mean of the model's replications over the months of the run.
    pub model: Option<f64>,
}

const AMBULANCE: &str =
    "NHS England, Ambulance Systems Indicators; months with London's categories, weighted by incidents";
const STAYS: &str = "Health Foundation (HES), Longer hospital stays and fewer admissions";
const DELAYS: &str =
    "House of Commons Library, Delayed hospital discharges and adult social care, February 2023";

/// Measure, figure, its period, where it is from, and whether the pack uses it.
const PUBLISHED: [(Measure, f64, &str, &str, bool); 13] = [
    (Measure::AllocatedC1, 2.071, "December 2022 to March 2023", AMBULANCE, false),
    (Measure::ArrivingC1, 1.535, "December 2022 to March 2023", AMBULANCE, false),
    (Measure::AllocatedC2, 1.385, "December 2022 to March 2023", AMBULANCE, false),
    (Measure::ArrivingC2, 1.076, "December 2022 to March 2023", AMBULANCE, false),
    (Measure::AllocatedC3, 1.669, "December 2022 to March 2023", AMBULANCE, false),
    (Measure::ArrivingC3, 1.078, "December 2022 to March 2023", AMBULANCE, false),
    (
        Measure::Over12HoursFromArrival,
        10.2,
        "2022",
        "Royal College of Emergency Medicine, from NHS Digital: 1,656,206 patients at type 1 departments",
        false,
    ),
    (Measure::EmergencyStay, 9.1, "2022", STAYS, true),
    (Measure::EmergencyStaysOver14, 16.3, "2022", STAYS, true),
    (Measure::WaitingForHomeCare, 24.0, "winter of 2022-23", DELAYS, true),
    (Measure::WaitingForIntermediateCare, 24.0, "winter of 2022-23", DELAYS, true),
    (Measure::WaitingForCareHome, 16.0, "winter of 2022-23", DELAYS, true),
    (
        Measure::TestsOverSixWeeks,
        29.5,
        "April 2022",
        "NHS England, Diagnostics Waiting Times and Activity (DM01), NHS trusts: 426,928 of 1,446,891",
        true,
    ),
];

/// The figures published once, each beside the mean of the model over the months of the run. They are of England in
/// 2022-23, whatever the pack is of.
pub fn published_once(results: &Results, scenario: &str) -> Vec<Once> {
    PUBLISHED
        .iter()
        .map(|&(measure, published, period, source, is_input)| {
            let values = results.replicated(scenario, measure, Area::England, None).unwrap_or_default();
            let model = Estimate::of(&values, Confidence::NINETY_FIVE).map(|estimate| estimate.mean);
            Once { measure, published, period, source, is_input, model }
        })
        .collect()
}
