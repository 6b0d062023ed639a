//! Numbers as messages show them.

use std::fmt;

/// A number in a message: whole digits while they can be read, `1e308` instead of 309 digits, and never
/// `-0`. What is shown reads back as the same number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown(pub f64);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0 + 0.0; // turns -0.0 into 0.0
        let is_readable = value == 0.0 || !value.is_finite() || (1e-6..1e15).contains(&value.abs());
        if is_readable { write!(f, "{value}") } else { write!(f, "{value:e}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_short_and_reads_back_as_itself() {
        for (value, shown) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-3.0, "-3"),
            (0.1, "0.1"),
            (1e-6, "0.000001"),
            (9.9e-7, "9.9e-7"),
            (-5e-324, "-5e-324"),
            (999_999_999_999_999.0, "999999999999999"),
            (1e15, "1e15"),
            (-1e308, "-1e308"),
            (f64::MAX, "1.7976931348623157e308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(Shown(value).to_string(), shown);
            assert!(value.is_nan() || shown.parse::<f64>().unwrap() == value, "{shown}");
        }
    }
}
