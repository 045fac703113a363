//! The values of a file as a profile, as they are shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;
use subtune_model::profile::Profile;

use super::exact;
use crate::profile_yaml::import::{Import, LeftOut};

/// The values of a file as a profile.
#[derive(Debug, Clone, Serialize)]
pub struct ImportView {
    /// Name of the profile.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where its numbers come from.
    pub source: String,
    /// Its values, exact.
    pub hyperparameters: BTreeMap<String, Json>,
    /// How it came out of the file.
    #[serde(flatten)]
    pub from: ImportedFrom,
    /// The file that it was written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The profile as a file.
    #[serde(skip)]
    pub yaml: String,
}

/// How a profile came out of a file.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum ImportedFrom {
    /// The file is one.
    Profile(AsItIs),
    /// The file is what a tool has printed.
    Printed(Import),
}

/// A file that is a profile already.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "form", rename = "profile")]
pub struct AsItIs {
    left_out: [LeftOut; 0],
}

impl ImportView {
    /// A profile, and how it came about when the file is none itself.
    #[must_use]
    pub fn of(profile: &Profile, import: Option<Import>, yaml: String) -> Self {
        let values = profile.hyperparameters.iter();
        Self {
            name: profile.name.clone(),
            description: profile.description.clone(),
            source: profile.source.clone(),
            hyperparameters: values.map(|(name, value)| (name.clone(), exact(value))).collect(),
            from: import
                .map_or(ImportedFrom::Profile(AsItIs { left_out: [] }), ImportedFrom::Printed),
            output: None,
            yaml,
        }
    }

    /// What the file is, when it is no profile itself.
    #[must_use]
    pub const fn printed(&self) -> Option<&Import> {
        match &self.from {
            ImportedFrom::Profile(_) => None,
            ImportedFrom::Printed(import) => Some(import),
        }
    }

    /// That the profile was written to a file, if it was.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        let path = self.output.as_ref()?;
        let count = match self.hyperparameters.len() {
            1 => "1 value".to_owned(),
            several => format!("{several} values"),
        };
        Some(format!("{count} written to {path}"))
    }
}
