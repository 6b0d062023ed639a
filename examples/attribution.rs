//! What does each part of a plan contribute, what does it cost, and what harm may it avoid?
//!
//! ```text
//! all combinations of the parts -> alone, on top of the others, mean over all orders -> a waterfall that adds up
//! ```
//!
//! One part of England, January and February 2023. Prices are those of `data/prices.toml`.
//! Deaths are shown because this example asks for them; nothing else does.
//!
//! `cargo run --release --example attribution`

use nhs_capacity::experiment::overlay::HARM_CAVEAT;
use nhs_capacity::output::answers::{cost_notes, value_table};
use nhs_capacity::prelude::*;
use nhs_capacity::system::parts::parts;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let england = england();
    let somewhere = parts(&england).into_iter().rfind(|part| !part.services.is_empty());
    let somewhere = somewhere.ok_or("the pack has no ambulance service")?;
    let study = Study::new(england)
        .period(date(2023, 1, 1)..=date(2023, 2, 28))
        .only_parts([somewhere.clone()])
        .replications(3);
    let wards: Lever = Beds::added(4_550).into();
    let virtual_wards: Lever = Beds::added(2_450).virtual_share(1.0).into();
    let fund: Lever = DischargeFund::of(gbp(500e6)).into();

    let plan = [
        ("4,550 beds", vec![wards.clone()]),
        ("2,450 virtual beds", vec![virtual_wards.clone()]),
        ("£500m discharge fund", vec![fund.clone()]),
    ];
    for attribution in study.attribute(&plan, &[Measure::ResponseC2, Measure::WaitsOver12Hours])? {
        println!("{attribution}");
    }

    // what each costs here in these two months: beds by the bed-day, the fund as it is spent. A virtual-ward place has no
    // published price: the plan as a whole has none
    let results = study
        .scenario("as it was", [])
        .scenario("fund", [fund.clone()])
        .scenario("beds", [wards.clone()])
        .scenario("whole plan", [wards, virtual_wards, fund])
        .run()?;
    let values = results.value_for_money("as it was");
    println!("{}", value_table(&values));
    for note in cost_notes(&values) {
        println!("note: {note}");
    }
    println!();

    for scenario in ["as it was", "beds"] {
        if let Some(deaths) = results.associated_deaths(scenario) {
            println!("{scenario}: {:.0} to {:.0} deaths associated", deaths.low.mean, deaths.high.mean);
        }
    }
    println!("{HARM_CAVEAT}");
    Ok(())
}
