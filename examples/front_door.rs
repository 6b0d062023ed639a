//! What can be done at the front door of hospitals: four levers, each alone, in the winter of 2022-23.
//!
//! ```text
//! crew --> nearest hospital, or the one where it loses least time   (intelligent routing)
//!      --> cubicle, or a cohort place with a liaison officer        (HALOs)
//! walk in --> type 1, or the urgent treatment centre                (redirection)
//!         --> clinician --> tests --> decision                      (more clinicians)
//! ```
//!
//! All scenarios meet the same people, so that what differs is the lever. Doses are round numbers to
//! compare mechanisms by, not anybody's plan.
//!
//! `cargo run --release --example front_door [-- --quick]`

use nhs_capacity::output::answers::effect_table;
use nhs_capacity::prelude::*;
use std::error::Error;

const BASELINE: &str = "as it was";
const MEASURES: [Measure; 9] = [
    Measure::ResponseC2,
    Measure::HandoverMean,
    Measure::HandoverP90,
    Measure::HandoverHoursLost,
    Measure::Within4Hours,
    Measure::Within4HoursAllTypes,
    Measure::LeftUnseen,
    Measure::InsideAdmitted,
    Measure::InsideDischargedP90,
];

fn main() -> Result<(), Box<dyn Error>> {
    let is_quick = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [quick] if quick == "--quick" => true,
        _ => return Err("usage: front_door [--quick]".into()),
    };
    let (last_day, replications) = if is_quick { (date(2022, 12, 31), 2) } else { (date(2023, 3, 31), 3) };
    let from = date(2022, 12, 1);
    let levers: [(&str, Lever); 4] = [
        ("240 liaison officers", Halos::on_duty(240).between(from, from).into()),
        ("routing of a tenth", IntelligentRouting::of(0.1).starting(from).into()),
        ("a fifth of minor walk-ins sent on", UrgentTreatmentRedirection::of(0.2).between(from, from).into()),
        ("1,000 clinicians", EdStaffing::recruited(1_000).between(from, from).into()),
    ];
    let study = Study::new(england()).period(from..=last_day).replications(replications);
    let study = study.scenario(BASELINE, []);
    let study = levers.iter().fold(study, |study, (name, lever)| study.scenario(*name, [lever.clone()]));
    let results = study.run()?;

    println!("England, December 2022 to {}, {replications} replications", last_day.strftime("%B %Y"));
    println!("on the same people [95% interval]");
    for (name, _) in &levers {
        println!("\n{name}\n\n{}", effect_table(&results, BASELINE, name, &MEASURES));
    }
    Ok(())
}
