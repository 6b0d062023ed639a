//! The fit itself, stage by stage.

use super::calibrated::{Calibrated, FittedParameter, Stage, Step};
use super::fit::Fit;
use super::provider::Track;
use super::shrunk::shrunk_table;
use super::values::Values;
use super::{Calibration, CalibrationError};
use crate::experiment::Results;
use crate::experiment::design::latin_hypercube;
use crate::experiment::nelder_mead::{Search, minimise};
use crate::experiment::study::Study;
use crate::random::Stream;
use crate::system::measures::Adds;
use crate::system::outcome::Area;
use crate::system::pack::SystemPack;
use crate::system::parameters::ProviderParameter;
use crate::system::parts::{Part, parts};
use std::collections::BTreeMap;

/// Points whose discrepancy exceeds the least by no more than this many tolerances span the interval of a
/// fitted value.
pub const NEARLY_AS_GOOD: f64 = 0.25;

/// Share of the way to its target that a provider's factor goes in one step.
const DAMPING: f64 = 0.8;

pub(super) const NAME: &str = "fit";

// A national point with the providers' factors that were adjusted to it.
#[derive(Clone)]
struct Best {
    // each coordinate from 0 to 1 along its range
    at: Vec<f64>,
    factors: BTreeMap<ProviderParameter, Vec<f64>>,
    discrepancy: f64,
}

struct Fitting<'c, 'a> {
    question: &'c Calibration<'a>,
    pack: SystemPack,
    parts: Vec<Part>,
    areas: Vec<Area>,
    ranges: Vec<(f64, f64)>,
    // for each fit by provider, each provider's
    tracks: Vec<Vec<Track>>,
    history: Vec<Step>,
    runs: usize,
}

impl Calibration<'_> {
    /// Runs the fit.
    ///
    /// # Errors
    /// If nothing is free or no target was published, a parameter does not exist, or the first or last
    /// run fails. A run that fails in between counts as a bad point.
    pub fn run(&self) -> Result<Calibrated, CalibrationError> {
        let mut fitting = Fitting::new(self)?;
        let start = Best {
            at: fitting.start_point(),
            factors: self
                .providers
                .iter()
                .map(|fit| (fit.parameter, fitting.pack.parameters().by_provider(fit.parameter).to_vec()))
                .collect(),
            discrepancy: f64::INFINITY,
        };
        let results = fitting.simulate(&fitting.values(&start), self.replications)?;
        let before = fitting.fit(&results)?;
        if before.targets.is_empty() {
            return Err(CalibrationError::NoTarget);
        }
        fitting.tell(Stage::Start, &start, before.discrepancy, true, &start);
        let mut best = Best { discrepancy: before.discrepancy, ..start };
        if !self.providers.is_empty() {
            best = fitting.settle(best, self.plan.provider_rounds, Stage::Providers)?;
        }
        if !self.free.is_empty() {
            best = fitting.search(best);
        }
        fitting.finish(best, before)
    }

    fn budget(&self) -> usize {
        let plan = self.plan;
        let (is_national, is_local) = (!self.free.is_empty(), !self.providers.is_empty());
        let points = if is_national { plan.screening + plan.narrowing + plan.search } else { 0 };
        let (refits, rounds) =
            if is_local { (plan.refits, 1 + plan.provider_rounds + plan.final_rounds) } else { (0, 0) };
        let of_one = 1 + rounds + points * (1 + refits);
        of_one * self.replications as usize + plan.final_replications.max(self.replications) as usize
    }
}

