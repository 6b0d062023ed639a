//! Money, with its price year.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;

/// First years of the financial years whose prices may be given.
pub(crate) const PRICE_YEARS: RangeInclusive<u16> = 1990..=2100;

/// Pounds sterling at the prices of one financial year.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Pounds {
    amount: f64,
    price_year: u16,
}

impl Pounds {
    /// `amount` pounds at the prices of the financial year that starts in `price_year`
    /// (2022 for 2022-23).
    pub const fn at_prices_of(amount: f64, price_year: u16) -> Self {
        Self { amount, price_year }
    }

    /// The number of pounds.
    pub const fn amount(self) -> f64 {
        self.amount
    }

    /// First year of the financial year whose prices these are.
    pub const fn price_year(self) -> u16 {
        self.price_year
    }
}

/// `amount` pounds at 2022-23 prices.
///
/// ```
/// use nhs_capacity::units::money::gbp;
/// assert_eq!(gbp(500e6).to_string(), "£500.0m (2022-23 prices)");
/// ```
pub const fn gbp(amount: f64) -> Pounds {
    Pounds::at_prices_of(amount, 2022)
}

impl fmt::Display for Pounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.price_year;
        match self.amount.abs() {
            a if a >= 1e6 => write!(f, "£{:.1}m", self.amount / 1e6)?,
            a if a >= 1e3 => write!(f, "£{:.1}k", self.amount / 1e3)?,
            _ => write!(f, "£{:.2}", self.amount)?,
        }
        write!(f, " ({year}-{:02} prices)", (u32::from(year) + 1) % 100)
    }
}
