//! An overlay: a small file with the few values of a pack that somebody knows better.
//!
//! ```toml
//! source = "Bed state of the trust, winter 2022-23"     # where the values come from
//!
//! [ward]                                   # parameters, by section
//! bed_turnaround_hours = 2.5
//!
//! [by_provider.ambulance_units]            # parameters by provider
//! RYF = 310
//!
//! [drivers.adult_ga_beds_available]        # what history imposes: every month alike ...
//! RH8 = 905
//! [drivers.adult_ga_beds_available.RA9]    # ... or month by month
//! 2022-12 = 410
//! ```
//!
//! All else stays as it is in the pack. What was replaced stays with the pack, to be shown.

use super::document::{Document, Fields};
use super::drivers::{Drivers, Given, PARTS_OF_WHOLES, width};
use super::problem::{PackError, Problem, Problems};
use super::source::Status;
use super::{Driver, SystemPack, text};
use crate::system::parameters::{PARTS_OF_ONE, Parameters, ProviderParameter};
use crate::system::providers::{ProviderCode, ProviderGroup};
use crate::units::Month;
use serde::Serialize;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A value of a pack that an overlay has replaced.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replaced {
    /// Which value, as a path: `by_provider.ambulance_units.RYF`.
    pub value: String,
    /// Its unit.
    pub unit: &'static str,
    /// What it was.
    pub before: f64,
    /// What it is.
    pub after: f64,
    /// The name of the file that says so.
    pub file: String,
    /// Where that file has it from.
    pub source: String,
}

impl fmt::Display for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, unit, before, after, file, source } = self;
        write!(f, "{value}: {before} {unit} -> {after} ({file}: {source})")
    }
}

/// The longest text kept as the source of an overlay, in characters.
const LONGEST_SOURCE: usize = 200;

struct Laying<'a> {
    pack: &'a SystemPack,
    drivers: Drivers,
    parameters: Parameters,
    origin: u16,
    replaced: Vec<Replaced>,
    file: &'a str,
    // without its folder, so that two machines have the same record
    name: String,
    source: String,
}

impl SystemPack {
    /// The pack with the values of an overlay file in place of its own.
    ///
    /// # Errors
    /// Everything that is wrong with the file, with line, field, value and what is allowed.
    pub fn overlaid_from_file(&self, file: impl AsRef<Path>) -> Result<Self, PackError> {
        let path = file.as_ref();
        let file = path.display().to_string();
        let refused = |problem: Problem| {
            let mut problems = Problems::default();
            problems.add(problem);
            problems.into_error(&file)
        };
        let bytes = std::fs::read(path).map_err(|error| {
            refused(Problem::new(&file, None, "the file", format!("cannot be read: {error}")))
        })?;
        let text = text::decode(&file, &bytes).map_err(|problem| refused(*problem))?;
        self.overlaid(text, &file)
    }

    /// The same from the text of an overlay; `file` is named in errors.
    ///
    /// ```
    /// use nhs_capacity::system::pack::england;
    /// let mine = england().overlaid("source = 'we counted'\n[ward]\nbed_turnaround_hours = 2.5", "mine.toml")?;
    /// assert_eq!(mine.parameters().ward.bed_turnaround_hours.value, 2.5);
    /// assert_eq!(mine.replaced().len(), 1);
    /// # Ok::<(), nhs_capacity::system::pack::PackError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::overlaid_from_file`].
    pub fn overlaid(&self, text: &str, file: &str) -> Result<Self, PackError> {
        let mut problems = Problems::default();
        let laid = Document::parse(file, text, &mut problems)
            .and_then(|document| lay(self, &document, file, &mut problems));
        match laid {
            Some(pack) if problems.count() == 0 => Ok(pack),
            _ => Err(problems.into_error(file)),
        }
    }

    /// The values that overlays have replaced, in the order in which they were laid.
    pub fn replaced(&self) -> &[Replaced] {
        &self.replaced
    }
}

