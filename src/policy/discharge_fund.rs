//! Money for care after hospital.
//!
//! *Mechanism*: pounds arrive in tranches; part of them pays for care that would have been bought
//! anyway or for higher prices (deadweight); the rest buys days of care at a unit cost on pathways 1
//! to 3; after a lag for recruitment these are visits a day, community beds and placements, there until
//! the money is spent. A day of home care is one day of a package, at the mean visits of its taper.

use super::cost::{Days, Use};
use super::timing::days_after;
use super::{Checks, Field, LeverError, Mechanism, Reference, Spread};
use crate::care::discharge::{Pathway, VisitTaper};
use crate::system::capacity::{Capacity, CapacityStep};
use crate::system::pack::SystemPack;
use crate::system::parameters::Parameter;
use crate::system::providers::CareSystemId;
use crate::units::money::PRICE_YEARS;
use crate::units::{Pounds, date};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A part of the money and when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tranche {
    /// The day on which it comes.
    pub from: Date,
    /// Its share of the whole \[0-1\].
    pub share: f64,
}

/// Money for care after hospital.
///
/// ```
/// use nhs_capacity::policy::DischargeFund;
/// use nhs_capacity::units::money::gbp;
/// let fund = DischargeFund::of(gbp(500e6)).deadweight(0.4);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DischargeFund {
    pounds: f64,
    price_year: u16,
    spent_by: Date,
    share_to_pathway_1: f64,
    share_to_pathway_2: f64,
    share_to_pathway_3: f64,
    pounds_a_day_pathway_1: f64,
    pounds_a_day_pathway_2: f64,
    pounds_a_day_pathway_3: f64,
    deadweight: f64,
    recruitment_lag_days: u16,
    #[serde(default)]
    spread: Spread,
    tranche: Vec<Tranche>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<Reference>,
}

impl DischargeFund {
    /// A fund of this size with the dates, shares and prices of the fund of winter 2022-23: see
    /// `data/our-plan-for-patients/discharge_fund.toml`, of which these are the figures.
    pub fn of(amount: Pounds) -> Self {
        Self {
            pounds: amount.amount(),
            price_year: amount.price_year(),
            spent_by: date(2023, 3, 31),
            share_to_pathway_1: 0.6,
            share_to_pathway_2: 0.25,
            share_to_pathway_3: 0.15,
            pounds_a_day_pathway_1: 125.0,
            pounds_a_day_pathway_2: 150.0,
            pounds_a_day_pathway_3: 164.0,
            deadweight: 0.5,
            recruitment_lag_days: 28,
            spread: Spread::ByNeed,
            tranche: vec![
                Tranche { from: date(2022, 12, 7), share: 0.4 },
                Tranche { from: date(2023, 1, 31), share: 0.6 },
            ],
            reference: Vec::new(),
        }
    }

    /// Shares that go to pathways 1, 2 and 3; together 1.
    #[must_use]
    pub fn shares(self, [p1, p2, p3]: [f64; 3]) -> Self {
        Self { share_to_pathway_1: p1, share_to_pathway_2: p2, share_to_pathway_3: p3, ..self }
    }

    /// Share that buys nothing new \[0-1\].
    #[must_use]
    pub fn deadweight(self, deadweight: f64) -> Self {
        Self { deadweight, ..self }
    }

    /// From the arrival of money until the care it buys can be given \[d\].
    #[must_use]
    pub fn recruitment_lag_days(self, recruitment_lag_days: u16) -> Self {
        Self { recruitment_lag_days, ..self }
    }

    /// When the money comes; shares together 1.
    #[must_use]
    pub fn tranches(self, tranches: impl IntoIterator<Item = Tranche>) -> Self {
        Self { tranche: tranches.into_iter().collect(), ..self }
    }

    /// The day by which it is spent.
    #[must_use]
    pub fn spent_by(self, spent_by: Date) -> Self {
        Self { spent_by, ..self }
    }

    /// How it is spread over care systems.
    #[must_use]
    pub fn spread(self, spread: Spread) -> Self {
        Self { spread, ..self }
    }

    fn shares_of_pathways(&self) -> [f64; 3] {
        [self.share_to_pathway_1, self.share_to_pathway_2, self.share_to_pathway_3]
    }

