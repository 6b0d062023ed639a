//! What a provider of elective care is told: flows, shares, intervals and rules.

use super::clinic::Clinics;
use super::clock::Urgency;
use super::function::FunctionShares;
use super::next::{NextPatient, Order};
use super::specialty::STATIONS;
use super::theatre::Theatres;

/// Where those on the list at the start have got to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StartingStages {
    /// Share with a decision to admit, of those within and over 18 weeks \[0-1\].
    pub decided: [f64; 2],
    /// Share of the others who will be admitted \[0-1\].
    pub undecided_admitted: f64,
    /// Share of the others who wait for their first attendance, within and over 18 weeks \[0-1\].
    pub first: [f64; 2],
    /// Share of the others who wait for a test; the rest wait for a review \[0-1\].
    pub tests: f64,
}

/// Flows, shares and rules of one provider of elective care. Flows are by month of the run, on a
/// working day.
#[derive(Clone, Debug)]
pub struct ElectiveConfig {
    /// New clocks \[pathways\] -- set by the pack.
    pub clock_starts: Vec<f64>,
    /// Treatments with admission that theatres and staff allow, those done.
    pub admitted: Vec<f64>,
    /// Treatments without admission that clinics allow, reviews provided for.
    pub nonadmitted: Vec<f64>,
    /// Removals without treatment.
    pub removals: Vec<f64>,
    /// Shares of the treatment functions on the list; new clocks are as those within 18 weeks.
    pub functions: FunctionShares,
    /// Share of non-admitted places by treatment function.
    pub nonadmitted_by_function: Vec<f64>,
    /// Lists of theatres.
    pub theatres: Theatres,
    /// Slots of clinics.
    pub clinics: Clinics,
    /// Share of theatre places by treatment function.
    pub admitted_by_function: Vec<f64>,
    /// Share of new clocks that end in admission, by treatment function \[0-1\].
    pub admitted_shares: Vec<f64>,
    /// Where those on the list at the start have got to.
    pub starting: StartingStages,
    /// At the start nobody is urgent who has waited longer \[d\].
    pub urgent_found_within_days: i32,
    /// Share of removals that are referrals refused \[0-1\].
    pub refused_share: f64,
    /// Share of removals that are made among those over 52 weeks \[0-1\].
    pub long_wait_share_of_removals: f64,
    /// Share that are made among those over 18 weeks; the rest are made among all \[0-1\].
    pub late_share_of_removals: f64,
    /// Share of new clocks for cancer \[0-1\].
    pub cancer_share: f64,
    /// Share of the others that are urgent, by route: admitted, not admitted \[0-1\].
    pub urgent_share: [f64; 2],
    /// Days from referral until cancer and urgent patients can be seen \[d\].
    pub booking_days: [u16; 2],
    /// Share who need a test after the first attendance \[0-1\].
    pub test_share: f64,
    /// Of those tested who will not be admitted, the share whose clock is stopped by letter \[0-1\].
    pub by_letter_share: f64,
    /// Reviews for each first attendance, by route: not admitted, admitted.
    pub reviews: [f64; 2],
    /// Share of the others who need a second attendance \[0-1\].
    pub review_share: f64,
    /// From test to result \[d\].
    pub results_days: u16,
    /// From first attendance to review without a test \[d\].
    pub review_days: u16,
    /// From decision to admit until the pre-operative check is done \[d\].
    pub preoperative_days: u16,
    /// Share of routine patients whose operation is put off for clinical reasons \[0-1\].
    pub clinical_delay_share: f64,
    /// Share who ask for a later date \[0-1\].
    pub own_choice_share: f64,
    /// By how much \[d\].
    pub delay_days: u16,
    /// Share of routine patients who are not to be called in early for the sake of a long wait \[0-1\].
    pub excepted_share: f64,
    /// Decisions to admit for each admission that theatres allow: some are removed before.
    pub decisions_per_admission: f64,
    /// Share of admissions that stay overnight \[0-1\].
    pub overnight_share: f64,
    /// Who is next, by route: admitted, not admitted.
    pub next: [NextPatient; 2],
    /// Part of the time to a promise within which whoever would break it is to be first seen, and reviewed \[0-1\].
    pub promised_by: [f64; 2],
    /// Places a working day that earlier promises had set aside for the longest waiters when the run begins: first
    /// attendances, and reviews and operations.
    pub starting_set_aside: [f64; 2],
}

