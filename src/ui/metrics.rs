//! Metrics in the text format of Prometheus: exact integers, and names and labels that are checked here.
//!
//! Written by hand, since the libraries for it keep every value as a floating-point number.

use std::fmt::{Display, Write as _};

/// What sort of metric it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// A value that goes up and down.
    Gauge,
    /// A count that only goes up.
    Counter,
}

/// A metric with its samples.
#[derive(Debug)]
struct Family {
    name: &'static str,
    help: &'static str,
    kind: MetricKind,
    samples: Vec<(String, String)>,
}

/// Metrics in the making.
#[derive(Debug, Default)]
pub struct Metrics {
    families: Vec<Family>,
}

impl Metrics {
    /// Adds a sample of a gauge.
    pub fn gauge(
        &mut self,
        name: &'static str,
        help: &'static str,
        labels: &[(&str, &str)],
        value: impl Display,
    ) {
        self.add(MetricKind::Gauge, name, help, labels, value);
    }

    /// Adds a sample of a counter.
    pub fn counter(
        &mut self,
        name: &'static str,
        help: &'static str,
        labels: &[(&str, &str)],
        value: impl Display,
    ) {
        self.add(MetricKind::Counter, name, help, labels, value);
    }

    fn add(
        &mut self,
        kind: MetricKind,
        name: &'static str,
        help: &'static str,
        labels: &[(&str, &str)],
        value: impl Display,
    ) {
        let labels: Vec<_> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels =
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let sample = (labels, value.to_string());
        match self.families.iter_mut().find(|family| family.name == name) {
            Some(family) => family.samples.push(sample),
            None => self.families.push(Family { name, help, kind, samples: vec![sample] }),
        }
    }

    /// All of them as text, each metric in one piece.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for Family { name, help, kind, samples } in &self.families {
            let kind = match kind {
                MetricKind::Gauge => "gauge",
                MetricKind::Counter => "counter",
            };
            // Writing to a string does not fail.
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
            for (labels, value) in samples {
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        }
        text
    }
}

/// A label value as the format has it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_is_in_one_piece_and_every_digit_is_there() {
        let mut metrics = Metrics::default();
        metrics.gauge("a_blocks", "About a", &[("netuid", "46")], u64::MAX);
        metrics.counter("b_total", "About b", &[], 3);
        metrics.gauge("a_blocks", "About a", &[("netuid", "a\"b\\c\nd")], "0.5");
        assert_eq!(
            metrics.text(),
            "# HELP a_blocks About a\n# TYPE a_blocks gauge\na_blocks{netuid=\"46\"} 18446744073709551615\n\
             a_blocks{netuid=\"a\\\"b\\\\c\\nd\"} 0.5\n# HELP b_total About b\n# TYPE b_total counter\nb_total 3\n"
        );
    }
}
