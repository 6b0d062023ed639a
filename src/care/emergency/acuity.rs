//! How urgent a patient is found to be.

/// How urgent a patient is found to be on arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Acuity {
    /// To be seen at once, in a resuscitation bay.
    Immediate,
    /// To be seen within minutes.
    VeryUrgent,
    /// Needs a cubicle, can wait.
    Urgent,
    /// Needs no cubicle.
    Minor,
}

impl Acuity {
    /// Whether the patient needs a bay or a cubicle.
    pub const fn needs_cubicle(self) -> bool {
        !matches!(self, Self::Minor)
    }
}
