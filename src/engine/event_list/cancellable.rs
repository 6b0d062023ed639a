//! Events that may be cancelled before they happen.

use super::SLOT_BITS;

/// With which an event can be cancelled. It goes stale when the event happens, and is then ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub(super) slot: u32,
    use_of_slot: u32,
}

/// Set in the slot of an event that may be cancelled.
pub(super) const CANCELLABLE: u32 = 1 << (SLOT_BITS - 1);
/// So many cancelled events are always left for the end of their time.
pub(super) const FEW_CANCELLED: usize = 64;

#[derive(Clone, Copy, Debug)]
pub(super) struct CancellableSlot<E> {
    pub(super) order: u32,
    // changes whenever the slot is given back or its event cancelled
    use_of_slot: u32,
    event: E,
    is_cancelled: bool,
}

/// The events that may be cancelled. Their slots have [`CANCELLABLE`] set in keys, but not here.
#[derive(Clone, Debug)]
pub(super) struct Cancellable<E> {
    pub(super) slots: Vec<CancellableSlot<E>>,
    free: Vec<u32>,
    pub(super) cancelled: usize,
}

impl<E: Copy> Cancellable<E> {
    pub(super) const EMPTY: Self = Self { slots: Vec::new(), free: Vec::new(), cancelled: 0 };

    pub(super) fn store(&mut self, order: u32, event: E) -> Ticket {
        if let Some(slot) = self.free.pop()
            && let Some(place) = self.slots.get_mut(slot as usize)
        {
            (place.order, place.event) = (order, event);
            return Ticket { slot, use_of_slot: place.use_of_slot };
        }
        self.slots.push(CancellableSlot { order, use_of_slot: 0, event, is_cancelled: false });
        Ticket { slot: (self.slots.len() - 1) as u32, use_of_slot: 0 }
    }

    /// Gives back a slot that leaves the list. Whether its event happens: it was not cancelled.
    pub(super) fn give_back(&mut self, slot: u32) -> bool {
        let slot = slot & !CANCELLABLE;
        let Some(place) = self.slots.get_mut(slot as usize) else { return false };
        self.free.push(slot);
        if std::mem::replace(&mut place.is_cancelled, false) {
            self.cancelled -= 1;
            return false;
        }
        place.use_of_slot = place.use_of_slot.wrapping_add(1);
        true
    }

    /// The event of a slot, until the slot is used again.
    pub(super) fn event(&self, slot: u32) -> Option<&E> {
        self.slots.get((slot & !CANCELLABLE) as usize).map(|place| &place.event)
    }

    pub(super) fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        let place = self.slots.get_mut(ticket.slot as usize)?;
        if place.use_of_slot != ticket.use_of_slot {
            return None;
        }
        place.use_of_slot = place.use_of_slot.wrapping_add(1);
        place.is_cancelled = true;
        self.cancelled += 1;
        Some(place.event)
    }

    pub(super) fn is_cancelled(&self, slot: u32) -> bool {
        let place = self.slots.get((slot & !CANCELLABLE) as usize);
        slot & CANCELLABLE != 0 && place.is_some_and(|place| place.is_cancelled)
    }

    /// Whether a slot stays in the list; gives it back if not.
    pub(super) fn keeps(&mut self, slot: u32) -> bool {
        let is_cancelled = self.is_cancelled(slot);
        if is_cancelled {
            self.give_back(slot);
        }
        !is_cancelled
    }
}