impl<'c, 'a> Fitting<'c, 'a> {
    fn new(question: &'c Calibration<'a>) -> Result<Self, CalibrationError> {
        if question.free.is_empty() && question.providers.is_empty() {
            return Err(CalibrationError::NothingFree);
        }
        let pack = question.start.over(question.window.blind(question.pack.clone()))?;
        let mut ranges = Vec::new();
        for free in &question.free {
            let Some(parameter) = pack.parameters().parameter(&free.key) else {
                // the error of setting it names what is wrong
                pack.parameters().with(&free.key, 0.0)?;
                continue;
            };
            let (low, high) = free.range.unwrap_or((parameter.low, parameter.high));
            if !(low < high && low >= parameter.spec.low && high <= parameter.spec.high) {
                return Err(CalibrationError::Range { key: free.key.clone(), low, high });
            }
            ranges.push((low, high));
        }
        let needs_lists = question.targets.iter().any(|target| target.measure.adds() == Adds::AsStock);
        let chosen = question.parts.clone().unwrap_or_else(|| {
            // those with a waiting list alone say nothing of urgent care
            let of_chain = |part: &Part| needs_lists || !part.trusts.is_empty();
            parts(&pack).into_iter().filter(of_chain).collect()
        });
        let trusts = pack.trusts().len();
        let areas = chosen.iter().flat_map(|part| {
            let services = part.services.iter().map(|&s| Area::AmbulanceService(s as u16));
            let hospitals =
                part.trusts.iter().copied().chain(part.elective_providers.iter().map(|e| trusts + e));
            services.chain(hospitals.map(|h| Area::Hospital(h as u16))).collect::<Vec<_>>()
        });
        let areas = areas.collect();
        let tracks = question
            .providers
            .iter()
            .map(|fit| vec![Track::new(fit.slope); pack.parameters().by_provider(fit.parameter).len()])
            .collect();
        Ok(Self { question, pack, parts: chosen, areas, ranges, tracks, history: Vec::new(), runs: 0 })
    }

    fn start_point(&self) -> Vec<f64> {
        let value =
            |key: &str| self.pack.parameters().parameter(key).map_or(0.0, |parameter| parameter.value);
        let along =
            |(free, (low, high)): (&super::Free, &(f64, f64))| (value(&free.key) - low) / (high - low);
        self.question.free.iter().zip(&self.ranges).map(along).map(|x| x.clamp(0.0, 1.0)).collect()
    }

    fn national(&self, at: &[f64]) -> Vec<f64> {
        at.iter().zip(&self.ranges).map(|(x, (low, high))| significant(low + x * (high - low))).collect()
    }

    fn values(&self, best: &Best) -> Values {
        let keys = self.question.free.iter().map(|free| free.key.clone());
        let rounded = |values: &Vec<f64>| values.iter().copied().map(significant).collect();
        Values {
            national: keys.zip(self.national(&best.at)).collect(),
            by_provider: best.factors.iter().map(|(&key, values)| (key, rounded(values))).collect(),
        }
    }

    fn simulate(&mut self, values: &Values, replications: u32) -> Result<Results, CalibrationError> {
        self.runs += replications as usize;
        let window = self.question.window;
        Ok(Study::new(values.over(self.pack.clone())?)
            .period(window.first().first_day()..=window.last().last_day())
            .warm_up_months(self.question.warm_up_months)
            .replications(replications)
            .seed(self.question.seed)
            .only_parts(self.parts.iter().cloned())
            .scenario(NAME, [])
            .run()?)
    }

    fn fit(&self, results: &Results) -> Result<Fit, CalibrationError> {
        let (window, targets) = (self.question.window, &self.question.targets);
        let is_all = self.question.parts.is_none();
        Ok(Fit::of(results, NAME, targets, window, &self.areas, is_all)?)
    }

    fn tell(&mut self, stage: Stage, at: &Best, discrepancy: f64, counts: bool, best: &Best) {
        let step = Step {
            stage,
            runs: self.runs,
            budget: self.question.budget(),
            point: self.national(&at.at),
            discrepancy,
            counts,
        };
        if let Some(progress) = &self.question.progress {
            progress(&step, &self.values(best));
        }
        self.history.push(step);
    }

