//! Money and harm, laid over results: what a saved hour costs, and the deaths associated with long waits.
//!
//! Neither changes anything in the model, and neither is worked out unless asked for.

use super::estimate::Interval;
use super::{Confidence, Estimate, Results};
use crate::policy::Lever;
use crate::system::capacity::Capacity;
use crate::system::measures::Measure;
use crate::system::outcome::Area;
use crate::system::pack::SystemPack;
use crate::system::parts::Part;
use crate::units::Pounds;

/// What money is spent to have less of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Crew hours lost in handovers over 15 minutes.
    HandoverHours,
    /// Waits over twelve hours from the decision to admit.
    WaitsOver12Hours,
    /// Days in hospital of patients without criteria to reside.
    BedDays,
}

impl Saved {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::HandoverHours, Self::WaitsOver12Hours, Self::BedDays];

    /// A name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::HandoverHours => "handover hour saved",
            Self::WaitsOver12Hours => "12-hour wait avoided",
            Self::BedDays => "bed day released",
        }
    }

    const fn measure(self) -> Measure {
        match self {
            Self::HandoverHours => Measure::HandoverHoursLost,
            Self::WaitsOver12Hours => Measure::WaitsOver12Hours,
            Self::BedDays => Measure::Remaining,
        }
    }
}

/// The price of what a scenario saves over the period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostPer {
    /// What is saved.
    pub saved: Saved,
    /// How much of it over the whole period, with interval.
    pub amount: Estimate,
    /// Pounds for each; `None` if nothing is saved.
    pub pounds: Option<f64>,
    /// The 95% interval: the cost over both ends of that of the amount, exact as the cost is no random number. The
    /// upper end is infinite where nothing may have been saved; `None` where something may have been lost
    /// and nothing saved, or with one replication.
    pub interval: Option<Interval>,
}

/// The cost of levers that know their own; `None` if one does not, or they are in prices of different years.
pub fn known_cost<'l>(levers: impl IntoIterator<Item = &'l Lever>) -> Option<Pounds> {
    let costs: Vec<Pounds> = levers.into_iter().map(Lever::cost).collect::<Option<_>>()?;
    let year = costs.first()?.price_year();
    let is_one_year = costs.iter().all(|cost| cost.price_year() == year);
    is_one_year.then(|| Pounds::at_prices_of(costs.iter().map(|cost| cost.amount()).sum(), year))
}

/// The share of a lever's capacity that goes to a part of the system, and so of its cost where only that part is
/// simulated; `None` if the lever is wrong or its capacity cannot be placed.
pub fn share_in(part: &Part, lever: &Lever, pack: &SystemPack) -> Option<f64> {
    let is_here = |capacity: Capacity| {
        if let Capacity::AdultBeds(trust)
        | Capacity::StaffedBeds(trust)
        | Capacity::VirtualPlaces(trust)
        | Capacity::StepUpPlaces(trust) = capacity
        {
            return Some(part.trusts.contains(&trust.index()));
        }
        if let Capacity::CarePlaces(care_system, _) | Capacity::HomeCareVisits(care_system) = capacity {
            return Some(part.care_systems.contains(&care_system.index()));
        }
        None
    };
    let (mut here, mut all) = (0.0, 0.0);
    for step in lever.steps(pack).ok()? {
        all += step.added.abs();
        here += if is_here(step.capacity)? { step.added.abs() } else { 0.0 };
    }
    (all > 0.0).then(|| here / all)
}

/// Pounds for each unit of an amount, with its interval.
pub fn cost_per(saved: Saved, amount: Estimate, cost: Pounds) -> CostPer {
    let pounds = (amount.mean > 0.0).then(|| cost.amount() / amount.mean);
    let interval = amount.interval.filter(|interval| interval.high > 0.0).map(|interval| Interval {
        low: cost.amount() / interval.high,
        high: if interval.low > 0.0 { cost.amount() / interval.low } else { f64::INFINITY },
    });
    CostPer { saved, amount, pounds, interval }
}

impl Results {
    /// What a scenario saves against a baseline in England over the period, at a cost that is known from elsewhere:
    /// [`known_cost`], or a price of one's own.
    pub fn cost_per(&self, baseline: &str, scenario: &str, cost: Pounds) -> Vec<CostPer> {
        let days: u32 = self.months().iter().map(|month| month.days()).sum();
        Saved::ALL
            .into_iter()
            .filter_map(|saved| {
                // counts are a month's mean, patients remaining a day's
                let times =
                    if saved == Saved::BedDays { f64::from(days) } else { self.months().len() as f64 };
                let before = self.replicated(baseline, saved.measure(), Area::England, None)?;
                let after = self.replicated(scenario, saved.measure(), Area::England, None)?;
                let less: Vec<Option<f64>> =
                    before.iter().zip(&after).map(|(b, a)| Some((((*b)?) - ((*a)?)) * times)).collect();
                Some(cost_per(saved, Estimate::of(&less, Confidence::NINETY_FIVE)?, cost))
            })
            .collect()
    }

