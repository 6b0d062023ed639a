//! What levers use in some days, and what that costs.
//!
//! A lever counts what it uses: bed-days, hours on duty, operations. A resource has a published price, a price
//! of the user's, or none; a plan has a total only if all that it uses has a price. Running costs are of the days
//! asked about, what is built once counts in full from the day it opens.

use super::Lever;
use super::prices::{Amount, Prices, Resource};
use crate::system::pack::SystemPack;
use crate::units::{Pounds, date};
use jiff::civil::Date;

/// Days, from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: Date,
    /// The last, included.
    pub last: Date,
}

/// Days of a year, on average.
pub(super) const DAYS_A_YEAR: f64 = 365.25;

impl Days {
    /// From the first to the last, which is included.
    pub const fn new(first: Date, last: Date) -> Self {
        Self { first, last }
    }

    /// The winter half-year after *Our plan for patients*: October 2022 to March 2023.
    pub fn winter_of_the_plan() -> Self {
        Self::new(date(2022, 10, 1), date(2023, 3, 31))
    }

    /// How many there are.
    pub fn count(self) -> f64 {
        self.since(self.first)
    }

    /// How many of them are `day` or later.
    pub fn since(self, day: Date) -> f64 {
        let span = day.max(self.first).until(self.last).map_or(0, |span| span.get_days() + 1);
        f64::from(span.max(0))
    }

    /// How many of them lie between two days, both included.
    pub fn between(self, first: Date, last: Date) -> f64 {
        Self::new(self.first, self.last.min(last)).since(first)
    }

    /// Days on which something is there that arrives in parts, each a day and an amount: the area under it.
    pub(super) fn under(self, arrivals: &[(Date, f64)]) -> f64 {
        arrivals.iter().map(|&(day, amount)| amount * self.since(day)).sum()
    }
}

/// Something used, or money spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Use {
    /// So many of a resource.
    Of(Resource, f64),
    /// Money that the lever itself is.
    Money(Pounds),
}

/// One line of a cost.
#[derive(Clone, Debug, PartialEq)]
pub struct CostItem {
    /// The lever.
    pub lever: &'static str,
    /// What is used; `None` for money.
    pub resource: Option<Resource>,
    /// How many of it, pounds for money.
    pub quantity: f64,
    /// What all of it costs; `None` if no price is held.
    pub amount: Option<Amount>,
}

/// What a plan uses and costs in some days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    items: Vec<CostItem>,
    missing: Vec<String>,
    remarks: Vec<String>,
    given: Option<Pounds>,
}

impl Cost {
    /// The cost of levers, each with the share of it that is felt where it is asked for \[0-1\].
    pub fn of<'l>(
        levers: impl IntoIterator<Item = (&'l Lever, f64)>,
        pack: &SystemPack,
        days: Days,
        prices: &Prices,
    ) -> Self {
        let mut cost = Self::default();
        for (lever, share) in levers {
            let (name, not_counted) = (lever.name(), lever.not_counted());
            if !not_counted.is_empty() {
                let is_all = lever.resources().is_empty();
                let list = if is_all { &mut cost.missing } else { &mut cost.remarks };
                list.push(format!("{name}: {not_counted}"));
            }
            for used in lever.uses(pack, days) {
                let item = match used {
                    Use::Money(pounds) => {
                        let amount = Amount::from(pounds).times(share);
                        let quantity = amount.pounds.amount();
                        CostItem { lever: name, resource: None, quantity, amount: Some(amount) }
                    }
                    Use::Of(resource, quantity) => {
                        let quantity = quantity * share;
                        let amount = prices.of(resource).map(|price| price.times(quantity));
                        CostItem { lever: name, resource: Some(resource), quantity, amount }
                    }
                };
                // none of it is needed: its price need not be known
                if item.quantity == 0.0 {
                    continue;
                }
                if let (None, Some(resource)) = (item.amount, item.resource) {
                    cost.missing.push(format!("{name}: {}", prices.said_of(resource)));
                }
                cost.items.push(item);
            }
        }
        cost
    }

