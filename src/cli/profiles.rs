//! `subtune profiles`

use serde_json::json;
use subtune_model::error::{Error, Result};

use crate::profile_yaml::{self, Names};
use crate::profiles::SHIPPED;
use crate::ui::output::{Report, Stream, table};
use crate::ui::views::exact;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print this profile
    name: Option<String>,
    /// Print the JSON Schema of profiles, goals or fleets, for editors
    #[arg(long, value_name = "KIND", num_args = 0..=1, default_missing_value = "profile",
          conflicts_with = "name")]
    schema: Option<SchemaOf>,
}

/// What a schema is of.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum SchemaOf {
    /// A profile.
    Profile,
    /// A file of goals.
    Goals,
    /// The file of a fleet.
    Fleet,
}

pub(super) fn run(args: &Args) -> Result<Report> {
    if let Some(of) = args.schema {
        let schema = match of {
            SchemaOf::Profile => profile_yaml::json_schema(),
            SchemaOf::Goals => profile_yaml::goals_schema(),
            SchemaOf::Fleet => profile_yaml::fleet_schema(),
        };
        let text = format!("{schema:#}\n");
        return Ok(Report::new(text, json!({ "schema": schema })).verbatim());
    }
    if let Some(name) = &args.name {
        let (_, text) = SHIPPED.iter().find(|(shipped, _)| shipped == name).ok_or_else(|| {
            Error::input(format!("no built-in profile named {name}"))
                .hint(profile_yaml::shipped_hint(name))
        })?;
        let profile = profile_yaml::load(name, Names::Known)?.profile;
        let values: serde_json::Map<_, _> = profile
            .hyperparameters
            .iter()
            .map(|(name, value)| (name.clone(), exact(value)))
            .collect();
        let data = json!({
            "name": profile.name,
            "description": profile.description,
            "source": profile.source,
            "hyperparameters": values,
        });
        return Ok(Report::new((*text).to_owned(), data).verbatim());
    }
    let mut rows = table(&["name", "description"], Stream::Stdout);
    let mut data = Vec::new();
    for (name, _) in SHIPPED {
        let profile = profile_yaml::load(name, Names::Known)?.profile;
        rows.add_row([(*name).to_owned(), profile.description.clone()]);
        data.push(json!({ "name": name, "description": profile.description }));
    }
    Ok(Report::new(rows.lines(), json!({ "profiles": data })))
}
