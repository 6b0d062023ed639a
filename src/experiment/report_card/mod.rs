//! The report card: model and published figures side by side, month by month, nothing hidden.
//!
//! England is added up over the providers that published a figure for the month, in the model as in
//! the statistics: fourteen trusts published no four-hour data, London no response times for October
//! and November 2022, and some trusts no waiting list in some months.

mod across;
mod causes;
mod once;
mod shape;
mod targets;

pub use across::{Across, across_providers, rank_correlation};
pub use causes::{likely_cause, likely_cause_of_guess, likely_cause_of_order};
pub use once::{Once, published_once};
pub use shape::{Shape, shapes};
pub use targets::{Target, Tolerance, target_of};

use super::scoring::{crps_ensemble, prediction_interval};
use super::{Confidence, Estimate, Results};
use crate::system::measures::Measure;
use crate::system::outcome::Area;
use crate::system::pack::ENGLAND;
use crate::units::Month;
use serde::Serialize;

/// The measures on the card that have a published series, with the name of that series.
pub const ON_THE_CARD: [(Measure, &str); 36] = [
    (Measure::ResponseC1, "response_c1_mean"),
    (Measure::ResponseC2, "response_c2_mean"),
    (Measure::ResponseC3, "response_c3_mean"),
    (Measure::ResponseC4, "response_c4_mean"),
    (Measure::ResponseC1P90, "response_c1_p90"),
    (Measure::ResponseC2P90, "response_c2_p90"),
    (Measure::ResponseC3P90, "response_c3_p90"),
    (Measure::ResponseC4P90, "response_c4_p90"),
    (Measure::ConveyedToEd, "incidents_conveyed_to_ed"),
    (Measure::SeeAndTreat, "incidents_see_and_treat"),
    (Measure::ConveyedElsewhere, "incidents_conveyed_not_to_ed"),
    (Measure::HearAndTreat, "incidents_hear_and_treat"),
    (Measure::CallsAnswered, "calls_999_answered"),
    (Measure::CapacityLost, "ambulance_capacity_lost_over_15min"),
    (Measure::HandoversOver30, "handovers_over_30min_share"),
    (Measure::HandoversOver60, "handovers_over_60min_share"),
    (Measure::Within4Hours, "pct_within_4h_type1"),
    (Measure::Within4HoursAllTypes, "pct_within_4h_all_types"),
    (Measure::AttendancesType1, "attendances_type1_excl_booked"),
    (Measure::AdmissionsViaEd, "emergency_admissions_via_ae"),
    (Measure::WaitsOver12Hours, "waits_over_12h_decision_to_admit"),
    (Measure::Waits4To12Hours, "waits_4_to_12h_decision_to_admit"),
    (Measure::AdultOccupancy, "sitrep_adult_ga_occupancy"),
    (Measure::PaediatricBedsOccupied, "sitrep_paediatric_ga_beds_occupied"),
    (Measure::CriticalCareOccupied, "sitrep_adult_critical_care_beds_occupied"),
    (Measure::Remaining, "remaining_not_meeting_criteria"),
    (Measure::LeftWhenReady, "mean_daily_discharged_of_those"),
    (Measure::LeftAtWeekend, "share_discharged_at_weekend"),
    (Measure::LeftBy17, "share_discharged_by_1700"),
    (Measure::CompletedAdmitted, "completed_admitted_est"),
    (Measure::CompletedNonadmitted, "completed_nonadmitted_est"),
    (Measure::WaitingList, "waiting_list_total"),
    (Measure::WaitingOver52, "waiting_over_52w"),
    (Measure::WaitingOver65, "waiting_over_65w"),
    (Measure::WaitingOver78, "waiting_over_78w"),
    (Measure::WaitingOver104, "waiting_over_104w"),
];

/// One published figure and what the model says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Name of the published series.
    pub metric: &'static str,
    /// `England` or the code of a provider.
    pub area: String,
    /// The month.
    pub period: Month,
    /// Unit of all values.
    pub unit: &'static str,
    /// What was published.
    pub published: Option<f64>,
    /// Mean of the model's replications.
    pub model: Option<f64>,
    /// Lower end of the 95% interval of that mean.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Continuous ranked probability score of the replications ([`crps_ensemble`]): what the absolute error becomes
    /// when the spread of the model is counted too, to be set beside the absolute errors of the guesses.
    pub crps: Option<f64>,
    /// Lower end of the range in which one more replication would lie with 95% ([`prediction_interval`]). It is of random
    /// variation only: neither parameters nor the model itself are uncertain in it.
    pub predicted_low: Option<f64>,
    /// Upper end.
    pub predicted_high: Option<f64>,
    /// The share of months whose published figure lies in that range, of those of this metric and area that have both \[0-1\];
    /// 0.95 if chance were all that parts the model from history.
    pub coverage: Option<f64>,
    /// The naive guess that nothing changes after the month before the period.
    pub no_change: Option<f64>,
    /// The naive guess that it is as in the same month a year before.
    pub same_month_last_year: Option<f64>,
}

