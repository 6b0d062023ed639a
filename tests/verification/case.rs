//! The schema of a cases file, and of the report.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// A file of cases. Unknown keys at this level are of no consequence to a verdict.
#[derive(Clone, Debug, Deserialize)]
pub struct CasesFile {
    #[serde(deserialize_with = "one_by_one")]
    pub cases: Vec<Case>,
}

impl CasesFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// If it is not a file of cases: line, column and what was expected.
    pub fn read(text: &str) -> Result<Self, String> {
        // an editor's byte-order mark is no part of the text
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err("the file is empty, must be an object with the list `cases`".into());
        }
        if text.trim_start().starts_with('[') {
            return Err("the file is a list, must be an object with the list `cases`".into());
        }
        serde_json::from_str(text).map_err(|why| why.to_string())
    }
}

// A case that cannot be read must not keep the others from being read: it stands in the report
// without metrics, as not supported.
fn one_by_one<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Case>, D::Error> {
    let values = Vec::<Value>::deserialize(from)?;
    let mut ids = BTreeSet::new();
    let read = |(number, value): (usize, Value)| {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(String::from);
        let id = text("id").unwrap_or_else(|| format!("case number {}", number + 1));
        let family = text("family").unwrap_or_else(|| "unknown".into());
        let blank = |why: String| Case {
            id,
            family,
            unreadable: Some(why),
            kind: String::new(),
            model: Value::Null,
            run: Value::Null,
            metrics: Vec::new(),
            others: Map::new(),
        };
        if !value.is_object() {
            return blank(format!("{} is no object", excerpt(&value)));
        }
        let mut case = serde_json::from_value(value).unwrap_or_else(|why| blank(why.to_string()));
        // seeds and references go by the id
        if !ids.insert(case.id.clone()) {
            case.unreadable.get_or_insert("a case before it has the same id".into());
        }
        case
    };
    Ok(values.into_iter().enumerate().map(read).collect())
}

/// A part of a file as it is shown in a message: whole if it is short.
pub fn excerpt(value: &Value) -> String {
    let text = value.to_string();
    let short: String = text.chars().take(80).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}

/// One system with known answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    pub id: String,
    pub family: String,
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub model: Value,
    #[serde(default)]
    pub run: Value,
    #[serde(deserialize_with = "metrics")]
    pub metrics: Vec<Metric>,
    #[serde(flatten)]
    pub others: Map<String, Value>,
    /// Why the case could not be read, if it could not.
    #[serde(skip)]
    pub unreadable: Option<String>,
}

/// Keys of a case that say where its answers come from.
const PROVENANCE: [&str; 7] =
    ["title", "value_method", "value_abs_error", "reference", "notes", "note", "definition"];

impl Case {
    /// A key that the schema does not have: a rule that is ignored would be a wrong answer.
    pub fn unknown_key(&self) -> Option<&str> {
        self.others.keys().map(String::as_str).find(|key| !PROVENANCE.contains(key))
    }
}

// A metric that cannot be read stands in the report under the name it has, as not supported.
fn metrics<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Metric>, D::Error> {
    let read = |value: Value| {
        let name = value.get("name").and_then(Value::as_str).unwrap_or("(without a name)").to_string();
        let blank = Metric { name, estimator: String::new(), value: Value::Null, qualifiers: Map::new() };
        serde_json::from_value(value).unwrap_or(blank)
    };
    Ok(Vec::<Value>::deserialize(from)?.into_iter().map(read).collect())
}

/// One known answer.
#[derive(Clone, Debug, Deserialize)]
pub struct Metric {
    pub name: String,
    #[serde(default)]
    pub estimator: String,
    pub value: Value,
    #[serde(flatten)]
    pub qualifiers: Map<String, Value>,
}

