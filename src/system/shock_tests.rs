//! A shock to the whole chain -- ambulances, department, beds -- fades: the Isle of Wight from January to May 2023, with
//! 15% more of everybody in the four weeks of February. Until then the same people come with the shock and without it.
//!
//! Twenty-four runs of each; t above 3.77 with 23 degrees of freedom (one-sided 0.0005) is a difference, and one of less than a
//! tenth of that of the last week of February has faded.

use super::island::{Added, CRITICAL_T, SEEDS, from_january, island, with};
use super::pack::{SystemPack, england_files};
use super::pressure::Switches;
use super::running::RunningSystem;
use super::valves_tests::t;
use crate::units::{Span, Time};
use std::ops::Range;

const JANUARY: u64 = 31;
const LAST_WEEK_OF_SHOCK: Range<u64> = 52..59;
const SEVENTH_TO_NINTH_WEEK_AFTER: Range<u64> = 101..122;

/// The island with more incidents, attendances and emergency admissions in February.
fn island_with_shock() -> SystemPack {
    let more = ["incidents_", "attendances_", "emergency_admissions_via_ed", "other_emergency_admissions"];
    let files = england_files().map(|(name, text)| {
        let line = |line: &str| {
            let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
            let is_here = name == "drivers.csv" && fields[0] == "2023-02" && fields[1] == "R1F";
            if is_here && more.iter().any(|driver| fields[2].starts_with(driver)) {
                fields[3] = (fields[3].parse::<f64>().unwrap() * 1.15).to_string();
            }
            fields.join(",") + "\n"
        };
        (name, text.lines().map(line).collect::<String>())
    });
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    SystemPack::from_files(&files).unwrap().place("trust R1F").unwrap()
}

/// A system to which those come who come to another. What else is derived from the figures of February, such as children
/// and the size of the department, stays as it was.
fn visited_like(mut system: RunningSystem, other: &RunningSystem) -> RunningSystem {
    let (to, from) = (system.system_mut(), other.system());
    to.incidents.clone_from(&from.incidents);
    let (to, from) = (&mut to.hospitals[0], &from.hospitals[0]);
    to.walk_ins.clone_from(&from.walk_ins);
    to.urgent_treatment.clone_from(&from.urgent_treatment);
    to.direct_adults.clone_from(&from.direct_adults);
    system
}

/// Emergencies who wait for a bed, mean of four counts a day, and the mean handover in minutes.
fn boarders_and_handover(system: &mut RunningSystem, days: Range<u64>) -> [f64; 2] {
    let handovers = |system: &RunningSystem| {
        let months = system.statistics().hospitals;
        months
            .iter()
            .fold((0.0, 0), |sum, month| (sum.0 + month[0].handover_hours * 60.0, sum.1 + month[0].handovers))
    };
    system.run_until(Time::ZERO + Span::DAY.times(days.start)).unwrap();
    let before = handovers(system);
    let counts = (days.end - days.start) * 4;
    let mut boarders = 0.0;
    for count in 1..=counts {
        system.run_until(Time::ZERO + Span::DAY.times(days.start) + Span::HOUR.times(6 * count)).unwrap();
        boarders += system.system().hospitals[0].wards.emergencies_waiting() as f64;
    }
    assert_eq!(system.audit(), Ok(()));
    let after = handovers(system);
    [boarders / counts as f64, (after.0 - before.0) / (after.1 - before.1) as f64]
}

/// What the shock adds to boarders and handovers in its last week, and later, run by run.
fn added_by_shock(added: Added) -> [Vec<[f64; 2]>; 2] {
    let (usual_pack, shocked_pack) = (island(), island_with_shock());
    let of_seed = |seed| {
        let of = |pack| with(&usual_pack, added, from_january(pack, 5, Switches::all_on(), seed));
        let mut usual = of(&usual_pack);
        let mut shocked = visited_like(usual.clone(), &of(&shocked_pack));
        for system in [&mut usual, &mut shocked] {
            system.run_until(Time::ZERO + Span::DAY.times(JANUARY)).unwrap();
        }
        assert!(usual.statistics() == shocked.statistics(), "January differs");
        [LAST_WEEK_OF_SHOCK, SEVENTH_TO_NINTH_WEEK_AFTER].map(|days| {
            let usual = boarders_and_handover(&mut usual, days.clone());
            let shocked = boarders_and_handover(&mut shocked, days);
            [shocked[0] - usual[0], shocked[1] - usual[1]]
        })
    };
    let [mut at_the_end, mut later] = [Vec::new(), Vec::new()];
    for [end, after] in (0..SEEDS).map(of_seed) {
        at_the_end.push(end);
        later.push(after);
    }
    [at_the_end, later]
}

fn assert_faded([at_the_end, later]: &[Vec<[f64; 2]>; 2], figure: usize) {
    let [at_the_end, later] =
        [at_the_end, later].map(|runs| runs.iter().map(|run| run[figure]).collect::<Vec<f64>>());
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    assert!(t(&at_the_end) > CRITICAL_T, "{at_the_end:?}");
    assert!(sum(&later).abs() < 0.1 * sum(&at_the_end), "{later:?} after {at_the_end:?}");
}

/// With twenty-five beds more than in that winter (with twenty a fifth of the queue at the end is left), so that the department is not at its limit before the shock: with those of
/// the winter over a hundred wait for a cubicle then, half of them in the corridor, and it takes months.
#[test]
fn boarding_and_handovers_fade_after_a_shock_to_the_whole_chain() {
    let runs = added_by_shock(Added { beds: 25.0, ..Added::default() });
    assert_faded(&runs, 0);
    assert_faded(&runs, 1);
}