    fn pounds_a_day(&self) -> [f64; 3] {
        [self.pounds_a_day_pathway_1, self.pounds_a_day_pathway_2, self.pounds_a_day_pathway_3]
    }

    /// Places that the whole fund keeps open at its fullest, by pathway 1 to 3.
    pub fn places_at_fullest(&self) -> [f64; 3] {
        let mut places = [0.0; 3];
        for tranche in &self.tranche {
            for (sum, bought) in places.iter_mut().zip(self.places_of(tranche)) {
                *sum += bought;
            }
        }
        places
    }

    /// Days of care bought, spread evenly from the end of the lag to the end of the money.
    fn places_of(&self, tranche: &Tranche) -> [f64; 3] {
        let opens = days_after(tranche.from, self.recruitment_lag_days);
        let days = opens.until(self.spent_by).map_or(0, |span| span.get_days() + 1).max(1);
        let new_money = self.pounds * tranche.share * (1.0 - self.deadweight);
        let shares = self.shares_of_pathways();
        let prices = self.pounds_a_day();
        std::array::from_fn(|i| new_money * shares[i] / prices[i] / f64::from(days))
    }
}

/// Visits a day of a package of home care, on average over its length.
fn visits_a_day(pack: &SystemPack) -> f64 {
    let p = &pack.parameters().discharge;
    let visits = |parameter: &Parameter| parameter.value.round() as u32;
    VisitTaper::new(visits(&p.visits_a_day_first), visits(&p.visits_a_day_last)).mean()
}

