//! Servers that come and go: rosters, failures and repairs.

use super::{Event, System};
use crate::engine::{Schedule, Turn};
use crate::units::Time;

impl System<'_> {
    fn change_open(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        self.stations[usize::from(number)].set_open(schedule.now());
        if self.network.stations[usize::from(number)].preempts_shift {
            while self.stations[usize::from(number)].used > self.stations[usize::from(number)].capacity {
                let Some(victim) = self.least_urgent(number, -1) else { break };
                self.interrupt(victim, schedule);
            }
        }
        self.to_serve.push(number);
    }

    pub(super) fn schedule_shift(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        let station = &self.network.stations[usize::from(number)];
        let state = &mut self.stations[usize::from(number)];
        if state.next_shift == station.shifts.len() {
            let Some(period) = station.period else { return };
            state.next_shift = 0;
            state.cycle_start = state.cycle_start.saturating_add(period);
        }
        let at = Time::from_millis(state.cycle_start.saturating_add(station.shifts[state.next_shift].0));
        schedule.in_turn(at, Turn::Capacity, Event::Shift { station: number });
    }

    pub(super) fn shift(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        let shifts = &self.network.stations[usize::from(number)].shifts;
        let state = &mut self.stations[usize::from(number)];
        state.rostered = shifts[state.next_shift].1;
        state.next_shift += 1;
        self.schedule_shift(number, schedule);
        self.change_open(number, schedule);
    }

    pub(super) fn schedule_failure(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        if let Some((uptime, _)) = &self.network.stations[usize::from(number)].breakdowns {
            let after = uptime.sample(&mut self.stations[usize::from(number)].dice);
            let at = schedule.now() + self.span(after);
            schedule.in_turn(at, Turn::Capacity, Event::Failure { station: number });
        }
    }

    pub(super) fn failure(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        if let Some((_, downtime)) = &self.network.stations[usize::from(number)].breakdowns {
            let after = downtime.sample(&mut self.stations[usize::from(number)].dice);
            let at = schedule.now() + self.span(after);
            schedule.in_turn(at, Turn::Capacity, Event::Repair { station: number });
            self.stations[usize::from(number)].broken += 1;
            self.change_open(number, schedule);
        }
    }

    pub(super) fn repair(&mut self, number: u16, schedule: &mut Schedule<Event>) {
        self.stations[usize::from(number)].broken -= 1;
        self.schedule_failure(number, schedule);
        self.change_open(number, schedule);
    }
}
