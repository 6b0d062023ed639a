//! What the later files of a pack are checked against: its sources, months and providers.

use super::problem::{Problem, Problems};
use super::provider_list::Providers;
use super::source::{Source, Status};
use crate::system::providers::{ProviderCode, ProviderGroup};
use crate::units::Month;
use std::collections::BTreeMap;

/// What is known of a pack so far. What could not be read is absent and not checked against, so that
/// one broken file is not blamed on the others.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Context<'a> {
    pub(crate) sources: Option<&'a BTreeMap<String, Source>>,
    pub(crate) months: Option<(Month, Month)>,
    pub(crate) providers: Option<&'a Providers>,
}

impl Context<'_> {
    /// Reports a source key that `sources.toml` does not have.
    pub(crate) fn check_source(&self, file: &str, line: u64, key: &str, problems: &mut Problems) {
        if self.sources.is_some_and(|sources| !sources.contains_key(key)) {
            let reason = "must be a key of sources.toml";
            problems.add_once(Problem::new(file, Some(line), "source", reason).with_value(key));
        }
    }

    /// The month in a cell, reported if it is none.
    pub(crate) fn month(&self, file: &str, line: u64, cell: &str, problems: &mut Problems) -> Option<Month> {
        let month = cell.parse().ok();
        if month.is_none() {
            let reason = "must be a month written YYYY-MM, for example 2022-12";
            problems.add_once(Problem::new(file, Some(line), "period", reason).with_value(cell));
        }
        month
    }

    /// The status in a cell, reported if it is none.
    pub(crate) fn status(
        &self,
        file: &str,
        line: u64,
        cell: &str,
        problems: &mut Problems,
    ) -> Option<Status> {
        Status::named(cell)
            .map_err(|reason| {
                problems.add_once(Problem::new(file, Some(line), "status", reason).with_value(cell));
            })
            .ok()
    }

    /// The index in `group` of the provider with the code in a cell, reported if there is none.
    pub(crate) fn provider(
        &self,
        file: &str,
        line: u64,
        cell: &str,
        group: ProviderGroup,
        problems: &mut Problems,
    ) -> Option<usize> {
        let providers = self.providers?;
        let index = cell.parse().ok().and_then(|code: ProviderCode| providers.index_in(group, code));
        if index.is_none() {
            let reason =
                format!("must be the code of one of the {group} in providers.csv{}", case_hint(cell));
            problems.add_once(Problem::new(file, Some(line), "provider", reason).with_value(cell));
        }
        index
    }
}

/// Advice for codes in lower case.
pub(crate) fn case_hint(code: &str) -> &'static str {
    if code.bytes().any(|b| b.is_ascii_lowercase()) { ", in upper case" } else { "" }
}