impl Mechanism for DischargeFund {
    const NAME: &'static str = "discharge_fund";
    const TITLE: &'static str = "Money for care after hospital";
    const MECHANISM: &'static str = "pounds less deadweight buy days of care at a unit cost on pathways 1 to 3; after a lag for recruitment these are home-care visits, community beds and placements, there until the money is spent";
    const EVIDENCE: &'static str = "unit costs from a published pathway model of one care system (beside them: a minimum price of £23.20 an hour of home care in 2022-23, Homecare Association; councils paid £916 a week for residential and £1,026 for nursing care in 2023-24, NHS England); deadweight and lag are assumed, for the evaluation of the fund was not found; \
         played as history it leaves 8,000 remaining in March 2023, of 13,300 published: a deadweight of some 0.97 would leave those";
    const FIELDS: &'static [Field] = &[
        Field::new("pounds", "£", "0 to 1e12", "the whole fund"),
        Field::new("price_year", "year", "1990 to 2100", "financial year of all prices"),
        Field::new("spent_by", "date", "after the last tranche and the lag", "the day by which it is spent"),
        Field::new("share_to_pathway_1", "share", "0 to 1; the three together 1", "to home care"),
        Field::new("share_to_pathway_2", "share", "0 to 1", "to community beds"),
        Field::new("share_to_pathway_3", "share", "0 to 1", "to care homes"),
        Field::new("pounds_a_day_pathway_1", "£/d", "1 to 10,000", "price of a day of home care"),
        Field::new("pounds_a_day_pathway_2", "£/d", "1 to 10,000", "price of a day in a community bed"),
        Field::new("pounds_a_day_pathway_3", "£/d", "1 to 10,000", "price of a day in a care home"),
        Field::new("deadweight", "share", "0 to 1", "the share that buys nothing new"),
        Field::new("recruitment_lag_days", "d", "0 to 3,650", "from money to the care it buys"),
        Field::new("tranche", "list", "from (date), share; shares together 1", "when the money comes"),
        Field::new("spread", "rule", "by size, by pressure or by need", "how it is spread over care systems"),
    ];

    fn problems(&self) -> Vec<LeverError> {
        let mut checks = Checks::of("discharge_fund");
        checks.number("pounds", self.pounds, (0.0, 1e12), "an amount from 0 to 1e12 pounds");
        checks.holds(
            "price_year",
            PRICE_YEARS.contains(&self.price_year),
            self.price_year,
            "a year from 1990 to 2100",
        );
        let names = ["share_to_pathway_1", "share_to_pathway_2", "share_to_pathway_3"];
        let shares = self.shares_of_pathways();
        names.iter().zip(shares).for_each(|(name, share)| checks.share(name, share));
        let sum: f64 = shares.iter().sum();
        checks.holds("share_to_pathway_1 + 2 + 3", (sum - 1.0).abs() < 1e-6, sum, "1");
        let names = ["pounds_a_day_pathway_1", "pounds_a_day_pathway_2", "pounds_a_day_pathway_3"];
        for (name, price) in names.iter().zip(self.pounds_a_day()) {
            checks.number(name, price, (1.0, 10_000.0), "a price from 1 to 10,000 pounds a day");
        }
        checks.share("deadweight", self.deadweight);
        let lag = self.recruitment_lag_days;
        checks.holds("recruitment_lag_days", lag <= 3_650, lag, "at most 3,650 days");
        for tranche in &self.tranche {
            checks.share("tranche.share", tranche.share);
            let in_time = days_after(tranche.from, lag) < self.spent_by;
            checks.holds(
                "tranche.from",
                in_time,
                tranche.from,
                "earlier than spent_by by more than recruitment_lag_days, or nothing can be bought",
            );
        }
        let sum: f64 = self.tranche.iter().map(|tranche| tranche.share).sum();
        checks.holds("tranche shares together", (sum - 1.0).abs() < 1e-6, sum, "1");
        checks.problems
    }

    fn steps(&self, pack: &SystemPack) -> Vec<CapacityStep> {
        let over_care_systems = self.spread.over_care_systems(pack);
        let closes = days_after(self.spent_by, 1);
        let visits_a_day = visits_a_day(pack);
        let mut steps = Vec::new();
        for tranche in &self.tranche {
            let opens = days_after(tranche.from, self.recruitment_lag_days);
            for (pathway, places) in self.places_of(tranche).into_iter().enumerate() {
                for (care_system, share) in over_care_systems.iter().enumerate() {
                    let care_system = CareSystemId(care_system as u16);
                    let (capacity, units) = if pathway == Pathway::HOME_CARE {
                        (Capacity::HomeCareVisits(care_system), visits_a_day)
                    } else {
                        (Capacity::CarePlaces(care_system, pathway as u8), 1.0)
                    };
                    let added = places * share * units;
                    steps.push(CapacityStep { from: opens, capacity, added });
                    steps.push(CapacityStep { from: closes, capacity, added: -added });
                }
            }
        }
        steps
    }

    fn uses(&self, _pack: &SystemPack, days: Days) -> Vec<Use> {
        // while the care that it buys is given
        let spent = self.tranche.iter().map(|tranche| {
            let opens = days_after(tranche.from, self.recruitment_lag_days);
            let all = Days::new(opens, self.spent_by).count().max(1.0);
            tranche.share * days.between(opens, self.spent_by) / all
        });
        vec![Use::Money(Pounds::at_prices_of(self.pounds * spent.sum::<f64>(), self.price_year))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Lever;
    use crate::system::capacity::CapacityPlan;
    use crate::system::pack::england;
    use crate::units::money::gbp;

    #[test]
    fn days_of_care_cost_what_is_spent_on_new_care() {
        let fund = DischargeFund::of(gbp(500e6));
        let plan = CapacityPlan::of(Lever::from(fund.clone()).steps(&england()).unwrap());
        let mut day = date(2022, 10, 1);
        let mut pounds = 0.0;
        while day <= date(2023, 4, 30) {
            let [package, bed, placement] = fund.pounds_a_day();
            let visits = plan.added_by(day, |c| matches!(c, Capacity::HomeCareVisits(_)));
            pounds += visits / 2.5 * package; // four visits a day falling to one
            for (pathway, price) in [(1, bed), (2, placement)] {
                let places = plan.added_by(day, |c| matches!(c, Capacity::CarePlaces(_, p) if p == pathway));
                pounds += places * price;
            }
            day = days_after(day, 1);
        }
        assert!((pounds / 250e6 - 1.0).abs() < 1e-9, "{pounds}");
    }

    #[test]
    fn money_that_cannot_be_spent_in_time_is_refused() {
        let late = DischargeFund::of(gbp(1e6)).recruitment_lag_days(90);
        let problems = Lever::from(late).check().unwrap_err();
        assert!(problems.iter().any(|p| p.field == "tranche.from"));
        let nan = DischargeFund::of(gbp(f64::NAN)).shares([0.5, 0.5, 0.5]);
        let fields: Vec<&str> = Lever::from(nan).check().unwrap_err().iter().map(|p| p.field).collect();
        assert_eq!(fields, ["pounds", "share_to_pathway_1 + 2 + 3"]);
    }
}
