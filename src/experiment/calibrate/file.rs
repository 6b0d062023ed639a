//! Fitted values as text: fragments of `parameters.toml`, and laid into an existing one in place.

use super::calibrated::{Calibrated, FittedParameter, FittedTable};
use crate::system::pack::{Status, SystemPack};
use crate::system::providers::ProviderCode;
use std::fmt::Write;

/// Why fitted values cannot be laid into a `parameters.toml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// Not TOML.
    #[error("the parameters are not TOML: {0}")]
    Toml(String),
    /// Only what is marked so may be overwritten.
    #[error("{0}: is not marked status = \"calibrated\", so it is not overwritten")]
    NotCalibrated(String),
    /// There is no line to rewrite.
    #[error("{section}: has no line '{key} = ...' to rewrite")]
    NoLine {
        /// The section.
        section: String,
        /// The key.
        key: String,
    },
}

impl Calibrated {
    /// The fitted values with their intervals, as fragments of `parameters.toml`. [`Values::read`] reads them back.
    ///
    /// [`Values::read`]: super::Values::read
    pub fn fragments(&self) -> String {
        let mut text = format!(
            "# Fitted to {} to {} in {} runs; discrepancy {:.3} before and {:.3} after, in tolerances.\n",
            self.window.first(),
            self.window.last(),
            self.history.last().map_or(0, |step| step.runs),
            self.before.discrepancy,
            self.fit.discrepancy,
        );
        for fitted in &self.national {
            let FittedParameter { key, unit, value, low, high, searched: (from, to), .. } = fitted;
            let edge = if fitted.is_at_edge() { "; the value is at its edge" } else { "" };
            // writing to a string cannot fail
            let _ = write!(
                text,
                "\n[{key}] # looked from {from} to {to}{edge}\nvalue = {value}\nunit = \"{unit}\"\nlow = {low}\n\
                 high = {high}\nstatus = \"calibrated\"\n"
            );
        }
        for table in &self.tables {
            let name = table.parameter.name();
            let _ = write!(
                text,
                "\n[by_provider.{name}] # {} providers with a figure of their own, {:.0}% of the distance from the mean kept\n\
                 relative_interval = {}\nstatus = \"calibrated\"\n\n[by_provider.{name}.values]\n",
                table.with_target,
                100.0 * table.kept,
                table.relative_interval
            );
            for (code, value) in codes(&self.pack, table).iter().zip(&table.values) {
                let _ = writeln!(text, "{code} = {value}");
            }
        }
        text
    }

    /// A `parameters.toml` with the fitted values in place of its own: [`apply`] with [`Self::fragments`].
    ///
    /// # Errors
    /// As of [`apply`].
    pub fn apply_to(&self, text: &str) -> Result<String, ApplyError> {
        apply(&self.fragments(), text)
    }
}

/// Lays fragments into the text of a `parameters.toml`: only the number of `value` of the parameters in the fragments, and
/// those of `relative_interval` and the values of their tables, are rewritten; everything else, comments included, stays as
/// it is. So do `low` and `high`, the interval of evidence within which a fit searches: in fragments they are the range of
/// values that fit nearly as well, which would narrow every later search.
///
/// # Errors
/// If a text is not TOML, a parameter is not marked as calibrated or a line is missing.
pub fn apply(fragments: &str, text: &str) -> Result<String, ApplyError> {
    let document = read(text)?;
    let mut edits = Vec::new();
    for (section, entries) in &read(fragments)? {
        for (key, entry) in entries.as_table().into_iter().flatten() {
            let name = format!("{section}.{key}");
            let own = document.get(section).and_then(|own| own.get(key));
            let status = own.and_then(|own| own.get("status")).and_then(toml::Value::as_str);
            if status != Some(Status::Calibrated.name()) {
                return Err(ApplyError::NotCalibrated(name));
            }
            for number in ["value", "relative_interval"] {
                edits.extend(entry.get(number).and_then(|value| Edit::new(&name, number, value)));
            }
            let values = format!("{name}.values");
            for (code, value) in entry.get("values").and_then(toml::Value::as_table).into_iter().flatten() {
                edits.extend(Edit::new(&values, code, value));
            }
        }
    }
    rewrite(text, edits)
}

fn read(text: &str) -> Result<toml::Table, ApplyError> {
    text.parse().map_err(|error: toml::de::Error| ApplyError::Toml(error.to_string()))
}

fn codes(pack: &SystemPack, table: &FittedTable) -> Vec<ProviderCode> {
    pack.codes_of(table.parameter.group()).collect()
}

// A number to be written for a key of a section.
struct Edit {
    section: String,
    key: String,
    value: String,
    is_done: bool,
}

impl Edit {
    fn new(section: &str, key: &str, value: &toml::Value) -> Option<Self> {
        let number = value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))?;
        let (section, key) = (section.to_owned(), key.to_owned());
        Some(Self { section, key, value: number.to_string(), is_done: false })
    }
}

