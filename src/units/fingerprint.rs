//! Fingerprints: has the same thing been asked, of the same system?

use std::fmt::{self, Write};

/// A 128-bit fingerprint of a text (Fowler, Noll and Vo's FNV-1a). It tells mistakes apart, not forgeries.
///
/// ```
/// use nhs_capacity::units::Fingerprint;
/// assert_eq!(Fingerprint::of("").to_string(), "6c62272e07bb014262b821756295c58d");
/// assert_eq!(Fingerprint::of("a").to_string(), "d228cb696f1a8caf78912b704e4a8964");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u128);

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl Default for Fingerprint {
    fn default() -> Self {
        Self(OFFSET)
    }
}

impl Fingerprint {
    /// The fingerprint of a text.
    pub fn of(text: impl AsRef<[u8]>) -> Self {
        Self::default().then(text)
    }

    /// The fingerprint of what came before, followed by `text`.
    #[must_use]
    pub fn then(self, text: impl AsRef<[u8]>) -> Self {
        Self(text.as_ref().iter().fold(self.0, |hash, &byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME)))
    }

    /// The same for the `Debug` text of a value, which is never held in memory.
    #[must_use]
    pub fn then_debug(mut self, value: &impl fmt::Debug) -> Self {
        // writing to a fingerprint cannot fail
        let _ = writeln!(self, "{value:?}");
        self
    }
}

impl Write for Fingerprint {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        *self = self.then(text);
        Ok(())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
