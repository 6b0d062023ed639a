//! A working day of planned care at one provider: tests and their results, clinics, theatres.
//!
//! Used by the whole system (`src/system/journey/`) and by planned care run alone
//! ([`crate::system::planned_care_alone`]).

use crate::care::diagnostics::{Diagnostics, Modality, TestCounts};
use crate::care::elective::{
    Clock, DAYS_IN_52_WEEKS, ElectiveProvider, Function, ListProfile, Sent, Urgency,
};
use crate::random::{Chance, PersonKey};
use std::sync::LazyLock;

/// Shares of one modality.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mix {
    /// Share of all tests done.
    pub tests: f64,
    /// Share of all tests waited for.
    pub list: f64,
}

/// Shares by modality, in the order of [`Modality::ALL`]. DM01 by test is not held here, so these are
/// **assumed**, from the general shape of DM01: ultrasound and CT are most of the tests; endoscopy,
/// echocardiography and audiology wait longer than their share of tests.
pub(super) const MIX: [Mix; Modality::COUNT] = [
    Mix { tests: 0.15, list: 0.17 },
    Mix { tests: 0.25, list: 0.12 },
    Mix { tests: 0.34, list: 0.33 },
    Mix { tests: 0.09, list: 0.13 },
    Mix { tests: 0.07, list: 0.11 },
    Mix { tests: 0.04, list: 0.06 },
    Mix { tests: 0.06, list: 0.08 },
];

/// Shares of all tests by modality, in the order of [`Modality::ALL`] (assumed).
pub fn shares_of_tests() -> [f64; Modality::COUNT] {
    MIX.map(|mix| mix.tests)
}

/// Share of a treatment function's tests that are of its main modality; the others follow [`MIX`]
/// (assumed).
const MAIN_SHARE: f64 = 0.5;
/// What the draw of a modality is for; other purposes are those of the waiting list.
const MODALITY_DRAW: u64 = 100;

/// What modalities are drawn by.
struct ModalityLaw {
    /// The test that each treatment function asks for most (assumed), in the order of [`Function::all`].
    main: [Modality; Function::COUNT],
    main_share: Chance,
    /// Of each modality among the others, and all before it.
    up_to: [Chance; Modality::COUNT],
}

static MODALITIES: LazyLock<ModalityLaw> = LazyLock::new(|| {
    let mut sum = 0.0;
    ModalityLaw {
        main: std::array::from_fn(|f| main_modality_by_code(Function::of_index(f).code())),
        main_share: Chance::of(MAIN_SHARE),
        up_to: MIX.map(|mix| {
            sum += mix.tests;
            Chance::of(sum)
        }),
    }
});

fn main_modality_by_code(code: &str) -> Modality {
    match code {
        "C_110" | "C_150" | "C_400" => Modality::Mri,
        "C_170" | "C_300" | "C_340" | "C_430" => Modality::Ct,
        "C_100" | "C_301" => Modality::Endoscopy,
        "C_320" => Modality::Echocardiography,
        "C_120" => Modality::Audiology,
        "C_130" | "C_140" | "C_160" | "C_330" | "X03" | "X06" => Modality::Other,
        _ => Modality::Ultrasound,
    }
}

fn main_modality(function: Function) -> Modality {
    MODALITIES.main[function.index()]
}

/// Shares of the modalities among the tests that the waiting list asks for.
pub(super) fn asked_from_list(functions: &[f64]) -> [f64; Modality::COUNT] {
    let mut shares = MIX.map(|mix| mix.tests * (1.0 - MAIN_SHARE));
    for (function, share) in Function::all().zip(functions) {
        shares[main_modality(function) as usize] += share * MAIN_SHARE;
    }
    shares
}

/// The test that a person needs.
pub(super) fn modality_of(person: PersonKey, clock: Clock) -> Modality {
    let law = &*MODALITIES;
    let mut dice = person.dice(MODALITY_DRAW);
    if dice.hits(law.main_share) {
        return law.main[clock.function().index()];
    }
    let draw = dice.draw();
    // without a branch for each that nobody could foresee
    let before = law.up_to.iter().filter(|&&up_to| !draw.hits(up_to)).count();
    Modality::ALL.get(before).copied().unwrap_or(Modality::Other)
}

/// A working day: results of tests come in, clinics and theatres call people, who ask for tests; whoever
/// needs a bed for the night is handed to `for_bed`.
pub(super) fn working_day(
    elective: &mut ElectiveProvider,
    diagnostics: &mut Diagnostics<Clock>,
    day: i32,
    month: usize,
    mut for_bed: impl FnMut(Clock),
) {
    diagnostics.working_day(day, month, |clock| elective.tested(clock, day));
    let people = elective.people();
    elective.working_day(day, month, |sent| match sent {
        Sent::ForTest(clock) => {
            // tests of those who have waited over a year are asked for as urgent (assumed)
            let is_urgent = clock.urgency() != Urgency::Routine || day - clock.start_day() > DAYS_IN_52_WEEKS;
            let modality = modality_of(people.person(clock.number().into()), clock);
            diagnostics.request(modality, clock, day, is_urgent);
        }
        Sent::ForBed(clock) => for_bed(clock),
    });
}

/// Puts the patients of a starting list who wait for a test into its queues: since a part of the time for which
/// their clock has run, at most since 20 weeks.
pub(super) fn found_waiting(
    elective: &ElectiveProvider,
    diagnostics: &mut Diagnostics<Clock>,
    clocks: impl IntoIterator<Item = Clock>,
) {
    for clock in clocks {
        let person = elective.person(clock);
        let part = person.dice(MODALITY_DRAW + 1).uniform();
        let since = (f64::from(clock.start_day()) * part).max(-140.0) as i32;
        diagnostics.found_waiting(modality_of(person, clock), clock, since);
    }
    diagnostics.in_order();
}

/// The lists by treatment function on the eve of the day numbered `today`, those waiting for a test included.
pub(super) fn profiles(
    elective: &ElectiveProvider,
    diagnostics: &Diagnostics<Clock>,
    today: i32,
) -> [ListProfile; Function::COUNT] {
    let mut profiles = std::array::from_fn(|_| ListProfile::default());
    elective.count_lists(&mut profiles, today);
    diagnostics.iter().for_each(|clock| profiles[clock.function().index()].count(clock, today));
    profiles
}

/// All functions together.
pub(super) fn profile(
    elective: &ElectiveProvider,
    diagnostics: &Diagnostics<Clock>,
    today: i32,
) -> ListProfile {
    let mut sum = ListProfile::default();
    profiles(elective, diagnostics, today).iter().for_each(|profile| sum.add(profile));
    sum
}

/// All modalities together.
pub(super) fn all_tests(counts: &[TestCounts]) -> TestCounts {
    counts.iter().fold(TestCounts::default(), |sum, count| TestCounts {
        waiting: sum.waiting + count.waiting,
        over_six_weeks: sum.over_six_weeks + count.over_six_weeks,
        done: sum.done + count.done,
    })
}
