//! What the same comparison gives where nothing was changed.

use super::figure::{Figure, rounded};
use super::verdict::Placebo;

/// Epochs that a cut leaves before it, at least.
const BEFORE_A_CUT: usize = 5;

impl Placebo {
    /// Where `difference` ranks among those at all cuts within the window before: each compares all epochs before the
    /// cut with as many after it as the window after has, or half of the window before, where that is fewer.
    pub(super) fn of(before: &[Figure], after: usize, difference: Figure) -> Option<Self> {
        let length = after.min(before.len().checked_div(2)?);
        let last = before.len().checked_sub(length)?;
        if length == 0 || last < BEFORE_A_CUT {
            return None;
        }
        let sums: Vec<i128> = std::iter::once(0)
            .chain(before.iter().scan(0_i128, |sum, figure| {
                *sum = sum.saturating_add(figure.units());
                Some(*sum)
            }))
            .collect();
        let (mut cuts, mut as_large) = (0_usize, 0_usize);
        for cut in BEFORE_A_CUT..=last {
            let (first, end) = (*sums.get(cut)?, *sums.get(cut.saturating_add(length))?);
            let earlier = rounded(first, i128::try_from(cut).ok()?)?;
            let later = rounded(end.saturating_sub(first), i128::try_from(length).ok()?)?;
            cuts = cuts.saturating_add(1);
            let apart = later.saturating_sub(earlier).saturating_abs();
            as_large =
                as_large.saturating_add((apart >= difference.units().saturating_abs()).into());
        }
        Some(Self { rank: as_large.saturating_add(1), of: cuts.saturating_add(1) })
    }

    /// Whether hardly any of them is as large: one in twenty, or none where they are fewer than that.
    #[must_use]
    pub fn is_extreme(self) -> bool {
        self.rank <= self.of.checked_div(20).unwrap_or_default().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_ranked_among_those_without_a_change() {
        let quiet = vec![Figure::whole(5); 60];
        let rank = |before: &[Figure], after, difference| {
            Placebo::of(before, after, Figure::whole(difference))
                .map(|found| (found.rank, found.of))
        };
        // Cuts after 5 to 50 epochs.
        assert_eq!(rank(&quiet, 10, -1), Some((1, 47)));
        assert_eq!(rank(&quiet, 10, 0), Some((47, 47)));
        // A window that rises throughout shows such differences all the time.
        let rising: Vec<_> = (0..60).map(Figure::whole).collect();
        assert_eq!(rank(&rising, 10, 20), Some((22, 47)));
        assert_eq!(rank(&rising, 10, 100), Some((1, 47)));
        // Short windows: half of the window before.
        assert_eq!(rank(&quiet[..10], 10, 1), Some((1, 2)));
        assert_eq!(rank(&quiet[..9], 3, 1), Some((1, 3)));
        assert_eq!(rank(&quiet[..5], 5, 1), None);
    }

    #[test]
    fn one_in_twenty_is_extreme() {
        let extreme = |rank, of| Placebo { rank, of }.is_extreme();
        assert!(extreme(1, 2) && !extreme(2, 2) && !extreme(2, 39));
        assert!(extreme(2, 47) && !extreme(3, 47));
    }
}
