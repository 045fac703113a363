//! How sure a difference of two windows is, where epochs resemble the ones before them.
//!
//! Epochs are no independent draws: weights are set once and used again, so that ten epochs may tell as much as two.
//! The lag-one correlation of what is left of each window without its mean is estimated, corrected for the bias that
//! short windows have, and widened; mean and variance count as many epochs as that correlation leaves.

use super::figure::{Figure, root, rounded};

/// Units of one.
const ONE: i128 = 1_000_000_000_000;
/// Correlation above which nothing is told apart any more.
const MOST_CORRELATED: i128 = 970_000_000_000;
/// Residuals are held below this, so that their squares, and sums of these, fit.
const LARGEST: i128 = 1_000_000_000;

/// Two-sided 95 per cent quantiles of Student's t in thousandths, by degrees of freedom from one.
const STUDENT: [i128; 30] = [
    12_706, 4_303, 3_182, 2_776, 2_571, 2_447, 2_365, 2_306, 2_262, 2_228, 2_201, 2_179, 2_160,
    2_145, 2_131, 2_120, 2_110, 2_101, 2_093, 2_086, 2_080, 2_074, 2_069, 2_064, 2_060, 2_056,
    2_052, 2_048, 2_045, 2_042,
];

/// What is left of two windows without their means: how large, and how correlated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noise {
    /// Variance of one epoch, in squares of `scale` units.
    variance: i128,
    /// Units of 10^-12 in one of the units of `variance`.
    scale: i128,
    /// Lag-one correlation, as it is used.
    pub(super) correlation: Figure,
    /// Variance of the mean of the window before, as a part of the variance of one epoch.
    before: i128,
    /// The same of the window after.
    after: i128,
    /// Quantile in thousandths.
    quantile: i128,
}

impl Noise {
    /// Of two windows; `None` where they are too short to tell.
    pub(super) fn of(before: &[Figure], after: &[Figure]) -> Option<Self> {
        let windows = [residuals(before)?, residuals(after)?];
        let largest = windows.iter().flatten().map(|left| left.saturating_abs()).max()?;
        let mut scale = 1_i128;
        while largest.checked_div(scale)? > LARGEST {
            scale = scale.saturating_mul(10);
        }
        let (mut squares, mut products) = (0_i128, 0_i128);
        for window in &windows {
            let scaled: Vec<_> = window.iter().filter_map(|left| rounded(*left, scale)).collect();
            squares = squares.saturating_add(sum_of_products(scaled.iter().zip(&scaled)));
            products =
                products.saturating_add(sum_of_products(scaled.iter().zip(scaled.get(1..)?)));
        }
        let (n, m) = (i128::try_from(before.len()).ok()?, i128::try_from(after.len()).ok()?);
        let correlation = correlation(products, squares, n.saturating_add(m));
        let parts = [variance_of_mean(n, correlation)?, variance_of_mean(m, correlation)?];
        // What the means take away of the sum of squares.
        let left = |count: i128, part: i128| count.saturating_mul(ONE.saturating_sub(part));
        let [first, second] = parts;
        let divisor = left(n, first).saturating_add(left(m, second));
        let effective = |part: i128| rounded(ONE.saturating_mul(1_000), part).unwrap_or_default();
        let freedom = effective(first).saturating_add(effective(second)).saturating_sub(2_000);
        Some(Self {
            variance: rounded(squares.checked_mul(ONE)?, divisor.max(1))?,
            scale,
            correlation: Figure::from_units(correlation),
            before: first,
            after: second,
            quantile: quantile(freedom.checked_div(1_000)?),
        })
    }

    /// Half the width of the interval of the mean after less `factor` times the mean before.
    pub(super) fn half_width(&self, factor: Figure) -> Figure {
        let squared = factor.times(factor).units();
        let part = self
            .after
            .saturating_add(rounded(self.before.saturating_mul(squared), ONE).unwrap_or(i128::MAX));
        let variance = rounded(self.variance.saturating_mul(part), ONE).unwrap_or(i128::MAX);
        let width = root(variance).saturating_mul(self.scale).saturating_mul(self.quantile);
        Figure::from_units(width.div_euclid(1_000).saturating_add((width > 0).into()))
    }
}

/// What is left of each without the mean, units of 10^-12.
fn residuals(window: &[Figure]) -> Option<Vec<i128>> {
    let mean = Figure::mean(window)?;
    Some(window.iter().map(|figure| figure.minus(mean).units()).collect())
}