    /// Deaths associated with the waits for admission of a scenario in England over the period. Off unless called;
    /// to be shown with [`HARM_CAVEAT`].
    pub fn associated_deaths(&self, scenario: &str) -> Option<Deaths> {
        let months = self.months().len() as f64;
        let total = |measure| {
            let values = self.replicated(scenario, measure, Area::England, None)?;
            Some(values.into_iter().map(|value| Some(value? * months)).collect::<Vec<Option<f64>>>())
        };
        let (medium, long) = (total(Measure::Waits4To12Hours)?, total(Measure::WaitsOver12Hours)?);
        let each = |needed_to_harm: f64| -> Vec<Option<f64>> {
            let deaths = |(m, l): (&Option<f64>, &Option<f64>)| {
                Some((*m)? / needed_to_harm + (*l)? / NEEDED_TO_HARM[2].1)
            };
            medium.iter().zip(&long).map(deaths).collect()
        };
        Some(Deaths {
            low: Estimate::of(&each(NEEDED_TO_HARM[1].1), Confidence::NINETY_FIVE)?,
            high: Estimate::of(&each(NEEDED_TO_HARM[2].1), Confidence::NINETY_FIVE)?,
        })
    }
}

/// Patients delayed for one further death within 30 days, by hours from arrival to admission: 4 to 6, 6 to 8 and
/// 8 to 12. Jones S, Moulton C, Swift S and others (2022), *Association between delays to patient admission from
/// the emergency department and all-cause 30-day mortality*, Emergency Medicine Journal 39:168.
pub const NEEDED_TO_HARM: [(&str, f64); 3] = [("4 to 6 h", 191.0), ("6 to 8 h", 82.0), ("8 to 12 h", 72.0)];

/// What must be read beside any number of deaths.
pub const HARM_CAVEAT: &str = "Deaths within 30 days associated with waits for admission (Jones and others 2022, EMJ). \
An association, adjusted for what was recorded, is not a cause; the study covers England 2016 to 2018, admitted patients \
only, by time from arrival. Waits here are from the decision to admit: those of 4 to 12 hours are counted at 1 in 82 \
(lower figure) and 1 in 72 (higher), those over 12 at 1 in 72, the last that was published. The model's error in the \
waits comes on top.";

/// Deaths from bands of waits from arrival to admission: 4 to 6, 6 to 8, and 8 hours or more (counted as 8 to 12).
///
/// ```
/// use nhs_capacity::experiment::overlay::deaths_by_band;
/// assert_eq!(deaths_by_band([191.0, 82.0, 144.0]), 4.0);
/// ```
pub fn deaths_by_band(patients: [f64; 3]) -> f64 {
    patients.iter().zip(NEEDED_TO_HARM).map(|(patients, (_, needed))| patients / needed).sum()
}

/// A range of deaths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deaths {
    /// With waits of 4 to 12 hours from the decision to admit counted as 6 to 8 hours from arrival.
    pub low: Estimate,
    /// The same counted as 8 to 12.
    pub high: Estimate,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Beds, DischargeFund};
    use crate::units::money::gbp;

    #[test]
    fn a_price_has_the_interval_of_what_it_buys() {
        let amount = Estimate::of(&[90.0, 100.0, 110.0], Confidence::NINETY_FIVE).unwrap();
        let cost = cost_per(Saved::HandoverHours, amount, gbp(5_000.0));
        assert_eq!(cost.pounds, Some(50.0));
        let (own, of_amount) = (cost.interval.unwrap(), amount.interval.unwrap());
        assert_eq!((own.low, own.high), (5_000.0 / of_amount.high, 5_000.0 / of_amount.low));
        let unsure = Estimate::of(&[-90.0, 100.0, 110.0], Confidence::NINETY_FIVE).unwrap();
        assert_eq!(cost_per(Saved::BedDays, unsure, gbp(1.0)).interval.unwrap().high, f64::INFINITY);
        let lost = Estimate::of(&[-9.0, -10.0, -11.0], Confidence::NINETY_FIVE).unwrap();
        let cost = cost_per(Saved::BedDays, lost, gbp(1.0));
        assert_eq!((cost.pounds, cost.interval), (None, None));
    }

    #[test]
    fn the_shares_of_all_parts_are_the_whole() {
        let pack = crate::system::pack::england();
        let all = crate::system::parts::parts(&pack);
        for lever in [Lever::from(Beds::added(7_000).virtual_share(0.3)), DischargeFund::of(gbp(5e8)).into()]
        {
            let shares: f64 = all.iter().filter_map(|part| share_in(part, &lever, &pack)).sum();
            assert!((shares - 1.0).abs() < 1e-9, "{shares}");
        }
        assert_eq!(share_in(&all[0], &Beds::added(-1.0).into(), &pack), None);
    }

    #[test]
    fn only_known_costs_are_added() {
        let fund: Lever = DischargeFund::of(gbp(5e6)).into();
        let beds: Lever = Beds::added(10).into();
        assert_eq!(known_cost([&fund, &fund]).map(Pounds::amount), fund.cost().map(|c| 2.0 * c.amount()));
        assert!(fund.cost().is_some());
        assert_eq!((known_cost([&fund, &beds]), known_cost([])), (None, None));
    }
}
