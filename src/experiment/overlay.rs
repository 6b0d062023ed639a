//! Money and harm, laid over results: what a saved hour costs, and the deaths associated with long waits.
//!
//! Neither changes anything in the model, and neither is worked out unless asked for.

use super::estimate::Interval;
use super::{Confidence, Difference, Estimate, Results, paired_difference};
use crate::policy::Lever;
use crate::policy::prices::Amount;
use crate::system::capacity::Capacity;
use crate::system::measures::Measure;
use crate::system::outcome::Area;
use crate::system::pack::SystemPack;
use crate::system::parts::Part;

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

    /// What it is less of.
    pub const fn measure(self) -> Measure {
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
    /// Pounds for each; `None` if nothing is saved, the cost is not known, or money is saved as well.
    pub pounds: Option<f64>,
    /// The 95% interval: the cost over both ends of that of the amount. It is Fieller's for a ratio whose numerator
    /// is no random number, and exact. The upper end is infinite where nothing may have been saved; `None`
    /// where something may have been lost and nothing saved, or with one replication.
    pub interval: Option<Interval>,
    /// The same from the least cost to the most: chance and the range of prices together.
    pub with_prices: Option<Interval>,
}

/// What a scenario costs more than a baseline, and what each of what it saves then costs.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueForMoney {
    /// The scenario.
    pub scenario: String,
    /// What it costs more, or why that is not known.
    pub cost: Result<Amount, String>,
    /// What it saves, and at what price.
    pub saved: Vec<CostPer>,
    /// What is not in the cost though it is known.
    pub remarks: Vec<String>,
}

/// The share of a lever's capacity that `felt` lets through, as a share of all of it, and so of its cost; `None` if the lever is
/// wrong or changes nothing.
pub(super) fn share_felt(lever: &Lever, pack: &SystemPack, felt: impl Fn(Capacity) -> f64) -> Option<f64> {
    let (mut here, mut all) = (0.0, 0.0);
    for step in lever.steps(pack).ok()? {
        all += step.added.abs();
        here += step.added.abs() * felt(step.capacity);
    }
    (all > 0.0).then(|| here / all)
}

/// The share of a lever's capacity that goes to a part of the system, and so of its cost where only that part is
/// simulated; `None` if the lever is wrong or changes nothing.
pub fn share_in(part: &Part, lever: &Lever, pack: &SystemPack) -> Option<f64> {
    share_felt(lever, pack, |capacity| f64::from(u8::from(capacity.is_in(part))))
}

/// Pounds for each unit of an amount, with its interval.
pub fn cost_per(saved: Saved, amount: Estimate, cost: impl Into<Amount>) -> CostPer {
    let Amount { pounds: cost, low, high } = cost.into();
    let pounds = (amount.mean > 0.0 && cost.amount() >= 0.0).then(|| cost.amount() / amount.mean);
    let over = |low: f64, high: f64| {
        let interval = amount.interval.filter(|interval| interval.high > 0.0 && low >= 0.0)?;
        let high = if interval.low > 0.0 { high / interval.low } else { f64::INFINITY };
        Some(Interval { low: low / interval.high, high })
    };
    let interval = over(cost.amount(), cost.amount());
    CostPer { saved, amount, pounds, interval, with_prices: over(low, high) }
}

