//! A network as data: what a user writes, in Rust, TOML or JSON.

use super::distribution::{ArrivalSpec, DistributionSpec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The unit of every time and rate in a network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days of 24 hours.
    Day,
    /// Weeks.
    Week,
    /// Any other length, in ticks of the engine's clock (milliseconds).
    Ticks(f64),
}

impl TimeUnit {
    /// Ticks of the engine's clock in one unit.
    pub const fn ticks(self) -> f64 {
        match self {
            Self::Second => 1e3,
            Self::Minute => 60e3,
            Self::Hour => 3_600e3,
            Self::Day => 86_400e3,
            Self::Week => 604_800e3,
            Self::Ticks(ticks) => ticks,
        }
    }
}

/// A system of stations through which classes of customers move.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// The unit of every time and rate.
    pub time_unit: TimeUnit,
    /// Kinds of customer.
    #[serde(rename = "class")]
    pub classes: Vec<ClassSpec>,
    /// Where they are served.
    #[serde(rename = "station")]
    pub stations: Vec<StationSpec>,
    /// Units that several stations share.
    #[serde(rename = "pool", default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<PoolSpec>,
}

/// Units that several stations share: a customer takes them together with a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolSpec {
    /// Name.
    pub name: String,
    /// Number of units.
    pub units: u32,
}

/// One kind of customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClassSpec {
    /// Name.
    pub name: String,
    /// How they arrive from outside; absent for a class that does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<ArrivalSpec>,
    /// How many are at the entry station at the start: at most 20 million.
    pub initial: u32,
    /// The station at which they enter; the first station unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Who is served first where the discipline asks: lower numbers first.
    pub priority: i64,
    /// Urgency gained per unit of waiting, for [`Discipline::AccumulatingPriority`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accumulation_rate: Option<f64>,
    /// What differs for this class at a station, by the station's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub at: BTreeMap<String, VisitSpec>,
}

/// What differs for one class at one station. Anything absent is as the station says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VisitSpec {
    /// Service time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<DistributionSpec>,
    /// Time until a waiting customer gives up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience: Option<DistributionSpec>,
    /// Servers that one customer takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub servers_needed: Option<u32>,
    /// Servers that must stay free after this class starts: reserved for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_free: Option<u32>,
    /// Units taken from shared pools, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pools_needed: Option<BTreeMap<String, u32>>,
    /// The most who may be in the waiting room when this class joins it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_room: Option<u32>,
    /// What happens when there is no place to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_full: Option<OnFull>,
    /// What somebody does who has lost patience.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_abandon: Option<OnFull>,
    /// Where they go next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Vec<Branch>>,
    /// Priority here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// Named servers in order of preference; the others are not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preference: Option<Vec<String>>,
}

/// Where customers wait and are served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationSpec {
    /// Name.
    pub name: String,
    /// Servers; absent means unlimited.
    #[serde(default, skip_serializing_if = "Servers::is_unlimited")]
    pub servers: Servers,
    /// Service time; may be left out if every class, or every named server, has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<DistributionSpec>,
    /// Places for those who wait; absent means unlimited. Somebody who still holds a server
    /// elsewhere ([`OnFull::Block`]) waits there and takes no place here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_room: Option<u32>,
    /// What happens when there is no place to wait.
    #[serde(default, skip_serializing_if = "OnFull::is_lost")]
    pub on_full: OnFull,
    /// Who is served next.
    #[serde(default)]
    pub discipline: Discipline,
    /// Whether somebody whose needs can be met may pass somebody whose needs cannot yet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub skip_ahead: bool,
    /// Time until a waiting customer gives up; absent means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<DistributionSpec>,
    /// What somebody does who has lost patience.
    #[serde(default, skip_serializing_if = "OnFull::is_lost")]
    pub on_abandon: OnFull,
    /// Where customers go next; the remaining probability leaves the network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<Branch>,
    /// When the server is given back.
    #[serde(default, skip_serializing_if = "Release::is_default")]
    pub release: Release,
    /// Service ends only at this time of each period: the first at or after its time is up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<ClockTime>,
    /// Servers that fail and are repaired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdowns: Option<Breakdowns>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Servers of a station.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "servers must be a whole number from 0, a roster (schedule, period, when_fewer) or a list of named servers; leave them out for unlimited"
)]
pub enum Servers {
    /// A fixed number of identical servers.
    Fixed(u32),
    /// A number that follows a roster.
    Roster(Roster),
    /// Servers with names, each of which may have its own service time.
    Named(Vec<NamedServer>),
    /// As many as are wanted.
    #[default]
    Unlimited,
}

