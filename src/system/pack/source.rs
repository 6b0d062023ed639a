//! Where numbers come from and how sure they are: `sources.toml` and the status of a value.

use super::document::Document;
use super::problem::Problems;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A publication, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Who published it.
    pub publisher: String,
    /// Its title.
    pub publication: String,
    /// The period it covers.
    pub period: String,
    /// Its licence.
    pub licence: String,
    /// What to know before using it.
    pub note: Option<String>,
}

/// How a value came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it stands in a publication.
    Published,
    /// Worked out from published figures by a stated rule.
    Derived,
    /// Fitted by the model to published outcomes.
    Calibrated,
    /// Set by judgement, with an interval.
    Assumed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Published, Self::Derived, Self::Calibrated, Self::Assumed];

    /// The name used in the files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Derived => "derived",
            Self::Calibrated => "calibrated",
            Self::Assumed => "assumed",
        }
    }

    /// Whether the value must come with the interval that the evidence allows.
    pub const fn needs_interval(self) -> bool {
        matches!(self, Self::Calibrated | Self::Assumed)
    }

    /// The status called `name`, or what is allowed.
    pub(crate) fn named(name: &str) -> Result<Self, &'static str> {
        let found = Self::ALL.into_iter().find(|status| status.name() == name);
        found.ok_or("must be published, derived, calibrated or assumed")
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Reads `sources.toml`; nothing if it is no toml at all.
pub(crate) fn read_sources(
    file: &str,
    text: &str,
    problems: &mut Problems,
) -> Option<BTreeMap<String, Source>> {
    let document = Document::parse(file, text, problems)?;
    let root = document.root();
    let mut sources = BTreeMap::new();
    for key in root.keys() {
        let Some(fields) = root.table(key, problems) else { continue };
        fields.refuse_unknown(&["publisher", "publication", "period", "licence", "note"], problems);
        let mut text = |name| fields.text(name, problems).unwrap_or_default().to_owned();
        let (publisher, publication) = (text("publisher"), text("publication"));
        let (period, licence) = (text("period"), text("licence"));
        let note = fields.optional_text("note", problems).map(str::to_owned);
        sources.insert(key.to_owned(), Source { publisher, publication, period, licence, note });
    }
    Some(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_without_a_licence_is_refused() {
        let mut problems = Problems::default();
        let text = "[x]\npublisher = \"A\"\npublication = \" \"\nperiod = 2022\nnotes = \"n\"\n";
        read_sources("sources.toml", text, &mut problems);
        let shown = problems.into_error("test").to_string();
        for part in [
            "line 1: x.licence, is missing",
            "line 3: x.publication = \" \", must not be blank",
            "line 4: x.period = 2022, must be a text in quotes",
            "line 5: x.notes, is not a known key",
        ] {
            assert!(shown.contains(part), "{shown}");
        }
    }
}
