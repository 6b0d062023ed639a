//! The kinds of test.

/// A kind of diagnostic test: the larger groups of the monthly return DM01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Modality {
    /// Magnetic resonance imaging.
    Mri,
    /// Computed tomography.
    Ct,
    /// Ultrasound, not of the heart.
    Ultrasound,
    /// Gastroscopy, colonoscopy, sigmoidoscopy and cystoscopy.
    Endoscopy,
    /// Ultrasound of the heart.
    Echocardiography,
    /// Audiology assessments.
    Audiology,
    /// Everything else: bone density, barium, electrophysiology, sleep studies, urodynamics.
    Other,
}

impl Modality {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Mri,
        Self::Ct,
        Self::Ultrasound,
        Self::Endoscopy,
        Self::Echocardiography,
        Self::Audiology,
        Self::Other,
    ];
    /// Number of modalities.
    pub const COUNT: usize = 7;

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mri => "mri",
            Self::Ct => "ct",
            Self::Ultrasound => "ultrasound",
            Self::Endoscopy => "endoscopy",
            Self::Echocardiography => "echocardiography",
            Self::Audiology => "audiology",
            Self::Other => "other",
        }
    }
}