impl Servers {
    fn is_unlimited(&self) -> bool {
        matches!(self, Self::Unlimited)
    }
}

/// A number of servers that changes at fixed times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// Servers from each time on; the first entry is at time 0.
    pub schedule: Vec<Shift>,
    /// After this time the schedule starts again; absent: the last entry holds for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<f64>,
    /// What happens to customers in service when there are more of them than servers.
    #[serde(default)]
    pub when_fewer: WhenFewer,
}

/// One entry of a roster.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Time within the period.
    pub from: f64,
    /// Servers from then on.
    pub servers: u32,
}

/// What happens to customers in service when servers go off duty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenFewer {
    /// Servers finish their current customers first; nobody starts meanwhile.
    #[default]
    FinishCurrent,
    /// Whoever started last returns to the head of the queue and later resumes.
    Preempt,
}

/// A server with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedServer {
    /// Name.
    pub name: String,
    /// Service time by this server; absent: as the station or class says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<DistributionSpec>,
}

/// Who is served next. Ties go to whoever joined first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discipline {
    /// First come, first served.
    #[default]
    Fifo,
    /// Last come, first served, without interrupting anybody.
    #[serde(alias = "lifo_nonpreemptive")]
    Lifo,
    /// Any of those waiting, all equally likely.
    RandomOrder,
    /// By priority; nobody is interrupted.
    #[serde(alias = "priority_nonpreemptive")]
    Priority,
    /// By priority; an arrival interrupts the least urgent in service (of these the one who
    /// started last), who returns to the head of the queue of their class and later resumes.
    #[serde(alias = "priority_preemptive_resume")]
    PreemptivePriority,
    /// The largest product of the class's accumulation rate and the time waited.
    AccumulatingPriority,
}

/// What happens to somebody who finds no place, or who has lost patience.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OnFull {
    /// They leave.
    #[default]
    Lost,
    /// They try this station instead.
    Divert(String),
    /// They keep the server where they were until there is a place: blocking after service.
    /// Somebody from outside has nothing to keep and is lost.
    Block,
    /// They come back later with some probability, and otherwise leave.
    Retry {
        /// Time until they try again.
        delay: DistributionSpec,
        /// Probability that they do.
        prob: f64,
    },
}

impl OnFull {
    fn is_lost(&self) -> bool {
        matches!(self, Self::Lost)
    }
}

/// When a server is given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// When service ends and there is a place at the next station.
    #[default]
    AfterService,
    /// When the customer leaves the network: a unit that stays with them on their way. They cannot
    /// come to such a station again.
    OnLeaving,
}

impl Release {
    fn is_default(&self) -> bool {
        matches!(self, Self::AfterService)
    }
}

/// A way on from a station.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// The next station.
    pub to: String,
    /// Probability.
    #[serde(default = "one")]
    pub prob: f64,
    /// Time on the way; the server is free meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<DistributionSpec>,
}

fn one() -> f64 {
    1.0
}

/// A time that comes round once a period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockTime {
    /// Time within the period.
    pub time: f64,
    /// Length of the period.
    pub period: f64,
}

