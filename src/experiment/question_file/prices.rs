//! What a question file says of money: prices of resources, and costs of scenarios.

use crate::policy::prices::Resource;
use crate::scenario::MOST_POUNDS;
use crate::system::pack::document::Fields;
use crate::system::pack::problem::Problems;
use crate::units::Pounds;
use crate::units::money::PRICE_YEARS;

/// First year of a financial year.
fn price_year(fields: &Fields<'_, '_>, problems: &mut Problems) -> Option<u16> {
    if !fields.keys().any(|key| key == "price_year") {
        let reason = "is missing; it must be the first year of a financial year, such as 2022";
        problems.add(fields.problem("price_year", reason));
    }
    let (from, to) = (u64::from(*PRICE_YEARS.start()), u64::from(*PRICE_YEARS.end()));
    fields.optional_whole("price_year", from, to, problems).and_then(|year| u16::try_from(year).ok())
}

/// `[price]` with `price_year` and a price for each of some resources.
pub(super) fn prices(root: &Fields<'_, '_>, problems: &mut Problems) -> Vec<(Resource, Pounds)> {
    if !root.keys().any(|key| key == "price") {
        return Vec::new();
    }
    let Some(fields) = root.table("price", problems) else { return Vec::new() };
    let year = price_year(&fields, problems);
    let mut prices = Vec::new();
    for key in fields.keys().filter(|key| *key != "price_year") {
        let Some(resource) = Resource::from_key(key) else {
            let known = Resource::ALL.iter().map(|resource| resource.key()).collect::<Vec<_>>().join(", ");
            let reason = format!("is nothing that has a price; those are {known}");
            problems.add(fields.problem(key, reason).without_value());
            continue;
        };
        let pounds = fields.optional_number(key, 0.0, MOST_POUNDS, problems);
        if let (Some(pounds), Some(year)) = (pounds, year) {
            prices.push((resource, Pounds::at_prices_of(pounds, year)));
        }
    }
    prices
}

/// `cost = { pounds = 12e6, price_year = 2022 }`
pub(super) fn cost(fields: &Fields<'_, '_>, problems: &mut Problems) -> Option<Pounds> {
    if !fields.keys().any(|key| key == "cost") {
        return None;
    }
    let fields = fields.table("cost", problems)?;
    fields.refuse_unknown(&["pounds", "price_year"], problems);
    let pounds = fields.number("pounds", 0.0, MOST_POUNDS, problems);
    let year = price_year(&fields, problems);
    Some(Pounds::at_prices_of(pounds?, year?))
}
