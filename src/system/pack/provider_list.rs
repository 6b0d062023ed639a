//! The providers of a pack, and how `providers.csv` is read.

use super::context::Context;
use super::problem::{Problem, Problems};
use super::table::{Row, read_rows};
use crate::system::providers::{
    AcuteTrust, AmbulanceService, AmbulanceServiceId, CareSystem, CareSystemId, ElectiveProvider,
    ProviderCode, ProviderGroup, ProviderKind,
};
use std::collections::BTreeMap;

/// All providers of a pack, each kind sorted by code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Providers {
    /// The ambulance services.
    pub ambulance_services: Vec<AmbulanceService>,
    /// The care systems.
    pub care_systems: Vec<CareSystem>,
    /// The acute trusts.
    pub trusts: Vec<AcuteTrust>,
    /// The other providers that hold a waiting list.
    pub elective_providers: Vec<ElectiveProvider>,
    positions: BTreeMap<(ProviderKind, ProviderCode), u16>,
}

impl Providers {
    /// The position of a provider in the list of its kind.
    pub fn find(&self, kind: ProviderKind, code: ProviderCode) -> Option<u16> {
        self.positions.get(&(kind, code)).copied()
    }

    /// How many providers of a kind there are.
    pub fn count(&self, kind: ProviderKind) -> usize {
        match kind {
            ProviderKind::AmbulanceService => self.ambulance_services.len(),
            ProviderKind::CareSystem => self.care_systems.len(),
            ProviderKind::AcuteTrust => self.trusts.len(),
            ProviderKind::ElectiveProvider => self.elective_providers.len(),
        }
    }

    /// How many providers a group has.
    pub fn group_size(&self, group: ProviderGroup) -> usize {
        group.kinds().iter().map(|&kind| self.count(kind)).sum()
    }

    /// The index of a provider in a group.
    pub fn index_in(&self, group: ProviderGroup, code: ProviderCode) -> Option<usize> {
        let mut before = 0;
        for &kind in group.kinds() {
            if let Some(position) = self.find(kind, code) {
                return Some(before + usize::from(position));
            }
            before += self.count(kind);
        }
        None
    }

    /// The codes of a group, in the order of its indices.
    pub fn codes_of(&self, group: ProviderGroup) -> impl Iterator<Item = ProviderCode> + '_ {
        // the map is sorted by kind and code, as the lists are
        let of_kind = |kind| self.positions.keys().filter(move |(k, _)| *k == kind).map(|(_, code)| *code);
        group.kinds().iter().flat_map(move |&kind| of_kind(kind))
    }

    /// Whether a code is that of any provider, of whatever kind.
    pub fn is_known(&self, code: ProviderCode) -> bool {
        ProviderKind::ALL.into_iter().any(|kind| self.find(kind, code).is_some())
    }
}

/// A row of the file that is good so far.
struct Entry {
    line: u64,
    name: String,
    region: String,
    care_system: String,
    ambulance_service: String,
}

type Entries = BTreeMap<(ProviderKind, ProviderCode), Entry>;

const FILE: &str = "providers.csv";
/// Keeps a file that is no provider list from asking for gigabytes.
const MOST_OF_A_KIND: u16 = 1000;
const COLUMNS: [&str; 8] =
    ["kind", "code", "name", "region", "care_system", "ambulance_service", "source", "note"];

