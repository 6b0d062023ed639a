//! A toml file, table by table with line numbers, in which every key must be known.

use super::problem::{Problem, Problems, out_of_range};
use super::text::number;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A parsed toml file.
pub(crate) struct Document<'i> {
    file: &'i str,
    text: &'i str,
    root: Spanned<DeTable<'i>>,
    // where the second and later lines start
    starts: Vec<usize>,
}

impl<'i> Document<'i> {
    /// Parses `text`, reporting every fault of syntax with its line.
    pub(crate) fn parse(file: &'i str, text: &'i str, problems: &mut Problems) -> Option<Self> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let starts = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1).collect();
        let document = Self { file, text, root, starts };
        for error in &errors {
            let line = error.span().map(|span| document.line(span.start));
            let reason = format!("is not valid toml: {}", error.message().replace('\n', ", "));
            problems.add(Problem::new(file, line, "text", reason));
        }
        errors.is_empty().then_some(document)
    }

    /// The table of the whole file.
    pub(crate) fn root(&self) -> Fields<'_, 'i> {
        Fields { document: self, path: String::new(), line: None, table: self.root.get_ref() }
    }

    fn line(&self, byte: usize) -> u64 {
        1 + self.starts.partition_point(|&start| start <= byte) as u64
    }
}

/// One table of a toml file.
pub(crate) struct Fields<'a, 'i> {
    document: &'a Document<'i>,
    path: String,
    line: Option<u64>,
    table: &'a DeTable<'i>,
}

