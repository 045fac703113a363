//! What is wanted of an epoch: `vtrust.mean>=0.6`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::figure::Figure;
use super::metric::{Metric, Scale};
use crate::error::Error;

/// How a metric is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalSign {
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `<`
    Below,
    /// `=`
    Equal,
}

/// What a metric is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalTarget {
    /// A value.
    Absolute(Figure),
    /// So many per cent more (or less, where negative) than before.
    Relative(Figure),
}

/// One goal. Its text is read by [`FromStr`] and written by [`fmt::Display`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goal {
    /// Of which metric.
    pub metric: Metric,
    /// How it is compared.
    pub sign: GoalSign,
    /// With what.
    pub target: GoalTarget,
}

/// What became of a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalState {
    /// Reached.
    Met,
    /// Not reached.
    Missed,
    /// Neither can be said, and why.
    CannotTell(String),
}

impl GoalSign {
    /// As it is written.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::Below => "<",
            Self::Equal => "=",
        }
    }

    /// Whether a value reaches a target. Equal is what the chain's own steps cannot tell apart.
    #[must_use]
    pub fn holds(self, value: Figure, target: Figure, step: Figure) -> bool {
        match self {
            Self::AtLeast => value >= target,
            Self::AtMost => value <= target,
            Self::Above => value > target,
            Self::Below => value < target,
            Self::Equal => value.minus(target).abs() <= step,
        }
    }
}

impl Goal {
    /// What a value is compared with, in the unit of the metric; a relative goal needs what it was before. Full
    /// agreement is stored as 65534, because the chain rounds down, so no more than that can be asked of Vtrust.
    #[must_use]
    pub fn target(&self, before: Option<Figure>) -> Option<Figure> {
        const FULL: u16 = u16::MAX - 1;
        match self.target {
            GoalTarget::Absolute(target)
                if self.metric.is_vtrust() && self.sign == GoalSign::AtLeast =>
            {
                Some(target.min(Figure::share(FULL)))
            }
            GoalTarget::Absolute(target) => Some(target),
            GoalTarget::Relative(_) => Some(before?.times(self.factor())),
        }
    }

    /// What is compared is the value less so many times the value before; nothing for an absolute goal.
    pub(super) fn factor(&self) -> Figure {
        match self.target {
            GoalTarget::Absolute(_) => Figure::ZERO,
            GoalTarget::Relative(percent) => {
                let part = Figure::ratio(percent.units(), Figure::whole(100).units());
                Figure::WHOLE.plus(part.unwrap_or_default())
            }
        }
    }

    /// Judges one value, exactly; what it was before is needed for a relative goal.
    #[must_use]
    pub fn judge(&self, value: Option<Figure>, before: Option<Figure>) -> GoalState {
        let Some(value) = value else {
            return GoalState::CannotTell(format!("{} cannot be told", self.metric));
        };
        let Some(target) = self.target(before) else {
            return GoalState::CannotTell(format!(
                "what {} was before cannot be told",
                self.metric
            ));
        };
        match self.sign.holds(value, target, self.metric.scale().step()) {
            true => GoalState::Met,
            false => GoalState::Missed,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.metric, self.sign.text())?;
        match self.target {
            GoalTarget::Absolute(target) => f.write_str(&target.short()),
            GoalTarget::Relative(percent) if percent < Figure::ZERO => {
                write!(f, "{}%", percent.short())
            }
            GoalTarget::Relative(percent) => write!(f, "+{}%", percent.short()),
        }
    }
}

/// How a goal is written.
const HOW: &str = "write METRIC, one of >= <= > < =, and a value or a change in per cent, as in vtrust.mean>=0.6 or \
                   vtrust.mean>=+20%";

impl FromStr for Goal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |what: String, hint: &str| Err(Error::input(what).hint(hint));
        let signs = [
            (">=", GoalSign::AtLeast),
            ("<=", GoalSign::AtMost),
            (">", GoalSign::Above),
            ("<", GoalSign::Below),
            ("=", GoalSign::Equal),
        ];
        let found = signs.iter().find_map(|(sign, meant)| Some((text.split_once(sign)?, *meant)));
        let Some(((name, target), sign)) = found else {
            return fault(format!("`{text}` is not a goal"), HOW);
        };
        let metric: Metric = name.trim().parse()?;
        let target = target.trim();
        let (number, percent) = match target.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (target, false),
        };
        let Some(figure) = read(number) else {
            return fault(format!("`{target}` is not a target for {metric}"), HOW);
        };
        let signed = number.starts_with(['+', '-']);
        let target = match (percent, signed) {
            (true, true) => GoalTarget::Relative(figure),
            (false, false) => GoalTarget::Absolute(figure),
            (true, false) => {
                let hint = "write a sign for a change in per cent, as in +20%, or a share from 0 to 1, as in 0.6";
                return fault(format!("`{target}` says neither a value nor a change"), hint);
            }
            (false, true) => {
                let hint =
                    "write a value without a sign, as in 0.6, or a change in per cent, as in +20%";
                return fault(
                    format!("`{target}` is neither a value nor a change in per cent"),
                    hint,
                );
            }
        };
        let least = Figure::whole(-100);
        match target {
            GoalTarget::Absolute(value)
                if metric.scale() == Scale::Share && value > Figure::WHOLE =>
            {
                fault(
                    format!("{metric} cannot be {}: it is a share", value.short()),
                    "write a share from 0 to 1, as in 0.6",
                )
            }
            GoalTarget::Relative(change) if change < least => {
                fault(format!("nothing can fall by more than 100%: `{text}`"), HOW)
            }
            _ => Ok(Self { metric, sign, target }),
        }
    }
}

