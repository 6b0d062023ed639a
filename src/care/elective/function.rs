//! The treatment functions under which referral-to-treatment waits are published.

use crate::random::streams::{Chance, Draw};

/// One of the 23 treatment functions of the referral-to-treatment statistics since April 2021.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Function(u8);

/// What is known and assumed of one treatment function.
#[derive(Clone, Copy, Debug)]
struct Row {
    code: &'static str,
    name: &'static str,
    over_18w: f64,
    over_52w: f64,
    admitted: f64,
    is_eligible: bool,
}

const fn row(
    code: &'static str,
    name: &'static str,
    over_18w: f64,
    over_52w: f64,
    admitted: f64,
    is_eligible: bool,
) -> Row {
    Row { code, name, over_18w, over_52w, admitted, is_eligible }
}

/// Pathways over 18 and over 52 weeks in August 2022: NHS England, RTT full extracts, completed and
/// incomplete pathways added together, so only shares are used. Then, **assumed**: how often pathways end in
/// admission, relative to the average; and whether independent-sector hospitals take them (planned
/// surgery and endoscopy of low complexity).
const ROWS: [Row; 23] = [
    row("C_100", "General surgery", 279594.0, 58027.0, 1.5, true),
    row("C_101", "Urology", 220770.0, 41337.0, 1.5, true),
    row("C_110", "Trauma and orthopaedics", 545605.0, 106110.0, 2.0, true),
    row("C_120", "Ear, nose and throat", 329316.0, 61241.0, 1.0, true),
    row("C_130", "Ophthalmology", 343633.0, 42364.0, 1.5, true),
    row("C_140", "Oral surgery", 192076.0, 32511.0, 1.5, true),
    row("C_150", "Neurosurgery", 36811.0, 6510.0, 1.0, false),
    row("C_160", "Plastic surgery", 71298.0, 16475.0, 2.0, true),
    row("C_170", "Cardiothoracic surgery", 7477.0, 1068.0, 2.0, false),
    row("C_300", "General internal medicine", 16455.0, 1143.0, 0.3, false),
    row("C_301", "Gastroenterology", 176913.0, 23477.0, 1.0, true),
    row("C_320", "Cardiology", 145332.0, 10306.0, 0.5, false),
    row("C_330", "Dermatology", 166532.0, 26232.0, 0.7, true),
    row("C_340", "Respiratory medicine", 66925.0, 4493.0, 0.2, false),
    row("C_400", "Neurology", 98824.0, 11749.0, 0.2, false),
    row("C_410", "Rheumatology", 53050.0, 3891.0, 0.1, false),
    row("C_430", "Elderly medicine", 4876.0, 118.0, 0.1, false),
    row("C_502", "Gynaecology", 312316.0, 56943.0, 1.2, true),
    row("X02", "Other medical services", 200545.0, 16954.0, 0.3, false),
    row("X03", "Other mental health services", 6383.0, 188.0, 0.0, false),
    row("X04", "Other paediatric services", 193878.0, 24683.0, 0.4, false),
    row("X05", "Other surgical services", 220978.0, 43019.0, 1.3, false),
    row("X06", "Other services", 52238.0, 5614.0, 0.5, false),
];

/// Share of the list within 18 weeks goes with the share over 18 weeks to this power: set so that
/// trauma and orthopaedics holds 11.5% of the list, as published for March 2022 (731,000 of 6.37
/// million). The index has nothing on short waits, so the power is **assumed** to hold for all.
const SHORT_WAIT_POWER: f64 = 0.562;

/// Shares of the treatment functions among those waiting up to 18 weeks, up to 52 and beyond.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionShares {
    /// Up to 18 weeks; new clocks are spread in the same way.
    pub within_18w: Vec<f64>,
    /// Over 18 and up to 52 weeks.
    pub within_52w: Vec<f64>,
    /// Over 52 weeks.
    pub over_52w: Vec<f64>,
}

impl Function {
    /// Number of treatment functions.
    pub const COUNT: usize = ROWS.len();

    /// All of them, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT as u8).map(Self)
    }

    /// The one at this position in [`Function::all`]; the last if there is no such position.
    pub fn of_index(index: usize) -> Self {
        Self(index.min(Self::COUNT - 1) as u8)
    }

    /// Its position in [`Function::all`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    fn row(self) -> &'static Row {
        &ROWS[self.index().min(Self::COUNT - 1)]
    }

    /// Its code in the statistics.
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// How often its pathways end in admission, relative to the average (assumed).
    pub fn admitted_weight(self) -> f64 {
        self.row().admitted
    }

    /// Whether the independent sector takes its patients (assumed).
    pub fn is_eligible(self) -> bool {
        self.row().is_eligible
    }
}

