//! A csv file with a known header, row by row with true line numbers.

use super::problem::{Problem, Problems};

/// One row, its cells in the order in which the columns were asked for.
pub(crate) struct Row<'a, const N: usize> {
    pub(crate) line: u64,
    pub(crate) cells: [&'a str; N],
}

/// Counts lines up to a byte, for bytes in increasing order.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first byte from `byte` on that is no line end.
    fn of(&mut self, byte: u64) -> u64 {
        let mut end = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len()).max(self.at);
        while matches!(self.text.get(end), Some(b'\n' | b'\r')) {
            end += 1;
        }
        self.line += self.text[self.at..end].iter().filter(|&&b| b == b'\n').count() as u64;
        self.at = end;
        self.line
    }
}

/// Reads every row of `text` whose header holds exactly `columns`, in any order.
///
/// Rows with too few or too many cells are reported and left out. Returns whether there was a usable
/// header and at least one row.
pub(crate) fn read_rows<const N: usize>(
    file: &str,
    text: &str,
    columns: [&str; N],
    problems: &mut Problems,
    mut each: impl FnMut(Row<'_, N>, &mut Problems),
) -> bool {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    let mut record = csv::StringRecord::new();
    let mut positions = None;
    let mut is_any = false;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                problems.add(Problem::new(file, None, "text", format!("cannot be read: {error}")));
                return false;
            }
        }
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        let Some(positions) = &positions else {
            positions = header(file, line, &record, columns, problems);
            if positions.is_none() {
                return false;
            }
            continue;
        };
        is_any = true;
        if record.len() != N {
            problems.add(wrong_length(file, line, &record, N));
            continue;
        }
        let cells = positions.map(|at| record.get(at).unwrap_or_default());
        each(Row { line, cells }, problems);
    }
    if !is_any {
        let what = if positions.is_some() { "has a header and no rows" } else { "is empty" };
        let reason = format!("must hold the columns {} and at least one row", columns.join(","));
        problems.add(Problem::new(file, None, format!("the file {what}"), reason));
    }
    is_any
}

/// Where each of `columns` stands, if the header holds them all and nothing else.
fn header<const N: usize>(
    file: &str,
    line: u64,
    record: &csv::StringRecord,
    columns: [&str; N],
    problems: &mut Problems,
) -> Option<[usize; N]> {
    let mut is_good = true;
    let mut refuse = |field: &str, value: &str, reason: String| {
        is_good = false;
        problems.add(Problem::new(file, Some(line), field, reason).with_value(value));
    };
    let expected = columns.join(",");
    if record.len() == 1 && record.iter().any(|cell| cell.contains([';', '\t'])) {
        let cell = record.get(0).unwrap_or_default();
        refuse("header", cell, format!("must be {expected}, separated by commas"));
        return None;
    }
    let positions = columns.map(|column| {
        let found = record.iter().position(|cell| cell == column);
        if found.is_none() {
            refuse("missing column", column, format!("the header must be {expected}"));
        }
        found.unwrap_or_default()
    });
    for (at, cell) in record.iter().enumerate() {
        if !columns.contains(&cell) {
            refuse("unknown column", cell, format!("the header must be {expected}"));
        } else if record.iter().position(|other| other == cell) != Some(at) {
            refuse("repeated column", cell, format!("the header must be {expected}"));
        }
    }
    is_good.then_some(positions)
}

fn wrong_length(file: &str, line: u64, record: &csv::StringRecord, expected: usize) -> Problem {
    let cells = record.len();
    let hint = match cells {
        _ if record.iter().any(|cell| cell.contains('\n')) => "; is a quotation mark left open?",
        n if n > expected => "; is a thousands separator or a comma in a name not in quotes?",
        _ => "",
    };
    let shown = record.iter().collect::<Vec<_>>().join(",");
    Problem::new(file, Some(line), "row", format!("has {cells} cells, must have {expected}{hint}"))
        .with_value(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(u64, String, String)>, String) {
        let mut problems = Problems::default();
        let mut rows = Vec::new();
        read_rows("t.csv", text, ["a", "b"], &mut problems, |row, _| {
            rows.push((row.line, row.cells[0].to_owned(), row.cells[1].to_owned()));
        });
        (rows, problems.into_error("test").to_string())
    }

    #[test]
    fn lines_are_counted_with_blank_lines_quotes_and_windows_ends() {
        let (rows, _) = read("b,a\r\n\r\n1,2\r\n\"x\ny\", 3 \r\n5,6");
        let expected = [(3, "2", "1"), (4, "3", "x\ny"), (6, "6", "5")];
        assert_eq!(rows, expected.map(|(n, a, b)| (n, a.to_owned(), b.to_owned())));
    }

    #[test]
    fn headers_are_checked_column_by_column() {
        assert!(read("").1.contains("the file is empty"));
        assert!(read("a,b\n").1.contains("has a header and no rows"));
        assert!(read("a\n1").1.contains("line 1: missing column = b"));
        assert!(read("a,b,c\n1,2,3").1.contains("line 1: unknown column = c"));
        assert!(read("a,b,a\n1,2,3").1.contains("line 1: repeated column = a"));
        assert!(read("a;b\n1;2").1.contains("separated by commas"));
    }

    #[test]
    fn rows_of_the_wrong_length_are_named_and_the_others_read() {
        let (rows, problems) = read("a,b\n1\n2,3\n1,234,5\n");
        assert_eq!(rows.len(), 1);
        assert!(problems.contains("line 2: row = 1, has 1 cells, must have 2"), "{problems}");
        assert!(problems.contains("line 4: row = \"1,234,5\", has 3 cells"), "{problems}");
    }
}
