//! Proportions.

use super::shown::Shown;
use serde::{Deserialize, Serialize};

/// A proportion between 0 and 1, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

/// Why a number is not a [`Share`].
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// Below 0, above 1, or not a number.
    #[error("a share lies between 0 and 1, got {}", Shown(*.0))]
    OutOfRange(f64),
}

impl Share {
    /// Nobody.
    pub const NONE: Self = Self(0.0);
    /// Everybody.
    pub const ALL: Self = Self(1.0);

    /// The proportion as a number.
    pub const fn value(self) -> f64 {
        self.0
    }

    /// Everybody else.
    pub fn complement(self) -> Self {
        Self(1.0 - self.0)
    }
}

impl TryFrom<f64> for Share {
    type Error = ShareError;
    fn try_from(value: f64) -> Result<Self, ShareError> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(ShareError::OutOfRange(value)) }
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> f64 {
        share.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proportions_are_shares() {
        assert_eq!(Share::try_from(0.25).unwrap().complement().value(), 0.75);
        for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Share::try_from(bad).is_err());
        }
    }
}
