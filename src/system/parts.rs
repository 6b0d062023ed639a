//! The independent parts of a system: providers that share no crews, patients or places.

use super::pack::SystemPack;

/// Providers of one part, by their index in the pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Ambulance services.
    pub services: Vec<usize>,
    /// Acute trusts.
    pub trusts: Vec<usize>,
    /// Care systems.
    pub care_systems: Vec<usize>,
    /// Providers of elective care only.
    pub elective_providers: Vec<usize>,
}

/// Splits a system into its independent parts, largest first. An ambulance service is joined to the
/// trusts it serves, and a trust to its care system; providers of elective care only stand alone. Of a
/// pack that is a place, only what is in it.
pub fn parts(pack: &SystemPack) -> Vec<Part> {
    let services = pack.ambulance_services().len();
    let care_systems = pack.care_systems().len();
    // nodes: ambulance services, then care systems; each trust joins one of each
    let mut leader: Vec<usize> = (0..services + care_systems).collect();
    fn find(leader: &mut [usize], node: usize) -> usize {
        let mut root = node;
        while leader[root] != root {
            leader[root] = leader[leader[root]];
            root = leader[root];
        }
        root
    }
    let is_inside = |trust: usize| pack.local().is_none_or(|place| place.has_trust(trust));
    for (_, trust) in pack.trusts().iter().enumerate().filter(|(t, _)| is_inside(*t)) {
        let a = find(&mut leader, trust.ambulance_service.index());
        let b = find(&mut leader, services + trust.care_system.index());
        leader[a.max(b)] = a.min(b);
    }
    let roots: Vec<usize> = (0..services + care_systems).map(|node| find(&mut leader, node)).collect();
    let mut distinct = roots.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let mut parts: Vec<Part> = distinct
        .into_iter()
        .map(|root| Part {
            services: (0..services).filter(|&s| roots[s] == root).collect(),
            trusts: (0..pack.trusts().len())
                .filter(|&t| is_inside(t) && roots[pack.trusts()[t].ambulance_service.index()] == root)
                .collect(),
            care_systems: (0..care_systems).filter(|&c| roots[services + c] == root).collect(),
            elective_providers: Vec::new(),
        })
        .collect();
    if pack.local().is_some() {
        parts.retain(|part| !part.trusts.is_empty());
    }
    // long jobs first keep all threads busy to the end; the order has no effect on results
    parts.sort_by_key(|part| std::cmp::Reverse(part.trusts.len()));
    let elective = if pack.local().is_some() { 0 } else { pack.elective_providers().len() };
    parts.extend((0..elective).map(|e| Part { elective_providers: vec![e], ..Part::default() }));
    parts
}
