//! Community diagnostic centres: 92 become 160.
//!
//! *Mechanism*: each centre adds tests of every modality in its catchment from the day it opens, growing to
//! full work over a ramp, as far as there is staff. *Evidence*: nine million more tests a year when all 160
//! are open (*Our plan for patients*), which is 1,080 a centre and week; by April 2022 73 centres did 30,000 a
//! week, 410 each, so most were far from full work.

use super::cost::{Days, Use};
use super::prices::Resource;
use super::spread::over_chosen_waiting_lists;
use super::timing::{after_the_plan, days_after, weekly_ramp};
use super::{Checks, Field, LeverError, Mechanism, Reference};
use crate::care::Modality;
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::system::planned_care::shares_of_tests;
use crate::units::date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Community diagnostic centres.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiagnosticCentres {
    centres: f64,
    #[serde(default = "tests_per_week")]
    tests_per_week: f64,
    #[serde(default = "all_staffed")]
    staffed_share: f64,
    #[serde(default = "ramp")]
    ramp_days: u16,
    #[serde(default = "after_the_plan")]
    opens_from: Date,
    #[serde(default = "last_day")]
    open_by: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trusts: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    modalities: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

const MODALITIES: &str = "mri, ct, ultrasound, endoscopy, echocardiography, audiology, other";

/// Nine million a year in 160 centres.
fn tests_per_week() -> f64 {
    1_080.0
}

fn all_staffed() -> f64 {
    1.0
}

/// Assumed.
fn ramp() -> u16 {
    180
}

fn last_day() -> Date {
    date(2025, 3, 31)
}

impl DiagnosticCentres {
    /// This many centres more than the 92 of September 2022, opening evenly until the end of March 2025, all
    /// staffed, each with half a year to full work.
    pub fn opened(centres: f64) -> Self {
        Self {
            centres,
            tests_per_week: tests_per_week(),
            staffed_share: all_staffed(),
            ramp_days: ramp(),
            opens_from: after_the_plan(),
            open_by: last_day(),
            trusts: Vec::new(),
            modalities: Vec::new(),
            reference: Vec::new(),
        }
    }

    /// The share of full work for which there is staff \[0-1\].
    #[must_use]
    pub fn staffed_share(self, staffed_share: f64) -> Self {
        Self { staffed_share, ..self }
    }

    /// Days in which a centre grows evenly from nothing when it opens to full work \[d\].
    #[must_use]
    pub fn ramp_days(self, ramp_days: u16) -> Self {
        Self { ramp_days, ..self }
    }

    /// The day on which the first opens, and the day by which all are open.
    #[must_use]
    pub fn between(self, opens_from: Date, open_by: Date) -> Self {
        Self { opens_from, open_by, ..self }
    }

    /// Only in the catchments of the trusts with these codes, by their waiting lists.
    #[must_use]
    pub fn at(self, trusts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { trusts: trusts.into_iter().map(Into::into).collect(), ..self }
    }

    /// Only these tests, in the proportions in which they are done in England.
    #[must_use]
    pub fn modalities(self, modalities: impl IntoIterator<Item = Modality>) -> Self {
        Self {
            modalities: modalities.into_iter().map(|modality| modality.name().to_owned()).collect(),
            ..self
        }
    }

    /// The share of a centre's tests that each modality has; the shares add up to 1.
    fn mix(&self) -> Vec<(Modality, f64)> {
        let of_all = Modality::ALL.into_iter().zip(shares_of_tests());
        if self.modalities.is_empty() {
            return of_all.collect();
        }
        let is_done = |modality: Modality| self.modalities.iter().any(|name| name == modality.name());
        let done: Vec<_> = of_all.filter(|&(modality, _)| is_done(modality)).collect();
        let total: f64 = done.iter().map(|(_, share)| share).sum();
        done.into_iter().map(|(modality, share)| (modality, share / total.max(1e-12))).collect()
    }

    /// The share of all work of all centres that is added on each day: they open evenly, and each grows evenly.
    fn growth(&self) -> Vec<(Date, f64)> {
        let opened = weekly_ramp(self.opens_from, self.open_by);
        let since = |opened: Date, day: Date| opened.until(day).map_or(0, |span| span.get_days());
        let grown = |days: i32| match self.ramp_days {
            _ if days < 0 => 0.0,
            0 => 1.0,
            ramp => (f64::from(days) / f64::from(ramp)).min(1.0),
        };
        let mut before = 0.0;
        weekly_ramp(self.opens_from, days_after(self.open_by, self.ramp_days))
            .into_iter()
            .map(|(day, _)| {
                let now: f64 = opened.iter().map(|&(from, share)| share * grown(since(from, day))).sum();
                (day, now - std::mem::replace(&mut before, now))
            })
            .collect()
    }
}

impl Mechanism for DiagnosticCentres {
    const NAME: &'static str = "diagnostic_centres";
    const TITLE: &'static str = "Community diagnostic centres";
    const MECHANISM: &'static str = "each centre adds tests of every modality in its catchment from the day it opens, growing to full work over a ramp, as far as there is staff";
    const EVIDENCE: &'static str = "nine million more tests a year in 160 centres (the plan); mix of tests as of all tests and ramp assumed; catchments spread as waiting lists are, over all trusts or those named";
    const FIELDS: &'static [Field] = &[
        Field::new("centres", "centres", "0 to 1,000", "centres beyond those of September 2022"),
        Field::new("tests_per_week", "tests a week", "0 to 20,000", "tests of one centre at full work"),
        Field::new("staffed_share", "share", "0 to 1", "the share of full work for which there is staff"),
        Field::new("ramp_days", "d", "0 to 65,535", "from opening to full work"),
        Field::new("opens_from", "date", "a date", "the day on which the first opens"),
        Field::new("open_by", "date", "on or after opens_from", "the day by which all are open"),
        Field::new(
            "trusts",
            "codes",
            "codes of acute trusts",
            "whose patients they test; of all by waiting list if empty",
        ),
        Field::new(
            "modalities",
            "names",
            MODALITIES,
            "which tests they do; all as they are done in England if empty",
        ),
    ];
    const USES: &'static [Resource] = &[Resource::DiagnosticCentre];
    const NOT_COUNTED: &'static str = "the running of centres beyond the programme's funding";

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.number("centres", self.centres, (0.0, 1_000.0), "a number of centres from 0 to 1,000");
        checks.number("tests_per_week", self.tests_per_week, (0.0, 20_000.0), "a number from 0 to 20,000");
        checks.share("staffed_share", self.staffed_share);
        checks.in_order("open_by", self.opens_from, self.open_by, "on or after opens_from");
        for name in &self.modalities {
            let is_known = Modality::ALL.into_iter().any(|modality| modality.name() == name);
            checks.holds("modalities", is_known, name, MODALITIES);
        }
        checks.problems
    }

    fn problems_in(&self, pack: &SystemPack) -> Vec<LeverError> {
        let mut checks = Checks::of(Self::NAME);
        checks.acute_trusts("trusts", &self.trusts, pack);
        checks.problems
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        let opened = weekly_ramp(self.opens_from, self.open_by).into_iter();
        let share: f64 = opened.filter(|(day, _)| *day <= days.last).map(|(_, share)| share).sum();
        vec![Use::Of(Resource::DiagnosticCentre, share * self.centres)]
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let tests = self.centres * self.tests_per_week * self.staffed_share / 5.0;
        let (catchments, tests_done) = (over_chosen_waiting_lists(pack, &self.trusts), self.mix());
        let mut steps = Vec::new();
        for (from, grown) in self.growth() {
            for &(at, share) in &catchments {
                for &(modality, mix) in &tests_done {
                    let capacity = Capacity::Tests(at, modality);
                    steps.push(CapacityStep { from, capacity, added: tests * grown * share * mix });
                }
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::CapacityPlan;
    use crate::system::pack::england;

    #[test]
    fn all_centres_do_their_part_of_nine_million_tests_a_year() {
        let plan = CapacityPlan::of(Lever::from(DiagnosticCentres::opened(160.0)).steps(&england()).unwrap());
        let a_day = plan.added_by(date(2026, 1, 1), |c| matches!(c, Capacity::Tests(..)));
        assert!((a_day * 260.0 / 9e6 - 1.0).abs() < 0.01, "{a_day}");
        let staffed = DiagnosticCentres::opened(160.0).staffed_share(0.0);
        assert!(CapacityPlan::of(Lever::from(staffed).steps(&england()).unwrap()).steps().is_empty());
    }

    #[test]
    fn each_centre_grows_evenly_from_the_day_it_opens() {
        let added = |lever: DiagnosticCentres, day| {
            let plan = CapacityPlan::of(Lever::from(lever).steps(&england()).unwrap());
            plan.added_by(day, |c| matches!(c, Capacity::Tests(..))) / (160.0 * tests_per_week() / 5.0)
        };
        // on one day: a straight line over the ramp
        let at_once =
            || DiagnosticCentres::opened(160.0).between(date(2022, 10, 1), date(2022, 10, 1)).ramp_days(182);
        for (day, share) in [
            (date(2022, 10, 1), 0.0),
            (date(2022, 10, 29), 28.0 / 182.0),
            (date(2022, 12, 31), 0.5),
            (date(2023, 3, 31), 25.0 / 26.0),
            (date(2023, 4, 1), 1.0),
            (date(2030, 1, 1), 1.0),
        ] {
            assert!((added(at_once(), day) - share).abs() < 1e-9, "{day}");
        }
        assert!((added(at_once().ramp_days(0), date(2022, 10, 1)) - 1.0).abs() < 1e-9);
        // over ten weeks, each with a ramp of ten: after ten the k-th is 10 - k tenths grown, 45 of 100
        let evenly = || at_once().between(date(2022, 10, 1), date(2022, 12, 10)).ramp_days(70);
        assert!((added(evenly(), date(2022, 12, 10)) - 0.45).abs() < 1e-9);
        assert!((added(evenly(), date(2023, 2, 18)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn centres_of_a_kind_test_the_patients_of_their_catchment() {
        let centres =
            DiagnosticCentres::opened(2.0).at(["RRK", "QHL"]).modalities([Modality::Mri, Modality::Ct]);
        let problems = Lever::from(centres).steps(&england()).unwrap_err();
        let said = "diagnostic_centres.trusts = QHL, must be codes of acute trusts, such as RRK";
        assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [said]);
        let centres = DiagnosticCentres::opened(2.0)
            .at(["RRK", "R1H"])
            .modalities([Modality::Mri, Modality::Ct])
            .between(date(2022, 10, 1), date(2022, 10, 1))
            .ramp_days(0);
        let plan = CapacityPlan::of(Lever::from(centres).steps(&england()).unwrap());
        let tests: Vec<_> = plan.steps().iter().map(|step| (step.capacity, step.added)).collect();
        assert_eq!(tests.len(), 4, "two trusts, two modalities");
        let all: f64 = tests.iter().map(|(_, added)| added).sum();
        assert!((all / (2.0 * tests_per_week() / 5.0) - 1.0).abs() < 1e-12);
        let is_either = |c: &Capacity| matches!(c, Capacity::Tests(_, Modality::Mri | Modality::Ct));
        assert!(tests.iter().all(|(capacity, _)| is_either(capacity)));
        assert_eq!(MODALITIES, Modality::ALL.map(Modality::name).join(", "));
        let text = "centres = 1.0\nmodalities = [\"xray\"]";
        let unknown: DiagnosticCentres = toml::from_str(text).unwrap();
        let problems = Lever::from(unknown).check().unwrap_err();
        assert!(problems[0].to_string().starts_with("diagnostic_centres.modalities = xray, must be mri, ct"));
    }
}