fn sum_of_products<'a>(pairs: impl Iterator<Item = (&'a i128, &'a i128)>) -> i128 {
    pairs.fold(0, |sum, (one, other)| sum.saturating_add(one.saturating_mul(*other)))
}

/// The correlation of `count` epochs, from sums: with the bias of estimated means taken off, and widened by as much as
/// it may usually be off. Never below zero: epochs that alternate do not make anything surer.
fn correlation(products: i128, squares: i128, count: i128) -> i128 {
    let raw = rounded(products.saturating_mul(ONE), squares).unwrap_or_default();
    // Two windows have two pairs less than epochs.
    let pairs = count.saturating_sub(2).max(1);
    let raw =
        rounded(raw.saturating_mul(count), pairs).unwrap_or_default().clamp(0, MOST_CORRELATED);
    // Kendall 1954: with an estimated mean it comes out too small by (1 + 3 rho) / n.
    let bias = ONE.saturating_add(raw.saturating_mul(3));
    let corrected =
        raw.saturating_add(rounded(bias, count).unwrap_or_default()).min(MOST_CORRELATED);
    // One standard error, sqrt((1 - rho^2) / n).
    let rest = ONE.saturating_mul(ONE).saturating_sub(corrected.saturating_mul(corrected));
    let error = root(rounded(rest, count).unwrap_or_default());
    corrected.saturating_add(error).min(MOST_CORRELATED)
}

/// The variance of the mean of so many epochs with this correlation, as a part of that of one epoch.
fn variance_of_mean(count: i128, correlation: i128) -> Option<i128> {
    let (mut power, mut sum) = (ONE, 0_i128);
    for lag in 1..count {
        power = rounded(power.saturating_mul(correlation), ONE)?;
        if power == 0 {
            break;
        }
        sum = sum.saturating_add(count.saturating_sub(lag).saturating_mul(power));
    }
    let inner = ONE.saturating_add(rounded(sum.saturating_mul(2), count)?);
    rounded(inner, count)
}

/// The quantile by degrees of freedom, rounded down.
fn quantile(freedom: i128) -> i128 {
    let index = usize::try_from(freedom.saturating_sub(1)).unwrap_or_default();
    let last = STUDENT.len().saturating_sub(1);
    STUDENT.get(index.min(last)).copied().unwrap_or(12_706)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(of: &[i128]) -> Vec<Figure> {
        of.iter().copied().map(Figure::whole).collect()
    }

    #[test]
    fn the_variance_of_a_mean_is_that_of_the_formula() {
        assert_eq!(variance_of_mean(10, 0), Some(ONE / 10));
        // 1/3 * (1 + 2 * (2/3 * 0.5 + 1/3 * 0.25)) = 0.6111…
        assert_eq!(variance_of_mean(3, ONE / 2), Some(611_111_111_111));
        assert_eq!(quantile(1), 12_706);
        assert_eq!(quantile(-3), 12_706);
        assert_eq!(quantile(10), 2_228);
        assert_eq!(quantile(4_000), 2_042);
    }

    #[test]
    fn nothing_moves_nothing_is_unsure() {
        let noise = Noise::of(&figures(&[5; 10]), &figures(&[7; 5])).unwrap();
        assert_eq!(noise.half_width(Figure::WHOLE), Figure::ZERO);
        assert_eq!(Noise::of(&[], &figures(&[7; 5])), None);
    }

    #[test]
    fn the_scale_does_not_matter() {
        let (before, after) = ([5, 7, 4, 6, 5, 8, 3, 6, 5, 7], [9, 7, 8, 9, 6]);
        let small = Noise::of(&figures(&before), &figures(&after)).unwrap();
        let large = |of: &[i128]| figures(&of.iter().map(|x| x * 1_000_000).collect::<Vec<_>>());
        let large = Noise::of(&large(&before), &large(&after)).unwrap();
        assert_eq!(small.correlation, large.correlation);
        let widths = [small, large].map(|noise| noise.half_width(Figure::WHOLE));
        let apart = widths[0].times(Figure::whole(1_000_000)).minus(widths[1]).abs();
        assert!(apart < Figure::whole(1), "{widths:?}");
        assert!(widths[0] > Figure::whole(1) && widths[0] < Figure::whole(4), "{widths:?}");
        // Without the window before, it is narrower.
        assert!(small.half_width(Figure::ZERO) < widths[0]);
    }
}
