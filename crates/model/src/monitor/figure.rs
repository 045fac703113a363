//! Numbers with twelve decimals, for what is no integer on the chain.

use std::fmt;

use serde::{Serialize, Serializer};

/// A number with twelve decimals. Quotients and roots are rounded to the nearest of them, halves away from
/// zero; what is too large saturates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Figure(i128);

impl Figure {
    /// Units of one.
    const ONE: i128 = 1_000_000_000_000;
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many units of 10^-12.
    #[must_use]
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// In units of 10^-12.
    #[must_use]
    pub const fn units(self) -> i128 {
        self.0
    }

    /// A whole number.
    #[must_use]
    pub fn whole(number: i128) -> Self {
        Self(number.saturating_mul(Self::ONE))
    }

    /// A quotient, to the nearest; `None` by zero.
    #[must_use]
    pub fn ratio(over: i128, under: i128) -> Option<Self> {
        rounded(over.checked_mul(Self::ONE)?, under).map(Self)
    }

    /// A share as the chain stores it: 65535 is all of it.
    #[must_use]
    pub fn share(raw: u16) -> Self {
        Self::ratio(raw.into(), u16::MAX.into()).unwrap_or_default()
    }
}

/// Arithmetic that saturates.
impl Figure {
    /// One: all of a share.
    pub const WHOLE: Self = Self(Self::ONE);