fn rewrite(text: &str, mut edits: Vec<Edit>) -> Result<String, ApplyError> {
    let mut section = String::new();
    let mut written = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = name.trim().to_owned();
        }
        let key = trimmed.split('=').next().unwrap_or_default().trim();
        let edit = edits.iter_mut().find(|edit| !edit.is_done && edit.section == section && edit.key == key);
        match (edit, line.split_once('=')) {
            (Some(edit), Some((before, after))) if !trimmed.starts_with('#') => {
                edit.is_done = true;
                let number = after.trim_start();
                let gap = &after[..after.len() - number.len()];
                let end = number.find(|c: char| c.is_whitespace() || c == '#').unwrap_or(number.len());
                written.push_str(&format!("{before}={gap}{}{}", edit.value, &number[end..]));
            }
            _ => written.push_str(line),
        }
    }
    match edits.into_iter().find(|edit| !edit.is_done) {
        Some(edit) => Err(ApplyError::NoLine { section: edit.section, key: edit.key }),
        None => Ok(written),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::calibrate::{Fit, FitWindow, Values};
    use crate::system::pack::{england, england_files};
    use crate::system::parameters::ProviderParameter;

    fn fitted() -> Calibrated {
        let pack = england();
        let crews = pack.parameters().by_provider(ProviderParameter::AmbulanceUnits);
        let values: Vec<f64> = crews.iter().map(|units| units + 1.5).collect();
        let by_provider = [(ProviderParameter::AmbulanceUnits, values.clone())].into_iter().collect();
        let national = [("ward.usable_beds_taken_share".to_owned(), 0.9612)].into_iter().collect();
        Calibrated {
            pack,
            values: Values { national, by_provider },
            national: vec![FittedParameter {
                key: "ward.usable_beds_taken_share".to_owned(),
                unit: "share",
                before: 0.98,
                value: 0.9612,
                low: 0.955,
                high: 0.97,
                searched: (0.95, 1.0),
                acceptable: 5,
            }],
            tables: vec![FittedTable {
                parameter: ProviderParameter::AmbulanceUnits,
                values,
                relative_interval: 0.07,
                between: 0.1,
                with_target: 10,
                kept: 0.9,
            }],
            before: Fit::default(),
            fit: Fit::default(),
            history: Vec::new(),
            window: FitWindow::summer_2022(),
        }
    }

    fn parameters() -> &'static str {
        england_files().into_iter().find(|(name, _)| *name == "parameters.toml").unwrap().1
    }

    #[test]
    fn fragments_are_read_back() {
        let fitted = fitted();
        assert_eq!(Values::read(&fitted.fragments(), &england()), Ok(fitted.values.clone()));
        assert!(fitted.fragments().contains("low = 0.955\nhigh = 0.97\n"));
    }

    #[test]
    fn applying_rewrites_those_lines_and_no_others() {
        let (fitted, before) = (fitted(), parameters());
        let after = fitted.apply_to(before).unwrap();
        let pairs = || before.lines().zip(after.lines());
        assert_eq!(before.lines().count(), after.lines().count());
        let changed: Vec<(&str, &str)> = pairs().filter(|(a, b)| a != b).collect();
        // value, relative_interval and eleven services
        assert_eq!(changed.len(), 13, "{changed:?}");
        assert!(changed.iter().any(|(a, b)| {
            a.starts_with("relative_interval = ") && *b == "relative_interval = 0.07        # half-width"
        }));
        // read as a pack, it holds the values
        let folder = std::env::temp_dir().join(format!("nhs-capacity-apply-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        crate::system::pack::export_england(&folder).unwrap();
        std::fs::write(folder.join("parameters.toml"), &after).unwrap();
        let pack = SystemPack::from_folder(&folder).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(Values::read(&after, &pack).unwrap().national["ward.usable_beds_taken_share"], 0.9612);
        // the interval of evidence stays, to be searched again
        assert_eq!(pack.parameters().ward.usable_beds_taken_share.high, 1.0);
        assert_eq!(
            pack.parameters().by_provider(ProviderParameter::AmbulanceUnits),
            fitted.values.by_provider[&ProviderParameter::AmbulanceUnits]
        );
        // applied twice is applied once
        assert_eq!(fitted.apply_to(&after).as_ref(), Ok(&after));
    }

    #[test]
    fn only_what_is_marked_calibrated_is_overwritten() {
        let mut other = fitted();
        other.national[0].key = "ward.bed_turnaround_hours".to_owned();
        assert_eq!(
            other.apply_to(parameters()),
            Err(ApplyError::NotCalibrated("ward.bed_turnaround_hours".to_owned()))
        );
        let line = format!("value = {}\n", england().parameters().ward.usable_beds_taken_share.value);
        let start = parameters().find("[ward.usable_beds_taken_share]").unwrap();
        let without = format!("{}{}", &parameters()[..start], parameters()[start..].replacen(&line, "", 1));
        let missing = fitted().apply_to(&without);
        assert!(matches!(&missing, Err(ApplyError::NoLine { key, .. }) if key == "value"), "{missing:?}");
        assert!(matches!(fitted().apply_to("["), Err(ApplyError::Toml(_))));
    }
}