    /// The providers' factors moved one step towards their targets.
    fn adjusted(&mut self, results: &Results, best: &Best, learns: bool) -> Result<Best, CalibrationError> {
        let mut next = best.clone();
        let question = self.question;
        for (fit, tracks) in question.providers.iter().zip(&mut self.tracks) {
            let Some(factors) = next.factors.get_mut(&fit.parameter) else { continue };
            for (provider, (factor, track)) in factors.iter_mut().zip(tracks).enumerate() {
                let Some(to_go) = fit.to_go(results, NAME, question.window, provider)? else { continue };
                if *factor <= 0.0 {
                    continue;
                }
                if learns {
                    track.learn(*factor, to_go, fit.slope);
                }
                *factor = significant(track.next(*factor, to_go, DAMPING, fit.believed));
            }
        }
        Ok(next)
    }

    /// Fits the providers' factors at one national point.
    fn settle(&mut self, mut best: Best, rounds: usize, stage: Stage) -> Result<Best, CalibrationError> {
        self.tracks.iter_mut().flatten().for_each(Track::forget);
        for _ in 0..rounds {
            let results = self.simulate(&self.values(&best), self.question.replications)?;
            best.discrepancy = self.fit(&results)?.discrepancy;
            self.tell(stage, &best.clone(), best.discrepancy, false, &best.clone());
            best = self.adjusted(&results, &best, true)?;
        }
        Ok(best)
    }

    /// How good a national point is once the providers have been adjusted to it.
    fn judge(&mut self, at: &[f64], stage: Stage, best: &mut Best) -> f64 {
        let mut here = Best { at: at.to_vec(), discrepancy: f64::INFINITY, ..best.clone() };
        let refits = if self.question.providers.is_empty() { 0 } else { self.question.plan.refits };
        for round in 0..=refits {
            let tried = self.simulate(&self.values(&here), self.question.replications);
            let tried = tried.and_then(|results| Ok((self.fit(&results)?.discrepancy, results)));
            let Ok((discrepancy, results)) = tried else {
                self.tell(stage, &here, f64::INFINITY, round == refits, &best.clone());
                return f64::INFINITY;
            };
            here.discrepancy = discrepancy;
            if round == refits && discrepancy < best.discrepancy {
                *best = here.clone();
            }
            self.tell(stage, &here, discrepancy, round == refits, &best.clone());
            if round < refits {
                match self.adjusted(&results, &here, false) {
                    Ok(adjusted) => here = adjusted,
                    Err(_) => return f64::INFINITY,
                }
            }
        }
        here.discrepancy
    }

    fn search(&mut self, start: Best) -> Best {
        let plan = self.question.plan;
        let dimensions = self.ranges.len();
        let mut best = Best { discrepancy: f64::INFINITY, ..start.clone() };
        let stream = |wave| Stream::of_seed(self.question.seed).at(wave);
        let waves = [
            (Stage::Screening, plan.screening.saturating_sub(1), stream(1)),
            (Stage::Narrowing, plan.narrowing, stream(2)),
        ];
        let mut tried = vec![(self.judge(&start.at, Stage::Screening, &mut best), start.at.clone())];
        for (stage, count, stream) in waves {
            let within = if stage == Stage::Screening {
                vec![(0.0, 1.0); dimensions]
            } else {
                box_of_the_better(&mut tried, dimensions)
            };
            for point in latin_hypercube(count, dimensions, stream) {
                let at: Vec<f64> =
                    point.iter().zip(&within).map(|(x, (low, high))| low + x * (high - low)).collect();
                let discrepancy = self.judge(&at, stage, &mut best);
                tried.push((discrepancy, at));
            }
        }
        // coordinates from 1 to 2, folded back at both ends, so that a first simplex is of use anywhere
        let from: Vec<f64> = best.at.iter().map(|x| 1.0 + x).collect();
        let search = Search {
            edge: 0.12,
            value_tolerance: 0.002,
            point_tolerance: 0.01,
            evaluations: plan.search.saturating_sub(1),
        };
        if plan.search > dimensions + 1 {
            let mut spent = 0;
            minimise(&from, &search, |point| {
                spent += 1;
                // the start has been judged; a shrinking simplex may ask for more than it may
                if spent == 1 {
                    return best.discrepancy;
                }
                if spent > plan.search + 1 {
                    return f64::INFINITY;
                }
                let at: Vec<f64> = point.iter().map(|x| folded(x - 1.0)).collect();
                self.judge(&at, Stage::Search, &mut best)
            });
        }
        best
    }