/// Mean absolute errors of one metric over the months of the card, England.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Name of the published series.
    pub metric: &'static str,
    /// Its measure.
    pub measure: Measure,
    /// Months with a published figure and a value of the model.
    pub months: usize,
    /// Of the model.
    pub model: Option<f64>,
    /// Mean continuous ranked probability score of the model.
    pub crps: Option<f64>,
    /// Share of months whose published figure lies where one more replication would with 95% \[0-1\]: of random variation only.
    pub coverage: Option<f64>,
    /// Of the model's values less their published ones: its bias.
    pub bias: Option<f64>,
    /// Of the guess that nothing changes.
    pub no_change: Option<f64>,
    /// Of the guess that it is as a year before.
    pub same_month_last_year: Option<f64>,
    /// Mean of the published figures, to see errors in proportion.
    pub published_mean: Option<f64>,
    /// How near it is meant to be, if anything was promised.
    pub target: Option<Target>,
    /// The error in the terms of the target: a share of the published figure, or in its unit.
    pub error_by_target: Option<f64>,
}

impl Score {
    /// Whether the target is met; `None` without target or value.
    pub fn is_met(&self) -> Option<bool> {
        Some(self.error_by_target? <= self.target?.tolerance.most())
    }

    /// How many naive guesses can be made.
    pub fn guesses(&self) -> usize {
        [self.no_change, self.same_month_last_year].iter().flatten().count()
    }

    /// Whether the model is nearer than both naive guesses, as far as these can be made.
    pub fn beats_naive_guesses(&self) -> Option<bool> {
        let model = self.model?;
        let guesses = [self.no_change, self.same_month_last_year];
        guesses.iter().any(Option::is_some).then(|| guesses.iter().flatten().all(|guess| model < *guess))
    }
}

/// The report card of a scenario: England, then every provider that published the metric.
pub fn report_card(results: &Results, scenario: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let Some(before) = results.months().first().map(|month| month.plus(-1)) else { return rows };
    let pack = results.pack();
    let areas = results.areas();
    for (measure, metric) in ON_THE_CARD {
        for area in areas.iter().copied() {
            let code = area.code(pack);
            let published = |month| pack.observed().get(&code, metric, month);
            let is_listed =
                area == Area::England || results.months().iter().any(|&month| published(month).is_some());
            if !is_listed || !measure.is_taken_at(area) {
                continue;
            }
            let first_row = rows.len();
            for &month in results.months() {
                let values = if area == Area::England {
                    england(results, scenario, measure, metric, month)
                } else {
                    results.replicated(scenario, measure, area, Some(month))
                };
                let values = values.unwrap_or_default();
                let estimate = Estimate::of(&values, Confidence::NINETY_FIVE);
                let members: Vec<f64> = values.into_iter().flatten().collect();
                let interval = estimate.as_ref().and_then(|e| e.interval);
                let predicted = prediction_interval(&members, Confidence::NINETY_FIVE);
                rows.push(Row {
                    metric,
                    area: code.clone(),
                    period: month,
                    unit: measure.unit(),
                    published: published(month),
                    model: estimate.map(|e| e.mean),
                    low: interval.map(|i| i.low),
                    high: interval.map(|i| i.high),
                    crps: published(month).and_then(|observed| crps_ensemble(&members, observed)),
                    predicted_low: predicted.map(|p| p.low),
                    predicted_high: predicted.map(|p| p.high),
                    coverage: None,
                    no_change: published(before),
                    same_month_last_year: published(month.plus(-12)),
                });
            }
            let months = rows.get_mut(first_row..).unwrap_or_default();
            let share = coverage(months);
            months.iter_mut().for_each(|row| row.coverage = share);
        }
    }
    rows
}

/// The share of rows whose published figure lies in the range of the model.
fn coverage(rows: &[Row]) -> Option<f64> {
    let is_inside = |row: &Row| Some((row.predicted_low?..=row.predicted_high?).contains(&row.published?));
    let inside: Vec<bool> = rows.iter().filter_map(is_inside).collect();
    let hits = inside.iter().filter(|&&inside| inside).count();
    (!inside.is_empty()).then(|| hits as f64 / inside.len() as f64)
}

/// England over the providers that published the month; over all of them if none did by provider.
fn england(
    results: &Results,
    scenario: &str,
    measure: Measure,
    metric: &str,
    month: Month,
) -> Option<Vec<Option<f64>>> {
    let pack = results.pack();
    let publishing: Vec<Area> = results
        .areas()
        .into_iter()
        .filter(|&area| area != Area::England && measure.is_taken_at(area))
        .filter(|area| pack.observed().get(&area.code(pack), metric, month).is_some())
        .collect();
    if publishing.is_empty() {
        return results.replicated(scenario, measure, Area::England, Some(month));
    }
    results.replicated_over(scenario, measure, &publishing, month)
}