impl<'a, 'i> Fields<'a, 'i> {
    /// The keys, sorted.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a, 'i> {
        self.table.keys().map(|key| key.get_ref().as_ref())
    }

    /// A problem with `key`, at its line (at that of the table if the key is absent).
    pub(crate) fn problem(&self, key: &str, reason: impl Into<String>) -> Problem {
        let found = self.table.get_key_value(key);
        let line = found.map(|(key, _)| self.document.line(key.span().start)).or(self.line);
        let problem = Problem::new(self.document.file, line, self.full(key), reason);
        match found.map(|(_, value)| (value.get_ref(), self.document.text.get(value.span()))) {
            Some((DeValue::String(text), _)) => problem.with_value(text),
            Some((_, Some(value))) => problem.with_value(value),
            _ => problem,
        }
    }

    fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Refuses every key that is not one of `known`.
    pub(crate) fn refuse_unknown(&self, known: &[&str], problems: &mut Problems) {
        for key in self.keys().filter(|key| !known.contains(key)) {
            let reason = format!("is not a known key; known are {}", known.join(", "));
            problems.add(self.problem(key, reason).without_value());
        }
    }

    /// Whether there is a table under `key`.
    pub(crate) fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// The tables of the list of tables `[[key]]`, if any.
    pub(crate) fn list_of_tables(&self, key: &str, problems: &mut Problems) -> Vec<Fields<'a, 'i>> {
        let Some((_, value)) = self.table.get_key_value(key) else { return Vec::new() };
        let DeValue::Array(list) = value.get_ref() else {
            problems.add(self.problem(key, format!("must be a list of tables, each under [[{key}]]")));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (number, entry) in (1..).zip(list.iter()) {
            let line = Some(self.document.line(entry.span().start));
            match entry.get_ref() {
                DeValue::Table(table) => {
                    let path = format!("{}[{number}]", self.full(key));
                    tables.push(Fields { document: self.document, path, line, table });
                }
                _ => {
                    problems.add(self.problem(key, format!("must be a list of tables, each under [[{key}]]")))
                }
            }
        }
        tables
    }

    /// The texts in the list under `key`, if any; a single text stands for a list of one.
    pub(crate) fn texts(&self, key: &str, problems: &mut Problems) -> Vec<&'a str> {
        let refuse = |problems: &mut Problems| {
            problems.add(self.problem(key, "must be a list of texts in quotes"));
            Vec::new()
        };
        match self.table.get(key).map(|value| value.get_ref()) {
            None => Vec::new(),
            Some(DeValue::String(text)) => vec![text.as_ref()],
            Some(DeValue::Array(list)) => {
                let texts: Option<Vec<&str>> = list
                    .iter()
                    .map(|entry| match entry.get_ref() {
                        DeValue::String(text) => Some(text.as_ref()),
                        _ => None,
                    })
                    .collect();
                texts.unwrap_or_else(|| refuse(problems))
            }
            Some(_) => refuse(problems),
        }
    }

    /// `true` or `false` under `key`, if any.
    pub(crate) fn optional_truth(&self, key: &str, problems: &mut Problems) -> Option<bool> {
        match self.table.get(key)?.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => {
                problems.add(self.problem(key, "must be true or false"));
                None
            }
        }
    }

    /// The whole number under `key`, if any, which must lie between `low` and `high`.
    pub(crate) fn optional_whole(
        &self,
        key: &str,
        low: u64,
        high: u64,
        problems: &mut Problems,
    ) -> Option<u64> {
        let read = match self.table.get(key)?.get_ref() {
            DeValue::Integer(value) if value.radix() == 10 => value.as_str().parse::<u64>().ok(),
            _ => None,
        };
        let found = read.filter(|value| (low..=high).contains(value));
        if found.is_none() {
            problems.add(self.problem(key, format!("must be a whole number from {low} to {high}")));
        }
        found
    }

    /// The table under `key`, which must be there.
    pub(crate) fn table(&self, key: &str, problems: &mut Problems) -> Option<Fields<'a, 'i>> {
        let Some((name, value)) = self.table.get_key_value(key) else {
            problems.add(self.problem(key, "is missing; it must be a table"));
            return None;
        };
        let DeValue::Table(table) = value.get_ref() else {
            problems.add(self.problem(key, "must be a table"));
            return None;
        };
        let line = Some(self.document.line(name.span().start));
        Some(Fields { document: self.document, path: self.full(key), line, table })
    }

    /// The text under `key`, which must be there and not be blank.
    pub(crate) fn text(&self, key: &str, problems: &mut Problems) -> Option<&'a str> {
        let found = self.optional_text(key, problems);
        if self.table.get(key).is_none() {
            problems.add(self.problem(key, "is missing; it must be a text in quotes"));
        }
        found
    }

    /// The text under `key`, if any; it must not be blank.
    pub(crate) fn optional_text(&self, key: &str, problems: &mut Problems) -> Option<&'a str> {
        match self.table.get(key)?.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.as_ref()),
            DeValue::String(_) => {
                problems.add(self.problem(key, "must not be blank"));
                None
            }
            _ => {
                problems.add(self.problem(key, "must be a text in quotes"));
                None
            }
        }
    }

    /// The number under `key`, which must be there and lie between `low` and `high`.
    pub(crate) fn number(&self, key: &str, low: f64, high: f64, problems: &mut Problems) -> Option<f64> {
        if self.table.get(key).is_none() {
            problems.add(self.problem(key, "is missing; it must be a number"));
        }
        self.optional_number(key, low, high, problems)
    }

    /// The number under `key`, if any, which must lie between `low` and `high`.
    pub(crate) fn optional_number(
        &self,
        key: &str,
        low: f64,
        high: f64,
        problems: &mut Problems,
    ) -> Option<f64> {
        let read = match self.table.get(key)?.get_ref() {
            DeValue::Integer(value) if value.radix() == 10 => number(value.as_str()),
            DeValue::Float(value) => number(value.as_str()),
            _ => Err("must be a decimal number, not in quotes"),
        };
        let reason = match read {
            Ok(value) => match out_of_range(value, low, high) {
                None => return Some(value),
                Some(reason) => reason,
            },
            Err(reason) => reason.to_owned(),
        };
        problems.add(self.problem(key, reason));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(text: &str, read: impl Fn(&Fields<'_, '_>, &mut Problems)) -> String {
        let mut problems = Problems::default();
        if let Some(document) = Document::parse("p.toml", text, &mut problems) {
            read(&document.root(), &mut problems);
        }
        problems.into_error("test").to_string()
    }

    #[test]
    fn faults_of_syntax_are_named_with_their_line() {
        let shown = problems_of("a = 1\nb = = 2\na = 3\n", |_, _| {});
        assert!(shown.contains("p.toml, line 2: text, is not valid toml"), "{shown}");
        assert!(shown.contains("p.toml, line 3: text, is not valid toml"), "{shown}");
        let deep = format!("a = {}", "[".repeat(100_000));
        assert!(problems_of(&deep, |_, _| {}).contains("not valid toml"));
    }

    #[test]
    fn numbers_must_be_finite_decimal_and_in_range() {
        let check = |root: &Fields<'_, '_>, problems: &mut Problems| {
            let table = root.table("t", problems).unwrap();
            table.number("x", 0.0, 1.0, problems);
        };
        for (value, part) in [
            ("nan", "t.x = nan, must be a finite number"),
            ("-inf", "must be a finite number"),
            ("1e999", "must be a finite number"),
            ("0xF", "must be a decimal number"),
            ("\"0.5\"", "must be a decimal number, not in quotes"),
            ("-1", "p.toml, line 2: t.x = -1, must be 0 or more"),
            ("1.5", "must be between 0 and 1"),
        ] {
            let shown = problems_of(&format!("[t]\nx = {value}\n"), check);
            assert!(shown.contains(part), "{shown}");
        }
        assert!(problems_of("\n[t]\ny = 1", check).contains("line 2: t.x, is missing"));
        assert!(problems_of("[t]\nx = 1", check).contains("0 problems"));
    }

    #[test]
    fn unknown_keys_are_refused_with_the_known_ones() {
        let shown =
            problems_of("a = 1\nc = 2\n", |root, problems| root.refuse_unknown(&["a", "b"], problems));
        assert!(shown.ends_with("p.toml, line 2: c, is not a known key; known are a, b"), "{shown}");
    }
}
