//! Values of hyperparameters from files that are no profiles: what other tools print, and what
//! subtune itself prints.
//!
//! One file per form. Each takes the one exact column of its form and nothing else; what is given
//! only rounded, cut off, or with a meaning that is not certain is left out and named with the reason.
//! What remains is written with the canonical writer and read back by the reader of profiles, so that
//! nothing comes out of here that a profile file could not hold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use subtune_model::hash::Hash32;
use subtune_model::profile::{Profile, Target};
use subtune_model::value::Value;

use super::tree::{self, Node};
use super::{Complaint, Complaints, Names, parse, parse_snapshot, shown, write};
use values::Taken;

mod btcli_json;
mod btcli_table;
mod btcli_text;
mod own;
mod values;

/// A form in which values lie in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ForeignForm {
    /// The table of `btcli sudo get` and `btcli subnet hyperparameters`, btcli 9 and older.
    #[serde(rename = "btcli_9_table")]
    Table9,
    /// The same with `--json-output`: a list of objects.
    #[serde(rename = "btcli_9_json")]
    List9,
    /// The flat object of `btcli --json hparams get`, btcli 11.
    #[serde(rename = "btcli_11_json")]
    Object11,
    /// The same with `--name`: one hyperparameter.
    #[serde(rename = "btcli_11_json_name")]
    One11,
    /// The listing of `btcli hparams get`, btcli 11.
    #[serde(rename = "btcli_11_text")]
    Text11,
    /// The same with `--name`: one hyperparameter.
    #[serde(rename = "btcli_11_text_name")]
    OneText11,
    /// `--format json` or `yaml` of `show` and `snapshot`.
    #[serde(rename = "subtune_show")]
    Shown,
    /// `--format json` or `yaml` of `plan`.
    #[serde(rename = "subtune_plan")]
    Planned,
    /// `--format json` or `yaml` of `import` and `profiles NAME`.
    #[serde(rename = "subtune_values")]
    Listed,
    /// A snapshot file.
    Snapshot,
}

impl ForeignForm {
    /// The form in words, as in `FILE is …`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Table9 => "a table of btcli 9",
            Self::List9 => "a JSON list of btcli 9",
            Self::Object11 => "a JSON object of btcli 11",
            Self::One11 => "one hyperparameter of btcli 11 as JSON",
            Self::Text11 => "a text table of btcli 11",
            Self::OneText11 => "one hyperparameter of btcli 11 as text",
            Self::Shown => "the printed result of `show` or `snapshot`",
            Self::Planned => "the printed result of `plan`",
            Self::Listed => "the printed result of `import` or `profiles`",
            Self::Snapshot => "a snapshot",
        }
    }

    /// The column whose values are taken.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::Table9 => "VALUE",
            Self::List9 | Self::Object11 | Self::One11 | Self::OneText11 => "value",
            Self::Text11 => "second column",
            Self::Shown => "raw",
            Self::Planned => "to",
            Self::Listed | Self::Snapshot => "hyperparameters",
        }
    }

    /// How the same values can be had in whole and exact, where this form may cut or round them.
    const fn better(self) -> Option<&'static str> {
        match self {
            Self::Table9 => Some(
                "`COLUMNS=200 btcli sudo get --netuid N` prints whole names; every exact value is in \
                 `subtune snapshot N`",
            ),
            Self::List9 => Some(
                "every exact value is in `subtune snapshot N`, and most are in `btcli --json hparams \
                 get --netuid N` of btcli 11",
            ),
            Self::Object11 | Self::One11 | Self::Text11 | Self::OneText11 => {
                Some("`subtune snapshot N` reads what is stored")
            }
            Self::Shown | Self::Planned | Self::Listed | Self::Snapshot => None,
        }
    }
}

/// A value that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its name, as the file has it.
    pub name: String,
    /// Why, without a final full stop.
    pub why: String,
}

/// What a file says, as far as it is exact and certain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Import {
    /// The file, as it was named.
    pub file: String,
    /// Its form.
    pub form: ForeignForm,
    /// The column that was taken.
    pub column: &'static str,
    /// The subnet that it is about, when it says so.
    pub netuid: Option<u16>,
    /// The network of that genesis block.
    pub network: Option<String>,
    /// Hash of the genesis block, when it says so.
    pub genesis_hash: Option<Hash32>,
    /// The block of the values, when it says so.
    pub block: Option<u64>,
    /// Raw values by canonical name.
    #[serde(skip)]
    pub values: BTreeMap<String, Value>,
    /// What was not taken, as it was met.
    pub left_out: Vec<LeftOut>,
}

impl Import {
    fn new(file: &str, form: ForeignForm, taken: Taken) -> Self {
        let (values, left_out) = taken.done();
        Self {
            file: shown(file),
            form,
            column: form.column(),
            netuid: None,
            network: None,
            genesis_hash: None,
            block: None,
            values,
            left_out,
        }
    }

    /// Where the values come from: form, subnet, block, column, file.
    #[must_use]
    pub fn source(&self) -> String {
        let Self { file, form, column, netuid, network, block, .. } = self;
        let mut text = format!("{file}: {}", form.words());
        if let Some(netuid) = netuid {
            text.push_str(&format!(", subnet {netuid}"));
        }
        if let Some(network) = network {
            text.push_str(&format!(" on {}", shown(network)));
        }
        if let Some(block) = block {
            text.push_str(&format!(" at block {block}"));
        }
        format!(
            "{text}, {} {column}",
            if *form == ForeignForm::Text11 { "values of the" } else { "column" }
        )
    }