fn lay(
    pack: &SystemPack,
    document: &Document<'_>,
    file: &str,
    problems: &mut Problems,
) -> Option<SystemPack> {
    let root = document.root();
    let mut known = vec!["source", "by_provider", "drivers"];
    known.extend(Parameters::SECTIONS);
    root.refuse_unknown(&known, problems);
    let source = root.text("source", problems).unwrap_or_default();
    if let Some(place) = pack.local() {
        let reason = format!("must be laid over the whole pack, before {} is cut out of it", place.name());
        problems.add(Problem::new(file, None, "the overlay", reason));
        return None;
    }
    let mut drivers = (*pack.drivers).clone();
    drivers.source_keys.push(format!("overlay {file}"));
    let mut laying = Laying {
        pack,
        origin: u16::try_from(drivers.source_keys.len() - 1).unwrap_or(u16::MAX),
        drivers,
        parameters: (*pack.parameters).clone(),
        replaced: Vec::new(),
        name: Path::new(file)
            .file_name()
            .map_or_else(|| file.to_owned(), |n| n.to_string_lossy().into_owned()),
        file,
        source: source.chars().take(LONGEST_SOURCE).collect(),
    };
    let has = |key: &str| root.keys().any(|k| k == key);
    for &section in Parameters::SECTIONS.iter().filter(|section| has(section)) {
        if let Some(fields) = root.table(section, problems) {
            laying.section(section, &fields, problems);
        }
    }
    if has("by_provider")
        && let Some(tables) = root.table("by_provider", problems)
    {
        laying.by_provider(&tables, problems);
    }
    if has("drivers")
        && let Some(tables) = root.table("drivers", problems)
    {
        laying.drivers(&tables, problems);
    }
    if problems.count() == 0 {
        laying.check_parts(problems);
    }
    if problems.count() == 0 && laying.replaced.is_empty() {
        problems.add(Problem::new(
            file,
            None,
            "the file",
            "replaces nothing; must hold a section of parameters, [by_provider.NAME] or [drivers.NAME]",
        ));
    }
    let mut replaced = (*pack.replaced).clone();
    replaced.extend(laying.replaced);
    Some(SystemPack {
        drivers: Arc::new(laying.drivers),
        parameters: Arc::new(laying.parameters),
        replaced: Arc::new(replaced),
        ..pack.clone()
    })
}

