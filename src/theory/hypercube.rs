//! Which ambulance goes: Larson's hypercube model.

use super::error::{TheoryError, check, length, positive, servers};
use super::markov::Chain;

/// A district with calls of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Atom {
    /// Calls per unit of time.
    pub arrival_rate: f64,
    /// Every server's number, the one to be sent first.
    pub preference: Vec<usize>,
}

/// Ambulances that answer calls from districts, the first free one of each district's preference.
///
/// Poisson calls; a server's job is exponential with a mean of its own, travel included. Calls that
/// find all busy wait, first come first served over all districts, while fewer than `queue_limit`
/// wait, and are lost otherwise. The chain on (who is busy, number waiting). Larson (1974).
///
/// ```
/// use nhs_capacity::theory::{Atom, Hypercube};
/// let town = Atom { arrival_rate: 0.8, preference: vec![0, 1] };
/// let coast = Atom { arrival_rate: 0.5, preference: vec![1, 0] };
/// let service = Hypercube::new(&[town, coast], &[0.9, 0.9], 0)?;
/// // more than a quarter of the calls answered are answered by the other town's crew
/// assert!((service.fraction_by_first_choice() - 0.724).abs() < 5e-4);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Hypercube {
    atoms: Vec<Atom>,
    queue_limit: u32,
    prob_full: f64,
    prob_lost: f64,
    mean_queue: f64,
    workloads: Vec<f64>,
    // dispatches[server][atom] per unit of time
    dispatches: Vec<Vec<f64>>,
}

impl Hypercube {
    /// Districts, mean job of each server (at most 12), and how many calls may wait.
    ///
    /// # Errors
    /// If a parameter is out of range or a preference does not name every server once.
    pub fn new(atoms: &[Atom], mean_services: &[f64], queue_limit: u32) -> Result<Self, TheoryError> {
        let n = mean_services.len();
        check("number of servers", n as f64, (1..=12).contains(&n), "from 1 to 12")?;
        check("number of atoms", atoms.len() as f64, !atoms.is_empty(), "at least 1")?;
        mean_services.iter().try_for_each(|&mean| positive("mean_service", mean).map(|_| ()))?;
        servers("queue_limit plus one", queue_limit.saturating_add(1))?;
        for atom in atoms {
            positive("arrival_rate", atom.arrival_rate)?;
            length("preference", atom.preference.len(), n)?;
            let names_all = (0..n).all(|server| atom.preference.contains(&server));
            check("preference", n as f64, names_all, "a list of every server's number, from 0, once")?;
        }
        let all_busy = (1_u32 << n) - 1;
        let total: f64 = atoms.iter().map(|atom| atom.arrival_rate).sum();
        let sent = |busy: u32, atom: &Atom| atom.preference.iter().copied().find(|s| busy & (1 << s) == 0);
        let chain = Chain::explore((0_u32, 0_u32), |&(busy, waiting)| {
            let mut moves: Vec<((u32, u32), f64)> = (0..n)
                .filter(|server| busy & (1 << server) != 0)
                .map(|server| {
                    let next = if waiting > 0 { (busy, waiting - 1) } else { (busy & !(1 << server), 0) };
                    (next, 1.0 / mean_services[server])
                })
                .collect();
            if busy == all_busy {
                moves.extend((waiting < queue_limit).then_some(((busy, waiting + 1), total)));
            } else {
                let go = |atom: &Atom| Some(((busy | 1 << sent(busy, atom)?, 0), atom.arrival_rate));
                moves.extend(atoms.iter().filter_map(go));
            }
            moves
        })?;
        let p = chain.stationary()?;
        let prob_full = p.probability(|s| s.0 == all_busy);
        let from_queue = p.probability(|s| s.1 > 0);
        let dispatch = |server: usize, atom: &Atom| {
            let at_once = p.probability(|s| sent(s.0, atom) == Some(server));
            atom.arrival_rate * (at_once + from_queue / mean_services[server] / total)
        };
        Ok(Self {
            prob_full,
            prob_lost: p.of(&(all_busy, queue_limit)),
            mean_queue: p.mean(|s| f64::from(s.1)),
            workloads: (0..n).map(|server| p.probability(|s| s.0 & (1 << server) != 0)).collect(),
            dispatches: (0..n).map(|s| atoms.iter().map(|atom| dispatch(s, atom)).collect()).collect(),
            atoms: atoms.to_vec(),
            queue_limit,
        })
    }

    fn answered(&self) -> f64 {
        self.dispatches.iter().flatten().sum()
    }

    /// Share of calls lost \[0-1\].
    pub fn prob_lost(&self) -> f64 {
        self.prob_lost
    }

    /// Share of answered calls that had to wait for a crew \[0-1\].
    pub fn prob_wait(&self) -> f64 {
        if self.queue_limit == 0 { 0.0 } else { (self.prob_full - self.prob_lost) / (1.0 - self.prob_lost) }
    }

    /// Mean wait of answered calls for a crew [time units].
    pub fn mean_wait(&self) -> f64 {
        self.mean_queue / self.answered()
    }

