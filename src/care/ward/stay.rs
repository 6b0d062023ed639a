//! How long patients stay: many for a night or two, a few for weeks.
//!
//! One lognormal law cannot have both the mode of short stays and the tail that fills the beds.
//! [`StayLaw`] is a mixture of two: a short component, which sets the mode, and a long one, which
//! sets mean and tail. What discharges patients earlier thins the tail and leaves the mode alone.

use crate::random::{Dice, Distribution, DistributionError};
use statrs::function::erf::erfc;

/// A mixture of two lognormal laws of the length of stay \[d\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StayLaw {
    short_share: f64,
    short: Distribution,
    long: Distribution,
}

/// Coefficients of variation among which the long component is sought.
const LEAST_CV: f64 = 0.1;
const GREATEST_CV: f64 = 10.0;

impl StayLaw {
    /// A share `short_share` of stays (held to 0 to 1) follows `short`, the others follow `long`.
    pub fn new(short_share: f64, short: Distribution, long: Distribution) -> Self {
        Self { short_share: short_share.clamp(0.0, 1.0), short, long }
    }

    /// The lognormal law with this mode \[h\] and coefficient of variation:
    /// `mode = mean / (1 + cv^2)^(3/2)`.
    ///
    /// # Errors
    /// If the mode is not above 0 or the coefficient of variation is negative.
    pub fn short_component(mode_hours: f64, cv: f64) -> Result<Distribution, DistributionError> {
        let mean = mode_hours / 24.0 * (1.0 + cv * cv).powf(1.5);
        Distribution::lognormal(mean, mean * cv)
    }

    /// The law with this mean whose `long_share`, as `share_of` computes it, is `wanted`.
    ///
    /// The mean fixes that of the long component; its coefficient of variation is found by bisection.
    /// A share beyond a threshold above the mean first grows with the spread and then falls again,
    /// as a heavier tail needs fewer patients; the answer is on the falling, heavy-tailed side. If no spread
    /// gives a share as large as `wanted`, it is that with the largest. The long component is never
    /// shorter than the short one, so a `mean` below that is not kept.
    ///
    /// # Errors
    /// If the mean implies a component out of range.
    pub fn fitted(
        short_share: f64,
        short: Distribution,
        mean: f64,
        wanted: f64,
        share_of: impl Fn(&Self) -> f64,
    ) -> Result<Self, DistributionError> {
        let with_cv = |cv: f64| Self::with_mean(short_share, short, mean, cv);
        const STEPS: i32 = 60;
        let at = |step: i32| LEAST_CV * (GREATEST_CV / LEAST_CV).powf(f64::from(step) / f64::from(STEPS));
        let (mut low, mut best) = (LEAST_CV, f64::NEG_INFINITY);
        for cv in (0..=STEPS).map(at) {
            let share = share_of(&with_cv(cv)?);
            if share > best {
                (low, best) = (cv, share);
            }
        }
        if best <= wanted {
            return with_cv(low);
        }
        let mut high = GREATEST_CV;
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if share_of(&with_cv(middle)?) > wanted { low = middle } else { high = middle }
        }
        with_cv(high)
    }

    /// The law with this mean and this coefficient of variation of its long component.
    ///
    /// # Errors
    /// If the mean implies a component out of range.
    pub fn with_mean(
        short_share: f64,
        short: Distribution,
        mean: f64,
        long_cv: f64,
    ) -> Result<Self, DistributionError> {
        let short_share = short_share.clamp(0.0, 0.99);
        let long = ((mean - short_share * short.mean()) / (1.0 - short_share)).max(short.mean());
        Ok(Self::new(short_share, short, Distribution::lognormal(long, long * long_cv)?))
    }

    /// Mean \[d\].
    pub fn mean(&self) -> f64 {
        self.short_share * self.short.mean() + (1.0 - self.short_share) * self.long.mean()
    }

    /// Standard deviation \[d\].
    #[cfg(test)]
    pub fn standard_deviation(&self) -> f64 {
        let second = |law: &Distribution| law.variance() + law.mean() * law.mean();
        let moment = self.short_share * second(&self.short) + (1.0 - self.short_share) * second(&self.long);
        (moment - self.mean() * self.mean()).max(0.0).sqrt()
    }

    /// Coefficient of variation of the long component.
    pub fn long_cv(&self) -> f64 {
        self.long.variance().sqrt() / self.long.mean()
    }

    /// Share of stays over this many days, in closed form.
    pub fn share_over(&self, days: f64) -> f64 {
        self.short_share * lognormal_over(&self.short, days)
            + (1.0 - self.short_share) * lognormal_over(&self.long, days)
    }

    /// A stay \[d\].
    #[inline]
    pub fn sample(&self, dice: &mut Dice) -> f64 {
        let law = if dice.happens(self.short_share) { &self.short } else { &self.long };
        law.sample(dice)
    }

    /// What is left of a stay that is found in progress at a random moment \[d\]: a patient found so
    /// belongs to a component in proportion to the bed-days it fills.
    pub fn sample_remaining(&self, dice: &mut Dice) -> f64 {
        let short_bed_days = self.short_share * self.short.mean() / self.mean().max(f64::MIN_POSITIVE);
        let law = if dice.happens(short_bed_days) { &self.short } else { &self.long };
        law.sample_remaining(dice)
    }

    /// A stay of `days` when the share `shortened` of what lies beyond an ordinary short stay is
    /// saved: the tail thins, the mode stays \[d\].
    #[inline]
    pub fn shortened(&self, days: f64, shortened: f64) -> f64 {
        days - (days - self.short.mean()).max(0.0) * shortened
    }
}