/// What may be said of a metric beside its name, estimator and value.
const QUALIFIERS: [&str; 30] = [
    "t",
    "p",
    "k",
    "x",
    "class",
    "station",
    "stations",
    "server",
    "atom",
    "lag",
    "lags",
    "interval",
    "intervals",
    "window",
    "week",
    "rule",
    "inputs",
    "parameter",
    "seed",
    "state",
    "counter",
    "key",
    "nonce",
    "increment",
    "jump",
    "n0",
    "alpha",
    "c",
    "probability",
    "value_abs_error",
];

impl Metric {
    pub fn number(&self) -> Option<f64> {
        self.value.as_f64()
    }

    /// A qualifier that the schema does not have.
    pub fn unknown_qualifier(&self) -> Option<&str> {
        let is_known = |key: &&str| QUALIFIERS.contains(key) || PROVENANCE.contains(key);
        self.qualifiers.keys().map(String::as_str).find(|key| !is_known(key))
    }

    pub fn qualifier(&self, key: &str) -> Result<f64, String> {
        self.qualifiers.get(key).and_then(Value::as_f64).ok_or_else(|| format!("no qualifier `{key}`"))
    }

    /// A qualifier that numbers something.
    pub fn index(&self, key: &str) -> Result<usize, String> {
        let value = self.qualifier(key)?;
        let is_whole = (0.0..=1e9).contains(&value) && value.fract() == 0.0;
        if is_whole { Ok(value as usize) } else { Err(format!("`{key}` = {value}, must be a whole number")) }
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.qualifiers.get(key).and_then(Value::as_str)
    }

    /// The name with its qualifiers, as a reader would write it.
    pub fn label(&self) -> String {
        let skip = ["definition", "inputs"];
        let shown = self.qualifiers.iter().filter(|(k, _)| !skip.contains(&k.as_str()));
        let all: Vec<String> = shown
            .map(|(k, v)| format!("{k}={}", v.as_str().map_or_else(|| v.to_string(), String::from)))
            .collect();
        if all.is_empty() { self.name.clone() } else { format!("{} [{}]", self.name, all.join(" ")) }
    }
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    #[serde(rename = "passed")]
    Passed,
    #[serde(rename = "failed")]
    Failed,
    #[serde(rename = "not supported")]
    NotSupported,
}

/// One line of the report.
#[derive(Clone, Debug, Serialize)]
pub struct MetricReport {
    pub name: String,
    pub value: Value,
    pub estimate: Value,
    pub standard_error: Option<f64>,
    pub t: Option<f64>,
    pub verdict: Verdict,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The two-sigma point that `t` may exceed in at most 8 percent of all metrics.
    #[serde(skip)]
    pub two_sigma: f64,
}

impl MetricReport {
    pub fn not_supported(metric: &Metric, note: impl Into<String>) -> Self {
        Self {
            name: metric.label(),
            value: metric.value.clone(),
            estimate: Value::Null,
            standard_error: None,
            t: None,
            verdict: Verdict::NotSupported,
            note: note.into(),
            two_sigma: f64::INFINITY,
        }
    }

    /// Compares exactly: absolute or relative error 1e-9.
    pub fn exact(metric: &Metric, found: &Value) -> Self {
        Self::within(metric, found, 1e-9)
    }

    pub fn within(metric: &Metric, found: &Value, tolerance: f64) -> Self {
        Self::judged(metric, found, agree(&metric.value, found, tolerance))
    }

    /// A value with a verdict reached elsewhere.
    pub fn judged(metric: &Metric, found: &Value, is_right: bool) -> Self {
        Self {
            estimate: found.clone(),
            verdict: if is_right { Verdict::Passed } else { Verdict::Failed },
            ..Self::not_supported(metric, "")
        }
    }
}

/// Whether two values agree, number by number.
pub fn agree(expected: &Value, found: &Value, tolerance: f64) -> bool {
    match (expected, found) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| agree(x, y, tolerance))
        }
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= tolerance * a.abs().max(1.0),
            _ => false,
        },
        (a, b) => a == b,
    }
}

