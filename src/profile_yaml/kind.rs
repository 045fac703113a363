//! What a file is: its content decides, not its name and not the way in which it is spelt.

use std::path::Path;

use subtune_model::error::Result;
use subtune_model::text;
use subtune_model::unsigned::{self, ColdStage};

use super::import::{self, ForeignForm};
use super::saved;
use super::tree::{self, Node};
use super::{Complaint, Complaints, MAX_BYTES, shown};
use crate::files::read;

/// A kind of file that the tool knows, with what a message about it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKind {
    /// Nothing that says what it is, or nothing that can be read.
    Unknown,
    /// A profile.
    Profile,
    /// All values of a subnet.
    Snapshot {
        /// The subnet.
        netuid: Option<u16>,
    },
    /// What an owner wants a subnet to be like.
    Goals,
    /// Several subnets and what is wanted of them.
    Fleet,
    /// A saved plan.
    Plan,
    /// Saved plans of several subnets.
    FleetPlan,
    /// The record of a change.
    Receipt {
        /// The subnet.
        netuid: Option<u16>,
        /// Its id.
        id: Option<String>,
    },
    /// A transaction for another machine.
    Transaction(ColdStage),
    /// Values of hyperparameters in a form that can be imported.
    Values(ForeignForm),
    /// What a command has printed with `--format json` or `--format yaml`.
    Output {
        /// The command; none is named where it has failed.
        command: Option<String>,
    },
    /// What a command has printed for people.
    Table,
    /// Something else, by its own word.
    Other(String),
}

/// What a command wants of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedKind {
    /// Values: a profile or a snapshot.
    Values,
    /// A saved plan.
    Plan,
    /// A snapshot and nothing else.
    Snapshot,
    /// A record of a change.
    Receipt,
    /// A transaction for another machine.
    Transaction,
    /// Goals.
    Goals,
    /// A fleet.
    Fleet,
    /// Saved plans of a fleet.
    FleetPlan,
}

impl ExpectedKind {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Values => "a profile",
            Self::Plan => "a saved plan",
            Self::Snapshot => "a snapshot",
            Self::Receipt => "a receipt",
            Self::Transaction => "a transaction to sign or to submit",
            Self::Goals => "a file of goals",
            Self::Fleet => "a file of a fleet",
            Self::FleetPlan => "saved plans of a fleet",
        }
    }
}

impl FileKind {
    /// The kind of what a text parses to, as YAML or as JSON.
    #[must_use]
    pub fn of(text: &str) -> Self {
        // What is wrong with it is told by whoever reads it for good.
        let mut ignored = Complaints::new("");
        match tree::read(text, &mut ignored).map(|root| Self::of_tree(&root)) {
            kind @ (None | Some(Self::Unknown | Self::Other(_) | Self::Output { .. })) => {
                match (import::recognise(text), kind) {
                    (Some(form), _) => Self::Values(form),
                    (None, None | Some(Self::Unknown)) if has_ruler(text) => Self::Table,
                    (None, kind) => kind.unwrap_or(Self::Unknown),
                }
            }
            // Of a text with faults only its own word counts.
            Some(Self::Profile) if !ignored.list.is_empty() => Self::Unknown,
            kind => kind.unwrap_or(Self::Unknown),
        }
    }

    pub(super) fn of_tree(root: &Node) -> Self {
        let text = |field: &str| root.get(field).and_then(|entry| entry.value.text());
        let has = |field: &str| root.get(field).is_some();
        let netuid = || text("netuid").and_then(|netuid| netuid.parse().ok());
        // Such a result may have a kind of its own.
        if has("schema_version") && (has("command") || has("error")) {
            return Self::Output { command: text("command").map(str::to_owned) };
        }
        match text("kind") {
            Some("profile") => Self::Profile,
            Some("snapshot") => Self::Snapshot { netuid: netuid() },
            Some("goals") => Self::Goals,
            Some("fleet") => Self::Fleet,
            Some("plan") => Self::Plan,
            Some("fleet_plan") => Self::FleetPlan,
            Some("unsigned") => Self::Transaction(ColdStage::Unsigned),
            Some("signed") => Self::Transaction(ColdStage::Signed),
            Some(other) => Self::Other(other.to_owned()),
            None if has("transaction") && has("outcome") && has("changes") => {
                Self::Receipt { netuid: netuid(), id: text("id").map(str::to_owned) }
            }
            None if has("hyperparameters") => Self::Profile,
            None if has("subnets") => Self::Fleet,
            None => Self::Unknown,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Unknown => "a file of no known kind".to_owned(),
            Self::Profile => "a profile".to_owned(),
            Self::Snapshot { .. } => "a snapshot".to_owned(),
            Self::Goals => "a file of goals".to_owned(),
            Self::Fleet => "a file of a fleet".to_owned(),
            Self::Plan => "a saved plan".to_owned(),
            Self::FleetPlan => "saved plans of a fleet".to_owned(),
            Self::Receipt { .. } => "a receipt".to_owned(),
            Self::Transaction(ColdStage::Unsigned) => "an unsigned transaction".to_owned(),
            Self::Transaction(ColdStage::Signed) => "a signed transaction".to_owned(),
            Self::Values(form) => form.words().to_owned(),
            Self::Output { command: Some(command) } => {
                format!("the printed result of `{}`", shown(command))
            }
            Self::Output { command: None } => "the printed error of a command".to_owned(),
            Self::Table => "what a command has printed for people".to_owned(),
            Self::Other(kind) => format!("a file of the kind {}", shown(kind)),
        }
    }