/// Share of a lognormal (or constant) law over `days`.
fn lognormal_over(law: &Distribution, days: f64) -> f64 {
    match (law.parameter("mu"), law.parameter("sigma")) {
        _ if days <= 0.0 => 1.0,
        (Some(mu), Some(sigma)) => erfc((days.ln() - mu) / sigma / std::f64::consts::SQRT_2) / 2.0,
        _ => f64::from(law.mean() > days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn a_law_is_fitted_to_its_mean_and_long_stays() {
        let short = StayLaw::short_component(16.0, 0.6).unwrap();
        let law = StayLaw::fitted(0.35, short, 6.5, 0.12, |law| law.share_over(14.0)).unwrap();
        assert!((law.mean() - 6.5).abs() < 1e-9 && (law.share_over(14.0) - 0.12).abs() < 1e-9);
    }

    fn law() -> StayLaw {
        let short = StayLaw::short_component(16.0, 0.6).unwrap();
        StayLaw::fitted(0.35, short, 6.5, 0.12, |law| law.share_over(14.0)).unwrap()
    }

    /// Numerical integration of the survival function gives the mean in closed form back.
    #[test]
    fn the_area_under_the_survival_curve_is_the_mean() {
        let law = law();
        let step = 0.01;
        let area: f64 = (0..200_000).map(|i| law.share_over((f64::from(i) + 0.5) * step) * step).sum();
        assert!((area / law.mean() - 1.0).abs() < 1e-4, "{area} against {}", law.mean());
    }

    /// The mode of a lognormal law is exp(mu - sigma^2).
    #[test]
    fn the_short_component_has_the_mode_asked_for() {
        let short = StayLaw::short_component(16.0, 0.6).unwrap();
        let (mu, sigma) = (short.parameter("mu").unwrap(), short.parameter("sigma").unwrap());
        assert!(((mu - sigma * sigma).exp() * 24.0 - 16.0).abs() < 1e-9);
    }

    /// 50 groups of 4,000 draws; |t| at most 4.38 with 49 degrees of freedom.
    #[test]
    fn draws_have_the_mean_the_tail_and_the_residual_of_the_law() {
        let law = law();
        let (m, sd) = (law.mean(), law.standard_deviation());
        let residual = (m * m + sd * sd) / (2.0 * m);
        type Draw = fn(&StayLaw, &mut Dice) -> f64;
        let draws: [(Draw, f64); 3] = [
            (|law, dice| law.sample(dice), m),
            (|law, dice| f64::from(law.sample(dice) > 14.0), 0.12),
            (|law, dice| law.sample_remaining(dice), residual),
        ];
        for (draw, expected) in draws {
            let means: Vec<f64> = (0..50)
                .map(|g| {
                    let mut dice = Stream::of_seed(3).at(g).dice();
                    (0..4_000).map(|_| draw(&law, &mut dice)).sum::<f64>() / 4_000.0
                })
                .collect();
            let mean = means.iter().sum::<f64>() / 50.0;
            let spread = (means.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 49.0 / 50.0).sqrt();
            let t = (mean - expected) / spread;
            assert!(t.abs() < 4.38, "{mean} against {expected}, t = {t}");
        }
    }

    #[test]
    fn shortening_thins_the_tail_and_keeps_the_mode() {
        let law = law();
        let short = law.short.mean();
        assert_eq!(law.shortened(0.5 * short, 0.3), 0.5 * short);
        assert!((law.shortened(short + 10.0, 0.3) - (short + 7.0)).abs() < 1e-12);
        assert_eq!(law.shortened(20.0, 0.0), 20.0);
    }

    #[test]
    fn a_share_out_of_reach_gives_the_largest_there_is() {
        let short = StayLaw::short_component(16.0, 0.6).unwrap();
        let law = StayLaw::fitted(0.35, short, 6.5, 0.9, |law| law.share_over(14.0)).unwrap();
        assert!((law.mean() - 6.5).abs() < 1e-9 && law.share_over(14.0) < 0.9);
        assert!(StayLaw::fitted(0.35, short, f64::NAN, 0.1, |law| law.share_over(14.0)).is_ok());
        assert!(StayLaw::short_component(-1.0, 0.5).is_err());
    }
}
