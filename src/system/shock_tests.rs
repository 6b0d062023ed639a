//! A shock to the whole chain fades.
use super::island::*;
use super::pack::{SystemPack, england_files};
use super::pressure::Switches;
use super::running::RunningSystem;
use super::valves_tests::t;
use crate::units::{Span, Time};

fn shocked_pack(factor: f64) -> SystemPack {
    let drivers = ["incidents_", "attendances_", "emergency_admissions_via_ed", "other_emergency_admissions"];
    let files = england_files().map(|(name, text)| {
        if name != "drivers.csv" { return (name, text.to_owned()); }
        let lines = text.lines().map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            if fields[0] == "2023-02" && fields[1] == "R1F" && drivers.iter().any(|d| fields[2].starts_with(d)) {
                let value: f64 = fields[3].parse().unwrap();
                format!("{},{},{},{},{}\n", fields[0], fields[1], fields[2], value * factor, fields[4..].join(","))
            } else { format!("{line}\n") }
        });
        (name, lines.collect::<String>())
    });
    let bytes: Vec<(&str, &[u8])> = files.iter().map(|(n, t)| (*n, t.as_bytes())).collect();
    SystemPack::from_files(&bytes).unwrap().place("trust R1F").unwrap()
}

fn with_demand_of(mut system: RunningSystem, other: &RunningSystem) -> RunningSystem {
    let (to, from) = (system.system_mut(), other.system());
    to.incidents.clone_from(&from.incidents);
    let (to, from) = (&mut to.hospitals[0], &from.hospitals[0]);
    to.walk_ins.clone_from(&from.walk_ins);
    to.urgent_treatment.clone_from(&from.urgent_treatment);
    to.direct_adults.clone_from(&from.direct_adults);
    to.direct_children.clone_from(&from.direct_children);
    system
}

fn weeks(mut system: RunningSystem) -> Vec<[f64; 2]> {
    let mut all = Vec::new();
    let mut before = (0.0, 0);
    let mut sum = 0.0;
    for step in 1..=151 * 4_u64 {
        system.run_until(Time::ZERO + Span::HOUR.times(step * 6)).unwrap();
        sum += system.system().hospitals[0].wards.emergencies_waiting() as f64;
        if step % 28 == 3 * 4 {
            let months = system.statistics().hospitals;
            let now = months.iter().fold((0.0, 0), |s, m| (s.0 + m[0].handover_hours, s.1 + m[0].handovers));
            all.push([sum / 28.0, (now.0 - before.0) * 60.0 / (now.1 - before.1) as f64]);
            (before, sum) = (now, 0.0);
        }
    }
    all
}

#[test]
fn explore() {
    for factor in [1.15, 1.25] {
        let (usual_pack, shocked_pack) = (island(), shocked_pack(factor));
        let n = 24;
        let mut diffs: Vec<Vec<[f64; 2]>> = Vec::new();
        let mut usuals: Vec<Vec<[f64; 2]>> = Vec::new();
        let begun = std::time::Instant::now();
        for seed in 0..n {
            let usual = from_january(&usual_pack, 5, Switches::all_on(), seed);
            let other = from_january(&shocked_pack, 5, Switches::all_on(), seed);
            let shocked = with_demand_of(usual.clone(), &other);
            let (u, s) = (weeks(usual), weeks(shocked));
            diffs.push(u.iter().zip(&s).map(|(u, s)| [s[0] - u[0], s[1] - u[1]]).collect());
            usuals.push(u);
        }
        eprintln!("factor {factor} {:?}", begun.elapsed());
        for week in 0..diffs[0].len() {
            let m = |k: usize| { let v: Vec<f64> = diffs.iter().map(|d| d[week][k]).collect(); (v.iter().sum::<f64>() / n as f64, t(&v)) };
            let u = |k: usize| usuals.iter().map(|d| d[week][k]).sum::<f64>() / n as f64;
            eprintln!("week ending day {}: boarders {:.1} {:?}  handover {:.1} {:?}", 3 + 7 * week, u(0), m(0), u(1), m(1));
        }
    }
}