    /// In place of what was counted, a cost that is known from elsewhere.
    #[must_use]
    pub fn given(self, given: Option<Pounds>) -> Self {
        Self { given, ..self }
    }

    /// What is used, line by line.
    pub fn items(&self) -> &[CostItem] {
        &self.items
    }

    /// What of it costs something that no price is held for; empty if a cost was given.
    pub fn missing(&self) -> &[String] {
        if self.given.is_some() { &[] } else { &self.missing }
    }

    /// What is not in the total though there is one.
    pub fn remarks(&self) -> &[String] {
        if self.given.is_some() { &[] } else { &self.remarks }
    }

    /// Whether the user gave it as a whole.
    pub fn is_given(&self) -> bool {
        self.given.is_some()
    }

    /// All together.
    ///
    /// # Errors
    /// What is missing, or that the prices are of different years.
    pub fn total(&self) -> Result<Amount, String> {
        if let Some(given) = self.given {
            return Ok(given.into());
        }
        if !self.missing.is_empty() {
            return Err(self.missing.join("; "));
        }
        let amounts: Vec<Amount> = self.items.iter().filter_map(|item| item.amount).collect();
        let sum = amounts.iter().try_fold(Amount::NOTHING, |sum, amount| sum.plus(*amount));
        sum.ok_or_else(|| {
            let mut years: Vec<u16> = amounts.iter().map(|amount| amount.pounds.price_year()).collect();
            years.sort_unstable();
            years.dedup();
            let years = years.iter().map(u16::to_string).collect::<Vec<_>>().join(" and ");
            format!("prices of {years} are not added up, for no deflator is held; give `cost`")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{
        AmbulanceStaffing, AuxiliaryAmbulances, Beds, DiagnosticCentres, DischargeFund, EdStaffing, Halos,
        HearAndTreatDesk, HospitalBuilding, IndependentSector, IntelligentRouting, Staffing, SurgicalHubs,
        Validation, VirtualWards,
    };
    use crate::system::capacity::{Capacity, CapacityPlan};
    use crate::system::pack::england;
    use crate::units::money::gbp;

    fn cost_of(lever: impl Into<Lever>, days: Days) -> Cost {
        Cost::of([(&lever.into(), 1.0)], &england(), days, &Prices::published())
    }

    /// Every resource and how much of it.
    fn used(lever: impl Into<Lever>, days: Days) -> Vec<(Resource, f64)> {
        let cost = cost_of(lever, days);
        cost.items().iter().filter_map(|item| Some((item.resource?, item.quantity))).collect()
    }

    fn january() -> Days {
        Days::new(date(2023, 1, 1), date(2023, 1, 31))
    }

    #[test]
    fn days_are_counted_with_both_ends() {
        let days = january();
        assert_eq!(
            (days.count(), days.since(date(2023, 1, 31)), days.since(date(2023, 2, 1))),
            (31.0, 1.0, 0.0)
        );
        assert_eq!(days.between(date(2022, 12, 1), date(2023, 1, 10)), 10.0);
        assert_eq!(days.between(date(2023, 2, 2), date(2023, 2, 10)), 0.0);
        assert_eq!(Days::winter_of_the_plan().count(), 182.0);
        // one from the 1st, two more from the 30th: 31 + 2 x 2
        assert_eq!(days.under(&[(date(2022, 12, 1), 1.0), (date(2023, 1, 30), 2.0)]), 35.0);
    }

    #[test]
    fn open_beds_cost_their_days() {
        // 100 beds open all January: 3,100 bed-days at £395
        let beds = Beds::added(100).opens_from(date(2022, 11, 1)).open_by(date(2022, 12, 1));
        let total = cost_of(beds, january()).total().unwrap();
        assert_eq!(total.pounds, gbp(3_100.0 * 395.0));
        assert_eq!((total.low, total.high), (3_100.0 * 346.0, 3_100.0 * 562.0));
        // 4 virtual ones have no price; only with one of the user's there is a total
        let mixed =
            Beds::added(10).virtual_share(0.4).opens_from(date(2022, 11, 1)).open_by(date(2022, 11, 1));
        let cost = cost_of(mixed.clone(), january());
        assert_eq!(cost.items()[0].amount.unwrap().pounds, gbp(6.0 * 31.0 * 395.0));
        let missing = cost.total().unwrap_err();
        assert!(missing.contains("no published cost of a virtual-ward place"), "{missing}");
        let own = Prices::published().with(Resource::VirtualWardPlaceDay, gbp(100.0));
        let total = Cost::of([(&mixed.into(), 1.0)], &england(), january(), &own).total().unwrap();
        assert_eq!(total.pounds, gbp(6.0 * 31.0 * 395.0 + 4.0 * 31.0 * 100.0));
    }

    /// What is paid for is what the model is given: the area under the capacity, day by day.
    #[test]
    fn what_is_counted_is_the_area_under_what_is_simulated() {
        let pack = england();
        let days = Days::winter_of_the_plan();
        let area = |lever: &Lever, of: fn(Capacity) -> bool| {
            let plan = CapacityPlan::of(lever.steps(&pack).unwrap());
            let mut day = days.first;
            let mut sum = 0.0;
            while day <= days.last {
                sum += plan.added_by(day, of);
                day = day.tomorrow().unwrap();
            }
            sum
        };
        let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-9, "{a} {b}");
        let beds: Lever = Beds::added(7_000).virtual_share(0.35).step_up_share(0.2).into();
        let found = used(beds.clone(), days);
        near(found[0].1, area(&beds, |c| matches!(c, Capacity::AdultBeds(_))));
        let is_virtual = |c| matches!(c, Capacity::VirtualPlaces(_) | Capacity::StepUpPlaces(_));
        near(found[1].1, area(&beds, is_virtual));
        let wards: Lever = VirtualWards::places(3_000).step_up_share(0.4).into();
        near(used(wards.clone(), days)[0].1, area(&wards, is_virtual));
        let halos: Lever = Halos::on_duty(240).patients_each(3.0).into();
        near(
            used(halos.clone(), days)[0].1,
            area(&halos, |c| matches!(c, Capacity::CohortPlaces(_))) / 3.0 * 24.0,
        );
        let desk: Lever = HearAndTreatDesk::clinicians(100.0).into();
        near(used(desk.clone(), days)[0].1, area(&desk, |c| matches!(c, Capacity::Ambulance(..))) * 24.0);
        let crews: Lever = AuxiliaryAmbulances::hours_a_month(50_000.0).into();
        near(used(crews.clone(), days)[0].1, area(&crews, |c| matches!(c, Capacity::Ambulance(..))) * 24.0);
        let redirected: Lever = crate::policy::UrgentTreatmentRedirection::of(0.2).into();
        let clinicians = |c| matches!(c, Capacity::UrgentTreatmentClinicians(_));
        near(used(redirected.clone(), days)[0].1, area(&redirected, clinicians) * 24.0);
        // five working days in seven
        for lever in
            [Lever::from(SurgicalHubs::operating(2_500.0)), IndependentSector::bought(3_000.0).into()]
        {
            let operations =
                area(&lever, |c| matches!(c, Capacity::Elective(..) | Capacity::IndependentOperations(_)));
            near(used(lever, days)[0].1, operations * 5.0 / 7.0);
        }
    }

    #[test]
    fn staff_are_paid_from_the_day_they_join() {
        let (day, year) = (date(2022, 12, 1), DAYS_A_YEAR);
        let nurses = Staffing::recruited(1_000).retained(200).joining_from(day).by(day);
        // a tenth of the recruits leave again: 1,100 for 31 days, induction included
        assert_eq!(used(nurses, january()), [(Resource::NurseYear, 1_100.0 * 31.0 / year)]);
        let crews = AmbulanceStaffing::recruits(300.0).between(day, day);
        assert_eq!(used(crews, january()), [(Resource::AmbulanceStaffYear, 300.0 * 31.0 / year)]);
        let clinicians = EdStaffing::recruited(100).between(day, day);
        assert_eq!(used(clinicians, january()), [(Resource::EdClinicianYear, 100.0 * 31.0 / year)]);
    }

    #[test]
    fn what_is_built_counts_once_and_what_runs_by_the_day() {
        let days = january();
        let building = HospitalBuilding::opening(date(2023, 1, 22), 100.0, 2.0);
        let found = used(building, days);
        // ten days, ten operations a working day in two theatres
        let operations = 10.0 * 10.0 * 5.0 / 7.0;
        assert_eq!(found[0], (Resource::HospitalBedDay, 1_000.0));
        assert_eq!(found[1], (Resource::HospitalBedBuilt, 100.0));
        assert_eq!(found[2], (Resource::TheatreBuilt, 2.0));
        assert!((found[3].1 - operations).abs() < 1e-9);
        let later = HospitalBuilding::opening(date(2024, 1, 1), 100.0, 2.0);
        assert_eq!((used(later.clone(), days), cost_of(later, days).total()), (vec![], Ok(Amount::NOTHING)));
        // a quarter of 68 centres has opened by the end: 17 x £14.375m, of 2023-24
        let centres = DiagnosticCentres::opened(68.0).between(date(2023, 1, 18), date(2023, 2, 14));
        let total = cost_of(centres, days).total().unwrap();
        assert!((total.pounds.amount() - 17.0 * 14_375_000.0).abs() < 1.0, "{total}");
        assert_eq!(total.pounds.price_year(), 2023);
        let validated = Validation::of(9_000.0).between(date(2022, 12, 2), date(2023, 3, 2));
        assert_eq!(used(validated, days), [(Resource::PathwayValidated, 3_100.0)]);
    }

    #[test]
    fn the_fund_is_spent_while_its_care_is_given() {
        let fund = DischargeFund::of(gbp(500e6));
        let total = |days| cost_of(fund.clone(), days).total().unwrap().pounds.amount();
        assert!((total(Days::winter_of_the_plan()) / 500e6 - 1.0).abs() < 1e-12);
        // 40% from 4 January to 31 March (87 days), 28 of them in January
        assert!((total(january()) / (200e6 * 28.0 / 87.0) - 1.0).abs() < 1e-12);
        assert_eq!(total(Days::new(date(2023, 4, 1), date(2023, 4, 30))), 0.0);
    }

    #[test]
    fn a_lever_without_a_price_says_so() {
        let routing = cost_of(IntelligentRouting::of(0.1), january());
        assert!(routing.total().unwrap_err().starts_with("intelligent_routing: "));
        let halos = cost_of(Halos::on_duty(10), january()).total().unwrap_err();
        assert!(halos.contains("liaison officers is held; give [price] liaison_officer_hour"), "{halos}");
        let given = cost_of(IntelligentRouting::of(0.1), january()).given(Some(gbp(2e6)));
        assert_eq!((given.total(), given.missing().len()), (Ok(gbp(2e6).into()), 0));
        // every lever counts something, is money, or says what is not counted
        for lever in Lever::CATALOGUE.iter().filter(|lever| lever.name != "discharge_fund") {
            assert!(!(lever.uses.is_empty() && lever.not_counted.is_empty()), "{}", lever.name);
        }
    }

    #[test]
    fn prices_of_different_years_are_not_added() {
        let levers: [Lever; 2] = [
            Beds::added(1).opens_from(date(2022, 11, 1)).open_by(date(2022, 11, 1)).into(),
            DiagnosticCentres::opened(1.0).between(date(2022, 11, 1), date(2022, 11, 1)).into(),
        ];
        let both = Cost::of(levers.iter().map(|l| (l, 1.0)), &england(), january(), &Prices::published());
        let refused = both.total().unwrap_err();
        assert!(refused.starts_with("prices of 2022 and 2023 are not added up"), "{refused}");
        assert_eq!(both.remarks().len(), 1);
        // half of a lever is felt: half of its cost
        let half = Cost::of([(&levers[0], 0.5)], &england(), january(), &Prices::published());
        assert_eq!(half.total().map(|total| total.pounds), Ok(gbp(0.5 * 31.0 * 395.0)));
    }
}
