//! YAML text → goals: what an owner wants the validators and miners of a subnet to be like.

use schemars::JsonSchema;
use serde_json::Value as Json;
use subtune_model::error::{Error, Result};
use subtune_model::monitor::Goal;

use super::kind::{ExpectedKind, FileKind};
use super::read::{did_you_mean, format_version, line, words};
use super::tree::{self, Data, Node, YamlEntry};
use super::{Complaint, Complaints, Document, complaints_error, shown};
use crate::goals;
use crate::settings;

/// The fields of a file of goals, with what belongs in the required ones.
const FIELDS: &[(&str, Option<&str>)] = &[
    ("format_version", Some("begin the file with `format_version: 1`")),
    ("kind", Some("add `kind: goals`")),
    ("name", None),
    ("description", None),
    ("goals", Some("add `goals:` and under it, indented, lines such as `- vtrust.mean >= 0.70`")),
];
/// Most goals of a file.
const MOST: usize = 64;

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Goals {
    /// What the file calls itself.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The goals, in the order of the file.
    pub goals: Vec<Goal>,
}

/// The frame of such a file, for its schema alone: the reader knows places, which serde does not.
#[derive(JsonSchema)]
#[schemars(
    title = "subtune goals",
    description = "What the validators and miners of a Bittensor subnet should be like.",
    deny_unknown_fields
)]
#[expect(dead_code, reason = "only its schema is used")]
struct GoalsFile {
    /// Version of this format.
    #[schemars(extend("const" = subtune_model::profile::FORMAT_VERSION))]
    format_version: u32,
    /// What the file is.
    #[schemars(extend("const" = "goals"))]
    kind: String,
    /// Short name.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    name: Option<String>,
    /// What they are for.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    description: Option<String>,
    /// Goals such as `vtrust.mean >= 0.70`, `vtrust.mean >= +20%`, `incentive.top4 >= 0.99`: a figure, a
    /// comparison and a target, which is absolute, or relative to before with a sign and `%`.
    #[schemars(length(min = 1, max = MOST), inner(length(min = 1)))]
    goals: Vec<String>,
}

/// The JSON Schema of a file of goals.
#[must_use]
pub fn goals_schema() -> Json {
    schemars::schema_for!(GoalsFile).to_value()
}

/// Reads goals by the name of a shipped file or from a file.
///
/// # Errors
/// When there is no such file, or with the first complaint about it.
pub fn load_goals(name_or_file: &str) -> Result<Goals> {
    if let Some(text) = goals::shipped(name_or_file) {
        return parse_goals(text, name_or_file).map_err(complaints_error);
    }
    let path = settings::path(name_or_file)?;
    if !path.exists() && name_or_file != "-" {
        let names: Vec<_> = goals::names().collect();
        return Err(Error::input(format!(
            "no built-in goals or file named \"{}\"",
            shown(name_or_file)
        ))
        .hint(format!("built-in goals: {}; or pass a YAML file", names.join(", "))));
    }
    match Document::open(&path)? {
        Ok(Document { file, text, kind: FileKind::Goals | FileKind::Unknown }) => {
            parse_goals(&text, &file).map_err(complaints_error)
        }
        Ok(Document { file, kind, .. }) => {
            Err(complaints_error(vec![kind.wrong(&file, ExpectedKind::Goals)]))
        }
        Err(complaint) => Err(complaints_error(vec![complaint])),
    }
}

/// Reads goals, if that is what a file holds, with every complaint about the content.
///
/// # Errors
/// When the file cannot be read at all.
pub fn inspect_goals(
    name_or_file: &str,
) -> Result<Option<std::result::Result<Goals, Vec<Complaint>>>> {
    let path = settings::path(name_or_file)?;
    if !path.is_file() {
        return Ok(None);
    }
    Ok(match Document::open(&path)? {
        Ok(Document { file, text, kind: FileKind::Goals }) => Some(parse_goals(&text, &file)),
        _ => None,
    })
}

/// Reads goals.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse_goals(text: &str, file: &str) -> Result<Goals, Vec<Complaint>> {
    let mut out = Complaints::new(file);
    let goals = tree::read(text, &mut out).and_then(|root| of(&root, &mut out));
    match goals {
        Some(goals) if out.list.is_empty() => Ok(goals),
        _ => Err(out.sorted()),
    }
}

