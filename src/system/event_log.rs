//! What patients at one hospital do, row by row, in the columns that animation tools for patient flow
//! read (`entity_id`, `pathway`, `event_type`, `event`, `time`, `resource_id`, `run_number`).
//!
//! The running system is looked at once a minute and left as it is: nothing is added to its events, and the run
//! is the same to the last bit. A stage that is over within the minute is not seen. The model counts
//! places and does not number them; here each patient is given the lowest number that is free.

use super::health_system::HealthSystem;
use super::patient::{Patient, Stage};
use std::collections::BTreeMap;

/// The columns of an event log.
pub const COLUMNS: [&str; 7] =
    ["entity_id", "pathway", "event_type", "event", "time", "resource_id", "run_number"];

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// Who, numbered from 1 in the order in which they are first seen.
    pub entity_id: u64,
    /// How they came: `ambulance`, `walk_in`, `admitted` (directly or from the list) or `present` when the
    /// log begins.
    pub pathway: &'static str,
    /// `arrival_departure`, `queue`, `resource_use` or `resource_use_end`.
    pub event_type: &'static str,
    /// `arrival`, `depart`, or the stage they are in, such as `waiting_for_cubicle`.
    pub event: String,
    /// Minutes since the log began.
    pub minute: u64,
    /// The number of the place they hold, if they hold one.
    pub resource_id: Option<usize>,
    /// The replication, the first being 1.
    pub run_number: u32,
}

impl LogRow {
    /// The row as cells under [`COLUMNS`].
    pub fn cells(&self) -> [String; 7] {
        [
            self.entity_id.to_string(),
            self.pathway.to_owned(),
            self.event_type.to_owned(),
            self.event.clone(),
            self.minute.to_string(),
            self.resource_id.map_or_else(String::new, |id| id.to_string()),
            self.run_number.to_string(),
        ]
    }
}

#[derive(Clone, Copy)]
struct Seen {
    stamp: u16,
    stage: Stage,
    entity: u64,
    pathway: &'static str,
    resource: Option<(&'static str, usize)>,
}

/// Watches one hospital.
pub struct EventLog {
    hospital: u16,
    run_number: u32,
    // by row of the register
    seen: Vec<Option<Seen>>,
    entities: u64,
    // which numbers are taken, by kind of place
    taken: BTreeMap<&'static str, Vec<bool>>,
    minute: u64,
    has_begun: bool,
    rows: Vec<LogRow>,
}

/// What kind of place is held in a stage; nothing if the patient waits.
fn resource(patient: &Patient) -> Option<&'static str> {
    match patient.stage {
        Stage::InCubicle | Stage::Boarding => Some("cubicle"),
        Stage::InCorridor => Some("corridor_place"),
        Stage::OnChair => Some("chair"),
        Stage::InBed | Stage::ReadyToLeave => Some("bed"),
        Stage::OnVirtualWard => Some("virtual_ward_place"),
        _ => None,
    }
}

/// `WaitingForCubicle` as `waiting_for_cubicle`.
fn name(stage: Stage) -> String {
    let mut name = String::new();
    for c in format!("{stage:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

impl EventLog {
    /// A log of the hospital at this position in the running system, in this run (the first being 1).
    pub fn of(hospital: u16, run_number: u32) -> Self {
        Self {
            hospital,
            run_number,
            seen: Vec::new(),
            entities: 0,
            taken: BTreeMap::new(),
            minute: 0,
            has_begun: false,
            rows: Vec::new(),
        }
    }

    /// Notes what has changed since the last look.
    pub(crate) fn look(&mut self, minute: u64, system: &HealthSystem) {
        self.minute = minute;
        let patients = system.patients.rows();
        self.seen.resize(patients.len().max(self.seen.len()), None);
        for (row, patient) in patients.iter().enumerate() {
            // callers belong to no hospital until they are brought to one
            let is_here = patient.hospital == self.hospital
                && !matches!(patient.stage, Stage::Gone | Stage::WaitingForCrew | Stage::WithCrew);
            let seen = self.seen.get(row).copied().flatten();
            let is_same = seen.is_some_and(|seen| seen.stamp == patient.stamp());
            if let Some(seen) = seen
                && !(is_same && is_here)
            {
                self.ends(seen);
                self.push(seen, "arrival_departure", "depart".to_owned(), None);
                self.put(row, None);
            }
            if !is_here {
                continue;
            }
            match seen.filter(|_| is_same) {
                Some(seen) if seen.stage == patient.stage => {}
                Some(seen) => {
                    let held = seen.resource.filter(|(kind, _)| Some(*kind) == resource(patient));
                    match held {
                        Some((_, number)) => {
                            self.push(seen, "resource_use_end", name(seen.stage), Some(number));
                        }
                        None => self.ends(seen),
                    }
                    self.begins(row, Seen { stage: patient.stage, resource: held, ..seen }, patient);
                }
                None => {
                    self.entities += 1;
                    let seen = Seen {
                        stamp: patient.stamp(),
                        stage: patient.stage,
                        entity: self.entities,
                        pathway: self.pathway(patient),
                        resource: None,
                    };
                    self.push(seen, "arrival_departure", "arrival".to_owned(), None);
                    self.begins(row, seen, patient);
                }
            }
        }
        self.has_begun = true;
    }

    /// The rows so far, in order of time.
    pub fn into_rows(self) -> Vec<LogRow> {
        self.rows
    }

    fn pathway(&self, patient: &Patient) -> &'static str {
        match patient.stage {
            _ if !self.has_begun => "present",
            _ if patient.by_ambulance => "ambulance",
            Stage::WaitingToHandOver | Stage::InCorridor => "ambulance",
            Stage::WaitingForBed | Stage::InBed | Stage::ReadyToLeave | Stage::OnVirtualWard => "admitted",
            _ => "walk_in",
        }
    }

    fn begins(&mut self, row: usize, seen: Seen, patient: &Patient) {
        let resource = seen.resource.or_else(|| resource(patient).map(|kind| (kind, self.take(kind))));
        let event_type = if resource.is_some() { "resource_use" } else { "queue" };
        self.push(seen, event_type, name(patient.stage), resource.map(|(_, number)| number));
        self.put(row, Some(Seen { resource, ..seen }));
    }

    fn ends(&mut self, seen: Seen) {
        let Some((kind, number)) = seen.resource else { return };
        self.push(seen, "resource_use_end", name(seen.stage), Some(number));
        if let Some(is_taken) = self.taken.get_mut(kind).and_then(|taken| taken.get_mut(number - 1)) {
            *is_taken = false;
        }
    }

    /// The lowest free number, the first being 1.
    fn take(&mut self, kind: &'static str) -> usize {
        let taken = self.taken.entry(kind).or_default();
        let free = taken.iter().position(|is_taken| !is_taken).unwrap_or(taken.len());
        match taken.get_mut(free) {
            Some(is_taken) => *is_taken = true,
            None => taken.push(true),
        }
        free + 1
    }

    fn put(&mut self, row: usize, seen: Option<Seen>) {
        if let Some(place) = self.seen.get_mut(row) {
            *place = seen;
        }
    }

    fn push(&mut self, seen: Seen, event_type: &'static str, event: String, resource_id: Option<usize>) {
        self.rows.push(LogRow {
            entity_id: seen.entity,
            pathway: seen.pathway,
            event_type,
            event,
            minute: self.minute,
            resource_id,
            run_number: self.run_number,
        });
    }
}
