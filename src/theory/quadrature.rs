//! Numerical integration by Gauss-Legendre panels.

/// Nodes and weights of the ten-point rule on (-1, 1), positive half (Abramowitz and Stegun, 25.4).
const RULE: [(f64, f64); 5] = [
    (0.148_874_338_981_631_21, 0.295_524_224_714_752_87),
    (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
    (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
    (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
];

fn panel(f: &impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    let (middle, half) = (f64::midpoint(from, to), (to - from) / 2.0);
    half * RULE.iter().map(|(x, w)| w * (f(middle - half * x) + f(middle + half * x))).sum::<f64>()
}

/// The integral of `f` from `from` to `to` in `panels` equal panels.
pub(super) fn integrate(f: impl Fn(f64) -> f64, from: f64, to: f64, panels: u32) -> f64 {
    let width = (to - from) / f64::from(panels);
    (0..panels).map(|i| panel(&f, from + width * f64::from(i), from + width * f64::from(i + 1))).sum()
}

/// The integral from 0 to infinity of `f`, in panels that start at `scale / 1000`, double up to
/// `widest` and stop at the first that begins where `is_over`. Not a number if two million panels do not suffice.
pub(super) fn integrate_tail(
    f: impl Fn(f64) -> f64,
    scale: f64,
    widest: f64,
    is_over: impl Fn(f64) -> bool,
) -> f64 {
    const MOST_PANELS: u32 = 2_000_000;
    let (mut from, mut width, mut sum) = (0.0, (scale / 1000.0).min(widest), 0.0);
    for _ in 0..MOST_PANELS {
        if is_over(from) {
            return sum;
        }
        sum += panel(&f, from, from + width);
        from += width;
        // panels never outgrow a quarter of the way come, so that curves steep at 0 stay resolved
        width = (from / 4.0).clamp(width, widest.max(width));
    }
    f64::NAN
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    #[test]
    fn known_integrals() {
        agrees(integrate(f64::sin, 0.0, std::f64::consts::PI, 4), 2.0);
        agrees(integrate_tail(|x| (-x).exp(), 1.0, 1.0, |x| x > 50.0), 1.0);
    }
}