    /// Share of time `server` is busy \[0-1\]; 0 if there is no such server.
    pub fn workload(&self, server: usize) -> f64 {
        self.workloads.get(server).copied().unwrap_or(0.0)
    }

    /// Share of all answered calls that are of `atom` and answered by `server` \[0-1\].
    pub fn dispatch_fraction(&self, server: usize, atom: usize) -> f64 {
        self.dispatches.get(server).and_then(|row| row.get(atom)).map_or(0.0, |rate| rate / self.answered())
    }

    /// Share of answered calls that get the first of their preference \[0-1\].
    pub fn fraction_by_first_choice(&self) -> f64 {
        let first = |(i, atom): (usize, &Atom)| Some(self.dispatch_fraction(*atom.preference.first()?, i));
        self.atoms.iter().enumerate().filter_map(first).sum()
    }

    /// Mean over all answered calls of `travel(server, atom)`, in its unit.
    pub fn mean_travel(&self, travel: impl Fn(usize, usize) -> f64) -> f64 {
        let all = (0..self.dispatches.len()).flat_map(|s| (0..self.atoms.len()).map(move |a| (s, a)));
        all.map(|(s, a)| self.dispatch_fraction(s, a) * travel(s, a)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::within;

    fn atoms(list: &[(f64, &[usize])]) -> Vec<Atom> {
        list.iter().map(|&(arrival_rate, p)| Atom { arrival_rate, preference: p.to_vec() }).collect()
    }

    fn matches(
        service: &Hypercube,
        workloads: &[f64],
        fractions: &[&[f64]],
        travel: &[&[f64]],
        rest: [f64; 3],
    ) {
        workloads.iter().enumerate().for_each(|(s, w)| within(service.workload(s), *w, 6e-10));
        for (s, row) in fractions.iter().enumerate() {
            row.iter().enumerate().for_each(|(a, f)| within(service.dispatch_fraction(s, a), *f, 6e-10));
        }
        within(service.mean_travel(|s, a| travel[s][a]), rest[0], 1e-8);
        within(service.fraction_by_first_choice(), rest[1], 6e-10);
        within(service.prob_lost(), rest[2], 6e-10);
    }

    /// hyper-01 to hyper-03.
    #[test]
    fn dispatch_matches_the_cases() {
        let two = Hypercube::new(&atoms(&[(0.8, &[0, 1]), (0.5, &[1, 0])]), &[0.9, 0.9], 0).unwrap();
        matches(
            &two,
            &[0.46652139, 0.42293192],
            &[&[0.431843465, 0.0926600529], &[0.18354115, 0.291955332]],
            &[&[5.0, 12.0], &[11.0, 6.0]],
            [7.0418226, 0.723798797, 0.239783496],
        );
        let districts = [(0.6, &[0, 1, 2][..]), (0.7, &[1, 0, 2]), (0.5, &[2, 1, 0]), (0.3, &[1, 2, 0])];
        let three = Hypercube::new(&atoms(&districts), &[1.0, 1.1, 0.9], 0).unwrap();
        matches(
            &three,
            &[0.536160909, 0.614281079, 0.479370532],
            &[
                &[0.171028731, 0.105162505, 0.0333133321, 0.0199879993],
                &[0.061334487, 0.165927916, 0.0448079715, 0.0711119641],
                &[0.0533510675, 0.062242912, 0.159973934, 0.0517571795],
            ],
            &[&[4.0, 9.0, 16.0, 12.0], &[9.0, 5.0, 10.0, 7.0], &[17.0, 11.0, 6.0, 9.0]],
            [7.7482586, 0.568042546, 0.225127534],
        );
        let districts = [(0.8, &[0, 1, 2][..]), (0.7, &[1, 2, 0]), (0.6, &[2, 1, 0])];
        let queueing = Hypercube::new(&atoms(&districts), &[1.0, 1.0, 1.0], 400).unwrap();
        matches(
            &queueing,
            &[0.692493783, 0.716176443, 0.691329774],
            &[
                &[0.179665162, 0.0808197292, 0.0692740536],
                &[0.110364818, 0.149312797, 0.0813587868],
                &[0.0909224012, 0.103200808, 0.135081445],
            ],
            &[&[4.0, 10.0, 15.0], &[10.0, 5.0, 9.0], &[15.0, 9.0, 6.0]],
            [8.25154195, 0.464059404, 0.0],
        );
        within(queueing.prob_wait(), 0.492344498, 1e-9);
        within(queueing.mean_wait(), 0.547049442, 1e-9);
    }

    #[test]
    fn preferences_must_name_every_server() {
        assert!(Hypercube::new(&atoms(&[(1.0, &[0, 0])]), &[1.0, 1.0], 0).is_err());
        assert!(Hypercube::new(&atoms(&[(1.0, &[0])]), &[1.0, 1.0], 0).is_err());
        assert!(Hypercube::new(&[], &[1.0], 0).is_err());
    }
}