    fn finish(mut self, best: Best, before: Fit) -> Result<Calibrated, CalibrationError> {
        let question = self.question;
        let mut best = best;
        let mut tables = Vec::new();
        if !question.providers.is_empty() {
            best = self.settle(best, question.plan.final_rounds, Stage::Shrinking)?;
            let results = self.simulate(&self.values(&best), question.replications)?;
            for (fit, tracks) in question.providers.iter().zip(&self.tracks) {
                let Some(factors) = best.factors.get_mut(&fit.parameter) else { continue };
                tables.extend(shrunk_table(fit, tracks, factors, &results, question.window)?);
            }
        }
        let values = self.values(&best);
        let replications = question.plan.final_replications.max(question.replications);
        let results = self.simulate(&values, replications)?;
        let fit = self.fit(&results)?;
        self.tell(Stage::Last, &best, fit.discrepancy, false, &best);
        Ok(Calibrated {
            pack: values.over(question.pack.clone())?,
            national: self.intervals(&values),
            values,
            tables,
            before,
            fit,
            history: self.history,
            window: question.window,
        })
    }

    fn intervals(&self, values: &Values) -> Vec<FittedParameter> {
        let counted: Vec<&Step> =
            self.history.iter().filter(|step| step.counts && step.stage != Stage::Start).collect();
        let least = counted.iter().map(|step| step.discrepancy).fold(f64::INFINITY, f64::min);
        let good: Vec<&Step> =
            counted.into_iter().filter(|step| step.discrepancy <= least + NEARLY_AS_GOOD).collect();
        let of = |(i, free): (usize, &super::Free)| {
            let parameter = self.question.pack.parameters().parameter(&free.key)?;
            let value = *values.national.get(&free.key)?;
            let along = good.iter().filter_map(|step| step.point.get(i).copied());
            Some(FittedParameter {
                key: free.key.clone(),
                unit: parameter.spec.unit,
                before: parameter.value,
                value,
                low: along.clone().fold(value, f64::min),
                high: along.fold(value, f64::max),
                searched: *self.ranges.get(i)?,
                acceptable: good.len(),
            })
        };
        self.question.free.iter().enumerate().filter_map(of).collect()
    }
}

