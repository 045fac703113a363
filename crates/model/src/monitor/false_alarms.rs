//! How often a change is seen where there is none, and where there is one: measured.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a simulation draws fractions"
)]

use super::figure::Figure;
use super::interval::Noise;
use super::verdict::Placebo;

/// A small generator, so that every run is the same: xorshift64*.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Between 0 and 1.
    fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Normal, by twelve uniforms.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    /// So many epochs around zero with a deviation of one, each correlated with the one before.
    fn series(&mut self, count: usize, correlation: f64) -> Vec<f64> {
        let mut last = self.normal();
        (0..count)
            .map(|_| {
                let now = last;
                let fresh = self.normal() * (1.0 - correlation * correlation).sqrt();
                last = correlation * last + fresh;
                now
            })
            .collect()
    }
}

/// In how many of so many runs an interval excluded zero, and the rank was extreme besides.
fn seen(runs: usize, (n, m): (usize, usize), correlation: f64, shift: f64) -> (f64, f64) {
    let mut random = Random(0x5eed_5eed_5eed_5eed ^ (correlation * 1_000.0) as u64);
    let (mut by_interval, mut by_both) = (0, 0);
    for _ in 0..runs {
        let mut drawn = random.series(n + m, correlation);
        drawn[n..].iter_mut().for_each(|value| *value += shift);
        let stored = |value: &f64| Figure::share(((0.6 + 0.02 * value) * 65_535.0) as u16);
        let all: Vec<_> = drawn.iter().map(stored).collect();
        let (before, after) = all.split_at(n);
        let difference = Figure::mean(after).unwrap().minus(Figure::mean(before).unwrap());
        let width = Noise::of(before, after).unwrap().half_width(Figure::WHOLE);
        if difference.abs() > width {
            by_interval += 1;
            by_both += usize::from(Placebo::of(before, m, difference).unwrap().is_extreme());
        }
    }
    let rate = |count| 100.0 * f64::from(u32::try_from(count).unwrap()) / runs as f64;
    (rate(by_interval), rate(by_both))
}

/// Prints the table of docs/method.md with `-- --nocapture`.
#[test]
fn false_alarms_are_rare_and_real_shifts_are_found() {
    const CORRELATIONS: [f64; 6] = [0.0, 0.3, 0.5, 0.7, 0.9, 0.97];
    let mut table = String::new();
    let mut faults = Vec::new();
    for windows in [(60, 10), (20, 10), (10, 5), (60, 60)] {
        for correlation in CORRELATIONS {
            let (interval, both) = seen(4_000, windows, correlation, 0.0);
            let (_, found) = seen(300, windows, correlation, 3.0);
            table += &format!(
                "| {} and {} | {correlation} | {interval:.1}% | {both:.1}% | {found:.0}% |\n",
                windows.0, windows.1
            );
            // What hardly differs from a random walk is beyond what so few epochs can tell; the table says how far.
            let alarms = correlation <= 0.9 && interval >= 6.0;
            let blind = windows == (60, 10) && correlation <= 0.5 && found <= 80.0;
            if alarms || blind {
                faults.push((windows, correlation, interval, found));
            }
        }
    }
    #[expect(clippy::disallowed_macros, reason = "the table is what the test is run for by hand")]
    {
        println!("{table}");
    }
    assert!(faults.is_empty(), "{table}");
    let document = include_str!("../../../../docs/method.md");
    assert!(document.contains(&table), "docs/method.md lacks these rows");
}
