//! People held up: results are awaited, a check, a later date.

use super::ElectiveProvider;
use super::clock::{Clock, Delay, Stage};
use super::specialty::{STATIONS, Station};

/// Held-up patients come back within this many days.
pub(super) const LONGEST_HOLD: usize = 128;

/// From this bit on a place in the lists tells the line.
const LINE: u32 = 48;

impl ElectiveProvider {
    /// Whoever was held until today or a day since the last working day joins the queue; those who had missed their first
    /// appointment have another, and are returned.
    pub(super) fn come_back(&mut self, day: i32) -> Vec<Clock> {
        let mut booked_again = Vec::new();
        let mut back = Vec::new();
        let from = self.day_held_until.max(day - LONGEST_HOLD as i32 + 1);
        for due in from..=day {
            let slot = due.rem_euclid(LONGEST_HOLD as i32).unsigned_abs() as usize;
            // taken, not drained: what a day needed would be kept for every day of the ring
            for clock in std::mem::take(&mut self.held[slot]) {
                self.specialties[clock.function().index()].held -= 1;
                // to put them back in their place among all who wait for a first appointment would move half of these
                match clock.stage() {
                    Stage::First => booked_again.push(clock.held(Delay::Ready)),
                    _ => back.push(clock.held(Delay::Ready)),
                }
            }
        }
        self.day_held_until = day + 1;
        self.steps += (back.len() + booked_again.len()) as u64;
        self.join_all(&back);
        booked_again
    }

    /// All who come back on one day, line by line and in the order of their starts, or else of their coming.
    fn join_all(&mut self, back: &[Clock]) {
        let mut places: Vec<u64> = back.iter().map(|&clock| place_in_lists(clock)).collect();
        (0..).zip(&mut places).for_each(|(i, place)| *place |= i);
        places.sort_unstable();
        let mut clocks: Vec<Clock> = Vec::with_capacity(back.len());
        clocks.extend(places.iter().filter_map(|&place| back.get(place as u32 as usize)));
        let mut left = clocks.as_slice();
        for places in places.chunk_by(|a, b| a >> LINE == b >> LINE) {
            let Some((of_line, others)) = left.split_at_checked(places.len()) else { break };
            left = others;
            if let Some(first) = of_line.first() {
                let specialty = &mut self.specialties[first.function().index()];
                specialty.queues[Station::of(*first) as usize].add_all(of_line);
            }
        }
    }

    /// Comes back to the queue after so many days.
    pub(super) fn hold(&mut self, clock: Clock, day: i32, days: i32) {
        let specialty = &mut self.specialties[clock.function().index()];
        if days < 1 {
            specialty.join(clock.held(Delay::Ready));
            return;
        }
        specialty.held += 1;
        let due = (day + days.min(LONGEST_HOLD as i32 - 1)).rem_euclid(LONGEST_HOLD as i32);
        self.held[due.unsigned_abs() as usize].push(clock);
    }
}

/// Which of all the lines of a provider somebody joins, the start of the clock, and room for a number of 32 bits.
fn place_in_lists(clock: Clock) -> u64 {
    let queue = clock.function().index() * STATIONS + Station::of(clock) as usize;
    let line = (queue << 2 | clock.line()) as u64;
    let start = (clock.start_day() - i32::from(i16::MIN)).unsigned_abs();
    line << LINE | u64::from(start) << 32
}