    /// The sum.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// The product, to the nearest.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        match self.0.checked_mul(other.0) {
            Some(product) => Self(rounded(product, Self::ONE).unwrap_or_default()),
            // Too large for that: the smaller digits of the first do not matter.
            None => Self((self.0 / Self::ONE).saturating_mul(other.0)),
        }
    }

    /// The mean, to the nearest; `None` of nothing.
    #[must_use]
    pub fn mean(of: &[Self]) -> Option<Self> {
        let sum = of.iter().fold(0_i128, |sum, figure| sum.saturating_add(figure.0));
        rounded(sum, i128::try_from(of.len()).ok()?).map(Self)
    }

    /// Root of the mean square of what is left of `of` without `mean`, or of so many fewer than there are, where
    /// `less` is above zero; `None` of nothing.
    #[must_use]
    pub(super) fn deviation(of: &[Self], mean: Self, less: usize) -> Option<Self> {
        let count = i128::try_from(of.len().checked_sub(less)?).ok()?;
        let apart = || of.iter().map(|figure| figure.minus(mean).abs().0);
        // Squares of what is larger than this would not fit together.
        let mut scale = 1_i128;
        let largest = apart().max()?;
        while largest.checked_div(scale)? > 1_000_000_000_000_000 {
            scale = scale.saturating_mul(10);
        }
        let square = |number: i128| rounded(number, scale).map(|part| part.saturating_mul(part));
        let sum = apart().filter_map(square).fold(0_i128, i128::saturating_add);
        Some(Self(root(rounded(sum, count)?).saturating_mul(scale)))
    }

    /// With no more decimals than it needs, and its sign where asked for.
    #[must_use]
    pub fn short(self) -> String {
        let text = format!("{self:.12}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// A share as per cent, with one decimal: `87.0%`.
    #[must_use]
    pub fn percent(self) -> String {
        format!("{:.1}%", self.times(Self::whole(100)))
    }
}

/// The square root to the nearest; of what is negative, nothing.
pub(super) fn root(of: i128) -> i128 {
    let floor = of.max(0).isqrt();
    // (floor + 1/2)^2 is floor^2 + floor + 1/4.
    let up = of.saturating_sub(floor.saturating_mul(floor)) > floor;
    floor.saturating_add(up.into())
}

/// A quotient to the nearest, halves away from zero.
pub(super) fn rounded(over: i128, under: i128) -> Option<i128> {
    let (quotient, rest) = (over.checked_div(under)?, over.checked_rem(under)?);
    let up = rest.unsigned_abs() >= under.unsigned_abs().saturating_sub(rest.unsigned_abs());
    let away = match (over < 0) == (under < 0) {
        true => 1,
        false => -1,
    };
    quotient.checked_add(if up && rest != 0 { away } else { 0 })
}

impl fmt::Display for Figure {
    /// With the precision that is asked for, of up to twelve decimals, and six where none is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f.precision().unwrap_or(6).min(12);
        let scale =
            10_i128.saturating_pow(u32::try_from(12_usize.saturating_sub(places)).unwrap_or(0));
        let shown = rounded(self.0, scale).unwrap_or(self.0);
        let one = 10_u128.saturating_pow(u32::try_from(places).unwrap_or(12));
        let (whole, part) = (
            shown.unsigned_abs().checked_div(one).unwrap_or_default(),
            shown.unsigned_abs().checked_rem(one).unwrap_or_default(),
        );
        let sign = match shown {
            ..0 => "-",
            _ if f.sign_plus() => "+",
            _ => "",
        };
        match places {
            0 => write!(f, "{sign}{whole}"),
            _ => write!(f, "{sign}{whole}.{part:0places$}"),
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_to_the_nearest() {
        assert_eq!(Figure::share(34_612).to_string(), "0.528145");
        assert_eq!(Figure::share(65_535).to_string(), "1.000000");
        assert_eq!(Figure::share(65_534).to_string(), "0.999985");
        assert_eq!(format!("{:.2}", Figure::from_units(-5_000_000_000)), "-0.01");
        assert_eq!(format!("{:.0}", Figure::whole(-3)), "-3");
        assert_eq!(format!("{:+.1}", Figure::whole(3)), "+3.0");
        assert_eq!(Figure::ratio(1, 0), None);
        assert_eq!(Figure::ratio(-1, 3).unwrap().units(), -333_333_333_333);
        assert_eq!(Figure::whole(3).short(), "3");
        assert_eq!(Figure::share(65_535).percent(), "100.0%");
        assert_eq!(Figure::from_units(250_000_000_000).short(), "0.25");
        assert_eq!(Figure::ratio(2, 3).unwrap().units(), 666_666_666_667);
    }

    #[test]
    fn the_five_founding_numbers() {
        let raw = [65_534, 34_612, 26_161, 26_431, 28_013];
        let shares = raw.map(Figure::share);
        let said: Vec<_> = shares.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["0.999985", "0.528145", "0.399191", "0.403311", "0.427451"]);
        let mean = Figure::mean(&shares).unwrap();
        assert_eq!(mean.to_string(), "0.551617");
        assert_eq!(Figure::deviation(&shares, mean, 0).unwrap().to_string(), "0.229011");
        assert_eq!(Figure::deviation(&shares, mean, 1).unwrap().to_string(), "0.256042");
    }

    #[test]
    fn arithmetic_of_large_numbers_saturates_or_is_scaled() {
        let large = Figure::from_units(i128::MAX);
        assert_eq!(large.plus(large), large);
        assert_eq!(large.times(Figure::whole(2)).units(), i128::MAX);
        assert_eq!(Figure::whole(3).times(Figure::ratio(-1, 3).unwrap()).to_string(), "-1.000000");
        // Ages as of a chain that has run for ten thousand years.
        let ages = [Figure::whole(0), Figure::whole(30_000_000_000)];
        let mean = Figure::mean(&ages).unwrap();
        assert_eq!(Figure::deviation(&ages, mean, 0), Some(Figure::whole(15_000_000_000)));
        assert_eq!(Figure::deviation(&[], Figure::ZERO, 0), None);
        assert_eq!(Figure::deviation(&[large], Figure::ZERO, 1), None);
        for (of, is) in [(0, 0), (2, 1), (3, 2), (6, 2), (7, 3), (-4, 0)] {
            assert_eq!(root(of), is, "{of}");
        }
    }
}
