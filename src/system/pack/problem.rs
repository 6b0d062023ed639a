//! What is wrong with a pack: every problem found, each with its place, value and allowed range.

use crate::units::Shown;
use std::collections::BTreeMap;
use std::fmt;

/// How many problems [`PackError`] shows; all are kept.
const SHOWN: usize = 50;
/// How much of a cell is shown, in characters.
const EXCERPT: usize = 60;

/// One thing wrong with a pack.
///
/// Shown as `drivers.csv, line 41: value = -3 (adult_ga_beds_available, RRK, 2022-10), must be 0 or more`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The file, or the folder.
    pub file: String,
    /// The line, the first being 1; of the first of them if there are several.
    pub line: Option<u64>,
    /// The column of a table, or the key of a parameter.
    pub field: String,
    /// What was given, shortened if long.
    pub value: Option<String>,
    /// What the field belongs to, for example a driver, a provider and a month.
    pub context: String,
    /// What is allowed.
    pub reason: String,
    /// On how many lines the same value is wrong in the same way.
    pub lines: usize,
}

impl Problem {
    pub(crate) fn new(
        file: &str,
        line: Option<u64>,
        field: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        let (file, field, reason) = (file.to_owned(), field.into(), reason.into());
        Self { file, line, field, value: None, context: String::new(), reason, lines: 1 }
    }

    pub(crate) fn with_value(mut self, value: &str) -> Self {
        self.value = Some(excerpt(value));
        self
    }

    pub(crate) fn without_value(mut self) -> Self {
        self.value = None;
        self
    }

    pub(crate) fn with_context(mut self, context: impl Into<String>) -> Self {
        self.context = context.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.field)?;
        if let Some(value) = &self.value {
            write!(f, " = {value}")?;
        }
        if !self.context.is_empty() {
            write!(f, " ({})", self.context)?;
        }
        write!(f, ", {}", self.reason)?;
        if self.lines > 1 { write!(f, " (on {} lines)", self.lines) } else { Ok(()) }
    }
}

/// A cell as it is shown: bare if it is a plain word or number, otherwise in quotes; shortened if long.
pub(crate) fn excerpt(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
    let short: String = text.chars().take(EXCERPT).collect();
    let dots = if short.len() < text.len() { "..." } else { "" };
    if short.chars().all(is_plain) && short.chars().any(|c| c.is_ascii_alphanumeric()) {
        format!("{short}{dots}")
    } else {
        format!("{short:?}{dots}")
    }
}

/// Says what is allowed if `value` is not a number from `low` to `high`.
pub(crate) fn out_of_range(value: f64, low: f64, high: f64) -> Option<String> {
    match value {
        v if v >= low && v <= high => None,
        v if v < low && low == 0.0 => Some("must be 0 or more".to_owned()),
        _ => Some(format!("must be between {} and {}", Shown(low), Shown(high))),
    }
}

/// Why a system pack was refused: a list of all problems found at once.
#[derive(Clone, PartialEq, Eq)]
pub struct PackError {
    pack: String,
    problems: Vec<Problem>,
}

impl PackError {
    /// Every problem, in the order found.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        write!(f, "{}: {count} problem{}", self.pack, if count == 1 { "" } else { "s" })?;
        for problem in self.problems.iter().take(SHOWN) {
            write!(f, "\n  {problem}")?;
        }
        if count > SHOWN { write!(f, "\n  and {} more", count - SHOWN) } else { Ok(()) }
    }
}

/// As it is displayed: what a `main` that returns it prints is then for people.
impl fmt::Debug for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for PackError {}

/// Collects problems while a pack is read.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: Vec<Problem>,
    // (file, field, value, reason) -> position in `found`
    repeats: BTreeMap<(String, String, Option<String>, String), usize>,
}

impl Problems {
    pub(crate) fn add(&mut self, problem: Problem) {
        self.found.push(problem);
    }

    /// Adds a problem that may recur on thousands of lines, such as an unknown code: it is listed once.
    pub(crate) fn add_once(&mut self, problem: Problem) {
        let key =
            (problem.file.clone(), problem.field.clone(), problem.value.clone(), problem.reason.clone());
        match self.repeats.get(&key).and_then(|&at| self.found.get_mut(at)) {
            Some(first) => first.lines += 1,
            None => {
                self.repeats.insert(key, self.found.len());
                self.found.push(problem);
            }
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    pub(crate) fn into_error(self, pack: &str) -> PackError {
        PackError { pack: pack.to_owned(), problems: self.found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_file_line_field_value_and_range() {
        let problem = Problem::new("drivers.csv", Some(41), "value", "must be 0 or more")
            .with_value("-3")
            .with_context("adult_ga_beds_available, RRK, 2022-10");
        let shown =
            "drivers.csv, line 41: value = -3 (adult_ga_beds_available, RRK, 2022-10), must be 0 or more";
        assert_eq!(problem.to_string(), shown);
    }

    #[test]
    fn fifty_problems_are_shown_and_all_are_kept() {
        let mut problems = Problems::default();
        (0..60).for_each(|n| problems.add(Problem::new("a.csv", Some(n), "value", "is wrong")));
        let error = problems.into_error("here");
        assert_eq!(error.problems().len(), 60);
        assert_eq!(error.to_string().lines().count(), 52);
        assert!(error.to_string().ends_with("and 10 more"));
    }

    #[test]
    fn the_same_mistake_on_many_lines_is_listed_once() {
        let mut problems = Problems::default();
        for line in [4, 9, 12] {
            problems.add_once(Problem::new("a.csv", Some(line), "unit", "must be beds").with_value("bed"));
        }
        let error = problems.into_error("here");
        assert_eq!(error.problems().len(), 1);
        assert!(error.to_string().ends_with("a.csv, line 4: unit = bed, must be beds (on 3 lines)"));
    }

    #[test]
    fn cells_are_quoted_and_shortened() {
        assert_eq!(excerpt("1,234"), "\"1,234\"");
        assert_eq!(excerpt("-"), "\"-\"");
        assert_eq!(excerpt("-3"), "-3");
        assert_eq!(excerpt(""), "\"\"");
        assert_eq!(excerpt(&"é".repeat(1000)).chars().count(), EXCERPT + 5);
    }
}