    /// What to do with a file of this kind: a command that takes it.
    #[must_use]
    pub fn instead(&self, file: &str) -> String {
        let file = quoted(file);
        let subnet = |netuid: &Option<u16>| {
            netuid.map_or_else(|| "NETUID".to_owned(), |netuid| netuid.to_string())
        };
        match self {
            Self::Profile | Self::Values(_) => {
                format!("plan from it with `subtune plan NETUID --profile {file}`")
            }
            Self::Snapshot { netuid } => {
                format!("plan from it with `subtune plan {} --profile {file}`", subnet(netuid))
            }
            Self::Goals => format!("look at them with `subtune health NETUID --goals {file}`"),
            Self::Fleet => format!("plan for all of it with `subtune fleet plan {file}`"),
            Self::Plan => format!("apply it with `subtune apply --plan {file}`"),
            Self::FleetPlan => {
                format!("apply them with `subtune fleet apply --plan {file}`")
            }
            Self::Receipt { netuid, id } => format!(
                "roll that change back with `subtune rollback {} --to {}`",
                subnet(netuid),
                id.as_deref().map_or_else(|| "ID".to_owned(), |id| quoted(&shown(id)))
            ),
            Self::Transaction(ColdStage::Unsigned) => format!("sign it with `subtune sign {file}`"),
            Self::Transaction(ColdStage::Signed) => format!("send it with `subtune submit {file}`"),
            Self::Output { .. } | Self::Table => {
                "write the values with `subtune snapshot NETUID --output FILE`, and pass that file"
                    .to_owned()
            }
            Self::Other(_) | Self::Unknown => {
                "pass a file that subtune wrote, or a profile".to_owned()
            }
        }
    }

    /// The complaint where something else is wanted.
    #[must_use]
    pub fn wrong(&self, file: &str, wanted: ExpectedKind) -> Complaint {
        Complaint {
            file: file.to_owned(),
            line: None,
            column: None,
            name: None,
            what: format!("this is {}, not {}", self.words(), wanted.words()),
            hint: self.instead(file),
        }
    }
}

/// Whether a line is the one under the head of a table.
fn has_ruler(text: &str) -> bool {
    text.lines().map(str::trim).any(|line| line.len() > 9 && line.chars().all(|c| c == '─'))
}

/// A name as one word of a shell.
pub(super) fn quoted(name: &str) -> String {
    let name = if name == read::STDIN_NAME { read::STDIN } else { name };
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !name.is_empty() && name.chars().all(plain) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}

/// A file as it was read, once.
#[derive(Debug)]
pub struct Document {
    /// The file, as messages call it.
    pub file: String,
    /// Its text.
    pub text: String,
    /// What it is.
    pub kind: FileKind,
}

impl Document {
    /// Reads a text file of bounded size. What is wrong with the content is a complaint.
    ///
    /// # Errors
    /// What is wrong with the file or the disk.
    pub fn open(path: &Path) -> Result<std::result::Result<Self, Complaint>> {
        match Self::read(path) {
            Ok(read) => Ok(read),
            Err(failed) => Err(failed.error(path, "pass a file that exists and that you may read")),
        }
    }

    /// The same, with the plain failure for whoever has words of their own for it.
    pub(super) fn read(
        path: &Path,
    ) -> std::result::Result<std::result::Result<Self, Complaint>, read::Failed> {
        let file = read::name(path);
        let complaint = |place: Option<(usize, usize)>, what: String, hint: &str| Complaint {
            file: file.clone(),
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            name: None,
            what,
            hint: hint.to_owned(),
        };
        let too_large = || {
            let what = read::Failed::TooLarge(MAX_BYTES).to_string();
            complaint(None, what, "pass another file: none of subtune's files is that large")
        };
        // Only a transaction for another machine, and plans of a fleet, may be larger than the rest.
        let largest = u64::try_from(unsigned::MAX_BYTES).unwrap_or(u64::MAX);
        let bytes = match read::bytes(path, largest) {
            Ok(bytes) => bytes,
            Err(read::Failed::TooLarge(_)) => return Ok(Err(too_large())),
            Err(failed) => return Err(failed),
        };
        let text = match text::decode(&bytes) {
            Ok(text) => text.to_owned(),
            Err(bad) => {
                let place = Some((bad.line, bad.column));
                return Ok(Err(complaint(place, bad.what, text::NOT_TEXT_HINT)));
            }
        };
        let kind = match unsigned::stage_of(text.as_bytes()) {
            Some(stage) => FileKind::Transaction(stage),
            // Plans of many subnets may be larger, too; what says so is read as that and nothing else.
            None if saved::begins_as_fleet_plan(&text) => FileKind::FleetPlan,
            None if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_BYTES => {
                return Ok(Err(too_large()));
            }
            None => FileKind::of(&text),
        };
        Ok(Ok(Self { file, text, kind }))
    }
}