impl Laying<'_> {
    fn note(&mut self, value: String, unit: &'static str, before: f64, after: f64) {
        let (file, source) = (self.name.clone(), self.source.clone());
        self.replaced.push(Replaced { value, unit, before, after, file, source });
    }

    fn section(&mut self, section: &str, fields: &Fields<'_, '_>, problems: &mut Problems) {
        for key in fields.keys() {
            let name = format!("{section}.{key}");
            let Some(parameter) = self.parameters.parameter(&name) else {
                let known: Vec<&str> =
                    self.parameters.iter().filter(|(s, ..)| *s == section).map(|(_, key, _)| key).collect();
                let reason = format!("is not a known key; known are {}", known.join(", "));
                problems.add(fields.problem(key, reason).without_value());
                continue;
            };
            let (before, spec) = (parameter.value, parameter.spec);
            let Some(after) = fields.number(key, spec.low, spec.high, problems) else { continue };
            match self.parameters.with(&name, after) {
                Ok(changed) => {
                    self.parameters = changed;
                    self.note(name, spec.unit, before, after);
                }
                Err(error) => problems.add(fields.problem(key, error.to_string())),
            }
        }
    }

    fn provider(
        &self,
        fields: &Fields<'_, '_>,
        key: &str,
        group: ProviderGroup,
        problems: &mut Problems,
    ) -> Option<usize> {
        let index =
            key.parse().ok().and_then(|code: ProviderCode| self.pack.providers().index_in(group, code));
        if index.is_none() {
            let hint = super::context::case_hint(key);
            let reason = format!("is not one of the {group} of the pack{hint}");
            problems.add(fields.problem(key, reason).without_value());
        }
        index
    }

    fn by_provider(&mut self, tables: &Fields<'_, '_>, problems: &mut Problems) {
        let names: Vec<&str> = ProviderParameter::ALL.iter().map(|parameter| parameter.name()).collect();
        tables.refuse_unknown(&names, problems);
        for &parameter in ProviderParameter::ALL {
            if !tables.keys().any(|key| key == parameter.name()) {
                continue;
            }
            let Some(fields) = tables.table(parameter.name(), problems) else { continue };
            let mut values = self.parameters.by_provider(parameter).to_vec();
            let (low, high) = parameter.allowed();
            for key in fields.keys() {
                let index = self.provider(&fields, key, parameter.group(), problems);
                let after = fields.number(key, low, high, problems);
                let (Some(index), Some(after)) = (index, after) else { continue };
                let Some(value) = values.get_mut(index) else { continue };
                let before = std::mem::replace(value, after);
                self.note(format!("by_provider.{}.{key}", parameter.name()), parameter.unit(), before, after);
            }
            match self.parameters.with_by_provider(parameter, values) {
                Ok(changed) => self.parameters = changed,
                Err(error) => problems.add(tables.problem(parameter.name(), error.to_string())),
            }
        }
    }

    fn drivers(&mut self, tables: &Fields<'_, '_>, problems: &mut Problems) {
        let names: Vec<&str> = Driver::ALL.iter().map(|driver| driver.name()).collect();
        tables.refuse_unknown(&names, problems);
        for &driver in Driver::ALL {
            if !tables.keys().any(|key| key == driver.name()) {
                continue;
            }
            let Some(fields) = tables.table(driver.name(), problems) else { continue };
            for key in fields.keys() {
                let Some(index) = self.provider(&fields, key, driver.group(), problems) else { continue };
                if fields.is_table(key) {
                    let Some(months) = fields.table(key, problems) else { continue };
                    self.months(driver, index, key, &months, problems);
                    continue;
                }
                let (low, high) = driver.allowed();
                let Some(after) = fields.number(key, low, high, problems) else { continue };
                for at in 0..width(driver, self.drivers.months) {
                    self.set(driver, index, at, key, after);
                }
            }
        }
    }

    fn months(
        &mut self,
        driver: Driver,
        index: usize,
        code: &str,
        months: &Fields<'_, '_>,
        problems: &mut Problems,
    ) {
        let (low, high) = driver.allowed();
        for key in months.keys() {
            let at = key.parse::<Month>().ok().and_then(|month| self.pack.month_index(month));
            let after = months.number(key, low, high, problems);
            match (driver.given(), at) {
                (Given::Once, _) => {
                    let reason = format!("is given once, not by month: write {code} = number");
                    problems.add(months.problem(key, reason).without_value());
                }
                (Given::Monthly, None) => {
                    let (first, last) = (self.pack.first_month(), self.pack.last_month());
                    let reason = format!("must be a month of the pack, {first} to {last}, written YYYY-MM");
                    problems.add(months.problem(key, reason).without_value());
                }
                (Given::Monthly, Some(at)) => {
                    if let Some(after) = after {
                        self.set(driver, index, at, code, after);
                    }
                }
            }
        }
    }

    fn set(&mut self, driver: Driver, index: usize, at: usize, code: &str, after: f64) {
        let position = index * width(driver, self.drivers.months) + at;
        let Some(series) = self.drivers.series.get_mut(driver as usize) else { return };
        let Some(value) = series.values.get_mut(position) else { return };
        let before = std::mem::replace(value, after);
        if let Some(origin) = series.origins.get_mut(position) {
            (origin.status, origin.source) = (Status::Derived, self.origin);
        }
        let month = match driver.given() {
            Given::Monthly => {
                format!(".{}", self.pack.first_month().plus(i32::try_from(at).unwrap_or(i32::MAX)))
            }
            Given::Once => String::new(),
        };
        self.note(format!("drivers.{}.{code}{month}", driver.name()), driver.unit(), before, after);
    }

    /// Parts must not be greater than what they are part of: one of them may have been replaced alone.
    fn check_parts(&self, problems: &mut Problems) {
        let providers = self.pack.providers();
        for (parts, whole) in PARTS_OF_WHOLES {
            let width = width(*whole, self.drivers.months).max(1);
            let values = |driver: Driver| {
                self.drivers.series.get(driver as usize).map_or(&[][..], |series| &series.values)
            };
            for (at, &value) in values(*whole).iter().enumerate() {
                let sum: f64 = parts.iter().map(|part| values(*part).get(at).copied().unwrap_or(0.0)).sum();
                if sum <= value * 1.001 + 1.0 {
                    continue;
                }
                let code = providers.codes_of(whole.group()).nth(at / width).map(String::from);
                let month = self.pack.first_month().plus(i32::try_from(at % width).unwrap_or(i32::MAX));
                let names = parts.iter().map(|part| part.name()).collect::<Vec<_>>().join(" + ");
                let reason = format!("must be at least {names} = {sum}; replace them too");
                let context = match whole.given() {
                    Given::Monthly => format!("{}, {month}", code.unwrap_or_default()),
                    Given::Once => code.unwrap_or_default(),
                };
                let problem = Problem::new(self.file, None, format!("drivers.{}", whole.name()), reason);
                problems.add(problem.with_value(&value.to_string()).with_context(context));
            }
        }
        for parts in PARTS_OF_ONE {
            let Some(first) = parts.first() else { continue };
            for (index, code) in providers.codes_of(first.group()).enumerate() {
                let value = |part: &ProviderParameter| self.parameters.by_provider(*part).get(index).copied();
                let sum: f64 = parts.iter().filter_map(value).sum();
                if sum > 1.0 + 1e-9 {
                    let names = parts.iter().map(|part| part.name()).collect::<Vec<_>>().join(" + ");
                    let reason = format!("must not be more than 1: {names} = {sum:.4}");
                    let field = format!("by_provider.{}", first.name());
                    problems.add(Problem::new(self.file, None, field, reason).with_context(code.as_str()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::pack::england;

    fn problems_of(text: &str) -> String {
        england().overlaid(text, "my.toml").map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn only_what_is_named_is_replaced() {
        let text = "source = 'ours'\n[drivers.adult_ga_beds_available.RH8]\n2022-12 = 905\n\
                    [drivers.starting_list_over_104w]\nRH8 = 3\n[by_provider.ambulance_units]\nRYF = 310\n";
        let (before, after) = (england(), england().overlaid(text, "my.toml").unwrap());
        let replaced: Vec<String> = after.replaced().iter().map(ToString::to_string).collect();
        assert_eq!(replaced.len(), 3, "{replaced:?}");
        assert!(replaced[0].starts_with("by_provider.ambulance_units.RYF: "), "{replaced:?}");
        assert!(replaced[1].ends_with("-> 905 (my.toml: ours)"), "{replaced:?}");
        let trust = before.trust_id("RH8".parse().unwrap()).unwrap().index();
        let beds = |pack: &SystemPack| pack.drivers().monthly(Driver::AdultGaBedsAvailable, trust).to_vec();
        let changed: Vec<usize> = (0..12).filter(|&m| beds(&before)[m] != beds(&after)[m]).collect();
        assert_eq!((changed, beds(&after)[8]), (vec![8], 905.0));
        assert_eq!(after.drivers().source(Driver::AdultGaBedsAvailable, trust, 8), Some("overlay my.toml"));
    }

    #[test]
    fn every_fault_is_named_with_its_line() {
        let shown = problems_of(
            "source = 'x'\nward = 3\ncolour = 1\n[emergency]\ntests_cv = 'long'\ncubicles = 4\n\
             [by_provider.ambulance_units]\nryf = 1\nRYF = -4\n[drivers.beds]\nRH8 = 1\n\
             [drivers.adult_ga_beds_available]\nRH8 = NaN\n",
        );
        assert!(shown.contains("line 13"), "{shown}");
        let shown = problems_of(
            "source = 'x'\nward = 3\ncolour = 1\n[emergency]\ntests_cv = 'long'\ncubicles = 4\n\
             [by_provider.ambulance_units]\nryf = 1\nRYF = -4\n[drivers.beds]\nRH8 = 1\n\
             [drivers.adult_ga_beds_available.RH8]\n2031-01 = 3\n[drivers.starting_list_total.RH8]\n2022-08 = 1\n",
        );
        for part in [
            "line 2: ward = 3, must be a table",
            "line 3: colour, is not a known key",
            "line 5: emergency.tests_cv = long, must be a decimal number",
            "line 6: emergency.cubicles, is not a known key; known are cubicles_per_100_daily_majors",
            "line 8: by_provider.ambulance_units.ryf, is not one of the ambulance services of the pack, in upper case",
            "line 9: by_provider.ambulance_units.RYF = -4, must be 0 or more",
            "line 10: drivers.beds, is not a known key",
            "line 13: drivers.adult_ga_beds_available.RH8.2031-01, must be a month of the pack, 2022-04 to 2023-03",
            "line 15: drivers.starting_list_total.RH8.2022-08, is given once",
        ] {
            assert!(shown.contains(part), "{part}\n{shown}");
        }
    }

    #[test]
    fn parts_must_still_fit_their_whole() {
        let shown = problems_of("source = 'x'\n[drivers.incidents_all.RYF]\n2022-12 = 10\n");
        assert!(shown.contains("drivers.incidents_all = 10 (RYF, 2022-12), must be at least"), "{shown}");
        let shown = problems_of("source = 'x'\n[by_provider.conveyed_to_ed_share]\nRYF = 1\n");
        assert!(shown.contains("(RYF), must not be more than 1"), "{shown}");
        assert!(problems_of("source = 'x'\n").contains("replaces nothing"));
        assert!(problems_of("[ward]\nbed_turnaround_hours = 2").contains("source, is missing"));
        assert!(problems_of("").contains("source, is missing"));
        let place = england().icb("QHL").unwrap();
        assert!(
            place.overlaid("source = 'x'", "my.toml").unwrap_err().to_string().contains("before QHL is cut")
        );
        let nowhere = england().overlaid_from_file("/no/such.toml").unwrap_err().to_string();
        assert!(nowhere.contains("/no/such.toml: the file, cannot be read"), "{nowhere}");
    }
}