/// One case of the report.
#[derive(Clone, Debug, Serialize)]
pub struct CaseReport {
    pub id: String,
    pub family: String,
    pub verdict: Verdict,
    pub metrics: Vec<MetricReport>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The fields of a model. What was never asked for is an unknown field, and the case is then not
/// supported: a rule that is ignored would be a wrong answer.
pub struct Fields<'a> {
    map: Option<&'a Map<String, Value>>,
    used: RefCell<BTreeSet<String>>,
}

/// Fields that only explain others.
const EXPLANATIONS: [&str; 12] = [
    "time_unit",
    "notes",
    "note",
    "servers_note",
    "routing_note",
    "service_note",
    "tie",
    "formula",
    "title",
    "first_arrival",
    "replications_note",
    "tie_rule",
];

impl<'a> Fields<'a> {
    pub fn of(value: &'a Value) -> Self {
        Self { map: value.as_object(), used: RefCell::new(BTreeSet::new()) }
    }

    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.used.borrow_mut().insert(key.to_string());
        self.map?.get(key).filter(|v| !v.is_null())
    }

    pub fn need(&self, key: &str) -> Result<&'a Value, String> {
        self.get(key).ok_or_else(|| format!("no field `{key}`"))
    }

    pub fn number(&self, key: &str) -> Result<f64, String> {
        self.need(key)?.as_f64().ok_or_else(|| format!("`{key}` is not a number"))
    }

    pub fn count(&self, key: &str) -> Result<u32, String> {
        let value = self.need(key)?.as_u64().and_then(|v| u32::try_from(v).ok());
        value.ok_or_else(|| format!("`{key}` is not a whole number"))
    }

    pub fn opt_count(&self, key: &str) -> Result<Option<u32>, String> {
        self.get(key).map(|_| self.count(key)).transpose()
    }

    pub fn text(&self, key: &str) -> Result<&'a str, String> {
        self.need(key)?.as_str().ok_or_else(|| format!("`{key}` is not text"))
    }

    pub fn list(&self, key: &str) -> Result<&'a [Value], String> {
        self.need(key)?.as_array().map(Vec::as_slice).ok_or_else(|| format!("`{key}` is not a list"))
    }

    pub fn numbers(&self, key: &str) -> Result<Vec<f64>, String> {
        let list = self.list(key)?.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>();
        list.ok_or_else(|| format!("`{key}` is not a list of numbers"))
    }

    /// Reads a part of the model into a type of the library.
    pub fn parse<T: serde::de::DeserializeOwned>(&self, key: &str) -> Result<T, String> {
        parse(self.need(key)?).map_err(|e| format!("`{key}`: {e}"))
    }

    pub fn opt_parse<T: serde::de::DeserializeOwned>(&self, key: &str) -> Result<Option<T>, String> {
        self.get(key).map(|_| self.parse(key)).transpose()
    }

    /// An error naming the fields that nobody asked for.
    pub fn finish(&self) -> Result<(), String> {
        let used = self.used.borrow();
        let left = self.map.into_iter().flatten().filter(|(key, value)| {
            !used.contains(*key) && !EXPLANATIONS.contains(&key.as_str()) && !value.is_null()
        });
        let left: Vec<&str> = left.map(|(key, _)| key.as_str()).collect();
        if left.is_empty() { Ok(()) } else { Err(format!("unknown field(s) {}", left.join(", "))) }
    }
}

/// Reads a value without the keys that only explain.
pub fn parse<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, String> {
    let mut value = value.clone();
    if let Some(map) = value.as_object_mut() {
        map.retain(|key, _| !EXPLANATIONS.contains(&key.as_str()));
    }
    let shown = excerpt(&value);
    // the library's own message names no field within a part: the part is shown
    serde_json::from_value(value).map_err(|e| format!("{e} in {shown}"))
}