impl Results {
    /// What a scenario saves against a baseline in England, or in the place that was simulated, over the period.
    fn saved(&self, baseline: &str, scenario: &str) -> Vec<(Saved, Estimate)> {
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
                Some((saved, Estimate::of(&less, Confidence::NINETY_FIVE)?))
            })
            .collect()
    }

    /// What a scenario saves against a baseline in England, or in the place that was simulated, over the period, at
    /// a cost that is known from elsewhere. [`value_for_money`](Self::value_for_money) works the cost out.
    pub fn cost_per(&self, baseline: &str, scenario: &str, cost: impl Into<Amount>) -> Vec<CostPer> {
        let cost = cost.into();
        let saved = self.saved(baseline, scenario).into_iter();
        saved.map(|(saved, amount)| cost_per(saved, amount, cost)).collect()
    }

    /// What each other scenario costs more than a baseline over the months that are reported, and what it saves at what
    /// price. Costs are of what levers use at [published or given prices](crate::policy::prices), in the place or parts
    /// that were simulated; where a price is missing, `cost` says which.
    pub fn value_for_money(&self, baseline: &str) -> Vec<ValueForMoney> {
        let Some(before) = self.cost(baseline) else { return Vec::new() };
        let value = |scenario: &str| {
            let after = self.cost(scenario)?;
            let cost = after.total().and_then(|after| {
                let before = before.total().map_err(|missing| format!("of the baseline: {missing}"))?;
                after.less(before).ok_or_else(|| {
                    "it and the baseline are in prices of different years; give `cost`".to_owned()
                })
            });
            let saved = match &cost {
                Ok(cost) => self.cost_per(baseline, scenario, *cost),
                Err(_) => {
                    let saved = self.saved(baseline, scenario).into_iter();
                    let without_price = |(saved, amount)| CostPer {
                        saved,
                        amount,
                        pounds: None,
                        interval: None,
                        with_prices: None,
                    };
                    saved.map(without_price).collect()
                }
            };
            let remarks = after.remarks().to_vec();
            Some(ValueForMoney { scenario: scenario.to_owned(), cost, saved, remarks })
        };
        self.scenarios().filter(|&scenario| scenario != baseline).filter_map(value).collect()
    }

    /// Deaths associated with the waits for admission of a scenario in England over the period. Off unless called;
    /// to be shown with [`HARM_CAVEAT`].
    pub fn associated_deaths(&self, scenario: &str) -> Option<Deaths> {
        let [low, high] = self.deaths_by_replication(scenario)?;
        let of = |values: &[Option<f64>]| Estimate::of(values, Confidence::NINETY_FIVE);
        Some(Deaths { low: of(&low)?, high: of(&high)? })
    }

    /// How many more such deaths than in `baseline`, replication by replication; fewer are negative. Off unless called;
    /// to be shown with [`HARM_CAVEAT`].
    pub fn associated_deaths_against(&self, baseline: &str, scenario: &str) -> Option<[Difference; 2]> {
        let ([low_before, high_before], [low, high]) =
            (self.deaths_by_replication(baseline)?, self.deaths_by_replication(scenario)?);
        let against = |before: &[Option<f64>], after: &[Option<f64>]| {
            paired_difference(before, after, Confidence::NINETY_FIVE)
        };
        Some([against(&low_before, &low)?, against(&high_before, &high)?])
    }

    // the lower and the higher figure
    fn deaths_by_replication(&self, scenario: &str) -> Option<[Vec<Option<f64>>; 2]> {
        let months = self.months().len() as f64;
        let waits = |measure| self.replicated(scenario, measure, Area::England, None);
        let (medium, long) = (waits(Measure::Waits4To12Hours)?, waits(Measure::WaitsOver12Hours)?);
        let each = |needed_to_harm: f64| -> Vec<Option<f64>> {
            let deaths = |(m, l): (&Option<f64>, &Option<f64>)| {
                Some(((*m)? / needed_to_harm + (*l)? / NEEDED_TO_HARM[2].1) * months)
            };
            medium.iter().zip(&long).map(deaths).collect()
        };
        Some([each(NEEDED_TO_HARM[1].1), each(NEEDED_TO_HARM[2].1)])
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
    use crate::experiment::Study;
    use crate::policy::{Beds, DischargeFund, Halos, VirtualWards};
    use crate::system::pack::england;
    use crate::units::date;
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
        for lever in [
            Lever::from(Beds::added(7_000).virtual_share(0.3)),
            DischargeFund::of(gbp(5e8)).into(),
            Halos::on_duty(100).into(),
        ] {
            let shares: f64 = all.iter().filter_map(|part| share_in(part, &lever, &pack)).sum();
            assert!((shares - 1.0).abs() < 1e-9, "{shares}");
        }
        assert_eq!(share_in(&all[0], &Beds::added(-1.0).into(), &pack), None);
    }

    #[test]
    fn the_range_of_prices_widens_the_interval() {
        let amount = Estimate::of(&[90.0, 100.0, 110.0], Confidence::NINETY_FIVE).unwrap();
        let cost = Amount { pounds: gbp(5_000.0), low: 4_000.0, high: 8_000.0 };
        let cost = cost_per(Saved::HandoverHours, amount, cost);
        let of_amount = amount.interval.unwrap();
        assert_eq!((cost.pounds, cost.interval.unwrap().low), (Some(50.0), 5_000.0 / of_amount.high));
        let wide = cost.with_prices.unwrap();
        assert_eq!((wide.low, wide.high), (4_000.0 / of_amount.high, 8_000.0 / of_amount.low));
        // money is saved as well: no price
        let cheaper = cost_per(Saved::HandoverHours, amount, gbp(-1.0));
        assert_eq!((cheaper.pounds, cheaper.interval, cheaper.with_prices), (None, None, None));
    }

    /// A place pays for what it is given: beds of a trust that come to it, at the price of a bed-day.
    #[test]
    fn a_place_pays_for_its_part() {
        let month = date(2022, 11, 1)..=date(2022, 11, 30);
        let beds =
            |n: f64| Lever::from(Beds::added(n).opens_from(date(2022, 10, 1)).open_by(date(2022, 10, 1)));
        let wards: Lever = VirtualWards::places(100).into();
        let results = Study::new(england())
            .place("R1F")
            .period(month)
            .warm_up_months(0)
            .replications(2)
            .scenario("as it was", [])
            .scenario("beds", [beds(7_000.0)])
            .scenario("virtual", [wards.clone()])
            .with_cost("virtual", gbp(1e6))
            .run()
            .unwrap();
        let found = results.value_for_money("as it was");
        let steps = beds(7_000.0).steps(&england()).unwrap();
        let here: f64 = steps
            .iter()
            .filter(|s| matches!(s.capacity, Capacity::AdultBeds(t) if england().trusts()[t.index()].code.to_string() == "R1F"))
            .map(|s| s.added)
            .sum();
        let cost = found[0].cost.as_ref().unwrap();
        assert!(here > 1.0 && (cost.pounds.amount() / (here * 30.0 * 395.0) - 1.0).abs() < 1e-9, "{cost}");
        assert_eq!(found[0].saved.len(), 3);
        assert_eq!(found[1].cost, Ok(gbp(1e6).into()));
        // against beds: the beds are not bought
        let against = results.value_for_money("beds");
        assert!((against[0].cost.as_ref().unwrap().pounds.amount() + cost.pounds.amount()).abs() < 1e-6);
        assert!(against[0].saved.iter().all(|saved| saved.pounds.is_none()));
    }
}
