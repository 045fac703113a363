//! Goals, held against the settings of a subnet: what cannot be met whatever validators do.

use crate::finding::{Finding, GOAL_CONTRADICTED, GOAL_WITHOUT_MEANING, finding};
use crate::monitor::{Figure, Goal, GoalSign, GoalTarget, Metric};
use crate::snapshot::Snapshot;
use crate::value::Value;

/// What is wrong with goals on a real subnet.
#[must_use]
pub fn findings(goals: &[Goal], snapshot: &Snapshot) -> Vec<Finding> {
    goals.iter().filter_map(|goal| about(goal, snapshot)).collect()
}

fn about(goal: &Goal, snapshot: &Snapshot) -> Option<Finding> {
    let vtrust = matches!(
        goal.metric,
        Metric::VtrustMean
            | Metric::VtrustStd
            | Metric::VtrustMin
            | Metric::VtrustMax
            | Metric::VtrustWeightedMean
    );
    let consensus = snapshot.known("epoch_consensus");
    if vtrust && consensus.is() == Some(&&Value::Text("null".to_owned())) {
        return Some(finding(
            GOAL_WITHOUT_MEANING,
            "",
            format!(
                "{goal}: this subnet is in Null consensus, where there is no trust to speak of"
            ),
            "leave this goal out, or look at dividends and incentive",
        ));
    }
    let GoalTarget::Absolute(target) = goal.target else { return None };
    let below = matches!(goal.sign, GoalSign::AtMost | GoalSign::Below);
    let limit = snapshot.known("weights_rate_limit").is().and_then(|value| value.as_u64())?;
    let limit = i128::from(limit);
    let short = Figure::whole(limit) > target;
    let hint = "take a limit above weights_rate_limit, or ask for weights to be set more often";
    match goal.metric {
        Metric::AgeMax if below && short => {
            let target = target.units().checked_div(Figure::whole(1).units()).unwrap_or_default();
            let over = limit.saturating_sub(target).saturating_mul(100);
            let share = over.checked_div(limit).unwrap_or_default();
            let message = format!(
                "{goal}: weights_rate_limit is {limit} blocks, so a validator that sets weights as often as it \
                 may has older ones for {share}% of the time"
            );
            Some(finding(GOAL_CONTRADICTED, "weights_rate_limit", message, hint))
        }
        Metric::AgeSpread if below && short => {
            let message = format!(
                "{goal}: weights_rate_limit is {limit} blocks, so validators that do not agree on a time lie up \
                 to that far apart"
            );
            Some(finding(GOAL_CONTRADICTED, "weights_rate_limit", message, hint))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::world;

    fn found(goals: &[&str], change: impl FnOnce(&mut Snapshot)) -> Vec<String> {
        let mut snapshot = world();
        change(&mut snapshot);
        let goals: Vec<Goal> = goals.iter().map(|goal| goal.parse().unwrap()).collect();
        findings(&goals, &snapshot).into_iter().map(|finding| finding.message).collect()
    }

    fn limit(snapshot: &mut Snapshot, blocks: u64) {
        snapshot
            .hyperparameters
            .insert("weights_rate_limit".to_owned(), Value::Uint(blocks.into()));
    }

    #[test]
    fn the_founding_goals_contradict_the_founding_settings() {
        let goals = ["vtrust.mean>=0.7", "age.max<=200", "age.spread<=100"];
        let told = found(&goals, |snapshot| limit(snapshot, 360));
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("has older ones for 44% of the time"), "{told:?}");
        assert_eq!(found(&goals, |snapshot| limit(snapshot, 100)), Vec::<String>::new());
    }

    #[test]
    fn there_is_no_trust_under_null_consensus() {
        let null = |snapshot: &mut Snapshot| {
            let value = Value::Text("null".to_owned());
            snapshot.hyperparameters.insert("epoch_consensus".to_owned(), value);
        };
        let told = found(&["vtrust.min>0.5", "incentive.paid>=3"], null);
        assert_eq!(told.len(), 1, "{told:?}");
    }
}