/// Reads `providers.csv`; nothing if the file has no usable header.
pub(crate) fn read_providers(
    text: &str,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Providers> {
    let mut entries = Entries::new();
    let is_read = read_rows(FILE, text, COLUMNS, problems, |row, problems| {
        let Some((key, entry)) = entry(&row, context, problems) else { return };
        if let Some(first) = entries.get(&key) {
            let reason = format!("is on line {} already; one row each", first.line);
            let problem = Problem::new(FILE, Some(entry.line), "code", reason);
            problems.add(problem.with_value(key.1.as_str()).with_context(key.0.name()));
        } else {
            entries.insert(key, entry);
        }
    });
    is_read.then(|| assemble(entries, problems))
}

fn entry(
    row: &Row<'_, 8>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<((ProviderKind, ProviderCode), Entry)> {
    let [kind, code, name, region, care_system, ambulance_service, source, _note] = row.cells;
    let problem = |field, value, reason: String| {
        Problem::new(FILE, Some(row.line), field, reason)
            .with_value(value)
            .with_context(format!("{kind} {code}"))
    };
    let found = ProviderKind::ALL.into_iter().find(|k| k.name() == kind);
    if found.is_none() {
        let allowed = ProviderKind::ALL.map(ProviderKind::name).join(", ");
        problems.add(problem("kind", kind, format!("must be one of {allowed}")));
    }
    let parsed = code.parse::<ProviderCode>();
    if parsed.is_err() {
        problems.add(problem("code", code, "must be 1 to 8 upper-case letters and digits".to_owned()));
    }
    for (field, value) in [("name", name), ("region", region)] {
        if value.is_empty() {
            problems.add(problem(field, value, "must not be blank".to_owned()));
        }
    }
    for (field, value) in [("care_system", care_system), ("ambulance_service", ambulance_service)] {
        match (found, value.is_empty()) {
            (Some(ProviderKind::AcuteTrust), true) => {
                problems.add(problem(
                    field,
                    value,
                    "must be the code of the one that serves the trust".to_owned(),
                ));
            }
            (Some(kind), false) if kind != ProviderKind::AcuteTrust => {
                problems.add(problem(field, value, "must be blank for all but acute trusts".to_owned()));
            }
            _ => {}
        }
    }
    context.check_source(FILE, row.line, source, problems);
    let entry = Entry {
        line: row.line,
        name: name.to_owned(),
        region: region.to_owned(),
        care_system: care_system.to_owned(),
        ambulance_service: ambulance_service.to_owned(),
    };
    Some(((found?, parsed.ok()?), entry))
}

fn assemble(entries: Entries, problems: &mut Problems) -> Providers {
    let mut providers = Providers::default();
    for kind in ProviderKind::ALL {
        let codes = entries.keys().filter(|(k, _)| *k == kind).map(|(_, code)| *code);
        let codes: Vec<_> = codes.collect();
        if codes.is_empty() && kind != ProviderKind::ElectiveProvider {
            problems.add(Problem::new(FILE, None, kind.name(), "has no row; there must be at least one"));
        }
        if codes.len() > usize::from(MOST_OF_A_KIND) {
            let reason = format!("has {} rows, must have at most {MOST_OF_A_KIND}", codes.len());
            problems.add(Problem::new(FILE, None, kind.name(), reason));
        }
        providers
            .positions
            .extend((0..MOST_OF_A_KIND).zip(codes).map(|(position, code)| ((kind, code), position)));
    }
    for ((kind, code), entry) in entries {
        let link = |field, linked: ProviderKind, value: &str, problems: &mut Problems| {
            let found = value.parse().ok().and_then(|code| providers.find(linked, code));
            if found.is_none() && !value.is_empty() {
                let reason = format!("must be the code of a row of kind {}", linked.name());
                let problem = Problem::new(FILE, Some(entry.line), field, reason);
                problems.add(problem.with_value(value).with_context(format!("{} {code}", kind.name())));
            }
            found.unwrap_or_default()
        };
        match kind {
            ProviderKind::AmbulanceService => {
                let (name, region) = (entry.name, entry.region);
                providers.ambulance_services.push(AmbulanceService { code, name, region });
            }
            ProviderKind::CareSystem => {
                let (name, region) = (entry.name, entry.region);
                providers.care_systems.push(CareSystem { code, name, region });
            }
            ProviderKind::AcuteTrust => {
                let care_system = link("care_system", ProviderKind::CareSystem, &entry.care_system, problems);
                let service = ProviderKind::AmbulanceService;
                let ambulance_service =
                    link("ambulance_service", service, &entry.ambulance_service, problems);
                providers.trusts.push(AcuteTrust {
                    code,
                    name: entry.name,
                    region: entry.region,
                    care_system: CareSystemId(care_system),
                    ambulance_service: AmbulanceServiceId(ambulance_service),
                });
            }
            ProviderKind::ElectiveProvider => {
                if providers.find(ProviderKind::AcuteTrust, code).is_some() {
                    let reason = "must not be the code of an acute trust: each holds one waiting list";
                    problems
                        .add(Problem::new(FILE, Some(entry.line), "code", reason).with_value(code.as_str()));
                }
                providers.elective_providers.push(ElectiveProvider { code, name: entry.name });
            }
        }
    }
    providers
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "kind,code,name,region,care_system,ambulance_service,source,note\n";

    fn read(rows: &str) -> (Providers, String) {
        let mut problems = Problems::default();
        let context = Context::default();
        let providers = read_providers(&format!("{HEAD}{rows}"), &context, &mut problems).unwrap();
        (providers, problems.into_error("test").to_string())
    }

    #[test]
    fn a_code_can_be_a_service_and_a_trust() {
        let (providers, problems) = read(
            "elective_provider,OTHER,Others,E,,,s,\nacute_trust,RZZ,Z,E,QX,R1F,s,\nacute_trust,R1F,T,E,QX,R1F,s,\n\
             ambulance_service,R1F,A,E,,,s,\ncare_system,QX,C,E,,,s,\n",
        );
        assert!(problems.contains("0 problems"), "{problems}");
        let code = "RZZ".parse().unwrap();
        assert_eq!(providers.find(ProviderKind::AcuteTrust, code), Some(1));
        assert_eq!(providers.find(ProviderKind::AmbulanceService, code), None);
        assert_eq!(providers.index_in(ProviderGroup::WaitingListHolders, "OTHER".parse().unwrap()), Some(2));
        let codes = providers.codes_of(ProviderGroup::WaitingListHolders).map(String::from);
        assert_eq!(codes.collect::<Vec<_>>(), ["R1F", "RZZ", "OTHER"]);
    }

    #[test]
    fn every_fault_of_every_row_is_reported() {
        let (_, problems) = read(
            "acute_trust,rzz,,E,QX,,s,\nhospital,RA,A,E,,,s,\nambulance_service,R1F,A,E,QX,,s,\n\
             ambulance_service,R1F,A,E,,,s,\nacute_trust,RB,B,E,QY,R1F,s,\nelective_provider,RB,B,E,,,s,\n",
        );
        for part in [
            "line 2: code = rzz (acute_trust rzz), must be 1 to 8 upper-case",
            "line 2: name = \"\"",
            "line 2: ambulance_service = \"\"",
            "line 3: kind = hospital",
            "line 4: care_system = QX",
            "line 5: code = R1F (ambulance_service), is on line 4 already",
            "line 6: care_system = QY (acute_trust RB), must be the code of a row of kind care_system",
            "line 7: code = RB, must not be the code of an acute trust",
            "care_system, has no row",
        ] {
            assert!(problems.contains(part), "{part}\n{problems}");
        }
    }
}
