//! Designs that fill a space evenly: Sobol and Halton sequences, and Latin hypercubes.

use crate::random::{Dice, Stream};

const BITS: u32 = 32;

/// Most numbers in one design: some gigabytes.
const MOST_NUMBERS: usize = 100_000_000;

/// Whether a design of so many points fits in memory.
pub(super) fn fits(count: usize, dimensions: usize) -> bool {
    count.max(1).checked_mul(dimensions.max(1)).is_some_and(|numbers| numbers <= MOST_NUMBERS)
}

/// Most dimensions of [`sobol`].
pub const MOST_SOBOL: usize = SOBOL.len() + 1;

/// Most dimensions of [`halton`].
pub const MOST_HALTON: usize = PRIMES.len();

const PRIMES: [u64; 20] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71];

// From the second dimension on: the inner coefficients of a primitive polynomial over the integers
// modulo 2, and the first direction numbers; their number is its degree. Joe and Kuo (2008),
// new-joe-kuo-6.21201.
const SOBOL: [(u32, &[u32]); 20] = [
    (0, &[1]),
    (1, &[1, 3]),
    (1, &[1, 3, 1]),
    (2, &[1, 1, 1]),
    (1, &[1, 1, 3, 3]),
    (4, &[1, 3, 5, 13]),
    (2, &[1, 1, 5, 5, 17]),
    (4, &[1, 1, 5, 5, 5]),
    (7, &[1, 1, 7, 11, 19]),
    (11, &[1, 1, 5, 1, 1]),
    (13, &[1, 1, 1, 3, 11]),
    (14, &[1, 3, 5, 5, 31]),
    (1, &[1, 3, 3, 9, 7, 49]),
    (13, &[1, 1, 1, 15, 21, 21]),
    (16, &[1, 3, 1, 13, 27, 49]),
    (19, &[1, 1, 1, 15, 7, 5]),
    (22, &[1, 3, 1, 15, 13, 25]),
    (25, &[1, 1, 5, 5, 19, 61]),
    (1, &[1, 3, 7, 11, 23, 15, 103]),
    (4, &[1, 3, 7, 13, 13, 15, 69]),
];

/// The first `count` points of the Sobol sequence (1967) in the unit cube, from the origin on and not
/// scrambled, with the direction numbers of Joe and Kuo (2008) in the order of Gray codes (Antonov
/// and Saleev, 1979). Best taken in powers of two. `None` without dimensions, with more than
/// [`MOST_SOBOL`], or for more than 100 million numbers in all.
///
/// ```
/// use nhs_capacity::experiment::design::sobol;
/// assert_eq!(sobol(3, 2), Some(vec![vec![0.0, 0.0], vec![0.5, 0.5], vec![0.75, 0.25]]));
/// ```
pub fn sobol(count: usize, dimensions: usize) -> Option<Vec<Vec<f64>>> {
    if !(1..=MOST_SOBOL).contains(&dimensions) || !fits(count, dimensions) {
        return None;
    }
    let directions: Vec<Vec<u32>> = (0..dimensions).map(directions).collect();
    let mut state = vec![0_u32; dimensions];
    let point = |i: usize| {
        if i > 0 {
            // the bit in which the Gray codes of i - 1 and i differ
            let bit = i.trailing_zeros() as usize;
            state.iter_mut().zip(&directions).for_each(|(x, v)| *x ^= v[bit]);
        }
        state.iter().map(|&x| f64::from(x) / (1_u64 << BITS) as f64).collect()
    };
    Some((0..count).map(point).collect())
}

fn directions(dimension: usize) -> Vec<u32> {
    let Some((inner, first)) = dimension.checked_sub(1).and_then(|d| SOBOL.get(d)) else {
        return (0..BITS).map(|i| 1 << (BITS - 1 - i)).collect();
    };
    let degree = first.len();
    let mut found: Vec<u32> = first.iter().zip(1..).map(|(m, place)| m << (BITS - place)).collect();
    for i in degree..BITS as usize {
        let mut next = found[i - degree] ^ (found[i - degree] >> degree);
        for k in 1..degree {
            if inner >> (degree - 1 - k) & 1 == 1 {
                next ^= found[i - k];
            }
        }
        found.push(next);
    }
    found
}

