//! Bytes to text, and text to numbers, with the faults that spreadsheets leave behind.

use super::problem::Problem;

/// The text of a file, without a byte-order mark.
pub(crate) fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Box<Problem>> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Problem::new(file, None, "text", "must be saved as UTF-8, is UTF-16").into());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let (good, bad) = bytes.split_at(error.valid_up_to());
            let line = 1 + good.iter().filter(|&&b| b == b'\n').count() as u64;
            let start = good.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
            let end = good.len() + bad.len().min(8);
            let near = String::from_utf8_lossy(&bytes[start..end]);
            Err(Problem::new(file, Some(line), "text", "must be saved as UTF-8").with_value(&near).into())
        }
    }
}

/// A finite number written plainly, such as `41`, `-0.5` or `1e3`; otherwise what is wrong with the cell.
pub(crate) fn number(text: &str) -> Result<f64, &'static str> {
    const PLAIN: &str = "must be a plain number, such as 1234.5";
    if text.is_empty() {
        return Err("must be a number; a blank is not zero");
    }
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        let word = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
        return Err(match word.as_str() {
            "inf" | "infinity" | "nan" => "must be a finite number",
            _ => "must be a number; a missing or suppressed value is not zero",
        });
    }
    let is_separator = |c: char| c == ',' || c == '\'' || c.is_whitespace();
    if text.contains(is_separator) {
        return Err("must be a number without thousands separators or spaces");
    }
    if !text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) {
        return Err(PLAIN);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value + 0.0), // turns -0.0 into 0.0
        Ok(_) => Err("must be a finite number"),
        Err(_) => Err(PLAIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_finite_numbers_are_read() {
        for (text, value) in [("41", 41.0), ("-0.5", -0.5), ("1e3", 1000.0), (".5", 0.5), ("+7", 7.0)] {
            assert_eq!(number(text), Ok(value), "{text}");
        }
        assert!(number("-0").unwrap().is_sign_positive());
        let bad = ["", "-", "*", "#N/A", "NaN", "inf", "-infinity", "1e999", "1,234", "1 234", "1\u{a0}234"];
        for text in bad.into_iter().chain(["0x10", "12%", "£5", "1.2.3", "..", "5 beds", "e5", "١٢"]) {
            assert!(number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_that_is_not_utf8_is_refused_with_its_line() {
        let problem = decode("a.csv", b"name\nSt Thomas\x92 Hospital\n").unwrap_err();
        assert_eq!(problem.line, Some(2));
        assert!(problem.to_string().contains("St Thomas"), "{problem}");
        assert!(decode("a.csv", b"\xff\xfea\0").unwrap_err().to_string().contains("UTF-16"));
        assert_eq!(decode("a.csv", b"\xef\xbb\xbfkind"), Ok("kind"));
    }
}