impl ElectiveConfig {
    /// Days from referral until the first attendance of urgent patients; routine ones wait their turn.
    pub(super) fn booked_after_days(&self, urgency: Urgency) -> i32 {
        match urgency {
            Urgency::Cancer => self.booking_days[0].into(),
            Urgency::Urgent => self.booking_days[1].into(),
            Urgency::Routine => 0,
        }
    }

    /// Places of one treatment function, in the order of [`Station::ALL`](super::specialty::Station::ALL), where all
    /// functions have so many non-admitted first attendances and first attendances that lead to a decision to admit,
    /// those missed left out, and operations with a night's stay and day cases.
    pub(super) fn places(
        &self,
        function: usize,
        nonadmitted: f64,
        decisions: f64,
        theatres: [f64; 2],
    ) -> [f64; STATIONS] {
        let share = [self.nonadmitted_by_function[function], self.admitted_by_function[function]];
        let slots = 1.0 / (1.0 - self.clinics.missed_share);
        let (clinic, decision) = (nonadmitted * share[0] * slots, decisions * share[1] * slots);
        let [overnight, day_cases] = theatres.map(|places| places * share[1]);
        [clinic, clinic * self.reviews[0], decision, decision * self.reviews[1], overnight, day_cases]
    }
}

/// What a scenario can add at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ElectiveLever {
    /// More operations in the theatre time there is: a share of those of the pack.
    TheatreShare,
    /// Operations on a working day that more theatres allow, where there is staff for them; they need beds like any
    /// other.
    TheatrePlaces,
    /// Operations on a working day that more staff of theatres allow, where there are theatres for them.
    StaffedPlaces,
    /// Places on a working day in surgical hubs: beds of their own, eligible functions.
    HubPlaces,
    /// More outpatient attendances: a share of those of the pack.
    OutpatientShare,
    /// Share of attendances by video or telephone beyond that of the pack.
    VirtualShare,
    /// Pathways validated off on a working day beyond those of the pack.
    Validated,
    /// Share of routine places for the longest waiters beyond that of the pack.
    LongestFirst,
    /// How much harder deadlines are pursued: 0 as planned, -1 not at all.
    DeadlineEffort,
    /// Whoever has waited longer than this comes before everybody who has not, but for cancer: in force above 0. Of
    /// several the strictest counts.
    CutOff {
        /// The wait \[weeks\].
        weeks: u16,
    },
    /// The order in which people are called in: in force above 0, else that of the pack. Of several the last to come
    /// counts.
    Order(Order),
}

impl ElectiveLever {
    /// Number of levers, all cut-offs being one, and all orders.
    pub const COUNT: usize = 11;

    /// Its position, cut-offs and orders last.
    pub(super) const fn index(self) -> usize {
        match self {
            Self::TheatreShare => 0,
            Self::TheatrePlaces => 1,
            Self::StaffedPlaces => 2,
            Self::HubPlaces => 3,
            Self::OutpatientShare => 4,
            Self::VirtualShare => 5,
            Self::Validated => 6,
            Self::LongestFirst => 7,
            Self::DeadlineEffort => 8,
            Self::CutOff { .. } => 9,
            Self::Order(_) => 10,
        }
    }

    /// Whether it is relative or a rule; the others are numbers on a working day.
    pub const fn is_share(self) -> bool {
        match self {
            Self::TheatreShare
            | Self::OutpatientShare
            | Self::VirtualShare
            | Self::LongestFirst
            | Self::DeadlineEffort
            | Self::CutOff { .. }
            | Self::Order(_) => true,
            Self::TheatrePlaces | Self::StaffedPlaces | Self::HubPlaces | Self::Validated => false,
        }
    }
}