fn of(root: &Node, out: &mut Complaints) -> Option<Goals> {
    let Some(entries) = root.entries() else {
        if !matches!(root.data, Data::Refused) {
            let hint = "begin with `format_version: 1` and `kind: goals`";
            out.add(
                Some(root.place),
                None,
                "it is not a map of fields, so it holds no goals",
                hint,
            );
        }
        return None;
    };
    for (field, hint) in FIELDS {
        if let (None, Some(hint)) = (root.get(field), hint) {
            out.add(Some(root.place), Some(field), &format!("the field {field} is missing"), hint);
        }
    }
    let mut found = Goals::default();
    for entry in entries {
        match entry.key.as_str() {
            "format_version" => format_version(entry, out),
            "kind" => {
                if entry.value.text() != Some("goals") {
                    out.add(
                        Some(entry.blame()),
                        Some("kind"),
                        "kind is not goals",
                        "write `kind: goals`",
                    );
                }
            }
            "name" => found.name = line(entry, out),
            "description" => found.description = words(entry, out),
            "goals" => found.goals = list(entry, out),
            other => {
                let names: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
                let what = format!("unknown field {}", shown(other));
                out.add(Some(entry.place), Some(other), &what, &did_you_mean(other, &names));
            }
        }
    }
    Some(found)
}

fn list(entry: &YamlEntry, out: &mut Complaints) -> Vec<Goal> {
    let hint = "write one goal a line: `- vtrust.mean >= 0.70`";
    let Data::List(nodes) = &entry.value.data else {
        if !matches!(entry.value.data, Data::Refused) {
            out.add(Some(entry.blame()), Some("goals"), "goals is not a list", hint);
        }
        return Vec::new();
    };
    if nodes.is_empty() || nodes.len() > MOST {
        let what = format!("goals holds {} goals, not 1 to {MOST}", nodes.len());
        out.add(Some(entry.blame()), Some("goals"), &what, hint);
        return Vec::new();
    }
    let mut found: Vec<Goal> = Vec::new();
    for node in nodes {
        let Some(text) = node.text() else {
            if !matches!(node.data, Data::Refused) {
                out.add(Some(node.place), Some("goals"), "this is not a goal", hint);
            }
            continue;
        };
        match text.parse::<Goal>() {
            Ok(goal) if found.contains(&goal) => {
                let what = format!("{goal} stands here twice");
                out.add(Some(node.place), Some("goals"), &what, "leave one of them out");
            }
            Ok(goal) => found.push(goal),
            Err(error) => {
                out.add(Some(node.place), Some("goals"), &error.what, error.next_step());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> Vec<String> {
        let found = parse_goals(text, "g.yaml").unwrap_err();
        found.into_iter().map(|complaint| format!("{complaint} | {}", complaint.hint)).collect()
    }

    #[test]
    fn goals_are_read_with_their_places() {
        let text =
            "format_version: 1\nkind: goals\ngoals:\n- vtrust.mean >= 0.70\n- age.max<=200\n";
        let goals = parse_goals(text, "g.yaml").unwrap();
        let told: Vec<_> = goals.goals.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["vtrust.mean>=0.7", "age.max<=200"]);
        for (text, parts) in [
            ("", &["the file is empty"][..]),
            ("kind: goals\n", &["format_version is missing", "goals is missing"]),
            ("format_version: 9\nkind: goals\ngoals: [vtrust.mean>=1]\n", &["g.yaml:1"]),
            ("format_version: 1\nkind: plan\ngoals: [vtrust.mean>=1]\n", &["g.yaml:2: kind"]),
            ("format_version: 1\nkind: goals\ngoals: []\n", &["g.yaml:3: goals holds 0"]),
            (
                "format_version: 1\nkind: goals\ngoal: [x]\ngoals: 7\n",
                &["did you mean goals", "not a list"],
            ),
            (
                "format_version: 1\nkind: goals\ngoals:\n  - vtrust.maen >= 0.7\n  - vtrust.mean\n",
                &["g.yaml:4", "vtrust.mean", "g.yaml:5"],
            ),
        ] {
            let found = complaints(text).join("\n");
            for part in parts {
                assert!(found.contains(part), "{text:?}: {found}");
            }
        }
    }

    #[test]
    fn the_schema_takes_what_is_shipped() {
        let schema = goals_schema().to_string();
        for (name, text) in goals::SHIPPED {
            assert_eq!(parse_goals(text, name).unwrap().name, *name);
        }
        for (field, _) in FIELDS {
            assert!(schema.contains(&format!("\"{field}\"")), "{field}");
        }
    }
}
