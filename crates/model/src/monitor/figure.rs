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

/// A quotient to the nearest, halves away from zero.
fn rounded(over: i128, under: i128) -> Option<i128> {
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
        assert_eq!(Figure::ratio(2, 3).unwrap().units(), 666_666_666_667);
    }
}
