//! Fixed-point numbers as the real chain counts with them: products are rounded down, quotients towards
//! zero, and what leaves the range stays at its end.

use alloc::vec::Vec;

/// A signed number with 32 bits before and 32 bits behind the point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed(i64);

const FRACTION: u32 = 32;
/// What a share in storage is a part of.
const WHOLE: i64 = 65_535;

fn saturated(bits: i128) -> Fixed {
    Fixed(i64::try_from(bits).unwrap_or(if bits < 0 { i64::MIN } else { i64::MAX }))
}

impl Fixed {
    pub const ZERO: Self = Self(0);
    pub const ONE: Self = Self(1 << FRACTION);
    const HALF: Self = Self(1 << 31);
    /// Euler's number, as far as the real chain keeps it: 23 bits behind the point.
    const E: Self = Self(22_802_600 << 9);

    /// A whole number.
    pub const fn whole(number: i32) -> Self {
        Self((number as i64) << FRACTION)
    }

    /// A whole number from storage.
    pub const fn from_u16(number: u16) -> Self {
        Self((number as i64) << FRACTION)
    }

    /// A share of 65535.
    pub fn share(number: u16) -> Self {
        Self::from_u16(number).over(Self(WHOLE << FRACTION))
    }

    /// A number with 64 bits behind the point, which loses half of them.
    pub fn narrowed(bits: i128) -> Self {
        saturated(bits >> FRACTION)
    }

    /// As a share of 65535, rounded down.
    pub fn to_share(self) -> u16 {
        let whole = self.times(Self(WHOLE << FRACTION)).0 >> FRACTION;
        u16::try_from(whole).unwrap_or(if whole < 0 { 0 } else { u16::MAX })
    }

    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The product, rounded down.
    pub fn times(self, other: Self) -> Self {
        saturated((i128::from(self.0) * i128::from(other.0)) >> FRACTION)
    }

    /// The quotient, rounded towards zero; 0 where nothing can be divided.
    pub fn over(self, other: Self) -> Self {
        match other.0 {
            0 => Self::ZERO,
            divisor => saturated((i128::from(self.0) << FRACTION) / i128::from(divisor)),
        }
    }

    /// The exponential function as the real chain adds it up. Far out it is less than exact.
    fn exp(self) -> Self {
        let x = self.clamp(Self::whole(-20), Self::whole(20));
        if x == Self::ZERO {
            return Self::ONE;
        }
        if x == Self::ONE {
            return Self::E;
        }
        let size = Self(x.0.abs());
        let mut result = Self::ONE.plus(size);
        let mut term = size;
        for index in 2..32 {
            term = term.times(size).over(Self::whole(index));
            result = result.plus(term);
        }
        if x < Self::ZERO { Self::ONE.over(result) } else { result }
    }

    /// The sigmoid of liquid alpha between two ends, for a difference from 0 to 1.
    pub fn sigmoid(difference: Self, steepness: i16, low: Self, high: Self) -> Self {
        let slope = Self::whole(steepness.into()).over(Self::whole(-100));
        let z = slope.times(difference.minus(Self::HALF));
        let sigma = Self::ONE.over(Self::ONE.plus(z.exp()));
        let alpha = low.plus(sigma.times(high.minus(low)));
        // Not `clamp`, which wants the ends in order.
        alpha.min(high).max(low)
    }
}

/// Divides each by the sum of all, where there is one.
pub fn normalise(values: &mut [Fixed]) {
    let sum = total(values);
    if sum != Fixed::ZERO {
        for value in values {
            *value = value.over(sum);
        }
    }
}

pub fn total(values: &[Fixed]) -> Fixed {
    values.iter().fold(Fixed::ZERO, |sum, value| sum.plus(*value))
}

/// `part / whole` with 64 bits behind the point, rounded down. Neither is negative, and the part is no
/// more than the whole.
fn ratio(part: i128, whole: i128) -> i128 {
    let (part, whole) = (part.unsigned_abs(), whole.unsigned_abs());
    let Some(mut quotient) = part.checked_div(whole) else { return 0 };
    let mut rest = part % whole;
    for _ in 0..64 {
        // Below the whole, which has 127 bits.
        rest <<= 1;
        quotient <<= 1;
        if rest >= whole {
            rest -= whole;
            quotient |= 1;
        }
    }
    i128::try_from(quotient).unwrap_or(i128::MAX)
}

/// Stakes with 64 bits behind the point as shares of their sum with 32 of them.
pub fn shares(stakes: &[i128]) -> Vec<Fixed> {
    let sum = stakes.iter().fold(0, |sum: i128, stake| sum.saturating_add(*stake));
    let share = |stake: &i128| if sum == 0 { *stake } else { ratio(*stake, sum) };
    stakes.iter().map(|stake| Fixed::narrowed(share(stake))).collect()
}

/// The alpha of a moving average in parts of a million: 1 minus that part.
pub fn alpha(moving_average: u64) -> Fixed {
    let bits = (i128::from(moving_average) << 64) / 1_000_000;
    Fixed::ONE.minus(Fixed::narrowed(bits))
}

/// The part of an amount, rounded down.
pub fn part(share: Fixed, amount: u64) -> u64 {
    let product = u128::try_from(share.0).unwrap_or(0) * u128::from(amount);
    u64::try_from(product >> FRACTION).unwrap_or(u64::MAX)
}
