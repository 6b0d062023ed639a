//! Virtual-ward places: patients looked after at home as if on a ward.
//!
//! *Step-down* takes patients out of a hospital bed part of the way through their stay; *step-up*
//! avoids the admission. Neither replaces hospital care one for one: how many virtual days a hospital day
//! saved takes, and how many virtual admissions an admission avoided takes, are given by the pack.

/// What a place is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VirtualUse {
    /// The rest of a hospital stay.
    StepDown,
    /// Instead of a hospital stay.
    StepUp,
}

/// Virtual-ward places of one hospital, and who is in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VirtualPlaces {
    places: [u32; 2],
    patients: [u32; 2],
}

impl VirtualPlaces {
    /// Opens or closes places; those occupied close when their patient leaves.
    pub fn set_places(&mut self, of: VirtualUse, places: u32) {
        self.places[of as usize] = places;
    }

    /// Places open.
    pub fn places(&self, of: VirtualUse) -> u32 {
        self.places[of as usize]
    }

    /// Patients in places of both uses.
    pub fn patients(&self) -> u32 {
        self.patients.iter().sum()
    }

    /// Takes a place, if one is free.
    pub fn try_take(&mut self, of: VirtualUse) -> bool {
        let patients = &mut self.patients[of as usize];
        let has_place = *patients < self.places[of as usize];
        *patients += u32::from(has_place);
        has_place
    }

    /// A patient leaves.
    pub fn leave(&mut self, of: VirtualUse) {
        let patients = &mut self.patients[of as usize];
        debug_assert!(*patients > 0, "a patient left an empty virtual ward");
        *patients = patients.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_apart_and_close_when_left() {
        let mut places = VirtualPlaces::default();
        assert!(!places.try_take(VirtualUse::StepUp));
        places.set_places(VirtualUse::StepUp, 1);
        assert!(places.try_take(VirtualUse::StepUp) && !places.try_take(VirtualUse::StepUp));
        assert!(!places.try_take(VirtualUse::StepDown));
        places.set_places(VirtualUse::StepUp, 0);
        assert_eq!(places.patients(), 1);
        places.leave(VirtualUse::StepUp);
        assert!(!places.try_take(VirtualUse::StepUp));
    }
}
