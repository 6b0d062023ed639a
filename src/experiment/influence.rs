//! Which parameters an answer hangs on: one at a time to both ends of their intervals (a tornado), and by
//! elementary effects over the whole space (Morris).
//!
//! All runs meet the same people, so that differences between them are due to the parameters.

use super::ask::{AskError, ParameterSpace, Quantity};
use super::screening::{Grid, effects};
use super::{Confidence, Difference, Study, paired_difference};
use crate::random::Stream;

/// What a quantity does as one parameter goes to both ends of its interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// The parameter.
    pub key: String,
    /// Its unit.
    pub unit: &'static str,
    /// The lower and the upper end.
    pub ends: [f64; 2],
    /// How the quantity changes at each; `None` if it has no value there.
    pub changes: [Option<Difference>; 2],
}

impl Bar {
    /// The larger of the two changes, whichever way.
    pub fn reach(&self) -> f64 {
        let change = |change: &Option<Difference>| change.map_or(0.0, |change| change.estimate.mean.abs());
        change(&self.changes[0]).max(change(&self.changes[1]))
    }
}

/// A quantity and what each parameter does to it, the longest bar first.
#[derive(Clone, Debug, PartialEq)]
pub struct Tornado {
    /// What is looked at.
    pub quantity: Quantity,
    /// Its mean at the values of the pack.
    pub here: f64,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// A tornado for each quantity: twice as many runs of the study as parameters, and one.
///
/// # Errors
/// If the results do not have a quantity, a value is not allowed or a run fails.
pub fn tornado(
    study: &Study<'_>,
    space: &ParameterSpace,
    quantities: &[Quantity],
) -> Result<Vec<Tornado>, AskError> {
    let here = study.again().run()?;
    let mut found = Vec::new();
    for quantity in quantities {
        let values = quantity.all_values(&here)?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        found.push((values, Tornado { quantity: quantity.clone(), here: mean, bars: Vec::new() }));
    }
    for dimension in space.dimensions() {
        let at = |value: f64| -> Result<_, AskError> {
            let pack = study.pack().clone().with_parameter(&dimension.key, value)?;
            Ok(study.again().with_pack(pack).run()?)
        };
        let ends = [at(dimension.low)?, at(dimension.high)?];
        for (before, tornado) in &mut found {
            let before: Vec<Option<f64>> = before.iter().copied().map(Some).collect();
            let changes = ends.each_ref().map(|results| {
                let after = tornado.quantity.values(results)?;
                paired_difference(&before, &after, Confidence::NINETY_FIVE)
            });
            tornado.bars.push(Bar {
                key: dimension.key.clone(),
                unit: dimension.unit,
                ends: [dimension.low, dimension.high],
                changes,
            });
        }
    }
    let sorted = found.into_iter().map(|(_, mut tornado)| {
        tornado.bars.sort_by(|a, b| b.reach().total_cmp(&a.reach()));
        tornado
    });
    Ok(sorted.collect())
}

/// What a parameter does to a quantity over the whole space.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// The parameter.
    pub key: String,
    /// Mean effect of moving it from one end of its interval to the other.
    pub mu: f64,
    /// The same without regard to sign.
    pub mu_star: f64,
    /// How much the effect differs from place to place: it is curved, or interacts. `None` for one trajectory.
    pub sigma: Option<f64>,
}

/// Morris's elementary effects of each parameter on each quantity, the strongest first: `trajectories` times
/// (parameters + 1) runs of the study on a grid of four levels.
///
/// # Errors
/// If the results do not have a quantity, a value is not allowed or a run fails.
pub fn morris(
    study: &Study<'_>,
    space: &ParameterSpace,
    quantities: &[Quantity],
    trajectories: usize,
    seed: u64,
) -> Result<Vec<Vec<Influence>>, AskError> {
    let inputs = space.dimensions().len();
    let wrong = |what, value: usize, allowed| AskError::Number { what, value: value as f64, allowed };
    if inputs == 0 {
        return Err(wrong("parameters", inputs, "1 or more"));
    }
    if trajectories == 0 {
        return Err(wrong("trajectories", trajectories, "1 or more"));
    }
    let grid = Grid::new(4, 2.0 / 3.0).ok_or_else(|| wrong("levels", 4, "a sound grid"))?;
    let paths = grid.trajectories(inputs, trajectories, Stream::of_seed(seed));
    // [quantity][trajectory][point]
    let mut values = vec![vec![Vec::new(); paths.len()]; quantities.len()];
    for (t, path) in paths.iter().enumerate() {
        for point in path {
            let results = study.again().with_pack(space.pack_at(study.pack(), point)?).run()?;
            for (quantity, values) in quantities.iter().zip(&mut values) {
                let all = quantity.all_values(&results)?;
                values[t].push(all.iter().sum::<f64>() / all.len() as f64);
            }
        }
    }
    let of_quantity = |(quantity, values): (&Quantity, &Vec<Vec<f64>>)| {
        let effects = effects(&paths, values).ok_or_else(|| AskError::NoValue(quantity.label()))?;
        let mut found: Vec<Influence> = space
            .dimensions()
            .iter()
            .zip(&effects)
            .map(|(dimension, effects)| Influence {
                key: dimension.key.clone(),
                mu: effects.mu().unwrap_or(0.0),
                mu_star: effects.mu_star().unwrap_or(0.0),
                sigma: effects.sigma(),
            })
            .collect();
        found.sort_by(|a, b| b.mu_star.total_cmp(&a.mu_star));
        Ok(found)
    };
    quantities.iter().zip(&values).map(of_quantity).collect()
}
