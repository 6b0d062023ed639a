//! Where a question file says what only the pack can judge.

use crate::system::pack::document::Fields;
use crate::system::pack::problem::Problems;
use crate::system::pack::{PackError, Problem};

/// The lines of a study file that name a place, months, a pack or overlays: whether they are right shows only when the
/// pack is read. What is said on the command line instead is forgotten with [`Self::forget`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaidAt(Vec<Problem>);

const JUDGED_BY_PACK: [&str; 5] = ["place", "from", "until", "pack", "with"];

impl SaidAt {
    pub(super) fn of(root: &Fields<'_, '_>) -> Self {
        let said = JUDGED_BY_PACK.into_iter().filter(|key| root.keys().any(|other| other == *key));
        Self(said.map(|key| root.problem(key, "")).collect())
    }

    /// What this key says was said elsewhere.
    pub fn forget(&mut self, key: &str) {
        self.0.retain(|said| said.field != key);
    }

    /// What is wrong with this key, in the place where it stands; `None` if the file does not say it.
    pub(super) fn refuse(&self, key: &str, reason: String) -> Option<PackError> {
        let said = self.0.iter().find(|said| said.field == key)?;
        let mut problems = Problems::default();
        problems.add(Problem { reason, ..said.clone() });
        Some(problems.into_error(&said.file))
    }
}