/// The first `count` points of the Halton sequence (1960): in each dimension the index with its
/// digits mirrored at the point, to the base of the next prime. `None` without dimensions or with
/// more than [`MOST_HALTON`], or for more than 100 million numbers in all.
pub fn halton(count: usize, dimensions: usize) -> Option<Vec<Vec<f64>>> {
    let bases = PRIMES.get(..dimensions).filter(|bases| !bases.is_empty())?;
    let mirrored = |index: u64, base: u64| {
        let (mut rest, mut above, mut below) = (index, 0_u64, 1_u64);
        // one division of whole numbers at the end: no rounding on the way
        while rest > 0 {
            (above, below, rest) = (above * base + rest % base, below * base, rest / base);
        }
        above as f64 / below as f64
    };
    fits(count, dimensions)
        .then(|| (0..count as u64).map(|i| bases.iter().map(|&b| mirrored(i, b)).collect()).collect())
}

/// A Latin hypercube of `count` points (McKay, Beckman and Conover, 1979): in each dimension one
/// uniform point in each of `count` equal slices, in an order of its own. Empty if it would hold more than 100 million
/// numbers.
///
/// ```
/// use nhs_capacity::{experiment::design::latin_hypercube, random::Stream};
/// let points = latin_hypercube(4, 2, Stream::of_seed(1));
/// assert_eq!(points.iter().filter(|point| point[1] < 0.25).count(), 1);
/// ```
pub fn latin_hypercube(count: usize, dimensions: usize, stream: Stream) -> Vec<Vec<f64>> {
    if !fits(count, dimensions) {
        return Vec::new();
    }
    let sides: Vec<Vec<f64>> = (0..dimensions as u64)
        .map(|dimension| {
            let mut dice = stream.at(dimension).dice();
            // rounding must not reach the far end, where many a quantile is infinite
            let mut place = |slice| ((slice as f64 + dice.uniform()) / count as f64).min(1.0 - f64::EPSILON);
            let mut side: Vec<f64> = (0..count).map(&mut place).collect();
            shuffle(&mut side, &mut dice);
            side
        })
        .collect();
    (0..count).map(|i| sides.iter().map(|side| side[i]).collect()).collect()
}

// Durstenfeld (1964).
fn shuffle(values: &mut [f64], dice: &mut Dice) {
    for i in (1..values.len()).rev() {
        values.swap(i, dice.below(i + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verification case oa-lds-01.
    #[test]
    fn the_first_points_are_the_published_ones() {
        let sobol = sobol(8, 3).unwrap();
        let last = [vec![0.375, 0.375, 0.625], vec![0.875, 0.875, 0.125], vec![0.625, 0.125, 0.875]];
        assert_eq!(sobol[4..7], last);
        assert_eq!(sobol[7], [0.125, 0.625, 0.375]);
        let halton = halton(8, 3).unwrap();
        assert_eq!(halton[5], [0.625, 7.0 / 9.0, 1.0 / 25.0]);
        assert_eq!(halton[7], [0.875, 5.0 / 9.0, 11.0 / 25.0]);
    }

    #[test]
    fn every_dimension_of_sobol_is_a_net() {
        let points = sobol(1_024, MOST_SOBOL).unwrap();
        for dimension in 0..MOST_SOBOL {
            let mut cells: Vec<u32> = points.iter().map(|p| (p[dimension] * 1_024.0) as u32).collect();
            cells.sort_unstable();
            assert!(cells.iter().copied().eq(0..1_024), "dimension {dimension}");
        }
        // no two dimensions are the same
        assert!((1..MOST_SOBOL).all(|d| points.iter().any(|p| p[d] != p[d - 1])));
    }

    #[test]
    fn a_latin_hypercube_has_one_point_in_each_slice() {
        let points = latin_hypercube(100, 3, Stream::of_seed(5));
        for dimension in 0..3 {
            let mut slices: Vec<u32> = points.iter().map(|p| (p[dimension] * 100.0) as u32).collect();
            slices.sort_unstable();
            assert!(slices.into_iter().eq(0..100));
        }
        assert_eq!(points, latin_hypercube(100, 3, Stream::of_seed(5)));
        assert!(latin_hypercube(0, 3, Stream::of_seed(5)).is_empty());
    }

    #[test]
    fn too_many_dimensions_are_none() {
        assert_eq!((sobol(1, 0), sobol(1, MOST_SOBOL + 1)), (None, None));
        assert_eq!((halton(1, 0), halton(1, MOST_HALTON + 1)), (None, None));
    }

    #[test]
    fn designs_that_would_not_fit_in_memory_are_refused() {
        assert_eq!((sobol(usize::MAX, 2), sobol(1 << 32, 2), halton(usize::MAX, 2)), (None, None, None));
        assert!(latin_hypercube(usize::MAX, 1, Stream::of_seed(1)).is_empty());
        assert!(latin_hypercube(1, usize::MAX, Stream::of_seed(1)).is_empty());
    }
}