/// A provider's mean over the months for which a measure was published, beside the model's.
#[derive(Clone, Debug, PartialEq)]
pub struct OfProvider<'a> {
    /// The measure.
    pub measure: Measure,
    /// Code of the provider.
    pub area: &'a str,
    /// What was published.
    pub published: f64,
    /// What the model says.
    pub model: f64,
    /// Months that have both.
    pub months: usize,
    /// Share of months whose published figure lies where one more replication would with 95% \[0-1\]: of random variation only.
    pub coverage: Option<f64>,
}

/// Means by measure and provider, where anything was published.
pub fn by_provider(rows: &[Row]) -> Vec<OfProvider<'_>> {
    let mut found = Vec::new();
    for (measure, metric) in ON_THE_CARD {
        let of_metric = || rows.iter().filter(|row| row.metric == metric && row.area != ENGLAND);
        let mut areas: Vec<&str> = of_metric().map(|row| row.area.as_str()).collect();
        areas.dedup();
        for area in areas {
            let pairs: Vec<(f64, f64)> = of_metric()
                .filter(|row| row.area == area)
                .filter_map(|row| row.published.zip(row.model))
                .collect();
            let months = pairs.len();
            let mean = |sum: f64| sum / months as f64;
            if months > 0 {
                let (published, model) = pairs.iter().fold((0.0, 0.0), |(a, b), (p, m)| (a + p, b + m));
                found.push(OfProvider {
                    measure,
                    area,
                    published: mean(published),
                    model: mean(model),
                    months,
                    coverage: of_metric().find(|row| row.area == area).and_then(|row| row.coverage),
                });
            }
        }
    }
    found
}

/// Mean absolute errors for England.
pub fn scores(rows: &[Row]) -> Vec<Score> {
    ON_THE_CARD
        .iter()
        .map(|&(measure, metric)| {
            let england: Vec<&Row> = rows
                .iter()
                .filter(|row| row.metric == metric && row.area == ENGLAND && row.published.is_some())
                .collect();
            let mean = |values: Vec<f64>| {
                (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
            };
            let errors = |guess: &dyn Fn(&Row) -> Option<f64>| -> Vec<f64> {
                england.iter().filter_map(|row| Some(guess(row)? - row.published?)).collect()
            };
            let absolute = |errors: Vec<f64>| mean(errors.into_iter().map(f64::abs).collect());
            let target = target_of(measure);
            let pairs: Vec<(f64, f64)> =
                england.iter().filter_map(|row| Some((row.model?, row.published?))).collect();
            let of_model = errors(&|row| row.model);
            Score {
                metric,
                measure,
                months: of_model.len(),
                crps: mean(england.iter().filter_map(|row| row.crps).collect()),
                coverage: england.iter().find_map(|row| row.coverage),
                bias: mean(of_model.clone()),
                model: absolute(of_model),
                no_change: absolute(errors(&|row| row.no_change)),
                same_month_last_year: absolute(errors(&|row| row.same_month_last_year)),
                published_mean: mean(england.iter().filter_map(|row| row.published).collect()),
                target,
                error_by_target: target.and_then(|target| target.tolerance.mean_error(&pairs)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Isle of Wight is a service and a trust under one code: a measure asked of the wrong one has no value.
    #[test]
    fn every_series_on_the_card_is_asked_of_those_who_publish_it() {
        let pack = crate::system::pack::england();
        let services = pack.ambulance_services().iter().map(|service| service.code.to_string());
        let (services, only): (Vec<String>, _) = (services.collect(), "RX6".parse().unwrap());
        let service = Area::AmbulanceService(pack.ambulance_service_id(only).unwrap().index() as u16);
        for (measure, metric) in ON_THE_CARD {
            let mut publishing = pack.observed().areas(metric).filter(|area| *area != ENGLAND).peekable();
            if publishing.peek().is_some() {
                let are_services = publishing.all(|area| services.iter().any(|code| code == area));
                assert_eq!(measure.is_taken_at(service), are_services, "{metric}");
            }
        }
    }

    #[test]
    fn coverage_is_the_share_of_months_inside() {
        let row = |published: Option<f64>, range: Option<(f64, f64)>| Row {
            metric: "response_c2_mean",
            area: ENGLAND.to_owned(),
            period: Month::of(crate::units::date(2022, 10, 1)),
            unit: "s",
            published,
            model: None,
            low: None,
            high: None,
            crps: None,
            predicted_low: range.map(|r| r.0),
            predicted_high: range.map(|r| r.1),
            coverage: None,
            no_change: None,
            same_month_last_year: None,
        };
        let range = Some((1.0, 3.0));
        // inside, at an end, outside; one not published, one without a range
        let rows = [
            row(Some(2.0), range),
            row(Some(3.0), range),
            row(Some(3.1), range),
            row(None, range),
            row(Some(2.0), None),
        ];
        assert_eq!(coverage(&rows), Some(2.0 / 3.0));
        assert_eq!((coverage(&rows[3..]), coverage(&[])), (None, None));
    }
}
