//! What is wanted of a subnet: `--goal` and `--goals`.

use subtune_model::error::{Error, Result};
use subtune_model::monitor::Goal;

use crate::profile_yaml;

/// What is wanted.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct GoalArgs {
    /// Something that is wanted, such as 'vtrust.mean>=0.70' or 'incentive.top4>=0.99' (repeatable)
    #[arg(long, value_name = "GOAL")]
    goal: Vec<String>,
    /// Built-in goals or YAML file
    #[arg(long, value_name = "NAME|FILE")]
    goals: Option<String>,
}

impl GoalArgs {
    /// All that is wanted, each once.
    ///
    /// # Errors
    /// When a goal or the file cannot be read.
    pub(super) fn read(&self) -> Result<Vec<Goal>> {
        let mut found = match &self.goals {
            Some(name) => profile_yaml::load_goals(name)?.goals,
            None => Vec::new(),
        };
        for text in &self.goal {
            let goal = text
                .parse::<Goal>()
                .map_err(|error| Error::usage(error.what.clone()).hint(error.next_step()))?;
            if !found.contains(&goal) {
                found.push(goal);
            }
        }
        Ok(found)
    }
}
