//! How long a crew needs to the scene.

use super::{AmbulanceService, Category};
use crate::random::Dice;
use crate::units::Span;

impl AmbulanceService {
    /// From dispatch to arrival on scene of a crew that has just been taken.
    ///
    /// Square-root law (Kolesar and Blum 1973, *Square root laws for fire engine response
    /// distances*): the distance to the nearest of `n` available units spread over an area `A` grows
    /// as `sqrt(A / n)`. With the area expressed by the fleet that serves it, travel is
    /// `a + b / sqrt(available share)`. For C1 calls crews on their way to less urgent calls that could
    /// turn round count as available.
    pub fn travel(&self, category: Category, dice: &mut Dice) -> Span {
        let config = &self.config;
        let on_duty = f64::from(self.units.capacity().max(1));
        let could_turn = match category {
            Category::C1 => f64::from(self.divertible()) * config.divertible_share,
            _ => 0.0,
        };
        let available_share = (f64::from(self.units.free() + 1) + could_turn) / on_duty;
        let available_share = available_share.min(1.0).max(config.travel_least_idle_share);
        let mean = config.travel_fixed_minutes + config.travel_scale_minutes / available_share.sqrt();
        let factor = config.travel_factor[category.index()];
        let travel = mean * factor * config.travel_spread.sample(dice);
        Span::from_minutes(config.mobilisation_minutes.sample(dice) + travel)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ask, config, service};
    use super::*;
    use crate::random::Stream;

    #[test]
    fn fewer_idle_crews_travel_further() {
        let mut service = service(config(100.0));
        let dice = || Stream::of_seed(1).dice();
        let all_idle = service.travel(Category::C1, &mut dice());
        (0..96).for_each(|i| {
            ask(&mut service, i, Category::C2);
        });
        let few_idle = service.travel(Category::C1, &mut dice());
        assert_eq!(all_idle, Span::from_minutes(4.0 + 1.5));
        assert!((few_idle.as_minutes() - (4.0 + 1.5 / 0.05_f64.sqrt())).abs() < 1e-4);
    }
}
