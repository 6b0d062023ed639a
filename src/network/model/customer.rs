//! Customers as rows of a table: what every station needs, and beside it what only some do.

use crate::engine::Ticket;
use crate::random::{PersonKey, Stream};
use crate::units::{Span, Time};
use std::ops::{Index, IndexMut};

pub(in crate::network) const NOBODY: u32 = u32::MAX;
pub(in crate::network) const NOWHERE: u16 = u16::MAX;

/// The most units a customer can carry along at once, the server included.
pub(in crate::network) const MOST_HELD: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Absent,
    Waiting,
    Serving,
    Moving,
    // will try again later
    Orbiting,
}

/// One customer, in one line of the cache. Rows are used again; every event that is no longer meant
/// is cancelled, so none comes for an earlier customer of the row.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    pub key: PersonKey,
    pub arrived: Time,
    pub joined: Time,
    // while they wait at a plain station: how long their service will take
    pub waited: Span,
    pub index: u64,
    pub previous: u32,
    pub next: u32,
    pub visits: u32,
    // which visit of the network it is: the class at the station
    pub at: u32,
    pub class: u16,
    pub station: u16,
    // the station whose server is kept until there is a place: blocked
    pub upstream: u16,
    pub state: State,
    pub marks: Marks,
}

/// What is true of a customer, in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    pub const NONE: Self = Self(0);
    /// Came inside the window.
    pub const IN_COHORT: Self = Self(1);
    /// Began the present visit inside the window.
    pub const IN_WINDOW: Self = Self(2);
    /// Was kept waiting at the present visit.
    pub const HAS_WAITED: Self = Self(4);

    #[inline]
    pub fn has(self, mark: Self) -> bool {
        self.0 & mark.0 != 0
    }

    /// These with another one if `is_true`, and without it if not.
    #[inline]
    pub fn with(self, mark: Self, is_true: bool) -> Self {
        Self((self.0 & !mark.0) | (mark.0 * u8::from(is_true)))
    }

    /// At the beginning of a visit.
    #[inline]
    pub fn of_visit(self, window_open: bool) -> Self {
        Self(self.0 & Self::IN_COHORT.0).with(Self::IN_WINDOW, window_open)
    }
}

/// Somebody who has just arrived.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newcomer {
    pub key: PersonKey,
    pub index: u64,
    // of their first service, where they enter a plain station
    pub service: Span,
    pub class: u16,
    pub entry: u16,
    // which visit the first is
    pub at: u32,
}

/// The address of a draw: what it is for, at which visit.
#[inline]
pub(super) fn purpose_at(visits: u32, purpose: u64) -> u64 {
    u64::from(visits) << 3 | purpose
}

impl Customer {
    const NOBODY: Self = Self {
        key: Stream::of_seed(0).person(0),
        arrived: Time::ZERO,
        joined: Time::ZERO,
        waited: Span::ZERO,
        index: 0,
        previous: NOBODY,
        next: NOBODY,
        visits: 0,
        at: 0,
        class: 0,
        station: NOWHERE,
        upstream: NOWHERE,
        state: State::Absent,
        marks: Marks::NONE,
    };

    /// The row is now that of somebody who has just arrived; their first visit writes the rest.
    #[inline(always)]
    pub fn welcome(&mut self, newcomer: &Newcomer, now: Time, window_open: bool) {
        self.key = newcomer.key;
        self.arrived = now;
        self.index = newcomer.index;
        self.visits = 0;
        self.at = newcomer.at;
        self.class = newcomer.class;
        self.upstream = NOWHERE;
        self.state = State::Moving;
        self.marks = Marks::NONE.with(Marks::IN_COHORT, window_open);
    }
}

/// What only stations need that interrupt, have named servers, patience or random order, or whose
/// servers stay with the customer.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    // of the present spell, where service is interrupted; elsewhere that is when they joined
    pub wait_from: Time,
    pub first_start: Time,
    pub ends: Time,
    pub remaining: Span,
    pub patience: Span,
    pub order: u64,
    pub end: Option<Ticket>,
    pub impatience: Option<Ticket>,
    pub place: u32,
    pub interruptions: u32,
    // stations whose servers stay with the customer
    pub kept: [u16; MOST_HELD],
    pub keeps: u8,
    pub server: u8,
    pub has_started: bool,
}

impl Extra {
    const NONE: Self = Self {
        wait_from: Time::ZERO,
        first_start: Time::ZERO,
        ends: Time::ZERO,
        remaining: Span::ZERO,
        patience: Span::MAX,
        order: 0,
        end: None,
        impatience: None,
        place: NOBODY,
        interruptions: 0,
        kept: [NOWHERE; MOST_HELD],
        keeps: 0,
        server: 0,
        has_started: false,
    };

    pub fn kept(&self) -> &[u16] {
        self.kept.get(..usize::from(self.keeps)).unwrap_or(&[])
    }

    pub fn keep(&mut self, station: u16) {
        // the check refuses networks in which there could be more
        if let Some(place) = self.kept.get_mut(usize::from(self.keeps)) {
            *place = station;
            self.keeps += 1;
        }
    }

    pub fn give_back(&mut self, station: u16) {
        if let Some(at) = self.kept().iter().position(|&s| s == station) {
            self.kept.copy_within(at + 1..usize::from(self.keeps), at);
            self.keeps -= 1;
        }
    }
}

/// The table.
#[derive(Clone, Debug)]
pub(super) struct Customers {
    rows: Vec<Customer>,
    extras: Vec<Extra>,
    // the row given back last, in which `next` is the one before it; or `NOBODY`
    free: u32,
}

impl Customers {
    pub const EMPTY: Self = Self { rows: Vec::new(), extras: Vec::new(), free: NOBODY };

    /// The row of somebody who has left, to be used again.
    #[inline]
    pub fn take_free(&mut self) -> Option<u32> {
        let row = self.rows.get(self.free as usize)?;
        Some(std::mem::replace(&mut self.free, row.next))
    }

    /// A new row.
    pub fn add(&mut self) -> u32 {
        self.rows.push(Customer::NOBODY);
        self.extras.push(Extra::NONE);
        // the limit on customers inside is below the range of a row number
        (self.rows.len() - 1) as u32
    }

    pub fn rows(&self) -> &[Customer] {
        &self.rows
    }

    /// Gives back the row of somebody who leaves.
    #[inline]
    pub fn free(&mut self, row: u32) {
        let free = std::mem::replace(&mut self.free, row);
        let customer = &mut self[row];
        customer.state = State::Absent;
        customer.next = free;
    }

    #[inline]
    pub fn extra(&mut self, row: u32) -> &mut Extra {
        &mut self.extras[row as usize]
    }

    /// Whether they hold a server while they wait.
    pub fn is_holding(&self, row: u32) -> bool {
        self[row].upstream != NOWHERE || self.extras[row as usize].keeps > 0
    }
}

impl Index<u32> for Customers {
    type Output = Customer;

    #[inline]
    fn index(&self, row: u32) -> &Customer {
        &self.rows[row as usize]
    }
}

impl IndexMut<u32> for Customers {
    #[inline]
    fn index_mut(&mut self, row: u32) -> &mut Customer {
        &mut self.rows[row as usize]
    }
}