impl FunctionShares {
    /// England, August 2022.
    pub fn england() -> Self {
        let shares = |weight: &dyn Fn(&Row) -> f64| -> Vec<f64> {
            let total: f64 = ROWS.iter().map(weight).sum();
            ROWS.iter().map(|row| weight(row) / total).collect()
        };
        Self {
            within_18w: shares(&|row| row.over_18w.powf(SHORT_WAIT_POWER)),
            within_52w: shares(&|row| row.over_18w - row.over_52w),
            over_52w: shares(&|row| row.over_52w),
        }
    }

    /// Probability that a new clock of each function ends in admission, `average` over all.
    pub fn admitted_shares(&self, average: f64) -> Vec<f64> {
        let mean: f64 = self.within_18w.iter().zip(ROWS).map(|(share, row)| share * row.admitted).sum();
        ROWS.iter().map(|row| (average * row.admitted / mean).min(0.95)).collect()
    }
}

/// Draws treatment functions by their shares.
#[derive(Clone, Debug)]
pub(super) struct Lottery {
    // that of each share and all before it
    up_to: [Chance; Function::COUNT],
    // the first function to look at in each part of (0, 1)
    first: [u8; PARTS],
}

const PARTS: usize = 1_024;

impl Lottery {
    /// The last function takes what is missing to 1.
    pub(super) fn new(shares: &[f64]) -> Self {
        let mut sum = 0.0;
        let mut shares = shares.iter();
        let up_to: [f64; Function::COUNT] = std::array::from_fn(|_| {
            sum += shares.next().copied().unwrap_or(0.0);
            sum
        });
        let first = std::array::from_fn(|part| {
            let point = part as f64 / PARTS as f64;
            up_to.iter().filter(|&&up_to| up_to <= point).count() as u8
        });
        Self { up_to: up_to.map(Chance::of), first }
    }

    /// The function at a uniform draw.
    #[inline]
    pub(super) fn draw(&self, draw: Draw) -> Function {
        let mut function = usize::from(self.first[draw.below(PARTS)]);
        while self.up_to.get(function).is_some_and(|&up_to| !draw.hits(up_to)) {
            function += 1;
        }
        Function::of_index(function)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trauma_and_orthopaedics_holds_its_published_share_of_the_list() {
        let shares = FunctionShares::england();
        // England with estimates, August 2022: within 18 weeks, up to 52, over 52 (RTT overview)
        let list = 4_299_541.0 * shares.within_18w[2]
            + 2_382_398.0 * shares.within_52w[2]
            + 390_852.0 * shares.over_52w[2];
        assert_eq!(Function::of_index(2).name(), "Trauma and orthopaedics");
        assert!((list / 7_072_791.0 - 731.0 / 6_366.0).abs() < 5e-4, "{list}");
    }

    #[test]
    fn functions_are_drawn_by_their_shares() {
        let shares = FunctionShares::england().within_52w;
        let lottery = Lottery::new(&shares);
        let draws = 100_000;
        let mut counts = [0_u32; Function::COUNT];
        let draw = |i: i32| Draw::at((f64::from(i) + 0.5) / f64::from(draws));
        (0..draws).for_each(|i| counts[lottery.draw(draw(i)).index()] += 1);
        for (count, share) in counts.iter().zip(shares) {
            assert!((f64::from(*count) - share * f64::from(draws)).abs() <= 1.0, "{count} of {share}");
        }
        assert_eq!(Lottery::new(&[0.2, 0.3]).draw(Draw::at(0.9)).index(), Function::COUNT - 1);
    }

    #[test]
    fn shares_add_up_to_one_and_keep_the_average() {
        let shares = FunctionShares::england();
        for shares in [&shares.within_18w, &shares.within_52w, &shares.over_52w] {
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let admitted = shares.admitted_shares(0.19);
        let mean: f64 = admitted.iter().zip(&shares.within_18w).map(|(a, s)| a * s).sum();
        assert!((mean - 0.19).abs() < 1e-9, "{mean}");
    }
}
