//! Which parameters an answer hangs on: one at a time to both ends of their intervals (a tornado), by
//! elementary effects over the whole space (Morris), and by shares of the variance (Sobol).
//!
//! All runs meet the same people, so that differences between them are due to the parameters.

use super::ask::{AskError, Dimension, ParameterSpace, Quantity};
use super::estimate::Interval;
use super::screening::{Grid, effects};
use super::sensitivity::SobolDesign;
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
    if inputs == 0 {
        return Err(wrong("parameters", inputs, "1 or more"));
    }
    if !(1..=10_000).contains(&trajectories) {
        return Err(wrong("trajectories", trajectories, "from 1 to 10,000"));
    }
    let grid = Grid::new(4, 2.0 / 3.0).ok_or_else(|| wrong("levels", 4, "a sound grid"))?;
    let paths = grid.trajectories(inputs, trajectories, Stream::of_seed(seed));
    // [quantity][trajectory][point]
    let mut values = vec![vec![Vec::new(); paths.len()]; quantities.len()];
    for (t, path) in paths.iter().enumerate() {
        for point in path {
            for (values, mean) in values.iter_mut().zip(means_at(study, space, quantities, point)?) {
                values[t].push(mean);
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

/// Which part of the variance of a quantity is due to a parameter, if all are drawn evenly from their intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct VarianceShare {
    /// The parameter.
    pub key: String,
    /// Share that would go if the parameter were known (Saltelli and others, 2010), and its 95% interval.
    pub first_order: (f64, Interval),
    /// The same share as Jansen (1999) estimates it: better where it is large.
    pub first_order_jansen: (f64, Interval),
    /// Share that would be left if all others were known, interactions included (Jansen, 1999).
    pub total_order: (f64, Interval),
}

/// Resamples behind the intervals of [`sobol_indices`].
const RESAMPLES: usize = 500;

/// Sobol's indices of each parameter for each quantity, the greatest total first; an empty list for a quantity
/// that does not vary. Runs the study `base` times (parameters + 2), `base` best a power of two and 64 or
/// more; at most ten parameters: screen them with [`morris`] before. What varies is the mean over the study's
/// replications, whose people are the same at every point.
///
/// # Errors
/// If there are too many parameters or too few base points, the results do not have a quantity, a value is not
/// allowed or a run fails.
pub fn sobol_indices(
    study: &Study<'_>,
    space: &ParameterSpace,
    quantities: &[Quantity],
    base: usize,
    seed: u64,
) -> Result<Vec<Vec<VarianceShare>>, AskError> {
    let inputs = space.dimensions().len();
    if !(2..=65_536).contains(&base) {
        return Err(wrong("base points", base, "from 2 to 65,536"));
    }
    let stream = Stream::of_seed(seed);
    let design = SobolDesign::shifted(inputs, base, stream.at(0))
        .ok_or_else(|| wrong("parameters", inputs, "from 1 to 10"))?;
    let mut values = vec![Vec::new(); quantities.len()];
    for point in design.points() {
        for (values, mean) in values.iter_mut().zip(means_at(study, space, quantities, point)?) {
            values.push(mean);
        }
    }
    let of_quantity = |values: &Vec<f64>| {
        let found = design.indices(values).zip(design.intervals(values, RESAMPLES, stream.at(1)));
        let Some((indices, intervals)) = found else { return Vec::new() };
        let with = |values: &[f64], intervals: &[Interval], i: usize| {
            let value = values.get(i).copied().unwrap_or(f64::NAN);
            (value, intervals.get(i).copied().unwrap_or(Interval { low: value, high: value }))
        };
        let share = |(i, dimension): (usize, &Dimension)| VarianceShare {
            key: dimension.key.clone(),
            first_order: with(&indices.first_order, &intervals.first_order, i),
            first_order_jansen: with(&indices.first_order_jansen, &intervals.first_order_jansen, i),
            total_order: with(&indices.total_order, &intervals.total_order, i),
        };
        let mut shares: Vec<VarianceShare> = space.dimensions().iter().enumerate().map(share).collect();
        shares.sort_by(|a, b| b.total_order.0.total_cmp(&a.total_order.0));
        shares
    };
    Ok(values.iter().map(of_quantity).collect())
}

fn wrong(what: &'static str, value: usize, allowed: &'static str) -> AskError {
    AskError::Number { what, value: value as f64, allowed }
}

/// The mean over replications of each quantity at a point of the space.
fn means_at(
    study: &Study<'_>,
    space: &ParameterSpace,
    quantities: &[Quantity],
    point: &[f64],
) -> Result<Vec<f64>, AskError> {
    let results = study.again().with_pack(space.pack_at(study.pack(), point)?).run()?;
    let mean = |quantity: &Quantity| {
        let all = quantity.all_values(&results)?;
        Ok(all.iter().sum::<f64>() / all.len() as f64)
    };
    quantities.iter().map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::measures::Measure;
    use crate::system::pack::england;
    use crate::units::date;

    /// One small place for a month. How many calls are made for an incident changes the calls counted and nothing
    /// else, so all of what response times vary by is due to the other parameter -- exactly, since all points
    /// meet the same people.
    #[test]
    fn a_parameter_that_does_not_act_has_no_share_and_the_other_has_all() {
        let pack = england();
        let space = ParameterSpace::default()
            .within(&pack, "ambulance.first_calls_per_incident", 0.6, 0.82)
            .and_then(|space| space.within(&pack, "ambulance.on_scene_conveyed_minutes", 25.0, 40.0))
            .unwrap();
        let study = Study::new(pack)
            .place("R1F")
            .period(date(2022, 10, 1)..=date(2022, 10, 31))
            .warm_up_months(0)
            .replications(1)
            .scenario("as it was", []);
        let quantities = [Measure::UnitHoursOnScene, Measure::UnitHoursOnScene]
            .map(|measure| Quantity::of(measure, "as it was"));
        let found = sobol_indices(&study, &space, &quantities, 4, 1).unwrap();
        assert_eq!(found[0], found[1]);
        let [all, none] = &found[0][..] else { panic!("two parameters: {found:?}") };
        assert_eq!(all.key, "ambulance.on_scene_conveyed_minutes");
        assert_eq!(none.total_order, (0.0, Interval { low: 0.0, high: 0.0 }));
        assert_eq!(none.first_order, (0.0, Interval { low: 0.0, high: 0.0 }));
        assert!((all.first_order_jansen.0 - 1.0).abs() < 1e-12, "{all:?}");
        assert!(all.total_order.0 > 0.0 && all.total_order.1.low <= all.total_order.0);
        let too_few = sobol_indices(&study, &space, &quantities, 1, 1).unwrap_err();
        assert_eq!(too_few.to_string(), "base points = 1, must be from 2 to 65,536");
        let none = sobol_indices(&study, &ParameterSpace::default(), &quantities, 4, 1).unwrap_err();
        assert_eq!(none.to_string(), "parameters = 0, must be from 1 to 10");
    }
}