/// A decimal number with up to twelve digits before the point and as many after it.
fn read(text: &str) -> Option<Figure> {
    const PLACES: usize = 12;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let fits = |part: &str| {
        (1..=PLACES).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !fits(whole) || !fits(part) {
        return None;
    }
    let units: i128 = format!("{whole}{part:0<PLACES$}").parse().ok()?;
    Some(Figure::from_units(if negative { units.saturating_neg() } else { units }))
}

impl Serialize for Goal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(text: &str) -> Goal {
        text.parse().unwrap_or_else(|error: Error| panic!("{text}: {error}"))
    }

    #[test]
    fn goals_are_read_and_written() {
        for (text, canonical) in [
            ("vtrust.mean>=0.6", "vtrust.mean>=0.6"),
            (" Vtrust.Mean >= +20 %", "vtrust.mean>=+20%"),
            ("vtrust.std<=-12.50%", "vtrust.std<=-12.5%"),
            ("age.max<=00500", "age.max<=500"),
            ("incentive.top10<0.9", "incentive.top10<0.9"),
            ("commits.missing=0", "commits.missing=0"),
            ("validators.count > 8", "validators.count>8"),
            ("vtrust.mean>=+0%", "vtrust.mean>=+0%"),
        ] {
            let read = goal(text);
            assert_eq!(read.to_string(), canonical);
            assert_eq!(goal(canonical), read);
        }
    }

    #[test]
    fn what_is_no_goal_says_what_to_write() {
        for (text, what, hint) in [
            ("vtrust.mean", "`vtrust.mean` is not a goal", "write METRIC"),
            ("vtrust.maen>=0.6", "`vtrust.maen` is not a metric", "did you mean vtrust.mean?"),
            ("trust>=0.6", "`trust` is not a metric", "the metrics are vtrust.mean, "),
            ("incentive.top0>=0.6", "`incentive.top0` is not a metric", "incentive.topK"),
            ("vtrust.mean>=", "`` is not a target for vtrust.mean", "write METRIC"),
            ("vtrust.mean>=0,6", "`0,6` is not a target for vtrust.mean", "write METRIC"),
            ("vtrust.mean>=1e9", "`1e9` is not a target for vtrust.mean", "write METRIC"),
            ("vtrust.mean>=60", "vtrust.mean cannot be 60: it is a share", "from 0 to 1"),
            ("vtrust.mean>=60%", "`60%` says neither a value nor a change", "+20%"),
            ("vtrust.mean>=-0.6", "`-0.6` is neither a value nor a change in per cent", "+20%"),
            ("age.max<=-101%", "nothing can fall by more than 100%: `age.max<=-101%`", "write"),
            ("age.max<=1234567890123", "`1234567890123` is not a target for age.max", "write"),
        ] {
            let error = text.parse::<Goal>().unwrap_err();
            assert_eq!(error.what, what);
            assert!(error.next_step().contains(hint), "{text}: {}", error.next_step());
        }
    }

    #[test]
    fn a_goal_is_judged_by_one_value() {
        let half = Figure::ratio(1, 2);
        assert_eq!(goal("vtrust.mean>=0.5").judge(half, None), GoalState::Met);
        assert_eq!(goal("vtrust.mean>0.5").judge(half, None), GoalState::Missed);
        assert_eq!(goal("vtrust.mean>=+25%").judge(half, Figure::ratio(2, 5)), GoalState::Met);
        assert_eq!(goal("vtrust.mean>=+26%").judge(half, Figure::ratio(2, 5)), GoalState::Missed);
        // Full agreement is stored as 65534, too.
        for text in ["vtrust.min=1", "vtrust.min>=1"] {
            let state = |raw| goal(text).judge(Some(Figure::share(raw)), None);
            assert_eq!(state(65_534), GoalState::Met, "{text}");
            assert_eq!(state(65_533), GoalState::Missed, "{text}");
        }
        for (value, before) in [(None, half), (half, None)] {
            let state = goal("vtrust.mean>=+25%").judge(value, before);
            assert!(matches!(state, GoalState::CannotTell(_)), "{state:?}");
        }
    }
}