/// For each dimension, the span of the better third of the points, a tenth wider on both sides.
fn box_of_the_better(tried: &mut [(f64, Vec<f64>)], dimensions: usize) -> Vec<(f64, f64)> {
    tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    let better = &tried[..tried.len().div_ceil(3)];
    (0..dimensions)
        .map(|d| {
            let along = better.iter().filter_map(|(_, at)| at.get(d).copied());
            let (low, high) = along.fold((1.0_f64, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
            ((low - 0.1).max(0.0), (high + 0.1).min(1.0))
        })
        .collect()
}

/// A number folded back into 0 to 1 at both ends.
fn folded(x: f64) -> f64 {
    let around = x.rem_euclid(2.0);
    if around > 1.0 { 2.0 - around } else { around }
}

/// Rounded to four significant digits: what is written is what was run.
pub(super) fn significant(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    format!("{value:.3e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::calibrate::{FitWindow, Plan, ProviderFit, Target, Tolerance};
    use crate::system::measures::Measure;
    use crate::system::pack::england;
    use crate::units::{Month, date};

    /// What a run with known factors says is published; a fit that starts elsewhere finds the factors again.
    /// Departments have cubicles enough not to lock up: where they do, a wait for crews says little of how
    /// many crews there are (C2 was found again within 1%, with 6% fewer).
    #[test]
    fn known_factors_are_found_again() {
        let england = || england().with_parameter("emergency.cubicles_per_100_daily_majors", 45.0).unwrap();
        let september = Month::of(date(2022, 9, 1));
        let window = FitWindow::new(september, september).unwrap();
        let part = parts(&england()).into_iter().rfind(|part| !part.services.is_empty()).unwrap();
        let truth = Study::new(england())
            .period(september.first_day()..=september.last_day())
            .warm_up_months(0)
            .replications(1)
            .only_parts([part.clone()])
            .scenario(NAME, [])
            .run()
            .unwrap();
        let fits = [ProviderFit::crews(), ProviderFit::department_speed()];
        let crews_at_start = 1.08;
        let places = [part.services.clone(), part.trusts.clone()];
        let mut pack = england();
        let mut start = Values::default();
        for ((fit, places), wrong) in fits.iter().zip(&places).zip([crews_at_start, 0.9]) {
            for &provider in places {
                let area = fit.area(provider);
                let value = truth.replicated(NAME, fit.measure, area, Some(september)).unwrap()[0];
                pack = pack.with_published(&area.code(&england()), fit.metric, september, value.unwrap());
            }
            let known = england().parameters().by_provider(fit.parameter).to_vec();
            start.by_provider.insert(fit.parameter, known.into_iter().map(|factor| factor * wrong).collect());
        }
        let fitted = Calibration::new(pack)
            .window(window)
            .targets(Target::of(Measure::ResponseC2, Tolerance::Share(0.15)))
            .by_provider(fits[0].clone())
            .by_provider(fits[1].clone())
            .only_parts([part])
            .warm_up_months(0)
            .plan(Plan { provider_rounds: 16, final_rounds: 0, ..Plan::quick() })
            .start_from(start)
            .run()
            .unwrap();
        assert!(fitted.fit.discrepancy < 0.35 && fitted.before.discrepancy > 1.0, "{fitted}");
        for ((fit, places), tolerance) in fits.iter().zip(&places).zip([0.02, 0.06]) {
            let found = &fitted.values.by_provider[&fit.parameter];
            for &provider in places {
                let known = england().parameters().by_provider(fit.parameter)[provider];
                let error = (found[provider] / known).ln();
                assert!(error.abs() < tolerance, "{:?} {provider}: {error}", fit.parameter);
            }
        }
        // others stay where the fit started
        let elsewhere = (0..11).find(|service| !places[0].contains(service)).unwrap();
        let units = &fitted.values.by_provider[&fits[0].parameter];
        let before = england().parameters().by_provider(fits[0].parameter)[elsewhere];
        assert!((units[elsewhere] / before - crews_at_start).abs() < 1e-3);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let error = |calibration: Calibration<'_>| calibration.run().unwrap_err().to_string();
        assert!(error(Calibration::new(england())).contains("nothing to fit"));
        let unknown = Calibration::new(england()).free(["ward.beds"]);
        assert!(error(unknown).contains("there is no parameter 'ward.beds'"));
        let outside = Calibration::new(england()).free_within("ward.transfer_minutes", 10.0, 6_000.0);
        assert!(error(outside).contains("cannot look from 10 to 6000"));
    }

    #[test]
    fn numbers_are_folded_and_rounded() {
        for (x, expected) in [(0.3, 0.3), (-0.2, 0.2), (1.2, 0.8), (2.5, 0.5), (-1.5, 0.5), (1.0, 1.0)] {
            assert!((folded(x) - expected).abs() < 1e-12, "{x}");
        }
        assert_eq!((significant(0.123456), significant(98765.4), significant(0.0)), (0.1235, 98770.0, 0.0));
        assert_eq!(significant(-2.0), -2.0);
    }

    #[test]
    fn the_box_is_that_of_the_better_third() {
        let mut tried: Vec<(f64, Vec<f64>)> =
            [0.1, 0.5, 0.4, 0.9, 0.95, 0.99].iter().map(|&x: &f64| ((x - 0.45).abs(), vec![x])).collect();
        let within = box_of_the_better(&mut tried, 1);
        assert!((within[0].0 - 0.3).abs() < 1e-12 && (within[0].1 - 0.6).abs() < 1e-12, "{within:?}");
    }
}