    /// How much was taken from where, one sentence without a final full stop.
    #[must_use]
    pub fn taken(&self) -> String {
        let count = match self.values.len() {
            1 => "1 value".to_owned(),
            several => format!("{several} values"),
        };
        format!("{count} taken from {}", self.source())
    }

    /// The same with the names of what was left out.
    #[must_use]
    pub fn told(&self) -> String {
        let names = self.names_left_out();
        if names.is_empty() { self.taken() } else { format!("{}; left out: {names}", self.taken()) }
    }

    /// What to do about values that were left out, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        self.form.better().filter(|_| !self.left_out.is_empty())
    }

    /// The values as a profile that the reader of profiles takes; what it would not take is added to
    /// what was left out.
    ///
    /// # Errors
    /// When no value is left.
    pub fn profile(&mut self) -> Result<Profile, Vec<Complaint>> {
        let name = self.netuid.map_or_else(|| "imported".to_owned(), |n| format!("subnet-{n}"));
        loop {
            let profile = Profile {
                name: name.clone(),
                description: self.description(),
                source: self.source(),
                target: None,
                hyperparameters: self.values.clone(),
                replaces: BTreeMap::new(),
            };
            if self.values.is_empty() {
                return Err(vec![self.nothing()]);
            }
            let complaints = match parse(&write(&profile), &self.file, Names::Known) {
                Ok(read) => return Ok(read),
                Err(complaints) => complaints,
            };
            let refused: Vec<_> = complaints
                .iter()
                .filter_map(|complaint| Some((complaint.name.clone()?, &complaint.what)))
                .filter(|(name, _)| self.values.contains_key(name))
                .map(|(name, what)| LeftOut { why: what.clone(), name })
                .collect();
            if refused.is_empty() {
                return Err(complaints);
            }
            for left in refused {
                if self.values.remove(&left.name).is_some() {
                    self.left_out.push(left);
                }
            }
        }
    }

    /// The chain and subnet that the values are of, when the file names both.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        let (netuid, network) = (self.netuid, self.network.clone()?);
        Some(Target { network, genesis_hash: self.genesis_hash?, netuid })
    }

    fn description(&self) -> String {
        let of = self.netuid.map_or_else(String::new, |netuid| format!(" of subnet {netuid}"));
        let names = self.names_left_out();
        if names.is_empty() {
            format!("Imported values{of}")
        } else {
            format!("Imported values{of}; left out: {names}")
        }
    }

    /// The names of what was left out, each once.
    fn names_left_out(&self) -> String {
        let mut names: Vec<_> = self.left_out.iter().map(|left| left.name.as_str()).collect();
        names.dedup();
        names.join(", ")
    }

    fn nothing(&self) -> Complaint {
        let Self { file, form, .. } = self;
        let why = self.left_out.first().map_or_else(
            || "it holds no hyperparameter".to_owned(),
            |left| format!("{} is left out because {}", left.name, left.why),
        );
        Complaint {
            file: file.clone(),
            line: None,
            column: None,
            name: None,
            what: format!("it is {}, and no value in it can be taken: {why}", form.words()),
            hint: form.better().unwrap_or("pass another file").to_owned(),
        }
    }
}

/// The form of a text, when it is one of these. A profile is none of them.
#[must_use]
pub fn recognise(text: &str) -> Option<ForeignForm> {
    let text = plain(text);
    match look(&text)? {
        Look::Tree(_, form) => Some(form),
        Look::Table(_) => Some(ForeignForm::Table9),
        Look::Text(found) => Some(found.form),
    }
}

/// Reads a text that is in one of these forms; `None` when it is in none.
///
/// # Errors
/// Every complaint about a text that is in one of them and cannot be read.
pub fn read(text: &str, file: &str) -> Option<Result<Import, Vec<Complaint>>> {
    let text = plain(text);
    Some(match look(&text)? {
        Look::Tree(_, ForeignForm::Snapshot) => {
            parse_snapshot(&text, file).map(|snapshot| own::snapshot(file, snapshot))
        }
        Look::Tree(root, form) => Ok(match form {
            ForeignForm::Shown | ForeignForm::Planned | ForeignForm::Listed => {
                own::result(file, form, &root)
            }
            _ => btcli_json::read(file, form, &root),
        }),
        Look::Table(table) => btcli_table::read(file, &table),
        Look::Text(found) => Ok(btcli_text::read(file, &found)),
    })
}

/// The text without the colours and links that a terminal would have shown.
fn plain(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\u{1b}') {
        anstream::adapter::strip_str(text).to_string().into()
    } else {
        text.into()
    }
}

enum Look<'text> {
    Tree(Node, ForeignForm),
    Table(btcli_table::Table<'text>),
    Text(btcli_text::Listing<'text>),
}

fn look(text: &str) -> Option<Look<'_>> {
    if let Some(table) = btcli_table::find(text) {
        return Some(Look::Table(table));
    }
    if let Some(listing) = btcli_text::find(text) {
        return Some(Look::Text(listing));
    }
    let mut unheard = Complaints::new("");
    let json = text.trim_start().starts_with(['{', '[']);
    // A tab between the tokens of JSON is a blank; YAML minds it. Inside a text of JSON there is none.
    let blanks = if json { Cow::from(text.replace('\t', " ")) } else { Cow::from(text) };
    let root = tree::read(&blanks, &mut unheard)?;
    let form = own::form(&root).or_else(|| json.then(|| btcli_json::form(&root)).flatten())?;
    Some(Look::Tree(root, form))
}

#[cfg(test)]
mod tests;
