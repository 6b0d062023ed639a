//! A plain-text table for a terminal.

use std::fmt;

const GAP: &str = "  ";

/// Rows under a header, columns aligned: to the right where every entry is a number, to the left
/// otherwise. An entry of "–" or nothing stands for an absent value and fits either.
///
/// ```
/// use nhs_capacity::output::Table;
/// let mut table = Table::new(["scenario", "beds", "cost"]);
/// table.row(["as it was", "98,000", "–"]).row(["7,000 more", "105,000", "£1.2m"]);
/// assert_eq!(
///     table.to_string(),
///     "scenario       beds   cost\n\
///      ----------  -------  -----\n\
///      as it was    98,000      –\n\
///      7,000 more  105,000  £1.2m\n"
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns and no rows.
    pub fn new<C: fmt::Display>(header: impl IntoIterator<Item = C>) -> Self {
        Self { header: line(header), rows: Vec::new() }
    }

    /// Adds a row. Missing entries are left blank; those beyond the header get a column without a name.
    pub fn row<C: fmt::Display>(&mut self, entries: impl IntoIterator<Item = C>) -> &mut Self {
        self.rows.push(line(entries));
        self
    }

    fn column(&self, index: usize) -> Column {
        let entries = || self.rows.iter().filter_map(|row| row.get(index));
        let name = self.header.get(index);
        Column {
            width: entries().chain(name).map(|entry| width(entry)).max().unwrap_or(0),
            is_numeric: entries().any(|entry| !is_absent(entry))
                && entries().all(|entry| is_absent(entry) || is_number(entry)),
        }
    }
}

struct Column {
    width: usize,
    is_numeric: bool,
}

fn line<C: fmt::Display>(entries: impl IntoIterator<Item = C>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.to_string().replace(['\n', '\r', '\t'], " ")).collect()
}

// One column per character holds for everything we print; £ and – are several bytes but one column.
fn width(text: &str) -> usize {
    text.chars().count()
}

fn is_absent(entry: &str) -> bool {
    matches!(entry.trim(), "" | "-" | "–" | "—")
}

// "£1.2m", "−3.5 (−4.1 to −2.9)", "96%" and "4 h 12 min" are numbers; "7,000 more" and "12-hour
// waits" are not: what follows the digits must be short, as a unit is.
fn is_number(entry: &str) -> bool {
    let number = entry
        .trim()
        .trim_start_matches(['+', '-', '−', '–', '±', '£', '<', '>', '≤', '≥', '~', '(', '[', ' ']);
    let longest_word = number.split(|c: char| !c.is_alphabetic()).map(width).max().unwrap_or(0);
    number.starts_with(|c: char| c.is_ascii_digit()) && longest_word <= 3
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.rows.iter().map(Vec::len).chain([self.header.len()]).max().unwrap_or(0);
        let columns: Vec<Column> = (0..count).map(|index| self.column(index)).collect();
        let rule: Vec<String> = columns.iter().map(|column| "-".repeat(column.width)).collect();
        for row in [&self.header, &rule].into_iter().chain(&self.rows) {
            let mut text = String::new();
            for (index, column) in columns.iter().enumerate() {
                let entry = row.get(index).map_or("", String::as_str);
                let padding = " ".repeat(column.width.saturating_sub(width(entry)));
                let (before, after) =
                    if column.is_numeric { (padding.as_str(), "") } else { ("", padding.as_str()) };
                text.extend([if index > 0 { GAP } else { "" }, before, entry, after]);
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_align_to_the_right() {
        let mut table = Table::new(["measure", "change"]);
        table.row(["handover over 60 min", "−3.5 (−4.1 to −2.9)"]).row(["12-hour waits", ""]);
        let expected = "measure                            change\n\
                        --------------------  -------------------\n\
                        handover over 60 min  −3.5 (−4.1 to −2.9)\n\
                        12-hour waits\n";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn only_quantities_are_numbers() {
        for number in
            ["0", "-1.5", "£3.2m", "96%", "4 h 12 min", "< 0.1", "2022-12", "(1 to 2)", "1,204", "3 d 4 h"]
        {
            assert!(is_number(number), "{number}");
        }
        for text in ["beds", "12-hour waits", "7,000 more", "£", "n/a", "1st week"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn ragged_rows_and_empty_tables_print() {
        assert_eq!(Table::new::<&str>([]).to_string(), "\n\n");
        let mut table = Table::new(["a"]);
        table.row([1.5, 22.0]).row([3.25]).row(Vec::<u8>::new());
        assert_eq!(table.to_string(), "   a\n----  --\n 1.5  22\n3.25\n\n");
        assert_eq!(Table::new(["two\nlines"]).to_string(), "two lines\n---------\n");
    }
}