/// Failure and repair of each server, whether busy or not. The customer in service waits at the
/// head of the queue and resumes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breakdowns {
    /// Time from repair to the next failure.
    pub uptime: DistributionSpec,
    /// Time from failure to repair.
    pub downtime: DistributionSpec,
}

impl NetworkSpec {
    /// A network without stations or classes.
    pub fn new(time_unit: TimeUnit) -> Self {
        Self { time_unit, classes: Vec::new(), stations: Vec::new(), pools: Vec::new() }
    }

    /// The same with one more station.
    #[must_use]
    pub fn with_station(mut self, station: StationSpec) -> Self {
        self.stations.push(station);
        self
    }

    /// The same with one more class.
    #[must_use]
    pub fn with_class(mut self, class: ClassSpec) -> Self {
        self.classes.push(class);
        self
    }

    /// The same with one more shared pool.
    #[must_use]
    pub fn with_pool(mut self, name: impl Into<String>, units: u32) -> Self {
        self.pools.push(PoolSpec { name: name.into(), units });
        self
    }

    /// Reads a network from TOML.
    ///
    /// # Errors
    /// Names line and field of the first thing that cannot be read.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Reads a network from JSON.
    ///
    /// # Errors
    /// Names line and field of the first thing that cannot be read.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $field:ident, $from:ty => $into:expr;)*) => {
        $($(#[$doc])* #[must_use]
        pub fn $name(mut self, value: $from) -> Self {
            self.$field = $into(value);
            self
        })*
    };
}

impl StationSpec {
    /// A station with unlimited servers and an unlimited waiting room.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            servers: Servers::Unlimited,
            service: None,
            waiting_room: None,
            on_full: OnFull::Lost,
            discipline: Discipline::Fifo,
            skip_ahead: false,
            patience: None,
            on_abandon: OnFull::Lost,
            next: Vec::new(),
            release: Release::AfterService,
            ends_at: None,
            breakdowns: None,
        }
    }

    setters! {
        /// With this many servers.
        with_servers: servers, u32 => Servers::Fixed;
        /// With a roster.
        with_roster: servers, Roster => Servers::Roster;
        /// With servers that have names.
        with_named_servers: servers, Vec<NamedServer> => Servers::Named;
        /// With this service time.
        with_service: service, DistributionSpec => Some;
        /// With this many places to wait.
        with_waiting_room: waiting_room, u32 => Some;
        /// With a rule for those who find no place.
        with_on_full: on_full, OnFull => std::convert::identity;
        /// With another discipline.
        with_discipline: discipline, Discipline => std::convert::identity;
        /// With patience.
        with_patience: patience, DistributionSpec => Some;
        /// With a rule for those who have lost patience.
        with_on_abandon: on_abandon, OnFull => std::convert::identity;
        /// With another time at which the server is given back.
        with_release: release, Release => std::convert::identity;
        /// With breakdowns.
        with_breakdowns: breakdowns, Breakdowns => Some;
    }

    /// With a way on to station `to`, taken with probability `prob`.
    #[must_use]
    pub fn with_next(mut self, to: impl Into<String>, prob: f64) -> Self {
        self.next.push(Branch { to: to.into(), prob, delay: None });
        self
    }
}

impl ClassSpec {
    /// A class that enters at the first station and does not arrive yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    setters! {
        /// With arrivals from outside.
        with_arrivals: arrivals, ArrivalSpec => Some;
        /// With this priority, lower numbers first.
        with_priority: priority, i64 => std::convert::identity;
        /// With this many at the entry station at the start.
        with_initial: initial, u32 => std::convert::identity;
    }

    /// Entering at this station.
    #[must_use]
    pub fn with_entry(mut self, station: impl Into<String>) -> Self {
        self.entry = Some(station.into());
        self
    }

    /// With these differences at a station.
    #[must_use]
    pub fn with_visit(mut self, station: impl Into<String>, visit: VisitSpec) -> Self {
        self.at.insert(station.into(), visit);
        self
    }
}
